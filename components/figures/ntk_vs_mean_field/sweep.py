"""Figures of page 2.4 from many networks: movement, kernel and remainder against the width."""

from __future__ import annotations

from typing import Any

import numpy as np

from components.figures.base import Array, Figure, Trace, at_end, axis, dots, figure, line
from compute.experiments.ntk_vs_mean_field.run import Result
from compute.experiments.ntk_vs_mean_field.sampler import Sweep
from compute.experiments.ntk_vs_mean_field.setting import EXPONENTS, Params, widths
from compute.experiments.ntk_vs_mean_field.sweep import AT
from compute.sampling import Sample

NAMES = ("0", "¼", "½")
SYMBOLS = ("circle", "diamond", "square")
WIDTH = "width N₁"
_LEFT, _RIGHT = (0.0, 0.485), (0.515, 1.0)


def movement_against_width(params: Params, result: Result, sample: Sample[Sweep] | None) -> Figure:
    """Movement or initial velocity of z^(1), left, and of z^(2), right, at a = 0, ¼, ½."""
    speed = params.shows == "speed"
    word = "velocity at t = 0" if speed else f"change by t = {params.time:g}"
    names = ("hidden_speed", "output_speed") if speed else ("hidden_movement", "output_movement")
    left = _Lines(params, result, sample, names[0], lambda a: a - 0.5)
    right = _Lines(params, result, sample, names[1], lambda _: 0.0)
    low, high = reach([*left.heights, *right.heights])
    x = axis(WIDTH, log=True, range=_width_range(params))
    y = axis(f"{word}, root mean square", log=True, range=(low, high))
    tail = {"showticklabels": False, "anchor": "x2", "matches": "y"}
    other = {k: v for k, v in y.items() if k != "title"} | tail
    data = left.traces + [t | {"xaxis": "x2", "yaxis": "y2"} for t in right.traces]
    notes = left.notes + [n | {"xref": "x2", "yref": "y2"} for n in right.notes]
    # the laws are those of networks that learn their data
    laws = ("", "") if result.obstacle else ("<br>slope a − ½", "<br>slope 0")
    heads = (
        (0.0, f"pre-activations z<sup>(1)</sup>{laws[0]}"),
        (_RIGHT[0], f"output z<sup>(2)</sup>{laws[1]}"),
    )
    notes += [head(at, text) for at, text in heads]
    return figure(
        "No width and no γ can fit these data: nothing follows the laws"
        if result.obstacle
        else "γ decides how far the hidden layer moves, not the output",
        x | {"domain": _LEFT},
        y,
        data,
        xaxis2=x | {"domain": _RIGHT, "anchor": "y2", "matches": "x"},
        yaxis2=other,
        annotations=notes,
        margin={"t": 108},
    )


def kernel_against_width(params: Params, result: Result, sample: Sample[Sweep] | None) -> Figure:
    """Relative change of the kernel, with the bound that (2.2.7) gives at a = 0."""
    lines = _Lines(params, result, sample, "kernel_change", lambda a: 2 * a - 1)
    data, notes, heights = lines.traces, lines.notes, lines.heights
    if lines.anchors:
        x, y = np.array(widths(params), dtype=np.float64), lines.anchors[0]
        bound = y[1] * (x / y[0]) ** -0.5
        words = "bound (2.2.7): −½"
        data.append(line(x, bound, "bound", words, "N₁ = %{x}<br>%{y:.3g}"))
        notes.append(_label(x[-1], float(bound[-1]), words, "bound"))
    return _one_panel(
        params,
        _kernel_title(result, lines),
        "‖Θ<sub>t</sub> − Θ₀‖ / ‖Θ₀‖",
        data,
        notes,
        heights,
    )


def _kernel_title(result: Result, lines: _Lines) -> str:
    if result.obstacle:
        return "The change of the kernel"
    if lines.bent:
        return "The kernel changes like N₁<sup>2a−1</sup>, at these widths not yet"
    return "The kernel changes like N₁<sup>2a−1</sup>"


def remainder_against_width(params: Params, result: Result, sample: Sample[Sweep] | None) -> Figure:
    """Share of the output's change beyond first order in the weights."""
    lines = _Lines(params, result, sample, "remainder", lambda a: 2 * a - 1)
    return _one_panel(
        params,
        "What first order leaves out of Δz<sup>(2)</sup>",
        "remainder / change of z<sup>(2)</sup>",
        lines.traces,
        lines.notes,
        lines.heights,
    )


