"""Losses."""

from __future__ import annotations

import math
from typing import Any

from ..._core.errors import ShapeError
from ..._core.precision import in_single_precision
from ..._core.same_dtype import require_same_dtype
from ..._core.tensor import Tensor
from ..._core.warn import warn
from ..._dtypes import get_default_dtype
from ..broadcasting import broadcast_tensors
from ..common import assume, check_real, check_tensor, older_reduction, xp
from ..public import public_function
from ..reductions import norm
from ..special import xlogy
from .distance import cosine_similarity

_REDUCTIONS = ("mean", "sum", "none")


def check_reduction(reduction: str) -> None:
    if reduction not in _REDUCTIONS:
        raise ValueError(
            f"{reduction!r} is not a valid value for reduction: it is one of {', '.join(map(repr, _REDUCTIONS))}"
        )


def reduce_losses(losses: Tensor, reduction: str) -> Tensor:
    """Return the losses, their sum or their mean, as ``reduction`` says.  Raises ValueError if it is unknown."""
    check_reduction(reduction)
    return losses if reduction == "none" else xp.mean(losses) if reduction == "mean" else xp.sum(losses)


def _weighted_mean(losses: Tensor, weight: Tensor, reduction: str) -> Tensor:
    """As `reduce_losses`, with weights: the mean is divided by their sum."""
    if weight.shape != losses.shape:
        raise ShapeError(f"weight must have the shape of the losses, {tuple(losses.shape)}, not {tuple(weight.shape)}")
    total = reduce_losses(losses * weight, "sum" if reduction == "mean" else reduction)
    return total / xp.sum(weight) if reduction == "mean" else total


def _broadcast_pair(input: Tensor, target: Tensor, name: str) -> tuple[Tensor, Tensor]:
    """Broadcast both operands to one shape, with PyTorch's warning, since it is almost always a mistake."""
    check_tensor(input, name)
    check_tensor(target, name, "target")
    if input.shape == target.shape:
        return input, target
    try:
        first, second = broadcast_tensors(input, target)
    except RuntimeError:
        raise ShapeError(
            f"{name}: the input of shape {tuple(input.shape)} and the target of shape {tuple(target.shape)} do not "
            "broadcast"
        ) from None
    warn(
        f"{name}: the target of shape {tuple(target.shape)} differs from the input's shape {tuple(input.shape)}; "
        "broadcasting them is likely to give a wrong result: make their shapes equal"
    )
    return first, second


# -- distances ---------------------------------------------------------------------------------------------------------


@older_reduction
def mse_loss(input: Tensor, target: Tensor, reduction: str = "mean", weight: Tensor | None = None) -> Tensor:
    """Mean squared error: ``(input - target) ** 2``.

    Args:
        input: a tensor of any shape.
        target: a tensor of the same shape; another that broadcasts is taken with a warning.
        reduction: "mean", "sum", or "none" for the loss of each element.
        weight: a factor for each element, or None.  The mean is then divided by the sum of the factors.

    Returns:
        A scalar, or with "none" a tensor of the shape of ``input``.

    Raises:
        ShapeError: the shapes do not broadcast.
        ValueError: ``reduction`` is unknown.

    Example::

        >>> F.mse_loss(polygrad.tensor([1.0, 2.0]), polygrad.tensor([1.0, 4.0]))
        tensor(2.)
    """
    if input.__class__ is not target.__class__ or input.shape != target.shape:
        input, target = _broadcast_pair(input, target, "mse_loss")
    if not (input.dtype.is_differentiable or target.dtype.is_differentiable):
        input = xp.astype(input, get_default_dtype())
    if weight is not None:
        return _weighted_squares(input, target, weight, reduction)
    if reduction not in _REDUCTIONS:
        check_reduction(reduction)
    return xp.mse_loss(input, target, reduction)


