"""Decompositions of matrices: Cholesky, QR, eigenvalues, singular values."""

from __future__ import annotations

from typing import Any, NamedTuple

from .._core.errors import ShapeError
from .._core.primitive import OPERATIONS as xp
from .._core.tensor import Tensor
from .._state import grad_enabled
from .common import check_tensor, second_names
from .public import public_function, public_in_module


class EigResult(NamedTuple):
    """The eigenvalues and eigenvectors that `eig` returns."""

    eigenvalues: Tensor
    eigenvectors: Tensor


class EighResult(NamedTuple):
    """The eigenvalues and eigenvectors that `eigh` returns."""

    eigenvalues: Tensor
    eigenvectors: Tensor


class SVDResult(NamedTuple):
    """The factors that `linalg.svd` returns."""

    U: Tensor
    S: Tensor
    Vh: Tensor


class SVDParts(NamedTuple):
    """The factors that PyTorch's older `polygrad.svd` returns."""

    U: Tensor
    S: Tensor
    V: Tensor


class QRResult(NamedTuple):
    """The factors that `qr` returns."""

    Q: Tensor
    R: Tensor


def check_matrices(x: Any, name: str, argument: str = "A") -> Tensor:
    """Return ``x`` if it is a tensor of matrices.  Raises TypeError or ShapeError where it is not."""
    check_tensor(x, name, argument)
    if x.ndim < 2:
        raise ShapeError(
            f"linalg.{name}: The input tensor {argument} must have at least 2 dimensions, but its shape is "
            f"{tuple(x.shape)}"
        )
    return x


def check_square(x: Any, name: str, argument: str = "A") -> Tensor:
    """Return ``x`` if it is a tensor of square matrices.  Raises TypeError or ShapeError where it is not."""
    check_matrices(x, name, argument)
    if x.shape[-2] != x.shape[-1]:
        raise ShapeError(
            f"linalg.{name}: {argument} must hold square matrices, but they are {x.shape[-2]} by {x.shape[-1]} matrices"
        )
    return x


def conjugate_transpose(x: Tensor) -> Tensor:
    turned = xp.matrix_transpose(x)
    return xp.conj(turned) if x.dtype.is_complex else turned


@public_function(method=True, out=True)
@second_names(input="A")
def cholesky(A: Tensor, upper: bool = False) -> Tensor:
    """Return the Cholesky factors of Hermitian positive definite matrices.

    The factor ``L`` is lower triangular, and ``L @ L.mH == A``.  The gradient with respect to ``A`` is Hermitian.

    Args:
        A: a tensor of shape ``(*, n, n)``.  Only the lower triangle is read, or the upper one with ``upper``.
        upper: whether to return the upper triangular ``U`` with ``U.mH @ U == A`` instead.

    Returns:
        A tensor of shape ``(*, n, n)``.

    Raises:
        LinAlgError: a matrix is not positive definite.  Backends that do not test for it return NaN.
        RuntimeError: the matrices are not square.

    Example::

        >>> polygrad.linalg.cholesky(polygrad.tensor([[4.0, 2.0], [2.0, 5.0]]))
        tensor([[2., 0.],
                [1., 2.]])
    """
    lower = xp.cholesky(_triangle(A, "U" if upper else "L", "cholesky"))
    return conjugate_transpose(lower) if upper else lower


