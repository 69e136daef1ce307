"""Who holds an array: what Python's count of its references says."""

from __future__ import annotations

import sys
from typing import Any


def references(tensor: Any) -> int:
    """How many references to the cell's array the interpreter counts, those of this function included."""
    return sys.getrefcount(tensor._data)


class _Probe:
    __slots__ = ("_data",)

    _data: Any


def _calibrate() -> int | None:
    """What `references` says of an array that only its cell holds, or None where the count cannot be trusted."""
    if not hasattr(sys, "getrefcount") or not getattr(sys, "_is_gil_enabled", lambda: True)():
        return None
    probe = _Probe()
    probe._data = [0.0]
    alone = references(probe)
    other = probe._data
    shared = references(probe)
    del other
    return alone if shared == alone + 1 and references(probe) == alone else None


UNIQUE = _calibrate()
