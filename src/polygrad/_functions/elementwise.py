"""Element by element: arithmetic, comparison, functions of one operand."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

from .. import _dtypes
from .._core.alike import alike, check_alike
from .._core.errors import ShapeError
from .._core.precision import in_single_precision, narrow, widen
from .._core.primitive import OPERATIONS as xp
from .._core.primitive import PRIMITIVES
from .._core.scalars import PLAIN, SCALARS, plain
from .._core.tensor import Tensor
from .._dtypes import finfo, iinfo
from .common import check_tensor
from .keys import byte_mask, nonzero_positions
from .strides import separate


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


def rsqrt(input: Tensor) -> Tensor:
    """``1 / sqrt(input)``."""
    return xp.reciprocal(xp.sqrt(input))


def round(input: Tensor, *, decimals: int = 0) -> Tensor:
    """``input`` rounded to ``decimals`` places, halves to the even neighbour."""
    if not decimals:
        return xp.round(input)
    scale = 10.0 ** abs(decimals)
    return xp.round(input * scale) / scale if decimals > 0 else xp.round(input / scale) * scale


def conj(input: Tensor) -> Tensor:
    """The conjugate, as a view; a real tensor itself."""
    return xp.conj(input) if check_tensor(input, "conj").dtype.is_complex else input


def conj_physical(input: Tensor) -> Tensor:
    """The conjugate, in new memory; a real tensor itself."""
    return separate(conj(input)) if check_tensor(input, "conj_physical").dtype.is_complex else input


def is_conj(input: Tensor) -> bool:
    """Whether ``input`` is a view that conjugates what it is a view of."""
    views = check_tensor(input, "is_conj")._view_chain()[:-1]
    return sum(view._base[1].name == "conj" for view in views) % 2 == 1 and input.dtype.is_complex


def resolve_conj(input: Tensor) -> Tensor:
    """``input`` itself, or a copy where it is a view that conjugates."""
    return xp.clone(input) if is_conj(input) else input


def resolve_neg(input: Tensor) -> Tensor:
    """``input`` itself, or a copy where it is the imaginary part of a view that conjugates."""
    lineage = check_tensor(input, "resolve_neg")._view_chain()
    parts = [base for view, base in itertools.pairwise(lineage) if view._base[1].name == "imag"]
    return xp.clone(input) if any(is_conj(base) for base in parts) else input


def positive(input: Tensor) -> Tensor:
    """``input`` itself.  Raises RuntimeError for a boolean tensor."""
    if check_tensor(input, "positive").dtype is _dtypes.bool:
        raise RuntimeError("positive (the + operator) is not supported for boolean tensors")
    return input


def real(input: Tensor) -> Tensor:
    """The real part; a real tensor itself."""
    check_tensor(input, "real")
    return xp.real(input) if input.dtype.is_complex else input


def imag(input: Tensor) -> Tensor:
    """The imaginary part.  Raises RuntimeError for a real tensor."""
    if not check_tensor(input, "imag").dtype.is_complex:
        raise RuntimeError("imag is not implemented for tensors with non-complex dtypes")
    return xp.imag(input)


def lerp(input: Tensor, end: Tensor, weight: Any) -> Tensor:
    """``input + weight * (end - input)``.  Raises RuntimeError for tensors of several data types."""
    varies = isinstance(weight, Tensor) and weight.ndim  # one number may be of any type
    if varies or check_tensor(end, "lerp", "end").dtype is not check_tensor(input, "lerp").dtype:
        check_alike("lerp", {"input": input, "end": end, "weight": weight if varies else None})
    return _between(input, end, weight)


@in_single_precision
def _between(input: Tensor, end: Tensor, weight: Any) -> Tensor:
    return input + weight * (end - input)


@in_single_precision
def addcmul(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: Any = 1) -> Tensor:
    """``input + value * tensor1 * tensor2``."""
    return input + value * tensor1 * tensor2


@in_single_precision
def addcdiv(input: Tensor, tensor1: Tensor, tensor2: Tensor, *, value: Any = 1) -> Tensor:
    """``input + value * tensor1 / tensor2``."""
    return input + value * (tensor1 / tensor2)


def fmod(input: Any, other: Any) -> Tensor:
    """The remainder of ``input / other`` with the sign of ``input`` (`remainder` has the sign of ``other``)."""
    return xp.fmod(input, other)


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


@alike("input", "other")
def isclose(input: Tensor, other: Tensor, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> Tensor:
    """Where ``|input - other| <= atol + rtol * |other|``.  Raises ValueError (and RuntimeError) for negative tolerances."""
    if rtol < 0 or atol < 0:
        raise ShapeError(f"isclose: rtol and atol must not be negative, but they are {rtol} and {atol}")
    if isinstance(input, Tensor) and input.dtype.kind == "bool":
        input, other = (xp.astype(x, _dtypes.int8) if isinstance(x, Tensor) else x for x in (input, other))
    close = xp.logical_or(xp.equal(input, other), xp.abs(input - other) <= atol + rtol * xp.abs(other))
    close = xp.logical_and(close, xp.logical_or(xp.isfinite(other), xp.equal(input, other)))
    return xp.logical_or(close, xp.logical_and(xp.isnan(input), xp.isnan(other))) if equal_nan else close


def allclose(input: Tensor, other: Tensor, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> bool:
    """Whether all elements are close, as `isclose` says."""
    return bool(xp.all(isclose(input, other, rtol, atol, equal_nan)))


def equal(input: Tensor, other: Tensor) -> bool:
    """Whether two tensors have the same shape and elements, as one bool (PyTorch's meaning; ``==`` compares elements)."""
    return tuple(input.shape) == tuple(other.shape) and bool(xp.all(xp.equal(input, other)))


def angle(input: Tensor) -> Tensor:
    """The angle of a complex number, in radians; pi for negative real ones."""
    if check_tensor(input, "angle").dtype.is_complex:
        return xp.atan2(xp.imag(input), xp.real(input))
    return xp.where(input < 0, math.pi, xp.where(xp.isnan(input), input, xp.astype(xp.zeros_like(input), input.dtype)))


xp.finfo, xp.iinfo = finfo, iinfo