@public_function(method=True, out=True)
@second_names(input="A", some="mode")
def qr(A: Tensor, mode: str | bool = "reduced") -> QRResult:
    """Return the QR decomposition ``A == Q @ R``.

    The gradient needs the first ``min(n, m)`` columns of ``A`` to be linearly independent.  In mode ``"complete"`` a matrix with
    more rows than columns has none, since the last columns of ``Q`` are any that complete it.

    Args:
        A: a tensor of shape ``(*, n, m)``; let ``k = min(n, m)``.
        mode: ``"reduced"``; ``"complete"``, with a square ``Q``; or ``"r"``, with an empty ``Q``.  The older argument ``some``
            is True for the first and False for the second.

    Returns:
        The named tuple ``(Q, R)``: ``Q`` of shape ``(*, n, k)`` with orthonormal columns, and the upper triangular
        ``R`` of shape ``(*, k, m)``.  In mode ``"complete"``, ``(*, n, n)`` and ``(*, n, m)``.

    Raises:
        RuntimeError: ``mode`` is another one, ``A`` has fewer than two dimensions, or a gradient is asked for that there is not.

    Example::

        >>> Q, R = polygrad.linalg.qr(polygrad.tensor([[3.0, 1.0], [4.0, 2.0]]))
        >>> polygrad.allclose(Q @ R, polygrad.tensor([[3.0, 1.0], [4.0, 2.0]]), atol=1e-6)
        True
    """
    if isinstance(mode, bool):
        mode = "reduced" if mode else "complete"
    if mode not in ("reduced", "complete", "r"):
        raise ShapeError(f"linalg.qr: mode must be 'reduced', 'complete' or 'r', not {mode!r}")
    rows, columns = check_matrices(A, "qr").shape[-2:]
    if mode == "complete" and rows > columns:
        if A.requires_grad and grad_enabled():
            raise RuntimeError(
                "linalg.qr: in mode 'complete' a matrix with more rows than columns has no gradient, since the last columns of "
                "Q are any that complete it; use mode 'reduced', or A.detach()"
            )
        return QRResult(*xp.complete_qr(A))
    factors = QRResult(*xp.qr(A))
    return factors if mode != "r" else QRResult(xp.astype(A[..., :0, :0], factors.R.dtype), factors.R)


@public_in_module
def eig(A: Tensor) -> EigResult:
    """Return the eigenvalues and eigenvectors of square matrices; both are complex.

    The gradient is right for a loss that does not depend on the complex phases of the vectors (C. Boeddeker et al., "On the
    computation of complex-valued gradients", 2017).  Where eigenvalues coincide, their vectors have no derivative: a loss that
    uses the vectors gets NaN.  `eigh` is for Hermitian matrices.

    Args:
        A: a tensor of shape ``(*, n, n)``.

    Returns:
        The named tuple ``(eigenvalues, eigenvectors)``: values of shape ``(*, n)``, in no order, and vectors of length 1, of
        shape ``(*, n, n)``, in columns.

    Raises:
        RuntimeError: the matrices are not square.

    Example::

        >>> polygrad.linalg.eig(polygrad.tensor([[2.0, 0.0], [0.0, 3.0]])).eigenvalues
        tensor([2.+0.j, 3.+0.j])
    """
    return EigResult(*xp.eig(check_square(A, "eig")))


@public_in_module
def eigvals(A: Tensor) -> Tensor:
    """Return the eigenvalues of square matrices, which are complex.

    The gradient needs the matrices to be diagonalizable.  `eigvalsh` is for Hermitian matrices.

    Args:
        A: a tensor of shape ``(*, n, n)``.

    Returns:
        A complex tensor of shape ``(*, n)``, in no order.

    Raises:
        RuntimeError: the matrices are not square.

    Example::

        >>> polygrad.linalg.eigvals(polygrad.tensor([[0.0, 1.0], [-1.0, 0.0]])).abs()
        tensor([1., 1.])
    """
    return xp.eigvals(check_square(A, "eigvals"))


@public_in_module
def eigh(A: Tensor, UPLO: str = "L") -> EighResult:
    """Return the eigenvalues and eigenvectors of Hermitian matrices.

    The gradient is Hermitian, and right for a loss that does not depend on the signs or complex phases of the vectors.
    Where eigenvalues coincide, their vectors have no derivative: a loss that uses the vectors gets NaN. `eigvalsh` has
    its gradient there as well.

    Args:
        A: a tensor of shape ``(*, n, n)``.
        UPLO: which triangle is read: ``"L"``, the lower one, or ``"U"``.

    Returns:
        The named tuple ``(eigenvalues, eigenvectors)``: values of shape ``(*, n)``, ascending, and vectors of shape
        ``(*, n, n)``, in columns.

    Raises:
        RuntimeError: the matrices are not square, or ``UPLO`` is unknown.

    Example::

        >>> polygrad.linalg.eigh(polygrad.tensor([[3.0, 0.0], [0.0, 1.0]])).eigenvalues
        tensor([1., 3.])
    """
    return EighResult(*xp.eigh(_triangle(A, UPLO, "eigh")))


