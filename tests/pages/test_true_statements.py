"""No true statement is refuted: every page, its settings and its claims, over twenty seeds, or
over two of them where it is not thorough.

Samples are small and looked at after each of their first batches: small samples mislead most. Where
nothing is sampled the verdict itself is asserted: an exact claim *agrees* for every seed or says
nothing, and its rivals are refuted.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import app
from compute.claims import Verdict
from compute.experiment import Experiment
from compute.experiments import EXPERIMENTS
from compute.sampling import Sample, advance
from tests.thorough import some

assert app.server  # pages register themselves with the app
from components.registry import built_pages  # noqa: E402

SEEDS = range(some(2, 20))
BY_KEY = {e.key: e for e in EXPERIMENTS}
PRESETS = {key: [p.params for p in page.presets] for key, page in built_pages().items()}


@dataclasses.dataclass(frozen=True)
class Case:
    """A setting under all seeds, with at most `batches` batches, made small by `small`.

    `exact` says that nothing is sampled and verdicts are known. `fixed` says that the result does
    not depend on the seed.
    """

    key: str
    params: Any
    batches: int = 0
    small: tuple[tuple[str, float], ...] = ()
    exact: bool = False
    fixed: bool = False

    @property
    def experiment(self) -> Experiment[Any, Any]:
        """The page's."""
        return BY_KEY[self.key]

    def __str__(self) -> str:
        changed = {
            f.name: value
            for f in dataclasses.fields(self.params)
            if (value := getattr(self.params, f.name)) != getattr(type(self.params)(), f.name)
        }
        return self.key + "".join(f"-{k}={v}" for k, v in changed.items())


def settings(key: str, *changes: dict[str, Any]) -> list[Any]:
    """Settings of a page by what they change."""
    return [BY_KEY[key].params(**c) for c in changes]


def initialisation() -> Iterator[Case]:
    """Small batches of narrow and wide networks."""
    milliseconds = tuple(
        (f"compute.experiments.initialisation.{name}.BATCH_MS", 6.0)
        for name in ("sampler", "circle")
    )
    for params in settings(
        "initialisation",
        {},
        {"width": 3},
        {"networks": 1000, "width": 2},
        {"networks": 1000, "activation": "exp", "norm": 2.0},
        {"figure": "width", "networks": 300, "activation": "tanh", "angle": 90.0},
        {"figure": "width", "networks": 300},
        {"figure": "table", "networks": 300, "scaling": "root"},
        {"figure": "outputs", "networks": 1000, "width": 2},
    ):
        yield Case("initialisation", params, 4 if params.figure == "output" else 2, milliseconds)


def training_steps() -> Iterator[Case]:
    """The claims' settings, and short runs of narrow networks."""
    key = "training_steps"
    for params in dict.fromkeys(c.params for c in BY_KEY[key].claims):
        yield Case(key, dataclasses.replace(params, steps=50), 1)
    for params in settings(
        key,
        {"dataset": "moons", "count": 16, "width": 32, "rate": 0.5, "steps": 50},
        {"width": 32, "depth": 2, "activation": "tanh", "rate": 0.9, "steps": 100},
    ):
        yield Case(key, params, 2)


def ntk_regime() -> Iterator[Case]:
    """The presets without their sweeps, at moderate widths."""
    for params in PRESETS["ntk_regime"]:
        small = dataclasses.replace(params, seeds=4, width=min(params.width, 512))
        yield Case("ntk_regime", small)


def mean_field() -> Iterator[Case]:
    """Whole samples of reduced size."""
    for params in settings(
        "mean_field",
        {"target": "hat", "width": 20, "time": 5.0},
        {"figure": "ways", "particles": 6, "horizon": 2.0},
        {"figure": "ways", "inputs": "circle", "smooth": "gelu", "particles": 6, "horizon": 1.0},
        {"figure": "ways", "smooth": "sin", "target": "neurons", "bias": True, "particles": 6},
        {"figure": "approximation", "draws": 200},
        {"figure": "chaos", "inputs": "circle", "replicates": 8, "widest": 16, "horizon": 2.0},
    ):
        sampled = params.figure in {"chaos", "approximation"}
        yield Case("mean_field", params, 100 if sampled else 0)


def ntk_vs_mean_field() -> Iterator[Case]:
    """The erratum; slopes over twenty seeds have a test of their own."""
    small = {"figure": "particles", "width": 16, "time": 10.0}
    yield Case("ntk_vs_mean_field", settings("ntk_vs_mean_field", small)[0], exact=True)


def leaving_the_kernel_regime() -> Iterator[Case]:
    """Exact claims at their settings; the networks' in the first of their starts."""
    key = "leaving_the_kernel_regime"
    few = ((f"compute.experiments.{key}.sampler.BATCH_MS", 20.0),)
    for params in dict.fromkeys(c.params for c in BY_KEY[key].claims if not c.batches):
        yield Case(key, params, exact=True)
    for params in dict.fromkeys(c.params for c in BY_KEY[key].claims if c.batches):
        yield Case(key, params, 2 if params.figure == "networks" else 6, few, fixed=True)


