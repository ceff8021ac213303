"""How the claims about spectra, and about norm and direction of Wu, are judged: section 3.2.

A check uses what the sampler has already computed, and is None where the setting says nothing.
"""

from __future__ import annotations

import itertools
from functools import cache
from typing import Any

import numpy as np

from compute.claims import Check, Statement, sampled
from compute.experiments.linear_products.run import Result
from compute.experiments.linear_products.sampler import ImageSample, has_frames, has_traces
from compute.experiments.linear_products.setting import Params
from compute.linear_products import lyapunov_exponents
from compute.sampling import Sample

# Mean of the two Lyapunov exponents of 2 × 2 matrices with uniform entries of variance ½:
# ½ E log|w_1 w_4 − w_2 w_3|, by quadrature.
UNIFORM_PAIR = -0.517268718
# Fourth cumulant of an entry of variance 1.
_KURTOSIS = {"gaussian": 0.0, "sign": -2.0, "uniform": -1.2, "student": 6.0}
# Rounding of a sample in which every draw is the same number.
_ROUNDING = 1e-9


def largest_exponent(params: Params, result: Result, sample: Sample[Any] | None) -> Check | None:
    """Newman's μ_1, the mean of one term of (3.2.3), against the printed −1/(4N)."""
    if result.spectrum is None or not has_frames(params) or params.entries != "gaussian":
        return None
    return sampled(
        "largest Lyapunov exponent",
        sample,
        lambda s: s.top.centred_estimate(),
        Statement("½[ψ(N/2) − log(N/2)]", float(lyapunov_exponents(params.width)[0])),
        Statement("as printed −1/(4N)", -1 / (4 * params.width)),
    )


def exponent_spread(params: Params, result: Result, sample: Sample[Any] | None) -> Check | None:
    """μ_1 − μ_N = ½[ψ(N/2) − ψ(½)] by Newman's formula."""
    if result.spectrum is None or not has_frames(params) or params.width == 1:
        return None
    if params.entries != "gaussian":
        return None
    exponents = lyapunov_exponents(params.width)
    return sampled(
        "largest minus smallest Lyapunov exponent",
        sample,
        lambda s: s.spread.centred_estimate(),
        Statement("½[ψ(N/2) − ψ(½)]", float(exponents[0] - exponents[-1])),
    )


def free_moment(params: Params, result: Result, sample: Sample[Any] | None) -> Check | None:
    """The second moment L+2 of the Fuss–Catalan law, for any law of the weights.

    The bias is the leading correction in 1/N: F(F+1)/2 from pairings, F κ from the kurtosis.
    """
    if result.spectrum is None or not has_traces(params):
        return None
    factors = params.depth + 1
    bias = factors * ((factors + 1) / 2 + abs(_KURTOSIS[params.entries])) / params.width
    return sampled(
        "mean fourth power of the singular values",
        sample,
        lambda s: s.second.mean_estimate(),
        Statement("free probability, L + 1 factors", factors + 1.0),
        Statement("free probability, L factors", float(factors)),
        bias=bias,
    )


def exponents_differ(params: Params, result: Result, sample: Sample[Any] | None) -> Check | None:
    """Uniform entries do not have Newman's exponents: exact for the mean of the two at N = 2."""
    if result.spectrum is None or params.width != 2 or params.entries != "uniform":
        return None
    return sampled(
        "mean of the two Lyapunov exponents",
        sample,
        lambda s: s.average.centred_estimate(),
        Statement("uniform entries ½ E log|det W|", UNIFORM_PAIR),
        Statement("if they were universal", float(lyapunov_exponents(2).mean())),
        bias=_ROUNDING,
    )


def squared_image(
    params: Params, result: Result, sample: Sample[ImageSample] | None
) -> Check | None:
    """E 6: E‖Wu‖² = N for a matrix with N rows, not N/N'."""
    if result.direction is None or params.inputs == 1:
        return None
    return sampled(
        "mean of ‖Wu‖²",
        sample,
        lambda s: s.square.mean_estimate(),
        Statement("corrected N", float(params.width)),
        Statement("as printed N/N′", params.width / params.inputs),
        bias=_ROUNDING * params.width,
    )


def independent(params: Params, result: Result, sample: Sample[ImageSample] | None) -> Check | None:
    """(3.2.1): for Gaussian W the norm of Wu knows nothing of its direction."""
    if result.direction is None or params.entries != "gaussian" or params.width == 1:
        return None
    return sampled(
        "correlation of log‖Wu‖ with Σ v⁴",
        sample,
        lambda s: s.correlation(),
        Statement("independent", 0.0),
    )


def dependent(params: Params, result: Result, sample: Sample[ImageSample] | None) -> Check | None:
    """For ±1 entries it does: the correlation by counting all sign matrices, where few."""
    few = params.inputs * params.width <= 12 and min(params.inputs, params.width) > 1
    if result.direction is None or params.entries != "sign" or not few:
        return None
    return sampled(
        "correlation of log‖Wu‖ with Σ v⁴",
        sample,
        lambda s: s.correlation(),
        Statement("counted over all sign matrices", sign_correlation(params.inputs, params.width)),
        Statement("independent", 0.0),
    )


@cache
def sign_correlation(inputs: int, width: int) -> float:
    """Correlation of log‖Wu‖ with Σ v_i⁴ over all sign matrices (width, inputs), u_j ∝ e^{−j/2}."""
    u = np.exp(-0.5 * np.arange(inputs))
    rows = np.array(list(itertools.product((-1.0, 1.0), repeat=inputs))) @ (u / np.linalg.norm(u))
    images = np.array(list(itertools.product(rows, repeat=width)))
    norms = np.linalg.norm(images, axis=1)
    concentration = np.sum((images / norms[:, None]) ** 4, axis=1)
    return float(np.corrcoef(np.log(norms), concentration)[0, 1])
