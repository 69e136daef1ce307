"""Moving elements: shapes and orders."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from typing import Any

from .._core.errors import ShapeError
from .._core.primitive import OPERATIONS as xp
from .._core.scalars import as_int, as_ints
from .._core.tensor import Tensor
from .._functions import broadcasting, manipulation, scatter_gather, slicing
from .._functions.common import check_tensor
from .._ops.axes import normal_axis
from ._data_types import promote_arrays


def normalize_axes(axis: Any, ndim: int) -> tuple[int, ...]:
    """One axis or several, counted from the front.  Raises ValueError for one that appears twice."""
    axes = tuple([normal_axis(a, ndim) for a in as_ints(axis)])
    if len(set(axes)) != len(axes):
        raise ShapeError(f"an axis appears twice in {axis}")
    return axes


def broadcast_shapes(*shapes: tuple[int, ...]) -> tuple[int, ...]:
    """The shape that arrays of ``shapes`` are broadcast to.  Raises ValueError where they cannot be."""
    try:
        return tuple(broadcasting.broadcast_shapes(*shapes))
    except RuntimeError as error:
        raise ShapeError(str(error)) from None


def broadcast_to(x: Tensor, /, shape: tuple[int, ...]) -> Tensor:
    """``x`` broadcast to ``shape``."""
    return broadcasting.broadcast_to(x, shape)


def broadcast_arrays(*arrays: Tensor) -> tuple[Tensor, ...]:
    """``arrays`` broadcast against one another."""
    shape = broadcast_shapes(*[x.shape for x in arrays])
    return tuple([broadcast_to(x, shape) for x in arrays])


def concat(arrays: Sequence[Tensor], /, *, axis: int | None = 0) -> Tensor:
    """Arrays joined along an axis that they have; flattened first where it is None.  Types are promoted."""
    arrays = _check_and_promote(arrays)
    if axis is None:
        return xp.concat([xp.reshape(x, (-1,)) for x in arrays], axis=0)
    return xp.concat(arrays, axis=normal_axis(as_int(axis), arrays[0].ndim))


def stack(arrays: Sequence[Tensor], /, *, axis: int = 0) -> Tensor:
    """Arrays of one shape joined along a new axis."""
    arrays = _check_and_promote(arrays)
    return xp.stack(arrays, axis=normal_axis(as_int(axis), arrays[0].ndim + 1))


def _check_and_promote(arrays: Sequence[Tensor]) -> list[Tensor]:
    arrays = [check_tensor(x, "concat", "arrays") for x in arrays]
    if not arrays:
        raise ShapeError("at least one array is needed")
    return promote_arrays(*arrays)


def expand_dims(x: Tensor, /, axis: int | tuple[int, ...] = 0) -> Tensor:
    """``x`` with axes of length 1 where ``axis`` says, in the result."""
    several = as_ints(axis)
    for position in sorted(normalize_axes(several, check_tensor(x, "expand_dims", "x").ndim + len(several))):
        x = xp.expand_dims(x, position)
    return x


def squeeze(x: Tensor, /, axis: int | tuple[int, ...]) -> Tensor:
    """``x`` without the axes of length 1 that ``axis`` names.  Raises ValueError for one of another length."""
    axes = normalize_axes(axis, check_tensor(x, "squeeze", "x").ndim)
    for a in axes:
        if x.shape[a] != 1:
            raise ShapeError(f"squeeze(): axis {a} has length {x.shape[a]}, not 1")
    return xp.reshape(x, tuple([n for a, n in enumerate(x.shape) if a not in axes]))


def flip(x: Tensor, /, *, axis: int | tuple[int, ...] | None = None) -> Tensor:
    """``x`` with the order of its elements reversed along the axes, or along all."""
    check_tensor(x, "flip", "x")
    return xp.flip(x, tuple(range(x.ndim)) if axis is None else normalize_axes(axis, x.ndim))


def moveaxis(x: Tensor, source: int | tuple[int, ...], destination: int | tuple[int, ...], /) -> Tensor:
    """``x`` with axes moved to other positions, the rest in their order."""
    check_tensor(x, "moveaxis", "x")
    return manipulation.movedim(x, source, destination) if x.ndim else x


def permute_dims(x: Tensor, /, axes: tuple[int, ...]) -> Tensor:
    """``x`` with its axes in the order ``axes``."""
    chosen = normalize_axes(axes, check_tensor(x, "permute_dims", "x").ndim)
    if len(chosen) != x.ndim:
        raise ShapeError(f"permute_dims(): axes {axes} are not the {x.ndim} axes of the array")
    return xp.permute_dims(x, chosen)


def repeat(x: Tensor, repeats: int | Tensor, /, *, axis: int | None = None) -> Tensor:
    """Every element ``repeats`` times in a row, along an axis, or of the flattened array."""
    check_tensor(x, "repeat", "x")
    return scatter_gather.repeat_interleave(x, repeats, axis)


def reshape(x: Tensor, /, shape: tuple[int, ...], *, copy: builtins.bool | None = None) -> Tensor:
    """``x`` in another shape, of which one length may be -1.  With ``copy=False`` it must be a view, else ValueError is raised."""
    check_tensor(x, "reshape", "x")
    shape = as_ints(shape)
    if copy:
        return manipulation.reshape(xp.clone(x), shape)
    return manipulation.reshape(x, shape)


def roll(x: Tensor, /, shift: int | tuple[int, ...], *, axis: int | tuple[int, ...] | None = None) -> Tensor:
    """``x`` with its elements moved along axes, those that leave at one end coming in at the other."""
    check_tensor(x, "roll", "x")
    if axis is None:
        return xp.roll(x, shift)
    axes = tuple([normal_axis(a, x.ndim) for a in as_ints(axis)])
    shifts = as_ints(shift) * (len(axes) if hasattr(shift, "__index__") else 1)
    if len(shifts) != len(axes):
        raise ShapeError(f"roll(): {len(shifts)} shifts for {len(axes)} axes")
    return xp.roll(x, shifts, axes)


def tile(x: Tensor, repetitions: tuple[int, ...], /) -> Tensor:
    """``x`` repeated as a whole along its axes; missing axes come first, with length 1."""
    return broadcasting.tile(x, *as_ints(repetitions))


def unstack(x: Tensor, /, *, axis: int = 0) -> tuple[Tensor, ...]:
    """The slices of ``x`` along an axis."""
    return slicing.unbind(x, normal_axis(as_int(axis), check_tensor(x, "unstack", "x").ndim))
