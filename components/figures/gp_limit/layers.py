"""Figures of page 3.2: kernels layer by layer, transforms, centred moments, close inputs."""

from __future__ import annotations

import numpy as np

from components.figures.base import (
    BELOW,
    Figure,
    at_end,
    axis,
    figure,
    level,
    line,
    measured,
    named,
    nice_step,
    number,
    reach,
    together,
)
from components.figures.labels import at_last
from components.figures.orders import Order
from compute.experiments.gp_limit.run import MOMENT_WIDTHS, Inputs, Layers, Transform
from compute.experiments.gp_limit.sampler import InputsSample, KernelSample, TransformSample
from compute.experiments.gp_limit.setting import Params
from compute.gaussian_limit import ORDERS, KernelMoments
from compute.sampling import Sample
from compute.sums import PowerSums

# Pixels by which the labels of the orders stand apart where their lines nearly meet.
_RAISED = (0, -9, 9, 0)
_GIVEN = "mean of exp(−ξ²K̂/2)"
_SYMBOLS = ("circle", "diamond", "square", "cross")


@np.errstate(invalid="ignore", divide="ignore", over="ignore")
def kernels(params: Params, part: Layers, sample: Sample[KernelSample] | None) -> Figure:
    """K̂^(ℓ) over networks beside K^(ℓ), all divided by K^(ℓ)(x, x)."""
    layers, unit = np.arange(part.variance.size), part.variance
    hover, networks = "layer %{x}<br>%{y:.4f} K(x, x)", f"networks, N = {params.width}, "
    covariance = part.covariance / unit
    data = [
        line(layers, part.printed / unit, "printed", "(3.3.1) as printed, K(x, x)", hover),
        line(layers, part.variance / unit, "theory", "K(x, x)", hover),
        line(layers, covariance, "theory", "K(x, x′)", hover),
    ]
    top = 1.4
    if sample is not None:
        behind, tracks = layers[1:], sample.current.tracks / unit[1:]
        x, y, names = together([(behind, t, f"network {k}") for k, t in enumerate(tracks, 1)])
        data.insert(0, line(x, y, "faint", "single networks", hover, **names))
        top = max(top, min(float(np.nan_to_num(np.nanmax(tracks, initial=1.0), posinf=3.0)), 3.0))
        mean, error = (found / unit[1:, None] for found in sample.current.kernels.means())
        for entry, of in enumerate(("K̂(x, x)", "K̂(x, x′)")):
            points = behind, mean[:, entry], error[:, entry]
            data.append(measured(*points, f"{networks}{of}", hover))
    name = f"{networks}K̂(x, x)"
    title = (
        "K̂ of single networks scatters about K (3.3.1)",
        Order("; their mean follows it", name, "follows", ("K(x, x)",)),
        Order(", not what is printed", name, "above", ("(3.3.1) as printed, K(x, x)",)),
    )
    low = min(0.0, 1.2 * float(np.nan_to_num(np.nanmin(covariance, initial=0.0), neginf=0.0)))
    return figure(
        title,
        axis("layer ℓ", range=(-0.1, params.depth + 0.3))
        | {"dtick": max(1, nice_step(params.depth / 5))},
        axis("K̂<sup>(ℓ)</sup> and K<sup>(ℓ)</sup> over K<sup>(ℓ)</sup>(x, x)", range=(low, top)),
        named(data),
        **BELOW,
    )


def transform(_params: Params, part: Transform, sample: Sample[TransformSample] | None) -> Figure:
    """E e^{−iξz}: measured two ways, exact, and the limit."""
    hover = "ξ√K = %{x:.1f}<br>%{y:.4f}"
    data = [line(part.frequencies, part.limit, "bound", "Gaussian limit (3.3.3)", hover)]
    if np.isfinite(part.exact).any():
        data.append(line(part.frequencies, part.exact, "theory", "exact, (3.3.4)", hover))
    if sample is not None:
        cosine, given = (m.means() for m in (sample.current.cosine, sample.current.given))
        ring = {"color": "@measurement", "size": 11, "symbol": "diamond-open"}
        data += [
            measured(part.frequencies, *cosine, "mean of cos(ξz)", hover),
            measured(part.frequencies, *given, _GIVEN, hover, marker=ring),
        ]
    title = (
        Order(
            "More weight far out than in the limit",
            "exact, (3.3.4)",
            "above",
            ("Gaussian limit (3.3.3)",),
            at="last",
            otherwise="The characteristic function of an output",
        ),
        Order("; cos(ξz) and exp(−ξ²K̂/2) have one mean", "mean of cos(ξz)", "follows", (_GIVEN,)),
    )
    return figure(
        title,
        axis("frequency ξ, in units of 1/√K<sup>(L)</sup>", range=(0, 6.1)),
        axis("E e<sup>−iξz</sup>", range=(-0.1, 1.05)),
        named(data),
        **BELOW,
    )


