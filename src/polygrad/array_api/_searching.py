"""Searching, sorting, sets, and taking elements by position."""

from __future__ import annotations

import builtins
from typing import Any, NamedTuple

from .. import _dtypes
from .._core.errors import ShapeError
from .._core.primitive import OPERATIONS as xp
from .._core.tensor import Tensor
from .._functions import elementwise, keys, reductions, scatter_gather, searching, sets, sorting
from .._functions.common import check_tensor
from .._ops.axes import normal_axis
from ._creation import asarray
from ._declaration import standard
from ._statistics import sum


class UniqueAll(NamedTuple):
    """What `unique_all` returns."""

    values: Tensor
    indices: Tensor
    inverse_indices: Tensor
    counts: Tensor


class UniqueCounts(NamedTuple):
    """What `unique_counts` returns."""

    values: Tensor
    counts: Tensor


class UniqueInverse(NamedTuple):
    """What `unique_inverse` returns."""

    values: Tensor
    inverse_indices: Tensor


# -- positions ---------------------------------------------------------------------------------------------------------


@standard(searching.argmax)
def argmax(x: Tensor, /, *, axis: int | None = None, keepdims: builtins.bool = False) -> Tensor:
    """The position of the first largest element, along an axis or of the flattened array."""
    return _position(xp.argmax, x, axis, keepdims)


@standard(searching.argmin)
def argmin(x: Tensor, /, *, axis: int | None = None, keepdims: builtins.bool = False) -> Tensor:
    """The position of the first smallest element, along an axis or of the flattened array."""
    return _position(xp.argmin, x, axis, keepdims)


def _position(operation: Any, x: Tensor, axis: int | None, keepdims: builtins.bool) -> Tensor:
    return operation(x, None if axis is None else normal_axis(axis, x.ndim), keepdims)


@standard(reductions.count_nonzero)
def count_nonzero(
    x: Tensor, /, *, axis: int | tuple[int, ...] | None = None, keepdims: builtins.bool = False
) -> Tensor:
    """How many elements are not zero, along axes or of all."""
    return sum(reductions.nonzero_mask(x), axis=axis, keepdims=keepdims)


@standard()
def nonzero(x: Tensor, /) -> tuple[Tensor, ...]:
    """The positions of the elements that are not zero.

    Returns:
        A tuple with one int64 vector for each axis, which can be used as an index.

    Raises:
        ValueError: ``x`` has no dimensions.

    Example::

        >>> x = xp.asarray([0, 7, 0, 9])
        >>> x[xp.nonzero(x)]
        tensor([7, 9])
    """
    if not check_tensor(x, "nonzero", "x").ndim:
        raise ShapeError("nonzero() takes an array of at least one dimension")
    return tuple(keys.nonzero_positions(x))


@standard(searching.searchsorted)
def searchsorted(x1: Tensor, x2: Tensor | complex, /, *, side: str = "left", sorter: Tensor | None = None) -> Tensor:
    """Where elements go in ascending ones, so that the order stays.

    Args:
        x1: a vector, ascending, or in an order that ``sorter`` makes ascending.
        x2: the elements: an array of any shape, or a number.
        side: ``"left"``: before equal elements; ``"right"``: after them.

    Returns:
        An int64 array of the shape of ``x2``.

    Raises:
        ValueError: ``side`` is neither.

    Example::

        >>> xp.searchsorted(xp.asarray([1.0, 3.0, 5.0]), xp.asarray([3.0, 4.0]))
        tensor([1, 2])
    """
    if side not in ("left", "right"):
        raise ValueError(f"searchsorted(): side is 'left' or 'right', not {side!r}")
    boundaries = x1 if sorter is None else take(x1, sorter)
    values = x2 if isinstance(x2, Tensor) else asarray(x2, dtype=x1.dtype)
    return xp.searchsorted(boundaries, values, side)


@standard(elementwise.where)
def where(condition: Tensor, x1: Tensor | complex, x2: Tensor | complex, /) -> Tensor:
    """``x1`` where ``condition`` is true and ``x2`` elsewhere.

    Returns:
        An array of the broadcast shape.
    """
    return xp.where(condition, x1, x2)


@standard()
def take(x: Tensor, indices: Tensor, /, *, axis: int | None = None) -> Tensor:
    """The slices of an array at positions along an axis.

    Args:
        x: an array of at least one dimension.
        indices: an integer vector of positions, counted from the end if negative.
        axis: the axis, which an array of one dimension need not name.

    Returns:
        An array of the shape of ``x``, with the length of ``indices`` along ``axis``.

    Raises:
        ValueError: ``axis`` is None, and ``x`` has more than one dimension.
        IndexError: ``axis`` or a position is out of range.

    Example::

        >>> xp.take(xp.asarray([[1, 2, 3], [4, 5, 6]]), xp.asarray([2, 0]), axis=1)
        tensor([[3, 1],
                [6, 4]])
    """
    if axis is None:
        if x.ndim != 1:
            raise ShapeError(f"take(): axis is needed for an array of {x.ndim} dimensions")
        axis = 0
    return x[(slice(None),) * normal_axis(axis, x.ndim) + (check_tensor(indices, "take", "indices"),)]


