"""Gradient flow of a one-layer network on the mean squared error, (2.1.2) and (2.2.2).

One convention in the whole chapter: L = ½|D|⁻¹ Σ (z − y)², θ' = −η∇L, so that the residual
r = z − y obeys r' = −Θ(θ_t) r with Θ = η⟨∇z, ∇z⟩/|D|, and rates are eigenvalues of this Θ.
(The notes have three: (2.1.3) without ½, (2.2.2) without |D|, (2.3.7) as here.)

Θ is stiff but nearly constant when the network is wide. An exponential midpoint step therefore
freezes the gradients at the middle of the step and integrates r' = −Θ r exactly:

    θ_½ = θ_0 − (η/|D|) J_0ᵀ ∫_0^{h/2} e^{−sΘ_0} r_0 ds,
    θ_1 = θ_0 − (η/|D|) J_½ᵀ ∫_0^h e^{−sΘ_½} r_0 ds.

Second order, no stability limit; the steps follow the drift of Θ alone. What r_1, computed
from θ_1, differs from e^{−hΘ_½} r_0 is the error of a step.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq

from compute.activations import Activation
from compute.flow_path import Path
from compute.one_layer import OneLayer, as_positive, frozen, increasing_times
from compute.tangent_space import Point, Trainer, linear_weights

Array = NDArray[np.float64]

_GROWTH: Final = 8.0
_SHRINK: Final = 0.2
_STALLED: Final = 1e-13
_LOSS_TOLERANCE: Final = 1e-10


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
) -> Flow:
    """Train on x (n, N_0), y (n,) by gradient flow until the last time or a loss, or either.

    times: increasing, ≥ 0; the solver steps exactly onto them. until_loss: stop where the loss
    is this, to relative 1e-10. With both, what comes first stops the flow. With until_loss
    alone, the solver's own steps are recorded (use `residuals_at` for smooth curves).
    rtol: error of one step, relative to the largest residual at first. max_steps bounds the
    work; a flow that stops early says so in `converged` and `reason`, and nothing is ever nan.

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
        solver = _Solver(trainer, target, rtol, max_steps)
        recorder = _Recorder(trainer, solver, keep_parameters)
        if requested is None:
            reason = solver.run(math.inf, recorder.add)
        else:
            reason = _visit(solver, requested, recorder)
        return recorder.flow(reason)


def _visit(solver: _Solver, times: Array, recorder: _Recorder) -> str:
    for time in times:
        reason = solver.run(float(time)) if time > 0 else ""
        if reason or solver.done:
            # the loss was reached before this time, or the flow stopped
            if solver.time > recorder.last_time:
                recorder.add()
            return reason
        recorder.add()
    return "" if solver.target < 0 else f"the loss {solver.target:g} was not reached in time"


