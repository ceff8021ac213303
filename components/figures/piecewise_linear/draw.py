"""Figures of page 1.1: a function drawn by hand and its neurons; a random network."""

from __future__ import annotations

from typing import Any

import numpy as np

from components.figures.base import (
    Array,
    Figure,
    axis,
    dots,
    figure,
    line,
    measured,
    middles,
    plural,
    together,
)
from components.figures.orders import Order, Words
from compute.estimates import mean_and_error
from compute.experiments.piecewise_linear.run import Draw, Random
from compute.experiments.piecewise_linear.sampler import Breakpoints
from compute.experiments.piecewise_linear.setting import REACH, Params
from compute.sampling import Sample

INPUT = "input x"
_PLACE = "x = %{x:.3f}<br>z = %{y:.3f}"


def drawn_function(params: Params, part: Draw, _sample: Any) -> Figure:
    """The network, on the broken line through the corners."""
    z = part.network[3] + part.neurons.sum(axis=0)
    data = [
        line(part.x, z, "theory", "network", _PLACE),
        dots(part.corners[:, 0], part.corners[:, 1], "corners", _PLACE, size=13),
    ]
    said = plural(len(part.network[0]), "ReLU neuron")
    neurons = f"{said} draw" if len(part.network[0]) != 1 else f"{said} draws"
    title: Words = (f"{neurons} this function: drag a corner, click to add or remove one",)
    ends = -params.window, params.window
    frame = axis(INPUT, range=ends), axis("output z(x)", range=ends)
    return figure(title, *frame, data)


def draw_extra(_params: Params, part: Draw) -> dict[str, Any]:
    """What the knots' script shows: the corners, and what is to be taken away."""
    first, bias, second, constant = part.network
    rows = [[float(a), float(b), float(c)] for a, b, c in zip(first, bias, second, strict=True)]
    return {
        "points": part.corners.round(4).tolist(),
        "network": {"rows": rows, "constant": constant},
        "source": source(part),
        "reach": REACH,
    }


def source(part: Draw) -> str:
    """The network as Python that needs nothing but NumPy."""
    first, bias, second, constant = part.network
    named = (("w1", first), ("b1", bias), ("w2", second))
    arrays = "\n".join(f"{name} = np.array({values.tolist()!r})" for name, values in named)
    count = plural(len(first), "ReLU neuron")
    return (
        f'"""A function drawn by hand, as a network of {count}."""\n\n'
        f"import numpy as np\n\n{arrays}\nb2 = {constant!r}\n\n\n"
        "def network(x):\n"
        "    inner = np.multiply.outer(np.asarray(x, dtype=float), w1) + b1\n"
        "    return np.maximum(inner, 0.0) @ w2 + b2\n\n\n"
        'if __name__ == "__main__":\n'
        f"    for x in {part.corners[:, 0].round(4).tolist()!r}:\n"
        '        print(f"z({x:g}) = {network(x):.6g}")\n'
    )


def _stack(x: Array, neurons: Array) -> dict[str, Any]:
    """All neurons as one trace: one alone costs a millisecond on every drawing."""
    # a bent line needs its ends, its corner and little between
    parts = [(x, values, f"neuron {i}") for i, values in enumerate(neurons, 1)]
    if not parts:
        parts = [(x[[0, -1]], np.zeros(2), "no neuron")]
    xs, ys, named = together(parts)
    hover = "%{customdata}<br>x = %{x:.3f}<br>adds %{y:.3f}"
    return line(xs, ys, "theory", "neurons", hover, **named)


def _reach(neurons: Array, least: float = 0.5) -> tuple[float, float]:
    most = 1.08 * max(least, float(np.abs(neurons).max(initial=0.0)))
    return -most, most


