"""Variance and correlation through many layers, at equal norms: the curves of section 3.3.3.

Two inputs of variance q and correlation 1 − e stay of equal variance under (3.3.1), so a
network of depth ℓ is the ℓ-fold iterate of the map of `activations.layer_maps`. Logarithms of the
variance are carried, and gaps instead of correlations.
"""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from compute.activations import Activation, as_gap
from compute.activations.arcs import turn
from compute.activations.erf_mixture import (
    HERMITE_BELOW,
    hermite_tails,
    mixture_angles,
    mixture_gap,
    power_series,
)
from compute.activations.layer_maps import (
    LARGEST,
    PIECEWISE,
    SMALLEST,
    TANH,
    layer_gap,
    next_variance,
)
from compute.compiled import compiled

Array = NDArray[np.float64]

LARGEST_DEPTH = 10_000_000
# Variances whose tanh map a Chebyshev series of at most 256 terms resolves to 1e-13.
_SERIES_BELOW = 60.0


def correlation_gap(
    variance0: float,
    gap0: float,
    depth: int,
    activation: Activation,
    *,
    weight_variance: float,
    bias_variance: float = 0.0,
) -> tuple[Array, Array]:
    """(log K^(ℓ) (depth+1,), 1 − ρ^(ℓ) (depth+1,)), ℓ = 0…depth, two inputs of equal norm.

    K^(0) = variance0 > 0 and 1 − ρ^(0) = gap0 in [0, 2]; K^(ℓ) = C_b + C_W V(K^(ℓ−1)) by
    (3.3.1) with the bias of §3.3.1 (the notes drop it). The gap keeps its relative accuracy
    however small it is. Logarithms: C_W = 6 at depth 10⁴ is a number; exactly linear in ℓ for
    piecewise linear activations with C_b = 0. Where exp or a cubic blows up doubly
    exponentially, log K ends in +inf, and the gap goes on with the limit map at K = ∞.

    ValueError for arguments out of range (depth ≤ 10⁷). Cost per layer 30 to 100 ns; tanh 0.5
    to 2 µs while its variance moves.
    """
    depth = as_depth(depth)
    log_variance, gap = gap_profile(
        variance0,
        [gap0],
        np.arange(depth + 1),
        activation,
        weight_variance=weight_variance,
        bias_variance=bias_variance,
    )
    return log_variance, gap[:, 0]


def gap_profile(
    variance0: float,
    gap0: ArrayLike,
    layers: Sequence[int] | NDArray[np.int64],
    activation: Activation,
    *,
    weight_variance: float,
    bias_variance: float = 0.0,
) -> tuple[Array, Array]:
    """(log K (len(layers),), 1 − ρ (len(layers), m)) for m starting gaps gap0 (m,) at once.

    As `correlation_gap`, at the given layers (≥ 0, any order): the kernel over the circle, or
    a cobweb of many starts. Relative error ≤ 1e-11. Cost per layer and gap 15 to 70 ns.
    """
    check_activation(activation)
    weight, bias = check_variances(weight_variance, bias_variance)
    if not (math.isfinite(variance0) and 1e-300 <= variance0 <= 1e300):
        raise ValueError(f"variance0 must be in [1e-300, 1e300], got {variance0!r}")
    gaps = np.array(as_gap(gap0, "gap0"))
    if gaps.ndim != 1:
        raise ValueError(f"gap0 must be one-dimensional, got shape {gaps.shape}")
    wanted = as_layers(layers, LARGEST_DEPTH)
    ladder, inverse = np.unique(wanted, return_inverse=True)
    log_variance: Array = np.empty(ladder.size)
    profile = np.empty((ladder.size, gaps.size))
    model = (activation.family, activation.a, activation.b, weight, bias)
    _iterate(*model, float(variance0), gaps, ladder, log_variance, profile)
    if activation.family == PIECEWISE and bias == 0.0:
        factor = 0.5 * weight * (activation.a**2 + activation.b**2)
        log_variance[:] = math.log(variance0) + ladder * math.log(factor)
    return log_variance[inverse], profile[inverse]