@public_in_module
def eigvalsh(A: Tensor, UPLO: str = "L") -> Tensor:
    """Return the eigenvalues of Hermitian matrices, ascending.

    Args:
        A: a tensor of shape ``(*, n, n)``.
        UPLO: which triangle is read: ``"L"``, the lower one, or ``"U"``.

    Returns:
        A real tensor of shape ``(*, n)``.

    Raises:
        RuntimeError: the matrices are not square, or ``UPLO`` is unknown.

    Example::

        >>> polygrad.linalg.eigvalsh(polygrad.tensor([[3.0, 0.0], [0.0, 1.0]]))
        tensor([1., 3.])
    """
    return xp.eigvalsh(_triangle(A, UPLO, "eigvalsh"))


def _triangle(A: Tensor, UPLO: str, name: str) -> Tensor:
    if UPLO not in ("L", "U", "l", "u"):
        raise ShapeError(f"linalg.{name}: UPLO must be 'L' or 'U', not {UPLO!r}")
    return check_square(A, name) if UPLO in "Ll" else conjugate_transpose(check_square(A, name))


@public_in_module
def svd(A: Tensor, full_matrices: bool = True, *, driver: str | None = None) -> SVDResult:
    """Return the singular value decomposition ``A == U @ diag(S) @ Vh``.

    The gradient is right for a loss that does not depend on the signs or complex phases of the vectors, nor on the
    vectors beyond the number of singular values.  Where singular values coincide, or one is 0 and ``A`` is not square, a
    loss that uses the vectors gets NaN. `svdvals` has its gradient there as well.

    Args:
        A: a tensor of shape ``(*, n, m)``; let ``k = min(n, m)``.
        full_matrices: whether ``U`` and ``Vh`` are square, of shapes ``(*, n, n)`` and ``(*, m, m)``, instead of ``(*,
            n, k)`` and ``(*, k, m)``.
        driver: accepted for compatibility with PyTorch; the backend chooses the algorithm.

    Returns:
        The named tuple ``(U, S, Vh)``; ``S`` has shape ``(*, k)``, descending.

    Raises:
        RuntimeError: ``A`` has fewer than two dimensions.

    Example::

        >>> polygrad.linalg.svd(polygrad.tensor([[3.0, 0.0], [0.0, 4.0]])).S
        tensor([4., 3.])
    """
    return SVDResult(*xp.svd(check_matrices(A, "svd"), full_matrices))


@public_in_module
def svdvals(A: Tensor, *, driver: str | None = None) -> Tensor:
    """Return the singular values of matrices, descending.

    Args:
        A: a tensor of shape ``(*, n, m)``.
        driver: accepted for compatibility with PyTorch; the backend chooses the algorithm.

    Returns:
        A real tensor of shape ``(*, min(n, m))``.

    Raises:
        RuntimeError: ``A`` has fewer than two dimensions.

    Example::

        >>> polygrad.linalg.svdvals(polygrad.tensor([[3.0, 0.0], [0.0, 4.0]]))
        tensor([4., 3.])
    """
    return xp.svdvals(check_matrices(A, "svdvals"))


@public_function("_legacy_svd svd", method="svd", out=True)
def _legacy_svd(input: Tensor, some: bool = True, compute_uv: bool = True) -> SVDParts:
    """Return the singular value decomposition ``input == U @ diag(S) @ V.mH``: PyTorch's older form of `linalg.svd`.

    Args:
        input: a tensor of shape ``(*, n, m)``; let ``k = min(n, m)``.
        some: whether ``U`` and ``V`` have ``k`` columns, instead of being square.
        compute_uv: whether the vectors are wanted.  False is not supported: use `linalg.svdvals`.

    Returns:
        The named tuple ``(U, S, V)``; ``S`` has shape ``(*, k)``, descending.

    Raises:
        RuntimeError: ``input`` has fewer than two dimensions, or ``compute_uv`` is False.

    Example::

        >>> polygrad.svd(polygrad.tensor([[3.0, 0.0], [0.0, 4.0]])).S
        tensor([4., 3.])
    """
    if not compute_uv:
        raise RuntimeError(
            "svd(): compute_uv=False is not supported; use polygrad.linalg.svdvals for the singular values alone"
        )
    U, S, Vh = svd(input, full_matrices=not some)
    return SVDParts(U, S, conjugate_transpose(Vh))
