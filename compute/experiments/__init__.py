"""The table of contents: every experiment of the edition, in the order of the notes."""

from __future__ import annotations

from typing import Any

from compute.experiment import Experiment
from compute.experiments import (
    depth_and_width,
    finite_width,
    gp_kernels,
    gp_limit,
    gradients,
    initialisation,
    linear_products,
    mean_field,
    nodal_sets,
    ntk_regime,
    ntk_vs_mean_field,
    region_counts,
    training_steps,
)

EXPERIMENTS: tuple[Experiment[Any, Any], ...] = (
    training_steps.EXPERIMENT,
    initialisation.EXPERIMENT,
    ntk_regime.EXPERIMENT,
    mean_field.EXPERIMENT,
    ntk_vs_mean_field.EXPERIMENT,
    linear_products.EXPERIMENT,
    gp_limit.EXPERIMENT,
    gp_kernels.EXPERIMENT,
    finite_width.EXPERIMENT,
    gradients.EXPERIMENT,
    depth_and_width.EXPERIMENT,
    nodal_sets.EXPERIMENT,
    region_counts.EXPERIMENT,
)
