"""Tensors and their memory: shared memory is written once, and shared again when it is read.

A file has memories, and tensors that are windows on them.  A tensor that shares nothing with another one of the file
has a memory with its own elements only.
"""

from __future__ import annotations

import importlib
import math
from typing import Any

import numpy as np

from .. import _dtypes
from .._core.tensor import Tensor, cell, make_leaf
from .._devices import native_device
from .._dtypes import DType
from ..backends.exceptions import BackendError
from ..backends.registry import get_backend
from .container import is_shape
from .exceptions import DamagedFileError, EnvironmentMismatch
from .windows import Window, can_be_made, count_padding, view_chain, view_through, window_of

#: The classes of tensors that any file may contain, and their modules.
CLASSES = {"Tensor": "polygrad", "Parameter": "polygrad.nn.parameter", "Buffer": "polygrad.nn.parameter"}

_CODES = {
    "bool": "BOOL", "int8": "I8", "int16": "I16", "int32": "I32", "int64": "I64", "uint8": "U8", "uint16": "U16",
    "uint32": "U32", "uint64": "U64", "float16": "F16", "bfloat16": "BF16", "float32": "F32", "float64": "F64",
    "complex64": "F32", "complex128": "F64",  # pairs: older versions of safetensors have no complex types
}  # fmt: skip


def tensor_class(name: str) -> type[Tensor]:
    """The class of that name in `CLASSES`."""
    return getattr(importlib.import_module(CLASSES[name]), name)


def is_known_class(kind: type) -> bool:
    """Whether ``kind`` is one of `CLASSES`."""
    return CLASSES.get(kind.__name__) == kind.__module__


def hidden_by(owner: Any, attributes: dict[Any, Any]) -> Any:
    """The first name in ``attributes`` that ``owner`` cannot store, or that its class defines; else None."""
    for name in attributes:
        plain = type(name) is str and name.isidentifier() and hasattr(owner, "__dict__")
        if not plain or hasattr(type(owner), name):
            return name
    return None


def set_attributes(owner: Any, attributes: dict[Any, Any]) -> None:
    """Set attributes from a file on ``owner``.  Raises DamagedFileError for a name that would hide one of its class."""
    name = hidden_by(owner, attributes)
    if name is not None:
        raise DamagedFileError(
            f"the file gives a {type(owner).__name__} the attribute {name!r}, which would change what it does"
        )
    if attributes:
        vars(owner).update(attributes)


# -- writing -----------------------------------------------------------------------------------------------------------


