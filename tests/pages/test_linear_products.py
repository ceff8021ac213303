"""Page 3.1: its presets are what they say."""

from __future__ import annotations

import pytest

import app
from components.page import Preset
from compute.experiment import BUDGET_MS
from compute.experiments.linear_products import EXPERIMENT, Params, run

assert app.server  # pages register themselves with the app
from pages.chapter_3.linear_products import PAGE  # noqa: E402


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
