"""Moments E X^s of products of chi variables at complex s: what the inversions of §3.4 rest on.

The size of a deep network's output or input gradient is X = Π √(χ²_n/n) · Π √(2χ²_B/N): a *plain*
factor for every linear layer, for one output (n = 1) or for an input gradient (n = N_0), and a
*gated* one for every ReLU layer, of whose N neurons B ~ Bin(N, ½) are on. For one factor

    E (χ²_n/n)^{s/2} = Γ((n+s)/2)/Γ(n/2) (2/n)^{s/2},
    E (2χ²_B/N)^{s/2} = Σ_{b≥1} C(N,b) 2^{-N} Γ((b+s)/2)/Γ(b/2) (4/N)^{s/2}   (on networks alive),

finite for Re s above minus the smallest number of degrees. Logarithms are taken of quotients of
gamma functions, never of both, so that a hundred layers of width 1000 keep 13 digits.
"""

import math

import numpy as np
from numpy.typing import NDArray

from compute.compiled import compiled, inlined

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]

# From here on seven terms of Stirling's series are exact.
_STIRLING = 16.0


@inlined
def _log_one_plus(x: complex) -> complex:
    square = x.real * (2.0 + x.real) + x.imag * x.imag
    return complex(0.5 * math.log1p(square), math.atan2(x.imag, 1.0 + x.real))


@inlined
def _stirling_tail(z: complex) -> complex:
    """log Γ(z) − (z − ½) log z + z − ½ log 2π, for Re z ≥ 15."""
    r = 1.0 / z
    q = r * r
    total = 1.0 / 156 + 0.0j
    total = total * q - 691.0 / 360360
    total = total * q + 1.0 / 1188
    total = total * q - 1.0 / 1680
    total = total * q + 1.0 / 1260
    total = total * q - 1.0 / 360
    total = total * q + 1.0 / 12
    return total * r


@inlined
def _log_gamma_ratio(a: float, h: complex) -> complex:
    """log Γ(a+h) − log Γ(a) − h log a up to a multiple of 2πi, for a > 0 and Re(a + h) > 0."""
    product, top = 1.0 + 0.0j, a
    while top < _STIRLING:
        product *= 1.0 + h / top
        top += 1.0
    main = (top + h - 0.5) * _log_one_plus(h / top) - h
    main += _stirling_tail(top + h) - _stirling_tail(complex(top, 0.0))
    if top > a:
        main += h * math.log(top / a) - np.log(product)
    return main


@inlined
def _log_chance(width: float, count: float) -> float:
    """log C(N, b) 2^{−N}; by Stirling's series where logarithms of factorials would cancel."""
    rest = width - count
    if min(count, rest) < _STIRLING:
        ways = math.lgamma(width + 1) - math.lgamma(count + 1) - math.lgamma(rest + 1)
        return ways - width * math.log(2.0)
    series = _stirling_tail(width + 0j) - _stirling_tail(count + 0j) - _stirling_tail(rest + 0j)
    excess = (count - rest) / width
    spread = count * math.log1p(excess) + rest * math.log1p(-excess)
    return 0.5 * math.log(width / (2 * math.pi * count * rest)) - spread + series.real


@inlined
def _log_term(width: float, count: float, s: complex) -> complex:
    """Logarithm of the term b = count of a gated factor."""
    powers = _log_gamma_ratio(0.5 * count, 0.5 * s) + 0.5 * s * math.log(2 * count / width)
    return _log_chance(width, count) + powers


@inlined
def _peak(width: float, tilt: float) -> float:
    """Where C(N, b) b^{θ/2} is largest, roughly; below N where N > 1."""
    quarter = 0.25 * width
    top = math.floor(quarter + math.sqrt(quarter * quarter + max(0.125 * width * tilt, 0.0)))
    return max(1.0, min(top, width - 1.0))


@inlined
def _reach(width: float) -> float:
    """Ten standard deviations of the number of neurons that are on."""
    return 5 * math.sqrt(width) + 2


@compiled
def fewest_on(width: float) -> float:
    """The smallest count of a gated factor that is not left out, 1 at widths to 100."""
    return max(1.0, math.ceil(_peak(width, 0.0) - _reach(width)))


@inlined
def _gated(width: float, s: complex, scale: float) -> complex:
    """E X^s of a gated factor over e^scale: terms within ten standard deviations of the largest.

    Neighbours two apart differ by a rational factor, so two gamma functions serve all of them.
    """
    peak = _peak(width, s.real)
    low, high = max(1.0, peak - _reach(width)), min(width, peak + _reach(width))
    total = 0.0 + 0.0j
    start = peak
    while start <= min(peak + 1.0, width):
        first = np.exp(_log_term(width, start, s) - scale)
        total += first
        term, b = first, start
        while b + 2 <= high:
            term *= (b + s) * ((width - b) * (width - b - 1) / (b * (b + 1) * (b + 2)))
            total += term
            b += 2
        term, b = first, start
        while b - 2 >= low:
            b -= 2
            # by hand: complex division guards against overflow, at three times the cost
            below = complex(b + s.real, -s.imag)
            size = below.real * below.real + below.imag * below.imag
            term *= below * (b * (b + 1) * (b + 2) / ((width - b) * (width - b - 1) * size))
            total += term
        start += 1.0
    return total


@compiled
def log_moments(
    plain: Array, plain_counts: Array, gated: Array, gated_counts: Array, tilts: Array
) -> Array:
    """log E[X^θ; X > 0] at real tilts θ (n,), shape (n,).

    plain, gated: distinct degrees n and widths N; counts: how often each occurs.
    """
    result = np.zeros(tilts.size)
    for k in range(tilts.size):
        s = complex(tilts[k], 0.0)
        for j in range(plain.size):
            result[k] += plain_counts[j] * _log_gamma_ratio(0.5 * plain[j], 0.5 * s).real
        for j in range(gated.size):
            scale = _log_term(gated[j], _peak(gated[j], tilts[k]), s).real
            result[k] += gated_counts[j] * (scale + math.log(_gated(gated[j], s, scale).real))
    return result


@compiled
def moment_ratios(
    plain: Array,
    plain_counts: Array,
    gated: Array,
    gated_counts: Array,
    tilt: float,
    frequencies: Array,
) -> Complex:
    """E[X^{θ+iu}; X > 0]/E[X^θ; X > 0] at frequencies u (n,), shape (n,): at most 1 in size."""
    result = np.empty(frequencies.size, np.complex128)
    plain_at_tilt, gated_at_tilt = np.empty(plain.size), np.empty(gated.size)
    real = complex(tilt, 0.0)
    for j in range(plain.size):
        plain_at_tilt[j] = _log_gamma_ratio(0.5 * plain[j], 0.5 * real).real
    for j in range(gated.size):
        scale = _log_term(gated[j], _peak(gated[j], tilt), real).real
        gated_at_tilt[j] = scale + math.log(_gated(gated[j], real, scale).real)
    for k in range(frequencies.size):
        s = complex(tilt, frequencies[k])
        total = 0.0 + 0.0j
        for j in range(plain.size):
            ratio = _log_gamma_ratio(0.5 * plain[j], 0.5 * s) - plain_at_tilt[j]
            total += plain_counts[j] * ratio
        for j in range(gated.size):
            # the logarithm of 0 is −∞, and the exponential of that 0 again
            total += gated_counts[j] * np.log(_gated(gated[j], s, gated_at_tilt[j]) + 0.0j)
        result[k] = np.exp(total)
    return result
