"""Factorizations of matrices into parts that are not given apart: LU and its solutions, Householder reflections, low rank."""

from __future__ import annotations

from typing import Any, NamedTuple

from .. import _dtypes
from .._core.errors import LinAlgError, ShapeError
from .._core.primitive import OPERATIONS as xp
from .._core.same_dtype import require_same_dtype
from .._core.tensor import Tensor
from .._core.warn import warn
from .._ops.factorizations import unit_lower
from .broadcasting import broadcast_shapes, broadcast_to
from .common import assume, check_tensor, place_of, values_for_checks
from .creation import zeros
from .decompositions import check_matrices, check_square, conjugate_transpose, qr, svd
from .linalg import format_shape
from .public import public_function, public_in_module
from .random import randn


class LUResult(NamedTuple):
    """The factors that `linalg.lu` returns."""

    P: Tensor
    L: Tensor
    U: Tensor


class LUFactors(NamedTuple):
    """The factors, in one matrix, and the pivots that `linalg.lu_factor` returns."""

    LU: Tensor
    pivots: Tensor


class LUFactorsInfo(NamedTuple):
    """What `linalg.lu_factor_ex` returns."""

    LU: Tensor
    pivots: Tensor
    info: Tensor


class GeqrfResult(NamedTuple):
    """The reflections that `geqrf` returns."""

    a: Tensor
    tau: Tensor


# -- LU ----------------------------------------------------------------------------------------------------------------


def _factorize(A: Tensor, pivot: bool, name: str) -> LUFactors:
    check_matrices(A, name)
    if not A.dtype.is_differentiable:
        raise NotImplementedError(
            f"linalg.{name}: A must be floating-point or complex, not {A.dtype.name}; write A.float()"
        )
    if not pivot:
        raise RuntimeError(f"linalg.{name}: LU without pivoting is not implemented; leave pivot=False out")
    return LUFactors(*xp.lu_factor(A))


def _first_zero(factors: Tensor) -> Tensor:
    """The place, from 1 on, of the first zero on the diagonal of every matrix, or 0."""
    zero = xp.diagonal(factors.detach()) == 0
    if not zero.shape[-1]:
        return xp.astype(xp.sum(xp.astype(zero, _dtypes.int32), -1), _dtypes.int32)
    first = xp.argmax(xp.astype(zero, _dtypes.int32), axis=-1) + 1
    return xp.astype(xp.where(xp.any(zero, axis=-1), first, xp.zeros_like(first)), _dtypes.int32)


def _refuse_zero(info: Tensor, name: str) -> None:
    """Raise LinAlgError where a matrix has no inverse; not while a function is compiled, which must not look at values."""

    def check(places: Any) -> None:
        if places.any():
            place = int(places.reshape(-1)[places.reshape(-1) != 0][0])
            raise LinAlgError(
                f"linalg.{name}: U[{place},{place}] is zero, and lu_solve would divide by it; linalg.lu and linalg.lu_factor_ex "
                "factorize such a matrix without an error"
            )

    values = values_for_checks(info)
    if values is None:
        assume(info, check)
    else:
        check(values)


@public_in_module
def lu_factor(A: Tensor, *, pivot: bool = True) -> LUFactors:
    """Return the LU factorization with exchanged rows, ``A == P @ L @ U``, in the form that `lu_solve` takes.

    The gradient needs the first ``min(n, m)`` columns and rows to be linearly independent (F. de Hoog, R. Anderssen and M. Lukas,
    "Differentiation of matrix functionals using triangular factorization", 2011).

    Args:
        A: a tensor of shape ``(*, n, m)``.
        pivot: whether rows are exchanged.  Only True is implemented.

    Returns:
        The named tuple ``(LU, pivots)``.  ``LU``, of the shape of ``A``, holds ``U`` from the diagonal on, and below it ``L``,
        whose diagonal is 1.  ``pivots``, int32 of shape ``(*, min(n, m))``, says which row each row was exchanged with,
        counted from 1.

    Raises:
        LinAlgError: a square matrix is singular.
        RuntimeError: ``A`` has fewer than two dimensions, or ``pivot`` is False.
        NotImplementedError: ``A`` has an integer type.

    Example::

        >>> polygrad.linalg.lu_factor(polygrad.tensor([[1.0, 2.0], [2.0, 2.0]])).LU
        tensor([[2.0000, 2.0000],
                [0.5000, 1.0000]])
    """
    factors = _factorize(A, pivot, "lu_factor")
    _refuse_zero(_first_zero(factors.LU), "lu_factor")
    return factors


