"""Rules of Taylor mode: the coefficients of a primitive's result from those of its operands.

The first that applies: a recurrence of `RECURRENCES`; each coefficient by itself, where the primitive is linear; a convolution,
where it is a product; the differential equation ``y' = jvp(x, x')``, by the primitive's own rules for tangents; its forward, where
that is composed of other primitives.  Sources: A. Griewank and A. Walther, "Evaluating Derivatives" (2008), chapter 13; R. D.
Neidinger, "Introduction to automatic differentiation and MATLAB object-oriented programming" (2010).

Coefficient ``k`` of a product costs ``k`` products, so a result of order K costs K**2 of them.  Where a rule needs the result, as
``tanh' = 1 - tanh**2`` does, the equation is solved coefficient by coefficient, which costs K**3.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..._core.primitive import PRIMITIVES, Primitive, parameters
from ..._ops.axes import normal_axis
from ..jvp.rules import tangent_rule
from ..namespace import bind_settings, call_by_name, raw
from .recurrences import RECURRENCES, Series, convolution, derivative, integral

#: ``(operands, length, settings by position, settings by name) -> coefficients``, or a tuple of such lists; or a constant.
Rule = Callable[[list[Any], int, tuple, dict[str, Any]], Any]

#: Primitives that are linear in each of their operands.
PRODUCTS = "multiply matmul linear_without_bias conv2d conv2d_input_gradient conv2d_weight_gradient".split()


def _coefficients(x: Any, kind: Any, length: int) -> Series:
    """The coefficients of an operand; a constant has one."""
    return list(x.coefficients[:length]) if x.__class__ is kind else [x, *[None] * (length - 1)]


# -- the rules of a primitive -------------------------------------------------------------------------------------------


def series_rule(primitive: Primitive, kind: Any, xp: Any) -> Rule:
    """The rule of ``primitive`` for series of the type ``kind``."""
    name = primitive.name
    if not primitive.differentiable:
        return _constant(primitive, kind)
    if name in RECURRENCES:
        return _recurring(primitive, kind, xp, RECURRENCES[name])
    if name in PRODUCTS:
        return _product(primitive, kind)
    if name in ("prod", "cumulative_prod"):
        return _running_product(primitive, kind, xp)
    if primitive.variadic:
        return _linear_list(primitive, kind, xp)
    if (
        primitive.linear
        and not primitive.jvp_rules
        and set(primitive.linear) == set(primitive.operands) - _never_vary(primitive)
    ):
        return _linear(primitive, kind, xp)
    if primitive.is_elementwise or set(primitive.jvp_rules) == set(primitive.operands):
        return _differential(primitive, kind, xp)
    if not primitive.is_of_standard and name not in primitive.forward.__code__.co_names:
        return lambda operands, length, settings, named: primitive.forward(xp, *operands, *settings, **named)
    return _missing(primitive)


def _never_vary(primitive: Primitive) -> set[str]:
    """Operands that have no gradient: indices, conditions."""
    return {operand for operand in primitive.operands if operand not in primitive.rules}


def _missing(primitive: Primitive) -> Rule:
    def refuse(operands: list[Any], length: int, settings: tuple, named: dict[str, Any]) -> Any:
        raise NotImplementedError(
            f"jet has no rule for {primitive.public_name}; nested polygrad.func.jvp differentiates it, at a cost that doubles "
            "with every order"
        )

    return refuse


def _constant(primitive: Primitive, kind: Any) -> Rule:
    op = raw(primitive)

    def rule(operands: list[Any], length: int, settings: tuple, named: dict[str, Any]) -> Any:
        return op(*[x.coefficients[0] if x.__class__ is kind else x for x in operands], *settings, **named)

    return rule


def _recurring(primitive: Primitive, kind: Any, xp: Any, function: Callable) -> Rule:
    op, bind = call_by_name(primitive), bind_settings(primitive)

    def rule(operands: list[Any], length: int, settings: tuple, named: dict[str, Any]) -> Any:
        series = [_coefficients(x, kind, length) for x in operands]
        return function(xp, op, series, length, **bind(settings, named))

    return rule


def _product(primitive: Primitive, kind: Any) -> Rule:
    op = raw(primitive)

    def rule(operands: list[Any], length: int, settings: tuple, named: dict[str, Any]) -> Any:
        x, y = (_coefficients(one, kind, length) for one in operands)
        multiply = (lambda a, b: op(a, b, *settings, **named)) if settings or named else op
        return [convolution(multiply, x, y, k) for k in range(length)]

    return rule


def _linear(primitive: Primitive, kind: Any, xp: Any) -> Rule:
    op, linear = raw(primitive), [name in primitive.linear for name in primitive.operands]
    several = sum(linear) > 1

    def rule(operands: list[Any], length: int, settings: tuple, named: dict[str, Any]) -> Any:
        series = [_coefficients(x, kind, length) for x in operands]
        found: Series = []
        for k in range(length):
            parts = [s[k] if varies else s[0] for s, varies in zip(series, linear, strict=True)]
            if k and all(part is None for part, varies in zip(parts, linear, strict=True) if varies):
                found.append(None)
                continue
            if several:
                parts = [_zeros(xp, s[0]) if part is None else part for part, s in zip(parts, series, strict=True)]
            found.append(op(*parts, *settings, **named))
        return _of_each_result(found)

    return rule


def _zeros(xp: Any, x: Any) -> Any:
    return xp.zeros_like(x) if hasattr(x, "shape") else type(x)(0)


def _of_each_result(found: Series) -> Any:
    """Lists of coefficients of each result, from the results of each coefficient."""
    if not isinstance(found[0], tuple):
        return found
    return tuple([[None if one is None else one[i] for one in found] for i in range(len(found[0]))])


def _linear_list(primitive: Primitive, kind: Any, xp: Any) -> Rule:
    op = raw(primitive)

    def rule(operands: list[Any], length: int, settings: tuple, named: dict[str, Any]) -> Any:
        series = [_coefficients(x, kind, length) for x in operands]
        found: Series = []
        for k in range(length):
            parts = [s[k] for s in series]
            if all(part is None for part in parts):
                found.append(None)
            else:
                filled = [_zeros(xp, s[0]) if part is None else part for part, s in zip(parts, series, strict=True)]
                found.append(op(filled, *settings, **named))
        return found

    return rule


def _differential(primitive: Primitive, kind: Any, xp: Any) -> Rule:
    """The solution of ``y' = jvp(x, x')``, by the primitive's rules for tangents, which run on series."""
    op, bind, tangent = raw(primitive), bind_settings(primitive), tangent_rule(primitive, xp)
    known = [primitive.jvp_rules.get(name) or primitive.rules.get(name) for name in primitive.operands]
    needs_answer = [one is not None and "ans" in parameters(one) for one in known]

    def rule(operands: list[Any], length: int, settings: tuple, named: dict[str, Any]) -> Any:
        trace = next(x.trace for x in operands if x.__class__ is kind)
        first = op(*[x.coefficients[0] if x.__class__ is kind else x for x in operands], *settings, **named)
        by_name = bind(settings, named) if primitive.settings else {}
        slopes = [derivative(x.coefficients[:length]) if x.__class__ is kind else [] for x in operands]
        varies = [any(c is not None for c in slope) for slope in slopes]
        if not any(varies) or length == 1:
            return _of_each_result([first])
        several = isinstance(first, tuple)

        def solve(order: int, answers: list[Series]) -> list[Series]:
            """The derivatives up to coefficient ``order``, given the results up to it."""
            values = [trace.wrap(x.coefficients[: order + 1]) if x.__class__ is kind else x for x in operands]
            tangents = [
                trace.wrap(_filled(xp, slope[: order + 1], x)) if live else None
                for slope, x, live in zip(slopes, operands, varies, strict=True)
            ]
            made = [_as_answer(trace, one) for one in answers]
            found = tangent(values, tangents, by_name, tuple(made) if several else made[0])
            return [_coefficients(one, kind, order + 1) for one in (found if several else (found,))]

        results = [[one] for one in (first if several else (first,))]
        if not any(needed and live for needed, live in zip(needs_answer, varies, strict=True)):
            derivatives = solve(length - 2, [[*one, *[None] * (length - 2)] for one in results])
            integrals = [
                one if d[0] is None and all(c is None for c in d) else integral(one[0], d)
                for one, d in zip(results, derivatives, strict=True)
            ]
            return tuple(integrals) if several else integrals[0]
        for order in range(length - 1):
            derivatives = solve(order, results)
            for one, d in zip(results, derivatives, strict=True):
                one.append(None if d[order] is None else d[order] * (1 / (order + 1)))
        return tuple(results) if several else results[0]

    return rule


