"""Products of random matrices, section 3.2: what each tab shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from compute.arrays import read_only
from compute.experiments.linear_products.law import Law, Plane, law_of, plane_of
from compute.experiments.linear_products.setting import (
    Params,
    image_ms,
    images,
    multiplied,
    product_ms,
    widths,
)
from compute.experiments.linear_products.spectrum import (
    Direction,
    Spectrum,
    direction_of,
    spectrum_of,
)


@dataclass(frozen=True)
class Result:
    """The part that the tab in front draws; the others are None."""

    law: Law | None = None
    plane: Plane | None = None
    spectrum: Spectrum | None = None
    direction: Direction | None = None


_PARTS: dict[str, Callable[[Params], Any]] = {
    "law": law_of,
    "plane": plane_of,
    "spectrum": spectrum_of,
    "direction": direction_of,
}


def run(params: Params) -> Result:
    """What the tab `params.figure` draws. Cost: 1 to 20 ms as a rule, else see `work`."""
    return read_only(Result(**{params.figure: _PARTS[params.figure](params)}))


def work(params: Params) -> float:
    """Estimated milliseconds of `run`."""
    return {
        "law": 30 + 0.14 * len(set(widths(params))),
        "plane": 3.0,
        # one product alone finds nothing in the caches that those of a batch find there
        "spectrum": 3 + 2.2 * product_ms(params) + 0.03 * multiplied(params)[1],
        "direction": 12 + images(params) * (image_ms(params) + 6e-6 * params.inputs * params.width),
    }[params.figure]
