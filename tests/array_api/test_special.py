"""SciPy's special functions on tensors: SciPy's values, with the gradient of finite differences."""

from __future__ import annotations

import numpy as np
import pytest

import polygrad
from polygrad.array_api import special

X = np.array([0.3, 0.7])
#: Functions of two arguments, or of another domain; the others are called with `X`.
CALLS = {
    "xlogy": lambda f, x: f(x, x + 1), "xlog1py": lambda f, x: f(x, x + 1), "zeta": lambda f, x: f(np.array([2.5, 3.5]), x),
}  # fmt: skip
#: SciPy has these as Python functions or not at all: its dispatch finds them where ``SCIPY_ARRAY_API`` is set.
NO_UFUNCS = {"sinc", "zeta", "digamma"}


@pytest.mark.parametrize("name", sorted(set(special.__all__) - NO_UFUNCS))
def test_a_special_function_of_scipy(name):
    scipy_special = pytest.importorskip("scipy.special")
    function, call = getattr(scipy_special, name), CALLS.get(name, lambda f, x: f(x))
    x = polygrad.tensor(X, requires_grad=True)
    found = call(function, x)
    assert isinstance(found, polygrad.Tensor)
    np.testing.assert_allclose(found.detach().numpy(), call(function, X), rtol=1e-13)
    found.sum().backward()
    slopes = (call(function, X + 1e-6) - call(function, X - 1e-6)) / 2e-6
    np.testing.assert_allclose(x.grad.numpy(), slopes, rtol=1e-5, atol=1e-8)


def test_special_functions_without_a_counterpart_are_refused():
    scipy_special = pytest.importorskip("scipy.special")
    with pytest.raises((TypeError, RuntimeError), match=r"betainc|requires grad"):
        scipy_special.betainc(1.0, 2.0, polygrad.tensor(X, requires_grad=True))
