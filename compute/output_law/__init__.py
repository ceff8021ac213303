"""Exact laws of outputs of deep linear and ReLU networks, §3.3 and §3.4, by inverted moments."""

from compute.output_law.conditional import (
    CONDITIONAL_LEADING,
    fixed_network_distance,
    leading_total_variation,
    normal_distance,
)
from compute.output_law.distances import (
    LEADING,
    METRICS,
    Distances,
    LognormalMixture,
    distance_to_normal,
    distances,
    limiting_distance,
)
from compute.output_law.inversion import ChiProduct, chi_product
from compute.output_law.observables import effective_share, exact_mean, gaussian_mean
from compute.output_law.outputs import (
    LAW_NAMES,
    PER_LAYER,
    centred_kernel_moment,
    characteristic_function,
    dead_probability,
    draw_outputs,
    first_order_density,
    first_order_tail,
    output_density,
    output_kurtosis,
    output_score,
    output_tail,
    scale_law,
    size_law,
)

__all__ = [
    "CONDITIONAL_LEADING",
    "LAW_NAMES",
    "LEADING",
    "METRICS",
    "PER_LAYER",
    "ChiProduct",
    "Distances",
    "LognormalMixture",
    "centred_kernel_moment",
    "characteristic_function",
    "chi_product",
    "dead_probability",
    "distance_to_normal",
    "distances",
    "draw_outputs",
    "effective_share",
    "exact_mean",
    "first_order_density",
    "first_order_tail",
    "fixed_network_distance",
    "gaussian_mean",
    "leading_total_variation",
    "limiting_distance",
    "normal_distance",
    "output_density",
    "output_kurtosis",
    "output_score",
    "output_tail",
    "scale_law",
    "size_law",
]
