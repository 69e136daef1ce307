"""The container: arrays in the layout of safetensors, with a checksum.

A file is the length of the header (8 bytes, little-endian), the header in JSON, and the bytes of the arrays, one after
the other without gaps.  The header names the type, the shape and the place of each array; ``__metadata__`` holds
strings. So every program that reads safetensors (https://huggingface.co/docs/safetensors) can open the arrays.

polygrad's own strings come first: the format, and a SHA-256 digest of everything else, the length and the header
included.  Nothing is allocated before it is known that the file is long enough.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Iterator
from typing import Any

import numpy as np

from .exceptions import DamagedFileError

#: How the header begins; the digest follows, then the rest of the header.
PREFIX = b'{"__metadata__":{"format":"polygrad 1","sha256":"'
_DIGEST = 64  # hexadecimal digits
_PLACEHOLDER = b"0" * _DIGEST
#: The number of first bytes that identify a container.
OPENING = 8 + len(PREFIX)

#: Names of types in the header, and how NumPy reads them.  (NumPy has no bfloat16: those are read as their bits.)
CODES = {
    "BOOL": "bool", "I8": "int8", "I16": "int16", "I32": "int32", "I64": "int64", "U8": "uint8", "U16": "uint16",
    "U32": "uint32", "U64": "uint64", "F16": "float16", "BF16": "uint16", "F32": "float32", "F64": "float64",
}  # fmt: skip

_MOST_DIMENSIONS = 64  # NumPy's limit
_CHUNK = 1 << 20


def to_json(content: Any) -> str:
    """JSON for a file."""
    return json.dumps(content, separators=(",", ":"), allow_nan=False)


def from_json(text: str) -> Any:
    """The content of JSON from a file.  Raises DamagedFileError where it is not JSON."""
    try:
        return json.loads(text, object_pairs_hook=_without_duplicates, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise DamagedFileError(f"the header of the file is damaged: {error}") from error


def is_container(opening: bytes) -> bool:
    """Whether a file that begins with ``opening`` is a container, perhaps a damaged one."""
    same = sum(a == b for a, b in zip(opening[8:], PREFIX, strict=False))
    return same > len(PREFIX) // 2


# -- writing -----------------------------------------------------------------------------------------------------------


def write(file: Any, arrays: dict[str, tuple[str, np.ndarray]], metadata: dict[str, str]) -> None:
    """Write ``arrays``, name → code and array, with ``metadata`` to ``file``."""
    # The widest types first, so that every array is aligned.
    order = sorted(arrays, key=lambda name: -arrays[name][1].itemsize)
    entries: dict[str, Any] = {}
    chunks: list[Any] = []
    place = 0
    for name in order:
        code, array = arrays[name]
        raw = _little_endian(array)
        entries[name] = {"dtype": code, "shape": list(array.shape), "data_offsets": [place, place + raw.nbytes]}
        place += raw.nbytes
        chunks.append(raw)
    # PREFIX already has the braces.
    text = PREFIX + _PLACEHOLDER + b'",' + to_json(metadata)[1:].encode("ascii")
    header = text + (b"," if entries else b"") + to_json(entries)[1:].encode("ascii")
    header += b" " * (-len(header) % 8)
    while b"." in len(header).to_bytes(8, "little"):  # '.' ends a pickle: the beginning of a file must not be one
        header += b" " * 8
    length = len(header).to_bytes(8, "little")
    digest = hashlib.sha256(length + header)
    for raw in chunks:
        digest.update(raw)
    start = len(PREFIX)
    header = header[:start] + digest.hexdigest().encode("ascii") + header[start + _DIGEST :]
    for chunk in (length + header, *chunks):
        _write_all(file, memoryview(chunk))


def _little_endian(array: np.ndarray) -> np.ndarray:
    """The bytes of ``array`` in the order of the file."""
    array = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("<"))
    return array.reshape(-1).view(np.uint8)


def _write_all(file: Any, chunk: memoryview) -> None:
    while len(chunk):
        count = file.write(chunk)
        if not isinstance(count, int) or count >= len(chunk):
            return
        chunk = chunk[count:]  # an unbuffered file may take less


# -- reading -----------------------------------------------------------------------------------------------------------


def read(file: Any, opening: bytes) -> tuple[dict[str, str], dict[str, tuple[str, np.ndarray]]]:
    """The metadata and the arrays, name → code and array, of a file of which ``opening`` has been read."""
    if len(opening) < OPENING:
        raise DamagedFileError("the file is cut off in its header")
    left = _bytes_left(file)
    length = int.from_bytes(opening[:8], "little")
    if length < len(PREFIX) + _DIGEST or (left is not None and length - len(PREFIX) > left):
        raise DamagedFileError(f"the file is cut off, or damaged: its header should have {length} bytes")
    header = opening[8:] + _take(file, length - len(PREFIX), "header", left)
    start = len(PREFIX)
    if not header.startswith(PREFIX):
        raise DamagedFileError("the beginning of the file is damaged, or a newer polygrad wrote the file")
    expected = header[start : start + _DIGEST]
    zeroed = header[:start] + _PLACEHOLDER + header[start + _DIGEST :]
    digest = hashlib.sha256(opening[:8] + zeroed)
    metadata, entries = _contents(zeroed)
    total = entries[-1][4] if entries else 0
    if left is not None and total > left - (length - len(PREFIX)):
        raise DamagedFileError(
            f"the file is cut off: its arrays should have {total} bytes, and {left - (length - len(PREFIX))} are there"
        )
    arrays = {}
    for name, code, shape, begin, end in entries:
        array = _read_array(file, CODES[code], shape, end - begin, name, left)
        flat: Any = array.reshape(-1).view(np.uint8)  # a buffer, as NumPy's types say from Python 3.12 on
        digest.update(flat)
        arrays[name] = code, array
    if digest.hexdigest().encode("ascii") != expected:
        raise DamagedFileError("the file is damaged: its content does not give its checksum")
    for name, (code, array) in arrays.items():
        if code == "BOOL" and (array.view(np.uint8) > 1).any():
            raise DamagedFileError(f"the file is damaged: {name!r} is boolean, and has other bytes than 0 and 1")
        arrays[name] = code, array.astype(array.dtype.newbyteorder("="), copy=False)
    return metadata, arrays


def _contents(header: bytes) -> tuple[dict[str, str], list[tuple[str, str, tuple[int, ...], int, int]]]:
    """The metadata, and name, code, shape, begin and end of each array in the order of the file."""
    try:
        content = from_json(header.decode("utf-8"))
        metadata = content.pop("__metadata__")
        if not all(isinstance(value, str) for value in metadata.values()):
            raise DamagedFileError("the file is damaged: its metadata should be strings")
        return metadata, list(_entries(content))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise DamagedFileError(f"the header of the file is damaged: {error}") from error


def _entries(content: dict[str, Any]) -> Iterator[tuple[str, str, tuple[int, ...], int, int]]:
    place = 0
    for name, entry in content.items():
        code, shape, (begin, end) = entry["dtype"], entry["shape"], entry["data_offsets"]
        if len(entry) != 3 or code not in CODES or not is_shape(shape):
            raise DamagedFileError(f"the header of the file is damaged: type and shape of {name!r} are wrong")
        size = math.prod(shape) * np.dtype(CODES[code]).itemsize
        if (type(begin), type(end)) != (int, int) or begin != place or end - begin != size:
            raise DamagedFileError(f"the header of the file is damaged: {name!r} is not where it should be")
        yield name, code, tuple(shape), begin, end
        place = end


def is_shape(shape: Any) -> bool:
    """Whether ``shape``, from a file, is a list of lengths that an array can have."""
    return (
        type(shape) is list
        and len(shape) <= _MOST_DIMENSIONS
        and all(type(length) is int and 0 <= length < 1 << 62 for length in shape)
        and math.prod(length for length in shape if length) < 1 << 59
    )


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a name occurs twice")
    return made


def _refuse_constant(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")


def _bytes_left(file: Any) -> int | None:
    """The number of bytes that follow in ``file``, or None where it is unknown."""
    try:
        here = file.tell()
        file.seek(0, os.SEEK_END)
        end = file.tell()
        file.seek(here)
    except (AttributeError, OSError, ValueError):  # a pipe, a socket
        return None
    return end - here


def _take(file: Any, count: int, what: str, left: int | None) -> bytes:
    """The next ``count`` bytes; if ``left`` is not None, the file is known to have them."""
    parts = []
    while count > 0:
        part = file.read(count if left is not None else min(count, _CHUNK))
        if not part:
            raise DamagedFileError(f"the file is cut off in its {what}")
        parts.append(part)
        count -= len(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _read_array(file: Any, dtype: str, shape: tuple[int, ...], count: int, name: str, left: int | None) -> np.ndarray:
    """An array with its bytes from ``file``, which owns its memory."""
    stored = np.dtype(dtype).newbyteorder("<")
    if left is None or not hasattr(file, "readinto"):
        return np.frombuffer(_take(file, count, f"array {name!r}", left), stored).reshape(shape).copy()
    array = np.empty(shape, stored)
    flat: Any = array.reshape(-1).view(np.uint8)
    memory = memoryview(flat)
    while len(memory):
        got = file.readinto(memory)
        if not got:
            raise DamagedFileError(f"the file is cut off in its array {name!r}")
        memory = memory[got:]
    return array
