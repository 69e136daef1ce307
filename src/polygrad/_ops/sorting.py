"""Order along an axis: sorting, the largest, running products; and what reads and adds by position along an axis.

Sorting is stable, in both directions, so that every backend orders equal elements alike.
"""

from __future__ import annotations

from .._core.primitive import primitive
from .axes import inverse, normal_axis
from .batching import along_axis, shift_axis
from .reductions import count

# -- by position along an axis -----------------------------------------------------------------------------------------


@primitive(linear=("x",))
def take_along_axis(xp, x, indices, /, axis):
    """``x`` at ``indices``, which has the rank of ``x``, and its shape but for ``axis``."""
    return xp.take_along_axis(x, indices, axis=axis)


@primitive(linear=("x",), accumulates=True)
def add_along_axis(xp, x, indices, /, axis, size):
    """Zeros, ``size`` of them along ``axis``, into which ``x`` is added at ``indices``: take_along_axis' adjoint."""
    axis = normal_axis(axis, len(x.shape))
    order = (*(a for a in range(len(x.shape)) if a != axis), axis)
    x, indices = xp.permute_dims(x, order), xp.permute_dims(indices, order)
    lines = count(x.shape[:-1], None)
    starts = xp.reshape(xp.arange(lines, dtype=indices.dtype, device=xp.device(x)) * size, (*x.shape[:-1], 1))
    total = lines * x.shape[-1]
    added = xp.index_add(xp.reshape(x, (total,)), xp.reshape(indices + starts, (total,)), lines * size)
    return xp.permute_dims(xp.reshape(added, (*x.shape[:-1], size)), inverse(order))


take_along_axis.defvjp(
    x=lambda xp, g, indices, axis, x_shape: xp.add_along_axis(g, indices, axis=axis, size=x_shape[axis])
)
add_along_axis.defvjp(x=lambda xp, g, indices, axis: xp.take_along_axis(g, indices, axis=axis))


def _batch_by_position(batch, x, indices, axis, **settings):
    x, indices = batch.whole(0, x), batch.whole(1, indices)
    return batch.op(x, indices, axis=shift_axis(axis, x.ndim - 1), **settings)


take_along_axis.defbatch(_batch_by_position)
add_along_axis.defbatch(_batch_by_position)

# -- order -------------------------------------------------------------------------------------------------------------


@primitive(differentiable=False, real_only=True)
def argsort(xp, x, /, *, axis=-1, descending=False, stable=True):
    """Where the elements of ``x`` are in order along ``axis``; equal ones keep theirs.  Booleans count as 0 and 1."""
    if xp.isdtype(x.dtype, "bool"):
        x = xp.astype(x, xp.uint8)
    return xp.argsort(x, axis=axis, descending=descending, stable=stable)


argsort.defbatch(along_axis)


@primitive(promotes=True, differentiable=False, real_only=True)
def searchsorted(xp, x, values, /, side="left"):
    """Where each of ``values`` would have to be put into the sorted vector ``x``."""
    found = xp.searchsorted(x, xp.reshape(values, (-1,)), side=side)
    return xp.reshape(xp.astype(found, xp.int64, copy=False), values.shape)


def _batch_searchsorted(batch, x, values, side):
    if not batch.mapped[0]:
        return batch.op(x, values, side=side)
    xp, values = batch.xp, batch.whole(1, values)
    boundaries = xp.reshape(x, (batch.size, *(1,) * (values.ndim - 1), x.shape[1]))
    compare = xp.less if side == "left" else xp.less_equal
    return xp.sum(xp.astype(compare(boundaries, xp.expand_dims(values, axis=-1)), xp.int64), axis=-1)


searchsorted.defbatch(_batch_searchsorted)


@primitive(outputs=2, real_only=True)
def sort(xp, x, /, axis=-1, descending=False):
    """``x`` in order along ``axis``, and where each element was."""
    indices = argsort.forward(xp, x, axis=axis, descending=descending)
    return xp.take_along_axis(x, indices, axis=axis), indices


# Sorting is a permutation: its gradient is put back in place by the inverse permutation.
sort.defvjp(x=lambda xp, g, ans, axis: xp.take_along_axis(g[0], xp.argsort(ans[1], axis=axis), axis=axis))
sort.defjvp(x=lambda xp, t, ans, axis: (xp.take_along_axis(t, ans[1], axis=axis), None))
sort.defbatch(along_axis)


