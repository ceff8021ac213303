"""Figures that play: all frames of a trace's numbers, sent once as scaled whole numbers."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from components.figures.base import Trace


def frames(label: str, names: Sequence[str], *traces: dict[str, Any]) -> dict[str, Any]:
    """Frames that play in the browser: `names` per frame, `traces` from :func:`frame_trace`."""
    return {"label": label, "names": list(names), "traces": list(traces)}


def frame_trace(
    name: str, attribute: str, values: NDArray[np.float64], nth: int = 0
) -> dict[str, Any]:
    """Frames of an attribute, (frames, n) or (frames, n, m), as scaled int16.

    Of the trace of that name; of several, of the `nth`.
    """
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    scale = (high - low) / 65000 or 1.0
    codes = np.where(np.isfinite(values), np.round((values - low) / scale) - 32500, -32768)
    return {
        "trace": (name, nth),
        "attribute": attribute,
        "shape": list(values.shape),
        "scale": scale,
        "offset": low,
        "bdata": base64.b64encode(codes.astype("<i2").tobytes()).decode(),
    }


def resolved(played: Mapping[str, Any], data: Sequence[Trace]) -> dict[str, Any]:
    """Frames whose traces are known by their places in `data`; LookupError where one is not."""

    def place(name: str, nth: int) -> int:
        found = [i for i, trace in enumerate(data) if trace.get("name") == name]
        if nth >= len(found):
            raise LookupError(f"no trace {nth} of the name {name}")
        return found[nth]

    moving = [
        {"index": place(*trace["trace"])} | {k: v for k, v in trace.items() if k != "trace"}
        for trace in played["traces"]
    ]
    return {**played, "traces": moving}
