"""Samples of random networks against the exact laws, and batches against single partitions."""

import numpy as np
import pytest

from compute.partition import nodal_partition
from compute.regions import exact_laws
from compute.regions import statistics as rs
from compute.sampling import merge


def near(moments, expected, errors=4.0):
    estimate = moments.mean_estimate()
    return abs(estimate.value - expected) <= errors * estimate.standard_error


def generator(seed=0):
    return np.random.default_rng(seed)


def test_a_batch_is_the_partitions_of_its_networks():
    ensemble = rs.Ensemble((7, 6, 5))
    found = rs.sample_regions(ensemble, 20, generator(3), half_width=2.0, radii=(0.0, 1.0, 3.0))
    regions, lengths, loops, pieces = [], [], 0, []
    for p in ensemble.draw(20, generator(3)):
        weights = [p[:14].reshape(7, 2), p[21:63].reshape(6, 7), p[69:99].reshape(5, 6)]
        biases = [p[14:21], p[63:69], p[99:104]]
        one = nodal_partition(weights, biases, window=(-2, 2, -2, 2))
        regions.append(one.region_count)
        lengths.append([one.length_by_neuron[a:b].sum() for a, b in ((0, 7), (7, 13), (13, 18))])
        loops += one.loops_by_neuron.sum()
        pieces.append(one.components_by_neuron)
    assert found.regions.mean == pytest.approx(np.mean(regions), rel=1e-12)
    means = [moments.mean for moments in found.by_layer]
    assert means == pytest.approx(np.mean(lengths, axis=0), rel=1e-12)
    assert found.loops.mean * 20 == pytest.approx(loops)
    counts = np.bincount(np.concatenate(pieces), minlength=32)
    assert (found.components[0].sum(axis=0) == counts).all()
    # the outer radius holds the whole window
    assert found.radial[0].sum(axis=1) == pytest.approx(np.sum(lengths, axis=0), rel=1e-10)


def test_merging_batches():
    ensemble, rng = rs.Ensemble((5, 4)), generator()
    parts = [rs.sample_regions(ensemble, 50, rng, half_width=1.0) for _ in range(2)]
    both, once = (
        merge(*parts),
        rs.sample_regions(ensemble, 100, generator(), half_width=1.0),
    )
    assert both.networks == once.networks == 100
    assert both.regions.mean == pytest.approx(once.regions.mean, rel=1e-12)
    assert both.length.variance == pytest.approx(once.length.variance, rel=1e-10)
    assert (both.components == once.components).all()


@pytest.mark.parametrize("half_width", [0.5, 1.0, 3.0])
def test_one_layer_in_a_square(half_width):
    found = rs.sample_regions(rs.Ensemble((6,)), 20_000, generator(1), half_width=half_width)
    assert near(found.regions, exact_laws.one_layer_regions_square(6, half_width))
    assert near(found.length, 6 * exact_laws.one_layer_length_square(half_width))
    bound = exact_laws.length_bound(6, 4 * half_width**2)
    assert found.length.mean <= bound


def test_printed_constants():
    assert exact_laws.one_layer_length_square(1.0) == pytest.approx(1.438385, abs=1e-6)
    assert exact_laws.one_layer_regions_disc(6, 1.0) == pytest.approx(9.636, abs=1e-3)
    assert exact_laws.one_layer_regions_disc(6, 2.0) == pytest.approx(14.658, abs=1e-3)
    assert exact_laws.one_layer_regions_square(1, 1.0) == pytest.approx(1.783653, abs=1e-6)
    assert exact_laws.expected_zeros((3, 3, 1)) == pytest.approx([1, 0.875, 0.765625])
    assert exact_laws.crossings_across_layers(3) == pytest.approx((0.75, 0.5))
    assert exact_laws.length_density(0.0) == pytest.approx(0.5)
    assert exact_laws.length_density(0.0, layer=4) == pytest.approx(0.25)


