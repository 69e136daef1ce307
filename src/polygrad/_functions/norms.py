"""Norms of vectors and matrices, in PyTorch's language."""

from __future__ import annotations

import math
from typing import Any

from .._core.errors import ShapeError
from .._core.primitive import OPERATIONS as xp
from .._core.tensor import Tensor
from .._dtypes import DType
from .._ops.reductions import axes_of
from .common import check_tensor, dims_of, numpy_spelling
from .creation import check_dtype
from .linalg import inv, matrices, svdvals


def power_norm(x: Tensor, axis: Any, order: float = 2, keepdims: bool = False) -> Tensor:
    """The norm of a finite order, integers converted to the default floating type."""
    return xp.power_norm(x, order, axis, keepdims)


def _axes(x: Tensor, dim: Any) -> Any:
    axis = dims_of(dim)
    return None if axis is None else axes_of(axis, x.ndim)


@numpy_spelling
def vector_norm(
    x: Tensor, ord: float = 2, dim: Any = None, keepdim: bool = False, *, dtype: DType | None = None
) -> Tensor:
    """``sum(|x|**ord) ** (1/ord)`` of all elements or along ``dim``; infinite orders give the largest or smallest.

    Order 0 counts what is not 0.  The gradient at a norm of 0 is 0.
    """
    check_tensor(x, "vector_norm", "x")
    if not isinstance(ord, (int, float)):
        raise TypeError(
            f"linalg.vector_norm: ord must be a number, not {ord!r}; linalg.norm takes names of matrix norms"
        )
    if (dtype := check_dtype(dtype)) is not None:
        x = xp.astype(x, dtype)
    _check_floating(x, "vector_norm")
    axis = _axes(x, dim)
    if ord == 0:
        there = xp.where(xp.isnan(x), xp.ones_like(x), x)  # NaN is not 0
        return xp.sum(xp.sign(xp.abs(there)), axis, keepdim)
    if math.isinf(ord):
        return (xp.max if ord > 0 else xp.min)(xp.abs(x), axis, keepdim)
    return power_norm(x, axis, ord, keepdim)


def _check_floating(x: Tensor, name: str) -> None:
    if not x.dtype.is_differentiable:
        raise RuntimeError(
            f"linalg.{name}: Expected a floating point or complex tensor as input. Got {x.dtype.name}; convert it "
            "first, as in x.float()"
        )


@numpy_spelling
def matrix_norm(
    A: Tensor, ord: Any = "fro", dim: Any = (-2, -1), keepdim: bool = False, *, dtype: DType | None = None
) -> Tensor:
    """A norm of matrices: ``"fro"``, ``"nuc"``, 2 or -2 (singular values), 1 or -1 (columns), inf or -inf (rows)."""
    matrices(A, "matrix_norm")
    if (dtype := check_dtype(dtype)) is not None:
        A = xp.astype(A, dtype)
    _check_floating(A, "matrix_norm")
    axes = axes_of(tuple(dim), A.ndim)
    if len(axes) != 2:
        raise ShapeError(f"linalg.matrix_norm: dim must be a 2-tuple. Got {tuple(dim)}")
    if ord == "fro":
        return power_norm(A, axes, 2, keepdim)
    if ord in ("nuc", 2, -2):
        order = (*(d for d in range(A.ndim) if d not in axes), *axes)
        values = svdvals(xp.permute_dims(A, order))
        reduce = {"nuc": xp.sum, 2: _largest, -2: xp.min}[ord]
        result = reduce(values, -1)
    elif ord in (1, -1, math.inf, -math.inf):
        along, across = axes if ord in (1, -1) else axes[::-1]
        sums = xp.sum(xp.abs(A), along, True)
        result = xp.reshape((_largest if ord > 0 else xp.min)(sums, across, True), _without(A, axes))
    else:
        raise ShapeError(f"linalg.matrix_norm: Order {ord} not supported.")
    return xp.reshape(result, tuple(1 if d in axes else n for d, n in enumerate(A.shape))) if keepdim else result


def _largest(sizes: Tensor, axis: int, keepdims: bool = False) -> Tensor:
    """The largest of numbers that are not negative, 0 where there is none."""
    return (xp.max if sizes.shape[axis] else xp.sum)(sizes, axis, keepdims)


def _without(x: Tensor, axes: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(n for d, n in enumerate(x.shape) if d not in axes)


@numpy_spelling
def norm(A: Tensor, ord: Any = None, dim: Any = None, keepdim: bool = False, *, dtype: DType | None = None) -> Tensor:
    """`matrix_norm` for a named order, or for two dimensions and an order; `vector_norm` otherwise."""
    is_pair = dim is not None and not isinstance(dim, int) and len(tuple(dim)) == 2
    if isinstance(ord, str) or (ord is not None and (is_pair or (dim is None and A.ndim == 2))):
        return matrix_norm(A, ord, (-2, -1) if dim is None else dim, keepdim, dtype=dtype)
    return vector_norm(A, 2 if ord is None else ord, dim, keepdim, dtype=dtype)


def cond(A: Tensor, p: Any = None) -> Tensor:
    """The condition number: the norm of ``A`` times that of its inverse, `matrix_norm` of order ``p`` (default: 2)."""
    matrices(A, "cond")
    if 0 in A.shape[-2:]:  # as in PyTorch
        return xp.sum(xp.abs(A), (-2, -1))
    if p in (None, 2, -2):
        values = svdvals(A)
        ratio = xp.divide(values[..., 0], values[..., -1])
        return xp.reciprocal(ratio) if p == -2 else ratio
    return matrix_norm(A, p) * matrix_norm(inv(A), p)
