"""Exchange of memory with other libraries and objects: DLPack, buffers, `asarray`."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np

from .._core.errors import ShapeError
from .._core.lending import lend
from .._core.primitive import OPERATIONS as xp
from .._core.tensor import Tensor
from .._dtypes import DType
from ..backends.registry import BY_TYPE
from . import conversion, creation
from .plain import backend_of
from .public import public_function
from .transfer import transfer


@public_function()
def asarray(
    obj: Any,
    *,
    dtype: DType | None = None,
    device: Any = None,
    copy: bool | None = None,
    requires_grad: bool | None = None,
    backend: Any = None,
) -> Tensor:
    """Convert an object to a tensor: a tensor, an array of any library, a buffer, nested lists, or a number.

    Args:
        obj: the object.  Of bytes and other buffers, ``dtype`` says what they hold.
        dtype: the data type of the result.  By default that of ``obj``.
        device: the device of the result.  By default the current one of the backend.
        copy: True copies always, False never: memory is shared, with the promise not to write to it.  None, the
            default, copies everything but a tensor that fits.
        requires_grad: if given, the result is a leaf, outside the graph of ``obj``, and this says whether it requires
            grad.
        backend: the backend of the result, by name.  By default that of an array or tensor, else the current one.

    Returns:
        A tensor; ``obj`` itself if it is a tensor that fits.

    Raises:
        ValueError: ``copy=False``, and memory cannot be shared.
        TypeError: ``obj`` is none of these.

    Example::

        >>> polygrad.asarray(np.arange(3))
        tensor([0, 1, 2])
        >>> polygrad.asarray(bytes([1, 2]), dtype=polygrad.uint8)
        tensor([1, 2], dtype=polygrad.uint8)
    """
    dtype = creation.check_dtype(dtype)
    obj = _from_buffer(obj, dtype)
    if type(obj).__name__ == "PyCapsule":
        obj = np.from_dlpack(_Exported(obj))
    if copy is False and not isinstance(obj, Tensor):
        source = backend_of(obj)
        if source is None or isinstance(obj, np.generic):
            raise ShapeError(f"asarray(): copy=False, but {type(obj).__name__} has no memory to share; leave copy out")
        made = creation.tensor(obj, dtype=dtype, device=device, backend=backend, copy=False)
        is_shared = made.backend is source and made.dtype is source.from_dtype(obj.dtype)
    else:
        made = creation.as_tensor(obj, dtype, device, backend=backend)
        is_shared = made is obj
    if copy is False and not is_shared:
        raise ValueError(
            "asarray(): copy=False, but memory cannot be shared with another data type, device or backend; leave copy out"
        )
    if copy and is_shared:
        made = xp.clone(made)
    return made if requires_grad is None else made.detach().requires_grad_(requires_grad)


def _from_buffer(data: Any, dtype: DType | None) -> Any:
    """Return the memory of a bytes-like object as a NumPy array; anything else is returned itself."""
    if not isinstance(data, (bytes, bytearray, memoryview)):
        return data
    view = memoryview(data)
    if dtype is None or view.format != "B":
        return np.asarray(view)
    return np.frombuffer(view, BY_TYPE[np.ndarray].to_dtype(dtype))


class _Exported:
    """Wraps a DLPack capsule of CPU memory as the object that a library's ``from_dlpack`` takes."""

    def __init__(self, capsule: Any):
        self.capsule = capsule

    def __dlpack__(self, **_: Any) -> Any:
        return self.capsule

    def __dlpack_device__(self) -> tuple[int, int]:
        return 1, 0  # the CPU