def moments(params: Params, part: KernelMoments, sample: Sample[PowerSums] | None) -> Figure:
    """|E(O/K − E O/K)^k| against N on logarithmic axes, k = 2…5."""
    widths = part.widths
    data = [line(widths, 1 / widths, "bound", "a slope of −1", "N = %{x}<br>1/N = %{y:.3g}")]
    notes, heights = [], []
    title = "Centred moments of the networks’ mean over neurons, k = 2, 3, 4, 5"
    if part.known:
        said = ", ".join(number(float(s)) for s in part.slopes[1])
        title = f"Slopes over N = 256…4096 for k = 2, 3, 4, 5: {said}"
    for row, order in enumerate(ORDERS):
        hover = f"N = %{{x}}<br>k = {order}: %{{y:.3g}}"
        if part.known:
            exact = np.abs(part.exact[row])
            data.append(line(widths, exact, "theory", f"exact, k = {order}", hover))
            text = f"k = {order}: slope {number(float(part.slopes[1, row]))}"
            place = {"yanchor": "middle", "yshift": _RAISED[row]}
            notes.append(at_last(widths, exact, text, "theory", 8, **place))
            heights.append(exact)
        if sample is not None:
            value, error = sample.current.centred(order)
            seen = (np.abs(value) > error) & sample.current.told(order)
            points = np.array(MOMENT_WIDTHS)[seen], np.abs(value[seen]), error[seen]
            mark = {"color": "@measurement", "size": 8, "symbol": _SYMBOLS[row]}
            data.append(measured(*points, f"networks, k = {order}", hover, log=True, marker=mark))
            heights.append(points[1])
    low, high = reach(heights, 0.5, 2.0)
    ends = max(low, 1e-16), min(high, 1e12)
    return figure(
        title,
        axis("width N", log=True, range=(3, 25_000)),
        axis("centred moment |E(Ô/K − EÔ/K)<sup>k</sup>|", log=True, range=ends),
        data,
        annotations=notes,
    )


def close_inputs(params: Params, part: Inputs, sample: Sample[InputsSample] | None) -> Figure:
    """N times the relative variance of K̂ along v = (1, −1) against the inputs' correlation."""
    hover = "ρ = %{x:.3f}<br>N Var(K̂_v)/K_v² = %{y:.3f}"
    linear = "one linear layer: 2"
    data, top = [level([-1, 1], 2.0, "bound", linear)], 6.0
    if np.isfinite(part.curve).any():
        data.append(line(part.axis, part.curve, "theory", "exact, one layer", hover))
    if sample is not None:
        value, error = sample.current.fluctuations(params.width)
        data.append(measured(part.correlations, value, error, "networks", hover))
        seen = value[np.isfinite(value)]
        top = max(top, 1.3 * float(seen.max())) if seen.size else top
    title = (
        Order(
            "Inputs close to each other cost nothing: from 2 to 5 on the way to ρ = 1",
            "exact, one layer",
            "between",
            (2.0, 5.0),
            otherwise="Fluctuation of K̂ along the difference of two inputs",
        ),
        Order("; networks follow", "networks", "follows", ("exact, one layer",)),
    )
    return figure(
        title,
        axis("correlation of the inputs ρ", range=(-1.05, 1.05)),
        axis("N Var(K̂<sub>v</sub>)/K<sub>v</sub>², v = (1, −1)", range=(0, top), steady=True),
        data,
        annotations=[at_end(1.0, 2.0, linear, "bound")],
    )
