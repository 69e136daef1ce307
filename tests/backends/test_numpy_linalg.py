"""Linear algebra on NumPy: SciPy's LAPACK, if it is installed, and NumPy's give the same results and errors."""

from __future__ import annotations

import sys

import numpy as np
import pytest

import polygrad
from polygrad.backends.numpy.kernels import linalg

pytest.importorskip("scipy")

SIDE = 80
DTYPES = {"float32": 2e-3, "float64": 1e-9, "complex64": 2e-3, "complex128": 1e-9}
OPERATIONS = {
    "cholesky": lambda x, b: polygrad.linalg.cholesky(x @ x.mH + polygrad.eye(SIDE, dtype=x.dtype)),
    "inv": lambda x, b: polygrad.linalg.inv(x),
    "slogdet": lambda x, b: polygrad.linalg.slogdet(x).logabsdet,
    "solve": lambda x, b: polygrad.linalg.solve(x, b),
    "solve of a vector": lambda x, b: polygrad.linalg.solve(x, b[:, 0]),
    "solve_triangular": lambda x, b: polygrad.linalg.solve_triangular(x, b, upper=False),
    "solve_triangular from the right": lambda x, b: polygrad.linalg.solve_triangular(x, b.mT, upper=True, left=False),
}


@pytest.fixture
def without_scipy(monkeypatch):
    """A function that hides SciPy."""

    def hide():
        monkeypatch.setitem(sys.modules, "scipy", None)
        monkeypatch.setitem(sys.modules, "scipy.linalg", None)
        linalg._scipy.cache_clear()
        assert linalg._scipy() is None

    linalg._scipy.cache_clear()
    yield hide
    monkeypatch.undo()
    linalg._scipy.cache_clear()


def _operands(dtype, order):
    generator = np.random.default_rng(0)

    def numbers(*shape):
        values = generator.standard_normal(shape)
        if dtype.startswith("complex"):
            values = values + 1j * generator.standard_normal(shape)
        return values

    x = numbers(SIDE, SIDE) / 10 + 3 * np.eye(SIDE)
    x = np.asarray(x.astype(dtype), order=order)
    x.flags.writeable = False
    return x, numbers(SIDE, 3).astype(dtype)


def _results(operation, dtype, order):
    x, b = (polygrad.tensor(v, requires_grad=True, backend="numpy") for v in _operands(dtype, order))
    result = operation(x, b)
    weight = np.linspace(0.5, 1.5, result.numel()).reshape(tuple(result.shape))
    (result * polygrad.tensor(weight, dtype=result.dtype, backend="numpy")).sum().abs().backward()
    return [result.detach().numpy(), x.grad.numpy()] + ([] if b.grad is None else [b.grad.numpy()])


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", OPERATIONS)
def test_with_and_without_scipy(name, dtype, order, without_scipy):
    assert linalg._scipy() is not None
    with_scipy = _results(OPERATIONS[name], dtype, order)
    without_scipy()
    for ours, theirs in zip(with_scipy, _results(OPERATIONS[name], dtype, order), strict=True):
        assert ours.dtype == theirs.dtype
        np.testing.assert_allclose(ours, theirs, rtol=DTYPES[dtype], atol=DTYPES[dtype] * np.abs(theirs).max())


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_sign_of_a_determinant(dtype, without_scipy):
    x, _ = _operands(dtype, "C")
    for matrix in (x, x[::-1], np.roll(x, 1, axis=0), -x[:-1, :-1]):
        sign, logarithm = polygrad.linalg.slogdet(polygrad.tensor(matrix.copy(), backend="numpy"))
        expected = np.linalg.slogdet(matrix)
        np.testing.assert_allclose(sign.numpy(), expected[0], rtol=1e-3)
        np.testing.assert_allclose(logarithm.numpy(), expected[1], rtol=1e-3)


@pytest.mark.parametrize("hidden", [False, True], ids=["scipy", "numpy"])
def test_singular_matrices(hidden, without_scipy):
    if hidden:
        without_scipy()
    x = polygrad.zeros(SIDE, SIDE, backend="numpy")
    sign, logarithm = polygrad.linalg.slogdet(x)
    assert sign.item() == 0 and logarithm.item() == -np.inf
    for function in (polygrad.linalg.inv, lambda x: polygrad.linalg.solve(x, x)):
        with pytest.raises(RuntimeError, match="(?i)singular"):
            function(x)
