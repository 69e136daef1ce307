"""Tensors on another backend, another device or of another data type."""

from __future__ import annotations

from typing import Any

from .. import _dtypes
from .._core.primitive import OPERATIONS as xp
from .._core.tensor import Tensor
from .._core.warn import warn
from .._devices import native_device
from .._dtypes import DType


def real_part_only(input: Tensor, dtype: DType) -> DType:
    """Return ``dtype``; warns where complex values lose their imaginary part to it."""
    if input.dtype.is_complex and not dtype.is_complex and dtype is not _dtypes.bool:
        warn("casting complex values to real discards the imaginary part; write x.real")
    return dtype


def transfer(input: Tensor, target: Any, device: Any, dtype: DType | None) -> Tensor:
    """Return ``input`` on the backend ``target`` and a device of it, as ``dtype``: the same tensor where nothing changes."""
    array = input._read()  # a recorder assigns the tensor to a program at its first read
    source = input.backend
    if source.level:
        return input if dtype is None else xp.astype(input, real_part_only(input, dtype))
    here = source.device(array)
    if here is None:  # traced arrays have no device of their own
        here = source.default_device()
    there = None if device is None else native_device(target, device)
    if there is None:  # also if the device is that of a traced tensor
        there = here if target is source else target.default_device()
    if target is not source or there != here:
        input = xp.transfer(input, target, there, source, here)
    return input if dtype is None else xp.astype(input, real_part_only(input, dtype))
