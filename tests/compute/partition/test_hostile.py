"""Bad input raises at once, names the argument, and allocates nothing."""

import time

import numpy as np
import pytest

from compute.partition import MAX_NEURONS, cell_estimate, nodal_partition
from tests.compute.partition.networks import sample

WEIGHTS, BIASES = sample([4, 3], 0)
WINDOW = (-3, 3, -3, 3)
HUGE = np.broadcast_to(np.float64(0), (10**9, 2))
NAN, INF = float("nan"), float("inf")

WINDOWS = [
    (NAN, 1, 0, 1), (0, INF, 0, 1), (1, 1, 0, 1), (0, 1, 2, 1), (0, 1, 0), (0, 1, 0, 1, 2), (),
    "abcd", None, (0, 1, 0, None), 3, (1e16, 1e16 + 2, 0, 1), (0, 1e200, 0, 1),
    (1, 1 + 1e-12, 0, 1), (0, 1e-300, 0, 1), ("a", "b", "c", "d"),
]  # fmt: skip
NETWORKS = [
    ([HUGE], [np.broadcast_to(np.float64(0), 10**9)], "weights"),
    ([HUGE], [np.zeros(2)], "biases"),
    ([np.zeros((MAX_NEURONS + 1, 2))], [np.zeros(MAX_NEURONS + 1)], "weights"),
    ([np.zeros((1, 2))] * 300, [np.zeros(1)] * 300, "weights"),
    ([], [], "weights"),
    (WEIGHTS, BIASES[:1], "biases"),
    (WEIGHTS[::-1], BIASES, "weights"),
    ([WEIGHTS[0].T], BIASES[:1], "weights"),
    ([np.zeros((0, 2))], [np.zeros(0)], "weights"),
    ([np.zeros(2)], [np.zeros(1)], "weights"),
    ([WEIGHTS[0]], [np.zeros((4, 1))], "biases"),
    ([np.full((4, 2), NAN)], BIASES[:1], "weights"),
    (WEIGHTS, [BIASES[0], np.array([1, INF, 0])], "biases"),
    (WEIGHTS[0], BIASES[0], "weights"),
    ([WEIGHTS[0] + 1j], BIASES[:1], "weights"),
    ([np.full((4, 2), "a")], BIASES[:1], "weights"),
    ([[[1, 2], [3]]], BIASES[:1], "weights"),
    (None, None, "weights"),
    ([WEIGHTS[0] * 1e300], BIASES[:1], "weights"),
]


@pytest.fixture(autouse=True)
def compiled():
    """Compile before the clock starts."""
    nodal_partition(WEIGHTS, BIASES, window=WINDOW)


@pytest.mark.parametrize("window", WINDOWS, ids=str)
def test_windows(window):
    start = time.perf_counter()
    with pytest.raises((ValueError, TypeError), match="window"):
        nodal_partition(WEIGHTS, BIASES, window=window)
    assert time.perf_counter() - start < 0.5  # 0.05 s alone; a shared machine stalls


@pytest.mark.parametrize(("weights", "biases", "name"), NETWORKS)
def test_networks(weights, biases, name):
    start = time.perf_counter()
    with pytest.raises((ValueError, TypeError), match=name):
        nodal_partition(weights, biases, window=WINDOW)
    assert time.perf_counter() - start < 0.5


def test_too_many_cells_is_an_error_and_no_hang():
    """Composed hats fold the plane 2^30 times."""
    hat = [np.array([[2.0, 0], [2, 0], [0, 2], [0, 2]]), np.array([0, -1.0, 0, -1])]
    fold = np.array([[2.0, -4, 0, 0], [2, -4, 0, 0], [0, 0, 2, -4], [0, 0, 2, -4]])
    with pytest.raises(ValueError, match="weights"):
        nodal_partition([hat[0]] + [fold] * 29, [hat[1]] * 30, window=(0, 1, 0, 1))


@pytest.mark.parametrize("widths", [(), (0,), (3, -1)])
def test_widths_out_of_range(widths):
    with pytest.raises(ValueError, match="widths"):
        cell_estimate(widths)


@pytest.mark.parametrize("widths", [None, (2.5,), ("a",), 5])
def test_widths_of_another_type(widths):
    with pytest.raises(TypeError, match="widths"):
        cell_estimate(widths)


def test_estimate_of_absurd_widths_is_a_number():
    assert cell_estimate((10**9,)) > 10**17


@pytest.mark.parametrize("points", [[[NAN, 0]], [0, 0], [[1, 2, 3]], "a"])
def test_points(points):
    found = nodal_partition(WEIGHTS, BIASES, window=WINDOW)
    with pytest.raises((ValueError, TypeError), match="points"):
        found.locate(points)


def test_output_layers():
    found = nodal_partition(WEIGHTS, BIASES, window=WINDOW)
    with pytest.raises(ValueError, match="output_weights"):
        found.output_maps(np.zeros((1, 4)), [0.0])
    with pytest.raises(ValueError, match="output_bias"):
        found.linear_regions(np.zeros((1, 3)), [0.0, 1.0])
    with pytest.raises(ValueError, match="end"):
        found.slice((0, 0), (0, 0))
    with pytest.raises(ValueError, match="neuron"):
        found.curves(7)
