"""Element by element: arithmetic, comparison, functions of one operand."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from .. import _dtypes
from .._core.alike import check_alike
from .._core.precision import in_single_precision, narrow, widen
from .._core.primitive import OPERATIONS as xp
from .._core.primitive import PRIMITIVES
from .._core.scalars import PLAIN, SCALARS, plain
from .._core.tensor import Tensor
from .._dtypes import finfo, iinfo
from .common import check_tensor
from .keys import byte_mask, nonzero_positions


def _power(general: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Powers: by a number that leaves the type, which need no second operand, else ``general``."""

    def power(input: Any, exponent: Any) -> Any:
        if exponent.__class__ not in PLAIN:
            exponent = plain(exponent)
        if exponent.__class__ in (int, float, complex) and isinstance(input, Tensor):
            dtype = input.dtype
            if _dtypes.promote_scalar(dtype, exponent.__class__) is dtype:
                if dtype.kind in ("int", "uint", "bool") and exponent < 0:  # type: ignore[operator]  # no complex number beside integers
                    raise RuntimeError(
                        "integers to negative integer powers are not allowed; convert to a floating type first"
                    )
                dtype.check(exponent)
                if dtype.is_half:  # the exponent is not rounded, nor what its derivatives need
                    return narrow(xp.power(widen(input), exponent), dtype)
                return xp.power(input, exponent)
        return general(input, exponent)

    power.__name__ = power.__qualname__ = general.__name__
    power.__doc__ = general.__doc__
    return power


@_power
def pow(input: Any, exponent: Any) -> Tensor:
    """``input`` to the power of ``exponent``; either may be a number."""
    return xp.pow(input, exponent)


@_power
def power_operator(input: Any, exponent: Any) -> Any:
    """``input ** exponent``; NotImplemented for an operand of an unknown type."""
    return PRIMITIVES["pow"].operator(input, exponent)


def float_power(input: Any, exponent: Any) -> Tensor:
    """``input ** exponent`` in double precision."""
    return pow(_double(input), _double(exponent))


def _double(x: Any) -> Any:
    if not isinstance(x, Tensor):
        return x
    return xp.astype(x, _dtypes.complex128 if x.dtype.is_complex else _dtypes.float64)


def check_alpha(name: str, alpha: Any, *operands: Any) -> None:
    """Raise RuntimeError for a factor with a fraction's type beside integers, whose sum has none, and for a bool beside numbers."""
    if alpha is True or alpha is False:
        if not all(isinstance(x, bool) or getattr(x, "dtype", None) is _dtypes.bool for x in operands):
            raise RuntimeError(f"{name}(): alpha is {alpha}, and may be a bool only for boolean tensors")
        return
    whole = all(not x.dtype.is_differentiable if isinstance(x, Tensor) else isinstance(x, int) for x in operands)
    if whole and plain(alpha).__class__ in (float, complex):
        raise RuntimeError(
            f"{name}(): for integer tensors alpha must be an integer, not {alpha}; convert the tensors first, as in x.float()"
        )


def scaled(x: Any, alpha: Any) -> Any:
    """``alpha * x``, a tensor or a number."""
    if type(alpha) is int and alpha == 1:  # nothing is asked of a number that is only known when a program runs
        return x
    if not isinstance(x, Tensor):
        return plain(x) * plain(alpha)
    return xp.multiply(x, bool(alpha) if x.dtype is _dtypes.bool and isinstance(alpha, int) else alpha)


@in_single_precision
def _with_scaled(input: Any, other: Any, alpha: Any, operation: Callable[[Any, Any], Tensor]) -> Tensor:
    return operation(input, scaled(other, alpha))


def add(input: Any, other: Any, *, alpha: Any = 1) -> Tensor:
    """``input + alpha * other``."""
    if type(alpha) is int and alpha == 1:
        return xp.add(input, other)
    check_alpha("add", alpha, input, other)
    return _with_scaled(input, other, alpha, xp.add)


def sub(input: Any, other: Any, *, alpha: Any = 1) -> Tensor:
    """``input - alpha * other``."""
    if type(alpha) is int and alpha == 1:
        return xp.subtract(input, other)
    check_alpha("sub", alpha, input, other)
    return _with_scaled(input, other, alpha, xp.subtract)


def div(input: Any, other: Any, *, rounding_mode: str | None = None) -> Tensor:
    """``input / other``, rounded to an integer by ``"floor"`` or ``"trunc"`` if asked for."""
    if rounding_mode is None:
        return xp.divide(input, other)
    if rounding_mode == "floor":
        return xp.floor_divide(input, other)
    if rounding_mode == "trunc":
        input, other = plain(input), plain(other)
        if any(isinstance(v, float) or (isinstance(v, Tensor) and v.dtype.is_differentiable) for v in (input, other)):
            return xp.trunc(xp.divide(input, other))
        return xp.floor_divide(xp.subtract(input, xp.fmod(input, other)), other)
    raise RuntimeError(f"div expected rounding_mode to be one of None, 'trunc', or 'floor' but found {rounding_mode!r}")


def fmod(input: Any, other: Any) -> Tensor:
    """The remainder of ``input / other`` with the sign of ``input`` (`remainder` has the sign of ``other``)."""
    return xp.fmod(input, other)


@in_single_precision
def addcmul(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: Any = 1) -> Tensor:
    """``input + value * tensor1 * tensor2``."""
    return input + value * tensor1 * tensor2


@in_single_precision
def addcdiv(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: Any = 1) -> Tensor:
    """``input + value * tensor1 / tensor2``."""
    return input + value * (tensor1 / tensor2)


