"""Training a one-layer network and its linearisation side by side, section 2.2.

Loss ½|D|⁻¹Σ(z − y)², Θ = η⟨∇z, ∇z⟩/|D|, rates are eigenvalues of this Θ.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.activations import Activation
from compute.experiments.ntk_regime.data import Data
from compute.training.gradient_flow import Flow, gradient_flow
from compute.training.linearised import Linearised, linearised
from compute.training.one_layer import OneLayer, forward, network_features, parameter_gradients
from compute.training.one_layer_hessian import hessian_norm, kernel_change_bounds
from compute.training.one_layer_limits import limit_kernels

Array = NDArray[np.float64]

FRAMES, MOMENTS = 28, 40
# Against DOP853 at 1e-10 residuals, outputs and Θ are off by less than 1e-3 of their largest. The
# narrower, the further Θ drifts, and the more an error grows with time.
RTOL, NARROW_RTOL = 1e-4, 3e-6
# Every kink that a datum crosses makes Θ jump, which no step size resolves: steps stay coarse.
KINKED_RTOL = 1e-2
_DENSE = 120
_EXPLICIT_STEPS, _EXPLICIT_SIZE = 48, 60_000
_REST = 1e-14


@dataclass(frozen=True)
class Setting:
    """A network, its data and its scales; `smooth`: σ'' exists; `steps` bounds a flow."""

    network: OneLayer
    data: Data
    activation: Activation
    gamma: float
    eta: float
    smooth: bool
    steps: int

    def flow(self, times: Array, *, keep: bool = False) -> Flow:
        """Gradient flow through the times."""
        return gradient_flow(
            *self._problem,
            gamma=self.gamma,
            eta=self.eta,
            times=times,
            rtol=min(RTOL, NARROW_RTOL * self.network.width) if self.smooth else KINKED_RTOL,
            max_steps=self.steps,
            keep_parameters=keep,
            extrapolate=self.smooth,
        )

    def linear(self, times: Array) -> Linearised:
        """The linearisation at the same times."""
        return linearised(*self._problem, gamma=self.gamma, eta=self.eta, times=times)

    def outputs(self, network: OneLayer, inputs: Array) -> Array:
        """z of another network of this kind, (m,) at m inputs."""
        return forward(network, inputs, self.activation, gamma=self.gamma)

    def jacobian(self) -> Array:
        """∇z at the data, (n, parameters)."""
        return parameter_gradients(
            self.network, self.data.inputs, self.activation, gamma=self.gamma
        )

    @property
    def _problem(self) -> tuple[OneLayer, Array, Array, Activation]:
        return self.network, self.data.inputs, self.data.targets, self.activation

    def limit_kernel(self) -> Array:
        """E Θ by (2.1.10) and (2.2.6), with η/γ² and 1/|D|: (n, n)."""
        inputs = self.data.inputs
        scales = {"gamma": self.gamma, "eta": self.eta / len(inputs)}
        return limit_kernels(inputs, self.activation, bias=True, **scales).ntk


@dataclass(frozen=True)
class Training:
    """Both trainings in function space; T times, n data, G new inputs, M times of the curves.

    times (T,) from 0; residuals, linear_residuals (T, n): z − y; loss, linear_loss (T,);
    least (T,): inf over s ≤ t of λ_min(Θ_s); bound (T,): L_0 e^{−2t·least}; rates (n,):
    eigenvalues of Θ_0, descending; shares (T, n): the network's residual in the eigenvectors of
    Θ_0; curve_times (M,) and curves (M, n): the same of the linear model, a_k e^{−λ_k t};
    predictions, linear_predictions (T, G); explicit, closed (n,): the linear model's residual at
    4/λ_max, by small steps of its parameters and by e^{−Θt}(z_0 − y), nan where that would take
    too long; reason: why the flow ended early, or "".
    """

    data: Data
    times: Array
    residuals: Array
    linear_residuals: Array
    loss: Array
    linear_loss: Array
    least: Array
    bound: Array
    rates: Array
    shares: Array
    curve_times: Array
    curves: Array
    predictions: Array
    linear_predictions: Array
    explicit: Array
    closed: Array
    reason: str


@dataclass(frozen=True)
class Movement:
    """How far kernel and parameters move; T times, n data.

    times (T,) from 0; change (T,): ‖Θ_t − Θ_0‖, operator norm; corrected, printed (T,): the two
    bounds of the kernel's change, nan where σ'' does not exist; moved, apart (T,):
    ‖θ_t − θ_0‖ and ‖θ_t − θ_t^lin‖; start_rates, end_rates, limit_rates (n,): eigenvalues of
    Θ_0, of the last Θ_t and of E Θ, descending; hessian: max over data of ‖Hess z‖ at θ_0;
    half: δ/2 of (2.2.5), δ = λ_min(Θ_0); reason: why the flow ended early, or "".
    """

    times: Array
    change: Array
    corrected: Array
    printed: Array
    moved: Array
    apart: Array
    start_rates: Array
    end_rates: Array
    limit_rates: Array
    hessian: float
    half: float
    reason: str


def recorded_times(setting: Setting, end: float, count: int) -> Array:
    """0 and then `count − 1` times, geometric from a twentieth of the fastest mode's time."""
    fastest = float(setting.linear(np.array([0.0])).rates[-1])
    first = min(0.05 / fastest if fastest > 0 else end, 0.1 * end)
    return np.concatenate([[0.0], np.geomspace(first, end, count - 1)])