def test_radial_density_of_the_first_layer():
    radii = np.linspace(0, 2, 9)
    found = rs.sample_regions(rs.Ensemble((8,)), 20_000, generator(2), half_width=2.0, radii=radii)
    for k in range(8):
        r = np.linspace(radii[k], radii[k + 1], 201)
        expected = 8 * np.trapezoid(2 * np.pi * r * exact_laws.length_density(r), r)
        mean = found.radial[0, 0, k] / found.networks
        variance = found.radial[1, 0, k] / found.networks - mean**2
        assert abs(mean - expected) < 4 * np.sqrt(variance / found.networks)


@pytest.mark.parametrize("widths", [(2, 2, 2), (3, 3), (1, 4)])
def test_zeros_on_the_whole_line(widths):
    ensemble = rs.Ensemble(widths, inputs=1)
    found = rs.sample_regions(ensemble, 20_000, generator(5), half_width=1e7)
    for moments, width, zeros in zip(
        found.by_layer, widths, exact_laws.expected_zeros(widths), strict=True
    ):
        expected = width * zeros
        assert abs(moments.mean - expected) <= 4 * moments.mean_estimate().standard_error + 1e-6
    # zeros nearer than rounding, so far out, are one
    assert found.regions.mean == pytest.approx(found.length.mean + 1, abs=1e-3)


def test_zeros_of_the_first_layer_in_an_interval():
    found = rs.sample_regions(rs.Ensemble((4,), inputs=1), 20_000, generator(6), half_width=1.0)
    assert near(found.length, 4 * exact_laws.expected_zeros_in_interval(1.0, 1))


@pytest.mark.parametrize("width", [2, 3])
def test_crossings_of_two_layers(width):
    """Cells minus 1 = pieces of curves + crossings, in a window that holds nearly all of both."""
    rng, line_line = generator(8), width * (width - 1) / 2
    found = rs.sample_regions(rs.Ensemble((width, 2)), 20_000, rng, half_width=1e5)
    across, within = exact_laws.crossings_across_layers(width)
    pieces = (found.components[0] * np.arange(32)).sum() / found.networks
    crossings = found.regions.mean - 1 - pieces
    expected = line_line + 2 * width * across + within
    error = found.regions.mean_estimate().standard_error
    assert abs(crossings - expected) < 5 * error + 0.02


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"widths": ()}, "widths"),
        ({"widths": (10**9,)}, "widths"),
        ({"weight_variance": -1.0}, "weight_variance"),
        ({"bias_variance": float("nan")}, "bias_variance"),
        ({"inputs": 3}, "inputs"),
    ],
)
def test_hostile_ensembles(change, name):
    with pytest.raises(ValueError, match=name):
        rs.Ensemble(**{"widths": (4,), **change})


@pytest.mark.parametrize(
    ("size", "options", "name"),
    [
        (0, {"half_width": 1.0}, "size"),
        (10**12, {"half_width": 1.0}, "size"),
        (5, {"half_width": 0.0}, "half_width"),
        (5, {"half_width": float("nan")}, "half_width"),
        (5, {"half_width": 1.0, "radii": (2, 1)}, "radii"),
    ],
)
def test_hostile_samples(size, options, name):
    with pytest.raises(ValueError, match=name):
        rs.sample_regions(rs.Ensemble((4,)), size, generator(), **options)


def test_cells_are_crossings_plus_open_curves_plus_one():
    """Euler, network by network: curves that close add nothing of their own."""
    rng = generator(9)
    for widths in ((6, 5), (4, 4, 4), (12,)):
        for _ in range(20):
            one = rs.sample_regions(rs.Ensemble(widths), 1, rng, half_width=3.0)
            pieces = (one.components[0] * np.arange(32)).sum() - one.loops.mean
            assert one.regions.mean == 1 + one.crossings[0].sum() + pieces


