"""Parameters: the one currency in which the address, the controls and the cache deal.

An experiment's parameters are a frozen dataclass whose fields are made by :func:`integer`,
:func:`real`, :func:`choice` and :func:`flag`. The metadata of a field (:class:`Parameter`) says
its symbol, range, scale and help, and everything else is a view of it: the control, the query
string, the error message, the teacher's page and the hostile-input test.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, ClassVar, Literal, Protocol, TypeVar, runtime_checkable
from urllib.parse import urlencode

Points = tuple[tuple[float, float], ...]
Value = int | float | str | bool | Points
Relevance = tuple[tuple[str, tuple[str | int, ...]], ...]

WIDTHS = (
    *(1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 40, 50, 64, 80, 100, 128, 160, 200, 256),
    *(320, 400, 512, 640, 800, 1000, 1280, 1600, 2048, 2560, 3200, 4096),
)
DEPTHS = (
    *(1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 40, 50, 64, 80, 100, 128, 160, 200, 256),
    *(320, 400, 512, 640, 800, 1000, 1300, 1600, 2000, 2500, 3200, 4000, 5000, 6400, 8000),
    10_000,
)


UNKNOWN_NAMED = 8

# What an address may spell; float() takes "1_000", "infinity" and the digits of any script too.
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)


MOST_POINTS, LONGEST_POINTS = 32, 700


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


@dataclass(frozen=True)
class Parameter:
    """What one field means and allows.

    `ladder` lists the round values a slider stops at (a logarithmic scale); without it the slider
    is linear with the given `step`. A box accepts every value in [low, high] either way.
    `relevant` lists the choices, as (field, values), under any of which the field has an effect;
    `needs` lists those without which it has none.
    """

    kind: Literal["integer", "real", "choice", "flag", "points"]
    label: str
    symbol: str
    help: str
    low: float = 0.0
    high: float = 1.0
    step: float = 1.0
    ladder: tuple[float, ...] | None = None
    choices: tuple[tuple[str, str], ...] = ()
    relevant: Relevance = ()
    needs: Relevance = ()
    slider: bool = True

    @property
    def legal(self) -> str:
        """The legal set in words, as error messages and the teacher's page print it."""
        if self.kind == "flag":
            return "1 or 0"
        if self.kind == "choice":
            return "one of " + ", ".join(name for name, _ in self.choices)
        if self.kind == "points":
            return (
                f"at most {MOST_POINTS} points x~y_x~y, numbers "
                f"from {show(self.low)} to {show(self.high)}"
            )
        number = "a whole number" if self.kind == "integer" else "a number"
        return f"{number} from {show(self.low)} to {show(self.high)}"

    def has_effect(self, params: Any) -> bool:
        """Whether the field can change anything at the choices that `params` make."""

        def holds(choices: Relevance) -> Iterator[bool]:
            return (getattr(params, name) in values for name, values in choices)

        return all(holds(self.needs)) and (not self.relevant or any(holds(self.relevant)))

    def parse(self, text: str) -> Value:
        """The value a query string spells; ValueError where it spells none that is legal."""
        text = text.strip()
        if len(text) > (LONGEST_POINTS if self.kind == "points" else 64):
            raise ValueError(f"{clip(text)} is too long; it must be {self.legal}")
        if self.kind in {"choice", "points"}:
            return self.check(text)
        if self.kind == "flag":
            return self.check({"1": True, "0": False}[text] if text in {"1", "0"} else text)
        if not _NUMBER.fullmatch(text):
            raise ValueError(f"{clip(text)} is not {self.legal}")
        return self.check(float(text))

    def check(self, value: object) -> Value:
        """`value` in its own type, or ValueError where it is not legal."""
        if self.kind == "flag":
            if isinstance(value, bool):
                return value
            raise ValueError(f"{clip(value)} is not {self.legal}")
        if self.kind == "choice":
            if isinstance(value, str) and value in {name for name, _ in self.choices}:
                return value
            raise ValueError(f"{clip(value)} is not {self.legal}")
        if self.kind == "points":
            return self._points(value)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(f"{clip(value)} is not {self.legal}")
        if not (self.low <= value <= self.high):
            raise ValueError(f"{clip(show(value))} is not {self.legal}")
        if self.kind == "integer":
            if value != int(value):
                raise ValueError(f"{clip(show(value))} is not {self.legal}")
            return int(value)
        # Adding 0.0 turns −0.0, which is equal to 0.0 but has another repr and key, into 0.0.
        return float(value) + 0.0

    def _points(self, value: object) -> Points:
        """Points from their text or from pairs, rounded to four decimals."""
        if isinstance(value, str):
            pairs: list[Any] = [p.split("~") for p in value.split("_")] if value.strip() else []
        elif isinstance(value, list | tuple):
            pairs = list(value)
        else:
            raise ValueError(f"{clip(value)} is not {self.legal}")
        if len(pairs) > MOST_POINTS or not all(
            isinstance(p, list | tuple) and len(p) == 2 for p in pairs
        ):
            raise ValueError(f"{clip(value)} is not {self.legal}")
        return tuple((self._coordinate(x), self._coordinate(y)) for x, y in pairs)

    def _coordinate(self, value: object) -> float:
        if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
            value = float(value)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(f"{clip(value)} is not {self.legal}")
        if not (self.low <= value <= self.high):
            raise ValueError(f"{clip(show(value))} is not {self.legal}")
        return round(float(value), 4) + 0.0


