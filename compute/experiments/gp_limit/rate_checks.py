"""How the claims of page 3.2 on the rate of the limit are judged: None where nothing is said."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from compute.claims import Check, Statement, exact, sampled
from compute.experiments.gp_limit.checks import Drawn
from compute.experiments.gp_limit.rate import WIDTHS
from compute.experiments.gp_limit.run import RATE_WIDTHS, Result
from compute.experiments.gp_limit.setting import Params, exact_law
from compute.finite_width import exact_fourth_cumulant_ratio
from compute.output_law import (
    CONDITIONAL_LEADING,
    LEADING,
    PER_LAYER,
    distance_to_normal,
    fixed_network_distance,
    leading_total_variation,
    limiting_distance,
)
from compute.sampling import Estimate

# Where a distance and a mean distance are measured, and how far powers of N may be from theirs.
_LAST = WIDTHS[-1]
_COMPARED = RATE_WIDTHS[1]
_SLOPE_ROOM = 0.05
_RATE_WIDTHS = np.array(RATE_WIDTHS, dtype=np.float64)


def _shallow(params: Params, result: Result, most: float) -> bool:
    """Whether cL ≤ most: leading orders hold at the widths that are fitted."""
    name = exact_law(params)
    return result.rate is not None and bool(name) and PER_LAYER[name] * params.depth <= most


def law_slope(params: Params, result: Result, _sample: Any) -> Check | None:
    """All four distances fall like 1/N."""
    if result.rate is None or not _shallow(params, result, 15) or params.outputs > 1:
        return None
    return exact(
        "slope of the distance over N = 128…4096",
        result.rate.slope,
        Statement("−1", -1.0),
        Statement("−½, as of a sum", -0.5),
        tolerance=_SLOPE_ROOM,
    )


def leading_constant(params: Params, result: Result, _sample: Any) -> Check | None:
    """distance/(κ_4/K²) at N = 4096: Edgeworth's constant."""
    if params.metric == "total_variation" and params.outputs > 1:
        return None
    said = Statement("leading order", LEADING[params.metric])
    return _constant(params, result, 1, said)


def many_outputs(params: Params, result: Result, _sample: Any) -> Check | None:
    """The same of m outputs, in total variation: about 0.121 m."""
    if params.metric != "total_variation" or params.outputs == 1:
        return None
    said = Statement(f"m = {params.outputs}", leading_total_variation(params.outputs))
    alone = Statement("that of one output", LEADING["total_variation"])
    return _constant(params, result, params.outputs, said, alone)


def _constant(params: Params, result: Result, count: int, *said: Statement) -> Check | None:
    name = exact_law(params)
    if result.rate is None or not name:
        return None
    share = exact_fourth_cumulant_ratio([_LAST] * params.depth, name)
    if count * share > 0.05:
        return None
    # the next order is r times as large, m r for m outputs
    room = 3 * (count + 1) * share * said[0].predicted + 1e-5
    measured = float(result.rate.law[-1]) / share
    return exact(f"distance over κ₄/K² at N = {_LAST}", measured, *said, tolerance=room)


def collapse(params: Params, result: Result, _sample: Any) -> Check | None:
    """At fixed v = cL/N both families have the distance D(v) of the lognormal mixture."""
    if result.rate is None:
        return None
    v, metric = PER_LAYER["relu"] * params.depth / _LAST, params.metric
    linear = [_LAST] * round(PER_LAYER["relu"] / PER_LAYER["linear"] * params.depth)
    if 2 * len(linear) != 5 * params.depth:
        return None
    measured = distance_to_normal(linear, "linear", metric) / float(result.rate.relu[-1])
    bound = limiting_distance(v, metric) / float(result.rate.relu[-1])
    return exact(
        f"linear network of {len(linear)} layers over ReLU network of {params.depth}, N = {_LAST}",
        measured,
        Statement("both D(v)", bound),
        Statement("same depth, same law", PER_LAYER["linear"] / PER_LAYER["relu"]),
        tolerance=0.01,
    )


def fixed_slope(params: Params, result: Result, sample: Drawn) -> Check | None:
    """The law of one fixed network comes closer like N^{−½}."""
    if not _shallow(params, result, 5):
        return None
    return sampled(
        "slope of a fixed network's distance over N = 16…256",
        sample,
        lambda s: s.slope(_RATE_WIDTHS, 1),
        Statement("−½", -0.5),
        Statement("−1", -1.0),
        bias=0.03,
    )


def fixed_distance(params: Params, result: Result, sample: Drawn) -> Check | None:
    """Mean distance of a fixed network's law at N = 16, exact, beside that of the mixture."""
    name = exact_law(params)
    if result.rate is None or not name:
        return None
    hidden, at = [_COMPARED] * params.depth, RATE_WIDTHS.index(_COMPARED)

    def mean(s: Any) -> Estimate:
        value, error = s.distances()
        return Estimate(float(value[at]), float(error[at]), int(s.count[at]))

    lead = CONDITIONAL_LEADING[params.metric] * math.sqrt(exact_fourth_cumulant_ratio(hidden, name))
    return sampled(
        f"mean distance of a fixed network at N = {_COMPARED}",
        sample,
        mean,
        Statement("exact", fixed_network_distance(hidden, name, params.metric)),
        Statement("of all networks together", distance_to_normal(hidden, name, params.metric)),
        bias=3e-5 * lead,
    )
