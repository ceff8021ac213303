"""What page 4.1 says in words."""

from __future__ import annotations

from typing import Any

from components.figures.base import number, plural
from compute.experiments.nodal_sets.run import VECTOR_CELLS, Result
from compute.experiments.nodal_sets.setting import Params, ends
from compute.sampling import Sample


def sentence(
    _params: Params, result: Result, _sample: Sample[Any] | None, _frame: int | None
) -> str:
    """Counts of the partition, with Euler's check."""
    faces = result.cells + 1
    check = result.vertices - result.edges + faces
    text = (
        f"N_A = {plural(result.cells, 'nodal cell')}, {plural(result.regions, 'linear region')}; "
        f"Z_A = {number(result.length, 4)}; "
        f"V − E + F = {result.vertices} − {result.edges} + {faces} = {check}"
    )
    if result.dead:
        text += f"; {result.dead} of {result.neurons} neurons dead"
    return text + "."


def notice(params: Params, result: Result, _sample: Sample[Any] | None, _frame: int | None) -> str:
    """What is drawn in another way, or cannot be drawn."""
    said = []
    if result.raster is not None:
        said.append(
            f"Above {VECTOR_CELLS} cells the figure is an image; "
            "what is under the pointer is exact nevertheless."
        )
    if ends(params) is None:
        said.append("The line needs two different points, x~y_x~y.")
    elif len(params.line) > 2:
        said.append("Only the first two points make the line.")
    return " ".join(said)
