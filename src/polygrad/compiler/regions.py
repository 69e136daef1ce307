"""Regions: functions that are traced as a part of a program with a trace of its own, the body of a loop or a branch.

A region is the recorder while its function runs.  What the function reads from outside is found out as it is for a whole
program, and becomes an input of that; where it was computed with a graph, the region's own graph begins anew, so that a
region can be differentiated by itself.  What it writes to, a random generator or the statistics of a layer, is state that
the loop carries.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType, SimpleNamespace
from typing import Any, NamedTuple

from .._core import graph
from .._core.graph import Edge, Leaf, Node
from .._core.tensor import Tensor, cell
from .._interpreters.arrays import plain
from .._interpreters.crossing import Argument, cross
from .._interpreters.forms import Form, raised
from .._state import recorder, recording
from .errors import CompileError
from .outside import Template


class Again(Exception):
    """A region was traced on an assumption that it has shown to be wrong; now it is known better."""


@dataclass(slots=True)
class Kept:
    """A cell that the region changes for its own purposes, or writes to, and what it held before."""

    reference: weakref.ref
    array: Any
    edge: Any
    base: Any
    written: bool = False


class Traced(NamedTuple):
    """What a region's function returned in one trace: arrays and edges, and the state afterwards."""

    arrays: list[Any]
    edges: list[Edge | None]
    state: list[Any]

    def raise_to(self, forms: Sequence[Form | None]) -> None:
        """Make the first results, as far as they are in the graph, tensors of all frames of ``forms``."""
        for number, form in enumerate(forms):
            x = raised(cell(self.arrays[number], self.edges[number]), form)
            self.arrays[number], self.edges[number] = x._data, x._edge

    def tape(self, name: str, backend: Any) -> Template | None:
        """The graph of the results, taken out; None where there is none."""
        joined = [cell(x, edge) for x, edge in zip(self.arrays, self.edges, strict=True) if edge is not None]
        return Template(name, joined, backend) if joined else None


#: The recorder around a region where there is none: the gradient of a program is asked for from outside.
_NOBODY: Any = SimpleNamespace(
    read=lambda cell: None, read_grad=lambda leaf: None, guard=lambda owner, name, value: value,
    host_value=lambda get: get(), home=lambda backend: backend,
)  # fmt: skip


