"""Page 2.5: what happens when steps are large or layers learn at different speeds?"""

from components.figures.leaving_the_kernel_regime import catapult, networks, scales, words
from components.layout import register_page
from components.page import Page, Plot, Preset, Try
from compute.experiments.leaving_the_kernel_regime import EXPERIMENT, Params

PAGE = Page(
    experiment=EXPERIMENT,
    question="What happens when steps are large or layers learn at different speeds?",
    statement=(
        r"Theorem 2.2.1 needs small steps. Two vectors, $f=u\cdot v/\sqrt n$, "
        r"$\lambda=(|u|^2+|v|^2)/n$, loss $f^2/2$: gradual at $\eta\lambda_0<2$, a *catapult* "
        r"to 4, then divergence. Networks: $\lambda_{\max}(JJ^\top/|\mathcal D|)$."
    ),
    plots=(
        Plot("plane", catapult.plane, ("map",), part="map"),
        Plot("loss", catapult.loss, ("map",), part="map"),
        Plot("curvature", catapult.curvature, ("map",), part="map"),
        Plot("ends", catapult.ends, ("final",), part="final"),
        Plot("peaks", catapult.peaks, ("final",), part="final"),
        Plot("share", networks.share, ("networks",), part="networks", sampled=True),
        Plot("landing", networks.landing, ("networks",), part="networks", sampled=True),
        Plot("network", networks.path, ("networks",), part="networks"),
        Plot("learned", scales.learned, ("scales",), part="scales"),
        Plot("risk", scales.risk, ("scales",), part="scales"),
        Plot("times", scales.times, ("times",), part="times"),
        Plot("by_width", networks.along("neurons"), ("width",), part="width", sampled=True),
        Plot("by_step", networks.along("kappa"), ("width",), part="width", sampled=True),
        Plot("by_scale", networks.along("exponent"), ("width",), part="width", sampled=True),
    ),
    sentence=words.sentence,
    notice=words.notice,
    progress=words.progress,
    presets=(
        Preset("Catapult", "Up to the order n, then down to a flatter minimum", Params()),
        Preset("Gradual", "Below 2: the linearisation is right", Params(kappa=1.0)),
        Preset("Divergence", "Above 4 both numbers run away", Params(kappa=4.3)),
        Preset(
            "Dead, no catapult",
            "One datum with target 0: ReLU networks survive huge steps only by dying",
            Params(figure="networks", data=1, target="zero", kappa=6.0),
        ),
        Preset("Staircase", "ε = 10⁻⁴: one component after another", Params(figure="scales")),
        Preset(
            "No plateaus",
            "ε = 1: the layers learn together",
            Params(figure="scales", epsilon=1.0),
        ),
        Preset(
            "Reversed order",
            "ε = 100: the inner layer is fast, and the constant comes last",
            Params(figure="scales", epsilon=100.0),
        ),
        Preset(
            "Large steps, any width",
            "The kernel's change does not die with the width",
            Params(figure="width"),
        ),
    ),
    try_this=(
        Try(
            r"Drag $\eta\lambda_0$ from 1 to 4.2: the path turns into an arc over the dotted line "
            "at 2 and comes down to its left; past 4 it leaves. Then change the width: only the "
            "height at which the path starts moves.",
            Params(kappa=1.0),
        ),
        Try(
            "In *Real networks*, with ReLU, the share that converges drops near 4, for 8 data as "
            "for 32. With one datum and target 0 the crosses count networks that are dead.",
            Params(figure="networks"),
        ),
        Try(
            r"In *Width and time*, at $\eta\lambda_0=1$, the kernel's change dies like $N_1^{-1}$. "
            r"Set $\eta\lambda_0=3$: wide networks move as much as narrow ones, at $\gamma=1$.",
            Params(figure="width", kappa=1.0),
        ),
    ),
)

register_page(PAGE, __name__)
