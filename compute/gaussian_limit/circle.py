"""Random functions on the circle at growing width, §3.3, beside draws of the limit, common noise.

Hidden layers have every weight drawn; a narrower network is the corner of the widest one's
matrices. Given them the output is Gaussian along the circle, √K̂ ξ, and the process is √K ξ with
the same ξ: symmetric roots, so that one goes to the other as the width grows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.activations import Activation
from compute.kernels import gap_profile
from compute.networks import nested_kernels, symmetric_root

Array = NDArray[np.float64]


@dataclass(frozen=True)
class CircleFunctions:
    """Functions on the circle over √K, closed: p + 1 inputs, the last being the first again.

    angles (p + 1,): of the input, in degrees. widths (k,); networks (k, d, p + 1); process
    (d, p + 1). apart (k,): root mean square of network − process over the circle and draws; law
    (k,): c/√N through the last of them.
    """

    angles: Array
    widths: NDArray[np.int64]
    networks: Array
    process: Array
    apart: Array
    law: Array


def circle_inputs(norm: float, angles: Array) -> Array:
    """Inputs in the plane, N_0 = 2, at these angles (n,), with ‖x‖²/N_0 = norm: (n, 2)."""
    return math.sqrt(2 * norm) * np.stack([np.cos(angles), np.sin(angles)], axis=-1)


def circle_process(gap: Array, noise: Array) -> Array:
    """Draws (…, d, p) of GP(0, C), C = 1 − gap, at p points of the circle, p even: √C times noise.

    gap (…, p/2 + 1): at the angles from 0 to π; noise (d, p): standard normal. By the eigenvalues
    of the circulant kernel, taken from the gap, so that the ripple on a nearly constant function
    is not lost to rounding.
    """
    whole = np.concatenate([gap, gap[..., -2:0:-1]], axis=-1)
    eigenvalues = -np.fft.rfft(whole).real
    eigenvalues[..., 0] += whole.shape[-1]
    amplitude = np.sqrt(np.maximum(eigenvalues, 0.0))
    return np.asarray(np.fft.irfft(amplitude[..., None, :] * np.fft.rfft(noise), whole.shape[-1]))


def circle_functions(
    norm: float,
    widths: Sequence[int],
    depth: int,
    activation: Activation,
    noise: Array,
    rng: np.random.Generator,
    *,
    weight_variance: float,
    bias_variance: float = 0.0,
) -> CircleFunctions:
    """Networks of these increasing widths, and the process, at ‖x‖²/N_0 = norm.

    noise (d, p), p even: the normal numbers of both; rng: of the hidden layers. What overflows is
    nan. Cost: d roots of a p × p matrix a width, and the weights of :func:`nested_kernels`.
    """
    given = {"weight_variance": weight_variance, "bias_variance": bias_variance}
    draws, points = noise.shape
    half = np.linspace(0.0, np.pi, points // 2 + 1)
    variance0 = bias_variance + weight_variance * norm
    gap0 = weight_variance * norm / variance0 * 2 * np.sin(half / 2) ** 2
    log_variance, gap = gap_profile(variance0, gap0, [depth], activation, **given)
    variance = math.exp(min(float(log_variance[-1]), 709.0))
    unit = math.sqrt(variance) if 0 < variance < math.inf else 1.0
    process = circle_process(gap[0], noise)
    inputs = circle_inputs(norm, np.linspace(0.0, 2 * np.pi, points, endpoint=False))
    with np.errstate(over="ignore", invalid="ignore"):
        kernels = nested_kernels(inputs, widths, depth, activation, draws, rng, **given) / unit**2
        finite = np.asarray(np.isfinite(kernels).all(axis=(2, 3)))[..., None]
        roots = symmetric_root(np.where(finite[..., None], kernels, 0.0))
        networks = np.where(finite, np.einsum("kdij,dj->kdi", roots, noise), np.nan)
    apart = np.sqrt(np.mean((networks - process) ** 2, axis=(1, 2)))
    return CircleFunctions(
        angles=np.linspace(0.0, 360.0, points + 1),
        widths=np.array(widths),
        networks=_closed(networks),
        process=_closed(process),
        apart=apart,
        law=apart[-1] * np.sqrt(widths[-1] / np.array(widths)),
    )


def _closed(functions: Array) -> Array:
    return np.concatenate([functions, functions[..., :1]], axis=-1)
