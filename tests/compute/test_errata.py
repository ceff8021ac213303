"""The errata: well-formed rows, and their figures recomputed here independently of the package.

Each recomputation formats its result and looks for it in the row, so the text cannot drift.
"""

import itertools
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import get_args

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.linalg import expm
from scipy.optimize import linprog
from scipy.special import comb, digamma, gammaln, polygamma

from compute.errata import ERRATA, Confidence, Erratum, Kind
from compute.experiments import EXPERIMENTS

Array = NDArray[np.float64]

PAGES = {
    "piecewise_linear", "training_steps", "overparameterisation", "implicit_bias",
    "feature_learning", "initialisation", "ntk_regime", "mean_field", "ntk_vs_mean_field",
    "linear_products", "gp_limit", "gp_kernels", "finite_width", "gradients", "nodal_sets",
    "region_counts",
}  # fmt: skip
TEXTS = ("section", "where", "printed", "correct", "why", "evidence")
CLAIMS = {
    number: {
        claim.key
        for experiment in EXPERIMENTS
        for claim in experiment.claims
        if number in claim.errata
    }
    for number in range(1, 60)
}


def states(number: int, *figures: str) -> None:
    """Each figure stands in the evidence of the row, as a whole number and not a part of one."""
    text = ERRATA[number - 1].evidence
    for figure in figures:
        assert re.search(rf"(?<![\d.-]){re.escape(figure)}(?!\.?\d)", text), (figure, text)


# ---------------------------------------------------------------------------- form of the rows


def test_numbers_run_from_1_to_59() -> None:
    assert [e.number for e in ERRATA] == list(range(1, 60))


@pytest.mark.parametrize("row", ERRATA, ids=lambda row: f"row{row.number}")
def test_row_is_well_formed(row: Erratum) -> None:
    assert row.kind in get_args(Kind)
    assert row.confidence in get_args(Confidence)
    assert row.page in PAGES
    assert set(row.claims) == CLAIMS[row.number]
    assert re.fullmatch(r"[1-4](\.\d){0,2}", row.section)
    for name in TEXTS:
        text = getattr(row, name)
        assert text == text.strip() != ""
        assert text.count("$") % 2 == 0, name
        assert "$$" not in text
        assert "\n" not in text
        for formula in text.split("$")[1::2]:
            assert well_nested(formula), formula
        assert "\\" not in "".join(text.split("$")[0::2]), "a command outside a formula"
    assert re.search(r"\d", row.evidence)


def well_nested(formula: str) -> bool:
    """Braces balance and every \\left has its \\right."""
    depth = 0
    for brace in re.findall(r"(?<!\\)[{}]", formula):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return False
    left, right = (len(re.findall(rf"\\{w}(?![a-z])", formula)) for w in ("left", "right"))
    return depth == 0 and left == right


def test_rows_are_frozen_and_complete() -> None:
    names = ["number", "section", "where", "kind", *TEXTS[2:], "confidence", "page", "claims"]
    names.append("query")
    assert [f.name for f in fields(Erratum)] == names
    with pytest.raises(AttributeError):
        ERRATA[0].number = 2  # type: ignore[misc]


# ------------------------------------------------------------- tools for the recomputed figures

_NODES, _RAW = np.polynomial.hermite_e.hermegauss(200)
_WEIGHTS = _RAW / _RAW.sum()


def relu(t: Array) -> Array:
    return np.maximum(t, 0)


def gauss(f: Callable[[Array], Array], variance: float) -> float:
    """E f(Z) for a centred Gaussian Z."""
    return float(_WEIGHTS @ f(math.sqrt(variance) * _NODES))


def tanh_square(variance: float) -> float:
    return gauss(lambda t: np.tanh(t) ** 2, variance)


def gradient(f: Callable[[Array], float], theta: Array, h: float = 1e-6) -> Array:
    steps = h * np.eye(theta.size)
    return np.array([(f(theta + s) - f(theta - s)) / (2 * h) for s in steps])


def log_chi(n: int) -> tuple[float, float]:
    """Mean and variance of half the logarithm of a chi-square over its degrees of freedom."""
    return (digamma(n / 2) - math.log(n / 2)) / 2, polygamma(1, n / 2) / 4


