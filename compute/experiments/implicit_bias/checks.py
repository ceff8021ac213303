"""How the claims of §1.3.2 are judged: a check is None where the setting says nothing about it."""

from __future__ import annotations

import math

import numpy as np

from compute.claims import Check, Statement, at_most, exact, sampled, undecided
from compute.experiments.implicit_bias.problems import counts, sparse_problem, used
from compute.experiments.implicit_bias.run import Result, unfitted
from compute.experiments.implicit_bias.sampler import RESIDUAL, Measured
from compute.experiments.implicit_bias.setting import BENT, Params
from compute.experiments.implicit_bias.turning import INPUTS, WIDTHS
from compute.sampling import Sample

Drawn = Sample[Measured] | None

# The variance of the risk is infinite closer to the threshold than this.
HONEST = 4
# A slow mode may be so far from its end; beyond that the end is "not reached".
REACHED = 1e-5
_NETWORK_TOLERANCE = 1e-3
# A median of fewer networks says little, and of fewer data sets.
FEWEST, ENOUGH = 4, 100
# Of a squared distance, where the features of the data are nearly dependent.
_ROUNDING = 1e-6
_NO_SAMPLE = "no sample yet"
_NO_MEAN = "the mean is infinite at |P − |D|| ≤ 1: no sample has one"
_NO_VARIANCE = "the variance is infinite at |P − |D|| ≤ 3: no error bar is honest"


def _plain(params: Params, result: Result) -> bool:
    return result.plane is not None and params.ridge == 0 and params.rate < 1 + params.momentum


def descent_limit(params: Params, result: Result, _sample: Drawn) -> Check | None:
    """GD ends at θ_0 + Φ⁺(y − Φθ_0)."""
    part = result.plane
    if part is None or not _plain(params, result):
        return None
    quantity = f"distance of step {params.steps} from the formula"
    apart, away = part.path[-1] - part.limit, part.path[0] - part.limit
    measured = float(np.linalg.norm(apart))
    said, tolerance = Statement("θ₀ + Φ⁺(y − Φθ₀)", 0.0), 1e-10
    reach = 50 * part.left * (1 + params.steps) * float(np.linalg.norm(away))
    if reach > REACHED:
        reason = f"not reached after {params.steps} steps"
        return undecided(quantity, measured, said, tolerance=tolerance, reason=reason)
    return exact(quantity, measured, said, tolerance=tolerance + reach)


def row_space(params: Params, result: Result, _sample: Drawn) -> Check | None:
    """θ_⊥ never moves; with a ridge it does."""
    part = result.plane
    if part is None or params.ridge > 0:
        return None
    moved = float(np.abs(part.across - part.across[0]).max())
    return exact(
        "how far θ⊥ has moved",
        moved,
        Statement("the row space is never left", 0.0),
        tolerance=1e-12 * (1 + float(np.abs(part.path).max())),
    )


def kernel_dimension(_params: Params, result: Result, _sample: Drawn) -> Check | None:
    """The minimisers are parallel to ker Φ, not ker Φᵀ (E 32)."""
    part = result.plane
    if part is None:
        return None
    rows, columns = part.features.shape
    rank = int(np.linalg.matrix_rank(part.features))
    return exact(
        "directions in which the loss stays as it is",
        float(part.flat),
        Statement("dim ker Φ", float(columns - rank)),
        Statement("dim ker Φᵀ as printed", float(rows - rank)),
        tolerance=0.0,
    )


def least_norm(params: Params, result: Result, _sample: Drawn) -> Check | None:
    """From 0 descent ends at the interpolant of least norm."""
    part = result.plane
    if part is None or not _plain(params, result) or params.intercept or params.slope:
        return None
    distance = abs(params.datum_y) / math.hypot(1.0, params.datum_x)
    quantity, measured = "|θ| where descent from 0 ends", float(np.linalg.norm(part.path[-1]))
    said = Statement("distance of the minimisers from 0", distance)
    reach = 50 * part.left * (1 + params.steps) * distance
    if reach > REACHED:
        reason = f"not reached after {params.steps} steps"
        return undecided(quantity, measured, said, tolerance=1e-10, reason=reason)
    return exact(quantity, measured, said, tolerance=1e-10 + reach)


