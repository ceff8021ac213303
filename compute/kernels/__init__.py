"""Kernels of infinitely wide networks, layer by layer: section 3.3."""

from compute.kernels.correlation import correlation_gap, gap_profile, relu_correlation_gap
from compute.kernels.recursion import LARGEST_RESULT, input_covariance, nngp, nngp_and_ntk, ntk

__all__ = [
    "LARGEST_RESULT",
    "correlation_gap",
    "gap_profile",
    "input_covariance",
    "nngp",
    "nngp_and_ntk",
    "ntk",
    "relu_correlation_gap",
]
