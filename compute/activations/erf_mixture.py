"""tanh t ≈ Σ_k p_k erf(b_k t): every Gaussian expectation of tanh becomes a sum of arcsines.

The logistic law is a positive scale mixture of normal laws, so the weights p_k are positive,
and the kernels (3.3.1) built from them are positive semi-definite by construction. Fitted in
relative error: 3.3e-10 with 10 terms, 4.4e-11 with 12, at every t. With
u_k(q) = √2 b_k/√(1 + 2 b_k² q),

    E tanh u tanh v   = (2/π) Σ p_i p_j arcsin(u_i(q_1) u_j(q_2) q_12)
    E tanh' u tanh' v = (2/π) Σ p_i p_j u_i u_j / √(1 − (u_i u_j q_12)²)

The error of the slope at 0 (1e-11) would add up over 10⁴ critical layers; therefore the
variances come from the trapezoid rule, and the mixture is scaled to agree with them.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from compute.activations.arcs import arc_difference, arcsine
from compute.compiled import compiled

Array = NDArray[np.float64]

_SCALES_10: Final = (
    0.30785916268340713,
    0.3878522270674618,
    0.48213722555275684,
    0.5975469061818646,
    0.7399629158089572,
    0.9150136900043401,
    1.1290312276697827,
    1.3909771547637046,
    1.7165187438176768,
    2.1451461757993817,
)
_WEIGHTS_10: Final = (
    0.0002734220060401359,
    0.00762991457185852,
    0.05019006537706433,
    0.14565847784575375,
    0.2466246321165237,
    0.27196359772327233,
    0.19068506260389065,
    0.07427000226715963,
    0.01224203641871234,
    0.00046278905465314824,
)
_SCALES_12: Final = (
    0.2888792176065774,
    0.34990215093579335,
    0.41860520182204863,
    0.5025189170315713,
    0.6055580045883002,
    0.7299707468832598,
    0.877607356509904,
    1.0517115013332015,
    1.2591875560668588,
    1.5113439356494014,
    1.8257073585832302,
    2.2420928544126375,
)
_WEIGHTS_12: Final = (
    6.31571674867534e-05,
    0.0016750777592861588,
    0.013666931872762758,
    0.05589383563127424,
    0.13349463251563376,
    0.2105548837125274,
    0.23763148997573225,
    0.19524927277444337,
    0.1100839772635599,
    0.03630557601692368,
    0.005208030718871728,
    0.0001731345831471054,
)
MIXTURES: Final = {
    10: (np.array(_SCALES_10), np.array(_WEIGHTS_10)),
    12: (np.array(_SCALES_12), np.array(_WEIGHTS_12)),
}
_SCALES, _WEIGHTS = MIXTURES[12]

# Below this variance the Hermite series of tanh is shorter than the mixture.
HERMITE_BELOW: Final = 0.1
_HERMITE_TERMS = 12
_TANH_STEP = 0.2
_TANH_NODES = _TANH_STEP * np.arange(1, 101)
_SQUARED_SLOPES = 1.0 / np.cosh(_TANH_NODES) ** 2


def _odd_hermite_rule() -> tuple[Array, Array]:
    """Nodes (24,) and matrix (12, 24) with a_n = Σ_k matrix[n, k] f(√q z_k), f odd.

    a_n is the coefficient of f(√q ·) on the normalised Hermite polynomial of order 2n + 1.
    """
    nodes: Array = 0.5 * np.arange(1, 25, dtype=np.float64)
    weights: Array = np.exp(-0.5 * nodes**2) / math.sqrt(2 * math.pi)
    rows: list[Array] = [np.ones_like(nodes), nodes]
    for order in range(1, 2 * _HERMITE_TERMS - 1):
        following = (nodes * rows[-1] - math.sqrt(order) * rows[-2]) / math.sqrt(order + 1)
        rows.append(following)
    return nodes, np.asarray(np.array(rows[1::2]) * weights)


_HERMITE_NODES, _HERMITE_RULE = _odd_hermite_rule()


@compiled
def tanh_moments(q: float) -> tuple[float, float]:
    """(E tanh², E (tanh')²) at variance q ≥ 0, relative error 1e-15; 0.2 to 0.6 µs.

    Trapezoid rule in t = √q z with step 0.2 (in z with step ½ for small q), poles at ± iπ/2.
    """
    if q < 1e-20:
        return q, 1.0
    if q < 0.16:
        value, slope = 0.0, 1.0
        for k in range(1, 19):
            weight = 2.0 * math.exp(-0.125 * k * k)
            square = math.tanh(0.5 * k * math.sqrt(q)) ** 2
            value += weight * square
            slope += weight * (1.0 - square) ** 2
        norm = 0.5 / math.sqrt(2.0 * math.pi)
        return norm * value, norm * slope
    reach = min(100, int(9.0 * math.sqrt(q) / _TANH_STEP) + 1)
    rate = 0.5 * _TANH_STEP * _TANH_STEP / q
    square_sum, fourth_sum = 0.5, 0.5
    for k in range(reach):
        weight = math.exp(-rate * (k + 1) * (k + 1))
        square_sum += weight * _SQUARED_SLOPES[k]
        fourth_sum += weight * _SQUARED_SLOPES[k] ** 2
    norm = 2.0 * _TANH_STEP / math.sqrt(2.0 * math.pi * q)
    return 1.0 - norm * square_sum, norm * fourth_sum


@compiled
def hermite_tails(q: float, tails: Array) -> None:
    """Fill tails (24,) with T_j = Σ_{k>j} a_k²/Σ a_k²: then gap' = gap Σ_j T_j (1 − gap)^j.

    Mehler: V(ρ) = Σ a_k² ρ^k, and (1 − ρ^k)/(1 − ρ) is a geometric sum, so nothing cancels.
    For q ≤ HERMITE_BELOW; relative error of gap' about 1e-15.
    """
    total = 0.0
    for n in range(_HERMITE_TERMS - 1, -1, -1):
        coefficient = 0.0
        for k in range(_HERMITE_NODES.size):
            coefficient += _HERMITE_RULE[n, k] * math.tanh(math.sqrt(q) * _HERMITE_NODES[k])
        tails[2 * n + 1] = total
        total += coefficient * coefficient
        tails[2 * n] = total
    for j in range(tails.size):
        tails[j] /= total


@compiled
def power_series(coefficients: Array, x: float) -> float:
    """Σ_j coefficients[j] x^j by Horner's rule."""
    value = 0.0
    for j in range(coefficients.size - 1, -1, -1):
        value = value * x + coefficients[j]
    return value


@compiled
def mixture_angles(q: float, sines: Array, cosines: Array, weights: Array) -> None:
    """Fill the (78,) arrays with A_ij = u_i u_j q, √(1 − A_ij²), and p_i p_j/Σ p p arcsin A."""
    index = 0
    total = 0.0
    for i in range(_SCALES.size):
        first = 2.0 * _SCALES[i] * _SCALES[i] * q
        for j in range(i, _SCALES.size):
            second = 2.0 * _SCALES[j] * _SCALES[j] * q
            size = (1.0 + first) * (1.0 + second)
            sines[index] = math.sqrt(first * second / size)
            cosines[index] = math.sqrt((1.0 + first + second) / size)
            weights[index] = _WEIGHTS[i] * _WEIGHTS[j] * (1.0 if i == j else 2.0)
            total += weights[index] * math.atan2(sines[index], cosines[index])
            index += 1
    for k in range(index):
        weights[k] /= total


@compiled
def mixture_gap(gap: float, sines: Array, cosines: Array, weights: Array) -> float:
    """Gap of the output correlation at the variance prepared by mixture_angles."""
    parts = np.empty(sines.size)
    for k in range(sines.size):
        parts[k] = weights[k] * arc_difference(sines[k], cosines[k], gap)
    return float(parts.sum())


@compiled
def tanh_gap(q: float, gap: float) -> float:
    """Correlation gap after one tanh layer, inputs of equal variance q ≥ 0; 0.5 to 1 µs."""
    if q < 1e-20:
        return gap
    if q < HERMITE_BELOW:
        tails = np.empty(2 * _HERMITE_TERMS)
        hermite_tails(q, tails)
        return gap * power_series(tails, 1.0 - gap)
    pairs = _SCALES.size * (_SCALES.size + 1) // 2
    sines, cosines, weights = np.empty(pairs), np.empty(pairs), np.empty(pairs)
    mixture_angles(min(q, 1e30), sines, cosines, weights)
    return mixture_gap(gap, sines, cosines, weights)


def mixture_factors(q: Array, terms: int) -> Array:
    """u_k(q) = √2 b_k/√(1 + 2 b_k² q): shape (terms, *q.shape)."""
    scales = MIXTURES[terms][0].reshape(-1, *([1] * q.ndim))
    factors: Array = math.sqrt(2) * scales / np.sqrt(1 + 2 * scales**2 * q)
    return factors


@compiled
def _add_arcsines(
    own: float, partners: Array, covariance: Array, weight: float, value: Array
) -> None:
    for k in range(value.size):
        value[k] += weight * arcsine(own * partners[k] * covariance[k])


@compiled
def _add_secants(
    own: float, partners: Array, covariance: Array, weight: float, slope: Array
) -> None:
    for k in range(slope.size):
        factor = own * partners[k]
        sine = factor * covariance[k]
        slope[k] += weight * factor / math.sqrt(1.0 - sine * sine)


@compiled
def mixture_row(
    first: Array, second: Array, covariance: Array, weights: Array, value: Array, slope: Array
) -> None:
    """Add one row of a kernel: value (n,) and slope (n,) against n partners, unnormalised.

    first (m,) holds u_k of one input, second (m, n) those of the partners, covariance (n,);
    slope may have length 0: then it is left out. Cost m² n arcsines, about 0.5 ns each.
    """
    for i in range(weights.size):
        for j in range(weights.size):
            weight = weights[i] * weights[j] * (2.0 / math.pi)
            _add_arcsines(first[i], second[j], covariance, weight, value)
            if slope.size > 0:
                _add_secants(first[i], second[j], covariance, weight, slope)
