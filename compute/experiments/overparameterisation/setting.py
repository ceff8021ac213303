"""What page 1.3 lets a reader set: a network and its data, modes, and how often descent starts."""

from __future__ import annotations

from dataclasses import dataclass

from compute.experiments import deep_network_fields as ask
from compute.experiments import one_layer_fields
from compute.params import WIDTHS, check, choice, integer, real, seed

FIGURES = (
    ("rank", "Rank"),
    ("patterns", "ReLU patterns"),
    ("linear", "Linear networks"),
    ("starts", "Many starts"),
)
ACTIVATIONS = (("tanh", "tanh"), ("gelu", "GELU"), ("relu", "ReLU"), ("linear", "linear"))
_RANK, _LINEAR, _STARTS = ((("figure", (name,)),) for name in ("rank", "linear", "starts"))
_DRAWN = (("figure", ("rank", "patterns")),)


@dataclass(frozen=True)
class Params:
    """What can be steered on page 1.3."""

    figure: str = choice("rank", FIGURES, label="figure", help="Which question is in front.")
    activation: str = one_layer_fields.activation(
        ACTIVATIONS,
        help="The nonlinearity of every hidden layer.",
        shown_if_any=(("figure", ("rank", "starts")),),
    )
    width: int = one_layer_fields.width(
        8,
        1,
        40,
        help="Width of all hidden layers of the networks looked at one by one.",
        shown_if_any=_DRAWN,
    )
    depth: int = ask.depth(1, 4, "Number of hidden layers.", shown_if_any=_RANK)
    input_dim: int = integer(
        3, 1, 12, label="input dimension", symbol="N₀", help="Gaussian data.", shown_if_any=_DRAWN
    )
    data_count: int = integer(
        40, 2, 64, label="data points", symbol="|D|", help="In Rᴺ⁰.", shown_if_any=_DRAWN
    )
    networks: int = ask.draws(
        5, 2, 20, "networks", "At every width.", (2, 3, 5, 8, 12, 20), shown_if_any=_DRAWN
    )
    layers: int = integer(
        2, 1, 4, label="layers", symbol="D", help="Matrices in the product.", shown_if_any=_LINEAR
    )
    ratio: float = real(
        2.0,
        1.1,
        3.0,
        step=0.1,
        label="ratio of the modes",
        symbol="s₁/s₂",
        help="Strengths 4, 4/r, 4/r².",
        shown_if_any=_LINEAR,
    )
    start: float = real(
        1e-3,
        1e-4,
        0.1,
        ladder=(1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 0.01, 0.02, 0.05, 0.1),
        label="start",
        symbol="a₀",
        help="Strength of every mode at time 0; of a random start, the variance of its weights.",
        shown_if_any=_LINEAR,
    )
    aligned: str = choice(
        "aligned",
        (("aligned", "balanced and aligned"), ("random", "ten random ones")),
        label="kind of start",
        help="With the modes on the diagonal, or Gaussian matrices.",
        shown_if_any=_LINEAR,
    )
    start_dim: int = integer(
        8, 1, 12, label="input dimension", symbol="N₀", help="Gaussian data.", shown_if_any=_STARTS
    )
    start_data: int = integer(
        16,
        4,
        32,
        label="data points",
        symbol="|D|",
        help="New for every start.",
        shown_if_any=_STARTS,
    )
    steps: int = integer(
        5000,
        200,
        10_000,
        label="steps",
        symbol="T",
        help="Of gradient descent at most; it stops at a loss of 10⁻⁴.",
        ladder=(200, 500, 1000, 2000, 5000, 10_000),
        shown_if_any=_STARTS,
    )
    rate: float = real(
        1.0,
        0.1,
        2.0,
        step=0.1,
        label="learning rate",
        symbol="η",
        help="In the NTK parameterisation.",
        shown_if_any=_STARTS,
    )
    starts: int = ask.draws(
        100, 20, 400, "starts", "Per width.", (20, 50, 100, 200, 400), shown_if_any=_STARTS
    )
    seed: int = seed()

    def __post_init__(self) -> None:
        check(self)


def sweep(params: Params) -> tuple[int, ...]:
    """Widths from P well below |D| to well above it, the chosen one among them."""
    widths = [n for n in WIDTHS if n <= 48]
    most = next((n for n in widths if count(params, n) >= 2.5 * params.data_count), widths[-1])
    kept = [n for n in widths if n <= most]
    kept = kept[:: -(-len(kept) // 9)]
    return tuple(sorted({*kept, params.width}))


def count(params: Params, width: int) -> int:
    """P of a network with biases and one output, all of its hidden layers so wide."""
    between = (params.depth - 1) * width * (width + 1)
    return width * (params.input_dim + 1) + between + width + 1


def start_widths(params: Params) -> tuple[int, ...]:
    """Widths at which P/|D| is about 0.7, 1.3, 2, 3.2, 3.9, 5 and 10."""
    each = params.start_dim + 2
    wanted = (0.7, 1.3, 2.0, 3.2, 3.9, 5.0, 10.0)
    return tuple(sorted({max(1, round((r * params.start_data - 1) / each)) for r in wanted}))


def start_ratios(params: Params) -> list[float]:
    """P/|D| at those widths."""
    each = params.start_dim + 2
    return [(n * each + 1) / params.start_data for n in start_widths(params)]
