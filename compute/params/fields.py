"""A field of a Params class: its default, and in its metadata the parameter that it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, field, fields
from types import MappingProxyType
from typing import Any, ClassVar, Protocol, TypedDict, TypeVar, Unpack, runtime_checkable

from compute.params.kinds import (
    Choice,
    Conditions,
    Flag,
    Formula,
    Integer,
    Parameter,
    PointList,
    Points,
    Real,
    Value,
)

WIDTHS = (
    *(1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 40, 50, 64, 80, 100, 128, 160, 200, 256),
    *(320, 400, 512, 640, 800, 1000, 1280, 1600, 2048, 2560, 3200, 4096),
)
DEPTHS = (
    *(1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 40, 50, 64, 80, 100, 128, 160, 200, 256),
    *(320, 400, 512, 640, 800, 1000, 1300, 1600, 2000, 2500, 3200, 4000, 5000, 6400, 8000),
    10_000,
)


class ParameterError(ValueError):
    """A parameter outside its legal set; `name` says which, the message says what is legal."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


@runtime_checkable
class Params(Protocol):
    """A frozen dataclass whose fields carry a :class:`Parameter` each."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


P = TypeVar("P", bound=Params)


class Shown(TypedDict, total=False):
    """When a field has an effect."""

    shown_if_any: Conditions
    shown_if_all: Conditions


class Meaning(Shown, total=False):
    """What every kind of field says of itself; `label` and `help` always."""

    label: str
    symbol: str
    help: str


def _field(default: Value, parameter: Parameter) -> Any:
    return field(default=default, metadata={"parameter": parameter})


def integer(
    default: int,
    low: int,
    high: int,
    *,
    ladder: tuple[int, ...] | None = None,
    step: int = 1,
    slider: bool = True,
    **meaning: Unpack[Meaning],
) -> Any:
    """A whole-number field; of a ladder it has the stops within its range."""
    stops = None if ladder is None else tuple(float(v) for v in ladder if low <= v <= high)
    kind = Integer(low=low, high=high, step=step, ladder=stops, slider=slider, **meaning)
    return _field(default, kind)


def real(
    default: float,
    low: float,
    high: float,
    *,
    step: float = 0.01,
    ladder: tuple[float, ...] | None = None,
    marks: tuple[tuple[float, str], ...] = (),
    **meaning: Unpack[Meaning],
) -> Any:
    """A real-number field."""
    spec = Real(low=low, high=high, step=step, ladder=ladder, marks=marks, **meaning)
    return _field(float(default), spec)


def choice(default: str, choices: tuple[tuple[str, str], ...], **meaning: Unpack[Meaning]) -> Any:
    """A name from a list of (name, label as shown)."""
    return _field(default, Choice(choices=choices, **meaning))


def points(
    default: Points,
    low: float,
    high: float,
    *,
    least: int = 0,
    most: int = 32,
    chosen: Mapping[str, str] = MappingProxyType({}),
    **meaning: Unpack[Meaning],
) -> Any:
    """At most `most` points (x, y), each number in [low, high]: own data, own knots.

    A click in a figure leaves at least `least`, and takes the values `chosen` that make them count.
    """
    kind = PointList(
        low=low, high=high, least=least, most=most, chosen=tuple(chosen.items()), **meaning
    )
    return _field(default, kind)


def typed(default: str, low: float, high: float, **meaning: Unpack[Meaning]) -> Any:
    """A function of x that is typed, to be looked at on [low, high]."""
    return _field(default, Formula(low=low, high=high, **meaning))


def flag(default: bool, **meaning: Unpack[Meaning]) -> Any:
    """A switch."""
    return _field(default, Flag(**meaning))


def seed(**shown: Unpack[Shown]) -> Any:
    """The seed every experiment with randomness has; its control is a box, not a slider."""
    return integer(
        0,
        0,
        999_999,
        label="seed",
        help="Same seed, same random numbers. New sample draws another one.",
        slider=False,
        **shown,
    )


def parameters(cls: type[Any]) -> dict[str, Parameter]:
    """The fields of a Params class in order, with what each one means."""
    return {f.name: f.metadata["parameter"] for f in fields(cls)}


def tabs(cls: type[Any]) -> dict[str, str]:
    """The choices of the field `figure` with their labels; empty where a page has one figure."""
    spec = parameters(cls).get("figure")
    return dict(spec.choices) if isinstance(spec, Choice) else {}


def defaults(cls: type[Any]) -> dict[str, Value]:
    """The default of every field."""
    return {f.name: f.default for f in fields(cls) if f.default is not MISSING}


def values(params: Params) -> dict[str, Value]:
    """Every field with its value."""
    return {name: getattr(params, name) for name in params.__dataclass_fields__}


def changes(params: Params, other: Params) -> str:
    """The fields in which `other` differs from `params`, with its values, in words."""
    return ", ".join(
        spec.named(getattr(other, name))
        for name, spec in parameters(type(params)).items()
        if getattr(other, name) != getattr(params, name)
    )


def check(params: Params) -> None:
    """`__post_init__` of every Params class: put each field in its own type, or raise.

    Raises ParameterError (a ValueError) that names the field and its legal set.
    """
    for name, spec in parameters(type(params)).items():
        try:
            object.__setattr__(params, name, spec.check(getattr(params, name)))
        except (ValueError, OverflowError) as error:
            raise ParameterError(name, f"{spec.label}: {error}") from None
