"""Figures of page 3.2: two outputs of a network, and one output against the normal law."""

from __future__ import annotations

import numpy as np

from components.figures.base import Figure, axis, dots, figure, line, measured, together
from components.figures.labels import on_paper, with_error
from components.figures.orders import Order, Words
from compute.experiments.gp_limit.run import Joint
from compute.experiments.gp_limit.sampler import JointSample
from compute.experiments.gp_limit.setting import Params
from compute.sampling import Estimate, Sample

_LEVELS = ("50 % inside", "90 % inside", "99 % inside")


def cloud(_params: Params, part: Joint, sample: Sample[JointSample] | None) -> Figure:
    """(z(x), z(x')) of single networks, and where the limit has 50, 90 and 99 %."""
    x, y, names = together([(*part.ellipses[k], _LEVELS[k]) for k in range(3)])
    data = [line(x, y, "theory", "Gaussian limit", "limit: %{customdata}", **names)]
    title = "The Gaussian limit of two outputs"
    if sample is not None:
        drawn = sample.current
        hover = "z(x) = %{x:.3f}<br>z(x′) = %{y:.3f}"
        spots = {"size": 4, "opacity": 0.6, "color": "@measurement"}
        x, y = drawn.cloud.T
        data.insert(0, dots(x, y, "networks", hover, marker=spots))
        share = with_error(Estimate.share(drawn.outside, drawn.drawn).scaled(100))
        title = f"Outside the limit’s 99 % ellipse: {share} % of the networks"
    reach = 1.6 * float(np.abs(part.ellipses).max())
    ends = (-reach, reach) if np.isfinite(reach) and reach > 0 else (-1.0, 1.0)
    return figure(
        title,
        axis("output z(x)", range=ends, steady=True),
        axis("output z(x′)", range=ends, steady=True),
        data,
        annotations=[on_paper(0.02, 0.95, "lines: 50, 90, 99 % of the limit")],
    )


def scores(_params: Params, part: Joint, sample: Sample[JointSample] | None) -> Figure:
    """Q–Q: normal scores of the shares below z, which lie on a straight line in the limit."""
    ends = part.thresholds[[0, -1]]
    hover = "z/√K = %{x:.2f}<br>normal score %{y:.3f}"
    data = [line(ends, ends, "bound", "Gaussian limit", hover)]
    known = bool(np.isfinite(part.score).any())
    if known:
        data.append(line(part.thresholds, part.score, "theory", "exact law", hover))
    if sample is not None:
        score, error = sample.current.scores()
        seen = np.isfinite(score)
        points = part.thresholds[seen], score[seen], error[seen]
        data.append(measured(*points, "networks", hover))
    title: Words = "Normal scores of the drawn outputs; the limit is the dotted line"
    if known:
        title = (
            Order(
                "Tails heavier than the limit’s",
                "exact law",
                "below",
                ("Gaussian limit",),
                at="last",
                otherwise="Close to the straight line of the limit",
            ),
            Order("; the networks follow the exact law", "networks", "follows", ("exact law",)),
        )
    reach = (-4.7, 4.7)
    return figure(
        title,
        axis("output over its limit, z(x)/√K<sup>(L)</sup>", range=reach),
        axis("normal score of the share below", range=reach),
        data,
    )
