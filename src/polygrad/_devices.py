"""Devices: names that all backends share, with the library's own device."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any


class Device(str):
    """A device: a string such as ``"cpu"`` or ``"cuda:1"`` that also knows its parts.

    It equals its own name, and the library's device.  As a context manager it makes new tensors on this device.

    Args:
        type: the name, the type such as ``"cuda"``, or an int for the index of a CUDA device.
        index: which device of that type.

    Attributes:
        type: the type, such as ``"cuda"``.
        index: an int, or None.
        native: the library's own device, or None where the device was only named.

    Raises:
        TypeError: ``type`` is not a name.
        RuntimeError: the name has an index, and ``index`` is given.

    Example::

        >>> polygrad.device("cuda:1").type
        'cuda'
        >>> polygrad.zeros(3).device == "cpu"
        True
    """

    __slots__ = ("backend", "native")

    backend: Any
    native: Any

    def __new__(cls, type: Any = "cpu", index: int | None = None) -> Device:
        if isinstance(type, int):
            type, index = "cuda", type
        if not isinstance(type, str) or not type:
            raise TypeError(f"a device is named by a string such as 'cpu' or 'cuda:1', not {type!r}")
        if index is not None and ":" in type:
            raise RuntimeError(f"the name {type!r} already has an index, and index is {index}")
        made = super().__new__(cls, type if index is None else f"{type}:{index}")
        made.backend = getattr(type, "backend", None) if index is None else None
        made.native = getattr(type, "native", None) if index is None else None
        return made

    @property
    def type(self) -> str:
        """The type of device, such as ``"cpu"``."""
        return str(self).partition(":")[0]  # str() first: without ":" partition returns the string itself

    @property
    def index(self) -> int | None:  # type: ignore[override]  # PyTorch's attribute, not the method of str
        """Which device of its type, or None."""
        number = self.partition(":")[2]
        return int(number) if number.isdigit() else None

    def __eq__(self, other: object) -> bool:
        return str.__eq__(self, other) if isinstance(other, str) else self.native is not None and self.native == other

    def __ne__(self, other: object) -> bool:
        return not self == other

    if TYPE_CHECKING:

        def __hash__(self) -> int: ...
    else:
        __hash__ = str.__hash__

    def __repr__(self) -> str:
        index = self.index
        return f"device(type={self.type!r})" if index is None else f"device(type={self.type!r}, index={index})"

    def __reduce__(self) -> Any:
        return Device, (str(self),)

    def __enter__(self) -> Device:
        _entered.set((*_entered.get(), self))
        return self

    def __exit__(self, *error: Any) -> None:
        _entered.set(_entered.get()[:-1])


#: The devices whose ``with`` blocks are open, the innermost last.
_entered: ContextVar[tuple[Device, ...]] = ContextVar("polygrad_devices", default=())


#: The device that `set_default_device` chose, if any.
_chosen: list[Device] = []


def choose_device(device: Device | None) -> None:
    """Let ``device`` be where tensors are made if none is given; None is the default of each backend."""
    _chosen[:] = [] if device is None else [device]


def entered_device() -> Device | None:
    """The device that an open ``with`` block asks for, or `choose_device` chose, or None."""
    entered = _entered.get() or _chosen
    return entered[-1] if entered else None


_made: dict[tuple[int, Any], Device] = {}


def device_of(backend: Any, array: Any) -> Device:
    """The device of ``array`` of ``backend``.

    A traced array has the name of the default device, and no ``native``: the compiler places what is made like it.
    """
    native = backend.device(array)
    if native is None:
        made = wrap_device(backend, backend.default_device())
        made.native = None
        return made
    try:
        known = _made.get((id(backend), native))
    except TypeError:
        return wrap_device(backend, native)
    if known is None or known.backend is not backend:
        known = _made[id(backend), native] = wrap_device(backend, native)
    return known


def wrap_device(backend: Any, native: Any) -> Device:
    """The device ``native`` of ``backend``'s library, as users see it."""
    made = Device(backend.device_name(native))
    made.backend, made.native = backend, native
    return made


def native_device(backend: Any, device: Any) -> Any:
    """The library's own device that ``device`` means on ``backend``.  Raises as `Backend.parse_device`."""
    if isinstance(device, Device):
        if device.backend is backend:
            return device.native
        device = str(device)
    return backend.parse_device(device)
