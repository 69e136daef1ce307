"""``x[key]`` and ``x[key] = value``: every key, brought to the few forms that the primitives know."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from .. import _dtypes
from .._core.dispatch import ShapeError
from .._core.expansion import expanded_from, positions_beside, positions_in
from .._core.primitive import OPERATIONS as xp
from .._core.scalars import SCALARS, plain
from .._core.tensor import Tensor, cell
from .._dtypes import fitted
from .._state import RECORDERS
from .common import ask, warn
from .creation import as_tensor, tensor

_FULL = slice(None)


def getitem(x: Tensor, key: Any) -> Tensor:
    """``x[key]``: a view for ints, slices, None and Ellipsis; a copy for index and mask tensors.

    As in PyTorch, an int selects before index tensors are looked at, and a boolean, or a boolean tensor without
    dimensions, adds an axis of length 1 or 0.  Raises IndexError for a key that does not fit.
    """
    basic, indices = parse(x, key)
    part = xp.getitem(x, basic)
    return part if not indices else _gather(part, indices)


def setitem(x: Tensor, key: Any, value: Any) -> None:
    """``x[key] = value``, in place, ``value`` broadcast.  Raises as `getitem`, and for a shape that does not fit."""
    if key is False:
        return  # it selects nothing, and PyTorch does not record it
    if not isinstance(value, Tensor):
        value = plain(value)
        value = scalar_for(x, value) if value.__class__ in SCALARS else _as_value(x, value)
    if isinstance(key, Tensor) and key.dtype is _dtypes.uint8:
        key = byte_mask(key)
    if _is_mask(key) and key.shape == x.shape[: key.ndim] and value.ndim == 0:
        mask = key if key.ndim == x.ndim else xp.reshape(key, (*key.shape, *(1,) * (x.ndim - key.ndim)))
        masked_put(x, mask, xp.astype(value, x.dtype))
        return
    basic, indices = parse(x, key)
    if not indices and value._base is not None and value._base[0] is x and value._base[2] == {"key": basic}:
        return  # ``x[key] += 1`` assigns the view that it already changed
    if x._base is not None and (base := expanded_from(x)) is not None:
        x._check_in_place()
        value = xp.astype(value, x.dtype)
        if indices:  # they may name a place twice, as an index may occur twice: the last value wins
            xp.reshape(base, (-1,))[positions_beside(base, positions_in(base, x))[key]] = value
        else:
            part = xp.getitem(x, basic)
            part._assign(_broadcast(value, tuple(part.shape)))
        return
    if not indices:
        try:
            x._in_place(xp.slice_put, xp.astype(value, x.dtype), basic)
        except ShapeError as error:
            shape = tuple(xp.getitem(x.detach(), basic).shape)
            narrowed = _without_leading_ones(value, len(shape))
            if narrowed is not value:
                setitem(x, basic, narrowed)
                return
            raise ShapeError(
                f"shape mismatch: a value of shape {tuple(value.shape)} cannot be written to an indexed part of "
                f"shape {shape}"
            ) from error
        return
    x._check_in_place()
    value = xp.astype(value, x.dtype)
    axes, positions = zip(*indices, strict=True)
    # A kernel has its library's rule for where arrays of no dimensions, mixed with others, put the picked axes.
    alike = len(positions) == 1 or len({not index.ndim for index in positions}) == 1
    if alike and x._overwrite("index_put_", value, basic, axes, *positions):
        return
    part = xp.getitem(x, basic)
    written = _scatter(part, indices, value)
    x._assign(xp.slice_put(x, written, basic) if any(k is not Ellipsis and k != _FULL for k in basic) else written)


def _as_value(x: Tensor, value: Any) -> Tensor:
    return as_tensor(value, dtype=x.dtype, backend=x.backend, device=None if x.backend.level else x.device)


def _broadcast(value: Tensor, shape: tuple[int, ...]) -> Tensor:
    """``value`` in the ``shape`` of the part that it is written to."""
    if tuple(value.shape) == shape:
        return value
    try:
        return xp.broadcast_to(_without_leading_ones(value, len(shape)), shape)
    except ValueError:
        raise RuntimeError(
            f"shape mismatch: a value of shape {tuple(value.shape)} cannot be written to an indexed part of shape {shape}"
        ) from None


def _without_leading_ones(value: Tensor, ndim: int) -> Tensor:
    """``value`` with ``ndim`` axes, where it has more and the first ones are of length 1: assignments broadcast so."""
    extra = value.ndim - ndim
    if extra <= 0 or any(n != 1 for n in value.shape[:extra]):
        return value
    return xp.reshape(value, tuple(value.shape[extra:]))


def masked_put(x: Tensor, mask: Tensor, value: Tensor) -> None:
    """Write ``value``, of no dimensions and of the type of ``x``, where ``mask``, broadcast, is true."""
    x._check_in_place()
    if x._base is not None and (base := expanded_from(x)) is not None:
        positions = xp.reshape(positions_beside(base, positions_in(base, x)), (-1,))
        hits = xp.reshape(xp.astype(xp.broadcast_to(mask, tuple(x.shape)), _dtypes.int64), (-1,))
        masked_put(xp.reshape(base, (-1,)), xp.index_add(hits, positions, base.shape.numel()) > 0, value)
    elif not x._overwrite("masked_put_", mask, value):
        x._assign(xp.where(mask, value, x))


def scalar_for(x: Tensor, value: Any) -> Tensor:
    """A number as a 0-d tensor in the type of ``x``, as PyTorch writes it there: truncated for integers.

    Raises RuntimeError for a number that is larger than all of the type; negative ones of an unsigned type wrap.
    """
    dtype = x.dtype
    return x._new_scalar(fitted(value, dtype), dtype)


# -- keys --------------------------------------------------------------------------------------------------------------


def parse(x: Tensor, key: Any) -> tuple[tuple, list[tuple[int, Tensor]]]:
    """``key`` as a basic key, and the index tensors with the axis of ``x[basic]`` that each is for."""
    items = list(key) if isinstance(key, tuple) or _stands_for_tuple(key) else [key]
    ndim = x.ndim
    consumed = gaps = 0
    basic = True
    for number, item in enumerate(items):
        if item.__class__ is int:
            consumed += 1
        elif item is Ellipsis:
            gaps += 1
        elif item is not None:
            items[number] = item = _item(item, x)
            if isinstance(item, Tensor):
                basic = False
                consumed += item.ndim if _is_mask(item) else 1
            elif item.__class__ is bool:
                basic = False
            else:
                consumed += 1
    if consumed > ndim:
        raise IndexError(f"too many indices for a tensor of dimension {ndim}: {consumed}")
    if gaps > 1:
        raise IndexError("an index can only have a single Ellipsis ('...')")
    if not gaps:
        items.append(Ellipsis)
    if not basic:
        at = next(i for i, item in enumerate(items) if item is Ellipsis)
        items[at : at + 1] = [_FULL] * (ndim - consumed)
    basic_key, indices = _split(x, items, consumed)
    if len(indices) > 1:
        _check_indices_fit([tuple(index.shape) for _, index in indices])
    return basic_key, indices


def _stands_for_tuple(key: Any) -> bool:
    """Whether a list is the key of several axes, ``x[[rows, columns]]``, by PyTorch's rule: short, and not of numbers only."""
    if not isinstance(key, (list, range)) or len(key) >= 32:
        return False
    return any(
        item is None or item is Ellipsis or isinstance(item, (Tensor, list, tuple, range, slice, np.ndarray))
        for item in key
    )


