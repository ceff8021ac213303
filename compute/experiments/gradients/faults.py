"""Deliberate faults of page 3.5: in the networks that are drawn, in their derivatives, in sums."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from compute.claims import Fault
from compute.claims.faults import of_result, with_argument

_HERE = "compute.experiments.gradients"
_DRAW = ("compute.gradients.networks:draw",)
_PROPAGATE = (f"{_HERE}.sampler:propagate", "compute.gradients.networks:propagate")


def _first_plain(block: Any) -> Any:
    """The first layer of variance 1, as E 27's printed mean has it."""
    first, *others = block.weights
    return replace(block, weights=(first / block.weight_variance**0.5, *others))


def _louder(block: Any) -> Any:
    return replace(block, weight_variance=1.03 * block.weight_variance)


def _always_on(block: Any) -> Any:
    """A forgotten gate: the first neuron of every layer passes everything."""
    activation = block.activation

    class Open:
        @staticmethod
        def phi_and_dphi(z: Any) -> Any:
            h, slopes = activation.phi_and_dphi(z)
            h[..., 0], slopes[..., 0] = z[..., 0], 1.0
            return h, slopes

    return replace(block, activation=Open)


def _top_heavy(signals: Any) -> Any:
    """The error signal 2 % too large at every layer that it passes."""
    top = len(signals.backward)
    grown = tuple(1.02 ** (top - 1 - i) * d for i, d in enumerate(signals.backward))
    return replace(signals, backward=grown)


WEIGHTS = Fault(
    name="weights", words="3 % more variance in the weights", targets=_DRAW, wrap=of_result(_louder)
)
FIRST = Fault(
    name="first", words="a first layer of variance 1", targets=_DRAW, wrap=of_result(_first_plain)
)
GATE = Fault(
    name="gate",
    words="one neuron in every layer that is always on",
    targets=_DRAW,
    wrap=of_result(_always_on),
)
SIGNAL = Fault(
    name="signal",
    words="an error signal that grows by 2 % in every layer",
    targets=_PROPAGATE,
    wrap=of_result(_top_heavy),
)
NEURON = Fault(
    name="neuron",
    words="a forgotten neuron in every hidden layer",
    targets=_DRAW,
    wrap=with_argument(0, lambda n: (n[0], *(max(k - 1, 1) for k in n[1:-1]), n[-1])),
)
RECURSION = Fault(
    name="recursion",
    words="sums over layers that are 2 % too wide",
    targets=(f"{_HERE}.checks:tangent_kernel_second_moment",),
    wrap=with_argument(0, lambda widths: tuple(round(1.02 * n) for n in widths)),
)
HALF_STEP = Fault(
    name="half_step",
    words="a step of half the size",
    targets=(f"{_HERE}.sampler:relative_change",),
    wrap=of_result(lambda change: change / 2),
)
