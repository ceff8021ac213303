"""The ledger: every claim of every experiment, run at the setting that shows it."""

from __future__ import annotations

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
            "reason": check.reason,
        }
