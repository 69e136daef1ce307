"""The checker is checked: a rule that is wrong in one way only must turn the table red, in the check that is meant for it."""

from __future__ import annotations

import numpy as np
import pytest

import polygrad
from polygrad._core.primitive import OPERATIONS, PRIMITIVES, primitive
from polygrad.autograd import GradcheckError, gradcheck, gradgradcheck
from polygrad.backends.namespace import GENERIC
from polygrad.testing.table import (
    BOTH,
    binary,
    case,
    check_agreement,
    check_complex_step,
    check_differences,
    check_single_precision,
    row,
    unary,
)

pytest.importorskip("polygrad_strict", reason="the plugin for array-api-strict is not installed")


@pytest.fixture
def plant():
    """Declares primitives that are forgotten afterwards."""
    planted = []

    def declare(forward, **options):
        made = primitive(**options)(forward)
        planted.append(made.name)
        return made

    yield declare
    for name in planted:
        del PRIMITIVES[name], GENERIC[name]
        for namespace in (OPERATIONS, *[polygrad.get_backend(backend).xp for backend in ("numpy", "strict")]):
            vars(namespace).pop(name, None)


def leaf(*values):
    return polygrad.tensor(values, dtype=polygrad.float64, requires_grad=True)


# -- wrong rules -----------------------------------------------------------------------------------------------------------


def planted_product(xp, x, y, /):
    return x * y


def planted_square(xp, x, /):
    return x * x


def planted_abs(xp, x, /):
    return xp.abs(x)


def test_a_right_rule_passes(plant):
    plant(planted_product, broadcasts=True, promotes=True).defvjp(x=lambda xp, g, y: g * y, y=lambda xp, g, x: g * x)
    table = binary("planted_product", kinds=BOTH, holomorphic=True)
    for precision in BOTH:
        check_differences(table, precision)
        check_single_precision(table, precision)
    check_complex_step(table)


def test_a_rule_that_is_wrong_only_under_broadcasting(plant):
    plant(planted_product, broadcasts=True, promotes=True).defvjp(
        x=lambda xp, g, y, x_shape: g * y if tuple(g.shape) == tuple(x_shape) else g * y * 2,
        y=lambda xp, g, x: g * x,
    )
    check_differences(row("planted_product", case((2, 3), (2, 3))), "float64")
    with pytest.raises(GradcheckError, match=r"planted_product\(\(2, 1\), \(1, 3\)\).*with respect to input 0"):
        check_differences(binary("planted_product"), "float64")
    with pytest.raises(AssertionError, match="by the complex step"):
        check_complex_step(binary("planted_product"))


def test_a_rule_that_is_wrong_only_at_second_order(plant):
    def _of_x(xp, g, x):
        return g * 2 * (x.detach() if hasattr(x, "detach") else x)

    plant(planted_square).defvjp(x=_of_x)
    table = unary("planted_square", kinds=("float64",))
    assert gradcheck(PRIMITIVES["planted_square"], (leaf(1.0, -2.0),))
    with pytest.raises(GradcheckError, match="Jacobian mismatch"):
        gradgradcheck(PRIMITIVES["planted_square"], (leaf(1.0, -2.0),))
    with pytest.raises(GradcheckError, match="planted_square"):
        check_differences(table, "float64")


def test_a_rule_that_forgets_the_conjugate(plant):
    plant(planted_abs).defvjp(x=lambda xp, g, x: g * xp.sign(x))
    check_differences(unary("planted_abs"), "float64")
    with pytest.raises(GradcheckError, match="complex128"):
        check_differences(unary("planted_abs"), "complex128")


def test_a_rule_of_double_precision(plant):
    plant(planted_square).defvjp(
        x=lambda xp, g, x: xp.astype(g * x * 2, xp.float64) if hasattr(xp, "float64") else g * x * 2
    )
    table = row("planted_square", case((2, 3)), orders=1)
    check_differences(table, "float64")
    with pytest.raises(AssertionError, match="gradient of type float64"):
        check_single_precision(table, "float64")


