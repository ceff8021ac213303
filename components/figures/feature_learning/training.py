"""Figures of page 1.5: networks in training beside fixed features, and how their neurons turn."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from components.figures.base import (
    BELOW,
    Array,
    Figure,
    axis,
    dots,
    figure,
    level,
    line,
    measured,
    named,
    reach,
    together,
)
from components.figures.labels import width_axis
from components.figures.orders import Order
from components.figures.playing import frame_trace, frames
from compute.experiments.feature_learning.curve import Curve
from compute.experiments.feature_learning.networks import (
    DRAWN,
    FOLLOWED,
    LEADING,
    PROBED,
    Training,
    record_steps,
)
from compute.experiments.feature_learning.run import Single
from compute.experiments.feature_learning.setting import DATA_SIZES, TARGETS, Params
from compute.sampling import Sample

Drawn = Sample[Training] | None
TEST, TRAINED, RIDGE = (
    "network, fresh inputs",
    "network, training data",
    "best ridge, fixed features",
)
AFFINE = "best affine function"
BEATS = Order(
    "The trained network beats the best ridge on its own start",
    TEST,
    "below",
    (RIDGE,),
    at="last",
    otherwise="Mean square errors of the network and of the best ridge on its start",
)
GROWS = Order(
    "The network's error falls with the data",
    TEST,
    "falls",
    otherwise="Test errors against the number of data",
)
BEATS_AT_LAST = Order(
    "; with most of them it is below the ridge's", TEST, "below", (RIDGE,), "last"
)
LEADS = Order(
    "Training puts the target into the leading eigenvectors",
    "now",
    "above",
    ("at the start",),
    otherwise="Share of the target in the leading eigenvectors",
)


def mean_and_spread(values: Array) -> tuple[Array, Array]:
    """Means over the runs, (n,), and their standard errors, nan for one run; of (n, R)."""
    with np.errstate(invalid="ignore", over="ignore"):
        mean = values.mean(axis=1)
        if values.shape[1] < 2:
            return mean, np.full(len(values), np.nan)
        return mean, values.std(axis=1, ddof=1) / math.sqrt(values.shape[1])


def errors(params: Params, part: Single, sample: Drawn) -> Figure:
    """Test and training error against the step, with what fixed features reach."""
    ends, hover = np.array([0.0, params.steps]), "step %{x}<br>error %{y:.3g}"
    data, shown = [], [np.array([part.linear])]
    if part.linear > 0:
        data.append(level(ends, part.linear, "theory", AFFINE, hover))
    if sample is not None:
        state = sample.current
        test, error = mean_and_spread(state.test)
        train = state.train.mean(axis=1)
        ridge = float(state.ridge.mean())
        data += [
            level(ends, ridge, "bound", RIDGE, hover),
            line(state.steps, train, "faint", TRAINED, hover),
            measured(state.steps, test, error, TEST, hover, log=True),
        ]
        heights = np.concatenate([test, train, [ridge]])
        shown.append(np.minimum(np.nan_to_num(heights, nan=1.0, posinf=10.0), 10.0))
    return figure(
        (BEATS,),
        axis("step", range=(0, params.steps)),
        axis(
            "mean square error", log=True, range=reach([*shown, np.array([0.1, 1.0])]), steady=True
        ),
        named(data),
        **BELOW,
    )


def over_runs(values: Array) -> tuple[Array, Array]:
    """Means and standard errors over the runs that are there, of (R, n); nan where one diverged."""
    count = np.sum(~np.isnan(values), axis=0)
    finite = np.where(np.isinf(values).any(axis=0) | (count == 0), np.nan, 1.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.nansum(np.where(np.isinf(values), 0, values), axis=0) / count * finite
        apart = np.nansum(np.where(np.isinf(values), 0, values - mean) ** 2, axis=0)
        return mean, np.where(count > 1, np.sqrt(apart / (count - 1) / count), np.nan)


def against_data(_params: Params, part: Single, sample: Sample[Curve] | None) -> Figure:
    """Test errors of trained networks and of the ridges on their starts against |D|."""
    sizes, hover = np.array(DATA_SIZES), "|D| = %{x}<br>error %{y:.3g}"
    data, shown = [], [np.array([part.linear, 0.01, 0.2])]
    if part.linear > 0:
        data.append(level(sizes, part.linear, "theory", AFFINE, hover))
    if sample is not None:
        looks: Any = (
            (RIDGE, sample.current.ridge, {"role": "bound", "symbol": "diamond-open"}),
            (TEST, sample.current.network, {}),
        )
        for name, values, look in looks:
            mean, error = over_runs(values)
            data.append(measured(sizes, mean, error, name, hover, log=True, **look))
            shown.append(np.minimum(np.nan_to_num(mean), 10.0))
    data = data or [dots([math.nan], [math.nan], TEST, hover)]
    return figure(
        (GROWS, BEATS_AT_LAST),
        width_axis("training data |D|", DATA_SIZES, 0.85, 1.2),
        axis("test error", log=True, range=reach(shown), steady=True),
        named(data),
        **BELOW,
    )


def outputs(params: Params, part: Single, sample: Drawn) -> Figure:
    """The network at fresh inputs against ⟨u, x⟩: what it learned is one function of that."""
    name = TARGETS[params.target][0]
    hover = "⟨u, x⟩ = %{x:.2f}<br>%{y:.3f}"
    data = [line(part.t, part.g, "theory", f"target g, {name}", hover)]
    if sample is not None:
        t, now, _, ridge = sample.current.shown
        look = {"cliponaxis": True}
        data += [
            dots(t, ridge, "ridge", hover, role="bound", size=5, symbol="diamond-open", **look),
            dots(t, np.where(np.abs(now) < 1e6, now, np.nan), "network", hover, size=5, **look),
        ]
    low, high = min(-1.0, float(part.g.min())), max(1.0, float(part.g.max()))
    room = (max(low, -4.0) - 0.7, min(high, 4.0) + 0.7)
    return figure(
        "Output at 200 fresh inputs, seen along the hidden direction",
        axis("hidden coordinate ⟨u, x⟩", range=(-3, 3)),
        axis("output z<sup>(2)</sup>(x)", range=room),
        named(data),
        **BELOW,
    )


def neurons(params: Params, _part: Single, sample: Drawn) -> Figure:
    """Every followed neuron: its angle to u, and how much it adds."""
    typical = params.input_dim**-0.5
    most = 2.0
    x = y = np.full(followed(params), np.nan)
    if sample is not None:
        cosine, strength = _finite(sample.current)
        x, y = cosine[-1], strength[-1]
        most = max(most, 1.1 * float(np.abs(strength).max(initial=0.0)))
    ends = np.array([-most, most])
    up, down, names = together(
        [(ends, [v, v], "±1/√N₀: a random direction") for v in (-typical, typical)]
    )
    hover = "cos∠(W, u) = %{x:.2f}<br>W⁽²⁾|W⁽¹⁾|/√N₀ = %{y:.2f}"
    data = [
        line(down, up, "bound", "a random direction, ±1/√N₀", "cosine %{x:.2f}", **names),
        dots(x, y, "neurons", hover, size=7, cliponaxis=True),
    ]
    return figure(
        f"How neurons lie to u, and what they add ({followed(params)} of {params.width})",
        axis("cosine of the angle to u", range=(-1.02, 1.02)),
        axis("strength W<sup>(2)</sup>|W<sup>(1)</sup>|/√N₀", range=(-most, most), steady=True),
        named(data),
        **BELOW,
    )


def followed(params: Params) -> int:
    """How many neurons are drawn."""
    return min(params.width, FOLLOWED)


def _finite(state: Training) -> tuple[Array, Array]:
    cosine, strength = state.cosine.astype(np.float64), state.strength.astype(np.float64)
    return cosine, np.where(np.isfinite(strength), strength, np.nan_to_num(strength))


def neuron_frames(params: Params, _part: Single, sample: Drawn) -> dict[str, Any]:
    """The steps of training; those that are still to come show the newest."""
    steps = record_steps(params)
    paths = np.full((2, len(steps), followed(params)), np.nan)
    if sample is not None:
        paths = np.array(_finite(sample.current))
        newest = np.repeat(paths[:, -1:], len(steps) - paths.shape[1], axis=1)
        paths = np.concatenate([paths, newest], axis=1)
    moving = [frame_trace("neurons", axis, path) for axis, path in zip("xy", paths, strict=True)]
    return frames("step", [str(k) for k in steps], *moving)


def features(params: Params, _part: Single, sample: Drawn) -> Figure:
    """Features of the first network along u, at the start and now: two straight pieces each."""
    data, most = [], 3.0
    if sample is not None:
        hover = "%{customdata}<br>t = %{x:.2f}<br>σ = %{y:.2f}"
        roles = ("faint", "at the start"), ("measurement", "now")
        for bent, (role, name) in zip(sample.current.bent, roles, strict=True):
            drawn = [_feature(i, *pair) for i, pair in enumerate(bent.tolist()) if _tame(pair)]
            if drawn:
                x, y, names = together(drawn)
                most = max(most, float(np.nanmax(y)))
                data.append(line(x, y, role, name, hover, **names))
    data = data or [line([math.nan], [math.nan], "measurement", "now")]
    return figure(
        f"What {min(params.width, DRAWN)} neurons make of the hidden direction",
        axis("place along it, x = tu", range=(-3, 3)),
        axis(
            "feature σ(W<sup>(1)</sup>·x/√N₀ + b)",
            range=(-0.1, min(1.05 * most, 12.0)),
            steady=True,
        ),
        named(data),
        **BELOW,
    )


def _tame(pair: list[float]) -> bool:
    return all(abs(v) < 1e6 for v in pair)


def _feature(index: int, slope: float, bias: float) -> tuple[Array, Array, str]:
    """Its ends on [−3, 3], and its corner where that is between them."""
    corner = -bias / slope if slope else math.inf
    t = np.array(sorted({-3.0, 3.0, corner} if abs(corner) < 3 else {-3.0, 3.0}))
    return t, np.maximum(slope * t + bias, 0.0), f"neuron {index + 1}"


def kernel(params: Params, _part: Single, sample: Drawn) -> Figure:
    """Shares of the target in the tangent kernel's leading eigenvectors, cumulated."""
    count, hover = np.arange(1, LEADING + 1), "%{x} eigenvectors<br>share %{y:.3f}"
    data = [line(count, count / (PROBED - 1), "theory", "directions at random", hover)]
    if sample is not None:
        before, now = sample.current.kernel
        data += [
            line(count, before, "bound", "at the start", hover),
            dots(count, now, "now", hover, size=6),
        ]
    return figure(
        (LEADS,),
        axis("leading eigenvectors of the tangent kernel", range=(0.5, LEADING + 0.5)),
        axis("share of the target", range=(0, 1.03)),
        named(data),
        **BELOW,
    )
