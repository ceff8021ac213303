"""Every page of the edition, by one loop: layout, presets, figures, claims, exported Python."""

from __future__ import annotations

import base64
import json
import pickle
import subprocess
import sys
from dataclasses import fields, is_dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlparse

import dash
import numpy as np
import plotly.graph_objects as go
import pytest
from dash._utils import to_json
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from app import app
from components.answer import answer, python
from components.contents import CONTENTS
from components.controls import in_box
from components.formulas import formulas
from components.layout import layout
from components.page import Page, link
from components.settings import HERE
from compute.cache import PAYLOAD_MAX
from compute.claims import Verdict
from compute.experiment import ALWAYS_MS
from compute.params import Choice, changes, defaults, from_query, parameters, to_query, values
from tests.figures import coloured
from tests.layouts import nodes, text
from tests.strategies import hostile_texts, legal_params
from tests.thorough import THOROUGH, some

assert app.use_pages
PAGES: list[Page] = [
    module.PAGE  # type: ignore[attr-defined]
    for name in dash.page_registry
    if isinstance(getattr(module := sys.modules[name], "PAGE", None), Page)
]
PRESETS = [(page, preset) for page in PAGES for preset in page.presets]
TABS = [
    (page, tab)
    for page in PAGES
    for tab in (
        [name for name, _ in parameters(page.experiment.params)["figure"].choices]
        if "figure" in parameters(page.experiment.params)
        else [None]
    )
]
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda p: p.key)
each_preset = pytest.mark.parametrize(
    ("page", "preset"), PRESETS, ids=[f"{p.key}-{q.label}" for p, q in PRESETS]
)
each_tab = pytest.mark.parametrize(
    ("page", "tab"), TABS, ids=[f"{p.key}-{t}" if t else p.key for p, t in TABS]
)


def ask(page: Page, params: Any, batch: int = 0) -> dict[str, Any]:
    """The page's answer, as it reaches the browser."""
    return json.loads(to_json(answer(page, params, batch)))  # type: ignore[no-any-return]


def numbers(data: Any) -> Any:
    """The numbers of a typed array."""
    array = np.frombuffer(base64.b64decode(data["bdata"]), dtype=np.dtype(data["dtype"]))
    return array.reshape([int(n) for n in data["shape"].split(",")]) if "shape" in data else array


def assert_figure(spec: dict[str, Any]) -> None:
    """Plotly accepts the figure, its arrays fit together, its title says something."""
    assert spec["data"]
    go.Figure(coloured(spec))
    title = spec["layout"]["title"]["text"]
    assert title == title.strip() != ""
    assert "  " not in title
    assert not "a" <= title[0] <= "z", title
    for axis in ("xaxis", "yaxis"):
        if "range" in spec["layout"].get(axis, {}):
            low, high = spec["layout"][axis]["range"]
            assert np.isfinite([low, high]).all()
            assert low != high
    for trace in spec["data"]:
        if "bdata" in trace.get("x", ()) and "bdata" in trace.get("y", ()):
            x, y = numbers(trace["x"]), numbers(trace["y"])
            if "z" in trace:
                # Coordinates are centres of cells, or their edges: one more.
                rows, columns = numbers(trace["z"]).shape
                assert y.size - rows == x.size - columns in {0, 1}
            else:
                assert x.shape == y.shape


def assert_answer(page: Page, params: Any, answered: dict[str, Any]) -> None:
    """The answer shows `params`, with everything a page has to show."""
    assert answered["problem"] is None
    assert answered["query"] == to_query(params)
    sentence = answered["sentence"]
    assert sentence == sentence.strip() != ""
    assert "nan" not in sentence.lower().split()
    assert isinstance(answered["warning"], str)
    plots = page.shown(params)
    assert [f["key"] for f in answered["figures"]] == [p.key for p in plots]
    assert 0 < len(plots) <= page.slots
    for figure in answered["figures"]:
        assert_figure(figure["spec"])
        for moving in (figure["frames"] or {}).get("traces", ()):
            assert moving["index"] < len(figure["spec"]["data"])
            assert moving["attribute"] in figure["spec"]["data"][moving["index"]]
            assert moving["shape"][0] == len(figure["frames"]["names"])
            stored = len(base64.b64decode(moving["bdata"]))
            assert stored == 2 * int(np.prod(moving["shape"]))
    assert list(answered["checks"]) == [c.key for c in page.experiment.claims]
    for check in filter(None, answered["checks"].values()):
        assert check["verdict"] in set(Verdict)
        assert check["statements"]


