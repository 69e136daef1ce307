"""What layers do besides convolution and normalization: linear maps, embeddings, dropout, distances."""

from __future__ import annotations

import math
from typing import Any

from ... import _dtypes
from ..._core.alike import alike, check_alike
from ..._core.errors import ShapeError
from ..._core.precision import in_single_precision
from ..._core.tensor import Tensor
from ..._ops.manipulation import normal_axis
from ..broadcasting import broadcast_tensors
from ..common import ask, check_tensor, numpy_spelling, older_reduction, values_for_checks, warn, xp
from ..random import bernoulli_mask, exponential_like
from ..reductions import norm


def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """``input @ weight.mT + bias`` for ``input`` ``(..., in)``, ``weight`` ``(out, in)`` and ``bias`` ``(out,)``.

    A ``weight`` of shape ``(in,)`` gives a result of shape ``(...)``; it takes no bias.

    Raises ShapeError (a ValueError and RuntimeError), with the shapes, where they do not fit.

    Example::

        F.linear(polygrad.ones(5, 3), polygrad.ones(2, 3)).shape  # (5, 2)
    """
    try:
        if bias is not None:
            return xp.linear(input, weight, bias)
        return xp.linear_without_bias(input, weight) if weight.ndim == 2 else _of_vector(input, weight)
    except (ValueError, RuntimeError, IndexError):
        _check_linear(input, weight, bias)
        raise


def _of_vector(input: Tensor, weight: Tensor) -> Tensor:
    """``input @ weight`` for a ``weight`` of shape ``(in,)``: one feature comes out, without an axis for it."""
    if weight.ndim != 1 or not input.ndim or input.shape[-1] != weight.shape[0]:
        _check_linear(input, weight, None)
    return xp.matmul(input, weight)


def _check_linear(input: Tensor, weight: Tensor, bias: Tensor | None) -> None:
    check_tensor(input, "linear")
    check_tensor(weight, "linear", "weight")
    check_alike("linear", {"input": input, "weight": weight, "bias": bias})
    shapes = f"input of shape {tuple(input.shape)}, weight of shape {tuple(weight.shape)}"
    if weight.ndim != 2:
        raise ShapeError(f"linear: the weight must be (out, in); got {shapes}")
    if not input.ndim or input.shape[-1] != weight.shape[1]:
        raise ShapeError(
            f"linear: the last dimension of the input must be {weight.shape[1]}, the weight's second; got {shapes}"
        )
    if bias is not None and tuple(bias.shape) != (weight.shape[0],):
        raise ShapeError(
            f"linear: the bias must have shape ({weight.shape[0]},), the weight's first dimension, but it has "
            f"{tuple(bias.shape)}; got {shapes}"
        )


@alike("input1", "input2", "weight", "bias")
@in_single_precision
def bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """``sum of input1[i] * weight[k, i, j] * input2[j]`` for every ``k``, over the last dimensions."""
    if (
        input1.shape[-1] != weight.shape[1]
        or input2.shape[-1] != weight.shape[2]
        or input1.shape[:-1] != input2.shape[:-1]
    ):
        raise ShapeError(
            f"bilinear: a weight of shape {tuple(weight.shape)} does not fit inputs of shapes {tuple(input1.shape)} "
            f"and {tuple(input2.shape)}"
        )
    lead = tuple(input1.shape[:-1])
    first = xp.reshape(input1, (math.prod(lead), input1.shape[-1]))
    second = xp.reshape(input2, (math.prod(lead), 1, input2.shape[-1]))
    product = xp.permute_dims(xp.matmul(first, weight), (1, 0, 2))  # (rows, out, in2)
    result = xp.astype(xp.sum(product * second, -1), weight.dtype)
    result = xp.reshape(result, (*lead, weight.shape[0]))
    return result if bias is None else result + bias


