"""The setting of section 2.1.1: a network with one hidden layer, its two inputs, its scale γ."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.activations import Activation, get_activation
from compute.params import WIDTHS, check, choice, integer, real, seed

Array = NDArray[np.float64]

LARGEST_WIDTH = 65_536
# The widths at which a figure against the width is known.
LADDER = tuple(2**k for k in range(17))
WIDE = (
    *WIDTHS,
    *(5120, 6400, 8192, 10_240, 12_800, 16_384, 20_480, 25_600, 32_768, 40_960, 51_200),
    LARGEST_WIDTH,
)
FIGURES = (
    ("output", "One output"),
    ("functions", "Random functions"),
    ("width", "What settles"),
    ("table", "Kernel table"),
    ("outputs", "Two outputs"),
)
ACTIVATIONS = (
    ("linear", "linear"),
    ("relu", "ReLU"),
    ("leaky_relu", "leaky ReLU"),
    ("tanh", "tanh"),
    ("erf", "erf"),
    ("gelu", "GELU"),
    ("sin", "sin"),
    ("abs", "absolute value"),
    ("exp", "exp"),
    ("cubic", "cubic t + a t³"),
    ("shaped_tanh", "s tanh(t/s)"),
)
ETAS = (*(m * 10.0**k for k in range(-2, 5) for m in (1, 2, 5)), 1e5)
SIZES = (100, 300, 1000, 3000, 10_000, 20_000, 50_000, 100_000, 300_000, 1_000_000)

# Nanoseconds per number: a normal draw; σ and σ' of each activation.
DRAW_NS = 11.0
CALL_NS = {
    "linear": (11.0, 2.0),
    "relu": (11.0, 3.0),
    "leaky_relu": (15.0, 3.0),
    "tanh": (2.0, 14.0),
    "erf": (14.0, 2.0),
    "gelu": (13.0, 26.0),
    "sin": (11.0, 11.0),
    "abs": (13.0, 2.0),
    "exp": (1.0, 1.0),
    "cubic": (1.0, 1.0),
    "shaped_tanh": (2.0, 18.0),
}


@dataclass(frozen=True)
class Params:
    """The setting of page 2.1; `figure` is the tab in front."""

    figure: str = choice(
        "output", FIGURES, label="figure", help="Which question about the random network is drawn."
    )
    width: int = integer(
        8,
        1,
        LARGEST_WIDTH,
        label="width",
        symbol="N_1",
        help="Neurons in the hidden layer.",
        ladder=WIDE,
    )
    activation: str = choice(
        "relu", ACTIVATIONS, label="activation", symbol="σ", help="The nonlinearity."
    )
    slope_neg: float = real(
        0.1,
        -2.0,
        2.0,
        label="slope left",
        help="Slope of leaky ReLU at t < 0; it is 1 at t > 0.",
        shown_if_any=(("activation", ("leaky_relu",)),),
    )
    cubic: float = real(
        0.1,
        0.0,
        1.0,
        label="cubic term",
        symbol="a",
        help="σ(t) = t + a t³.",
        shown_if_any=(("activation", ("cubic",)),),
    )
    saturation: float = real(
        1.5,
        0.1,
        5.0,
        label="saturation",
        symbol="s",
        help="σ(t) = s tanh(t/s).",
        shown_if_any=(("activation", ("shaped_tanh",)),),
    )
    scaling: str = choice(
        "one",
        (
            ("one", "γ = 1, kernel regime"),
            ("root", "γ = √N₁, mean field"),
            ("power", "γ a power of N₁"),
        ),
        label="output scale",
        symbol="γ",
        help="The output is divided by γ√N₁, (2.1.1).",
    )
    exponent: float = real(
        0.25,
        0.0,
        1.0,
        label="exponent of γ",
        help="γ = N₁ to this power: 0 is the kernel regime, ½ is mean field.",
        shown_if_any=(("scaling", ("power",)),),
    )
    eta: float = real(
        1.0,
        0.01,
        100_000.0,
        label="learning rate",
        symbol="η",
        help="The factor η in front of the tangent kernel, (2.1.8).",
        ladder=ETAS,
        shown_if_any=(("figure", ("width", "table")),),
    )
    norm: float = real(
        1.0,
        0.1,
        2.0,
        label="input norm",
        symbol="‖x‖/√N_0",
        help="Length of both inputs over √N₀: the notes take it of order 1.",
        step=0.05,
    )
    angle: float = real(
        60.0,
        0.0,
        180.0,
        label="angle of the inputs",
        symbol="∠(x, x′)",
        help="Angle between the two inputs, in degrees.",
        step=1.0,
        shown_if_any=(("figure", ("output", "width")),),
    )
    inputs: int = integer(
        3,
        2,
        64,
        label="input dimension",
        symbol="N_0",
        help="Numbers in an input. It cannot matter but through ‖x‖²/N₀.",
        ladder=WIDTHS,
    )
    networks: int = integer(
        20_000,
        100,
        1_000_000,
        label="networks",
        symbol="n",
        help="Networks drawn, all weights of each. Where several widths are compared: so many at "
        "each up to 64, and n·64/N₁ beyond.",
        ladder=SIZES,
        shown_if_any=(("figure", ("output", "width", "table", "outputs")),),
    )
    seed: int = seed()

    def __post_init__(self) -> None:
        check(self)


def activation_of(params: Params) -> Activation:
    """The activation with the option that the parameters give it."""
    options = {
        "leaky_relu": {"slope_neg": _option(params.slope_neg), "slope_pos": 1.0},
        "cubic": {"a": _option(params.cubic)},
        "shaped_tanh": {"s": params.saturation},
    }.get(params.activation, {})
    return get_activation(params.activation, **options)


def _option(value: float) -> float:
    """The library takes 0 or a size of at least 1e-9."""
    return value if abs(value) >= 1e-9 else 0.0


def power_of(params: Params) -> float:
    """a in γ = N_1^a."""
    return {"one": 0.0, "root": 0.5, "power": params.exponent}[params.scaling]


def scale_of(params: Params, width: int | None = None) -> float:
    """γ at the page's width, or at another."""
    return math.pow(width or params.width, power_of(params))


