"""Order and rank: sorting, the largest elements, medians, quantiles."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .. import _dtypes
from .._core.errors import DTypeError, ShapeError
from .._core.primitive import OPERATIONS as xp
from .._core.same_dtype import require_same_dtype
from .._core.tensor import Tensor
from .._dtypes import finfo
from .._ops.axes import normal_axis
from .common import check_tensor, numpy_spelling, place_of, real_number
from .creation import arange, tensor
from .manipulation import flatten
from .public import public_function
from .reductions import ValuesAndIndices
from .scatter_reductions import exactly


def check_ordered(input: Tensor, name: str) -> Tensor:
    check_tensor(input, name)
    if input.dtype.is_complex:
        raise DTypeError(f"{name}(): complex numbers have no order; sort x.abs() or x.real instead")
    return input


@public_function(method=True, out=True)
@numpy_spelling
def sort(input: Tensor, dim: int = -1, descending: bool = False, *, stable: bool = True) -> ValuesAndIndices:
    """Sort along a dimension.  The sort is always stable, and NaN counts as the largest value.

    Args:
        input: a real tensor of any shape.
        dim: the dimension.
        descending: whether the largest element comes first.
        stable: accepted for compatibility with PyTorch.

    Returns:
        The named tuple ``(values, indices)`` of two tensors of the shape of ``input``; the indices say where each element
        was.

    Raises:
        IndexError: the dimension is out of range.
        TypeError: ``input`` is complex.

    Example::

        >>> values, indices = polygrad.sort(polygrad.tensor([3.0, 1.0, 2.0]))
        >>> values, indices
        (tensor([1., 2., 3.]), tensor([1, 2, 0]))
    """
    axis = normal_axis(dim, check_ordered(input, "sort").ndim)
    if not input.ndim:
        return ValuesAndIndices(xp.clone(input), tensor(0, **place_of(input)))
    return ValuesAndIndices(*xp.sort(input, axis, descending))


@public_function(method=True, out=True)
@numpy_spelling
def argsort(input: Tensor, dim: int = -1, descending: bool = False, *, stable: bool = True) -> Tensor:
    """Return the indices that sort a tensor along a dimension.  The sort is always stable.

    Args:
        input: a real tensor of any shape.  NaN counts as the largest value.
        dim: the dimension.
        descending: whether the index of the largest element comes first.
        stable: accepted for compatibility with PyTorch.

    Returns:
        An int64 tensor of the shape of ``input``.

    Raises:
        IndexError: the dimension is out of range.
        TypeError: ``input`` is complex.

    Example::

        >>> polygrad.argsort(polygrad.tensor([3.0, 1.0, 2.0]))
        tensor([1, 2, 0])
    """
    axis = normal_axis(dim, check_ordered(input, "argsort").ndim)
    if not input.ndim:
        return tensor(0, **place_of(input))
    return xp.argsort(input, axis=axis, descending=descending)


@public_function(method=True, out=True)
def msort(input: Tensor) -> Tensor:
    """Sort along the first dimension.

    Args:
        input: a real tensor of any shape.

    Returns:
        A tensor of the shape of ``input``.

    Example::

        >>> polygrad.msort(polygrad.tensor([3.0, 1.0, 2.0]))
        tensor([1., 2., 3.])
    """
    return sort(input, 0).values


@public_function(method=True, out=True)
@numpy_spelling
def topk(input: Tensor, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> ValuesAndIndices:
    """Return the ``k`` largest or smallest elements along a dimension, in order, with their indices.

    Args:
        input: a real tensor of any shape.  NaN counts as the largest value.
        k: how many elements.
        dim: the dimension.
        largest: whether the largest elements are wanted, or the smallest.
        sorted: accepted for compatibility with PyTorch: the elements always come in order, and of equal ones the first
            is taken.

    Returns:
        The named tuple ``(values, indices)``, both with length ``k`` along ``dim``.

    Raises:
        RuntimeError: the dimension has fewer than ``k`` elements.
        TypeError: ``input`` is complex.

    Example::

        >>> polygrad.topk(polygrad.tensor([3.0, 1.0, 2.0]), 2).values
        tensor([3., 2.])
    """
    axis = normal_axis(dim, check_ordered(input, "topk").ndim)
    if not 0 <= k <= (input.shape[axis] if input.ndim else 1):
        raise RuntimeError(f"topk(): k is {k}, but dimension {dim} of the shape {tuple(input.shape)} is shorter")
    if not input.ndim:
        found = topk(xp.reshape(input, (1,)), k)
        return found if not k else ValuesAndIndices(*(xp.reshape(x, ()) for x in found))
    return ValuesAndIndices(*xp.topk(input, k, axis, largest))


@public_function(method=True, out=True)
@numpy_spelling
def kthvalue(input: Tensor, k: int, dim: int = -1, keepdim: bool = False) -> ValuesAndIndices:
    """Return the ``k``-th smallest element along a dimension, with its index.

    Args:
        input: a real tensor of any shape.
        k: the rank, counted from 1.
        dim: the dimension.
        keepdim: whether ``dim`` stays in the result, with length 1.

    Returns:
        The named tuple ``(values, indices)`` of two tensors of the shape of ``input`` without ``dim``.

    Raises:
        RuntimeError: ``k`` is out of range.
        IndexError: the dimension is out of range or has no elements.
        TypeError: ``input`` is complex.

    Example::

        >>> polygrad.kthvalue(polygrad.tensor([3.0, 1.0, 2.0]), 2).values
        tensor(2.)
    """
    axis = normal_axis(dim, check_ordered(input, "kthvalue").ndim)
    if input.ndim and not input.shape[axis]:
        raise IndexError(f"kthvalue(): dimension {axis} of the shape {tuple(input.shape)} has no elements")
    if not 1 <= k <= (input.shape[axis] if input.ndim else 1):
        raise RuntimeError(
            f"kthvalue(): k is {k}, and must be from 1 to the length of dimension {dim} of the shape {tuple(input.shape)}"
        )
    return _pick(sort(input, axis), axis, k - 1, keepdim) if input.ndim else sort(input)


def _pick(ordered: ValuesAndIndices, axis: int, place: int, keepdim: bool) -> ValuesAndIndices:
    key = (*(slice(None),) * axis, slice(place, place + 1) if keepdim else place, Ellipsis)
    return ValuesAndIndices(*(xp.clone(xp.getitem(x, key)) for x in ordered))


@public_function(method=True, out=True)
@numpy_spelling
def median(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Any:
    """Return the median: of an even number of elements, the lower one of the two in the middle.

    Elements that equal the median of all share the gradient; along ``dim`` it goes to the element at the index.

    Args:
        input: a real tensor of any shape.  With any NaN the result is NaN.
        dim: the dimension to reduce.  None, the default, reduces all of them.
        keepdim: whether ``dim`` stays in the result, with length 1.

    Returns:
        Without ``dim`` a tensor without dimensions, which is NaN if there are no elements; with it the named tuple
        ``(values, indices)``.

    Raises:
        IndexError: the dimension is out of range or has no elements.
        TypeError: ``input`` is complex.

    Example::

        >>> polygrad.median(polygrad.tensor([1.0, 4.0, 2.0, 3.0]))
        tensor(2.)
    """
    check_ordered(input, "median")
    if dim is None:
        if not input.shape.numel():
            return _median_of_none(input)
        return xp.median(input)
    axis = normal_axis(dim, input.ndim)
    if not input.ndim:
        return sort(input)
    length = input.shape[axis]
    if not length:
        raise IndexError(f"median(): dimension {axis} of the shape {tuple(input.shape)} has no elements")
    ordered = sort(input, axis)
    middle = _pick(ordered, axis, (length - 1) // 2, keepdim)
    if not input.dtype.is_floating_point:
        return middle
    last = _pick(ordered, axis, length - 1, keepdim)  # NaN is sorted last
    spoiled = xp.isnan(last.values)
    first = xp.argmax(xp.astype(xp.isnan(input), _dtypes.uint8), axis, keepdim)
    return ValuesAndIndices(xp.where(spoiled, last.values, middle.values), xp.where(spoiled, first, middle.indices))


def _median_of_none(input: Tensor) -> Tensor:
    """Return PyTorch's median of no elements: NaN, or for integers the smallest value of the type."""
    total = xp.sum(input)
    if input.dtype.is_floating_point:
        return total * math.nan
    return xp.astype(total, input.dtype) + int(np.iinfo(input.dtype.name).min)


