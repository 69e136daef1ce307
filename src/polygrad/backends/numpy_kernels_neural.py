"""NumPy kernels for layers, activation functions, losses and random numbers.

A ``"NAME.vjp"`` takes what the joint rule of the primitive takes, in the same order.  Kernels overwrite only arrays that
they made themselves: operands and saved values belong to the graph.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from .numpy_masks import masked

#: Primitive name → raw kernel.
KERNELS: dict[str, Callable[..., Any]] = {}

#: So many elements are worked through at once where several passes follow each other: they stay in the cache.
_BLOCK = 32768


def kernel(function: Callable[..., Any]) -> Callable[..., Any]:
    """Put ``function`` into the table under its name; ``NAME_vjp`` is the gradient of NAME."""
    name = function.__name__
    KERNELS[name[:-4] + ".vjp" if name.endswith("_vjp") else name] = function
    return function


_sum, _maximum, _greater = np.add.reduce, np.maximum, np.greater
_ZERO = {np.dtype(code): np.zeros((), code) for code in "efdbhilBHILQq?"}


@lru_cache(maxsize=256)
def _ones(count, dtype):
    """A vector of ones: products with it are the fastest sums, several times as fast as a reduction along an axis."""
    ones = np.ones(count, dtype)
    ones.flags.writeable = False
    return ones


def _column_sums(x):
    """The sums of the columns of a matrix."""
    return _ones(x.shape[0], x.dtype).dot(x) if x.dtype.char in "fd" else _sum(x, 0)


# -- linear maps and embeddings --------------------------------------------------------------------------------------------

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
    return of_x, rows.T.dot(_rows(x)) if needs[1] else None, _column_sums(rows) if needs[2] else None


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


@kernel
def index_add(x, indices, /, size):
    # np.add.at is fast for single numbers only.
    width = math.prod(x.shape[1:])
    result = np.zeros(size * width, x.dtype)
    places = indices if width == 1 else (indices[:, None] * width + np.arange(width)).reshape(-1)
    np.add.at(result, places, x.reshape(-1))
    return result.reshape(size, *x.shape[1:])


# -- activation functions --------------------------------------------------------------------------------------------------


@kernel
def relu(x, /):
    return _maximum(x, _ZERO[x.dtype])


@kernel
def relu_vjp(g, ans):
    return (masked(g, _greater(ans, _ZERO[ans.dtype])),)


@kernel
def sigmoid(x, /):
    out = np.tanh(x * 0.5)
    if not out.ndim:
        return out * 0.5 + 0.5
    out *= 0.5
    out += 0.5
    return out


@kernel
def sigmoid_vjp(g, ans):
    slope = ans * (1 - ans)
    return (np.multiply(slope, g, slope) if slope.ndim else slope * g,)


# Cody, "Rational Chebyshev approximations for the error function", Mathematics of Computation 23 (1969): numerators and
# denominators, the highest power first, for |x| < 0.46875, up to 4, and beyond.
_ERF_NEAR = (
    (1.85777706184603153e-1, 3.16112374387056560, 1.13864154151050156e2, 3.77485237685302021e2, 3.20937758913846947e3),
    (1.0, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3),
)
_ERF_MIDDLE = (
    (2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594, 6.61191906371416295e1, 2.98635138197400131e2,
     8.81952221241769090e2, 1.71204761263407058e3, 2.05107837782607147e3, 1.23033935479799725e3),
    (1.0, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2, 1.62138957456669019e3,
     3.29079923573345963e3, 4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3),
)  # fmt: skip
_ERF_FAR = (
    (1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1, 1.25781726111229246e-1,
     1.60837851487422766e-2, 6.58749161529837803e-4),
    (1.0, 2.56852019228982242, 1.87295284992346725, 5.27905102951428412e-1, 6.05183413124413191e-2, 2.33520497626869185e-3),
)  # fmt: skip
#: erf(x) / x as a ratio of polynomials of x**2 for |x| < 3.92, where erf is 1 in float32.  Fitted for this file by weighted
#: least squares until the relative error, 2e-8, was level.
_ERF_SINGLE = (
    (2.050088284e-6, 2.848833525e-4, 3.765632856e-3, 5.274877341e-2, 1.904068006e-1, 1.128379146),
    (3.809175812e-5, 1.162539861e-3, 1.496924834e-2, 1.141092553e-1, 5.020763744e-1, 1.0),
)


def _ratio(x, coefficients):
    """Two polynomials of ``x`` by Horner's rule, and their quotient."""
    values = []
    for polynomial in coefficients:
        value = np.full_like(x, polynomial[0])
        for c in polynomial[1:]:
            value *= x
            value += c
        values.append(value)
    return np.divide(values[0], values[1], values[0])