class Region:
    """A function ``(*tensors) -> list of tensors`` inside the program of ``backend`` that is being captured.

    ``state`` are the tensors from outside that it writes to, which regions of one operation share; `trace` finds them.
    ``known`` are the stand-ins of another region, whose graph this one goes through.
    """

    def __init__(
        self, label: str, function: Callable[..., Sequence[Tensor]], backend: Any, state: list[Tensor],
        known: Mapping[Edge, Leaf] = MappingProxyType({}),
    ):  # fmt: skip
        self._label, self._function, self._outer = label, function, recorder() or _NOBODY
        self.backend = backend
        self.state = state
        self._start = 0
        self._kept: dict[int, Kept] = {}
        self._known = known
        #: Edge outside → the leaf that stands for it, and the other way round.
        self.stand_ins: dict[Edge, Leaf] = {}
        self._edges: dict[Leaf, Edge] = {}
        self._gradients: dict[Leaf, Tensor | None] = {}
        #: The leaf of every input of the last trace, None where it has none.
        self.leaves: list[Leaf | None] = []
        #: Shape and type of the tensor that each leaf belongs to.
        self.kinds: dict[Leaf, tuple[tuple[int, ...], Any]] = {}

    # -- the recorder's interface ----------------------------------------------------------------------------------------

    def read(self, cell: Tensor) -> None:
        """Make ``cell`` an input of the program, and its graph, if it has one, a leaf of the region's."""
        self._outer.read(cell)
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
        """Remember that ``cell`` is rebound; what it held is where the state begins."""
        self.read(cell)
        self._keep(cell).written = True

    def read_grad(self, leaf: Leaf) -> None:
        """As for the whole program."""
        self._outer.read_grad(leaf)

    def write_grad(self, leaf: Leaf) -> None:
        """Remember that ``leaf`` gets another gradient, which is an error if it is not the region's own."""
        self._gradients.setdefault(leaf, leaf.grad)

    def made(self, owner: Any) -> None:
        """As for the whole program."""
        self._outer.made(owner)

    def guard(self, owner: Any, name: str, value: Any) -> Any:
        """As for the whole program."""
        return self._outer.guard(owner, name, value)

    def host_value(self, get: Callable[[], float]) -> Any:
        """A Python number, the same in all steps."""
        return self._outer.host_value(get)

    def host_effect(self, effect: Callable[[], None], remember: Callable[[], Callable[[], None]]) -> None:
        """Raise CompileError: inside of a program there is no Python whose state could change."""
        raise CompileError(
            f"{self._label} changes the state of a Python object, as scheduler.step() and train() do, and in a compiled program its "  # noqa: E501
            "steps run without Python; change it before or after"
        )

    def assign(self, owner: Any, name: str, value: Any) -> None:
        """Raise CompileError, as `host_effect`."""
        self.host_effect(lambda: None, lambda: lambda: None)

    def home(self, backend: Any) -> Any:
        """As for the whole program."""
        return self._outer.home(backend)

    # -- tracing ---------------------------------------------------------------------------------------------------------

    def trace(self, arrays: Sequence[Any], needs: Sequence[bool], state: Sequence[Any], own: Any) -> Traced:
        """Run the function on ``arrays``, which are leaves where ``needs`` says so, with ``state`` in the tensors of it.

        ``own`` is any array of this very trace.  Whatever the function does to tensors is undone.  Raises `Again` where it
        writes to a tensor that is not known to be state, and CompileError for what cannot be repeated inside of a program.
        """
        self._start = graph.next_sequence()
        self._kept, self._gradients, self.kinds = {}, {}, {}
        self.stand_ins = dict(self._known)
        self._edges = {leaf: edge for edge, leaf in self.stand_ins.items()}
        self.leaves = []
        inputs = [self._input(array, needed) for array, needed in zip(arrays, needs, strict=True)]
        try:
            with recording(self):
                for tensor, array in zip(self.state, state, strict=True):
                    self._keep(tensor)
                    tensor._data = array
                results = self._function(*inputs)
                found = Traced([x._read() for x in results], [x._edge for x in results], [])
                del results, inputs
            new = self._new_state(own)
            found.state.extend([tensor._data for tensor in self.state])
        finally:
            self._undo()
        if new:
            self.state.extend(new)
            raise Again
        return found

    def edge(self, leaf: Leaf) -> Edge:
        """What ``leaf``, which is no input's, stands for outside."""
        return self._edges.get(leaf, leaf)

    def _input(self, array: Any, needed: bool) -> Tensor:
        if not needed:
            self.leaves.append(None)
            return cell(array)
        hidden = cell(array)
        hidden._edge = leaf = Leaf(hidden, tuple(array.shape))
        self.leaves.append(leaf)
        self.kinds[leaf] = (tuple(array.shape), array.dtype)
        return cross(Argument, None, hidden)  # no leaf itself: it may be changed in place

    def _keep(self, cell: Tensor) -> Kept:
        kept = self._kept.get(id(cell))
        if kept is None or kept.reference() is not cell:
            kept = self._kept[id(cell)] = Kept(weakref.ref(cell), cell._data, cell._edge, cell._base)
        return kept

    def _new_state(self, own: Any) -> list[Tensor]:
        """The tensors from outside that the function has written to, and that are not known as state.

        What holds an array of the trace, as ``own`` is one, from the beginning is no such tensor; nor is what died.
        """
        for leaf in self._gradients:
            if leaf in self.leaves or leaf in self._edges or leaf.variable is not None:
                raise CompileError(
                    f"{self._label} calls backward(), which adds into .grad of a tensor of shape {tuple(leaf.shape)} from outside; in a "  # noqa: E501
                    "compiled program call backward() after it, or take the gradient inside by polygrad.autograd.grad or polygrad.func.grad"  # noqa: E501
                )
        known = {id(tensor) for tensor in self.state}
        new = []
        for kept in self._kept.values():
            tensor = kept.reference()
            if tensor is None or not kept.written or self.backend.traced_together(plain(kept.array), own):
                continue
            if tensor._edge is not kept.edge and tensor._edge not in self._edges:
                raise CompileError(
                    f"{self._label} changes a tensor of shape {tuple(tensor.shape)} from outside in place, by a value with a graph; carry it "  # noqa: E501
                    "from step to step and return it, or write a detached value into it, as in state.copy_(value.detach())"
                )
            if id(tensor) not in known:
                new.append(tensor)
        return new

    def _undo(self) -> None:
        for kept in self._kept.values():
            tensor = kept.reference()
            if tensor is not None:
                tensor._data, tensor._edge, tensor._base = kept.array, kept.edge, kept.base
        for leaf, gradient in self._gradients.items():
            leaf.grad = gradient
