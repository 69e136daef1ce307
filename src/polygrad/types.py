"""Types for annotations, under PyTorch's names."""

from __future__ import annotations

import builtins
import os
from collections.abc import Sequence
from typing import BinaryIO

from . import _devices, _dtypes
from ._core.tensor import Size, Tensor

__all__ = ["Device", "FileLike", "Number", "Tensor"]

_int, _float, _bool, _complex = builtins.int, builtins.float, builtins.bool, builtins.complex
_device, _dtype = _devices.Device, _dtypes.DType
_size = Size | Sequence[int]
_TensorOrTensors = Tensor | Sequence[Tensor]
Number = int | float | bool
Device = _device | str | int | None
#: A file for `polygrad.save` and `polygrad.load`: a path, or a file opened for bytes.
FileLike = str | os.PathLike[str] | BinaryIO