@primitive(outputs=2, real_only=True)
def topk(xp, x, /, k, axis=-1, largest=True):
    """The ``k`` largest, or smallest, elements along ``axis``, in order, and where they are."""
    axis = normal_axis(axis, len(x.shape))
    indices = argsort.forward(xp, x, axis=axis, descending=largest)
    indices = indices[(slice(None),) * axis + (slice(0, k), ...)]
    return xp.take_along_axis(x, indices, axis=axis), indices


topk.defvjp(x=lambda xp, g, ans, axis, x_shape: xp.add_along_axis(g[0], ans[1], axis=axis, size=x_shape[axis]))
topk.defbatch(along_axis)


@primitive(outputs=2, accumulates=True, real_only=True)
def running_extremum(xp, x, /, axis, largest):
    """The largest, or smallest, element so far along ``axis``, and where it is: of equal ones the last.

    By doubling strides (Hillis and Steele, "Data parallel algorithms", 1986): log2(n) steps.
    """
    axis = normal_axis(axis, len(x.shape))
    before = (slice(None),) * axis
    length = x.shape[axis]
    numbers = xp.arange(length, device=xp.device(x))
    indices = xp.broadcast_to(
        xp.reshape(numbers, tuple(length if a == axis else 1 for a in range(len(x.shape)))), x.shape
    )
    stride = 1
    while stride < length:
        key_old, key_new = (*before, slice(0, length - stride), ...), (*before, slice(stride, None), ...)
        old, new = x[key_old], x[key_new]
        better = _stays(xp, old, new, largest)
        x = xp.concat([x[(*before, slice(0, stride), ...)], xp.where(better, old, new)], axis=axis)
        chosen = xp.where(better, indices[key_old], indices[key_new])
        indices = xp.concat([indices[(*before, slice(0, stride), ...)], chosen], axis=axis)
        stride *= 2
    return x, indices


def _stays(xp, old, new, largest):
    """Whether the earlier element stays: NaN beats every number."""
    won = old > new if largest else old < new
    if not xp.isdtype(old.dtype, "real floating"):
        return won
    return xp.logical_and(xp.logical_or(won, xp.isnan(old)), xp.logical_not(xp.isnan(new)))


running_extremum.defvjp(
    x=lambda xp, g, ans, axis, x_shape: xp.add_along_axis(g[0], ans[1], axis=axis, size=x_shape[axis])
)
running_extremum.defbatch(along_axis)

# -- running products --------------------------------------------------------------------------------------------------


@primitive(accumulates=True)
def cumulative_prod(xp, x, /, axis):
    """The product of all elements so far along ``axis``."""
    return xp.cumulative_prod(x, axis=axis)


def _cumulative_prod(xp, g, x, axis):
    """Correct if elements are 0, and at any order: there is no division.

    A block of elements is cut in two.  The products in the right half are those of the right half alone times the
    product of the left: so the cotangent of the left half's last product grows by the sum of (cotangent times own
    product) over the right half, and the right half's cotangents are multiplied by the left product.  All blocks of one
    size are done at once, from the whole down to single elements: log2(n) steps.
    """
    axis = normal_axis(axis, len(x.shape))
    order = (*(a for a in range(len(x.shape)) if a != axis), axis)
    x, g = xp.permute_dims(x, order), xp.permute_dims(g, order)
    kept, length = x.shape[:-1], x.shape[-1]
    size = 1
    while size < length:
        size *= 2
    if size > length:
        filling = xp.broadcast_to(xp.zeros_like(xp.sum(x, axis=-1, keepdims=True)), (*kept, size - length))
        x, g = xp.concat([x, filling + 1], axis=-1), xp.concat([g, filling], axis=-1)
    whole, blocks = size, 1
    while size > 1:
        half = size // 2
        x, g = xp.reshape(x, (*kept, blocks, size)), xp.reshape(g, (*kept, blocks, size))
        left, right, g_right = x[..., :half], x[..., half:], g[..., half:]
        products = xp.prod(left, axis=-1, keepdims=True)
        carried = xp.sum(g_right * xp.cumulative_prod(right, axis=-1), axis=-1, keepdims=True)
        g = xp.concat([g[..., : half - 1], g[..., half - 1 : half] + carried, g_right * products], axis=-1)
        size, blocks = half, blocks * 2
    return xp.permute_dims(xp.reshape(g, (*kept, whole))[..., :length], inverse(order))


cumulative_prod.defvjp(x=_cumulative_prod)
cumulative_prod.defbatch(along_axis)
