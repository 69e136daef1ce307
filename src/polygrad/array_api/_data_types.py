"""Data types: conversion, promotion, limits."""

from __future__ import annotations

import builtins
from typing import Any

from .. import _dtypes
from .._core.errors import DTypeError
from .._core.primitive import OPERATIONS as xp
from .._core.scalars import PYTHON_SCALARS
from .._core.tensor import Tensor
from .._dtypes import DType
from .._functions import dtypes
from .._functions.common import check_tensor
from .._functions.transfer import transfer
from .._ops.arithmetic import DTYPE_KINDS
from ._declaration import standard


class finfo(_dtypes.finfo):
    """The limits of a floating-point type, as `polygrad.finfo`; ``dtype`` is the data type itself.

    Args:
        type: a floating-point or complex data type, or an array of one.

    Raises:
        TypeError: the type has no such limits.

    Example::

        >>> xp.finfo(xp.float32).bits, xp.finfo(xp.float32).dtype
        (32, polygrad.float32)
    """

    __slots__ = ()

    def __init__(self, type: DType | Tensor, /):
        super().__init__(type)
        self.dtype: Any = _dtypes.BY_NAME[self.dtype]


class iinfo(_dtypes.iinfo):
    """The limits of an integer type, as `polygrad.iinfo`; ``dtype`` is the data type itself.

    Args:
        type: an integer data type, or an array of one.

    Raises:
        TypeError: the type is not an integer type.

    Example::

        >>> xp.iinfo(xp.int8).min, xp.iinfo(xp.int8).max
        (-128, 127)
    """

    __slots__ = ()

    def __init__(self, type: DType | Tensor, /):
        super().__init__(type)
        self.dtype: Any = _dtypes.BY_NAME[self.dtype]


@standard()
def astype(x: Tensor, dtype: DType, /, *, copy: builtins.bool = True, device: Any = None) -> Tensor:
    """``x`` in another data type, and on another device where one is given; differentiable.

    Args:
        dtype: the data type of the result.
        copy: False returns ``x`` itself where it fits.
        device: the device of the result.  By default that of ``x``.

    Returns:
        An array of the shape of ``x``.

    Raises:
        TypeError: ``x`` is complex and ``dtype`` is not: take `real` or `imag`.

    Example::

        >>> xp.astype(xp.asarray([0.5, 2.7]), xp.int64)
        tensor([0, 2])
    """
    if check_tensor(x, "astype", "x").dtype.is_complex and dtype.kind not in ("complex", "bool"):
        raise DTypeError("astype(): complex numbers do not become real ones; take xp.real(x) or xp.imag(x)")
    result = transfer(x, x.backend, device, dtype)
    return xp.clone(result) if copy and result is x else result


@standard()
def can_cast(from_: DType | Tensor, to: DType, /) -> builtins.bool:
    """Whether the promotion of the two types is ``to``: whether a conversion keeps every value within its kind.

    Args:
        from_: a data type, or an array of one.
        to: a data type.

    Returns:
        A Python bool.

    Example::

        >>> xp.can_cast(xp.int8, xp.int16), xp.can_cast(xp.int16, xp.int8)
        (True, False)
    """
    source = from_.dtype if isinstance(from_, Tensor) else from_
    try:
        return _promote(source, to) is to
    except TypeError:
        return False


@standard()
def isdtype(dtype: DType, kind: Any) -> builtins.bool:
    """Whether a data type is of a kind.

    Args:
        dtype: the data type.
        kind: a data type; ``"bool"``, ``"signed integer"``, ``"unsigned integer"``, ``"integral"``, ``"real floating"``,
            ``"complex floating"`` or ``"numeric"``; or a tuple of those, of which it must be one.

    Returns:
        A Python bool.

    Raises:
        ValueError: ``kind`` is another word.

    Example::

        >>> xp.isdtype(xp.uint8, "integral"), xp.isdtype(xp.uint8, ("bool", "real floating"))
        (True, False)
    """
    if isinstance(kind, tuple):
        return builtins.any(isdtype(dtype, one) for one in kind)
    if isinstance(kind, DType):
        return dtype is kind
    if kind not in DTYPE_KINDS:
        raise ValueError(f"isdtype(): the kinds are {', '.join(map(repr, DTYPE_KINDS))}, not {kind!r}")
    return xp.isdtype(dtype, kind)


@standard(dtypes.result_type)
def result_type(*arrays_and_dtypes: Any) -> DType:
    """The data type of an operation with these operands.

    Args:
        *arrays_and_dtypes: arrays, data types, and Python numbers, which change a kind but no size.

    Raises:
        ValueError: no operand has a data type.
        TypeError: the standard says nothing: the types are of two kinds, such as integers with floating-point numbers.
    """
    given = [x if isinstance(x, DType) else x.dtype for x in arrays_and_dtypes if x.__class__ not in PYTHON_SCALARS]
    if not given:
        raise ValueError("result_type() takes at least one array or data type")
    result = given[0]
    for dtype in given[1:]:
        result = _promote(result, dtype)
    for scalar in arrays_and_dtypes:
        if scalar.__class__ in PYTHON_SCALARS:
            result = _dtypes.promote_scalar(result, scalar.__class__)
    return result


def promote_arrays(*arrays: Tensor) -> list[Tensor]:
    """``arrays`` in their `result_type`."""
    dtype = result_type(*arrays)
    return [xp.astype(x, dtype) for x in arrays]


def _promote(a: DType, b: DType) -> DType:
    if (a.kind == "bool") != (b.kind == "bool") or a.is_differentiable != b.is_differentiable:
        raise DTypeError(f"the standard has no common type of {a.name} and {b.name}; convert one of them by xp.astype")
    return _dtypes.promote(a, b)
