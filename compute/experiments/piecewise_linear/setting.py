"""What page 1.1 lets a reader set: a function drawn by hand, a random network, knots and depth."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from compute.params import WIDTHS, Points, check, choice, integer, points, real, seed, typed
from compute.piecewise_linear import fractions

REACH = 2.0
FIGURES = (
    ("draw", "Draw a function"),
    ("random", "Random network"),
    ("error", "Error and knots"),
    ("hats", "Composed hats"),
)
TARGETS = (("square", "x²"), ("sine", "sin ωx"), ("power", "|x|ᵖ"), ("own", "own formula"))
MOUNTAINS: Points = (
    *((-1.8, -1.5), (-1.2, -0.6), (-0.6, 0.9), (0.0, 0.0)),
    *((0.6, 1.5), (1.2, -0.3), (1.8, 0.3)),
)


@dataclass(frozen=True)
class Params:
    """What can be steered on page 1.1."""

    figure: str = choice("draw", FIGURES, label="figure", help="Which question is in front.")
    knots: Points = points(  # noqa: RUF009 - a field like the others
        MOUNTAINS,
        -REACH,
        REACH,
        least=2,
        most=64,
        label="corners",
        symbol="ξ",
        help="x~y_x~y …: a broken line through them. The first and the last set the end slopes.",
        shown_if_any=(("figure", ("draw",)),),
    )
    width: int = integer(
        16,
        1,
        64,
        label="width",
        symbol="N_1",
        help="Neurons in the hidden layer.",
        ladder=WIDTHS,
        shown_if_any=(("figure", ("random",)),),
    )
    weight_variance: float = real(
        2.0,
        0.1,
        6.0,
        step=0.1,
        label="weight variance",
        symbol="C_W",
        help="Var W⁽¹⁾ = C_W (one input), Var W⁽²⁾ = C_W/N₁.",
        shown_if_any=(("figure", ("random",)),),
    )
    bias_variance: float = real(
        1.0,
        0.1,
        4.0,
        step=0.1,
        label="bias variance",
        symbol="C_b",
        help="Var b⁽¹⁾; the output has no bias.",
        shown_if_any=(("figure", ("random",)),),
    )
    window: float = real(
        3.0,
        1.0,
        10.0,
        step=0.5,
        label="window",
        symbol="R",
        help="The network is looked at on [−R, R].",
        shown_if_any=(("figure", ("draw", "random")),),
    )
    networks: int = integer(
        100_000,
        1000,
        1_000_000,
        label="networks",
        symbol="n",
        help="How many random networks are measured.",
        ladder=(1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000),
        shown_if_any=(("figure", ("random",)),),
    )
    target: str = choice(
        "square",
        TARGETS,
        label="function",
        symbol="f",
        help="What is drawn with few knots, on [−1, 1].",
        shown_if_any=(("figure", ("error",)),),
    )
    frequency: float = real(
        3.14,
        0.5,
        12.0,
        label="frequency",
        symbol="ω",
        help="f = sin ωx.",
        shown_if_all=(("figure", ("error",)), ("target", ("sine",))),
    )
    power: float = real(
        0.5,
        0.2,
        1.9,
        step=0.05,
        label="power",
        symbol="p",
        help="f = |x|ᵖ; at p = 1 one knot draws it exactly.",
        shown_if_all=(("figure", ("error",)), ("target", ("power",))),
    )
    formula: str = typed(
        "exp(-8x^2) + x/4",
        -1.0,
        1.0,
        label="formula",
        symbol="f(x)",
        help="x, numbers, pi, + − * / ^, and sin cos tan exp log sqrt tanh abs sign relu.",
        shown_if_all=(("figure", ("error",)), ("target", ("own",))),
    )
    pieces: int = integer(
        8,
        2,
        256,
        label="pieces shown",
        symbol="m + 1",
        help="How many pieces the drawn broken lines have.",
        ladder=(2, 4, 8, 16, 32, 64, 128, 256),
        shown_if_any=(("figure", ("error",)),),
    )
    depth: int = integer(
        4,
        1,
        10,
        label="depth",
        symbol="L",
        help="How many times the hat is composed with itself.",
        shown_if_any=(("figure", ("hats",)),),
    )
    seed: int = seed(shown_if_any=(("figure", ("random", "hats")),))

    def __post_init__(self) -> None:
        check(self)


def target_of(params: Params) -> tuple[str, float]:
    """Name and parameter of a chosen function, as `piecewise_linear` takes them."""
    if params.target == "sine":
        return "sine", params.frequency
    return "power", 2.0 if params.target == "square" else params.power


def corners(pairs: Points) -> tuple[list[Fraction], list[Fraction]]:
    """The corners from left to right, exactly as typed; means where several have one x.

    No corner is the function 0.
    """
    heights: dict[float, list[float]] = {}
    for x, y in sorted(pairs):
        heights.setdefault(x, []).append(y)
    if not heights:
        return [Fraction(0)], [Fraction(0)]
    means = [sum(fractions(ys), Fraction(0)) / len(ys) for ys in heights.values()]
    return fractions(list(heights)), means


def slopes_of(xs: list[Fraction], ys: list[Fraction]) -> list[Fraction]:
    """The slopes of the broken line, exact; one corner alone is a constant."""
    places = range(len(xs) - 1)
    return [(ys[i + 1] - ys[i]) / (xs[i + 1] - xs[i]) for i in places] or [Fraction(0)]
