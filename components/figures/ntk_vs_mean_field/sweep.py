"""Figures of page 2.4 from many networks: movement, kernel and remainder against the width."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from components.figures.base import Array, Figure, Trace, axis, dots, figure, line, reach
from components.figures.labels import on_logs
from components.figures.side_by_side import headings, noted_right, on_right, side_by_side
from compute.experiments.ntk_vs_mean_field.run import First
from compute.experiments.ntk_vs_mean_field.sampler import Sweep
from compute.experiments.ntk_vs_mean_field.setting import EXPONENTS, Params, widths
from compute.experiments.ntk_vs_mean_field.sweep import AT
from compute.sampling import Estimate, Sample

NAMES = ("0", "¼", "½")
SYMBOLS = ("circle", "diamond", "square")


def movement_against_width(params: Params, first: First, sample: Sample[Sweep] | None) -> Figure:
    """Movement or initial velocity of z^(1), left, and of z^(2), right, at a = 0, ¼, ½."""
    speed = params.shows == "speed"
    word = "velocity at t = 0" if speed else f"change by t = {params.time:g}"
    name = "speed" if speed else "movement"
    left = _Lines(params, first, sample, f"hidden_{name}", lambda a: a - 0.5)
    right = _Lines(params, first, sample, f"output_{name}", lambda _: 0.0)
    # the laws are those of networks that learn their data
    laws = ("", "") if first.obstacle else ("<br>slope a − ½", "<br>slope 0")
    heads = f"pre-activations z<sup>(1)</sup>{laws[0]}", f"output z<sup>(2)</sup>{laws[1]}"
    return side_by_side(
        _movement_title(first, left, right),
        _width_axis(params),
        _height_axis(f"{word}, root mean square", [*left.heights, *right.heights]),
        [*left.traces, *on_right(right.traces)],
        annotations=[*left.notes, *noted_right(right.notes), *headings(*heads, align="left")],
        margin={"t": 108},
    )


def _movement_title(first: First, *lines: _Lines) -> str:
    if first.obstacle:
        return "No width and no γ can fit these data: no law speaks of them"
    if any(side.bent for side in lines):
        return "γ decides how far the hidden layer moves: slopes are off at these widths"
    return "γ decides how far the hidden layer moves, not the output"


def kernel_against_width(params: Params, first: First, sample: Sample[Sweep] | None) -> Figure:
    """Relative change of the kernel, with the bound that (2.2.7) gives at a = 0."""
    lines = _Lines(params, first, sample, "kernel_change", lambda a: 2 * a - 1)
    if lines.anchors:
        x, y = np.array(widths(params), dtype=np.float64), lines.anchors[0]
        bound = y[1] * (x / y[0]) ** -0.5
        words = "bound (2.2.7): −½"
        lines.traces.append(line(x, bound, "bound", words, "N₁ = %{x}<br>%{y:.3g}"))
        lines.notes.append(_label(x[-1], bound[-1], words, "bound"))
    return lines.figure(_kernel_title(first, lines), "‖Θ<sub>t</sub> − Θ₀‖ / ‖Θ₀‖")


def _kernel_title(first: First, lines: _Lines) -> str:
    if first.obstacle:
        return "The change of the kernel"
    if lines.bent:
        return "The kernel changes like N₁<sup>2a−1</sup>, at these widths not yet"
    return "The kernel changes like N₁<sup>2a−1</sup>"


def remainder_against_width(params: Params, first: First, sample: Sample[Sweep] | None) -> Figure:
    """Share of the output's change beyond first order in the weights."""
    lines = _Lines(params, first, sample, "remainder", lambda a: 2 * a - 1)
    title = "What first order leaves out of Δz<sup>(2)</sup>"
    return lines.figure(title, "remainder / change of z<sup>(2)</sup>")


class _Lines:
    """Measured dots of one quantity at a = 0, ¼, ½ and a line of the predicted slope through each.

    The line's slope is the prediction; its height is fitted, the notes say nothing of it.
    `bent`: whether a measured slope is off by more than a tenth, and than its error explains.
    """

    def __init__(
        self,
        params: Params,
        first: First,
        sample: Sample[Sweep] | None,
        name: str,
        predicted: Callable[[float], float],
    ) -> None:
        self.params = params
        self.traces: list[Trace] = []
        self.notes: list[dict[str, Any]] = []
        self.heights: list[Array] = []
        self.anchors: list[tuple[float, float]] = []
        self.bent = False
        for k, a in enumerate(EXPONENTS):
            x, y, error = _measured(params, first, sample, name, k)
            if not np.any(y > 0):
                continue
            self.heights.append(y[y > 0])
            said = f"a = {NAMES[k]}"
            if sample is not None and sample.current.starts[k] > 1:
                e = sample.current.slope(a, name)
                said += f": {told_slope(e)}"
                self.bent |= abs(e.value - predicted(a)) > max(0.1, 3 * e.standard_error)
            middle = float(np.mean(np.log(x[y > 0]))), float(np.mean(np.log(y[y > 0])))
            self.anchors.append((float(x[0]), float(y[0])))
            ends = np.array(widths(params), dtype=np.float64)
            height = np.exp(middle[1] + predicted(a) * (np.log(ends) - middle[0]))
            hover = "N₁ = %{x}<br>%{y:.4g}"
            look = {"error": error, "size": 9, "symbol": SYMBOLS[k]}
            self.traces += [
                line(ends, height, "theory", f"slope {_signed(predicted(a))}", hover),
                dots(x, y, f"a = {NAMES[k]}", hover, **look),
            ]
            self.notes.append(_label(ends[-1], height[-1], said))

    def figure(self, title: str, y_title: str) -> Figure:
        """The figure of these lines alone."""
        y = _height_axis(y_title, self.heights)
        return figure(title, _width_axis(self.params), y, self.traces, annotations=self.notes)


def _measured(
    params: Params, first: First, sample: Sample[Sweep] | None, name: str, k: int
) -> tuple[Array, Array, Array | None]:
    """Widths, geometric means and standard errors; before the sample, of one network each."""
    if sample is not None and sample.current.counts[k].any():
        state = sample.current
        seen = state.counts[k] > 0
        x = np.array(widths(params), dtype=np.float64)[seen]
        return x, state.mean(name)[k, seen], state.error(name)[k, seen]
    return first.widths, first.measured[k, :, AT[name]], None


def _width_axis(params: Params) -> dict[str, Any]:
    """Around the widths, with room for the labels on the right."""
    sizes = widths(params)
    ends = sizes[0] / 1.25, sizes[-1] * (sizes[-1] / sizes[0]) ** 0.8
    return axis("width N₁", log=True, range=ends)


def _height_axis(title: str, heights: list[Array]) -> dict[str, Any]:
    return axis(title, log=True, range=reach(heights, 0.2) if heights else (0.01, 1.0))


def _label(x: float, y: float, text: str, role: str = "measurement") -> dict[str, Any]:
    return on_logs(x, max(y, 1e-12), text, role, 12, yanchor="middle")


def told_slope(slope: Estimate) -> str:
    """A slope with its standard error."""
    digits = 2 if slope.standard_error >= 0.005 else 3
    return f"{_signed(slope.value, digits)} ± {slope.standard_error:.{digits}f}"


def _signed(value: float, digits: int = 2) -> str:
    return "0" if value == 0 else f"{value:.{digits}f}".replace("-", "−")
