"""The first correction in 1/N to a Gaussian network: Theorem 3.4.1, §3.4; at two inputs, §3.3."""

from compute.finite_width.criticality import (
    Solution,
    Variances,
    critical_curve,
    critical_slope,
    critical_variances,
    half_stable_point,
    iterated_slope,
    kernel_growth,
    nearest_critical,
    solution,
)
from compute.finite_width.expansion import (
    Corrections,
    corrections,
    dressed_correction,
    exact_fourth_cumulant_ratio,
    fourth_cumulant,
)
from compute.finite_width.measured import NetworkSums, measured
from compute.finite_width.pairs import difference_fluctuation, first_order_shift

__all__ = [
    "Corrections",
    "NetworkSums",
    "Solution",
    "Variances",
    "corrections",
    "critical_curve",
    "critical_slope",
    "critical_variances",
    "difference_fluctuation",
    "dressed_correction",
    "exact_fourth_cumulant_ratio",
    "first_order_shift",
    "fourth_cumulant",
    "half_stable_point",
    "iterated_slope",
    "kernel_growth",
    "measured",
    "nearest_critical",
    "solution",
]