@public_function(method=True, out=True)
@numpy_spelling
def nanmedian(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Any:
    """Return the median of the elements that are not NaN: of an even number of them, the lower one of the two in the middle.

    Elements that equal the median of all share the gradient; along ``dim`` it goes to the element at the index.

    Args:
        input: a real tensor of any shape.
        dim: the dimension to reduce.  None, the default, reduces all of them.
        keepdim: whether ``dim`` stays in the result, with length 1.

    Returns:
        Without ``dim`` a tensor without dimensions; with it the named tuple ``(values, indices)``.  NaN where all
        elements are NaN.

    Raises:
        IndexError: the dimension is out of range or has no elements.
        TypeError: ``input`` is complex.

    Example::

        >>> polygrad.nanmedian(polygrad.tensor([1.0, float("nan"), 3.0, 2.0]))
        tensor(2.)
    """
    check_ordered(input, "nanmedian")
    if not input.dtype.is_floating_point or not input.shape.numel() or not input.ndim:
        return median(input, dim, keepdim)
    if dim is None:
        flat = flatten(input)
        value = nanmedian(flat.detach(), 0).values
        return spread_over(value, xp.equal(flat, value), flat)
    axis = normal_axis(dim, input.ndim)
    ordered = xp.argsort(input, axis=axis)
    count = xp.sum(xp.astype(xp.logical_not(xp.isnan(input)), _dtypes.int64), axis, True)
    middle = xp.take_along_axis(ordered, xp.clip(count - 1, min=0) // 2, axis=axis)
    return _values_at(input, axis, middle, keepdim)


def spread_over(value: Tensor, mask: Tensor, x: Tensor) -> Tensor:
    """Return ``value``, without dimensions, as the mean of the elements of ``x`` that equal it, so that they share its gradient."""
    mean = xp.sum(xp.where(mask, x, 0)) / xp.sum(xp.astype(mask, x.dtype))
    return exactly(value, mean)


def _values_at(input: Tensor, axis: int, indices: Tensor, keepdim: bool) -> ValuesAndIndices:
    """Return the elements at ``indices``, which has length 1 along ``axis``."""
    found = ValuesAndIndices(xp.take_along_axis(input, indices, axis=axis), indices)
    if keepdim:
        return found
    shape = tuple(n for a, n in enumerate(input.shape) if a != axis)
    return ValuesAndIndices(*(xp.reshape(x, shape) for x in found))


@public_function(method=True, out=True)
@numpy_spelling
def mode(input: Tensor, dim: int = -1, keepdim: bool = False) -> ValuesAndIndices:
    """Return the most frequent element along a dimension, and where it occurs last.  Of several the smallest.

    The gradient goes to the element at the index.

    Args:
        input: a real tensor of any shape.
        dim: the dimension.
        keepdim: whether ``dim`` stays in the result, with length 1.

    Returns:
        The named tuple ``(values, indices)`` of two tensors of the shape of ``input`` without ``dim``.

    Raises:
        IndexError: the dimension is out of range or has no elements.
        TypeError: ``input`` is complex.

    Example::

        >>> polygrad.mode(polygrad.tensor([3.0, 1.0, 3.0, 2.0])).values
        tensor(3.)
    """
    axis = normal_axis(dim, check_ordered(input, "mode").ndim)
    if not input.ndim:
        return sort(input)
    length = input.shape[axis]
    if not length:
        raise IndexError(f"mode(): dimension {axis} of the shape {tuple(input.shape)} has no elements")
    values, indices = xp.sort(input.detach(), axis, False)
    before = (slice(None),) * axis
    # A run of equal elements ends where the next one is larger; the longest run is the first whose end is farthest
    # from its start.
    numbers = arange(length, **place_of(input))
    numbers = xp.reshape(numbers, tuple(length if a == axis else 1 for a in range(input.ndim)))
    starts = xp.not_equal(values[(*before, slice(1, None))], values[(*before, slice(None, -1))])
    starts = xp.astype(starts, _dtypes.int64) * numbers[(*before, slice(1, None))]
    starts = xp.concat([xp.zeros_like(indices[(*before, slice(0, 1))]), starts], axis=axis)
    runs = numbers - xp.running_extremum(starts, axis, True)[0]
    longest = xp.argmax(runs, axis, True)
    return _values_at(input, axis, xp.take_along_axis(indices, longest, axis=axis), keepdim)


@public_function(method=True, out=True)
@numpy_spelling
@require_same_dtype("input", "q")
def quantile(
    input: Tensor, q: Any, dim: int | None = None, keepdim: bool = False, *, interpolation: str = "linear"
) -> Tensor:
    """Return quantiles of all elements, or of those along ``dim``.

    The quantile ``q`` of ``n`` elements lies at position ``q * (n - 1)`` of the sorted elements.

    Args:
        input: a tensor of a real floating-point type.  With any NaN the result is NaN.
        q: a number in [0, 1], or a vector of numbers.
        dim: the dimension to reduce.  None, the default, reduces all of them.
        keepdim: whether reduced dimensions stay in the result, with length 1.
        interpolation: what is taken between two elements: ``"linear"``, ``"lower"``, ``"higher"``, ``"nearest"`` or
            ``"midpoint"``.

    Returns:
        A tensor of the shape of ``input`` without ``dim``; if ``q`` is a vector, with a first dimension for the quantiles.

    Raises:
        RuntimeError: the data type is not a real floating-point type, there are no elements, ``q`` is outside of [0, 1]
            or has several dimensions, or ``interpolation`` is unknown.

    Example::

        >>> x = polygrad.tensor([0.0, 10.0, 20.0])
        >>> polygrad.quantile(x, polygrad.tensor([0.25, 0.5]))
        tensor([ 5., 10.])
    """
    return _quantile("quantile", input, q, dim, keepdim, interpolation, False)


@public_function(method=True, out=True)
@numpy_spelling
@require_same_dtype("input", "q")
def nanquantile(
    input: Tensor, q: Any, dim: int | None = None, keepdim: bool = False, *, interpolation: str = "linear"
) -> Tensor:
    """Return quantiles of the elements that are not NaN, of all or of those along ``dim``.

    The quantile ``q`` of ``n`` elements lies at position ``q * (n - 1)`` of the sorted elements.

    Args:
        input: a tensor of a real floating-point type.
        q: a number in [0, 1], or a vector of numbers.
        dim: the dimension to reduce.  None, the default, reduces all of them.
        keepdim: whether reduced dimensions stay in the result, with length 1.
        interpolation: what is taken between two elements: ``"linear"``, ``"lower"``, ``"higher"``, ``"nearest"`` or
            ``"midpoint"``.

    Returns:
        A tensor of the shape of ``input`` without ``dim``; if ``q`` is a vector, with a first dimension for the quantiles.
        NaN where all elements are NaN.

    Raises:
        RuntimeError: the data type is not a real floating-point type, there are no elements, ``q`` is outside of [0, 1]
            or has several dimensions, or ``interpolation`` is unknown.

    Example::

        >>> x = polygrad.tensor([0.0, float("nan"), 20.0])
        >>> polygrad.nanquantile(x, 0.25)
        tensor(5.)
    """
    return _quantile("nanquantile", input, q, dim, keepdim, interpolation, True)


_INTERPOLATIONS = ("linear", "lower", "higher", "midpoint", "nearest")


def _quantile(
    name: str, input: Tensor, q: Any, dim: int | None, keepdim: bool, interpolation: str, ignore_nan: bool
) -> Tensor:
    _check_quantile(name, input, q)
    if interpolation not in _INTERPOLATIONS:
        raise RuntimeError(
            f"{name}(): interpolation must be one of {', '.join(_INTERPOLATIONS)}, not {interpolation!r}"
        )
    if dim is None or not input.ndim:
        x, axis, shape = flatten(input), 0, (1,) * input.ndim
    else:
        x, axis = input, normal_axis(dim, input.ndim)
        shape = tuple(1 if a == axis else n for a, n in enumerate(input.shape))
    if not keepdim:
        shape = () if dim is None else tuple(n for a, n in enumerate(input.shape) if a != axis)
    values = sort(x, axis).values
    count = xp.sum(xp.astype(xp.logical_not(xp.isnan(values)), _dtypes.int64), axis, True)
    length = x.shape[axis]
    # Places are computed in the type of the elements, as in PyTorch, where it has them all.
    dtype = x.dtype if length * float(finfo(x.dtype).eps) <= 1 else _dtypes.float64
    last = xp.astype(xp.clip(count - 1, min=0), dtype)
    places = (
        list(xp.reshape(xp.astype(q, dtype), (-1,))) if isinstance(q, Tensor) else q if isinstance(q, list) else [q]
    )
    found = []
    for one in places or [0.0]:
        place = one * last
        if not ignore_nan:  # where there is a NaN, it is the last and the result
            place = xp.where(xp.equal(count, length), place, length - 1)
        found.append(xp.reshape(_interpolate(values, axis, place, interpolation), shape))
    if not (q.ndim if isinstance(q, Tensor) else isinstance(q, list)):
        return found[0]
    return xp.stack(found, axis=0) if places else xp.stack(found, axis=0)[:0]


def _check_quantile(name: str, input: Tensor, q: Any) -> None:
    """Raise unless ``input`` has the quantiles ``q``."""
    if not check_tensor(input, name).dtype.is_floating_point:
        raise RuntimeError(f"{name}(): the input must be of a real floating-point type, not {input.dtype.name}")
    if not input.shape.numel():
        raise ShapeError(f"{name}(): the input has no elements; its shape is {tuple(input.shape)}")
    if isinstance(q, Tensor) and q.ndim > 1:
        raise ShapeError(f"{name}(): q must be a number or a vector, not of shape {tuple(q.shape)}")
    wanted = q.tolist() if isinstance(q, Tensor) else q
    several = wanted if isinstance(wanted, list) else [wanted]
    if any(not 0 <= real_number(one, name, "q") <= 1 for one in several):
        raise RuntimeError(f"{name}(): q must be between 0 and 1, not {wanted}")


def _interpolate(values: Tensor, axis: int, place: Tensor, interpolation: str) -> Tensor:
    """Return what is at ``place``, a number for each line along ``axis``, among sorted ``values``."""

    def at(numbers: Tensor) -> Tensor:
        return xp.take_along_axis(values, xp.astype(numbers, _dtypes.int64), axis=axis)

    fixed = place.detach()
    if interpolation in ("lower", "higher", "nearest"):
        return at({"lower": xp.floor, "higher": xp.ceil, "nearest": xp.round}[interpolation](fixed))
    lower, higher = xp.floor(fixed), xp.ceil(fixed)
    low, high = at(lower), at(higher)
    share = xp.astype(place - lower, values.dtype) if interpolation == "linear" else 0.5
    # Between equal places nothing is subtracted: both may be infinite.
    return xp.where(xp.equal(lower, higher), low, low + share * (high - xp.where(xp.equal(lower, higher), 0, low)))
