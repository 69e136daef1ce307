"""Cache blocking: functions of several passes go through arrays one block at a time, so that values stay in the cache.

A pass over a block of `BLOCK` elements takes about six microseconds.  A Python number as an operand would add a tenth to
that, and fresh memory twice as much again.  So scalars are 0-d arrays, and every pass writes into existing memory.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

#: The elements of a block: a few blocks fit into the second-level cache.
BLOCK = 65536


@lru_cache(maxsize=1024)
def scalars(dtype: Any, *values: float) -> tuple[Any, ...]:
    """``values`` as 0-d arrays of ``dtype``; read-only."""
    return tuple([np.asarray(value, dtype) for value in values])


@lru_cache(maxsize=16)
def zeros(dtype: Any) -> Any:
    """`BLOCK` zeros, read-only: ``np.maximum`` of two arrays is three times as fast as with a scalar."""
    made = np.zeros(BLOCK, dtype)
    made.flags.writeable = False
    return made


def in_blocks(
    function: Callable[..., None], *arrays: Any, constants: tuple[float, ...] = (), scratch_count: int = 0
) -> Any:
    """Call ``function(*parts, out, *scratch, *constants)`` for blocks of ``arrays``, all of one shape; returns ``out``.

    ``out`` and the ``constants`` have the type of the first array.  ``scratch_count`` is the number of scratch blocks.  Half
    precision is computed in single precision.
    """
    first = arrays[0]
    if not first.flags.c_contiguous and first.ndim > 1:  # such as channels last: the result gets the same layout
        order = sorted(range(first.ndim), key=lambda axis: -first.strides[axis])
        if first.transpose(order).flags.c_contiguous:
            parts = [a.transpose(order) for a in arrays]
            return in_blocks(function, *parts, constants=constants, scratch_count=scratch_count).transpose(
                np.argsort(order)
            )
    shape, dtype = first.shape, first.dtype
    flat = [a.reshape(-1) for a in arrays]  # copies arrays that are not contiguous
    if dtype.itemsize < 4:
        flat = [a.astype(np.float32) for a in flat]
    out = np.empty(flat[0].shape, flat[0].dtype)
    size = out.shape[0]
    given = scalars(out.dtype, *constants)
    scratch = [np.empty(min(size, BLOCK), out.dtype) for _ in range(scratch_count)]
    if 0 < size <= BLOCK:
        function(*flat, out, *scratch, *given)
    else:
        for start in range(0, size, BLOCK):
            part = slice(start, start + BLOCK)
            if start + BLOCK > size:
                scratch = [r[: size - start] for r in scratch]
            function(*[a[part] for a in flat], out[part], *scratch, *given)
    return out.reshape(shape) if out.dtype == dtype else out.reshape(shape).astype(dtype)
