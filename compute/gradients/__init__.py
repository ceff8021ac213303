"""Gradients of deep networks at initialisation, and the tangent kernel at one input: chapter 3.

A linear or ReLU network of hidden widths N_1 … N_L with one output, weights of variance C_W and
the factors 1/√N of (3.1.1). Given its gates the gradient ∇_x z is a row vector times independent
Gaussian matrices, so ‖∇_x z‖² is a product of independent chi-squares, one a layer: of N degrees
(linear), of B ~ Bin(N, ½) degrees (ReLU: as many neurons are on; E 27). The same gates and
matrices give g_ℓ = ‖∂z/∂W^(ℓ)‖², ℓ = 1 … L+1, and their sum, the tangent kernel Θ(x, x).

Ratios such as E Θ²/(E Θ)² do not depend on C_W. Sums over layers: Hanin and Nica (2020), here at
any widths; confirmed against sampled networks.
"""

from compute.gradients.law import (
    GradientLaw,
    input_gradient_moment,
    input_gradient_quantiles,
    log_input_gradient_moments,
)
from compute.gradients.tangent_kernel import (
    tangent_kernel_drift,
    tangent_kernel_drift_limit,
    tangent_kernel_second_moment,
    tangent_kernel_second_moment_limit,
)
from compute.gradients.wide import WideGradients, wide_gradients

__all__ = [
    "GradientLaw",
    "WideGradients",
    "input_gradient_moment",
    "input_gradient_quantiles",
    "log_input_gradient_moments",
    "tangent_kernel_drift",
    "tangent_kernel_drift_limit",
    "tangent_kernel_second_moment",
    "tangent_kernel_second_moment_limit",
    "wide_gradients",
]
