"""Order, rank and position: sorting, the largest few, quantiles, unique values, binary search, running extrema."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .. import _dtypes
from .._core.alike import alike
from .._core.errors import DTypeError, ShapeError
from .._core.primitive import OPERATIONS as xp
from .._core.tensor import Tensor
from .._ops.manipulation import normal_axis
from ..backends.registry import get_backend
from .common import check_tensor, numpy_spelling
from .creation import arange, as_tensor, tensor
from .manipulation import flatten
from .reductions import ValuesAndIndices, running


def _ordered(input: Tensor, name: str) -> Tensor:
    check_tensor(input, name)
    if input.dtype.is_complex:
        raise DTypeError(f"{name}(): complex numbers have no order; sort x.abs() or x.real instead")
    return input


@numpy_spelling
def sort(input: Tensor, dim: int = -1, descending: bool = False, *, stable: bool = True) -> ValuesAndIndices:
    """The elements in order along ``dim``, and where each was.  Always stable; NaN counts as the largest number.

    Raises IndexError for a dimension that there is not.

    Example::

        values, indices = polygrad.sort(polygrad.tensor([3.0, 1.0, 2.0]))  # [1., 2., 3.], [1, 2, 0]
    """
    axis = normal_axis(dim, _ordered(input, "sort").ndim)
    if not input.ndim:
        return ValuesAndIndices(xp.clone(input), tensor(0, backend=input.backend, device=input.device))
    return ValuesAndIndices(*xp.sort(input, axis, descending))


@numpy_spelling
def argsort(input: Tensor, dim: int = -1, descending: bool = False, *, stable: bool = True) -> Tensor:
    """Where the elements are that come first, second, … along ``dim``.  Always stable."""
    axis = normal_axis(dim, _ordered(input, "argsort").ndim)
    if not input.ndim:
        return tensor(0, backend=input.backend, device=input.device)
    return xp.argsort(input, axis=axis, descending=descending)


def msort(input: Tensor) -> Tensor:
    """The elements in order along the first dimension."""
    return sort(input, 0).values


@numpy_spelling
def topk(input: Tensor, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> ValuesAndIndices:
    """The ``k`` largest (or smallest) elements along ``dim``, in order, and where they are; of equal ones the first.

    Raises RuntimeError where there are fewer than ``k``.
    """
    axis = normal_axis(dim, _ordered(input, "topk").ndim)
    if not 0 <= k <= (input.shape[axis] if input.ndim else 1):
        raise RuntimeError(
            f"selected index k out of range: k is {k}, and dimension {dim} of {tuple(input.shape)} is shorter"
        )
    if not input.ndim:
        found = topk(xp.reshape(input, (1,)), k)
        return found if not k else ValuesAndIndices(*(xp.reshape(x, ()) for x in found))
    return ValuesAndIndices(*xp.topk(input, k, axis, largest))


@numpy_spelling
def kthvalue(input: Tensor, k: int, dim: int = -1, keepdim: bool = False) -> ValuesAndIndices:
    """The ``k``-th smallest element along ``dim``, counted from 1, and where it is."""
    axis = normal_axis(dim, _ordered(input, "kthvalue").ndim)
    if input.ndim and not input.shape[axis]:
        raise IndexError(f"kthvalue(): dimension {axis} of the shape {tuple(input.shape)} has no elements")
    if not 1 <= k <= (input.shape[axis] if input.ndim else 1):
        raise RuntimeError(f"kthvalue(): k out of range for dimension {dim} of {tuple(input.shape)}: {k}")
    return _picked(sort(input, axis), axis, k - 1, keepdim) if input.ndim else sort(input)


def _picked(ordered: ValuesAndIndices, axis: int, place: int, keepdim: bool) -> ValuesAndIndices:
    key = (*(slice(None),) * axis, slice(place, place + 1) if keepdim else place, Ellipsis)
    return ValuesAndIndices(*(xp.clone(xp.getitem(x, key)) for x in ordered))


@numpy_spelling
def median(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Any:
    """The middle element, the lower of two: of all, or along ``dim``, with where it is.  NaN if there is any NaN.

    Of equal elements all share the gradient of the middle of all; along ``dim`` it goes to the one at the index.
    """
    _ordered(input, "median")
    if dim is None:
        if not input.shape.numel():
            return _median_of_nothing(input)
        return xp.median(input)
    axis = normal_axis(dim, input.ndim)
    if not input.ndim:
        return sort(input)
    length = input.shape[axis]
    if not length:
        raise IndexError(f"median(): dimension {axis} of the shape {tuple(input.shape)} has no elements")
    ordered = sort(input, axis)
    middle = _picked(ordered, axis, (length - 1) // 2, keepdim)
    if not input.dtype.is_floating_point:
        return middle
    last = _picked(ordered, axis, length - 1, keepdim)  # NaN comes last
    spoiled = xp.isnan(last.values)
    first = xp.argmax(xp.astype(xp.isnan(input), _dtypes.uint8), axis, keepdim)
    return ValuesAndIndices(xp.where(spoiled, last.values, middle.values), xp.where(spoiled, first, middle.indices))


def _median_of_nothing(input: Tensor) -> Tensor:
    """PyTorch's value: NaN, or for integers the smallest of the type."""
    total = xp.sum(input)
    if input.dtype.is_floating_point:
        return total * math.nan
    return xp.astype(total, input.dtype) + int(np.iinfo(input.dtype.name).min)


