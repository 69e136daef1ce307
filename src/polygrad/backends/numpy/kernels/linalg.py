"""NumPy kernels for linear algebra, with SciPy's LAPACK where SciPy is installed."""

from __future__ import annotations

import functools
import importlib
import math
from typing import Any

import numpy as np

from ...._pade import column_norm, largest_norm, pade
from ..library import library
from .reductions import PRODUCT_BLOCK, long_product
from .table import KERNELS, kernel

_matmul, _einsum = np.matmul, np.einsum
#: From this many rows on SciPy's routines are faster than NumPy's, in spite of their wrappers.
_LARGE = 64
#: Matrices with a smaller reciprocal condition number are singular up to rounding, for `adjugate`.
_NEARLY_SINGULAR = 1e-6


@kernel
def matmul(x, y, /):
    if x.size > PRODUCT_BLOCK and x.shape[-1] > PRODUCT_BLOCK and x.dtype.kind in "fc":
        return long_product(x, y)
    # One product of matrices is faster than one for every element of the batch, which is what NumPy does.
    if x.ndim > 2 and y.ndim == 2 and x.flags.c_contiguous and y.shape[0] and x.shape[-1] == y.shape[0]:
        return _matmul(x.reshape(-1, y.shape[0]), y).reshape(*x.shape[:-1], y.shape[1])
    # Outer products, such as per-example gradients of a weight: a matrix product does not pay.
    if x.ndim > 2 and y.ndim > 2 and x.shape[-1] == 1 == y.shape[-2] and x.dtype is y.dtype and x.dtype.kind in "fc":
        return _einsum("...ij,...jk->...ik", x, y)
    return _matmul(x, y)


@functools.cache
def _scipy() -> Any:
    """SciPy's linalg, or None.  The import is slow, so it waits for a large matrix."""
    try:
        return importlib.import_module("scipy.linalg")
    except ImportError:
        return None


def _is_large(x: Any) -> bool:
    return x.ndim == 2 and x.shape[0] >= _LARGE and _scipy() is not None


@kernel
def cholesky(x, /, upper=False):
    if upper or not _is_large(x):
        return np.linalg.cholesky(x, upper=upper)
    try:
        return np.ascontiguousarray(_scipy().cholesky(x, lower=True, check_finite=False))
    except np.linalg.LinAlgError as error:  # each version has another text
        raise np.linalg.LinAlgError("the matrix is not positive definite") from error


@kernel
def eigh(x, /):
    return tuple(np.linalg.eigh(x))


@kernel
def eigvalsh(x, /):
    return np.linalg.eigvalsh(x)


@kernel
def solve_triangular(a, b, /, *, upper, unitriangular=False):
    if _is_large(a) and b.ndim == 2 and a.shape[0] == a.shape[1] == b.shape[0] and a.dtype == b.dtype:
        solved = _scipy().solve_triangular(a, b, lower=not upper, unit_diagonal=unitriangular, check_finite=False)
        return np.ascontiguousarray(solved)
    return _generic_solve_triangular(a, b, upper, unitriangular)


def _generic_solve_triangular(a, b, upper, unitriangular):
    offset = int(unitriangular)
    triangle = np.triu(a, offset) if upper else np.tril(a, -offset)
    if unitriangular:
        triangle += np.eye(a.shape[-1], dtype=a.dtype)
    return np.linalg.solve(triangle, b)


# LAPACK takes matrices column by column: the transpose of what NumPy has in memory.  So it decomposes the transpose, in
# which an inverse and a determinant are the same, and nothing is copied back and forth.


def _decompose(x):
    """The factors of the transpose of ``x`` by getrf, the rows that were exchanged, and the place of a zero pivot or 0."""
    (getrf,) = _scipy().get_lapack_funcs(("getrf",), (x,))
    return getrf(x.T)


@kernel
def inv(x, /):
    if not _is_large(x) or x.shape[0] != x.shape[1] or x.dtype.char not in "fdFD":
        return np.linalg.inv(x)
    factors, exchanged, zero = _decompose(x)
    if zero:
        raise np.linalg.LinAlgError("Singular matrix")
    getri, getri_lwork = _scipy().get_lapack_funcs(("getri", "getri_lwork"), (x,))
    length = int(getri_lwork(x.shape[0])[0].real * 1.01)  # single precision may round it down
    return getri(factors, exchanged, lwork=length, overwrite_lu=1)[0].T


@kernel
def solve(a, b, /):
    if not _is_large(a) or b.ndim != 2 or not a.shape[0] == a.shape[1] == b.shape[0] or a.dtype is not b.dtype:
        return library.linalg.solve(a, b)
    factors, exchanged, zero = _decompose(a)
    if zero:
        raise np.linalg.LinAlgError("Singular matrix")
    (getrs,) = _scipy().get_lapack_funcs(("getrs",), (a, b))
    return np.ascontiguousarray(getrs(factors, exchanged, b, trans=1)[0])