@each_page
def test_a_page_opens_at_its_default(page: Page) -> None:
    found = nodes(layout(page, {}))
    ids = [json.dumps(n["props"]["id"], sort_keys=True) for n in found if n["props"].get("id")]
    assert len(set(ids)) == len(ids), "ids are unique"
    (heading,) = (n for n in found if n["type"] == "H1")
    assert heading["props"]["children"] == page.question
    assert page.question.endswith("?")
    notice = next(n for n in found if n["props"].get("className") == "notice")
    assert notice["props"]["hidden"] is True
    entry = next(e for c in CONTENTS for e in c.entries if e.key == page.key)
    assert entry.question == page.question


@each_page
def test_every_field_has_a_control_with_a_name_and_help(page: Page) -> None:
    found = nodes(layout(page, {}))
    boxes = {
        n["props"]["id"]["param"]: n["props"]
        for n in found
        if isinstance(n["props"].get("id"), dict) and n["props"]["id"]["kind"] == "box"
    }
    specs = parameters(page.experiment.params)
    assert set(boxes) == set(specs)
    for name, spec in specs.items():
        value = boxes[name].get("checked" if spec.kind == "flag" else "value")
        assert value == in_box(defaults(page.experiment.params)[name])
        if spec.kind != "flag":
            assert spec.label in boxes[name]["aria-label"]
        if name != "figure":
            around = next(n for n in found if n["props"].get("id") == f"{page.key}-control-{name}")
            assert around["props"]["title"] == spec.help


@each_page
def test_no_field_is_named_as_a_word_of_the_address(page: Page) -> None:
    words = {"b", "batch", "view", "controls"}
    assert words.isdisjoint(parameters(page.experiment.params))


@each_page
def test_hostile_addresses_open_the_default_with_notices(page: Page) -> None:
    specs = parameters(page.experiment.params)
    for name, spec in specs.items():
        for spelt in hostile_texts(spec):
            params, notices = from_query(page.experiment.params, {name: spelt})
            assert params == page.experiment.params(), (name, spelt)
            assert len(notices) == 1, (name, spelt)
    worst = {name: hostile_texts(spec)[0] for name, spec in specs.items()}
    opened = layout(page, worst | {"__proto__": "x", "view": "nan", "controls": "nan,all"})
    notice = next(n for n in nodes(opened) if n["props"].get("className") == "notice")
    assert notice["props"]["hidden"] is False
    assert len(notice["props"]["children"]) == len(specs) + 4
    meta = next(n for n in nodes(opened) if n["props"].get("id") == f"{page.key}-meta")
    assert meta["props"]["data"]["params"] == {
        name: in_box(value) for name, value in defaults(page.experiment.params).items()
    }


@each_page
def test_an_address_opens_what_it_says(page: Page) -> None:
    *_, preset = page.presets
    query = {k: v[0] for k, v in parse_qs(to_query(preset.params)).items()}
    boxes = {
        n["props"]["id"]["param"]: n["props"].get("value", n["props"].get("checked"))
        for n in nodes(layout(page, query))
        if isinstance(n["props"].get("id"), dict) and n["props"]["id"]["kind"] == "box"
    }
    assert boxes == {n: in_box(v) for n, v in values(preset.params).items()}


@each_preset
def test_a_preset_answers_with_its_figures(page: Page, preset: Any) -> None:
    assert preset.label == preset.label.strip() != ""
    assert preset.purpose == preset.purpose.strip() != ""
    assert page.experiment.work(preset.params) <= ALWAYS_MS, "no machine refuses it"
    assert_answer(page, preset.params, ask(page, preset.params))


