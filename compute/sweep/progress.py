"""What of a sweep is done: kept batch by batch, so that a kill costs only what was in flight.

Beside the file that a sweep writes stands a directory, `<file>.parts`, until it is whole: what is
swept, the sample of every setting that has been begun, the row of every one that is finished. A
file of it is written whole or not at all.
"""

from __future__ import annotations

import json
import os
import pickle
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from compute.sampling import Sample
from compute.sweep.grid import SweepError
from compute.sweep.rows import Row


class Progress:
    """The parts of the sweep that writes `out`; `plan` says what it computes, and by which code.

    SweepError where the parts of another sweep stand there.
    """

    def __init__(self, out: Path, plan: Mapping[str, Any]) -> None:
        self.directory = out.with_name(f"{out.name}.parts")
        kept = self.directory / "plan.json"
        said = json.dumps(plan, indent=1)
        if kept.exists() and kept.read_text() != said:
            before = json.loads(kept.read_text())
            other = ", ".join(name for name in plan if before.get(name) != plan[name])
            raise SweepError(
                f"{self.directory} holds the parts of another sweep (it differs in {other}): "
                "remove it, or name another file"
            )
        self.directory.mkdir(parents=True, exist_ok=True)
        self._write(kept, said.encode())

    def sample(self, place: int) -> Sample[Any] | None:
        """What has been sampled of setting number `place`."""
        file = self.directory / f"{place}.sample"
        # Our own file, on the disk of whoever runs the sweep.
        return pickle.loads(file.read_bytes()) if file.exists() else None

    def keep_sample(self, place: int, sample: Sample[Any]) -> None:
        """Keep one batch more."""
        self._write(self.directory / f"{place}.sample", pickle.dumps(sample, protocol=5))

    def row(self, place: int) -> Row | None:
        """The row of setting number `place`, where it is finished."""
        file = self.directory / f"{place}.row"
        return json.loads(file.read_bytes()) if file.exists() else None

    def keep_row(self, place: int, row: Row) -> None:
        """Keep a finished row; its sample is needed no more."""
        self._write(self.directory / f"{place}.row", json.dumps(row).encode())
        (self.directory / f"{place}.sample").unlink(missing_ok=True)

    def remove(self) -> None:
        """The sweep is whole."""
        shutil.rmtree(self.directory)

    def _write(self, file: Path, data: bytes) -> None:
        new = file.with_suffix(".new")
        new.write_bytes(data)
        os.replace(new, file)
