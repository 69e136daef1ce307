"""The types of arguments, for annotations, under PyTorch's names."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from typing import Any

from . import _devices, _dtypes
from ._core.tensor import Size, Tensor

__all__ = ["Device", "FileLike", "Number", "Tensor"]

_int, _float, _bool, _complex = builtins.int, builtins.float, builtins.bool, builtins.complex
_device, _dtype = _devices.Device, _dtypes.DType
_size = Size | Sequence[int]
_TensorOrTensors = Tensor | Sequence[Tensor]
Number = int | float | bool
Device = _device | str | int | None
#: What `polygrad.save` and `polygrad.load` take: a path, or an open file.
FileLike = Any
