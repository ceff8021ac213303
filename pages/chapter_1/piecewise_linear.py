"""Page 1.1: which functions can a one-layer ReLU network draw?"""

from components.figures.piecewise_linear import draw, rates, words
from components.layout import register_page
from components.page import Page, Plot, Preset, Try
from compute.experiments.piecewise_linear import EXPERIMENT, Params

_TEETH = tuple((round(-1.8 + 0.4 * i, 1), 1.0 if i % 2 else -1.0) for i in range(10))
_COMB = tuple((round(-1.9 + 0.1 * i, 1), round(0.8 - 0.04 * (i * i % 37), 2)) for i in range(38))
_THICKET = tuple(
    (round(-1.9 + 0.06 * i, 2), round(0.8 - 0.04 * (i * i % 37), 2)) for i in range(64)
)

PAGE = Page(
    experiment=EXPERIMENT,
    question="Which functions can a one-layer ReLU network draw?",
    statement=(
        r"A hidden layer of ReLU neurons, $z(x) = b^{(2)} + \sum_i W^{(2)}_i\,\sigma(W^{(1)}_i x + "
        r"b^{(1)}_i)$ (1.1.3), is a broken line with corners at $-b_i/W_i$. Draw one: here is the "
        "smallest network that is exactly it (Lemma 1.1.2)."
    ),
    plots=(
        Plot("drawn", draw.drawn_function, ("draw",), extra=draw.draw_extra, part="draw"),
        Plot("contributions", draw.contributions, ("draw",), part="draw"),
        Plot("weights", draw.weights, ("draw",), part="draw"),
        Plot("random_output", draw.random_output, ("random",), part="random"),
        Plot("random_stack", draw.random_stack, ("random",), part="random"),
        Plot("breakpoints", draw.breakpoint_density, ("random",), part="random", sampled=True),
        Plot("errors", rates.errors, ("error",), part="error"),
        Plot("broken_lines", rates.broken_lines, ("error",), part="error"),
        Plot("hat", rates.hat, ("hats",), part="hats"),
        Plot("pieces", rates.pieces, ("hats",), part="hats"),
    ),
    sentence=words.sentence,
    notice=words.warning,
    progress=words.progress,
    presets=(
        Preset(
            "Mountains",
            "Five corners, five neurons: two face left, since their jumps add up to −s₀",
            Params(),
        ),
        Preset(
            "The hat",
            "Flat at both ends: as many neurons as corners, all facing right",
            Params(knots=((-1.5, 0.0), (-1.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.5, 0.0))),
        ),
        Preset("Sawtooth", "Slopes of both signs at the ends, eight corners", Params(knots=_TEETH)),
        Preset(
            "One corner too many",
            "Slopes 1, 2, 3: no sum of the jumps 1, 1 is −1, so two corners need three neurons",
            Params(knots=((-1.5, -1.5), (-0.5, -0.5), (0.0, 0.5), (0.5, 2.0))),
        ),
        Preset(
            "x ↦ x",
            "No corner at all, and one neuron cannot draw it on the whole line (erratum 31)",
            Params(knots=((-1.0, -1.0), (1.0, 1.0))),
        ),
        Preset("36 corners", "2³⁶ subsets, decided exactly", Params(knots=_COMB)),
        Preset(
            "Too many corners",
            "2⁶² subsets: one neuron more is enough, whether it is needed is not decided",
            Params(knots=_THICKET),
        ),
        Preset(
            "Depth",
            "x²: knots pay with the square root, depth with the logarithm of the error",
            Params(figure="error"),
        ),
        Preset(
            "Graded knots",
            "√|x|: evenly spaced knots lose, graded ones do not",
            Params(figure="error", target="power"),
        ),
        Preset(
            "Own formula",
            "Type a function: where it bends there are knots",
            Params(figure="error", target="own"),
        ),
        Preset("Composed hats", "1024 pieces from 20 neurons", Params(figure="hats", depth=10)),
    ),
    try_this=(
        Try(
            "Drag the leftmost corner up and down (or Tab to it and press the arrow keys): almost "
            "everywhere one more neuron is needed, and where the first slope becomes 0 (or minus a "
            "sum of jumps) it is not. Then press *Network as Python* and run what you drew.",
            Params(),
        ),
        Try(
            r"In *Error and knots*, with $|x|^p$, move $p$ from 1.9 down: evenly spaced knots fall "
            "behind, graded ones keep the slope −2. Only depth leaves that line behind, for $x^2$.",
            Params(figure="error", target="power", power=1.9),
        ),
        Try(
            "In *Random network* widen the window: the breakpoints crowd where the input is of "
            r"the size $\sqrt{C_b/C_W}$, and far out the function is straight.",
            Params(figure="random"),
        ),
    ),
)

register_page(PAGE, __name__)
