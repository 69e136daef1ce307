"""Into a trace and out of it again, for arrays and for the gradients that flow across its border.

Each way in has an adjoint way out, and the other way round, so a gradient crosses by the same functions as a value, and
the gradient of a gradient too.  A constant that enters a trace (`Lift`) gets its gradient from the whole trace: the sum
over a batch, or what goes into a derivative.  Only a sweep that runs inside the trace leaves it as it is: there every
example, or every direction, is computed as if it were alone.
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
    """A linear map across the border of ``trace``, and its own plan as the engine sees it: nothing is saved."""

    __slots__ = ("mask", "trace")

    arrays: tuple = ()
    residuals: tuple = ()
    broadcasts = frees = variadic = False
    outputs = 1

    def __init__(self, trace: Any, mask: tuple[bool, ...] = (True,)):
        self.trace, self.mask = trace, mask

    @property
    def primitive(self) -> LiftOp:
        """What the engine asks for the number of outputs."""
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
    """The map of ``kind`` on Tensors, recorded, or on raw arrays."""
    crossing = kind(trace)
    if operands[0].__class__ is not Tensor and not isinstance(operands[0], Tensor):
        return crossing.forward(*operands)
    if len(operands) == 1 and operands[0]._edge is None:
        return cell(crossing.forward(operands[0]._read()))
    array = crossing.forward(*[x._read() for x in operands])
    edges = tuple([x._edge for x in operands if x._edge is not None])
    if not edges or not grad_enabled():
        return cell(array)
    crossing.mask = tuple([x._edge is not None for x in operands])
    return cell(array, make_node(crossing, edges, (), array.shape))


def map_inner(array: Any, trace: Trace, function: Callable[[Any, int], Any], axis: int = 0) -> Any:
    """``function(array, axis)`` for a map across the border of ``trace``, below the layers of higher levels.

    The layers are put around the result again.  ``axis`` is that of ``trace`` outside of it: it moves back behind the
    axes of the layers that are taken off.
    """
    if not isinstance(array, Tracer) or array.level <= trace.level:
        return function(array, axis)
    return array.trace.map_inside(array, lambda part, further: map_inner(part, trace, function, axis + further))


class Identity(LiftOp):
    """The identity: an argument of a function that is differentiated by it, apart from the tensor that was given for it."""

    __slots__ = ()

    def forward(self, x: Any) -> Any:
        return x

    def adjoint(self, g: Any) -> Sequence[Any]:
        return (g,)


def stop_node(edge: Edge | None, shape: tuple[int, ...]) -> Node:
    """An edge of ``shape`` for a sweep to end in; a graph that is recorded from there on leads to ``edge``."""
    return make_node(Identity(None), () if edge is None else (edge,), (), shape)


class Lift(LiftOp):
    """A constant of the trace, as an array of it."""

    __slots__ = ()

    def forward(self, x: Any) -> Any:
        return map_inner(x, self.trace, lambda part, axis: self.trace.constant(part))

    def adjoint(self, g: Any) -> Sequence[Any]:
        return (g if self.trace.active else apply(Lower, self.trace, g),)


class Lower(LiftOp):
    """The adjoint of `Lift`: what all of the trace gives to a constant."""

    __slots__ = ()

    def forward(self, g: Any) -> Any:
        return map_inner(g, self.trace, self.trace.lower_gradient)

    def adjoint(self, g: Any) -> Sequence[Any]:
        return (apply(Lift, self.trace, g),)


def lift_array(array: Any, traces: Sequence[Trace]) -> Any:
    """``array`` as an array of all ``traces``, whatever it belongs to already."""
    own = layers(array) if isinstance(array, Tracer) else ()
    for trace in traces:
        if trace not in own:
            array = Lift(trace).forward(array)
    return array


def lift(x: Tensor, traces: Collection[Trace]) -> Tensor:
    """``x`` as a tensor of all ``traces``, whatever it belongs to already."""
    if not traces:
        return x
    own = layers(x._read())
    for trace in sorted(set(traces) - set(own), key=lambda one: one.level):
        x = apply(Lift, trace, x)
    return x


def unify_levels(tensors: Sequence[Tensor]) -> list[Tensor]:
    """The operands of an operation: those that are in the graph become tensors of all traces among them.

    So the gradient of each belongs to the traces that it belongs to itself.
    """
    own = [layers(x._read()) for x in tensors]
    traces = set().union(*own)
    return [
        x if x._edge is None or len(mine) == len(traces) else lift(x, traces)
        for x, mine in zip(tensors, own, strict=True)
    ]


def lift_like(x: Tensor, other: Tensor) -> Tensor:
    """``x`` as a tensor of the traces that ``other`` belongs to."""
    return lift(x, layers(other._read()))


HOOKS.unify_levels = unify_levels
HOOKS.lift_like = lift_like
