"""Gradient flow of a wide network to a small loss, beside DOP853 on all parameters."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from compute.activations import get_activation
from compute.activations.fast_tanh import tanh_and_slope
from compute.sampling import stream
from compute.training.flow_reference import reference_flow
from compute.training.gradient_flow import gradient_flow
from compute.training.gram import gram
from compute.training.one_layer import sample_parameters
from tests.benchmarks.table import Row, at_most, faster
from tests.benchmarks.timing import side_by_side

WIDTH, COUNT, LOSS = 4096, 16, 1e-4
RIVAL_RTOL, EXACT_RTOL = 1e-6, 1e-10


def rows() -> Iterator[Row]:
    """Both regimes, on a target that both learn and on one that is hard; then σ itself and S Sᵀ."""
    for frequency in (1, 3):
        yield from _flow("γ = 1", 0.0, frequency, 5)
        yield from _flow("γ = √N₁", 0.5, frequency, 2)
    yield _tanh()
    yield _gram()


def _flow(name: str, exponent: float, frequency: int, goal: float) -> Iterator[Row]:
    angle = np.linspace(0.1, math.pi - 0.1, COUNT)
    x = math.sqrt(2) * np.column_stack([np.cos(angle), np.sin(angle)])
    network = sample_parameters(WIDTH, 2, stream(1, "flow"))
    gamma = float(WIDTH) ** exponent
    task = network, x, np.sin(frequency * angle), get_activation("tanh")
    scales = {"gamma": gamma, "eta": gamma**2}
    found = gradient_flow(*task, **scales, until_loss=LOSS)
    end = {"times": [found.times[-1]]}
    mine, rival = side_by_side(
        lambda: gradient_flow(*task, **scales, until_loss=LOSS),
        lambda: reference_flow(*task, **scales, **end, rtol=RIVAL_RTOL),
        5,
    )
    exact = reference_flow(*task, **scales, **end, rtol=EXACT_RTOL)
    off = float(np.abs(exact.residuals[-1] - found.residuals[-1]).max())
    work = f"flow to loss {LOSS:g}, tanh, N₁ = {WIDTH}, {name}, sin {frequency}φ"
    yield faster(work, mine, rival, f"DOP853 at rtol {RIVAL_RTOL:g}", goal)
    yield Row("  error of its residuals", f"{off:.0e}", value=off, goal=at_most(1e-4, ""))


def _tanh() -> Row:
    z = stream(2, "tanh").standard_normal(WIDTH * COUNT)
    values, slopes = np.empty_like(z), np.empty_like(z)

    def by_numpy() -> None:
        np.tanh(z, out=values)
        np.subtract(1.0, values * values, out=slopes)

    mine, rival = side_by_side(lambda: tanh_and_slope(z, 1.0, values, slopes), by_numpy)
    return faster(f"tanh and its derivative, {z.size} numbers", mine, rival, "NumPy", None)


def _gram() -> Row:
    values = stream(2, "gram").standard_normal((COUNT, WIDTH))
    mine, rival = side_by_side(lambda: gram(values), lambda: values @ values.T)
    return faster(f"Gram matrix of {COUNT} rows of {WIDTH}", mine, rival, "NumPy", None)
