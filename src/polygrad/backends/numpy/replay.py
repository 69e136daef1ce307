"""What a recorded program is made of on NumPy: functions with ``out=``, and small kernels taken apart into steps.

A kernel is one Python function; for small arrays its own branches and reshapes cost as much as the arithmetic.  In a
recording shapes are known, and the steps alone remain, each of which can write into memory that is free.  The arithmetic
is that of the kernels, to the last bit.
"""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Callable
from typing import Any

import array_api_compat.numpy as library
import numpy as np

from ..namespace import LINALG, STANDARD
from .kernels.linalg import matmul as _matmul
from .kernels.reductions import COLUMN_BLOCK, PRODUCT_BLOCK, ROW_BLOCK, column_sums, long_product, ones
from .kernels.table import KERNELS

#: Arrays of so many bytes or less are small.
SMALL = 65536

STEPS: dict[str, Callable[..., Any]] = {}

#: Operators, and functions of the same result that take ``out``.
_OPERATORS: dict[Any, np.ufunc] = {
    operator.add: np.add, operator.sub: np.subtract, operator.mul: np.multiply, operator.truediv: np.divide,
    operator.floordiv: np.floor_divide, operator.mod: np.remainder, operator.and_: np.bitwise_and,
    operator.or_: np.bitwise_or, operator.xor: np.bitwise_xor, operator.lshift: np.left_shift,
    operator.rshift: np.right_shift, operator.neg: np.negative, operator.pos: np.positive, operator.abs: np.absolute,
    operator.invert: np.invert, operator.eq: np.equal, operator.ne: np.not_equal, operator.lt: np.less,
    operator.le: np.less_equal, operator.gt: np.greater, operator.ge: np.greater_equal,
}  # fmt: skip

dot, reshape, permute = np.ndarray.dot, np.ndarray.reshape, np.ndarray.transpose
_T = operator.attrgetter("T")

#: Functions that look into indices or factorize matrices fail for some values; the other kernels do not.
_FAILING = frozenset(
    "take_rows put_rows embedding index_add cross_entropy cross_entropy.vjp cholesky solve_triangular adjugate".split()
)


#: Functions that give a window of an argument, or a copy where the argument lies in memory in some ways.
_WINDOWS = frozenset(
    """
    asarray astype broadcast_arrays broadcast_to conj diagonal expand_dims flip from_dlpack imag matrix_transpose meshgrid
    moveaxis permute_dims real reshape squeeze tile unstack
    """.split()
)
#: Products of matrices.
_PRODUCTS = (dot, np.matmul, operator.matmul, column_sums)


def into(function: Any) -> Callable[..., Any] | None:
    """See `Backend.into`."""
    if is_elementwise(function):
        return _into_ufunc(_OPERATORS.get(function, function))
    for known in (dot, np.matmul):
        if function is known:
            return function
    return np.matmul if function is operator.matmul else None


def _into_ufunc(ufunc: np.ufunc) -> Callable[..., Any]:
    if ufunc in (np.maximum, np.minimum):  # NumPy 2.4 wants their ``out`` by name
        return lambda x, y, out: ufunc(x, y, out=out)
    return ufunc


def is_elementwise(function: Any) -> bool:
    """See `Backend.is_elementwise`."""
    try:
        function = _OPERATORS.get(function, function)
    except TypeError:
        return False
    return isinstance(function, np.ufunc) and function.nout == 1 and function.signature is None


_BACK = {ufunc: function for function, ufunc in _OPERATORS.items()}


def operator_of(function: Any) -> Any:
    """See `Backend.operator_of`."""
    return _BACK.get(function, function)


_never = {dot, reshape, permute, operator.getitem, operator.matmul, column_sums, long_product}


def never_fails(function: Any) -> bool:
    """See `Backend.never_fails`."""
    if is_elementwise(function) or isinstance(function, operator.attrgetter):
        return True
    try:
        return function in _never or function in _harmless()
    except TypeError:
        return False


def makes_new(function: Any) -> bool:
    """See `Backend.makes_new`."""
    try:
        return is_elementwise(function) or function in _PRODUCTS or function in _makers()
    except TypeError:
        return False


def makes_compact(function: Any, ndim: int) -> bool:
    """See `Backend.makes_compact`."""
    return ndim <= 2 and any(function is product for product in _PRODUCTS)


