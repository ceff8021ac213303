"""How the claims about single arrangements are judged: section 4.2.

Every measurement is of real random networks, partitioned exactly; a check is None where the
setting says nothing about its claim. Most laws hold at C_W = 2 and C_b = 1 only.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from compute.claims import Check, Statement, at_most, sampled
from compute.experiments.region_counts.run import Arrangement, Result
from compute.experiments.region_counts.sampler import RegionSample
from compute.experiments.region_counts.setting import Params, is_standard, scales
from compute.regions.exact_laws import (
    crossings_across_layers,
    one_layer_length_square,
    one_layer_regions_disc,
    one_layer_regions_square,
)
from compute.regions.laws import expected_regions, nodal_scales
from compute.regions.statistics import Statistics
from compute.sampling import Estimate, Moments, Sample

Found = Sample[RegionSample] | None
Measure = Callable[[Statistics], Estimate]

# Closed curves in one network of [16, 16] in [−3, 3]²: 200 000 networks of another stream.
LOOPS, LOOPS_ERROR = 0.5588, 0.0017
# A window this large, in units of the scale, stands for the whole plane.
WHOLE_PLANE = 1000.0
# Relative distance from the limit of wide layers, times the width: measured 0.2 to 0.5.
FINITE_WIDTH = 0.6
# Ten events make the hundred draws that a verdict needs.
PER_EVENT = 10.0


def length_at_most(params: Params, result: Result, sample: Found) -> Check | None:
    """E 44: E[Z_A] ≤ Σ N_ℓ vol(A)/√π, of the deepest arrangement in front."""
    place = _deepest(params, result)
    if place is None or not is_standard(params):
        return None
    cell = result.arrangements[place].cell
    size = cell.neurons * (2 * cell.half_width) ** cell.inputs
    constant = 1 / math.sqrt(math.pi)

    def share(s: Statistics) -> Estimate:
        return scaled(s.length.mean_estimate(), 1 / size)

    word = "zeros" if cell.inputs == 1 else "length"
    said = at_most("1/√π", constant)
    return _judged(f"mean {word} per neuron and volume of A", sample, place, share, said)


def square_regions(params: Params, result: Result, sample: Found) -> Check | None:
    """Exact expected cells of one layer in a square."""
    one = _one_layer(params, result)
    if one is None:
        return None
    n, a = one.cell.neurons, one.cell.half_width
    return _judged(
        f"mean N_A of one layer, [−{a:g}, {a:g}]²",
        sample,
        0,
        lambda s: mean_of(s.regions),
        Statement("exact", one_layer_regions_square(n, a)),
    )


def disc_regions(params: Params, result: Result, sample: Found) -> Check | None:
    """Exact expected cells of one layer in a disc."""
    one = _one_layer(params, result)
    if one is None:
        return None
    n, a = one.cell.neurons, one.cell.half_width
    return _judged(
        f"mean N_A of one layer, disc of radius {a:g}",
        sample,
        0,
        lambda s: mean_of(s.disc),
        Statement("exact", one_layer_regions_disc(n, a)),
    )


def square_length(params: Params, result: Result, sample: Found) -> Check | None:
    """Exact expected length of one layer in a square."""
    one = _one_layer(params, result)
    if one is None:
        return None
    return _judged(
        "mean Z_A of one layer",
        sample,
        0,
        lambda s: mean_of(s.length),
        Statement("exact", one.cell.neurons * one_layer_length_square(one.cell.half_width)),
    )


def square_variance(params: Params, result: Result, sample: Found) -> Check | None:
    """One layer's Z_A is a sum of iid terms: its variance is N_1 times that of one line."""
    one = _one_layer(params, result)
    if one is None:
        return None
    return _judged(
        "variance of Z_A, one layer",
        sample,
        0,
        lambda s: s.length.variance_estimate(),
        Statement("N₁ × variance of one line", one.variance),
    )


def one_component(params: Params, result: Result, sample: Found) -> Check | None:
    """C_A of a first-layer neuron is 0 or 1; the chance of 1 is (4/π) arctan(a/√(1 + a²))."""
    one = _one_layer(params, result)
    if one is None:
        return None

    def share(s: Statistics) -> Estimate:
        e = scaled(table_estimate(s.components[:, 0, 1], s.networks), 1 / one.cell.neurons)
        rarer = min(e.value, 1 - e.value) * s.networks * one.cell.neurons
        return replace(e, effective=PER_EVENT * rarer)

    return _judged(
        "share of neurons with C_A = 1, one layer",
        sample,
        0,
        share,
        Statement("exact", one.single),
    )


def zaslavsky(params: Params, result: Result, sample: Found) -> Check | None:
    """E 29: as many cells in the whole plane as Σ binomials, not N_1²/2."""
    one = _one_layer(params, result)
    if one is None or one.cell.half_width < WHOLE_PLANE:
        return None
    n = one.cell.neurons
    printed = min(2.0**n, n * n / 2)
    return _judged(
        "mean cells of one layer in (nearly) the whole plane",
        sample,
        0,
        lambda s: s.regions.mean_estimate(),
        Statement("1 + N₁ + N₁(N₁ − 1)/2", one.zaslavsky),
        Statement("as printed, min(2^N₁, N₁²/2)", printed),
        bias=one.zaslavsky / one.cell.half_width,
    )


