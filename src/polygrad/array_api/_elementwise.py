"""Element-wise functions: the primitives themselves, and those whose results the standard wants otherwise."""

from __future__ import annotations

from typing import Any

from .._core.primitive import OPERATIONS as xp
from .._core.tensor import Tensor
from .._functions import elementwise as _elementwise
from .._functions.common import check_tensor
from ._declaration import check_kinds, primitives, standard

(
    abs, acos, acosh, asin, asinh, atan, atanh, cos, cosh, sin, sinh, tan, tanh,
    exp, expm1, log, log1p, log2, log10, sqrt, reciprocal, negative, sign, square, ceil, floor, trunc,
    isfinite, isinf, isnan, signbit, logical_not, bitwise_invert,
) = primitives("""
    abs acos acosh asin asinh atan atanh cos cosh sin sinh tan tanh
    exp expm1 log log1p log2 log10 sqrt reciprocal negative sign square ceil floor trunc
    isfinite isinf isnan signbit logical_not bitwise_invert
""")  # fmt: skip
(
    multiply, floor_divide, remainder, atan2, copysign, hypot, logaddexp, maximum, minimum, nextafter,
    equal, not_equal, less, less_equal, greater, greater_equal, logical_and, logical_or, logical_xor,
    bitwise_and, bitwise_or, bitwise_xor, bitwise_left_shift, bitwise_right_shift,
) = primitives("""
    multiply floor_divide remainder atan2 copysign hypot logaddexp maximum minimum nextafter
    equal not_equal less less_equal greater greater_equal logical_and logical_or logical_xor
    bitwise_and bitwise_or bitwise_xor bitwise_left_shift bitwise_right_shift
""")  # fmt: skip


@standard(_elementwise.add)
def add(x1: Tensor | complex, x2: Tensor | complex, /) -> Tensor:
    """The sum of each pair of elements, ``x1 + x2``.

    Raises:
        RuntimeError: the shapes do not broadcast.
        TypeError: an operand is neither an array nor a number.

    Example::

        >>> xp.add(xp.asarray([1.0, 2.0]), 10.0)
        tensor([11., 12.])
    """
    return xp.add(x1, x2)


@standard(_elementwise.sub)
def subtract(x1: Tensor | complex, x2: Tensor | complex, /) -> Tensor:
    """The difference of each pair of elements, ``x1 - x2``.

    Raises:
        RuntimeError: the shapes do not broadcast.
        TypeError: an operand is neither an array nor a number, or both are boolean.

    Example::

        >>> xp.subtract(xp.asarray([1.0, 2.0]), 10.0)
        tensor([-9., -8.])
    """
    return xp.subtract(x1, x2)


@standard(_elementwise.div)
def divide(x1: Tensor | complex, x2: Tensor | complex, /) -> Tensor:
    """The quotient of each pair of elements, ``x1 / x2``.

    Returns:
        An array of the broadcast shape.  Integers are converted to the default floating type.

    Raises:
        RuntimeError: the shapes do not broadcast.
        TypeError: an operand is neither an array nor a number.

    Example::

        >>> xp.divide(xp.asarray([1.0, 3.0]), 2.0)
        tensor([0.5000, 1.5000])
    """
    return xp.divide(x1, x2)


@standard(_elementwise.pow)
def pow(x1: Tensor | complex, x2: Tensor | complex, /) -> Tensor:
    """The power of each pair of elements, ``x1 ** x2``."""
    check_kinds("pow", x1, x2)
    return xp.pow(x1, x2)


@standard(_elementwise.round)
def round(x: Tensor, /) -> Tensor:
    """The nearest integer of each element, in its own type; halves go to the even neighbour.

    Example::

        >>> xp.round(xp.asarray([0.5, 1.5, 2.5]))
        tensor([0., 2., 2.])
    """
    check_kinds("round", x)
    return xp.round(x)


@standard()
def positive(x: Tensor, /) -> Tensor:
    """``+x``: a copy.

    Args:
        x: an array of numbers, of any shape.

    Returns:
        An array of the shape of ``x``.

    Raises:
        TypeError: ``x`` is boolean.

    Example::

        >>> xp.positive(xp.asarray([-1.0]))
        tensor([-1.])
    """
    return xp.positive(x)


@standard()
def conj(x: Tensor, /) -> Tensor:
    """The conjugates; a real array's elements are their own.

    Args:
        x: an array of numbers, of any shape.

    Returns:
        An array of the shape of ``x``.

    Example::

        >>> xp.conj(xp.asarray([1 + 2j]))
        tensor([1.-2.j])
    """
    return xp.conj(x) if check_tensor(x, "conj", "x").dtype.is_complex else xp.positive(x)


@standard()
def real(x: Tensor, /) -> Tensor:
    """The real parts; a real array's elements are their own.

    Args:
        x: an array of numbers, of any shape.

    Returns:
        A real array of the shape of ``x``.

    Example::

        >>> xp.real(xp.asarray([1 + 2j]))
        tensor([1.])
    """
    return xp.real(x) if check_tensor(x, "real", "x").dtype.is_complex else xp.positive(x)


@standard()
def imag(x: Tensor, /) -> Tensor:
    """The imaginary parts; of a real array zeros.

    Args:
        x: an array of numbers, of any shape.

    Returns:
        A real array of the shape of ``x``.

    Example::

        >>> xp.imag(xp.asarray([1 + 2j]))
        tensor([2.])
    """
    return xp.imag(x) if check_tensor(x, "imag", "x").dtype.is_complex else xp.zeros_like(x)


@standard(_elementwise.clamp)
def clip(x: Tensor, /, min: Tensor | float | None = None, max: Tensor | float | None = None) -> Tensor:
    """The elements clamped to a range, in the type of ``x``.

    Where ``x`` is equal to a bound the gradient goes to ``x``.

    Raises:
        RuntimeError: the shapes do not broadcast.
        TypeError: ``x`` is complex or not an array.
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
