"""Progressive samples of page 3.4: networks of finite width, and outputs of theirs.

How they are drawn, and what they tell of κ_4: compute.finite_width.measured.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.arrays import log_ladder
from compute.estimates import bin_counts
from compute.experiments.deep_networks import PIECEWISE_LINEAR, activation_of
from compute.experiments.finite_width.density import BINS, TAIL, bins
from compute.experiments.finite_width.run import DRAWN, expansion
from compute.experiments.finite_width.setting import Params, measured_widths, variances
from compute.finite_width import NetworkSums, measured
from compute.sampling import Sampler, merge, stream

Array = NDArray[np.float64]

# Normal numbers a batch, so that it takes about 100 ms with their activations: those of piecewise
# linear ones cost nothing.
BATCH, SLOW_BATCH = 2_500_000, 1_500_000


@dataclass(frozen=True)
class Networks(NetworkSums):
    """Sums over networks, and in front of the density's tab what their outputs are.

    `histogram` (b + 2,) counts outputs below, in and above the bins without those that are 0,
    `beyond` those past 3√K.
    """

    histogram: Array
    beyond: float


def per_batch(params: Params, width: int) -> int:
    """Networks of this width in a batch; each width has the same share of the numbers."""
    each = width * (width if params.route == "weights" else 1)
    cost = width + (params.depth - 1) * each + 20
    normals = BATCH if params.activation in PIECEWISE_LINEAR else SLOW_BATCH
    share = normals / len(measured_widths(params)) / cost
    return max(1, min(round(share), params.networks * params.width // width or 1))


def batches(params: Params) -> int:
    """How many batches make up n networks of width N."""
    return math.ceil(params.networks / per_batch(params, params.width))


def batch(params: Params, index: int) -> Networks:
    """One batch, 80 to 120 ms; a single network of the widest where that is longer."""
    parts = []
    for width in measured_widths(params):
        rng = stream(params.seed, f"width {width}", index)
        sums, kernel = _of_width(params, width, rng)
        parts.append(sums)
    histogram, beyond = np.zeros(BINS + 2), 0.0
    found, last = expansion(params)
    if params.figure == "density" and last == params.depth:  # at one width
        with np.errstate(over="ignore", invalid="ignore"):
            scale = np.sqrt(kernel * np.exp(-found.log_variance[last]))
            output = scale * rng.standard_normal(kernel.size)
        histogram = bin_counts(output[None], bins(params), kernel > 0)[0]
        beyond = float(np.count_nonzero(np.abs(output) > TAIL))
    return Networks(**vars(NetworkSums.beside(parts)), histogram=histogram, beyond=beyond)


def _of_width(params: Params, width: int, rng: np.random.Generator) -> tuple[NetworkSums, Array]:
    found, last = expansion(params)
    return measured(
        np.full(per_batch(params, width), params.variance0),
        width,
        found.log_variance[: last + 1],
        log_ladder(last, DRAWN),
        activation_of(params.activation),
        rng,
        by_weights=params.route == "weights",
        pairs=params.figure == "neurons",
        **variances(params).given,
    )


SAMPLER = Sampler(batch, merge, batches)
