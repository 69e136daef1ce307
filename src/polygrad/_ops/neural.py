"""What layers compute besides convolution and normalization: linear maps, embeddings, activation functions."""

from __future__ import annotations

import math

from .._core.primitive import primitive
from .indexing import offset_indices
from .linalg import matmul_of_examples

_SQRT_HALF = math.sqrt(0.5)
_DENSITY_AT_0 = 1 / math.sqrt(2 * math.pi)
_SQRT_2_OVER_PI = math.sqrt(2 / math.pi)
_CUBIC = 0.044715

# -- linear maps -------------------------------------------------------------------------------------------------------


def rows_of(xp, x):
    """``x`` as a matrix: all axes but the last as one."""
    if len(x.shape) == 2:
        return x
    count = 1
    for n in x.shape[:-1]:
        count *= n
    return xp.reshape(x, (count, x.shape[-1]))


def _multiply_rows(xp, x, weight):
    """``x @ weight.mT`` as one product of matrices."""
    result = xp.matmul(rows_of(xp, x), xp.matrix_transpose(weight))
    return result if len(x.shape) == 2 else xp.reshape(result, (*x.shape[:-1], weight.shape[0]))


def _linear_gradients(xp, g, x, weight, needs):
    """The gradients of ``x`` and ``weight``.  That of the weight lies in memory as the weight does: ``g.mT @ x``."""
    rows = rows_of(xp, g)
    of_x = of_weight = None
    if needs[0]:
        of_x = xp.matmul(rows, weight)
        of_x = of_x if len(x.shape) == 2 else xp.reshape(of_x, tuple(x.shape))
    if needs[1]:
        of_weight = xp.matmul(xp.matrix_transpose(rows), rows_of(xp, x))
    return of_x, of_weight, rows


@primitive(promotes=True, same_dtype=True, accumulates=True)
def linear(xp, x, weight, bias, /):
    """``x @ weight.mT + bias`` over the last axis of ``x``."""
    if tuple(bias.shape) != tuple(weight.shape[:1]):
        raise ValueError("the bias has one element for every row of the weight")
    return _multiply_rows(xp, x, weight) + bias


def _linear(xp, g, x, weight, needs):
    of_x, of_weight, rows = _linear_gradients(xp, g, x, weight, needs)
    return of_x, of_weight, xp.sum(rows, axis=0) if needs[2] else None


linear.defvjp(_linear)
linear.defjvp(
    x=lambda xp, t, weight: xp.linear_without_bias(t, weight),
    weight=lambda xp, t, x: xp.linear_without_bias(x, t),
    bias=lambda xp, t, ans: xp.broadcast_to(t, tuple(ans.shape)),
)


@primitive(promotes=True, same_dtype=True, accumulates=True)
def linear_without_bias(xp, x, weight, /):
    """``x @ weight.mT`` over the last axis of ``x``."""
    return _multiply_rows(xp, x, weight)


def _linear_without_bias(xp, g, x, weight, needs):
    return _linear_gradients(xp, g, x, weight, needs)[:2]


linear_without_bias.defvjp(_linear_without_bias)
linear_without_bias.defjvp(
    x=lambda xp, t, weight: xp.linear_without_bias(t, weight), weight=lambda xp, t, x: xp.linear_without_bias(x, t)
)


def _batch_linear(batch, x, weight, bias):
    if tuple(bias.shape[-1:]) != tuple(weight.shape[-2:-1]):
        raise ValueError("the bias has one element for every row of the weight")
    _, weight_mapped, bias_mapped = batch.mapped
    if not weight_mapped and not bias_mapped:
        return batch.op(x, weight, bias)
    result = _batch_linear_without_bias(batch, x, weight)
    ndim = result.ndim - (True in batch.mapped[:2])
    return batch.xp.add(result, batch.aligned(2, bias, ndim))


def _batch_linear_without_bias(batch, x, weight):
    x_mapped, weight_mapped = batch.mapped[:2]
    if not weight_mapped:
        return batch.xp.linear_without_bias(x, weight)
    return matmul_of_examples(batch, x, batch.xp.matrix_transpose(weight), x_mapped, True)


def _batch_linear_gradients(batch, g, x, weight, needs):
    """Per-example gradients: the weight's is the product of the example's rows, not summed over the batch."""
    if tuple(batch.mapped[:3]) != (True, True, False) or x.ndim > 3:
        return NotImplemented
    xp = batch.xp
    of_x = matmul_of_examples(batch, g, weight, True, False) if needs[0] else None
    of_weight = None
    if needs[1]:
        if x.ndim == 2:
            of_weight = xp.matmul(xp.expand_dims(g, axis=-1), xp.expand_dims(x, axis=-2))
        else:
            of_weight = matmul_of_examples(batch, xp.matrix_transpose(g), x, True, True)
    of_bias = (g if x.ndim == 2 else xp.sum(g, axis=1)) if len(needs) > 2 and needs[2] else None
    return (of_x, of_weight, of_bias)[: len(needs)]


linear.defbatch(_batch_linear, vjp=_batch_linear_gradients)
linear_without_bias.defbatch(_batch_linear_without_bias, vjp=_batch_linear_gradients)


@primitive(linear=("weight",))
def embedding(xp, weight, indices, /, padding_idx=None):
    """The rows of ``weight`` at ``indices``; the row ``padding_idx`` gets no gradient."""
    rows = xp.take(weight, xp.reshape(indices, (-1,)), axis=0)
    return xp.reshape(rows, (*indices.shape, *weight.shape[1:]))


