"""The two losses on every training step's path, each one primitive: mean squared error and cross-entropy.

``reduction`` is ``"none"``, ``"sum"`` or ``"mean"``.
"""

from __future__ import annotations

from .._core.primitive import primitive
from .batching import product, shift_axis
from .normalization import subtract_maximum
from .reductions import count


def reduce_losses(xp, losses, reduction):
    """The losses as they are, or their sum or mean."""
    return losses if reduction == "none" else getattr(xp, reduction)(losses)


def share(g, shape, reduction):
    """The cotangent of one loss out of many of ``shape``: the adjoint of `reduce_losses`."""
    return g * (1 / max(count(shape, None), 1)) if reduction == "mean" else g


@primitive(promotes=True, accumulates=True, real_only=True)
def mse_loss(xp, x, y, /, reduction="mean"):
    """``(x - y) ** 2`` for ``x`` and ``y`` of one shape."""
    difference = x - y
    return reduce_losses(xp, difference * difference, reduction)


def _mse_loss(xp, g, x, y, reduction, needs):
    of_x = (x - y) * (share(g, x.shape, reduction) * 2)
    return of_x if needs[0] else None, -of_x if needs[1] else None


mse_loss.defvjp(_mse_loss)
mse_loss.defjvp(
    x=lambda xp, t, x, y, reduction: reduce_losses(xp, (x - y) * t * 2, reduction),
    y=lambda xp, t, x, y, reduction: reduce_losses(xp, (y - x) * t * 2, reduction),
)


def _reduce_each(batch, losses, reduction):
    if reduction == "none":
        return losses
    return getattr(batch.xp, reduction)(losses, axis=shift_axis(None, losses.ndim - 1))


mse_loss.defbatch(
    lambda batch, x, y, reduction: _reduce_each(
        batch, batch.op(batch.whole(0, x), batch.whole(1, y), reduction="none"), reduction
    )
)


@primitive(differentiable=False)
def class_mask(xp, target, /, classes):
    """A mask ``(rows, classes)``, true in the column of each row's target."""
    columns = xp.astype(xp.arange(classes, device=xp.device(target)), target.dtype)
    return xp.expand_dims(target, axis=1) == xp.expand_dims(columns, axis=0)


def _batch_class_mask(batch, target, classes):
    mask = batch.op(batch.xp.reshape(target, (product(target.shape),)), classes=classes)
    return batch.xp.reshape(mask, (*target.shape, classes))


class_mask.defbatch(_batch_class_mask)


@primitive(promotes=("x",), outputs=3, accumulates=True, real_only=True)
def cross_entropy(xp, x, target, /, reduction="mean"):
    """``logsumexp(x) - x[target]`` for each row of ``x``, with ``target`` a class per row; and that logsumexp in two parts.

    The parts are what the gradient needs, so that no exponentials are kept: a number by which the row is shifted, and the
    logarithm of the sum of the exponentials of what is left.  Their sum would lose digits of the second if the first is large.
    """
    centred = subtract_maximum(xp, x, 1)
    total = xp.log(xp.sum(xp.exp(centred), axis=1))
    mask = xp.class_mask(target, x.shape[1])
    chosen = xp.sum(xp.where(mask, centred, xp.zeros_like(centred)), axis=1)
    return reduce_losses(xp, total - chosen, reduction), xp.max(x, axis=1), total


def _cross_entropy(xp, g, x, target, ans, reduction):
    """The probabilities, less 1 at the target."""
    of_loss, _, of_total = g  # the shift is a constant: the sum does not depend on it
    probability = xp.exp(x - xp.expand_dims(ans[1], axis=1) - xp.expand_dims(ans[2], axis=1))
    result = None
    if of_loss is not None:
        weight = share(of_loss, target.shape, reduction)
        weight = xp.expand_dims(weight, axis=1) if reduction == "none" else weight
        result = xp.where(xp.class_mask(target, x.shape[1]), probability - 1, probability) * weight
    if of_total is not None:
        part = probability * xp.expand_dims(of_total, axis=1)
        result = part if result is None else result + part
    return result, None


cross_entropy.defvjp(_cross_entropy)


def _batch_cross_entropy(batch, x, target, reduction):
    x, target = batch.whole(0, x), batch.whole(1, target)
    shape = tuple(target.shape)
    rows = batch.xp.reshape(x, (product(shape), x.shape[-1]))
    losses, *parts = batch.op(rows, batch.xp.reshape(target, (product(shape),)), reduction="none")
    losses, *parts = [batch.xp.reshape(one, shape) for one in (losses, *parts)]
    return _reduce_each(batch, losses, reduction), *parts


def _batch_cross_entropy_gradient(batch, g, x, target, ans, reduction):
    """Differentiates the rows of all examples as separate losses, each with its share of the example's cotangent."""
    of_loss, _, of_total = g
    if of_total is not None or not batch.mapped[1]:
        return NotImplemented
    xp, shape = batch.xp, tuple(x.shape[:2])
    target = batch.whole(2, target)
    parts = [ans[k] if batch.mapped[3][k] else xp.broadcast_to(ans[k], shape) for k in (1, 2)]
    if reduction != "none":
        of_loss = of_loss * (1 / max(shape[1], 1)) if reduction == "mean" else of_loss
        of_loss = xp.expand_dims(of_loss, axis=-1)
    flat = [xp.reshape(one, (product(shape),)) for one in (xp.broadcast_to(of_loss, shape), target, *parts)]
    rows = xp.reshape(x, (product(shape), x.shape[2]))
    (of_rows,) = batch.op([flat[0], None, None], rows, flat[1], (flat[2], flat[2], flat[3]), "none")
    return xp.reshape(of_rows, x.shape), None


cross_entropy.defbatch(_batch_cross_entropy, vjp=_batch_cross_entropy_gradient)


@primitive(broadcasts=True, promotes="float", elementwise=True, real_only=True)
def binary_cross_entropy(xp, x, y, /):
    """``-(y * log(x) + (1 - y) * log(1 - x))`` for probabilities ``x``; each logarithm counts as at least -100."""
    return -(y * _logarithm(xp, x) + (1 - y) * _logarithm(xp, 1 - x))


def _logarithm(xp, x):
    return xp.clip(xp.log(x), -100.0, None)


binary_cross_entropy.defvjp(
    # Near 0 and 1 the gradient is large, not infinite: PyTorch's bound.
    x=lambda xp, g, x, y: g * (x - y) / xp.clip((1 - x) * x, 1e-12, None),
    y=lambda xp, g, x: g * (_logarithm(xp, 1 - x) - _logarithm(xp, x)),
)


@primitive(broadcasts=True, promotes="float", elementwise=True, real_only=True)
def binary_cross_entropy_with_logits(xp, x, y, /):
    """`binary_cross_entropy` of ``sigmoid(x)``: ``(1 - y) * softplus(x) + y * softplus(-x)``."""
    return xp.maximum(x, xp.zeros_like(x)) - x * y + xp.log1p(xp.exp(-xp.abs(x)))


binary_cross_entropy_with_logits.defvjp(
    # sigmoid(x) - y, without its cancellation where a prediction is right and confident.
    x=lambda xp, g, x, y: g * ((1 - y) * xp.logistic(x) - y * xp.logistic(-x)),
    y=lambda xp, g, x: -g * x,
)
