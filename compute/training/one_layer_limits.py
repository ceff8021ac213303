"""What stops being random in section 2.1.1, and how fast: limit kernels and exact moments.

Given the first layer an output is Gaussian with variance S/γ², S = (1/N_1) Σ_i σ(z_i)². All
laws below follow from the moments of that mean of independent terms, so they are exact at
every width and need no expansion.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from compute.activations import Activation
from compute.activations.layer_maps import EXP
from compute.arguments import as_positive_int
from compute.training.one_layer import as_positive, features, frozen

Array = NDArray[np.float64]

_REACH = 24.0
_LARGEST_VARIANCE = 25.0
_CHUNK = 1 << 19


@lru_cache(maxsize=1)
def _half_line_rule() -> tuple[Array, Array]:
    """Nodes and weights for the standard normal law, exact also for functions with a kink at 0.

    Gauss–Legendre on both half-lines: its nodes crowd towards 0, where tanh(√q z) bends.
    """
    nodes, weights = np.polynomial.legendre.leggauss(400)
    z = 0.5 * _REACH * (nodes + 1)
    w = 0.5 * _REACH * weights * np.exp(-0.5 * z * z) / math.sqrt(2 * math.pi)
    return frozen(np.concatenate([-z, z])), frozen(np.concatenate([w, w]))


def hidden_moment(
    function: Callable[[Array], Array], variance: float, activation: Activation
) -> float:
    """E f(z), z ~ N(0, q), for f made of σ and polynomials; relative error 1e-12.

    ValueError for q < 0 or q > 25 (exp: q > 9, whose higher moments leave the rule's reach).
    """
    largest = 9.0 if activation.family == EXP else _LARGEST_VARIANCE
    q = float(variance)
    if not 0 <= q <= largest:
        raise ValueError(f"variance must be in [0, {largest:g}], got {variance!r}")
    nodes, weights = _half_line_rule()
    return float(function(math.sqrt(q) * nodes) @ weights)


@dataclass(frozen=True, eq=False)
class LimitKernels:
    """The two deterministic kernels at infinite width, both (n, n), read-only.

    covariance: of the outputs, E[σσ']/γ², the display before (2.1.8) (named K^(2) there).
    ntk: (2.1.10), without 1/|D|.
    """

    covariance: Array
    ntk: Array


def limit_kernels(
    x: ArrayLike, activation: Activation, *, gamma: float, eta: float, bias: bool = False
) -> LimitKernels:
    """Both kernels of the inputs x (n, N_0) for standard normal parameters.

    ValueError for a wrong x, γ or η. Accuracy and cost of Activation.dual: tanh 0.2 ms per
    thousand pairs, the others 20 ns per pair.
    """
    points = features(x, bias=bias)
    gram = points @ points.T
    norms = np.diagonal(gram)
    pairs = norms[:, None], norms[None, :], gram
    scale = as_positive(gamma, "gamma") ** -2
    outputs = activation.dual(*pairs)
    slopes = activation.dual_derivative(*pairs)
    kernel = as_positive(eta, "eta") * scale * (outputs + gram * slopes)
    return LimitKernels(frozen(scale * outputs), frozen(kernel))


def mean_ntk_table(
    x: ArrayLike,
    activation: Activation,
    *,
    etas: ArrayLike,
    gammas: ArrayLike,
    bias: bool = False,
) -> Array:
    """E NTK(x, x) at one input x (N_0,), for every η (rows) and γ (columns): (2.1.10).

    It is of order 1 only where η is of order γ², (2.1.11). ValueError unless every η and γ is
    finite and > 0.
    """
    rates, scales = np.asarray(etas, np.float64), np.asarray(gammas, np.float64)
    for name, values in (("etas", rates), ("gammas", scales)):
        if values.ndim != 1 or not np.all(np.isfinite(values) & (values > 0)):
            raise ValueError(f"{name} must be a list of finite numbers > 0")
    point = np.asarray(x, dtype=np.float64).reshape(1, -1)
    unit = limit_kernels(point, activation, gamma=1.0, eta=1.0, bias=bias).ntk[0, 0]
    return np.asarray(unit * rates[:, None] / scales[None, :] ** 2)


def square_spread(width: int, variance: float, activation: Activation) -> float:
    """Var S/(E S)² = Var[σ²]/(N_1 (E σ²)²) at an input with E z² = variance: exact.

    Its square root is the relative fluctuation of the conditional variance, slope −½ in N_1.
    ValueError where σ vanishes almost surely, or for arguments out of range.
    """
    width = as_positive_int(width, "width")
    second = hidden_moment(lambda z: activation.phi(z) ** 2, variance, activation)
    fourth = hidden_moment(lambda z: activation.phi(z) ** 4, variance, activation)
    if second == 0:
        raise ValueError("variance must not make the output vanish")
    return (fourth / second**2 - 1) / width


def output_excess_kurtosis(width: int, variance: float, activation: Activation) -> float:
    """E z⁴/(E z²)² − 3 = 3 Var S/(E S)² of one output, exact at every width; γ drops out.

    ReLU: 15/N_1. Arguments and errors as `square_spread`.
    """
    return 3 * square_spread(width, variance, activation)


def square_correlation(width: int, variance: float, activation: Activation) -> float:
    """Correlation of z_1² and z_2², two outputs of one hidden layer at one input: exact.

    v/(2 + 3v) with v = `square_spread`: uncorrelated outputs are independent only in the limit.
    """
    spread = square_spread(width, variance, activation)
    return spread / (2 + 3 * spread)


def sample_outputs(
    size: int,
    width: int,
    x: ArrayLike,
    activation: Activation,
    rng: np.random.Generator,
    *,
    gamma: float,
    bias: bool = False,
    outputs: int = 1,
) -> Array:
    """Outputs of `size` random networks at x (n, N_0), from their weights: (size, n, outputs).

    The `outputs` of one network share its hidden layer. Nothing Gaussian is assumed beyond the
    weights themselves. ValueError for a wrong argument. Cost per network: N_1(N_0 + outputs)
    normal draws of 10 ns and n N_1 evaluations of σ.
    """
    size, width = as_positive_int(size, "size"), as_positive_int(width, "width")
    outputs = as_positive_int(outputs, "outputs")
    points = features(x, bias=bias)
    scale = as_positive(gamma, "gamma") * math.sqrt(width)
    result = np.empty((size, len(points), outputs))
    chunk = max(1, _CHUNK // (width * (len(points) + points.shape[1] + outputs)))
    for start in range(0, size, chunk):
        count = min(chunk, size - start)
        inner = rng.standard_normal((count, points.shape[1], width))
        outer = rng.standard_normal((count, width, outputs))
        result[start : start + count] = activation.phi(points @ inner) @ outer
    return result / scale
