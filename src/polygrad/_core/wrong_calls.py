"""What a function says when it is called with what it cannot take.

Nothing is checked before a function runs.  An error from its inside, about an attribute that a list does not have, is looked at
when it is raised, and becomes one about the argument.
"""

from __future__ import annotations

import functools
import inspect
import os
import re
from collections.abc import Callable, Iterable
from types import FunctionType, ModuleType
from typing import Any

from .dispatch import ShapeError
from .tensor import Tensor

_HERE = os.path.dirname(os.path.dirname(__file__))
#: Errors that no function means to raise.
_INTERNAL = (AttributeError, KeyError, AssertionError, ArithmeticError, UnboundLocalError)
#: Messages of Python itself about the inside of a function.
_RAW = re.compile(
    r"has no attribute|<locals>|object is not|object cannot be|tuple index out of range|(tuple|list|string) indices must be"
    r"|not supported between|unsupported operand|has no len|values to unpack|must be real number|unhashable|can't multiply"
    r"|can only concatenate|argument of type|bad operand|expected str|invalid literal"
)
_KINDS: dict[str, tuple[type, ...]] = {
    "Tensor": (Tensor,),
    "int": (int,),
    "float": (int, float),
    "bool": (bool, int),
    "str": (str,),
}


def explained(function: Callable) -> Callable:
    """``function``, whose errors from the inside name the argument."""

    def explain(error: Exception, args: tuple, kwargs: dict[str, Any]) -> Exception:
        internal = isinstance(error, _INTERNAL) or _RAW.search(str(error))
        if isinstance(error, FloatingPointError):  # of NumPy's `errstate`: about values
            return error
        return _explanation(function, args, kwargs, error) if internal and _is_ours(error) else error

    scope: dict[str, Any] = {
        "__name__": __name__,  # so that it is known as code of the library
        "function": function,
        "explain": explain,
        "Caught": (*_INTERNAL, TypeError, IndexError, ValueError),
    }
    exec(_text(function, scope), scope)
    call: Any = functools.wraps(function)(scope["call"])
    call.direct = function
    return call


def _text(function: Callable, scope: dict[str, Any]) -> str:
    """A function of the same signature: passing on ``*args`` would cost several times as much."""
    parameters = list(inspect.signature(function).parameters.values())
    kinds = {parameter.kind for parameter in parameters}
    if hasattr(function, "__wrapped__") or {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD} & kinds:
        signature, passed, positional, named = "*args, **kwargs", "*args, **kwargs", "args", "kwargs"
    else:
        parts: list[str] = []
        first: list[str] = []
        by_name: list[str] = []
        for parameter in parameters:
            if parameter.kind is inspect.Parameter.KEYWORD_ONLY and not by_name:
                parts.append("*")
            (by_name if parameter.kind is inspect.Parameter.KEYWORD_ONLY else first).append(parameter.name)
            default = f"default_{parameter.name}"
            scope[default] = parameter.default
            parts.append(parameter.name if parameter.default is parameter.empty else f"{parameter.name}={default}")
        signature = ", ".join(parts)
        passed = ", ".join([*first, *(f"{name}={name}" for name in by_name)])
        positional, named = (
            f"({''.join(name + ', ' for name in first)})",
            f"dict({', '.join(f'{n}={n}' for n in by_name)})",
        )
    return (
        f"def call({signature}):\n    try:\n        return function({passed})\n"
        f"    except Caught as error:\n        said = explain(error, {positional}, {named})\n"
        "        if said is error: raise\n        raise said from error\n"
    )


def explain_errors_of(modules: Iterable[ModuleType]) -> None:
    """Let the public functions of ``modules`` explain their errors."""
    for module in modules:
        for name, value in list(vars(module).items()):
            if type(value) is FunctionType and value.__module__ == module.__name__ and not name.startswith("_"):
                setattr(module, name, explained(value))


def _is_ours(error: BaseException) -> bool:
    """Whether it was raised by this library, or by what it called, and not by a function that the user passed."""
    trace = error.__traceback__
    last = None
    while trace is not None:
        last, trace = trace, trace.tb_next
    if last is None:
        return False
    file = last.tb_frame.f_code.co_filename
    return file.startswith((_HERE, "<dispatcher")) or f"{os.sep}numpy{os.sep}" in file


def _explanation(function: Callable, args: tuple, kwargs: dict[str, Any], error: Exception) -> Exception:
    name = function.__name__
    try:
        bound = inspect.signature(function).bind(*args, **kwargs).arguments
    except TypeError as wrong:
        return TypeError(f"{name}() {wrong}")
    for argument, value in bound.items():
        expected = str(inspect.signature(function).parameters[argument].annotation).split(" | ")
        if all(kind in _KINDS or kind == "None" for kind in expected) and not _fits(value, expected):
            kinds = " or ".join(f"a {kind}" if kind != "None" else kind for kind in expected)
            hint = " (polygrad.tensor(...) makes one)" if "Tensor" in expected else ""
            return TypeError(f"{name}(): argument {argument!r} must be {kinds}, not {type(value).__name__}{hint}")
    given = ", ".join(f"{argument}: {_described(value)}" for argument, value in bound.items())
    text = f"{name}() cannot take these arguments: {given}"
    if isinstance(error, IndexError):
        return IndexError(text)
    return TypeError(text) if isinstance(error, (TypeError, AttributeError)) else ShapeError(text)


def _fits(value: Any, expected: list[str]) -> bool:
    return any(value is None if kind == "None" else isinstance(value, _KINDS[kind]) for kind in expected)


def _described(value: Any) -> str:
    if isinstance(value, Tensor):
        return f"{value.dtype.name}{list(value.shape)}"
    text = repr(value)
    return text if len(text) <= 40 else type(value).__name__
