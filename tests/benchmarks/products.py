"""Products of random matrices: exact densities, and Lyapunov exponents without a matrix."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from compute.linear_products import (
    log_norm_density,
    log_norm_window,
    lyapunov_exponents,
    sample_log_norm,
    sample_lyapunov,
)
from compute.linear_products.log_norm_series import series_of
from tests.benchmarks.table import Row, faster
from tests.benchmarks.timing import short, side_by_side

POINTS = 400


def rows() -> Iterator[Row]:
    """The density of log X and the Lyapunov exponents."""
    rng = np.random.default_rng(2)
    for name, widths in (
        ("32 layers of 64", [64] * 32 + [64]),
        ("1000 distinct widths", list(range(1, 1001))),
    ):
        points = np.linspace(*log_norm_window(widths), POINTS)

        def sampled(widths=widths) -> NDArray[np.float64]:
            return sample_log_norm(widths, 10_000, rng)

        mine, rival = side_by_side(
            lambda widths=widths, points=points: fresh_density(widths, points), sampled, 7
        )
        work = f"density of log X at {POINTS} points, {name}"
        yield Row(work, str(mine), f"{rival} for 10 000 draws")
    yield _lyapunov(50, 1000)


def fresh_density(widths: list[int], points: NDArray[np.float64]) -> NDArray[np.float64]:
    """The density at widths that have not been asked for before."""
    series_of.cache_clear()
    return log_norm_density(widths, points)


def _lyapunov(width: int, depth: int) -> Row:
    rng = np.random.default_rng(3)
    mine, rival = side_by_side(
        lambda: sample_lyapunov(width, depth, rng), lambda: by_qr(width, depth, rng), 5
    )
    exact = lyapunov_exponents(width)
    errors = [
        np.abs(sample(width, depth, rng) - exact).max() for sample in (sample_lyapunov, by_qr)
    ]
    return faster(
        f"Lyapunov exponents, N = {width}, L = {depth}",
        mine,
        rival,
        f"QR, off by {short(errors[1])}",
        20,
        f", off by {short(errors[0])}",
    )


def by_qr(width: int, depth: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """The exponents of a product of real matrices, by one QR factorisation a factor."""
    frame = np.eye(width)
    total = np.zeros(width)
    for _ in range(depth):
        frame, triangle = np.linalg.qr(rng.standard_normal((width, width)) @ frame)
        total += np.log(np.abs(np.diag(triangle)))
    return total / depth - 0.5 * np.log(width)