def lerp(input: Tensor, end: Tensor, weight: Any) -> Tensor:
    """``input + weight * (end - input)``.  Raises RuntimeError for tensors of several data types."""
    varies = isinstance(weight, Tensor) and weight.ndim  # one number may be of any type
    if varies or check_tensor(end, "lerp", "end").dtype is not check_tensor(input, "lerp").dtype:
        check_alike("lerp", {"input": input, "end": end, "weight": weight if varies else None})
    return _between(input, end, weight)


@in_single_precision
def _between(input: Tensor, end: Tensor, weight: Any) -> Tensor:
    return input + weight * (end - input)


def positive(input: Tensor) -> Tensor:
    """``input`` itself.  Raises RuntimeError for a boolean tensor."""
    if check_tensor(input, "positive").dtype is _dtypes.bool:
        raise RuntimeError("positive (the + operator) is not supported for boolean tensors")
    return input


def rsqrt(input: Tensor) -> Tensor:
    """``1 / sqrt(input)``."""
    return xp.reciprocal(xp.sqrt(input))


def frac(input: Tensor) -> Tensor:
    """``input`` without its whole part; the sign stays."""
    return input - xp.trunc(input)


def round(input: Tensor, *, decimals: int = 0) -> Tensor:
    """``input`` rounded to ``decimals`` places, halves to the even neighbour."""
    if not decimals:
        return xp.round(input)
    scale = 10.0 ** abs(decimals)
    return xp.round(input * scale) / scale if decimals > 0 else xp.round(input / scale) * scale


def deg2rad(input: Tensor) -> Tensor:
    """Degrees as radians."""
    return input * (math.pi / 180)


def rad2deg(input: Tensor) -> Tensor:
    """Radians as degrees."""
    return input * (180 / math.pi)


def clamp(input: Tensor, min: Any = None, max: Any = None) -> Tensor:
    """``input`` held between ``min`` and ``max``, numbers or tensors."""
    check_tensor(input, "clamp")
    if min is None and max is None:
        raise RuntimeError("at least one of 'min' or 'max' must not be None")
    if isinstance(min, Tensor) or isinstance(max, Tensor):
        result = input if min is None else xp.at_least(input, min)
        return result if max is None else xp.at_most(result, max)
    for bound in (min, max):
        if bound is not None and not hasattr(bound, "shape") and bound.__class__ not in SCALARS:
            raise TypeError(f"clamp(): min and max must be numbers or tensors, not {type(bound).__name__}")
        if bound is not None and _dtypes.promote_scalar(input.dtype, type(bound)) is not input.dtype:
            input = xp.astype(input, _dtypes.promote_scalar(input.dtype, type(bound)))
    min, max = (int(bound) if bound.__class__ is bool else bound for bound in (min, max))  # no bound in the standard
    return xp.clip(input, min, max)


def clamp_min(input: Tensor, min: Any) -> Tensor:
    """``input``, but nothing below ``min``."""
    return clamp(input, min)


def clamp_max(input: Tensor, max: Any) -> Tensor:
    """``input``, but nothing above ``max``."""
    return clamp(input, None, max)


def nan_to_num(input: Tensor, nan: float = 0.0, posinf: float | None = None, neginf: float | None = None) -> Tensor:
    """``input`` with NaN and infinities replaced; by the largest finite numbers where none are given."""
    if not check_tensor(input, "nan_to_num").dtype.is_differentiable:
        return xp.clone(input)
    if input.dtype.is_complex:
        parts = [nan_to_num(part, nan, posinf, neginf) for part in (xp.real(input), xp.imag(input))]
        return xp.complex(*parts)
    info = finfo(input.dtype)
    result = xp.where(xp.isnan(input), nan, input)
    result = xp.where(result == math.inf, info.max if posinf is None else posinf, result)
    return xp.where(result == -math.inf, info.min if neginf is None else neginf, result)


def heaviside(input: Tensor, values: Tensor) -> Tensor:
    """0 for negative numbers, 1 for positive ones, and ``values`` at 0.  Raises RuntimeError where the types differ."""
    check_tensor(input, "heaviside")
    check_tensor(values, "heaviside", "values")
    if input.dtype != values.dtype:
        raise RuntimeError(f"heaviside takes two tensors of one type, not {input.dtype.name} and {values.dtype.name}")
    return xp.where(input == 0, values, xp.astype(input > 0, input.dtype))


def where(condition: Tensor, input: Any = None, other: Any = None) -> Any:
    """``input`` where ``condition`` holds and ``other`` elsewhere; with the condition alone, the positions where it does.

    No gradient goes through the side that was not chosen, even where its derivative is infinite.  But 0 times infinity is
    NaN in a product that it was made of, as in ``where(x > 0, x * log(x), 0)`` at 0: choose before the product is taken, or
    use `xlogy`.
    """
    check_tensor(condition, "where", "condition")
    if input is None and other is None:
        return tuple(nonzero_positions(condition))
    if condition.dtype is _dtypes.uint8:
        condition = byte_mask(condition)
    if condition.dtype.kind != "bool":
        raise TypeError(f"where expected condition to be a boolean tensor, but it is {condition.dtype.name}")
    return xp.where(condition, input, other)


def where_method(input: Tensor, condition: Tensor, other: Any) -> Tensor:
    """This tensor where ``condition`` holds and ``other``, a tensor or a number, elsewhere: `where(condition, x, other)`."""
    return where(condition, input, other)


xp.finfo, xp.iinfo = finfo, iinfo
