"""Reductions: sums, products, moments, extrema, truth; cumulative ones; differences."""

from __future__ import annotations

import builtins
from typing import Any

from .. import _dtypes
from .._core.errors import DTypeError, ShapeError
from .._core.primitive import OPERATIONS as xp
from .._core.tensor import Tensor
from .._dtypes import DType
from .._functions import calculus, cumulative, reductions
from .._functions.common import check_tensor
from .._functions.creation import check_dtype
from .._ops.axes import normal_axis
from ._data_types import result_type
from ._declaration import standard
from ._manipulation import normalize_axes


def reduce_axes(x: Any, name: str, axis: Any) -> Any:
    """The axes of a reduction as a primitive takes them: None for all.  Raises for an axis that is not there or appears twice."""
    check_tensor(x, name, "x")
    return None if axis is None else normalize_axes(axis, x.ndim)


def _accumulate(operation: Any, x: Tensor, dtype: DType | None, *settings: Any) -> Tensor:
    """``operation``, a sum or a product, in ``dtype``, or in 64 bits for integers and booleans."""
    dtype = check_dtype(dtype)
    if dtype is None:
        inexact, wide = x.dtype.is_differentiable, _dtypes.uint64 if x.dtype.kind == "uint" else _dtypes.int64
        dtype = x.dtype if inexact else wide
    return xp.astype(operation(xp.astype(x, dtype), *settings), dtype)


@standard(reductions.sum)
def sum(
    x: Tensor,
    /,
    *,
    axis: int | tuple[int, ...] | None = None,
    dtype: DType | None = None,
    keepdims: builtins.bool = False,
) -> Tensor:
    """The sum along axes, or of all elements; of integers in 64 bits unless ``dtype`` says otherwise.

    Args:
        dtype: the data type in which the elements are added, and of the result.  By default that of ``x``, and of 64 bits for
            integers and booleans: uint64 for unsigned ones, else int64.
    """
    axes = reduce_axes(x, "sum", axis)
    return _accumulate(xp.sum, x, dtype, axes, keepdims)


@standard(reductions.prod)
def prod(
    x: Tensor,
    /,
    *,
    axis: int | tuple[int, ...] | None = None,
    dtype: DType | None = None,
    keepdims: builtins.bool = False,
) -> Tensor:
    """The product along axes, or of all elements; of integers in 64 bits unless ``dtype`` says otherwise.

    Args:
        dtype: the data type in which the elements are multiplied, and of the result.  By default that of ``x``, and of 64 bits for
            integers and booleans: uint64 for unsigned ones, else int64.
        axis: the axis to reduce, or a tuple of axes.  None, the default, reduces all of them.
    """
    axes = reduce_axes(x, "prod", axis)
    return _accumulate(xp.prod, x, dtype, axes, keepdims)


@standard(reductions.mean)
def mean(x: Tensor, /, *, axis: int | tuple[int, ...] | None = None, keepdims: builtins.bool = False) -> Tensor:
    """The mean along axes, or of all elements."""
    return xp.mean(x, reduce_axes(x, "mean", axis), keepdims)


@standard(reductions.var)
def var(
    x: Tensor, /, *, axis: int | tuple[int, ...] | None = None, correction: float = 0.0, keepdims: builtins.bool = False
) -> Tensor:
    """The variance: the sum of squared distances from the mean, over the number of elements less ``correction``.

    Args:
        x: an array of real floating-point numbers.
        correction: what is subtracted from the number of elements; 1 is Bessel's correction.

    Raises:
        TypeError: ``x`` is not an array of real floating-point numbers.

    Example::

        >>> x = xp.asarray([1.0, 2.0, 3.0])
        >>> xp.var(x), xp.var(x, correction=1)
        (tensor(0.6667), tensor(1.))
    """
    return xp.var(_real(x, "var"), reduce_axes(x, "var", axis), correction, keepdims)


@standard(reductions.std)
def std(
    x: Tensor, /, *, axis: int | tuple[int, ...] | None = None, correction: float = 0.0, keepdims: builtins.bool = False
) -> Tensor:
    """The standard deviation: the square root of `var`.

    Args:
        x: an array of real floating-point numbers.
        correction: what is subtracted from the number of elements; 1 is Bessel's correction.

    Raises:
        TypeError: ``x`` is not an array of real floating-point numbers.

    Example::

        >>> xp.std(xp.asarray([1.0, 2.0, 3.0]), correction=1)
        tensor(1.)
    """
    return xp.std(_real(x, "std"), reduce_axes(x, "std", axis), correction, keepdims)


