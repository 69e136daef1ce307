"""NumPy kernels that override the generic implementations, by primitive name.

Measured facts behind them: a bound ufunc beats the wrapper function (``np.sum`` costs three times ``np.add.reduce``), a
method beats a function (``x.reshape``), and ``out=`` spares a temporary.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..library import library
from .reductions import running_sums, sums

KERNELS: dict[str, Callable[..., Any]] = {
    "add": np.add,
    "subtract": np.subtract,
    "multiply": np.multiply,
    "divide": np.divide,
    "negative": np.negative,
    "exp": np.exp,
    "log": np.log,
    "tanh": np.tanh,
    "sqrt": np.sqrt,
    "sin": np.sin,
    "cos": np.cos,
    "maximum": np.maximum,
    "minimum": np.minimum,
    "fmod": np.fmod,
    "matmul": np.matmul,
    "gcd": np.gcd,
    "lcm": np.lcm,
}


def kernel(function: Callable[..., Any]) -> Callable[..., Any]:
    """Put ``function`` into the table under its name; ``NAME_vjp`` is the gradient of NAME.

    A gradient takes what the primitive's rule takes, in the same order.  Kernels overwrite only arrays that they made
    themselves: operands and saved values belong to the graph.
    """
    name = function.__name__
    KERNELS[name[:-4] + ".vjp" if name.endswith("_vjp") else name.rstrip("_")] = function
    return function


_multiply, _subtract = np.multiply, np.subtract


@kernel
def tanh_vjp(g, ans):
    # g * (1 - ans * ans) as g - g * ans * ans: three ufuncs in one buffer, and no scalar to convert.
    result = _multiply(g, ans)
    if type(result) is not np.ndarray:  # 0-d: a NumPy scalar, which cannot be written to
        return (g - result * ans,)
    _multiply(result, ans, result)
    return (_subtract(g, result, result),)


@kernel
def safe_divide(x, y, /):
    out = np.divide(x, y)
    if not out.ndim:
        return out if out == out else np.divide(x, np.where(x == 0, 1, y), dtype=out.dtype)
    flat = out.reshape(-1)
    # One product, much faster than choosing the divisors, tells whether there is a NaN.  A quotient of 0 may be one.
    square = flat.dot(flat)
    if square != square:
        np.copyto(out, x, where=x == 0)
    return out


@kernel
def log_vjp(g, x):
    return (safe_divide(g, x),)


#: The most elements that are added without regard to their layout.
_SMALL_BLOCK = 512


@kernel
def sum_(x, /, axis=None, keepdims=False):
    dtype = x.dtype
    if dtype.char not in "fdFD":
        return sums(x, axis, keepdims) if dtype.char == "e" else np.add.reduce(x, axis=axis, keepdims=keepdims)
    if x.size > _SMALL_BLOCK:
        return sums(x, axis, keepdims)
    return np.add.reduce(x, axis=axis, keepdims=keepdims, dtype=dtype)


@kernel
def mean(x, /, axis=None, keepdims=False):
    found = sum_(x, axis, keepdims)
    return found / (
        x.size if axis is None else math.prod([x.shape[a] for a in (axis if type(axis) is tuple else (axis,))])
    )


@kernel
def cumulative_sum(x, /, axis):
    if x.size <= _SMALL_BLOCK or x.dtype.char not in "fdFD":
        return library.cumulative_sum(x, axis=axis)
    return running_sums(x, axis)


@kernel
def complex_(x, y, /):
    result = np.empty(np.broadcast_shapes(x.shape, y.shape), np.result_type(x.dtype, np.complex64))
    result.real, result.imag = x, y
    return result


@kernel
def astype(x, dtype, /, *, copy=True):
    return x.astype(dtype, copy=copy)


@kernel
def reshape(x, /, shape):
    return x.reshape(shape)


@kernel
def expand_dims(x, /, axis):
    if type(axis) is not int or not -x.ndim - 1 <= axis <= x.ndim:
        return np.expand_dims(x, axis)  # which raises
    return x[(slice(None),) * (axis % (x.ndim + 1)) + (None,)]


@kernel
def permute_dims(x, /, axes):
    return x.transpose(axes)


@kernel
def matrix_transpose(x, /):
    return x.mT


@kernel
def take_rows(x, indices, /):
    return x.take(indices, axis=0)


@kernel
def put_rows(x, value, indices, /):
    result = x.copy()
    result[indices] = value
    return result
