"""`polygrad.save` and `polygrad.load`: tensors, and whatever holds them, in a file.

A file is a pickle in which every tensor is its bytes, its type and its backend's name.  `load` builds only what is on a
list of harmless things unless it is told to trust the file, for a pickle can run any program.
"""

from __future__ import annotations

import functools
import os
import pickle
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np

from . import _dtypes
from ._core.tensor import Tensor, make_leaf
from ._devices import native_device
from ._dtypes import DType
from .backends.exceptions import BackendError
from .backends.registry import get_backend

__all__ = ["add_safe_globals", "clear_safe_globals", "get_safe_globals", "load", "safe_globals", "save"]

_PROTOCOL = 4
_trusted: list[Any] = []


def save(obj: Any, f: Any, pickle_protocol: int = _PROTOCOL) -> None:
    """Write ``obj`` to ``f``, a path or a file that is open for writing bytes.

    Tensors are written with their values, types, backend and ``requires_grad``, without their graph and ``.grad``.

    Example::

        polygrad.save(model.state_dict(), "model.pt")
    """
    with _opened(f, "wb") as file:
        _Pickler(file, protocol=pickle_protocol).dump(obj)


def load(f: Any, map_location: Any = None, *, weights_only: bool = True, backend: Any = None) -> Any:
    """What `save` wrote to ``f``, a path or a file that is open for reading bytes.

    Args:
        map_location: the device to put tensors on, instead of the default one of their backend.
        weights_only: build nothing but tensors, numbers, strings, containers, and what `add_safe_globals` was given.
            False trusts the file, which can then run any program.
        backend: the backend to put tensors on, instead of the one that they were saved from.

    Raises UnpicklingError for what is not on the list and for a file that `save` did not write, and BackendError where
    a tensor's backend is not there.

    Example::

        model.load_state_dict(polygrad.load("model.pt"))
    """
    if map_location is not None and not isinstance(map_location, str):
        raise TypeError(f"map_location is a device such as 'cpu', not {map_location!r}")
    with _opened(f, "rb") as file:
        reader = _TrustingUnpickler(file) if not weights_only else _Unpickler(file)
        reader.place = (map_location, backend)
        try:
            return reader.load()
        except (EOFError, UnicodeDecodeError, KeyError, IndexError, AttributeError) as error:
            raise pickle.UnpicklingError(
                f"this is no file that polygrad.save() wrote, or it is damaged: {error}"
            ) from error


def add_safe_globals(safe: Iterable[Any]) -> None:
    """Let `load` build these classes and call these functions."""
    _trusted.extend(safe)


def get_safe_globals() -> list[Any]:
    """What `add_safe_globals` was given."""
    return list(_trusted)


def clear_safe_globals() -> None:
    """Forget what `add_safe_globals` was given."""
    _trusted.clear()


class safe_globals(AbstractContextManager):
    """`add_safe_globals` for the length of a ``with`` block."""

    def __init__(self, safe: Iterable[Any]):
        self._safe = list(safe)

    def __enter__(self) -> None:
        self._before = list(_trusted)
        add_safe_globals(self._safe)

    def __exit__(self, *exc: object) -> None:
        _trusted[:] = self._before


def _opened(f: Any, mode: str) -> AbstractContextManager:
    return open(f, mode) if isinstance(f, (str, os.PathLike)) else nullcontext(f)


# -- writing -----------------------------------------------------------------------------------------------------------


class _Pickler(pickle.Pickler):
    def reducer_override(self, obj: Any) -> Any:
        if not isinstance(obj, Tensor):
            return NotImplemented
        attributes = dict(getattr(obj, "__dict__", {}))
        return _tensor, (type(obj), *_values(obj), obj.requires_grad, attributes)


def _values(tensor: Tensor) -> tuple[DType, tuple[int, ...], str, bytes]:
    backend = tensor.backend
    if backend.level:
        raise RuntimeError(f"a tensor inside {backend.name} cannot be saved; save it outside")
    values = np.asarray(backend.to_numpy(tensor.detach()._read()))
    if tensor.dtype is _dtypes.bfloat16:  # NumPy has no such type; float32 holds all its values
        values = values.astype(np.float32)
    values = values.astype(values.dtype.newbyteorder("<"), copy=False)
    return tensor.dtype, tuple(tensor.shape), backend.name, values.tobytes()


# -- reading -----------------------------------------------------------------------------------------------------------


def _tensor(
    kind: type,
    dtype: DType,
    shape: tuple[int, ...],
    saved_on: str,
    values: bytes,
    requires_grad: bool,
    attributes: dict[str, Any],
    device: Any = None,
    backend: Any = None,
) -> Tensor:
    """The tensor that was written as these values."""
    try:
        target = get_backend(saved_on if backend is None else backend)
    except BackendError as error:
        raise type(error)(
            f"{error} (a tensor in this file was saved from it: polygrad.load(..., backend='numpy') reads it without)"
        ) from error
    stored = np.dtype("float32" if dtype is _dtypes.bfloat16 else dtype.name).newbyteorder("<")
    array = np.frombuffer(values, dtype=stored).reshape(shape).astype(stored.newbyteorder("="))
    where = target.default_device() if device is None else native_device(target, device)
    array = target.asarray(array, dtype=target.to_dtype(dtype), device=where, copy=True)
    made = make_leaf(object.__new__(kind), array, requires_grad)
    for name, value in attributes.items():
        setattr(made, name, value)
    return made


_HARMLESS = {
    ("collections", "OrderedDict"), ("polygrad._dtypes", "_by_name"), ("polygrad._devices", "Device"),
    ("polygrad._core.tensor", "Size"),
    *(("builtins", name) for name in ("complex", "set", "frozenset", "bytearray", "slice", "range")),
}  # fmt: skip


class _TrustingUnpickler(pickle.Unpickler):
    place: tuple[Any, Any] = (None, None)

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == (__name__, "_tensor"):
            device, backend = self.place
            return functools.partial(_tensor, device=device, backend=backend)
        return super().find_class(module, name)


class _Unpickler(_TrustingUnpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in _HARMLESS or (module, name) == (__name__, "_tensor"):
            return super().find_class(module, name)
        if module.partition(".")[0] == "polygrad" and name.isidentifier():
            found = super().find_class(module, name)
            if isinstance(found, type) and issubclass(found, Tensor):
                return found
        for trusted in _trusted:
            if (module, name) == (trusted.__module__, trusted.__qualname__):
                return trusted
        raise pickle.UnpicklingError(
            f"the file asks for {module}.{name}, which could run any program; if you trust it, list it with "
            f"polygrad.serialization.add_safe_globals([{name}]), or the whole file with "
            "polygrad.load(..., weights_only=False)"
        )
