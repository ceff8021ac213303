"""Arrays as plotly.js reads them, and back."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def typed(array: ArrayLike, dtype: str = "f4") -> Any:
    """A typed array as plotly.js reads it; non-finite numbers become gaps."""
    values = np.asarray(array, dtype=np.float64)
    limit = float(np.finfo(np.float32).max)
    with np.errstate(over="ignore"):
        kept = np.where(np.abs(values) <= limit, values, np.nan).astype(dtype)
    encoded: dict[str, Any] = {
        "dtype": dtype,
        "bdata": base64.b64encode(np.ascontiguousarray(kept).tobytes()).decode(),
    }
    if values.ndim == 2:
        encoded["shape"] = f"{values.shape[0]}, {values.shape[1]}"
    return encoded


def decoded(values: Any) -> Array:
    """The numbers of a typed array or a list; other things count 0, 1, 2, …"""
    if isinstance(values, dict):
        raw = base64.b64decode(values["bdata"])
        flat = np.frombuffer(raw, dtype=f"<{values['dtype']}").astype(np.float64)
        shape = values.get("shape")
        return flat.reshape([int(n) for n in shape.split(",")]) if shape else flat
    try:
        return np.asarray([] if values is None else values, dtype=np.float64)
    except (TypeError, ValueError):
        return np.arange(len(values), dtype=np.float64)