@in_single_precision
def _weighted_squares(input: Tensor, target: Tensor, weight: Tensor, reduction: str) -> Tensor:
    check_real("mse_loss", input, target)
    difference = input - target
    return _weighted_mean(difference * difference, weight, reduction)


@older_reduction
@in_single_precision
def l1_loss(input: Tensor, target: Tensor, reduction: str = "mean", weight: Tensor | None = None) -> Tensor:
    """Mean absolute error: ``abs(input - target)``.

    Args:
        input: a tensor of any shape.
        target: a tensor of the same shape; another that broadcasts is taken with a warning.
        reduction: "mean", "sum", or "none" for the loss of each element.
        weight: a factor for each element, or None.  The mean is then divided by the sum of the factors.

    Returns:
        A scalar, or with "none" a tensor of the shape of ``input``.

    Raises:
        ShapeError: the shapes do not broadcast.
        ValueError: ``reduction`` is unknown.

    Example::

        >>> F.l1_loss(polygrad.tensor([1.0, 2.0]), polygrad.tensor([1.0, 4.0]))
        tensor(1.)
    """
    input, target = _broadcast_pair(input, target, "l1_loss")
    losses = xp.abs(input - target)
    return reduce_losses(losses, reduction) if weight is None else _weighted_mean(losses, weight, reduction)


@older_reduction
@in_single_precision
def smooth_l1_loss(input: Tensor, target: Tensor, reduction: str = "mean", beta: float = 1.0) -> Tensor:
    """Squared error for small differences, absolute error for large ones.

    With ``d = abs(input - target)``: ``d ** 2 / (2 * beta)`` where ``d < beta``, else ``d - beta / 2``.  Girshick, "Fast R-CNN",
    2015, arXiv:1504.08083.

    Args:
        input: a tensor of any shape.
        target: a tensor of the same shape; another that broadcasts is taken with a warning.
        reduction: "mean", "sum", or "none" for the loss of each element.
        beta: the difference where the loss becomes linear, at least 0; with 0 this is `l1_loss`.

    Returns:
        A scalar, or with "none" a tensor of the shape of ``input``.

    Raises:
        ShapeError: the shapes do not broadcast.
        RuntimeError: ``beta`` is negative.

    Example::

        >>> F.smooth_l1_loss(polygrad.tensor([0.0, 0.0]), polygrad.tensor([0.5, 3.0]), reduction="none")
        tensor([0.1250, 2.5000])
    """
    if beta < 0:
        raise RuntimeError(f"smooth_l1_loss: beta must not be negative, but it is {beta}")
    if beta == 0:
        return l1_loss(input, target, reduction)
    input, target = _broadcast_pair(input, target, "smooth_l1_loss")
    check_real("smooth_l1_loss", input, target)
    difference = input - target
    size = xp.abs(difference)
    return reduce_losses(xp.where(size < beta, difference * difference * (0.5 / beta), size - 0.5 * beta), reduction)


@older_reduction
@in_single_precision
def huber_loss(
    input: Tensor, target: Tensor, reduction: str = "mean", delta: float = 1.0, weight: Tensor | None = None
) -> Tensor:
    """Squared error for small differences, absolute error for large ones, in the scale of the squared error.

    With ``d = abs(input - target)``: ``d ** 2 / 2`` where ``d <= delta``, else ``delta * (d - delta / 2)``.  Huber, "Robust
    estimation of a location parameter", 1964.

    Args:
        input: a tensor of any shape.
        target: a tensor of the same shape; another that broadcasts is taken with a warning.
        reduction: "mean", "sum", or "none" for the loss of each element.
        delta: the difference where the loss becomes linear, positive.
        weight: a factor for each element, or None.

    Returns:
        A scalar, or with "none" a tensor of the shape of ``input``.

    Raises:
        ShapeError: the shapes do not broadcast.
        RuntimeError: ``delta`` is not positive.

    Example::

        >>> F.huber_loss(polygrad.tensor([0.0, 0.0]), polygrad.tensor([0.5, 3.0]), reduction="none", delta=2.0)
        tensor([0.1250, 4.0000])
    """
    if delta <= 0:
        raise RuntimeError(f"huber_loss: delta must be positive, but it is {delta}")
    input, target = _broadcast_pair(input, target, "huber_loss")
    check_real("huber_loss", input, target)
    difference = input - target
    size = xp.abs(difference)
    losses = xp.where(size <= delta, difference * difference * 0.5, (size - 0.5 * delta) * delta)
    return reduce_losses(losses if weight is None else losses * weight, reduction)


