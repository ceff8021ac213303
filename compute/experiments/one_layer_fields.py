"""What the pages of chapter 2 ask in the same words: their fields, and what these mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Unpack

import numpy as np
from numpy.typing import ArrayLike, NDArray

from compute.activations import Activation, get_activation
from compute.params import WIDTHS, Points, Shown, choice, flag, integer, points, real

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
    **shown: Unpack[Shown],
) -> Any:
    """N_1."""
    return integer(
        default, low, high, label="width", symbol="N_1", help=help, ladder=ladder, **shown
    )


def activation(
    choices: tuple[tuple[str, str], ...] = ACTIVATIONS,
    *,
    label: str = "activation",
    help: str = "The nonlinearity of the hidden layer.",
    **shown: Unpack[Shown],
) -> Any:
    """σ."""
    return choice("tanh", choices, label=label, symbol="σ", help=help, **shown)


def exponent(default: float, *, of: str = "of γ", help: str, **shown: Unpack[Shown]) -> Any:
    """a in γ = N_1^a, from the kernel regime to the mean-field regime."""
    label = f"exponent {of}"
    return real(default, 0.0, 0.5, step=0.05, label=label, symbol="a", help=help, **shown)


def hidden_bias(default: bool, *, help: str) -> Any:
    """Whether z^(1) has a bias."""
    return flag(default, label="bias in the hidden layer", help=help)


def own_points(
    default: Points,
    *,
    least: int,
    chosen: Mapping[str, str],
    help: str,
    symbol: str = "",
) -> Any:
    """The reader's own data, where one of `chosen` makes them the data."""
    conditions = tuple((name, (value,)) for name, value in chosen.items())
    return points(
        default,
        -REACH,
        REACH,
        least=least,
        chosen=chosen,
        label="own points",
        symbol=symbol,
        help=help,
        shown_if_any=conditions,
    )


def data_count(default: int, low: int, *, help: str, **shown: Unpack[Shown]) -> Any:
    """|D| of evenly spaced data."""
    return integer(default, low, 32, label="data points", symbol="|D|", help=help, **shown)


def training_time(
    default: float,
    low: float,
    high: float,
    *,
    ladder: tuple[float, ...] = TIMES,
    help: str = "Gradient flow runs until here.",
    **shown: Unpack[Shown],
) -> Any:
    """t."""
    return real(
        default, low, high, label="training time", symbol="t", help=help, ladder=ladder, **shown
    )


def through(pairs: Points, at: ArrayLike) -> Array:
    """The broken line through own points (means where several have one x), at (n,): (n,)."""
    own = np.array(pairs, dtype=np.float64)
    corners, place = np.unique(own[:, 0], return_inverse=True)
    heights = np.bincount(place, own[:, 1]) / np.bincount(place)
    return np.asarray(np.interp(np.asarray(at, dtype=np.float64), corners, heights))
