"""Page: the presentation of an experiment, and the one way a value travels.

Address → controls → gate (one request in flight) → params, validated again → cached run →
figures, result sentence, checks → address. Everything a page shows after it has opened comes from
one answer to one request; the browser drops answers that are no longer asked for.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import dash
from dash import (
    ClientsideFunction,
    Input,
    Output,
    State,
    callback,
    clientside_callback,
    dcc,
    html,
)

from components import compare, panels
from components.controls import controls, describe, in_box
from components.figures.base import Figure
from components.formulas import formulas
from components.static import static
from compute.cache import PrefixError, cached, cached_sample
from compute.experiment import Experiment, OverBudgetError, ensure_affordable
from compute.params import ParameterError, Params, decode, from_query, to_query, values
from compute.sampling import Sample

_log = logging.getLogger(__name__)

# Words of the address that are about how the page is shown, not about the experiment.
VIEW_WORDS = ("view", "controls", "b")


@dataclass(frozen=True)
class Plot:
    """One figure: `build(params, result, sample)` returns its dict, a pure drawing.

    `figures` are the values of the page's figure choice under which it is shown, () for all. With
    `frames` it can be played; with `sampled` it is drawn again after every batch. `extra` is what
    the figure's own script (`dow.extend` in assets) needs beside the figure.
    """

    key: str
    build: Callable[[Any, Any, Sample[Any] | None], Figure]
    figures: tuple[str, ...] = ()
    frames: Callable[[Any, Any], Mapping[str, Any] | None] | None = None
    extra: Callable[[Any, Any], Mapping[str, Any]] | None = None
    sampled: bool = False


@dataclass(frozen=True)
class Preset:
    """A named setting with the reason to look at it."""

    label: str
    purpose: str
    params: Any


@dataclass(frozen=True)
class Page:
    """What a page shows of its experiment.

    If the params have a field named `figure`, its choices are the page's tabs.
    `sentence(params, result, sample)` is the result in words; `notice(params, result)` a warning
    in words or ''. `progress(params, sample)` says the count and the present standard error.
    `local(params, result)` names the fields that the figures' own script (`dow.prepare`) shows
    without asking again.
    """

    experiment: Experiment[Any, Any]
    question: str
    statement: str
    plots: tuple[Plot, ...]
    sentence: Callable[[Any, Any], str]
    presets: tuple[Preset, ...]
    try_this: tuple[str, str, str]
    notice: Callable[[Any, Any], str] | None = None
    progress: Callable[[Any, Sample[Any]], str] | None = None
    local: Callable[[Any, Any], tuple[str, ...]] | None = None

    @property
    def key(self) -> str:
        """The experiment's key, which is also the page's address."""
        return self.experiment.key

    @property
    def path(self) -> str:
        """The address without its query."""
        return path_of(self.key)

    def shown(self, params: Any) -> tuple[Plot, ...]:
        """The plots of the tab in front."""
        tab = getattr(params, "figure", None)
        return tuple(p for p in self.plots if tab is None or not p.figures or tab in p.figures)

    def batches(self, params: Any) -> int:
        """How many batches of a sample the tab in front draws; 0 where it draws none."""
        sampler = self.experiment.sampler
        drawn = sampler is not None and any(plot.sampled for plot in self.shown(params))
        return sampler.batches(params) if sampler is not None and drawn else 0

    @property
    def slots(self) -> int:
        """How many figures the fullest tab shows."""
        tabs = self.experiment.params.__dataclass_fields__.get("figure")
        if tabs is None:
            return len(self.plots)
        names = [name for name, _ in tabs.metadata["parameter"].choices]
        return max(sum(not p.figures or n in p.figures for p in self.plots) for n in names)


def path_of(key: str) -> str:
    """The address of an experiment's page."""
    return "/" + key.replace("_", "-")


def link(experiment: Experiment[Any, Any], params: Params) -> str:
    """The address that shows `params`."""
    query = to_query(params)
    return path_of(experiment.key) + (f"?{query}" if query else "")


def register_page(page: Page, module: str) -> None:
    """Give the page its address and its callbacks."""
    wire(page)
    dash.register_page(
        module,
        path=page.path,
        title=f"{page.experiment.title} · Depth over Width",
        name=page.experiment.title,
        description=page.question,
        layout=lambda **query: layout(page, query),
    )


def layout(page: Page, query: Mapping[str, Any]) -> html.Main:
    """The page at the state its address asks for, with a notice for all it could not take."""
    given = {name: text for name, text in query.items() if name not in VIEW_WORDS}
    params, notices = from_query(page.experiment.params, given)
    pinned, more = compare.from_address(page.experiment.params, query.get("b"))
    notices += more
    wanted = str(query.get("controls", "")).split(",") if "controls" in query else None
    shown = None if wanted is None else tuple(wanted)
    key = page.key
    fields = describe(key, page.experiment.params)
    # Below zero: the browser counts its own tokens upwards.
    visit = -1 - secrets.randbits(48)
    first = {"params": values(params), "pinned": None if pinned is None else values(pinned)}
    return html.Main(
        [
            html.Div(
                [
                    html.H1(page.question),
                    static(html.P(formulas(page.statement), className="statement")),
                ],
                className="lead",
            ),
            static(panels.notices(key, notices)),
            html.Div(
                [
                    html.Aside(
                        [
                            static(panels.drawer_handle(key), panels.presets(key, page.presets)),
                            html.Div(
                                controls(key, params, shown, skip="figure"), className="controls"
                            ),
                            static(
                                panels.state_buttons(key, has_seed="seed" in fields),
                                compare.buttons(key),
                            ),
                        ],
                        className="rail",
                        id=f"{key}-rail",
                        **{"aria-label": "Controls"},
                    ),
                    html.Div(
                        [
                            html.Div(
                                [
                                    panels.tabs(key, page.experiment.params, params),
                                    static(panels.sampler(key))
                                    if page.experiment.sampler
                                    else None,
                                ],
                                className="front",
                            ),
                            static(panels.sentence(key)),
                            static(panels.graphs(key, page.slots)),
                        ],
                        className="stage",
                    ),
                ],
                className="bench",
            ),
            static(
                html.Div(
                    [
                        panels.claims(page.experiment),
                        panels.try_this(page.try_this),
                        panels.take_away(key),
                    ],
                    className="below",
                ),
                html.Div(id=f"{key}-status", role="status", className="spoken"),
            ),
            dcc.Store(
                id=f"{key}-meta",
                data={
                    "page": key,
                    "visit": visit,
                    "params": {name: in_box(value) for name, value in values(params).items()},
                    "fields": fields,
                    "presets": [values(p.params) for p in page.presets],
                    "claims": {c.key: values(c.params) for c in page.experiment.claims},
                    "sampler": page.experiment.sampler is not None,
                    "pinned": first["pinned"],
                    # The first answer comes with the page: no figure waits for a second journey.
                    "first": answer(page, first | {"token": visit}),
                },
            ),
            dcc.Store(id=f"{key}-drawn"),
        ],
        id="main",
        tabIndex=-1,
        className="page",
    )


