"""`mermaid` and `dot`: the graph of a loss in the language of a drawing tool."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from types import FrameType
from typing import Any

from .._core.tensor import Tensor
from . import names
from .diagram import FILL, Box, Diagram, diagram_of
from .svg import as_svg

_DIRECTIONS = ("LR", "RL", "TB", "BT", "TD")
#: Mermaid refuses charts with more arrows or characters than this.
_MOST_ARROWS, _LONGEST_TEXT = 500, 50_000


class Mermaid(str):
    """A Mermaid flowchart, a str that a notebook shows as a picture."""

    _diagram: Diagram
    _direction: str
    _shapes: bool

    def __new__(cls, diagram: Diagram, direction: str, shapes: bool) -> Mermaid:
        """The chart of ``diagram`` in Mermaid's language."""
        made = super().__new__(cls, _as_mermaid(diagram, direction, shapes))
        made._diagram, made._direction, made._shapes = diagram, direction, shapes
        return made

    def __reduce__(self) -> Any:
        return Mermaid, (self._diagram, self._direction, self._shapes)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        bundle = {"text/plain": str(self), "image/svg+xml": as_svg(self._diagram, self._direction, self._shapes)}
        if self.count(" --> ") + len(self._diagram.turn) <= _MOST_ARROWS and len(self) <= _LONGEST_TEXT:
            bundle["text/vnd.mermaid"] = str(self)
        return bundle


def mermaid(
    loss: Tensor,
    params: Mapping[str, Tensor] | None = None,
    *,
    direction: str = "LR",
    shapes: bool = True,
    expand: bool = False,
    max_nodes: int = 60,
) -> Mermaid:
    """The graph that ``loss`` was computed by, forward and backward, as a Mermaid flowchart.

    A box is a tensor that has a name, or that several operations use; intermediate operations are written as formulas.
    Call it before `backward`, which frees the values that distinguish data and settings.

    Args:
        loss: a tensor that requires grad.
        params: names of tensors, as in ``dict(model.named_parameters())``.  By default they are the caller's
            variables: tensors, parameters and buffers of modules, tensors in lists and dictionaries.
        direction: the direction of the arrows, ``"LR"`` or ``"TB"`` (or ``"RL"``, ``"BT"``).
        shapes: whether to write the shape of each tensor.
        expand: whether every operation gets its own box.
        max_nodes: the largest number of tensors to draw, those nearest to the loss; a note counts the others.

    Returns:
        The chart, a str, which a notebook shows as a picture, also without a network.

    Raises:
        RuntimeError: ``loss`` has no graph.
        TypeError: ``loss`` is not a tensor, or a value of ``params`` is not one.
        ValueError: ``direction`` is unknown, or ``max_nodes`` below 1.

    Example::

        >>> w = polygrad.tensor([2.0], requires_grad=True)
        >>> x = polygrad.tensor([5.0])
        >>> loss = (w * x) ** 2
        >>> print(polygrad.viz.mermaid(loss, {"w": w, "x": x}))
        graph LR
            subgraph Forward_Pass["Forward Pass"]
                W["w<br/>(1,)"]
                X["x<br/>(1,)"]
                L["L = (w * x)²<br/>(1,)"]
                W --> L
                X --> L
            end
            subgraph Backward_Pass["Backward Pass"]
                W_grad["∂L/∂w"]
            end
            L -->|backward| W_grad
    """
    return Mermaid(_diagram(loss, params, sys._getframe(1), direction, expand, max_nodes), direction, shapes)


def dot(
    loss: Tensor,
    params: Mapping[str, Tensor] | None = None,
    *,
    direction: str = "LR",
    shapes: bool = True,
    expand: bool = False,
    max_nodes: int = 60,
) -> str:
    """The graph that ``loss`` was computed by, forward and backward, in Graphviz's language: ``dot -Tsvg`` draws it.

    Args:
        loss: a tensor that requires grad.
        params: names of tensors, as in ``dict(model.named_parameters())``.  By default they are the caller's
            variables: tensors, parameters and buffers of modules, tensors in lists and dictionaries.
        direction: the direction of the arrows, ``"LR"`` or ``"TB"`` (or ``"RL"``, ``"BT"``).
        shapes: whether to write the shape of each tensor.
        expand: whether every operation gets its own box.
        max_nodes: the largest number of tensors to draw, those nearest to the loss; a note counts the others.

    Returns:
        The drawing, a str.

    Raises:
        RuntimeError: ``loss`` has no graph.
        TypeError: ``loss`` is not a tensor, or a value of ``params`` is not one.
        ValueError: ``direction`` is unknown, or ``max_nodes`` below 1.

    Example::

        >>> w = polygrad.tensor([2.0], requires_grad=True)
        >>> loss = w**2
        >>> print(polygrad.viz.dot(loss, {"w": w}).splitlines()[0])
        digraph autograd {
    """
    return _as_dot(_diagram(loss, params, sys._getframe(1), direction, expand, max_nodes), direction, shapes)


