"""Deliberate faults of §3.4: in the networks that are drawn, in the recursion, in the laws."""

from __future__ import annotations

from dataclasses import replace

from compute.claims import Fault
from compute.claims.faults import drawn_at, normals, of_result, times, with_argument

_HERE = "compute.experiments.finite_width"
_CRITICAL = "compute.finite_width.criticality:nearest_critical"
_BATCH = f"{_HERE}.sampler:SAMPLER.batch"


NUMBERS = Fault(
    name="numbers",
    words="random numbers 5 % too large",
    targets=(f"{_HERE}.sampler:stream",),
    wrap=normals(lambda drawn: 1.05 * drawn),
)
NEURONS = Fault(
    name="neurons",
    words="a fifth more neurons in each layer",
    targets=(f"{_HERE}.sampler:_of_width",),
    wrap=with_argument(1, lambda n: max(n + 1, round(1.2 * n))),
)
START = Fault(
    name="start",
    words="a first variance 20 % too large",
    targets=("compute.finite_width.measured:one_input_layers",),
    wrap=with_argument(0, lambda kernel: 1.2 * kernel),
)
LAYER = drawn_at(_BATCH, "layer", "a layer too many", depth=lambda n: n + 1)
TUNING = Fault(
    name="tuning",
    words="a tuned C_W 0.1 % too large",
    targets=(_CRITICAL,),
    wrap=of_result(lambda found: replace(found, weight=1.001 * found.weight)),
)
EDGE = Fault(
    name="edge",
    words="C_W 1 % off the edge",
    targets=(_CRITICAL,),
    wrap=of_result(lambda found: replace(found, weight=1.01 * found.weight)),
)
STABLE = Fault(
    name="stable",
    words="a susceptibility off by 10⁻⁶",
    targets=("compute.finite_width.criticality:_slopes_apart",),
    wrap=of_result(lambda gap: gap + 1e-6),
)
CUMULANT = Fault(
    name="cumulant",
    words="a fourth cumulant 1 % too large",
    targets=(f"{_HERE}.observable:exact_fourth_cumulant_ratio",),
    wrap=times(1.01),
)
PREFACTOR = Fault(
    name="prefactor",
    words="the prefactor of the right layer in the place of the printed one",
    targets=(f"{_HERE}.observable:exact_fourth_cumulant_ratio",),
    wrap=with_argument(0, lambda widths: widths[:-1] or widths),
)
SHALLOW = drawn_at(_BATCH, "shallow", "half of the layers", depth=lambda n: n // 2)
