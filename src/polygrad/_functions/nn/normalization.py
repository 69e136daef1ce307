"""Normalization: batch, layer, group, instance and root mean square; and vectors to norm 1."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from ..._core.errors import ShapeError
from ..._core.precision import downcast, in_single_precision, is_half, upcast
from ..._core.same_dtype import check_same_dtype
from ..._core.tensor import Tensor
from ..._dtypes import finfo, float32
from ..common import check_real, check_tensor, xp
from ..public import public_function, public_in_module
from ..reductions import norm
from .pooling import divide


def _standardize(
    x: Tensor, weight: Tensor | None, bias: Tensor | None, axes: tuple[int, ...], eps: float
) -> tuple[Tensor, Tensor, Tensor]:
    """Standardize ``x`` over ``axes``, then scale and shift it; return the result, the mean and the variance."""
    if weight is not None and bias is not None:
        return xp.standardize_affine(x, weight, bias, axes, eps)
    result, mean, variance = xp.standardize(x, axes, eps)
    if weight is not None:
        result = result * weight
    return result if bias is None else result + bias, mean, variance


def _is_mixed(name: str, input: Tensor, **parameters: Tensor | None) -> bool:
    """Return whether ``input`` is of half precision and its parameters of single.  Raises MixedTypesError for other differences."""
    dtype = input.dtype
    if all(x is None or x.dtype is dtype for x in parameters.values()):
        return False
    if not dtype.is_half or any(x is not None and x.dtype is not float32 for x in parameters.values()):
        check_same_dtype(name, {"input": input, **parameters})
    return True


def _per_channel(name: str, x: Tensor, **parameters: Tensor | None) -> list[Tensor | None]:
    """Reshape parameters with one element per channel, so that they broadcast against ``x``, which has channels on axis 1."""
    channels = x.shape[1]
    found: list[Tensor | None] = []
    for what, parameter in parameters.items():
        if parameter is None:
            found.append(None)
            continue
        if tuple(check_tensor(parameter, name, what).shape) != (channels,):
            raise ShapeError(
                f"{name}: {what} must have one element for each of the {channels} channels of the input of shape "
                f"{tuple(x.shape)}, but its shape is {tuple(parameter.shape)}"
            )
        found.append(xp.reshape(parameter, (channels, *(1,) * (x.ndim - 2))))
    return found


@public_function()
def layer_norm(
    input: Tensor,
    normalized_shape: Sequence[int],
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """Normalize the last dimensions to mean 0 and variance 1: ``(input - mean) / sqrt(variance + eps) * weight + bias``.

    Ba, Kiros and Hinton, "Layer normalization", 2016, arXiv:1607.06450.

    Args:
        input: a tensor ``(*, *normalized_shape)``.
        normalized_shape: the lengths of the dimensions that are normalized together.
        weight: a factor for each element, of shape ``normalized_shape``, or None.
        bias: a summand for each element, of shape ``normalized_shape``, or None.
        eps: a number added to the variance, which is the biased one.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        ShapeError: ``input`` does not end in ``normalized_shape``, or ``weight`` or ``bias`` has another shape.
        MixedTypesError: the data types differ, other than half precision with float32 parameters.

    Example::

        >>> F.layer_norm(polygrad.tensor([[1.0, 3.0], [0.0, 10.0]]), (2,))
        tensor([[-1.0000,  1.0000],
                [-1.0000,  1.0000]])
    """
    check_tensor(input, "layer_norm")
    ending = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
    count = len(ending)
    if not count or tuple(input.shape[-count:]) != ending:
        raise ShapeError(
            f"layer_norm: the input must end in normalized_shape {ending}, but its shape is {tuple(input.shape)}"
        )
    for what, parameter in (("weight", weight), ("bias", bias)):
        if parameter is not None and tuple(parameter.shape) != ending:
            raise ShapeError(
                f"layer_norm: {what} must have normalized_shape {ending}, but its shape is {tuple(parameter.shape)}"
            )
    if _is_mixed("layer_norm", input, weight=weight, bias=bias):
        return downcast(layer_norm(upcast(input), normalized_shape, weight, bias, eps), input.dtype)
    return _standardize(input, weight, bias, tuple(range(input.ndim - count, input.ndim)), eps)[0]


@public_function()
def rms_norm(
    input: Tensor, normalized_shape: Sequence[int], weight: Tensor | None = None, eps: float | None = None
) -> Tensor:
    """Divide the last dimensions by the root of their mean square: ``input / sqrt(mean(input ** 2) + eps) * weight``.

    Zhang and Sennrich, "Root mean square layer normalization", 2019, arXiv:1910.07467.

    Args:
        input: a tensor ``(*, *normalized_shape)``.
        normalized_shape: the lengths of the dimensions that are normalized together.
        weight: a factor for each element, of shape ``normalized_shape``, or None.
        eps: a number added to the mean square; None is the machine epsilon of the data type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        ShapeError: ``input`` does not end in ``normalized_shape``.

    Example::

        >>> F.rms_norm(polygrad.tensor([3.0, 4.0]), (2,))
        tensor([0.8485, 1.1314])
    """
    ending = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
    if not ending or tuple(input.shape[-len(ending) :]) != ending:
        raise ShapeError(
            f"rms_norm: the input must end in normalized_shape {ending}, but its shape is {tuple(input.shape)}"
        )
    axes = tuple(range(input.ndim - len(ending), input.ndim))
    if is_half(input):  # without eps, that of single precision is used, since the computation is in single precision
        return downcast(rms_norm(upcast(input), normalized_shape, upcast(weight), eps), input.dtype)
    if eps is None:
        eps = float(finfo(input.dtype).eps)
    result = input / xp.sqrt(xp.mean(input * input, axes, True) + eps)
    return result if weight is None else result * weight


@public_function()
def batch_norm(
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """Normalize each channel to mean 0 and variance 1: ``(input - mean) / sqrt(variance + eps) * weight + bias``.

    In training the statistics are those of ``input``, and ``running_mean`` and ``running_var`` are updated in place:
    ``running = (1 - momentum) * running + momentum * statistic``, with the unbiased variance.  Otherwise the running statistics
    are used.  Ioffe and Szegedy, "Batch normalization", 2015, arXiv:1502.03167.

    Args:
        input: a tensor ``(N, C, *)``.
        running_mean: the running mean ``(C,)``, or None, which is possible only in training.
        running_var: the running variance ``(C,)``, or None, which is possible only in training.
        weight: a factor for each channel, ``(C,)``, or None.
        bias: a summand for each channel, ``(C,)``, or None.
        training: whether to use, and follow, the statistics of ``input``.
        momentum: the part of the new statistics in the running ones.
        eps: a number added to the variance.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        ShapeError: ``input`` has fewer than 2 dimensions, or a parameter is not ``(C,)``.
        ValueError: there is one value per channel in training.
        RuntimeError: there are no running statistics in evaluation.
        MixedTypesError: the data types differ, other than half precision with float32 parameters.

    Example::

        >>> mean, var = polygrad.zeros(1), polygrad.ones(1)
        >>> F.batch_norm(polygrad.tensor([[1.0], [3.0]]), mean, var, training=True)
        tensor([[-1.0000],
                [ 1.0000]])
        >>> mean
        tensor([0.2000])
    """
    check_tensor(input, "batch_norm")
    _is_mixed("batch_norm", input, running_mean=running_mean, running_var=running_var, weight=weight, bias=bias)
    # The running statistics keep their data type: they are written to.
    parts = upcast(input), running_mean, running_var, upcast(weight), upcast(bias)
    result = _batch_norm(*parts, training, momentum, eps)
    return downcast(result, input.dtype) if is_half(input) else result


def _batch_norm(
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None,
    bias: Tensor | None,
    training: bool,
    momentum: float,
    eps: float,
) -> Tensor:
    if tuple(input.shape) == (0,):  # nothing to normalize; PyTorch accepts it
        return xp.clone(input)
    if input.ndim < 2:
        raise ShapeError(f"batch_norm: the input must be (batch, channels, ...), but its shape is {tuple(input.shape)}")
    given = _per_channel(
        "batch_norm", input, running_mean=running_mean, running_var=running_var, weight=weight, bias=bias
    )
    mean, variance, scale, offset = given
    if not training:
        if mean is None or variance is None:
            raise RuntimeError("batch_norm: running_mean and running_var must be given when training=False")
        mean, variance = upcast(mean), upcast(variance)
        factor = 1 / xp.sqrt(variance + eps)
        factor = factor if scale is None else factor * scale
        shift = -mean * factor if offset is None else offset - mean * factor
        return input * factor + shift
    count = input.shape.numel() // max(input.shape[1], 1)
    if count == 1:
        raise ValueError(f"Expected more than 1 value per channel when training, got input size {tuple(input.shape)}")
    axes = (0, *range(2, input.ndim))
    result, mean, variance = _standardize(input, scale, offset, axes, eps)
    if count:
        _update_running(running_mean, mean, momentum)
        _update_running(running_var, variance, momentum, count / (count - 1))
    return result


def _update_running(running: Tensor | None, found: Tensor, momentum: Any, factor: float = 1) -> None:
    """Move a running statistic towards the batch's, times ``factor``."""
    if running is not None:
        found = xp.reshape(found.detach(), tuple(running.shape))
        running.copy_(upcast(running.detach()) * (1 - momentum) + found * (momentum * factor))


