"""NumPy kernels for activation functions.

Functions of several passes go over a block at a time, and overwrite only arrays that they made themselves.
"""

from __future__ import annotations

import math

import numpy as np

from .blocking import in_blocks, scalars, zeros
from .masks import apply_mask
from .special import erf_block
from .table import kernel

_add, _subtract, _multiply, _divide = np.add, np.subtract, np.multiply, np.divide
_exp, _tanh, _maximum, _minimum = np.exp, np.tanh, np.maximum, np.minimum

#: Up to this many elements, blocking costs more than it saves.
_SMALL = 4096


#: Data type → a zero of it, to compare with.
_ZERO = {np.dtype(code): np.zeros((), code) for code in "efdbhilBHILQq?"}


def _relu_block(x, out):
    _maximum(x, zeros(x.dtype)[: x.shape[0]], out=out)


@kernel
def relu(x, /):
    return in_blocks(_relu_block, x) if x.dtype.char in "fd" and x.size > _SMALL else np.maximum(x, _ZERO[x.dtype])


@kernel
def relu_vjp(g, ans):
    return (apply_mask(g, np.greater(ans, _ZERO[ans.dtype])),)


def _logistic(x, out, one):
    """``1 / (1 + exp(-x))``, accurate to a few units in the last place also where it is small; 0 where ``exp`` is infinite."""
    np.negative(x, out)
    with np.errstate(over="ignore"):
        _exp(out, out)
    _add(out, one, out)
    _divide(one, out, out)


def _sigmoid_slope_block(g, ans, out, one):
    _subtract(one, ans, out)
    _multiply(out, ans, out)
    _multiply(out, g, out)


@kernel
def sigmoid(x, /):
    if x.dtype.kind == "c":  # an infinite exponential has no direction
        positive = x.real >= 0
        small = np.exp(np.where(positive, -x, x))
        return np.where(positive, 1, small) / (1 + small)
    return in_blocks(_logistic, x, constants=(1,))


@kernel
def sigmoid_vjp(g, ans):
    return (in_blocks(_sigmoid_slope_block, g, ans, constants=(1,)),)


# GELU and SiLU are ``x`` times a gate.  Their gradients recover the gate as ``ans / x``, at a fifth of the cost, unless some
# ``x`` is so small that the answer lost digits.
_SMALLEST = 1e-15


def _smallest_square(x):
    return _SMALLEST**2 if x.dtype.itemsize > 2 else math.inf  # half precision always loses digits


_SLOPE = math.sqrt(2 / math.pi)
_CUBIC = 0.044715 * _SLOPE
_GELU = 0.5, 1, math.sqrt(0.5)
_GELU_TANH = 0.5, 1, _SLOPE, _CUBIC


def _gelu_gate(x, out, scratch, other, half, one, root_half):
    _multiply(x, root_half, scratch)
    erf_block(scratch, out, other)
    _add(out, one, out)
    _multiply(out, half, out)


def _gelu_block(x, out, *rest):
    _gelu_gate(x, out, *rest)
    _multiply(out, x, out)


def _gelu_slope_block(g, x, ans, out, scratch, other, half, one, root_half, minus_half, density, smallest):
    _multiply(x, x, scratch)
    if _minimum.reduce(scratch) > smallest:
        _divide(ans, x, out)
    else:
        _gelu_gate(x, out, scratch, other, half, one, root_half)
        _multiply(x, x, scratch)
    _multiply(scratch, minus_half, scratch)
    _exp(scratch, scratch)
    _multiply(scratch, density, scratch)
    _multiply(scratch, x, scratch)
    _add(out, scratch, out)
    _multiply(out, g, out)


def _gelu_tanh_gate(x, out, half, one, slope, cubic):
    _multiply(x, x, out)
    _multiply(out, cubic, out)
    _add(out, slope, out)
    _multiply(out, x, out)
    _tanh(out, out)
    _add(out, one, out)
    _multiply(out, half, out)


def _gelu_tanh_block(x, out, *rest):
    _gelu_tanh_gate(x, out, *rest)
    _multiply(out, x, out)


def _gelu_tanh_slope_block(
    g, x, ans, out, scratch, other, half, one, slope, cubic, twice_slope, six_times_cubic, smallest
):
    # gate + x * gate', where gate' is 2 * gate * (1 - gate) times the derivative of the argument of tanh, and ans is
    # x * gate
    _multiply(x, x, scratch)
    if _minimum.reduce(scratch) > smallest:
        _divide(ans, x, out)
    else:
        _gelu_tanh_gate(x, out, half, one, slope, cubic)
    _multiply(scratch, six_times_cubic, scratch)
    _add(scratch, twice_slope, scratch)
    _subtract(one, out, other)
    _multiply(scratch, other, scratch)
    _multiply(scratch, ans, scratch)
    _add(out, scratch, out)
    _multiply(out, g, out)


