"""Implicit differentiation, transposes of linear functions, and what prepares modules for transforms."""

from __future__ import annotations

import numpy as np
import pytest

import polygrad
from polygrad import func, nn
from polygrad.autograd import gradcheck, gradgradcheck


def test_the_root_of_a_system_by_a_solver_of_scipy():
    optimize = pytest.importorskip("scipy.optimize")

    def residual(x, A, b):
        return polygrad.tanh(A @ x) + 2 * x - b

    def solver(A, b):
        A, b = A.numpy(), b.numpy()
        return optimize.root(lambda x: np.tanh(A @ x) + 2 * x - b, np.zeros(3), tol=1e-13).x

    random = np.random.default_rng(0)
    A = polygrad.tensor(random.standard_normal((3, 3)), requires_grad=True)
    b = polygrad.tensor(random.standard_normal(3), requires_grad=True)
    solve = func.implicit_diff(residual, solver)
    assert polygrad.allclose(residual(solve(A, b), A, b), polygrad.zeros(3, dtype=polygrad.float64), atol=1e-10)
    assert gradcheck(solve, (A, b)) and gradgradcheck(solve, (A, b), atol=1e-4)


def test_a_fixed_point_has_derivatives_of_every_order():
    def solver(a):
        x = polygrad.ones_like(a)
        for _ in range(60):
            x = 0.5 * (x + a / x)
        return x

    root = func.implicit_diff(lambda x, a: 0.5 * (x + a / x) - x, solver)
    a = polygrad.tensor(2.0, dtype=polygrad.float64)
    expected = [2**-0.5 / 2, -(2**-1.5) / 4, 3 * 2**-2.5 / 8]
    derivative = root
    for value in expected:
        derivative = func.grad(derivative)
        assert derivative(a).item() == pytest.approx(value, rel=1e-10)


def test_the_transpose_of_a_linear_function():
    A = polygrad.tensor([[1.0, 2.0, 0.0], [0.0, 1j, 3.0]])
    transpose = func.linear_transpose(lambda x, y: {"z": A @ x + y["w"][:2]}, A[0], {"w": A[1]})
    y = polygrad.tensor([1.0 + 1j, 2.0 + 0j])
    first, second = transpose({"z": y})
    assert polygrad.allclose(first, A.mT @ y) and second["w"].tolist() == [1 + 1j, 2, 0]
    with pytest.raises(ValueError, match="not linear"):
        func.linear_transpose(lambda x: x + 1, A[0])
    with pytest.raises(func.TransformError, match="another structure"):
        transpose(y)


def test_batch_normalization_without_running_statistics():
    model = func.replace_all_batch_norm_modules_(
        nn.Sequential(nn.BatchNorm1d(2), nn.InstanceNorm1d(2, track_running_stats=True))
    )
    assert model[0].running_mean is None and model[0].running_var is None and not model[0].track_running_stats
    assert model[1].running_mean is not None
    x = polygrad.randn(3, 4, 2)
    found = func.vmap(model[0])(x)
    assert polygrad.allclose(found[1], model[0](x[1]), atol=1e-5)
    with pytest.raises(TypeError, match="Module"):
        func.replace_all_batch_norm_modules_(x)


def test_functionalize_gives_the_same_results():
    x = polygrad.ones(2)
    assert func.functionalize(lambda x: x.add_(1) * 2, remove="mutations_and_views")(x).tolist() == [4.0, 4.0]
    assert x.tolist() == [2.0, 2.0]
    with pytest.raises(RuntimeError, match="remove"):
        func.functionalize(lambda x: x, remove="views")


def test_wrong_calls_of_implicit_diff():
    x = polygrad.ones(2, requires_grad=True)
    solve = func.implicit_diff(lambda x, a: (x - a).sum(), lambda a: a)
    with pytest.raises(func.TransformError, match="must be a floating-point"):
        solve(1.0)
    with pytest.raises(func.TransformError, match="at least one argument"):
        solve()
    with pytest.raises(func.TransformError, match="the shape of the solution"):
        solve(x).sum().backward()
