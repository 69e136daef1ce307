"""Elements and slices reduced by position: sums, products, means and extrema."""

from __future__ import annotations

from .. import _dtypes
from .._core.errors import DTypeError
from .._core.primitive import OPERATIONS as xp
from .._core.same_dtype import require_same_dtype
from .._core.tensor import Tensor
from .broadcasting import broadcast_to
from .common import check_tensor
from .manipulation import clone, flatten
from .public import public_function
from .scatter_gather import check_along, check_dimensions, check_slices, positions_and_values, product_at

_REDUCTIONS = ("sum", "prod", "mean", "amax", "amin")


@public_function(method=True, in_place=True, out=True)
@require_same_dtype("input", "src")
def scatter_reduce(
    input: Tensor, dim: int, index: Tensor, src: Tensor, reduce: str, *, include_self: bool = True
) -> Tensor:
    """Return a copy with elements reduced into positions of a dimension: ``out[index[i, j], j] = reduce(…, src[i, j])``.

    Equal extrema share the gradient.

    Args:
        input: a tensor of any shape.
        dim: the dimension.
        index: positions along ``dim``, none negative: an integer tensor with as many dimensions as ``input``.
        src: what is reduced: a tensor of the data type of ``input`` that is at least as long as ``index`` in each dimension.
        reduce: ``"sum"``, ``"prod"``, ``"mean"``, ``"amax"`` or ``"amin"``.
        include_self: whether the element of ``input`` takes part.  Positions that ``index`` does not name keep it anyway.

    Returns:
        A tensor of the shape and data type of ``input``.

    Raises:
        IndexError: a position is out of range.
        RuntimeError: the shapes do not fit, the data types differ, ``reduce`` is unknown, or it is an extremum of complex
            numbers.

    Example::

        >>> x, index = polygrad.tensor([1.0, 2.0]), polygrad.tensor([0, 0, 1])
        >>> polygrad.scatter_reduce(x, 0, index, polygrad.tensor([5.0, 4.0, 1.0]), "amax")
        tensor([5., 2.])
    """
    axis = check_along(input, dim, index, "scatter_reduce")
    if reduce not in _REDUCTIONS:
        raise RuntimeError(f"scatter_reduce(): reduce must be one of {', '.join(_REDUCTIONS)}, not {reduce!r}")
    if not index.shape.numel():
        return clone(input)
    check_dimensions(input, index, check_tensor(src, "scatter_reduce", "src"), "scatter_reduce")
    return _reduce_at(input, *positions_and_values(input, axis, index, src), reduce, include_self)


@public_function(method=True, in_place=True, out=True)
@require_same_dtype("input", "source")
def index_reduce(
    input: Tensor, dim: int, index: Tensor, source: Tensor, reduce: str, *, include_self: bool = True
) -> Tensor:
    """Return a copy with slices reduced into positions of a dimension.  Equal extrema share the gradient.

    Args:
        input: a tensor of any shape.
        dim: the dimension.
        index: an integer vector of positions, none negative, one for each slice of ``source``.
        source: the slices, a tensor of the data type of ``input`` whose shape differs along ``dim`` only.
        reduce: ``"prod"``, ``"mean"``, ``"amax"`` or ``"amin"``; `index_add` adds.
        include_self: whether the slice of ``input`` takes part.  Positions that ``index`` does not name keep it anyway.

    Returns:
        A tensor of the shape and data type of ``input``.

    Raises:
        IndexError: a position is out of range.
        RuntimeError: the shapes do not fit, the data types differ, ``reduce`` is unknown, or it is an extremum of complex
            numbers.

    Example::

        >>> x, index = polygrad.ones(2, 2), polygrad.tensor([0, 0])
        >>> polygrad.index_reduce(x, 0, index, polygrad.tensor([[2.0, 3.0], [4.0, 5.0]]), "prod")
        tensor([[ 8., 15.],
                [ 1.,  1.]])
    """
    axis = check_along(input, dim, index, "index_reduce")
    if reduce not in _REDUCTIONS[1:]:
        raise RuntimeError(f"index_reduce(): reduce must be one of {', '.join(_REDUCTIONS[1:])}, not {reduce!r}")
    check_slices("index_reduce", input, axis, index, source)
    if not source.shape.numel():
        return clone(input)
    if input.ndim:
        index = broadcast_to(xp.reshape(index, (-1, *(1,) * (input.ndim - axis - 1))), tuple(source.shape))
    return _reduce_at(input, *positions_and_values(input, axis, index, source), reduce, include_self)


