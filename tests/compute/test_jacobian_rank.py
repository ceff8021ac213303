"""Ranks of Jacobians: against differences, exact elimination, and counts by hand."""

from __future__ import annotations

from dataclasses import astuple
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from compute.activations import get_activation
from compute.jacobian_rank import (
    ACTIVATIONS,
    activation_patterns,
    generic_rank,
    idle_neurons,
    jacobian,
    parameter_count,
    pattern_rank,
    relu_deficits,
    singular_values,
)

Network = tuple[list[np.ndarray], list[np.ndarray]]


def drawn(widths: list[int], rng: np.random.Generator) -> Network:
    """Normal weights and biases."""
    weights = [rng.standard_normal((b, a)) for a, b in pairwise(widths)]
    return weights, [rng.standard_normal(n) for n in widths[1:]]


def outputs(network: Network, x: np.ndarray, name: str) -> np.ndarray:
    """z(x), data before outputs."""
    h = x
    for ell, (w, b) in enumerate(zip(*network, strict=True)):
        z = h @ w.T + b
        h = z if ell == len(network[0]) - 1 else get_activation(name).phi(z)
    return h.ravel()


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("widths", [[2, 3, 1], [3, 2, 4, 2], [1, 2]])
def test_the_jacobian_is_that_of_differences(name: str, widths: list[int]) -> None:
    rng = np.random.default_rng(1)
    network, x = drawn(widths, rng), rng.standard_normal((4, widths[0]))
    found = jacobian(*network, x, get_activation(name))
    column, h = 0, 1e-5
    for w, b in zip(*network, strict=True):
        for part in (w, b):
            for place in np.ndindex(part.shape):
                kept = part[place]
                part[place] = kept + h
                above = outputs(network, x, name)
                part[place] = kept - h
                slope = (above - outputs(network, x, name)) / (2 * h)
                part[place] = kept
                np.testing.assert_allclose(found[:, column], slope, atol=1e-8)
                column += 1
    assert column == found.shape[1] == parameter_count(widths, True)
    plain = jacobian(network[0], None, x, get_activation("linear"))
    assert plain.shape[1] == parameter_count(widths, False)


def test_a_stack_of_networks_has_the_jacobians_of_each() -> None:
    rng = np.random.default_rng(2)
    networks, x = [drawn([2, 3, 1], rng) for _ in range(3)], rng.standard_normal((5, 2))
    weights = [np.stack([n[0][k] for n in networks]) for k in range(2)]
    biases = [np.stack([n[1][k] for n in networks]) for k in range(2)]
    stacked = jacobian(weights, biases, x, get_activation("tanh"))
    for found, network in zip(stacked, networks, strict=True):
        np.testing.assert_allclose(found, jacobian(*network, x, get_activation("tanh")))


@pytest.mark.parametrize("seed", range(20))
def test_generic_ranks_are_those_of_drawn_networks(seed: int) -> None:
    """Linear exactly, tanh and GELU at widths of 3 and more, ReLU never above."""
    rng = np.random.default_rng([3, seed])
    widths = [int(n) for n in rng.integers(3, 6, size=int(rng.integers(2, 4)))] + [1]
    data, network = int(rng.integers(2, 40)), drawn(widths, rng)
    x = rng.standard_normal((data, widths[0]))
    for name in ("tanh", "gelu", "relu"):
        rank = int(singular_values(jacobian(*network, x, get_activation(name)))[1])
        wanted = generic_rank(widths, name, data, True)
        assert rank <= wanted if name == "relu" else rank == wanted
    wide = [*(int(n) for n in rng.integers(1, 5, size=3)), int(rng.integers(1, 4))]
    network, x = drawn(wide, rng), rng.standard_normal((data, wide[0]))
    for bias in (True, False):
        biases = network[1] if bias else None
        matrix = jacobian(network[0], biases, x, get_activation("linear"))
        assert int(singular_values(matrix)[1]) == generic_rank(wide, "linear", data, bias)


def test_several_outputs_behind_one_neuron() -> None:
    rng = np.random.default_rng(4)
    x = rng.standard_normal((3, 4))
    matrix = jacobian(*drawn([4, 1, 3], rng), x, get_activation("tanh"))
    assert int(singular_values(matrix)[1]) == generic_rank([4, 1, 3], "tanh", 3, True) == 7


