"""Objects that hold the tensors, as data: a table of containers and values, which cannot run anything.

A value is a number, a string, true, false or null, as in JSON, or ``[k]``, which refers to row ``k`` of the table.  A
row is a name and values: ``["tuple", 1, [3]]``.  So an object that occurs twice is one object again, and a list may
contain itself. Lists, dictionaries, sets and tensors are made first, and filled last; every other row refers to rows
before it.
"""

from __future__ import annotations

import base64
import math
import re
from collections import Counter, OrderedDict
from collections.abc import Callable, Generator
from typing import Any

from .. import _dtypes
from .._core.tensor import Size, Tensor
from .._devices import Device
from .._dtypes import DType
from .tensors import CLASSES, TensorReader, TensorWriter, hidden_by, is_known_class, set_attributes, tensor_class

_SMALL = 1 << 63
#: The largest number of parts of a key, nested ones included: a crafted key could take years to hash.
MOST_PARTS = 100_000


#: Yields the containers and tensors in an object with their names, receives their values, returns the object's value.
Writer = Generator[tuple[Any, str], Any, Any]
_NESTED = object()
#: Names do not grow beyond this length: deep nesting would make them larger than the values.
_LONGEST = 1000


class NotPlain(Exception):
    """The object cannot be written as data."""


# -- writing -----------------------------------------------------------------------------------------------------------


class Encoder:
    """Makes the table of one object."""

    def __init__(self, tensors: TensorWriter):
        self._tensors = tensors
        self.rows: list[Any] = []
        self._known: dict[int, int] = {}
        self._kept: list[Any] = []  # so that no id is used twice
        self._open: set[int] = set()

    def value(self, obj: Any, path: str = "") -> Any:
        """``obj`` as a value of the table.  Raises NotPlain where it, or something in it, is not data.

        Containers are written by generators that yield their elements, so that nesting may be deeper than Python's
        stack.
        """
        value = self._of_one(obj)
        if value is not _NESTED:
            return value
        writers, value = [self._write_nested(obj, path)], None
        while writers:
            try:
                item, path = writers[-1].send(value)
            except StopIteration as finished:
                writers.pop()
                value = finished.value
            else:
                writers.append(self._write_nested(item, path))
                value = None
        return value

    def _of_one(self, obj: Any) -> Any:
        """The value of an object without elements, or one that the table has already; `_NESTED` for any other."""
        kind = type(obj)
        if obj is None or kind is bool or kind is str:
            return obj
        if kind is int:
            return obj if -_SMALL <= obj < _SMALL else self._row(obj, "int", hex(obj))
        if kind is float:
            return obj if math.isfinite(obj) else self._row(obj, "float", repr(obj))
        if id(obj) in self._known:
            return [self._known[id(obj)]]
        return _NESTED

    def _write_nested(self, obj: Any, path: str) -> Writer:
        kind = type(obj)
        if id(obj) in self._open:
            raise NotPlain  # a tuple that is part of itself
        if isinstance(obj, Tensor):
            return self._tensor(obj, path)
        if kind in (list, set, dict, OrderedDict, Counter):
            return self._write_container(kind, obj, path)
        return self._write_fixed(kind, obj, path)

    def _row(self, obj: Any, *row: Any) -> list[int]:
        self._known[id(obj)] = len(self.rows)
        self._kept.append(obj)
        self.rows.append(list(row))
        return [len(self.rows) - 1]

    def _tensor(self, tensor: Tensor, path: str) -> Writer:
        kind = type(tensor)
        if not is_known_class(kind):
            raise NotPlain
        number = self._tensors.number(tensor, path)
        made = self._row(tensor, kind.__name__, number)
        attributes = yield from self._attributes(tensor, path)
        if attributes is not None:
            self.rows[made[0]].append(attributes)
        return made

    def _attributes(self, owner: Any, path: str) -> Writer:
        attributes = dict(getattr(owner, "__dict__", {}))
        if hidden_by(owner, attributes) is not None:
            raise NotPlain
        return (yield attributes, path) if attributes else None

    def _write_container(self, kind: type, obj: Any, path: str) -> Writer:
        made = self._row(obj, _NAMES[kind])
        row = self.rows[made[0]]
        if kind is list:
            for number, item in enumerate(obj):
                value = self._of_one(item)
                row.append((yield item, _child_name(path, number)) if value is _NESTED else value)
        elif kind is set:
            for item in obj:
                value = self._of_one(item)
                row.append((yield item, path) if value is _NESTED else value)
        else:
            if kind is OrderedDict:
                row.append((yield from self._attributes(obj, path)))
            for key, item in list(obj.items()):
                value = self._of_one(key)
                row.append((yield key, path) if value is _NESTED else value)
                value = self._of_one(item)
                row.append((yield item, _child_name(path, key)) if value is _NESTED else value)
        return made

    def _write_fixed(self, kind: type, obj: Any, path: str) -> Writer:
        self._open.add(id(obj))
        items: list[Any] = []
        if kind in (tuple, Size, frozenset):
            for number, item in enumerate(obj):
                value = self._of_one(item)
                items.append((yield item, _child_name(path, number)) if value is _NESTED else value)
        elif kind in (slice, range):
            for item in (obj.start, obj.stop, obj.step):
                value = self._of_one(item)
                items.append((yield item, path) if value is _NESTED else value)
        elif kind is complex:
            items = [self._of_one(obj.real), self._of_one(obj.imag)]
        elif kind in (bytes, bytearray):
            items = [base64.b64encode(obj).decode("ascii")]
        elif kind is DType:
            items = [obj.name]
        elif kind is Device:
            items = [str(obj)]
        else:
            raise NotPlain
        self._open.discard(id(obj))
        return self._row(obj, _NAMES[kind], *items)


