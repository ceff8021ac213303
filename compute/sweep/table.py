"""The file of a sweep: Parquet by pyarrow, or CSV without it."""

from __future__ import annotations

import csv
import importlib.util
from collections.abc import Sequence
from pathlib import Path

from compute.sweep.grid import SweepError
from compute.sweep.rows import Row

KINDS = (".parquet", ".csv")


def ensure_writable(out: Path) -> None:
    """SweepError where the file exists, or cannot be written as what its name says."""
    if out.suffix not in KINDS:
        raise SweepError(f"{out} must end in {' or '.join(KINDS)}")
    if out.exists():
        raise SweepError(f"{out} exists already: name another file, or remove it")
    if not out.parent.is_dir():
        raise SweepError(f"there is no directory {out.parent}")
    if out.suffix == ".parquet" and importlib.util.find_spec("pyarrow") is None:
        raise SweepError("Parquet needs pyarrow (requirements-sweep.txt); a .csv needs nothing")


def write(out: Path, rows: Sequence[Row]) -> None:
    """Write the rows, with the columns of all of them, in the order in which they first come."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    new = out.with_name(f"{out.name}.new")
    if out.suffix == ".csv":
        with new.open("w", newline="") as file:
            # A number as repr gives it reads back to the same bits.
            table = csv.DictWriter(file, columns)
            table.writeheader()
            table.writerows(rows)
    else:
        import pyarrow  # noqa: PLC0415  it is optional
        import pyarrow.parquet  # noqa: PLC0415

        data = {name: [row.get(name) for row in rows] for name in columns}
        pyarrow.parquet.write_table(pyarrow.table(data), new)
    new.replace(out)
