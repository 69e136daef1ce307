"""Comparisons of values: within a tolerance, of whole tensors, and where NaN and infinities are."""

from __future__ import annotations

import math

from .. import _dtypes
from .._core.alike import alike
from .._core.errors import DTypeError, ShapeError
from .._core.primitive import OPERATIONS as xp
from .._core.tensor import Tensor
from .common import check_tensor


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


def fmax(input: Tensor, other: Tensor) -> Tensor:
    """The larger of each pair; a number where the other is NaN.  Of equal ones ``input`` gets the gradient."""
    return xp.where(xp.logical_or(input >= other, xp.isnan(other)), input, other)


def fmin(input: Tensor, other: Tensor) -> Tensor:
    """The smaller of each pair; a number where the other is NaN.  Of equal ones ``input`` gets the gradient."""
    return xp.where(xp.logical_or(input <= other, xp.isnan(other)), input, other)


def isposinf(input: Tensor) -> Tensor:
    """Which elements are positive infinity.  Raises RuntimeError for complex numbers, of which an infinity has no sign."""
    return check_real(input, "isposinf") == math.inf


def isneginf(input: Tensor) -> Tensor:
    """Which elements are negative infinity.  Raises RuntimeError for complex numbers, of which an infinity has no sign."""
    return check_real(input, "isneginf") == -math.inf


def check_real(input: Tensor, name: str) -> Tensor:
    if check_tensor(input, name).dtype.is_complex:
        raise DTypeError(f"{name}() is not supported for complex numbers; take x.real, x.imag or x.abs()")
    return input
