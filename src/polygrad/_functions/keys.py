"""Keys of ``x[key]``: every part is converted to one of the few forms that the primitives take."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from .. import _dtypes
from .._core.primitive import OPERATIONS as xp
from .._core.tensor import Tensor, cell
from .._core.warn import warn
from .._state import RECORDERS, recorder
from .common import assume, place_of
from .creation import tensor

_FULL = slice(None)


def parse(x: Tensor, key: Any) -> tuple[tuple, list[tuple[int, Tensor]]]:
    """Split ``key`` into a basic key, and index tensors with the axis of ``x[basic]`` that each belongs to."""
    if isinstance(key, tuple):
        items = list(key)
    elif _means_tuple(key):
        warn(
            "Using a non-tuple sequence for multidimensional indexing is deprecated: this list is the key of several axes, and one "
            "index tensor in NumPy. Write x[tuple(key)] or x[polygrad.tensor(key)]."
        )
        items = list(key)
    else:
        items = [key]
    ndim = x.ndim
    consumed = gaps = 0
    basic = True
    for number, item in enumerate(items):
        if item.__class__ is int:
            consumed += 1
        elif item is Ellipsis:
            gaps += 1
        elif item is not None:
            items[number] = item = _parse_item(item, x)
            if isinstance(item, Tensor):
                basic = False
                consumed += item.ndim if is_mask(item) else 1
            elif item.__class__ is bool:
                basic = False
            else:
                consumed += 1
    if consumed > ndim:
        raise IndexError(f"too many indices for a tensor of dimension {ndim}: {consumed}")
    if gaps > 1:
        raise IndexError("a key can have only one Ellipsis ('...')")
    if not gaps:
        items.append(Ellipsis)
    if not basic:
        at = next(i for i, item in enumerate(items) if item is Ellipsis)
        items[at : at + 1] = [_FULL] * (ndim - consumed)
    basic_key, indices = _split(x, items, consumed)
    if len(indices) > 1:
        _check_indices_fit([tuple(index.shape) for _, index in indices])
    return basic_key, indices


def _means_tuple(key: Any) -> bool:
    """Test whether a list is a key of several axes, ``x[[rows, columns]]``: it is short and not all numbers."""
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
    source, result = 0, 0  # axes of x consumed, and axes of the basic result so far
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
            item = _clip_slice(item, shape[source])
            source, result = source + 1, result + 1
        elif item.__class__ is bool or (is_mask(item) and not item.ndim):
            indices.append((result, _positions_of_scalar(item, x)))
            item = None
            result += 1
        elif is_mask(item):
            lengths = shape[source : source + item.ndim]
            # A mask of no elements chooses none, whatever the other length: the standard's rule.
            if len(lengths) != item.ndim or any(m not in (n, 0) for m, n in zip(item.shape, lengths, strict=True)):
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
            indices.append((result, _wrap_negative(item, shape[source], source)))
            item = _FULL
            source, result = source + 1, result + 1
        basic.append(item)
    return tuple(basic), indices


def _clip_slice(item: slice, length: int) -> slice:
    """Return a slice with the same elements of an axis of the given ``length`` that does not reach beyond it."""
    if item.start is None and item.stop is None and item.step is None:
        return item
    start, stop, step = item.indices(length)
    if (stop - start) * step <= 0:
        return slice(0, 0, 1)
    return slice(start, None if stop < 0 else stop, step)


def byte_mask(mask: Tensor) -> Tensor:
    """Convert a uint8 mask to a boolean one.  Warns, as PyTorch does."""
    warn("a mask of type uint8 is deprecated; write a boolean one, as in mask.bool()")
    return mask != 0


def is_mask(item: Any) -> bool:
    return isinstance(item, Tensor) and item.dtype.kind == "bool"


def _parse_item(item: Any, x: Tensor) -> Any:
    """Convert a part of a key to None, Ellipsis, an int, a bool, a slice of ints, or a tensor of ints or bools."""
    if item is None or item is Ellipsis or item.__class__ is int:
        return item
    if isinstance(item, slice):
        return slice(*(None if v is None else _to_int(v) for v in (item.start, item.stop, item.step)))
    if isinstance(item, bool) or (getattr(item, "ndim", None) == 0 and "bool" in str(getattr(item, "dtype", ""))):
        return item if isinstance(item, Tensor) else bool(item)
    if isinstance(item, Tensor):
        if item.dtype is _dtypes.uint8:
            return byte_mask(item)
        if not item.ndim and item.dtype.kind == "int" and not item.backend.level and not RECORDERS:
            return int(item.item())  # a view, as for an int; while tracing, the index stays a tensor
        if item.dtype.kind not in ("bool", "int", "uint"):
            raise IndexError(
                f"tensors used as indices must be of integer or boolean type, and this one is {item.dtype.name}"
            )
        return item if item.ndim or item.dtype.kind == "bool" or may_vary(item) else item.backend.item(item._read())
    if hasattr(item, "__index__") and getattr(item, "ndim", 0) == 0:
        return item.__index__()
    try:
        if isinstance(item, (float, str)):
            raise TypeError
        made = tensor(item, **place_of(x))
    except TypeError:
        raise IndexError(
            f"only integers, slices, ..., None and integer or boolean tensors are valid indices, not {item!r}"
        ) from None
    if made.shape.numel() == 0:
        made = xp.astype(made, made.dtype if made.dtype.kind == "bool" else _dtypes.int64)
    return _parse_item(made, x)


def may_vary(index: Tensor) -> bool:
    """Test whether the value of an index without dimensions may differ in another run, or for another example of a batch."""
    return bool(index.backend.level) or (bool(RECORDERS) and recorder() is not None)


def _to_int(value: Any) -> int:
    if not hasattr(value, "__index__"):
        raise TypeError(f"slice indices must be integers or None, not {type(value).__name__}")
    return value.__index__()


def nonzero_positions(mask: Tensor) -> list[Tensor]:
    """Return, for every axis of ``mask``, the positions of its True elements."""
    array = mask._read()
    backend = mask.backend
    if not mask.ndim:
        return [cell(i) for i in backend.xp.nonzero(backend.xp.reshape(array, (1,)))]
    return [cell(i) for i in backend.xp.nonzero(array)]


def _positions_of_scalar(value: Any, x: Tensor) -> Tensor:
    """Return what a boolean, or a mask without dimensions, picks along an axis of length 1: position 0, or nothing."""
    if isinstance(value, Tensor):
        return nonzero_positions(value)[0]
    return tensor([0] * value, dtype=_dtypes.int64, **place_of(x))


def check_range(index: Tensor, length: int, axis: int) -> None:
    """Raise IndexError unless all positions in ``index`` are at least 0 and less than ``length``.

    It is for functions that, as in PyTorch, do not count negative indices from the end.  A compiled program reads no
    values: there the library decides what an index out of range does.
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
        assume(index, lambda values: check(int(values.min()), int(values.max())))


def _wrap_negative(index: Tensor, length: int, axis: int) -> Tensor:
    """Return ``index`` with negative positions counted from the end."""

    def is_positive(lowest: int, highest: int) -> bool:
        if lowest < -length or highest >= length:
            wrong = highest if highest >= length else lowest
            raise IndexError(f"index {wrong} is out of bounds for dimension {axis} with size {length}")
        return lowest >= 0

    if index.shape.numel() and not index.backend.level and not RECORDERS:
        if is_positive(xp.min(index).item(), xp.max(index).item()):
            return index
    elif index.shape.numel() and assume(index, lambda values: is_positive(int(values.min()), int(values.max()))):
        return index
    return xp.where(index < 0, index + length, index) if index.dtype.kind == "int" else index
