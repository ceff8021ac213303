"""Page 2.1: what is random at initialisation, and what stops being random?"""

from components.figures.initialisation import kernels, outputs, table, words
from components.layout import register_page
from components.page import Page, Plot, Preset, Try
from compute.experiments.initialisation import EXPERIMENT, Params

PAGE = Page(
    experiment=EXPERIMENT,
    question="What is random, and what stops being random?",
    statement=(
        r"Given its first layer, $z(x)=\frac{1}{\gamma\sqrt{N_1}}\sum_i W^{(2)}_i\,"
        r"\sigma(z^{(1)}_i(x))$ (2.1.1) is Gaussian with a random covariance. As $N_1$ grows, "
        r"covariance and tangent kernel settle (§2.1.1). Loss $\frac1{2|\mathcal D|}\sum$, "
        r"$\Theta=\eta\langle\nabla z,\nabla z\rangle/|\mathcal D|$."
    ),
    plots=(
        Plot("histogram", outputs.histogram, ("output",), sampled=True, part="output"),
        Plot("kurtosis", outputs.kurtosis, ("output",), sampled=True, part="output"),
        Plot("variance", outputs.variance, ("output",), sampled=True, part="output"),
        Plot(
            "functions",
            outputs.functions,
            ("functions",),
            outputs.function_frames,
            sampled=True,
            part="functions",
        ),
        Plot("process", outputs.process, ("functions",), part="functions"),
        Plot("covariances", outputs.covariances, ("functions",), sampled=True, part="functions"),
        Plot("tangent_spread", kernels.tangent_spread, ("width",), sampled=True, part="width"),
        Plot(
            "covariance_spread", kernels.covariance_spread, ("width",), sampled=True, part="width"
        ),
        Plot("one_kernel", kernels.one_kernel, ("width",), part="width"),
        Plot("table", table.table, ("table",), part="table"),
        Plot("kernel_width", table.kernel_against_width, ("table",), sampled=True, part="table"),
        Plot("squares", kernels.square_correlation, ("outputs",), sampled=True, part="outputs"),
        Plot("cloud", kernels.cloud, ("outputs",), sampled=True, part="outputs"),
    ),
    sentence=words.sentence,
    notice=words.notice,
    progress=words.progress,
    presets=(
        Preset(
            "Three neurons",
            "Far from Gaussian: one network in eight gives exactly 0 here",
            Params(width=3),
        ),
        Preset("Thousand neurons", "The mixture has become its Gaussian limit", Params(width=1000)),
        Preset(
            "Random functions",
            "Five networks grow from 1 to 1000 neurons, beside the Gaussian process",
            Params(figure="functions", width=1000),
        ),
        Preset(
            "As printed against measured",
            "(2.1.9) lacks a factor: numerical gradients of one network, and the spread of many",
            Params(figure="width", activation="tanh"),
        ),
        Preset(
            "Mean field",
            "γ = √N₁: with a fixed η the tangent kernel dies out like 1/N₁",
            Params(figure="table", scaling="root", width=256),
        ),
        Preset(
            "Two outputs",
            "Uncorrelated, not independent: a network that is large in one is large in the other",
            Params(figure="outputs", width=2),
        ),
    ),
    try_this=(
        Try(
            "Move the width from 1 to 1000: the peak at 0 and the heavy tails go, and the dots "
            "leave the mixture for the dotted Gaussian. The excess kurtosis falls like $15/N_1$; "
            "the variance never moves, whatever the prefactor printed after (2.1.6) says.",
            Params(width=1),
        ),
        Try(
            "In *Random functions* play the width: at 1 neuron every function has a kink, at 1000 "
            "the five look like draws of the process below, and their five covariances have become "
            "one.",
            Params(figure="functions", width=1000),
        ),
        Try(
            "In *What settles*, with tanh, vary the seed: the numerical gradients stay on the "
            "corrected (2.1.9), the dashed line misses them. With sin, (2.1.9) as printed would "
            r"not fluctuate at $(x,x)$ at all when $\|x\|^2=N_0$; real networks do.",
            Params(figure="width", activation="tanh"),
        ),
    ),
)

register_page(PAGE, __name__)