@public_in_module
def lu_factor_ex(A: Tensor, *, pivot: bool = True, check_errors: bool = False) -> LUFactorsInfo:
    """Return the LU factorization as `lu_factor`, and where it has a zero instead of an error.

    Args:
        A: a tensor of shape ``(*, n, m)``.
        pivot: whether rows are exchanged.  Only True is implemented.
        check_errors: whether a zero raises all the same.

    Returns:
        The named tuple ``(LU, pivots, info)``.  ``info``, int32 of shape ``(*)``, is 0, or the place of the first zero on the
        diagonal of ``U``, counted from 1.

    Raises:
        LinAlgError: there is a zero, and ``check_errors``.
        RuntimeError: as `lu_factor`.

    Example::

        >>> polygrad.linalg.lu_factor_ex(polygrad.zeros(2, 2)).info
        tensor(1, dtype=polygrad.int32)
    """
    factors = _factorize(A, pivot, "lu_factor_ex")
    info = _first_zero(factors.LU)
    if check_errors:
        _refuse_zero(info, "lu_factor_ex")
    return LUFactorsInfo(*factors, info)


@public_function("lu", method=True)
def _legacy_lu(A: Tensor, pivot: bool = True, get_infos: bool = False) -> tuple[Tensor, ...]:
    """Return the LU factorization: PyTorch's older form of `linalg.lu_factor` and `linalg.lu_factor_ex`.

    Args:
        A: a tensor of shape ``(*, n, m)``.
        pivot: whether rows are exchanged.  Only True is implemented.
        get_infos: whether the place of a zero is returned instead of raised.

    Returns:
        The tuple ``(LU, pivots)``, or ``(LU, pivots, info)``.

    Raises:
        LinAlgError: there is a zero on the diagonal of ``U``, and ``get_infos`` is False.

    Example::

        >>> polygrad.linalg.lu_factor(polygrad.eye(2))[1]  # what to write instead
        tensor([1, 2], dtype=polygrad.int32)
    """
    warn("lu() is PyTorch's older form of linalg.lu_factor() and linalg.lu_factor_ex()")
    found = lu_factor_ex(A, pivot=pivot, check_errors=not get_infos)
    return tuple(found) if get_infos else (found.LU, found.pivots)


@public_in_module
def lu(A: Tensor, *, pivot: bool = True) -> LUResult:
    """Return the LU decomposition with exchanged rows, ``A == P @ L @ U``.

    Args:
        A: a tensor of shape ``(*, n, m)``; let ``k = min(n, m)``.
        pivot: whether rows are exchanged.  Only True is implemented.

    Returns:
        The named tuple ``(P, L, U)``: a permutation matrix of shape ``(*, n, n)``, the lower triangular ``L`` of shape
        ``(*, n, k)`` with ones on the diagonal, and the upper triangular ``U`` of shape ``(*, k, m)``.

    Raises:
        RuntimeError: ``A`` has fewer than two dimensions, or ``pivot`` is False.
        NotImplementedError: ``A`` has an integer type.

    Example::

        >>> P, L, U = polygrad.linalg.lu(polygrad.tensor([[1.0, 2.0], [2.0, 2.0]]))
        >>> U
        tensor([[2., 2.],
                [0., 1.]])
    """
    factors = _factorize(A, pivot, "lu")
    return LUResult(_permutation(*factors), *_parts(factors.LU))


def _permutation(factors: Tensor, pivots: Tensor) -> Tensor:
    rows = factors.shape[-2]
    order = xp.rows_of_pivots(pivots, rows=rows)
    chosen = xp.expand_dims(order, axis=-2) == xp.expand_dims(_numbers(order), axis=-1)
    return xp.astype(chosen, factors.dtype)


