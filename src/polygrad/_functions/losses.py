"""Losses in PyTorch's language.  ``reduction`` is ``"mean"``, ``"sum"`` or ``"none"``."""

from __future__ import annotations

import math
import warnings
from typing import Any

from .. import _dtypes
from .._core.dispatch import ShapeError
from .._core.tensor import Tensor
from .._state import RECORDERS
from .activations import log_softmax
from .common import check_tensor, xp
from .picking import gather
from .reductions import norm
from .shaping import broadcast_tensors

_REDUCTIONS = ("mean", "sum", "none")


def _check_reduction(reduction: str) -> None:
    if reduction not in _REDUCTIONS:
        raise ValueError(
            f"{reduction!r} is not a valid value for reduction: it is one of {', '.join(map(repr, _REDUCTIONS))}"
        )


def _reduced(losses: Tensor, reduction: str) -> Tensor:
    _check_reduction(reduction)
    return losses if reduction == "none" else xp.mean(losses) if reduction == "mean" else xp.sum(losses)


def _pair(input: Tensor, target: Tensor, name: str) -> tuple[Tensor, Tensor]:
    """Both operands in one shape.  PyTorch broadcasts too, and warns as it is almost always a mistake."""
    check_tensor(input, name)
    check_tensor(target, name, "target")
    if input.shape == target.shape:
        return input, target
    try:
        pair = broadcast_tensors(input, target)
    except RuntimeError:
        raise ShapeError(
            f"{name}: the input of shape {tuple(input.shape)} and the target of shape {tuple(target.shape)} do not fit together"
        ) from None
    warnings.warn(
        f"{name}: the target of shape {tuple(target.shape)} differs from the input's shape {tuple(input.shape)}; broadcasting "
        "them is likely to give a wrong result: make their shapes equal",
        stacklevel=3,
    )
    return pair


# -- classes ---------------------------------------------------------------------------------------------------------------


def known_values(tensor: Tensor) -> Any:
    """The values as a NumPy array, to check them; None while a function is traced, which must not depend on them."""
    backend, array = tensor.backend, tensor._read()
    return None if RECORDERS or backend.level or backend.is_traced(array) else backend.to_numpy(array)


def _classes(name: str, input: Tensor, target: Tensor, weight: Tensor | None) -> tuple[Tensor, Tensor]:
    """Scores ``(rows, classes)`` and a class for each row.  Raises ShapeError, with both shapes, where they do not fit."""
    shape = tuple(input.shape)
    if not shape:
        raise ShapeError(f"{name}: the input has no dimension of classes; its shape is ()")
    expected = shape[:1] + shape[2:] if len(shape) > 1 else ()
    if tuple(target.shape) != expected:
        raise ShapeError(
            f"{name}: for an input of shape {shape}, classes on dimension {min(1, len(shape) - 1)}, the target must have "
            f"shape {expected}, but it has {tuple(target.shape)}"
        )
    if target.dtype.kind not in ("int", "uint"):
        raise TypeError(
            f"{name}: a target of classes must be of an integer type, but it is {target.dtype.name}; convert it, as in "
            "target.long()"
        )
    classes = shape[min(1, len(shape) - 1)]
    if weight is not None and tuple(weight.shape) != (classes,):
        raise ShapeError(
            f"{name}: weight must have one element for each of the {classes} classes, not shape {tuple(weight.shape)}"
        )
    if len(shape) > 2:
        input = xp.permute_dims(input, (0, *range(2, len(shape)), 1))
    if len(shape) != 2:
        input, target = xp.reshape(input, (math.prod(expected), classes)), xp.reshape(target, (math.prod(expected),))
    return input, target


def _has_ignored(name: str, target: Tensor, classes: int, ignore_index: int) -> bool:
    """Whether some rows have no target.  Raises IndexError for a class that there is not."""
    values = known_values(target)
    if values is None:
        return True
    if not values.shape[0]:
        return False
    if values.min() >= 0 and values.max() < classes:
        return 0 <= ignore_index < classes and bool((values == ignore_index).any())
    wrong = values[((values < 0) | (values >= classes)) & (values != ignore_index)]
    if wrong.shape[0]:
        raise IndexError(
            f"{name}: Target {wrong[0]} is out of bounds; the input has {classes} classes, 0 to {classes - 1}"
        )
    return True


def cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """The cross-entropy of unnormalized scores ``(N, C, ...)`` and classes ``(N, ...)``, or probabilities ``(N, C, ...)``.

    Args:
        weight: a weight for each class.
        ignore_index: rows with this target count nothing.
        label_smoothing: the part of the target that is spread evenly over all classes, from 0 to 1.

    Raises ShapeError for shapes that do not fit, IndexError for a class that there is not, TypeError for a target that is
    not of an integer type.

    Example::

        F.cross_entropy(polygrad.zeros(2, 4), polygrad.tensor([0, 3]))  # tensor(1.3863), which is log(4)
    """
    check_tensor(input, "cross_entropy")
    check_tensor(target, "cross_entropy", "target")
    if not 0 <= label_smoothing <= 1:
        raise RuntimeError(f"cross_entropy: label_smoothing must be between 0.0 and 1.0, not {label_smoothing}")
    _check_reduction(reduction)
    if target.dtype.is_floating_point and target.shape == input.shape:
        return _with_probabilities(input, target, weight, reduction, label_smoothing)
    scores, labels = _classes("cross_entropy", input, target, weight)
    ignored = _has_ignored("cross_entropy", labels, scores.shape[1], ignore_index)
    if weight is None and not label_smoothing:
        if not ignored:
            loss = xp.cross_entropy(scores, labels, reduction)[0]
            return xp.reshape(loss, target.shape) if reduction == "none" and target.ndim != 1 else loss
        labels, keep = _without_ignored(labels, ignore_index)
        rows = xp.cross_entropy(scores, labels, "none")[0]
        return _shaped(_weighted(rows, xp.astype(keep, scores.dtype), keep, reduction), target, reduction)
    logarithms = log_softmax(scores, 1)
    loss = _nll(logarithms, labels, weight, ignore_index if ignored else None, reduction)
    if label_smoothing:
        even = _smooth(logarithms, labels, weight, ignore_index if ignored else None, reduction)
        loss = loss * (1 - label_smoothing) + even * (label_smoothing / scores.shape[1])
    return _shaped(loss, target, reduction)


def _shaped(loss: Tensor, target: Tensor, reduction: str) -> Tensor:
    return xp.reshape(loss, target.shape) if reduction == "none" else loss


