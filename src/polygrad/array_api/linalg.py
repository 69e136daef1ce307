"""The standard's extension ``linalg``, and the products that are in the main namespace as well."""

from __future__ import annotations

from typing import Any

from .._core.errors import ShapeError
from .._core.primitive import OPERATIONS as xp
from .._core.tensor import Tensor
from .._dtypes import DType
from .._functions import decompositions as _decompositions
from .._functions import diagonals as _diagonals
from .._functions import einsum as _einsum
from .._functions import linalg as _linalg
from .._functions import matmul as _products
from .._functions.decompositions import EighResult, EigResult, QRResult, SVDResult, check_matrices
from .._functions.linalg import SlogdetResult
from ._data_types import promote_arrays
from ._declaration import standard
from ._statistics import sum

# -- products ----------------------------------------------------------------------------------------------------------


@standard(xp.matmul)
def matmul(x1: Tensor, x2: Tensor, /) -> Tensor:
    """The matrix product; of more than two dimensions, of matrices in batches that are broadcast.

    Raises:
        ValueError: the shapes do not fit.
        TypeError: ``x1`` or ``x2`` is not an array, or their data types have no common one.
    """
    return xp.matmul(*promote_arrays(x1, x2))


@standard()
def matrix_transpose(x: Tensor, /) -> Tensor:
    """Matrices with their rows as columns.

    Args:
        x: an array of shape ``(*, n, m)``.

    Returns:
        An array of shape ``(*, m, n)``.

    Raises:
        ValueError: ``x`` has fewer than two dimensions.

    Example::

        >>> xp.matrix_transpose(xp.asarray([[1, 2], [3, 4]]))
        tensor([[1, 3],
                [2, 4]])
    """
    return check_matrices(x, "matrix_transpose", "x").mT


@standard(_einsum.tensordot)
def tensordot(x1: Tensor, x2: Tensor, /, *, axes: Any = 2) -> Tensor:
    """The product of two arrays, summed over pairs of axes.

    Args:
        x2: an array.

    Raises:
        ValueError: paired axes have different lengths.
        TypeError: ``x1`` or ``x2`` is not an array, or their data types have no common one.
    """
    left, right = promote_arrays(x1, x2)
    return _einsum.tensordot(left, right, axes)


@standard(_products.vecdot)
def vecdot(x1: Tensor, x2: Tensor, /, *, axis: int = -1) -> Tensor:
    """The inner products along an axis, broadcast elsewhere; ``x1`` is conjugated.

    Args:
        x2: an array whose shape broadcasts with that of ``x1``.
        axis: the axis, a negative one where the numbers of dimensions differ.

    Raises:
        ValueError: the lengths along the axis differ, or the shapes do not broadcast.
    """
    left, right = promote_arrays(*_with_axis("vecdot", x1, x2, axis))
    return xp.astype(_products.vecdot(left, right, dim=axis), left.dtype)


@standard(_linalg.cross)
def cross(x1: Tensor, x2: Tensor, /, *, axis: int = -1) -> Tensor:
    """The cross products of vectors of three elements along an axis, broadcast elsewhere.

    Args:
        x2: an array whose shape broadcasts with that of ``x1``.
        axis: the axis of the vectors, of length 3.

    Raises:
        ValueError: the axis has another length, or the shapes do not broadcast.
    """
    return _linalg.cross(*promote_arrays(*_with_axis("cross", x1, x2, axis)), dim=axis)


def _with_axis(name: str, x1: Tensor, x2: Tensor, axis: int) -> tuple[Tensor, Tensor]:
    for x in (x1, x2):
        if not -x.ndim <= axis < x.ndim:
            raise IndexError(f"{name}(): an array of {x.ndim} dimensions has no axis {axis}")
    if x1.shape[axis] != x2.shape[axis]:
        raise ShapeError(f"{name}(): the lengths along axis {axis} differ: {x1.shape[axis]} and {x2.shape[axis]}")
    return x1, x2


@standard(_products.outer)
def outer(x1: Tensor, x2: Tensor, /) -> Tensor:
    """The matrix of products of the elements of two vectors."""
    return _products.outer(*promote_arrays(x1, x2))


