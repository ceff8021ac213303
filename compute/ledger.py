"""The ledger: every claim of every experiment, run at the setting that shows it."""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from compute.claims import Check, Claim
from compute.experiment import Experiment
from compute.experiments import EXPERIMENTS
from compute.sampling import collect


@dataclass(frozen=True)
class Entry:
    """A claim with the experiment it belongs to."""

    experiment: Experiment[Any, Any]
    claim: Claim


def entries(chapter: int | None = None) -> tuple[Entry, ...]:
    """Every claim, in the order of the table of contents."""
    return tuple(
        Entry(experiment, claim)
        for experiment in EXPERIMENTS
        if chapter in (None, experiment.chapter)
        for claim in experiment.claims
    )


def evaluate(entry: Entry) -> Check:
    """Run the experiment and its sampler as far as the claim needs, and judge."""
    experiment, claim = entry.experiment, entry.claim
    result = experiment.run(claim.params)
    sample = None
    if claim.batches and experiment.sampler is not None:
        sample = collect(experiment.sampler, claim.params, claim.batches)
    check = claim.check(claim.params, result, sample)
    if check is None:
        raise LookupError(f"claim {claim.key} says nothing at its own setting")
    return check


def rows(chapter: int | None = None) -> Iterator[dict[str, Any]]:
    """One row per claim, as `--json` prints it."""
    for entry in entries(chapter):
        check = evaluate(entry)
        yield {
            "claim": entry.claim.key,
            "page": entry.experiment.key,
            "section": entry.claim.section,
            "statement": entry.claim.statement,
            "route": entry.claim.route,
            "errata": list(entry.claim.errata),
            "quantity": check.quantity,
            "measured": check.measured,
            "error": check.error,
            "sampled": check.sampled,
            "statements": [
                [s.label, s.predicted, s.verdict.value, s.shown] for s in check.statements
            ],
            "verdict": check.verdict.value,
            "expected": entry.claim.expected.value,
            "reason": check.reason,
        }


def main(arguments: list[str] | None = None) -> int:
    """`python -m compute.claims [--chapter 3] [--json]`; 1 where a verdict surprises."""
    parser = argparse.ArgumentParser(prog="python -m compute.claims", description=__doc__)
    parser.add_argument("--chapter", type=int, choices=(1, 2, 3, 4))
    parser.add_argument("--json", action="store_true", help="one JSON object per line")
    options = parser.parse_args(arguments)
    failed = 0
    for row in rows(options.chapter):
        failed += row["verdict"] != row["expected"]
        print(_json(row) if options.json else _line(row), flush=True)
    return 1 if failed else 0


def _json(row: dict[str, Any]) -> str:
    """A row as JSON, which has no NaN and no infinity: null stands for them."""
    return json.dumps(_finite(row), allow_nan=False)


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _finite(v) for k, v in value.items()}
    if isinstance(value, list):
        return [_finite(v) for v in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _line(row: dict[str, Any]) -> str:
    sign = "± s.e." if row["sampled"] else "tol."
    said = "; ".join(
        f"{label} {shown or format(value, '.6g')}: {verdict}"
        for label, value, verdict, shown in row["statements"]
    )
    reason = f" ({row['reason']})" if row["reason"] else ""
    return (
        f"{row['verdict']:9} §{row['section']:6} {row['claim']:28} "
        f"measured {row['measured']:.8g} {sign} {row['error']:.2g} | {said}{reason}"
    )
