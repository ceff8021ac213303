"""Gram matrices against the library's product."""

from __future__ import annotations

import math

import numpy as np
import pytest

from compute.training.gram import gram


@pytest.mark.parametrize("count", [1, 2, 3, 16, 17])
@pytest.mark.parametrize("length", [1, 7, 512, 513, 4096])
def test_it_is_the_product_with_the_transpose(count: int, length: int) -> None:
    rows = np.random.default_rng([count, length]).standard_normal((count, length))
    found, product = gram(rows), rows @ rows.T
    assert np.array_equal(found, found.T)
    assert found == pytest.approx(product, rel=0, abs=1e-14 * length)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_what_is_not_finite_stays_so(bad: float) -> None:
    rows = np.random.default_rng(0).standard_normal((5, 600))
    rows[4, 550] = bad
    found = gram(rows)
    assert not np.isfinite(found[4]).any()
    assert np.isfinite(found[:4, :4]).all()
