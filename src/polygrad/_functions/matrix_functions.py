"""Functions of matrices, tensors as matrices, and matrices of powers."""

from __future__ import annotations

import math
from typing import Any

from .. import _dtypes
from .._core.errors import ShapeError
from .._core.primitive import OPERATIONS as xp
from .._core.same_dtype import require_same_dtype
from .._core.scalars import as_int
from .._core.tensor import Tensor
from .._ops.manipulation import normal_axis
from .common import check_tensor
from .decompositions import check_square
from .public import public_function, public_in_module


@public_function(method=True)
def matrix_exp(A: Tensor) -> Tensor:
    """Return the exponential of square matrices, ``I + A + A @ A / 2 + …``.

    By scaling and squaring (N. J. Higham, "The scaling and squaring method for the matrix exponential revisited", 2005); its
    derivative is a block of the exponential of a matrix of twice the size (R. Mathias, "A chain rule for matrix functions and
    applications", 1996).

    Args:
        A: a tensor of shape ``(*, n, n)``, floating-point or complex.

    Returns:
        A tensor of shape ``(*, n, n)``.

    Raises:
        RuntimeError: the matrices are not square, or have an integer type.

    Example::

        >>> polygrad.linalg.matrix_exp(polygrad.tensor([[0.0, 1.0], [0.0, 0.0]]))
        tensor([[1., 1.],
                [0., 1.]])
    """
    check_square(A, "matrix_exp")
    if not A.dtype.is_differentiable:
        raise RuntimeError(
            f"linalg.matrix_exp: A must be floating-point or complex, not {A.dtype.name}; write A.float()"
        )
    return xp.matrix_exp(A)


@public_in_module
def tensorinv(A: Tensor, ind: int = 2) -> Tensor:
    """Return the inverse of a tensor as the linear map of `tensordot`.

    Args:
        A: a tensor whose first ``ind`` dimensions have as many elements together as the others.
        ind: the number of dimensions of what the map gives.

    Returns:
        A tensor of shape ``A.shape[ind:] + A.shape[:ind]``, with ``tensordot(tensorinv(A), A, A.ndim - ind)`` the identity.

    Raises:
        LinAlgError: the map has no inverse.
        RuntimeError: the dimensions do not fit, or ``ind`` is not positive.

    Example::

        >>> polygrad.linalg.tensorinv(2 * polygrad.eye(4).reshape(4, 2, 2), ind=1).shape
        polygrad.Size([2, 2, 4])
    """
    check_tensor(A, "linalg.tensorinv", "A")
    ind = as_int(ind)
    if ind <= 0:
        raise RuntimeError(f"linalg.tensorinv: ind must be positive, not {ind}")
    first, last = tuple(A.shape[:ind]), tuple(A.shape[ind:])
    _check_sides(first, last, "tensorinv", f"A.shape[:{ind}]", f"A.shape[{ind}:]")
    side = math.prod(first)
    return xp.reshape(xp.inv(xp.reshape(A, (side, side))), (*last, *first))


def _check_sides(first: tuple[int, ...], last: tuple[int, ...], name: str, of_first: str, of_last: str) -> None:
    if math.prod(first) != math.prod(last):
        raise ShapeError(
            f"linalg.{name}: {of_first} and {of_last} must have as many elements, but {first} has {math.prod(first)} and {last} "
            f"has {math.prod(last)}"
        )


