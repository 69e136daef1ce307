"""Resolves what a function's code reads to places: attributes, items and cells of existing objects.

No code of the user runs: no property, no ``__getattr__``.  If the code does not say what it reads of an object, everything
that the object holds becomes a place.
"""

from __future__ import annotations

import enum
import functools
import os
import sys
import types
import weakref
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from typing import Any

import numpy as np

from ..._core.tensor import Tensor
from ..._pytree import is_named_tuple
from .bytecode import Reads, Use
from .introspection import (
    GENERATORS,
    containers_in,
    is_foreign,
    is_iterator,
    is_library,
    is_module,
    is_opaque,
    items_of,
    know_functions,
    look_up,
    slots_of,
    state_of,
)  # fmt: skip
from .pool import Pool
from .sources import (
    ARGUMENT,
    BUFFERS,
    CONTAINERS,
    FUNCTIONS,
    MAPPING_TYPES,
    MISSING,
    SMALL_ARRAY,
    Place,
    attributes_of,
    is_simple,
)

#: The most steps from a root that are followed.
DEPTH = 16
#: The deepest nesting of objects whose attributes are all guarded.
LEVELS = 2
#: The items of larger containers are not guarded one by one.
MANY_ITEMS = 10_000

#: The flag of classes that are made by a ``class`` statement, whose attributes can change.
_HEAP = 1 << 9
#: What ``sys.getrefcount(place.value)`` returns for an object that nothing else refers to.
_ALONE = 2


