"""The parts of a page: notices, tabs, figures, result sentence, claims, take-away.

What changes with the controls is filled in by the browser from the answer; the static text, with
its typeset formulas, is laid out once and never touched again.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from components.compare import beside
from components.controls import control_id
from components.figures.base import number
from components.formulas import formulas
from components.inputs import SegmentedControl
from compute.claims import Check, Claim
from compute.claims.noticed import told
from compute.experiment import Experiment
from compute.params import parameters
from compute.params import tabs as params_tabs


def notices(page: str, texts: Sequence[str]) -> html.Div:
    """What could not be taken from the address, and room for what comes later."""
    return html.Div(
        [
            html.Div([html.P(t) for t in texts], className="notice", hidden=not texts),
            html.Div(id=f"{page}-problem", className="notice", hidden=True),
            html.Div(id=f"{page}-warning", className="notice quiet", hidden=True),
        ],
        role="alert",
    )


def drawer_handle(page: str) -> html.Button:
    """On a phone the controls are a drawer; this opens and closes it."""
    return html.Button(
        "Controls",
        id=f"{page}-drawer",
        className="button drawer-handle",
        **{"data-page": page, "data-drawer": "1", "aria-controls": f"{page}-rail"},
    )


def state_buttons(page: str, random: bool | None) -> html.Div:
    """Replay, new sample and reset are three different things.

    There is no new sample where nothing in sight is `random`; None is a page without a seed.
    """
    actions = [("reset", "Reset", "Every control back to its default")]
    if random is not None:
        actions = [
            ("replay", "Replay", "Again from the start, with the same random numbers"),
            ("sample", "New sample", "Another seed"),
            *actions,
        ]
    return html.Div(
        [
            html.Button(
                label,
                id=f"{page}-{action}",
                title=text,
                className="button" if random or action != "sample" else "button irrelevant",
                **{"data-action": action, "data-page": page},
            )
            for action, label, text in actions
        ],
        className="state-buttons",
    )


def tabs(page: str, cls: type[Any], params: Any) -> Any:
    """The page's figure choice as tabs; nothing where it has none."""
    labels = params_tabs(cls)
    if not labels:
        return None
    return SegmentedControl(
        id=control_id("box", page, "figure"),
        value=params.figure,
        data=[{"value": v, "label": text} for v, text in labels.items()],
        className="tabs",
        **{"aria-label": parameters(cls)["figure"].label},
    )


def graphs(page: str, slots: int) -> html.Div:
    """The figures, first one large; under each its player, table and downloads."""
    return html.Div(
        [_slot(page, slot) for slot in range(slots)], className="slots", id=f"{page}-slots"
    )


def _slot(page: str, slot: int) -> html.Figure:
    name = f"{page}-{slot}"
    tools = [("svg", "SVG"), ("png", "PNG"), ("csv", "CSV"), ("table", "Table")]
    return html.Figure(
        [
            html.Div(
                [
                    html.Div(
                        html.Div(id=f"{page}-graph-{slot}", className="plot"), className="graph"
                    ),
                    beside(page, slot),
                ],
                className="sides",
                **(_MAIN | {"aria-labelledby": f"{name}-slot"} if slot == 0 else {}),
            ),
            html.Div(id=f"{name}-player", className="player", hidden=True),
            html.Div(
                [
                    html.Button(
                        label,
                        id=f"{name}-{tool}",
                        className="tool",
                        title=_TOOL_HELP[tool],
                        **{"data-tool": tool, "data-page": page, "data-slot": str(slot)},
                    )
                    for tool, label in tools
                ],
                className="tools",
            ),
            html.Div(id=f"{name}-data", className="data-table", hidden=True, tabIndex=0),
        ],
        className="slot main" if slot == 0 else "slot second",
        id=f"{name}-slot",
    )


# Where "Skip to the figure" leads: on a phone the slot itself is no box.
_MAIN = {"id": "figure", "tabIndex": -1, "role": "group"}
_TOOL_HELP = {
    "svg": "Save this figure as SVG, with its settings below it",
    "png": "Save this figure as PNG, with its settings below it",
    "csv": "Save the numbers of this figure, with the settings in the header",
    "table": "Show the numbers of this figure",
}


