"""Page 3.6: what remains when depth and width grow together?"""

from typing import Any

from components.figures.depth_and_width import laws, limits, words
from components.layout import register_page
from components.page import Page, Plot, Preset, Try
from compute.experiments.depth_and_width import EXPERIMENT, Params

SPREAD: Any = {"frames": laws.spread_frames, "title": laws.spread_title, "sampled": True}

PAGE = Page(
    experiment=EXPERIMENT,
    question="What remains when depth and width grow together?",
    statement=(
        r"Width first, then depth: the correlation of two inputs moves along a curve (§3.3.3). If "
        r"$L = tN$ it diffuses, $d\rho = [\nu(\rho) - \tfrac12\rho(1-\rho^2)]\,dt + "
        r"(1-\rho^2)\,dB$: limits do not commute."
    ),
    plots=(
        Plot("density", laws.spread, ("density",), part="density", **SPREAD),
        Plot("log_variance", laws.spread, ("variance",), part="variance", **SPREAD),
        Plot("paths", laws.paths, ("paths",), part="paths"),
        Plot("angle", limits.angle, ("angle",), part="angle", sampled=True),
        Plot("explosion", limits.explosion, ("explosion",), part="explosion", sampled=True),
        Plot("alignment", limits.alignment, ("alignment",), part="alignment", sampled=True),
        Plot(
            "alignment_size", limits.alignment_size, ("alignment",), part="alignment", sampled=True
        ),
    ),
    sentence=words.sentence,
    notice=words.notice,
    progress=words.progress,
    presets=(
        Preset("Random ρ", "At L = N one network in three has ρ < 0, another ρ near 1", Params()),
        Preset(
            "Opposed inputs",
            "A sharper kink turns opposed inputs around, in most networks",
            Params(correlation=-0.5, slope_pos=1.0),
        ),
        Preset(
            "Nearly width first",
            "L/N = 0.1: the law is narrow around the dotted line",
            Params(ratio=0.1),
        ),
        Preset(
            "Variance",
            "Unshaped ReLU: log V has mean −5t/2 and variance 5t, though E V never changes",
            Params(figure="variance", shape="relu"),
        ),
        Preset(
            "Path by path",
            "Networks and their diffusion, one source of randomness",
            Params(figure="paths", width=400),
        ),
        Preset(
            "Angle of ReLU",
            "Medians at N = 50: the next order in 1/N is needed",
            Params(figure="angle", width=50, correlation=0.5),
        ),
        Preset(
            "Width saves",
            "Blow-up is certain in the infinitely wide network, not in these",
            Params(figure="explosion", ratio=5.0),
        ),
        Preset(
            "Linear networks align",
            "ρ ends at ±1; the angle of the inputs decides how often at which",
            Params(figure="alignment", ratio=10.0, width=16),
        ),
    ),
    try_this=(
        Try(
            "Play *Correlation* through the layers: a spike at ρ₀ spreads until networks disagree "
            r"even about the sign of $\rho$. Double $N$ with $L/N$ fixed: nothing changes. Now "
            "lower $L/N$: the spike and the dotted line of *width first* come back.",
            Params(),
        ),
        Try(
            "In *Width saves* move the strength $g$: the dotted step of the infinitely wide "
            r"network moves to $1/(gV_0)$, the share of real networks ends at $1 - e^{-gV_0}$.",
            Params(figure="explosion", ratio=5.0),
        ),
        Try(
            "In *Linear networks align* lower $N$ to 2: the share on the left does not notice, "
            "for its law is exact at any width; the speed on the right does.",
            Params(figure="alignment", ratio=10.0, width=16),
        ),
    ),
)

register_page(PAGE, __name__)