def test_a_kernel_that_disagrees_with_the_rule(plant, monkeypatch):
    plant(planted_square).defvjp(x=lambda xp, g, x: g * x * 2)
    strict = polygrad.get_backend("strict")
    monkeypatch.setitem(strict.kernels, "planted_square.vjp", lambda g, x: (g * x * 3,))
    with pytest.raises(AssertionError, match="planted_square.*on strict: gradient, number 0"):
        check_agreement(row("planted_square", case((2, 3)), orders=1), "float64", "strict")


# -- what gradcheck itself says ----------------------------------------------------------------------------------------------


class Doubled(polygrad.autograd.Function):
    """The identity, with twice its gradient."""

    @staticmethod
    def forward(ctx, x):
        return x * 1

    @staticmethod
    def backward(ctx, g):
        return g * 2


def test_message_has_both_jacobians():
    with pytest.raises(GradcheckError) as caught:
        gradcheck(Doubled.apply, (leaf(1.0, 2.0),))
    text = str(caught.value)
    assert text.startswith("Jacobian mismatch for output 0 with respect to input 0: 2 of 4 elements differ")
    assert "numerical:\n[[1. 0.]\n [0. 1.]]" in text and "analytical:\n[[2. 0.]\n [0. 2.]]" in text
    assert np.array_equal(caught.value.analytical, 2 * np.eye(2))


def test_without_exception_the_answer_is_false():
    assert gradcheck(Doubled.apply, (leaf(1.0),), raise_exception=False) is False
    assert gradcheck(polygrad.sin, (leaf(1.0),)) is True


def test_several_inputs_and_outputs_and_constants():
    constant = polygrad.tensor([2.0, 3.0], dtype=polygrad.float64)
    whole = polygrad.tensor([0, 1])

    def function(x, scale, index, y):
        return x * scale, x[index] + y, index

    assert gradcheck(lambda x, s, i, y: function(x, s, i, y)[:3], (leaf(1.0, 2.0), constant, whole, leaf(0.5, -1.0)))
    assert gradgradcheck(
        lambda x, s, i, y: function(x, s, i, y)[:2], (leaf(1.0, 2.0), constant, whole, leaf(0.5, -1.0))
    )


@pytest.mark.parametrize("wrong", [1, 1j])
def test_complex_inputs_follow_pytorch(wrong):
    class Scaled(polygrad.autograd.Function):
        @staticmethod
        def forward(ctx, z):
            return z * (2 + 1j)

        @staticmethod
        def backward(ctx, g):
            return g * (2 - 1j if wrong == 1 else 2 + 1j)

    z = polygrad.tensor([1 + 2j, -1j], dtype=polygrad.complex128, requires_grad=True)
    assert gradcheck(Scaled.apply, (z,), raise_exception=False) is (wrong == 1)


def test_inputs_that_need_no_gradient():
    with pytest.raises(ValueError, match="at least one input tensor to require gradient"):
        gradcheck(polygrad.sin, (polygrad.tensor([1.0]),))


def test_single_precision_is_warned_about():
    with pytest.warns(UserWarning, match="float32, which is too coarse"):
        gradcheck(polygrad.sin, (polygrad.tensor([1.0], requires_grad=True),), eps=1e-2, atol=1e-2)


def test_a_function_that_returns_no_tensor():
    with pytest.raises(TypeError, match="output 0 of the function is a float"):
        gradcheck(lambda x: 1.0, (leaf(1.0),))


def test_a_backward_that_is_not_reentrant():
    calls = iter(range(1000))

    class Unsteady(polygrad.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 1

        @staticmethod
        def backward(ctx, g):
            return g * (1 + 1e-9 * next(calls))

    with pytest.raises(GradcheckError, match="not reentrant"):
        gradcheck(Unsteady.apply, (leaf(1.0),))
    assert gradcheck(Unsteady.apply, (leaf(1.0),), nondet_tol=1e-3)


def test_cotangents_of_ones_own():
    assert gradgradcheck(lambda x: x * x * x, (leaf(1.0, 2.0),), (polygrad.tensor([1.0, 0.5], dtype=polygrad.float64),))


def test_the_submodule_does_not_hide_the_function():
    from polygrad.autograd.gradcheck import gradcheck as same

    assert polygrad.autograd.gradcheck is same
