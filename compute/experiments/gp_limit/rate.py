"""§3.3: how fast the law of an output becomes Gaussian, exactly, for linear and ReLU networks."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from compute.estimates import slope_weights
from compute.experiments.gp_limit.setting import Params, exact_law
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

WIDTHS = (2, 6, 16, 48, 128, 400, 1280, 4096)
MANY = (1, 2, 5, 10, 30, 100)
_CURVE = np.geomspace(1e-3, 30.0, 16)


@dataclass(frozen=True)
class Rate:
    """Distances from the normal law; nan where no exact law is known.

    widths (w,); law, leading (w,): of the output over all weights, exact, and its constant times
    r = κ_4/K²; fixed, fixed_leading (w,): mean over networks of the distance of one fixed network,
    exact, and its constant times √r. spread, linear, relu (w,): v = cL/N with exact distances of
    both kinds of networks at these widths and this depth; curve, limit (c,): v and its limit D(v).
    many (m,); outputs, outputs_leading (m,): numbers of outputs, their total variation at N, exact
    and leading. slope: of log `law` against log N from N = 128 on.
    """

    widths: NDArray[np.int64]
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


def rate_of(params: Params) -> Rate:
    """Everything for the tab. Cost: some 30 laws, 1 ms each where they are new."""
    name, depth, metric = exact_law(params), params.depth, params.metric
    both = {
        kind: np.array([distance_to_normal([n] * depth, kind, metric) for n in WIDTHS])
        for kind in LAW_NAMES
    }
    widths, many = np.array(WIDTHS), np.array(MANY)
    nothing = np.full(widths.size, math.nan)
    law = leading = fixed = fixed_leading = nothing
    outputs = outputs_leading = np.full(many.size, math.nan)
    if name:
        shares = np.array([exact_fourth_cumulant_ratio([n] * depth, name) for n in WIDTHS])
        fixed = np.array([fixed_network_distance([n] * depth, name, metric) for n in WIDTHS])
        fixed_leading = CONDITIONAL_LEADING[metric] * np.sqrt(shares)
        count = params.outputs if metric == "total_variation" else 1
        constant = LEADING[metric] if count == 1 else leading_total_variation(count)
        leading = constant * shares
        law = both[name]
        if count > 1:
            law = np.array([_variation(n, depth, name, count) for n in WIDTHS])
        if metric == "total_variation":
            outputs = np.array([_variation(params.width, depth, name, m) for m in MANY])
            share = exact_fourth_cumulant_ratio([params.width] * depth, name)
            outputs_leading = share * np.array([leading_total_variation(m) for m in MANY])
    far = widths >= 128
    return Rate(
        widths=widths,
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
        outputs=outputs,
        outputs_leading=outputs_leading,
        slope=float(np.log(law[far]) @ slope_weights(widths[far])),
    )


def _variation(width: int, depth: int, name: str, outputs: int) -> float:
    return distance_to_normal([width] * depth, name, "total_variation", outputs=outputs)


@lru_cache(maxsize=4)
def _limit(metric: str) -> Array:
    """D(v) along the curve; it depends on the metric alone, so one serves all sliders."""
    return np.array([limiting_distance(v, metric) for v in _CURVE])
