"""Linear and bilinear maps."""

from __future__ import annotations

import math

from ..._core.errors import ShapeError
from ..._core.precision import in_single_precision
from ..._core.same_dtype import check_same_dtype, require_same_dtype
from ..._core.tensor import Tensor
from ..common import check_tensor, xp
from ..public import public_function


def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """Affine map of the last dimension: ``input @ weight.mT + bias``.

    Args:
        input: a tensor ``(*, in_features)``.
        weight: a matrix ``(out_features, in_features)``, or a vector ``(in_features,)``.
        bias: a vector ``(out_features,)``, or None; None if ``weight`` is a vector.

    Returns:
        A tensor ``(*, out_features)``, or ``(*)`` if ``weight`` is a vector.

    Raises:
        ShapeError: the shapes do not match.  It is a ValueError and a RuntimeError.
        MixedTypesError: the data types differ.

    Example::

        >>> F.linear(polygrad.tensor([[1.0, 2.0]]), polygrad.tensor([[1.0, 1.0], [1.0, -1.0]]), polygrad.tensor([0.0, 5.0]))
        tensor([[3., 4.]])
    """
    try:
        if bias is not None:
            return xp.linear(input, weight, bias)
        return xp.linear_without_bias(input, weight) if weight.ndim == 2 else _linear_of_vector(input, weight)
    except (ValueError, RuntimeError, IndexError):
        _check_linear(input, weight, bias)
        raise


def _linear_of_vector(input: Tensor, weight: Tensor) -> Tensor:
    """Compute ``input @ weight`` for a ``weight`` ``(in_features,)``: the result has no axis of features."""
    if weight.ndim != 1 or not input.ndim or input.shape[-1] != weight.shape[0]:
        _check_linear(input, weight, None)
    return xp.matmul(input, weight)


def _check_linear(input: Tensor, weight: Tensor, bias: Tensor | None) -> None:
    check_tensor(input, "linear")
    check_tensor(weight, "linear", "weight")
    check_same_dtype("linear", {"input": input, "weight": weight, "bias": bias})
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


@public_function()
@require_same_dtype("input1", "input2", "weight", "bias")
@in_single_precision
def bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """Bilinear map of the last dimensions: ``input1 @ weight[k] @ input2 + bias[k]`` for every output feature ``k``.

    Args:
        input1: a tensor ``(*, in1_features)``.
        input2: a tensor ``(*, in2_features)``, with the leading dimensions of ``input1``.
        weight: a tensor ``(out_features, in1_features, in2_features)``.
        bias: a vector ``(out_features,)``, or None.

    Returns:
        A tensor ``(*, out_features)``.

    Raises:
        ShapeError: the shapes do not match.

    Example::

        >>> F.bilinear(polygrad.ones(5, 2), polygrad.ones(5, 3), polygrad.ones(4, 2, 3)).shape
        polygrad.Size([5, 4])
    """
    if (
        input1.shape[-1] != weight.shape[1]
        or input2.shape[-1] != weight.shape[2]
        or input1.shape[:-1] != input2.shape[:-1]
    ):
        raise ShapeError(
            f"bilinear: a weight of shape {tuple(weight.shape)} does not match inputs of shapes {tuple(input1.shape)} "
            f"and {tuple(input2.shape)}"
        )
    lead = tuple(input1.shape[:-1])
    first = xp.reshape(input1, (math.prod(lead), input1.shape[-1]))
    second = xp.reshape(input2, (math.prod(lead), 1, input2.shape[-1]))
    product = xp.permute_dims(xp.matmul(first, weight), (1, 0, 2))  # (rows, out, in2)
    result = xp.astype(xp.sum(product * second, -1), weight.dtype)
    result = xp.reshape(result, (*lead, weight.shape[0]))
    return result if bias is None else result + bias