class TensorWriter:
    """The tensors of one file, numbered in order."""

    def __init__(self) -> None:
        self.tensors: list[Tensor] = []
        self._names: list[str] = []
        self._numbers: dict[int, int] = {}

    def number(self, tensor: Tensor, name: str) -> int:
        """The number of ``tensor``, which is added to the file under ``name`` if it is new."""
        known = self._numbers.get(id(tensor))
        if known is None:
            if tensor.backend.level:
                raise RuntimeError(f"a tensor inside {tensor.backend.name} cannot be saved; save it outside")
            known = self._numbers[id(tensor)] = len(self.tensors)
            self.tensors.append(tensor)
            self._names.append(name)
        return known

    def finish(self) -> tuple[dict[str, tuple[str, np.ndarray]], dict[str, Any]]:
        """The arrays for the container, and the description of memories and tensors."""
        self._arrays: dict[str, tuple[str, np.ndarray]] = {}
        self._memories: list[list[str]] = []
        self._entries: list[dict[str, Any]] = [{} for _ in self.tensors]
        families: dict[int, list[int]] = {}
        memories = {}
        for number, tensor in enumerate(self.tensors):
            memory, steps = view_chain(tensor)
            memories[number] = memory, steps
            families.setdefault(id(memory), []).append(number)
        for members in families.values():
            self._write_family(members, memories[members[0]][0], [memories[number][1] for number in members])
        return self._arrays, {"memories": self._memories, "tensors": self._entries}

    def _write_family(self, members: list[int], memory: Tensor, steps: list[list[Any]]) -> None:
        if len(members) == 1 or not any(steps):
            # One tensor, or several that are all of their memory (tied weights).
            self._write(members, self.tensors[members[0]])
            return
        shared: list[tuple[int, int, int, Window]] = []
        for number, path in zip(members, steps, strict=True):
            tensor = self.tensors[number]
            window = window_of(tensor, memory, path)
            if window is None:
                self._write([number], tensor)
                continue
            shared.append((*window.span(memory.dtype, tensor.dtype), number, window))
        shared.sort(key=lambda item: item[:2])
        while shared:
            group, end = [shared[0]], shared[0][1]
            while len(group) < len(shared) and shared[len(group)][0] < end:
                end = max(end, shared[len(group)][1])
                group.append(shared[len(group)])
            del shared[: len(group)]
            self._write_group(group, memory, group[0][0], end)

    def _write_group(self, group: list[tuple[int, int, int, Window]], memory: Tensor, start: int, end: int) -> None:
        """Write elements ``start`` to ``end`` of ``memory``, which the views in ``group`` share."""
        numbers = [number for _, _, number, _ in group]
        if len({(window, self.tensors[number].dtype) for _, _, number, window in group}) == 1:
            self._write(numbers, self.tensors[numbers[0]])
            return
        part = _values(memory).reshape(-1)[start:end]
        place = self._add_memory(min(numbers), memory.dtype, memory.backend.name, part)
        for _, _, number, window in group:
            window = window.shift(start, memory.dtype, self.tensors[number].dtype)
            self._entries[number] = self._make_entry(number, place) | {
                "offset": window.offset, "shape": list(window.shape), "strides": list(window.strides),
                **({"conjugate": True} if window.conjugate else {}),
            }  # fmt: skip

    def _write(self, numbers: list[int], tensor: Tensor) -> None:
        """Write ``tensor`` as the one memory of all tensors in ``numbers``."""
        place = self._add_memory(numbers[0], tensor.dtype, tensor.backend.name, _values(tensor))
        for number in numbers:
            self._entries[number] = self._make_entry(number, place)

    def _make_entry(self, number: int, place: int) -> dict[str, Any]:
        tensor = self.tensors[number]
        entry: dict[str, Any] = {"memory": place, "dtype": tensor.dtype.name}
        if tensor.requires_grad:
            entry["requires_grad"] = True
        return entry

    def _add_memory(self, number: int, dtype: DType, backend: str, values: np.ndarray) -> int:
        name = wanted = self._names[number].encode("utf-8", "replace").decode() or "tensor"
        count = 2
        while name in self._arrays or name == "__metadata__":
            name, count = f"{wanted}#{count}", count + 1
        self._arrays[name] = _CODES[dtype.name], _to_container_type(values, dtype)
        self._memories.append([name, dtype.name, backend])
        return len(self._memories) - 1


def _values(tensor: Tensor) -> np.ndarray:
    return np.asarray(tensor.backend.to_numpy(tensor._read()))


def _to_container_type(values: np.ndarray, dtype: DType) -> np.ndarray:
    """``values`` in the data type of the container."""
    if dtype is _dtypes.bfloat16:  # the upper half of a float32, exactly
        return (np.ascontiguousarray(values, dtype=np.float32).view(np.uint32) >> 16).astype(np.uint16)
    if dtype.is_complex:
        real = np.dtype(dtype.to_real().name)
        return np.ascontiguousarray(values).reshape(-1).view(real).reshape(*values.shape, 2)
    return values


# -- reading -----------------------------------------------------------------------------------------------------------


