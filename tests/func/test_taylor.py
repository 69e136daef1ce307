"""Taylor mode: derivatives of every primitive against nested forward mode, its cost, and its place among the transforms."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest

import polygrad
from polygrad import func, linalg
from polygrad.testing.operations import ROWS
from tests.cases.operations import is_inexact, sample_operands

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

#: Primitives without a rule, which raise.
MISSING = set("adjugate adjugate_derivative cholesky eig eigh eigvals eigvalsh pinv qr svd svdvals".split())
CASES = [
    (row, precision, number)
    for row in ROWS
    if row.orders and row.name not in MISSING
    for precision in row.kinds
    for number in range(len(row.cases))
    if (row.name, number) != ("power_norm", 9)  # a norm of 0, which has no derivative: NaN
]


def of_inexact(row, number, arrays):
    """The operands that can vary, and the function of them: what it gives that can vary."""
    fixed = {i: polygrad.tensor(x) for i, x in enumerate(arrays) if not is_inexact(x)}
    varying = [polygrad.tensor(x) for x in arrays if is_inexact(x)]

    def function(*xs):
        rest = iter(xs)
        given = row.call(number, [fixed[i] if i in fixed else next(rest) for i in range(len(arrays))])
        found = given if isinstance(given, tuple) else (given,)
        return [y for y in found if y.dtype.is_differentiable]

    return varying, function


def nested(function, xs, directions, order):
    """The derivative of ``order`` along ``directions``, by forward mode in forward mode."""
    if not order:
        return function(*xs)
    return func.jvp(lambda *xs: nested(function, xs, directions, order - 1), tuple(xs), tuple(directions))[1]


@pytest.mark.parametrize(("row", "precision", "number"), CASES, ids=[f"{r.name}-{p}-{n}" for r, p, n in CASES])
def test_derivatives_are_those_of_nested_forward_mode(row, precision, number):
    arrays = sample_operands(row, number, precision)
    xs, function = of_inexact(row, number, arrays)
    if not xs or not function(*xs):
        return
    random = np.random.default_rng(5)
    directions = [
        polygrad.tensor((random.standard_normal(tuple(x.shape)) * (1 + 0.5j)).astype(x.numpy().dtype) if x.is_complex()
                        else random.standard_normal(tuple(x.shape)))
        for x in xs
    ]  # fmt: skip
    zeros = [polygrad.zeros_like(x) for x in xs]
    series = [[d, z, z] for d, z in zip(directions, zeros, strict=True)]
    output, found = func.jet(function, tuple(xs), tuple(series))
    for order, made in enumerate([output, *found]):
        expected = nested(function, xs, directions, order)
        for one, other in zip(made, expected, strict=True):
            one, other = one.numpy(), other.numpy()
            scale = max(1.0, np.abs(other[np.isfinite(other)]).max(initial=0.0))
            np.testing.assert_allclose(one, other, rtol=1e-7, atol=1e-8 * scale, err_msg=f"order {order}")


@pytest.mark.parametrize("name", sorted(MISSING))
def test_a_primitive_without_a_rule_raises(name):
    row = next(row for row in ROWS if row.name == name)
    xs, function = of_inexact(row, 0, sample_operands(row, 0, row.kinds[0]))
    series = tuple([[polygrad.ones_like(x), polygrad.ones_like(x)] for x in xs])
    with pytest.raises(NotImplementedError, match="jet has no rule for"):
        func.jet(function, tuple(xs), series)


def composed(x):
    return polygrad.sin(x * polygrad.exp(x))


def test_high_orders_are_exact():
    x = polygrad.tensor(0.3, dtype=polygrad.float64)
    found = func.derivatives(composed, x, 12)
    # From mpmath, with 40 digits.
    expected = {6: -1093.6104060057877, 9: 700652.2580250086, 12: -19175548.80408392}
    for order, value in expected.items():
        assert found[order].item() == pytest.approx(value, rel=1e-11)
    powers = func.derivatives(lambda x: 1 / (1 - x), polygrad.tensor(0.0, dtype=polygrad.float64), 15)
    assert [d.item() for d in powers] == pytest.approx([math.factorial(k) for k in range(16)])


def test_the_cost_of_high_orders():
    x = polygrad.tensor(0.3, dtype=polygrad.float64)

    def seconds(function, order):
        times = []
        for _ in range(5):
            start = time.process_time()
            func.derivatives(function, x, order)
            times.append(time.process_time() - start)
        return min(times)

    assert seconds(composed, 12) < 0.05
    cubic = lambda x: polygrad.tanh(x * polygrad.exp(x))  # noqa: E731  # its rule needs its own result
    assert seconds(cubic, 32) < 1.5 * 8 * seconds(cubic, 16)


def test_curves_and_structures():
    x, y = polygrad.tensor([1.0, 2.0], dtype=polygrad.float64), polygrad.tensor(3.0, dtype=polygrad.float64)
    one = polygrad.ones_like(x)
    output, (first, second) = func.jet(
        lambda a, b: {"p": a * b["y"], "c": polygrad.ones(2)}, (x, {"y": y}),
        ([one, one * 2], [{"y": y * 0 + 1}, {"y": y * 0 + 4}]),
    )  # fmt: skip
    assert output["p"].tolist() == [3.0, 6.0] and first["p"].tolist() == [4.0, 5.0]
    assert second["p"].tolist() == [(2 * 3 + 2 * 1 + 4 * 1), (2 * 3 + 2 * 1 + 4 * 2)] and second["c"].tolist() == [
        0.0,
        0.0,
    ]
    assert func.derivatives(lambda x: x.sum() * 0 + 1, x, 2)[1].item() == 0.0
    assert func.derivatives(lambda x: polygrad.where(x > 1.5, x**2, x), x, 2)[2].tolist() == [0.0, 2.0]


def test_with_the_other_transforms(backend):
    x = polygrad.tensor([0.3, 0.8], dtype=polygrad.float64)
    third = lambda x: func.derivatives(composed, x, 3)[3]  # noqa: E731
    fourth = func.derivatives(composed, x, 4)[4].cpu().numpy()
    close = lambda a, b: np.testing.assert_allclose(a.cpu().numpy(), b, rtol=1e-9)  # noqa: E731
    close(func.grad(lambda x: third(x).sum())(x), fourth)
    close(func.jvp(third, (x,), (polygrad.ones_like(x),))[1], fourth)
    close(func.vmap(third)(x), third(x).cpu().numpy())
    close(func.derivatives(lambda x: func.grad(lambda y: composed(y).sum())(x), x, 3)[3], fourth)
    close(func.derivatives(func.vmap(composed), x, 4)[4], fourth)
    close(func.derivatives(lambda x: func.derivatives(composed, x, 2)[2], x, 2)[2], fourth)
    leaf = x.clone().requires_grad_()
    third(leaf).sum().backward()
    close(leaf.grad, fourth)
    scale = polygrad.tensor(2.0, dtype=polygrad.float64, requires_grad=True)
    func.derivatives(lambda x: scale * composed(x), x, 3)[3].sum().backward()
    close(scale.grad, third(x).sum().cpu().numpy())
    close(polygrad.compile(third)(x), third(x).cpu().numpy())


def test_linear_algebra_along_a_curve():
    random = np.random.default_rng(0)
    A, B, b = (polygrad.tensor(random.standard_normal(s)) for s in ((3, 3), (3, 3), (3, 2)))
    solution = lambda t: linalg.solve(A + 3 * polygrad.eye(3) + t * B, b + t * t * b)  # noqa: E731
    t = polygrad.tensor(0.1, dtype=polygrad.float64)
    for function in (solution, lambda t: linalg.matrix_exp(A + t * B), lambda t: linalg.det(A + t * B)):
        found = func.derivatives(function, t, 5)
        for order in (1, 3, 5):
            expected = nested(lambda t, f=function: f(t), [t], [polygrad.ones_like(t)], order)
            np.testing.assert_allclose(found[order].numpy(), expected.numpy(), rtol=1e-7, atol=1e-8)


def test_wrong_calls():
    x = polygrad.ones(2)
    for call, error, words in (
        (lambda: func.jet(lambda x: x, (x,), ()), func.TransformError, "one series for each"),
        (lambda: func.jet(lambda x: x, (x,), ([],)), func.TransformError, "at least 1"),
        (lambda: func.jet(lambda x: x, (x,), ([x[:1]],)), func.TransformError, "shape"),
        (lambda: func.jet(lambda x: x, (x.int(),), ([x.int()],)), func.TransformError, "int32"),
        (lambda: func.jet(lambda x: 1.0, (x,), ([x],)), func.TransformError, "must be a Tensor"),
        (lambda: func.derivatives(lambda x: x, x, 0), ValueError, "at least 1"),
        (lambda: func.derivatives(lambda x: x, x, 2, x.double()), func.TransformError, "direction"),
        (lambda: func.derivatives(lambda x: x.numpy(), x, 2), RuntimeError, "drop its derivatives"),
    ):
        with pytest.raises(error, match=words):
            call()
