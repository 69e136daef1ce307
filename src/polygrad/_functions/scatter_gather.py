"""Elements at positions or under a mask: gathered, and written or added out of place."""

from __future__ import annotations

from typing import Any

from .. import _dtypes
from .._core.errors import ShapeError
from .._core.primitive import OPERATIONS as xp
from .._core.same_dtype import require_same_dtype
from .._core.tensor import Tensor
from .._ops.axes import normal_axis
from .broadcasting import broadcast_shapes, broadcast_tensors, broadcast_to
from .common import assume, check_tensor, numpy_spelling, place_of
from .creation import arange, full, tensor
from .elementwise import scaled
from .indexing import scalar_for
from .keys import check_range
from .manipulation import clone, flatten, reshape
from .public import public_function
from .strides import separate_from

_FULL = slice(None)


def check_positions(index: Tensor, name: str, argument: str = "index") -> Tensor:
    """Return ``index`` if it has a signed integer type.  A boolean or uint8 tensor would be a mask in a key, and is refused.

    An empty tensor may have any integer type.
    """
    dtype = check_tensor(index, name, argument).dtype
    if dtype.kind != "int" and not (dtype.kind == "uint" and not index.numel()):
        raise RuntimeError(
            f"{name}(): {argument} must hold positions, of type int64 or another signed integer type, not "
            f"{index.dtype.name}"
        )
    return index


def check_along(input: Tensor, dim: int, index: Tensor, name: str) -> int:
    """Return ``dim`` counted from the front.  Raises unless ``index`` holds non-negative positions along it."""
    axis = normal_axis(dim, input.ndim)
    check_range(check_positions(index, name), input.shape[axis] if input.ndim else 1, axis)
    return axis


@public_function(method=True)
@numpy_spelling
def repeat_interleave(
    input: Tensor, repeats: Any = None, dim: int | None = None, *, output_size: int | None = None
) -> Tensor:
    """Repeat each element, or each slice along ``dim``, a number of times in a row.

    Args:
        input: a tensor of any shape.  Alone, a vector of numbers: position ``i`` is repeated ``input[i]`` times.
        repeats: how many times: an int, or an integer vector with one number for each slice.
        dim: the dimension.  None, the default, flattens ``input`` first.
        output_size: the sum of ``repeats``, if it is known: the values need not be read then, which a compiled function
            needs.

    Returns:
        A tensor whose length along ``dim`` is the sum of ``repeats``.

    Raises:
        RuntimeError: ``repeats`` is negative, is not an integer, or has another length than the dimension.

    Example::

        >>> polygrad.repeat_interleave(polygrad.tensor([1, 2]), polygrad.tensor([1, 3]))
        tensor([1, 2, 2, 2])
    """
    if repeats is None:
        positions = arange(input.shape[0], **place_of(input))
        return repeat_interleave(positions, input, output_size=output_size)
    x = flatten(input) if dim is None else input
    axis = 0 if dim is None else normal_axis(dim, x.ndim)
    total = output_size
    if isinstance(repeats, int) and total is None:  # no value has to be read
        total = repeats * x.shape[axis]
    if not isinstance(repeats, Tensor):
        repeats = tensor(repeats, **place_of(x))
    if repeats.dtype.kind not in ("int", "uint"):
        raise RuntimeError(f"repeat_interleave(): repeats must be integers, not {repeats.dtype.name}")
    if repeats.ndim > 1 or repeats.shape.numel() not in (1, x.shape[axis]):
        raise RuntimeError(
            f"repeat_interleave(): repeats must have 1 or {x.shape[axis]} elements, but its shape is {tuple(repeats.shape)}"
        )
    if assume(repeats, lambda values: bool((values < 0).any())):
        raise RuntimeError("repeat_interleave(): repeats must not be negative")
    ends = xp.cumulative_sum(broadcast_to(flatten(repeats), (x.shape[axis],)), 0)
    if total is None:
        total = int(ends[-1].item()) if x.shape[axis] else 0
    positions = arange(total, **place_of(x))
    return index_select(x, axis, xp.searchsorted(ends, positions, side="right"))


