"""Deliberate faults of section 3.2: in the entries, the sizes and the number of the matrices."""

from __future__ import annotations

import math
from typing import Any

from compute.claims import Fault
from compute.claims.faults import times, with_argument

_ENTRIES = (
    "compute.linear_products.matrix_products:draw_entries",
    "compute.experiments.linear_products.weights:draw_entries",
)


def _narrower(widths: Any) -> tuple[int, ...]:
    """The hidden layers one neuron short."""
    *hidden, last = widths
    return (*(max(n - 1, 1) for n in hidden), last)


WEIGHTS = Fault(
    name="weights",
    words="3 % more variance in the weights",
    targets=_ENTRIES,
    wrap=times(math.sqrt(1.03)),
)
NEURON = Fault(
    name="neuron",
    words="a forgotten neuron in every hidden layer",
    targets=("compute.experiments.linear_products.sampler:sample_product_norms",),
    wrap=with_argument(1, _narrower),
)
LAYER = Fault(
    name="layer",
    words="a forgotten output layer",
    targets=("compute.experiments.linear_products.sampler:sample_product_norms",),
    wrap=with_argument(1, lambda widths: widths[:-1]),
)
UNIFORM = Fault(
    name="uniform",
    words="uniform weights in place of Gaussian ones",
    targets=_ENTRIES,
    wrap=with_argument(0, lambda _law: "uniform"),
)
GAUSSIAN = Fault(
    name="gaussian",
    words="Gaussian weights in place of the chosen ones",
    targets=_ENTRIES,
    wrap=with_argument(0, lambda _law: "gaussian"),
)
MATRIX = Fault(
    name="matrix",
    words="a forgotten matrix of the product",
    targets=("compute.experiments.linear_products.sampler:second_moments",),
    wrap=with_argument(1, lambda factors: factors - 1),
)
LARGE = Fault(
    name="large",
    words="10 % more variance in the weights",
    targets=_ENTRIES,
    wrap=times(math.sqrt(1.1)),
)
NARROW = Fault(
    name="narrow",
    words="half of all hidden neurons forgotten",
    targets=("compute.experiments.linear_products.sampler:sample_product_norms",),
    wrap=with_argument(1, lambda widths: (*(n // 2 for n in widths[:-1]), widths[-1])),
)
