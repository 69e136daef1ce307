"""Liveness of arrays: how much memory a graph has in use after each operation."""

from __future__ import annotations

from collections.abc import Sequence

from .graph import Graph, Operation, Slot
from .may_alias import Memories, slots_read, slots_written

#: Smaller arrays, in bytes, are neither counted nor deleted one by one.
SMALL = 4096
#: The tolerated excess over the memory that the trace used, as a fraction.
SLACK = 0.01


class Liveness:
    """The memory in use at each position of a list of operations, without inputs and constants."""

    memories: Memories
    most: int

    def __init__(self, graph: Graph, operations: Sequence[Operation]):
        self._avals = graph.avals
        self.memories = Memories(graph, operations)
        count = len(operations)
        self.last: dict[Slot, int] = {}
        first: dict[Slot, int] = {}
        for place, operation in enumerate(operations):
            for slot in slots_written(operation):
                first.setdefault(self.memories.of(slot), place)
                self.last[self.memories.of(slot)] = place
            for slot in slots_read(operation):
                self.last[self.memories.of(slot)] = place
        for slot in graph.results:
            self.last[self.memories.of(slot)] = count
        changes = [0] * (count + 2)
        for memory, place in first.items():
            if memory not in self.memories.outside:
                changes[place] += self.size(memory)
                changes[self.last[memory] + 1] -= self.size(memory)
        self.bytes: list[int] = []
        total = 0
        for change in changes[: count + 1]:
            total += change
            self.bytes.append(total)
        self.most = int(max(self.bytes, default=0) * (1 + SLACK))

    def size(self, memory: int) -> int:
        """The bytes that are counted for a memory."""
        size = self._avals[memory].nbytes
        return 0 if size < SMALL else size

    def last_together(self, kept: Sequence[Slot], other: Sequence[Slot], place: int) -> bool:
        """Keep ``kept`` alive in place of ``other`` from ``place`` on, if memory allows; returns whether it does."""
        of = self.memories.of
        pairs = [(of(a), of(b)) for a, b in zip(kept, other, strict=True)]
        if not all(self.hold(a, self.last.get(a, place), place) for a, _ in pairs):
            return False
        for a, b in pairs:
            if a != b:
                self.last[a] = max(self.last.get(a, place), self.last.get(b, place))
        return True

    def hold(self, memory: int, start: int, stop: int) -> bool:
        """Keep ``memory`` alive between two positions, if memory allows; returns whether it does."""
        size = self.size(memory)
        if not size or stop <= start + 1:
            return True
        if max(self.bytes[start + 1 : stop]) + size > self.most:
            return False
        for place in range(start + 1, stop):
            self.bytes[place] += size
        return True