@public_function(method=True, out=True)
def index_select(input: Tensor, dim: int, index: Tensor) -> Tensor:
    """Return the slices along a dimension at the given positions.

    Args:
        input: a tensor of any shape.
        dim: the dimension.
        index: an integer vector of positions, none negative.

    Returns:
        A copy with as many slices along ``dim`` as ``index`` has elements.

    Raises:
        IndexError: a position is out of range, or ``index`` is not a vector.

    Example::

        >>> polygrad.index_select(polygrad.tensor([[1, 2], [3, 4]]), 1, polygrad.tensor([1, 1]))
        tensor([[2, 2],
                [4, 4]])
    """
    axis = check_along(input, dim, index, "index_select")
    if index.ndim > 1:
        raise IndexError(f"index_select(): index must be a vector, but its shape is {tuple(index.shape)}")
    if not input.ndim:
        return xp.reshape(flatten(input)[flatten(index)], ())
    return input[(_FULL,) * axis + (flatten(index),)]


@public_function(method=True, out=True)
def gather(input: Tensor, dim: int, index: Tensor, *, sparse_grad: bool = False) -> Tensor:
    """Return elements at positions along a dimension: ``out[i, j] = input[index[i, j], j]`` for ``dim=0``.

    Args:
        input: a tensor of any shape.
        dim: the dimension.
        index: positions along ``dim``, none negative: an integer tensor with as many dimensions as ``input``, not longer
            than it in the others.
        sparse_grad: accepted for compatibility with PyTorch; gradients are dense.

    Returns:
        A tensor of the shape of ``index``.

    Raises:
        IndexError: a position is out of range.
        RuntimeError: the numbers of dimensions differ.

    Example::

        >>> polygrad.gather(polygrad.tensor([[1, 2], [3, 4]]), 1, polygrad.tensor([[1], [0]]))
        tensor([[2],
                [3]])
    """
    axis = check_along(input, dim, index, "gather")
    return _gather(input, axis, index)


def _gather(input: Tensor, axis: int, index: Tensor) -> Tensor:
    if not index.shape.numel():
        return xp.reshape(flatten(input)[:0], tuple(index.shape))
    if not input.shape or not index.shape:  # a 0-d tensor counts as one of length 1
        return xp.reshape(flatten(input)[flatten(index)], tuple(index.shape))
    if input.ndim != index.ndim:
        raise RuntimeError(f"gather: index has {index.ndim} dimensions, but input has {input.ndim}")
    return input[_index_all_axes(index, axis, input)]