def _erf_block(x, out):
    if x.dtype.itemsize < 8:
        held = np.clip(x, -3.92, 3.92)
        np.multiply(held, _ratio(held * held, _ERF_SINGLE), out)
        np.clip(out, -1, 1, out)
        return
    size = np.abs(x)
    near = size < 0.46875
    inner = np.minimum(size, 0.46875)
    np.multiply(inner, _ratio(inner * inner, _ERF_NEAR), out)
    if not near.all():
        middle = np.clip(size, 0.46875, 4.0)
        tail = _ratio(middle, _ERF_MIDDLE)
        tail *= np.exp(-middle * middle)
        if (size > 4.0).any():
            far = np.clip(size, 4.0, 30.0)
            square = 1 / (far * far)
            beyond = (1 / math.sqrt(math.pi) - square * _ratio(square, _ERF_FAR)) / far * np.exp(-far * far)
            tail = np.where(size > 4.0, beyond, tail)
        np.subtract(1, tail, out=out, where=~near)
    np.copysign(out, x, out)


@kernel
def erf(x, /):
    return _in_blocks(_erf_block, np.asarray(x))


def _in_blocks(function, *arrays):
    """``function(*parts, out)`` for blocks of equal parts of ``arrays``."""
    flat = [np.ascontiguousarray(a).reshape(-1) for a in arrays]
    out = np.empty_like(flat[0])
    for start in range(0, out.shape[0], _BLOCK):
        part = slice(start, start + _BLOCK)
        function(*[a[part] for a in flat], out[part])
    return out.reshape(arrays[0].shape)


_SLOPE = math.sqrt(2 / math.pi)
_CUBIC = 0.044715 * _SLOPE


def _gelu_tanh_block(x, out):
    inner = x * x
    inner *= _CUBIC
    inner += _SLOPE
    inner *= x
    np.tanh(inner, inner)
    inner += 1
    inner *= 0.5
    np.multiply(inner, x, out)


def _gelu_tanh_slope_block(x, g, out):
    square = x * x
    inner = square * _CUBIC
    inner += _SLOPE
    inner *= x
    np.tanh(inner, inner)
    square *= 3 * _CUBIC
    square += _SLOPE
    square *= x
    np.multiply(inner, inner, out)
    np.subtract(1, out, out)
    np.multiply(out, square, out)
    np.add(out, inner, out)
    np.add(out, 1, out)
    np.multiply(out, 0.5, out)
    np.multiply(out, g, out)


def _gelu_block(x, out):
    _erf_block(x * math.sqrt(0.5), out)
    out += 1
    out *= 0.5
    out *= x


def _gelu_slope_block(x, g, out):
    _erf_block(x * math.sqrt(0.5), out)
    out += 1
    out *= 0.5
    density = x * x
    density *= -0.5
    np.exp(density, density)
    density *= 1 / math.sqrt(2 * math.pi)
    density *= x
    out += density
    out *= g


@kernel
def gelu(x, /, approximate="none"):
    return _in_blocks(_gelu_tanh_block if approximate == "tanh" else _gelu_block, x)


@kernel
def gelu_vjp(g, x, approximate):
    return (_in_blocks(_gelu_tanh_slope_block if approximate == "tanh" else _gelu_slope_block, x, g),)


def _silu_block(x, out):
    np.multiply(x, 0.5, out)
    np.tanh(out, out)
    out += 1
    out *= 0.5
    out *= x


def _silu_slope_block(x, g, out):
    gate = x * 0.5
    np.tanh(gate, gate)
    gate += 1
    gate *= 0.5
    np.subtract(1, gate, out)
    out *= x
    out += 1
    out *= gate
    out *= g


@kernel
def silu(x, /):
    return _in_blocks(_silu_block, x)


@kernel
def silu_vjp(g, x):
    return (_in_blocks(_silu_slope_block, x, g),)


# -- softmax ---------------------------------------------------------------------------------------------------------------


def _largest(x, axis):
    """The maximum along ``axis``, kept as length 1.  Along rows the place of it is found faster than the maximum itself."""
    if axis in (-1, x.ndim - 1) and x.flags.c_contiguous:
        flat = x.reshape(-1, x.shape[-1])
        return flat[np.arange(flat.shape[0]), flat.argmax(1)].reshape(*x.shape[:-1], 1)
    return _maximum.reduce(x, axis=axis, keepdims=True)


