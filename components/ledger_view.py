"""The ledger in the browser: every claim a row, run one by one, one request in flight.

The browser asks for one claim, and for one batch of it where it is sampled, and asks for the next
when the answer has come. Results and batches go through the cache, so a class computes each once.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dash import ClientsideFunction, Input, Output, callback, clientside_callback, dcc, html

from components import panels
from components.contents import CONTENTS
from components.formulas import formulas
from components.page import link_to_claim
from compute.cache import PrefixError, cached, cached_sample
from compute.claims import Verdict
from compute.claims.noticed import told
from compute.ledger import Entry, entries

NUMBERS = {entry.key: entry.number for chapter in CONTENTS for entry in chapter.entries}
COLUMNS = ("Section", "Claim", "Predicted", "Measured", "Verdict", "")


def key_of(entry: Entry) -> str:
    """The name of a claim among all claims."""
    return f"{entry.experiment.key}.{entry.claim.key}"


def batches_of(entry: Entry) -> int:
    """How many batches a claim needs; 0 where nothing is sampled."""
    sampler = entry.experiment.sampler
    if sampler is None or not entry.claim.batches:
        return 0
    return min(entry.claim.batches, sampler.batches(entry.claim.params))


# ------------------------------------------------------------------------------- what is shown


def table(found: tuple[Entry, ...]) -> html.Div:
    """One row per claim, under the heading of its chapter."""
    titles = {chapter.number: chapter.title for chapter in CONTENTS}
    bodies = [
        html.Tbody(
            [
                html.Tr(
                    html.Th(
                        f"Chapter {number} · {titles[number]}",
                        colSpan=len(COLUMNS),
                        scope="rowgroup",
                    ),
                    className="ledger-chapter",
                ),
                *(_row(e) for e in found if e.experiment.chapter == number),
            ],
            **{"data-chapter": str(number)},
        )
        for number in titles
        if any(e.experiment.chapter == number for e in found)
    ]
    head = html.Thead(html.Tr([html.Th(text, scope="col") for text in COLUMNS]))
    return html.Div(
        html.Table([head, *bodies], className="wide-table ledger", id="ledger"),
        className="ledger-holder",
    )


def _row(entry: Entry) -> html.Tr:
    experiment, claim, key = entry.experiment, entry.claim, key_of(entry)
    errata = [dcc.Link(f"erratum {n}", href=f"/errata#e{n}") for n in claim.errata]
    expected = (
        ""
        if claim.expected == Verdict.AGREES
        else html.Span(f"Expected verdict: {claim.expected}. ", className="quiet")
    )
    return html.Tr(
        [
            html.Td([f"§{claim.section} ", html.Br(), _quiet(f"page {NUMBERS[experiment.key]}")]),
            html.Td(
                [
                    html.Div(formulas(claim.statement), className="ledger-statement"),
                    html.Div([expected, _quiet(claim.route), *_spaced(errata)]),
                    html.Div(formulas(told(experiment.key, claim)), className="quiet notices"),
                ]
            ),
            html.Td("–", className="predicted quiet", **{"data-label": "Predicted"}),
            html.Td("–", className="measured quiet", **{"data-label": "Measured"}),
            html.Td(html.Span("not run yet", className="quiet"), className="outcome"),
            html.Td(
                html.Div(
                    [
                        html.Button(
                            "Run",
                            className="chip",
                            title="Measure this claim now",
                            **{"data-run": key, "aria-label": f"Run {claim.key}"},
                        ),
                        dcc.Link(
                            ["See it", html.Span(f": {claim.key}", className="spoken")],
                            href=link_to_claim(experiment, claim),
                            className="chip",
                            title="The page at the setting that shows this claim",
                        ),
                    ],
                    className="ledger-buttons",
                )
            ),
        ],
        id=f"claim-{experiment.key}-{claim.key}",
        **{"data-key": key, "data-expected": str(claim.expected), "data-verdict": "waiting"},
    )


def _quiet(text: str) -> html.Span:
    return html.Span(text, className="quiet")


def _spaced(items: list[Any]) -> list[Any]:
    return [part for item in items for part in (" · ", item)]


def stores() -> list[dcc.Store]:
    """The ledger's request, answer, and what the gate and the filters leave behind."""
    parts = ("request", "answer", "gate", "filtered")
    return [*(dcc.Store(id=f"ledger-{p}") for p in parts), dcc.Store(id="ledger-busy", data=False)]


def wire() -> None:
    """Gate, answer and filters."""
    clientside_callback(
        ClientsideFunction("ledger", "pump"),
        Output("ledger-gate", "data"),
        Input("ledger-answer", "data"),
        Input("ledger-busy", "data"),
    )
    clientside_callback(
        ClientsideFunction("ledger", "filter"),
        Output("ledger-filtered", "data"),
        Input("ledger-chapter", "value"),
        Input("ledger-verdict", "value"),
    )

    @callback(
        Output("ledger-answer", "data"),
        Input("ledger-request", "data"),
        running=[(Output("ledger-busy", "data"), True, False)],
        prevent_initial_call=True,
    )
    def respond(request: object) -> dict[str, Any]:
        return answer(request)


# ------------------------------------------------------------------------------- what is asked


def answer(request: object) -> dict[str, Any]:
    """The answer to one request: a public door, so nothing in `request` is taken on trust."""
    if not isinstance(request, Mapping):
        return _refusal(None, "", "The request was not understood.")
    token = request.get("token") if isinstance(request.get("token"), int) else None
    key, index = request.get("claim"), request.get("index", 0)
    entry = next((e for e in entries() if key_of(e) == key), None)
    if entry is None:
        return _refusal(token, "", "The ledger has no claim of that name.")
    name, total = key_of(entry), batches_of(entry)
    if isinstance(index, bool) or not isinstance(index, int) or not 0 <= index < max(total, 1):
        return _refusal(token, name, f"{entry.claim.key} has no batch of that number.")
    try:
        return _answer(entry, token, index, total)
    except PrefixError:
        # The batches before this one are no longer kept: the browser starts again at the first.
        return _refusal(token, name, "Earlier batches are no longer kept.") | {"restart": True}


def _answer(entry: Entry, token: object, index: int, total: int) -> dict[str, Any]:
    experiment, claim = entry.experiment, entry.claim
    sample = _sample(entry, index, total) if total else None
    check = claim.check(claim.params, cached(experiment.run)(claim.params), sample)
    if check is None:
        return _refusal(token, key_of(entry), "The claim says nothing at its own setting.")
    done = total if sample is None else sample.batches
    return {
        "token": token,
        "claim": key_of(entry),
        "done": done,
        "total": total,
        "finished": done >= total,
        "check": panels.check_data(check),
        "problem": None,
    }


def _sample(entry: Entry, index: int, total: int) -> Any:
    """The sample up to batch `index`, or the whole of it where somebody has run it before."""
    if index == 0 and total > 1:
        try:
            return cached_sample(entry.experiment, entry.claim.params, total - 1)
        except PrefixError:
            pass
    return cached_sample(entry.experiment, entry.claim.params, index)


def _refusal(token: object, claim: str, text: str) -> dict[str, Any]:
    return {"token": token, "claim": claim, "problem": text}
