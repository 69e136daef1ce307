"""Reductions.  ``axis`` is None, an int, or a tuple of ints; settings have the standard's names."""

from __future__ import annotations

import math

from .._core.primitive import primitive
from .._core.scalars import as_int
from .arithmetic import apart_from_zero
from .batching import along_axes, along_axis, product, shift_axis


def axes_of(axis, ndim: int) -> tuple[int, ...]:
    """``axis`` as a tuple of non-negative ints.  Raises IndexError for one that is out of range or named twice."""
    if axis is None:
        return tuple(range(ndim))
    chosen = axis if isinstance(axis, (tuple, list)) else (axis,)
    result = []
    for a in chosen:
        if a.__class__ is not int:
            a = as_int(a)
        if not -max(ndim, 1) <= a < max(ndim, 1):
            raise IndexError(
                f"Dimension out of range (expected to be in range of [{-max(ndim, 1)}, {max(ndim, 1) - 1}], but got {a})"
            )
        if ndim and a % ndim in result:
            raise RuntimeError(f"dim {a % ndim} appears multiple times in the list of dims {tuple(chosen)}")
        if ndim:
            result.append(a % ndim)
    return tuple(result)


def kept_shape(shape, axis) -> tuple[int, ...]:
    """The shape of a reduction over ``axis`` with its axes kept as length 1."""
    axes = axes_of(axis, len(shape))
    return tuple(1 if i in axes else n for i, n in enumerate(shape))


def count(shape, axis) -> int:
    """How many elements a reduction over ``axis`` takes together."""
    total = 1
    for a in axes_of(axis, len(shape)):
        total *= shape[a]
    return total


def broadcast_cotangent(xp, g, shape, axis):
    """``g``, the cotangent of a reduction over ``axis``, repeated to ``shape``."""
    return xp.broadcast_to(xp.reshape(g, kept_shape(shape, axis)), shape)


@primitive(name="sum", linear=("x",), accumulates=True)
def sum_(xp, x, /, axis=None, keepdims=False):
    return xp.sum(x, axis=axis, keepdims=keepdims)


sum_.defvjp(x=lambda xp, g, x_shape, axis: broadcast_cotangent(xp, g, x_shape, axis))
sum_.defbatch(along_axes)


@primitive(promotes="float", linear=("x",), accumulates=True)
def mean(xp, x, /, axis=None, keepdims=False):
    return xp.mean(x, axis=axis, keepdims=keepdims)


mean.defvjp(
    x=lambda xp, g, x_shape, axis: broadcast_cotangent(xp, g * (1 / max(count(x_shape, axis), 1)), x_shape, axis)
)
mean.defbatch(along_axes)


@primitive(promotes="float", accumulates=True)
def var(xp, x, /, axis=None, correction=1.0, keepdims=False):
    """The variance: squared distances from the mean, divided by their number less ``correction``."""
    centred = x - xp.mean(x, axis=axis, keepdims=True)
    if xp.isdtype(x.dtype, "complex floating"):
        squares = xp.real(centred * xp.conj(centred))
    else:
        squares = centred * centred
    n = count(x.shape, axis) - correction
    total = xp.sum(squares, axis=axis, keepdims=keepdims)
    return total / max(n, 0.0)


def _var(xp, g, x, axis, correction):
    centred = x - xp.mean(x, axis=axis, keepdims=True)
    if xp.isdtype(x.dtype, "complex floating"):
        centred = xp.conj(centred)
    n = count(x.shape, axis) - correction
    factor = 2 / n if n > 0 else float("nan")
    return broadcast_cotangent(xp, g * factor, x.shape, axis) * centred


var.defvjp(x=_var)
var.defbatch(along_axes)


@primitive(promotes="float", accumulates=True)
def std(xp, x, /, axis=None, correction=1.0, keepdims=False):
    """The standard deviation.  Where it is 0 its gradient is 0, as that of a norm."""
    return xp.sqrt(var.forward(xp, x, axis, correction, keepdims))