def _numbers(order: Tensor) -> Tensor:
    """``0, 1, …`` along the last axis."""
    return xp.cumulative_sum(xp.ones_like(order), axis=-1) - 1 if order.shape[-1] else order


def _parts(packed: Tensor) -> tuple[Tensor, Tensor]:
    rows, columns = packed.shape[-2:]
    side = min(rows, columns)
    lower = unit_lower(xp, packed[..., :side, :side])
    if rows > columns:
        lower = xp.concat([lower, packed[..., side:, :]], axis=-2)
    return lower, xp.triu(packed[..., :side, :])


@public_function()
def lu_unpack(LU_data: Tensor, LU_pivots: Tensor, unpack_data: bool = True, unpack_pivots: bool = True) -> LUResult:
    """Return the factors that `linalg.lu_factor` gives in one matrix.

    Args:
        LU_data: of shape ``(*, n, m)``, as `linalg.lu_factor` gives it.
        LU_pivots: int32, of shape ``(*, min(n, m))``.
        unpack_data: whether ``L`` and ``U`` are wanted; otherwise they are empty.
        unpack_pivots: whether ``P`` is wanted; otherwise it is empty.

    Returns:
        The named tuple ``(P, L, U)``, as of `linalg.lu`.

    Raises:
        RuntimeError: the pivots are not int32, or there are fewer than two dimensions.

    Example::

        >>> P, L, U = polygrad.lu_unpack(*polygrad.linalg.lu_factor(polygrad.tensor([[1.0, 2.0], [2.0, 2.0]])))
        >>> L
        tensor([[1.0000, 0.0000],
                [0.5000, 1.0000]])
    """
    check_matrices(LU_data, "lu_unpack", "LU_data")
    check_tensor(LU_pivots, "lu_unpack", "LU_pivots")
    _check_pivots(LU_data, LU_pivots, "lu_unpack", "LU_pivots")
    empty = zeros(0, dtype=LU_data.dtype, **place_of(LU_data))
    P = _permutation(LU_data, LU_pivots) if unpack_pivots else empty
    return LUResult(P, *(_parts(LU_data) if unpack_data else (empty, empty)))


def _check_pivots(LU: Tensor, pivots: Tensor, name: str, argument: str) -> None:
    if pivots.dtype is not _dtypes.int32:
        raise RuntimeError(
            f"{name}: {argument} must be int32, as linalg.lu_factor gives them, not {pivots.dtype.name}; write "
            f"{argument}.int()"
        )
    expected = (*LU.shape[:-2], min(LU.shape[-2:]))
    if tuple(pivots.shape) != expected:
        raise ShapeError(
            f"{name}: {argument} must have the shape {expected}, one for each column, not {tuple(pivots.shape)}"
        )


@public_in_module
@require_same_dtype("LU", "B")
def lu_solve(LU: Tensor, pivots: Tensor, B: Tensor, *, left: bool = True, adjoint: bool = False) -> Tensor:
    """Solve the linear equations ``A @ X == B``, given the LU factorization of ``A``.

    Args:
        LU: of shape ``(*, n, n)``, as `lu_factor` gives it.
        pivots: int32, of shape ``(*, n)``, as `lu_factor` gives them.
        B: the right side, of the data type of ``LU`` and of shape ``(*, n, k)``, or ``(*, k, n)`` where ``left`` is False.
        left: False solves ``X @ A == B`` instead.
        adjoint: whether ``A.mH`` stands in the place of ``A``.

    Returns:
        The solution, of the shape of ``B`` with the batch dimensions broadcast.

    Raises:
        RuntimeError: the shapes or data types do not fit.

    Example::

        >>> A, B = polygrad.tensor([[1.0, 2.0], [2.0, 2.0]]), polygrad.tensor([[3.0], [4.0]])
        >>> polygrad.linalg.lu_solve(*polygrad.linalg.lu_factor(A), B)
        tensor([[1.],
                [1.]])
    """
    check_square(LU, "lu_solve", "LU")
    check_tensor(pivots, "lu_solve", "pivots")
    check_matrices(B, "lu_solve", "B")
    _check_pivots(LU, pivots, "linalg.lu_solve", "pivots")
    if LU.shape[-1] != B.shape[-2 if left else -1]:
        raise ShapeError(
            f"linalg.lu_solve: Incompatible shapes of A and B for the equation {'AX = B' if left else 'XA = B'} "
            f"({format_shape(LU)} and {format_shape(B)})"
        )
    if not left:  # X A = B is A^H X^H = B^H
        return conjugate_transpose(lu_solve(LU, pivots, conjugate_transpose(B), adjoint=not adjoint))
    batch = broadcast_shapes(LU.shape[:-2], B.shape[:-2])
    B = broadcast_to(B, (*batch, *B.shape[-2:]))
    order = xp.rows_of_pivots(pivots, rows=LU.shape[-1])
    if not adjoint:
        B = _take_rows(B, order)
        return xp.solve_triangular(LU, xp.solve_triangular(LU, B, upper=False, unitriangular=True), upper=True)
    turned = conjugate_transpose(LU)
    half = xp.solve_triangular(turned, B, upper=False)
    return _take_rows(xp.solve_triangular(turned, half, upper=True, unitriangular=True), xp.argsort(order, axis=-1))


