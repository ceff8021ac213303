"""The setting of page 2.3: data, target and scale γ = √N_1, η = N_1 of the mean-field regime.

One coordinate u in [−2, 2] names an input: x = u on the line (N_0 = 1), and on the circle of
radius √2 (N_0 = 2) the point at the angle of u right angles, so that ‖x‖²/N_0 = 1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from compute.activations import Activation
from compute.experiments import one_layer_fields as ask
from compute.experiments.one_layer_fields import BOUNDED, OWN, REACH, SMOOTH, named, through
from compute.params import WIDTHS, Points, check, choice, integer, real, seed
from compute.sampling import stream
from compute.training.approximation import obstruction
from compute.training.one_layer import OneLayer, forward, sample_parameters

Array = NDArray[np.float64]

WINDOW = 2.4
GRID_POINTS = 97
TRAINED = ("cloud", "ways", "chaos")


@dataclass(frozen=True)
class Params:
    """The setting of page 2.3; `figure` is the tab in front."""

    figure: str = choice(
        "cloud",
        (
            ("cloud", "The cloud"),
            ("ways", "Two ways"),
            ("chaos", "Chaos"),
            ("approximation", "Approximation"),
        ),
        label="figure",
        help="Which side of the regime is in front.",
    )
    inputs: str = choice(
        "line",
        (("line", "N₀ = 1: a line"), ("circle", "N₀ = 2: a circle")),
        label="inputs",
        symbol="N_0",
        help="Inputs on a line, or on the circle of radius √2.",
    )
    width: int = ask.width(
        256,
        1,
        4096,
        help="Neurons in the hidden layer: particles in the cloud.",
        shown_if_any=(("figure", ("cloud", "approximation")),),
    )
    particles: int = integer(
        32,
        1,
        512,
        label="particles",
        symbol="N_1",
        help="Neurons that are followed both ways.",
        ladder=WIDTHS,
        shown_if_any=(("figure", ("ways",)),),
    )
    widest: int = integer(
        64,
        16,
        128,
        label="largest fitted width",
        symbol="N_1",
        help="Widths from an eighth of it; the reference network is 32 times as wide.",
        ladder=(16, 32, 64, 128),
        shown_if_any=(("figure", ("chaos",)),),
    )
    activation: str = ask.activation(shown_if_any=(("figure", ("cloud", "approximation")),))
    smooth: str = ask.activation(
        SMOOTH,
        label="smooth activation",
        help="(2.3.7) needs a continuous σ′: a particle that meets a kink at a datum sticks there, "
        "so kinked ones are left out. Where σ′ is unbounded the time may not be reached.",
        shown_if_any=(("figure", ("ways",)),),
    )
    tame: str = ask.activation(
        BOUNDED,
        label="activation of bounded slope",
        help="Chaos propagates where the field F is Lipschitz: kinks and unbounded σ′ are left "
        "out, since there no constant holds for all neurons.",
        shown_if_any=(("figure", ("chaos",)),),
    )
    bias: bool = ask.hidden_bias(False, help="The notes have none: see preset 'No bias'.")
    target: str = choice(
        "sine",
        (
            ("sine", "sine"),
            ("waves", "two waves"),
            ("neuron", "single neuron"),
            ("neurons", "sum of three neurons"),
            ("hat", "hat"),
            ("step", "step"),
            ("own", "own points"),
        ),
        label="target",
        symbol="f",
        help="What the data are taken from.",
        shown_if_any=(("figure", TRAINED),),
    )
    own: Points = ask.own_points(  # noqa: RUF009 - a field like the others
        OWN,
        help="x~y_x~y …; on the circle x counts right angles. A click on the output adds one.",
        least=1,
        chosen={"target": "own"},
    )
    data: int = ask.data_count(
        12,
        1,
        help="Evenly spaced on [−2, 2] or around the circle.",
        shown_if_any=(("figure", TRAINED),),
        shown_if_all=(("target", ("sine", "waves", "neuron", "neurons", "hat", "step")),),
    )
    time: float = ask.training_time(120.0, 1.0, 1000.0, shown_if_any=(("figure", ("cloud",)),))
    horizon: float = ask.training_time(
        5.0,
        0.5,
        20.0,
        ladder=(0.5, 1, 2, 3, 5, 8, 12, 20),
        help="Both ways, and all widths, run until here.",
        shown_if_any=(("figure", ("ways", "chaos")),),
    )
    tilt: float = real(
        1.0,
        -3.0,
        3.0,
        step=0.1,
        label="slope of the measure",
        symbol="v",
        help="μ: W⁽¹⁾ (and b) standard normal, W⁽²⁾ = v(W⁽¹⁾₁ + b).",
        shown_if_any=(("figure", ("approximation",)),),
    )
    replicates: int = integer(
        24,
        8,
        400,
        label="repetitions",
        symbol="n",
        help="Independent references, each with its narrow networks.",
        ladder=(8, 16, 24, 50, 100, 200, 400),
        shown_if_any=(("figure", ("chaos",)),),
    )
    draws: int = integer(
        2000,
        200,
        50_000,
        label="draws per width",
        symbol="n",
        help="Independent networks drawn from the measure at every width.",
        ladder=(200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000),
        shown_if_any=(("figure", ("approximation",)),),
    )
    seed: int = seed()

    def __post_init__(self) -> None:
        check(self)


def input_dim(params: Params) -> int:
    """N_0."""
    return 1 if params.inputs == "line" else 2


def dimension(params: Params) -> int:
    """d, the dimension of the cloud: N_0 + 1, one more with bias."""
    return input_dim(params) + 1 + params.bias


def activation_name(params: Params) -> str:
    """The name of σ of the tab in front."""
    return {"ways": params.smooth, "chaos": params.tame}.get(params.figure, params.activation)


def nonlinearity(params: Params) -> Activation:
    """σ of the tab in front."""
    return named(activation_name(params))


def located(params: Params, u: ArrayLike) -> Array:
    """The inputs x (n, N_0) at the coordinates u (n,)."""
    at = np.asarray(u, dtype=np.float64)
    if params.inputs == "line":
        return at[:, None]
    angle = 0.5 * math.pi * at
    return math.sqrt(2) * np.column_stack([np.cos(angle), np.sin(angle)])


def grid(params: Params) -> Array:
    """The coordinates at which outputs are drawn, (97,); symmetric about 0."""
    reach = WINDOW if params.inputs == "line" else REACH
    return np.linspace(-reach, reach, GRID_POINTS)


def dataset(params: Params) -> tuple[Array, Array, Array]:
    """The data: coordinates u (n,), x (n, N_0), y (n,)."""
    if params.target == "own":
        pairs = np.array(params.own or OWN, dtype=np.float64)
        return pairs[:, 0], located(params, pairs[:, 0]), pairs[:, 1]
    if params.data == 1:
        u = np.array([1.0])
    else:
        u = np.linspace(-REACH, REACH, params.data, endpoint=params.inputs == "line")
    return u, located(params, u), target_values(params, u)


def atoms(params: Params) -> Array:
    """The target's own neurons, (K, d) in the cloud's coordinates; (0, d) if it has none.

    With equal weights 1/K they are the measure μ_f of section 2.3.2.
    """
    rows = {
        # first weight, its angle on the circle in degrees, bias, second weight
        "neuron": ((2.0, 40.0, -0.6, 1.5),),
        "neurons": ((2.5, 20.0, 0.8, 3.0), (0.8, 140.0, -0.4, -4.0), (-1.5, 60.0, 1.2, 2.0)),
    }.get(params.target, ())
    made = []
    for size, degrees, bias, outer in rows:
        turn = math.radians(degrees)
        inner = (
            [size] if params.inputs == "line" else [size * math.cos(turn), size * math.sin(turn)]
        )
        made.append([*inner, *([bias] if params.bias else []), outer])
    return np.array(made, dtype=np.float64).reshape(len(rows), dimension(params))


def network_of(params: Params, particles: Array) -> OneLayer:
    """The network whose cloud is given, (N_1, d)."""
    first = particles[:, : input_dim(params)]
    return OneLayer(first, particles[:, -1], particles[:, -2] if params.bias else None)


def target_values(params: Params, u: ArrayLike) -> Array:
    """The target f at the coordinates u (n,): (n,). Own points are joined by straight lines."""
    at = np.asarray(u, dtype=np.float64)
    if params.target == "own":
        return through(params.own or OWN, at)
    if params.target in {"neuron", "neurons"}:
        teacher = network_of(params, atoms(params))
        scale = math.sqrt(teacher.width)
        return forward(teacher, located(params, at), nonlinearity(params), gamma=scale)
    if params.target == "hat":
        return np.asarray(np.maximum(0.0, 1 - np.abs(at)))
    if params.target == "step":
        # on the circle the step back is at ±180°, which is one place
        return np.asarray(np.where(np.abs(at) == REACH, 0.0, np.sign(at)))
    return np.asarray(np.sin((2 if params.target == "waves" else 1) * 0.5 * math.pi * at))


def start(params: Params, width: int) -> OneLayer:
    """The network at t = 0, (2.1.4): the same first neurons at every width."""
    return drawn(params, width, "neurons")


def drawn(params: Params, width: int, name: str, index: int = 0) -> OneLayer:
    """Another network at t = 0, of the stream with that name and index."""
    rng = stream(params.seed, name, index)
    return sample_parameters(width, input_dim(params), rng, bias=params.bias)


def why_not(params: Params) -> str:
    """Why no network of any width fits the data, in words; '' where nothing forbids it."""
    _, x, y = dataset(params)
    return obstruction(nonlinearity(params), x, y, params.bias)
