"""Activation functions, in PyTorch's language.  With ``inplace`` the input itself takes the result over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..._core.alike import alike
from ..._core.errors import ShapeError
from ..._core.precision import in_single_precision
from ..._core.tensor import Tensor
from ..._dtypes import DType
from ..._ops.manipulation import normal_axis
from ..common import check_tensor, numpy_spelling, warn, xp
from ..creation import check_dtype
from ..random import exponential_like


def _applied(operation: Callable, input: Tensor, inplace: bool) -> Tensor:
    check_tensor(input, getattr(operation, "__name__", "activation"))
    return input._in_place(operation) if inplace else operation(input)


def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """``max(input, 0)``, element by element."""
    return input._in_place(xp.relu) if inplace else xp.relu(input)


def sigmoid(input: Tensor) -> Tensor:
    """``1 / (1 + exp(-input))``."""
    return xp.sigmoid(input)


def tanh(input: Tensor) -> Tensor:
    """The hyperbolic tangent."""
    return xp.tanh(input)


def _along(operation: Callable, input: Tensor, dim: Any, dtype: DType | None) -> Tensor:
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


@numpy_spelling
def softmax(input: Tensor, dim: int | None = None, dtype: DType | None = None) -> Tensor:
    """``exp(input) / sum(exp(input))`` along ``dim``, without overflow.

    Raises IndexError for a dimension that there is not.

    Example::

        polygrad.softmax(polygrad.tensor([0.0, 0.0]), dim=0)  # tensor([0.5000, 0.5000])
    """
    return _along(xp.softmax, input, dim, dtype)


@numpy_spelling
def log_softmax(input: Tensor, dim: int | None = None, dtype: DType | None = None) -> Tensor:
    """``log(softmax(input, dim))``, exact also where the softmax underflows."""
    return _along(xp.log_softmax, input, dim, dtype)


@numpy_spelling
def softmin(input: Tensor, dim: int | None = None, dtype: DType | None = None) -> Tensor:
    """``softmax(-input, dim)``."""
    return softmax(-input, dim, dtype)


def gelu(input: Tensor, approximate: str = "none") -> Tensor:
    """``input`` times the probability that a normal variable is below it; ``approximate`` is "none" or "tanh".

    Hendrycks and Gimpel, "Gaussian error linear units", arXiv:1606.08415.
    """
    if approximate not in ("none", "tanh"):
        raise RuntimeError(f"gelu(): approximate must be 'none' or 'tanh', not {approximate!r}")
    return xp.gelu(input, approximate)


def silu(input: Tensor, inplace: bool = False) -> Tensor:
    """``input * sigmoid(input)``, also called swish."""
    return _applied(xp.silu, input, inplace)


def mish(input: Tensor, inplace: bool = False) -> Tensor:
    """``input * tanh(softplus(input))`` (Misra, arXiv:1908.08681)."""
    return _applied(_mish, input, inplace)


@in_single_precision
def _mish(x: Tensor) -> Tensor:
    return x * xp.tanh(xp.softplus(x))


def softplus(input: Tensor, beta: float = 1.0, threshold: float = 20.0) -> Tensor:
    """``log(1 + exp(beta * input)) / beta``, and ``input`` itself where ``beta * input`` is above ``threshold``."""
    return xp.softplus(input, beta, threshold)


def logsigmoid(input: Tensor) -> Tensor:
    """``log(sigmoid(input))``, exact also where the sigmoid underflows."""
    return xp.logsigmoid(input)


def elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """``input`` where it is positive, ``alpha * (exp(input) - 1)`` elsewhere."""
    return _applied(lambda x: xp.elu(x, alpha), input, inplace)


def celu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """``input`` where it is positive, ``alpha * (exp(input / alpha) - 1)`` elsewhere."""
    return _applied(lambda x: _celu(x, alpha), input, inplace)


@in_single_precision
def _celu(x: Tensor, alpha: float) -> Tensor:
    return xp.where(x > 0, x, xp.elu(x / alpha) * alpha)


def selu(input: Tensor, inplace: bool = False) -> Tensor:
    """`elu` with the two constants for which activations keep mean 0 and variance 1 (Klambauer et al., 2017)."""
    return _applied(lambda x: xp.elu(x, 1.6732632423543772, 1.0507009873554805), input, inplace)


def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """``input`` where it is positive, ``negative_slope * input`` elsewhere."""
    return _applied(lambda x: xp.leaky_relu(x, negative_slope), input, inplace)


@alike("input", "weight")
def prelu(input: Tensor, weight: Tensor) -> Tensor:
    """`leaky_relu` with a slope that is learned, one for all or one for each channel (dimension 1)."""
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
    """``input`` held between ``min_val`` and ``max_val``."""
    if min_val > max_val:
        raise ValueError(f"hardtanh(): min_val {min_val} is above max_val {max_val}")
    if not input.dtype.is_differentiable:
        min_val, max_val = int(min_val), int(max_val)
    return _applied(lambda x: xp.hardtanh(x, min_val, max_val), input, inplace)


def relu6(input: Tensor, inplace: bool = False) -> Tensor:
    """``input`` held between 0 and 6."""
    return hardtanh(input, 0, 6, inplace)


def hardsigmoid(input: Tensor, inplace: bool = False) -> Tensor:
    """``relu6(input + 3) / 6``."""
    return _applied(_hardsigmoid, input, inplace)


@in_single_precision
def _hardsigmoid(x: Tensor) -> Tensor:
    return xp.hardtanh(x + 3, 0, 6) / 6


def hardswish(input: Tensor, inplace: bool = False) -> Tensor:
    """``input * hardsigmoid(input)``."""
    return _applied(_hardswish, input, inplace)


@in_single_precision
def _hardswish(x: Tensor) -> Tensor:
    return x * (xp.hardtanh(x + 3, 0, 6) / 6)


def threshold(input: Tensor, threshold: float, value: float, inplace: bool = False) -> Tensor:
    """``input`` where it is above ``threshold``, ``value`` elsewhere."""
    return _applied(lambda x: xp.where(x > threshold, x, value), input, inplace)


def softsign(input: Tensor) -> Tensor:
    """``input / (1 + |input|)``."""
    return input / (1 + xp.abs(input))


def tanhshrink(input: Tensor) -> Tensor:
    """``input - tanh(input)``."""
    return input - xp.tanh(input)


def hardshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """``input`` where its size is above ``lambd``, 0 elsewhere."""
    return xp.where(xp.abs(input) > lambd, input, xp.zeros_like(input))


def softshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """``input``, moved towards 0 by ``lambd``, which must not be negative."""
    if lambd < 0:
        raise RuntimeError(f"softshrink: lambd must not be negative, but it is {lambd}")
    return xp.where(xp.abs(input) > lambd, input - lambd * xp.sign(input), xp.zeros_like(input))


@in_single_precision
def glu(input: Tensor, dim: int = -1) -> Tensor:
    """The first half of ``input`` along ``dim``, times the sigmoid of the second."""
    if not check_tensor(input, "glu").ndim:
        raise ShapeError("glu(): halving needs a dimension, and the input has none")
    axis = normal_axis(dim, input.ndim)
    length = input.shape[axis]
    if length % 2:
        raise RuntimeError(
            f"glu(): halving needs an even length, but dimension {axis} of {tuple(input.shape)} has {length}"
        )
    before = (slice(None),) * axis
    half = length // 2
    first, second = (xp.getitem(input, (*before, part, Ellipsis)) for part in (slice(0, half), slice(half, length)))
    return first * xp.sigmoid(second)


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
