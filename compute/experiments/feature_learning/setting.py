"""What page 1.5 lets a reader set: a target of one direction, a network, its data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.experiments import one_layer_fields as ask
from compute.feature_learning import hermite
from compute.params import check, choice, integer, real, seed

Array = NDArray[np.float64]

_TRAINED = (("figure", ("learning", "curve", "features")),)
_WATCHED = (("figure", ("learning", "features")),)
_STAIRS = (("figure", ("staircase",)),)
_ESCAPE = (("figure", ("escape",)),)
TARGETS: dict[str, tuple[str, Callable[[Array], Array]]] = {
    "relu": ("ReLU", lambda t: np.maximum(t, 0.0)),
    "hermite1": ("Hermite 1", lambda t: hermite(1, t)),
    "hermite2": ("Hermite 2", lambda t: hermite(2, t)),
    "hermite3": ("Hermite 3", lambda t: hermite(3, t)),
    "hermite4": ("Hermite 4", lambda t: hermite(4, t)),
    "sign": ("sign", np.sign),
}
# Numbers of all networks' parameters that a kept sample may hold, with its checkpoints.
_KEPT = 58_000
RUNS = 5
DATA_SIZES = (64, 128, 256, 512, 1024, 2048)
# Milliseconds of training of all networks against the number of data.
_CURVE_MS = 30_000.0
STAIR_WIDTH, STAIR_BATCH, STAIR_RATE = 128, 512, 0.1


@dataclass(frozen=True)
class Params:
    """The setting of page 1.5; `figure` is the tab in front."""

    figure: str = choice(
        "learning",
        (
            ("learning", "Network or features"),
            ("curve", "Against the data"),
            ("features", "Neurons turn"),
            ("escape", "Escape"),
            ("staircase", "Staircase"),
        ),
        label="figure",
        help="Which question is in front.",
    )
    target: str = choice(
        "relu",
        tuple((name, label) for name, (label, _) in TARGETS.items()),
        label="target",
        symbol="g",
        help="y = g(⟨u, x⟩) for one hidden direction u, |u| = 1, and x ~ N(0, I).",
        shown_if_any=_TRAINED,
    )
    input_dim: int = integer(
        32,
        2,
        64,
        label="input dimension",
        symbol="N_0",
        help="Coordinates of x; the target needs one of them, the network does not know which.",
        ladder=(2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64),
        shown_if_any=_TRAINED,
    )
    width: int = ask.width(
        256, 8, 512, help="Neurons: as many features has the ridge.", shown_if_any=_TRAINED
    )
    data: int = integer(
        1024,
        64,
        2048,
        label="data points",
        symbol="|D|",
        help="Training data; as many fresh ones, and more, measure the test error.",
        ladder=DATA_SIZES,
        shown_if_any=_WATCHED,
    )
    exponent: float = ask.exponent(
        0.5,
        help="γ = N₁^a in (2.1.1): 0 is the kernel regime, ½ the mean-field regime.",
        shown_if_any=_TRAINED,
    )
    rate: float = real(
        1.0,
        0.05,
        2.0,
        label="learning rate",
        symbol="η",
        help="Full-batch descent on ½|D|⁻¹Σ(z − y)² with steps ηγ².",
        ladder=(0.05, 0.1, 0.25, 0.5, 1.0, 1.5, 2.0),
        shown_if_any=_TRAINED,
    )
    steps: int = integer(
        400,
        100,
        1200,
        label="steps",
        help="Where training ends.",
        ladder=(100, 200, 400, 800, 1200),
        shown_if_any=_TRAINED,
    )
    start: float = real(
        2.0,
        1.0,
        2.25,
        step=0.25,
        label="first overlap",
        symbol="m₀√d",
        help="Overlap ⟨u, w⟩ at the start is this over √d; a random w has 1 in root mean square.",
        shown_if_any=_ESCAPE,
    )
    sgd_rate: float = real(
        0.1,
        0.05,
        0.5,
        label="step size times d",
        symbol="δ",
        help="Online descent makes steps of δ/d; larger ones are noisier.",
        ladder=(0.05, 0.1, 0.2, 0.3, 0.5),
        shown_if_any=_ESCAPE,
    )
    neurons: int = integer(
        60,
        20,
        400,
        label="neurons",
        symbol="n",
        help="Independent neurons for every dimension and exponent. Lost are those that need more "
        "than 8 times the flow's samples: medians count them as late.",
        ladder=(20, 40, 60, 100, 200, 400),
        shown_if_any=_ESCAPE,
    )
    stairs_dim: int = integer(
        30,
        10,
        100,
        label="input dimension",
        symbol="N_0",
        help="Coordinates ±1 of the real networks; the target needs three of them.",
        ladder=(10, 20, 30, 50, 70, 100),
        shown_if_any=_STAIRS,
    )
    stairs_time: float = ask.training_time(
        50.0,
        10.0,
        60.0,
        ladder=(10, 20, 30, 40, 50, 60),
        help="Steps of 0.1 until here, each on fresh inputs.",
        shown_if_any=_STAIRS,
    )
    seed: int = seed()

    def __post_init__(self) -> None:
        check(self)


def target_of(params: Params) -> Callable[[Array], Array]:
    """g."""
    return TARGETS[params.target][1]


def step_ms(params: Params, data: int) -> float:
    """Milliseconds of a step of one network on so many data."""
    return data * params.width * (1e-7 * params.input_dim + 1e-6)


def runs(params: Params) -> int:
    """How many networks are trained for each target: 5, or 4 beside the staircase; fewer large."""
    if params.figure == "staircase":
        return min(RUNS, 4, _KEPT // (2 * STAIR_WIDTH * (params.stairs_dim + 2)))
    if params.figure == "curve":
        one = params.steps * sum(step_ms(params, n) for n in DATA_SIZES)
        return min(RUNS, max(1, int(_CURVE_MS / one)))
    return min(RUNS, max(1, _KEPT // (params.width * (params.input_dim + 2))))
