"""What page 3.2 lets a reader set: two inputs, width, depth, an activation, C_W and C_b."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.activations import Activation
from compute.experiments import deep_network_fields as ask
from compute.experiments import deep_networks
from compute.kernels import input_covariance
from compute.params import check, choice, integer, real, seed

Array = NDArray[np.float64]

FIGURES = (
    ("joint", "Joint output"),
    ("rate", "How fast"),
    ("functions", "Random functions"),
    ("kernel", "Layer by layer"),
    ("transform", "Characteristic function"),
    ("moments", "Centred moments"),
    ("inputs", "Close inputs"),
)
ACTIVATIONS = (
    ("linear", "linear"),
    ("relu", "ReLU"),
    ("leaky_relu", "leaky ReLU (slope 0.1)"),
    ("tanh", "tanh"),
    ("erf", "erf"),
    ("gelu", "GELU"),
    ("sin", "sin"),
    ("abs", "absolute value"),
    ("exp", "exp"),
)
METRIC_NAMES = (
    ("wasserstein_1", "Wasserstein 1"),
    ("wasserstein_2", "Wasserstein 2"),
    ("kolmogorov", "Kolmogorov"),
    ("total_variation", "total variation"),
)
BOUNDED = ("tanh", "erf", "sin")
DEEPEST, WIDEST = 100, 512
_PAIR = (("figure", ("joint", "kernel", "moments")),)
_SAMPLED = (("figure", ("joint", "rate", "kernel", "transform", "moments", "inputs")),)


@dataclass(frozen=True)
class Params:
    """What can be steered on page 3.2."""

    figure: str = choice("joint", FIGURES, label="figure", help="Which question is in front.")
    activation: str = ask.activation("relu", ACTIVATIONS, "The nonlinearity of every layer.")
    metric: str = choice(
        "total_variation",
        METRIC_NAMES,
        label="distance",
        help="How far apart two laws are.",
        shown_if_any=(("figure", ("rate",)),),
    )
    width: int = ask.width(16, WIDEST, "Neurons in every hidden layer.")
    depth: int = ask.depth(3, DEEPEST, "Number of hidden layers.")
    outputs: int = integer(
        1,
        1,
        100,
        ladder=(1, 2, 3, 5, 10, 20, 50, 100),
        label="outputs",
        symbol="m",
        help="How many outputs are compared with independent normals, in total variation.",
        shown_if_all=(("figure", ("rate",)), ("metric", ("total_variation",))),
    )
    weight_variance: float = ask.weight_variance(2.0, 0.1, 6.0, "Var W = C_W (times 1/N).")
    bias_variance: float = ask.bias_variance(0.0, 2.0, "Var b = C_b in every layer.")
    observable: str = choice(
        "square",
        (("square", "σ(z)² at x"), ("product", "σ(z(x)) σ(z(x′))")),
        label="observable",
        symbol="f",
        help="What is averaged over the neurons of the last hidden layer.",
        shown_if_any=(("figure", ("moments",)),),
    )
    norm: float = real(
        1.0,
        0.1,
        4.0,
        step=0.05,
        label="input norm",
        symbol="‖x‖²/N₀",
        help="Squared norm of the first input, per dimension.",
    )
    other_norm: float = real(
        1.0,
        0.1,
        4.0,
        step=0.05,
        label="second input norm",
        symbol="‖x′‖²/N₀",
        help="Squared norm of the second input, per dimension.",
        shown_if_any=_PAIR,
    )
    angle: float = real(
        60.0,
        0.0,
        180.0,
        step=1.0,
        label="angle",
        help="Between the two inputs, in degrees.",
        shown_if_any=_PAIR,
    )
    networks: int = ask.draws(
        20_000,
        500,
        200_000,
        "networks",
        "How many real networks are drawn, every weight of each.",
        shown_if_any=_SAMPLED,
    )
    seed: int = seed()

    def __post_init__(self) -> None:
        check(self)


# Where one sees how fast outputs become Gaussian, and where odd moments vanish.
FAST = Params(figure="rate", depth=1)
ODD = Params(
    figure="moments", activation="tanh", weight_variance=1.5, depth=1, angle=90.0,
    observable="product",
)  # fmt: skip


def activation_of(params: Params) -> Activation:
    """The activation of every layer."""
    return deep_networks.activation_of(params.activation)


def inputs_of(params: Params) -> Array:
    """x and x' in the plane, N_0 = 2: (2, 2)."""
    turn = math.radians(params.angle)
    first, second = math.sqrt(2 * params.norm), math.sqrt(2 * params.other_norm)
    return np.array([[first, 0.0], [second * math.cos(turn), second * math.sin(turn)]])


def start(params: Params) -> Array:
    """K^(0) of both inputs, (2, 2), by (3.1.1)."""
    return input_covariance(inputs_of(params), **deep_networks.variances(params))


def exact_law(params: Params) -> str:
    """The name under which one output's law is known exactly, or ''."""
    return deep_networks.law_of(params.activation, params.bias_variance)
