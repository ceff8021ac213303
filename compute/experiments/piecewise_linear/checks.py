"""How the claims of §1.1.2 are judged: a check is None where the setting says nothing about it."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np

from compute.claims import Check, Statement, at_most, exact, sampled
from compute.experiments.piecewise_linear.run import Array, Draw, Result
from compute.experiments.piecewise_linear.sampler import Breakpoints
from compute.experiments.piecewise_linear.setting import Params
from compute.sampling import Sample

# So many knots at most are tried in every orientation; residuals below are rounding.
_TRIED, _FITS = 6, 1e-7


def realisation(_params: Params, result: Result, _sample: Any) -> Check | None:
    """The network is the function, to rounding of the terms that are added up."""
    if result.draw is None:
        return None
    return exact(
        "largest |network − function|, relative to |b⁽²⁾| + |s₀x| + Σ|Jᵢ|(|x| + |ξᵢ|)",
        result.draw.error,
        at_most("exact but for rounding", 1e-12),
        tolerance=0.0,
    )


def _fits(columns: Array, wanted: Array) -> bool:
    """Whether least squares over these columns and a constant leaves nothing."""
    basis = np.column_stack([columns, np.ones(len(wanted))])
    solution = np.linalg.lstsq(basis, wanted, rcond=None)[0]
    return float(np.abs(basis @ solution - wanted).max()) < _FITS * max(np.ptp(wanted), 1e-9)


def fitted_width(draw: Draw) -> int:
    """The least number of neurons that fit, over all directions they may face.

    Without a knot a neuron may bend anywhere; what it adds bends there too, so it is enough to
    try places among the points.
    """
    low, high = (draw.corners[0, 0], draw.corners[-1, 0])
    x = np.union1d(np.linspace(low - 1, high + 1, 41), draw.knots)
    first = draw.corners[0]
    wanted = first[1] + draw.slopes[0] * (x - first[0])
    wanted += np.maximum(x[:, None] - draw.knots, 0) @ draw.jumps
    places = draw.knots if draw.knots.size else np.array([(low + high) / 2])
    fewest = draw.knots.size or 1
    if not draw.knots.size and _fits(np.empty((x.size, 0)), wanted):
        return 0
    for facing in itertools.product((-1, 1), repeat=places.size):
        if _fits(np.maximum((x[:, None] - places) * np.array(facing), 0), wanted):
            return int(fewest)
    mirrored = np.maximum(places[0] - x, 0)[:, None]
    if _fits(np.column_stack([np.maximum(x[:, None] - places, 0), mirrored]), wanted):
        return int(fewest) + 1
    return int(fewest) + 2


def smallest_width(_params: Params, result: Result, _sample: Any) -> Check | None:
    """N_1 = m iff −s_0 is a sum of jumps, else m + 1 (E 31)."""
    draw = result.draw
    if draw is None or not 1 <= draw.knots.size <= _TRIED:
        return None
    m = int(draw.knots.size)
    rivals = [] if draw.left is not None else [Statement("one neuron a breakpoint", float(m))]
    return exact(
        "fewest neurons that fit, all directions tried",
        float(fitted_width(draw)),
        Statement("by the sums of jumps", float(draw.smallest)),
        *rivals,
        tolerance=0.0,
    )


def line_needs_two(_params: Params, result: Result, _sample: Any) -> Check | None:
    """x ↦ x has no breakpoint, and no single neuron draws it on ℝ (E 31)."""
    draw = result.draw
    if draw is None or draw.knots.size or draw.slopes[0] == 0:
        return None
    return exact(
        "fewest neurons that fit, a bend in view",
        float(fitted_width(draw)),
        Statement("two on the whole line", float(draw.smallest)),
        Statement("one as printed: 0 ≤ N₁ − 1 breakpoints", 1.0),
        tolerance=0.0,
    )


def hat_right_half(_params: Params, result: Result, _sample: Any) -> Check | None:
    """2 − 2x on the right half, not 1 − 2x (E 1)."""
    if result.hats is None:
        return None
    return exact(
        "the hat's network at x = ¾",
        result.hats.at_three_quarters,
        Statement("2 − 2x", 0.5),
        Statement("1 − 2x as printed", -0.5),
        tolerance=1e-12,
    )


def composed_pieces(params: Params, result: Result, _sample: Any) -> Check | None:
    """2^L pieces on [0, 1]."""
    if result.hats is None:
        return None
    return exact(
        f"pieces counted at L = {params.depth}",
        float(result.hats.pieces[-1]),
        Statement("2ᴸ", 2.0**params.depth),
        tolerance=0.0,
    )


def square_by_depth(params: Params, result: Result, _sample: Any) -> Check | None:
    """x² on [−1, 1] to 4^−L."""
    if result.error is None or params.target != "square":
        return None
    depth = int(result.error.depths[5])
    return exact(
        f"log₄ of the error of {depth} composed hats",
        math.log(float(result.error.deep[5])) / math.log(4),
        Statement("−L", -float(depth)),
        tolerance=1e-6,
    )


def uniform_bound(params: Params, result: Result, _sample: Any) -> Check | None:
    """The error of evenly spaced knots is at most max|f″|h²/8."""
    part = result.error
    if part is None or params.target not in ("square", "sine"):
        return None
    return exact(
        "largest of error/(max|f″|h²/8), over all m",
        float(np.max(part.uniform / part.bound)),
        at_most("the bound", 1.0),
        tolerance=1e-9,
    )


def graded_law(params: Params, result: Result, _sample: Any) -> Check | None:
    """Graded knots: |x|ᵖ has (m+1)²E → (∫|f″|^½)²/8, as a smooth function has."""
    part = result.error
    if part is None or params.target != "power" or params.power == 1:
        return None
    return exact(
        f"error of graded knots over its law at {part.sizes[-1]} pieces",
        float(part.graded[-1] / part.law[-1]),
        Statement("limit", 1.0),
        tolerance=0.01,
    )


def breakpoints(params: Params, result: Result, sample: Sample[Breakpoints] | None) -> Check | None:
    """ξ = −b/W is Cauchy with scale √(C_b/C_W)."""
    if result.random is None:
        return None
    scale = math.sqrt(params.bias_variance / params.weight_variance)
    mean = params.width * 2 / math.pi * math.atan(params.window / scale)
    return sampled(
        "mean number of breakpoints in the window",
        sample,
        Breakpoints.estimate,
        Statement("Cauchy: (2N₁/π) arctan(R√(C_W/C_b))", mean),
    )
