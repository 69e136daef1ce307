"""Picking elements by position or mask, and writing or adding to them out of place."""

from __future__ import annotations

from typing import Any

from .. import _dtypes
from .._core.alike import alike
from .._core.errors import ShapeError
from .._core.primitive import OPERATIONS as xp
from .._core.tensor import Tensor
from .._ops.manipulation import normal_axis
from .broadcasting import broadcast_shapes, broadcast_tensors, broadcast_to
from .common import assume, check_tensor, numpy_spelling
from .creation import arange, full, tensor
from .elementwise import scaled
from .indexing import scalar_for
from .keys import check_range
from .manipulation import clone, flatten, reshape
from .public import public_function
from .strides import separate_from

_FULL = slice(None)


def check_positions(index: Tensor, name: str, argument: str = "index") -> Tensor:
    """``index`` if it holds positions.  Booleans and bytes would be a mask in a key, and are refused here.

    An empty one holds none, of any type of integers.
    """
    dtype = check_tensor(index, name, argument).dtype
    if dtype.kind != "int" and not (dtype.kind == "uint" and not index.numel()):
        raise RuntimeError(
            f"{name}(): {argument} must hold positions, of type int64 or another signed integer type, not "
            f"{index.dtype.name}"
        )
    return index


def check_along(input: Tensor, dim: int, index: Tensor, name: str) -> int:
    """``dim`` counted from the front.  Raises unless ``index`` holds positions along it that are not negative."""
    axis = normal_axis(dim, input.ndim)
    check_range(check_positions(index, name), input.shape[axis] if input.ndim else 1, axis)
    return axis


@public_function(method=True)
@numpy_spelling
def repeat_interleave(
    input: Tensor, repeats: Any = None, dim: int | None = None, *, output_size: int | None = None
) -> Tensor:
    """Every element ``repeats`` times in a row, along ``dim`` or flattened; a number for each element, or one for all.

    Given one tensor of numbers, each position that many times.  With ``output_size``, the sum of ``repeats``, no number has to
    be looked at.
    """
    if repeats is None:
        positions = arange(input.shape[0], backend=input.backend, device=input.device)
        return repeat_interleave(positions, input, output_size=output_size)
    x = flatten(input) if dim is None else input
    axis = 0 if dim is None else normal_axis(dim, x.ndim)
    total = output_size
    if isinstance(repeats, int) and total is None:  # nothing has to be looked at
        total = repeats * x.shape[axis]
    if not isinstance(repeats, Tensor):
        repeats = tensor(repeats, backend=x.backend, device=x.device)
    if repeats.dtype.kind not in ("int", "uint"):
        raise RuntimeError(f"repeat_interleave(): repeats must be integers, not {repeats.dtype.name}")
    if repeats.ndim > 1 or repeats.shape.numel() not in (1, x.shape[axis]):
        raise RuntimeError(
            f"repeats must have one element, or as many as input along dim: {x.shape[axis]}, not {tuple(repeats.shape)}"
        )
    if assume(repeats, lambda values: bool((values < 0).any())):
        raise RuntimeError("repeats can not be negative")
    ends = xp.cumulative_sum(broadcast_to(flatten(repeats), (x.shape[axis],)), 0)
    if total is None:
        total = int(ends[-1].item()) if x.shape[axis] else 0
    positions = arange(total, backend=x.backend, device=x.device)
    return index_select(x, axis, xp.searchsorted(ends, positions, side="right"))


@public_function(method=True)
def index_select(input: Tensor, dim: int, index: Tensor) -> Tensor:
    """The slices of ``input`` along ``dim`` at the positions ``index``, a 1-D tensor of integers."""
    axis = check_along(input, dim, index, "index_select")
    if index.ndim > 1:
        raise IndexError(f"index_select(): index is supposed to be a vector, and it has {index.ndim} dimensions")
    if not input.ndim:
        return xp.reshape(flatten(input)[flatten(index)], ())
    return input[(_FULL,) * axis + (flatten(index),)]


@public_function(method=True)
def gather(input: Tensor, dim: int, index: Tensor) -> Tensor:
    """``out[i][j][k] = input[index[i][j][k]][j][k]`` for ``dim`` 0, and likewise for others."""
    axis = check_along(input, dim, index, "gather")
    return _gather(input, axis, index)


