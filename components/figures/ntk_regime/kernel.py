"""Figures of page 2.2, the kernel regime: the smallest eigenvalue, and the lemma's models."""

from __future__ import annotations

from typing import Any

import numpy as np

from components.figures.base import Figure, Trace, at_end, axis, dots, figure, line
from components.figures.ntk_regime.movement import HOVER, ends, label, positive
from components.figures.ntk_regime.training import TIME
from compute.experiments.ntk_regime.positivity import Positivity
from compute.experiments.ntk_regime.run import Params, Result
from compute.experiments.one_layer_fields import KINKED


def by_count(params: Params, result: Result, _sample: Any) -> Figure:
    """λ_min(E Θ) against the number of data."""
    part = result.eigenvalues
    assert part is not None
    curve = positive(part.by_count, 0.0)
    here = np.array([part.limit if part.limit > 0 else np.nan])
    hover = "|D| = %{x}<br>λ_min = %{y:.4g}"
    marker = {"color": "@theory", "size": 8}
    data = [
        line(
            part.counts, curve, "theory", "λ_min(E Θ)", hover, mode="lines+markers", marker=marker
        ),
        dots([part.size], here, "this page", hover, marker={"color": "@measurement", "size": 13}),
    ]
    notes = []
    low, high = ends(np.nan_to_num(curve), here[np.isfinite(here)])
    low = min(low, 0.1 * high)
    if np.isfinite(part.dimension) and part.dimension < part.counts[-1]:
        edge = np.array([part.dimension, part.dimension])
        data.append(line(edge, [low, high], "bound", "dimension", "dimension %{x}"))
        notes.append(
            at_end(
                float(part.dimension),
                high,
                f"beyond |D| = {part.dimension:g} it is 0",
                "bound",
                log_y=True,
                xanchor="left",
                yanchor="top",
                xshift=8,
            )
        )
    return figure(
        _count_title(params, bool(notes)),
        axis("number of data |D|", range=(1, _last_count(part) + 1)),
        axis("smallest eigenvalue of E Θ", log=True, range=(low, high)),
        data,
        annotations=notes,
    )


def _last_count(part: Positivity) -> float:
    """Beyond its dimension a polynomial has nothing more to show."""
    enough = max(2 * part.dimension, float(part.size))
    return min(float(part.counts[-1]), enough)


def _count_title(params: Params, polynomial: bool) -> str:
    if polynomial:
        return "Polynomial σ: beyond its dimension λ<sub>min</sub> is 0"
    if params.activation in KINKED:
        return "A kink: λ<sub>min</sub> falls like a power of |D|"
    return "Smooth σ: λ<sub>min</sub> is positive, and soon tiny"


def by_angle(params: Params, result: Result, _sample: Any) -> Figure:
    """λ_min(E Θ) against the angle between the two closest inputs."""
    part = result.eigenvalues
    assert part is not None
    curve = positive(part.by_angle, 0.0)
    low, high = ends(np.nan_to_num(curve))
    degrees = np.degrees(part.angles)
    data = [line(degrees, curve, "theory", "λ_min(E Θ)", "angle %{x:.3g}°<br>λ_min = %{y:.4g}")]
    notes = []
    first = curve[0]
    if np.isfinite(first):
        power = 1 if params.activation in KINKED else 2
        law = first * (degrees / degrees[0]) ** power
        law = np.where(law < high, law, np.nan)
        data.append(line(degrees, law, "bound", f"angle to the {power}", "%{y:.4g}"))
        notes = label(degrees, law, f"∝ angle{'²' if power == 2 else ''}", "bound")
    title = "Two close inputs make the kernel singular"
    if not np.isfinite(curve).any():
        title, notes = "However far apart the inputs are, the kernel is singular", [_nothing()]
    return figure(
        title,
        axis("smallest angle between inputs, degrees", log=True)
        | {"range": list(np.log10(degrees[[0, -1]])), "autorange": False},
        axis("smallest eigenvalue of E Θ", log=True, range=(low, high)),
        data,
        annotations=notes,
    )