class TensorReader:
    """The tensors of a file, made on demand.

    Everything that the file says about them is checked before any is made.
    """

    def __init__(self, arrays: dict[str, tuple[str, np.ndarray]], listed: Any, device: Any, backend: Any):
        self._arrays = arrays
        self._memories = [self._check_memory(*entry) for entry in listed["memories"]]
        self._entries = [self._check_entry(entry) for entry in listed["tensors"]]
        whole = {place for place, _, window, _ in self._entries if window is None}
        cut = {place for place, _, window, _ in self._entries if window is not None}
        if len({name for name, _, _ in self._memories}) != len(self._memories) or whole & cut:
            raise DamagedFileError("the file is damaged: two memories are one")
        self._made: dict[int, Tensor] = {}
        self._alone: dict[int, Tensor] = {}
        self._flat: dict[int, Tensor] = {}
        self._device, self._backend = device, backend

    def __len__(self) -> int:
        return len(self._entries)

    def _check_memory(self, name: str, dtype: str, backend: str) -> tuple[str, DType, str]:
        code, array = self._arrays[name]
        known = _dtypes.BY_NAME[dtype]
        if _CODES[dtype] != code or (known.is_complex and array.shape[-1:] != (2,)) or type(backend) is not str:
            raise DamagedFileError(f"the file is damaged: {name!r} cannot be {dtype}")
        return name, known, backend

    def _check_entry(self, entry: Any) -> tuple[int, DType, Window | None, bool]:
        """The number of the memory, the data type, the window on the memory if it is not all, ``requires_grad``."""
        place, dtype = entry["memory"], _dtypes.BY_NAME[entry["dtype"]]
        requires_grad = entry.get("requires_grad", False)
        if type(place) is not int or not 0 <= place < len(self._memories) or type(requires_grad) is not bool:
            raise DamagedFileError("the file is damaged: a tensor has no memory")
        if requires_grad and not dtype.is_differentiable:
            raise DamagedFileError(f"the file is damaged: a tensor of {dtype.name} should require grad")
        _, memory, _ = self._memories[place]
        if "offset" not in entry:
            if memory is not dtype:
                raise DamagedFileError(f"the file is damaged: a memory of {memory.name} cannot be of {dtype.name}")
            return place, dtype, None, requires_grad
        offset, shape, strides = entry["offset"], entry["shape"], entry["strides"]
        numbers = [offset, *strides]
        if (
            not is_shape(shape)
            or len(shape) != len(strides)
            or not all(type(n) is int and abs(n) < 1 << 60 for n in numbers)
        ):
            raise DamagedFileError("the file is damaged: a view has no shape")
        window = Window(offset, tuple(shape), tuple(strides), entry.get("conjugate", False) is True)
        if not math.prod(shape) or not can_be_made(window, self._elements(place), memory, dtype):
            raise DamagedFileError("the file is damaged: a view does not lie in its memory")
        return place, dtype, window, requires_grad

    def _elements(self, place: int) -> int:
        name, dtype, _ = self._memories[place]
        return self._arrays[name][1].size // (2 if dtype.is_complex else 1)

    def tensor(self, number: int, kind: type[Tensor] = Tensor) -> Tensor:
        """The tensor of that number, always the same object; of class ``kind`` where it is made now."""
        made = self._made.get(number)
        if made is None:
            place, dtype, window, requires_grad = self._entries[number]
            if window is None and place not in self._alone:
                made = self._alone[place] = make_leaf(object.__new__(kind), self._array(place), requires_grad)
            else:
                made = self._view(place, dtype, window, kind, requires_grad)
            self._made[number] = made
        return made

    def _view(self, place: int, dtype: DType, window: Window | None, kind: type[Tensor], requires_grad: bool) -> Tensor:
        if window is None:
            shared = self._alone[place]
        else:
            shared = view_through(self._memory(place), window, dtype)
        made = make_leaf(object.__new__(kind), shared._read(), False)
        made._share_storage(shared)
        if requires_grad:
            made.requires_grad = True
        return made

    def _memory(self, place: int) -> Tensor:
        """The memory of that number as a flat tensor."""
        if place not in self._flat:
            _, dtype, _ = self._memories[place]
            elements = self._elements(place)
            more = max(
                count_padding(window, elements, dtype, its)
                for at, its, window, _ in self._entries
                if at == place and window
            )
            self._flat[place] = cell(self._array(place, more))
        return self._flat[place]

    def _array(self, place: int, more: int | None = None) -> Any:
        """A memory on its backend; with ``more``, flat and with so many more elements."""
        name, dtype, saved_on = self._memories[place]
        values = _from_container_type(self._arrays.pop(name)[1], dtype)
        if more is not None:
            values = np.concatenate([values.reshape(-1), np.zeros(more, values.dtype)]) if more else values.reshape(-1)
        return to_backend(values, dtype, saved_on, self._device, self._backend)


def _from_container_type(stored: np.ndarray, dtype: DType) -> np.ndarray:
    """The inverse of `_to_container_type`."""
    if dtype is _dtypes.bfloat16:
        return (stored.astype(np.uint32) << 16).view(np.float32)
    if dtype.is_complex:
        return stored.reshape(-1).view(dtype.name).reshape(stored.shape[:-1])
    return stored


def to_backend(values: np.ndarray, dtype: DType, saved_on: str, device: Any, backend: Any) -> Any:
    """The backend's own array of ``values``, which the caller gives away.  Raises EnvironmentMismatch."""
    try:
        target = get_backend(saved_on if backend is None else backend)
        where = target.default_device() if device is None else native_device(target, device)
        copy = True if values.base is not None else None  # a view of other memory could not be overwritten
        return target.asarray(values, dtype=target.to_dtype(dtype), device=where, copy=copy)
    except BackendError as error:
        way_out = "(a tensor in this file was saved from it: polygrad.load(..., backend='numpy') reads it without)"
        raise EnvironmentMismatch(type(error)(f"{error} {way_out}")) from error
    except Exception as error:
        raise EnvironmentMismatch(error) from error
