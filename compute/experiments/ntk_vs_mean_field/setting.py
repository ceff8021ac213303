"""The setting of page 2.4: data, network, and the two exponents of γ = N_1^a that are compared.

Everything else is the same on both sides: the data, the initial weights, the time. With
η = γ² the tangent kernel at t = 0 is the same too, so that only γ is left to explain.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from compute.activations import Activation
from compute.experiments import one_layer_fields as ask
from compute.experiments.one_layer_fields import KINKED, OWN, REACH, named, through
from compute.params import Points, check, choice, integer, seed
from compute.training.approximation import obstruction

Array = NDArray[np.float64]

WINDOW = 2.4
FRAMES = 28
GRID_POINTS, KERNEL_POINTS = 97, 25
EXPONENTS = (0.0, 0.25, 0.5)
SIDES = ("outputs", "particles", "kernel")
UNEVEN = ("bumps", "own")

_FIRST_TIME = 0.02
# Nanoseconds per number for σ and σ' and what is done with them; milliseconds of a step.
_SIGMA_NS = {"sin": 28.0, "gelu": 40.0, "erf": 20.0}
_PLAIN_NS = 7.0
_MOST_STEPS_MS, _MOST_STEPS = 130.0, 600


@dataclass(frozen=True)
class Params:
    """The setting of page 2.4; `figure` is the tab in front."""

    figure: str = choice(
        "outputs",
        (
            ("outputs", "Outputs"),
            ("particles", "Neurons"),
            ("kernel", "Kernel"),
            ("width", "Against width"),
            ("phase", "From 0 to ½"),
        ),
        label="figure",
        help="Which difference between the two sides is drawn.",
    )
    exponent_a: float = ask.exponent(
        0.0,
        of="on side A",
        help="γ = N₁ᵃ: 0 is the kernel regime, ½ the mean-field regime.",
        shown_if_any=(("figure", (*SIDES, "phase")),),
    )
    exponent_b: float = ask.exponent(
        0.5,
        of="on side B",
        help="γ = N₁ᵃ for the other side: same data, same initial weights.",
        shown_if_any=(("figure", (*SIDES, "phase")),),
    )
    width: int = ask.width(256, 1, 4096, shown_if_any=(("figure", (*SIDES, "phase")),))
    widest: int = integer(
        1024,
        256,
        4096,
        label="largest width",
        symbol="N_1",
        help="Six widths are trained: this one, and half of it five times over.",
        ladder=(256, 512, 1024, 2048, 4096),
        shown_if_any=(("figure", ("width",)),),
    )
    shows: str = choice(
        "movement",
        (("movement", "change by time t"), ("speed", "velocity at t = 0")),
        label="what moves",
        help="How far pre-activations and output go, or how fast they start.",
        shown_if_any=(("figure", ("width",)),),
    )
    activation: str = ask.activation()
    bias: bool = ask.hidden_bias(True, help="The notes have none; see the notice without.")
    target: str = choice(
        "step",
        (
            ("step", "step"),
            ("sine", "sine"),
            ("hat", "hat"),
            ("bumps", "sum of bumps"),
            ("neuron", "single neuron"),
            ("own", "own points"),
        ),
        label="target",
        symbol="f",
        help="What the data are taken from. A click on the output figure makes it your own.",
    )
    points: Points = ask.own_points(  # noqa: RUF009 - a field like the others
        OWN,
        help="x~y_x~y …; a click on the output figure adds a point, a click on a point removes it.",
        least=1,
        chosen={"target": "own"},
    )
    data: int = ask.data_count(
        12,
        2,
        help="Evenly spaced on [−2, 2].",
        shown_if_any=(("target", ("step", "sine", "hat", "bumps", "neuron")),),
    )
    time: float = ask.training_time(
        300.0, 1.0, 1000.0, help="Gradient flow runs until here, in units of 1/(eigenvalue of Θ)."
    )
    networks: int = integer(
        12,
        4,
        200,
        label="networks",
        symbol="n",
        help="How many random starts are trained at every width and exponent.",
        ladder=(4, 8, 12, 20, 40, 100, 200),
        shown_if_any=(("figure", ("width", "phase")),),
    )
    seed: int = seed()

    def __post_init__(self) -> None:
        check(self)


def dataset(params: Params) -> tuple[Array, Array]:
    """The data: x (|D|, 1) and y (|D|,)."""
    if params.target == "own":
        pairs = np.array(params.points or OWN, dtype=np.float64)
        return pairs[:, :1], pairs[:, 1]
    x = np.linspace(-REACH, REACH, params.data)
    return x[:, None], target_values(params, x)


def target_values(params: Params, x: ArrayLike) -> Array:
    """The target f at x (n,): (n,). Own points are joined by straight lines."""
    at = np.asarray(x, dtype=np.float64)
    if params.target == "own":
        return through(params.points or OWN, at)
    if params.target == "sine":
        return np.asarray(np.sin(0.5 * math.pi * at))
    if params.target == "hat":
        return np.asarray(np.maximum(0.0, 1 - np.abs(at)))
    if params.target == "bumps":
        bumps = ((-1.0, 1.0), (0.0, 0.5), (1.0, -0.7))
        return np.asarray(sum(h * np.exp(-8 * (at - centre) ** 2) for centre, h in bumps))
    if params.target == "neuron":
        return np.asarray(np.tanh(3 * (at - 0.5)))
    return np.asarray(np.sign(at))


def grid() -> Array:
    """Where outputs are drawn, (97,)."""
    return np.linspace(-WINDOW, WINDOW, GRID_POINTS)


def inside() -> Array:
    """The part of the grid on which the test error is measured, [−2, 2]: (81,)."""
    at = grid()
    return np.asarray(at[np.abs(at) <= REACH + 1e-9])


def frame_times(params: Params) -> Array:
    """The recorded times: 0, then evenly spaced in log t up to the training time, (FRAMES,)."""
    return np.concatenate([[0.0], np.geomspace(_FIRST_TIME, params.time, FRAMES - 1)])


def nonlinearity(params: Params) -> Activation:
    """σ."""
    return named(params.activation)


def why_not(params: Params) -> str:
    """Why no network of any width fits the data, in words; '' where nothing forbids it."""
    x, y = dataset(params)
    return obstruction(nonlinearity(params), x, y, params.bias)


def gamma(width: int, exponent: float) -> float:
    """γ = N_1^a."""
    return float(width**exponent)


def tolerance(params: Params) -> float:
    """Error of one step of the flow: a kink of σ that crosses a datum makes Θ jump."""
    return 1e-2 if params.activation in KINKED else 1e-3


def most_steps(params: Params, width: int) -> int:
    """Attempts after which the flow of a side is stopped, so that no setting is slow."""
    return int(min(max(_MOST_STEPS_MS / _step_ms(params, width), 40), _MOST_STEPS))


def flow_ms(params: Params, width: int, exponent: float) -> float:
    """Estimated milliseconds to train one network of a side and record its frames."""
    drift = _drift(params, exponent)
    steps = max(drift, FRAMES) + 0.3 * min(drift, FRAMES)
    if params.activation not in KINKED:
        steps *= 1.8
    elif width <= 64:
        # of few neurons one that comes to a kink at a datum holds up all
        steps *= 1.5 + 8 / width
    return float(_step_ms(params, width) * min(steps, _MOST_STEPS))


def sweep_ms(params: Params, width: int, exponent: float) -> float:
    """The same for a network of the sweeps, which takes longer steps and records its end."""
    tested = 1e-4 * width * _SIGMA_NS.get(params.activation, _PLAIN_NS)
    return 0.3 + tested + _step_ms(params, width) * sweep_steps(params, width, exponent)


def most_sweep_steps(params: Params, width: int, exponent: float) -> int:
    """Attempts after which a network of the sweeps is stopped: 1.5 times those promised.

    Or 100 where that is more, for where few are promised some networks take three times as many.
    """
    return math.ceil(max(1.5 * sweep_steps(params, width, exponent), 100))


def sweep_steps(params: Params, width: int, exponent: float) -> float:
    """Of the neurons of a narrow network a larger part comes to a kink at a datum, and stays.

    Points of one's own may be at odds, which smooth functions are not.
    """
    many = 0.6 if params.target in UNEVEN else 0.7
    if params.target == "own" and len(params.points or OWN) >= 5:
        many *= 1.5
    if params.activation in KINKED and params.target not in UNEVEN and width <= 64:
        many = 1.5 if width <= 16 else 0.8
    return many * (3 + _drift(params, exponent))


def _drift(params: Params, exponent: float) -> float:
    """Steps that the moving kernel asks for: more of them the richer the regime."""
    uneven = {"exp": 4.0, "cubic": 1.5, "abs": 2.0}.get(params.activation, 1.0)
    uneven *= 2.5 if params.activation in KINKED else 1.0
    if params.target in UNEVEN:
        uneven *= 4.0 if params.activation in (*KINKED, "sin") else 1.5
    return 25 * uneven * (0.4 + 5 * exponent) * (0.4 + math.log10(1 + params.time) / 4)


def _step_ms(params: Params, width: int) -> float:
    """A step: two evaluations of network, kernel and spectrum."""
    count = len(params.points or OWN) if params.target == "own" else params.data
    numbers = 1e-6 * count * width * (_SIGMA_NS.get(params.activation, _PLAIN_NS) + 0.1 * count)
    return 0.12 + 2 * (numbers + 1.8e-4 * math.pow(count, 1.7))


def phase_exponents(params: Params) -> Array:
    """The exponents of the strip from 0 to ½: fewer where a network takes long."""
    one = sweep_ms(params, params.width, 0.25)
    return np.linspace(0.0, 0.5, 11 if one <= 9 else 6)


def strip_exponents(params: Params) -> Array:
    """Those that the strip has before the sample comes: every other one of eleven."""
    exponents = phase_exponents(params)
    return exponents[::2] if len(exponents) == 11 else exponents


def widths(params: Params) -> tuple[int, ...]:
    """The six widths of the sweep, ascending."""
    return tuple(round(params.widest / 2**k) for k in range(5, -1, -1))


def first_widths(params: Params) -> tuple[int, ...]:
    """The widths that the figure has before the sample comes: the narrowest two."""
    return widths(params)[:2]


def work(params: Params) -> float:
    """Estimated milliseconds of `run`."""
    if params.figure in SIDES:
        sides = (params.exponent_a, params.exponent_b)
        flows = sum(flow_ms(params, params.width, a) for a in sides)
        sigma = 0.4e-6 * params.width * _SIGMA_NS.get(params.activation, _PLAIN_NS)
        points = {"outputs": GRID_POINTS, "particles": 0, "kernel": 4 * KERNEL_POINTS}
        velocities = 10 if params.figure == "particles" else 0
        return 6 + velocities + flows + 2 * FRAMES * (0.05 + points[params.figure] * sigma)
    if params.figure == "width":
        cells = [(n, a) for n in first_widths(params) for a in EXPONENTS]
    else:
        cells = [(params.width, float(a)) for a in strip_exponents(params)]
    every = 1.45 if params.activation == "sin" and params.figure == "width" else 1.0
    return 2 + every * sum(sweep_ms(params, n, a) for n, a in cells)
