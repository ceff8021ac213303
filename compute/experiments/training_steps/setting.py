"""The setting of section 1.2: data, network, and how it is trained."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.activations import Activation
from compute.backpropagation import PARAMETERISATIONS
from compute.datasets import LINE, Dataset, make_dataset
from compute.experiments import one_layer_fields as ask
from compute.params import Points, check, choice, integer, real, seed

Array = NDArray[np.float64]

_COUNTS = (2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512)
_WIDTHS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128)
_RATES = (0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.4, 1.8, 2.0, 2.2, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0)
SWEPT = (0.5, 1.0, 1.5, 1.9, 2.1, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 6.0, 8.0, 12.0)
TEST = 200
GRID, SIDE = 97, 25
_ONE = (("figure", ("training", "neurons")),)


@dataclass(frozen=True)
class Params:
    """The setting of page 1.2; `figure` is the tab in front."""

    figure: str = choice(
        "training",
        (
            ("training", "Training"),
            ("rates", "Learning rates"),
            ("neurons", "Neurons and weights"),
            ("compare", "Parameterisations"),
        ),
        label="figure",
        help="Which part of training is in front.",
    )
    dataset: str = choice(
        "sine",
        (
            ("sine", "line: sine"),
            ("step", "line: step"),
            ("hat", "line: hat"),
            ("polynomial", "line: polynomial"),
            ("bumps", "line: sum of bumps"),
            ("points", "line: own points"),
            ("moons", "plane: two moons"),
            ("spiral", "plane: spiral"),
            ("xor", "plane: XOR"),
            ("stripes", "plane: stripes"),
            ("parity", "plane: parity"),
        ),
        label="data",
        help="A function on the line or two classes in the plane, y = ±1.",
    )
    points: Points = ask.own_points(  # noqa: RUF009 - a field like the others
        ((-0.8, -0.5), (-0.3, 0.8), (0.2, -0.2), (0.7, 0.9)),
        symbol="x~y",
        help="Two to 32 points. Click the first figure to add one, click a point to remove it.",
        least=2,
        chosen={"dataset": "points"},
    )
    rate: float = real(
        1.0,
        0.05,
        16.0,
        label="learning rate",
        symbol="η λ_max",
        help=(
            "In units of 1/λ_max at the start. Below 2: no catapult. 2 to about 4: a catapult. "
            "Where this network diverges: Learning rates."
        ),
        ladder=(*_RATES, 6.0, 8.0, 12.0, 16.0),
        marks=((2.0, "2"), (4.0, "about 4")),
        shown_if_any=(("figure", ("training", "neurons", "compare")),),
    )
    count: int = integer(
        32,
        2,
        512,
        label="number of data",
        symbol="|D|",
        help="Training points; a larger number keeps the first ones.",
        ladder=_COUNTS,
    )
    noise: float = real(
        0.0, 0.0, 1.0, step=0.02, label="noise", symbol="σ_ε", help="Standard deviation of noise."
    )
    depth: int = integer(2, 1, 6, label="hidden layers", symbol="L", help="How many.")
    width: int = integer(
        32, 1, 128, label="width", symbol="N", help="Neurons per hidden layer.", ladder=_WIDTHS
    )
    activation: str = ask.activation(help="The nonlinearity of every hidden layer.")
    weight_variance: float = real(
        2.0, 0.1, 6.0, step=0.1, label="weight variance", symbol="C_W", help="Of W times √N."
    )
    bias_variance: float = real(
        0.3, 0.0, 2.0, step=0.05, label="bias variance", symbol="C_b", help="Of every bias."
    )
    parameterisation: str = choice(
        "ntk",
        (("ntk", "NTK"), ("standard", "standard"), ("mean_field", "mean field, from L = 2 μP")),
        label="parameterisation",
        help="Where the powers of N stand: learning rates of the layers, and the output's scale.",
        shown_if_any=(("figure", ("training", "rates", "neurons")),),
    )
    steps: int = integer(
        1000,
        50,
        5000,
        label="steps",
        symbol="t",
        help="How many steps are taken.",
        ladder=(50, 100, 200, 300, 500, 1000, 2000, 3000, 5000),
    )
    batch_size: int = integer(
        0,
        0,
        256,
        label="batch size, 0 = all data",
        symbol="|B|",
        help="Drawn without replacement within an epoch, scaled by 1/|B|.",
        ladder=(0, 1, 2, 4, 8, 16, 32, 64, 128, 256),
    )
    momentum: float = real(
        0.0, 0.0, 0.95, step=0.05, label="momentum", symbol="β", help="Heavy ball: v ← βv − ηg."
    )
    layer: int = integer(
        1,
        1,
        6,
        label="layer looked at",
        symbol="ℓ",
        help="Whose neurons are drawn; the last one where there are fewer.",
        shown_if_any=(("figure", ("neurons",)),),
    )
    neuron: int = integer(
        1,
        1,
        128,
        label="neuron looked at",
        symbol="i",
        help="Drawn thick; the last one where there are fewer.",
        shown_if_any=(("figure", ("neurons",)),),
    )
    seed: int = seed()

    def __post_init__(self) -> None:
        check(self)


def activation_of(params: Params) -> Activation:
    """σ with its options."""
    return ask.named(params.activation)


def on_line(params: Params) -> bool:
    """Whether inputs are numbers."""
    return params.dataset == "points" or params.dataset in LINE


def data_of(params: Params) -> tuple[Dataset, Dataset]:
    """Training and test data; own points test the broken line through them."""
    if params.dataset == "points":
        pairs = params.points if len(params.points) > 1 else ((-1.0, -1.0), (1.0, 1.0))
        x = np.array(pairs)
        at = np.linspace(x[:, 0].min(), x[:, 0].max(), TEST)
        return Dataset(x[:, :1], x[:, 1]), Dataset(at[:, None], ask.through(pairs, at))
    name, noise, seed = params.dataset, params.noise, params.seed
    train = make_dataset(name, params.count, noise=noise, seed=seed)
    return train, make_dataset(name, TEST, noise=noise, seed=seed, split="test")


def widths_of(params: Params) -> list[int]:
    """N_0, …, N_{L+1}."""
    return [1 if on_line(params) else 2, *[params.width] * params.depth, 1]


def grid_of(params: Params) -> Array:
    """Where the predictor is drawn: (97, 1) on the line, (625, 2) in the plane."""
    reach = 2.0 if params.dataset == "points" else 1.3
    if on_line(params):
        return np.linspace(-reach, reach, GRID)[:, None]
    side = np.linspace(-reach, reach, SIDE)
    return np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)


def parameterisations_of(params: Params) -> tuple[str, ...]:
    """One name for each network that the tab trains."""
    if params.figure == "compare":
        return PARAMETERISATIONS
    return (params.parameterisation,) * (len(SWEPT) if params.figure == "rates" else 1)


def relative_rates(params: Params) -> Array:
    """ηλ_max of each of them."""
    if params.figure == "rates":
        return np.array(SWEPT)
    return np.full(len(parameterisations_of(params)), params.rate)