def _with_probabilities(
    input: Tensor, target: Tensor, weight: Tensor | None, reduction: str, smoothing: float
) -> Tensor:
    axis = min(1, input.ndim - 1)
    classes = input.shape[axis]
    if smoothing:
        target = target * (1 - smoothing) + smoothing / classes
    terms = target * log_softmax(input, axis)
    if weight is not None:
        terms = terms * xp.reshape(weight, (classes, *(1,) * (input.ndim - axis - 1)))
    if reduction == "none":
        return -xp.sum(terms, axis)
    total = -xp.sum(terms)
    return total / max(input.shape.numel() // classes, 1) if reduction == "mean" else total


def _without_ignored(labels: Tensor, ignore_index: int) -> tuple[Tensor, Tensor]:
    """A class that exists for every row, and which rows count."""
    labels = xp.astype(labels, _dtypes.int64)
    keep = labels != ignore_index
    return xp.where(keep, labels, 0), keep


def _weighted(rows: Tensor, weights: Tensor, keep: Tensor | None, reduction: str) -> Tensor:
    """The losses of rows times their weights; the mean is by the weights' sum."""
    rows = rows * weights
    if keep is not None:  # a row that does not count may be infinite
        rows = xp.where(keep, rows, xp.zeros_like(rows))
    if reduction == "mean":
        return xp.sum(rows) / xp.sum(weights)
    return rows if reduction == "none" else xp.sum(rows)


def _row_weights(labels: Tensor, weight: Tensor | None, keep: Tensor | None, like: Tensor) -> Tensor:
    if weight is None:
        chosen = xp.ones_like(like)
    else:
        chosen = xp.astype(xp.take_rows(weight, labels), like.dtype)
    return chosen if keep is None else xp.where(keep, chosen, xp.zeros_like(chosen))


def _nll(logarithms: Tensor, labels: Tensor, weight: Tensor | None, ignore_index: int | None, reduction: str) -> Tensor:
    keep = None
    if ignore_index is not None:
        labels, keep = _without_ignored(labels, ignore_index)
    chosen = gather(logarithms, 1, xp.reshape(labels, (labels.shape[0], 1)))
    rows = -xp.reshape(chosen, tuple(labels.shape))
    return _weighted(rows, _row_weights(labels, weight, keep, rows), keep, reduction)


def _smooth(
    logarithms: Tensor, labels: Tensor, weight: Tensor | None, ignore_index: int | None, reduction: str
) -> Tensor:
    """The loss against all classes at once, which label smoothing mixes in."""
    keep = None
    if ignore_index is not None:
        labels, keep = _without_ignored(labels, ignore_index)
    rows = -xp.sum(logarithms if weight is None else logarithms * weight, 1)
    if keep is not None:
        rows = xp.where(keep, rows, xp.zeros_like(rows))
    if reduction == "mean":
        return xp.sum(rows) / xp.sum(_row_weights(labels, weight, keep, rows))
    return rows if reduction == "none" else xp.sum(rows)


def nll_loss(
    input: Tensor, target: Tensor, weight: Tensor | None = None, ignore_index: int = -100, reduction: str = "mean"
) -> Tensor:
    """The negative of log-probabilities ``(N, C, ...)`` at classes ``(N, ...)``.  Raises as `cross_entropy`."""
    check_tensor(input, "nll_loss")
    check_tensor(target, "nll_loss", "target")
    _check_reduction(reduction)
    rows, labels = _classes("nll_loss", input, target, weight)
    ignored = _has_ignored("nll_loss", labels, rows.shape[1], ignore_index)
    return _shaped(_nll(rows, labels, weight, ignore_index if ignored else None, reduction), target, reduction)


# -- distances -------------------------------------------------------------------------------------------------------------


def mse_loss(input: Tensor, target: Tensor, reduction: str = "mean", weight: Tensor | None = None) -> Tensor:
    """``(input - target) ** 2``.

    Raises ShapeError, with both shapes, where they do not fit.
    """
    if input.__class__ is not target.__class__ or input.shape != target.shape:
        input, target = _pair(input, target, "mse_loss")
    if weight is not None:
        difference = input - target
        return _reduced(difference * difference * weight, reduction)
    if reduction not in _REDUCTIONS:
        _check_reduction(reduction)
    return xp.mse_loss(input, target, reduction)


def l1_loss(input: Tensor, target: Tensor, reduction: str = "mean") -> Tensor:
    """``|input - target|``."""
    input, target = _pair(input, target, "l1_loss")
    return _reduced(xp.abs(input - target), reduction)


def smooth_l1_loss(input: Tensor, target: Tensor, reduction: str = "mean", beta: float = 1.0) -> Tensor:
    """``difference ** 2 / (2 * beta)`` for differences smaller than ``beta``, ``|difference| - beta / 2`` for others."""
    if beta < 0:
        raise ValueError(f"smooth_l1_loss: beta must not be negative, but it is {beta}")
    if beta == 0:
        return l1_loss(input, target, reduction)
    input, target = _pair(input, target, "smooth_l1_loss")
    difference = input - target
    size = xp.abs(difference)
    return _reduced(xp.where(size < beta, difference * difference * (0.5 / beta), size - 0.5 * beta), reduction)


def huber_loss(input: Tensor, target: Tensor, reduction: str = "mean", delta: float = 1.0) -> Tensor:
    """``difference ** 2 / 2`` for differences up to ``delta``, ``delta * (|difference| - delta / 2)`` for others."""
    if delta <= 0:
        raise ValueError(f"huber_loss: delta must be positive, but it is {delta}")
    input, target = _pair(input, target, "huber_loss")
    difference = input - target
    size = xp.abs(difference)
    return _reduced(xp.where(size <= delta, difference * difference * 0.5, (size - 0.5 * delta) * delta), reduction)


# -- probabilities ---------------------------------------------------------------------------------------------------------


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
    values = known_values(input)
    if values is not None and not bool(((values >= 0) & (values <= 1)).all()):
        raise RuntimeError(
            "binary_cross_entropy: all elements of input should be between 0 and 1; for unbounded scores use "
            "binary_cross_entropy_with_logits"
        )
    losses = xp.binary_cross_entropy(input, target)
    return _reduced(losses if weight is None else losses * weight, reduction)


def binary_cross_entropy_with_logits(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    reduction: str = "mean",
    pos_weight: Tensor | None = None,
) -> Tensor:
    """`binary_cross_entropy` of ``sigmoid(input)``, without overflow; ``pos_weight`` multiplies the positive targets."""
    check_tensor(input, "binary_cross_entropy_with_logits")
    if input.shape != check_tensor(target, "binary_cross_entropy_with_logits", "target").shape:
        raise ShapeError(
            f"binary_cross_entropy_with_logits: the target of shape {tuple(target.shape)} differs from the input's shape "
            f"{tuple(input.shape)}; make them equal"
        )
    logarithm = xp.logsigmoid(input)
    if pos_weight is not None:
        logarithm = logarithm * ((pos_weight - 1) * target + 1)
    losses = (1 - target) * input - logarithm
    return _reduced(losses if weight is None else losses * weight, reduction)


def kl_div(input: Tensor, target: Tensor, reduction: str = "mean", log_target: bool = False) -> Tensor:
    """``target * (log(target) - input)``, where ``input`` holds logarithms, and with ``log_target`` ``target`` too.

    ``reduction="batchmean"`` divides the sum by the batch's size, as the mathematical definition does; ``"mean"`` by the
    number of elements.
    """
    input, target = _pair(input, target, "kl_div")
    if log_target:
        losses = xp.exp(target) * (target - input)
    else:
        positive = target > 0
        logarithm = xp.log(xp.where(positive, target, xp.ones_like(target)))
        losses = xp.where(positive, target * logarithm, xp.zeros_like(target)) - target * input
    if reduction == "batchmean":
        return xp.sum(losses) / input.shape[0]
    return _reduced(losses, reduction)


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
    values = known_values(var)
    if values is not None and bool((values < 0).any()):
        raise ValueError("gaussian_nll_loss: var has negative entries")
    var = var + (xp.clip(var, eps, None) - var).detach()
    difference = input - target
    losses = 0.5 * (xp.log(var) + difference * difference / var)
    return _reduced(losses + 0.5 * math.log(2 * math.pi) if full else losses, reduction)


# -- margins ---------------------------------------------------------------------------------------------------------------


def hinge_embedding_loss(input: Tensor, target: Tensor, margin: float = 1.0, reduction: str = "mean") -> Tensor:
    """``input`` where ``target`` is 1, ``max(0, margin - input)`` where it is -1."""
    zero = xp.zeros_like(input)
    return _reduced(
        xp.where(target != -1, input, zero) + xp.where(target != 1, xp.relu(margin - input), zero), reduction
    )


def margin_ranking_loss(
    input1: Tensor, input2: Tensor, target: Tensor, margin: float = 0.0, reduction: str = "mean"
) -> Tensor:
    """``max(0, -target * (input1 - input2) + margin)``."""
    return _reduced(xp.relu(-target * (input1 - input2) + margin), reduction)


def soft_margin_loss(input: Tensor, target: Tensor, reduction: str = "mean") -> Tensor:
    """``log(1 + exp(-target * input))``."""
    input, target = _pair(input, target, "soft_margin_loss")
    return _reduced(-xp.logsigmoid(target * input), reduction)


def triplet_margin_loss(
    anchor: Tensor, positive: Tensor, negative: Tensor, margin: float = 1.0, p: float = 2.0, eps: float = 1e-6,
    swap: bool = False, reduction: str = "mean",
) -> Tensor:  # fmt: skip
    """``max(0, distance(anchor, positive) - distance(anchor, negative) + margin)``."""
    near, far = norm(anchor - positive + eps, p, -1), norm(anchor - negative + eps, p, -1)
    if swap:
        far = xp.minimum(far, norm(positive - negative + eps, p, -1))
    return _reduced(xp.relu(near - far + margin), reduction)
