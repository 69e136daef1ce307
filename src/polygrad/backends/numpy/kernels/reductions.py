"""Sums and maxima along axes of NumPy arrays, faster than ``np.sum`` and ``np.max``, and exact to a few units in the last place.

``np.add.reduce`` adds pairwise along the contiguous axis only, and sequentially along any other: a million rows of 0.1 are
1 % off in single precision.  So at most `_SEQUENTIAL_BLOCK` elements are added sequentially, and then their sums.  A product
with a vector of ones keeps several sums going at a time.
"""

from __future__ import annotations

import itertools
import math
from functools import lru_cache
from typing import Any

import numpy as np

from .half import sum_of_all, to_single

#: The most rows of a matrix that one product with ones adds.
COLUMN_BLOCK = 1024
#: The most elements of a row: there a product keeps more sums going.
ROW_BLOCK = 8192
#: The most products that an element of a matrix product adds.
PRODUCT_BLOCK = 4096
#: The most elements that are added sequentially.
_SEQUENTIAL_BLOCK = 256
#: The elements of a block of rows.
_BLOCK = 65536
#: Matrices of fewer elements are faster without a product each.
_FEW = 64


@lru_cache(maxsize=256)
def ones(count, dtype):
    """A vector of ones, read-only."""
    made = np.ones(count, dtype)
    made.flags.writeable = False
    return made


