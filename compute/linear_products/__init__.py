"""Products of random matrices, section 3.2: exact laws, limits, and real matrices multiplied."""

from compute.linear_products.free_products import (
    fuss_catalan_curve,
    fuss_catalan_density,
    fuss_catalan_edge,
    fuss_catalan_moment,
)
from compute.linear_products.log_norm import (
    carried_share,
    effective_depth,
    log_norm_cdf,
    log_norm_density,
    log_norm_moments,
    log_norm_quantiles,
    log_norm_window,
    lognormal_law,
    lyapunov_exponents,
    sample_log_norm,
    sample_lyapunov,
)

__all__ = [
    "carried_share",
    "effective_depth",
    "fuss_catalan_curve",
    "fuss_catalan_density",
    "fuss_catalan_edge",
    "fuss_catalan_moment",
    "log_norm_cdf",
    "log_norm_density",
    "log_norm_moments",
    "log_norm_quantiles",
    "log_norm_window",
    "lognormal_law",
    "lyapunov_exponents",
    "sample_log_norm",
    "sample_lyapunov",
]
