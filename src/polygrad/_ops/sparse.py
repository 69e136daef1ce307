"""Products of a sparse matrix and a dense one.

The sparse matrix is given by its elements: ``values``, and the row and the column of each.  Elements of equal row and column
add up, and the order of the elements does not matter.  `coo_matmul` and `sampled_matmul` are each other's adjoints.
"""

from __future__ import annotations

from .._core.primitive import primitive
from .indexing import index_add, offset_indices


@primitive(promotes=("values", "dense"), accumulates=True)
def coo_matmul(xp, values, dense, rows, columns, /, size):
    """``out[i] = sum(values[e] * dense[columns[e]])`` over the elements ``e`` of row ``i``, of which there are ``size``.

    ``values``, ``rows`` and ``columns`` are vectors, ``dense`` is a matrix.
    """
    terms = xp.expand_dims(values, axis=-1) * xp.take(dense, columns, axis=0)
    return index_add.forward(xp, terms, rows, size)


coo_matmul.defvjp(
    values=lambda xp, g, dense, rows, columns: xp.sampled_matmul(g, dense, rows, columns),
    dense=lambda xp, g, values, rows, columns, dense_shape: xp.coo_matmul(values, g, columns, rows, dense_shape[0]),
)
coo_matmul.defjvp(
    values=lambda xp, t, dense, rows, columns, size: xp.coo_matmul(t, dense, rows, columns, size),
    dense=lambda xp, t, values, rows, columns, size: xp.coo_matmul(values, t, rows, columns, size),
)


def _batch_coo_matmul(batch, values, dense, rows, columns, size):
    xp = batch.xp
    if not any((batch.mapped[0], *batch.mapped[2:])):  # one sparse matrix: the columns of all examples side by side
        length = dense.shape[2]
        wide = xp.reshape(xp.permute_dims(dense, (1, 0, 2)), (dense.shape[1], batch.size * length))
        result = xp.reshape(batch.op(values, wide, rows, columns, size=size), (size, batch.size, length))
        return xp.permute_dims(result, (1, 0, 2))
    values, dense = batch.whole(0, values), batch.whole(1, dense)
    rows = _of_all_examples(batch, 2, rows, size)
    columns = _of_all_examples(batch, 3, columns, dense.shape[1])
    return batch.unfold(batch.op(batch.fold(values), batch.fold(dense), rows, columns, size=batch.size * size))


def _of_all_examples(batch, number, indices, length):
    """``indices`` (operand ``number``) into the rows of all examples, one example after the other, ``length`` of each."""
    offset = offset_indices(batch, number, indices, length)
    return batch.xp.reshape(offset, (batch.size * indices.shape[-1],))


coo_matmul.defbatch(_batch_coo_matmul)


@primitive(promotes=("x", "y"), accumulates=True)
def sampled_matmul(xp, x, y, rows, columns, /):
    """The elements of ``x @ y.T`` at the places ``(rows, columns)``, a vector."""
    return xp.sum(xp.take(x, rows, axis=0) * xp.take(y, columns, axis=0), axis=-1)


sampled_matmul.defvjp(
    x=lambda xp, g, y, rows, columns, x_shape: xp.coo_matmul(g, y, rows, columns, x_shape[0]),
    y=lambda xp, g, x, rows, columns, y_shape: xp.coo_matmul(g, x, columns, rows, y_shape[0]),
)
sampled_matmul.defjvp(
    x=lambda xp, t, y, rows, columns: xp.sampled_matmul(t, y, rows, columns),
    y=lambda xp, t, x, rows, columns: xp.sampled_matmul(x, t, rows, columns),
)


def _batch_sampled_matmul(batch, x, y, rows, columns):
    x, y = batch.whole(0, x), batch.whole(1, y)
    rows = _of_all_examples(batch, 2, rows, x.shape[1])
    columns = _of_all_examples(batch, 3, columns, y.shape[1])
    return batch.unfold(batch.op(batch.fold(x), batch.fold(y), rows, columns))


sampled_matmul.defbatch(_batch_sampled_matmul)
