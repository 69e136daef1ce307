"""Data types: conversion, promotion, limits."""

from __future__ import annotations

import builtins
from typing import Any

from .. import _dtypes
from .._core.errors import DTypeError
from .._core.primitive import OPERATIONS as xp
from .._core.scalars import PYTHON_SCALARS, to_python
from .._core.tensor import Tensor
from .._dtypes import DType
from .._functions.common import check_tensor
from .._functions.transfer import transfer
from .._ops.arithmetic import DTYPE_KINDS


class finfo(_dtypes.finfo):
    """The limits of a floating-point type, as `polygrad.finfo`; ``dtype`` is the data type itself."""

    __slots__ = ()

    def __init__(self, type: DType | Tensor, /):
        super().__init__(type)
        self.dtype: Any = _dtypes.BY_NAME[self.dtype]


class iinfo(_dtypes.iinfo):
    """The limits of an integer type, as `polygrad.iinfo`; ``dtype`` is the data type itself."""

    __slots__ = ()

    def __init__(self, type: DType | Tensor, /):
        super().__init__(type)
        self.dtype: Any = _dtypes.BY_NAME[self.dtype]


def astype(x: Tensor, dtype: DType, /, *, copy: builtins.bool = True, device: Any = None) -> Tensor:
    """``x`` in another data type, and on another device where one is given; differentiable.

    With ``copy=False``, ``x`` itself where it fits.  Raises TypeError for complex numbers that would lose a part.
    """
    if check_tensor(x, "astype", "x").dtype.is_complex and dtype.kind not in ("complex", "bool"):
        raise DTypeError("astype(): complex numbers do not become real ones; take xp.real(x) or xp.imag(x)")
    result = transfer(x, x.backend, device, dtype)
    return xp.clone(result) if copy and result is x else result


def can_cast(from_: DType | Tensor, to: DType, /) -> builtins.bool:
    """Whether the promotion of the two types is ``to``: whether a conversion keeps every value within its kind."""
    source = from_.dtype if isinstance(from_, Tensor) else from_
    try:
        return _promote(source, to) is to
    except TypeError:
        return False


def isdtype(dtype: DType, kind: Any) -> builtins.bool:
    """Whether ``dtype`` is of a kind: a type, one of the standard's words such as ``"real floating"``, or a tuple of those.

    Raises ValueError for an unknown word.
    """
    if isinstance(kind, tuple):
        return builtins.any(isdtype(dtype, one) for one in kind)
    if isinstance(kind, DType):
        return dtype is kind
    if kind not in DTYPE_KINDS:
        raise ValueError(f"isdtype(): the kinds are {', '.join(map(repr, DTYPE_KINDS))}, not {kind!r}")
    return xp.isdtype(dtype, kind)


def result_type(*arrays_and_dtypes: Any) -> DType:
    """The data type of an operation with these operands: arrays, types, and numbers, which change a kind but no size.

    Raises TypeError where the standard says nothing: no operand with a type, or types of two kinds, such as integers with
    floating-point numbers.
    """
    operands = [to_python(x) for x in arrays_and_dtypes]
    dtypes = [x if isinstance(x, DType) else x.dtype for x in operands if x.__class__ not in PYTHON_SCALARS]
    if not dtypes:
        raise ValueError("result_type() takes at least one array or data type")
    result = dtypes[0]
    for dtype in dtypes[1:]:
        result = _promote(result, dtype)
    for scalar in operands:
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
