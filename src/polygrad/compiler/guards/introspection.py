"""Inspects Python objects without running their code: classes, attributes, items."""

from __future__ import annotations

import enum
import functools
import random
import sys
import types
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from ..._core.tensor import Tensor
from ..._pytree import MAPPINGS, is_named_tuple
from .sources import FUNCTIONS, MAPPING_TYPES, MISSING, attributes_of, look

#: Random generators whose state a program does not change.
GENERATORS = (random.Random, np.random.Generator, np.random.RandomState)
#: The packages of array libraries and backends, as far as they are known.
LIBRARIES = {"polygrad", "array_api_compat", "pluggy"}


def look_up(kind: type, name: str) -> Any:
    """An attribute as the class or a base defines it, or `MISSING`."""
    for base in kind.__mro__:
        if name in base.__dict__:
            return base.__dict__[name]
    return MISSING


def is_module(value: Any) -> bool:
    """Whether ``value`` is a `polygrad.nn.Module`."""
    return isinstance((attributes_of(value) or {}).get("_kinds"), dict)


def is_opaque(value: Any) -> bool:
    """Whether the identity of an object matters, not only what is read of it."""
    if isinstance(value, (Tensor, type, enum.Enum, *FUNCTIONS)) or is_module(value):
        return True
    return any(package_of(base) == "polygrad" for base in type(value).__mro__)


@functools.cache
def package_of(kind: type) -> str:
    """The name of the package that a class belongs to."""
    return str(getattr(kind, "__module__", "")).partition(".")[0]


def is_foreign(kind: type) -> bool:
    """Whether a class belongs to the standard library."""
    return package_of(kind) in sys.stdlib_module_names


def is_iterator(value: Any) -> bool:
    """Whether ``value`` is a built-in iterator, whose remaining items cannot be seen."""
    kind: type = type(value)
    return isinstance(value, types.GeneratorType) or (
        package_of(kind) in ("builtins", "itertools") and look_up(kind, "__next__") is not MISSING
    )


def is_library(kind: type) -> bool:
    """Whether a class belongs to polygrad, or to an array library."""
    return package_of(kind) in LIBRARIES


def items_of(value: Any) -> list[Any]:
    """The elements of a container, the values of a mapping."""
    return list(value.values()) if isinstance(value, MAPPING_TYPES) else list(value)


def slots_of(kind: type) -> Iterator[str]:
    """The names in ``__slots__`` of a class, without its bases."""
    for name, raw in kind.__dict__.items():
        if isinstance(raw, types.MemberDescriptorType) and not name.startswith("__"):
            yield name


def code_of(raw: Any) -> Any:
    """The code object of a function, method or property; None if it has none."""
    if isinstance(raw, property):
        raw = raw.fget
    raw = getattr(raw, "__func__", raw)
    raw = getattr(raw, "func", raw) if isinstance(raw, functools.cached_property) else raw
    return getattr(raw, "__code__", None)


def containers_in(tree: Any) -> Iterator[Any]:
    """``tree`` and the lists, tuples and mappings inside it, itself first."""
    kind = type(tree)
    if kind in MAPPINGS or kind in (list, tuple) or is_named_tuple(tree):
        yield tree
        for part in tree.values() if kind in MAPPINGS else tree:
            yield from containers_in(part)


def state_of(generator: Any) -> Any:
    """The state of a random generator, in a form that can be compared."""
    if isinstance(generator, random.Random):
        return generator.getstate()
    if isinstance(generator, np.random.RandomState):
        return _plain(generator.get_state(legacy=False))
    return _plain(generator.bit_generator.state)


def set_state(generator: Any, state: Any) -> None:
    """Give a generator the state that `state_of` returned."""
    if isinstance(generator, random.Random):
        generator.setstate(state)
    elif isinstance(generator, np.random.RandomState):
        generator.set_state(_full(state))
    else:
        generator.bit_generator.state = _full(state)


def _plain(state: Any) -> Any:
    if isinstance(state, dict):
        return {name: _plain(value) for name, value in state.items()}
    return _Array(state.dtype.str, state.tobytes()) if isinstance(state, np.ndarray) else state


def _full(state: Any) -> Any:
    if isinstance(state, dict):
        return {name: _full(value) for name, value in state.items()}
    return np.frombuffer(state.data, dtype=state.dtype).copy() if isinstance(state, _Array) else state


class _Array(NamedTuple):
    dtype: str
    data: bytes


def described_generator(generator: Any) -> str:
    """A description of a random generator."""
    kind = type(generator)
    return f"{kind.__module__.partition('.')[0]}'s {kind.__qualname__}"


def know_functions(value: Any, known: dict[types.CodeType, list[types.FunctionType]], depth: int = 6) -> None:
    """Add to ``known`` the functions that ``value`` is or calls, by their code."""
    for _ in range(depth):
        for kind, attribute in _WRAPPING:
            if isinstance(value, kind):
                value = getattr(value, attribute)
                break
        else:
            break
    if isinstance(value, types.FunctionType):
        functions = known.setdefault(value.__code__, [])
        if any(value is other for other in functions):
            return
        functions.append(value)
        for cell in value.__closure__ or () if depth else ():
            inner = look(cell, "cell", None)
            if inner is not MISSING and callable(inner):
                know_functions(inner, known, depth - 1)
    attributes = attributes_of(value) if depth else None
    if attributes is not None and (wrapped := attributes.get("__wrapped__")) is not None:
        know_functions(wrapped, known, depth - 1)


_WRAPPING: tuple[tuple[Any, str], ...] = (
    (types.MethodType, "__func__"), ((classmethod, staticmethod), "__func__"), (functools.partial, "func"), (property, "fget"),
    (functools.cached_property, "func"),
)  # fmt: skip
