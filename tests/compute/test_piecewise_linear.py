"""Piecewise linear functions: networks, subsets, pieces and errors by second routes."""

from __future__ import annotations

import itertools
import time
from fractions import Fraction

import numpy as np
import pytest

from compute.piecewise_linear import (
    composed_hat,
    contributions,
    deep_output,
    fractions,
    graded_knots,
    hat_network,
    interpolation_error,
    minimal_width,
    neurons_facing_left,
    output,
    pieces_by_layer,
    realise,
    root_curvature,
    square_network,
    subset_with_sum,
    target,
    uniform_knots,
)

RNG = np.random.default_rng


def straight(x: float, knots: list[Fraction], slopes: list[Fraction], value: Fraction) -> Fraction:
    """The function at x, piece by piece in whole numbers."""
    at, y = Fraction(x), value
    if at <= knots[0]:
        return y + slopes[0] * (at - knots[0])
    for i, (a, b) in enumerate(itertools.pairwise([*knots, Fraction(10**9)])):
        y += slopes[i + 1] * (min(at, b) - a)
        if at <= b:
            break
    return y


@pytest.mark.parametrize("m", [1, 2, 5, 17, 63])
def test_a_network_is_its_function(m: int) -> None:
    rng = RNG(m)
    knots = np.cumsum(rng.integers(1, 50, m)) / 64 - 2
    slopes = rng.integers(-40, 40, m + 1) / 8
    exact = [Fraction(v) for v in knots], [Fraction(v) for v in slopes]
    network = realise(knots, slopes, 0.375)
    assert len(network[0]) <= m + 1
    for x in [*knots, *(knots + 1 / 128), -30.0, 40.0]:
        wanted = float(straight(x, *exact, Fraction(3, 8)))
        room = 1e-12 * (1 + np.abs(np.diff(slopes)) @ np.abs(x - knots))
        assert output(network, [x])[0] == pytest.approx(wanted, abs=room)


def test_a_subset_makes_a_network_of_exactly_m_neurons() -> None:
    slopes = [1.0, 3.0, 0.5, 2.0, 0.0]
    left = neurons_facing_left(slopes)
    assert left is not None
    narrow, wide = (
        realise([-1, 0, 1, 2], slopes, 1.0, left=left),
        realise([-1, 0, 1, 2], slopes, 1),
    )
    assert [len(n[0]) for n in (narrow, wide)] == [4, 5]
    x = np.linspace(-5, 5, 101)
    np.testing.assert_allclose(output(narrow, x), output(wide, x), atol=1e-13)
    total = narrow[3] + contributions(narrow, x).sum(axis=0)
    np.testing.assert_allclose(total, output(wide, x), atol=1e-13)


def test_affine_functions() -> None:
    assert [minimal_width(s) for s in (["0"], ["0.5"], ["1", "1", "1"])] == [0, 2, 2]
    assert output(realise([], [2.0], 1.0), [-3, 0, 4]).tolist() == [-5, 1, 9]
    assert output(realise([], [0.0], 1.0), [7]).tolist() == [1]
    assert output(realise([1.0], [2.0, 2.0], 1.0), [-3, 0, 4]).tolist() == [-7, -1, 7]


@pytest.mark.parametrize("seed", range(40))
def test_subsets_against_all_of_them(seed: int) -> None:
    rng = RNG(seed)
    numbers = [str(v / 10) for v in rng.integers(-30, 30, rng.integers(0, 9))]
    total = str(rng.integers(-40, 40) / 10)
    sums = {
        sum(chosen, Fraction(0))
        for k in range(len(numbers) + 1)
        for chosen in itertools.combinations(fractions(numbers), k)
    }
    found = subset_with_sum(numbers, total)
    assert (found is not None) == (Fraction(total) in sums)
    if found is not None:
        assert sum((fractions(numbers)[i] for i in found), Fraction(0)) == Fraction(total)


def test_decimals_are_not_doubles() -> None:
    """0.1 + 0.2 is 0.3 as typed, and floats would say it is not."""
    assert minimal_width(["-0.3", "-0.2", "0"]) == 2
    assert subset_with_sum(["0.1", "0.2"], "0.3") == (0, 1)
    assert subset_with_sum([0.1, 0.2], 0.3) == (0, 1)


def test_thirty_six_knots_are_decided() -> None:
    rng, start = RNG(0), time.process_time()
    jumps = [int(v) for v in rng.integers(-(10**12), 10**12, 36)]
    chosen = np.flatnonzero(rng.random(36) < 0.5)
    first = -sum(jumps[i] for i in chosen)
    assert neurons_facing_left(list(itertools.accumulate([first, *jumps]))) == tuple(chosen)
    even = [2 * j for j in jumps]
    assert minimal_width(list(itertools.accumulate([1, *even]))) == 37
    assert time.process_time() - start < 10
    with pytest.raises(ValueError, match="at most 36"):
        minimal_width([k * k for k in range(38)])


