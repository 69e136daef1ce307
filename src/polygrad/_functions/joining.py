"""Joining tensors: `cat`, `stack` and the functions that are composed of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import _dtypes
from .._core.errors import ShapeError
from .._core.primitive import OPERATIONS as xp
from .._core.tensor import Tensor
from .._ops.axes import normal_axis
from .broadcasting import meshgrid
from .common import numpy_spelling
from .creation import zeros
from .manipulation import atleast_1d, atleast_2d, atleast_3d
from .public import public_function


@public_function("cat concat concatenate", out=True)
@numpy_spelling
def cat(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """Join tensors along an existing dimension.

    Args:
        tensors: a sequence of tensors whose shapes differ in ``dim`` only; vectors without elements fit anywhere.
        dim: the dimension.

    Returns:
        A tensor of the promoted data type.

    Raises:
        RuntimeError: the sequence is empty, or the shapes do not fit.

    Example::

        >>> polygrad.cat([polygrad.tensor([1, 2]), polygrad.tensor([3])])
        tensor([1, 2, 3])
    """
    tensors = _sequence(tensors, "cat")
    vectors = [x for x in tensors if tuple(x.shape) == (0,)]  # empty vectors fit anywhere, as in PyTorch
    if len(vectors) == len(tensors):
        return xp.concat(tensors, axis=0)
    if vectors:
        dtype = _dtypes.promote(*[x.dtype for x in tensors])
        tensors = [xp.astype(x, dtype) for x in tensors if tuple(x.shape) != (0,)]
    axis = normal_axis(dim, tensors[0].ndim)
    shapes = [tuple(x.shape) for x in tensors]
    if not tensors[0].ndim:
        raise RuntimeError("cat(): tensors without dimensions cannot be joined; use stack")
    if any(
        len(s) != len(shapes[0]) or s[:axis] + s[axis + 1 :] != shapes[0][:axis] + shapes[0][axis + 1 :] for s in shapes
    ):
        raise RuntimeError(f"cat: sizes of tensors must match except in dimension {axis}, but the shapes are {shapes}")
    return xp.concat(tensors, axis=axis)


@public_function(out=True)
@numpy_spelling
def stack(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """Join tensors along a new dimension.

    Args:
        tensors: a sequence of tensors of one shape.
        dim: the position of the new dimension.

    Returns:
        A tensor of the promoted data type.

    Raises:
        RuntimeError: the sequence is empty, or the shapes differ.

    Example::

        >>> polygrad.stack([polygrad.tensor([1, 2]), polygrad.tensor([3, 4])])
        tensor([[1, 2],
                [3, 4]])
    """
    tensors = _sequence(tensors, "stack")
    shapes = [tuple(x.shape) for x in tensors]
    if len(set(shapes)) > 1:
        raise RuntimeError(f"stack(): the tensors must have one shape, but the shapes are {shapes}")
    return xp.stack(tensors, axis=normal_axis(dim, tensors[0].ndim + 1))


def _sequence(tensors: Any, name: str) -> list[Tensor]:
    if isinstance(tensors, Tensor):
        raise TypeError(f"{name}() takes a sequence of tensors, not one tensor")
    tensors = list(tensors)
    if not tensors:
        raise RuntimeError(f"{name}(): there must be at least one tensor")
    for number, x in enumerate(tensors):
        if not isinstance(x, Tensor):
            raise TypeError(f"{name}(): element {number} is a {type(x).__name__}, not a Tensor")
    return tensors


@public_function(out=True)
def hstack(tensors: Any) -> Tensor:
    """Join tensors side by side: along dimension 1, vectors along dimension 0.

    Args:
        tensors: a sequence of tensors.

    Returns:
        A tensor of the promoted data type.

    Raises:
        RuntimeError: the sequence is empty, or the shapes do not fit.

    Example::

        >>> polygrad.hstack([polygrad.tensor([1, 2]), polygrad.tensor([3])])
        tensor([1, 2, 3])
    """
    parts = [atleast_1d(x) for x in tensors]
    return cat(parts, 0 if not parts or parts[0].ndim == 1 else 1)


@public_function("vstack row_stack", out=True)
def vstack(tensors: Any) -> Tensor:
    """Join tensors one below the other, along dimension 0; vectors count as rows.

    Args:
        tensors: a sequence of tensors.

    Returns:
        A tensor of the promoted data type.

    Raises:
        RuntimeError: the sequence is empty, or the shapes do not fit.

    Example::

        >>> polygrad.vstack([polygrad.tensor([1, 2]), polygrad.tensor([3, 4])])
        tensor([[1, 2],
                [3, 4]])
    """
    return cat([atleast_2d(x) for x in tensors], 0)


@public_function(out=True)
def dstack(tensors: Any) -> Tensor:
    """Join tensors along dimension 2; vectors and matrices get that dimension first, as `atleast_3d` gives it.

    Args:
        tensors: a sequence of tensors.

    Returns:
        A tensor of the promoted data type.

    Raises:
        RuntimeError: the sequence is empty, or the shapes do not fit.

    Example::

        >>> polygrad.dstack([polygrad.tensor([1, 2]), polygrad.tensor([3, 4])])
        tensor([[[1, 3],
                 [2, 4]]])
    """
    return cat([atleast_3d(x) for x in tensors], 2)


@public_function(out=True)
def column_stack(tensors: Any) -> Tensor:
    """Join tensors side by side, along dimension 1; vectors count as columns.

    Args:
        tensors: a sequence of tensors.

    Returns:
        A tensor of the promoted data type.

    Raises:
        RuntimeError: the sequence is empty, or the shapes do not fit.

    Example::

        >>> polygrad.column_stack([polygrad.tensor([1, 2]), polygrad.tensor([3, 4])])
        tensor([[1, 3],
                [2, 4]])
    """
    return cat([xp.reshape(x, (x.shape.numel(), 1)) if x.ndim < 2 else x for x in tensors], 1)


row_stack = vstack


@public_function()
def block_diag(*tensors: Tensor) -> Tensor:
    """Return the block diagonal matrix of the given matrices.

    Args:
        *tensors: matrices; a vector counts as a row, a tensor without dimensions as a matrix of one element.

    Returns:
        A matrix with the blocks along its diagonal and zeros elsewhere.

    Raises:
        RuntimeError: a tensor has more than two dimensions.

    Example::

        >>> polygrad.block_diag(polygrad.tensor([[1, 2]]), polygrad.tensor([[3]]))
        tensor([[1, 2, 0],
                [0, 0, 3]])
    """
    if not tensors:
        return zeros((1, 0))
    blocks = [atleast_2d(x) for x in tensors]
    for block in blocks:
        if block.ndim > 2:
            raise ShapeError(f"block_diag() takes matrices, not a tensor of shape {tuple(block.shape)}")
    width = sum(b.shape[1] for b in blocks)
    rows, start = [], 0
    for block in blocks:
        height, length = block.shape
        rows.append(xp.slice_pad(block, (slice(None), slice(start, start + length)), (height, width)))
        start += length
    return cat(rows, 0)


@public_function()
def cartesian_prod(*tensors: Tensor) -> Tensor:
    """Return all combinations of one element of each vector.

    Args:
        *tensors: vectors of one data type.

    Returns:
        A matrix with one combination a row; for a single vector that vector.

    Example::

        >>> polygrad.cartesian_prod(polygrad.tensor([1, 2]), polygrad.tensor([3, 4]))
        tensor([[1, 3],
                [1, 4],
                [2, 3],
                [2, 4]])
    """
    if len(tensors) == 1:
        return tensors[0]
    return stack([xp.reshape(grid, (grid.shape.numel(),)) for grid in meshgrid(*tensors, indexing="ij")], -1)
