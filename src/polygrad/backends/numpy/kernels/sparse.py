"""NumPy kernels for products with sparse matrices.

NumPy adds slices slowly in ``np.add.at`` and in ``np.add.reduceat``.  So rows with equally many elements are multiplied together,
as a batch of products of a row with the rows of the dense matrix that belong to its elements, a part at a time that the cache
holds.
"""

from __future__ import annotations

import numpy as np

from .reductions import PRODUCT_BLOCK, long_product
from .table import kernel

#: How many bytes of the dense matrix are copied at a time.
_PART = 1 << 19


def _check(indices, length):
    if indices.size and not (indices.min() >= 0 and indices.max() < length):
        raise IndexError(f"an index is out of range: there are {length} rows")


def _by_row(rows, size):
    """The order of the elements by row; None where they are in that order."""
    if (rows[1:] >= rows[:-1]).all():
        return None
    return np.argsort(rows.astype(np.uint16) if size <= 1 << 16 else rows, kind="stable")  # 16 bits: a radix sort


@kernel
def coo_matmul(values, dense, rows, columns, /, size):
    if dense.dtype.char == "e":
        return coo_matmul(values.astype(np.float32), dense.astype(np.float32), rows, columns, size).astype(dense.dtype)
    _check(rows, size)
    _check(columns, dense.shape[0])
    width = dense.shape[1]
    out = np.zeros((size, width), dense.dtype)
    if not rows.size or not width:
        return out
    order = _by_row(rows, size)
    if order is not None:
        rows, columns, values = rows[order], columns[order], values[order]
    counts = np.bincount(rows, minlength=size)
    starts = np.cumsum(counts) - counts
    by_count = np.argsort(counts, kind="stable")
    ordered = counts[by_count]
    edges = np.flatnonzero(ordered[1:] != ordered[:-1]) + 1
    held = max(_PART // (width * dense.itemsize), 1)
    memory = np.empty((max(held, int(ordered[-1])), width), dense.dtype)
    for alike in np.split(by_count, edges):
        count = int(counts[alike[0]])
        if not count:
            continue
        several, own = max(held // count, 1), np.arange(count)
        for first in range(0, alike.size, several):
            places = alike[first : first + several]
            elements = starts[places, None] + own
            taken = memory[: elements.size]
            np.take(dense, columns[elements.reshape(-1)], axis=0, out=taken, mode="clip")  # checked above
            product = np.matmul if count <= PRODUCT_BLOCK else long_product
            out[places] = product(values[elements][:, None, :], taken.reshape(*elements.shape, width))[:, 0]
    return out


@kernel
def sampled_matmul(x, y, rows, columns, /):
    if x.dtype.char == "e":
        return sampled_matmul(x.astype(np.float32), y.astype(np.float32), rows, columns).astype(x.dtype)
    _check(rows, x.shape[0])
    _check(columns, y.shape[0])
    width = x.shape[1]
    out = np.zeros(rows.shape[0], x.dtype)
    if not width:
        return out
    held = max(_PART // (2 * width * x.itemsize), 1)
    left, right = np.empty((2, min(held, rows.shape[0]), width), x.dtype)
    for first in range(0, rows.shape[0], held):
        part = slice(first, first + held)
        count = rows[part].shape[0]
        np.take(x, rows[part], axis=0, out=left[:count], mode="clip")
        np.take(y, columns[part], axis=0, out=right[:count], mode="clip")
        product = np.matmul if width <= PRODUCT_BLOCK else long_product
        out[part] = product(left[:count, None, :], right[:count, :, None])[:, 0, 0]
    return out
