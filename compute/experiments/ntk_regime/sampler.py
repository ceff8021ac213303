"""Progressive sweep over widths and seeds: how fast a network becomes its linearisation.

One seed per batch: the same data, networks of every width trained from their weights, and one
million neurons for the norm of the Hessian, which is a maximum over neurons.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compute.activations import Activation
from compute.estimates import mean_and_error, slope_weights, sums
from compute.experiments.ntk_regime.deep_sweep import (
    DEEP_WIDTHS,
    DeepSweep,
    deep_batch,
    deep_batches,
)
from compute.experiments.ntk_regime.setting import Params, activation_of, data_of
from compute.experiments.one_layer_fields import KINKED
from compute.sampling import Estimate, Sampler, merge, stream
from compute.training.gradient_flow import gradient_flow
from compute.training.one_layer import sample_parameters
from compute.training.one_layer_hessian import hessian_norm, second_derivative

Array = NDArray[np.float64]

WIDTHS = (64, 128, 256, 512, 1024, 2048)
SIZES = (100, 1000, 10_000, 100_000, 1_000_000)
APART, CHANGE, BEND = range(3)
LARGEST_COUNT, LARGEST_DEEP = 12, 6
_MOMENTS = 6
_STEPS, _RTOL = 60, 2e-3
_KINKED_STEPS, _KINKED_RTOL, _DEEP_STEPS = 80, 3e-2, 40


@dataclass(frozen=True)
class Sweep:
    """Sums over `drawn` seeds, `skipped` of which trained too slowly to be counted.

    logs (2, 3, W): sum and sum of squares of the logarithms of sup‖θ − θ^lin‖, sup‖Θ_t − Θ_0‖
    and max‖Hess z‖ at θ_0; slopes (2, 3): of each one's fitted slope in log N_1, one number per
    seed. peaks (3, 5): number, sum and sum of squares of √N‖Hess‖ at one input with ‖x̃‖ = 1, for
    N in SIZES.
    """

    drawn: int
    skipped: int
    logs: Array
    slopes: Array
    peaks: Array

    @property
    def counted(self) -> int:
        """Seeds that entered the sums."""
        return self.drawn - self.skipped

    def by_width(self, which: int) -> tuple[Array, Array]:
        """Geometric mean over seeds and the relative standard error of it, both (W,)."""
        mean, error = mean_and_error(self.counted, *self.logs[:, which])
        return np.exp(mean), error

    def slope(self, which: int) -> Estimate:
        """The fitted slope against the width, mean over seeds."""
        mean, error = mean_and_error(self.counted, *self.slopes[:, which])
        return Estimate(float(mean), float(error), self.counted)

    def peak(self) -> tuple[Array, Array]:
        """Mean of √N‖Hess‖ and its standard error, both (5,)."""
        return mean_and_error(*self.peaks)

    def peak_growth(self) -> Estimate:
        """Mean √N‖Hess‖ at the largest size over that at the smallest."""
        mean, error = self.peak()
        ratio = float(mean[-1] / mean[0])
        # the same neurons are in both, but the smallest size has 10⁴ times the networks
        relative = math.hypot(float(error[-1] / mean[-1]), float(error[0] / mean[0]))
        return Estimate(ratio, ratio * relative, int(self.peaks[0, -1]))


Swept = Sweep | DeepSweep


def widths_of(params: Params) -> tuple[int, ...]:
    """The widths that are compared."""
    return WIDTHS if params.layers == 1 else DEEP_WIDTHS


def batches(params: Params) -> int:
    """One or two per seed, on the tab that shows them."""
    if params.figure != "width":
        return 0
    return params.seeds if params.layers == 1 else deep_batches(params)


def batch(params: Params, index: int) -> Swept:
    """One seed: six flows and a million neurons, or deep networks; 60 to 150 ms."""
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        if params.layers > 1:
            x, y, _, accuracy = _task(params)
            return deep_batch(params, index, x, y, **accuracy)
        logs = np.log(_flows(params, index))
        peaks = _peaks(activation_of(params), stream(params.seed, "neurons", index))
    return Sweep(1, 1 - len(logs), sums(logs), sums(logs @ slope_weights(WIDTHS)), peaks)


def swept_count(params: Params) -> int:
    """How many data the sweep trains on."""
    largest = LARGEST_COUNT if params.layers == 1 else LARGEST_DEEP
    return min(len(data_of(params, curves=False).targets), largest)


def _task(params: Params) -> tuple[Array, Array, Array, dict[str, Any]]:
    """Data x, y, the recorded times from 0, and how accurately flows are computed."""
    data, n = data_of(params, curves=False), swept_count(params)
    first = min(1.0, 0.1 * params.time)
    times = np.concatenate([[0.0], np.geomspace(first, params.time, _MOMENTS)])
    kinked = params.activation in KINKED
    rtol, steps = (_KINKED_RTOL, _KINKED_STEPS) if kinked else (_RTOL, _STEPS)
    steps = steps if params.layers == 1 else _DEEP_STEPS
    return data.inputs[:n], data.targets[:n], times, {"rtol": rtol, "max_steps": steps}


def _flows(params: Params, index: int) -> Array:
    """Numbers of one seed, (1, 3, W); (0, 3, W) where a flow did not arrive or nothing moved."""
    x, y, times, accuracy = _task(params)
    activation = activation_of(params)
    found = np.empty((1, 3, len(WIDTHS)))
    rng = stream(params.seed, "sweep", index)
    largest = sample_parameters(WIDTHS[-1], x.shape[1], rng, bias=True)
    for k, width in enumerate(WIDTHS):
        network = largest.neurons(0, width)
        gamma = float(width) ** params.exponent
        scales = {"gamma": gamma, "eta": params.rate * gamma**2}
        flow = gradient_flow(network, x, y, activation, times=times, **accuracy, **scales)
        if not flow.converged:
            return found[:0]
        change = np.linalg.norm(flow.kernels - flow.kernels[0], ord=2, axis=(1, 2))
        bend = hessian_norm(network, x, activation, gamma=gamma)
        found[0, :, k] = flow.linear_distance.max(), change.max(), bend.max()
    return found if np.all((found > 0) & np.isfinite(found)) else found[:0]


def _peaks(activation: Activation, rng: np.random.Generator) -> Array:
    """Number, sum and sum of squares of the largest ‖H_i‖√N among the first N, and the next N…"""
    hidden, outer = rng.standard_normal((2, SIZES[-1]))
    bend = np.abs(outer * second_derivative(activation, hidden))
    norms = 0.5 * (bend + np.hypot(bend, 2 * activation.dphi(hidden)))
    largest = (norms.reshape(-1, width).max(axis=1) for width in SIZES)
    return np.array([(found.size, *sums(found)) for found in largest]).T


def expected_slopes(params: Params) -> tuple[float, float]:
    """Slopes of sup‖θ − θ^lin‖ and of ‖Θ_t − Θ_0‖: 2a − ½ and 2a − 1 for σ with two derivatives.

    With a kink only the N_1^{a+½} neurons that cross it matter, for the parameters
    N_1^{3a/2 − 1/4}; the kernel then moves like N_1^{(3a − 3/2)/2}.
    """
    a = params.exponent
    if params.activation in KINKED:
        return 1.5 * a - 0.25, 1.5 * a - 0.75
    return 2 * a - 0.5, 2 * a - 1


SAMPLER = Sampler(batch, merge, batches)
