"""The named data sets: reproducible, nested, labelled as they say."""

import numpy as np
import pytest

from compute.datasets import LINE, NAMES, PLANE, clean_target, make_dataset


@pytest.mark.parametrize("name", NAMES)
def test_data_are_reproducible_nested_and_read_only(name):
    few, many = (make_dataset(name, n, noise=0.1, seed=3) for n in (40, 100))
    assert np.array_equal(few.inputs, many.inputs[:40])
    assert np.array_equal(few.targets, many.targets[:40])
    assert not few.inputs.flags.writeable
    assert few.dimension == (1 if name in LINE else 2)
    test = make_dataset(name, 40, noise=0.1, seed=3, split="test")
    assert not np.array_equal(few.inputs, test.inputs)


@pytest.mark.parametrize("name", LINE)
def test_noise_on_the_line_has_its_standard_deviation(name):
    data = make_dataset(name, 20_000, noise=0.3, seed=1)
    rest = data.targets - clean_target(name, data.inputs[:, 0])
    assert rest.std() == pytest.approx(0.3, rel=0.02)
    assert np.array_equal(
        make_dataset(name, 50).targets, clean_target(name, make_dataset(name, 50).inputs[:, 0])
    )


@pytest.mark.parametrize("name", PLANE)
def test_classes_are_balanced_apart_and_in_reach(name):
    data = make_dataset(name, 4000, seed=2)
    assert set(data.targets) == {-1.0, 1.0}
    assert abs(data.targets.mean()) < 0.06
    assert np.abs(data.inputs).max() < 1.01
    # without noise a nearest neighbour decides nearly every label
    seen, asked = data.inputs[:3000], data.inputs[3000:]
    nearest = ((asked[:, None] - seen) ** 2).sum(axis=2).argmin(axis=1)
    assert (data.targets[:3000][nearest] == data.targets[3000:]).mean() > 0.94


def test_bad_arguments_are_named():
    for name, bad in (("name", ("rings", 3)), ("count", ("sine", 0))):
        with pytest.raises(ValueError, match=name):
            make_dataset(*bad)
    with pytest.raises(ValueError, match="noise"):
        make_dataset("sine", 3, noise=-1)
    with pytest.raises(ValueError, match="name"):
        clean_target("xor", [0.0])
