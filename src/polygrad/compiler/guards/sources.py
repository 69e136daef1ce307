"""Places: where a compiled function reads Python values, and how a call checks that they are unchanged.

A `Place` is a step from another place: an attribute, an item, the contents of a closure's cell.  A place without a parent is
an object itself.  Numbers, strings and tuples of them are compared by value, small NumPy arrays by their contents, everything
else by identity; a list, set or dictionary that is used as a whole, by its items.
"""

from __future__ import annotations

import enum
import math
import threading
import types
import weakref
from array import array
from collections import deque
from collections.abc import Iterable
from typing import Any

import numpy as np

from ..._core.tensor import Tensor

#: The value at a place that does not exist.
MISSING: Any = type("Missing", (), {"__repr__": lambda self: "missing"})()
#: The description of an argument that the function changes.
ARGUMENT = "an argument"
#: The largest NumPy arrays, in bytes, that are compared by their contents.
SMALL_ARRAY = 1 << 16

FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType)
MAPPING_TYPES = (dict, types.MappingProxyType)
CONTAINERS = (*MAPPING_TYPES, list, tuple, set, frozenset, deque)
#: Types that are compared by their bytes.
BUFFERS = (np.ndarray, bytearray, memoryview, array)
_SIMPLE = frozenset((bool, int, float, complex, str, bytes, types.NoneType, types.EllipsisType, range, slice))
#: Long-lived types, for which weak references would only cost time.
_LASTING = (type, types.ModuleType, types.CodeType, *FUNCTIONS, np.ufunc)


def is_simple(value: Any) -> bool:
    """Whether ``value`` is immutable and compared by value."""
    kind = value.__class__
    if kind in _SIMPLE:
        return True
    if kind is tuple or kind is frozenset:
        return all(map(is_simple, value))
    return isinstance(value, (np.generic, np.dtype))


def same(a: Any, b: Any) -> bool:
    """Whether two values of which one `is_simple` are of one type and equal; -0.0 is not 0.0, and nan is nan."""
    kind = b.__class__
    if a.__class__ is not kind:
        return False
    if kind is float:
        return (a == b and math.copysign(1, a) == math.copysign(1, b)) or (a != a and b != b)
    if kind is tuple:
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(b, np.generic):
        return a.dtype == b.dtype and a.tobytes() == b.tobytes()
    return repr(a) == repr(b) if kind is complex else bool(a == b)


def _differ(a: Any, b: Any) -> bool:
    return not (is_simple(b) and same(a, b))


class Items:
    """The items of a container, by value or identity, with weak references if possible."""

    def __init__(self, values: Iterable[Any]):
        values = list(values)
        #: Empty as soon as one of them is dead, since its id may be reused.
        self._ids = ids = [tuple(map(id, values))]
        self._values = [
            value if is_simple(value) else reference_to(value, lambda _: ids.clear()) or value for value in values
        ]

    def differ(self, values: Any) -> bool:
        """Whether ``values`` differ from the items."""
        if [tuple(map(id, values))] == self._ids:
            return False
        values = list(values)
        return len(values) != len(self._values) or any(map(self._other, values, self._values))

    def _other(self, now: Any, before: Any) -> bool:
        if before.__class__ is weakref.ref:
            before = before()
            return before is None or now is not before
        return now is not before and _differ(now, before)


class Contents:
    """The contents of a NumPy array or another buffer."""

    def __init__(self, memory: Any):
        self._before = _contents(memory)

    def differ(self, now: Any) -> bool:
        """Whether ``now`` has other contents."""
        return not isinstance(now, BUFFERS) or _contents(now) != self._before


def _contents(memory: Any) -> tuple[Any, ...]:
    if isinstance(memory, np.ndarray):
        return memory.dtype, memory.shape, memory.tobytes()
    with memoryview(memory) as view:
        return view.format, view.shape, view.tobytes()


def reference_to(value: Any, callback: Any = None) -> Any:
    """A weak reference to ``value``; None if that is impossible or unnecessary."""
    if isinstance(value, _LASTING):
        return None
    try:
        return weakref.ref(value, callback)
    except TypeError:
        return None


