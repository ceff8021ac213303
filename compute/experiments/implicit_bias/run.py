"""§1.3.2: which minimiser descent chooses, in linear models and beyond them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from compute.arrays import read_only
from compute.experiments.implicit_bias.fit import Fit, fit
from compute.experiments.implicit_bias.problems import (
    counts,
    line_data,
    rows_of,
    signal,
    sparse_problem,
    used,
)
from compute.experiments.implicit_bias.setting import ALPHAS, Params
from compute.experiments.implicit_bias.turning import Turn, turn
from compute.implicit_bias import (
    diagonal_linear_path,
    least_total_variation,
    line_interpolant,
    line_kernel,
    logistic_asymptote,
    logistic_descent,
    logistic_path,
    max_margin,
)
from compute.regression import (
    expected_excess_risk,
    gradient_descent,
    gradient_descent_limit,
    largest_stable_rate,
    row_space_part,
)

Array = NDArray[np.float64]

BEYOND = 1e3
GRID = 401


@dataclass(frozen=True)
class Plane:
    """Two parameters, one datum: `features` Φ (1, 2), `target` y.

    `path` (t + 1, 2) are the steps as far as they stay below 1000; `loss` (t + 1,). `limit`,
    `least` (2,): θ_0 + Φ⁺(y − Φθ_0) and the minimiser of least norm. `row`, `across` (t + 1, 2)
    are θ_∥ and θ_⊥. `left` is how far from the limit the slowest mode can still be, as a share of
    the start's distance; `flat` how many eigenvalues of the Hessian are 0.
    """

    features: Array
    target: float
    path: Array
    loss: Array
    limit: Array
    least: Array
    row: Array
    across: Array
    left: float
    flat: int


@dataclass(frozen=True)
class Risk:
    """Expected excess risk of P of D features: `used`, `exact` (m,), inf at |P − |D|| ≤ 1."""

    used: NDArray[np.int64]
    exact: Array
    here: float


@dataclass(frozen=True)
class Alpha:
    """Diagonal linear networks: `truth`, `limit`, `dense`, `sparse` (d,) are β, the limit at α,
    the interpolants of least ℓ² and ℓ¹ norm; `alphas`, `errors` (m,) the squared error of the
    limit along α."""

    truth: Array
    limit: Array
    dense: Array
    sparse: Array
    alphas: Array
    errors: Array


@dataclass(frozen=True)
class Margin:
    """Logistic regression: `rows` (n, 2); `w_hat`, `w_tilde` (2,) of the asymptote.

    `log_times` (m,) are values of log(1 + t), `path` (m, 2) the flow; `error`, `predicted` (m,)
    the distance of w/|w| from ŵ/|ŵ| and what ŵ log t + w̃ says; `steps`, `descent` (k,) the same
    distance after so many real steps of descent at η = 1. `gap` is by how much the margin of the
    next row exceeds the least.
    """

    rows: Array
    w_hat: Array
    w_tilde: Array
    log_times: Array
    path: Array
    error: Array
    predicted: Array
    steps: Array
    descent: Array
    gap: float


@dataclass(frozen=True)
class Line:
    """Interpolants on the line: data `x`, `y` (n,); `grid`, `random_features`, `kernel` (m,);
    the total variation of their slopes between the first and last datum, and the least one.

    `kink`, `kink_said` are the jump of the kernel regime's slope at a datum, by differences and
    from the interpolant's weights.
    """

    x: Array
    y: Array
    grid: Array
    random_features: Array
    kernel: Array
    variation_random: float
    variation_kernel: float
    least: float
    kink: float
    kink_said: float


@dataclass(frozen=True)
class Result:
    """The part that the tab in front draws; the others are None."""

    plane: Plane | None = None
    descent: Risk | None = None
    fit: Fit | None = None
    alpha: Alpha | None = None
    margin: Margin | None = None
    line: Line | None = None
    turn: Turn | None = None


def run(params: Params) -> Result:
    """What the tab in front draws. Cost: ≤ 10 ms but for "alpha" and "margin", 20 to 40 ms."""
    return read_only(Result(**{params.figure: _PARTS[params.figure](params)}))


def _plane(params: Params) -> Plane:
    features, target = np.array([[1.0, params.datum_x]]), np.array([params.datum_y])
    start = np.array([params.intercept, params.slope])
    rate = params.rate * largest_stable_rate(features)
    walked = gradient_descent(
        features,
        target,
        start,
        rate=rate,
        steps=params.steps,
        momentum=params.momentum,
        ridge=params.ridge,
    )
    far = np.abs(walked.path).max(axis=1) > BEYOND
    path = walked.path[: int(np.argmax(far)) if far.any() else far.size]
    row = row_space_part(features, path)
    hessian = hessian_spectrum(features)
    return Plane(
        features=features,
        target=params.datum_y,
        path=path,
        loss=walked.loss[: len(path)],
        limit=gradient_descent_limit(features, target, start),
        least=gradient_descent_limit(features, target, np.zeros(2)),
        row=row,
        across=path - row,
        left=_slowest(2 * params.rate, params.momentum) ** params.steps,
        flat=int(np.sum(np.abs(hessian) < 1e-12 * np.abs(hessian).max())),
    )


def hessian_spectrum(features: Array) -> Array:
    """Eigenvalues of the loss's second derivative, by differences of its gradient: (P,)."""
    base, h = np.zeros(features.shape[1]), 0.5
    pull = [features.T @ (features @ (base + h * e)) for e in np.eye(base.size)]
    back = [features.T @ (features @ (base - h * e)) for e in np.eye(base.size)]
    return np.asarray(np.linalg.eigvalsh((np.array(pull) - np.array(back)) / (2 * h)))


