"""One control per parameter field: a box that holds the value, and a slider where it helps."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from dash import html

from components.inputs import Select, Slider, Switch, TextInput
from components.static import static
from compute.params import (
    Choice,
    Flag,
    Formula,
    Number,
    Parameter,
    Params,
    PointList,
    parameters,
    show,
)


def control_id(kind: str, page: str, name: str) -> dict[str, str]:
    """The id of a control's part: `kind` is "box" or "slider"."""
    return {"kind": kind, "page": page, "param": name}


def controls(page: str, params: Params, shown: tuple[str, ...] | None, skip: str) -> list[Any]:
    """Every field's control; those not in `shown` are kept but hidden, as is `skip`."""
    return [
        html.Div(
            _control(page, name, spec, getattr(params, name)),
            className="control" if spec.has_effect(params) else "control irrelevant",
            title=spec.help,
            id=f"{page}-control-{name}",
            hidden=shown is not None and name not in shown,
        )
        for name, spec in parameters(type(params)).items()
        if name != skip
    ]


def in_box(value: Any) -> Any:
    """A value as its box holds it: points are typed as text."""
    return show(value) if isinstance(value, tuple) else value


def describe(page: str, cls: type[Any]) -> dict[str, Any]:
    """What the browser has to know of the fields: kinds, ranges, ladders, when they are shown."""
    return {
        name: spec.described | {"default": cls.__dataclass_fields__[name].default}
        for name, spec in parameters(cls).items()
    }


def _control(page: str, name: str, spec: Parameter, value: Any) -> list[Any]:
    box = control_id("box", page, name)
    named: dict[str, Any] = {"aria-label": f"{spec.label} {spec.symbol}".strip()}
    # Few components: each has a look at every change of anything on the page.
    words = static(
        None if isinstance(spec, Flag) else _label(spec),
        html.Div(className="control-problem", id=f"{page}-problem-{name}", role="alert"),
    )
    match spec:
        case Flag():
            return [Switch(id=box, checked=value, label=static(_label(spec)), size="md"), words]
        case PointList() | Formula():
            return [words, TextInput(id=box, value=show(value), className="points-box", **named)]
        case Choice():
            data = [{"value": v, "label": text} for v, text in spec.choices]
            return [words, Select(id=box, value=value, data=data, allowDeselect=False, **named)]
        case Number():
            slider = [_slider(page, name, spec, value, named["aria-label"])] if spec.slider else []
            return [words, _number_box(box, spec, value, named), *slider]
    raise TypeError(f"no control for {type(spec).__name__}")


def _number_box(box: dict[str, str], spec: Number, value: Any, named: dict[str, Any]) -> Any:
    # a box of text: one for numbers would drop what it cannot read, and make another number of it
    keys = "decimal" if spec.low >= 0 else "text"
    return TextInput(
        id=box,
        value=value,
        className="control-box",
        attributes={"input": {"inputMode": keys, "autoComplete": "off"}},
        **named,
    )


def _slider(page: str, name: str, spec: Number, value: float, accessible: str) -> Any:
    identity = control_id("slider", page, name)
    scale: dict[str, Any] = {"min": spec.low, "max": spec.high, "step": spec.step, "value": value}
    marks = spec.marks
    if spec.ladder is not None:
        marks = tuple((nearest_stop(spec.ladder, at), text) for at, text in marks)
        scale = {
            "min": 0,
            "max": len(spec.ladder) - 1,
            "step": 1,
            "value": nearest_stop(spec.ladder, value),
            "scale": {"function": "ladder", "options": {"ladder": spec.ladder}},
            # The library announces the indices of a ladder; the thumb must tell its values.
            "attributes": {
                "thumb": {
                    "aria-valuemin": _in_full(spec.ladder[0]),
                    "aria-valuemax": _in_full(spec.ladder[-1]),
                }
            },
        }
    return Slider(
        id=identity,
        thumbLabel=accessible,
        updatemode="drag",
        label=None,
        thumbSize=20,
        className="control-slider marked" if marks else "control-slider",
        marks=[{"value": at, "label": text} for at, text in marks],
        **scale,
    )


def _in_full(value: float) -> str:
    """A number as attributes may say it: 0.00000001, for 1e-8 is none there."""
    return f"{Decimal(str(value)).normalize():f}"


def nearest_stop(ladder: tuple[float, ...], value: float) -> int:
    """The index of the ladder's stop that is nearest to `value`."""
    return min(range(len(ladder)), key=lambda i: abs(ladder[i] - value))


def _label(spec: Parameter) -> html.Div:
    symbol = html.Span(typeset(spec.symbol), className="symbol") if spec.symbol else None
    return html.Div([spec.label, symbol], className="control-label")


def typeset(text: str) -> list[Any]:
    """Plain text with C_W and its like written with a subscript."""
    parts = re.split(r"(?<=[^\W\d_])_(\w+)", text)
    return [html.Sub(part) if i % 2 else part for i, part in enumerate(parts)]
