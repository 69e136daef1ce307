"""Parts of a tensor along a dimension: splitting, selecting, and writing a part out of place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .._core.dispatch import attach_view
from .._core.errors import ShapeError
from .._core.lending import join_loan
from .._core.primitive import OPERATIONS as xp
from .._core.scalars import as_int, to_python_ints
from .._core.tensor import Tensor
from .._ops.axes import normal_axis
from .._ops.indexing import getitem
from .common import numpy_spelling, second_names
from .manipulation import axis_of
from .public import public_function, public_method

_FULL = slice(None)


@public_function(method=True)
def narrow(input: Tensor, dim: int, start: int | Tensor, length: int) -> Tensor:
    """Return ``length`` consecutive slices along a dimension.

    Args:
        input: a tensor of at least one dimension.
        dim: the dimension.
        start: the first position, counted from the end if negative: an int, or an integer tensor without dimensions.
        length: how many slices.

    Returns:
        A view of ``input``.

    Raises:
        IndexError: ``start`` is out of range.
        RuntimeError: the range ends beyond the dimension.

    Example::

        >>> polygrad.narrow(polygrad.tensor([1, 2, 3, 4]), 0, 1, 2)
        tensor([2, 3])
    """
    if isinstance(start, Tensor):
        if start.ndim or start.dtype.kind not in ("int", "uint"):
            raise RuntimeError(
                f"narrow: start must be an integer, not a tensor of {start.dtype.name} with {start.ndim} dimensions"
            )
        start = int(start)
    axis = normal_axis(dim, input.ndim)
    size = input.shape[axis]
    if not -size <= start <= size:
        raise IndexError(f"narrow: start {start} is out of range for dimension {axis} of length {size}")
    start = start + size if start < 0 else start
    if length < 0 or start + length > size:
        raise RuntimeError(f"narrow: start {start} + length {length} exceeds the length {size} of dimension {axis}")
    return xp.getitem(input, (_FULL,) * axis + (slice(start, start + length), Ellipsis))


@public_method()
def narrow_copy(input: Tensor, dim: int, start: int, length: int) -> Tensor:
    """Return a copy of ``length`` consecutive slices along a dimension.

    Args:
        input: a tensor of at least one dimension.
        dim: the dimension.
        start: the first position, counted from the end if negative.
        length: how many slices.

    Returns:
        A tensor in new memory.

    Raises:
        IndexError: ``start`` is out of range.
        RuntimeError: the range ends beyond the dimension.

    Example::

        >>> polygrad.tensor([1, 2, 3, 4]).narrow_copy(0, 1, 2)
        tensor([2, 3])
    """
    return xp.clone(narrow(input, dim, start, length))


@public_function(method=True)
def select(input: Tensor, dim: int, index: int) -> Tensor:
    """Return the slice at one position of a dimension, without that dimension.

    Args:
        input: a tensor of at least one dimension.
        dim: the dimension.
        index: the position, counted from the end if negative.

    Returns:
        A view of ``input``.

    Raises:
        IndexError: ``dim`` or ``index`` is out of range.

    Example::

        >>> polygrad.select(polygrad.tensor([[1, 2], [3, 4]]), 1, 0)
        tensor([1, 3])
    """
    return input[(_FULL,) * normal_axis(dim, input.ndim) + (index,)]


@public_function(method=True, hot=True)
@second_names(axis="dim", split_size="split_size_or_sections")
def split(tensor: Tensor, split_size_or_sections: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """Split a tensor along a dimension into parts of given lengths.

    Args:
        tensor: a tensor of at least one dimension.
        split_size_or_sections: the length of every part (the last one may be shorter), or a sequence of all lengths.
        dim: the dimension.

    Returns:
        A tuple of views of ``tensor``.

    Raises:
        RuntimeError: the lengths do not add up to that of the dimension, or a length is negative or 0.

    Example::

        >>> polygrad.split(polygrad.tensor([1, 2, 3]), 2)
        (tensor([1, 2]), tensor([3]))
    """
    axis = axis_of(tensor, dim, "split")
    length = tensor.shape[axis]
    sections = to_python_ints(split_size_or_sections)
    if isinstance(sections, int):
        step = sections
        if step < 0 or (step == 0 and length):
            raise RuntimeError(f"split: split_size must be larger than 0, but it is {step}")
        lengths = [min(step, length - start) for start in range(0, length, step)] if length else [0]
    else:
        lengths = list(sections)
        if sum(lengths) != length or any(n < 0 for n in lengths):
            raise RuntimeError(
                f"split_with_sizes expects split_sizes to sum exactly to {length} (the size of dimension {axis}), but "
                f"got split_sizes={lengths}"
            )
    before, keys, start = (_FULL,) * axis, [], 0
    for n in lengths:
        keys.append((*before, slice(start, start + n), Ellipsis))
        start += n
    return _attach_views(tensor, xp.split(tensor, tuple(lengths), axis), keys)


def _attach_views(base: Tensor, parts: Sequence[Tensor], keys: Sequence[tuple]) -> tuple[Tensor, ...]:
    """Make ``parts`` views of ``base``.

    One operation computed all of them, so that their gradients are written into one array.
    """
    for part, key in zip(parts, keys, strict=True):
        attach_view(part, base, getitem, {"key": key})
        join_loan(part)
    return tuple(parts)


@public_function(method=True, hot=True)
@numpy_spelling
def chunk(input: Tensor, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    """Split a tensor along a dimension into at most ``chunks`` parts of equal length; the last one may be shorter.

    Args:
        input: a tensor of at least one dimension.
        chunks: how many parts are wanted.
        dim: the dimension.

    Returns:
        A tuple of views of ``input``.

    Raises:
        RuntimeError: ``chunks`` is less than 1.

    Example::

        >>> polygrad.chunk(polygrad.tensor([1, 2, 3]), 2)
        (tensor([1, 2]), tensor([3]))
    """
    chunks = as_int(chunks)
    if chunks < 1:
        raise RuntimeError(f"chunk: chunks must be at least 1, but it is {chunks}")
    length = input.shape[axis_of(input, dim, "chunk")]
    if not length:  # `chunks` empty parts
        return split(input, [0] * chunks, dim)
    return split(input, -(-length // chunks), dim)


@public_function(method=True)
@second_names(axis="dim", sections="indices_or_sections", indices="indices_or_sections")
def tensor_split(input: Tensor, indices_or_sections: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """Split a tensor along a dimension into a number of parts, or at positions.

    Args:
        input: a tensor of at least one dimension.
        indices_or_sections: the number of parts, of which the first ones are longer by one if they cannot be equal; or
            the positions to cut at, a sequence or an integer vector.
        dim: the dimension.

    Returns:
        A tuple of views of ``input``.

    Raises:
        RuntimeError: the number of parts is less than 1.

    Example::

        >>> polygrad.tensor_split(polygrad.tensor([1, 2, 3]), (1,))
        (tensor([1]), tensor([2, 3]))
    """
    axis = axis_of(input, dim, "tensor_split")
    size = input.shape[axis]
    if isinstance(indices_or_sections, Tensor):
        if indices_or_sections.ndim > 1 or indices_or_sections.dtype.kind != "int":
            raise ShapeError(
                "tensor_split(): indices_or_sections must be an integer or a vector of integers, not "
                f"{indices_or_sections.dtype.name} of shape {tuple(indices_or_sections.shape)}"
            )
        indices_or_sections = indices_or_sections.tolist()
    if isinstance(indices_or_sections, int):
        if indices_or_sections < 1:
            raise RuntimeError(
                f"tensor_split(): the number of sections must be at least 1, but it is {indices_or_sections}"
            )
        short, longer = divmod(size, indices_or_sections)
        ends = [n * short + min(n, longer) for n in range(1, indices_or_sections)]
    else:
        ends = [int(n) for n in indices_or_sections]
    before = (_FULL,) * axis
    return tuple(
        xp.getitem(input, (*before, slice(a, b), Ellipsis)) for a, b in zip([0, *ends], [*ends, size], strict=True)
    )


@public_function(method=True)
@second_names(sections="indices_or_sections", indices="indices_or_sections")
def hsplit(input: Tensor, indices_or_sections: Any) -> tuple[Tensor, ...]:
    """Split a tensor along dimension 1, a vector along dimension 0, as `tensor_split` does.

    Args:
        input: a tensor of at least one dimension.
        indices_or_sections: the number of parts, or the positions to cut at.

    Returns:
        A tuple of views of ``input``.

    Example::

        >>> polygrad.hsplit(polygrad.tensor([[1, 2], [3, 4]]), 2)
        (tensor([[1],
                [3]]), tensor([[2],
                [4]]))
    """
    return tensor_split(input, indices_or_sections, 0 if input.ndim == 1 else 1)


@public_function(method=True)
@second_names(sections="indices_or_sections", indices="indices_or_sections")
def vsplit(input: Tensor, indices_or_sections: Any) -> tuple[Tensor, ...]:
    """Split a tensor along dimension 0, as `tensor_split` does.

    Args:
        input: a tensor of at least one dimension.
        indices_or_sections: the number of parts, or the positions to cut at.

    Returns:
        A tuple of views of ``input``.

    Example::

        >>> polygrad.vsplit(polygrad.tensor([[1, 2], [3, 4]]), 2)
        (tensor([[1, 2]]), tensor([[3, 4]]))
    """
    return tensor_split(input, indices_or_sections, 0)


@public_function(method=True)
@second_names(sections="indices_or_sections", indices="indices_or_sections")
def dsplit(input: Tensor, indices_or_sections: Any) -> tuple[Tensor, ...]:
    """Split a tensor along dimension 2, as `tensor_split` does.

    Args:
        input: a tensor of at least three dimensions.
        indices_or_sections: the number of parts, or the positions to cut at.

    Returns:
        A tuple of views of ``input``.

    Example::

        >>> [x.shape for x in polygrad.dsplit(polygrad.ones(1, 2, 4), 2)]
        [polygrad.Size([1, 2, 2]), polygrad.Size([1, 2, 2])]
    """
    return tensor_split(input, indices_or_sections, 2)


@public_function(method=True)
@numpy_spelling
def unbind(input: Tensor, dim: int = 0) -> tuple[Tensor, ...]:
    """Return all slices along a dimension, without that dimension.

    Args:
        input: a tensor of at least one dimension.
        dim: the dimension.

    Returns:
        A tuple of views of ``input``.

    Raises:
        IndexError: ``dim`` is out of range.

    Example::

        >>> polygrad.unbind(polygrad.tensor([[1, 2], [3, 4]]))
        (tensor([1, 2]), tensor([3, 4]))
    """
    if not input.ndim:
        raise IndexError("unbind: a tensor without dimensions has no slices")
    axis = normal_axis(dim, input.ndim)
    before = (_FULL,) * axis
    return _attach_views(
        input, xp.unstack(input, axis=axis), [(*before, i, Ellipsis) for i in range(input.shape[axis])]
    )


def scatter_into(input: Tensor, src: Tensor, key: tuple) -> Tensor:
    """Return a copy of ``input`` with ``src`` written at a basic ``key``."""
    shape = xp.getitem(input.detach(), key).shape
    if tuple(src.shape) != tuple(shape):
        raise RuntimeError(
            f"expected src to have a shape equal to the slice of self: {tuple(shape)}, not {tuple(src.shape)}"
        )
    return xp.slice_put(input, xp.astype(src, input.dtype), key)


@public_function(method=True)
def select_scatter(input: Tensor, src: Tensor, dim: int, index: int) -> Tensor:
    """Return a copy of a tensor with one slice replaced: the reverse of `select`.

    Args:
        input: a tensor of at least one dimension.
        src: the new slice, of the shape of ``input`` without ``dim``.
        dim: the dimension.
        index: the position, counted from the end if negative.

    Returns:
        A tensor of the shape and data type of ``input``.

    Raises:
        RuntimeError: ``src`` has another shape than the slice.
        IndexError: ``index`` is out of range.

    Example::

        >>> polygrad.select_scatter(polygrad.zeros(2, 2), polygrad.tensor([1.0, 2.0]), 0, 1)
        tensor([[0., 0.],
                [1., 2.]])
    """
    axis = normal_axis(dim, input.ndim)
    length = input.shape[axis]
    if not -length <= index < length:
        raise IndexError(f"index {index} is out of bounds for dimension {axis} with size {length}")
    return scatter_into(input, src, ((slice(None),) * axis) + (index % length, Ellipsis))


@public_function(method=True, out=True)
def slice_scatter(
    input: Tensor, src: Tensor, dim: int = 0, start: int | None = None, end: int | None = None, step: int = 1
) -> Tensor:
    """Return a copy of a tensor with a range of slices replaced.

    Args:
        input: a tensor of at least one dimension.
        src: the new slices, of the shape of ``input[start:end:step]`` along ``dim``.
        dim: the dimension.
        start: the first position.  By default 0.
        end: the position after the last one.  By default the length of the dimension.
        step: the distance of the positions.

    Returns:
        A tensor of the shape and data type of ``input``.

    Raises:
        RuntimeError: ``src`` has another shape than the slices.

    Example::

        >>> polygrad.slice_scatter(polygrad.zeros(4), polygrad.tensor([1.0, 2.0]), start=1, end=3)
        tensor([0., 1., 2., 0.])
    """
    axis = normal_axis(dim, input.ndim)
    part = slice(*slice(start, end, step).indices(input.shape[axis]))
    return scatter_into(input, src, ((slice(None),) * axis) + (part, Ellipsis))
