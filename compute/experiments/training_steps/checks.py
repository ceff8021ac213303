"""Checks of section 1.2: each measures by another route than what it judges."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from compute.backpropagation import (
    largest_stable_learning_rate,
    loss_and_gradient,
    multipliers,
    output_kernel,
)
from compute.claims import Check, Statement, at_most, exact, undecided
from compute.experiments.one_layer_fields import KINKED, STEEP
from compute.experiments.training_steps.run import Result
from compute.experiments.training_steps.setting import Params, activation_of, widths_of
from compute.sampling import stream
from compute.training.descent import Rates, batch_order, descend, outputs, start_networks

Array = NDArray[np.float64]

STEPS = 20
# differences of a larger slope lose their digits
RANGE = 1e4


def rates_of(widths: list[int], name: str) -> Rates:
    """The rates of one parameterisation."""
    return Rates.of(widths, [name])


def step_length(share: float, limit: float) -> float:
    """η at so large a share of a limit."""
    return share * limit


def _start(params: Params) -> tuple[list[Array], list[Array]]:
    """θ_0 in the NTK parameterisation, W ~ N(0, C_W), in float64."""
    networks = start_networks(
        widths_of(params),
        ["ntk"],
        stream(params.seed, "network"),
        weight_variance=params.weight_variance,
        bias_variance=params.bias_variance,
    )
    weights, biases = networks.one(0)
    scales = multipliers(widths_of(params), "ntk")
    return [w / m for w, m in zip(weights, scales, strict=True)], biases


def same_steps(params: Params, result: Result, _sample: object) -> Check | None:
    """NTK steps by its own gradient, and the standard network with a rate per layer."""
    if params.figure == "rates" or params.parameterisation != "ntk" or params.activation in STEEP:
        return None
    data, sigma, widths = result.start.train, activation_of(params), widths_of(params)
    if result.start.largest[0] <= 0:
        return None
    eta = min(params.rate, 1.0) / float(result.start.largest[0])
    networks = start_networks(
        widths,
        ["standard"],
        stream(params.seed, "network"),
        weight_variance=params.weight_variance,
        bias_variance=params.bias_variance,
    )
    one = rates_of(widths, "ntk")
    networks, losses = descend(
        networks,
        data.inputs,
        data.targets,
        sigma,
        rates=one,
        eta=eta,
        steps=STEPS,
        ceiling=RANGE * (1 + float(result.start.loss[0])),
    )
    claimed = Statement("standard with η/N per layer", 1.0)
    quantity = f"loss after {STEPS} steps, divided by the NTK network’s"
    if np.isnan(losses).any():
        why = "the steps diverge, and rounding grows with them"
        return undecided(quantity, math.nan, claimed, tolerance=1e-8, reason=why)
    weights, biases = _start(params)
    for _ in range(STEPS):
        _, dw, db = loss_and_gradient(weights, biases, data.inputs, data.targets, sigma, "ntk")
        weights = [w - eta * g for w, g in zip(weights, dw, strict=True)]
        biases = [b - eta * g for b, g in zip(biases, db, strict=True)]
    z = outputs(networks, data.inputs, sigma)[0][0] - data.targets
    loss = 0.5 * float(np.mean(z**2))
    mine = loss_and_gradient(weights, biases, data.inputs, data.targets, sigma, "ntk")[0]
    return exact(quantity, loss / mine if mine > 0 else math.nan, claimed, tolerance=1e-8)


def slope_along(losses: tuple[float, float], step: float) -> float:
    """A central difference."""
    return (losses[0] - losses[1]) / (2 * step)


def gradient_descends(params: Params, result: Result, _sample: object) -> Check | None:
    """dL/dt along the gradient by differences, against ‖∇L‖²."""
    if params.figure != "neurons":
        return None
    data, sigma = result.start.train, activation_of(params)
    weights, biases = _start(params)
    given = data.inputs, data.targets, sigma, "ntk"
    _, dw, db = loss_and_gradient(weights, biases, *given)
    claimed = Statement("backpropagation", 1.0)
    quantity = "slope of the loss along its gradient, divided by ‖∇L‖"
    norm = float(np.linalg.norm(np.concatenate([g.ravel() / RANGE for g in (*dw, *db)]))) * RANGE
    if not 0 < norm < RANGE or params.activation in KINKED:
        why = "the gradient is 0, too large for differences, or has kinks nearby"
        return undecided(quantity, math.nan, claimed, tolerance=1e-5, reason=why)
    step = 1e-5 / max(norm, 1.0)
    losses = []
    for sign in (1, -1):
        moved = [w + sign * step * g / norm for w, g in zip(weights, dw, strict=True)]
        shifted = [b + sign * step * g / norm for b, g in zip(biases, db, strict=True)]
        losses.append(loss_and_gradient(moved, shifted, *given)[0])
    return exact(
        quantity,
        slope_along((losses[0], losses[1]), step) / norm,
        claimed,
        tolerance=1e-5,
    )


def linear_limit(params: Params, result: Result, _sample: object) -> Check | None:
    """Where the linearised network's steps change from shrinking to growing, by bisection."""
    if params.figure != "rates" or result.start.largest[0] <= 0:
        return None
    weights, biases = _start(params)
    x, sigma = result.start.train.inputs, activation_of(params)
    limit = largest_stable_learning_rate(weights, biases, x, sigma, "ntk", params.momentum)
    kernel = output_kernel(weights, biases, x, sigma, "ntk")
    vector = np.linalg.eigh(kernel)[1][:, -1]
    low, high = 0.1 * limit, 4 * limit
    for _ in range(40):
        middle = 0.5 * (low + high)
        z, before, grown = vector, vector, 0.0
        eta = step_length(1.0, middle)
        for _ in range(300):
            z, before = z + params.momentum * (z - before) - eta * (kernel @ z), z
            size = float(np.linalg.norm(z))
            z, before, grown = z / size, before / size, grown + math.log(size)
        low, high = (middle, high) if grown < 0 else (low, middle)
    return exact(
        "η λ_max/2 at which the linearised steps begin to grow",
        0.5 * (low + high) * 2 * (1 + params.momentum) / limit / 2,
        Statement("1 + β", 1 + params.momentum),
        tolerance=0.01,
    )


