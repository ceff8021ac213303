"""Claims of §1.3.2. How each is judged: `checks`."""

from __future__ import annotations

from compute.claims import Claim
from compute.experiments.implicit_bias import checks, faults
from compute.experiments.implicit_bias.setting import Params

_STEPS = "descent iterated step by step, no projection"
_FITS = "features and noise drawn, normal equations solved for every data set"
_LINES = "all weights of ReLU networks trained from small starts"

CLAIMS = (
    Claim(
        key="descent_limit",
        section="1.3.2",
        statement=r"Descent ends at $\theta_0 + \Phi^+(y - \Phi\theta_0)$.",
        route=_STEPS,
        params=Params(steps=400),
        check=checks.descent_limit,
        faults=(faults.DRIFT,),
    ),
    Claim(
        key="row_space",
        section="1.3.2",
        statement=r"Descent never leaves $\theta_0$ + the row space: $\theta_\perp$ stays.",
        route=_STEPS,
        params=Params(rate=0.9, momentum=0.5),
        check=checks.row_space,
        faults=(faults.DRIFT,),
    ),
    Claim(
        key="kernel_dimension",
        section="1.3.2",
        statement=(
            r"The minimisers are parallel to $\ker\Phi$; $\ker\Phi^T$, as printed, lives in "
            r"$\mathbb{R}^{|\mathcal{D}|}$."
        ),
        route="second derivative of the loss, by differences of its gradient",
        params=Params(),
        check=checks.kernel_dimension,
        faults=(faults.DATUM,),
        errata=(32,),
    ),
    Claim(
        key="least_norm",
        section="1.3.2",
        statement=r"From $\theta_0 = 0$ descent ends at the interpolant of least $\ell^2$ norm.",
        route=_STEPS,
        params=Params(intercept=0.0, slope=0.0, steps=400),
        check=checks.least_norm,
        faults=(faults.DRIFT,),
    ),
    Claim(
        key="risk_below",
        section="1.3.2",
        statement="The exact mean excess risk of least squares, with fewer features than data.",
        route=_FITS,
        params=Params(figure="descent", used=10, problems=5000),
        check=checks.risk_below,
        faults=(faults.NUMBERS, faults.NOISE, faults.SHIFT),
        batches=50,
    ),
    Claim(
        key="risk_above",
        section="1.3.2",
        statement="The exact mean excess risk of minimum norm, with more features than data.",
        route=_FITS,
        params=Params(figure="descent", used=40, problems=5000),
        check=checks.risk_above,
        faults=(faults.NUMBERS, faults.NOISE, faults.SHIFT),
        batches=50,
    ),
    Claim(
        key="median_peak",
        section="1.3.2",
        statement=r"The median risk is largest at the threshold $P = |\mathcal{D}|$.",
        route=_FITS,
        params=Params(figure="descent"),
        check=checks.median_peak,
        faults=(faults.SHIFT,),
        batches=20,
    ),
    Claim(
        key="weak_is_ridge",
        section="1.3.2",
        statement="Many weak features act on the strong ones like a ridge of their total weight.",
        route="minimum-norm interpolation with every weak frequency, against ridge regression",
        params=Params(figure="fit", weak=4000),
        check=checks.weak_is_ridge,
        faults=(faults.RIDGE,),
    ),
    Claim(
        key="diagonal_limit",
        section="1.3.2",
        statement=(
            r"A diagonal linear network from $u = v = \alpha$ ends at the interpolant of least "
            r"$Q_\alpha$, between $\ell^2$ and $\ell^1$."
        ),
        route="flow of all weights (u, v), no dual and no Newton steps",
        params=Params(figure="alpha"),
        check=checks.diagonal_limit,
        faults=(faults.NETWORK,),
        batches=1,
    ),
    Claim(
        key="margin_direction",
        section="1.3.2",
        statement=r"The direction of logistic regression approaches $\hat w$ like $1/\log t$.",
        route="gradient flow in logarithmic time, no asymptotics",
        params=Params(figure="margin"),
        check=checks.margin_direction,
        faults=(faults.TURN,),
    ),
    Claim(
        key="margin_growth",
        section="1.3.2",
        statement=r"$w_t = \hat w\log t + \tilde w + o(1)$: the constant does not vanish.",
        route="gradient flow in logarithmic time, no asymptotics",
        params=Params(figure="margin", decades=30.0),
        check=checks.margin_growth,
        faults=(faults.FLOW, faults.TURN),
    ),
    Claim(
        key="line_variation",
        section="1.3.2",
        statement="From a small start the slope of a ReLU network varies as little as it can.",
        route=_LINES,
        params=Params(figure="line"),
        check=checks.line_variation,
        faults=(faults.START,),
        batches=8,
    ),
    Claim(
        key="line_knots",
        section="1.3.2",
        statement="From a small start a ReLU network fits the six points with a handful of kinks.",
        route=_LINES,
        params=Params(figure="line"),
        check=checks.line_knots,
        faults=(faults.START,),
        batches=8,
    ),
    Claim(
        key="kernel_kinks",
        section="1.3.2",
        statement="The kernel regime is no smooth spline: its slope jumps at every datum.",
        route="differences of the interpolant on both sides of a datum",
        params=Params(figure="line"),
        check=checks.kernel_kinks,
        faults=(faults.KERNEL,),
    ),
    Claim(
        key="gradient_turns",
        section="1.3.2",
        statement=(
            r"A network's gradient leaves the row space of $J_0$: at first by an angle of order "
            r"$N_1^{a-\frac12}$, so (1.3.6) holds for wide networks in the kernel regime."
        ),
        route="all weights trained at nested widths, Jacobians of the networks themselves",
        params=Params(figure="turn"),
        check=checks.turning,
        faults=(faults.REGIME,),
        batches=50,
    ),
)