def train(setting: Setting, end: float) -> Training:
    """What the tab "training" draws."""
    flow = setting.flow(recorded_times(setting, end, FRAMES), keep=True)
    linear = setting.linear(flow.times)
    least = np.minimum.accumulate(np.linalg.eigvalsh(flow.kernels)[:, 0])
    least = np.maximum(least, 0.0)
    dense = np.geomspace(flow.times[min(1, len(flow.times) - 1)] or end, end, _DENSE)
    order = slice(None, None, -1)
    grid = setting.data.grid
    drawn = np.empty((len(flow.times), 0))
    if len(grid):
        drawn = np.array([setting.outputs(network, grid) for network in flow.parameters])
    explicit, closed = _explicit(setting, linear)
    return Training(
        data=setting.data,
        times=flow.times,
        residuals=flow.residuals,
        linear_residuals=linear.residuals,
        loss=flow.loss,
        linear_loss=linear.loss,
        least=least,
        bound=flow.loss[0] * np.exp(-2 * least * flow.times),
        rates=linear.rates[order],
        shares=(flow.residuals @ linear.modes)[:, order],
        curve_times=dense,
        curves=(np.exp(-dense[:, None] * linear.rates) * linear.amplitudes)[:, order],
        predictions=drawn,
        linear_predictions=linear.predictions_at(grid, flow.times) if len(grid) else drawn,
        explicit=explicit,
        closed=closed,
        reason=flow.reason,
    )


def _explicit(setting: Setting, linear: Linearised) -> tuple[Array, Array]:
    """The linear model's residual at 4/λ_max: Runge–Kutta in its parameters, closed form."""
    count, parameters = len(setting.data.targets), setting.network.vector().size
    nothing = np.full(count, math.nan)
    if count * parameters > _EXPLICIT_SIZE or not linear.rates[-1] > 0:
        return nothing, nothing
    jacobian, start = setting.jacobian(), linear.residuals[0]
    pull = (-setting.eta / count) * np.ascontiguousarray(jacobian.T)
    step = 4 / float(linear.rates[-1]) / _EXPLICIT_STEPS

    # Runge–Kutta of order four, of a linear equation: each stage is the velocity of the one before
    moved = np.zeros(parameters)
    for _ in range(_EXPLICIT_STEPS):
        stage = step * (pull @ (start + jacobian @ moved))
        moved += stage
        for order in (2, 3, 4):
            stage = (step / order) * (pull @ (jacobian @ stage))
            moved += stage
    decay = np.exp(-4 * linear.rates / linear.rates[-1])
    return start + jacobian @ moved, linear.modes @ (decay * linear.amplitudes)


