"""The errata of the notes as data: what is printed, what is correct, why, and the numbers.

The notes were read from a machine transcription. A misprint listed here may come from that
transcription rather than from the author, and no claim is made about which.

The rows are in ``errata.toml`` beside this file, where LaTeX needs no escaping.
"""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Kind = Literal["misprint", "statement", "index"]
Confidence = Literal["derived and confirmed by numbers", "derived", "judgement"]


@dataclass(frozen=True)
class Erratum:
    """One row. Texts are markdown with formulas between dollar signs."""

    number: int
    section: str
    where: str
    kind: Kind
    printed: str
    correct: str
    why: str
    evidence: str
    confidence: Confidence
    page: str  # key of the page where one can see it
    claims: tuple[str, ...]  # keys of the claims that measure it
    query: str = ""  # the setting of that page at which one can, where no claim has one


def _erratum(row: dict[str, Any]) -> Erratum:
    """A row with the line breaks of the file folded into spaces."""
    texts = {key: " ".join(v.split()) for key, v in row.items() if isinstance(v, str)}
    return Erratum(**{**row, **texts, "claims": tuple(row["claims"])})


def _load(path: Path) -> tuple[Erratum, ...]:
    with path.open("rb") as file:
        return tuple(_erratum(row) for row in tomllib.load(file)["erratum"])


ERRATA: tuple[Erratum, ...] = _load(Path(__file__).with_suffix(".toml"))
