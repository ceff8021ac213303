"""What page 1.4 measures: risks of drawn data sets, diagonal networks and ReLU networks trained.

Real descent by the lowest route: features, noise and starts are drawn, weights are trained; no
formula of the page is used.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from compute.estimates import mean_and_error, slope_weights, sums
from compute.experiments.implicit_bias.problems import counts, line_data, signal, sparse_problem
from compute.experiments.implicit_bias.setting import ALPHAS, Params
from compute.experiments.implicit_bias.turning import EARLY, WIDTHS, turned
from compute.regression import excess_risks
from compute.sampling import Estimate, Moments, Sampler, merge, stream
from compute.training.relu_line import train_on_line

Array = NDArray[np.float64]

# Bins of log₁₀ risk: quartiles to 2 %.
BINS = np.linspace(-6.0, 8.0, 701)
_PER_BATCH, _TURNS = 100, 2
# Kinks closer than this are one, in shares of the distance between the first and last datum.
KNOT_BINS = 40
# Diagonal networks are trained until no datum is further off.
RESIDUAL = 1e-5
_MOST_STEPS, _LATEST = 2000, 1e12


@dataclass(frozen=True)
class Risks:
    """Excess risks of `count` data sets: moments for each P, counts of log₁₀ risk (m, bins + 2)."""

    count: int
    moments: tuple[Moments, ...]
    histogram: NDArray[np.int64]

    def quartiles(self) -> Array:
        """First quartile, median and third quartile for each P, (3, m)."""
        below = np.cumsum(self.histogram, axis=1)[:, :-1]
        levels = np.array([0.25, 0.5, 0.75]) * self.count
        logs = [[float(np.interp(q, row, BINS)) for row in below] for q in levels]
        return np.asarray(10.0 ** np.array(logs))


@dataclass(frozen=True)
class Trained:
    """One diagonal network: its start `alpha`, its β (d,), whether it reached the data."""

    alpha: float
    beta: Array
    reached: bool


@dataclass(frozen=True)
class OnLine:
    """One ReLU network: `values` at the grid of the page, `variation` of the slope between the
    first and last datum and `knots` (Σ|J|)²/ΣJ², kinks in one bin counted together; `dead` neurons
    that are off at every datum."""

    values: Array
    variation: float
    knots: float
    loss: float
    steps: int
    dead: int


@dataclass(frozen=True)
class Turns:
    """How far gradients have turned out of the first row space; W widths, T times after 0.

    logs (2, W, T), slopes (2,): sums over so many starts of the logarithms of the sines, of the
    slope of such a start's logarithms against log N_1 at t = ½, and of their squares.
    """

    count: int
    logs: Array
    slopes: Array

    def slope(self) -> Estimate:
        """The mean slope."""
        mean, error = mean_and_error(self.count, *self.slopes)
        return Estimate(float(mean), float(error), self.count)

    def sines(self) -> tuple[Array, Array]:
        """Geometric means, and their standard errors, (W, T)."""
        mean, error = mean_and_error(self.count, *self.logs)
        return np.exp(mean), np.exp(mean) * error


@dataclass(frozen=True)
class Measured:
    """What has been measured: risks, or networks one after the other."""

    risks: Risks | None = None
    diagonal: tuple[Trained, ...] = ()
    lines: tuple[OnLine, ...] = ()
    turns: Turns | None = None


def joined(first: Measured, second: Measured) -> Measured:
    """Both: risks merge, networks stand one after the other."""
    return Measured(
        merge(first.risks, second.risks),
        first.diagonal + second.diagonal,
        first.lines + second.lines,
        merge(first.turns, second.turns),
    )


def batches(params: Params) -> int:
    """How many batches the tab in front has; 1 where it samples nothing."""
    if params.figure == "descent":
        return math.ceil(params.problems / _PER_BATCH)
    if params.figure == "line":
        return params.networks
    if params.figure == "turn":
        return math.ceil(params.starts / _TURNS)
    return len(scales(params)) if params.figure == "alpha" else 1


def scales(params: Params) -> tuple[float, ...]:
    """The α of the networks in their order, the reader's own first."""
    return params.alpha, *(a for a in reversed(ALPHAS) if a != params.alpha)


