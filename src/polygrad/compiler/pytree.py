"""Nested lists, tuples and dicts of tensors, taken apart and put together again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from .._core.tensor import Tensor


def flatten(tree: Any) -> tuple[list[Any], Any]:
    """The leaves of ``tree`` in order, and its structure, which can be compared and hashed.

    Dicts, lists, tuples and named tuples are taken apart; everything else is a leaf.
    """
    leaves: list[Any] = []
    return leaves, _structure(tree, leaves)


def _structure(tree: Any, leaves: list[Any]) -> Any:
    kind = type(tree)
    if kind is dict:
        return (dict, tuple(tree), tuple([_structure(value, leaves) for value in tree.values()]))
    if kind is list or kind is tuple or (isinstance(tree, tuple) and hasattr(kind, "_fields")):
        return (kind, tuple([_structure(value, leaves) for value in tree]))
    leaves.append(tree)
    return None


def unflatten(structure: Any, leaves: Any) -> Any:
    """The tree of ``structure`` with ``leaves`` in it."""
    return _rebuilt(structure, iter(leaves))


def _rebuilt(structure: Any, leaves: Iterator[Any]) -> Any:
    if structure is None:
        return next(leaves)
    kind = structure[0]
    if kind is dict:
        return {key: _rebuilt(part, leaves) for key, part in zip(structure[1], structure[2], strict=True)}
    parts = [_rebuilt(part, leaves) for part in structure[1]]
    if kind is list:
        return parts
    return kind(parts) if kind is tuple else kind(*parts)


def map_tensors(function: Callable[[Tensor], Any], tree: Any) -> Any:
    """``tree`` with ``function`` of every tensor in the tensor's place."""
    leaves, structure = flatten(tree)
    return unflatten(structure, [function(leaf) if isinstance(leaf, Tensor) else leaf for leaf in leaves])


def labelled(tree: Any, label: str = "") -> Iterator[tuple[str, Any]]:
    """The leaves of ``tree``, each with the path to it, as in ``"batch['image'][0]"``."""
    kind = type(tree)
    if kind is dict:
        for key, value in tree.items():
            yield from labelled(value, f"{label}[{key!r}]" if label else str(key))
    elif kind is list or kind is tuple:
        for place, value in enumerate(tree):
            yield from labelled(value, f"{label}[{place}]")
    elif isinstance(tree, tuple) and hasattr(kind, "_fields"):
        for field, value in zip(kind._fields, tree, strict=True):
            yield from labelled(value, f"{label}.{field}")
    else:
        yield label, tree