def _check_indices_fit(shapes: list[tuple[int, ...]]) -> None:
    for lengths in itertools.zip_longest(*(reversed(shape) for shape in shapes), fillvalue=1):
        if len({*lengths, 1}) > 2:
            raise IndexError(
                "shape mismatch: the indices and masks of a key pick elements together, and these shapes cannot be "
                f"broadcast: {', '.join(map(str, shapes))}"
            )


def _split(x: Tensor, items: list, consumed: int) -> tuple[tuple, list[tuple[int, Tensor]]]:
    shape = x.shape
    basic: list[Any] = []
    indices: list[tuple[int, Tensor]] = []
    source, result = 0, 0  # axes of x that are used up, and axes that the basic key has made
    for item in items:
        if item is None:
            result += 1
        elif item is Ellipsis:
            skipped = len(shape) - consumed
            source, result = source + skipped, result + skipped
        elif item.__class__ is int:
            length = shape[source]
            if not -length <= item < length:
                raise IndexError(f"index {item} is out of bounds for dimension {source} with size {length}")
            item = item + length if item < 0 else item
            source += 1
        elif isinstance(item, slice):
            item = _within(item, shape[source])
            source, result = source + 1, result + 1
        elif item.__class__ is bool or (_is_mask(item) and not item.ndim):
            indices.append((result, _positions_of_scalar(item, x)))
            item = None
            result += 1
        elif _is_mask(item):
            if item.shape != shape[source : source + item.ndim]:
                raise IndexError(
                    f"the shape of the mask {tuple(item.shape)} does not match the shape of the indexed tensor "
                    f"{tuple(shape)} at dimension {source}"
                )
            for positions in nonzero_positions(item):
                indices.append((result, positions))
                basic.append(_FULL)
                source, result = source + 1, result + 1
            continue
        else:
            indices.append((result, _wrapped(item, shape[source], source)))
            item = _FULL
            source, result = source + 1, result + 1
        basic.append(item)
    return tuple(basic), indices


