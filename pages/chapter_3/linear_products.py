"""Page 3.1: why is depth over width the effective depth?"""

from components.figures.linear_products import law as figures
from components.figures.linear_products import matrices, words
from components.layout import register_page
from components.page import Page, Plot, Preset, Try
from compute.experiments.linear_products import EXPERIMENT, Params

PAGE = Page(
    experiment=EXPERIMENT,
    question="Why is depth/width the effective depth?",
    statement=(
        r"A linear network multiplies $L+1$ random matrices: $\log\lVert z^{(L+1)}\rVert$ is a sum "
        r"of as many independent $\frac12\log(\chi^2_{N_\ell}/N_\ell)$ (3.2.3), with mean "
        r"$-\frac\beta2$ and variance $\frac\beta2$, $\beta=\sum 1/N_\ell$ (§3.2)."
    ),
    plots=(
        Plot("density", figures.density, ("law",), part="law", sampled=True),
        Plot("mean", figures.mean_and_median, ("law",), part="law", sampled=True),
        Plot("plane", figures.plane, ("plane",), part="plane"),
        Plot("ways", figures.two_ways, ("plane",), part="plane"),
        Plot("spectrum", matrices.spectrum, ("spectrum",), part="spectrum", sampled=True),
        Plot("singular", matrices.spectrum_density, ("spectrum",), part="spectrum", sampled=True),
        Plot(
            "direction", matrices.norm_and_direction, ("direction",), part="direction", sampled=True
        ),
        Plot("image", matrices.image_norm, ("direction",), part="direction", sampled=True),
    ),
    sentence=words.sentence,
    notice=words.notice,
    progress=words.progress,
    presets=(
        Preset(
            "Wide",
            "β = 0.01: three layers of 400 neurons, and every network has nearly the same norm",
            Params(width=400, depth=3, inputs=400, outputs=400, samples=1000),
        ),
        Preset(
            "Critical",
            "β = 1: as deep as wide, and the norm varies from network to network",
            Params(width=32, depth=31, inputs=32, outputs=32, samples=10_000),
        ),
        Preset(
            "Deep",
            "β = 10: the sample mean of ‖z‖² misses its true value at any affordable n",
            Params(width=10, depth=99, inputs=10, outputs=10, samples=30_000),
        ),
        Preset(
            "Bottleneck",
            "β = 1 again: one layer of 2 neurons weighs as much as 32 layers of 64",
            Params(taper="bottleneck", neck=2),
        ),
        Preset(
            "As printed against measured",
            "The notes' lognormal law leaves out half of every layer and all of the output layer",
            Params(width=10, depth=8, inputs=3, outputs=4, samples=100_000),
        ),
    ),
    try_this=(
        Try(
            "Double width, depth, inputs and outputs together: the histogram stays where it is. "
            "Double the depth alone and it moves left and widens. In *Width against depth* these "
            "are the lines of equal $L/N$.",
            Params(),
        ),
        Try(
            r"In *Deep* watch the sample: the typical network has shrunk to $e^{-\beta}$ of the "
            "mean, and the sample mean wanders far below 1, jumping whenever a rare large network "
            "is drawn. The claim about it stays *undecided*.",
            Params(width=10, depth=99, inputs=10, outputs=10, samples=30_000),
        ),
        Try(
            "In *All singular values* set $N=64$ and move the depth from 1 to 512, then $N=4$ and "
            "the same: wide spectra stay near the free-probability law, narrow ones split into "
            "Lyapunov exponents. Change the law of the weights: only the narrow ones notice.",
            Params(figure="spectrum", depth=1),
        ),
    ),
)

register_page(PAGE, __name__)
