"""What page 3.3 lets a reader set: two inputs, an activation, C_W, C_b and the depth."""

from __future__ import annotations

import math
from dataclasses import dataclass

from compute.activations import Activation, get_activation
from compute.experiments import deep_network_fields as ask
from compute.params import WIDTHS, check, choice, integer, real, seed

_WIDE = (("figure", ("depth", "map", "plane", "circle")),)
# What starts with two inputs and goes through layers.
_DEEP = ("figure", ("depth", "map", "circle", "shaped"))
FIGURES = (
    ("depth", "Depth"),
    ("map", "Correlation map"),
    ("plane", "Phase plane"),
    ("circle", "Random functions"),
    ("shaped", "Shaped limit"),
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
    ("cubic", "cubic t + ψt³/(3L)"),
    ("shaped_tanh", "shaped tanh"),
)
PIECEWISE_LINEAR = ("relu", "leaky_relu", "abs")


@dataclass(frozen=True)
class Params:
    """What can be steered on page 3.3."""

    figure: str = choice("depth", FIGURES, label="figure", help="Which question is in front.")
    activation: str = ask.activation(
        "relu", ACTIVATIONS, "The nonlinearity of every layer.", shown_if_any=_WIDE
    )
    weight_variance: float = ask.weight_variance(
        2.0, 0.1, 6.0, "Var W = C_W (times 1/N).", shown_if_any=_WIDE
    )
    bias_variance: float = ask.bias_variance(
        0.0, 2.0, "Var b = C_b in every layer.", shown_if_any=_WIDE
    )
    depth: int = ask.depth(
        1000,
        10_000,
        "Number of hidden layers.",
        shown_if_any=(_DEEP, ("activation", ("cubic", "shaped_tanh"))),
    )
    correlation: float = real(
        0.5,
        -1.0,
        1.0,
        label="input correlation",
        symbol="ρ₀",
        help="Cosine of the two inputs.",
        shown_if_any=(_DEEP,),
    )
    norm: float = real(
        1.0,
        0.01,
        10.0,
        label="input norm",
        symbol="‖x‖²/N₀",
        help="Squared norm of either input, per dimension.",
        ladder=(0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 7.5, 10.0),
        shown_if_any=(_DEEP,),
    )
    first_layer: str = choice(
        "cw",
        (("cw", "weight variance, as (3.1.1)"), ("plain", "variance 1, as (3.3.1)")),
        label="first layer",
        help="The notes start (3.3.1) at x·x'/N₀, which contradicts (3.1.1): erratum 14.",
        shown_if_any=(("figure", ("depth", "map", "circle")),),
    )
    psi: float = real(
        -1.0,
        -3.0,
        1.0,
        label="shaping",
        symbol="ψ",
        help="Cubic: t + ψt³/(3L). Shaped tanh: s tanh(t/s) with s² = L/|ψ|.",
        shown_if_any=(("activation", ("cubic", "shaped_tanh")), ("figure", ("shaped",))),
    )
    slope_neg: float = real(
        0.1,
        -2.0,
        2.0,
        label="slope left",
        symbol="a",
        help="Slope of leaky ReLU at t < 0.",
        shown_if_any=(("activation", ("leaky_relu",)),),
    )
    slope_pos: float = real(
        1.0,
        0.05,
        2.0,
        label="slope right",
        symbol="b",
        help="Slope of leaky ReLU at t > 0.",
        shown_if_any=(("activation", ("leaky_relu",)),),
    )
    slant: float = real(
        1.0,
        0.0,
        3.0,
        label="shaped ReLU",
        symbol="c",
        help="Slopes 1 ∓ c/√L.",
        shown_if_any=(("figure", ("shaped",)),),
    )
    width: int = integer(
        128,
        8,
        512,
        label="measured width",
        symbol="N",
        help="Width of the real networks whose kernels are the dots.",
        ladder=WIDTHS,
        shown_if_any=(("figure", ("depth",)),),
    )
    networks: int = ask.draws(
        200,
        50,
        5000,
        "networks",
        "How many real networks are measured, all weights drawn.",
        shown_if_any=(("figure", ("depth",)),),
    )
    seed: int = seed(shown_if_any=(("figure", ("depth", "circle")),))

    def __post_init__(self) -> None:
        check(self)


def activation_of(params: Params) -> Activation:
    """The activation with the options that the parameters give it."""
    if params.activation == "leaky_relu":
        slopes = {"slope_neg": negligible(params.slope_neg), "slope_pos": params.slope_pos}
        return get_activation("leaky_relu", **slopes)
    if params.activation == "cubic":
        return get_activation("cubic", a=negligible(params.psi / (3 * params.depth)))
    if params.activation == "shaped_tanh":
        return get_activation("shaped_tanh", s=math.sqrt(params.depth / max(abs(params.psi), 1e-6)))
    return get_activation(params.activation)


def negligible(value: float) -> float:
    """`value`, or 0 where it is too small to be told from 0 in any figure."""
    return 0.0 if abs(value) < 1e-8 else value


def start(params: Params) -> tuple[float, float]:
    """(K^(0), 1 − C^(0)) of the two inputs: the first layer of (3.1.1), or (3.3.1) as printed.

    Shaping is defined at C_W = 1, C_b = 0, where both agree.
    """
    if params.first_layer == "plain" or params.figure == "shaped":
        return params.norm, 1.0 - params.correlation
    variance = params.bias_variance + params.weight_variance * params.norm
    distance = params.weight_variance * params.norm * (1.0 - params.correlation)
    return variance, distance / variance
