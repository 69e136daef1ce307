"""Programs without a compiler: a recorded graph as one flat Python function, which runs without a tape or dispatch.

Dead operations are removed, equal ones are merged, results are written into free memory, and optimizers' kernels overwrite
the state itself.  The peak of memory is not higher than during the trace: a value is kept longer, or memory held back, only
if there is space in between (see `liveness`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ...backends.base import Backend
from .codegen import GuardFailed, ReplayCodegen
from .graph import Graph, Operation, Slot
from .liveness import Liveness
from .may_alias import slots_read, slots_written
from .tracer import TracerBackend, tracer_backend


class ReplayBackend(TracerBackend):
    """Records operations, and makes programs of the graphs."""

    def capture(self, function: Callable[[], list[Any]]) -> Any:
        return Replay(self.record(function))


def replaying(backend: Backend) -> Any:
    """The backend that records ``backend``, which has no compiler."""
    return tracer_backend(backend, ReplayBackend)


class Replay:
    """A recorded graph, from which programs are made."""

    def __init__(self, graph: Graph):
        self._graph = graph
        self._operations = _move_writes_last(_simplify(graph))
        graph.forget()
        self._text = ""

    def bind(self, overwritten: Sequence[int], others: Sequence[int], released: bool = False) -> Callable[..., Any]:
        """The program as a function of the inputs with these numbers; it owns the memory of ``overwritten``.

        With ``released`` it takes one more argument: leaves whose gradients are replaced, and released early.
        """
        inputs = self._graph.inputs
        free = frozenset(inputs[scalar] for scalar in overwritten)
        arguments = [inputs[scalar] for scalar in (*overwritten, *others)]
        program = ReplayCodegen(self._graph, self._operations, free, arguments, released).function()
        self._text = program.source  # type: ignore[attr-defined]  # generated functions keep their source
        return program

    def as_text(self) -> str:
        """The bound program in Python."""
        return self._text

    def cost(self) -> tuple[float, float, int]:
        """Operations, bytes read and written, and bytes of temporary memory in one run.

        Matrix products are counted exactly, and any other function as one operation per element of its result.
        """
        avals = self._graph.avals
        flops = sum(_flops(operation, avals) for operation in self._operations)
        moved = sum(
            avals[slot].nbytes
            for o in self._operations
            for slot in (*slots_read(o), *slots_written(o))
            if not _is_view(o)
        )
        return float(flops), float(moved), max(Liveness(self._graph, self._operations).bytes, default=0)


def _is_view(operation: Operation) -> bool:
    return len(operation.views) == len(slots_written(operation))


def _flops(operation: Operation, avals: list[Any]) -> int:
    given, results = (
        [avals[slot].shape for slot in slots_read(operation)],
        [avals[slot].shape for slot in slots_written(operation)],
    )
    if _is_view(operation):
        return 0
    name = getattr(operation.function, "__name__", "")
    if name in ("dot", "matmul", "linear", "linear_without_bias") and len(given) > 1 and given[0]:
        return 2 * math.prod(results[0]) * given[0][-1]
    return sum(map(math.prod, results))


# -- which operations there are ----------------------------------------------------------------------------------------


def _without_dead_operations(operations: Iterable[Operation], results: Iterable[Slot]) -> list[Operation]:
    """The operations that ``results`` depend on, and the guards on values."""
    needed = set(results)
    kept = []
    for operation in reversed(list(operations)):
        if operation.is_question or not needed.isdisjoint(slots_written(operation)):
            needed.update(slots_read(operation))
            kept.append(operation)
    return kept[::-1]


def _simplify(graph: Graph) -> list[Operation]:
    """Remove dead operations, and those whose result exists already (common subexpressions)."""
    operations = _without_dead_operations(graph.operations, graph.results)
    alive = Liveness(graph, operations)
    known: dict[Any, Operation] = {}
    same: dict[int, Slot] = {}
    kept = []
    for place, operation in enumerate(operations):
        operation = _rename(operation, same)
        key = None if operation.overwritten or operation.is_question else _key(operation)
        before = None if key is None else known.get(key)
        if before is not None and alive.last_together(slots_written(before), slots_written(operation), place):
            same.update(zip(slots_written(operation), slots_written(before), strict=True))
            continue
        if key is not None:
            known[key] = operation
        kept.append(operation)
    graph.results[:] = [same.get(slot, slot) for slot in graph.results]
    return _without_dead_operations(kept, graph.results)


def _rename(operation: Operation, same: dict[int, Slot]) -> Operation:
    def rename(value: Any) -> Any:
        if value.__class__ is Slot:
            return same.get(value, value)
        return type(value)([rename(v) for v in value]) if value.__class__ in (tuple, list) else value

    if not any(slot in same for slot in (*slots_read(operation), *(other for _, other in operation.views))):
        return operation
    return operation._replace(
        arguments=rename(operation.arguments), named={n: rename(v) for n, v in operation.named.items()},
        overwritten=tuple((same.get(old, old), new) for old, new in operation.overwritten),
        views=tuple((slot, same.get(other, other)) for slot, other in operation.views),
    )  # fmt: skip


def _key(operation: Operation) -> Any:
    """Equal for operations that compute the same; None if that is unknown."""
    key = (
        _part_of_key(operation.function),
        _part_of_key(operation.arguments),
        _part_of_key(tuple(operation.named.items())),
    )
    try:
        hash(key)
    except TypeError:
        return None
    return key


def _part_of_key(value: Any) -> Any:
    kind = value.__class__
    if kind in (tuple, list):
        return kind, tuple([_part_of_key(part) for part in value])
    if kind is slice:
        return kind, _part_of_key(value.start), _part_of_key(value.stop), _part_of_key(value.step)
    if kind in (float, complex):
        return kind, repr(value)  # zeros of both signs are equal
    return (kind, id(value)) if hasattr(value, "shape") else (kind, value)


def _move_writes_last(operations: list[Operation]) -> list[Operation]:
    """Move the operations that overwrite, and those that depend on them, to the end: an earlier error changes nothing."""
    late: list[Operation] = []
    early: list[Operation] = []
    after: set[Slot] = set()
    for operation in operations:
        if operation.overwritten or not after.isdisjoint(slots_read(operation)):
            after.update(slots_written(operation))
            late.append(operation)
        else:
            early.append(operation)
    return early + late


__all__ = ["GuardFailed", "ReplayBackend", "replaying"]
