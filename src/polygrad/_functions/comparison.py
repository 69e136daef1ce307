"""Comparisons of values: within a tolerance, of whole tensors, and where NaN and infinities are."""

from __future__ import annotations

import math

from .. import _dtypes
from .._core.errors import ShapeError
from .._core.primitive import OPERATIONS as xp
from .._core.same_dtype import require_same_dtype
from .._core.tensor import Tensor
from .common import check_real
from .public import public_function


@public_function(method=True)
@require_same_dtype("input", "other")
def isclose(input: Tensor, other: Tensor, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> Tensor:
    """Test which elements of two tensors are equal within a tolerance.

    Two elements are close if ``|input - other| <= atol + rtol * |other|``.  Equal infinities are close.

    Args:
        input: a tensor.
        other: a tensor of the same data type, whose shape broadcasts with that of ``input``.
        rtol: the relative tolerance.
        atol: the absolute tolerance, in the units of the elements.
        equal_nan: whether NaN is close to NaN.

    Returns:
        A boolean tensor of the broadcast shape.

    Raises:
        ValueError: a tolerance is negative.
        RuntimeError: the data types differ.

    Example::

        >>> polygrad.isclose(polygrad.tensor([1.0, 2.0]), polygrad.tensor([1.0, 2.1]))
        tensor([ True, False])
    """
    if rtol < 0 or atol < 0:
        raise ShapeError(f"isclose: rtol and atol must not be negative, but they are {rtol} and {atol}")
    if isinstance(input, Tensor) and input.dtype.kind == "bool":
        input, other = (xp.astype(x, _dtypes.int8) if isinstance(x, Tensor) else x for x in (input, other))
    close = xp.logical_or(xp.equal(input, other), xp.abs(input - other) <= atol + rtol * xp.abs(other))
    close = xp.logical_and(close, xp.logical_or(xp.isfinite(other), xp.equal(input, other)))
    return xp.logical_or(close, xp.logical_and(xp.isnan(input), xp.isnan(other))) if equal_nan else close


@public_function(method=True)
def allclose(input: Tensor, other: Tensor, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> bool:
    """Test whether all elements of two tensors are equal within a tolerance, as `isclose` defines it.

    Args:
        input: a tensor.
        other: a tensor of the same data type, whose shape broadcasts with that of ``input``.
        rtol: the relative tolerance.
        atol: the absolute tolerance, in the units of the elements.
        equal_nan: whether NaN is close to NaN.

    Returns:
        A Python bool.

    Raises:
        ValueError: a tolerance is negative.
        RuntimeError: the data types differ.

    Example::

        >>> polygrad.allclose(polygrad.tensor([1.0]), polygrad.tensor([1.0 + 1e-7]))
        True
    """
    return bool(xp.all(isclose(input, other, rtol, atol, equal_nan)))


@public_function(method=True)
def equal(input: Tensor, other: Tensor) -> bool:
    """Test whether two tensors have the same shape and equal elements.

    The operator ``==`` and `eq` compare element by element instead.

    Args:
        input: a tensor.
        other: a tensor.

    Returns:
        A Python bool.  NaN equals nothing.

    Example::

        >>> polygrad.equal(polygrad.tensor([1, 2]), polygrad.tensor([1, 2]))
        True
    """
    return tuple(input.shape) == tuple(other.shape) and bool(xp.all(xp.equal(input, other)))


@public_function(method=True, out=True)
def fmax(input: Tensor, other: Tensor) -> Tensor:
    """Return the larger element of each pair, ignoring NaN where only one of the two is NaN.

    The gradient goes to the chosen operand, and to ``input`` where both are equal.

    Args:
        input: a tensor.
        other: a tensor whose shape broadcasts with that of ``input``.

    Returns:
        A tensor of the broadcast shape.

    Example::

        >>> polygrad.fmax(polygrad.tensor([1.0, float("nan")]), polygrad.tensor([3.0, 2.0]))
        tensor([3., 2.])
    """
    return xp.where(xp.logical_or(input >= other, xp.isnan(other)), input, other)


@public_function(method=True, out=True)
def fmin(input: Tensor, other: Tensor) -> Tensor:
    """Return the smaller element of each pair, ignoring NaN where only one of the two is NaN.

    The gradient goes to the chosen operand, and to ``input`` where both are equal.

    Args:
        input: a tensor.
        other: a tensor whose shape broadcasts with that of ``input``.

    Returns:
        A tensor of the broadcast shape.

    Example::

        >>> polygrad.fmin(polygrad.tensor([1.0, float("nan")]), polygrad.tensor([3.0, 2.0]))
        tensor([1., 2.])
    """
    return xp.where(xp.logical_or(input <= other, xp.isnan(other)), input, other)


@public_function(method=True, out=True)
def isposinf(input: Tensor) -> Tensor:
    """Test which elements are positive infinity.

    Args:
        input: a real tensor of any shape.

    Returns:
        A boolean tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is complex.

    Example::

        >>> polygrad.isposinf(polygrad.tensor([1.0, float("inf"), -float("inf")]))
        tensor([False,  True, False])
    """
    check_real("isposinf", input)
    return input == math.inf


@public_function(method=True, out=True)
def isneginf(input: Tensor) -> Tensor:
    """Test which elements are negative infinity.

    Args:
        input: a real tensor of any shape.

    Returns:
        A boolean tensor of the shape of ``input``.

    Raises:
        TypeError: ``input`` is complex.

    Example::

        >>> polygrad.isneginf(polygrad.tensor([1.0, float("inf"), -float("inf")]))
        tensor([False, False,  True])
    """
    check_real("isneginf", input)
    return input == -math.inf
