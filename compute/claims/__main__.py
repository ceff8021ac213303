"""`python -m compute.claims`: the ledger from the command line; with --power, what it would notice.

Exit code 1 where a claim does not agree; with --power, where a claim is blind that `blind.py` does
not list, or listed although it is not.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from typing import Any

from compute import ledger, power
from compute.claims import Verdict
from compute.claims.blind import BLIND


def main(arguments: list[str] | None = None) -> int:
    """`python -m compute.claims [--power [--write]] [--chapter 3] [--json]`."""
    parser = argparse.ArgumentParser(prog="python -m compute.claims", description=__doc__)
    parser.add_argument("--chapter", type=int, choices=(1, 2, 3, 4))
    parser.add_argument("--json", action="store_true", help="one JSON object per line")
    parser.add_argument("--power", action="store_true", help="run every claim under its faults")
    parser.add_argument("--write", action="store_true", help="keep what --power finds")
    options = parser.parse_args(arguments)
    if options.write and not options.power:
        parser.error("--write keeps what --power finds")
    if options.power:
        return _power(options.chapter, options.json, options.write)
    failed = 0
    for row in ledger.rows(options.chapter):
        failed += row["verdict"] != Verdict.AGREES
        print(_json(row) if options.json else _line(row), flush=True)
    return 1 if failed else 0


def _power(chapter: int | None, as_json: bool, keep: bool) -> int:
    found, wrong = [], 0
    for row in power.rows(chapter):
        found.append(row)
        wrong += row["blind"] != (f"{row['page']}.{row['key']}" in BLIND)
        print(_json(row) if as_json else power.line(row), flush=True)
    if keep:
        power.write(found)
    return 1 if wrong else 0


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


if __name__ == "__main__":
    sys.exit(main())
