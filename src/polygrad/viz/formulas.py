"""Recorded operations as readable formulas: ``w * x + b``, ``z²``, ``sum(x, axis=1)``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .._core.graph import Edge, Node, node_and_output
from .._core.primitive import Primitive
from ..backends.registry import BY_TYPE
from .names import Names

_ATOM, _POWER, _SIGN, _PRODUCT, _SUM = range(5)
_INFIX = {
    "add": ("+", _SUM), "subtract": ("-", _SUM), "multiply": ("*", _PRODUCT), "divide": ("/", _PRODUCT),
    "floor_divide": ("//", _PRODUCT), "remainder": ("%", _PRODUCT), "matmul": ("@", _PRODUCT), "pow": ("**", _POWER),
}  # fmt: skip
_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
#: Settings are written where operands and settings together are no longer than this.
_WITH_SETTINGS = 40
#: The name of a value that is neither in the graph nor saved by it.
UNKNOWN = "const"


@dataclass
class Formula:
    """An expression, its binding strength, and its variables: edges of the graph, and names of data."""

    text: str
    binding: int = _ATOM
    variables: list[Edge | str] = field(default_factory=list)

    def within(self, binding: int) -> str:
        """The expression inside another of that ``binding``, in parentheses where they are needed."""
        return f"({self.text})" if self.binding > binding else self.text


class Writer:
    """Writes the operation of a node over the formulas of its operands; ``data`` collects the named arrays that occur.

    ``outputs`` has the operations of which an output other than the first is used.
    """

    names: Names
    outputs: set[Node]

    def __init__(self, names: Names, outputs: set[Node]):
        self.names, self.outputs = names, outputs
        self.data: dict[str, Any] = {}

    def write(self, edge: Node, known: dict[Edge, Formula]) -> Formula:
        """The formula of ``edge``; ``known`` has those of its operands."""
        node, number = node_and_output(edge)
        operands = self._operands(node, known)
        formula = self._operation(node, operands)
        for operand in operands:
            formula.variables += [v for v in operand.variables if v not in formula.variables]
        if edge is not node and node in self.outputs:
            formula.text, formula.binding = f"{formula.within(_ATOM)}[{number}]", _ATOM
        return formula

    def _operation(self, node: Node, operands: list[Formula]) -> Formula:
        name, settings = node.plan.operation, saved_settings(node)
        if name in _INFIX and len(operands) == 2:
            sign, binding = _INFIX[name]
            # On the right an equal binding needs parentheses: a - (b - c).  Sums and products that commute do not.
            right = binding if name in ("add", "multiply") else binding - 1
            left = binding - 1 if name == "pow" else binding
            return Formula(f"{operands[0].within(left)} {sign} {operands[1].within(right)}", binding)
        if name == "negative":
            return Formula(f"-{operands[0].within(_POWER)}", _SIGN)
        if name == "power":
            exponent = settings.get("exponent", "…")
            base = operands[0].within(_ATOM)
            if isinstance(exponent, (int, float)) and exponent == int(exponent):
                return Formula(base + str(int(exponent)).translate(_RAISED), _POWER)
            return Formula(f"{base} ** {exponent}", _POWER)
        if name == "getitem":
            key = _key(settings.get("key", ...), _shape_of_operand(node))
            return Formula(f"{operands[0].within(_ATOM)}[{key}]")
        inside = ", ".join(operand.text for operand in operands)
        extra = "".join(f", {key}={text}" for key, value in settings.items() if (text := _literal(value)) is not None)
        return Formula(f"{name}({inside}{extra if len(inside + extra) <= _WITH_SETTINGS else ''})")

    def _operands(self, node: Node, known: dict[Edge, Formula]) -> list[Formula]:
        """One formula per operand: of the graph, or of a constant as far as the node saved it."""
        edges = iter(node.edges)
        constants = saved_operands(node)
        return [
            known[next(edges)] if needed else self._constant(constants.get(position))
            for position, needed in enumerate(node.plan.mask)
        ]

    def _constant(self, array: Any) -> Formula:
        if array is None:
            return Formula(UNKNOWN)
        name = self.names.of_array(array)
        if name is not None:
            self.data[name] = array
            return Formula(name, variables=[name])
        backend = BY_TYPE[array.__class__]
        if tuple(array.shape) == () and not backend.level:
            value = backend.item(array)
            text = f"{value:g}" if isinstance(value, float) else str(value)
            return Formula(text, _SIGN if text.startswith("-") else _ATOM)
        return Formula(UNKNOWN)


def saved_operands(node: Node) -> dict[int, Any]:
    """The arrays of operands that ``node`` saved, by the operand's number."""
    plan, saved = node.plan, node.saved
    if saved is None or not isinstance(plan.primitive, Primitive):
        return {}
    arrays = {number: saved[slot] for slot, number in plan.arrays if number >= 0}
    if plan.primitive.variadic:
        return dict(enumerate(arrays.get(0, ())))
    return arrays


def _shape_of_operand(node: Node) -> tuple[int, ...]:
    """The shape of a node's only operand."""
    return tuple(node.edges[0].shape or ())


def saved_settings(node: Node) -> dict[str, Any]:
    """The settings that ``node`` saved and that are not the default."""
    plan, saved = node.plan, node.saved
    primitive = plan.primitive
    if saved is None or not isinstance(primitive, Primitive):  # a user's Function, a compiled call, a checkpoint
        return {}
    by_name = dict(zip(plan.residuals, saved, strict=True))
    return {
        name: by_name[name]
        for name in primitive.settings
        if name in by_name and not (name in primitive.defaults and _same(primitive.defaults[name], by_name[name]))
    }


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, bool) or isinstance(other, bool) or one is None or other is None:
        return one is other
    plain = (int, float, str, tuple)
    return isinstance(one, plain) and isinstance(other, plain) and one == other


def _literal(value: Any) -> str | None:
    """``value`` as source code, where it is short and simple."""
    if isinstance(value, (bool, int, str)) or value is None:
        return repr(value)
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, (tuple, list)) and len(value) <= 6 and all(isinstance(v, (int, float, tuple)) for v in value):
        return repr(tuple(value))
    return None


def _key(key: Any, shape: tuple[int, ...]) -> str:
    """An index into ``shape`` as source code, without redundant ends."""
    texts, axis = [], 0
    parts = key if isinstance(key, tuple) else (key,)
    for part in parts[:-1] if len(parts) > 1 and parts[-1] is Ellipsis else parts:
        if part is Ellipsis:
            taken = sum(other is not None and other is not Ellipsis for other in parts)
            axis += max(len(shape) - taken, 0)
            texts.append("…")
        elif isinstance(part, slice):
            texts.append(_slice(part, shape[axis] if axis < len(shape) else None))
            axis += 1
        else:
            texts.append(str(part))
            axis += part is not None
    return ", ".join(texts)


def _slice(key: slice, length: int | None) -> str:
    start = "" if key.start in (None, 0) else str(key.start)
    stop = "" if key.stop in (None, length) else str(key.stop)
    return f"{start}:{stop}" if key.step in (None, 1) else f"{key.start}:{key.stop}:{key.step}".replace("None", "")
