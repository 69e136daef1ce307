"""The loss of connectionist temporal classification."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ... import _dtypes
from ..._core.errors import ShapeError
from ..._core.precision import in_single_precision
from ..._core.tensor import Tensor
from ..._ops.alignments import IMPOSSIBLE
from ..common import assume, check_tensor, place_of, values_for_checks, xp
from ..creation import arange, tensor
from ..cumulative import cumsum
from ..joining import stack
from ..public import public_function
from ..scatter_gather import gather
from .losses import check_reduction


def _lengths(value: Any, what: str, batch: int, like: Tensor) -> tuple[Tensor, Any]:
    """Return lengths as an int64 tensor ``(batch,)``, and as a NumPy array, None where the values are not known."""
    if not isinstance(value, Tensor):
        value = tensor([value] if isinstance(value, int) else list(value), dtype=_dtypes.int64, **place_of(like))
    if value.dtype.kind not in ("int", "uint"):
        raise RuntimeError(f"ctc_loss: {what} must be of an integer type, not {value.dtype.name}")
    if value.shape.numel() != batch or value.ndim > 1:
        raise ShapeError(
            f"ctc_loss: {what} must be of size {batch}, the batch size, but its shape is {tuple(value.shape)}"
        )

    def check(values: Any) -> None:
        if values.size and values.min() < 0:
            raise RuntimeError(f"ctc_loss: {what} must not be negative, but one is {values.min()}")

    assume(value, check)
    known = None if value.backend.level else values_for_checks(value)
    return xp.astype(xp.reshape(value, (batch,)), _dtypes.int64), None if known is None else known.reshape(-1)


def _padded(targets: Tensor, lengths: Tensor, known: Any, batch: int) -> Tensor:
    """Return the targets as ``(batch, longest)``; what lies beyond a length is arbitrary."""
    longest = None if known is None else int(known.max(initial=0))
    if targets.ndim == 2:
        if targets.shape[0] != batch:
            raise ShapeError(f"ctc_loss: the targets have shape {tuple(targets.shape)}, but the batch size is {batch}")
        if longest is not None and longest > targets.shape[1]:
            raise ShapeError(
                f"ctc_loss: a target length is {longest}, but the targets have shape {tuple(targets.shape)}"
            )
        return targets if longest is None else targets[:, :longest]
    total = targets.shape[0]
    if known is not None and known.sum() != total:
        raise ShapeError(f"ctc_loss: the target lengths add up to {known.sum()}, but there are {total} targets")
    longest = total if longest is None else longest
    if not longest:
        return xp.reshape(targets[:0], (batch, 0)) if batch else xp.reshape(targets, (0, 0))
    starts = cumsum(lengths, 0) - lengths
    places = xp.expand_dims(starts, -1) + arange(longest, **place_of(targets))
    places = xp.reshape(xp.clip(places, 0, total - 1), (batch * longest,))
    return xp.reshape(xp.take_rows(targets, places), (batch, longest))


@public_function()
@in_single_precision
def ctc_loss(
    log_probs: Tensor,
    targets: Tensor,
    input_lengths: Tensor | Sequence[int],
    target_lengths: Tensor | Sequence[int],
    blank: int = 0,
    reduction: str = "mean",
    zero_infinity: bool = False,
) -> Tensor:
    """Negative log-likelihood of label sequences, summed over all their alignments with longer sequences of predictions.

    Graves et al., "Connectionist temporal classification", 2006.  The gradient is that of the likelihood with respect to
    ``log_probs``, the negative posterior probabilities; behind `log_softmax` it is what PyTorch has, which adds the probabilities.

    Args:
        log_probs: logarithms of probabilities, as `log_softmax` gives them: ``(T, N, C)`` or ``(T, C)``.
        targets: labels: ``(N, S)``, padded; or all labels after each other, ``(sum(target_lengths),)``.
        input_lengths: how many steps of ``log_probs`` count, ``(N,)``.
        target_lengths: how many labels there are, ``(N,)``.
        blank: the label of no output.
        reduction: "mean" divides each loss by its target length, and takes their mean; or "sum" or "none".
        zero_infinity: take 0, with no gradient, for the loss of a target that is too long for its input, which is infinite.

    Returns:
        A scalar, or with "none" ``(N,)``.

    Raises:
        ShapeError: the shapes do not fit, or a length is longer than what it measures.
        RuntimeError: lengths or targets are not integers, or ``blank`` is not a label.
        IndexError: a target is not a label.
        ValueError: ``reduction`` is unknown.

    Example::

        >>> log_probs = polygrad.tensor([[[0.5, 0.5]], [[0.5, 0.5]]]).log()
        >>> F.ctc_loss(log_probs, polygrad.tensor([[1]]), (2,), (1,)).exp()  # of 4 sequences 3 say "1"
        tensor(1.3333)
    """
    check_reduction(reduction)
    if check_tensor(log_probs, "ctc_loss", "log_probs").ndim not in (2, 3):
        raise ShapeError(f"ctc_loss: log_probs must be (T, N, C) or (T, C), but its shape is {tuple(log_probs.shape)}")
    if not log_probs.dtype.is_floating_point:
        raise RuntimeError(f"ctc_loss: log_probs must be of a floating-point type, not {log_probs.dtype.name}")
    had_batch = log_probs.ndim == 3
    if not had_batch:
        log_probs = xp.expand_dims(log_probs, 1)
    steps, batch, classes = log_probs.shape
    if not steps:
        raise ShapeError(f"ctc_loss: log_probs has no steps: its shape is {tuple(log_probs.shape)}")
    if not 0 <= blank < classes:
        raise RuntimeError(f"ctc_loss: blank must be one of the {classes} labels, not {blank}")
    if check_tensor(targets, "ctc_loss", "targets").dtype.kind not in ("int", "uint"):
        raise RuntimeError(f"ctc_loss: the targets must be of an integer type, not {targets.dtype.name}")
    if targets.ndim not in (1, 2):
        raise ShapeError(
            f"ctc_loss: the targets must have 1 or 2 dimensions, but their shape is {tuple(targets.shape)}"
        )
    input_lengths, known_steps = _lengths(input_lengths, "input_lengths", batch, log_probs)
    target_lengths, known = _lengths(target_lengths, "target_lengths", batch, log_probs)
    if known_steps is not None and known_steps.max(initial=0) > steps:
        raise ShapeError(f"ctc_loss: an input length is {known_steps.max()}, but there are {steps} steps")
    labels = xp.astype(_padded(targets, target_lengths, known, batch), _dtypes.int64)
    losses = _losses(log_probs, labels, input_lengths, target_lengths, blank)
    if zero_infinity:
        losses = xp.where(xp.isinf(losses), 0, losses)
    if reduction == "mean":
        return xp.mean(losses / xp.astype(xp.clip(target_lengths, 1, None), losses.dtype))
    return xp.sum(losses) if reduction == "sum" else losses if had_batch else losses[0]


def _losses(log_probs: Tensor, labels: Tensor, input_lengths: Tensor, target_lengths: Tensor, blank: int) -> Tensor:
    """Return the loss of each sequence.  The states are blank, first label, blank, second label, and so on."""
    (steps, batch, classes), longest = log_probs.shape, labels.shape[1]
    place = arange(longest, **place_of(log_probs))
    used = place < xp.expand_dims(target_lengths, -1)

    def check(values: Any) -> None:
        if values.size and not (values.min() >= 0 and values.max() < classes):
            wrong = values[(values < 0) | (values >= classes)].flat[0]
            raise IndexError(f"ctc_loss: target {wrong} is out of range for {classes} labels")

    labels = xp.where(used, labels, blank)
    assume(labels, check)
    end = xp.expand_dims(xp.zeros_like(target_lengths), -1)
    states = _between(labels, blank, end)
    # The blank between two different labels may be left out.
    different = xp.concat([end == 1, labels[:, 1:] != labels[:, :-1]], axis=1)[:, :longest]
    allowed = xp.astype(xp.zeros_like(labels), log_probs.dtype)
    skips = _between(xp.where(different, allowed, IMPOSSIBLE), IMPOSSIBLE, xp.astype(end, log_probs.dtype))
    width = 2 * longest + 1
    scores = gather(log_probs, 2, xp.broadcast_to(xp.expand_dims(states, 0), (steps, batch, width)))
    ways = xp.alignment_scores(xp.clip(scores, IMPOSSIBLE, None), skips)
    last = xp.clip(input_lengths - 1, 0, None) * batch + arange(batch, **place_of(log_probs))
    ways = xp.take_rows(xp.reshape(ways, (steps * batch, width)), last)
    # The last state is the last label, or the blank after it.
    ends = stack((2 * target_lengths, xp.clip(2 * target_lengths - 1, 0, None)), 1)
    ends = gather(ways, 1, ends)
    total = xp.logaddexp(ends[:, 0], xp.where(target_lengths > 0, ends[:, 1], IMPOSSIBLE))
    total = xp.where(input_lengths > 0, total, xp.where(target_lengths > 0, IMPOSSIBLE, xp.zeros_like(total)))
    return xp.where(total < IMPOSSIBLE / 2, float("inf"), -total)


def _between(labels: Tensor, blank: Any, end: Tensor) -> Tensor:
    """Return ``blank`` before, between and after ``labels``; ``end`` is a column of zeros."""
    blanks = xp.zeros_like(labels) + blank
    pairs = xp.reshape(stack((blanks, labels), 2), (labels.shape[0], 2 * labels.shape[1]))
    return xp.concat([pairs, end + blank], axis=1)
