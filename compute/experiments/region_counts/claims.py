"""Claims of section 4.2: how long, how many, how connected; and where to test each of them.

Every measurement is of real random networks. How each is judged: `checks`.
"""

from __future__ import annotations

from functools import partial

from compute.claims import Claim
from compute.experiments.region_counts import faults
from compute.experiments.region_counts.checks import arrangements, trends
from compute.experiments.region_counts.setting import Params

EXACTLY = "real networks, partitioned exactly"
ZEROS = "real networks, folded exactly along the line"
CHAIN_RULE = "real weight matrices, multiplied with the gates of a forward pass"

ONE_LAYER = Params(figure="counts", neurons=6, layers=1, deep=1, half_width=1.0, networks=30_000)
PLANE = Params(figure="counts", neurons=6, layers=1, deep=2, half_width=10_000.0, networks=10_000)
NARROW_LINE = Params(figure="line", neurons=6, deep=3, networks=30_000)
NEAR = Params(figure="distance", neurons=96, deep=4, networks=200)

_claim = partial(Claim, section="4.2")

CLAIMS = (
    _claim(
        key="length_bound",
        statement=(
            r"(4.2.1) holds with $C=\frac1{\sqrt\pi}$ at any widths and depth: "
            r"$\mathbb E[Z_A]\le\sum_\ell N_\ell\,\mathrm{vol}(A)/\sqrt\pi$."
        ),
        route=EXACTLY,
        params=Params(figure="depth", networks=1000, half_width=0.5),
        check=arrangements.length_at_most,
        faults=(faults.WEIGHTS, faults.TWICE, faults.THRICE),
        batches=4,
        errata=(44,),
    ),
    _claim(
        key="one_layer_square",
        statement=(
            r"One layer in $[-a,a]^2$: $\mathbb E N_A=1+N\frac4\pi\arctan\frac a{\sqrt{1+a^2}}+"
            r"\binom N2\frac2\pi\arcsin\frac{a^2}{1+a^2}$."
        ),
        route=EXACTLY,
        params=ONE_LAYER,
        check=arrangements.square_regions,
        faults=(faults.WEIGHTS, faults.BIASES, faults.NEURON),
        batches=3,
    ),
    _claim(
        key="one_layer_disc",
        statement=(
            r"One layer in a disc of radius $R$: $\mathbb E N_A=1+N\frac R{\sqrt{1+R^2}}+"
            r"\binom N2\big(1-\frac1{\sqrt{1+R^2}}\big)$."
        ),
        route=EXACTLY + "; cells that meet the disc",
        params=ONE_LAYER,
        check=arrangements.disc_regions,
        faults=(faults.WEIGHTS, faults.BIASES, faults.NEURON),
        batches=3,
    ),
    _claim(
        key="one_layer_length",
        statement=(
            r"One layer: $\mathbb E Z_A=N\int_A\frac{E(m)}{\pi\sqrt{1+r^2}}$, "
            r"$m=\frac{r^2}{1+r^2}$, $E$ the complete elliptic integral."
        ),
        route=EXACTLY,
        params=ONE_LAYER,
        check=arrangements.square_length,
        faults=(faults.WEIGHTS, faults.BIASES, faults.NEURON),
        batches=3,
    ),
    _claim(
        key="one_layer_variance",
        statement=(
            r"One layer: $Z_A$ is a sum of iid terms, so its variance is $N_1$ times that of the "
            r"length of one random line in $A$."
        ),
        route=EXACTLY,
        params=ONE_LAYER,
        check=arrangements.square_variance,
        faults=(faults.WEIGHTS, faults.BIASES, faults.NEURON),
        batches=3,
    ),
    _claim(
        key="one_component",
        statement=(
            r"Q3 for a first-layer neuron: $C_A$ is 0 or 1, and 1 with probability "
            r"$\frac4\pi\arctan\frac a{\sqrt{1+a^2}}$."
        ),
        route=EXACTLY + "; components by union–find over shared vertices",
        params=ONE_LAYER,
        check=arrangements.one_component,
        faults=(faults.WEIGHTS, faults.BIASES, faults.NEURON),
        batches=3,
    ),
    _claim(
        key="zaslavsky",
        statement=(
            r"One layer cuts the plane into $\sum_{k\le2}\binom{N_1}k$ cells, not into "
            r"$\min\{2^{N_1},N_1^2/2\}$."
        ),
        route=EXACTLY + ", in a window of ten thousand",
        params=PLANE,
        check=arrangements.zaslavsky,
        faults=(faults.NEURON,),
        batches=3,
        errata=(29,),
    ),
    _claim(
        key="line_meets_curve",
        statement=(
            r"A line of layer 1 and a curve of layer 2 cross $1-2^{1-N_1}$ times in the plane, "
            r"expected; two lines cross once."
        ),
        route=EXACTLY + "; vertices of the partition by the layers that meet there",
        params=PLANE,
        check=arrangements.line_meets_curve,
        faults=(faults.NEURON,),
        batches=3,
    ),
    _claim(
        key="curve_meets_curve",
        statement=(
            r"Two curves of layer 2 cross $P(\mathrm{Bin}(N_1,\frac12)\ge2)$ times, expected."
        ),
        route=EXACTLY + "; vertices of the partition by the layers that meet there",
        params=PLANE,
        check=arrangements.curve_meets_curve,
        faults=(faults.NEURON,),
        batches=3,
    ),
    _claim(
        key="wide_limit",
        statement=(
            r"Wide deep networks (our derivation): by Kac–Rice the curves of layer $\ell$ end and "
            r"cross like straight lines whose biases have variance $\ell$, which gives "
            r"$\mathbb E N_A$ up to a relative $1/N_\ell$."
        ),
        route=EXACTLY,
        params=Params(figure="counts", neurons=128, layers=2, deep=2, networks=200),
        check=arrangements.wide_limit,
        faults=(faults.NEURON, faults.TWICE),
        batches=8,
    ),
    _claim(
        key="loops",
        statement=(
            r"From layer 2 on a curve can close. How often was not published: in $[-3,3]^2$ a "
            r"network of $[16,16]$ has about 0.56 closed curves."
        ),
        route=EXACTLY + "; components without an end, against 200 000 other networks",
        params=Params(figure="counts", neurons=32, layers=2, deep=2, networks=10_000),
        check=arrangements.loops,
        faults=(faults.NEURON, faults.TWICE),
        batches=8,
    ),
    _claim(
        key="growth_slope",
        statement=(
            r"Theorem 4.2.2, two inputs: $\mathbb E N_A$ grows like the square of the number of "
            r"neurons, whatever the depth. The worst case would grow like its power $2L$."
        ),
        route=EXACTLY,
        params=Params(figure="growth", neurons=144, layers=3, deep=3, networks=200),
        check=trends.growth_slope,
        faults=(faults.NEURON, faults.FOUR),
        batches=13,
    ),
    _claim(
        key="one_neuron",
        statement=(
            r"Theorem 4.2.2 needs a case split: $2^{\sum N}$ while $\sum N<N_0$. The printed "
            r"minimum tends to 0 as $N_0$ grows, yet a cube has at least one cell."
        ),
        route="1000 random neurons, signs at the corners of the cube",
        params=Params(figure="growth"),
        check=trends.one_neuron,
        faults=(faults.BIAS, faults.CELLS),
        errata=(30,),
    ),
    _claim(
        key="prefactor_falls",
        statement=(
            r"Same neurons, more layers, fixed window: fewer regions. $\mathbb E N_A$ over "
            r"$\frac12(\sum N)^2$ falls from 0.71 in one layer to 0.53 in six wide ones in "
            r"$[-3,3]^2$, and lower in narrow ones."
        ),
        route=EXACTLY,
        params=Params(networks=300),
        check=trends.prefactor,
        faults=(faults.WEIGHTS, faults.NEURON, faults.TWICE),
        batches=6,
    ),
    _claim(
        key="variance_grows",
        statement=(
            r"The conjecture that $\mathrm{Var}\,Z_A$ grows with depth is open. Here it is larger "
            r"in several layers than in one: evidence at these sizes, not a proof."
        ),
        route=EXACTLY,
        params=Params(networks=1000),
        check=trends.variance_grows,
        faults=(faults.WEIGHTS, faults.NEURON, faults.HALF, faults.FEW),
        batches=19,
    ),
    _claim(
        key="zeros_per_neuron",
        statement=(
            r"(4.2.2) exactly, one input: a neuron of layer $\ell$ has "
            r"$\prod_{k<\ell}(1-2^{-N_k})\le1$ zeros on the line, expected."
        ),
        route=ZEROS + r"; zeros beyond a million declared as bias",
        params=NARROW_LINE,
        check=trends.zeros_per_neuron,
        faults=(faults.NEURON,),
        batches=3,
        errata=(45,),
    ),
    _claim(
        key="pieces",
        statement=(
            r"One input: $1+\sum_\ell N_\ell\prod_{k<\ell}(1-2^{-N_k})$ intervals, expected. "
            r"Depth does not help."
        ),
        route=ZEROS,
        params=NARROW_LINE,
        check=trends.pieces,
        faults=(faults.NEURON,),
        batches=3,
        errata=(45,),
    ),
    _claim(
        key="window_zeros",
        statement=(
            r"One input, one layer: $\frac2\pi\arctan(a\sqrt2)$ zeros of a neuron in $[-a,a]$."
        ),
        route=ZEROS,
        params=Params(figure="line", neurons=6, deep=1, half_width=1.0, networks=30_000),
        check=trends.window_zeros,
        faults=(faults.WEIGHTS, faults.BIASES, faults.NEURON),
        batches=3,
    ),
    _claim(
        key="first_density",
        statement=(
            r"At distance $r$ a first-layer neuron has length $\frac{E(m)}{\pi\sqrt{1+r^2}}$ per "
            r"area."
        ),
        route=EXACTLY + ", edges cut by circles",
        params=NEAR,
        check=trends.first_density,
        faults=(faults.WEIGHTS, faults.BIASES, faults.HALF),
        batches=6,
    ),
    _claim(
        key="deep_density",
        statement=(
            r"In layer $\ell$ of a wide network that density is stretched by $\sqrt\ell$, and "
            r"$\ell^{-1/2}$ as high at the origin."
        ),
        route=EXACTLY + ", edges cut by circles",
        params=Params(figure="distance", neurons=96, deep=2, networks=300),
        check=trends.deep_density,
        faults=(faults.WEIGHTS, faults.NEURON, faults.HALF),
        batches=8,
    ),
    _claim(
        key="gradient",
        statement=(
            r"$\mathbb E\lVert\nabla_xz^{(L+1)}\rVert^2=2$ with the stated variances, not 1: no "
            r"gate switches off the input."
        ),
        route=CHAIN_RULE,
        params=NEAR,
        check=trends.output_gradient,
        faults=(faults.WEIGHTS, faults.LARGE),
        batches=6,
        errata=(27,),
    ),
    _claim(
        key="gradient_prefactor",
        statement=(
            r"$\widehat z^{(\ell)}_i=\frac1{\sqrt{N_{\ell-1}}}\sum_jW^{(\ell)}_{ij}"
            r"\sigma(z^{(\ell-1)}_j)$: without the prefactor the gradient grows with the width."
        ),
        route=CHAIN_RULE,
        params=NEAR,
        check=trends.hidden_gradient,
        faults=(faults.WEIGHTS, faults.LARGE),
        batches=6,
        errata=(28,),
    ),
    _claim(
        key="gradient_fourth",
        statement=(
            r"$\mathbb E\lVert\nabla_xz^{(L+1)}\rVert^4="
            r"4(1+\frac2{N_0})\prod_\ell(1+\frac5{N_\ell})$."
        ),
        route=CHAIN_RULE,
        params=Params(figure="distance", neurons=64, deep=2, networks=1000),
        check=trends.fourth_moment,
        faults=(faults.WEIGHTS, faults.LARGE, faults.QUIET),
        batches=11,
    ),
)