def no_catapult(params: Params, result: Result, _sample: object) -> Check | None:
    """The largest loss of 200 steps at 0.9 of the limit, by its start."""
    plain = params.momentum == 0 and params.batch_size == 0 and params.parameterisation == "ntk"
    if params.figure != "training" or not plain or params.width < 32:
        return None
    data, sigma, widths = result.start.train, activation_of(params), widths_of(params)
    if params.activation != "tanh" or params.depth > 2 or result.start.largest[0] <= 0:
        return None
    eta = step_length(0.45, 2 / float(result.start.largest[0]))
    start = start_networks(
        widths,
        ["ntk"],
        stream(params.seed, "network"),
        weight_variance=params.weight_variance,
        bias_variance=params.bias_variance,
    )
    rates = rates_of(widths, "ntk")
    _, losses = descend(
        start, data.inputs, data.targets, sigma, rates=rates, eta=eta, steps=200, ceiling=1e30
    )
    return exact(
        "largest loss in 200 steps, by the loss at the start",
        float(np.nan_to_num(losses[:, 0], nan=1e30).max() / losses[0, 0]),
        at_most("below 2/λ_max", 1.0),
        tolerance=1e-9,
    )


def epochs(params: Params, result: Result, _sample: object) -> Check | None:
    """The mean of the batch gradients over an epoch, by size, is the full gradient."""
    count = len(result.start.train.targets)
    if not 0 < params.batch_size < count:
        return None
    data, sigma = result.start.train, activation_of(params)
    weights, biases = _start(params)
    full = loss_and_gradient(weights, biases, data.inputs, data.targets, sigma, "ntk")[1][0]
    total = np.zeros_like(full)
    for part in batch_order(count, params.batch_size, stream(params.seed, "batches")):
        given = data.inputs[part], data.targets[part], sigma, "ntk"
        total += len(part) / count * loss_and_gradient(weights, biases, *given)[1][0]
    size = float(np.linalg.norm(full))
    return exact(
        "distance of the epoch’s mean gradient from the full one, by its norm",
        float(np.linalg.norm(total - full)) / size if size > 0 else math.nan,
        Statement("every datum once", 0.0),
        tolerance=1e-9,
    )