def batch(params: Params, index: int) -> Measured:
    """One batch, 30 to 150 ms."""
    if params.figure == "descent":
        return Measured(risks=_risks(params, index))
    if params.figure == "alpha":
        return Measured(diagonal=(_diagonal(params, scales(params)[index]),))
    if params.figure == "line":
        return Measured(lines=(_on_line(params, index),))
    if params.figure == "turn":
        return Measured(turns=_turns(params, index))
    return Measured()


def _turns(params: Params, index: int) -> Turns:
    starts = range(index * _TURNS, min((index + 1) * _TURNS, params.starts))
    logs = np.log(np.maximum([turned(params, s)[:, 1:] for s in starts], 1e-300))
    return Turns(len(starts), sums(logs), sums(slope_weights(WIDTHS) @ logs[:, :, EARLY - 1].T))


def _risks(params: Params, index: int) -> Risks:
    rng = stream(params.seed, "risks", index)
    count = min(_PER_BATCH, params.problems - index * _PER_BATCH)
    design = rng.standard_normal((count, params.samples, params.features))
    noise = math.sqrt(params.noise) * rng.standard_normal((count, params.samples))
    beta = signal(params)
    found = excess_risks(design, design @ beta + noise, beta, counts(params))
    logs = np.log10(np.maximum(found, 1e-300))
    ends = np.concatenate([[-np.inf], BINS, [np.inf]])
    held = np.stack([np.histogram(column, ends)[0] for column in logs.T])
    return Risks(count, tuple(Moments.of(column) for column in found.T), held)


def _diagonal(params: Params, alpha: float) -> Trained:
    """Gradient flow of (u, v) from α, to a residual of 10⁻⁵ or as far as 2000 steps go.

    Implicit where it pays: large starts are stiff, and small ones wait long before they move.
    """
    x, y, beta = sparse_problem(params)
    d, gram, drive = beta.size, 2 * x.T @ x, 2 * x.T @ y

    def velocity(_time: float, weights: Array) -> Array:
        u, v = weights[:d], weights[d:]
        pull = gram @ (u * u - v * v) - drive
        return np.concatenate([-pull * u, pull * v])

    def slope(_time: float, weights: Array) -> Array:
        u, v = weights[:d], weights[d:]
        pull = gram @ (u * u - v * v) - drive
        either = np.concatenate([u, -v])
        turned = -2 * either[:, None] * np.tile(gram, (2, 2)) * either
        return np.asarray(turned + np.diag(np.concatenate([-pull, pull])))

    solver = scipy.integrate.LSODA(
        velocity, 0.0, np.full(2 * d, alpha), _LATEST, rtol=1e-6, atol=1e-9, jac=slope
    )
    reached = False
    for _ in range(_MOST_STEPS):
        solver.step()
        now = solver.y[:d] ** 2 - solver.y[d:] ** 2
        reached = float(np.abs(x @ now - y).max()) < RESIDUAL
        if reached or solver.status != "running":
            break
    return Trained(alpha, now, reached)


def _on_line(params: Params, index: int) -> OnLine:
    x, y = line_data(params)
    rng = stream(params.seed, "line", index)
    network = train_on_line(x, y, params.scale, params.width, rng)
    room = 0.1 * (x[-1] - x[0]) + 0.02
    jumps = network.jumps(np.linspace(x[0], x[-1], KNOT_BINS + 1))
    size, squares = float(np.abs(jumps).sum()), float(jumps @ jumps)
    on = np.outer(x, network.slope) + network.bias > 0
    return OnLine(
        values=network.output(np.linspace(x[0] - room, x[-1] + room, 401)),
        variation=size,
        knots=size * size / squares if squares > 0 else 0.0,
        loss=network.loss,
        steps=network.steps,
        dead=int(np.sum(~on.any(axis=0))),
    )


SAMPLER = Sampler(batch, joined, batches)