@numpy_spelling
@alike("input", "q")
def quantile(
    input: Tensor, q: Any, dim: int | None = None, keepdim: bool = False, *, interpolation: str = "linear"
) -> Tensor:
    """The quantiles ``q``, between 0 and 1, of all elements or along ``dim``; several of them in a first dimension.

    ``interpolation`` between two neighbours: ``"linear"``, ``"lower"``, ``"higher"``, ``"nearest"`` or ``"midpoint"``.
    """
    if not input.dtype.is_floating_point:
        raise RuntimeError(f"quantile() input tensor must be of floating-point type, not {input.dtype.name}")
    if not input.shape.numel():
        raise ShapeError(f"quantile() input tensor must be non-empty, but its shape is {tuple(input.shape)}")
    if isinstance(q, Tensor) and q.ndim > 1:
        raise ShapeError(f"quantile() q must be a number or a vector of numbers, not of shape {tuple(q.shape)}")
    wanted = q.tolist() if isinstance(q, Tensor) else q
    varies = isinstance(q, Tensor) and q.requires_grad and interpolation == "linear"
    several = wanted if isinstance(wanted, list) else [wanted]
    if any(not 0 <= one <= 1 for one in several):
        raise RuntimeError(f"quantile() q must be between 0 and 1, not {wanted}")
    flat = dim is None
    axis = 0 if dim is None else normal_axis(dim, input.ndim)
    x = flatten(input) if flat or not input.ndim else input
    values = sort(x, axis).values
    length = x.shape[axis] - 1
    found = [_between(values, axis, one * length, interpolation) for one in several or [0.0]]
    if varies:  # add a zero that has the derivative with respect to q
        for number, (one, part) in enumerate(zip(several, xp.reshape(q, (-1,)), strict=True)):
            slope = _between(values, axis, one * length, "higher") - _between(values, axis, one * length, "lower")
            found[number] = found[number] + (part - part.detach()) * length * slope.detach()
    if keepdim:
        shape = (1,) * input.ndim if flat else tuple(1 if a == axis else n for a, n in enumerate(input.shape))
        found = [xp.reshape(one, shape) for one in found]
    if not isinstance(wanted, list):
        return found[0]
    return xp.stack(found, axis=0) if several else xp.stack(found, axis=0)[:0]


def _between(values: Tensor, axis: int, place: float, interpolation: str) -> Tensor:
    lower = int(place)
    higher = min(lower + 1, values.shape[axis] - 1)
    weight = {
        "linear": place - lower, "lower": 0.0, "higher": float(place > lower), "midpoint": 0.5 * (place > lower),
        "nearest": float(round(place) > lower),
    }  # fmt: skip
    if interpolation not in weight:
        raise RuntimeError(f"quantile() interpolation must be one of {', '.join(weight)}, not {interpolation!r}")
    before = (slice(None),) * axis
    low, high = (xp.getitem(values, (*before, at, Ellipsis)) for at in (lower, higher))
    last = xp.getitem(values, (*before, values.shape[axis] - 1, Ellipsis))
    share = weight[interpolation]
    result = low if not share else high if share == 1 else low + share * (high - low)
    return xp.where(xp.isnan(last), last, result)


