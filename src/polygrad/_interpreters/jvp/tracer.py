"""The tracer of jvp: a dual number, which is a value with its derivative in one direction, the *tangent*.

A primitive runs on the values, and its rule in `rules` gives the tangent of the result.  A tangent of None is zero, and costs
nothing.  The cotangent ``g`` of a dual number ``y`` is a dual number too: it represents the linear map that takes a change
``dy`` to the tangent of ``g * dy``.  So the cotangent of ``y``'s tangent is in the value of ``g``, and the cotangent of ``y``'s
value is in the tangent of ``g``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..._core.hooks import HOOKS
from ..._core.operands import is_integral_or_bool
from ...backends.registry import BY_TYPE
from ..delegating import ForwardInterpreter
from ..lifting import LiftOp, Lower, apply, map_inner
from ..namespace import bind_settings, namespace_over, raw
from ..trace import Trace, plain_backend
from ..tracer import Tracer
from .rules import tangent_rule


class JVPTracer(Tracer):
    """A value and its tangent, of one shape and type."""

    __slots__ = ("tangent", "value")

    trace: JVPTrace

    def __init__(self, trace: JVPTrace, value: Any, tangent: Any):
        self.trace, self.value, self.tangent = trace, value, tangent
        self.shape = tuple(value.shape)

    @property
    def inside(self) -> Any:
        return self.value

    def flatten(self) -> tuple[Callable[..., Tracer], tuple[Any, ...]]:
        return self.trace.wrap, (self.value, self.tangent)


class JVPBackend(ForwardInterpreter):
    """Runs primitives on the dual numbers of one level."""

    transform = "jvp"
    array_type: type[JVPTracer]

    def kernel(self, primitive: Any) -> Callable[..., Any]:
        kind, op, bind = self.array_type, raw(primitive), bind_settings(primitive)
        rule: Any = tangent_rule(primitive, self.xp) if primitive.differentiable else None
        count, variadic, has_settings = len(primitive.operands), primitive.variadic, bool(primitive.settings)

        def run(*arguments: Any, **named: Any) -> Any:
            operands = arguments[0] if variadic else arguments[:count] if has_settings else arguments
            trace: Any = None
            live = False
            values, tangents = [], []
            for x in operands:
                if x.__class__ is kind:
                    trace, t = x.trace, x.tangent
                    values.append(x.value)
                    tangents.append(t)
                    live = live or t is not None
                else:
                    values.append(x)
                    tangents.append(None)
            answer = op(*((values,) if variadic else values), *arguments[count:], **named)
            found: Any = None
            if live and rule is not None:
                found = rule(values, tangents, bind(arguments[count:], named) if has_settings else {}, answer)
            if answer.__class__ is tuple:
                return _wrap_results(trace, answer, found)
            return answer if is_integral_or_bool[answer.__class__, answer.dtype] else kind(trace, answer, found)

        return run

    def to_numpy(self, array: Any) -> Any:
        if array.tangent is not None:
            raise RuntimeError(
                f"jvp: numpy() and tolist() of a tensor of shape {array.shape} inside of jvp drop its derivative; "
                "if that is intended, use x.detach().numpy()"
            )
        return BY_TYPE[array.value.__class__].to_numpy(array.value)


def _wrap_results(trace: Any, answer: Any, tangent: Any) -> Any:
    """Wrap the result of a primitive.  Integers and booleans have no tangent and stay plain."""
    if isinstance(answer, tuple):
        return tuple(
            [_wrap_results(trace, one, None if tangent is None else tangent[i]) for i, one in enumerate(answer)]
        )
    return answer if is_integral_or_bool[type(answer), answer.dtype] else trace.wrap(answer, tangent)


class JVPTrace(Trace):
    """One call of jvp."""

    array_class = JVPTracer
    backend_class = JVPBackend
    name, varying = "jvp", "carries a derivative"

    def wrap(self, value: Any, tangent: Any) -> JVPTracer:
        """Wrap ``value`` and its ``tangent``, of the level below, in a tracer."""
        return self.type_over(value)(self, value, tangent)

    def build(self, parts: list[Any], mapped: bool) -> JVPTracer:
        return self.wrap(parts[0], parts[1] if len(parts) > 1 else None)

    def constant(self, array: Any) -> Any:
        return array if is_integral_or_bool[type(array), array.dtype] else self.wrap(array, None)

    def lower_gradient(self, array: Any, axis: int) -> Any:
        return _tangent(self, array)

    def map_inside(self, array: JVPTracer, function: Callable[[Any, int], Any]) -> JVPTracer:
        return self.wrap(function(array.value, 0), None if array.tangent is None else function(array.tangent, 0))


def _zeros_like(array: Any) -> Any:
    return namespace_over(plain_backend(array.__class__)).zeros_like(array)


def _value(trace: Trace, array: Any) -> Any:
    return array.value if isinstance(array, JVPTracer) and array.trace is trace else array


def _tangent(trace: Trace, array: Any) -> Any:
    if isinstance(array, JVPTracer) and array.trace is trace:
        return _zeros_like(array.value) if array.tangent is None else array.tangent
    return _zeros_like(array)


# -- making dual numbers and reading them -----------------------------------------------------------------------------------


class MakeDual(LiftOp):
    """Make a dual number from a value and a tangent."""

    __slots__ = ()

    def forward(self, value: Any, tangent: Any) -> Any:
        trace: Any = self.trace
        if not isinstance(value, Tracer) or value.level <= trace.level:
            if not isinstance(tangent, Tracer) or tangent.level <= trace.level:
                return trace.wrap(value, tangent)
        raise RuntimeError("jvp: an array of an inner transform is used outside of it")

    def adjoint(self, g: Any) -> Sequence[Any]:
        if self.trace.active:
            return g, None
        return apply(Lower, self.trace, g), apply(PrimalOf, self.trace, g)


class PrimalOf(LiftOp):
    """The value of a dual number."""

    __slots__ = ()

    def forward(self, y: Any) -> Any:
        return map_inner(y, self.trace, lambda part, axis: _value(self.trace, part))

    def adjoint(self, g: Any) -> Sequence[Any]:
        return (apply(FromTangent, self.trace, g),)


class FromTangent(LiftOp):
    """A dual number of value 0 with the given tangent: the adjoint of `PrimalOf`."""

    __slots__ = ()

    def forward(self, tangent: Any) -> Any:
        return map_inner(tangent, self.trace, lambda part, axis: self.trace.wrap(_zeros_like(part), part))

    def adjoint(self, g: Any) -> Sequence[Any]:
        return (apply(PrimalOf, self.trace, g),)


def without_tangent(array: Any) -> Any:
    """``array`` with dual numbers replaced by their values, so that no derivative flows through it."""
    if isinstance(array, JVPTracer):
        return without_tangent(array.value)
    if not isinstance(array, Tracer):
        return array
    inside = without_tangent(array.inside)
    return array if inside is array.inside else array.trace.map_inside(array, lambda part, axis: inside)


def has_tangent(array: Any) -> bool:
    """Whether ``array`` has a tangent in any of its traces."""
    while isinstance(array, Tracer):
        if isinstance(array, JVPTracer) and array.tangent is not None:
            return True
        array = array.inside
    return False


def split_dual(array: Any, trace: JVPTrace) -> tuple[Any, Any]:
    """The value and the tangent of ``array`` in ``trace``, as arrays outside of ``trace``; a tangent of None is zero."""
    value = map_inner(array, trace, lambda part, axis: _value(trace, part))
    own = array
    while isinstance(own, Tracer) and own.trace is not trace:
        own = own.inside
    if not isinstance(own, JVPTracer) or own.tangent is None:
        return value, None
    return value, map_inner(array, trace, lambda part, axis: _tangent(trace, part))


def join_dual(value: Any, tangent: Any, trace: JVPTrace) -> Any:
    """A tracer of ``trace`` from a value and a tangent of any traces: the inverse of `split_dual`."""
    constant = map_inner(value, trace, lambda part, axis: trace.constant(part))
    if tangent is None:
        return constant
    # Adding -0 changes no value, neither 0 nor -0.
    return constant + map_inner(tangent, trace, lambda part, axis: trace.wrap(-_zeros_like(part), part))


HOOKS.without_tangent = without_tangent