@public_function(method=True, out=True)
def take_along_dim(input: Tensor, indices: Tensor, dim: int | None = None) -> Tensor:
    """Return the elements at the given positions along a dimension, broadcasting the other dimensions.

    Args:
        input: a tensor of any shape.
        indices: an integer tensor of positions, counted from the end if negative, with as many dimensions as ``input``.
        dim: the dimension.  None, the default, takes from the flattened tensor.

    Returns:
        A tensor of the shape of ``indices``, broadcast with that of ``input`` except along ``dim``.  Without ``dim`` a vector.

    Raises:
        IndexError: a position is out of range.
        RuntimeError: the numbers of dimensions differ, or the shapes do not broadcast.

    Example::

        >>> x = polygrad.tensor([[3, 1], [2, 4]])
        >>> polygrad.take_along_dim(x, x.argsort(dim=1), dim=1)
        tensor([[1, 3],
                [2, 4]])
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


@public_function(method=True, out=True)
def take(input: Tensor, index: Tensor) -> Tensor:
    """Return the elements at positions of the flattened tensor.

    Args:
        input: a tensor of any shape.
        index: an integer tensor of positions, counted from the end if negative.

    Returns:
        A tensor of the shape of ``index``.

    Raises:
        IndexError: a position is out of range.

    Example::

        >>> polygrad.take(polygrad.tensor([[1, 2], [3, 4]]), polygrad.tensor([0, 3]))
        tensor([1, 4])
    """
    return separate_from(input, flatten(input)[check_positions(index, "take")])


@public_function(method=True, in_place=True, out=True)
@require_same_dtype("input", "src")
def scatter(
    input: Tensor, dim: int, index: Tensor, src: Any = None, *, value: Any = None, reduce: str | None = None
) -> Tensor:
    """Return a copy with elements written along a dimension: ``out[index[i, j], j] = src[i, j]`` for ``dim=0``.

    Where positions repeat, the last one is written; the gradient goes to that one.  `scatter_add` adds all of them.

    Args:
        input: a tensor of any shape.
        dim: the dimension.
        index: positions along ``dim``, none negative: an integer tensor with as many dimensions as ``input``.
        src: what is written: a tensor of the data type of ``input`` that is at least as long as ``index`` in each
            dimension, or a number.
        value: a number, another name of ``src``.
        reduce: ``"add"`` or ``"multiply"``: combine with the element that is there instead.

    Returns:
        A tensor of the shape and data type of ``input``.

    Raises:
        IndexError: a position is out of range.
        RuntimeError: the shapes do not fit, the data types differ, or ``reduce`` is unknown.

    Example::

        >>> polygrad.scatter(polygrad.zeros(3), 0, polygrad.tensor([2, 0]), polygrad.tensor([1.0, 5.0]))
        tensor([5., 0., 1.])
    """
    axis = check_along(input, dim, index, "scatter")
    src = value if src is None else src
    if not index.shape.numel():  # it may have any dimensions then, as in PyTorch
        return clone(input)
    check_dimensions(input, index, src, "scatter")
    if reduce is not None:
        if not isinstance(src, Tensor):
            src = full(index.shape, src, dtype=input.dtype, **place_of(input))
        if reduce == "add":
            return _scatter_sum(input, axis, index, src)
        if reduce == "multiply":
            return _scatter_product(input, axis, index, src)
        raise RuntimeError(f"scatter(): reduce must be 'add' or 'multiply', not {reduce!r}")
    if not input.ndim:
        return xp.reshape(scatter(flatten(input), 0, flatten(index), _flatten_if_tensor(src)), ())
    result = clone(input)
    result[_index_all_axes(index, axis, input)] = _trim(src, index)
    return result


def check_dimensions(input: Tensor, index: Tensor, src: Any, name: str) -> None:
    ndim = max(index.ndim, 1)  # a tensor without dimensions counts as a vector
    for other, argument in ((input, "input"), (src, "src")):
        if isinstance(other, Tensor) and max(other.ndim, 1) != ndim:
            raise ShapeError(
                f"{name}(): index must have as many dimensions as {argument}, but their shapes are {tuple(index.shape)} "
                f"and {tuple(other.shape)}"
            )


@public_function(method=True, in_place=True, out=True)
@require_same_dtype("input", "src")
def scatter_add(input: Tensor, dim: int, index: Tensor, src: Tensor) -> Tensor:
    """Return a copy with elements added along a dimension: ``out[index[i, j], j] += src[i, j]`` for ``dim=0``.

    Args:
        input: a tensor of any shape.
        dim: the dimension.
        index: positions along ``dim``, none negative: an integer tensor with as many dimensions as ``input``.
        src: what is added, a tensor of the data type of ``input`` that is at least as long as ``index`` in each dimension.

    Returns:
        A tensor of the shape and data type of ``input``.

    Raises:
        IndexError: a position is out of range.
        RuntimeError: the shapes do not fit, or the data types differ.

    Example::

        >>> polygrad.scatter_add(polygrad.zeros(3), 0, polygrad.tensor([2, 2]), polygrad.tensor([1.0, 5.0]))
        tensor([0., 0., 6.])
    """
    axis = check_along(input, dim, index, "scatter_add")
    if index.shape.numel():
        check_dimensions(input, index, src, "scatter_add")
    return _scatter_sum(input, axis, index, src)


def _scatter_sum(input: Tensor, axis: int, index: Tensor, src: Tensor) -> Tensor:
    if not index.shape.numel():
        return clone(input)
    if not input.ndim:
        return xp.reshape(_scatter_sum(flatten(input), 0, flatten(index), flatten(src)), ())
    values = xp.astype(xp.reshape(_trim(src, index), (-1,)), input.dtype)
    added = xp.index_add(values, _flatten_positions(index, axis, input), input.shape.numel())
    return input + xp.reshape(added, tuple(input.shape))


def _scatter_product(input: Tensor, axis: int, index: Tensor, src: Tensor) -> Tensor:
    positions, values = positions_and_values(input, axis, index, src)
    products = product_at(values, positions, input.shape.numel())
    return input * xp.reshape(products, tuple(input.shape))


def positions_and_values(input: Tensor, axis: int, index: Tensor, src: Tensor) -> tuple[Tensor, Tensor]:
    """Return where in the flattened ``input`` each element of ``src`` belongs, and these elements, as vectors."""
    if not input.ndim:
        return flatten(index), xp.astype(flatten(src), input.dtype)
    return _flatten_positions(index, axis, input), xp.astype(flatten(_trim(src, index)), input.dtype)


def product_at(values: Tensor, positions: Tensor, size: int) -> Tensor:
    """Return the product of the ``values`` at each of ``size`` positions, which is 1 where there are none.

    By doubling strides over the values in the order of their positions (Hillis and Steele, "Data parallel algorithms",
    1986).  There is no division, so that derivatives are right where values are 0.
    """
    order = xp.argsort(positions)
    positions, values = xp.take_rows(positions, order), xp.take_rows(values, order)
    stride, count = 1, values.shape[0]
    while stride < count:
        same = xp.equal(positions[stride:], positions[:-stride])
        values = xp.concat([values[:stride], values[stride:] * xp.where(same, values[:-stride], 1)], axis=0)
        stride *= 2
    ones = full((size,), 1, dtype=values.dtype, **place_of(values))
    return xp.put_rows(ones, values, positions)  # of equal positions the last is written: the whole product


def _flatten_positions(index: Tensor, axis: int, input: Tensor) -> Tensor:
    """Return the positions in the flattened ``input`` that the elements of ``index`` mean, as a vector."""
    position: Any = None
    stride = 1
    for at, length in reversed(list(zip(_index_all_axes(index, axis, input), input.shape, strict=True))):
        position = at * stride if position is None else position + at * stride
        stride *= length
    return xp.reshape(broadcast_to(position, index.shape), (-1,))


def _flatten_if_tensor(src: Any) -> Any:
    return flatten(src) if isinstance(src, Tensor) else src


def _trim(src: Any, index: Tensor) -> Any:
    if not isinstance(src, Tensor) or tuple(src.shape) == tuple(index.shape):
        return src
    if src.ndim != index.ndim or any(n < m for n, m in zip(src.shape, index.shape, strict=True)):
        raise ShapeError(f"scatter: index of shape {tuple(index.shape)} is larger than src of shape {tuple(src.shape)}")
    return xp.getitem(src, tuple(slice(0, n) for n in index.shape))


def _index_all_axes(index: Tensor, axis: int, like: Tensor) -> tuple[Tensor, ...]:
    """Return ``index`` for ``axis``, and for each other axis its own positions."""
    parts = []
    for a, length in enumerate(index.shape):
        if a == axis:
            parts.append(index)
            continue
        own = arange(length, **place_of(like))
        parts.append(xp.reshape(own, tuple(length if i == a else 1 for i in range(index.ndim))))
    return tuple(parts)


def check_mask(input: Tensor, mask: Tensor, value: Any) -> None:
    """Raise unless ``value`` can be written into ``input`` where ``mask`` is True."""
    if check_tensor(mask, "masked_fill", "mask").dtype.kind != "bool":
        raise RuntimeError(f"masked_fill: mask must be bool, not {mask.dtype.name}; write a comparison, as in x > 0")
    if isinstance(value, Tensor):
        if value.ndim:
            raise RuntimeError(
                f"masked_fill: value must be a number or a 0-d tensor, but its shape is {tuple(value.shape)}"
            )
        if value.dtype.is_complex and not input.dtype.is_complex:
            raise RuntimeError(
                f"masked_fill: a complex value cannot be converted to {input.dtype.name}; take its real part"
            )


@public_function(method=True)
def masked_fill(input: Tensor, mask: Tensor, value: Any) -> Tensor:
    """Return a copy of a tensor with a value written where a mask is True.

    Args:
        input: a tensor.
        mask: a boolean tensor whose shape broadcasts with that of ``input``.
        value: a number, or a tensor without dimensions.

    Returns:
        A tensor of the broadcast shape and the data type of ``input``.

    Raises:
        RuntimeError: ``mask`` is not boolean, or ``value`` has dimensions.

    Example::

        >>> x = polygrad.tensor([1.0, -2.0])
        >>> polygrad.masked_fill(x, x < 0, 0.0)
        tensor([1., 0.])
    """
    check_mask(input, mask, value)
    return xp.where(
        mask, xp.astype(value, input.dtype) if isinstance(value, Tensor) else scalar_for(input, value), input
    )


@public_function(method=True, out=True)
def masked_select(input: Tensor, mask: Tensor) -> Tensor:
    """Return the elements where a mask is True.

    The shape of the result depends on values, so this cannot be compiled.

    Args:
        input: a tensor.
        mask: a boolean tensor whose shape broadcasts with that of ``input``.

    Returns:
        A vector.

    Raises:
        RuntimeError: ``mask`` is not boolean.

    Example::

        >>> x = polygrad.tensor([1.0, -2.0, 3.0])
        >>> polygrad.masked_select(x, x > 0)
        tensor([1., 3.])
    """
    input, mask = broadcast_tensors(input, mask)
    if mask.dtype is not _dtypes.bool:
        raise RuntimeError(f"masked_select: mask must be bool, not {mask.dtype.name}; write a comparison, as in x > 0")
    return flatten(input)[flatten(mask)]


def key_along(input: Tensor, dim: int, index: Tensor, name: str) -> tuple:
    """Return the key of the slices of ``input`` at the positions ``index`` of ``dim``, for the function ``name``."""
    return (_FULL,) * normal_axis(dim, input.ndim) + (check_positions(index, name),)


@public_function(method=True, out=True)
@require_same_dtype("input", "source")
def index_add(input: Tensor, dim: int, index: Tensor, source: Tensor, *, alpha: Any = 1) -> Tensor:
    """Return a copy of a tensor with slices added at positions of a dimension; slices at equal positions add up.

    Args:
        input: a tensor of any shape.
        dim: the dimension.
        index: an integer vector of positions, none negative, one for each slice of ``source``.
        source: the slices, a tensor of the data type of ``input`` whose shape differs along ``dim`` only.
        alpha: the factor of ``source``, a number.

    Returns:
        A tensor of the shape and data type of ``input``.

    Raises:
        IndexError: a position is out of range.
        RuntimeError: the shapes do not fit, or the data types differ.

    Example::

        >>> polygrad.index_add(polygrad.zeros(3), 0, polygrad.tensor([2, 2]), polygrad.tensor([1.0, 5.0]))
        tensor([0., 0., 6.])
    """
    axis = check_along(input, dim, index, "index_add")
    check_slices("index_add", input, axis, index, source)
    order = (axis, *(d for d in range(source.ndim) if d != axis))
    values = scaled(source, alpha)
    if not input.ndim:
        return input + xp.reshape(xp.index_add(xp.reshape(values, (1,)), flatten(index), 1), ())
    rows = xp.index_add(xp.astype(xp.permute_dims(values, order), input.dtype), flatten(index), input.shape[axis])
    return input + xp.permute_dims(rows, tuple(sorted(range(len(order)), key=order.__getitem__)))


def check_slices(name: str, input: Tensor, axis: int, index: Tensor, source: Tensor) -> None:
    """Raise unless ``index`` is a vector with one position for each slice of ``source``, which fits ``input``."""
    if index.ndim > 1 or (source.ndim and source.shape[axis] != index.shape.numel()):
        raise RuntimeError(
            f"{name}(): index has shape {tuple(index.shape)}, and source {tuple(source.shape)} along dim {axis}; "
            "there is one index for each slice of source"
        )
    others = [tuple(n for d, n in enumerate(x.shape) if d != axis) for x in (input, source)]
    if others[0] != others[1] or input.ndim != source.ndim:
        raise ShapeError(
            f"{name}(): source has shape {tuple(source.shape)}, and input {tuple(input.shape)}; only dim {axis} may differ"
        )


@public_function(method=True)
def index_fill(input: Tensor, dim: int, index: Tensor, value: Any) -> Tensor:
    """Return a copy of a tensor with a value written into the slices at positions of a dimension.

    Args:
        input: a tensor of any shape.
        dim: the dimension.
        index: an integer vector of positions.
        value: a number, or a tensor without dimensions.

    Returns:
        A tensor of the shape and data type of ``input``.

    Raises:
        IndexError: a position is out of range.

    Example::

        >>> polygrad.index_fill(polygrad.zeros(3), 0, polygrad.tensor([0, 2]), 7.0)
        tensor([7., 0., 7.])
    """
    if not input.ndim:  # it counts as a vector of length 1
        return xp.reshape(index_fill(flatten(input), dim, index, value), ())
    result = clone(input)
    result[key_along(input, dim, index, "index_fill")] = (
        xp.astype(value, input.dtype) if isinstance(value, Tensor) else value
    )
    return result


@public_function(method=True, out=True)
@require_same_dtype("input", "source")
def index_copy(input: Tensor, dim: int, index: Tensor, source: Tensor) -> Tensor:
    """Return a copy of a tensor with slices written at positions of a dimension.

    Args:
        input: a tensor of any shape.
        dim: the dimension.
        index: an integer vector of positions, none negative, one for each slice of ``source``.
        source: the slices, a tensor of the data type of ``input`` whose shape differs along ``dim`` only.

    Returns:
        A tensor of the shape and data type of ``input``.

    Raises:
        IndexError: a position is out of range.
        RuntimeError: the shapes do not fit, or the data types differ.

    Example::

        >>> polygrad.index_copy(polygrad.zeros(3), 0, polygrad.tensor([2, 0]), polygrad.tensor([1.0, 5.0]))
        tensor([5., 0., 1.])
    """
    check_along(input, dim, index, "index_copy")
    if not input.ndim:
        return xp.reshape(index_copy(flatten(input), dim, flatten(index), flatten(source)), ())
    result = clone(input)
    result[key_along(input, dim, index, "index_copy")] = source
    return result


@public_function(method=True)
def index_put(input: Tensor, indices: Any, values: Tensor, accumulate: bool = False) -> Tensor:
    """Return a copy of a tensor with values written at ``input[indices]``.

    Args:
        input: a tensor of any shape.
        indices: a tuple of index tensors or masks, as in ``input[indices]``.
        values: what is written, a tensor whose shape broadcasts to that of ``input[indices]``.
        accumulate: whether values are added to the elements instead; values at equal positions add up.

    Returns:
        A tensor of the shape and data type of ``input``.

    Raises:
        IndexError: a position is out of range.
        RuntimeError: the shapes do not fit.

    Example::

        >>> rows, columns = polygrad.tensor([0, 1]), polygrad.tensor([1, 0])
        >>> polygrad.index_put(polygrad.zeros(2, 2), (rows, columns), polygrad.tensor([1.0, 5.0]))
        tensor([[0., 1.],
                [5., 0.]])
    """
    result = clone(input)
    if accumulate:
        places = reshape(arange(input.shape.numel(), **place_of(input)), tuple(input.shape))
        places = places[tuple(indices)]
        flat = xp.reshape(broadcast_to(xp.astype(values, input.dtype), places.shape), (-1,))
        added = xp.index_add(flat, flatten(places), input.shape.numel())
        return input + xp.reshape(added, tuple(input.shape))
    result[tuple(indices)] = values
    return result


@public_function(method=True, in_place=True)
@require_same_dtype("input", "source")
def put(input: Tensor, index: Tensor, source: Tensor, accumulate: bool = False) -> Tensor:
    """Return a copy of a tensor with elements written at positions of the flattened tensor.

    Args:
        input: a tensor of any shape.
        index: an integer tensor of positions, counted from the end if negative.
        source: what is written, a tensor of the data type of ``input`` with as many elements as ``index``.
        accumulate: whether the elements are added to those of ``input`` instead; those at equal positions add up.

    Returns:
        A tensor of the shape and data type of ``input``.

    Raises:
        IndexError: a position is out of range, or ``source`` has another number of elements than ``index``.
        RuntimeError: the data types differ, or ``index`` is not of an integer type.

    Example::

        >>> polygrad.put(polygrad.zeros(2, 2), polygrad.tensor([0, -1]), polygrad.tensor([1.0, 5.0]))
        tensor([[1., 0.],
                [0., 5.]])
    """
    check_positions(index, "put")
    if check_tensor(source, "put", "source").shape.numel() != index.shape.numel():
        raise IndexError(
            f"put(): source must have as many elements as index, {index.shape.numel()}, not {source.shape.numel()}"
        )
    written = index_put(flatten(input), (flatten(index),), flatten(source), accumulate)
    return xp.reshape(written, tuple(input.shape))


@public_function(method=True)
@require_same_dtype("input", "source")
def masked_scatter(input: Tensor, mask: Tensor, source: Tensor) -> Tensor:
    """Return a copy of a tensor with the first elements of another one written, in order, where a mask is True.

    Args:
        input: a tensor.
        mask: a boolean tensor whose shape broadcasts with that of ``input``.
        source: a tensor of the data type of ``input`` with at least as many elements as ``mask`` has True ones.

    Returns:
        A tensor of the broadcast shape and the data type of ``input``.

    Raises:
        RuntimeError: ``mask`` is not boolean, the data types differ, or ``source`` has too few elements.

    Example::

        >>> mask = polygrad.tensor([True, False, True])
        >>> polygrad.masked_scatter(polygrad.zeros(3), mask, polygrad.tensor([1.0, 5.0]))
        tensor([1., 0., 5.])
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