def _embedding(xp, g, indices, weight_shape, padding_idx):
    count = 1
    for n in indices.shape:
        count *= n
    rows = xp.reshape(g, (count, *weight_shape[1:]))
    positions = xp.reshape(indices, (count,))
    if padding_idx is not None:
        padding = xp.reshape(positions == padding_idx, (count, *(1,) * (len(weight_shape) - 1)))
        rows = xp.where(padding, xp.zeros_like(rows), rows)
    return xp.index_add(rows, positions, weight_shape[0])


embedding.defvjp(weight=_embedding)


def _batch_embedding(batch, weight, indices, padding_idx):
    # The padding index matters to the gradient only.
    if not batch.mapped[0]:
        return batch.op(weight, indices, padding_idx=None)
    positions = offset_indices(batch, 1, indices, weight.shape[1])
    return batch.op(batch.fold(weight), positions, padding_idx=None)


embedding.defbatch(_batch_embedding)

# -- activation functions ----------------------------------------------------------------------------------------------


@primitive(promotes="float", accumulates=True, elementwise=True, real_only=True)
def gelu(xp, x, /, approximate="none"):
    """``x`` times the probability that a normal variable is below ``x`` (Hendrycks and Gimpel, arXiv:1606.08415).

    With ``approximate="tanh"`` the paper's approximation of it.
    """
    if approximate == "tanh":
        return x * 0.5 * (1 + xp.tanh(_gelu_inner(x)))
    return x * 0.5 * (1 + xp.erf(x * _SQRT_HALF))


def _gelu_inner(x):
    return x * (_SQRT_2_OVER_PI + _SQRT_2_OVER_PI * _CUBIC * x * x)


def _gelu(xp, g, x, ans, approximate):
    if approximate == "tanh":
        # The gate's derivative is 2 * gate * (1 - gate) times that of what tanh is taken of, and x * gate is the answer.
        gate = 0.5 * (1 + xp.tanh(_gelu_inner(x)))
        slope = 2 * _SQRT_2_OVER_PI + 6 * _SQRT_2_OVER_PI * _CUBIC * x * x
        return g * (gate + ans * (1 - gate) * slope)
    probability = 0.5 * (1 + xp.erf(x * _SQRT_HALF))
    return g * (probability + x * (xp.exp(-0.5 * x * x) * _DENSITY_AT_0))


gelu.defvjp(x=_gelu)


@primitive(promotes="float", accumulates=True, elementwise=True)
def silu(xp, x, /):
    """``x * sigmoid(x)``."""
    return x * xp.sigmoid(x)


def _silu(xp, g, x, ans):
    gate = xp.sigmoid(x)
    return g * (gate + ans * (1 - gate))


silu.defvjp(x=_silu)


@primitive(promotes="float", accumulates=True, elementwise=True, real_only=True)
def softplus(xp, x, /, beta=1.0, threshold=20.0):
    """``log(1 + exp(beta * x)) / beta``, and ``x`` itself where ``beta * x`` is above ``threshold``."""
    scaled = x * beta
    curve = (xp.maximum(scaled, xp.zeros_like(x)) + xp.log1p(xp.exp(-xp.abs(scaled)))) / beta
    return xp.where(scaled > threshold, x, curve)


softplus.defvjp(
    x=lambda xp, g, x, beta, threshold: g * xp.where(x * beta > threshold, xp.ones_like(x), xp.logistic(x * beta))
)


@primitive(promotes="float", accumulates=True, elementwise=True, real_only=True)
def logsigmoid(xp, x, /):
    """``log(sigmoid(x))``."""
    return xp.minimum(x, xp.zeros_like(x)) - xp.log1p(xp.exp(-xp.abs(x)))


logsigmoid.defvjp(x=lambda xp, g, x: g * xp.logistic(-x))


@primitive(promotes="float", accumulates=True, elementwise=True, real_only=True)
def elu(xp, x, /, alpha=1.0, scale=1.0):
    """``scale * x`` for positive ``x``, ``scale * alpha * (exp(x) - 1)`` for others."""
    curve = xp.expm1(xp.minimum(x, xp.zeros_like(x))) * (alpha * scale)
    return xp.where(x > 0, x * scale if scale != 1 else x, curve)


def _elu(xp, g, x, alpha, scale):
    below = xp.exp(xp.where(x > 0, xp.zeros_like(x), x)) * (alpha * scale)
    return g * xp.where(x > 0, xp.ones_like(x) * scale, below)


elu.defvjp(x=_elu)


@primitive(promotes="float", elementwise=True, real_only=True)
def leaky_relu(xp, x, /, negative_slope=0.01):
    """``x`` where it is positive, ``negative_slope * x`` elsewhere."""
    return xp.where(x > 0, x, x * negative_slope)


leaky_relu.defvjp(x=lambda xp, g, x, negative_slope: xp.where(x > 0, g, g * negative_slope))


@primitive(elementwise=True, real_only=True)
def hardtanh(xp, x, /, lowest=-1.0, highest=1.0):
    """``x`` clamped to two bounds; unlike that of `clip`, its gradient is 0 at both bounds."""
    return xp.clip(x, lowest, highest)


def _hardtanh(xp, g, x, lowest, highest):
    return xp.where(xp.logical_and(x > lowest, x < highest), g, xp.zeros_like(g))


hardtanh.defvjp(x=_hardtanh)
