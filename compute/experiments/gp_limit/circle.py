"""§3.3: random functions on the circle at growing width, beside draws of the limit, common noise.

Hidden layers have every weight drawn; a narrower network is the corner of the widest one's
matrices. Given them the output is Gaussian along the circle, √K̂ ξ, and the process is √K ξ with
the same ξ: symmetric roots, so that one goes to the other as the width grows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.experiments.deep_networks import variances
from compute.experiments.gp_limit.setting import Params, activation_of
from compute.kernels import gap_profile
from compute.networks import nested_kernels, symmetric_root
from compute.sampling import stream

Array = NDArray[np.float64]

DRAWS, POINTS, WIDEST_DRAWN = 3, 48, 256


@dataclass(frozen=True)
class Circle:
    """Functions on the circle over √K, closed: p = 49 inputs, the last being the first again.

    angles (49,): of the input, in degrees. widths (k,): 1, 2, 4, … up to N; networks (k, 3, 49);
    process (3, 49). apart (k,): root mean square of network − process over the circle and draws;
    law (k,): c/√N through the last of them.
    """

    angles: Array
    widths: NDArray[np.int64]
    networks: Array
    process: Array
    apart: Array
    law: Array


def circle_of(params: Params) -> Circle:
    """Everything for the tab. Cost: 3 roots of a 48 × 48 matrix a width, and the weights."""
    top = min(params.width, WIDEST_DRAWN)
    widths = np.array(sorted({*(2**k for k in range(top.bit_length())), top}), dtype=np.int64)
    variance, covariance = _limit(params)
    unit = math.sqrt(variance) if 0 < variance < math.inf else 1.0
    noise = stream(params.seed, "last layer").standard_normal((DRAWS, POINTS))
    turn = np.linspace(0.0, 2 * np.pi, POINTS, endpoint=False)
    points = math.sqrt(2 * params.norm) * np.stack([np.cos(turn), np.sin(turn)])
    shares = np.maximum(np.fft.rfft(covariance).real, 0.0)
    process = np.fft.irfft(np.sqrt(shares) * np.fft.rfft(noise), POINTS)
    with np.errstate(over="ignore", invalid="ignore"):
        kernels = nested_kernels(
            points.T,
            widths.tolist(),
            params.depth,
            activation_of(params),
            DRAWS,
            stream(params.seed, "hidden layers"),
            **variances(params),
        )
        kernels /= unit**2
        finite = np.asarray(np.isfinite(kernels).all(axis=(2, 3)))[..., None]
        roots = symmetric_root(np.where(finite[..., None], kernels, 0.0))
        networks = np.where(finite, np.einsum("kdij,dj->kdi", roots, noise), np.nan)
    apart = np.sqrt(np.mean((networks - process) ** 2, axis=(1, 2)))
    return Circle(
        angles=np.linspace(0.0, 360.0, POINTS + 1),
        widths=widths,
        networks=_closed(networks),
        process=_closed(process),
        apart=apart,
        law=apart[-1] * np.sqrt(top / widths),
    )


def _closed(functions: Array) -> Array:
    return np.concatenate([functions, functions[..., :1]], axis=-1)


def _limit(params: Params) -> tuple[float, Array]:
    """K^(L)(x, x) on the circle, and the correlation at the angles of its points, (48,)."""
    half = np.linspace(0.0, np.pi, POINTS // 2 + 1)
    variance0 = params.bias_variance + params.weight_variance * params.norm
    gap0 = params.weight_variance * params.norm / variance0 * 2 * np.sin(half / 2) ** 2
    activation = activation_of(params)
    log_variance, gap = gap_profile(
        variance0, gap0, [params.depth], activation, **variances(params)
    )
    variance = math.exp(min(float(log_variance[-1]), 709.0))
    return variance, 1 - np.concatenate([gap[0], gap[0, -2:0:-1]])
