"""Sweeps: an experiment over a grid of settings, one row each, on one machine or a cluster."""
