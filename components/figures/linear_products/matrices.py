"""Figures of page 3.1, products of random matrices: singular values, norm and direction."""

from __future__ import annotations

from typing import Any

import numpy as np

from components.figures.base import (
    Array,
    Figure,
    at_end,
    axis,
    beside,
    dots,
    figure,
    level,
    line,
    measured,
    middles,
    number,
)
from components.figures.linear_products.law import histogram
from components.figures.orders import ERRORS
from compute.experiments.linear_products.sampler import ImageSample, SpectrumSample
from compute.experiments.linear_products.setting import Params
from compute.experiments.linear_products.spectrum import Direction, Spectrum
from compute.sampling import Sample

LOG_S = "log singular value per factor, log s<sub>i</sub> / (L+1)"
FREE = "free probability (Fuss–Catalan)"


def spectrum(params: Params, part: Spectrum, sample: Sample[SpectrumSample] | None) -> Figure:
    """Log singular values by rank, of one product and on average, between the two limits."""
    kept = np.isfinite(part.measured)
    one = f"one product, {part.width} wide, {part.depth + 1} factors"
    hover = "rank share %{x:.3f}<br>log s/(L+1) = %{y:.4f}"
    role = "faint" if sample else "measurement"
    data = [
        line(part.free_ranks, part.free_values, "theory", FREE, hover),
        line(
            part.lyapunov_ranks,
            part.lyapunov,
            "bound",
            f"Lyapunov exponents, N = {params.width}",
            "rank share %{x:.3f}<br>μ = %{y:.4f}",
            mode="lines+markers" if params.width <= 16 else "lines",
            marker={"color": "@bound", "size": 6, "symbol": "line-ew-open"},
        ),
        dots(part.ranks[kept], part.measured[kept], one, hover, role=role),
    ]
    if sample is not None:
        name = f"mean of {sample.current.drawn} products"
        data.append(measured(part.ranks, *sample.current.by_rank(), name, hover))
    return figure(
        _spectrum_title(part, kept),
        axis("rank from the largest, (i − ½)/N", range=(-0.02, 1.02)),
        axis(LOG_S, range=_range(part), steady=True),
        data,
        annotations=[_note(part, free=True), _note(part, free=False)],
    )


def _range(part: Spectrum) -> tuple[float, float]:
    shown = np.concatenate([part.measured[np.isfinite(part.measured)], part.lyapunov])
    high = max(float(shown.max()), float(part.free_values.max()))
    low = float(shown.min())
    margin = 0.08 * (high - low) + 0.05
    return low - margin, high + 2 * margin


def _note(part: Spectrum, *, free: bool) -> dict[str, Any]:
    """The label of one of the limits, above or below it."""
    if free:
        y = float(np.interp(0.25, part.free_ranks[::-1], part.free_values[::-1]))
        text = "free probability: N → ∞ first"
        return at_end(0.25, y, text, "theory", yshift=4, **beside(6))
    y = float(np.interp(0.6, part.lyapunov_ranks, part.lyapunov))
    text = "Lyapunov: L → ∞ first (dotted)"
    return at_end(0.6, y, text, "bound", yanchor="top", yshift=-10, **beside(-6))


def _spectrum_title(part: Spectrum, kept: Array) -> str:
    if not kept.all():
        return "Some singular values of these sign products are exactly 0"
    free, lyapunov = number(part.free_gap, 2), number(part.lyapunov_gap, 2)
    return f"One product is {free} from free probability, {lyapunov} from Lyapunov (rms)"


def spectrum_density(
    params: Params, part: Spectrum, sample: Sample[SpectrumSample] | None
) -> Figure:
    """Density of the log singular values per factor, sampled and in the free limit."""
    top = float(part.free_density[part.free_values >= part.edges[0]].max())
    hover = "log s/(L+1) = %{x:.3f}<br>density %{y:.4g}"
    data = [line(part.free_values, part.free_density, "theory", FREE, hover)]
    if sample is not None:
        height, error = sample.current.density(part.edges)
        top = max(top, float(height.max()))
        name = f"{sample.current.drawn} products"
        data.append(
            measured(middles(part.edges), height, error, name, "%{x:.3f}: density %{y:.4g}")
        )
    rug = np.stack([part.lyapunov, part.lyapunov, np.full_like(part.lyapunov, np.nan)], axis=1)
    heights = np.tile([0.0, 0.07 * top, np.nan], part.lyapunov.size)
    name = f"Lyapunov exponents, N = {params.width}"
    data.append(line(rug.ravel(), heights, "bound", name, "μ = %{x:.4f}"))
    return figure(
        "Where the singular values are; ticks: Lyapunov exponents",
        axis(LOG_S, range=(part.edges[0], part.edges[-1])),
        axis("density", range=(0, 1.12 * top), steady=True),
        data,
    )


