"""How the claims of §1.3.3 are judged: a check is None where the setting says nothing about it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from compute.claims import Check, Statement, at_least, at_most, exact, sampled, undecided
from compute.experiments.feature_learning.curve import Curve
from compute.experiments.feature_learning.networks import PARITY_SIZE, Climb, Training
from compute.experiments.feature_learning.run import Result
from compute.experiments.feature_learning.sampler import DIMENSIONS, Escapes, flow_counts
from compute.experiments.feature_learning.setting import DATA_SIZES, Params
from compute.sampling import Sample

Drawn = Sample[Any] | None
LEVEL = 0.3


def _trained(
    sample: Drawn,
    quantity: str,
    value: Callable[[Training], float],
    statement: Statement,
    steps: int,
) -> Check:
    """A number of the networks in training, judged once they have made so many steps."""
    state = None if sample is None else sample.current
    if not isinstance(state, Training):
        reason, measured = "no network is trained yet", math.nan
    else:
        measured, done = value(state), int(state.steps[-1])
        reason = "" if done >= steps else f"only {done} of {steps} steps"
        if not math.isfinite(measured):
            reason = "training has diverged, or this tab does not measure it"
    if reason:
        return undecided(quantity, measured, statement, tolerance=0.0, reason=reason)
    return exact(quantity, measured, statement, tolerance=0.0)


def _usual(params: Params, exponent: float, steps: int) -> bool:
    """The network and the learning rate of the statements; training long enough."""
    return (
        params.figure in {"learning", "features"}
        and (params.input_dim, params.width, params.exponent) == (32, 256, exponent)
        and params.rate == 1.0
        and params.steps >= steps
    )


def _relu(params: Params) -> bool:
    return params.target == "relu" and params.data == 1024


def gain(params: Params, _result: Result, sample: Drawn) -> Check | None:
    """ReLU target, mean-field scaling, 1024 data: five times below the best ridge."""
    if not _usual(params, 0.5, 200) or not _relu(params):
        return None
    quantity = "least ratio of the test errors, ridge over network"
    statement = at_least("five times", 5.0)
    return _trained(sample, quantity, lambda s: float(s.gain().min()), statement, 200)


def kernel_regime(params: Params, _result: Result, sample: Drawn) -> Check | None:
    """At a = 0 the network does not leave its ridge by a factor of 2."""
    if not _usual(params, 0.0, 100) or not _relu(params) or params.steps > 400:
        return None
    return _no_better(sample, at_most("within a factor 2", 2.0))


def not_learned(params: Params, _result: Result, sample: Drawn) -> Check | None:
    """Information exponents of 3 and more at too few data: no better than the ridge."""
    few = (params.target, params.data) in {("hermite4", 1024), ("hermite3", 256)}
    if not _usual(params, 0.5, 100) or not few or params.steps > 400:
        return None
    return _no_better(sample, at_most("not a factor 1.5", 1.5))


def _no_better(sample: Drawn, statement: Statement) -> Check:
    quantity = "largest ratio of the test errors, ridge over network"
    return _trained(sample, quantity, lambda s: float(s.gain().max()), statement, 100)


def more_data(params: Params, _result: Result, sample: Drawn) -> Check | None:
    """A trained network makes more of more data than a ridge on its start."""
    known = (params.input_dim, params.width, params.exponent, params.rate, params.target)
    if params.figure != "curve" or known != (32, 256, 0.5, 1.0, "relu") or params.steps < 200:
        return None
    quantity = f"least growth of the gain from |D| = {DATA_SIZES[0]} to {DATA_SIZES[-1]}"
    statement = at_least("four times", 4.0)
    state = None if sample is None else sample.current
    grown = state.growth() if isinstance(state, Curve) else np.empty(0)
    if not grown.size:
        reason = "no network has been trained at the largest |D| yet"
        return undecided(quantity, math.nan, statement, tolerance=0.0, reason=reason)
    return exact(quantity, float(grown.min()), statement, tolerance=0.0)


def kernel_leads(params: Params, _result: Result, sample: Drawn) -> Check | None:
    """Training turns the tangent kernel's leading eigenvector towards the target."""
    if params.figure != "features" or not _usual(params, 0.5, 200) or not _relu(params):
        return None
    return _trained(
        sample,
        "gain of the leading eigenvector's share of the target",
        lambda s: float(s.kernel[1, 0] - s.kernel[0, 0]),
        at_least("0.4 more", 0.4),
        200,
    )


def escape_linear(params: Params, _result: Result, sample: Drawn) -> Check | None:
    """k = 1: as many samples as the flow says, d/δ × artanh."""
    if params.figure != "escape" or params.sgd_rate > 0.1:
        return None
    flow = float(np.log(flow_counts(params)[0, -1]))
    return sampled(
        f"mean logarithm of the samples, k = 1, d = {DIMENSIONS[-1]}",
        sample,
        Escapes.log_linear,
        Statement("that of the flow", flow),
        bias=0.05,
    )


def escape_order(params: Params, _result: Result, sample: Drawn) -> Check | None:
    """k = 3 needs a higher power of d than k = 1."""
    if params.figure != "escape" or params.sgd_rate > 0.1:
        return None
    flow = np.log(flow_counts(params))
    slopes = (flow[:, -1] - flow[:, 0]) / math.log(8)
    return sampled(
        "power of d for k = 3 less that for k = 1",
        sample,
        Escapes.steepening,
        at_least("half of what the flow says", 0.5 * float(slopes[2] - slopes[0])),
    )


def stairs_learned(params: Params, result: Result, _sample: Drawn) -> Check | None:
    """In the limit the staircase is climbed."""
    if result.limit is None or params.stairs_time < 50:
        return None
    statement = at_most("a twentieth of the first", 0.15)
    risk = float(result.limit.risk[0, -1])
    return exact("risk of the staircase, N₀ = ∞", risk, statement, tolerance=0.0)


def parity_stuck(params: Params, result: Result, _sample: Drawn) -> Check | None:
    """In the limit parity is not learned: at u = 0 it has no gradient, and u stays there."""
    if result.limit is None or params.stairs_time < 20:
        return None
    risk = float(result.limit.risk[1, -1])
    said = Statement("that of z = 0", PARITY_SIZE**2)
    return exact("risk of parity, N₀ = ∞", risk, said, tolerance=1e-3)


def parity_later(params: Params, _result: Result, sample: Drawn) -> Check | None:
    """Real networks learn parity too, only later."""
    if params.figure != "staircase" or params.stairs_dim < 30 or params.stairs_time < 50:
        return None
    statement = at_least("later", 1.0)
    quantity = f"least ratio of the times to risk {LEVEL}, parity over staircase"
    state = None if sample is None else sample.current
    if not isinstance(state, Climb):
        return undecided(quantity, math.nan, statement, tolerance=0.0, reason="nothing trained yet")
    stairs, parity = state.arrival(LEVEL)
    if not np.all(np.isfinite(stairs)):
        return undecided(
            quantity, math.nan, statement, tolerance=0.0, reason="a staircase is not climbed yet"
        )
    late = np.where(np.isfinite(parity), parity, state.times[-1])
    return exact(quantity, float((late / stairs).min()), statement, tolerance=0.0)
