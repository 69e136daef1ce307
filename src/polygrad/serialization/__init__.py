"""`polygrad.save` and `polygrad.load`: tensors, and whatever holds them, in a file.

A file is a container of arrays in the layout of safetensors, with a checksum, and a description of what holds them: data
where that says it all (containers, numbers, strings, tensors, …), else a pickle.  Data does nothing, whatever it says; a
pickle can run any program, so `load` builds only what is on a list of harmless things unless it is told to trust the file.
Files of before the container, which were pickles altogether, are read in the same way.
"""

from __future__ import annotations

import io
import os
import pickle
import struct
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import Any

import numpy as np

from .. import _functions
from . import container
from .atomic import replacing
from .exceptions import DamagedFileError, NotTheFile, UnsafeFileError
from .pickles import Pickler, Place, RestrictedReader, TrustingReader, _stored
from .structure import Decoder, Encoder, NotPlain
from .tensors import TensorReader, TensorWriter

__all__ = [
    "DamagedFileError",
    "UnsafeFileError",
    "add_safe_globals",
    "clear_safe_globals",
    "get_safe_globals",
    "load",
    "safe_globals",
    "save",
]

_PROTOCOL = 4
#: The array of a container that is a pickle.
_PICKLE = "__pickle__"
_trusted: list[Any] = []

#: What a file can make Python raise that does not fit together.
_MISFITS = (
    ArithmeticError, AssertionError, AttributeError, EOFError, ImportError, LookupError, RecursionError, TypeError,
    ValueError, struct.error,
)  # fmt: skip


def save(obj: Any, f: Any, pickle_protocol: int = _PROTOCOL) -> None:
    """Write ``obj`` to ``f``, a path or a file that is open for writing bytes.

    Tensors are written with their values, types, backend and ``requires_grad``, without their graph and ``.grad``.  Those
    that share memory, as views and tied weights do, share it again when they are loaded.  Other programs can read the
    tensors as safetensors, under the names that a state dict gives them.

    A path's file is replaced as a whole: until all is written, and if anything goes wrong, the former file stays.

    Args:
        obj: tensors, numbers, strings and containers of them, or any object that can be pickled.
        f: the path or the file.
        pickle_protocol: for objects other than tensors, numbers, strings and containers, which are pickled.

    Raises what pickle raises for what it cannot write, and OSError where the file cannot be written.

    Example::

        polygrad.save(model.state_dict(), "model.pt")
    """
    _check_file(f, "save", "write", "wb")
    arrays, metadata = _described(obj, pickle_protocol)
    with replacing(f) if isinstance(f, (str, os.PathLike)) else nullcontext(f) as file:
        container.write(file, arrays, metadata)


def load(f: Any, map_location: Any = None, *, weights_only: bool = True, backend: Any = None) -> Any:
    """What `save` wrote to ``f``, a path or a file that is open for reading bytes.

    Args:
        f: the path or the file.
        map_location: the device to put tensors on, instead of the default one of their backend.
        weights_only: build nothing but tensors, numbers, strings, containers, and what `add_safe_globals` was given.
            False trusts the file, which can then run any program.
        backend: the backend to put tensors on, instead of the one that they were saved from.

    Raises DamagedFileError for a file that is damaged or that `save` did not write, UnsafeFileError for what is not on the
    list (both are a `pickle.UnpicklingError`), and BackendError where a tensor's backend is not there.

    Example::

        model.load_state_dict(polygrad.load("model.pt"))
    """
    if map_location is not None and not isinstance(map_location, str):
        raise TypeError(f"map_location is a device such as 'cpu', not {map_location!r}")
    _check_file(f, "load", "read", "rb")
    with open(f, "rb") if isinstance(f, (str, os.PathLike)) else nullcontext(f) as file:
        opening = file.read(container.OPENING)
        try:
            if container.is_container(opening):
                return _load_container(file, opening, map_location, backend, weights_only)
            return _load_pickle(file, opening, Place(map_location, backend, not weights_only), weights_only)
        except NotTheFile as other:
            raise other.error from other.__cause__


