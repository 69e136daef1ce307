"""`SymbolicNumber`: a Python number that every call of a program reads again.

A number that a function reads is at first a constant of its program.  After it has changed, a symbolic number replaces it
while the function is traced again (see `dynamic_numbers`).  In arithmetic with tensors it is an input of the program, and
arithmetic with numbers gives another symbolic number.  Any other use, such as an ``if``, needs its value.
"""

from __future__ import annotations

import operator
import weakref
from collections.abc import Callable
from threading import get_ident
from typing import Any

import numpy as np

from ... import _dtypes
from ..._core.tensor import Tensor, cell
from ..._state import read_hyperparameter, recorder


class ValueIsNeeded(Exception):
    """A use of a symbolic number needs its value: the number must be a constant."""


class Origin:
    """The source of a symbolic number.  ``value`` is that of the present call, once the call has read it."""

    __slots__ = ("description", "is_constant", "is_guarded", "is_used", "value")

    description: str
    is_constant: bool
    is_guarded: bool
    is_used: bool
    value: int | float

    def __init__(self, description: str, value: int | float):
        self.description, self.value = description, value
        #: Whether the program reads it, whether its calls look it up, and whether it cannot be symbolic.
        self.is_used = self.is_guarded = self.is_constant = False

    def read(self) -> int | float:
        """The number of the present call."""
        return self.value


class Trace:
    """The trace that symbolic numbers are made for.  In other threads, and afterwards, they are plain numbers."""

    def __init__(self) -> None:
        self.thread: int | None = get_ident()
        self.made: list[weakref.ref[SymbolicNumber]] = []


class SymbolicNumber:
    """A number that is ``value`` while it is traced and ``read()`` at a call, computed from ``origins``."""

    __slots__ = ("__weakref__", "_read", "_trace", "_value", "origins")

    origins: tuple[Origin, ...]

    def __init__(self, value: int | float, read: Callable[[], int | float], origins: tuple[Origin, ...], trace: Trace):
        self._value, self._read, self.origins, self._trace = value, read, origins, trace
        trace.made.append(weakref.ref(self))

    @property
    def __class__(self) -> Any:  # so that `isinstance` sees the plain class
        return self._value.__class__

    @__class__.setter
    def __class__(self, kind: Any) -> None:
        raise TypeError("the class of a number cannot be set")

    @property
    def value(self) -> int | float:
        """The number in this trace."""
        return self._value

    @property
    def is_symbolic(self) -> bool:
        """Whether its trace is active in this thread."""
        return self._trace.thread == get_ident()

    def plain(self) -> int | float:
        """The number, which makes it a constant of the program."""
        if self.is_symbolic:
            for origin in self.origins:
                origin.is_constant = True
            raise ValueIsNeeded
        return self._value

    def __polygrad_tensor__(self, dtype: _dtypes.DType) -> Tensor:
        """The operand of ``dtype`` that it is in an operation with tensors."""
        # The arithmetic of half precision with a number is in single precision, that with a tensor is not.
        if recorder() is None or dtype.is_half:
            self.plain()
        for origin in self.origins:
            origin.is_used = True
        return cell(read_hyperparameter(self._read)).to(dtype)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.plain(), name)

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        return np.asarray(self.plain(), *args, **kwargs)


def _arithmetic(function: Callable[..., Any]) -> Callable:
    """The method for an operator whose result class follows from the operand classes."""

    def method(*operands: Any) -> Any:
        if any(type(x) not in (SymbolicNumber, bool, int, float) for x in operands):
            return NotImplemented  # the tensor uses it as an operand
        symbolic = [x for x in operands if type(x) is SymbolicNumber]
        result = function(*[x._value if type(x) is SymbolicNumber else x for x in operands])
        if not symbolic[0].is_symbolic:
            return result
        reads = [x._read if type(x) is SymbolicNumber else _constant(x) for x in operands]
        origins = tuple(dict.fromkeys(origin for x in symbolic for origin in x.origins))
        return SymbolicNumber(result, lambda: function(*[read() for read in reads]), origins, symbolic[0]._trace)

    return method


def _constant(value: Any) -> Callable[[], Any]:
    return lambda: value


def _of_value(function: Callable[..., Any]) -> Callable:
    """The method for an operator that needs the value, unless the other operand is a tensor."""

    def method(*operands: Any) -> Any:
        if any(isinstance(x, Tensor) for x in operands):
            return NotImplemented
        return function(*[x.plain() if type(x) is SymbolicNumber else x for x in operands])

    return method


def _reflected(method: Callable) -> Callable:
    return lambda self, other: method(other, self)


_ARITHMETIC = "add sub mul truediv floordiv mod neg pos abs"
_OF_VALUES: dict[str, Callable[..., Any]] = {
    **{name: getattr(operator, name) for name in "eq ne lt le gt ge pow lshift rshift xor index invert".split()},
    "and": operator.and_, "or": operator.or_, "divmod": divmod, "bool": bool, "float": float, "int": int,
    "complex": complex, "hash": hash, "str": str, "repr": repr, "format": format, "round": round,
}  # fmt: skip
for _methods in (
    {name: _arithmetic(getattr(operator, name)) for name in _ARITHMETIC.split()},
    {name: _of_value(function) for name, function in _OF_VALUES.items()},
):
    for _name, _method in _methods.items():
        setattr(SymbolicNumber, f"__{_name}__", _method)
        if _name in "add sub mul truediv floordiv mod pow lshift rshift xor and or divmod".split():
            setattr(SymbolicNumber, f"__r{_name}__", _reflected(_method))
