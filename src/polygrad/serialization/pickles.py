"""Objects that are not data: a pickle, which refers to the tensors of the container.

`RestrictedReader` reads it for ``weights_only=True``.  A pickle is a program; this reader implements only the
instructions that make containers and values, and calls only what makes an object of its list.  No instruction imports
a module, sets an attribute of a class, of a function or of a data type, or reserves memory for more than the file has.

It also reads files from before the container: pickles in which each tensor is its bytes, its type and its backend's
name.
"""

from __future__ import annotations

import io
import math
import pickle
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from .. import _dtypes
from .._core.tensor import Size, Tensor, make_leaf
from .._devices import Device
from .._dtypes import DType
from .container import is_shape
from .exceptions import DamagedFileError, UnsafeFileError
from .structure import MOST_PARTS
from .tensors import CLASSES, TensorReader, TensorWriter, is_known_class, set_attributes, tensor_class, to_backend

#: The module of the two functions below, as files name it.
_HOME = "polygrad.serialization"


# -- writing -----------------------------------------------------------------------------------------------------------


#: Where classes were defined when older files were written.
_FORMER = dict.fromkeys([("polygrad._core.tensor", "Tensor"), ("polygrad._core.tensor", "Size")], "polygrad")


class Pickler(pickle.Pickler):
    """Pickles objects that hold tensors, which go to ``tensors``."""

    def __init__(self, file: Any, protocol: int, tensors: TensorWriter):
        super().__init__(file, protocol=protocol)
        self._tensors = tensors

    def reducer_override(self, obj: Any) -> Any:
        """Pickle a tensor as its number; leave everything else to the standard library."""
        if not isinstance(obj, Tensor):
            return NotImplemented
        number = self._tensors.number(obj, f"tensor {len(self._tensors.tensors)}")
        return _stored, (number, type(obj), dict(getattr(obj, "__dict__", {})))


def _stored(number: int, kind: type[Tensor], attributes: dict[str, Any]) -> Tensor:
    """The tensor of that number; readers of the file replace this function."""
    raise pickle.UnpicklingError("polygrad.load() reads this file, and pickle.load() does not")


_stored.__module__ = _HOME


# -- reading -----------------------------------------------------------------------------------------------------------


class Place:
    """Where the tensors of a file go, and where they come from."""

    def __init__(self, device: Any, backend: Any, trusted: bool, tensors: TensorReader | None = None):
        self._device, self._backend, self._trusted, self._tensors = device, backend, trusted, tensors

    def stored(self, number: Any, kind: Any, attributes: Any) -> Tensor:
        """A tensor of the container."""
        if self._tensors is None or type(number) is not int or not 0 <= number < len(self._tensors):
            raise DamagedFileError(f"the file is damaged: there is no tensor {number!r}")
        return self._with_attributes(self._tensors.tensor(number, _check_class(kind)), attributes)

    def inline(
        self, kind: Any, dtype: Any, shape: Any, saved_on: Any, values: Any, requires_grad: Any, attributes: Any
    ) -> Tensor:
        """A tensor of a file from before the container, with its bytes in the pickle."""
        kind = _check_class(kind)
        if (
            type(dtype) is not DType
            or type(saved_on) is not str
            or type(values) is not bytes
            or type(requires_grad) is not bool
        ):
            raise DamagedFileError("the file is damaged: a tensor is not described as one")
        if type(shape) is not tuple or not is_shape(list(shape)) or (requires_grad and not dtype.is_differentiable):
            raise DamagedFileError(f"the file is damaged: a tensor of {dtype.name} cannot have shape {shape!r}")
        stored = np.dtype("float32" if dtype is _dtypes.bfloat16 else dtype.name).newbyteorder("<")
        if math.prod(shape) * stored.itemsize != len(values):
            raise DamagedFileError(
                f"the file is damaged: a tensor of shape {shape} and type {dtype.name} has {len(values)} bytes"
            )
        if dtype is _dtypes.bool and values.strip(b"\0\1"):
            raise DamagedFileError("the file is damaged: a boolean tensor has other bytes than 0 and 1")
        array = np.frombuffer(values, stored).reshape(shape).astype(stored.newbyteorder("="))
        made = make_leaf(
            object.__new__(kind), to_backend(array, dtype, saved_on, self._device, self._backend), requires_grad
        )
        return self._with_attributes(made, attributes)

    def _with_attributes(self, tensor: Tensor, attributes: Any) -> Tensor:
        if type(attributes) is not dict:
            raise DamagedFileError("the file is damaged: a tensor's attributes are no dictionary")
        if self._trusted or not is_known_class(type(tensor)):  # otherwise a class that the user trusts
            for name, value in attributes.items():
                setattr(tensor, name, value)
        else:
            set_attributes(tensor, attributes)
        return tensor


