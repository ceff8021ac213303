"""What page 3.6 says in words: result, warning, progress."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from components.figures.base import number, plural
from components.figures.depth_and_width.laws import Drawn
from components.figures.labels import plus_minus, with_error
from compute.covariance_sde import alignment_probability
from compute.experiments.depth_and_width.paths import Paths
from compute.experiments.depth_and_width.run import Alignment, Angle, Explosion, Result, Spread
from compute.experiments.depth_and_width.sampler import Networks
from compute.experiments.depth_and_width.setting import Params, depth_of, shape_of, strength_of
from compute.sampling import Sample

# Below this width the limit is far, and above these times nothing but the ends is left.
_NARROW = 20


def sentence(params: Params, result: Result, sample: Drawn, frame: int | None) -> str:
    """The result in words, of the frame in front."""
    networks = None if sample is None else sample.current
    k = -1 if frame is None else frame
    match getattr(result, params.figure):
        case Spread() as part:
            said = _spread(params, part, networks, k)
        case Paths() as part:
            said = _paths(params, part)
        case Angle() as part:
            said = _angle(part, networks)
        case Explosion() as part:
            said = _explosion(part, networks)
        case Alignment() as part:
            said = _alignment(params, part, networks)
    return f"{said}."


def _spread(params: Params, part: Spread, networks: Networks | None, k: int) -> str:
    of = "ρ" if params.figure == "density" else "log V"
    wide = float(part.wide[k])
    wide = math.tanh(wide) if params.figure == "density" else wide
    first = f"{number(wide, 4)}, 0" if math.isfinite(wide) else "it has blown up"
    limit = f"{number(float(part.mean[k]), 4)}, {number(float(part.deviation[k]))}"
    place = f"N = {params.width}, layer {part.layers[k]}"
    if networks is None or networks.alive()[k] < 2:
        return f"{place}: mean and standard deviation of {of}: limit {limit}; width first {first}"
    mean, error = (float(v[k]) for v in networks.means())
    seen = f"{plus_minus(mean, error, 4)}"
    spread = number(float(networks.deviations()[k]))
    return (
        f"{place}: {of} has mean {seen}, standard deviation {spread}; "
        f"limit {limit}; width first {first}"
    )


def _paths(params: Params, part: Paths) -> str:
    depth, wide = depth_of(params), number(math.tanh(float(part.wide[-1])), 4)
    layers, neurons = plural(depth, "layer"), plural(params.width, "neuron")
    place = f"After {layers} of {neurons} (ℓ/N = {number(depth / params.width)})"
    if math.isnan(part.distance):
        return f"{place} none of the five networks is left"
    return (
        f"{place} ρ of five networks and of the diffusion under common "
        f"random numbers differ by {number(part.distance, 2)} (root mean square); "
        f"width first, ρ is {wide}"
    )


def _angle(part: Angle, networks: Networks | None) -> str:
    time = number(float(part.times[-1]))
    theory = (
        f"the diffusion with its next order has {number(float(part.predicted[-1, 1]))}, its limit "
        f"N → ∞ {number(float(part.limit[-1]))}, and width first gives "
        f"{number(float(part.wide[-1]))}"
    )
    if networks is None or not math.isfinite(float(networks.medians(part.edges)[0][-1])):
        return f"At L/N = {time} the median of X = 3π/(Nθ): {theory}"
    middle, error = (float(v[-1]) for v in networks.medians(part.edges))
    x = math.exp(middle)
    return (
        f"At L/N = {time} the median of X = 3π/(Nθ) is {plus_minus(x, x * error)} over "
        f"{plural(int(networks.alive()[-1]), 'network')}; {theory}"
    )


def _explosion(part: Explosion, networks: Networks | None) -> str:
    time, by = number(float(part.times[-1])), number(float(part.late[-1]))
    first = "never does"
    if part.blow_up < math.inf:
        first = f"does at ℓ/N = {number(part.blow_up)} (E 20)"
    theory = (
        f"the limit N → ∞ has {number(float(part.share[-1]))} there, with its next order "
        f"{by}, and {number(part.ever)} in the end; an infinitely wide network {first}"
    )
    if networks is None:
        return f"By L/N = {time} the variance has exploded with this probability: {theory}"
    share, error = (float(v[-1]) for v in networks.shares())
    return (
        f"By L/N = {time} the variance of {plus_minus(share, error, 4)} of "
        f"{plural(networks.drawn, 'network')} has exploded; {theory}"
    )


def _alignment(params: Params, part: Alignment, networks: Networks | None) -> str:
    limit = number(float(alignment_probability(params.correlation)), 4)
    there = number(part.positive, 4)
    theory = f"the diffusion has {there} there, and 1 − arccos(ρ₀)/π = {limit} in the end"
    start = f"Inputs with ρ₀ = {number(params.correlation)}"
    if networks is None or networks.above is None:
        return f"{start}: the probability of ρ > 0 in layer {depth_of(params)}: {theory}"
    share = with_error(networks.above.mean_estimate(), 4)
    return (
        f"{start} end with ρ > 0 in a share {share} of {plural(networks.drawn, 'network')} after "
        f"{plural(depth_of(params), 'layer')}; {theory}"
    )


def notice(params: Params, result: Result, sample: Drawn, _frame: int | None) -> str:
    """What the reader has to know of what is drawn, or left out."""
    said = []
    shape = shape_of(params)
    if params.width < _NARROW and params.figure != "alignment":
        said.append(f"The limit is that of wide networks; at N = {params.width} it is a rough one.")
    if params.figure == "density" and shape == "relu":
        said.append("Unshaped ReLU: the line is the diffusion with its next order in 1/N.")
    if params.figure in ("density", "paths") and strength_of(params) > 0:
        said.append(
            "For g > 0 variances explode: then there is no ρ, and those networks are left out; "
            "the line is the law that ρ would have without explosions."
        )
    if params.figure == "paths" and result.paths is not None:
        gone = int(np.isnan(result.paths.networks[:, -1]).sum())
        if gone:
            said.append(f"Of the five networks {gone} died or exploded on the way.")
    if sample is not None:
        said += _lost(params, sample.current)
    return " ".join(said)


def _lost(params: Params, networks: Networks) -> list[str]:
    dead, exploded = (int(n) for n in networks.gone[-1])
    said = []
    if dead:
        said.append(f"{plural(dead, 'network')} of {networks.drawn} died, and are not drawn.")
    if exploded and params.figure != "explosion":
        said.append(f"{plural(exploded, 'network')} of {networks.drawn} exploded.")
    if params.figure == "explosion" and networks.open:
        said.append(
            f"Undecided: {plural(networks.open, 'network')} may still explode, "
            "with a chance of 1 % or more."
        )
    return said


def progress(params: Params, sample: Sample[Any]) -> str:
    """How far the sample is."""
    networks: Networks = sample.current
    text = plural(networks.drawn, "real network")
    if params.figure == "explosion":
        return f"{text}; share exploded to ± {number(float(networks.shares()[1][-1]), 2)}"
    error = float(networks.means()[1][-1])
    what = {"density": "mean of ρ", "variance": "mean of log V", "angle": "mean of log X"}
    if not math.isfinite(error):
        return text
    return f"{text}; {what.get(params.figure, 'mean of |ρ|')} to ± {number(error, 2)}"
