"""What the tabs of page 2.4 draw: one network trained on two sides, γ = N_1^a, section 2.4."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

import numpy as np

from compute.arrays import read_only
from compute.experiments.ntk_vs_mean_field.neurons import Neurons, neurons_of
from compute.experiments.ntk_vs_mean_field.setting import (
    EXPONENTS,
    FRAMES,
    KERNEL_POINTS,
    SIDES,
    Array,
    Params,
    dataset,
    first_widths,
    frame_times,
    gamma,
    grid,
    inside,
    most_steps,
    nonlinearity,
    strip_exponents,
    target_values,
    tolerance,
    why_not,
)
from compute.experiments.ntk_vs_mean_field.sweep import measure
from compute.experiments.one_layer_fields import REACH
from compute.sampling import stream
from compute.training.gradient_flow import Flow, gradient_flow
from compute.training.linearised import linearised
from compute.training.one_layer import OneLayer, empirical_ntk, forward, sample_parameters


def _nothing() -> Array:
    return np.empty(0)


@dataclass(frozen=True)
class Side:
    """One side of the comparison; F frames, |D| data, G points of the grid, M neurons.

    exponent, gamma: a and γ = N_1^a.   times (F,).   steps: of the flow.   reason: '' or what
    stopped it; the frames after that repeat the last state.   loss, linear_loss (F,): of the
    network and of its linearisation.   hidden_movement, output_movement (F,): root mean square
    change of z^(1) over neurons and data, and of z^(2) over the data.   kernel_change (F,):
    ‖Θ_t − Θ_0‖/‖Θ_0‖ on the data.   alignment (F,): yᵀΘ_t y/(‖Θ_t‖‖y‖²), nan where y = 0.

    Of the tab in front, else empty or None: outputs, linear (F, G) of both models on the grid;
    test_error (2,): root mean square distance of the last output, and of the last linear one,
    from the target on [−2, 2]; neurons; kernels (F, 25, 25): Θ_t on evenly spaced inputs.
    """

    exponent: float
    gamma: float
    times: Array
    steps: int
    reason: str
    loss: Array
    linear_loss: Array
    hidden_movement: Array
    output_movement: Array
    kernel_change: Array
    alignment: Array
    neurons: Neurons | None = None
    outputs: Array = field(default_factory=_nothing)
    linear: Array = field(default_factory=_nothing)
    test_error: Array = field(default_factory=_nothing)
    kernels: Array = field(default_factory=_nothing)


# A and B.
Sides = tuple[Side, Side]


@dataclass(frozen=True)
class Strip:
    """One network at every exponent: exponents (E,), its QUANTITIES measured (E, 10)."""

    exponents: Array
    measured: Array


@dataclass(frozen=True)
class First:
    """One network at the narrowest widths: widths (2,), measured (3 exponents, 2, 10).

    obstacle: why no network fits.
    """

    widths: Array
    measured: Array
    obstacle: str


@dataclass(frozen=True)
class Result:
    """What every tab has, and the part that the tab in front draws; the others are None.

    x, y (|D|,): the data.   times (F,).   grid, target (G,).   obstacle: why no network fits.
    sides: A and B.   strip: against a.   first: against the width.
    """

    x: Array
    y: Array
    times: Array
    grid: Array
    target: Array
    obstacle: str
    sides: Sides | None = None
    strip: Strip | None = None
    first: First | None = None


def run(params: Params) -> Result:
    """What the tab `params.figure` draws. Cost: `setting.work`, 35 ms by default."""
    x, y = dataset(params)
    obstacle, points = why_not(params), grid()
    sides = strip = first = None
    if params.figure in SIDES:
        either = replace(params, exponent_a=0.0, exponent_b=0.0)
        sides = (side_of(either, params.exponent_a), side_of(either, params.exponent_b))
    elif params.figure == "phase":
        network = initial(params, params.width)
        exponents = strip_exponents(params)
        strip = Strip(exponents, np.array([measure(params, network, float(a)) for a in exponents]))
    else:
        narrow = first_widths(params)
        networks = [initial(params, narrow[-1]).neurons(0, n) for n in narrow]
        measured = np.array([[measure(params, net, a) for net in networks] for a in EXPONENTS])
        first = First(np.array(narrow, dtype=np.float64), measured, obstacle)
    target = target_values(params, points)
    times = frame_times(params)
    return read_only(Result(x[:, 0], y, times, points, target, obstacle, sides, strip, first))


def initial(params: Params, width: int) -> OneLayer:
    """θ_0: the same whatever the exponent, and its first neurons whatever the width."""
    return sample_parameters(width, 1, stream(params.seed, "start"), bias=params.bias)


@lru_cache(maxsize=32)
def side_of(params: Params, exponent: float) -> Side:
    """Train with γ = N_1^a and record what the tab in front shows; `params` says all but a.

    Whose slider moves is trained, the other side is kept.
    """
    x, y = dataset(params)
    network = initial(params, params.width)
    scale, sigma = gamma(network.width, exponent), nonlinearity(params)
    times = frame_times(params)
    flow = gradient_flow(
        network,
        x,
        y,
        sigma,
        gamma=scale,
        eta=scale**2,
        times=times,
        rtol=tolerance(params),
        max_steps=most_steps(params, network.width),
        keep_parameters=True,
    )
    # a flow that stopped early shows its last state in all later frames
    held = np.minimum(np.arange(FRAMES), len(flow.times) - 1)
    line = linearised(network, x, y, sigma, gamma=scale, eta=scale**2, times=times)
    shown: dict[str, Any] = {}
    if params.figure == "outputs":
        at = grid()[:, None]
        outputs = np.array([forward(n, at, sigma, gamma=scale) for n in flow.parameters])[held]
        linear = line.predictions_at(at, times)
        tested = np.isin(at[:, 0], inside())
        wrong = np.array([outputs[-1], linear[-1]]) - target_values(params, at[:, 0])
        error = np.sqrt(np.mean(wrong[:, tested] ** 2, axis=1))
        shown = {"outputs": outputs, "linear": linear, "test_error": error}
    if params.figure == "particles":
        shown = {"neurons": neurons_of(params, flow, held, exponent)}
    if params.figure == "kernel":
        at = np.linspace(-REACH, REACH, KERNEL_POINTS)[:, None]
        scales = {"gamma": scale, "eta": scale**2}
        kernels = [empirical_ntk(n, at, sigma, **scales) for n in flow.parameters]
        shown = {"kernels": np.array(kernels)[held] / len(x)}
    moved = np.sqrt(np.mean((flow.residuals - flow.residuals[0]) ** 2, axis=1))
    return read_only(
        Side(
            exponent=exponent,
            gamma=scale,
            times=times,
            steps=flow.steps,
            reason=flow.reason,
            loss=flow.loss[held],
            linear_loss=np.array(line.loss),
            hidden_movement=flow.hidden_movement[held],
            output_movement=moved[held],
            kernel_change=kernel_change(flow)[held],
            alignment=alignment(flow, y)[held],
            **shown,
        )
    )


def kernel_change(flow: Flow) -> Array:
    """‖Θ_t − Θ_0‖/‖Θ_0‖ at the recorded times, Frobenius norms."""
    change = np.linalg.norm(flow.kernels - flow.kernels[0], axis=(1, 2))
    size = float(np.linalg.norm(flow.kernels[0]))
    return np.asarray(change / size) if size > 0 else np.zeros(len(change))


def alignment(flow: Flow, y: Array) -> Array:
    """yᵀΘy/(‖Θ‖‖y‖²): 1 where Θ is yyᵀ but for its size; nan where y or Θ vanishes."""
    sizes = np.linalg.norm(flow.kernels, axis=(1, 2)) * float(y @ y)
    along = np.einsum("i,tij,j->t", y, flow.kernels, y)
    return np.asarray(np.where(sizes > 0, along / np.where(sizes > 0, sizes, 1.0), np.nan))
