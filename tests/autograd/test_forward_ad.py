"""Dual tensors: values and tangents inside a level, and what is left of them after it."""

from __future__ import annotations

import numpy
import pytest

import polygrad
from polygrad import autograd, func
from polygrad.autograd import forward_ad

FUNCTIONS = {
    "element by element": lambda x: (x.exp() * x).sin(),
    "sum": lambda x: (x * x).sum(),
    "matrix product": lambda x: x.reshape(2, 2) @ x.reshape(2, 2),
    "views": lambda x: x.reshape(2, 2)[0].flip(0),
    "in place": lambda x: x.clone().mul_(x).add_(1.0),
    "constant": lambda x: x * 0.0 + 1.0,
}


@pytest.fixture(autouse=True)
def the_level_is_left():
    yield
    with pytest.raises(RuntimeError, match="no open dual level"):
        forward_ad.exit_dual_level()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_tangents_are_those_of_jvp(name, backend):
    function = FUNCTIONS[name]
    x, v = polygrad.tensor([1.0, 2.0, 0.5, -1.0]), polygrad.tensor([1.0, 0.0, -1.0, 2.0])
    value, tangent = func.jvp(function, (x,), (v,))
    with forward_ad.dual_level() as level:
        assert level == 0
        y = function(forward_ad.make_dual(x, v))
        found = forward_ad.unpack_dual(y)
    assert isinstance(found, forward_ad.UnpackedDualTensor)
    assert numpy.allclose(found.primal.numpy(), value.numpy()) and numpy.allclose(
        found.tangent.numpy(), tangent.numpy()
    )
    assert forward_ad.unpack_dual(y) == (y, None)
    assert numpy.allclose(y.numpy(), value.numpy()) and numpy.allclose((y + 1).numpy(), value.numpy() + 1)


def test_what_does_not_depend_on_a_dual_tensor_has_no_tangent():
    x = polygrad.ones(2)
    with forward_ad.dual_level():
        dual = forward_ad.make_dual(x, x)
        assert forward_ad.unpack_dual(x * 2).tangent is None
        assert forward_ad.unpack_dual(dual.detach() * 2).tangent is None
        assert forward_ad.unpack_dual(dual > 0).tangent is None
    assert forward_ad.unpack_dual(x) == (x, None)


def test_gradients_of_values_and_tangents_after_the_level(backend):
    x, v = polygrad.tensor([1.0, 2.0], requires_grad=True), polygrad.tensor([1.0, 3.0], requires_grad=True)
    with forward_ad.dual_level():
        y = (forward_ad.make_dual(x, v) ** 3).sum()
        primal, tangent = forward_ad.unpack_dual(y)
        with pytest.raises(RuntimeError, match="after the level"):
            autograd.grad(tangent, x, retain_graph=True)
    (of_x, of_v) = autograd.grad(tangent, (x, v), retain_graph=True)  # 3 x**2 v
    assert of_x.tolist() == [6.0, 36.0] and of_v.tolist() == [3.0, 12.0]
    assert autograd.grad(primal, x, retain_graph=True)[0].tolist() == [3.0, 12.0]
    assert autograd.grad(y, x)[0].tolist() == [
        3.0,
        12.0,
    ]  # the dual tensor is now its value, in the graph of the primal


def test_forward_over_reverse(backend):
    x, v = polygrad.tensor([1.0, 2.0], requires_grad=True), polygrad.tensor([1.0, 3.0])
    with forward_ad.dual_level():
        dual = forward_ad.make_dual(x, v)
        (gradient,) = autograd.grad((dual**3).sum(), x)
        value, product = forward_ad.unpack_dual(gradient)
    assert value.tolist() == [3.0, 12.0] and product.tolist() == [6.0, 36.0]  # 3 x**2, and 6 x v


def test_a_tensor_from_outside_that_is_written_keeps_the_value():
    x, state = polygrad.tensor([1.0, 2.0]), polygrad.zeros(2)
    with forward_ad.dual_level():
        state.copy_(forward_ad.make_dual(x, x) * 2)
        assert forward_ad.unpack_dual(state).tangent.tolist() == [2.0, 4.0]
    assert forward_ad.unpack_dual(state).tangent is None and state.tolist() == [2.0, 4.0]
    view = state[:1]
    view.add_(1)
    assert state.tolist() == [3.0, 4.0]


def test_levels_after_each_other_and_with_transforms():
    x = polygrad.tensor([1.0, 2.0])
    for _ in range(3):
        with forward_ad.dual_level():
            dual = forward_ad.make_dual(x, polygrad.ones(2))
            rows = func.vmap(lambda x: x * x)(dual)
            assert forward_ad.unpack_dual(rows).tangent.tolist() == [2.0, 4.0]
            (again,) = (func.grad(lambda x: (x * x * x).sum())(dual),)
            assert forward_ad.unpack_dual(again).tangent.tolist() == [6.0, 12.0]


@forward_ad.dual_level()
def derivative_of_square(x):
    return forward_ad.unpack_dual(forward_ad.make_dual(x, polygrad.ones_like(x)) ** 2).tangent


def test_a_level_decorates_a_function(backend):
    assert derivative_of_square(polygrad.tensor([3.0])).tolist() == [6.0]
    compiled = polygrad.compile(derivative_of_square)
    with pytest.raises(RuntimeError, match=r"polygrad\.func\.jvp"):
        compiled(polygrad.tensor([3.0]))


def test_compiled_functions_have_tangents(backend):
    compiled = polygrad.compile(lambda x: (x * x).sum())
    with forward_ad.dual_level():
        y = compiled(forward_ad.make_dual(polygrad.tensor([3.0]), polygrad.tensor([1.0])))
        assert forward_ad.unpack_dual(y).tangent.item() == 6.0


def test_errors():
    x = polygrad.ones(2)
    with pytest.raises(RuntimeError, match="no level exists"):
        forward_ad.make_dual(x, x)
    with forward_ad.dual_level():
        with pytest.raises(RuntimeError, match="Nested forward mode AD"):
            forward_ad.enter_dual_level()
        with pytest.raises(RuntimeError, match="different size"):
            forward_ad.make_dual(x, polygrad.ones(3))
        with pytest.raises(RuntimeError, match="float64"):
            forward_ad.make_dual(x, x.double())
        for wrong in ((x.long(), x), (x, x.long())):
            with pytest.raises(ValueError, match="floating point or complex"):
                forward_ad.make_dual(*wrong)
        with pytest.raises(TypeError, match="is a int"):
            forward_ad.make_dual(x, 1)
        with pytest.raises(RuntimeError, match="has a tangent in this level already"):
            forward_ad.make_dual(forward_ad.make_dual(x, x), x)
        with pytest.raises(RuntimeError, match="no dual level 3"):
            forward_ad.unpack_dual(x, level=3)