def relu_correlation_gap(gap0: float, depth: int) -> Array:
    """1 − ρ^(ℓ) (depth+1,) of ReLU at C_W = 2, C_b = 0: e ↦ e − (sin θ − θ cos θ)/π.

    ℓ² (1 − ρ^(ℓ)) → 9π²/2 from every gap0 in (0, 2]; the notes' 1 + O(ℓ⁻²), with its
    constant. Relative error below 1e-13 at depth 10⁵. ValueError for a gap outside [0, 2].
    Cost 25 ns per layer.
    """
    depth = as_depth(depth)
    gaps = np.empty(depth + 1)
    _iterate_relu(float(as_gap(gap0, "gap0")), gaps)
    return gaps


def as_depth(value: object, name: str = "depth") -> int:
    """The argument as an int. TypeError unless an integer, ValueError outside 0…10⁷."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise TypeError(f"{name} must be an int, got {value!r}")
    if not 0 <= value <= LARGEST_DEPTH:
        raise ValueError(f"{name} must be in 0..{LARGEST_DEPTH}, got {value!r}")
    return int(value)


def as_layers(layers: Sequence[int] | NDArray[np.int64], depth: int) -> NDArray[np.int64]:
    """The layers as an array. TypeError unless integers, ValueError outside 0…depth or empty."""
    array = np.asarray(layers)
    if array.ndim != 1 or array.size == 0:
        raise ValueError(f"layers must be a non-empty sequence, got {layers!r}")
    if not np.issubdtype(array.dtype, np.integer):
        raise TypeError(f"layers must be ints, got {layers!r}")
    if array.min() < 0 or array.max() > depth:
        raise ValueError(f"layers must be in 0..{depth}, got {layers!r}")
    return array.astype(np.int64)


def check_activation(activation: object) -> None:
    """TypeError unless the argument comes from get_activation."""
    if not isinstance(activation, Activation):
        raise TypeError(f"activation must come from get_activation(name), got {activation!r}")


def check_variances(weight_variance: float, bias_variance: float) -> tuple[float, float]:
    """(C_W, C_b) as floats. ValueError unless 1e-100 ≤ C_W ≤ 1e100 and C_b = 0 or the same."""
    weight, bias = float(weight_variance), float(bias_variance)
    if not 1e-100 <= weight <= 1e100:
        raise ValueError(f"weight_variance must be in [1e-100, 1e100], got {weight_variance!r}")
    if not (bias == 0.0 or 1e-100 <= bias <= 1e100):
        raise ValueError(f"bias_variance must be 0 or in [1e-100, 1e100], got {bias_variance!r}")
    return weight, bias


@compiled
def _iterate_relu(gap: float, gaps: Array) -> None:
    for layer in range(gaps.size):
        gaps[layer] = gap
        if gap <= 1.0:
            gap -= turn(0.5 * gap) / math.pi
        else:
            gap = 1.0 - turn(1.0 - 0.5 * gap) / math.pi


@compiled
def chebyshev_series(values: Array) -> Array:
    """Coefficients c with f(x) = Σ c_j T_j(x) from f at cos(π(k+½)/M), trimmed at 1e-16."""
    size = values.size
    series = np.empty(size)
    # cos(π j (2k+1)/(2M)) takes only 4M values
    table = np.cos(np.arange(4 * size) * (0.5 * math.pi / size))
    largest = 0.0
    for j in range(size):
        total = 0.0
        for k in range(size):
            total += values[k] * table[(j * (2 * k + 1)) % (4 * size)]
        series[j] = total * (1.0 if j == 0 else 2.0) / size
        largest = max(largest, abs(series[j]))
    used = size
    while used > 2 and abs(series[used - 1]) < 1e-16 * largest:
        used -= 1
    return series[:used]


@compiled
def clenshaw(series: Array, x: Array, value: Array, before: Array, twice: Array) -> None:
    """Fill value (n,) with Σ series[j] T_j(x), x (n,) in [−1, 1]; before, twice: work space."""
    for k in range(x.size):
        value[k] = 0.0
        before[k] = 0.0
        twice[k] = 2.0 * x[k]
    for j in range(series.size - 1, 0, -1):
        coefficient = series[j]
        for k in range(x.size):
            following = coefficient + twice[k] * value[k] - before[k]
            before[k] = value[k]
            value[k] = following
    for k in range(x.size):
        value[k] = series[0] + x[k] * value[k] - before[k]


@compiled
def tanh_ratio_series(q: float) -> Array:
    """Chebyshev series in ρ of e'/e for one tanh layer at variance q < 60, error 1e-13."""
    size = 64 if q < 1.0 else 128 if q < 8.0 else 256
    sines, cosines, weights = np.empty(78), np.empty(78), np.empty(78)
    mixture_angles(q, sines, cosines, weights)
    ratios = np.empty(size)
    for k in range(size):
        gap = 1.0 - math.cos(math.pi * (k + 0.5) / size)
        ratios[k] = mixture_gap(gap, sines, cosines, weights) / gap
    return chebyshev_series(ratios)


