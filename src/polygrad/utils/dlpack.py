"""DLPack: arrays from other libraries and for them.  Both ways copy, so that a write to one never changes the other."""

from __future__ import annotations

from typing import Any

from .._core.tensor import Tensor
from .._functions.foreign import from_dlpack

__all__ = ["from_dlpack", "to_dlpack"]


def to_dlpack(tensor: Tensor) -> Any:
    """A capsule with a copy of the values of ``tensor``, which another library's ``from_dlpack`` takes."""
    return tensor.__dlpack__()
