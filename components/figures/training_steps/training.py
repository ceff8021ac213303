"""Figures of page 1.2: predictor and losses of a network in training."""

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
    heatmap,
    line,
    named,
)
from components.figures.playing import frame_trace, frames
from components.figures.trained import HOLLOW, own_points
from compute.experiments.training_steps.run import Start
from compute.experiments.training_steps.sampler import Trained
from compute.experiments.training_steps.setting import SIDE, Params, on_line
from compute.sampling import Sample

Drawn = Sample[Trained] | None
SCALE = ((0.0, "#2166ac"), (0.5, "#f7f7f7"), (1.0, "#b2182b"))
DECISION = "decision line z = 0"
FLOOR, CAP = 1e-12, 1e12


def predictors(part: Start, sample: Drawn) -> tuple[Array, Array]:
    """Steps (F,) and the finite predictors there, (F, R, G); at least those of the start."""
    if sample is None or not len(sample.current.at):
        return np.zeros(1), part.output[None]
    now = sample.current
    known = np.asarray(np.isfinite(now.output[:, 0]).all(axis=1))
    known[0] = True
    return now.at[known], np.nan_to_num(now.output[known].astype(np.float64))


def predictor(params: Params, part: Start, sample: Drawn) -> Figure:
    """Data and network: a curve on the line, colours and the line z = 0 in the plane."""
    _, drawn = predictors(part, sample)
    now = drawn[-1, 0]
    if on_line(params):
        x, y = part.train.inputs[:, 0], part.train.targets
        hover = "x = %{x:.3f}<br>%{y:.4f}"
        data = [
            dots(part.test.inputs[:, 0], part.test.targets, "test data", hover,
                 role="faint", size=4),
            line(part.grid[:, 0], drawn[0, 0], "faint", "at the start", hover),
            dots(part.grid[:, 0], now, "network", hover, mode="lines",
                 line={"color": "@measurement", "width": 3}),
            dots(x, y, "training data", hover, marker=HOLLOW),
        ]  # fmt: skip
        reach = _reach(part)
        return figure(
            "",
            axis("input x", range=(part.grid[0, 0], part.grid[-1, 0])),
            axis("output z(x)", range=(-reach, reach), steady=True),
            named(data),
            **BELOW,
        )
    side = part.grid[:SIDE, 0]
    data = [
        heatmap(side, side, np.clip(now, -1.5, 1.5).reshape(SIDE, SIDE), "network",
                "x = (%{x:.2f}, %{y:.2f})<br>z = %{z:.3f}", scale=SCALE, ends=(-1.5, 1.5),
                bar={"title": {"text": "z"}}, zsmooth="best"),
        dots(*_decision(side, now), DECISION, "z = 0", marker={"color": "@text", "size": 3}),
        *_classes(part),
    ]  # fmt: skip
    return figure(
        "",
        axis("input x₁", range=(side[0], side[-1])),
        axis("input x₂", range=(side[0], side[-1])) | {"scaleanchor": "x"},
        data,
    )


def _reach(part: Start) -> float:
    return 1.25 * max(float(np.abs(part.train.targets).max()), 1.0)


def predictor_title(params: Params, part: Start, sample: Drawn, frame: int | None) -> str:
    """Names the step of the frame in front, and says where its curve is not to be seen."""
    steps, drawn = predictors(part, sample)
    place = -1 if frame is None else frame
    gone = on_line(params) and bool((np.abs(drawn[place, 0]) > _reach(part)).all())
    title = f"The network on its data, step {steps[place]:.0f}"
    return f"{title}: beyond the picture" if gone else title


def _classes(part: Start) -> list[Trace]:
    made = []
    for sign, symbol in ((1, "circle"), (-1, "square")):
        x = part.train.inputs[part.train.targets == sign]
        look = {"color": "rgba(0,0,0,0)", "line": {"color": "@text", "width": 1.5}, "size": 8}
        hover = f"y = {'+' if sign > 0 else '−'}1"
        marker = look | {"symbol": symbol}
        made.append(dots(x[:, 0], x[:, 1], f"data, {hover}", hover, marker=marker))
    return made


