"""Batching rules: element-wise functions, reductions, manipulation, indexing.

A rule gets arrays of the level below with the batch axis first, and returns its result so.  Most rules run the same primitive
once, with the batch as one more axis, and only shift its settings.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..._ops.manipulation import normal_axis
from .tracer import RULES, Batching


def rule_for(names: str) -> Callable[[Callable], Callable]:
    """Put a rule into the table under all ``names``."""

    def put(rule: Callable) -> Callable:
        RULES.update(dict.fromkeys(names.split(), rule))
        return rule

    return put


def shift_axis(axis: Any, ndim: int) -> Any:
    """Translate ``axis`` of an example with ``ndim`` dimensions (None for all, an int, or a tuple) to the batched array."""
    if axis is None:
        return tuple(range(1, ndim + 1))
    if isinstance(axis, (tuple, list)):
        return tuple([normal_axis(a, ndim) + 1 for a in axis if ndim])
    return normal_axis(axis, ndim) + 1 if ndim else ()


def product(lengths: Any) -> int:
    """The product of ``lengths``."""
    total = 1
    for n in lengths:
        total *= n
    return total


# -- element by element ----------------------------------------------------------------------------------------------------


@rule_for("elementwise where complex")
def elementwise(batch: Batching, *operands: Any, **settings: Any) -> Any:
    """Missing dimensions of an example are inserted after the batch axis, so that operands broadcast."""
    ndim = max([batch.ndim(i, x) for i, x in enumerate(operands)])
    return batch.op(*[batch.aligned(i, x, ndim) for i, x in enumerate(operands)], **settings)


# From `adjugate` on: matrices are the last two axes, and any leading axes are a batch.
@rule_for(
    """cast clone conj imag real transfer view_as_complex view_as_real
    adjugate cholesky complete_qr det diagonal diagonal_embed eig eigh eigvals eigvalsh inv matrix_transpose pinv qr slogdet svd
    svdvals tril triu"""
)
def batched_already(batch: Batching, x: Any, **settings: Any) -> Any:
    """Primitives that accept leading axes unchanged."""
    return batch.op(x, **settings)


@rule_for("adjugate_derivative")
def of_matrices(batch: Batching, *operands: Any) -> Any:
    return batch.op(*[batch.whole(i, x) for i, x in enumerate(operands)])


# -- along axes ------------------------------------------------------------------------------------------------------------


@rule_for("all any logsumexp max mean median min power_norm prod std sum var")
def reduction(batch: Batching, x: Any, axis: Any, **settings: Any) -> Any:
    return batch.op(x, axis=shift_axis(axis, x.ndim - 1), **settings)


@rule_for("argmax argmin")
def position(batch: Batching, x: Any, axis: Any, keepdims: bool) -> Any:
    if axis is not None and x.ndim > 1:
        return batch.op(x, axis=shift_axis(axis, x.ndim - 1), keepdims=keepdims)
    found = batch.op(batch.xp.reshape(x, (batch.size, product(x.shape[1:]))), axis=1, keepdims=False)
    return batch.xp.reshape(found, (batch.size, *(1,) * (x.ndim - 1))) if keepdims else found


@rule_for("argsort cumulative_prod cumulative_sum fft_c2r fft_r2c log_softmax running_extremum softmax sort topk")
def along(batch: Batching, x: Any, axis: int, **settings: Any) -> Any:
    if x.ndim > 1:
        return batch.op(x, axis=shift_axis(axis, x.ndim - 1), **settings)
    result = batch.op(batch.xp.reshape(x, (batch.size, 1)), axis=1, **settings)
    drop = lambda one: batch.xp.reshape(one, (batch.size,))  # noqa: E731
    return tuple([drop(one) for one in result]) if isinstance(result, tuple) else drop(result)


@rule_for("searchsorted")
def searchsorted(batch: Batching, x: Any, values: Any, side: str) -> Any:
    if not batch.mapped[0]:
        return batch.op(x, values, side=side)
    xp, values = batch.xp, batch.whole(1, values)
    boundaries = xp.reshape(x, (batch.size, *(1,) * (values.ndim - 1), x.shape[1]))
    compare = xp.less if side == "left" else xp.less_equal
    return xp.sum(xp.astype(compare(boundaries, xp.expand_dims(values, axis=-1)), xp.int64), axis=-1)


@rule_for("take_along_axis add_along_axis")
def by_position(batch: Batching, x: Any, indices: Any, axis: int, **settings: Any) -> Any:
    x, indices = batch.whole(0, x), batch.whole(1, indices)
    return batch.op(x, indices, axis=shift_axis(axis, x.ndim - 1), **settings)


@rule_for("fft_c2c")
def fourier_transform(batch: Batching, x: Any, axes: Any, norm: str, inverse: bool) -> Any:
    return batch.op(x, axes=shift_axis(axes, x.ndim - 1), norm=norm, inverse=inverse)


@rule_for("standardize")
def standardize(batch: Batching, x: Any, axes: Any, eps: float) -> Any:
    return batch.op(x, axes=shift_axis(axes, x.ndim - 1), eps=eps)


@rule_for("standardize_affine")
def standardize_affine(batch: Batching, x: Any, weight: Any, bias: Any, axes: Any, eps: float) -> Any:
    if not batch.mapped[0]:  # the statistics are shared by all examples, and may be written to a shared tensor
        return NotImplemented
    ndim = x.ndim - 1
    weight, bias = batch.aligned(1, weight, ndim), batch.aligned(2, bias, ndim)
    return batch.op(x, weight, bias, axes=shift_axis(axes, ndim), eps=eps)


# -- moving elements -------------------------------------------------------------------------------------------------------


@rule_for("reshape")
def reshape(batch: Batching, x: Any, shape: Any) -> Any:
    shape = (shape,) if isinstance(shape, int) else tuple(shape)
    if -1 in shape:
        known = product(n for n in shape if n != -1)
        shape = tuple([product(x.shape[1:]) // max(known, 1) if n == -1 else n for n in shape])
    return batch.op(x, shape=(batch.size, *shape))


@rule_for("permute_dims")
def permute_dims(batch: Batching, x: Any, axes: Any) -> Any:
    return batch.op(x, axes=(0, *shift_axis(tuple(axes), x.ndim - 1)))


@rule_for("expand_dims")
def expand_dims(batch: Batching, x: Any, axis: int) -> Any:
    return batch.op(x, axis=axis + 1 if axis >= 0 else axis)


@rule_for("broadcast_to")
def broadcast_to(batch: Batching, x: Any, shape: Any) -> Any:
    return batch.op(batch.aligned(0, x, len(shape)), shape=(batch.size, *shape))


@rule_for("flip")
def flip(batch: Batching, x: Any, axis: Any) -> Any:
    return batch.op(x, axis=shift_axis(axis, x.ndim - 1))


@rule_for("roll")
def roll(batch: Batching, x: Any, shift: Any, axis: Any) -> Any:
    if axis is not None:
        return batch.op(x, shift=shift, axis=shift_axis(axis, x.ndim - 1))
    flat = batch.xp.reshape(x, (batch.size, product(x.shape[1:])))
    return batch.xp.reshape(batch.op(flat, shift=shift, axis=1), x.shape)


@rule_for("concat")
def concat(batch: Batching, arrays: list[Any], axis: Any) -> Any:
    parts = [batch.whole(i, x) for i, x in enumerate(arrays)]
    if axis is None:
        parts, axis = [batch.xp.reshape(x, (batch.size, product(x.shape[1:]))) for x in parts], 0
    return batch.op(parts, axis=shift_axis(axis, parts[0].ndim - 1))


@rule_for("stack")
def stack(batch: Batching, arrays: list[Any], axis: int) -> Any:
    parts = [batch.whole(i, x) for i, x in enumerate(arrays)]
    return batch.op(parts, axis=shift_axis(axis, parts[0].ndim))


@rule_for("pad")
def pad(batch: Batching, x: Any, widths: Any, value: Any) -> Any:
    return batch.op(x, widths=((0, 0), *widths), value=value)


# -- basic keys ------------------------------------------------------------------------------------------------------------


@rule_for("getitem")
def getitem(batch: Batching, x: Any, key: tuple) -> Any:
    return batch.op(x, key=(slice(None), *key))


@rule_for("slice_pad")
def slice_pad(batch: Batching, x: Any, key: tuple, shape: Any) -> Any:
    return batch.op(x, key=(slice(None), *key), shape=(batch.size, *shape))


@rule_for("slice_put")
def slice_put(batch: Batching, x: Any, value: Any, key: tuple) -> Any:
    x, key = batch.whole(0, x), (slice(None), *key)
    ndim, own = batch.xp.getitem(x, key).ndim - 1, batch.ndim(1, value)
    if own > ndim:  # the value has leading axes of length 1 that the part lacks
        lead = (batch.size,) if batch.mapped[1] else ()
        value = batch.xp.reshape(value, (*lead, *value.shape[len(lead) + own - ndim :]))
    return batch.op(x, batch.aligned(1, value, ndim), key=key)


# -- index arrays ----------------------------------------------------------------------------------------------------------
# Where the indices are the same for all examples, the rows go in front and the batch axis after them.  Otherwise the rows of
# all examples are concatenated, and the indices of each example are offset by the rows before it.


def _rows_first(batch: Batching, x: Any) -> Any:
    return batch.xp.permute_dims(x, (1, 0, *range(2, x.ndim)))


def _merge_rows(batch: Batching, x: Any) -> Any:
    return batch.xp.reshape(x, (batch.size * x.shape[1], *x.shape[2:]))


def offset_indices(batch: Batching, number: int, indices: Any, length: int) -> Any:
    """Offset ``indices`` (operand ``number``) into ``length`` rows per example to index the concatenated rows."""
    xp = batch.xp
    if str(indices.dtype).endswith("8") or str(indices.dtype).endswith("16"):  # too narrow for the offsets
        indices = xp.astype(indices, xp.int32)
    starts = xp.arange(batch.size, dtype=indices.dtype, device=xp.device(indices)) * length
    ndim = batch.ndim(number, indices)
    return xp.add(xp.reshape(starts, (batch.size, *(1,) * ndim)), indices)


def _split_rows(batch: Batching, x: Any) -> Any:
    return batch.xp.reshape(x, (batch.size, x.shape[0] // batch.size if batch.size else 0, *x.shape[1:]))


@rule_for("take_rows")
def take_rows(batch: Batching, x: Any, indices: Any) -> Any:
    if not batch.mapped[1]:
        return batch.xp.take(x, indices, axis=1)
    count = indices.shape[1]
    if batch.mapped[0]:
        indices, x = offset_indices(batch, 1, indices, x.shape[1]), _merge_rows(batch, x)
    rows = batch.op(x, batch.xp.reshape(indices, (batch.size * count,)))
    return batch.xp.reshape(rows, (batch.size, count, *rows.shape[1:]))


@rule_for("index_add last_rows")
def index_add(batch: Batching, x: Any, indices: Any, size: int) -> Any:
    x = batch.whole(0, x)
    if not batch.mapped[1]:
        return _rows_first(batch, batch.op(_rows_first(batch, x), indices, size=size))
    indices = batch.xp.reshape(offset_indices(batch, 1, indices, size), (batch.size * indices.shape[1],))
    return _split_rows(batch, batch.op(_merge_rows(batch, x), indices, size=batch.size * size))


@rule_for("put_rows")
def put_rows(batch: Batching, x: Any, value: Any, indices: Any) -> Any:
    x, value = batch.whole(0, x), batch.whole(1, value)
    if not batch.mapped[2]:
        return _rows_first(batch, batch.op(_rows_first(batch, x), _rows_first(batch, value), indices))
    indices = batch.xp.reshape(offset_indices(batch, 2, indices, x.shape[1]), (batch.size * indices.shape[1],))
    return _split_rows(batch, batch.op(_merge_rows(batch, x), _merge_rows(batch, value), indices))


@rule_for("embedding")
def embedding(batch: Batching, weight: Any, indices: Any, padding_idx: Any) -> Any:
    # The padding index matters to the gradient only.
    if not batch.mapped[0]:
        return batch.op(weight, indices, padding_idx=None)
    positions = offset_indices(batch, 1, indices, weight.shape[1])
    return batch.op(_merge_rows(batch, weight), positions, padding_idx=None)


__all__ = ["elementwise", "offset_indices", "product", "rule_for", "shift_axis"]
