"""The setting of page 3.1: the network, the law of its weights, what is sampled and how fast.

A deep linear network multiplies an input of length 1 by L+1 random matrices (3.1.1). The law of
X = ‖z^(L+1)(x)‖ is (3.2.3), and the spread of log X is that of β = Σ 1/N_ℓ.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from compute.experiments import deep_network_fields as ask
from compute.linear_products.matrix_products import product_cost
from compute.params import DEPTHS, WIDTHS, check, choice, integer, seed

Route = Literal["weights", "exact", "none"]

LARGEST = 1000
SPECTRUM_WIDTH, SPECTRUM_DEPTH = 64, 512
# Nanoseconds per entry, drawn and multiplied.
ENTRY_NS = {"gaussian": 10.0, "sign": 2.2, "uniform": 2.5, "student": 30.0}
# A sample from weights is affordable where it ends within so many milliseconds, and possible
# where a batch holds two networks.
PATIENCE_MS, NETWORK_MS = 30_000.0, 60.0

_SAMPLED = (("figure", ("law", "spectrum", "direction")),)
_SIZES = (100, 300, 1000, 3000, 10_000, 30_000, 100_000, 300_000, 1_000_000)
# Stops of the plane's axes.
WIDTH_STOPS, DEPTH_STOPS = (tuple(n for n in ladder if n <= LARGEST) for ladder in (WIDTHS, DEPTHS))


def _width(default: int, label: str, symbol: str, help: str, **shown: tuple[str, ...]) -> Any:
    """A field that is a number of neurons."""
    return integer(
        default,
        1,
        LARGEST,
        label=label,
        symbol=symbol,
        help=help,
        ladder=WIDTHS,
        shown_if_any=tuple(shown.items()),
    )


@dataclass(frozen=True)
class Params:
    """The setting of page 3.1; `figure` is the tab in front."""

    figure: str = choice(
        "law",
        (
            ("law", "The law of ‖z‖"),
            ("plane", "Width against depth"),
            ("spectrum", "All singular values"),
            ("direction", "Norm and direction"),
        ),
        label="figure",
        help="Which question about the product is drawn.",
    )
    width: int = _width(64, "width", "N", "Neurons in a hidden layer.")
    depth: int = ask.depth(
        32,
        LARGEST,
        "Number of hidden layers; the product has L + 1 factors.",
        shown_if_any=(("figure", ("law", "plane", "spectrum")),),
    )
    taper: str = choice(
        "constant",
        (
            ("constant", "all hidden layers N wide"),
            ("linear", "from N down to the narrowest"),
            ("bottleneck", "N wide, one narrow layer"),
        ),
        label="shape",
        help="How the width changes from layer to layer.",
        shown_if_any=(("figure", ("law",)),),
    )
    neck: int = _width(
        2,
        "narrowest layer",
        "N_min",
        "Width of the last hidden layer (tapering) or of the middle one (bottleneck), N at most.",
        taper=("linear", "bottleneck"),
    )
    inputs: int = _width(
        64, "inputs", "N₀", "Input dimension; the input has length 1.", figure=("law", "direction")
    )
    outputs: int = _width(
        64,
        "outputs",
        "N_L₊₁",
        "Output dimension: the output layer counts in β like any other.",
        figure=("law", "plane"),
    )
    weight_variance: float = ask.weight_variance(
        1.0,
        0.2,
        4.0,
        "Variance of a weight before the factor 1/√N.",
        0.05,
        shown_if_any=(("figure", ("law",)),),
    )
    entries: str = choice(
        "gaussian",
        (
            ("gaussian", "Gaussian"),
            ("sign", "signs ±1"),
            ("uniform", "uniform"),
            ("student", "Student t, 5 degrees"),
        ),
        label="law of the weights",
        help="All with mean 0 and the same variance; (3.2.3) is about Gaussian weights.",
        shown_if_any=_SAMPLED,
    )
    shows: str = choice(
        "variance",
        (("variance", "variance of log X"), ("mean", "mean of log X")),
        label="colour",
        help="What the plane is coloured by.",
        shown_if_any=(("figure", ("plane",)),),
    )
    samples: int = ask.draws(
        3000,
        100,
        1_000_000,
        "sample size",
        "How many networks, products or matrices are drawn, batch by batch.",
        _SIZES,
        shown_if_any=_SAMPLED,
    )
    route: str = choice(
        "auto",
        (
            ("auto", "weights where affordable"),
            ("weights", "weight matrices"),
            ("exact", "exact law (3.2.3)"),
        ),
        label="sampled from",
        help="Multiplied weight matrices test the law; draws from the exact law only show it.",
        shown_if_any=(("figure", ("law",)),),
    )
    seed: int = seed(shown_if_any=_SAMPLED)

    def __post_init__(self) -> None:
        check(self)


def widths_at(params: Params) -> Callable[[int], tuple[int, ...]]:
    """The widths N_1, …, N_{L+1} of the network of this shape, as a function of its depth L."""
    neck = min(params.neck, params.width)

    def at(depth: int) -> tuple[int, ...]:
        hidden = [params.width] * depth
        if params.taper == "linear":
            hidden = np.rint(np.linspace(params.width, neck, depth)).astype(int).tolist()
        if params.taper == "bottleneck":
            hidden[depth // 2] = neck
        return (*hidden, params.outputs)

    return at


def widths(params: Params) -> tuple[int, ...]:
    """N_1, …, N_{L+1}: the widths that enter (3.2.3)."""
    return widths_at(params)(params.depth)


def log_mean(params: Params) -> float:
    """log E‖z^(L+1)‖² = (L+1) log C_W + log(N_{L+1}/N_0) at ‖x‖ = 1."""
    factors = params.depth + 1
    return factors * math.log(params.weight_variance) + math.log(params.outputs / params.inputs)


def multiplied(params: Params) -> tuple[int, int]:
    """Width and depth of the product whose singular values are computed."""
    return min(params.width, SPECTRUM_WIDTH), min(params.depth, SPECTRUM_DEPTH)


def network_ms(params: Params) -> float:
    """Milliseconds to draw and multiply the weights of one network."""
    layers = widths(params)
    entries = product_cost(params.inputs, layers)
    return 1e-6 * (ENTRY_NS[params.entries] * entries + 5 * sum(layers) + 40 * len(layers))


def product_ms(params: Params) -> float:
    """Milliseconds for the singular values of one product."""
    width, depth = multiplied(params)
    entries = 1e-6 * ENTRY_NS[params.entries] * width**2
    return 0.3 + 3.2 * (width / 64) ** 3 + (depth + 1) * (0.02 + 0.1 * (width / 64) ** 2 + entries)


def image_ms(params: Params) -> float:
    return 1e-6 * ENTRY_NS[params.entries] * params.inputs * params.width + 1e-3


def images(params: Params) -> int:
    """How many images one direction is drawn from: 4 to 1000, for some 8 ms."""
    return min(1000, max(4, int(8.0 / image_ms(params))))


def route_of(params: Params) -> Route:
    """What the histogram of log X is sampled from.

    The exact law is that of Gaussian weights, so no other law of the weights may use it: "none"
    where a single such network is too much for a batch.
    """
    one = network_ms(params)
    affordable = one <= NETWORK_MS
    if params.entries != "gaussian":
        return "weights" if affordable else "none"
    if params.route == "auto":
        return "weights" if affordable and one * params.samples <= PATIENCE_MS else "exact"
    return "weights" if affordable and params.route == "weights" else "exact"