def _take_rows(B: Tensor, order: Tensor) -> Tensor:
    return xp.take_along_axis(B, xp.broadcast_to(xp.expand_dims(order, axis=-1), tuple(B.shape)), axis=-2)


@public_function("lu_solve", method=True)
def _legacy_lu_solve(input: Tensor, LU_data: Tensor, LU_pivots: Tensor) -> Tensor:
    """Solve ``A @ X == input``, given the LU factorization of ``A``: `linalg.lu_solve` with the right side first.

    Args:
        input: the right side, of shape ``(*, n, k)``.
        LU_data: of shape ``(*, n, n)``, as `linalg.lu_factor` gives it.
        LU_pivots: int32, of shape ``(*, n)``, as `linalg.lu_factor` gives them.

    Returns:
        The solution, of the shape of ``input`` with the batch dimensions broadcast.

    Raises:
        RuntimeError: the shapes or data types do not fit.

    Example::

        >>> A, b = polygrad.tensor([[1.0, 2.0], [2.0, 2.0]]), polygrad.tensor([[3.0], [4.0]])
        >>> polygrad.lu_solve(b, *polygrad.linalg.lu_factor(A))
        tensor([[1.],
                [1.]])
    """
    return lu_solve(LU_data, LU_pivots, input)


# -- Householder reflections -------------------------------------------------------------------------------------------


@public_function(method=True)
def geqrf(input: Tensor) -> GeqrfResult:
    """Return the QR decomposition as Householder reflections, whose product `linalg.householder_product` gives.

    It has no gradient, as in PyTorch; `linalg.qr` has one.

    Args:
        input: a tensor of shape ``(*, n, m)``.

    Returns:
        The named tuple ``(a, tau)``: ``a``, of the shape of ``input``, has ``R`` from the diagonal on and below it the vectors of
        the reflections; ``tau`` has shape ``(*, min(n, m))``.

    Raises:
        RuntimeError: ``input`` has fewer than two dimensions.

    Example::

        >>> a, tau = polygrad.geqrf(polygrad.tensor([[3.0], [4.0]]))
        >>> a[0]
        tensor([-5.])
    """
    return GeqrfResult(*xp.geqrf(check_matrices(input, "geqrf", "input")))


def _reflections(A: Tensor, tau: Tensor, name: str, argument: str) -> tuple[Tensor, Tensor]:
    """``V`` and ``T`` of ``I - V @ T @ V.mH``, the product of the reflections.

    R. Schreiber and C. Van Loan, "A storage-efficient WY representation for products of Householder transformations" (1989).
    ``T = inv(I + D @ S) @ D``, where ``D`` has ``tau`` on its diagonal and ``S`` is ``V.mH @ V`` above its diagonal: T. Joffrain et
    al., "Accumulating Householder transformations, revisited" (2006), in a form without a division by ``tau``.
    """
    check_matrices(A, name, argument)
    check_tensor(tau, name, "tau")
    columns = A.shape[-1]
    count = tau.shape[-1] if tau.ndim else 0
    if tuple(tau.shape[:-1]) != tuple(A.shape[:-2]) or not tau.ndim:
        raise ShapeError(
            f"linalg.{name}: tau must have the batch dimensions of {argument}, but the shapes are {tuple(tau.shape)} and "
            f"{tuple(A.shape)}"
        )
    if count > columns:
        raise ShapeError(
            f"linalg.{name}: {argument} must have a column for each number of tau, but it has {columns} columns and "
            f"tau {count} numbers"
        )
    V = A[..., :count]
    V = xp.concat([unit_lower(xp, V[..., :count, :]), V[..., count:, :]], axis=-2)
    factors = xp.expand_dims(tau, axis=-1)
    above = xp.triu(xp.matmul(conjugate_transpose(V), V), k=1)
    D = factors * unit_lower(xp, xp.zeros_like(above))
    return V, xp.solve_triangular(factors * above, D, upper=True, unitriangular=True)


