"""Numbers of a sample as figures draw them: means, shares and densities with standard errors."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Literal

import numpy as np

from compute.estimates import mean_and_error
from compute.experiments.region_counts.sampler import RegionSample
from compute.experiments.region_counts.setting import Array
from compute.regions.statistics import Statistics
from compute.sampling import Estimate

Trend = Literal["every", "overall", "mixed", "unknown"]
# Steps of the variance are called steps beyond so many standard errors.
STEP_ERRORS = 2.0
ENOUGH = 100


def regions(s: Statistics) -> Estimate:
    """Mean of N_A."""
    return s.regions.mean_estimate()


def regions_variance(s: Statistics) -> Estimate:
    """Variance of N_A."""
    return s.regions.variance_estimate()


def length(s: Statistics) -> Estimate:
    """Mean of Z_A."""
    return s.length.centred_estimate()


def length_variance(s: Statistics) -> Estimate:
    """Variance of Z_A."""
    return s.length.variance_estimate()


def by_cell(state: RegionSample, measure: Callable[[Statistics], Estimate]) -> tuple[Array, Array]:
    """Values and standard errors of all cells, (cells,) each; nan below two networks."""
    return columns(
        measure(s) if s is not None and s.networks > 1 else Estimate.unknown() for s in state.cells
    )


def enough(state: RegionSample) -> bool:
    """Whether every cell has as many networks as it takes to speak of changes."""
    return all(s is not None and s.networks >= ENOUGH for s in state.cells)


def change(state: RegionSample, measure: Callable[[Statistics], Estimate]) -> int:
    """Sign of the step from the first cell to the last; 0 within two standard errors."""
    value, error = by_cell(state, measure)
    step = value[-1] - value[0]
    if not abs(step) > STEP_ERRORS * math.hypot(error[0], error[-1]):
        return 0
    return 1 if step > 0 else -1


def variance_trend(state: RegionSample) -> Trend:
    """Whether Var Z_A grows from each cell to the next, from the first to the last, or not.

    Beyond two standard errors of the difference; *unknown* before there are enough networks.
    """
    if not enough(state):
        return "unknown"
    value, error = by_cell(state, length_variance)
    steps = np.diff(value) > STEP_ERRORS * np.hypot(error[1:], error[:-1])
    if steps.all():
        return "every"
    return "overall" if change(state, length_variance) > 0 else "mixed"


def outside(histogram: Array) -> tuple[int, int]:
    """How many networks lie below and above the bins."""
    return int(histogram[0]), int(histogram[-1])


def component_shares(s: Statistics, layer: int, width: int) -> tuple[Array, Array]:
    """Share of a layer's neurons with 0, 1, … components, with standard errors, (32,) each.

    Errors are over networks: neurons of one network depend on each other.
    """
    mean, error = mean_and_error(s.networks, *s.components[:, layer])
    return mean / width, error / width


def ring_density(s: Statistics, edges: Array, widths: tuple[int, ...]) -> tuple[Array, Array]:
    """Length per area and neuron of each layer in each ring, with standard errors, (L, rings)."""
    mean, error = mean_and_error(s.networks, *s.radial)
    area = math.pi * np.diff(edges**2)
    per = np.array(widths, dtype=np.float64)[:, None] * area
    return mean / per, error / per


def zeros_by_layer(s: Statistics, widths: tuple[int, ...]) -> tuple[Array, Array]:
    """Zeros per neuron of each layer, with standard errors, (L,) each."""
    found = [m.centred_estimate().scaled(1 / n) for m, n in zip(s.by_layer, widths, strict=True)]
    return columns(found)


def columns(found: Iterable[Estimate]) -> tuple[Array, Array]:
    """Values and standard errors, (k,) each."""
    value, error = np.array([(e.value, e.standard_error) for e in found], dtype=np.float64).T
    return value, error
