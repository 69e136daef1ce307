"""Into a frame and out of it again, for arrays and for the gradients that flow across its border.

Each way in has an adjoint way out, and the other way round, so a gradient crosses by the same functions as a value, and
the gradient of a gradient too.  A constant that enters a frame (`Lift`) gets its gradient from the whole frame: the sum
over a batch, or what goes into a derivative.  Only a sweep that runs inside the frame leaves it as it is: there every
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
from .trace import Frame
from .tracer import Tracer, layers


class LiftOp:
    """A linear map across the border of ``frame``, and its own plan as the engine sees it: nothing is saved."""

    __slots__ = ("frame", "mask")

    arrays: tuple = ()
    residuals: tuple = ()
    broadcasts = frees = variadic = False
    outputs = 1

    def __init__(self, frame: Any, mask: tuple[bool, ...] = (True,)):
        self.frame, self.mask = frame, mask

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


def apply(kind: type[LiftOp], frame: Frame | None, *operands: Any) -> Any:
    """The map of ``kind`` on Tensors, recorded, or on raw arrays."""
    crossing = kind(frame)
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


def map_inner(array: Any, frame: Frame, function: Callable[[Any, int], Any], axis: int = 0) -> Any:
    """``function(array, axis)`` for a map across the border of ``frame``, below the layers of higher levels.

    The layers are put around the result again.  ``axis`` is that of ``frame`` outside of it: it moves back behind the
    axes of the layers that are taken off.
    """
    if not isinstance(array, Tracer) or array.level <= frame.level:
        return function(array, axis)
    return array.frame.around(array, lambda part, further: map_inner(part, frame, function, axis + further))


class Identity(LiftOp):
    """The identity: an argument of a function that is differentiated by it, apart from the tensor that was given for it."""

    __slots__ = ()

    def forward(self, x: Any) -> Any:
        return x

    def adjoint(self, g: Any) -> Sequence[Any]:
        return (g,)


def stop(edge: Edge | None, shape: tuple[int, ...]) -> Node:
    """An edge of ``shape`` for a sweep to end in; a graph that is recorded from there on leads to ``edge``."""
    return make_node(Identity(None), () if edge is None else (edge,), (), shape)


class Lift(LiftOp):
    """A constant of the frame, as an array of it."""

    __slots__ = ()

    def forward(self, x: Any) -> Any:
        return map_inner(x, self.frame, lambda part, axis: self.frame.constant(part))

    def adjoint(self, g: Any) -> Sequence[Any]:
        return (g if self.frame.active else apply(Lower, self.frame, g),)


class Lower(LiftOp):
    """The adjoint of `Lift`: what all of the frame gives to a constant."""

    __slots__ = ()

    def forward(self, g: Any) -> Any:
        return map_inner(g, self.frame, self.frame.gathered)

    def adjoint(self, g: Any) -> Sequence[Any]:
        return (apply(Lift, self.frame, g),)


def raised(array: Any, frames: Sequence[Frame]) -> Any:
    """``array`` as an array of all ``frames``, whatever it belongs to already."""
    own = layers(array) if isinstance(array, Tracer) else ()
    for frame in frames:
        if frame not in own:
            array = Lift(frame).forward(array)
    return array


def lifted(x: Tensor, frames: Collection[Frame]) -> Tensor:
    """``x`` as a tensor of all ``frames``, whatever it belongs to already."""
    if not frames:
        return x
    own = layers(x._read())
    for frame in sorted(set(frames) - set(own), key=lambda one: one.level):
        x = apply(Lift, frame, x)
    return x


def unify_levels(tensors: Sequence[Tensor]) -> list[Tensor]:
    """The operands of an operation: those that are in the graph become tensors of all frames among them.

    So the gradient of each belongs to the frames that it belongs to itself.
    """
    own = [layers(x._read()) for x in tensors]
    frames = set().union(*own)
    return [
        x if x._edge is None or len(mine) == len(frames) else lifted(x, frames)
        for x, mine in zip(tensors, own, strict=True)
    ]


def lift_like(x: Tensor, other: Tensor) -> Tensor:
    """``x`` as a tensor of the frames that ``other`` belongs to."""
    return lifted(x, layers(other._read()))


HOOKS.unify_levels = unify_levels
HOOKS.lift_like = lift_like
