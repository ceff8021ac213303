"""Section 1.3.2, beyond linear models: which minimiser does descent choose?

Diagonal linear networks between ℓ² and ℓ¹ (Woodworth et al. 2020), logistic regression and the
largest margin (Soudry et al. 2018), kernels of one-hidden-layer ReLU networks on the line.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from compute.compiled import compiled

Array = NDArray[np.float64]

# sinh overflows at 710.
_LARGEST_ARGUMENT = 600.0
_NEWTON_STEPS, _CONTINUATION = 60, 4.0
_ROUNDING = float(np.finfo(np.float64).eps)


def hyperbolic_entropy(beta: ArrayLike, alpha: float) -> float:
    """Q_α(β) = α² Σ q(β_i/α²), q'(z) = asinh(z/2): what the diagonal network minimises.

    α → ∞: |β|²/(4α²); α → 0: |β|_1 log(1/α²). Raises ValueError unless α > 0.
    """
    _positive(alpha, "alpha")
    z = np.asarray(beta, dtype=np.float64) / alpha**2
    # z asinh(z/2) − (√(4 + z²) − 2), without its cancellation
    small = z * z / (2 + np.sqrt(4 + z * z))
    return float(alpha**2 * np.sum(z * np.arcsinh(z / 2) - small))


def diagonal_linear_limit(x: ArrayLike, y: ArrayLike, alpha: float) -> Array:
    """Where gradient flow of β = u∘u − v∘v on |Xβ − y|²/2 ends from u = v = α: (d,).

    x (n, d) of full row rank, y (n,). Minimises 2α² Σ cosh((Xᵀν)_i) − y·ν by damped Newton steps,
    going down to α through larger ones; β = 2α² sinh(Xᵀν). Cost: about 10 n × n solves for each
    factor 4 of α below max|β|. Raises ValueError for other shapes, rank below n or α ≤ 0.
    """
    return np.asarray(diagonal_linear_path(x, y, [alpha])[0])


def diagonal_linear_path(x: ArrayLike, y: ArrayLike, alphas: Sequence[float]) -> Array:
    """`diagonal_linear_limit` at several α, (m, d), on one way down; the same errors."""
    design, target = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    for alpha in alphas:
        _positive(alpha, "alpha")
    if design.ndim != 2 or target.shape != design.shape[:1] or target.size == 0:
        raise ValueError(f"x must be (n, d), y (n,); got {design.shape} and {target.shape}")
    if not (np.isfinite(design).all() and np.isfinite(target).all()):
        raise ValueError("x and y must be finite numbers")
    if np.linalg.matrix_rank(design) < target.size:
        raise ValueError("x must have full row rank: else no network fits every y")
    gram = design @ design.T
    least = design.T @ np.linalg.solve(gram, target)
    scale = max(math.sqrt(float(np.abs(least).max())), *alphas)
    between = math.ceil(math.log(scale / min(alphas), _CONTINUATION)) + 1
    stages = sorted({*np.geomspace(scale, min(alphas), max(between, 1)).tolist(), *alphas})[::-1]
    nu, previous = np.linalg.solve(gram, target) / (2 * stages[0] ** 2), stages[0]
    found = {}
    for stage in stages:
        # where β is large, sinh ≈ exp/2: keep 2α² sinh at its size by growing the argument
        moved = np.arcsinh(np.sinh(design.T @ nu) * min((previous / stage) ** 2, 1e6))
        nu = _dual(design, target, stage, np.linalg.solve(gram, design @ moved))
        found[stage], previous = 2 * stage**2 * np.sinh(design.T @ nu), stage
    return np.array([found[alpha] for alpha in alphas])


def _dual(x: Array, y: Array, alpha: float, nu: Array) -> Array:
    """Newton's method on 2α² Σ cosh(Xᵀν) − y·ν, each step halved until it descends.

    It ends where the gradient is no more than what rounding Xᵀν makes of it: where X is nearly
    singular, ν is long and that is far above rounding y.
    """
    size = np.abs(x)

    def value(at: Array) -> float:
        s = x.T @ at
        if np.abs(s).max() > _LARGEST_ARGUMENT:
            return math.inf
        return float(2 * alpha**2 * np.sum(np.cosh(s)) - y @ at)

    while not math.isfinite(value(nu)):
        nu = nu / 2
    for _ in range(_NEWTON_STEPS):
        s = x.T @ nu
        gradient = 2 * alpha**2 * (x @ np.sinh(s)) - y
        slopes = 2 * alpha**2 * np.cosh(s)
        rounding = _ROUNDING * (size @ (slopes * (np.abs(nu) @ size)))
        if np.all(np.abs(gradient) <= np.maximum(rounding, 1e-13 * max(1.0, np.abs(y).max()))):
            break
        hessian = (x * slopes) @ x.T
        step = np.linalg.solve(hessian, gradient)
        decrement, here, share = float(gradient @ step), value(nu), 1.0
        slack = 1e-14 * (1 + abs(here))
        while share > 1e-8 and value(nu - share * step) > here - 0.25 * share * decrement + slack:
            share /= 2
        nu = nu - share * step
    return nu


def max_margin(z: ArrayLike) -> tuple[Array, Array]:
    """(ŵ, a): the shortest w with z_i·w ≥ 1 for every row, and its multipliers, ŵ = Σ a_i z_i.

    z (n, d) with rows y_i x_i. Lawson and Hanson's least-distance programming. Raises ValueError
    where no w has z_i·w > 0 for every row.
    """
    rows = np.asarray(z, dtype=np.float64)
    if rows.ndim != 2 or rows.size == 0 or not np.isfinite(rows).all():
        raise ValueError("z must be a finite array (n, d)")
    system = np.vstack([rows.T, np.ones(rows.shape[0])])
    wanted = np.zeros(rows.shape[1] + 1)
    wanted[-1] = 1.0
    multipliers, size = scipy.optimize.nnls(system, wanted)
    left = system @ multipliers - wanted
    if size < 1e-9 or left[-1] >= 0:
        raise ValueError("the data are not separable: no w has z_i·w > 0 for every row")
    return np.asarray(-left[:-1] / left[-1]), np.asarray(-multipliers / left[-1])


def logistic_asymptote(z: ArrayLike) -> tuple[Array, Array]:
    """(ŵ, w̃), (d,) each: gradient flow from 0 on mean log(1 + e^{−z_i·w}) is ŵ log t + w̃ + o(1).

    z (n, d) with rows y_i x_i; ŵ has the largest margin, z_i·w̃ = −log(n a_i) on its support.
    Raises ValueError where the data are not separable, where the support does not span ℝ^d, or
    where a_i = 0 on it (w̃ then needs more than the support).
    """
    rows = np.asarray(z, dtype=np.float64)
    w_hat, multipliers = max_margin(rows)
    touching = rows @ w_hat < 1 + 1e-9
    support, weights = rows[touching], multipliers[touching]
    if np.linalg.matrix_rank(support) < rows.shape[1] or weights.min() <= 1e-12:
        raise ValueError("the support must span the space with positive multipliers")
    w_tilde = np.linalg.lstsq(support, -np.log(rows.shape[0] * weights), rcond=None)[0]
    return w_hat, np.asarray(w_tilde)


def logistic_flow(z: ArrayLike, log_time: float, *, step: float = 0.05) -> Array:
    """w of gradient flow from 0 on the mean logistic loss at log(1 + t) = log_time, (d,).

    In s = log(1 + t) the flow is not stiff: dw/ds = (1/n) Σ exp(s − softplus(z_i·w)) z_i, by
    Runge–Kutta steps of fourth order. Cost: log_time/step steps. Raises ValueError for a time that
    is negative or not finite.
    """
    return np.asarray(logistic_path(z, np.array([0.0, log_time]), step=step)[-1])


def logistic_path(z: ArrayLike, log_times: ArrayLike, *, step: float = 0.05) -> Array:
    """`logistic_flow` at several times that rise from 0: (m, d)."""
    rows = np.ascontiguousarray(z, dtype=np.float64)
    times = np.ascontiguousarray(log_times, dtype=np.float64)
    if not np.isfinite(times).all() or times[0] != 0 or (np.diff(times) < 0).any():
        raise ValueError("log_time must be finite and >= 0, times in rising order from 0")
    if rows.ndim != 2 or rows.size == 0 or not np.isfinite(rows).all():
        raise ValueError("z must be a finite array (n, d)")
    if not step > 0:
        raise ValueError(f"step must be > 0, got {step!r}")
    path = np.zeros((times.size, rows.shape[1]))
    _flow(rows, times, step, path)
    return path


def logistic_descent(z: ArrayLike, steps: Sequence[int], rate: float = 1.0) -> Array:
    """Plain descent from 0 on the mean logistic loss: w after so many steps, rising, (m, d)."""
    rows = np.ascontiguousarray(z, dtype=np.float64)
    path = np.zeros((len(steps), rows.shape[1]))
    _descend(rows, np.asarray(steps, dtype=np.int64), rate, path)
    return path


@compiled
def _pull(rows: Array, w: Array, s: float, out: Array) -> None:
    """(1/n) Σ exp(s − softplus(z_i·w)) z_i, into `out`."""
    out[:] = 0.0
    for i in range(rows.shape[0]):
        m = 0.0
        for k in range(w.size):
            m += rows[i, k] * w[k]
        softplus = max(m, 0.0) + math.log1p(math.exp(-abs(m)))
        weight = math.exp(s - softplus) / rows.shape[0]
        for k in range(w.size):
            out[k] += weight * rows[i, k]


@compiled
def _flow(rows: Array, times: Array, step: float, path: Array) -> None:
    """Runge–Kutta steps of fourth order from path[0] through the times."""
    d = rows.shape[1]
    w, k1, k2, k3, k4 = path[0].copy(), np.empty(d), np.empty(d), np.empty(d), np.empty(d)
    for j in range(1, times.size):
        count = max(1, math.ceil((times[j] - times[j - 1]) / step))
        h = (times[j] - times[j - 1]) / count
        for i in range(count):
            s = times[j - 1] + i * h
            _pull(rows, w, s, k1)
            _pull(rows, w + h / 2 * k1, s + h / 2, k2)
            _pull(rows, w + h / 2 * k2, s + h / 2, k3)
            _pull(rows, w + h * k3, s + h, k4)
            w += h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        path[j] = w


@compiled
def _descend(rows: Array, steps: NDArray[np.int64], rate: float, path: Array) -> None:
    w, pull, done = np.zeros(rows.shape[1]), np.empty(rows.shape[1]), 0
    for j in range(steps.size):
        for _ in range(steps[j] - done):
            _pull(rows, w, 0.0, pull)
            w += rate * pull
        path[j], done = w, steps[j]


def line_kernel(x: ArrayLike, other: ArrayLike, kernel: str) -> Array:
    """Kernel of a one-hidden-layer ReLU network on the line, W, b, v ~ N(0, 1): (n, m).

    "random_features" trains the outer layer only: E σ(Wx + b) σ(Wx' + b). "ntk" trains all:
    it adds (xx' + 1) P(both neurons on). The angle is |arctan x − arctan x'|, which is exact at
    equal points. Raises ValueError for another name.
    """
    if kernel not in {"random_features", "ntk"}:
        raise ValueError(f"kernel must be random_features or ntk, got {kernel!r}")
    a = np.asarray(x, dtype=np.float64)[:, None]
    b = np.asarray(other, dtype=np.float64)[None, :]
    angle = np.abs(np.arctan(a) - np.arctan(b))
    size = np.sqrt((1 + a * a) * (1 + b * b))
    outer = size / (2 * math.pi) * (np.sin(angle) + (math.pi - angle) * np.cos(angle))
    if kernel == "random_features":
        return np.asarray(outer)
    return np.asarray(outer + (a * b + 1) * (math.pi - angle) / (2 * math.pi))


def line_interpolant(x: ArrayLike, y: ArrayLike, grid: ArrayLike, kernel: str) -> Array:
    """The interpolant of least norm in the kernel's space, at the points of `grid`, (m,).

    x (n,) different points, y (n,). Raises ValueError where two points coincide.
    """
    points, values = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if points.ndim != 1 or points.shape != values.shape or points.size == 0:
        raise ValueError(f"x and y must be (n,) both, got {points.shape} and {values.shape}")
    if np.unique(points).size < points.size:
        raise ValueError("x must be different points")
    weights = np.linalg.solve(line_kernel(points, points, kernel), values)
    return np.asarray(line_kernel(grid, points, kernel) @ weights)


def least_total_variation(x: ArrayLike, y: ArrayLike) -> float:
    """The least total variation of the slope of a function through the points, x rising.

    That of their linear spline: |s_2 − s_1| + |s_3 − s_2| + … between the n − 1 slopes.
    """
    slopes = np.diff(np.asarray(y, dtype=np.float64)) / np.diff(np.asarray(x, dtype=np.float64))
    return float(np.abs(np.diff(slopes)).sum())


def _positive(value: float, name: str) -> None:
    if not (math.isfinite(value) and value > 0):
        raise ValueError(f"{name} must be a finite number > 0, got {value!r}")
