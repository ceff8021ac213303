"""The case of torch, run by `outside`: full-batch descent as its manual writes it, in float32."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

torch.set_num_threads(1)

ACTIVATIONS = {"relu": torch.nn.ReLU, "tanh": torch.nn.Tanh}


def descent(
    weights: list[Any],
    biases: list[Any],
    x: Any,
    y: Any,
    activation: str,
    eta: float,
    steps: int,
) -> Callable[[], Any]:
    """Steps of SGD without momentum on ½ of the mean square, from given parameters."""
    inputs, targets = torch.tensor(x), torch.tensor(y)

    def run() -> Any:
        layers: list[Any] = []
        for w, b in zip(weights, biases, strict=True):
            layer = torch.nn.Linear(len(w[0]), len(w))
            with torch.no_grad():
                layer.weight.copy_(torch.tensor(w))
                layer.bias.copy_(torch.tensor(b))
            layers += [layer, ACTIVATIONS[activation]()]
        network = torch.nn.Sequential(*layers[:-1])
        optimiser = torch.optim.SGD(network.parameters(), lr=eta)
        losses = torch.empty(steps)
        for step in range(steps):
            optimiser.zero_grad()
            loss = 0.5 * torch.mean((network(inputs)[:, 0] - targets) ** 2)
            loss.backward()
            optimiser.step()
            losses[step] = loss.detach()
        return losses.numpy()

    return run


CASES = {"descent": descent}
