"""Sums and maxima along axes of NumPy arrays, several times as fast as ``np.sum`` and ``np.max`` where that is
possible.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

#: A product adds so many numbers one after the other at most, so that rounding errors stay small.
_LONGEST = 16384
#: The elements of a block of rows.
_BLOCK = 65536


@lru_cache(maxsize=256)
def ones(count, dtype):
    """A vector of at most `_LONGEST` ones, not to be written to."""
    made = np.ones(count, dtype)
    made.flags.writeable = False
    return made


def _pieces(length):
    return [slice(start, min(start + _LONGEST, length)) for start in range(0, length, _LONGEST)]


def row_sums(x):
    """The sums of the rows of a matrix of floats: products with ones are the fastest sums."""
    if 0 < x.shape[1] <= _LONGEST:
        return x.dot(ones(x.shape[1], x.dtype))
    parts = [x[:, piece].dot(ones(piece.stop - piece.start, x.dtype)) for piece in _pieces(x.shape[1])]
    return np.add.reduce(parts) if parts else np.zeros(x.shape[0], x.dtype)


def column_sums(x):
    """The sums of the columns of a matrix."""
    if x.dtype.char not in "fd" or not x.shape[0]:
        return np.add.reduce(x, 0)
    if x.shape[0] <= _LONGEST:
        return ones(x.shape[0], x.dtype).dot(x)
    return np.add.reduce([ones(piece.stop - piece.start, x.dtype).dot(x[piece]) for piece in _pieces(x.shape[0])])


def _along_channels(axes, ndim):
    """Whether ``axes`` are all but the second one, that of the channels."""
    return ndim > 1 and axes == (0, *range(2, ndim))


def total(x, axes):
    """The sum over ``axes``, kept as length 1, by products with ones where the order in memory allows it."""
    if x.dtype.char not in "fd" or not x.size:
        return np.add.reduce(x, axis=axes, keepdims=True)
    axes = tuple([a % x.ndim for a in (axes if isinstance(axes, tuple) else (axes,))])
    kept = tuple([1 if a in axes else n for a, n in enumerate(x.shape)])
    if x.flags.c_contiguous:
        if axes == tuple(range(x.ndim - len(axes), x.ndim)):
            return row_sums(x.reshape(-1, math.prod(x.shape[x.ndim - len(axes) :]))).reshape(kept)
        if axes == tuple(range(len(axes))):
            return column_sums(x.reshape(math.prod(x.shape[: len(axes)]), -1)).reshape(kept)
        if _along_channels(axes, x.ndim):  # each in planes
            planes = x.reshape(x.shape[0] * x.shape[1], -1)
            return np.add.reduce(row_sums(planes).reshape(x.shape[:2])).reshape(kept)
    elif _along_channels(axes, x.ndim):  # last in memory
        last = x.transpose(0, *range(2, x.ndim), 1)
        if last.flags.c_contiguous:
            return column_sums(last.reshape(-1, x.shape[1])).reshape(kept)
    return np.add.reduce(x, axis=axes, keepdims=True)


def largest(x, axis):
    """The maximum along ``axis``, kept as length 1.  Along rows its place is found faster than the maximum itself."""
    if axis in (-1, x.ndim - 1) and x.flags.c_contiguous and x.size:
        flat = x.reshape(-1, x.shape[-1])
        return flat[np.arange(flat.shape[0]), flat.argmax(1)].reshape(*x.shape[:-1], 1)
    return np.maximum.reduce(x, axis=axis, keepdims=True)


def row_blocks(count, length):
    """Slices of ``count`` rows of ``length`` elements: so many rows at once that a few such blocks stay in the cache."""
    step = max(1, _BLOCK // max(length, 1))
    return [slice(start, start + step) for start in range(0, count, step)]
