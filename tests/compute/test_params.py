"""Parameters: every view of them, legal and hostile, for every experiment of the edition."""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable
from dataclasses import FrozenInstanceError, dataclass, fields, replace
from typing import Any
from urllib.parse import parse_qs, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compute.experiments import EXPERIMENTS
from compute.params import (
    WIDTHS,
    ParameterError,
    changes,
    check,
    choice,
    defaults,
    flag,
    from_query,
    integer,
    parameters,
    points,
    real,
    seed,
    show,
    strict_query,
    to_query,
    values,
)
from tests.strategies import HOSTILE_JSON, hostile_texts, legal_params


@dataclass(frozen=True)
class Sample:
    """One field of each kind."""

    width: int = integer(64, 1, 4096, label="width", symbol="N", help="Neurons.", ladder=WIDTHS)
    slope: float = real(0.5, -2.0, 2.0, label="slope", help="Slope.")
    size: float = real(1.0, 1e-9, 1e20, label="size", help="Size.")
    law: str = choice("a b", (("a b", "first"), ("c&d=é", "second")), label="law", help="Law.")
    bias: bool = flag(False, label="bias", help="With biases.")
    knots: tuple[tuple[float, float], ...] = points(
        ((-1.0, 0.25), (1.0, 0.5)), -2.0, 2.0, label="knots", help="Points."
    )
    seed: int = seed()

    __post_init__ = check


CLASSES: list[Any] = [Sample, *(e.params for e in EXPERIMENTS)]
each_class = pytest.mark.parametrize("cls", CLASSES, ids=lambda c: c.__module__)


def each_field(test: Callable[[Any, str], None]) -> Callable[[Any], None]:
    """All fields of a class in one test: a test of its own would cost more than it tries."""

    @each_class
    def tried(cls: Any) -> None:
        for name in parameters(cls):
            test(cls, name)

    tried.__name__, tried.__doc__ = test.__name__, test.__doc__
    return tried


def browser(query: str) -> dict[str, Any]:
    """A query string as Dash hands it to a page: repeated names become lists."""
    parsed = parse_qs(query, keep_blank_values=True)
    return {name: v[0] if len(v) == 1 else v for name, v in parsed.items()}


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("width", "12", 12),
        ("width", " 12 ", 12),
        ("width", "1e3", 1000),
        ("width", "4096", 4096),
        ("slope", "-1.25", -1.25),
        ("slope", "+.5", 0.5),
        ("slope", "2.", 2.0),
        ("size", "1E19", 1e19),
        ("law", "c&d=é", "c&d=é"),
        ("bias", "1", True),
        ("bias", "0", False),
        ("knots", "0.1~0.5_0.3~-1", ((0.1, 0.5), (0.3, -1.0))),
        ("knots", "0.123456~-0.00001", ((0.1235, 0.0),)),
        ("knots", "", ()),
        ("knots", "_".join(["1~2"] * 32), ((1.0, 2.0),) * 32),
    ],
)
def test_a_field_parses_what_it_allows(name: str, text: str, value: object) -> None:
    found = parameters(Sample)[name].parse(text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("width", "0"),
        ("width", "4097"),
        ("width", "2.5"),
        ("slope", "2.0001"),
        ("slope", "-3"),
        ("law", "first"),
        ("law", "A B"),
        ("bias", "yes"),
        ("bias", "2"),
        ("knots", "1"),
        ("knots", "1~2~3"),
        ("knots", "1~2_"),
        ("knots", "1~x"),
        ("knots", "1~2.0001"),
        ("knots", "_".join(["1~2"] * 33)),
        ("knots", "nan~0"),
    ],
)
def test_a_field_refuses_what_it_does_not_allow(name: str, text: str) -> None:
    with pytest.raises(ValueError, match="is not"):
        parameters(Sample)[name].parse(text)


@each_field
def test_hostile_text_gives_a_notice_and_the_default(cls: Any, name: str) -> None:
    spec = parameters(cls)[name]
    for text in hostile_texts(spec):
        params, notices = from_query(cls, {name: text})
        assert params == cls()
        assert len(notices) == 1, ascii(text[:20])
        assert spec.label in notices[0]
        assert spec.legal in notices[0]
        assert len(notices[0]) < 1000


