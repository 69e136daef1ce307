"""PyTorch's linalg: decompositions, systems of equations, norms."""

from __future__ import annotations

from typing import Any, NamedTuple

from .. import _dtypes
from .._core.alike import alike
from .._core.errors import ShapeError
from .._core.precision import in_single_precision
from .._core.primitive import OPERATIONS as xp
from .._core.tensor import Tensor
from .._ops.decompositions import of_triangle
from .._ops.manipulation import normal_axis
from .common import check_tensor, numpy_spelling
from .creation import eye, zeros
from .manipulation import broadcast_shapes, broadcast_to
from .strides import separate_from


class SlogdetResult(NamedTuple):
    """What `slogdet` returns."""

    sign: Tensor
    logabsdet: Tensor


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


class LeastSquares(NamedTuple):
    """What `lstsq` returns."""

    solution: Tensor
    residuals: Tensor
    rank: Tensor
    singular_values: Tensor


def matrices(x: Any, name: str, argument: str = "A") -> Tensor:
    """``x`` if it holds matrices.  Raises TypeError or RuntimeError where it does not."""
    check_tensor(x, name, argument)
    if x.ndim < 2:
        raise ShapeError(
            f"linalg.{name}: The input tensor {argument} must have at least 2 dimensions, but its shape is "
            f"{tuple(x.shape)}"
        )
    return x


def square(x: Any, name: str, argument: str = "A") -> Tensor:
    """``x`` if it holds square matrices.  Raises TypeError or RuntimeError where it does not."""
    matrices(x, name, argument)
    if x.shape[-2] != x.shape[-1]:
        raise ShapeError(
            f"linalg.{name}: {argument} must be batches of square matrices, but they are {x.shape[-2]} by "
            f"{x.shape[-1]} matrices"
        )
    return x


def _adjoint(x: Tensor) -> Tensor:
    turned = xp.matrix_transpose(x)
    return xp.conj(turned) if x.dtype.is_complex else turned


def _identity(like: Tensor) -> Tensor:
    side = like.shape[-1]
    made = eye(side, dtype=like.dtype, backend=like.backend, device=None if like.backend.level else like.device)
    return broadcast_to(made, tuple(like.shape))


# -- decompositions ----------------------------------------------------------------------------------------------------


def cholesky(A: Tensor, *, upper: bool = False) -> Tensor:
    """The lower triangular ``L`` with ``L @ L.mH == A``, or with ``upper`` the ``U`` with ``U.mH @ U == A``.

    ``A`` holds Hermitian positive definite matrices, of shape ``(…, n, n)``; only its lower triangle is read, or with
    ``upper`` the upper one, and its gradient is Hermitian.  Raises LinAlgError, a RuntimeError, where a matrix is not
    positive definite, on backends that look; others give NaN.

    Example::

        L = polygrad.linalg.cholesky(A)
    """
    lower = xp.cholesky(_triangle(A, "U" if upper else "L", "cholesky"))
    return _adjoint(lower) if upper else lower


def qr(A: Tensor, mode: str = "reduced") -> QRResult:
    """``Q``, with orthonormal columns, and the upper triangular ``R`` with ``Q @ R == A``.

    Raises RuntimeError for a ``mode`` other than ``"reduced"``.
    """
    if mode != "reduced":
        raise ShapeError(f"linalg.qr: mode {mode!r} is not offered; only 'reduced' is")
    return QRResult(*xp.qr(matrices(A, "qr")))


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
    return square(A, name) if UPLO in "Ll" else _adjoint(square(A, name))


def svd(A: Tensor, full_matrices: bool = True) -> SVDResult:
    """``U``, ``S`` and ``Vh`` with ``A == U @ diag(S) @ Vh``, the singular values descending.

    With ``full_matrices`` (PyTorch's default) ``U`` and ``Vh`` are square.  The gradient is right for a loss that does
    not depend on signs or complex phases of the vectors, nor on the vectors beyond the number of singular values.  Where
    singular values coincide, or one is 0 and ``A`` is not square, a loss that goes through the vectors gets NaN; `svdvals`
    has its gradient there as well.
    """
    return SVDResult(*xp.svd(matrices(A, "svd"), full_matrices))