def _reduce_at(input: Tensor, positions: Tensor, values: Tensor, reduce: str, include_self: bool) -> Tensor:
    """Reduce ``values`` into ``positions`` of the flattened ``input``."""
    dtype = input.dtype
    if dtype.kind == "bool":  # a sum is whether any is True, a product whether all are
        reduce = {"sum": "amax", "mean": "amax", "prod": "amin"}.get(reduce, reduce)
        whole = _reduce_at(
            xp.astype(input, _dtypes.uint8), positions, xp.astype(values, _dtypes.uint8), reduce, include_self
        )
        return xp.astype(whole, dtype)
    flat, size = flatten(input), input.shape.numel()
    counts = xp.index_add(xp.astype(xp.ones_like(positions), _dtypes.int64), positions, size)
    touched = counts > 0
    if reduce in ("sum", "mean", "prod"):
        neutral = 1 if reduce == "prod" else 0
        base = flat if include_self else xp.where(touched, neutral, flat)
        if reduce == "prod":
            return xp.reshape(base * product_at(values, positions, size), tuple(input.shape))
        total = base + xp.index_add(values, positions, size)
        if reduce == "mean":
            counts = xp.clip(counts + include_self, min=1)
            divisor = xp.astype(counts, dtype)
            total = total / divisor if dtype.is_differentiable else xp.floor_divide(total, divisor)
        return xp.reshape(total, tuple(input.shape))
    if dtype.is_complex:
        raise DTypeError(f"{reduce} of complex numbers: they have no order")
    return xp.reshape(
        _extremum_at(flat, positions, values, touched, reduce == "amax", include_self), tuple(input.shape)
    )


def exactly(value: Tensor, computed: Tensor) -> Tensor:
    """Return ``value`` with the derivative of ``computed``, which may differ from it by rounding."""
    error = (value - computed).detach()
    return xp.where(xp.isnan(value), value, computed + xp.where(xp.isfinite(value), error, 0))


def _extremum_at(
    flat: Tensor, positions: Tensor, values: Tensor, touched: Tensor, largest: bool, include_self: bool
) -> Tensor:
    fixed, own = values.detach(), flat.detach()
    # Of equal positions `put_rows` writes the last: in order, that is the extremum.  NaN is both.
    order = xp.argsort(fixed, descending=not largest)
    if not largest and fixed.dtype.is_floating_point:
        order = xp.take_rows(order, xp.argsort(xp.astype(xp.isnan(xp.take_rows(fixed, order)), _dtypes.uint8)))
    found = xp.put_rows(own, xp.take_rows(fixed, order), xp.take_rows(positions, order))
    if include_self:
        found = (xp.maximum if largest else xp.minimum)(found, own)
    if not flat.dtype.is_differentiable:
        return found
    mine = xp.equal(own, found)
    mine = mine if include_self else xp.logical_and(mine, xp.logical_not(touched))
    theirs = xp.equal(fixed, xp.take_rows(found, positions))
    equals = xp.astype(mine, flat.dtype) + xp.index_add(xp.astype(theirs, flat.dtype), positions, flat.shape[0])
    total = xp.where(mine, flat, 0) + xp.index_add(xp.where(theirs, values, 0), positions, flat.shape[0])
    return exactly(found, total / xp.clip(equals, min=1))
