"""Registration of a module's parameters, buffers and submodules."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any

from .._core.graph import Leaf
from .._core.refcount import count_unshared
from .._core.tensor import Tensor
from .._state import RECORDERS, VERSION_COUNTER, note_read, recorder

#: The kinds of registered attributes.  An unsaved buffer is one that is not part of the state dictionary.
PARAMETER, BUFFER, UNSAVED, MODULE = "parameter", "buffer", "unsaved buffer", "module"
BUFFERS = frozenset((BUFFER, UNSAVED))


class Registered(MutableMapping[str, Any]):
    """The attributes of a module of certain kinds as a dictionary: ``_parameters``, ``_buffers`` and ``_modules``.

    It is a view: writing to it writes the attribute.
    """

    def __init__(self, module: Any, kinds: tuple[str, ...]):
        self._attributes, self._kinds, self._chosen = module.__dict__, module._kinds, kinds

    def __getitem__(self, name: str) -> Any:
        if self._kinds.get(name) not in self._chosen:
            raise KeyError(name)
        return self._attributes[name]

    def __setitem__(self, name: str, value: Any) -> None:
        register(self._attributes, name, self._kinds.get(name) if name in self else self._chosen[0], value)

    def __delitem__(self, name: str) -> None:
        if name not in self:
            raise KeyError(name)
        del self._attributes[name]
        forget(self._attributes, name)

    def __iter__(self) -> Iterator[str]:
        return iter([name for name, kind in self._kinds.items() if kind in self._chosen])

    def __len__(self) -> int:
        return sum(kind in self._chosen for kind in self._kinds.values())

    def __repr__(self) -> str:
        return repr(dict(self))


def dictionary_property(*kinds: str) -> Any:
    """Make a property of a module: its attributes of these ``kinds`` as a dictionary.  Assigning to it replaces them."""

    def read(module: Any) -> Registered:
        return Registered(module, kinds)

    def assign(module: Any, values: Mapping[str, Any]) -> None:
        new, known = dict(values), module._kinds
        chosen = {name: known[name] if known.get(name) in kinds else kinds[0] for name in new}
        for name in list(read(module)):
            del module.__dict__[name]
            forget(module.__dict__, name)
        for name, value in new.items():
            register(module.__dict__, name, chosen[name], value)

    return property(read, assign)


def register(attributes: dict[str, Any], name: str, kind: Any, value: Any) -> None:
    """Set an attribute and record its kind; a name whose kind changes moves to the end, like a new one."""
    kinds = attributes["_kinds"]
    if kinds.get(name, kind) != kind:
        del kinds[name]
    kinds[name] = kind
    attributes[name] = value
    _count(attributes)


def forget(attributes: dict[str, Any], name: str) -> None:
    """Record that the attribute is gone."""
    del attributes["_kinds"][name]
    _count(attributes)


def _count(attributes: dict[str, Any]) -> None:
    attributes["_bindings"] += 1
    VERSION_COUNTER[0] += 1


def check_name(module: Any, name: Any, kind: str, is_kind: bool) -> None:
    """Raise TypeError or KeyError for a name under which ``module`` cannot register a ``kind``."""
    if not isinstance(name, str):
        raise TypeError(f"the name of a {kind} is a string, not {type(name).__name__}")
    if not name or "." in name:
        what = 'contain "."' if name else 'be the empty string ""'
        raise KeyError(f"the name of a {kind} can't {what}, got {name!r}")
    if hasattr(module, name) and not is_kind:
        raise KeyError(f"attribute {name!r} already exists")


def _reference_count(attributes: dict[str, Any], name: str) -> int:
    return sys.getrefcount(attributes[name])


_UNSHARED = count_unshared(lambda holder: _reference_count(vars(holder), "_data"))


def take_over(attributes: dict[str, Any], name: str, new: Tensor) -> bool:
    """Store the value of ``new``, assigned to a buffer's name, in the buffer's cell; return whether that was possible.

    `polygrad.compile` finds state by its cells, so a buffer should keep its cell when a program writes
    ``self.running_mean = 0.9 * self.running_mean + ...``.  It does if the value fits and no other reference to the old cell could
    see the change.  Otherwise the attribute is bound to the new tensor, as usual in Python.  While a recorder is active only the
    value has to fit.
    """
    old = attributes[name]
    if old is new or not isinstance(old, Tensor) or new._edge.__class__ is Leaf or old._edge.__class__ is Leaf:
        return False
    if RECORDERS:
        note_read(old)
        note_read(new)
    if old.backend is not new.backend or old.dtype is not new.dtype or old.shape != new.shape:
        return False
    if RECORDERS and recorder() is not None:
        old._rebind(new._read(), new._edge)
        return True
    del old
    if _UNSHARED is None or _reference_count(attributes, name) != _UNSHARED:
        return False
    old = attributes[name]
    if old.device != new.device or _is_seen_elsewhere(old):
        return False
    if new._edge is None:
        old.data = new
    else:
        old._rebind(new._read(), new._edge)
    return True


def _is_seen_elsewhere(tensor: Tensor) -> bool:
    """Return whether another tensor shares its memory."""
    memory = tensor._base[0] if tensor._base is not None and tensor._base[1] is None else tensor
    return any(other is not tensor and other is not memory for other in tensor._all_aliases())
