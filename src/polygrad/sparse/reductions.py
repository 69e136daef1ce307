"""Sums of sparse tensors, and softmax over the elements that they store."""

from __future__ import annotations

import math
from typing import Any

from .._core.errors import LayoutError, ShapeError
from .._core.primitive import OPERATIONS as xp
from .._core.tensor import Tensor
from .._functions.common import dims_of
from .._functions.creation import full
from .._functions.reductions import sum as sum_of
from .._functions.scatter_reductions import scatter_reduce
from .._functions.sets import unique
from .._layouts import sparse_csr
from .storage import coalesced, keys_of


def total(s: Any, dim: Any = None, dtype: Any = None) -> Any:
    """The sum over ``dim``: a sparse tensor, or a dense one where no sparse dimension is left."""
    if dim is None or dim == () or dim == []:
        return sum_of(s._stored, dtype=dtype)
    if s._layout is sparse_csr:
        raise LayoutError("sum() over dimensions does not take the layout sparse_csr; write x.to_sparse_coo()")
    ndim = len(s._shape)
    dims = dims_of(dim)
    dims = (dims,) if isinstance(dims, int) else tuple(dims)
    if any(not -ndim <= d < ndim for d in dims):
        raise IndexError(f"sum(): dim is from {-ndim} to {ndim - 1} for this tensor, not {dim}")
    reduced = {d % ndim for d in dims}
    if len(reduced) < len(dims):
        raise ShapeError(f"sum(): a dimension appears several times in {dim}")
    own = s._sparse_ndim()
    inner = tuple(d - own + 1 for d in sorted(reduced) if d >= own)
    kept = [d for d in range(own) if d not in reduced]
    values = s._stored
    if not kept:
        return sum_of(values, (0, *inner), dtype=dtype)
    if inner or dtype is not None or not values.dtype.is_differentiable:
        values = sum_of(values, inner, dtype=dtype) if inner else sum_of(xp.expand_dims(values, axis=0), 0, dtype=dtype)
    shape = [n for d, n in enumerate(s._shape) if d not in reduced]
    if len(kept) == own:
        return s._coo(s._pattern[0], values, shape, s._coalesced)
    places = s._places()
    return coalesced(s._coo(xp.stack([places[d] for d in kept], axis=0), values, shape, False))


def softmax(s: Any, dim: int, dtype: Any, logarithm: bool) -> Any:
    """The softmax, or its logarithm, over the stored elements along ``dim``; those that are not stored count as -infinity."""
    name = "log_softmax" if logarithm else "softmax"
    if s._layout is sparse_csr:
        raise LayoutError(f"{name}() does not take the layout sparse_csr; write x.to_sparse_coo()")
    ndim, own = len(s._shape), s._sparse_ndim()
    if not -ndim <= dim < ndim:
        raise IndexError(f"{name}(): dim is from {-ndim} to {ndim - 1} for this tensor, not {dim}")
    dim %= ndim
    s = coalesced(s)
    values = s._stored if dtype is None else xp.astype(s._stored, dtype)
    if not values.dtype.is_floating_point:
        raise ShapeError(f"{name}() needs a floating-point type, not {values.dtype.name}")
    if dim >= own:
        of_dense = xp.log_softmax if logarithm else xp.softmax
        return s._with_values(of_dense(values, dim - own + 1))
    if not s._count():
        return s._with_values(values)
    group, count = _groups(s, dim)
    flat = xp.reshape(values, (values.shape[0], -1))
    index = xp.broadcast_to(xp.expand_dims(group, axis=-1), tuple(flat.shape))
    lowest = full((count, flat.shape[1]), -math.inf, dtype=flat.dtype, backend=flat.backend, device=flat.device)
    largest = xp.take_rows(scatter_reduce(lowest, 0, index, flat.detach(), "amax"), group)
    shifted = flat - xp.where(xp.isfinite(largest), largest, 0)
    powers = xp.exp(shifted)
    sums = xp.take_rows(xp.index_add(powers, group, count), group)
    result = shifted - xp.log(sums) if logarithm else powers / sums
    return s._with_values(xp.reshape(result, tuple(values.shape)))


def _groups(s: Any, dim: int) -> tuple[Tensor, int]:
    """For every element the number of the line along ``dim`` that it is in, and how many numbers there are."""
    places, lengths = s._places(), list(s._shape[: s._sparse_ndim()])
    keys = keys_of(places[:dim] + places[dim + 1 :], lengths[:dim] + lengths[dim + 1 :], s._stored)
    lines = math.prod(lengths) // lengths[dim]
    if lines <= 16 * s._count() + 1024:
        return keys, lines
    found, numbers = unique(keys, return_inverse=True)
    return numbers, found.shape[0]
