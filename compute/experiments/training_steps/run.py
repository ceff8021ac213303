"""What a network is before its first step, section 1.2: function, gradient, and λ_max."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import scipy
from numpy.typing import NDArray

from compute.arrays import read_only
from compute.backpropagation import loss_and_gradient, output_kernel
from compute.datasets import Dataset
from compute.experiments.training_steps.setting import (
    Params,
    activation_of,
    data_of,
    grid_of,
    parameterisations_of,
    widths_of,
)
from compute.sampling import stream
from compute.training.descent import Networks, Rates, outputs, start_networks

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Start:
    """θ_0 of the R networks of a tab.

    train, test: data; grid (G, N_0): where predictors are drawn; networks: θ_0 in float32;
    largest (R,): λ_max of J R Jᵀ/|D|, R the layers' rates; 0 where nothing moves; loss (R,), on the
    data; output (R, G); gradient (L+1,): ‖∂L/∂w^(ℓ)‖ of the first network, w = mW.
    """

    train: Dataset
    test: Dataset
    grid: Array
    networks: Networks
    largest: Array
    loss: Array
    output: Array
    gradient: Array


@dataclass(frozen=True)
class Result:
    """The start; what follows is sampled."""

    start: Start


def run(params: Params) -> Result:
    """The networks at θ_0. Cost: see `work`."""
    return Result(start_of(params))


@lru_cache(maxsize=8)
def start_of(params: Params) -> Start:
    """θ_0 and all that steps from there need to know."""
    train, test = data_of(params)
    widths, names, sigma = widths_of(params), parameterisations_of(params), activation_of(params)
    networks = start_networks(
        widths,
        names,
        stream(params.seed, "network"),
        weight_variance=params.weight_variance,
        bias_variance=params.bias_variance,
        dtype=np.float32,
    )
    rates = Rates.of(widths, names)
    largest = np.zeros(len(names))
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        for k, name in enumerate(names):
            if k and name == names[k - 1]:
                largest[k] = largest[k - 1]
                continue
            own = rates.weights[k], rates.biases[k]
            kernel = output_kernel(*networks.one(k), train.inputs, sigma, "standard", own)
            largest[k] = _largest(kernel)
        z = outputs(networks, train.inputs, sigma)[0]
        loss = 0.5 * np.mean((z - train.targets) ** 2, axis=1, dtype=np.float64)
        drawn = outputs(networks, grid_of(params), sigma)[0].astype(np.float64)
        first = loss_and_gradient(*networks.one(0), train.inputs, train.targets, sigma, "standard")
        norms = np.array([np.linalg.norm(part) for part in first[1]])
    return read_only(
        Start(
            train,
            test,
            grid_of(params),
            networks,
            np.nan_to_num(largest, posinf=0.0),
            np.asarray(np.nan_to_num(loss)),
            np.nan_to_num(drawn),
            np.nan_to_num(norms),
        )
    )


def _largest(kernel: Array) -> float:
    """Its largest eigenvalue, 0 where it is not finite."""
    n = len(kernel)
    if not np.all(np.isfinite(kernel)):
        return 0.0
    return max(
        float(scipy.linalg.eigh(kernel, eigvals_only=True, subset_by_index=[n - 1, n - 1])[0]), 0.0
    )


def work(params: Params) -> float:
    """Estimated milliseconds of `run`, from measured rates."""
    n = 32 if params.dataset == "points" else params.count
    kernels = 3 if params.figure == "compare" else 1
    layers = params.depth + 1
    cells = (n + 800) * params.width * len(parameterisations_of(params))
    slow = 1.0 if params.activation in {"relu", "tanh", "linear"} else 3.0
    return (
        4
        + kernels * layers * n * n * (1e-5 + 1e-8 * params.width)
        + kernels * 1e-7 * n**3
        + params.depth * cells * (slow * 1.2e-5 + 2e-8 * params.width)
    )