def svdvals(A: Tensor) -> Tensor:
    """The singular values, descending."""
    return xp.svdvals(matrices(A, "svdvals"))


# -- systems of equations ----------------------------------------------------------------------------------------------


@alike("A", "B")
def solve(A: Tensor, B: Tensor, *, left: bool = True) -> Tensor:
    """``X`` with ``A @ X == B``, or with ``left=False`` ``X @ A == B``.

    ``A`` has shape ``(…, n, n)``; ``B`` holds matrices, or vectors if its shape is ``(n,)`` or that of ``A`` without
    the last dimension.  Raises RuntimeError for shapes that do not fit and, on backends that look, for singular
    matrices.

    Example::

        x = polygrad.linalg.solve(A, b)
    """
    square(A, "solve")
    check_tensor(B, "solve", "B")
    vector = B.ndim == 1 or (B.ndim == A.ndim - 1 and B.shape == A.shape[:-1])
    if vector:
        B = xp.expand_dims(B, axis=-1)
        if not left:
            raise ShapeError("linalg.solve: vectors are only solved for on the right of A; leave left=False out")
    _check_right_side(A, B, left, "solve")
    X = _solved(xp.solve, A, B, left)
    return X[..., 0] if vector else X


def _check_right_side(A: Tensor, B: Tensor, left: bool, name: str) -> None:
    if B.ndim < 2 or A.shape[-1] != B.shape[-2 if left else -1]:
        raise ShapeError(
            f"linalg.{name}: Incompatible shapes of A and B for the equation {'AX = B' if left else 'XA = B'} "
            f"({_by(A)} and {_by(B)})"
        )


def _by(x: Tensor) -> str:
    return "x".join(str(n) for n in x.shape)


def _solved(operation: Any, A: Tensor, B: Tensor, left: bool, **settings: Any) -> Tensor:
    if left:
        return operation(A, B, **settings)
    return xp.matrix_transpose(operation(xp.matrix_transpose(A), xp.matrix_transpose(B), **settings))


def solve_triangular(A: Tensor, B: Tensor, *, upper: bool, left: bool = True, unitriangular: bool = False) -> Tensor:
    """``X`` with ``A @ X == B`` (``X @ A == B`` with ``left=False``), for triangular ``A``.

    Only the ``upper`` or the lower triangle of ``A`` is read; with ``unitriangular`` its diagonal counts as 1.
    """
    square(A, "solve_triangular")
    matrices(B, "solve_triangular", "B")
    _check_right_side(A, B, left, "solve_triangular")
    return _solved(xp.solve_triangular, A, B, left, upper=upper if left else not upper, unitriangular=unitriangular)


@alike("B", "L")
def cholesky_solve(B: Tensor, L: Tensor, upper: bool = False) -> Tensor:
    """``X`` with ``A @ X == B``, where ``L`` is `cholesky` of ``A`` (of its ``upper`` form)."""
    square(L, "cholesky_solve", "L")
    _check_right_side(L, matrices(B, "cholesky_solve", "B"), True, "cholesky_solve")
    first, second = (_adjoint(L), L) if upper else (L, _adjoint(L))
    return xp.solve_triangular(second, xp.solve_triangular(first, B, upper=False), upper=True)


def cholesky_inverse(L: Tensor, upper: bool = False) -> Tensor:
    """The inverse of ``A``, where ``L`` is `cholesky` of ``A``."""
    return cholesky_solve(_identity(square(L, "cholesky_inverse", "L")), L, upper)


def inv(A: Tensor) -> Tensor:
    """The inverse of square matrices.  Raises LinAlgError for a singular one, on backends that look."""
    return xp.inv(square(A, "inv"))


