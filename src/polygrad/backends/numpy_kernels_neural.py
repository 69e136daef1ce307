"""NumPy kernels for layers, activation functions, losses and random numbers.

A ``"NAME.vjp"`` takes what the joint rule of the primitive takes, in the same order.  Kernels overwrite only arrays that
they made themselves: operands and saved values belong to the graph.
"""

from __future__ import annotations

import math
from collections.abc import Callable
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


_matmul, _sum, _maximum, _greater = np.matmul, np.add.reduce, np.maximum, np.greater
_ZERO = {np.dtype(code): np.zeros((), code) for code in "efdbhilBHILQq?"}


# -- linear maps and embeddings --------------------------------------------------------------------------------------------


def _rows(x):
    return x if x.ndim == 2 else x.reshape(math.prod(x.shape[:-1]), x.shape[-1])


@kernel
def linear(x, weight, bias, /):
    if x.ndim == 2:
        out = _matmul(x, weight.T)
    else:
        out = _matmul(_rows(x), weight.T).reshape(*x.shape[:-1], weight.shape[0])
    if bias.shape != weight.shape[:1]:
        raise ValueError("the bias has one element for every row of the weight")
    return np.add(out, bias, out)


@kernel
def linear_vjp(g, x, weight, needs):
    if g.ndim != 2:
        g, flat = _rows(g), _rows(x)
    else:
        flat = x
    of_x = None
    if needs[0]:
        of_x = _matmul(g, weight)
        if flat is not x:
            of_x = of_x.reshape(x.shape)
    return of_x, _matmul(g.T, flat) if needs[1] else None, _sum(g, 0) if needs[2] else None


@kernel
def linear_without_bias(x, weight, /):
    if x.ndim == 2:
        return _matmul(x, weight.T)
    return _matmul(_rows(x), weight.T).reshape(*x.shape[:-1], weight.shape[0])


@kernel
def linear_without_bias_vjp(g, x, weight, needs):
    return linear_vjp(g, x, weight, (*needs, False))[:2]


@kernel
def embedding(weight, indices, /, padding_idx=None):
    return weight.take(indices, axis=0)


@kernel
def index_add(x, indices, /, size):
    # np.add.at takes several times as long as any of these.
    if x.shape[0] == 0 or x.size == 0 or size == 0:
        return np.zeros((size, *x.shape[1:]), x.dtype)
    flat = x.reshape(x.shape[0], -1)
    if size <= 512 and x.dtype.kind == "f" and np.isfinite(flat).all():  # inf * 0 would reach other rows
        choice = np.zeros((x.shape[0], size), x.dtype)
        choice[np.arange(x.shape[0]), indices] = 1
        return _matmul(choice.T, flat).reshape(size, *x.shape[1:])
    order = np.argsort(indices, kind="stable")
    ordered = indices[order]
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    result = np.zeros((size, flat.shape[1]), x.dtype)
    result[ordered[starts]] = np.add.reduceat(flat[order], starts, axis=0)
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


# -- softmax and standardization -------------------------------------------------------------------------------------------


def _shifted(x, axis):
    """A new array: ``x`` less its maximum along ``axis``."""
    return x - _maximum.reduce(x, axis=axis, keepdims=True) if x.shape[axis] else x.copy()


@kernel
def softmax(x, /, axis):
    out = _shifted(x, axis)
    np.exp(out, out)
    return np.divide(out, _sum(out, axis=axis, keepdims=True), out)


@kernel
def softmax_vjp(g, ans, axis):
    weighted = g * ans
    total = _sum(weighted, axis=axis, keepdims=True)
    return (np.subtract(weighted, ans * total, weighted),)


@kernel
def log_softmax(x, /, axis):
    out = _shifted(x, axis)
    return np.subtract(out, np.log(_sum(np.exp(out), axis=axis, keepdims=True)), out)


@kernel
def log_softmax_vjp(g, ans, axis):
    out = np.exp(ans)
    out *= _sum(g, axis=axis, keepdims=True)
    return (np.subtract(g, out, out),)


def _standardized(x, axes, eps):
    n = x.dtype.type(max(math.prod(x.shape[a] for a in axes), 1))
    mean = _sum(x, axis=axes, keepdims=True)
    mean = mean / n
    out = x - mean
    variance = _sum(out * out, axis=axes, keepdims=True) / n
    np.multiply(out, 1 / np.sqrt(variance + x.dtype.type(eps)), out)
    return out, mean, variance


@kernel
def standardize(x, /, axes, eps):
    return _standardized(x, axes, eps)


@kernel
def standardize_affine(x, weight, bias, /, axes, eps):
    out, mean, variance = _standardized(x, axes, eps)
    out *= weight
    out += bias
    return out, mean, variance


def _summed_to(g, shape):
    """The sum of ``g`` over the axes along which an array of ``shape`` is broadcast against it."""
    extra = g.ndim - len(shape)
    axes = (*range(extra), *(i + extra for i, n in enumerate(shape) if n == 1 and g.shape[i + extra] != 1))
    return _sum(g, axis=axes).reshape(shape) if axes else g


def _through(g, x, mean, variance, axes, eps, values):
    """The cotangent of ``x`` for the cotangent ``g`` of its standardized ``values``.  Overwrites both."""
    n = x.dtype.type(max(math.prod(x.shape[a] for a in axes), 1))
    along = _sum(g * values, axis=axes, keepdims=True) / n
    g -= _sum(g, axis=axes, keepdims=True) / n
    values *= along
    g -= values
    g *= 1 / np.sqrt(variance + x.dtype.type(eps))
    return g


