"""Regions: functions that are traced as a part of a program with a trace of its own, the body of a loop or a branch.

A region is the recorder while its function runs.  What the function reads from outside is found out as it is for a whole
program, and becomes an input of that; where it was computed with a graph, the region's own graph begins anew, so that a
region can be differentiated by itself.  What it writes to, a random generator or the statistics of a layer, is state that
the loop carries.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from .._core import graph
from .._core.graph import Edge, Leaf, Node, make_node
from .._core.primitive import OPERATIONS
from .._core.tensor import Tensor, cell
from .._interpreters.crossing import Argument, cross
from .._state import recording
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

    def tape(self, name: str, backend: Any) -> Template | None:
        """The graph of the results, taken out; None where there is none."""
        joined = [cell(x, edge) for x, edge in zip(self.arrays, self.edges, strict=True) if edge is not None]
        return Template(name, joined, backend) if joined else None


class Region:
    """A function ``(*tensors) -> list of tensors`` inside the program that the recorder ``outer`` watches.

    ``state`` are the tensors from outside that it writes to, which regions of one operation share; `trace` finds them.
    """

    def __init__(self, label: str, function: Callable[..., Sequence[Tensor]], outer: Any, state: list[Tensor]):
        self._label, self._function, self._outer = label, function, outer
        self.backend = outer.backend
        self.state = state
        self._start = 0
        self._kept: dict[int, Kept] = {}
        #: Edge outside → the leaf that stands for it, and the other way round.
        self._stand_ins: dict[Edge, Leaf] = {}
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
            leaf = self._stand_ins.get(edge)
            if leaf is None:
                leaf = self._stand_ins[edge] = Leaf(cell, tuple(cell._data.shape))
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

    def trace(self, arrays: Sequence[Any], needs: Sequence[bool], state: Sequence[Any]) -> Traced:
        """Run the function on ``arrays``, which are leaves where ``needs`` says so, with ``state`` in the tensors of it.

        Whatever it does to tensors is undone.  Raises `Again` where it writes to a tensor that is not known to be state, and
        CompileError for what cannot be repeated inside of a program.
        """
        self._start = graph.next_sequence()
        self._kept, self._stand_ins, self._edges, self._gradients, self.kinds = {}, {}, {}, {}, {}
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
            new = self._new_state(arrays[0])
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
            if tensor is None or not kept.written or self.backend.traced_together(kept.array, own):
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


def leaves_of(edge: Edge | None) -> set[Leaf]:
    """The leaves that a graph ends in."""
    found: set[Leaf] = set()
    seen: set[Edge] = set()
    stack = [] if edge is None else [edge]
    while stack:
        edge = stack.pop()
        if edge in seen:
            continue
        seen.add(edge)
        if isinstance(edge, Leaf):
            found.add(edge)
        else:
            stack.extend(edge.edges)
    return found


class Whole:
    """The plan of a node that stands for a whole operation made of regions: ``rule(cotangents, saved) -> cotangents``."""

    broadcasts = variadic = False
    frees = True
    arrays: tuple = ()
    residuals: tuple = ()

    def __init__(self, name: str, outputs: int, mask: tuple[bool, ...], rule: Callable[[list[Any], tuple], list[Any]]):
        self.primitive = self.backward = self
        self.name = self.operation = name
        self.outputs, self.mask, self._rule = outputs, mask, rule
        #: The node, weakly.
        self.node: Callable[[], Node | None] = lambda: None

    def __getitem__(self, array_type: type) -> Callable[[list[Any], tuple], list[Any]]:
        return self._once if array_type is OPERATIONS.array_type else self._rule

    def _once(self, cotangents: list[Any], saved: tuple) -> list[Any]:
        """The rule where its result may be differentiated again: that says then why it cannot be."""
        results = self._rule([None if g is None else g._read() for g in cotangents], saved)
        edges = [g._edge for g in cotangents if g is not None and g._edge is not None]
        arrays = [x for x in results if x is not None]
        node: Any = self.node()
        tensors = iter(joined(self.name, arrays, [True] * len(arrays), [*edges, *node.edges], (), self._twice))
        return [None if x is None else next(tensors) for x in results]

    def _twice(self, cotangents: list[Any], saved: tuple) -> list[Any]:
        raise RuntimeError(
            f"{self.name}: inside a compiled function it has first derivatives only, and this is the derivative of one; call the "
            "function without polygrad.compile for those of higher order"
        )


def joined(
    name: str,
    arrays: Sequence[Any],
    varies: Sequence[bool],
    edges: Sequence[Edge],
    saved: tuple,
    rule: Callable[[list[Any], tuple], list[Any]],
) -> list[Tensor]:
    """Tensors of ``arrays``; those that vary are the outputs of one new node, which leads to ``edges``."""
    if not edges or True not in varies:
        return [cell(array) for array in arrays]
    plan = Whole(name, sum(varies), (True,) * len(edges), rule)
    node = make_node(plan, tuple(edges), saved, None)
    plan.node = weakref.ref(node)
    numbers: Iterator[int] = iter(range(plan.outputs))
    return [
        cell(array, make_node(plan, (node,), (), tuple(array.shape), next(numbers)) if varying else None)
        for array, varying in zip(arrays, varies, strict=True)
    ]
