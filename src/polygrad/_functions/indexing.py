"""Indexing: ``x[key]`` and ``x[key] = value``."""

from __future__ import annotations

import math
from typing import Any

from .. import _dtypes
from .._core.dispatch import attach_view
from .._core.errors import ShapeError
from .._core.expansion import find_expanded, find_positions, positions_like
from .._core.primitive import OPERATIONS as xp
from .._core.same_dtype import check_same_dtype
from .._core.scalars import PYTHON_SCALARS, to_python
from .._core.tensor import Tensor
from .._dtypes import cast_number
from .broadcasting import broadcast_tensors
from .common import place_of
from .creation import as_tensor
from .keys import byte_mask, is_mask, parse

_FULL = slice(None)


def getitem(x: Tensor, key: Any) -> Tensor:
    """Return ``x[key]``: a view for ints, slices, None and Ellipsis; a copy for index tensors and masks.

    An integer tensor without dimensions is an int.  As in PyTorch, ints select before index tensors, and a boolean (or
    a boolean tensor without dimensions) adds an axis of length 1 or 0.

    Raises IndexError for a key that does not fit.
    """
    basic, indices = parse(x, key)
    part = xp.getitem(x, basic)
    if not indices:
        return part
    picked = _gather(part, indices)
    if all(not index.ndim and not is_mask(index) and index.backend.level <= 1 for _, index in indices):
        attach_view(picked, x, Selection, {"basic": basic, "indices": indices})  # type: ignore[arg-type]  # it has what attach_view needs of a primitive
    return picked


def setitem(x: Tensor, key: Any, value: Any) -> None:
    """Assign ``x[key] = value`` in place, broadcasting ``value``.

    Raises IndexError for a key, and RuntimeError for a shape, that does not fit.
    """
    if key is False:
        return  # nothing is selected, and PyTorch does not record it
    if not isinstance(value, Tensor):
        value = to_python(value)
        value = scalar_for(x, value) if value.__class__ in PYTHON_SCALARS else _as_value(x, value)
    if isinstance(key, Tensor) and key.dtype is _dtypes.uint8:
        key = byte_mask(key)
    if is_mask(key) and key.shape == x.shape[: key.ndim] and value.ndim == 0:
        mask = key if key.ndim == x.ndim else xp.reshape(key, (*key.shape, *(1,) * (x.ndim - key.ndim)))
        masked_put(x, mask, xp.astype(value, x.dtype))
        return
    basic, indices = parse(x, key)
    if not indices and value._base is not None and value._base[0] is x and value._base[2] == {"key": basic}:
        return  # ``x[key] += 1`` assigns the view that was changed in place
    if x._base is not None and (base := find_expanded(x)) is not None:
        x._check_in_place()
        value = xp.astype(value, x.dtype)
        if indices:  # positions may repeat: the last value wins
            xp.reshape(base, (-1,))[positions_like(base, find_positions(base, x))[key]] = value
        else:
            part = xp.getitem(x, basic)
            part._assign(_broadcast(value, tuple(part.shape)))
        return
    if not indices:
        try:
            x._in_place(xp.slice_put, xp.astype(value, x.dtype), basic)
        except ShapeError as error:
            shape = tuple(xp.getitem(x.detach(), basic).shape)
            narrowed = _strip_leading_ones(value, len(shape))
            if narrowed is not value:
                setitem(x, basic, narrowed)
                return
            raise ShapeError(
                f"shape mismatch: a value of shape {tuple(value.shape)} cannot be written to an indexed part of "
                f"shape {shape}"
            ) from error
        return
    x._check_in_place()
    if value.dtype is not x.dtype:
        if not (is_mask(key) and value.shape.numel() == 1):
            check_same_dtype("x[indices] = value", {"x": x, "value": value})
        value = xp.astype(value, x.dtype)
    axes, positions = zip(*indices, strict=True)
    # Where index arrays with and without dimensions are mixed, libraries differ in where the picked axes go.
    alike = len(positions) == 1 or len({not index.ndim for index in positions}) == 1
    if alike and x._overwrite("index_put_", value, basic, axes, *positions):
        return
    x._assign(_put(x, basic, indices, value))


def _put(x: Tensor, basic: tuple, indices: list[tuple[int, Tensor]], value: Tensor) -> Tensor:
    """Return a copy of ``x`` with ``value`` written at a key."""
    written = _scatter(xp.getitem(x, basic), indices, value)
    return xp.slice_put(x, written, basic) if any(k is not Ellipsis and k != _FULL for k in basic) else written


def _as_value(x: Tensor, value: Any) -> Tensor:
    return as_tensor(value, dtype=x.dtype, **place_of(x))


def _broadcast(value: Tensor, shape: tuple[int, ...]) -> Tensor:
    """Broadcast ``value`` to the ``shape`` of the part that it is written to."""
    if tuple(value.shape) == shape:
        return value
    try:
        return xp.broadcast_to(_strip_leading_ones(value, len(shape)), shape)
    except ValueError:
        raise RuntimeError(
            f"shape mismatch: a value of shape {tuple(value.shape)} cannot be written to an indexed part of shape {shape}"
        ) from None