# -- probabilities -----------------------------------------------------------------------------------------------------


def _check_target(target: Tensor, name: str) -> None:
    if not check_tensor(target, name, "target").dtype.is_differentiable:
        raise RuntimeError(f"{name}: the target holds probabilities, and is {target.dtype.name}; write target.float()")


@older_reduction
@require_same_dtype("input", "target")
@in_single_precision
def binary_cross_entropy(
    input: Tensor, target: Tensor, weight: Tensor | None = None, reduction: str = "mean"
) -> Tensor:
    """Cross-entropy of probabilities: ``-(target * log(input) + (1 - target) * log(1 - input))``.

    Each logarithm counts as at least -100.

    Args:
        input: probabilities from 0 to 1, of any shape.
        target: a tensor of the same shape and data type, with values from 0 to 1.
        weight: a factor for each element, that broadcasts to ``input``, or None.
        reduction: "mean", "sum", or "none" for the loss of each element.

    Returns:
        A scalar, or with "none" a tensor of the shape of ``input``.

    Raises:
        RuntimeError: ``input`` is not from 0 to 1.
        ShapeError: the shapes differ.
        MixedTypesError: the data types differ.

    Example::

        >>> F.binary_cross_entropy(polygrad.tensor([0.5, 0.9]), polygrad.tensor([0.0, 1.0]))
        tensor(0.3993)
    """
    check_tensor(input, "binary_cross_entropy")
    check_tensor(target, "binary_cross_entropy", "target")
    if input.shape != target.shape:
        raise ShapeError(
            f"binary_cross_entropy: the target of shape {tuple(target.shape)} differs from the input's shape "
            f"{tuple(input.shape)}; make them equal"
        )
    check_real("binary_cross_entropy", input, target)
    if assume(input, lambda values: bool(((values >= 0) & (values <= 1)).all())) is False:
        raise RuntimeError(
            "binary_cross_entropy: all elements of input should be between 0 and 1; for unbounded scores use "
            "binary_cross_entropy_with_logits"
        )
    losses = xp.binary_cross_entropy(input, target)
    return reduce_losses(losses if weight is None else losses * weight, reduction)


@public_function()
@older_reduction
@in_single_precision
def binary_cross_entropy_with_logits(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    reduction: str = "mean",
    pos_weight: Tensor | None = None,
) -> Tensor:
    """`binary_cross_entropy` of ``sigmoid(input)``, without overflow.

    Args:
        input: scores (logits) of any shape.
        target: a tensor of the same shape, with values from 0 to 1.
        weight: a factor for each element, that broadcasts to ``input``, or None.
        reduction: "mean", "sum", or "none" for the loss of each element.
        pos_weight: a factor for the term of ``target``, that broadcasts to ``input``; above 1 it favours recall.

    Returns:
        A scalar, or with "none" a tensor of the shape of ``input``.

    Raises:
        ShapeError: the shapes differ.
        RuntimeError: ``target`` is of an integer type.

    Example::

        >>> F.binary_cross_entropy_with_logits(polygrad.tensor([0.0, 100.0]), polygrad.tensor([1.0, 0.0]), reduction="none")
        tensor([  0.6931, 100.0000])
    """
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
    return reduce_losses(losses if weight is None else losses * weight, reduction)