def scales_of(params: Params) -> Array:
    """γ at the widths of LADDER, (17,)."""
    return np.array([scale_of(params, width) for width in LADDER])


def variance_of(params: Params) -> float:
    """q = ‖x‖²/N_0: the variance of every pre-activation, (2.1.7)."""
    return params.norm**2


def cosine_of(params: Params) -> float:
    """Cosine of the angle, exact where it is 0 or ±1."""
    exact = {0.0: 1.0, 90.0: 0.0, 180.0: -1.0}
    return exact.get(params.angle, math.cos(math.radians(params.angle)))


def directions(params: Params) -> Array:
    """Two orthogonal vectors of length ‖x‖ in the N_0-dimensional input space, (2, N_0).

    The first has all entries equal, so that every weight of a neuron counts.
    """
    n = params.inputs
    first = np.full(n, params.norm)
    second = np.zeros(n)
    second[:2] = params.norm * math.sqrt(n / 2), -params.norm * math.sqrt(n / 2)
    return np.stack([first, second])


def pair(params: Params) -> Array:
    """The two inputs x and x', (2, N_0)."""
    first, second = directions(params)
    cosine = cosine_of(params)
    sine = math.sqrt(max(1.0 - cosine * cosine, 0.0))
    return np.stack([first, cosine * first + sine * second])


def neuron_ns(params: Params, points: int, slopes: bool = False, outputs: int = 1) -> float:
    """Nanoseconds to draw a neuron and to evaluate it at so many inputs."""
    value, slope = CALL_NS[params.activation]
    draws = DRAW_NS * (params.inputs + outputs)
    call = value + (slope + 4.0 * params.inputs if slopes else 0.0)
    return draws + points * (call + 2.0 + 0.7 * params.inputs) + 3.0
