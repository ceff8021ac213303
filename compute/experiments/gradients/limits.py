"""Infinitely wide networks of the page's setting, and the bins that its samples are counted in."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from compute.experiments.deep_networks import activation_of, variances
from compute.experiments.gradients.setting import EXACT, Params, hidden, layers_are_exact
from compute.gradients import GradientLaw, WideGradients, wide_gradients

Array = NDArray[np.float64]

# A histogram goes so many deviations of the logarithm down and up from its mean, in so many bins.
DOWN, UP, BINS = 8.0, 6.0, 560
# Bins of the picture are so many of those, and it goes so far.
JOINED, PICTURE_DOWN, PICTURE_UP = 7, 4.2, 3.1


def wide(params: Params, depth: int | None = None) -> WideGradients:
    """The infinitely wide network at a setting, at its depth or one below."""
    found = wide_gradients(params.depth, activation_of(params.activation), **variances(params))
    return found if depth is None else found.cut(depth)


def gradient_law(params: Params, depth: int | None = None) -> GradientLaw | None:
    """The law of ‖∇_x z‖², with biases too (fair signs make fair gates); None if unknown."""
    if params.activation not in EXACT:
        return None
    name, widths = EXACT[params.activation], hidden(params, depth)
    return GradientLaw.of(widths, params.inputs, name, weight_variance=params.weight_variance)


def layer_law(params: Params) -> GradientLaw | None:
    """The law of ‖∂z/∂W^(ℓ)‖², every layer's; None where it is unknown."""
    if not layers_are_exact(params):
        return None
    name = EXACT[params.activation]
    return GradientLaw.of_layer(hidden(params), name, weight_variance=params.weight_variance)


def gradient_spread(params: Params) -> tuple[float, float]:
    """Centre and deviation of the bins of log ‖∇_x z‖²."""
    return _log_spread(params, gradient_law(params), wide(params).gradient)


def layer_spread(params: Params) -> tuple[float, float]:
    """Centre and deviation of the bins of log ‖∂z/∂W^(ℓ)‖² over the wide network's."""
    law = layer_law(params)
    centre, deviation = _log_spread(params, law, 1.0)
    return (centre - law.log_mean if law else centre), deviation


def _log_spread(params: Params, law: GradientLaw | None, scale: float) -> tuple[float, float]:
    """(centre, deviation) of the logarithm that bins are laid around.

    Of the exact law where there is one; else around the infinitely wide network's value, with the
    spread of ReLU, which no other activation here exceeds by much near criticality.
    """
    if law is not None:
        mean, variance = law.log_moments()
        return mean, math.sqrt(max(variance, 1e-4))
    variance = 5 * params.depth / params.width + 2 / params.inputs
    return math.log(scale) - variance / 4, math.sqrt(variance)


def edges_of(centre: float, deviation: float) -> Array:
    """Edges of the bins, (BINS + 1,)."""
    return centre + deviation * np.linspace(-DOWN, UP, BINS + 1)
