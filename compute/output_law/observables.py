"""E f(z) of an output, f = cos z, z⁴, z⁶: exactly, and what Theorem 3.4.2 expands it in, §3.4."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from compute.output_law.outputs import LAW_NAMES, centred_kernel_moment, characteristic_function

Array = NDArray[np.float64]

TEST_FUNCTIONS: Final = ("cos", "fourth", "sixth")


def exact_mean(
    function: str, widths: Sequence[int], activation_name: str, *, variance: float = 1.0
) -> float:
    """E f(z) by the exact law: z = √K̂ Z, so E z⁶ = 15 E K̂³, E z⁴ = 3 E K̂².

    function: one of TEST_FUNCTIONS, else ValueError. Other arguments and errors as
    :func:`compute.output_law.output_density`. Cost: 0.2 ms.
    """
    _check(function)
    if function == "cos":
        found = characteristic_function([1.0], widths, activation_name, variance=variance)
        return float(found[0])
    second = centred_kernel_moment(widths, activation_name, 2)
    if function == "fourth":
        return 3 * variance**2 * (1 + second)
    third = centred_kernel_moment(widths, activation_name, 3)
    return 15 * variance**3 * (1 + 3 * second + third)


def gaussian_mean(function: str, variance: float) -> tuple[float, float]:
    """E f and E f'''' of a centred Gaussian: (3.4.2) is the first plus κ_4/8 times the other.

    Errors as `exact_mean`.
    """
    _check(function)
    if function == "cos":
        return math.exp(-variance / 2), math.exp(-variance / 2)
    if function == "fourth":
        return 3 * variance**2, 24.0
    return 15 * variance**3, 360 * variance


def effective_share(
    widths: Sequence[int], activation_name: str, layers: NDArray[np.integer]
) -> Array:
    """(E d²)²/E d⁴ of d = K̂/K − 1 behind so many layers, (w, k): Kish's share by the exact law.

    widths (w,): each the one width of all hidden layers; layers (k,). A sample that has missed the
    tail of d overrates itself; this knows better. nan where no law is known by that name.
    """
    if activation_name not in LAW_NAMES:
        return np.full((len(widths), layers.size), np.nan)
    rows = []
    for n in widths:
        second, third, fourth = (
            centred_kernel_moment([n], activation_name, order) for order in (2, 3, 4)
        )
        # raw moments of K̂/K multiply from layer to layer
        each = np.array([second, 3 * second + third, 6 * second + 4 * third + fourth])
        with np.errstate(over="ignore", invalid="ignore"):
            two, three, four = np.exp(np.log1p(each)[:, None] * layers)
            rows.append((two - 1) ** 2 / (four - 4 * three + 6 * two - 3))
    return np.asarray(np.nan_to_num(rows))


def _check(function: str) -> None:
    if function not in TEST_FUNCTIONS:
        legal = ", ".join(TEST_FUNCTIONS)
        raise ValueError(f"function must be one of {legal}, got {function!r}")