def _within(item: slice, length: int) -> slice:
    """The same elements of an axis of that ``length`` by a slice that does not reach beyond it."""
    if item.start is None and item.stop is None and item.step is None:
        return item
    start, stop, step = item.indices(length)
    if (stop - start) * step <= 0:
        return slice(0, 0, 1)
    return slice(start, None if stop < 0 else stop, step)


def byte_mask(mask: Tensor) -> Tensor:
    """The boolean mask that a tensor of bytes stands for.  Warns, as PyTorch does."""
    warn("a mask of type uint8 is deprecated; write a boolean one, as in mask.bool()")
    return mask != 0


def _is_mask(item: Any) -> bool:
    return isinstance(item, Tensor) and item.dtype.kind == "bool"


def _item(item: Any, x: Tensor) -> Any:
    """One part of a key as None, Ellipsis, an int, a bool, a slice of ints, or a tensor of ints or bools beside ``x``."""
    if item is None or item is Ellipsis or item.__class__ is int:
        return item
    if isinstance(item, slice):
        return slice(*(None if v is None else _whole(v) for v in (item.start, item.stop, item.step)))
    if isinstance(item, bool) or (getattr(item, "ndim", None) == 0 and "bool" in str(getattr(item, "dtype", ""))):
        return item if isinstance(item, Tensor) else bool(item)
    if isinstance(item, Tensor):
        if item.dtype is _dtypes.uint8:
            return byte_mask(item)
        if item.dtype.kind not in ("bool", "int", "uint"):
            raise IndexError(
                f"tensors used as indices must be of integer or boolean type, and this one is {item.dtype.name}"
            )
        return item
    if hasattr(item, "__index__") and getattr(item, "ndim", 0) == 0:
        return item.__index__()
    try:
        if isinstance(item, (float, str)):
            raise TypeError
        made = tensor(item, backend=x.backend, device=x.device)
    except TypeError:
        raise IndexError(
            f"only integers, slices, ..., None and integer or boolean tensors are valid indices, not {item!r}"
        ) from None
    if made.shape.numel() == 0:
        made = xp.astype(made, made.dtype if made.dtype.kind == "bool" else _dtypes.int64)
    return _item(made, x)


def _whole(value: Any) -> int:
    if not hasattr(value, "__index__"):
        raise TypeError(f"slice indices must be integers or None, not {type(value).__name__}")
    return value.__index__()


def nonzero_positions(mask: Tensor) -> list[Tensor]:
    """For every axis of ``mask`` the positions of its true elements."""
    array = mask._read()
    backend = mask.backend
    if not mask.ndim:
        return [cell(i) for i in backend.xp.nonzero(backend.xp.reshape(array, (1,)))]
    return [cell(i) for i in backend.xp.nonzero(array)]


def _positions_of_scalar(value: Any, x: Tensor) -> Tensor:
    """What a boolean, or a mask of no dimensions, picks along an axis of length 1: it, or nothing."""
    if isinstance(value, Tensor):
        return nonzero_positions(value)[0]
    place = {"backend": x.backend, "device": None if x.backend.level else x.device}
    return tensor([0] * value, dtype=_dtypes.int64, **place)


