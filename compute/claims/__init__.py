"""Claims: what the notes assert, and how measurement decides."""

from compute.claims.judging import (
    AGREE_AT,
    REFUTE_AT,
    Check,
    Claim,
    Statement,
    Verdict,
    at_most,
    exact,
    sampled,
)

__all__ = [
    "AGREE_AT",
    "REFUTE_AT",
    "Check",
    "Claim",
    "Statement",
    "Verdict",
    "at_most",
    "exact",
    "sampled",
]