# -- decompositions and equations --------------------------------------------------------------------------------------


@standard(_decompositions.cholesky)
def cholesky(x: Tensor, /, *, upper: bool = False) -> Tensor:
    """The Cholesky factors of Hermitian positive definite matrices."""
    return _decompositions.cholesky(x, upper=upper)


@standard(_linalg.det)
def det(x: Tensor, /) -> Tensor:
    """The determinants of square matrices."""
    return _linalg.det(x)


@standard(_linalg.slogdet)
def slogdet(x: Tensor, /) -> SlogdetResult:
    """The signs of determinants, and the logarithms of their absolute values."""
    return _linalg.slogdet(x)


@standard(_linalg.inv)
def inv(x: Tensor, /) -> Tensor:
    """The inverses of square matrices."""
    return _linalg.inv(x)


@standard(_linalg.pinv)
def pinv(x: Tensor, /, *, rtol: float | Tensor | None = None) -> Tensor:
    """The pseudoinverses of matrices.

    Singular values up to ``rtol`` times the largest count as 0.  The gradient is that of a change of ``x`` which keeps the rank.

    Args:
        rtol: the relative tolerance, a number, or an array with one for each matrix.  By default ``max(n, m)`` times the ``eps`` of
            the data type.

    Raises:
        RuntimeError: ``x`` has fewer than two dimensions.
    """
    if not isinstance(rtol, Tensor):
        return _linalg.pinv(x, rtol=rtol)
    u, s, vh = _decompositions.svd(x, full_matrices=False)
    limit = xp.expand_dims(rtol, -1) * xp.max(s, -1, True)
    small = s <= limit
    inverse = xp.where(small, 0.0, 1 / xp.where(small, 1.0, s))
    return xp.matmul(vh.mH * xp.astype(xp.expand_dims(inverse, -2), vh.dtype), u.mH)


@standard(_linalg.matrix_power)
def matrix_power(x: Tensor, n: int, /) -> Tensor:
    """Square matrices multiplied ``n`` times; a negative ``n`` multiplies the inverse."""
    return _linalg.matrix_power(x, n)


@standard(_linalg.matrix_rank)
def matrix_rank(x: Tensor, /, *, rtol: float | Tensor | None = None) -> Tensor:
    """How many singular values are larger than ``rtol`` times the largest.

    Args:
        rtol: the relative tolerance, a number, or an array with one for each matrix.  By default ``max(n, m)`` times the ``eps`` of
            the data type.

    Raises:
        RuntimeError: ``x`` has fewer than two dimensions.
    """
    return _linalg.matrix_rank(x, rtol=rtol)


@standard(_linalg.solve)
def solve(x1: Tensor, x2: Tensor, /) -> Tensor:
    """``X`` with ``x1 @ X = x2``.

    Args:
        x2: the right side: a vector of shape ``(n,)``, or matrices of shape ``(*, n, k)``.

    Raises:
        LinAlgError: a matrix is singular, on backends that test for it.
        ValueError: the shapes do not fit.
        TypeError: ``x1`` or ``x2`` is not an array, or their data types have no common one.
    """
    return _linalg.solve(*promote_arrays(x1, x2))


@standard(_decompositions.qr)
def qr(x: Tensor, /, *, mode: str = "reduced") -> QRResult:
    """The QR decomposition ``x == Q @ R``.

    Args:
        mode: ``"reduced"``; or ``"complete"``, with a square ``Q``.

    Raises:
        ValueError: ``mode`` is another one, or ``x`` has fewer than two dimensions.
        RuntimeError: a gradient is asked for of a complete ``Q`` of a tall matrix.

    Example::

        >>> Q, R = xp.linalg.qr(xp.asarray([[3.0, 1.0], [4.0, 2.0]]))
        >>> xp.all(xp.abs(Q @ R - xp.asarray([[3.0, 1.0], [4.0, 2.0]])) < 1e-6)
        tensor(True)
    """
    return _decompositions.qr(x, mode)


