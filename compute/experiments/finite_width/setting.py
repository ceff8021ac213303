"""What page 3.4 lets a reader set: an activation, its variances, width, depth and K_0."""

from __future__ import annotations

from dataclasses import dataclass

from compute.experiments import deep_network_fields as ask
from compute.experiments.deep_networks import PIECEWISE_LINEAR, activation_of, law_of
from compute.finite_width import Corrections, Variances, corrections, nearest_critical
from compute.params import check, choice, real, seed

FIGURES = (
    ("cumulant", "Fourth cumulant"),
    ("collapse", "Collapse"),
    ("critical", "Criticality"),
    ("density", "Output density"),
    ("width", "Large N"),
    ("neurons", "Two neurons"),
    ("observable", "Test functions"),
)
ACTIVATIONS = (
    ("linear", "linear"),
    ("relu", "ReLU"),
    ("leaky_relu", "leaky ReLU"),
    ("abs", "absolute value"),
    ("tanh", "tanh"),
    ("erf", "erf"),
    ("sin", "sin"),
    ("gelu", "GELU"),
    ("exp", "exp"),
)
FUNCTIONS = (("cos", "cos z"), ("sixth", "z⁶"), ("fourth", "z⁴"))
# κ_4/K² up to which the leading order in 1/N is trusted: ReLU is 10 % low there.
TRUSTED = 0.2
# Above this the first-order density is negative somewhere.
NEGATIVE = 4 / 3

_LAYERS = ("figure", ("cumulant", "collapse", "density", "width", "neurons"))
_SAMPLED = (_LAYERS,)
_ASKED = (("figure", ("cumulant", "collapse", "critical", "density", "width", "neurons")),)
_FREE = (_LAYERS, ("tuning", ("free",)))


@dataclass(frozen=True)
class Params:
    """What can be steered on page 3.4."""

    figure: str = choice("cumulant", FIGURES, label="figure", help="Which question is in front.")
    activation: str = ask.activation(
        "relu",
        ACTIVATIONS,
        "The nonlinearity of the hidden layers. Leaky ReLU has slope 0.1 on the left.",
        shown_if_all=_ASKED,
    )
    law: str = choice(
        "relu",
        (("linear", "linear"), ("relu", "ReLU")),
        label="exact law",
        help="The networks whose output law is known at finite width.",
        shown_if_all=(("figure", ("observable",)),),
    )
    function: str = choice(
        "cos",
        FUNCTIONS,
        label="test function",
        symbol="f",
        help="The f of (3.4.2), of one output.",
        shown_if_all=(("figure", ("observable",)),),
    )
    tuning: str = choice(
        "free",
        (("free", "both as set"), ("critical", "tuned to criticality")),
        label="variances",
        help="Tuned: C_W m'(K) = 1 and K fixed at K₀; where there is no solution, C_W = 1/σ'(0)².",
        shown_if_all=(_LAYERS,),
    )
    weight_variance: float = ask.weight_variance(
        2.0, 0.1, 6.0, "Var W = C_W (times 1/N).", shown_if_all=_FREE
    )
    bias_variance: float = ask.bias_variance(
        0.0, 2.0, "Var b = C_b in every layer.", shown_if_all=_FREE
    )
    variance0: float = real(
        1.0,
        0.05,
        10.0,
        label="first variance",
        symbol="K₀",
        help="Var z⁽¹⁾: what the input and the first layer give. No number here is without it.",
        ladder=(0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.2, 1.5, 1.8, 2.0, 3.0, 5.0, 7.5, 10.0),
    )
    width: int = ask.width(
        100,
        4096,
        "Neurons of each hidden layer; 2N and 4N are drawn beside it.",
        shown_if_all=_SAMPLED,
    )
    depth: int = ask.depth(10, 200, "Number of hidden layers.", shown_if_all=_SAMPLED)
    axis: str = choice(
        "log",
        (("log", "logarithmic"), ("linear", "linear")),
        label="density axis",
        help="The tails are seen on the logarithmic one.",
        shown_if_all=(("figure", ("density",)),),
    )
    route: str = choice(
        "layers",
        (("layers", "layer by layer"), ("weights", "real weight matrices")),
        label="drawn",
        help="z⁽ˡ⁺¹⁾ given z⁽ˡ⁾, as Gaussian neurons; or every weight, N times dearer.",
        shown_if_all=_SAMPLED,
    )
    networks: int = ask.draws(
        20_000,
        1000,
        200_000,
        "networks",
        "How many networks of width N are measured; half as many of width 2N, and so on.",
        shown_if_all=_SAMPLED,
    )
    seed: int = seed(shown_if_all=_SAMPLED)

    def __post_init__(self) -> None:
        check(self)


# Where (3.4.1) and its misprint are told apart, and where the leading order is no guide.
SATURATED = Params(
    figure="width", activation="tanh", weight_variance=1.5, variance0=1.8, depth=2, width=50,
    networks=100_000,
)  # fmt: skip
FAILING = Params(figure="width", activation="gelu", width=50, networks=200_000)


def variances(params: Params) -> Variances:
    """C_W and C_b as the page uses them."""
    activation = activation_of(params.activation)
    tuned = nearest_critical(params.variance0, activation)
    if params.tuning == "critical":
        return tuned
    weight, bias = params.weight_variance, params.bias_variance
    homogeneous = params.activation in PIECEWISE_LINEAR and bias == 0
    near = abs(weight - tuned.weight) < 1e-6 and abs(bias - tuned.bias) < 1e-6
    return Variances(weight, bias, homogeneous or (near and tuned.critical), "")


def corrections_at(params: Params, width: int = 1) -> Corrections:
    """What Theorem 3.4.1 says at that width."""
    layers, activation = [width] * params.depth, activation_of(params.activation)
    return corrections(params.variance0, layers, activation, **variances(params).given)


def exact_law(params: Params) -> str:
    """The name under which one output's law is known exactly, or ''."""
    return law_of(params.activation, variances(params).bias)


def measured_widths(params: Params) -> tuple[int, ...]:
    """The widths that are drawn side by side: N, 2N, 4N; one of them where laws are looked at."""
    if params.figure in {"density", "neurons"}:
        return (params.width,)
    return (params.width, 2 * params.width, 4 * params.width)
