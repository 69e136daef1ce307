"""Which module of a model an operation belongs to, as far as the names of parameters tell.

A parameter's name, such as ``blocks.0.linear.weight``, gives the position of its module in the model, and the graph
says which operations use it.  Operations are recorded in the order in which they run, and all of a module's between
its call and its return, so an operation without parameters ran inside the module that has both the last parameter used
before it and the next one after it.  Where all its operands come from one module inside that, it belongs to this one,
as the residual addition at the end of a block does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from .._core.graph import Edge, Leaf, Node, node_and_output
from .names import Names

_Path = tuple[str, ...]
_DOTTED = re.compile(r"\w+(\.\w+)+")


def modules_of(nodes: Sequence[Edge], names: Names) -> dict[Edge, str]:
    """The dotted name of the module of each of ``nodes``, in the order in which they were recorded; "" for none."""
    found: dict[Edge, _Path] = {node: _owner(names.edges[node]) for node in nodes if isinstance(node, Leaf)}
    operations = [node for node in nodes if isinstance(node, Node)]
    own = [_own(node, found) for node in operations]
    containers = {path[:length] for path in own if path for length in range(1, len(path))}
    after = _next(own)
    before: _Path = ()
    for number, node in enumerate(operations):
        if own[number]:
            found[node] = before = own[number]
            continue
        path = _common([before, after[number]])
        if path and all(node.plan.mask):  # the others are constants, and those of a residual addition come from outside
            operands = _common([found[node_and_output(edge)[0]] for edge in node.edges if not isinstance(edge, Leaf)])
            inner = [operands[:length] for length in range(len(path) + 1, len(operands) + 1)]
            path = next((p for p in reversed(inner) if p in containers and p[: len(path)] == path), path)
        found[node] = path
    return {node: ".".join(found[node]) for node in nodes}


def _owner(name: str) -> _Path:
    return tuple(name.split(".")[:-1]) if _DOTTED.fullmatch(name) else ()


def _own(node: Edge, leaves: dict[Edge, _Path]) -> _Path:
    """The module that all parameters of an operation belong to."""
    return _common([leaves[edge] for edge in node.edges if isinstance(edge, Leaf) and leaves[edge]])


def _next(own: list[_Path]) -> list[_Path]:
    """For each operation the module of the first one after it that has parameters."""
    following: _Path = ()
    found = []
    for path in reversed(own):
        found.append(following)
        following = path or following
    return found[::-1]


def _common(paths: list[_Path]) -> _Path:
    """The common beginning of all paths."""
    if not paths:
        return ()
    first, last = min(paths), max(paths)
    length = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), min(len(first), len(last)))
    return first[:length]
