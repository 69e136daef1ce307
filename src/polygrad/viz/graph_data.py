"""The recorded graph as plain data: operations and leaves, their saved values, and the edges between them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from .._core.graph import Edge, Leaf, Node, node_and_output
from .._core.primitive import Primitive
from .._core.tensor import Tensor
from .._interpreters.tracer import Tracer
from ..backends.registry import BY_TYPE
from .diagram import collect_edges, root_of
from .formulas import Formula, Writer, saved_operands, saved_settings
from .modules import modules_of
from .names import Names


def graph_data(loss: Tensor, names: Names) -> dict[str, Any]:
    """The graph as JSON data: ``nodes`` in the order in which they were recorded, ``edges`` by positions in that list.

    An edge is ``[operand, user, output, position]``: which output of the operand it is, and which of the user's
    operands. Raises RuntimeError for a tensor that does not require grad.
    """
    root = root_of(loss, names)
    edges, _ = collect_edges(root)
    formulas = _name_all(edges, names)
    nodes = list(dict.fromkeys(node_and_output(edge)[0] for edge in edges))
    place = {node: number for number, node in enumerate(nodes)}
    outputs: dict[Edge, list[Edge]] = {}
    for edge in edges:
        outputs.setdefault(node_and_output(edge)[0], []).append(edge)
    dtypes = _dtypes(edges, nodes, loss, names)
    modules = modules_of(nodes, names)
    files = _Sources()
    listed = []
    for node in nodes:
        own = outputs[node]
        common = {
            "name": ", ".join(names.edges[edge] for edge in own),
            "module": modules[node],
            "outputs": [_output(edge, dtypes) for edge in own],
        }
        listed.append(
            common | (_leaf(node) if isinstance(node, Leaf) else _operation(node, formulas[node], names, files))
        )
    return {
        "loss": names.edges[root],
        "root": place[node_and_output(root)[0]],
        "nodes": listed,
        "edges": [
            [place[node_and_output(edge)[0]], place[node], node_and_output(edge)[1], position]
            for node in nodes
            for position, edge in zip(_positions(node), node.edges, strict=True)
        ],
        "frames": files.frames,
        "saved_bytes": _bytes([node.saved for node in nodes if isinstance(node, Node)]),
    }


def _name_all(edges: list[Edge], names: Names) -> dict[Edge, str]:
    """Name every edge, and write the formula of every operation over the names of its operands."""
    writer = Writer(names, set())
    known: dict[Edge, Formula] = {}
    formulas: dict[Edge, str] = {}
    for number, edge in enumerate(edges, 1):
        if isinstance(edge, Node):
            formulas.setdefault(node_and_output(edge)[0], writer.write(edge, known).text)
        if edge not in names.edges:
            names.edges[edge] = names.fresh(f"{'p' if isinstance(edge, Leaf) else 'h'}{number}", "h")
        known[edge] = Formula(names.edges[edge])
    return formulas


def _positions(node: Edge) -> list[int]:
    """The numbers of the operands that the edges of ``node`` are."""
    return [] if isinstance(node, Leaf) else [i for i, needed in enumerate(node.plan.mask) if needed]


def _output(edge: Edge, dtypes: dict[Edge, str]) -> dict[str, Any]:
    shape = None if edge.shape is None else list(edge.shape)
    return {"number": node_and_output(edge)[1], "shape": shape, "dtype": dtypes.get(edge)}


def _leaf(leaf: Leaf) -> dict[str, Any]:
    return {"kind": "leaf", "operation": "leaf", "has_grad": leaf.grad is not None}


def _operation(node: Node, formula: str, names: Names, files: _Sources) -> dict[str, Any]:
    settings = {name: _short(value) for name, value in saved_settings(node).items()}
    return {
        "kind": "operation",
        "operation": node.plan.operation,
        "formula": formula,
        "settings": settings,
        "freed": node.saved is None,
        "saved": [_describe_saved(label, array, names) for label, array in _label_saved(node)],
        "saved_bytes": _bytes(node.saved),
        "source": files.of(node),
    }


def _short(value: Any) -> str:
    if _is_array(value):
        return f"array of shape {tuple(value.shape)}"
    text = f"({', '.join(map(_short, value))})" if isinstance(value, (tuple, list)) else repr(value)
    return text if len(text) <= 80 else text[:79] + "…"


# -- what is saved -----------------------------------------------------------------------------------------------------


def _is_array(value: Any) -> bool:
    if not hasattr(value, "shape") or not hasattr(value, "dtype"):
        return False
    try:
        return BY_TYPE[value.__class__] is not None
    except TypeError:
        return False


def _arrays(saved: Any) -> Iterator[Any]:
    """The raw arrays in the saved values of a node."""
    if isinstance(saved, Tensor):
        yield saved._read()
    elif isinstance(saved, (tuple, list)):
        for part in saved:
            yield from _arrays(part)
    elif _is_array(saved):
        yield saved


def _label_saved(node: Node) -> list[tuple[str, Any]]:
    """The saved arrays with their labels: an operand's name, "ans" for the result."""
    if node.saved is None:
        return []
    labels = node.plan.residuals if isinstance(node.plan.primitive, Primitive) else [""] * len(node.saved)
    return [(label, array) for label, part in zip(labels, node.saved, strict=True) for array in _arrays(part)]