def _risk(params: Params, result: Result, sample: Drawn) -> Check | None:
    if result.descent is None:
        return None
    p, place = used(params), counts(params).index(used(params))
    quantity, said = f"mean excess risk at P = {p}", Statement("exact", result.descent.here)
    off, clean = abs(p - params.samples), unfitted(params, p) == 0
    if p > params.samples if clean else off >= HONEST:
        return sampled(quantity, sample, lambda s: s.risks.moments[place].mean_estimate(), said)
    measured = math.nan
    if sample is not None and sample.current.risks is not None:
        measured = sample.current.risks.moments[place].mean
        if clean:
            # nothing is left over, and nothing random but rounding
            return exact(quantity, measured, said, tolerance=_ROUNDING)
    reason = _NO_SAMPLE if clean else _NO_MEAN if off <= 1 else _NO_VARIANCE
    return undecided(quantity, measured, said, tolerance=math.nan, reason=reason)


def risk_below(params: Params, result: Result, sample: Drawn) -> Check | None:
    """σ̃²P/(n − P − 1) + |β_unused|² at P < n."""
    return _risk(params, result, sample) if used(params) < params.samples else None


def risk_above(params: Params, result: Result, sample: Drawn) -> Check | None:
    """|β_used|²(1 − n/P) + σ̃²n/(P − n − 1) + |β_unused|² at P > n."""
    return _risk(params, result, sample) if used(params) >= params.samples else None


def median_peak(params: Params, result: Result, sample: Drawn) -> Check | None:
    """The median is largest at P = |D|."""
    if result.descent is None or params.noise < 0.1 or params.samples < 8:
        return None
    if params.features < 2 * params.samples:
        return None
    quantity, said = "P at which the median is largest", Statement("|D|", float(params.samples))
    if sample is None or sample.current.risks is None:
        return undecided(quantity, math.nan, said, tolerance=1.0, reason=_NO_SAMPLE)
    risks = sample.current.risks
    peak = float(counts(params)[int(np.argmax(risks.quartiles()[1]))])
    if risks.count < ENOUGH:
        reason = f"only {risks.count} draws"
        return undecided(quantity, peak, said, tolerance=1.0, reason=reason)
    return exact(quantity, peak, said, tolerance=1.0)


def weak_is_ridge(_params: Params, result: Result, _sample: Drawn) -> Check | None:
    """Many weak features act on the strong ones like a ridge."""
    part = result.fit
    if part is None or part.apart_most > 0.25:
        return None
    return exact(
        f"weights of the data at M = {part.many}, relative distance from the ridge's",
        part.apart,
        at_most("bound from the points alone", part.apart_most),
        tolerance=1e-9,
    )


def diagonal_limit(params: Params, result: Result, sample: Drawn) -> Check | None:
    """A trained diagonal network ends where Q_α is least."""
    if result.alpha is None:
        return None
    quantity, said = "largest |β_i − limit_i| of a trained network", Statement("limit", 0.0)
    trained = () if sample is None else sample.current.diagonal
    # as far as a residual leaves β open, where data are nearly dependent
    design = sparse_problem(params)[0]
    open_by = RESIDUAL * math.sqrt(len(design)) / float(np.linalg.svd(design, compute_uv=False)[-1])
    tolerance = _NETWORK_TOLERANCE + open_by
    found = [t for t in trained if t.alpha == params.alpha]
    if not found or not found[0].reached:
        reason = "the network has not reached the data" if found else "not trained at this α yet"
        return undecided(quantity, math.nan, said, tolerance=tolerance, reason=reason)
    apart = float(np.abs(found[0].beta - result.alpha.limit).max())
    return exact(quantity, apart, said, tolerance=tolerance)


