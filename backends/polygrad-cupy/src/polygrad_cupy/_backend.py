"""CuPy arrays on GPUs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import array_api_compat
import array_api_compat.cupy as library
import cupy
import numpy

from polygrad.backends import Backend, BackendError

from ._kernels import KERNELS
from ._overwriting import OVERWRITING


def device_count() -> int:
    """How many GPUs CuPy can use.  Raises BackendError, with CuPy's reason, where there is none."""
    try:
        count = cupy.cuda.runtime.getDeviceCount()
        reason = "it finds no device"
    except cupy.cuda.runtime.CUDARuntimeError as error:
        count, reason = 0, str(error)
    if not count:
        raise BackendError(
            f"backend 'cupy' needs a GPU that CuPy {cupy.__version__} can use, and there is none here ({reason}); "
            f"check the GPU's driver with nvidia-smi, or use another backend (python -m polygrad backends lists them)"
        )
    return count


def on_its_device(run: Callable[..., Any]) -> Callable[..., Any]:
    """Run ``run`` on the device of its first array: CuPy uses the current device, wherever the operands are."""

    def call(first: Any, *rest: Any, **settings: Any) -> Any:
        several = first if isinstance(first, list | tuple) else (first,)
        with next(array for array in several if array is not None).device:
            return run(first, *rest, **settings)

    return call


class CupyBackend(Backend):
    """CuPy on the GPUs of this computer."""

    name = "cupy"
    capabilities = frozenset({"mutable", "float64", "complex"})
    kernels = KERNELS | OVERWRITING

    def __init__(self) -> None:
        self._devices = [cupy.cuda.Device(number) for number in range(device_count())]
        # A 0-d array lives on one device, so it can be shared only where there is only one.
        self.shares_scalars = len(self._devices) == 1
        super().__init__()

    def owns(self, array_type: type) -> bool:
        return issubclass(array_type, cupy.ndarray)

    def namespace(self) -> Any:
        return library

    # -- binding primitives --------------------------------------------------------------------------------------------

    def kernel(self, primitive: Any) -> Callable[..., Any]:
        run = super().kernel(primitive)
        return run if len(self._devices) == 1 else on_its_device(run)

    def rule(self, plan: Any) -> Callable[..., Any]:
        run = super().rule(plan)
        return run if len(self._devices) == 1 else on_its_device(run)

    # -- devices -------------------------------------------------------------------------------------------------------

    def devices(self) -> list[Any]:
        return list(self._devices)

    def default_device(self) -> Any:
        return cupy.cuda.Device()

    def parse_device(self, device: Any) -> Any:
        """A CuPy device, or the device of a name: ``"cuda"``, ``"cuda:0"``, ``"gpu:1"``."""
        if isinstance(device, cupy.cuda.Device):
            return device
        kind, _, number = str(device).partition(":")
        if kind in ("cuda", "gpu") and (number or "0").isdigit() and int(number or 0) < len(self._devices):
            return self._devices[int(number or 0)]
        return super().parse_device(device)

    def device_name(self, device: Any) -> str:
        return f"cuda:{device.id}"

    def to_device(self, array: Any, device: Any) -> Any:
        return array_api_compat.to_device(array, device)

    # -- arrays in and out ---------------------------------------------------------------------------------------------

    def asarray(self, obj: Any, dtype: Any = None, device: Any = None, copy: bool | None = None) -> Any:
        if device is None:
            device = obj.device if isinstance(obj, cupy.ndarray) else cupy.cuda.Device()
        with device:
            if isinstance(obj, numpy.ndarray):
                if copy is False:
                    raise ValueError("a NumPy array cannot become a CuPy array without a copy; leave out copy=False")
                # Waits for the transfer: the caller may change his array afterwards.
                return cupy.array(obj, dtype=dtype, blocking=True)
            return library.asarray(obj, dtype=dtype, copy=copy)  # type: ignore[attr-defined]  # CuPy has no types

    def scalar(self, value: Any, dtype: Any, like: Any) -> Any:
        with like.device:
            return cupy.full((), value, dtype=dtype)

    def to_numpy(self, array: Any) -> Any:
        return cupy.asnumpy(array, blocking=True)

    def item(self, array: Any) -> Any:
        return array.item()

    # -- overwriting memory, asynchrony --------------------------------------------------------------------------------

    def is_writable(self, array: Any) -> bool:
        return array.__class__ is cupy.ndarray and array.base is None

    def synchronize(self) -> None:
        for device in self._devices:
            device.synchronize()
