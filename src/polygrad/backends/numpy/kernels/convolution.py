"""NumPy kernels for convolution and pooling.

Images are stored channels last, ``(N, H, W, C)``: a window's elements of one row are then contiguous, which
`as_strided` shows without a copy and one assignment gathers.  Each block of images is one matrix product.  Results keep
that order in memory and are seen through strides as ``(N, C, H, W)``, so that a network's layers do not copy back and
forth.
"""

from __future__ import annotations

import itertools
import math

import numpy as np
from numpy.lib.stride_tricks import as_strided

from ...._window_geometry import crop_image, keys, padded_lengths, window_counts
from .masks import apply_mask
from .reductions import column_sums, pairwise_sum
from .table import kernel
from .tall_windows import convolve_tall, is_tall

#: The bytes of gathered windows that are multiplied at once: they should stay in the second-level cache.
_BLOCK = 1 << 20


# -- convolution -------------------------------------------------------------------------------------------------------


def _channels_last(x, lengths, padding):
    """``x`` as ``(N, H, W, C)``, contiguous, inside an image of ``lengths``, ``padding`` from its start."""
    x = x.transpose(0, 2, 3, 1)
    height, width = x.shape[1:3]
    if (height, width) == tuple(lengths):
        return np.ascontiguousarray(x)
    image = np.zeros((x.shape[0], *lengths, x.shape[3]), x.dtype)
    image[:, padding[0] : padding[0] + height, padding[1] : padding[1] + width] = x
    return image


def _windows(image, counts, kernel, stride, dilation):
    """A view of ``image``: ``(N, windows down, windows across, kernel height, run)``, or with the last split in two."""
    batch, height, width, channels = image.shape
    # Not image.strides, which are arbitrary for axes of length 1.
    item = image.itemsize
    across, down = channels * item, width * channels * item
    shape = (batch, *counts, kernel[0])
    strides = (height * down, down * stride[0], across * stride[1], down * dilation[0])
    if dilation[1] == 1:
        return as_strided(image, (*shape, kernel[1] * channels), (*strides, item), writeable=False)
    return as_strided(image, (*shape, kernel[1], channels), (*strides, across * dilation[1], item), writeable=False)


