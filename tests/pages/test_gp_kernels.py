"""Page 3.3: verdicts at its presets."""

from __future__ import annotations

import dataclasses
import itertools

import pytest

import app
from compute.claims import Verdict
from compute.experiments.gp_kernels import EXPERIMENT, sampler
from compute.sampling import Sample, advance

assert app.server  # pages register themselves with the app
from pages.chapter_3.gp_kernels import PAGE  # noqa: E402


def test_no_true_statement_is_refuted_at_any_preset(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty seeds, every preset, at every batch on the way, which are small here."""
    monkeypatch.setattr(sampler, "BATCH_S", 0.002)
    judged = 0
    for preset, seed in itertools.product(PAGE.presets, range(20)):
        params = dataclasses.replace(preset.params, seed=seed, networks=50, width=32)
        result = EXPERIMENT.run(params)
        sample: Sample[sampler.Networks] | None = None
        assert sampler.batches(params) >= 4
        for _ in range(4):
            sample = advance(sampler.SAMPLER, params, sample)
            for claim in EXPERIMENT.claims:
                check = claim.check(params, result, sample)
                if check is not None:
                    judged += 1
                    assert check.verdict != Verdict.REFUTED, (preset.label, seed, claim.key)
    assert judged > 20 * len(PAGE.presets)
