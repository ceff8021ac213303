"""Claims of §1.1.2: what ReLU networks of one input draw. How each is judged: `checks`."""

from __future__ import annotations

from compute.claims import Claim
from compute.experiments.piecewise_linear import checks, faults
from compute.experiments.piecewise_linear.setting import Params

_TRIED = "least squares over every direction the neurons may face"

CLAIMS = (
    Claim(
        key="exact_realisation",
        section="1.1.2",
        statement=(
            r"A continuous piecewise linear function with $m \ge 1$ breakpoints is a network of "
            r"at most $m + 1$ ReLU neurons, exactly."
        ),
        route="the network in floats against the corners as typed, in rational arithmetic",
        params=Params(),
        check=checks.realisation,
        faults=(faults.WEIGHTS,),
    ),
    Claim(
        key="smallest_width",
        section="1.1.2",
        statement=(
            r"$m$ neurons are enough exactly if $-s_0$ is a sum of some slope jumps $J_i$ (Lemma "
            r"1.1.2, made exact); otherwise $m + 1$."
        ),
        route=_TRIED,
        params=Params(knots=((-1.5, -1.5), (-0.5, -0.5), (0.0, 0.5), (0.5, 2.0))),
        check=checks.smallest_width,
        faults=(faults.SUBSET, faults.NEURONS),
        errata=(31,),
    ),
    Claim(
        key="line_needs_two",
        section="1.1.2",
        statement=r"No single ReLU neuron draws $x \mapsto x$ on the whole line; two do.",
        route=_TRIED,
        params=Params(knots=((-1.0, -1.0), (1.0, 1.0))),
        check=checks.line_needs_two,
        faults=(faults.NEURONS,),
        errata=(31,),
    ),
    Claim(
        key="hat_right_half",
        section="1.1.2",
        statement=r"The hat is $2 - 2x$ on its right half; the notes print $1 - 2x$.",
        route="the hat's two-neuron network, evaluated",
        params=Params(figure="hats", depth=1),
        check=checks.hat_right_half,
        faults=(faults.HAT,),
        errata=(1,),
    ),
    Claim(
        key="composed_pieces",
        section="1.1.2",
        statement=r"Two neurons a layer: the hat composed $L$ times has $2^L$ pieces on [0, 1].",
        route="every place where a neuron of the network turns on or off, counted",
        params=Params(figure="hats", depth=10),
        check=checks.composed_pieces,
        faults=(faults.HALF,),
    ),
    Claim(
        key="square_by_depth",
        section="1.1.2",
        statement=r"Composed hats draw $x^2$ on [−1, 1] with error $4^{-L}$: exponential in depth.",
        route="a deep network of width 3, at all corners and middles",
        params=Params(figure="error"),
        check=checks.square_by_depth,
        faults=(faults.SQUARE,),
    ),
    Claim(
        key="uniform_bound",
        section="1.1.2",
        statement=r"Evenly spaced knots $h$ apart: the error is at most $\max|f''|\,h^2/8$.",
        route="the largest error, piece by piece",
        params=Params(figure="error", target="sine"),
        check=checks.uniform_bound,
        faults=(faults.KNOTS,),
    ),
    Claim(
        key="graded_law",
        section="1.1.2",
        statement=(
            r"Knots graded by $|f''|^{1/2}$ give $|x|^p$ the rate $m^{-2}$ of a smooth function: "
            r"error $\approx (\int|f''|^{1/2})^2/(8m^2)$."
        ),
        route="the largest error, piece by piece",
        params=Params(figure="error", target="power"),
        check=checks.graded_law,
        faults=(faults.GRADING,),
    ),
    Claim(
        key="breakpoints_cauchy",
        section="1.1.2",
        statement=(
            r"The breakpoints $-b_i/W_i$ of a random network are Cauchy with scale "
            r"$\sqrt{C_b/C_W}$."
        ),
        route="weights and biases drawn, breakpoints counted",
        params=Params(figure="random"),
        check=checks.breakpoints,
        faults=(faults.SCALE,),
        batches=1000,
    ),
)
