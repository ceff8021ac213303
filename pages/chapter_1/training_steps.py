"""Page 1.2: what happens between data and predictor?"""

from components.figures.training_steps import inside, training, words
from components.layout import register_page
from components.page import Page, Plot, Preset, Try
from compute.experiments.training_steps import EXPERIMENT, Params

_START = {"part": "start", "sampled": True}

PAGE = Page(
    experiment=EXPERIMENT,
    question="What happens between data and predictor?",
    statement=(
        "Choose data, draw a network, define a loss, descend (§1.2). Here "
        r"$L = \frac1{2|D|}\sum(z-y)^2$, half of (1.2.2) with a squared error, and "
        r"$\theta \leftarrow \theta - \eta\nabla L$, in single precision."
    ),
    plots=(
        Plot(
            "predictor",
            training.predictor,
            ("training",),
            training.predictor_frames,
            training.own_data,
            title=training.predictor_title,
            **_START,
        ),
        Plot("step_loss", training.loss, ("training",), **_START),
        Plot("rates", inside.rates, ("rates",), **_START),
        Plot("neurons", inside.neurons, ("neurons",), **_START),
        Plot("weights", inside.weights, ("neurons",), **_START),
        Plot("first_gradient", inside.gradients, ("neurons",), part="start"),
        Plot("compared", inside.compared, ("compare",), **_START),
        Plot("compared_loss", inside.compared_loss, ("compare",), **_START),
    ),
    sentence=words.sentence,
    notice=words.notice,
    progress=words.progress,
    presets=(
        Preset("Sine", "Two layers of 32 neurons learn a curve", Params()),
        Preset(
            "Two moons",
            "The decision line bends as the steps go on",
            Params(dataset="moons", count=128, noise=0.05, rate=1.4),
        ),
        Preset(
            "Spiral",
            "The hard one: three layers and momentum",
            Params(
                dataset="spiral", count=256, depth=3, width=64, momentum=0.9, rate=2.0, steps=2000
            ),
        ),
        Preset(
            "Catapult", "Above 2/λ_max: the loss climbs first", Params(rate=3.0, activation="relu")
        ),
        Preset("Divergence", "Far above: it ends, and says where", Params(rate=8.0)),
        Preset(
            "Noise",
            "Small batches and noisy data",
            Params(noise=0.3, batch_size=4, width=64, rate=0.5),
        ),
    ),
    try_this=(
        Try(
            r"Raise the learning rate past $\eta\lambda_{\max} = 2$, then past 4. Where does this "
            "network diverge? *Learning rates* tries fourteen of them on the same start.",
            Params(),
        ),
        Try(
            "In *Spiral* lower the depth to 1: watch the decision line, and both losses.",
            Params(
                dataset="spiral", count=256, depth=3, width=64, momentum=0.9, rate=2.0, steps=2000
            ),
        ),
        Try(
            "In *Parameterisations* widen the network: one draw, three sets of learning rates per "
            "layer, three predictors.",
            Params(figure="compare"),
        ),
    ),
)

register_page(PAGE, __name__)
