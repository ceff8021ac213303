"""§1.1.2: how the error of an interpolant, and of composed hats, falls with their pieces."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.experiments.piecewise_linear.setting import Params, target_of
from compute.formulas import formula
from compute.knots import Sampled
from compute.piecewise_linear import (
    deep_output,
    graded_knots,
    interpolation_error,
    root_curvature,
    square_network,
    target,
    uniform_knots,
)

Array = NDArray[np.float64]

SIZES = tuple(2**k for k in range(1, 10))
DEPTHS = tuple(range(1, 11))
INTERVAL = (-1.0, 1.0)
GRID = 601


@dataclass(frozen=True)
class Error:
    """Sup errors on [−1, 1] at m + 1 = `sizes` (s,) pieces: `uniform`, `graded` (s,) of the
    interpolants; `bound` max|f″|h²/8 (s,), nan where f″ is unbounded; `law` (∫|f″|^½)²/(8(m+1)²),
    nan where a typed function's is.

    `depths` (d,), `deep` (d,): sup error of the composed hats for x², nan for other functions. `x`,
    `f` (k,), and the corners of the lines with `pieces` pieces, whose errors are `shown`.
    """

    sizes: NDArray[np.int64]
    uniform: Array
    graded: Array
    bound: Array
    law: Array
    depths: NDArray[np.int64]
    deep: Array
    x: Array
    f: Array
    uniform_corners: tuple[Array, Array]
    graded_corners: tuple[Array, Array]
    shown: tuple[float, float]


def error_of(params: Params) -> Error:
    """Everything figure "error" shows."""
    if params.target == "own":
        return _own_error(params)
    name, parameter = target_of(params)
    f = target(name, parameter)
    sizes = np.array(SIZES)
    _, mass = root_curvature(name, parameter, INTERVAL)
    ways: list[Callable[[int], Array]] = [
        lambda m: uniform_knots(INTERVAL, m),
        lambda m: graded_knots(name, parameter, INTERVAL, m),
    ]

    def error(knots: Array) -> float:
        return interpolation_error(name, parameter, INTERVAL, knots)

    uniform, graded = (np.array([error(way(n - 1)) for n in SIZES]) for way in ways)
    bend = {"square": 2.0, "sine": parameter**2}.get(params.target, np.nan)
    if params.target == "sine" and parameter < np.pi / 2:
        bend *= np.sin(parameter)
    drawn = [np.concatenate([[-1.0], way(params.pieces - 1), [1.0]]) for way in ways]
    x = np.linspace(-1, 1, GRID)
    return Error(
        sizes=sizes,
        uniform=uniform,
        graded=graded,
        bound=bend * (2 / sizes) ** 2 / 8,
        law=mass[-1] ** 2 / (8 * sizes**2),
        depths=np.array(DEPTHS),
        deep=np.array([deep_error(n) if params.target == "square" else np.nan for n in DEPTHS]),
        x=x,
        f=f(x),
        uniform_corners=(drawn[0], f(drawn[0])),
        graded_corners=(drawn[1], f(drawn[1])),
        shown=(error(drawn[0][1:-1]), error(drawn[1][1:-1])),
    )


def _own_error(params: Params) -> Error:
    """Of a typed function, by its values: no law and no bound where its f″ is not bounded."""
    f = Sampled.of(formula(params.formula), INTERVAL)
    sizes, bend = np.array(SIZES), f.most_curved
    bent = np.isfinite(bend)
    drawn = [
        np.concatenate([[-1.0], inner, [1.0]])
        for inner in (uniform_knots(INTERVAL, params.pieces - 1), f.graded(params.pieces - 1))
    ]
    x = np.linspace(-1, 1, GRID)
    return Error(
        sizes=sizes,
        uniform=np.array([f.error(uniform_knots(INTERVAL, n - 1)) for n in SIZES]),
        graded=np.array([f.error(f.graded(n - 1)) for n in SIZES]),
        bound=(bend if bent else np.nan) * (2 / sizes) ** 2 / 8,
        law=(f.root_curvature[-1] ** 2 if bent else np.nan) / (8 * sizes**2),
        depths=np.array(DEPTHS),
        deep=np.full(len(DEPTHS), np.nan),
        x=x,
        f=f.function(x),
        uniform_corners=(drawn[0], f.function(drawn[0])),
        graded_corners=(drawn[1], f.function(drawn[1])),
        shown=(f.error(drawn[0][1:-1]), f.error(drawn[1][1:-1])),
    )


def deep_error(depth: int) -> float:
    """Sup |x² − network| on [−1, 1] of the hats composed `depth` times, at t = (x + 1)/2.

    x² = 4t² − 4t + 1; the grid holds the corners, and the middles, where the error is largest.
    """
    t = np.linspace(0, 1, 2 ** (depth + 1) + 1)
    drawn = 4 * deep_output(square_network(depth), t) - 4 * t + 1
    return float(np.abs(drawn - (2 * t - 1) ** 2).max())
