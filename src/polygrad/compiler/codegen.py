"""Generates the function that runs a program: it checks guards, passes inputs and stores outputs.

A training step passes hundreds of parameters, gradients and moments, and loops over them would cost more than a small
program.  So each program gets a generated function in which every cell has a name.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from types import FunctionType, NoneType
from typing import Any, NamedTuple

from .._core.generated import define
from .._core.graph import Leaf, Node
from .._core.refcount import count_unshared
from .._core.tensor import Tensor, cell
from .._pytree import NODES
from .._state import VERSION_COUNTER
from .interrupts import hold, release

#: What a generated call returns if a guard fails.
GUARD_FAILED: Any = object()


class Guard(NamedTuple):
    """A guard: an expression, its expected value, and a description for users.

    A ``versioned`` guard is checked only after `VERSION_COUNTER` has changed.
    """

    expression: str
    value: Any
    description: str
    versioned: bool = False


def describe_value(value: Any) -> str:
    """A guard's value for a message."""
    if isinstance(value, type):
        return {Leaf: "it is a leaf", Node: "it was computed"}.get(value, "it requires no grad")
    return ", ".join(f"{name}={x!r}" for name, x in value.items()) if isinstance(value, dict) else repr(value)


def differing_parts(now: Any, before: Any) -> tuple[Any, Any]:
    """The parts of two values, tuples or dicts, that differ; other values unchanged."""
    if isinstance(now, tuple) and isinstance(before, tuple) and len(now) == len(before):
        return next(differing_parts(a, b) for a, b in zip(now, before, strict=True) if a != b)
    if isinstance(now, dict) and isinstance(before, dict):
        names = [name for name in {**before, **now} if now.get(name, ...) != before.get(name, ...)]
        return tuple({name: x[name] for name in names if name in x} for x in (now, before))  # type: ignore[return-value]  # a pair
    return now, before


def differs(now: Any, before: Any) -> bool:
    """Whether a guard's value has changed."""
    return now is not before if isinstance(before, Tensor) or isinstance(now, Tensor) else bool(now != before)


class FunctionBuilder:
    """Builds a function: its lines, and the objects that they name."""

    undone: bool

    def __init__(self) -> None:
        self.names: dict[str, Any] = {
            "cell": cell,
            "getrefcount": getattr(sys, "getrefcount", None),
            "GUARD_FAILED": GUARD_FAILED,
        }
        self.lines: list[str] = []
        self._known: dict[int, str] = {}
        self._holds = False
        #: Whether the function has changes to undo on failure.
        self.undone = False

    def name(self, value: Any) -> str:
        """A name for ``value`` in the source."""
        if id(value) not in self._known:
            self._known[id(value)] = name = f"v{len(self._known)}"
            self.names[name] = value
        return self._known[id(value)]

    def add(self, line: str) -> None:
        """Add a line to the function."""
        self.lines.append(line)

    def add_undoable(self, change: str, remember: str) -> None:
        """Add a change of Python state before a line that may fail.  ``remember`` evaluates to a function that undoes it."""
        self.undone = True
        self.hold()
        self.add(f"undo.append({remember})")
        self.add(change)

    def hold(self) -> None:
        """Defer signals from here to `end`, since state changes."""
        if not self._holds:
            self._holds = True
            self.names.update(hold=hold, release=release)
            self.add("hold()")

    def end(self, start: int) -> None:
        """End the change of state that the lines from ``start`` on make."""
        if not self._holds:
            return
        lines = [f"    {line}" for line in self.lines[start:]]
        if self.undone:
            lines += ["except BaseException:", "    for back in reversed(undo): back()", "    raise"]
        self.lines[start:] = [*["undo = []"] * self.undone, "try:", *lines, "finally:", "    release()"]

    def check_guards(self, guards: Sequence[Guard]) -> None:
        """Add lines that return `GUARD_FAILED` if one of ``guards`` fails."""
        versioned = [guard for guard in guards if guard.versioned]
        if versioned:
            self.names.update(changes=VERSION_COUNTER, seen=[-1])
            self.add("changed = changes[0]")
            self.add("if changed != seen[0]:")
            for guard in versioned:
                self.add(f"    {self._test(guard)}")
            self.add("    seen[0] = changed")
        for guard in guards:
            if not guard.versioned:
                self.add(self._test(guard))

    def _test(self, guard: Guard) -> str:
        kinds = (NoneType, bool, type, Tensor, FunctionType)  # equal only if identical
        same = "is" if isinstance(guard.value, kinds) else "=="
        return f"if not ({guard.expression} {same} {self.name(guard.value)}): return GUARD_FAILED"

    def function(self, name: str) -> Callable[[Sequence[Any]], Any]:
        """The finished function, of the tensors among the arguments, ``t``."""
        text = "\n    ".join([f"def {name}(t):", *self.lines])
        return define(name, text, dict(self.names), name)


def build_tree(source: FunctionBuilder, structure: Any, leaves: Any) -> str:
    """The expression that builds the tree of ``structure`` (see `_pytree`) from the expressions ``leaves``, an iterator."""
    if structure is None:
        return next(leaves)
    kind, keys, parts, extra = structure
    values = [build_tree(source, part, leaves) for part in parts]
    if keys is not None:
        items = ", ".join(f"{source.name(key)}: {value}" for key, value in zip(keys, values, strict=True))
        if kind is dict:
            return f"{{{items}}}"
        factory = f"{source.name(extra)}, " if kind is defaultdict else ""
        return f"{source.name(kind)}({factory}{{{items}}})"
    inside = "".join(f"{value}, " for value in values)
    if kind is list:
        return f"[{inside}]"
    if kind in NODES:
        return f"{source.name(NODES[kind][1])}({source.name(extra)}, ({inside}))"
    return f"({inside})" if kind is tuple else f"{source.name(kind)}({inside})"


def _measure_unshared() -> int | None:
    """What ``getrefcount(array)`` returns, in a generated call, for an array that only a cell refers to."""
    source = FunctionBuilder()
    source.add("array = t._data")
    source.add("return getrefcount(array)")
    return count_unshared(source.function("count"))


#: See `_measure_unshared`; None on a Python whose counts are unreliable: then all arrays are copied.
UNSHARED = _measure_unshared()
