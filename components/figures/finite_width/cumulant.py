"""Figures of page 3.4 that draw κ_4/K²: against depth, against L/N, against 1/N; and G − K."""

from __future__ import annotations

from typing import Any

import numpy as np

from components.figures.base import (
    BELOW,
    Array,
    Figure,
    Trace,
    axis,
    dots,
    figure,
    level,
    line,
    measured,
    named,
    number,
    reach,
)
from components.figures.labels import at_last, on_logs
from components.figures.orders import Order, Words
from compute.experiments.finite_width.run import Cumulant
from compute.experiments.finite_width.sampler import Networks
from compute.experiments.finite_width.setting import TRUSTED, Params
from compute.sampling import Sample

RATIO = "fourth cumulant κ₄/K²"
DEPTH = "depth L"
EXACT = {"color": "@text", "width": 1.5, "dash": "solid"}
_SYMBOLS = ("circle", "diamond", "square")
_HOVER = "L = %{x}<br>κ₄/K² = %{y:.4g}"
Drawn = Sample[Networks] | None


def against_depth(params: Params, part: Cumulant, sample: Drawn) -> Figure:
    """Three widths: (3.4.1) corrected and as printed, the exact law, networks."""
    data: list[Trace] = []
    for w, n in reversed(list(enumerate(part.widths))):
        data.append(line(part.layers, part.leading[w], "theory", f"(3.4.1), N = {n}", _HOVER))
        if np.isfinite(part.exact[w]).any():
            exact = part.layers, part.exact[w]
            data.append(line(*exact, "theory", f"exact, N = {n}", _HOVER, line=EXACT))
    n = params.width
    printed, first = f"as printed, N = {n}", f"(3.4.1), N = {n}"
    data.append(line(part.layers, part.printed[0], "printed", printed, _HOVER))
    data += _networks(part, sample)
    data.append(_trusted(part.layers))
    follows = f"networks, N = {4 * n}"
    known = np.isfinite(part.exact[-1]).any()
    curve, name = ("exact", "the exact law") if known else ("(3.4.1)", "(3.4.1)")
    away = Order("; the printed one runs away", printed, "above", (first,), "last", slack=1 / 3)
    title = (
        f"Widths N = {n}, {2 * n}, {4 * n}",
        Order(f"; the widest follows {name}", follows, "follows", (f"{curve}, N = {4 * n}",)),
        away if params.depth > 1 else "",
    )
    return figure(
        title,
        # with room for the labels on the right
        axis(DEPTH, log=True, range=(1, max(params.depth, 2) ** 1.3)),
        _ratio_axis(part),
        data,
        annotations=_labels(part) if part.layers.size > 2 else [],
    )


def _ratio_axis(part: Cumulant, title: str = RATIO) -> dict[str, Any]:
    """What holds the recursion and the exact law, twelve decades at most."""
    low, high = reach([part.leading, np.nan_to_num(part.exact)], 0.5, 3.0)
    return axis(title, log=True, range=(low, min(high, 1e12 * low)), steady=True)


def _labels(part: Cumulant) -> list[dict[str, Any]]:
    """What each line is, beside it."""
    layers, top = part.layers, part.layers.size // 2
    below = {"yanchor": "top", "yshift": -2}
    notes = [
        at_last(layers, part.leading[w], f"N = {n}", "theory", 8, yanchor="middle")
        for w, n in enumerate(part.widths)
    ]
    notes.append(on_logs(layers[top], part.leading[0, top], "(3.4.1)", "theory", 6, **below))
    if np.isfinite(part.exact[0]).any():
        notes.append(on_logs(layers[top], part.exact[0, top], "exact", "text"))
    seen = np.flatnonzero(part.printed[0] < 3 * np.fmax(part.leading, part.exact).max())
    if seen.size:
        at = int(seen[-1])
        notes.append(on_logs(layers[at], part.printed[0, at], "as printed ", "printed"))
    trusted = {"xanchor": "left", "yanchor": "bottom"}
    text = f"trusted up to {TRUSTED}"
    if part.leading.max() > TRUSTED / 2 > part.leading.min() / 4:
        notes.append(on_logs(layers[0], TRUSTED, text, "bound", **trusted))
    return notes


