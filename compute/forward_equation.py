"""The law of a diffusion on the line with constant noise, by its forward equation.

dy = b(y) dt + √a dB on cells of equal size. The rates between cells are those of exponential
fitting (Scharfetter and Gummel), so probability is kept and never negative for any drift; time
goes by an L-stable scheme of second order, with small steps where the law is still one point.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from compute.compiled import compiled

Array = NDArray[np.float64]
Drift = Callable[[Array], Array]

CELLS, STEPS, FIRST_STEPS = 800, 120, 40
# So many standard deviations of the noise are kept on either side.
_REACH = 7.0


@dataclass(frozen=True)
class Law:
    """The law of dy = b(y) dt + a dB at some times.

    times (k,), increasing; points (m,): values of y, evenly spaced; density (k, m): of y there;
    lost (k,): the probability of having left through the lower end, where there is a way out.
    """

    times: Array
    points: Array
    density: Array
    lost: Array

    @property
    def masses(self) -> Array:
        """The probability of each cell around a point, (k, m)."""
        return np.asarray(self.density * (self.points[1] - self.points[0]))

    def mean(self, values: ArrayLike) -> Array:
        """E f(y) over what is left, (k,), from the values of f at the points, (m,)."""
        masses = self.masses
        return np.asarray(masses @ np.asarray(values) / masses.sum(axis=1))

    def cdf(self, at: ArrayLike) -> Array:
        """P(y ≤ at), what is lost included: (k, *shape of at)."""
        half = 0.5 * (self.points[1] - self.points[0])
        faces = np.append(self.points - half, self.points[-1] + half)
        inside = np.clip(np.asarray(at, dtype=np.float64), faces[0], faces[-1])
        below = np.cumsum(np.insert(self.masses, 0, self.lost, axis=1), axis=1)
        padded = np.pad(self.density, ((0, 0), (1, 1)))
        slope = 0.5 * (padded[:, 1:] + padded[:, :-1])
        return np.asarray(scipy.interpolate.CubicHermiteSpline(faces, below, slope, axis=1)(inside))

    def quantiles(self, levels: ArrayLike) -> Array:
        """Where the distribution function reaches `levels` (j,): (k, j)."""
        half = 0.5 * (self.points[1] - self.points[0])
        faces = np.append(self.points - half, self.points[-1] + half)
        below = np.cumsum(np.insert(self.masses, 0, self.lost, axis=1), axis=1)
        asked = np.asarray(levels, dtype=np.float64)
        return np.array([np.interp(asked, row, faces) for row in below])


def normal_law(times: Array, mean: Array, deviation: Array, ends: tuple[float, float]) -> Law:
    """Normal laws of these means and deviations (k,), on 600 points between the ends."""
    points = np.linspace(*ends, 600)
    z = (points - mean[:, None]) / deviation[:, None]
    density = np.exp(-0.5 * z * z) / (deviation[:, None] * math.sqrt(2 * math.pi))
    return Law(times, points, density, np.zeros(times.size))


def law_of(
    drift: Drift,
    start: float,
    times: Array,
    *,
    noise: float = 1.0,
    wall: float = -math.inf,
    way_out: bool = False,
    upper: Drift | None = None,
    least: float = 0.0,
    begin: float = 0.0,
) -> Law:
    """Law of dy = drift dt + √noise dB from `start`, at increasing times.

    Above its flow the drift is at most `upper`; it is nowhere below `least`, except where there is
    a way out, at `wall`; otherwise y is pushed back from there.
    """
    span = float(times[-1]) - begin
    spread = _REACH * math.sqrt(noise * span)
    low = wall if way_out else max(start + least * span - spread, min(wall, start - 0.5))
    high = _flow(upper or drift, start, span) + spread
    step = (high - low) / CELLS
    below = max(1, round((start - low) / step))
    if way_out:  # one step below the lowest point
        step = (start - low) / (below + 1)
    points: Array = start + step * (np.arange(CELLS) - below).astype(np.float64)
    faces = points - 0.5 * step
    tilt: Array = np.clip(2 * step / noise * drift(faces), -600.0, 600.0)
    rate = noise / (2 * step**2)
    up, down = rate * _bernoulli(-tilt), rate * _bernoulli(tilt)
    density = np.zeros(CELLS)
    density[below] = 1.0
    steps = [_graded(float(times[0]) - begin)]
    for gap in np.diff(times):
        count = max(2, math.ceil(STEPS * float(gap) / span))
        steps.append(np.full(count, float(gap) / count))
    ends = np.cumsum([s.size for s in steps])
    found = _march(up, down, way_out, density, np.concatenate(steps), ends)
    masses = np.maximum(found, 0.0)
    lost = np.maximum(1 - found.sum(axis=1), 0.0) if way_out else np.zeros(times.size)
    return Law(times, points, masses / step, lost)


def _graded(time: float) -> Array:
    """Steps that grow from a start at one point."""
    return np.asarray(time * np.diff(np.linspace(0, 1, FIRST_STEPS + 1) ** 2))


def _flow(drift: Drift, start: float, time: float) -> float:
    """Where the drift alone leads, by explicit steps: further, where it falls."""
    y = np.array([start])
    for step in _graded(time):
        y = y + np.minimum(step * drift(y), 20.0)
    return float(y[0])


def _bernoulli(x: Array) -> Array:
    """x/(eˣ − 1), 1 at 0."""
    safe = np.where(np.abs(x) < 1e-8, 1.0, x)
    with np.errstate(over="ignore"):
        return np.where(np.abs(x) < 1e-8, 1 - 0.5 * x, safe / np.expm1(safe))


@compiled
def _march(
    up: Array, down: Array, way_out: bool, start: Array, steps: Array, ends: NDArray[np.int64]
) -> Array:
    """Masses after each of the numbers of steps `ends`: two solves a step with one matrix.

    up[i], down[i]: rates through the lower face of cell i, upwards from cell i − 1 and down.
    """
    n, gamma = start.size, 1 - math.sqrt(0.5)
    found = np.empty((ends.size, n))
    now, rate, moved = start.copy(), np.empty(n), np.empty(n)
    first, pivot = np.empty(n), np.empty(n)
    place = 0
    for k in range(steps.size):
        dt = steps[k]
        g = gamma * dt
        for i in range(n):
            leave = (up[i + 1] if i + 1 < n else 0.0) + (down[i] if i > 0 or way_out else 0.0)
            pivot[i] = 1 + g * leave
            if i > 0:
                pivot[i] -= g * g * up[i] * down[i] / pivot[i - 1]
        for stage in range(2):
            for i in range(n):
                moved[i] = now[i] if stage == 0 else now[i] + (1 - gamma) * dt * first[i]
            for i in range(n):
                flow = -moved[i] * (down[i] if i > 0 or way_out else 0.0)
                if i > 0:
                    flow += moved[i - 1] * up[i]
                if i + 1 < n:
                    flow += moved[i + 1] * down[i + 1] - moved[i] * up[i + 1]
                rate[i] = flow
                if i > 0:
                    rate[i] += g * up[i] / pivot[i - 1] * rate[i - 1]
            rate[n - 1] /= pivot[n - 1]
            for i in range(n - 2, -1, -1):
                rate[i] = (rate[i] + g * down[i + 1] * rate[i + 1]) / pivot[i]
            if stage == 0:
                first[:] = rate
        for i in range(n):
            now[i] += dt * ((1 - gamma) * first[i] + gamma * rate[i])
        while place < ends.size and ends[place] == k + 1:
            found[place] = now
            place += 1
    return found


def as_times(times: ArrayLike) -> Array:
    at = np.atleast_1d(np.asarray(times, dtype=np.float64))
    if at.ndim != 1 or at.size == 0 or not np.all(np.isfinite(at) & (at > 0)):
        raise ValueError(f"times must be numbers > 0, got {times!r}")
    if np.any(np.diff(at) <= 0):
        raise ValueError("times must increase")
    return at
