"""Elementwise functions: arithmetic, rounding, clamping, choice."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

from .. import _dtypes
from .._core.errors import DTypeError, unsupported_layout
from .._core.precision import downcast, in_single_precision, upcast
from .._core.primitive import OPERATIONS as xp
from .._core.primitive import PRIMITIVES
from .._core.same_dtype import check_same_dtype
from .._core.scalars import OTHER_TENSORS, PYTHON_SCALARS, UNCONVERTED_TYPES, to_python
from .._core.tensor import Tensor
from .._dtypes import finfo, iinfo
from .common import check_tensor
from .keys import byte_mask, nonzero_positions
from .public import public_function, public_method


def _with_scalar_exponents(general: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Return a power function that handles scalar exponents of the type of `input`, and leaves others to ``general``."""

    def power(input: Any, exponent: Any) -> Any:
        if exponent.__class__ not in UNCONVERTED_TYPES:
            exponent = to_python(exponent)
        if exponent.__class__ in (int, float, complex) and isinstance(input, Tensor):
            dtype = input.dtype
            if _dtypes.promote_scalar(dtype, exponent.__class__) is dtype:
                if dtype.kind in ("int", "uint", "bool") and exponent < 0:  # type: ignore[operator]  # a complex exponent changes the type
                    raise RuntimeError(
                        "pow(): integers have no negative integer powers; convert the base first, as in x.float()"
                    )
                dtype.check(exponent)
                if dtype.is_half:  # neither the exponent nor the derivatives are rounded
                    return downcast(xp.power(upcast(input), exponent), dtype)
                return xp.power(input, exponent)
        return general(input, exponent)

    power.__name__ = power.__qualname__ = general.__name__
    power.__doc__ = general.__doc__
    return power


@public_function(method=True, in_place=True, hot=True, out=True)
@_with_scalar_exponents
def pow(input: Any, exponent: Any) -> Tensor:
    """Raise ``input`` to the power of ``exponent``, element by element.

    Args:
        input: the base, a tensor or a number.
        exponent: a tensor whose shape broadcasts with that of ``input``, or a number.  One of the two is a tensor.

    Returns:
        A tensor of the broadcast shape.

    Raises:
        RuntimeError: a tensor of integers has a negative integer as ``exponent``.

    Example::

        >>> polygrad.pow(polygrad.tensor([1.0, 2.0, 3.0]), 2)
        tensor([1., 4., 9.])
    """
    return xp.pow(input, exponent)


@_with_scalar_exponents
def power_operator(input: Any, exponent: Any) -> Any:
    """The operator ``input ** exponent``; NotImplemented for an operand of an unknown type."""
    return PRIMITIVES["pow"].operator(input, exponent)


@public_function(method=True, out=True)
def float_power(input: Any, exponent: Any) -> Tensor:
    """Raise ``input`` to the power of ``exponent`` in double precision.

    Args:
        input: the base, a tensor or a number.
        exponent: a tensor whose shape broadcasts with that of ``input``, or a number.  One of the two is a tensor.

    Returns:
        A tensor of the broadcast shape, of type float64, or complex128 where an operand is complex.

    Example::

        >>> polygrad.float_power(polygrad.tensor([2, 3]), -1)
        tensor([0.5000, 0.3333], dtype=polygrad.float64)
    """
    return pow(_to_double(input), _to_double(exponent))


@public_method()
def float_power_(input: Tensor, exponent: Any) -> Tensor:
    """Raise to the power of ``exponent`` in place.

    Args:
        input: the base, a tensor of type float64 or complex128.
        exponent: a tensor whose shape broadcasts to that of ``input``, or a number.

    Returns:
        This tensor.

    Raises:
        RuntimeError: the data type is not that of the result of `float_power`; or ``input`` is a leaf that requires
            grad, in grad mode.

    Example::

        >>> polygrad.tensor([2.0, 4.0], dtype=polygrad.float64).float_power_(-1)
        tensor([0.5000, 0.2500], dtype=polygrad.float64)
    """
    result = float_power(input, exponent)
    if result.dtype is not input.dtype:
        raise RuntimeError(
            f"float_power_(): the base has dtype {input.dtype.name}, but the result {result.dtype.name}; convert it first"
        )
    return input._in_place(lambda x: float_power(x, exponent))


