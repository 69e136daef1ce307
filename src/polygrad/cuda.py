"""What PyTorch programs ask of ``torch.cuda``: whether new tensors could live on a CUDA device.

All of it speaks of the default backend, the one that makes new tensors.
"""

from __future__ import annotations

from typing import Any

from ._devices import Device
from .backends.registry import get_backend

__all__ = [
    "current_device", "device_count", "empty_cache", "get_device_name", "is_available", "manual_seed",
    "manual_seed_all", "synchronize",
]  # fmt: skip


def _devices() -> list[Device]:
    backend = get_backend()
    named = [Device(backend.device_name(device)) for device in backend.devices()]
    return [device for device in named if device.type == "cuda"]


def is_available() -> bool:
    """Whether the default backend has a CUDA device.

    Example::

        device = polygrad.device("cuda" if polygrad.cuda.is_available() else "cpu")
    """
    return bool(_devices())


def device_count() -> int:
    """How many CUDA devices the default backend has."""
    return len(_devices())


def current_device() -> int:
    """The number of the CUDA device that new tensors live on.  Raises RuntimeError where they live elsewhere."""
    backend = get_backend()
    device = Device(backend.device_name(backend.default_device()))
    if device.type != "cuda":
        raise RuntimeError(f"backend {backend.name!r} makes new tensors on {str(device)!r}, which is no CUDA device")
    return device.index or 0


def get_device_name(device: Any = None) -> str:
    """The name of a CUDA device."""
    return str(Device("cuda", current_device()) if device is None else Device(device))


def synchronize(device: Any = None) -> None:
    """Wait for what the default backend computes asynchronously."""
    get_backend().synchronize()


def empty_cache() -> None:
    """Nothing: memory is the backend's own business."""


def manual_seed(seed: int) -> None:
    """Nothing: there is one generator for all devices, which `polygrad.manual_seed` seeds."""


manual_seed_all = manual_seed
