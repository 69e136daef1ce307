"""Small real PyTorch programs give PyTorch's results, on every backend."""

from __future__ import annotations

import functools

import numpy as np
import pytest

import polygrad
from tests.cases.programs import PROGRAMS

OTHERS = [name for name in polygrad.backends.available() if name != "numpy"]


def numbers(value, library):
    """``value`` as nested lists of NumPy arrays and words."""
    if isinstance(value, library.Tensor):
        return np.asarray(value.detach().tolist(), dtype=None if value.numel() else np.float32)
    if isinstance(value, (tuple, list)):
        return [numbers(item, library) for item in value]
    return np.asarray(value)


def assert_same(result, expected, path=""):
    assert type(result) is type(expected), path
    if isinstance(expected, list):
        assert len(result) == len(expected), path
        for number, (one, other) in enumerate(zip(result, expected, strict=True)):
            assert_same(one, other, f"{path}[{number}]")
    elif expected.dtype.kind in "fc":
        np.testing.assert_allclose(result, expected, rtol=1e-5, atol=1e-5, err_msg=path)
    else:
        assert result.tolist() == expected.tolist(), path


@functools.cache
def on_numpy(name):
    with polygrad.use_backend("numpy"):
        return numbers(PROGRAMS[name](polygrad), polygrad)


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_runs_on_numpy(name):
    assert on_numpy(name)


@pytest.mark.parity
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_gives_pytorchs_numbers(name):
    torch = pytest.importorskip("torch")
    assert_same(on_numpy(name), numbers(PROGRAMS[name](torch), torch))


@pytest.mark.parametrize("backend", OTHERS)
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_gives_the_same_numbers_on_every_backend(name, backend):
    with polygrad.use_backend(backend):
        assert_same(numbers(PROGRAMS[name](polygrad), polygrad), on_numpy(name))
