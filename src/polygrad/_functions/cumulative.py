"""Cumulative sums, products and extrema."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .._core.primitive import OPERATIONS as xp
from .._core.tensor import Tensor
from .._dtypes import DType
from .._ops.manipulation import normal_axis
from .common import check_tensor, numpy_spelling
from .reductions import ValuesAndIndices, accumulate, normalize_dims
from .sorting import check_ordered, sort


@numpy_spelling
def cumsum(input: Tensor, dim: int, *, dtype: DType | None = None) -> Tensor:
    """The running sum along ``dim``."""
    return running(xp.cumulative_sum, check_tensor(input, "cumsum"), dim, dtype)


def cumprod(input: Tensor, dim: int, *, dtype: Any = None) -> Tensor:
    """The running product along ``dim``.  Its gradient is right beside zeros."""
    return running(xp.cumulative_prod, check_tensor(input, "cumprod"), dim, dtype)


def running(operation: Callable[..., Tensor], input: Tensor, dim: int, dtype: DType | None) -> Tensor:
    """The running sum or product along ``dim``, as ``operation`` says; a tensor of no dimensions is a vector of one."""
    axis = normalize_dims(input, dim)
    if input.ndim:
        return accumulate(operation, input, dtype, axis)
    return xp.reshape(accumulate(operation, xp.reshape(input, (1,)), dtype, 0), ())


def cummax(input: Tensor, dim: int) -> ValuesAndIndices:
    """The largest element so far along ``dim``, and where it is."""
    return _running(input, dim, True)


def cummin(input: Tensor, dim: int) -> ValuesAndIndices:
    """The smallest element so far along ``dim``, and where it is."""
    return _running(input, dim, False)


def _running(input: Tensor, dim: int, largest: bool) -> ValuesAndIndices:
    axis = normal_axis(dim, check_ordered(input, "cummax" if largest else "cummin").ndim)
    return ValuesAndIndices(*xp.running_extremum(input, axis, largest)) if input.ndim else sort(input)
