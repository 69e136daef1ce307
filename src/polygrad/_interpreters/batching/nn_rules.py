"""Batching rules: matrix products, linear systems, convolution, pooling, losses, random numbers."""

from __future__ import annotations

from typing import Any

from .rules import product, rule_for, shift_axis
from .tracer import Batching

# -- products --------------------------------------------------------------------------------------------------------------


@rule_for("matmul")
def matmul(batch: Batching, x: Any, y: Any) -> Any:
    return _matmul(batch, x, y, batch.mapped[0], batch.mapped[1])


def _matmul(batch: Batching, x: Any, y: Any, x_mapped: bool, y_mapped: bool) -> Any:
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


def _pad_dims(batch: Batching, x: Any, mapped: bool, ndim: int) -> Any:
    missing = ndim - (x.ndim - mapped)
    if not mapped or missing <= 0:
        return x
    return batch.xp.reshape(x, (batch.size, *(1,) * missing, *x.shape[1:]))


@rule_for("linear")
def linear(batch: Batching, x: Any, weight: Any, bias: Any) -> Any:
    if tuple(bias.shape[-1:]) != tuple(weight.shape[-2:-1]):
        raise ValueError("the bias has one element for every row of the weight")
    _, weight_mapped, bias_mapped = batch.mapped
    if not weight_mapped and not bias_mapped:
        return batch.op(x, weight, bias)
    result = linear_without_bias(batch, x, weight)
    ndim = result.ndim - (True in batch.mapped[:2])
    return batch.xp.add(result, _pad_dims(batch, bias, True, ndim) if bias_mapped else bias)


@rule_for("linear_without_bias")
def linear_without_bias(batch: Batching, x: Any, weight: Any) -> Any:
    x_mapped, weight_mapped = batch.mapped[:2]
    if not weight_mapped:
        return batch.xp.linear_without_bias(x, weight)
    return _matmul(batch, x, batch.xp.matrix_transpose(weight), x_mapped, True)


@rule_for("linear.vjp linear_without_bias.vjp")
def linear_gradients(batch: Batching, g: Any, x: Any, weight: Any, needs: tuple[bool, ...]) -> Any:
    """Per-example gradients: the weight's is the product of the example's rows, not summed over the batch."""
    if tuple(batch.mapped[:3]) != (True, True, False) or x.ndim > 3:
        return NotImplemented
    xp = batch.xp
    of_x = _matmul(batch, g, weight, True, False) if needs[0] else None
    of_weight = None
    if needs[1]:
        if x.ndim == 2:
            of_weight = xp.matmul(xp.expand_dims(g, axis=-1), xp.expand_dims(x, axis=-2))
        else:
            of_weight = _matmul(batch, xp.matrix_transpose(g), x, True, True)
    of_bias = (g if x.ndim == 2 else xp.sum(g, axis=1)) if len(needs) > 2 and needs[2] else None
    return (of_x, of_weight, of_bias)[: len(needs)]


@rule_for("solve solve_triangular")
def solve(batch: Batching, a: Any, b: Any, **settings: Any) -> Any:
    ndim = max(batch.ndim(0, a), batch.ndim(1, b))
    return batch.op(batch.aligned(0, a, ndim), batch.aligned(1, b, ndim), **settings)


# -- convolution -----------------------------------------------------------------------------------------------------------
# The examples become more images of one batch, or, where each example has its own weight, groups of channels.


def _into_images(batch: Batching, x: Any) -> Any:
    return batch.xp.reshape(x, (batch.size * x.shape[1], *x.shape[2:]))


