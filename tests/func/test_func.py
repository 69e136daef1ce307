"""`polygrad.func`: transforms in any order, against closed forms and against loops."""

from __future__ import annotations

import numpy as np
import pytest

import polygrad
from polygrad import func, nn

BACKENDS = [name for name in ("numpy", "strict", "jax") if name in polygrad.backends.available()]

pytestmark = pytest.mark.parametrize("backend", BACKENDS)


@pytest.fixture(autouse=True)
def on_backend(backend):
    with polygrad.use_backend(backend):
        yield


def vector(*numbers):
    return polygrad.tensor(numbers, dtype=polygrad.float64)


def close(found, expected, tolerance=1e-9):
    np.testing.assert_allclose(np.asarray(found.tolist()), np.asarray(expected), rtol=tolerance, atol=tolerance)


X = np.array([0.3, -0.7, 1.1])


def cubes(x):
    return (x**3).sum()


def test_grad_and_higher_orders():
    x = vector(*X)
    close(func.grad(cubes)(x), 3 * X**2)
    close(func.grad(lambda t: func.grad(cubes)(t).sum())(x), 6 * X)
    gradient, value = func.grad_and_value(cubes)(x)
    close(gradient, 3 * X**2)
    close(value, (X**3).sum())


def test_products_with_the_jacobian():
    x, v = vector(*X), vector(1.0, 2.0, 3.0)
    value, tangent = func.jvp(polygrad.sin, (x,), (v,))
    close(value, np.sin(X))
    close(tangent, np.cos(X) * [1, 2, 3])
    _, pull = func.vjp(polygrad.sin, x)
    close(pull(v)[0], np.cos(X) * [1, 2, 3])
    _, forward_over_reverse = func.jvp(func.grad(cubes), (x,), (v,))
    close(forward_over_reverse, 6 * X * [1, 2, 3])


def test_jacobians_and_hessian():
    x = vector(*X)

    def outer(t):
        return t.sum() * t * t

    close(func.jacrev(outer)(x), np.diag(2 * X.sum() * X) + (X**2)[:, None])
    close(func.jacrev(outer)(x), func.jacfwd(outer)(x).tolist())
    close(func.hessian(cubes)(x), np.diag(6 * X))
    close(func.jacfwd(func.jacrev(cubes))(x), np.diag(6 * X))
    close(func.jacrev(func.jacfwd(cubes))(x), np.diag(6 * X))


def test_vmap_is_a_loop_and_a_stack():
    batch = polygrad.tensor(np.arange(12.0).reshape(4, 3) / 10)
    matrix = polygrad.tensor(np.arange(9.0).reshape(3, 3) / 5)
    functions = {
        "product": lambda row: matrix @ row,
        "softmax": lambda row: row.softmax(0),
        "gather": lambda row: row[polygrad.tensor([2, 0])],
        "where": lambda row: polygrad.where(row > 0.4, row, -row),
        "reduction": lambda row: row.max() - row.mean(),
    }
    for name, function in functions.items():
        looped = polygrad.stack([function(row) for row in batch])
        np.testing.assert_allclose(
            np.asarray(func.vmap(function)(batch).tolist()),
            np.asarray(looped.tolist()),
            rtol=1e-9,
            atol=1e-12,
            err_msg=name,
        )
    close(func.vmap(func.grad(cubes))(batch), 3 * np.asarray(batch.tolist()) ** 2)
    close(func.grad(lambda b: func.vmap(cubes)(b).sum())(batch), 3 * np.asarray(batch.tolist()) ** 2)
    nested = func.vmap(func.vmap(lambda a, b: a * b, in_dims=(None, 0)), in_dims=(0, None))(
        vector(1.0, 2.0), vector(3.0, 4.0)
    )
    close(nested, [[3.0, 4.0], [6.0, 8.0]])


def test_gradients_of_each_sample_through_a_module():
    polygrad.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1)).double()
    parameters = {name: p.detach() for name, p in model.named_parameters()}
    before = [p.tolist() for p in model.parameters()]
    x = polygrad.tensor(np.linspace(-1, 1, 15).reshape(5, 3))

    def loss(parameters, row):
        return func.functional_call(model, parameters, (row,)).sum() ** 2

    each = func.vmap(func.grad(loss), in_dims=(None, 0))(parameters, x)
    for number, row in enumerate(x):
        model.zero_grad()
        (model(row).sum() ** 2).backward()
        for name, parameter in model.named_parameters():
            close(each[name][number], parameter.grad.tolist())
    assert [p.tolist() for p in model.parameters()] == before


def test_wrong_use_is_explained():
    with pytest.raises(ValueError, match="in_dims"):
        func.vmap(lambda x: x, in_dims="first")(vector(1.0))
    with pytest.raises(RuntimeError, match="no dimensions"):
        func.grad(lambda x: x * 2)(vector(1.0, 2.0))
    with pytest.raises(RuntimeError, match=r"where"):
        func.vmap(lambda x: x if x > 0 else -x)(vector(1.0, 2.0))