def _check_class(kind: Any) -> type[Tensor]:
    if not isinstance(kind, type) or not issubclass(kind, Tensor):
        raise DamagedFileError(f"the file is damaged: {kind!r} is no class of tensors")
    return kind


class TrustingReader(pickle.Unpickler):
    """Reads a pickle that may run any program."""

    def __init__(self, data: io.BytesIO, place: Place):
        super().__init__(data)
        self._place = place

    def find_class(self, module: str, name: str) -> Any:
        """The class or function that the file names."""
        if module == _HOME and name in ("_stored", "_tensor"):
            return self._place.stored if name == "_stored" else self._place.inline
        return super().find_class(module, name)


def unsafe_file_error(what: str, name: str = "") -> UnsafeFileError:
    """The error for a file that asks for more than it may."""
    listed = f"list it with polygrad.serialization.add_safe_globals([{name}]), or the whole file" if name else "read it"
    return UnsafeFileError(
        f"the file asks for {what}, which could run any program; if you trust it, {listed} with "
        "polygrad.load(..., weights_only=False)"
    )


#: The instructions that the restricted reader leaves to the standard library: they make values and containers, store and
#: fetch them.  `_Unpickler` is its Python implementation, whose memory grows with the size of the file.
_HARMLESS = """
    PROTO FRAME STOP MARK POP POP_MARK DUP NONE NEWTRUE NEWFALSE INT BININT BININT1 BININT2 LONG LONG1 LONG4 FLOAT BINFLOAT
    STRING BINSTRING SHORT_BINSTRING UNICODE BINUNICODE SHORT_BINUNICODE BINUNICODE8 BINBYTES SHORT_BINBYTES BINBYTES8
    LIST EMPTY_LIST DICT EMPTY_DICT TUPLE EMPTY_TUPLE TUPLE1 TUPLE2 TUPLE3 EMPTY_SET GET BINGET LONG_BINGET PUT BINPUT
    LONG_BINPUT MEMOIZE GLOBAL STACK_GLOBAL
""".split()

_Python: Any = pickle._Unpickler


