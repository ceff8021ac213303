"""Second moment and first change of the tangent kernel: sums over pairs of layers, in O(L)."""

from __future__ import annotations

import math
from collections.abc import Sequence

from compute.arguments import as_widths
from compute.gradients.law import chosen, times_exp
from compute.output_law import PER_LAYER


def tangent_kernel_second_moment(widths: Sequence[int], activation_name: str) -> float:
    """E Θ²/(E Θ)² at one input, every weight trained, "linear" or "relu"; E Θ = (L+1)K_0/C_W.

    widths: N_1 … N_L of the hidden layers. Exact at any widths, independent of C_W; inf beyond
    the range of a float. ValueError for another activation. Cost: O(L), 1 µs a layer.
    """
    growth, overlap, layers = _layer_sums(widths, activation_name)
    return times_exp((layers + 2 * overlap) / layers**2, growth)


def tangent_kernel_drift(widths: Sequence[int], activation_name: str) -> float:
    """E⟨z∇z, ∇Θ⟩/(E Θ)²: minus the mean drift of Θ in units where E Θ = 1, exact at any widths.

    Gradient flow on ½(z − y)² changes E Θ by −(E Θ)² times this, whatever y: the sign of z is
    fair. Arguments and cost as `tangent_kernel_second_moment`; the answer is Π(1 + c/N_ℓ) minus
    that moment. Relative error about 1e-15 N/L.
    """
    growth, overlap, layers = _layer_sums(widths, activation_name)
    return times_exp((layers * (layers - 1) - 2 * overlap) / layers**2, growth)


def tangent_kernel_second_moment_limit(ratio: float, activation_name: str) -> float:
    """lim E Θ²/(E Θ)² as L, N → ∞ at L/N = ratio ≥ 0: e^{ct}[⅓ + (4/3)(a − 1 + e^{−a})/a²].

    t = ratio, a = (c + 1)t, c = 5 for "relu" and 2 for "linear". inf beyond a float's range.
    """
    growth = chosen(activation_name, PER_LAYER)
    if not (math.isfinite(ratio) and ratio >= 0):
        raise ValueError(f"ratio must be finite and not negative, got {ratio!r}")
    return times_exp((1 + 4 * _second_remainder((growth + 1) * ratio)) / 3, growth * ratio)


def tangent_kernel_drift_limit(ratio: float, activation_name: str) -> float:
    """lim of `tangent_kernel_drift` as L, N → ∞ at L/N = ratio ≥ 0: e^{ct} minus the limit above.

    To first order in t it is 4t/3 ("relu") or 2t/3 ("linear"). nan beyond a float's range.
    """
    second = tangent_kernel_second_moment_limit(ratio, activation_name)
    return times_exp(1.0, PER_LAYER[activation_name] * ratio) - second


def _layer_sums(widths: Sequence[int], activation_name: str) -> tuple[float, float, int]:
    """(log Π A_k, Σ_{ℓ<m} E g_ℓ g_m/(E g)² Π A_k, L + 1), A = 1 + c/N.

    For a block of layers M = D_m W_m … D_ℓ the pair (E‖M‖⁴_F, E tr(MMᵀ)²) is multiplied by a 2×2
    matrix T_k a layer, whose eigenvalues are A_k and 1 − 1/N_k; all is carried over Π A_k.
    """
    c = chosen(activation_name, PER_LAYER)
    sizes = as_widths(widths)
    growth = overlap = p = q = 0.0
    for n in sizes.tolist():
        a = 1 + c / n
        # T, whose first column starts a block at this layer
        if activation_name == "relu":
            t = (1 + 1 / n, 4 / n, 2 / n, 1 + 3 / n)
        else:
            t = (1.0, 2 / n, 1 / n, 1 + 1 / n)
        p, q = (t[0] * (p + 1) + t[1] * q) / a, (t[2] * (p + 1) + t[3] * q) / a
        overlap += p
        growth += math.log1p(c / n)
    return growth, overlap, sizes.size + 1


def _second_remainder(a: float) -> float:
    """(a − 1 + e^{−a})/a², ½ at 0."""
    if a > 0.5:
        return (a + math.expm1(-a)) / a**2
    return sum((-a) ** k / math.factorial(k + 2) for k in range(16))
