"""What page 3.6 lets a reader set: L/N, N, the nonlinearity, and where the inputs start."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compute.experiments import deep_network_fields as ask
from compute.params import check, choice, real, seed
from compute.two_inputs import Nonlinearity, two_input_layers

Array = NDArray[np.float64]

FIGURES = (
    ("density", "Correlation"),
    ("variance", "Variance"),
    ("paths", "Paths"),
    ("angle", "Angle of ReLU"),
    ("explosion", "Explosion"),
    ("alignment", "Linear networks align"),
)
SHAPES = (
    ("shaped", "shaped ReLU, 1 + c±/√N"),
    ("relu", "unshaped ReLU"),
    ("smooth", "shaped smooth"),
    ("linear", "linear"),
)
RATIOS = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 8.0, 10.0)
SIZES = (100, 200, 500, 1000, 2000, 5000, 10_000)
# Of how many layers the law and the sample are shown: to play, and where they are points.
PLAYED, POINTS = 30, 12
_SHAPED_TABS = ("figure", ("density", "variance", "paths"))
_ANY_SHAPE = (_SHAPED_TABS,)
_SLOPES = (_SHAPED_TABS, ("shape", ("shaped",)))
_SIZES_FROM = ("figure", ("variance", "explosion")), ("shape", ("smooth",))
_SIZED = (("figure", ("density", "variance", "paths", "explosion")),)


def _kink(default: float, low: float, high: float, side: str, symbol: str, help: str) -> Any:
    name: Any = {"label": f"kink on the {side}", "symbol": symbol, "help": help}
    return real(default, low, high, step=0.1, **name, shown_if_all=_SLOPES)


@dataclass(frozen=True)
class Params:
    """What can be steered on page 3.6."""

    figure: str = choice("density", FIGURES, label="figure", help="Which question is in front.")
    shape: str = choice(
        "shaped",
        SHAPES,
        label="nonlinearity",
        symbol="σ",
        help="Shaped ones come closer to linear as the width grows.",
        shown_if_all=_ANY_SHAPE,
    )
    ratio: float = real(
        1.0,
        0.05,
        10.0,
        label="depth per width",
        symbol="t = L/N",
        help="Layers per neuron: what is left of depth and width in the limit.",
        ladder=RATIOS,
    )
    width: int = ask.width(
        100, 512, "Neurons per layer of the real networks; the limit knows L/N only."
    )
    slope_pos: float = _kink(0.0, 0.0, 3.0, "right", "c₊", "Slope 1 + c₊/√N at t > 0.")
    slope_neg: float = _kink(-1.0, -3.0, 0.0, "left", "c₋", "Slope 1 + c₋/√N at t < 0.")
    strength: float = real(
        1.0,
        -3.0,
        3.0,
        step=0.1,
        label="strength",
        symbol="g",
        help="dV = gV²dt + √2 V dB. Above 0: t + gt³/(6N). Below: tanh, with s² = 2N/|g|.",
        shown_if_any=(("figure", ("explosion",)), ("shape", ("smooth",))),
        shown_if_all=_SIZED,
    )
    correlation: float = real(
        0.3,
        -0.99,
        0.99,
        label="input correlation",
        symbol="ρ₀",
        help="Correlation of the two inputs' first preactivations.",
        shown_if_any=(("figure", ("density", "paths", "angle", "alignment")),),
    )
    variance: float = real(
        1.0,
        0.05,
        5.0,
        step=0.05,
        label="input variance",
        symbol="V₀",
        help="Variance of either input's first preactivations.",
        shown_if_any=_SIZES_FROM,
        shown_if_all=_SIZED,
    )
    networks: int = ask.draws(
        1000,
        100,
        10_000,
        "networks",
        "How many real networks are drawn, batch by batch.",
        SIZES,
        shown_if_any=(("figure", ("density", "variance", "angle", "explosion", "alignment")),),
    )
    seed: int = seed()

    def __post_init__(self) -> None:
        check(self)


def shape_of(params: Params) -> str:
    """The nonlinearity of the tab in front."""
    fixed = {"angle": "relu", "explosion": "smooth", "alignment": "linear"}
    return fixed.get(params.figure, params.shape)


def depth_of(params: Params) -> int:
    """L, the whole number of layers next to tN; at least 1."""
    return max(1, round(params.ratio * params.width))


def layers_of(params: Params) -> NDArray[np.int64]:
    """The layers of which law and sample are shown, (k,), the last is L."""
    depth = depth_of(params)
    count = PLAYED if params.figure in ("density", "variance") else POINTS
    first = 0.2 * depth if count == PLAYED else depth / count
    return np.unique(np.ceil(np.linspace(first, depth, count) - 1e-9).astype(np.int64))


def kink_of(params: Params) -> float:
    """κ = c₊ − c₋; 0 for linear and for odd smooth nonlinearities, which leave ρ its law."""
    return params.slope_pos - params.slope_neg if shape_of(params) == "shaped" else 0.0


def strength_of(params: Params) -> float:
    """g; 0 where the nonlinearity is piecewise linear."""
    return params.strength if shape_of(params) == "smooth" else 0.0


def fluctuation(params: Params) -> tuple[float, float]:
    """Drift and variance of log V per unit of L/N, where its law is normal."""
    return (-2.5, 5.0) if shape_of(params) == "relu" else (-1.0, 2.0)


def angle0(params: Params) -> float:
    """The angle between the inputs."""
    return math.acos(params.correlation)


def nonlinearity(params: Params) -> Nonlinearity:
    """What the networks of this setting apply."""
    n, g = params.width, strength_of(params)
    if abs(g) > 1e-9:
        cubic, bounded = g / (6 * n), math.sqrt(2 * n / abs(g))
        return Nonlinearity(1, cubic, 0.0, 1.0) if g > 0 else Nonlinearity(2, bounded, 0.0, 1.0)
    a, b = {
        "relu": (1.0, 0.0),
        "shaped": (1 + params.slope_pos / math.sqrt(n), 1 + params.slope_neg / math.sqrt(n)),
    }.get(shape_of(params), (1.0, 1.0))
    return Nonlinearity(0, a, b, 2 / (a * a + b * b))


def start(params: Params, networks: int, correlation: float) -> Array:
    """State of networks at the first layer's preactivations: y, log V, log V′, (networks, 3)."""
    log_variance = math.log(params.variance)
    return np.tile([math.atanh(correlation), log_variance, log_variance], (networks, 1))


def layers_from(
    params: Params, state: Array, rng: np.random.Generator
) -> Iterator[tuple[Array, Array]]:
    """Noise and states of the layers of these networks, block by block: `two_input_layers`."""
    return two_input_layers(state, depth_of(params), params.width, nonlinearity(params), rng)
