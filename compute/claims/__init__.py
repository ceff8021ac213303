"""Claims: what the notes assert, and how measurement decides."""

from compute.claims.faults import Fault
from compute.claims.judging import (
    AGREE_AT,
    REFUTE_AT,
    Check,
    Checker,
    Claim,
    Side,
    Statement,
    Verdict,
    at_least,
    at_most,
    exact,
    sampled,
    undecided,
    where,
)

__all__ = [
    "AGREE_AT",
    "REFUTE_AT",
    "Check",
    "Checker",
    "Claim",
    "Fault",
    "Side",
    "Statement",
    "Verdict",
    "at_least",
    "at_most",
    "exact",
    "sampled",
    "undecided",
    "where",
]
