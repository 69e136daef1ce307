"""Special functions: those that are composed of primitives, and those whose arguments PyTorch orders in its own way."""

from __future__ import annotations

import math
from typing import Any

from .. import _dtypes
from .._core.precision import in_single_precision
from .._core.primitive import OPERATIONS as xp
from .._core.scalars import as_int
from .._core.tensor import Tensor
from .common import check_tensor
from .elementwise import clamp
from .public import public_function, public_in_module, public_method


@public_function(method=True, in_place=True, out=True)
def exp2(input: Tensor) -> Tensor:
    """Return 2 to the power of each element.

    Args:
        input: a tensor of any shape.  Integers are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Example::

        >>> polygrad.exp2(polygrad.tensor([0.0, 1.0, 3.0]))
        tensor([1., 2., 8.])
    """
    return xp.pow(2.0, input)


@public_function(method=True, in_place=True, out=True)
def logit(input: Tensor, eps: float | None = None) -> Tensor:
    """Return the log-odds ``log(x / (1 - x))`` of each element, the inverse of `sigmoid`.

    Args:
        input: probabilities, a tensor of any shape.
        eps: if given, ``input`` is clamped to ``[eps, 1 - eps]`` first, which keeps the result finite.

    Returns:
        A tensor of the shape of ``input``.  It is infinite at 0 and 1 and NaN outside of them, unless ``eps`` is given.

    Example::

        >>> polygrad.logit(polygrad.tensor([0.25, 0.5]))
        tensor([-1.0986,  0.0000])
    """
    if eps is None:  # outside of [0, 1] value and derivatives are NaN; log and log1p would have derivatives
        spoiled = xp.where(xp.logical_and(input >= 0, input <= 1), 1.0, math.nan)
        x = input * (xp.astype(spoiled, input.dtype) if input.dtype.is_differentiable else spoiled)
    else:
        x = clamp(input, eps, 1 - eps)
    return xp.log(x) - xp.log1p(-x)


def _factors(input: Any, other: Any, name: str) -> tuple[Tensor, Tensor]:
    """``input`` and ``other`` as tensors, one of which may be a number."""
    like = input if isinstance(input, Tensor) else check_tensor(other, name, "other")
    x, y = (
        v if isinstance(v, Tensor) else like._new_scalar(v, _dtypes.promote_scalar(like.dtype, v.__class__))
        for v in (input, other)
    )
    return x, y


@public_function(method=True, in_place=True, out=True)
@in_single_precision
def xlogy(input: Any, other: Any) -> Tensor:
    """Return ``input * log(other)``, and 0 where ``input`` is 0.

    Where ``input`` is 0 the gradients are also 0, even if the logarithm is infinite or undefined.

    Args:
        input: a tensor or a number.
        other: a tensor or a number; one of the two is a tensor.

    Returns:
        A tensor of the broadcast shape.

    Example::

        >>> polygrad.xlogy(polygrad.tensor([0.0, 2.0]), polygrad.tensor([0.0, 10.0]))
        tensor([0.0000, 4.6052])
    """
    x, y = _factors(input, other, "xlogy")
    zero = xp.logical_and(x == 0, xp.logical_or(y <= 0, y == math.inf))
    return xp.where(zero, 0.0, x * xp.log(xp.where(zero, 1.0, y)))


@public_in_module
@in_single_precision
def xlog1py(input: Any, other: Any) -> Tensor:
    """Return ``input * log1p(other)``, and 0 where ``input`` is 0.

    Where ``input`` is 0 the gradients are also 0, even if the logarithm is infinite or undefined.

    Args:
        input: a tensor or a number.
        other: a tensor or a number; one of the two is a tensor.

    Returns:
        A tensor of the broadcast shape.

    Raises:
        TypeError: neither argument is a tensor.

    Example::

        >>> polygrad.special.xlog1py(polygrad.tensor([0.0, 2.0]), polygrad.tensor([-1.0, 9.0]))
        tensor([0.0000, 4.6052])
    """
    x, y = _factors(input, other, "xlog1py")
    zero = xp.logical_and(x == 0, xp.logical_or(y <= -1, y == math.inf))
    return xp.where(zero, 0.0, x * xp.log1p(xp.where(zero, 1.0, y)))


