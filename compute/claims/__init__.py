"""Claims: what the notes assert, and how measurement decides."""

from compute.claims.faults import Fault
from compute.claims.judging import (
    AGREE_AT,
    REFUTE_AT,
    Check,
    Claim,
    Side,
    Statement,
    Verdict,
    at_least,
    at_most,
    exact,
    sampled,
    undecided,
)

__all__ = [
    "AGREE_AT",
    "REFUTE_AT",
    "Check",
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
]
