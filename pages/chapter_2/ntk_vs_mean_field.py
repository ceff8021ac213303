"""Page 2.4: what does γ change?"""

from components.figures.ntk_vs_mean_field import kernel, neurons, strip, sweep, words
from components.figures.ntk_vs_mean_field import outputs as figures
from components.layout import register_page
from components.page import Page, Plot, Preset, Try
from compute.experiments.ntk_vs_mean_field import EXPERIMENT, Params

PAGE = Page(
    experiment=EXPERIMENT,
    question="What does γ change?",
    statement=(
        r"$z^{(2)}=\frac{1}{\gamma\sqrt{N_1}}\sum_i W^{(2)}_i\sigma(z^{(1)}_i)$, $\gamma=N_1^a$ "
        "(§2.4): the output learns equally fast for every $a$, the neurons move by "
        r"$N_1^{a-\frac12}$. Loss $\frac{1}{2|\mathcal D|}\sum$, $\eta=\gamma^2$, "
        r"$\Theta=\eta\langle\nabla z,\nabla z\rangle/|\mathcal D|$."
    ),
    plots=(
        Plot(
            "regime_outputs",
            figures.outputs,
            ("outputs",),
            figures.output_frames,
            figures.own_points,
        ),
        Plot("regime_losses", figures.losses, ("outputs",), part="sides"),
        Plot("regime_neurons", neurons.cloud, ("particles",), neurons.cloud_frames, part="sides"),
        Plot("regime_movement", neurons.movement, ("particles",), part="sides"),
        Plot("regime_kernels", kernel.heat_maps, ("kernel",), kernel.heat_frames, part="sides"),
        Plot("regime_alignment", kernel.alignment, ("kernel",), part="sides"),
        Plot("regime_widths", sweep.movement_against_width, ("width",), sampled=True, part="first"),
        Plot("regime_change", sweep.kernel_against_width, ("width",), sampled=True, part="first"),
        Plot(
            "regime_remainder",
            sweep.remainder_against_width,
            ("width",),
            sampled=True,
            part="first",
        ),
        Plot("regime_strip", strip.strip, ("phase",), sampled=True, part="strip"),
        Plot("regime_split", strip.split, ("phase",), sampled=True, part="strip"),
    ),
    sentence=words.sentence,
    notice=words.notice,
    progress=words.progress,
    presets=(
        Preset(
            "A step to learn",
            "B puts neurons at the jump; A can only bend the kernel it was born with",
            Params(),
        ),
        Preset(
            "ReLU kinks gather",
            "In B the breakpoints collect where the target bends",
            Params(figure="particles", activation="relu", target="hat", time=200.0),
        ),
        Preset(
            "The kernel that learns",
            "The same kernel at t = 0, two different ones at the end",
            Params(figure="kernel"),
        ),
        Preset(
            "The law in the width",
            "Slopes near a − ½ and 2a − 1 on trained networks; the limit is approached slowly",
            Params(figure="width", activation="gelu", time=50.0, networks=40),
        ),
        Preset(
            "Half-way",
            "a = ¼ is lazy too at infinite width, but slowly",
            Params(exponent_b=0.25, width=1024),
        ),
        Preset(
            "Cannot be fitted",
            "Without bias tanh is odd and the hat is even: no width and no γ helps",
            Params(bias=False, target="hat"),
        ),
    ),
    try_this=(
        Try(
            "Press Play. Both outputs set off equally fast, and A stays on its linearisation. Near "
            "$t=10$ B leaves the line: its neurons have moved. Then raise the width: in A network "
            "and linearisation become one curve, in B the gap stays.",
            Params(),
        ),
        Try(
            "In *Neurons* drag $a$ of side A from 0 to ½: the arrows grow from points to "
            "journeys, while the movement of the output, in the second figure, hardly changes.",
            Params(figure="particles"),
        ),
        Try(
            "In *Against width* compare the kernel's change at $a=0$ with the dotted bound from "
            r"(2.2.7): it falls like $N_1^{-1}$, twice as fast on this scale. At $a=\frac12$ "
            "nothing falls.",
            Params(figure="width"),
        ),
    ),
)

register_page(PAGE, __name__)
