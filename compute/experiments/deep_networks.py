"""The activation and the variances that fields of chapter 3's pages stand for."""

from __future__ import annotations

from typing import Any

from compute.activations import Activation, get_activation
from compute.output_law import LAW_NAMES

PIECEWISE_LINEAR = ("linear", "relu", "leaky_relu", "abs")


def activation_of(name: str) -> Activation:
    """The activation of that name; leaky ReLU with the slopes 0.1 and 1."""
    if name == "leaky_relu":
        return get_activation(name, slope_neg=0.1, slope_pos=1.0)
    return get_activation(name)


def law_of(activation: str, bias_variance: float) -> str:
    """The name under which one output's law is known exactly, or ''.

    Without biases linear and ReLU networks only scale with C_W and with the input's norm.
    """
    return activation if activation in LAW_NAMES and bias_variance == 0 else ""


def variances(params: Any) -> dict[str, Any]:
    """C_W and C_b of a page's parameters, as kernels and samplers take them."""
    return {"weight_variance": params.weight_variance, "bias_variance": params.bias_variance}
