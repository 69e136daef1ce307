"""What PyTorch programs ask ``torch.cuda``: whether new tensors can be on a CUDA device.

The functions refer to the default backend, which makes new tensors.
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

    Returns:
        A bool.

    Example::

        >>> device = polygrad.device("cuda" if polygrad.cuda.is_available() else "cpu")
    """
    return bool(_devices())


def device_count() -> int:
    """The number of CUDA devices of the default backend.

    Returns:
        An int, 0 where there is none.

    Example::

        >>> (polygrad.cuda.device_count() > 0) == polygrad.cuda.is_available()
        True
    """
    return len(_devices())


def current_device() -> int:
    """The index of the CUDA device of new tensors.

    Returns:
        An int.

    Raises:
        RuntimeError: new tensors are not on a CUDA device.

    Example::

        >>> if polygrad.cuda.is_available():
        ...     polygrad.cuda.current_device()
    """
    backend = get_backend()
    device = Device(backend.device_name(backend.default_device()))
    if device.type != "cuda":
        raise RuntimeError(f"backend {backend.name!r} makes new tensors on {str(device)!r}, which is no CUDA device")
    return device.index or 0


def get_device_name(device: Any = None) -> str:
    """The name of a CUDA device.

    Args:
        device: a device, its index or its name; by default the current one.

    Returns:
        A name such as ``"cuda:0"``.

    Raises:
        RuntimeError: ``device`` is None, and new tensors are not on a CUDA device.

    Example::

        >>> polygrad.cuda.get_device_name(0)
        'cuda:0'
    """
    return str(Device("cuda", current_device()) if device is None else Device(device))


def synchronize(device: Any = None) -> None:
    """Wait until the default backend has finished its asynchronous computations.

    Args:
        device: accepted for compatibility with PyTorch; all devices are waited for.

    Example::

        >>> polygrad.cuda.synchronize()
    """
    get_backend().synchronize()


def empty_cache() -> None:
    """Do nothing: the array library manages its memory.

    Example::

        >>> polygrad.cuda.empty_cache()
    """


def manual_seed(seed: int) -> None:
    """Do nothing: all devices share one generator, which `polygrad.manual_seed` seeds.

    Args:
        seed: accepted for compatibility with PyTorch, without effect.

    Example::

        >>> polygrad.cuda.manual_seed(0)
    """


manual_seed_all = manual_seed
