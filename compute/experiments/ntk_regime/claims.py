"""Claims of §2.2: when a network is its linearisation, and how fast it then learns."""

from __future__ import annotations

from compute.claims import Claim
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
from compute.experiments.ntk_regime.run import Params

FLOW = "gradient flow of all parameters, exponential midpoint steps"

_WIDTH = Params(figure="width", dataset="sphere", count=4, seeds=100)
_MEAN = Params(figure="eigenvalues", rate=0.5)

CLAIMS = (
    Claim(
        "loss_vanishes",
        "2.2",
        r"Theorem 2.2.1 (i): at $\gamma = 1$ a wide network is trained to loss 0.",
        FLOW,
        Params(time=5000.0),
        loss_vanishes,
    ),
    Claim(
        "linear_slope",
        "2.2",
        r"Theorem 2.2.1 (ii): $\sup_t\|\theta_t - \theta_t^{\mathrm{lin}}\|$ falls like "
        r"$N_1^{-1/2}$.",
        "networks of six widths trained from their weights; linearisation in closed form",
        _WIDTH,
        linear_slope,
        batches=100,
    ),
    Claim(
        "deep_slope",
        "2.2",
        r"Theorem 2.2.1 is for any fixed depth: with two hidden layers "
        r"$\sup_t\|\theta_t - \theta_t^{\mathrm{lin}}\|$ falls like $N^{-1/2}$ too.",
        "networks of five widths trained from their weights; linearisation in closed form",
        Params(figure="width", dataset="sphere", count=4, layers=2, seeds=100),
        deep_slope,
        batches=200,
    ),
    Claim(
        "kink_slope",
        "2.2",
        r"Without two derivatives, ReLU, it falls like $N_1^{-1/4}$ only.",
        "networks of six widths trained from their weights",
        Params(figure="width", activation="relu", count=2, seeds=200),
        kink_slope,
        batches=200,
    ),
    Claim(
        "closed_form",
        "2.2.1",
        r"The linear model has $z_t - y = e^{-\Theta t}(z_0 - y)$.",
        "Runge–Kutta steps of all its parameters",
        Params(),
        closed_form,
    ),
    Claim(
        "velocity",
        "2.2.1",
        r"Predictions move by $\frac{d}{dt}z = -\mathrm{TK}\,(z - y)$.",
        "difference of the network's outputs along its gradient",
        Params(figure="metric"),
        velocity,
        errata=(51,),
    ),
    Claim(
        "rate_bound",
        "2.2.1",
        r"Lemma 2.2.2 on a network: $L_t \le L_0e^{-2\delta t}$, "
        r"$\delta = \inf_{s\le t}\lambda_{\min}(\Theta_s)$.",
        FLOW,
        Params(),
        rate_bound,
        errata=(34,),
    ),
    Claim(
        "half_rate",
        "2.2.1",
        r"Lemma 2.2.2: the rate is $2\mu\delta$; TK contains $\eta$ already.",
        "DOP853 in the predictions, along the slow eigenvector",
        Params(figure="lemma", rate=2.0),
        half_rate,
        errata=(34,),
    ),
    Claim(
        "square_rate",
        "2.2.1",
        r"For $\sum(z-y)^2$, $\mu = 2$: the rate is $4\delta$.",
        "DOP853 in the predictions, along the slow eigenvector",
        Params(figure="lemma"),
        square_rate,
        errata=(34,),
    ),
    Claim(
        "strict_convexity",
        "2.2.1",
        r"Strict convexity is not enough: $\ell = a^4$ decays like $t^{-2}$.",
        "DOP853 for a, no formula",
        Params(figure="lemma"),
        strict_convexity,
        errata=(33,),
    ),
    Claim(
        "mean_kernel",
        "2.2.1",
        r"$\mathbb{E}\,\Theta$ is (2.2.6) with the factor $\eta/\gamma^2$.",
        "mean over the neurons of real networks",
        _MEAN,
        mean_kernel,
        errata=(50,),
    ),
    Claim(
        "concentration",
        "2.2.1",
        r"$\|\Theta_0 - \mathbb{E}\,\Theta\|$ falls like $N_1^{-1/2}$.",
        "real networks that grow from 8 to 4096 neurons",
        Params(figure="eigenvalues"),
        concentration,
    ),
    Claim(
        "positive_limit",
        "2.2.1",
        r"(2.2.4): $\lambda_{\min}(\Theta_0) \to \lambda_{\min}(\mathbb{E}\,\Theta)$.",
        "real networks of 4096 neurons, within Weyl's bound",
        Params(figure="eigenvalues", dataset="sphere"),
        positive_limit,
    ),
    Claim(
        "polynomial_rank",
        "2.2.1",
        r"A polynomial $\sigma$: $\lambda_{\min}(\mathbb{E}\,\Theta) = 0$ once $|D|$ exceeds "
        "the dimension.",
        "eigenvalues of the kernel, counted",
        Params(figure="eigenvalues", activation="cubic", count=12),
        polynomial_rank,
    ),
    Claim(
        "angle_law",
        "2.2.1",
        r"Two close inputs: $\lambda_{\min}$ falls like their angle squared, with a kink like "
        "the angle.",
        "eigenvalues of the limit kernel",
        Params(figure="eigenvalues", count=2),
        angle_law,
    ),
    Claim(
        "kernel_factor",
        "2.2.1",
        r"The bound on the kernel's change needs $2\eta^2|D|\max\|\nabla z\|$: $z = \theta^2$.",
        "DOP853 for θ, both integrals alongside",
        Params(figure="lemma"),
        kernel_factor,
        errata=(35,),
    ),
    Claim(
        "kernel_bound",
        "2.2.1",
        r"The same on a network: $\|\Theta_t - \Theta_0\|$ stays below the corrected bound.",
        FLOW,
        Params(figure="movement", exponent=0.5),
        kernel_bound,
        errata=(35,),
    ),
    Claim(
        "kernel_slope",
        "2.2.1",
        r"$\sup_t\|\Theta_t - \Theta_0\|$ falls like $N_1^{-1}$: the bound gives only "
        r"$N_1^{-1/2}$.",
        "networks of six widths trained from their weights",
        _WIDTH,
        kernel_slope,
        batches=100,
    ),
    Claim(
        "hessian_growth",
        "2.2.1",
        r"$\sqrt{N_1}\,\|\mathrm{Hess}\,z\|$ grows like $\sqrt{2\log N_1}$.",
        "the largest of N blocks, each from its neuron's weights",
        _WIDTH,
        hessian_growth,
        batches=100,
        errata=(36,),
    ),
)
