"""Turn a recorded graph into boxes and arrows, for any drawing language.

A box represents a variable: a tensor that has a name, that is used more than once, or whose formula would get too long
inside another.  Everything else is written into the formulas of the boxes.  The backward pass has the gradient of
every variable that requires one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .._core.graph import Edge, Leaf, Node, node_and_output
from .._core.tensor import Tensor
from .formulas import Formula, Writer
from .names import Names

#: A formula longer than this is not written into another.
_INLINE = 24
#: A formula longer than this is cut.
_LONGEST = 72
#: The colour of a box by its kind.
FILL = {
    "parameter": "#dbe9ff", "data": "#eeeeee", "value": "#ffffff", "loss": "#ffe3c2", "gradient": "#dff3df",
    "note": "#ffffff",
}  # fmt: skip


@dataclass
class Box:
    """A box; ``kind`` is "parameter", "data", "value", "loss", "gradient" or "note"."""

    name: str
    label: str
    kind: str
    shape: tuple[int, ...] | None = None

    def lines(self, shapes: bool) -> list[str]:
        """The lines in the box, with that of the shape if ``shapes``."""
        return [self.label, str(self.shape)] if shapes and self.shape is not None else [self.label]


@dataclass
class Diagram:
    """Boxes and arrows ``(from, to)`` between their names; ``turn`` leads from forward to backward."""

    forward: list[Box] = field(default_factory=list)
    backward: list[Box] = field(default_factory=list)
    forward_arrows: list[tuple[str, str]] = field(default_factory=list)
    backward_arrows: list[tuple[str, str]] = field(default_factory=list)
    turn: list[tuple[str, str]] = field(default_factory=list)


def gradient_name(loss: str, name: str) -> str:
    """The name of the derivative of ``loss`` with respect to ``name``."""
    return f"∂{loss}/∂{name}"


def diagram_of(loss: Tensor, names: Names, expand: bool, max_nodes: int) -> Diagram:
    """The diagram of the computation of ``loss``, with at most ``max_nodes`` boxes in each pass.

    Raises RuntimeError for a tensor that does not require grad.
    """
    root = root_of(loss, names)
    edges, uses = collect_edges(root)
    writer = Writer(names, {node_and_output(edge)[0] for edge in edges if edge.__class__ is Node and edge.output})
    drawn = _choose_boxes(edges, uses, names, writer, expand)
    return _arrange(root, drawn, writer.data, names, max_nodes)


def root_of(loss: Tensor, names: Names) -> Edge:
    """The edge of ``loss``, named.  Raises RuntimeError for a tensor that does not require grad."""
    root = loss._edge
    if root is None:
        raise RuntimeError(
            "there is no graph to draw: this tensor does not require grad.  Nothing that it was computed from has "
            "requires_grad=True, or it was computed under no_grad()"
        )
    if root not in names.edges:
        names.edges[root] = names.fresh("L", "loss")
    return root


def collect_edges(root: Edge) -> tuple[list[Edge], dict[Edge, int]]:
    """All edges below ``root``, in the order in which they were recorded, and how often each is used."""
    uses: dict[Edge, int] = {root: 0}
    stack = [root]
    while stack:
        for edge in node_and_output(stack.pop())[0].edges:
            if edge not in uses:
                uses[edge] = 0
                stack.append(edge)
            uses[edge] += 1
    return sorted(uses, key=lambda edge: edge.sequence), uses


def _choose_boxes(
    edges: list[Edge], uses: dict[Edge, int], names: Names, writer: Writer, expand: bool
) -> dict[Edge, Formula | None]:
    """The edges that get a box, with their formulas (None for leaves)."""
    known: dict[Edge, Formula] = {}
    drawn: dict[Edge, Formula | None] = {}
    unnamed = 0
    for edge in edges:
        formula = writer.write(edge, known) if edge.__class__ is Node else None
        named = edge in names.edges
        if not (named or expand or formula is None) and uses[edge] == 1 and len(formula.text) <= _INLINE:
            known[edge] = formula
            continue
        if not named:
            unnamed += 1
            names.edges[edge] = names.fresh(f"{'p' if formula is None else 'h'}{unnamed}", "h")
        drawn[edge] = formula
        known[edge] = Formula(names.edges[edge], variables=[edge])
    return drawn


def _arrange(
    root: Edge, drawn: dict[Edge, Formula | None], data: dict[str, Any], names: Names, max_nodes: int
) -> Diagram:
    name_of = lambda variable: variable if isinstance(variable, str) else names.edges[variable]  # noqa: E731
    order: dict[Any, None] = {}  # operands come before the operation
    for edge, formula in drawn.items():
        if formula is not None:
            order.update(dict.fromkeys(formula.variables))
            order[edge] = None
    order[root] = None
    shown = _nearest(root, drawn, max_nodes)
    kept = [variable for variable in order if variable in shown]
    diagram, loss = Diagram(), names.edges[root]
    note = "… more"
    if len(kept) < len(order):
        diagram.forward.append(Box(note, f"… {len(order) - len(kept)} more", "note"))
    for variable in kept:
        diagram.forward.append(_box(variable, root, drawn, data, name_of(variable)))
        formula = None if isinstance(variable, str) else drawn[variable]
        used = [] if formula is None else formula.variables
        sources = [name_of(v) if v in shown else note for v in used]
        diagram.forward_arrows += [(source, name_of(variable)) for source in dict.fromkeys(sources)]
    _add_backward(diagram, root, kept, shown, drawn, names, loss)
    return diagram


def _nearest(root: Edge, drawn: dict[Edge, Formula | None], max_nodes: int) -> set[Any]:
    """The variables nearest to ``root``: operations, the last first, each with the leaves and data that it uses."""
    shown: set[Any] = {root}
    for edge, formula in sorted(drawn.items(), key=lambda item: -item[0].sequence):
        if formula is not None:
            ends = [v for v in formula.variables if isinstance(v, str) or v.__class__ is Leaf]
            together = shown.union([edge], ends)
            if len(together) > max_nodes:
                break
            shown = together
    return shown


def _add_backward(
    diagram: Diagram,
    root: Edge,
    kept: list[Any],
    shown: set[Any],
    drawn: dict[Edge, Formula | None],
    names: Names,
    loss: str,
) -> None:
    rest = "… and their gradients"
    incomplete = False
    for variable in reversed(kept):
        if isinstance(variable, str):
            continue
        own = gradient_name(loss, names.edges[variable])
        if variable is not root:
            diagram.backward.append(Box(own, own, "gradient"))
        formula = drawn[variable]
        needed = [] if formula is None else [v for v in formula.variables if not isinstance(v, str)]
        targets = [gradient_name(loss, names.edges[v]) if v in shown else rest for v in needed]
        incomplete = incomplete or rest in targets
        for target in dict.fromkeys(targets):
            if variable is root:
                diagram.turn.append((loss, target))
            else:
                diagram.backward_arrows.append((own, target))
    if incomplete:
        diagram.backward.append(Box(rest, rest, "note"))


def _box(variable: Any, root: Edge, drawn: dict[Edge, Formula | None], data: dict[str, Any], name: str) -> Box:
    if isinstance(variable, str):
        return Box(name, name, "data", tuple(data[variable].shape))
    shape = None if variable.shape is None else tuple(variable.shape)
    formula = drawn[variable]
    kind = "loss" if variable is root else "parameter" if formula is None else "value"
    if formula is None:
        return Box(name, name, kind, shape)
    text = f"{name} = {formula.text}"
    return Box(name, text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…", kind, shape)