def _filled(xp: Any, slope: Series, x: Any) -> Series:
    """``slope`` with an array in its first place, which says shape and type."""
    return [xp.zeros_like(x.coefficients[0]), *slope[1:]] if slope[0] is None else slope


def _as_answer(trace: Any, coefficients: Series) -> Any:
    first = coefficients[0]
    return first if str(first.dtype).rpartition(".")[2][:3] in ("int", "uin", "boo") else trace.wrap(list(coefficients))


def _running_product(primitive: Primitive, kind: Any, xp: Any) -> Rule:
    bind, running = bind_settings(primitive), primitive.name == "cumulative_prod"

    def rule(operands: list[Any], length: int, settings: tuple, named: dict[str, Any]) -> Any:
        (x,), chosen = operands, bind(settings, named)
        axis, ndim = chosen["axis"], len(x.shape)
        axes = tuple(range(ndim)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
        axes = tuple([normal_axis(a, ndim) for a in axes]) if ndim else ()
        if running:
            parts = xp.unstack(x, axis=axes[0])
            for i in range(1, len(parts)):
                parts = (*parts[:i], xp.multiply(parts[i - 1], parts[i]), *parts[i + 1 :])
            return xp.stack(list(parts), axis=axes[0]) if parts else x
        for a in sorted(axes, reverse=True):
            parts = xp.unstack(x, axis=a)
            if not parts:
                return PRIMITIVES["prod"].forward(xp, x.coefficients[0], **chosen)
            total = parts[0]
            for part in parts[1:]:
                total = xp.multiply(total, part)
            x = xp.expand_dims(total, axis=a) if chosen["keepdims"] else total
        return x

    return rule
