"""The tangent of a primitive's result from those of its operands.

In this order: a declared rule; the primitive itself, where it is linear; for element-wise functions the gradient rule,
since the Jacobian is diagonal and its own transpose; else the gradient rule transposed: a gradient is linear in the
cotangent ``g``, and the derivative of ``<vjp(g), t>`` by ``g`` is the tangent (J. Townsend, "A new trick for calculating
Jacobian vector products", 2017).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .._core.dispatch import is_discrete
from .._core.engine import sweep, unbroadcast
from .._core.graph import Leaf
from .._core.primitive import Primitive, parameters
from .._core.tensor import Tensor, cell
from .._state import grad_mode
from ..backends.registry import BY_TYPE
from .namespace import on_one_type, taking_names

#: Element-wise primitives beside those of the standard.
_ELEMENTWISE = frozenset(
    """binary_cross_entropy clip elu erf gelu hardtanh leaky_relu logsigmoid power relu safe_divide sigmoid silu
    softplus""".split()
)

Rule = Callable[[Sequence[Any], Sequence[Any], dict[str, Any], Any], Any]


def tangent_rule(primitive: Primitive, xp: Any) -> Rule:
    """``(values, tangents, settings, answer) -> tangent`` for ``primitive``; a tangent of None is zero."""
    op = taking_names(primitive)
    diagonal = primitive.is_standard or primitive.name in _ELEMENTWISE
    names = primitive.operands if not primitive.variadic else None
    everywhere = primitive.variadic and bool(primitive.linear)

    def is_linear(number: int) -> bool:
        return everywhere or (names is not None and names[number] in primitive.linear)

    def rule(values: Sequence[Any], tangents: Sequence[Any], settings: dict[str, Any], answer: Any) -> Any:
        total: Any = None
        left: list[Any] = list(tangents)
        linear = False
        for number, t in enumerate(tangents):
            if t is None:
                continue
            declared = primitive.pushforwards.get(names[number]) if names is not None else None
            if declared is not None:
                total = _sum(total, _applied(primitive, declared, xp, t, values, tangents, settings, answer))
            elif is_linear(number):
                linear = True
                continue
            elif diagonal:
                t = t if t.shape == answer.shape else xp.broadcast_to(t, answer.shape)
                own = primitive.rules.get(names[number])  # type: ignore[index]
                if own is None:
                    primitive.plan(tuple([one is not None for one in tangents]))  # says that there is no gradient
                total = _sum(total, _applied(primitive, own, xp, t, values, tangents, settings, answer))
            else:
                continue
            left[number] = None
        if linear:
            parts = []
            for number, (x, t) in enumerate(zip(values, tangents, strict=True)):
                direct = is_linear(number)
                parts.append(x if not direct else t if left[number] is not None else xp.zeros_like(x))
                left[number] = None if direct else left[number]
            total = _sum(total, op(*((parts,) if primitive.variadic else parts), **settings))
        if any(t is not None for t in left):
            total = _sum(total, transposed(primitive, values, left, settings, answer))
        return total

    return rule


def _sum(a: Any, b: Any) -> Any:
    """The sum of tangents, or of tuples of them; None is zero."""
    if a is None or b is None:
        return b if a is None else a
    if isinstance(a, tuple):
        return tuple([_sum(x, y) for x, y in zip(a, b, strict=True)])
    return a + b


def _residual(name: str, primitive: Primitive, values: Any, settings: dict[str, Any], answer: Any, mask: tuple) -> Any:
    if name == "ans":
        return answer
    if name == "needs":
        return mask
    if name in primitive.operands:
        return values if primitive.variadic else values[primitive.operands.index(name)]
    stem, _, suffix = name.rpartition("_")
    if stem in primitive.operands and name not in settings:
        return getattr(values[primitive.operands.index(stem)], suffix)
    return settings[name]


def _applied(
    primitive: Primitive, rule: Any, xp: Any, t: Any, values: Any, tangents: Any, settings: dict[str, Any], answer: Any
) -> Any:
    mask = tuple([one is not None for one in tangents])
    if not xp.operators_defer:
        t, answer, *values = on_one_type([t, answer, *values])
    return rule(xp, t, *[_residual(name, primitive, values, settings, answer, mask) for name in parameters(rule)])


class _recorded:
    """Grad mode on: the gradient rule runs on polygrad's own operations."""

    def __enter__(self) -> None:
        self._token = grad_mode.set(True)

    def __exit__(self, *exc: Any) -> None:
        grad_mode.reset(self._token)


def transposed(
    primitive: Primitive, values: Sequence[Any], tangents: Sequence[Any], settings: dict[str, Any], answer: Any
) -> Any:
    """The tangent by two sweeps.  Raises RuntimeError where an operand has no gradient rule."""
    mask = tuple([t is not None for t in tangents])
    plan = primitive.plan(mask)
    several = isinstance(answer, tuple)
    seeds = [None if is_discrete[type(one), one.dtype] else _seed(one) for one in (answer if several else (answer,))]
    saved = []
    for name in plan.residuals:
        found = _residual(name, primitive, values, settings, answer, mask)
        if name == "ans" or name in primitive.operands:
            found = type(found)([cell(one) for one in found]) if isinstance(found, (list, tuple)) else cell(found)
        saved.append(found)
    with _recorded():
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
    """The sweep conjugates what users give it, and this is in the engine's own convention already."""
    backend = BY_TYPE[t.__class__]
    return backend.xp.conj(t) if backend.from_dtype(t.dtype).is_complex else t