def linear_products() -> Iterator[Case]:
    """Presets and four claims."""
    key, shown = (
        "linear_products",
        {"lyapunov", "norm_law", "norm_direction", "norm_direction_signs"},
    )
    short = (("compute.experiments.linear_products.sampler.BATCH_MS", 6.0),)
    own = [c.params for c in BY_KEY[key].claims if c.key in shown]
    for params in PRESETS[key] + own:
        yield Case(key, params, 4, short, fixed=True)


def implicit_bias() -> Iterator[Case]:
    """Presets and claims, and data at the ends; few networks, whose medians mislead most."""
    key = "implicit_bias"
    few = (("compute.experiments.implicit_bias.sampler._PER_BATCH", 50),)
    for params in settings(
        key,
        {"datum_x": -2.0, "momentum": 0.5, "steps": 400},
        {"rate": 0.9, "datum_x": 0.0, "steps": 400},
        {"figure": "margin", "data": "random"},
        {"figure": "margin", "data": "mirrored"},
        {"figure": "fit", "samples": 8, "weak": 4000},
    ):
        yield Case(key, params, exact=True, fixed=params.figure == "plane")
    for params in settings(
        key,
        {"figure": "descent", "used": 8, "noise": 2.0},
        {"figure": "descent", "used": 30, "decay": 0.0},
        {"figure": "descent", "used": 19},
        {"figure": "descent", "samples": 8, "features": 20, "used": 15},
    ):
        yield Case(key, params, 4, few)
    yield Case(key, settings(key, {"figure": "line"})[0], 4)


def gp_kernels() -> Iterator[Case]:
    """Presets, few and narrow networks."""
    short = (("compute.experiments.gp_kernels.sampler.BATCH_S", 0.002),)
    for params in PRESETS["gp_kernels"]:
        small = dataclasses.replace(params, networks=50, width=32)
        yield Case("gp_kernels", small, 4, short)


def feature_learning() -> Iterator[Case]:
    """The claims' settings, one network each, few neurons."""
    key = "feature_learning"
    few = (("compute.experiments.feature_learning.setting.RUNS", 1),)
    for params in dict.fromkeys(c.params for c in BY_KEY[key].claims):
        number = 2 if params.figure == "escape" else 21
        yield Case(key, dataclasses.replace(params, neurons=20), number, few)


def depth_and_width() -> Iterator[Case]:
    """The presets, and widths and times at the ends, in small batches."""
    key = "depth_and_width"
    short = (("compute.experiments.depth_and_width.sampler.BATCH_MS", 5.0),)
    for params in PRESETS[key]:
        if params.figure != "paths":
            small = dataclasses.replace(params, networks=1000, width=min(params.width, 32))
            yield Case(key, small, 2, short, fixed=True)
    for params in settings(
        key,
        {"width": 5, "ratio": 2.0},
        {"shape": "smooth", "strength": -3.0, "width": 10},
        {"figure": "explosion", "width": 10, "strength": 0.5},
        {"figure": "variance", "width": 10, "slope_pos": 2.0},
        {"figure": "alignment", "width": 2, "correlation": -0.8},
    ):
        yield Case(key, params, 2, short, fixed=True)


def gp_limit() -> Iterator[Case]:
    """Presets and the claims' own settings, few networks in small batches."""
    key = "gp_limit"
    short = ((f"compute.experiments.{key}.sampler.BATCH_MS", 4.0),)
    own = [c.params for c in BY_KEY[key].claims if c.batches]
    for params in dict.fromkeys(PRESETS[key] + own):
        small = dataclasses.replace(params, networks=2000, width=min(params.width, 32))
        yield Case(key, small, 0 if params.figure == "functions" else 4, short, fixed=True)


def gradients() -> Iterator[Case]:
    """The claims' settings in small batches, and the presets."""
    short = (("compute.experiments.gradients.sampler.BATCH_MS", 8.0),)
    for params in dict.fromkeys(c.params for c in BY_KEY["gradients"].claims):
        yield Case("gradients", params, 2, short, fixed=True)
    for params in PRESETS["gradients"]:
        # the laws of the others are not known, and no claim speaks of them
        if params.activation in ("relu", "linear"):
            yield Case("gradients", params, 2, short, fixed=True)


def finite_width() -> Iterator[Case]:
    """Presets and claims, in small batches."""
    key = "finite_width"
    short = tuple(
        (f"compute.experiments.finite_width.sampler.{name}", 60_000.0)
        for name in ("BATCH", "SLOW_BATCH")
    )
    own = [c.params for c in BY_KEY[key].claims if c.batches and c.key != "leading_fails"]
    for params in dict.fromkeys([*own, *PRESETS[key]]):
        yield Case(key, params, 4, short, fixed=True)