def _decision(side: Array, output: Array) -> tuple[Array, Array]:
    """Where the output, (SIDE²,), changes its sign between neighbours of the grid: x₁ and x₂."""
    z = output.reshape(SIDE, SIDE)
    x, y = [], []
    for rows, one, two in ((True, z[:, :-1], z[:, 1:]), (False, z[:-1], z[1:])):
        i, j = np.nonzero(np.sign(one) * np.sign(two) < 0)
        share = one[i, j] / (one[i, j] - two[i, j])
        along = side[j if rows else i] + share * (side[1] - side[0])
        x.append(along if rows else side[j])
        y.append(side[i] if rows else along)
    return np.concatenate(x), np.concatenate(y)


def predictor_frames(params: Params, part: Start, sample: Drawn) -> dict[str, Any] | None:
    """The predictor, played over the steps."""
    steps, drawn = predictors(part, sample)
    if len(steps) < 2:
        return None
    names = [f"{step:.0f}" for step in steps]
    if on_line(params):
        return frames("step", names, frame_trace("network", "y", np.clip(drawn[:, 0], -1e3, 1e3)))
    planes = np.clip(drawn[:, 0], -1.5, 1.5).reshape(-1, SIDE, SIDE)
    lines = [_decision(part.grid[:SIDE, 0], output) for output in drawn[:, 0]]
    longest = max(x.size for x, _ in lines)
    places = np.full((2, len(lines), longest), np.nan)
    for k, where in enumerate(lines):
        places[:, k, : where[0].size] = where
    moving = [frame_trace(DECISION, name, at) for name, at in zip("xy", places, strict=True)]
    return frames("step", names, frame_trace("network", "z", planes), *moving)


def own_data(params: Params, part: Start) -> dict[str, Any]:
    """Data on the line as points, for the clicks that change them."""
    if not on_line(params):
        return {}
    keep = slice(0, 32)
    return {"points": own_points(part.train.inputs[keep, 0], part.train.targets[keep])}


def seen(values: Array) -> Array:
    """What a logarithmic axis can show."""
    with np.errstate(invalid="ignore"):
        return np.where((values > FLOOR) & (values < CAP), values, np.nan)


def loss(params: Params, part: Start, sample: Drawn) -> Figure:
    """Training loss of every step, and both losses at the frames."""
    hover = "step %{x}<br>loss = %{y:.4g}"
    start = min(max(float(part.loss[0]), FLOOR), CAP)
    if sample is None:
        data = [dots([0], part.loss[:1], "training loss", hover)]
        shown = np.array([1e-3 * start, 3 * start])
    else:
        now = sample.current
        steps = np.flatnonzero(np.isfinite(now.losses[:, 0]))
        thin = steps[:: max(1, len(steps) // 600)]
        what = "loss on the batch of the step" if params.batch_size else "training loss, every step"
        data = [
            line(thin, now.losses[thin, 0], "faint", what, hover),
            dots(now.at, now.train[:, 0], "training loss", hover, size=6),
            dots(now.at, now.test[:, 0], "test loss", hover, size=6, role="text",
                 symbol="diamond-open"),
        ]  # fmt: skip
        shown = np.concatenate([t["all"] for t in ({"all": seen(v)} for v in (
            now.losses[thin, 0], now.train[:, 0], now.test[:, 0]))])  # fmt: skip
        shown = shown[np.isfinite(shown)] if np.isfinite(shown).any() else np.array([start])
        lost = now.lost[0]
        if np.isfinite(lost):
            edge = [lost - 1] * 2
            ends = [float(shown.min()), float(shown.max())]
            data.append(line(edge, ends, "bound", "last finite step", "last finite step %{x}"))
    return figure(
        "Loss on training and on test data",
        axis("step t", range=(0, params.steps)),
        axis(
            "loss ½|D|⁻¹ Σ (z − y)²",
            log=True,
            range=(0.5 * float(shown.min()), 2 * float(shown.max())),
            steady=True,
        ),
        named(data),
        **BELOW,
    )
