"""The limit of infinite width, §3.3: how outputs, kernels and functions come to it."""

from compute.gaussian_limit.circle import (
    CircleFunctions,
    circle_functions,
    circle_inputs,
    circle_process,
)
from compute.gaussian_limit.moments import ORDERS, KernelMoments, kernel_moments
from compute.gaussian_limit.pair import difference_kernel, level_ellipses, outside
from compute.gaussian_limit.rates import Rates, rates

__all__ = [
    "ORDERS",
    "CircleFunctions",
    "KernelMoments",
    "Rates",
    "circle_functions",
    "circle_inputs",
    "circle_process",
    "difference_kernel",
    "kernel_moments",
    "level_ellipses",
    "outside",
    "rates",
]