@standard(scatter_gather.take_along_dim)
def take_along_axis(x: Tensor, indices: Tensor, /, *, axis: int = -1) -> Tensor:
    """The elements of ``x`` at ``indices`` along an axis; the other axes are broadcast.

    Args:
        axis: the axis.

    Returns:
        An array of the shape of ``indices``, broadcast with that of ``x`` except along ``axis``.
    """
    return scatter_gather.take_along_dim(x, indices, axis)


# -- order -------------------------------------------------------------------------------------------------------------


@standard(sorting.argsort)
def argsort(x: Tensor, /, *, axis: int = -1, descending: builtins.bool = False, stable: builtins.bool = True) -> Tensor:
    """The positions that sort ``x`` along an axis; equal elements keep their order.

    Args:
        axis: the axis.
        stable: has no effect: the order is always stable.
    """
    return sorting.argsort(x, axis, descending, stable=True)


@standard(sorting.sort)
def sort(x: Tensor, /, *, axis: int = -1, descending: builtins.bool = False, stable: builtins.bool = True) -> Tensor:
    """The elements of ``x`` in order along an axis; equal elements keep their order.

    Args:
        axis: the axis.
        stable: has no effect: the order is always stable.

    Returns:
        An array of the shape of ``x``.

    Example::

        >>> xp.sort(xp.asarray([3.0, 1.0, 2.0]), descending=True)
        tensor([3., 2., 1.])
    """
    return sorting.sort(x, axis, descending, stable=True)[0]


# -- sets --------------------------------------------------------------------------------------------------------------


@standard(sets.isin)
def isin(x1: Tensor | complex, x2: Tensor | complex, /, *, invert: builtins.bool = False) -> Tensor:
    """Whether each element of ``x1`` is one of ``x2``, or is none with ``invert``."""
    if isinstance(x2, Tensor) and not isinstance(x1, Tensor):
        x1 = asarray(x1, dtype=x2.dtype)
    elif isinstance(x1, Tensor) and not isinstance(x2, Tensor):
        x2 = asarray(x2, dtype=x1.dtype)
    return sets.isin(x1, x2, invert=invert)


@standard()
def unique_all(x: Tensor, /) -> UniqueAll:
    """The different elements, ascending; where each is first; which of them each element is; how often each is there.

    NaN is equal to nothing, so that each counts for itself.

    Returns:
        The named tuple ``(values, indices, inverse_indices, counts)``: vectors, and ``inverse_indices`` of the shape of ``x``.

    Example::

        >>> xp.unique_all(xp.asarray([3, 1, 3, 2])).indices
        tensor([1, 3, 0])
    """
    flat = xp.reshape(check_tensor(x, "unique_all", "x"), (-1,))
    count = flat.shape[0]
    order = _order(flat)
    ordered = flat[order]
    first = sets.mark_starts(xp.not_equal(ordered[1:], ordered[:-1]), count)
    starts = nonzero(first)[0]
    ends = xp.concat([starts[1:], xp.zeros_like(starts[:1]) + count], axis=0)
    group = xp.cumulative_sum(xp.astype(first, _dtypes.int64), 0) - 1
    inverse = xp.reshape(group[sorting.argsort(order)], tuple(x.shape))
    indices = order[starts]
    return UniqueAll(flat[indices], indices, inverse, ends - starts)


@standard()
def unique_counts(x: Tensor, /) -> UniqueCounts:
    """The different elements, ascending, and how often each is there.

    Returns:
        The named tuple ``(values, counts)`` of two vectors.

    Example::

        >>> xp.unique_counts(xp.asarray([3, 1, 3, 2])).counts
        tensor([1, 1, 2])
    """
    found = unique_all(x)
    return UniqueCounts(found.values, found.counts)


@standard()
def unique_inverse(x: Tensor, /) -> UniqueInverse:
    """The different elements, ascending, and which of them each element is.

    Returns:
        The named tuple ``(values, inverse_indices)``: a vector, and an int64 array of the shape of ``x``.

    Example::

        >>> xp.unique_inverse(xp.asarray([3, 1, 3, 2])).inverse_indices
        tensor([2, 0, 2, 1])
    """
    found = unique_all(x)
    return UniqueInverse(found.values, found.inverse_indices)


@standard(sets.unique)
def unique_values(x: Tensor, /) -> Tensor:
    """The different elements, ascending.

    Args:
        x: an array of any shape.

    Returns:
        A vector.

    Example::

        >>> xp.unique_values(xp.asarray([3, 1, 3, 2]))
        tensor([1, 2, 3])
    """
    return unique_all(x).values


def _order(flat: Tensor) -> Tensor:
    """What sorts a vector, stably; complex numbers by their real parts, then by their imaginary ones."""
    if not flat.dtype.is_complex:
        return sorting.argsort(flat)
    by_imaginary = sorting.argsort(xp.imag(flat))
    return by_imaginary[sorting.argsort(xp.real(flat)[by_imaginary])]
