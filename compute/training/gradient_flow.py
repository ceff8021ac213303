"""Gradient flow of a one-layer network on the mean squared error, (2.1.2) and (2.2.2).

One convention in the whole chapter: L = ½|D|⁻¹ Σ (z − y)², θ' = −η∇L, so that the residual
r = z − y obeys r' = −Θ(θ_t) r with Θ = η⟨∇z, ∇z⟩/|D|, and rates are eigenvalues of this Θ.
(The notes have three: (2.1.3) without ½, (2.2.2) without |D|, (2.3.7) as here.)

The steps are those of compute.training.exponential_midpoint, or of compute.training.extrapolation.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from compute.activations import Activation
from compute.training.exponential_midpoint import Solver
from compute.training.extrapolation import Extrapolated
from compute.training.flow_path import Path
from compute.training.one_layer import OneLayer, as_positive, frozen, increasing_times
from compute.training.tangent_space import Point, Trainer, linear_weights

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Flow:
    """A trajectory of gradient flow; all arrays read-only, T the number of recorded times.

    times (T,): the requested ones (and the time of `until_loss`), or the solver's own steps.
    residuals (T, n): z − y.   loss (T,): ½|D|⁻¹ Σ (z − y)².   kernels (T, n, n): Θ_t.
    hidden_movement (T,): root mean square over neurons and data of z^(1)(t) − z^(1)(0).
    parameter_movement (T,): ‖θ_t − θ_0‖.
    linear_distance (T,): ‖θ_t − θ_t^lin‖ of (2.2.1), the linearisation at θ_0 in closed form.
    parameters: the networks at the times if asked for, else empty.   final: the last network.
    converged: whether the last time, or the loss, was reached; otherwise `reason` says in words
    what stopped it, and the results end there.
    path: dense output; steps: accepted steps; evaluations: of the network and its kernel.
    """

    times: Array
    residuals: Array
    loss: Array
    kernels: Array
    hidden_movement: Array
    parameter_movement: Array
    linear_distance: Array
    parameters: tuple[OneLayer, ...]
    final: OneLayer
    converged: bool
    reason: str
    path: Path
    steps: int
    evaluations: int

    def residuals_at(self, times: ArrayLike) -> Array:
        """z − y at any increasing times (T',) up to the last: (T', n). See Path.residuals_at."""
        return self.path.residuals_at(times)


def gradient_flow(
    parameters: OneLayer,
    x: ArrayLike,
    y: ArrayLike,
    activation: Activation,
    *,
    gamma: float,
    eta: float,
    times: ArrayLike | None = None,
    until_loss: float | None = None,
    rtol: float = 1e-5,
    max_steps: int = 1000,
    train_bias: bool = True,
    keep_parameters: bool = False,
    extrapolate: bool = False,
) -> Flow:
    """Train on x (n, N_0), y (n,) by gradient flow until the last time or a loss, or either.

    times: increasing, ≥ 0; the solver steps exactly onto them. until_loss: stop where the loss
    is this, to relative 1e-10. With both, what comes first stops the flow. With until_loss
    alone, the solver's own steps are recorded (use `residuals_at` for smooth curves).
    rtol: error of one step, relative to the largest residual at first. max_steps bounds the
    work; a flow that stops early says so in `converged` and `reason`, and nothing is ever nan.
    extrapolate: steps of third order, for smooth σ, each worth three: `rtol` bounds what they
    remove, and what is left over all times is some ten times less than without.

    ValueError naming the argument for wrong shapes, numbers out of range, neither times nor
    until_loss, and a network whose output is not finite. Cost: two evaluations per step, each
    n N_1 times some 4 ns, and an eigendecomposition of n × n.
    """
    if times is None and until_loss is None:
        raise ValueError("times or until_loss must be given")
    requested = None if times is None else increasing_times(times)
    target = -math.inf if until_loss is None else as_positive(until_loss, "until_loss")
    if not 1e-12 <= rtol <= 0.1:
        raise ValueError(f"rtol must be in [1e-12, 0.1], got {rtol!r}")
    if max_steps < 1:
        raise ValueError(f"max_steps must be >= 1, got {max_steps!r}")
    with np.errstate(over="ignore", invalid="ignore"):
        trainer = Trainer(parameters, x, y, activation, gamma, eta, train_bias)
        solver = (Extrapolated if extrapolate else Solver)(trainer, target, rtol, max_steps)
        recorder = _Recorder(trainer, solver, keep_parameters)
        if requested is None:
            reason = solver.run(math.inf, recorder.add)
        else:
            reason = _visit(solver, requested, recorder)
        return recorder.flow(reason)


def _visit(solver: Solver[Point], times: Array, recorder: _Recorder) -> str:
    for time in times:
        reason = solver.run(float(time)) if time > 0 else ""
        if reason or solver.done:
            # the loss was reached before this time, or the flow stopped
            if solver.time > recorder.last_time:
                recorder.add()
            return reason
        recorder.add()
    return "" if solver.target < 0 else f"the loss {solver.target:g} was not reached in time"


class _Recorder:
    """What a Flow shows, collected at the recorded times."""

    def __init__(self, trainer: Trainer, solver: Solver[Point], keep_parameters: bool) -> None:
        self.trainer, self.solver, self.keep = trainer, solver, keep_parameters
        self.rows: list[tuple[float, Point, float, float, float]] = []
        self.parameters: list[OneLayer] = []

    @property
    def last_time(self) -> float:
        """The last recorded time; −1 before the first."""
        return self.rows[-1][0] if self.rows else -1.0

    def add(self) -> None:
        """Record the solver's current point."""
        trainer, solver = self.trainer, self.solver
        start, now = solver.origin.weights, solver.point.weights
        linear = linear_weights(trainer, solver.origin, solver.time)
        moved = trainer.hidden_movement(start, now), start.distance(now), linear.distance(now)
        self.rows.append((solver.time, solver.point, *moved))
        if self.keep:
            self.parameters.append(trainer.network(now))

    def flow(self, reason: str) -> Flow:
        """The result."""
        solver = self.solver
        points = [row[1] for row in self.rows]
        path = Path(
            frozen(solver.times),
            frozen([residual for residual, _ in solver.points]),
            frozen([kernel for _, kernel in solver.points]),
            frozen(np.reshape(solver.middles, (-1, *solver.point.kernel.shape))),
        )
        return Flow(
            times=frozen([row[0] for row in self.rows]),
            residuals=frozen([point.residual for point in points]),
            loss=frozen([point.loss for point in points]),
            kernels=frozen([point.kernel for point in points]),
            hidden_movement=frozen([row[2] for row in self.rows]),
            parameter_movement=frozen([row[3] for row in self.rows]),
            linear_distance=frozen([row[4] for row in self.rows]),
            parameters=tuple(self.parameters),
            final=self.trainer.network(solver.point.weights),
            converged=not reason,
            reason=reason,
            path=path,
            steps=len(solver.middles),
            evaluations=solver.evaluations,
        )