def kernel_chain(
    rng: np.random.Generator, sigma: Callable[[Array], Array], *,
    start: float, weight: float, bias: float, width: int, layers: int, n: int,
) -> Array:  # fmt: skip
    """n draws of the conditional variance of one neuron after so many hidden layers."""
    k = np.full(n, start)
    for _ in range(layers):
        z = rng.standard_normal((n, width)) * np.sqrt(k)[:, None]
        k = bias + weight * np.mean(sigma(z) ** 2, axis=1)
    return k


def shaped(psi: float, depth: int, tau: float) -> float:
    """Variance of the shaped network from 1, with the exact Gaussian moments 1, 3, 15."""
    k = 1.0
    for _ in range(round(tau * depth)):
        k += 2 * psi / depth * k**2 + 5 * psi**2 / (3 * depth**2) * k**3
    return k


def kappa_step(k: float, kappa: float, weight: float, factor: float) -> tuple[float, float]:
    """One layer of N times the fourth cumulant for tanh; factor is the disputed one half."""
    second = gauss(lambda t: 2 / np.cosh(t) ** 4 - 4 * (np.tanh(t) / np.cosh(t)) ** 2, k)
    spread = gauss(lambda t: np.tanh(t) ** 4, k) - tanh_square(k) ** 2
    return weight * tanh_square(k), weight**2 * spread + (factor * weight * second) ** 2 * kappa


def sign_patterns(weights: Array, biases: Array) -> int:
    """Number of open regions of a hyperplane arrangement, one linear programme per pattern."""
    n, dim = weights.shape
    goal = np.r_[np.zeros(dim), -1.0]
    bounds = [(-1e4, 1e4)] * dim + [(None, 1.0)]
    count = 0
    for pattern in itertools.product((-1.0, 1.0), repeat=n):
        s = np.array(pattern)
        rows = np.c_[-s[:, None] * weights, np.ones(n)]
        best = linprog(goal, A_ub=rows, b_ub=s * biases, bounds=bounds).x
        assert best is not None
        count += best[-1] > 1e-9
    return count


def zaslavsky(n: int, dim: int) -> int:
    return sum(comb(n, k, exact=True) for k in range(min(n, dim) + 1))


# -------------------------------------------------------------------------- recomputed figures


def test_row_01_hat() -> None:
    def hat(x: float) -> float:
        return float(relu(np.array([2.0, -4.0]) @ relu(np.array([x, x - 0.5]))))

    assert hat(0.75) == 2 - 2 * 0.75 == 0.5
    states(1, "$f=0.5$", f"${1 - 2 * 0.75}$")
    assert hat(2.0) == 0
    states(47, f"{2 * 2 - 4 * 1.5:.0f}")


def test_rows_03_25_48_tanh_variance() -> None:
    one = tanh_square(1.0)
    states(3, f"{one:.4f}", f"{one * 50 / 3:.3f}", f"{one * 800 / 3:.1f}")
    states(25, f"{one:.4f}")
    states(48, f"{one:.4f}", f"{tanh_square(one):.4f}")


def test_row_04_tangent_kernel() -> None:
    first, second = np.array([1.0, -0.5]), np.array([2.0, 0.5])
    x, y = 1.0, 0.5

    def output(theta: Array, u: float) -> float:
        return float(theta[2:] @ np.tanh(theta[:2] * u)) / math.sqrt(2)

    theta = np.r_[first, second]
    measured = gradient(lambda t: output(t, x), theta) @ gradient(lambda t: output(t, y), theta)
    s, t = np.tanh(first * x), np.tanh(first * y)
    slopes = x * y * (1 - s**2) * (1 - t**2)
    correct = float(np.mean(s * t + second**2 * slopes))
    assert measured == pytest.approx(correct, abs=1e-8)
    states(4, f"{measured:.6f}", f"{np.mean(s * t + slopes):.6f}")