@each_class
def test_unknown_repeated_and_misspelt_names_are_told(cls: Any) -> None:
    name = next(iter(parameters(cls)))
    legal = show(defaults(cls)[name])
    for query in (f"{name.upper()}={legal}", "__class__=x", f"{name}={legal}&{name}={legal}"):
        params, notices = from_query(cls, browser(query))
        assert params == cls()
        assert len(notices) == 1, query


def test_a_flood_of_names_hides_neither_itself_nor_the_known_ones() -> None:
    flood = {f"n{i}": "1" for i in range(1000)} | {"width": "100", "x" * 5000: ""}
    params, notices = from_query(Sample, flood)
    assert params.width == 100
    assert len(notices) < 12
    assert "993" in notices[-1]
    assert all(len(n) < 200 for n in notices)


@each_class
@given(data=st.data())
def test_any_query_string_is_survived(cls: Any, data: st.DataObject) -> None:
    names = st.sampled_from(list(parameters(cls))) | st.text(max_size=10)
    query = data.draw(st.dictionaries(names, st.text() | HOSTILE_JSON, max_size=6))
    params, notices = from_query(cls, query)
    assert cls(**values(params)) == params
    assert len(notices) <= len(query)


@each_class
@given(data=st.data())
def test_addresses_round_trip(cls: Any, data: st.DataObject) -> None:
    params = data.draw(legal_params(cls))
    query = to_query(params)
    assert from_query(cls, browser(query)) == (params, ())
    assert strict_query(cls, browser(query)) == params
    assert len(query) < 2000
    named = set(browser(query))
    assert named == {n for n, v in values(params).items() if v != defaults(cls)[n]}


@each_class
@given(data=st.data())
def test_equal_params_are_one_key_and_their_repr_makes_them_again(
    cls: Any, data: st.DataObject
) -> None:
    params = data.draw(legal_params(cls))
    again = eval(repr(params), {cls.__qualname__: cls})
    assert again == params
    assert hash(again) == hash(params)
    assert repr(again) == repr(params)
    assert cls(**values(params)) == params


def test_negative_zero_is_zero() -> None:
    assert repr(Sample(slope=-0.0)) == repr(Sample(slope=0.0))


@each_class
def test_the_default_is_the_empty_address(cls: Any) -> None:
    assert to_query(cls()) == ""
    assert from_query(cls, {}) == (cls(), ())


@each_class
def test_a_strict_query_takes_legal_words_and_nothing_else(cls: Any) -> None:
    assert strict_query(cls, {}) == cls()
    whole = {name: show(value) for name, value in values(cls()).items()}
    assert strict_query(cls, whole) == cls()
    with pytest.raises(ParameterError, match="not a parameter"):
        strict_query(cls, whole | {"extra": "1"})
    with pytest.raises(ParameterError, match="not a parameter") as refused:
        strict_query(cls, {"x" * 5000: "1"})
    assert len(str(refused.value)) < 200


@each_field
def test_a_strict_query_refuses_what_is_no_value_and_says_what_is_legal(
    cls: Any, name: str
) -> None:
    spec = parameters(cls)[name]
    for text in hostile_texts(spec):
        with pytest.raises(ParameterError) as refused:
            strict_query(cls, {name: text})
        assert refused.value.name == name
        assert spec.legal in str(refused.value)
        assert len(str(refused.value)) < 1000


@each_class
@given(text=st.text() | st.from_regex(r"[-+.\de~_]*"), data=st.data())
def test_a_strict_query_raises_nothing_but_its_own_error(
    cls: Any, text: str, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(list(parameters(cls))))
    refused = ""
    try:
        params = strict_query(cls, {name: text})
    except ParameterError as error:
        refused = error.name
    else:
        assert strict_query(cls, browser(to_query(params))) == params
    assert refused in ("", name)