def _to_double(x: Any) -> Any:
    if x.__class__ in OTHER_TENSORS:
        raise unsupported_layout("float_power")
    if not isinstance(x, Tensor):
        return x
    return xp.astype(x, _dtypes.complex128 if x.dtype.is_complex else _dtypes.float64)


def check_alpha(name: str, alpha: Any, *operands: Any) -> None:
    """Raise RuntimeError for a fractional ``alpha`` of integers, and for a bool with operands of other types."""
    if alpha is True or alpha is False:
        if not all(isinstance(x, bool) or getattr(x, "dtype", None) is _dtypes.bool for x in operands):
            raise RuntimeError(f"{name}(): alpha is {alpha}, and may be a bool only for boolean tensors")
        return
    whole = all(not x.dtype.is_differentiable if isinstance(x, Tensor) else isinstance(x, int) for x in operands)
    if whole and to_python(alpha).__class__ in (float, complex):
        raise RuntimeError(
            f"{name}(): for integer tensors alpha must be an integer, not {alpha}; convert the tensors first, as in x.float()"
        )


def scaled(x: Any, alpha: Any) -> Any:
    """Return ``alpha * x`` for a tensor or a number."""
    if type(alpha) is int and alpha == 1:  # a number that is known only when a program runs is not compared
        return x
    if not isinstance(x, Tensor):
        return to_python(x) * to_python(alpha)
    return xp.multiply(x, bool(alpha) if x.dtype is _dtypes.bool and isinstance(alpha, int) else alpha)


@in_single_precision
def _apply_scaled(input: Any, other: Any, alpha: Any, operation: Callable[[Any, Any], Tensor]) -> Tensor:
    return operation(input, scaled(other, alpha))


@public_function(method=True, hot=True, out=True)
def add(input: Any, other: Any, *, alpha: Any = 1) -> Tensor:
    """Return ``input + alpha * other``.

    Args:
        input: a tensor or a number.
        other: a tensor whose shape broadcasts with that of ``input``, or a number.  One of the two is a tensor.
        alpha: the factor of ``other``, a number.

    Returns:
        A tensor of the broadcast shape and the promoted data type.

    Raises:
        RuntimeError: the shapes do not broadcast, or ``alpha`` is not an integer where the operands are.

    Example::

        >>> polygrad.add(polygrad.tensor([1.0, 2.0]), polygrad.tensor([10.0, 20.0]), alpha=0.1)
        tensor([2., 4.])
    """
    if type(alpha) is int and alpha == 1:
        return xp.add(input, other)
    check_alpha("add", alpha, input, other)
    return _apply_scaled(input, other, alpha, xp.add)


@public_function("sub subtract", method=True, hot=True, out=True)
def sub(input: Any, other: Any, *, alpha: Any = 1) -> Tensor:
    """Return ``input - alpha * other``.

    Args:
        input: a tensor or a number.
        other: a tensor whose shape broadcasts with that of ``input``, or a number.  One of the two is a tensor.
        alpha: the factor of ``other``, a number.

    Returns:
        A tensor of the broadcast shape and the promoted data type.

    Raises:
        RuntimeError: the shapes do not broadcast, ``alpha`` is not an integer where the operands are, or both operands
            are boolean.

    Example::

        >>> polygrad.sub(polygrad.tensor([1.0, 2.0]), 1)
        tensor([0., 1.])
    """
    if type(alpha) is int and alpha == 1:
        return xp.subtract(input, other)
    check_alpha("sub", alpha, input, other)
    return _apply_scaled(input, other, alpha, xp.subtract)


