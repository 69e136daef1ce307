"""Making arrays."""

from __future__ import annotations

import builtins
from typing import Any

from .. import _dtypes
from .._core.primitive import OPERATIONS as xp
from .._core.scalars import as_int, as_ints, to_python
from .._core.tensor import Tensor
from .._dtypes import DType
from .._functions import creation, foreign
from .._functions.common import check_tensor


def asarray(
    obj: Any, /, *, dtype: DType | None = None, device: Any = None, copy: builtins.bool | None = None
) -> Tensor:
    """``obj`` as an array: an array of any library, numbers, nested lists, a buffer; arrays in lists keep their graph.

    Raises ValueError where ``copy=False`` cannot be kept, and OverflowError for an integer that the type does not hold.
    """
    if obj.__class__ is int and dtype is None and not _dtypes.int64.holds(obj):
        raise OverflowError(f"the integer {obj} does not fit into int64")
    return foreign.asarray(obj, dtype=dtype, device=device, copy=copy)


def from_dlpack(x: Any, /, *, device: Any = None, copy: builtins.bool | None = None) -> Tensor:
    """An array of another library that speaks DLPack.  It is copied, unless ``copy=False``."""
    return foreign.from_dlpack(x, device=device, copy=True if copy is None else copy)


def arange(start: Any, /, stop: Any = None, step: Any = 1, *, dtype: DType | None = None, device: Any = None) -> Tensor:
    """Numbers from ``start`` on, ``step`` apart, before ``stop``; given one number, from 0 to it."""
    if stop is None:
        start, stop = 0, start
    if step == 0:
        raise ValueError("arange(): step must not be 0")
    if dtype is None and not builtins.all(isinstance(x, int) for x in (start, stop, step)):
        dtype = _dtypes.get_default_dtype()
    if (stop - start) * step < 0:
        stop = start
    return creation.arange(start, stop, step, dtype=dtype, device=device)


def linspace(
    start: Any,
    stop: Any,
    /,
    num: int,
    *,
    dtype: DType | None = None,
    device: Any = None,
    endpoint: builtins.bool = True,
) -> Tensor:
    """``num`` numbers at equal distances from ``start`` to ``stop``, which is the last one, or is left out."""
    if isinstance(start, complex) or isinstance(stop, complex) or (dtype is not None and dtype.is_complex):
        dtype = _dtypes.get_default_dtype().to_complex() if dtype is None else dtype
        start, stop = complex(start), complex(stop)
        parts = [(start.real, stop.real), (start.imag, stop.imag)]
        return xp.complex(
            *[linspace(a, b, num, dtype=dtype.to_real(), device=device, endpoint=endpoint) for a, b in parts]
        )
    if endpoint or not num:
        return creation.linspace(start, stop, num, dtype=dtype, device=device)
    return creation.linspace(start, stop, num + 1, dtype=dtype, device=device)[:-1]


def eye(
    n_rows: int, n_cols: int | None = None, /, *, k: int = 0, dtype: DType | None = None, device: Any = None
) -> Tensor:
    """A matrix with ones on its ``k``-th diagonal, above the main one where ``k`` is positive, and zeros elsewhere."""
    rows, columns = as_int(n_rows), as_int(n_rows if n_cols is None else n_cols)
    dtype = _dtypes.get_default_dtype() if dtype is None else dtype
    k = max(-rows, min(k, columns))  # beyond these there is nothing but zeros
    if k == 0:
        return creation.eye(rows, columns, dtype=dtype, device=device)
    row = creation.arange(rows, device=device)
    column = creation.arange(columns, device=device)
    return xp.astype(xp.equal(xp.expand_dims(row, 1) + k, xp.expand_dims(column, 0)), dtype)


def full(shape: Any, fill_value: Any, *, dtype: DType | None = None, device: Any = None) -> Tensor:
    """An array of ``shape`` filled with a number, in ``dtype`` or in the default type of its kind."""
    return creation.full(as_ints(shape), to_python(fill_value), dtype=dtype, device=device)


def zeros(shape: Any, *, dtype: DType | None = None, device: Any = None) -> Tensor:
    """An array of ``shape`` filled with 0, in the default floating type unless ``dtype`` says otherwise."""
    return creation.zeros(as_ints(shape), dtype=dtype, device=device)


def ones(shape: Any, *, dtype: DType | None = None, device: Any = None) -> Tensor:
    """An array of ``shape`` filled with 1, in the default floating type unless ``dtype`` says otherwise."""
    return creation.ones(as_ints(shape), dtype=dtype, device=device)


#: There is no memory that could be left unset: every backend's arrays have values.
empty = zeros


def full_like(x: Tensor, /, fill_value: Any, *, dtype: DType | None = None, device: Any = None) -> Tensor:
    """An array of the shape, type and device of ``x``, filled with a number."""
    return creation.full_like(x, to_python(fill_value), dtype=dtype, device=device)


def zeros_like(x: Tensor, /, *, dtype: DType | None = None, device: Any = None) -> Tensor:
    """An array of the shape, type and device of ``x``, filled with 0."""
    return creation.full_like(x, 0, dtype=dtype, device=device)


def ones_like(x: Tensor, /, *, dtype: DType | None = None, device: Any = None) -> Tensor:
    """An array of the shape, type and device of ``x``, filled with 1."""
    return creation.full_like(x, 1, dtype=dtype, device=device)


empty_like = zeros_like


def meshgrid(*arrays: Tensor, indexing: str = "xy") -> tuple[Tensor, ...]:
    """Coordinate arrays of a grid, from those of its axes; with ``"xy"`` the first two axes change places.

    Raises ValueError for another ``indexing`` than ``"xy"`` and ``"ij"``.
    """
    if indexing not in ("xy", "ij"):
        raise ValueError(f"meshgrid(): indexing is 'xy' or 'ij', not {indexing!r}")
    order = list(range(len(arrays)))
    if indexing == "xy":
        order[:2] = order[:2][::-1]
    shape = tuple([arrays[i].shape.numel() for i in order])
    grid = []
    for axis, i in enumerate(order):
        column = [1] * len(arrays)
        column[axis] = -1
        grid.append((i, xp.clone(xp.broadcast_to(xp.reshape(arrays[i], tuple(column)), shape))))
    return tuple([array for _, array in sorted(grid, key=lambda pair: pair[0])])


def tril(x: Tensor, /, *, k: int = 0) -> Tensor:
    """The lower triangles of matrices: zeros above the ``k``-th diagonal."""
    return xp.tril(check_tensor(x, "tril", "x"), k)


def triu(x: Tensor, /, *, k: int = 0) -> Tensor:
    """The upper triangles of matrices: zeros below the ``k``-th diagonal."""
    return xp.triu(check_tensor(x, "triu", "x"), k)
