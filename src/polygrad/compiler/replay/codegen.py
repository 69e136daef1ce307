"""Generates a replay: a Python function with one line per operation, and the reuse of memory for results."""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ..._core.errors import ARRAY_ERRORS, wrap_array_error
from ..._core.generated import define
from ..interrupts import hold
from .graph import Graph, Operation, Slot, slots_in
from .liveness import SMALL, Liveness
from .may_alias import slots_read

_SYMBOLS = {
    operator.add: "+", operator.sub: "-", operator.mul: "*", operator.truediv: "/", operator.floordiv: "//",
    operator.mod: "%", operator.matmul: "@", operator.and_: "&", operator.or_: "|", operator.xor: "^",
    operator.lshift: "<<", operator.rshift: ">>", operator.pow: "**", operator.eq: "==", operator.ne: "!=",
    operator.lt: "<", operator.le: "<=", operator.gt: ">", operator.ge: ">=",
}  # fmt: skip


class GuardFailed(Exception):
    """A guard on values of a replay fails: the answer differs from that during the trace."""


class ReplayCodegen:
    """Generates the function: one line for each operation."""

    def __init__(
        self, graph: Graph, operations: list[Operation], free: frozenset[Slot], arguments: Sequence[Slot],
        released: bool,
    ):  # fmt: skip
        self._graph, self._avals, self._operations = graph, graph.avals, operations
        base = graph.backend.base
        self._own: Slot | None = None
        self._facts = facts = graph.backend.facts
        self._is_reusable, self._is_writable = facts.is_reusable, base.is_writable
        self._copy_array = lambda array: base.asarray(array, copy=True)
        self._free = free
        self._liveness = Liveness(graph, operations)
        self._memories = self._liveness.memories
        self._constant = {self._memories.of(Slot(slot)) for slot in graph.constants}
        self._scope: dict[str, Any] = {
            "GuardFailed": GuardFailed,
            "ARRAY_ERRORS": ARRAY_ERRORS,
            "explained": self._explain_error,
            "hold": hold,
        }
        self._names: dict[int, str] = {slot: f"a{place}" for place, slot in enumerate(arguments)}
        self._known: dict[int, str] = {}
        self._arguments = ", ".join(self._names.values())
        self._lines: list[str] = []
        #: Memories of indices that an operation has checked; and the position from which on no operation can raise.
        self._checked: set[int] = set()
        self._safe = 0
        self._released = released
        #: Which operation a line belongs to.
        self._owners: list[Operation | None] = []
        #: (shape, type, whether the layout is fixed) → free memories: memory, name of its array, position where it became free.
        self._pool: dict[Any, list[tuple[Slot, str, int]]] = {}
        #: Name of an array whose memory may be reused → the line that deletes it if it is not.
        self._waiting: dict[str, int] = {}
        #: Memory → the names of the arrays that see it.
        self._seen_by: dict[int, list[str]] = {}
        self._dying: dict[int, list[Slot]] = {}
        for memory, place in self._liveness.last.items():
            self._dying.setdefault(place, []).append(memory)

    def function(self) -> Callable[..., Any]:
        """The program."""
        fails = [self._may_fail(operation) for operation in self._operations]
        self._safe = max((place + 1 for place, may in enumerate(fails) if may), default=0)
        for place, operation in enumerate(self._operations):
            if place == self._safe:
                self._release()
            if operation.overwritten:
                self._overwrite(place, operation, place >= self._safe)
            else:
                self._operation(place, operation)
            self._free_memory(place)
        if self._safe >= len(self._operations):
            self._release()
        results = "".join(f"{self._result(slot)}, " for slot in self._graph.results)
        for name, scalar in self._waiting.items():  # not reused
            self._lines[scalar] = f"del {name}"
        self._add(f"return ({results})", None)
        released = ", released" if self._released else ""
        text = "\n        ".join([f"def program({self._arguments}{released}):\n    try:", *self._lines])
        text += "\n    except ARRAY_ERRORS as error:\n        raise explained(error)"
        program: Any = define("program", text, self._scope, "program")
        program.source = text
        return program

    def _add(self, line: str, operation: Operation | None) -> None:
        self._lines.append(line)
        self._owners.append(operation)

    def _may_fail(self, operation: Operation) -> bool:
        """Whether ``operation`` may raise.  The indices that it checks are known to be in range afterwards."""
        if operation.overwritten or (not operation.is_question and self._facts.cannot_raise(operation.function)):
            return False
        integers = {
            self._memories.of(slot) for slot in slots_read(operation) if self._is_integer(self._avals[slot].dtype)
        }
        if (
            not operation.is_question
            and self._facts.raises_only_for_indices(operation.function)
            and integers <= self._checked
        ):
            return False
        self._checked |= integers
        return True

    def _is_integer(self, dtype: Any) -> bool:
        return self._graph.backend.from_dtype(dtype).kind in ("int", "uint")

    def _release(self) -> None:
        """No later operation can raise: overwriting may begin, and gradients that get new values are released."""
        if self._released or self._free:
            self._add("hold()", None)
        if self._released:
            self._add("for leaf in released: leaf.grad = None", None)

    # -- expressions -------------------------------------------------------------------------------------------------------

    def _name(self, value: Any) -> str:
        """A name for an object."""
        if id(value) not in self._known:
            self._known[id(value)] = name = f"k{len(self._known)}"
            self._scope[name] = value
        return self._known[id(value)]

    def _expression(self, value: Any) -> str:
        kind = value.__class__
        if kind is Slot:
            return self._of(value)
        if kind is tuple:
            return f"({''.join(self._expression(part) + ', ' for part in value)})"
        if kind is list:
            return f"[{', '.join(self._expression(part) for part in value)}]"
        return repr(value) if kind in (int, bool, str, type(None)) else self._name(value)

    def _of(self, slot: Slot) -> str:
        if slot not in self._names:
            self._names[slot] = self._name(self._graph.constants[slot])
        return self._names[slot]

    def _target(self, slots: Any) -> str:
        """The assignment target for the results of an operation."""
        if slots is None:
            return "_"
        if slots.__class__ is not Slot:
            return f"({''.join(self._target(part) + ', ' for part in slots)})"
        if slots not in self._names:
            self._names[slots] = f"v{slots}"
            self._seen_by.setdefault(self._memories.of(slots), []).append(f"v{slots}")
        return self._names[slots]

    def _call(self, operation: Operation) -> str:
        function = self._facts.operator_of(operation.function)
        parts = [self._expression(part) for part in operation.arguments]
        if not operation.named:
            if function in _SYMBOLS and len(parts) == 2:
                return f"{parts[0]} {_SYMBOLS[function]} {parts[1]}"
            if function is operator.getitem:
                return f"{parts[0]}[{parts[1]}]"
            if isinstance(function, operator.attrgetter):
                return f"{parts[0]}.{function.__reduce__()[1][0]}"
        parts += [f"{name}={self._expression(value)}" for name, value in operation.named.items()]
        return f"{self._name(function)}({', '.join(parts)})"

    # -- operations --------------------------------------------------------------------------------------------------------

    def _operation(self, place: int, operation: Operation) -> None:
        if operation.is_question:
            answer = self._name(operation.answer)
            self._add(f"if {self._call(operation)} != {answer}: raise GuardFailed", operation)
            return
        result = operation.results
        if result.__class__ is Slot and result not in self._names and self._memories.is_reusable(result):
            variant = None if operation.named else self._facts.out_variant(operation.function)
            found = None if variant is None else self._reuse_buffer(place, operation, result)
            if found is not None:
                self._names[result] = found
                self._seen_by.setdefault(result, [found])
                parts = [self._expression(part) for part in operation.arguments]
                line = f"{self._name(variant)}({', '.join(parts)}, {found})"
                if self._own is not None:  # an argument, which may be a view
                    out = f"{found} if {self._name(self._is_reusable)}({found}) else None"
                    line = f"{found} = {self._name(variant)}({', '.join(parts)}, {out})"
                self._add(line, operation)
                return
        call = self._call(operation)
        self._add(f"{self._target(result)} = {call}", operation)

    def _reuse_buffer(self, place: int, operation: Operation, result: Slot) -> str | None:
        """The name of a free array with the shape and type of ``result``; None if there is none.

        Where that always lies as it did while recorded, so must the array: what follows counts on it.
        """
        kind, fixed = self._avals[result], self._memories.has_fixed_layout(result)
        operands = list(slots_in(operation.arguments))
        self._own = None
        if self._facts.is_elementwise(operation.function):
            for slot in sorted(operands, key=lambda slot: slot not in self._free):
                if (self._avals[slot].shape, self._avals[slot].dtype) != (kind.shape, kind.dtype):
                    continue
                if self._liveness.last[self._memories.of(slot)] != place or self._is_shared(slot, operands):
                    continue
                own = slot in self._free and place >= self._safe and self._memories.is_owner(slot)
                if own or (self._memories.is_reusable(slot) and (self._memories.has_fixed_layout(slot) or not fixed)):
                    self._dying[place].remove(slot)
                    self._own = slot if own else None
                    self._seen_by[result] = self._seen_by.pop(
                        slot, [self._names[slot]]
                    )  # views that no operation reads any more
                    return self._names[slot]
        for lies in (True,) if fixed else (False, True):
            free = self._pool.get((kind.shape, kind.dtype, lies))
            while free:
                memory, name, since = free.pop()
                if self._liveness.hold(memory, since, place):
                    self._waiting.pop(name, None)
                    return name
        return None

    def _is_shared(self, slot: Slot, operands: Iterable[Slot]) -> bool:
        """Whether another one of ``operands`` may see the memory of ``slot``."""
        memory = self._memories.of(slot)
        return any(other != slot and self._memories.of(other) == memory for other in operands)

    def _overwrite(self, place: int, operation: Operation, certain: bool) -> None:
        """Write a call of a kernel that overwrites: in place if the program owns the memory and no later operation reads it."""
        names = dict(self._names)
        operands = Counter(slots_read(operation))
        seers = Counter(map(self._memories.of, operands))
        for old, new in operation.overwritten:
            memory = self._memories.of(old)
            name = self._of(old)
            own = old in self._free or (self._memories.is_owner(old) and memory not in self._memories.outside)
            alone = operands[old] == 1 and seers[memory] == 1
            if certain and own and alone and self._liveness.last[memory] == place:
                if old in self._free:
                    self._add(f"if not {self._name(self._is_writable)}({name}): {name} = {self._copy(name)}", None)
                else:
                    self._dying[place].remove(memory)
                self._seen_by[new] = [name]
            else:
                self._add(f"v{new} = {self._copy(name)}", operation)
                name = f"v{new}"
                self._seen_by[new] = [name]
            names[old] = self._names[new] = name
        self._names, kept = names, self._names
        call = self._call(operation)
        self._names = kept
        self._add(call, operation)

    def _copy(self, name: str) -> str:
        return f"{self._name(self._copy_array)}({name})"

    def _free_memory(self, place: int) -> None:
        """Memory that is not read after ``place`` is free, for other results or for the system."""
        for memory in self._dying.get(place, ()):
            kind = self._avals[memory]
            if memory in self._memories.outside:
                continue
            names = self._seen_by.get(memory, [])
            own = self._names.get(memory)
            large = kind.nbytes >= SMALL
            if own is not None and self._memories.is_reusable(memory):
                if large:
                    self._delete(name for name in names if name != own)
                    self._waiting[own] = len(self._lines)
                    self._add("pass", None)
                lies = self._memories.has_fixed_layout(memory)
                self._pool.setdefault((kind.shape, kind.dtype, lies), []).append((memory, own, place))
            elif large:
                self._delete(names)

    def _delete(self, names: Iterable[str]) -> None:
        found = list(names)
        if found:
            self._add(f"del {', '.join(found)}", None)

    def _result(self, slot: Slot) -> str:
        name = self._of(slot)
        constant = self._memories.of(slot) in self._constant
        return self._copy(name) if constant and self._avals[slot].shape else name

    # -- errors ------------------------------------------------------------------------------------------------------------

    def _explain_error(self, error: Exception) -> Exception:
        """``error`` as eager code would raise it, with the operation and its operands."""
        trace = error.__traceback__
        operation = self._owners[trace.tb_lineno - 3] if trace is not None else None
        if operation is None or operation.origin is None:
            return error
        primitive, slots = operation.origin
        operands = [self._graph.backend.abstract(slot, self._avals[slot]) for slot in slots]
        wrapped = wrap_array_error(primitive, operands, error)
        if wrapped is not error:
            wrapped.__cause__ = error
        return wrapped