def test_row_05_mean_field_velocity() -> None:
    rng = np.random.default_rng(5)
    width, x, y = 3, rng.standard_normal(4), rng.standard_normal(4)
    theta = rng.standard_normal(2 * width)

    def residual(p: Array) -> Array:
        return y - p[width:] @ np.tanh(np.outer(p[:width], x)) / width

    loss_gradient = gradient(lambda p: float(np.sum(residual(p) ** 2)) / 2, theta)
    velocity = -width * loss_gradient[width:]
    printed = np.tanh(np.outer(theta[:width], x)) @ residual(theta) / len(x)
    ratio = velocity / printed
    assert ratio == pytest.approx(np.full(width, 4.0), abs=1e-6)
    states(5, f"{ratio[0]:.4f}")


def test_rows_06_07_linear_prefactors() -> None:
    rng = np.random.default_rng(6)
    square = (rng.standard_normal((200_000, 5, 3)) @ np.full(3, 3**-0.5)) ** 2
    assert square.sum(axis=1).mean() == pytest.approx(5, abs=0.04)
    states(6, f"{5 / 3:.3f}")
    states(7, f"{2 / 3:.4f}", f"{2 / 3 / 30:.4f}")


def test_rows_09_to_12_log_chi_square() -> None:
    mean, variance = log_chi(10)
    states(9, f"{mean:.5f}", f"{variance:.5f}")
    assert mean == pytest.approx(-1 / 20 - 1 / 600, abs=1e-5)
    assert variance == pytest.approx(1 / 20 + 1 / 200, abs=4e-4)

    mean100, variance100 = log_chi(100)
    states(10, f"{101 * mean100:.4f}", f"{101 * variance100:.4f}", f"{101 / 200:.3f}")
    states(10, f"{1.02**101:.2f}", f"{math.exp(2.02):.2f}", f"{math.exp(1):.2f}")
    states(12, f"{mean100:.4f}", f"{math.sqrt(variance100):.4f}", f"{200**-0.5:.4f}")

    shift = math.log(4 / 3) / 2
    last_mean, last_variance = log_chi(4)
    exact = 8 * mean + last_mean + shift, 8 * variance + last_variance
    states(11, f"{exact[0]:.4f}", f"{exact[1]:.4f}", f"{math.pi**2 / 8:.4f}")
    states(11, *(f"{shift - m:.3f}" for m in (1.05 / 2, 0.8 / 2, 0.8 / 4)))
    assert log_chi(1)[1] == pytest.approx(math.pi**2 / 8)
    rng = np.random.default_rng(11)
    norm = np.full(20_000, 1 / 3)  # of the conditional variance: x has norm one, three inputs
    for width in (10,) * 8:
        norm = np.mean(rng.standard_normal((20_000, width)) ** 2, axis=1) * norm
    log_x = np.log(np.sum(rng.standard_normal((20_000, 4)) ** 2, axis=1) * norm) / 2
    assert log_x.mean() == pytest.approx(exact[0], abs=0.025)
    assert log_x.var() == pytest.approx(exact[1], abs=0.03)


def test_row_13_growth_condition() -> None:
    states(13, f"{(1 + 1e3**-1) * 1e3:.0f}", f"{1e3 / (1 + 1e3):.3f}")


def test_rows_14_15_first_layer_and_biases() -> None:
    rng = np.random.default_rng(14)
    start = 2 * 1.75
    k = kernel_chain(rng, relu, start=start, weight=2, bias=0, width=200, layers=2, n=4000)
    assert k.mean() == pytest.approx(3.5, abs=0.05)
    states(14, "3.5", "1.75")
    recursion = 0.2 + 1.5 * tanh_square(0.2 + 1.5 * tanh_square(1.7))
    k = kernel_chain(rng, np.tanh, start=1.7, weight=1.5, bias=0.2, width=400, layers=2, n=1000)
    assert k.mean() == pytest.approx(recursion, abs=0.004)
    states(15, f"{recursion:.4f}", f"{1.5 * tanh_square(1.5 * tanh_square(1.0)):.4f}")


def test_row_16_relu_correlation() -> None:
    theta, found = math.acos(0.5), []
    for layer in range(1, 10_001):
        # 1 - cos(theta'), written so that nothing cancels at small angles
        lost = math.sin(theta) - theta * math.cos(theta)
        if theta < 0.05:
            lost = theta**3 / 3 - theta**5 / 30 + theta**7 / 840
        gap = 2 * math.sin(theta / 2) ** 2 - lost / math.pi
        theta = 2 * math.asin(math.sqrt(gap / 2))
        if layer in (100, 1000, 10_000):
            found.append(f"{layer**2 * gap:.2f}")
    states(16, *found, f"{4.5 * math.pi**2:.4f}")


