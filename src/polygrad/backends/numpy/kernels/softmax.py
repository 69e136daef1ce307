"""NumPy kernels for sums of exponentials: softmax, log-softmax, logsumexp, cross-entropy.

They go through rows one block at a time, and overwrite only arrays that they made.
"""

from __future__ import annotations

import math

import numpy as np

from .reductions import amax, row_blocks, row_sums, sum_keepdims
from .reductions import sums as sums_of
from .table import kernel

_subtract, _multiply, _divide, _exp, _log = np.subtract, np.multiply, np.divide, np.exp, np.log

#: Exponentials of values up to this size neither overflow nor lose digits.  Then rows are not shifted by their maximum, which
#: would cost more than the sums.
_PLAIN = 40.0
#: Up to this size, subtracting the logarithm of the sum loses no digits.
_PLAIN_LOGARITHM = 10.0


def _rows(x, axis):
    """``x`` as a matrix with ``axis`` along its rows, or None where that would need a copy."""
    if axis not in (-1, x.ndim - 1) or x.dtype.char not in "fd" or not x.size or not x.flags.c_contiguous:
        return None
    return x.reshape(-1, x.shape[-1])


def _exponentials(rows, out, plain):
    """``exp(rows - shift)`` into ``out``, its sums, and the shift of each row, or None where all are 0."""
    if np.minimum.reduce(rows, None) >= -plain and np.maximum.reduce(rows, None) <= plain:
        _exp(rows, out)
        return row_sums(out), None
    top = amax(rows, 1)
    _subtract(rows, top, out)
    _exp(out, out)
    return row_sums(out), top[:, 0]


def _logarithms(rows, out, plain=_PLAIN):
    """The logarithm of the sum of the exponentials of each row; ``out`` is overwritten."""
    sums, top = _exponentials(rows, out, plain)
    _log(sums, sums)
    return sums if top is None else np.add(sums, top, sums)


# -- softmax -----------------------------------------------------------------------------------------------------------


def _shift(x, axis):
    """A new array: ``x`` minus its maximum along ``axis``."""
    return x - amax(x, axis) if x.shape[axis] else x.copy()


@kernel
def softmax(x, /, axis):
    rows = _rows(x, axis)
    if rows is None:
        out = _shift(x, axis)
        _exp(out, out)
        return _divide(out, sum_keepdims(out, axis), out)
    out = np.empty(rows.shape, x.dtype)
    for block in row_blocks(*rows.shape):
        part = out[block]
        _divide(part, _exponentials(rows[block], part, _PLAIN)[0][:, None], part)
    return out.reshape(x.shape)


@kernel
def softmax_vjp(g, ans, axis):
    values, cotangents = _rows(ans, axis), _rows(g, axis)
    if values is None or cotangents is None:
        weighted = g * ans
        return (_subtract(weighted, ans * sum_keepdims(weighted, axis), weighted),)
    out = np.empty(values.shape, ans.dtype)
    for block in row_blocks(*values.shape):
        value, cotangent, part = values[block], cotangents[block], out[block]
        _multiply(cotangent, value, part)
        _subtract(cotangent, row_sums(part)[:, None], part)
        _multiply(part, value, part)
    return (out.reshape(ans.shape),)


@kernel
def log_softmax(x, /, axis):
    rows = _rows(x, axis)
    if rows is None:
        out = _shift(x, axis)
        return _subtract(out, _log(sum_keepdims(_exp(out), axis)), out) if out.size else out
    out = np.empty(rows.shape, x.dtype)
    for block in row_blocks(*rows.shape):
        values, part = rows[block], out[block]
        sums, top = _exponentials(values, part, _PLAIN_LOGARITHM)
        if top is not None:
            values = _subtract(values, top[:, None], part)
        _subtract(values, _log(sums)[:, None], part)
    return out.reshape(x.shape)


@kernel
def log_softmax_vjp(g, ans, axis):
    values, cotangents = _rows(ans, axis), _rows(g, axis)
    if values is None or cotangents is None:
        out = _exp(ans)
        out *= sum_keepdims(g, axis)
        return (_subtract(g, out, out),)
    out = np.empty(values.shape, ans.dtype)
    for block in row_blocks(*values.shape):
        cotangent, part = cotangents[block], out[block]
        _exp(values[block], part)
        _multiply(part, row_sums(cotangent)[:, None], part)
        _subtract(cotangent, part, part)
    return (out.reshape(ans.shape),)


# -- logsumexp ---------------------------------------------------------------------------------------------------------