@standard(_decompositions.eigh)
def eigh(x: Tensor, /) -> EighResult:
    """The eigenvalues, ascending, and eigenvectors, as columns, of Hermitian matrices.

    Args:
        x: an array of shape ``(*, n, n)``, of which the lower triangles are read.

    Raises:
        RuntimeError: the matrices are not square.
    """
    return _decompositions.eigh(x)


@standard(_decompositions.eigvalsh)
def eigvalsh(x: Tensor, /) -> Tensor:
    """The eigenvalues, ascending, of Hermitian matrices.

    Args:
        x: an array of shape ``(*, n, n)``, of which the lower triangles are read.

    Raises:
        RuntimeError: the matrices are not square.
    """
    return _decompositions.eigvalsh(x)


@standard(_decompositions.eig)
def eig(x: Tensor, /) -> EigResult:
    """The eigenvalues and eigenvectors, as columns, of square matrices; both complex."""
    return _decompositions.eig(x)


@standard(_decompositions.eigvals)
def eigvals(x: Tensor, /) -> Tensor:
    """The eigenvalues of square matrices; complex."""
    return _decompositions.eigvals(x)


@standard(_decompositions.svd)
def svd(x: Tensor, /, *, full_matrices: bool = True) -> SVDResult:
    """``U``, ``S`` and ``Vh`` with ``x = U @ diag(S) @ Vh``, the singular values descending."""
    return _decompositions.svd(x, full_matrices)


@standard(_decompositions.svdvals)
def svdvals(x: Tensor, /) -> Tensor:
    """The singular values, descending."""
    return _decompositions.svdvals(x)


# -- diagonals and norms -----------------------------------------------------------------------------------------------


@standard(_diagonals.diagonal)
def diagonal(x: Tensor, /, *, offset: int = 0) -> Tensor:
    """The diagonals of matrices.

    Args:
        x: an array of shape ``(*, n, m)``.
        offset: which diagonal: 0 is the main one, positive ones are above it, negative ones below.

    Returns:
        An array of shape ``(*, k)``, where ``k`` is the length of the diagonal.

    Raises:
        ValueError: ``x`` has fewer than two dimensions.
    """
    return xp.diagonal(check_matrices(x, "diagonal", "x"), offset=offset)


@standard(_diagonals.trace)
def trace(x: Tensor, /, *, offset: int = 0, dtype: DType | None = None) -> Tensor:
    """The sums of the diagonals of matrices, with the types of `sum`.

    Args:
        x: an array of shape ``(*, n, m)``.
        offset: which diagonal: 0 is the main one, positive ones are above it, negative ones below.
        dtype: as in `sum`.

    Returns:
        An array of shape ``(*)``.

    Raises:
        ValueError: ``x`` has fewer than two dimensions.
    """
    return sum(diagonal(x, offset=offset), axis=-1, dtype=dtype)


@standard(_linalg.matrix_norm)
def matrix_norm(x: Tensor, /, *, keepdims: bool = False, ord: float | str = "fro") -> Tensor:
    """A norm of matrices.

    Raises:
        RuntimeError: ``ord`` is unknown, ``x`` has fewer than two dimensions, or the data type is an integer type or bool.
    """
    return _linalg.matrix_norm(x, ord, keepdim=keepdims)


@standard(_linalg.vector_norm)
def vector_norm(
    x: Tensor, /, *, axis: int | tuple[int, ...] | None = None, keepdims: bool = False, ord: float = 2
) -> Tensor:
    """The vector norm ``sum(abs(x) ** ord) ** (1 / ord)`` of all elements, or along axes."""
    if axis == ():  # PyTorch takes it for all axes
        x, axis = xp.expand_dims(x, -1), -1
        keepdims = False
    return _linalg.vector_norm(x, ord, axis, keepdims)


__all__ = [
    "cholesky", "cross", "det", "diagonal", "eig", "eigh", "eigvals", "eigvalsh", "inv", "matmul", "matrix_norm",
    "matrix_power", "matrix_rank", "matrix_transpose", "outer", "pinv", "qr", "slogdet", "solve", "svd", "svdvals",
    "tensordot", "trace", "vecdot", "vector_norm",
]  # fmt: skip
