"""Lift values into a transform level and lower them out, differentiably.

Lifting and lowering are linear maps, and adjoint to each other, so gradients of any order cross a level by the same
functions as values.  The gradient of a constant (`Lift`) is the sum over the whole level, such as all examples of a batch.
A sweep that runs inside the trace does not sum: there every example, or direction, is computed separately.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

from .._core.graph import Edge, Node, make_node
from .._core.hooks import HOOKS
from .._core.primitive import AnyType
from .._core.tensor import Tensor, cell
from .._state import grad_enabled
from .trace import Trace
from .tracer import Tracer, layers


class LiftOp:
    """A linear map into or out of the level of ``trace``.  To the engine it is also its own plan, which saves nothing."""

    __slots__ = ("mask", "trace")

    arrays: tuple = ()
    residuals: tuple = ()
    broadcasts = frees = variadic = False
    outputs = 1

    def __init__(self, trace: Any, mask: tuple[bool, ...] = (True,)):
        self.trace, self.mask = trace, mask

    @property
    def primitive(self) -> LiftOp:
        """Where the engine reads the number of outputs."""
        return self

    @property
    def backward(self) -> AnyType:
        """The rule, for every type of array."""
        return AnyType(self._rule)

    @property
    def operation(self) -> str:
        """The name of the map."""
        return type(self).__name__.lower()

    name = operation

    def forward(self, *arrays: Any) -> Any:
        """The map on raw arrays."""
        raise NotImplementedError

    def adjoint(self, g: Any) -> Sequence[Any]:
        """The cotangents of the operands from that of the result; all of them raw arrays, or all Tensors."""
        raise NotImplementedError

    def _rule(self, g: Any, saved: tuple) -> list[Any]:
        return [c for c, needed in zip(self.adjoint(g), self.mask, strict=True) if needed]


def apply(kind: type[LiftOp], trace: Trace | None, *operands: Any) -> Any:
    """Apply the map ``kind`` to tensors, recorded in the graph, or to raw arrays."""
    op = kind(trace)
    if operands[0].__class__ is not Tensor and not isinstance(operands[0], Tensor):
        return op.forward(*operands)
    if len(operands) == 1 and operands[0]._edge is None:
        return cell(op.forward(operands[0]._read()))
    array = op.forward(*[x._read() for x in operands])
    edges = tuple([x._edge for x in operands if x._edge is not None])
    if not edges or not grad_enabled():
        return cell(array)
    op.mask = tuple([x._edge is not None for x in operands])
    return cell(array, make_node(op, edges, (), array.shape))


def map_inner(array: Any, trace: Trace, function: Callable[[Any, int], Any], axis: int = 0) -> Any:
    """Apply ``function(inner, axis)`` to ``array`` below its layers of higher levels than ``trace``, and wrap the result.

    ``axis`` is the position of the axis of ``trace``: it comes after the batch axes of the higher levels.
    """
    if not isinstance(array, Tracer) or array.level <= trace.level:
        return function(array, axis)
    return array.trace.map_inside(array, lambda part, further: map_inner(part, trace, function, axis + further))


class Identity(LiftOp):
    """Identity node: separates a function's argument from the caller's tensor."""

    __slots__ = ()

    def forward(self, x: Any) -> Any:
        return x

    def adjoint(self, g: Any) -> Sequence[Any]:
        return (g,)


def stop_node(edge: Edge | None, shape: tuple[int, ...]) -> Node:
    """A node of ``shape`` where a sweep ends.  A graph recorded from there leads to ``edge``."""
    return make_node(Identity(None), () if edge is None else (edge,), (), shape)


class Lift(LiftOp):
    """Lift a constant into the trace."""

    __slots__ = ()

    def forward(self, x: Any) -> Any:
        return map_inner(x, self.trace, lambda part, axis: self.trace.constant(part))

    def adjoint(self, g: Any) -> Sequence[Any]:
        return (g if self.trace.active else apply(Lower, self.trace, g),)


class Lower(LiftOp):
    """Adjoint of `Lift`: the gradient summed over the level."""

    __slots__ = ()

    def forward(self, g: Any) -> Any:
        return map_inner(g, self.trace, self.trace.lower_gradient)

    def adjoint(self, g: Any) -> Sequence[Any]:
        return (apply(Lift, self.trace, g),)


def lift_array(array: Any, traces: Sequence[Trace]) -> Any:
    """Lift the raw ``array`` into those of ``traces`` that it does not belong to."""
    own = layers(array) if isinstance(array, Tracer) else ()
    for trace in traces:
        if trace not in own:
            array = Lift(trace).forward(array)
    return array


def lift(x: Tensor, traces: Collection[Trace]) -> Tensor:
    """Lift ``x`` into those of ``traces`` that it does not belong to."""
    if not traces:
        return x
    own = layers(x._read())
    for trace in sorted(set(traces) - set(own), key=lambda one: one.level):
        x = apply(Lift, trace, x)
    return x


def unify_levels(tensors: Sequence[Tensor]) -> list[Tensor]:
    """Lift those operands that are in the graph into all traces that any operand belongs to.

    So the gradient of each belongs to the same traces as the operand.
    """
    own = [layers(x._read()) for x in tensors]
    traces = set().union(*own)
    return [
        x if x._edge is None or len(mine) == len(traces) else lift(x, traces)
        for x, mine in zip(tensors, own, strict=True)
    ]


def lift_like(x: Tensor, other: Tensor) -> Tensor:
    """Lift ``x`` into the traces that ``other`` belongs to."""
    return lift(x, layers(other._read()))


HOOKS.unify_levels = unify_levels
HOOKS.lift_like = lift_like
