"""Two models with one or two parameters that decide what Lemma 2.2.2 and its neighbours need.

Lemma 2.2.2: with TK ≥ δ the loss decays like e^{−2μδt} if it is μ-strongly convex (E 34); being
strictly convex is not enough, as ℓ = a⁴ shows (E 33). And z = θ² turns the bound on the change
of the kernel into an equality, if the bound has its factor (E 35). All integrated by DOP853.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.training.flow_reference import integrate

Array = NDArray[np.float64]

SLOW, FAST = 0.5, 2.0
START, GOAL = 0.5, 2.25
_POINTS = 60
# From here on nothing moves, in units of 1/η.
_REST = 3.0
_RTOL = 1e-8


@dataclass(frozen=True)
class Lemma:
    """The loss under three loss functions, and the kernel of z = θ²; M times.

    times (M,): from 0.01 to 100, after 0; half, square, quartic (M,): L_t/L_0 for ½a², a² and a⁴,
    TK = η·diag(½, 2) for the first two, started along the slow eigenvector, and TK = η for a⁴;
    half_bound, square_bound (M,): e^{−2μδt}, δ = η/2, μ = 1 and 2; power (M,): (1 + 8ηt)^{−2};
    half_rate, square_rate: measured −d log L/dt; change, corrected, printed (M,): |TK_t − TK_0|
    of z = θ² from θ = ½ to z = 9/4, and its two bounds.
    """

    times: Array
    half: Array
    square: Array
    quartic: Array
    half_bound: Array
    square_bound: Array
    power: Array
    half_rate: float
    square_rate: float
    change: Array
    corrected: Array
    printed: Array


def lemma(eta: float) -> Lemma:
    """What the tab "lemma" draws. Cost 5 to 10 ms."""
    times = np.geomspace(0.01, 100.0, _POINTS)
    half = _loss_of_square(1.0, eta, times)
    square = _loss_of_square(2.0, eta, times)
    moment = np.concatenate([[0.0], times])
    quartic = integrate(lambda _, a: -4 * eta * a**3, np.array([1.0]), moment, _RTOL)[1:, 0] ** 4
    change, corrected, printed = _one_parameter(eta, moment)
    return Lemma(
        times=times,
        half=half,
        square=square,
        quartic=quartic,
        half_bound=np.exp(-2 * SLOW * eta * times),
        square_bound=np.exp(-4 * SLOW * eta * times),
        power=(1 + 8 * eta * times) ** -2.0,
        half_rate=_rate(times, half),
        square_rate=_rate(times, square),
        change=change,
        corrected=corrected,
        printed=printed,
    )


def _loss_of_square(curvature: float, eta: float, times: Array) -> Array:
    """Σ½μa² over its start, under a' = −TK μa with the eigenvectors of TK turned by 30°."""
    cosine, sine = np.cos(np.pi / 6), np.sin(np.pi / 6)
    mode = np.array([[cosine, -sine], [sine, cosine]])
    kernel = eta * mode @ np.diag([SLOW, FAST]) @ mode.T
    # the slow mode stays above the tolerance up to here; later losses are gaps in the figure
    seen = times[times <= 12 / (curvature * SLOW * eta)]
    moment = np.concatenate([[0.0], seen])
    path = integrate(lambda _, a: -curvature * (kernel @ a), mode[:, 0], moment, _RTOL)[1:]
    loss = np.full(len(times), np.nan)
    loss[: len(seen)] = np.sum(path**2, axis=1)
    return loss


def _rate(times: Array, loss: Array) -> float:
    kept = np.flatnonzero(loss > 1e-8)[[-6, -1]]
    fall = np.diff(np.log(loss[kept])) / np.diff(times[kept])
    return -float(fall[0])


def _one_parameter(eta: float, moment: Array) -> tuple[Array, Array, Array]:
    """|TK_t − TK_0| of z = θ², TK = 4ηθ², with both bounds integrated alongside: three (M,)."""

    def derivative(_: float, state: Array) -> Array:
        theta = state[0]
        gradient = 2 * theta * (theta**2 - GOAL)
        bend, slope = 2.0, abs(2 * theta)
        size = abs(gradient)
        return np.array([-eta * gradient, 2 * eta**2 * slope * bend * size, bend * size])

    moving = moment <= _REST / eta
    path = integrate(derivative, np.array([START, 0.0, 0.0]), moment[moving], _RTOL)[1:]
    path = np.concatenate([path, np.repeat(path[-1:], np.count_nonzero(~moving), axis=0)])
    return 4 * eta * np.abs(path[:, 0] ** 2 - START**2), path[:, 1], path[:, 2]
