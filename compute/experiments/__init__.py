"""The table of contents: every experiment of the edition, in the order of the notes."""

from __future__ import annotations

from typing import Any

from compute.experiment import Experiment
from compute.experiments import (
    depth_and_width,
    feature_learning,
    finite_width,
    gp_kernels,
    gp_limit,
    gradients,
    implicit_bias,
    initialisation,
    leaving_the_kernel_regime,
    linear_products,
    mean_field,
    nodal_sets,
    ntk_regime,
    ntk_vs_mean_field,
    overparameterisation,
    piecewise_linear,
    region_counts,
    training_steps,
)

EXPERIMENTS: tuple[Experiment[Any, Any], ...] = (
    piecewise_linear.EXPERIMENT,
    training_steps.EXPERIMENT,
    overparameterisation.EXPERIMENT,
    implicit_bias.EXPERIMENT,
    feature_learning.EXPERIMENT,
    initialisation.EXPERIMENT,
    ntk_regime.EXPERIMENT,
    mean_field.EXPERIMENT,
    ntk_vs_mean_field.EXPERIMENT,
    leaving_the_kernel_regime.EXPERIMENT,
    linear_products.EXPERIMENT,
    gp_limit.EXPERIMENT,
    gp_kernels.EXPERIMENT,
    finite_width.EXPERIMENT,
    gradients.EXPERIMENT,
    depth_and_width.EXPERIMENT,
    nodal_sets.EXPERIMENT,
    region_counts.EXPERIMENT,
)