def margin_direction(params: Params, result: Result, _sample: Drawn) -> Check | None:
    """The direction approaches the largest margin like 1/log t."""
    part = result.margin
    if part is None or params.decades < 8 or part.predicted[-1] < 1e-9:
        return None
    # what the next row and the logarithm's own curvature leave, at most
    room = 1e3 * 10 ** (-params.decades * min(part.gap, 1.0))
    return exact(
        f"distance from the direction of ŵ at t = 10^{params.decades:g}",
        float(part.error[-1]),
        Statement("that of ŵ log t + w̃", float(part.predicted[-1])),
        tolerance=float(part.predicted[-1]) * min(room, 1.0) + 1e-9,
    )


def margin_growth(params: Params, result: Result, _sample: Drawn) -> Check | None:
    """|w − ŵ log t| goes to |w̃|, not to 0."""
    part = result.margin
    if part is None or params.decades < 8:
        return None
    left = part.path[-1] - part.w_hat * part.log_times[-1]
    room = 1e3 * 10 ** (-params.decades * min(part.gap, 1.0))
    return exact(
        f"|w − ŵ log t| at t = 10^{params.decades:g}",
        float(np.linalg.norm(left)),
        Statement("|w̃|", float(np.linalg.norm(part.w_tilde))),
        tolerance=min(room, 1.0) + 1e-7,
    )


def turning(params: Params, result: Result, sample: Drawn) -> Check | None:
    """The gradient turns out of the first row space by N_1^(a − ½), at first."""
    if result.turn is None or params.samples < 6:
        return None
    ready = sample is not None and sample.current.turns is not None
    return sampled(
        "slope of the sine at t = ½ against N₁",
        sample if ready else None,
        lambda s: s.turns.slope(),
        Statement("a − ½", params.exponent - 0.5),
        bias=_narrow(params.samples),
    )


def _narrow(samples: int) -> float:
    """What narrow networks may add to the slope: that of √(1 + (|D| + N_0)/N_1). Kernel matrices of
    |D| inputs and weights of N_0 inputs fluctuate about their limits, which corrects the mean of a
    square by a part of this order."""
    widths = np.array(WIDTHS, dtype=np.float64)
    parts = np.log1p((samples + INPUTS) / widths) / 2
    return abs(float(np.polyfit(np.log(widths), parts, 1)[0]))


def _small_start(params: Params, result: Result) -> bool:
    own = result.line is not None and params.points == BENT
    return own and params.scale == 0.1 and params.width >= 100


def _lines(sample: Drawn, name: str, quantity: str, said: Statement, tolerance: float) -> Check:
    networks = () if sample is None else sample.current.lines
    if not networks:
        return undecided(quantity, math.nan, said, tolerance=tolerance, reason=_NO_SAMPLE)
    measured = float(np.median([getattr(n, name) for n in networks]))
    if len(networks) < FEWEST:
        reason = f"only {len(networks)} of {FEWEST} networks"
        return undecided(quantity, measured, said, tolerance=tolerance, reason=reason)
    return exact(quantity, measured, said, tolerance=tolerance)


def line_variation(params: Params, result: Result, sample: Drawn) -> Check | None:
    """Small start: the least total variation of the slope."""
    if result.line is None or not _small_start(params, result):
        return None
    said = Statement("least that interpolates", result.line.least)
    quantity = "total variation of the slope, median over networks"
    return _lines(sample, "variation", quantity, said, 0.015 * result.line.least)


def line_knots(params: Params, result: Result, sample: Drawn) -> Check | None:
    """Small start: few kinks."""
    if not _small_start(params, result):
        return None
    quantity = "effective number of kinks, median over networks"
    return _lines(sample, "knots", quantity, at_most("few", 8.0), 0.0)


def kernel_kinks(_params: Params, result: Result, _sample: Drawn) -> Check | None:
    """The kernel regime bends at every datum, by −c_i/π."""
    part = result.line
    if part is None or not 1e-3 < abs(part.kink_said) < 1e3:
        return None
    return exact(
        "jump of the slope of the kernel interpolant at a datum",
        part.kink,
        Statement("−cᵢ/π", part.kink_said),
        Statement("no kink", 0.0),
        tolerance=1e-3 * abs(part.kink_said),
    )
