"""Page 4.2 in the browser: a sample to its end, tab after tab, and the open question's words."""

from __future__ import annotations

import pytest

from components.page import link
from compute.experiments.region_counts import EXPERIMENT, Params

pytestmark = pytest.mark.browser

TITLES = """s => s.items.map((item, slot) =>
  (window.dow.plotOf(s, slot)?.layout?.title?.text || "").replaceAll("<br>", " ")).join("|")"""


def test_a_sample_ends_and_every_tab_has_its_own(visit) -> None:
    page = visit(link(EXPERIMENT, Params(neurons=12, networks=300)))
    page.wait_until("s => s.answer.sampling.done === s.answer.sampling.total")
    assert "1800 of 1800" in page.button("sampled").inner_text()
    assert "no proof" in page.state(TITLES)
    for tab, cells in (("counts", 2), ("line", 2), ("distance", 1)):
        page.choose("figure", tab)
        page.wait_until("(s, tab) => s.answer.query.includes(tab)", f"figure={tab}")
        page.wait_until("s => s.answer.sampling?.done === s.answer.sampling?.total")
        assert f"{300 * cells} of {300 * cells}" in page.button("sampled").inner_text()


def test_a_forged_address_opens_the_default_with_a_notice(visit) -> None:
    page = visit("/region-counts?neurons=1000000000&half_width=nan&deep=0")
    assert page.params["neurons"] == Params().neurons
    assert page.page.locator(".notice:visible p").count() == 3