def check_range(index: Tensor, length: int, axis: int) -> None:
    """Raise IndexError unless every number of ``index`` is from 0 to ``length``, ``length`` excluded.

    This is for the functions that, as in PyTorch, do not count negative indices from the end.  A compiled program looks at no
    number: there an index that is out of range does what the library does with it.
    """

    def check(lowest: int, highest: int) -> None:
        if lowest < 0 or highest >= length:
            wrong = lowest if lowest < 0 else highest
            raise IndexError(f"index {wrong} is out of bounds for dimension {axis} with size {length}")

    if not index.shape.numel():
        return
    if not index.backend.level and not RECORDERS:
        check(xp.min(index).item(), xp.max(index).item())
    else:
        ask(index, lambda values: check(int(values.min()), int(values.max())))


def _wrapped(index: Tensor, length: int, axis: int) -> Tensor:
    """``index`` with negative numbers counted from the end."""

    def is_positive(lowest: int, highest: int) -> bool:
        if lowest < -length or highest >= length:
            wrong = highest if highest >= length else lowest
            raise IndexError(f"index {wrong} is out of bounds for dimension {axis} with size {length}")
        return lowest >= 0

    if index.shape.numel() and not index.backend.level and not RECORDERS:
        if is_positive(xp.min(index).item(), xp.max(index).item()):
            return index
    elif index.shape.numel() and ask(index, lambda values: is_positive(int(values.min()), int(values.max()))):
        return index
    return xp.where(index < 0, index + length, index) if index.dtype.kind == "int" else index


# -- index tensors -----------------------------------------------------------------------------------------------------


class _Layout:
    """How a tensor with index tensors on some axes becomes rows, picked by one 1-D tensor of positions."""

    def __init__(self, x: Tensor, indices: list[tuple[int, Tensor]]):
        axes = [axis for axis, _ in indices]
        rest = [a for a in range(x.ndim) if a not in axes]
        self.order = (*axes, *rest)
        self.moved = tuple(x.shape[a] for a in self.order)
        self.lengths = self.moved[: len(axes)]
        self.rest = self.moved[len(axes) :]
        found = xp.broadcast([index for _, index in indices])
        self.picked = tuple(found[0].shape)
        position = found[0]
        for index, length in zip(found[1:], self.lengths[1:], strict=True):
            position = position * length + index
        self.position = xp.reshape(position, (-1,))
        self.front = axes[0] if len(axes) == 1 else self._front(indices)

    @staticmethod
    def _front(indices: list[tuple[int, Tensor]]) -> int:
        """How many of the other axes stand before the picked ones.

        Those stand where the indexed ones stood if they were neighbours, and in front otherwise.  An index of no
        dimensions selects first: its axis is gone then.
        """
        gone = [axis for axis, index in indices if not index.ndim]
        axes = [axis - sum(g < axis for g in gone) for axis, index in indices if index.ndim]
        return axes[0] if axes and axes == list(range(axes[0], axes[0] + len(axes))) else 0

    def rows(self, x: Tensor) -> Tensor:
        moved = x if self.order == tuple(range(x.ndim)) else xp.permute_dims(x, self.order)
        if len(self.lengths) == 1:
            return moved
        return xp.reshape(moved, (_product(self.lengths), *self.rest))

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
        return xp.reshape(value, (_product(self.picked), *self.rest))


def _product(lengths: tuple[int, ...]) -> int:
    total = 1
    for n in lengths:
        total *= n
    return total


def _gather(x: Tensor, indices: list[tuple[int, Tensor]]) -> Tensor:
    layout = _Layout(x, indices)
    return layout.from_picked(xp.take_rows(layout.rows(x), layout.position))


def _scatter(x: Tensor, indices: list[tuple[int, Tensor]], value: Tensor) -> Tensor:
    layout = _Layout(x, indices)
    shape = layout.result_shape
    value = xp.astype(value, x.dtype)
    value = _broadcast(value, shape)
    return layout.unrows(xp.put_rows(layout.rows(x), layout.to_picked(value), layout.position))
