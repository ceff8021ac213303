"""The kinds of parameters: what a field means, which values are legal, how one is read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from compute.formulas import LONGEST, formula
from compute.knots import CELLS
from compute.params.spelling import NUMBER, clip, show

Points = tuple[tuple[float, float], ...]
Value = int | float | str | bool | Points
# (field, values): that the field has one of the values.
Conditions = tuple[tuple[str, tuple[str | int, ...]], ...]

# A formula's largest value.
HIGHEST = 1e6


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """What one field means and allows; its kind is its class.

    The field has an effect, and a control that is shown, under any of the conditions
    `shown_if_any`, where there are some, and only under all of `shown_if_all`.
    """

    label: str
    symbol: str = ""
    help: str
    shown_if_any: Conditions = ()
    shown_if_all: Conditions = ()

    kind: ClassVar[str]
    longest: ClassVar[int] = 64

    @property
    def legal(self) -> str:
        """The legal set in words, as error messages and the teacher's page print it."""
        raise TypeError(f"{type(self).__name__} does not say what is legal")

    def has_effect(self, params: Any) -> bool:
        """Whether the field can change anything at the choices that `params` make."""

        def holds(conditions: Conditions) -> Iterator[bool]:
            return (getattr(params, name) in values for name, values in conditions)

        return all(holds(self.shown_if_all)) and (
            not self.shown_if_any or any(holds(self.shown_if_any))
        )

    def parse(self, text: str) -> Value:
        """The value a query string spells; ValueError where it spells none that is legal."""
        text = text.strip()
        if len(text) > self.longest:
            raise ValueError(f"{clip(text)} is too long; it must be {self.legal}")
        return self.check(self.read(text))

    def read(self, text: str) -> object:
        """What `text` spells, legal or not."""
        return text

    def check(self, value: object) -> Value:
        """`value` in its own type, or ValueError where it is not legal."""
        raise self.illegal(value)

    def named(self, value: Value) -> str:
        """The field with a value, in words."""
        return f"{self.label} {show(value)}"

    def illegal(self, value: object) -> ValueError:
        """The error that says what is legal instead of `value`."""
        return ValueError(f"{clip(show(value))} is not {self.legal}")

    @property
    def described(self) -> dict[str, Any]:
        """What a browser has to know of the field, beside its default."""
        return {
            "kind": self.kind,
            "label": self.label,
            "legal": self.legal,
            "shown_if_any": self.shown_if_any,
            "shown_if_all": self.shown_if_all,
        }


@dataclass(frozen=True, kw_only=True)
class Number(Parameter):
    """A number in [low, high], both included.

    `ladder` lists the round values a slider stops at (a logarithmic scale); without it the slider
    is linear with the given `step`. A box accepts every legal value either way. `marks` are values
    where something happens, and what is written there on the slider.
    """

    low: float
    high: float
    step: float
    ladder: tuple[float, ...] | None = None
    slider: bool = True
    marks: tuple[tuple[float, str], ...] = ()

    def read(self, text: str) -> object:
        """A number as an address spells it."""
        if not NUMBER.fullmatch(text):
            raise self.illegal(text)
        return float(text)

    def check(self, value: object) -> Value:
        """The number in its own type."""
        number = _number(value)
        if number is None or not self.low <= number <= self.high:
            raise self.illegal(value)
        return number

    @property
    def described(self) -> dict[str, Any]:
        """With its range and its stops."""
        own = ("low", "high", "step", "ladder", "slider")
        return super().described | {name: getattr(self, name) for name in own}


class Integer(Number):
    """A whole number."""

    kind = "integer"

    @property
    def legal(self) -> str:
        """In words."""
        return f"a whole number from {show(self.low)} to {show(self.high)}"

    def check(self, value: object) -> Value:
        """The number as an int."""
        number: Any = super().check(value)
        if number != int(number):
            raise self.illegal(value)
        return int(number)


class Real(Number):
    """A real number."""

    kind = "real"

    @property
    def legal(self) -> str:
        """In words."""
        return f"a number from {show(self.low)} to {show(self.high)}"

    def check(self, value: object) -> Value:
        """The number as a float."""
        number: Any = super().check(value)
        # Adding 0.0 turns −0.0, which is equal to 0.0 but has another repr and key, into 0.0.
        return float(number) + 0.0


