"""The recorded graph: leaves, nodes, and the edges between them.

Edges join nodes and never lead back to a Tensor, so there are no reference cycles and a graph dies with the last tensor
that needs it.  A node's ``sequence`` is larger than those of everything it depends on: sorted by it, a graph is in
topological order.
"""

from __future__ import annotations

import itertools
import weakref
from collections.abc import Callable, Iterable, Iterator
from threading import RLock
from typing import Any, NamedTuple, TypeVar, final

from .._state import VERSION_COUNTER

next_sequence = itertools.count(1).__next__


#: Operand number of a placeholder among a plan's saved values (-1 is the result): under create_graph the engine fills the
#: slot with the node itself.  Compiled calls have it, whose rules join their saved values to the graph themselves.
NODE = -2


class Hooks:
    """Hooks of a leaf or node: callbacks on its gradient, and whether the gradient is retained."""

    __slots__ = ("after_accumulation", "callbacks", "grad", "lock", "metadata", "posthooks", "prehooks", "retains_grad")

    lock: Any
    retains_grad: bool

    def __init__(self) -> None:
        self.callbacks: dict[int, Callable[..., Any]] = {}
        self.prehooks: dict[int, Callable[..., Any]] = {}
        self.posthooks: dict[int, Callable[..., Any]] = {}
        self.after_accumulation: dict[int, Callable[..., Any]] = {}
        self.retains_grad = False
        self.grad: Any = None
        #: What users note at the node.
        self.metadata: dict[Any, Any] = {}
        #: Held while a gradient is added and ``after_accumulation`` runs.
        self.lock = RLock()


class RemovableHandle:
    """Handle of a registered hook: `remove`, or the end of a ``with`` block, removes the hook."""

    id: int

    def __init__(self, hooks: dict[int, Any], callback: Callable[..., Any]):
        self.id = next_sequence()
        self._hooks = hooks
        hooks[self.id] = callback
        VERSION_COUNTER[0] += 1

    def remove(self) -> None:
        """Remove the hook.  A second call does nothing."""
        self._hooks.pop(self.id, None)
        VERSION_COUNTER[0] += 1

    def __enter__(self) -> RemovableHandle:
        return self

    def __exit__(self, *exc: object) -> None:
        self.remove()


@final
class Leaf:
    """The end of the graph for a tensor that requires grad.  It owns ``.grad``, and holds its tensor weakly.

    Args:
        tensor: the tensor.
        shape: its shape.

    Example::

        >>> x = polygrad.tensor([1.0], requires_grad=True)
        >>> y = x * 2
        >>> isinstance(y.grad_fn.edges[0], polygrad.autograd.Leaf)
        True
    """

    __slots__ = ("_tensor", "grad", "hooks", "sequence", "shape")

    #: A leaf has no primitive, no saved values and no edges: the sweep ends here.
    edges: tuple[Any, ...] = ()
    sequence: int
    shape: tuple[int, ...]

    def __init__(self, tensor: Any, shape: tuple[int, ...]):
        self.grad: Any = None
        self.hooks: Hooks | None = None
        self.sequence = next_sequence()
        self.shape = shape
        self._tensor = weakref.ref(tensor)

    @property
    def variable(self) -> Any:
        """The tensor that this leaf belongs to, or None if that is dead."""
        return self._tensor()

    @property
    def next_functions(self) -> tuple[Any, ...]:
        """Empty: nothing comes before a leaf."""
        return ()

    def name(self) -> str:
        """PyTorch's name for the node that adds into ``.grad``."""
        return "AccumulateGrad"

    @property
    def metadata(self) -> dict[Any, Any]:
        """A dict for notes about this leaf."""
        return hooks_of(self).metadata

    def __repr__(self) -> str:
        return f"<AccumulateGrad of shape {self.shape}>"


