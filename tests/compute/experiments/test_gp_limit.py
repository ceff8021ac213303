"""Page 3.2's experiment: every tab at its extremes, its claims, exact numbers two ways."""

from __future__ import annotations

import itertools
import math
from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np
import pytest

from compute.claims import Verdict
from compute.experiments.gp_limit import EXPERIMENT, Params, run
from compute.experiments.gp_limit.run import MOMENT_WIDTHS, RATE_WIDTHS, limit_of, unit_of
from compute.experiments.gp_limit.sampler import SAMPLER, batches, networks_at
from compute.experiments.gp_limit.setting import ACTIVATIONS, FIGURES
from compute.ledger import Entry, evaluate
from compute.sampling import collect
from tests.thorough import crossed, several

NAMES = [name for name, _ in ACTIVATIONS]
TABS = [name for name, _ in FIGURES]
FEW = {"networks": 500}


def arrays(part: Any) -> list[np.ndarray]:
    """Every array in a result and its parts."""
    if isinstance(part, np.ndarray):
        return [part]
    if is_dataclass(part):
        return [a for f in fields(part) for a in arrays(getattr(part, f.name))]
    return []


@pytest.mark.parametrize(("activation", "figure"), crossed(NAMES, TABS))
def test_every_tab_runs_at_the_corners(activation: str, figure: str) -> None:
    """No setting raises or warns; numbers are read-only; a batch can be drawn."""
    for weight, bias, width in itertools.product((0.1, 6.0), (0.0, 2.0), (1, 16)):
        params = Params(
            figure, activation, width=width, depth=6, weight_variance=weight,
            bias_variance=bias, angle=180.0, **FEW,
        )  # fmt: skip
        found = arrays(run(params))
        assert found
        assert not any(a.flags.writeable for a in found)
    if batches(params):
        assert SAMPLER.batch(params, 0) is not None
        with pytest.raises(ValueError, match="batch"):
            SAMPLER.batch(params, batches(params))


@pytest.mark.parametrize("figure", TABS)
def test_the_deepest_settings(figure: str) -> None:
    for activation, width in (("relu", 1), ("linear", 512), ("exp", 8)):
        params = Params(figure, activation, width=width, depth=100, weight_variance=6.0)
        assert arrays(run(params))


@pytest.mark.parametrize("claim", several(EXPERIMENT.claims, 6), ids=lambda c: c.key)
def test_claims_reach_their_verdict(claim: Any) -> None:
    check = evaluate(Entry(EXPERIMENT, claim))
    assert check.verdict == Verdict.AGREES
    assert all(s.verdict == Verdict.REFUTED for s in check.statements[1:])


def test_a_sample_is_the_same_in_any_hands_and_as_large_as_it_says() -> None:
    for figure, widths in (("joint", (16,)), ("rate", RATE_WIDTHS), ("moments", MOMENT_WIDTHS)):
        params = Params(figure, depth=1, networks=500)
        first, again = (collect(SAMPLER, params, batches(params)).current for _ in range(2))
        wanted = [networks_at(params, w) for w in widths]
        drawn = {
            "joint": lambda s: [s.drawn],
            "rate": lambda s: s.count.tolist(),
            "moments": lambda s: s.powers[0].tolist(),
        }[figure](first)
        assert drawn == wanted
        assert all(np.array_equal(a, b) for a, b in zip(arrays(first), arrays(again), strict=True))


def test_the_printed_kernel_and_the_corrected_one() -> None:
    """ReLU by hand: C_b + (C_W/2) K from C_b + C_W‖x‖²/N_0, printed without both (E 14, 15)."""
    part = run(Params("kernel", norm=1.75, bias_variance=0.5, depth=3)).kernel
    assert part is not None
    np.testing.assert_allclose(part.variance, [4.0, 4.5, 5.0, 5.5])
    np.testing.assert_allclose(part.printed, [1.75] * 4)


def test_scores_are_those_of_a_symmetric_law() -> None:
    part = run(Params(width=4, depth=2)).joint
    assert part is not None
    middle = part.thresholds.size // 2
    sides = np.delete(part.score, middle)
    np.testing.assert_allclose(sides, -sides[::-1], rtol=1e-9)
    # half of the alive and all of the dead lie at or below 0
    from scipy.special import ndtr

    assert ndtr(part.score[middle]) == pytest.approx(0.5 + 0.5 * part.dead, rel=1e-9)


def test_outputs_are_measured_in_units_of_the_limit() -> None:
    params = Params(activation="tanh", depth=3, weight_variance=1.5, bias_variance=0.2)
    assert unit_of(params) ** 2 == pytest.approx(limit_of(params)[-1, 0, 0], rel=1e-12)
    assert unit_of(replace(params, activation="exp", depth=100, weight_variance=6.0)) == 1


def test_functions_become_those_of_the_process() -> None:
    """Root mean square differences fall like N^(−½), and the process has variance 1."""
    part = run(Params("functions", width=256, depth=2)).functions
    assert part is not None
    kept = part.widths >= 8
    slope = np.polyfit(np.log(part.widths[kept]), np.log(part.apart[kept]), 1)[0]
    assert -0.75 < slope < -0.3
    many = [run(Params("functions", width=1, depth=2, seed=s)).functions for s in range(200)]
    squares = np.array([m.process[:, :-1] ** 2 for m in many if m is not None])
    assert squares.mean() == pytest.approx(1, abs=5 * squares.mean(axis=(1, 2)).std() / 200**0.5)


def test_rates_know_no_law_where_there_is_none() -> None:
    for changes in ({"activation": "tanh"}, {"bias_variance": 0.1}):
        part = run(Params("rate", **changes)).rate
        assert part is not None
        assert np.isnan(part.law).all()
        assert math.isnan(part.slope)
    part = run(Params("rate", metric="kolmogorov")).rate
    assert part is not None
    assert np.isnan(part.outputs).all()


def test_no_claim_is_refuted_along_the_sliders() -> None:
    """Exact claims over metrics, depths, outputs and both families."""
    for activation, metric, depth, outputs in itertools.product(
        ("linear", "relu"),
        ("wasserstein_1", "wasserstein_2", "kolmogorov", "total_variation"),
        (1, 2, 3, 10, 100),
        (1, 10),
    ):
        params = Params("rate", activation, metric, depth=depth, outputs=outputs)
        result = run(params)
        moments = replace(params, figure="moments")
        for setting, found in ((params, result), (moments, run(moments))):
            for claim in EXPERIMENT.claims:
                check = claim.check(setting, found, None)
                assert check is None or check.verdict != Verdict.REFUTED, (setting, claim.key)


def test_the_limit_is_judged_with_the_bias_that_it_has() -> None:
    claim = next(c for c in EXPERIMENT.claims if c.key == "limit")
    part = run(claim.params).kernel
    assert part is not None
    assert 0 < abs(part.shift) < 0.1 * part.variance[-1]