def _blocks(image, counts, kernel, stride, dilation):
    """Parts of the result, each with its windows as the rows of a matrix: slices of the batch, of an image's rows, or of a row.

    The memory of the matrix is reused.
    """
    batch, width = image.shape[0], kernel[0] * kernel[1] * image.shape[3]
    if tuple(kernel) == (1, 1) and tuple(stride) == (1, 1):
        yield (slice(0, batch),), image.reshape(batch * counts[0] * counts[1], width)
        return
    windows = _windows(image, counts, kernel, stride, dilation)
    lengths = _lengths_of_blocks((batch, *counts), max(1, _BLOCK // max(1, width * image.itemsize)))
    memory = np.empty((*lengths, *windows.shape[3:]), image.dtype)
    for starts in itertools.product(*map(range, (0, 0, 0), (batch, *counts), lengths)):
        part = tuple([slice(start, start + length) for start, length in zip(starts, lengths, strict=True)])
        gathered = windows[part]
        rows = memory[tuple(map(slice, gathered.shape[:3]))]
        rows[...] = gathered
        yield part, rows.reshape(math.prod(rows.shape[:3]), width)


def _lengths_of_blocks(shape, count):
    """The lengths, along each axis, of contiguous blocks of at most ``count`` elements."""
    lengths = []
    for axis, length in enumerate(shape):
        inside = math.prod(shape[axis + 1 :])
        lengths.append(max(1, min(length, count // max(1, inside))))
    return lengths


def _matrix(weight):
    """``(out, kernel height * kernel width * in)``: a weight in the order of a window's elements."""
    return weight.transpose(0, 2, 3, 1).reshape(weight.shape[0], math.prod(weight.shape[1:]))


def _by_group(groups, *sizes):
    """For each group its slice of axes of ``sizes``."""
    for number in range(groups):
        yield tuple(slice(number * (n // groups), (number + 1) * (n // groups)) for n in sizes)


def _convolve(image, matrix, counts, kernel, stride, dilation, out):
    """Write the convolution of ``image``, channels last, into ``out``."""
    if is_tall(image, matrix, kernel, stride, dilation):
        convolve_tall(image, matrix, counts, kernel, out)
        return
    for part, rows in _blocks(image, counts, kernel, stride, dilation):
        target = out[part].reshape(rows.shape[0], matrix.shape[0])
        if np.may_share_memory(target, out):
            np.matmul(rows, matrix.T, out=target)
        else:  # one group's channels of a larger array
            out[part] = np.matmul(rows, matrix.T).reshape(out[part].shape)


@kernel
def conv2d(x, weight, /, stride, padding, dilation, groups):
    kernel = weight.shape[2:]
    counts = window_counts(x.shape, kernel, stride, padding, dilation)
    lengths = padded_lengths(x.shape, counts, kernel, stride, padding, dilation)
    if _is_depthwise(weight, groups):
        return _depthwise(_channels_last(x, lengths, padding), weight, counts, stride, dilation).transpose(0, 3, 1, 2)
    out = np.empty((x.shape[0], *counts, weight.shape[0]), np.result_type(x, weight))
    for inputs, outputs in _by_group(groups, x.shape[1], weight.shape[0]):
        image = _channels_last(x[:, inputs], lengths, padding)
        _convolve(image, _matrix(weight[outputs]), counts, kernel, stride, dilation, out[..., outputs])
    return out.transpose(0, 3, 1, 2)


@kernel
def conv2d_weight_gradient(x, cotangent, /, kernel, stride, padding, dilation, groups):
    counts = cotangent.shape[2:]
    lengths = padded_lengths(x.shape, counts, kernel, stride, padding, dilation)
    per_group = x.shape[1] // groups
    result = np.zeros((cotangent.shape[1], per_group, *kernel), np.result_type(x, cotangent))
    if _is_depthwise(result, groups):
        image, g = _channels_last(x, lengths, padding), _channels_last(cotangent, counts, (0, 0))
        for number, place in _places(counts, kernel, stride, dilation):
            result.reshape(groups, -1)[:, number] = _sums_of_products(image, g, place)
        return result
    for inputs, outputs in _by_group(groups, x.shape[1], cotangent.shape[1]):
        image = _channels_last(x[:, inputs], lengths, padding)
        g = _channels_last(cotangent[:, outputs], counts, (0, 0))
        if not image.shape[0]:
            continue
        total = pairwise_sum(
            np.matmul(g[part].reshape(rows.shape[0], g.shape[3]).T, rows)
            for part, rows in _blocks(image, counts, kernel, stride, dilation)
        )
        result[outputs] = total.reshape(g.shape[3], *kernel, per_group).transpose(0, 3, 1, 2)
    return result


@kernel
def conv2d_input_gradient(cotangent, weight, /, size, stride, padding, dilation, groups):
    kernel = weight.shape[2:]
    inputs = weight.shape[1] * groups
    lead = [d * (k - 1) - p for k, p, d in zip(kernel, padding, dilation, strict=True)]
    dtype = np.result_type(cotangent, weight)
    if _is_depthwise(weight, groups):
        if _is_wide(weight, stride, dtype) and min(lead) >= 0:
            lengths = [n + d * (k - 1) for n, k, d in zip(size, kernel, dilation, strict=True)]
            image = _channels_last(cotangent, lengths, lead)
            return _depthwise(image, weight[:, :, ::-1, ::-1], size, stride, dilation).transpose(0, 3, 1, 2)
        return _depthwise_adjoint(cotangent, weight, size, stride, padding, dilation)
    if tuple(stride) == (1, 1) and min(lead) >= 0:
        return _by_convolution(cotangent, weight, size, lead, dilation, groups, inputs, dtype)
    return _by_scattering(cotangent, weight, size, stride, padding, dilation, groups, inputs, dtype)


def _by_convolution(cotangent, weight, size, lead, dilation, groups, inputs, dtype):
    """With stride 1 the adjoint is the convolution of the padded cotangent with the flipped kernel."""
    kernel = weight.shape[2:]
    lengths = [n + d * (k - 1) for n, k, d in zip(size, kernel, dilation, strict=True)]
    out = np.empty((cotangent.shape[0], *size, inputs), dtype)
    for outputs, channels in _by_group(groups, weight.shape[0], inputs):
        image = _channels_last(cotangent[:, outputs], lengths, lead)
        flipped = weight[outputs, :, ::-1, ::-1].transpose(1, 0, 2, 3)
        _convolve(image, _matrix(flipped), size, kernel, (1, 1), dilation, out[..., channels])
    return out.transpose(0, 3, 1, 2)


def _by_scattering(cotangent, weight, size, stride, padding, dilation, groups, inputs, dtype):
    """Add the contribution of every window where the window was."""
    kernel, counts = weight.shape[2:], cotangent.shape[2:]
    lengths = padded_lengths(size, counts, kernel, stride, padding, dilation)
    image = np.zeros((cotangent.shape[0], *lengths, inputs), dtype)
    places = [key[2:] for key in keys(counts, kernel, stride, dilation)]
    for outputs, channels in _by_group(groups, weight.shape[0], inputs):
        g = _channels_last(cotangent[:, outputs], counts, (0, 0))
        matrix = _matrix(weight[outputs])
        step = max(1, _BLOCK // max(1, counts[0] * counts[1] * matrix.shape[1] * image.itemsize))
        for start in range(0, g.shape[0], step):
            rows = g[start : start + step]
            parts = np.matmul(rows.reshape(math.prod(rows.shape[:3]), g.shape[3]), matrix)
            parts = parts.reshape(*rows.shape[:3], len(places), weight.shape[1])
            for number, place in enumerate(places):
                image[(slice(start, start + step), *place, channels)] += parts[:, :, :, number]
    return crop_image(image.transpose(0, 3, 1, 2), size, padding)


# -- depthwise convolution: every channel separately, where matrix products would be of scalars -------------------------


def _is_depthwise(weight, groups):
    return weight.shape[1] == 1 and weight.shape[0] == groups > 1


def _places(counts, kernel, stride, dilation):
    """The indices of the positions inside the window, each with its key in a channels-last image."""
    return enumerate((slice(None), *key[2:]) for key in keys(counts, kernel, stride, dilation))


def _batch_blocks(image):
    step = max(1, _BLOCK // max(1, image[:1].nbytes))
    return [slice(start, start + step) for start in range(0, image.shape[0], step)]


def _row_blocks(image, windows, stride):
    """Parts of ``windows``, one row or more, that stay in the cache, each with the part of ``image`` where they begin."""
    for block in _batch_blocks(image):
        part, rows = image[block], windows[block]
        count = max(1, _BLOCK // max(1, rows[:, :1].nbytes))
        for top in range(0, rows.shape[1], count):
            yield part[:, top * stride[0] :], rows[:, top : top + count]


def _factors(weight, width, dtype):
    """For every position inside the window the weights of the channels, repeated for each column of windows.

    NumPy loops over columns and channels at once only if both operands are contiguous there.
    """
    row = np.empty((width, weight.shape[0]), dtype)
    for column in weight.reshape(weight.shape[0], -1).T:
        row[...] = column
        yield row


#: Kernels at least this wide, over at most this many channels, are products with band matrices of at least this size.
_WIDE, _FEW, _BAND = 8, 16, 32


def _is_wide(weight, stride, dtype):
    return weight.shape[3] >= _WIDE and weight.shape[0] <= _FEW and tuple(stride) == (1, 1) and dtype.kind in "fc"


def _by_bands(image, weight, counts, dilation):
    """Depthwise convolution of finite numbers: each block of a row, and the one after it, times a matrix of the kernel's row.

    The matrices have the weights in a band, and zeros elsewhere.
    """
    batch, height, width, channels = image.shape
    offsets = np.arange(weight.shape[3]) * dilation[1]
    size = max(int(offsets[-1]), _BAND)
    blocks = -(-width // size)
    place = np.arange(size)
    out = np.empty((batch, *counts, channels), image.dtype)
    rows = np.zeros((batch * height * blocks + 1, size), image.dtype)  # one block more, for the last one's neighbour
    for channel in range(channels):
        rows[:-1].reshape(batch, height, blocks * size)[:, :, :width] = image[..., channel]
        total = np.zeros((batch * height * blocks, size), image.dtype)
        for number, numbers in enumerate(weight[channel, 0]):
            band = np.zeros((2 * size, size), image.dtype)
            band[offsets[:, None] + place, place] = numbers[:, None]
            start = number * dilation[0] * blocks
            count = max(0, len(total) - start)
            total[:count] += rows[start : start + count] @ band[:size]
            total[:count] += rows[start + 1 : start + 1 + count] @ band[size:]
        out[..., channel] = total.reshape(batch, height, blocks * size)[:, : counts[0], : counts[1]]
    return out


def _depthwise(image, weight, counts, stride, dilation):
    dtype = np.result_type(image, weight)
    if _is_wide(weight, stride, dtype) and np.isfinite(image).all():
        return _by_bands(image.astype(dtype, copy=False), weight, counts, dilation)
    out = np.empty((image.shape[0], *counts, weight.shape[0]), dtype)
    for part, total in _row_blocks(image, out, stride):
        product = np.empty_like(total)
        places = _places(total.shape[1:3], weight.shape[2:], stride, dilation)
        for (number, place), factors in zip(places, _factors(weight, counts[1], dtype), strict=True):
            np.multiply(part[place], factors, product if number else total)
            if number:
                total += product
    return out


def _sums_of_products(image, g, place):
    """For every channel the sum of the products of ``g`` with what all windows have at one place."""
    if not g.shape[0]:
        return np.zeros(g.shape[3], g.dtype)
    # Each column of windows separately: faster than all at once, and sums stay short.
    products = (np.einsum("nhwc,nhwc->wc", image[block][place], g[block]) for block in _batch_blocks(g))
    return column_sums(pairwise_sum(products))


def _depthwise_adjoint(cotangent, weight, size, stride, padding, dilation):
    kernel, counts = weight.shape[2:], cotangent.shape[2:]
    dtype = np.result_type(cotangent, weight)
    lengths = padded_lengths(size, counts, kernel, stride, padding, dilation)
    g = _channels_last(cotangent, counts, (0, 0))
    image = np.zeros((g.shape[0], *lengths, g.shape[3]), dtype)
    for part, rows in _row_blocks(image, g, stride):
        product = np.empty(rows.shape, dtype)
        places = _places(rows.shape[1:3], kernel, stride, dilation)
        for (_, place), factors in zip(places, _factors(weight, counts[1], dtype), strict=True):
            part[place] += np.multiply(rows, factors, product)
    return crop_image(image.transpose(0, 3, 1, 2), size, padding)


# -- pooling -----------------------------------------------------------------------------------------------------------


def _inside(x, lengths, padding, value):
    """``x`` inside an image of ``lengths`` full of ``value``, with the order of its axes in memory."""
    if tuple(x.shape[2:]) == tuple(lengths):
        return x
    like = np.empty_like(x, shape=(*x.shape[:2], *lengths))
    like[...] = value
    like[(slice(None), slice(None), *[slice(p, p + n) for p, n in zip(padding, x.shape[2:], strict=True)])] = x
    return like


def _lowest(dtype):
    return -np.inf if dtype.kind == "f" else np.iinfo(dtype).min


@kernel
def max_pool(x, /, kernel, stride, padding, dilation, ceil):
    counts = window_counts(x.shape, kernel, stride, padding, dilation, ceil)
    lengths = padded_lengths(x.shape, counts, kernel, stride, padding, dilation)
    image = _inside(x, lengths, padding, _lowest(x.dtype))
    # Axis by axis: fewer comparisons than window by window.
    for axis in range(2, x.ndim):
        count, k, s, d = counts[axis - 2], kernel[axis - 2], stride[axis - 2], dilation[axis - 2]
        before = (slice(None),) * axis
        parts = [image[(*before, slice(at * d, at * d + (count - 1) * s + 1, s))] for at in range(k)]
        image = parts[0] if k == 1 else np.maximum(parts[0], parts[1])
        for part in parts[2:]:
            np.maximum(image, part, out=image)
    return image


def _winners(x, largest, kernel, stride, padding, dilation):
    """For every position inside the window: its key in the padded image, and the mask of windows that may have it."""
    counts = largest.shape[2:]
    lengths = padded_lengths(x.shape, counts, kernel, stride, padding, dilation)
    image = _inside(x, lengths, padding, _lowest(x.dtype))
    has_nan = bool(np.isnan(largest).any())
    for key in keys(counts, kernel, stride, dilation):
        part = image[key]
        attained = np.equal(part, largest)
        yield key, np.logical_or(attained, np.isnan(part), out=attained) if has_nan else attained


@kernel
def max_pool_gradient(cotangent, x, largest, /, kernel, stride, padding, dilation):
    lengths = padded_lengths(x.shape, largest.shape[2:], kernel, stride, padding, dilation)
    result = np.zeros_like(x, shape=(*x.shape[:2], *lengths))
    apart = all(s >= d * (k - 1) + 1 for s, k, d in zip(stride, kernel, dilation, strict=True))
    rest = cotangent  # what is not assigned yet: of equal elements only the first gets a gradient
    for key, mask in _winners(x, largest, kernel, stride, padding, dilation):
        found = apply_mask(rest, mask)
        if apart:
            result[key] = found
        else:
            result[key] += found
        rest = apply_mask(rest, np.logical_not(mask, out=mask))
    return crop_image(result, x.shape[2:], padding)


@kernel
def sum_pool(x, /, kernel, stride, padding, ceil):
    ones = (1,) * len(kernel)
    counts = window_counts(x.shape, kernel, stride, padding, ones, ceil)
    image = _inside(x, padded_lengths(x.shape, counts, kernel, stride, padding, ones), padding, 0)
    for axis in range(2, x.ndim):
        count, k, s = counts[axis - 2], kernel[axis - 2], stride[axis - 2]
        before = (slice(None),) * axis
        parts = [image[(*before, slice(at, at + (count - 1) * s + 1, s))] for at in range(k)]
        image = parts[0] if k == 1 else parts[0] + parts[1]
        for part in parts[2:]:
            image += part
    return image


@kernel
def sum_pool_gradient(cotangent, /, size, kernel, stride, padding, ceil):
    counts, ones = cotangent.shape[2:], (1,) * len(kernel)
    lengths = padded_lengths(size, counts, kernel, stride, padding, ones)
    result = np.zeros_like(cotangent, shape=(*cotangent.shape[:2], *lengths))
    for key in keys(counts, kernel, stride, ones):
        result[key] += cotangent
    return crop_image(result, size, padding)
