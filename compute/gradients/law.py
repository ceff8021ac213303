"""‖∇_x z‖² and ‖∂z/∂W^(ℓ)‖² as products of independent chi-squares: moments and whole law."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from compute.arguments import as_positive_int
from compute.linear_products.log_norm_series import Series, distinct_widths
from compute.output_law import ChiProduct, dead_probability, scale_law, size_law
from compute.output_law.inversion import cutoff

Array = NDArray[np.float64]

# Whose law is known: the share of a neuron's slopes that pass on the square of what comes in.
PASSED: Final = {"linear": 1.0, "relu": 0.5}
# Where fewer networks than that are alive, quantiles are all 0.
_ALL_DEAD: Final = 1e-300


def input_gradient_moment(
    order: int, widths: Sequence[int], input_dim: int, *, weight_variance: float = 2.0
) -> float:
    """E‖∇_x z‖^{2k} of a ReLU network, k = order ≥ 0; k = 1 gives C_W (C_W/2)^L (E 27).

    widths: N_1 … N_L, input_dim: N_0. Positive terms only: 1e-14 per layer; inf beyond the range
    of a float. Cost: order² operations a distinct width.
    """
    return GradientLaw.of(widths, input_dim, "relu", weight_variance=weight_variance).moment(order)


def log_input_gradient_moments(
    widths: Sequence[int], input_dim: int, *, weight_variance: float = 2.0
) -> tuple[float, float]:
    """(mean, variance) of log‖∇_x z‖² of a ReLU network that is not dead at x.

    E log = log C_W + ψ(N_0/2) − log(N_0/2) + Σ E[ψ(B_ℓ/2) + log(2C_W/N_ℓ)], B_ℓ ~ Bin(N_ℓ, ½)
    given B_ℓ ≥ 1. Arguments as `input_gradient_moment`. Cost: N digammas a distinct width.
    """
    return GradientLaw.of(widths, input_dim, "relu", weight_variance=weight_variance).log_moments()


def input_gradient_quantiles(
    levels: ArrayLike, widths: Sequence[int], input_dim: int, *, weight_variance: float = 2.0
) -> Array:
    """q with P(‖∇_x z‖² ≤ q) = level of a ReLU network, (n,) for levels (n,) in (0, 1).

    0 where the level is within the share 1 − Π(1 − 2^−N_ℓ) of dead networks. The moments of the
    chi-squares are inverted (compute.output_law): relative error 1e-9. Arguments as
    `input_gradient_moment`; ValueError for other levels. Cost: 20 to 200 ms.
    """
    law = GradientLaw.of(widths, input_dim, "relu", weight_variance=weight_variance)
    return np.asarray(np.exp(law.log_mean + 2 * law.roots().quantiles(levels)))


@dataclass(frozen=True)
class GradientLaw:
    """The law of a product of independent factors (C_W/N) χ²: scale · Π_ℓ (a_ℓ/N_ℓ) χ²_{B_ℓ}.

    `log_scale`: logarithm of scale; `inputs`: N_0 of a factor χ²_{N_0}/N_0 or 0 for none;
    `widths` (distinct, with `counts`): the layers; their factors have mean `passed` · C_W.
    With inputs it is ‖∇_x z‖² (scale C_W), without them g_ℓ of any layer (scale K_0/C_W).
    """

    activation_name: str
    weight_variance: float
    inputs: int
    log_scale: float
    widths: tuple[int, ...]
    counts: tuple[int, ...]

    @classmethod
    def of(
        cls,
        widths: Sequence[int],
        input_dim: int,
        activation_name: str,
        *,
        weight_variance: float = 2.0,
    ) -> GradientLaw:
        """‖∇_x z‖² of a network of hidden widths N_1 … N_L, "linear" or "relu"."""
        inputs = as_positive_int(input_dim, "input_dim")
        scale = positive(weight_variance, "weight_variance")
        return cls._made(widths, activation_name, scale, inputs, scale)

    @classmethod
    def of_layer(
        cls,
        widths: Sequence[int],
        activation_name: str,
        *,
        weight_variance: float = 2.0,
        square: float = 1.0,
    ) -> GradientLaw:
        """‖∂z/∂W^(ℓ)‖², the same in every layer; square: ‖x‖²/N_0 = K_0/C_W at C_b = 0."""
        variance = positive(weight_variance, "weight_variance")
        return cls._made(widths, activation_name, variance, 0, positive(square, "square"))

    @classmethod
    def _made(
        cls, widths: Sequence[int], name: str, variance: float, inputs: int, scale: float
    ) -> GradientLaw:
        chosen(name, PASSED)
        values, counts = (tuple(a.astype(int).tolist()) for a in distinct_widths(widths))
        return cls(name, variance, inputs, math.log(scale), values, counts)

    @property
    def relu(self) -> bool:
        """Whether the degrees of freedom are binomial."""
        return self.activation_name == "relu"

    @property
    def dead(self) -> float:
        """P(0): a layer of width N has no neuron on with probability 2^−N."""
        return dead_probability(np.repeat(self.widths, self.counts).tolist()) if self.relu else 0.0

    @property
    def log_mean(self) -> float:
        """Logarithm of the mean."""
        return self.log_scale + sum(self.counts) * math.log(
            self.weight_variance * PASSED[self.activation_name]
        )

    def log_density(self, logs: ArrayLike) -> Array:
        """Density of the logarithm at the points (n,), shape (n,); its mass is 1 − `dead`.

        To 1e-11 of its peak: one Fourier series, see `_series`. Cost of 200 points: 1 ms.
        """
        alive = (1 - self.dead) / 2
        return alive * np.maximum(_series(self.roots()).density(self._root_logs(logs)), 0.0)

    def log_cdf(self, logs: ArrayLike) -> Array:
        """P(product ≤ e^y) at the points y (n,), shape (n,), to 1e-11: `dead` at the left end."""
        return self.dead + (1 - self.dead) * _series(self.roots()).cdf(self._root_logs(logs))

    def log_quantiles(self, levels: ArrayLike) -> Array:
        """Logarithms of the quantiles, (n,) for levels (n,) in (0, 1 − 1e-9]; −inf in the atom.

        For the tails there is `roots`. Cost: as a density at 300 points.
        """
        alive = max(1 - self.dead, _ALL_DEAD)
        inner = (np.asarray(levels, dtype=np.float64) - self.dead) / alive
        found = self.log_mean + 2 * _series(self.roots()).quantiles(np.maximum(inner, 1e-12))
        return np.where(inner > 1e-12, found, -np.inf)

    def roots(self) -> ChiProduct:
        """The law of the square root of the product over its mean, its tails included."""
        layers = np.repeat(self.widths, self.counts).tolist()
        if self.inputs:
            return size_law(layers, self.activation_name, self.inputs)
        return scale_law(layers, self.activation_name)

    def _root_logs(self, logs: ArrayLike) -> Array:
        return (np.asarray(logs, dtype=np.float64) - self.log_mean) / 2

    def moment(self, order: int) -> float:
        """E of the k-th power, k = order ≥ 0."""
        return times_exp(self.relative_moment(order), order * self.log_mean)

    def relative_moment(self, order: int) -> float:
        """The same over the k-th power of the mean; independent of C_W."""
        if order == 0 and not isinstance(order, bool):
            return 1.0
        order = as_positive_int(order, "order")
        total = -order * sum(self.counts) * math.log(PASSED[self.activation_name])
        if self.inputs:
            total += sum(math.log1p(2 * j / self.inputs) for j in range(order))
        for n, count in zip(self.widths, self.counts, strict=True):
            total += count * math.log(_chi_square_moment(order, n, self.relu))
        return times_exp(1.0, total)

    def log_moments(self) -> tuple[float, float]:
        """(mean, variance) of the logarithm where the product is not 0."""
        mean, variance = self.log_scale, 0.0
        if self.inputs:
            mean += float(scipy.special.digamma(self.inputs / 2)) - math.log(self.inputs / 2)
            variance += float(scipy.special.polygamma(1, self.inputs / 2))
        for n, count in zip(self.widths, self.counts, strict=True):
            first, second = _log_chi_square_moments(n, self.relu)
            mean += count * (first + math.log(2 * self.weight_variance / n))
            variance += count * second
        return mean, variance


@lru_cache(maxsize=512)
def _series(roots: ChiProduct) -> Series:
    """The law of the logarithm of what is alive, as the series that page 3.1 inverts with."""
    low, high = roots.window(42.0)  # what lies outside would fold back into the series
    step = 2 * math.pi / (high - low)
    count = math.ceil(cutoff(roots, 0.0) / step)
    coefficients = roots.ratios(0.0, step * np.arange(1.0, count + 1))
    coefficients.setflags(write=False)
    return Series(0.0, low, high - low, coefficients)


@lru_cache(maxsize=4096)
def _chi_square_moment(order: int, width: int, relu: bool) -> float:
    """E(χ²_B/N)^k, B = N or Bin(N, ½), from the factorial moments N(N−1)…(N−m+1)/2^m of B."""
    if not relu:
        return math.prod(1 + 2 * j / width for j in range(order))
    # x(x+2)…(x+2k−2) in falling factorials: x^(m) (x + 2k) = x^(m+1) + (m + 2k) x^(m)
    coefficients = [1.0]
    for k in range(order):
        raised = [0.0, *coefficients]
        for m, value in enumerate(coefficients):
            raised[m] += (m + 2 * k) * value
        coefficients = raised
    total, factorial = 0.0, 1.0
    for m, value in enumerate(coefficients):
        total += value * factorial * float(width) ** (m - order)
        factorial *= (1 - m / width) / 2
    return total


@lru_cache(maxsize=4096)
def _log_chi_square_moments(width: int, relu: bool) -> tuple[float, float]:
    """(mean, variance) of log(χ²_B/2), B = N, or Bin(N, ½) given B ≥ 1."""
    if not relu:
        return float(scipy.special.digamma(width / 2)), float(scipy.special.polygamma(1, width / 2))
    on, chance = active_chances(width)
    mean = scipy.special.digamma(on / 2)
    centre = float(chance @ mean)
    spread = scipy.special.polygamma(1, on / 2) + (mean - centre) ** 2
    return centre, float(chance @ spread)


@lru_cache(maxsize=1024)
def active_chances(width: int) -> tuple[Array, Array]:
    """(b, P(B = b)), (n,) each: how many of N neurons are on, given that one is; b ≥ 1.

    What has less than 1e-40 of the chance is left out.
    """
    on = np.arange(1.0, width + 1)
    log_chance = (
        scipy.special.gammaln(width + 1)
        - scipy.special.gammaln(on + 1)
        - scipy.special.gammaln(width - on + 1)
    )
    log_chance -= float(log_chance.max())
    kept = log_chance > -92
    chance = np.exp(log_chance[kept])
    on, chance = on[kept], chance / chance.sum()
    on.setflags(write=False)
    chance.setflags(write=False)
    return on, chance


def times_exp(value: float, exponent: float) -> float:
    """value · e^exponent, inf beyond the range of a float."""
    if value == 0:
        return 0.0
    total = exponent + math.log(abs(value))
    return value * math.exp(exponent) if max(total, exponent) < 709 else math.inf


def chosen(name: str, table: dict[str, float]) -> float:
    if name not in table:
        raise ValueError(f"activation_name must be one of {', '.join(table)}, got {name!r}")
    return table[name]


def positive(value: float, name: str) -> float:
    if not (math.isfinite(value) and value > 0):
        raise ValueError(f"{name} must be positive and finite, got {value!r}")
    return float(value)