def contributions(params: Params, part: Draw, _sample: Any) -> Figure:
    """What each neuron adds."""
    most = min(_reach(part.neurons)[1], 12.0)
    return figure(
        "Each neuron is flat on one side of its corner and straight on the other",
        axis(INPUT, range=(-params.window, params.window)),
        axis("what a neuron adds, W<sup>(2)</sup>σ(W<sup>(1)</sup>x + b)", range=(-most, most)),
        [_stack(part.x, part.neurons)],
    )


def weights(_params: Params, part: Draw, _sample: Any) -> Figure:
    """W^(1), b^(1), W^(2) neuron by neuron: its table is the network."""
    first, bias, second, constant = part.network
    number = np.arange(1, len(first) + 1)
    hover = "neuron %{x}: %{y:.6g}"
    looks = (("W⁽¹⁾", first, "square", "theory"), ("b⁽¹⁾", bias, "diamond", "bound"))
    data = [
        dots(number, values, name, hover, role=role, symbol=symbol, size=9)
        for name, values, symbol, role in looks
    ]
    data.append(dots(number, second, "W⁽²⁾", hover, size=9))
    data.append(dots([0], [constant], "b⁽²⁾", "output bias: %{y:.6g}", symbol="cross", size=9))
    values = np.concatenate([first, bias, second, [constant]])
    return figure(
        "All weights of the network: W⁽¹⁾ squares, b⁽¹⁾ diamonds, W⁽²⁾ discs, b⁽²⁾ cross",
        axis("neuron (0: output bias)", range=(-0.7, len(first) + 0.7)),
        axis("weight", range=_reach(values)),
        data,
    )


# ---- a random network ----------------------------------------------------------------------


def random_output(params: Params, part: Random, _sample: Any) -> Figure:
    """z(x) with its breakpoints."""
    data = [line(part.x, part.z, "theory", "network", _PLACE)]
    hover = "breakpoint −b/W = %{x:.3f}<br>z = %{y:.3f}"
    if part.breakpoints.size:
        data.append(dots(part.breakpoints, part.heights, "breakpoints", hover))
    seen = plural(part.breakpoints.size, "breakpoint")
    return figure(
        f"A random network of {plural(params.width, 'neuron')}, bent at {seen} in the window",
        axis(INPUT, range=(-params.window, params.window)),
        axis("output z(x)", range=_reach(part.z, 1e-3), steady=True),
        data,
    )


def random_stack(params: Params, part: Random, _sample: Any) -> Figure:
    """Its single neurons."""
    return figure(
        "The neurons it is the sum of",
        axis(INPUT, range=(-params.window, params.window)),
        axis("what a neuron adds", range=_reach(part.neurons, 1e-3), steady=True),
        [_stack(part.x, part.neurons)],
    )


def breakpoint_density(params: Params, part: Random, sample: Sample[Breakpoints] | None) -> Figure:
    """Breakpoints per unit of x: Cauchy, and counted."""
    ratio = params.weight_variance / params.bias_variance
    x = np.linspace(-params.window, params.window, 241)
    # averaged over a bin, as the counts are
    step = float(part.edges[1] - part.edges[0])
    low, high = (np.arctan(np.sqrt(ratio) * (x + side * step / 2)) for side in (-1, 1))
    density = params.width / np.pi * (high - low) / step
    data = [line(x, density, "theory", "Cauchy law", "x = %{x:.2f}<br>%{y:.4g} per unit")]
    title: Words = "Where the breakpoints of random networks are"
    if sample is not None:
        current = sample.current
        mean, error = mean_and_error(current.count, current.bins, current.squares)
        hover = "x = %{x:.2f}<br>%{y:.4g}"
        centre = middles(part.edges)
        data.append(measured(centre, mean / step, error / step, "counted", hover))
        title = (
            "Breakpoints of random networks, counted: they ",
            Order("follow", "counted", "follows", ("Cauchy law",), otherwise="scatter about"),
            " the Cauchy law",
        )
    return figure(
        title,
        axis("breakpoint ξ = −b/W", range=(-params.window, params.window)),
        axis("breakpoints per unit of x", range=(0, 1.15 * float(density.max())), steady=True),
        data,
    )
