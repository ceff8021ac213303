"""What page 3.5 lets a reader set: a network of constant width at one input of length √N_0."""

from __future__ import annotations

from dataclasses import dataclass

from compute.experiments import deep_network_fields as ask
from compute.params import WIDTHS, check, choice, integer, real, seed

WIDEST, DEEPEST = 128, 200
FIGURES = (
    ("law", "Law of ‖∇ₓz‖²"),
    ("layers", "By layer"),
    ("kernel", "Tangent kernel"),
    ("step", "First step"),
)
ACTIVATIONS = (
    ("relu", "ReLU"),
    ("linear", "linear"),
    ("tanh", "tanh"),
    ("erf", "erf"),
    ("gelu", "GELU"),
    ("sin", "sin"),
    ("abs", "absolute value"),
)
# Whose laws are exact, and whose they are: fair signs change no Gaussian matrix.
EXACT = {"relu": "relu", "linear": "linear", "abs": "linear"}


@dataclass(frozen=True)
class Params:
    """What can be steered on page 3.5."""

    figure: str = choice("law", FIGURES, label="figure", help="Which question is in front.")
    activation: str = ask.activation("relu", ACTIVATIONS, "The nonlinearity of every layer.")
    width: int = ask.width(8, WIDEST, "Neurons in a hidden layer.")
    depth: int = ask.depth(8, DEEPEST, "Number of hidden layers.")
    inputs: int = integer(
        8,
        1,
        WIDEST,
        label="inputs",
        symbol="N₀",
        help="Input dimension; the input has length √N₀, so that K₀ = C_W + C_b.",
        ladder=WIDTHS,
    )
    weight_variance: float = ask.weight_variance(2.0, 0.25, 4.0, "Var W = C_W (times 1/N).")
    bias_variance: float = ask.bias_variance(
        0.0, 2.0, "Var b = C_b in every layer; biases are drawn, not trained."
    )
    target: float = real(
        0.0,
        0.0,
        2.0,
        label="target",
        symbol="y/√K⁽ᴸ⁾",
        help="The loss is (z − y)²/2; y in deviations of the output at infinite width.",
        shown_if_any=(("figure", ("step",)),),
    )
    networks: int = ask.draws(
        20_000,
        100,
        200_000,
        "networks",
        "How many real networks are drawn, batch by batch.",
    )
    seed: int = seed()

    def __post_init__(self) -> None:
        check(self)


def stops(params: Params) -> tuple[int, ...]:
    """The depths at which the tangent kernel is measured: L, L/2, L/4, L/8, L/16."""
    return tuple(sorted({max(1, round(params.depth / 2**k)) for k in range(5)}))


def layers_are_exact(params: Params) -> bool:
    """Whether the law of ‖∂z/∂W^(ℓ)‖² and the moments of Θ are known at every width."""
    return params.activation in EXACT and params.bias_variance == 0


def hidden(params: Params, depth: int | None = None) -> tuple[int, ...]:
    """N_1 … N_L."""
    return (params.width,) * (params.depth if depth is None else depth)


def sizes(params: Params, depth: int) -> tuple[int, ...]:
    """N_0, N_1 … N_L and the one output."""
    return (params.inputs, *hidden(params, depth), 1)