def nodal_sets() -> Iterator[Case]:
    """Everything is exact; the claims' own settings are among those of `own`."""
    for params in settings(
        "nodal_sets",
        {},
        {"depth": 1, "width": 16},
        {"network": "own", "depth": 2, "width_1": 3, "width_2": 1},
        {"depth": 6, "width": 4},
        {"bias_variance": 0},
        {"size": 0.5, "centre_x": 1},
        {"size": 60, "weight_variance": 0.2},
        {"network": "hats", "depth": 6, "size": 1, "centre_x": 0.5, "centre_y": 0.5},
        *({"depth": 1, "width": 3}, {"depth": 1, "width": 8, "bias_variance": 0}),
        {"bias_variance": 0, "colour": "pattern"},
    ):
        yield Case("nodal_sets", params, exact=True)
    for params in dict.fromkeys(c.params for c in BY_KEY["nodal_sets"].claims):
        yield Case("nodal_sets", params, exact=True)


def region_counts() -> Iterator[Case]:
    """The small claims' settings in small batches, and the presets."""
    key = "region_counts"
    short = (("compute.experiments.region_counts.sampler.BATCH_MS", 4.0),)
    for params in dict.fromkeys(c.params for c in BY_KEY[key].claims if c.params.neurons <= 48):
        yield Case(key, params, 2, short, fixed=True)
    for params in PRESETS[key]:
        yield Case(key, params, 3 if params.neurons < 96 else 2, short, fixed=True)


def piecewise_linear() -> Iterator[Case]:
    """The presets are exact; random networks in small batches."""
    key, short = "piecewise_linear", 4000
    batches = (("compute.experiments.piecewise_linear.sampler.NEURONS_PER_BATCH", short),)
    for params in PRESETS[key]:
        # of a typed function no claim speaks
        if params.target != "own":
            yield Case(key, params, exact=True, fixed=True)
    for params in settings(
        key,
        {"figure": "random"},
        {"figure": "random", "width": 1, "networks": 1000, "weight_variance": 0.1},
        {"figure": "random", "width": 64, "window": 10.0, "bias_variance": 0.1},
    ):
        yield Case(key, params, 8, batches, fixed=True)


def overparameterisation() -> Iterator[Case]:
    """The claims' settings, some of them narrower; few and short descents."""
    key = "overparameterisation"
    for params in dict.fromkeys(c.params for c in BY_KEY[key].claims):
        small = dataclasses.replace(params, networks=2, steps=500, starts=20)
        yield Case(key, small, 4 if params.figure == "starts" else 0)
    for params in settings(key, {"activation": "relu", "width": 16, "input_dim": 1}, {"depth": 3}):
        yield Case(key, dataclasses.replace(params, networks=2))


CASES: dict[str, Callable[[], Iterator[Case]]] = {
    f.__name__: f
    for f in (
        *(piecewise_linear, training_steps, overparameterisation, implicit_bias),
        *(feature_learning, initialisation, ntk_regime, mean_field),
        *(ntk_vs_mean_field, leaving_the_kernel_regime, linear_products, gp_limit),
        *(gp_kernels, finite_width, gradients, depth_and_width),
        *(nodal_sets, region_counts),
    )
}
ALL = [case for key in BY_KEY for case in CASES[key]()]


def states(case: Case, params: Any) -> Iterator[Sample[Any] | None]:
    """Nothing, or the sample after each of its first batches."""
    sampler, sample = case.experiment.sampler, None
    if not case.batches or sampler is None:
        yield None
        return
    for _ in range(min(case.batches, sampler.batches(params))):
        sample = advance(sampler, params, sample)
        yield sample


@pytest.mark.long
@pytest.mark.parametrize("case", ALL, ids=str)
def test_no_true_statement_is_refuted(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """At every batch on the way, by every claim of the page."""
    for name, value in case.small:
        monkeypatch.setattr(name, value)
    judged, result = 0, case.experiment.run(case.params) if case.fixed else None
    for seed in SEEDS:
        params = dataclasses.replace(case.params, seed=seed)
        if not case.fixed:
            result = case.experiment.run(params)
        for sample in states(case, params):
            for claim in case.experiment.claims:
                check = claim.check(params, result, sample)
                judged += check is not None
                if check is None:
                    continue
                assert check.verdict != Verdict.REFUTED, (seed, claim.key, check)
                if case.exact and not check.sampled:
                    assert check.verdict == Verdict.AGREES, (seed, claim.key, check)
    assert judged >= len(SEEDS)


EXACT = [(e, c) for e in EXPERIMENTS for c in e.claims if not c.batches]


@pytest.mark.parametrize(("experiment", "claim"), EXACT, ids=[c.key for _, c in EXACT])
def test_an_exact_claim_ends_as_expected_at_its_own_setting(experiment: Any, claim: Any) -> None:
    """For all seeds, or it says nothing; and what rivals it is refuted."""
    for seed in (claim.params.seed, *SEEDS):
        params = dataclasses.replace(claim.params, seed=seed)
        check = claim.check(params, experiment.run(params), None)
        if seed == claim.params.seed:
            assert check is not None
        if check is not None:
            assert check.verdict == Verdict.AGREES, seed
            assert all(s.verdict == Verdict.REFUTED for s in check.statements[1:]), seed