def _diagram(
    loss: Tensor, params: Mapping[str, Tensor] | None, frame: FrameType, direction: str, expand: bool, max_nodes: int
) -> Diagram:
    if not isinstance(loss, Tensor):
        raise TypeError(f"a graph is drawn from a Tensor, not from a {type(loss).__name__}")
    if direction not in _DIRECTIONS:
        raise ValueError(f"direction is one of {', '.join(_DIRECTIONS)}, not {direction!r}")
    if max_nodes < 1:
        raise ValueError(f"max_nodes is at least 1, not {max_nodes}")
    return diagram_of(loss, names.find_names(frame) if params is None else names.names_from(params), expand, max_nodes)


#: Graphviz's keywords, in any case.  Mermaid's are lower case, and identifiers begin with a capital.
_KEYWORDS = frozenset(("node", "edge", "graph", "digraph", "subgraph", "strict"))


class _Identifiers:
    """A plain ASCII identifier for each box."""

    def __init__(self) -> None:
        self._of: dict[str, str] = {}
        self._taken: set[str] = {"Forward_Pass", "Backward_Pass"}

    def __call__(self, name: str) -> str:
        if name not in self._of:
            made = re.sub(r"^∂.*?/∂(.*)$", r"\1_grad", name.replace("…", ""))
            made = re.sub(r"[^\x00-\x7f]", lambda sign: f"u{ord(sign[0]):x}", made)
            made = re.sub(r"[^0-9A-Za-z]+", "_", made).strip("_") or "Node"
            made = f"N{made}" if made[0].isdigit() else made[0].upper() + made[1:]
            made += "_" * (made.lower() in _KEYWORDS)
            unique, number = made, 2
            while unique in self._taken:
                unique, number = f"{made}_{number}", number + 1
            self._taken.add(unique)
            self._of[name] = unique
        return self._of[name]


# -- Mermaid -----------------------------------------------------------------------------------------------------------

# Entities in Mermaid's own spelling; a pair of * or _ around a word would be taken for emphasis.
_ENTITIES = {"\n": " ", "&": "#amp;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "#": "#35;", "`": "#96;"}


def _mermaid_text(text: str) -> str:
    text = "".join(_ENTITIES.get(c, c) for c in text)
    return re.sub(r"(?<!\w)_|_(?!\w)", "#95;", text)


def _as_mermaid(diagram: Diagram, direction: str, shapes: bool) -> str:
    identify = _Identifiers()
    for box in (*diagram.forward, *diagram.backward):
        identify(box.name)

    def node(box: Box) -> str:
        label = "<br/>".join(_mermaid_text(line) for line in box.lines(shapes))
        return f'{identify(box.name)}["{label}"]'

    parts = [
        ("Forward_Pass", "Forward Pass", diagram.forward, diagram.forward_arrows),
        ("Backward_Pass", "Backward Pass", diagram.backward, diagram.backward_arrows),
    ]
    lines = [f"graph {direction}"]
    for identifier, title, boxes, arrows in parts:
        if boxes:
            lines.append(f'    subgraph {identifier}["{title}"]')
            lines += [f"        {node(box)}" for box in boxes]
            lines += [f"        {identify(source)} --> {identify(target)}" for source, target in arrows]
            lines.append("    end")
    lines += [f"    {identify(source)} -->|backward| {identify(target)}" for source, target in diagram.turn]
    return "\n".join(lines)


# -- Graphviz ----------------------------------------------------------------------------------------------------------


def _quote(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'


def _as_dot(diagram: Diagram, direction: str, shapes: bool) -> str:
    identify = _Identifiers()
    for box in (*diagram.forward, *diagram.backward):
        identify(box.name)

    def node(box: Box) -> str:
        label = "\\n".join(_quote(line)[1:-1] for line in box.lines(shapes))
        dashed = ', style="rounded,dashed"' if box.kind == "note" else ""
        return f'{identify(box.name)} [label="{label}", fillcolor="{FILL[box.kind]}"{dashed}];'

    lines = [
        "digraph autograd {",
        f"    rankdir={'TB' if direction == 'TD' else direction};",
        '    node [shape=box, style="rounded,filled", fontname="Helvetica"];',
        '    edge [fontname="Helvetica"];',
    ]
    parts = [
        ("cluster_forward", "Forward Pass", diagram.forward, diagram.forward_arrows),
        ("cluster_backward", "Backward Pass", diagram.backward, diagram.backward_arrows),
    ]
    for cluster, title, boxes, arrows in parts:
        if boxes:
            lines += [f"    subgraph {cluster} {{", f'        label="{title}";', '        fontname="Helvetica";']
            lines += [f"        {node(box)}" for box in boxes]
            lines += [f"        {identify(source)} -> {identify(target)};" for source, target in arrows]
            lines.append("    }")
    lines += [f'    {identify(source)} -> {identify(target)} [label="backward"];' for source, target in diagram.turn]
    return "\n".join([*lines, "}"])
