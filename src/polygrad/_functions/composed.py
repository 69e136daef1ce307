"""Functions of single elements that are composed of primitives."""

from __future__ import annotations

import math
from typing import Any

from .. import _dtypes
from .._core.alike import alike
from .._core.errors import DTypeError, ShapeError
from .._core.precision import in_single_precision, widen
from .._core.primitive import OPERATIONS as xp
from .._core.tensor import Tensor
from . import elementwise, manipulation
from .common import check_tensor


def clamp_min(input: Tensor, min: Any) -> Tensor:
    """``input``, but nothing below ``min``."""
    return elementwise.clamp(input, min)


def clamp_max(input: Tensor, max: Any) -> Tensor:
    """``input``, but nothing above ``max``."""
    return elementwise.clamp(input, None, max)


def exp2(input: Tensor) -> Tensor:
    """``2 ** input``."""
    return xp.pow(2.0, input)


def frac(input: Tensor) -> Tensor:
    """``input`` without its whole part; the sign stays."""
    return input - xp.trunc(input)


def deg2rad(input: Tensor) -> Tensor:
    """Degrees as radians."""
    return input * (math.pi / 180)


def rad2deg(input: Tensor) -> Tensor:
    """Radians as degrees."""
    return input * (180 / math.pi)


def float_power(input: Any, exponent: Any) -> Tensor:
    """``input ** exponent`` in double precision."""
    return elementwise.pow(_double(input), _double(exponent))


def _double(x: Any) -> Any:
    if not isinstance(x, Tensor):
        return x
    return xp.astype(x, _dtypes.complex128 if x.dtype.is_complex else _dtypes.float64)


def fmax(input: Tensor, other: Tensor) -> Tensor:
    """The larger of each pair; a number where the other is NaN.  Of equal ones ``input`` gets the gradient."""
    return xp.where(xp.logical_or(input >= other, xp.isnan(other)), input, other)


def fmin(input: Tensor, other: Tensor) -> Tensor:
    """The smaller of each pair; a number where the other is NaN.  Of equal ones ``input`` gets the gradient."""
    return xp.where(xp.logical_or(input <= other, xp.isnan(other)), input, other)


def logit(input: Tensor, eps: float | None = None) -> Tensor:
    """``log(input / (1 - input))``, with ``input`` held between ``eps`` and ``1 - eps`` if that is given."""
    if eps is None:  # outside of 0 and 1 the value is NaN, and so are its derivatives, which log and log1p have there
        spoiled = xp.where(xp.logical_and(input >= 0, input <= 1), 1.0, math.nan)
        x = input * (xp.astype(spoiled, input.dtype) if input.dtype.is_differentiable else spoiled)
    else:
        x = elementwise.clamp(input, eps, 1 - eps)
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


def heaviside(input: Tensor, values: Tensor) -> Tensor:
    """0 for negative numbers, 1 for positive ones, and ``values`` at 0.  Raises RuntimeError where the types differ."""
    check_tensor(input, "heaviside")
    check_tensor(values, "heaviside", "values")
    if input.dtype != values.dtype:
        raise RuntimeError(f"heaviside takes two tensors of one type, not {input.dtype.name} and {values.dtype.name}")
    return xp.where(input == 0, values, xp.astype(input > 0, input.dtype))


def isposinf(input: Tensor) -> Tensor:
    """Which elements are positive infinity.  Raises RuntimeError for complex numbers, of which an infinity has no sign."""
    return _real(input, "isposinf") == math.inf


def isneginf(input: Tensor) -> Tensor:
    """Which elements are negative infinity.  Raises RuntimeError for complex numbers, of which an infinity has no sign."""
    return _real(input, "isneginf") == -math.inf


def _real(input: Tensor, name: str) -> Tensor:
    if check_tensor(input, name).dtype.is_complex:
        raise DTypeError(f"{name}() is not supported for complex numbers; take x.real, x.imag or x.abs()")
    return input


def isreal(input: Tensor) -> Tensor:
    """Which elements have no imaginary part."""
    return xp.imag(input) == 0 if input.dtype.is_complex else xp.ones_like(input) == 1


def adjoint(input: Tensor) -> Tensor:
    """The conjugate transpose of the last two dimensions.  A view.  Raises RuntimeError for fewer than two."""
    return elementwise.conj(manipulation.matrix_transpose(input, "mH"))


def matrix_adjoint(input: Tensor) -> Tensor:
    """The conjugate transpose of a matrix: ``x.H``.  A view.  Raises RuntimeError for what is no matrix."""
    if check_tensor(input, "H").ndim not in (0, 2):
        raise ShapeError(f"tensor.H is only supported on matrices (2-D tensors). Got {input.ndim}-D tensor.")
    return elementwise.conj(manipulation.numpy_transpose(input) if input.ndim else manipulation.of_number(input, "H"))


def complex(real: Tensor, imag: Tensor) -> Tensor:
    """``real + 1j * imag``."""
    check_tensor(real, "complex", "real"), check_tensor(imag, "complex", "imag")
    if real.dtype is not imag.dtype or not real.dtype.is_floating_point:
        raise RuntimeError(f"complex() takes two real tensors of one type, not {real.dtype.name} and {imag.dtype.name}")
    return xp.complex(real, imag)


@alike("abs", "angle")
def polar(abs: Tensor, angle: Tensor) -> Tensor:
    """The complex numbers of that size and angle."""
    return complex(abs * xp.cos(angle), abs * xp.sin(angle))


def view_as_real(input: Tensor) -> Tensor:
    """Real and imaginary parts in a new last dimension.  A view.

    Raises RuntimeError for a real tensor.
    """
    if not input.dtype.is_complex:
        raise RuntimeError("view_as_real is only supported for complex tensors")
    return xp.view_as_real(input)


def view_as_complex(input: Tensor) -> Tensor:
    """The pairs in the last dimension as complex numbers.  A view.

    Raises RuntimeError where the last dimension is not of length 2, or the tensor is not real and floating-point.
    """
    if not input.ndim or input.shape[-1] != 2:
        raise RuntimeError(f"view_as_complex takes pairs in the last dimension, and the shape is {tuple(input.shape)}")
    if not input.dtype.is_floating_point:
        raise RuntimeError(f"view_as_complex takes a real floating-point tensor, not {input.dtype.name}")
    return xp.view_as_complex(input)


def nansum(input: Tensor, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The sum, NaN counting as 0.  Raises RuntimeError for complex numbers."""
    return _without_nan(_real(input, "nansum")).sum(dim, keepdim, dtype=dtype)


def nanmean(input: Tensor, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The mean of what is not NaN."""
    x = widen(_real(input, "nanmean"))
    count = xp.astype(xp.logical_not(xp.isnan(x)), x.dtype).sum(dim, keepdim)
    result = nansum(x, dim, keepdim, dtype=dtype) / count
    return result if x is input or dtype is not None else xp.astype(result, input.dtype)


def _without_nan(input: Tensor) -> Tensor:
    return xp.where(xp.isnan(input), 0, input) if input.dtype.is_differentiable else input


def aminmax(input: Tensor, *, dim: int | None = None, keepdim: bool = False) -> tuple[Tensor, Tensor]:
    """The smallest and the largest element."""
    return check_tensor(input, "aminmax").amin(dim, keepdim), input.amax(dim, keepdim)