def _slowest(curvature: float, momentum: float) -> float:
    """The larger modulus of the roots of z² − (1 + β − ηλ)z + β: the factor of a step."""
    return float(np.abs(np.roots([1.0, curvature - 1 - momentum, momentum])).max())


def exact_risk(params: Params, p: int) -> float:
    """The expected excess risk of the first p features."""
    squares = signal(params) ** 2
    unused = float(squares[p:].sum())
    return expected_excess_risk(params.samples, p, max(1 - unused, 0.0), unused, params.noise)


def unfitted(params: Params, p: int) -> float:
    """σ̃² = σ² + |β_unused|²: what the first p features cannot fit, and a peak magnifies."""
    return params.noise + float((signal(params)[p:] ** 2).sum())


def _descent(params: Params) -> Risk:
    numbers = counts(params)
    return Risk(
        used=np.array(numbers),
        exact=np.array([exact_risk(params, p) for p in numbers]),
        here=exact_risk(params, used(params)),
    )


def _alpha(params: Params) -> Alpha:
    x, y, truth = sparse_problem(params)
    d = truth.size
    found = scipy.optimize.linprog(np.ones(2 * d), A_eq=np.hstack([x, -x]), b_eq=y, method="highs")
    both = np.asarray(found.x, dtype=np.float64)
    alphas = sorted({*ALPHAS, params.alpha})
    limits = diagonal_linear_path(x, y, alphas)
    return Alpha(
        truth=truth,
        limit=limits[alphas.index(params.alpha)],
        dense=gradient_descent_limit(x, y, np.zeros(d)),
        sparse=both[:d] - both[d:],
        alphas=np.array(alphas),
        errors=np.sum((limits - truth) ** 2, axis=1),
    )


def direction_error(w: Array, w_hat: Array) -> Array:
    """|w/|w| − ŵ/|ŵ||, along the last axis; nan where w = 0."""
    size = np.linalg.norm(w, axis=-1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.linalg.norm(w / size - w_hat / np.linalg.norm(w_hat), axis=-1))


def _margin(params: Params) -> Margin:
    rows = rows_of(params)
    w_hat, w_tilde = logistic_asymptote(rows)
    log_times = np.linspace(0.0, params.decades * math.log(10), 61)
    # in log t the support pulls back at the rate Σ a_i |z_i|²: steps that Runge–Kutta bears
    stiffness = float(max_margin(rows)[1] @ np.sum(rows**2, axis=1))
    path = logistic_path(rows, log_times, step=min(0.25, 1 / stiffness))
    said = w_hat * log_times[:, None] + w_tilde
    margins = np.sort(rows @ w_hat)
    beyond = margins[margins > 1 + 1e-9]
    last = min(100_000, round(10**params.decades))
    steps = np.unique(np.geomspace(1, last, 12).round().astype(int))
    return Margin(
        rows=rows,
        w_hat=w_hat,
        w_tilde=w_tilde,
        log_times=log_times,
        path=path,
        error=direction_error(path, w_hat),
        predicted=direction_error(said, w_hat),
        steps=steps.astype(float),
        descent=direction_error(logistic_descent(rows, steps.tolist()), w_hat),
        gap=float(beyond[0] - 1) if beyond.size else math.inf,
    )


def slope_variation(grid: Array, values: Array, low: float, high: float) -> float:
    """Total variation of the slope between low and high, by differences on an even grid."""
    inside = (grid >= low - 1e-12) & (grid <= high + 1e-12)
    slopes = np.diff(values[inside]) / np.diff(grid[inside])
    return float(np.abs(np.diff(slopes)).sum())


def _line(params: Params) -> Line:
    x, y = line_data(params)
    room = 0.1 * (x[-1] - x[0]) + 0.02
    grid = np.linspace(x[0] - room, x[-1] + room, GRID)
    functions = [line_interpolant(x, y, grid, name) for name in ("random_features", "ntk")]
    variations = [slope_variation(grid, f, x[0], x[-1]) for f in functions]
    weights = np.linalg.solve(line_kernel(x, x, "ntk"), y)
    middle, h = int(np.argmax(np.abs(weights))), 1e-6 * (x[-1] - x[0])
    near = line_interpolant(x, y, x[middle] + h * np.array([-2.0, -1.0, 0.0, 1.0, 2.0]), "ntk")
    left, right = (3 * near[2] - 4 * near[1] + near[0]), (-3 * near[2] + 4 * near[3] - near[4])
    return Line(
        x=x,
        y=y,
        grid=grid,
        random_features=functions[0],
        kernel=functions[1],
        variation_random=variations[0],
        variation_kernel=variations[1],
        least=least_total_variation(x, y),
        kink=float(right - left) / (2 * h),
        kink_said=-float(weights[middle]) / math.pi,
    )


_PARTS: dict[str, Callable[[Params], Any]] = {
    "plane": _plane,
    "descent": _descent,
    "fit": fit,
    "alpha": _alpha,
    "margin": _margin,
    "line": _line,
    "turn": turn,
}


def work(params: Params) -> float:
    """Milliseconds of `run`, from measured rates."""
    if params.figure == "alpha":
        return 25.0 + 0.01 * params.features * params.samples
    if params.figure == "turn":
        return 6.0 + 0.6 * params.samples
    return {"plane": 5.0, "descent": 2.0, "fit": 6.0, "margin": 40.0, "line": 4.0}[params.figure]