@each_field
def test_other_types_are_refused_and_what_is_legal_is_said(cls: Any, name: str) -> None:
    spec = parameters(cls)[name]
    wrong: list[Any] = [None, {}, [1], math.nan, math.inf, -math.inf, 10**400, -(10**400)]
    if spec.kind == "points":
        extremes = [math.nan, math.inf, 10**400, spec.high + 1, True, None, "", [], "1~1"]
        wrong += [[[0, x]] for x in extremes] + [
            [[0]],
            [[0, 0, 0]],
            [[0, 0]] * (spec.most + 1),
            "0",
            "x~y",
        ]
    else:
        wrong += [[]]
    if spec.kind in {"integer", "real", "flag"}:
        wrong += [str(defaults(cls)[name]), "3"]
    if spec.kind != "flag":
        wrong += [True, False]
    if spec.kind == "integer":
        wrong += [spec.low + 0.5, spec.low - 1, spec.high + 1]
    if spec.kind == "real":
        wrong += [spec.low - 1, spec.high * 1.01 + 1]
    for value in wrong:
        with pytest.raises(ParameterError) as refused:
            cls(**(values(cls()) | {name: value}))
        assert refused.value.name == name
        assert spec.legal in str(refused.value)
        assert len(str(refused.value)) < 1000


@each_class
@given(value=HOSTILE_JSON, data=st.data())
def test_a_hostile_value_raises_nothing_but_its_own_error(
    cls: Any, value: object, data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(list(parameters(cls))))
    sent = values(cls()) | {name: value}
    try:
        params = cls(**sent)
    except ParameterError as error:
        refused = error.name
    else:
        refused = ""
        same = values(params) == sent
        assert same or cls(**values(params)) == params
    assert refused in ("", name)


@each_class
def test_params_are_frozen(cls: Any) -> None:
    name = next(iter(parameters(cls)))
    with pytest.raises(FrozenInstanceError):
        setattr(cls(), name, defaults(cls)[name])


@each_class
def test_params_built_by_hand_are_checked_too(cls: Any) -> None:
    for name in parameters(cls):
        with pytest.raises(ValueError, match="is not"):
            replace(cls(), **{name: object()})


@each_field
def test_metadata_is_whole(cls: Any, name: str) -> None:
    spec = parameters(cls)[name]
    assert spec.label == spec.label.strip() != ""
    assert spec.help == spec.help.strip()
    assert spec.help.endswith("."), "help is a sentence"
    assert spec.check(defaults(cls)[name]) == defaults(cls)[name]
    if spec.kind == "choice":
        assert len({n for n, _ in spec.choices}) == len(spec.choices) > 1
        assert all(label for _, label in spec.choices)
    if spec.kind in {"integer", "real"}:
        assert spec.low < spec.high
        assert spec.step > 0
        assert list(spec.ladder or ()) == sorted(set(spec.ladder or ()))
        assert all(spec.check(stop) == stop for stop in spec.ladder or ())
    for field, options in (*spec.shown_if_any, *spec.shown_if_all):
        other = parameters(cls)[field]
        assert set(options) > set()
        assert all(other.check(option) == option for option in options)


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda e: e.key)
def test_params_live_where_the_exported_python_looks_for_them(experiment: Any) -> None:
    module = importlib.import_module(f"compute.experiments.{experiment.key}")
    assert module.Params is experiment.params
    assert module.run is experiment.run
    assert all(f.default == getattr(experiment.params(), f.name) for f in fields(module.Params))


def test_show_spells_numbers_that_read_back() -> None:
    for value in (0.1, 1e-12, 1e15, 123456789.0, -2.5, 1e22):
        assert float(show(value)) == value
    assert show(3.0) == "3"
    assert show(True) == "1"


def test_changes_are_told_as_the_controls_show_them() -> None:
    other = Sample(width=8, slope=0.0, law="c&d=é", bias=True)
    assert changes(Sample(), other) == "width 8, slope 0, law second, bias on"
    assert changes(Sample(), Sample(knots=((0, 1), (1, -0.5)))) == "knots (0, 1) (1, -0.5)"
    assert changes(other, Sample(width=8)) == "slope 0.5, law first, bias off"
    assert changes(other, other) == ""


def test_an_address_may_be_typed_by_hand() -> None:
    params, notices = from_query(Sample, browser(urlencode({"width": "1e2", "slope": "-.5"})))
    assert (params.width, params.slope, notices) == (100, -0.5, ())


def test_what_is_given_twice_is_named_as_given() -> None:
    _, notices = from_query(Sample, browser("width=20&width=30"))
    assert "“20 and 30”" in notices[0]
