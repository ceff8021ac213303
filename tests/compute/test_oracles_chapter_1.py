"""Values of chapter 1 and of page 2.5, derived elsewhere, asked of the public functions."""

from __future__ import annotations

import json
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

REFERENCE = Path(__file__).parent.parent / "reference" / "oracles_chapter_1.json"


def public(path: str) -> Any:
    """The function of that name, or None while its module is not there."""
    module, _, name = path.rpartition(".")
    return getattr(import_module(module), name, None) if find_spec(module) else None


ROWS = [row for row in json.loads(REFERENCE.read_text()) if public(row["function"])]


def drawn(network: Any, inputs: dict[str, Any]) -> list[float]:
    """The one-layer ReLU network (w1, b1, w2, b2) at the inputs ``at``."""
    first, bias, second, constant = network
    assert len(first) <= len(inputs["knots"]) + 1
    return [
        constant + np.maximum(np.multiply(first, x) + bias, 0) @ np.array(second, float)
        for x in inputs["at"]
    ]


ADAPTERS = {"one_layer_values": drawn, "last": lambda values, _: values[-1]}


def holds(found: Any, wanted: Any, room: dict[str, float]) -> None:
    """Compare number by number, through lists of any shape."""
    if not isinstance(wanted, list):
        np.testing.assert_allclose(
            found, float(wanted), rtol=room.get("rel", 0.0), atol=room.get("abs", 0.0), strict=False
        )
        return
    assert len(found) == len(wanted)
    for one, other in zip(found, wanted, strict=True):
        holds(one, other, room)


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_a_row_holds(row: dict[str, Any]) -> None:
    given = {key: value for key, value in row["inputs"].items() if key != "at"}
    value = public(row["function"])(**given)
    if "adapter" in row:
        value = ADAPTERS[row["adapter"]](value, row["inputs"])
    holds(value, row["value"], row["tolerance"])