@public_function()
def group_norm(
    input: Tensor, num_groups: int, weight: Tensor | None = None, bias: Tensor | None = None, eps: float = 1e-5
) -> Tensor:
    """Normalize groups of channels of each sample to mean 0 and variance 1, then scale and shift each channel.

    Wu and He, "Group normalization", 2018, arXiv:1803.08494.

    Args:
        input: a tensor ``(N, C, *)``.
        num_groups: how many groups of neighbouring channels there are.
        weight: a factor for each channel, ``(C,)``, or None.
        bias: a summand for each channel, ``(C,)``, or None.
        eps: a number added to the variance.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        ShapeError: the channels are not divisible by ``num_groups``, or a parameter is not ``(C,)``.
        ValueError: every group is of one value.

    Example::

        >>> F.group_norm(polygrad.tensor([[1.0, 3.0, 0.0, 10.0]]), 2)
        tensor([[-1.0000,  1.0000, -1.0000,  1.0000]])
    """
    check_tensor(input, "group_norm")
    if input.ndim < 2 or num_groups < 1 or input.shape[1] % num_groups:
        raise ShapeError(
            f"group_norm: the channels (dimension 1) of the input of shape {tuple(input.shape)} are not divisible into "
            f"{num_groups} groups"
        )
    if _is_mixed("group_norm", input, weight=weight, bias=bias):
        return downcast(group_norm(upcast(input), num_groups, weight, bias, eps), input.dtype)
    scale, offset = _per_channel("group_norm", input, weight=weight, bias=bias)
    batch, channels = input.shape[:2]
    members = channels // num_groups
    if input.shape.numel() == num_groups:
        raise ValueError(f"Expected more than 1 value per channel when training, got input size {tuple(input.shape)}")
    x = xp.reshape(input, (batch, num_groups, members, math.prod(input.shape[2:])))
    scale, offset = (None if p is None else xp.reshape(p, (num_groups, members, 1)) for p in (scale, offset))
    return xp.reshape(_standardize(x, scale, offset, (2, 3), eps)[0], input.shape)