def embedding(
    input: Tensor,
    weight: Tensor,
    padding_idx: int | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Tensor:
    """The rows of ``weight`` ``(count, width)`` at the integers ``input``: shape ``(*input.shape, width)``.

    The row ``padding_idx`` gets no gradient.  Raises IndexError for an index that there is not, TypeError for indices
    that are not integers.
    """
    check_tensor(input, "embedding")
    check_tensor(weight, "embedding", "weight")
    if max_norm is not None or scale_grad_by_freq or sparse:
        raise NotImplementedError("embedding: max_norm, scale_grad_by_freq and sparse are not offered")
    if input.dtype.kind not in ("int", "uint"):
        raise TypeError(
            f"embedding: the indices must be of an integer type, but they are {input.dtype.name}; write input.long()"
        )
    if weight.ndim != 2:
        raise ShapeError(f"embedding: the weight must be (count, width), but its shape is {tuple(weight.shape)}")
    count = weight.shape[0]
    if padding_idx is not None:
        if not -count <= padding_idx < count:
            raise IndexError(f"embedding: padding_idx {padding_idx} is out of range for {count} rows")
        padding_idx %= count

    def check(values: Any) -> None:
        if values.size and not (values.min() >= 0 and values.max() < count):
            wrong = values[(values < 0) | (values >= count)].flat[0]
            raise IndexError(f"embedding: index {wrong} is out of range; the weight has {count} rows, 0 to {count - 1}")

    ask(input, check)
    return xp.embedding(weight, input, padding_idx)


def one_hot(tensor: Tensor, num_classes: int = -1) -> Tensor:
    """For each integer a vector of ``num_classes`` zeros with a 1 at that place, as int64.

    By default there are as many classes as the largest integer needs.  Raises RuntimeError for numbers that do not fit.
    """
    check_tensor(tensor, "one_hot", "tensor")
    if tensor.dtype.kind not in ("int", "uint"):
        raise RuntimeError(f"one_hot is only applicable to index tensors of an integer type, not {tensor.dtype.name}")
    values = values_for_checks(tensor)
    if num_classes == -1:
        if values is None or tensor.backend.level or not tensor.shape.numel():
            raise RuntimeError(
                "one_hot: num_classes must be given for an empty tensor, inside vmap, and while a function is traced"
            )
        num_classes = int(values.max()) + 1
    if values is not None and tensor.shape.numel():
        if values.min() < 0:
            raise RuntimeError(f"one_hot: class values must be non-negative, but the smallest is {values.min()}")
        if values.max() >= num_classes:
            raise RuntimeError(
                f"one_hot: class values must be smaller than num_classes {num_classes}, not {values.max()}"
            )
    mask = xp.class_mask(xp.reshape(tensor, (tensor.shape.numel(),)), num_classes)
    return xp.reshape(xp.astype(mask, _dtypes.int64), (*tensor.shape, num_classes))


# -- dropout -----------------------------------------------------------------------------------------------------------


def _dropped(name: str, input: Tensor, p: float, training: bool, inplace: bool, mask_shape: tuple[int, ...]) -> Tensor:
    check_tensor(input, name)
    if not 0 <= p <= 1:
        raise ValueError(f"{name}: the dropout probability has to be between 0 and 1, but it is {p}")
    if not training or p == 0:
        return input
    if p == 1:
        return input._in_place(xp.multiply, 0) if inplace else input * 0
    mask = xp.astype(bernoulli_mask(mask_shape, 1 - p, input), input.dtype) * (1 / (1 - p))
    return input._in_place(xp.multiply, mask) if inplace else input * mask


def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Each element 0 with probability ``p``, else times ``1 / (1 - p)``; in evaluation the input as it is.

    Hinton et al., arXiv:1207.0580.  Raises ValueError for a ``p`` that is not between 0 and 1.
    """
    return _dropped("dropout", input, p, training, inplace, tuple(input.shape))


def _channel_dropout(
    name: str, input: Tensor, p: float, training: bool, inplace: bool, lead: int, usual: tuple[int, int]
) -> Tensor:
    """`dropout` of all that one index into the first ``lead`` dimensions means; ``usual`` numbers of dimensions do not warn."""
    if check_tensor(input, name).ndim < lead:
        raise ShapeError(f"{name}: the input must have {usual[0]} dimensions, but its shape is {tuple(input.shape)}")
    if input.ndim not in usual:
        kept = "batch and channels" if lead == 2 else "channels"
        warn(
            f"{name}: an input of {input.ndim} dimensions is deprecated; it should have {usual[0]}, and the first are taken "
            f"for {kept}"
        )
    return _dropped(name, input, p, training, inplace, (*input.shape[:lead], *(1,) * (input.ndim - lead)))


def dropout1d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """`dropout` of whole channels of ``(N, C, L)`` or ``(C, L)``."""
    if check_tensor(input, "dropout1d").ndim not in (2, 3):
        raise ShapeError(f"dropout1d: the input must have 2 or 3 dimensions, but its shape is {tuple(input.shape)}")
    return _channel_dropout("dropout1d", input, p, training, inplace, input.ndim - 1, (3, 2))


def dropout2d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """`dropout` of whole channels of ``(N, C, H, W)``.

    The first two dimensions are batch and channels in any case; PyTorch's warning is given where there are not 4.
    """
    return _channel_dropout("dropout2d", input, p, training, inplace, 2, (4, 4))


def dropout3d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """`dropout` of whole channels of ``(N, C, D, H, W)`` or ``(C, D, H, W)``."""
    lead = 2 if check_tensor(input, "dropout3d").ndim == 5 else 1
    return _channel_dropout("dropout3d", input, p, training, inplace, lead, (5, 4))


def alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """`dropout` that keeps mean and variance of activations after `selu` (Klambauer et al., arXiv:1706.02515)."""
    if not 0 <= p <= 1:
        raise ValueError(f"alpha_dropout: the dropout probability has to be between 0 and 1, but it is {p}")
    if not training or p == 0:
        return input
    lowest = -1.7580993408473766
    a = 0.0 if p == 1 else 1 / math.sqrt((1 - p) * (1 + p * lowest * lowest))
    kept = bernoulli_mask(tuple(input.shape), 1 - p, input)
    result = lambda x: xp.where(kept, x, lowest) * a - lowest * p * a  # noqa: E731
    return input._in_place(result) if inplace else result(input)


# -- distances ---------------------------------------------------------------------------------------------------------


@numpy_spelling
@in_single_precision
def cosine_similarity(x1: Tensor, x2: Tensor, dim: int = 1, eps: float = 1e-8) -> Tensor:
    """The cosine of the angle between vectors along ``dim``; their lengths count as at least ``eps``."""
    dtype = _dtypes.promote(x1.dtype, x2.dtype)
    if not dtype.is_differentiable:
        raise RuntimeError(f"cosine_similarity takes floating-point tensors, but their common type is {dtype.name}")
    x1, x2 = broadcast_tensors(xp.astype(x1, dtype), xp.astype(x2, dtype))
    axis = normal_axis(dim, x1.ndim)
    first, second = (x / xp.clip(norm(x, 2, axis, True), eps, None) for x in (x1, x2))
    return xp.sum(first * second, axis if x1.ndim else None)


@in_single_precision
def pairwise_distance(x1: Tensor, x2: Tensor, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> Tensor:
    """``norm(x1 - x2 + eps, p)`` along the last dimension."""
    return norm(x1 - x2 + eps, p, -1, keepdim)


@older_reduction
def cosine_embedding_loss(
    input1: Tensor, input2: Tensor, target: Tensor, margin: float = 0.0, reduction: str = "mean"
) -> Tensor:
    """``1 - cosine`` where ``target`` is 1, ``max(0, cosine - margin)`` where it is -1.

    Raises ShapeError unless ``target`` is ``(N,)`` and the inputs are ``(N, D)``, or without ``N``.
    """
    for name, value in (("input1", input1), ("input2", input2), ("target", target)):
        check_tensor(value, "cosine_embedding_loss", name)
    if target.ndim > 1 or any(x.ndim != target.ndim + 1 for x in (input1, input2)):
        raise ShapeError(
            f"cosine_embedding_loss: the target is (N,) and the inputs are (N, D), or without N; got {tuple(target.shape)} for "
            f"{tuple(input1.shape)} and {tuple(input2.shape)}"
        )
    # The target chooses and is not computed with: its type does not enter the result's.
    return _cosine_embedding_loss(input1, input2, target == 1, target == -1, margin, reduction)


@in_single_precision
def _cosine_embedding_loss(
    input1: Tensor, input2: Tensor, similar: Tensor, different: Tensor, margin: float, reduction: str
) -> Tensor:
    first, second = (
        x if x.dtype.is_differentiable else xp.astype(x, _dtypes.get_default_dtype()) for x in (input1, input2)
    )
    cosine = cosine_similarity(first, second, first.ndim - 1)
    zero = xp.zeros_like(cosine)
    losses = xp.where(similar, 1 - cosine, zero) + xp.where(different, xp.relu(cosine - margin), zero)
    return losses if reduction == "none" else xp.mean(losses) if reduction == "mean" else xp.sum(losses)


def gumbel_softmax(logits: Tensor, tau: float = 1, hard: bool = False, dim: int = -1) -> Tensor:
    """A sample of a relaxed one-of-many variable (Jang, Gu and Poole, arXiv:1611.01144).

    ``hard`` makes it one-hot, with the gradient of the relaxed one.
    """
    axis = normal_axis(dim, logits.ndim)
    soft = xp.softmax((logits - xp.log(exponential_like(logits))) / tau, axis)
    if not hard:
        return soft
    best = xp.astype(soft == xp.max(soft, axis, True), soft.dtype)
    return (best - soft).detach() + soft
