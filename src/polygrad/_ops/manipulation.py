"""Operations that move elements and compute nothing.  Those that PyTorch makes as views are views here too."""

from __future__ import annotations

from .._core.primitive import OPERATIONS, primitive
from .axes import inverse, normal_axis, product, shift_axis
from .batching import along_axes, leading_axes


def _reshape_back(base, value, **settings):
    return OPERATIONS.reshape(value, tuple(base.shape))


@primitive(linear=("x",), view=_reshape_back)
def reshape(xp, x, /, shape):
    return xp.reshape(x, shape)


reshape.defvjp(x=lambda xp, g, x_shape: xp.reshape(g, x_shape))


def _batch_reshape(batch, x, shape):
    shape = (shape,) if isinstance(shape, int) else tuple(shape)
    if -1 in shape:
        known = product(n for n in shape if n != -1)
        shape = tuple([product(x.shape[1:]) // max(known, 1) if n == -1 else n for n in shape])
    return batch.op(x, shape=(batch.size, *shape))


reshape.defbatch(_batch_reshape)


@primitive(linear=("x",), view=lambda base, value, axes: OPERATIONS.permute_dims(value, inverse(axes)))
def permute_dims(xp, x, /, axes):
    return xp.permute_dims(x, axes)


permute_dims.defvjp(x=lambda xp, g, axes: xp.permute_dims(g, inverse(axes)))
permute_dims.defbatch(lambda batch, x, axes: batch.op(x, axes=(0, *shift_axis(tuple(axes), x.ndim - 1))))


@primitive(linear=("x",), view=lambda base, value: OPERATIONS.matrix_transpose(value))
def matrix_transpose(xp, x, /):
    return xp.matrix_transpose(x)


matrix_transpose.defvjp(x=lambda xp, g: xp.matrix_transpose(g))
matrix_transpose.defbatch(leading_axes)


@primitive(linear=("x",))
def clone(xp, x, /):
    """A copy of ``x``."""
    return xp.asarray(x, copy=True)


clone.defvjp(x=lambda xp, g: g)
clone.defbatch(leading_axes)


@primitive(linear=("x",))
def expand_dims(xp, x, /, axis):
    return xp.expand_dims(x, axis=axis)


expand_dims.defvjp(x=lambda xp, g, x_shape: xp.reshape(g, x_shape))
expand_dims.defbatch(lambda batch, x, axis: batch.op(x, axis=axis + 1 if axis >= 0 else axis))


# A write to it goes through `_core.expansion`: the values alone do not show which element was written.
@primitive(broadcasts=True, linear=("x",), view=lambda base, value, shape: value)
def broadcast_to(xp, x, /, shape):
    return xp.broadcast_to(x, shape)


broadcast_to.defvjp(x=lambda xp, g: g)
broadcast_to.defbatch(lambda batch, x, shape: batch.op(batch.aligned(0, x, len(shape)), shape=(batch.size, *shape)))


@primitive(linear=("x",))
def flip(xp, x, /, axis=None):
    return xp.flip(x, axis=axis)


flip.defvjp(x=lambda xp, g, axis: xp.flip(g, axis=axis))
flip.defbatch(along_axes)


@primitive(linear=("x",))
def roll(xp, x, /, shift, axis=None):
    return xp.roll(x, shift, axis=axis)


def _roll(xp, g, shift, axis):
    back = tuple(-s for s in shift) if isinstance(shift, tuple) else -shift
    return xp.roll(g, back, axis=axis)


roll.defvjp(x=_roll)


def _batch_roll(batch, x, shift, axis):
    if axis is not None:
        return batch.op(x, shift=shift, axis=shift_axis(axis, x.ndim - 1))
    flat = batch.xp.reshape(x, (batch.size, product(x.shape[1:])))
    return batch.xp.reshape(batch.op(flat, shift=shift, axis=1), x.shape)


roll.defbatch(_batch_roll)


@primitive(linear=("x",))
def tril(xp, x, /, k=0):
    return xp.tril(x, k=k)


tril.defvjp(x=lambda xp, g, k: xp.tril(g, k=k))
tril.defbatch(leading_axes)


@primitive(linear=("x",))
def triu(xp, x, /, k=0):
    return xp.triu(x, k=k)


triu.defvjp(x=lambda xp, g, k: xp.triu(g, k=k))
triu.defbatch(leading_axes)


def _part(xp, g, axis, start, stop):
    """The slice of ``g`` from ``start`` to ``stop`` of one axis."""
    return xp.getitem(g, (slice(None),) * axis + (slice(start, stop), Ellipsis))


def _present(g, count):
    """The ``count`` cotangents of several results, None for those that there are not, and the longest of the others."""
    g = [*g, *[None] * (count - len(g))]
    return g, max((part for part in g if part is not None), key=lambda part: max(part.shape, default=0))


@primitive(linear=("x",), outputs=0)
def split(xp, x, /, lengths, axis):
    """Parts of the given ``lengths`` along ``axis``."""
    parts, start = [], 0
    for length in lengths:
        parts.append(_part(xp, x, axis, start, start + length))
        start += length
    return tuple(parts)


def _split(xp, g, lengths, axis):
    g, other = _present(g, len(lengths))
    for number, length in enumerate(lengths):
        if g[number] is None:
            zeros = xp.zeros_like(xp.sum(other, axis=axis, keepdims=True))  # of length 1 there
            g[number] = xp.broadcast_to(zeros, (*other.shape[:axis], length, *other.shape[axis + 1 :]))
    return xp.concat(g, axis=axis)


split.defvjp(x=_split)


@primitive(linear=("x",), outputs=0)
def unstack(xp, x, /, *, axis=0):
    """The slices along ``axis``, without it."""
    before = (slice(None),) * normal_axis(axis, len(x.shape))
    return tuple([xp.getitem(x, (*before, number, Ellipsis)) for number in range(x.shape[axis])])


def _unstack(xp, g, x_shape, axis):
    g, other = _present(g, x_shape[axis])
    return xp.stack([xp.zeros_like(other) if part is None else part for part in g], axis=axis)


unstack.defvjp(x=_unstack)


@primitive(variadic=True, promotes=True, linear=("arrays",))
def concat(xp, arrays, /, *, axis=0):
    return xp.concat(arrays, axis=axis)


def _concat(xp, g, arrays, axis, needs):
    axis, start, parts = normal_axis(axis, g.ndim), 0, []
    if all(needs):
        return xp.split(g, tuple(x.shape[axis] for x in arrays), axis)
    for x, needed in zip(arrays, needs, strict=True):
        stop = start + x.shape[axis]
        parts.append(_part(xp, g, axis, start, stop) if needed else None)
        start = stop
    return tuple(parts)


concat.defvjp(_concat)


def _batch_concat(batch, arrays, axis):
    parts = [batch.whole(i, x) for i, x in enumerate(arrays)]
    if axis is None:
        parts, axis = [batch.xp.reshape(x, (batch.size, product(x.shape[1:]))) for x in parts], 0
    return batch.op(parts, axis=shift_axis(axis, parts[0].ndim - 1))


concat.defbatch(_batch_concat)


@primitive(variadic=True, promotes=True, linear=("arrays",))
def stack(xp, arrays, /, *, axis=0):
    return xp.stack(arrays, axis=axis)


def _stack(xp, g, axis, needs):
    if all(needs):
        return tuple(xp.unstack(g, axis=axis))
    before = (slice(None),) * normal_axis(axis, g.ndim)
    return tuple(xp.getitem(g, (*before, i, Ellipsis)) if needed else None for i, needed in enumerate(needs))


stack.defvjp(_stack)


def _batch_stack(batch, arrays, axis):
    parts = [batch.whole(i, x) for i, x in enumerate(arrays)]
    return batch.op(parts, axis=shift_axis(axis, parts[0].ndim))


stack.defbatch(_batch_stack)


@primitive(linear=("x",))
def pad(xp, x, /, widths, value=0):
    """``x`` with ``(before, after)`` of ``widths`` elements of ``value`` around each axis.  Widths are not negative."""
    if value == 0:
        shape = tuple(n + sum(w) for n, w in zip(x.shape, widths, strict=True))
        return xp.slice_pad(x, _inside(widths, x.shape), shape)
    for axis, (before, after) in enumerate(widths):
        blocks = [x]
        if before:
            blocks.insert(0, _block(xp, x, axis, before, value))
        if after:
            blocks.append(_block(xp, x, axis, after, value))
        x = xp.concat(blocks, axis=axis) if len(blocks) > 1 else x
    return x


def _block(xp, x, axis, length, value):
    shape = (*x.shape[:axis], length, *x.shape[axis + 1 :])
    return xp.full(shape, value, dtype=x.dtype, device=xp.device(x))


def _inside(widths, shape):
    return tuple(slice(before, before + n) for (before, _), n in zip(widths, shape, strict=True))


pad.defvjp(x=lambda xp, g, x_shape, widths: xp.getitem(g, _inside(widths, x_shape)))
pad.defjvp(x=lambda xp, t, widths: xp.pad(t, widths, 0))
pad.defbatch(lambda batch, x, widths, value: batch.op(x, widths=((0, 0), *widths), value=value))