def fails_by_index(function: Any) -> bool:
    """See `Backend.fails_by_index`."""
    return any(function is KERNELS[name] for name in ("index_add", "cross_entropy.vjp"))


@functools.cache
def _makers() -> frozenset[Any]:
    own = {function for name, function in KERNELS.items() if name not in _WINDOWS}
    names = STANDARD - _WINDOWS
    return frozenset(own | {f for name in names if callable(f := getattr(library, name, None))} - {reshape})


@functools.cache
def _harmless() -> frozenset[Any]:
    own = {function for name, function in KERNELS.items() if name not in _FAILING}
    names = STANDARD - LINALG - {"take", "take_along_axis", "from_dlpack"}
    return frozenset(own | {f for name in names if callable(f := getattr(library, name, None))})


def steps(function: Callable[..., Any]) -> Callable[..., Any]:
    """Put ``function`` into the table; ``NAME_vjp`` is the gradient of NAME."""
    name = function.__name__
    STEPS[name[:-4] + ".vjp" if name.endswith("_vjp") else name.rstrip("_")] = function
    return function


# An array without dimensions may be one of NumPy's scalars in the next call, which has the methods but is no ndarray.


@steps
def reshape_(do, x, /, shape):
    return do(reshape if x.shape else KERNELS["reshape"], x, shape)


@steps
def permute_dims(do, x, /, axes):
    return do(permute if x.shape else KERNELS["permute_dims"], x, axes)


@steps
def tanh_vjp(do, g, ans):
    return (do(np.subtract, g, do(np.multiply, do(np.multiply, g, ans), ans)),)


@steps
def matmul(do, x, y, /):
    plain = max(len(x.shape), len(y.shape)) <= 2 and x.shape[-1] <= PRODUCT_BLOCK
    return do(np.matmul if plain else _matmul, x, y)


def _rows(do, x):
    return x if len(x.shape) == 2 else do(reshape, x, (math.prod(x.shape[:-1]), x.shape[-1]))


@steps
def linear(do, x, weight, bias, /):
    if bias.shape != weight.shape[:1]:
        raise ValueError("the bias has one element for every row of the weight")
    out = do(np.add, do(dot, _rows(do, x), do(_T, weight)), bias)
    return out if len(x.shape) == 2 else do(reshape, out, (*x.shape[:-1], weight.shape[0]))


@steps
def linear_vjp(do, g, x, weight, needs):
    rows = _rows(do, g)
    of_x = None
    if needs[0]:
        of_x = do(dot, rows, weight)
        if len(x.shape) != 2:
            of_x = do(reshape, of_x, x.shape)
    over_rows = dot if rows.shape[0] <= PRODUCT_BLOCK else long_product
    of_weight = do(over_rows, do(_T, rows), _rows(do, x)) if needs[1] else None
    return of_x, of_weight, _column_sums(do, rows) if needs[2] else None


def _column_sums(do, x):
    if x.dtype.char not in "fd" or not 0 < x.shape[0] <= COLUMN_BLOCK:
        return do(column_sums, x)
    return do(dot, ones(x.shape[0], x.dtype), x)


@steps
def linear_without_bias(do, x, weight, /):
    out = do(dot, _rows(do, x), do(_T, weight))
    return out if len(x.shape) == 2 else do(reshape, out, (*x.shape[:-1], weight.shape[0]))


@steps
def linear_without_bias_vjp(do, g, x, weight, needs):
    return linear_vjp(do, g, x, weight, (*needs, False))[:2]


@steps
def mse_loss(do, x, y, /, reduction="mean"):
    difference = do(np.subtract, x, y)
    if reduction == "none":
        return do(np.multiply, difference, difference)
    flat = do(reshape, difference, (-1,))
    total = do(dot if flat.shape[0] <= ROW_BLOCK else long_product, flat, flat)
    return do(operator.truediv, total, flat.shape[0]) if reduction == "mean" else total


@steps
def mse_loss_vjp(do, g, x, y, reduction, needs):
    of_x = do(np.subtract, x, y)
    factor = 2 / max(math.prod(x.shape), 1) if reduction == "mean" else 2
    of_x = do(np.multiply, of_x, do(np.multiply, g, factor))
    return of_x if needs[0] else None, do(np.negative, of_x) if needs[1] else None
