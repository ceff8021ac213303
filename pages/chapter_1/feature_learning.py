"""Page 1.5: does the network learn its basis?"""

from components.figures.feature_learning import laws, training, words
from components.layout import register_page
from components.page import Page, Plot, Preset, Try
from compute.experiments.feature_learning import EXPERIMENT, Params

PAGE = Page(
    experiment=EXPERIMENT,
    question="Does the network learn its basis?",
    statement=(
        r"A target $y = g(\langle u, x\rangle)$ depends on one direction $u$ of $N_0$ (§1.3.3). "
        r"$z = \frac{1}{\gamma\sqrt{N_1}}\sum_i W^{(2)}_i\sigma(\frac{1}{\sqrt{N_0}}"
        r"W^{(1)}_i\cdot x + b_i)$, ReLU, $\gamma = N_1^a$, may turn its neurons towards it. A "
        r"ridge on the start's features $\sigma(\cdot)$ may not."
    ),
    plots=(
        Plot("learning_errors", training.errors, ("learning",), part="single", sampled=True),
        Plot("learning_outputs", training.outputs, ("learning",), part="single", sampled=True),
        Plot("learning_curve", training.against_data, ("curve",), part="single", sampled=True),
        Plot(
            "learning_neurons",
            training.neurons,
            ("features",),
            training.neuron_frames,
            part="single",
            sampled=True,
        ),
        Plot("learning_features", training.features, ("features",), part="single", sampled=True),
        Plot("learning_kernel", training.kernel, ("features",), part="single", sampled=True),
        Plot("learning_escape", laws.escape, ("escape",), part="flow", sampled=True),
        Plot("learning_risk", laws.risk, ("staircase",), part="limit", sampled=True),
        Plot("learning_parts", laws.parts, ("staircase",), part="limit", sampled=True),
    ),
    sentence=words.sentence,
    notice=words.notice,
    progress=words.progress,
    presets=(
        Preset("ReLU", "One direction of 32: found within a hundred steps", Params()),
        Preset(
            "Kernel regime",
            "γ = 1: the neurons stay, and the network does what its ridge does",
            Params(exponent=0.0),
        ),
        Preset(
            "Hermite 2",
            "No linear part to start from, and still learned",
            Params(target="hermite2", steps=400),
        ),
        Preset(
            "Hermite 3, too few data",
            "Fails at 256 data; at 1024 it is learned by step 1200",
            Params(target="hermite3", data=256),
        ),
        Preset(
            "Hermite 4",
            "Fails: 1024 data are not enough to see a fourth moment",
            Params(target="hermite4"),
        ),
        Preset(
            "Jump",
            "u is found, but no sum of ramps makes the jump of a sign quickly",
            Params(target="sign"),
        ),
        Preset(
            "Against the data",
            "With more data the network gains more than the ridge does",
            Params(figure="curve"),
        ),
        Preset(
            "How many data for Hermite 3?",
            "Below some 500 nothing is gained, at 1024 = N₀² it is",
            Params(figure="curve", target="hermite3", steps=1200),
        ),
        Preset(
            "Neurons turn",
            "Play it: the dots run to cosine ±1, and the kernel with them",
            Params(figure="features"),
        ),
        Preset(
            "Escape",
            "d, d log d, and more: the information exponent",
            Params(figure="escape"),
        ),
        Preset(
            "Staircase",
            "x₁ helps x₁x₂, which helps x₁x₂x₃; alone that is never found at N₀ = ∞",
            Params(figure="staircase"),
        ),
    ),
    try_this=(
        Try(
            r"Lower $a$ from ½ to 0: with the neurons' freedom to turn goes the gain over "
            "the ridge.",
            Params(),
        ),
        Try(
            "*Hermite 3* fails with 256 data. Give it 1024 data and 1200 steps: now it is learned. "
            "Descent reuses its data, so the bar is not the one of online learning in *Escape*.",
            Params(target="hermite3", data=256),
        ),
        Try(
            "In *Staircase* raise $N_0$ to 100: the staircase keeps its time, parity comes later "
            "and later. *Never* is the limit's word, not the networks'.",
            Params(figure="staircase"),
        ),
    ),
)

register_page(PAGE, __name__)
