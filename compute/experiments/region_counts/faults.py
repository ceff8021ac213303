"""Deliberate faults of section 4.2: in the networks drawn, and in the cube of one neuron."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from compute.claims import Fault
from compute.claims.faults import normals, of_result, times

_HERE = "compute.experiments.region_counts"


def _drawn(name: str, words: str, change: Callable[[Any], Any]) -> Fault:
    """The networks of the sample are of another ensemble."""
    return Fault(name, words, (f"{_HERE}.sampler:ensemble",), of_result(change))


def _widths(change: Callable[[int], int]) -> Callable[[Any], Any]:
    return lambda e: replace(e, widths=tuple(max(change(n), 1) for n in e.widths))


WEIGHTS = _drawn(
    "weights",
    "3 % more variance in the weights",
    lambda e: replace(e, weight_variance=1.03 * e.weight_variance),
)
LARGE = _drawn(
    "large",
    "30 % more variance in the weights",
    lambda e: replace(e, weight_variance=1.3 * e.weight_variance),
)
BIASES = _drawn(
    "biases",
    "3 % more variance in the biases",
    lambda e: replace(e, bias_variance=1.03 * e.bias_variance),
)
NEURON = _drawn("neuron", "a forgotten neuron in every layer", _widths(lambda n: n - 1))
FOUR = _drawn("four", "four forgotten neurons in every layer", _widths(lambda n: n - 4))
HALF = _drawn("half", "half of all neurons forgotten", _widths(lambda n: n // 2))
TWICE = _drawn("twice", "every neuron drawn twice", _widths(lambda n: 2 * n))
FEW = _drawn("few", "seven of eight neurons forgotten", _widths(lambda n: n // 8))
THRICE = _drawn("thrice", "every neuron drawn three times", _widths(lambda n: 3 * n))
QUIET = _drawn(
    "quiet",
    "a factor ½ lost in the variance of the weights",
    lambda e: replace(e, weight_variance=0.5 * e.weight_variance),
)
BIAS = Fault(
    name="bias",
    words="a bias forgotten in the cube",
    targets=(f"{_HERE}.run:stream",),
    wrap=normals(lambda drawn: drawn if drawn.ndim > 1 else 0 * drawn),
)
CELLS = Fault(
    name="cells",
    words="every cell of the cube counted twice",
    targets=(f"{_HERE}.run:_one_neuron",),
    wrap=times(2.0),
)
