"""Norms of vectors and matrices, systems of linear equations, determinants."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from .. import _dtypes
from .._core.errors import ShapeError
from .._core.precision import in_single_precision
from .._core.primitive import OPERATIONS as xp
from .._core.same_dtype import require_same_dtype
from .._core.tensor import Tensor
from .._dtypes import DType
from .._ops.axes import normal_axis
from .._ops.decompositions import of_triangle
from .._ops.reductions import axes_of
from .broadcasting import broadcast_shapes, broadcast_to
from .common import check_tensor, dims_of, numpy_spelling, place_of, second_names
from .creation import check_dtype, eye, zeros
from .decompositions import check_matrices, check_square, conjugate_transpose, svdvals
from .public import public_function, public_in_module
from .strides import separate_from


class SlogdetResult(NamedTuple):
    """The sign and logarithm that `slogdet` returns."""

    sign: Tensor
    logabsdet: Tensor


class LeastSquares(NamedTuple):
    """The solution, and what comes with it, that `linalg.lstsq` returns."""

    solution: Tensor
    residuals: Tensor
    rank: Tensor
    singular_values: Tensor


def _identity(like: Tensor) -> Tensor:
    side = like.shape[-1]
    made = eye(side, dtype=like.dtype, **place_of(like))
    return broadcast_to(made, tuple(like.shape))


# -- norms -------------------------------------------------------------------------------------------------------------


def _axes(x: Tensor, dim: Any) -> Any:
    axis = dims_of(dim)
    return None if axis is None else axes_of(axis, x.ndim)


@public_in_module
@numpy_spelling
def vector_norm(
    x: Tensor, ord: float = 2, dim: Any = None, keepdim: bool = False, *, dtype: DType | None = None
) -> Tensor:
    """Return the vector norm ``sum(abs(x) ** ord) ** (1 / ord)`` of all elements, or along ``dim``.

    The gradient at a norm of 0 is 0.

    Args:
        x: a tensor of a floating-point or complex type.
        ord: the order, a number.  Infinity gives the largest absolute value, minus infinity the smallest, 0 the number
            of elements that are not 0.
        dim: the dimension to reduce, or a tuple of dimensions.  None, the default, reduces all of them.
        keepdim: whether the reduced dimensions stay in the result, with length 1.
        dtype: the data type that the elements are converted to first.  By default that of ``x``.

    Returns:
        A real tensor of the shape of ``x`` without the reduced dimensions.

    Raises:
        TypeError: ``ord`` is not a number.
        RuntimeError: the data type is an integer type or bool.

    Example::

        >>> polygrad.linalg.vector_norm(polygrad.tensor([3.0, 4.0]))
        tensor(5.)
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
    """Return the norm of a finite order.  Integers are converted to the default floating type."""
    return xp.power_norm(x, order, axis, keepdims)


def _check_floating(x: Tensor, name: str) -> None:
    if not x.dtype.is_differentiable:
        raise RuntimeError(
            f"linalg.{name}: Expected a floating point or complex tensor as input. Got {x.dtype.name}; convert it "
            "first, as in x.float()"
        )


