"""What replay may know about NumPy, and small kernels decomposed into steps.

A kernel is one Python function.  For small arrays its branches and reshapes cost as much as the arithmetic.  While a
program is traced, shapes are known: only the steps remain, and each can write into memory that is free.  The results
equal those of the kernels, to the last bit.
"""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from ..namespace import LINALG, STANDARD
from .kernels.linalg import matmul as _matmul
from .kernels.reductions import COLUMN_BLOCK, PRODUCT_BLOCK, ROW_BLOCK, column_sums, long_product, ones
from .kernels.table import KERNELS
from .library import library

#: Arrays of so many bytes or less are small.
SMALL = 65536

#: The name of a kernel → its steps.
DECOMPOSITIONS: dict[str, Callable[..., Any]] = {}

#: Operators → the ufuncs of the same result, which take ``out``.
_UFUNCS: dict[Any, np.ufunc] = {
    operator.add: np.add, operator.sub: np.subtract, operator.mul: np.multiply, operator.truediv: np.divide,
    operator.floordiv: np.floor_divide, operator.mod: np.remainder, operator.and_: np.bitwise_and,
    operator.or_: np.bitwise_or, operator.xor: np.bitwise_xor, operator.lshift: np.left_shift,
    operator.rshift: np.right_shift, operator.neg: np.negative, operator.pos: np.positive, operator.abs: np.absolute,
    operator.invert: np.invert, operator.eq: np.equal, operator.ne: np.not_equal, operator.lt: np.less,
    operator.le: np.less_equal, operator.gt: np.greater, operator.ge: np.greater_equal,
}  # fmt: skip

_OPERATORS = {ufunc: function for function, ufunc in _UFUNCS.items()}

dot, reshape, permute = np.ndarray.dot, np.ndarray.reshape, np.ndarray.transpose
_T = operator.attrgetter("T")

#: Kernels that raise for some values: they look into indices or factorize matrices.
_RAISING = frozenset(
    """
    take_rows put_rows embedding index_add coo_matmul sampled_matmul cross_entropy cross_entropy.vjp cholesky solve_triangular
    adjugate
    """.split()
)


#: Functions that return a view of an argument, or a copy, depending on how the argument lies in memory.
_VIEWS = frozenset(
    """
    asarray astype broadcast_arrays broadcast_to conj diagonal expand_dims flip from_dlpack imag matrix_transpose meshgrid
    moveaxis permute_dims real reshape squeeze tile unstack
    """.split()
)
#: Products of matrices.
_PRODUCTS = (dot, np.matmul, operator.matmul, column_sums)
#: Functions that cannot raise for shapes and types that they have taken.
_SAFE = {dot, reshape, permute, operator.getitem, operator.matmul, column_sums, long_product}


class NumpyReplayFacts:
    """What replay may know about NumPy: see `compiler.replay.facts`."""

    decompositions = DECOMPOSITIONS

    def nbytes(self, array: Any) -> int:
        """How many bytes the elements take."""
        return array.nbytes

    def is_compact(self, array: Any) -> bool:
        """Whether the elements lie in the order of the axes, without gaps."""
        return array.flags.c_contiguous and array.ndim > 0

    def is_reusable(self, array: Any) -> bool:
        """Whether a result may be written into ``array``."""
        return array.__class__ is np.ndarray and array.base is None and array.flags.carray

    def out_variant(self, function: Any) -> Callable[..., Any] | None:
        """``function`` with the argument ``out``."""
        if self.is_elementwise(function):
            return _with_out(_UFUNCS.get(function, function))
        for known in (dot, np.matmul):
            if function is known:
                return function
        return np.matmul if function is operator.matmul else None

    def operator_of(self, function: Any) -> Any:
        """The function of `operator` that does the same."""
        return _OPERATORS.get(function, function)

    def is_elementwise(self, function: Any) -> bool:
        """Whether it is a ufunc of one result, or an operator for which there is one."""
        try:
            function = _UFUNCS.get(function, function)
        except TypeError:
            return False
        return isinstance(function, np.ufunc) and function.nout == 1 and function.signature is None

    def returns_new_memory(self, function: Any) -> bool:
        """Whether the result shares no memory with the arguments."""
        try:
            return self.is_elementwise(function) or function in _PRODUCTS or function in _returning_new_memory()
        except TypeError:
            return False

    def returns_compact(self, function: Any, ndim: int) -> bool:
        """Whether the result is compact: so are products of matrices."""
        return ndim <= 2 and any(function is product for product in _PRODUCTS)

    def cannot_raise(self, function: Any) -> bool:
        """Whether it raises nothing for shapes and types that it has taken."""
        if self.is_elementwise(function) or isinstance(function, operator.attrgetter):
            return True
        try:
            return function in _SAFE or function in _not_raising()
        except TypeError:
            return False

    def raises_only_for_indices(self, function: Any) -> bool:
        """Whether it is the gradient of a function that looks into indices."""
        return any(function is KERNELS[name] for name in ("index_add", "cross_entropy.vjp"))

    def prefers_rule(self, name: str, parameters: list[Any]) -> bool:
        """Whether the parameters are small and the rule is short."""
        return name == "sgd_step" and all(array.nbytes <= SMALL for array in parameters)


