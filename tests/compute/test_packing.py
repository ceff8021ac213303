"""Results as bytes: every page's come back as they went, and nothing that is read runs."""

from __future__ import annotations

import os
import pickle
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgpack
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compute.cache import PAYLOAD_MAX
from compute.experiments import EXPERIMENTS
from compute.packing import PackingError, pack, unpack
from compute.sampling import Moments, advance
from tests.thorough import several


@pytest.mark.parametrize("experiment", several(EXPERIMENTS, 9), ids=lambda e: e.key)
def test_results_and_samples_come_back_to_the_bit(experiment: Any) -> None:
    params = experiment.params()
    packed = pack(experiment.run(params))
    assert pack(unpack(packed)) == packed
    assert len(packed) < PAYLOAD_MAX
    if experiment.sampler and experiment.sampler.batches(params) > 1:
        sample = advance(experiment.sampler, params, None)
        found = unpack(pack(sample))
        assert type(found) is type(sample)
        went_on = [pack(advance(experiment.sampler, params, one)) for one in (sample, found)]
        assert went_on[0] == went_on[1]


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6.0).reshape(2, 3),
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.arange(10)[::3],
        np.zeros((0, 3), np.float32),
        np.array(1 + 2j),
        np.array(["a", "bcd"]),
        np.array([True, False]),
    ],
    ids=str,
)
def test_arrays_keep_type_shape_and_order(array: np.ndarray[Any, Any]) -> None:
    found = unpack(pack(array))
    np.testing.assert_array_equal(found, array)
    assert (found.dtype, found.shape) == (array.dtype, array.shape)
    if array.flags.f_contiguous:
        assert found.flags.f_contiguous
    assert not found.flags.writeable


@settings(max_examples=30)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
        | st.binary() | st.complex_numbers(allow_nan=False) | st.fractions(),
        lambda inner: (
            st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(st.text(), inner)
        ),
        max_leaves=20,
    )
)  # fmt: skip
def test_plain_values_come_back(value: Any) -> None:
    found = unpack(pack(value))
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    "value", [object(), {1, 2}, np.array([None]), Path("x"), len, [Exception()]]
)
def test_what_has_no_form_is_refused(value: Any) -> None:
    with pytest.raises(PackingError):
        pack(value)


class Evil:
    """Runs code where it is unpickled."""

    def __reduce__(self) -> Any:
        return os.mkdir, ("ran",)


def record(kind: int, *parts: Any) -> bytes:
    """A record that pack has not written."""
    packed = msgpack.packb(msgpack.ExtType(kind, msgpack.packb(parts)))
    return bytes(packed)


@pytest.mark.parametrize(
    "packed",
    [
        pickle.dumps(Evil()),
        b"",
        b"junk" * 9,
        record(6, "os", "system", {}),
        record(6, "compute.cache", "os", {}),
        record(6, "compute.cache", "Store", {}),
        record(6, "compute.sampling", "Moments", {"count": 1}),
        record(7, "compute.cache", "Path", ["x"]),
        record(1, "O", [1], "C", b"12345678"),
        record(1, "<f8", [10**9], "C", b"12345678"),
        record(5, 1, 0),
        record(99),
        pack(Moments.of(np.ones(3))).replace(b"compute.sampling", b"compute.gonething"),
    ],
    ids=range(13),
)  # fmt: skip
def test_what_is_no_value_is_refused_and_runs_nothing(
    packed: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(PackingError):
        unpack(packed)
    assert list(tmp_path.iterdir()) == []


def test_fractions_are_exact() -> None:
    assert unpack(pack(Fraction(10**40, 3))) == Fraction(10**40, 3)