def test_row_17_tanh_step() -> None:
    k = 0.01
    corrected = k - 2 * k**2 + 17 / 3 * k**3
    states(17, f"{tanh_square(k):.7f}", f"{corrected:.7f}", f"{k + 2 * k**2:.4f}")


def test_rows_18_to_20_shaped_networks() -> None:
    states(18, f"{shaped(-1, 1000, 1):.5f}", f"{math.exp(-2 / 3):.4f}")
    assert shaped(-1, 10**4, 1) == pytest.approx(1 / 3, abs=2e-5)
    states(19, f"{shaped(-1, 10**4, 1):.4f}", f"{1 / (1 + 2e-4):.4f}")
    states(20, f"{shaped(0.5, 10**4, 0.9):.3f}")
    states(20, *(f"{shaped(0.5, depth, 1):.0f}" for depth in (100, 1000, 10_000)))


def test_rows_21_to_23_fourth_cumulant() -> None:
    k1, kappa2 = kappa_step(1.0, 0.0, 1.5, 0.5)
    correct, printed = (kappa_step(k1, kappa2, 1.5, factor)[1] for factor in (0.5, 1.0))
    states(21, f"{correct:.4f}", f"{printed:.4f}", f"{800 * ((1 + 2 / 800) ** 2 - 1):.3f}")
    states(23, f"{kappa2:.4f}", f"{kappa_step(k1, 0.0, 1.5, 0.5)[1]:.4f}")
    rng = np.random.default_rng(21)
    draws = kernel_chain(
        rng, np.tanh, start=1, weight=1.5, bias=0, width=50, layers=2, n=60_000
    )  # fmt: skip
    measured = 50 * draws.var()
    assert abs(measured - correct) < 0.01 < abs(measured - printed)


def test_row_24_first_order_density() -> None:
    def scaled_error(n: int, layers: int) -> float:
        exact = 15 * ((1 + 2 / n) * (1 + 4 / n)) ** 3
        return n**2 * (exact - 15 - 45 * ((1 + 2 / n) ** layers - 1))

    states(24, *(f"{scaled_error(n, 3):.0f}" for n in (50, 100, 200, 400)))
    states(24, *(f"{scaled_error(n, 4):.0f}" for n in (50, 400)))


def test_rows_27_28_gradient() -> None:
    rng = np.random.default_rng(27)
    n = 20_000
    a = rng.standard_normal((n, 10, 3)) * math.sqrt(2 / 3)
    b = rng.standard_normal((n, 10))
    on = (a @ np.ones(3) + b > 0)[:, None, :]
    out = rng.standard_normal((n, 1, 10)) * math.sqrt(2)
    bare = float(np.mean(np.sum(((out * on) @ a) ** 2, axis=(1, 2))))
    assert bare == pytest.approx(20, abs=0.6)  # 2 with the prefactor 1/sqrt(10), as row 27 says
    states(28, "=20")


def test_row_29_zaslavsky() -> None:
    rng = np.random.default_rng(29)
    for n, dim in ((4, 5), (2, 1), (5, 2)):
        found = sign_patterns(rng.standard_normal((n, dim)), rng.standard_normal(n))
        assert found == zaslavsky(n, dim)
    states(29, f"{zaslavsky(4, 5)}", f"{4**5 / math.factorial(5):.2f}")
    states(29, f"{zaslavsky(10, 100)}", f"{10**100 / math.factorial(100) * 1e58:.1f}")
    states(29, f"{zaslavsky(2, 1)}", f"{zaslavsky(20, 10) / 2**20:.3f}")
    states(29, f"{zaslavsky(300, 100) * math.factorial(100) / 300**100 * 1e8:.1f}")
    states(29, f"{zaslavsky(1000, 2) / (1000**2 / 2):.3f}")


def test_row_30_one_neuron() -> None:
    for dim, exponent in ((20, 5), (30, 12)):
        states(30, f"{5**dim / math.factorial(dim) * 10**exponent:.1f}")


