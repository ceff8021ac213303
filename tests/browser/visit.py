"""A visit: one page of the dashboard in a browser, with words for what a visitor does and sees."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from playwright.sync_api import Browser, BrowserContext, CDPSession, Locator

from components.controls import in_box
from compute.experiment import Experiment
from compute.experiments import EXPERIMENTS
from compute.params import parameters, strict_query, values
from tests.browser.served import OBSERVER

# What a figure shows, after plotly has decoded it; null where a number is missing.
DRAWN = """([page, slot]) => JSON.stringify(
  window.dow.plotOf(window.dow.pages[page], slot)._fullData.map((t) => ({
    name: t.name, type: t.type, colour: t.line?.color || t.marker?.color,
    x: Array.from(t.x || []), y: Array.from(t.y || []), error: Array.from(t.error_y?.array || []),
    z: t.z ? Array.from(t.z, (row) => Array.from(row)) : null,
  })))"""


BYTES = """["navigation", "resource"].flatMap((kind) => performance.getEntriesByType(kind))
  .reduce((sum, entry) => sum + entry.transferSize, 0)"""
# Sum of the layout shifts since the page was opened, as browsers score them.
SHIFTED = """new Promise((done) => {
  let sum = 0;
  new PerformanceObserver((list) => list.getEntries().forEach((e) => { sum += e.value; }))
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(sum), 100);
})"""
FRAMES = """(count) => new Promise((done) => {
  const next = () => (count-- > 0 ? requestAnimationFrame(next) : done());
  next();
})"""
BLANK = "about:blank"
# Seconds that the slowest machine is given; nothing waits for them to pass.
PATIENCE = 120
# A context of a phone, for those who hold one.
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
}


def newcomer(browser: Browser, address: str, **context: Any) -> Visit:
    """A visitor with nothing at hand, in a browser context of the kind that is asked for."""
    made = browser.new_context(**usual_context(address) | context)
    made.add_init_script(path=OBSERVER)
    return Visit(made, address, alone=True)


def usual_context(address: str) -> dict[str, Any]:
    """What a browser context is told."""
    return {"base_url": address, "viewport": {"width": 1440, "height": 900}}


class Visit:
    """One visitor. `errors` are console and page errors, `strangers` requests that leave.

    A visitor who is `alone` takes the context along when leaving.
    """

    def __init__(self, context: BrowserContext, address: str, alone: bool = False) -> None:
        self.context = context
        self.address = address
        self.alone = alone
        # a tab that an earlier visitor has left: its scripts need not be compiled again
        left = [page for page in context.pages if page.url == BLANK]
        self.page = left[0] if left else context.new_page()
        # animations wait in tabs that are behind another one
        self.page.bring_to_front()
        self.size = self.page.viewport_size
        self.page.set_default_timeout(1000 * PATIENCE)
        self.errors: list[str] = []
        self.strangers: list[str] = []
        self.asked: list[str] = []
        self.heard: dict[Any, Callable[[Any], object]] = {
            "console": lambda m: m.type == "error" and self.errors.append(m.text),
            "pageerror": lambda error: self.errors.append(str(error)),
            "request": lambda request: self._note(request.method, request.url),
        }
        for event, hear in self.heard.items():
            self.page.on(event, hear)

    def _note(self, method: str, url: str) -> None:
        self.asked.append(f"{method} {url}")
        if not url.startswith((self.address, "data:", "blob:")):
            self.strangers.append(url)

    @cached_property
    def protocol(self) -> CDPSession:
        """The tab's own protocol, for what playwright has no word for."""
        return self.context.new_cdp_session(self.page)

    @property
    def bytes(self) -> int:
        """What has come over the wire since the page was opened, headers included."""
        return int(self.page.evaluate(BYTES))

    @property
    def shifted(self) -> float:
        """How much has moved by itself since the page was opened, as browsers score it."""
        return float(self.page.evaluate(SHIFTED))

    # ---- opening and waiting

    def open(self, path: str) -> Visit:
        """Open an address of the dashboard, and wait until it is there."""
        self.page.goto(path)
        if self.is_experiment:
            self.settle()
        else:
            self.page.locator("#main h1").wait_for()
            self.page.wait_for_load_state("networkidle")
        return self

    @property
    def is_experiment(self) -> bool:
        """Whether this is the page of an experiment."""
        return self.key in {e.key for e in EXPERIMENTS}

    @property
    def key(self) -> str:
        """The key of the experiment whose page this is."""
        return urlsplit(self.page.url).path.rstrip("/").rpartition("/")[2].replace("-", "_")

    def settle(self, still: float = 0.15) -> None:
        """Wait until the figures show what the controls say, and have said for a moment."""
        settled = self.page.evaluate(
            "([page, still, limit]) => window.seen.rest(page, still, limit)",
            [self.key, 1000 * still, 1000 * PATIENCE],
        )
        assert settled, f"{self.page.url} did not settle: {self.state('s => s.params')}"

    def settle_address(self) -> str:
        """The address, when it has followed."""
        self.settle()
        self.wait_until("s => !s.writer")
        return self.location

    def stop_sampling(self) -> None:
        """Drop the sample, for good, where one is being drawn: figures then stay as they are."""
        if self.page.locator(f"#{self.key}-sampler").is_visible():
            self.button("stop").click()
            self.settle()

    def next_frames(self, count: int = 3) -> None:
        """Wait until the browser has drawn so many frames more."""
        self.page.evaluate(FRAMES, count)

    @staticmethod
    def eventually(holds: Callable[[], bool]) -> bool:
        """Whether it holds, at once or within the time that the slowest machine is given."""
        deadline = time.monotonic() + PATIENCE
        while not (held := holds()) and time.monotonic() < deadline:
            time.sleep(0.05)
        return held

    def wait_until(self, script: str, *arguments: Any) -> None:
        """Wait until `script`, a function of the page's state in the browser, holds."""
        self.page.wait_for_function(
            f"([page, ...rest]) => ({script})(window.dow.state(page), ...rest)",
            arg=[self.key, *arguments],
            polling=40,
        )

    # ---- what is seen

    def state(self, script: str, *arguments: Any) -> Any:
        """`script`, a function of the page's state in the browser (and of `arguments`)."""
        return self.page.evaluate(
            f"([page, ...rest]) => ({script})(window.dow.state(page), ...rest)",
            [self.key, *arguments],
        )

    @property
    def location(self) -> str:
        """Path and query of the address."""
        parts = urlsplit(self.page.url)
        return parts.path + (f"?{parts.query}" if parts.query else "")

    @property
    def query(self) -> dict[str, str]:
        """The query of the address."""
        return dict(parse_qsl(urlsplit(self.page.url).query))

    @property
    def sentence(self) -> str:
        """The result in words."""
        return str(self.page.locator(".sentence").inner_text()).replace("\xa0", " ")

    @property
    def params(self) -> dict[str, Any]:
        """The parameters that the figures show."""
        return dict(self.state("s => s.params"))

    def drawn(self, slot: int = 0) -> list[dict[str, Any]]:
        """The traces of a figure as they are drawn."""
        return list(json.loads(self.page.evaluate(DRAWN, [self.key, slot])))

    def axis(self, name: str = "xaxis", slot: int = 0) -> list[float]:
        """The range of an axis as it is drawn."""
        script = "(s, slot, name) => [...window.dow.plotOf(s, slot)._fullLayout[name].range]"
        return list(self.state(script, slot, name))

    def requests(self) -> list[dict[str, Any]]:
        """The questions for a new setting since the page was loaded: index 0, words."""
        return [r for r in self.all_requests() if r["index"] == 0]

    def all_requests(self) -> list[dict[str, Any]]:
        """The same, with those for one batch more."""
        return list(self.page.evaluate("window.seen.requests"))

    def setting(self, request: dict[str, Any]) -> dict[str, Any]:
        """The parameters that a question asks for, as the boxes hold them."""
        params = strict_query(self.experiment.params, request["words"])
        return {name: in_box(value) for name, value in values(params).items()}

    # ---- what is done

    def control(self, name: str) -> Locator:
        """All of a parameter's control."""
        return self.page.locator(f"#{self.key}-control-{name}")

    def part(self, kind: str, name: str) -> Locator:
        """The box or the slider of a parameter."""
        return self.page.locator(f"[id='{self._id(kind, name)}']")

    def _id(self, kind: str, name: str) -> str:
        return json.dumps({"kind": kind, "page": self.key, "param": name}, separators=(",", ":"))

    def thumb(self, name: str) -> Locator:
        """What the keyboard moves of a slider."""
        return self.part("slider", name).locator("[role=slider]")

    def press(self, name: str, *keys: str) -> None:
        """Press keys on a slider, each after the answer to the one before."""
        self.thumb(name).focus()
        for key in keys:
            self.page.keyboard.press(key)
            self.settle()

    def type(self, name: str, text: str) -> None:
        """Type into a box."""
        self.part("box", name).fill(text)

    def choose(self, name: str, value: str) -> None:
        """Take an entry of a list, or a tab."""
        label = dict(parameters(self.experiment.params)[name].choices)[value]
        if name == "figure":
            self.page.locator(".tabs label").get_by_text(label, exact=True).click()
        else:
            self.part("box", name).click()
            options = self.page.get_by_role("option", name=label, exact=True)
            options.locator("visible=true").click()
        self.wait_until("(s, name, value) => s.params[name] === value", name, value)

    @property
    def experiment(self) -> Experiment[Any, Any]:
        """The experiment whose page this is."""
        return next(e for e in EXPERIMENTS if e.key == self.key)

    def button(self, action: str) -> Locator:
        """A button by the end of its id: reset, sample, preset-0, pause, copy-python, 0-csv."""
        return self.page.locator(f"#{self.key}-{action}")

    def look(self, name: str) -> None:
        """Take a look by its name in the header."""
        self.page.locator(".looks label", has_text=name).click()
        self.page.wait_for_function(
            "n => document.documentElement.dataset.look === n", arg=name.lower()
        )
        self.next_frames()

    def drag(
        self,
        name: str,
        seconds: float = 2.5,
        start: float = 0.2,
        end: float = 0.8,
        answers: int = 0,
    ) -> None:
        """Drag a slider with the mouse, in 30 moves a second at most.

        Before its end it is moved to and fro until the first figure has been painted for so many
        answers, however slow the machine is; at the end it is waited for.
        """
        box = self.part("slider", name).bounding_box()
        grip = self.thumb(name).bounding_box()
        assert box is not None
        assert grip is not None
        y = grip["y"] + grip["height"] / 2
        left, width = box["x"], box["width"]

        def arrived() -> bool:
            now = self.thumb(name).bounding_box()
            return now is not None and (
                abs(now["x"] + now["width"] / 2 - left - end * width) < 0.05 * width
            )

        mouse = self.page.mouse
        mouse.move(grip["x"] + grip["width"] / 2, y)
        mouse.down()
        begun = time.monotonic()
        passed = 0.0
        while passed < 1:
            passed = min(1.0, (time.monotonic() - begun) / seconds)
            if passed > 0.9 and self.page.evaluate("seen.answersPainted()") < answers:
                passed = 0.6 + 0.3 * math.sin(10 * time.monotonic())
            mouse.move(left + (start + (end - start) * passed) * width, y)
            self.page.wait_for_timeout(30)
        mouse.up()
        assert self.eventually(arrived), f"{name} was dragged, and is not there"

    def close(self) -> None:
        """End the visit; what it left in a shared context is cleared away."""
        if self.alone:
            self.context.close()
            return
        self.page.evaluate("localStorage.clear(); sessionStorage.clear()")
        for event, hear in self.heard.items():
            self.page.remove_listener(event, hear)
        if "protocol" in vars(self):
            self.protocol.detach()
        self.page.unroute_all(behavior="ignoreErrors")
        self.page.goto(BLANK)
        if self.size:
            self.page.set_viewport_size(self.size)
