"""Where the windows of convolution and pooling lie, over the axes after the first two: ``(N, C, *)``.

A window is never gathered element by element: for one position inside the window, what all windows have there is one
strided slice of the padded image, and `keys` gives that slice for every position.  For the generic implementations and for a
backend's own kernels.
"""

from __future__ import annotations

from itertools import product


def positions(kernel) -> list[tuple[int, ...]]:
    """The positions inside a window of shape ``kernel``, row by row."""
    return list(product(*map(range, kernel)))


def window_count(length: int, kernel: int, stride: int, padding: int, dilation: int, ceil: bool = False) -> int:
    """How many windows fit along an axis; with ``ceil``, one that begins inside the image may reach beyond its end."""
    room = length + 2 * padding - dilation * (kernel - 1) - 1
    if not ceil:
        return room // stride + 1
    count = -(-room // stride) + 1
    return count - 1 if (count - 1) * stride >= length + padding else count


def window_counts(shape, kernel, stride, padding, dilation, ceil: bool = False) -> tuple[int, ...]:
    """`window_count` along every axis of an image of ``shape``."""
    settings = zip(shape[-len(kernel) :], kernel, stride, padding, dilation, strict=True)
    return tuple([window_count(*along, ceil) for along in settings])


def padded_lengths(shape, counts, kernel, stride, padding, dilation) -> tuple[int, ...]:
    """The lengths of the padded image, which hold all windows."""
    settings = zip(shape[-len(kernel) :], counts, kernel, stride, padding, dilation, strict=True)
    return tuple([max(n + 2 * p, (count - 1) * s + d * (k - 1) + 1) for n, count, k, s, p, d in settings])


def keys(counts, kernel, stride, dilation) -> list[tuple]:
    """For every position inside the window the key of what all windows have there in the padded image."""
    along = [
        [slice(at * d, at * d + (count - 1) * s + 1, s) for at in range(k)]
        for count, k, s, d in zip(counts, kernel, stride, dilation, strict=True)
    ]
    return [(slice(None), slice(None), *key) for key in product(*along)]


def pad_image(xp, x, lengths, padding, value=0):
    """``x`` inside an image of ``lengths``, ``padding`` from its start."""
    size = tuple(x.shape[-len(lengths) :])
    if size == tuple(lengths):
        return x
    widths = tuple((p, length - p - n) for n, length, p in zip(size, lengths, padding, strict=True))
    return xp.pad(x, ((0, 0), (0, 0), *widths), value)


def crop_image(x, size, padding):
    """The part of a padded image that is the image: the adjoint of `pad_image`."""
    if tuple(x.shape[-len(size) :]) == tuple(size):
        return x
    return x[(slice(None), slice(None), *[slice(p, p + n) for p, n in zip(padding, size, strict=True)])]
