"""State discovery: what a function reads and writes, found while it runs once on tracers.

A cell that is read while it holds a real array is an input.  A cell that existed before and is rebound is an output; so is
the gradient of a leaf.  Nothing is registered: the recorder sees every read and write (see `_state`).  All changes to cells
are undone when the function returns, so that a function that fails changes nothing.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from .._core.graph import Leaf, Node
from .._core.lending import LENT_TYPES, end_loan
from .._core.tensor import Tensor
from .._state import VERSION_COUNTER, Recorder
from ..backends.registry import BY_TYPE
from .errors import CompileError, MemoryIsShared


@dataclass(slots=True)
class CellRecord:
    """A cell that existed before the trace: what it held, and its value afterwards."""

    reference: weakref.ref[Any]
    array: Any
    edge: Any
    #: Its base and its views; tracing may put a hidden storage under the cell.
    base: Any
    views: Any
    #: The number of the program's input, or None for a cell that is only written.
    number: int | None = None
    written: bool = False
    #: Its own count of changes in place, which may move to a hidden storage; and how many the function makes.
    writes_before: int = 0
    writes: int = 0
    #: The leaf that replaces the outer graph, for a cell that was computed outside.
    boundary: Leaf | None = None
    #: Its array and edge when the function returned.
    result: Any = None
    result_edge: Any = None

    @property
    def switched(self) -> bool:
        """Whether the function has changed ``requires_grad`` of the tensor."""
        return self.edge.__class__ is not Node and (self.edge is None) is not (self.result_edge is None)


@dataclass(slots=True)
class LeafRecord:
    """A leaf whose gradient was read or set: the gradient before and after."""

    before: Tensor | None
    #: Whether the gradient before matters.
    looked: bool = False
    written: bool = False
    #: The array of a gradient that was made while tracing; or the tensor, in ``after``; None for no gradient.
    array: Any = None
    after: Tensor | None = None


class Discovery(Recorder):
    """The recorder of one trace."""

    inputs: int

    def __init__(self, backend: Any):
        self.backend = backend
        self.cells: dict[int, CellRecord] = {}
        #: All records, also those of dead cells whose `id` was reused.
        self.records: list[CellRecord] = []
        self.leaves: dict[Leaf, LeafRecord] = {}
        #: What every call does in Python, in order: a function that reads a number, and the number of its input; or a side
        #: effect, and the function that remembers the state before it.
        self.host: list[tuple[Callable[[], Any], int | Callable[[], Callable[[], None]]]] = []
        self._undo: list[Callable[[], None]] = []
        self._withdraw: list[Callable[[], None]] = []
        self.guards: list[tuple[Any, str, Any]] = []
        self._assigned: set[tuple[int, str]] = set()
        self._made: dict[int, weakref.ref] = {}
        self.inputs = 0

    # -- the recorder's interface ----------------------------------------------------------------------------------------

    def read(self, cell: Tensor) -> None:
        """Make ``cell`` an input, unless the trace made it or knows it."""
        if BY_TYPE[cell._data.__class__].level and id(cell) not in self.cells:
            return  # made while tracing: by far the most frequent case
        self._check_place(cell._data)
        self._stage(cell)

    def argument(self, cell: Tensor) -> None:
        """As `read`, for an argument.  With the argument ``backend`` of `compile`, it may come from another backend.

        Other calls pass other tensors, which may be views or not; see `shares_no_storage`.
        """
        self._stage(cell)
        cell._base = cell._views = None

    def _stage(self, cell: Tensor) -> None:
        record = self._record(cell)
        if record is not None and record.number is None and not record.written:
            record.number = self._next_input()
            cell._data = self.backend.stage(record.array)
            if cell._edge.__class__ is Node:  # computed outside: a new graph begins here
                sequence = cell._edge.sequence
                cell._edge = record.boundary = Leaf(cell, tuple(record.array.shape))
                record.boundary.sequence = sequence  # it is as old

    def write(self, cell: Tensor) -> None:
        """Record that ``cell`` is rebound."""
        record = self._record(cell)
        if record is not None:
            record.written = True

    def count_write(self, cell: Tensor) -> bool:
        """Let every run count a change in place of ``cell``, or of what it is a view of, unless the function makes that."""
        owner: Any = cell
        while (record := self._record(owner)) is None:
            if owner._base is None:
                return False
            owner = owner._base[0]
        if owner is not cell:  # a hidden storage counts by a tensor of the user's: it may be dropped
            siblings = [view for view in owner._live_views() if view._base[1] is None]
            record = next((known for view in siblings if (known := self._record(view)) is not None), record)
        record.writes += 1
        return True

    def read_grad(self, leaf: Leaf) -> None:
        """Record the gradient that ``leaf`` has."""
        if leaf not in self.leaves:
            self.leaves[leaf] = LeafRecord(leaf.grad, looked=True)

    def write_grad(self, leaf: Leaf) -> None:
        """Record that ``leaf`` gets another gradient."""
        if leaf not in self.leaves:
            self.leaves[leaf] = LeafRecord(leaf.grad)
        self.leaves[leaf].written = True

    def on_create(self, owner: Any) -> None:
        """Record that the function creates ``owner`` in every call."""
        self._made[id(owner)] = weakref.ref(owner)

    def _is_own(self, owner: Any) -> bool:
        return id(owner) in self._made and self._made[id(owner)]() is owner

    def guard(self, owner: Any, name: str, value: Any) -> Any:
        """Guard on ``owner.name`` being ``value``, unless the function itself made the owner or set the attribute."""
        if (id(owner), name) not in self._assigned and not self._is_own(owner):
            self.guards.append((owner, name, value))
        return value

    def read_hyperparameter(self, get: Callable[[], float]) -> Any:
        """A Python number that every call reads again, as a traced 0-d array."""
        self.host.append((get, self._next_input()))
        return self.backend.stage(get())

    def python_side_effect(self, effect: Callable[[], None], remember: Callable[[], Callable[[], None]]) -> None:
        """A change of Python state that every call makes."""
        self._undo.append(remember())
        self.host.append((effect, remember))
        effect()

    def rollback_on_abort(self, undo: Callable[[], None]) -> None:
        """State that was made while tracing, for all calls; ``undo`` removes it."""
        self._withdraw.append(undo)

    def only_at_first(self, what: str) -> None:
        """Allowed: the difference is a number that every run reads; see `read_hyperparameter`."""

    def assign(self, owner: Any, name: str, value: Any) -> None:
        """An attribute that every call sets."""
        if self._is_own(owner):
            return
        attributes = owner.__dict__
        self._assigned.add((id(owner), name))

        def bind(value: Any) -> None:
            if attributes[name] is not value:
                attributes[name] = value
                VERSION_COUNTER[0] += 1

        def remember() -> Callable[[], None]:
            before = attributes[name]
            return lambda: bind(before)

        self.python_side_effect(lambda: bind(value), remember)

    def is_new(self, cell: Tensor) -> bool:
        """Whether ``cell`` was made while tracing."""
        record = self.cells.get(id(cell))
        if record is not None and record.reference() is cell:
            return False
        return bool(BY_TYPE[type(cell._data)].level or self.backend.is_traced(cell._data))

    def resolve_backend(self, backend: Any) -> Any:
        """The backend for tensors that are made on ``backend`` while tracing."""
        return self.backend if self.backend.level and self.backend.base is backend else backend

    def _check_place(self, array: Any) -> None:
        """Raise TypeError for an array of another backend, as an operation would.  The state of random generators is exempt."""
        backend, base = BY_TYPE[type(array)], self.backend.base if self.backend.level else self.backend
        if not backend.level and backend is not base and backend.from_dtype(array.dtype).is_differentiable:
            raise TypeError(
                f"compile: the function is compiled for backend {base.name!r}, and reads a tensor of shape {tuple(array.shape)} "
                f"on backend {backend.name!r}; move one of them, as in x.to(backend={base.name!r})"
            )

    # -- afterwards ------------------------------------------------------------------------------------------------------

    def finish(self) -> None:
        """Record the results, and restore every cell and gradient."""
        for leaf, kept in self.leaves.items():  # first: the cell of a gradient is restored below
            gradient = leaf.grad
            if gradient is not None and self._record(gradient) is None:
                kept.array = gradient._data
            else:
                kept.after = gradient
            leaf.grad = kept.before
        for record in self.records:
            cell = record.reference()
            if cell is not None:
                record.result, record.result_edge = cell._data, cell._edge
                cell._data, cell._edge, cell._base, cell._views = record.array, record.edge, record.base, record.views
                cell._writes = record.writes_before
        for undo in reversed(self._undo):
            undo()

    def abandon(self) -> None:
        """Restore everything, as after a failed trace."""
        self.finish()
        self.withdraw()

    def withdraw(self) -> None:
        """Remove the state that was made while tracing: there will be no call."""
        while self._withdraw:
            self._withdraw.pop()()

    def _next_input(self) -> int:
        self.inputs += 1
        return self.inputs - 1

    def _record(self, cell: Tensor) -> CellRecord | None:
        record = self.cells.get(id(cell))
        if record is not None and record.reference() is cell:
            return record
        if BY_TYPE[type(cell._data)].level or self.backend.is_traced(cell._data):
            return None  # made while tracing, or by a transform
        if cell._data.__class__ in LENT_TYPES and not end_loan(cell):
            raise MemoryIsShared(cell)
        record = self.cells[id(cell)] = CellRecord(weakref.ref(cell), cell._data, cell._edge, cell._base, cell._views)
        record.writes_before = getattr(cell, "_writes", 0)
        self.records.append(record)
        return record


def hook_ids(leaf: Leaf) -> tuple[int, ...]:
    """The ids of the hooks that run when a gradient arrives at ``leaf``."""
    return () if leaf.hooks is None else (*leaf.hooks.callbacks, *leaf.hooks.after_accumulation)


def shares_no_storage(written: Sequence[Tensor], arguments: Sequence[Tensor], others: Sequence[Tensor]) -> bool:
    """Before a run: whether no cell to be ``written`` shares its storage with another cell.

    Raises CompileError for sharing that the program was not traced with: between an argument and another cell that the
    program uses, or between one of the ``others`` and an argument.
    """
    free = True
    for cell in written:
        if not cell._drop_dead_views():
            continue
        free = False
        family = {id(member) for member in cell._all_aliases()} - {id(cell)}
        foreign = [*arguments, *others] if any(cell is x for x in arguments) else arguments
        if any(id(x) in family for x in foreign):
            raise CompileError(
                f"compile: the function writes to a tensor of shape {tuple(cell.shape)}, and is given another one that shares its "
                "memory; pass only one of them, and make views of it inside of the function"
            )
    return free


def count_writes(written: Sequence[Tensor], counts: Sequence[int], free: bool) -> None:
    """After a run: count the changes in place of ``written`` cells, which share no storage if ``free``."""
    for cell, count in zip(written, counts, strict=True):
        if free:
            cell._writes = getattr(cell, "_writes", 0) + count
        else:
            cell._count_write(count)


def propagate_views(written: Sequence[Tensor]) -> None:
    """After a run: propagate the new values to the bases and views of the ``written`` cells."""
    for cell in written:
        cell._propagate()