@public_function("div divide true_divide", method=True, hot=True, out=True)
def div(input: Any, other: Any, *, rounding_mode: str | None = None) -> Tensor:
    """Return ``input / other``, exact or rounded to an integer.

    Args:
        input: a tensor or a number.
        other: a tensor whose shape broadcasts with that of ``input``, or a number.  One of the two is a tensor.
        rounding_mode: None, ``"floor"`` (towards minus infinity, as ``//`` does) or ``"trunc"`` (towards zero).

    Returns:
        A tensor of the broadcast shape.  Without ``rounding_mode`` integers are converted to the default floating type.

    Raises:
        RuntimeError: ``rounding_mode`` is none of these, the shapes do not broadcast, or an integer is divided by 0 and
            rounded.

    Example::

        >>> polygrad.div(polygrad.tensor([-7, 7]), 2)
        tensor([-3.5000,  3.5000])
        >>> polygrad.div(polygrad.tensor([-7, 7]), 2, rounding_mode="trunc")
        tensor([-3,  3])
    """
    if rounding_mode is None:
        return xp.divide(input, other)
    if rounding_mode == "floor":
        return xp.floor_divide(input, other)
    if rounding_mode == "trunc":
        input, other = to_python(input), to_python(other)
        if any(isinstance(v, float) or (isinstance(v, Tensor) and v.dtype.is_differentiable) for v in (input, other)):
            return xp.trunc(xp.divide(input, other))
        return xp.floor_divide(xp.subtract(input, xp.fmod(input, other)), other)
    raise RuntimeError(f"div expected rounding_mode to be one of None, 'trunc', or 'floor' but found {rounding_mode!r}")


@public_function(method=True, in_place=True, out=True)
def fmod(input: Any, other: Any) -> Tensor:
    """Return the remainder of a division that rounds towards zero: it has the sign of ``input``.

    `remainder` and the operator ``%`` have the sign of ``other``.

    Args:
        input: the dividend, a tensor or a number.
        other: the divisor: a tensor whose shape broadcasts with that of ``input``, or a number.

    Returns:
        A tensor of the broadcast shape.

    Example::

        >>> polygrad.fmod(polygrad.tensor([-3.0, 3.0]), 2)
        tensor([-1.,  1.])
    """
    return xp.fmod(input, other)


@public_function(method=True, in_place=True, out=True)
@in_single_precision
def addcmul(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: Any = 1) -> Tensor:
    """Return ``input + value * tensor1 * tensor2``.

    Args:
        input: a tensor.
        tensor1: a tensor whose shape broadcasts with the others.
        tensor2: a tensor whose shape broadcasts with the others.
        value: the factor of the product, a number.

    Returns:
        A tensor of the broadcast shape.

    Example::

        >>> x, y = polygrad.tensor([1.0, 2.0]), polygrad.tensor([3.0, 4.0])
        >>> polygrad.addcmul(polygrad.ones(2), x, y, value=0.5)
        tensor([2.5000, 5.0000])
    """
    return input + value * tensor1 * tensor2


@public_function(method=True, in_place=True, out=True)
@in_single_precision
def addcdiv(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: Any = 1) -> Tensor:
    """Return ``input + value * tensor1 / tensor2``.

    Args:
        input: a tensor.
        tensor1: the dividend, a tensor whose shape broadcasts with the others.
        tensor2: the divisor, a tensor whose shape broadcasts with the others.
        value: the factor of the quotient, a number.

    Returns:
        A tensor of the broadcast shape.

    Example::

        >>> x, y = polygrad.tensor([1.0, 2.0]), polygrad.tensor([2.0, 4.0])
        >>> polygrad.addcdiv(polygrad.ones(2), x, y, value=2)
        tensor([2., 2.])
    """
    return input + value * (tensor1 / tensor2)