@each_page
def test_what_is_to_be_tried_begins_at_a_setting_that_its_button_names(page: Page) -> None:
    found = nodes(layout(page, {}))
    meta = next(n for n in found if n["props"].get("id") == f"{page.key}-meta")
    standard, shown = page.experiment.params(), {p.params for p in page.presets}
    for i, one in enumerate(page.try_this):
        button = next(n["props"] for n in found if n["props"].get("id") == f"{page.key}-try-{i}")
        asked = meta["props"]["data"]["offers"][button["data-offer"]][int(button["data-at"])]
        assert page.experiment.params(**asked) == one.params
        name = button["aria-label"]
        assert name.startswith(f"{button['children'][0]}: "), "what is read is what is said"
        assert name.endswith(changes(standard, one.params) or "all at their defaults")
        assert page.experiment.work(one.params) <= ALWAYS_MS, "no machine refuses it"
        if one.params not in shown | {standard}:  # those have been asked for
            assert_answer(page, one.params, ask(page, one.params))


@each_tab
def test_a_tab_answers_with_its_figures(page: Page, tab: str | None) -> None:
    params = page.experiment.params()
    if tab is not None:
        params = replace(params, figure=tab)
    assert_answer(page, params, ask(page, params))


@pytest.mark.parametrize("key", [p.key for p in PAGES])
@settings(max_examples=some(4, 10), phases=[Phase.generate])
@given(data=st.data())
def test_any_legal_setting_answers_or_says_why_not(key: str, data: st.DataObject) -> None:
    page = next(p for p in PAGES if p.key == key)
    params = data.draw(legal_params(page.experiment.params))
    answered = ask(page, params)
    if answered["problem"] is None:
        assert_answer(page, params, answered)
    else:
        assert "nearest setting" in answered["problem"]["text"]
        nearest = page.experiment.params(**answered["problem"]["nearest"])
        assert ask(page, nearest)["problem"] is None


def effective(params: Any) -> Any:
    """`params` with the fields that have no effect at its choices at their defaults."""
    standard = defaults(type(params))
    return replace(
        params,
        **{n: standard[n] for n, s in parameters(type(params)).items() if not s.has_effect(params)},
    )


def edges(params: Any) -> list[Any]:
    """`params` with numbers at an end of their range or at 0: one at a time, then all together."""
    specs = {n: s for n, s in parameters(type(params)).items() if s.kind in {"integer", "real"}}
    ends = [
        {n: v for n, s in specs.items() for v in [pick(s)] if s.low <= v <= s.high}
        for pick in (lambda s: s.low, lambda s: s.high, lambda _: 0)
    ]
    return [replace(params, **{n: v}) for end in ends for n, v in end.items()] + [
        replace(params, **end) for end in ends
    ]


@each_tab
def test_numbers_at_their_ends_answer_or_say_why_not(page: Page, tab: str | None) -> None:
    front = replace(page.experiment.params(), **({"figure": tab} if tab else {}))
    options = [
        replace(front, **{name: option})
        for name, spec in parameters(page.experiment.params).items()
        for option, _ in (spec.choices if isinstance(spec, Choice) else ())
        if name != "figure" and front == page.experiment.params()  # once is enough
    ]
    alone, together = edges(front)[:-3], edges(front)[-3:]
    turns = [edges(option)[-3:] for option in options]
    # some of them: another end with each option
    other = [p for k, ends in enumerate(turns) for p in (ends if THOROUGH else ends[k % 3 :][:1])]
    settings = [*together, *alone[:: some(6, 1)], *other]
    for params in dict.fromkeys(map(effective, settings)):
        answered = answer(page, params)
        if answered["problem"] is None:
            assert answered["sentence"].strip(), params
        else:
            assert "nearest setting" in answered["problem"]["text"], params


@each_page
def test_results_and_samples_are_small_enough_to_keep(page: Page) -> None:
    experiment = page.experiment
    for params in (experiment.params(), *(p.params for p in page.presets)):
        assert len(pickle.dumps(experiment.run(params))) < PAYLOAD_MAX
    if experiment.sampler is not None:
        assert len(pickle.dumps(experiment.sampler.batch(experiment.params(), 0))) < PAYLOAD_MAX


