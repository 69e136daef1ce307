"""Half precision: what accumulates does so in single precision and rounds once.

A sum of float16 stops at 2048 ones, and squares above 65504 are infinite.  Operations that add or multiply many elements
together, or take their moments, compute in float32: dispatchers of primitives that declare ``accumulates`` go by `widened`,
and functions that are composed of several operations by `in_single_precision`.  The conversions are recorded, so that
gradients of every order are computed in single precision as well.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, TypeGuard, TypeVar

from .. import _dtypes
from ..backends.registry import BY_TYPE
from .primitive import OPERATIONS
from .tensor import TENSOR_TYPES, Tensor

Function = TypeVar("Function", bound=Callable[..., Any])


def widen(x: Any) -> Any:
    """``x``, in single precision if it is a tensor of half precision; lists and tuples element by element."""
    if x.__class__ is tuple or x.__class__ is list:
        return x.__class__([widen(one) for one in x])
    return OPERATIONS.astype(x, _dtypes.float32) if is_half(x) else x


def narrow(x: Any, dtype: Any) -> Any:
    """``x``, a tensor or a tuple of tensors: what is in single precision as ``dtype``."""
    if isinstance(x, tuple):
        parts = [narrow(one, dtype) for one in x]
        return type(x)(*parts) if hasattr(x, "_fields") else tuple(parts)
    return OPERATIONS.astype(x, dtype) if getattr(x, "dtype", None) is _dtypes.float32 else x


def widened(dispatch: Callable[..., Any], operands: Sequence[Any], *settings: Any, **named: Any) -> Any:
    """``dispatch`` of operands of which the first is of half precision."""
    dtype = operands[0].dtype
    return narrow(dispatch(*[widen(x) for x in operands], *settings, **named), dtype)


def is_half(x: Any) -> TypeGuard[Tensor]:
    """Whether ``x`` is a tensor of half precision."""
    return x.__class__ in TENSOR_TYPES and _half[x._data.__class__, x._data.dtype]


def in_single_precision(function: Function) -> Function:
    """Let ``function``, whose first argument is a tensor or a list of tensors, compute in single precision for half.

    The result is rounded once, to the type that the arguments have in common.  ``function`` must not write to its arguments:
    it may be given copies.
    """

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        first = args[0] if args else next(iter(kwargs.values()), None)
        if first.__class__ is list or first.__class__ is tuple:
            first = first[0] if first else None
        if not is_half(first):
            return function(*args, **kwargs)
        given = [first, *[x for x in (*args, *kwargs.values()) if x.__class__ in TENSOR_TYPES]]
        common = _dtypes.promote(*[x.dtype for x in given if x.dtype.is_differentiable])
        result = function(*widen(args), **{name: widen(x) for name, x in kwargs.items()})
        return narrow(result, common) if common.is_half else result

    return wrapper  # type: ignore[return-value]  # of the same signature


class _Half(dict):
    """(array type, the library's data type) → whether that is half precision."""

    def __missing__(self, key: tuple[type, Any]) -> bool:
        found = self[key] = BY_TYPE[key[0]].from_dtype(key[1]).is_half
        return found


_half = _Half()

__all__ = ["in_single_precision", "is_half", "narrow", "widen", "widened"]