def _real(x: Tensor, name: str) -> Tensor:
    if not check_tensor(x, name, "x").dtype.is_floating_point:
        raise DTypeError(f"{name}() takes an array of real floating-point numbers, not of {x.dtype.name}")
    return x


@standard(reductions.amax)
def max(x: Tensor, /, *, axis: int | tuple[int, ...] | None = None, keepdims: builtins.bool = False) -> Tensor:
    """The largest element along axes, or of all."""
    return xp.max(x, reduce_axes(x, "max", axis), keepdims)


@standard(reductions.amin)
def min(x: Tensor, /, *, axis: int | tuple[int, ...] | None = None, keepdims: builtins.bool = False) -> Tensor:
    """The smallest element along axes, or of all."""
    return xp.min(x, reduce_axes(x, "min", axis), keepdims)


@standard(reductions.all)
def all(x: Tensor, /, *, axis: int | tuple[int, ...] | None = None, keepdims: builtins.bool = False) -> Tensor:
    """Whether every element is true (not zero), along axes or of all.

    Returns:
        A boolean array of the shape of ``x`` without the reduced dimensions.  Of no elements: True.
    """
    return xp.all(reductions.nonzero_mask(x), reduce_axes(x, "all", axis), keepdims)


@standard(reductions.any)
def any(x: Tensor, /, *, axis: int | tuple[int, ...] | None = None, keepdims: builtins.bool = False) -> Tensor:
    """Whether any element is true (not zero), along axes or of all.

    Returns:
        A boolean array of the shape of ``x`` without the reduced dimensions.  Of no elements: False.
    """
    return xp.any(reductions.nonzero_mask(x), reduce_axes(x, "any", axis), keepdims)


@standard(cumulative.cumsum)
def cumulative_sum(
    x: Tensor, /, *, axis: int | None = None, dtype: DType | None = None, include_initial: builtins.bool = False
) -> Tensor:
    """The sums of all elements up to each, along an axis that a 1-d array need not name; perhaps with 0 before the first.

    Args:
        dtype: the data type in which the elements are added, and of the result.  By default that of ``x``, and of 64 bits for
            integers and booleans: uint64 for unsigned ones, else int64.
        include_initial: whether the result starts with 0, and is longer by one.
        axis: the axis.  None, the default, is the one of an array of one dimension.

    Returns:
        An array of the shape of ``x``, or longer by one along ``axis``.

    Raises:
        ValueError: ``axis`` is None, and ``x`` has another number of dimensions than one.
    """
    return _cumulative(xp.cumulative_sum, "cumulative_sum", 0, x, axis, dtype, include_initial)


@standard(cumulative.cumprod)
def cumulative_prod(
    x: Tensor, /, *, axis: int | None = None, dtype: DType | None = None, include_initial: builtins.bool = False
) -> Tensor:
    """The products of all elements up to each, along an axis that a 1-d array need not name; perhaps with 1 before the first.

    Args:
        dtype: the data type in which the elements are multiplied, and of the result.  By default that of ``x``, and of 64 bits for
            integers and booleans: uint64 for unsigned ones, else int64.
        include_initial: whether the result starts with 1, and is longer by one.
        axis: the axis.  None, the default, is the one of an array of one dimension.

    Returns:
        An array of the shape of ``x``, or longer by one along ``axis``.

    Raises:
        ValueError: ``axis`` is None, and ``x`` has another number of dimensions than one.
    """
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
    shape = tuple([1 if a == along else n for a, n in enumerate(x.shape)])
    start = xp.broadcast_to(result._new_scalar(initial, result.dtype), shape)
    return xp.concat([start, result], axis=along)


@standard(calculus.diff)
def diff(
    x: Tensor, /, *, axis: int = -1, n: int = 1, prepend: Tensor | None = None, append: Tensor | None = None
) -> Tensor:
    """The differences of neighbours along an axis, taken ``n`` times, of ``x`` between ``prepend`` and ``append``."""
    result_type(*[part for part in (x, prepend, append) if part is not None])
    return calculus.diff(x, n, axis, prepend, append)