@public_function(method=True, in_place=True, out=True)
def lerp(input: Tensor, end: Tensor, weight: Any) -> Tensor:
    """Interpolate linearly: ``input + weight * (end - input)``.

    Args:
        input: the values at weight 0, a tensor.
        end: the values at weight 1, a tensor of the same data type whose shape broadcasts with that of ``input``.
        weight: a number, or a tensor of the same data type whose shape broadcasts with the others.

    Returns:
        A tensor of the broadcast shape.

    Raises:
        RuntimeError: the data types differ.

    Example::

        >>> polygrad.lerp(polygrad.tensor([0.0, 10.0]), polygrad.tensor([1.0, 20.0]), 0.5)
        tensor([ 0.5000, 15.0000])
    """
    varies = isinstance(weight, Tensor) and weight.ndim  # a 0-d weight may have any type
    if varies or check_tensor(end, "lerp", "end").dtype is not check_tensor(input, "lerp").dtype:
        check_same_dtype("lerp", {"input": input, "end": end, "weight": weight if varies else None})
    return _interpolate(input, end, weight)


@in_single_precision
def _interpolate(input: Tensor, end: Tensor, weight: Any) -> Tensor:
    return input + weight * (end - input)


@public_function(method=True)
def positive(input: Tensor) -> Tensor:
    """Return ``input`` itself: the operator ``+x``.

    Args:
        input: a tensor that is not boolean.

    Returns:
        ``input``.

    Raises:
        RuntimeError: ``input`` is boolean.

    Example::

        >>> polygrad.positive(polygrad.tensor([-1.0]))
        tensor([-1.])
    """
    if check_tensor(input, "positive").dtype is _dtypes.bool:
        raise RuntimeError("positive (the + operator) is not supported for boolean tensors")
    return input


@public_function(method=True, in_place=True, out=True)
def rsqrt(input: Tensor) -> Tensor:
    """Return the reciprocal of the square root, ``1 / sqrt(input)``.

    Args:
        input: a tensor of any shape.  Integers are converted to the default floating type.

    Returns:
        A tensor of the shape of ``input``; infinite at 0 and NaN for negative elements.

    Example::

        >>> polygrad.rsqrt(polygrad.tensor([1.0, 4.0]))
        tensor([1.0000, 0.5000])
    """
    return xp.reciprocal(xp.sqrt(input))


@public_function(method=True, in_place=True, out=True)
def frac(input: Tensor) -> Tensor:
    """Return the fractional part, ``input - trunc(input)``, which has the sign of ``input``.

    Args:
        input: a tensor of any shape.

    Returns:
        A tensor of the shape of ``input``.

    Example::

        >>> polygrad.frac(polygrad.tensor([1.5, -2.25]))
        tensor([ 0.5000, -0.2500])
    """
    return input - xp.trunc(input)


@public_function(method=True, in_place=True, out=True)
def round(input: Tensor, *, decimals: int = 0) -> Tensor:
    """Round to the nearest multiple of ``10 ** -decimals``, halves to the even neighbour.

    The gradient is 0.

    Args:
        input: a tensor of any shape.
        decimals: the number of decimal places; negative for places before the point.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        RuntimeError: ``decimals`` is not 0, and ``input`` is not of a real floating-point type.

    Example::

        >>> polygrad.round(polygrad.tensor([0.5, 1.5, 2.5]))
        tensor([0., 2., 2.])
        >>> polygrad.round(polygrad.tensor([1.2345]), decimals=2)
        tensor([1.2300])
    """
    if not decimals:
        return xp.round(input)
    if not input.dtype.is_floating_point:
        raise DTypeError(f"round(): decimals is for real floating-point types, not {input.dtype.name}")
    scale = 10.0 ** abs(decimals)
    return xp.round(input * scale) / scale if decimals > 0 else xp.round(input / scale) * scale


