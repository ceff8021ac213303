"""Page 2.3: what does the cloud of neurons do?"""

from components.figures.mean_field import cloud as figures
from components.figures.mean_field import ways, widths, words
from components.layout import register_page
from components.page import Page, Plot, Preset, Try
from compute.experiments.mean_field import EXPERIMENT, Params

PAGE = Page(
    experiment=EXPERIMENT,
    question="What does the cloud of neurons do?",
    statement=(
        r"$z^{(2)}(x)=\frac1{N_1}\sum_i W^{(2)}_i\sigma(z^{(1)}_i)$ is an average over a cloud "
        r"$\rho_t$ of particles (§2.3); each moves in a field made by all. "
        r"$\gamma=\sqrt{N_1}$ in (2.1.1), loss $\frac1{2|\mathcal D|}\sum$, $\eta=N_1$, "
        r"$\Theta=\eta\langle\nabla z,\nabla z\rangle/|\mathcal D|$."
    ),
    plots=(
        Plot("mean_field_cloud", figures.neurons, ("cloud",), figures.neuron_frames, part="cloud"),
        Plot(
            "mean_field_output",
            figures.output,
            ("cloud",),
            figures.output_frames,
            figures.own_points,
            part="cloud",
            title=figures.output_title,
        ),
        Plot("mean_field_both", ways.both, ("ways",), part="ways"),
        Plot("mean_field_gaps", ways.gaps, ("ways",), part="ways"),
        Plot("mean_field_losses", ways.losses, ("ways",), part="ways"),
        Plot("mean_field_coupled", widths.coupled, ("chaos",), sampled=True, part="theory"),
        Plot("mean_field_clouds", widths.clouds, ("chaos",), sampled=True, part="theory"),
        Plot("mean_field_functions", widths.functions, ("approximation",), part="approximation"),
        Plot(
            "mean_field_errors",
            widths.errors,
            ("approximation",),
            sampled=True,
            part="approximation",
        ),
    ),
    sentence=words.sentence,
    notice=words.notice,
    progress=words.progress,
    presets=(
        Preset(
            "Four arms",
            "A sine pulls the round cloud into four arms; opposite ones draw the same function",
            Params(),
        ),
        Preset(
            "One target neuron",
            "The function is learned, yet the cloud does not collapse onto the target's neuron",
            Params(target="neuron", bias=True, time=300.0),
        ),
        Preset(
            "No bias",
            "tanh is odd, the hat is even: no cloud of any size can draw it",
            Params(target="hat"),
        ),
        Preset(
            "Directions",
            "ReLU neurons on the circle: directions gather where the target bends",
            Params(inputs="circle", activation="relu", target="waves"),
        ),
        Preset(
            "Two ways",
            "Particles and parameters agree to ten digits; the printed loss is |D| times too fast",
            Params(figure="ways"),
        ),
        Preset(
            "Chaos propagates",
            "Neurons and outputs err by N₁ to the −½, the clouds as sets only by −⅓",
            Params(figure="chaos", inputs="circle"),
        ),
        Preset(
            "From measure to network",
            "Neurons drawn from a measure, (2.3.3). Measures form a convex set, not a linear space",
            Params(figure="approximation", width=64),
        ),
    ),
    try_this=(
        Try(
            "Play *Four arms*: opposite arms draw the same function, for $-W^{(1)}$ with "
            "$-W^{(2)}$ changes nothing under an odd σ. Now raise the width: more dots, the same "
            r"film. That film is the limit $\rho_t$.",
            Params(),
        ),
        Try(
            "In *One target neuron* the loss vanishes far from the star. Only the function is "
            r"determined: the flow is steepest descent, not a transport to $\mu_f$; its paths "
            "bend.",
            Params(target="neuron", bias=True, time=300.0),
        ),
        Try(
            "In *Chaos* switch from the line to the circle: the slope of the outputs stays "
            "$-\\frac12$, that of the clouds drops to $-\\frac13$, and with a bias to $-\\frac14$. "
            "$F$ is only locally Lipschitz: with long times the constants grow.",
            Params(figure="chaos"),
        ),
    ),
)

register_page(PAGE, __name__)
