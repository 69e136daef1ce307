"""Reference counts of arrays: whether anything but a cell refers to one."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any


def reference_count(tensor: Any) -> int:
    """The interpreter's count of references to the cell's array, with those of this call."""
    return sys.getrefcount(tensor._data)


class _Probe:
    _data: Any


def count_unshared(count: Callable[[Any], int]) -> int | None:
    """What ``count(holder)`` returns for an array that only ``holder._data`` refers to; None if counts are unreliable."""
    if not hasattr(sys, "getrefcount") or not getattr(sys, "_is_gil_enabled", lambda: True)():
        return None
    probe = _Probe()
    probe._data = [0.0]
    unshared = count(probe)
    other = probe._data
    shared = count(probe)
    del other
    return unshared if shared == unshared + 1 and count(probe) == unshared else None


#: What `reference_count` returns for an unshared array; None on a Python whose counts are unreliable: then arrays are copied.
UNSHARED = count_unshared(reference_count)
