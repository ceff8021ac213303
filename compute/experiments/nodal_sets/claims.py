"""Claims of §4.1 (and Zaslavsky's of §4.2): what folds look like, counted by a second route.

How each is judged: `checks`.
"""

from __future__ import annotations

from compute.claims import Claim
from compute.experiments.nodal_sets import faults
from compute.experiments.nodal_sets.checks import folds
from compute.experiments.nodal_sets.setting import Params

_HATS = Params(
    network="hats",
    depth=6,
    size=1,
    centre_x=0.5,
    centre_y=0.5,
    colour="layer",
    neuron=0,
    line=((0.1, 0.0), (0.9, 1.0)),
)
_ONE_LAYER = Params(depth=1, width=16, neuron=0)
_CENTRAL = Params(bias_variance=0, colour="pattern")
_NARROW = Params(depth=6, width=4, colour="region", seed=7)

CLAIMS = (
    Claim(
        key="line_arrangement",
        section="4.1",
        statement="The cells of one hidden layer are those of an arrangement of $N_1$ lines.",
        route="pairs of lines, one by one",
        params=_ONE_LAYER,
        check=folds.line_arrangement,
        faults=(faults.NEURON, faults.WEIGHTS),
        errata=(58,),
    ),
    Claim(
        key="whole_plane",
        section="4.2",
        statement=(
            r"$N_1$ lines in general position cut the plane into $\sum_{k\le2}\binom{N_1}k$ "
            r"regions; the printed minimum is another number."
        ),
        route="cells of a square that holds every crossing",
        params=Params(depth=1, width=3, neuron=0),
        check=folds.whole_plane,
        faults=(faults.NEURON,),
        errata=(29, 59),
    ),
    Claim(
        key="zero_bias",
        section="4.2",
        statement="Without biases $N_1$ lines cut $2N_1$ sectors: general position needs biases.",
        route="cells of a square about the origin",
        params=Params(depth=1, width=8, bias_variance=0, neuron=0),
        check=folds.zero_bias,
        faults=(faults.NEURON,),
        errata=(59,),
    ),
    Claim(
        key="zero_bias_at_depth",
        section="4.1",
        statement="Without biases every cell is a sector, at any depth.",
        route="the network along the window’s four sides",
        params=_CENTRAL,
        check=folds.sectors,
        faults=(faults.NEURON,),
    ),
    Claim(
        key="euler",
        section="4.1",
        statement="$V-E+F=2$ with the outside as a face.",
        route="corners and sides of the polygons",
        params=Params(),
        check=folds.euler,
        faults=(faults.NEURON, faults.CORNER),
    ),
    Claim(
        key="two_partitions",
        section="4.1",
        statement=(
            "Maximal affine pieces and cells between the folds are two partitions; "
            "the second can be finer."
        ),
        route="chain rule at the middle of every cell",
        params=_NARROW,
        check=folds.two_partitions,
        faults=(faults.MERGED,),
        errata=(57,),
    ),
    Claim(
        key="fold_distance",
        section="4.1",
        statement=(
            r"$H^{(1)}_i$ lies $\sqrt{N_0}\,\lvert b_i\rvert/\lVert W_i\rVert$ from the origin: "
            "(4.1.1) leaves the prefactors out."
        ),
        route="the drawn line",
        params=_ONE_LAYER,
        check=folds.fold_distance,
        faults=(faults.WEIGHTS,),
        errata=(56,),
    ),
    Claim(
        key="weight_index",
        section="4",
        statement=r"In (4.0.1) layer $\ell+1\ge2$ is made by $W^{(\ell+1)}$.",
        route="one number after the other is changed",
        params=Params(),
        check=folds.weight_index,
        faults=(faults.NEURON, faults.READ),
        errata=(26,),
    ),
    Claim(
        key="slice_pieces",
        section="4.1",
        statement="A line changes cell exactly where a neuron along it turns on or off.",
        route="corners on both sides of the line",
        params=Params(),
        check=folds.slice_pieces,
        faults=(faults.NEURON, faults.WEIGHTS),
    ),
    Claim(
        key="composed_hats",
        section="4.2",
        statement=(
            "$4L$ neurons can cut $4^L$ cells: the worst case grows exponentially with depth."
        ),
        route="integer weights, exact",
        params=_HATS,
        check=folds.composed_hats,
        faults=(faults.NEURON, faults.WEIGHTS),
    ),
)