def _trusted(ends: Array) -> Trace:
    """Up to where the leading order is trusted."""
    name = f"trusted up to κ₄/K² = {TRUSTED}"
    return level(ends, TRUSTED, "bound", name, "leading order: below this line")


def _networks(part: Cumulant, sample: Drawn, *, over_width: bool = False) -> list[Trace]:
    """Dots with errors against L or L/N; open, and without, where κ_4's tail is not sampled."""
    if sample is None:
        return []
    (ratio, error), told = sample.current.ratio(), sample.current.told(part.effective)
    found = []
    for w, (n, at, symbol) in enumerate(zip(part.widths, told, _SYMBOLS, strict=False)):
        where, hover = part.drawn / (n if over_width else 1), "%{x:.4g}<br>κ₄/K² = %{y:.4g}"
        values = where[at], ratio[w, at], error[w, at]
        found.append(measured(*values, f"networks, N = {n}", hover, log=True, symbol=symbol))
        if (~at).any():
            hollow = where[~at], ratio[w, ~at], f"tail not sampled, N = {n}"
            found.append(dots(*hollow, hover, symbol=f"{symbol}-open"))
    return found


def collapse(params: Params, part: Cumulant, sample: Drawn) -> Figure:
    """The same against L/N: one curve at criticality, and only there."""
    data: list[Trace] = []
    for w, n in enumerate(part.widths):
        best = part.exact[w] if np.isfinite(part.exact[w]).any() else part.leading[w]
        data.append(line(part.layers / n, best, "faint", f"N = {n}", "L/N = %{x:.3g}<br>%{y:.4g}"))
    ends = part.layers[[0, -1]] / np.array([part.widths[-1], part.widths[0]])
    ratio = np.geomspace(float(ends[0]), float(ends[1]), 80)
    curve, known = "C L/N", np.isfinite(part.slope)
    if known:
        data.append(line(ratio, part.slope * ratio, "bound", curve, "C L/N = %{y:.4g}"))
        if part.limit:
            curve, grown = "exp(C L/N) − 1", np.expm1(np.minimum(part.slope * ratio, 300))
            data.append(line(ratio, grown, "theory", curve, f"{curve} = %{{y:.4g}}"))
    data += _networks(part, sample, over_width=True)
    widest = f"N = {part.widths[-1]}"
    title: Any = "Off criticality L/N is the wrong variable: each width has its own κ₄/K²"
    if known:
        title = (
            f"At criticality κ₄/K² is a function of L/N, here with C = {number(part.slope)}",
            Order("; networks follow it", f"networks, {widest}", "follows", (curve,), slack=0.1),
            Order(f" where {widest}", f"networks, {widest}", "follows", (curve,), slack=0.1),
        )
    told = {curve, "C L/N", f"networks, {widest}", widest}
    kept = [trace | {"showlegend": trace["name"] in told} for trace in data]
    return figure(
        title,
        axis("depth over width L/N", log=True, range=(0.8 * ends[0], 1.3 * ends[1])),
        _ratio_axis(part),
        [*kept, _trusted(ends)],
        **BELOW,
    )


