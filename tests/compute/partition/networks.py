"""Networks for the tests of this folder."""

import json
from pathlib import Path

import numpy as np

REFERENCE = json.loads(
    (Path(__file__).parents[2] / "reference" / "nodal_partitions.json").read_text("utf-8")
)


def sample(widths, seed, bias_scale=1.0, inputs=2):
    """The reference file's sampling: weights of variance 2/fan-in, biases of variance 1."""
    rng = np.random.default_rng(seed)
    weights, biases = [], []
    for n in widths:
        weights.append(rng.standard_normal((n, inputs)) * np.sqrt(2.0 / inputs))
        biases.append(rng.standard_normal(n) * bias_scale)
        inputs = n
    return weights, biases


def bits(partition):
    """(cells, n) bools from the packed patterns."""
    neurons = sum(partition.network.widths)
    j = np.arange(neurons)
    words = partition.patterns[:, j >> 6] >> (j & 63).astype(np.uint64)
    return (words & np.uint64(1)).astype(bool)


def forward(weights, biases, points):
    """Pre-activations of every layer at points (m, inputs): [(m, N_1), …]."""
    values, inputs = [], points
    for weight, bias in zip(weights, biases, strict=True):
        values.append(inputs @ weight.T + bias)
        inputs = np.maximum(values[-1], 0)
    return values
