"""Forward mode: a dual number is a value with its derivative in one direction, its *tangent*.

A primitive on dual numbers runs on the values, and its rule of `rules` gives the tangent of the result.  A tangent of
None is zero, and costs nothing.  Where a gradient flows backward across dual numbers it is a dual number itself: the
function of a change ``dy`` that it stands for is the tangent of ``g * dy``, so what ``y``'s tangent gives is in its value, and
what ``y``'s value gives is in its tangent.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..._core.hooks import HOOKS
from ..._core.operands import is_integral_or_bool
from ...backends.registry import BY_TYPE
from ..delegating import Interpreter
from ..lifting import LiftOp, Lower, apply, map_inner
from ..namespace import namespace_over, raw, settings_by_name
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


class JVPBackend(Interpreter):
    """Runs primitives on the dual numbers of one level."""

    transform = "jvp"
    array_type: type[JVPTracer]

    def kernel(self, primitive: Any) -> Callable[..., Any]:
        kind, op, bind = self.array_type, raw(primitive), settings_by_name(primitive)
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
                return _joined(trace, answer, found)
            return answer if is_integral_or_bool[answer.__class__, answer.dtype] else kind(trace, answer, found)

        return run

    def foreign(self, name: str, function: Callable, arguments: tuple, named: dict[str, Any]) -> Any:
        def value_of(x: Any) -> Any:
            if x.__class__ is self.array_type:
                return x.value
            return type(x)([value_of(one) for one in x]) if isinstance(x, (list, tuple)) else x

        result = function(*value_of(arguments), **{key: value_of(x) for key, x in named.items()})
        if hasattr(result, "dtype") and is_integral_or_bool[type(result), result.dtype]:
            return result
        return super().foreign(name, function, arguments, named)

    # -- values: those of a dual number are its value's --------------------------------------------------------------------

    def item(self, array: Any) -> Any:
        return BY_TYPE[array.value.__class__].item(array.value)

    def to_numpy(self, array: Any) -> Any:
        if array.tangent is not None:
            raise RuntimeError(
                f"jvp: the numbers of a tensor of shape {array.shape} are asked for (numpy(), tolist()), and what is computed from them has no "  # noqa: E501
                "derivative; if none is meant, write x.detach().numpy()"
            )
        return BY_TYPE[array.value.__class__].to_numpy(array.value)


def _joined(trace: Any, answer: Any, tangent: Any) -> Any:
    """The result of a primitive.  Integers and booleans have no tangent, and are no dual numbers."""
    if isinstance(answer, tuple):
        return tuple([_joined(trace, one, None if tangent is None else tangent[i]) for i, one in enumerate(answer)])
    return answer if is_integral_or_bool[type(answer), answer.dtype] else trace.wrap(answer, tangent)


class JVPTrace(Trace):
    """One call of jvp."""

    array_class = JVPTracer
    backend_class = JVPBackend
    name, varying = "jvp", "carries a derivative"

    def wrap(self, value: Any, tangent: Any) -> JVPTracer:
        """``value`` with its ``tangent``, one level below, as an array of this trace."""
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


# -- into dual numbers and out of them -----------------------------------------------------------------------------------


class MakeDual(LiftOp):
    """A value and a tangent, as a dual number."""

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
    """A tangent, as a dual number of value 0: the adjoint of `PrimalOf`.  `Lower`, the tangent, is the adjoint of `Lift`."""

    __slots__ = ()

    def forward(self, tangent: Any) -> Any:
        return map_inner(tangent, self.trace, lambda part, axis: self.trace.wrap(_zeros_like(part), part))

    def adjoint(self, g: Any) -> Sequence[Any]:
        return (apply(PrimalOf, self.trace, g),)


def without_tangent(array: Any) -> Any:
    """``array`` as what no derivative flows through: dual numbers become their values."""
    if isinstance(array, JVPTracer):
        return without_tangent(array.value)
    if not isinstance(array, Tracer):
        return array
    inside = without_tangent(array.inside)
    return array if inside is array.inside else array.trace.map_inside(array, lambda part, axis: inside)


def has_tangent(array: Any) -> bool:
    """Whether forward mode takes a derivative of ``array``, in whichever of its traces."""
    while isinstance(array, Tracer):
        if isinstance(array, JVPTracer) and array.tangent is not None:
            return True
        array = array.inside
    return False


def parts(array: Any, trace: JVPTrace) -> tuple[Any, Any]:
    """The value and the tangent that ``array`` has in ``trace``, without it; a tangent of None is zero."""
    value = map_inner(array, trace, lambda part, axis: _value(trace, part))
    own = array
    while isinstance(own, Tracer) and own.trace is not trace:
        own = own.inside
    if not isinstance(own, JVPTracer) or own.tangent is None:
        return value, None
    return value, map_inner(array, trace, lambda part, axis: _tangent(trace, part))


def paired(value: Any, tangent: Any, trace: JVPTrace) -> Any:
    """The array of ``trace`` with these parts, whatever other traces they belong to: the reverse of `parts`."""
    constant = map_inner(value, trace, lambda part, axis: trace.constant(part))
    if tangent is None:
        return constant
    # Adding -0 leaves every value alone, 0 as well as -0.
    return constant + map_inner(tangent, trace, lambda part, axis: trace.wrap(-_zeros_like(part), part))


# What `Tensor.detach` asks for.
HOOKS.without_tangent = without_tangent
