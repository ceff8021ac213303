"""§1.3.1: deep linear networks learn one singular value of their target after the other."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from compute.deep_linear import linear_flow, mode_path, plateau_losses, waiting_time
from compute.experiments.overparameterisation.setting import Params
from compute.sampling import stream

Array = NDArray[np.float64]

STRONGEST, MODES, HIDDEN, RANDOM = 4.0, 3, 5, 10
DEEPEST = 6
_DRAWN = 300


@dataclass(frozen=True)
class Linear:
    """Modes of a product of D matrices in gradient flow, and its loss.

    `strengths` (3,); `time` (m,), `modes` (r, m, 3), `loss` (r, m): of r networks of real matrices;
    `laws`: per mode (t, a) of the law, for aligned starts; `law_loss` (m,), nan for random ones.
    `half` (r, 3): when each mode is at s/2, nan where it is not; `waits` (6, 3): by the law, of 1…6
    layers; `plateaus` (3,).
    """

    strengths: Array
    time: Array
    modes: Array
    loss: Array
    laws: tuple[tuple[Array, Array], ...]
    law_loss: Array
    half: Array
    waits: Array
    plateaus: Array


def strengths(params: Params) -> Array:
    """s_1, s_2, s_3."""
    return np.asarray(STRONGEST / params.ratio ** np.arange(MODES), dtype=np.float64)


def schedule(params: Params) -> tuple[float, int, int]:
    """Step, number of steps, and how many of them lie between drawn points."""
    weakest = float(strengths(params)[-1])
    factor = 1.35 if params.aligned == "aligned" else 2.0
    end = max(factor * waiting_time(weakest, params.start, params.layers, share=0.9), 1.0)
    fastest = params.layers * STRONGEST ** (2 - 2 / params.layers)
    steps = math.ceil(end / min(0.1 / fastest, end / _DRAWN))
    every = max(1, steps // _DRAWN)
    steps = every * math.ceil(steps / every)
    return end / steps, steps, every


def linear_modes(params: Params) -> Linear:
    """Matrices that learn mode by mode, as many as are drawn, and the law of aligned starts."""
    s, depth = strengths(params), params.layers
    step, steps, every = schedule(params)
    target = np.zeros((HIDDEN, HIDDEN))
    place = np.arange(MODES)
    target[place, place] = s
    paths = np.array([linear_flow(w, target, step, steps, every) for w in _begin(params)])
    modes = paths[:, :, place, place]
    time: Array = step * every * np.arange(paths.shape[1], dtype=np.float64)
    laws: tuple[tuple[Array, Array], ...] = ()
    law_loss = np.full(time.size, np.nan)
    if params.aligned == "aligned":
        laws = tuple(mode_path(float(v), params.start, depth) for v in s)
        at = [np.interp(time, t, a) for t, a in laws]
        law_loss = 0.5 * np.sum([(v - a) ** 2 for v, a in zip(s, at, strict=True)], axis=0)
    return Linear(
        strengths=s,
        time=time,
        modes=modes,
        loss=0.5 * np.sum((target - paths) ** 2, axis=(2, 3)),
        laws=laws,
        law_loss=law_loss,
        half=np.array([[_half(time, m[:, k], float(s[k])) for k in range(MODES)] for m in modes]),
        waits=np.array(
            [[waiting_time(float(v), params.start, d) for v in s] for d in range(1, DEEPEST + 1)]
        ),
        plateaus=plateau_losses(s),
    )


def _begin(params: Params) -> list[Array]:
    """Real matrices W_1, …, W_D, padded with zeros: 3 inputs, 5 hidden neurons, 3 outputs."""
    depth, found = params.layers, []
    if params.aligned == "aligned":
        root = np.zeros((depth, HIDDEN, HIDDEN))
        root[:, range(MODES), range(MODES)] = params.start ** (1 / depth)
        return [root]
    for index in range(RANDOM):
        drawn = stream(params.seed, "matrices", index).standard_normal((depth, HIDDEN, HIDDEN))
        drawn *= math.sqrt(params.start)
        drawn[0, :, MODES:] = 0
        drawn[-1, MODES:, :] = 0
        found.append(drawn)
    return found


def _half(time: Array, mode: Array, strength: float) -> float:
    """When a mode passes s/2 for the first time, interpolated in log(a/(s − a)); nan if never."""
    above = np.nonzero(mode >= strength / 2)[0]
    if not above.size or above[0] == 0:
        return math.nan
    k = int(above[0])
    if mode[k - 1] <= 0 or mode[k] >= strength:
        return math.nan
    v = np.log(mode[k - 1 : k + 1] / (strength - mode[k - 1 : k + 1]))
    return float(time[k - 1] - v[0] * (time[k] - time[k - 1]) / (v[1] - v[0]))
