"""Pooling to a given size: regions of about equal length along every axis."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..._core.errors import ShapeError
from ..._core.precision import in_single_precision
from ..._core.tensor import Tensor
from ..common import check_countable, place_of, xp
from ..creation import tensor
from ..public import public_function
from ..strides import separate_from
from .convolution import add_batch, check_filled, remove_batch
from .vision import mix, region_weights, take


def _resolve_output_size(name: str, axes: int, x: Tensor, output_size: Any) -> tuple[int, ...]:
    wanted = (output_size,) * axes if output_size is None or isinstance(output_size, int) else tuple(output_size)
    if len(wanted) != axes:
        raise ShapeError(f"{name}: output_size has {len(wanted)} numbers, {wanted}, but there are {axes} axes")
    if any(size is not None and size < 1 for size in wanted):
        raise ShapeError(f"{name}: output_size must be positive, but it is {wanted}")
    target = tuple(n if size is None else int(size) for n, size in zip(x.shape[2:], wanted, strict=True))
    check_filled(x, name, 2)
    check_countable(name, (*x.shape[:2], *target))
    return target


def _region_means(x: Tensor, axis: int, size: int) -> Tensor:
    """Take the mean of each of ``size`` regions along ``axis``."""
    length = x.shape[axis]
    if size == length:
        return x
    if length % size == 0:
        split = xp.reshape(x, (*x.shape[:axis], size, length // size, *x.shape[axis + 1 :]))
        return xp.mean(split, axis + 1)
    return mix(x, axis, *region_weights(length, size))


def _adaptive_avg_pool(name: str, axes: int, input: Tensor, output_size: Any) -> Tensor:
    x, had_batch = add_batch(input, name, axes)
    target = _resolve_output_size(name, axes, x, output_size)
    for axis in reversed(range(axes)):
        x = _region_means(x, axis + 2, target[axis])
    return separate_from(input, remove_batch(x, had_batch))


@in_single_precision
def adaptive_avg_pool2d(input: Tensor, output_size: int | Sequence[int]) -> Tensor:
    """Take the means of as many regions of about equal size as the result has elements.

    Args:
        input: images ``(N, C, H, W)`` or ``(C, H, W)``.
        output_size: the height and width of the result: an int, or a pair in which None keeps the length.

    Returns:
        A tensor ``(N, C, *output_size)``, without ``N`` if ``input`` has none.  Region ``i`` of ``n`` in a length ``H`` is from
        ``floor(i * H / n)`` to ``ceil((i + 1) * H / n)``.

    Raises:
        ShapeError: ``output_size`` is not positive, or ``input`` has another number of dimensions.

    Example::

        >>> F.adaptive_avg_pool2d(polygrad.arange(16.0).reshape(1, 4, 4), (2, 1))
        tensor([[[ 3.5000],
                 [11.5000]]])
    """
    return _adaptive_avg_pool("adaptive_avg_pool2d", 2, input, output_size)


@public_function()
@in_single_precision
def adaptive_avg_pool1d(input: Tensor, output_size: int | Sequence[int]) -> Tensor:
    """Take the means of as many regions of about equal length as the result has elements.

    Args:
        input: sequences ``(N, C, L)`` or ``(C, L)``.
        output_size: the length of the result.

    Returns:
        A tensor ``(N, C, output_size)``, without ``N`` if ``input`` has none.  Region ``i`` of ``n`` is from ``floor(i * L / n)``
        to ``ceil((i + 1) * L / n)``.

    Raises:
        ShapeError: ``output_size`` is not positive, or ``input`` has another number of dimensions.

    Example::

        >>> F.adaptive_avg_pool1d(polygrad.tensor([[1.0, 3.0, 2.0, 0.0]]), 2)
        tensor([[2., 1.]])
    """
    return _adaptive_avg_pool("adaptive_avg_pool1d", 1, input, output_size)


@in_single_precision
def adaptive_avg_pool3d(input: Tensor, output_size: int | Sequence[int]) -> Tensor:
    """Take the means of as many regions of about equal size as the result has elements.

    Args:
        input: volumes ``(N, C, D, H, W)`` or ``(C, D, H, W)``.
        output_size: the depth, height and width of the result: an int, or three in which None keeps the length.

    Returns:
        A tensor ``(N, C, *output_size)``, without ``N`` if ``input`` has none.  The regions are those of `adaptive_avg_pool2d`.

    Raises:
        ShapeError: ``output_size`` is not positive, or ``input`` has another number of dimensions.

    Example::

        >>> F.adaptive_avg_pool3d(polygrad.arange(8.0).reshape(1, 2, 2, 2), (2, 1, 1)).flatten()
        tensor([1.5000, 5.5000])
    """
    return _adaptive_avg_pool("adaptive_avg_pool3d", 3, input, output_size)


def _adaptive_max_pool(name: str, axes: int, input: Tensor, output_size: Any, return_indices: bool) -> Any:
    """Take the maximum of each region: of each window, once every region has the length of the longest.

    A shorter one repeats its last element.
    """
    x, had_batch = add_batch(input, name, axes)
    target = _resolve_output_size(name, axes, x, output_size)
    check_filled(x, name)
    size, repeated = x.shape[2:], []
    for axis, (length, count) in enumerate(zip(size, target, strict=True)):
        starts = np.arange(count) * length // count
        stops = -(-(np.arange(count) + 1) * length // count)
        inside = np.arange((stops - starts).max())
        places = np.minimum(starts[:, None] + inside, stops[:, None] - 1).reshape(-1)
        if length % count:
            x = take(x, axis + 2, places)
        repeated.append(places)
    window = tuple(len(places) // count for places, count in zip(repeated, target, strict=True))
    plain = (window, window, (0,) * axes, (1,) * axes, False)
    result = separate_from(input, remove_batch(xp.max_pool(x, *plain), had_batch))
    if not return_indices:
        return result
    found = xp.max_pool_indices(x, *plain)
    if x.shape[2:] != size:  # the numbers are those of the repeated elements
        numbers = functools.reduce(lambda rows, row: np.add.outer(rows * size[rows.ndim], row), repeated)
        places = xp.take_rows(tensor(numbers.reshape(-1), **place_of(x)), xp.reshape(found, (found.shape.numel(),)))
        found = xp.reshape(places, found.shape)
    return result, remove_batch(found, had_batch)


def adaptive_max_pool2d(input: Tensor, output_size: int | Sequence[int], return_indices: bool = False) -> Any:
    """Take the maxima of as many regions of about equal size as the result has elements.

    Args:
        input: images ``(N, C, H, W)`` or ``(C, H, W)``.
        output_size: the height and width of the result: an int, or a pair in which None keeps the length.
        return_indices: also return where the maxima are, as ``row * W + column``.

    Returns:
        A tensor ``(N, C, *output_size)``, without ``N`` if ``input`` has none; with ``return_indices`` a pair of it and int64
        indices of its shape.  The regions are those of `adaptive_avg_pool2d`.

    Raises:
        ShapeError: ``output_size`` is not positive, or ``input`` has another number of dimensions.

    Example::

        >>> F.adaptive_max_pool2d(polygrad.arange(16.0).reshape(1, 4, 4), (2, 1))
        tensor([[[ 7.],
                 [15.]]])
    """
    return _adaptive_max_pool("adaptive_max_pool2d", 2, input, output_size, return_indices)


@public_function()
def adaptive_max_pool1d(input: Tensor, output_size: int | Sequence[int], return_indices: bool = False) -> Any:
    """Take the maxima of as many regions of about equal length as the result has elements.

    Args:
        input: sequences ``(N, C, L)`` or ``(C, L)``.
        output_size: the length of the result.
        return_indices: also return where the maxima are in the sequence.

    Returns:
        A tensor ``(N, C, output_size)``, without ``N`` if ``input`` has none; with ``return_indices`` a pair of it and int64
        indices of its shape.  The regions are those of `adaptive_avg_pool1d`.

    Raises:
        ShapeError: ``output_size`` is not positive, or ``input`` has another number of dimensions.

    Example::

        >>> F.adaptive_max_pool1d(polygrad.tensor([[1.0, 3.0, 2.0, 0.0]]), 2)
        tensor([[3., 2.]])
    """
    return _adaptive_max_pool("adaptive_max_pool1d", 1, input, output_size, return_indices)


def adaptive_max_pool3d(input: Tensor, output_size: int | Sequence[int], return_indices: bool = False) -> Any:
    """Take the maxima of as many regions of about equal size as the result has elements.

    Args:
        input: volumes ``(N, C, D, H, W)`` or ``(C, D, H, W)``.
        output_size: the depth, height and width of the result: an int, or three in which None keeps the length.
        return_indices: also return where the maxima are, as ``(depth * H + row) * W + column``.

    Returns:
        A tensor ``(N, C, *output_size)``, without ``N`` if ``input`` has none; with ``return_indices`` a pair of it and int64
        indices of its shape.  The regions are those of `adaptive_avg_pool2d`.

    Raises:
        ShapeError: ``output_size`` is not positive, or ``input`` has another number of dimensions.

    Example::

        >>> F.adaptive_max_pool3d(polygrad.arange(8.0).reshape(1, 2, 2, 2), (2, 1, 1)).flatten()
        tensor([3., 7.])
    """
    return _adaptive_max_pool("adaptive_max_pool3d", 3, input, output_size, return_indices)


def adaptive_max_pool1d_with_indices(
    input: Tensor, output_size: int | Sequence[int], return_indices: bool = False
) -> tuple[Tensor, Tensor]:
    """Call `adaptive_max_pool1d` with ``return_indices=True``.

    Args:
        input: as in `adaptive_max_pool1d`.
        output_size: as in `adaptive_max_pool1d`.
        return_indices: ignored: the indices are always returned.

    Returns:
        A pair of the maxima and of where they are, as int64.

    Raises:
        ShapeError: ``output_size`` is not positive, or ``input`` has another number of dimensions.

    Example::

        >>> F.adaptive_max_pool1d_with_indices(polygrad.tensor([[1.0, 3.0, 2.0, 0.0]]), 2)
        (tensor([[3., 2.]]), tensor([[1, 2]]))
    """
    return _adaptive_max_pool("adaptive_max_pool1d_with_indices", 1, input, output_size, True)


def adaptive_max_pool2d_with_indices(
    input: Tensor, output_size: int | Sequence[int], return_indices: bool = False
) -> tuple[Tensor, Tensor]:
    """Call `adaptive_max_pool2d` with ``return_indices=True``.

    Args:
        input: as in `adaptive_max_pool2d`.
        output_size: as in `adaptive_max_pool2d`.
        return_indices: ignored: the indices are always returned.

    Returns:
        A pair of the maxima and of where they are, as int64.

    Raises:
        ShapeError: ``output_size`` is not positive, or ``input`` has another number of dimensions.

    Example::

        >>> F.adaptive_max_pool2d_with_indices(polygrad.arange(4.0).reshape(1, 2, 2), 1)
        (tensor([[[3.]]]), tensor([[[3]]]))
    """
    return _adaptive_max_pool("adaptive_max_pool2d_with_indices", 2, input, output_size, True)


def adaptive_max_pool3d_with_indices(
    input: Tensor, output_size: int | Sequence[int], return_indices: bool = False
) -> tuple[Tensor, Tensor]:
    """Call `adaptive_max_pool3d` with ``return_indices=True``.

    Args:
        input: as in `adaptive_max_pool3d`.
        output_size: as in `adaptive_max_pool3d`.
        return_indices: ignored: the indices are always returned.

    Returns:
        A pair of the maxima and of where they are, as int64.

    Raises:
        ShapeError: ``output_size`` is not positive, or ``input`` has another number of dimensions.

    Example::

        >>> F.adaptive_max_pool3d_with_indices(polygrad.arange(8.0).reshape(1, 2, 2, 2), 1)
        (tensor([[[[7.]]]]), tensor([[[[7]]]]))
    """
    return _adaptive_max_pool("adaptive_max_pool3d_with_indices", 3, input, output_size, True)
