"""Losses of the margins between the scores of classes, and of distances that a user defines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ... import _dtypes
from ..._core.errors import ShapeError
from ..._core.precision import in_single_precision
from ..._core.tensor import Tensor
from ..common import assume, check_tensor, older_reduction, place_of, xp
from ..creation import arange
from ..cumulative import cumprod
from ..scatter_gather import gather
from .distance import pairwise_distance
from .losses import hinge, reduce_losses


def _check_labels(target: Tensor, lowest: int, classes: int, name: str) -> None:
    if check_tensor(target, name, "target").dtype.kind not in ("int", "uint"):
        raise RuntimeError(f"{name}: the target must be of an integer type, not {target.dtype.name}")

    def check(values: Any) -> None:
        if values.size and (values.min() < lowest or values.max() >= classes):
            wrong = values.min() if values.min() < lowest else values.max()
            raise RuntimeError(f"{name}: target {wrong} is out of range for {classes} classes")

    assume(target, check)


@older_reduction
@in_single_precision
def multi_margin_loss(
    input: Tensor,
    target: Tensor,
    p: int = 1,
    margin: float = 1.0,
    weight: Tensor | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Hinge loss of the scores of classes: ``sum(max(0, margin - input[target] + input[i]) ** p for i != target) / C``.

    Args:
        input: scores ``(N, C)`` or ``(C,)``.
        target: the class of each row, ``(N,)`` or ``()``.
        p: the exponent, 1 or 2.
        margin: by how much the score of the target should exceed the others.
        weight: a factor for each class, ``(C,)``, or None: that of the target multiplies the loss.
        reduction: "mean", "sum", or "none" for the loss of each row.

    Returns:
        A scalar, or with "none" a tensor ``(N,)``.

    Raises:
        ValueError: ``p`` is neither 1 nor 2, ``weight`` is not a vector, or ``reduction`` is unknown.
        ShapeError: the shapes do not fit.
        RuntimeError: a target is not a class.

    Example::

        >>> F.multi_margin_loss(polygrad.tensor([[0.1, 0.2, 0.9]]), polygrad.tensor([2]))
        tensor(0.1667)
    """
    name = "multi_margin_loss"
    if p not in (1, 2):
        raise ValueError(f"{name}: only p == 1 and p == 2 are supported, not {p}")
    if weight is not None and check_tensor(weight, name, "weight").ndim != 1:
        raise ValueError(f"{name}: weight must be one-dimensional, but it has {weight.ndim} dimensions")
    input = input if check_tensor(input, name).ndim else xp.reshape(input, (1,))
    if input.ndim > 2 or not input.shape[-1]:
        raise ShapeError(f"{name}: the input must be (N, C) or (C,), but its shape is {tuple(input.shape)}")
    classes = input.shape[-1]
    _check_labels(target, 0, classes, name)
    if target.shape.numel() != input.shape[:-1].numel() or target.ndim > 1:
        raise ShapeError(
            f"{name}: the target must have shape {tuple(input.shape[:-1])} for an input of shape {tuple(input.shape)}, not "
            f"{tuple(target.shape)}"
        )
    if weight is not None and weight.shape[0] != classes:
        raise ShapeError(
            f"{name}: weight must have an element for each of the {classes} classes, not {weight.shape[0]}"
        )
    rows = xp.reshape(input, (target.shape.numel(), classes))
    column = xp.astype(xp.reshape(target, (rows.shape[0], 1)), _dtypes.int64)
    margins = xp.relu(margin - gather(rows, 1, column) + rows)
    margins = margins if p == 1 else margins * margins
    others = arange(classes, **place_of(rows)) != column
    losses = xp.sum(xp.where(others, margins, 0), axis=1) / classes
    if weight is not None:
        losses = losses * xp.take_rows(weight, column[:, 0])
    return reduce_losses(losses if input.ndim == 2 else losses[0], reduction)


