"""NumPy kernels for standardization: layer, batch, group and instance normalization.

They overwrite only arrays that they made themselves.
"""

from __future__ import annotations

import math

import numpy as np

from .reductions import ROW_BLOCK, column_sums, row_blocks, row_sums, sum_keepdims, weighted_column_sums
from .table import kernel

# -- standardization ---------------------------------------------------------------------------------------------------


def _count(x, axes):
    return max(math.prod([x.shape[a] for a in axes]), 1)


def _inverse(variance, eps):
    return 1 / np.sqrt(variance + eps)


@kernel
def standardize(x, /, axes, eps):
    n = _count(x, axes)
    mean = sum_keepdims(x, axes) / n
    out = x - mean
    variance = sum_keepdims(out * out, axes) / n
    out *= _inverse(variance, eps)
    return out, mean, variance


def _row_length(x, axes, *parameters):
    """The length of the rows if each row is standardized, with parameters of its length; otherwise None."""
    first = x.ndim - len(axes)
    if x.dtype.char not in "fd" or axes != tuple(range(first, x.ndim)) or not x.size or not x.flags.c_contiguous:
        return None
    length = math.prod(x.shape[first:])
    return length if length <= 2 * ROW_BLOCK and all(p.shape == x.shape[first:] for p in parameters) else None


def _layer_norm(x, weight, bias, length, kept, eps):
    """`standardize_affine` of rows, a block of them at a time, so that the values stay in the cache."""
    rows = x.reshape(-1, length)
    out = np.empty(rows.shape, x.dtype)
    mean, variance = np.empty(rows.shape[0], x.dtype), np.empty(rows.shape[0], x.dtype)
    blocks = row_blocks(*rows.shape)
    # An operation on two blocks is twice as fast as one on a block and a row.
    weight, bias = (np.tile(p.reshape(-1), (min(blocks[0].stop, rows.shape[0]), 1)) for p in (weight, bias))
    for block in blocks:
        values = out[block]
        mean[block] = row_sums(rows[block]) / length
        np.subtract(rows[block], mean[block, None], values)
        variance[block] = np.vecdot(values, values) / length
        values *= _inverse(variance[block, None], eps)
        values *= weight[: values.shape[0]]
        values += bias[: values.shape[0]]
    return out.reshape(x.shape), mean.reshape(kept), variance.reshape(kept)


def _layer_norm_gradients(g, x, mean, variance, weight, length, eps):
    """The gradients of x, of the weight and of the bias."""
    cotangents, rows = g.reshape(-1, length), x.reshape(-1, length)
    mean, inverse = mean.reshape(-1), _inverse(variance.reshape(-1), eps)
    out, of_weight, of_bias = np.empty_like(rows), np.zeros(length), np.zeros(length)  # added in double precision
    blocks = row_blocks(*rows.shape)
    weight = np.tile(weight.reshape(-1), (min(blocks[0].stop, rows.shape[0]), 1))
    for block in blocks:
        part, centred, result, scale = cotangents[block], rows[block] - mean[block, None], out[block], inverse[block]
        of_bias += column_sums(part)
        np.multiply(part, centred, result)
        of_weight += weighted_column_sums(scale, result)
        np.multiply(part, weight[: part.shape[0]], result)
        centred *= (np.vecdot(result, centred) * (scale * scale / length))[:, None]
        centred += (row_sums(result) / length)[:, None]
        result -= centred
        result *= scale[:, None]
    return out.reshape(x.shape), of_weight.astype(x.dtype), of_bias.astype(x.dtype)


@kernel
def standardize_affine(x, weight, bias, /, axes, eps):
    length = _row_length(x, axes, weight, bias)
    if length is not None:
        return _layer_norm(x, weight, bias, length, x.shape[: x.ndim - len(axes)] + (1,) * len(axes), eps)
    out, mean, variance = standardize(x, axes, eps)
    out *= weight
    out += bias
    return out, mean, variance


def _sum_to_shape(g, shape):
    """The sum of ``g`` over the axes along which an array of ``shape`` is broadcast against it."""
    extra = g.ndim - len(shape)
    axes = (*range(extra), *(i + extra for i, n in enumerate(shape) if n == 1 and g.shape[i + extra] != 1))
    return sum_keepdims(g, axes).reshape(shape) if axes else g


def _through(g, values, variance, axes, eps):
    """The cotangent of the input from the cotangent ``g`` of the standardized ``values``.  Overwrites both."""
    n = _count(g, axes)
    along = sum_keepdims(g * values, axes) / n
    g -= sum_keepdims(g, axes) / n
    values *= along
    g -= values
    g *= _inverse(variance, eps)
    return g


@kernel
def standardize_affine_vjp(g, ans, x, weight, axes, eps, needs):
    of_out, of_mean, of_variance = g
    _, mean, variance = ans
    of_x = of_weight = None
    length = _row_length(x, axes, weight)
    if length is not None and of_out is not None and all(needs):
        of_x, of_weight, of_bias = _layer_norm_gradients(of_out, x, mean, variance, weight, length, eps)
        of_x = _with_statistics(of_x, x, mean, of_mean, of_variance, axes)
        return of_x, of_weight.reshape(weight.shape), of_bias.reshape(weight.shape)
    if of_out is not None:
        values = x - mean
        values *= _inverse(variance, eps)
        if needs[1]:
            of_weight = _sum_to_shape(of_out * values, weight.shape)
        if needs[0]:
            of_x = _through(of_out * weight, values, variance, axes, eps)
    # The bias is as long as the weight, and summing here is faster than leaving it to the engine.
    of_bias = None if of_out is None or not needs[2] else _sum_to_shape(of_out, weight.shape)
    return _with_statistics(of_x, x, mean, of_mean, of_variance, axes), of_weight, of_bias


def _with_statistics(of_x, x, mean, of_mean, of_variance, axes):
    """``of_x`` plus the contributions of the cotangents of the mean and the variance, if there are any."""
    if of_mean is None and of_variance is None:
        return of_x
    n = _count(x, axes)
    result = np.zeros_like(x) if of_x is None else of_x
    if of_mean is not None:
        result += of_mean * (1 / n)
    if of_variance is not None:
        result += (x - mean) * (of_variance * (2 / n))
    return result


@kernel
def standardize_vjp(g, ans, x, axes, eps):
    of_out, of_mean, of_variance = g
    values, mean, variance = ans
    of_x = None if of_out is None else _through(of_out.copy(), values.copy(), variance, axes, eps)
    return (_with_statistics(of_x, x, mean, of_mean, of_variance, axes),)
