"""Page 3.5: what does depth do to the first step?"""

from components.figures.gradients import kernel, law, layers, words
from components.layout import register_page
from components.page import Page, Plot, Preset, Try
from compute.experiments.gradients import EXPERIMENT, Params

PAGE = Page(
    experiment=EXPERIMENT,
    question="What does depth do to the first step?",
    statement=(
        r"At initialisation $\lVert\nabla_x z\rVert^2$, every layer's $\lVert\partial z/\partial "
        r"W^{(\ell)}\rVert^2$ and their sum, the tangent kernel $\Theta(x,x)$, have means that "
        r"width does not change. What depth over width changes is how much networks differ."
    ),
    plots=(
        Plot("density", law.density, ("law",), part="law", sampled=True),
        Plot("fan", law.fan, ("law",), part="law", sampled=True),
        Plot("by_layer", layers.by_layer, ("layers",), part="layers", sampled=True),
        Plot("spread", layers.spread, ("layers",), part="layers", sampled=True),
        Plot("fluctuation", kernel.fluctuation, ("kernel",), part="kernel", sampled=True),
        Plot("mean", kernel.mean, ("kernel",), part="kernel", sampled=True),
        Plot("drift", kernel.drift, ("step",), part="step", sampled=True),
    ),
    sentence=words.sentence,
    notice=words.notice,
    progress=words.progress,
    presets=(
        Preset(
            "Wide",
            "L/N = 1/16: nearly every network has the gradient that the mean says",
            Params(width=64, depth=4, inputs=64, networks=5000),
        ),
        Preset(
            "Narrow and deep",
            "Four neurons a layer: most networks are dead, and the others spread over ten decades",
            Params(width=4, depth=16, networks=50_000),
        ),
        Preset(
            "2, not 1",
            "The notes print a mean of 1: the first layer has no gate, and no factor ½",
            Params(width=32, depth=4, inputs=32, networks=10_000),
        ),
        Preset(
            "Every layer alike",
            "64 layers: the gradient's law is the same in the first and in the last",
            Params(figure="layers", width=16, depth=64, networks=2000),
        ),
        Preset(
            "Linear kernel",
            "Without gates the kernel fluctuates less: e^{2t} in place of e^{5t}",
            Params(figure="kernel", activation="linear", weight_variance=1.0, width=16, depth=16),
        ),
        Preset(
            "tanh, measured",
            "No exact law: at C_W = 1 the gradient dies slowly, and networks differ less",
            Params(activation="tanh", weight_variance=1.0, width=16, depth=16),
        ),
        Preset(
            "First step",
            "One real gradient step of 16-wide networks, held against the exact mean change",
            Params(figure="step", width=16, depth=4, networks=50_000),
        ),
    ),
    try_this=(
        Try(
            "Drag the depth from 1 to 50: the mean stays at 2 while the median runs away from it, "
            "and the bar of dead networks grows. Now double width and depth together: the bump "
            "stays nearly where it is, for $L/N$ counts; the dead are gone.",
            Params(depth=1),
        ),
        Try(
            "In *By layer* follow one faint line: a network's gradient wanders over decades, and "
            "has no trend. Nothing vanishes from layer to layer; depth makes *networks* differ. "
            r"Layers far apart are nearly strangers: hence the $\frac13$ in "
            r"$e^{5t}\,[\frac13+\dots]$.",
            Params(figure="layers", width=16, depth=64, networks=2000),
        ),
        Try(
            "In *Tangent kernel* watch the hollow dots beyond $L/N=½$ while the sample grows: they "
            "jump whenever a rare network is drawn, and its claim stays *undecided*. In *First "
            "step* the same networks decide how fast the kernel moves.",
            Params(figure="kernel"),
        ),
    ),
)

register_page(PAGE, __name__)
