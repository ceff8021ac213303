"""The settings of a sweep, as the command line spells them.

    --grid width=64,128        these values
    --grid depth=1:100:5       five values from 1 to 100, evenly spaced
    --grid depth=1:100:log10   ten, evenly spaced in the logarithm

Whole numbers are rounded, and none is taken twice. What is not named stands at its default.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from compute.experiment import Experiment
from compute.experiments import EXPERIMENTS
from compute.params import Integer, Number, Parameter, Params, Value, clip, parameters

MOST = 100_000
_RANGE = re.compile(r"([^:]+):([^:]+):(log)?(\d{1,12})", re.ASCII)


class SweepError(ValueError):
    """What is asked for cannot be swept; the message says what can."""


def experiment_of(page: str) -> Experiment[Any, Any]:
    """The experiment of a page, named by its address or its key; SweepError where there is none."""
    key = page.strip("/").replace("-", "_")
    found = next((e for e in EXPERIMENTS if e.key == key), None)
    if found is None:
        known = ", ".join(e.key.replace("_", "-") for e in EXPERIMENTS)
        raise SweepError(f"there is no page {clip(page)}; there are {known}")
    return found


def settings(experiment: Experiment[Any, Any], words: Sequence[str]) -> tuple[Params, ...]:
    """The settings that `words` spell, the last word's values changing fastest.

    SweepError where a word names no field, a field twice or no legal value, or where there are
    more than MOST settings: they are counted before any is made.
    """
    known = parameters(experiment.params)
    axes: dict[str, tuple[Value, ...]] = {}
    for word in words:
        name, equals, text = word.partition("=")
        if not equals or name not in known:
            raise SweepError(f"{clip(word)} names no field; there are {', '.join(known)}")
        if name in axes:
            raise SweepError(f"{name} is named twice")
        axes[name] = _values(name, known[name], text)
    count = math.prod(map(len, axes.values()))
    if count > MOST:
        raise SweepError(f"the grid has {count} settings; a sweep has at most {MOST}")
    return tuple(_products(experiment, axes))


def _products(
    experiment: Experiment[Any, Any], axes: dict[str, tuple[Value, ...]]
) -> Iterator[Params]:
    for values in itertools.product(*axes.values()):
        yield experiment.params(**dict(zip(axes, values, strict=True)))


def _values(name: str, spec: Parameter, text: str) -> tuple[Value, ...]:
    """The values of one field, each once, in their order."""
    ranged = _RANGE.fullmatch(text)
    try:
        if not ranged or not isinstance(spec, Number):
            found = [spec.parse(part) for part in text.split(",")]
        else:
            low, high, log, count = ranged.groups()
            found = _spaced(spec, spec.parse(low), spec.parse(high), bool(log), int(count))
    except ValueError as error:
        raise SweepError(f"{name}: {error}") from None
    return tuple(dict.fromkeys(found))


def _spaced(spec: Number, low: Any, high: Any, log: bool, count: int) -> list[Value]:
    if not 1 <= count <= MOST:
        raise ValueError(f"a range has 1 to {MOST} values, not {count}")
    if log and min(low, high) <= 0:
        raise ValueError("a range is logarithmic between positive numbers only")
    between = np.geomspace if log else np.linspace
    inner = between(low, high, count).tolist()
    # The ends are what they were said to be, to the last bit.
    inner[0], inner[-1] = low, high if count > 1 else low
    return [spec.check(round(v) if isinstance(spec, Integer) else v) for v in inner]
