"""Tensors put together from others: grids, stacks, blocks, triangles of indices; and what belongs to them."""

from __future__ import annotations

import itertools
from typing import Any

from .. import _dtypes
from .._core.alike import alike, check_alike
from .._core.errors import ShapeError
from .._core.precision import in_single_precision
from .._core.primitive import OPERATIONS as xp
from .._core.tensor import Tensor
from .._ops.manipulation import normal_axis
from .common import check_tensor, numpy_spelling, warn
from .creation import tensor, zeros
from .manipulation import broadcast_to, cat, stack, tensor_split


def _all(tensors: Any) -> list[Tensor]:
    if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)):
        tensors = tensors[0]
    return list(tensors)


def meshgrid(*tensors: Any, indexing: str | None = None) -> tuple[Tensor, ...]:
    """The coordinates of the grid that vectors span: one tensor for each vector, all of the grid's shape.

    With ``indexing="ij"``, the default, the first vector runs along the first dimension; with ``"xy"`` along the
    second.
    """
    vectors = _all(tensors)
    if indexing not in (None, "ij", "xy"):
        raise RuntimeError(f"meshgrid: indexing must be one of 'xy' or 'ij', but received: {indexing!r}")
    if not vectors or any(v.ndim > 1 for v in vectors):
        raise RuntimeError(f"meshgrid expects vectors, but got tensors of shapes {[tuple(v.shape) for v in vectors]}")
    check_alike("meshgrid", {f"tensors[{number}]": v for number, v in enumerate(vectors)})
    if indexing is None:
        warn(
            "meshgrid: in an upcoming release, it will be required to pass the indexing argument; indexing='ij' is meant here."
        )
    if indexing == "xy" and len(vectors) > 1:
        second, first, *rest = meshgrid(vectors[1], vectors[0], *vectors[2:], indexing="ij")
        return (first, second, *rest)
    lengths = tuple(v.shape.numel() for v in vectors)
    places = [tuple(n if a == axis else 1 for a, n in enumerate(lengths)) for axis in range(len(lengths))]
    return tuple(broadcast_to(xp.reshape(v, shape), lengths) for v, shape in zip(vectors, places, strict=True))


def cartesian_prod(*tensors: Tensor) -> Tensor:
    """All combinations of one element of each vector, one a row."""
    if len(tensors) == 1:
        return tensors[0]
    return stack([xp.reshape(grid, (grid.shape.numel(),)) for grid in meshgrid(*tensors, indexing="ij")], -1)


def atleast_1d(*tensors: Any) -> Any:
    """Each tensor with at least one dimension."""
    return _each(tensors, lambda x: xp.reshape(x, (1,)) if not x.ndim else x)


def atleast_2d(*tensors: Any) -> Any:
    """Each tensor with at least two dimensions; a vector becomes a row."""
    return _each(tensors, lambda x: x if x.ndim >= 2 else xp.reshape(x, (1, x.shape.numel())))


def atleast_3d(*tensors: Any) -> Any:
    """Each tensor with at least three dimensions; a vector becomes the middle one of them."""

    def grown(x: Tensor) -> Tensor:
        if x.ndim >= 3:
            return x
        return xp.reshape(x, (*x.shape, 1) if x.ndim == 2 else (1, x.shape.numel(), 1))

    return _each(tensors, grown)


def _each(tensors: Any, function: Any) -> Any:
    if len(tensors) == 1 and isinstance(tensors[0], Tensor):
        return function(tensors[0])
    return tuple(function(x) for x in _all(tensors))


def hstack(tensors: Any) -> Tensor:
    """Tensors side by side: joined along the second dimension, vectors along the first."""
    parts = [atleast_1d(x) for x in tensors]
    return cat(parts, 0 if not parts or parts[0].ndim == 1 else 1)


def vstack(tensors: Any) -> Tensor:
    """Tensors one below the other, vectors as rows."""
    return cat([atleast_2d(x) for x in tensors], 0)


def dstack(tensors: Any) -> Tensor:
    """Tensors one behind the other: joined along the third dimension."""
    return cat([atleast_3d(x) for x in tensors], 2)