@older_reduction
@in_single_precision
def multilabel_margin_loss(input: Tensor, target: Tensor, reduction: str = "mean") -> Tensor:
    """Hinge loss of several classes: ``sum(max(0, 1 - input[j] + input[i])) / C`` over targets ``j`` and other classes ``i``.

    Args:
        input: scores ``(N, C)`` or ``(C,)``.
        target: classes, in a tensor of the same shape; in each row only those before the first -1 count.
        reduction: "mean", "sum", or "none" for the loss of each row.

    Returns:
        A scalar, or with "none" a tensor ``(N,)``.

    Raises:
        ShapeError: the shapes do not fit.
        RuntimeError: a target is not a class.
        ValueError: ``reduction`` is unknown.

    Example::

        >>> input, target = polygrad.tensor([[0.1, 0.2, 0.4, 0.8]]), polygrad.tensor([[3, 0, -1, 1]])
        >>> F.multilabel_margin_loss(input, target)
        tensor(0.8500)
    """
    name = "multilabel_margin_loss"
    if not check_tensor(input, name).ndim and not check_tensor(target, name, "target").ndim:
        input, target = xp.reshape(input, (1,)), xp.reshape(target, (1,))
    if input.ndim not in (1, 2) or not input.shape[-1]:
        raise ShapeError(f"{name}: the input must be (N, C) or (C,), but its shape is {tuple(input.shape)}")
    classes = input.shape[-1]
    _check_labels(target, -1, classes, name)
    if target.shape != input.shape:
        raise ShapeError(
            f"{name}: the target must have the input's shape, {tuple(input.shape)}, not {tuple(target.shape)}"
        )
    counted = xp.astype(cumprod(xp.astype(target >= 0, _dtypes.int64), -1), _dtypes.bool)
    column = xp.astype(xp.where(counted, target, 0), _dtypes.int64)
    numbers = arange(classes, **place_of(input))
    hits = xp.logical_and(xp.expand_dims(column, -1) == numbers, xp.expand_dims(counted, -1))
    is_target = xp.any(hits, axis=-2)
    margins = xp.relu(1 - xp.expand_dims(gather(input, -1, column), -1) + xp.expand_dims(input, -2))
    pairs = xp.logical_and(xp.expand_dims(counted, -1), xp.logical_not(xp.expand_dims(is_target, -2)))
    losses = xp.sum(xp.where(pairs, margins, 0), axis=(-2, -1)) / classes
    return reduce_losses(losses, reduction)


@older_reduction
@in_single_precision
def multilabel_soft_margin_loss(
    input: Tensor, target: Tensor, weight: Tensor | None = None, reduction: str = "mean"
) -> Tensor:
    """Logistic loss of several classes: the mean, over the classes, of `binary_cross_entropy_with_logits`.

    Args:
        input: scores ``(*, C)``.
        target: a tensor of the same shape, 1 for the classes that a row has and 0 for the others.
        weight: a factor for each class, that broadcasts to ``input``, or None.
        reduction: "mean", "sum", or "none" for the loss of each row.

    Returns:
        A scalar, or with "none" a tensor ``(*)``.

    Raises:
        ValueError: ``reduction`` is unknown.
        ShapeError: the shapes differ, or there is no dimension of classes.

    Example::

        >>> F.multilabel_soft_margin_loss(polygrad.tensor([[2.0, -1.0]]), polygrad.tensor([[1.0, 0.0]]))
        tensor(0.2201)
    """
    name = "multilabel_soft_margin_loss"
    if not check_tensor(input, name).ndim or input.shape != check_tensor(target, name, "target").shape:
        raise ShapeError(
            f"{name}: input and target must be (*, C), of one shape; got {tuple(input.shape)} and {tuple(target.shape)}"
        )
    losses = xp.binary_cross_entropy_with_logits(input, target)
    losses = losses if weight is None else losses * weight
    return reduce_losses(xp.sum(losses, axis=-1) / input.shape[-1], reduction)


@in_single_precision
def triplet_margin_with_distance_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    *,
    distance_function: Callable[[Tensor, Tensor], Tensor] | None = None,
    margin: float = 1.0,
    swap: bool = False,
    reduction: str = "mean",
) -> Tensor:
    """`triplet_margin_loss` with any distance: ``max(0, d(anchor, positive) - d(anchor, negative) + margin)``.

    Args:
        anchor: vectors ``(*, D)``.
        positive: vectors of the same shape, to be near.
        negative: vectors of the same shape, to be far.
        distance_function: ``d``, of two tensors; None is `pairwise_distance`.
        margin: by how much farther, positive.
        swap: take ``d(positive, negative)`` where that is the smaller.
        reduction: "mean", "sum", or "none" for the loss of each triplet.

    Returns:
        A scalar, or with "none" a tensor of the shape of the distances.

    Raises:
        ValueError: ``margin`` is not positive, or ``reduction`` is unknown.
        ShapeError: the tensors have different numbers of dimensions.

    Example::

        >>> anchor, positive, negative = polygrad.tensor([[0.0, 0.0], [0.0, 1.0], [3.0, 4.0]])[:, None]
        >>> F.triplet_margin_with_distance_loss(
        ...     anchor, positive, negative, distance_function=lambda x, y: (x - y).abs().sum(-1), margin=7.0
        ... )
        tensor(1.)
    """
    name = "triplet_margin_with_distance_loss"
    if margin <= 0:
        raise ValueError(f"{name}: margin must be greater than 0, but it is {margin}")
    if not anchor.ndim == positive.ndim == negative.ndim:
        raise ShapeError(
            f"{name}: the tensors must have the same number of dimensions; got {anchor.ndim}, {positive.ndim} and "
            f"{negative.ndim}"
        )
    distance = pairwise_distance if distance_function is None else distance_function
    near, far = distance(anchor, positive), distance(anchor, negative)
    if swap:
        far = xp.minimum(far, distance(positive, negative))
    return reduce_losses(hinge(margin + near - far), reduction)