class _Lines:
    """Measured dots of one quantity at a = 0, ¼, ½ and a line of the predicted slope through each.

    The line's slope is the prediction; its height is fitted, the notes say nothing of it.
    `bent`: whether a measured slope is off by more than a tenth, and than its error explains.
    """

    def __init__(
        self,
        params: Params,
        result: Result,
        sample: Sample[Sweep] | None,
        name: str,
        predicted: Any,
    ) -> None:
        self.traces: list[Trace] = []
        self.notes: list[dict[str, Any]] = []
        self.heights: list[Array] = []
        self.anchors: list[tuple[float, float]] = []
        self.bent = False
        for k, a in enumerate(EXPONENTS):
            x, y, error = _measured(params, result, sample, name, k)
            if not np.any(y > 0):
                continue
            self.heights.append(y[y > 0])
            said = f"a = {NAMES[k]}"
            if sample is not None and sample.current.counts[k] > 1:
                e = sample.current.slope(a, name)
                digits = 2 if e.standard_error >= 0.005 else 3
                said += f": {_signed(e.value, digits)} ± {e.standard_error:.{digits}f}"
                self.bent |= abs(e.value - predicted(a)) > max(0.1, 3 * e.standard_error)
            middle = float(np.mean(np.log(x[y > 0]))), float(np.mean(np.log(y[y > 0])))
            self.anchors.append((float(x[0]), float(y[0])))
            ends = np.array(widths(params), dtype=np.float64)
            height = np.exp(middle[1] + predicted(a) * (np.log(ends) - middle[0]))
            hover = "N₁ = %{x}<br>%{y:.4g}"
            self.traces += [
                line(ends, height, "theory", f"slope {_signed(predicted(a))}", hover),
                dots(
                    x,
                    y,
                    f"a = {NAMES[k]}",
                    hover,
                    error=error,
                    marker={"color": "@measurement", "size": 9, "symbol": SYMBOLS[k]},
                ),
            ]
            self.notes.append(_label(ends[-1], float(height[-1]), said))


def _measured(
    params: Params, result: Result, sample: Sample[Sweep] | None, name: str, k: int
) -> tuple[Array, Array, Array | None]:
    """Widths, geometric means and standard errors; before the sample, of one network each."""
    if sample is not None and sample.current.counts[k] > 0:
        state = sample.current
        return np.array(widths(params), dtype=np.float64), state.mean(name)[k], state.error(name)[k]
    first = result.first
    assert first is not None
    return first.widths, first.measured[k, :, AT[name]], None


def _one_panel(
    params: Params,
    title: str,
    y_title: str,
    data: list[Trace],
    notes: list[dict[str, Any]],
    heights: list[Array],
) -> Figure:
    low, high = reach(heights)
    return figure(
        title,
        axis(WIDTH, log=True, range=_width_range(params)),
        axis(y_title, log=True, range=(low, high)),
        data,
        annotations=notes,
    )


def _width_range(params: Params) -> tuple[float, float]:
    """Around the widths, with room for the labels on the right."""
    sizes = widths(params)
    return sizes[0] / 1.25, sizes[-1] * (sizes[-1] / sizes[0]) ** 0.8


def reach(heights: list[Array]) -> tuple[float, float]:
    """Ends of a logarithmic axis that holds the heights."""
    if not heights:
        return 0.01, 1.0
    joined = np.concatenate(heights)
    low, high = max(float(joined.min()), 1e-9), float(joined.max())
    return 0.5 * low, 2 * max(high, low)


def _label(x: float, y: float, text: str, role: str = "measurement") -> dict[str, Any]:
    beside = {"xanchor": "left", "yanchor": "middle", "xshift": 12}
    return at_end(x, max(y, 1e-12), text, role, log_x=True, log_y=True, **beside)


def head(x: float, text: str) -> dict[str, Any]:
    """A heading above a panel, from x on the paper."""
    place = {"xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom"}
    return {"x": x, "y": 1.0, "text": text, "align": "left", "showarrow": False} | place


def _signed(value: float, digits: int = 2) -> str:
    return "0" if value == 0 else f"{value:.{digits}f}".replace("-", "−")