def column_stack(tensors: Any) -> Tensor:
    """Tensors side by side, vectors as columns."""
    return cat([xp.reshape(x, (x.shape.numel(), 1)) if x.ndim < 2 else x for x in tensors], 1)


row_stack = vstack


def hsplit(input: Tensor, indices_or_sections: Any) -> tuple[Tensor, ...]:
    """The reverse of `hstack`.  Views."""
    return tensor_split(input, indices_or_sections, 0 if input.ndim == 1 else 1)


def vsplit(input: Tensor, indices_or_sections: Any) -> tuple[Tensor, ...]:
    """The reverse of `vstack`.  Views."""
    return tensor_split(input, indices_or_sections, 0)


def dsplit(input: Tensor, indices_or_sections: Any) -> tuple[Tensor, ...]:
    """The reverse of `dstack`.  Views."""
    return tensor_split(input, indices_or_sections, 2)


def block_diag(*tensors: Tensor) -> Tensor:
    """The matrices one after the other along the diagonal of a matrix of zeros."""
    if not tensors:
        return zeros((1, 0))
    blocks = [atleast_2d(x) for x in tensors]
    for block in blocks:
        if block.ndim > 2:
            raise ShapeError(f"block_diag() takes matrices, not a tensor of shape {tuple(block.shape)}")
    width = sum(b.shape[1] for b in blocks)
    rows, start = [], 0
    for block in blocks:
        height, length = block.shape
        rows.append(xp.slice_pad(block, (slice(None), slice(start, start + length)), (height, width)))
        start += length
    return cat(rows, 0)


def _triangle(row: int, col: int, keep: Any, dtype: Any, device: Any, backend: Any) -> Tensor:
    pairs = [(i, j) for i, j in itertools.product(range(row), range(col)) if keep(i, j)]
    numbers = [[i for i, _ in pairs], [j for _, j in pairs]]
    return tensor(numbers, dtype=dtype or _dtypes.int64, device=device, backend=backend)


def tril_indices(
    row: int, col: int, offset: int = 0, *, dtype: Any = None, device: Any = None, backend: Any = None
) -> Tensor:
    """The rows and columns of the lower triangle of a matrix of that shape, as two rows."""
    return _triangle(row, col, lambda i, j: j - i <= offset, dtype, device, backend)


def triu_indices(
    row: int, col: int, offset: int = 0, *, dtype: Any = None, device: Any = None, backend: Any = None
) -> Tensor:
    """The rows and columns of the upper triangle of a matrix of that shape, as two rows."""
    return _triangle(row, col, lambda i, j: j - i >= offset, dtype, device, backend)


def rot90(input: Tensor, k: int = 1, dims: Any = (0, 1)) -> Tensor:
    """``input`` turned ``k`` times by 90 degrees, from the first of ``dims`` towards the second."""
    if len(dims) != 2 or input.ndim < 2 or (dims[0] - dims[1]) % input.ndim == 0:
        raise RuntimeError(
            f"rot90: dims must be two different dimensions of the shape {tuple(input.shape)}, not {tuple(dims)}"
        )
    first, second = (normal_axis(d, input.ndim) for d in dims)
    order = list(range(input.ndim))
    order[first], order[second] = order[second], order[first]
    turned = k % 4
    if turned == 0:
        return xp.clone(input)
    if turned == 2:
        return xp.flip(input, (first, second))
    return xp.flip(xp.permute_dims(input, tuple(order)), (first if turned == 1 else second,))


@numpy_spelling
def diff(
    input: Tensor, n: int = 1, dim: int = -1, prepend: Tensor | None = None, append: Tensor | None = None
) -> Tensor:
    """The differences of neighbours along ``dim``, taken ``n`` times."""
    if not check_tensor(input, "diff").ndim:
        raise ShapeError("diff: a tensor without dimensions has no neighbours; it needs at least one dimension")
    axis = normal_axis(dim, input.ndim)
    if n < 0:
        raise RuntimeError(f"diff: n must not be negative, but it is {n}")
    if n == 0:
        return xp.clone(input)
    parts = [x for x in (prepend, input, append) if x is not None]
    x = cat(parts, axis) if len(parts) > 1 else input
    before = (slice(None),) * axis
    for _ in range(min(n, x.shape[axis])):
        high, low = x[(*before, slice(1, None))], x[(*before, slice(None, -1))]
        x = xp.not_equal(high, low) if x.dtype.kind == "bool" else high - low
    return x


