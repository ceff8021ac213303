"""Kernels of infinitely wide networks beside neural-tangents, and beside the formulas one would
write down first."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import mpmath
import numpy as np
from numpy.typing import NDArray

from compute.activations import get_activation
from compute.kernels import nngp, nngp_and_ntk, relu_correlation_gap
from tests.benchmarks.outside import MISSING, Case, Child, outside
from tests.benchmarks.table import Row, at_least, at_most, faster
from tests.benchmarks.timing import by_turns, once, short, side_by_side, timed, waited

Array = NDArray[np.float64]

POINTS, DEPTH = 200, 50
TANH_DEPTH = 10
WEIGHT_VARIANCE = 2.0
# How many times as fast as neural-tangents.
GOALS = {"relu": 10, "erf": 5, "tanh": 30}
FEW = 5


def rows() -> Iterator[Row]:
    """ReLU and erf kernels, tanh kernels, the correlation gap at depth 10⁵."""
    rng = np.random.default_rng(1)
    x = rng.standard_normal((POINTS, 20))
    sphere = math.sqrt(20) * x / np.linalg.norm(x, axis=1, keepdims=True)
    with outside("tests.benchmarks.neural_tangents") as child:
        yield from _closed_forms(x, child)
        yield from _tanh("norms differ", x, child)
        yield from _tanh("norms equal", sphere, child)
    yield _gap()


def _beside(work: str, ours: Any, rival: Case | None, goal: float) -> Row:
    """A row beside neural-tangents, which has compiled before."""
    name = "neural-tangents"
    if rival is None:
        return Row(work, str(timed(ours)), f"{name}: {MISSING}", goal=at_least(goal))
    mine, other = by_turns(lambda: waited(ours), lambda: rival.milliseconds()[0], 9)
    return faster(work, mine, other, name, goal)


def _prepare(child: Child | None, x: Array, name: str, depth: int, *get: str) -> Case | None:
    """neural-tangents' kernel, with the conventions of ours."""
    if child is None:
        return None
    return child.prepare(
        "kernel",
        x=x.tolist(),
        activation=name,
        depth=depth,
        weight_variance=WEIGHT_VARIANCE,
        get=list(get),
    )


# ---- ReLU and erf: NNGP and NTK at depth 50 ------------------------------------------------


def naive_relu(k: Array, depth: int) -> tuple[Array, Array]:
    """K and Θ at `depth`, C_W = 2, C_b = 0, through ρ and its arccosine."""
    theta = k
    for _ in range(depth):
        norm = np.sqrt(np.diag(k))
        outer = np.outer(norm, norm)
        rho = np.clip(k / outer, -1, 1)
        angle = np.arccos(rho)
        k = outer * (np.sqrt(1 - rho**2) + (np.pi - angle) * rho) / np.pi
        theta = k + theta * (np.pi - angle) / np.pi
    return k, theta


def naive_erf(k: Array, depth: int) -> tuple[Array, Array]:
    """K and Θ at `depth`, C_W = 2, C_b = 0, by the arcsine formula."""
    theta = k
    for _ in range(depth):
        q = 1 + 2 * np.diag(k)
        outer = np.outer(q, q)
        slope = 4 / np.pi / np.sqrt(outer - 4 * k**2)
        k = 4 / np.pi * np.arcsin(2 * k / np.sqrt(outer))
        theta = k + 2 * slope * theta
    return k, theta


def _closed_forms(x: Array, child: Child | None) -> Iterator[Row]:
    k0 = x @ x.T / x.shape[1]
    close = np.array([[1.0, 1 - 1e-12], [1 - 1e-12, 1.0]])
    for name, naive, exact in (("relu", naive_relu, exact_relu), ("erf", naive_erf, exact_erf)):
        activation = get_activation(name)

        def ours(k: Array = k0, activation=activation) -> tuple[Array, Array]:
            return nngp_and_ntk(
                k, DEPTH, activation, weight_variance=WEIGHT_VARIANCE, layers=[DEPTH]
            )

        work = f"{name}: NNGP + NTK, depth {DEPTH}, {POINTS} inputs"
        rival = _prepare(child, x, name, DEPTH, "nngp", "ntk")
        if rival is not None:
            found = np.array([a[0] for a in ours()])
            assert np.allclose(found, rival.value(), rtol=1e-5), name
        yield _beside(work, ours, rival, GOALS[name])
        mine, plain = side_by_side(ours, lambda naive=naive: naive(k0, DEPTH))
        yield faster("  the same", mine, plain, "plain NumPy recursion", 3)
        kernel, tangent = exact(1 - close[0, 1])
        errors = []
        for k, theta in ((a[0] for a in ours(close)), naive(close, DEPTH)):
            pair = (abs(k[0, 1] / kernel - 1), abs(theta[0, 1] / tangent - 1))
            errors.append("{:.0e}, {:.0e}".format(*pair))
        work = "  relative error of K, Θ at 1 − ρ = 1e-12"
        yield Row(work, errors[0], f"{errors[1]}, plain NumPy")


def exact_relu(gap: float) -> tuple[float, float]:
    """K, Θ at depth 50 of two unit inputs, C_W = 2, to 60 digits."""
    with mpmath.workdps(60):
        k = theta = 1 - mpmath.mpf(gap)
        for _ in range(DEPTH):
            angle = mpmath.acos(k)
            k = (mpmath.sin(angle) + (mpmath.pi - angle) * k) / mpmath.pi
            theta = k + theta * (mpmath.pi - angle) / mpmath.pi
        return float(k), float(theta)