def _describe_saved(label: str, array: Any, names: Names) -> dict[str, Any]:
    return {
        "label": label,
        "name": names.of_array(array),
        "shape": list(array.shape),
        "dtype": _dtype_of(array),
        "bytes": _bytes(array),
    }


def _dtype_of(array: Any) -> str:
    return BY_TYPE[array.__class__].from_dtype(array.dtype).name


def _bytes(saved: Any) -> int:
    """The size of the arrays in ``saved``, each counted once; of a tracer that of all arrays it consists of."""
    found: dict[int, Any] = {}
    waiting = list(_arrays(saved))
    while waiting:
        array = waiting.pop()
        if isinstance(array, Tracer):
            waiting += _arrays(array.flatten()[1])
        else:
            found[id(array)] = array
    return sum(math.prod(a.shape) * BY_TYPE[a.__class__].from_dtype(a.dtype).itemsize for a in found.values())


def _dtypes(edges: list[Edge], nodes: list[Edge], loss: Tensor, names: Names) -> dict[Edge, str]:
    """The data types that are known: of tensors that exist, and of values that an operation saved."""
    known: dict[Edge, str] = {}
    for node in nodes:
        if isinstance(node, Node) and node.saved is not None and isinstance(node.plan.primitive, Primitive):
            arrays = saved_operands(node)
            for position, edge in zip(_positions(node), node.edges, strict=True):
                if _is_array(arrays.get(position)):
                    known[edge] = _dtype_of(arrays[position])
    for edge in edges:
        node, number = node_and_output(edge)
        if isinstance(node, Leaf):
            if node.variable is not None:
                known[edge] = node.variable.dtype.name
        elif "ans" in getattr(node.plan, "residuals", ()) and node.saved is not None:
            answer = node.saved[node.plan.residuals.index("ans")]
            answer = answer[number] if isinstance(answer, tuple) else answer
            if _is_array(answer):
                known[edge] = _dtype_of(answer)
    known.update((edge, dtype.name) for edge, dtype in names.dtypes.items())
    known[loss._edge] = loss.dtype.name
    return known


# -- where it was recorded ---------------------------------------------------------------------------------------------


class _Sources:
    """The lines of the program that recorded the nodes, each listed once in ``frames``: file, line, function, code."""

    def __init__(self) -> None:
        self.frames: list[tuple[str, int, str, str]] = []
        self._places: dict[tuple[str, int, str, str], int] = {}

    def of(self, node: Node) -> list[int]:
        """The frames of ``node``, the innermost last; none outside anomaly mode."""
        found = []
        for frame in getattr(node.sequence, "lines", ()):
            if frame.line:  # generated code has none
                key = frame.filename, frame.lineno, frame.name, frame.line
                if key not in self._places:
                    self._places[key] = len(self.frames)
                    self.frames.append(key)
                found.append(self._places[key])
        return found
