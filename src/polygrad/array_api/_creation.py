"""Making arrays."""

from __future__ import annotations

import builtins
from typing import Any

from .. import _dtypes
from .._core.primitive import OPERATIONS as xp
from .._core.scalars import as_int, as_ints
from .._core.tensor import Tensor
from .._dtypes import DType
from .._functions import broadcasting, creation, diagonals, foreign
from .._functions.common import check_tensor
from ._declaration import standard


@standard(foreign.asarray)
def asarray(
    obj: Any, /, *, dtype: DType | None = None, device: Any = None, copy: builtins.bool | None = None
) -> Tensor:
    """``obj`` as an array: an array of any library, numbers, nested lists, a buffer; arrays in lists keep their graph.

    Raises:
        ValueError: ``copy=False``, and memory cannot be shared.
        OverflowError: an integer does not fit into the data type.
        TypeError: ``obj`` is none of these.
    """
    if obj.__class__ is int and dtype is None and not _dtypes.int64.holds(obj):
        raise OverflowError(f"the integer {obj} does not fit into int64")
    return foreign.asarray(obj, dtype=dtype, device=device, copy=copy)


@standard(foreign.from_dlpack)
def from_dlpack(x: Any, /, *, device: Any = None, copy: builtins.bool | None = None) -> Tensor:
    """An array of another library that speaks DLPack.

    Args:
        copy: False shares memory, with the promise not to write to it.  True and None, the default, copy.

    Raises:
        TypeError: ``x`` does not speak DLPack.
        BufferError: the memory is not given away.
    """
    return foreign.from_dlpack(x, device=device, copy=True if copy is None else copy)


@standard(creation.arange)
def arange(
    start: float, /, stop: float | None = None, step: float = 1, *, dtype: DType | None = None, device: Any = None
) -> Tensor:
    """Numbers from ``start`` on, ``step`` apart, before ``stop``; given one number, from 0 to it.

    Returns:
        A vector of length ``ceil((stop - start) / step)``, or of length 0 where ``step`` leads away from ``stop``.

    Raises:
        ValueError: ``step`` is 0, or an argument is not finite.
    """
    if stop is None:
        start, stop = 0, start
    if step == 0:
        raise ValueError("arange(): step must not be 0")
    if dtype is None and not builtins.all(isinstance(x, int) for x in (start, stop, step)):
        dtype = _dtypes.get_default_dtype()
    if (stop - start) * step < 0:
        stop = start
    return creation.arange(start, stop, step, dtype=dtype, device=device)


@standard(creation.linspace)
def linspace(
    start: complex,
    stop: complex,
    /,
    num: int,
    *,
    dtype: DType | None = None,
    device: Any = None,
    endpoint: builtins.bool = True,
) -> Tensor:
    """``num`` numbers at equal distances from ``start`` to ``stop``, which is the last one, or is left out.

    Args:
        endpoint: whether ``stop`` is the last number.
    """
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


@standard(creation.eye)
def eye(
    n_rows: int, n_cols: int | None = None, /, *, k: int = 0, dtype: DType | None = None, device: Any = None
) -> Tensor:
    """A matrix with ones on a diagonal and zeros elsewhere.

    Args:
        n_rows: the number of rows.
        n_cols: the number of columns.  By default that of rows.
        k: which diagonal: 0 is the main one, positive ones are above it, negative ones below.

    Returns:
        An array of shape ``(n_rows, n_cols)``.

    Example::

        >>> xp.eye(2, 3, k=1)
        tensor([[0., 1., 0.],
                [0., 0., 1.]])
    """
    rows, columns = as_int(n_rows), as_int(n_rows if n_cols is None else n_cols)
    dtype = _dtypes.get_default_dtype() if dtype is None else dtype
    k = max(-rows, min(k, columns))  # beyond these there is nothing but zeros
    if k == 0:
        return creation.eye(rows, columns, dtype=dtype, device=device)
    row = creation.arange(rows, device=device)
    column = creation.arange(columns, device=device)
    return xp.astype(xp.equal(xp.expand_dims(row, 1) + k, xp.expand_dims(column, 0)), dtype)


