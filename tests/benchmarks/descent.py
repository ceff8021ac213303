"""Steps of page 1.2 beside a loop in plain NumPy and beside torch on one thread."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from compute.activations import get_activation
from compute.sampling import stream
from compute.training.descent import Networks, Rates, descend, start_networks
from tests.benchmarks.outside import MISSING, outside
from tests.benchmarks.table import Row, at_least, at_most, faster
from tests.benchmarks.timing import by_turns, short, side_by_side, timed, waited

Array = NDArray[np.float64]

WIDTHS, COUNT, STEPS, ETA = [2, 64, 64, 64, 1], 256, 1000, 0.05


def rows() -> Iterator[Row]:
    """Full-batch descent in the standard parameterisation, 3 × 64 on 256 points of the plane."""
    rng = stream(3, "descent")
    x = rng.uniform(-1, 1, (COUNT, 2))
    y = np.sign(x[:, 0] * x[:, 1])
    for name in ("relu", "tanh"):
        variances = {"weight_variance": 2.0, "bias_variance": 0.1}
        start = start_networks(WIDTHS, ["standard"], rng, **variances, dtype=np.float32)
        yield from _beside(name, start, x, y)


def _beside(name: str, start: Networks, x: Array, y: Array) -> Iterator[Row]:
    activation, rates = get_activation(name), Rates.of(WIDTHS, ["standard"])

    def ours() -> Array:
        return descend(start, x, y, activation, rates=rates, eta=ETA, steps=STEPS)[1][:, 0]

    weights, biases = start.one(0)
    mine, plain = side_by_side(ours, lambda: by_numpy(name, weights, biases, x, y), 5)
    work = f"{STEPS} steps, {name}, {len(WIDTHS) - 2} × {WIDTHS[1]} on {COUNT} points"
    yield faster(work, mine, plain, "plain NumPy", 2)
    exact = by_numpy(name, weights, biases, x, y)
    off = np.abs(ours() - exact).max() / exact[0]
    yield Row(
        "  its losses differ by, of the first",
        short(float(off)),
        value=float(off),
        goal=at_most(0.01, ""),
    )
    with outside("tests.benchmarks.torch_descent") as child:
        if child is None:
            yield Row(work, str(timed(ours, 3)), f"torch: {MISSING}", goal=at_least(1))
            return
        rival = child.prepare(
            "descent",
            weights=[w.tolist() for w in weights],
            biases=[b.tolist() for b in biases],
            x=x.tolist(),
            y=y.tolist(),
            activation=name,
            eta=ETA,
            steps=STEPS,
        )
        mine, other = by_turns(lambda: waited(ours), lambda: rival.milliseconds()[0], 5)
        yield faster(work, mine, other, "torch on one thread", 1)


def by_numpy(
    name: str, weights: list[Array], biases: list[Array], x: Array, y: Array
) -> NDArray[np.float64]:
    """Losses of the same descent as one would write it down first."""
    weights, biases, losses = list(weights), list(biases), []
    for _ in range(STEPS):
        layers = [x]
        for w, b in zip(weights[:-1], biases[:-1], strict=True):
            z = layers[-1] @ w.T + b
            layers.append(np.tanh(z) if name == "tanh" else np.maximum(z, 0.0))
        signal = (layers[-1] @ weights[-1].T + biases[-1])[:, 0] - y
        losses.append(0.5 * np.mean(signal**2))
        delta = signal[:, None] / len(y)
        for layer in range(len(weights) - 1, -1, -1):
            h = layers[layer]
            of_weights, of_biases = delta.T @ h, delta.sum(axis=0)
            if layer:
                slope = 1 - h**2 if name == "tanh" else (h > 0).astype(float)
                delta = (delta @ weights[layer]) * slope
            weights[layer] = weights[layer] - ETA * of_weights
            biases[layer] = biases[layer] - ETA * of_biases
    return np.array(losses)
