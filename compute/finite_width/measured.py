"""κ_4/K² of real networks at one input, drawn layer by layer or weight by weight.

Layer by layer: z^(ℓ+1) given z^(ℓ) is Gaussian with the measured variance K^(ℓ) hat, so neurons are
drawn; the layer that is looked at is integrated out exactly, Var K^(ℓ) hat = E[C_W² V/N] +
Var[C_W m], which takes 2 to 6 times off the standard error and assumes no expansion. Weight by
weight nothing is assumed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from compute.activations import Activation
from compute.activations.square_moments import square_moments
from compute.estimates import delta_error, straight_line
from compute.one_input import one_input_layers
from compute.sampling import Estimate, merged_by

Array = NDArray[np.float64]


@dataclass(frozen=True)
class NetworkSums:
    """Sums over networks of each width (w,) and looked-at layer (k,); mergeable.

    `count`, `dead` (w,): networks, and how many have all neurons off in the last layer. In units
    of K^(ℓ): x = (A, d, d²), A the variance that the last layer adds and d + 1 the mean of the
    measured variance; y = (P, M, Q), M, Q the means of z² and z⁴ over the neurons of the next
    layer, P that of z_i² z_j² over their pairs, where `pairs` were asked for, else 0. `sums`
    (w, k, 2, 3) of x and y, `products` (w, k, 2, 3, 3) of x with x and y with y. `largest` (w, k)
    is the largest A + d².
    """

    count: Array
    dead: Array
    sums: Array
    products: Array
    largest: Array = field(metadata=merged_by(np.maximum))

    @staticmethod
    def beside(parts: Sequence[NetworkSums]) -> NetworkSums:
        """Several widths as one."""
        names = [f.name for f in fields(NetworkSums)]
        return NetworkSums(*(np.concatenate([getattr(p, name) for p in parts]) for name in names))

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
        """κ_4/K² of one width and looked-at layer, with what a heavy tail would show."""
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
            found[w, k] = self.estimate(w, k).counting(float(share[w, k])).told
        return found

    def deepest(self, number: str) -> Estimate:
        """A number of these by its name, such as "shift", of the first width in the last layer."""
        value, error = getattr(self, number)()
        return Estimate(float(value[0, -1]), float(error[0, -1]), int(self.count[0]))

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


def measured(
    kernel: Array,
    width: int,
    log_variance: Array,
    layers: NDArray[np.integer],
    activation: Activation,
    rng: np.random.Generator,
    *,
    weight_variance: float,
    bias_variance: float = 0.0,
    by_weights: bool = False,
    pairs: bool = False,
) -> tuple[NetworkSums, Array]:
    """Sums over networks of one width, and K̂^(L) of each, (n,).

    kernel (n,): Var z^(1) of every network; log_variance (L+1,): log K^(ℓ), the unit of layer ℓ;
    layers (k,): what is looked at, of 1…L. Two neurons of a layer are looked at where `pairs` are
    asked for; that draws a layer more. Cost: see `one_input_layers`.
    """
    unit, places = np.exp(-log_variance), {int(n): k for k, n in enumerate(layers)}
    sums, products = np.zeros((len(places), 2, 3)), np.zeros((len(places), 2, 3, 3))
    largest, count, last = np.zeros(len(places)), kernel.size, unit.size - 1
    given = {"weight_variance": weight_variance, "bias_variance": bias_variance}
    with np.errstate(over="ignore", invalid="ignore"):
        drawn = one_input_layers(
            kernel, last + pairs, width, activation, rng, by_weights=by_weights, **given
        )
        for layer, (before, z, after) in enumerate(drawn, 1):
            if pairs and layer - 1 in places:
                place, y = places[layer - 1], _pairs(z * np.sqrt(unit[layer - 1]))
                sums[place, 1], products[place, 1] = y.sum(axis=1), y @ y.T
            if layer in places:
                place, d = places[layer], after * unit[layer] - 1
                x = np.stack([np.zeros(d.size), d, d * d])
                if not by_weights:
                    x = _integrated(before, unit[layer], width, activation, **given)
                sums[place, 0], products[place, 0] = x.sum(axis=1), x @ x.T
                largest[place] = float((x[0] + x[2]).max())
            kernel = after if layer <= last else kernel
    counts = np.array([float(count)]), np.array([float(np.count_nonzero(kernel == 0))])
    return NetworkSums(*counts, sums[None], products[None], largest[None]), kernel


def _integrated(
    before: Array,
    unit: float,
    width: int,
    activation: Activation,
    *,
    weight_variance: float,
    bias_variance: float,
) -> Array:
    """x (3, n) of `NetworkSums`, the last layer integrated out: given K̂ of the one below."""
    # what has left the range of a float is no number here
    moments = square_moments(np.minimum(np.nan_to_num(before), 1e300), activation)
    scaled = weight_variance * (before * unit)
    d = bias_variance * unit + moments.mean * scaled - 1
    return np.stack([scaled**2 * moments.spread / width, d, d * d])


def _pairs(z: Array) -> Array:
    """y (3, n) of `NetworkSums`."""
    square, width = z * z, z.shape[1]
    total, fourth = square.sum(axis=1), np.einsum("cn,cn->c", square, square)
    pairs = max(width * (width - 1), 1)
    return np.stack([(total**2 - fourth) / pairs, total / width, fourth / width])