def norm_and_direction(
    params: Params, part: Direction, sample: Sample[ImageSample] | None
) -> Figure:
    """Σ v_i⁴ against log‖Wu‖: level for Gaussian entries only."""
    shown = [float(part.concentration.min()), float(part.concentration.max()), part.uniform]
    margin = 0.08 * (max(shown) - min(shown)) + 1e-3
    ends = part.edges[[0, -1]]
    uniform = "direction uniform on the sphere, 3/(N+2)"
    hover = "log‖Wu‖ = %{x:.3f}<br>Σ v⁴ = %{y:.4f}"
    data = [
        dots(part.log_norm, part.concentration, "one matrix each", hover, role="faint", size=5),
        level(ends, part.uniform, "theory", uniform, "E Σ v⁴ = %{y:.4f}"),
    ]
    if sample is not None:
        mean, error = sample.current.concentration()
        kept = np.isfinite(mean)
        name = f"mean given the norm, {sample.current.drawn} matrices"
        hover = "log‖Wu‖ near %{x:.3f}<br>mean Σ v⁴ = %{y:.4f}"
        data.append(measured(middles(part.edges)[kept], mean[kept], error[kept], name, hover))
    return figure(
        _direction_title(params, sample),
        axis("log norm, log‖Wu‖", range=ends),
        axis(
            "how uneven the direction is, Σ v<sub>i</sub><sup>4</sup>",
            range=(min(shown) - margin, max(shown) + margin),
        ),
        data,
        annotations=[at_end(float(ends[1]), part.uniform, "3/(N+2)", "theory")],
    )


def _direction_title(params: Params, sample: Sample[ImageSample] | None) -> str:
    """What the correlation says, where it is known; what is proved, of Gaussian weights."""
    if params.width == 1:
        return "One output: its direction is a sign, and Σ v⁴ is always 1"
    if params.entries == "gaussian":
        return "Gaussian: the norm says nothing about the direction"
    seen = None if sample is None else sample.current.correlation()
    if seen is not None and abs(seen.value) > ERRORS * seen.standard_error:
        return "Not Gaussian: the norm tells something of the direction"
    return "Not Gaussian: does the norm tell something of the direction?"


def image_norm(params: Params, part: Direction, sample: Sample[ImageSample] | None) -> Figure:
    """Density of log‖Wu‖: (3.2.1) corrected, as printed, and sampled."""
    hover = "log‖Wu‖ = %{x:.3f}<br>density %{y:.4g}"
    top = float(part.exact.max())
    data = [
        line(part.points, part.exact, "theory", "‖Wu‖² ~ χ²_N", hover),
        line(part.points, part.printed, "printed", "‖Wu‖² ~ χ²_N / N′ as printed", hover),
    ]
    if sample is not None:
        height, error = sample.current.density(part.edges)
        top = max(top, float(height.max()))
        data.append(histogram(part.edges, height, error, f"{sample.current.drawn} matrices"))
    notes = []
    for curve, text, role in (
        (part.exact, "χ²<sub>N</sub>", "theory"),
        (part.printed, "as printed, χ²<sub>N</sub>/N′", "printed"),
    ):
        at = int(np.argmax(curve))
        notes.append(at_end(float(part.points[at]), float(curve[at]), text, role, xanchor="center"))
    return figure(
        _image_title(params),
        axis("log norm, log‖Wu‖", range=(part.points[0], part.points[-1])),
        axis("density", range=(0, 1.15 * top), steady=True),
        data,
        annotations=notes if params.inputs > 1 else notes[:1],
    )


def _image_title(params: Params) -> str:
    if params.entries != "gaussian":
        return "Not Gaussian: ‖Wu‖² shares only the mean with χ²"
    return f"‖Wu‖² is χ² with {params.width} degrees, not the N′-th part of it"
