"""Sub-traces: loop bodies and branches.

A sub-trace is the recorder while its function runs.  Outer tensors that the function reads become inputs of the whole
program.  If they have a graph, they are leaves in the sub-trace, so that it can be differentiated separately.  Tensors that
the function writes, such as the state of a random generator or the statistics of a layer, are state that the loop carries.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

from ..._core import graph
from ..._core.graph import Edge, Leaf, Node
from ..._core.tensor import Tensor, cell
from ..._interpreters.flattening import TracerSpec, lift_to_spec
from ..._interpreters.lifting import Identity, apply
from ..._interpreters.tracer import plain
from ..._state import Around, recorder, recording
from ..backward import CapturedGraph
from ..errors import CompileError, StateIsMissing


class Retrace(Exception):
    """Trace again: the state or the carry is larger than assumed."""


@dataclass(slots=True)
class SavedCell:
    """A cell that the sub-trace rebinds, and what it held before."""

    reference: weakref.ref[Any]
    array: Any
    edge: Any
    base: Any
    written: bool = False


class Traced(NamedTuple):
    """The result of one trace: the returned arrays and edges, and the state afterwards."""

    arrays: list[Any]
    edges: list[Edge | None]
    state: list[Any]

    def lift_to(self, specs: Sequence[TracerSpec | None]) -> None:
        """Lift the first results that are in the graph into all traces of ``specs``."""
        for number, spec in enumerate(specs):
            x = lift_to_spec(cell(self.arrays[number], self.edges[number]), spec)
            self.arrays[number], self.edges[number] = x._data, x._edge

    def tape(self, name: str, backend: Any) -> CapturedGraph | None:
        """The graph of the results; None if there is none."""
        with_graph = [cell(x, edge) for x, edge in zip(self.arrays, self.edges, strict=True) if edge is not None]
        return CapturedGraph(name, with_graph, backend) if with_graph else None


class State(list[Tensor]):
    """The outer tensors that the sub-traces of one operation write; the operation carries their values.

    The gradients that they leave in outer tensors are state as well, one cell for each.
    """

    def __init__(self) -> None:
        super().__init__()
        self.gradients: dict[Leaf, Tensor] = {}
        #: Leaves whose gradients need a cell: it begins with the present gradient (None here), or with zeros of this kind.
        self.wanted: dict[Leaf, tuple[tuple[int, ...], Any] | None] = {}
        #: Leaves that have no gradient afterwards.
        self.cleared: set[Leaf] = set()

    def arrays(self, backend: Any) -> list[Any]:
        """The initial values of the state."""
        active = recorder()
        for leaf, kind in self.wanted.items():
            if kind is None:
                if active is not None:
                    active.read_grad(leaf)
                assert leaf.grad is not None
                slot = cell(leaf.grad._read())
            else:
                slot = cell(backend.xp.zeros(kind[0], dtype=kind[1]))
            self.gradients[leaf] = slot
            self.append(slot)
        self.wanted.clear()
        return [x._read() for x in self]

    def bind(self, arrays: Sequence[Any]) -> None:
        """Store the final values of the state in the tensors and gradients."""
        for tensor, array in zip(self, arrays, strict=True):
            tensor._bind(array, tensor._edge)
        active = recorder()
        for leaf, gradient in (*self.gradients.items(), *dict.fromkeys(self.cleared).items()):
            if active is not None:
                active.write_grad(leaf)
            leaf.grad = gradient


def _told(gradient: Tensor | None) -> str:
    if gradient is None:
        return "no gradient"
    return "a gradient" if gradient._edge is None else "a gradient with a graph"


class SubTrace(Around):
    """A function ``(*tensors) -> list of tensors`` in the program of ``backend`` that is being captured.

    ``state`` has the outer tensors that it writes; `trace` finds them, and the sub-traces of one operation share them.
    ``known`` are the stand-ins of another sub-trace, whose graph this one differentiates.  ``always`` says that it runs at
    least once, so that it may replace gradients: those of its last run remain.
    """

    def __init__(
        self, label: str, function: Callable[..., Sequence[Tensor]], backend: Any, state: State,
        known: Mapping[Edge, Leaf] = MappingProxyType({}), always: bool = False,
    ):  # fmt: skip
        super().__init__(recorder())
        self._label, self._function = label, function
        self.backend = backend
        self.state = state
        self._start = 0
        self._kept: dict[int, SavedCell] = {}
        self._known = known
        #: Edge outside → the leaf that replaces it inside; and the inverse.
        self.stand_ins: dict[Edge, Leaf] = {}
        self._edges: dict[Leaf, Edge] = {}
        self._always = always
        self._gradients: dict[Leaf, Tensor | None] = {}
        #: Leaves whose gradient the function has read before it set one.
        self._looked: set[Leaf] = set()
        #: The cells that carry the gradients that the function leaves, and these gradients; None for no gradient.
        self._slots: dict[Leaf, Tensor] = {}
        self._left: dict[Leaf, Tensor | None] = {}
        #: The leaf of every input of the last trace, None where it has none.
        self.leaves: list[Leaf | None] = []
        #: Shape and type of the tensor that each leaf belongs to.
        self.kinds: dict[Leaf, tuple[tuple[int, ...], Any]] = {}

    # -- the recorder's interface ----------------------------------------------------------------------------------------

    def read(self, cell: Tensor) -> None:
        """Make ``cell`` an input of the program.  If it has a graph, it is a leaf in the sub-trace."""
        self.outer.read(cell)
        edge = cell._edge
        if edge.__class__ is Node and edge.sequence < self._start:
            self._keep(cell)
            leaf = self.stand_ins.get(edge)
            if leaf is None:
                leaf = self.stand_ins[edge] = Leaf(cell, tuple(cell._data.shape))
                leaf.sequence = edge.sequence  # it is as old
                self._edges[leaf] = edge
            cell._edge = edge = leaf
        if edge.__class__ is Leaf:
            self.kinds.setdefault(edge, (tuple(cell._data.shape), cell._data.dtype))

    def write(self, cell: Tensor) -> None:
        """Record that ``cell`` is rebound.  Its present value is the initial state."""
        self.read(cell)
        self._keep(cell).written = True

    def read_grad(self, leaf: Leaf) -> None:
        """Delegates to the outer recorder, unless the function set this gradient itself."""
        if leaf not in self._gradients:
            self._looked.add(leaf)
            self.outer.read_grad(leaf)

    def write_grad(self, leaf: Leaf) -> None:
        """Record that ``leaf`` gets another gradient."""
        self._gradients.setdefault(leaf, leaf.grad)

    def python_side_effect(self, effect: Callable[[], None], remember: Callable[[], Callable[[], None]]) -> None:
        """Raise CompileError: loop bodies and branches run without Python."""
        raise CompileError(
            f"{self._label} changes the state of a Python object, as scheduler.step() and train() do, and in a compiled program its "  # noqa: E501
            "steps run without Python; change it before or after"
        )

    def assign(self, owner: Any, name: str, value: Any) -> None:
        """Raise CompileError, as `python_side_effect`."""
        self.python_side_effect(lambda: None, lambda: lambda: None)

    def only_at_first(self, what: str) -> None:
        """Raise StateIsMissing: all steps run the same program."""
        raise StateIsMissing(
            f"{self._label} makes {what} when it first runs, and in a compiled program all of its steps are the same; call the "
            "function once without compile first"
        )

    # -- tracing ---------------------------------------------------------------------------------------------------------

    def trace(self, arrays: Sequence[Any], needs: Sequence[bool], state: Sequence[Any], own: Any) -> Traced:
        """Run the function on ``arrays``, as leaves where ``needs`` is true, with ``state`` in the state's tensors.

        ``own`` is any array of this very trace.  All changes to tensors are undone.  Raises `Retrace` if the function writes a
        tensor that is not in the state yet, and CompileError for what a program cannot repeat.
        """
        self._start = graph.next_sequence()
        self._kept, self._gradients, self.kinds = {}, {}, {}
        self._looked.clear()
        self.stand_ins = dict(self._known)
        self._edges = {leaf: edge for edge, leaf in self.stand_ins.items()}
        self.leaves = []
        inputs = [self._input(array, needed) for array, needed in zip(arrays, needs, strict=True)]
        try:
            with recording(self):
                for tensor, array in zip(self.state, state, strict=True):
                    self._keep(tensor)
                    tensor._data = array
                for leaf, slot in self.state.gradients.items():
                    self._gradients[leaf], leaf.grad = leaf.grad, slot
                results = self._function(*inputs)
                found = Traced([x._read() for x in results], [x._edge for x in results], [])
                del results, inputs
                self._leave_gradients()
            new = self._new_state(own)
            found.state.extend([tensor._data for tensor in self.state])
        finally:
            self._undo()
        if new or self.state.wanted:
            self.state.extend(new)
            raise Retrace
        return found

    def edge(self, leaf: Leaf) -> Edge:
        """The edge outside that ``leaf``, which belongs to no input, replaces."""
        return self._edges.get(leaf, leaf)

    def _input(self, array: Any, needed: bool) -> Tensor:
        if not needed:
            self.leaves.append(None)
            return cell(array)
        hidden = cell(array)
        hidden._edge = leaf = Leaf(hidden, tuple(array.shape))
        self.leaves.append(leaf)
        self.kinds[leaf] = (tuple(array.shape), array.dtype)
        return apply(Identity, None, hidden)  # not a leaf, so that it may be changed in place

    def _keep(self, cell: Tensor) -> SavedCell:
        kept = self._kept.get(id(cell))
        if kept is None or kept.reference() is not cell:
            kept = self._kept[id(cell)] = SavedCell(weakref.ref(cell), cell._data, cell._edge, cell._base)
        return kept

    def _new_state(self, own: Any) -> list[Tensor]:
        """The outer tensors that the function has written and that are not in the state yet.

        A tensor that held an array of this trace (``own`` is one) from the beginning is not an outer tensor.
        """
        known = {id(tensor) for tensor in self.state}
        new = []
        for kept in self._kept.values():
            tensor = kept.reference()
            if tensor is None or not kept.written or self.backend.same_trace(plain(kept.array), own):
                continue
            if tensor._edge is not kept.edge and tensor._edge not in self._edges:
                raise CompileError(
                    f"{self._label} changes a tensor of shape {tuple(tensor.shape)} from outside in place, by a value with a graph; carry it "  # noqa: E501
                    "from step to step and return it, or write a detached value into it, as in state.copy_(value.detach())"
                )
            if id(tensor) not in known:
                new.append(tensor)
        return new

    def _leave_gradients(self) -> None:
        """Put the gradients that the function leaves in outer tensors into the state."""
        state = self.state
        for leaf, before in self._gradients.items():
            gradient = leaf.grad
            if gradient is before or leaf in self.leaves or leaf in self._edges or leaf.variable is None:
                continue
            replaced = self._always and leaf not in self._looked  # the gradient before does not matter
            if gradient is None and replaced:
                state.cleared.add(leaf)
            elif gradient is not None and gradient._edge is None and leaf in state.gradients:
                state.gradients[leaf]._data = gradient._read()
            elif gradient is not None and gradient._edge is None and (replaced or before is not None):
                array = gradient._read()
                state.wanted[leaf] = (tuple(array.shape), array.dtype) if replaced else None
            else:
                raise CompileError(
                    f"{self._label} leaves {_told(gradient)} in .grad of a tensor of shape {tuple(leaf.shape)} from outside, where it finds "  # noqa: E501
                    f"{_told(before)}, which a compiled program cannot vary from step to step; have a gradient "
                    "without a graph there before and after, as by x.grad = polygrad.zeros_like(x) before it and "
                    "optimizer.zero_grad(set_to_none=False) in it; or take the gradient by polygrad.autograd.grad or "
                    "polygrad.func.grad, and return it"
                )

    def abandon(self) -> None:
        """Undo all changes, as after the trace."""
        self._undo()

    def _undo(self) -> None:
        for kept in self._kept.values():
            tensor = kept.reference()
            if tensor is not None:
                tensor._data, tensor._edge, tensor._base = kept.array, kept.edge, kept.base
        for leaf, gradient in self._gradients.items():
            leaf.grad = gradient
