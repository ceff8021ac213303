"""Page 4.1: what do a network's folds look like?"""

from components.figures.nodal_sets import lines, words
from components.figures.nodal_sets import partition as figures
from components.layout import register_page
from components.page import Page, Plot, Preset, Try
from compute.experiments.nodal_sets import EXPERIMENT, Params

PAGE = Page(
    experiment=EXPERIMENT,
    question="What do a network’s folds look like?",
    statement=(
        r"$z^{(\ell+1)}=b^{(\ell+1)}+\frac1{\sqrt{N_\ell}}W^{(\ell+1)}\sigma(z^{(\ell)})$, σ = "
        r"ReLU, (4.0.1) with its index put right. Neuron $i$ of layer $\ell$ folds the plane along "
        r"$H^{(\ell)}_i=\{z^{(\ell)}_i=0\}$ (§4.1): a line if $\ell=1$, a bent hyperplane later. "
        r"All $H$ cut a window $A$ into nodal cells; no grid, every corner is exact."
    ),
    plots=(
        Plot("nodal_partition", figures.partition, extra=figures.extra),
        Plot("nodal_slice", lines.cut, part="cut"),
        Plot("nodal_plane", lines.plane, part="plane"),
    ),
    sentence=words.sentence,
    notice=words.notice,
    local=figures.local,
    presets=(
        Preset("Three layers", "24 random neurons; the three pieces of one are lit up", Params()),
        Preset(
            "Figure 4.1, left",
            "Three neurons, three lines, at most seven cells",
            Params(depth=1, width=3, colour="pattern", neuron=0, arrows=True, seed=216),
        ),
        Preset(
            "Figure 4.1, right",
            "One neuron of layer 2 is bent by the three lines before it",
            Params(
                network="own",
                depth=2,
                width_1=3,
                width_2=1,
                colour="pattern",
                neuron=4,
                arrows=True,
                seed=216,
            ),
        ),
        Preset(
            "Zero bias",
            "Every fold goes through the origin: cells are sectors, at any depth",
            Params(bias_variance=0, colour="pattern", neuron=0),
        ),
        Preset(
            "Deep and narrow",
            "Folds that the output does not see: fewer linear regions than nodal cells",
            Params(
                depth=6, width=4, colour="region", neuron=0, line=((-2.8, 2.4), (2.6, 0.2)), seed=5
            ),
        ),
        Preset(
            "Worst case",
            "24 neurons with chosen integer weights: 4096 cells",
            Params(
                network="hats",
                depth=6,
                colour="layer",
                neuron=0,
                size=1,
                centre_x=0.5,
                centre_y=0.5,
                line=((0.1, 0.0), (0.9, 1.0)),
            ),
        ),
        Preset(
            "Average case",
            "24 random neurons in as many layers as the worst case: fewer cells than one layer has",
            Params(depth=6, width=4, colour="layer", neuron=0, seed=7),
        ),
    ),
    try_this=(
        Try(
            "Point at cells: crossing one fold changes one neuron, and $z$ becomes another affine "
            "map. Click a fold: its neuron lights up, each connected piece in a colour of its own.",
            Params(),
        ),
        Try(
            "Play the layers. Layer 1 draws lines; every later fold is straight inside the cells "
            "before it and bends only where it crosses them.",
            Params(colour="layer", neuron=0),
        ),
        Try(
            "In *Deep and narrow* two cells of one colour have the same map although a fold lies "
            "between them, because later neurons are off there. Then compare *Worst case* and "
            "*Average case*.",
            Params(
                depth=6, width=4, colour="region", neuron=0, line=((-2.8, 2.4), (2.6, 0.2)), seed=5
            ),
        ),
    ),
)

register_page(PAGE, __name__)
