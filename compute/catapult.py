r"""The catapult: gradient descent at steps too large for the linearisation (Lewkowycz et al.).

A network of two layers, one input x = 1, target 0, loss f²/2:

    f = u·v/√n,   λ = (|u|² + |v|²)/n   (its tangent kernel).

A step of size η on the vectors u, v in R^n is a step on two numbers, exactly at every width:

    f' = f(1 − ηλ + η²f²/n),   λ' = λ + (ηf²/n)(ηλ − 4).

With κ = ηλ and φ = ηf/√n the width is gone: φ' = φ(1 − κ + φ²), κ' = κ + φ²(κ − 4). Vectors have
κ ≥ 2|φ|. There, κ_0 < 2 + φ_0² lets the loss fall from the first step; up to κ_0 = 4 it may rise
to the order n, but ends at 0 with κ < 2; above 4 it grows for ever.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from compute.arguments import as_positive_int, check_generator
from compute.compiled import compiled

Array = NDArray[np.float64]

# Beyond this |φ| nothing comes back; below that one κ moves no more.
_GONE, _STILL = 1e30, 1e-12
_MOST = 200_000


def catapult_path(output: float, curvature: float, eta: float, width: int, steps: int) -> Array:
    """(f, λ) at steps 0 … `steps`, (steps + 1, 2), from f = output and λ = curvature.

    A path that diverges keeps its last values below 1e60. ValueError or TypeError unless output is
    finite, curvature and eta are > 0, width and steps positive integers, and curvature is at least
    2|output|/√width, as it is for vectors. Cost 0.3 µs a step.
    """
    width = _checked(output, curvature, eta, width)
    steps = as_positive_int(steps, "steps")
    path = np.empty((steps + 1, 2))
    f, curve = float(output), float(curvature)
    for t in range(steps + 1):
        path[t] = f, curve
        growth, curved = 1 - eta * curve + eta * eta * f * f / width, eta * f * f / width
        f, curve = f * growth, curve + curved * (eta * curve - 4)
        if not (abs(f) < 1e60 and abs(curve) < 1e60):
            path[t + 1 :] = path[t]
            break
    return path


def final_curvature(output: float, curvature: float, eta: float, width: int) -> float:
    """The limit of λ; inf where the loss diverges.

    Arguments and errors as `catapult_path`. At output 0 nothing moves. Relative error 1e-11, where
    the path is not chaotic on its way (ηλ_0 above about 3.3): there only the range is certain.
    nan where 200 000 steps do not decide. Cost 10 ns a step.
    """
    width = _checked(output, curvature, eta, width)
    squared = (eta * output) ** 2 / width
    fate = float(fates(np.array([eta * curvature]), np.array([squared]))[0, 0])
    return fate / eta


def fates(kappa: ArrayLike, squared: ArrayLike, *, most: int = _MOST) -> Array:
    """What becomes of starts (κ, φ²): limit of κ, largest φ² on the way, last κ: (…, 3).

    Arrays that broadcast; inf where the loss diverges, nan where `most` steps do not decide.
    ValueError unless all are finite and φ² ≥ 0. Cost 10 ns a step, and 10 to 100 steps each.
    """
    starts = np.broadcast_arrays(*(np.asarray(v, dtype=np.float64) for v in (kappa, squared)))
    if not all(np.all(np.isfinite(s)) for s in starts) or np.any(starts[1] < 0):
        raise ValueError("kappa and squared must be finite, squared >= 0")
    out = np.empty((starts[0].size, 3))
    _fates(np.ravel(starts[0]).copy(), np.ravel(starts[1]).copy(), most, out)
    return out.reshape((*starts[0].shape, 3))


@compiled
def _fates(kappa: Array, squared: Array, most: int, out: Array) -> None:
    for i in range(kappa.size):
        k, q, top = kappa[i], squared[i], squared[i]
        out[i, 0] = out[i, 1] = np.nan
        for _ in range(most):
            if q < _STILL * _STILL and (k <= 2.0 or q == 0.0):
                # what is left to come, a geometric sum
                rest = q * (k - 4) / (k * (2 - k)) if 0.0 < k < 2.0 else 0.0
                out[i, 0], out[i, 1] = k + rest, top
                break
            if q > _GONE or k > _GONE:
                out[i, 0] = out[i, 1] = np.inf
                break
            growth = 1 - k + q
            k, q = k + q * (k - 4), q * growth * growth
            top = max(top, q)
        out[i, 2] = k


def rising_threshold(output: float, width: int) -> float:
    """The κ_0 above which the loss rises at the first step, for λ_0 = 2: κ = 2 + φ_0².

    With φ_0² = (κ_0 f/2)²/n it is (2n/f²)(1 − √(1 − 2f²/n)), and 2 for wide networks. nan where
    2f² > n: there the loss never rises first. ValueError or TypeError for a wrong width or output.
    """
    width = as_positive_int(width, "width")
    if not math.isfinite(output):
        raise ValueError(f"output must be finite, got {output!r}")
    share = output * output / width
    if share > 0.5:
        return math.nan
    return 4 / (1 + math.sqrt(1 - 2 * share))


def sample_vectors(
    output: float, curvature: float, width: int, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Vectors u, v (n,) of random directions with u·v/√n = output, (|u|² + |v|²)/n = curvature.

    u ± v are independent Gaussian vectors, rescaled. Errors as `catapult_path`. Cost 20 ns n.
    """
    check_generator(rng)
    width = _checked(output, curvature, 1.0, width)
    both = rng.standard_normal((2, width))
    root = math.sqrt(width)
    sizes = [0.5 * width * curvature + sign * root * output for sign in (1, -1)]
    p, q = (z * math.sqrt(max(s, 0.0) / (z @ z)) for z, s in zip(both, sizes, strict=True))
    return (p + q) / math.sqrt(2), (p - q) / math.sqrt(2)