def wire(page: Page) -> None:
    """The callbacks of a page: draw, and the answer that the browser's gate asks for."""
    key = page.key
    clientside_callback(
        ClientsideFunction("dow", "draw"),
        Output(f"{key}-drawn", "data"),
        Input("look", "data"),
        State(f"{key}-meta", "data"),
        State("themes", "data"),
    )

    # The browser's gate calls this one itself, so the page has no components of these names.
    @callback(
        Output(f"{key}-answer", "data"),
        Input(f"{key}-request", "data"),
        prevent_initial_call=True,
    )
    def respond(request: object) -> dict[str, Any]:
        return answer(page, request)


def answer(page: Page, request: object) -> dict[str, Any]:
    """The answer to one request: a public door, so nothing in `request` is taken on trust."""
    if not isinstance(request, Mapping):
        return _refusal(None, 0, "The request was not understood.")
    token, index = request.get("token"), request.get("index", 0)
    token = token if isinstance(token, int) and not isinstance(token, bool) else None
    if isinstance(index, bool) or not isinstance(index, int) or index < 0:
        return _refusal(token, 0, "The batch number must be a whole number, 0 or more.")
    try:
        params = decode(page.experiment.params, request.get("params"))
        ensure_affordable(page.experiment, params)
        beside = None
        if request.get("pinned") is not None:
            beside = decode(page.experiment.params, request["pinned"])
            ensure_affordable(page.experiment, beside)
        return _answer(page, params, token, index) | _beside(page, beside)
    except OverBudgetError as error:
        return _refusal(token, index, str(error), values(error.nearest))
    except (ParameterError, PrefixError) as error:
        return _refusal(token, index, str(error))
    except (ValueError, ArithmeticError):
        _log.exception("%s cannot be computed at %r", page.key, request.get("params"))
        return _refusal(token, index, "This setting cannot be computed; it has been logged.")


def _answer(page: Page, params: Any, token: int | None, index: int) -> dict[str, Any]:
    experiment = page.experiment
    result = cached(experiment.run)(params)
    sample = None
    if index > 0:
        sample = cached_sample(experiment, params, index - 1)
    plots = page.shown(params)
    return {
        "token": token,
        "index": index,
        "query": to_query(params),
        "python": python(experiment, params),
        "sentence": page.sentence(params, result),
        "warning": page.notice(params, result) if page.notice else "",
        "figures": [
            {
                "key": plot.key,
                "spec": plot.build(params, result, sample),
                "frames": plot.frames(params, result) if plot.frames else None,
                "extra": plot.extra(params, result) if plot.extra else None,
            }
            if index == 0 or plot.sampled
            else None
            for plot in plots
        ],
        "checks": {
            claim.key: panels.check_data(claim.check(params, result, sample))
            for claim in experiment.claims
        },
        "sampling": _sampling(page, params, sample),
        "local": page.local(params, result) if page.local else (),
        "problem": None,
    }


def _beside(page: Page, pinned: Any | None) -> dict[str, Any]:
    """Side B of a comparison: its figures, sentence and address, without sampling."""
    if pinned is None:
        return {"beside": None}
    result = cached(page.experiment.run)(pinned)
    return {
        "beside": {
            "query": to_query(pinned),
            "sentence": page.sentence(pinned, result),
            "figures": [plot.build(pinned, result, None) for plot in page.shown(pinned)],
            "extras": [
                plot.extra(pinned, result) if plot.extra else None for plot in page.shown(pinned)
            ],
        }
    }


def _sampling(page: Page, params: Any, sample: Sample[Any] | None) -> dict[str, Any] | None:
    total = page.batches(params)
    if total == 0:
        return None
    return {
        "done": 0 if sample is None else sample.batches,
        "total": total,
        "text": "" if sample is None or page.progress is None else page.progress(params, sample),
    }


def _refusal(
    token: int | None, index: int, text: str, nearest: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    return {"token": token, "index": index, "problem": {"text": text, "nearest": nearest}}


def python(experiment: Experiment[Any, Any], params: Params) -> str:
    """Three lines of Python that give the same numbers."""
    lines = (
        f"from compute.experiments.{experiment.key} import Params, run",
        f"params = {params!r}",
        "result = run(params)",
    )
    return "\n".join(lines) + "\n"


def at(params: Any, **changes: Any) -> Any:
    """`params` with some fields changed: for presets."""
    return replace(params, **changes)