@public_function()
@older_reduction
@in_single_precision
def kl_div(input: Tensor, target: Tensor, reduction: str = "mean", log_target: bool = False) -> Tensor:
    """Kullback-Leibler divergence of ``target`` from ``input``: ``target * (log(target) - input)``.

    Args:
        input: log-probabilities of any shape.
        target: probabilities of the same shape, or their logarithms with ``log_target``.
        reduction: "batchmean" divides the sum by the length of the first dimension, which is the divergence; "mean" divides by
            the number of elements, and warns; or "sum" or "none".
        log_target: whether ``target`` has logarithms.

    Returns:
        A scalar, or with "none" a tensor of the shape of ``input``.

    Raises:
        ShapeError: the shapes do not broadcast.
        RuntimeError: ``target`` is of an integer type.

    Example::

        >>> input = polygrad.tensor([[0.5, 0.5]]).log()
        >>> F.kl_div(input, polygrad.tensor([[0.9, 0.1]]), reduction="batchmean")
        tensor(0.3681)
    """
    if reduction == "mean":
        warn(
            "kl_div: reduction='mean' divides by the number of elements, and not by the batch's size, as the mathematical "
            "definition does; write reduction='batchmean'"
        )
    _check_target(target, "kl_div")
    input, target = _broadcast_pair(input, target, "kl_div")
    if log_target:
        losses = xp.exp(target) * (target - input)
    else:
        losses = xlogy(target, target) - target * input
    if reduction == "batchmean":
        return xp.sum(losses) / input.shape[0] if input.ndim else losses
    return reduce_losses(losses, reduction)


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
    """Negative log-likelihood of counts under Poisson distributions.

    ``exp(input) - target * input``, or with ``log_input=False`` ``input - target * log(input + eps)``; the term ``log(target!)``
    is left out unless ``full``.

    Args:
        input: the logarithm of the rate, or the rate itself, of any shape.
        target: counts of the same shape.
        log_input: whether ``input`` has logarithms.
        full: add Stirling's approximation of ``log(target!)`` where ``target > 1``.
        eps: a number added to a rate before its logarithm is taken.
        reduction: "mean", "sum", or "none" for the loss of each element.

    Returns:
        A scalar, or with "none" a tensor of the shape of ``input``.

    Raises:
        ValueError: ``reduction`` is unknown.

    Example::

        >>> F.poisson_nll_loss(polygrad.tensor([0.0, 1.0]), polygrad.tensor([1.0, 3.0]), reduction="none")
        tensor([ 1.0000, -0.2817])
    """
    losses = xp.exp(input) - target * input if log_input else input - target * xp.log(input + eps)
    if full:
        large = target > 1
        safe = xp.where(large, target, xp.ones_like(target))
        stirling = safe * xp.log(safe) - safe + 0.5 * xp.log(2 * math.pi * safe)
        losses = losses + xp.where(large, stirling, xp.zeros_like(stirling))
    return reduce_losses(losses, reduction)


@older_reduction
@in_single_precision
def gaussian_nll_loss(
    input: Tensor, target: Tensor, var: Any, full: bool = False, eps: float = 1e-6, reduction: str = "mean"
) -> Tensor:
    """Negative log-likelihood under normal distributions: ``(log(var) + (input - target) ** 2 / var) / 2``.

    Nix and Weigend, "Estimating the mean and variance of the target probability distribution", 1994.

    Args:
        input: the means, of any shape.
        target: a tensor of the same shape.
        var: the variances, at least 0: of the shape of ``input``, of that without its last dimension, or a number.
        full: add the constant ``log(2 * pi) / 2``.
        eps: the smallest value that a variance counts as; the gradient ignores this bound.
        reduction: "mean", "sum", or "none" for the loss of each element.

    Returns:
        A scalar, or with "none" a tensor of the shape of ``input``.

    Raises:
        ValueError: a variance is negative, or ``reduction`` is unknown.

    Example::

        >>> F.gaussian_nll_loss(polygrad.tensor([0.0, 0.0]), polygrad.tensor([1.0, 2.0]), var=1.0, reduction="none")
        tensor([0.5000, 2.0000])
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
    return reduce_losses(losses + 0.5 * math.log(2 * math.pi) if full else losses, reduction)


# -- margins -----------------------------------------------------------------------------------------------------------


def hinge(distance: Tensor) -> Tensor:
    """Compute ``max(0, distance)`` with gradient 1 at 0, as PyTorch's losses have, where `relu` has 0."""
    return xp.clip(distance, 0, None)


