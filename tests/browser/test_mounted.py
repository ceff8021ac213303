"""The edition under a path of its host, behind the proxy of `deploy/` where nginx is installed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser

from tests.browser.served import serve
from tests.browser.visit import Visit, newcomer
from tests.test_server import NGINX, proxy

pytestmark = pytest.mark.browser

PREFIX = "/dl-theory"
LINK = """import(new URL("page/address.js", document.querySelector("script[type=module]").src))
  .then(({ linkTo }) => linkTo(window.dow.state("nodal_sets")))"""


@pytest.fixture
def mounted(other: Browser, tmp_path: Path) -> Iterator[Visit]:
    """Somebody who visits it there."""
    settings = {"URL_PREFIX": f"{PREFIX}/", "WEB_WORKERS": "1", "TRUST_PROXY": "1"}
    with serve(tmp_path / "server", settings=settings) as address:
        host = address.removeprefix("http://")
        front = proxy(tmp_path / "proxy", host) if NGINX else nullcontext(host)
        with front as outer:
            visit = newcomer(other, f"http://{outer}")
            yield visit
            visit.close()
            assert (visit.errors, visit.strangers) == ([], [])


def test_pages_files_answers_links_and_frames_follow(mounted: Visit) -> None:
    visit = mounted.open(f"{PREFIX}/nodal-sets")
    visit.press("width", "ArrowRight")
    assert urlsplit(visit.settle_address()).path == f"{PREFIX}/nodal-sets"
    assert visit.query.keys() == {"width"}
    link = visit.page.evaluate(LINK)
    assert link == visit.page.url
    visit.page.locator(".navigation a[href$='/gp-kernels']").dispatch_event("click")
    visit.page.wait_for_url(f"**{PREFIX}/gp-kernels")
    visit.settle()
    visit.page.go_back()
    visit.page.wait_for_url(link)
    visit.part("box", "width").wait_for()
    visit.settle()
    hrefs = "[...document.querySelectorAll('a[href], link[href], script[src]')]" + (
        ".map((node) => node.getAttribute('href') ?? node.getAttribute('src'))"
    )
    for page in ("/nodal-sets?view=embed", "/", "/claims", "/errata", "/teach", "/nowhere"):
        visit.open(PREFIX + page)
        named = [address for address in visit.page.evaluate(hrefs) if address.startswith("/")]
        assert named
        assert [address for address in named if not address.startswith(f"{PREFIX}/")] == []
        if page == "/teach":
            visit.page.wait_for_function(
                "(frame) => document.getElementById('teach-frame').textContent.includes(frame)",
                arg=f'src="{visit.address}{PREFIX}/',
            )
    asked = [urlsplit(one.partition(" ")[2]) for one in visit.asked]
    outside = {one.path for one in asked if one.scheme == "http"}
    assert {path for path in outside if not path.startswith(f"{PREFIX}/")} == set()
    assert any(path.startswith(f"{PREFIX}/answer/") for path in outside)
    visit.errors.remove(next(e for e in visit.errors if "404" in e))  # of the page that is nowhere
