"""What page 3.5 draws and says, at settings where the usual words would be wrong."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from components.figures.gradients import kernel, law, layers, words
from components.figures.orders import points
from compute.experiments.gradients import EXPERIMENT, Params, run
from compute.experiments.gradients.sampler import SAMPLER
from compute.sampling import Sample, collect

FIGURES = {
    "law": (law.density, law.fan),
    "layers": (layers.by_layer, layers.spread),
    "kernel": (kernel.fluctuation, kernel.mean),
    "step": (kernel.drift,),
}


def drawn(batches: int = 1, **changes: Any) -> tuple[list[Any], str, Sample[Any] | None, Params]:
    """The figures of a tab, the sentence and the notice."""
    params = Params(**changes)
    result = run(params)
    sample = collect(SAMPLER, params, batches) if batches else None
    part = getattr(result, params.figure)
    figures = [build(params, part, sample) for build in FIGURES[params.figure]]
    said = words.sentence(params, result, sample, None)
    notice = words.notice(params, result, sample, None)
    return figures, f"{said} | {notice}", sample, params


def trace(figure: Any, name: str) -> Any:
    """The trace of a name."""
    return next((t for t in figure["data"] if t["name"] == name), None)


def test_the_bar_of_the_dead_has_the_area_of_its_share() -> None:
    (density, _), text, sample, _params = drawn(width=3, depth=6, networks=5000)
    bar = trace(density, "dead networks, exact")
    share = 1 - (1 - 2.0**-3) ** 6
    x, y, _ = points(bar)
    assert np.ptp(x) * y.max() == pytest.approx(share, rel=1e-5)
    assert density["layout"]["xaxis"]["ticktext"][0] == "0"
    assert "are dead (55.1)" in text
    x, y, _ = points(trace(density, "exact law"))
    assert np.trapezoid(y, x) == pytest.approx(1 - share, abs=5e-3)
    assert sample is not None
    x, y, _ = points(trace(density, "measured"))
    area = float(np.sum(y)) * float(np.diff(x).min())
    assert area == pytest.approx(1 - sample.current.dead.mean, abs=0.02)


def test_no_bar_where_nothing_dies() -> None:
    (density, _), text, *_ = drawn(activation="linear", weight_variance=1.5, width=4)
    assert trace(density, "dead networks, exact") is None
    assert "dead" not in text
    assert trace(density, "mean as printed") is not None


def test_the_printed_mean_is_not_drawn_where_it_is_the_same() -> None:
    figures, *_ = drawn(0, activation="linear", weight_variance=1.0)
    assert all(trace(f, "mean as printed") is None for f in figures)


@pytest.mark.parametrize("figure", FIGURES)
def test_unknown_laws_are_not_drawn_as_theory(figure: str) -> None:
    """tanh: measured dots, a dotted limit, and the words that say so."""
    figures, text, *_ = drawn(figure=figure, activation="tanh", networks=500)
    for made in figures:
        for t in made["data"]:
            assert t.get("line", {}).get("color") != "@theory", t["name"]
    assert "No exact law is known for tanh" in text
    assert "exact)" not in text


def test_biases_keep_the_input_gradient_and_nothing_else() -> None:
    figures, text, *_ = drawn(bias_variance=1.0, networks=1000)
    assert trace(figures[0], "exact law") is not None
    assert "With biases" not in text
    for figure in ("layers", "kernel", "step"):
        made, text, *_ = drawn(figure=figure, bias_variance=1.0, networks=500)
        assert "With biases the exact statements of this tab fail" in text
        if figure == "layers":
            assert made[0]["layout"]["xaxis"]["tickvals"][-1] == 9, "no mark where no layer is"


def test_hollow_dots_begin_at_one_half() -> None:
    (fluctuation, mean), text, *_ = drawn(figure="kernel", networks=1000)
    assert points(trace(fluctuation, "measured"))[0].max() < 0.5
    assert points(trace(fluctuation, "measured, tail not sampled"))[0].min() >= 0.5
    assert "hollow dots may be far off" in text
    # no more is said of them, and no label lies on a line: they stand after their ends
    assert fluctuation["layout"]["title"]["text"].endswith("follow up to L/N = ½")
    notes = {note["text"]: note for note in fluctuation["layout"]["annotations"]}
    assert all(notes[text]["xanchor"] == "left" for text in ("exact", "N → ∞"))
    assert points(trace(mean, "measured"))[0].tolist() == [1, 2, 4, 8]
    (fluctuation, _), text, *_ = drawn(figure="kernel", width=64, depth=4, networks=100)
    assert trace(fluctuation, "measured, tail not sampled") is None
    assert "hollow" not in text


def test_measurement_leads_the_sentence() -> None:
    for figure, start in (
        ("law", "‖∇ₓz‖² has mean"),
        ("layers", "log ‖∂z/∂W‖² of layer 9"),
        ("kernel", "at K₀ = 2 Θ of"),
        ("step", "the first step changes Θ by"),
    ):
        _, text, sample, params = drawn(figure=figure, networks=500)
        assert f"ReLU, 8 wide, 8 deep: {start}" in text
        assert " ± " in text
        assert text.index("±") < text.index("exact")
        assert sample is not None
        assert words.progress(params, sample).startswith("500 of 500 real networks")


def test_all_dead_is_said_and_drawn() -> None:
    figures, text, *_ = drawn(width=1, depth=30, networks=300)
    assert "Every network drawn is dead" in text
    assert "median 0 (0)" in text
    for figure in ("layers", "kernel", "step"):
        more, text, *_ = drawn(figure=figure, width=1, depth=30, networks=300)
        figures += more
        assert "nan" not in text
    for made in figures:
        for axis in ("xaxis", "yaxis"):
            low, high = made["layout"][axis]["range"]
            assert math.isfinite(low)
            assert low < high < math.inf


def test_the_loss_is_positive_and_exact_at_the_dots() -> None:
    (drift,), *_ = drawn(figure="step", width=16, depth=4, networks=3000)
    x, y, _ = points(trace(drift, "exact"))
    part = run(Params(figure="step", width=16, depth=4)).step
    assert part is not None
    assert np.interp(0.25, x, y) == pytest.approx(part.loss.there[-1], rel=1e-6)
    assert points(trace(drift, "first order"))[1][-1] == pytest.approx(4 / 3 / 4, rel=1e-6)


def test_every_claim_tells_its_route() -> None:
    assert all("real" in c.route or "sums" in c.route for c in EXPERIMENT.claims)
