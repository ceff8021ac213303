"""Exponential midpoint steps for any model whose gradient flow is r' = −Θ(θ_t) r.

Θ is stiff but nearly constant when the network is wide. A step therefore freezes the gradients
at the middle of the step and integrates r' = −Θ r exactly:

    θ_½ = θ_0 − (η/|D|) J_0ᵀ ∫_0^{h/2} e^{−sΘ_0} r_0 ds,
    θ_1 = θ_0 − (η/|D|) J_½ᵀ ∫_0^h e^{−sΘ_½} r_0 ds.

Second order, no stability limit; the steps follow the drift of Θ alone. What r_1, computed
from θ_1, differs from e^{−hΘ_½} r_0 is the error of a step.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Generic, Protocol, TypeVar

import numpy as np
import scipy
from numpy.typing import NDArray

from compute.training.tangent_space import Eigen

Array = NDArray[np.float64]

_GROWTH: Final = 8.0
_SHRINK: Final = 0.2
_STALLED: Final = 1e-13
_LOSS_TOLERANCE: Final = 1e-10


class State(Protocol):
    """One parameter with its residual z − y (n,), its Θ (n, n) and the spectrum of that."""

    @property
    def weights(self) -> Any:
        """θ, in the model's own form."""

    @property
    def residual(self) -> Array:
        """z − y."""

    @property
    def kernel(self) -> Array:
        """Θ; nan where something is not finite."""

    @property
    def eigen(self) -> Eigen:
        """Its spectrum."""

    @property
    def loss(self) -> float:
        """½|D|⁻¹ Σ (z − y)²."""


S = TypeVar("S", bound=State)


class Model(Protocol[S]):
    """What the steps need of a network and its data."""

    def start(self) -> Any:
        """θ_0."""

    def evaluate(self, weights: Any) -> S:
        """The state at θ."""

    def move(self, start: Any, tangent: S, integral: Array) -> Any:
        """start − (η/|D|) Jᵀq, J taken at `tangent`."""

    def release(self, point: S) -> None:
        """The state's large arrays may be reused; residual, kernel and spectrum stay."""


@dataclass(frozen=True, eq=False)
class Trial(Generic[S]):
    """A step that may be taken: its length, middle and end, what r_1 misses, and how much.

    The middle has been released: its residual, kernel and spectrum are what is left of it.
    """

    length: float
    middle: S
    end: S
    defect: Array
    error: float


class Solver(Generic[S]):
    """The state of one run: the current point, the step size, and the path behind it."""

    def __init__(self, trainer: Model[S], target: float, rtol: float, max_steps: int) -> None:
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
        most = _GROWTH
        while self.attempts < self.max_steps:
            left = end - self.time
            # two equal steps rather than a long one and a sliver
            length = left if self.step >= left else min(self.step, 0.5 * left)
            trial = self._try(length)
            if trial.error <= self.tolerance:
                growth = min(most, 0.8 * (self.tolerance / max(trial.error, 1e-300)) ** (1 / 3))
                # a step cut short by a recorded time says nothing against the longer one
                self.step = max(length * growth, self.step if length < self.step else 0.0)
                if trial.end.loss < self.target * (1 - 1e-9):
                    trial = self._refine(trial)
                if math.isfinite(trial.error):
                    self._accept(trial, end)
                    return ""
            self.trainer.release(trial.end)
            # what was too long a moment ago would be too long again
            most = 1.0
            shrink = max(_SHRINK, 0.8 * (self.tolerance / trial.error) ** (1 / 3))
            self.step = length * shrink
            if self.time + 0.01 * self.step <= self.time:
                return f"no step is short enough at time {self.time:.3g}"
        return f"stopped after {self.max_steps} steps, at time {self.time:.3g}"

    def _try(self, length: float) -> Trial[S]:
        self.attempts += 1
        middle, weights = self._step(self.point, length)
        end = self._evaluate(weights)
        return self._judged(length, middle, end, middle.eigen)

    def _evaluate(self, weights: Any) -> S:
        self.evaluations += 1
        return self.trainer.evaluate(weights)

    def _step(self, point: S, length: float) -> tuple[S, Any]:
        """The middle, released, and θ at the end."""
        trainer = self.trainer
        half = point.eigen.integral(0.5 * length, point.residual)
        middle = self._evaluate(trainer.move(point.weights, point, half))
        whole = middle.eigen.integral(length, point.residual)
        weights = trainer.move(point.weights, middle, whole)
        # its arrays, still in the cache, become those of the end
        trainer.release(middle)
        return middle, weights

    def _judged(self, length: float, middle: S, end: S, eigen: Eigen) -> Trial[S]:
        """A step beside r' = −Θr with the one Θ whose spectrum is given."""
        defect = end.residual - eigen.decay(length, self.point.residual)
        error = float(np.abs(defect).max())
        # a kernel is nan as a whole
        if not math.isfinite(error + float(end.kernel[0, 0])):
            error = math.inf
        return Trial(length, middle, end, defect, error)

    def _refine(self, trial: Trial[S]) -> Trial[S]:
        """The shorter step that ends at the loss asked for: guessed in function space, then
        improved by Newton with L' = −rᵀΘr/|D|."""
        whole, residual = trial, self.point.residual

        def excess(length: float) -> float:
            marched = whole.middle.eigen.decay(length, residual)
            marched = marched + whole.defect * (length / whole.length)
            return 0.5 * float(np.mean(marched**2)) - self.target

        length = float(scipy.optimize.brentq(excess, 0.0, whole.length, rtol=1e-9))
        for _ in range(8):
            self.trainer.release(trial.end)
            trial = self._try(length)
            end = trial.end
            gap = end.loss - self.target
            if abs(gap) <= _LOSS_TOLERANCE * self.target:
                break
            slope = float(end.residual @ end.kernel @ end.residual) / len(residual)
            length = min(max(length + gap / max(slope, 1e-300), 0.1 * length), whole.length)
        return trial

    def _accept(self, trial: Trial[S], end: float) -> None:
        reached = trial.length == end - self.time
        self.time = end if reached else self.time + trial.length
        if self.point is not self.origin:
            self.trainer.release(self.point)
        self.point = trial.end
        self.times.append(self.time)
        self.points.append((trial.end.residual, trial.end.kernel))
        self.middles.append(trial.middle.kernel)
