"""Page 3.2: when are outputs Gaussian?"""

from dataclasses import replace

from components.figures.gp_limit import circle, joint, layers, rate, words
from components.layout import register_page
from components.page import Page, Plot, Preset, Try
from compute.experiments.gp_limit import EXPERIMENT, Params
from compute.experiments.gp_limit.setting import FAST, ODD

PAGE = Page(
    experiment=EXPERIMENT,
    question="When are outputs Gaussian?",
    statement=(
        r"At fixed depth, as $N_1,\dots,N_L \to \infty$, the outputs at finitely many inputs "
        r"become jointly Gaussian with covariance $K^{(L)}$, "
        r"$K^{(\ell)} = C_b + C_W\,\mathbb{E}_{K^{(\ell-1)}}[\sigma\sigma]$ (Theorem 3.3.1). "
        r"Given the hidden weights they are Gaussian at every width, with a random $\widehat K$."
    ),
    plots=(
        Plot("cloud", joint.cloud, ("joint",), part="joint", sampled=True),
        Plot("scores", joint.scores, ("joint",), part="joint", sampled=True),
        Plot("rates", rate.rates, ("rate",), part="rate", sampled=True),
        Plot("collapse", rate.collapse, ("rate",), part="rate"),
        Plot("outputs", rate.outputs, ("rate",), part="rate"),
        Plot(
            "functions",
            circle.functions,
            ("functions",),
            circle.function_frames,
            part="functions",
            title=circle.function_title,
        ),
        Plot("apart", circle.apart, ("functions",), part="functions"),
        Plot("kernels", layers.kernels, ("kernel",), part="kernel", sampled=True),
        Plot("transform", layers.transform, ("transform",), part="transform", sampled=True),
        Plot("moments", layers.moments, ("moments",), part="moments", sampled=True),
        Plot("inputs", layers.close_inputs, ("inputs",), part="inputs", sampled=True),
    ),
    sentence=words.sentence,
    notice=words.warning,
    progress=words.progress,
    presets=(
        Preset(
            "Narrow ReLU", "Sixteen neurons, three layers: the tails are not Gaussian yet", Params()
        ),
        Preset(
            "Wide ReLU",
            "At N = 256 the straight line is nearly reached",
            Params(width=256, networks=5000),
        ),
        Preset("Two slopes", "1/N for the law over all weights, 1/√N for one fixed network", FAST),
        Preset(
            "Many outputs",
            "Ten outputs: the width must beat L times their number",
            replace(FAST, outputs=10),
        ),
        Preset(
            "Printed kernel",
            "The notes start (3.3.1) without C_W and leave out C_b: errata 14 and 15",
            Params(figure="kernel", bias_variance=0.5, norm=1.75),
        ),
        Preset(
            "Odd moments",
            "tanh at orthogonal inputs: (3.3.2) is an upper bound, odd moments vanish",
            ODD,
        ),
        Preset(
            "exp",
            "Not polynomially bounded, outside the theorem (erratum 13): one layer of it",
            Params(activation="exp", weight_variance=0.5, depth=1, width=64),
        ),
    ),
    try_this=(
        Try(
            "Start with *Narrow ReLU* and double the width again and again: the Q–Q curve "
            "straightens. Then double the depth: it bends back. Only $L/N$ counts.",
            Params(),
        ),
        Try(
            "In *How fast*: over all weights the distance to the Gaussian falls like $1/N$, for "
            r"one fixed network like $1/\sqrt N$: averaging over hidden weights cancels the first "
            r"order, because $\mathbb{E}\,\widehat K = K$.",
            FAST,
        ),
        Try(
            "In *Random functions* play the widths: network and process are drawn with the same "
            r"noise, and one becomes the other like $1/\sqrt N$.",
            Params(figure="functions"),
        ),
    ),
)

register_page(PAGE, __name__)
