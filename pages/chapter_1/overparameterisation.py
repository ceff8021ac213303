"""Page 1.3: why does descent find a global minimum?"""

from components.figures.overparameterisation import linear, rank, starts, words
from components.layout import register_page
from components.page import Page, Plot, Preset, Try
from compute.experiments.overparameterisation import EXPERIMENT, Params

PAGE = Page(
    experiment=EXPERIMENT,
    question="Why does descent find a global minimum?",
    statement=(
        r"Where $D_\theta z(\mathcal{D};\theta)$ has rank $|D|$ (1.3.4), $\nabla_\theta\mathcal{L} "
        r"= 0$ forces $\nabla_z\mathcal{L} = 0$: no stationary point but global minima. "
        r"Counting says $P \ge |D|$ is enough (1.3.3); here the rank is measured. "
        r"$\mathcal{L} = \frac{1}{2|D|}\sum(z - y)^2$."
    ),
    plots=(
        Plot("rank", rank.rank_against_parameters, ("rank",), part="rank"),
        Plot("values", rank.singular_values, ("rank",), part="rank"),
        Plot("lost", rank.where_parameters_go, ("patterns",), part="patterns"),
        Plot("on", rank.patterns, ("patterns",), part="patterns"),
        Plot("modes", linear.modes, ("linear",), part="linear"),
        Plot("loss", linear.loss, ("linear",), part="linear"),
        Plot("waiting", linear.waiting, ("linear",), part="linear"),
        Plot("shares", starts.shares, ("starts",), part="starts", sampled=True),
        Plot("losses", starts.losses, ("starts",), part="starts", sampled=True),
    ),
    sentence=words.sentence,
    notice=words.warning,
    progress=words.progress,
    presets=(
        Preset("The step", "tanh: the rank grows with P and stops at |D|", Params()),
        Preset(
            "ReLU falls short",
            "Scales, dead neurons and repeated patterns cost rank",
            Params(activation="relu"),
        ),
        Preset(
            "ReLU on the line",
            "Neurons whose knots lie in one gap of the data are one neuron to them",
            Params(figure="patterns", input_dim=1, data_count=20, width=16),
        ),
        Preset(
            "Smooth on the line",
            "Caution: singular values fall exponentially, so numerical rank is not rank",
            Params(input_dim=1, width=20),
        ),
        Preset(
            "A bottleneck",
            "Caution: behind layers of one neuron everything is a smooth function on a line",
            Params(width=1, depth=3),
        ),
        Preset(
            "Linear: one after another",
            "Two layers from a small start: plateaus, then sudden steps",
            Params(figure="linear"),
        ),
        Preset(
            "Linear: random starts",
            "Ten Gaussian starts: the same order at other times",
            Params(figure="linear", aligned="random"),
        ),
        Preset(
            "ReLU on the plane",
            "Caution: starts fail with far more parameters than data",
            Params(figure="starts", activation="relu", start_dim=2, steps=2000),
        ),
    ),
    try_this=(
        Try(
            "Drag $|D|$ on *Rank*: the step of the dots stays at $P = |D|$, and the singular "
            "values of a wide network end well above rounding. Then choose ReLU: dots lie below "
            "the dotted bound, and on the solid line of their patterns.",
            Params(),
        ),
        Try(
            "In *ReLU on the line* read the reasons beside the rows: dead, repeated, always on. "
            "Raise $N_0$: repeated patterns vanish first.",
            Params(figure="patterns", input_dim=1, data_count=20, width=16),
        ),
        Try(
            "On *Linear networks* move $D$ from 1 to 4: one layer learns all modes at once, two "
            "wait for a logarithm of $a_0$, three and more for a power of it.",
            Params(figure="linear", layers=1),
        ),
    ),
)

register_page(PAGE, __name__)
