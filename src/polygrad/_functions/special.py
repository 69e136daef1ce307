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


def exp2(input: Tensor) -> Tensor:
    """``2 ** input``."""
    return xp.pow(2.0, input)


def logit(input: Tensor, eps: float | None = None) -> Tensor:
    """``log(input / (1 - input))``, with ``input`` held between ``eps`` and ``1 - eps`` if that is given."""
    if eps is None:  # outside of 0 and 1 the value is NaN, and so are its derivatives, which log and log1p have there
        spoiled = xp.where(xp.logical_and(input >= 0, input <= 1), 1.0, math.nan)
        x = input * (xp.astype(spoiled, input.dtype) if input.dtype.is_differentiable else spoiled)
    else:
        x = clamp(input, eps, 1 - eps)
    return xp.log(x) - xp.log1p(-x)


@in_single_precision
def xlogy(input: Any, other: Any) -> Tensor:
    """``input * log(other)``; 0, with gradient 0, where ``input`` is 0 and the logarithm is infinite or undefined."""
    like = input if isinstance(input, Tensor) else check_tensor(other, "xlogy", "other")
    x, y = (
        v if isinstance(v, Tensor) else like._new_scalar(v, _dtypes.promote_scalar(like.dtype, v.__class__))
        for v in (input, other)
    )
    zero = xp.logical_and(x == 0, xp.logical_or(y <= 0, y == math.inf))
    return xp.where(zero, 0.0, x * xp.log(xp.where(zero, 1.0, y)))
