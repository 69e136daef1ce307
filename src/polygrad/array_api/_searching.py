"""Searching, sorting, sets, and taking elements by position."""

from __future__ import annotations

import builtins
from typing import Any, NamedTuple

from .. import _dtypes
from .._core.errors import ShapeError
from .._core.primitive import OPERATIONS as xp
from .._core.tensor import Tensor
from .._functions import keys, scatter_gather, sets, sorting
from .._functions.common import check_tensor
from .._functions.reductions import nonzero_mask
from .._ops.axes import normal_axis
from ._creation import asarray
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


def argmax(x: Tensor, /, *, axis: int | None = None, keepdims: builtins.bool = False) -> Tensor:
    """The position of the first largest element, along an axis or of the flattened array."""
    return _position(xp.argmax, x, axis, keepdims)


def argmin(x: Tensor, /, *, axis: int | None = None, keepdims: builtins.bool = False) -> Tensor:
    """The position of the first smallest element, along an axis or of the flattened array."""
    return _position(xp.argmin, x, axis, keepdims)


def _position(operation: Any, x: Tensor, axis: int | None, keepdims: builtins.bool) -> Tensor:
    return operation(x, None if axis is None else normal_axis(axis, x.ndim), keepdims)


def count_nonzero(x: Tensor, /, *, axis: Any = None, keepdims: builtins.bool = False) -> Tensor:
    """How many elements are not zero, along axes or of all."""
    return sum(nonzero_mask(x), axis=axis, keepdims=keepdims)


def nonzero(x: Tensor, /) -> tuple[Tensor, ...]:
    """The positions of the elements that are not zero: one array for each axis.  Raises ValueError for a 0-d array."""
    if not check_tensor(x, "nonzero", "x").ndim:
        raise ShapeError("nonzero() takes an array of at least one dimension")
    return tuple(keys.nonzero_positions(x))


def searchsorted(x1: Tensor, x2: Any, /, *, side: str = "left", sorter: Tensor | None = None) -> Tensor:
    """Where the elements of ``x2`` go in ``x1``, which is ascending, or ascending in the order ``sorter``.

    Before equal elements with ``side="left"``, after them with ``"right"``; ValueError for another one.
    """
    if side not in ("left", "right"):
        raise ValueError(f"searchsorted(): side is 'left' or 'right', not {side!r}")
    boundaries = x1 if sorter is None else take(x1, sorter)
    values = x2 if isinstance(x2, Tensor) else asarray(x2, dtype=x1.dtype)
    return xp.searchsorted(boundaries, values, side)


def where(condition: Tensor, x1: Any, x2: Any, /) -> Tensor:
    """``x1`` where ``condition`` is true and ``x2`` elsewhere; one of them may be a number."""
    return xp.where(condition, x1, x2)


def take(x: Tensor, indices: Tensor, /, *, axis: int | None = None) -> Tensor:
    """The slices of ``x`` at ``indices`` along an axis, which a 1-d array need not name."""
    if axis is None:
        if x.ndim != 1:
            raise ShapeError(f"take(): axis is needed for an array of {x.ndim} dimensions")
        axis = 0
    return x[(slice(None),) * normal_axis(axis, x.ndim) + (indices,)]


def take_along_axis(x: Tensor, indices: Tensor, /, *, axis: int = -1) -> Tensor:
    """The elements of ``x`` at ``indices`` along an axis; the other axes are broadcast."""
    return scatter_gather.take_along_dim(x, indices, axis)


# -- order -------------------------------------------------------------------------------------------------------------


def argsort(x: Tensor, /, *, axis: int = -1, descending: builtins.bool = False, stable: builtins.bool = True) -> Tensor:
    """The positions that sort ``x`` along an axis; equal elements keep their order."""
    return sorting.argsort(x, axis, descending, stable=True)


def sort(x: Tensor, /, *, axis: int = -1, descending: builtins.bool = False, stable: builtins.bool = True) -> Tensor:
    """The elements of ``x`` in order along an axis."""
    return sorting.sort(x, axis, descending, stable=True)[0]


# -- sets --------------------------------------------------------------------------------------------------------------


def isin(x1: Any, x2: Any, /, *, invert: builtins.bool = False) -> Tensor:
    """Whether each element of ``x1`` is one of ``x2``, or is none with ``invert``."""
    if not isinstance(x1, Tensor):
        x1 = asarray(x1, dtype=x2.dtype)
    elif not isinstance(x2, Tensor):
        x2 = asarray(x2, dtype=x1.dtype)
    return sets.isin(x1, x2, invert=invert)


def unique_all(x: Tensor, /) -> UniqueAll:
    """The different elements, ascending; where each is first; which of them each element is; how often each is there.

    NaN is equal to nothing, so that each counts for itself.
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


def unique_counts(x: Tensor, /) -> UniqueCounts:
    """The different elements, ascending, and how often each is there."""
    found = unique_all(x)
    return UniqueCounts(found.values, found.counts)


def unique_inverse(x: Tensor, /) -> UniqueInverse:
    """The different elements, ascending, and which of them each element is."""
    found = unique_all(x)
    return UniqueInverse(found.values, found.inverse_indices)


def unique_values(x: Tensor, /) -> Tensor:
    """The different elements, ascending."""
    return unique_all(x).values


def _order(flat: Tensor) -> Tensor:
    """What sorts a vector, stably; complex numbers by their real parts, then by their imaginary ones."""
    if not flat.dtype.is_complex:
        return sorting.argsort(flat)
    by_imaginary = sorting.argsort(xp.imag(flat))
    return by_imaginary[sorting.argsort(xp.real(flat)[by_imaginary])]