class Place:
    """Where a value was read: the attribute, item or cell ``key`` of ``parent``."""

    __slots__ = (
        "description",
        "is_compared",
        "is_spent",
        "is_whole",
        "items",
        "key",
        "kind",
        "line",
        "parent",
        "root",
        "steps",
        "value",
    )

    description: str
    is_compared: bool
    is_spent: bool
    is_whole: bool
    key: Any
    kind: str
    line: str
    parent: Place | None

    def __init__(self, parent: Place | None, kind: str, key: Any, value: Any, description: str, line: str):
        self.parent, self.kind, self.key, self.description, self.line = parent, kind, key, description, line
        self.steps: dict[tuple[str, Any], Place] = {}
        #: Whether it is an iterator, which every call may advance.
        self.is_compared = self.is_whole = self.is_spent = False
        self.items: Any = None
        self.root = reference_to(value) if parent is None else None
        self.value = None if self.root is not None else value

    @property
    def held(self) -> Any:
        """The value that was found there; None for a dead object."""
        return self.value if self.root is None else self.root()

    @property
    def depth(self) -> int:
        """How many steps it is from its root."""
        return 0 if self.parent is None else 1 + self.parent.depth

    def take_in(self, value: Any) -> None:
        """Record the items of a container, or the contents of an array."""
        self.is_whole = True
        if isinstance(value, BUFFERS):
            self.items = Contents(value)
        elif isinstance(value, MAPPING_TYPES):
            self.items = Items(value), Items(value.values()), list(value.items())
        else:
            self.items = Items(value), list(value)

    def is_changed(self) -> bool:
        """Whether the place holds another value than was found."""
        if self.is_whole and (held := self.held) is not None and self._differs_inside(held):
            return True
        if self.parent is None:
            return False
        if self.value is MISSING and self.kind == "attr":
            return has(self.parent.held, self.key)
        now = look(self.parent.held, self.kind, self.key)
        return now is not self.value and (self.value is MISSING or _differ(now, self.value))

    def _differs_inside(self, now: Any) -> bool:
        if isinstance(self.items, Contents):
            return self.items.differ(now)
        if isinstance(now, MAPPING_TYPES):
            return self.items[0].differ(now) or self.items[1].differ(now.values())
        return self.items[0].differ(now)

    def leave(self) -> list[Place]:
        """Drop this place; returns what was found in it, as places without a parent."""
        self.kind, self.value, self.root, self.items = "dropped", None, None, None
        steps, self.steps = list(self.steps.values()), {}
        for step in steps:
            step.parent, step.kind, step.key = None, "", None
            if step.value is MISSING or is_simple(step.value):
                step.kind = "dropped"
            elif (reference := reference_to(step.value)) is not None:
                step.root, step.value = reference, None
        return [step for step in steps if step.kind != "dropped"]

    def restore(self) -> None:
        """Restore the value that was found."""
        held = self.held
        if self.is_whole and held is not None and not isinstance(self.items, Contents) and self._differs_inside(held):
            refill(held, self.items[-1])
        if self.parent is not None and self.is_changed():
            put(self.parent.held, self.kind, self.key, self.value)


def has(owner: Any, name: str) -> bool:
    """Whether an instance has the attribute itself, or a class has it at all."""
    if isinstance(owner, type):
        return any(name in base.__dict__ for base in owner.__mro__)  # not an attribute of the metaclass
    attributes = attributes_of(owner)
    return hasattr(owner, name) if attributes is None else name in attributes


def binds(owner: Any, kind: str, key: Any) -> bool:
    """Whether a value is bound at the place itself, not in a class, and can be rebound without running code."""
    if kind == "item":
        return getattr(type(owner), "__setitem__", None) in (dict.__setitem__, list.__setitem__)
    if kind == "attr":
        own = owner.__dict__ if isinstance(owner, type) else attributes_of(owner) or ()
        return key in own or isinstance(getattr(type(owner), key, None), types.MemberDescriptorType)
    return kind == "cell"


def look(owner: Any, kind: str, key: Any) -> Any:
    """The present value at a place."""
    try:
        if kind == "item":
            return owner[key] if isinstance(owner, (list, tuple, deque)) or key in owner else MISSING
        if kind == "cell":
            return owner.cell_contents
        if kind == "context":
            return owner.get(None)
        if kind == "referent":
            return owner()
        value = getattr(owner, key, MISSING)
        return value if kind == "attr" else getattr(value, "__func__", MISSING)
    except (ValueError, IndexError, TypeError):
        return MISSING


def put(owner: Any, kind: str, key: Any, value: Any) -> None:
    """Bind a place to ``value`` again."""
    if kind == "cell":
        owner.cell_contents = value
    elif kind == "item":
        if value is MISSING:
            del owner[key]
        else:
            owner[key] = value
    elif kind == "attr":
        base = type if isinstance(owner, type) else types.ModuleType if isinstance(owner, types.ModuleType) else object
        if value is MISSING:
            base.__delattr__(owner, key)
        else:
            base.__setattr__(owner, key, value)
    elif kind == "method" and key in getattr(owner, "__dict__", ()):
        object.__delattr__(owner, key)


def refill(container: Any, items: list[Any]) -> None:
    """Give a container its former items."""
    if isinstance(container, list):
        container[:] = items
    elif isinstance(container, (dict, set)):
        container.clear()
        container.update(items)
    elif isinstance(container, deque):
        container.clear()
        container.extend(items)


def short(value: Any) -> str:
    """A short description of a value."""
    if is_simple(value) or isinstance(value, enum.Enum):
        text = repr(value)
        return text if len(text) <= 60 else f"{text[:57]}..."
    if isinstance(value, Tensor):
        return f"another {type(value).__name__.lower()} of shape {tuple(value.shape)}"
    if isinstance(value, CONTAINERS):
        text = repr(value) if all(map(is_simple, value.values() if isinstance(value, MAPPING_TYPES) else value)) else ""
        return text if 0 < len(text) <= 60 else f"another {type(value).__name__} of {len(value)}"
    if value is MISSING:
        return "missing"
    return value.__qualname__ if isinstance(value, (type, *FUNCTIONS)) else f"another {type(value).__name__}"


def attributes_of(value: Any) -> dict[str, Any] | None:
    """The instance dictionary of an object, if it has one; runs no code of the object."""
    try:
        own = threading.local if isinstance(value, threading.local) else object
        found = own.__getattribute__(value, "__dict__")
    except AttributeError:
        return None
    return found if isinstance(found, dict) else None