std.defvjp(x=lambda xp, g, x, ans, axis, correction: _var(xp, g * 0.5 / apart_from_zero(xp, ans), x, axis, correction))
std.defbatch(along_axes)


def _extremum(xp, g, x, ans, axis):
    """The cotangent goes to the elements that attain the extremum, in equal shares (as PyTorch's amax and amin)."""
    attained = xp.cast(x == broadcast_cotangent(xp, ans, x.shape, axis), x.dtype)
    share = xp.reshape(g, kept_shape(x.shape, axis)) / xp.sum(attained, axis=axis, keepdims=True)
    return xp.where(attained > 0, xp.broadcast_to(share, x.shape), xp.zeros_like(x))


@primitive(name="max", accumulates=True, real_only=True)
def max_(xp, x, /, axis=None, keepdims=False):
    return xp.max(x, axis=axis, keepdims=keepdims)


@primitive(name="min", accumulates=True, real_only=True)
def min_(xp, x, /, axis=None, keepdims=False):
    return xp.min(x, axis=axis, keepdims=keepdims)


max_.defvjp(x=_extremum)
min_.defvjp(x=_extremum)


def _extremum_tangent(xp, t, x, ans, axis, keepdims):
    """The mean of the tangents of the elements that attain the extremum."""
    attained = x == broadcast_cotangent(xp, ans, x.shape, axis)
    total = xp.sum(xp.where(attained, t, xp.zeros_like(t)), axis=axis, keepdims=keepdims)
    return total / xp.sum(xp.cast(attained, x.dtype), axis=axis, keepdims=keepdims)


max_.defjvp(x=_extremum_tangent)
min_.defjvp(x=_extremum_tangent)
max_.defbatch(along_axes)
min_.defbatch(along_axes)


@primitive(accumulates=True)
def prod(xp, x, /, axis=None, keepdims=False):
    return xp.prod(x, axis=axis, keepdims=keepdims)