def test_row_31_one_layer_lemma() -> None:
    def subset_sums(start: float, jumps: Sequence[float]) -> list[float]:
        subsets = itertools.chain.from_iterable(
            itertools.combinations(jumps, k) for k in range(len(jumps) + 1)
        )
        return sorted(start + sum(subset) for subset in subsets)

    assert subset_sums(1, (1, 1)) == [1, 2, 2, 3]
    states(31, "1,2,2,3")
    rng = np.random.default_rng(31)
    knots, jumps, slope = np.sort(rng.standard_normal(4)), rng.standard_normal(4), 0.7
    x = np.linspace(-5, 5, 2001)
    target = slope * (x - knots[0]) + jumps @ relu(x - knots[:, None])
    # five neurons: the mirrored one draws the left slope and adds its own jump at the first knot
    outgoing = jumps + np.array([slope, 0, 0, 0])
    drawn = -slope * relu(knots[0] - x) + outgoing @ relu(x - knots[:, None])
    assert np.max(np.abs(drawn - target)) < 1e-13


def test_row_32_implicit_bias() -> None:
    rng = np.random.default_rng(32)
    phi, y, start = rng.standard_normal((3, 7)), rng.standard_normal(3), rng.standard_normal(7)
    theta = start.copy()
    for _ in range(5000):
        theta -= 0.05 * phi.T @ (phi @ theta - y)
    assert np.max(np.abs(theta - start - np.linalg.pinv(phi) @ (y - phi @ start))) < 1e-13
    states(32, f"{7 - np.linalg.matrix_rank(phi)}", f"{3 - np.linalg.matrix_rank(phi.T)}")


def test_rows_33_34_rates() -> None:
    a, step = 1.0, 1e-4
    for _ in range(10**6):  # midpoint rule for a' = -4 a^3 up to t = 100
        a -= step * 4 * (a - step / 2 * 4 * a**3) ** 3
    assert a**4 == pytest.approx(801.0**-2, rel=1e-5)
    states(33, f"{a**4 * 1e6:.4f}", f"{1e6 / (64 * 100**2):.4f}")
    basis = np.linalg.qr(np.random.default_rng(34).standard_normal((3, 3)))[0]
    kernel = basis @ np.diag([0.5, 1.0, 3.0]) @ basis.T
    late = expm(-5 * kernel) @ basis[:, 0]
    states(34, f"{math.log(late @ late) / 5:.6f}")


def test_row_35_kernel_change() -> None:
    theta = np.linspace(0.5, 1.5, 100_001)  # a flow in one dimension only passes through these
    kernel = (2 * theta) ** 2
    printed = np.trapezoid(np.full_like(theta, 2.0), theta)  # |Hess| |grad L| ds = 2 |d theta|
    correct = np.trapezoid(2 * 2 * theta * 2, theta)
    assert correct == pytest.approx(kernel[-1] - kernel[0], abs=1e-12)
    states(35, f"{kernel[-1] - kernel[0]:.0f}", f"{printed:.0f}", f"{correct:.0f}")


def test_row_36_hessian_norm() -> None:
    rng = np.random.default_rng(36)
    for n, low in ((10**2, "2.1"), (10**4, "2.9"), (10**5, "3.3")):
        z = rng.standard_normal((60, n))
        slope = 1 - np.tanh(z) ** 2
        corner = np.abs(rng.standard_normal((60, n)) * 2 * np.tanh(z) * slope)
        norms = np.max(corner / 2 + np.sqrt(corner**2 / 4 + slope**2), axis=1)
        assert norms.mean() == pytest.approx(float(low), abs=0.15)
        states(36, low)


def test_row_39_flow_is_not_a_straight_line() -> None:
    end = math.sqrt(2 + math.sqrt(5))
    u = np.array([2.0, 0.0])
    for _ in range(20_000):  # gradient flow of (W1 W2 - 1)^2 / 2
        u = u + 1e-3 * (1 - u[0] * u[1]) * u[::-1]
    assert u == pytest.approx(np.array([end, 1 / end]), abs=2e-3)
    states(39, f"{end:.4f}", f"{1 / end:.4f}")
    states(39, f"{(2 + end) / 2 - math.sqrt(4 + 1 / (2 * end) ** 2):.4f}", f"{math.sqrt(8):.2f}")


