"""What the namespace offers: `__array_namespace_info__`."""

from __future__ import annotations

from typing import Any

from .. import _dtypes
from .._devices import Device, native_device, wrap_device
from .._dtypes import DType
from ..backends.registry import get_backend
from ._data_types import isdtype

#: The standard's data types, of which there are more in polygrad.
_STANDARD = {dtype.name: dtype for dtype in _dtypes.ALL if not dtype.is_half}


class Info:
    """Capabilities, default device and types of the default backend."""

    def capabilities(self) -> dict[str, Any]:
        """What depends on values is allowed: boolean masks, `nonzero`, `unique_all`; and how many dimensions an array may have."""
        return {"boolean indexing": True, "data-dependent shapes": True, "max dimensions": 64}

    def default_device(self) -> Device:
        """The device of new arrays."""
        backend = get_backend()
        return wrap_device(backend, backend.default_device())

    def default_dtypes(self, *, device: Any = None) -> dict[str, DType]:
        """The types of new arrays of real and complex floating-point numbers, integers and positions."""
        real = _dtypes.get_default_dtype()
        return {
            "real floating": real, "complex floating": real.to_complex(), "integral": _dtypes.int64, "indexing": _dtypes.int64,
        }  # fmt: skip

    def dtypes(self, *, device: Any = None, kind: Any = None) -> dict[str, DType]:
        """The standard's types that the default backend has, perhaps only those of a kind as in `isdtype`."""
        backend = get_backend()
        if device is not None:
            native_device(backend, device)
        return {
            name: dtype
            for name, dtype in _STANDARD.items()
            if backend.supports(dtype) and (kind is None or isdtype(dtype, kind))
        }

    def devices(self) -> tuple[Device, ...]:
        """The devices of the default backend."""
        backend = get_backend()
        return tuple([wrap_device(backend, native) for native in backend.devices()])


def __array_namespace_info__() -> Info:
    """What the namespace offers, as the standard asks: ``xp.__array_namespace_info__().dtypes()``."""
    return Info()
