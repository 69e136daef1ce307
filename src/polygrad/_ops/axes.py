"""Axes by number: from the front, and of a batch."""

from __future__ import annotations

from typing import Any

from .._core.scalars import as_int


def normal_axis(axis: int, ndim: int) -> int:
    """``axis`` counted from the front.  Raises IndexError where there is no such axis."""
    bound = max(ndim, 1)
    if axis.__class__ is not int:
        axis = as_int(axis)
    if not -bound <= axis < bound:
        raise IndexError(f"Dimension out of range (expected to be in range of [{-bound}, {bound - 1}], but got {axis})")
    return axis % bound


def inverse(axes) -> tuple[int, ...]:
    """The permutation that undoes ``axes``."""
    return tuple(sorted(range(len(axes)), key=axes.__getitem__))


def shift_axis(axis: Any, ndim: int) -> Any:
    """Translate ``axis`` of an example with ``ndim`` dimensions (None for all, an int, or a tuple) to the batched array."""
    if axis is None:
        return tuple(range(1, ndim + 1))
    if isinstance(axis, (tuple, list)):
        return tuple([normal_axis(a, ndim) + 1 for a in axis if ndim])
    return normal_axis(axis, ndim) + 1 if ndim else ()


def product(lengths: Any) -> int:
    """The product of ``lengths``."""
    total = 1
    for n in lengths:
        total *= n
    return total