def _gather(input: Tensor, axis: int, index: Tensor) -> Tensor:
    if not index.shape.numel():
        return xp.reshape(flatten(input)[:0], tuple(index.shape))
    if not input.shape or not index.shape:  # a 0-d tensor counts as one of length 1
        return xp.reshape(flatten(input)[flatten(index)], tuple(index.shape))
    if input.ndim != index.ndim:
        raise RuntimeError(f"gather: index has {index.ndim} dimensions, but input has {input.ndim}")
    return input[_along(index, axis, input)]


@public_function(method=True)
def take_along_dim(input: Tensor, indices: Tensor, dim: int | None = None) -> Tensor:
    """The elements at ``indices`` along ``dim``, the other dimensions broadcast; or those of the flattened tensor.

    Along a ``dim`` negative indices count from the end.
    """
    check_positions(indices, "take_along_dim", "indices")
    if dim is None:
        return gather(reshape(input, -1), 0, reshape(indices, -1))
    if input.ndim != indices.ndim:
        raise RuntimeError(f"take_along_dim: input has {input.ndim} dimensions, but indices has {indices.ndim}")
    axis = normal_axis(dim, input.ndim)
    others = broadcast_shapes(
        (*input.shape[:axis], 1, *input.shape[axis + 1 :]), (*indices.shape[:axis], 1, *indices.shape[axis + 1 :])
    )
    input = broadcast_to(input, (*others[:axis], input.shape[axis], *others[axis + 1 :]))
    return _gather(input, axis, broadcast_to(indices, (*others[:axis], indices.shape[axis], *others[axis + 1 :])))


@public_function(method=True)
def take(input: Tensor, index: Tensor) -> Tensor:
    """The elements of the flattened ``input`` at ``index``, in the shape of ``index``."""
    return separate_from(input, flatten(input)[check_positions(index, "take")])


@public_function(method=True, in_place=True)
@alike("input", "src")
def scatter(
    input: Tensor, dim: int, index: Tensor, src: Any = None, *, value: Any = None, reduce: str | None = None
) -> Tensor:
    """``input`` with ``out[index[i][j][k]][j][k] = src[i][j][k]`` for ``dim`` 0, and likewise for others.

    ``src`` may be one number.  With ``reduce``, ``"add"`` or ``"multiply"``, it is added or multiplied instead.
    """
    axis = check_along(input, dim, index, "scatter")
    src = value if src is None else src
    if not index.shape.numel():  # it may have any dimensions then, as in PyTorch
        return clone(input)
    _check_dimensions(input, index, src, "scatter")
    if reduce is not None:
        if not isinstance(src, Tensor):
            src = full(index.shape, src, dtype=input.dtype, backend=input.backend, device=input.device)
        if reduce == "add":
            return _scatter_sum(input, axis, index, src)
        if reduce == "multiply":
            return _scatter_product(input, axis, index, src)
        raise RuntimeError(f"scatter(): reduce is 'add' or 'multiply', not {reduce!r}")
    if not input.ndim:
        return xp.reshape(scatter(flatten(input), 0, flatten(index), _line(src)), ())
    result = clone(input)
    result[_along(index, axis, input)] = _trimmed(src, index)
    return result


def _check_dimensions(input: Tensor, index: Tensor, src: Any, name: str) -> None:
    ndim = max(index.ndim, 1)  # a tensor without dimensions counts as a vector
    for other, argument in ((input, "input"), (src, "src")):
        if isinstance(other, Tensor) and max(other.ndim, 1) != ndim:
            raise ShapeError(
                f"{name}(): index must have as many dimensions as {argument}, but their shapes are {tuple(index.shape)} "
                f"and {tuple(other.shape)}"
            )


@public_function(method=True, in_place=True)
@alike("input", "src")
def scatter_add(input: Tensor, dim: int, index: Tensor, src: Tensor) -> Tensor:
    """As `scatter`, but added: ``out[index[i][j][k]][j][k] += src[i][j][k]``."""
    axis = check_along(input, dim, index, "scatter_add")
    if index.shape.numel():
        _check_dimensions(input, index, src, "scatter_add")
    return _scatter_sum(input, axis, index, src)


def _scatter_sum(input: Tensor, axis: int, index: Tensor, src: Tensor) -> Tensor:
    if not index.shape.numel():
        return clone(input)
    if not input.ndim:
        return xp.reshape(_scatter_sum(flatten(input), 0, flatten(index), flatten(src)), ())
    values = xp.astype(xp.reshape(_trimmed(src, index), (-1,)), input.dtype)
    added = xp.index_add(values, _flat_positions(index, axis, input), input.shape.numel())
    return input + xp.reshape(added, tuple(input.shape))


