"""Nested lists, tuples and dicts of tensors, taken apart and put together again."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from ._core.tensor import Tensor

#: Subclasses of others are leaves: their constructors may take other arguments.
MAPPINGS = (dict, OrderedDict, defaultdict)


#: Types of other nodes → ``(node) -> (parts, what is not a part)``, the latter hashable, and its inverse.  Put here by the rooms
#: that define such types.
NODES: dict[type, tuple[Callable[[Any], tuple[list[Any], Any]], Callable[[Any, Sequence[Any]], Any]]] = {}


class Structure(NamedTuple):
    """A tree without its leaves, each of which is None in its place.  It can be compared and hashed."""

    kind: type
    #: Those of a mapping, otherwise None.
    keys: tuple[Any, ...] | None
    parts: tuple[Any, ...]
    #: What is not a part of a node of `NODES`; what makes a defaultdict's defaults; the ``_constants`` of a named tuple, which its
    #: class reads off its tensors.
    extra: Any = None


def flatten(tree: Any) -> tuple[list[Any], Any]:
    """The leaves of ``tree`` in order, and its structure, None for a leaf.

    Lists, tuples, named tuples, dicts, OrderedDicts, defaultdicts and nodes of `NODES` are taken apart; everything else is a leaf.
    """
    leaves: list[Any] = []
    return leaves, _structure(tree, leaves)


def _structure(tree: Any, leaves: list[Any]) -> Structure | None:
    kind = type(tree)
    if kind is Tensor:
        leaves.append(tree)
        return None
    if kind in MAPPINGS:
        parts = tuple([_structure(value, leaves) for value in tree.values()])
        return Structure(kind, tuple(tree), parts, getattr(tree, "default_factory", None))
    if kind is list or kind is tuple or is_named_tuple(tree):
        parts = tuple([_structure(value, leaves) for value in tree])
        return Structure(kind, None, parts, getattr(tree, "_constants", None))
    if kind in NODES:
        inside, extra = NODES[kind][0](tree)
        return Structure(kind, None, tuple([_structure(value, leaves) for value in inside]), extra)
    leaves.append(tree)
    return None


def is_named_tuple(tree: Any) -> bool:
    """Whether ``tree`` is a named tuple, so that its class takes the parts as arguments."""
    return isinstance(tree, tuple) and hasattr(tree, "_fields")


def unflatten(structure: Any, leaves: Any) -> Any:
    """The tree of ``structure`` with ``leaves`` in it."""
    return _rebuilt(structure, iter(leaves))


def _rebuilt(structure: Any, leaves: Iterator[Any]) -> Any:
    if structure is None:
        return next(leaves)
    kind, keys, parts, extra = structure
    values = [_rebuilt(part, leaves) for part in parts]
    if keys is not None:
        items = zip(keys, values, strict=True)
        return defaultdict(extra, items) if kind is defaultdict else kind(items)
    if kind is list:
        return values
    if kind in NODES:
        return NODES[kind][1](extra, values)
    return tuple(values) if kind is tuple else kind(*values)


def map_tensors(function: Callable[[Tensor], Any], tree: Any) -> Any:
    """``tree`` with ``function`` of every tensor in the tensor's place."""
    leaves, structure = flatten(tree)
    return unflatten(structure, [function(leaf) if isinstance(leaf, Tensor) else leaf for leaf in leaves])


def labelled(tree: Any, label: str = "") -> Iterator[tuple[str, Any]]:
    """The leaves of ``tree``, each with the path to it, as in ``"batch['image'][0]"``."""
    kind = type(tree)
    if kind in MAPPINGS:
        for key, value in tree.items():
            yield from labelled(value, f"{label}[{key!r}]" if label else str(key))
    elif kind is list or kind is tuple:
        for place, value in enumerate(tree):
            yield from labelled(value, f"{label}[{place}]")
    elif is_named_tuple(tree):
        for field, value in zip(kind._fields, tree, strict=True):
            yield from labelled(value, f"{label}.{field}")
    elif kind in NODES:
        for place, value in enumerate(NODES[kind][0](tree)[0]):
            yield from labelled(value, f"{label}, part {place}")
    else:
        yield label, tree
