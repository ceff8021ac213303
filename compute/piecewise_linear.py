"""§1.1.2: the continuous piecewise linear functions that ReLU networks of one input draw.

A function has knots ξ_1 < … < ξ_m, slopes s_0 … s_m from left to right and jumps
J_i = s_i − s_{i−1}. A *network* is (w1, b1, w2, b2): x ↦ b2 + Σ_j w2_j σ(w1_j x + b1_j), (1.1.3).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import reduce

import numpy as np
from numpy.typing import ArrayLike, NDArray

from compute.arguments import as_positive_int

Array = NDArray[np.float64]
Network = tuple[Array, Array, Array, float]
Layers = tuple[list[Array], list[Array]]
Exact = str | int | float | Fraction

MOST_KNOTS = 36
# Sums are compared modulo this prime first; what is found there is decided in whole numbers.
_PRIME = 2**61 - 1
_FINE = 1 << 14


def fractions(values: Sequence[Exact]) -> list[Fraction]:
    """The numbers exactly as they are written: 0.1 is one tenth, not the double next to it.

    Raises ValueError where one is not a finite number.
    """
    try:
        return [v if isinstance(v, Fraction) else Fraction(str(v)) for v in values]
    except (ValueError, ZeroDivisionError):
        raise ValueError(f"values must be finite numbers, got {list(values)!r}") from None


def subset_with_sum(numbers: Sequence[Exact], total: Exact) -> tuple[int, ...] | None:
    """The places of some of `numbers` whose sum is exactly `total`, or None where there are none.

    Half the numbers against the other half: 2^(m/2) sums each, compared modulo a prime, so that
    "none" is a proof; what is found is added up. ValueError above 36 numbers. Cost: 0.1 s at 36.
    """
    whole = fractions([*numbers, total])
    if len(numbers) > MOST_KNOTS:
        raise ValueError(f"numbers must be at most {MOST_KNOTS}, got {len(numbers)}")
    denominator = reduce(math.lcm, (v.denominator for v in whole), 1)
    *values, wanted = (int(v * denominator) for v in whole)
    half = len(values) // 2
    first, second = (_sums(part) for part in (values[:half], values[half:]))
    missing = (wanted % _PRIME - second) % _PRIME
    ordered, asked = np.sort(first), np.sort(missing)
    place = np.minimum(np.searchsorted(ordered, asked), ordered.size - 1)
    for found in np.unique(asked[ordered[place] == asked]):
        for low, high in itertools.product(
            np.flatnonzero(first == found), np.flatnonzero(missing == found)
        ):
            bits = int(low) | int(high) << half
            chosen = tuple(i for i in range(len(values)) if bits >> i & 1)
            if sum(values[i] for i in chosen) == wanted:
                return chosen
    return None


def _sums(values: Sequence[int]) -> NDArray[np.int64]:
    """Modulo the prime, the sum of every subset; bit i of the place says whether i is in it."""
    sums = np.zeros(1, dtype=np.int64)
    for value in values:
        sums = np.concatenate([sums, (sums + value % _PRIME) % _PRIME])
    return sums


def neurons_facing_left(slopes: Sequence[Exact]) -> tuple[int, ...] | None:
    """Which of the m knots (counted from 0) face left in a network of exactly m neurons.

    There is one iff s_0 = −Σ_{i∈S} J_i: a neuron that faces left has slope −J_i at −∞, one that
    faces right none (erratum 31). None where no S does it. Raises ValueError without slopes and
    above 36 knots. Cost: as `subset_with_sum`.
    """
    exact = _slopes(slopes)
    jumps = [after - before for before, after in itertools.pairwise(exact)]
    real = [i for i, jump in enumerate(jumps) if jump]
    chosen = subset_with_sum([jumps[i] for i in real], -exact[0])
    return None if chosen is None else tuple(real[i] for i in chosen)


def minimal_width(slopes: Sequence[Exact]) -> int:
    """The smallest N_1 with which (1.1.3) is, on all of ℝ, the function with slopes s_0 … s_m.

    m where `neurons_facing_left` finds a subset, else m + 1; 0 for a constant and 2 for any other
    affine function. A knot without a jump is none. Exact; cost and errors as there.
    """
    exact = _slopes(slopes)
    knots = sum(a != b for a, b in itertools.pairwise(exact))
    if knots == 0:
        return 2 if exact[0] else 0
    return knots if neurons_facing_left(exact) is not None else knots + 1


def _slopes(slopes: Sequence[Exact]) -> list[Fraction]:
    if not len(slopes):
        raise ValueError("slopes must hold at least one number")
    return fractions(slopes)


def realise(
    knots: ArrayLike,
    slopes: ArrayLike,
    value: float,
    *,
    left: Sequence[int] | None = None,
) -> Network:
    """A network that is the function with these knots (m,), slopes (m+1,) and `value` at ξ_1.

    f(x) = f(ξ_1) + s_1 σ(x−ξ_1) + Σ_{i≥2} J_i σ(x−ξ_i) − s_0 σ(ξ_1−x): at most m + 1 neurons.
    With `left`, as `neurons_facing_left` finds it, at most m: those knots face left. Without a knot
    (or a jump) the function is affine, `value` at 0 (at ξ_1), and needs two. Raises ValueError
    where knots do not increase or shapes do not fit. Rounding: some 1e-15 of Σ|J_i||x−ξ_i|.
    """
    xi, s = np.asarray(knots, dtype=np.float64), np.asarray(slopes, dtype=np.float64)
    if xi.ndim != 1 or s.shape != (xi.size + 1,):
        raise ValueError(f"slopes must be one more than the {xi.size} knots, got {s.size}")
    if not (np.isfinite(xi).all() and np.isfinite(s).all() and np.all(np.diff(xi) > 0)):
        raise ValueError("knots must increase, and all numbers must be finite")
    jumps, at = np.diff(s), xi[0] if xi.size else 0.0
    if left is not None:
        facing = np.where(np.isin(np.arange(xi.size), list(left)), -1.0, 1.0)
        kept = jumps != 0
        made = facing[kept], -(facing * xi)[kept], jumps[kept]
        return *made, float(value - output((*made, 0.0), [at])[0])
    first = np.concatenate([[-1.0, 1.0], np.ones(max(xi.size - 1, 0))])
    bias = np.concatenate([[at, -at], -xi[1:]])
    second = np.concatenate([[-s[0], s[min(1, s.size - 1)]], jumps[1:]])
    kept = second != 0
    return first[kept], bias[kept], second[kept], float(value)


def contributions(network: Network, x: ArrayLike) -> Array:
    """What each neuron adds, w2_j σ(w1_j x + b1_j), (neurons, n) at x (n,)."""
    first, bias, second, _ = network
    inner = np.multiply.outer(first, np.asarray(x, dtype=np.float64)) + bias[:, None]
    return np.asarray(second[:, None] * np.maximum(inner, 0.0))


def output(network: Network, x: ArrayLike) -> Array:
    """The output (1.1.3) of a network at x (n,), (n,). Cost: neurons · n."""
    return np.asarray(network[3] + contributions(network, x).sum(axis=0))


# ---- depth: hats --------------------------------------------------------------------------


def composed_hat(x: ArrayLike, depth: int) -> Array:
    """The hat max(0, min(2x, 2−2x)) composed `depth` ≥ 1 times, at x of any shape (§1.1.2)."""
    as_positive_int(depth, "depth")
    h = np.asarray(x, dtype=np.float64)
    for _ in range(depth):
        h = np.maximum(0.0, np.minimum(2 * h, 2 - 2 * h))
    return h


def hat_network(depth: int) -> Layers:
    """Weights and biases, hidden layers first, of the hat composed `depth` times: width 2.

    No outer ReLU: the next layer kills what is negative outside [0, 1].
    """
    as_positive_int(depth, "depth")
    inner = np.array([[2.0, -4.0]] * 2)
    weights = [np.ones((2, 1)), *[inner] * (depth - 1), inner[:1]]
    return weights, [*[np.array([0.0, -0.5])] * depth, np.zeros(1)]


def square_network(depth: int) -> Layers:
    """A width-3 network on [0, 1] that interpolates x² at 2^L + 1 points: x − Σ_s 4^−s hat^s(x).

    Two neurons make the next hat, the third carries the sum, never negative; error 4^−(L+1).
    """
    as_positive_int(depth, "depth")
    weights, biases = [np.array([[1.0], [1.0], [1.0]])], [np.array([0.0, -0.5, 0.0])]
    for layer in range(1, depth + 1):
        share, last = 4.0**-layer, layer == depth
        carried, hat = [-2 * share, 4 * share, 1.0], [2.0, -4.0, 0.0]
        weights.append(np.array([carried] if last else [hat, hat, carried]))
        biases.append(np.zeros(1) if last else np.array([0.0, -0.5, 0.0]))
    return weights, biases


def deep_output(layers: Layers, x: ArrayLike) -> Array:
    """The output of a deep ReLU network with one input and output at x (n,), (n,)."""
    h = np.asarray(x, dtype=np.float64)[None]
    for layer, (weight, bias) in enumerate(zip(*layers, strict=True)):
        h = weight @ (np.maximum(h, 0.0) if layer else h) + bias[:, None]
    return np.asarray(h[0])


def pieces_by_layer(layers: Layers, low: float, high: float) -> NDArray[np.int64]:
    """Linear pieces on [low, high] after each hidden layer, (L,): one more than places where a
    neuron of this or an earlier layer turns on or off.

    The places are carried along; between two a preactivation is straight, with at most one zero.
    """
    x = np.array([low, high], dtype=np.float64)
    h, counts = x[None], []
    for layer, (weight, bias) in enumerate(zip(layers[0][:-1], layers[1][:-1], strict=True)):
        z = weight @ (np.maximum(h, 0.0) if layer else h) + bias[:, None]
        neuron, gap = np.nonzero(z[:, 1:] * z[:, :-1] < 0)
        a, b = z[neuron, gap], z[neuron, gap + 1]
        share = a / (a - b)
        turns = np.concatenate([x, x[gap] + share * (x[gap + 1] - x[gap])])
        places = np.concatenate([z, z[:, gap] + share * (z[:, gap + 1] - z[:, gap])], axis=1)
        order = np.argsort(turns, kind="stable")
        # a zero that two neurons share is one place
        kept = order[np.append(True, np.diff(turns[order]) > 1e-13 * (high - low))]
        x, h = turns[kept], places[:, kept]
        counts.append(x.size - 1)
    return np.array(counts)


# ---- error against knots ------------------------------------------------------------------

Interval = Sequence[float]


def _checked(function: str, parameter: float, interval: Interval) -> tuple[float, float]:
    if function not in ("sine", "power"):
        raise ValueError(f"function must be 'sine' or 'power', got {function!r}")
    if not parameter > 0 or not math.isfinite(parameter):
        raise ValueError(f"parameter must be positive, got {parameter}")
    low, high = (float(v) for v in interval)
    if not low < high:
        raise ValueError(f"interval must go from low to high, got {interval!r}")
    return low, high


def target(function: str, parameter: float) -> Callable[[Array], Array]:
    """sin(parameter · x) or |x|^parameter."""
    if function == "sine":
        return lambda x: np.asarray(np.sin(parameter * x))
    return lambda x: np.asarray(np.abs(x) ** parameter)


def interpolation_error(
    function: str, parameter: float, interval: Interval, knots: ArrayLike
) -> float:
    """Largest |f − its interpolant| on the interval, knots inside it given and both ends added.

    f is "sine", sin(parameter · x), or "power", |x|^parameter. On a piece the extremes are where
    f′ is the chord's slope: closed form. Raises ValueError for other functions, a parameter that
    is not positive, and knots outside. Error: rounding of f. Cost: O(m).
    """
    low, high = _checked(function, parameter, interval)
    inner = np.asarray(knots, dtype=np.float64)
    if inner.size and not (low < inner.min() and inner.max() < high):
        raise ValueError("knots must be inside the interval")
    corners = np.concatenate([[low], np.unique(inner), [high]])
    f = target(function, parameter)
    heights = f(corners)
    slope = np.diff(heights) / np.diff(corners)
    if function == "sine":
        angle = np.arccos(np.clip(slope / parameter, -1, 1))
        turns = np.arange(
            math.floor(parameter * low / math.tau) - 1, parameter * high / math.tau + 2
        )
        found = [(sign * angle + math.tau * k) / parameter for k in turns for sign in (1, -1)]
    else:
        found = [np.zeros(slope.size)]
        if parameter != 1:
            with np.errstate(divide="ignore", over="ignore"):
                size = (np.abs(slope) / parameter) ** (1 / (parameter - 1))
            found += [np.where(np.isfinite(size), size, 0), np.where(np.isfinite(size), -size, 0)]
    worst = 0.0
    for place in found:
        x = np.clip(place, corners[:-1], corners[1:])
        chord = heights[:-1] + slope * (x - corners[:-1])
        worst = max(worst, float(np.abs(f(x) - chord).max()))
    return worst


def uniform_knots(interval: Interval, count: int) -> Array:
    """`count` evenly spaced knots inside the interval."""
    return np.linspace(interval[0], interval[1], count + 2)[1:-1]


def root_curvature(function: str, parameter: float, interval: Interval) -> tuple[Array, Array]:
    """Places x (k,) and G(x) = ∫|f″|^½ from the interval's low end to each.

    m free knots leave an interpolant's error of G(high)²/(8m²) as m grows, the best broken line
    half of it (de Boor 1973). Closed form for "power"; for "sine" the midpoint rule on 16 384
    cells, good to 1e-6.
    """
    low, high = _checked(function, parameter, interval)
    x = np.linspace(low, high, _FINE + 1)
    if function == "power":
        factor = 2 * math.sqrt(abs(parameter - 1) / parameter)
        g = factor * np.sign(x) * np.abs(x) ** (parameter / 2)
        return x, g - g[0]
    middle = (x[1:] + x[:-1]) / 2
    density = parameter * np.sqrt(np.abs(np.sin(parameter * middle)))
    return x, np.append(0.0, np.cumsum(density)) * (high - low) / _FINE


def graded_knots(function: str, parameter: float, interval: Interval, count: int) -> Array:
    """`count` knots that cut ∫|f″|^½ into equal parts: dense where f bends (graded meshes).

    The error is that of the best knots, except beside a zero of f″, where f is like x³ and the
    nearest piece has 2/√3 times it. Uniform where f does not bend at all. Cost: 1 ms.
    """
    x, g = root_curvature(function, parameter, interval)
    if g[-1] == 0:
        return uniform_knots(interval, count)
    if function == "power":
        ends = np.sign(interval) * np.abs(interval) ** (parameter / 2)
        share = np.linspace(ends[0], ends[1], count + 2)[1:-1]
        return np.asarray(np.sign(share) * np.abs(share) ** (2 / parameter))
    return np.asarray(np.interp(g[-1] * np.arange(1, count + 1) / (count + 1), g, x))
