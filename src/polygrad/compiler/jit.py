"""`polygrad.compile` on a backend that can compile: trace once to discover the state, then run the program."""

from __future__ import annotations

import gc
import sys
import threading
import weakref
from collections.abc import Callable, Sequence
from typing import Any

from .. import _dtypes
from .._core.graph import Leaf, Node
from .._core.tensor import TENSOR_TYPES, Tensor, cell
from .._state import grad_enabled, recording
from .discovery import CellRecord, Discovery
from .errors import CompileError, needs_a_value
from .outside import Template
from .pytree import flatten, unflatten

#: Cells hold tracers while a function is traced, so one is traced at a time.
_tracing = threading.RLock()


def describe(leaves: Sequence[Any]) -> tuple:
    """What a program depends on of its arguments: of tensors the kind, of everything else the value."""
    first: dict[int, int] = {}
    parts: list[tuple] = []
    for place, leaf in enumerate(leaves):
        if isinstance(leaf, Tensor):
            array = leaf._read()
            parts.append((array.shape, array.dtype, leaf._edge.__class__, first.setdefault(id(leaf), place)))
        else:
            parts.append((leaf.__class__, leaf))
    return (*parts, grad_enabled(), _dtypes.get_default_dtype())


class Program:
    """One traced version of a function, and how its inputs and outputs are tied to cells."""

    def __init__(self, name: str, backend: Any, function: Callable[[], Any], arguments: Sequence[Any]):
        self._backend = backend
        tensors = [x for x in arguments if isinstance(x, Tensor)]
        discovery = Discovery(backend)

        def body() -> list[Any]:
            with recording(discovery):
                try:
                    for x in tensors:
                        discovery.read(x)
                    leaves, structure = flatten(function())
                    self._structure = structure
                    arrays = self._classify(name, leaves, tensors, discovery)
                finally:
                    discovery.finish()
            self._count = len(arrays)
            arrays.extend(record.result for record in self._written(discovery))
            arrays.extend(r.after for r in discovery.leaves.values() if r.written and r.after is not None)
            return self._once(arrays)

        with _tracing:
            try:
                captured = backend.capture(body)
            except backend.value_errors as error:
                raise needs_a_value(error, backend) from error
        self._connect(captured, discovery, tensors)
        self._guards = discovery.guards
        _check_leaks(backend)

    def _once(self, arrays: list[Any]) -> list[Any]:
        """``arrays`` without repetitions: a parameter and the memory that its views share hold the same one."""
        places: dict[int, int] = {}
        distinct: list[Any] = []
        for array in arrays:
            if id(array) not in places:
                places[id(array)] = len(distinct)
                distinct.append(array)
        self._places = [places[id(array)] for array in arrays]
        return distinct

    # -- after the trace ---------------------------------------------------------------------------------------------------

    def _classify(self, name: str, leaves: list[Any], tensors: list[Tensor], discovery: Discovery) -> list[Any]:
        """Say where each result comes from; returns the arrays that the program gives out for them."""
        arrays: list[Any] = []
        self._results: list[tuple[str, Any]] = []
        differentiable: list[Tensor] = []
        for leaf in leaves:
            if not isinstance(leaf, Tensor):
                if hasattr(leaf, "dtype") and self._backend.is_traced(leaf):
                    raise CompileError("compile: a function returns tensors, not raw arrays; return the tensor itself")
                self._results.append(("static", leaf))
                continue
            place = next((i for i, x in enumerate(tensors) if x is leaf), None)
            record = discovery.cells.get(id(leaf))
            if place is not None:
                self._results.append(("argument", place))
            elif record is not None and record.reference() is leaf:
                self._results.append(("cell", leaf))
            else:
                graph = leaf._edge.__class__ is Node
                self._results.append(("differentiable" if graph else "new", len(arrays)))
                arrays.append(leaf._data)
                if graph:
                    differentiable.append(leaf)
        self._template = Template(name, differentiable, self._backend) if differentiable else None
        if self._template is not None:
            arrays.extend(self._template.residuals)
        return arrays

    @staticmethod
    def _written(discovery: Discovery) -> list[CellRecord]:
        """The cells that are outputs: rebound, and alive.  Gradients go by their leaves, which may get other cells."""
        gradients = {id(record.before) for record in discovery.leaves.values()}
        return [
            r
            for r in discovery.records
            if r.written and r.reference() is not None and id(r.reference()) not in gradients
        ]

    def _connect(self, captured: Any, discovery: Discovery, tensors: list[Tensor]) -> None:
        """Tie the inputs and outputs of the program to arguments, cells, and gradients."""
        places = {id(x): place for place, x in reversed(list(enumerate(tensors)))}
        owners: dict[Leaf, Any] = {}
        for x in tensors:
            if isinstance(x._edge, Leaf):
                owners[x._edge] = places[id(x)]
        boundaries = {r.boundary: r for r in discovery.records if r.boundary is not None}
        for leaf, kept in discovery.leaves.items():
            if leaf in boundaries and kept.written:
                raise CompileError(
                    "compile: backward() inside the function reaches a tensor that was computed outside of it; detach() "
                    "the argument, move its computation inside, or call backward() outside"
                )
        gradients = {id(r.before): leaf for leaf, r in discovery.leaves.items() if r.before is not None}
        overwritten: list[tuple[int, str, Any]] = []
        others: list[tuple[int, str, Any]] = []
        for record in discovery.records:
            if record.number is None:
                continue
            target = record.reference()
            if target is not None and id(target) in places:
                others.append((record.number, "argument", places[id(target)]))
            elif target is not None and id(target) in gradients:
                leaf = gradients[id(target)]
                others.append((record.number, "gradient", owners.get(leaf, leaf)))
            elif target is None:
                others.append((record.number, "constant", record.array))
            else:
                (overwritten if record.written else others).append((record.number, "cell", target))
        others.extend((number, "host", get) for get, number in discovery.host if number is not None)
        order = {"cell": 0, "argument": 1, "gradient": 2, "constant": 3, "host": 4}
        others.sort(key=lambda item: order[item[1]])
        alive: list[Any] = [record.reference() for record in self._written(discovery)]
        self._overwritten = [
            (target, [x for x in alive if x is not target and x._data is target._data]) for _, _, target in overwritten
        ]
        self._sources = {kind: [source for _, k, source in others if k == kind] for kind in order}
        self._host = [(get, number is not None) for get, number in discovery.host]
        self.first_host = discovery.host_values
        written = self._written(discovery)
        self._writes: list[tuple[int | None, Any]] = [(places.get(id(r.reference())), r.reference()) for r in written]
        for record in written:
            if record.result_edge.__class__ is Node:
                raise CompileError(
                    "compile: a tensor that outlives the function was given a graph inside of it; write a detached value "
                    "into it, as in state.copy_(value.detach())"
                )
        self._checked: list[tuple[Any, type]] = [
            (r.reference(), r.edge.__class__)
            for r in discovery.records
            if r.number is not None and r.reference() is not None and id(r.reference()) not in places
            and id(r.reference()) not in gradients
        ]  # fmt: skip
        self._had_gradient = [
            (owners.get(leaf, leaf), r.before is None)
            for leaf, r in discovery.leaves.items()
            if leaf.variable is not None
        ]
        changed = [(leaf, r) for leaf, r in discovery.leaves.items() if r.written]
        self._gradients = [owners.get(leaf, leaf) for leaf, r in changed if r.after is not None]
        self._cleared = [owners.get(leaf, leaf) for leaf, r in changed if r.after is None]
        if self._template is not None:
            self._edges = [owners.get(leaf, boundaries.get(leaf, leaf)) for leaf in self._template.leaves]
            self._edges = [
                places.get(id(edge.reference()), edge.edge) if isinstance(edge, CellRecord) else edge
                for edge in self._edges
            ]
        self._program = captured.bind([number for number, *_ in overwritten], [number for number, *_ in others])

    # -- every call ------------------------------------------------------------------------------------------------------------

    def holds(self, tensors: Sequence[Tensor]) -> bool:
        """Whether the program is still right for the state that it reads."""
        for owner, attribute, value in self._guards:
            if getattr(owner, attribute) != value:
                return False
        for target, kind in self._checked:
            if target._edge.__class__ is not kind:
                return False
        for leaf, absent in self._had_gradient:
            leaf = tensors[leaf]._edge if leaf.__class__ is int else leaf
            if (leaf.grad is None) is not absent:
                return False
        return True

    def run(self, tensors: Sequence[Tensor], host: Sequence[Any] | None = None) -> Any:
        """Run the program and put its results into the cells."""
        sources = self._sources
        if host is None:
            host = [value for get, wanted in self._host for value in (get(),) if wanted]
        others = [target._data for target in sources["cell"]]
        others += [tensors[place]._data for place in sources["argument"]]
        others += [self._leaf(leaf, tensors).grad._data for leaf in sources["gradient"]]
        others += sources["constant"]
        others += host
        found = self._program(self._give_away(), others)
        arrays = [found[place] for place in self._places]
        self._store(arrays, tensors)
        return unflatten(self._structure, self._outputs(arrays, tensors))

    @staticmethod
    def _leaf(leaf: Any, tensors: Sequence[Tensor]) -> Any:
        return tensors[leaf]._edge if leaf.__class__ is int else leaf

    def _give_away(self) -> list[Any]:
        """The arrays of the state that the program may overwrite: copies of those that somebody else holds, too.

        Cells that share an array with the state, and that get the same new one, are nobody else.
        """
        arrays = []
        for target, others in self._overwritten:
            array = target._data
            if UNIQUE is None or sys.getrefcount(array) > UNIQUE + sum(x._data is array for x in others):
                array = self._backend.asarray(array, copy=True)
            arrays.append(array)
        return arrays

    def _store(self, arrays: list[Any], tensors: Sequence[Tensor]) -> None:
        place = self._count
        for argument, target in self._writes:
            target = target if argument is None else tensors[argument]
            target._data = arrays[place]
            place += 1
        for leaf in self._gradients:
            leaf = self._leaf(leaf, tensors)
            if leaf.grad is None:
                leaf.grad = cell(arrays[place])
            else:
                leaf.grad._data = arrays[place]
            place += 1
        for leaf in self._cleared:
            self._leaf(leaf, tensors).grad = None

    def _outputs(self, arrays: list[Any], tensors: Sequence[Tensor]) -> list[Any]:
        graph = {}
        if self._template is not None:
            numbers = [source for kind, source in self._results if kind == "differentiable"]
            plain = sum(kind in ("new", "differentiable") for kind, _ in self._results)
            residuals = tuple(arrays[plain : self._count])
            edges = [tensors[edge]._edge if edge.__class__ is int else edge for edge in self._edges]
            cells = self._template.cells([arrays[n] for n in numbers], residuals, edges)
            graph = dict(zip(numbers, cells, strict=True))
        made = []
        for kind, source in self._results:
            if kind == "new":
                made.append(cell(arrays[source]))
            elif kind == "differentiable":
                made.append(graph[source])
            else:
                made.append(tensors[source] if kind == "argument" else source)
        return made


