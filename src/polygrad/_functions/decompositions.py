"""Decompositions of matrices: Cholesky, QR, eigenvalues, singular values."""

from __future__ import annotations

from typing import Any, NamedTuple

from .._core.errors import ShapeError
from .._core.primitive import OPERATIONS as xp
from .._core.tensor import Tensor
from .common import check_tensor
from .public import public_function


class EighResult(NamedTuple):
    """What `eigh` returns."""

    eigenvalues: Tensor
    eigenvectors: Tensor


class SVDResult(NamedTuple):
    """What `linalg.svd` returns."""

    U: Tensor
    S: Tensor
    Vh: Tensor


class SVDParts(NamedTuple):
    """What PyTorch's older `polygrad.svd` returns."""

    U: Tensor
    S: Tensor
    V: Tensor


class QRResult(NamedTuple):
    """What `qr` returns."""

    Q: Tensor
    R: Tensor


def check_matrices(x: Any, name: str, argument: str = "A") -> Tensor:
    """``x`` if it holds matrices.  Raises TypeError or RuntimeError where it does not."""
    check_tensor(x, name, argument)
    if x.ndim < 2:
        raise ShapeError(
            f"linalg.{name}: The input tensor {argument} must have at least 2 dimensions, but its shape is "
            f"{tuple(x.shape)}"
        )
    return x


def check_square(x: Any, name: str, argument: str = "A") -> Tensor:
    """``x`` if it holds square matrices.  Raises TypeError or RuntimeError where it does not."""
    check_matrices(x, name, argument)
    if x.shape[-2] != x.shape[-1]:
        raise ShapeError(
            f"linalg.{name}: {argument} must be batches of square matrices, but they are {x.shape[-2]} by "
            f"{x.shape[-1]} matrices"
        )
    return x


def conjugate_transpose(x: Tensor) -> Tensor:
    turned = xp.matrix_transpose(x)
    return xp.conj(turned) if x.dtype.is_complex else turned


@public_function(method=True)
def cholesky(A: Tensor, *, upper: bool = False) -> Tensor:
    """The lower triangular ``L`` with ``L @ L.mH == A``, or with ``upper`` the ``U`` with ``U.mH @ U == A``.

    ``A`` holds Hermitian positive definite matrices, of shape ``(…, n, n)``; only its lower triangle is read, or with
    ``upper`` the upper one, and its gradient is Hermitian.  Raises LinAlgError, a RuntimeError, where a matrix is not
    positive definite, on backends that look; others give NaN.

    Example::

        L = polygrad.linalg.cholesky(A)
    """
    lower = xp.cholesky(_triangle(A, "U" if upper else "L", "cholesky"))
    return conjugate_transpose(lower) if upper else lower


@public_function(method=True)
def qr(A: Tensor, mode: str = "reduced") -> QRResult:
    """``Q``, with orthonormal columns, and the upper triangular ``R`` with ``Q @ R == A``.

    Raises RuntimeError for a ``mode`` other than ``"reduced"``.
    """
    if mode != "reduced":
        raise ShapeError(f"linalg.qr: mode {mode!r} is not offered; only 'reduced' is")
    return QRResult(*xp.qr(check_matrices(A, "qr")))


def eigh(A: Tensor, UPLO: str = "L") -> EighResult:
    """The eigenvalues, ascending, and the eigenvectors, as columns, of Hermitian matrices of shape ``(…, n, n)``.

    ``UPLO`` names the triangle that is read.  The gradient is Hermitian, and right for a loss that does not depend on
    the signs or complex phases of the vectors.  Where eigenvalues coincide, their vectors have no derivative, and a loss
    that goes through the vectors gets NaN; `eigvalsh` has its gradient there as well.

    Example::

        values, vectors = polygrad.linalg.eigh(A + A.mH)
    """
    return EighResult(*xp.eigh(_triangle(A, UPLO, "eigh")))


def eigvalsh(A: Tensor, UPLO: str = "L") -> Tensor:
    """The eigenvalues, ascending, of Hermitian matrices."""
    return xp.eigvalsh(_triangle(A, UPLO, "eigvalsh"))


def _triangle(A: Tensor, UPLO: str, name: str) -> Tensor:
    if UPLO not in ("L", "U", "l", "u"):
        raise ShapeError(f"linalg.{name}: UPLO must be 'L' or 'U', not {UPLO!r}")
    return check_square(A, name) if UPLO in "Ll" else conjugate_transpose(check_square(A, name))


def svd(A: Tensor, full_matrices: bool = True) -> SVDResult:
    """``U``, ``S`` and ``Vh`` with ``A == U @ diag(S) @ Vh``, the singular values descending.

    With ``full_matrices`` (PyTorch's default) ``U`` and ``Vh`` are square.  The gradient is right for a loss that does
    not depend on signs or complex phases of the vectors, nor on the vectors beyond the number of singular values.  Where
    singular values coincide, or one is 0 and ``A`` is not square, a loss that goes through the vectors gets NaN; `svdvals`
    has its gradient there as well.
    """
    return SVDResult(*xp.svd(check_matrices(A, "svd"), full_matrices))


def svdvals(A: Tensor) -> Tensor:
    """The singular values, descending."""
    return xp.svdvals(check_matrices(A, "svdvals"))


@public_function("_legacy_svd svd", method="svd")
def _legacy_svd(input: Tensor, some: bool = True, compute_uv: bool = True) -> SVDParts:
    """PyTorch's older ``svd``: ``U``, ``S`` and ``V`` with ``input == U @ diag(S) @ V.mH``."""
    if not compute_uv:
        raise RuntimeError(
            "svd(): compute_uv=False is not offered; polygrad.linalg.svdvals gives the singular values alone"
        )
    U, S, Vh = svd(input, full_matrices=not some)
    return SVDParts(U, S, conjugate_transpose(Vh))
