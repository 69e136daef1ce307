"""Distances between rows."""

from __future__ import annotations

from .._core.errors import DTypeError, ShapeError
from .._core.precision import in_single_precision
from .._core.primitive import OPERATIONS as xp
from .._core.same_dtype import require_same_dtype
from .._core.tensor import Tensor
from .._ops.axes import normal_axis
from .common import check_tensor, place_of
from .creation import triu_indices
from .public import public_function


@public_function(method=True)
@require_same_dtype("x1", "x2")
@in_single_precision
def cdist(x1: Tensor, x2: Tensor, p: float = 2.0, compute_mode: str | None = None) -> Tensor:
    """Return the distances between all rows of two batches of matrices.

    ``out[i, j] = norm(x1[i] - x2[j], p)``; the gradient at a distance of 0 is 0.

    Args:
        x1: a tensor of shape ``(*, n, m)``.
        x2: a tensor of the same data type and of shape ``(*, k, m)``; the batch dimensions broadcast.
        p: the order of the norm, 0 or larger.
        compute_mode: accepted for compatibility with PyTorch.  The distances are always computed from the differences.

    Returns:
        A tensor of shape ``(*, n, k)``.

    Raises:
        RuntimeError: the rows have different lengths, a tensor has fewer than two dimensions, the data types differ, or
            ``p`` is negative.

    Example::

        >>> polygrad.cdist(polygrad.tensor([[0.0, 0.0]]), polygrad.tensor([[3.0, 4.0], [0.0, 1.0]]))
        tensor([[5., 1.]])
    """
    for x in (x1, x2):
        if check_tensor(x, "cdist", "x1 and x2").ndim < 2:
            raise ShapeError(f"cdist(): x1 and x2 must have at least two dimensions, but a shape is {tuple(x.shape)}")
    if p < 0:
        raise ShapeError(f"cdist(): p must not be negative, but it is {p}")
    if x1.shape[-1] != x2.shape[-1]:
        raise RuntimeError(
            f"cdist(): the last dimensions of x1 and x2 must be equal, but the shapes are {tuple(x1.shape)} and {tuple(x2.shape)}"
        )
    one = xp.reshape(x1, (*x1.shape[:-1], 1, x1.shape[-1]))
    other = xp.reshape(x2, (*x2.shape[:-2], 1, *x2.shape[-2:]))
    return (one - other).norm(p, -1)


@public_function(method=True)
@in_single_precision
def dist(input: Tensor, other: Tensor, p: float = 2) -> Tensor:
    """Return the distance of two tensors: the norm of order ``p`` of their difference.  The gradient at a distance of 0 is 0.

    Args:
        input: a tensor of a floating-point or complex type.
        other: a tensor whose shape broadcasts with that of ``input``.
        p: the order of the norm.

    Returns:
        A real tensor without dimensions.

    Raises:
        RuntimeError: the shapes do not broadcast, or the data type is an integer type or bool.

    Example::

        >>> polygrad.dist(polygrad.tensor([1.0, 2.0]), polygrad.tensor([4.0, 6.0]))
        tensor(5.)
    """
    return (check_tensor(input, "dist") - check_tensor(other, "dist", "other")).norm(p)


@public_function()
@in_single_precision
def pdist(input: Tensor, p: float = 2) -> Tensor:
    """Return the distance of each pair of rows of a matrix.  The gradient at a distance of 0 is 0.

    Args:
        input: a matrix ``(N, M)`` of a real floating-point type.
        p: the order of the norm, 0 or larger.

    Returns:
        A vector of ``N * (N - 1) / 2`` distances: of row 0 from rows 1, 2, …, of row 1 from rows 2, 3, …, and so on.

    Raises:
        RuntimeError: ``input`` is not a matrix of a real floating-point type, or ``p`` is negative.

    Example::

        >>> polygrad.pdist(polygrad.tensor([[0.0, 0.0], [3.0, 4.0], [0.0, 1.0]]))
        tensor([5.0000, 1.0000, 4.2426])
    """
    if check_tensor(input, "pdist").ndim != 2:
        raise ShapeError(f"pdist(): only matrices have rows to compare, but the shape is {tuple(input.shape)}")
    if not input.dtype.is_floating_point:
        raise DTypeError(f"pdist(): the input must be of a real floating-point type, not {input.dtype.name}")
    if p < 0:
        raise RuntimeError(f"pdist(): p must not be negative, but it is {p}")
    one, other = triu_indices(input.shape[0], input.shape[0], 1, **place_of(input))
    return (xp.take_rows(input, one) - xp.take_rows(input, other)).norm(p, 1)


@public_function(method=True, in_place=True, out=True)
@in_single_precision
def renorm(input: Tensor, p: float, dim: int, maxnorm: float) -> Tensor:
    """Scale slices along a dimension so that none has a larger norm than ``maxnorm``.

    Args:
        input: a tensor of a floating-point or complex type with at least two dimensions.
        p: the order of the norm, larger than 0.
        dim: the dimension along which the slices lie.
        maxnorm: the largest norm, 0 or larger.

    Returns:
        A tensor of the shape of ``input``.  A slice with a larger norm is multiplied by ``maxnorm / (norm + 1e-7)``.

    Raises:
        RuntimeError: ``input`` has fewer dimensions or another type, or a number is out of its range.

    Example::

        >>> polygrad.renorm(polygrad.tensor([[3.0, 4.0], [0.3, 0.4]]), p=2, dim=0, maxnorm=1)
        tensor([[0.6000, 0.8000],
                [0.3000, 0.4000]])
    """
    if check_tensor(input, "renorm").ndim < 2:
        raise ShapeError(f"renorm(): input must have at least two dimensions, but its shape is {tuple(input.shape)}")
    if not p > 0:
        raise RuntimeError(f"renorm(): p must be larger than 0, but it is {p}")
    if not maxnorm >= 0:
        raise RuntimeError(f"renorm(): maxnorm must be 0 or larger, but it is {maxnorm}")
    axis = normal_axis(dim, input.ndim)
    norms = input.norm(p, tuple(a for a in range(input.ndim) if a != axis), True)
    return input * xp.where(norms > maxnorm, maxnorm / (norms + 1e-7), 1)
