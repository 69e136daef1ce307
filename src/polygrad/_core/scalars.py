"""Conversion of scalars of NumPy and other libraries to Python numbers.

Python numbers are weak in promotion, can be keys of caches, and every backend takes them.  NumPy's scalars are similar but
not equal: ``np.float64`` is a subclass of float, ``np.float32`` is not, and ``np.int64`` is not an int.  So they are converted
on entry: `wrong_calls.explain_errors` converts the arguments of public functions, `tensor.as_operand` the operands of primitives,
and `as_int` dimensions and lengths.
"""

from __future__ import annotations

import functools
import numbers
from collections.abc import Callable, Sequence
from typing import Any

from .._devices import Device
from .._dtypes import DType
from ..backends.base import Backend

#: The types of Python numbers.
PYTHON_SCALARS = frozenset((bool, int, float, complex))
#: Types that need no conversion, which is what most arguments have, so this is tested first.  `Tensor` adds itself; backend
#: types are added when they are first seen.
UNCONVERTED_TYPES: set[type] = {*PYTHON_SCALARS, type(None), str, DType, Device}

#: Types of other tensors, such as sparse ones → what runs a primitive on operands of which one is such:
#: ``(primitive, operands, settings) -> result``.  Each type is put here by the room that defines it.
OTHER_TENSORS: dict[type, Callable[[Any, Sequence[Any], dict[str, Any]], Any]] = {}

#: Error message for a RecursionError.
TOO_DEEP = "a list is nested too deeply; perhaps it contains itself"

_KINDS = ((bool, bool), (int, numbers.Integral), (float, numbers.Real), (complex, numbers.Complex))


class UnknownOperandError(TypeError):
    """An operand of an unknown type: an operator returns NotImplemented for it."""


class _Readers(dict):
    """Type → the function that converts its values to Python numbers; None for a type without numbers."""

    def __missing__(self, kind: type) -> Callable[[Any], Any] | None:
        if issubclass(kind, Backend):
            UNCONVERTED_TYPES.add(kind)
        found: Callable[[Any], Any] | None = None
        if kind not in UNCONVERTED_TYPES or kind in PYTHON_SCALARS:
            found = next((python for python, abstract in _KINDS if issubclass(kind, abstract)), None)
            if found is None and all(hasattr(kind, name) for name in ("dtype", "shape", "item")):
                found = _read_array
        if found is not None:
            self[kind] = found
        return found


def _read_array(array: Any) -> Any:
    """Convert a 0-d array, or NumPy's bool, to a number; return other arrays unchanged."""
    return to_python(array.item()) if array.shape == () else array


_readers = _Readers()


def to_python(value: Any) -> Any:
    """Convert other libraries' scalars to Python numbers, also in lists and tuples; return anything else unchanged."""
    kind = value.__class__
    if kind in UNCONVERTED_TYPES:
        return value
    if kind is tuple or kind is list:
        if UNCONVERTED_TYPES.issuperset(map(type, value)):
            return value
        try:
            return kind([to_python(item) for item in value])
        except RecursionError:
            raise TypeError(TOO_DEEP) from None
    reader = _readers[kind]
    return value if reader is None else reader(value)


def arguments_to_python(args: tuple, kwargs: dict[str, Any]) -> tuple[tuple, dict[str, Any]]:
    """Convert all arguments of a call as `to_python` does."""
    if not UNCONVERTED_TYPES.issuperset(map(type, args)):
        args = tuple([to_python(value) for value in args])
    if kwargs and not UNCONVERTED_TYPES.issuperset(map(type, kwargs.values())):
        kwargs = {name: to_python(value) for name, value in kwargs.items()}
    return args, kwargs


def accept_any_scalars(function: Callable) -> Callable:
    """Wrap ``function`` so that its arguments are converted as by `to_python`."""

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        args, kwargs = arguments_to_python(args, kwargs)
        return function(*args, **kwargs)

    return call


def to_python_ints(value: Any) -> Any:
    """As `to_python` for one or several integers: 0-d tensors of integers are converted too."""
    kind = value.__class__
    if kind is tuple or kind is list:
        return value if PYTHON_SCALARS.issuperset(map(type, value)) else kind([to_python_ints(item) for item in value])
    if kind in PYTHON_SCALARS or not hasattr(value, "dtype") or getattr(value, "shape", None) != ():
        return to_python(value)
    try:
        return value.__index__()
    except TypeError:
        return to_python(value)


def as_int(value: Any) -> int:
    """Convert a dimension or a length to an int.  Raises TypeError for other values."""
    if not hasattr(value, "__index__") or value is True or value is False:
        raise TypeError(f"a dimension must be an int, not {type(value).__name__} ({value!r})")
    return value.__index__()


def as_ints(value: Any) -> tuple[int, ...]:
    """Convert dimensions or lengths, one or several, to a tuple of ints.  Raises TypeError for other values."""
    return (as_int(value),) if hasattr(value, "__index__") else tuple([as_int(item) for item in value])
