"""Diagonals and triangles of matrices."""

from __future__ import annotations

from .._core.errors import ShapeError
from .._core.primitive import OPERATIONS as xp
from .._core.tensor import Tensor
from .._ops.axes import normal_axis
from .._ops.linalg import on_diagonal
from .common import check_tensor
from .manipulation import flatten, movedim
from .matmul import check_ndim
from .public import public_function
from .reductions import sum
from .strides import separate


@public_function(method=True)
def diagonal(input: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    """Return the diagonals of matrices.

    Args:
        input: a tensor of at least two dimensions.
        offset: which diagonal: 0 is the main one, positive numbers are above it, negative ones below.
        dim1: the dimension of the rows.
        dim2: the dimension of the columns.

    Returns:
        A view of ``input`` without ``dim1`` and ``dim2``, and with the diagonal as its last dimension.

    Raises:
        RuntimeError: ``dim1`` and ``dim2`` are the same.

    Example::

        >>> polygrad.diagonal(polygrad.tensor([[1, 2], [3, 4]]))
        tensor([1, 4])
    """
    first, second = normal_axis(dim1, input.ndim), normal_axis(dim2, input.ndim)
    if first == second:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    rows, columns = input.shape[first], input.shape[second]
    rest = tuple(d for d in range(input.ndim) if d not in (first, second))
    if input.ndim > 2 or first:
        input = xp.permute_dims(input, (*rest, first, second))
    length = max(0, min(rows, columns - offset) if offset >= 0 else min(rows + offset, columns))
    start = 0 if not length else offset if offset >= 0 else -offset * columns
    lines = xp.reshape(input, (*input.shape[:-2], rows * columns))
    stop = start + (length - 1) * (columns + 1) + 1 if length else start
    return xp.getitem(lines, (Ellipsis, slice(start, stop, columns + 1)))


@public_function(method=True)
def diagonal_scatter(input: Tensor, src: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    """Return a copy of a tensor with the diagonals of its matrices replaced: the reverse of `diagonal`.

    Args:
        input: a tensor of at least two dimensions.
        src: the new diagonals, of the shape that `diagonal` gives.
        offset: which diagonal: 0 is the main one, positive numbers are above it, negative ones below.
        dim1: the dimension of the rows.
        dim2: the dimension of the columns.

    Returns:
        A tensor of the shape and data type of ``input``.

    Raises:
        RuntimeError: ``src`` has another shape.

    Example::

        >>> polygrad.diagonal_scatter(polygrad.zeros(2, 2), polygrad.ones(2))
        tensor([[1., 0.],
                [0., 1.]])
    """
    shape = diagonal(input, offset, dim1, dim2).shape
    if src.shape != shape:
        raise ShapeError(
            f"expected src to have a size equal to the slice of self. src size = {list(src.shape)}, slice size = "
            f"{list(shape)}"
        )
    rest = tuple(
        d for d in range(input.ndim) if d not in (normal_axis(dim1, input.ndim), normal_axis(dim2, input.ndim))
    )
    order = (*rest, normal_axis(dim1, input.ndim), normal_axis(dim2, input.ndim))
    moved = xp.permute_dims(input, order)
    chosen = on_diagonal(xp, xp.astype(xp.ones_like(moved), moved.dtype), offset) != 0
    written = xp.where(
        chosen, xp.diagonal_embed(xp.astype(src, input.dtype), offset=offset, shape=tuple(moved.shape[-2:])), moved
    )
    return xp.permute_dims(written, tuple(sorted(range(len(order)), key=order.__getitem__)))


@public_function(method=True)
def trace(input: Tensor) -> Tensor:
    """Return the sum of the diagonal of a matrix.

    Args:
        input: a matrix.

    Returns:
        A tensor without dimensions.

    Raises:
        RuntimeError: ``input`` is not a matrix.

    Example::

        >>> polygrad.trace(polygrad.tensor([[1.0, 2.0], [3.0, 4.0]]))
        tensor(5.)
    """
    check_ndim("trace", ("input", input, 2))
    return sum(xp.diagonal(input))


@public_function(method=True, out=True)
def diag(input: Tensor, diagonal: int = 0) -> Tensor:
    """Return the diagonal matrix of a vector, or a copy of the diagonal of a matrix.

    Args:
        input: a vector or a matrix.
        diagonal: which diagonal: 0 is the main one, positive numbers are above it, negative ones below.

    Returns:
        A matrix for a vector, a vector for a matrix.

    Raises:
        RuntimeError: ``input`` has another number of dimensions.

    Example::

        >>> polygrad.diag(polygrad.tensor([1, 2]))
        tensor([[1, 0],
                [0, 2]])
    """
    if input.ndim == 1:
        return diag_embed(input, diagonal)
    if input.ndim == 2:
        return separate(xp.diagonal(input, offset=diagonal))
    raise ShapeError(f"diag(): the tensor must have 1 or 2 dimensions, but its shape is {tuple(input.shape)}")


@public_function(method=True)
def diag_embed(input: Tensor, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """Return diagonal matrices of the vectors in the last dimension.

    Args:
        input: a tensor of shape ``(*, n)``.
        offset: which diagonal: 0 is the main one, positive numbers are above it, negative ones below.
        dim1: the dimension of the rows in the result.
        dim2: the dimension of the columns in the result.

    Returns:
        A tensor with one dimension more than ``input``; matrices have ``n + abs(offset)`` rows and columns.

    Raises:
        RuntimeError: ``input`` has no dimensions, or ``dim1`` and ``dim2`` are the same.

    Example::

        >>> polygrad.diag_embed(polygrad.ones(3, 2)).shape
        polygrad.Size([3, 2, 2])
    """
    if not input.ndim:
        raise ShapeError("diag_embed(): a 0-d tensor has no diagonal")
    side = input.shape[-1] + abs(offset)
    first, second = normal_axis(dim1, input.ndim + 1), normal_axis(dim2, input.ndim + 1)
    if first == second:
        raise ShapeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    made = xp.diagonal_embed(input, offset=offset, shape=(side, side))
    return movedim(made, (-2, -1), (first, second))


@public_function(method=True)
def diagflat(input: Tensor, offset: int = 0) -> Tensor:
    """Return the diagonal matrix of all elements of a tensor.

    Args:
        input: a tensor of any shape with ``n`` elements.
        offset: which diagonal: 0 is the main one, positive numbers are above it, negative ones below.

    Returns:
        A matrix with ``n + abs(offset)`` rows and columns.

    Example::

        >>> polygrad.diagflat(polygrad.tensor([[1, 2]]))
        tensor([[1, 0],
                [0, 2]])
    """
    return diag_embed(flatten(input), offset)


@public_function(method=True, in_place=True, out=True)
def tril(input: Tensor, diagonal: int = 0) -> Tensor:
    """Return the lower triangles of matrices, with zeros elsewhere.

    Args:
        input: a tensor of shape ``(*, n, m)``.
        diagonal: the highest diagonal that is kept: 0 is the main one, positive numbers are above it.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        RuntimeError: ``input`` has fewer than two dimensions.

    Example::

        >>> polygrad.tril(polygrad.ones(2, 2))
        tensor([[1., 0.],
                [1., 1.]])
    """
    return xp.tril(_check_matrix("tril", input), diagonal)


@public_function(method=True, in_place=True, out=True)
def triu(input: Tensor, diagonal: int = 0) -> Tensor:
    """Return the upper triangles of matrices, with zeros elsewhere.

    Args:
        input: a tensor of shape ``(*, n, m)``.
        diagonal: the lowest diagonal that is kept: 0 is the main one, positive numbers are above it.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        RuntimeError: ``input`` has fewer than two dimensions.

    Example::

        >>> polygrad.triu(polygrad.ones(2, 2))
        tensor([[1., 1.],
                [0., 1.]])
    """
    return xp.triu(_check_matrix("triu", input), diagonal)


def _check_matrix(name: str, input: Tensor) -> Tensor:
    if check_tensor(input, name).ndim < 2:
        raise ShapeError(f"{name}: input must have at least 2 dimensions, but its shape is {tuple(input.shape)}")
    return input
