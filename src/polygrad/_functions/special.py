"""Special functions that are composed of primitives."""

from __future__ import annotations

import math
from typing import Any

from .. import _dtypes
from .._core.precision import in_single_precision
from .._core.primitive import OPERATIONS as xp
from .._core.tensor import Tensor
from .common import check_tensor
from .elementwise import clamp
from .public import public_function


@public_function(method=True, in_place=True)
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


@public_function(method=True)
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


@public_function(method=True)
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
    like = input if isinstance(input, Tensor) else check_tensor(other, "xlogy", "other")
    x, y = (
        v if isinstance(v, Tensor) else like._new_scalar(v, _dtypes.promote_scalar(like.dtype, v.__class__))
        for v in (input, other)
    )
    zero = xp.logical_and(x == 0, xp.logical_or(y <= 0, y == math.inf))
    return xp.where(zero, 0.0, x * xp.log(xp.where(zero, 1.0, y)))
