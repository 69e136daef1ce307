"""Errors inside an operation: only an array library's errors about operands become polygrad's."""

from __future__ import annotations

import signal
import warnings
from typing import Any

import numpy as np
import pytest

import polygrad
from polygrad import nn


class Own(Exception):
    """An error of a user's program."""


class OwnValueError(ValueError):
    """An error of a user's program that derives from a type by which libraries refuse operands."""


class Timeout(RuntimeError):
    """What a signal handler raises."""


ERRORS = [
    Own, OwnValueError, Timeout, ValueError, TypeError, IndexError, RuntimeError, KeyError, AttributeError, AssertionError,
    MemoryError, TimeoutError, NotImplementedError, RecursionError, FloatingPointError, ZeroDivisionError, OverflowError,
]  # fmt: skip
#: What `interrupted` and `interrupted_pair` raise, and how.
current: list[Any] = []


def _interrupt() -> None:
    if current:
        error, by_signal = current
        if by_signal:
            signal.raise_signal(signal.SIGUSR1)
        raise error


@polygrad.primitive()
def interrupted(xp, x, /):
    _interrupt()
    return x * 1.0


@polygrad.primitive(broadcasts=True, promotes=True)
def interrupted_pair(xp, x, y, /):
    _interrupt()
    return x * y


@polygrad.primitive(variadic=True)
def interrupted_many(xp, arrays, /):
    _interrupt()
    return arrays[0] * 1.0


class Layer(nn.Module):
    def forward(self, x):
        return interrupted(x)


def _linear_of(x):
    return nn.functional.linear(interrupted(x), polygrad.ones(2, 2))


WAYS = {
    "operation": interrupted,
    "operation of two": lambda x: interrupted_pair(x, 2.0),
    "operation of many": lambda x: interrupted_many([x, x]),
    "in a layer": Layer(),
    "in layers": nn.Sequential(Layer(), nn.Linear(2, 2)),
    "before a function": _linear_of,
    "recorded": lambda x: interrupted(x * polygrad.ones(2, requires_grad=True)),
}


@pytest.fixture(params=[False, True], ids=["raised", "by a signal"])
def failing(request):
    before = None

    def handler(number, frame):
        raise current[0]

    if request.param:
        before = signal.signal(signal.SIGUSR1, handler)
    yield lambda error: current.extend((error, request.param))
    current.clear()
    if request.param:
        signal.signal(signal.SIGUSR1, before)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", ERRORS)
def test_an_error_of_another_is_left_alone(kind, way, failing):
    x, error = polygrad.ones(2), kind("of the user's")
    failing(error)
    with pytest.raises(kind) as caught:
        WAYS[way](x)
    assert caught.value is error and error.__cause__ is None


@pytest.mark.parametrize("kind", ERRORS)
def test_an_error_of_another_is_left_alone_in_a_compiled_function(kind, failing):
    with polygrad.use_backend("numpy"):
        program = polygrad.compile(lambda x: interrupted(x) + 1)
        x, error = polygrad.ones(2), kind("of the user's")
        assert program(x).tolist() == program(x).tolist() == [2.0, 2.0]
        failing(error)
        with pytest.raises(kind) as caught:
            program(x)
        assert caught.value is error and error.__cause__ is None


def test_a_library_s_refusal_is_explained(backend):
    @polygrad.primitive()
    def product_of_itself(xp, x, /):
        return xp.matmul(x, x)

    x = polygrad.ones(2, 3)
    with pytest.raises((ValueError, TypeError), match=r"product_of_itself cannot take operands float32\[2, 3\]"):
        product_of_itself(x)
    for function in (lambda x: polygrad.matmul(x, x), lambda x: x + polygrad.ones(2, 2)):
        with pytest.raises(ValueError, match="2") as caught:
            function(x)
        assert isinstance(caught.value, RuntimeError)


def test_a_warning_that_is_an_error_stays_numpy_s():
    with polygrad.use_backend("numpy"):
        x = polygrad.zeros(2)
        for function in (lambda x: 1 / x, polygrad.log, polygrad.reciprocal, polygrad.rsqrt, nn.Softplus()):
            with np.errstate(all="raise"), pytest.raises(FloatingPointError):
                function(x * 1e4 + (-1e4 if isinstance(function, nn.Softplus) else 0))
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with pytest.raises(RuntimeWarning):
                1 / x
