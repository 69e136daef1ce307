"""Softmax, and standardization to mean 0 and variance 1: one text for layer, batch, group, instance normalization."""

from __future__ import annotations

from .._core.primitive import primitive
from .batching import along_axis, shift_axis
from .reductions import count


def subtract_maximum(xp, x, axis):
    """``x`` less its maximum along ``axis``, so that no exponential overflows."""
    if x.shape[axis] == 0:
        return x
    return x - xp.max(x, axis=axis, keepdims=True)


@primitive(promotes="float", accumulates=True, real_only=True)
def softmax(xp, x, /, axis):
    """``exp(x) / sum(exp(x))`` along ``axis``."""
    exponentials = xp.exp(subtract_maximum(xp, x, axis))
    return exponentials / xp.sum(exponentials, axis=axis, keepdims=True)


def _softmax(xp, g, ans, axis):
    weighted = g * ans
    return weighted - ans * xp.sum(weighted, axis=axis, keepdims=True)


softmax.defvjp(x=_softmax)
softmax.defjvp(x=_softmax)  # its Jacobian is symmetric
softmax.defbatch(along_axis)


@primitive(promotes="float", accumulates=True, real_only=True)
def log_softmax(xp, x, /, axis):
    """``x - log(sum(exp(x)))`` along ``axis``."""
    centred = subtract_maximum(xp, x, axis)
    if x.shape[axis] == 0:
        return centred
    return centred - xp.log(xp.sum(xp.exp(centred), axis=axis, keepdims=True))


log_softmax.defvjp(x=lambda xp, g, ans, axis: g - xp.exp(ans) * xp.sum(g, axis=axis, keepdims=True))
log_softmax.defjvp(x=lambda xp, t, ans, axis: t - xp.sum(xp.exp(ans) * t, axis=axis, keepdims=True))
log_softmax.defbatch(along_axis)


# Statistics have length 1 along the axes over which they are taken.  They are results of their own, since the gradient
# is made of them and batch normalization keeps them.


def _standardize(xp, x, axes, eps):
    mean = xp.mean(x, axis=axes, keepdims=True)
    centred = x - mean
    variance = xp.mean(centred * centred, axis=axes, keepdims=True)
    return centred / xp.sqrt(variance + eps), mean, variance


def _through_standardization(xp, g, x, mean, variance, of_mean, of_variance, axes, eps):
    """The cotangent of ``x`` from those of its standardized values ``g``, of its mean and of its variance.

    Ioffe and Szegedy, "Batch normalization", 2015, section 3, with the sums over the axes taken together.
    """
    inverse = 1 / xp.sqrt(variance + eps)
    centred = x - mean
    n = max(count(x.shape, axes), 1)
    result = None
    if g is not None:
        along = xp.mean(g * centred, axis=axes, keepdims=True) * (inverse * inverse)
        result = (g - xp.mean(g, axis=axes, keepdims=True) - centred * along) * inverse
    if of_mean is not None:
        part = xp.broadcast_to(of_mean * (1 / n), x.shape)
        result = part if result is None else result + part
    if of_variance is not None:
        part = centred * (of_variance * (2 / n))
        result = part if result is None else result + part
    return result


@primitive(promotes="float", outputs=3, accumulates=True, real_only=True)
def standardize(xp, x, /, axes, eps):
    """``(x - mean) / sqrt(variance + eps)`` over ``axes``, with that mean and variance."""
    return _standardize(xp, x, axes, eps)


standardize.defvjp(
    x=lambda xp, g, ans, x, axes, eps: _through_standardization(xp, g[0], x, ans[1], ans[2], g[1], g[2], axes, eps)
)
standardize.defbatch(lambda batch, x, axes, eps: batch.op(x, axes=shift_axis(axes, x.ndim - 1), eps=eps))


@primitive(
    broadcasts=True, promotes="float", same_dtype=True, outputs=3, accumulates=True, real_only=True
)  # fmt: skip
def standardize_affine(xp, x, weight, bias, /, axes, eps):
    """`standardize`, times ``weight``, plus ``bias``, both of which broadcast against ``x``."""
    values, mean, variance = _standardize(xp, x, axes, eps)
    return values * weight + bias, mean, variance


def _standardize_affine(xp, g, ans, x, weight, axes, eps, needs):
    _, mean, variance = ans
    of_x = of_weight = None
    if needs[0]:
        scaled = None if g[0] is None else g[0] * weight
        of_x = _through_standardization(xp, scaled, x, mean, variance, g[1], g[2], axes, eps)
    if needs[1] and g[0] is not None:
        of_weight = g[0] * ((x - mean) / xp.sqrt(variance + eps))
    return of_x, of_weight, g[0]


standardize_affine.defvjp(_standardize_affine)


def _batch_standardize_affine(batch, x, weight, bias, axes, eps):
    if not batch.mapped[0]:  # the statistics are shared by all examples, and may be written to a shared tensor
        return NotImplemented
    ndim = x.ndim - 1
    weight, bias = batch.aligned(1, weight, ndim), batch.aligned(2, bias, ndim)
    return batch.op(x, weight, bias, axes=shift_axis(axes, ndim), eps=eps)


standardize_affine.defbatch(_batch_standardize_affine)
