"""Moving elements: shapes and orders."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from typing import Any

from .._core.errors import ShapeError
from .._core.primitive import OPERATIONS as xp
from .._core.scalars import as_int, as_ints
from .._core.tensor import Tensor
from .._functions import broadcasting, joining, manipulation, scatter_gather, slicing
from .._functions.common import check_tensor
from .._ops.axes import normal_axis
from ._data_types import promote_arrays
from ._declaration import standard


def normalize_axes(axis: Any, ndim: int) -> tuple[int, ...]:
    """One axis or several, counted from the front.  Raises ValueError for one that appears twice."""
    axes = tuple([normal_axis(a, ndim) for a in as_ints(axis)])
    if len(set(axes)) != len(axes):
        raise ShapeError(f"an axis appears twice in {axis}")
    return axes


@standard(broadcasting.broadcast_shapes)
def broadcast_shapes(*shapes: tuple[int, ...]) -> tuple[int, ...]:
    """The shape that arrays of ``shapes`` are broadcast to.

    Args:
        *shapes: tuples of lengths.

    Raises:
        ValueError: the shapes do not broadcast, or a length is negative.
        TypeError: a shape is not made of ints.
    """
    try:
        return tuple(broadcasting.broadcast_shapes(*shapes))
    except RuntimeError as error:
        raise ShapeError(str(error)) from None


@standard(broadcasting.broadcast_to)
def broadcast_to(x: Tensor, /, shape: tuple[int, ...]) -> Tensor:
    """``x`` broadcast to ``shape``."""
    return broadcasting.broadcast_to(x, shape)


@standard(broadcasting.broadcast_tensors)
def broadcast_arrays(*arrays: Tensor) -> tuple[Tensor, ...]:
    """``arrays`` broadcast against one another."""
    shape = broadcast_shapes(*[x.shape for x in arrays])
    return tuple([broadcast_to(x, shape) for x in arrays])


@standard(joining.cat)
def concat(arrays: Sequence[Tensor], /, *, axis: int | None = 0) -> Tensor:
    """Arrays joined along an axis that they have.

    Args:
        arrays: a sequence of arrays whose shapes differ in ``axis`` only, of data types that are promoted.
        axis: the axis.  None flattens the arrays first.

    Raises:
        ValueError: the sequence is empty, or the shapes do not fit.
        TypeError: an element of ``arrays`` is not an array, or their data types have no common one.
    """
    arrays = _check_and_promote(arrays, "concat")
    if axis is None:
        return xp.concat([xp.reshape(x, (-1,)) for x in arrays], axis=0)
    return xp.concat(arrays, axis=normal_axis(as_int(axis), arrays[0].ndim))


@standard(joining.stack)
def stack(arrays: Sequence[Tensor], /, *, axis: int = 0) -> Tensor:
    """Arrays of one shape joined along a new axis.

    Raises:
        ValueError: the sequence is empty, or the shapes differ.
        TypeError: an element of ``arrays`` is not an array, or their data types have no common one.
    """
    arrays = _check_and_promote(arrays, "stack")
    return xp.stack(arrays, axis=normal_axis(as_int(axis), arrays[0].ndim + 1))


def _check_and_promote(arrays: Sequence[Tensor], name: str) -> list[Tensor]:
    arrays = [check_tensor(x, name, "arrays") for x in arrays]
    if not arrays:
        raise ShapeError(f"{name}(): at least one array is needed")
    return promote_arrays(*arrays)


@standard()
def expand_dims(x: Tensor, /, axis: int | tuple[int, ...]) -> Tensor:
    """Insert axes of length 1.

    Args:
        axis: the position of the new axis in the result, or several as a tuple.

    Returns:
        An array of the same elements.

    Raises:
        ValueError: a position appears twice.

    Example::

        >>> xp.expand_dims(xp.ones(3), axis=(0, 2)).shape
        polygrad.Size([1, 3, 1])
    """
    several = as_ints(axis)
    for position in sorted(normalize_axes(several, check_tensor(x, "expand_dims", "x").ndim + len(several))):
        x = xp.expand_dims(x, position)
    return x


@standard()
def squeeze(x: Tensor, /, axis: int | tuple[int, ...]) -> Tensor:
    """Remove axes of length 1.

    Args:
        axis: the axis, or several as a tuple.

    Returns:
        An array of the same elements.

    Raises:
        ValueError: an axis has another length, or appears twice.

    Example::

        >>> xp.squeeze(xp.ones((1, 3, 1)), axis=0).shape
        polygrad.Size([3, 1])
    """
    axes = normalize_axes(axis, check_tensor(x, "squeeze", "x").ndim)
    for a in axes:
        if x.shape[a] != 1:
            raise ShapeError(f"squeeze(): axis {a} has length {x.shape[a]}, not 1")
    return xp.reshape(x, tuple([n for a, n in enumerate(x.shape) if a not in axes]))


@standard(manipulation.flip)
def flip(x: Tensor, /, *, axis: int | tuple[int, ...] | None = None) -> Tensor:
    """``x`` with the order of its elements reversed along axes.

    Args:
        axis: the axis, or several as a tuple.  None, the default, is all of them.

    Raises:
        ValueError: an axis appears twice.

    Example::

        >>> xp.flip(xp.asarray([[1, 2], [3, 4]]), axis=0)
        tensor([[3, 4],
                [1, 2]])
    """
    check_tensor(x, "flip", "x")
    return xp.flip(x, tuple(range(x.ndim)) if axis is None else normalize_axes(axis, x.ndim))


@standard(manipulation.movedim)
def moveaxis(x: Tensor, source: int | tuple[int, ...], destination: int | tuple[int, ...], /) -> Tensor:
    """``x`` with axes moved to other positions, the rest in their order.

    Raises:
        ValueError: there are more of one than of the other, or an axis appears twice.
        IndexError: an axis is out of range.
    """
    check_tensor(x, "moveaxis", "x")
    return manipulation.movedim(x, source, destination) if x.ndim else x


@standard(manipulation.permute)
def permute_dims(x: Tensor, /, axes: tuple[int, ...]) -> Tensor:
    """``x`` with its axes in another order.

    Args:
        axes: all axes in their new order.

    Raises:
        ValueError: ``axes`` is not a permutation of the axes.
        IndexError: an axis is out of range.
    """
    chosen = normalize_axes(axes, check_tensor(x, "permute_dims", "x").ndim)
    if len(chosen) != x.ndim:
        raise ShapeError(f"permute_dims(): axes {axes} are not the {x.ndim} axes of the array")
    return xp.permute_dims(x, chosen)


@standard(scatter_gather.repeat_interleave)
def repeat(x: Tensor, repeats: int | Tensor, /, *, axis: int | None = None) -> Tensor:
    """Every element several times in a row, along an axis, or of the flattened array.

    Args:
        x: an array of any shape.
    """
    check_tensor(x, "repeat", "x")
    return scatter_gather.repeat_interleave(x, repeats, axis)


@standard(manipulation.reshape)
def reshape(x: Tensor, /, shape: tuple[int, ...], *, copy: builtins.bool | None = None) -> Tensor:
    """``x`` in another shape.

    Args:
        shape: the new lengths.  One of them may be -1: it follows from the others.
        copy: True copies, False never does; None, the default, copies where it must.

    Raises:
        ValueError: the number of elements differs, several lengths are -1, or ``copy=False`` and PyTorch's memory layout would
            need a copy, as of a transpose that is flattened.
    """
    check_tensor(x, "reshape", "x")
    shape = as_ints(shape)
    if copy is False:
        return manipulation.view(x, shape)
    return manipulation.reshape(xp.clone(x) if copy else x, shape)


@standard(manipulation.roll)
def roll(x: Tensor, /, shift: int | tuple[int, ...], *, axis: int | tuple[int, ...] | None = None) -> Tensor:
    """``x`` with its elements moved along axes, those that leave at one end coming in at the other.

    Raises:
        ValueError: there are not as many shifts as axes.
    """
    check_tensor(x, "roll", "x")
    if axis is None:
        return xp.roll(x, shift)
    axes = tuple([normal_axis(a, x.ndim) for a in as_ints(axis)])
    shifts = as_ints(shift) * (len(axes) if hasattr(shift, "__index__") else 1)
    if len(shifts) != len(axes):
        raise ShapeError(f"roll(): {len(shifts)} shifts for {len(axes)} axes")
    return xp.roll(x, shifts, axes)


@standard(broadcasting.tile)
def tile(x: Tensor, repetitions: tuple[int, ...], /) -> Tensor:
    """``x`` repeated as a whole.

    Args:
        x: an array of any shape.
        repetitions: how often along each axis.  Where it is longer than the shape, the missing axes come first, with length 1.

    Example::

        >>> xp.tile(xp.asarray([1, 2]), (2, 2))
        tensor([[1, 2, 1, 2],
                [1, 2, 1, 2]])
    """
    return broadcasting.tile(x, *as_ints(repetitions))


@standard(slicing.unbind)
def unstack(x: Tensor, /, *, axis: int = 0) -> tuple[Tensor, ...]:
    """The slices of ``x`` along an axis."""
    return slicing.unbind(x, normal_axis(as_int(axis), check_tensor(x, "unstack", "x").ndim))
