"""Convolution over two axes and its two gradients, each of which is made of the other two.

All three are sums over the windows of a product of two of image, weight and result, so each is the adjoint of another:
their rules close over the three, and every higher order is there.  Settings are pairs; arrays are ``(N, C, H, W)`` and
``(out, in per group, kernel height, kernel width)``.  As in the field's use of the word, the kernel is not flipped.
"""

from __future__ import annotations

from .._core.primitive import primitive
from .._window_geometry import crop_image, keys, pad_image, padded_lengths, window_counts


def _columns(xp, x, counts, kernel, stride, padding, dilation):
    """What every window holds, ``(N, C, positions, windows)``: a matrix product with it is a convolution."""
    image = pad_image(xp, x, padded_lengths(x.shape, counts, kernel, stride, padding, dilation), padding)
    parts = [image[key] for key in keys(counts, kernel, stride, dilation)]
    stacked = xp.stack(parts, axis=2)
    return xp.reshape(stacked, (*x.shape[:2], len(parts), counts[0] * counts[1]))


@primitive(promotes=True, accumulates=True)
def conv2d(xp, x, weight, /, stride, padding, dilation, groups):
    """The sum over window and channels of ``x * weight``, for every window and output channel."""
    kernel = weight.shape[2:]
    counts = window_counts(x.shape, kernel, stride, padding, dilation)
    columns = _columns(xp, x, counts, kernel, stride, padding, dilation)
    per_group = weight.shape[1] * kernel[0] * kernel[1]
    columns = xp.reshape(columns, (x.shape[0], groups, per_group, counts[0] * counts[1]))
    matrix = xp.reshape(weight, (groups, weight.shape[0] // groups, per_group))
    return xp.reshape(xp.matmul(matrix, columns), (x.shape[0], weight.shape[0], *counts))


@primitive(promotes=True, accumulates=True)
def conv2d_input_gradient(xp, cotangent, weight, /, size, stride, padding, dilation, groups):
    """The adjoint of `conv2d` in its image, which is of ``size``: also called a transposed convolution."""
    batch, outputs, *counts = cotangent.shape
    per_group, *kernel = weight.shape[1:]
    matrix = xp.reshape(weight, (groups, outputs // groups, per_group * kernel[0] * kernel[1]))
    rows = xp.reshape(cotangent, (batch, groups, outputs // groups, counts[0] * counts[1]))
    columns = xp.matmul(xp.matrix_transpose(matrix), rows)
    columns = xp.reshape(columns, (batch, groups * per_group, kernel[0] * kernel[1], *counts))
    lengths = padded_lengths(size, counts, kernel, stride, padding, dilation)
    shape = (batch, groups * per_group, *lengths)
    image = None
    for number, key in enumerate(keys(counts, kernel, stride, dilation)):
        part = xp.slice_pad(columns[:, :, number, :, :], key, shape)
        image = part if image is None else image + part
    return crop_image(image, size, padding)


@primitive(promotes=True, accumulates=True)
def conv2d_weight_gradient(xp, x, cotangent, /, kernel, stride, padding, dilation, groups):
    """The adjoint of `conv2d` in its weight, whose windows are of shape ``kernel``."""
    batch, outputs, *counts = cotangent.shape
    windows, per_group = counts[0] * counts[1], x.shape[1] // groups
    columns = _columns(xp, x, counts, kernel, stride, padding, dilation)
    columns = xp.reshape(columns, (batch, groups, per_group * kernel[0] * kernel[1], windows))
    rows = xp.reshape(cotangent, (batch, groups, outputs // groups, windows))
    # The images of the batch stand side by side, so that the product also sums over them.
    columns = xp.reshape(xp.permute_dims(columns, (1, 0, 3, 2)), (groups, batch * windows, columns.shape[2]))
    rows = xp.reshape(xp.permute_dims(rows, (1, 2, 0, 3)), (groups, outputs // groups, batch * windows))
    return xp.reshape(xp.matmul(rows, columns), (outputs, per_group, *kernel))


def _result(xp, g, weight, cotangent_shape, stride, padding, dilation, groups):
    """The convolution of ``g`` with ``weight``, or the first windows of it where the cotangent was of no more."""
    result = xp.conv2d(g, weight, stride, padding, dilation, groups)
    height, width = cotangent_shape[2:]
    if tuple(result.shape[2:]) == (height, width):
        return result
    return xp.getitem(result, (slice(None), slice(None), slice(0, height), slice(0, width)))


conv2d.defvjp(
    x=lambda xp, g, weight, x_shape, stride, padding, dilation, groups: xp.conv2d_input_gradient(
        g, weight, tuple(x_shape[2:]), stride, padding, dilation, groups
    ),
    weight=lambda xp, g, x, weight_shape, stride, padding, dilation, groups: xp.conv2d_weight_gradient(
        x, g, tuple(weight_shape[2:]), stride, padding, dilation, groups
    ),
)
conv2d_input_gradient.defvjp(
    cotangent=_result,
    weight=lambda xp, g, cotangent, weight_shape, stride, padding, dilation, groups: xp.conv2d_weight_gradient(
        g, cotangent, tuple(weight_shape[2:]), stride, padding, dilation, groups
    ),
)
conv2d_weight_gradient.defvjp(
    x=lambda xp, g, cotangent, x_shape, stride, padding, dilation, groups: xp.conv2d_input_gradient(
        cotangent, g, tuple(x_shape[2:]), stride, padding, dilation, groups
    ),
    cotangent=lambda xp, g, x, cotangent_shape, stride, padding, dilation, groups: _result(
        xp, x, g, cotangent_shape, stride, padding, dilation, groups
    ),
)
# Each is linear in either operand.
conv2d.defjvp(
    x=lambda xp, t, weight, stride, padding, dilation, groups: xp.conv2d(t, weight, stride, padding, dilation, groups),
    weight=lambda xp, t, x, stride, padding, dilation, groups: xp.conv2d(x, t, stride, padding, dilation, groups),
)
conv2d_input_gradient.defjvp(
    cotangent=lambda xp, t, weight, size, stride, padding, dilation, groups: xp.conv2d_input_gradient(
        t, weight, size, stride, padding, dilation, groups
    ),
    weight=lambda xp, t, cotangent, size, stride, padding, dilation, groups: xp.conv2d_input_gradient(
        cotangent, t, size, stride, padding, dilation, groups
    ),
)
conv2d_weight_gradient.defjvp(
    x=lambda xp, t, cotangent, kernel, stride, padding, dilation, groups: xp.conv2d_weight_gradient(
        t, cotangent, kernel, stride, padding, dilation, groups
    ),
    cotangent=lambda xp, t, x, kernel, stride, padding, dilation, groups: xp.conv2d_weight_gradient(
        x, t, kernel, stride, padding, dilation, groups
    ),
)

# The examples become more images of one batch, or, where each example has its own weight, groups of channels.


def _into_channels(batch, x):
    moved = batch.xp.permute_dims(x, (1, 0, 2, 3, 4))
    return batch.xp.reshape(moved, (x.shape[1], batch.size * x.shape[2], *x.shape[3:]))


def _out_of_channels(batch, x):
    apart = batch.xp.reshape(x, (x.shape[0], batch.size, x.shape[1] // batch.size if batch.size else 0, *x.shape[2:]))
    return batch.xp.permute_dims(apart, (1, 0, 2, 3, 4))


def _batch_conv2d(batch, x, weight, groups, **settings):
    if not batch.mapped[1]:
        return batch.unfold(batch.op(batch.fold(x), weight, groups=groups, **settings))
    weights = batch.fold(batch.whole(1, weight))
    if not batch.mapped[0] and groups == 1 and "size" not in settings:
        return _out_of_channels(batch, batch.op(x, weights, groups=1, **settings))
    x = _into_channels(batch, batch.whole(0, x))
    return _out_of_channels(batch, batch.op(x, weights, groups=groups * batch.size, **settings))


def _batch_weight_gradient(batch, x, cotangent, groups, **settings):
    x, cotangent = [_into_channels(batch, batch.whole(i, one)) for i, one in enumerate((x, cotangent))]
    return batch.unfold(batch.op(x, cotangent, groups=groups * batch.size, **settings))


conv2d.defbatch(_batch_conv2d)
conv2d_input_gradient.defbatch(_batch_conv2d)
conv2d_weight_gradient.defbatch(_batch_weight_gradient)