def _strip_leading_ones(value: Tensor, ndim: int) -> Tensor:
    """Remove leading axes of length 1 from a ``value`` with more than ``ndim`` axes, as assignments do before they broadcast."""
    extra = value.ndim - ndim
    if extra <= 0 or any(n != 1 for n in value.shape[:extra]):
        return value
    return xp.reshape(value, tuple(value.shape[extra:]))


def masked_put(x: Tensor, mask: Tensor, value: Tensor) -> None:
    """Write ``value``, a tensor without dimensions of the type of ``x``, where the broadcast ``mask`` is True."""
    x._check_in_place()
    if x._base is not None and (base := find_expanded(x)) is not None:
        positions = xp.reshape(positions_like(base, find_positions(base, x)), (-1,))
        hits = xp.reshape(xp.astype(xp.broadcast_to(mask, tuple(x.shape)), _dtypes.int64), (-1,))
        masked_put(xp.reshape(base, (-1,)), xp.index_add(hits, positions, base.shape.numel()) > 0, value)
    elif not x._overwrite("masked_put_", mask, value):
        x._assign(xp.where(mask, value, x))


def scalar_for(x: Tensor, value: Any) -> Tensor:
    """Return a number as a 0-d tensor of the type of ``x``, truncated for integers as in PyTorch.

    Raises RuntimeError for a number above the range of the type; negative ones of an unsigned type wrap.
    """
    dtype = x.dtype
    return x._new_scalar(cast_number(value, dtype), dtype)


class Selection:
    """The operation of a view that integer tensors without dimensions select while a program is recorded.

    The program reads them anew at every call, so they cannot become ints of a basic key.  It takes the place of a
    primitive.
    """

    name = "selection"

    @staticmethod
    def op(x: Tensor, *, basic: tuple, indices: list[tuple[int, Tensor]]) -> Tensor:
        return _gather(xp.getitem(x, basic), indices)

    @staticmethod
    def view(base: Tensor, value: Tensor, *, basic: tuple, indices: list[tuple[int, Tensor]]) -> Tensor:
        return _put(base, basic, indices, value)


# -- index tensors -----------------------------------------------------------------------------------------------------


class _Layout:
    """Arranges a tensor with index tensors on some axes as rows, which one vector of positions picks."""

    def __init__(self, x: Tensor, indices: list[tuple[int, Tensor]]):
        axes = [axis for axis, _ in indices]
        rest = [a for a in range(x.ndim) if a not in axes]
        self.order = (*axes, *rest)
        self.moved = tuple(x.shape[a] for a in self.order)
        self.lengths = self.moved[: len(axes)]
        self.rest = self.moved[len(axes) :]
        found = broadcast_tensors(*[index for _, index in indices])
        self.picked = tuple(found[0].shape)
        position = found[0]
        for index, length in zip(found[1:], self.lengths[1:], strict=True):
            position = position * length + index
        self.position = xp.reshape(position, (-1,))
        self.front = axes[0] if len(axes) == 1 else self._front(indices)

    @staticmethod
    def _front(indices: list[tuple[int, Tensor]]) -> int:
        """Return how many of the other axes come before the picked ones.

        The picked axes take the place of the indexed ones if these were neighbours, and come first otherwise.  An index
        without dimensions selects first: its axis is gone then.
        """
        gone = [axis for axis, index in indices if not index.ndim]
        axes = [axis - sum(g < axis for g in gone) for axis, index in indices if index.ndim]
        return axes[0] if axes and axes == list(range(axes[0], axes[0] + len(axes))) else 0

    def rows(self, x: Tensor) -> Tensor:
        moved = x if self.order == tuple(range(x.ndim)) else xp.permute_dims(x, self.order)
        if len(self.lengths) == 1:
            return moved
        return xp.reshape(moved, (math.prod(self.lengths), *self.rest))

    def unrows(self, rows: Tensor) -> Tensor:
        moved = xp.reshape(rows, self.moved)
        if self.order == tuple(range(len(self.order))):
            return moved
        return xp.permute_dims(moved, tuple(sorted(range(len(self.order)), key=self.order.__getitem__)))

    @property
    def result_shape(self) -> tuple[int, ...]:
        return self.rest[: self.front] + self.picked + self.rest[self.front :]

    def from_picked(self, rows: Tensor) -> Tensor:
        result = xp.reshape(rows, self.picked + self.rest) if len(self.picked) != 1 else rows
        if not self.front:
            return result
        n, k = len(self.picked), self.front
        return xp.permute_dims(result, (*range(n, n + k), *range(n), *range(n + k, n + len(self.rest))))

    def to_picked(self, value: Tensor) -> Tensor:
        n, k = len(self.picked), self.front
        if k:
            value = xp.permute_dims(value, (*range(k, k + n), *range(k), *range(k + n, n + len(self.rest))))
        return xp.reshape(value, (math.prod(self.picked), *self.rest))


def _gather(x: Tensor, indices: list[tuple[int, Tensor]]) -> Tensor:
    layout = _Layout(x, indices)
    return layout.from_picked(xp.take_rows(layout.rows(x), layout.position))


def _scatter(x: Tensor, indices: list[tuple[int, Tensor]], value: Tensor) -> Tensor:
    layout = _Layout(x, indices)
    shape = layout.result_shape
    value = xp.astype(value, x.dtype)
    value = _broadcast(value, shape)
    return layout.unrows(xp.put_rows(layout.rows(x), layout.to_picked(value), layout.position))
