"""The ledger in the browser: every claim a row, run one by one, one request in flight.

The browser asks for one claim, then batch by batch where it is sampled and has not been measured
before (`door`). Results and batches go through the cache, so a class computes each once.
"""

from __future__ import annotations

from typing import Any

from dash import ClientsideFunction, Input, Output, clientside_callback, dcc, html

from components import panels
from components.answer import refusal
from components.contents import CONTENTS
from components.formulas import formulas
from components.page import link_to_claim
from compute.cache import PrefixError, cached, cached_sample, kept_sample
from compute.claims.noticed import told
from compute.deadline import OverTimeError
from compute.ledger import Entry, entries
from compute.params import ParameterError, clip

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
    heads = [html.Th(text, scope="col") if text else html.Td() for text in COLUMNS]
    head = html.Thead(html.Tr(heads))
    return html.Div(
        html.Table([head, *bodies], className="wide-table ledger", id="ledger"),
        className="ledger-holder",
    )


def _row(entry: Entry) -> html.Tr:
    experiment, claim, key = entry.experiment, entry.claim, key_of(entry)
    errata = [dcc.Link(f"erratum {n}", href=f"/errata#e{n}") for n in claim.errata]
    return html.Tr(
        [
            html.Td([f"§{claim.section} ", html.Br(), _quiet(f"page {NUMBERS[experiment.key]}")]),
            html.Td(
                [
                    html.Div(formulas(claim.statement), className="ledger-statement"),
                    html.Div([_quiet(claim.route), *_spaced(errata)]),
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
        **{"data-key": key, "data-verdict": "waiting"},
    )


def _quiet(text: str) -> html.Span:
    return html.Span(text, className="quiet")


def _spaced(items: list[Any]) -> list[Any]:
    return [part for item in items for part in (" · ", item)]


def wire() -> None:
    """The filters, which open the ledger too."""
    clientside_callback(
        ClientsideFunction("ledger", "filter"),
        Output("ledger-filtered", "data"),
        Input("ledger-chapter", "value"),
        Input("ledger-verdict", "value"),
    )


# ------------------------------------------------------------------------------- what is asked


def answer(key: str, batch: int = 0) -> dict[str, Any]:
    """A claim judged by so many batches; without one, by all of them where they have been drawn.

    Raises ParameterError where there is no such claim, or no such batch of it. `finished` says
    whether this is the verdict; where the batches before are not kept, `restart` is true.
    """
    entry = next((e for e in entries() if key_of(e) == key), None)
    if entry is None:
        raise ParameterError("claim", f"The ledger has no claim {clip(key)}.")
    experiment, claim, total = entry.experiment, entry.claim, batches_of(entry)
    if batch > total:
        raise ParameterError("batch", f"{claim.key} has no batch of that number.")
    try:
        sample = cached_sample(experiment, claim.params, batch - 1) if batch else _whole(entry)
        result = cached(experiment.run)(claim.params)
    except PrefixError:
        return refusal("Earlier batches are no longer kept.") | {"restart": True}
    except OverTimeError as error:
        return refusal(f"Not measured: {error}.")
    check = claim.check(claim.params, result, sample)
    if check is None:
        return refusal("The claim says nothing at its own setting.")
    done = 0 if sample is None else sample.batches
    return {
        "done": done,
        "total": total,
        "finished": done == total,
        "check": panels.check_data(check),
        "problem": None,
    }


def _whole(entry: Entry) -> Any:
    """The whole sample of a claim, where somebody has drawn it before."""
    total = batches_of(entry)
    if not total:
        return None
    return kept_sample(entry.experiment, entry.claim.params, total - 1)