def integer(
    default: int,
    low: int,
    high: int,
    *,
    label: str,
    symbol: str = "",
    help: str,
    ladder: tuple[int, ...] | None = None,
    step: int = 1,
    relevant: Relevance = (),
    needs: Relevance = (),
    slider: bool = True,
) -> Any:
    """A whole-number field."""
    stops = None if ladder is None else tuple(float(v) for v in ladder if low <= v <= high)
    spec = Parameter(
        "integer", label, symbol, help, low, high, step, stops, (), relevant, needs, slider
    )
    return field(default=default, metadata={"parameter": spec})


def real(
    default: float,
    low: float,
    high: float,
    *,
    label: str,
    symbol: str = "",
    help: str,
    step: float = 0.01,
    ladder: tuple[float, ...] | None = None,
    relevant: Relevance = (),
) -> Any:
    """A real-number field."""
    spec = Parameter("real", label, symbol, help, low, high, step, ladder, (), relevant)
    return field(default=float(default), metadata={"parameter": spec})


def choice(
    default: str,
    choices: tuple[tuple[str, str], ...],
    *,
    label: str,
    symbol: str = "",
    help: str,
    relevant: Relevance = (),
) -> Any:
    """A name from a list of (name, label as shown)."""
    spec = Parameter("choice", label, symbol, help, choices=choices, relevant=relevant)
    return field(default=default, metadata={"parameter": spec})


def points(
    default: Points,
    low: float,
    high: float,
    *,
    label: str,
    symbol: str = "",
    help: str,
    relevant: Relevance = (),
) -> Any:
    """At most 32 points (x, y), each number in [low, high]: own data, own knots."""
    spec = Parameter("points", label, symbol, help, low, high, relevant=relevant, slider=False)
    return field(default=default, metadata={"parameter": spec})


def flag(default: bool, *, label: str, symbol: str = "", help: str) -> Any:
    """A switch."""
    return field(default=default, metadata={"parameter": Parameter("flag", label, symbol, help)})


def seed(relevant: Relevance = ()) -> Any:
    """The seed every experiment with randomness has; its control is a box, not a slider."""
    return integer(
        0,
        0,
        999_999,
        label="seed",
        help="Same seed, same random numbers. New sample draws another one.",
        relevant=relevant,
        slider=False,
    )


def parameters(cls: type[Any]) -> dict[str, Parameter]:
    """The fields of a Params class in order, with what each one means."""
    return {f.name: f.metadata["parameter"] for f in fields(cls)}


def defaults(cls: type[Any]) -> dict[str, Value]:
    """The default of every field."""
    return {f.name: f.default for f in fields(cls) if f.default is not MISSING}


def values(params: Params) -> dict[str, Value]:
    """Every field with its value."""
    return {name: getattr(params, name) for name in params.__dataclass_fields__}


def check(params: Params) -> None:
    """`__post_init__` of every Params class: put each field in its own type, or raise.

    Raises ParameterError (a ValueError) that names the field and its legal set.
    """
    for name, spec in parameters(type(params)).items():
        try:
            object.__setattr__(params, name, spec.check(getattr(params, name)))
        except (ValueError, OverflowError) as error:
            raise ParameterError(name, f"{spec.label}: {error}") from None


def strict_query(cls: type[P], words: Mapping[str, str]) -> P:
    """Params from the words of an address: every word known, every value legal; the rest default.

    Raises ParameterError; never repairs, because a changed value would be a silent lie.
    """
    known = parameters(cls)
    taken: dict[str, Value] = {}
    for name, text in words.items():
        if name not in known:
            raise ParameterError(clip(name), f"{clip(name)} is not a parameter of this page")
        try:
            taken[name] = known[name].parse(text)
        except (ValueError, OverflowError) as error:
            raise ParameterError(name, f"{known[name].label}: {error}") from None
    return cls(**taken)


def from_query(cls: type[P], query: Mapping[str, object]) -> tuple[P, tuple[str, ...]]:
    """Params from the address, with a notice for everything that could not be taken as written."""
    taken: dict[str, Value] = {}
    notices = []
    known = parameters(cls)
    for name, spec in known.items():
        if name not in query:
            continue
        given = query[name]
        # what the address gives twice is no value, and its notice names both
        text = " and ".join(map(str, given)) if isinstance(given, list) else str(given)
        try:
            taken[name] = spec.parse(text)
        except (ValueError, OverflowError):
            default = show(defaults(cls)[name])
            notices.append(
                f"The address asks for {spec.label} = {clip(text)}; it must be {spec.legal}. "
                f"The default, {default}, is used."
            )
    notices += unknown_notices([name for name in query if name not in known])
    return cls(**taken), tuple(notices)


def unknown_notices(names: Sequence[str]) -> list[str]:
    """What is said of names in the address that a page does not know."""
    notices = [
        f"The address names {clip(name)}, which this page does not have."
        for name in names[:UNKNOWN_NAMED]
    ]
    if len(names) > UNKNOWN_NAMED:
        rest = len(names) - UNKNOWN_NAMED
        notices.append(f"The address names {rest} more that this page does not have.")
    return notices


def to_query(params: Params) -> str:
    """The query string of the non-default values, without '?'; '' at the defaults."""
    standard = defaults(type(params))
    changed = {n: show(v) for n, v in values(params).items() if v != standard[n]}
    return urlencode(changed)


def show(value: object) -> str:
    """A value as the address and messages spell it; numbers read back to the same number."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, tuple):
        return "_".join(f"{show(x)}~{show(y)}" for x, y in value)
    if isinstance(value, float) and math.isfinite(value) and value == int(value):
        return str(int(value)) if abs(value) < 1e15 else repr(value)
    return str(value)


def clip(value: object) -> str:
    text = str(value)
    return f"“{text[:40]}…”" if len(text) > 40 else f"“{text}”"
