"""The names that others rely on: where they are imported from, and what they take."""

from __future__ import annotations

import importlib
import inspect

import pytest

from compute.activations import ACTIVATION_NAMES, Activation, get_activation
from compute.partition import NodalPartition

LAYERS = "*, weight_variance, bias_variance=0.0"
SIGNATURES = {
    "compute.activations.get_activation": "name, **options",
    "compute.kernels.input_covariance": f"x, {LAYERS}, first_layer='cw'",
    "compute.kernels.nngp": f"k0, depth, activation, {LAYERS}, layers=None",
    "compute.kernels.ntk": f"k0, depth, activation, {LAYERS}, layers=None",
    "compute.kernels.correlation_gap": f"variance0, gap0, depth, activation, {LAYERS}",
    "compute.kernels.relu_correlation_gap": "gap0, depth",
    "compute.jacobian_rank.generic_rank": "widths, activation, data_count, bias",
    "compute.jacobian_rank.pattern_rank": "first, bias, x",
    "compute.deep_linear.mode_strength": "time, strength, start, tau",
    "compute.regression.gradient_descent_limit": "features, targets, start",
    "compute.regression.expected_excess_risk": (
        "samples, used, signal_used, signal_unused, noise_variance"
    ),
    "compute.implicit_bias.diagonal_linear_limit": "x, y, alpha",
    "compute.implicit_bias.hyperbolic_entropy": "beta, alpha",
    "compute.implicit_bias.logistic_asymptote": "z",
    "compute.implicit_bias.logistic_flow": "z, log_time, *, step=0.05",
    "compute.implicit_bias.line_interpolant": "x, y, grid, kernel",
    "compute.linear_products.log_norm_moments": "widths",
    "compute.linear_products.sample_log_norm": "widths, size, rng",
    "compute.linear_products.lyapunov_exponents": "width",
    "compute.linear_products.fuss_catalan_moment": "factors, order",
    "compute.covariance_sde.correlation_drift": "correlation, kink",
    "compute.covariance_sde.correlation_moments": "correlation0, kink, times",
    "compute.covariance_sde.correlation_cdf": "points, correlation0, kink, time",
    "compute.covariance_sde.alignment_probability": "correlation0",
    "compute.covariance_sde.explosion_probability": "variance0, strength, *, normalised=False",
    "compute.covariance_sde.inverse_angle_moments": "time",
    "compute.feature_learning.hermite_escape_time": "information_exponent, start, stop",
    "compute.feature_learning.dimension_free_risk": "target, outer, bias, steps, eta",
    "compute.finite_width.fourth_cumulant": f"k0, widths, activation, {LAYERS}",
    "compute.finite_width.dressed_correction": f"k0, widths, activation, {LAYERS}",
    "compute.finite_width.exact_fourth_cumulant_ratio": "widths, activation_name",
    "compute.finite_width.critical_variances": "variance, activation",
    "compute.finite_width.critical_slope": "variance, activation",
    "compute.finite_width.half_stable_point": "activation",
    "compute.networks.loss_and_gradient": (
        "weights, biases, x, y, activation, parameterisation='ntk'"
    ),
    "compute.networks.largest_stable_learning_rate": (
        "weights, biases, x, activation, parameterisation='ntk', momentum=0.0"
    ),
    "compute.networks.sample_outputs": f"k0, widths, activation, size, rng, {LAYERS}",
    "compute.output_law.output_density": "points, widths, activation_name, *, variance=1.0",
    "compute.output_law.output_tail": "points, widths, activation_name, *, variance=1.0",
    "compute.output_law.dead_probability": "widths",
    "compute.output_law.output_kurtosis": "widths, activation_name",
    "compute.output_law.first_order_density": "points, variance, fourth_cumulant",
    "compute.output_law.distance_to_normal": "widths, activation_name, metric, *, outputs=1",
    "compute.output_law.limiting_distance": "log_variance, metric",
    "compute.output_law.characteristic_function": (
        "frequencies, widths, activation_name, *, variance=1.0"
    ),
    "compute.output_law.centred_kernel_moment": "widths, activation_name, order",
    "compute.gradients.input_gradient_moment": ("order, widths, input_dim, *, weight_variance=2.0"),
    "compute.gradients.log_input_gradient_moments": "widths, input_dim, *, weight_variance=2.0",
    "compute.gradients.input_gradient_quantiles": (
        "levels, widths, input_dim, *, weight_variance=2.0"
    ),
    "compute.gradients.tangent_kernel_second_moment": "widths, activation_name",
    "compute.gradients.tangent_kernel_drift": "widths, activation_name",
    "compute.gradients.tangent_kernel_second_moment_limit": "ratio, activation_name",
    "compute.piecewise_linear.minimal_width": "slopes",
    "compute.piecewise_linear.realise": "knots, slopes, value, *, left=None",
    "compute.piecewise_linear.composed_hat": "x, depth",
    "compute.piecewise_linear.interpolation_error": "function, parameter, interval, knots",
    "compute.catapult.catapult_path": "output, curvature, eta, width, steps",
    "compute.catapult.final_curvature": "output, curvature, eta, width",
    "compute.time_scales.learning_times": (
        "epsilon, activation_coefficients, target_coefficients, outer, horizon"
    ),
    "compute.partition.nodal_partition": "weights, biases, *, window",
    "compute.one_layer.sample_parameters": "width, input_dim, rng, *, bias=False",
    "compute.one_layer.OneLayer": "first, second, bias=None",
    "compute.one_layer.forward": "parameters, x, activation, *, gamma",
    "compute.one_layer.empirical_ntk": "parameters, x, activation, *, gamma, eta",
}
OPTIONS = {
    "leaky_relu": {"slope_neg": 0.1, "slope_pos": 1.0},
    "cubic": {"a": -0.05},
    "shaped_tanh": {"s": 3.0},
}
NODAL_PARTITION = (
    *("region_count", "vertex_count", "edge_count", "total_length", "length_by_neuron"),
    *("components_by_neuron", "patterns", "polygons"),
)


@pytest.mark.parametrize("name", SIGNATURES)
def test_a_public_name_takes_what_it_says(name: str) -> None:
    module, _, attribute = name.rpartition(".")
    signature = inspect.signature(getattr(importlib.import_module(module), attribute))
    bare = [p.replace(annotation=p.empty) for p in signature.parameters.values()]
    assert str(inspect.Signature(bare)) == f"({SIGNATURES[name]})"


@pytest.mark.parametrize("name", ACTIVATION_NAMES)
def test_an_activation_has_its_functions_and_duals(name: str) -> None:
    activation = get_activation(name, **OPTIONS.get(name, {}))
    assert isinstance(activation, Activation)
    assert activation.dual(1.0, 1.0, 0.5).shape == activation.phi(0.3).shape == ()
    assert activation.dual_derivative(1.0, 1.0, 0.5).shape == activation.dphi(0.3).shape == ()


def test_the_activations_are_those_of_the_notes() -> None:
    known = "linear relu leaky_relu tanh erf gelu sin abs exp cubic shaped_tanh"
    assert tuple(known.split()) == ACTIVATION_NAMES


@pytest.mark.parametrize("name", NODAL_PARTITION)
def test_a_partition_says(name: str) -> None:
    assert hasattr(NodalPartition, name) or name in NodalPartition.__annotations__
