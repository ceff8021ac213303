"""Figures of page 3.1, products of random matrices: singular values, norm and direction."""

from __future__ import annotations

from typing import Any

import numpy as np

from components.figures.base import Array, Figure, at_end, axis, dots, figure, line, number
from compute.experiments.linear_products.run import Params, Result
from compute.experiments.linear_products.sampler import ImageSample, SpectrumSample
from compute.experiments.linear_products.spectrum import Spectrum
from compute.sampling import Sample

LOG_S = "log singular value per factor, log s<sub>i</sub> / (L+1)"


def spectrum(params: Params, result: Result, sample: Sample[SpectrumSample] | None) -> Figure:
    """Log singular values by rank, of one product and on average, between the two limits."""
    part = result.spectrum
    assert part is not None
    kept = np.isfinite(part.measured)
    size = f"{part.width} wide, {part.depth + 1} factors"
    data = [
        line(
            part.free_ranks,
            part.free_values,
            "theory",
            "free probability (Fuss–Catalan)",
            "rank share %{x:.3f}<br>log s/(L+1) = %{y:.4f}",
        ),
        line(
            part.lyapunov_ranks,
            part.lyapunov,
            "bound",
            f"Lyapunov exponents, N = {params.width}",
            "rank share %{x:.3f}<br>μ = %{y:.4f}",
            mode="lines+markers" if params.width <= 16 else "lines",
            marker={"color": "@bound", "size": 6, "symbol": "line-ew-open"},
        ),
        dots(
            part.ranks[kept],
            part.measured[kept],
            f"one product, {size}",
            "rank share %{x:.3f}<br>log s/(L+1) = %{y:.4f}",
            role="faint" if sample else "measurement",
        ),
    ]
    if sample is not None:
        mean, error = sample.current.by_rank()
        data.append(
            dots(
                part.ranks,
                mean,
                f"mean of {sample.current.drawn} products",
                "rank share %{x:.3f}<br>log s/(L+1) = %{y:.4f} ± %{error_y.array:.2g}",
                error=error,
            )
        )
    low, high = _range(part)
    return figure(
        _spectrum_title(part, kept),
        axis("rank from the largest, (i − ½)/N", range=(-0.02, 1.02)),
        axis(LOG_S, range=(low, high), steady=True),
        data,
        annotations=[
            _beside(part.free_ranks[::-1], part.free_values[::-1], 0.25, True),
            _beside(part.lyapunov_ranks, part.lyapunov, 0.6, False),
        ],
    )


def _range(part: Spectrum) -> tuple[float, float]:
    shown = np.concatenate([part.measured[np.isfinite(part.measured)], part.lyapunov])
    high = max(float(shown.max()), float(part.free_values.max()))
    low = float(shown.min())
    margin = 0.08 * (high - low) + 0.05
    return low - margin, high + 2 * margin


def _beside(x: Array, y: Array, at: float, above: bool) -> dict[str, Any]:
    text = "free probability: N → ∞ first" if above else "Lyapunov: L → ∞ first (dotted)"
    role = "theory" if above else "bound"
    sides = {"xanchor": "left", "yanchor": "bottom", "xshift": 6, "yshift": 4}
    if not above:
        sides = {"xanchor": "right", "yanchor": "top", "xshift": -6, "yshift": -10}
    return at_end(at, float(np.interp(at, x, y)), text, role, **sides)


def _spectrum_title(part: Spectrum, kept: Array) -> str:
    if not kept.all():
        return "Some singular values of these sign products are exactly 0"
    ratio = part.depth / part.width
    if ratio <= 0.1:
        return "Wide and shallow: the law of free probability"
    if ratio >= 8:
        return "Deep and narrow: each value has its Lyapunov exponent"
    return f"At L/N = {number(ratio)} the spectrum lies between its limits"


def spectrum_density(
    params: Params, result: Result, sample: Sample[SpectrumSample] | None
) -> Figure:
    """Density of the log singular values per factor, sampled and in the free limit."""
    part = result.spectrum
    assert part is not None
    inside = part.free_values >= part.edges[0]
    top = float(part.free_density[inside].max())
    data = [
        line(
            part.free_values,
            part.free_density,
            "theory",
            "free probability (Fuss–Catalan)",
            "log s/(L+1) = %{x:.3f}<br>density %{y:.4g}",
        )
    ]
    if sample is not None:
        height, error = sample.current.density(part.edges)
        top = max(top, float(height.max()))
        middle = 0.5 * (part.edges[1:] + part.edges[:-1])
        data.append(
            dots(
                middle,
                height,
                f"{sample.current.drawn} products",
                "%{x:.3f}: density %{y:.4g} ± %{error_y.array:.2g}",
                error=error,
            )
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
    params: Params, result: Result, sample: Sample[ImageSample] | None
) -> Figure:
    """Σ v_i⁴ against log‖Wu‖: level for Gaussian entries only."""
    part = result.direction
    assert part is not None
    shown = part.concentration
    low, high = min(float(shown.min()), part.uniform), max(float(shown.max()), part.uniform)
    margin = 0.08 * (high - low) + 1e-3
    ends = part.edges[[0, -1]]
    data = [
        dots(
            part.log_norm,
            part.concentration,
            "one matrix each",
            "log‖Wu‖ = %{x:.3f}<br>Σ v⁴ = %{y:.4f}",
            role="faint",
            marker={"color": "@faint", "size": 5},
        ),
        line(
            ends,
            np.full(2, part.uniform),
            "theory",
            "direction uniform on the sphere, 3/(N+2)",
            "E Σ v⁴ = %{y:.4f}",
        ),
    ]
    if sample is not None:
        mean, error = sample.current.concentration()
        middle = 0.5 * (part.edges[1:] + part.edges[:-1])
        kept = np.isfinite(mean)
        data.append(
            dots(
                middle[kept],
                mean[kept],
                f"mean given the norm, {sample.current.drawn} matrices",
                "log‖Wu‖ near %{x:.3f}<br>mean Σ v⁴ = %{y:.4f} ± %{error_y.array:.2g}",
                error=error[kept],
            )
        )
    return figure(
        _direction_title(params),
        axis("log norm, log‖Wu‖", range=ends),
        axis(
            "how uneven the direction is, Σ v<sub>i</sub><sup>4</sup>",
            range=(low - margin, high + margin),
        ),
        data,
        annotations=[at_end(float(ends[1]), part.uniform, "3/(N+2)", "theory")],
    )


def _direction_title(params: Params) -> str:
    if params.entries == "gaussian":
        return "Gaussian: the norm says nothing about the direction"
    return "Not Gaussian: the norm tells something of the direction"


def image_norm(params: Params, result: Result, sample: Sample[ImageSample] | None) -> Figure:
    """Density of log‖Wu‖: (3.2.1) corrected, as printed, and sampled."""
    part = result.direction
    assert part is not None
    hover = "log‖Wu‖ = %{x:.3f}<br>density %{y:.4g}"
    top = float(part.exact.max())
    data = [
        line(part.points, part.exact, "theory", "‖Wu‖² ~ χ²_N", hover),
        line(part.points, part.printed, "printed", "‖Wu‖² ~ χ²_N / N′ as printed", hover),
    ]
    if sample is not None:
        height, error = sample.current.density(part.edges)
        seen = height > 0
        middle = 0.5 * (part.edges[1:] + part.edges[:-1])
        top = max(top, float(height.max()))
        name = f"{sample.current.drawn} matrices"
        label = "%{x:.3f}: density %{y:.4g} ± %{error_y.array:.2g}"
        data.append(dots(middle[seen], height[seen], name, label, error=error[seen]))
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