@final
class Node:
    """One recorded operation; or, if ``output`` is not None, one output of an operation that has several.

    ``saved`` holds the residuals: the raw arrays and settings that the rules of ``plan`` name.  It is None once they are freed.

    Example::

        >>> x = polygrad.tensor([1.0], requires_grad=True)
        >>> node = (x * 2).grad_fn
        >>> isinstance(node, polygrad.autograd.Node), node.name()
        (True, 'MultiplyBackward')
    """

    __slots__ = ("__weakref__", "hooks", "into", "output", "plan", "saved", "sequence", "shape")

    # No ``__init__``: the dispatchers set the attributes themselves, which is twice as fast.
    plan: Any
    into: Any
    saved: tuple[Any, ...] | None
    shape: Any
    output: int | None
    hooks: Hooks | None
    sequence: int

    @property
    def edges(self) -> tuple[Any, ...]:
        """The edges to the operands that require grad.

        ``into`` is the edge itself if there is one, else a tuple: half the objects for the garbage collector.
        """
        into = self.into
        return into if type(into) is tuple else (into,)

    @edges.setter
    def edges(self, edges: tuple[Any, ...]) -> None:
        self.into = edges[0] if len(edges) == 1 else edges

    def name(self) -> str:
        """The operation's name, as in ``MultiplyBackward``."""
        return "".join(word[:1].upper() + word[1:] for word in self.plan.operation.split("_")) + "Backward"

    @property
    def next_functions(self) -> tuple[tuple[Node | Leaf | None, int], ...]:
        """For each operand its node and the number of that node's output; the node is None if the operand needs no gradient."""
        operation = node_and_output(self)[0]
        edges = iter(operation.edges)
        return tuple(node_and_output(next(edges)) if needed else (None, 0) for needed in operation.plan.mask)

    @property
    def metadata(self) -> dict[Any, Any]:
        """A dict for notes about this node, which lives as long as the node."""
        return hooks_of(self).metadata

    def register_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call ``hook(grad_inputs, grad_outputs)`` after this node's rule; a tuple that it returns replaces ``grad_inputs``."""
        return RemovableHandle(hooks_of(self).posthooks, hook)

    def register_prehook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """Call ``hook(grad_outputs)`` before this node's rule; a tuple that it returns replaces ``grad_outputs``."""
        return RemovableHandle(hooks_of(self).prehooks, hook)

    def __repr__(self) -> str:
        return f"<{self.name()}>"


def make_node(
    plan: Any, edges: tuple[Any, ...], saved: tuple[Any, ...] | None, shape: Any, output: int | None = None
) -> Node:
    """Make a node.  The dispatchers inline this, for speed."""
    node = Node()
    node.plan, node.edges, node.saved, node.shape, node.output = plan, edges, saved, shape, output
    node.hooks = None
    node.sequence = next_sequence()
    return node


Edge = Leaf | Node
AnyEdge = TypeVar("AnyEdge", bound=Edge)


def node_and_output(edge: AnyEdge) -> tuple[AnyEdge, int]:
    """The node of the operation that ``edge`` belongs to, and which of its outputs ``edge`` is."""
    if edge.__class__ is Node and edge.output is not None:
        return edge.edges[0], edge.output
    return edge, 0


class GradientEdge(NamedTuple):
    """A tensor's place in the graph: the node that computed it, or its leaf, and which of the node's outputs it is."""

    node: Edge
    output_nr: int = 0
    #: The edge itself, if it is known: each of several outputs has its own, to which the node holds no reference.
    ownership_token: Edge | None = None

    @property
    def shape(self) -> Any:
        """The tensor's shape; None if it is unknown."""
        return (self.ownership_token or self.node).shape

    def find(self, roots: Iterable[Edge]) -> Edge:
        """The edge, found from ``roots`` if they depend on the tensor.  Raises RuntimeError if the node has no such output."""
        if self.ownership_token is not None:
            return self.ownership_token
        node = self.node
        several = node.__class__ is Node and node.shape is None
        if not several and self.output_nr == 0:
            return node
        if not several or not 0 <= self.output_nr < node.plan.primitive.outputs:  # type: ignore[union-attr]  # see `several`
            raise RuntimeError(f"{node!r} has no output {self.output_nr}")
        own = (node, self.output_nr)
        found = (edge for edge in reachable(roots) if edge.__class__ is Node and node_and_output(edge) == own)
        return next(found, None) or make_node(node.plan, (node,), (), None, self.output_nr)  # type: ignore[union-attr]  # see `several`


def hooks_of(edge: Edge) -> Hooks:
    """The hooks of ``edge``, made on first use: most edges have none."""
    if edge.hooks is None:
        edge.hooks = Hooks()
    return edge.hooks


def reachable(roots: Iterable[Edge]) -> Iterator[Edge]:
    """Iterate over ``roots`` and all edges that can be reached from them, each once."""
    seen: set[Edge] = set()
    stack = list(roots)
    while stack:
        edge = stack.pop()
        if edge not in seen:
            seen.add(edge)
            yield edge
            stack.extend(edge.edges)
