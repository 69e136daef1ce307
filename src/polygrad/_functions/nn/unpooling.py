"""The inverse of maximum pooling, and pooling over windows at random places."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ... import _dtypes
from ..._core.errors import ShapeError
from ..._core.tensor import Tensor
from ..common import assume, check_countable, check_tensor, place_of, xp
from ..creation import arange, zeros
from ..joining import cat
from ..random import rand
from ..reductions import max as maximum
from ..scatter_gather import gather, scatter
from .convolution import add_batch, check_filled, per_axis, remove_batch

# -- unpooling ---------------------------------------------------------------------------------------------------------


def _unpooled_size(
    name: str, lengths: Sequence[int], kernel: Any, stride: Any, padding: Any, output_size: Any
) -> tuple[int, ...]:
    """Return the size before pooling: ``output_size``, if pooling could come from there."""
    plain = [(n - 1) * s + k - 2 * p for n, k, s, p in zip(lengths, kernel, stride, padding, strict=True)]
    if output_size is None:
        return tuple(plain)
    size = tuple(int(n) for n in output_size)
    size = size[2:] if len(size) == len(kernel) + 2 else size
    if len(size) != len(kernel):
        raise ValueError(
            f"{name}: output_size should have {len(kernel)} or {len(kernel) + 2} elements, but it has {len(output_size)}"
        )
    if any(not n - s < wanted < n + s for wanted, n, s in zip(size, plain, stride, strict=True)):
        lowest, highest = ([n + sign * s for n, s in zip(plain, stride, strict=True)] for sign in (-1, 1))
        raise ValueError(f"{name}: output_size {size} must be between {lowest} and {highest}, without these")
    return size


def _max_unpool(
    axes: int, input: Any, indices: Any, kernel_size: Any, stride: Any, padding: Any, output_size: Any
) -> Tensor:
    name = f"max_unpool{axes}d"
    kernel = per_axis(kernel_size, axes, f"{name}: kernel_size")
    stride = kernel if stride is None else per_axis(stride, axes, f"{name}: stride")
    padding = per_axis(padding, axes, f"{name}: padding")
    x, had_batch = add_batch(input, name, axes)
    if check_tensor(indices, name, "indices").dtype != _dtypes.int64:
        raise RuntimeError(f"{name}: the indices must be of type int64, not {indices.dtype.name}")
    if indices.shape != input.shape:
        raise ShapeError(
            f"{name}: the indices have shape {tuple(indices.shape)}, and the input {tuple(input.shape)}; they must be equal"
        )
    check_filled(x, name)
    size = _unpooled_size(name, x.shape[2:], kernel, stride, padding, output_size)
    if min(size) < 1:
        raise ShapeError(f"{name}: the result would have size {size} for an input of shape {tuple(input.shape)}")
    check_countable(name, (*x.shape[:2], *size))
    images, count = (*x.shape[:2], x.shape[2:].numel()), math.prod(size)

    def check(values: Any) -> None:
        if values.size and (values.min() < 0 or values.max() >= count):
            wrong = values.min() if values.min() < 0 else values.max()
            raise RuntimeError(f"{name}: found an invalid max index: {wrong}, for a result of size {size}")

    assume(indices, check)
    empty = zeros((*images[:2], count), dtype=x.dtype, **place_of(x))
    result = scatter(empty, 2, xp.reshape(indices, images), xp.reshape(x, images))
    return remove_batch(xp.reshape(result, (*images[:2], *size)), had_batch)


def max_unpool1d(
    input: Tensor,
    indices: Tensor,
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None = None,
    padding: int | Sequence[int] = 0,
    output_size: Sequence[int] | None = None,
) -> Tensor:
    """Put the maxima that `max_pool1d` found back where they were; everything else is 0.

    Where indices repeat, as those of overlapping windows may, the last maximum is taken.

    Args:
        input: maxima of sequences, ``(N, C, L)`` or ``(C, L)``.
        indices: where they were, place in the sequence, as int64 of the shape of ``input``.
        kernel_size: the size of a window: an int; so for the next two.
        stride: the step from window to window; None is ``kernel_size``.
        padding: how many elements were added at each edge.
        output_size: the size before pooling, with or without the first two dimensions, where several sizes give that of ``input``.

    Returns:
        A tensor ``(N, C, L')`` with ``L' = (L - 1) * stride + kernel_size - 2 * padding``, or of
        ``output_size``, without ``N`` if ``input`` has none.

    Raises:
        ShapeError: the shapes differ, or the result would be empty.
        ValueError: ``output_size`` cannot have been the size before pooling.
        RuntimeError: an index lies outside of the result.

    Example::

        >>> x, i = F.max_pool1d(polygrad.tensor([[1.0, 3.0, 2.0, 0.0]]), 2, return_indices=True)
        >>> F.max_unpool1d(x, i, 2)
        tensor([[0., 3., 2., 0.]])
    """
    return _max_unpool(1, input, indices, kernel_size, stride, padding, output_size)


def max_unpool2d(
    input: Tensor,
    indices: Tensor,
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None = None,
    padding: int | Sequence[int] = 0,
    output_size: Sequence[int] | None = None,
) -> Tensor:
    """Put the maxima that `max_pool2d` found back where they were; everything else is 0.

    Where indices repeat, as those of overlapping windows may, the last maximum is taken.

    Args:
        input: maxima of images, ``(N, C, H, W)`` or ``(C, H, W)``.
        indices: where they were, ``row * W' + column``, as int64 of the shape of ``input``.
        kernel_size: the size of a window: an int, or a pair ``(height, width)``; so for the next two.
        stride: the step from window to window; None is ``kernel_size``.
        padding: how many elements were added at each edge.
        output_size: the size before pooling, with or without the first two dimensions, where several sizes give that of ``input``.

    Returns:
        A tensor ``(N, C, H', W')`` with ``H' = (H - 1) * stride + kernel height - 2 * padding`` and ``W'``
        likewise, without ``N`` if ``input`` has none; or of ``output_size``.

    Raises:
        ShapeError: the shapes differ, or the result would be empty.
        ValueError: ``output_size`` cannot have been the size before pooling.
        RuntimeError: an index lies outside of the result.

    Example::

        >>> x, i = F.max_pool2d(polygrad.arange(4.0).reshape(1, 2, 2), 2, return_indices=True)
        >>> F.max_unpool2d(x, i, 2)
        tensor([[[0., 0.],
                 [0., 3.]]])
    """
    return _max_unpool(2, input, indices, kernel_size, stride, padding, output_size)


def max_unpool3d(
    input: Tensor,
    indices: Tensor,
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None = None,
    padding: int | Sequence[int] = 0,
    output_size: Sequence[int] | None = None,
) -> Tensor:
    """Put the maxima that `max_pool3d` found back where they were; everything else is 0.

    Where indices repeat, as those of overlapping windows may, the last maximum is taken.

    Args:
        input: maxima of volumes, ``(N, C, D, H, W)`` or ``(C, D, H, W)``.
        indices: where they were, ``(depth * H' + row) * W' + column``, as int64 of the shape of ``input``.
        kernel_size: the size of a window: an int, or three ``(depth, height, width)``; so for the next two.
        stride: the step from window to window; None is ``kernel_size``.
        padding: how many elements were added at each edge.
        output_size: the size before pooling, with or without the first two dimensions, where several sizes give that of ``input``.

    Returns:
        A tensor ``(N, C, D', H', W')`` with ``D' = (D - 1) * stride + kernel depth - 2 * padding`` and the
        others likewise, without ``N`` if ``input`` has none; or of ``output_size``.

    Raises:
        ShapeError: the shapes differ, or the result would be empty.
        ValueError: ``output_size`` cannot have been the size before pooling.
        RuntimeError: an index lies outside of the result.

    Example::

        >>> x, i = F.max_pool3d(polygrad.arange(4.0).reshape(1, 1, 2, 2), (1, 2, 2), return_indices=True)
        >>> F.max_unpool3d(x, i, (1, 2, 2))
        tensor([[[[0., 0.],
                  [0., 3.]]]])
    """
    return _max_unpool(3, input, indices, kernel_size, stride, padding, output_size)


# -- windows at random places ------------------------------------------------------------------------------------------


def _starts(samples: Tensor, length: int, kernel: int, count: int) -> Tensor:
    """Return where ``count`` windows start: at steps of two lengths, in an order that ``samples`` decides."""
    last = xp.zeros_like(samples) + (length - kernel)
    if count == 1:
        return xp.astype(last, _dtypes.int64)
    alpha = (length - kernel) / (count - 1)
    number = xp.astype(arange(count - 1, **place_of(samples)), samples.dtype)
    starts = xp.floor((number + samples) * alpha) - xp.floor(samples * alpha)
    return xp.astype(cat((starts, last), -1), _dtypes.int64)


def _fractional_max_pool(
    axes: int, input: Any, kernel_size: Any, output_size: Any, output_ratio: Any, return_indices: bool, samples: Any
) -> Any:
    name = f"fractional_max_pool{axes}d"
    if output_size is None and output_ratio is None:
        raise ValueError(f"{name} requires specifying either an output_size or an output_ratio")
    x, had_batch = add_batch(input, name, axes)
    kernel, size = per_axis(kernel_size, axes, f"{name}: kernel_size"), x.shape[2:]
    if output_size is None:
        ratio = (output_ratio,) * axes if isinstance(output_ratio, (int, float)) else tuple(output_ratio)
        if len(ratio) != axes:
            raise ValueError(f"{name} requires output_ratio to either be a single number or a tuple of {axes}")
        counts = tuple(int(n * r) for n, r in zip(size, ratio, strict=True))
    else:
        counts = per_axis(output_size, axes, f"{name}: output_size")
    check_filled(x, name)
    if min(*kernel, *counts) < 1:
        raise ShapeError(f"{name}: the sizes must be positive; got kernel_size {kernel} and output_size {counts}")
    if any(count + k - 1 > n for count, k, n in zip(counts, kernel, size, strict=True)):
        raise ShapeError(
            f"{name}: {counts} windows of size {kernel} are too large for the input of shape {tuple(input.shape)}"
        )
    if samples is None:
        samples = rand(*x.shape[:2], axes, dtype=x.dtype, **place_of(x))
    else:
        known = tuple(check_tensor(samples, name, "_random_samples").shape)
        if known[1:] != (x.shape[1], axes) or known[0] < x.shape[0]:
            raise ShapeError(f"{name}: _random_samples must have shape {(*x.shape[:2], axes)}, not {known}")
        samples = samples[: x.shape[0]]
    places: Any = None
    for axis in range(axes):
        # PyTorch takes the samples of images from the last axis to the first, and those of volumes in order.
        column = axes - 1 - axis if axes == 2 else axis
        starts = _starts(samples[:, :, column : column + 1], size[axis], kernel[axis], counts[axis])
        # Windows of the axes so far, then the elements of each.
        inside = arange(kernel[axis], **place_of(x))
        along = xp.reshape(starts, (*x.shape[:2], 1, counts[axis], 1, 1)) + inside
        if places is not None:
            along = places[..., :, None, :, None] * size[axis] + along
        windows, elements = along.shape[2] * along.shape[3], along.shape[4] * along.shape[5]
        places = xp.reshape(along, (*x.shape[:2], windows, elements))
    flat = (*x.shape[:2], places.shape[2] * places.shape[3])
    picked = gather(xp.reshape(x, (*x.shape[:2], size.numel())), 2, xp.reshape(places, flat))
    values, winners = maximum(xp.reshape(picked, places.shape), -1)
    result = remove_batch(xp.reshape(values, (*x.shape[:2], *counts)), had_batch)
    if not return_indices:
        return result
    found = gather(places, 3, xp.reshape(winners, (*winners.shape, 1)))
    return result, remove_batch(xp.reshape(found, (*x.shape[:2], *counts)), had_batch)


def fractional_max_pool2d(
    input: Tensor,
    kernel_size: int | Sequence[int],
    output_size: int | Sequence[int] | None = None,
    output_ratio: float | Sequence[float] | None = None,
    return_indices: bool = False,
    _random_samples: Tensor | None = None,
) -> Any:
    """Take the maximum of windows at random places of images: as many as the result has elements.

    Graham, "Fractional max-pooling", 2014, arXiv:1412.6071.  The starts of neighbouring windows are pseudorandom.

    Args:
        input: images ``(N, C, H, W)`` or ``(C, H, W)``.
        kernel_size: the size of a window: an int, or a pair ``(height, width)``.
        output_size: the size of the result: an int, or a pair ``(height, width)``.
        output_ratio: the ratio of the sizes of result and input, a number or pair, instead of ``output_size``.
        return_indices: also return where the maxima are, as ``row * W + column``.
        _random_samples: numbers from 0 to 1 that decide the places, ``(N, C, 2)``; None draws them.

    Returns:
        A tensor ``(N, C, H', W')`` of ``output_size``, without ``N`` if ``input`` has none; with
        ``return_indices`` a pair of it and int64 indices of its shape.

    Raises:
        ValueError: neither ``output_size`` nor ``output_ratio`` is given.
        ShapeError: the windows do not fit into ``input``.

    Example::

        >>> x = polygrad.arange(16.0).reshape(1, 4, 4)
        >>> F.fractional_max_pool2d(x, 2, output_size=1)
        tensor([[[15.]]])
    """
    return _fractional_max_pool(2, input, kernel_size, output_size, output_ratio, return_indices, _random_samples)


def fractional_max_pool2d_with_indices(
    input: Tensor,
    kernel_size: int | Sequence[int],
    output_size: int | Sequence[int] | None = None,
    output_ratio: float | Sequence[float] | None = None,
    return_indices: bool = False,
    _random_samples: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """Call `fractional_max_pool2d` with ``return_indices=True``.

    Args:
        input: as in `fractional_max_pool2d`; so for the next three.
        kernel_size: the size of a window.
        output_size: the size of the result.
        output_ratio: the ratio of the sizes of result and input.
        return_indices: ignored: the indices are always returned.
        _random_samples: numbers from 0 to 1 that decide the places.

    Returns:
        A pair of the maxima and of where they are, as int64.

    Raises:
        ValueError: neither ``output_size`` nor ``output_ratio`` is given.
        ShapeError: the windows do not fit into ``input``.

    Example::

        >>> x = polygrad.arange(16.0).reshape(1, 4, 4)
        >>> F.fractional_max_pool2d_with_indices(x, 2, output_size=1)
        (tensor([[[15.]]]), tensor([[[15]]]))
    """
    return _fractional_max_pool(2, input, kernel_size, output_size, output_ratio, True, _random_samples)


def fractional_max_pool3d(
    input: Tensor,
    kernel_size: int | Sequence[int],
    output_size: int | Sequence[int] | None = None,
    output_ratio: float | Sequence[float] | None = None,
    return_indices: bool = False,
    _random_samples: Tensor | None = None,
) -> Any:
    """Take the maximum of windows at random places of volumes: as many as the result has elements.

    Graham, "Fractional max-pooling", 2014, arXiv:1412.6071.  The starts of neighbouring windows are pseudorandom.

    Args:
        input: volumes ``(N, C, D, H, W)`` or ``(C, D, H, W)``.
        kernel_size: the size of a window: an int, or three ``(depth, height, width)``.
        output_size: the size of the result: an int, or three ``(depth, height, width)``.
        output_ratio: the ratio of the sizes of result and input, a number or three, instead of ``output_size``.
        return_indices: also return where the maxima are, as ``(depth * H + row) * W + column``.
        _random_samples: numbers from 0 to 1 that decide the places, ``(N, C, 3)``; None draws them.

    Returns:
        A tensor ``(N, C, D', H', W')`` of ``output_size``, without ``N`` if ``input`` has none; with
        ``return_indices`` a pair of it and int64 indices of its shape.

    Raises:
        ValueError: neither ``output_size`` nor ``output_ratio`` is given.
        ShapeError: the windows do not fit into ``input``.

    Example::

        >>> x = polygrad.arange(8.0).reshape(1, 2, 2, 2)
        >>> F.fractional_max_pool3d(x, 1, output_size=1)
        tensor([[[[7.]]]])
    """
    return _fractional_max_pool(3, input, kernel_size, output_size, output_ratio, return_indices, _random_samples)


def fractional_max_pool3d_with_indices(
    input: Tensor,
    kernel_size: int | Sequence[int],
    output_size: int | Sequence[int] | None = None,
    output_ratio: float | Sequence[float] | None = None,
    return_indices: bool = False,
    _random_samples: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """Call `fractional_max_pool3d` with ``return_indices=True``.

    Args:
        input: as in `fractional_max_pool3d`; so for the next three.
        kernel_size: the size of a window.
        output_size: the size of the result.
        output_ratio: the ratio of the sizes of result and input.
        return_indices: ignored: the indices are always returned.
        _random_samples: numbers from 0 to 1 that decide the places.

    Returns:
        A pair of the maxima and of where they are, as int64.

    Raises:
        ValueError: neither ``output_size`` nor ``output_ratio`` is given.
        ShapeError: the windows do not fit into ``input``.

    Example::

        >>> x = polygrad.arange(8.0).reshape(1, 2, 2, 2)
        >>> F.fractional_max_pool3d_with_indices(x, 1, output_size=1)
        (tensor([[[[7.]]]]), tensor([[[[7]]]]))
    """
    return _fractional_max_pool(3, input, kernel_size, output_size, output_ratio, True, _random_samples)
