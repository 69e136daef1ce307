"""Strides as PyTorch defines them: they decide whether `reshape` returns a view or a copy.

An array library may lay out memory as it likes, and whether a write reaches another tensor must not depend on that.  So
the strides are derived from how a view was made, from a base that counts as contiguous.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .._core.dispatch import attach_view
from .._core.expansion import positions_like
from .._core.primitive import OPERATIONS as xp
from .._core.tensor import Tensor, cell
from .._ops.axes import inverse, normal_axis
from .common import check_tensor, sizes
from .public import public_function, public_method


def contiguous_strides(shape: Sequence[int]) -> tuple[int, ...]:
    """Return the strides, in elements, of a contiguous tensor of ``shape``."""
    strides, step = [], 1
    for length in reversed(shape):
        strides.append(step)
        step *= max(length, 1)
    return tuple(reversed(strides))


def strides_of(tensor: Tensor) -> tuple[int, ...]:
    """Return the strides of ``tensor``, in elements."""
    chain = tensor._view_chain()
    shape = tuple(chain[-1].shape)
    strides = contiguous_strides(shape)
    for view in reversed(chain[:-1]):
        _, primitive, settings = view._base
        strides = _STRIDES[primitive.name](shape, strides, tuple(view.shape), **settings)
        shape = tuple(view.shape)
    return strides


@public_method()
def stride(input: Tensor, dim: int | None = None) -> Any:
    """Return how many elements lie between neighbours along each dimension, in PyTorch's memory layout.

    Args:
        input: a tensor of any shape.
        dim: the dimension.  None, the default, returns the strides of all of them.

    Returns:
        An int, or a tuple of ints.

    Raises:
        IndexError: ``dim`` is out of range.

    Example::

        >>> polygrad.ones(2, 3).stride(), polygrad.ones(2, 3).T.stride()
        ((3, 1), (1, 3))
    """
    strides = strides_of(input)
    return strides if dim is None else strides[normal_axis(dim, input.ndim)]


@public_method()
def is_contiguous(input: Tensor, memory_format: Any = None) -> bool:
    """Test whether the elements lie one after the other in PyTorch's memory layout: a transpose does not.

    Args:
        input: a tensor of any shape.
        memory_format: accepted for compatibility with PyTorch.

    Returns:
        A Python bool.

    Example::

        >>> polygrad.ones(2, 3).is_contiguous(), polygrad.ones(2, 3).T.is_contiguous()
        (True, False)
    """
    if input._base is None:
        return True
    shape = tuple(input.shape)
    return 0 in shape or all(
        n == 1 or a == b for n, a, b in zip(shape, strides_of(input), contiguous_strides(shape), strict=True)
    )


def separate(tensor: Tensor) -> Tensor:
    """Return the same value and graph edge in a cell that shares no memory."""
    return cell(tensor._read(), tensor._edge)


def separate_from(input: Tensor, result: Tensor) -> Tensor:
    """Return ``result`` in new memory, as PyTorch does, where it is ``input`` itself or a view."""
    return xp.clone(input) if result is input else result if result._base is None else separate(result)


def reshaped_strides(
    shape: tuple[int, ...], strides: tuple[int, ...], target: tuple[int, ...]
) -> tuple[int, ...] | None:
    """Return the strides of a view of shape ``target``, or None where there is no such view.

    Dimensions that lie evenly in memory form a run; a new dimension must not cross from one run into another.
    """
    if 0 in shape:
        return contiguous_strides(target)
    runs: list[list[int]] = []  # [number of elements, stride of the innermost]
    for length, step in zip(shape, strides, strict=True):
        if length == 1:
            continue
        if runs and runs[-1][1] == length * step:
            runs[-1] = [runs[-1][0] * length, step]
        else:
            runs.append([length, step])
    result: list[int] = []
    count, step = runs.pop() if runs else (1, 1)
    for length in reversed(target):
        if count == 1 and length > 1:
            count, step = runs.pop()
        if count % length:
            return None
        result.append(step)
        count //= length
        step *= length
    return tuple(reversed(result))


# -- what each view does to strides ------------------------------------------------------------------------------------


def _getitem(shape, strides, result_shape, /, key):
    result, axis = [], 0
    for item in key:
        if item is None:
            result.append(1)
        elif item is Ellipsis:
            skipped = len(shape) - sum(1 for k in key if k is not None and k is not Ellipsis)
            result.extend(strides[axis : axis + skipped])
            axis += skipped
        else:
            if isinstance(item, slice):
                result.append(strides[axis] * (item.step or 1))
            axis += 1
    result.extend(strides[axis:])
    # An inserted dimension has the stride that PyTorch's unsqueeze gives it.
    for place in reversed([i for i, item in enumerate(_dims_of_key(key, len(shape))) if item is None]):
        result[place] = result_shape[place + 1] * result[place + 1] if place + 1 < len(result) else 1
    return tuple(result)


def _dims_of_key(key, ndim):
    """Return, for each dimension of the result, the part of the key that makes it."""
    items: list[Any] = []
    for item in key:
        if item is Ellipsis:
            items.extend([item] * (ndim - sum(1 for k in key if k is not None and k is not Ellipsis)))
        elif not isinstance(item, int):
            items.append(item)
    return items


def _permute(shape, strides, result_shape, /, axes):
    return tuple(strides[a] for a in axes)


def _transpose(shape, strides, result_shape, /):
    return (*strides[:-2], strides[-1], strides[-2])


def _broadcast(shape, strides, result_shape, /, **settings):
    offset = len(result_shape) - len(shape)
    result = [0 if n != m else s for n, m, s in zip(shape, result_shape[offset:], strides, strict=True)]
    for place in reversed(range(offset)):  # a new dimension of length 1 is like one of unsqueeze
        inner = result_shape[place + 1] * result[0] if result else 0
        result.insert(0, inner if result_shape[place] == 1 else 0)
    return tuple(result)


def _reshape(shape, strides, result_shape, /, **settings):
    # PyTorch has no such view; its result counts as contiguous.
    return reshaped_strides(shape, strides, result_shape) or contiguous_strides(result_shape)


def _part(shape, strides, result_shape, /):
    return tuple(2 * s for s in strides)  # the real or imaginary parts of complex numbers


def _parts(shape, strides, result_shape, /):
    return (*_part(shape, strides, result_shape), 1)


def _pairs(shape, strides, result_shape, /):
    return tuple(s // 2 for s in strides[:-1])


def _select(shape, strides, result_shape, /, **settings):
    return contiguous_strides(result_shape)


def _diagonal(shape, strides, result_shape, /, offset):
    return (*strides[:-2], strides[-2] + strides[-1])


def _unfold(shape, strides, result_shape, /, axis, size, step):
    return (*strides[:axis], strides[axis] * step, *strides[axis + 1 :], strides[axis])


_STRIDES: dict[str, Callable[..., tuple[int, ...]]] = {
    "getitem": _getitem, "permute_dims": _permute, "matrix_transpose": _transpose, "broadcast_to": _broadcast,
    "reshape": _reshape, "real": _part, "imag": _part, "view_as_real": _parts, "view_as_complex": _pairs,
    "conj": lambda shape, strides, result_shape, /: strides, "diagonal": _diagonal,
    "selection": _select, "unfold": _unfold,
    "as_strided": lambda shape, strides, result_shape, /, **settings: tuple(settings["stride"]),
}  # fmt: skip


def offset_of(tensor: Tensor) -> int:
    """Return how many elements of the memory lie before the first one of ``tensor``."""
    chain = tensor._view_chain()
    shape, offset = tuple(chain[-1].shape), 0
    strides = contiguous_strides(shape)
    for view in reversed(chain[:-1]):
        _, primitive, settings = view._base
        name = primitive.name
        if name == "getitem":
            offset += _offset_of_key(shape, strides, settings["key"])
        elif name == "diagonal":
            step = settings["offset"]
            offset += step * strides[-1] if step > 0 else -step * strides[-2]
        elif name in ("real", "imag", "view_as_real"):
            offset = 2 * offset + (name == "imag")
        elif name == "view_as_complex":
            offset //= 2
        elif name == "unfold":
            pass
        elif name == "as_strided":
            offset = settings["offset"]
        elif name == "selection":
            raise NotImplementedError("storage_offset(): the position of this view is known only when a program runs")
        strides = _STRIDES[name](shape, strides, tuple(view.shape), **settings)
        shape = tuple(view.shape)
    return offset


def _offset_of_key(shape: tuple[int, ...], strides: tuple[int, ...], key: tuple) -> int:
    offset, axis = 0, 0
    for item in key:
        if item is Ellipsis:
            axis += len(shape) - sum(1 for k in key if k is not None and k is not Ellipsis)
        elif item is not None:
            start = item.indices(shape[axis])[0] if isinstance(item, slice) else item % shape[axis]
            offset += start * strides[axis]
            axis += 1
    return offset


@public_method()
def storage_offset(input: Tensor) -> int:
    """Return how many elements of the memory lie before the first one, in PyTorch's memory layout.

    Args:
        input: a tensor of any shape.

    Returns:
        An int, 0 for a tensor that is no view.

    Example::

        >>> polygrad.ones(3, 4)[1:, 2].storage_offset()
        6
    """
    return offset_of(input)


# -- views of chosen strides -------------------------------------------------------------------------------------------


def _positions(size: Sequence[int], stride: Sequence[int], offset: int) -> np.ndarray:
    """Return the position in memory of each element of a view, flattened."""
    positions = np.asarray(offset)
    for length, step in zip(size, stride, strict=True):
        positions = positions[..., None] + np.arange(length) * step
    return positions.reshape(-1)


class AsStrided:
    """The operation of a view of chosen strides; it takes the place of a primitive.

    ``positions`` says where each element is in the flattened base.
    """

    name = "as_strided"
    batching_rule = None

    @staticmethod
    def op(x: Tensor, *, positions: np.ndarray, shape: tuple[int, ...], stride: Any, offset: int) -> Tensor:
        return xp.reshape(xp.take_rows(xp.reshape(x, (-1,)), positions_like(x, positions)), shape)

    @staticmethod
    def view(base: Tensor, value: Tensor, *, positions: np.ndarray, shape: Any, stride: Any, offset: int) -> Tensor:
        if np.unique(positions).size < positions.size:
            raise RuntimeError(
                f"unsupported operation: more than one element of the written-to tensor, of shape {shape}, refers to a single "
                "memory location; clone() the tensor first"
            )
        flat = xp.reshape(base, (-1,))
        written = xp.put_rows(flat, xp.reshape(value, (-1,)), positions_like(base, positions))
        return xp.reshape(written, tuple(base.shape))


@public_function(method=True)
def as_strided(input: Tensor, size: Any, stride: Any, storage_offset: int | None = None) -> Tensor:
    """Return a view of the memory of a tensor with a chosen shape and strides, in PyTorch's memory layout.

    Args:
        input: a tensor of any shape.
        size: the shape of the view.
        stride: how many elements of the memory lie between neighbours along each dimension, none negative.
        storage_offset: how many elements lie before the first one.  None, the default, is that of ``input``.

    Returns:
        A view, whose elements may be the same.  Where it reaches beyond the elements of ``input``, it is a view of the tensor
        that ``input`` is a view of.

    Raises:
        RuntimeError: the view reaches beyond the memory, or the lengths do not match.
        NotImplementedError: it reaches beyond ``input``, a view of another data type.

    Example::

        >>> polygrad.as_strided(polygrad.arange(5), (2, 3), (2, 1))
        tensor([[0, 1, 2],
                [2, 3, 4]])
    """
    size, stride = sizes(size), sizes(stride)
    if len(size) != len(stride):
        raise RuntimeError(f"as_strided(): size and stride must have equal lengths, but they are {size} and {stride}")
    if any(n < 0 for n in stride):
        raise RuntimeError(f"as_strided(): negative strides are not supported, but they are {stride}")
    if any(n < 0 for n in size):
        raise RuntimeError(f"as_strided(): lengths must not be negative, but they are {size}")
    offset = offset_of(input) if storage_offset is None else storage_offset
    root = input._view_chain()[-1]
    positions = _positions(size, stride, offset)
    if offset < 0 or (positions.size and positions.max() >= root.shape.numel() and input.dtype is root.dtype):
        raise RuntimeError(
            f"as_strided(): size {size}, stride {stride} and storage_offset {offset} reach beyond the memory of "
            f"{root.shape.numel()} elements"
        )
    mine = _positions(tuple(input.shape), strides_of(input), offset_of(input))
    order = np.argsort(mine, kind="stable")
    found = np.minimum(np.searchsorted(mine, positions, sorter=order), max(mine.size - 1, 0))
    base = input
    if positions.size and mine.size and (mine[order[found]] == positions).all():
        places = order[found]
    elif not positions.size:
        places = positions
    elif input.dtype is root.dtype:
        base, places = root, positions
    else:
        raise NotImplementedError("as_strided(): beyond the elements of a view of another data type")
    settings = {"positions": places, "shape": size, "stride": stride, "offset": offset}
    made = separate_from(base, AsStrided.op(base, **settings))
    attach_view(made, base, AsStrided, settings)  # type: ignore[arg-type]  # it has what attach_view needs of a primitive
    return made


@public_function(method=True)
def as_strided_scatter(input: Tensor, src: Tensor, size: Any, stride: Any, storage_offset: int | None = None) -> Tensor:
    """Return a copy of a tensor with another one written to a part of chosen strides.

    Args:
        input: a tensor of any shape.
        src: what is written, a tensor of shape ``size``.
        size: the shape of the part.
        stride: how many elements lie between neighbours along each dimension, none negative.
        storage_offset: how many elements lie before the first one.  None, the default, is 0.

    Returns:
        A tensor of the shape and data type of ``input``.

    Raises:
        RuntimeError: the part reaches beyond ``input``, its elements are not different ones, or the shapes do not match.

    Example::

        >>> polygrad.as_strided_scatter(polygrad.zeros(4), polygrad.ones(2), (2,), (2,), 1)
        tensor([0., 1., 0., 1.])
    """
    result = xp.clone(input)
    part = as_strided(result, size, stride, storage_offset)
    if tuple(check_tensor(src, "as_strided_scatter", "src").shape) != tuple(part.shape):
        raise RuntimeError(
            f"as_strided_scatter(): src must have the shape of the part, {tuple(part.shape)}, but it is {tuple(src.shape)}"
        )
    part._in_place(xp.slice_put, xp.astype(src, part.dtype), (Ellipsis,))
    return result


class Windows:
    """The operation of a view of windows along an axis; it takes the place of a primitive."""

    name = "unfold"
    batching_rule = None

    @staticmethod
    def op(x: Tensor, *, axis: int, size: int, step: int) -> Tensor:
        count = (x.shape[axis] - size) // step + 1
        rows = xp.permute_dims(x, (axis, *(a for a in range(x.ndim) if a != axis)))
        starts = np.arange(count)[:, None] * step + np.arange(size)
        picked = xp.take_rows(rows, positions_like(x, starts.reshape(-1)))
        picked = xp.reshape(picked, (count, size, *rows.shape[1:]))
        others = range(2, x.ndim + 1)
        return xp.permute_dims(picked, (*others[:axis], 0, *others[axis:], 1))

    @staticmethod
    def view(base: Tensor, value: Tensor, *, axis: int, size: int, step: int) -> Tensor:
        count = value.shape[axis]
        if size > step and count > 1:
            raise RuntimeError(
                f"unsupported operation: windows of size {size} at steps of {step} overlap, so that more than one element refers "
                "to a single memory location; clone() the tensor first"
            )
        rows = xp.permute_dims(value, (axis, value.ndim - 1, *(a for a in range(value.ndim - 1) if a != axis)))
        order = (axis, *(a for a in range(base.ndim) if a != axis))
        target = xp.permute_dims(base, order)
        places = (np.arange(count)[:, None] * step + np.arange(size)).reshape(-1)
        written = xp.put_rows(target, xp.reshape(rows, (count * size, *target.shape[1:])), positions_like(base, places))
        return xp.permute_dims(written, inverse(order))


@public_method()
def unfold(input: Tensor, dimension: int, size: int, step: int) -> Tensor:
    """Return all windows of a length along a dimension.

    Args:
        input: a tensor of any shape.
        dimension: the dimension.
        size: the length of a window.
        step: the distance of the starts of neighbouring windows, at least 1.

    Returns:
        A view in which ``dimension`` counts the windows, ``(length - size) // step + 1``, and a last dimension of length
        ``size`` is added.

    Raises:
        IndexError: the dimension is out of range.
        RuntimeError: a window is longer than the dimension, or ``step`` is not positive.

    Example::

        >>> polygrad.arange(5).unfold(0, 3, 2)
        tensor([[0, 1, 2],
                [2, 3, 4]])
    """
    axis = normal_axis(dimension, input.ndim)
    if size < 0:
        raise RuntimeError(f"unfold(): size must not be negative, but it is {size}")
    if step <= 0:
        raise RuntimeError(f"unfold(): step must be larger than 0, but it is {step}")
    length = input.shape[axis] if input.ndim else 1
    if size > length:
        raise RuntimeError(
            f"unfold(): size is {size}, but dimension {axis} of the shape {tuple(input.shape)} has {length}"
        )
    if not input.ndim:
        return as_strided(input, (size,), (1,))
    settings = {"axis": axis, "size": size, "step": step}
    made = separate_from(input, Windows.op(input, **settings))
    attach_view(made, input, Windows, settings)  # type: ignore[arg-type]  # it has what attach_view needs of a primitive
    return made