@public_function()
def instance_norm(
    input: Tensor,
    running_mean: Tensor | None = None,
    running_var: Tensor | None = None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """Normalize each channel of each sample to mean 0 and variance 1, then scale and shift it.

    Ulyanov, Vedaldi and Lempitsky, "Instance normalization", 2016, arXiv:1607.08022.

    Args:
        input: a tensor ``(N, C, *)``.
        running_mean: the running mean ``(C,)``, updated in place as by `batch_norm`, or None.
        running_var: the running variance ``(C,)``, updated in place, or None.
        weight: a factor for each channel, ``(C,)``, or None.
        bias: a summand for each channel, ``(C,)``, or None.
        use_input_stats: whether to use, and follow, the statistics of ``input``; otherwise the running ones are used.
        momentum: the part of the new statistics in the running ones.
        eps: a number added to the variance.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        ShapeError: a parameter is not ``(C,)``.
        ValueError: a channel has fewer than 2 elements.

    Example::

        >>> F.instance_norm(polygrad.tensor([[[1.0, 3.0], [0.0, 10.0]]]))
        tensor([[[-1.0000,  1.0000],
                 [-1.0000,  1.0000]]])
    """
    if not use_input_stats:
        return batch_norm(input, running_mean, running_var, weight, bias, False, momentum, eps)
    check_tensor(input, "instance_norm")
    _is_mixed("instance_norm", input, running_mean=running_mean, running_var=running_var, weight=weight, bias=bias)
    if is_half(input):
        parts = upcast(input), running_mean, running_var, upcast(weight), upcast(bias)
        return downcast(_instance_norm(*parts, momentum, eps), input.dtype)
    return _instance_norm(input, running_mean, running_var, weight, bias, momentum, eps)


def _instance_norm(
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None,
    bias: Tensor | None,
    momentum: float,
    eps: float,
) -> Tensor:
    axes = tuple(range(2, input.ndim))
    count = math.prod(input.shape[2:])
    if count < 2:
        raise ValueError(f"Expected more than 1 spatial element when training, got input size {tuple(input.shape)}")
    scale, offset = _per_channel("instance_norm", input, weight=weight, bias=bias)
    result, mean, variance = _standardize(input, scale, offset, axes, eps)
    _update_running(running_mean, xp.mean(mean, 0), momentum)
    _update_running(running_var, xp.mean(variance, 0), momentum, count / (count - 1))
    return result


@in_single_precision
def local_response_norm(input: Tensor, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> Tensor:
    """Divide by a power of the squares in neighbouring channels: ``input / (k + alpha * mean square) ** beta``.

    Krizhevsky, Sutskever and Hinton, "ImageNet classification with deep convolutional neural networks", 2012.

    Args:
        input: a tensor ``(N, C, *)`` with at least 3 dimensions.
        size: over how many channels around each one the mean is taken; channels beyond the ends count as 0.
        alpha: the factor of the mean square.
        beta: the exponent.
        k: the summand.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        ShapeError: ``input`` has fewer than 3 dimensions.

    Example::

        >>> F.local_response_norm(polygrad.ones(1, 3, 1), size=2, alpha=1.0).flatten()
        tensor([0.7378, 0.5946, 0.5946])
    """
    if input.ndim < 3:
        raise ShapeError(
            f"local_response_norm: the input must have at least 3 dimensions, but its shape is {tuple(input.shape)}"
        )
    check_real("local_response_norm", input)
    if not input.shape.numel():
        return input
    squares = xp.reshape(input * input, (input.shape[0], 1, input.shape[1], math.prod(input.shape[2:])))
    before = size // 2
    squares = xp.pad(squares, ((0, 0), (0, 0), (before, size - 1 - before), (0, 0)))
    total = xp.sum_pool(squares, (size, 1), (1, 1), (0, 0), False)
    mean = divide(xp.reshape(total, input.shape), size)
    return input / xp.power(k + alpha * mean, beta)


@public_in_module
@in_single_precision
def normalize(input: Tensor, p: float = 2.0, dim: Any = 1, eps: float = 1e-12) -> Tensor:
    """Scale vectors to norm 1: ``input / max(norm(input, p, dim), eps)``.

    Args:
        input: a tensor of any shape.
        p: the order of the norm.
        dim: the dimension, or dimensions, of the vectors.
        eps: the smallest value that a norm counts as.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        IndexError: ``input`` has no dimension ``dim``.

    Example::

        >>> F.normalize(polygrad.tensor([3.0, 4.0]), dim=0)
        tensor([0.6000, 0.8000])
    """
    check_tensor(input, "normalize")
    return input / xp.clip(norm(input, p, dim, True), eps, None)