@pytest.mark.parametrize("widths", [(5,), (4, 3)])
def test_cells_that_meet_the_disc(widths):
    ensemble, radius = rs.Ensemble(widths), 1.5
    found = rs.sample_regions(ensemble, 200, generator(4), half_width=radius).disc.mean
    counted, (n, m) = 0, (widths[0], sum(widths[1:]))
    turn = np.linspace(0, 2 * np.pi, 241)[:, None]
    spokes = np.linspace(0, radius * (1 - 1e-9), 80)
    x = np.concatenate([r * np.hstack([np.cos(turn), np.sin(turn)]) for r in spokes])
    for p in ensemble.draw(200, generator(4))[:40]:
        z = x @ p[: 2 * n].reshape(n, 2).T + p[2 * n : 3 * n]
        signs = z > 0
        if m:
            weight, bias = p[3 * n : 3 * n + n * m].reshape(m, n), p[3 * n + n * m :]
            signs = np.hstack([signs, np.maximum(z, 0) @ weight.T + bias > 0])
        counted += len(np.unique(np.packbits(signs, axis=1), axis=0))
    # cells smaller than the grid are missed, a few in a hundred
    assert counted / 40 == pytest.approx(found, rel=0.15)


def test_one_layer_in_a_disc():
    found = rs.sample_regions(rs.Ensemble((6,)), 20_000, generator(10), half_width=2.0)
    assert near(found.disc, exact_laws.one_layer_regions_disc(6, 2.0))


def test_histograms_hold_every_network():
    edges = np.arange(0.5, 30)
    found = rs.sample_regions(
        rs.Ensemble((5, 3)),
        300,
        generator(2),
        half_width=2.0,
        region_edges=edges,
        length_edges=(5.0, 10.0, 20.0),
    )
    assert found.region_histogram.sum() == found.length_histogram.sum() == 300
    assert found.region_histogram.size == edges.size + 1
    middle = np.arange(1, edges.size)
    inside = found.region_histogram[1:-1]
    if found.region_histogram[[0, -1]].sum() == 0:
        assert (inside * middle).sum() / 300 == pytest.approx(found.regions.mean)
    assert (merge(found, found).region_histogram == 2 * found.region_histogram).all()
    plain = rs.sample_regions(rs.Ensemble((5, 3)), 3, generator(2), half_width=2.0)
    assert plain.region_histogram.size == plain.length_histogram.size == 0


def test_squares_are_over_networks():
    parts = [
        rs.sample_regions(rs.Ensemble((4, 3)), 1, rng, half_width=1.0, radii=(0, 0.5, 1))
        for rng in [generator(1)]
        for _ in range(30)
    ]
    whole = parts[0]
    for part in parts[1:]:
        whole = merge(whole, part)
    for name in ("components", "crossings", "radial"):
        tables = np.array([getattr(p, name)[0] for p in parts])
        assert getattr(whole, name)[0] == pytest.approx(tables.sum(axis=0))
        assert getattr(whole, name)[1] == pytest.approx((tables**2).sum(axis=0))


@pytest.mark.parametrize("name", ["region_edges", "length_edges"])
def test_hostile_bins(name):
    with pytest.raises(ValueError, match=name):
        rs.sample_regions(rs.Ensemble((4,)), 2, generator(), half_width=1.0, **{name: (2.0, 1.0)})


def test_without_biases_a_line_has_two_pieces() -> None:
    """Every neuron of every layer vanishes at 0: one breakpoint, however many zeros."""
    ensemble = rs.Ensemble((6, 6, 6), inputs=1, bias_variance=0.0)
    found = rs.sample_regions(ensemble, 50, generator(9), half_width=2.0)
    assert found.regions.mean_estimate().value == pytest.approx(2.0, abs=1e-12)
    with_biases = rs.sample_regions(rs.Ensemble((6,), inputs=1), 50, generator(9), half_width=2.0)
    regions, zeros = with_biases.regions.mean_estimate(), with_biases.length.mean_estimate()
    assert regions.value == pytest.approx(1 + zeros.value, rel=1e-12)
