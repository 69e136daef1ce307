"""Working through NumPy arrays a block at a time, so that functions of several passes find their numbers in the cache.

A pass over a block of `BLOCK` numbers takes about six microseconds: a Python number as an operand would add a tenth to
that, and memory that is new to the process twice as much again.  So numbers come as 0-d arrays, and every pass writes
into memory that is there.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

#: So many elements are worked through at once: a few blocks of them fit into the second-level cache.
BLOCK = 65536


@lru_cache(maxsize=1024)
def numbers(dtype: Any, *values: float) -> tuple[Any, ...]:
    """``values`` as 0-d arrays of ``dtype``, not to be written to."""
    return tuple([np.asarray(value, dtype) for value in values])


@lru_cache(maxsize=16)
def zeros(dtype: Any) -> Any:
    """`BLOCK` zeros, not to be written to: ``np.maximum`` of two arrays is three times as fast as with a number."""
    made = np.zeros(BLOCK, dtype)
    made.flags.writeable = False
    return made


def in_blocks(function: Callable[..., None], *arrays: Any, constants: tuple[float, ...] = (), rooms: int = 0) -> Any:
    """``function(*parts, out, *rooms, *constants)`` for blocks of ``arrays``, which have one shape; returns all of ``out``.

    ``out`` has the type of the first array, and so have the ``constants`` when they arrive.  ``rooms`` are blocks to work
    in.  Arrays of half precision are computed in single precision.
    """
    first = arrays[0]
    if not first.flags.c_contiguous and first.ndim > 1:  # channels may be last in memory: the result lies there as well
        order = sorted(range(first.ndim), key=lambda axis: -first.strides[axis])
        if first.transpose(order).flags.c_contiguous:
            parts = [a.transpose(order) for a in arrays]
            return in_blocks(function, *parts, constants=constants, rooms=rooms).transpose(np.argsort(order))
    shape, dtype = first.shape, first.dtype
    flat = [a.reshape(-1) for a in arrays]  # copies what is not contiguous
    if dtype.itemsize < 4:
        flat = [a.astype(np.float32) for a in flat]
    out = np.empty(flat[0].shape, flat[0].dtype)
    size = out.shape[0]
    given = numbers(out.dtype, *constants)
    room = [np.empty(min(size, BLOCK), out.dtype) for _ in range(rooms)]
    if 0 < size <= BLOCK:
        function(*flat, out, *room, *given)
    else:
        for start in range(0, size, BLOCK):
            part = slice(start, start + BLOCK)
            if start + BLOCK > size:
                room = [r[: size - start] for r in room]
            function(*[a[part] for a in flat], out[part], *room, *given)
    return out.reshape(shape) if out.dtype == dtype else out.reshape(shape).astype(dtype)
