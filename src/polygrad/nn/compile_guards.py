"""Guards for compiled modules: attributes that are neither parameters, buffers nor modules are constants of a program."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from types import BuiltinFunctionType, CodeType, FunctionType, NoneType
from typing import Any

from .._core.tensor import Tensor

#: Types that are compared by value, or whose objects do not change.
_CONSTANTS = (bool, int, float, str, NoneType, FunctionType, BuiltinFunctionType, type, Tensor)
#: Methods that do not affect what a module computes.
_ASIDE = frozenset({"__init__", "__repr__", "_expects", "_fits", "extra_repr", "reset_parameters"})


def constants(module: Any) -> Iterator[tuple[str, Any]]:
    """Iterate over the attributes that the library's methods of ``module`` read and that can be compared, with their values.

    What the user's own methods read is observed while they run.
    """
    attributes, kinds = module.__dict__, module._kinds
    for name in _names(module.__class__):
        value = attributes.get(name, attributes)
        if name not in kinds and (isinstance(value, _CONSTANTS) or (type(value) is tuple and _is_constant(value))):
            yield name, value


def _is_constant(value: tuple) -> bool:
    return all(isinstance(part, (bool, int, float, str, NoneType)) for part in value)


@functools.cache
def _names(kind: type) -> tuple[str, ...]:
    """Return the names in the library's methods of a class of modules, without the methods that all modules have."""
    names: set[str] = set()
    for each in kind.__mro__:
        if not each.__module__.startswith("polygrad."):
            continue
        if each.__name__ in ("Module", "Placement", "Versioned"):
            break
        for name, value in vars(each).items():
            function = getattr(value, "fget", getattr(value, "__func__", value))
            code = getattr(function, "__code__", None)
            if name not in _ASIDE and code is not None:
                names.update(_names_in(code))
    return tuple(sorted(name for name in names if not isinstance(getattr(kind, name, None), property)))


def _names_in(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names_in(constant)
