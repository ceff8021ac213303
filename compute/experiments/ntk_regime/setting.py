"""The setting of section 2.2: the page's parameters, its data and its network at θ_0.

Theorem 2.2.1: at γ = 1 a wide network trains like its linearisation. γ = N_1^a, a = 0 here, and
η = rate·γ² as (2.1.11) asks, so that Θ = η⟨∇z, ∇z⟩/|D| is of order 1 at every a.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from compute.activations import Activation
from compute.experiments import one_layer_fields as ask
from compute.experiments.ntk_regime.data import Data, dataset, on_circle
from compute.experiments.ntk_regime.training import Setting
from compute.experiments.one_layer_fields import KINKED, named
from compute.params import Points, check, choice, integer, real, seed
from compute.sampling import stream
from compute.training.one_layer import sample_parameters

_TIMES = (1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1e3, 2e3, 5e3, 1e4, 3e4, 1e5)
_COUNTS = (2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 40, 50, 64)
_TRAINED = ("training", "movement", "metric")
_ON_DATA = ("training", "movement", "width", "eigenvalues")
_TARGETS = np.array([1.0, -0.5])
# Milliseconds per number for σ, σ' and what is done with them; of a flow that may take many steps.
_SIGMA_MS = {"gelu": 3e-5, "sin": 2.5e-5, "erf": 2e-5}
_LONG_FLOW_MS = 150.0


@dataclass(frozen=True)
class Params:
    """The setting of page 2.2; `figure` is the tab in front."""

    figure: str = choice(
        "training",
        (
            ("training", "Training"),
            ("movement", "Movement"),
            ("width", "Width"),
            ("eigenvalues", "Eigenvalues"),
            ("metric", "Metric"),
            ("lemma", "The lemma"),
        ),
        label="figure",
        help="Which question about the kernel regime is in front.",
    )
    width: int = ask.width(256, 4, 4096, shown_if_any=(("figure", _TRAINED),))
    exponent: float = ask.exponent(
        0.0,
        help="γ = N₁^a: 0 is the kernel regime, ½ the mean-field regime.",
        shown_if_any=(("figure", (*_TRAINED, "width")),),
    )
    activation: str = ask.activation(
        help="The nonlinearity. The theorem asks for two derivatives and no polynomial.",
        shown_if_any=(("figure", (*_TRAINED, "width", "eigenvalues")),),
    )
    dataset: str = choice(
        "circle",
        (
            ("circle", "circle, y = cos 2φ"),
            ("line", "line, y = sin 2x"),
            ("sphere", "random, N₀ = 16, y = ±1"),
            ("points", "own points on the line"),
        ),
        label="data",
        help="The training inputs and targets. A click in the first figure adds own points.",
        shown_if_any=(("figure", _ON_DATA),),
    )
    points: Points = ask.own_points(  # noqa: RUF009 - a field like the others
        ((-1.5, -1.0), (-0.5, 1.0), (0.5, -0.5), (1.5, 0.8)),
        symbol="x~y",
        help="Two to 32 points. Click the first figure to add one, click a point to remove it.",
        least=2,
        chosen={"dataset": "points"},
    )
    count: int = integer(
        6,
        2,
        64,
        label="number of data",
        symbol="|D|",
        help="How many training points; a larger number keeps the first ones.",
        ladder=_COUNTS,
        shown_if_any=(("figure", _ON_DATA),),
        shown_if_all=(("dataset", ("circle", "line", "sphere")),),
    )
    angle: float = real(
        60.0,
        1.0,
        180.0,
        step=1.0,
        label="angle of the two inputs",
        symbol="°",
        help="The two inputs lie on a circle, so far apart; their targets are 1 and −½.",
        shown_if_any=(("figure", ("metric",)),),
    )
    time: float = ask.training_time(
        1000.0,
        1.0,
        1e5,
        ladder=_TIMES,
        help="How long gradient flow runs.",
        shown_if_any=(("figure", (*_TRAINED, "width")),),
    )
    rate: float = real(
        1.0,
        0.1,
        10.0,
        label="learning rate",
        symbol="η/γ²",
        help="The kernel is of order 1 where η is of the order of γ², (2.1.11).",
        ladder=(0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0),
    )
    layers: int = integer(
        1,
        1,
        3,
        label="hidden layers",
        symbol="L",
        help="The theorem is for any fixed depth. From two on, all layers are equally wide.",
        ladder=(1, 2, 3),
        shown_if_any=(("figure", ("width",)),),
    )
    seeds: int = integer(
        16,
        4,
        400,
        label="number of seeds",
        symbol="n",
        help="How many networks of every width are trained, one seed per batch.",
        ladder=(4, 8, 16, 32, 64, 100, 200, 400),
        shown_if_any=(("figure", ("width",)),),
    )
    seed: int = seed(shown_if_any=(("figure", (*_TRAINED, "width", "eigenvalues")),))

    def __post_init__(self) -> None:
        check(self)


def activation_of(params: Params) -> Activation:
    """σ with its options."""
    return named(params.activation)


def points_of(params: Params) -> Points:
    """The typed points; one standard pair where fewer than two are left."""
    return params.points if len(params.points) > 1 else ((-1.0, -1.0), (1.0, 1.0))


def size_of(params: Params) -> int:
    """|D|."""
    if params.figure == "metric":
        return 2
    return len(points_of(params)) if params.dataset == "points" else params.count


def data_of(params: Params, *, curves: bool = True) -> Data:
    """The training data of the tab in front."""
    if params.figure == "metric":
        half = math.radians(params.angle) / 2
        place = np.array([-half, half])
        return Data(on_circle(place), _TARGETS, place, np.empty(0), np.empty((0, 2)))
    return dataset(params.dataset, params.count, points_of(params), params.seed, curves=curves)


def setting_of(params: Params) -> Setting:
    """The network at θ_0 with everything it is trained with."""
    data = data_of(params)
    rng = stream(params.seed, "network")
    network = sample_parameters(params.width, data.inputs.shape[1], rng, bias=True)
    gamma = float(params.width) ** params.exponent
    smooth = params.activation not in KINKED
    eta, sigma = params.rate * gamma**2, activation_of(params)
    return Setting(network, data, sigma, gamma, eta, smooth, steps_of(params))


def evaluation_ms(params: Params) -> float:
    """Estimated milliseconds of one evaluation of network, kernel and spectrum."""
    n = size_of(params)
    return 0.08 + _SIGMA_MS.get(params.activation, 1.1e-5) * n * params.width + 3e-6 * n**3


def steps_of(params: Params) -> int:
    """Steps of a flow, of two evaluations each, that are not exceeded; most take less than half.

    The narrower, the further Θ drifts; own points may lie close together.
    """
    if params.activation in KINKED:
        return 150
    own = params.figure != "metric" and params.dataset == "points"
    wanted = (1.5 if own else 1.0) * (150 + 3200 / params.width)
    return max(150, round(min(wanted, _LONG_FLOW_MS / evaluation_ms(params))))