def _keepdims_shape(shape, axis):
    """``shape`` with length 1 along ``axis``; the same without those axes; and whether they are the last ones."""
    axes = range(len(shape)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    axes = sorted([a % len(shape) for a in axes])
    kept = tuple([1 if i in axes else n for i, n in enumerate(shape)])
    others = tuple([n for i, n in enumerate(shape) if i not in axes])
    return kept, others, axes == list(range(len(others), len(shape)))


def _last_rows(x, last, count):
    """``x`` as a matrix of ``count`` rows, or None where that would need a copy."""
    if not last or not x.ndim or x.dtype.char not in "fd" or not x.size or not x.flags.c_contiguous:
        return None
    return x.reshape(count, -1)


def _beyond_the_largest(x, axis):
    """As `_exponentials` of the primitive."""
    most = np.finfo(x.dtype).max
    top = np.clip(np.maximum.reduce(x.real, axis=axis, keepdims=True), -most, most).astype(x.dtype, copy=False)
    return top, _exp(x - top)


@kernel
def logsumexp(x, /, axis=None, keepdims=False):
    kept, others, last = _keepdims_shape(x.shape, axis)
    rows = _last_rows(x, last, math.prod(kept))
    if rows is None:
        top, exponentials = _beyond_the_largest(x, axis)
        result = _log(sums_of(exponentials, axis, True)) + top
    else:
        result = np.empty(rows.shape[0], x.dtype)
        blocks = row_blocks(*rows.shape)
        scratch = np.empty(rows[blocks[0]].shape, x.dtype)
        for block in blocks:
            values = rows[block]
            result[block] = _logarithms(values, scratch[: values.shape[0]])
        if not np.isfinite(result).all():  # an infinite maximum cannot be subtracted
            top = rows.max(1)
            np.copyto(result, top, where=np.isinf(top))
    return result.reshape(kept if keepdims else others)


@kernel
def logsumexp_vjp(g, x, axis):
    kept, _, last = _keepdims_shape(x.shape, axis)
    g = np.reshape(g, kept)
    rows = _last_rows(x, last, math.prod(kept))
    if rows is not None:
        out = np.empty(rows.shape, x.dtype)
        scales = np.reshape(g, -1)
        for block in row_blocks(*rows.shape):
            part = out[block]
            sums, _ = _exponentials(rows[block], part, _PLAIN)
            if not np.isfinite(sums).all():
                break
            _multiply(part, (scales[block] / sums)[:, None], part)
        else:
            return (out.reshape(x.shape),)
    _, exponentials = _beyond_the_largest(x, axis)
    sums = sums_of(exponentials, axis, True)
    weighted = exponentials * (g / np.where(sums == 0, np.ones_like(sums), sums))
    return (np.where(exponentials == np.inf, g, weighted),)


# -- cross-entropy -----------------------------------------------------------------------------------------------------


def _places(x, target):
    """Where the targets' elements are in a matrix ``x`` seen as a vector."""
    return np.arange(0, x.size, x.shape[1]) + target


@kernel
def cross_entropy(x, target, /, reduction="mean"):
    x = np.ascontiguousarray(x)
    shift, logarithm = np.zeros(x.shape[0], x.dtype), np.empty(x.shape[0], x.dtype)
    blocks = row_blocks(*x.shape)
    scratch = np.empty(x[blocks[0]].shape if blocks else 0, x.dtype)
    losses = np.negative(x.reshape(-1).take(_places(x, target)))
    for block in blocks:
        values = x[block]
        sums, top = _exponentials(values, scratch[: values.shape[0]], _PLAIN_LOGARITHM)
        logarithm[block] = _log(sums, sums)
        if top is not None:
            losses[block] += top
            shift[block] = top
        losses[block] += sums
    if reduction != "none":
        losses = np.add.reduce(losses)
        if reduction == "mean":
            losses = losses / x.shape[0]
    return losses, shift, logarithm


@kernel
def cross_entropy_vjp(g, x, target, ans, reduction):
    of_loss, _, of_total = g
    _, shift, logarithm = ans
    # C order, whatever the layout of x: the targets' positions are counted in it.
    if shift.any():
        probability = _subtract(x, shift[:, None], order="C")
        _subtract(probability, logarithm[:, None], probability)
    else:
        probability = _subtract(x, logarithm[:, None], order="C")
    _exp(probability, probability)
    extra = None if of_total is None else probability * of_total[:, None]
    if of_loss is None:
        return extra, None
    weight = of_loss / x.shape[0] if reduction == "mean" else of_loss
    _multiply(probability, weight[:, None] if reduction == "none" else weight, probability)
    probability.reshape(-1)[_places(x, target)] -= weight
    if extra is not None:
        probability += extra
    return probability, None