@compiled
def _tanh_gaps(
    q: float, settled: bool, gaps: Array, series: Array, work: Array, angles: Array
) -> Array:
    """Replace gaps (m,) by their images; return the Chebyshev series once q has settled.

    Computed for min(e, 2 − e): tanh is odd, so opposite inputs stay exactly opposite.
    """
    size = gaps.size
    near, image = work[0, :size], work[1, :size]
    for k in range(size):
        near[k] = min(gaps[k], 2.0 - gaps[k])
    if q < 1e-20:
        return series
    if q < HERMITE_BELOW:
        hermite_tails(q, work[4, :24])
        for k in range(size):
            image[k] = near[k] * power_series(work[4, :24], 1.0 - near[k])
    elif settled and q < _SERIES_BELOW:
        if series.size == 0:
            series = tanh_ratio_series(q)
        for k in range(size):
            work[5, k] = 1.0 - near[k]
        clenshaw(series, work[5, :size], image, work[2, :size], work[3, :size])
        for k in range(size):
            image[k] *= near[k]
    else:
        mixture_angles(min(q, LARGEST), angles[0], angles[1], angles[2])
        for k in range(size):
            image[k] = mixture_gap(near[k], angles[0], angles[1], angles[2])
    for k in range(size):
        gaps[k] = image[k] if gaps[k] <= 1.0 else 2.0 - image[k]
    return series


@compiled
def _iterate(
    family: int,
    a: float,
    b: float,
    weight: float,
    bias: float,
    q: float,
    gaps: Array,
    ladder: NDArray[np.int64],
    log_variance: Array,
    profile: Array,
) -> None:
    log_q = math.log(q)
    settled = False
    share = 1.0
    series = np.empty(0)
    work = np.empty((6, max(24, gaps.size)))
    angles = np.empty((3, 78))
    layer = 0
    for slot in range(ladder.size):
        while layer < ladder[slot]:
            if family == TANH:
                series = _tanh_gaps(q / (a * a), settled, gaps, series, work, angles)
            else:
                for k in range(gaps.size):
                    gaps[k] = layer_gap(family, a, b, q, gaps[k])
            if not settled:
                log_q, following, share = next_variance(family, a, b, weight, bias, log_q, q)
                settled = SMALLEST < following < LARGEST and abs(following - q) <= 4e-16 * following
                q = following
            for k in range(gaps.size):
                gaps[k] = min(2.0, share * gaps[k])
            layer += 1
        log_variance[slot] = log_q
        for k in range(gaps.size):
            profile[slot, k] = gaps[k]