def _shifted(x, axis):
    """A new array: ``x`` less its maximum along ``axis``."""
    return x - _largest(x, axis) if x.shape[axis] else x.copy()


def _total(x, axes):
    """The sum over ``axes``, kept as length 1, by a product with ones where the order in memory allows it."""
    if x.dtype.char not in "fd":
        return _sum(x, axis=axes, keepdims=True)
    axes = tuple([a % x.ndim for a in (axes if isinstance(axes, tuple) else (axes,))])
    kept = tuple([1 if a in axes else n for a, n in enumerate(x.shape)])
    if x.flags.c_contiguous:
        if axes == tuple(range(x.ndim - len(axes), x.ndim)):  # whole rows
            count = math.prod(x.shape[x.ndim - len(axes) :])
            return x.reshape(-1, count).dot(_ones(count, x.dtype)).reshape(kept) if count else np.zeros(kept, x.dtype)
        if axes == tuple(range(len(axes))):  # whole columns
            count = math.prod(x.shape[: len(axes)])
            return _ones(count, x.dtype).dot(x.reshape(count, -1)).reshape(kept) if x.size else np.zeros(kept, x.dtype)
        if axes == (0, *range(2, x.ndim)):  # channels, each in planes
            return _sum(_total(x.reshape(*x.shape[:2], -1), (2,)), axis=0).reshape(kept)
    elif axes == (0, *range(2, x.ndim)):  # channels, last in memory
        last = x.transpose(0, *range(2, x.ndim), 1)
        if last.flags.c_contiguous:
            return _total(last, tuple(range(x.ndim - 1))).reshape(kept)
    return _sum(x, axis=axes, keepdims=True)


@kernel
def softmax(x, /, axis):
    out = _shifted(x, axis)
    np.exp(out, out)
    return np.divide(out, _total(out, axis), out)


@kernel
def softmax_vjp(g, ans, axis):
    weighted = g * ans
    return (np.subtract(weighted, ans * _total(weighted, axis), weighted),)


@kernel
def log_softmax(x, /, axis):
    out = _shifted(x, axis)
    if not out.size:
        return out
    return np.subtract(out, np.log(_total(np.exp(out), axis)), out)


@kernel
def log_softmax_vjp(g, ans, axis):
    out = np.exp(ans)
    out *= _total(g, axis)
    return (np.subtract(g, out, out),)


# -- standardization -------------------------------------------------------------------------------------------------------


def _count(x, axes):
    return max(math.prod([x.shape[a] for a in axes]), 1)


def _inverse(variance, eps):
    return 1 / np.sqrt(variance + eps)


@kernel
def standardize(x, /, axes, eps):
    n = _count(x, axes)
    mean = _total(x, axes) / n
    out = x - mean
    variance = _total(out * out, axes) / n
    out *= _inverse(variance, eps)
    return out, mean, variance


def _row_length(x, axes, *parameters):
    """The length of the rows, where each row is standardized with parameters as long as it is; otherwise None."""
    first = x.ndim - len(axes)
    if x.dtype.char not in "fd" or axes != tuple(range(first, x.ndim)) or not x.size or not x.flags.c_contiguous:
        return None
    return math.prod(x.shape[first:]) if all(p.shape == x.shape[first:] for p in parameters) else None


