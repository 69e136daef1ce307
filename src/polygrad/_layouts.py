"""Layouts: how a tensor's elements are stored, `strided` in a dense array or sparse, with PyTorch's names."""

from __future__ import annotations

from typing import Any


class Layout:
    """How the elements of a tensor are stored: ``strided``, ``sparse_coo`` or ``sparse_csr``.

    There is one object of each, `polygrad.strided`, `polygrad.sparse_coo` and `polygrad.sparse_csr`.

    Args:
        name: the name of the layout.

    Example::

        >>> polygrad.ones(2).layout
        polygrad.strided
    """

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name: str = name

    def __repr__(self) -> str:
        return f"polygrad.{self.name}"

    def __reduce__(self) -> tuple[Any, ...]:
        return _by_name, (self.name,)


strided: Layout = Layout("strided")
sparse_coo: Layout = Layout("sparse_coo")
sparse_csr: Layout = Layout("sparse_csr")


def _by_name(name: str) -> Layout:
    """The layout that was pickled."""
    return {"strided": strided, "sparse_coo": sparse_coo, "sparse_csr": sparse_csr}[name]


Layout.__module__ = "polygrad"
Layout.__name__ = Layout.__qualname__ = "layout"  # PyTorch's name, by which pickles find it
layout = Layout