def move(setting: Setting, end: float) -> Movement:
    """What the tab "movement" draws."""
    smooth = setting.smooth
    flow = setting.flow(recorded_times(setting, end, MOMENTS), keep=smooth)
    change = np.linalg.norm(flow.kernels - flow.kernels[0], ord=2, axis=(1, 2))
    inputs, gamma = setting.data.inputs, setting.gamma
    corrected = printed = np.full(len(change), math.nan)
    if smooth:
        corrected, printed = kernel_change_bounds(
            flow, inputs, setting.activation, gamma=gamma, eta=setting.eta
        )
    rates = np.linalg.eigvalsh(flow.kernels[[0, -1]])[:, ::-1]
    norms = hessian_norm(setting.network, inputs, setting.activation, gamma=gamma)
    return Movement(
        times=flow.times,
        # what is left of rounding is not movement
        change=np.where(change > _REST * rates[0, 0], change, 0.0),
        corrected=corrected,
        printed=printed,
        moved=flow.parameter_movement,
        apart=flow.linear_distance,
        start_rates=rates[0],
        end_rates=rates[1],
        limit_rates=np.linalg.eigvalsh(setting.limit_kernel())[::-1].astype(np.float64),
        hessian=float(norms.max()),
        half=0.5 * max(float(rates[0, -1]), 0.0),
        reason=flow.reason,
    )


@dataclass(frozen=True)
class Metric:
    """The plane of predictions at two inputs; T times, m points of an ellipse.

    times (T,); path, linear_path (T, 2): (z(x_1), z(x_2)); target (2,); ellipses (T, m, 2): the
    v with vᵀΘ_t^{-1}v = s² around the path's point; rates (T, 2): eigenvalues of Θ_t, ascending;
    overlap: x̃_1·x̃_2, of the two inputs with their bias coordinate; velocity, kernel_velocity
    (2,): dz/dt at 0 by differences of the network along its gradient, and −Θ(z − y); reason:
    why the flow ended early, or "".
    """

    times: Array
    path: Array
    linear_path: Array
    target: Array
    ellipses: Array
    rates: Array
    overlap: float
    velocity: Array
    kernel_velocity: Array
    reason: str

    @property
    def ratio(self) -> float:
        """Of the two rates at the start; ∞ where the smaller is 0 to every digit, 1 if both are."""
        low, high = (float(rate) for rate in self.rates[0])
        if high <= 0:
            return 1.0
        return high / low if low > _REST * high else math.inf


def metric(setting: Setting, end: float) -> Metric:
    """What the tab "metric" draws, for data of two points."""
    flow = setting.flow(recorded_times(setting, end, FRAMES))
    target = setting.data.targets
    rates, modes = np.linalg.eigh(flow.kernels)
    rates = np.maximum(rates, 0.0)
    turn = np.linspace(0, 2 * math.pi, 61)
    circle = np.stack([np.cos(turn), np.sin(turn)])
    # a dead network has no metric: its ball is a point
    longest = math.sqrt(rates[0, 1]) or 1.0
    size = 0.22 * float(np.linalg.norm(flow.residuals[0])) / longest
    path = flow.residuals + target
    bent = modes @ (np.sqrt(rates)[:, :, None] * circle)
    features = network_features(setting.network, setting.data.inputs)
    return Metric(
        times=flow.times,
        path=path,
        linear_path=setting.linear(flow.times).residuals + target,
        target=target,
        ellipses=path[:, None, :] + size * bent.transpose(0, 2, 1),
        rates=rates,
        overlap=float(features[0] @ features[1]),
        velocity=_velocity(setting, flow.residuals[0]),
        kernel_velocity=-flow.kernels[0] @ flow.residuals[0],
        reason=flow.reason,
    )


def _velocity(setting: Setting, residual: Array) -> Array:
    """dz/dt at θ_0: central difference of the network along −η∇L."""
    network, theta = setting.network, setting.network.vector()
    direction = -setting.eta / len(residual) * (setting.jacobian().T @ residual)
    step = 1e-5 / max(float(np.abs(direction).max()), 1e-300)
    moved = (network.with_vector(theta + sign * step * direction) for sign in (1, -1))
    ahead, behind = (setting.outputs(net, setting.data.inputs) for net in moved)
    return np.asarray((ahead - behind) / (2 * step))
