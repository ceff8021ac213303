"""The reduced flow against another integrator, its half-times against their closed forms."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from compute.time_scales import (
    first_time,
    learning_times,
    normal_quantiles,
    reduced_flow,
    second_time,
)

OUTER = [-1.2, -0.5, 0.1, 0.6, 1.3]


def slow(epsilon: float, sigma: Any, phi: Any, outer: Any, horizon: float) -> list[float]:
    """The half-times by LSODA with root search, as the equations stand."""
    sigma, phi, m = np.array(sigma), np.array(phi), len(outer)
    k = np.arange(len(sigma))[:, None]

    def slopes(_t: float, y: Any) -> Any:
        a, s = y[:m], y[m:]
        r = (phi - sigma * (s**k @ a) / m)[:, None]
        inner = np.sum(k[1:] * sigma[1:, None] * r[1:] * s ** (k[1:] - 1), axis=0)
        return np.append(
            np.sum(sigma[:, None] * r * s**k, axis=0) / epsilon, a * (1 - s * s) * inner
        )

    def half(j: int) -> Any:
        return lambda _t, y: sigma[j] * np.mean(y[:m] * y[m:] ** j) - phi[j] / 2

    start = np.append(outer, np.zeros(m))
    events = [half(j) for j in range(len(sigma))]
    found = solve_ivp(slopes, (0, horizon), start, "LSODA", events=events, rtol=1e-10, atol=1e-12)
    return [float(e[0]) if len(e) else math.inf for e in found.t_events]


@pytest.mark.parametrize("epsilon", [1e-3, 0.3, 20.0])
@pytest.mark.parametrize(
    ("sigma", "phi"),
    [([1.0, 1.0, 1.0], [0.5, 1.0, 1.0]), ([0.8, 0.5, 1.5, 0.3], [1.5, 1.0, 0.4, 0.7])],
)
def test_half_times_against_another_integrator(epsilon: float, sigma: Any, phi: Any) -> None:
    horizon = 8.0 * max(1.0, epsilon)
    wanted = slow(epsilon, sigma, phi, OUTER, horizon)
    assert learning_times(epsilon, sigma, phi, OUTER, horizon) == pytest.approx(wanted, rel=1e-5)


def test_one_component_has_its_exponential() -> None:
    """Alone, the mean outer weight goes to φ_0/σ_0 exponentially."""
    exact = first_time(0.3, [0.7], [0.5], OUTER)
    assert learning_times(0.3, [0.7], [0.5], OUTER, 10.0)[0] == pytest.approx(exact, rel=1e-6)


def test_the_risk_falls_all_the_way() -> None:
    flow = reduced_flow(1e-3, [1, 1, 1], [0.5, 1, 1], OUTER, horizon=100.0)
    assert flow.ended
    assert np.all(np.diff(flow.risk) <= 1e-9)
    assert flow.learned[-1] == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize("epsilon", [1e-8, 1e-6, 1e-5])
def test_closed_forms_at_small_speed_ratios(epsilon: float) -> None:
    outer = normal_quantiles(100)
    times = learning_times(epsilon, [1, 1, 1], [0.5, 1, 1], outer, 10.0)
    given = (epsilon, [1, 1, 1], [0.5, 1, 1], outer)
    assert times[0] == pytest.approx(first_time(*given), rel=1e-5)
    assert times[1] == pytest.approx(second_time(*given), rel=6 * math.sqrt(epsilon) + 1e-4)
    if epsilon < 1e-5:
        assert abs(second_time(*given, held=False) / times[1] - 1) > 0.015


def test_a_large_ratio_reverses_the_order() -> None:
    times = learning_times(100.0, [1, 1, 1], [0.5, 1, 1], normal_quantiles(10), 1e4)
    assert times[1] < times[2] < times[0]


def test_quantiles_are_symmetric_and_normal() -> None:
    q = normal_quantiles(100)
    assert q == pytest.approx(-q[::-1])
    assert np.var(q) == pytest.approx(1, abs=0.03)


def test_what_is_never_half_learned_is_infinite() -> None:
    assert learning_times(1.0, [1, 0], [0.5, 1], OUTER, 5.0)[1] == math.inf
    assert math.isnan(first_time(1.0, [1.0], [0.5], [2.0]))
    assert math.isnan(second_time(1.0, [1.0], [0.5], OUTER))


@pytest.mark.parametrize(
    ("bad", "named"),
    [
        ({"epsilon": 0.0}, "epsilon"),
        ({"horizon": -1.0}, "horizon"),
        ({"outer": []}, "outer"),
        ({"activation_coefficients": [1.0]}, "coefficients"),
        ({"target_coefficients": [math.nan, 1.0, 1.0]}, "coefficients"),
    ],
)
def test_bad_arguments_are_named(bad: dict[str, Any], named: str) -> None:
    given: dict[str, Any] = {
        "epsilon": 1.0,
        "activation_coefficients": [1.0, 1.0, 1.0],
        "target_coefficients": [0.5, 1.0, 1.0],
        "outer": OUTER,
        "horizon": 1.0,
    }
    with pytest.raises(ValueError, match=named):
        learning_times(**given | bad)
