"""Page 1.1's experiment: drawn functions, claims along the settings, sampled breakpoints."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from compute.claims import Verdict
from compute.experiments.piecewise_linear import EXPERIMENT, Params, run
from compute.experiments.piecewise_linear.checks import fitted_width
from compute.experiments.piecewise_linear.sampler import SAMPLER, batches
from compute.ledger import Entry, evaluate
from compute.params import ParameterError
from compute.sampling import collect


@pytest.mark.parametrize("claim", EXPERIMENT.claims, ids=lambda c: c.key)
def test_claims_reach_their_verdict(claim) -> None:
    check = evaluate(Entry(EXPERIMENT, claim))
    assert check.verdict == Verdict.AGREES
    assert all(s.verdict == Verdict.REFUTED for s in check.statements[1:])


@pytest.mark.parametrize("seed", range(30))
def test_drawn_functions(seed: int) -> None:
    """Random corners on a coarse grid, where subsets often exist: exact, and as wide as fits."""
    rng = np.random.default_rng(seed)
    count = int(rng.integers(0, 9))
    xs = rng.choice(np.arange(-20, 21), count, replace=False) / 10
    knots = tuple(
        (float(x), float(y)) for x, y in zip(xs, rng.integers(-4, 5, count) / 4, strict=True)
    )
    part = run(Params(knots=knots)).draw
    assert part is not None
    assert part.error < 1e-12
    assert len(part.network[0]) == part.smallest
    z = part.network[3] + part.neurons.sum(axis=0)
    np.testing.assert_allclose(z, part.line, atol=1e-10)
    if part.knots.size <= 6:
        assert fitted_width(part) == part.smallest


@pytest.mark.parametrize(
    "knots",
    [
        (),
        ((0.5, 1.0),),
        ((0.5, 1.0), (0.5, -1.0)),
        ((-2.0, -2.0), (2.0, 2.0)),
        ((0.0, 2.0), (0.0001, -2.0), (0.0002, 2.0), (0.0003, -1.9999)),
        tuple((round(-2 + 0.1 * i, 1), (-1.0) ** i * 1.9997) for i in range(38)),
    ],
)
def test_extreme_corners(knots) -> None:
    part = run(Params(knots=knots)).draw
    assert part is not None
    assert part.error < 1e-12
    assert np.isfinite(part.neurons).all()


def test_claims_hold_along_the_settings() -> None:
    for target, power, frequency in itertools.product(
        ("square", "sine", "power"), (0.2, 1.0, 1.5, 1.9), (0.5, 3.14, 12.0)
    ):
        params = Params(figure="error", target=target, power=power, frequency=frequency)
        result = run(params)
        for claim in EXPERIMENT.claims:
            check = claim.check(params, result, None)
            assert check is None or check.verdict == Verdict.AGREES, (params, claim.key)


@pytest.mark.parametrize(
    ("width", "weight", "window"), [(1, 0.1, 1.0), (16, 2.0, 3.0), (64, 6.0, 10.0)]
)
def test_breakpoints_are_cauchy(width: int, weight: float, window: float) -> None:
    params = Params(
        figure="random", width=width, weight_variance=weight, window=window, networks=2000
    )
    found = collect(SAMPLER, params, batches(params)).current
    inside = 2 / math.pi * math.atan(window * math.sqrt(weight))
    estimate = found.estimate()
    assert found.count == 2000
    assert abs(estimate.value - width * inside) < 4 * estimate.standard_error
    # each neuron is inside or not: a binomial law
    assert found.inside.variance == pytest.approx(width * inside * (1 - inside), rel=0.2)
    assert found.bins.sum() == pytest.approx(estimate.value * found.count)


@pytest.mark.parametrize("depth", [1, 10])
@pytest.mark.parametrize("figure", ["draw", "random", "error", "hats"])
def test_every_tab_at_its_ends(figure: str, depth: int) -> None:
    for width, window in ((1, 1.0), (64, 10.0)):
        params = Params(figure=figure, depth=depth, width=width, window=window)
        assert getattr(run(params), figure) is not None


def test_a_typed_sine_is_the_sine() -> None:
    typed = run(Params(figure="error", target="own", formula="sin(3.14x)")).error
    exact = run(Params(figure="error", target="sine", frequency=3.14)).error
    assert typed is not None
    assert exact is not None
    for name, error in (("uniform", 3e-4), ("graded", 3e-4), ("law", 1e-5), ("bound", 1e-5)):
        assert getattr(typed, name) == pytest.approx(getattr(exact, name), rel=error), name
    assert typed.shown == pytest.approx(exact.shown, rel=1e-4)


def test_a_typed_corner_has_no_law() -> None:
    part = run(Params(figure="error", target="own", formula="abs(x - 0.3)")).error
    assert part is not None
    assert np.isnan(part.law).all()
    assert np.isnan(part.bound).all()
    assert np.isfinite([part.uniform, part.graded]).all()


def test_a_formula_that_is_not_finite_there_is_refused() -> None:
    for wrong in ("1/x", "log(x)", "1/(16384x - 1)", "exp(99x)", "sin(", ""):
        with pytest.raises(ParameterError, match="formula in x"):
            Params(formula=wrong)


def test_above_36_knots_nothing_is_guessed() -> None:
    """Not even where the subset is plain; a first slope of 0 needs none."""
    zigzag = tuple((round(-1.9 + 0.06 * i, 2), float(i % 2)) for i in range(64))
    part = run(Params(knots=zigzag)).draw
    assert not part.decided
    assert part.left is None
    assert len(part.network[0]) == 63
    assert part.error < 1e-12
    flat = run(Params(knots=((-2.0, 0.0), *zigzag[:1], *zigzag[2:]))).draw
    assert flat.decided
    assert flat.left == ()
    assert flat.error < 1e-12
