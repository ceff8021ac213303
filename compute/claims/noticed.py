"""What a claim would have noticed: the faults that were seen to refute it, in words.

The facts are in `power.json`, written by `python -m compute.claims --power --write`.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from compute.claims.judging import Claim, Verdict

Found = dict[str, dict[str, Any]]

FILE = Path(__file__).with_name("power.json")


@cache
def found() -> Found:
    """Per "page.key": `faults`, name → verdict; `after`, how many batches a refutation took."""
    table: Found = json.loads(FILE.read_text())
    return table


def noticed(page: str, claim: Claim) -> tuple[str, ...]:
    """Words of the faults that refute the claim, in its own order; () where it is blind."""
    verdicts = found().get(f"{page}.{claim.key}", {"faults": {}})["faults"]
    return tuple(f.words for f in claim.faults if verdicts.get(f.name) == Verdict.REFUTED)


def told(page: str, claim: Claim) -> str:
    """One sentence for the reader: what the claim would notice, or that it is blind."""
    words = noticed(page, claim)
    if not words:
        return "Blind: no fault of its subject would turn it red."
    return f"Would notice {'; '.join(words)}."
