"""Laws of nodal sets: against each other, against drawn lines, and in their limits."""

from __future__ import annotations

import math

import numpy as np
import pytest

from compute.regions import exact_laws
from compute.regions import laws as rl
from compute.regions import statistics as rs


def test_scales_at_the_notes_variances():
    assert rl.nodal_scales(4) == pytest.approx(np.sqrt([1, 2, 3, 4]))
    assert rl.nodal_scales(3, inputs=1) == pytest.approx(np.sqrt([0.5, 1, 1.5]))
    assert rl.nodal_scales(2, bias_variance=0.0) == pytest.approx([0, 0])
    assert rl.nodal_scales(1, 4.0, 9.0) == pytest.approx([math.sqrt(9 / 2)])
    assert rl.zeros_in_interval(2.0, math.sqrt(1.5)) == pytest.approx(
        exact_laws.expected_zeros_in_interval(2.0, 3)
    )
    assert rl.nodal_density(0.7, math.sqrt(3)) == pytest.approx(exact_laws.length_density(0.7, 3))


@pytest.mark.parametrize("half_width", [0.2, 1.0, 3.0, 50.0])
def test_one_layer_is_exact(half_width):
    one = rl.nodal_scales(1)
    regions = rl.expected_regions((7,), half_width, one)
    assert regions == pytest.approx(exact_laws.one_layer_regions_square(7, half_width), rel=1e-12)
    length = rl.expected_length((7,), half_width, one)
    assert length == pytest.approx(7 * exact_laws.one_layer_length_square(half_width), rel=1e-9)
    assert rl.hit_probability(half_width, 1.0) == pytest.approx(
        exact_laws.one_layer_regions_square(1, half_width) - 1
    )


@pytest.mark.parametrize(("half_width", "scale"), [(1.0, 1.0), (3.0, 0.5), (2.0, 0.0), (0.5, 4.0)])
def test_moments_of_a_chord_by_drawn_lines(half_width, scale):
    """Each line is clipped to the square by the four half-planes, in its own parameter."""
    rng = np.random.default_rng(11)
    normal = rng.standard_normal((200_000, 2))
    size = np.linalg.norm(normal, axis=1)
    distance = scale * rng.standard_normal(size.size) / size
    unit = normal / size[:, None]
    foot, along = distance[:, None] * unit, np.stack([-unit[:, 1], unit[:, 0]], axis=1)
    ends = np.stack([(-half_width - foot) / along, (half_width - foot) / along])
    chord = np.maximum(ends.max(axis=0).min(axis=1) - ends.min(axis=0).max(axis=1), 0)
    error = chord.std() / math.sqrt(chord.size)
    assert abs(chord.mean() - rl.mean_length(half_width, scale)) < 4 * error
    spread = np.var((chord - chord.mean()) ** 2) ** 0.5 / math.sqrt(chord.size)
    assert abs(chord.var() - rl.length_variance(half_width, scale)) < 4 * spread


def test_crossings_of_lines():
    assert rl.crossings_in_square(1e6, 1.0, 2.0) == pytest.approx(1, abs=1e-5)
    for a in (0.3, 3.0):
        same = rl.crossings_in_square(a, 1.3, 1.3)
        assert rl.crossings_in_square(a, 1.3, 1.3 * (1 + 1e-9)) == pytest.approx(same, rel=1e-6)
        assert rl.crossings_in_square(a, 1.0, 2.0) == rl.crossings_in_square(a, 2.0, 1.0)
    r = np.linspace(0, 4, 9)
    exact = 1 / (2 * math.pi * (1 + r * r) ** 1.5)
    assert rl.crossing_density(r, 1.0, 1.0) == pytest.approx(exact)


def test_crossings_of_drawn_lines_of_two_scales():
    rng, scales, a = np.random.default_rng(12), (1.0, 2.5), 2.0
    w = rng.standard_normal((200_000, 2, 2))
    b = rng.standard_normal((200_000, 2)) * scales
    points = np.linalg.solve(w, -b[:, :, None])[:, :, 0]
    share = (np.abs(points) <= a).all(axis=1).mean()
    error = math.sqrt(share * (1 - share) / len(points))
    assert abs(share - rl.crossings_in_square(a, *scales)) < 4 * error


def test_wide_layers_come_near_the_limit():
    widths = (48, 48)
    found = rs.sample_regions(rs.Ensemble(widths), 150, np.random.default_rng(3), half_width=3.0)
    limit = rl.expected_regions(widths, 3.0, rl.nodal_scales(2))
    assert found.regions.mean == pytest.approx(limit, rel=0.04)
    assert found.crossings[0] / 150 == pytest.approx(
        rl.expected_crossings(widths, 3.0, rl.nodal_scales(2)), rel=0.08
    )


def test_bounds_and_moments():
    assert rl.length_bounds((3, 5), 2.0).sum() == pytest.approx(exact_laws.length_bound(8, 2.0))
    assert np.isinf(rl.length_bounds((3,), 2.0, bias_variance=0.0)).all()
    assert rl.squared_gradients(3) == pytest.approx([2, 2, 2])
    assert rl.squared_gradients(3, 1.0) == pytest.approx([1, 0.5, 0.25])
    assert rl.gradient_fourth_moment((10, 10), 3) == pytest.approx(4 * (5 / 3) * 1.5**2)
    assert rl.expected_regions((5,), 1.0, [0.0]) == 10
    assert math.isnan(rl.expected_regions((5, 5), 1.0, [0.0, 0.0]))
    assert np.isnan(rl.nodal_density([0.1, 1.0], 0.0)).all()
