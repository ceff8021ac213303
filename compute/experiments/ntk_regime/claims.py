"""Claims of §2.2: when a network is its linearisation, and how fast it then learns."""

from __future__ import annotations

from compute.claims import Claim
from compute.experiments.ntk_regime import faults
from compute.experiments.ntk_regime.checks.flow import (
    closed_form,
    deep_slope,
    hessian_growth,
    kernel_bound,
    kernel_slope,
    kink_slope,
    linear_slope,
    loss_vanishes,
    rate_bound,
    velocity,
)
from compute.experiments.ntk_regime.checks.kernel import (
    angle_law,
    concentration,
    half_rate,
    kernel_factor,
    mean_kernel,
    polynomial_rank,
    positive_limit,
    square_rate,
    strict_convexity,
)
from compute.experiments.ntk_regime.setting import Params

FLOW = "gradient flow of all parameters, exponential midpoint steps"

_WIDTH = Params(figure="width", dataset="sphere", count=4, seeds=100)
_MEAN = Params(figure="eigenvalues", rate=0.5)

CLAIMS = (
    Claim(
        key="loss_vanishes",
        section="2.2",
        statement=r"Theorem 2.2.1 (i): at $\gamma = 1$ a wide network is trained to loss 0.",
        route=FLOW,
        params=Params(time=5000.0),
        check=loss_vanishes,
        faults=(faults.RATE, faults.LABEL),
    ),
    Claim(
        key="linear_slope",
        section="2.2",
        statement=(
            r"Theorem 2.2.1 (ii): $\sup_t\|\theta_t - \theta_t^{\mathrm{lin}}\|$ falls like "
            r"$N_1^{-1/2}$."
        ),
        route="networks of six widths trained from their weights; linearisation in closed form",
        params=_WIDTH,
        check=linear_slope,
        faults=(faults.EXPONENT,),
        batches=100,
    ),
    Claim(
        key="deep_slope",
        section="2.2",
        statement=(
            r"Theorem 2.2.1 is for any fixed depth: with two hidden layers "
            r"$\sup_t\|\theta_t - \theta_t^{\mathrm{lin}}\|$ falls like $N^{-1/2}$ too."
        ),
        route="networks of five widths trained from their weights; linearisation in closed form",
        params=Params(figure="width", dataset="sphere", count=4, layers=2, seeds=100),
        check=deep_slope,
        faults=(faults.EXPONENT,),
        batches=200,
    ),
    Claim(
        key="kink_slope",
        section="2.2",
        statement=r"Without two derivatives, ReLU, it falls like $N_1^{-1/4}$ only.",
        route="networks of six widths trained from their weights",
        params=Params(figure="width", activation="relu", count=2, seeds=200),
        check=kink_slope,
        faults=(faults.EXPONENT, faults.FURTHER),
        batches=200,
    ),
    Claim(
        key="closed_form",
        section="2.2.1",
        statement=r"The linear model has $z_t - y = e^{-\Theta t}(z_0 - y)$.",
        route="Runge–Kutta steps of all its parameters",
        params=Params(),
        check=closed_form,
        faults=(faults.GRADIENT,),
    ),
    Claim(
        key="velocity",
        section="2.2.1",
        statement=r"Predictions move by $\frac{d}{dt}z = -\mathrm{TK}\,(z - y)$.",
        route="difference of the network's outputs along its gradient",
        params=Params(figure="metric"),
        check=velocity,
        faults=(faults.GRADIENT,),
        errata=(51,),
    ),
    Claim(
        key="rate_bound",
        section="2.2.1",
        statement=(
            r"Lemma 2.2.2 on a network: $L_t \le L_0e^{-2\delta t}$, "
            r"$\delta = \inf_{s\le t}\lambda_{\min}(\Theta_s)$."
        ),
        route=FLOW,
        params=Params(),
        check=rate_bound,
        faults=(faults.RATE,),
        errata=(34,),
    ),
    Claim(
        key="half_rate",
        section="2.2.1",
        statement=r"Lemma 2.2.2: the rate is $2\mu\delta$; TK contains $\eta$ already.",
        route="DOP853 in the predictions, along the slow eigenvector",
        params=Params(figure="lemma", rate=2.0),
        check=half_rate,
        faults=(faults.SPEED,),
        errata=(34,),
    ),
    Claim(
        key="square_rate",
        section="2.2.1",
        statement=r"For $\sum(z-y)^2$, $\mu = 2$: the rate is $4\delta$.",
        route="DOP853 in the predictions, along the slow eigenvector",
        params=Params(figure="lemma"),
        check=square_rate,
        faults=(faults.SPEED,),
        errata=(34,),
    ),
    Claim(
        key="strict_convexity",
        section="2.2.1",
        statement=r"Strict convexity is not enough: $\ell = a^4$ decays like $t^{-2}$.",
        route="DOP853 for a, no formula",
        params=Params(figure="lemma"),
        check=strict_convexity,
        faults=(faults.SPEED,),
        errata=(33,),
    ),
    Claim(
        key="mean_kernel",
        section="2.2.1",
        statement=r"$\mathbb{E}\,\Theta$ is (2.2.6) with the factor $\eta/\gamma^2$.",
        route="mean over the neurons of real networks",
        params=_MEAN,
        check=mean_kernel,
        faults=(faults.WEIGHTS, faults.LARGE),
        errata=(50,),
    ),
    Claim(
        key="concentration",
        section="2.2.1",
        statement=r"$\|\Theta_0 - \mathbb{E}\,\Theta\|$ falls like $N_1^{-1/2}$.",
        route="real networks that grow from 8 to 4096 neurons",
        params=Params(figure="eigenvalues"),
        check=concentration,
        faults=(faults.WEIGHTS, faults.LARGE, faults.SHARED),
    ),
    Claim(
        key="positive_limit",
        section="2.2.1",
        statement=r"(2.2.4): $\lambda_{\min}(\Theta_0) \to \lambda_{\min}(\mathbb{E}\,\Theta)$.",
        route="real networks of 4096 neurons, within Weyl's bound",
        params=Params(figure="eigenvalues", dataset="sphere"),
        check=positive_limit,
        faults=(faults.WEIGHTS, faults.LARGE, faults.SHARED),
    ),
    Claim(
        key="polynomial_rank",
        section="2.2.1",
        statement=(
            r"A polynomial $\sigma$: $\lambda_{\min}(\mathbb{E}\,\Theta) = 0$ once $|D|$ exceeds "
            "the dimension."
        ),
        route="eigenvalues of the kernel, counted",
        params=Params(figure="eigenvalues", activation="cubic", count=12),
        check=polynomial_rank,
        faults=(faults.KERNEL,),
    ),
    Claim(
        key="angle_law",
        section="2.2.1",
        statement=(
            r"Two close inputs: $\lambda_{\min}$ falls like their angle squared, with a kink like "
            "the angle."
        ),
        route="eigenvalues of the limit kernel",
        params=Params(figure="eigenvalues", count=2),
        check=angle_law,
        faults=(faults.KERNEL,),
    ),
    Claim(
        key="kernel_factor",
        section="2.2.1",
        statement=(
            r"The bound on the kernel's change needs $2\eta^2|D|\max\|\nabla z\|$: $z = \theta^2$."
        ),
        route="DOP853 for θ, both integrals alongside",
        params=Params(figure="lemma"),
        check=kernel_factor,
        faults=(faults.CHANGE, faults.SPEED),
        errata=(35,),
    ),
    Claim(
        key="kernel_bound",
        section="2.2.1",
        statement=(
            r"The same on a network: $\|\Theta_t - \Theta_0\|$ stays below the corrected bound."
        ),
        route=FLOW,
        params=Params(figure="movement", exponent=0.5),
        check=kernel_bound,
        faults=(faults.RATE, faults.BOUND, faults.FAR),
        errata=(35,),
    ),
    Claim(
        key="kernel_slope",
        section="2.2.1",
        statement=(
            r"$\sup_t\|\Theta_t - \Theta_0\|$ falls like $N_1^{-1}$: the bound gives only "
            r"$N_1^{-1/2}$."
        ),
        route="networks of six widths trained from their weights",
        params=_WIDTH,
        check=kernel_slope,
        faults=(faults.EXPONENT, faults.FURTHER),
        batches=100,
    ),
    Claim(
        key="hessian_growth",
        section="2.2.1",
        statement=r"$\sqrt{N_1}\,\|\mathrm{Hess}\,z\|$ grows like $\sqrt{2\log N_1}$.",
        route="the largest of N blocks, each from its neuron's weights",
        params=_WIDTH,
        check=hessian_growth,
        faults=(faults.TAILS,),
        batches=100,
        errata=(36,),
    ),
)
