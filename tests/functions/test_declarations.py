"""One declaration of an operation gives its function, methods, operator, signature and help; generated code can be read."""

from __future__ import annotations

import inspect
import linecache
import traceback

import pytest

import polygrad
from polygrad import Tensor
from polygrad._core.generated import PREFIX, define, evaluate, fill
from polygrad._core.primitive import PRIMITIVES

polygrad.ones(1)  # declares them
PUBLIC = [primitive for primitive in PRIMITIVES.values() if primitive.is_public]


@pytest.mark.parametrize("primitive", PUBLIC, ids=lambda primitive: primitive.name)
def test_a_primitive_has_its_names_and_says_what_it_does(primitive):
    module = getattr(polygrad, primitive.public_module) if primitive.public_module else polygrad
    for name in primitive.public_names:
        assert getattr(module, name) is primitive.function
        assert getattr(Tensor, name, None) is (None if primitive.public_module else primitive.op)
        assert hasattr(Tensor, f"{name}_") == primitive.has_in_place
    assert tuple(inspect.signature(primitive.op).parameters) == primitive.parameters
    with_out = (*primitive.parameters, *("out",) * primitive.takes_out)
    assert tuple(inspect.signature(primitive.function).parameters) == with_out
    assert primitive.op.__name__ == primitive.public_names[0] and "\n\nArgs:\n" in primitive.op.__doc__


def test_operands_can_be_given_by_name():
    x, y = polygrad.tensor([1.0, 2.0]), polygrad.tensor([3.0, 4.0])
    assert polygrad.exp(input=x).tolist() == x.exp().tolist()
    assert (
        polygrad.mul(x, other=y).tolist()
        == polygrad.mul(input=x, other=y).tolist()
        == x.mul(other=y).tolist()
        == [3.0, 8.0]
    )
    assert x.clone().mul_(other=y).tolist() == [3.0, 8.0]
    with pytest.raises(TypeError, match=r"exp\(\) got an unexpected keyword argument 'x'"):
        polygrad.exp(x=x)


def test_methods_in_place_have_the_signature_of_the_function():
    assert str(inspect.signature(Tensor.mul_)) == "(self, other)"
    assert list(inspect.signature(Tensor.clamp_).parameters) == ["self", "min", "max"]


def test_errors_have_the_name_that_users_call():
    for call, text in (
        (lambda: polygrad.ones(2) * polygrad.ones(3), "mul cannot take operands"),
        (
            lambda: polygrad.subtract(polygrad.ones(2), [1.0]),
            r"sub\(\): argument 'other' must be a Tensor or a number, not list",
        ),
        (lambda: polygrad.exp(None), r"exp\(\): argument 'input' must be a Tensor, not NoneType"),
    ):
        with pytest.raises((TypeError, RuntimeError), match=text):
            call()


def test_errors_of_operators_are_python_s():
    x = polygrad.ones(2)
    with pytest.raises(TypeError, match=r"unsupported operand type\(s\) for \*: 'Tensor' and 'NoneType'$"):
        x * None
    with pytest.raises(TypeError, match=r"for \+: 'Tensor' and 'list'; polygrad.tensor"):
        x + [1.0, 2.0]


# -- generated code ---------------------------------------------------------------------------------------------------------


def test_tracebacks_show_the_lines_of_a_dispatcher():
    with pytest.raises(RuntimeError) as caught:
        polygrad.mul(polygrad.ones(2), polygrad.ones(3))
    frames = [f for f in traceback.extract_tb(caught.value.__traceback__) if f.filename.startswith(PREFIX)]
    assert frames[0].filename == "<polygrad function of multiply>" and frames[0].name == "mul"
    assert "raise wrapped from error" in frames[0].line
    assert inspect.getsource(polygrad.mul).splitlines() == polygrad.mul.source.splitlines()


def test_a_template_is_filled_with_words_and_blocks():
    template = """
def f($x):
    $nothing
    if $x:
        $block
    return $x
"""
    assert fill(template, x="y", nothing="", block="\na = $x\n\nb = 2\n") == (
        "def f(y):\n    if y:\n        a = y\n        b = 2\n    return y"
    )


def test_the_source_of_a_function_that_is_gone_is_forgotten():
    function = define("f", "def f():\n    return 1\n", {}, "test")
    other = evaluate("lambda x: x", "test")
    names = [one.__code__.co_filename for one in (function, other)]
    assert len(set(names)) == 2 and all(name in linecache.cache for name in names)
    linecache.checkcache()
    assert all(name in linecache.cache for name in names)
    del function, other
    assert not any(name in linecache.cache for name in names)
