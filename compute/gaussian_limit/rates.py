"""§3.3: how fast the law of an output becomes Gaussian, exactly, for linear and ReLU networks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from compute.estimates import slope_weights
from compute.finite_width import exact_fourth_cumulant_ratio
from compute.output_law import (
    CONDITIONAL_LEADING,
    LAW_NAMES,
    LEADING,
    PER_LAYER,
    distance_to_normal,
    fixed_network_distance,
    leading_total_variation,
    limiting_distance,
)

Array = NDArray[np.float64]

_WIDTHS: Final = (2, 6, 16, 48, 128, 400, 1280, 4096)
_MANY: Final = (1, 2, 5, 10, 30, 100)
_CURVE = np.geomspace(1e-3, 30.0, 16)


@dataclass(frozen=True)
class Rates:
    """Distances from the normal law; nan where no exact law is known.

    widths (w,), and there the shares r = κ_4/K² (w,); law, leading (w,): of the output over all
    weights, exact, and its constant times r; fixed, fixed_leading (w,): mean over networks of the
    distance of one fixed network, exact, and its constant times √r. spread, linear, relu (w,): v =
    cL/N with exact distances of both kinds of networks at these widths and this depth; curve,
    limit (c,): v and its limit D(v). many (m,); outputs, outputs_leading (m,): numbers of outputs,
    their total variation at N, exact and leading. slope: of log `law` against log N from N = 128
    on.
    """

    widths: NDArray[np.int64]
    shares: Array
    law: Array
    leading: Array
    fixed: Array
    fixed_leading: Array
    spread_linear: Array
    linear: Array
    spread_relu: Array
    relu: Array
    curve: Array
    limit: Array
    many: NDArray[np.int64]
    outputs: Array
    outputs_leading: Array
    slope: float


def rates(activation_name: str, depth: int, metric: str, *, width: int, outputs: int = 1) -> Rates:
    """How far networks of `depth` layers of one width are from their limit, in a metric of METRICS.

    activation_name: "linear", "relu", or "" where no law is known. `law` is that of so many
    `outputs` together in total variation, of one in other metrics; `width`: N where their number
    varies. Cost: some 30 laws, 1 ms each where they are new.
    """
    name, many = activation_name, np.array(_MANY)
    widths, count = np.array(_WIDTHS), outputs if metric == "total_variation" else 1
    both = {kind: _distances(depth, kind, metric) for kind in LAW_NAMES}
    shares = law = leading = fixed = fixed_leading = np.full(widths.size, math.nan)
    variations = variations_leading = np.full(many.size, math.nan)
    if name:
        shares = np.array([exact_fourth_cumulant_ratio([n] * depth, name) for n in _WIDTHS])
        fixed = np.array([fixed_network_distance([n] * depth, name, metric) for n in _WIDTHS])
        fixed_leading = CONDITIONAL_LEADING[metric] * np.sqrt(shares)
        law = both[name] if count == 1 else _distances(depth, name, metric, count)
        leading = (LEADING[metric] if count == 1 else leading_total_variation(count)) * shares
    if name and metric == "total_variation":
        hidden = [width] * depth
        variations = np.array([distance_to_normal(hidden, name, metric, outputs=m) for m in many])
        constants = np.array([leading_total_variation(m) for m in _MANY])
        variations_leading = exact_fourth_cumulant_ratio(hidden, name) * constants
    far = widths >= 128
    return Rates(
        widths=widths,
        shares=shares,
        law=law,
        leading=leading,
        fixed=fixed,
        fixed_leading=fixed_leading,
        spread_linear=PER_LAYER["linear"] * depth / widths,
        linear=both["linear"],
        spread_relu=PER_LAYER["relu"] * depth / widths,
        relu=both["relu"],
        curve=_CURVE,
        limit=_limit(metric),
        many=many,
        outputs=variations,
        outputs_leading=variations_leading,
        slope=float(np.log(law[far]) @ slope_weights(widths[far])),
    )


def _distances(depth: int, name: str, metric: str, outputs: int = 1) -> Array:
    hidden = ([n] * depth for n in _WIDTHS)
    return np.array([distance_to_normal(h, name, metric, outputs=outputs) for h in hidden])


@lru_cache(maxsize=4)
def _limit(metric: str) -> Array:
    """D(v) along the curve; it depends on the metric alone, so one serves all sliders."""
    return np.array([limiting_distance(v, metric) for v in _CURVE])