def pinv(A: Tensor, *, atol: float | None = None, rtol: float | None = None, hermitian: bool = False) -> Tensor:
    """The pseudoinverse of matrices of shape ``(…, m, n)``, which has shape ``(…, n, m)``.

    Singular values up to ``max(atol, rtol * largest)`` count as 0; ``rtol`` is ``max(m, n)`` times the type's ``eps``
    unless one of the two is given.  With ``hermitian`` only the lower triangle is read.  The gradient is that of a
    change that keeps the rank.
    """
    if hermitian:
        square(A, "pinv")
    limits = {"rtol": None if rtol is None else float(rtol), "atol": 0.0 if atol is None else float(atol)}
    return xp.pinv(matrices(A, "pinv"), **limits, hermitian=hermitian)


@alike("A", "B")
def lstsq(A: Tensor, B: Tensor, rcond: float | None = None, *, driver: str | None = None) -> LeastSquares:
    """The ``X`` of least norm that makes ``norm(A @ X - B)`` smallest.

    ``A`` has shape ``(…, m, n)``, and ``B`` ``(…, m, k)`` or ``(…, m)``.

    By way of `pinv`, whatever the ``driver``: as in PyTorch it decides what comes with the solution. ``residuals``
    are squared distances where ``m > n`` and the rank is full (``"gels"`` takes that for granted), and empty elsewhere and
    for ``"gelsy"``, the default;
    ``rank`` is empty for ``"gels"``, and ``singular_values`` for all but ``"gelss"`` and ``"gelsd"``.
    """
    matrices(A, "lstsq")
    check_tensor(B, "lstsq", "B")
    if driver not in (None, "gels", "gelsy", "gelsd", "gelss"):
        raise ShapeError(
            f"linalg.lstsq: parameter `driver` should be one of (gels, gelsy, gelsd, gelss), not {driver!r}"
        )
    vector = B.ndim == A.ndim - 1
    if vector:
        B = xp.expand_dims(B, axis=-1)
    if B.ndim < 2 or B.shape[-2] != A.shape[-2]:
        raise ShapeError(f"linalg.lstsq: A and B must have as many rows as each other ({_by(A)} and {_by(B)})")
    X = xp.matmul(pinv(A, rtol=rcond), B)
    values = svdvals(A.detach())
    rank = _rank(values, A, rcond)
    place = {"backend": A.backend, "device": None if A.backend.level else A.device}
    empty = zeros(0, dtype=values.dtype, **place)
    residuals = empty
    tall = A.shape[-2] > A.shape[-1]
    if tall and (driver == "gels" or (driver in ("gelsd", "gelss") and bool(xp.all(rank == A.shape[-1])))):
        distance = xp.abs(xp.matmul(A, X) - B)
        residuals = xp.sum(distance * distance, -2)
    return LeastSquares(
        X[..., 0] if vector else X,
        residuals,
        rank if driver != "gels" else zeros(0, dtype=_dtypes.int64, **place),
        values if driver in ("gelss", "gelsd") else empty,
    )


def _rank(values: Tensor, A: Tensor, rtol: float | Tensor | None, atol: float | Tensor | None = None) -> Tensor:
    """How many ``values`` count; a tolerance may be one number for each matrix."""
    if rtol is None:
        rtol = max(A.shape[-2:]) * float(xp.finfo(A.dtype).eps)
        if isinstance(atol, Tensor):
            rtol = xp.where(atol > 0, 0.0, xp.ones_like(atol) * rtol)
        elif atol:
            rtol = 0.0
    rtol, atol = (
        xp.expand_dims(xp.astype(one, values.dtype), axis=-1) if isinstance(one, Tensor) and one.ndim else one
        for one in (rtol, 0.0 if atol is None else atol)
    )
    if not values.shape[-1]:
        return xp.sum(xp.astype(values, _dtypes.int64), -1)
    limit = xp.maximum(xp.max(values, -1, True) * rtol, atol)
    return xp.sum(xp.astype(values > limit, _dtypes.int64), -1)


