"""Networks of finite width, drawn layer by layer or weight by weight, and what they tell of κ_4.

One input. Layer by layer: z^(ℓ+1) given z^(ℓ) is Gaussian with the measured variance K^(ℓ) hat, so
neurons are drawn; the layer that is looked at is integrated out exactly, Var K^(ℓ) hat =
E[C_W² V/N] + Var[C_W m], which takes 2 to 6 times off the standard error and assumes no expansion.
Weight by weight nothing is assumed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compute.activations.square_moments import square_moments
from compute.arrays import log_ladder
from compute.claims.judging import LARGEST_SHARE, SMALLEST_EFFECTIVE
from compute.estimates import delta_error, straight_line
from compute.experiments.deep_networks import PIECEWISE_LINEAR, activation_of
from compute.experiments.finite_width.density import BINS, TAIL, bins
from compute.experiments.finite_width.run import DRAWN, expansion
from compute.experiments.finite_width.setting import (
    Params,
    measured_widths,
    variances,
)
from compute.one_input import one_input_layers
from compute.sampling import Estimate, Sampler, merge, merged_by, stream

Array = NDArray[np.float64]

# Normal numbers a batch, so that it takes about 100 ms with their activations: those of piecewise
# linear ones cost nothing.
BATCH, SLOW_BATCH = 2_500_000, 1_500_000


@dataclass(frozen=True)
class Networks:
    """Sums over networks of each width (w,) and drawn layer (k,); mergeable.

    `count`, `dead` (w,): networks, and how many have all neurons off in the last layer. In units
    of K^(ℓ): x = (A, d, d²), A the variance that the last layer adds and d + 1 the mean of the
    measured variance; y = (P, M, Q), M, Q the means of z² and z⁴ over the neurons of the next
    layer, P that of z_i² z_j² over their pairs, where two neurons are in front, else 0. `sums`
    (w, k, 2, 3) of x and y, `products` (w, k, 2, 3, 3) of x with x and y with y. `largest` (w, k)
    is the largest A + d². `histogram` (b + 2,) counts outputs below, in and above the bins without
    those that are 0, `beyond` those past 3√K.
    """

    count: Array
    dead: Array
    sums: Array
    products: Array
    largest: Array = field(metadata=merged_by(np.maximum))
    histogram: Array
    beyond: float

    @np.errstate(over="ignore", invalid="ignore", divide="ignore")
    def ratio(self) -> tuple[Array, Array]:
        """κ_4/K² and its standard error, (w, k): E A + Var d."""
        added, mean, square = self._means(0)
        return self._smooth(0, (1.0, -2 * mean, 1.0), added + square - mean * mean)

    def shift(self) -> tuple[Array, Array]:
        """(G − K)/K and its standard error, (w, k)."""
        return self._smooth(0, (0.0, 1.0, 0.0), self._means(0)[1])

    @np.errstate(over="ignore", invalid="ignore", divide="ignore")
    def covariance(self) -> tuple[Array, Array]:
        """Cov(z_i², z_j²)/K² of two neurons, and its standard error, (w, k)."""
        pair, mean, _ = self._means(1)
        return self._smooth(1, (1.0, -2 * mean, 0.0), pair - mean**2)

    @np.errstate(over="ignore", invalid="ignore", divide="ignore")
    def one_neuron(self) -> tuple[Array, Array]:
        """(E z⁴ − 3 (E z²)²)/3K² of one neuron, and its standard error, (w, k)."""
        _, mean, fourth = self._means(1)
        return self._smooth(1, (0.0, -2 * mean, 1 / 3), fourth / 3 - mean**2)

    @np.errstate(over="ignore", invalid="ignore", divide="ignore")
    def estimate(self, width: int = 0, layer: int = -1) -> Estimate:
        """κ_4/K² of one width and drawn layer, with what a heavy tail would show."""
        value, error = self.ratio()
        p, sums = self.products[width, layer, 0], self.sums[width, layer, 0]
        total, squares = sums[0] + sums[2], p[0, 0] + 2 * p[0, 2] + p[2, 2]
        largest, effective = self.largest[width, layer] / total, total * total / squares
        return Estimate(
            float(value[width, layer]),
            float(error[width, layer]),
            int(self.count[width]),
            float(largest),
            float(effective),
        )

    def told(self, share: Array) -> NDArray[np.bool_]:
        """Where the tail of κ_4/K² has been sampled, so that its error means something, (w, k).

        share (w, k): of the networks that count by the exact law, nan where it is not known.
        """
        found = np.zeros(self.largest.shape, dtype=bool)
        for w, k in np.ndindex(found.shape):
            e = self.estimate(w, k).counting(float(share[w, k]))
            found[w, k] = e.largest_share < LARGEST_SHARE and e.effective >= SMALLEST_EFFECTIVE
        return found

    def extrapolated(self, widths: tuple[int, ...]) -> tuple[float, float, float]:
        """N κ_4/K² of the last layer at 1/N = 0, its standard error, and the slope in 1/N.

        A straight line through the widths by weighted least squares.
        """
        size = np.array(widths, dtype=np.float64)
        return straight_line(1 / size, *(size * found[:, -1] for found in self.ratio()))

    def _means(self, block: int) -> Array:
        """Means of x or y, (3, w, k)."""
        return np.moveaxis(self.sums[:, :, block] / self.count[:, None, None], -1, 0)

    def _smooth(self, block: int, gradient: Sequence[Any], value: Array) -> tuple[Array, Array]:
        """The value with its standard error by the delta method."""
        n, mean = self.count[:, None], self._means(block)
        slope = np.stack([np.broadcast_to(g, value.shape) for g in gradient])
        mixed = np.moveaxis(self.products[:, :, block], (2, 3), (0, 1)) / n
        return value, delta_error(slope, mean, mixed, n)


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
    widths = measured_widths(params)
    parts = [_of_width(params, w, stream(params.seed, f"width {w}", index)) for w in widths]
    whole = parts[0]
    stacked = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in ("count", "dead", "sums", "products", "largest")
    }
    return Networks(**stacked, histogram=whole.histogram, beyond=whole.beyond)


def _of_width(params: Params, width: int, rng: np.random.Generator) -> Networks:
    count, paired = per_batch(params, width), params.figure == "neurons"
    found, last = expansion(params)
    unit = np.exp(-found.log_variance[: last + 1])
    drawn = {int(n): k for k, n in enumerate(log_ladder(last, DRAWN))}
    sums, products = np.zeros((len(drawn), 2, 3)), np.zeros((len(drawn), 2, 3, 3))
    largest, kernel = np.zeros(len(drawn)), np.full(count, params.variance0)
    histogram, beyond = np.zeros(BINS + 2), 0.0
    with np.errstate(over="ignore", invalid="ignore"):
        used = variances(params)
        layers = one_input_layers(
            kernel,
            last + paired,
            width,
            activation_of(params.activation),
            rng,
            weight_variance=used.weight,
            bias_variance=used.bias,
            by_weights=params.route == "weights",
        )
        for layer, (before, z, after) in enumerate(layers, 1):
            if paired and layer - 1 in drawn:
                place, y = drawn[layer - 1], _pairs(z * np.sqrt(unit[layer - 1]))
                sums[place, 1], products[place, 1] = y.sum(axis=1), y @ y.T
            if layer in drawn:
                place, x = drawn[layer], _integrated(params, width, before, after, unit[layer])
                sums[place, 0], products[place, 0] = x.sum(axis=1), x @ x.T
                largest[place] = float((x[0] + x[2]).max())
            kernel = after if layer <= last else kernel
        if params.figure == "density" and last == params.depth:
            output = np.sqrt(kernel * unit[last]) * rng.standard_normal(count)
            alive = output[kernel > 0]
            edges = np.concatenate([[-np.inf], bins(params), [np.inf]])
            histogram = np.histogram(alive, edges)[0].astype(np.float64)
            beyond = float(np.count_nonzero(np.abs(output) > TAIL))
    counts = np.array([float(count)]), np.array([float(np.count_nonzero(kernel == 0))])
    return Networks(*counts, sums[None], products[None], largest[None], histogram, beyond)


def _integrated(params: Params, width: int, before: Array, after: Array, unit: float) -> Array:
    """x (3, count) of `Networks`; weight by weight the last layer is drawn, and A is 0."""
    if params.route == "weights":
        d = after * unit - 1
        return np.stack([np.zeros(d.size), d, d * d])
    used = variances(params)
    # what has left the range of a float is no number here
    moments = square_moments(
        np.minimum(np.nan_to_num(before), 1e300), activation_of(params.activation)
    )
    scaled = used.weight * (before * unit)
    d = used.bias * unit + moments.mean * scaled - 1
    return np.stack([scaled**2 * moments.spread / width, d, d * d])


def _pairs(z: Array) -> Array:
    """y (3, count) of `Networks`."""
    square, width = z * z, z.shape[1]
    total, fourth = square.sum(axis=1), np.einsum("cn,cn->c", square, square)
    pairs = max(width * (width - 1), 1)
    return np.stack([(total**2 - fourth) / pairs, total / width, fourth / width])


SAMPLER = Sampler(batch, merge, batches)
