"""Page 3.4: how far from Gaussian is a network of depth L and width N?"""

from components.figures.finite_width import cumulant, laws, words
from components.layout import register_page
from components.page import Page, Plot, Preset, Try
from compute.experiments.finite_width import EXPERIMENT, Params
from compute.experiments.finite_width.setting import FAILING, SATURATED

PAGE = Page(
    experiment=EXPERIMENT,
    question="How far from Gaussian is a network of depth L and width N?",
    statement=(
        r"To first order in $1/N$ it is the fourth cumulant: $\kappa_4^{(\ell+1)} = "
        r"\frac{C_W^2}{N_\ell}\mathrm{Var}_{K^{(\ell-1)}}[\sigma^2] + \big(\tfrac{C_W}{2}"
        r"\mathbb{E}_{K^{(\ell-1)}}[\partial_t^2\sigma^2]\big)^2\kappa_4^{(\ell)}$ "
        r"(3.4.1, corrected), and at criticality $\kappa_4/K^2 \approx C_\sigma L/N$."
    ),
    plots=(
        Plot("depth", cumulant.against_depth, ("cumulant",), part="cumulant", sampled=True),
        Plot("collapse", cumulant.collapse, ("collapse",), part="cumulant", sampled=True),
        Plot("classes", laws.classes, ("critical",), part="critical"),
        Plot("solution", laws.solution, ("critical",), part="critical"),
        Plot("density", laws.output_density, ("density",), part="density", sampled=True),
        Plot("width", cumulant.against_width, ("width",), part="cumulant", sampled=True),
        Plot("neurons", cumulant.two_neurons, ("neurons",), part="cumulant", sampled=True),
        Plot("dressed", cumulant.dressed, ("neurons",), part="cumulant", sampled=True),
        Plot("error", laws.theorem_error, ("observable",), part="observable"),
    ),
    sentence=words.sentence,
    notice=words.warning,
    progress=words.progress,
    presets=(
        Preset("ReLU", "C_W = 2: slope 5, exact at order 1/N", Params()),
        Preset(
            "tanh at the edge",
            "C_W = 1: no fixed K, and slope ⅔ only as L → ∞",
            Params(activation="tanh", weight_variance=1.0, depth=50, width=200, networks=5000),
        ),
        Preset(
            "tanh beyond it",
            "C_W = 1.5: κ₄/K² saturates, and the printed factor is plainly off",
            SATURATED,
        ),
        Preset(
            "Leading order fails",
            "GELU, C_W = 2, N = 50, L = 10: the sample is tens of times the recursion",
            FAILING,
        ),
        Preset(
            "GELU, tuned",
            "The half-stable point: K₀ near 3.56 has slope 4.90 at C_b > 0",
            Params(
                figure="collapse",
                activation="gelu",
                tuning="critical",
                variance0=3.56,
                width=400,
                networks=5000,
            ),
        ),
        Preset(
            "A negative density",
            "ReLU, N = 16, L = 6: the first-order density goes below 0, networks do not",
            Params(figure="density", width=16, depth=6, axis="linear", networks=100_000),
        ),
        Preset(
            "Dead networks",
            "ReLU, N = 4, L = 6: an atom at 0, counted",
            Params(figure="density", width=4, depth=6, axis="linear", networks=100_000),
        ),
    ),
    try_this=(
        Try(
            "Drag the depth from 1 to 200 at $N = 100$: the solid line is straight, the exact law "
            "bends away from it at the dotted line. Open *Collapse*: three widths, one curve in "
            "$L/N$.",
            Params(depth=1),
        ),
        Try(
            "In *Leading order fails* the kernel dies so fast that rare networks carry the "
            "cumulant. Double $N$ until dots and recursion meet.",
            FAILING,
        ),
        Try(
            "In *Criticality* move $K_0$: ReLU keeps slope 5, GELU its own $C_W$ and $C_b$; "
            "tanh, erf and sin would need $C_b < 0$.",
            Params(figure="critical"),
        ),
    ),
)

register_page(PAGE, __name__)