@public_in_module
@numpy_spelling
def matrix_norm(
    A: Tensor, ord: Any = "fro", dim: Any = (-2, -1), keepdim: bool = False, *, dtype: DType | None = None
) -> Tensor:
    """Return a norm of matrices.

    Args:
        A: a tensor of a floating-point or complex type with at least two dimensions.
        ord: ``"fro"``, the root of the sum of squares; ``"nuc"``, the sum of the singular values; 2 or -2, the largest
            or smallest singular value; 1 or -1, the largest or smallest sum of absolute values of a column; infinity or
            minus infinity, of a row.
        dim: the dimensions of the rows and of the columns.
        keepdim: whether the reduced dimensions stay in the result, with length 1.
        dtype: the data type that the elements are converted to first.  By default that of ``A``.

    Returns:
        A real tensor of the shape of ``A`` without the two dimensions.

    Raises:
        RuntimeError: ``ord`` is unknown, ``dim`` is not two dimensions, or the data type is an integer type or bool.

    Example::

        >>> polygrad.linalg.matrix_norm(polygrad.tensor([[1.0, 2.0], [3.0, 4.0]]), ord=1)
        tensor(6.)
    """
    check_matrices(A, "matrix_norm")
    if (dtype := check_dtype(dtype)) is not None:
        A = xp.astype(A, dtype)
    _check_floating(A, "matrix_norm")
    axes = axes_of(tuple(dim), A.ndim)
    if len(axes) != 2:
        raise ShapeError(f"linalg.matrix_norm: dim must be two dimensions, not {tuple(dim)}")
    if ord == "fro":
        return power_norm(A, axes, 2, keepdim)
    if ord in ("nuc", 2, -2):
        order = (*(d for d in range(A.ndim) if d not in axes), *axes)
        values = svdvals(xp.permute_dims(A, order))
        reduce = {"nuc": xp.sum, 2: _max_or_zero, -2: xp.min}[ord]
        result = reduce(values, -1)
    elif ord in (1, -1, math.inf, -math.inf):
        along, across = axes if ord in (1, -1) else axes[::-1]
        sums = xp.sum(xp.abs(A), along, True)
        result = xp.reshape((_max_or_zero if ord > 0 else xp.min)(sums, across, True), _drop_axes(A, axes))
    else:
        raise ShapeError(f"linalg.matrix_norm: ord must be 'fro', 'nuc', 1, -1, 2, -2, inf or -inf, not {ord!r}")
    return xp.reshape(result, tuple(1 if d in axes else n for d, n in enumerate(A.shape))) if keepdim else result


def _max_or_zero(sizes: Tensor, axis: int, keepdims: bool = False) -> Tensor:
    """Return the largest of non-negative values along ``axis``, and 0 where there is none."""
    return (xp.max if sizes.shape[axis] else xp.sum)(sizes, axis, keepdims)


