"""The activation and the variances that fields of chapter 3's pages stand for."""

from __future__ import annotations

from typing import Any

from compute.activations import Activation, get_activation

PIECEWISE_LINEAR = ("linear", "relu", "leaky_relu", "abs")


def activation_of(name: str) -> Activation:
    """The activation of that name; leaky ReLU with the slopes 0.1 and 1."""
    if name == "leaky_relu":
        return get_activation(name, slope_neg=0.1, slope_pos=1.0)
    return get_activation(name)


def variances(params: Any) -> dict[str, Any]:
    """C_W and C_b of a page's parameters, as kernels and samplers take them."""
    return {"weight_variance": params.weight_variance, "bias_variance": params.bias_variance}
