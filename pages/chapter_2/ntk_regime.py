"""Page 2.2: when is a network its linearisation?"""

from components.figures.ntk_regime import kernel, metric, movement, training, widths, words
from components.layout import register_page
from components.page import Page, Plot, Preset, Try
from compute.experiments.ntk_regime import EXPERIMENT, Params

PAGE = Page(
    experiment=EXPERIMENT,
    question="When is a network its linearisation?",
    statement=(
        r"At $\gamma = 1$ a wide network trains like its linearisation: "
        r"$\sup_t\lVert\theta_t - \theta_t^{\mathrm{lin}}\rVert = O(N_1^{-\alpha})$ (2.2.1), "
        r"because $\Theta = \eta\langle\nabla z, \nabla z\rangle/|D|$ hardly moves (§2.2). "
        r"Here $L = \frac1{2|D|}\sum(z-y)^2$."
    ),
    plots=(
        Plot(
            "ntk_predictions",
            training.predictions,
            ("training",),
            training.prediction_frames,
            training.own_data,
            part="training",
        ),
        Plot("modes", training.modes, ("training",), part="training"),
        Plot("loss", training.loss, ("training",), part="training"),
        Plot("change", movement.kernel_change, ("movement",), part="movement"),
        Plot("spectrum", movement.spectrum, ("movement",), part="movement"),
        Plot("parameters", movement.parameters, ("movement",), part="movement"),
        Plot("sweep", widths.sweep, ("width",), sampled=True),
        Plot("peaks", widths.second, ("width",), sampled=True),
        Plot("by_count", kernel.by_count, ("eigenvalues",), part="eigenvalues"),
        Plot("by_angle", kernel.by_angle, ("eigenvalues",), part="eigenvalues"),
        Plot("by_width", kernel.by_width, ("eigenvalues",), part="eigenvalues"),
        Plot("metric_plane", metric.plane, ("metric",), metric.plane_frames, part="metric"),
        Plot("metric_rates", metric.metric_rates, ("metric",), part="metric"),
        Plot("lemma_loss", kernel.lemma_loss, ("lemma",), part="lemma"),
        Plot("one_parameter", kernel.one_parameter, ("lemma",), part="lemma"),
    ),
    sentence=words.sentence,
    notice=words.notice,
    progress=words.progress,
    presets=(
        Preset(
            "Lazy",
            "2048 neurons at γ = 1: network and linearisation are one curve",
            Params(width=2048),
        ),
        Preset(
            "Narrow", "16 neurons at γ = 1: the linearisation takes another way", Params(width=16)
        ),
        Preset(
            "Mean field",
            "γ = √N₁: as wide as before, and far from its linearisation",
            Params(width=2048, exponent=0.5),
        ),
        Preset(
            "Beyond the printed bound",
            "At γ = √N₁ the kernel moves past the bound as printed",
            Params(figure="movement", exponent=0.5),
        ),
        Preset(
            "ReLU’s slope",
            "No second derivative: −¼ instead of −½",
            Params(figure="width", activation="relu", count=4, seeds=200),
        ),
        Preset(
            "Two layers",
            "The theorem is for any fixed depth: towards −½, and −1 for the kernel",
            Params(figure="width", dataset="sphere", count=4, layers=2, seeds=100),
        ),
        Preset(
            "Polynomial",
            "A cubic on the circle spans 7 dimensions: the eighth datum makes the kernel singular",
            Params(figure="eigenvalues", activation="cubic", count=12),
        ),
        Preset(
            "Needle",
            "Inputs 5° apart: the metric is a needle",
            Params(figure="metric", angle=5.0, time=1e4),
        ),
    ),
    try_this=(
        Try(
            "In *Training* drag the width from 8 to 4096 at $a = 0$: the dots move onto the line, "
            r"and each mode onto its $e^{-\lambda_k t}$. Then move $a$ to $\frac12$: they part "
            "again, however wide the network.",
            Params(width=8),
        ),
        Try(
            "In *Width* compare tanh with ReLU: the slope of "
            r"$\sup\lVert\theta-\theta^{\mathrm{lin}}\rVert$ goes from $-\frac12$ to $-\frac14$. "
            "The theorem’s two derivatives are not a formality. Raise $L$: with more layers the "
            r"slope is on its way to the same $-\frac12$, and at 1024 neurons not quite there.",
            Params(figure="width", count=4, seeds=100),
        ),
        Try(
            "In *Polynomial* move $|D|$ across 7: the smallest eigenvalue drops to 0. With tanh it "
            "only looks as if: it is positive, and falls by a factor with every datum. With ReLU "
            "it falls like a power.",
            Params(figure="eigenvalues", activation="cubic", count=12),
        ),
    ),
)

register_page(PAGE, __name__)
