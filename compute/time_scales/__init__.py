r"""Layers that learn at different speeds: one index in high dimension (Berthier, Montanari, Zhou).

Target Σ φ_k h_k(⟨u, x⟩) and network (1/m) Σ_i a_i σ(⟨w_i, x⟩), |w_i| = 1, σ = Σ σ_k h_k in
normalised Hermite polynomials. As the dimension grows, gradient flow on a and w closes in a_i and
the overlaps s_i = ⟨w_i, u⟩, which start at 0:

    r_k = φ_k − (σ_k/m) Σ_j a_j s_j^k,    ½ Σ_k r_k² the risk,
    ε a_i' = Σ_k σ_k r_k s_i^k,           s_i' = a_i (1 − s_i²) Σ_k k σ_k r_k s_i^{k−1}.

Small ε: the outer layer is fast, and the components of the target are learned one after the other.
The flow is stiff there: `rosenbrock`.
"""

from compute.time_scales.flow import (
    Flow,
    first_time,
    learning_times,
    normal_quantiles,
    reduced_flow,
    second_time,
)

__all__ = [
    "Flow",
    "first_time",
    "learning_times",
    "normal_quantiles",
    "reduced_flow",
    "second_time",
]