def _row_blocks(count, length):
    step = max(1, 2 * _BLOCK // length)
    return step, [slice(start, start + step) for start in range(0, count, step)]


def _layer_norm(x, weight, bias, length, kept, eps):
    """`standardize_affine` of rows, a block of them at a time, so that every pass finds its numbers in the cache."""
    rows, ones, out = x.reshape(-1, length), _ones(length, x.dtype), np.empty((x.size // length, length), x.dtype)
    mean, variance = np.empty(rows.shape[0], x.dtype), np.empty(rows.shape[0], x.dtype)
    step, blocks = _row_blocks(*rows.shape)
    # An operation on two blocks is twice as fast as one on a block and a row.
    weight, bias = (np.tile(p.reshape(-1), (min(step, rows.shape[0]), 1)) for p in (weight, bias))
    for block in blocks:
        values = out[block]
        mean[block] = rows[block].dot(ones) / length
        np.subtract(rows[block], mean[block, None], values)
        variance[block] = np.vecdot(values, values) / length
        values *= _inverse(variance[block, None], eps)
        values *= weight[: values.shape[0]]
        values += bias[: values.shape[0]]
    return out.reshape(x.shape), mean.reshape(kept), variance.reshape(kept)


def _layer_norm_gradients(g, x, mean, variance, weight, length, eps):
    """The gradients of x, of the weight and of the bias."""
    cotangents, rows, ones = g.reshape(-1, length), x.reshape(-1, length), _ones(length, x.dtype)
    mean, inverse = mean.reshape(-1), _inverse(variance.reshape(-1), eps)
    out, of_weight, of_bias = np.empty_like(rows), np.zeros(length, x.dtype), np.zeros(length, x.dtype)
    step, blocks = _row_blocks(*rows.shape)
    weight = np.tile(weight.reshape(-1), (min(step, rows.shape[0]), 1))
    for block in blocks:
        part, centred, result, scale = cotangents[block], rows[block] - mean[block, None], out[block], inverse[block]
        of_bias += _column_sums(part)
        np.multiply(part, centred, result)
        of_weight += scale.dot(result)
        np.multiply(part, weight[: part.shape[0]], result)
        centred *= (np.vecdot(result, centred) * (scale * scale / length))[:, None]
        centred += (result.dot(ones) / length)[:, None]
        result -= centred
        result *= scale[:, None]
    return out.reshape(x.shape), of_weight, of_bias


@kernel
def standardize_affine(x, weight, bias, /, axes, eps):
    length = _row_length(x, axes, weight, bias)
    if length is not None:
        return _layer_norm(x, weight, bias, length, x.shape[: x.ndim - len(axes)] + (1,) * len(axes), eps)
    out, mean, variance = standardize(x, axes, eps)
    out *= weight
    out += bias
    return out, mean, variance


def _summed_to(g, shape):
    """The sum of ``g`` over the axes along which an array of ``shape`` is broadcast against it."""
    extra = g.ndim - len(shape)
    axes = (*range(extra), *(i + extra for i, n in enumerate(shape) if n == 1 and g.shape[i + extra] != 1))
    return _total(g, axes).reshape(shape) if axes else g


def _through(g, values, variance, axes, eps):
    """The cotangent of what was standardized to ``values``, for the cotangent ``g`` of those.  Overwrites both."""
    n = _count(g, axes)
    along = _total(g * values, axes) / n
    g -= _total(g, axes) / n
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
            of_weight = _summed_to(of_out * values, weight.shape)
        if needs[0]:
            of_x = _through(of_out * weight, values, variance, axes, eps)
    # The bias is as long as the weight, and summing here is faster than leaving it to the engine.
    of_bias = None if of_out is None or not needs[2] else _summed_to(of_out, weight.shape)
    return _with_statistics(of_x, x, mean, of_mean, of_variance, axes), of_weight, of_bias


def _with_statistics(of_x, x, mean, of_mean, of_variance, axes):
    """``of_x`` and what comes by way of the mean and the variance, where something does."""
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


# -- losses ----------------------------------------------------------------------------------------------------------------


@kernel
def mse_loss(x, y, /, reduction="mean"):
    difference = np.subtract(x, y)
    if reduction == "none":
        return difference * difference
    flat = difference.reshape(-1)
    return flat.dot(flat) / flat.shape[0] if reduction == "mean" else flat.dot(flat)


@kernel
def mse_loss_vjp(g, x, y, reduction, needs):
    of_x = np.subtract(x, y)
    of_x = of_x * (g * (2 / max(x.size, 1) if reduction == "mean" else 2))
    return of_x if needs[0] else None, -of_x if needs[1] else None


@kernel
def cross_entropy(x, target, /, reduction="mean"):
    rows = np.arange(x.shape[0])
    top = x[rows, x.argmax(1)]
    centred = x - top[:, None]
    chosen = centred[rows, target]
    total = np.log(_total(np.exp(centred, centred), 1)[:, 0])
    losses = total - chosen
    if reduction != "none":
        losses = _sum(losses)
        if reduction == "mean":
            losses = losses / x.shape[0]
    return losses, np.add(total, top, total)


@kernel
def cross_entropy_vjp(g, x, target, ans, reduction):
    of_loss, of_total = g
    probability = x - ans[1][:, None]
    np.exp(probability, probability)
    extra = None if of_total is None else probability * of_total[:, None]
    if of_loss is None:
        return extra, None
    probability[np.arange(x.shape[0]), target] -= 1
    probability *= of_loss[:, None] if reduction == "none" else of_loss / x.shape[0] if reduction == "mean" else of_loss
    if extra is not None:
        probability += extra
    return probability, None
