"""A whole law judged: the largest distance between a sample's distribution function and the law's.

A statement predicts the distance d from the exact distribution function: 0 for the law itself,
more for a rival; the measured one is d up to Kolmogorov's √n law.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from compute.claims.judging import Check, Statement, Verdict
from compute.sampling import Sample

# Kolmogorov's √n·distance: exceeded by chance once in a thousand times, and as often as five
# standard errors are.
KOLMOGOROV_AGREE, KOLMOGOROV_REFUTE = 1.9495, 2.7447


def kolmogorov(
    quantity: str,
    sample: Sample[Any] | None,
    distance: Callable[[Any], float],
    drawn: Callable[[Any], int],
    *statements: Statement,
) -> Check:
    """Judge `distance` of `drawn` numbers; *refuted* at two successive checkpoints only."""
    if sample is None:
        return Check(quantity, math.nan, math.nan, False, statements, "no sample yet")
    now = sample.current
    measured, tolerance = distance(now), KOLMOGOROV_AGREE / math.sqrt(drawn(now))
    rival = min((s.predicted for s in statements[1:]), default=math.inf)
    if rival < 2 * tolerance:
        needed = math.ceil((2 * KOLMOGOROV_AGREE / max(rival, 1e-6)) ** 2 / 100) * 100
        reason = f"the rivals are too close: about {needed} networks needed"
        return Check(quantity, measured, tolerance, False, statements, reason)

    def judge(statement: Statement) -> Verdict:
        if abs(measured - statement.predicted) <= tolerance:
            return Verdict.AGREES
        far = [
            math.sqrt(drawn(s)) * abs(distance(s) - statement.predicted) >= KOLMOGOROV_REFUTE
            for s in sample.checkpoints[-2:]
        ]
        return Verdict.REFUTED if len(far) == 2 and all(far) else Verdict.UNDECIDED

    judged = tuple(replace(s, verdict=judge(s)) for s in statements)
    reason = "" if judged[0].verdict != Verdict.UNDECIDED else "at the edge of what chance does"
    return Check(quantity, measured, tolerance, False, judged, reason)
