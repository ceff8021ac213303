"""Page 3.1: its presets are what they say, and no true statement is refuted at any of them."""

from __future__ import annotations

import dataclasses

import pytest

import app
from components.page import Preset
from compute.claims import Verdict
from compute.experiment import BUDGET_MS
from compute.experiments.linear_products import EXPERIMENT, Params, run, sampler
from compute.experiments.linear_products.sampler import SAMPLER
from compute.sampling import advance, collect

assert app.server  # pages register themselves with the app
from pages.chapter_3.linear_products import PAGE  # noqa: E402

BATCHES = 4
SHOWN = ("lyapunov", "norm_law", "norm_direction", "norm_direction_signs")
SETTINGS = [p.params for p in PAGE.presets] + [
    claim.params for claim in EXPERIMENT.claims if claim.key in SHOWN
]


@pytest.mark.parametrize("preset", PAGE.presets, ids=lambda p: p.label)
def test_every_preset_is_affordable(preset: Preset) -> None:
    assert EXPERIMENT.work(preset.params) <= BUDGET_MS
    assert preset.params != Params()


def test_presets_have_the_effective_depth_they_name() -> None:
    laws = {p.label: run(p.params).law for p in PAGE.presets}
    betas = {label: law.beta for label, law in laws.items() if law is not None}
    assert betas["Wide"] == pytest.approx(0.01)
    assert betas["Critical"] == pytest.approx(1)
    assert betas["Deep"] == pytest.approx(10)
    assert betas["Bottleneck"] == pytest.approx(1)


@pytest.mark.parametrize("setting", SETTINGS, ids=str)
def test_no_true_statement_is_refuted_over_twenty_seeds(
    setting: Params, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At every one of the first batches, which are small here: small samples mislead most."""
    monkeypatch.setattr(sampler, "BATCH_MS", 20.0)
    judged = 0
    result = run(setting)
    for seed in range(20):
        params = dataclasses.replace(setting, seed=seed)
        sample = None
        for _ in range(min(BATCHES, SAMPLER.batches(params))):
            sample = advance(SAMPLER, params, sample)
            for claim in EXPERIMENT.claims:
                check = claim.check(params, result, sample)
                judged += check is not None
                assert check is None or check.verdict != Verdict.REFUTED, (seed, claim.key, check)
    assert judged


@pytest.mark.parametrize("preset", PAGE.presets[1:3], ids=lambda p: p.label)
def test_nor_in_large_samples_from_the_exact_law(preset: Preset) -> None:
    """The mean of ‖z‖², whose tail is heavy, at β = 1 and β = 10."""
    setting = dataclasses.replace(preset.params, route="exact", samples=1_000_000)
    result = run(setting)
    for seed in range(20):
        params = dataclasses.replace(setting, seed=seed)
        sample = collect(SAMPLER, params, 2)
        for claim in EXPERIMENT.claims:
            check = claim.check(params, result, sample)
            assert check is None or check.verdict != Verdict.REFUTED, (seed, claim.key, check)
