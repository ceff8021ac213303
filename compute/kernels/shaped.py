"""Shaped networks and the closed asymptotics of section 3.3.3: (3.3.5)–(3.3.7), tanh, ReLU.

The notes print σ(t) = t + ψ t/(3L) and dK/dτ = (2ψ/L) K²; (3.3.5) and (3.3.7) follow from
σ(t) = t + ψ t³/(3L) and dK/dτ = 2ψ K². Both are here, to be held against finite networks.
"""

import math

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from compute.activations import as_gap
from compute.activations.arcs import turn
from compute.activations.gaussian import as_variance

Array = NDArray[np.float64]


def shaped_blow_up_time(k0: ArrayLike, psi: float) -> float:
    """τ* = 1/(2ψ max_x K^(0)(x, x)): (3.3.7) holds for τ < τ* only. inf for ψ ≤ 0 or K = 0.

    k0: a covariance matrix (n, n) or the variances (n,) or one variance.
    """
    psi = _finite(psi, "psi")
    largest = float(_variances(k0).max())
    if psi <= 0 or largest == 0:
        return math.inf
    return 1 / (2 * psi * largest)


def shaped_tanh_limit(k0: ArrayLike, psi: float, tau: float) -> Array:
    """(3.3.7): K^(τ)(x, x') = K^(0)(x, x')/√((1 − 2ψτ K^(0)(x, x))(1 − 2ψτ K^(0)(x', x'))).

    k0 (n, n), τ = ℓ/L ≥ 0; the limit L → ∞ of σ(t) = t + ψ t³/(3L), C_W = 1, C_b = 0, solving
    d/dτ K(x, x) = 2ψ K(x, x)². The correlation stays what it was. Error of a finite network:
    O(1/L). ValueError from the blow-up time on (`shaped_blow_up_time`), where no limit exists.
    """
    psi, tau = _finite(psi, "psi"), _finite(tau, "tau")
    kernel = np.asarray(k0, dtype=np.float64)
    if kernel.ndim != 2 or kernel.shape[0] != kernel.shape[1]:
        raise ValueError(f"k0 must be a square matrix, got shape {kernel.shape}")
    blow_up = shaped_blow_up_time(kernel, psi)
    if not 0 <= tau < blow_up:
        raise ValueError(f"tau must be in [0, {blow_up:.6g}), the blow-up time, got {tau!r}")
    root = 1 / np.sqrt(1 - 2 * psi * tau * np.diag(kernel))
    return np.asarray(kernel * root[:, None] * root)


def shaped_variance_limit(variance0: float, psi: float, tau: ArrayLike) -> Array:
    """The diagonal of (3.3.7) at many τ (n,), shape (n,); nan from the blow-up time on."""
    remaining = 1 - 2 * psi * np.asarray(tau, dtype=np.float64) * variance0
    known = remaining > 0
    return np.where(known, variance0 / np.where(known, remaining, 1.0), np.nan)


def printed_shaped_ode(k0: ArrayLike, psi: float, tau: float, depth: int) -> Array:
    """(3.3.6) as printed, d/dτ K = (2ψ/L) K²: K_0/(1 − 2ψτ K_0/L), elementwise on variances.

    The spurious 1/L makes it the constant K_0 as L → ∞; (3.3.7) solves the equation without
    it. inf past its own blow-up. k0: variances of any shape; depth L ≥ 1.
    """
    psi, tau = _finite(psi, "psi"), _finite(tau, "tau")
    if isinstance(depth, bool) or depth < 1:
        raise ValueError(f"depth must be >= 1, got {depth!r}")
    variances = as_variance(k0, "k0")
    denominator = 1 - 2 * psi * tau * variances / depth
    safe = np.where(denominator > 0, denominator, 1.0)
    return np.asarray(np.where(denominator > 0, variances / safe, np.inf))


def shaped_relu_limit(gap0: float, c: float, tau: ArrayLike) -> Array:
    """1 − ρ(τ), dρ/dτ = (2c²/π)(sin θ − θ cos θ), cos θ = ρ, from 1 − ρ(0) = gap0; shape of τ.

    The limit L → ∞ of leaky ReLU with slopes 1 ∓ c/√L and C_W = 2/(slope_neg² + slope_pos²),
    C_b = 0, τ = ℓ/L ≥ 0 (error O(1/√L)). Solved for the root of the gap, which decays like
    1/τ and needs no small steps; relative error 1e-10. Cost 2 to 20 ms. ValueError for gap0
    outside [0, 2], τ < 0 or numbers that are not finite.
    """
    start = float(as_gap(gap0, "gap0"))
    rate = 2 * _finite(c, "c") ** 2 / math.pi
    times = as_variance(tau, "tau")
    if start == 0 or rate == 0 or times.size == 0:
        return np.full(times.shape, start)
    ladder, inverse = np.unique(rate * times, return_inverse=True)
    if ladder[-1] == 0:
        return np.full(times.shape, start)
    solution = scipy.integrate.solve_ivp(
        _root_gap_rate,
        (0.0, float(ladder[-1])),
        [math.sqrt(start)],
        method="DOP853",
        t_eval=ladder,
        rtol=1e-12,
        atol=1e-300,
    )
    return np.asarray((solution.y[0] ** 2)[inverse].reshape(times.shape))


def relu_gap_asymptote(depth: ArrayLike) -> Array:
    """9π²/(2ℓ²): the leading term of 1 − ρ^(ℓ), ReLU at C_W = 2; correction O(log ℓ/ℓ)."""
    layers = _positive(depth, "depth")
    return np.asarray(4.5 * math.pi**2 / layers**2)


def tanh_variance_asymptote(depth: ArrayLike) -> Array:
    """1/(2ℓ): the leading term of K^(ℓ), tanh at C_W = 1, C_b = 0; correction O(log ℓ/ℓ)."""
    return np.asarray(0.5 / _positive(depth, "depth"))


def tanh_variance_series(k: ArrayLike, *, printed: bool = False) -> Array:
    """One tanh layer at small K: K − 2K² + (17/3)K³, error O(K⁴).

    printed=True: K + 2K² as in §3.3.3, under which K would grow.
    """
    variances = as_variance(k, "k")
    if printed:
        return np.asarray(variances + 2 * variances**2)
    return np.asarray(variances - 2 * variances**2 + 17 / 3 * variances**3)


def _root_gap_rate(_: float, root: Array) -> list[float]:
    """d√e/ds = −(sin θ − θ cos θ)/(2√e), s = (2c²/π) τ."""
    value = max(float(root[0]), 1e-300)
    gap = min(value * value, 2.0)
    turned = turn(0.5 * gap)
    if gap > 1:
        t = 1 - 0.5 * gap
        turned = math.pi * (1 - 2 * t) + turn(t)
    return [-0.5 * turned / value]


def _variances(k0: ArrayLike) -> Array:
    values = np.asarray(k0, dtype=np.float64)
    if values.ndim == 2:
        if values.shape[0] != values.shape[1]:
            raise ValueError(f"k0 must be a square matrix, got shape {values.shape}")
        values = np.diag(values)
    if values.size == 0:
        raise ValueError("k0 must not be empty")
    return np.atleast_1d(as_variance(values, "k0"))


def _finite(value: float, name: str) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{name} must be finite, got {value!r}")
    return number


def _positive(value: ArrayLike, name: str) -> Array:
    array = np.asarray(value, dtype=np.float64)
    if not np.all(array > 0):
        raise ValueError(f"{name} must be > 0, got {value!r}")
    return array
