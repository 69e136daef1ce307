"""`polygrad.testing`: the functions for users and plugin authors."""

from __future__ import annotations

import pytest

import polygrad
from polygrad.testing import assert_close, check_backend


def test_a_conforming_backend_passes_every_row():
    if "strict" not in polygrad.backends.available():
        pytest.skip("the backend 'strict' is not installed")
    assert len(check_backend("strict", gradients=False)) > 100


def test_a_wrong_kernel_is_found(monkeypatch):
    if "strict" not in polygrad.backends.available():
        pytest.skip("the backend 'strict' is not installed")
    array_type = type(polygrad.zeros(2, backend="strict").array)
    monkeypatch.setitem(polygrad.sin.primitive.kernels, array_type, lambda x: x)
    with pytest.raises(AssertionError, match=r"rows differ on 'strict':\n(.*\n)*sin, float64"):
        check_backend("strict", gradients=False)


def test_assert_close_says_where_tensors_differ():
    x = polygrad.tensor([1.0, 2.0])
    assert_close(x, x + 1e-7)
    with pytest.raises(AssertionError, match=r"1 / 2|50"):
        assert_close(x, polygrad.tensor([1.0, 3.0]))
    with pytest.raises(AssertionError, match="dtype"):
        assert_close(x, x.double())
