"""Activation functions that write their result into their input, and the one with random slopes."""

from __future__ import annotations

from ..._core.tensor import Tensor
from ..common import check_tensor, xp
from ..public import public_function
from ..random import rand_like
from .activations import celu, elu, hardtanh, leaky_relu, relu, selu
from .activations import threshold as _threshold


@public_function()
def rrelu(
    input: Tensor, lower: float = 1 / 8, upper: float = 1 / 3, training: bool = False, inplace: bool = False
) -> Tensor:
    """Leaky rectified linear unit with random slopes: ``input`` where it is positive, else ``slope * input``.

    Xu, Wang, Chen and Li, "Empirical evaluation of rectified activations in convolutional network", 2015, arXiv:1505.00853.

    Args:
        input: a tensor of any shape.
        lower: the smallest slope.
        upper: the largest slope.
        training: draw a slope for each element, uniformly; otherwise all slopes are ``(lower + upper) / 2``.
        inplace: write the result into ``input`` and return that.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        RuntimeError: ``lower`` is greater than ``upper``, or ``input`` is not of a floating-point type.

    Example::

        >>> F.rrelu(polygrad.tensor([-8.0, 0.0, 2.0]), 0.0, 0.5)
        tensor([-2.,  0.,  2.])
    """
    if not check_tensor(input, "rrelu").dtype.is_floating_point:
        raise RuntimeError(f"rrelu: the input must be of a floating-point type, not {input.dtype.name}")
    if not lower <= upper:
        raise RuntimeError(f"rrelu: lower should be less than or equal to upper, but they are {lower} and {upper}")
    if not training:
        return leaky_relu(input, (lower + upper) / 2, inplace)
    slopes = rand_like(input) * (upper - lower) + lower
    slopes = xp.where(input.detach() > 0, 1, slopes)
    return input._in_place(xp.multiply, slopes) if inplace else input * slopes


@public_function()
def relu_(input: Tensor) -> Tensor:
    """`relu` in place.

    Args:
        input: a tensor of any shape, which is overwritten.

    Returns:
        ``input``.

    Raises:
        RuntimeError: ``input`` is a leaf that requires grad.

    Example::

        >>> F.relu_(polygrad.tensor([-1.0, 0.0, 2.0]))
        tensor([0., 0., 2.])
    """
    return relu(input, True)


def elu_(input: Tensor, alpha: float = 1.0) -> Tensor:
    """`elu` in place.

    Args:
        input: a tensor of any shape, which is overwritten.
        alpha: the limit on the negative side is ``-alpha``.

    Returns:
        ``input``.

    Raises:
        RuntimeError: ``input`` is a leaf that requires grad.

    Example::

        >>> F.elu_(polygrad.tensor([-1.0, 0.0, 2.0]))
        tensor([-0.6321,  0.0000,  2.0000])
    """
    return elu(input, alpha, True)


@public_function()
def celu_(input: Tensor, alpha: float = 1.0) -> Tensor:
    """`celu` in place.

    Args:
        input: a tensor of any shape, which is overwritten.
        alpha: the limit on the negative side is ``-alpha``.

    Returns:
        ``input``.

    Raises:
        RuntimeError: ``input`` is a leaf that requires grad.

    Example::

        >>> F.celu_(polygrad.tensor([-1.0, 0.0, 2.0]))
        tensor([-0.6321,  0.0000,  2.0000])
    """
    return celu(input, alpha, True)


@public_function()
def selu_(input: Tensor) -> Tensor:
    """`selu` in place.

    Args:
        input: a tensor of any shape, which is overwritten.

    Returns:
        ``input``.

    Raises:
        RuntimeError: ``input`` is a leaf that requires grad.

    Example::

        >>> F.selu_(polygrad.tensor([-1.0, 0.0, 1.0]))
        tensor([-1.1113,  0.0000,  1.0507])
    """
    return selu(input, True)


def leaky_relu_(input: Tensor, negative_slope: float = 0.01) -> Tensor:
    """`leaky_relu` in place.

    Args:
        input: a tensor of any shape, which is overwritten.
        negative_slope: the slope on the negative side.

    Returns:
        ``input``.

    Raises:
        RuntimeError: ``input`` is a leaf that requires grad.

    Example::

        >>> F.leaky_relu_(polygrad.tensor([-1.0, 0.0, 2.0]), 0.5)
        tensor([-0.5000,  0.0000,  2.0000])
    """
    return leaky_relu(input, negative_slope, True)


def hardtanh_(input: Tensor, min_val: float = -1.0, max_val: float = 1.0) -> Tensor:
    """`hardtanh` in place.

    Args:
        input: a tensor of any shape, which is overwritten.
        min_val: the lower bound.
        max_val: the upper bound.

    Returns:
        ``input``.

    Raises:
        RuntimeError: ``input`` is a leaf that requires grad.

    Example::

        >>> F.hardtanh_(polygrad.tensor([-2.0, 0.5, 2.0]))
        tensor([-1.0000,  0.5000,  1.0000])
    """
    return hardtanh(input, min_val, max_val, True)


@public_function()
def threshold_(input: Tensor, threshold: float, value: float) -> Tensor:
    """`threshold` in place.

    Args:
        input: a tensor of any shape, which is overwritten.
        threshold: the bound that an element has to exceed.
        value: what replaces the others.

    Returns:
        ``input``.

    Raises:
        RuntimeError: ``input`` is a leaf that requires grad.

    Example::

        >>> F.threshold_(polygrad.tensor([-2.0, 0.5, 2.0]), 1.0, 0.0)
        tensor([0., 0., 2.])
    """
    return _threshold(input, threshold, value, True)


@public_function()
def rrelu_(input: Tensor, lower: float = 1 / 8, upper: float = 1 / 3, training: bool = False) -> Tensor:
    """`rrelu` in place.

    Args:
        input: a tensor of any shape, which is overwritten.
        lower: the smallest slope.
        upper: the largest slope.
        training: draw a slope for each element.

    Returns:
        ``input``.

    Raises:
        RuntimeError: ``input`` is a leaf that requires grad.

    Example::

        >>> F.rrelu_(polygrad.tensor([-8.0, 0.0, 2.0]), 0.0, 0.5)
        tensor([-2.,  0.,  2.])
    """
    return rrelu(input, lower, upper, training, True)
