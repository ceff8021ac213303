"""Values derived and confirmed elsewhere, asked of the public functions by their names."""

from __future__ import annotations

import json
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from compute.activations import get_activation

REFERENCE = Path(__file__).parent.parent / "reference"
ARRAYS = ("k0", "points", "frequencies", "levels")
ROWS = [
    row
    for row in json.loads((REFERENCE / "oracles_chapter_3.json").read_text())
    if find_spec(row["inputs"]["function"].rpartition(".")[0])
]


def asked(inputs: dict[str, Any]) -> Any:
    """The function's answer; of random draws the mean of a product of powers of their entries."""
    module, _, name = inputs["function"].rpartition(".")
    given = {k: np.array(v) if k in ARRAYS else v for k, v in inputs["arguments"].items()}
    if "activation" in given:
        given["activation"] = get_activation(given["activation"])
    draws = inputs.get("draws")
    if draws:
        given["rng"] = np.random.default_rng(draws["seed"])
    value = np.asarray(getattr(import_module(module), name)(**given), dtype=float)
    return np.prod(value ** np.array(draws["powers"], float), axis=1).mean() if draws else value


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_a_row_holds(row: dict[str, Any]) -> None:
    room = row["tolerance"]
    np.testing.assert_allclose(
        asked(row["inputs"]),
        np.array(row["value"], float),
        rtol=room.get("relative", 0.0),
        atol=room.get("absolute", 0.0),
        strict=False,
    )
