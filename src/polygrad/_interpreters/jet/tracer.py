"""The tracer of Taylor mode: a truncated power series, ``c[0] + c[1] t + … + c[K] t**K`` with arrays as coefficients.

A primitive runs on the first coefficients, and its rule in `rules` gives the others (A. Griewank and A. Walther, "Evaluating
Derivatives", 2008, chapter 13).  A coefficient of None is zero, and costs nothing.  The cotangent of a series is a series too:
the cotangent of coefficient ``k`` is in coefficient ``K - k``.  With it a product's cotangent is a product, as for numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..._core.operands import is_integral_or_bool
from ...backends.registry import BY_TYPE
from ..delegating import ForwardInterpreter
from ..lifting import LiftOp, apply, map_inner
from ..namespace import namespace_over
from ..trace import Trace, plain_backend
from ..tracer import Tracer
from .rules import series_rule


class JetTracer(Tracer):
    """A series.  All coefficients have one shape and type."""

    __slots__ = ("coefficients",)

    trace: JetTrace

    def __init__(self, trace: JetTrace, coefficients: Sequence[Any]):
        self.trace, self.coefficients = trace, coefficients
        self.shape = tuple(coefficients[0].shape)

    @property
    def inside(self) -> Any:
        return self.coefficients[0]

    def flatten(self) -> tuple[Callable[..., Tracer], tuple[Any, ...]]:
        trace = self.trace
        return lambda *parts: trace.wrap(parts), tuple(self.coefficients)


class JetBackend(ForwardInterpreter):
    """Runs primitives on the series of one level."""

    transform = "jet"
    array_type: type[JetTracer]

    def kernel(self, primitive: Any) -> Callable[..., Any]:
        kind, rule = self.array_type, series_rule(primitive, self.array_type, self.xp)
        count, variadic = len(primitive.operands), primitive.variadic

        def run(*arguments: Any, **named: Any) -> Any:
            operands = list(arguments[0] if variadic else arguments[:count])
            traced = [x for x in operands if x.__class__ is kind]
            length = min([len(x.coefficients) for x in traced])
            found = rule(operands, length, arguments[1:] if variadic else arguments[count:], named)
            return _wrap_results(traced[0].trace, found, length)

        return run

    def to_numpy(self, array: Any) -> Any:
        if any(c is not None for c in array.coefficients[1:]):
            raise RuntimeError(
                f"jet: numpy() and tolist() of a tensor of shape {array.shape} inside of jet drop its derivatives; if that is "
                "intended, use x.detach().numpy()"
            )
        return BY_TYPE[array.inside.__class__].to_numpy(array.inside)


def _wrap_results(trace: Any, found: Any, length: int) -> Any:
    """Wrap what a rule gives: lists of coefficients, and tuples of them.  Integers and booleans do not vary."""
    if isinstance(found, tuple):
        return tuple([_wrap_results(trace, one, length) for one in found])
    if isinstance(found, JetTracer):
        return found
    if not isinstance(found, list):  # a constant
        found = [found]
    first = found[0]
    if is_integral_or_bool[first.__class__, first.dtype]:
        return first
    return trace.wrap([*found, *[None] * (length - len(found))])


class JetTrace(Trace):
    """One call of jet, for series up to ``order``."""

    array_class = JetTracer
    backend_class = JetBackend
    name, varying = "jet", "carries derivatives"

    def __init__(self, order: int):
        super().__init__()
        self.order = order

    def wrap(self, coefficients: Sequence[Any]) -> JetTracer:
        """Wrap coefficients of the level below in a tracer."""
        return self.type_over(coefficients[0])(self, coefficients)

    def build(self, parts: list[Any], mapped: bool) -> JetTracer:
        return self.wrap(parts)

    def constant(self, array: Any) -> Any:
        if is_integral_or_bool[type(array), array.dtype]:
            return array
        return self.wrap([array, *[None] * self.order])

    def lower_gradient(self, array: Any, axis: int) -> Any:
        return _coefficient(self, array, self.order)

    def map_inside(self, array: JetTracer, function: Callable[[Any, int], Any]) -> JetTracer:
        return self.wrap([None if c is None else function(c, 0) for c in array.coefficients])


def _zeros_like(array: Any) -> Any:
    return namespace_over(plain_backend(array.__class__)).zeros_like(array)


def _coefficient(trace: Trace, array: Any, number: int) -> Any:
    if isinstance(array, JetTracer) and array.trace is trace:
        found = array.coefficients[number]
        return _zeros_like(array.coefficients[0]) if found is None else found
    return array if not number else _zeros_like(array)


class MakeSeries(LiftOp):
    """Make a series of its coefficients, of which the last may be left out: they are zero."""

    __slots__ = ()

    def forward(self, *coefficients: Any) -> Any:
        trace: Any = self.trace
        if any(isinstance(c, Tracer) and c.level > trace.level for c in coefficients):
            raise RuntimeError("jet: an array of an inner transform is used outside of it")
        return trace.wrap([*coefficients, *[None] * (trace.order + 1 - len(coefficients))])

    def adjoint(self, g: Any) -> Sequence[Any]:
        order = self.trace.order
        if self.trace.active:
            return g, *[None] * (len(self.mask) - 1)
        return [coefficient_of(self.trace, g, order - number) for number in range(len(self.mask))]


class CoefficientOf(LiftOp):
    """A coefficient of a series."""

    __slots__ = ()

    number: int

    def forward(self, y: Any) -> Any:
        return map_inner(y, self.trace, lambda part, axis: _coefficient(self.trace, part, self.number))

    def adjoint(self, g: Any) -> Sequence[Any]:
        return (_apply_numbered(AsCoefficient, self.trace, g, self.trace.order - self.number),)


class AsCoefficient(LiftOp):
    """The series of one coefficient, all others of which are zero: the adjoint of `CoefficientOf`."""

    __slots__ = ()

    number: int

    def forward(self, array: Any) -> Any:
        def place(part: Any, axis: int) -> Any:
            made: list[Any] = [None] * (self.trace.order + 1)
            made[0] = _zeros_like(part)
            made[self.number] = part
            return self.trace.wrap(made)

        return map_inner(array, self.trace, place)

    def adjoint(self, g: Any) -> Sequence[Any]:
        return (coefficient_of(self.trace, g, self.trace.order - self.number),)


_NUMBERED: dict[tuple[type, int], type] = {}


def _apply_numbered(kind: type, trace: Trace, x: Any, number: int) -> Any:
    """`apply` of a map with a number, for which a class is made once."""
    made = _NUMBERED.get((kind, number))
    if made is None:
        made = _NUMBERED[kind, number] = type(kind.__name__, (kind,), {"__slots__": (), "number": number})
    return apply(made, trace, x)


def coefficient_of(trace: Trace, y: Any, number: int) -> Any:
    """Coefficient ``number`` of a series, a tensor or raw array."""
    return _apply_numbered(CoefficientOf, trace, y, number)
