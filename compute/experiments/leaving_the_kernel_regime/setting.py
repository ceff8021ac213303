"""What page 2.5 lets a reader set: the size of the step, the speeds of the layers, the scale γ."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.experiments import deep_network_fields as ask
from compute.params import WIDTHS, check, choice, integer, real, seed
from compute.sampling import stream

Array = NDArray[np.float64]

FIGURES = (
    ("map", "Catapult"),
    ("final", "Where it lands"),
    ("networks", "Real networks"),
    ("scales", "Two time scales"),
    ("times", "Times against ε"),
    ("width", "Width and time"),
)
ACTIVATIONS = (
    ("linear", "linear"),
    ("relu", "ReLU"),
    ("tanh", "tanh"),
    ("erf", "erf"),
    ("gelu", "GELU"),
    ("sin", "sin"),
)
_TWO = (("figure", ("map", "final")),)
_STEP = (("figure", ("map", "final", "networks", "width")),)
_NETS = (("figure", ("networks", "width")),)
_SLOW = (("figure", ("scales", "times")),)
VECTORS = (10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000)
INPUTS = 10
CURVATURE = 2.0  # λ_0 of the two vectors: its mean over standard normal ones


def _coefficient(default: float, who: str, symbol: str, what: str) -> float:
    found: float = real(
        default,
        0.2,
        2.0,
        step=0.05,
        label=f"{who}, {what}",
        symbol=symbol,
        help=f"The {who}'s coefficient of the {what} normalised Hermite polynomial.",
        shown_if_any=_SLOW,
    )
    return found


@dataclass(frozen=True)
class Params:
    """What can be steered on page 2.5."""

    figure: str = choice("map", FIGURES, label="figure", help="Which way out is in front.")
    kappa: float = real(
        3.0,
        0.1,
        6.0,
        label="step times curvature",
        symbol="ηλ₀",
        help=(
            "Step size times the largest eigenvalue of the tangent kernel at the start. Below 2: "
            "no catapult. 2 to 4: a catapult. Above 4: divergence."
        ),
        marks=((2.0, "2"), (4.0, "4")),
        shown_if_any=_STEP,
    )
    width: int = integer(
        1000,
        10,
        100_000,
        ladder=VECTORS,
        label="width",
        symbol="n",
        help="Length of the two vectors u and v.",
        shown_if_any=_TWO,
    )
    start: float = real(
        1.0,
        0.0,
        3.0,
        step=0.05,
        label="output at the start",
        symbol="f₀",
        help="The target is 0; an output of 0 never moves.",
        shown_if_any=_TWO,
    )
    steps: int = integer(
        40,
        10,
        400,
        ladder=(10, 15, 20, 30, 40, 60, 80, 100, 150, 200, 300, 400),
        label="steps",
        help="Steps of gradient descent.",
        shown_if_any=(("figure", ("map", "networks")),),
    )
    activation: str = choice(
        "relu",
        ACTIVATIONS,
        label="activation",
        symbol="σ",
        help="The nonlinearity of the hidden layer.",
        shown_if_any=_NETS,
    )
    neurons: int = integer(
        128,
        8,
        512,
        ladder=WIDTHS,
        label="hidden neurons",
        symbol="N₁",
        help="Width of the hidden layer of the real networks.",
        shown_if_any=_NETS,
    )
    data: int = integer(
        8,
        1,
        32,
        ladder=(1, 2, 3, 4, 6, 8, 12, 16, 24, 32),
        label="data",
        symbol="|D|",
        help="Random inputs on the sphere in 10 dimensions, with random targets.",
        shown_if_any=_NETS,
    )
    target: str = choice(
        "random",
        (("random", "random"), ("zero", "0")),
        label="targets",
        help="Standard normal, or 0 as for the two vectors.",
        shown_if_any=_NETS,
    )
    exponent: float = real(
        0.0,
        0.0,
        0.5,
        step=0.05,
        label="exponent of γ",
        symbol="a",
        help="γ = N₁^a: 0 is the kernel regime, ½ mean field.",
        shown_if_any=(("figure", ("width",)),),
    )
    networks: int = ask.draws(
        60,
        20,
        500,
        "starts",
        "How many random starts are trained.",
        (20, 40, 60, 100, 200, 300, 500),
        shown_if_any=_NETS,
    )
    epsilon: float = real(
        1e-4,
        1e-8,
        100.0,
        ladder=(*(m * 10.0**k for k in range(-8, 2) for m in (1, 2, 5)), 100.0),
        label="speed ratio",
        symbol="ε",
        help="Small: the outer layer is fast. Large: the inner layer is.",
        shown_if_any=(("figure", ("scales",)),),
    )
    particles: int = integer(
        100,
        2,
        100,
        ladder=(2, 3, 5, 10, 20, 50, 100),
        label="neurons",
        symbol="m",
        help="Their outer weights start at the quantiles of a standard normal law.",
        shown_if_any=_SLOW,
    )
    sigma0: float = _coefficient(1.0, "activation", "σ₀", "constant")
    sigma1: float = _coefficient(1.0, "activation", "σ₁", "linear")
    sigma2: float = _coefficient(1.0, "activation", "σ₂", "quadratic")
    phi0: float = _coefficient(0.5, "target", "φ₀", "constant")
    phi1: float = _coefficient(1.0, "target", "φ₁", "linear")
    phi2: float = _coefficient(1.0, "target", "φ₂", "quadratic")
    seed: int = seed(shown_if_any=(("figure", ("map", "networks", "width")),))

    def __post_init__(self) -> None:
        check(self)


def coefficients(params: Params) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """(σ_0, σ_1, σ_2) and (φ_0, φ_1, φ_2)."""
    sigma = (params.sigma0, params.sigma1, params.sigma2)
    return sigma, (params.phi0, params.phi1, params.phi2)


def drawn_start(params: Params, index: int, neurons: int) -> tuple[Array, Array, Array, Array]:
    """One start with its data: first (1, N_1, N_0), second (1, N_1), x (1, n, N_0), y (1, n).

    Inputs have norm √N_0. Narrower networks are the first neurons of wider ones.
    """
    rng = stream(params.seed, "large_steps", index)
    x = rng.standard_normal((1, params.data, INPUTS))
    x *= math.sqrt(INPUTS) / np.linalg.norm(x, axis=2, keepdims=True)
    y = (
        rng.standard_normal((1, params.data))
        if params.target == "random"
        else np.zeros((1, params.data))
    )
    weights = rng.standard_normal((1, neurons, INPUTS + 1))
    return weights[..., :-1].copy(), weights[..., -1].copy(), x, y
