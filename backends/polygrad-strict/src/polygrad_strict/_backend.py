"""array-api-strict on its second device, the stand-in for a device whose memory NumPy cannot see."""

from __future__ import annotations

from typing import Any

import array_api_strict
import numpy

from polygrad.backends import Backend

_MEMORY = array_api_strict.Device("CPU_DEVICE")
_DEVICE = array_api_strict.Device("device1")


class StrictBackend(Backend):
    """Nothing but the standard: no kernels, no arrays that change."""

    name = "strict"
    capabilities = frozenset({"float64", "complex"})

    def owns(self, array_type: type) -> bool:
        return array_type.__module__.partition(".")[0] == "array_api_strict" and hasattr(array_type, "to_device")

    def namespace(self) -> Any:
        return array_api_strict

    def devices(self) -> list[Any]:
        # The others of this library lack data types on purpose.
        return [_DEVICE, _MEMORY]

    def default_device(self) -> Any:
        return _DEVICE

    def device_name(self, device: Any) -> str:
        return "cpu" if device == _MEMORY else str(device).split("'")[1]

    def asarray(self, obj: Any, dtype: Any = None, device: Any = None, copy: bool | None = None) -> Any:
        if device is None and not self.owns(type(obj)):
            device = _DEVICE
        return array_api_strict.asarray(obj, dtype=dtype, device=device, copy=copy)

    def to_numpy(self, array: Any) -> Any:
        return numpy.from_dlpack(array.to_device(_MEMORY))