def cumprod(input: Tensor, dim: int, *, dtype: Any = None) -> Tensor:
    """The running product along ``dim``.  Its gradient is right beside zeros."""
    return running(xp.cumulative_prod, check_tensor(input, "cumprod"), dim, dtype)


def cummax(input: Tensor, dim: int) -> ValuesAndIndices:
    """The largest element so far along ``dim``, and where it is."""
    return _running(input, dim, True)


def cummin(input: Tensor, dim: int) -> ValuesAndIndices:
    """The smallest element so far along ``dim``, and where it is."""
    return _running(input, dim, False)


def _running(input: Tensor, dim: int, largest: bool) -> ValuesAndIndices:
    axis = normal_axis(dim, _ordered(input, "cummax" if largest else "cummin").ndim)
    return ValuesAndIndices(*xp.running_extremum(input, axis, largest)) if input.ndim else sort(input)


# -- unique values, binary search --------------------------------------------------------------------------------------


def unique(
    input: Tensor,
    sorted: bool = True,
    return_inverse: bool = False,
    return_counts: bool = False,
    dim: int | None = None,
) -> Any:
    """The different elements in order; on request also where each element went, and how often each occurs.

    With ``dim``, the different slices along it.
    """
    if dim is not None:
        return _unique_slices(input, normal_axis(dim, input.ndim), return_inverse, return_counts)
    order, first = _groups(flatten(input))
    values = flatten(input)[order][first]
    return _with_groups(values, order, first, tuple(input.shape), return_inverse, return_counts)


def _groups(x: Tensor) -> tuple[Tensor, Tensor]:
    """A stable order of the vector ``x``, and in that order where each new value begins."""
    order = argsort(x)
    ordered = x[order]
    return order, _begins(ordered[1:] != ordered[:-1], x.shape[0])


def _begins(differs: Tensor, length: int) -> Tensor:
    if not length:
        return xp.astype(differs, _dtypes.bool)[:0]
    return xp.concat([xp.ones_like(differs[:1]) if length > 1 else _true(differs), differs], axis=0)


def _true(like: Tensor) -> Tensor:
    return tensor([True], backend=like.backend, device=like.device)


