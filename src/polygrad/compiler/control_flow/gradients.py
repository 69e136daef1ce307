"""Backward of `cond` and `scan`: their graph node and its residuals."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..._core.graph import NODE, Edge, Leaf, Node, make_node, reachable
from ..._core.primitive import OPERATIONS, AnyType
from ..._core.tensor import Tensor, cell
from ..._state import grad_enabled
from ..backward import CapturedGraph
from .subtrace import SubTrace

Function = Callable[..., Sequence[Tensor]]
#: Shape, and the library's own type.
Kind = tuple[tuple[int, ...], Any]
#: An edge outside of a sub-trace → the leaf that replaces it inside.
StandIns = Mapping[Edge, Leaf]
#: The prefix of a label for a backward sub-trace.
GRADIENT = "the gradient of "


# -- nodes -----------------------------------------------------------------------------------------------------------------


def leaves_of(edge: Edge | None) -> set[Leaf]:
    """The leaves that ``edge`` depends on."""
    return {found for found in reachable([] if edge is None else [edge]) if isinstance(found, Leaf)}


#: ``rule(cotangents, saved, node)`` returns the cotangents of a node's edges, in the engine's convention, from those of its
#: outputs; None means that there is none.  ``node`` is given only if the result may be differentiated again.
Rule = Callable[[Sequence[Tensor | None], Sequence[Any], Node | None], Sequence[Tensor | None]]


class SubTracePlan:
    """The plan of the node of a whole `cond`, `scan` or `while_loop`."""

    broadcasts = variadic = False
    frees = True
    arrays: tuple[tuple[int, int], ...] = ((0, NODE),)
    residuals: tuple[Any, ...] = ()

    operation: str
    outputs: int
    mask: tuple[bool, ...]

    def __init__(self, name: str, outputs: int, edges: int, rule: Rule):
        self.name = self.operation = name
        self.outputs, self.mask, self._rule = outputs, (True,) * edges, rule

    @property
    def primitive(self) -> SubTracePlan:
        """Where the engine reads the number of outputs."""
        return self

    @property
    def backward(self) -> AnyType:
        """The rule, for every type of array."""
        return AnyType(self._run)

    def _run(self, cotangents: list[Any], saved: tuple) -> list[Any]:
        node, *values = saved
        found = self._rule([g if g is None or isinstance(g, Tensor) else cell(g) for g in cotangents], values, node)
        return list(found) if node is not None else [None if x is None else x._read() for x in found]


def attach_node(
    name: str, arrays: Sequence[Any], varies: Sequence[bool], edges: Sequence[Edge], saved: Sequence[Any], rule: Rule,
    more: int = 0,
) -> list[Tensor]:  # fmt: skip
    """Make tensors of ``arrays``: the outputs of one new node over ``edges``.

    Arrays that do not vary stay outside of the graph.  The node has ``more`` outputs without a tensor, which a recorded
    backward pass may depend on.
    """
    if not edges or True not in varies:
        return [cell(array) for array in arrays]
    node = make_node(SubTracePlan(name, len(arrays) + more, len(edges), rule), tuple(edges), (None, *saved), None)
    return [
        cell(array, output(node, number, tuple(array.shape)) if varying else None)
        for number, (array, varying) in enumerate(zip(arrays, varies, strict=True))
    ]


def output(node: Node, number: int, shape: tuple[int, ...]) -> Node:
    """The edge of output ``number`` of ``node``."""
    return make_node(node.plan, (node,), (), shape, number)


# -- what a rule needs -----------------------------------------------------------------------------------------------------


def needs_of(tensors: Sequence[Tensor]) -> list[bool]:
    """Which of ``tensors`` are in a graph."""
    return [grad_enabled() and x._edge is not None for x in tensors]


def may_need(tensors: Sequence[Tensor]) -> list[bool]:
    """Which of ``tensors`` are differentiable, by their types."""
    return [grad_enabled() and x.dtype.is_differentiable for x in tensors]


def arrays_of(tensors: Sequence[Tensor]) -> list[Any]:
    """The raw arrays of ``tensors``."""
    return [x._read() for x in tensors]


class Residuals:
    """The residuals of a sub-trace's graph, by where they are.

    They lie outside of the sub-trace, among its inputs or outputs, or are inner values, which it must return as ``more``
    outputs.
    """

    def __init__(
        self, tape: CapturedGraph | None, subtrace: SubTrace, inputs: Sequence[Any], outputs: Sequence[Any], own: Any
    ):
        self._places: list[tuple[str, int]] = []
        self.more: list[Any] = []
        #: The residuals from outside.  `collect` passes them on and drops them here.
        self.outside: list[Any] = []
        for array in [] if tape is None else tape.residuals:
            if not subtrace.backend.same_trace(array, own):
                self._put("outside", self.outside, array)
            elif any(array is x for x in inputs):
                self._places.append(("inputs", next(k for k, x in enumerate(inputs) if x is array)))
            elif any(array is x for x in outputs):
                self._places.append(("outputs", next(k for k, x in enumerate(outputs) if x is array)))
            else:
                self._put("more", self.more, array)

    def _put(self, where: str, arrays: list[Any], array: Any) -> None:
        self._places.append((where, len(arrays)))
        arrays.append(array)

    def collect(
        self, inputs: Sequence[Any], outputs: Sequence[Any], more: Sequence[Any]
    ) -> tuple[list[Any], list[bool]]:
        """The residuals as the outer program has them, and which of them have an axis of steps."""
        sources = {"outside": self.outside, "inputs": inputs, "outputs": outputs, "more": more}
        arrays = [sources[where][number] for where, number in self._places]
        steps = [where != "outside" for where, _ in self._places]
        self.outside, self.more = [], []
        return arrays, steps


class Leaves:
    """The leaves of a sub-trace's graph: of its carry, its other inputs, and outer tensors."""

    kinds: dict[Any, Any]
    closed: list[Any]

    def __init__(self, subtrace: SubTrace, tape: CapturedGraph, given: Sequence[Tensor]):
        inputs = {leaf: number for number, leaf in enumerate(subtrace.leaves) if leaf is not None}
        self.kinds = subtrace.kinds
        #: Leaf → the edge outside that it replaces.
        self.edges: dict[Leaf, Any] = {}
        for leaf in tape.leaves:
            edge = given[inputs[leaf]]._edge if leaf in inputs else subtrace.edge(leaf)
            if edge is not None:
                self.edges[leaf] = edge
        self.closed = [leaf for leaf in self.edges if leaf not in inputs]


def zeros(xp: Any, kind: Kind) -> Any:
    """A raw array of zeros."""
    return xp.zeros(kind[0], dtype=kind[1])


def fit_cotangent(found: Tensor | None, xp: Any, kind: Kind) -> Tensor:
    """The cotangent ``found`` with the type of ``kind``; zeros for None."""
    if found is None:
        return cell(zeros(xp, kind))
    return found if found._read().dtype == kind[1] else OPERATIONS.cast(found, kind[1])
