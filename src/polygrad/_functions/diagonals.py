"""Diagonals of matrices in PyTorch's language."""

from __future__ import annotations

from .._core.errors import ShapeError
from .._core.primitive import OPERATIONS as xp
from .._core.tensor import Tensor
from .._ops.linalg import on_diagonal
from .._ops.manipulation import normal_axis
from .common import check_tensor
from .manipulation import flatten, movedim
from .matmul import expect
from .reductions import sum
from .strides import separate


def diagonal(input: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    """The diagonal of the matrices in ``dim1`` and ``dim2``, as the last dimension.  A view."""
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


def diagonal_scatter(input: Tensor, src: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    """``input`` with ``src`` on a diagonal."""
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


def trace(input: Tensor) -> Tensor:
    """The sum of a matrix's diagonal."""
    expect("trace", ("input", input, 2))
    return sum(xp.diagonal(input))


def diag(input: Tensor, diagonal: int = 0) -> Tensor:
    """The matrix with a vector on a diagonal, or the vector of a matrix's diagonal."""
    if input.ndim == 1:
        return diag_embed(input, diagonal)
    if input.ndim == 2:
        return separate(xp.diagonal(input, offset=diagonal))
    raise ShapeError(f"diag(): Supports 1D or 2D tensors. Got {input.ndim}D")


def diag_embed(input: Tensor, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """Matrices, in dimensions ``dim1`` and ``dim2``, with the last dimension of ``input`` on a diagonal."""
    if not input.ndim:
        raise ShapeError("diag_embed(): a 0-d tensor has no diagonal")
    side = input.shape[-1] + abs(offset)
    first, second = normal_axis(dim1, input.ndim + 1), normal_axis(dim2, input.ndim + 1)
    if first == second:
        raise ShapeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    made = xp.diagonal_embed(input, offset=offset, shape=(side, side))
    return movedim(made, (-2, -1), (first, second))


def diagflat(input: Tensor, offset: int = 0) -> Tensor:
    """The matrix with the elements of ``input`` on a diagonal."""
    return diag_embed(flatten(input), offset)


def tril(input: Tensor, diagonal: int = 0) -> Tensor:
    """The lower triangle, zeros above ``diagonal``.  Raises ShapeError for what is no matrix, or batch of matrices."""
    return xp.tril(_matrix("tril", input), diagonal)


def triu(input: Tensor, diagonal: int = 0) -> Tensor:
    """The upper triangle, zeros below ``diagonal``.  Raises as `tril`."""
    return xp.triu(_matrix("triu", input), diagonal)


def _matrix(name: str, input: Tensor) -> Tensor:
    if check_tensor(input, name).ndim < 2:
        raise ShapeError(f"{name}: input must have at least 2 dimensions, but its shape is {tuple(input.shape)}")
    return input
