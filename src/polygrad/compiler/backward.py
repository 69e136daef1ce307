"""Backward of a compiled call from eager code: the call is one node of the eager graph.

The graph that was recorded while tracing is kept as a template.  The residuals leave the forward program as additional
outputs.  The first backward pass captures a second program, in which the same nodes get the residuals as inputs and the
ordinary sweep goes through them.  With ``create_graph=True`` the same sweep runs eagerly, and is recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from .._core.engine import sweep, to_torch_convention
from .._core.graph import NODE, Edge, Leaf, Node, make_node, reachable
from .._core.hooks import HOOKS
from .._core.tensor import Tensor, cell
from .._dtypes import DType
from .._forking import lock
from .._interpreters.lifting import lift, stop_node
from .._interpreters.tracer import layers
from ..backends.registry import BY_TYPE

_lock = lock()


class CapturedGraph:
    """The graph of one traced call, from its ``outputs`` to the leaves that it started from."""

    freed: bool

    def __init__(self, name: str, outputs: Sequence[Any], backend: Any):
        self.name = name
        self._backend = backend
        self._outputs = [x._edge for x in outputs]
        self._kinds: list[tuple[tuple[int, ...], DType]] = [(tuple(x.shape), x.dtype) for x in outputs]
        #: The transforms that each output belongs to; its cotangent belongs to them too.
        self._traces = [layers(x._read()) for x in outputs]
        self.leaves: list[Leaf] = []
        self._nodes: list[Node] = []
        self.freed = False
        self._collect()
        #: The arrays that the forward program returns for the backward program.
        self.residuals: list[Any] = []
        self._saved = [self._replace_arrays(node.saved) for node in self._nodes]
        for node in self._nodes:
            node.saved = None
        self._programs: dict[tuple[bool, ...], tuple[Any, list[bool]]] = {}

    def _collect(self) -> None:
        for edge in reachable(self._outputs):
            if isinstance(edge, Leaf):
                self.leaves.append(edge)
            else:
                self._nodes.append(edge)
                self.freed |= edge.saved is None
        self._nodes.sort(key=lambda node: node.sequence)

    def _replace_arrays(self, saved: Any) -> Any:
        """``saved`` with every traced array replaced by its index in `residuals`."""
        if isinstance(saved, (tuple, list)):
            return (
                type(saved)(self._replace_arrays(value) for value in saved) if not hasattr(saved, "_fields") else saved
            )
        if not hasattr(saved, "dtype"):
            return saved
        if not self._backend.is_traced(saved):
            if not BY_TYPE[type(saved)].level:
                return saved
            rebuild, parts = saved.flatten()  # a tracer of vmap or jvp
            return _FlattenedTracer(rebuild, [self._replace_arrays(part) for part in parts])
        for place, known in enumerate(self.residuals):
            if known is saved:
                return _Residual(place)
        self.residuals.append(saved)
        return _Residual(len(self.residuals) - 1)

    def edges(self, residuals: tuple[Any, ...], leaves: Sequence[Edge]) -> list[Node]:
        """Nodes that connect the results of a call to the eager graph: one for the call, and one for each result."""
        plan = _Plan(self)
        node = make_node(plan, tuple(leaves), None if self.freed else (None, *residuals), None)
        return [make_node(plan, (node,), (), shape, number) for number, (shape, _) in enumerate(self._kinds)]

    def backward(self, cotangents: list[Any], residuals: tuple[Any, ...]) -> list[Any]:
        """The cotangents of `leaves`; None for those that get none."""
        given = tuple(c is not None for c in cotangents)
        if given not in self._programs:
            self._programs[given] = self._capture(cotangents, residuals)
        program, arrives = self._programs[given]
        found = iter(program(*residuals, *(c for c in cotangents if c is not None)))
        return [next(found) if arrived else None for arrived in arrives]

    def _capture(self, cotangents: list[Any], residuals: tuple) -> tuple[Any, list[bool]]:
        arrives: list[bool] = []

        def body() -> list[Any]:
            stage = self._backend.stage
            values = [stage(array) for array in residuals]
            found = self.run_backward(values, [None if c is None else cell(stage(c)) for c in cotangents])
            arrives[:] = [c is not None for c in found]
            return [c._read() for c in found if c is not None]

        with _lock:
            return self._backend.capture(body).bind(
                [], range(len(residuals) + sum(c is not None for c in cotangents))
            ), arrives

    def run_backward(
        self, values: Sequence[Any], cotangents: Sequence[Tensor | None], edges: Sequence[Edge] | None = None
    ) -> list[Tensor | None]:
        """The cotangents of `leaves`, None for those that get none, from the outputs' cotangents and the `residuals`.

        With ``edges`` the sweep is recorded, as if the graph ended in them instead of in `leaves`.
        """
        following: Sequence[Edge | None] = edges or [None] * len(self.leaves)
        ends = [stop_node(edge, leaf.shape) for edge, leaf in zip(following, self.leaves, strict=True)]
        # The hooks of leaves run outside, when the gradient arrives there.
        made: dict[Edge, Edge] = dict(zip(self.leaves, ends, strict=True))
        for node, saved in zip(self._nodes, self._saved, strict=True):
            into = tuple([made[edge] for edge in node.edges])
            made[node] = copy = make_node(node.plan, into, _fill(saved, values, made), node.shape, node.output)
            copy.hooks = node.hooks
        pairs = [
            (cell(_zeros(kind, self._backend), made[edge]), lift(to_torch_convention(c), traces))
            for kind, edge, traces, c in zip(self._kinds, self._outputs, self._traces, cotangents, strict=True)
            if c is not None
        ]
        if not pairs:
            return [None] * len(ends)
        outputs, seeds = zip(*pairs, strict=True)
        create = edges is not None
        reached = sweep(outputs, seeds, create, create, dict.fromkeys(ends))
        found = [reached.get(end) for end in ends]
        return found if create else [None if c is None else cell(c) for c in found]


class _Residual(int):
    """The index of a saved array."""


class _FlattenedTracer(NamedTuple):
    """A saved tracer: its parts, and the function that rebuilds it."""

    rebuild: Callable[..., Any]
    parts: list[Any]


def _fill(saved: Any, values: Sequence[Any], edges: dict[Edge, Edge]) -> Any:
    if isinstance(saved, _FlattenedTracer):
        return saved.rebuild(*[_fill(part, values, edges) for part in saved.parts])
    if isinstance(saved, (tuple, list)) and not hasattr(saved, "_fields"):
        return type(saved)(_fill(value, values, edges) for value in saved)
    if isinstance(saved, (Node, Leaf)):  # a `Function` saves the edges of its tensors
        return edges.get(saved, saved)
    return values[saved] if isinstance(saved, _Residual) else saved


def _zeros(kind: tuple[tuple[int, ...], DType], backend: Any) -> Any:
    return backend.xp.zeros(kind[0], dtype=backend.to_dtype(kind[1]))


class _Plan:
    """The plan of a node for a whole compiled call, as the engine reads it."""

    broadcasts = False
    frees = True
    arrays = ((0, NODE),)

    def __init__(self, template: CapturedGraph):
        self._template = template
        self.primitive = self
        self.name = self.operation = template.name
        self.outputs = len(template._outputs)
        self.variadic = False
        self.mask = (True,) * len(template.leaves)
        self.backward = self

    def __getitem__(self, array_type: type) -> Any:
        return self._run_recorded if array_type is HOOKS.tensor_class else self._run

    def _run(self, cotangents: list[Any], saved: tuple) -> list[Any]:
        return self._template.backward(cotangents, saved[1:])

    def _run_recorded(self, cotangents: list[Any], saved: tuple) -> list[Any]:
        """The same with ``create_graph=True``: operation by operation, so that it can be differentiated again."""
        node, *residuals = saved
        return self._template.run_backward(residuals, cotangents, node.edges)