@public_function("orgqr", method=True)
@public_in_module
@require_same_dtype("input", "tau")
def householder_product(input: Tensor, tau: Tensor) -> Tensor:
    """Return the first columns of a product of Householder reflections ``I - tau[i] * v[i] @ v[i].mH``.

    Args:
        input: of shape ``(*, n, m)`` with ``n >= m``.  Column ``i`` has ``v[i]`` below the diagonal; on it, ``v[i]`` is 1.
        tau: of shape ``(*, k)`` with ``k <= m`` and of the same data type.

    Returns:
        A tensor of shape ``(*, n, m)``.

    Raises:
        RuntimeError: the shapes or data types do not fit.

    Example::

        >>> Q = polygrad.linalg.householder_product(*polygrad.geqrf(polygrad.tensor([[3.0], [4.0]])))
        >>> polygrad.allclose(Q, polygrad.tensor([[-0.6], [-0.8]]))
        True
    """
    check_matrices(input, "householder_product", "input")
    rows, columns = input.shape[-2:]
    if rows < columns:
        raise ShapeError(
            f"linalg.householder_product: input must have at least as many rows as columns, but it has {rows} and {columns}"
        )
    V, T = _reflections(input, tau, "householder_product", "input")
    product = xp.matmul(V, xp.matmul(T, conjugate_transpose(V[..., :columns, :])))
    identity = xp.concat(
        [unit_lower(xp, xp.zeros_like(product[..., :columns, :])), xp.zeros_like(product[..., columns:, :])], axis=-2
    )
    return identity - product


@public_function(method=True)
@require_same_dtype("input", "tau", "other")
def ormqr(input: Tensor, tau: Tensor, other: Tensor, left: bool = True, transpose: bool = False) -> Tensor:
    """Multiply matrices by a product of Householder reflections, without building it.

    Args:
        input: of shape ``(*, n, k)``, the vectors of the reflections, as in `linalg.householder_product`.
        tau: of shape ``(*, k)``, their factors.
        other: of shape ``(*, n, m)``, or ``(*, m, n)`` where ``left`` is False.
        left: whether the product stands on the left of ``other``, or on the right.
        transpose: whether the conjugate transpose of the product is taken.

    Returns:
        A tensor of the shape of ``other``.

    Raises:
        RuntimeError: the shapes or data types do not fit.

    Example::

        >>> R = polygrad.ormqr(*polygrad.geqrf(polygrad.tensor([[3.0], [4.0]])), polygrad.tensor([[3.0], [4.0]]), transpose=True)
        >>> polygrad.allclose(R, polygrad.tensor([[-5.0], [0.0]]), atol=1e-6)
        True
    """
    check_matrices(input, "ormqr", "input")
    check_matrices(other, "ormqr", "other")
    if input.shape[-2] != other.shape[-2 if left else -1]:
        raise ShapeError(
            f"ormqr: other must have {'as many rows' if left else 'as many columns'} as input rows, but the shapes are "
            f"{tuple(other.shape)} and {tuple(input.shape)}"
        )
    V, T = _reflections(input, tau, "ormqr", "input")
    if transpose:
        T = conjugate_transpose(T)
    back = conjugate_transpose(V)
    if left:
        return other - xp.matmul(V, xp.matmul(T, xp.matmul(back, other)))
    return other - xp.matmul(xp.matmul(xp.matmul(other, V), T), back)


# -- low rank ----------------------------------------------------------------------------------------------------------


