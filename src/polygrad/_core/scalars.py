"""What a scalar is: the one place that turns the numbers of NumPy and others into Python's own.

Python's numbers are weak in promotion, can be keys of what is kept, and are what every backend takes.  Scalars of NumPy are hard
to tell from them: ``np.float64`` is a subclass of float, ``np.float32`` is not, and ``np.int64`` is no int.  So none of them
goes further than the border: `wrong_calls.explained` reads the arguments of public functions, `tensor.as_operand` the operands
of primitives, `index` dimensions and lengths.
"""

from __future__ import annotations

import functools
import numbers
from collections.abc import Callable
from typing import Any

from .._devices import Device
from .._dtypes import DType
from ..backends.base import Backend

#: Python's own types of numbers.
SCALARS = frozenset((bool, int, float, complex))
#: Types of arguments that are taken as they are; what most arguments are, so this is asked first.  Tensor puts itself here, and
#: backends are added as they are met.
PLAIN: set[type] = {*SCALARS, type(None), str, DType, Device}

#: Of a list for which Python's stack does not suffice.
TOO_DEEP = "a list is nested too deeply: perhaps it holds itself"

_KINDS = ((bool, bool), (int, numbers.Integral), (float, numbers.Real), (complex, numbers.Complex))


class UnknownOperandError(TypeError):
    """An operand of a type that has no meaning here; an operator leaves it to that type's own operator."""


class _Readers(dict):
    """Type → the function that gives a value of it as Python's number; None for a type that is no number."""

    def __missing__(self, kind: type) -> Callable[[Any], Any] | None:
        if issubclass(kind, Backend):
            PLAIN.add(kind)
        found: Callable[[Any], Any] | None = None
        if kind not in PLAIN or kind in SCALARS:
            found = next((python for python, abstract in _KINDS if issubclass(kind, abstract)), None)
            if found is None and all(hasattr(kind, name) for name in ("dtype", "shape", "item")):
                found = _read_array
        if found is not None:
            self[kind] = found
        return found


def _read_array(array: Any) -> Any:
    """An array without dimensions, which NumPy's bool is as well, as a number; others as they are."""
    return plain(array.item()) if array.shape == () else array


_readers = _Readers()


def plain(value: Any) -> Any:
    """``value`` with other libraries' scalars as Python's numbers, also in lists and tuples; anything else as it is."""
    kind = value.__class__
    if kind in PLAIN:
        return value
    if kind is tuple or kind is list:
        if PLAIN.issuperset(map(type, value)):
            return value
        try:
            return kind([plain(item) for item in value])
        except RecursionError:
            raise TypeError(TOO_DEEP) from None
    reader = _readers[kind]
    return value if reader is None else reader(value)


def plain_arguments(args: tuple, kwargs: dict[str, Any]) -> tuple[tuple, dict[str, Any]]:
    """All arguments of a call as `plain` gives them."""
    if not PLAIN.issuperset(map(type, args)):
        args = tuple([plain(value) for value in args])
    if kwargs and not PLAIN.issuperset(map(type, kwargs.values())):
        kwargs = {name: plain(value) for name, value in kwargs.items()}
    return args, kwargs


def with_plain_numbers(function: Callable) -> Callable:
    """``function``, which is given Python's numbers, in whatever arguments there are."""

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        args, kwargs = plain_arguments(args, kwargs)
        return function(*args, **kwargs)

    return call


def whole(value: Any) -> Any:
    """As `plain`, for an integer or several: a tensor without dimensions is one, too."""
    kind = value.__class__
    if kind is tuple or kind is list:
        return value if SCALARS.issuperset(map(type, value)) else kind([whole(item) for item in value])
    if kind in SCALARS or not hasattr(value, "dtype") or getattr(value, "shape", None) != ():
        return plain(value)
    try:
        return value.__index__()
    except TypeError:
        return plain(value)


def index(value: Any) -> int:
    """A dimension or a length as an int.  Raises TypeError for what is none."""
    if not hasattr(value, "__index__") or value is True or value is False:
        raise TypeError(f"a dimension must be an int, not {type(value).__name__} ({value!r})")
    return value.__index__()
