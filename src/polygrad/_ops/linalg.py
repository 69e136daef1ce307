"""Linear algebra: products, diagonals, norms.

Matrices are the last two axes; the axes before them are a batch, and batches are broadcast against each other.
"""

from __future__ import annotations

from .._core.primitive import OPERATIONS, primitive
from .arithmetic import apart_from_zero
from .batching import along_axes, leading_axes, product
from .reductions import broadcast_cotangent, kept_shape

# -- products ----------------------------------------------------------------------------------------------------------


@primitive(promotes=True, same_dtype=True, accumulates=True)
def matmul(xp, x, y, /):
    """The matrix product; vectors are rows on the left and columns on the right, and batches are broadcast."""
    return xp.matmul(x, y)


def collapse(xp, g, shape):
    """Sum ``g`` over the leading axes along which an operand of ``shape`` was repeated."""
    extra = len(g.shape) - len(shape)
    axes = (*range(extra), *(i + extra for i, n in enumerate(shape) if n == 1 and g.shape[i + extra] != 1))
    return xp.reshape(xp.sum(g, axis=axes), shape) if axes else g


def _rows(xp, x):
    """The matrix of all rows of ``x``: one product of matrices instead of one for every element of the batch."""
    *batch, length = x.shape
    count = 1
    for n in batch:
        count *= n
    return xp.reshape(x, (count, length))


def _matmul_x(xp, g, x_shape, y):
    if len(y.shape) == 1:
        return collapse(xp, xp.expand_dims(g, axis=-1) * y, x_shape)
    if len(x_shape) == 1:
        return collapse(xp, xp.matmul(y, xp.expand_dims(g, axis=-1))[..., 0], x_shape)
    return collapse(xp, xp.matmul(g, xp.matrix_transpose(y)), x_shape)


def _matmul_y(xp, g, x, y_shape):
    if len(x.shape) == 1:
        if len(y_shape) == 1:
            return g * x
        return collapse(xp, xp.expand_dims(x, axis=-1) * xp.expand_dims(g, axis=-2), y_shape)
    if len(y_shape) == 1:
        return collapse(xp, xp.matmul(xp.matrix_transpose(x), xp.expand_dims(g, axis=-1))[..., 0], y_shape)
    if len(y_shape) == 2 < len(x.shape):
        x, g = _rows(xp, x), _rows(xp, g)
    return collapse(xp, xp.matmul(xp.matrix_transpose(x), g), y_shape)


matmul.defvjp(x=_matmul_x, y=_matmul_y)
matmul.publish(
    operator="@",
    in_place=False,
    doc="""The matrix product: ``input @ other``.

    Args:
        input: of shape ``(..., n, k)``, or a vector ``(k,)``, which counts as a row.
        other: of shape ``(..., k, m)``, or a vector ``(k,)``, which counts as a column.

    Returns:
        A tensor of shape ``(..., n, m)``, with the leading dimensions broadcast; without ``n`` or ``m`` where a vector was given.

    Raises:
        RuntimeError: if the shapes do not fit, or the data types differ.
        TypeError: if an operand is no tensor.
    """,
    example="polygrad.matmul(polygrad.tensor([[1.0, 2.0], [3.0, 4.0]]), polygrad.tensor([1.0, 1.0]))  # tensor([3., 7.])",
)
matmul.defjvp(x=lambda xp, t, y: xp.matmul(t, y), y=lambda xp, t, x: xp.matmul(x, t))


def matmul_of_examples(batch, x, y, x_mapped, y_mapped):
    """`matmul` of each example of a batch; ``x_mapped`` and ``y_mapped`` say which operand has the batch axis."""
    xp, a, b = batch.xp, x.ndim - x_mapped, y.ndim - y_mapped
    if not a or not b:
        raise ValueError("matmul takes vectors and matrices, not numbers")
    if not y_mapped and b <= 2:  # one product with the rows of all examples
        if b == 1 or a == 1:
            return xp.matmul(x, y)
        rows = xp.matmul(xp.reshape(x, (product(x.shape[:-1]), x.shape[-1])), y)
        return xp.reshape(rows, (*x.shape[:-1], y.shape[-1]))
    if not x_mapped and b == 1 and a <= 2:
        return xp.matmul(y, x if a == 1 else xp.matrix_transpose(x))
    x = xp.expand_dims(x, axis=-2) if a == 1 else x
    y = xp.expand_dims(y, axis=-1) if b == 1 else y
    ndim = max(a, b, 2)
    x, y = _pad_dims(batch, x, x_mapped, ndim), _pad_dims(batch, y, y_mapped, ndim)
    result = xp.matmul(x, y)
    if a == 1:
        return xp.getitem(result, (Ellipsis, 0, 0) if b == 1 else (Ellipsis, 0, slice(None)))
    return xp.getitem(result, (Ellipsis, 0)) if b == 1 else result


def _pad_dims(batch, x, mapped, ndim):
    missing = ndim - (x.ndim - mapped)
    if not mapped or missing <= 0:
        return x
    return batch.xp.reshape(x, (batch.size, *(1,) * missing, *x.shape[1:]))


matmul.defbatch(lambda batch, x, y: matmul_of_examples(batch, x, y, *batch.mapped))


