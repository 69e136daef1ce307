"""The standard's extension ``linalg``, and the products that are in the main namespace as well."""

from __future__ import annotations

from typing import Any

from .._core.errors import ShapeError
from .._core.primitive import OPERATIONS as xp
from .._core.tensor import Tensor
from .._dtypes import DType
from .._functions import decompositions as _decompositions
from .._functions import einsum as _einsum
from .._functions import linalg as _linalg
from .._functions import matmul as _products
from .._functions.decompositions import EighResult, EigResult, QRResult, SVDResult, check_matrices
from .._functions.linalg import SlogdetResult
from ._data_types import promote_arrays
from ._statistics import sum

# -- products ----------------------------------------------------------------------------------------------------------


def matmul(x1: Tensor, x2: Tensor, /) -> Tensor:
    """The matrix product; of more than two dimensions, of matrices in batches that are broadcast."""
    return xp.matmul(*promote_arrays(x1, x2))


def matrix_transpose(x: Tensor, /) -> Tensor:
    """Matrices with their rows as columns.  Raises ValueError for fewer than two dimensions."""
    return check_matrices(x, "matrix_transpose", "x").mT


def tensordot(x1: Tensor, x2: Tensor, /, *, axes: Any = 2) -> Tensor:
    """The product of two arrays summed over pairs of axes: the last of one and the first of the other, or two sequences."""
    left, right = promote_arrays(x1, x2)
    return _einsum.tensordot(left, right, axes)


def vecdot(x1: Tensor, x2: Tensor, /, *, axis: int = -1) -> Tensor:
    """The inner products along an axis, broadcast elsewhere; ``x1`` is conjugated.

    Raises ValueError for an axis that is not negative where the numbers of dimensions differ, and for unequal lengths along it.
    """
    left, right = promote_arrays(*_with_axis("vecdot", x1, x2, axis))
    return xp.astype(_products.vecdot(left, right, dim=axis), left.dtype)


def cross(x1: Tensor, x2: Tensor, /, *, axis: int = -1) -> Tensor:
    """The cross products of vectors of three elements along an axis, broadcast elsewhere."""
    return _linalg.cross(*promote_arrays(*_with_axis("cross", x1, x2, axis)), dim=axis)


def _with_axis(name: str, x1: Tensor, x2: Tensor, axis: int) -> tuple[Tensor, Tensor]:
    for x in (x1, x2):
        if not -x.ndim <= axis < x.ndim:
            raise IndexError(f"{name}(): an array of {x.ndim} dimensions has no axis {axis}")
    if x1.shape[axis] != x2.shape[axis]:
        raise ShapeError(f"{name}(): the lengths along axis {axis} differ: {x1.shape[axis]} and {x2.shape[axis]}")
    return x1, x2


def outer(x1: Tensor, x2: Tensor, /) -> Tensor:
    """The matrix of products of the elements of two vectors."""
    return _products.outer(*promote_arrays(x1, x2))


# -- decompositions and equations --------------------------------------------------------------------------------------


def cholesky(x: Tensor, /, *, upper: bool = False) -> Tensor:
    """The lower triangular ``L`` with ``x = L @ L.mH``, or the upper one with ``x = U.mH @ U``; one triangle is read."""
    return _decompositions.cholesky(x, upper=upper)


def det(x: Tensor, /) -> Tensor:
    """The determinants of square matrices."""
    return _linalg.det(x)


def slogdet(x: Tensor, /) -> SlogdetResult:
    """The signs of determinants, and the logarithms of their absolute values."""
    return _linalg.slogdet(x)


def inv(x: Tensor, /) -> Tensor:
    """The inverses of square matrices."""
    return _linalg.inv(x)


