"""Positions of elements: extrema, nonzero elements, binary search."""

from __future__ import annotations

from typing import Any

from .. import _dtypes
from .._core.primitive import OPERATIONS as xp
from .._core.tensor import Tensor
from .common import numpy_spelling
from .creation import as_tensor
from .joining import stack
from .keys import nonzero_positions
from .reductions import nonempty_dims


@numpy_spelling
def argmax(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """Where the largest element is, in the flattened tensor or along ``dim``."""
    return xp.argmax(input, nonempty_dims("argmax", input, dim) if input.ndim else None, keepdim)


@numpy_spelling
def argmin(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """Where the smallest element is, in the flattened tensor or along ``dim``."""
    return xp.argmin(input, nonempty_dims("argmin", input, dim) if input.ndim else None, keepdim)


def nonzero(input: Tensor, *, as_tuple: bool = False) -> Any:
    """The positions of the nonzero elements: one row each, or, ``as_tuple``, one tensor per dimension."""
    mask = input if input.dtype.kind == "bool" else input != 0
    positions = nonzero_positions(mask)
    if as_tuple:
        return tuple(positions)
    return stack(positions, -1) if input.ndim else xp.reshape(positions[0], (-1, 1))[:, :0]


def argwhere(input: Tensor) -> Tensor:
    """The positions of the nonzero elements, one row each."""
    return nonzero(input)


def searchsorted(
    sorted_sequence: Tensor,
    input: Any,
    *,
    out_int32: bool = False,
    right: bool = False,
    side: str | None = None,
    sorter: Tensor | None = None,
) -> Tensor:
    """Where ``input`` would have to be put in for ``sorted_sequence`` to stay in order along its last dimension.

    Before equal elements, or after them with ``right``.  ``sorter`` puts the sequence in order, as `argsort` gives it.
    The other dimensions of both are the same, or ``sorted_sequence`` is a vector.
    """
    if side not in (None, "left", "right"):
        raise RuntimeError(f"searchsorted(): side can only be 'left' or 'right' but got {side!r}")
    side = side or ("right" if right else "left")
    values = (
        input
        if isinstance(input, Tensor)
        else as_tensor(input, backend=sorted_sequence.backend, device=sorted_sequence.device)
    )
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


def bucketize(input: Any, boundaries: Tensor, *, out_int32: bool = False, right: bool = False) -> Tensor:
    """In which of the intervals between ``boundaries`` each element lies."""
    return searchsorted(boundaries, input, out_int32=out_int32, right=right)