@public_function(method=True, in_place=True, out=True)
def deg2rad(input: Tensor) -> Tensor:
    """Convert angles from degrees to radians.

    Args:
        input: angles in degrees, a tensor of any shape.

    Returns:
        Angles in radians, a tensor of the shape of ``input``.

    Example::

        >>> polygrad.deg2rad(polygrad.tensor([180.0]))
        tensor([3.1416])
    """
    return input * (math.pi / 180)


@public_function(method=True, in_place=True, out=True)
def rad2deg(input: Tensor) -> Tensor:
    """Convert angles from radians to degrees.

    Args:
        input: angles in radians, a tensor of any shape.

    Returns:
        Angles in degrees, a tensor of the shape of ``input``.

    Example::

        >>> polygrad.rad2deg(polygrad.tensor([polygrad.pi]))
        tensor([180.])
    """
    return input * (180 / math.pi)


@public_function("clamp clip", method=True, in_place=True, out=True)
def clamp(input: Tensor, min: Any = None, max: Any = None) -> Tensor:
    """Clamp each element to ``[min, max]``.

    The gradient is 0 where an element was clamped.

    Args:
        input: a tensor of any shape.
        min: the lower bound: a number, a tensor whose shape broadcasts with that of ``input``, or None for no bound.
        max: the upper bound, in the same forms.  Where it is less than ``min``, the result is ``max``.

    Returns:
        A tensor of the broadcast shape.

    Raises:
        RuntimeError: both bounds are None.

    Example::

        >>> polygrad.clamp(polygrad.tensor([-1.0, 0.5, 2.0]), 0, 1)
        tensor([0.0000, 0.5000, 1.0000])
    """
    check_tensor(input, "clamp")
    if min is None and max is None:
        raise RuntimeError("clamp(): min and max must not both be None")
    if isinstance(min, Tensor) or isinstance(max, Tensor):
        result = input if min is None else xp.clamp_min(input, min)
        return result if max is None else xp.clamp_max(result, max)
    for bound in (min, max):
        if bound is not None and not hasattr(bound, "shape") and bound.__class__ not in PYTHON_SCALARS:
            raise TypeError(f"clamp(): min and max must be numbers or tensors, not {type(bound).__name__}")
        if bound is not None and _dtypes.promote_scalar(input.dtype, type(bound)) is not input.dtype:
            input = xp.astype(input, _dtypes.promote_scalar(input.dtype, type(bound)))
    min, max = (
        int(bound) if bound.__class__ is bool else bound for bound in (min, max)
    )  # the standard has no boolean bounds
    return xp.clip(input, min, max)


@public_function(method=True, out=True)
def clamp_min(input: Tensor, min: Any) -> Tensor:
    """Clamp each element to at least ``min``.

    Args:
        input: a tensor of any shape.
        min: the lower bound: a number, or a tensor whose shape broadcasts with that of ``input``.

    Returns:
        A tensor of the broadcast shape.

    Example::

        >>> polygrad.clamp_min(polygrad.tensor([-1.0, 2.0]), 0)
        tensor([0., 2.])
    """
    return clamp(input, min)


@public_function(method=True, out=True)
def clamp_max(input: Tensor, max: Any) -> Tensor:
    """Clamp each element to at most ``max``.

    Args:
        input: a tensor of any shape.
        max: the upper bound: a number, or a tensor whose shape broadcasts with that of ``input``.

    Returns:
        A tensor of the broadcast shape.

    Example::

        >>> polygrad.clamp_max(polygrad.tensor([-1.0, 2.0]), 0)
        tensor([-1.,  0.])
    """
    return clamp(input, None, max)