def _matmul_misfit(x, y):
    """What PyTorch says of operands of matmul that do not fit, or None where their shapes do."""
    a, b = tuple(x.shape), tuple(y.shape)
    if not a or not b:
        return f"both arguments to matmul need to be at least 1D, but they are {len(a)}D and {len(b)}D"
    inner = b[-2] if len(b) > 1 else b[0]
    if a[-1] != inner:
        if len(a) == len(b) == 1:
            return (
                f"inconsistent tensor size, expected tensor [{a[0]}] and src [{b[0]}] to have the same number of "
                f"elements, but got {a[0]} and {b[0]} elements respectively"
            )
        if len(a) > 2 and len(b) > 2:
            return (
                f"matmul: the last dimension of the first operand and the second to last of the second must be equal, "
                f"but the shapes are {list(a)} and {list(b)}: {a[-1]} is not {inner}"
            )
        if len(b) == 1:
            return f"size mismatch, got input ({_as_matrix(a).partition('x')[0]}), mat ({_as_matrix(a)}), vec ({b[0]})"
        return f"mat1 and mat2 shapes cannot be multiplied ({_as_matrix(a)} and {_as_matrix(b)})"
    for m, n in zip(reversed(a[:-2]), reversed(b[:-2]), strict=False):
        if m != n and 1 not in (m, n):
            return f"matmul: the batch dimensions of shapes {list(a)} and {list(b)} cannot be broadcast together"
    return None


def _as_matrix(shape):
    """A shape as in "2x3", the leading axes taken together."""
    rows = 1
    for n in shape[:-1]:
        rows *= n
    return f"{rows}x{shape[-1]}"


matmul.shape_error = _matmul_misfit

# -- diagonals ---------------------------------------------------------------------------------------------------------


def _with_diagonal(base, value, offset):
    rows, columns = base.shape[-2:]
    start = max(offset, -offset * columns)
    places = slice(start, start + max(0, value.shape[-1] - 1) * (columns + 1) + (value.shape[-1] > 0), columns + 1)
    lines = OPERATIONS.reshape(base, (*base.shape[:-2], rows * columns))
    return OPERATIONS.reshape(OPERATIONS.slice_put(lines, value, (Ellipsis, places)), tuple(base.shape))


@primitive(linear=("x",), view=_with_diagonal)
def diagonal(xp, x, /, *, offset=0):
    """The diagonals of matrices, ``offset`` places above the main one."""
    return xp.diagonal(x, offset=offset)


diagonal.defvjp(x=lambda xp, g, x_shape, offset: xp.diagonal_embed(g, offset=offset, shape=x_shape[-2:]))
diagonal.defbatch(leading_axes)


@primitive(linear=("x",))
def diagonal_embed(xp, x, /, *, offset, shape):
    """Matrices of ``shape`` (rows, columns) with ``x`` on a diagonal and zeros elsewhere: the adjoint of `diagonal`."""
    first = min(max(offset, 0), shape[1])
    row = xp.slice_pad(x, (Ellipsis, slice(first, first + x.shape[-1])), (*x.shape[:-1], shape[1]))
    return on_diagonal(xp, xp.broadcast_to(xp.expand_dims(row, axis=-2), (*x.shape[:-1], *shape)), offset)


def on_diagonal(xp, x, offset):
    """``x`` on a diagonal, with zeros elsewhere."""
    return xp.tril(xp.triu(x, k=offset), k=offset)


diagonal_embed.defvjp(x=lambda xp, g, offset: xp.diagonal(g, offset=offset))
diagonal_embed.defbatch(leading_axes)


# -- norms -------------------------------------------------------------------------------------------------------------


@primitive(promotes="float", accumulates=True)
def power_norm(xp, x, /, ord=2, axis=None, keepdims=False):
    """``sum(|x|**ord) ** (1/ord)`` for a finite ``ord`` that is not 0.

    The gradient at a norm of 0 is 0: a subgradient for ``ord >= 1``, and PyTorch's choice.
    """
    size = xp.abs(x)
    if ord == 1:
        return xp.sum(size, axis=axis, keepdims=keepdims)
    if ord == 2:
        return xp.sqrt(xp.sum(size * size, axis=axis, keepdims=keepdims))
    return xp.power(xp.sum(xp.power(size, ord), axis=axis, keepdims=keepdims), 1 / ord)


def _power_norm(xp, g, x, ans, ord, axis):
    is_complex = xp.isdtype(x.dtype, "complex floating")
    if ord == 1:
        return broadcast_cotangent(xp, g, x.shape, axis) * xp.sign(xp.conj(x) if is_complex else x)
    mirrored = xp.conj(x) if is_complex else x
    kept = xp.reshape(ans, kept_shape(x.shape, axis))
    g = broadcast_cotangent(xp, g, x.shape, axis)
    if ord == 2:
        length = apart_from_zero(xp, kept)
        return g * (mirrored * xp.cast(1 / length, x.dtype) if is_complex else x / length)
    kept = xp.broadcast_to(kept, x.shape)
    # x / |x| * (|x| / norm)**(ord - 1), and 0 at elements of 0 and at a norm of 0
    size = xp.abs(x)
    nothing = xp.logical_or(size == 0, kept == 0)
    one = xp.ones_like(size)
    share = xp.power(xp.where(nothing, one, size) / xp.where(nothing, one, kept), ord - 1)
    return g * xp.where(nothing, xp.zeros_like(share), share) * xp.sign(mirrored)


power_norm.defvjp(x=_power_norm)
power_norm.defbatch(along_axes)
