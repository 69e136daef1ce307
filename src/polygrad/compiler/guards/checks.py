"""Generates the guards on Python values: whether places still hold what they held; see `sources`."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from ..codegen import FunctionBuilder
from .sources import (
    MAPPING_TYPES,
    MISSING,
    Contents,
    Items,
    Place,
    attributes_of,
    binds,
    has,
    is_simple,
    look,
    reference_to,
    same,
    short,
)
from .symbolic import SymbolicNumber


class Number(NamedTuple):
    """A place with a Python number: ``key`` of what the expression ``owner`` gives."""

    owner: str
    kind: str
    key: Any
    before: int | float
    #: Whether it is an input of the program, and not a constant.
    is_symbolic: bool

    def find(self, names: dict[str, Any]) -> tuple[Any, str, Any] | None:
        """The place, if it holds another number of the same class now and can be bound; else None."""
        try:
            owner = eval(self.owner, names)
        except Exception:
            return None  # the place is gone
        now = look(owner, self.kind, self.key)
        if type(now) is not self.before.__class__ or (same(now, self.before) and not self.is_symbolic):
            return None
        return (owner, self.kind, self.key) if binds(owner, self.kind, self.key) else None


class ValueGuard(NamedTuple):
    """A guarded place, for messages and for symbolic numbers."""

    expression: str
    differs: Callable[[Any], bool]
    description: str
    was: str
    number: Number | None = None


class GuardWriter:
    """Writes the lines of a call that check places."""

    def __init__(self, source: FunctionBuilder):
        self.source = source
        self.lines: list[str] = []
        self.guards: list[ValueGuard] = []

    def write(self, roots: Iterable[Place]) -> list[ValueGuard]:
        """Add lines that return `GUARD_FAILED` if a place below one of ``roots`` has changed; returns the guards."""
        for root in roots:
            value = root.held
            if value is None or not self._matters(root):
                continue
            name = self.source.name(value if root.root is None else root.root)
            text = name if root.root is None else f"{name}()"
            self._place(root, text, text, "")
        if self.lines:
            self.source.names["same"] = same
            self.source.add("try:")
            self.source.lines.extend(f"    {line}" for line in self.lines)
            self.source.add("except LOOKUPS:")
            self.source.add("    return GUARD_FAILED")
            self.source.names["LOOKUPS"] = (AttributeError, LookupError, TypeError, ValueError, RuntimeError)
        return self.guards

    def _place(self, place: Place, text: str, full: str, owner: str) -> None:
        value = place.held
        steps = [step for step in place.steps.values() if self._matters(step)]
        local = text
        if len(steps) + place.is_whole + place.is_compared > 1 or (steps and place.root is not None):
            local = f"w{len(self.lines)}"
            self.lines.append(f"{local} = {text}")
        if place.is_compared and place.parent is not None:
            self._compare(place, value, local, full, owner)
        if place.is_whole:
            self._inside(place, value, local, full)
        for step in steps:
            if step.value is MISSING:
                where = local if step.kind == "item" else f"{local}.__dict__"
                key = self.source.name(step.key)
                test = f"{key} in {where}"
                if step.kind == "attr" and (isinstance(value, type) or attributes_of(value) is None):
                    plain = not isinstance(value, type) or (type(value) is type and not hasattr(type, step.key))
                    known = "hasattr" if plain else self.source.name(has)
                    test = f"{known}({local}, {key})"
                self._demand(test, test, bool, step, "missing")
            else:
                self._place(step, _text(local, step, self.source), _text(full, step, self.source), full)

    def _matters(self, place: Place) -> bool:
        if place.is_compared or place.is_whole or place.value is MISSING:
            return True
        return any(map(self._matters, place.steps.values()))

    def _demand(
        self, test: str, full: str, differs: Callable[[Any], bool], place: Place, was: str, number: Number | None = None
    ) -> None:
        self.lines.append(f"if {test}: return GUARD_FAILED")
        self.guards.append(ValueGuard(full, differs, place.description, was, number))

    def _compare(self, place: Place, value: Any, local: str, full: str, owner: str) -> None:
        name, known = self.source.name, f"w{len(self.lines)}_"
        if type(value) is SymbolicNumber:
            (origin,), kind = value.origins, value.__class__
            origin.is_guarded = True
            number = Number(owner, place.kind, place.key, value.value, True)
            test = f"({known} := {local}).__class__ is not {name(kind)}"
            self._demand(test, full, lambda now: type(now) is not kind, place, repr(value.value), number)
            self.lines.append(f"{name(origin)}.value = {known}")
        elif is_simple(value) and value.__class__ not in (bool, types.NoneType):
            is_number = value.__class__ in (int, float)
            constant = Number(owner, place.kind, place.key, value, False) if is_number else None
            test = f"({known} := {local}) is not {name(value)} and not same({known}, {name(value)})"
            self._demand(test, full, lambda now: not same(now, value), place, repr(value), constant)
        elif isinstance(value, types.MethodType):
            function, bound_to = value.__func__, reference_to(value.__self__) or (lambda: value.__self__)
            self._demand(
                f"{local}.__func__ is not {name(function)} or {local}.__self__ is not {name(bound_to)}()",
                full, lambda now: now.__func__ is not function or now.__self__ is not bound_to(), place, short(value),
            )  # fmt: skip
        elif (reference := reference_to(value)) is not None:
            self._demand(  # a dead weak reference returns None as well
                f"({known} := {local}) is None or {known} is not {name(reference)}()", full,
                lambda now: now is None or now is not reference(), place, short(value),
            )  # fmt: skip
        else:
            self._demand(f"{local} is not {name(value)}", full, lambda now: now is not value, place, short(value))

    def _inside(self, place: Place, value: Any, local: str, full: str) -> None:
        name, items = self.source.name, place.items
        if isinstance(items, Contents):
            self._demand(f"{name(items)}.differ({local})", full, items.differ, place, short(value))
        elif isinstance(value, MAPPING_TYPES):
            test = f"{name(items[0])}.differ({local}) or {name(items[1])}.differ({local}.values())"
            self._demand(test, full, _differs_in(items[0], items[1]), place, short(value))
        else:
            self._demand(f"{name(items[0])}.differ({local})", full, items[0].differ, place, short(value))


def _differs_in(keys: Items, values: Items) -> Callable[[Any], bool]:
    return lambda now: keys.differ(now) or values.differ(now.values())


def _text(owner: str, place: Place, source: FunctionBuilder) -> str:
    if place.kind == "item":
        simple = place.key.__class__ in (int, str)
        return f"{owner}[{repr(place.key) if simple else source.name(place.key)}]"
    if place.kind == "cell":
        return f"{owner}.cell_contents"
    if place.kind == "context":
        return f"{owner}.get(None)"
    if place.kind == "referent":
        return f"{owner}()"
    text = f"{owner}.{place.key}" if place.key.isidentifier() else f"getattr({owner}, {place.key!r})"
    return text if place.kind == "attr" else f"{text}.__func__"