@public_function(method=True, in_place=True, out=True)
def nan_to_num(input: Tensor, nan: float = 0.0, posinf: float | None = None, neginf: float | None = None) -> Tensor:
    """Replace NaN and infinities by finite values.

    The gradient of a replaced element is 0.

    Args:
        input: a tensor of any shape.  Integers and booleans are copied.
        nan: what replaces NaN.
        posinf: what replaces positive infinity.  By default the largest finite value of the data type.
        neginf: what replaces negative infinity.  By default the smallest finite value of the data type.

    Returns:
        A tensor of the shape and data type of ``input``.

    Example::

        >>> polygrad.nan_to_num(polygrad.tensor([float("nan"), float("inf"), 1.0]), posinf=9.0)
        tensor([0., 9., 1.])
    """
    if not check_tensor(input, "nan_to_num").dtype.is_differentiable:
        return xp.clone(input)
    if input.dtype.is_complex:
        parts = [nan_to_num(part, nan, posinf, neginf) for part in (xp.real(input), xp.imag(input))]
        return xp.complex(*parts)
    info = finfo(input.dtype)
    result = xp.where(xp.isnan(input), nan, input)
    result = xp.where(result == math.inf, info.max if posinf is None else posinf, result)
    return xp.where(result == -math.inf, info.min if neginf is None else neginf, result)


@public_function(method=True, in_place=True, out=True)
def heaviside(input: Tensor, values: Tensor) -> Tensor:
    """Return the step function: 0 where ``input`` is negative, 1 where it is positive, and ``values`` where it is 0.

    Args:
        input: a tensor.
        values: the result at 0, a tensor of the same data type whose shape broadcasts with that of ``input``.

    Returns:
        A tensor of the broadcast shape.

    Raises:
        RuntimeError: the data types differ.

    Example::

        >>> polygrad.heaviside(polygrad.tensor([-1.0, 0.0, 2.0]), polygrad.tensor(0.5))
        tensor([0.0000, 0.5000, 1.0000])
    """
    check_tensor(input, "heaviside")
    check_tensor(values, "heaviside", "values")
    if input.dtype != values.dtype:
        raise RuntimeError(
            f"heaviside(): input and values must have one data type, but they are {input.dtype.name} and {values.dtype.name}"
        )
    return xp.where(input == 0, values, xp.astype(input > 0, input.dtype))


@public_function(out=True)
def where(condition: Tensor, input: Any = None, other: Any = None) -> Any:
    """Choose between two tensors element by element.

    The side that is not chosen gets a gradient of 0, even if its derivative is infinite.  That does not help a product
    that was computed before: in ``where(x > 0, x * log(x), 0)`` the gradient at 0 is ``0 * inf``, which is NaN. Replace
    the argument of the logarithm before it is taken, or use `xlogy`.

    Args:
        condition: a boolean tensor.
        input: the result where ``condition`` is True: a tensor whose shape broadcasts with the others, or a number.
        other: the result where it is False, in the same forms.

    Returns:
        A tensor of the broadcast shape.  With ``condition`` alone, the positions where it is True: a tuple with one int64
            vector for each dimension, as `nonzero` gives with ``as_tuple=True``.

    Raises:
        TypeError: ``condition`` is not boolean.

    Example::

        >>> x = polygrad.tensor([-1.0, 2.0])
        >>> polygrad.where(x > 0, x, 0.1 * x)
        tensor([-0.1000,  2.0000])
    """
    check_tensor(condition, "where", "condition")
    if input is None and other is None:
        return tuple(nonzero_positions(condition))
    if condition.dtype is _dtypes.uint8:
        condition = byte_mask(condition)
    if condition.dtype.kind != "bool":
        raise TypeError(f"where expected condition to be a boolean tensor, but it is {condition.dtype.name}")
    return xp.where(condition, input, other)


@public_method("where")
def where_method(input: Tensor, condition: Tensor, other: Any) -> Tensor:
    """Choose this tensor where ``condition`` is True, and ``other`` elsewhere: ``where(condition, x, other)``.

    Args:
        input: this tensor.
        condition: a boolean tensor whose shape broadcasts with the others.
        other: the result where ``condition`` is False: a tensor or a number.

    Returns:
        A tensor of the broadcast shape.

    Raises:
        TypeError: ``condition`` is not boolean.

    Example::

        >>> x = polygrad.tensor([-1.0, 2.0])
        >>> x.where(x > 0, 0.0)
        tensor([0., 2.])
    """
    return where(condition, input, other)


