"""The cases of neural-tangents, run by `outside`: kernels as its manual writes them, in float64."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import numpy as np

jax.config.update("jax_enable_x64", True)

import jax.numpy as jnp  # noqa: E402  numbers are of 32 bits unless it is said before
from neural_tangents import stax  # noqa: E402

ACTIVATIONS = {
    "relu": stax.Relu,
    "erf": stax.Erf,
    "tanh": lambda: stax.ElementwiseNumerical(jnp.tanh, deg=25),
}


def kernel(
    x: list[list[float]], activation: str, depth: int, weight_variance: float, get: list[str]
) -> Callable[[], Any]:
    """K, or K and Θ, at `depth` hidden layers, no biases; the first layer is x·x'/N_0."""
    nonlinearity = ACTIVATIONS[activation]
    dense = stax.Dense(512, W_std=weight_variance**0.5, b_std=0.0)
    layers = [stax.Dense(512, W_std=1.0, b_std=0.0)]
    for _ in range(depth):
        layers += [nonlinearity(), dense]
    _, _, kernel_fn = stax.serial(*layers)
    compiled = jax.jit(kernel_fn, static_argnames="get")
    inputs = jnp.array(x)

    def run() -> Any:
        found = compiled(inputs, None, tuple(get))
        return np.array([np.asarray(part) for part in found])

    return run


CASES = {"kernel": kernel}