@public_function(method=True, in_place=True, out=True)
@in_single_precision
def sinc(input: Tensor) -> Tensor:
    """Return ``sin(pi * input) / (pi * input)`` of each element, and 1 at 0, where derivatives of every order exist.

    Args:
        input: a real tensor of any shape.  Integers are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is no tensor, or complex.

    Example::

        >>> polygrad.sinc(polygrad.tensor([0.0, 0.5]))
        tensor([1.0000, 0.6366])
    """
    return xp.bessel_quotient(check_tensor(input, "sinc") * math.pi, 0, "spherical")


@public_in_module
def spherical_bessel_j0(input: Tensor) -> Tensor:
    """Return the spherical Bessel function of the first kind of order 0, ``sin(input) / input``; 1 at 0 (DLMF 10.49).

    Args:
        input: a real tensor of any shape.  Integers are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is no tensor, or complex.

    Example::

        >>> polygrad.special.spherical_bessel_j0(polygrad.tensor([0.0, 1.0]))
        tensor([1.0000, 0.8415])
    """
    return xp.bessel_quotient(check_tensor(input, "spherical_bessel_j0"), 0, "spherical")


@public_function(out=True)
def polygamma(n: int, input: Tensor) -> Tensor:
    """Return the ``n``-th derivative of `digamma` at each element.

    It is infinite at 0 and the negative integers.  The derivative is ``polygamma(n + 1, input)`` (DLMF 5.15).

    Args:
        n: how many derivatives, from 0 on.
        input: a real tensor of any shape.  Integers are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        RuntimeError: ``n`` is negative.
        TypeError: ``n`` is no int, or ``input`` is no real tensor.

    Example::

        >>> polygrad.polygamma(1, polygrad.tensor([0.5, 1.0]))
        tensor([4.9348, 1.6449])
    """
    check_tensor(input, "polygamma")
    if as_int(n) < 0:
        raise RuntimeError(f"polygamma(): n is the number of derivatives, from 0 on, not {n}")
    return xp.polygamma(input, as_int(n))


@public_method("polygamma", in_place=True)
def polygamma_of(input: Tensor, n: int) -> Tensor:
    """Return the ``n``-th derivative of `digamma` at each element, as `polygrad.polygamma`.

    Args:
        input: a real tensor of any shape.  Integers are converted to the default floating type.
        n: how many derivatives, from 0 on.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        RuntimeError: ``n`` is negative.
        TypeError: ``n`` is no int, or the tensor is complex.

    Example::

        >>> polygrad.tensor([0.5, 1.0]).polygamma(1)
        tensor([4.9348, 1.6449])
    """
    return polygamma(n, input)


@public_function(method=True, in_place=True, out=True)
@in_single_precision
def mvlgamma(input: Tensor, p: int) -> Tensor:
    """Return the logarithm of the multivariate gamma function of dimension ``p``.

    It is the sum of ``lgamma(input - j / 2)`` over ``j`` from 0 to ``p - 1``, and a constant (DLMF 35.3.4).

    Args:
        input: a real tensor of any shape, larger than ``(p - 1) / 2``.  Integers are converted to the default floating type.
        p: the dimension, from 1 on.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        RuntimeError: ``p`` is less than 1.
        TypeError: ``p`` is no int, or ``input`` is no real tensor.

    Example::

        >>> polygrad.mvlgamma(polygrad.tensor([2.0, 3.0]), 2)
        tensor([0.4516, 1.5502])
    """
    check_tensor(input, "mvlgamma")
    p = as_int(p)
    if p < 1:
        raise RuntimeError(f"mvlgamma(): the dimension p is at least 1, not {p}")
    total = xp.lgamma(input)
    for j in range(1, p):
        total = total + xp.lgamma(input - j / 2)
    return total + p * (p - 1) / 4 * math.log(math.pi)
