"""Distances between vectors."""

from __future__ import annotations

from ... import _dtypes
from ..._core.precision import in_single_precision
from ..._core.tensor import Tensor
from ..._ops.axes import normal_axis
from ..broadcasting import broadcast_tensors
from ..common import check_real, numpy_spelling, xp
from ..public import public_function
from ..reductions import norm


@public_function()
@numpy_spelling
@in_single_precision
def cosine_similarity(x1: Tensor, x2: Tensor, dim: int = 1, eps: float = 1e-8) -> Tensor:
    """Cosine of the angle between vectors: ``x1 @ x2 / (max(norm(x1), eps) * max(norm(x2), eps))`` along ``dim``.

    Args:
        x1: a tensor of any shape.
        x2: a tensor that broadcasts with ``x1``.
        dim: the dimension of the vectors, which the result lacks.
        eps: the smallest value that a norm counts as.

    Returns:
        A tensor of the broadcast shape without ``dim``, with values from -1 to 1.

    Raises:
        RuntimeError: the tensors are of integers, or do not broadcast.

    Example::

        >>> F.cosine_similarity(polygrad.tensor([1.0, 0.0]), polygrad.tensor([1.0, 1.0]), dim=0)
        tensor(0.7071)
    """
    dtype = _dtypes.promote(x1.dtype, x2.dtype)
    if not dtype.is_differentiable:
        raise RuntimeError(f"cosine_similarity takes floating-point tensors, but their common type is {dtype.name}")
    check_real("cosine_similarity", x1, x2)
    x1, x2 = broadcast_tensors(xp.astype(x1, dtype), xp.astype(x2, dtype))
    axis = normal_axis(dim, x1.ndim)
    first, second = (x / xp.clip(norm(x, 2, axis, True), eps, None) for x in (x1, x2))
    return xp.sum(first * second, axis if x1.ndim else None)


@public_function()
@in_single_precision
def pairwise_distance(x1: Tensor, x2: Tensor, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> Tensor:
    """Distance of vectors in the last dimension: ``norm(x1 - x2 + eps, p)``.

    Args:
        x1: a tensor ``(*, D)``.
        x2: a tensor that broadcasts with ``x1``.
        p: the order of the norm.
        eps: a number added to each difference, which keeps the gradient finite where the vectors are equal.
        keepdim: keep the last dimension, with length 1.

    Returns:
        A tensor ``(*)``, or ``(*, 1)`` with ``keepdim``.

    Example::

        >>> F.pairwise_distance(polygrad.tensor([0.0, 0.0]), polygrad.tensor([3.0, 4.0]))
        tensor(5.0000)
    """
    return norm(x1 - x2 + eps, p, -1, keepdim)
