"""Convolution.  Sequences are convolved as images of height 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ... import _dtypes
from ..._core.errors import ShapeError
from ..._core.precision import downcast, upcast
from ..._core.same_dtype import check_same_dtype
from ..._core.tensor import Tensor
from ..._window_geometry import crop_image, keys, padded_lengths, window_counts
from ..common import check_tensor, xp
from ..public import public_function


def per_axis(value: Any, count: int, what: str) -> tuple[int, ...]:
    """Return a tuple of ints, one per axis, from one int or several.  Raises ValueError if their number is wrong."""
    if isinstance(value, int):
        return (value,) * count
    numbers = tuple(int(n) for n in value)
    if len(numbers) == 1:
        return numbers * count
    if len(numbers) != count:
        raise ValueError(f"{what} has {len(numbers)} numbers, {tuple(numbers)}, but there are {count} axes")
    return numbers


def add_batch(input: Tensor, name: str, axes: int) -> tuple[Tensor, bool]:
    """Return ``input`` with a batch dimension, and whether it had one.  Raises ShapeError if the number of dimensions is wrong."""
    check_tensor(input, name)
    if input.ndim == axes + 1:
        return xp.reshape(input, (1, *input.shape)), False
    if input.ndim != axes + 2:
        lengths = ("length",) if axes == 1 else ("depth", "height", "width")[-axes:]
        layout = ", ".join(("batch", "channels", *lengths))
        raise ShapeError(
            f"{name}: the input has shape {tuple(input.shape)}; it must be ({layout}), or the same without a batch"
        )
    return input, True


def check_filled(input: Tensor, name: str, first: int = 1) -> None:
    """Raise ShapeError if a dimension of ``input``, from ``first`` on, is empty; only the batch may be."""
    if 0 in input.shape[first:]:
        raise ShapeError(
            f"{name}: the input has shape {tuple(input.shape)}; only the batch"
            f"{' and the channels' if first > 1 else ''} may be empty"
        )


def remove_batch(result: Tensor, had_batch: bool) -> Tensor:
    """Remove the batch dimension that `add_batch` added."""
    return result if had_batch else xp.reshape(result, result.shape[1:])


def to_2d(*tensors: Tensor) -> list[Tensor]:
    """Insert a first spatial axis of length 1, so that sequences are images."""
    return [xp.reshape(x, (*x.shape[:2], 1, x.shape[2])) for x in tensors]


def _check(
    name: str, input: Tensor, weight: Tensor, bias: Tensor | None, axes: int, groups: int, transposed: bool
) -> None:
    check_tensor(weight, name, "weight")
    shapes = f"input of shape {tuple(input.shape)}, weight of shape {tuple(weight.shape)}"
    if weight.ndim != axes + 2:
        raise ShapeError(f"{name}: the weight must have {axes + 2} dimensions; got {shapes}")
    check_same_dtype(name, {"input": input, "weight": weight, "bias": bias})
    if groups < 1:
        raise ShapeError(f"{name}: groups must be positive, not {groups}")
    channels, outputs = input.shape[1], weight.shape[1] * groups if transposed else weight.shape[0]
    expected = weight.shape[0] if transposed else weight.shape[1] * groups
    if weight.shape[0] % groups or not weight.shape[0]:
        raise ShapeError(
            f"{name}: the weight's first dimension is not a positive multiple of groups={groups}; got {shapes}"
        )
    if channels != expected:
        raise ShapeError(
            f"{name}: the input has {channels} channels, but the weight takes {expected} (groups={groups}); "
            f"got {shapes}"
        )
    if bias is not None and tuple(check_tensor(bias, name, "bias").shape) != (outputs,):
        raise ShapeError(
            f"{name}: the bias must have one element for each of the {outputs} output channels, but its shape is "
            f"{tuple(bias.shape)}; got {shapes}"
        )


def _check_settings(name: str, **settings: tuple[int, ...]) -> None:
    for what, numbers in settings.items():
        lowest = 0 if "padding" in what else 1
        if any(n < lowest for n in numbers):
            raise ShapeError(f"{name}: {what} must be {'positive' if lowest else 'at least 0'}, not {numbers}")


def _with_bias(result: Tensor, bias: Tensor | None) -> Tensor:
    return result if bias is None else result + xp.reshape(bias, (bias.shape[0], *(1,) * (result.ndim - 2)))


def _convolve(
    name: str,
    axes: int,
    input: Any,
    weight: Any,
    bias: Any,
    stride: Any,
    padding: Any,
    dilation: Any,
    groups: int,
) -> Tensor:
    x, had_batch = add_batch(input, name, axes)
    _check(name, x, weight, bias, axes, groups, False)
    stride, dilation = per_axis(stride, axes, f"{name}: stride"), per_axis(dilation, axes, f"{name}: dilation")
    kernel = tuple(weight.shape[2:])
    if isinstance(padding, str):
        x, padding = _resolve_padding(name, padding, x, kernel, stride, dilation)
    padding = per_axis(padding, axes, f"{name}: padding")
    _check_settings(name, stride=stride, padding=padding, dilation=dilation)
    counts = [
        (n + 2 * p - d * (k - 1) - 1) // s
        for n, k, s, p, d in zip(x.shape[2:], kernel, stride, padding, dilation, strict=True)
    ]
    if any(count < 0 for count in counts):
        raise ShapeError(
            f"{name}: the kernel of shape {kernel} (dilation {dilation}) is larger than the input of shape "
            f"{tuple(input.shape)} with padding {padding}"
        )
    if axes == 1:
        x, weight = to_2d(x, weight)
        stride, padding, dilation = (1, *stride), (0, *padding), (1, *dilation)
    if axes == 3:
        result = _convolve_volumes(x, weight, stride, padding, dilation, groups)
        return remove_batch(_with_bias(result, bias), had_batch)
    result = xp.conv2d(x, weight, stride, padding, dilation, groups)
    if axes == 1:
        result = xp.reshape(result, (*result.shape[:2], result.shape[3]))
    return remove_batch(_with_bias(result, bias), had_batch)


def _convolve_volumes(x: Tensor, weight: Tensor, stride: Any, padding: Any, dilation: Any, groups: int) -> Tensor:
    """Convolve volumes as the sum, over the depth of the kernel, of convolutions of images."""
    depth = weight.shape[2]
    x = xp.pad(x, ((0, 0), (0, 0), (padding[0], padding[0]), (0, 0), (0, 0))) if padding[0] else x
    count = (x.shape[2] - dilation[0] * (depth - 1) - 1) // stride[0] + 1
    images, kernels = upcast(x), upcast(weight)
    total: Any = None
    for place in range(depth):
        start = place * dilation[0]
        part = images[:, :, start : start + (count - 1) * stride[0] + 1 : stride[0]]
        part = xp.permute_dims(part, (0, 2, 1, 3, 4))
        part = xp.reshape(part, (x.shape[0] * count, x.shape[1], *x.shape[3:]))
        found = xp.conv2d(part, kernels[:, :, place], stride[1:], padding[1:], dilation[1:], groups)
        total = found if total is None else total + found
    result = xp.reshape(total, (x.shape[0], count, *total.shape[1:]))
    result = xp.permute_dims(result, (0, 2, 1, 3, 4))
    return result if images is x else downcast(result, x.dtype)


def _resolve_padding(
    name: str, padding: str, x: Tensor, kernel: Any, stride: Any, dilation: Any
) -> tuple[Tensor, tuple[int, ...]]:
    """Turn "valid" and "same" into amounts of padding.  If an amount is odd, the end gets one element more, as in PyTorch."""
    if padding == "valid":
        return x, (0,) * len(kernel)
    if padding != "same":
        raise ValueError(f"{name}: padding must be numbers, 'valid' or 'same', not {padding!r}")
    if any(s != 1 for s in stride):
        raise RuntimeError(f"{name}: padding='same' is not supported for strided convolutions; the stride is {stride}")
    totals = [d * (k - 1) for k, d in zip(kernel, dilation, strict=True)]
    if any(total % 2 for total in totals):
        x = xp.pad(x, ((0, 0), (0, 0), *((0, total % 2) for total in totals)))
    return x, tuple(total // 2 for total in totals)


@public_function()
def conv2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: int | Sequence[int] = 1,
    padding: int | str | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    groups: int = 1,
) -> Tensor:
    """Convolve images with a set of kernels (cross-correlation: kernels are not flipped).

    ``out[n, o, i, j] = bias[o] + sum over c, k, l of weight[o, c, k, l] * input[n, c, i + k, j + l]``, where stride, dilation
    and padding are 1, 1 and 0.

    Args:
        input: images ``(N, in_channels, H, W)`` or ``(in_channels, H, W)``.
        weight: kernels ``(out_channels, in_channels / groups, kernel height, kernel width)``.
        bias: a vector ``(out_channels,)``, or None.
        stride: the step from window to window: an int, or a pair ``(height, width)``; so for the next two.
        padding: how many zeros to add at each edge; "valid" for none, "same" for as many as keep ``H`` and ``W`` (with
            ``stride=1``).
        dilation: the step from element to element of a window.
        groups: how many groups of channels are convolved separately.

    Returns:
        A tensor ``(N, out_channels, H', W')`` with ``H' = (H + 2 * padding - dilation * (kernel height - 1) - 1) // stride + 1``
        and ``W'`` likewise, without ``N`` if ``input`` has none.

    Raises:
        ShapeError: the shapes do not match, or no window fits.  It is a ValueError and a RuntimeError.
        MixedTypesError: the data types differ.
        ValueError: ``padding`` is another string.
        RuntimeError: ``padding="same"`` with a stride.

    Example::

        >>> F.conv2d(polygrad.ones(1, 1, 4, 4), polygrad.ones(2, 1, 3, 3), padding="same").shape
        polygrad.Size([1, 2, 4, 4])
    """
    return _convolve("conv2d", 2, input, weight, bias, stride, padding, dilation, groups)


@public_function()
def conv1d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: int | Sequence[int] = 1,
    padding: int | str | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    groups: int = 1,
) -> Tensor:
    """Convolve sequences with a set of kernels (cross-correlation: kernels are not flipped).

    ``out[n, o, t] = bias[o] + sum over c, k of weight[o, c, k] * input[n, c, t * stride + k * dilation - padding]``.

    Args:
        input: sequences ``(N, in_channels, L)`` or ``(in_channels, L)``.
        weight: kernels ``(out_channels, in_channels / groups, K)``.
        bias: a vector ``(out_channels,)``, or None.
        stride: the step from window to window.
        padding: how many zeros to add at each end; "valid" for none, "same" for as many as keep ``L`` (with ``stride=1``).
        dilation: the step from element to element of a window.
        groups: how many groups of channels are convolved separately.

    Returns:
        A tensor ``(N, out_channels, L')`` with ``L' = (L + 2 * padding - dilation * (K - 1) - 1) // stride + 1``, without ``N``
        if ``input`` has none.

    Raises:
        ShapeError: the shapes do not match, or no window fits.  It is a ValueError and a RuntimeError.
        MixedTypesError: the data types differ.
        ValueError: ``padding`` is another string.
        RuntimeError: ``padding="same"`` with a stride.

    Example::

        >>> F.conv1d(polygrad.tensor([[1.0, 2.0, 4.0, 8.0]]), polygrad.tensor([[[-1.0, 1.0]]]))
        tensor([[1., 2., 4.]])
    """
    return _convolve("conv1d", 1, input, weight, bias, stride, padding, dilation, groups)


@public_function()
def conv3d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: int | Sequence[int] = 1,
    padding: int | str | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    groups: int = 1,
) -> Tensor:
    """Convolve volumes with a set of kernels (cross-correlation: kernels are not flipped).

    It is the sum, over the depth of the kernels, of what `conv2d` gives.

    Args:
        input: volumes ``(N, in_channels, D, H, W)`` or ``(in_channels, D, H, W)``.
        weight: kernels ``(out_channels, in_channels / groups, kernel depth, kernel height, kernel width)``.
        bias: a vector ``(out_channels,)``, or None.
        stride: the step from window to window: an int, or three ``(depth, height, width)``; so for the next two.
        padding: how many zeros to add at each face; "valid" for none, "same" for as many as keep the size (with ``stride=1``).
        dilation: the step from element to element of a window.
        groups: how many groups of channels are convolved separately.

    Returns:
        A tensor ``(N, out_channels, D', H', W')`` with ``D' = (D + 2 * padding - dilation * (kernel depth - 1) - 1) // stride + 1``
        and the others likewise, without ``N`` if ``input`` has none.

    Raises:
        ShapeError: the shapes do not match, or no window fits.  It is a ValueError and a RuntimeError.
        MixedTypesError: the data types differ.
        ValueError: ``padding`` is another string.
        RuntimeError: ``padding="same"`` with a stride.

    Example::

        >>> F.conv3d(polygrad.ones(1, 1, 4, 4, 4), polygrad.ones(2, 1, 3, 3, 3)).shape
        polygrad.Size([1, 2, 2, 2, 2])
    """
    return _convolve("conv3d", 3, input, weight, bias, stride, padding, dilation, groups)


def _convolve_transposed(
    name: str,
    axes: int,
    input: Any,
    weight: Any,
    bias: Any,
    stride: Any,
    padding: Any,
    output_padding: Any,
    groups: int,
    dilation: Any,
) -> Tensor:
    x, had_batch = add_batch(input, name, axes)
    _check(name, x, weight, bias, axes, groups, True)
    check_filled(x, name, 2)
    if not (dtype := x.dtype).is_differentiable:  # a library may have no adjoint for integers
        x, weight = (xp.astype(part, _dtypes.float64) for part in (x, weight))
    stride, padding, dilation, extra = (
        per_axis(value, axes, f"{name}: {what}")
        for value, what in (
            (stride, "stride"),
            (padding, "padding"),
            (dilation, "dilation"),
            (output_padding, "output_padding"),
        )
    )
    _check_settings(name, stride=stride, padding=padding, dilation=dilation, output_padding=extra)
    if any(e >= max(s, d) for e, s, d in zip(extra, stride, dilation, strict=True)):
        raise ShapeError(
            f"{name}: output_padding must be smaller than either stride or dilation; got output_padding {extra}, "
            f"stride {stride}, dilation {dilation}"
        )
    settings = zip(x.shape[2:], weight.shape[2:], stride, padding, dilation, extra, strict=True)
    size = tuple((n - 1) * s - 2 * p + d * (k - 1) + e + 1 for n, k, s, p, d, e in settings)
    if any(n < 1 for n in size):
        raise ShapeError(f"{name}: the result would have size {size} for an input of shape {tuple(input.shape)}")
    if axes == 1:
        x, weight = to_2d(x, weight)
        size, stride, padding, dilation = (1, *size), (1, *stride), (0, *padding), (1, *dilation)
    adjoint = _spread_volumes if axes == 3 else xp.conv2d_input_gradient
    result = adjoint(x, weight, size, stride, padding, dilation, groups)
    result = result if dtype.is_differentiable else xp.astype(result, dtype)
    if axes == 1:
        result = xp.reshape(result, (*result.shape[:2], result.shape[3]))
    return remove_batch(_with_bias(result, bias), had_batch)


def _spread_volumes(
    x: Tensor, weight: Tensor, size: Any, stride: Any, padding: Any, dilation: Any, groups: int
) -> Tensor:
    """Compute the adjoint of `_convolve_volumes`: every place in the depth of the kernel adds its images where they belong."""
    batch, count, depth = x.shape[0], x.shape[2], weight.shape[2]
    volumes, kernels = upcast(x), upcast(weight)
    images = xp.permute_dims(volumes, (0, 2, 1, 3, 4))
    images = xp.reshape(images, (batch * count, x.shape[1], *x.shape[3:]))
    length = max(size[0] + 2 * padding[0], (count - 1) * stride[0] + dilation[0] * (depth - 1) + 1)
    total: Any = None
    for place in range(depth):
        part = xp.conv2d_input_gradient(
            images, kernels[:, :, place], size[1:], stride[1:], padding[1:], dilation[1:], groups
        )
        part = xp.reshape(part, (batch, count, *part.shape[1:]))
        start = place * dilation[0]
        key = (slice(None), slice(start, start + (count - 1) * stride[0] + 1, stride[0]), ...)
        part = xp.slice_pad(part, key, (batch, length, *part.shape[2:]))
        total = part if total is None else total + part
    result = total[:, padding[0] : padding[0] + size[0]]
    result = xp.permute_dims(result, (0, 2, 1, 3, 4))
    return result if volumes is x else downcast(result, x.dtype)


@public_function()
def conv_transpose2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: int | Sequence[int] = 1,
    padding: int | str | Sequence[int] = 0,
    output_padding: int | Sequence[int] = 0,
    groups: int = 1,
    dilation: int | Sequence[int] = 1,
) -> Tensor:
    """Adjoint of `conv2d`: the gradient of a convolution with respect to its input, as a layer that enlarges images.

    Args:
        input: images ``(N, in_channels, H, W)`` or ``(in_channels, H, W)``.
        weight: kernels ``(in_channels, out_channels / groups, kernel height, kernel width)``.
        bias: a vector ``(out_channels,)``, or None.
        stride: the step of the convolution from window to window: an int, or a pair ``(height, width)``; so for ``padding``,
            ``output_padding`` and ``dilation``.
        padding: how many elements to leave out at each edge.
        output_padding: how many elements to add at the end; smaller than ``stride`` or ``dilation``.
        groups: how many groups of channels are convolved separately.
        dilation: the step from element to element of a window.

    Returns:
        A tensor ``(N, out_channels, H', W')`` with ``H' = (H - 1) * stride - 2 * padding + dilation * (kernel height - 1) +
        output_padding + 1`` and ``W'`` likewise, without ``N`` if ``input`` has none.

    Raises:
        ShapeError: the shapes do not match, or the result would be empty.  It is a ValueError and a RuntimeError.
        MixedTypesError: the data types differ.

    Example::

        >>> F.conv_transpose2d(polygrad.ones(1, 2, 4, 4), polygrad.ones(2, 3, 2, 2), stride=2).shape
        polygrad.Size([1, 3, 8, 8])
    """
    return _convolve_transposed(
        "conv_transpose2d", 2, input, weight, bias, stride, padding, output_padding, groups, dilation
    )


@public_function()
def conv_transpose1d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: int | Sequence[int] = 1,
    padding: int | str | Sequence[int] = 0,
    output_padding: int | Sequence[int] = 0,
    groups: int = 1,
    dilation: int | Sequence[int] = 1,
) -> Tensor:
    """Adjoint of `conv1d`: the gradient of a convolution with respect to its input, as a layer that lengthens sequences.

    Args:
        input: sequences ``(N, in_channels, L)`` or ``(in_channels, L)``.
        weight: kernels ``(in_channels, out_channels / groups, K)``.
        bias: a vector ``(out_channels,)``, or None.
        stride: the step of the convolution from window to window.
        padding: how many elements to leave out at each end.
        output_padding: how many elements to add at the end; smaller than ``stride`` or ``dilation``.
        groups: how many groups of channels are convolved separately.
        dilation: the step from element to element of a window.

    Returns:
        A tensor ``(N, out_channels, L')`` with ``L' = (L - 1) * stride - 2 * padding + dilation * (K - 1) + output_padding + 1``,
        without ``N`` if ``input`` has none.

    Raises:
        ShapeError: the shapes do not match, or the result would be empty.  It is a ValueError and a RuntimeError.
        MixedTypesError: the data types differ.

    Example::

        >>> F.conv_transpose1d(polygrad.tensor([[1.0, 2.0]]), polygrad.tensor([[[1.0, 0.5]]]), stride=2)
        tensor([[1.0000, 0.5000, 2.0000, 1.0000]])
    """
    return _convolve_transposed(
        "conv_transpose1d", 1, input, weight, bias, stride, padding, output_padding, groups, dilation
    )


@public_function()
def conv_transpose3d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: int | Sequence[int] = 1,
    padding: int | str | Sequence[int] = 0,
    output_padding: int | Sequence[int] = 0,
    groups: int = 1,
    dilation: int | Sequence[int] = 1,
) -> Tensor:
    """Adjoint of `conv3d`: the gradient of a convolution with respect to its input, as a layer that enlarges volumes.

    Args:
        input: volumes ``(N, in_channels, D, H, W)`` or ``(in_channels, D, H, W)``.
        weight: kernels ``(in_channels, out_channels / groups, kernel depth, kernel height, kernel width)``.
        bias: a vector ``(out_channels,)``, or None.
        stride: the step of the convolution from window to window: an int, or three ``(depth, height, width)``; so for
            ``padding``, ``output_padding`` and ``dilation``.
        padding: how many elements to leave out at each face.
        output_padding: how many elements to add at the end; smaller than ``stride`` or ``dilation``.
        groups: how many groups of channels are convolved separately.
        dilation: the step from element to element of a window.

    Returns:
        A tensor ``(N, out_channels, D', H', W')`` with ``D' = (D - 1) * stride - 2 * padding + dilation * (kernel depth - 1) +
        output_padding + 1`` and the others likewise, without ``N`` if ``input`` has none.

    Raises:
        ShapeError: the shapes do not match, or the result would be empty.  It is a ValueError and a RuntimeError.
        MixedTypesError: the data types differ.

    Example::

        >>> F.conv_transpose3d(polygrad.ones(1, 2, 4, 4, 4), polygrad.ones(2, 3, 2, 2, 2), stride=2).shape
        polygrad.Size([1, 3, 8, 8, 8])
    """
    return _convolve_transposed(
        "conv_transpose3d", 3, input, weight, bias, stride, padding, output_padding, groups, dilation
    )


def unfold(
    input: Tensor,
    kernel_size: int | Sequence[int],
    dilation: int | Sequence[int] = 1,
    padding: int | str | Sequence[int] = 0,
    stride: int | Sequence[int] = 1,
) -> Tensor:
    """Extract the windows of images as columns (im2col).

    Args:
        input: images ``(N, C, H, W)`` or ``(C, H, W)``.
        kernel_size: the size of a window: an int, or a pair ``(height, width)``; so for the next three.
        dilation: the step from element to element of a window.
        padding: how many zeros to add at each edge.
        stride: the step from window to window.

    Returns:
        A tensor ``(N, C * kernel height * kernel width, windows)``, without ``N`` if ``input`` has none.

    Raises:
        ShapeError: no window fits, or ``input`` has another number of dimensions.

    Example::

        >>> F.unfold(polygrad.arange(9.0).reshape(1, 3, 3), 2)
        tensor([[0., 1., 3., 4.],
                [1., 2., 4., 5.],
                [3., 4., 6., 7.],
                [4., 5., 7., 8.]])
    """
    x, had_batch = add_batch(input, "unfold", 2)
    check_filled(x, "unfold")
    kernel, dilation, padding, stride = (
        per_axis(value, 2, "unfold") for value in (kernel_size, dilation, padding, stride)
    )
    _check_settings("unfold", kernel_size=kernel, dilation=dilation, padding=padding, stride=stride)
    counts = window_counts(x.shape, kernel, stride, padding, dilation)
    if min(counts) < 1:
        raise ShapeError(f"unfold: no window of shape {kernel} fits into the input of shape {tuple(input.shape)}")
    image = xp.pad(x, ((0, 0), (0, 0), *((p, p) for p in padding)))
    parts = [xp.getitem(image, key) for key in keys(counts, kernel, stride, dilation)]
    columns = xp.stack(parts, axis=2)
    return remove_batch(xp.reshape(columns, (x.shape[0], x.shape[1] * len(parts), counts[0] * counts[1])), had_batch)


def fold(
    input: Tensor,
    output_size: int | Sequence[int],
    kernel_size: int | Sequence[int],
    dilation: int | Sequence[int] = 1,
    padding: int | str | Sequence[int] = 0,
    stride: int | Sequence[int] = 1,
) -> Tensor:
    """Add columns up where their windows lie in images: the adjoint of `unfold`.

    Args:
        input: columns ``(N, C * kernel height * kernel width, windows)``, or the same without ``N``.
        output_size: height and width of the images: an int, or a pair; so for the next four.
        kernel_size: the size of a window.
        dilation: the step from element to element of a window.
        padding: how many elements of each edge are left out of the images.
        stride: the step from window to window.

    Returns:
        Images ``(N, C, *output_size)``, without ``N`` if ``input`` has none.

    Raises:
        ShapeError: ``input`` does not have the windows that images of this size have.

    Example::

        >>> F.fold(polygrad.ones(1, 4, 4), output_size=3, kernel_size=2)
        tensor([[[[1., 2., 1.],
                  [2., 4., 2.],
                  [1., 2., 1.]]]])
    """
    check_tensor(input, "fold")
    had_batch = input.ndim == 3
    x = input if had_batch else xp.reshape(input, (1, *input.shape))
    size, kernel, dilation, padding, stride = (
        per_axis(value, 2, "fold") for value in (output_size, kernel_size, dilation, padding, stride)
    )
    counts = window_counts(size, kernel, stride, padding, dilation)
    inside = kernel[0] * kernel[1]
    if x.ndim != 3 or x.shape[1] % inside or x.shape[2] != counts[0] * counts[1]:
        raise ShapeError(
            f"fold: the input has shape {tuple(input.shape)}; for windows of shape {kernel} in images of size {size} "
            f"it must be (batch, channels * {inside}, {counts[0] * counts[1]})"
        )
    check_filled(x, "fold")
    columns = xp.reshape(x, (x.shape[0], x.shape[1] // inside, inside, *counts))
    shape = (x.shape[0], x.shape[1] // inside, *padded_lengths(size, counts, kernel, stride, padding, dilation))
    image = None
    for number, key in enumerate(keys(counts, kernel, stride, dilation)):
        part = xp.slice_pad(columns[:, :, number], key, shape)
        image = part if image is None else image + part
    return remove_batch(crop_image(image, size, padding), had_batch)