def by_width(_params: Params, result: Result, _sample: Any) -> Figure:
    """λ_min(Θ_0) of growing networks, and its limit."""
    part = result.eigenvalues
    assert part is not None
    hover = "N₁ = %{x}<br>λ_min(Θ₀) = %{y:.4g}"
    data: list[Trace] = []
    notes = []
    for k, row in enumerate(part.by_width):
        data.append(
            dots(
                part.widths,
                positive(row, 0.0),
                f"network {k + 1}, growing",
                hover,
                mode="lines+markers",
                line={"width": 1, "color": "@measurement"},
                marker={"color": "@measurement", "size": 5},
                opacity=0.75,
            )
        )
    title = "Wide networks inherit λ<sub>min</sub>"
    if not np.any(part.by_width > 0):
        title, notes = "No network has a positive λ<sub>min</sub>, however wide", [_nothing()]
    across = part.widths[[0, -1]]
    if part.limit > 0:
        data.append(line(across, np.full(2, part.limit), "theory", "λ_min(E Θ)", "%{y:.4g}"))
        notes = label(across, np.full(2, part.limit), "λ<sub>min</sub>(E Θ)", "theory")
    return figure(
        title,
        axis("width N₁", log=True, range=(6, 5500)),
        axis(
            "smallest eigenvalue of Θ<sub>0</sub>",
            log=True,
            range=ends(part.by_width, np.array([part.limit])),
        ),
        data,
        annotations=notes,
    )


def _nothing() -> dict[str, Any]:
    """Said in the middle of a logarithmic axis, on which 0 has no place."""
    middle = {"xref": "paper", "yref": "paper", "xanchor": "center", "yanchor": "middle"}
    return at_end(0.5, 0.5, "λ<sub>min</sub> is 0 here, to every digit", "theory", **middle)


def lemma_loss(_params: Params, result: Result, _sample: Any) -> Figure:
    """Three losses and how fast each of them falls."""
    part = result.lemma
    assert part is not None
    low = 1e-8
    curves = (
        (part.half, part.half_bound, "½a², μ = 1", "exp(−2δt)"),
        (part.square, part.square_bound, "a², μ = 2", "exp(−4δt)"),
        (part.quartic, part.power, "a⁴, strictly convex", "(1 + 8ηt)⁻²"),
    )
    data: list[Trace] = []
    notes: list[dict[str, Any]] = []
    for measured, law, name, words in curves:
        data.append(line(part.times, positive(law, low), "theory", words, HOVER))
        kept = positive(measured, low)
        data.append(
            dots(part.times, kept, name, HOVER, marker={"color": "@measurement", "size": 6})
        )
        slow = measured is part.quartic
        # beside the ends of the steep curves; below the middle of the slow one
        at = int(np.flatnonzero(kept > (1e6 if slow else 30) * low)[-1])
        side = "left" if measured is part.half else "right"
        notes.append(
            at_end(
                float(part.times[at]),
                float(kept[at]),
                name,
                "measurement",
                log_x=True,
                log_y=True,
                xanchor=side,
                yanchor="bottom" if measured is part.square else "top",
                xshift=-8 if side == "right" else 8,
            )
        )
    return figure(
        "Strictly convex is not enough for an exponential",
        axis(TIME, log=True, range=(0.01, 130)),
        axis("loss L<sub>t</sub> / L<sub>0</sub>", log=True, range=(low, 2)),
        data,
        annotations=notes,
    )


def one_parameter(_params: Params, result: Result, _sample: Any) -> Figure:
    """z = θ²: the change of its kernel, with both bounds."""
    part = result.lemma
    assert part is not None
    data = [
        line(part.times, part.corrected, "bound", "corrected bound", HOVER),
        line(part.times, part.printed, "printed", "bound as printed", HOVER),
        dots(part.times, part.change, "|TK_t − TK_0|", HOVER, **_dot()),
    ]
    end = float(part.times[-1])
    top = 1.2 * max(float(part.change[-1]), float(part.printed[-1]))
    return figure(
        "With z = θ² the kernel moves past the printed bound",
        axis(TIME, log=True, range=(0.01, end)),
        axis("change of the tangent kernel", range=(0, top)),
        data,
        annotations=[
            at_end(
                end, float(part.corrected[-1]), "corrected: equal", "bound", log_x=True, yshift=4
            ),
            at_end(end, float(part.printed[-1]), "bound as printed", "printed", log_x=True),
        ],
    )


def _dot() -> dict[str, Any]:
    return {"marker": {"color": "@measurement", "size": 6}}
