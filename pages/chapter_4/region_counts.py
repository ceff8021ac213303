"""Page 4.2: does depth make more regions?"""

from typing import Any

from components.figures.region_counts import depths as by_depth
from components.figures.region_counts import distributions, growth, words
from components.layout import register_page
from components.page import Page, Plot, Preset, Try
from compute.experiments.region_counts import EXPERIMENT, Params


def _on(tab: str, part: str = "arrangements") -> dict[str, Any]:
    """A figure of a tab, drawn from a part of the result and of the sample."""
    return {"figures": (tab,), "part": part, "sampled": True}


PAGE = Page(
    experiment=EXPERIMENT,
    question="Does depth make more of them?",
    statement=(
        r"A random ReLU network folds its input space along the zero sets of its neurons, "
        r"$W\sim\mathcal N(0,C_W)$, $b\sim\mathcal N(0,C_b)$ (§4.2). In a window $A$: $Z_A$, how "
        r"much nodal set (Q1); $N_A$, how many regions (Q2); $C_A$, how many components one "
        r"neuron's set has (Q3). In Theorems 4.2.1 and 4.2.2 the number of neurons sets the "
        r"order, however they are stacked."
    ),
    plots=(
        Plot("regions_by_depth", by_depth.regions_by_depth, **_on("depth")),
        Plot("variance_by_depth", by_depth.variance_by_depth, **_on("depth")),
        Plot("length_by_depth", by_depth.length_by_depth, **_on("depth")),
        Plot("region_distribution", distributions.regions, **_on("counts")),
        Plot("length_distribution", distributions.lengths, **_on("counts")),
        Plot("component_distribution", distributions.components, **_on("counts")),
        Plot("regions_by_neurons", growth.regions_by_neurons, **_on("growth")),
        Plot("prefactor", growth.prefactor, **_on("growth")),
        Plot("length_by_neurons", growth.length_by_neurons, **_on("growth")),
        Plot("density_by_distance", growth.density_by_distance, **_on("distance", "distance")),
        Plot("gradients", growth.gradients, **_on("distance", "distance")),
        Plot("zeros_by_layer", growth.zeros_by_layer, **_on("line", "line")),
        Plot("zero_distribution", growth.zero_distribution, **_on("line", "line")),
    ),
    sentence=words.sentence,
    notice=words.notice,
    progress=words.progress,
    presets=(
        Preset(
            "Same neurons, more depth",
            "96 neurons in one to six layers: fewer regions in the same window, not more",
            Params(neurons=96, networks=300),
        ),
        Preset(
            "One layer, exact",
            "Six lines: means, variance and components all have exact laws, and they are met",
            Params(figure="counts", neurons=6, layers=1, deep=1, half_width=1.0, networks=30_000),
        ),
        Preset(
            "One against four",
            "48 neurons twice: four layers of 12 make fewer regions, with far more scatter",
            Params(figure="counts"),
        ),
        Preset(
            "On a line",
            "One input, three layers of two: the expected zeros are a product, known exactly",
            Params(figure="line", neurons=6, deep=3, networks=30_000),
        ),
        Preset(
            "Variance conjecture",
            "3000 networks a depth: does the variance of the length grow? Evidence, with intervals",
            Params(neurons=48, networks=3000),
        ),
        Preset(
            "Narrow",
            "Layers of two: whole layers die, and with them everything behind",
            Params(neurons=12, networks=10_000),
        ),
        Preset(
            "Slope two",
            "Twice the neurons, four times the regions, in one layer and in three",
            Params(figure="growth", neurons=192, deep=3, networks=100),
        ),
        Preset(
            "Near and far",
            "The folds of deeper layers are thinner at the origin and reach further out",
            Params(figure="distance", neurons=96, half_width=5.0, networks=300),
        ),
    ),
    try_this=(
        Try(
            "In *Same neurons, more depth* widen the window from 1 to 20: the regions of all "
            "depths draw together, for deep folds are not missing, they lie further out. Then take "
            "*Narrow*: there they are missing.",
            Params(neurons=96, half_width=1.0, networks=300),
        ),
        Try(
            "In *Variance conjecture* watch the intervals: the variance of $Z_A$ rises from layer "
            "to layer. In *Narrow* it falls again once layers die. Which of these would a proof be "
            "about?",
            Params(neurons=48, networks=3000),
        ),
        Try(
            r"In *On a line* widen the layers: the product $\prod(1-2^{-N_k})$ tends to 1, and a "
            "neuron has one zero on average at any depth. The other figure shows how: often none, "
            "sometimes several.",
            Params(figure="line", neurons=6, deep=3, networks=30_000),
        ),
    ),
)

register_page(PAGE, __name__)