def test_row_41_tanh_correlation() -> None:
    nodes, weights = np.polynomial.hermite_e.hermegauss(60)
    weights /= weights.sum()
    a, b = np.meshgrid(nodes, nodes, indexing="ij")
    k, rho, found = 1.0, 0.5, []
    for layer in range(1, 2001):
        left = np.tanh(math.sqrt(k) * nodes)
        right = np.tanh(math.sqrt(k) * (rho * a + math.sqrt(1 - rho**2) * b)) @ weights
        after = tanh_square(k)
        rho, k = float(weights @ (left * right)) / after, after
        if layer in (10, 100, 1000, 2000):
            found.append(f"{rho:.5f}")
    states(41, *found, f"{k * 1e4:.1f}")


def test_row_42_cumulants_do_not_close() -> None:
    rng = np.random.default_rng(42)
    k = np.mean(rng.standard_normal((200_000, 20)) ** 4, axis=1)
    assert k.mean() == pytest.approx(3, abs=0.03)
    assert k.var() == pytest.approx(4.8, abs=0.3)
    assert 3 * np.mean(k**2) == pytest.approx(41.4, abs=1)  # E z^4 = 3 k^2 given k
    states(42, f"{3 * (9 + 96 / 20):.1f}", f"{3 * 3**2}")


def test_row_43_tanh_ratio() -> None:
    k, kappa, found = 1.0, 0.0, []
    for layer in range(1, 10_001):
        k, kappa = kappa_step(k, kappa, 1.0, 0.5)
        if layer in (10, 100, 1000, 10_000):
            found.append(kappa / k**2 / layer)
    states(43, *(f"{r:.3f}" for r in found[:2]), *(f"{r:.4f}" for r in found[2:]))


def test_row_44_nodal_density() -> None:
    def density(n: int) -> float:  # mean of a chi variable over sqrt(pi n)
        return math.sqrt(2 / (math.pi * n)) * math.exp(gammaln((n + 1) / 2) - gammaln(n / 2))

    states(44, *(f"{density(n):.3f}" for n in (1, 2, 5, 50)), f"{math.pi**-0.5:.3f}")


def test_row_45_zeros_on_the_line() -> None:
    rng, n = np.random.default_rng(45), 200_000
    for width in (1, 2, 3):
        a = rng.standard_normal((n, width)) * math.sqrt(2)
        b = rng.standard_normal((n, width))
        v = rng.standard_normal((n, width)) * math.sqrt(2 / width)
        knots = np.sort(-b / a, axis=1)
        hidden = relu(a[:, None, :] * knots[:, :, None] + b[:, None, :])
        z = rng.standard_normal((n, 1)) + np.einsum("nj,nij->ni", v, hidden)
        zeros = np.sum(z[:, 1:] * z[:, :-1] < 0, axis=1).astype(float)
        zeros += z[:, -1] * np.sum(v * a * (a > 0), axis=1) < 0  # out to the right
        zeros += z[:, 0] * np.sum(v * a * (a < 0), axis=1) > 0  # out to the left
        assert zeros.mean() == pytest.approx(1 - 0.5**width, abs=0.007)
        states(45, f"{1 - 0.5**width:g}")
    states(45, f"{0.75**2:g}", f"{0.75**3:.4f}")


def test_row_54_variance_of_the_weights() -> None:
    states(54, f"{1.01**1000:.0f}")


def test_row_57_two_partitions() -> None:
    def f(x: float, y: float) -> float:
        return max(0.0, 1 - max(0.0, x) - max(0.0, y))

    assert (f(1, -5), f(-5, 1), f(-2, -2)) == (0, 0, 1)
    assert all(max(0.0, -max(0.0, x) - 1) == 0 for x in np.linspace(-3, 3, 61))


def test_row_59_central_arrangements() -> None:
    rng = np.random.default_rng(59)
    for n, dim in ((5, 2), (5, 3), (6, 3)):
        found = sign_patterns(rng.standard_normal((n, dim)), np.zeros(n))
        assert found == 2 * zaslavsky(n - 1, dim - 1)
        states(59, f"{found}")
    states(59, f"{zaslavsky(6, 3)}")