@pytest.mark.parametrize("depth", [2, 5, 10])
def test_hats(depth: int) -> None:
    x = np.linspace(-0.5, 1.5, 1001)
    layers = hat_network(depth)
    np.testing.assert_allclose(
        np.maximum(deep_output(layers, x), 0), composed_hat(x, depth), atol=1e-9
    )
    assert pieces_by_layer(layers, 0, 1).tolist() == [2**k for k in range(1, depth + 1)]
    assert pieces_by_layer(layers, -1, 2)[-1] == 2**depth + 2
    fine = np.linspace(0, 1, 2 ** (depth + 1) + 1)
    gap = np.abs(deep_output(square_network(depth), fine) - fine**2)
    assert gap.max() == pytest.approx(4.0 ** -(depth + 1), rel=1e-8)


def test_pieces_of_random_networks_against_a_fine_grid() -> None:
    for seed in range(5):
        rng = RNG(seed)
        sides = [1, 3, 3, 3]
        weights = [rng.standard_normal((b, a)) for a, b in itertools.pairwise([*sides, 1])]
        biases = [rng.standard_normal(w.shape[0]) for w in weights]
        x = np.linspace(-2, 2, 400_001)
        h, signs = x[None], []
        for layer, (w, b) in enumerate(zip(weights[:-1], biases[:-1], strict=True)):
            h = w @ (np.maximum(h, 0) if layer else h) + b[:, None]
            signs.append(h > 0)
        turns = np.any(np.diff(np.concatenate(signs), axis=1), axis=0)
        # a neuron that is dead on both sides of a place does not turn
        assert pieces_by_layer((weights, biases), -2, 2)[-1] == turns.sum() + 1


@pytest.mark.parametrize(("function", "parameter"), [("sine", 7.0), ("power", 0.5), ("power", 2.0)])
@pytest.mark.parametrize("m", [0, 3, 8])
def test_errors_against_a_fine_grid(function: str, parameter: float, m: int) -> None:
    f, x = target(function, parameter), np.linspace(-1, 1, 1_000_001)
    for knots in (uniform_knots((-1, 1), m), graded_knots(function, parameter, (-1, 1), m)):
        corners = np.concatenate([[-1], knots, [1]])
        found = np.abs(f(x) - np.interp(x, corners, f(corners))).max()
        error = interpolation_error(function, parameter, (-1, 1), knots)
        assert error == pytest.approx(found, abs=2e-6)
        assert error >= found - 1e-12


@pytest.mark.parametrize("power", [0.3, 0.5, 1.5, 1.9])
def test_graded_knots_reach_their_law(power: float) -> None:
    knots = graded_knots("power", power, (-1, 1), 255)
    error = interpolation_error("power", power, (-1, 1), knots)
    assert 128**2 * error == pytest.approx(abs(power - 1) / (2 * power), rel=2e-3)
    assert root_curvature("power", power, (-1, 1))[1][-1] ** 2 / 8 / 4 == pytest.approx(
        abs(power - 1) / (2 * power), rel=1e-9
    )


def test_an_inflection_costs_two_over_root_three() -> None:
    knots = graded_knots("sine", np.pi, (-1, 1), 511)
    law = root_curvature("sine", np.pi, (-1, 1))[1][-1] ** 2 / 8 / 512**2
    error = interpolation_error("sine", np.pi, (-1, 1), knots)
    assert error / law == pytest.approx(2 / 3**0.5, rel=2e-3)


def test_bad_arguments() -> None:
    with pytest.raises(ValueError, match="slopes"):
        minimal_width([])
    with pytest.raises(ValueError, match="finite"):
        minimal_width(["nan"])
    with pytest.raises(ValueError, match="one more"):
        realise([0.0], [1.0], 0.0)
    with pytest.raises(ValueError, match="increase"):
        realise([1.0, 0.0], [1.0, 2.0, 3.0], 0.0)
    with pytest.raises(ValueError, match="depth"):
        composed_hat(0.5, 0)
    with pytest.raises(ValueError, match="function"):
        interpolation_error("cosine", 1.0, (0, 1), [])
    with pytest.raises(ValueError, match="parameter"):
        interpolation_error("power", 0.0, (0, 1), [])
    with pytest.raises(ValueError, match="inside"):
        interpolation_error("sine", 1.0, (0, 1), [2.0])
    with pytest.raises(ValueError, match="interval"):
        interpolation_error("sine", 1.0, (1, 0), [])
