"""What the pages of chapter 2 ask in the same words: their fields, and what these mean."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from compute.activations import Activation, get_activation
from compute.params import WIDTHS, Points, Relevance, choice, flag, integer, points, real

Array = NDArray[np.float64]

KINKED = ("relu", "leaky_relu", "abs")
ODD = ("tanh", "erf", "sin", "linear", "cubic", "shaped_tanh")
# Their slopes grow without bound: rates, and the tails of what is averaged, too.
STEEP = ("exp", "cubic")
REACH = 2.0
OWN: Points = ((-1.5, -0.6), (-0.5, 0.8), (0.5, 0.2), (1.5, -1.0))
TIMES = (1, 2, 3, 5, 8, 12, 20, 30, 50, 80, 120, 200, 300, 500, 800, 1000)

_SMOOTH = (
    ("tanh", "tanh"),
    ("gelu", "GELU"),
    ("erf", "erf"),
    ("sin", "sine"),
)
_MORE = (
    ("exp", "exp"),
    ("cubic", "cubic t + t³/3"),
    ("shaped_tanh", "shaped tanh, 2 tanh(t/2)"),
)
_KINKS = (
    ("relu", "ReLU"),
    ("leaky_relu", "leaky ReLU, slope 0.1"),
    ("abs", "absolute value"),
)
_LINEAR = (("linear", "linear"),)
SMOOTH = (*_SMOOTH, *_LINEAR, *_MORE)
# Those whose slope is bounded and continuous.
BOUNDED = (*_SMOOTH, *_LINEAR, _MORE[-1])
ACTIVATIONS = (*_SMOOTH, *_KINKS, *_LINEAR, *_MORE)
_OPTIONS = {
    "leaky_relu": {"slope_neg": 0.1, "slope_pos": 1.0},
    "cubic": {"a": 1 / 3},
    "shaped_tanh": {"s": 2.0},
}


def named(name: str) -> Activation:
    """σ of that name, with the options that its label tells."""
    return get_activation(name, **_OPTIONS.get(name, {}))


def width(
    default: int,
    low: int,
    high: int,
    *,
    ladder: tuple[int, ...] = WIDTHS,
    help: str = "Neurons in the hidden layer.",
    relevant: Relevance = (),
) -> Any:
    """N_1."""
    return integer(
        default,
        low,
        high,
        label="width",
        symbol="N_1",
        help=help,
        ladder=ladder,
        relevant=relevant,
    )


def activation(
    choices: tuple[tuple[str, str], ...] = ACTIVATIONS,
    *,
    label: str = "activation",
    help: str = "The nonlinearity of the hidden layer.",
    relevant: Relevance = (),
) -> Any:
    """σ."""
    return choice("tanh", choices, label=label, symbol="σ", help=help, relevant=relevant)


def exponent(default: float, *, of: str = "of γ", help: str, relevant: Relevance = ()) -> Any:
    """a in γ = N_1^a, from the kernel regime to the mean-field regime."""
    return real(
        default,
        0.0,
        0.5,
        step=0.05,
        label=f"exponent {of}",
        symbol="a",
        help=help,
        relevant=relevant,
    )


def hidden_bias(default: bool, *, help: str) -> Any:
    """Whether z^(1) has a bias."""
    return flag(default, label="bias in the hidden layer", help=help)


def own_points(default: Points, *, help: str, symbol: str = "", relevant: Relevance = ()) -> Any:
    """The reader's own data."""
    return points(
        default, -REACH, REACH, label="own points", symbol=symbol, help=help, relevant=relevant
    )


def data_count(
    default: int, low: int, *, help: str, relevant: Relevance = (), needs: Relevance = ()
) -> Any:
    """|D| of evenly spaced data."""
    return integer(
        default,
        low,
        32,
        label="data points",
        symbol="|D|",
        help=help,
        relevant=relevant,
        needs=needs,
    )


def training_time(
    default: float,
    low: float,
    high: float,
    *,
    ladder: tuple[float, ...] = TIMES,
    help: str = "Gradient flow runs until here.",
    relevant: Relevance = (),
) -> Any:
    """t."""
    return real(
        default,
        low,
        high,
        label="training time",
        symbol="t",
        help=help,
        ladder=ladder,
        relevant=relevant,
    )


def through(pairs: Points, at: ArrayLike) -> Array:
    """The broken line through own points (means where several have one x), at (n,): (n,)."""
    own = np.array(pairs, dtype=np.float64)
    corners, place = np.unique(own[:, 0], return_inverse=True)
    heights = np.bincount(place, own[:, 1]) / np.bincount(place)
    return np.asarray(np.interp(np.asarray(at, dtype=np.float64), corners, heights))