def _out_of_images(batch: Batching, x: Any) -> Any:
    return batch.xp.reshape(x, (batch.size, x.shape[0] // batch.size if batch.size else 0, *x.shape[1:]))


def _into_channels(batch: Batching, x: Any) -> Any:
    moved = batch.xp.permute_dims(x, (1, 0, 2, 3, 4))
    return batch.xp.reshape(moved, (x.shape[1], batch.size * x.shape[2], *x.shape[3:]))


def _out_of_channels(batch: Batching, x: Any) -> Any:
    apart = batch.xp.reshape(x, (x.shape[0], batch.size, x.shape[1] // batch.size if batch.size else 0, *x.shape[2:]))
    return batch.xp.permute_dims(apart, (1, 0, 2, 3, 4))


@rule_for("conv2d conv2d_input_gradient")
def conv2d(batch: Batching, x: Any, weight: Any, groups: int, **settings: Any) -> Any:
    if not batch.mapped[1]:
        return _out_of_images(batch, batch.op(_into_images(batch, x), weight, groups=groups, **settings))
    weights = _into_images(batch, batch.whole(1, weight))
    if not batch.mapped[0] and groups == 1 and "size" not in settings:
        return _out_of_channels(batch, batch.op(x, weights, groups=1, **settings))
    x = _into_channels(batch, batch.whole(0, x))
    return _out_of_channels(batch, batch.op(x, weights, groups=groups * batch.size, **settings))


@rule_for("conv2d_weight_gradient")
def conv2d_weight_gradient(batch: Batching, x: Any, cotangent: Any, groups: int, **settings: Any) -> Any:
    x, cotangent = [_into_channels(batch, batch.whole(i, one)) for i, one in enumerate((x, cotangent))]
    return _out_of_images(batch, batch.op(x, cotangent, groups=groups * batch.size, **settings))


# -- pooling ---------------------------------------------------------------------------------------------------------------


@rule_for("max_pool2d max_pool2d_gradient max_pool2d_pick max_pool2d_indices sum_pool2d sum_pool2d_gradient")
def pooling(batch: Batching, *operands: Any, **settings: Any) -> Any:
    images = [_into_images(batch, batch.whole(i, x)) for i, x in enumerate(operands)]
    return _out_of_images(batch, batch.op(*images, **settings))


# -- losses ----------------------------------------------------------------------------------------------------------------


def _reduce(batch: Batching, losses: Any, reduction: str) -> Any:
    if reduction == "none":
        return losses
    return getattr(batch.xp, reduction)(losses, axis=shift_axis(None, losses.ndim - 1))


@rule_for("mse_loss")
def mse_loss(batch: Batching, x: Any, y: Any, reduction: str) -> Any:
    return _reduce(batch, batch.op(batch.whole(0, x), batch.whole(1, y), reduction="none"), reduction)


@rule_for("class_mask")
def class_mask(batch: Batching, target: Any, classes: int) -> Any:
    mask = batch.op(batch.xp.reshape(target, (product(target.shape),)), classes=classes)
    return batch.xp.reshape(mask, (*target.shape, classes))


@rule_for("cross_entropy")
def cross_entropy(batch: Batching, x: Any, target: Any, reduction: str) -> Any:
    x, target = batch.whole(0, x), batch.whole(1, target)
    shape = tuple(target.shape)
    rows = batch.xp.reshape(x, (product(shape), x.shape[-1]))
    losses, *parts = batch.op(rows, batch.xp.reshape(target, (product(shape),)), reduction="none")
    losses, *parts = [batch.xp.reshape(one, shape) for one in (losses, *parts)]
    return _reduce(batch, losses, reduction), *parts


@rule_for("cross_entropy.vjp")
def cross_entropy_gradients(batch: Batching, g: Any, x: Any, target: Any, ans: Any, reduction: str) -> Any:
    """Differentiates the rows of all examples as separate losses, each with its share of the example's cotangent."""
    of_loss, _, of_total = g
    if of_total is not None or not batch.mapped[1]:
        return NotImplemented
    xp, shape = batch.xp, tuple(x.shape[:2])
    target = batch.whole(2, target)
    parts = [ans[k] if batch.mapped[3][k] else xp.broadcast_to(ans[k], shape) for k in (1, 2)]
    if reduction != "none":
        of_loss = of_loss * (1 / max(shape[1], 1)) if reduction == "mean" else of_loss
        of_loss = xp.expand_dims(of_loss, axis=-1)
    flat = [xp.reshape(one, (product(shape),)) for one in (xp.broadcast_to(of_loss, shape), target, *parts)]
    rows = xp.reshape(x, (product(shape), x.shape[2]))
    (of_rows,) = batch.op([flat[0], None, None], rows, flat[1], (flat[2], flat[2], flat[3]), "none")
    return xp.reshape(of_rows, x.shape), None


# -- random numbers --------------------------------------------------------------------------------------------------------


@rule_for("permutation_from_bits")
def permutation_from_bits(batch: Batching, bits: Any, count: int, dtype: Any) -> Any:
    words = batch.xp.getitem(bits, (slice(None), slice(0, count)))
    return batch.xp.astype(batch.xp.argsort(words, axis=1, stable=True), dtype)


@rule_for("choices_from_uniform")
def choices_from_uniform(batch: Batching, weights: Any, uniform: Any, replacement: bool) -> Any:
    weights, uniform = batch.whole(0, weights), batch.whole(1, uniform)
    rows = weights.shape[0] * weights.shape[1]
    flat = [batch.xp.reshape(x, (rows, x.shape[2])) for x in (weights, uniform)]
    found = batch.op(*flat, replacement=replacement)
    return batch.xp.reshape(found, (*weights.shape[:2], found.shape[1]))
