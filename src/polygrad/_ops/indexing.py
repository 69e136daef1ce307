"""Reading and writing parts of an array.

Basic keys (ints, slices, None, Ellipsis) give views: `getitem`, with `slice_put` and `slice_pad` to write and to go
back. Index arrays are brought to one form: the indexed axes are moved to the front and flattened, and the index arrays
become one array of positions on that axis.  So `take_rows`, `put_rows` and `index_add` along axis 0 are all that a
backend ever does for them, and the rest is made of reshapes, whose gradients are known.
"""

from __future__ import annotations

from .._core.primitive import OPERATIONS, primitive

# -- basic keys --------------------------------------------------------------------------------------------------------


def _write(base, value, key):
    return OPERATIONS.slice_put(base, value, key)


@primitive(linear=("x",), view=_write)
def getitem(xp, x, /, key):
    """``x[key]`` for a basic ``key``, a tuple."""
    return x[key]


getitem.defvjp(x=lambda xp, g, key, x_shape: xp.slice_pad(g, key, x_shape))
getitem.defbatch(lambda batch, x, key: batch.op(x, key=(slice(None), *key)))


@primitive(linear=("x",))
def slice_pad(xp, x, /, key, shape):
    """Zeros of ``shape`` with ``x`` at ``key``: the adjoint of `getitem`."""
    result = xp.zeros(shape, dtype=x.dtype, device=xp.device(x))
    key, x = _without_new_axes(xp, result, x, key)
    result[key] = x
    return result


slice_pad.defvjp(x=lambda xp, g, key: xp.getitem(g, key))
slice_pad.defbatch(lambda batch, x, key, shape: batch.op(x, key=(slice(None), *key), shape=(batch.size, *shape)))


@primitive(promotes=("x", "value"), linear=("x", "value"))
def slice_put(xp, x, value, /, key):
    """``x`` with ``value``, broadcast, at ``key``."""
    result = xp.asarray(x, copy=True)
    key, value = _without_new_axes(xp, result, value, key)
    result[key] = value
    return result


def _without_new_axes(xp, array, value, key):
    """``key`` without None, which the standard does not have in assignments, and ``value`` without those axes."""
    if None not in key:
        return key, value
    plain = tuple(item for item in key if item is not None)
    return plain, xp.reshape(xp.broadcast_to(value, array[key].shape), array[plain].shape)


def _without(xp, g, key):
    part = xp.getitem(g, key)
    return xp.slice_put(g, xp.zeros_like(part), key)


def _sum_to_shape(xp, g, shape):
    """Sum ``g`` back to the ``shape`` that was broadcast to its own; it may have more leading axes, of length 1."""
    if len(shape) > len(g.shape):
        return xp.reshape(_sum_to_shape(xp, g, shape[len(shape) - len(g.shape) :]), shape)
    extra = len(g.shape) - len(shape)
    axes = (*range(extra), *(i + extra for i, n in enumerate(shape) if n == 1 and g.shape[i + extra] != 1))
    return xp.reshape(xp.sum(g, axis=axes), shape) if axes else xp.reshape(g, shape)


slice_put.defvjp(
    x=_without,
    value=lambda xp, g, key, value_shape: _sum_to_shape(xp, xp.getitem(g, key), value_shape),
)


def _batch_slice_put(batch, x, value, key):
    x, key = batch.whole(0, x), (slice(None), *key)
    ndim, own = batch.xp.getitem(x, key).ndim - 1, batch.ndim(1, value)
    if own > ndim:  # the value has leading axes of length 1 that the part lacks
        lead = (batch.size,) if batch.mapped[1] else ()
        value = batch.xp.reshape(value, (*lead, *value.shape[len(lead) + own - ndim :]))
    return batch.op(x, batch.aligned(1, value, ndim), key=key)


slice_put.defbatch(_batch_slice_put)

# -- index arrays, along axis 0 ----------------------------------------------------------------------------------------


@primitive(linear=("x",))
def take_rows(xp, x, indices, /):
    """Rows of ``x`` by ``indices``, a 1-D array of integers from 0 on."""
    return xp.take(x, indices, axis=0)


take_rows.defvjp(x=lambda xp, g, indices, x_shape: xp.index_add(g, indices, x_shape[0]))


# Where the indices are the same for all examples, the rows go in front and the batch axis after them.  Otherwise the rows of
# all examples are concatenated, and the indices of each example are offset by the rows before it.


def _rows_first(batch, x):
    return batch.xp.permute_dims(x, (1, 0, *range(2, x.ndim)))


def offset_indices(batch, number, indices, length):
    """Offset ``indices`` (operand ``number``) into ``length`` rows per example to index the concatenated rows."""
    xp = batch.xp
    if str(indices.dtype).endswith("8") or str(indices.dtype).endswith("16"):  # too narrow for the offsets
        indices = xp.astype(indices, xp.int32)
    starts = xp.arange(batch.size, dtype=indices.dtype, device=xp.device(indices)) * length
    ndim = batch.ndim(number, indices)
    return xp.add(xp.reshape(starts, (batch.size, *(1,) * ndim)), indices)


