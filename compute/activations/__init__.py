"""Nonlinearities σ and what (3.3.1) needs to know of them: Gaussian duals, one layer as a map."""

from compute.activations.activation import ACTIVATION_NAMES, Activation, as_gap, get_activation

__all__ = ["ACTIVATION_NAMES", "Activation", "as_gap", "get_activation"]
