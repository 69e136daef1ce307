"""JVP rules: the tangent of a primitive's result from the tangents of its operands.

The first that applies: a declared rule; the primitive itself, if it is linear; the gradient rule of an element-wise function,
whose Jacobian is diagonal and so its own transpose; the transposed gradient rule.  A gradient is linear in the cotangent
``g``, and the derivative of ``<vjp(g), t>`` with respect to ``g`` is the tangent (J. Townsend, "A new trick for calculating
Jacobian vector products", 2017).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..._core.engine import sweep, unbroadcast
from ..._core.graph import Leaf
from ..._core.operands import is_integral_or_bool
from ..._core.primitive import Primitive, parameters
from ..._core.tensor import Tensor, cell
from ..._state import grad_mode
from ...backends.registry import BY_TYPE
from ..namespace import call_by_name, on_one_type

Rule = Callable[[Sequence[Any], Sequence[Any], dict[str, Any], Any], Any]
#: The contribution of one operand: as `Rule`, with its tangent first.
RuleOfOne = Callable[[Any, Sequence[Any], Sequence[Any], dict[str, Any], Any], Any]


def tangent_rule(primitive: Primitive, xp: Any) -> Rule:
    """``(values, tangents, settings, answer) -> tangent`` for ``primitive``.  A tangent of None is zero; not all are."""
    if primitive.variadic:
        return _of_list(primitive)
    op, names = call_by_name(primitive), primitive.operands
    direct: list[RuleOfOne | None] = []
    for name in names:
        if name in primitive.jvp_rules:
            direct.append(_apply_rule(primitive, primitive.jvp_rules[name], xp))
        elif primitive.is_elementwise and name not in primitive.linear:
            own = primitive.rules.get(name)
            direct.append(_without_gradient(primitive) if own is None else _apply_rule(primitive, own, xp))
        else:
            direct.append(None)
    linear = [name in primitive.linear and rule is None for name, rule in zip(names, direct, strict=True)]
    if linear == [True]:
        return lambda values, tangents, settings, answer: op(tangents[0], **settings)
    numbers = range(len(names))
    if None not in direct:
        chosen: Any = direct

        def of_each(values: Sequence[Any], tangents: Sequence[Any], settings: dict[str, Any], answer: Any) -> Any:
            total: Any = None
            for number in numbers:
                if tangents[number] is not None:
                    total = _sum(total, chosen[number](tangents[number], values, tangents, settings, answer))
            return total

        return of_each

    def rule(values: Sequence[Any], tangents: Sequence[Any], settings: dict[str, Any], answer: Any) -> Any:
        total: Any = None
        left: list[Any] = list(tangents)
        parts = list(values)
        for number in numbers:
            t, own = tangents[number], direct[number]
            if linear[number]:
                left[number] = None
                parts[number] = t if t is not None else xp.zeros_like(values[number])
            elif t is not None and own is not None:
                total = _sum(total, own(t, values, tangents, settings, answer))
                left[number] = None
        if any(linear[number] and tangents[number] is not None for number in numbers):
            total = _sum(total, op(*parts, **settings))
        if any(t is not None for t in left):
            total = _sum(total, transpose_vjp(primitive, values, left, settings, answer))
        return total

    return rule


def _of_list(primitive: Primitive) -> Rule:
    op = call_by_name(primitive)

    def rule(values: Sequence[Any], tangents: Sequence[Any], settings: dict[str, Any], answer: Any) -> Any:
        if not primitive.linear:
            return transpose_vjp(primitive, values, tangents, settings, answer)
        zeros = BY_TYPE[answer.__class__].xp.zeros_like
        parts = [zeros(x) if t is None else t for x, t in zip(values, tangents, strict=True)]
        return op(parts, **settings)

    return rule


def _sum(a: Any, b: Any) -> Any:
    """The sum of tangents, or of tuples of them; None is zero."""
    if a is None or b is None:
        return b if a is None else a
    if isinstance(a, tuple):
        return tuple([_sum(x, y) for x, y in zip(a, b, strict=True)])
    return a + b


def _without_gradient(primitive: Primitive) -> RuleOfOne:
    def refuse(t: Any, values: Any, tangents: Sequence[Any], settings: Any, answer: Any) -> Any:
        return primitive.plan(tuple([one is not None for one in tangents]))  # raises: there is no gradient

    return refuse


def _residual(name: str, primitive: Primitive) -> Callable[[Any, dict[str, Any], Any, Sequence[Any]], Any]:
    """A function that returns the residual ``name`` of a call from its values, settings, answer and mask of tangents."""
    if name == "ans":
        return lambda values, settings, answer, mask: answer
    if name == "needs":
        return lambda values, settings, answer, mask: tuple(mask)
    if name in primitive.operands:
        number = primitive.operands.index(name)
        return lambda values, settings, answer, mask: values if primitive.variadic else values[number]
    stem, _, suffix = name.rpartition("_")
    if stem in primitive.operands and name not in primitive.settings:
        number = primitive.operands.index(stem)
        return lambda values, settings, answer, mask: getattr(values[number], suffix)
    return lambda values, settings, answer, mask: settings[name]


def _apply_rule(primitive: Primitive, rule: Callable, xp: Any) -> RuleOfOne:
    """``(t, values, tangents, settings, answer) -> tangent`` by a rule, with the tangent in place of a cotangent."""
    residuals = [_residual(name, primitive) for name in parameters(rule)]
    wide = primitive.broadcasts or len(primitive.operands) > 1
    needs = "needs" in parameters(rule)

    def run(t: Any, values: Sequence[Any], tangents: Sequence[Any], settings: dict[str, Any], answer: Any) -> Any:
        mask = [one is not None for one in tangents] if needs else ()
        if not xp.operators_defer:
            t, answer, *values = on_one_type([t, answer, *values])
        return rule(xp, t, *[residual(values, settings, answer, mask) for residual in residuals])

    def run_broadcast(
        t: Any, values: Sequence[Any], tangents: Sequence[Any], settings: dict[str, Any], answer: Any
    ) -> Any:
        if t.shape != answer.shape:
            t = xp.broadcast_to(t, answer.shape)
        return run(t, values, tangents, settings, answer)

    return run_broadcast if wide and rule not in primitive.jvp_rules.values() else run


class _grad_mode_on:
    """Context with grad mode on, in which the gradient rule is recorded."""

    def __enter__(self) -> None:
        self._token = grad_mode.set(True)

    def __exit__(self, *exc: Any) -> None:
        grad_mode.reset(self._token)


def transpose_vjp(
    primitive: Primitive, values: Sequence[Any], tangents: Sequence[Any], settings: dict[str, Any], answer: Any
) -> Any:
    """The tangent by transposing the gradient rule, in two sweeps.  Raises RuntimeError where an operand has none."""
    mask = tuple([t is not None for t in tangents])
    plan = primitive.plan(mask)
    several = isinstance(answer, tuple)
    seeds = [
        None if is_integral_or_bool[type(one), one.dtype] else _seed(one) for one in (answer if several else (answer,))
    ]
    saved = []
    for name in plan.residuals:
        found = _residual(name, primitive)(values, settings, answer, mask)
        if name == "ans" or name in primitive.operands:
            found = type(found)([cell(one) for one in found]) if isinstance(found, (list, tuple)) else cell(found)
        saved.append(found)
    with _grad_mode_on():
        cotangents = plan.backward[Tensor](seeds if several else seeds[0], tuple(saved))
        outputs, directions = [], []
        needed = [(x, t) for x, t in zip(values, tangents, strict=True) if t is not None]
        for c, (x, t) in zip(cotangents, needed, strict=True):
            if c is None or c._edge is None:
                continue
            outputs.append(unbroadcast(c, tuple(x.shape)) if tuple(c.shape) != tuple(x.shape) else c)
            directions.append(cell(_conjugate(t)))
    if not outputs:
        return None
    edges = [None if seed is None else seed._edge for seed in seeds]
    reached = sweep(outputs, directions, False, False, dict.fromkeys([edge for edge in edges if edge is not None]))
    found = tuple([None if edge is None else reached.get(edge) for edge in edges])
    return found if several else found[0]


def _seed(array: Any) -> Tensor:
    made = cell(BY_TYPE[array.__class__].xp.ones_like(array))
    made._edge = Leaf(made, tuple(array.shape))
    return made


def _conjugate(t: Any) -> Any:
    """Undo the conjugation that the sweep applies to users' cotangents: ``t`` follows the engine's convention."""
    backend = BY_TYPE[t.__class__]
    return backend.xp.conj(t) if backend.from_dtype(t.dtype).is_complex else t
