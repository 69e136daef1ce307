"""Alias analysis: which arrays of a program may share memory.

Everything that writes into memory rests on one invariant: *arrays that may see one memory, in any call, have one
`Memories.of`*.  A memory lives from the operation that makes it until the last one that reads any array of it (see
`liveness`), and nothing else is ever written into it before.

The invariant is derived from the operations that are there, after every change to them, and never carried along: where
equal operations have become one, a window of the second is a window of the first, because the operation that makes the
window names the first as its operand.

How arrays lie in memory counts as well.  Programs are for shapes and types; an input may be transposed in one call and not
in the next, and then some functions, such as ``reshape``, give a window where they gave a copy.  So a function that is not
known to make new arrays may give a window of each operand that does not always lie as it did while recorded.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .graph import Graph, Operation, Slot, slots_in


def slots_read(operation: Operation) -> list[Slot]:
    """The slots that ``operation`` reads."""
    return [*slots_in(operation.arguments), *slots_in(tuple(operation.named.values()))]


def slots_written(operation: Operation) -> list[Slot]:
    """The slots that ``operation`` fills."""
    return [*slots_in(operation.results), *(new for _, new in operation.overwritten)]


class Memories:
    """The memory that each array of ``operations`` may see."""

    def __init__(self, graph: Graph, operations: Iterable[Operation]):
        self._avals, self._facts = graph.avals, graph.backend.facts
        self._parents: dict[Slot, Slot] = {}
        #: Arrays whose layout is the same in every call as during the trace.
        self._fixed_layout: set[int] = set(graph.constants)
        outside = [Slot(slot) for slot in (*graph.inputs, *graph.constants)]
        self._join((slot, graph.views[slot]) for slot in outside if slot in graph.views)
        for operation in operations:
            self._join(operation.views)
            self._add(operation)
        #: The memories that come from outside: of inputs and constants.
        self.outside: set[int] = {self.of(slot) for slot in outside}

    def of(self, slot: Slot) -> Slot:
        """The memory that ``slot`` may see, as the first array of it."""
        while slot in self._parents:
            slot = self._parents[slot]
        return slot

    def is_owner(self, slot: Slot) -> bool:
        """Whether ``slot`` is an array that owns its memory, which only its own windows share."""
        return self._avals[slot].owned and self.of(slot) == slot

    def is_reusable(self, slot: Slot) -> bool:
        """Whether a result may be written into ``slot``, once no operation reads it any more."""
        return self.is_owner(slot) and self._avals[slot].compact and slot not in self.outside

    def has_fixed_layout(self, slot: Slot) -> bool:
        """Whether the layout of ``slot`` is the same in every call as during the trace."""
        return slot in self._fixed_layout

    def _join(self, views: Iterable[tuple[Slot, Slot]]) -> None:
        for slot, other in views:
            mine, theirs = self.of(slot), self.of(other)
            if mine != theirs:
                self._parents[mine] = theirs

    def _add(self, operation: Operation) -> None:
        """Add the results of ``operation``, whose views were found during the trace."""
        operands = slots_read(operation)
        unsettled = [slot for slot in operands if slot not in self._fixed_layout]
        views = {slot for slot, _ in operation.views}
        for slot in slots_in(operation.results):
            if not unsettled or not self._avals[slot].shape or self._is_laid_out(operation, slot, operands):
                self._fixed_layout.add(slot)
            if unsettled and slot not in views and not self._facts.returns_new_memory(operation.function):
                self._join((slot, operand) for operand in unsettled)

    def _is_laid_out(self, operation: Operation, slot: Slot, operands: Sequence[Slot]) -> bool:
        """Whether the result is compact for any layout of the operands."""
        kind, function = self._avals[slot], operation.function
        if not (kind.owned and kind.compact and self._facts.returns_new_memory(function)):
            return False
        if len(kind.shape) == 1 or self._facts.returns_compact(function, len(kind.shape)):
            return True
        # If the layouts of element-wise operands differ, a compact one determines that of the result.
        return self._facts.is_elementwise(function) and any(
            slot in self._fixed_layout and self._avals[slot].compact and self._avals[slot].shape == kind.shape
            for slot in operands
        )