class RestrictedReader(_Python):
    """Reads a pickle that makes objects of the allow-list, and of ``trusted``."""

    dispatch: dict[Any, Any] = {
        getattr(pickle, name)[0]: _Python.dispatch[getattr(pickle, name)[0]] for name in _HARMLESS
    }

    def __init__(self, data: io.BytesIO, place: Place, trusted: list[Any]):
        super().__init__(data)
        self._length = len(data.getbuffer())
        self._trusted = trusted
        self._known: dict[tuple[str, str], Any] = {
            ("collections", "OrderedDict"): OrderedDict, ("collections", "Counter"): Counter,
            ("polygrad._dtypes", "_by_name"): _dtypes._by_name,
            ("polygrad._devices", "Device"): Device, ("polygrad", "Size"): Size,
            ("polygrad.sparse", "_restored"): _sparse,
            ("_codecs", "encode"): _latin1, (_HOME, "_tensor"): place.inline, (_HOME, "_stored"): place.stored,
            ("builtins", "xrange"): range, ("builtins", "bytes"): bytes, ("copy_reg", "_reconstructor"): _reconstruct,
            **{("builtins", kind.__name__): kind for kind in (complex, set, frozenset, bytearray, slice, range, tuple)},
        }  # fmt: skip
        self._makers: list[tuple[Any, Callable[..., Any]]] = [
            (place.inline, place.inline), (place.stored, place.stored), (_dtypes._by_name, _data_type), (Device, _device),
            (Size, _size), (OrderedDict, _ordered_dict), (_latin1, _latin1), (complex, _complex), (set, _members(set)),
            (frozenset, _members(frozenset)), (bytearray, _bytearray), (slice, slice), (range, _range),
            (bytes, _no_bytes), (_sparse, _sparse), (_reconstruct, _reconstruct), (Counter, _counter),
        ]  # fmt: skip

    def find_class(self, module: str, name: str) -> Any:
        """The class or function that the file names.  Raises UnsafeFileError where it is not allowed."""
        module = _FORMER.get((module, name), {"__builtin__": "builtins"}.get(module, module))
        if (module, name) in self._known:
            return self._known[module, name]
        if CLASSES.get(name) == module:
            return tensor_class(name)
        for trusted in self._trusted:
            if (module, name) == (trusted.__module__, trusted.__qualname__):
                return trusted
        raise unsafe_file_error(f"{module}.{name}", name)

    def _trusts(self, callable_: Any) -> bool:
        return any(callable_ is trusted for trusted in self._trusted)

    def load_reduce(self) -> None:
        """REDUCE: call a function of the allow-list."""
        arguments = self.stack.pop()
        function = self.stack[-1]
        if type(arguments) is not tuple:
            raise DamagedFileError("the file is damaged: a call has no arguments")
        for known, make in self._makers:
            if type(function) is type(known) and function == known:
                self.stack[-1] = make(*arguments)
                return
        if not self._trusts(function):
            raise unsafe_file_error(f"a call of {_name(function)}")
        self.stack[-1] = function(*arguments)

    dispatch[pickle.REDUCE[0]] = load_reduce

    def load_newobj(self) -> None:
        """NEWOBJ: make an object of a class of the allow-list."""
        arguments = self.stack.pop()
        self._make_new(self.stack.pop(), arguments, {})

    dispatch[pickle.NEWOBJ[0]] = load_newobj

    def load_newobj_ex(self) -> None:
        """NEWOBJ_EX: the same, with keyword arguments."""
        keywords = self.stack.pop()
        arguments = self.stack.pop()
        self._make_new(self.stack.pop(), arguments, keywords)

    dispatch[pickle.NEWOBJ_EX[0]] = load_newobj_ex

    def _make_new(self, kind: Any, arguments: Any, keywords: Any) -> None:
        if type(arguments) is not tuple or type(keywords) is not dict:
            raise DamagedFileError("the file is damaged: a call has no arguments")
        if kind is Size and not keywords:
            self.append(_size(*arguments))
        elif isinstance(kind, type) and self._trusts(kind):
            self.append(kind.__new__(kind, *arguments, **keywords))
        else:
            raise unsafe_file_error(f"a new {_name(kind)}")

    def load_build(self) -> None:
        """BUILD: set attributes of an OrderedDict or of a trusted object."""
        made = self.stack[-2]
        if type(made) is OrderedDict and type(self.stack[-1]) is dict:
            set_attributes(made, self.stack.pop())
        elif self._trusts(type(made)):
            super().load_build()
        else:
            raise unsafe_file_error(f"attributes of {_name(type(made))}")

    dispatch[pickle.BUILD[0]] = load_build

    # The type of a container is checked before it is filled: only containers and trusted classes may be.

    def load_append(self) -> None:
        """APPEND: append one element to a list."""
        self._extend([self.stack.pop()])

    dispatch[pickle.APPEND[0]] = load_append

    def load_appends(self) -> None:
        """APPENDS: append elements to a list."""
        self._extend(self.pop_mark())

    dispatch[pickle.APPENDS[0]] = load_appends

    def _extend(self, items: list[Any]) -> None:
        made = self.stack[-1]
        if type(made) is not list and not self._trusts(type(made)):
            raise DamagedFileError(f"the file is damaged: it appends to a {type(made).__name__}")
        made.extend(items)

    def load_setitem(self) -> None:
        """SETITEM: set one item of a dictionary."""
        value = self.stack.pop()
        self._set([self.stack.pop(), value])

    dispatch[pickle.SETITEM[0]] = load_setitem

    def load_setitems(self) -> None:
        """SETITEMS: set items of a dictionary."""
        self._set(self.pop_mark())

    dispatch[pickle.SETITEMS[0]] = load_setitems

    def _set(self, items: list[Any]) -> None:
        made = self.stack[-1]
        if type(made) not in (dict, OrderedDict) and not self._trusts(type(made)):
            raise DamagedFileError(f"the file is damaged: it sets items of a {type(made).__name__}")
        for key, value in zip(_keys(items[::2]), items[1::2], strict=True):
            made[key] = value

    def load_additems(self) -> None:
        """ADDITEMS: add elements to a set."""
        items = self.pop_mark()
        if type(self.stack[-1]) is not set:
            raise DamagedFileError(f"the file is damaged: it adds to a {type(self.stack[-1]).__name__}")
        self.stack[-1].update(_keys(items))

    dispatch[pickle.ADDITEMS[0]] = load_additems

    def load_frozenset(self) -> None:
        """FROZENSET: make a frozenset."""
        members = frozenset(_keys(self.pop_mark()))  # first: it changes what `append` is
        self.append(members)

    dispatch[pickle.FROZENSET[0]] = load_frozenset

    def load_bytearray8(self) -> None:
        """BYTEARRAY8: make a bytearray, of at most the length of the file."""
        length = int.from_bytes(self.read(8), "little")
        if length > self._length:
            raise DamagedFileError(f"the file is cut off: {length} bytes should follow")
        self.append(bytearray(self.read(length)))

    dispatch[pickle.BYTEARRAY8[0]] = load_bytearray8