SAMPLED = [p for p in PAGES if p.experiment.sampler is not None]


@pytest.mark.parametrize("page", SAMPLED, ids=lambda p: p.key)
def test_batches_arrive_one_by_one(page: Page, cold_store: Path) -> None:
    assert cold_store.exists()
    claims = [c.params for c in page.experiment.claims if c.batches]
    params = next(iter(claims), page.experiment.params())
    assert ask(page, params, 2)["problem"]["text"]
    for index in (1, 2):
        answered = ask(page, params, index)
        assert answered["problem"] is None
        if answered["sampling"] is not None:
            assert answered["sampling"]["done"] == index
            assert answered["sampling"]["total"] >= index
            assert answered["sampling"]["text"].strip()
        for figure, plot in zip(answered["figures"], page.shown(params), strict=True):
            assert (figure is not None) is plot.sampled
            if figure is not None:
                assert_figure(figure["spec"])


@each_page
def test_claims_link_to_where_they_are_tested(page: Page) -> None:
    shown = set()
    for claim in page.experiment.claims:
        address = urlparse(link(page.experiment, claim.params))
        assert address.path == page.path
        query = {k: v[0] for k, v in parse_qs(address.query).items()}
        assert from_query(page.experiment.params, query) == (claim.params, ())
        answered = ask(page, claim.params)
        if claim.params not in shown:
            assert_answer(page, claim.params, answered)
        shown.add(claim.params)
        if not claim.batches:
            assert answered["checks"][claim.key]["verdict"] == Verdict.AGREES


@each_page
def test_texts_are_texts(page: Page) -> None:
    texts = [page.statement, *(one.text for one in page.try_this)]
    assert len(page.try_this) == 3
    assert len(page.presets) > 1
    assert all(t == t.strip() and t.count("$") % 2 == 0 for t in texts)
    assert len({p.label for p in page.presets}) == len(page.presets)
    assert len({p.params for p in page.presets}) == len(page.presets)
    said = text(layout(page, {}))
    assert all(text(formulas(t)) in said for t in texts)


def exported(page: Page) -> tuple[Any, ...]:
    """The settings whose Python is run: the default and a preset that differs from it."""
    default = page.experiment.params()
    return (default, next(p.params for p in page.presets if p.params != default))


@cache
def ran() -> dict[str, Any]:
    """What the exported Python of every page gives in one fresh process, without Dash."""
    scripts = {
        f"{page.key} {i}": python(page.experiment, params)
        for page in PAGES
        for i, params in enumerate(exported(page))
    }
    program = (
        "import pickle, sys\n"
        "scripts = pickle.load(sys.stdin.buffer)\n"
        "got = {}\n"
        "for key, script in scripts.items():\n"
        "    namespace = {}\n"
        "    exec(script, namespace)\n"
        "    got[key] = namespace['result']\n"
        "assert 'dash' not in sys.modules, 'the mathematics needs no web framework'\n"
        "pickle.dump(got, sys.stdout.buffer)\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        input=pickle.dumps(scripts),
        capture_output=True,
        cwd=HERE,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return pickle.loads(done.stdout)  # type: ignore[no-any-return]


def assert_same(a: Any, b: Any) -> None:
    """Equal to the last bit, arrays and all."""
    assert type(a) is type(b)
    if is_dataclass(a):
        for field in fields(a):
            assert_same(getattr(a, field.name), getattr(b, field.name))
    elif isinstance(a, np.ndarray):
        np.testing.assert_array_equal(a, b, strict=True)
    elif isinstance(a, tuple | list):
        assert len(a) == len(b)
        for x, y in zip(a, b, strict=True):
            assert_same(x, y)
    elif isinstance(a, dict):
        assert_same(list(a.items()), list(b.items()))
    else:
        np.testing.assert_equal(a, b)


@each_page
def test_the_exported_python_gives_the_same_numbers(page: Page) -> None:
    for i, params in enumerate(exported(page)):
        assert_same(ran()[f"{page.key} {i}"], page.experiment.run(params))
