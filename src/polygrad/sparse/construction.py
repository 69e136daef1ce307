"""Making sparse tensors: from indices and values, and from dense tensors."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import _dtypes
from .._core.errors import ShapeError
from .._core.primitive import OPERATIONS as xp
from .._core.tensor import Tensor
from .._functions.common import assume, sizes
from .._functions.conversion import to
from .._functions.creation import as_tensor, zeros
from .._functions.searching import nonzero
from .._layouts import sparse_coo, sparse_csr
from .elementwise import masked
from .storage import keys_of, numbers_below, to_csr
from .tensor import SparseTensor


def sparse_coo_tensor(
    indices: Any = None,
    values: Any = None,
    size: Sequence[int] | None = None,
    *,
    dtype: Any = None,
    device: Any = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
    check_invariants: bool | None = None,
    is_coalesced: bool | None = None,
) -> SparseTensor:
    """Create a sparse tensor in coordinates: ``out[indices[:, e]]`` is the sum of ``values[e]`` over all elements of that place.

    Operations on it send gradients to ``values``, if it is a tensor that requires grad.

    Args:
        indices: integers of shape ``(sparse_dim, nnz)``, nested lists or a tensor: a column for each element.  With
            ``indices`` alone, the shape of an empty tensor.
        values: the values, of shape ``(nnz, *dense)``: lists, or a tensor, whose memory is shared.
        size: the shape, ``(*sparse, *dense)``.  By default the smallest that has room for the indices.
        dtype: the data type; by default that of the values.
        device: the device; by default that of the values.
        pin_memory: accepted for compatibility with PyTorch.
        requires_grad: whether the result is a leaf, with a gradient of its pattern in ``.grad``.
        check_invariants: accepted for compatibility with PyTorch: indices are always checked.
        is_coalesced: True promises that the indices are in order, each once, which is checked.  None: unknown.

    Returns:
        A `SparseTensor` of layout `sparse_coo`.

    Raises:
        RuntimeError: the shapes do not fit together, an index is out of range, or ``is_coalesced`` is not true.
        TypeError: indices are no integers.

    Example::

        >>> polygrad.sparse_coo_tensor([[0, 1], [2, 0]], [3.0, 4.0], (2, 3)).to_dense()
        tensor([[0., 0., 3.],
                [4., 0., 0.]])
    """
    if values is None and size is None:
        indices, size = None, indices
    if values is None:
        if size is None:
            raise TypeError("sparse_coo_tensor() takes indices and values, or a shape")
        size = sizes(size)
        if indices is not None:
            raise TypeError("sparse_coo_tensor(): values are missing; only a shape needs none")
        stored = zeros((0,), dtype=dtype, device=device)
        indices = zeros((len(size), 0), dtype=_dtypes.int64, backend=stored.backend, device=stored.device)
    else:
        stored = _values(values, indices, dtype, device, requires_grad, "sparse_coo_tensor")
        indices = _integers(indices, stored, "sparse_coo_tensor", "indices")
    if indices.ndim != 2:
        raise ShapeError(
            f"sparse_coo_tensor(): indices must have shape (sparse_dim, nnz), not {tuple(indices.shape)}; there is a column for "
            "each element"
        )
    ndim, count = indices.shape
    if not stored.ndim or stored.shape[0] != count:
        raise ShapeError(
            f"sparse_coo_tensor(): indices of shape {tuple(indices.shape)} are for {count} values, but values has shape "
            f"{tuple(stored.shape)}"
        )
    if size is None:
        largest = [int(n) for n in indices.max(1).values.tolist()] if count else [-1] * ndim
        size = (*[n + 1 for n in largest], *stored.shape[1:])
    size = sizes(size)
    if len(size) != ndim + stored.ndim - 1 or size[ndim:] != tuple(stored.shape[1:]) or any(n < 0 for n in size):
        raise ShapeError(
            f"sparse_coo_tensor(): size {tuple(size)} does not fit indices of shape {tuple(indices.shape)} and values of shape "
            f"{tuple(stored.shape)}: it has a length for each row of indices, and then the lengths of a value"
        )
    assume(indices, lambda array: _check_range(np.asarray(array), size[:ndim], "sparse_coo_tensor"))
    if is_coalesced:
        assume(keys_of([indices[dim] for dim in range(ndim)], size[:ndim], stored), _check_order)
    made = SparseTensor._make(sparse_coo, (indices,), stored, size, bool(is_coalesced) or count < 2)
    return made.requires_grad_() if requires_grad else made


def sparse_csr_tensor(
    crow_indices: Any,
    col_indices: Any,
    values: Any,
    size: Sequence[int] | None = None,
    *,
    dtype: Any = None,
    device: Any = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
    check_invariants: bool | None = None,
) -> SparseTensor:
    """Create a sparse matrix row by row: the elements of row ``i`` are those from ``crow_indices[i]`` to ``crow_indices[i + 1]``.

    Operations on it send gradients to ``values``, if it is a tensor that requires grad.

    Args:
        crow_indices: integers, one more than there are rows: from 0 to ``nnz``, never decreasing.
        col_indices: the column of each element, integers.
        values: the values, a vector of length ``nnz``: a list, or a tensor, whose memory is shared.
        size: the shape, ``(rows, columns)``.  By default with as many columns as the indices need.
        dtype: the data type; by default that of the values.
        device: the device; by default that of the values.
        pin_memory: accepted for compatibility with PyTorch.
        requires_grad: whether the result is a leaf, with a gradient of its pattern in ``.grad``.
        check_invariants: accepted for compatibility with PyTorch: indices are always checked.

    Returns:
        A `SparseTensor` of layout `sparse_csr`.

    Raises:
        RuntimeError: the shapes do not fit together, or an index is out of range.
        TypeError: indices are no integers.

    Example::

        >>> polygrad.sparse_csr_tensor([0, 1, 3], [2, 0, 2], [1.0, 2.0, 3.0]).to_dense()
        tensor([[0., 0., 1.],
                [2., 0., 3.]])
    """
    name = "sparse_csr_tensor"
    stored = _values(values, crow_indices, dtype, device, requires_grad, name)
    starts = _integers(crow_indices, stored, name, "crow_indices")
    columns = _integers(col_indices, stored, name, "col_indices")
    if starts.ndim != 1 or columns.ndim != 1 or stored.ndim != 1 or not starts.shape[0]:
        raise ShapeError(
            f"{name}(): crow_indices, col_indices and values must be vectors, not of shapes {tuple(starts.shape)}, "
            f"{tuple(columns.shape)} and {tuple(stored.shape)}; batches of matrices are not supported"
        )
    count, rows = columns.shape[0], starts.shape[0] - 1
    if stored.shape[0] != count:
        raise ShapeError(f"{name}(): col_indices has {count} elements, but values has {stored.shape[0]}")
    if size is None:
        size = (rows, int(columns.max().item()) + 1 if count else 0)
    size = sizes(size)
    if len(size) != 2 or size[0] != rows or size[1] < 0:
        raise ShapeError(f"{name}(): size {tuple(size)} does not fit crow_indices, which are for {rows} rows")
    assume(columns, lambda array: _check_range(np.asarray(array)[None], size[1:], name))
    assume(starts, lambda array: _check_starts(np.asarray(array), count, name))
    row = xp.astype(xp.searchsorted(starts, numbers_below(count, columns), side="right"), _dtypes.int64) - 1
    in_order = assume(keys_of([row, columns], size, stored), _is_ordered)
    made = SparseTensor._make(sparse_csr, (starts, columns, row), stored, size, bool(in_order))
    return made.requires_grad_() if requires_grad else made


def _values(values: Any, indices: Any, dtype: Any, device: Any, requires_grad: bool, name: str) -> Tensor:
    """The values as a tensor.  One that requires grad, and is a leaf, is given a node, so that the sparse tensor is no leaf."""
    if isinstance(values, SparseTensor):
        raise TypeError(f"{name}(): values must be an ordinary tensor, not a sparse one; take its values()")
    backend = indices.backend if isinstance(indices, Tensor) and not isinstance(values, Tensor) else None
    found = as_tensor(values, dtype=dtype, device=device, backend=backend)
    if requires_grad:
        return found.detach()
    return found.view_as(found) if found is values and found.requires_grad and found.is_leaf else found


def _integers(indices: Any, like: Tensor, name: str, argument: str) -> Tensor:
    """Indices as int64, where ``like`` is."""
    if isinstance(indices, SparseTensor):
        raise TypeError(f"{name}(): {argument} must be an ordinary tensor, not a sparse one")
    found = as_tensor(indices, backend=None if isinstance(indices, Tensor) else like.backend)
    if found.dtype.kind not in ("int", "uint") and found.shape.numel():
        raise TypeError(f"{name}(): {argument} must be integers, not {found.dtype.name}")
    return to(found.detach(), _dtypes.int64, backend=like.backend, device=like.device)


def _check_range(indices: Any, lengths: Sequence[int], name: str) -> None:
    for dim, (row, length) in enumerate(zip(indices, lengths, strict=True)):
        if row.size and not (row.min() >= 0 and row.max() < length):
            wrong = row[(row < 0) | (row >= length)][0]
            raise ShapeError(
                f"{name}(): size is inconsistent with indices: {'column' if name.endswith('csr_tensor') else f'dim {dim}'} has "
                f"length {length}, and there is an index {wrong}"
            )


def _check_starts(starts: Any, count: int, name: str) -> None:
    if starts[0] != 0 or starts[-1] != count or (starts[1:] < starts[:-1]).any():
        raise ShapeError(
            f"{name}(): crow_indices must start with 0, never decrease, and end with the number of elements, {count}; they are "
            f"from {starts[0]} to {starts[-1]}"
        )


def _is_ordered(keys: Any) -> bool:
    keys = np.asarray(keys)
    return bool((keys[1:] > keys[:-1]).all())


def _check_order(keys: Any) -> None:
    if not _is_ordered(keys):
        raise ShapeError(
            "sparse_coo_tensor(): is_coalesced=True, but the indices are not in order, each once; leave it out, and call "
            ".coalesce()"
        )


# -- dense tensors -----------------------------------------------------------------------------------------------------


def coo_of_dense(input: Tensor, sparse_dim: int | None = None) -> SparseTensor:
    """The elements of ``input`` that are not 0, or where ``sparse_dim`` is less than its dimensions the slices of such."""
    ndim = input.ndim if sparse_dim is None else sparse_dim
    if not 0 <= ndim <= input.ndim or (not ndim and input.ndim):
        raise ShapeError(f"to_sparse(): sparse_dim is from 1 to {input.ndim} for this tensor, not {sparse_dim}")
    lengths, inner = tuple(input.shape[:ndim]), tuple(input.shape[ndim:])
    filled = xp.not_equal(input.detach(), 0)
    if inner:
        filled = xp.any(filled, axis=tuple(range(ndim, input.ndim)))
    places = nonzero(filled)
    keys = keys_of([places[:, dim] for dim in range(ndim)], lengths, places)
    rows = xp.reshape(input, (math.prod(lengths), *inner))
    return SparseTensor._make(sparse_coo, (xp.matrix_transpose(places),), xp.take_rows(rows, keys), input.shape, True)


def csr_of_dense(input: Tensor) -> SparseTensor:
    """The elements of the matrix ``input`` that are not 0, row by row."""
    if input.ndim != 2:
        raise ShapeError(f"to_sparse_csr(): only matrices have this layout, not a tensor of shape {tuple(input.shape)}")
    return to_csr(coo_of_dense(input))


__all__ = ["coo_of_dense", "csr_of_dense", "masked", "sparse_coo_tensor", "sparse_csr_tensor"]
