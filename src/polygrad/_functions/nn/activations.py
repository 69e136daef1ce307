"""Activation functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..._core.errors import ShapeError
from ..._core.precision import in_single_precision
from ..._core.same_dtype import require_same_dtype
from ..._core.tensor import Tensor
from ..._core.warn import warn
from ..._dtypes import DType
from ..._ops.axes import normal_axis
from ..common import check_tensor, numpy_spelling, xp
from ..creation import check_dtype
from ..public import public_function
from ..random import exponential_like


def _apply(operation: Callable, input: Tensor, inplace: bool) -> Tensor:
    check_tensor(input, getattr(operation, "__name__", "activation"))
    return input._in_place(operation) if inplace else operation(input)


def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """Rectified linear unit: ``max(input, 0)`` elementwise; its derivative at 0 is 0.

    Args:
        input: a tensor of any shape.
        inplace: write the result into ``input`` and return that.

    Returns:
        A tensor of the shape of ``input``.

    Example::

        >>> F.relu(polygrad.tensor([-1.0, 0.0, 2.0]))
        tensor([0., 0., 2.])
    """
    return input._in_place(xp.relu) if inplace else xp.relu(input)


def sigmoid(input: Tensor) -> Tensor:
    """Logistic function: ``1 / (1 + exp(-input))`` elementwise.

    Args:
        input: a tensor of any shape.

    Returns:
        A tensor of the shape of ``input``, with values from 0 to 1.

    Example::

        >>> F.sigmoid(polygrad.tensor([-2.0, 0.0, 2.0]))
        tensor([0.1192, 0.5000, 0.8808])
    """
    return xp.sigmoid(input)


def tanh(input: Tensor) -> Tensor:
    """Hyperbolic tangent, elementwise.

    Args:
        input: a tensor of any shape.

    Returns:
        A tensor of the shape of ``input``, with values from -1 to 1.

    Example::

        >>> F.tanh(polygrad.tensor([-1.0, 0.0, 1.0]))
        tensor([-0.7616,  0.0000,  0.7616])
    """
    return xp.tanh(input)


def _apply_along(operation: Callable, input: Tensor, dim: Any, dtype: DType | None) -> Tensor:
    name = operation.__name__
    check_tensor(input, name)
    if (dtype := check_dtype(dtype)) is not None:
        input = xp.astype(input, dtype)
    if dim is None:
        warn(
            f"Implicit dimension choice for {name} has been deprecated. Change the call to include dim=X as an argument."
        )
        dim = 0 if input.ndim in (0, 1, 3) else 1
    axis = normal_axis(dim, input.ndim)
    if not input.ndim:
        return xp.reshape(operation(xp.reshape(input, (1,)), 0), ())
    return operation(input, axis)


@public_function(method=True, hot=True, out=True)
@numpy_spelling
def softmax(input: Tensor, dim: int | None = None, dtype: DType | None = None) -> Tensor:
    """Normalize exponentials along a dimension: ``exp(input) / sum(exp(input), dim)``, without overflow.

    Args:
        input: a tensor of any shape.
        dim: the dimension whose elements add up to 1.  None chooses one by the number of dimensions, as PyTorch did, and warns.
        dtype: convert ``input`` to this data type first.

    Returns:
        A tensor of the shape of ``input``, with values from 0 to 1.

    Raises:
        IndexError: ``input`` has no dimension ``dim``.

    Example::

        >>> F.softmax(polygrad.tensor([[0.0, 0.0], [0.0, 1.0]]), dim=1)
        tensor([[0.5000, 0.5000],
                [0.2689, 0.7311]])
    """
    return _apply_along(xp.softmax, input, dim, dtype)


@public_function(method=True, hot=True, out=True)
@numpy_spelling
def log_softmax(input: Tensor, dim: int | None = None, dtype: DType | None = None) -> Tensor:
    """Logarithm of `softmax`, accurate also where the softmax underflows.

    Args:
        input: a tensor of any shape.
        dim: the dimension along which the exponentials add up to 1.  None chooses one, as in `softmax`, and warns.
        dtype: convert ``input`` to this data type first.

    Returns:
        A tensor of the shape of ``input``, with values up to 0.

    Raises:
        IndexError: ``input`` has no dimension ``dim``.

    Example::

        >>> F.log_softmax(polygrad.tensor([0.0, 1000.0]), dim=0)
        tensor([-1000.,     0.])
    """
    return _apply_along(xp.log_softmax, input, dim, dtype)


@numpy_spelling
def softmin(input: Tensor, dim: int | None = None, dtype: DType | None = None) -> Tensor:
    """`softmax` of ``-input``.

    Args:
        input: a tensor of any shape.
        dim: the dimension whose elements add up to 1.  None chooses one, as in `softmax`, and warns.
        dtype: convert ``input`` to this data type first.

    Returns:
        A tensor of the shape of ``input``, with values from 0 to 1.

    Raises:
        IndexError: ``input`` has no dimension ``dim``.

    Example::

        >>> F.softmin(polygrad.tensor([0.0, 1.0]), dim=0)
        tensor([0.7311, 0.2689])
    """
    return softmax(-input, dim, dtype)


def gelu(input: Tensor, approximate: str = "none") -> Tensor:
    """Gaussian error linear unit: ``input`` times the standard normal distribution function of ``input``.

    Hendrycks and Gimpel, "Gaussian error linear units", 2016, arXiv:1606.08415.

    Args:
        input: a tensor of any shape.
        approximate: "none", or "tanh" for ``0.5 * x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x**3)))``.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        RuntimeError: ``approximate`` is something else.

    Example::

        >>> F.gelu(polygrad.tensor([-1.0, 0.0, 1.0]))
        tensor([-0.1587,  0.0000,  0.8413])
    """
    if approximate not in ("none", "tanh"):
        raise RuntimeError(f"gelu(): approximate must be 'none' or 'tanh', not {approximate!r}")
    return xp.gelu(input, approximate)


def silu(input: Tensor, inplace: bool = False) -> Tensor:
    """Sigmoid linear unit, or swish: ``input * sigmoid(input)`` elementwise.

    Elfwing, Uchibe and Doya, "Sigmoid-weighted linear units", 2017, arXiv:1702.03118.

    Args:
        input: a tensor of any shape.
        inplace: write the result into ``input`` and return that.

    Returns:
        A tensor of the shape of ``input``.

    Example::

        >>> F.silu(polygrad.tensor([-1.0, 0.0, 1.0]))
        tensor([-0.2689,  0.0000,  0.7311])
    """
    return _apply(xp.silu, input, inplace)


def mish(input: Tensor, inplace: bool = False) -> Tensor:
    """Mish: ``input * tanh(softplus(input))`` elementwise.

    Misra, "Mish: a self regularized non-monotonic activation function", 2019, arXiv:1908.08681.

    Args:
        input: a tensor of any shape.
        inplace: write the result into ``input`` and return that.

    Returns:
        A tensor of the shape of ``input``.

    Example::

        >>> F.mish(polygrad.tensor([-1.0, 0.0, 1.0]))
        tensor([-0.3034,  0.0000,  0.8651])
    """
    return _apply(_mish, input, inplace)


@in_single_precision
def _mish(x: Tensor) -> Tensor:
    return x * xp.tanh(xp.softplus(x))


def softplus(input: Tensor, beta: float = 1.0, threshold: float = 20.0) -> Tensor:
    """Smooth rectifier: ``log(1 + exp(beta * input)) / beta`` elementwise.

    Args:
        input: a tensor of any shape.
        beta: how sharp the bend at 0 is.
        threshold: where ``beta * input`` is larger, the result is ``input``.

    Returns:
        A tensor of the shape of ``input``.

    Example::

        >>> F.softplus(polygrad.tensor([-1.0, 0.0, 30.0]))
        tensor([ 0.3133,  0.6931, 30.0000])
    """
    return xp.softplus(input, beta, threshold)


def logsigmoid(input: Tensor) -> Tensor:
    """Logarithm of the sigmoid, ``-log(1 + exp(-input))``, accurate also where the sigmoid underflows.

    Args:
        input: a tensor of any shape.

    Returns:
        A tensor of the shape of ``input``, with values up to 0.

    Example::

        >>> F.logsigmoid(polygrad.tensor([-200.0, 0.0]))
        tensor([-200.0000,   -0.6931])
    """
    return xp.logsigmoid(input)


def elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """Exponential linear unit: ``input`` where it is positive, else ``alpha * (exp(input) - 1)``.

    Clevert, Unterthiner and Hochreiter, "Exponential linear units", 2015, arXiv:1511.07289.

    Args:
        input: a tensor of any shape.
        alpha: the limit on the negative side is ``-alpha``.
        inplace: write the result into ``input`` and return that.

    Returns:
        A tensor of the shape of ``input``.

    Example::

        >>> F.elu(polygrad.tensor([-1.0, 0.0, 2.0]))
        tensor([-0.6321,  0.0000,  2.0000])
    """
    return _apply(lambda x: xp.elu(x, alpha), input, inplace)


@public_function()
def celu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """`elu` with a continuous derivative: ``input`` where it is positive, else ``alpha * (exp(input / alpha) - 1)``.

    Barron, "Continuously differentiable exponential linear units", 2017, arXiv:1704.07483.

    Args:
        input: a tensor of any shape.
        alpha: the limit on the negative side is ``-alpha``.
        inplace: write the result into ``input`` and return that.

    Returns:
        A tensor of the shape of ``input``.

    Example::

        >>> F.celu(polygrad.tensor([-1.0, 0.0, 2.0]), alpha=2.0)
        tensor([-0.7869,  0.0000,  2.0000])
    """
    return _apply(lambda x: _celu(x, alpha), input, inplace)


@in_single_precision
def _celu(x: Tensor, alpha: float) -> Tensor:
    return xp.where(x > 0, x, xp.elu(x / alpha) * alpha)


@public_function()
def selu(input: Tensor, inplace: bool = False) -> Tensor:
    """Scaled `elu`: ``1.0507 * elu(input, 1.6733)``, which keeps activations at mean 0 and variance 1.

    Klambauer et al., "Self-normalizing neural networks", 2017, arXiv:1706.02515.

    Args:
        input: a tensor of any shape.
        inplace: write the result into ``input`` and return that.

    Returns:
        A tensor of the shape of ``input``.

    Example::

        >>> F.selu(polygrad.tensor([-1.0, 0.0, 1.0]))
        tensor([-1.1113,  0.0000,  1.0507])
    """
    return _apply(lambda x: xp.elu(x, 1.6732632423543772, 1.0507009873554805), input, inplace)


def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """Leaky rectifier: ``input`` where it is positive, else ``negative_slope * input``.

    Args:
        input: a tensor of any shape.
        negative_slope: the slope on the negative side.
        inplace: write the result into ``input`` and return that.

    Returns:
        A tensor of the shape of ``input``.

    Example::

        >>> F.leaky_relu(polygrad.tensor([-1.0, 0.0, 2.0]), 0.1)
        tensor([-0.1000,  0.0000,  2.0000])
    """
    return _apply(lambda x: xp.leaky_relu(x, negative_slope), input, inplace)


@public_function(method=True)
@require_same_dtype("input", "weight")
def prelu(input: Tensor, weight: Tensor) -> Tensor:
    """`leaky_relu` with learned slopes: ``input`` where it is positive, else ``weight * input``.

    He et al., "Delving deep into rectifiers", 2015, arXiv:1502.01852.

    Args:
        input: a tensor ``(N, C, *)``, or of any shape if there is one slope.
        weight: the slopes, of shape ``(1,)``, ``()`` or, one per channel, ``(C,)``.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        RuntimeError: ``weight`` has neither one element nor one per channel.

    Example::

        >>> F.prelu(polygrad.tensor([[-1.0, -1.0]]), polygrad.tensor([0.1, 0.5]))
        tensor([[-0.1000, -0.5000]])
    """
    if weight.ndim > 1:
        raise RuntimeError(f"prelu(): the weight must be a number or a vector, but its shape is {tuple(weight.shape)}")
    if weight.shape.numel() != 1:
        channels = input.shape[1] if input.ndim > 1 else 1
        if weight.shape.numel() != channels:
            raise RuntimeError(
                f"prelu(): the weight of shape {tuple(weight.shape)} has neither 1 element nor one for each of the "
                f"{channels} channels of the input of shape {tuple(input.shape)}"
            )
        weight = xp.reshape(weight, (channels, *(1,) * (input.ndim - 2)))
    else:
        weight = xp.reshape(weight, ())
    return xp.where(input > 0, input, weight * input)


def hardtanh(input: Tensor, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> Tensor:
    """Clip ``input`` to the range from ``min_val`` to ``max_val``.

    Args:
        input: a tensor of any shape.
        min_val: the lower bound.
        max_val: the upper bound.
        inplace: write the result into ``input`` and return that.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        ValueError: ``min_val`` is larger than ``max_val``.

    Example::

        >>> F.hardtanh(polygrad.tensor([-3.0, 0.5, 3.0]))
        tensor([-1.0000,  0.5000,  1.0000])
    """
    if min_val > max_val:
        raise ValueError(f"hardtanh(): min_val {min_val} is larger than max_val {max_val}")
    if not input.dtype.is_differentiable:
        min_val, max_val = int(min_val), int(max_val)
    return _apply(lambda x: xp.hardtanh(x, min_val, max_val), input, inplace)


def relu6(input: Tensor, inplace: bool = False) -> Tensor:
    """Clip ``input`` to the range from 0 to 6.

    Args:
        input: a tensor of any shape.
        inplace: write the result into ``input`` and return that.

    Returns:
        A tensor of the shape of ``input``.

    Example::

        >>> F.relu6(polygrad.tensor([-1.0, 3.0, 9.0]))
        tensor([0., 3., 6.])
    """
    return hardtanh(input, 0, 6, inplace)


def hardsigmoid(input: Tensor, inplace: bool = False) -> Tensor:
    """Piecewise linear sigmoid: ``relu6(input + 3) / 6``.

    Args:
        input: a tensor of any shape.
        inplace: write the result into ``input`` and return that.

    Returns:
        A tensor of the shape of ``input``, with values from 0 to 1.

    Example::

        >>> F.hardsigmoid(polygrad.tensor([-4.0, 0.0, 1.5]))
        tensor([0.0000, 0.5000, 0.7500])
    """
    return _apply(_hardsigmoid, input, inplace)


@in_single_precision
def _hardsigmoid(x: Tensor) -> Tensor:
    return xp.hardtanh(x + 3, 0, 6) / 6


def hardswish(input: Tensor, inplace: bool = False) -> Tensor:
    """Piecewise swish: ``input * relu6(input + 3) / 6``.

    Howard et al., "Searching for MobileNetV3", 2019, arXiv:1905.02244.

    Args:
        input: a tensor of any shape.
        inplace: write the result into ``input`` and return that.

    Returns:
        A tensor of the shape of ``input``.

    Example::

        >>> F.hardswish(polygrad.tensor([-4.0, -1.0, 1.0]))
        tensor([-0.0000, -0.3333,  0.6667])
    """
    return _apply(_hardswish, input, inplace)


@in_single_precision
def _hardswish(x: Tensor) -> Tensor:
    return x * (xp.hardtanh(x + 3, 0, 6) / 6)


@public_function(out=True)
def threshold(input: Tensor, threshold: float, value: float, inplace: bool = False) -> Tensor:
    """Keep the elements above a threshold: ``input`` where ``input > threshold``, else ``value``.

    Args:
        input: a tensor of any shape.
        threshold: elements up to this number are replaced.
        value: the number that replaces them.
        inplace: write the result into ``input`` and return that.

    Returns:
        A tensor of the shape of ``input``.

    Example::

        >>> F.threshold(polygrad.tensor([0.0, 1.0, 2.0]), 1.0, -5.0)
        tensor([-5., -5.,  2.])
    """
    return _apply(lambda x: xp.where(x > threshold, x, value), input, inplace)


def softsign(input: Tensor) -> Tensor:
    """Softsign: ``input / (1 + abs(input))`` elementwise.

    Args:
        input: a tensor of any shape.

    Returns:
        A tensor of the shape of ``input``, with values from -1 to 1.

    Example::

        >>> F.softsign(polygrad.tensor([-1.0, 0.0, 3.0]))
        tensor([-0.5000,  0.0000,  0.7500])
    """
    return input / (1 + xp.abs(input))


def tanhshrink(input: Tensor) -> Tensor:
    """What the hyperbolic tangent takes away: ``input - tanh(input)`` elementwise.

    Args:
        input: a tensor of any shape.

    Returns:
        A tensor of the shape of ``input``.

    Example::

        >>> F.tanhshrink(polygrad.tensor([-1.0, 0.0, 1.0]))
        tensor([-0.2384,  0.0000,  0.2384])
    """
    return input - xp.tanh(input)


@public_function(method=True, out=True)
def hardshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """Set small elements to 0: ``input`` where ``abs(input) > lambd``, else 0.

    Args:
        input: a tensor of any shape.
        lambd: the largest absolute value that becomes 0.

    Returns:
        A tensor of the shape of ``input``.

    Example::

        >>> F.hardshrink(polygrad.tensor([-1.0, 0.3, 0.7]))
        tensor([-1.0000,  0.0000,  0.7000])
    """
    return xp.where(xp.abs(input) > lambd, input, xp.zeros_like(input))


def softshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """Move elements towards 0 by ``lambd``: ``sign(input) * max(abs(input) - lambd, 0)``.

    Args:
        input: a tensor of any shape.
        lambd: how far, at least 0.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        RuntimeError: ``lambd`` is negative.

    Example::

        >>> F.softshrink(polygrad.tensor([-1.0, 0.3, 0.7]))
        tensor([-0.5000,  0.0000,  0.2000])
    """
    if lambd < 0:
        raise RuntimeError(f"softshrink: lambd must not be negative, but it is {lambd}")
    return xp.where(xp.abs(input) > lambd, input - lambd * xp.sign(input), xp.zeros_like(input))


@in_single_precision
def glu(input: Tensor, dim: int = -1) -> Tensor:
    """Gated linear unit: the first half of ``input`` along ``dim`` times the sigmoid of the second half.

    Dauphin et al., "Language modeling with gated convolutional networks", 2016, arXiv:1612.08083.

    Args:
        input: a tensor with an even length along ``dim``.
        dim: the dimension that is halved.

    Returns:
        A tensor of half the length of ``input`` along ``dim``.

    Raises:
        ShapeError: ``input`` has no dimension.
        RuntimeError: the length along ``dim`` is odd.

    Example::

        >>> F.glu(polygrad.tensor([1.0, 2.0, 0.0, 0.0]))
        tensor([0.5000, 1.0000])
    """
    if not check_tensor(input, "glu").ndim:
        raise ShapeError("glu(): the input must have at least 1 dimension")
    axis = normal_axis(dim, input.ndim)
    length = input.shape[axis]
    if length % 2:
        raise RuntimeError(
            f"glu(): the length along dim must be even, but dimension {axis} of {tuple(input.shape)} has {length}"
        )
    before = (slice(None),) * axis
    half = length // 2
    first, second = (xp.getitem(input, (*before, part, Ellipsis)) for part in (slice(0, half), slice(half, length)))
    return first * xp.sigmoid(second)


def gumbel_softmax(logits: Tensor, tau: float = 1, hard: bool = False, eps: float = 1e-10, dim: int = -1) -> Tensor:
    """Sample from the Gumbel-softmax distribution, a differentiable relaxation of a categorical variable.

    ``softmax((logits + gumbel noise) / tau)``.  Jang, Gu and Poole, 2016, arXiv:1611.01144; Maddison, Mnih and Teh, 2016,
    arXiv:1611.00712.

    Args:
        logits: unnormalized log-probabilities, of any shape.
        tau: the temperature, positive; samples approach one-hot vectors as it goes to 0.
        hard: return one-hot vectors, with the gradient of the relaxed sample (straight-through).
        eps: accepted for compatibility with PyTorch; it has no effect.
        dim: the dimension of the categories.

    Returns:
        A tensor of the shape of ``logits``, whose elements add up to 1 along ``dim``.

    Example::

        >>> F.gumbel_softmax(polygrad.zeros(2, 3), tau=0.5).shape
        polygrad.Size([2, 3])
    """
    axis = normal_axis(dim, logits.ndim)
    soft = xp.softmax((logits - xp.log(exponential_like(logits))) / tau, axis)
    if not hard:
        return soft
    best = xp.astype(soft == xp.max(soft, axis, True), soft.dtype)
    return (best - soft).detach() + soft
