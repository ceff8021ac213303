"""A thin sample of `tests.pages.degenerate`: a few seeds of every kind of setting."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.pages.degenerate import PAGES, settings, wrong

# Settings that went wrong once: neurons that are all off at all data, a single start, steps that
# diverge.
HELD = [
    ("ntk_regime", {"figure": "movement", "width": 4, "count": 2, "time": 20.0, "seed": 5}),
    ("ntk_regime", {"figure": "metric", "width": 4, "count": 2, "time": 20.0, "seed": 4}),
    (
        "training_steps",
        {"dataset": "moons", "count": 2, "width": 1, "activation": "abs", "seed": 187},
    ),
    ("leaving_the_kernel_regime", {"figure": "networks", "steps": 50, "networks": 200}),
]


@pytest.mark.parametrize(("key", "changes"), HELD)
def test_held_settings_stay_right(key, changes):
    page = PAGES[key]
    assert not wrong(page, page.experiment.params(**{"activation": "relu"} | changes), batches=1)


@pytest.mark.parametrize("key", PAGES)
def test_nothing_goes_wrong_where_networks_are_narrow_and_kinked(key):
    """Every 29th setting, each at another seed; the first of them is sampled."""
    for place, params in enumerate([*settings(PAGES[key])][::29]):
        narrow = replace(params, seed=place)
        assert not wrong(PAGES[key], narrow, batches=int(place == 0)), narrow


def test_what_is_wrong_is_told():
    page = PAGES["ntk_regime"]
    broken = replace(page, sentence=lambda *_: "it moves by not a finite number")
    assert "not a finite number" in wrong(broken, page.experiment.params())
