"""Programs without a compiler: a recording as one flat Python function, which runs it again without tape or dispatch.

What does not reach a result is left out, what was computed before is taken from there, results are written into memory
that is free, and optimizers' kernels overwrite the state itself.  None of it takes more memory at once than the recording
took: before a value is kept longer, or memory held back, it is looked up what is alive in between.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ...backends.base import Backend
from .codegen import GuardFailed, ReplayCodegen
from .graph import Operation, Recording, Slot
from .liveness import Alive
from .may_alias import made, read
from .tracer import RecordedBackend, recorded_backend


class ReplayBackend(RecordedBackend):
    """Records, and makes programs of what it has recorded."""

    def capture(self, function: Callable[[], list[Any]]) -> Any:
        return Replay(self.record(function))


def replaying(backend: Backend) -> Any:
    """The backend that records ``backend``, which has no compiler."""
    return recorded_backend(backend, ReplayBackend)


class Replay:
    """A recording, from which programs are made."""

    def __init__(self, recording: Recording):
        self._recording = recording
        self._operations = _late(_simplified(recording))
        recording.forget()
        self._text = ""

    def bind(self, overwritten: Sequence[int], others: Sequence[int], released: bool = False) -> Callable[..., Any]:
        """The program as a function of the inputs with these numbers; the memory of ``overwritten`` is its own.

        With ``released`` it takes one argument more: leaves whose gradients are replaced, and let go of in time.
        """
        inputs = self._recording.inputs
        free = frozenset(inputs[number] for number in overwritten)
        arguments = [inputs[number] for number in (*overwritten, *others)]
        program = ReplayCodegen(self._recording, self._operations, free, arguments, released).function()
        self._text = program.source  # type: ignore[attr-defined]  # generated functions keep their source
        return program

    def as_text(self) -> str:
        """The bound program in Python."""
        return self._text

    def cost(self) -> tuple[float, float, int]:
        """Operations, bytes read and written, and bytes of temporary memory in one run.

        Only products of matrices are told from functions that do one operation for each element of their result.
        """
        kinds = self._recording.kinds
        flops = sum(_flops(operation, kinds) for operation in self._operations)
        moved = sum(kinds[slot].nbytes for o in self._operations for slot in (*read(o), *made(o)) if not _is_view(o))
        return float(flops), float(moved), max(Alive(self._recording, self._operations).bytes, default=0)


def _is_view(operation: Operation) -> bool:
    return len(operation.windows) == len(made(operation))


def _flops(operation: Operation, kinds: list[Any]) -> int:
    given, results = [kinds[slot].shape for slot in read(operation)], [kinds[slot].shape for slot in made(operation)]
    if _is_view(operation):
        return 0
    name = getattr(operation.function, "__name__", "")
    if name in ("dot", "matmul", "linear", "linear_without_bias") and len(given) > 1 and given[0]:
        return 2 * math.prod(results[0]) * given[0][-1]
    return sum(map(math.prod, results))


# -- which operations there are ----------------------------------------------------------------------------------------


def _useful(operations: Iterable[Operation], results: Iterable[Slot]) -> list[Operation]:
    """The operations that lead to ``results``, and the questions."""
    needed = set(results)
    kept = []
    for operation in reversed(list(operations)):
        if operation.is_question or not needed.isdisjoint(made(operation)):
            needed.update(read(operation))
            kept.append(operation)
    return kept[::-1]


def _simplified(recording: Recording) -> list[Operation]:
    """Without what is not used, and without what was computed before and is still there."""
    operations = _useful(recording.operations, recording.results)
    alive = Alive(recording, operations)
    known: dict[Any, Operation] = {}
    same: dict[int, Slot] = {}
    kept = []
    for place, operation in enumerate(operations):
        operation = _renamed(operation, same)
        key = None if operation.overwritten or operation.is_question else _key(operation)
        before = None if key is None else known.get(key)
        if before is not None and alive.last_together(made(before), made(operation), place):
            same.update(zip(made(operation), made(before), strict=True))
            continue
        if key is not None:
            known[key] = operation
        kept.append(operation)
    recording.results[:] = [same.get(slot, slot) for slot in recording.results]
    return _useful(kept, recording.results)


def _renamed(operation: Operation, same: dict[int, Slot]) -> Operation:
    def renamed(value: Any) -> Any:
        if value.__class__ is Slot:
            return same.get(value, value)
        return type(value)([renamed(v) for v in value]) if value.__class__ in (tuple, list) else value

    if not any(slot in same for slot in (*read(operation), *(other for _, other in operation.windows))):
        return operation
    return operation._replace(
        arguments=renamed(operation.arguments), named={n: renamed(v) for n, v in operation.named.items()},
        overwritten=tuple((same.get(old, old), new) for old, new in operation.overwritten),
        windows=tuple((slot, same.get(other, other)) for slot, other in operation.windows),
    )  # fmt: skip


def _key(operation: Operation) -> Any:
    """Equal for operations that compute the same; None where nobody can tell."""
    key = (_keyed(operation.function), _keyed(operation.arguments), _keyed(tuple(operation.named.items())))
    try:
        hash(key)
    except TypeError:
        return None
    return key


def _keyed(value: Any) -> Any:
    kind = value.__class__
    if kind in (tuple, list):
        return kind, tuple([_keyed(part) for part in value])
    if kind is slice:
        return kind, _keyed(value.start), _keyed(value.stop), _keyed(value.step)
    if kind in (float, complex):
        return kind, repr(value)  # zeros of both signs are equal
    return (kind, id(value)) if hasattr(value, "shape") else (kind, value)


def _late(operations: list[Operation]) -> list[Operation]:
    """What overwrites, and what depends on it, at the end: when something fails before, nothing has changed."""
    late: list[Operation] = []
    early: list[Operation] = []
    after: set[Slot] = set()
    for operation in operations:
        if operation.overwritten or not after.isdisjoint(read(operation)):
            after.update(made(operation))
            late.append(operation)
        else:
            early.append(operation)
    return early + late


__all__ = ["GuardFailed", "ReplayBackend", "replaying"]