def _drop_axes(x: Tensor, axes: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(n for d, n in enumerate(x.shape) if d not in axes)


@public_in_module
@second_names(axis="dim", keepdims="keepdim", input="A")
def norm(A: Tensor, ord: Any = None, dim: Any = None, keepdim: bool = False, *, dtype: DType | None = None) -> Tensor:
    """Return a norm of matrices or of vectors, whichever the arguments mean.

    It is `matrix_norm` if ``ord`` is a name, if two dimensions and an order are given, or for the order of a matrix
    without ``dim``; and `vector_norm` otherwise.

    Args:
        A: a tensor of a floating-point or complex type.
        ord: the order, as of `matrix_norm` or `vector_norm`.  None, the default, is the root of the sum of squares.
        dim: the dimension of vectors, or the two of matrices.  None, the default, means all.
        keepdim: whether the reduced dimensions stay in the result, with length 1.
        dtype: the data type that the elements are converted to first.  By default that of ``A``.

    Returns:
        A real tensor of the shape of ``A`` without the reduced dimensions.

    Raises:
        RuntimeError: ``ord`` is unknown, or the data type is an integer type or bool.

    Example::

        >>> polygrad.linalg.norm(polygrad.tensor([[1.0, 2.0], [3.0, 4.0]]), ord="nuc")
        tensor(5.8310)
    """
    is_pair = dim is not None and not isinstance(dim, int) and len(tuple(dim)) == 2
    if isinstance(ord, str) or (ord is not None and (is_pair or (dim is None and A.ndim == 2))):
        return matrix_norm(A, ord, (-2, -1) if dim is None else dim, keepdim, dtype=dtype)
    return vector_norm(A, 2 if ord is None else ord, dim, keepdim, dtype=dtype)


@public_in_module
def cond(A: Tensor, p: Any = None) -> Tensor:
    """Return the condition numbers of matrices: ``norm(A, p) * norm(inv(A), p)``.

    Args:
        A: a tensor of shape ``(*, n, n)``, or ``(*, n, m)`` where ``p`` is None, 2 or -2.
        p: the order, as of `matrix_norm`.  None, the default, is 2: the largest singular value divided by the smallest.

    Returns:
        A real tensor of shape ``(*)``.

    Raises:
        RuntimeError: the matrices are not square, or ``p`` is unknown.

    Example::

        >>> polygrad.linalg.cond(polygrad.tensor([[4.0, 0.0], [0.0, 2.0]]))
        tensor(2.)
    """
    check_matrices(A, "cond")
    if 0 in A.shape[-2:]:  # as in PyTorch
        return xp.sum(xp.abs(A), (-2, -1))
    if p in (None, 2, -2):
        values = svdvals(A)
        ratio = xp.divide(values[..., 0], values[..., -1])
        return xp.reciprocal(ratio) if p == -2 else ratio
    return matrix_norm(A, p) * matrix_norm(inv(A), p)


# -- systems of equations ----------------------------------------------------------------------------------------------


@public_in_module
@require_same_dtype("A", "B")
def solve(A: Tensor, B: Tensor, *, left: bool = True) -> Tensor:
    """Solve the linear equations ``A @ X == B``.

    Args:
        A: a tensor of shape ``(*, n, n)``.
        B: the right side: matrices of shape ``(*, n, k)``, or vectors, if the shape is ``(n,)`` or that of ``A`` without
            the last dimension.  It has the data type of ``A``.
        left: False solves ``X @ A == B`` instead.

    Returns:
        The solution, of the shape of ``B`` with the batch dimensions broadcast.

    Raises:
        LinAlgError: a matrix is singular, on backends that test for it.
        RuntimeError: the shapes or data types do not fit.

    Example::

        >>> polygrad.linalg.solve(polygrad.tensor([[2.0, 0.0], [0.0, 4.0]]), polygrad.tensor([2.0, 2.0]))
        tensor([1.0000, 0.5000])
    """
    check_square(A, "solve")
    check_tensor(B, "solve", "B")
    vector = B.ndim == 1 or (B.ndim == A.ndim - 1 and B.shape == A.shape[:-1])
    if vector:
        B = xp.expand_dims(B, axis=-1)
        if not left:
            raise ShapeError("linalg.solve: with left=False, B must hold matrices, not vectors; leave left=False out")
    _check_right_side(A, B, left, "solve")
    X = _solve(xp.solve, A, B, left)
    return X[..., 0] if vector else X


def _check_right_side(A: Tensor, B: Tensor, left: bool, name: str) -> None:
    if B.ndim < 2 or A.shape[-1] != B.shape[-2 if left else -1]:
        raise ShapeError(
            f"linalg.{name}: Incompatible shapes of A and B for the equation {'AX = B' if left else 'XA = B'} "
            f"({format_shape(A)} and {format_shape(B)})"
        )


def format_shape(x: Tensor) -> str:
    return "x".join(str(n) for n in x.shape)


def _solve(operation: Any, A: Tensor, B: Tensor, left: bool, **settings: Any) -> Tensor:
    if left:
        return operation(A, B, **settings)
    return xp.matrix_transpose(operation(xp.matrix_transpose(A), xp.matrix_transpose(B), **settings))


@public_in_module
@require_same_dtype("A", "B")
def solve_triangular(A: Tensor, B: Tensor, *, upper: bool, left: bool = True, unitriangular: bool = False) -> Tensor:
    """Solve the linear equations ``A @ X == B`` for triangular matrices.

    Args:
        A: a tensor of shape ``(*, n, n)``.  Only one triangle is read.
        B: a tensor of shape ``(*, n, k)`` and the same data type.
        upper: whether the upper triangle is read, or the lower one.
        left: False solves ``X @ A == B`` instead.
        unitriangular: whether the diagonal counts as 1 and is not read.

    Returns:
        The solution, of the shape of ``B`` with the batch dimensions broadcast.

    Raises:
        RuntimeError: the shapes or data types do not fit.

    Example::

        >>> A, B = polygrad.tensor([[2.0, 0.0], [1.0, 1.0]]), polygrad.tensor([[2.0], [3.0]])
        >>> polygrad.linalg.solve_triangular(A, B, upper=False)
        tensor([[1.],
                [2.]])
    """
    check_square(A, "solve_triangular")
    check_matrices(B, "solve_triangular", "B")
    _check_right_side(A, B, left, "solve_triangular")
    return _solve(xp.solve_triangular, A, B, left, upper=upper if left else not upper, unitriangular=unitriangular)


@public_function(method=True, out=True)
@second_names(input="B", input2="L")
@require_same_dtype("B", "L")
def cholesky_solve(B: Tensor, L: Tensor, upper: bool = False) -> Tensor:
    """Solve the linear equations ``A @ X == B``, given the Cholesky factor of ``A``.

    Args:
        B: a tensor of shape ``(*, n, k)``.
        L: the factor, of shape ``(*, n, n)``, as `linalg.cholesky` gives it.
        upper: whether the factor is upper triangular.

    Returns:
        The solution, of shape ``(*, n, k)``.

    Raises:
        RuntimeError: the shapes or data types do not fit.

    Example::

        >>> L = polygrad.linalg.cholesky(polygrad.tensor([[4.0, 2.0], [2.0, 5.0]]))
        >>> polygrad.cholesky_solve(polygrad.tensor([[6.0], [7.0]]), L)
        tensor([[1.],
                [1.]])
    """
    check_square(L, "cholesky_solve", "L")
    _check_right_side(L, check_matrices(B, "cholesky_solve", "B"), True, "cholesky_solve")
    first, second = (conjugate_transpose(L), L) if upper else (L, conjugate_transpose(L))
    return xp.solve_triangular(second, xp.solve_triangular(first, B, upper=False), upper=True)


@public_function(method=True, out=True)
@second_names(input="L")
def cholesky_inverse(L: Tensor, upper: bool = False) -> Tensor:
    """Return the inverse of a matrix, given its Cholesky factor.

    Args:
        L: the factor, of shape ``(*, n, n)``, as `linalg.cholesky` gives it.
        upper: whether the factor is upper triangular.

    Returns:
        A tensor of shape ``(*, n, n)``.

    Raises:
        RuntimeError: the matrices are not square.

    Example::

        >>> polygrad.cholesky_inverse(polygrad.tensor([[2.0, 0.0], [0.0, 4.0]]))
        tensor([[0.2500, 0.0000],
                [0.0000, 0.0625]])
    """
    return cholesky_solve(_identity(check_square(L, "cholesky_inverse", "L")), L, upper)


@public_function("inv inverse", method="inverse", out=True)
@second_names(input="A")
def inv(A: Tensor) -> Tensor:
    """Return the inverses of square matrices.

    To solve a system of equations, `linalg.solve` is faster and more accurate.

    Args:
        A: a tensor of shape ``(*, n, n)``.

    Returns:
        A tensor of shape ``(*, n, n)``.

    Raises:
        LinAlgError: a matrix is singular, on backends that test for it.
        RuntimeError: the matrices are not square.

    Example::

        >>> polygrad.linalg.inv(polygrad.tensor([[2.0, 0.0], [0.0, 4.0]]))
        tensor([[0.5000, 0.0000],
                [0.0000, 0.2500]])
    """
    return xp.inv(check_square(A, "inv"))


@public_function("pinv pinverse", method="pinverse", out=True)
@second_names(input="A")
def pinv(
    A: Tensor,
    rcond: float | None = None,
    hermitian: bool = False,
    *,
    atol: float | None = None,
    rtol: float | None = None,
) -> Tensor:
    """Return the pseudoinverses of matrices.

    Singular values up to ``max(atol, rtol * largest)`` count as 0.  The gradient is that of a change of ``A`` which keeps
    the rank.

    Args:
        A: a tensor of shape ``(*, n, m)``.
        rcond: an older name of ``rtol``.
        atol: the absolute tolerance.  By default 0.
        rtol: the relative tolerance.  By default ``max(n, m)`` times the ``eps`` of the data type, or 0 if ``atol`` is
            given.
        hermitian: whether the matrices are Hermitian; only the lower triangle is read.

    Returns:
        A tensor of shape ``(*, m, n)``.

    Raises:
        RuntimeError: ``A`` has fewer than two dimensions, or is not square although ``hermitian``.

    Example::

        >>> polygrad.linalg.pinv(polygrad.tensor([[2.0], [0.0]]))
        tensor([[0.5000, 0.0000]])
    """
    if hermitian:
        check_square(A, "pinv")
    rtol = rcond if rtol is None else rtol
    limits = {"rtol": None if rtol is None else float(rtol), "atol": 0.0 if atol is None else float(atol)}
    return xp.pinv(check_matrices(A, "pinv"), **limits, hermitian=hermitian)


@public_in_module
@require_same_dtype("A", "B")
def lstsq(A: Tensor, B: Tensor, rcond: float | None = None, *, driver: str | None = None) -> LeastSquares:
    """Find the ``X`` that minimizes ``norm(A @ X - B)``; of several, the one of least norm.

    The solution is ``pinv(A) @ B`` for every ``driver``.  As in PyTorch, the driver decides what comes with it.

    Args:
        A: a tensor of shape ``(*, n, m)``.
        B: a tensor of the same data type and of shape ``(*, n, k)`` or ``(*, n)``.
        rcond: the relative tolerance below which a singular value counts as 0, as `rtol` of `pinv`.
        driver: ``"gelsy"``, the default, ``"gels"``, ``"gelsd"`` or ``"gelss"``.

    Returns:
        The named tuple ``(solution, residuals, rank, singular_values)``.  ``residuals`` are squared distances if ``n >
        m`` and the rank is full (which ``"gels"`` assumes), else empty, also for ``"gelsy"``; ``rank`` is empty for
        ``"gels"``; ``singular_values`` are empty but for ``"gelss"`` and ``"gelsd"``.

    Raises:
        RuntimeError: the shapes or data types do not fit, or ``driver`` is unknown.

    Example::

        >>> A, B = polygrad.tensor([[1.0], [0.0]]), polygrad.tensor([[2.0], [3.0]])
        >>> polygrad.linalg.lstsq(A, B).solution
        tensor([[2.]])
    """
    check_matrices(A, "lstsq")
    check_tensor(B, "lstsq", "B")
    if driver not in (None, "gels", "gelsy", "gelsd", "gelss"):
        raise ShapeError(f"linalg.lstsq: driver must be 'gels', 'gelsy', 'gelsd' or 'gelss', not {driver!r}")
    vector = B.ndim == A.ndim - 1
    if vector:
        B = xp.expand_dims(B, axis=-1)
    if B.ndim < 2 or B.shape[-2] != A.shape[-2]:
        raise ShapeError(
            f"linalg.lstsq: A and B must have the same number of rows, but the shapes are ({format_shape(A)} and {format_shape(B)})"
        )
    X = xp.matmul(pinv(A, rtol=rcond), B)
    values = svdvals(A.detach())
    rank = _rank(values, A, rcond)
    place = place_of(A)
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
    """Count the ``values`` above the tolerance; a tolerance may be a tensor with one number for each matrix."""
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


@public_in_module
def matrix_rank(
    A: Tensor,
    tol: float | Tensor | None = None,
    *,
    atol: float | Tensor | None = None,
    rtol: float | Tensor | None = None,
    hermitian: bool = False,
) -> Tensor:
    """Count the singular values that are larger than ``max(atol, rtol * largest)``.

    Args:
        A: a tensor of shape ``(*, n, m)``.
        tol: an older name of ``atol``.
        atol: the absolute tolerance, a number, or a tensor with one for each matrix.  By default 0.
        rtol: the relative tolerance, in the same forms.  By default ``max(n, m)`` times the ``eps`` of the data type,
            or 0 if ``atol`` is given.
        hermitian: whether the matrices are Hermitian; only the lower triangle is read.

    Returns:
        An int64 tensor of shape ``(*)``.

    Raises:
        RuntimeError: ``A`` has fewer than two dimensions, or is not square although ``hermitian``.

    Example::

        >>> polygrad.linalg.matrix_rank(polygrad.tensor([[1.0, 2.0], [2.0, 4.0]]))
        tensor(1)
    """
    check_matrices(A, "matrix_rank")
    if hermitian:
        A = of_triangle(xp, check_square(A, "matrix_rank"))
    return _rank(svdvals(A.detach()), A, rtol, tol if atol is None else atol)


# -- determinants and powers -------------------------------------------------------------------------------------------


@public_function(method=True, out=True)
@second_names(input="A")
def det(A: Tensor) -> Tensor:
    """Return the determinants of square matrices.

    The gradient, the matrix of cofactors, is also right for singular matrices.

    Args:
        A: a tensor of shape ``(*, n, n)``.

    Returns:
        A tensor of shape ``(*)``.

    Raises:
        RuntimeError: the matrices are not square.

    Example::

        >>> polygrad.linalg.det(polygrad.tensor([[2.0, 1.0], [0.0, 3.0]]))
        tensor(6.)
    """
    return xp.det(check_square(A, "det"))


@public_function(method=True, out=True)
@second_names(input="A")
def slogdet(A: Tensor) -> SlogdetResult:
    """Return the sign of the determinant, and the logarithm of its absolute value, which does not overflow.

    Args:
        A: a tensor of shape ``(*, n, n)``.

    Returns:
        The named tuple ``(sign, logabsdet)`` of two tensors of shape ``(*)``.  The sign of complex matrices is a number
        of absolute value 1.

    Raises:
        RuntimeError: the matrices are not square.

    Example::

        >>> polygrad.linalg.slogdet(polygrad.tensor([[2.0, 0.0], [0.0, -3.0]]))
        SlogdetResult(sign=tensor(-1.), logabsdet=tensor(1.7918))
    """
    return SlogdetResult(*xp.slogdet(check_square(A, "slogdet")))


@public_function(method=True)
def logdet(input: Tensor) -> Tensor:
    """Return the logarithm of the determinant.

    Args:
        input: a tensor of shape ``(*, n, n)``.

    Returns:
        A tensor of shape ``(*)``; NaN where the determinant is negative, minus infinity where it is 0.

    Raises:
        RuntimeError: the matrices are not square.

    Example::

        >>> polygrad.logdet(polygrad.tensor([[2.0, 0.0], [0.0, 3.0]]))
        tensor(1.7918)
    """
    sign, size = slogdet(input)
    return xp.log(sign) + size if not sign.dtype.is_complex else xp.complex(size, xp.zeros_like(size)) + xp.log(sign)


@public_function(method=True, out=True)
@second_names(input="A")
@in_single_precision
def matrix_power(A: Tensor, n: int) -> Tensor:
    """Raise square matrices to an integer power, by repeated squaring.

    Args:
        A: a tensor of shape ``(*, n, n)``.
        n: the exponent, an int.  A negative one is a power of the inverse; 0 gives the identity.

    Returns:
        A tensor of shape ``(*, n, n)``.

    Raises:
        TypeError: the exponent is not an int.
        RuntimeError: the matrices are not square.

    Example::

        >>> polygrad.linalg.matrix_power(polygrad.tensor([[1.0, 1.0], [0.0, 1.0]]), 3)
        tensor([[1., 3.],
                [0., 1.]])
    """
    check_square(A, "matrix_power")
    if not isinstance(n, int):
        raise TypeError(f"matrix_power() takes an int, not {type(n).__name__}")
    if n == 0:
        identity = _identity(A)
        return xp.where(xp.equal(identity, identity), identity, A)  # constant, with a gradient of 0
    factor, n, result = (inv(A), -n, None) if n < 0 else (A, n, None)
    while n:
        if n & 1:
            result = factor if result is None else xp.matmul(result, factor)
        n >>= 1
        if n:
            factor = xp.matmul(factor, factor)
    return separate_from(A, result)  # type: ignore[arg-type]  # n > 0, so there is a factor


@public_in_module
@numpy_spelling
@require_same_dtype("input", "other")
def cross(input: Tensor, other: Tensor, *, dim: int = -1) -> Tensor:
    """Return the cross products of vectors of three elements along a dimension.

    Args:
        input: a tensor.
        other: a tensor of the same data type whose shape broadcasts with that of ``input``.
        dim: the dimension of the vectors, of length 3.

    Returns:
        A tensor of the broadcast shape.

    Raises:
        RuntimeError: the dimension does not have length 3, the shapes do not broadcast, or the data types differ.

    Example::

        >>> polygrad.linalg.cross(polygrad.tensor([1.0, 0.0, 0.0]), polygrad.tensor([0.0, 1.0, 0.0]))
        tensor([0., 0., 1.])
    """
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
