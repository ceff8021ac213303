"""Controls: one per field, holding what the field says."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest
from dash._utils import to_json

from components.controls import control_id, controls, describe, nearest_stop, typeset
from compute.experiments import leaving_the_kernel_regime, training_steps
from compute.params import WIDTHS, check, choice, flag, integer, parameters, points, real, seed
from tests.layouts import nodes


@dataclass(frozen=True)
class Params:
    """A field of each kind."""

    figure: str = choice("a", (("a", "A"), ("b", "B")), label="figure", help="Tab.")
    width: int = integer(64, 1, 4096, label="width", symbol="N_0", help="Wide.", ladder=WIDTHS)
    slope: float = real(
        0.5, -1.0, 1.0, label="slope", help="Steep.", shown_if_any=(("figure", ("a",)),)
    )
    bias: bool = flag(True, label="bias", help="Biased.")
    knots: tuple[tuple[float, float], ...] = points(
        ((0.0, 0.5),), 0.0, 1.0, label="knots", help="Points."
    )
    seed: int = seed()

    __post_init__ = check


def made(params: Params, shown: tuple[str, ...] | None = None) -> dict[str, list[dict[str, Any]]]:
    """Each control's parts, as the browser receives them, by field; the frame comes first."""
    found = {}
    for control in json.loads(to_json(controls("page", params, shown, skip="figure"))):
        parts = nodes(control)
        found[control["props"]["id"].removeprefix("page-control-")] = parts
    return found


def part(parts: list[dict[str, Any]], kind: str, name: str) -> dict[str, Any] | None:
    """The box or the slider among a control's parts."""
    wanted = control_id(kind, "page", name)
    return next((p for p in parts if p["props"].get("id") == wanted), None)


def test_every_field_but_the_tabs_has_a_box_with_its_value() -> None:
    params = Params(width=100, slope=-0.25, bias=False, seed=7)
    found = made(params)
    assert list(found) == ["width", "slope", "bias", "knots", "seed"]
    for name, parts in found.items():
        box = part(parts, "box", name)
        assert box is not None
        held = box["props"].get("value", box["props"].get("checked"))
        assert held == ("0~0.5" if name == "knots" else getattr(params, name))
        assert parts[0]["props"]["title"] == parameters(Params)[name].help


def test_boxes_and_sliders_have_accessible_names() -> None:
    width = made(Params())["width"]
    box, slider = part(width, "box", "width"), part(width, "slider", "width")
    assert box is not None
    assert slider is not None
    assert box["props"]["aria-label"] == "width N_0"
    assert slider["props"]["thumbLabel"] == "width N_0"


def test_sliders_are_where_the_value_is() -> None:
    found = made(Params(width=100, slope=-0.25))
    width, slope = part(found["width"], "slider", "width"), part(found["slope"], "slider", "slope")
    assert width is not None
    assert slope is not None
    assert WIDTHS[width["props"]["value"]] == 100
    assert width["props"]["max"] == len(WIDTHS) - 1
    assert (slope["props"]["value"], slope["props"]["min"]) == (-0.25, -1)
    assert part(found["seed"], "slider", "seed") is None
    assert part(found["bias"], "slider", "bias") is None


@pytest.mark.parametrize(
    ("params", "name"),
    [(training_steps.Params(), "rate"), (leaving_the_kernel_regime.Params(), "kappa")],
)
def test_limits_of_the_step_are_marked_where_they_are(params: Any, name: str) -> None:
    slider = part(made(params)[name], "slider", name)
    assert slider is not None
    ladder = parameters(type(params))[name].ladder  # type: ignore[attr-defined]
    at = [mark["value"] for mark in slider["props"]["marks"]]
    assert [ladder[i] if ladder else i for i in at] == [2.0, 4.0]


def test_unshown_controls_are_kept_but_hidden() -> None:
    found = made(Params(), shown=("width",))
    assert {n: p[0]["props"]["hidden"] for n, p in found.items()} == {
        "width": False,
        "slope": True,
        "bias": True,
        "knots": True,
        "seed": True,
    }


def test_the_browser_is_told_what_is_legal() -> None:
    told = json.loads(json.dumps(describe("page", Params)))
    assert list(told) == list(parameters(Params))
    assert told["width"]["ladder"][:3] == [1, 2, 3]
    assert (told["width"]["low"], told["width"]["high"]) == (1, 4096)
    assert told["slope"]["shown_if_any"] == [["figure", ["a"]]]
    told_defaults = {n: f["default"] for n, f in told.items()}
    assert told_defaults == json.loads(json.dumps({n: getattr(Params(), n) for n in told}))


@pytest.mark.parametrize(("value", "index"), [(1, 0), (0, 0), (4, 2), (6.9, 2), (7.1, 3), (1e9, 3)])
def test_the_nearest_stop(value: float, index: int) -> None:
    assert nearest_stop((1, 2, 4, 10), value) == index


def test_symbols_are_typeset_with_subscripts() -> None:
    head, sub, tail = typeset("‖x‖²/N_0")
    assert (head, sub.children, tail) == ("‖x‖²/N", "0", "")
    assert typeset("ψ") == ["ψ"]
