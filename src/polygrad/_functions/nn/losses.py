"""Losses in PyTorch's language.  ``reduction`` is ``"mean"``, ``"sum"`` or ``"none"``."""

from __future__ import annotations

import math
from typing import Any

from ..._core.alike import alike
from ..._core.errors import ShapeError
from ..._core.precision import in_single_precision
from ..._core.tensor import Tensor
from ..._dtypes import get_default_dtype
from ..broadcasting import broadcast_tensors
from ..common import assume, check_tensor, older_reduction, warn, xp
from ..reductions import norm
from ..special import xlogy
from .distance import cosine_similarity

_REDUCTIONS = ("mean", "sum", "none")


def check_reduction(reduction: str) -> None:
    if reduction not in _REDUCTIONS:
        raise ValueError(
            f"{reduction!r} is not a valid value for reduction: it is one of {', '.join(map(repr, _REDUCTIONS))}"
        )


def _reduced(losses: Tensor, reduction: str) -> Tensor:
    check_reduction(reduction)
    return losses if reduction == "none" else xp.mean(losses) if reduction == "mean" else xp.sum(losses)


def _pair(input: Tensor, target: Tensor, name: str) -> tuple[Tensor, Tensor]:
    """Both operands in one shape.  PyTorch broadcasts too, and warns as it is almost always a mistake."""
    check_tensor(input, name)
    check_tensor(target, name, "target")
    if input.shape == target.shape:
        return input, target
    try:
        first, second = broadcast_tensors(input, target)
    except RuntimeError:
        raise ShapeError(
            f"{name}: the input of shape {tuple(input.shape)} and the target of shape {tuple(target.shape)} do not fit "
            "together"
        ) from None
    warn(
        f"{name}: the target of shape {tuple(target.shape)} differs from the input's shape {tuple(input.shape)}; "
        "broadcasting them is likely to give a wrong result: make their shapes equal"
    )
    return first, second


# -- distances ---------------------------------------------------------------------------------------------------------


@older_reduction
def mse_loss(input: Tensor, target: Tensor, reduction: str = "mean", weight: Tensor | None = None) -> Tensor:
    """``(input - target) ** 2``.

    Raises ShapeError, with both shapes, where they do not fit.
    """
    if input.__class__ is not target.__class__ or input.shape != target.shape:
        input, target = _pair(input, target, "mse_loss")
    if not (input.dtype.is_differentiable or target.dtype.is_differentiable):
        input = xp.astype(input, get_default_dtype())
    if weight is not None:
        return _weighted_squares(input, target, weight, reduction)
    if reduction not in _REDUCTIONS:
        check_reduction(reduction)
    return xp.mse_loss(input, target, reduction)


@in_single_precision
def _weighted_squares(input: Tensor, target: Tensor, weight: Tensor, reduction: str) -> Tensor:
    difference = input - target
    return _reduced(difference * difference * weight, reduction)


@older_reduction
@in_single_precision
def l1_loss(input: Tensor, target: Tensor, reduction: str = "mean") -> Tensor:
    """``|input - target|``."""
    input, target = _pair(input, target, "l1_loss")
    return _reduced(xp.abs(input - target), reduction)


@older_reduction
@in_single_precision
def smooth_l1_loss(input: Tensor, target: Tensor, reduction: str = "mean", beta: float = 1.0) -> Tensor:
    """``difference ** 2 / (2 * beta)`` for differences below ``beta``, ``|difference| - beta / 2`` for others."""
    if beta < 0:
        raise RuntimeError(f"smooth_l1_loss: beta must not be negative, but it is {beta}")
    if beta == 0:
        return l1_loss(input, target, reduction)
    input, target = _pair(input, target, "smooth_l1_loss")
    difference = input - target
    size = xp.abs(difference)
    return _reduced(xp.where(size < beta, difference * difference * (0.5 / beta), size - 0.5 * beta), reduction)


@older_reduction
@in_single_precision
def huber_loss(input: Tensor, target: Tensor, reduction: str = "mean", delta: float = 1.0) -> Tensor:
    """``difference ** 2 / 2`` for differences up to ``delta``, ``delta * (|difference| - delta / 2)`` for others."""
    if delta <= 0:
        raise RuntimeError(f"huber_loss: delta must be positive, but it is {delta}")
    input, target = _pair(input, target, "huber_loss")
    difference = input - target
    size = xp.abs(difference)
    return _reduced(xp.where(size <= delta, difference * difference * 0.5, (size - 0.5 * delta) * delta), reduction)


# -- probabilities -----------------------------------------------------------------------------------------------------


