"""Linear algebra."""

from __future__ import annotations

from .._core.primitive import primitive


@primitive(promotes=True)
def matmul(xp, x, y, /):
    return xp.matmul(x, y)


def _collapse(xp, g, shape):
    """Sum ``g`` over the leading axes along which an operand of ``shape`` was repeated."""
    extra = len(g.shape) - len(shape)
    axes = (*range(extra), *(i + extra for i, n in enumerate(shape) if n == 1 and g.shape[i + extra] != 1))
    return xp.reshape(xp.sum(g, axis=axes), shape) if axes else g


def _matmul_x(xp, g, x_shape, y):
    if len(y.shape) == 1:
        return _collapse(xp, xp.expand_dims(g, -1) * y, x_shape)
    if len(x_shape) == 1:
        return _collapse(xp, xp.matmul(y, xp.expand_dims(g, -1))[..., 0], x_shape)
    return _collapse(xp, xp.matmul(g, xp.matrix_transpose(y)), x_shape)


def _matmul_y(xp, g, x, y_shape):
    if len(x.shape) == 1:
        if len(y_shape) == 1:
            return g * x
        return _collapse(xp, xp.expand_dims(x, -1) * xp.expand_dims(g, -2), y_shape)
    if len(y_shape) == 1:
        return _collapse(xp, xp.matmul(xp.matrix_transpose(x), xp.expand_dims(g, -1))[..., 0], y_shape)
    return _collapse(xp, xp.matmul(xp.matrix_transpose(x), g), y_shape)


matmul.defvjp(x=_matmul_x, y=_matmul_y)
