"""Page 2.2 beside another integrator and another route to gradients: what is drawn is accurate."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from compute.experiments.ntk_regime import Params, run
from compute.experiments.ntk_regime.setting import setting_of
from compute.experiments.ntk_regime.training import recorded_times
from compute.training.one_layer import empirical_ntk, forward, parameter_gradients
from compute.training.one_layer_hessian import hessian_norm


def exactly(setting, times):
    """The networks at the times (T,), by LSODA on all parameters at 1e-10: another method, and
    gradients by another route."""
    x, y, start = setting.data.inputs, setting.data.targets, setting.network
    scales = {"gamma": setting.gamma}

    def descent(_, theta):
        now = start.with_vector(theta)
        wrong = forward(now, x, setting.activation, **scales) - y
        return (
            -setting.eta
            / len(y)
            * (parameter_gradients(now, x, setting.activation, **scales).T @ wrong)
        )

    span = 0, times[-1]
    found = solve_ivp(descent, span, start.vector(), "LSODA", times, rtol=1e-10, atol=1e-12)
    return [start.with_vector(theta) for theta in found.y.T]


@pytest.mark.parametrize(
    "setting",
    [
        {"width": 7, "exponent": 0.5, "time": 3e4, "seed": 15},
        {"width": 12, "exponent": 0.25, "seed": 4, "activation": "exp"},
        {"width": 10, "exponent": 0.5, "activation": "gelu", "dataset": "line"},
    ],
    ids=str,
)
def test_smooth_flows_are_off_by_less_than_a_thousandth(setting):
    setting = setting_of(Params(**setting))
    times = recorded_times(setting, 3e4 if setting.network.width == 7 else 500.0, 28)
    flow, data, scale = setting.flow(times, keep=True), setting.data, setting.gamma
    assert flow.converged
    residuals, outputs, kernels = [], [], []
    for network in exactly(setting, times):
        residuals.append(setting.outputs(network, data.inputs) - data.targets)
        outputs.append(setting.outputs(network, data.grid))
        scales = {"gamma": scale, "eta": setting.eta / len(data.targets)}
        kernels.append(empirical_ntk(network, data.inputs, setting.activation, **scales))
    mine = [setting.outputs(network, data.grid) for network in flow.parameters]
    for found, exact in ((flow.residuals, residuals), (flow.kernels, kernels), (mine, outputs)):
        error = np.abs(np.array(found) - exact)
        assert error.max(initial=0.0) < 1e-3 * np.abs(exact).max(initial=1e-3)


def test_the_bounds_of_movement_are_integrals():
    """Two inputs 1e-4 apart: the loss decays to nothing between two of the forty times."""
    points = ((0.0, 1.0), (1e-4, -1.0))
    own = {"dataset": "points", "points": points, "activation": "gelu", "seed": 16}
    params = Params(figure="movement", width=12, exponent=0.5, time=1e4, **own)
    setting, part = setting_of(params), run(params).movement
    times = np.concatenate([[0.0], np.geomspace(1e-3, 1e4, 1500)])
    scales = {"gamma": setting.gamma}
    speed, squared = [], []
    for network in exactly(setting, times):
        task = network, setting.data.inputs, setting.activation
        gradients = parameter_gradients(*task, **scales)
        wrong = setting.outputs(network, setting.data.inputs) - setting.data.targets
        descent = np.linalg.norm(gradients.T @ wrong) / 2
        bend = float(hessian_norm(*task, **scales).max())
        squared.append(2 * np.linalg.norm(gradients, axis=1).max() * bend * descent)
        speed.append(2 * bend * descent)
    exact = setting.eta**2 * np.trapezoid(squared, times), np.trapezoid(speed, times)
    assert part.corrected[-1] == pytest.approx(exact[0], rel=5e-3)
    assert part.printed[-1] == pytest.approx(exact[1], rel=5e-3)
