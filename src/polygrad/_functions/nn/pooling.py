"""Pooling.  Sequences are pooled as images of height 1."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..._core.errors import ShapeError
from ..._core.precision import in_single_precision
from ..._core.tensor import Tensor
from ..._dtypes import get_default_dtype
from ..._window_geometry import window_counts
from ..common import check_countable, place_of, xp
from ..creation import tensor
from ..elementwise import div
from ..joining import cat
from ..public import public_function
from ..strides import separate_from
from .convolution import add_batch, check_filled, per_axis, remove_batch, to_2d
from .vision import mix, region_weights


def _resolve_windows(
    name: str,
    axes: int,
    x: Tensor,
    kernel_size: Any,
    stride: Any,
    padding: Any,
    dilation: Any,
    ceil: bool,
) -> tuple:
    kernel = per_axis(kernel_size, axes, f"{name}: kernel_size")
    stride = kernel if stride is None or stride == () else per_axis(stride, axes, f"{name}: stride")
    padding, dilation = per_axis(padding, axes, f"{name}: padding"), per_axis(dilation, axes, f"{name}: dilation")
    shape = tuple(x.shape)
    check_filled(x, name)
    for what, numbers in (("kernel_size", kernel), ("stride", stride), ("dilation", dilation)):
        if min(numbers) < 1:
            raise ShapeError(f"{name}: {what} must be positive, not {numbers}")
    if any(p < 0 or p > k // 2 for p, k in zip(padding, kernel, strict=True)):
        raise ShapeError(f"{name}: padding must be between 0 and half of the kernel size; got {padding} for {kernel}")
    if axes == 1:
        kernel, stride, padding, dilation = (1, *kernel), (1, *stride), (0, *padding), (1, *dilation)
        x = to_2d(x)[0]
    counts = window_counts(x.shape, kernel, stride, padding, dilation, ceil)
    if min(counts) < 1:
        raise ShapeError(f"{name}: no window of size {kernel[-axes:]} fits into the input of shape {shape}")
    return x, kernel, stride, padding, dilation, counts


def _restore_axes(result: Tensor, axes: int, had_batch: bool) -> Tensor:
    if axes == 1:
        result = xp.reshape(result, (*result.shape[:2], result.shape[3]))
    return remove_batch(result, had_batch)


def _max_pool(
    name: str,
    axes: int,
    input: Any,
    kernel_size: Any,
    stride: Any,
    padding: Any,
    dilation: Any,
    ceil: bool,
    return_indices: bool,
) -> Any:
    x, had_batch = add_batch(input, name, axes)
    x, kernel, stride, padding, dilation, _ = _resolve_windows(
        name, axes, x, kernel_size, stride, padding, dilation, ceil
    )
    result = _restore_axes(xp.max_pool2d(x, kernel, stride, padding, dilation, ceil), axes, had_batch)
    if not return_indices:
        return result
    return result, _restore_axes(xp.max_pool2d_indices(x, kernel, stride, padding, dilation, ceil), axes, had_batch)


@public_function()
def max_pool2d(
    input: Tensor,
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None = None,
    padding: int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """Take the maximum of each window of images; of equal elements the first gets the gradient.

    Args:
        input: images ``(N, C, H, W)`` or ``(C, H, W)``.
        kernel_size: the size of a window: an int, or a pair ``(height, width)``; so for the next three.
        stride: the step from window to window; None is ``kernel_size``.
        padding: how many elements to add at each edge, at most half of ``kernel_size``; none of them is a maximum.
        dilation: the step from element to element of a window.
        ceil_mode: keep a last window that reaches beyond the image.
        return_indices: also return where the maxima are, as ``row * W + column``.

    Returns:
        A tensor ``(N, C, H', W')`` with ``H' = (H + 2 * padding - dilation * (kernel height - 1) - 1) // stride + 1`` and ``W'``
        likewise, without ``N`` if ``input`` has none; with ``return_indices`` a pair of it and int64 indices of its shape.

    Raises:
        ShapeError: no window fits, or a setting is out of range.

    Example::

        >>> F.max_pool2d(polygrad.arange(16.0).reshape(1, 4, 4), 2)
        tensor([[[ 5.,  7.],
                 [13., 15.]]])
    """
    return _max_pool("max_pool2d", 2, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


@public_function()
def max_pool1d(
    input: Tensor,
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None = None,
    padding: int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """Take the maximum of each window of sequences; of equal elements the first gets the gradient.

    Args:
        input: sequences ``(N, C, L)`` or ``(C, L)``.
        kernel_size: the length of a window.
        stride: the step from window to window; None is ``kernel_size``.
        padding: how many elements to add at each end, at most half of ``kernel_size``; none of them is a maximum.
        dilation: the step from element to element of a window.
        ceil_mode: keep a last window that reaches beyond the sequence.
        return_indices: also return where the maxima are in the sequence.

    Returns:
        A tensor ``(N, C, L')`` with ``L' = (L + 2 * padding - dilation * (kernel_size - 1) - 1) // stride + 1``, without ``N`` if
        ``input`` has none; with ``return_indices`` a pair of it and int64 indices of its shape.

    Raises:
        ShapeError: no window fits, or a setting is out of range.

    Example::

        >>> F.max_pool1d(polygrad.tensor([[1.0, 3.0, 2.0, 0.0]]), 2, return_indices=True)
        (tensor([[3., 2.]]), tensor([[1, 2]]))
    """
    return _max_pool("max_pool1d", 1, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def _avg_pool(
    name: str,
    axes: int,
    input: Any,
    kernel_size: Any,
    stride: Any,
    padding: Any,
    ceil: bool,
    include: bool,
    divisor: int | None,
) -> Tensor:
    x, had_batch = add_batch(input, name, axes)
    x, kernel, stride, padding, _, counts = _resolve_windows(name, axes, x, kernel_size, stride, padding, 1, ceil)
    total = xp.sum_pool2d(x, kernel, stride, padding, ceil)
    if divisor is None and not ceil and (include or not any(padding)):
        divisor = kernel[0] * kernel[1]
    if divisor is not None:
        return _restore_axes(divide(total, divisor), axes, had_batch)
    # How many elements each window covers, with or without the padding.
    covered = []
    for n, count, k, s, p in zip(x.shape[2:], counts, kernel, stride, padding, strict=True):
        start = np.arange(count) * s - p
        stop = np.minimum(start + k, n + p)
        covered.append(stop - start if include else np.minimum(stop, n) - np.maximum(start, 0))
    numbers = np.outer(*covered).astype("float64")
    numbers = tensor(numbers, dtype=x.dtype, **place_of(x))
    return _restore_axes(divide(total, numbers), axes, had_batch)


def divide(total: Tensor, count: Any) -> Tensor:
    """Compute ``total / count`` in the data type of ``total``; integers are truncated, as in PyTorch."""
    return total / count if total.dtype.is_differentiable else div(total, count, rounding_mode="trunc")


@in_single_precision
def avg_pool2d(
    input: Tensor,
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None = None,
    padding: int | Sequence[int] = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor:
    """Take the mean of each window of images.

    Args:
        input: images ``(N, C, H, W)`` or ``(C, H, W)``.
        kernel_size: the size of a window: an int, or a pair ``(height, width)``; so for the next two.
        stride: the step from window to window; None is ``kernel_size``.
        padding: how many zeros to add at each edge, at most half of ``kernel_size``.
        ceil_mode: keep a last window that reaches beyond the image.
        count_include_pad: count the zeros of the padding as elements.
        divisor_override: divide the sums by this number instead.

    Returns:
        A tensor ``(N, C, H', W')`` with ``H' = (H + 2 * padding - kernel height) // stride + 1`` and ``W'`` likewise, without
        ``N`` if ``input`` has none.

    Raises:
        ShapeError: no window fits, or a setting is out of range.
        ValueError: ``divisor_override`` is 0.

    Example::

        >>> F.avg_pool2d(polygrad.arange(16.0).reshape(1, 4, 4), 2)
        tensor([[[ 2.5000,  4.5000],
                 [10.5000, 12.5000]]])
    """
    if divisor_override == 0:
        raise ValueError("avg_pool2d: divisor_override must not be zero")
    return _avg_pool(
        "avg_pool2d", 2, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
    )


@public_function()
@in_single_precision
def avg_pool1d(
    input: Tensor,
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None = None,
    padding: int | Sequence[int] = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Tensor:
    """Take the mean of each window of sequences.

    Args:
        input: sequences ``(N, C, L)`` or ``(C, L)``.
        kernel_size: the length of a window.
        stride: the step from window to window; None is ``kernel_size``.
        padding: how many zeros to add at each end, at most half of ``kernel_size``.
        ceil_mode: keep a last window that reaches beyond the sequence.
        count_include_pad: count the zeros of the padding as elements.

    Returns:
        A tensor ``(N, C, L')`` with ``L' = (L + 2 * padding - kernel_size) // stride + 1``, without ``N`` if ``input`` has none.

    Raises:
        ShapeError: no window fits, or a setting is out of range.

    Example::

        >>> F.avg_pool1d(polygrad.tensor([[1.0, 3.0, 2.0, 0.0]]), 2)
        tensor([[2., 1.]])
    """
    return _avg_pool("avg_pool1d", 1, input, kernel_size, stride, padding, ceil_mode, count_include_pad, None)


@in_single_precision
def lp_pool2d(
    input: Tensor,
    norm_type: float,
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None = None,
    ceil_mode: bool = False,
) -> Tensor:
    """Take the norm of order ``norm_type`` of each window of images: ``sum(x ** norm_type) ** (1 / norm_type)``.

    A window that ``ceil_mode`` lets reach beyond the image is scaled as if it were full.

    Args:
        input: images ``(N, C, H, W)`` or ``(C, H, W)``.
        norm_type: the exponent.
        kernel_size: the size of a window: an int, or a pair ``(height, width)``.
        stride: the step from window to window, an int or a pair; None is ``kernel_size``.
        ceil_mode: keep a last window that reaches beyond the image.

    Returns:
        A tensor ``(N, C, H', W')`` with ``H' = (H - kernel height) // stride + 1`` and ``W'`` likewise, without ``N`` if ``input``
        has none.

    Raises:
        ShapeError: no window fits.

    Example::

        >>> F.lp_pool2d(polygrad.tensor([[[3.0, 0.0], [0.0, 4.0]]]), 2, 2)
        tensor([[[5.]]])
    """
    means = avg_pool2d(_to_floating(input) ** norm_type, kernel_size, stride, 0, ceil_mode)
    return _take_root(means, norm_type, per_axis(kernel_size, 2, "lp_pool2d: kernel_size"))


@in_single_precision
def lp_pool1d(
    input: Tensor,
    norm_type: float,
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None = None,
    ceil_mode: bool = False,
) -> Tensor:
    """Take the norm of order ``norm_type`` of each window of sequences: ``sum(x ** norm_type) ** (1 / norm_type)``.

    A window that ``ceil_mode`` lets reach beyond the sequence is scaled as if it were full.

    Args:
        input: sequences ``(N, C, L)`` or ``(C, L)``.
        norm_type: the exponent.
        kernel_size: the length of a window.
        stride: the step from window to window; None is ``kernel_size``.
        ceil_mode: keep a last window that reaches beyond the sequence.

    Returns:
        A tensor ``(N, C, L')`` with ``L' = (L - kernel_size) // stride + 1``, without ``N`` if ``input`` has none.

    Raises:
        ShapeError: no window fits.

    Example::

        >>> F.lp_pool1d(polygrad.tensor([[3.0, 4.0, 0.0, 2.0]]), 2, 2)
        tensor([[5., 2.]])
    """
    means = avg_pool1d(_to_floating(input) ** norm_type, kernel_size, stride, 0, ceil_mode)
    return _take_root(means, norm_type, per_axis(kernel_size, 1, "lp_pool1d: kernel_size"))


def _to_floating(x: Tensor) -> Tensor:
    return x if x.dtype.is_differentiable else xp.astype(x, get_default_dtype())


def _take_root(means: Tensor, norm_type: float, kernel: tuple[int, ...]) -> Tensor:
    sums = xp.sign(means) * xp.relu(xp.abs(means)) * math.prod(kernel)  # relu: no gradient where all elements are 0
    return xp.power(sums, 1 / norm_type)


# -- pooling to a given size -------------------------------------------------------------------------------------------


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


def _region_bounds(length: int, size: int) -> list[tuple[int, int]]:
    """Return start and end of each of ``size`` regions of about equal length."""
    return [(i * length // size, -(-(i + 1) * length // size)) for i in range(size)]


def _region_means(x: Tensor, axis: int, size: int) -> Tensor:
    """Take the mean of each of ``size`` regions along ``axis``, -1 or -2."""
    length = x.shape[axis]
    if size == length:
        return x
    if length % size == 0:
        position = x.ndim + axis
        split = xp.reshape(x, (*x.shape[:position], size, length // size, *x.shape[position + 1 :]))
        return xp.mean(split, position + 1)
    return mix(x, x.ndim + axis, *region_weights(length, size))


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
    x, had_batch = add_batch(input, "adaptive_avg_pool2d", 2)
    height, width = _resolve_output_size("adaptive_avg_pool2d", 2, x, output_size)
    return separate_from(input, remove_batch(_region_means(_region_means(x, -1, width), -2, height), had_batch))


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
    x, had_batch = add_batch(input, "adaptive_avg_pool1d", 1)
    target = _resolve_output_size("adaptive_avg_pool1d", 1, x, output_size)
    return separate_from(input, remove_batch(_region_means(x, -1, *target), had_batch))


def _region_maxima(x: Tensor, height: int, width: int, return_indices: bool) -> list[Tensor]:
    """Return the maximum of each region, and, if ``return_indices``, where it is in the image."""
    rows: list[list[Tensor]] = []
    for top, bottom in _region_bounds(x.shape[2], height):
        row = []
        for left, right in _region_bounds(x.shape[3], width):
            region, one = x[:, :, top:bottom, left:right], (1, 1)
            window = (bottom - top, right - left)
            row.append([xp.max_pool2d(region, window, one, (0, 0), one, False)])
            if return_indices:
                inside = xp.max_pool2d_indices(region, window, one, (0, 0), one, False)
                row[-1].append((inside // window[1] + top) * x.shape[3] + inside % window[1] + left)
        rows.append([cat(list(parts), -1) for parts in zip(*row, strict=True)])
    return [cat(list(parts), -2) for parts in zip(*rows, strict=True)]


def _adaptive_max_pool(name: str, axes: int, input: Tensor, output_size: Any, return_indices: bool) -> Any:
    x, had_batch = add_batch(input, name, axes)
    target = _resolve_output_size(name, axes, x, output_size)
    check_filled(x, name)
    if axes == 1:
        x, target = to_2d(x)[0], (1, *target)
    found = _region_maxima(x, target[0], target[1], return_indices)
    results = tuple(_restore_axes(result, axes, had_batch) for result in found)
    return results if return_indices else results[0]


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
