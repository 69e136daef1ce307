"""Where the windows of convolution and pooling lie, over the two last axes of ``(N, C, H, W)``.

A window is never gathered element by element: for one position inside the window, what all windows have there is one
strided slice of the padded image, and `keys` gives that slice for every position.  For the generic implementations and for a
backend's own kernels.
"""

from __future__ import annotations

from itertools import product


def positions(kernel) -> list[tuple[int, int]]:
    """The positions inside a window of shape ``kernel``, row by row."""
    return list(product(range(kernel[0]), range(kernel[1])))


def window_count(length: int, kernel: int, stride: int, padding: int, dilation: int, ceil: bool = False) -> int:
    """How many windows fit along an axis; with ``ceil``, one that begins inside the image may reach beyond its end."""
    room = length + 2 * padding - dilation * (kernel - 1) - 1
    if not ceil:
        return room // stride + 1
    count = -(-room // stride) + 1
    return count - 1 if (count - 1) * stride >= length + padding else count


def window_counts(shape, kernel, stride, padding, dilation, ceil: bool = False) -> tuple[int, int]:
    """`window_count` along both axes of an image of ``shape``."""
    down, across = zip(shape[-2:], kernel, stride, padding, dilation, strict=True)
    return window_count(*down, ceil), window_count(*across, ceil)


def padded_lengths(shape, counts, kernel, stride, padding, dilation) -> tuple[int, int]:
    """The lengths of the padded image, which hold all windows."""
    settings = zip(shape[-2:], counts, kernel, stride, padding, dilation, strict=True)
    return tuple(max(n + 2 * p, (count - 1) * s + d * (k - 1) + 1) for n, count, k, s, p, d in settings)


def keys(counts, kernel, stride, dilation) -> list[tuple]:
    """For every position inside the window the key of what all windows have there in the padded image."""
    return [
        (slice(None), slice(None), _strided(row, counts[0], stride[0], dilation[0]),
         _strided(column, counts[1], stride[1], dilation[1]))
        for row, column in positions(kernel)
    ]  # fmt: skip


def _strided(at: int, count: int, stride: int, dilation: int) -> slice:
    return slice(at * dilation, at * dilation + (count - 1) * stride + 1, stride)


def pad_image(xp, x, lengths, padding, value=0):
    """``x`` inside an image of ``lengths``, ``padding`` from its start."""
    if tuple(x.shape[-2:]) == tuple(lengths):
        return x
    widths = tuple((p, length - p - n) for n, length, p in zip(x.shape[-2:], lengths, padding, strict=True))
    return xp.pad(x, ((0, 0), (0, 0), *widths), value)


def crop_image(x, size, padding):
    """The part of a padded image that is the image: the adjoint of `pad_image`."""
    if tuple(x.shape[-2:]) == tuple(size):
        return x
    return x[:, :, padding[0] : padding[0] + size[0], padding[1] : padding[1] + size[1]]