def wide_limit(params: Params, result: Result, sample: Found) -> Check | None:
    """Kac–Rice at infinite width gives E N_A of deep networks up to a relative 1/width."""
    place = _deepest(params, result)
    if place is None or params.figure != "counts" or not _planar(params, deep=2, width=32):
        return None
    a = result.arrangements[place]
    one = expected_regions((a.cell.neurons,), a.cell.half_width, nodal_scales(1))
    if not 1 <= a.cell.half_width <= 5:
        return None
    return _judged(
        f"mean N_A, {a.cell.layers} layers of {min(a.widths)}",
        sample,
        place,
        lambda s: s.regions.mean_estimate(),
        Statement("limit of wide layers", a.regions),
        Statement("as in one layer", one),
        bias=FINITE_WIDTH * a.regions * (a.cell.layers - 1) / min(a.widths),
    )


def loops(params: Params, result: Result, sample: Found) -> Check | None:
    """Curves that close, counted: nobody has published how many."""
    place = _deepest(params, result)
    if place is None or not _planar(params) or params.half_width != 3.0:
        return None
    if result.arrangements[place].widths != (16, 16):
        return None
    return _judged(
        "closed curves in a network of [16, 16], [−3, 3]²",
        sample,
        place,
        lambda s: s.loops.centred_estimate(),
        Statement(f"first count, ± {LOOPS_ERROR:g}", LOOPS),
        Statement("none, as for straight lines", 0.0),
        bias=LOOPS_ERROR,
    )


def line_meets_curve(params: Params, result: Result, sample: Found) -> Check | None:
    """A first-layer line and a second-layer curve cross 1 − 2^{1−N_1} times, expected."""
    return _crossing(params, result, sample, 0)


def curve_meets_curve(params: Params, result: Result, sample: Found) -> Check | None:
    """Two second-layer curves cross P(Bin(N_1, ½) ≥ 2) times, expected."""
    return _crossing(params, result, sample, 1)


def _crossing(params: Params, result: Result, sample: Found, row: int) -> Check | None:
    place = _deepest(params, result)
    if place is None or params.figure != "counts" or not _planar(params, deep=2):
        return None
    a = result.arrangements[place]
    if a.cell.layers != 2 or a.cell.half_width < WHOLE_PLANE * scales(params, a.cell)[-1]:
        return None
    first, second = a.widths
    pairs = first * second if row == 0 else math.comb(second, 2)
    words = ("line of layer 1 and curve of layer 2", "two curves of layer 2")[row]
    return _judged(
        f"crossings of a {words}" if row == 0 else f"crossings of {words}",
        sample,
        place,
        lambda s: scaled(table_estimate(s.crossings[:, row, 1], s.networks), 1 / pairs),
        Statement("exact", crossings_across_layers(first)[row]),
        Statement("1, as for two lines", 1.0),
        # crossings beyond the window
        bias=2 * float(scales(params, a.cell)[-1]) / a.cell.half_width,
    )


def mean_of(m: Moments) -> Estimate:
    """A mean whose sample counts only as far as it varies: by rare networks, hardly at all.

    n over the kurtosis is the number of draws that a rare event changed; ten of them are enough.
    """
    kurtosis = m.count * m.m4 / (m.m2 * m.m2) if m.m2 > 0 else math.inf
    return replace(m.centred_estimate(), effective=PER_EVENT * m.count / kurtosis)


def scaled(e: Estimate, factor: float) -> Estimate:
    """An estimate of `factor` times the number."""
    return Estimate(
        e.value * factor, e.standard_error * abs(factor), e.count, e.largest_share, e.effective
    )


def table_estimate(sums: object, networks: int) -> Estimate:
    """The mean per network of what was summed with its square, (2,)."""
    total, squares = (float(v) for v in sums)  # type: ignore[attr-defined]
    mean = total / networks
    spread = max(squares / networks - mean * mean, 0.0)
    return Estimate(mean, math.sqrt(spread / max(networks - 1, 1)), networks)


def _judged(
    quantity: str,
    sample: Found,
    place: int,
    measure: Measure,
    *statements: Statement,
    bias: float = 0.0,
) -> Check:
    """`sampled`, of the cell at `place`."""

    def estimate(state: RegionSample) -> Estimate:
        found = state.cells[place]
        return Estimate(math.nan, math.nan, 0) if found is None else measure(found)

    return sampled(quantity, sample, estimate, *statements, bias=bias)


def _planar(params: Params, *, deep: int = 1, width: int = 1) -> bool:
    """Whether two-input networks of the notes' variances are drawn, deep and wide enough."""
    layers = max(params.deep, params.layers)
    wide = params.neurons // layers >= width
    return params.inputs == 2 and is_standard(params) and layers >= deep and wide


def _one_layer(params: Params, result: Result) -> Arrangement | None:
    """The first arrangement, where it is one layer in the plane with the notes' variances."""
    if params.figure not in {"counts", "depth"} or not is_standard(params) or params.inputs != 2:
        return None
    first = result.arrangements[0]
    return first if first.cell.layers == 1 else None


def _deepest(params: Params, result: Result) -> int | None:
    """The place of the deepest arrangement, on the tabs that draw distributions or depths."""
    if params.figure not in {"counts", "depth"}:
        return None
    depths = [a.cell.layers for a in result.arrangements]
    return depths.index(max(depths))
