"""Layers that compare vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._core.tensor import Tensor
from . import functional as F
from .module import Module

__all__ = ["CosineSimilarity", "PairwiseDistance"]


class CosineSimilarity(Module):
    """Compute the cosine of the angle between vectors, as `polygrad.nn.functional.cosine_similarity`.

    Args:
        dim: the dimension of the vectors.
        eps: the smallest value that a norm counts as.

    Shapes:
        x1, x2: any shape; they broadcast.
        output: the broadcast shape without ``dim``.

    Example::

        >>> nn.CosineSimilarity(dim=0)(polygrad.tensor([1.0, 0.0]), polygrad.tensor([1.0, 1.0]))
        tensor(0.7071)
    """

    dim: int
    eps: float

    def __init__(self, dim: int = 1, eps: float = 1e-8) -> None:
        super().__init__()
        self.dim, self.eps = dim, eps

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        """Compute the cosine between ``x1`` and ``x2``."""
        return F.cosine_similarity(x1, x2, self.dim, self.eps)

    if TYPE_CHECKING:

        def __call__(self, x1: Tensor, x2: Tensor) -> Tensor: ...  # noqa: D102


class PairwiseDistance(Module):
    """Compute the distance of vectors in the last dimension: ``norm(x1 - x2 + eps, p)``.

    Args:
        p: the order of the norm.
        eps: a number added to each difference, which keeps the gradient finite where the vectors are equal.
        keepdim: keep the last dimension, with length 1.

    Shapes:
        x1, x2: ``(*, D)``; they broadcast.
        output: ``(*)``, or ``(*, 1)`` with ``keepdim``.

    Example::

        >>> nn.PairwiseDistance()(polygrad.tensor([0.0, 0.0]), polygrad.tensor([3.0, 4.0]))
        tensor(5.0000)
    """

    norm: float
    eps: float
    keepdim: bool

    def __init__(self, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> None:
        super().__init__()
        self.norm, self.eps, self.keepdim = p, eps, keepdim

    def forward(self, x1: Tensor, x2: Tensor) -> Tensor:
        """Compute the distance between ``x1`` and ``x2``."""
        return F.pairwise_distance(x1, x2, self.norm, self.eps, self.keepdim)

    if TYPE_CHECKING:

        def __call__(self, x1: Tensor, x2: Tensor) -> Tensor: ...  # noqa: D102
