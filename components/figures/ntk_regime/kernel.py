"""Figures of page 2.2, the kernel regime: the smallest eigenvalue, and the lemma's models."""

from __future__ import annotations

from typing import Any

import numpy as np

from components.figures.base import Figure, Trace, at_end, axis, beside, dots, figure, level, line
from components.figures.labels import on_logs, on_paper
from components.figures.ntk_regime.movement import HOVER, ends, label, positive
from components.figures.trained import TIME
from compute.experiments.ntk_regime.lemma import Lemma
from compute.experiments.ntk_regime.positivity import Positivity
from compute.experiments.ntk_regime.setting import Params
from compute.experiments.one_layer_fields import KINKED

SMALLEST = "smallest eigenvalue of E Θ"


def by_count(params: Params, part: Positivity, _sample: object) -> Figure:
    """λ_min(E Θ) against the number of data."""
    curve = positive(part.by_count, 0.0)
    here = np.array([part.limit if part.limit > 0 else np.nan])
    hover = "|D| = %{x}<br>λ_min = %{y:.4g}"
    dotted = {"mode": "lines+markers", "marker": {"color": "@theory", "size": 8}}
    data = [
        line(part.counts, curve, "theory", "λ_min(E Θ)", hover, **dotted),
        dots([part.size], here, "this page", hover, size=13),
    ]
    notes = []
    low, high = ends(np.nan_to_num(curve), here[np.isfinite(here)])
    low = min(low, 0.1 * high)
    if np.isfinite(part.dimension) and part.dimension < part.counts[-1]:
        edge, words = [part.dimension] * 2, f"beyond |D| = {part.dimension:g} it is 0"
        data.append(line(edge, [low, high], "bound", "dimension", "dimension %{x}"))
        corner = {"log_y": True, "yanchor": "top", **beside(8)}
        notes.append(at_end(float(part.dimension), high, words, "bound", **corner))
    # beyond its dimension a polynomial has nothing more to show
    last = min(float(part.counts[-1]), max(2 * part.dimension, float(part.size)))
    return figure(
        _count_title(params, bool(notes)),
        axis("number of data |D|", range=(1, last + 1)),
        axis(SMALLEST, log=True, range=(low, high)),
        data,
        annotations=notes,
    )


def _count_title(params: Params, polynomial: bool) -> str:
    if polynomial:
        return "Polynomial σ: beyond its dimension λ<sub>min</sub> is 0"
    if params.activation in KINKED:
        return "A kink: λ<sub>min</sub> falls like a power of |D|"
    return "Smooth σ: λ<sub>min</sub> is positive, and soon tiny"


def by_angle(params: Params, part: Positivity, _sample: object) -> Figure:
    """λ_min(E Θ) against the angle between the two closest inputs."""
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
    across = axis("smallest angle between inputs, degrees", log=True)
    return figure(
        title,
        across | {"range": list(np.log10(degrees[[0, -1]])), "autorange": False},
        axis(SMALLEST, log=True, range=(low, high)),
        data,
        annotations=notes,
    )


def by_width(_params: Params, part: Positivity, _sample: object) -> Figure:
    """λ_min(Θ_0) of growing networks, and its limit."""
    data = [
        dots(
            part.widths,
            positive(row, 0.0),
            f"network {k + 1}, growing",
            "N₁ = %{x}<br>λ_min(Θ₀) = %{y:.4g}",
            mode="lines+markers",
            line={"width": 1, "color": "@measurement"},
            size=5,
            opacity=0.75,
        )
        for k, row in enumerate(part.by_width)
    ]
    notes = []
    title = "Wide networks inherit λ<sub>min</sub>"
    if not np.any(part.by_width > 0):
        title, notes = "No network has a positive λ<sub>min</sub>, however wide", [_nothing()]
    if part.limit > 0:
        data.append(level(part.widths, part.limit, "theory", "λ_min(E Θ)", "%{y:.4g}"))
        notes = [on_logs(part.widths[-1], part.limit, "λ<sub>min</sub>(E Θ)", "theory")]
    shown = ends(part.by_width, np.array([part.limit]))
    return figure(
        title,
        axis("width N₁", log=True, range=(6, 5500)),
        axis("smallest eigenvalue of Θ<sub>0</sub>", log=True, range=shown),
        data,
        annotations=notes,
    )


def _nothing() -> dict[str, Any]:
    """Said in the middle of a logarithmic axis, on which 0 has no place."""
    look = {"xanchor": "center", "yanchor": "middle", "font": {"color": "@theory"}}
    return on_paper(0.5, 0.5, "λ<sub>min</sub> is 0 here, to every digit", **look)


def lemma_loss(_params: Params, part: Lemma, _sample: object) -> Figure:
    """Three losses and how fast each of them falls."""
    low = 1e-8
    curves = (
        (part.half, part.half_bound, "½a², μ = 1", "exp(−2δt)"),
        (part.square, part.square_bound, "a², μ = 2", "exp(−4δt)"),
        (part.quartic, part.power, "a⁴, strictly convex", "(1 + 8ηt)⁻²"),
    )
    data: list[Trace] = []
    notes: list[dict[str, Any]] = []
    for measured, law, name, words in curves:
        kept = positive(measured, low)
        data += [
            line(part.times, positive(law, low), "theory", words, HOVER),
            dots(part.times, kept, name, HOVER, size=6),
        ]
        slow = measured is part.quartic
        # beside the ends of the steep curves; below the middle of the slow one
        at = int(np.flatnonzero(kept > (1e6 if slow else 30) * low)[-1])
        shift = 8 if measured is part.half else -8
        anchor = "bottom" if measured is part.square else "top"
        notes.append(on_logs(part.times[at], kept[at], name, "measurement", shift, yanchor=anchor))
    return figure(
        "Strictly convex is not enough for an exponential",
        axis(TIME, log=True, range=(0.01, 130)),
        axis("loss L<sub>t</sub> / L<sub>0</sub>", log=True, range=(low, 2)),
        data,
        annotations=notes,
    )


def one_parameter(_params: Params, part: Lemma, _sample: object) -> Figure:
    """z = θ²: the change of its kernel, with both bounds."""
    data = [
        line(part.times, part.corrected, "bound", "corrected bound", HOVER),
        line(part.times, part.printed, "printed", "bound as printed", HOVER),
        dots(part.times, part.change, "|TK_t − TK_0|", HOVER, size=6),
    ]
    end, last = float(part.times[-1]), float(part.corrected[-1])
    top = 1.2 * max(float(part.change[-1]), float(part.printed[-1]))
    return figure(
        "With z = θ² the kernel moves past the printed bound",
        axis(TIME, log=True, range=(0.01, end)),
        axis("change of the tangent kernel", range=(0, top)),
        data,
        annotations=[
            at_end(end, last, "corrected: equal", "bound", log_x=True, yshift=4),
            at_end(end, float(part.printed[-1]), "bound as printed", "printed", log_x=True),
        ],
    )