@kernel
def standardize_affine_vjp(g, ans, x, weight, axes, eps, needs):
    of_out, of_mean, of_variance = g
    _, mean, variance = ans
    of_x = of_weight = None
    if of_out is not None:
        values = x - mean
        values *= 1 / np.sqrt(variance + x.dtype.type(eps))
        if needs[1]:
            of_weight = _summed_to(of_out * values, weight.shape)
        if needs[0]:
            of_x = _through(of_out * weight, x, mean, variance, axes, eps, values)
    return _with_statistics(of_x, x, mean, of_mean, of_variance, axes), of_weight, of_out


def _with_statistics(of_x, x, mean, of_mean, of_variance, axes):
    """``of_x`` and what comes by way of the mean and the variance, where something does."""
    if of_mean is None and of_variance is None:
        return of_x
    n = max(math.prod(x.shape[a] for a in axes), 1)
    result = np.zeros_like(x) if of_x is None else of_x
    if of_mean is not None:
        result += of_mean * x.dtype.type(1 / n)
    if of_variance is not None:
        result += (x - mean) * (of_variance * x.dtype.type(2 / n))
    return result


@kernel
def standardize_vjp(g, ans, x, axes, eps):
    of_out, of_mean, of_variance = g
    values, mean, variance = ans
    of_x = None if of_out is None else _through(of_out.copy(), x, mean, variance, axes, eps, values.copy())
    return (_with_statistics(of_x, x, mean, of_mean, of_variance, axes),)


# -- losses ----------------------------------------------------------------------------------------------------------------


@kernel
def mse_loss(x, y, /, reduction="mean"):
    difference = x - y
    if reduction == "none":
        return np.multiply(difference, difference, difference) if difference.ndim else difference * difference
    flat = difference.reshape(-1)
    total = flat.dot(flat)
    return total / total.dtype.type(flat.shape[0]) if reduction == "mean" else total


@kernel
def mse_loss_vjp(g, x, y, reduction, needs):
    scale = g * g.dtype.type(2 / max(x.size, 1) if reduction == "mean" else 2)
    difference = x - y
    of_x = np.multiply(difference, scale, difference) if difference.ndim else difference * scale
    return of_x if needs[0] else None, -of_x if needs[1] else None


@kernel
def cross_entropy(x, target, /, reduction="mean"):
    rows = np.arange(x.shape[0])
    top = _maximum.reduce(x, axis=1, keepdims=True)
    centred = x - top
    chosen = centred[rows, target]
    total = np.log(_sum(np.exp(centred, centred), axis=1))
    losses = total - chosen
    if reduction != "none":
        losses = _sum(losses)
        if reduction == "mean":
            losses = losses / losses.dtype.type(x.shape[0])
    return losses, np.add(total, top[:, 0], total)


@kernel
def cross_entropy_vjp(g, x, target, ans, reduction):
    of_loss, of_total = g
    probability = x - ans[1][:, None]
    np.exp(probability, probability)
    extra = None if of_total is None else probability * of_total[:, None]
    if of_loss is None:
        return extra, None
    scale = of_loss[:, None] if reduction == "none" else of_loss
    if reduction == "mean":
        scale = scale / scale.dtype.type(max(x.shape[0], 1))
    probability[np.arange(x.shape[0]), target] -= 1
    probability *= scale
    if extra is not None:
        probability += extra
    return probability, None


# -- random numbers --------------------------------------------------------------------------------------------------------


def _halves(bits, count):
    """As the generic text: the lower half of a word first."""
    return bits.astype("<u8", copy=False).view("<u4")[:count]


@kernel
def uniform_from_bits(bits, /, count, digits, dtype):
    if digits > 32:
        numbers = (bits[:count] >> np.uint64(64 - digits)).astype(dtype)
    else:
        numbers = (_halves(bits, count) >> np.uint32(32 - digits)).astype(dtype)
    numbers *= numbers.dtype.type(2.0**-digits)
    return numbers


@kernel
def normal_from_bits(bits, /, count, wide, dtype):
    pairs = -(-count // 2)
    out = np.empty(2 * pairs, dtype)
    digits = 53 if wide else 32
    for start in range(0, pairs, _BLOCK):
        stop = min(start + _BLOCK, pairs)
        if wide:
            first, second = bits[start:stop] >> np.uint64(11), bits[pairs + start : pairs + stop] >> np.uint64(11)
        else:
            both = _halves(bits[start:stop], None)
            first, second = both[1::2], both[::2]
        radius = first.astype(np.float64)
        radius += 0.5
        radius *= 2.0**-digits
        np.log(radius, radius)
        radius *= -2.0
        np.sqrt(radius, radius)
        angle = second.astype(np.float64)
        angle += 0.5
        angle *= 2 * math.pi * 2.0**-digits
        cosine = np.cos(angle)
        cosine *= radius
        out[start:stop] = cosine
        np.sin(angle, angle)
        angle *= radius
        out[pairs + start : pairs + stop] = angle
    return out[:count]


@kernel
def mask_from_bits(bits, /, count, threshold):
    if threshold > 0xFFFFFFFF:
        return np.ones(count, np.bool_)
    return _halves(bits, count) < np.uint32(threshold)