def _name(function: Any) -> str:
    name = getattr(function, "__qualname__", None)
    return f"{getattr(function, '__module__', '?')}.{name}" if type(name) is str else f"a {type(function).__name__}"


# -- what the restricted reader makes: each checks what it is given -----------------------------------------------------


def _sparse(layout: Any, pattern: Any, values: Any, shape: Any, coalesced: Any) -> Any:
    """A sparse tensor of ordinary ones."""
    from ..sparse.tensor import _restored

    parts = (*pattern, values) if type(pattern) is tuple else ()
    tensors = len(parts) == {"sparse_coo": 2, "sparse_csr": 3}.get(str(layout)) and all(
        isinstance(x, Tensor) for x in parts
    )
    if not tensors or type(shape) is not tuple or not is_shape(list(shape)) or type(coalesced) is not bool:
        raise DamagedFileError("the file is damaged: a sparse tensor is not described as one")
    try:
        return _restored(layout, pattern, values, shape, coalesced)
    except (RuntimeError, TypeError) as error:
        raise DamagedFileError(f"the file is damaged: {error}") from error


def _latin1(text: Any = None, encoding: Any = None) -> bytes:
    """Bytes, as protocols before 3 write them."""
    if type(text) is not str or encoding != "latin1":
        raise DamagedFileError("the file is damaged: bytes are not written as bytes")
    return text.encode("latin-1")


def _no_bytes() -> bytes:
    """Empty bytes, as protocols before 3 write them."""
    return b""


def _reconstruct(kind: Any, base: Any, state: Any) -> Size:
    """A shape, as protocols before 2 write it."""
    if kind is not Size or base is not tuple:
        raise unsafe_file_error(f"a new {_name(kind)}")
    return _size(state)


def _data_type(name: Any) -> DType:
    if type(name) is not str or name not in _dtypes.BY_NAME:
        raise DamagedFileError(f"the file is damaged: there is no data type {name!r}")
    return _dtypes.BY_NAME[name]


def _device(name: Any) -> Device:
    if type(name) is not str:
        raise DamagedFileError(f"the file is damaged: {name!r} is no device")
    return Device(name)


def _size(lengths: Any = ()) -> Size:
    if type(lengths) is not tuple or not all(type(length) is int for length in lengths):
        raise DamagedFileError(f"the file is damaged: {lengths!r} is no shape")
    return Size(lengths)


def _ordered_dict(pairs: Any = ()) -> OrderedDict:
    if type(pairs) not in (list, tuple) or not all(type(pair) in (list, tuple) and len(pair) == 2 for pair in pairs):
        raise DamagedFileError("the file is damaged: a dictionary is not made of pairs")
    return OrderedDict(zip(_keys([key for key, _ in pairs]), [value for _, value in pairs], strict=True))


def _counter(counts: Any) -> Counter:
    if type(counts) is not dict:
        raise DamagedFileError("the file is damaged: a Counter is not made of a dictionary")
    return Counter(counts)


def _complex(real: Any, imag: Any) -> complex:
    if (type(real), type(imag)) != (float, float):
        raise DamagedFileError("the file is damaged: a complex number has two parts")
    return complex(real, imag)


def _range(start: Any, stop: Any, step: Any) -> range:
    if not all(type(number) is int for number in (start, stop, step)):
        raise DamagedFileError("the file is damaged: a range has three integers")
    return range(start, stop, step)


def _bytearray(content: Any = b"", encoding: Any = "latin-1") -> bytearray:
    if type(content) is str and encoding == "latin-1":
        content = content.encode("latin-1")
    if type(content) is not bytes:  # bytearray(n) makes n zeros
        raise DamagedFileError("the file is damaged: a bytearray is made of no bytes")
    return bytearray(content)


def _members(kind: Callable[[Iterable[Any]], Any]) -> Callable[..., Any]:
    def make(members: Any = ()) -> Any:
        if type(members) not in (list, tuple):  # a range could be of any length
            raise DamagedFileError(f"the file is damaged: {members!r} is no list of a set's members")
        return kind(_keys(list(members)))

    return make


def _keys(keys: list[Any]) -> list[Any]:
    """``keys``, which can be hashed in reasonable time: parts of nested tuples are counted."""
    for key in keys:
        if type(key) in (tuple, Size, frozenset):
            parts, stack = 0, [key]
            while stack:
                item = stack.pop()
                parts += 1
                if type(item) in (tuple, Size, frozenset):
                    stack.extend(item)
                if parts + len(stack) > MOST_PARTS:
                    raise DamagedFileError("the file is damaged: a key has too many parts")
    return keys