def matrix_rank(
    A: Tensor,
    tol: float | Tensor | None = None,
    *,
    atol: float | Tensor | None = None,
    rtol: float | Tensor | None = None,
    hermitian: bool = False,
) -> Tensor:
    """How many singular values are larger than ``max(atol, rtol * largest)``, with the defaults of `pinv`.

    A tolerance may be a tensor, with one number for each matrix.
    """
    matrices(A, "matrix_rank")
    if hermitian:
        A = of_triangle(xp, square(A, "matrix_rank"))
    return _rank(svdvals(A.detach()), A, rtol, tol if atol is None else atol)


# -- determinants and powers -------------------------------------------------------------------------------------------


def det(A: Tensor) -> Tensor:
    """The determinant of square matrices.  Its gradient, the cofactors, is right for singular ones too."""
    return xp.det(square(A, "det"))


def slogdet(A: Tensor) -> SlogdetResult:
    """The sign of the determinant, and the logarithm of its absolute value."""
    return SlogdetResult(*xp.slogdet(square(A, "slogdet")))


def logdet(input: Tensor) -> Tensor:
    """The logarithm of the determinant; NaN where that is negative."""
    sign, size = slogdet(input)
    return xp.log(sign) + size if not sign.dtype.is_complex else xp.complex(size, xp.zeros_like(size)) + xp.log(sign)


@in_single_precision
def matrix_power(A: Tensor, n: int) -> Tensor:
    """``A`` multiplied ``n`` times; a negative ``n`` multiplies its inverse.  By repeated squaring."""
    square(A, "matrix_power")
    if not isinstance(n, int):
        raise TypeError(f"matrix_power() takes an int, not {type(n).__name__}")
    if n == 0:
        identity = _identity(A)
        return xp.where(xp.equal(identity, identity), identity, A)  # a constant, but one that has a gradient, of 0
    factor, n, result = (inv(A), -n, None) if n < 0 else (A, n, None)
    while n:
        if n & 1:
            result = factor if result is None else xp.matmul(result, factor)
        n >>= 1
        if n:
            factor = xp.matmul(factor, factor)
    return separate_from(A, result)  # type: ignore[arg-type]  # n has a bit, so there is a factor


def _legacy_svd(input: Tensor, some: bool = True, compute_uv: bool = True) -> SVDParts:
    """PyTorch's older ``svd``: ``U``, ``S`` and ``V`` with ``input == U @ diag(S) @ V.mH``."""
    if not compute_uv:
        raise RuntimeError(
            "svd(): compute_uv=False is not offered; polygrad.linalg.svdvals gives the singular values alone"
        )
    U, S, Vh = svd(input, full_matrices=not some)
    return SVDParts(U, S, _adjoint(Vh))


@numpy_spelling
@alike("input", "other")
def cross(input: Tensor, other: Tensor, *, dim: int = -1) -> Tensor:
    """The cross products of vectors of three elements along ``dim``, broadcast elsewhere."""
    shape = broadcast_shapes(input.shape, other.shape)
    lengths = [x.shape[normal_axis(dim, x.ndim)] if x.ndim else 0 for x in (input, other)]
    if lengths != [3, 3]:
        found = f"but got {lengths[0]} and {lengths[1]}" if shape else "but the tensors have no dimensions"
        raise ShapeError(
            f"linalg.cross: inputs dimension {dim} must have length 3, {found} (the shapes are {tuple(input.shape)} "
            f"and {tuple(other.shape)})"
        )
    axis = normal_axis(dim, len(shape)) - len(shape)
    a, b = broadcast_to(input, shape), broadcast_to(other, shape)
    forward, backward = (lambda x: xp.roll(x, -1, axis)), (lambda x: xp.roll(x, -2, axis))
    return forward(a) * backward(b) - backward(a) * forward(b)
