"""Operators with operands of unknown types: Python calls the other type's operator, and `==` compares identity."""

from __future__ import annotations

import dataclasses
import operator
from typing import Any

import numpy as np
import pytest

import polygrad
from polygrad import Tensor

ARITHMETIC = "add sub mul matmul truediv floordiv mod pow lshift rshift and xor or".split()
COMPARISONS = {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le", "eq": "eq", "ne": "ne"}
DUNDERS = [f"__{kind}{name}__" for name in ARITHMETIC for kind in ("", "r", "i")] + [f"__{n}__" for n in COMPARISONS]
#: Types whose operators take no tensor.
PLAIN = [None, "a", b"a", [1.0, 2.0], (1.0, 2.0), {}, {1}]


class Foreign:
    """A type that knows tensors, of which tensors know nothing."""


class Unknown:
    """A type that does not know tensors either."""


def _answer(name: str) -> Any:
    return lambda self, other: (name, type(other))


for _name in [f"__{kind}{name}__" for name in ARITHMETIC for kind in ("", "r")] + [f"__{n}__" for n in COMPARISONS]:
    setattr(Foreign, _name, _answer(_name))


def _function(name: str) -> Any:
    return getattr(operator, name + "_" if name in ("and", "or") else name)


@pytest.fixture(params=["float32", "int64", "bool", "parameter", "recorded"])
def x(request: Any, backend: str) -> Tensor:
    if request.param == "parameter":
        return polygrad.nn.Parameter(polygrad.ones(2))
    if request.param == "recorded":
        return polygrad.ones(2, requires_grad=True) * 1
    return polygrad.ones(2, dtype=getattr(polygrad, request.param))


@pytest.mark.parametrize("dunder", DUNDERS)
def test_every_operator_leaves_what_it_does_not_know(x, dunder):
    if isinstance(x, polygrad.nn.Parameter) and dunder.startswith("__i"):
        with polygrad.no_grad():
            assert getattr(x, dunder)(Unknown()) is NotImplemented
    else:
        assert getattr(x, dunder)(Unknown()) is NotImplemented


@pytest.mark.parametrize("name", ARITHMETIC)
def test_the_other_operand_is_asked(x, name):
    assert _function(name)(x, Foreign()) == (f"__r{name}__", type(x))
    assert _function(name)(Foreign(), x) == (f"__{name}__", type(x))
    with polygrad.no_grad():
        assert getattr(operator, "i" + name)(x, Foreign()) == (f"__r{name}__", type(x))


@pytest.mark.parametrize(("name", "reflected"), COMPARISONS.items())
def test_the_other_side_of_a_comparison_is_asked(x, name, reflected):
    assert _function(name)(x, Foreign()) == (f"__{reflected}__", type(x))


@pytest.mark.parametrize("name", ARITHMETIC)
def test_what_neither_side_knows_is_a_type_error(name):
    x = polygrad.ones(2)
    for other in (Unknown(), *PLAIN):
        for operands in ((x, other), (other, x)):
            if (name, type(operands[0])) in (("mod", str), ("mod", bytes)):
                continue  # "…" % x formats
            for function in (_function(name), getattr(operator, "i" + name)):
                with pytest.raises(TypeError):
                    function(*operands)


@pytest.mark.parametrize("other", [None, "a", [1.0, 2.0], {}], ids=repr)
def test_the_error_says_what_to_write(other):
    x = polygrad.ones(2)
    for call in (lambda: x + other, lambda: other - x, lambda: x**other, lambda: x < other, lambda: x @ other):
        with pytest.raises(TypeError, match=rf"unsupported operand type\(s\) for .+'{type(other).__name__}'"):
            call()


@pytest.mark.parametrize("other", [Unknown(), *PLAIN], ids=lambda value: type(value).__name__)
def test_equality_with_anything_else_is_identity(x, other):
    assert (x == other) is False and (other == x) is False
    assert (x != other) is True and (other != x) is True
    assert other not in [x] and x not in [other] and x in [other, x]


def test_classes_that_hold_tensors_can_be_compared():
    @dataclasses.dataclass
    class State:
        cache: Any = None

    assert State(polygrad.ones(2)) != State(None)


def test_functions_and_methods_explain_what_is_no_operand():
    x = polygrad.ones(2)
    for function in (polygrad.add, polygrad.eq, polygrad.mul, polygrad.pow, polygrad.matmul, Tensor.ge, Tensor.add_):
        for other in (None, Unknown(), "a"):
            with pytest.raises(TypeError, match="must be a Tensor or a number"):
                function(x, other)


def test_what_has_a_meaning_is_used():
    x = polygrad.ones(2)
    for other in (np.float32(2), np.array([2.0, 2.0], "float32"), np.array(2.0, "float32")):
        for result in (x + other, other + x, x * other + 1):
            assert isinstance(result, Tensor) and result.tolist() == [3.0, 3.0]
        assert (x == other).tolist() == [False, False]
        assert (other != x).tolist() == [True, True]


def test_a_tensor_of_one_integer_repeats_a_sequence():
    assert [0] * polygrad.tensor(3) == [0, 0, 0]
    assert polygrad.tensor(2) * "ab" == "abab"


def test_a_tensor_contains_numbers_and_tensors_only():
    x = polygrad.tensor([1.0, 2.0])
    assert 2 in x and 3 not in x and polygrad.tensor(1.0) in x
    for other in (None, "a", Unknown()):
        with pytest.raises(RuntimeError, match="looks for a tensor or a number"):
            assert other in x