def _with_out(ufunc: np.ufunc) -> Callable[..., Any]:
    if ufunc in (np.maximum, np.minimum):  # NumPy 2.4 wants their ``out`` by name
        return lambda x, y, out: ufunc(x, y, out=out)
    return ufunc


@functools.cache
def _returning_new_memory() -> frozenset[Any]:
    own = {function for name, function in KERNELS.items() if name not in _VIEWS}
    names = STANDARD - _VIEWS
    return frozenset(own | {f for name in names if callable(f := getattr(library, name, None))} - {reshape})


@functools.cache
def _not_raising() -> frozenset[Any]:
    own = {function for name, function in KERNELS.items() if name not in _RAISING}
    names = STANDARD - LINALG - {"take", "take_along_axis", "from_dlpack"}
    return frozenset(own | {f for name in names if callable(f := getattr(library, name, None))})


def decomposition(function: Callable[..., Any]) -> Callable[..., Any]:
    """Put ``function`` into the table; ``NAME_vjp`` is the gradient of NAME."""
    name = function.__name__
    DECOMPOSITIONS[name[:-4] + ".vjp" if name.endswith("_vjp") else name.rstrip("_")] = function
    return function


# An array without dimensions may be one of NumPy's scalars in the next call, which has the methods but is no ndarray.


@decomposition
def reshape_(do, x, /, shape):
    return do(reshape if x.shape else KERNELS["reshape"], x, shape)


@decomposition
def permute_dims(do, x, /, axes):
    return do(permute if x.shape else KERNELS["permute_dims"], x, axes)


@decomposition
def tanh_vjp(do, g, ans):
    return (do(np.subtract, g, do(np.multiply, do(np.multiply, g, ans), ans)),)


@decomposition
def matmul(do, x, y, /):
    plain = max(len(x.shape), len(y.shape)) <= 2 and x.shape[-1] <= PRODUCT_BLOCK
    return do(np.matmul if plain else _matmul, x, y)


def _rows(do, x):
    return x if len(x.shape) == 2 else do(reshape, x, (math.prod(x.shape[:-1]), x.shape[-1]))


@decomposition
def linear(do, x, weight, bias, /):
    if bias.shape != weight.shape[:1]:
        raise ValueError("the bias has one element for every row of the weight")
    out = do(np.add, do(dot, _rows(do, x), do(_T, weight)), bias)
    return out if len(x.shape) == 2 else do(reshape, out, (*x.shape[:-1], weight.shape[0]))


@decomposition
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


@decomposition
def linear_without_bias(do, x, weight, /):
    out = do(dot, _rows(do, x), do(_T, weight))
    return out if len(x.shape) == 2 else do(reshape, out, (*x.shape[:-1], weight.shape[0]))


@decomposition
def linear_without_bias_vjp(do, g, x, weight, needs):
    return linear_vjp(do, g, x, weight, (*needs, False))[:2]


@decomposition
def mse_loss(do, x, y, /, reduction="mean"):
    difference = do(np.subtract, x, y)
    if reduction == "none":
        return do(np.multiply, difference, difference)
    flat = do(reshape, difference, (-1,))
    total = do(dot if flat.shape[0] <= ROW_BLOCK else long_product, flat, flat)
    return do(operator.truediv, total, flat.shape[0]) if reduction == "mean" else total


@decomposition
def mse_loss_vjp(do, g, x, y, reduction, needs):
    of_x = do(np.subtract, x, y)
    factor = 2 / max(math.prod(x.shape), 1) if reduction == "mean" else 2
    of_x = do(np.multiply, of_x, do(np.multiply, g, factor))
    return of_x if needs[0] else None, do(np.negative, of_x) if needs[1] else None
