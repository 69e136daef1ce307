"""Losses by their definitions, which PyTorch's tests compare layers with; the names and arguments are its test library's."""

from __future__ import annotations

import polygrad as pg


def _reduced(loss: pg.Tensor, reduction: str) -> pg.Tensor:
    return {"none": lambda: loss, "mean": loss.mean, "sum": loss.sum}[reduction]()


def cosine_embedding(one: pg.Tensor, other: pg.Tensor, target: pg.Tensor, margin: float = 0,
                     reduction: str = "mean") -> pg.Tensor:  # fmt: skip
    cosine = (one * other).sum(-1) / ((one * one).sum(-1) * (other * other).sum(-1)).sqrt()
    return _reduced(pg.where(target == 1, 1 - cosine, (cosine - margin).clamp(min=0)), reduction)


def margin_ranking(one: pg.Tensor, other: pg.Tensor, target: pg.Tensor, margin: float = 0,
                   reduction: str = "mean") -> pg.Tensor:  # fmt: skip
    return _reduced((margin - target * (one - other)).clamp(min=0), reduction)


def triplet_margin(anchor: pg.Tensor, positive: pg.Tensor, negative: pg.Tensor, margin: float = 1.0, p: float = 2,
                   eps: float = 1e-6, swap: bool = False, reduction: str = "mean") -> pg.Tensor:  # fmt: skip
    def distance(x: pg.Tensor, y: pg.Tensor) -> pg.Tensor:
        return ((x - y + eps).abs() ** p).sum(-1) ** (1 / p)

    far = distance(anchor, negative)
    if swap:
        far = pg.minimum(far, distance(positive, negative))
    return _reduced((margin + distance(anchor, positive) - far).clamp(min=0), reduction)


def cross_entropy(value: pg.Tensor, target: pg.Tensor, weight: pg.Tensor | None = None,
                  reduction: str = "mean") -> pg.Tensor:  # fmt: skip
    """With probabilities as targets."""
    logarithms = value.log_softmax(1)
    if weight is not None:
        logarithms = logarithms * weight.reshape(-1, *[1] * (value.ndim - 2))
    return _reduced(-(logarithms * target).sum(1), reduction)


loss_reference_fns = {
    "CosineEmbeddingLoss": cosine_embedding,
    "CrossEntropyLoss": cross_entropy,
    "MarginRankingLoss": margin_ranking,
    "TripletMarginLoss": triplet_margin,
}