@public_in_module
@require_same_dtype("A", "B")
def tensorsolve(A: Tensor, B: Tensor, dims: Any = None) -> Tensor:
    """Solve ``tensordot(A, X, X.ndim) == B``.

    Args:
        A: a tensor of shape ``B.shape + X.shape``, after ``dims`` are moved to its end.
        B: the right side, of the same data type.
        dims: the dimensions of ``A`` that are moved to its end first; by default none.

    Returns:
        The solution.

    Raises:
        LinAlgError: the map has no inverse.
        RuntimeError: the shapes or data types do not fit.

    Example::

        >>> A = 2 * polygrad.eye(4).reshape(2, 2, 4)
        >>> polygrad.linalg.tensorsolve(A, polygrad.ones(2, 2))
        tensor([0.5000, 0.5000, 0.5000, 0.5000])
    """
    check_tensor(A, "linalg.tensorsolve", "A")
    check_tensor(B, "linalg.tensorsolve", "B")
    if dims is not None:
        moved = [normal_axis(as_int(d), A.ndim) for d in ((dims,) if hasattr(dims, "__index__") else dims)]
        A = xp.permute_dims(A, (*(d for d in range(A.ndim) if d not in moved), *moved))
    first, last = tuple(A.shape[: B.ndim]), tuple(A.shape[B.ndim :])
    _check_sides(first, last, "tensorsolve", "A.shape[:B.ndim]", "A.shape[B.ndim:]")
    side = math.prod(first)
    if B.shape.numel() != side:
        raise ShapeError(
            f"linalg.tensorsolve: B must have {side} elements, as A.shape[:B.ndim] {first} has, not {B.shape.numel()}"
        )
    return xp.reshape(xp.solve(xp.reshape(A, (side, side)), xp.reshape(B, (side, 1))), last)


def _powers(x: Tensor, count: int) -> Tensor:
    """``x ** 0, x ** 1, …`` along a new last dimension, by products."""
    columns = xp.expand_dims(x, axis=-1)
    first = xp.ones_like(columns)
    if count < 2:
        return first[..., :count]
    repeated = xp.broadcast_to(columns, (*x.shape, count - 1))
    return xp.concat([first, xp.cumulative_prod(repeated, axis=-1)], axis=-1)


@public_in_module
def vander(x: Tensor, *, N: int | None = None) -> Tensor:
    """Return Vandermonde matrices: rows of powers ``x ** 0, x ** 1, …, x ** (N - 1)``.

    Args:
        x: a tensor of shape ``(*, n)``; a number counts as a vector of one.
        N: the number of columns; by default ``n``.

    Returns:
        A tensor of shape ``(*, n, N)``.

    Raises:
        RuntimeError: ``N`` is below 2, or ``x`` is boolean.

    Example::

        >>> polygrad.linalg.vander(polygrad.tensor([1, 2, 3]))
        tensor([[1, 1, 1],
                [1, 2, 4],
                [1, 3, 9]])
    """
    check_tensor(x, "linalg.vander", "x")
    if x.dtype is _dtypes.bool:
        raise RuntimeError("linalg.vander: x must be of numbers, not bool; write x.int()")
    if not x.ndim:
        x = xp.expand_dims(x, axis=0)
    count = x.shape[-1] if N is None else as_int(N)
    if count < 2:
        raise RuntimeError(f"linalg.vander: N must be greater than 1, but it is {count}")
    return _powers(x, count)


@public_function("vander")
def _legacy_vander(x: Tensor, N: int | None = None, increasing: bool = False) -> Tensor:
    """Return a Vandermonde matrix, with the powers of each number in a row: `linalg.vander` with the highest power first.

    Args:
        x: a tensor of shape ``(n,)``.
        N: the number of columns; by default ``n``.
        increasing: whether the lowest power comes first.

    Returns:
        A tensor of shape ``(n, N)``.

    Raises:
        RuntimeError: ``x`` is not a vector, or ``N`` is negative.

    Example::

        >>> polygrad.vander(polygrad.tensor([1, 2, 3]))
        tensor([[1, 1, 1],
                [4, 2, 1],
                [9, 3, 1]])
    """
    check_tensor(x, "vander", "x")
    if x.ndim != 1:
        raise ShapeError(f"vander(): x must be one-dimensional, but its shape is {tuple(x.shape)}")
    count = x.shape[0] if N is None else as_int(N)
    if count < 0:
        raise RuntimeError(f"vander(): N must not be negative, but it is {count}")
    powers = _powers(x if x.dtype is not _dtypes.bool else xp.astype(x, _dtypes.int64), count)
    return powers if increasing else xp.flip(powers, axis=-1)
