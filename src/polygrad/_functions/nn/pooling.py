"""Pooling over windows: the maximum, the mean, the norm."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..._core.errors import ShapeError
from ..._core.precision import in_single_precision
from ..._core.tensor import Tensor
from ..._dtypes import get_default_dtype
from ..._window_geometry import window_counts
from ..common import place_of, xp
from ..creation import tensor
from ..elementwise import div
from ..public import public_function
from .convolution import add_batch, check_filled, per_axis, remove_batch


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
    check_filled(x, name)
    for what, numbers in (("kernel_size", kernel), ("stride", stride), ("dilation", dilation)):
        if min(numbers) < 1:
            raise ShapeError(f"{name}: {what} must be positive, not {numbers}")
    if any(p < 0 or p > k // 2 for p, k in zip(padding, kernel, strict=True)):
        raise ShapeError(f"{name}: padding must be between 0 and half of the kernel size; got {padding} for {kernel}")
    counts = window_counts(x.shape, kernel, stride, padding, dilation, ceil)
    if min(counts) < 1:
        raise ShapeError(f"{name}: no window of size {kernel} fits into the input of shape {tuple(x.shape)}")
    return kernel, stride, padding, dilation, counts


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
    kernel, stride, padding, dilation, _ = _resolve_windows(name, axes, x, kernel_size, stride, padding, dilation, ceil)
    result = remove_batch(xp.max_pool(x, kernel, stride, padding, dilation, ceil), had_batch)
    if not return_indices:
        return result
    return result, remove_batch(xp.max_pool_indices(x, kernel, stride, padding, dilation, ceil), had_batch)


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


@public_function()
def max_pool3d(
    input: Tensor,
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None = None,
    padding: int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """Take the maximum of each window of volumes; of equal elements the first gets the gradient.

    Args:
        input: volumes ``(N, C, D, H, W)`` or ``(C, D, H, W)``.
        kernel_size: the size of a window: an int, or three ``(depth, height, width)``; so for the next three.
        stride: the step from window to window; None is ``kernel_size``.
        padding: how many elements to add at each face, at most half of ``kernel_size``; none of them is a maximum.
        dilation: the step from element to element of a window.
        ceil_mode: keep a last window that reaches beyond the volume.
        return_indices: also return where the maxima are, as ``(depth * H + row) * W + column``.

    Returns:
        A tensor ``(N, C, D', H', W')`` with ``D' = (D + 2 * padding - dilation * (kernel depth - 1) - 1) // stride + 1`` and the
        others likewise, without ``N`` if ``input`` has none; with ``return_indices`` a pair of it and int64 indices of its shape.

    Raises:
        ShapeError: no window fits, or a setting is out of range.

    Example::

        >>> F.max_pool3d(polygrad.arange(64.0).reshape(1, 4, 4, 4), (4, 2, 2))
        tensor([[[[53., 55.],
                  [61., 63.]]]])
    """
    return _max_pool("max_pool3d", 3, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


@public_function()
def max_pool1d_with_indices(
    input: Tensor,
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None = None,
    padding: int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> tuple[Tensor, Tensor]:
    """Call `max_pool1d` with ``return_indices=True``.

    Args:
        input: as in `max_pool1d`; so for the next five.
        kernel_size: the size of a window.
        stride: the step from window to window.
        padding: how many elements to add at each edge.
        dilation: the step from element to element of a window.
        ceil_mode: keep a last window that reaches beyond the edge.
        return_indices: ignored: the indices are always returned.

    Returns:
        A pair of the maxima and of where they are, as int64.

    Raises:
        ShapeError: no window fits, or a setting is out of range.

    Example::

        >>> F.max_pool1d_with_indices(polygrad.tensor([[1.0, 3.0, 2.0, 0.0]]), 2)
        (tensor([[3., 2.]]), tensor([[1, 2]]))
    """
    return _max_pool("max_pool1d_with_indices", 1, input, kernel_size, stride, padding, dilation, ceil_mode, True)


def max_pool2d_with_indices(
    input: Tensor,
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None = None,
    padding: int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> tuple[Tensor, Tensor]:
    """Call `max_pool2d` with ``return_indices=True``.

    Args:
        input: as in `max_pool2d`; so for the next five.
        kernel_size: the size of a window.
        stride: the step from window to window.
        padding: how many elements to add at each edge.
        dilation: the step from element to element of a window.
        ceil_mode: keep a last window that reaches beyond the edge.
        return_indices: ignored: the indices are always returned.

    Returns:
        A pair of the maxima and of where they are, as int64.

    Raises:
        ShapeError: no window fits, or a setting is out of range.

    Example::

        >>> F.max_pool2d_with_indices(polygrad.arange(4.0).reshape(1, 2, 2), 2)
        (tensor([[[3.]]]), tensor([[[3]]]))
    """
    return _max_pool("max_pool2d_with_indices", 2, input, kernel_size, stride, padding, dilation, ceil_mode, True)


def max_pool3d_with_indices(
    input: Tensor,
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None = None,
    padding: int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> tuple[Tensor, Tensor]:
    """Call `max_pool3d` with ``return_indices=True``.

    Args:
        input: as in `max_pool3d`; so for the next five.
        kernel_size: the size of a window.
        stride: the step from window to window.
        padding: how many elements to add at each edge.
        dilation: the step from element to element of a window.
        ceil_mode: keep a last window that reaches beyond the edge.
        return_indices: ignored: the indices are always returned.

    Returns:
        A pair of the maxima and of where they are, as int64.

    Raises:
        ShapeError: no window fits, or a setting is out of range.

    Example::

        >>> F.max_pool3d_with_indices(polygrad.arange(8.0).reshape(1, 2, 2, 2), 2)
        (tensor([[[[7.]]]]), tensor([[[[7]]]]))
    """
    return _max_pool("max_pool3d_with_indices", 3, input, kernel_size, stride, padding, dilation, ceil_mode, True)


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
    kernel, stride, padding, _, counts = _resolve_windows(name, axes, x, kernel_size, stride, padding, 1, ceil)
    total = xp.sum_pool(x, kernel, stride, padding, ceil)
    if divisor is None and not ceil and (include or not any(padding)):
        divisor = math.prod(kernel)
    if divisor is not None:
        return remove_batch(divide(total, divisor), had_batch)
    # How many elements each window covers, with or without the padding.
    covered = []
    for n, count, k, s, p in zip(x.shape[2:], counts, kernel, stride, padding, strict=True):
        start = np.arange(count) * s - p
        stop = np.minimum(start + k, n + p)
        covered.append(stop - start if include else np.minimum(stop, n) - np.maximum(start, 0))
    numbers = functools.reduce(np.multiply.outer, covered).astype("float64")
    numbers = tensor(numbers, dtype=x.dtype, **place_of(x))
    return remove_batch(divide(total, numbers), had_batch)


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
def avg_pool3d(
    input: Tensor,
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None = None,
    padding: int | Sequence[int] = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor:
    """Take the mean of each window of volumes.

    Args:
        input: volumes ``(N, C, D, H, W)`` or ``(C, D, H, W)``.
        kernel_size: the size of a window: an int, or three ``(depth, height, width)``; so for the next two.
        stride: the step from window to window; None is ``kernel_size``.
        padding: how many zeros to add at each face, at most half of ``kernel_size``.
        ceil_mode: keep a last window that reaches beyond the volume.
        count_include_pad: count the zeros of the padding as elements.
        divisor_override: divide the sums by this number instead.

    Returns:
        A tensor ``(N, C, D', H', W')`` with ``D' = (D + 2 * padding - kernel depth) // stride + 1`` and the others likewise,
        without ``N`` if ``input`` has none.

    Raises:
        ShapeError: no window fits, or a setting is out of range.
        ValueError: ``divisor_override`` is 0.

    Example::

        >>> F.avg_pool3d(polygrad.arange(64.0).reshape(1, 4, 4, 4), (4, 2, 2))
        tensor([[[[26.5000, 28.5000],
                  [34.5000, 36.5000]]]])
    """
    if divisor_override == 0:
        raise ValueError("avg_pool3d: divisor_override must not be zero")
    return _avg_pool(
        "avg_pool3d", 3, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
    )


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


@in_single_precision
def lp_pool3d(
    input: Tensor,
    norm_type: float,
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None = None,
    ceil_mode: bool = False,
) -> Tensor:
    """Take the norm of order ``norm_type`` of each window of volumes: ``sum(x ** norm_type) ** (1 / norm_type)``.

    A window that ``ceil_mode`` lets reach beyond the volume is scaled as if it were full.

    Args:
        input: volumes ``(N, C, D, H, W)`` or ``(C, D, H, W)``.
        norm_type: the exponent.
        kernel_size: the size of a window: an int, or three ``(depth, height, width)``.
        stride: the step from window to window, an int or three; None is ``kernel_size``.
        ceil_mode: keep a last window that reaches beyond the volume.

    Returns:
        A tensor ``(N, C, D', H', W')`` with ``D' = (D - kernel depth) // stride + 1`` and the others likewise, without ``N`` if
        ``input`` has none.

    Raises:
        ShapeError: no window fits.

    Example::

        >>> F.lp_pool3d(polygrad.tensor([[[[3.0, 0.0], [0.0, 4.0]]]]), 2, (1, 2, 2))
        tensor([[[[5.]]]])
    """
    means = avg_pool3d(_to_floating(input) ** norm_type, kernel_size, stride, 0, ceil_mode)
    return _take_root(means, norm_type, per_axis(kernel_size, 3, "lp_pool3d: kernel_size"))


def _to_floating(x: Tensor) -> Tensor:
    return x if x.dtype.is_differentiable else xp.astype(x, get_default_dtype())


def _take_root(means: Tensor, norm_type: float, kernel: tuple[int, ...]) -> Tensor:
    sums = xp.sign(means) * xp.relu(xp.abs(means)) * math.prod(kernel)  # relu: no gradient where all elements are 0
    return xp.power(sums, 1 / norm_type)
