"""§1.1.2: a drawn function and its network, a random network, error against knots, hats."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compute.arrays import read_only
from compute.experiments.piecewise_linear.error import GRID, Error, error_of
from compute.experiments.piecewise_linear.sampler import random_networks
from compute.experiments.piecewise_linear.setting import Params, corners, slopes_of
from compute.piecewise_linear import (
    MOST_KNOTS,
    Network,
    contributions,
    deep_output,
    hat_network,
    neurons_facing_left,
    output,
    pieces_by_layer,
    realise,
)
from compute.sampling import stream

Array = NDArray[np.float64]

DRAWN_NETWORKS = 24


@dataclass(frozen=True)
class Draw:
    """The broken line through the reader's corners, and the smallest network that is it.

    `corners` (n, 2); `knots` (m,) where the slope jumps, `slopes` (m+1,), `jumps` (m,) as floats;
    `exact_slopes` the same as fractions. `left` are the knots whose neurons face left, in a network
    of exactly m neurons, None where there is none, or where more than 36 knots leave that open:
    then not `decided`. `network` has the fewest neurons there are, or one more. `x` (k,), `line`
    (k,) is the broken line, `neurons` (N_1, k) what each neuron adds. `error` is the largest
    |network − line| over |b2| + |s_0||x| + Σ|J_i|(|x| + |ξ_i|), what roundings scale with (typed
    decimals are no doubles: Σ|J_i||x − ξ_i| alone is too small between close knots).
    """

    corners: Array
    knots: Array
    slopes: Array
    jumps: Array
    exact_slopes: tuple[Fraction, ...]
    left: tuple[int, ...] | None
    decided: bool
    network: Network
    x: Array
    line: Array
    neurons: Array
    error: float

    @property
    def smallest(self) -> int:
        """The least N_1 that draws it; where that is not decided, what is enough."""
        if self.knots.size:
            return int(self.knots.size) + (self.left is None)
        return 2 if self.slopes[0] else 0


@dataclass(frozen=True)
class Random:
    """One random network on the window: `x`, `z` (k,); `neurons` (N_1, k); its `breakpoints`
    inside, sorted, with the output `heights` there; `edges` (b+1,) of the counted bins."""

    network: Network
    x: Array
    z: Array
    neurons: Array
    breakpoints: Array
    heights: Array
    edges: Array


@dataclass(frozen=True)
class Hats:
    """The hat composed L times: `x`, `y` (k,) on [0, 1]; `depths` (L,), `pieces` (L,) counted in
    its width-2 network; `random` (L, 2) mean and s.e. of the pieces of random networks of the same
    shape. `at_three_quarters` is the single hat's network at x = ¾."""

    x: Array
    y: Array
    depths: NDArray[np.int64]
    pieces: NDArray[np.int64]
    random: Array
    at_three_quarters: float


@dataclass(frozen=True)
class Result:
    """The part that the figure in front needs; the others are None."""

    draw: Draw | None = None
    random: Random | None = None
    error: Error | None = None
    hats: Hats | None = None


def run(params: Params) -> Result:
    """The figure in front. Cost: ≤ 10 ms, 0.2 s with 36 knots of one's own."""
    return read_only(Result(**{params.figure: _PARTS[params.figure](params)}))


def _draw(params: Params) -> Draw:
    xs, ys = corners(params.knots)
    all_slopes = slopes_of(xs, ys)
    inner = range(1, len(xs) - 1)
    kept = [i for i in inner if all_slopes[i] != all_slopes[i - 1]]
    slopes = [all_slopes[0], *(all_slopes[i] for i in kept)]
    decided = len(kept) <= MOST_KNOTS or not slopes[0]
    # a first slope of 0 is the sum of no jump
    left = (neurons_facing_left(slopes) if slopes[0] else ()) if decided else None
    knots = np.array([float(xs[i]) for i in kept])
    rounded = np.array([float(s) for s in slopes])
    # an affine function has its value told at 0
    value = float(ys[kept[0]] if kept else ys[0] - slopes[0] * xs[0])
    network = realise(knots, rounded, value, left=left if kept or not slopes[0] else None)
    x = np.union1d(np.linspace(-params.window, params.window, GRID), knots)
    return Draw(
        corners=np.array([[float(a), float(b)] for a, b in zip(xs, ys, strict=True)]),
        knots=knots,
        slopes=rounded,
        jumps=np.diff(rounded),
        exact_slopes=tuple(slopes),
        left=left if kept else None,
        decided=decided,
        network=network,
        x=x,
        line=_broken(x, [float(v) for v in xs], [float(v) for v in ys], rounded),
        neurons=contributions(network, x),
        error=_error(network, xs, ys, all_slopes, np.diff(rounded), knots),
    )