@primitive(real_only=True)
def median(xp, x, /, axis=None, keepdims=False):
    """The middle element, the lower of two; NaN if there is any NaN.  Equal elements share the gradient."""
    axes = axes_of(axis, x.ndim)
    rest = tuple(i for i in range(x.ndim) if i not in axes)
    length = count(x.shape, axis)
    ordered = xp.sort(xp.reshape(xp.permute_dims(x, rest + axes), (*[x.shape[i] for i in rest], length)), axis=-1)
    middle = ordered[..., (length - 1) // 2]
    if xp.isdtype(x.dtype, "real floating"):
        last = ordered[..., length - 1]  # NaN comes last
        middle = xp.where(xp.isnan(last), last, middle)
    return xp.reshape(middle, kept_shape(x.shape, axis)) if keepdims else middle


median.defvjp(x=_extremum)
median.defjvp(x=_extremum_tangent)
median.defbatch(along_axes)


def _prod(xp, g, x, axis):
    """The product of all the others, by products from the left and from the right: correct if elements are 0, at any order."""
    axes = axes_of(axis, x.ndim)
    rest = tuple(i for i in range(x.ndim) if i not in axes)
    moved = xp.permute_dims(x, rest + axes)
    kept = tuple(x.shape[i] for i in rest)
    flat = xp.reshape(moved, (*kept, count(x.shape, axis)))
    others = products_of_the_others(xp, flat)
    gradient = xp.reshape(xp.reshape(g, (*kept, 1)) * others, moved.shape)
    inverse = tuple(sorted(range(x.ndim), key=(rest + axes).__getitem__))
    return xp.permute_dims(gradient, inverse)


def products_of_the_others(xp, x):
    """For every element of the last axis the product of the other elements, by halving: log2(n) steps."""
    n = x.shape[-1]
    if n <= 1:
        return xp.ones_like(x)
    left, right = x[..., : n // 2], x[..., n // 2 :]
    whole_left = xp.prod(left, axis=-1, keepdims=True)
    whole_right = xp.prod(right, axis=-1, keepdims=True)
    return xp.concat(
        [products_of_the_others(xp, left) * whole_right, products_of_the_others(xp, right) * whole_left], axis=-1
    )


prod.defvjp(x=_prod)
prod.defbatch(along_axes)


@primitive(promotes="float", accumulates=True)
def logsumexp(xp, x, /, axis=None, keepdims=False):
    """``log(sum(exp(x)))``, relative to the maximum, so that nothing overflows."""
    top, exponentials = _exponentials(xp, x, axis)
    total = xp.log(xp.sum(exponentials, axis=axis, keepdims=True)) + top
    return total if keepdims else xp.reshape(total, _drop_axes(x.shape, axis))


def _exponentials(xp, x, axis):
    """The maximum of ``x`` along ``axis``, at most the largest finite number, and ``exp`` of what ``x`` is beyond it.

    The exponential of an infinite element is infinite, and that of the finite ones 0.
    """
    top = xp.max(xp.real(x) if xp.isdtype(x.dtype, "complex floating") else x, axis=axis, keepdims=True)
    largest = float(xp.finfo(x.dtype).max)
    top = xp.astype(xp.clip(top, -largest, largest), x.dtype)
    return top, xp.exp(x - top)


def _drop_axes(shape, axis):
    axes = axes_of(axis, len(shape))
    return tuple(n for i, n in enumerate(shape) if i not in axes)


def _weight(xp, g, x, axis):
    """``g`` times the derivative: a softmax, from the exponentials of the forward pass, which a compiler takes only once.

    Where all are -inf each has the weight of a point of no mass, and where some are inf each of them has the weight 1 of
    one that is far larger than the rest.
    """
    _, exponentials = _exponentials(xp, x, axis)
    infinite = exponentials == math.inf
    total = xp.sum(exponentials, axis=axis, keepdims=True)
    exponentials = xp.where(infinite, xp.zeros_like(exponentials), exponentials)
    weighted = exponentials * (g * (1 / xp.where(total == 0, xp.ones_like(total), total)))
    return xp.where(infinite, g, weighted)


logsumexp.defvjp(x=lambda xp, g, x, axis: _weight(xp, xp.reshape(g, kept_shape(x.shape, axis)), x, axis))
logsumexp.defjvp(x=lambda xp, t, x, axis, keepdims: xp.sum(_weight(xp, t, x, axis), axis=axis, keepdims=keepdims))
logsumexp.defbatch(along_axes)


@primitive(differentiable=False, real_only=True)
def argmax(xp, x, /, axis=None, keepdims=False):
    return xp.argmax(x, axis=axis, keepdims=keepdims)


@primitive(differentiable=False, real_only=True)
def argmin(xp, x, /, axis=None, keepdims=False):
    return xp.argmin(x, axis=axis, keepdims=keepdims)


def _batch_position(batch, x, axis, keepdims):
    if axis is not None and x.ndim > 1:
        return batch.op(x, axis=shift_axis(axis, x.ndim - 1), keepdims=keepdims)
    found = batch.op(batch.xp.reshape(x, (batch.size, product(x.shape[1:]))), axis=1, keepdims=False)
    return batch.xp.reshape(found, (batch.size, *(1,) * (x.ndim - 1))) if keepdims else found


argmax.defbatch(_batch_position)
argmin.defbatch(_batch_position)


@primitive(name="all", differentiable=False)
def all_(xp, x, /, axis=None, keepdims=False):
    return xp.all(x, axis=axis, keepdims=keepdims)


@primitive(name="any", differentiable=False)
def any_(xp, x, /, axis=None, keepdims=False):
    return xp.any(x, axis=axis, keepdims=keepdims)


all_.defbatch(along_axes)
any_.defbatch(along_axes)


@primitive(promotes=False, linear=("x",), accumulates=True)
def cumulative_sum(xp, x, /, axis):
    return xp.cumulative_sum(x, axis=axis)


cumulative_sum.defvjp(x=lambda xp, g, axis: xp.flip(xp.cumulative_sum(xp.flip(g, axis=axis), axis=axis), axis=axis))
cumulative_sum.defbatch(along_axis)
