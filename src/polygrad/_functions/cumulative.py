"""Cumulative sums, products and extrema."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .._core.errors import DTypeError
from .._core.precision import in_single_precision
from .._core.primitive import OPERATIONS as xp
from .._core.tensor import Tensor
from .._dtypes import DType
from .._ops.axes import normal_axis
from .common import check_tensor, numpy_spelling
from .public import public_function
from .reductions import ValuesAndIndices, accumulate, normalize_dims
from .sorting import check_ordered, sort


@public_function(method=True, in_place=True, out=True)
@numpy_spelling
def cumsum(input: Tensor, dim: int, *, dtype: DType | None = None) -> Tensor:
    """Return the cumulative sum along a dimension.

    Args:
        input: a tensor of any shape.
        dim: the dimension.
        dtype: the data type in which the elements are added, and of the result.  By default that of ``input``, and int64
            for integers and booleans.

    Returns:
        A tensor of the shape of ``input``.

    Example::

        >>> polygrad.cumsum(polygrad.tensor([1.0, 2.0, 3.0]), dim=0)
        tensor([1., 3., 6.])
    """
    return cumulate(xp.cumulative_sum, check_tensor(input, "cumsum"), dim, dtype)


@public_function(method=True, in_place=True, out=True)
def cumprod(input: Tensor, dim: int, *, dtype: Any = None) -> Tensor:
    """Return the cumulative product along a dimension.

    Its gradient is also right where elements are 0.

    Args:
        input: a tensor of any shape.
        dim: the dimension.
        dtype: the data type in which the elements are multiplied, and of the result.  By default that of ``input``, and
            int64 for integers and booleans.

    Returns:
        A tensor of the shape of ``input``.

    Example::

        >>> polygrad.cumprod(polygrad.tensor([1.0, 2.0, 3.0]), dim=0)
        tensor([1., 2., 6.])
    """
    return cumulate(xp.cumulative_prod, check_tensor(input, "cumprod"), dim, dtype)


@public_function(method=True, out=True)
@in_single_precision
def logcumsumexp(input: Tensor, dim: int) -> Tensor:
    """Return the logarithm of the cumulative sum of exponentials along a dimension, without overflow.

    By doubling strides (Hillis and Steele, "Data parallel algorithms", 1986): ``log2(n)`` steps of `logaddexp`.

    Args:
        input: a tensor of a floating-point or complex type.
        dim: the dimension.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        RuntimeError: the data type is an integer type or bool.
        IndexError: the dimension is out of range.

    Example::

        >>> polygrad.logcumsumexp(polygrad.tensor([0.0, 0.0, 1000.0]), dim=0)
        tensor([0.0000e+00, 6.9315e-01, 1.0000e+03])
    """
    if not check_tensor(input, "logcumsumexp").dtype.is_differentiable:
        raise DTypeError(
            f"logcumsumexp(): the input must be of a floating-point or complex type, not {input.dtype.name}"
        )
    axis = normal_axis(dim, input.ndim)
    if not input.ndim:
        return xp.clone(input)
    before, length, stride, result = (slice(None),) * axis, input.shape[axis], 1, xp.clone(input)
    while stride < length:
        added = xp.logaddexp(result[(*before, slice(0, length - stride))], result[(*before, slice(stride, None))])
        result = xp.concat([result[(*before, slice(0, stride))], added], axis=axis)
        stride *= 2
    return result


def cumulate(operation: Callable[..., Tensor], input: Tensor, dim: int, dtype: DType | None) -> Tensor:
    """Apply the cumulative ``operation`` along ``dim``.  A tensor without dimensions counts as a vector of one element."""
    axis = normalize_dims(input, dim)
    if input.ndim:
        return accumulate(operation, input, dtype, axis)
    return xp.reshape(accumulate(operation, xp.reshape(input, (1,)), dtype, 0), ())


@public_function(method=True, out=True)
def cummax(input: Tensor, dim: int) -> ValuesAndIndices:
    """Return the cumulative maximum along a dimension, with its indices.

    The gradient goes to the element at the index.

    Args:
        input: a real tensor of any shape.
        dim: the dimension.

    Returns:
        The named tuple ``(values, indices)`` of two tensors of the shape of ``input``.

    Raises:
        TypeError: ``input`` is complex.

    Example::

        >>> polygrad.cummax(polygrad.tensor([1.0, 3.0, 2.0]), dim=0).values
        tensor([1., 3., 3.])
    """
    return _cumulate_extrema(input, dim, True)


@public_function(method=True, out=True)
def cummin(input: Tensor, dim: int) -> ValuesAndIndices:
    """Return the cumulative minimum along a dimension, with its indices.

    The gradient goes to the element at the index.

    Args:
        input: a real tensor of any shape.
        dim: the dimension.

    Returns:
        The named tuple ``(values, indices)`` of two tensors of the shape of ``input``.

    Raises:
        TypeError: ``input`` is complex.

    Example::

        >>> polygrad.cummin(polygrad.tensor([3.0, 1.0, 2.0]), dim=0).values
        tensor([3., 1., 1.])
    """
    return _cumulate_extrema(input, dim, False)


def _cumulate_extrema(input: Tensor, dim: int, largest: bool) -> ValuesAndIndices:
    """Return the cumulative maximum, or with ``largest=False`` the minimum, and its indices."""
    axis = normal_axis(dim, check_ordered(input, "cummax" if largest else "cummin").ndim)
    return ValuesAndIndices(*xp.running_extremum(input, axis, largest)) if input.ndim else sort(input)
