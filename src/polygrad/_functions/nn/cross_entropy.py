"""Cross-entropy and negative log-likelihood, with class weights, ignored targets and label smoothing."""

from __future__ import annotations

import math
from typing import Any

from ... import _dtypes
from ..._core.errors import ShapeError
from ..._core.precision import in_single_precision
from ..._core.same_dtype import require_same_dtype
from ..._core.tensor import Tensor
from ..common import assume, check_tensor, older_reduction, xp
from ..scatter_gather import gather
from .activations import log_softmax
from .losses import check_reduction


def _flatten_classes(name: str, input: Tensor, target: Tensor, weight: Tensor | None) -> tuple[Tensor, Tensor]:
    """Return scores ``(rows, classes)`` and a class per row.  Raises ShapeError if the shapes do not match."""
    shape = tuple(input.shape)
    if not shape:
        raise ShapeError(f"{name}: the input has no dimension of classes; its shape is ()")
    expected = shape[:1] + shape[2:] if len(shape) > 1 else ()
    if tuple(target.shape) != expected:
        raise ShapeError(
            f"{name}: for an input of shape {shape}, classes on dimension {min(1, len(shape) - 1)}, the target must "
            f"have shape {expected}, but it has {tuple(target.shape)}"
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
    if target.dtype.kind == "uint":  # bytes can be classes, but not indices
        target = xp.astype(target, _dtypes.int64)
    if len(shape) > 2:
        input = xp.permute_dims(input, (0, *range(2, len(shape)), 1))
    if len(shape) != 2:
        input, target = xp.reshape(input, (math.prod(expected), classes)), xp.reshape(target, (math.prod(expected),))
    return input, target


def _has_ignored(name: str, target: Tensor, classes: int, ignore_index: int) -> bool:
    """Return whether some rows have the target ``ignore_index``.  Raises IndexError for a class that does not exist."""

    def question(values: Any) -> bool:
        if not values.size:
            return False
        if values.min() >= 0 and values.max() < classes:
            return 0 <= ignore_index < classes and bool((values == ignore_index).any())
        wrong = values[((values < 0) | (values >= classes)) & (values != ignore_index)]
        if wrong.shape[0]:
            raise IndexError(
                f"{name}: Target {wrong[0]} is out of bounds; the input has {classes} classes, 0 to {classes - 1}"
            )
        return True

    answer = assume(target, question)
    return True if answer is None else answer


@older_reduction
@require_same_dtype("input", "weight")
@in_single_precision
def cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """Cross-entropy of unnormalized scores and target classes, or target probabilities: `nll_loss` of `log_softmax`.

    For classes: ``loss[n] = -weight[y] * log(softmax(input[n])[y])`` with ``y = target[n]``; the mean divides by the sum of the
    weights of all targets.

    Args:
        input: scores (logits) ``(N, C)``, ``(N, C, *)`` or ``(C,)``.
        target: classes from 0 to ``C - 1``, integers ``(N,)``, ``(N, *)`` or ``()``; or probabilities of the shape of ``input``.
        weight: a weight for each class, ``(C,)``, or None.
        ignore_index: a target that does not count.
        reduction: "mean", "sum", or "none" for the loss of each target.
        label_smoothing: the part of the target that is spread over all classes evenly, from 0 to 1
            (Szegedy et al., 2015, arXiv:1512.00567).

    Returns:
        A scalar, or with "none" a tensor ``(N,)``, ``(N, *)`` or ``()``.

    Raises:
        ShapeError: the shapes do not match.
        IndexError: a target is not among the classes.
        TypeError: targets of classes are not of an integer type.

    Example::

        >>> F.cross_entropy(polygrad.zeros(2, 4), polygrad.tensor([0, 3]))  # log(4)
        tensor(1.3863)
    """
    check_tensor(input, "cross_entropy")
    check_tensor(target, "cross_entropy", "target")
    if not 0 <= label_smoothing <= 1:
        raise RuntimeError(f"cross_entropy: label_smoothing must be between 0.0 and 1.0, not {label_smoothing}")
    check_reduction(reduction)
    if target.dtype.is_floating_point and target.shape == input.shape:
        return _cross_entropy_of_probabilities(input, target, weight, reduction, label_smoothing)
    scores, labels = _flatten_classes("cross_entropy", input, target, weight)
    ignored = _has_ignored("cross_entropy", labels, scores.shape[1], ignore_index)
    if not scores.shape[1]:  # all targets are ignored: use one class, so that a maximum exists
        scores = xp.slice_pad(scores, (Ellipsis, slice(0, 0)), (scores.shape[0], 1))
    if weight is None and not label_smoothing:
        if not ignored:
            loss = xp.cross_entropy(scores, labels, reduction)[0]
            return xp.reshape(loss, target.shape) if reduction == "none" and target.ndim != 1 else loss
        labels, keep = _replace_ignored(labels, ignore_index)
        rows = xp.cross_entropy(scores, labels, "none")[0]
        return _reshape_loss(_reduce_weighted(rows, xp.astype(keep, scores.dtype), keep, reduction), target, reduction)
    logarithms = log_softmax(scores, 1)
    loss = _nll(logarithms, labels, weight, ignore_index if ignored else None, reduction)
    if label_smoothing:
        even = _smoothing_loss(logarithms, labels, weight, ignore_index if ignored else None, reduction)
        loss = loss * (1 - label_smoothing) + even * (label_smoothing / scores.shape[1])
    return _reshape_loss(loss, target, reduction)


def _reshape_loss(loss: Tensor, target: Tensor, reduction: str) -> Tensor:
    return xp.reshape(loss, target.shape) if reduction == "none" else loss


def _cross_entropy_of_probabilities(
    input: Tensor, target: Tensor, weight: Tensor | None, reduction: str, smoothing: float
) -> Tensor:
    axis = min(1, input.ndim - 1)
    classes = input.shape[axis]
    if smoothing and classes:
        target = target * (1 - smoothing) + smoothing / classes
    terms = target * log_softmax(input, axis)
    if weight is not None:
        terms = terms * xp.reshape(weight, (classes, *(1,) * (input.ndim - axis - 1)))
    if reduction == "none":
        return -xp.sum(terms, axis)
    total = -xp.sum(terms)
    if reduction == "sum":
        return total
    return xp.divide(total, input.shape.numel() // classes if classes else math.nan)


def _replace_ignored(labels: Tensor, ignore_index: int) -> tuple[Tensor, Tensor]:
    """Return targets with an existing class in every row, and a mask of the rows that count."""
    labels = xp.astype(labels, _dtypes.int64)
    keep = labels != ignore_index
    return xp.where(keep, labels, 0), keep


def _reduce_weighted(rows: Tensor, weights: Tensor, keep: Tensor | None, reduction: str) -> Tensor:
    """Multiply the losses of rows by their weights and reduce them; the mean divides by the sum of the weights."""
    rows = rows * weights
    if keep is not None:  # an ignored row can be infinite
        rows = xp.where(keep, rows, xp.zeros_like(rows))
    if reduction == "mean":
        return xp.sum(rows) / xp.sum(weights)
    return rows if reduction == "none" else xp.sum(rows)


def _weights_of_rows(labels: Tensor, weight: Tensor | None, keep: Tensor | None, like: Tensor) -> Tensor:
    if weight is None:
        chosen = xp.ones_like(like)
    else:
        chosen = xp.astype(xp.take_rows(weight, labels), like.dtype)
    return chosen if keep is None else xp.where(keep, chosen, xp.zeros_like(chosen))


def _nll(logarithms: Tensor, labels: Tensor, weight: Tensor | None, ignore_index: int | None, reduction: str) -> Tensor:
    keep = None
    if ignore_index is not None:
        labels, keep = _replace_ignored(labels, ignore_index)
    chosen = gather(logarithms, 1, xp.reshape(labels, (labels.shape[0], 1)))
    rows = -xp.reshape(chosen, tuple(labels.shape))
    return _reduce_weighted(rows, _weights_of_rows(labels, weight, keep, rows), keep, reduction)


def _smoothing_loss(
    logarithms: Tensor, labels: Tensor, weight: Tensor | None, ignore_index: int | None, reduction: str
) -> Tensor:
    """Compute the loss against all classes evenly, which label smoothing mixes in."""
    keep = None
    if ignore_index is not None:
        labels, keep = _replace_ignored(labels, ignore_index)
    rows = -xp.sum(logarithms if weight is None else logarithms * weight, 1)
    if keep is not None:
        rows = xp.where(keep, rows, xp.zeros_like(rows))
    if reduction == "mean":
        return xp.sum(rows) / xp.sum(_weights_of_rows(labels, weight, keep, rows))
    return rows if reduction == "none" else xp.sum(rows)


@older_reduction
@require_same_dtype("input", "weight")
@in_single_precision
def nll_loss(
    input: Tensor, target: Tensor, weight: Tensor | None = None, ignore_index: int = -100, reduction: str = "mean"
) -> Tensor:
    """Negative log-likelihood of classes: ``-weight[y] * input[n, y]`` with ``y = target[n]``.

    The mean divides by the sum of the weights of all targets.

    Args:
        input: log-probabilities ``(N, C)``, ``(N, C, *)`` or ``(C,)``.
        target: classes from 0 to ``C - 1``, integers ``(N,)``, ``(N, *)`` or ``()``.
        weight: a weight for each class, ``(C,)``, or None.
        ignore_index: a target that does not count.
        reduction: "mean", "sum", or "none" for the loss of each target.

    Returns:
        A scalar, or with "none" a tensor ``(N,)``, ``(N, *)`` or ``()``.

    Raises:
        ShapeError: the shapes do not match.
        IndexError: a target is not among the classes.
        TypeError: targets are not of an integer type.

    Example::

        >>> scores = polygrad.tensor([[2.0, 0.0], [0.0, 2.0]])
        >>> F.nll_loss(F.log_softmax(scores, dim=1), polygrad.tensor([0, 0]), reduction="none")
        tensor([0.1269, 2.1269])
    """
    check_tensor(input, "nll_loss")
    check_tensor(target, "nll_loss", "target")
    check_reduction(reduction)
    rows, labels = _flatten_classes("nll_loss", input, target, weight)
    ignored = _has_ignored("nll_loss", labels, rows.shape[1], ignore_index)
    return _reshape_loss(_nll(rows, labels, weight, ignore_index if ignored else None, reduction), target, reduction)