def sentence(page: str) -> html.Div:
    """The result in one sentence, and the numbers of the claim that has been asked for.

    The page's status region speaks the sentence when it has settled.
    """
    return html.Div(
        [
            html.Div(id=f"{page}-sentence"),
            html.Div(id=f"{page}-sentence-b", className="quiet"),
            html.Div(id=f"{page}-chosen", className="claim-numbers chosen"),
        ],
        className="sentence",
    )


def sampler(page: str, draws: bool) -> html.Div:
    """Progress, standard error, pause, continue and stop of a progressive figure that `draws`."""
    return html.Div(
        [
            html.Button("Pause", id=f"{page}-pause", className="button", **{"data-page": page}),
            html.Button(
                "Stop",
                id=f"{page}-stop",
                className="button",
                title="Drop the sample; Replay starts it again",
                **{"data-page": page},
            ),
            html.Progress(
                id=f"{page}-progress", max="1", value="0", **{"aria-label": "Sampling progress"}
            ),
            html.Span(id=f"{page}-sampled", className="sampled"),
        ],
        className="sampler",
        id=f"{page}-sampler",
        hidden=not draws,
    )


def claims(experiment: Experiment[Any, Any]) -> html.Section | None:
    """The claims of a page: statement, then the numbers at the present setting."""
    if not experiment.claims:
        return None
    return html.Section(
        [
            html.H2("Claim and measurement"),
            html.Div(
                [_claim(experiment.key, c) for c in experiment.claims],
                className="claims",
                id=f"{experiment.key}-claims",
            ),
            html.Button(
                id=f"{experiment.key}-more",
                className="button more-claims",
                hidden=True,
                **{"data-page": experiment.key, "data-more": "1"},
            ),
        ],
        className="panel claim-panel",
    )


def _claim(page: str, claim: Claim) -> html.Article:
    errata = [
        dcc.Link(f"erratum {n}", href=f"/errata#e{n}", className="erratum") for n in claim.errata
    ]
    return html.Article(
        [
            html.P(
                [html.Strong(f"§{claim.section} "), *formulas(claim.statement)],
                className="claim-text",
            ),
            html.Div(id=f"{page}-claim-{claim.key}", className="claim-numbers"),
            html.Div(
                [
                    html.Button(
                        "Show me",
                        id=f"{page}-show-{claim.key}",
                        className="chip",
                        title="Set the controls to where this claim is tested",
                        **{
                            "aria-label": f"Show me: {claim.key.replace('_', ' ')}",
                            "data-claim": claim.key,
                            "data-page": page,
                        },
                    ),
                    *errata,
                    html.Span(claim.route, className="route"),
                ],
                className="claim-foot",
            ),
            html.P(formulas(told(page, claim)), className="quiet notices"),
        ],
        className="claim",
    )


def check_data(check: Check | None) -> dict[str, Any] | None:
    """A check as the browser prints it; None where the setting says nothing about the claim."""
    if check is None:
        return None
    return {
        "quantity": check.quantity,
        "measured": "" if math.isnan(check.measured) else number(check.measured, _digits(check)),
        "error": "" if math.isnan(check.error) else number(check.error, 2),
        "sampled": check.sampled,
        "statements": [
            [s.label, s.shown or number(s.predicted, 6), s.verdict] for s in check.statements
        ],
        "reason": check.reason,
        "verdict": check.verdict,
    }


def _digits(check: Check) -> int:
    """Down to the second digit of the standard error, 6 at most."""
    if not check.sampled or not check.error > 0 or check.measured == 0:
        return 6
    places = math.floor(math.log10(abs(check.measured))) - math.floor(math.log10(check.error))
    return min(6, max(1, places + 2))


def take_away(page: str) -> html.Section:
    """The link, the numbers, and the Python that gives them again."""
    buttons = [
        ("link", "Copy link", "The address of exactly this setting"),
        ("result", "Copy result", "One line for a hand-in: link, values, seed, version"),
        ("python", "Copy Python", "A few lines that give the same numbers"),
    ]
    return html.Section(
        [
            html.H2("Take away"),
            html.Div(
                [
                    html.Button(
                        label,
                        id=f"{page}-copy-{what}",
                        title=text,
                        className="button",
                        **{"data-copy": what, "data-page": page},
                    )
                    for what, label, text in buttons
                ],
                className="copies",
            ),
            html.Pre(id=f"{page}-python", className="python"),
        ],
        className="panel",
    )
