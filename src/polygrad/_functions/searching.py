"""Positions of elements: extrema, nonzero elements, binary search."""

from __future__ import annotations

from typing import Any

from .. import _dtypes
from .._core.primitive import OPERATIONS as xp
from .._core.tensor import Tensor
from .common import numpy_spelling, place_of
from .creation import as_tensor
from .joining import stack
from .keys import nonzero_positions
from .public import public_function
from .reductions import nonempty_dims


@public_function(method=True, out=True)
@numpy_spelling
def argmax(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """Return the index of the largest element, in the flattened tensor or along ``dim``.

    Args:
        input: a real tensor of any shape.  NaN counts as the largest value, and of equal elements the first is taken.
        dim: the dimension to reduce.  None, the default, counts in the flattened tensor.
        keepdim: whether the reduced dimensions stay in the result, with length 1.

    Returns:
        An int64 tensor.

    Raises:
        IndexError: the dimension is out of range or has no elements.

    Example::

        >>> x = polygrad.tensor([[1.0, 5.0], [4.0, 3.0]])
        >>> polygrad.argmax(x), polygrad.argmax(x, dim=1)
        (tensor(1), tensor([1, 0]))
    """
    return xp.argmax(input, nonempty_dims("argmax", input, dim) if input.ndim else None, keepdim)


@public_function(method=True, out=True)
@numpy_spelling
def argmin(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """Return the index of the smallest element, in the flattened tensor or along ``dim``.

    Args:
        input: a real tensor of any shape.  NaN counts as the smallest value, and of equal elements the first is taken.
        dim: the dimension to reduce.  None, the default, counts in the flattened tensor.
        keepdim: whether the reduced dimensions stay in the result, with length 1.

    Returns:
        An int64 tensor.

    Raises:
        IndexError: the dimension is out of range or has no elements.

    Example::

        >>> x = polygrad.tensor([[1.0, 5.0], [4.0, 3.0]])
        >>> polygrad.argmin(x), polygrad.argmin(x, dim=1)
        (tensor(0), tensor([0, 1]))
    """
    return xp.argmin(input, nonempty_dims("argmin", input, dim) if input.ndim else None, keepdim)


@public_function(method=True, out=True)
def nonzero(input: Tensor, *, as_tuple: bool = False) -> Any:
    """Return the positions of the elements that are not 0.

    The shape of the result depends on values, so this cannot be compiled.

    Args:
        input: a tensor of any shape and type.
        as_tuple: whether the result is a tuple of vectors, which can be used as an index.

    Returns:
        An int64 tensor of shape ``(n, input.ndim)``, one position a row; or with ``as_tuple`` one vector of length ``n``
        for each dimension.

    Example::

        >>> x = polygrad.tensor([0, 7, 0, 9])
        >>> polygrad.nonzero(x)
        tensor([[1],
                [3]])
        >>> x[polygrad.nonzero(x, as_tuple=True)]
        tensor([7, 9])
    """
    mask = input if input.dtype.kind == "bool" else input != 0
    positions = nonzero_positions(mask)
    if as_tuple:
        return tuple(positions)
    return stack(positions, -1) if input.ndim else xp.reshape(positions[0], (-1, 1))[:, :0]


@public_function(method=True)
def argwhere(input: Tensor) -> Tensor:
    """Return the positions of the elements that are not 0, one a row.

    Args:
        input: a tensor of any shape and type.

    Returns:
        An int64 tensor of shape ``(n, input.ndim)``.

    Example::

        >>> polygrad.argwhere(polygrad.tensor([0, 7, 0, 9]))
        tensor([[1],
                [3]])
    """
    return nonzero(input)


@public_function(out=True)
def searchsorted(
    sorted_sequence: Tensor,
    input: Any,
    *,
    out_int32: bool = False,
    right: bool = False,
    side: str | None = None,
    sorter: Tensor | None = None,
) -> Tensor:
    """Find by binary search where values would have to be inserted to keep a sequence sorted.

    Args:
        sorted_sequence: a tensor that is sorted along its last dimension, in ascending order.
        input: the values: a number, or a tensor.  ``sorted_sequence`` is a vector, or its other dimensions are those of
            ``input``.
        out_int32: whether the result is int32 instead of int64.
        right: whether a value is inserted after equal elements instead of before them.
        side: ``"left"`` or ``"right"``, another way to say ``right``.
        sorter: indices that sort ``sorted_sequence``, as `argsort` gives them, if it is not sorted itself.

    Returns:
        A tensor of indices with the shape of ``input``.

    Raises:
        RuntimeError: ``side`` is neither, or the shapes differ before the last dimension.

    Example::

        >>> polygrad.searchsorted(polygrad.tensor([1, 3, 5]), polygrad.tensor([3, 6]))
        tensor([1, 3])
    """
    if side not in (None, "left", "right"):
        raise RuntimeError(f"searchsorted(): side must be 'left' or 'right', not {side!r}")
    side = side or ("right" if right else "left")
    values = input if isinstance(input, Tensor) else as_tensor(input, **place_of(sorted_sequence))
    common = _dtypes.promote(sorted_sequence.dtype, values.dtype)
    places, values = xp.astype(sorted_sequence, common).detach(), xp.astype(values, common).detach()
    if sorter is not None:
        places = xp.take_along_axis(places, sorter, axis=-1)
    if places.ndim == 1:
        found = xp.searchsorted(places, values, side)
    elif places.shape[:-1] != values.shape[:-1]:
        raise RuntimeError(
            f"searchsorted(): the shapes {tuple(places.shape)} and {tuple(values.shape)} may differ in the last "
            "dimension only"
        )
    else:
        line, value = (
            xp.reshape(places, (*places.shape[:-1], 1, places.shape[-1])),
            xp.reshape(values, (*values.shape, 1)),
        )
        before = line < value if side == "left" else line <= value
        found = xp.sum(xp.astype(before, _dtypes.int64), -1)
    return xp.astype(found, _dtypes.int32 if out_int32 else _dtypes.int64)


@public_function(out=True)
def bucketize(input: Any, boundaries: Tensor, *, out_int32: bool = False, right: bool = False) -> Tensor:
    """Find the index of the interval between boundaries in which each value lies.

    Args:
        input: the values, a number or a tensor of any shape.
        boundaries: a vector in ascending order.
        out_int32: whether the result is int32 instead of int64.
        right: whether an interval contains its left end instead of its right one.

    Returns:
        A tensor of indices with the shape of ``input``: 0 before the first boundary, ``len(boundaries)`` after the last.

    Example::

        >>> polygrad.bucketize(polygrad.tensor([0.5, 2.0, 9.0]), polygrad.tensor([1.0, 2.0, 3.0]))
        tensor([0, 1, 3])
    """
    return searchsorted(boundaries, input, out_int32=out_int32, right=right)