@in_single_precision
def trapezoid(y: Tensor, x: Tensor | None = None, *, dx: float = 1.0, dim: int = -1) -> Tensor:
    """The integral along ``dim`` by the trapezoidal rule, of points ``x`` or of points at distances ``dx``.

    Raises RuntimeError for booleans, and where there is not one ``x`` for each point.
    """
    axis = normal_axis(dim, check_tensor(y, "trapezoid", "y").ndim)
    for argument, points in (("y", y), ("x", x)):
        if points is not None and points.dtype.kind == "bool":
            raise RuntimeError(f"trapezoid: received a bool input for `{argument}`, but bool is not supported")
    if x is not None and (not x.ndim or (x.ndim == 1 and x.shape[0] != y.shape[axis])):
        raise ShapeError(
            f"trapezoid: there must be one `x` value for each sample point; x has shape {tuple(x.shape)}, and y {tuple(y.shape)}"
        )
    # Small integers would overflow in a sum of two.
    y, x = (p if p is None or p.dtype.is_differentiable else xp.astype(p, _dtypes.int64) for p in (y, x))  # type: ignore[assignment]  # of two, y is none of the Nones
    before = (slice(None),) * axis
    means = (y[(*before, slice(1, None))] + y[(*before, slice(None, -1))]) / 2
    if x is None:
        return xp.sum(means, axis) * dx
    if x.ndim == 1:
        x = xp.reshape(x, (x.shape[0], *(1,) * (y.ndim - axis - 1)))
    x = xp.reshape(x, (*(1,) * (y.ndim - x.ndim), *x.shape))
    return xp.sum(means * (x[(*before, slice(1, None))] - x[(*before, slice(None, -1))]), axis)


trapz = trapezoid


@alike("x1", "x2")
@in_single_precision
def cdist(x1: Tensor, x2: Tensor, p: float = 2.0, compute_mode: str | None = None) -> Tensor:
    """The distances of order ``p`` of every row of ``x1`` from every row of ``x2``."""
    for x in (x1, x2):
        if check_tensor(x, "cdist", "x1 and x2").ndim < 2:
            raise ShapeError(f"cdist() takes tensors of at least two dimensions, not of shape {tuple(x.shape)}")
    if p < 0:
        raise ShapeError(f"cdist() takes orders p of 0 and more, not {p}")
    if x1.shape[-1] != x2.shape[-1]:
        raise RuntimeError(f"cdist: the rows have different lengths: {tuple(x1.shape)} and {tuple(x2.shape)}")
    one = xp.reshape(x1, (*x1.shape[:-1], 1, x1.shape[-1]))
    other = xp.reshape(x2, (*x2.shape[:-2], 1, *x2.shape[-2:]))
    return (one - other).norm(p, -1)


def scatter_into(input: Tensor, src: Tensor, key: tuple) -> Tensor:
    """``input`` with ``src`` at a basic ``key``, out of place."""
    shape = xp.getitem(input.detach(), key).shape
    if tuple(src.shape) != tuple(shape):
        raise RuntimeError(
            f"expected src to have a shape equal to the slice of self: {tuple(shape)}, not {tuple(src.shape)}"
        )
    return xp.slice_put(input, xp.astype(src, input.dtype), key)


def select_scatter(input: Tensor, src: Tensor, dim: int, index: int) -> Tensor:
    """``input`` with ``src`` as its slice at ``index`` of ``dim``, out of place."""
    axis = normal_axis(dim, input.ndim)
    length = input.shape[axis]
    if not -length <= index < length:
        raise IndexError(f"index {index} is out of bounds for dimension {axis} with size {length}")
    return scatter_into(input, src, ((slice(None),) * axis) + (index % length, Ellipsis))


def slice_scatter(
    input: Tensor, src: Tensor, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1
) -> Tensor:
    """``input`` with ``src`` at a slice of ``dim``, out of place."""
    axis = normal_axis(dim, input.ndim)
    part = slice(*slice(start, end, step).indices(input.shape[axis]))
    return scatter_into(input, src, ((slice(None),) * axis) + (part, Ellipsis))
