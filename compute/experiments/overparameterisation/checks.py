"""How the claims of §1.3.1 are judged: a check is None where the setting says nothing about it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from compute.claims import Check, Statement, at_least, at_most, exact, sampled, undecided
from compute.deep_linear import mode_strength
from compute.experiments.overparameterisation.run import Array, Rank, Result
from compute.experiments.overparameterisation.sampler import Starts
from compute.experiments.overparameterisation.setting import Params, start_ratios
from compute.sampling import Sample

# A rank is seen where the first singular value that is not counted is so many times smaller.
_SEEN = 1e3
# Least width for which smooth networks have their rank in doubles, and fewest starts in a share.
_WIDE, _ENOUGH, _SHARE = 3, 3.0, 0.95
# Of the Runge–Kutta steps, and of the interpolation between drawn points.
_FLOW = 1e-4


def chain_rule(_params: Params, result: Result, _sample: Any) -> Check | None:
    """∇_θ L = D_θ zᵀ ∇_z L, along a random direction."""
    if result.rank is None:
        return None
    said = Statement("∇_z L · D_θ z v", result.rank.chained)
    return exact("dL/dh along v", result.rank.slope, said, tolerance=1e-10)


def _networks(quantity: str, short: NDArray[np.bool_], gaps: Array, statement: Statement) -> Check:
    """How many networks are not as said; undecided where their ranks are not seen in doubles."""
    blurred = short & (gaps < _SEEN)
    measured = float(short.sum())
    if bool(blurred.any()) and not bool((short & ~blurred).any()):
        reason = "singular values fall below rounding: numerical rank is not rank"
        return undecided(quantity, measured, statement, tolerance=0.0, reason=reason)
    return exact(quantity, measured, statement, tolerance=0.0)


def smooth_rank(params: Params, result: Result, _sample: Any) -> Check | None:
    """tanh and GELU, every layer 3 wide or wider: min(P, |D|)."""
    part = result.rank
    if part is None or params.activation not in ("tanh", "gelu") or params.input_dim < _WIDE:
        return None
    wide = part.widths >= _WIDE
    generic = np.minimum(part.parameters, params.data_count)[wide, None]
    short = part.ranks[wide] != generic
    said = Statement("none", 0.0)
    quantity = f"of {short.size} networks, those whose rank is not min(P, |D|)"
    return _networks(quantity, short, part.gaps[wide], said)


def _of(params: Params, result: Result, activation: str) -> Rank | None:
    return result.rank if params.activation == activation else None


def linear_rank(params: Params, result: Result, _sample: Any) -> Check | None:
    """r(d + 1 − r) + 1 with d = min(|D| − 1, N_0)."""
    part = _of(params, result, "linear")
    if part is None:
        return None
    rank = 1 + min(params.data_count - 1, params.input_dim)
    short = part.ranks != rank
    quantity = f"of {short.size} networks, those whose rank is not {rank}"
    return _networks(quantity, short, part.gaps, Statement("none", 0.0))


def relu_bound(params: Params, result: Result, _sample: Any) -> Check | None:
    """Never above min(P − hidden neurons, |D|)."""
    part = _of(params, result, "relu")
    if part is None:
        return None
    most = np.minimum(part.parameters - params.depth * part.widths, params.data_count)
    above = float((part.ranks - most[:, None]).max())
    return exact("largest rank − min(P − ΣN, |D|)", above, at_most("bound", 0.0), tolerance=0.0)


def relu_patterns(params: Params, result: Result, _sample: Any) -> Check | None:
    """One hidden layer: dim span{1, p_k, p_k x_j}."""
    part = _of(params, result, "relu")
    if part is None or not part.patterns.size:
        return None
    short = part.ranks != part.patterns
    quantity = f"of {short.size} networks, those whose rank is not that of their patterns"
    return _networks(quantity, short, part.gaps, Statement("none", 0.0))


def linear_modes(params: Params, result: Result, _sample: Any) -> Check | None:
    """Half times of aligned modes: the law of D layers; two layers the sigmoid."""
    part = result.linear
    if part is None or params.aligned != "aligned" or not np.all(np.isfinite(part.half)):
        return None
    law = part.waits[params.layers - 1]
    slowest = float(np.abs(part.half[0] / law - 1).max())
    said = Statement("none", 0.0)
    return exact("largest relative error of the half times", slowest, said, tolerance=_FLOW)


def linear_loss(params: Params, result: Result, _sample: Any) -> Check | None:
    """Two layers: ½ Σ (s_k − a_k)², each a_k a sigmoid; plateaus and all."""
    part = result.linear
    if part is None or params.aligned != "aligned" or params.layers != 2:
        return None
    law = 0.5 * np.sum(
        [
            (s - mode_strength(part.time, s, params.start, 1.0)) ** 2
            for s in part.strengths.tolist()
        ],
        axis=0,
    )
    apart = float(np.abs(part.loss[0] - law).max() / law[0])
    said = Statement("none", 0.0)
    return exact("largest distance of the loss, over its start", apart, said, tolerance=_FLOW)


def _known(params: Params) -> bool:
    """The setting that the two statements about starts are made for."""
    given = (params.activation, params.start_dim, params.start_data, params.rate)
    return params.figure == "starts" and given == ("tanh", 8, 16, 1.0)


def enough(params: Params, _result: Result, sample: Sample[Starts] | None) -> Check | None:
    """P/|D| ≥ 3 and enough steps: at least 0.95 arrive."""
    if not _known(params) or params.steps < 10_000:
        return None
    place = next(k for k, ratio in enumerate(start_ratios(params)) if ratio >= _ENOUGH)
    return sampled(
        f"share that arrives at P/|D| = {start_ratios(params)[place]:.2f}",
        sample,
        lambda found: found.share(place),
        at_least("P/|D| ≥ 3", _SHARE),
    )


def too_few(params: Params, _result: Result, sample: Sample[Starts] | None) -> Check | None:
    """P/|D| < 1: at most 0.05 arrive."""
    if not _known(params):
        return None
    return sampled(
        f"share that arrives at P/|D| = {start_ratios(params)[0]:.2f}",
        sample,
        lambda found: found.share(0),
        at_most("P < |D|", 1 - _SHARE),
    )