@public_function()
@older_reduction
def hinge_embedding_loss(input: Tensor, target: Tensor, margin: float = 1.0, reduction: str = "mean") -> Tensor:
    """Hinge loss of distances: ``input`` where ``target`` is 1, ``max(0, margin - input)`` where it is -1.

    Args:
        input: distances, of any shape.
        target: a tensor of the same shape, of 1 and -1.
        margin: the distance that dissimilar pairs should have.
        reduction: "mean", "sum", or "none" for the loss of each element.

    Returns:
        A scalar, or with "none" a tensor of the shape of ``input``.

    Raises:
        ValueError: ``reduction`` is unknown.

    Example::

        >>> F.hinge_embedding_loss(polygrad.tensor([0.2, 0.2]), polygrad.tensor([1, -1]), reduction="none")
        tensor([0.2000, 0.8000])
    """
    # The target only selects: its data type does not affect the result's.
    return _hinge_embedding_loss(input, target != -1, target != 1, margin, reduction)


@in_single_precision
def _hinge_embedding_loss(input: Tensor, similar: Tensor, different: Tensor, margin: float, reduction: str) -> Tensor:
    zero = xp.zeros_like(input)
    return reduce_losses(xp.where(similar, input, zero) + xp.where(different, hinge(margin - input), zero), reduction)


@public_function()
@older_reduction
@in_single_precision
def margin_ranking_loss(
    input1: Tensor, input2: Tensor, target: Tensor, margin: float = 0.0, reduction: str = "mean"
) -> Tensor:
    """Hinge loss of a ranking: ``max(0, -target * (input1 - input2) + margin)``.

    Args:
        input1: a tensor of any shape.
        input2: a tensor of the same shape.
        target: 1 where ``input1`` should be the larger, -1 where ``input2`` should.
        margin: by how much.
        reduction: "mean", "sum", or "none" for the loss of each element.

    Returns:
        A scalar, or with "none" a tensor of the shape of ``input1``.

    Raises:
        ValueError: ``reduction`` is unknown.

    Example::

        >>> F.margin_ranking_loss(polygrad.tensor([2.0]), polygrad.tensor([1.0]), polygrad.tensor([-1.0]), margin=0.5)
        tensor(1.5000)
    """
    return reduce_losses(hinge(-target * (input1 - input2) + margin), reduction)


@older_reduction
@in_single_precision
def soft_margin_loss(input: Tensor, target: Tensor, reduction: str = "mean") -> Tensor:
    """Logistic loss: ``log(1 + exp(-target * input))``.

    Args:
        input: scores of any shape.
        target: a tensor of the same shape, of 1 and -1.
        reduction: "mean", "sum", or "none" for the loss of each element.

    Returns:
        A scalar, or with "none" a tensor of the shape of ``input``.

    Raises:
        ShapeError: the shapes do not broadcast.
        ValueError: ``reduction`` is unknown.

    Example::

        >>> F.soft_margin_loss(polygrad.tensor([2.0, 2.0]), polygrad.tensor([1.0, -1.0]), reduction="none")
        tensor([0.1269, 2.1269])
    """
    input, target = _broadcast_pair(input, target, "soft_margin_loss")
    return reduce_losses(-xp.logsigmoid(target * input), reduction)


