"""Panels: notices, presets, claims and the numbers beside them."""

from __future__ import annotations

import dataclasses
import json
import math
from typing import Any

from components import panels
from compute.claims import Check, Claim, Statement, Verdict
from compute.experiment import Experiment
from compute.experiments import gp_kernels
from tests.layouts import nodes, text


def props(component: Any) -> list[dict[str, Any]]:
    """The properties of every component, outermost first."""
    return [node["props"] | {"type": node["type"]} for node in nodes(component)]


def test_notices_are_announced_and_hidden_while_there_are_none() -> None:
    outer, first, *_ = props(panels.notices("page", ()))
    assert (outer["role"], first["hidden"]) == ("alert", True)
    _, first, text, *_ = props(panels.notices("page", ["No such thing."]))
    assert (first["hidden"], text["children"]) == (False, "No such thing.")


def test_replay_and_new_sample_need_a_seed() -> None:
    with_seed = [p.get("data-action") for p in props(panels.state_buttons("page", True))]
    without = [p.get("data-action") for p in props(panels.state_buttons("page", None))]
    assert with_seed[1:] == ["replay", "sample", "reset"]
    assert without[1:] == ["reset"]


def test_there_is_no_new_sample_where_nothing_is_random() -> None:
    for random in (True, False):
        hidden = {
            p["data-action"]
            for p in props(panels.state_buttons("page", random))
            if "irrelevant" in p.get("className", "")
        }
        assert hidden == (set() if random else {"sample"})


def test_buttons_say_what_they_do() -> None:
    for component in (panels.graphs("page", 2), panels.take_away("page")):
        buttons = [p for p in props(component) if p["type"] == "Button"]
        assert buttons
        assert all(b["title"] and b["children"] for b in buttons)


def claim(**more: Any) -> Claim:
    """A claim about nothing."""
    return Claim(
        key="key",
        section="1.2",
        statement="It is $x$.",
        route="by counting",
        params=None,
        check=lambda *_: None,
        **more,
    )


def fake(*claims: Claim) -> Experiment[Any, Any]:
    """An experiment with claims."""
    return Experiment("page", 1, "1", "T", object, lambda p: p, lambda _: 1.0, None, claims)


def test_a_claim_shows_statement_route_and_errata() -> None:
    panel = panels.claims(fake(claim(errata=(3, 12))))
    assert r"§1.2 It is \(x\)." in text(panel)
    found = props(panel)
    assert any(p.get("children") == "by counting" for p in found)
    links = {p["href"]: p["children"] for p in found if "href" in p}
    assert links == {"/errata#e3": "erratum 3", "/errata#e12": "erratum 12"}
    assert any(p.get("id") == "page-claim-key" for p in found)


def test_a_page_without_claims_shows_no_empty_panel() -> None:
    assert panels.claims(fake()) is None


def test_a_check_is_printed_as_the_browser_shows_it() -> None:
    check = Check(
        "x",
        1.23456789,
        0.0123,
        True,
        (Statement("true", 1.25, Verdict.AGREES), Statement("printed", math.inf, Verdict.REFUTED)),
    )
    told = json.loads(json.dumps(panels.check_data(check)))
    assert told["measured"] == "1.235", "down to the second digit of its error"
    assert told["error"] == "0.012"
    assert told["statements"] == [["true", "1.25", "agrees"], ["printed", "∞", "refuted"]]
    assert told["verdict"] == "agrees"
    exact = panels.check_data(dataclasses.replace(check, sampled=False))
    assert exact is not None
    assert exact["measured"] == "1.23457"


def test_a_check_without_a_sample_prints_no_numbers() -> None:
    check = Check("x", math.nan, math.nan, True, (Statement("true", 1.0),), "no sample yet")
    told = panels.check_data(check)
    assert told is not None
    assert (told["measured"], told["error"], told["reason"]) == ("", "", "no sample yet")
    assert panels.check_data(None) is None


def test_a_claim_says_what_it_would_notice() -> None:
    claims = {c.key: c for c in gp_kernels.EXPERIMENT.claims}
    panel = panels.claims(dataclasses.replace(gp_kernels.EXPERIMENT, claims=(claims["tanh_law"],)))
    assert "Would notice a variance off by 10⁻⁴ in every layer." in text(panel)
    assert "Blind: no fault of its subject would turn it red." in text(panels.claims(fake(claim())))
