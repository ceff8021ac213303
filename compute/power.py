"""Power: which deliberate faults of its subject would turn a claim red.

`python -m compute.claims --power` runs every claim under each of its faults, as far as it takes to
refute it, and prints what it found; `--write` keeps it in `claims/power.json`, from where the pages
take their words. A claim that no fault refutes is blind. `claims/blind.py` lists those there are.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from compute.claims import Check, Claim, Fault, Verdict
from compute.claims.noticed import FILE, Found
from compute.experiment import Experiment
from compute.ledger import Entry, entries
from compute.sampling import advance

SILENT = "silent"


@dataclass(frozen=True)
class Trial:
    """How a claim ended under one fault (or none), and after how many batches."""

    verdict: str
    batches: int


def try_fault(
    experiment: Experiment[Any, Any], params: Any, claims: Sequence[Claim], fault: Fault | None
) -> dict[str, Trial]:
    """Judge claims that share a setting, under one fault; by key.

    Sampling ends where all are refuted or have had the batches they ask for: a claim that is
    refuted on the way is not asked again.
    """
    with fault.on() if fault else nullcontext():
        result, sample, ended = experiment.run(params), None, {}
        for claim in claims:
            if not claim.batches:
                ended[claim.key] = Trial(_said(claim.check(params, result, None)), 0)
        while len(ended) < len(claims) and experiment.sampler is not None:
            sample = advance(experiment.sampler, params, sample)
            done, last = sample.batches, sample.batches >= sample.total
            for claim in claims:
                finished = last or done >= claim.batches
                if claim.key in ended or not (finished or done & (done - 1) == 0):
                    continue
                said = _said(claim.check(params, result, sample))
                if finished or (fault and said == Verdict.REFUTED):
                    ended[claim.key] = Trial(said, done)
    return ended


def _said(check: Check | None) -> str:
    return SILENT if check is None else str(check.verdict)


def groups(found: Sequence[Entry]) -> Iterator[tuple[Experiment[Any, Any], Any, list[Claim]]]:
    """Claims by experiment and setting, so that one sample serves all that ask for it."""
    order = {(e.experiment.key, e.claim.params): k for k, e in reversed([*enumerate(found)])}

    def place(entry: Entry) -> int:
        return order[entry.experiment.key, entry.claim.params]

    for _, group in itertools.groupby(sorted(found, key=place), key=place):
        members = list(group)
        first = members[0]
        yield first.experiment, first.claim.params, [e.claim for e in members]


def rows(chapter: int | None = None) -> Iterator[dict[str, Any]]:
    """One row a claim: `key`, `page`, `faults` (name → verdict), `blind`.

    `without` is the verdict where nothing is wrong; `after` says how many batches a refutation
    took.
    """
    for experiment, params, claims in groups(entries(chapter)):
        right = try_fault(experiment, params, claims, None)
        wrong: dict[str, dict[str, Trial]] = {c.key: {} for c in claims}
        for fault in dict.fromkeys(f for c in claims for f in c.faults):
            concerned = [c for c in claims if fault in c.faults]
            for key, trial in try_fault(experiment, params, concerned, fault).items():
                wrong[key][fault.name] = trial
        for claim in claims:
            trials = {f.name: wrong[claim.key][f.name] for f in claim.faults}
            refuting = {k: t.batches for k, t in trials.items() if t.verdict == Verdict.REFUTED}
            yield {
                "key": claim.key,
                "page": experiment.key,
                "without": right[claim.key].verdict,
                "faults": {name: trial.verdict for name, trial in trials.items()},
                "after": refuting,
                "blind": not refuting,
            }


def line(row: dict[str, Any]) -> str:
    """A row for people."""
    faults = ", ".join(f"{name}: {verdict}" for name, verdict in row["faults"].items())
    mark = "BLIND" if row["blind"] else ""
    return f"{mark:5} {row['page']:20} {row['key']:30} {faults}"


def write(found: Sequence[dict[str, Any]]) -> None:
    """Keep what was found where the pages look for it; chapters that were not run stay."""
    kept: Found = json.loads(FILE.read_text()) if FILE.exists() else {}
    measured = {f"{row['page']}.{row['key']}": row for row in found}
    names = [f"{e.experiment.key}.{e.claim.key}" for e in entries()]
    merged = {
        name: {"faults": measured[name]["faults"], "after": measured[name]["after"]}
        if name in measured
        else kept[name]
        for name in names
        if name in measured or name in kept
    }
    lines = ",\n".join(
        f" {json.dumps(name)}: {json.dumps(row, ensure_ascii=False)}"
        for name, row in merged.items()
    )
    FILE.write_text("{\n" + lines + "\n}\n")
