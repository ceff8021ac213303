"""How the claims about the norm of the output are judged at any setting: section 3.2.

A check uses what `run` and the sampler have already computed, and is None where the setting says
nothing about its claim: most are about Gaussian weights, and none about the law of log X is
judged by a sample that was drawn from that law.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from compute.claims import Check, Statement, sampled
from compute.claims.kolmogorov import kolmogorov
from compute.experiments.linear_products.law import Law
from compute.experiments.linear_products.run import Result
from compute.experiments.linear_products.sampler import LawSample, has_overlaps
from compute.experiments.linear_products.setting import Params, log_mean, route_of, widths
from compute.experiments.linear_products.weights import OVERLAP
from compute.linear_products import log_norm_moments
from compute.sampling import Estimate, Moments, Sample

Checker = Callable[[Params, Result, Sample[Any] | None], Check | None]

# Networks it takes to judge a mean, and a variance.
FEW, MANY = 100, 1000
# Rounding of a sample in which every draw is the same number.
_ROUNDING = 1e-9


def layer_mean(params: Params, result: Result, sample: Sample[LawSample] | None) -> Check | None:
    """E 9: the mean of ½ log(χ²_N/N) against −1/(2N) − 1/(6N²) and −1/(4N)."""
    law = _tested(params, result)
    if law is None:
        return None
    n = np.array(widths(params), dtype=np.float64)
    return _unless_crude(
        f"mean of ½ log(χ²/N) over the {n.size} layers",
        sample,
        lambda s: _rescaled(_log_norm(s).centred_estimate(), 1 / n.size, -law.offset / n.size),
        Statement("corrected −1/(2N) − 1/(6N²)", float(np.mean(-1 / (2 * n) - 1 / (6 * n**2)))),
        Statement("as printed −1/(4N)", float(np.mean(-1 / (4 * n)))),
        bias=float(np.mean(1 / (15 * n**4))),
    )


def layer_variance(
    params: Params, result: Result, sample: Sample[LawSample] | None
) -> Check | None:
    """E 9: the variance of ½ log(χ²_N/N) against 1/(2N) + 1/(2N²) and 1/(4N)."""
    if _tested(params, result) is None:
        return None
    n = np.array(widths(params), dtype=np.float64)
    return _unless_crude(
        f"variance of ½ log(χ²/N), mean over the {n.size} layers",
        sample,
        lambda s: _rescaled(_log_norm(s).variance_estimate(), 1 / n.size),
        Statement("corrected 1/(2N) + 1/(2N²)", float(np.mean(1 / (2 * n) + 1 / (2 * n**2)))),
        Statement("as printed 1/(4N)", float(np.mean(1 / (4 * n)))),
        bias=float(np.mean(1 / (3 * n**3))),
        least=MANY,
    )


def lognormal_mean(
    params: Params, result: Result, sample: Sample[LawSample] | None
) -> Check | None:
    """E 10: the mean of log X against −β/2 and −β/4 (the printed β has no output layer)."""
    law = _tested(params, result)
    if law is None:
        return None
    n = np.array(widths(params), dtype=np.float64)
    return _unless_crude(
        "mean of log X",
        sample,
        lambda s: _log_norm(s).centred_estimate(),
        Statement("corrected −β/2", law.offset - law.beta / 2),
        Statement("as printed −β/4", law.offset - law.hidden_beta / 4),
        bias=float(np.sum(1 / (6 * n**2))),
    )


def lognormal_variance(
    params: Params, result: Result, sample: Sample[LawSample] | None
) -> Check | None:
    """E 10: the variance of log X against β/2 and β/4."""
    law = _tested(params, result)
    if law is None:
        return None
    n = np.array(widths(params), dtype=np.float64)
    return _unless_crude(
        "variance of log X",
        sample,
        lambda s: _log_norm(s).variance_estimate(),
        Statement("corrected β/2", law.beta / 2),
        Statement("as printed β/4", law.hidden_beta / 4),
        bias=float(np.sum(1 / (2 * n**2))),
        least=MANY,
    )


def output_layer(params: Params, result: Result, sample: Sample[LawSample] | None) -> Check | None:
    """E 11: the mean of log X is a sum over all L+1 layers, not over the hidden ones."""
    law = _tested(params, result)
    if law is None:
        return None
    hidden = law.offset + log_norm_moments(widths(params)[:-1])[0]
    return sampled(
        "mean of log X",
        sample,
        lambda s: _counted(_log_norm(s).centred_estimate()),
        Statement("exact, all L + 1 layers", law.mean),
        Statement("exact, hidden layers only", hidden),
        Statement("as printed −β/4", law.offset - law.hidden_beta / 4),
    )


def chi_square_law(at: tuple[int, ...] = ()) -> Checker:
    """(3.2.3): the distribution function of log X; only at widths (N_0, …, N_{L+1}) where given."""

    def check(params: Params, result: Result, sample: Sample[LawSample] | None) -> Check | None:
        law = _tested(params, result)
        if law is None or (at and (params.inputs, *widths(params)) != at):
            return None
        return kolmogorov(
            "largest distance from the exact distribution function",
            sample,
            lambda s: s.distance(law.cdf),
            lambda s: s.drawn,
            Statement("law (3.2.3)", 0.0),
            Statement("lognormal as printed", law.printed_gap),
        )

    return check


def mean_norm(params: Params, result: Result, sample: Sample[LawSample] | None) -> Check | None:
    """E‖z‖² = C_W^{L+1} N_{L+1}/N_0, for any law of the weights; E 8: L+1 factors, not L."""
    mean = _plain_mean(params, result)
    if mean is None:
        return None
    rivals = (Statement("with L factors", mean / params.weight_variance),)
    return sampled(
        "mean of ‖z‖²",
        sample,
        lambda s: _rescaled(s.square.mean_estimate(), mean),
        Statement("C_W to the power L + 1, times N_L₊₁/N₀", mean),
        *(rivals if params.weight_variance != 1 else ()),
        bias=_ROUNDING * mean,
    )


def prefactor(params: Params, result: Result, sample: Sample[LawSample] | None) -> Check | None:
    """E 7: the last factor is W^{(L+1)}/√N_L; with the printed 1/N_L the mean falls by N_L."""
    mean, last = _plain_mean(params, result), widths(params)[-2]
    if mean is None or last == 1:
        return None
    return sampled(
        "mean of ‖z‖²",
        sample,
        lambda s: _rescaled(s.square.mean_estimate(), mean),
        Statement("factor 1/√N_L", mean),
        Statement("factor 1/N_L as printed", mean / last),
        bias=_ROUNDING * mean,
    )


def deep_mean(params: Params, result: Result, sample: Sample[LawSample] | None) -> Check | None:
    """E‖z‖² at large β: all but one network in a hundred carry little of it.

    The reason says so where a sample's own mean of ‖z‖² decides nothing.
    """
    if (law := _tested(params, result)) is None or law.beta < 5:
        return None
    common = sampled(
        "share of E‖z‖² in all but one network in a hundred",
        sample,
        lambda s: s.common.mean_estimate(),
        Statement("chi-squareds of N + 2", law.common),
        Statement("if none of it were missing", 1.0),
    )
    whole = sampled("", sample, lambda s: s.square.mean_estimate(), Statement("", 1.0))
    if common.reason or not whole.reason:
        return common
    return replace(common, reason=f"that the whole mean is 1 stays {whole.verdict}: {whole.reason}")


def covariance(params: Params, result: Result, sample: Sample[LawSample] | None) -> Check | None:
    """Cov(z_i(x), z_i(x')) = x·x'/N_0 at every L (C_W = 1); E 7: with 1/N_L it would vanish."""
    if result.law is None or params.weight_variance != 1 or not has_overlaps(params):
        return None
    predicted = OVERLAP / params.inputs
    last = widths(params)[-2]
    rivals = (Statement("with the printed 1/N_L", predicted / last),)
    return sampled(
        "covariance of the outputs at x·x' = ½",
        sample,
        lambda s: _counted(s.overlap.centred_estimate()),
        Statement("x·x'/N₀", predicted),
        *(rivals if last > 1 else ()),
        bias=_ROUNDING,
    )


def _tested(params: Params, result: Result) -> Law | None:
    """The law, where Gaussian weights are multiplied and so put it to the test."""
    if params.entries != "gaussian" or result.law is None or route_of(params) != "weights":
        return None
    return result.law


def _plain_mean(params: Params, result: Result) -> float | None:
    """E‖z‖² where it is a number and weights are multiplied."""
    if result.law is None or route_of(params) != "weights" or abs(log_mean(params)) > 300:
        return None
    return math.exp(log_mean(params))


def _log_norm(state: LawSample) -> Moments:
    if state.log_norm is None:
        raise LookupError("every network sent the input to zero")
    return state.log_norm


def _counted(e: Estimate) -> Estimate:
    """`e`, undecided while it rests on few draws."""
    return replace(e, effective=float(e.count))


def _rescaled(e: Estimate, factor: float, shift: float = 0.0) -> Estimate:
    return replace(e, value=factor * e.value + shift, standard_error=factor * e.standard_error)


def _unless_crude(
    quantity: str,
    sample: Sample[LawSample] | None,
    estimate: Callable[[LawSample], Estimate],
    claimed: Statement,
    rival: Statement,
    *,
    bias: float,
    least: int = FEW,
) -> Check:
    """`sampled`, but undecided where the neglected terms are as large as what is to be told.

    Undecided too below `least` networks: a standard error from fewer is itself uncertain.
    """
    crude = 5 * bias >= abs(claimed.predicted - rival.predicted)
    if sample is None or (sample.current.drawn >= least and not crude):
        return sampled(quantity, sample, estimate, claimed, rival, bias=bias)
    now = estimate(sample.current)
    error = math.hypot(now.standard_error, bias)
    reason = f"fewer than {least} networks"
    if crude:
        reason = "the layers are so narrow that the neglected terms count"
    return Check(quantity, now.value, error, True, (claimed, rival), reason)