def pinv(x: Tensor, /, *, rtol: float | Tensor | None = None) -> Tensor:
    """The pseudoinverses of matrices; singular values up to ``rtol`` times the largest count as 0."""
    if not isinstance(rtol, Tensor):
        return _linalg.pinv(x, rtol=rtol)
    u, s, vh = _decompositions.svd(x, full_matrices=False)
    limit = xp.expand_dims(rtol, -1) * xp.max(s, -1, True)
    small = s <= limit
    inverse = xp.where(small, 0.0, 1 / xp.where(small, 1.0, s))
    return xp.matmul(vh.mH * xp.astype(xp.expand_dims(inverse, -2), vh.dtype), u.mH)


def matrix_power(x: Tensor, n: int, /) -> Tensor:
    """Square matrices multiplied ``n`` times; a negative ``n`` multiplies the inverse."""
    return _linalg.matrix_power(x, n)


def matrix_rank(x: Tensor, /, *, rtol: float | Tensor | None = None) -> Tensor:
    """How many singular values are larger than ``rtol`` times the largest."""
    return _linalg.matrix_rank(x, rtol=rtol)


def solve(x1: Tensor, x2: Tensor, /) -> Tensor:
    """``X`` with ``x1 @ X = x2``: ``x2`` is one vector, or matrices."""
    return _linalg.solve(*promote_arrays(x1, x2))


def qr(x: Tensor, /, *, mode: str = "reduced") -> QRResult:
    """``Q``, with orthonormal columns, and the upper triangular ``R`` with ``x = Q @ R``; ``Q`` is square in mode ``"complete"``.

    Raises ValueError for another mode, and RuntimeError where a gradient is asked for of a complete ``Q`` of a tall matrix.
    """
    return _decompositions.qr(x, mode)


def eigh(x: Tensor, /) -> EighResult:
    """The eigenvalues, ascending, and eigenvectors, as columns, of Hermitian matrices."""
    return _decompositions.eigh(x)


def eigvalsh(x: Tensor, /) -> Tensor:
    """The eigenvalues, ascending, of Hermitian matrices."""
    return _decompositions.eigvalsh(x)


def eig(x: Tensor, /) -> EigResult:
    """The eigenvalues and eigenvectors, as columns, of square matrices; both complex."""
    return _decompositions.eig(x)


def eigvals(x: Tensor, /) -> Tensor:
    """The eigenvalues of square matrices; complex."""
    return _decompositions.eigvals(x)


def svd(x: Tensor, /, *, full_matrices: bool = True) -> SVDResult:
    """``U``, ``S`` and ``Vh`` with ``x = U @ diag(S) @ Vh``, the singular values descending."""
    return _decompositions.svd(x, full_matrices)


def svdvals(x: Tensor, /) -> Tensor:
    """The singular values, descending."""
    return _decompositions.svdvals(x)


# -- diagonals and norms -----------------------------------------------------------------------------------------------


def diagonal(x: Tensor, /, *, offset: int = 0) -> Tensor:
    """The diagonals of matrices, the ``offset``-th one above the main one."""
    return xp.diagonal(check_matrices(x, "diagonal", "x"), offset=offset)


def trace(x: Tensor, /, *, offset: int = 0, dtype: DType | None = None) -> Tensor:
    """The sums of the diagonals of matrices, with the types of `sum`."""
    return sum(diagonal(x, offset=offset), axis=-1, dtype=dtype)


def matrix_norm(x: Tensor, /, *, keepdims: bool = False, ord: Any = "fro") -> Tensor:
    """A norm of matrices: ``"fro"``, ``"nuc"``, 1 or -1 (columns), 2 or -2 (singular values), inf or -inf (rows)."""
    return _linalg.matrix_norm(x, ord, keepdim=keepdims)


def vector_norm(x: Tensor, /, *, axis: Any = None, keepdims: bool = False, ord: float = 2) -> Tensor:
    """``sum(|x|**ord) ** (1/ord)`` along axes, or of all elements; infinite orders give the largest or smallest size."""
    if axis == ():  # PyTorch takes it for all axes
        x, axis = xp.expand_dims(x, -1), -1
        keepdims = False
    return _linalg.vector_norm(x, ord, axis, keepdims)