def row_sums(x: Any) -> Any:
    """The sums of the rows of a matrix of floats: products with ones are the fastest sums."""
    length = x.shape[1]
    block = max(ROW_BLOCK, 2)
    if 0 < length <= block:
        return x.dot(ones(length, x.dtype))
    if not length:
        return np.zeros(x.shape[0], x.dtype)
    least = -(-length // block)
    count = next((n for n in range(least, min(4 * least, length // 2 + 1)) if length % n == 0), None)
    if count and x.flags.c_contiguous:  # a row becomes rows: products with ones copy what has gaps in memory
        return row_sums(row_sums(x.reshape(-1, length // count)).reshape(-1, count))
    pieces = [slice(start, min(start + block, length)) for start in range(0, length, block)]
    return column_sums(np.stack([x[:, piece].dot(ones(piece.stop - piece.start, x.dtype)) for piece in pieces]))


def column_sums(x: Any) -> Any:
    """The sums of the columns of a matrix, or of each of a stack of matrices."""
    rows = x.shape[-2]
    if x.ndim == 2 and 0 < rows <= COLUMN_BLOCK and x.flags.c_contiguous and x.dtype.char in "fd":
        return ones(rows, x.dtype).dot(x)
    if x.dtype.char not in "fd" or not rows or (x.ndim > 2 and rows * x.shape[-1] < _FEW):
        return _add_sequentially(x, (x.ndim - 2,)).reshape(*x.shape[:-2], x.shape[-1])
    if not x.flags.c_contiguous and 0 in x.strides:  # a broadcast cotangent, for which BLAS has no product
        x = np.ascontiguousarray(x)
    block = max(COLUMN_BLOCK, 2)
    if rows <= block:
        return ones(rows, x.dtype).dot(x) if x.ndim == 2 else np.matmul(ones(rows, x.dtype), x)
    return column_sums(_sums_of_parts(x, x.ndim - 2, block, column_sums))


def weighted_column_sums(weights: Any, x: Any) -> Any:
    """The sums of the columns of a matrix whose rows have weights."""
    rows = x.shape[0]
    if rows <= COLUMN_BLOCK:
        return weights.dot(x)
    parts = [slice(start, start + COLUMN_BLOCK) for start in range(0, rows, COLUMN_BLOCK)]
    return column_sums(np.stack([weights[part].dot(x[part]) for part in parts]))


def _sums_of_parts(x, axis, length, add):
    """Apply ``add`` to parts of ``x`` of ``length`` along ``axis``, the last one shorter, and join their sums."""
    before = (slice(None),) * axis
    count, rest = divmod(x.shape[axis], length)
    whole = x[(*before, slice(0, count * length))]
    sums = add(whole.reshape(*x.shape[:axis], count, length, *x.shape[axis + 1 :]))
    if not rest:
        return sums
    return np.concatenate([sums, add(x[(*before, None, slice(count * length, None))])], axis)


def _add_sequentially(x, axes):
    """``np.add.reduce`` with ``keepdims``, never many elements sequentially."""
    if x.dtype.kind not in "fc" or math.prod([x.shape[a] for a in axes]) <= _SEQUENTIAL_BLOCK:
        return np.add.reduce(x, axis=axes, keepdims=True, dtype=x.dtype if x.dtype.kind in "fc" else None)
    block = max(_SEQUENTIAL_BLOCK, 2)
    innermost = min([a for a, n in enumerate(x.shape) if n > 1], key=lambda a: abs(x.strides[a]), default=None)
    if innermost is not None and not x.strides[innermost]:
        innermost = None
    for axis in sorted(axes, key=lambda a: a != innermost):
        while axis != innermost and x.shape[axis] > block:
            x = _sums_of_parts(x, axis, block, lambda parts, axis=axis: np.add.reduce(parts, axis=axis + 1))
        x = np.add.reduce(x, axis=axis, keepdims=True)
        innermost = None  # the sums have another layout
    return x


def _memory_order(x):
    """The axes in the order in which they lie in memory, or None where there are gaps between the elements."""
    order = sorted(range(x.ndim), key=lambda a: (-abs(x.strides[a]), a))
    return order if x.transpose(order).flags.c_contiguous else None


def sum_keepdims(x: Any, axes: Any) -> Any:
    """The sum over ``axes`` with ``keepdims``, by products with ones where the layout allows it."""
    axes = tuple(sorted([a % x.ndim for a in (axes if isinstance(axes, tuple) else (axes,))]))
    if x.dtype.char == "e":
        if len(axes) == x.ndim and x.flags.c_contiguous:
            return sum_of_all(x).astype(x.dtype).reshape((1,) * x.ndim)
        return sum_keepdims(to_single(x), axes).astype(x.dtype)
    if x.dtype.char not in "fd" or not x.size:
        return _add_sequentially(x, axes)
    if not x.flags.c_contiguous:
        order = _memory_order(x)
        if order is None:
            return _add_sequentially(x, axes)
        return sum_keepdims(x.transpose(order), tuple([order.index(a) for a in axes])).transpose(np.argsort(order))
    if len(axes) == x.ndim:
        return np.add.reduce(x, axis=None, keepdims=True)
    shape, kept, last = x.shape, tuple([1 if a in axes else n for a, n in enumerate(x.shape)]), x.ndim
    while last:  # adjacent axes together, from the last on
        first = last
        while first and first - 1 in axes:
            first -= 1
        if first < last:
            matrices = x.reshape(math.prod(shape[:first]), math.prod(shape[first:last]), -1)
            if matrices.shape[2] == 1:
                x = row_sums(matrices[:, :, 0])
            else:
                x = column_sums(matrices[0] if matrices.shape[0] == 1 else matrices)
        last = max(first - 1, 0)
    return x.reshape(kept)


def sums(x: Any, axis: Any, keepdims: Any) -> Any:
    """As ``np.sum``, for floating types."""
    if x.size <= _SEQUENTIAL_BLOCK and x.dtype.char in "fdFD":
        return np.add.reduce(x, axis=axis, keepdims=keepdims)
    if x.flags.forc and x.dtype.char in "fd":
        if axis is None:
            return np.add.reduce(x, axis=None, keepdims=keepdims)  # in pairs
        if x.flags.c_contiguous and x.ndim == 2 and axis in (0, (0,)) and 0 < x.shape[0] <= COLUMN_BLOCK:
            result = ones(x.shape[0], x.dtype).dot(x)
            return result[None] if keepdims else result
    axes = tuple(range(x.ndim)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    if not axes:
        return x.copy()
    result = sum_keepdims(x, axes)
    if keepdims:
        return result
    reduced = [a % x.ndim for a in axes]
    shape = tuple([n for a, n in enumerate(x.shape) if a not in reduced])
    return result.reshape(shape) if shape else result.reshape(())[()]


def pairwise_sum(parts: Any) -> Any:
    """The pairwise sum of an iterable of new arrays, which are overwritten.  Few of them exist at a time."""
    waiting: list[Any] = []
    for number, part in enumerate(parts, 1):
        while not number % 2:
            part += waiting.pop()
            number //= 2
        waiting.append(part)
    total = waiting.pop()
    while waiting:
        total = np.add(waiting.pop(), total, total)
    return total


def long_product(x: Any, y: Any) -> Any:
    """As ``np.matmul``, accurate however long the sums are."""
    length = x.shape[-1]
    if x.ndim == 1 == y.ndim and y.shape[0] == length > ROW_BLOCK:
        whole = length // ROW_BLOCK * ROW_BLOCK
        parts = np.vecdot(x[:whole].conj().reshape(-1, ROW_BLOCK), y[:whole].reshape(-1, ROW_BLOCK))
        return np.add.reduce(parts) + x[whole:].dot(y[whole:])
    if length <= PRODUCT_BLOCK or y.shape[-2 if y.ndim > 1 else 0] != length:
        return np.matmul(x, y)
    pieces = [slice(start, start + PRODUCT_BLOCK) for start in range(0, length, PRODUCT_BLOCK)]
    return pairwise_sum([np.matmul(x[..., piece], y[piece] if y.ndim == 1 else y[..., piece, :]) for piece in pieces])


def running_sums(x: Any, axis: Any) -> Any:
    """As ``np.cumsum`` along one axis, block by block: the sum of the blocks before is added while a block is in the cache."""
    axis %= x.ndim
    length = x.shape[axis]
    if length <= 4 * _SEQUENTIAL_BLOCK or not x.size:
        return np.cumsum(x, axis=axis)
    wide = np.dtype(np.complex128 if x.dtype.kind == "c" else np.float64)
    out, before = np.empty(x.shape, x.dtype), (slice(None),) * axis
    step = max(_BLOCK // (x.size // length) // _SEQUENTIAL_BLOCK, 1) * _SEQUENTIAL_BLOCK
    whole = length // _SEQUENTIAL_BLOCK * _SEQUENTIAL_BLOCK
    edges = [*range(0, whole, step), *((whole, length) if whole < length else (whole,))]
    until: Any = None
    for start, stop in itertools.pairwise(edges):
        part = (*before, slice(start, stop))
        blocks = out[part].reshape(*x.shape[:axis], -1, min(_SEQUENTIAL_BLOCK, stop - start), *x.shape[axis + 1 :])
        np.cumsum(x[part].reshape(blocks.shape), axis=axis + 1, out=blocks)
        ends: Any = np.cumsum(blocks[(*before, slice(None), -1)], axis=axis, dtype=wide)
        if until is not None:
            ends += until
            blocks[(*before, slice(0, 1))] += until.astype(x.dtype)[(*before, None)]
        blocks[(*before, slice(1, None))] += ends[(*before, slice(0, -1), None)].astype(x.dtype)
        until = ends[(*before, slice(-1, None))]
    return out


def amax(x: Any, axis: Any) -> Any:
    """The maximum along ``axis`` with ``keepdims``.  Along rows, `argmax` is faster than the maximum."""
    if axis in (-1, x.ndim - 1) and x.flags.c_contiguous and x.size:
        flat = x.reshape(-1, x.shape[-1])
        return flat[np.arange(flat.shape[0]), flat.argmax(1)].reshape(*x.shape[:-1], 1)
    return np.maximum.reduce(x, axis=axis, keepdims=True)


def row_blocks(count: Any, length: Any) -> Any:
    """Slices of ``count`` rows of ``length`` elements: so many rows at once that a few such blocks stay in the cache."""
    step = max(1, _BLOCK // max(length, 1))
    return [slice(start, start + step) for start in range(0, count, step)]
