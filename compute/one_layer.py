"""The public name of one-layer networks at initialisation: `compute.training.one_layer`."""

from compute.training.one_layer import OneLayer, empirical_ntk, forward, sample_parameters

__all__ = ["OneLayer", "empirical_ntk", "forward", "sample_parameters"]
