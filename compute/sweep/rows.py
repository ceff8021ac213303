"""One row of a sweep: a setting, and the numbers that the experiment gives there.

    <field>                           the setting
    result.<name>                     a number of the result, no curve
    sample.<name>, sample.<name>_se   a mean over all draws, and its standard error
    <claim>, <claim>_se               what a claim of the notes measures; its error is a standard
                                      error where the number is sampled, a tolerance otherwise
    <claim>_predicted, <claim>_verdict     the first statement about it; _2, _3 are the next ones
    problem                           why there are no numbers, else empty

Columns that a setting has nothing for are empty.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from compute.claims import Check
from compute.experiment import Experiment
from compute.params import Params, show, values
from compute.sampling import Moments, Sample

Cell = int | float | str | bool | None
Row = dict[str, Cell]


def row(experiment: Experiment[Any, Any], params: Params, sample: Sample[Any] | None) -> Row:
    """The row of a setting, with the batches that `sample` holds."""
    found: Row = {n: show(v) if isinstance(v, tuple) else v for n, v in values(params).items()}
    found["batches"] = 0 if sample is None else sample.batches
    found["problem"] = ""
    try:
        result = experiment.run(params)
    except (ValueError, ArithmeticError) as error:
        return found | {"problem": str(error)}
    found |= dict(_numbers("result", result))
    if sample is not None:
        found |= dict(_means("sample", sample.current))
    for claim in experiment.claims:
        check = claim.check(params, result, sample)
        if check is not None:
            found |= _measured(claim.key, check)
    return found


def _measured(key: str, check: Check) -> Row:
    found: Row = {key: float(check.measured), f"{key}_se": float(check.error)}
    for place, statement in enumerate(check.statements, 1):
        end = "" if place == 1 else f"_{place}"
        found[f"{key}_predicted{end}"] = float(statement.predicted)
        found[f"{key}_verdict{end}"] = str(statement.verdict)
    return found


def _numbers(name: str, part: Any) -> Iterator[tuple[str, Cell]]:
    """The numbers and words in a result, by where they stand."""
    if isinstance(part, np.generic):
        part = part.item()
    if isinstance(part, int | float | str | bool):
        yield name, part
    elif is_dataclass(part):
        for field in fields(part):
            yield from _numbers(f"{name}.{field.name}", getattr(part, field.name))


def _means(name: str, part: Any) -> Iterator[tuple[str, Cell]]:
    """The means in a sample, by where they stand, with their standard errors."""
    if isinstance(part, Moments):
        mean = part.centred_estimate()
        yield from ((name, float(mean.value)), (f"{name}_se", float(mean.standard_error)))
    elif is_dataclass(part):
        for field in fields(part):
            yield from _means(f"{name}.{field.name}", getattr(part, field.name))
    elif isinstance(part, tuple):
        for place, inner in enumerate(part):
            yield from _means(f"{name}.{place}", inner)
