"""Modes of deep linear networks: closed forms against ODEs, 40 digits and real matrices."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from mpmath import mp, mpf, quad
from scipy.integrate import solve_ivp

from compute.deep_linear import (
    linear_flow,
    mode_path,
    mode_strength,
    plateau_losses,
    waiting_time,
)


def test_the_sigmoid_solves_its_equation() -> None:
    t = np.linspace(0, 4, 9)
    solved = solve_ivp(
        lambda _, a: 2 * a * (3 - a) / 0.7, (0, 4), [0.01], t_eval=t, rtol=1e-11, atol=1e-13
    )
    np.testing.assert_allclose(mode_strength(t, 3.0, 0.01, 0.7), solved.y[0], rtol=1e-8)
    np.testing.assert_allclose(mode_strength([0, 1e9], 3.0, 5.0, 1.0), [5, 3])
    assert float(mode_strength(2.0, 0.0, 0.1, 1.0)) == pytest.approx(0.1 / 1.4)
    assert float(mode_strength(2.0, 1e-9, 0.1, 1.0)) == pytest.approx(0.1 / 1.4, rel=1e-6)


@pytest.mark.parametrize("layers", [1, 2, 3, 5])
def test_waiting_times_to_30_digits(layers: int) -> None:
    with mp.workdps(30):
        rate = mpf(2) / layers - 2
        wanted = quad(lambda a: a**rate / (4 - a), [0.001, 0.01, 0.1, 1, 2]) / layers
    assert waiting_time(4.0, 1e-3, layers) == pytest.approx(float(wanted), rel=1e-11)
    assert waiting_time(4.0, 1e-3, layers, 3.0) == pytest.approx(3 * float(wanted), rel=1e-11)


def test_waiting_is_logarithmic_for_two_layers_and_a_power_for_more() -> None:
    assert waiting_time(1.0, 1e-3, 2) == pytest.approx(0.5 * np.log(999))
    assert waiting_time(2.0, 1.5, 2) == 0.0
    for layers in (3, 4):
        ratio = waiting_time(1.0, 1e-12, layers) / waiting_time(1.0, 1e-9, layers)
        assert ratio == pytest.approx(1e3 ** (1 - 2 / layers), rel=2e-2)


@pytest.mark.parametrize("layers", [1, 2, 4])
def test_the_path_solves_its_equation(layers: int) -> None:
    time, strength = mode_path(2.0, 0.01, layers, points=60)
    assert time[0] == 0 < time[1]
    assert strength[0] == pytest.approx(0.01)
    kept = time < waiting_time(2.0, 0.01, layers, share=0.999)
    solved = solve_ivp(
        lambda _, a: layers * a ** (2 - 2 / layers) * (2 - a),
        (0, time[kept][-1]),
        [0.01],
        t_eval=time[kept],
        rtol=1e-11,
        atol=1e-13,
    )
    np.testing.assert_allclose(strength[kept], solved.y[0], rtol=1e-7)


@pytest.mark.parametrize("layers", [1, 2, 3])
def test_aligned_matrices_follow_their_modes(layers: int) -> None:
    weights, target = np.zeros((layers, 4, 4)), np.diag([3.0, 1.0, 0.0, 0.0])
    for ell in range(layers):
        weights[ell, range(2), range(2)] = 0.01 ** (1 / layers)
    path = linear_flow(weights, target, 0.005, 600, 2)
    assert path.shape == (301, 4, 4)
    for k, s in enumerate((3.0, 1.0)):
        time, strength = mode_path(s, 0.01, layers, points=4000)
        law = np.interp(0.01 * np.arange(301), time, strength)
        np.testing.assert_allclose(path[:, k, k], law, atol=2e-5)
    assert not path[:, 2:].any()
    assert not path[:, 0, 1].any()


def test_random_matrices_are_descended_as_by_an_independent_solver() -> None:
    rng = np.random.default_rng(0)
    weights, target = 0.5 * rng.standard_normal((3, 2, 2)), np.diag([2.0, 1.0])

    def velocity(_: float, flat: np.ndarray) -> np.ndarray:
        a, b, c = flat.reshape(3, 2, 2)
        left = target - c @ b @ a
        return np.stack([(c @ b).T @ left, c.T @ left @ a.T, left @ (b @ a).T]).ravel()

    solved = solve_ivp(velocity, (0, 2), weights.ravel(), rtol=1e-11, atol=1e-13)
    a, b, c = solved.y[:, -1].reshape(3, 2, 2)
    np.testing.assert_allclose(linear_flow(weights, target, 0.01, 200)[-1], c @ b @ a, atol=1e-7)


def test_plateaus() -> None:
    np.testing.assert_allclose(plateau_losses([1, 4, 2]), [10.5, 2.5, 0.5])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: mode_strength(-1.0, 1.0, 0.1, 1.0), "time"),
        (lambda: mode_strength(1.0, -1.0, 0.1, 1.0), "strength"),
        (lambda: mode_strength(1.0, 1.0, 0.0, 1.0), "start"),
        (lambda: mode_strength(1.0, 1.0, 0.1, 0.0), "tau"),
        (lambda: mode_path(1.0, 1.0, 2), "start"),
        (lambda: waiting_time(1.0, 0.1, 0), "layers"),
        (lambda: waiting_time(1.0, 0.1, 2, share=1.0), "share"),
        (lambda: plateau_losses([np.nan]), "strengths"),
        (lambda: linear_flow(np.ones((2, 3, 3)), np.ones((2, 2)), 0.1, 1), "weights"),
        (lambda: linear_flow(np.ones((2, 2, 2)), np.ones((2, 2)), 0.0, 1), "step"),
    ],
)
def test_bad_arguments_are_named(call: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        call()