def _batch_take_rows(batch, x, indices):
    if not batch.mapped[1]:
        return batch.xp.take(x, indices, axis=1)
    count = indices.shape[1]
    if batch.mapped[0]:
        indices, x = offset_indices(batch, 1, indices, x.shape[1]), batch.fold(x)
    rows = batch.op(x, batch.xp.reshape(indices, (batch.size * count,)))
    return batch.xp.reshape(rows, (batch.size, count, *rows.shape[1:]))


take_rows.defbatch(_batch_take_rows)


@primitive(linear=("x",), accumulates=True)
def index_add(xp, x, indices, /, size):
    """``size`` rows of zeros, into which each row of ``x`` is added at its index: the adjoint of `take_rows`.

    The generic text sorts by index, adds up runs of equal indices by doubling strides (Hillis and Steele, "Data
    parallel algorithms", 1986), and picks the last element of every run: log2(n) steps without a loop over rows.
    """
    rows = x.shape[0]
    if rows == 0 or size == 0:
        return xp.zeros((size, *x.shape[1:]), dtype=x.dtype, device=xp.device(x))
    order = xp.argsort(indices, stable=True)
    indices, x = xp.take(indices, order, axis=0), xp.take(x, order, axis=0)
    stride = 1
    while stride < rows:
        same = indices[stride:] == indices[:-stride]
        same = xp.reshape(same, (rows - stride, *(1,) * (x.ndim - 1)))
        x = xp.concat(
            [x[:stride, ...], x[stride:, ...] + xp.where(same, x[:-stride, ...], xp.zeros_like(x[:-stride, ...]))]
        )
        stride *= 2
    last, found = _last_of_each(xp, indices, size)
    picked = xp.take(x, last, axis=0)
    found = xp.reshape(found, (size, *(1,) * (x.ndim - 1)))
    return xp.where(found, picked, xp.zeros_like(picked))


def _last_of_each(xp, ordered, size):
    """For every number below ``size`` where it occurs last in the sorted array ``ordered``, and whether it occurs."""
    numbers = xp.astype(xp.arange(size, device=xp.device(ordered)), ordered.dtype)
    position = xp.searchsorted(ordered, numbers, side="right") - 1
    position = xp.where(position < 0, xp.zeros_like(position), position)
    return position, xp.take(ordered, position, axis=0) == numbers


index_add.defvjp(x=lambda xp, g, indices: xp.take_rows(g, indices))


def _batch_index_add(batch, x, indices, size):
    x = batch.whole(0, x)
    if not batch.mapped[1]:
        return _rows_first(batch, batch.op(_rows_first(batch, x), indices, size=size))
    indices = batch.xp.reshape(offset_indices(batch, 1, indices, size), (batch.size * indices.shape[1],))
    return batch.unfold(batch.op(batch.fold(x), indices, size=batch.size * size))


index_add.defbatch(_batch_index_add)


@primitive(promotes=("x", "value"), linear=("x", "value"))
def put_rows(xp, x, value, indices, /):
    """``x`` with rows replaced by those of ``value`` at ``indices``; of equal indices the last one wins."""
    if value.shape[0] == 0 or x.shape[0] == 0:
        return xp.asarray(x, copy=True)
    order = xp.argsort(indices, stable=True)
    last, found = _last_of_each(xp, xp.take(indices, order, axis=0), x.shape[0])
    picked = xp.take(value, xp.take(order, last, axis=0), axis=0)
    return xp.where(xp.reshape(found, (x.shape[0], *(1,) * (x.ndim - 1))), picked, x)


put_rows.defvjp(
    x=lambda xp, g, indices: xp.put_rows(g, xp.zeros_like(xp.take_rows(g, indices)), indices),
    value=lambda xp, g, indices, x_shape: xp.last_rows(xp.take_rows(g, indices), indices, x_shape[0]),
)


def _batch_put_rows(batch, x, value, indices):
    x, value = batch.whole(0, x), batch.whole(1, value)
    if not batch.mapped[2]:
        return _rows_first(batch, batch.op(_rows_first(batch, x), _rows_first(batch, value), indices))
    indices = batch.xp.reshape(offset_indices(batch, 2, indices, x.shape[1]), (batch.size * indices.shape[1],))
    return batch.unfold(batch.op(batch.fold(x), batch.fold(value), indices))


put_rows.defbatch(_batch_put_rows)


@primitive(linear=("x",))
def last_rows(xp, x, indices, /, size):
    """The rows of ``x`` whose index occurs last, and zeros for those that a later row of equal index overwrites."""
    if x.shape[0] == 0:
        return x
    order = xp.argsort(indices, stable=True)
    last, _ = _last_of_each(xp, xp.take(indices, order, axis=0), size)
    winner = xp.take(xp.take(order, last, axis=0), indices, axis=0)
    mine = xp.astype(xp.arange(x.shape[0], device=xp.device(indices)), winner.dtype)
    return xp.where(xp.reshape(winner == mine, (x.shape[0], *(1,) * (x.ndim - 1))), x, xp.zeros_like(x))


last_rows.defvjp(x=lambda xp, g, indices, size: xp.last_rows(g, indices, size))
last_rows.defbatch(_batch_index_add)