@public_function()
def svd_lowrank(
    A: Tensor, q: int | None = 6, niter: int | None = 2, M: Tensor | None = None
) -> tuple[Tensor, Tensor, Tensor]:
    """Return the largest singular values of matrices and their vectors, from products with random vectors.

    N. Halko, P.-G. Martinsson and J. A. Tropp, "Finding structure with randomness" (2011), algorithms 4.4 and 5.1.

    Args:
        A: a tensor of shape ``(*, n, m)``.
        q: how many; somewhat more than the rank that is expected.
        niter: the number of subspace iterations, which make it more accurate.
        M: what is subtracted from ``A`` first, of a shape that broadcasts to it.

    Returns:
        The tuple ``(U, S, V)`` with ``A - M`` close to ``U @ diag(S) @ V.mH``.

    Raises:
        ValueError: ``q`` is not from 0 to ``min(n, m)``, or ``niter`` is negative.

    Example::

        >>> A = polygrad.outer(polygrad.tensor([1.0, 2.0, 2.0]), polygrad.tensor([3.0, 4.0]))
        >>> U, S, V = polygrad.svd_lowrank(A, q=1)
        >>> S
        tensor([15.])
    """
    check_matrices(A, "svd_lowrank")
    q, niter = 6 if q is None else q, 2 if niter is None else niter
    if M is not None:
        A = A - broadcast_to(check_tensor(M, "svd_lowrank", "M"), tuple(A.shape))
    rows, columns = A.shape[-2:]
    q = min(q, rows, columns)
    if q < 0 or niter < 0:
        raise ValueError(f"svd_lowrank(): q and niter must not be negative, but they are {q} and {niter}")
    if rows < columns:
        U, S, V = _range_svd(conjugate_transpose(A), q, niter)
        return V, S, U
    return _range_svd(A, q, niter)


def _range_svd(A: Tensor, q: int, niter: int) -> tuple[Tensor, Tensor, Tensor]:
    back = conjugate_transpose(A)
    start = randn(A.shape[-1], q, dtype=A.dtype, **place_of(A))
    Q = qr(xp.matmul(A, start)).Q
    for _ in range(niter):
        Q = qr(xp.matmul(A, qr(xp.matmul(back, Q)).Q)).Q
    U, S, Vh = svd(xp.matmul(conjugate_transpose(Q), A), full_matrices=False)
    return xp.matmul(Q, U), S, conjugate_transpose(Vh)


@public_function()
def pca_lowrank(A: Tensor, q: int | None = None, center: bool = True, niter: int = 2) -> tuple[Tensor, Tensor, Tensor]:
    """Return the first principal components of rows of data, by `svd_lowrank`.

    Args:
        A: a tensor of shape ``(*, n, m)``: ``n`` rows of ``m`` numbers.
        q: how many components; by default ``min(6, n, m)``.
        center: whether the mean of the rows is subtracted first.
        niter: the number of subspace iterations.

    Returns:
        The tuple ``(U, S, V)`` with the data close to ``U @ diag(S) @ V.mH``: the columns of ``V`` are the directions, and
        ``S ** 2 / (n - 1)`` the variances along them.

    Raises:
        ValueError: ``q`` is not from 0 to ``min(n, m)``, or ``niter`` is negative.

    Example::

        >>> rows = polygrad.tensor([[1.0, 2.0], [2.0, 4.0], [3.0, 6.0]])
        >>> polygrad.pca_lowrank(rows, q=1)[1]
        tensor([3.1623])
    """
    check_matrices(A, "pca_lowrank")
    largest = min(A.shape[-2:])
    if q is None:
        q = min(6, largest)
    elif not 0 <= q <= largest:
        raise ValueError(f"q(={q}) must be non-negative integer and not greater than min(m, n)={largest}")
    if niter < 0:
        raise ValueError(f"niter(={niter}) must be non-negative integer")
    return svd_lowrank(A - xp.mean(A, -2, True) if center else A, q, niter)


__all__ = [
    "LUFactors",
    "LUFactorsInfo",
    "LUResult",
    "householder_product",
    "lu",
    "lu_factor",
    "lu_factor_ex",
    "lu_solve",
]