def _check_target(target: Tensor, name: str) -> None:
    if not check_tensor(target, name, "target").dtype.is_differentiable:
        raise RuntimeError(f"{name}: the target holds probabilities, and is {target.dtype.name}; write target.float()")


@older_reduction
@alike("input", "target")
@in_single_precision
def binary_cross_entropy(
    input: Tensor, target: Tensor, weight: Tensor | None = None, reduction: str = "mean"
) -> Tensor:
    """``-(target * log(input) + (1 - target) * log(1 - input))``, each logarithm at least -100.

    Raises RuntimeError for an ``input`` that is not between 0 and 1, ValueError where shapes differ.
    """
    check_tensor(input, "binary_cross_entropy")
    check_tensor(target, "binary_cross_entropy", "target")
    if input.shape != target.shape:
        raise ShapeError(
            f"binary_cross_entropy: the target of shape {tuple(target.shape)} differs from the input's shape "
            f"{tuple(input.shape)}; make them equal"
        )
    if assume(input, lambda values: bool(((values >= 0) & (values <= 1)).all())) is False:
        raise RuntimeError(
            "binary_cross_entropy: all elements of input should be between 0 and 1; for unbounded scores use "
            "binary_cross_entropy_with_logits"
        )
    losses = xp.binary_cross_entropy(input, target)
    return _reduced(losses if weight is None else losses * weight, reduction)


@older_reduction
@in_single_precision
def binary_cross_entropy_with_logits(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    reduction: str = "mean",
    pos_weight: Tensor | None = None,
) -> Tensor:
    """`binary_cross_entropy` of ``sigmoid(input)``, without overflow; ``pos_weight`` multiplies positive targets."""
    check_tensor(input, "binary_cross_entropy_with_logits")
    if input.shape != check_tensor(target, "binary_cross_entropy_with_logits", "target").shape:
        raise ShapeError(
            f"binary_cross_entropy_with_logits: the target of shape {tuple(target.shape)} differs from the input's "
            f"shape {tuple(input.shape)}; make them equal"
        )
    _check_target(target, "binary_cross_entropy_with_logits")
    losses = xp.binary_cross_entropy_with_logits(input, target)
    if pos_weight is not None:
        losses = losses - (pos_weight - 1) * target * xp.logsigmoid(input)
    return _reduced(losses if weight is None else losses * weight, reduction)


@older_reduction
@in_single_precision
def kl_div(input: Tensor, target: Tensor, reduction: str = "mean", log_target: bool = False) -> Tensor:
    """``target * (log(target) - input)``, where ``input`` holds logarithms, and with ``log_target`` ``target`` too.

    ``reduction="batchmean"`` divides the sum by the batch's size, as the mathematical definition does; ``"mean"`` by
    the number of elements.
    """
    if reduction == "mean":
        warn(
            "kl_div: reduction='mean' divides by the number of elements, and not by the batch's size, as the mathematical "
            "definition does; write reduction='batchmean'"
        )
    _check_target(target, "kl_div")
    input, target = _pair(input, target, "kl_div")
    if log_target:
        losses = xp.exp(target) * (target - input)
    else:
        losses = xlogy(target, target) - target * input
    if reduction == "batchmean":
        return xp.sum(losses) / input.shape[0] if input.ndim else losses
    return _reduced(losses, reduction)


@older_reduction
@in_single_precision
def poisson_nll_loss(
    input: Tensor,
    target: Tensor,
    log_input: bool = True,
    full: bool = False,
    eps: float = 1e-8,
    reduction: str = "mean",
) -> Tensor:
    """The negative log-likelihood of counts ``target`` whose expected number is ``exp(input)``, or ``input`` itself.

    ``full`` adds Stirling's approximation of ``log(target!)``.
    """
    losses = xp.exp(input) - target * input if log_input else input - target * xp.log(input + eps)
    if full:
        large = target > 1
        safe = xp.where(large, target, xp.ones_like(target))
        stirling = safe * xp.log(safe) - safe + 0.5 * xp.log(2 * math.pi * safe)
        losses = losses + xp.where(large, stirling, xp.zeros_like(stirling))
    return _reduced(losses, reduction)