def exact_erf(gap: float) -> tuple[float, float]:
    """The same for erf."""
    with mpmath.workdps(60):
        variance, k = mpmath.mpf(1), 1 - mpmath.mpf(gap)
        theta = k
        for _ in range(DEPTH):
            q = 1 + 2 * variance
            slope = 4 / mpmath.pi / mpmath.sqrt(q**2 - 4 * k**2)
            k = 4 / mpmath.pi * mpmath.asin(2 * k / q)
            variance = 4 / mpmath.pi * mpmath.asin(2 * variance / q)
            theta = k + 2 * slope * theta
        return float(k), float(theta)


# ---- tanh ----------------------------------------------------------------------------------


def _tanh(norms: str, x: Array, child: Child | None) -> Iterator[Row]:
    tanh = get_activation("tanh")
    k0 = x @ x.T / x.shape[1]

    def ours() -> Array:
        return nngp(k0, TANH_DEPTH, tanh, weight_variance=WEIGHT_VARIANCE, layers=[TANH_DEPTH])[0]

    few = k0[:FEW, :FEW]
    exact = recursion(few, trapezoid)
    error = float(np.abs(ours()[:FEW, :FEW] - exact).max())
    work = f"tanh: NNGP, depth {TANH_DEPTH}, {POINTS} inputs, {norms}"
    rival = _prepare(child, x, "tanh", TANH_DEPTH, "nngp")
    yield _beside(work, ours, rival, GOALS["tanh"])
    its = "its numerical dual"
    if rival is not None:
        its = f"error {np.abs(np.array(rival.value())[0, :FEW, :FEW] - exact).max():.0e}, {its}"
    yield Row("  its error", f"error {error:.0e}", its, error, at_most(1e-10, ""))
    plain = once(lambda: recursion(k0, gauss_hermite))
    mine = timed(ours, 5)
    off = np.abs(recursion(few, gauss_hermite) - exact).max()
    name = f"{short(plain)} ms, error {off:.0e}, Gauss–Hermite 25²"
    yield Row("  the same", str(mine), name, plain / mine.median)


def recursion(k: Array, rule) -> Array:
    """K at depth 10, C_W = 2, C_b = 0; `rule(q1, q2, q12)` is E[tanh(u) tanh(v)]."""
    upper = np.triu_indices(len(k))
    for _ in range(TANH_DEPTH):
        q = np.diag(k)
        values = WEIGHT_VARIANCE * rule(q[upper[0]], q[upper[1]], k[upper])
        k = np.empty_like(k)
        k[upper] = values
        k.T[upper] = values
    return k


def _expectation(nodes: Array, weights: Array, q1: Array, q2: Array, q12: Array) -> Array:
    """E[tanh(u) tanh(v)] pair by pair, by a product rule for the standard normal law."""
    expected = np.empty(q1.size)
    for i, (a, b, c) in enumerate(zip(q1, q2, q12, strict=True)):
        along, across = c / math.sqrt(a), math.sqrt(max(b - c * c / a, 0.0))
        inner = np.tanh(along * nodes[:, None] + across * nodes) @ weights
        expected[i] = weights @ (np.tanh(math.sqrt(a) * nodes) * inner)
    return expected


def gauss_hermite(q1: Array, q2: Array, q12: Array) -> Array:
    """Degree 25 in each direction."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(25)
    return _expectation(nodes, weights / weights.sum(), q1, q2, q12)


def trapezoid(q1: Array, q2: Array, q12: Array) -> Array:
    """The trapezoidal rule, whose error falls exponentially: below 1e-14 here."""
    nodes = np.linspace(-9.0, 9.0, 301)
    weights = np.exp(-(nodes**2) / 2)
    return _expectation(nodes, weights / weights.sum(), q1, q2, q12)


# ---- the gap at great depth ----------------------------------------------------------------


def _gap() -> Row:
    depth = 100_000
    mine, rival = side_by_side(
        lambda: relu_correlation_gap(0.5, depth), lambda: naive_gap(0.5, depth), 5
    )
    with mpmath.workdps(60):
        gap = mpmath.mpf(0.5)
        for _ in range(depth):
            cosine = 1 - gap
            sine = mpmath.sqrt(gap * (2 - gap))
            gap -= (sine - mpmath.acos(cosine) * cosine) / mpmath.pi
        errors = [
            abs(float(found / gap - 1))
            for found in (relu_correlation_gap(0.5, depth)[-1], naive_gap(0.5, depth))
        ]
    return Row(
        "ReLU: 1 − ρ at depth 1e5, relative error",
        f"{mine}, error {errors[0]:.0e}",
        f"{rival}, error {errors[1]:.0e}, float64 arccos",
        errors[0],
        at_most(1e-12, ""),
    )


def naive_gap(gap: float, depth: int) -> float:
    """1 − ρ at `depth`, by iterating ρ itself."""
    rho = 1 - gap
    for _ in range(depth):
        angle = math.acos(min(rho, 1.0))
        rho = (math.sin(angle) + (math.pi - angle) * rho) / math.pi
    return 1 - rho
