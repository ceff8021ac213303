"""Page 3.3's experiment: every figure at every extreme, its claims, real networks."""

from __future__ import annotations

import dataclasses
import itertools
import math

import numpy as np
import pytest

from compute.activations import get_activation
from compute.activations.gaussian import pair_expectation
from compute.claims import Verdict
from compute.experiments.gp_kernels import EXPERIMENT, Params, run
from compute.experiments.gp_kernels.sampler import SAMPLER, batches, measured_layers
from compute.experiments.gp_kernels.setting import ACTIVATIONS, FIGURES, start
from compute.kernels import nngp
from compute.ledger import Entry, evaluate
from compute.sampling import collect
from tests.thorough import crossed, several

NAMES = [name for name, _ in ACTIVATIONS]
TABS = [name for name, _ in FIGURES]


def arrays(result: object) -> list[np.ndarray]:
    """Every array in a result and its parts."""
    found = []
    for field in dataclasses.fields(result):
        value = getattr(result, field.name)
        if isinstance(value, np.ndarray):
            found.append(value)
        elif dataclasses.is_dataclass(value):
            found += arrays(value)
    return found


@pytest.mark.parametrize(("activation", "figure"), crossed(NAMES, TABS))
def test_every_figure_runs_at_the_corners(activation: str, figure: str) -> None:
    """No setting raises, warns, or is without numbers."""
    corners = itertools.product((0.1, 6.0), (0.0, 2.0), (1, 10_000), (-1.0, 1.0))
    for weight, bias, depth, correlation in corners:
        params = Params(
            figure=figure,
            activation=activation,
            weight_variance=weight,
            bias_variance=bias,
            depth=depth,
            correlation=correlation,
        )
        for values in arrays(run(params)):
            assert values.size > 0 or values.ndim == 1
            assert not np.isnan(values).all() or figure in {"plane", "shaped"}


@pytest.mark.parametrize("activation", NAMES)
def test_gap_against_the_matrix_recursion(activation: str) -> None:
    """The curve of the page is the kernel of two inputs, by another code path."""
    params = Params(activation=activation, weight_variance=0.9, bias_variance=0.1, depth=6)
    result = run(params)
    variance, gap = start(params)
    kernel = variance * np.array([[1.0, 1 - gap], [1 - gap, 1.0]])
    options = {"cubic": {"a": -1 / 18}, "shaped_tanh": {"s": math.sqrt(6.0)}}.get(activation, {})
    if activation == "leaky_relu":
        options = {"slope_neg": 0.1, "slope_pos": 1.0}
    layers = nngp(
        kernel, 6, get_activation(activation, **options), weight_variance=0.9, bias_variance=0.1
    )
    assert result.depth is not None
    kept = np.isfinite(layers[:, 0, 0])
    assert kept.sum() >= 3
    log_variance, gap = result.depth.log_variance[kept], result.depth.gap[kept]
    assert np.exp(log_variance) == pytest.approx(layers[kept, 0, 0], rel=1e-9)
    assert 1 - gap == pytest.approx(layers[kept, 0, 1] / layers[kept, 0, 0], abs=1e-9)


def test_one_layer_against_quadrature() -> None:
    """tanh, by the two-dimensional trapezoid rule."""
    result = run(Params(activation="tanh", weight_variance=1.5, bias_variance=0.2, depth=1))
    phi = get_activation("tanh").phi
    variance, gap = start(Params(weight_variance=1.5, bias_variance=0.2))
    expected = 0.2 + 1.5 * pair_expectation(phi, phi, (variance, variance, variance * (1 - gap)))
    assert result.depth is not None
    measured = np.exp(result.depth.log_variance[1]) * (1 - result.depth.gap[1])
    assert measured == pytest.approx(float(expected), rel=1e-10)


def test_networks_agree_with_the_kernel_in_the_first_layers() -> None:
    """Every weight drawn: tanh with biases, layer 1 and 2 within 4 s.e. plus the 1/N bias."""
    params = Params(
        activation="tanh", weight_variance=1.5, bias_variance=0.3, depth=2, width=256, networks=2000
    )
    sample = collect(SAMPLER, params, batches(params))
    assert sample.current.count == 2000
    result = run(params)
    assert result.depth is not None
    mean, error = sample.current.variance()
    gap, gap_error = sample.current.gap()
    bias = np.array([0.0, 2 / params.width])
    assert np.all(np.abs(mean - np.exp(result.depth.log_variance[1:])) < 4 * error + bias)
    assert np.all(np.abs(gap - result.depth.gap[1:]) < 4 * gap_error + bias)