@kernel
def slogdet(x, /):
    if not _is_large(x) or x.shape[0] != x.shape[1] or x.dtype.char not in "fdFD":
        return tuple(np.linalg.slogdet(x))
    factors, exchanged, zero = _decompose(x)
    if zero:
        return x.dtype.type(0), x.real.dtype.type(-np.inf)
    pivots = factors.diagonal()
    sizes = np.abs(pivots)
    sign = np.multiply.reduce(pivots / sizes)
    odd = np.count_nonzero(exchanged != np.arange(x.shape[0])) % 2
    return -sign if odd else sign, np.add.reduce(np.log(sizes))


@kernel
def adjugate(x, /):
    """From the inverse, at a tenth of the cost of singular values, unless a matrix is nearly singular."""
    if x.shape[-1] > 1:
        try:
            inverse = np.linalg.inv(x)
        except np.linalg.LinAlgError:
            return _singular_adjugate(x)
        size = np.linalg.norm(x, axis=(-2, -1)) * np.linalg.norm(inverse, axis=(-2, -1))
        if not np.all(size * _NEARLY_SINGULAR < 1):
            return _singular_adjugate(x)
        return inverse * np.linalg.det(x)[..., None, None]
    return np.ones_like(x)


def _singular_adjugate(x):
    u, s, vh = np.linalg.svd(x, full_matrices=False)
    sign = np.linalg.det(u) * np.linalg.det(vh)
    side = s.shape[-1]
    others = np.where(np.eye(side, dtype=bool), s.dtype.type(1), s[..., None, :]).prod(-1)
    return sign[..., None, None] * ((vh.conj().mT * others[..., None, :]) @ u.conj().mT)


__all__ = ["KERNELS"]


@kernel
def lu_factor(x, /):
    rows, columns = x.shape[-2:]
    if _is_large(x) and columns and x.dtype.char in "fdFD":
        (getrf,) = _scipy().get_lapack_funcs(("getrf",), (x,))
        packed, pivots, _ = getrf(x)
        return np.ascontiguousarray(packed), pivots.astype(np.int32) + np.int32(1)
    packed = np.array(x, order="C").reshape(math.prod(x.shape[:-2]), rows, columns)
    count = min(rows, columns)
    pivots = np.empty((packed.shape[0], count), np.int32)
    every = np.arange(packed.shape[0])
    for j in range(count):
        column = packed[:, j:, j]
        sizes = np.abs(column.real) + np.abs(column.imag) if x.dtype.kind == "c" else np.abs(column)
        best = sizes.argmax(axis=1) + j
        pivots[:, j] = best + 1
        chosen = packed[every, best]
        packed[every, best] = packed[:, j]
        packed[:, j] = chosen
        factors = packed[:, j + 1 :, j]
        pivot = packed[:, j, j, None]
        np.divide(factors, pivot, out=factors, where=pivot != 0)
        packed[:, j + 1 :, j + 1 :] -= factors[:, :, None] * packed[:, j, None, j + 1 :]
    return packed.reshape(x.shape), pivots.reshape(*x.shape[:-2], count)


@kernel
def rows_of_pivots(pivots, /, *, rows):
    lines = pivots.reshape(math.prod(pivots.shape[:-1]), pivots.shape[-1])
    order = np.tile(np.arange(rows, dtype=pivots.dtype), (lines.shape[0], 1))
    every = np.arange(lines.shape[0])
    for j in range(lines.shape[1]):
        other = lines[:, j] - 1
        chosen = order[every, other]
        order[every, other] = order[:, j]
        order[:, j] = chosen
    return order.reshape(*pivots.shape[:-1], rows)


@kernel
def geqrf(x, /):
    vectors, tau = np.linalg.qr(x, mode="raw")
    return np.ascontiguousarray(vectors.mT), tau


@kernel
def matrix_exp(x, /):
    if not x.size:
        return np.zeros_like(x)
    single = x.dtype.char in "fF"
    small = x.reshape(-1, *x.shape[-2:])
    norm = column_norm(np, small)
    with np.errstate(invalid="ignore"):  # matrices with an infinity or NaN give NaN
        halvings = np.frexp(norm / largest_norm(single))[1]
        # Of so large a norm no digit of the result would be known.
        known = np.isfinite(norm) & (halvings <= np.finfo(x.dtype).nmant)
        halvings = np.where(known, np.maximum(halvings, 0), 0)
        small = np.where(known, np.ldexp(1.0, -halvings), math.nan).astype(x.dtype) * small
        result = np.linalg.solve(*pade(np, small, np.eye(x.shape[-1], dtype=x.dtype), single))
    halvings = halvings[:, 0, 0]
    for number in range(halvings.max()):
        again = halvings > number
        result[again] = _matmul(result[again], result[again])
    return result.reshape(x.shape)