def _broken(x: Array, xs: list[float], ys: list[float], slopes: Array) -> Array:
    """The line through the corners, straight on beyond the first and the last."""
    inside = np.interp(x, xs, ys)
    first, last = slopes[0] * np.minimum(x - xs[0], 0), slopes[-1] * np.maximum(x - xs[-1], 0)
    return np.asarray(inside + first + last)


def _error(
    network: Network,
    xs: list[Fraction],
    ys: list[Fraction],
    slopes: list[Fraction],
    jumps: Array,
    knots: Array,
) -> float:
    """At corners, between them and far outside, where two lines that differ anywhere differ."""
    middles = [(a + b) / 2 for a, b in pairwise(xs)]
    places = [*xs, *middles, Fraction(-10), Fraction(10)]
    exact = []
    for x in places:
        i = min(max(sum(c <= x for c in xs) - 1, 0), len(slopes) - 1)
        exact.append(float(ys[i] + slopes[i] * (x - xs[i])))
    at = np.array([float(x) for x in places])
    kept = np.abs(jumps[jumps != 0])
    scale = (
        (np.abs(at)[:, None] + np.abs(knots)) @ kept
        + abs(network[3])
        + abs(float(slopes[0])) * np.abs(at)
    )
    scale = np.maximum(scale, 1e-300)
    return float(np.max(np.abs(output(network, at) - exact) / scale))


def _random(params: Params) -> Random:
    first, bias, second = (a[0] for a in random_networks(params, 1, stream(params.seed, "shown")))
    network = first, bias, second, 0.0
    with np.errstate(divide="ignore"):
        places = np.sort(-bias / first)
    breakpoints = places[np.abs(places) < params.window]
    x = np.union1d(np.linspace(-params.window, params.window, GRID), breakpoints)
    return Random(
        network=network,
        x=x,
        z=output(network, x),
        neurons=contributions(network, x),
        breakpoints=breakpoints,
        heights=output(network, breakpoints),
        edges=np.linspace(-params.window, params.window, 25),
    )


def _hats(params: Params) -> Hats:
    layers = hat_network(params.depth)
    x = np.linspace(0, 1, 2 ** max(params.depth, 5) + 1)
    counts = []
    for index in range(DRAWN_NETWORKS):
        rng = stream(params.seed, "deep", index)
        sides = [1] + [2] * params.depth
        weights = [rng.standard_normal((2, n)) * np.sqrt(2 / n) for n in sides[:-1]]
        biases = [0.5 * rng.standard_normal(2) for _ in weights]
        # the last layer is no hidden one: it is not looked at
        counts.append(pieces_by_layer(([*weights, weights[-1]], [*biases, biases[-1]]), 0.0, 1.0))
    spread = np.std(counts, axis=0, ddof=1) / np.sqrt(DRAWN_NETWORKS)
    return Hats(
        x=x,
        y=np.maximum(deep_output(layers, x), 0.0),
        depths=np.arange(1, params.depth + 1),
        pieces=pieces_by_layer(layers, 0.0, 1.0),
        random=np.column_stack([np.mean(counts, axis=0), spread]),
        at_three_quarters=float(deep_output(hat_network(1), np.array([0.75]))[0]),
    )


_PARTS: dict[str, Callable[[Params], Any]] = {
    "draw": _draw,
    "random": _random,
    "error": error_of,
    "hats": _hats,
}


def work(params: Params) -> float:
    """Milliseconds of `run`, from measured rates."""
    if params.figure == "draw":
        return 5.0 + 1.6e-4 * 2 ** (min(len(params.knots), MOST_KNOTS + 2) / 2)
    return {"random": 3.0, "error": 40.0}.get(params.figure, 4.0 + 3.0 * params.depth)
