"""What page 1.4 lets a reader set: data, a model with room to spare, and how descent starts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.experiments import deep_network_fields as ask
from compute.experiments.one_layer_fields import exponent
from compute.params import Points, check, choice, integer, points, real, seed

Array = NDArray[np.float64]

FIGURES = (
    ("plane", "Two parameters"),
    ("descent", "Double descent"),
    ("fit", "Benign or harmful"),
    ("alpha", "Kernel to rich"),
    ("margin", "Logistic"),
    ("line", "ReLU on a line"),
    ("turn", "Row space"),
)
ALPHAS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 3.0)
SCALES = (0.03, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 3.0)
BENT: Points = tuple((x, round(1.5 * abs(x - 0.1), 4)) for x in (-1.0, -0.7, -0.4, 0.4, 0.7, 1.0))
_COUNTS = (2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100, 120)


def _on(*tabs: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return (("figure", tabs),)


@dataclass(frozen=True)
class Params:
    """The setting of page 1.4; `figure` is the tab in front."""

    figure: str = choice("plane", FIGURES, label="figure", help="Which question is in front.")
    intercept: float = real(
        -1.5,
        -3.0,
        3.0,
        label="start, constant",
        symbol="θ₁",
        help="Where descent starts: the constant of the line θ₁ + θ₂x.",
        shown_if_any=_on("plane"),
    )
    slope: float = real(
        0.5,
        -3.0,
        3.0,
        label="start, slope",
        symbol="θ₂",
        help="Where descent starts: the slope of the line θ₁ + θ₂x.",
        shown_if_any=_on("plane"),
    )
    datum_x: float = real(
        0.6,
        -2.0,
        2.0,
        label="input of the datum",
        symbol="x₁",
        help="The only datum; two parameters have to fit it.",
        shown_if_any=_on("plane"),
    )
    datum_y: float = real(
        1.2,
        -2.0,
        2.0,
        label="target of the datum",
        symbol="y₁",
        help="What the line should be at x₁.",
        shown_if_any=_on("plane"),
    )
    rate: float = real(
        0.08,
        0.01,
        1.1,
        label="learning rate",
        symbol="ηλ/2",
        help="As a share of 2/λ, the largest stable one without momentum.",
        shown_if_any=_on("plane"),
    )
    momentum: float = real(
        0.0,
        0.0,
        0.95,
        label="momentum",
        symbol="β",
        help="Heavy ball: v ← βv − ηg, θ ← θ + v.",
        shown_if_any=_on("plane"),
    )
    ridge: float = real(
        0.0,
        0.0,
        1.0,
        label="ridge",
        symbol="κ",
        help="A penalty κ|θ|²/2 on the parameters; 0 leaves the choice to descent.",
        shown_if_any=_on("plane"),
    )
    steps: int = integer(
        100,
        1,
        400,
        label="steps",
        symbol="t",
        help="How many steps of descent.",
        ladder=(1, 2, 5, 10, 20, 50, 100, 200, 400),
        shown_if_any=_on("plane"),
    )
    alpha: float = real(
        0.1,
        0.001,
        3.0,
        label="scale of the start",
        symbol="α",
        help="All weights start at α: large is the kernel regime, small the rich one.",
        ladder=ALPHAS,
        shown_if_any=_on("alpha"),
    )
    samples: int = integer(
        20,
        2,
        60,
        label="number of data",
        symbol="|D|",
        help="How many data there are to fit.",
        ladder=_COUNTS,
        shown_if_any=_on("descent", "fit", "alpha", "turn"),
    )
    exponent: float = exponent(
        0.0,
        help="γ = N₁ᵃ: 0 is the kernel regime, ½ the mean-field regime.",
        shown_if_any=_on("turn"),
    )
    features: int = integer(
        60,
        4,
        120,
        label="features in all",
        symbol="D",
        help="How many features the truth uses; the model uses the first P of them.",
        ladder=_COUNTS,
        shown_if_any=_on("descent", "alpha"),
    )
    used: int = integer(
        40,
        1,
        120,
        label="features used",
        symbol="P",
        help="The model that the sentence and the claim speak of.",
        shown_if_any=_on("descent"),
    )
    noise: float = real(
        0.25,
        0.0,
        4.0,
        label="noise variance",
        symbol="σ²",
        help="Variance of the noise in the targets.",
        ladder=(0.0, 0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0),
        shown_if_any=_on("descent", "fit"),
    )
    decay: float = real(
        2.0,
        0.0,
        4.0,
        step=0.1,
        label="decay of the signal",
        symbol="a",
        help="β_j² falls like j^−a with |β|² = 1; at 0 fewer features never help.",
        shown_if_any=_on("descent"),
    )
    problems: int = ask.draws(
        2000,
        200,
        20_000,
        "problems",
        "How many data sets are drawn and fitted.",
        (200, 500, 1000, 2000, 5000, 10_000, 20_000),
        shown_if_any=_on("descent"),
    )
    strong: int = integer(
        3,
        1,
        8,
        label="strong frequencies",
        symbol="K",
        help="Frequencies 0…K have weight 1; the truth is made of them.",
        shown_if_any=_on("fit"),
    )
    weak: int = integer(
        1000,
        4,
        4000,
        label="weak frequencies",
        symbol="M",
        help="How many more frequencies share the small weight; the right panel has so many.",
        ladder=(4, 8, 12, 20, 30, 50, 80, 120, 200, 300, 500, 1000, 2000, 4000),
        shown_if_any=_on("fit"),
    )
    share: float = real(
        1.0,
        0.05,
        5.0,
        label="weight they share",
        symbol="w",
        help="The weak frequencies have w/M each: together they act as a ridge w.",
        ladder=(0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0),
        shown_if_any=_on("fit"),
    )
    sparse: int = integer(
        2,
        1,
        20,
        label="true features",
        symbol="k",
        help="How many of the D coordinates of the truth are ±1; the others are 0.",
        shown_if_any=_on("alpha"),
    )
    data: str = choice(
        "triangle",
        (
            ("triangle", "four points, exact numbers"),
            ("mirrored", "mirror images"),
            ("random", "random, separable"),
        ),
        label="data",
        help="Rows z = y·x: every datum turned to the side where it is positive.",
        shown_if_any=_on("margin"),
    )
    decades: float = real(
        40.0,
        1.0,
        40.0,
        step=0.5,
        label="time, powers of ten",
        symbol="log₁₀ t",
        help="Gradient flow runs until t = 10 to this power.",
        shown_if_any=_on("margin"),
    )
    points: Points = points(  # noqa: RUF009 - a field like the others
        BENT,
        -3.0,
        3.0,
        least=2,
        label="data on the line",
        symbol="x~y",
        help="Two to 32 points. Click the figure to add one, click a point to remove it.",
        shown_if_any=_on("line"),
    )
    scale: float = real(
        0.1,
        0.03,
        3.0,
        label="scale of the start",
        symbol="α",
        help="All weights start as α times a normal number, the output at 0.",
        ladder=SCALES,
        shown_if_any=_on("line"),
    )
    width: int = integer(
        200,
        20,
        400,
        step=2,
        label="width",
        symbol="N₁",
        help="ReLU neurons in the hidden layer, in pairs that cancel at the start.",
        ladder=(20, 40, 60, 100, 140, 200, 300, 400),
        shown_if_any=_on("line"),
    )
    networks: int = integer(
        8,
        2,
        40,
        label="networks",
        symbol="n",
        help="How many networks are trained, from different starts.",
        shown_if_any=_on("line"),
    )
    starts: int = ask.draws(
        120,
        20,
        400,
        "starts",
        "How many networks of every width are trained, each on data of its own.",
        (20, 40, 80, 120, 200, 400),
        shown_if_any=_on("turn"),
    )
    seed: int = seed(shown_if_any=_on("descent", "fit", "alpha", "margin", "line", "turn"))

    def __post_init__(self) -> None:
        check(self)