class _Solver:
    """The state of one run: the current point, the step size, and the path behind it."""

    def __init__(self, trainer: Trainer, target: float, rtol: float, max_steps: int) -> None:
        self.trainer, self.target, self.max_steps = trainer, target, max_steps
        self.origin = self.point = trainer.evaluate(trainer.start())
        if not np.all(np.isfinite(self.point.kernel)):
            raise ValueError("parameters give an output that is not finite")
        self.tolerance = rtol * max(float(np.abs(self.point.residual).max()), 1e-300)
        self.time, self.attempts, self.evaluations = 0.0, 0, 1
        rate = float(self.point.eigen.rates[-1])
        self.step = 1 / rate if rate > 0 else 1.0
        self.times, self.points = [0.0], [(self.point.residual, self.point.kernel)]
        self.middles: list[Array] = []

    @property
    def done(self) -> bool:
        """The loss asked for is reached."""
        return self.point.loss <= self.target * (1 + 2 * _LOSS_TOLERANCE)

    def run(self, end: float, accepted: Callable[[], None] | None = None) -> str:
        """Go on to the time `end` or to the loss; "" or why not. `accepted` after every step."""
        if accepted is not None:
            accepted()
        while not self.done and self.time < end:
            reason = self._stall() if math.isinf(end) else ""
            reason = reason or self._advance(end)
            if reason:
                return reason
            if accepted is not None:
                accepted()
        return ""

    def _stall(self) -> str:
        residual, eigen = self.point.residual, self.point.eigen
        power = eigen.rates @ (eigen.modes.T @ residual) ** 2
        if power <= (_STALLED * float(np.abs(residual).max())) ** 2 * eigen.rates[-1]:
            return f"the gradient vanished at loss {self.point.loss:.3g}"
        return ""

    def _advance(self, end: float) -> str:
        """One accepted step, not beyond `end`; "" or why there is none."""
        while self.attempts < self.max_steps:
            left = end - self.time
            # two equal steps rather than a long one and a sliver
            length = left if self.step >= left else min(self.step, 0.5 * left)
            trial = self._try(length)
            if trial.error <= self.tolerance:
                growth = min(_GROWTH, 0.8 * (self.tolerance / max(trial.error, 1e-300)) ** (1 / 3))
                # a step cut short by a recorded time says nothing against the longer one
                self.step = max(length * growth, self.step if length < self.step else 0.0)
                if trial.end.loss < self.target * (1 - 1e-9):
                    trial = self._refine(trial)
                if math.isfinite(trial.error):
                    self._accept(trial, end)
                    return ""
            self._drop(trial)
            shrink = max(_SHRINK, 0.8 * (self.tolerance / trial.error) ** (1 / 3))
            self.step = length * shrink
            if self.time + 0.01 * self.step <= self.time:
                return f"no step is short enough at time {self.time:.3g}"
        return f"stopped after {self.max_steps} steps, at time {self.time:.3g}"

    def _try(self, length: float) -> _Trial:
        trainer, point = self.trainer, self.point
        self.attempts += 1
        self.evaluations += 2
        half = point.eigen.integral(0.5 * length, point.residual)
        middle = trainer.evaluate(trainer.move(point.weights, point, half))
        whole = middle.eigen.integral(length, point.residual)
        end = trainer.evaluate(trainer.move(point.weights, middle, whole))
        defect = end.residual - middle.eigen.decay(length, point.residual)
        usable = np.all(np.isfinite(end.kernel)) and np.all(np.isfinite(defect))
        error = float(np.abs(defect).max()) if usable else math.inf
        return _Trial(length, middle, end, defect, error)

    def _refine(self, trial: _Trial) -> _Trial:
        """The shorter step that ends at the loss asked for: guessed in function space, then
        improved by Newton with L' = −rᵀΘr/|D|."""
        whole, residual = trial, self.point.residual

        def excess(length: float) -> float:
            marched = whole.middle.eigen.decay(length, residual)
            marched = marched + whole.defect * (length / whole.length)
            return 0.5 * float(np.mean(marched**2)) - self.target

        length = float(brentq(excess, 0.0, whole.length, rtol=1e-9))
        for _ in range(8):
            self._drop(trial)
            trial = self._try(length)
            end = trial.end
            gap = end.loss - self.target
            if abs(gap) <= _LOSS_TOLERANCE * self.target:
                break
            slope = float(end.residual @ end.kernel @ end.residual) / len(residual)
            length = min(max(length + gap / max(slope, 1e-300), 0.1 * length), whole.length)
        return trial

    def _drop(self, trial: _Trial) -> None:
        self.trainer.release(trial.middle)
        self.trainer.release(trial.end)

    def _accept(self, trial: _Trial, end: float) -> None:
        reached = trial.length == end - self.time
        self.time = end if reached else self.time + trial.length
        self.trainer.release(trial.middle)
        if self.point is not self.origin:
            self.trainer.release(self.point)
        self.point = trial.end
        self.times.append(self.time)
        self.points.append((trial.end.residual, trial.end.kernel))
        self.middles.append(trial.middle.kernel)


@dataclass(frozen=True, eq=False)
class _Trial:
    length: float
    middle: Point
    end: Point
    defect: Array
    error: float


class _Recorder:
    """What a Flow shows, collected at the recorded times."""

    def __init__(self, trainer: Trainer, solver: _Solver, keep_parameters: bool) -> None:
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