@kernel
def gelu(x, /, approximate="none"):
    if approximate == "tanh":
        return in_blocks(_gelu_tanh_block, x, constants=_GELU_TANH)
    return in_blocks(_gelu_block, x, constants=_GELU, scratch_count=2)


@kernel
def gelu_vjp(g, x, ans, approximate):
    smallest = _smallest_square(x)
    if approximate == "tanh":
        constants = (*_GELU_TANH, 2 * _SLOPE, 6 * _CUBIC, smallest)
        return (in_blocks(_gelu_tanh_slope_block, g, x, ans, constants=constants, scratch_count=2),)
    constants = (*_GELU, -0.5, 1 / math.sqrt(2 * math.pi), smallest)
    return (in_blocks(_gelu_slope_block, g, x, ans, constants=constants, scratch_count=2),)


def _silu_block(x, out, one):
    _logistic(x, out, one)
    _multiply(out, x, out)


def _silu_slope_block(g, x, ans, out, scratch, one, smallest):
    _multiply(x, x, scratch)
    if _minimum.reduce(scratch) > smallest:
        _divide(ans, x, out)
    else:
        _logistic(x, out, one)
    _subtract(one, out, scratch)
    _multiply(scratch, ans, scratch)
    _add(out, scratch, out)
    _multiply(out, g, out)


@kernel
def silu(x, /):
    return in_blocks(_silu_block, x, constants=(1,))


@kernel
def silu_vjp(g, x, ans):
    return (in_blocks(_silu_slope_block, g, x, ans, constants=(1, _smallest_square(x)), scratch_count=1),)


# -- softplus and the like ----------------------------------------------------------------------------------------


def _softplus_of(x, out, scratch, zero):
    """``log(1 + exp(x))``, which does not overflow."""
    np.abs(x, out)
    np.negative(out, out)
    _exp(out, out)
    np.log1p(out, out)
    _maximum(x, zero, out=scratch)
    _add(out, scratch, out)


def _softplus_block(x, out, scratch, other, beta, threshold):
    _multiply(x, beta, other)
    _softplus_of(other, out, scratch, zeros(x.dtype)[: x.shape[0]])
    _divide(out, beta, out)
    if not _maximum.reduce(other) <= threshold:
        np.copyto(out, x, where=other > threshold)


def _softplus_slope_block(g, x, out, scratch, beta, threshold, one):
    _multiply(x, beta, scratch)
    _logistic(scratch, out, one)
    if not _maximum.reduce(scratch) <= threshold:
        np.copyto(out, one, where=scratch > threshold)
    _multiply(out, g, out)


@kernel
def softplus(x, /, beta=1.0, threshold=20.0):
    return in_blocks(_softplus_block, x, constants=(beta, threshold), scratch_count=2)


@kernel
def softplus_vjp(g, x, beta, threshold):
    return (in_blocks(_softplus_slope_block, g, x, constants=(beta, threshold, 1), scratch_count=1),)


def _elu_block(x, out, scratch, height, scale):
    zero = zeros(x.dtype)[: x.shape[0]]
    _minimum(x, zero, out=out)
    np.expm1(out, out)
    _multiply(out, height, out)
    _maximum(x, zero, out=scratch)
    _multiply(scratch, scale, scratch)
    _add(out, scratch, out)


def _elu_slope_block(g, x, out, height):
    _minimum(x, zeros(x.dtype)[: x.shape[0]], out=out)
    _exp(out, out)
    _multiply(out, height, out)
    _multiply(out, g, out)


@kernel
def elu(x, /, alpha=1.0, scale=1.0):
    return in_blocks(_elu_block, x, constants=(alpha * scale, scale), scratch_count=1)


@kernel
def elu_vjp(g, x, alpha, scale):
    if alpha == 1:
        return (in_blocks(_elu_slope_block, g, x, constants=(scale,)),)
    below = np.minimum(x, _ZERO[x.dtype])
    return (g * np.where(x > 0, x.dtype.type(scale), np.exp(below) * x.dtype.type(alpha * scale)),)


def _leaky_block(g, x, out, slope, rest):
    np.copyto(out, np.greater(x, zeros(x.dtype)[: x.shape[0]]))
    _multiply(out, rest, out)
    _add(out, slope, out)
    _multiply(out, g, out)


def _leaky(g, x, slope):
    """``g`` where ``x`` is positive, ``slope * g`` elsewhere."""
    (exact,) = scalars(x.dtype, slope)
    # The factor is computed by arithmetic, at a fifth of the cost of `where`.
    if 0 < slope < 1 and (1 - exact) + exact == 1:
        return in_blocks(_leaky_block, g, x, constants=(slope, float(1 - exact)))
    return np.where(x > 0, g, g * exact)


@kernel
def leaky_relu(x, /, negative_slope=0.01):
    return _leaky(x, x, negative_slope)


@kernel
def leaky_relu_vjp(g, x, negative_slope):
    return (_leaky(g, x, negative_slope),)