def _scatter_product(input: Tensor, axis: int, index: Tensor, src: Tensor) -> Tensor:
    if not input.ndim:
        return xp.reshape(_scatter_product(flatten(input), 0, flatten(index), flatten(src)), ())
    result, values = clone(flatten(input)), xp.astype(flatten(_trimmed(src, index)), input.dtype)
    positions = _flat_positions(index, axis, input)
    while positions.shape[0]:  # of equal positions one in each round
        numbers = arange(positions.shape[0], backend=input.backend, device=input.device)
        nobody = full((input.shape.numel(),), -1, backend=input.backend, device=input.device)
        winner = xp.put_rows(nobody, numbers, positions)
        chosen = xp.take_rows(winner, positions) == numbers
        result[positions[chosen]] *= values[chosen]
        positions, values = positions[~chosen], values[~chosen]
    return xp.reshape(result, tuple(input.shape))


def _flat_positions(index: Tensor, axis: int, input: Tensor) -> Tensor:
    """Where in the flattened ``input`` each element of ``index`` points, as a vector."""
    position: Any = None
    stride = 1
    for at, length in reversed(list(zip(_along(index, axis, input), input.shape, strict=True))):
        position = at * stride if position is None else position + at * stride
        stride *= length
    return xp.reshape(broadcast_to(position, index.shape), (-1,))


def _line(src: Any) -> Any:
    return flatten(src) if isinstance(src, Tensor) else src


def _trimmed(src: Any, index: Tensor) -> Any:
    if not isinstance(src, Tensor) or tuple(src.shape) == tuple(index.shape):
        return src
    if src.ndim != index.ndim or any(n < m for n, m in zip(src.shape, index.shape, strict=True)):
        raise ShapeError(
            f"scatter: index of shape {tuple(index.shape)} points from more elements than src has: {tuple(src.shape)}"
        )
    return xp.getitem(src, tuple(slice(0, n) for n in index.shape))


def _along(index: Tensor, axis: int, like: Tensor) -> tuple[Tensor, ...]:
    """``index`` for ``axis`` and each other axis's own positions."""
    parts = []
    for a, length in enumerate(index.shape):
        if a == axis:
            parts.append(index)
            continue
        own = arange(length, backend=like.backend, device=None if like.backend.level else like.device)
        parts.append(xp.reshape(own, tuple(length if i == a else 1 for i in range(index.ndim))))
    return tuple(parts)


def check_mask(input: Tensor, mask: Tensor, value: Any) -> None:
    """Raise unless ``value`` can be written into ``input`` where ``mask`` is true."""
    if mask.dtype.kind != "bool":
        raise RuntimeError(f"masked_fill only supports boolean masks, but got mask of type {mask.dtype.name}")
    if isinstance(value, Tensor):
        if value.ndim:
            raise RuntimeError(
                f"masked_fill only supports a 0-dimensional value tensor, but got {value.ndim} dimensions"
            )
        if value.dtype.is_complex and not input.dtype.is_complex:
            raise RuntimeError(
                f"masked_fill: a complex value cannot be converted to {input.dtype.name}; take its real part"
            )


@public_function(method=True)
def masked_fill(input: Tensor, mask: Tensor, value: Any) -> Tensor:
    """``input`` with ``value``, a number or a 0-d tensor, where ``mask``, broadcast, is true."""
    check_mask(input, mask, value)
    return xp.where(
        mask, xp.astype(value, input.dtype) if isinstance(value, Tensor) else scalar_for(input, value), input
    )


@public_function(method=True)
def masked_select(input: Tensor, mask: Tensor) -> Tensor:
    """The elements of ``input`` where ``mask`` is true, as a vector."""
    input, mask = broadcast_tensors(input, mask)
    if mask.dtype is not _dtypes.bool:
        raise RuntimeError(f"masked_select: mask must be bool, not {mask.dtype.name}; write a comparison, as in x > 0")
    return flatten(input)[flatten(mask)]


def at(input: Tensor, dim: int, index: Tensor, name: str) -> tuple:
    """The key of the slices of ``input`` at the positions ``index`` of ``dim``, for the function ``name``."""
    return (_FULL,) * normal_axis(dim, input.ndim) + (check_positions(index, name),)


