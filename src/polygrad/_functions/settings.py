"""Settings of PyTorch's that programs read or change, and what they mean here."""

from __future__ import annotations

import os
from typing import Any

from .._core.tensor import Tensor
from .._core.warn import warn
from .._devices import Device, choose_device, native_device
from ..backends.registry import get_backend
from .common import check_tensor
from .creation import empty
from .public import public_function, public_method

_PRECISIONS = ("highest", "high", "medium")
_precision = ["highest"]


@public_function()
def get_float32_matmul_precision() -> str:
    """Return what `set_float32_matmul_precision` allows: by default ``"highest"``.

    Returns:
        ``"highest"``, ``"high"`` or ``"medium"``.

    Example::

        >>> polygrad.get_float32_matmul_precision()
        'highest'
    """
    return _precision[0]


@public_function()
def set_float32_matmul_precision(precision: str) -> None:
    """Allow matrix products of float32 to be rounded more.  It changes nothing: products have the library's own precision.

    Args:
        precision: ``"highest"``, ``"high"`` or ``"medium"``.

    Raises:
        ValueError: ``precision`` is none of these.

    Example::

        >>> polygrad.set_float32_matmul_precision("highest")
    """
    if precision not in _PRECISIONS:
        raise ValueError(
            f"set_float32_matmul_precision(): precision must be one of {', '.join(_PRECISIONS)}, not {precision!r}"
        )
    _precision[0] = precision


@public_function()
def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:
    """Ask for algorithms that give the same result each time.

    On CPUs all of them do, and this changes nothing.  On a GPU it is a setting of the library, and this warns.

    Args:
        mode: whether only such algorithms are wanted.
        warn_only: accepted for compatibility with PyTorch.

    Raises:
        TypeError: ``mode`` is not a bool.

    Example::

        >>> polygrad.use_deterministic_algorithms(True)
    """
    if not isinstance(mode, bool):
        raise TypeError(f"use_deterministic_algorithms(): mode must be a bool, not {type(mode).__name__}")
    device = get_default_device()
    if mode and device.type != "cpu":
        warn(
            f"use_deterministic_algorithms(): whether algorithms on {device} are deterministic is a setting of the library"
        )


#: What the libraries of linear algebra read when they start.
_VARIABLES = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")


@public_function()
def get_num_threads() -> int:
    """Return how many threads a matrix product on a CPU may use: what the environment says, or the number of cores.

    Returns:
        An int.

    Example::

        >>> polygrad.get_num_threads() >= 1
        True
    """
    for name in _VARIABLES:
        if (said := os.environ.get(name, "")).isdigit() and int(said):
            return int(said)
    return os.cpu_count() or 1


@public_function()
def set_num_threads(num: int) -> None:
    """Ask for a number of threads on a CPU.  The library reads it when it starts: another number than it has now warns.

    Args:
        num: the number of threads, at least 1.

    Raises:
        RuntimeError: ``num`` is not a positive int.

    Example::

        >>> polygrad.set_num_threads(polygrad.get_num_threads())
    """
    if not isinstance(num, int) or isinstance(num, bool) or num < 1:
        raise RuntimeError(f"set_num_threads(): expects a positive int, not {num!r}")
    if num != (now := get_num_threads()):
        warn(
            f"set_num_threads(): the library keeps its {now} threads; set OPENBLAS_NUM_THREADS={num} in the environment "
            "before Python starts"
        )


@public_function()
def get_default_device() -> Device:
    """Return the device on which tensors are made if none is given.

    Returns:
        A `Device`.

    Example::

        >>> polygrad.get_default_device()
        device(type='cpu')
    """
    return empty(0).device


@public_function()
def set_default_device(device: Any) -> None:
    """Choose the device on which tensors are made if none is given, for all threads.

    Args:
        device: a device, or its name; None for the default of each backend.

    Raises:
        RuntimeError: the current backend has no such device.

    Example::

        >>> polygrad.set_default_device("cpu")
        >>> polygrad.set_default_device(None)
    """
    if device is None:
        choose_device(None)
        return
    native_device(get_backend(None), device)
    choose_device(device if isinstance(device, Device) else Device(device))


@public_function()
def typename(obj: Any, /) -> str:
    """Return the name of a tensor's type, or of the class of an object.

    Args:
        obj: any object.

    Returns:
        A string: of a tensor what `Tensor.type` returns, else module and name of the class, or of the object itself if it
        has these.

    Example::

        >>> polygrad.typename(polygrad.ones(2)), polygrad.typename(3)
        ('polygrad.FloatTensor', 'int')
    """
    if isinstance(obj, Tensor):
        return obj.type()
    named = obj if hasattr(obj, "__qualname__") else type(obj)
    module = getattr(named, "__module__", None)
    name = named.__qualname__
    return name if not module or module == "builtins" else f"{module}.{name}"


@public_function()
def is_storage(obj: Any, /) -> bool:
    """Test whether an object is a storage of PyTorch's.  There are none here: the memory is the array library's.

    Args:
        obj: any object.

    Returns:
        False.

    Example::

        >>> polygrad.is_storage(polygrad.ones(2))
        False
    """
    return False


@public_function()
def detach(input: Tensor) -> Tensor:
    """Return the tensor outside of the graph.

    Args:
        input: a tensor of any shape.

    Returns:
        A leaf that does not require grad and shares the memory of ``input``.

    Example::

        >>> polygrad.detach(polygrad.ones(2, requires_grad=True))
        tensor([1., 1.])
    """
    return check_tensor(input, "detach").detach()


@public_method()
def get_device(input: Tensor) -> int:
    """Return the index of the GPU that the tensor is on.

    Args:
        input: a tensor of any shape.

    Returns:
        An int, -1 for the CPU.

    Example::

        >>> polygrad.ones(2).get_device()
        -1
    """
    device = input.device
    return -1 if device.type == "cpu" else device.index or 0
