"""DLPack: arrays from other libraries and for them, without a copy."""

from __future__ import annotations

from typing import Any

from .._core.tensor import Tensor
from .._functions.kinds import from_dlpack

__all__ = ["from_dlpack", "to_dlpack"]


def to_dlpack(tensor: Tensor) -> Any:
    """A capsule with the values of ``tensor``, which another library's ``from_dlpack`` takes."""
    return tensor.__dlpack__()