def dlpack(
    self: Tensor, /, *, stream: Any = None, max_version: Any = None, dl_device: Any = None, copy: bool | None = None
) -> Any:
    """The standard's ``__dlpack__``: a copy, unless ``copy=False``, which shares memory as `Tensor.numpy` does.

    Raises BufferError for a tensor that requires grad, and for ``copy=False`` where NumPy cannot share the memory.
    """
    if self.requires_grad:
        raise BufferError("can't export a tensor that requires grad through DLPack; use tensor.detach()")
    given = {"stream": stream, "max_version": max_version, "dl_device": dl_device}
    arguments = {name: value for name, value in given.items() if value is not None}
    if copy is not False:
        return self.backend.asarray(self.array, copy=True).__dlpack__(**arguments)
    memory = lend(self)
    if memory is None:
        raise BufferError(
            f"the memory of this tensor, on backend {self.backend.name!r}, is not shared through DLPack, since what is written to "
            "it would change gradients; leave copy=False out, or read tensor.array, and do not write to it"
        )
    return memory[...].__dlpack__(**arguments)


def dlpack_device(input: Tensor) -> Any:
    """The standard's ``__dlpack_device__``."""
    return input.array.__dlpack_device__()


@public_function()
def from_dlpack(ext_tensor: Any, *, device: Any = None, copy: bool | None = True, backend: Any = None) -> Tensor:
    """Convert an array of any library that supports DLPack.

    Args:
        ext_tensor: an object with ``__dlpack__``, or a DLPack capsule.
        device: the device of the result.  By default the current one of the backend.
        copy: True copies, so that a later write to the array changes no gradient.  False and None share memory where
            that is possible, with the promise not to write to it.
        backend: the backend of the result, by name.  By default the current one, see `set_backend`.

    Returns:
        A tensor outside the graph.

    Example::

        >>> polygrad.from_dlpack(np.ones(2))
        tensor([1., 1.], dtype=polygrad.float64)
    """
    target, where = creation.place(backend, device)
    if type(ext_tensor).__name__ == "PyCapsule":
        ext_tensor = _Exported(ext_tensor)
    if isinstance(ext_tensor, Tensor):
        return conversion.to(ext_tensor.detach(), backend=target, copy=bool(copy))
    array = target.library.from_dlpack(ext_tensor)
    return creation.wrap(target.asarray(array, device=where, copy=copy or None))


#: The versions of the Array API standard that `polygrad.array_api` serves: each has all that the former ones have.
_VERSIONS = ("2021.12", "2022.12", "2023.12", "2024.12", "2025.12")


def array_namespace(self: Tensor, /, *, api_version: str | None = None) -> Any:
    """The standard's ``__array_namespace__``: the module `polygrad.array_api`.

    Raises ValueError for a version of the standard that it does not serve.
    """
    if api_version is not None and api_version not in _VERSIONS:
        raise ValueError(
            f"polygrad.array_api serves the versions {', '.join(_VERSIONS)} of the standard, not {api_version!r}"
        )
    return importlib.import_module(f"{__package__.rpartition('.')[0]}.array_api")


def _numpy_protocol(name: str) -> Any:
    def method(self: Tensor, /, *args: Any, **kwargs: Any) -> Any:
        interop = importlib.import_module(f"{__package__.rpartition('.')[0]}.interop.numpy")
        return getattr(interop, name)(self, *args, **kwargs)

    return method


#: NumPy's protocols, from a room above, imported at the first call: ``numpy.sin(tensor)`` and ``numpy.sum(tensor)``.
array_ufunc, array_function = _numpy_protocol("array_ufunc"), _numpy_protocol("array_function")


def to_device(self: Tensor, device: Any, /, *, stream: Any = None) -> Tensor:  # noqa: D417  # the method's self
    """Move a tensor to another device, as the Array API standard names it.  The gradient flows back.

    Args:
        device: the device, as a name or an object.
        stream: None; no library with streams is supported.

    Returns:
        A tensor; this one itself if it is there.

    Raises:
        ValueError: a stream is given.

    Example::

        >>> polygrad.ones(2).to_device("cpu")
        tensor([1., 1.])
    """
    if stream is not None:
        raise ValueError("to_device(): a stream is for libraries that have them; leave it out")
    return transfer(self, self.backend, device, None)
