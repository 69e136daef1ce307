"""Declares what users call.  A function says here, where it is defined, which of PyTorch's names it has.

    @public_function("clamp clip", method=True, in_place=True)
    def clamp(input, min=None, max=None): ...

gives ``polygrad.clamp``, ``polygrad.clip``, and the methods ``clamp``, ``clip``, ``clamp_`` and ``clip_`` of Tensor.  Primitives
say the same of themselves (`Primitive.publish`).
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FunctionType
from typing import Any, NamedTuple, TypeVar

from .._core.primitive import PRIMITIVES

Declared = TypeVar("Declared", bound=Any)

_PACKAGE = __name__.partition(".")[0]


class Method(NamedTuple):
    """A method: the function, or the primitive, that it is.

    ``hot`` ones are called in programs' inner loops: their errors are not explained by `wrong_calls`, which takes time.
    """

    function: Any
    in_place: bool = False
    hot: bool = False


#: Name in `polygrad` → the function, class, constant or primitive.
FUNCTIONS: dict[str, Any] = {}
#: Name in Tensor → its method.
METHODS: dict[str, Method] = {}
#: Functions that a module of `polygrad` has, and not it itself.
IN_MODULES: list[Any] = []
#: Those that take ``out``, a tensor for the result.
WITH_OUT: set[FunctionType] = set()


def public_function(
    names: str = "", *, method: bool | str = False, in_place: bool = False, hot: bool = False, out: bool = False
) -> Callable[[Declared], Declared]:
    """Declare a function, or class, of `polygrad`.

    Args:
        names: its names; by default the one that it is defined with.
        method: whether it is a method of Tensor by the same names, with the tensor as first argument; or by which names.
        in_place: whether the method has a form with an underscore, which writes the result into the tensor.
        hot: see `Method`.
        out: whether the function (the method does not) takes ``out``, a tensor that the result is written into, or a tuple
            of them where there are several results.
    """

    def declare(declared: Declared) -> Declared:
        if out:
            WITH_OUT.add(declared)
        known = names.split() or [declared.__name__]
        FUNCTIONS.update(dict.fromkeys(known, declared))
        if method:
            public_method(method if isinstance(method, str) else names, in_place=in_place, hot=hot)(declared)
        return declared

    return declare


def public_method(names: str = "", *, in_place: bool = False, hot: bool = False) -> Callable[[Declared], Declared]:
    """Declare a method of Tensor that is no function of `polygrad`.  The arguments are those of `public_function`."""

    def declare(declared: Declared) -> Declared:
        METHODS.update(dict.fromkeys(names.split() or [declared.__name__], Method(declared, in_place, hot)))
        return declared

    return declare


def public_in_module(declared: Declared) -> Declared:
    """Declare a function that only a module of polygrad has, such as `polygrad.linalg`.  It takes ``out``."""
    IN_MODULES.append(declared)
    WITH_OUT.add(declared)
    return declared


def public_functions() -> set[FunctionType]:
    """The functions that are declared here: those whose errors are about what users wrote."""
    declared = (*FUNCTIONS.values(), *(method.function for method in METHODS.values()), *IN_MODULES)
    return {function for function in declared if isinstance(function, FunctionType)}


def complete() -> None:
    """Put into the tables what the primitives say of themselves, and of functions those that explain their errors."""
    FUNCTIONS.update({name: _explained(declared) for name, declared in FUNCTIONS.items()})
    METHODS.update(
        {name: method._replace(function=_without_out(_explained(method.function))) for name, method in METHODS.items()}
    )
    for primitive in PRIMITIVES.values():
        if not primitive.public_module:
            FUNCTIONS.update(dict.fromkeys(primitive.public_names, primitive))
        if primitive.is_method:
            METHODS.update(dict.fromkeys(primitive.public_names, Method(primitive, primitive.has_in_place)))
    for name, declared in FUNCTIONS.items():
        # A leading underscore: there is another function of its name.
        if isinstance(declared, FunctionType) and declared.__name__.startswith("_"):
            for one in (declared, getattr(declared, "__wrapped__", declared)):  # the inner one's name is in messages
                one.__name__ = one.__qualname__ = name
            declared.__module__ = _PACKAGE  # where pickles find it


def _without_out(function: Any) -> Any:
    return getattr(function, "method", function)


def _explained(declared: Any) -> Any:
    """What `wrong_calls` has put in the place of a function."""
    found = (
        vars(sys.modules[declared.__module__]).get(declared.__name__) if isinstance(declared, FunctionType) else None
    )
    return found if getattr(found, "__wrapped__", None) is declared else declared


__all__ = [
    "FUNCTIONS",
    "METHODS",
    "WITH_OUT",
    "Method",
    "complete",
    "public_function",
    "public_functions",
    "public_in_module",
    "public_method",
]
