"""Layouts of dense tensors, and their conversion to sparse ones."""

from __future__ import annotations

import importlib
from typing import Any

from .._core.errors import ShapeError
from .._core.tensor import Tensor
from .._layouts import Layout, sparse_coo, sparse_csr, strided
from .conversion import to
from .public import public_method


def _construction() -> Any:
    """The module that makes sparse tensors: in a room above, which only the programs import that have some."""
    return importlib.import_module(f"{__package__.rpartition('.')[0]}.sparse.construction")


@public_method()
def to_sparse(input: Tensor, sparse_dim: int | None = None, *, layout: Layout | None = None) -> Any:
    """Return a sparse tensor of the elements that are not 0.

    Its gradient reaches these elements.  How many there are depends on values, so that a compiled function cannot do this.

    Args:
        input: a tensor.
        sparse_dim: how many dimensions indices are for; the others are dense.  By default all.
        layout: `polygrad.sparse_coo`, the default, or `polygrad.sparse_csr`.

    Returns:
        A `polygrad.sparse.SparseTensor`, coalesced.

    Raises:
        RuntimeError: ``sparse_dim`` is out of range, or the layout is for matrices only.

    Example::

        >>> polygrad.tensor([[0.0, 1.0], [2.0, 0.0]]).to_sparse()
        tensor(indices=tensor([[0, 1],
                               [1, 0]]),
               values=tensor([1., 2.]),
               size=(2, 2), nnz=2, layout=polygrad.sparse_coo)
    """
    if layout not in (None, sparse_coo, sparse_csr):
        raise ShapeError(f"to_sparse(): layout is polygrad.sparse_coo or polygrad.sparse_csr, not {layout!r}")
    if layout is sparse_csr:
        return to_sparse_csr(input)
    return _construction().coo_of_dense(input, sparse_dim)


@public_method()
def to_sparse_coo(input: Tensor) -> Any:
    """Return a sparse tensor, in coordinates, of the elements that are not 0: `Tensor.to_sparse`.

    Args:
        input: a tensor.

    Returns:
        A `polygrad.sparse.SparseTensor`, coalesced.

    Example::

        >>> polygrad.eye(2).to_sparse_coo().indices()
        tensor([[0, 1],
                [0, 1]])
    """
    return _construction().coo_of_dense(input)


@public_method()
def to_sparse_csr(input: Tensor, dense_dim: int | None = None) -> Any:
    """Return a sparse matrix, row by row, of the elements that are not 0.

    Args:
        input: a tensor.
        dense_dim: 0, or None, which means the same.

    Returns:
        A `polygrad.sparse.SparseTensor`.

    Raises:
        RuntimeError: the tensor is not a matrix, or ``dense_dim`` is not 0.

    Example::

        >>> polygrad.eye(2).to_sparse_csr().crow_indices()
        tensor([0, 1, 2])
    """
    if dense_dim:
        raise ShapeError("to_sparse_csr(): dense dimensions are not supported")
    return _construction().csr_of_dense(input)


@public_method()
def to_dense(input: Tensor, dtype: Any = None, *, masked_grad: bool | None = None) -> Tensor:
    """Return the tensor itself, which is dense, or converted to another data type.

    Args:
        input: a tensor.
        dtype: the data type; by default it stays.
        masked_grad: accepted for compatibility with PyTorch, where it concerns sparse tensors; without effect.

    Returns:
        A tensor.

    Example::

        >>> polygrad.ones(2).to_dense()
        tensor([1., 1.])
    """
    return input if dtype is None else to(input, dtype)


@public_method()
def sparse_mask(input: Tensor, mask: Any) -> Any:
    """Return the elements at the places that a sparse tensor stores.

    Args:
        input: a tensor.
        mask: a sparse tensor of the same shape.

    Returns:
        A sparse tensor of the pattern and layout of ``mask``.

    Raises:
        RuntimeError: the shapes differ.
        TypeError: ``mask`` is not sparse.

    Example::

        >>> polygrad.tensor([[1.0, 2.0], [3.0, 4.0]]).sparse_mask(polygrad.eye(2).to_sparse()).values()
        tensor([1., 4.])
    """
    return _construction().masked(input, mask)


def _layout(self: Tensor) -> Layout:
    """The layout, `polygrad.strided`: the elements are in a dense array."""
    return strided


def _is_sparse(self: Tensor) -> bool:
    """False: the elements are in a dense array, and not in coordinates."""
    return False


def _is_sparse_csr(self: Tensor) -> bool:
    """False: the elements are in a dense array, and not row by row."""
    return False


PROPERTIES = {"layout": _layout, "is_sparse": _is_sparse, "is_sparse_csr": _is_sparse_csr}