@public_function()
@older_reduction
@in_single_precision
def triplet_margin_loss(
    anchor: Tensor, positive: Tensor, negative: Tensor, margin: float = 1.0, p: float = 2.0, eps: float = 1e-6,
    swap: bool = False, reduction: str = "mean",
) -> Tensor:  # fmt: skip
    """Hinge loss of two distances: ``max(0, d(anchor, positive) - d(anchor, negative) + margin)``, with `pairwise_distance` ``d``.

    Balntas et al., "Learning shallow convolutional feature descriptors with triplet losses", 2016.

    Args:
        anchor: vectors ``(*, D)``.
        positive: vectors of the same shape, to be near.
        negative: vectors of the same shape, to be far.
        margin: by how much farther, positive.
        p: the order of the norm.
        eps: a number added to each difference, which keeps the gradient finite.
        swap: take ``d(positive, negative)`` where that is the smaller.
        reduction: "mean", "sum", or "none" for the loss of each triplet.

    Returns:
        A scalar, or with "none" a tensor ``(*)``.

    Raises:
        ValueError: ``margin`` is not positive, or ``reduction`` is unknown.

    Example::

        >>> anchor, positive, negative = polygrad.tensor([[0.0, 0.0], [0.0, 1.0], [3.0, 4.0]])[:, None]
        >>> F.triplet_margin_loss(anchor, positive, negative, margin=5.0)
        tensor(1.0000)
    """
    if margin <= 0:
        raise ValueError(f"triplet_margin_loss: margin must be greater than 0, but it is {margin}")
    near, far = norm(anchor - positive + eps, p, -1), norm(anchor - negative + eps, p, -1)
    if swap:
        far = xp.minimum(far, norm(positive - negative + eps, p, -1))
    return reduce_losses(hinge(near - far + margin), reduction)


@public_function()
@older_reduction
def cosine_embedding_loss(
    input1: Tensor, input2: Tensor, target: Tensor, margin: float = 0.0, reduction: str = "mean"
) -> Tensor:
    """Loss of the cosine of two vectors: ``1 - cosine`` where ``target`` is 1, ``max(0, cosine - margin)`` where it is -1.

    Args:
        input1: vectors ``(N, D)`` or ``(D,)``.
        input2: vectors ``(N, D)`` or ``(D,)``.
        target: a tensor ``(N,)`` or ``()`` of 1 and -1.
        margin: the cosine below which dissimilar pairs cost nothing, from -1 to 1.
        reduction: "mean", "sum", or "none" for the loss of each pair.

    Returns:
        A scalar, or with "none" a tensor ``(N,)``.

    Raises:
        ShapeError: the numbers of dimensions do not match.

    Example::

        >>> F.cosine_embedding_loss(polygrad.tensor([1.0, 0.0]), polygrad.tensor([1.0, 1.0]), polygrad.tensor(1))
        tensor(0.2929)
    """
    for name, value in (("input1", input1), ("input2", input2), ("target", target)):
        check_tensor(value, "cosine_embedding_loss", name)
    if target.ndim > 1 or any(x.ndim != target.ndim + 1 for x in (input1, input2)):
        raise ShapeError(
            f"cosine_embedding_loss: the target is (N,) and the inputs are (N, D), or without N; got {tuple(target.shape)} for "
            f"{tuple(input1.shape)} and {tuple(input2.shape)}"
        )
    # The target only selects: its data type does not affect the result's.
    return _cosine_embedding_loss(input1, input2, target == 1, target == -1, margin, reduction)


@in_single_precision
def _cosine_embedding_loss(
    input1: Tensor, input2: Tensor, similar: Tensor, different: Tensor, margin: float, reduction: str
) -> Tensor:
    first, second = (x if x.dtype.is_differentiable else xp.astype(x, get_default_dtype()) for x in (input1, input2))
    cosine = cosine_similarity(first, second, first.ndim - 1)
    zero = xp.zeros_like(cosine)
    losses = xp.where(similar, 1 - cosine, zero) + xp.where(different, xp.relu(cosine - margin), zero)
    return reduce_losses(losses, reduction)
