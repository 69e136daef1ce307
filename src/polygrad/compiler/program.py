"""Programs of `polygrad.compile`: trace a function once to discover its state, then run the compiled program."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .._core.graph import Leaf, Node
from .._core.lending import LENT_TYPES
from .._core.tensor import Tensor
from .._pytree import flatten
from .._state import Versioned, recording
from .backward import CapturedGraph
from .codegen import UNSHARED, FunctionBuilder, Guard, build_tree, differs
from .errors import CompileError, needs_a_value
from .guards.dynamic_numbers import ChangedNumbers
from .guards.watcher import Watch
from .leak_check import check_leaks, young_objects
from .state_discovery import (
    CellRecord,
    Discovery,
    LeafRecord,
    count_writes,
    hook_ids,
    propagate_views,
    shares_no_storage,
)
from .trace_lock import exclusive


class Program:
    """One traced version of a function, and how its inputs and outputs are tied to cells.

    ``run(tensors)`` runs it, with the tensors among the arguments.  It returns `GUARD_FAILED` where one of ``guards`` or
    ``value_guards`` (of Python values) fails.  ``descriptions`` say which arguments it is for.  ``changed`` are the places whose
    Python values the function has changed, with the lines that did it: such a program serves for one call.
    """

    run: Callable[[Sequence[Tensor]], Any]
    _written: list[CellRecord]
    _changed: list[tuple[Leaf, LeafRecord]]

    changed: dict[str, str]
    unwatched: dict[str, str]
    guards: list[Guard]
    value_guards: list[Any]

    def __init__(
        self, name: str, backend: Any, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any],
        tensors: Sequence[Tensor],
        descriptions: dict[str, str], changing: ChangedNumbers, only_to_look_at: bool = False,
    ):  # fmt: skip
        self._backend = backend
        self._name = name
        self.descriptions = descriptions
        discovery = Discovery(backend)
        watch = Watch(function, (args, kwargs), backend, discovery.is_new, discovery.guard)

        def body() -> list[Any]:
            with recording(discovery):
                try:
                    for x in tensors:
                        discovery.argument(x)
                    with watch:
                        result = function(*args, **kwargs)
                    leaves, self._structure = flatten(result)
                    arrays = self._classify(leaves, tensors, discovery)
                finally:
                    try:
                        discovery.finish()
                    except KeyboardInterrupt:
                        discovery.finish()
                        raise
            self._written = [r for r in discovery.records if r.written and r.reference() is not None]
            self._changed = [(leaf, r) for leaf, r in discovery.leaves.items() if r.written]
            arrays.extend(record.result for record in self._written)
            arrays.extend(r.array for _, r in self._changed if r.array is not None)
            return self._deduplicate(arrays)

        with exclusive(), changing, young_objects() as young:
            try:
                try:
                    captured = backend.capture(body)
                except backend.value_errors as error:
                    raise needs_a_value(error, backend) from error
                watch.finish(young)
                self.changed, self.unwatched = watch.changes(), watch.unwatched
                self._connect(captured, discovery, tensors, watch)
                check_leaks(young(), backend)
                changing.end()
                watch.take_numbers()
                changing.check(watch.asks_type)
            except BaseException:
                discovery.withdraw()
                watch.restore()
                raise
        if only_to_look_at:
            discovery.withdraw()
            watch.restore()
        watch.forget()

    def _deduplicate(self, arrays: list[Any]) -> list[Any]:
        """``arrays`` without duplicates: a parameter and the storage that its views share hold the same one."""
        places: dict[int, int] = {}
        distinct: list[Any] = []
        for array in arrays:
            if id(array) not in places:
                places[id(array)] = len(distinct)
                distinct.append(array)
        self._places = [places[id(array)] for array in arrays]
        self._distinct = len(distinct)
        return distinct

    def _classify(self, leaves: list[Any], tensors: Sequence[Tensor], discovery: Discovery) -> list[Any]:
        """Determine the origin of each result; returns the arrays that the program returns for them."""
        arrays: list[Any] = []
        self._results: list[tuple[str, Any]] = []
        #: Leaves that the function makes and returns → the index of the leaf's array among the results.
        self._returned: dict[Leaf, int] = {}
        differentiable: list[Tensor] = []
        gradients = {id(leaf.grad): leaf for leaf in discovery.leaves if leaf.grad is not None}
        first: dict[int, int] = {}
        for place, leaf in enumerate(leaves):
            if not isinstance(leaf, Tensor):
                if hasattr(leaf, "dtype") and self._backend.is_traced(leaf):
                    raise CompileError("compile: a function returns tensors, not raw arrays; return the tensor itself")
                self._results.append(("static", leaf))
                continue
            record = discovery.cells.get(id(leaf))
            if record is not None and record.reference() is leaf:
                self._results.append(("cell", record))
            elif id(leaf) in gradients:
                self._results.append(("gradient", gradients[id(leaf)]))
            elif first.setdefault(id(leaf), place) != place:
                self._results.append(("again", first[id(leaf)]))
            else:
                kind = {Node: "differentiable", Leaf: "leaf"}.get(leaf._edge.__class__, "new")
                self._results.append((kind, len(arrays)))
                if kind == "differentiable":
                    differentiable.append(leaf)
                elif kind == "leaf":
                    self._returned[leaf._edge] = len(arrays)
                arrays.append(leaf._data)
        self._template = CapturedGraph(self._name, differentiable, self._backend) if differentiable else None
        if self._template is not None:
            arrays.extend(self._template.residuals)
        return arrays

    # -- after the trace ---------------------------------------------------------------------------------------------------

    def _connect(self, captured: Any, discovery: Discovery, tensors: Sequence[Tensor], watch: Watch) -> None:
        """Write the function `run`: tie the inputs and outputs of the program to arguments, cells, and gradients."""
        for record in self._written:
            if record.result_edge.__class__ is Node:
                raise CompileError(
                    "compile: the function writes a value with a graph into a tensor that outlives the call; write a detached "
                    "value into it, as in state.copy_(value.detach())"
                )
        boundaries = {r.boundary: r for r in discovery.records if r.boundary is not None}
        if any(leaf in boundaries for leaf, _ in self._changed):
            raise CompileError(
                "compile: backward() inside the function reaches a tensor that was computed outside of it; detach() "
                "the argument, move its computation inside, or call backward() outside"
            )
        self._source = source = FunctionBuilder()
        source.names["hook_ids"] = hook_ids
        self._arguments = {id(x): f"t[{place}]" for place, x in reversed(list(enumerate(tensors)))}
        self._leaves = {x._edge: f"t[{place}]._edge" for place, x in enumerate(tensors) if isinstance(x._edge, Leaf)}
        self._cells: dict[int, str] = {}
        self._switched = {cell: r.result_edge for r in discovery.records if r.switched and (cell := self._cell(r))}
        # Leaves that do not exist when a call begins, and so have no gradient.
        self._leaves.update({leaf: f"{cell}._edge" for cell, leaf in self._switched.items() if leaf is not None})
        for leaf, kept in discovery.leaves.items():
            if kept.before is not None and kept.looked:
                self._cells[id(kept.before)] = local = f"g{len(self._cells)}"
                source.add(f"{local} = {self._leaf(leaf)}.grad")
        self.guards = self._guards(discovery)
        self.value_guards = [] if self.changed else watch.write(source)
        source.check_guards(self.guards)
        start = len(source.lines)
        late = self._replay_python(discovery)
        found = self._call(captured, discovery)
        for leaf, number in self._returned.items():  # before other lines refer to them
            source.add(f"l{number} = cell({found[number]})")
            source.add(f"l{number}.requires_grad = True")
            self._leaves[leaf] = f"l{number}._edge"
        changes = bool(self._switched or self._written or self._changed or late)
        if changes or source.undone:
            source.hold()
        for cell, leaf in self._switched.items():
            source.add(f"{cell}.requires_grad = {leaf is not None}")
        self._store(found)
        source.lines.extend(late)
        source.end(start)
        source.add(f"return {build_tree(source, self._structure, iter(self._outputs(found, boundaries)))}")
        self.run = source.function("call")
        # Drop what held arrays and tensors during code generation: only cells may hold state.
        del (
            self._source,
            self._arguments,
            self._leaves,
            self._switched,
            self._cells,
            self._written,
            self._changed,
            self._results,
            self._returned,
        )

    def _leaf(self, leaf: Leaf) -> str:
        return self._leaves.get(leaf) or self._source.name(leaf)

    def _cell(self, record: CellRecord) -> str | None:
        """The expression for a cell: an argument, the gradient of a leaf, or a name; None if the cell is dead."""
        target = record.reference()
        return None if target is None else self._expression(target)

    def _expression(self, target: Tensor) -> str:
        return self._arguments.get(id(target)) or self._cells.get(id(target)) or self._source.name(target)

    def _guards(self, discovery: Discovery) -> list[Guard]:
        """The guards on discovered state; see `Discovery`."""
        found: dict[str, Guard] = {}
        new = {*self._returned, *self._switched.values()}
        for leaf, kept in discovery.leaves.items():
            if leaf in new:
                continue
            if kept.looked and leaf.variable is not None:
                expression = f"({self._leaf(leaf)}.grad is None)"
                description = f"whether {_describe(leaf.variable)} has no gradient"
                found[expression] = Guard(expression, kept.before is None, description)
            if kept.written and leaf.variable is not None:
                expression = f"hook_ids({self._leaf(leaf)})"
                description = f"the hooks of {_describe(leaf.variable)}"
                found[expression] = Guard(
                    expression, hook_ids(leaf), description, not expression.startswith("hook_ids(t[")
                )
        for owner, attribute, value in discovery.guards:
            if differs(getattr(owner, attribute, None), value):  # the function itself has changed it during the trace
                continue
            expression = f"{self._source.name(owner)}.{attribute}"
            description = f"{type(owner).__name__}.{attribute.strip('_')}"
            found.setdefault(expression, Guard(expression, value, description, isinstance(owner, Versioned)))
        for record in discovery.records:
            target = record.reference()
            if target is None or id(target) in self._arguments or id(target) in self._cells:
                continue
            if record.number is None:
                if record.written and self._backend.level:
                    lent = self._source.name(LENT_TYPES)  # nearly always empty
                    expression = f"(not {lent} or {self._source.name(target)}._data.__class__ not in {lent})"
                    found[expression] = Guard(expression, True, f"whether NumPy sees {_describe(target)}")
                continue
            expression = f"{self._source.name(target)}._edge.__class__"
            description = f"the graph of {_describe(target)}"
            found[expression] = Guard(expression, record.edge.__class__, description)
            if self._backend.level:  # a replay serves for arrays of these shapes and types
                array, name = record.array, self._source.name(target)
                expression = f"{self._source.name(self._backend.plain_types)}[{name}._data.__class__]"
                description = f"the shape and type of {_describe(target)}"
                found[expression] = Guard(expression, self._backend.is_plain(array), description)
                if self._backend.is_plain(array):
                    expression = f"({name}._data.shape, {name}._data.dtype)"
                    found[expression] = Guard(expression, (array.shape, array.dtype), description)
            else:
                expression = f"({self._source.name(target)}._data.shape, {self._source.name(target)}._data.dtype)"
                description = f"the shape and type of {_describe(target)}"
                found[expression] = Guard(expression, (record.array.shape, record.array.dtype), description, True)
        return list(found.values())

    def _replay_python(self, discovery: Discovery) -> list[str]:
        """Read Python numbers and repeat Python side effects, in order.  Returns the effects that come after all numbers.

        Those run after the program, so that they do not happen if it fails.  The earlier ones are undone in that case.
        """
        name, numbers, late = self._source.name, [], []
        early = max((place for place, (_, other) in enumerate(discovery.host) if isinstance(other, int)), default=-1)
        for place, (act, other) in enumerate(discovery.host):
            if isinstance(other, int):
                numbers.append(other)
                self._source.add(f"h{other} = {name(act)}()")
            elif place > early:
                late.append(f"{name(act)}()")
            else:
                self._source.add_undoable(f"{name(act)}()", f"{name(other)}()")
        self._numbers = numbers
        if numbers:
            # Arrays are passed faster than Python numbers, and the numbers seldom change.
            names = self._source.names
            names["known"] = [None, ()]
            names["convert"] = lambda values: tuple([self._backend.asarray(value) for value in values])
            values = "".join(f"h{number}, " for number in numbers)
            self._source.add(f"now = ({values})")
            self._source.add("before, arrays = known[0] or (None, ())")
            self._source.add("if now != before: arrays = convert(now); known[0] = (now, arrays)")
            self._source.add(f"({values}) = arrays")
        return late

    def _call(self, captured: Any, discovery: Discovery) -> list[str]:
        """Pass the arrays and run the program.  Returns the names of its results.

        The program may reuse the memory of state that it overwrites.  If anything else refers to that array, it gets a copy.
        Other cells that hold the same array and get the same new one do not count.
        """
        source = self._source
        source.names["copy"] = lambda array: self._backend.asarray(array, copy=True)
        self._check_storage(discovery)
        holders: dict[int, list[str]] = {}  # by array: the cells that hold it and get a new one together
        for record in self._written:
            if (holder := self._cell(record)) is not None:
                holders.setdefault(id(record.array), []).append(holder)
        given, kept = [], []
        for record in discovery.records:
            if record.number is None:
                continue
            expression = self._cell(record)
            if expression is None:
                kept.append((record.number, source.name(record.array)))
            elif not record.written:
                kept.append((record.number, f"{expression}._data"))
            else:
                local = f"a{record.number}"
                source.add(f"{local} = {expression}._data")
                others = [holder for holder in holders[id(record.array)] if holder != expression]
                sharing = "".join(f" + ({other}._data is {local})" for other in others)
                held = "True" if UNSHARED is None else f"getrefcount({local}) > {UNSHARED}{sharing}"
                source.add(f"if {held}: {local} = copy({local})")
                given.append((record.number, local))
        kept += [(number, f"h{number}") for number in self._numbers]
        self.captured = captured
        numbers = [number for number, _ in given], [number for number, _ in kept]
        arguments = ", ".join(name for _, name in (*given, *kept))
        replaced = [leaf for leaf, r in self._changed if r.array is not None and not r.looked]
        released = [self._leaf(leaf) for leaf in replaced if leaf not in self._returned]
        if self._backend.level and released:  # a replay frees replaced gradients early; a compiler plans memory itself
            arguments += f", ({', '.join(released)}, )"
            source.names["program"] = captured.bind(*numbers, True)
        else:
            source.names["program"] = captured.bind(*numbers)
        if given and not self._backend.level:  # their memory is used up; a replay defers signals at the right time
            source.hold()
        results = [f"o{place}" for place in range(self._distinct)]
        source.add(f"({''.join(f'{name}, ' for name in results)}) = program({arguments})")
        return [results[place] for place in self._places]

    def _check_storage(self, discovery: Discovery) -> None:
        """Check whether written cells share storage: views may have been made since the trace."""
        source = self._source
        written = [cell for record in self._written if (cell := self._cell(record)) is not None]
        if not written:
            return
        used = {cell for r in discovery.records if r.number is not None and (cell := self._cell(r)) is not None}
        others = used.difference(self._arguments.values())
        cells, rest = (f"({''.join(f'{cell}, ' for cell in sorted(names))})" for names in (set(written), others))
        source.names.update(shares_no_storage=shares_no_storage, propagate_views=propagate_views)
        source.add(f"free = not ({' or '.join(f'{cell}._base or {cell}._views' for cell in written)})")
        source.add(f"if not free: free = shares_no_storage({cells}, t, {rest})")

    def _store(self, found: list[str]) -> None:
        """Put the results into the cells and gradients."""
        place = len(found) - len(self._written) - sum(r.array is not None for _, r in self._changed)
        cells = []
        counts: dict[str, int] = {}
        for record in self._written:
            if (cell := self._cell(record)) is not None:  # it may have died with the function's results
                self._source.add(f"{cell}._data = {found[place]}")
                cells.append(cell)
                if record.writes:
                    counts[cell] = record.writes
            place += 1
        if counts:
            self._source.names["count_writes"] = count_writes
            self._source.add(f"count_writes(({', '.join(counts)}, ), {tuple(counts.values())}, free)")
        if cells:
            self._source.add(f"if not free: propagate_views(({', '.join(cells)}, ))")
        for leaf, kept in self._changed:
            if kept.array is not None:
                self._source.add(f"{self._leaf(leaf)}.grad = cell({found[place]})")
                place += 1
            elif kept.after is not kept.before or not kept.looked:
                after = kept.after
                new = "None" if after is None else self._expression(after)
                self._source.add(f"{self._leaf(leaf)}.grad = {new}")

    def _outputs(self, found: list[str], boundaries: dict[Leaf, CellRecord]) -> list[str]:
        """The expressions for the leaves of the returned tree."""
        source = self._source
        graph: dict[int, str] = {}
        if self._template is not None:
            numbers = [number for kind, number in self._results if kind == "differentiable"]
            plain = sum(kind in ("new", "leaf", "differentiable") for kind, _ in self._results)
            residuals = found[plain : plain + len(self._template.residuals)]
            edges = []
            for leaf in self._template.leaves:
                record = boundaries.get(leaf)
                if record is None:
                    edges.append(self._leaf(leaf))
                else:
                    owner = self._cell(record)
                    edges.append(source.name(record.edge) if owner is None else f"{owner}._edge")
            joined, saved = (f"({''.join(f'{x}, ' for x in names)})" for names in (edges, residuals))
            if self._template.freed and all(edge in source.names for edge in edges):  # always the same
                source.names["edges"] = self._template.edges((), [source.names[edge] for edge in edges])
            else:
                source.names["join"] = self._template.edges
                source.add(f"edges = join({saved}, {joined})")
            graph = {number: f"cell({found[number]}, edges[{place}])" for place, number in enumerate(numbers)}
        made = []
        for kind, what in self._results:
            if kind == "new":
                made.append(f"cell({found[what]})")
            elif kind == "leaf":
                made.append(f"l{what}")
            elif kind == "differentiable":
                made.append(graph[what])
            elif kind == "again":
                if made[what] != (local := f"r{what}"):
                    source.add(f"{local} = {made[what]}")
                    made[what] = local
                made.append(local)
            elif kind == "cell":
                made.append(self._cell(what) or source.name(what.reference()))
            else:
                made.append(f"{self._leaf(what)}.grad" if kind == "gradient" else source.name(what))
        return made


def _describe(tensor: Tensor) -> str:
    return f"a {type(tensor).__name__.lower()} of shape {tuple(tensor.shape)}"