def _with_groups(
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
    lines = _lines(input, axis)
    order = arange(length, backend=input.backend, device=input.device)
    for column in reversed(range(lines.shape[1])):  # the least important column first, each sort stable
        order = order[argsort(lines[:, column][order])]
    ordered = lines[order]
    differs = xp.any(ordered[1:] != ordered[:-1], 1)
    first = _begins(differs, length)
    values = input[(slice(None),) * axis + (order[first],)]
    return _with_groups(values, order, first, (length,), return_inverse, return_counts)


def unique_consecutive(
    input: Tensor, return_inverse: bool = False, return_counts: bool = False, dim: int | None = None
) -> Any:
    """The elements of the flattened tensor, or the slices along ``dim``, without those that equal the one before."""
    x, axis = (flatten(input), 0) if dim is None else (input, normal_axis(dim, input.ndim))
    lines = _lines(x, axis)
    first = _begins(xp.any(lines[1:] != lines[:-1], 1), x.shape[axis])
    order = arange(x.shape[axis], backend=x.backend, device=x.device)
    values = x[(slice(None),) * axis + (first,)]
    shape = tuple(input.shape) if dim is None else (x.shape[axis],)
    return _with_groups(values, order, first, shape, return_inverse, return_counts)


def _lines(x: Tensor, axis: int) -> Tensor:
    """The slices of ``x`` along ``axis``, one a row."""
    length = x.shape[axis]
    moved = xp.permute_dims(x, (axis, *(a for a in range(x.ndim) if a != axis)))
    return xp.reshape(moved, (length, x.shape.numel() // length if length else 0))


def searchsorted(
    sorted_sequence: Tensor,
    input: Any,
    *,
    out_int32: bool = False,
    right: bool = False,
    side: str | None = None,
    sorter: Tensor | None = None,
) -> Tensor:
    """Where ``input`` would have to be put in for ``sorted_sequence`` to stay in order along its last dimension.

    Before equal elements, or after them with ``right``.  ``sorter`` puts the sequence in order, as `argsort` gives it.
    The other dimensions of both are the same, or ``sorted_sequence`` is a vector.
    """
    if side not in (None, "left", "right"):
        raise RuntimeError(f"searchsorted(): side can only be 'left' or 'right' but got {side!r}")
    side = side or ("right" if right else "left")
    values = (
        input
        if isinstance(input, Tensor)
        else as_tensor(input, backend=sorted_sequence.backend, device=sorted_sequence.device)
    )
    common = _dtypes.promote(sorted_sequence.dtype, values.dtype)
    places, values = xp.astype(sorted_sequence, common).detach(), xp.astype(values, common).detach()
    if sorter is not None:
        places = xp.take_along_axis(places, sorter, axis=-1)
    if places.ndim == 1:
        found = xp.searchsorted(places, values, side)
    elif places.shape[:-1] != values.shape[:-1]:
        raise RuntimeError(
            f"searchsorted(): the shapes {tuple(places.shape)} and {tuple(values.shape)} may differ in the last "
            "dimension only"
        )
    else:
        line, value = (
            xp.reshape(places, (*places.shape[:-1], 1, places.shape[-1])),
            xp.reshape(values, (*values.shape, 1)),
        )
        before = line < value if side == "left" else line <= value
        found = xp.sum(xp.astype(before, _dtypes.int64), -1)
    return xp.astype(found, _dtypes.int32 if out_int32 else _dtypes.int64)


def bucketize(input: Any, boundaries: Tensor, *, out_int32: bool = False, right: bool = False) -> Tensor:
    """In which of the intervals between ``boundaries`` each element lies."""
    return searchsorted(boundaries, input, out_int32=out_int32, right=right)


def bincount(input: Tensor, weights: Tensor | None = None, minlength: int = 0) -> Tensor:
    """How often each whole number occurs, or the sum of the ``weights`` of its occurrences.

    Raises RuntimeError for negative numbers and for other types than integers.
    """
    if input.ndim != 1 or input.dtype.kind not in ("int", "uint", "bool"):
        raise RuntimeError(
            f"bincount only supports vectors of non-negative integers, not {tuple(input.shape)} {input.dtype.name}"
        )
    if minlength < 0:
        raise RuntimeError(f"bincount: minlength should be >= 0, not {minlength}")
    empty = not input.shape[0]
    if not empty and int(xp.min(input).item()) < 0:
        raise RuntimeError("bincount only supports vectors of non-negative integers, and this one has negative ones")
    if weights is not None and tuple(weights.shape) != tuple(input.shape):
        raise RuntimeError(f"bincount: weights have shape {tuple(weights.shape)}, but input has {tuple(input.shape)}")
    size = max(minlength, 0 if empty else int(xp.max(input).item()) + 1)
    index = xp.astype(input, _dtypes.int64)
    if weights is not None and weights.dtype is not _dtypes.float32:
        weights = xp.astype(weights, _dtypes.float64)
    return xp.index_add(xp.ones_like(index) if weights is None else weights, index, size)


def isin(elements: Any, test_elements: Any, *, assume_unique: bool = False, invert: bool = False) -> Tensor:
    """Which of ``elements`` are among ``test_elements``."""
    like = elements if isinstance(elements, Tensor) else test_elements
    place = {"backend": like.backend, "device": like.device} if isinstance(like, Tensor) else {"backend": get_backend()}
    x, y = (v if isinstance(v, Tensor) else tensor(v, **place) for v in (elements, test_elements))
    among = xp.any(xp.reshape(x, (*x.shape, 1)) == flatten(y), -1)
    return xp.logical_not(among) if invert else among
