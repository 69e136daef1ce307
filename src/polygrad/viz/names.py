"""The program's names of its tensors: given by the user, or found among the caller's variables.

A tensor in the graph is identified by its edge.  Data that require no gradient are not in the graph, but a node that
needs them saved their array, which identifies them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import FrameType
from typing import Any

from .._core.graph import Edge
from .._core.tensor import Tensor
from .._dtypes import DType

#: Tensors in longer lists stay unnamed.
_LONGEST_LIST = 64


class Names:
    """The names of edges, and of the arrays of tensors outside the graph.  The first name of a tensor counts."""

    def __init__(self) -> None:
        self.edges: dict[Edge, str] = {}
        self.dtypes: dict[Edge, DType] = {}
        #: The tensors outside the graph.
        self.data: dict[str, Tensor] = {}
        self._arrays: dict[int, tuple[str, Any]] = {}
        self.taken: set[str] = set()

    def add(self, name: str, tensor: Tensor) -> None:
        """Name ``tensor``, unless it has a name, or another tensor has this one."""
        if name in self.taken:
            return
        edge, array = tensor._edge, tensor._read()
        if edge in self.edges if edge is not None else id(array) in self._arrays:
            return
        self.taken.add(name)
        if edge is not None:
            self.edges[edge], self.dtypes[edge] = name, tensor.dtype
        else:
            self.data[name] = tensor
            self._arrays[id(array)] = name, array  # the array is kept, so that its id stays its own

    def of_array(self, array: Any) -> str | None:
        """The name of the tensor outside the graph that has this array."""
        found = self._arrays.get(id(array))
        return None if found is None else found[0]

    def fresh(self, stem: str, *others: str) -> str:
        """A name that is not taken: the first free one of those given, or the last with a number."""
        for name in (stem, *others):
            if name not in self.taken:
                break
        else:
            last = (stem, *others)[-1]
            name = next(f"{last}{n}" for n in range(2, len(self.taken) + 3) if f"{last}{n}" not in self.taken)
        self.taken.add(name)
        return name


def names_from(params: Mapping[str, Any]) -> Names:
    """The names in ``params``.  Raises TypeError for a value that is not a tensor."""
    names = Names()
    for name, tensor in params.items():
        if not isinstance(tensor, Tensor):
            raise TypeError(f"params maps names to tensors, but {name!r} is a {type(tensor).__name__}")
        names.add(str(name), tensor)
    return names


def find_names(frame: FrameType) -> Names:
    """The names in a frame: its local variables and its module's, the parameters of modules first."""
    names = Names()
    scopes = [frame.f_locals] if frame.f_locals is frame.f_globals else [frame.f_locals, frame.f_globals]
    for scope in scopes:
        variables = [(name, value) for name, value in list(scope.items()) if not name.startswith("_")]
        for kind in (_of_modules, _single, _in_containers):
            for name, tensor in kind(variables):
                names.add(name, tensor)
    return names


def _of_modules(variables: list[tuple[str, Any]]) -> Iterator[tuple[str, Tensor]]:
    for name, value in variables:
        if not isinstance(value, type) and hasattr(type(value), "named_parameters"):
            for members in (value.named_parameters(), value.named_buffers()):
                yield from ((f"{name}.{member}", tensor) for member, tensor in members)


def _single(variables: list[tuple[str, Any]]) -> Iterator[tuple[str, Tensor]]:
    return ((name, value) for name, value in variables if isinstance(value, Tensor))


def _in_containers(variables: list[tuple[str, Any]]) -> Iterator[tuple[str, Tensor]]:
    for name, value in variables:
        if isinstance(value, dict):
            members = list(value.items())
        elif isinstance(value, (list, tuple)):
            members = list(enumerate(value))
        else:
            continue
        if len(members) <= _LONGEST_LIST:
            yield from ((f"{name}[{key!r}]", tensor) for key, tensor in members if isinstance(tensor, Tensor))
