"""What a sparse tensor stores: a pattern, which says where its elements are, and their values, which are an ordinary tensor."""

from __future__ import annotations

import math
from typing import Any, Self

from .. import _dtypes
from .._core.errors import ShapeError
from .._core.primitive import OPERATIONS as xp
from .._core.tensor import Size, Tensor
from .._dtypes import DType
from .._functions.creation import arange
from .._layouts import Layout, sparse_coo, sparse_csr


class _Storage:
    """The pattern, the values and the shape.

    The pattern is a tuple of integer tensors: of COO the indices, of shape ``(sparse_dim, nnz)``; of CSR where each row begins,
    the column of each element, and the row of each.
    """

    __slots__ = ("__weakref__", "_coalesced", "_layout", "_pattern", "_shape", "_stored")

    _layout: Layout
    _pattern: tuple[Tensor, ...]
    _stored: Tensor
    _shape: Size
    #: Whether the elements are in the order of the rows, each place once.
    _coalesced: bool

    @classmethod
    def _make(cls, layout: Layout, pattern: tuple[Tensor, ...], values: Tensor, shape: Any, coalesced: bool) -> Self:
        made = object.__new__(cls)
        made._layout, made._pattern, made._stored = layout, pattern, values
        made._shape, made._coalesced = Size(shape), coalesced
        return made

    def _with_values(self, values: Tensor) -> Self:
        """The same pattern with other values."""
        return self._make(self._layout, self._pattern, values, self._shape, self._coalesced)

    def _coo(self, indices: Tensor, values: Tensor, shape: Any, coalesced: bool) -> Self:
        return self._make(sparse_coo, (indices,), values, shape, coalesced)

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return len(self._shape)

    @property
    def dtype(self) -> DType:
        """The data type of the values."""
        return self._stored.dtype

    def _count(self) -> int:
        return self._stored.shape[0]

    def _sparse_ndim(self) -> int:
        return self._pattern[0].shape[0] if self._layout is sparse_coo else 2

    def _places(self) -> list[Tensor]:
        """The index of each element in each sparse dimension."""
        if self._layout is sparse_coo:
            return [self._pattern[0][dim] for dim in range(self._pattern[0].shape[0])]
        return [self._pattern[2], self._pattern[1]]


def keys_of(places: list[Tensor], lengths: Any, like: Tensor) -> Tensor:
    """The position of each element in the flattened array of ``lengths``; ``like`` has an element for each.

    Raises RuntimeError where there are more positions than 64 bits can count.
    """
    if math.prod(lengths) >= 2**63:
        raise ShapeError(f"a sparse tensor of shape {tuple(lengths)} has too many places to be ordered")
    keys, step = None, math.prod(lengths)
    for place, length in zip(places, lengths, strict=True):
        step //= length or 1
        if length != 1 or len(lengths) == 1:
            part = place * step if step != 1 else place
            keys = part if keys is None else keys + part
    return zeros_for(like) if keys is None else keys


def zeros_for(like: Tensor) -> Tensor:
    """A zero for each row of ``like``, on its device."""
    return numbers_below(like.shape[0], like) * 0


def own_keys(s: _Storage) -> Tensor:
    """The keys of the elements of ``s`` among the places of its sparse dimensions."""
    return keys_of(s._places(), s._shape[: s._sparse_ndim()], s._stored)


def to_coo(s: Any) -> Any:
    """``s`` in coordinates."""
    if s._layout is sparse_coo:
        return s
    return s._coo(xp.stack([s._pattern[2], s._pattern[1]], axis=0), s._stored, s._shape, s._coalesced)


def to_csr(s: Any) -> Any:
    """The matrix ``s`` row by row; elements of equal place are added.

    Raises RuntimeError where it is no matrix.
    """
    if s._layout is sparse_csr:
        return s
    if s._sparse_ndim() != 2 or len(s._shape) != 2:
        raise ShapeError(f"to_sparse_csr(): only matrices have this layout, not a tensor of shape {tuple(s._shape)}")
    s = coalesced(s)
    rows, columns = s._places()
    return s._make(sparse_csr, (row_starts(rows, s._shape[0]), columns, rows), s._stored, s._shape, True)


def row_starts(rows: Tensor, count: int) -> Tensor:
    """Where each of ``count`` rows begins among elements whose ``rows`` are in order, and where the last one ends."""
    return xp.astype(xp.searchsorted(rows, numbers_below(count + 1, rows)), _dtypes.int64)


def coalesced(s: Any) -> Any:
    """``s`` with its elements in the order of the rows, each place once: values of equal places are added."""
    if s._coalesced:
        return s
    if s._layout is sparse_csr:
        return to_csr(coalesced(to_coo(s)))
    indices, values, shape = s._pattern[0], s._stored, s._shape
    if s._count() < 2:
        return s._coo(indices, values, shape, True)
    keys = own_keys(s)
    order = xp.argsort(keys, stable=True)
    keys = xp.take_rows(keys, order)
    begins = xp.not_equal(keys[1:], keys[:-1])
    group = xp.concat([zeros_for(values)[:1], xp.cumulative_sum(xp.astype(begins, _dtypes.int64), 0)])
    count = int(group[-1].item()) + 1
    values = add_rows(xp.take_rows(values, order), group, count)
    if count < keys.shape[0]:
        order = xp.take_rows(order, xp.searchsorted(group, numbers_below(count, group)))
    return s._coo(xp.matrix_transpose(xp.take_rows(xp.matrix_transpose(indices), order)), values, shape, True)


def numbers_below(count: int, like: Tensor) -> Tensor:
    """The numbers below ``count``, on the device of ``like``."""
    return arange(count, dtype=_dtypes.int64, backend=like.backend, device=like.device)


def add_rows(values: Tensor, places: Tensor, count: int) -> Tensor:
    """``count`` rows, into which each row of ``values`` is added at its place; of booleans, whether one is True."""
    if values.dtype is _dtypes.bool:
        return xp.not_equal(xp.index_add(xp.astype(values, _dtypes.uint8), places, count), 0)
    return xp.index_add(values, places, count)


def dense_of(s: Any) -> Tensor:
    """The dense tensor of ``s``."""
    ndim = s._sparse_ndim()
    rows = add_rows(s._stored, own_keys(s), math.prod(s._shape[:ndim]))
    return xp.reshape(rows, tuple(s._shape))