def _calibrate() -> int | None:
    """What ``sys.getrefcount(array)`` says in `Program._give_away` of an array that only a cell holds."""
    if not hasattr(sys, "getrefcount") or not getattr(sys, "_is_gil_enabled", lambda: True)():
        return None
    probe = cell([0.0])
    array = probe._data
    return sys.getrefcount(array)


UNIQUE = _calibrate()


#: What was told of before: it may still be held when another function is compiled.
_told: list[weakref.ref] = []


def _check_leaks(backend: Any) -> None:
    """Raise CompileError where a tensor that was made while tracing is still held by something."""
    for _ in range(2):
        leaked = [x for x in gc.get_objects() if type(x) in TENSOR_TYPES and backend.is_traced(x._data)]
        leaked = [x for x in leaked if not any(reference() is x for reference in _told)]
        if not leaked:
            return
        gc.collect()  # what only a cycle holds is no leak
    _told[:] = [reference for reference in _told if reference() is not None]
    _told.extend(map(weakref.ref, leaked))
    holders = {name for x in leaked for name in _holders(x, leaked)}
    raise CompileError(
        f"compile: {len(leaked)} tensor{'s' * (len(leaked) > 1)} made inside the function outlive it, held by "
        f"{', '.join(sorted(holders)) or 'something'}; such a tensor has no value.  Return it, or write it into a tensor "
        "that was there before, as in state.copy_(value)"
    )


def _holders(leaked: Tensor, leaks: list[Tensor]) -> list[str]:
    found = []
    for holder in gc.get_referrers(leaked):
        if holder is leaks:
            continue
        if isinstance(holder, dict):
            found += [repr(key) for key, value in holder.items() if value is leaked]
        elif isinstance(holder, list):
            found.append(f"a list of {len(holder)}")
    return found
