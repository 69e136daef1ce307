"""Half precision: operations that accumulate compute in single precision, and the result is rounded once.

A sum of ones in float16 stops at 2048, and squares above 65504 are infinite.  So operations that add or multiply many
elements, or compute their moments, run in float32: the dispatchers of primitives that declare ``accumulates`` call
`call_in_single_precision`, and functions over several primitives have the decorator `in_single_precision`.  The conversions
are recorded, so that gradients of every order are computed in single precision too.
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


def upcast(x: Any) -> Any:
    """Convert ``x`` to single precision if it is a tensor of half precision; also inside lists and tuples."""
    if x.__class__ is tuple or x.__class__ is list:
        return x.__class__([upcast(one) for one in x])
    return OPERATIONS.astype(x, _dtypes.float32) if is_half(x) else x


def downcast(x: Any, dtype: Any) -> Any:
    """Convert ``x``, a tensor or a tuple of tensors, from single precision to ``dtype``."""
    if isinstance(x, tuple):
        parts = [downcast(one, dtype) for one in x]
        return type(x)(*parts) if hasattr(x, "_fields") else tuple(parts)
    return OPERATIONS.astype(x, dtype) if getattr(x, "dtype", None) is _dtypes.float32 else x


def call_in_single_precision(
    dispatch: Callable[..., Any], operands: Sequence[Any], *settings: Any, **named: Any
) -> Any:
    """Run ``dispatch`` in single precision on operands whose first is of half precision, and round the result."""
    dtype = operands[0].dtype
    return downcast(dispatch(*[upcast(x) for x in operands], *settings, **named), dtype)


def is_half(x: Any) -> TypeGuard[Tensor]:
    """Whether ``x`` is a tensor of half precision."""
    return x.__class__ in TENSOR_TYPES and _half[x._data.__class__, x._data.dtype]


def in_single_precision(function: Function) -> Function:
    """Let ``function`` compute in single precision if its first argument, a tensor or list of tensors, has half precision.

    The result is rounded once, to the promoted data type of the arguments.  ``function`` must not write to its arguments, which
    may be copies.
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
        result = function(*upcast(args), **{name: upcast(x) for name, x in kwargs.items()})
        return downcast(result, common) if common.is_half else result

    return wrapper  # type: ignore[return-value]  # of the same signature


class _Half(dict):
    """(array type, the library's data type) → whether it is half precision."""

    def __missing__(self, key: tuple[type, Any]) -> bool:
        found = self[key] = BY_TYPE[key[0]].from_dtype(key[1]).is_half
        return found


_half = _Half()

__all__ = ["call_in_single_precision", "downcast", "in_single_precision", "is_half", "upcast"]