xp.finfo, xp.iinfo = finfo, iinfo


@public_function(method=True, in_place=True, out=True)
def ldexp(input: Tensor, other: Tensor) -> Tensor:
    """Return ``input * 2 ** other``.

    Args:
        input: a tensor.
        other: the exponents, a tensor whose shape broadcasts with that of ``input``.

    Returns:
        A tensor of the broadcast shape.  Of integers it has the default floating type.

    Raises:
        RuntimeError: the shapes do not broadcast.

    Example::

        >>> polygrad.ldexp(polygrad.tensor([1.0, 3.0]), polygrad.tensor([2, -1]))
        tensor([4.0000, 1.5000])
    """
    return xp.multiply(check_tensor(input, "ldexp"), pow(2.0, check_tensor(other, "ldexp", "other")))


class MantissaAndExponent(NamedTuple):
    """The mantissas, of absolute value at least 0.5 and below 1, and the int32 exponents of 2."""

    mantissa: Tensor
    exponent: Tensor


@public_function(method=True, out=True)
def frexp(input: Tensor) -> MantissaAndExponent:
    """Decompose into mantissas and exponents: ``input = mantissa * 2 ** exponent``, exactly.

    The derivative of the mantissa is ``2 ** -exponent``.

    Args:
        input: a tensor of a real floating-point type.

    Returns:
        The named tuple ``(mantissa, exponent)``: a tensor of the type of ``input`` with absolute values in [0.5, 1), and one
        of int32.  The exponent of 0, infinities and NaN is 0.

    Raises:
        RuntimeError: the data type is not a real floating-point type.

    Example::

        >>> polygrad.frexp(polygrad.tensor([1.0, -3.5, 0.0])).exponent
        tensor([1, 2, 0], dtype=polygrad.int32)
    """
    if not check_tensor(input, "frexp").dtype.is_floating_point:
        raise DTypeError(f"frexp(): the input must be of a real floating-point type, not {input.dtype.name}")
    x = upcast(input)
    size = xp.abs(x.detach())
    ordinary = xp.logical_and(size > 0, xp.isfinite(size))
    exponent = xp.floor(xp.log2(xp.where(ordinary, size, 0.5))) + 1
    # The logarithm may round up to a whole number, or down from one.
    scaled_size = _times_power(xp.where(ordinary, size, 0.5), -exponent)
    exponent = exponent + xp.astype(scaled_size >= 1, x.dtype) - xp.astype(scaled_size < 0.5, x.dtype)
    mantissa = xp.where(ordinary, _times_power(x, -exponent), x)
    exponent = xp.astype(xp.where(ordinary, exponent, 0), _dtypes.int32)
    return MantissaAndExponent(downcast(mantissa, input.dtype) if x is not input else mantissa, exponent)


def _times_power(x: Tensor, exponent: Tensor) -> Tensor:
    """Return ``x * 2 ** exponent`` in two steps: the power itself may be out of range."""
    half = xp.trunc(exponent / 2)
    return x * pow(2.0, half) * pow(2.0, exponent - half)


@public_function(method=True, out=True)
@in_single_precision
def logaddexp2(input: Tensor, other: Tensor) -> Tensor:
    """Return ``log2(2 ** input + 2 ** other)``, without overflow.  The gradient is shared as by `logaddexp`.

    Args:
        input: a tensor of a floating-point type.
        other: a tensor whose shape broadcasts with that of ``input``.

    Returns:
        A tensor of the broadcast shape.

    Raises:
        RuntimeError: the shapes do not broadcast.

    Example::

        >>> polygrad.logaddexp2(polygrad.tensor([1000.0]), polygrad.tensor([1000.0]))
        tensor([1001.])
    """
    return xp.divide(xp.logaddexp(xp.multiply(input, math.log(2)), xp.multiply(other, math.log(2))), math.log(2))