@public_function(method=True)
@alike("input", "source")
def index_add(input: Tensor, dim: int, index: Tensor, source: Tensor, *, alpha: Any = 1) -> Tensor:
    """``input`` with ``alpha`` times each slice of ``source`` along ``dim`` added at its ``index``; equals add up."""
    axis = check_along(input, dim, index, "index_add")
    if index.ndim > 1 or (source.ndim and source.shape[axis] != index.shape.numel()):
        raise RuntimeError(
            f"index_add(): index has shape {tuple(index.shape)}, and source {tuple(source.shape)} along dim {axis}; "
            "there is one index for each slice of source"
        )
    others = [tuple(n for d, n in enumerate(x.shape) if d != axis) for x in (input, source)]
    if others[0] != others[1] or input.ndim != source.ndim:
        raise ShapeError(
            f"index_add(): source has shape {tuple(source.shape)}, and input {tuple(input.shape)}; only dim {axis} may differ"
        )
    order = (axis, *(d for d in range(source.ndim) if d != axis))
    values = scaled(source, alpha)
    if not input.ndim:
        return input + xp.reshape(xp.index_add(xp.reshape(values, (1,)), flatten(index), 1), ())
    rows = xp.index_add(xp.astype(xp.permute_dims(values, order), input.dtype), flatten(index), input.shape[axis])
    return input + xp.permute_dims(rows, tuple(sorted(range(len(order)), key=order.__getitem__)))


@public_function(method=True)
def index_fill(input: Tensor, dim: int, index: Tensor, value: Any) -> Tensor:
    """``input`` with ``value`` at the positions ``index`` of ``dim``."""
    if not input.ndim:  # it counts as a vector of length 1
        return xp.reshape(index_fill(flatten(input), dim, index, value), ())
    result = clone(input)
    result[at(input, dim, index, "index_fill")] = xp.astype(value, input.dtype) if isinstance(value, Tensor) else value
    return result


@public_function(method=True)
@alike("input", "source")
def index_copy(input: Tensor, dim: int, index: Tensor, source: Tensor) -> Tensor:
    """``input`` with the slices of ``source`` at the positions ``index`` of ``dim``."""
    check_along(input, dim, index, "index_copy")
    if not input.ndim:
        return xp.reshape(index_copy(flatten(input), dim, flatten(index), flatten(source)), ())
    result = clone(input)
    result[at(input, dim, index, "index_copy")] = source
    return result


@public_function(method=True)
def index_put(input: Tensor, indices: Any, values: Tensor, accumulate: bool = False) -> Tensor:
    """``input`` with ``values`` at ``input[indices]``; with ``accumulate`` they are added, equal indices adding up."""
    result = clone(input)
    if accumulate:
        places = reshape(arange(input.shape.numel(), backend=input.backend, device=input.device), tuple(input.shape))
        places = places[tuple(indices)]
        flat = xp.reshape(broadcast_to(xp.astype(values, input.dtype), places.shape), (-1,))
        added = xp.index_add(flat, flatten(places), input.shape.numel())
        return input + xp.reshape(added, tuple(input.shape))
    result[tuple(indices)] = values
    return result


@public_function(method=True)
@alike("input", "source")
def masked_scatter(input: Tensor, mask: Tensor, source: Tensor) -> Tensor:
    """``input`` with the first elements of ``source``, in order, where ``mask`` is true.

    Raises ShapeError where ``source`` has fewer elements than ``mask`` is true.
    """
    input, mask = broadcast_tensors(input, mask)
    if mask.dtype is not _dtypes.bool:
        raise RuntimeError(f"masked_scatter: mask must be bool, not {mask.dtype.name}; write a comparison, as in x > 0")
    count = source.shape.numel()
    if assume(mask, lambda values: bool(values.sum() > count)):
        raise ShapeError(
            f"masked_scatter: source of shape {tuple(source.shape)} has fewer elements than places where the mask of shape "
            f"{tuple(mask.shape)} is true"
        )
    if not count:
        return clone(input)
    places = xp.cumulative_sum(xp.astype(flatten(mask), _dtypes.int64), 0) - 1
    chosen = xp.take_rows(xp.astype(flatten(source), input.dtype), xp.clip(places, 0, count - 1))
    return xp.where(mask, reshape(chosen, tuple(input.shape)), input)