@older_reduction
@in_single_precision
def gaussian_nll_loss(
    input: Tensor, target: Tensor, var: Any, full: bool = False, eps: float = 1e-6, reduction: str = "mean"
) -> Tensor:
    """The negative log-likelihood of ``target`` under normal distributions with means ``input`` and variances ``var``.

    Variances count as at least ``eps``, but keep their gradient; ``full`` adds the constant ``log(2 * pi) / 2``.
    """
    if not isinstance(var, Tensor):
        var = xp.ones_like(input) * var
    elif tuple(var.shape) == tuple(input.shape[:-1]) and var.shape != input.shape:
        var = xp.reshape(var, (*var.shape, 1))
    if assume(var, lambda values: bool((values < 0).any())):
        raise ValueError("gaussian_nll_loss: var has negative entries")
    var = var + (xp.clip(var, eps, None) - var).detach()
    difference = input - target
    losses = 0.5 * (xp.log(var) + difference * difference / var)
    return _reduced(losses + 0.5 * math.log(2 * math.pi) if full else losses, reduction)


# -- margins -----------------------------------------------------------------------------------------------------------


def _hinge(distance: Tensor) -> Tensor:
    """``max(0, distance)``, with PyTorch's gradient at 0 of a loss: 1, where that of ``relu`` is 0."""
    return xp.clip(distance, 0, None)


@older_reduction
def hinge_embedding_loss(input: Tensor, target: Tensor, margin: float = 1.0, reduction: str = "mean") -> Tensor:
    """``input`` where ``target`` is 1, ``max(0, margin - input)`` where it is -1."""
    # The target chooses and is not computed with: its type does not enter the result's.
    return _hinge_embedding_loss(input, target != -1, target != 1, margin, reduction)


@in_single_precision
def _hinge_embedding_loss(input: Tensor, similar: Tensor, different: Tensor, margin: float, reduction: str) -> Tensor:
    zero = xp.zeros_like(input)
    return _reduced(xp.where(similar, input, zero) + xp.where(different, _hinge(margin - input), zero), reduction)


@older_reduction
@in_single_precision
def margin_ranking_loss(
    input1: Tensor, input2: Tensor, target: Tensor, margin: float = 0.0, reduction: str = "mean"
) -> Tensor:
    """``max(0, -target * (input1 - input2) + margin)``."""
    return _reduced(_hinge(-target * (input1 - input2) + margin), reduction)


@older_reduction
@in_single_precision
def soft_margin_loss(input: Tensor, target: Tensor, reduction: str = "mean") -> Tensor:
    """``log(1 + exp(-target * input))``."""
    input, target = _pair(input, target, "soft_margin_loss")
    return _reduced(-xp.logsigmoid(target * input), reduction)


@older_reduction
@in_single_precision
def triplet_margin_loss(
    anchor: Tensor, positive: Tensor, negative: Tensor, margin: float = 1.0, p: float = 2.0, eps: float = 1e-6,
    swap: bool = False, reduction: str = "mean",
) -> Tensor:  # fmt: skip
    """``max(0, distance(anchor, positive) - distance(anchor, negative) + margin)``."""
    if margin <= 0:
        raise ValueError(f"triplet_margin_loss: margin must be greater than 0, but it is {margin}")
    near, far = norm(anchor - positive + eps, p, -1), norm(anchor - negative + eps, p, -1)
    if swap:
        far = xp.minimum(far, norm(positive - negative + eps, p, -1))
    return _reduced(_hinge(near - far + margin), reduction)


@older_reduction
def cosine_embedding_loss(
    input1: Tensor, input2: Tensor, target: Tensor, margin: float = 0.0, reduction: str = "mean"
) -> Tensor:
    """``1 - cosine`` where ``target`` is 1, ``max(0, cosine - margin)`` where it is -1.

    Raises ShapeError unless ``target`` is ``(N,)`` and the inputs are ``(N, D)``, or without ``N``.
    """
    for name, value in (("input1", input1), ("input2", input2), ("target", target)):
        check_tensor(value, "cosine_embedding_loss", name)
    if target.ndim > 1 or any(x.ndim != target.ndim + 1 for x in (input1, input2)):
        raise ShapeError(
            f"cosine_embedding_loss: the target is (N,) and the inputs are (N, D), or without N; got {tuple(target.shape)} for "
            f"{tuple(input1.shape)} and {tuple(input2.shape)}"
        )
    # The target chooses and is not computed with: its type does not enter the result's.
    return _cosine_embedding_loss(input1, input2, target == 1, target == -1, margin, reduction)


@in_single_precision
def _cosine_embedding_loss(
    input1: Tensor, input2: Tensor, similar: Tensor, different: Tensor, margin: float, reduction: str
) -> Tensor:
    first, second = (x if x.dtype.is_differentiable else xp.astype(x, get_default_dtype()) for x in (input1, input2))
    cosine = cosine_similarity(first, second, first.ndim - 1)
    zero = xp.zeros_like(cosine)
    losses = xp.where(similar, 1 - cosine, zero) + xp.where(different, xp.relu(cosine - margin), zero)
    return _reduced(losses, reduction)