def vector_path(u: ArrayLike, v: ArrayLike, eta: float, steps: int, scale: float) -> Array:
    """(f, λ) along gradient descent on the vectors themselves, f = scale · u·v: (steps + 1, 2).

    scale is 1/√n in `catapult_path`; λ = scale²(|u|² + |v|²). A path that diverges keeps its last
    values. ValueError unless u and v are vectors of one length and scale, eta > 0, steps an
    integer ≥ 1. Cost 2 ns n a step.
    """
    first, second = (np.array(w, dtype=np.float64) for w in (u, v))
    if first.ndim != 1 or first.shape != second.shape or not first.size:
        raise ValueError("u and v must be vectors of one length")
    if not (scale > 0 and eta > 0):
        raise ValueError("scale and eta must be > 0")
    path = np.empty((as_positive_int(steps, "steps") + 1, 2))
    _descend(first, second, float(eta), float(scale), path)
    return path


@compiled
def _descend(u: Array, v: Array, eta: float, scale: float, path: Array) -> None:
    for t in range(path.shape[0]):
        f = scale * np.dot(u, v)
        path[t, 0], path[t, 1] = f, scale * scale * (np.dot(u, u) + np.dot(v, v))
        if not (abs(f) < 1e60 and path[t, 1] < 1e60):
            path[t:] = path[max(t - 1, 0)]
            return
        move = eta * f * scale
        for i in range(u.size):
            before = u[i]
            u[i] -= move * v[i]
            v[i] -= move * before


def _checked(output: float, curvature: float, eta: float, width: int) -> int:
    width = as_positive_int(width, "width")
    if not math.isfinite(output):
        raise ValueError(f"output must be finite, got {output!r}")
    for value, name in ((curvature, "curvature"), (eta, "eta")):
        if not (math.isfinite(value) and value > 0):
            raise ValueError(f"{name} must be finite and > 0, got {value!r}")
    if curvature * math.sqrt(width) < 2 * abs(output) * (1 - 1e-12):
        raise ValueError("curvature must be at least 2|output|/sqrt(width)")
    return width