def test_relu_gap_keeps_its_digits_at_any_start() -> None:
    """Inputs 1e-12 apart still have a gap with ten digits after a thousand layers."""
    from mpmath import acos, mp, mpf, pi, sin

    params = Params(correlation=1 - 1e-9, depth=100)
    result = run(params)
    with mp.workdps(50):
        rho = mpf(1 - 1e-9)
        for _ in range(100):
            theta = acos(rho)
            rho = (sin(theta) + (pi - theta) * rho) / pi
        expected = float(1 - rho)
    assert result.depth is not None
    assert result.depth.gap[-1] == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("claim", several(EXPERIMENT.claims, 6), ids=lambda c: c.key)
def test_claims_reach_their_verdict(claim) -> None:
    """Every claim, at the setting that shows it."""
    check = evaluate(Entry(EXPERIMENT, claim))
    assert check.verdict == Verdict.AGREES
    rivals = [s.verdict for s in check.statements[1:]]
    assert all(v == Verdict.REFUTED for v in rivals)


def test_exact_claims_hold_all_along_the_sliders() -> None:
    """Tolerances are honest: no exact claim is refuted anywhere on a coarse grid of settings."""
    grid = itertools.product(
        NAMES, (0.5, 1.0, 1.76, 2.0, 4.0), (0.0, 0.05, 0.5), (20, 200, 5000), (-0.5, 0.5, 0.99)
    )
    for activation, weight, bias, depth, correlation in several([*grid], 200):
        # the plane knows no depth and no inputs
        for figure in ("depth", "plane") if (depth, correlation) == (20, 0.5) else ("depth",):
            params = Params(
                figure=figure,
                activation=activation,
                weight_variance=weight,
                bias_variance=bias,
                depth=depth,
                correlation=correlation,
            )
            result = run(params)
            for claim in EXPERIMENT.claims:
                check = claim.check(params, result, None)
                assert check is None or check.verdict != Verdict.REFUTED, (params, claim.key)


STRENGTHS, NORMS = [-3.0, -1.0, -0.1, 0.1, 0.5, 1.0], [0.1, 1.0, 3.0, 5.0]
SHAPED = [*itertools.product(STRENGTHS, [1, 2, 5, 7, 10, 15, 20, 50, 1000], NORMS)]


@pytest.mark.parametrize(("psi", "depth", "norm"), several(SHAPED, 44))
def test_shaped_claims_hold_along_the_sliders(psi: float, depth: int, norm: float) -> None:
    """The extrapolation in 1/L and its tolerance, over strengths, depths and norms."""
    for correlation in (0.0, 0.5, 0.9):
        params = Params(figure="shaped", psi=psi, depth=depth, norm=norm, correlation=correlation)
        result = run(params)
        assert result.shaped is not None
        assert result.shaped.probe < result.shaped.blow_up
        for claim in EXPERIMENT.claims:
            check = claim.check(params, result, None)
            assert check is None or check.verdict != Verdict.REFUTED, (claim.key, correlation)


def test_measured_layers_never_exceed_the_depth() -> None:
    """A network of three layers is measured in three."""
    assert measured_layers(Params(depth=3)) == 3
    params = Params(depth=3, networks=50)
    assert collect(SAMPLER, params, 1).current.sums.shape == (3, 5)


@pytest.mark.parametrize(
    ("activation", "weight_variance", "bias_variance"),
    [
        ("relu", 1.0, 0.0),
        ("relu", 3.0, 0.5),
        ("tanh", 1.0, 0.0),
        ("tanh", 4.0, 0.3),
        ("linear", 3.0, 0.0),
        ("gelu", 0.5, 0.1),
        ("erf", 0.5, 0.0),
        ("abs", 0.7, 0.0),
    ],
)
def test_slope_of_the_map_is_that_of_what_is_drawn(
    activation: str, weight_variance: float, bias_variance: float
) -> None:
    params = Params("map", activation, weight_variance, bias_variance)
    part = run(params).map
    assert part is not None
    drawn = (part.image[-1] - part.image[-2]) / (part.correlation[-1] - part.correlation[-2])
    # a kink's map leaves its tangent like the square root of the gap
    assert part.slope == pytest.approx(drawn, rel=2e-3)
    assert part.image[-1] == pytest.approx(1, rel=1e-12)