def against_width(params: Params, part: Cumulant, sample: Drawn) -> Figure:
    """N κ_4/K² of the last layer against 1/N: what is left at 1/N = 0 is (3.4.1)."""
    size = np.array(part.widths, dtype=np.float64)
    ends = np.array([0.0, 1.15 / params.width])
    value, printed = (float(v[0, -1] * size[0]) for v in (part.leading, part.printed))
    hover = "1/N = %{x:.4g}<br>N κ₄/K² = %{y:.5g}"
    data = [
        level(ends, value, "theory", "(3.4.1)", hover),
        level(ends, printed, "printed", "as printed", hover),
    ]
    shown = [value, *([printed] if printed < 3 * value else [])]
    if np.isfinite(part.exact[:, -1]).all():
        exact = size * part.exact[:, -1]
        data.append(line(1 / size, exact, "theory", "exact", hover, line=EXACT))
        shown += list(exact)
    if sample is not None:
        ratio, error = (size * found[:, -1] for found in sample.current.ratio())
        data.append(measured(1 / size, ratio, error, "networks", hover))
        shown += list((ratio + 2 * error)[np.isfinite(error)])
        intercept, _, slope = sample.current.extrapolated(part.widths)
        if np.isfinite(intercept) and part.leading[0, -1] <= TRUSTED:
            through = intercept + slope * ends
            data.append(line(ends, through, "bound", "straight line through them", hover))
            shown += list(through)
    low, high = min(0.0, *shown), max(shown)
    title = (
        f"N κ₄/K² behind {part.layers.size} layers",
        Order("; networks follow (3.4.1) already", "networks", "follows", ("(3.4.1)",)),
        Order("; networks lie above (3.4.1)", "networks", "above", ("(3.4.1)",)),
        Order(
            ", the line through them ends near it",
            "straight line through them",
            "between",
            (0.9 * value, 1.1 * value),
            at="all",
        ),
    )
    return figure(
        title,
        axis("inverse width 1/N", range=(0, ends[1])),
        axis("N times fourth cumulant, N κ₄/K²", range=(low, 1.15 * high)),
        named(data),
        **BELOW,
    )


def two_neurons(params: Params, part: Cumulant, sample: Drawn) -> Figure:
    """Cov(z_i², z_j²)/K²: neurons of one layer are uncorrelated but share a variance."""
    data = [line(part.layers, part.leading[0], "theory", "(3.4.1)", _HOVER)]
    if np.isfinite(part.exact).any():
        data.append(line(part.layers, part.exact[0], "theory", "exact", _HOVER, line=EXACT))
    if sample is not None:
        at = part.drawn.astype(float)
        for name, symbol, found in (
            ("one neuron, a third of its own", "diamond", sample.current.one_neuron()),
            ("two neurons", "circle", sample.current.covariance()),
        ):
            value, error = found[0][0], found[1][0]
            kept = np.isfinite(value) & (value > 0) & (error > 0)
            shown = at[kept], value[kept], error[kept]
            if name != "two neurons" or params.width > 1:
                data.append(measured(*shown, name, _HOVER, log=True, symbol=symbol))
    title = (
        f"Two neurons of a layer share its variance (N = {params.width})",
        Order("; their covariance follows the exact κ₄", "two neurons", "follows", ("exact",)),
        Order("; their covariance follows (3.4.1)", "two neurons", "follows", ("(3.4.1)",)),
    )
    return figure(
        title,
        axis(DEPTH, log=True, range=(1, max(params.depth, 2))),
        _ratio_axis(part, "covariance of z<sub>i</sub>², z<sub>j</sub>² over K²"),
        named(data),
        **BELOW,
    )


def dressed(params: Params, part: Cumulant, sample: Drawn) -> Figure:
    """N(G − K)/K: the two-point function is moved by κ_4 (E 42)."""
    hover = "L = %{x}<br>N(G − K)/K = %{y:.4g}"
    curve = "½C_W m″κ₄, carried on"
    data = [line(part.layers, part.shift, "theory", curve, hover)]
    values = [part.shift]
    if sample is not None:
        shift, error = (params.width * found[0] for found in sample.current.shift())
        data.append(measured(part.drawn.astype(float), shift, error, "networks", hover))
        values += [shift + error, shift - error]
    data.append(level([1, max(params.depth, 2)], 0.0, "bound", "G = K", "G = K"))
    shown = np.concatenate([np.ravel(v) for v in values])
    shown = np.append(shown[np.isfinite(shown)], [-0.1, 0.1])
    title: Words = "Here E z² is K at each width: σ² has a linear mean"
    if np.any(part.shift):
        title = (
            "Finite width moves the mean variance G off K",
            Order("; networks follow the correction", "networks", "follows", (curve,)),
        )
    moved = "N(G<sup>(L+1)</sup> − K<sup>(L)</sup>)/K<sup>(L)</sup>"
    return figure(
        title,
        axis(DEPTH, log=True, range=(1, max(params.depth, 2))),
        axis(moved, range=(1.2 * shown.min(), 1.2 * shown.max())),
        named(data),
        **BELOW,
    )
