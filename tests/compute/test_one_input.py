"""Networks at one input, layer by layer and by weights: the same law, the exact first moments."""

from __future__ import annotations

import numpy as np
import pytest

from compute.activations import get_activation
from compute.finite_width import exact_fourth_cumulant_ratio
from compute.one_input import one_input_layers


@pytest.mark.parametrize("by_weights", [False, True])
def test_both_routes_have_the_exact_variance_of_the_measured_kernel(by_weights: bool) -> None:
    """ReLU at C_W = 2: E K̂ = K_0, Var K̂/K_0² = Π(1 + 5/N) − 1."""
    start, rng = np.full(40_000, 0.7), np.random.default_rng(8)
    given = {"weight_variance": 2.0, "by_weights": by_weights}
    *_, (before, z, after) = one_input_layers(start, 3, 16, get_activation("relu"), rng, **given)
    assert (before.shape, z.shape, after.shape) == ((40_000,), (40_000, 16), (40_000,))
    assert abs(after.mean() - 0.7) < 4 * after.std() / 200
    ratio = exact_fourth_cumulant_ratio([16] * 3, "relu")
    assert (after / 0.7).var() == pytest.approx(ratio, rel=0.1)
    apart = (z**2).mean(axis=1) - before
    assert abs(apart.mean()) < 4 * apart.std() / 200


def test_biases_add_to_the_variance() -> None:
    start, rng = np.ones(20_000), np.random.default_rng(9)
    linear = get_activation("linear")
    for by_weights in (False, True):
        given = {"weight_variance": 1.0, "bias_variance": 0.5, "by_weights": by_weights}
        *_, (_, z, after) = one_input_layers(start, 2, 4, linear, rng, **given)
        assert after.mean() == pytest.approx(2.0, rel=0.03)
        assert (z**2).mean() == pytest.approx(1.5, rel=0.03)