@dataclass(frozen=True, kw_only=True)
class Choice(Parameter):
    """A name from a list of (name, label as shown)."""

    choices: tuple[tuple[str, str], ...]
    kind = "choice"

    @property
    def legal(self) -> str:
        """In words."""
        return "one of " + ", ".join(name for name, _ in self.choices)

    def check(self, value: object) -> Value:
        """The name."""
        if isinstance(value, str) and value in {name for name, _ in self.choices}:
            return value
        raise self.illegal(value)

    def named(self, value: Value) -> str:
        """With the choice as it is shown."""
        return f"{self.label} {dict(self.choices)[str(value)]}"


class Flag(Parameter):
    """A switch; the address spells 1 or 0."""

    kind = "flag"

    @property
    def legal(self) -> str:
        """In words."""
        return "1 or 0"

    def read(self, text: str) -> object:
        """On, off, or what is written."""
        return {"1": True, "0": False}.get(text, text)

    def check(self, value: object) -> Value:
        """On or off."""
        if isinstance(value, bool):
            return value
        raise self.illegal(value)

    def named(self, value: Value) -> str:
        """On or off."""
        return f"{self.label} {'on' if value else 'off'}"


@dataclass(frozen=True, kw_only=True)
class PointList(Parameter):
    """Points (x, y), at most `most`, each coordinate in [low, high] and rounded to four decimals.

    A click in a figure adds one, rounded to `clicked` decimals; it removes none below `least`, and
    takes the `chosen` values that make the points the data.
    """

    low: float
    high: float
    least: int
    chosen: tuple[tuple[str, str], ...]
    most: int = 32
    clicked: int = 2
    kind = "points"
    longest = 700

    @property
    def legal(self) -> str:
        """In words."""
        return (
            f"at most {self.most} points x~y_x~y, numbers "
            f"from {show(self.low)} to {show(self.high)}"
        )

    def check(self, value: object) -> Value:
        """Points from their text or from pairs."""
        if isinstance(value, str):
            pairs: list[Any] = [p.split("~") for p in value.split("_")] if value.strip() else []
        elif isinstance(value, list | tuple):
            pairs = list(value)
        else:
            raise self.illegal(value)
        if len(pairs) > self.most or not all(
            isinstance(p, list | tuple) and len(p) == 2 for p in pairs
        ):
            raise self.illegal(value)
        return tuple((self._coordinate(x), self._coordinate(y)) for x, y in pairs)

    def named(self, value: Any) -> str:
        """With all of its points."""
        return " ".join([self.label, *(f"({show(x)}, {show(y)})" for x, y in value)])

    def _coordinate(self, value: object) -> float:
        if isinstance(value, str) and NUMBER.fullmatch(value.strip()):
            value = float(value)
        number = _number(value)
        if number is None or not self.low <= number <= self.high:
            raise self.illegal(value)
        return round(float(number), 4) + 0.0

    @property
    def described(self) -> dict[str, Any]:
        """With what clicks may do."""
        own = ("low", "high", "least", "most", "clicked")
        return super().described | {
            **{name: getattr(self, name) for name in own},
            "chosen": dict(self.chosen),
        }


@dataclass(frozen=True, kw_only=True)
class Formula(Parameter):
    """A formula in x (`compute.formulas`), finite and at most 10⁶ on [low, high]."""

    low: float
    high: float
    kind = "formula"

    @property
    def legal(self) -> str:
        """In words."""
        return (
            f"a formula in x such as sin(3x) + x^2/2, of at most {LONGEST} signs, "
            f"finite from {show(self.low)} to {show(self.high)}"
        )

    def check(self, value: object) -> Value:
        """The formula without blanks around it."""
        if not isinstance(value, str):
            raise self.illegal(value)
        try:
            heights = formula(value.strip())(np.linspace(self.low, self.high, CELLS + 1))
        except ValueError:
            raise self.illegal(value) from None
        if not np.all(np.abs(heights) <= HIGHEST):
            raise self.illegal(value)
        return value.strip()


def _number(value: object) -> int | float | None:
    """`value` if it is a number, which a bool is not."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None
