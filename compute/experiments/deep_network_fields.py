"""What the pages of chapters 3 and 4 ask in the same words: their fields."""

from __future__ import annotations

from typing import Any, Unpack

from compute.params import DEPTHS, WIDTHS, Shown, choice, integer, real

COUNTS = tuple(m * 10**k for k in range(1, 6) for m in (1, 2, 5))


def activation(
    default: str, names: tuple[tuple[str, str], ...], help: str, **shown: Unpack[Shown]
) -> Any:
    """σ, one of these names with their labels."""
    return choice(default, names, label="activation", symbol="σ", help=help, **shown)


def weight_variance(
    default: float, low: float, high: float, help: str, step: float = 0.01, **shown: Unpack[Shown]
) -> Any:
    """C_W."""
    name: Any = {"label": "weight variance", "symbol": "C_W", "help": help}
    return real(default, low, high, step=step, **name, **shown)


def bias_variance(
    default: float, high: float, help: str, step: float = 0.01, **shown: Unpack[Shown]
) -> Any:
    """C_b, from 0."""
    name: Any = {"label": "bias variance", "symbol": "C_b", "help": help}
    return real(default, 0.0, high, step=step, **name, **shown)


def width(default: int, high: int, help: str, **shown: Unpack[Shown]) -> Any:
    """The number of neurons of a hidden layer, from 1."""
    name: Any = {"label": "width", "symbol": "N", "help": help}
    return integer(default, 1, high, ladder=WIDTHS, **name, **shown)


def depth(default: int, high: int, help: str, **shown: Unpack[Shown]) -> Any:
    """The number of hidden layers, from 1."""
    name: Any = {"label": "depth", "symbol": "L", "help": help}
    return integer(default, 1, high, ladder=DEPTHS, **name, **shown)


def draws(
    default: int,
    low: int,
    high: int,
    label: str,
    help: str,
    ladder: tuple[int, ...] = COUNTS,
    **shown: Unpack[Shown],
) -> Any:
    """How many networks or matrices are drawn."""
    name: Any = {"label": label, "symbol": "n", "help": help}
    return integer(default, low, high, ladder=ladder, **name, **shown)