def exact_rank(columns: list[list[Fraction]]) -> int:
    """By elimination in fractions."""
    rows, rank = [list(c) for c in columns], 0
    for place in range(len(rows[0])):
        pivot = next((r for r in range(rank, len(rows)) if rows[r][place]), None)
        if pivot is None:
            continue
        rows[rank], rows[pivot] = rows[pivot], rows[rank]
        for r in range(rank + 1, len(rows)):
            factor = rows[r][place] / rows[rank][place]
            rows[r] = [a - factor * b for a, b in zip(rows[r], rows[rank], strict=True)]
        rank += 1
    return rank


@pytest.mark.parametrize("dim", [1, 2, 3])
def test_the_patterns_say_the_rank(dim: int) -> None:
    """By the SVD of the whole Jacobian, in fractions, and by the losses that add up to P."""
    rng = np.random.default_rng([5, dim])
    for _ in range(8):
        width, x = int(rng.integers(1, 9)), rng.standard_normal((12, dim))
        (first, outer), (bias, constant) = drawn([dim, width, 1], rng)
        matrix = jacobian([first, outer], [bias, constant], x, get_activation("relu"))
        rank = pattern_rank(first, bias, x)
        assert rank == int(singular_values(matrix)[1])
        assert rank == exact_rank([[Fraction(v) for v in row] for row in span(first, bias, x)])
        lost = relu_deficits(first, bias, x)
        assert lost.rank == rank
        assert sum(astuple(lost)) == parameter_count([dim, width, 1], True)
        assert min(astuple(lost)) >= 0


def span(first: np.ndarray, bias: np.ndarray, x: np.ndarray) -> list[np.ndarray]:
    """1, p_k and p_k x_j as rows."""
    on = (first @ x.T + bias[:, None] > 0).astype(float)
    return [np.ones(len(x)), *(p * c for p in on for c in (np.ones(len(x)), *x.T))]


def test_deficits_are_called_what_they_are() -> None:
    x = np.linspace(-1, 1, 9)[:, None]
    first, bias = [[1.0], [1.0], [1.0], [-1.0]], [-5.0, 0.1, 0.1, 5.0]
    lost = relu_deficits(first, bias, x)
    assert (lost.rescaling, lost.dead, lost.repeated, lost.always_on) == (4, 2, 2, 1)
    assert activation_patterns(first, bias, x).sum(axis=1).tolist() == [0, 5, 5, 9]
    assert pattern_rank([[0.0]], [-1.0], x) == 1


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: generic_rank([3, 4, 1], "sin", 5, True), "activation"),
        (lambda: generic_rank([3], "tanh", 5, True), "widths"),
        (lambda: generic_rank([3, 0, 1], "tanh", 5, True), "widths"),
        (lambda: generic_rank([3, 4, 1], "tanh", 0, True), "data_count"),
        (lambda: pattern_rank([[1.0]], [1.0, 2.0], [[1.0]]), "bias"),
        (lambda: pattern_rank([[np.nan]], [1.0], [[1.0]]), "finite"),
        (lambda: singular_values([1.0]), "matrix"),
        (lambda: jacobian([np.ones((2, 3))], None, np.ones((4, 2)), get_activation("tanh")), "x"),
    ],
)
def test_bad_arguments_are_named(call: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        call()


def test_idle_neurons_of_one_layer_are_those_of_its_deficits() -> None:
    rng = np.random.default_rng(5)
    for _ in range(20):
        w, b, x = rng.standard_normal((30, 1)), rng.standard_normal(30), rng.standard_normal((6, 1))
        idle = idle_neurons([w, np.ones((1, 30))], [b, np.zeros(1)], x)
        lost = relu_deficits(w, b, x)
        assert 2 * idle.dead == lost.dead
        assert idle.repeated + max(idle.always_on - 1, 0) == lost.repeated // 2
        assert (idle.always_on > 0) == lost.always_on
        assert idle.layers == 0


def test_behind_a_dead_layer_nothing_is_left_but_biases() -> None:
    rng = np.random.default_rng(6)
    weights = [rng.standard_normal(shape) for shape in ((4, 3), (5, 4), (3, 5), (1, 3))]
    biases = [np.full(4, 9.0), np.full(5, -99.0), np.array([1.0, 1.0, -1.0]), np.zeros(1)]
    x = rng.uniform(-1, 1, (7, 3))
    idle = idle_neurons(weights, biases, x)
    assert (idle.dead, idle.always_on, idle.repeated, idle.layers) == (6, 6, 0, 1)
    rank = singular_values(jacobian(weights, biases, x, get_activation("relu")))[1]
    assert rank == 1
