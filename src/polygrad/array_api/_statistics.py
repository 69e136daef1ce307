"""Reductions: sums, products, moments, extrema, truth; cumulative ones; differences."""

from __future__ import annotations

import builtins
from typing import Any

from .. import _dtypes
from .._core.errors import DTypeError, ShapeError
from .._core.primitive import OPERATIONS as xp
from .._core.tensor import Tensor
from .._dtypes import DType
from .._functions.common import check_tensor
from .._functions.reductions import nonzero_mask
from .._ops.axes import normal_axis
from ._manipulation import concat, normalize_axes


def reduce_axes(x: Any, name: str, axis: Any) -> Any:
    """The axes of a reduction as a primitive takes them: None for all.  Raises for an axis that is not there or appears twice."""
    check_tensor(x, name, "x")
    return None if axis is None else normalize_axes(axis, x.ndim)


def _accumulate(operation: Any, x: Tensor, dtype: DType | None, *settings: Any) -> Tensor:
    """``operation``, a sum or a product, in ``dtype``, or in 64 bits for integers and booleans."""
    if dtype is None:
        inexact, wide = x.dtype.is_differentiable, _dtypes.uint64 if x.dtype.kind == "uint" else _dtypes.int64
        dtype = x.dtype if inexact else wide
    return xp.astype(operation(xp.astype(x, dtype), *settings), dtype)


def sum(x: Tensor, /, *, axis: Any = None, dtype: DType | None = None, keepdims: builtins.bool = False) -> Tensor:
    """The sum along axes, or of all elements; of integers in 64 bits unless ``dtype`` says otherwise."""
    axes = reduce_axes(x, "sum", axis)
    return _accumulate(xp.sum, x, dtype, axes, keepdims)


def prod(x: Tensor, /, *, axis: Any = None, dtype: DType | None = None, keepdims: builtins.bool = False) -> Tensor:
    """The product along axes, or of all elements; of integers in 64 bits unless ``dtype`` says otherwise."""
    axes = reduce_axes(x, "prod", axis)
    return _accumulate(xp.prod, x, dtype, axes, keepdims)


def mean(x: Tensor, /, *, axis: Any = None, keepdims: builtins.bool = False) -> Tensor:
    """The mean along axes, or of all elements."""
    return xp.mean(x, reduce_axes(x, "mean", axis), keepdims)


def var(x: Tensor, /, *, axis: Any = None, correction: float = 0.0, keepdims: builtins.bool = False) -> Tensor:
    """The variance: the sum of squared distances from the mean, over the number of elements less ``correction``."""
    return xp.var(_real(x, "var"), reduce_axes(x, "var", axis), correction, keepdims)


def std(x: Tensor, /, *, axis: Any = None, correction: float = 0.0, keepdims: builtins.bool = False) -> Tensor:
    """The standard deviation: the square root of `var`."""
    return xp.std(_real(x, "std"), reduce_axes(x, "std", axis), correction, keepdims)


def _real(x: Tensor, name: str) -> Tensor:
    if not check_tensor(x, name, "x").dtype.is_floating_point:
        raise DTypeError(f"{name}() takes an array of real floating-point numbers, not of {x.dtype.name}")
    return x


def max(x: Tensor, /, *, axis: Any = None, keepdims: builtins.bool = False) -> Tensor:
    """The largest element along axes, or of all."""
    return xp.max(x, reduce_axes(x, "max", axis), keepdims)


def min(x: Tensor, /, *, axis: Any = None, keepdims: builtins.bool = False) -> Tensor:
    """The smallest element along axes, or of all."""
    return xp.min(x, reduce_axes(x, "min", axis), keepdims)


def all(x: Tensor, /, *, axis: Any = None, keepdims: builtins.bool = False) -> Tensor:
    """Whether every element is true (not zero), along axes or of all."""
    return xp.all(nonzero_mask(x), reduce_axes(x, "all", axis), keepdims)


def any(x: Tensor, /, *, axis: Any = None, keepdims: builtins.bool = False) -> Tensor:
    """Whether any element is true (not zero), along axes or of all."""
    return xp.any(nonzero_mask(x), reduce_axes(x, "any", axis), keepdims)


def cumulative_sum(
    x: Tensor, /, *, axis: int | None = None, dtype: DType | None = None, include_initial: builtins.bool = False
) -> Tensor:
    """The sums of all elements up to each, along an axis that a 1-d array need not name; perhaps with 0 before the first."""
    return _cumulative(xp.cumulative_sum, "cumulative_sum", 0, x, axis, dtype, include_initial)


def cumulative_prod(
    x: Tensor, /, *, axis: int | None = None, dtype: DType | None = None, include_initial: builtins.bool = False
) -> Tensor:
    """The products of all elements up to each, along an axis that a 1-d array need not name; perhaps with 1 before the first."""
    return _cumulative(xp.cumulative_prod, "cumulative_prod", 1, x, axis, dtype, include_initial)


def _cumulative(
    operation: Any, name: str, initial: int, x: Tensor, axis: int | None, dtype: DType | None, include: builtins.bool
) -> Tensor:
    if not check_tensor(x, name, "x").ndim or (axis is None and x.ndim != 1):
        raise ShapeError(f"{name}(): axis is needed for an array of {x.ndim} dimensions")
    along = normal_axis(0 if axis is None else axis, x.ndim)
    result = _accumulate(operation, x, dtype, along)
    if not include:
        return result
    first = result[(slice(None),) * along + (slice(0, 1),)]
    shape = tuple([1 if a == along else n for a, n in enumerate(x.shape)])
    start = result._new_scalar(initial, result.dtype) if not first.shape.numel() else xp.zeros_like(first) + initial
    return xp.concat([xp.broadcast_to(start, shape), result], axis=along)


def diff(
    x: Tensor, /, *, axis: int = -1, n: int = 1, prepend: Tensor | None = None, append: Tensor | None = None
) -> Tensor:
    """The differences of neighbours along an axis, taken ``n`` times, of ``x`` between ``prepend`` and ``append``."""
    along = normal_axis(axis, check_tensor(x, "diff", "x").ndim)
    parts = [part for part in (prepend, x, append) if part is not None]
    if len(parts) > 1:
        x = concat(parts, axis=along)
    before, after = (slice(None),) * along + (slice(None, -1),), (slice(None),) * along + (slice(1, None),)
    for _ in range(n):
        x = xp.logical_xor(x[after], x[before]) if x.dtype.kind == "bool" else x[after] - x[before]
    return x
