"""PyTorch's linalg: decompositions, systems of equations, norms."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from .. import _dtypes
from .._core.alike import alike
from .._core.errors import ShapeError
from .._core.precision import in_single_precision
from .._core.primitive import OPERATIONS as xp
from .._core.tensor import Tensor
from .._dtypes import DType
from .._ops.decompositions import of_triangle
from .._ops.manipulation import normal_axis
from .._ops.reductions import axes_of
from .broadcasting import broadcast_shapes, broadcast_to
from .common import check_tensor, dims_of, numpy_spelling
from .creation import check_dtype, eye, zeros
from .decompositions import check_matrices, check_square, conjugate_transpose, svdvals
from .public import public_function
from .strides import separate_from


class SlogdetResult(NamedTuple):
    """What `slogdet` returns."""

    sign: Tensor
    logabsdet: Tensor


class LeastSquares(NamedTuple):
    """What `lstsq` returns."""

    solution: Tensor
    residuals: Tensor
    rank: Tensor
    singular_values: Tensor


def _identity(like: Tensor) -> Tensor:
    side = like.shape[-1]
    made = eye(side, dtype=like.dtype, backend=like.backend, device=None if like.backend.level else like.device)
    return broadcast_to(made, tuple(like.shape))


# -- norms -------------------------------------------------------------------------------------------------------------


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


def power_norm(x: Tensor, axis: Any, order: float = 2, keepdims: bool = False) -> Tensor:
    """The norm of a finite order, integers converted to the default floating type."""
    return xp.power_norm(x, order, axis, keepdims)


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
    check_matrices(A, "matrix_norm")
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
    check_matrices(A, "cond")
    if 0 in A.shape[-2:]:  # as in PyTorch
        return xp.sum(xp.abs(A), (-2, -1))
    if p in (None, 2, -2):
        values = svdvals(A)
        ratio = xp.divide(values[..., 0], values[..., -1])
        return xp.reciprocal(ratio) if p == -2 else ratio
    return matrix_norm(A, p) * matrix_norm(inv(A), p)


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
    check_square(A, "solve")
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
    check_square(A, "solve_triangular")
    check_matrices(B, "solve_triangular", "B")
    _check_right_side(A, B, left, "solve_triangular")
    return _solved(xp.solve_triangular, A, B, left, upper=upper if left else not upper, unitriangular=unitriangular)


@public_function(method=True)
@alike("B", "L")
def cholesky_solve(B: Tensor, L: Tensor, upper: bool = False) -> Tensor:
    """``X`` with ``A @ X == B``, where ``L`` is `cholesky` of ``A`` (of its ``upper`` form)."""
    check_square(L, "cholesky_solve", "L")
    _check_right_side(L, check_matrices(B, "cholesky_solve", "B"), True, "cholesky_solve")
    first, second = (conjugate_transpose(L), L) if upper else (L, conjugate_transpose(L))
    return xp.solve_triangular(second, xp.solve_triangular(first, B, upper=False), upper=True)


@public_function(method=True)
def cholesky_inverse(L: Tensor, upper: bool = False) -> Tensor:
    """The inverse of ``A``, where ``L`` is `cholesky` of ``A``."""
    return cholesky_solve(_identity(check_square(L, "cholesky_inverse", "L")), L, upper)


@public_function("inv inverse", method="inverse")
def inv(A: Tensor) -> Tensor:
    """The inverse of square matrices.  Raises LinAlgError for a singular one, on backends that look."""
    return xp.inv(check_square(A, "inv"))


@public_function("pinv pinverse", method="pinverse")
def pinv(A: Tensor, *, atol: float | None = None, rtol: float | None = None, hermitian: bool = False) -> Tensor:
    """The pseudoinverse of matrices of shape ``(…, m, n)``, which has shape ``(…, n, m)``.

    Singular values up to ``max(atol, rtol * largest)`` count as 0; ``rtol`` is ``max(m, n)`` times the type's ``eps``
    unless one of the two is given.  With ``hermitian`` only the lower triangle is read.  The gradient is that of a
    change that keeps the rank.
    """
    if hermitian:
        check_square(A, "pinv")
    limits = {"rtol": None if rtol is None else float(rtol), "atol": 0.0 if atol is None else float(atol)}
    return xp.pinv(check_matrices(A, "pinv"), **limits, hermitian=hermitian)


@alike("A", "B")
def lstsq(A: Tensor, B: Tensor, rcond: float | None = None, *, driver: str | None = None) -> LeastSquares:
    """The ``X`` of least norm that makes ``norm(A @ X - B)`` smallest.

    ``A`` has shape ``(…, m, n)``, and ``B`` ``(…, m, k)`` or ``(…, m)``.

    By way of `pinv`, whatever the ``driver``: as in PyTorch it decides what comes with the solution. ``residuals``
    are squared distances where ``m > n`` and the rank is full (``"gels"`` takes that for granted), and empty elsewhere and
    for ``"gelsy"``, the default;
    ``rank`` is empty for ``"gels"``, and ``singular_values`` for all but ``"gelss"`` and ``"gelsd"``.
    """
    check_matrices(A, "lstsq")
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
    place: dict[str, Any] = {"backend": A.backend, "device": None if A.backend.level else A.device}
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
    check_matrices(A, "matrix_rank")
    if hermitian:
        A = of_triangle(xp, check_square(A, "matrix_rank"))
    return _rank(svdvals(A.detach()), A, rtol, tol if atol is None else atol)


# -- determinants and powers -------------------------------------------------------------------------------------------


@public_function(method=True)
def det(A: Tensor) -> Tensor:
    """The determinant of square matrices.  Its gradient, the cofactors, is right for singular ones too."""
    return xp.det(check_square(A, "det"))


@public_function(method=True)
def slogdet(A: Tensor) -> SlogdetResult:
    """The sign of the determinant, and the logarithm of its absolute value."""
    return SlogdetResult(*xp.slogdet(check_square(A, "slogdet")))


@public_function(method=True)
def logdet(input: Tensor) -> Tensor:
    """The logarithm of the determinant; NaN where that is negative."""
    sign, size = slogdet(input)
    return xp.log(sign) + size if not sign.dtype.is_complex else xp.complex(size, xp.zeros_like(size)) + xp.log(sign)


@public_function(method=True)
@in_single_precision
def matrix_power(A: Tensor, n: int) -> Tensor:
    """``A`` multiplied ``n`` times; a negative ``n`` multiplies its inverse.  By repeated squaring."""
    check_square(A, "matrix_power")
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