_NAMES = {
    list: "list", set: "set", dict: "dict", OrderedDict: "ordered", Counter: "counter", tuple: "tuple", Size: "size",
    frozenset: "frozenset", slice: "slice", range: "range", complex: "complex", bytes: "bytes", bytearray: "bytearray",
    DType: "dtype", Device: "device",
}  # fmt: skip


def _child_name(path: str, key: Any) -> str:
    """The name of the element at ``key`` of the container ``path``, as in a state dict."""
    if len(path) > _LONGEST:
        return path
    return f"{path}.{key}" if path else str(key) if isinstance(key, (str, int)) else path


# -- reading -----------------------------------------------------------------------------------------------------------


class Decoder:
    """Makes the objects of a table."""

    def __init__(self, rows: list[Any], tensors: TensorReader):
        self._rows, self._tensors = rows, tensors
        self._made: list[Any] = [None] * len(rows)
        self._ready = [False] * len(rows)
        self._parts = [1] * len(rows)

    def object(self, value: Any) -> Any:
        """The object of ``value``.  The caller turns any error into a DamagedFileError."""
        for place, (kind, *items) in enumerate(self._rows):
            if kind in _SHELLS or kind in CLASSES:
                self._made[place] = self._tensor(kind, *items) if kind in CLASSES else _SHELLS[kind]()
                self._ready[place] = True
        for place, (kind, *items) in enumerate(self._rows):
            if not self._ready[place]:
                get = self._key if kind == "frozenset" else self._value
                self._made[place] = _FIXED[kind](*map(get, items))
                self._parts[place] += sum(self._parts[item[0]] for item in items if type(item) is list)
                self._ready[place] = True
        for place, (kind, *items) in enumerate(self._rows):
            self._fill(self._made[place], kind, items)
        for place, (kind, *items) in enumerate(self._rows):  # the dictionaries of attributes are filled now
            attributes = items[0] if kind == "ordered" else items[1] if kind in CLASSES and len(items) > 1 else None
            if attributes is not None:
                set_attributes(self._made[place], self._value(attributes))
        return self._value(value)

    def _value(self, value: Any) -> Any:
        if type(value) is not list:
            if type(value) is dict:
                raise ValueError("a value is a dictionary")
            return value
        (place,) = value
        if type(place) is not int or not 0 <= place < len(self._rows) or not self._ready[place]:
            raise ValueError(f"there is no row {place} before its use")
        return self._made[place]

    def _key(self, value: Any) -> Any:
        if type(value) is list and self._parts[value[0]] > MOST_PARTS:
            raise ValueError("a key has too many parts")
        return self._value(value)

    def _tensor(self, kind: str, number: Any, attributes: Any = None) -> Tensor:
        if type(number) is not int or not 0 <= number < len(self._tensors):
            raise ValueError(f"there is no tensor {number}")
        return self._tensors.tensor(number, tensor_class(kind))

    def _fill(self, made: Any, kind: str, items: list[Any]) -> None:
        if kind == "list":
            made.extend(map(self._value, items))
        elif kind == "set":
            made.update(map(self._key, items))
            if len(made) != len(items):
                raise ValueError("a set has a member twice")
        elif kind in ("dict", "ordered", "counter"):
            del items[: kind == "ordered"]  # its attributes
            for key, item in zip(items[::2], items[1::2], strict=True):
                made[self._key(key)] = self._value(item)
            if 2 * len(made) != len(items):
                raise ValueError("a dictionary has a key twice")


def _parse_int(text: str) -> int:
    if not re.fullmatch(r"-?0x[0-9a-f]+", text):
        raise ValueError("an integer is not written as one")
    return int(text, 16)


def _parse_float(text: str) -> float:
    return {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}[text]


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _shape(*lengths: int) -> Size:
    if not all(type(length) is int for length in lengths):
        raise ValueError("a shape has integers")
    return Size(lengths)


def _complex(real: float, imag: float) -> complex:
    if (type(real), type(imag)) != (float, float):
        raise ValueError("a complex number has two parts")
    return complex(real, imag)


def _range(start: int, stop: int, step: int) -> range:
    if not all(type(number) is int for number in (start, stop, step)):
        raise ValueError("a range has three integers")
    return range(start, stop, step)


def _device(name: str) -> Device:
    if type(name) is not str:
        raise ValueError("a device has a name")
    return Device(name)


_SHELLS: dict[str, Callable[[], Any]] = {
    "list": list, "set": set, "dict": dict, "ordered": OrderedDict, "counter": Counter,
}  # fmt: skip
_FIXED: dict[str, Callable[..., Any]] = {
    "int": _parse_int, "float": _parse_float, "tuple": lambda *items: items, "size": _shape,
    "frozenset": lambda *items: frozenset(items), "slice": lambda start, stop, step: slice(start, stop, step),
    "range": _range, "complex": _complex, "bytes": _bytes, "bytearray": lambda text: bytearray(_bytes(text)),
    "dtype": lambda name: _dtypes.BY_NAME[name], "device": _device,
}  # fmt: skip
