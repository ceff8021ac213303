"""Page 3.3: what survives infinite depth?"""

from components.figures.gp_kernels import depth, plane, shaped, words
from components.layout import register_page
from components.page import Page, Plot, Preset, Try
from compute.experiments.gp_kernels import EXPERIMENT, Params

PAGE = Page(
    experiment=EXPERIMENT,
    question="What survives infinite depth?",
    statement=(
        "An infinitely wide network is a Gaussian process with kernel "
        r"$K^{(\ell)} = C_b + C_W\,\mathbb{E}_{K^{(\ell-1)}}[\sigma(u)\,\sigma(v)]$ (3.3.1). "
        "Untuned, depth makes two inputs equal or strangers (§3.3.3)."
    ),
    plots=(
        Plot("gap", depth.gap_against_depth, ("depth",), part="depth", sampled=True),
        Plot("variance", depth.variance_against_depth, ("depth",), part="depth", sampled=True),
        Plot("cobweb", depth.cobweb, ("map",), part="map"),
        Plot("plane", plane.phase_plane, ("plane",), part="plane"),
        Plot("scale", plane.depth_scale, ("plane",), part="plane"),
        Plot(
            "functions",
            plane.functions_on_circle,
            ("circle",),
            plane.function_frames,
            part="circle",
        ),
        Plot("kernel", plane.kernel_on_circle, ("circle",), plane.kernel_frames, part="circle"),
        Plot("kernel_map", plane.kernel_map, ("circle",), part="circle"),
        Plot("shaped", shaped.shaped_variance, ("shaped",), part="shaped"),
        Plot("shaped_correlation", shaped.shaped_correlation, ("shaped",), part="shaped"),
    ),
    sentence=words.sentence,
    notice=words.warning,
    progress=words.progress,
    presets=(
        Preset(
            "ReLU",
            "The notes' second case: C_W = 2 keeps the variance, the correlation goes to 1",
            Params(),
        ),
        Preset(
            "Linear",
            "The notes' first case: at C_W = 1 nothing changes with depth",
            Params(activation="linear", weight_variance=1.0),
        ),
        Preset(
            "tanh",
            "The notes' third case: the variance dies like 1/(2ℓ), the correlation does not",
            Params(activation="tanh", weight_variance=1.0),
        ),
        Preset(
            "Shaped tanh",
            "The notes' fourth case, with the cube restored",
            Params(figure="shaped", activation="cubic", weight_variance=1.0, psi=-1.0, depth=100),
        ),
        Preset(
            "Order",
            "χ < 1: all inputs become one",
            Params(activation="tanh", weight_variance=1.0, bias_variance=0.3),
        ),
        Preset(
            "Edge",
            "χ ≈ 1: signals reach thousands of layers",
            Params(figure="plane", activation="tanh", weight_variance=1.76, bias_variance=0.05),
        ),
        Preset(
            "Chaos",
            "χ > 1: close inputs are torn apart",
            Params(
                activation="tanh",
                weight_variance=4.0,
                bias_variance=0.3,
                correlation=0.99,
                depth=200,
            ),
        ),
    ),
    try_this=(
        Try(
            "Drag the depth from 10 to 10 000 with ReLU at $C_W = 2$: the gap follows the dotted "
            r"line $9\pi^2/(2\ell^2)$, four decades down. Now change $C_W$: the variance explodes "
            "or dies, the correlation does not notice.",
            Params(depth=10),
        ),
        Try(
            r"In *tanh* the variance dies like $1/(2\ell)$, yet the correlation stays where it is "
            "from layer 10 on. The notes call this kernel degenerate; only its size is.",
            Params(activation="tanh", weight_variance=1.0),
        ),
        Try(
            "In *Phase plane*, with tanh, click your way from order to chaos, then watch "
            "*Random functions* play through the layers: flat on one side, noise on the other.",
            Params(figure="plane", activation="tanh", weight_variance=1.0, bias_variance=0.3),
        ),
    ),
)

register_page(PAGE, __name__)
