"""Matrix products of which an operand is sparse."""

from __future__ import annotations

from typing import Any

from .. import _dtypes
from .._core.errors import DTypeError, LayoutError, MixedTypesError, ShapeError
from .._core.primitive import OPERATIONS as xp
from .._core.tensor import Tensor
from .._functions.scatter_gather import repeat_interleave
from .._layouts import sparse_csr
from .storage import _Storage, coalesced, numbers_below, row_starts, to_coo, to_csr


def matmul(a: Any, b: Any, name: str = "matmul") -> Any:
    """``a @ b``, of which one is sparse: sparse if both are, otherwise dense."""
    for x in (a, b):
        if not isinstance(x, (_Storage, Tensor)):
            raise TypeError(f"{name}() takes tensors, not {type(x).__name__} (polygrad.tensor(...) makes a tensor)")
        if isinstance(x, _Storage) and (x._sparse_ndim() != 2 or len(x._shape) != 2):
            raise LayoutError(
                f"{name}(): of sparse tensors only matrices can be multiplied, not one of shape {tuple(x._shape)} with "
                f"{x._sparse_ndim()} sparse dimensions; write x.to_dense()"
            )
        if x.ndim not in (1, 2):
            raise LayoutError(
                f"{name}(): a sparse matrix can be multiplied by a vector or a matrix, not by a tensor of {x.ndim} dimensions; "
                "write x.to_dense() for the sparse x, or use polygrad.vmap"
            )
    if a.shape[-1] != b.shape[0]:
        raise ShapeError(f"{name}(): operands of shapes {tuple(a.shape)} and {tuple(b.shape)} cannot be multiplied")
    if a.dtype is not b.dtype:
        raise MixedTypesError(
            f"{name}(): the operands are {a.dtype.name} and {b.dtype.name}, but they must have one data type; convert one, as in "
            "x.to(y.dtype)"
        )
    if a.dtype is _dtypes.bool:
        raise DTypeError(f"{name}() is not supported for bool; convert the operands, as in x.float()")
    if isinstance(a, _Storage):
        return _of_sparse(a, b) if isinstance(b, _Storage) else _with_dense(a, b)
    rows, columns = b._places()
    if a.ndim == 1:
        return _product(b._stored, a, columns, rows, b._shape[1])
    return xp.matrix_transpose(_product(b._stored, xp.matrix_transpose(a), columns, rows, b._shape[1]))


def _with_dense(s: Any, dense: Tensor) -> Tensor:
    rows, columns = s._places()
    return _product(s._stored, dense, rows, columns, s._shape[0])


def _product(values: Tensor, dense: Tensor, rows: Tensor, columns: Tensor, size: int) -> Tensor:
    if dense.ndim == 1:
        return xp.reshape(xp.coo_matmul(values, xp.expand_dims(dense, axis=-1), rows, columns, size), (size,))
    return xp.coo_matmul(values, dense, rows, columns, size)


def _of_sparse(a: Any, b: Any) -> Any:
    """Each element of ``a`` times the row of ``b`` that its column names (F. Gustavson, 1978); equal places are added."""
    left, right = to_coo(a), coalesced(to_coo(b))
    rows, inner = left._places()
    own_rows, columns = right._places()
    starts = row_starts(own_rows, b._shape[0])
    counts = xp.take_rows(starts[1:] - starts[:-1], inner)
    of_left = repeat_interleave(numbers_below(left._count(), rows), counts)
    ends = xp.cumulative_sum(counts, 0)
    within = numbers_below(of_left.shape[0], rows) - xp.take_rows(ends - counts, of_left)
    of_right = xp.take_rows(xp.take_rows(starts, inner), of_left) + within
    indices = xp.stack([xp.take_rows(rows, of_left), xp.take_rows(columns, of_right)], axis=0)
    values = xp.multiply(xp.take_rows(left._stored, of_left), xp.take_rows(right._stored, of_right))
    product = coalesced(left._coo(indices, values, (a._shape[0], b._shape[1]), False))
    return to_csr(product) if a._layout is sparse_csr else product


def add_product(input: Any, mat1: Any, mat2: Any, beta: Any, alpha: Any, name: str) -> Any:
    """``beta * input + alpha * (mat1 @ mat2)``; with ``beta`` 0 ``input`` has no effect."""
    product = matmul(mat1, mat2, name)
    if isinstance(product, _Storage) or isinstance(input, _Storage):
        raise LayoutError(f"{name}(): input and the product must be dense; add sparse ones with +")
    if not isinstance(input, Tensor):
        raise TypeError(f"{name}(): input must be a Tensor, not {type(input).__name__}")
    if not product.dtype.is_differentiable and (int(beta) != beta or int(alpha) != alpha):
        raise ShapeError(f"{name}(): for integer tensors beta and alpha must be integers")
    if input.dtype is not product.dtype:
        raise MixedTypesError(f"{name}(): input is {input.dtype.name}, and the matrices are {product.dtype.name}")
    product = product if alpha == 1 else product * alpha
    if beta == 0:
        return product
    return product + xp.broadcast_to(input if beta == 1 else input * beta, product.shape)


def sampled(input: Any, mat1: Tensor, mat2: Tensor, beta: Any, alpha: Any) -> Any:
    """``beta * input + alpha * (mat1 @ mat2)`` at the places that the sparse ``input`` stores."""
    if not isinstance(input, _Storage) or not isinstance(mat1, Tensor) or not isinstance(mat2, Tensor):
        raise TypeError("sampled_addmm(): input must be a sparse matrix, mat1 and mat2 ordinary tensors")
    if mat1.ndim != 2 or mat2.ndim != 2 or input._sparse_ndim() != 2 or len(input._shape) != 2:
        raise ShapeError("sampled_addmm(): input, mat1 and mat2 must be matrices; batches are not supported")
    if mat1.shape[1] != mat2.shape[0] or tuple(input._shape) != (mat1.shape[0], mat2.shape[1]):
        raise ShapeError(
            f"sampled_addmm(): shapes {tuple(input._shape)}, {tuple(mat1.shape)} and {tuple(mat2.shape)} do not fit together"
        )
    if not input.dtype is mat1.dtype is mat2.dtype:
        raise MixedTypesError("sampled_addmm(): input, mat1 and mat2 must have one data type")
    rows, columns = input._places()
    product = xp.sampled_matmul(mat1, xp.matrix_transpose(mat2), rows, columns)
    product = product if alpha == 1 else product * alpha
    return input._with_values(product if beta == 0 else input._stored * beta + product)
