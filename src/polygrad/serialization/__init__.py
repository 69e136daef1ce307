"""`polygrad.save` and `polygrad.load`: tensors, and the objects that hold them, in a file.

A file is a container of arrays in the layout of safetensors, with a checksum, and a description of the objects that
hold them: data where that is enough (containers, numbers, strings, tensors, …), otherwise a pickle.  Data cannot run
anything.  A pickle can run any program, so `load` builds only objects of an allow-list unless ``weights_only=False`` trusts the
file.  Older files, which are pickles as a whole, are read in the same way.
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
from .atomic import replace_file
from .exceptions import DamagedFileError, EnvironmentMismatch, UnsafeFileError
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
#: The name of the array that holds a pickle.
_PICKLE = "__pickle__"
_trusted: list[Any] = []

#: What an inconsistent file can make Python raise.
_READ_ERRORS = (
    ArithmeticError, AssertionError, AttributeError, EOFError, ImportError, LookupError, RecursionError, TypeError,
    ValueError, struct.error,
)  # fmt: skip


def save(obj: Any, f: Any, pickle_protocol: int = _PROTOCOL) -> None:
    """Write an object to a file.

    Tensors are written with their values, data types, backend and ``requires_grad``, without graph and ``.grad``.
    Tensors that share memory, as views and tied weights do, share it again when they are loaded.  Other programs can
    read the tensors as safetensors, under the names that a state dict gives them.

    The file at a path is replaced as a whole: until everything is written, and if anything fails, the former file
    stays.

    Args:
        obj: tensors, numbers, strings and containers of them, or any object that can be pickled.
        f: a path, or a file opened for writing bytes.
        pickle_protocol: the protocol for objects that must be pickled.

    Raises:
        OSError: the file cannot be written.
        pickle.PicklingError: an object cannot be pickled; for some objects pickle raises AttributeError or TypeError.

    Example::

        >>> polygrad.save({"weight": polygrad.ones(2)}, "model.pt")
        >>> polygrad.load("model.pt")
        {'weight': tensor([1., 1.])}
    """
    _check_file(f, "save", "write", "wb")
    arrays, metadata = _encode(obj, pickle_protocol)
    with replace_file(f) if isinstance(f, (str, os.PathLike)) else nullcontext(f) as file:
        container.write(file, arrays, metadata)


def load(f: Any, map_location: Any = None, *, weights_only: bool = True, backend: Any = None) -> Any:
    """Read an object that `save` wrote.

    Args:
        f: a path, or a file opened for reading bytes.
        map_location: the device of the tensors, such as ``"cpu"``; by default the default device of their backend.
        weights_only: whether to build only tensors, numbers, strings, containers, and classes given to
            `add_safe_globals`. False trusts the file, which can then run any program.
        backend: the backend of the tensors; by default the one that they were saved from.

    Returns:
        The object.

    Raises:
        DamagedFileError: the file is damaged, or `save` did not write it.
        UnsafeFileError: the file asks for something that is not allowed.
        BackendError: the backend of a tensor is not available.
        OSError: the file cannot be read.

    Example::

        >>> polygrad.save({"weight": polygrad.ones(2)}, "model.pt")
        >>> polygrad.load("model.pt", backend="numpy")
        {'weight': tensor([1., 1.])}
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
        except EnvironmentMismatch as other:
            raise other.error from other.__cause__


def _check_file(f: Any, caller: str, method: str, mode: str) -> None:
    if not isinstance(f, (str, os.PathLike)) and not callable(getattr(f, method, None)):
        raise TypeError(
            f"{caller}: f is a path or an open file, as open(path, {mode!r}) gives it, not {type(f).__name__}"
        )
    if isinstance(f, io.TextIOBase):
        raise TypeError(f"{caller}: the file is open for text; open it for bytes, as in open(path, {mode!r})")


def add_safe_globals(safe: Iterable[Any]) -> None:
    """Allow `load` to build these classes and call these functions.

    Args:
        safe: classes and functions.

    Example::

        >>> from fractions import Fraction
        >>> polygrad.serialization.add_safe_globals([Fraction])
        >>> polygrad.serialization.get_safe_globals()
        [<class 'fractions.Fraction'>]
        >>> polygrad.serialization.clear_safe_globals()
    """
    _trusted.extend(safe)


def get_safe_globals() -> list[Any]:
    """The classes and functions that `add_safe_globals` allowed.

    Returns:
        A list.

    Example::

        >>> polygrad.serialization.get_safe_globals()
        []
    """
    return list(_trusted)


def clear_safe_globals() -> None:
    """Take back everything that `add_safe_globals` allowed.

    Example::

        >>> polygrad.serialization.clear_safe_globals()
        >>> polygrad.serialization.get_safe_globals()
        []
    """
    _trusted.clear()


class safe_globals(AbstractContextManager[Any]):
    """Allow `load` to build these classes and call these functions inside a ``with`` block.

    Args:
        safe: classes and functions.

    Example::

        >>> from fractions import Fraction
        >>> polygrad.save(Fraction(1, 2), "half.pt")
        >>> with polygrad.serialization.safe_globals([Fraction]):
        ...     polygrad.load("half.pt")
        Fraction(1, 2)
    """

    def __init__(self, safe: Iterable[Any]):
        self._safe = list(safe)

    def __enter__(self) -> None:
        self._before = list(_trusted)
        add_safe_globals(self._safe)

    def __exit__(self, *exc: object) -> None:
        _trusted[:] = self._before


# -- writing -----------------------------------------------------------------------------------------------------------


def _encode(obj: Any, protocol: int) -> tuple[dict[str, tuple[str, np.ndarray]], dict[str, str]]:
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
    return arrays, {"content": container.to_json(content), "tensors": container.to_json(listed)}


# -- reading -----------------------------------------------------------------------------------------------------------


def _load_container(file: Any, opening: bytes, device: Any, backend: Any, weights_only: bool) -> Any:
    metadata, arrays = container.read(file, opening)
    pickled = arrays.pop(_PICKLE, None)
    try:
        tensors = TensorReader(arrays, container.from_json(metadata["tensors"]), device, backend)
        if pickled is None:
            content = container.from_json(metadata["content"])
            return Decoder(content["rows"], tensors).object(content["value"])
    except _READ_ERRORS as error:
        raise _damaged_file_error(error) from error
    return _unpickle(io.BytesIO(pickled[1].tobytes()), Place(device, backend, not weights_only, tensors), weights_only)


def _load_pickle(file: Any, opening: bytes, place: Place, weights_only: bool) -> Any:
    """Read a file from before the container.  Where a file holds several, it is left at the next one."""
    data = io.BytesIO(opening + file.read())
    loaded = _unpickle(data, place, weights_only)
    if behind := len(data.getbuffer()) - data.tell():
        with suppress(AttributeError, OSError):
            file.seek(-behind, os.SEEK_CUR)
    return loaded


def _unpickle(data: io.BytesIO, place: Place, weights_only: bool) -> Any:
    try:
        return (RestrictedReader(data, place, _trusted) if weights_only else TrustingReader(data, place)).load()
    except (DamagedFileError, UnsafeFileError):
        raise
    except (pickle.UnpicklingError, *_READ_ERRORS) as error:
        raise _damaged_file_error(error) from error


def _damaged_file_error(error: BaseException) -> DamagedFileError:
    return DamagedFileError(
        f"this is no file that polygrad.save() wrote, or it is damaged: {type(error).__name__}: {error}"
    )