def _check_file(f: Any, caller: str, method: str, mode: str) -> None:
    if not isinstance(f, (str, os.PathLike)) and not callable(getattr(f, method, None)):
        raise TypeError(
            f"{caller}: f is a path or an open file, as open(path, {mode!r}) gives it, not {type(f).__name__}"
        )
    if isinstance(f, io.TextIOBase):
        raise TypeError(f"{caller}: the file is open for text; open it for bytes, as in open(path, {mode!r})")


def add_safe_globals(safe: Iterable[Any]) -> None:
    """Let `load` build these classes and call these functions.

    Example::

        polygrad.serialization.add_safe_globals([MyConfig])
    """
    _trusted.extend(safe)


def get_safe_globals() -> list[Any]:
    """What `add_safe_globals` was given."""
    return list(_trusted)


def clear_safe_globals() -> None:
    """Forget what `add_safe_globals` was given."""
    _trusted.clear()


class safe_globals(AbstractContextManager):
    """`add_safe_globals` for the length of a ``with`` block.

    Example::

        with polygrad.serialization.safe_globals([MyConfig]):
            checkpoint = polygrad.load("checkpoint.pt")
    """

    def __init__(self, safe: Iterable[Any]):
        self._safe = list(safe)

    def __enter__(self) -> None:
        self._before = list(_trusted)
        add_safe_globals(self._safe)

    def __exit__(self, *exc: object) -> None:
        _trusted[:] = self._before


# -- writing -----------------------------------------------------------------------------------------------------------


def _described(obj: Any, protocol: int) -> tuple[dict[str, tuple[str, np.ndarray]], dict[str, str]]:
    """The arrays and the metadata of the container for ``obj``."""
    tensors = TensorWriter()
    encoder = Encoder(tensors)
    try:
        content = {"value": encoder.value(obj), "rows": encoder.rows}
        arrays, listed = tensors.finish()
    except NotPlain:
        tensors, pickled = TensorWriter(), io.BytesIO()
        try:
            Pickler(pickled, protocol, tensors).dump(obj)
        except RecursionError:
            raise ValueError(
                "save(): the object has parts that must be pickled, and is nested too deeply for that; only tensors, "
                "numbers, strings and containers may be nested to any depth"
            ) from None
        content = {"value": None, "rows": []}
        arrays, listed = tensors.finish()
        arrays[_PICKLE] = "U8", np.frombuffer(pickled.getvalue(), np.uint8)
    return arrays, {"content": container.written(content), "tensors": container.written(listed)}


# -- reading -----------------------------------------------------------------------------------------------------------


def _load_container(file: Any, opening: bytes, device: Any, backend: Any, weights_only: bool) -> Any:
    metadata, arrays = container.read(file, opening)
    pickled = arrays.pop(_PICKLE, None)
    try:
        tensors = TensorReader(arrays, container.parsed(metadata["tensors"]), device, backend)
        if pickled is None:
            content = container.parsed(metadata["content"])
            return Decoder(content["rows"], tensors).object(content["value"])
    except _MISFITS as error:
        raise _does_not_fit(error) from error
    return _unpickled(io.BytesIO(pickled[1].tobytes()), Place(device, backend, not weights_only, tensors), weights_only)


def _load_pickle(file: Any, opening: bytes, place: Place, weights_only: bool) -> Any:
    """A file of before the container.  Where several stand in one file, it is left at the next one."""
    data = io.BytesIO(opening + file.read())
    loaded = _unpickled(data, place, weights_only)
    if behind := len(data.getbuffer()) - data.tell():
        with suppress(AttributeError, OSError):
            file.seek(-behind, os.SEEK_CUR)
    return loaded


def _unpickled(data: io.BytesIO, place: Place, weights_only: bool) -> Any:
    try:
        return (RestrictedReader(data, place, _trusted) if weights_only else TrustingReader(data, place)).load()
    except (DamagedFileError, UnsafeFileError):
        raise
    except (pickle.UnpicklingError, *_MISFITS) as error:
        raise _does_not_fit(error) from error


def _does_not_fit(error: BaseException) -> DamagedFileError:
    return DamagedFileError(
        f"this is no file that polygrad.save() wrote, or it is damaged: {type(error).__name__}: {error}"
    )
