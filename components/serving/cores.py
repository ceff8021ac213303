"""How many cores this process may use: those of the machine, or of its control group's quota."""

from __future__ import annotations

import math
import os
from pathlib import Path

GROUPS = Path("/sys/fs/cgroup")


def cores(groups: Path = GROUPS) -> int:
    """Whole cores, at least one; a quota of a core and a half counts as two."""
    there = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    allowed = quota(groups)
    return there if allowed is None else max(1, min(there, math.ceil(allowed)))


def quota(groups: Path = GROUPS) -> float | None:
    """Cores that the control group allows (version 2, or 1); None where it has no bound."""
    try:
        limit, period = (groups / "cpu.max").read_text().split()
    except (OSError, ValueError):
        try:
            limit = (groups / "cpu" / "cpu.cfs_quota_us").read_text().strip()
            period = (groups / "cpu" / "cpu.cfs_period_us").read_text().strip()
        except OSError:
            return None
    bounded = limit.isdigit() and period.isdigit() and int(period) > 0
    return int(limit) / int(period) if bounded else None
