"""Distances between vectors."""

from __future__ import annotations

from ... import _dtypes
from ..._core.precision import in_single_precision
from ..._core.tensor import Tensor
from ..._ops.manipulation import normal_axis
from ..broadcasting import broadcast_tensors
from ..common import numpy_spelling, xp
from ..reductions import norm


@numpy_spelling
@in_single_precision
def cosine_similarity(x1: Tensor, x2: Tensor, dim: int = 1, eps: float = 1e-8) -> Tensor:
    """The cosine of the angle between vectors along ``dim``; their lengths count as at least ``eps``."""
    dtype = _dtypes.promote(x1.dtype, x2.dtype)
    if not dtype.is_differentiable:
        raise RuntimeError(f"cosine_similarity takes floating-point tensors, but their common type is {dtype.name}")
    x1, x2 = broadcast_tensors(xp.astype(x1, dtype), xp.astype(x2, dtype))
    axis = normal_axis(dim, x1.ndim)
    first, second = (x / xp.clip(norm(x, 2, axis, True), eps, None) for x in (x1, x2))
    return xp.sum(first * second, axis if x1.ndim else None)


@in_single_precision
def pairwise_distance(x1: Tensor, x2: Tensor, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> Tensor:
    """``norm(x1 - x2 + eps, p)`` along the last dimension."""
    return norm(x1 - x2 + eps, p, -1, keepdim)
