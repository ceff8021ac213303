"""The setting of page 4.1: a random network by (4.0.1), or one of composed hats, and a window."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from compute.experiments import deep_network_fields as ask
from compute.params import WIDTHS, Points, check, choice, flag, integer, points, real, seed
from compute.partition import cell_estimate
from compute.sampling import stream

Array = NDArray[np.float64]
Window = tuple[float, float, float, float]

MOST_LAYERS, MOST_WIDTH = 6, 64
# What `cell_estimate` was fitted to: [−3, 3]² under C_W = 2, C_b = 1.
_USUAL_REACH, _USUAL_SHARE = 3 * math.sqrt(2), 0.92
_DRAWN = (("network", ("random", "own")),)
_SIZES = (0.05, 0.1, 0.2, 0.5, 1, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 40, 60, 100)


def _width(layer: int) -> Any:
    return integer(
        (12, 8, 6, 4, 3, 2)[layer - 1],
        1,
        MOST_WIDTH,
        label=f"width of layer {layer}",
        symbol=f"N_{layer}",
        help="Neurons of this layer.",
        ladder=WIDTHS,
        shown_if_all=(("network", ("own",)), ("depth", tuple(range(layer, MOST_LAYERS + 1)))),
    )


def _centre(symbol: str) -> Any:
    what = "Drag the figure to pan."
    return real(0.0, -50.0, 50.0, step=0.1, label="window centre", symbol=symbol, help=what)


@dataclass(frozen=True)
class Params:
    """The setting of page 4.1."""

    network: str = choice(
        "random",
        (
            ("random", "random, equal widths"),
            ("own", "random, own widths"),
            ("hats", "composed hats"),
        ),
        label="network",
        help="Random as in (4.0.1), or 4 neurons a layer that fold [0, 1]² in half both ways.",
    )
    depth: int = integer(
        3, 1, MOST_LAYERS, label="depth", symbol="L", help="Hidden layers: how often it folds."
    )
    width: int = integer(
        8,
        1,
        MOST_WIDTH,
        label="width",
        symbol="N",
        help="Neurons in every hidden layer.",
        ladder=WIDTHS,
        shown_if_any=(("network", ("random",)),),
    )
    width_1: int = _width(1)
    width_2: int = _width(2)
    width_3: int = _width(3)
    width_4: int = _width(4)
    width_5: int = _width(5)
    width_6: int = _width(6)
    colour: str = choice(
        "output",
        (
            ("output", "output z(x)"),
            ("pattern", "activation pattern"),
            ("gradient", "gradient norm"),
            ("layer", "layer of the last fold"),
            ("region", "linear region"),
        ),
        label="colour by",
        help="What the colour of a cell tells.",
    )
    layers: int = integer(
        MOST_LAYERS, 1, MOST_LAYERS, label="layers shown", help="Folds of the first layers only."
    )
    neuron: int = integer(
        24,
        0,
        MOST_LAYERS * MOST_WIDTH,
        label="neuron",
        symbol="H",
        help="Its bent hyperplane is lit up; counted through the layers, 0 for none. Or click it.",
        slider=False,
    )
    arrows: bool = flag(
        False, label="arrows to the side that is on", help="The co-orientation of every fold."
    )
    weight_variance: float = ask.weight_variance(
        2.0, 0.2, 4.0, "Variance of the weights in (4.0.1).", 0.1, shown_if_any=_DRAWN
    )
    bias_variance: float = ask.bias_variance(
        1.0,
        4.0,
        "Variance of the biases; at 0 every fold goes through the origin.",
        0.1,
        shown_if_any=_DRAWN,
    )
    size: float = real(
        6.0,
        0.01,
        100.0,
        ladder=_SIZES,
        label="window size",
        help="Side of the square window. Ctrl and the wheel zoom, too.",
    )
    centre_x: float = _centre("x₁")
    centre_y: float = _centre("x₂")
    line: Points = points(  # noqa: RUF009
        ((-2.6, -1.4), (2.4, 1.8)),
        -100.0,
        100.0,
        label="line",
        help="Its two ends x~y_x~y, for the slice below; drag them in the figure.",
    )
    seed: int = seed(shown_if_any=_DRAWN)

    def __post_init__(self) -> None:
        check(self)


class Net(NamedTuple):
    """A network with two inputs and one output; 1/√N of (4.0.1) inside the weights."""

    weights: tuple[Array, ...]
    """[(N_1, 2), (N_2, N_1), …, (1, N_L)]"""
    biases: tuple[Array, ...]
    """[(N_1,), …, (1,)]"""


def widths(params: Params) -> tuple[int, ...]:
    """N_1, …, N_L."""
    if params.network == "hats":
        return (4,) * params.depth
    if params.network == "own":
        return tuple(getattr(params, f"width_{k}") for k in range(1, params.depth + 1))
    return (params.width,) * params.depth


def window(params: Params) -> Window:
    """x_min, x_max, y_min, y_max."""
    half = 0.5 * params.size
    x, y = params.centre_x, params.centre_y
    return x - half, x + half, y - half, y + half


def ends(params: Params) -> tuple[Array, Array] | None:
    """Start and end of the line; None unless two different points are given."""
    if len(params.line) < 2 or params.line[0] == params.line[1]:
        return None
    return np.array(params.line[0]), np.array(params.line[1])


def network(params: Params) -> Net:
    """The network of the setting."""
    return _hats(params.depth) if params.network == "hats" else _random(params)


def _random(params: Params) -> Net:
    """Weights N(0, C_W/N), biases N(0, C_b), by (4.0.1).

    Every layer has a stream of its own from which a narrower one takes a corner, so that more
    neurons or layers leave the others where they are.
    """
    weights, biases, m = [], [], 2
    for layer, n in enumerate((*widths(params), 1), start=1):
        name = f"layer {layer}" if layer <= params.depth else "output"
        numbers = stream(params.seed, name).standard_normal((MOST_WIDTH, MOST_WIDTH + 1))
        weights.append(math.sqrt(params.weight_variance / m) * numbers[:n, 1 : m + 1])
        biases.append(math.sqrt(params.bias_variance) * numbers[:n, 0])
        m = n
    return Net(tuple(weights), tuple(biases))


def _hats(depth: int) -> Net:
    """Both inputs go `depth` times through the hat h(t) = σ(2t) − σ(4t − 2); integer weights.

    The output is the sum of the two last hats.
    """
    first, bias = np.array([[2.0, 0], [4, 0], [0, 2], [0, 4]]), np.array([0.0, -2, 0, -2])
    fold = np.array([[2.0, -2, 0, 0], [4, -4, 0, 0], [0, 0, 2, -2], [0, 0, 4, -4]])
    output = np.array([[1.0, -1, 1, -1]])
    return Net((first, *(fold,) * (depth - 1), output), (*(bias,) * depth, np.zeros(1)))


def expected_cells(params: Params) -> float:
    """Cells to expect, from the neurons and the window; of composed hats and those around them.

    A window that is large beside the distance √(2C_b/C_W) of a fold from the origin sees all
    cells, a small one few: fitted to means over random networks, at a window about the origin.
    """
    if params.network == "hats":
        return 100 + 1.1 * 4.0**params.depth
    sizes = widths(params)
    if params.bias_variance == 0:
        return 1 + 4 * sum(sizes)
    reach = 0.5 * params.size * math.sqrt(params.weight_variance / params.bias_variance)
    # beyond C_W = 2 values grow from layer to layer and biases matter less, below it more
    reach *= math.pow(0.5 * params.weight_variance, (len(sizes) - 1) / 3)
    most = 1.05 + 0.2 * len(sizes)
    half = _USUAL_REACH * (most / _USUAL_SHARE - 1)
    return 1 + sum(sizes) + cell_estimate(sizes) * most * reach / (reach + half)
