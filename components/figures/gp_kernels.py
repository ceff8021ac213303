"""Figures of page 3.3: the kernel at depth."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from components.figures.base import (
    Array,
    Figure,
    Trace,
    at_end,
    axis,
    dots,
    figure,
    frame_trace,
    frames,
    line,
    number,
    superscript,
    typed,
)
from components.theme import SIGN_SCALE
from compute.experiments.gp_kernels.kernel import ACTIVATIONS, Circle, Params, Result
from compute.experiments.gp_kernels.networks import Networks
from compute.sampling import Sample

GAP = "correlation gap 1 − C<sup>(ℓ)</sup>"
LAYER = "layer ℓ"


def gap_against_depth(params: Params, result: Result, sample: Sample[Networks] | None) -> Figure:
    """1 − C^(ℓ) on double logarithmic axes, with the law it follows."""
    depth = result.depth
    assert depth is not None
    layers = depth.layers
    gap = depth.gap[layers]
    data = [line(layers, gap, "theory", "kernel recursion", "layer %{x}<br>1 − C = %{y:.4g}")]
    notes = []
    visible = gap[gap > 0]
    low = float(visible.min()) if visible.size else 1e-16
    high = float(max(visible.max(), depth.gap[0])) if visible.size else 2.0
    if math.isfinite(depth.law):
        law = depth.law / layers.astype(float) ** 2
        data.append(line(layers, law, "bound", "asymptote", "layer %{x}<br>c/ℓ² = %{y:.4g}"))
        low, high = min(low, law[-1]), max(high, 2.5)
        at = float(layers[-1]) ** 0.45
        notes.append(
            at_end(
                at,
                depth.law / at**2,
                f"{number(depth.law)}/ℓ²",
                "bound",
                log_x=True,
                log_y=True,
                xanchor="left",
                xshift=8,
            )
        )
    elif depth.phase == "chaotic" and depth.fixed_variance > 0:
        level = np.full(2, depth.fixed_gap)
        data.append(line([1, layers[-1]], level, "bound", "fixed point", "1 − C* = %{y:.4g}"))
        low = min(low, depth.fixed_gap)
        notes.append(
            at_end(
                float(layers[-1]),
                depth.fixed_gap,
                "fixed point 1 − C*",
                "bound",
                log_x=True,
                log_y=True,
            )
        )
    elif depth.phase == "ordered" and depth.fixed_variance > 0 and visible.size:
        last = int(layers[gap > 0][-1])
        decay = depth.gap[last] * np.exp((last - layers) / depth.scale)
        kept = decay < 10
        data.append(line(layers[kept], decay[kept], "bound", "e^(−ℓ/ξ)", "e^(−ℓ/ξ) = %{y:.3g}"))
    low = max(low, 1e-18)
    if sample is not None:
        measured, error = sample.current.gap()
        data.append(_measured(params, measured, error, "1 − C = %{y:.4g}"))
    return figure(
        _gap_title(params, result),
        axis(LAYER, log=True, range=(1, max(params.depth, 10))),
        axis(GAP, log=True, range=(low / 2, min(high, 2.5) * 1.6)),
        data,
        annotations=notes,
    )


def _gap_title(params: Params, result: Result) -> str:
    depth = result.depth
    assert depth is not None
    if math.isfinite(depth.law):
        return "The correlation gap closes like 1/ℓ²: a straight line on these axes"
    if depth.phase == "chaotic":
        return "Chaos: close inputs are torn apart to a fixed correlation"
    if depth.phase == "ordered":
        return "Order: all inputs are drawn together exponentially fast"
    if depth.gap[-1] > 0.01 * max(depth.gap[0], 1e-300):
        return "The correlation survives depth"
    return "The correlation gap of two inputs, layer by layer"


def variance_against_depth(
    params: Params, result: Result, sample: Sample[Networks] | None
) -> Figure:
    """K^(ℓ)(x, x); as log₁₀ K where K leaves the range of a picture."""
    depth = result.depth
    assert depth is not None
    layers = depth.layers
    log_variance = depth.log_variance[layers]
    finite = log_variance[np.isfinite(log_variance)]
    wide = bool(finite.size) and float(np.abs(finite).max()) > 60
    hover = "layer %{x}<br>K = %{y:.5g}"
    if wide:
        y = log_variance / math.log(10)
        label, y_axis = "log₁₀ K", axis("variance, log₁₀ K<sup>(ℓ)</sup>(x, x)")
        hover = "layer %{x}<br>log₁₀ K = %{y:.5g}"
    else:
        y = np.exp(log_variance)
        low, high = float(y[np.isfinite(y)].min()), float(y[np.isfinite(y)].max())
        span = max(high / max(low, 1e-300), 1.0)
        label = "K"
        y_axis = axis(
            "variance K<sup>(ℓ)</sup>(x, x)",
            log=True,
            range=(low / max(1.3, span**0.05), high * max(1.3, span**0.05)),
        )
        if span < 30:
            y_axis = axis("variance K<sup>(ℓ)</sup>(x, x)", range=(0, 1.25 * high))
    data = [line(layers, y, "theory", label, hover)]
    if math.isfinite(depth.variance_law) and not wide:
        law = depth.variance_law / layers
        data.append(line(layers, law, "bound", "asymptote c/ℓ", "c/ℓ = %{y:.4g}"))
    if sample is not None:
        measured, error = sample.current.variance()
        if wide:
            with np.errstate(divide="ignore", invalid="ignore"):
                measured, error = np.log10(measured), error / measured / math.log(10)
        data.append(_measured(params, measured, error, f"{label} = %{{y:.4g}}"))
    return figure(
        "The variance of one input",
        axis(LAYER, log=True, range=(1, max(params.depth, 10))),
        y_axis,
        data,
    )


def _measured(params: Params, values: Array, error: Array, hover: str) -> Trace:
    return dots(
        np.arange(1, values.size + 1),
        values,
        f"real networks, N = {params.width}",
        f"layer %{{x}}<br>{hover} ± %{{error_y.array:.2g}}",
        error=error,
    )


def progress(_params: Params, sample: Sample[Networks]) -> str:
    """How far the measurement is."""
    mean, error = sample.current.variance()
    with np.errstate(divide="ignore", invalid="ignore"):
        share = float(error[-1] / mean[-1])
    return (
        f"{sample.current.count} real networks; variance in layer {mean.size} "
        f"to ± {number(100 * share, 2)} %"
    )


def cobweb(_params: Params, result: Result, _sample: Any) -> Figure:
    """The map of the correlation, and the staircase of the two inputs on it."""
    part = result.map
    assert part is not None
    orbit = part.orbit
    stairs_x = np.repeat(orbit, 2)[1:-1]
    stairs_y = np.repeat(orbit[1:], 2)[: stairs_x.size]
    data = [
        line([-1, 1], [-1, 1], "bound", "C unchanged", hoverinfo="skip"),
        line(
            part.correlation,
            part.image,
            "theory",
            "one layer",
            "C = %{x:.4f}<br>next layer %{y:.4f}",
        ),
        line(stairs_x, stairs_y, "faint", "the two inputs", hoverinfo="skip"),
        dots(
            orbit[:-1],
            orbit[1:],
            "the two inputs",
            "layer %{customdata}<br>C = %{x:.5f}<br>next %{y:.5f}",
            customdata=list(range(orbit.size - 1)),
            marker={"color": "@measurement", "size": 7},
        ),
    ]
    slope = "flatter" if part.chi < 1 - 1e-9 else "steeper" if part.chi > 1 + 1e-9 else "as steep"
    end = "than" if slope != "as steep" else "as"
    return figure(
        f"At C = 1 the map is {slope} {end} the diagonal: slope χ = {number(part.chi, 4)}",
        axis("correlation C<sup>(ℓ)</sup>", range=(-1.02, 1.02)),
        axis("correlation one layer later", range=(-1.02, 1.02)),
        data,
    )


def phase_plane(params: Params, result: Result, _sample: Any) -> Figure:
    """log₁₀ χ over (C_W, C_b), the edge of chaos, and where the page stands."""
    part = result.plane
    assert part is not None
    with np.errstate(divide="ignore", invalid="ignore"):
        shade = np.clip(np.log10(part.chi), -1, 1)
    data: list[dict[str, Any]] = [
        {
            "type": "heatmap",
            "x": typed(part.weight),
            "y": typed(part.bias),
            "z": typed(shade),
            "zmin": -1,
            "zmax": 1,
            "colorscale": SIGN_SCALE,
            "name": "log₁₀ χ",
            "colorbar": {
                "title": {"text": "log₁₀ χ", "side": "right"},
                "outlinewidth": 0,
                "thickness": 14,
                "tickvals": [-1, -0.5, 0, 0.5, 1],
            },
            "hovertemplate": "C_W = %{x:.2f}<br>C_b = %{y:.2f}<br>log₁₀ χ = %{z:.3f}"
            "<extra>click to go there</extra>",
        }
    ]
    if part.edge_weight.size:
        data.append(
            line(
                part.edge_weight,
                part.edge_bias,
                "theory",
                "edge of chaos, χ = 1",
                "edge<br>C_W = %{x:.3f}<br>C_b = %{y:.3f}",
            )
        )
    data.append(
        dots(
            [params.weight_variance],
            [params.bias_variance],
            "this page",
            "C_W = %{x:.2f}<br>C_b = %{y:.2f}",
            marker={
                "color": "@measurement",
                "size": 14,
                "symbol": "cross",
                "line": {"color": "@background", "width": 1.5},
            },
        )
    )
    title = "Order (χ < 1), chaos (χ > 1) and the edge between: click to go there"
    if part.reason:
        title = part.reason
    return figure(
        title,
        axis("weight variance C<sub>W</sub>", range=(0.1, 6.0)),
        axis("bias variance C<sub>b</sub>", range=(0.0, 2.0)),
        data,
        meta={"click": {"x": "weight_variance", "y": "bias_variance"}},
    )


def depth_scale(params: Params, result: Result, _sample: Any) -> Figure:
    """ξ = 1/|log χ| along C_W at the present C_b: how deep a signal reaches."""
    part = result.plane
    assert part is not None
    scale = np.where(np.isfinite(part.scale), np.clip(part.scale, 0.1, 1e4), np.nan)
    here = 1 / abs(math.log(part.present_chi)) if part.present_chi not in (0.0, 1.0) else math.inf
    data = [line(part.weight, scale, "theory", "ξ", "C_W = %{x:.2f}<br>ξ = %{y:.3g} layers")]
    if 0.1 < here < 1e4:
        data.append(dots([params.weight_variance], [here], "this page", "ξ = %{y:.3g} layers"))
    return figure(
        f"The correlation length diverges at the edge (C_b = {params.bias_variance:g})",
        axis("weight variance C<sub>W</sub>", range=(0.1, 6.0)),
        axis("correlation length ξ in layers", log=True, range=(0.3, 1e4)),
        data,
    )


def functions_on_circle(_params: Params, result: Result, _sample: Any) -> Figure:
    """Samples of GP(0, C^(ℓ)) at the deepest layer; the frames play the layers."""
    part = result.circle
    assert part is not None
    styles = ["solid", "dash", "dot", "dashdot", "longdash"]
    data = [
        line(
            np.degrees(part.turn),
            values,
            "theory",
            f"sample {i + 1}",
            "angle %{x:.0f}°<br>z = %{y:.3f}",
            line={
                "color": "@theory" if i % 2 == 0 else "@muted",
                "width": 2.2,
                "dash": styles[i % 5],
            },
        )
        for i, values in enumerate(part.functions[-1])
    ]
    reach = float(np.abs(part.functions).max()) * 1.05
    return figure(
        "Random functions of the infinitely wide network, same noise in every layer",
        axis("angle of the input (degrees)", range=(0, 360)) | {"dtick": 45},
        axis("output z(x)/√K<sup>(ℓ)</sup>", range=(-reach, reach)),
        data,
    )


def function_frames(_params: Params, result: Result) -> dict[str, Any] | None:
    """The layers of :func:`functions_on_circle`."""
    part = result.circle
    assert part is not None
    return frames(
        "layer",
        [str(n) for n in part.layers],
        *(frame_trace(i, "y", part.functions[:, i]) for i in range(part.functions.shape[1])),
    )


def kernel_on_circle(_params: Params, result: Result, _sample: Any) -> Figure:
    """C^(ℓ) against the angle between the inputs, played over the layers."""
    part = result.circle
    assert part is not None
    return figure(
        "Correlation of two inputs at an angle",
        axis("angle between inputs (degrees)", range=(0, 180)) | {"dtick": 45},
        axis("correlation C<sup>(ℓ)</sup>", range=(-1.05, 1.05)),
        [
            line(
                np.degrees(part.angle),
                1 - part.gap[0],
                "faint",
                "layer 0",
                "%{x:.0f}°: C = %{y:.4f}",
            ),
            line(
                np.degrees(part.angle),
                1 - part.gap[-1],
                "theory",
                "layer ℓ",
                "%{x:.0f}°: C = %{y:.5f}",
            ),
        ],
    )


def kernel_frames(_params: Params, result: Result) -> dict[str, Any] | None:
    """The layers of :func:`kernel_on_circle`."""
    part = result.circle
    assert part is not None
    return frames("layer", [str(n) for n in part.layers], frame_trace(1, "y", 1 - part.gap))


def kernel_map(_params: Params, result: Result, _sample: Any) -> Figure:
    """C^(ℓ) over angle and layer as a heat map: where the colour is one, the kernel is dead."""
    part: Circle | None = result.circle
    assert part is not None
    kept = part.layers > 0
    return figure(
        "The kernel over angle and layer",
        axis("angle between inputs (degrees)", range=(0, 180)) | {"dtick": 45},
        axis(LAYER, log=True, range=(1, max(int(part.layers[-1]), 2))),
        [
            {
                "type": "heatmap",
                "x": typed(np.degrees(part.angle)),
                "y": typed(part.layers[kept]),
                "z": typed(1 - part.gap[kept]),
                "zmin": -1,
                "zmax": 1,
                "colorscale": SIGN_SCALE,
                "name": "C",
                "colorbar": {
                    "title": {"text": "C", "side": "right"},
                    "outlinewidth": 0,
                    "thickness": 14,
                },
                "hovertemplate": "%{x:.0f}°, layer %{y:.0f}<br>C = %{z:.4f}<extra></extra>",
            }
        ],
    )


def shaped_variance(params: Params, result: Result, _sample: Any) -> Figure:
    """K^(τ): recursion at depth L, limit, and both misprints."""
    part = result.shaped
    assert part is not None
    top = float(min(np.nanmax(part.finite) * 1.15, 12 * result.variance0))
    data = [
        line(part.time, part.limit, "theory", "limit (3.3.7)", "τ = %{x:.2f}<br>K = %{y:.4f}"),
        dots(
            part.time[::8],
            part.finite[::8],
            f"recursion, L = {params.depth}",
            "τ = %{x:.2f}<br>K = %{y:.4f}",
        ),
        line(
            part.time,
            part.printed_ode,
            "printed",
            "(3.3.6) as printed",
            "τ = %{x:.2f}<br>K = %{y:.4f}",
        ),
        line(
            part.time,
            part.printed_cubic,
            "printed",
            "t + ψt/(3L) as printed",
            "τ = %{x:.2f}<br>K = %{y:.4f}",
            line={"color": "@printed", "width": 2, "dash": "dashdot"},
        ),
    ]
    layout: dict[str, Any] = {}
    title = "Shaped networks keep a kernel of order 1 at any depth"
    if part.blow_up <= 1:
        layout["shapes"] = [
            {
                "type": "line",
                "x0": part.blow_up,
                "x1": part.blow_up,
                "y0": 0,
                "y1": 1,
                "yref": "paper",
                "line": {"color": "@bound", "width": 1.5, "dash": "dot"},
            }
        ]
        title = f"For ψ > 0 the kernel blows up at τ* = {number(part.blow_up)}"
    for trace in data:
        trace["showlegend"] = True
    return figure(
        title,
        axis("depth τ = ℓ/L", range=(0, 1)),
        axis("variance K<sup>(τ)</sup>(x, x)", range=(0, top)),
        data,
        **layout,
    )


def shaped_correlation(params: Params, result: Result, _sample: Any) -> Figure:
    """C^(τ): constant for the cubic, the ODE of the shaped ReLU."""
    part = result.shaped
    assert part is not None
    data = [
        line(
            part.time,
            np.full(part.time.size, 1 - result.gap0),
            "theory",
            "cubic, limit",
            "τ = %{x:.2f}<br>C = %{y:.5f}",
        ),
        dots(
            part.time[::8],
            1 - part.finite_gap[::8],
            f"cubic, L = {params.depth}",
            "τ = %{x:.2f}<br>C = %{y:.5f}",
        ),
        line(
            part.time,
            1 - part.relu_limit,
            "theory",
            "shaped ReLU, ODE",
            "τ = %{x:.2f}<br>C = %{y:.5f}",
            line={"color": "@theory", "width": 2.5, "dash": "dashdot"},
        ),
        dots(
            part.time[4::8],
            1 - part.relu_gap[4::8],
            f"shaped ReLU, L = {params.depth}",
            "τ = %{x:.2f}<br>C = %{y:.5f}",
            marker={"color": "@measurement", "size": 8, "symbol": "diamond"},
        ),
    ]
    for trace in data:
        trace["showlegend"] = True
    return figure(
        "The cubic keeps the correlation; the shaped ReLU moves it smoothly",
        axis("depth τ = ℓ/L", range=(0, 1)),
        axis("correlation C<sup>(τ)</sup>"),
        data,
    )


def sentence(params: Params, result: Result) -> str:
    """The result in words."""
    name = dict(ACTIVATIONS)[params.activation]
    setting = f"{name}, C_W = {params.weight_variance:g}, C_b = {params.bias_variance:g}"
    if result.depth is not None:
        return f"{setting}: {_depth_sentence(params, result)}"
    if result.map is not None:
        return (
            f"{setting}: starting at C = {number(float(result.map.orbit[0]))}, layer "
            f"{result.map.orbit.size - 1} has C = {number(float(result.map.orbit[-1]), 4)}; "
            f"the slope at C = 1 is χ = {number(result.map.chi, 4)}."
        )
    if result.plane is not None:
        chi = result.plane.present_chi
        reach = (
            f"a signal reaches about {number(1 / abs(math.log(chi)))} layers"
            if (0 < chi < math.inf and abs(math.log(chi)) > 1e-9)
            else "a signal reaches any depth"
            if chi == 1
            else "no length can be given"
        )
        return f"{setting}: {result.plane.phase}, χ = {number(chi, 4)}, {reach}."
    if result.circle is not None:
        layers, gap = result.circle.layers, result.circle.gap
        return (
            f"{setting}: at layer {layers[-1]} two inputs at a right angle have correlation "
            f"{number(1 - float(gap[-1, gap.shape[1] // 2]), 4)}."
        )
    return _shaped_sentence(params, result)


def _depth_sentence(params: Params, result: Result) -> str:
    depth = result.depth
    assert depth is not None
    last, log_variance = float(depth.gap[-1]), float(depth.log_variance[-1])
    variance = (
        number(math.exp(log_variance))
        if abs(log_variance) < 300
        else "beyond every number"
        if log_variance == math.inf
        else f"10{superscript(round(log_variance / math.log(10)))}"
    )
    end = f"1 − {number(last)}" if last < 0.01 else number(1 - last, 4)
    return (
        f"after {params.depth} layers the correlation has gone from "
        f"{number(1 - result.gap0, 3)} to {end}, and the variance is {variance}."
    )


def _shaped_sentence(params: Params, result: Result) -> str:
    part = result.shaped
    assert part is not None
    text = (
        f"ψ = {number(params.psi)}, L = {params.depth}: at τ = {number(part.probe, 2)} "
        f"the recursion has K = {number(float(part.at_probe[0]), 5)}, "
        f"the limit {number(part.limit_at_probe, 5)}"
    )
    if part.blow_up < math.inf:
        text += f"; the limit blows up at τ* = {number(part.blow_up)}"
    return text + "."


def warning(_params: Params, result: Result) -> str:
    """What the page has to say about numbers that leave the range of a float."""
    if result.depth is not None and bool(np.isinf(result.depth.log_variance).any()):
        first = int(np.argmax(np.isinf(result.depth.log_variance)))
        return (
            f"The variance grows doubly exponentially: from layer {first} on even its logarithm "
            "is beyond a float; the curve ends there."
        )
    return ""
