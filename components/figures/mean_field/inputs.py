"""How figures of page 2.3 show the inputs: on a line, or as angles on the circle."""

from __future__ import annotations

from typing import Any

from components.figures.base import axis
from compute.experiments.mean_field.setting import WINDOW, Params
from compute.experiments.one_layer_fields import REACH


def unit_of(params: Params) -> float:
    """What a figure multiplies the coordinate u with: on the circle it shows degrees."""
    return 1.0 if params.inputs == "line" else 90.0


def input_axis(params: Params) -> dict[str, Any]:
    """The axis of the inputs."""
    if params.inputs == "line":
        return axis("input x", range=(-WINDOW, WINDOW))
    return axis("angle of the input (degrees)", range=(-90 * REACH, 90 * REACH)) | {"dtick": 90}
