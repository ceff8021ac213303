"""What every figure builder uses: plain dicts, float32 arrays, colours by role.

Builders take a Result and return {"data": […], "layout": {…}}; they compute nothing. Plain dicts
because `go.Figure` costs half of a four-figure paint. *Theory* is a solid line, *measurement*
dots with error bars, the *printed* formula dashed, an *asymptote or bound* thin and dotted.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from components.figures.orders import Words, tell
from components.figures.packed import typed

Array = NDArray[np.float64]
Figure = dict[str, Any]
Trace = dict[str, Any]

_STYLES = {
    "theory": {"width": 2.5, "dash": "solid"},
    "printed": {"width": 2.5, "dash": "dash"},
    "bound": {"width": 1.5, "dash": "dot"},
    "measurement": {"width": 1.5, "dash": "solid"},
    "faint": {"width": 1.2, "dash": "solid"},
}


def line(x: ArrayLike, y: ArrayLike, role: str, name: str, hover: str = "", **more: Any) -> Trace:
    """A curve in the style of its role; `hover` is a hovertemplate without the name."""
    style = _STYLES[role]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": typed(x),
        "y": typed(y),
        "name": name,
        "line": {"color": f"@{role}", **style},
        "hovertemplate": f"{hover or '%{x}, %{y}'}<extra>{name}</extra>",
        "showlegend": False,
    } | more


def random_function(
    number: int, of: int, x: ArrayLike, y: ArrayLike, role: str, name: str, hover: str = ""
) -> Trace:
    """One of several in a colour, numbered from 0: they differ by shade, for a dashed line is a
    printed formula, and a dotted one a bound."""
    shade = 1 - 0.65 * number / max(of - 1, 1)
    look = {"color": f"@{role}", "width": 2.2}
    return line(x, y, role, f"{name} {number + 1}", hover, line=look, opacity=shade)


# " ± 0.1" in what hovers over a point
_ERROR = re.compile(r" ± %\{error_y\.array[^}]*\}")


def dots(
    x: ArrayLike,
    y: ArrayLike,
    name: str,
    hover: str = "",
    error: ArrayLike | None = None,
    role: str = "measurement",
    *,
    size: float = 8,
    symbol: str = "",
    **more: Any,
) -> Trace:
    """Points, with their standard errors; where no error is known, none is shown."""
    if error is not None and not np.isfinite(error).any():
        error, hover = None, _ERROR.sub("", hover)
    trace: Trace = {
        "type": "scatter",
        "mode": "markers",
        "x": typed(x),
        "y": typed(y),
        "name": name,
        "marker": {"color": f"@{role}", "size": size} | ({"symbol": symbol} if symbol else {}),
        "cliponaxis": False,
        "hovertemplate": f"{hover or '%{x}, %{y}'}<extra>{name}</extra>",
        "showlegend": False,
    }
    if error is not None:
        trace["error_y"] = {
            "array": typed(error),
            "color": f"@{role}",
            "thickness": 1.5,
            "width": 3,
        }
    return trace | more


def measured(
    x: ArrayLike,
    y: ArrayLike,
    error: ArrayLike,
    name: str,
    hover: str,
    *,
    log: bool = False,
    **more: Any,
) -> Trace:
    """Sampled points whose `hover` ends with the standard error.

    On a logarithmic axis (`log`) no bar reaches down to 0, which is not on it.
    """
    trace = dots(x, y, name, f"{hover} ± %{{error_y.array:.2g}}", error=error, **more)
    if log and "error_y" in trace:
        down = typed(np.minimum(error, 0.9 * np.asarray(y)))
        trace["error_y"] |= {"symmetric": False, "arrayminus": down}
    return trace


def level(
    ends: ArrayLike, height: float, role: str, name: str, hover: str = "", **more: Any
) -> Trace:
    """A horizontal line between two ends."""
    return line(np.asarray(ends)[[0, -1]], [height, height], role, name, hover, **more)


def heatmap(
    x: ArrayLike,
    y: ArrayLike,
    z: ArrayLike,
    name: str,
    hover: str,
    *,
    scale: Sequence[Sequence[Any]],
    ends: tuple[float, float],
    bar: Mapping[str, Any],
    **more: Any,
) -> Trace:
    """Colours over a plane; `scale` goes over `ends`, `bar` is what its colour bar says."""
    return {
        "type": "heatmap",
        "x": typed(x),
        "y": typed(y),
        "z": typed(z),
        "zmin": ends[0],
        "zmax": ends[1],
        "colorscale": scale,
        "name": name,
        "colorbar": {"outlinewidth": 0, "thickness": 14, **bar},
        "hovertemplate": hover,
    } | more


def named(data: Sequence[Trace]) -> list[Trace]:
    """Traces that stand in the legend."""
    return [trace | {"showlegend": True} for trace in data]


def middles(edges: Array) -> Array:
    """Where the dots of a histogram stand, (bins,) for edges (bins + 1,)."""
    return 0.5 * (edges[1:] + edges[:-1])


def reach(heights: Sequence[Array], low: float = 0.5, high: float = 2.0) -> tuple[float, float]:
    """Ends of a logarithmic axis: so many times the least and the largest positive number."""
    shown = np.concatenate([np.ravel(h)[np.ravel(h) > 0] for h in heights] or [np.empty(0)])
    return (low * float(shown.min()), high * float(shown.max())) if shown.size else (low, high)


def together(
    parts: Sequence[tuple[ArrayLike, ArrayLike, str]],
) -> tuple[Array, Array, dict[str, Any]]:
    """Series (x, y, name) of one look as one trace, with gaps between: x, y and what names them.

    A trace costs a millisecond on every drawing, whatever is in it. Tables and files read the
    names where `meta` says so.
    """
    gap = [math.nan]
    x = np.concatenate([np.append(np.asarray(x, dtype=np.float64), gap) for x, _, _ in parts])
    y = np.concatenate([np.append(np.asarray(y, dtype=np.float64), gap) for _, y, _ in parts])
    names = [name for x, _, name in parts for name in [name] * len(np.asarray(x)) + [""]]
    return x, y, {"customdata": names, "meta": "series"}


def axis(
    title: str, *, log: bool = False, range: Sequence[float] | None = None, steady: bool = False
) -> dict[str, Any]:
    """An axis; `range` in data units also where the axis is logarithmic.

    `steady` widens a range that follows the numbers, so that the axis stays where it is while a
    slider moves them: eyes see what changes, and plotly draws it in half the time.
    """
    made: dict[str, Any] = {"title": {"text": title}}
    if log:
        # Powers of ten only: anything else prints as a crowd of bare digits.
        made |= {"type": "log", "dtick": 1, "exponentformat": "power"}
    if range is not None:
        low, high = (math.log10(v) if log else float(v) for v in range)
        made["range"] = list(widened(low, high, 1 / 4 if log else 1 / 6)) if steady else [low, high]
        made["autorange"] = False
        if log:
            made |= _log_ticks(*made["range"])
    return made


def _log_ticks(low: float, high: float) -> dict[str, Any]:
    """Powers of ten, or round numbers where there are fewer than two of those."""
    if math.floor(high) - math.ceil(low) >= 1:
        return {"dtick": max(1, math.ceil((high - low) / 7))}
    first, last = 10.0**low, 10.0**high
    powers = range(math.floor(low), math.ceil(high) + 1)
    marks = [m * 10.0**k for k in powers for m in (1, 2, 5) if first <= m * 10.0**k <= last]
    if len(marks) < 3:
        step = nice_step((last - first) / 3)
        marks = [step * k for k in range(math.ceil(first / step), math.floor(last / step) + 1)]
    return {"tickvals": marks, "ticktext": [number(mark) for mark in marks]}


def nice_step(most: float) -> float:
    """The largest of 1, 2, 5 times a power of ten that is at most this, which is > 0."""
    unit = 10.0 ** math.floor(math.log10(most))
    return unit * max(k for k in (1, 2, 5) if k * unit <= most)


def widened(low: float, high: float, share: float) -> tuple[float, float]:
    """The ends moved outwards to multiples of 1, 2 or 5 times a power of ten, each by at most
    this share of what is between."""
    most = share * (high - low)
    if not (math.isfinite(most) and most > 0):
        return low, high
    step, power = nice_step(most), math.floor(math.log10(most))
    # the tolerance: an end that is such a multiple already stays
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return round(first * step, -power), round(last * step, -power)


def at_end(
    x: float,
    y: float,
    text: str,
    role: str,
    *,
    log_x: bool = False,
    log_y: bool = False,
    **more: Any,
) -> dict[str, Any]:
    """A label at the end of a line: direct instead of a legend."""
    return {
        "x": math.log10(x) if log_x else x,
        "y": math.log10(y) if log_y else y,
        "text": text,
        "font": {"color": f"@{role}"},
        "xanchor": "right",
        "yanchor": "bottom",
        "showarrow": False,
    } | more


def beside(shift: float) -> dict[str, Any]:
    """Where a label goes that stands so many pixels to the right of its mark, or the left."""
    return {"xanchor": "left" if shift > 0 else "right", "xshift": shift}


# A legend in a row below the axis, where no curve runs through it.
BELOW: dict[str, Any] = {
    "legend": {
        "orientation": "h",
        "x": 0,
        "xanchor": "left",
        "yref": "container",
        "y": 0.0,
        "yanchor": "bottom",
    },
    "margin": {"b": 96},
}


def figure(
    title: Words, x: dict[str, Any], y: dict[str, Any], data: list[Trace], **layout: Any
) -> Figure:
    """A figure; `title` is a sentence that says what is seen, its orders those of `data`."""
    text = subscripts(tell(title, data))
    return {
        "data": data,
        "layout": {"title": {"text": text}, "xaxis": x, "yaxis": y} | layout,
    }


def subscripts(text: str) -> str:
    """C_W and C_b as a figure writes them."""
    return re.sub(r"\bC_([Wb])", r"C<sub>\1</sub>", text)


def number(value: float, digits: int = 3) -> str:
    """A number for a sentence: 0.0042, 12.3, 4.2 × 10⁻⁹."""
    if not math.isfinite(value):
        return "not a finite number" if math.isnan(value) else ("∞" if value > 0 else "−∞")
    if value == 0:
        return "0"
    if 1e-3 <= abs(value) < 1e5:
        text = f"{value:.{digits}g}"
        if "e" in text:
            text = f"{value:.0f}"
        return text.replace("-", "−")
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    return f"{mantissa} × 10{superscript(int(exponent))}".replace("-", "−")


def plural(count: int, noun: str) -> str:
    """So many of something: 1 neuron, 2 neurons."""
    return f"{count} {noun}" + ("" if count == 1 else "s")


def superscript(n: int) -> str:
    """An integer in superscript digits."""
    return str(n).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
