"""Element-wise functions: the primitives themselves, and those whose results the standard wants otherwise."""

from __future__ import annotations

from typing import Any

from .._core.primitive import OPERATIONS as xp
from .._core.tensor import Tensor
from .._functions.common import check_tensor

abs, acos, acosh, asin, asinh, atan, atanh = xp.abs, xp.acos, xp.acosh, xp.asin, xp.asinh, xp.atan, xp.atanh
cos, cosh, sin, sinh, tan, tanh = xp.cos, xp.cosh, xp.sin, xp.sinh, xp.tan, xp.tanh
exp, expm1, log, log1p, log2, log10 = xp.exp, xp.expm1, xp.log, xp.log1p, xp.log2, xp.log10
sqrt, reciprocal, negative, sign, square = xp.sqrt, xp.reciprocal, xp.negative, xp.sign, xp.square
isfinite, isinf, isnan, signbit, logical_not = xp.isfinite, xp.isinf, xp.isnan, xp.signbit, xp.logical_not
bitwise_invert, nextafter = xp.bitwise_invert, xp.nextafter

add, subtract, multiply, divide = xp.add, xp.subtract, xp.multiply, xp.divide
floor_divide, remainder, pow = xp.floor_divide, xp.remainder, xp.pow
atan2, copysign, hypot, logaddexp, maximum, minimum = (
    xp.atan2, xp.copysign, xp.hypot, xp.logaddexp, xp.maximum, xp.minimum,
)  # fmt: skip
equal, not_equal = xp.equal, xp.not_equal
less, less_equal, greater, greater_equal = xp.less, xp.less_equal, xp.greater, xp.greater_equal
logical_and, logical_or, logical_xor = xp.logical_and, xp.logical_or, xp.logical_xor
bitwise_and, bitwise_or, bitwise_xor = xp.bitwise_and, xp.bitwise_or, xp.bitwise_xor
bitwise_left_shift, bitwise_right_shift = xp.bitwise_left_shift, xp.bitwise_right_shift

ceil, floor, round, trunc = xp.ceil, xp.floor, xp.round, xp.trunc


def positive(x: Tensor, /) -> Tensor:
    """``+x``: a copy of ``x``."""
    return xp.positive(x)


def conj(x: Tensor, /) -> Tensor:
    """The conjugates; a real array's elements are their own."""
    return xp.conj(x) if check_tensor(x, "conj", "x").dtype.is_complex else xp.positive(x)


def real(x: Tensor, /) -> Tensor:
    """The real parts; a real array's elements are their own."""
    return xp.real(x) if check_tensor(x, "real", "x").dtype.is_complex else xp.positive(x)


def imag(x: Tensor, /) -> Tensor:
    """The imaginary parts; of a real array zeros."""
    return xp.imag(x) if check_tensor(x, "imag", "x").dtype.is_complex else xp.zeros_like(x)


def clip(x: Tensor, /, min: Any = None, max: Any = None) -> Tensor:
    """The elements of ``x`` clamped to the range from ``min`` to ``max``, arrays that are broadcast or numbers, in its own type.

    Where ``x`` is equal to a bound the gradient goes to ``x``.
    """
    dtype = check_tensor(x, "clip", "x").dtype
    for bound, clamp in ((min, xp.clamp_min), (max, xp.clamp_max)):
        if bound is None:
            continue
        if not isinstance(bound, Tensor) and dtype.kind in ("int", "uint"):
            low, high = dtype.limits
            bound = _within(bound, low, high)
        x = clamp(x, bound)
    return xp.positive(x) if min is None and max is None else xp.astype(x, dtype)


def _within(value: Any, low: int, high: int) -> Any:
    """A number within the limits of an integer type, beyond which no bound can matter."""
    return low if value < low else high if value > high else value