@standard(creation.full)
def full(
    shape: int | tuple[int, ...], fill_value: complex, *, dtype: DType | None = None, device: Any = None
) -> Tensor:
    """An array of ``shape`` filled with a number, in ``dtype`` or in the default type of its kind."""
    return creation.full(as_ints(shape), fill_value, dtype=dtype, device=device)


@standard(creation.zeros)
def zeros(shape: int | tuple[int, ...], *, dtype: DType | None = None, device: Any = None) -> Tensor:
    """An array of ``shape`` filled with 0, in the default floating type unless ``dtype`` says otherwise."""
    return creation.zeros(as_ints(shape), dtype=dtype, device=device)


@standard(creation.ones)
def ones(shape: int | tuple[int, ...], *, dtype: DType | None = None, device: Any = None) -> Tensor:
    """An array of ``shape`` filled with 1, in the default floating type unless ``dtype`` says otherwise."""
    return creation.ones(as_ints(shape), dtype=dtype, device=device)


@standard(creation.zeros)
def empty(shape: int | tuple[int, ...], *, dtype: DType | None = None, device: Any = None) -> Tensor:
    """An array of ``shape``: of zeros, since no array has undefined values.

    Example::

        >>> xp.empty(3)
        tensor([0., 0., 0.])
    """
    return zeros(shape, dtype=dtype, device=device)


@standard(creation.full_like)
def full_like(x: Tensor, /, fill_value: complex, *, dtype: DType | None = None, device: Any = None) -> Tensor:
    """An array of the shape, type and device of ``x``, filled with a number."""
    return creation.full_like(x, fill_value, dtype=dtype, device=device)


@standard(creation.zeros_like)
def zeros_like(x: Tensor, /, *, dtype: DType | None = None, device: Any = None) -> Tensor:
    """An array of the shape, type and device of ``x``, filled with 0."""
    return creation.full_like(x, 0, dtype=dtype, device=device)


@standard(creation.ones_like)
def ones_like(x: Tensor, /, *, dtype: DType | None = None, device: Any = None) -> Tensor:
    """An array of the shape, type and device of ``x``, filled with 1."""
    return creation.full_like(x, 1, dtype=dtype, device=device)


@standard(creation.zeros_like)
def empty_like(x: Tensor, /, *, dtype: DType | None = None, device: Any = None) -> Tensor:
    """An array of the shape, type and device of ``x``: of zeros, since no array has undefined values.

    Example::

        >>> xp.empty_like(xp.asarray([1, 2]))
        tensor([0, 0])
    """
    return zeros_like(x, dtype=dtype, device=device)


@standard(broadcasting.meshgrid)
def meshgrid(*arrays: Tensor, indexing: str = "xy") -> tuple[Tensor, ...]:
    """Coordinate arrays of a grid, from those of its axes.

    Args:
        *arrays: vectors of one data type; an array without dimensions counts as a vector.
        indexing: ``"xy"``, the default: the first vector runs along dimension 1, and the second along dimension 0; ``"ij"``: each
            along the dimension of its place.

    Raises:
        ValueError: an argument is not a vector, or ``indexing`` is neither.
        RuntimeError: the data types differ.

    Example::

        >>> x, y = xp.meshgrid(xp.asarray([1, 2, 3]), xp.asarray([4, 5]))
        >>> x
        tensor([[1, 2, 3],
                [1, 2, 3]])
    """
    if not arrays:
        return ()
    return tuple([xp.clone(x) for x in broadcasting.meshgrid(*arrays, indexing=indexing)])


@standard(diagonals.tril)
def tril(x: Tensor, /, *, k: int = 0) -> Tensor:
    """The lower triangles of matrices: zeros above the ``k``-th diagonal."""
    return xp.tril(check_tensor(x, "tril", "x"), k)


@standard(diagonals.triu)
def triu(x: Tensor, /, *, k: int = 0) -> Tensor:
    """The upper triangles of matrices: zeros below the ``k``-th diagonal."""
    return xp.triu(check_tensor(x, "triu", "x"), k)
