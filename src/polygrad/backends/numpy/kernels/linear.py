"""NumPy kernels for linear maps, embeddings and losses.

A ``"NAME.vjp"`` takes what the rule of the primitive takes, in the same order.  Kernels overwrite only arrays that they
made themselves: operands and saved values belong to the graph.
"""

from __future__ import annotations

import itertools
import math

import numpy as np

from .reductions import PRODUCT_BLOCK, ROW_BLOCK, column_sums, long_product
from .table import kernel

# -- linear maps and embeddings ----------------------------------------------------------------------------------------

# The method ``dot`` of matrices costs less than ``matmul``, much less where a product has one column.


def _rows(x):
    return x if x.ndim == 2 else x.reshape(math.prod(x.shape[:-1]), x.shape[-1])


@kernel
def linear(x, weight, bias, /):
    if bias.shape != weight.shape[:1]:
        raise ValueError("the bias has one element for every row of the weight")
    out = _rows(x).dot(weight.T)
    np.add(out, bias, out)
    return out if x.ndim == 2 else out.reshape(*x.shape[:-1], weight.shape[0])


@kernel
def linear_vjp(g, x, weight, needs):
    rows = _rows(g)
    of_x = None
    if needs[0]:
        of_x = rows.dot(weight)
        if x.ndim != 2:
            of_x = of_x.reshape(x.shape)
    of_weight = None
    if needs[1]:
        of_weight = rows.T.dot(_rows(x)) if rows.shape[0] <= PRODUCT_BLOCK else long_product(rows.T, _rows(x))
    return of_x, of_weight, column_sums(rows) if needs[2] else None


@kernel
def linear_without_bias(x, weight, /):
    out = _rows(x).dot(weight.T)
    return out if x.ndim == 2 else out.reshape(*x.shape[:-1], weight.shape[0])


@kernel
def linear_without_bias_vjp(g, x, weight, needs):
    return linear_vjp(g, x, weight, (*needs, False))[:2]


@kernel
def embedding(weight, indices, /, padding_idx=None):
    return weight.take(indices, axis=0)


#: The most rows of one index that are added sequentially.
_REPEATED_ROWS = 1024
#: From this many rows per index on, they are sorted and summed index by index.
_LONG_RUNS = 8


def _sums_of_runs(x, indices, size):
    order = indices.argsort(kind="stable")
    ends = np.searchsorted(indices[order], np.arange(size + 1)).tolist()
    x, result = x.take(order, axis=0), np.empty((size, x.shape[1]), x.dtype)
    for place, (start, end) in enumerate(itertools.pairwise(ends)):
        result[place] = column_sums(x[start:end])
    return result


@kernel
def index_add(x, indices, /, size):
    width = math.prod(x.shape[1:])
    if x.dtype.char == "e":
        return index_add(x.astype(np.float32), indices, size).astype(x.dtype)
    if indices.shape[0] >= _LONG_RUNS * size and x.dtype.kind in "fc":
        return _sums_of_runs(x.reshape(x.shape[0], width), indices, size).reshape(size, *x.shape[1:])
    if _repeats(indices) and x.dtype.char in "fd":
        rows, indices = np.unique(indices, return_inverse=True)
        result = np.zeros((size, width), x.dtype)
        # Added in double precision.
        sums = np.bincount(_places(indices, width), x.reshape(-1), rows.shape[0] * width)
        result[rows] = sums.reshape(-1, width)
        return result.reshape(size, *x.shape[1:])
    # np.add.at is fast for scalars only, and adds sequentially.
    result = np.zeros(size * width, x.dtype)
    np.add.at(result, _places(indices, width), x.reshape(-1))
    return result.reshape(size, *x.shape[1:])


def _places(indices, width):
    """The positions of the elements of rows of ``width``."""
    return indices if width == 1 else (indices[:, None] * width + np.arange(width)).reshape(-1)


def _repeats(indices):
    """Whether an index occurs so often that a sequential sum of its rows would lose digits."""
    if indices.shape[0] <= _REPEATED_ROWS:
        return False
    ordered = np.sort(indices)
    return bool((ordered[_REPEATED_ROWS:] == ordered[:-_REPEATED_ROWS]).any())


# -- losses ------------------------------------------------------------------------------------------------------------


@kernel
def mse_loss(x, y, /, reduction="mean"):
    difference = np.subtract(x, y)
    if reduction == "none":
        return difference * difference
    flat = difference.reshape(-1)
    total = flat.dot(flat) if flat.shape[0] <= ROW_BLOCK else long_product(flat, flat)
    return total / flat.shape[0] if reduction == "mean" else total


@kernel
def mse_loss_vjp(g, x, y, reduction, needs):
    of_x = np.subtract(x, y)
    of_x = of_x * (g * (2 / max(x.size, 1) if reduction == "mean" else 2))
    return of_x if needs[0] else None, -of_x if needs[1] else None