class Explorer:
    """The places that one trace has reached.  ``given`` are the function's arguments, which the cache key covers.

    ``is_new(tensor)`` says whether a tensor was made while tracing, ``guard`` is that of the recorder (see `_state`).
    """

    def __init__(self, given: Any, is_new: Callable[[Any], bool], guard: Callable[..., Any]):
        self._is_new, self._guard = is_new, guard
        self._given = {id(each) for each in containers_in(given)}
        #: By code, the functions that have been seen as values.
        self.functions: dict[types.CodeType, list[types.FunctionType]] = {}
        self.roots: dict[int, Place] = {}
        self._gone: list[Place] = []
        #: After the trace, the roots of what lasts.
        self.lasting: list[Place] = []
        self.places: list[Place] = []
        #: Generators of random numbers, and their states.
        self.states: list[tuple[Any, Any]] = []
        #: What is read but cannot be guarded: the place, and the value.
        self._large: list[tuple[Place, str]] = []
        #: What the function that runs reads.
        self.where: Reads | None = None
        for each in containers_in(given):  # it is in the cache key, but the function may change it
            if not isinstance(each, tuple):
                place = Place(None, "", None, each, f"{ARGUMENT}, a {type(each).__name__}", "")
                place.take_in(each)
                self.places.append(place)
        self._by_identity: dict[int, Place] = {}
        self._followed: set[tuple[int, int]] = set()
        self._shown: set[int] = set()
        self._level = 0

    def root(self, value: Any, description: str) -> Place:
        """The place of an object that has no parent place."""
        place = self.roots.get(id(value))
        if place is None or place.held is not value:
            if place is not None:  # of a dead object whose id another object has now
                self._gone.append(place)
            place = self.roots[id(value)] = Place(None, "", None, value, description, "")
            self.places.append(place)
        return place

    def known_or_root(self, value: Any, description: str) -> Place | None:
        place = self._by_identity.get(id(value))
        if place is not None and place.held is value:
            return place
        if isinstance(value, CONTAINERS) and any(isinstance(x, Tensor) and self._is_new(x) for x in items_of(value)):
            return None  # made while tracing
        if isinstance(value, Tensor) and (self._is_new(value) or not attributes_of(value)):
            return None
        place = self._by_identity[id(value)] = self.root(value, description)
        self._look_at(value)
        return place

    def step(self, parent: Place, kind: str, key: Any, value: Any, use: Use, description: str) -> Place:
        """The place one step from ``parent``, which holds ``value`` now."""
        place = parent.steps.get((kind, key))
        if place is None:
            reads = self.where
            line = f"{os.path.basename(reads.code.co_filename)}, line {use.line}" if reads is not None else ""
            place = parent.steps[kind, key] = Place(parent, kind, key, value, description, line)
            self.places.append(place)
            if value is not MISSING and not is_simple(value):
                known = self._by_identity.setdefault(id(value), place)
                if (
                    known is not place
                    and known.held is value
                    and not isinstance(value, (*CONTAINERS, types.ModuleType))
                ):
                    # What its methods read is noted at one of its places, so it must stay the object of both.
                    known.is_compared = place.is_compared = True
                self._look_at(value)
        elif (
            value is not place.held and value is not MISSING and not is_simple(value)
        ):  # the function has stored it there
            return self.known_or_root(value, description) or place
        return place

    def _look_at(self, value: Any) -> None:
        """Record the guards that reaching an object needs."""
        know_functions(value, self.functions)
        for generator in (value, value.__self__ if look_up(type(value), "__self__") is not MISSING else None):
            if isinstance(generator, GENERATORS) and all(generator is not known for known, _ in self.states):
                self.states.append((generator, state_of(generator)))
        if is_module(value):
            self._guard(value, "_bindings", value._bindings)

    def follow(self, place: Place | None, use: Use | None, pool: Pool) -> None:
        """Resolve the uses of the value at ``place``."""
        if place is None or use is None or place.value is MISSING or (id(place), id(use)) in self._followed:
            return
        self._followed.add((id(place), id(use)))
        value = place.held
        if isinstance(value, Tensor) and self._is_new(value):
            return
        place.is_compared = (
            place.is_compared or use.is_stored or is_opaque(value) or (bool(use.steps) and is_simple(value))
        )
        for (kind, key), step in use.steps.items():
            self._one(place, value, kind, key, step, pool)
        for alias in use.aliases:
            if self.where is not None:
                self.follow(place, self.where.local(alias), pool)
        if use.is_whole:
            self.whole(place, pool)

    def _one(self, place: Place, value: Any, kind: str, key: Any, use: Use, pool: Pool) -> None:
        if kind == "item":
            key = key[1]
            found = self._item(value, key)
            if found is None:
                self.whole(place, pool)
                pool.loose(use)
                return
            self.follow(self._below(place, "item", key, found[0], use, f"{place.description}[{_key(key)}]"), use, pool)
        else:
            attribute = self._attribute(place, value, key, use, pool)
            if attribute is None:
                pool.loose(use)
            self.follow(attribute, use, pool)

    def _below(self, place: Place, kind: str, key: Any, value: Any, use: Use, description: str) -> Place | None:
        """A step from ``place``; from an argument, whose structure is in the cache key, the object itself."""
        if isinstance(value, Tensor) and self._is_new(value):
            return None
        if id(place.held) in self._given:
            return None if value is MISSING or is_simple(value) else self.known_or_root(value, description)
        return self.step(place, kind, key, value, use, description)

    def _item(self, value: Any, key: Any) -> tuple[Any] | None:
        """The item of a container under a constant key; None if that cannot be known."""
        if isinstance(value, dict) and type(value).__getitem__ is dict.__getitem__:
            return (dict.get(value, key, MISSING),)
        if isinstance(value, (list, tuple)) and isinstance(key, int) and -len(value) <= key < len(value):
            return (value[key],) if type(value).__getitem__ in (list.__getitem__, tuple.__getitem__) else None
        return None

    def _attribute(self, place: Place, value: Any, name: str, use: Use, pool: Pool) -> Place | None:
        description = f"{place.description}.{name}" if place.description else name
        if isinstance(value, types.ModuleType):
            found = value.__dict__.get(name, MISSING)
            if found is MISSING and "__getattr__" in value.__dict__:  # it is created on access
                found = getattr(value, name, MISSING)
            return self._below(place, "attr", name, found, use, description)
        if isinstance(value, type):
            return self._of_class(place, value, name, use, description)
        if value is None or is_simple(value):
            return None
        kind = type(value)
        raw = look_up(kind, name)
        attributes = attributes_of(value)
        if name == "__dict__":
            return self._below(place, "attr", name, attributes, use, description) if attributes is not None else None
        if self.where is not None and self.where.uses_super:
            for base in kind.__mro__:
                if name in base.__dict__:
                    self.class_attribute(base, name, base.__dict__[name])
        if raw is not MISSING and hasattr(type(raw), "__set__"):
            if isinstance(raw, property):
                self.class_attribute(kind, name, raw)
            elif isinstance(raw, (types.MemberDescriptorType, types.GetSetDescriptorType)) and not isinstance(
                value, Tensor
            ):
                found = getattr(value, name, MISSING)
                if raw.__class__ is types.MemberDescriptorType or is_simple(found):
                    return self._below(place, "attr", name, found, use, description)
                self.whole(place, pool)
            elif isinstance(value, tuple) and is_named_tuple(value):
                return self._below(place, "attr", name, getattr(value, name), use, description)
            return None
        if attributes is not None and name in attributes:
            return self._below(place, "attr", name, attributes[name], use, description)
        if raw is MISSING:
            self._absent(kind, name, use)
            if isinstance(value, (*CONTAINERS, np.ndarray)):  # its attributes may be its items
                self.whole(place, pool)
            if attributes is not None:
                return self._below(place, "attr", name, MISSING, use, description)
            return None
        if isinstance(raw, types.FunctionType):
            if isinstance(value, Tensor):
                return None
            know_functions(raw, self.functions)
            if is_foreign(kind):
                self.whole(place, pool)
            found = self._below(place, "method", name, raw, use, description)
            if found is not None:
                found.is_compared = True
            return None
        if isinstance(raw, (classmethod, staticmethod)):
            self.class_attribute(kind, name, raw)
            return None
        if hasattr(type(raw), "__get__"):
            if isinstance(value, ContextVar) and name == "get":
                return self._below(place, "context", None, value.get(None), use, f"{place.description}.get()")
            if isinstance(raw, functools.cached_property):
                return self._below(place, "attr", name, MISSING, use, description)
            if not isinstance(value, Tensor):  # a method that is not written in Python may look at all of it
                self.whole(place, pool)
            return None
        return self._below(place, "attr", name, raw, use, description)

    def _of_class(self, place: Place, kind: type, name: str, use: Use, description: str) -> Place | None:
        raw = look_up(kind, name)
        if isinstance(kind, enum.EnumMeta) and name in kind.__members__:
            return None  # cannot be bound to anything else
        if raw is MISSING:
            self._absent(kind, name, use)
            self._of_metaclass(kind, name)
            return None
        if hasattr(look_up(type(kind), name), "__set__"):
            self._of_metaclass(kind, name)
            return None
        know_functions(raw, self.functions)
        if isinstance(raw, classmethod):
            below = self._below(place, "method", name, raw.__func__, use, description)
        elif isinstance(raw, staticmethod):
            below = self._below(place, "attr", name, raw.__func__, use, description)
        elif hasattr(type(raw), "__get__") and not isinstance(raw, (types.FunctionType, property)):
            return None
        else:
            return self._below(place, "attr", name, raw, use, description)
        if below is not None:
            below.is_compared = True
        return None

    def _of_metaclass(self, kind: type, name: str) -> None:
        meta = type(kind)
        if meta is not type and (raw := look_up(meta, name)) is not MISSING:
            self.class_attribute(meta, name, raw)

    def _absent(self, kind: type, name: str, use: Use) -> None:
        """Guard that a class has no such attribute."""
        if any(base.__flags__ & _HEAP and not is_library(base) for base in kind.__mro__):
            self.step(self.root(kind, kind.__name__), "attr", name, MISSING, use, f"{kind.__name__}.{name}")

    def class_attribute(self, kind: type, name: str, raw: Any) -> None:
        root = self.known_or_root(kind, kind.__name__)
        if root is not None:
            root = self.root(kind, kind.__name__)
            use = Use(0)
            place = self._of_class(root, kind, name, use, f"{kind.__name__}.{name}")
            if place is not None:
                place.is_compared = True

    def whole(self, place: Place, pool: Pool) -> None:
        """The value at ``place`` has an unknown use: everything that it contains may matter."""
        value = place.held
        if place.value is MISSING:
            return
        if is_simple(value) or isinstance(value, (Tensor, enum.Enum)):
            place.is_compared = True
            return
        if place.is_whole:
            return
        if isinstance(value, np.ndarray):
            place.is_compared = True
            if value.nbytes <= SMALL_ARRAY and not value.dtype.hasobject:
                place.take_in(value)
            elif value.dtype.hasobject:
                self._large.append((place, f"a NumPy array of Python objects, of shape {value.shape}"))
            elif value.flags.writeable:
                self._large.append((place, f"a NumPy array of shape {value.shape}"))
            return
        if isinstance(value, BUFFERS):
            place.is_compared = True
            size = memoryview(value).nbytes  # type: ignore[arg-type]  # no array is left
            if size <= SMALL_ARRAY:
                place.take_in(value)
            else:
                self._large.append((place, f"a {type(value).__name__} of {size} bytes"))
            return
        if isinstance(value, CONTAINERS):
            self._contents(place, value, pool)
            return
        place.is_compared = True
        place.is_spent = is_iterator(value)
        if place.parent is not None or not isinstance(value, (types.FunctionType, type)):
            pool.add(place)
        if isinstance(value, functools.partial):
            for name in ("func", "args", "keywords"):
                self._whole_step(place, "attr", name, getattr(value, name), pool)
        elif type(value) is weakref.ref:
            self._whole_step(place, "referent", None, value(), pool)
        elif isinstance(value, types.MethodType):
            self._whole_step(place, "attr", "__self__", value.__self__, pool)
        elif isinstance(value, (types.ModuleType, type, *FUNCTIONS)):
            return
        elif is_module(value):
            for name, kind in value._kinds.items():
                child = value.__dict__.get(name)
                if (
                    child is not None
                    and kind == "module"
                    and (known := self.known_or_root(child, f"{place.description}.{name}"))
                ):
                    pool.add(known)
        if self.where is not None and (self.where.reflects or is_foreign(type(value))) and self._level < LEVELS:
            self._level += 1
            self._attributes(place, value, pool)
            self._level -= 1

    def _attributes(self, place: Place, value: Any, pool: Pool) -> None:
        """Guard all attributes of an object whose code is not visible, or that are read by computed names."""
        if id(place) in self._shown:
            return
        self._shown.add(id(place))
        if (is_opaque(value) and not is_module(value)) or isinstance(value, GENERATORS):
            return
        names: dict[str, None] = {}
        attributes = attributes_of(value)
        if attributes is not None:
            hidden = {
                "_kinds",
                "_bindings",
                "_hooks",
                "training",
                "_compiled",
                *(value._kinds if is_module(value) else ()),
            }
            names.update(dict.fromkeys(name for name in attributes if isinstance(name, str) and name not in hidden))
        for base in type(value).__mro__:
            names.update(dict.fromkeys(slots_of(base)))
            if self.where is not None and self.where.reflects and not is_library(base) and not is_foreign(base):
                names.update(dict.fromkeys(name for name in base.__dict__ if not name.startswith("__")))
        for name in list(names) if len(names) <= MANY_ITEMS else ():
            step = self._attribute(place, value, name, Use(self._line()), pool)
            if step is not None:
                self.whole(step, pool)
        if attributes is not None and id(attributes) not in self._given:
            keys = self.step(
                place, "attr", "__dict__", attributes, Use(self._line()), f"the attributes of {place.description}"
            )
            if not keys.is_whole:
                keys.take_in(attributes)

    def _line(self) -> int:
        return 0 if self.where is None else self.where.code.co_firstlineno

    def _whole_step(self, place: Place, kind: str, key: Any, value: Any, pool: Pool) -> None:
        named = {"attr": ".{}", "referent": "()"}.get(kind)
        description = place.description + (f"[{_key(key)}]" if named is None else named.format(key))
        step = self._below(place, kind, key, value, Use(self._line()), description)
        if step is not None:
            self.whole(step, pool)

    def _contents(self, place: Place, value: Any, pool: Pool) -> None:
        items = items_of(value)
        given = id(value) in self._given
        if any(isinstance(x, Tensor) and self._is_new(x) for x in items):
            return
        if len(items) > MANY_ITEMS:
            place.is_compared = True
            self._large.append((place, f"a {type(value).__name__} of {len(value)} items"))
            return
        place.is_whole = not given
        if not given:
            place.take_in(value)
        pairs: Iterable[tuple[Any, Any]] = value.items() if isinstance(value, MAPPING_TYPES) else enumerate(value)
        if isinstance(value, (set, frozenset)):
            pairs = ()
        for key, item in pairs:
            if is_simple(item) or isinstance(item, Tensor) or place.depth > DEPTH:
                continue
            self._whole_step(place, "item", key, item, pool)

    def apply_unknown(self, pool: Pool) -> None:
        """Apply the uses of values without a name to each of these values."""
        while todo := pool.new():
            for place, use in todo:
                value = place.held
                for (kind, key), step in use.steps.items():
                    if self._has(value, kind, key):
                        self._one(place, value, kind, key, step, pool)

    def _has(self, value: Any, kind: str, key: Any) -> bool:
        if kind == "item":
            found = self._item(value, key[1])
            return found is not None and found[0] is not MISSING
        if value is None or isinstance(value, (types.ModuleType, *FUNCTIONS)):
            return False
        if isinstance(value, type):  # its instances have what it has
            return not is_library(value) and not is_foreign(value) and look_up(value, key) is not MISSING
        if key in (attributes_of(value) or ()) or look_up(type(value), key) is not MISSING:
            return True
        return any("__getattr__" in base.__dict__ and not is_library(base) for base in type(value).__mro__)

    def finish(self, young: Callable[[], list[Any]]) -> None:
        """Forget what was made while tracing; ``young()`` lists it."""
        self._by_identity.clear()
        self.functions.clear()
        wanted = {id(held) for place in self.places if not _lasts(held := place.held)}
        made = wanted.intersection(map(id, young())) if wanted else set()
        roots = [*self.roots.values(), *self._gone]
        self.roots.clear()
        self._gone.clear()
        for root in roots:
            alone = root.root is None and sys.getrefcount(root.value) == _ALONE
            if alone or root.held is None or id(root.held) in made:
                roots.extend(root.leave())  # what lasts of what it held is known by itself
            else:
                self.lasting.append(root)
        self.places = [place for place in self.places if place.kind != "dropped"]

    @property
    def unwatched(self) -> dict[str, str]:
        """Persistent values that are too large to compare in every call: description of the place, and of the value."""
        # A root is what a call returned or got: what lasts of it is known from where it was read.
        return {
            place.description: what
            for place, what in self._large
            if place.kind != "dropped" and place.parent is not None
        }


def _lasts(value: Any) -> bool:
    """Whether ``value`` outlives the trace even if the trace made it: classes, and modules with their globals."""
    if isinstance(value, dict):
        module = sys.modules.get(name) if isinstance(name := value.get("__name__"), str) else None
        return module is not None and vars(module) is value
    return isinstance(value, (type, types.ModuleType))


def _key(key: Any) -> str:
    """A description of a key.  A tensor has no value to show while tracing."""
    return repr(key) if is_simple(key) else f"a {type(key).__name__}"
