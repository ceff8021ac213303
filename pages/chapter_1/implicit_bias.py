"""Page 1.4: which of infinitely many interpolants does descent choose?"""

from components.figures.implicit_bias import beyond, plane, risk, turning, words
from components.layout import register_page
from components.page import Page, Plot, Preset, Try
from compute.experiments.implicit_bias import EXPERIMENT, Params

PAGE = Page(
    experiment=EXPERIMENT,
    question="Which of infinitely many interpolants does descent choose?",
    statement=(
        r"With more parameters than data the loss $|\Phi\theta - y|^2/(2|\mathcal{D}|)$ has many "
        r"minimisers. Descent moves in the row space of $\Phi$ and ends at "
        r"$\theta_0 + \Phi^+(y - \Phi\theta_0)$ (§1.3.2); other models have other tastes."
    ),
    plots=(
        Plot("parameters", plane.parameters, ("plane",), plane.parameter_frames, part="plane"),
        Plot("functions", plane.functions, ("plane",), plane.function_frames, part="plane"),
        Plot("parts", plane.parts, ("plane",), part="plane"),
        Plot("risk", risk.double_descent, ("descent",), part="descent", sampled=True),
        Plot("overfitting", risk.overfitting, ("fit",), part="fit"),
        Plot("weak", risk.risk_of_overfitting, ("fit",), part="fit"),
        Plot("error", beyond.error_of_alpha, ("alpha",), part="alpha", sampled=True),
        Plot("coefficients", beyond.coefficients, ("alpha",), part="alpha", sampled=True),
        Plot("direction", beyond.direction, ("margin",), part="margin"),
        Plot("rows", beyond.data_plane, ("margin",), beyond.data_frames, part="margin"),
        Plot(
            "line",
            beyond.functions_on_line,
            ("line",),
            extra=beyond.line_extra,
            part="line",
            sampled=True,
        ),
        Plot("turn", turning.turn_of_width, ("turn",), part="turn", sampled=True),
        Plot("turning", turning.turn_of_time, ("turn",), part="turn"),
        Plot("variation", beyond.variations, ("line",), part="line", sampled=True),
    ),
    sentence=words.sentence,
    notice=words.warning,
    progress=words.progress,
    presets=(
        Preset("Projection", "The path meets the line of perfect fits at a right angle", Params()),
        Preset(
            "From zero",
            "From 0 the end is the interpolant of least norm",
            Params(intercept=0.0, slope=0.0),
        ),
        Preset(
            "Double descent",
            "More features than data: the risk comes down a second time",
            Params(figure="descent"),
        ),
        Preset(
            "At the threshold",
            "As many features as data: the mean risk is infinite, and no sample can tell",
            Params(figure="descent", used=20),
        ),
        Preset(
            "Benign",
            "The same noisy data, fitted exactly twice: one fit harms, the other does not",
            Params(figure="fit"),
        ),
        Preset(
            "Sparse by start",
            "α = 0.01 finds the sparse truth",
            Params(figure="alpha", alpha=0.01),
        ),
        Preset(
            "Forty decades",
            "The direction of logistic regression, to t = 10⁴⁰",
            Params(figure="margin"),
        ),
        Preset(
            "Few kinks",
            "A ReLU network from a small start bends as little as it can",
            Params(figure="line"),
        ),
        Preset(
            "Where rows turn",
            "Mean-field: the gradient leaves the first row space at every width",
            Params(figure="turn", exponent=0.5),
        ),
    ),
    try_this=(
        Try(
            "Click the first figure in a few places and press play: every path is parallel to "
            "every other and meets the line of minimisers at a right angle. Then set a ridge.",
            Params(),
        ),
        Try(
            r"In *Double descent* move $\sigma^2$ and the decay of the signal: the classical dip "
            "on the left exists only where the signal decays, the peak only where there is noise.",
            Params(figure="descent"),
        ),
        Try(
            r"In *Kernel to rich* drag $\alpha$ from 1 to 0.01: the same network on these data "
            "goes from a dense fit to the sparse truth.",
            Params(figure="alpha", alpha=1.0),
        ),
    ),
)

register_page(PAGE, __name__)
