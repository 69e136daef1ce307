"""Distinct values: `unique`, `isin`, `bincount`."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np

from .. import _dtypes
from .._core.expansion import positions_like
from .._core.primitive import OPERATIONS as xp
from .._core.tensor import Tensor
from .._ops.axes import normal_axis
from ..backends.registry import get_backend
from .common import check_tensor, place_of, second_names, sizes
from .creation import arange, tensor
from .manipulation import flatten
from .public import public_function
from .sorting import argsort


@public_function(method=True)
def unique(
    input: Tensor,
    sorted: bool = True,
    return_inverse: bool = False,
    return_counts: bool = False,
    dim: int | None = None,
) -> Any:
    """Return the distinct elements, or the distinct slices along ``dim``, in ascending order.

    The shape of the result depends on values, so this cannot be compiled.

    Args:
        input: a real tensor of any shape.
        sorted: accepted for compatibility with PyTorch: the result is always sorted.
        return_inverse: whether to return also the index in the result of each element of ``input``.
        return_counts: whether to return also how often each element occurs.
        dim: the dimension whose slices are compared.  None, the default, compares single elements.

    Returns:
        The distinct elements as a vector, or the slices along ``dim``; with ``return_inverse`` or ``return_counts`` a tuple
        of these and int64 tensors.

    Example::

        >>> polygrad.unique(polygrad.tensor([3, 1, 3, 2]))
        tensor([1, 2, 3])
        >>> polygrad.unique(polygrad.tensor([3, 1, 3, 2]), return_counts=True)
        (tensor([1, 2, 3]), tensor([1, 1, 2]))
    """
    if dim is not None:
        return _unique_slices(input, normal_axis(dim, input.ndim), return_inverse, return_counts)
    order, first = _group(flatten(input))
    values = flatten(input)[order][first]
    return _pack_results(values, order, first, tuple(input.shape), return_inverse, return_counts)


def _group(x: Tensor) -> tuple[Tensor, Tensor]:
    """Return a stable sorting order of the vector ``x``, and where in that order each new value begins."""
    order = argsort(x)
    ordered = x[order]
    return order, mark_starts(ordered[1:] != ordered[:-1], x.shape[0])


def mark_starts(differs: Tensor, length: int) -> Tensor:
    """Return where runs of equal elements begin among ``length``, given where each of them differs from the one before."""
    if not length:
        return xp.astype(differs, _dtypes.bool)[:0]
    return xp.concat([xp.ones_like(differs[:1]) if length > 1 else _true(differs), differs], axis=0)


def _true(like: Tensor) -> Tensor:
    return tensor([True], **place_of(like))


def _pack_results(
    values: Tensor, order: Tensor, first: Tensor, shape: tuple[int, ...], return_inverse: bool, return_counts: bool
) -> Any:
    group = xp.cumulative_sum(xp.astype(first, _dtypes.int64), 0) - 1
    results = [values]
    if return_inverse:
        results.append(xp.reshape(group[argsort(order)], shape))
    if return_counts:
        results.append(xp.index_add(xp.ones_like(group), group, int(first.sum().item()) if first.shape[0] else 0))
    return results[0] if len(results) == 1 else tuple(results)


def _unique_slices(input: Tensor, axis: int, return_inverse: bool, return_counts: bool) -> Any:
    length = input.shape[axis]
    lines = _slices_as_rows(input, axis)
    order = arange(length, **place_of(input))
    for column in reversed(range(lines.shape[1])):  # stable sorts, the least significant column first
        order = order[argsort(lines[:, column][order])]
    ordered = lines[order]
    differs = xp.any(ordered[1:] != ordered[:-1], 1)
    first = mark_starts(differs, length)
    values = input[(slice(None),) * axis + (order[first],)]
    return _pack_results(values, order, first, (length,), return_inverse, return_counts)


@public_function(method=True)
def unique_consecutive(
    input: Tensor, return_inverse: bool = False, return_counts: bool = False, dim: int | None = None
) -> Any:
    """Return the elements, or the slices along ``dim``, without those that equal the one before.

    The shape of the result depends on values, so this cannot be compiled.

    Args:
        input: a tensor of any shape.
        return_inverse: whether to return also the index in the result of each element of ``input``.
        return_counts: whether to return also the length of each run of equal elements.
        dim: the dimension whose slices are compared.  None, the default, compares the elements of the flattened tensor.

    Returns:
        The elements as a vector, or the slices along ``dim``; with ``return_inverse`` or ``return_counts`` a tuple of these
        and int64 tensors.

    Example::

        >>> polygrad.unique_consecutive(polygrad.tensor([1, 1, 2, 2, 1]))
        tensor([1, 2, 1])
    """
    x, axis = (flatten(input), 0) if dim is None else (input, normal_axis(dim, input.ndim))
    lines = _slices_as_rows(x, axis)
    first = mark_starts(xp.any(lines[1:] != lines[:-1], 1), x.shape[axis])
    order = arange(x.shape[axis], **place_of(x))
    values = x[(slice(None),) * axis + (first,)]
    shape = tuple(input.shape) if dim is None else (x.shape[axis],)
    return _pack_results(values, order, first, shape, return_inverse, return_counts)


def _slices_as_rows(x: Tensor, axis: int) -> Tensor:
    """Return the slices of ``x`` along ``axis`` as the rows of a matrix."""
    length = x.shape[axis]
    moved = xp.permute_dims(x, (axis, *(a for a in range(x.ndim) if a != axis)))
    return xp.reshape(moved, (length, x.shape.numel() // length if length else 0))


@public_function(method=True)
def bincount(input: Tensor, weights: Tensor | None = None, minlength: int = 0) -> Tensor:
    """Count how often each non-negative integer occurs, or add up the weights of its occurrences.

    The length of the result depends on values, so this cannot be compiled.

    Args:
        input: a vector of non-negative integers.
        weights: a tensor of the shape of ``input``.  The gradient goes to it.
        minlength: the least length of the result.

    Returns:
        A vector with one element for each integer from 0 to the largest: int64 counts, or sums of weights (float32 for
            float32, else float64).

    Raises:
        RuntimeError: ``input`` is not a vector of non-negative integers, ``weights`` has another shape, or ``minlength`` is
            negative.

    Example::

        >>> polygrad.bincount(polygrad.tensor([0, 2, 2]))
        tensor([1, 0, 2])
    """
    if input.ndim != 1 or input.dtype.kind not in ("int", "uint", "bool"):
        raise RuntimeError(
            f"bincount: input must be a vector of integers, not {input.dtype.name} of shape {tuple(input.shape)}"
        )
    if minlength < 0:
        raise RuntimeError(f"bincount: minlength must not be negative, but it is {minlength}")
    empty = not input.shape[0]
    if not empty and int(xp.min(input).item()) < 0:
        raise RuntimeError("bincount: elements must not be negative")
    if weights is not None and tuple(weights.shape) != tuple(input.shape):
        raise RuntimeError(f"bincount: weights have shape {tuple(weights.shape)}, but input has {tuple(input.shape)}")
    size = max(minlength, 0 if empty else int(xp.max(input).item()) + 1)
    index = xp.astype(input, _dtypes.int64)
    if weights is not None and weights.dtype is not _dtypes.float32:
        weights = xp.astype(weights, _dtypes.float64)
    return xp.index_add(xp.ones_like(index) if weights is None else weights, index, size)


@public_function(out=True)
@second_names(element="elements", test_element="test_elements")
def isin(elements: Any, test_elements: Any, *, assume_unique: bool = False, invert: bool = False) -> Tensor:
    """Test which elements are among others.

    Args:
        elements: a tensor of any shape, or a number.
        test_elements: the elements to look for, in the same forms.  One of the two is a tensor.
        assume_unique: accepted for compatibility with PyTorch.
        invert: whether to test which elements are not among them.

    Returns:
        A boolean tensor of the shape of ``elements``.

    Example::

        >>> polygrad.isin(polygrad.tensor([1, 2, 3]), polygrad.tensor([2, 5]))
        tensor([False,  True, False])
    """
    like = elements if isinstance(elements, Tensor) else test_elements
    place: dict[str, Any] = place_of(like) if isinstance(like, Tensor) else {"backend": get_backend()}
    x, y = (v if isinstance(v, Tensor) else tensor(v, **place) for v in (elements, test_elements))
    among = xp.any(xp.reshape(x, (*x.shape, 1)) == flatten(y), -1)
    return xp.logical_not(among) if invert else among


@public_function()
def combinations(input: Tensor, r: int = 2, with_replacement: bool = False) -> Tensor:
    """Return all choices of ``r`` elements of a vector, each in a row, in the order of `itertools.combinations`.

    Args:
        input: a vector.
        r: how many elements are chosen.
        with_replacement: whether an element may be chosen several times.

    Returns:
        A matrix with ``r`` columns; with ``r=0`` an empty vector.

    Raises:
        RuntimeError: ``input`` is not a vector, or ``r`` is negative.

    Example::

        >>> polygrad.combinations(polygrad.tensor([1, 2, 3]))
        tensor([[1, 2],
                [1, 3],
                [2, 3]])
    """
    if check_tensor(input, "combinations").ndim != 1:
        raise RuntimeError(f"combinations(): input must be a vector, but its shape is {tuple(input.shape)}")
    if r < 0:
        raise RuntimeError(f"combinations(): r must not be negative, but it is {r}")
    if not r:
        return xp.clone(input[:0])
    choose = itertools.combinations_with_replacement if with_replacement else itertools.combinations
    rows = np.array(list(choose(range(input.shape[0]), r)), np.int64).reshape(-1, r)
    picked = xp.take_rows(input, positions_like(input, rows.reshape(-1)))
    return xp.reshape(picked, rows.shape)


@public_function()
def unravel_index(indices: Tensor, shape: Any) -> tuple[Tensor, ...]:
    """Convert positions in a flattened tensor to positions along each dimension.

    Args:
        indices: an integer tensor.  Positions are counted modulo the number of elements.
        shape: the shape of the tensor, an int or a tuple of ints.

    Returns:
        A tuple of int64 tensors of the shape of ``indices``, one for each dimension.

    Raises:
        TypeError: ``indices`` is not of an integer type.
        ValueError: a length is negative.

    Example::

        >>> polygrad.unravel_index(polygrad.tensor([1, 5]), (2, 3))
        (tensor([0, 1]), tensor([1, 2]))
    """
    if check_tensor(indices, "unravel_index", "indices").dtype.kind not in ("int", "uint"):
        raise TypeError(f"unravel_index(): indices must be of an integer type, not {indices.dtype.name}")
    lengths = sizes(shape)
    if any(n < 0 for n in lengths):
        raise ValueError(f"unravel_index(): lengths must not be negative, but the shape is {lengths}")
    indices = xp.astype(indices, _dtypes.int64)
    steps = [math.prod(lengths[axis + 1 :]) for axis in range(len(lengths))]
    return tuple([xp.floor_divide(indices, step) % n for step, n in zip(steps, lengths, strict=True)])
