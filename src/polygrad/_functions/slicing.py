"""Parts of a tensor along a dimension: splitting, selecting, and writing a part out of place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .._core.dispatch import attach_view
from .._core.errors import ShapeError
from .._core.primitive import OPERATIONS as xp
from .._core.scalars import index, whole
from .._core.tensor import Tensor
from .._ops.indexing import getitem
from .._ops.manipulation import normal_axis
from .common import numpy_spelling
from .manipulation import axis_of

_FULL = slice(None)


def narrow(input: Tensor, dim: int, start: int | Tensor, length: int) -> Tensor:
    """``length`` elements along ``dim``, from ``start`` on.  A view."""
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
        raise RuntimeError(f"narrow: start ({start}) + length ({length}) exceeds dimension size ({size})")
    return xp.getitem(input, (_FULL,) * axis + (slice(start, start + length), Ellipsis))


def select(input: Tensor, dim: int, index: int) -> Tensor:
    """The slice at ``index`` of ``dim``, without that dimension.  A view."""
    return input[(_FULL,) * normal_axis(dim, input.ndim) + (index,)]


@numpy_spelling
def split(tensor: Tensor, split_size_or_sections: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """Pieces of a given length (the last may be shorter), or of the given lengths, along ``dim``.  Views."""
    axis = axis_of(tensor, dim, "split")
    length = tensor.shape[axis]
    sections = whole(split_size_or_sections)
    if isinstance(sections, int):
        step = sections
        if step < 0 or (step == 0 and length):
            raise RuntimeError(f"split expects a positive split_size, not {step}")
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
    return _views(tensor, xp.split(tensor, tuple(lengths), axis), keys)


def _views(base: Tensor, parts: Sequence[Tensor], keys: Sequence[tuple]) -> tuple[Tensor, ...]:
    """``parts``, made in one operation so that their gradients are written into one array, as views of ``base``."""
    for part, key in zip(parts, keys, strict=True):
        attach_view(part, base, getitem, {"key": key})
    return tuple(parts)


@numpy_spelling
def chunk(input: Tensor, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    """About ``chunks`` pieces of equal length along ``dim``.  Views."""
    chunks = index(chunks)
    if chunks < 1:
        raise RuntimeError(f"chunk expects `chunks` to be greater than 0, got: {chunks}")
    length = input.shape[axis_of(input, dim, "chunk")]
    if not length:  # as many pieces as asked for, all empty
        return split(input, [0] * chunks, dim)
    return split(input, -(-length // chunks), dim)


def tensor_split(input: Tensor, indices_or_sections: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """``input`` cut along ``dim`` into that many pieces, the first ones longer by one, or at positions.  Views."""
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
            raise RuntimeError(f"number of sections must be larger than 0, got {indices_or_sections}")
        short, longer = divmod(size, indices_or_sections)
        ends = [n * short + min(n, longer) for n in range(1, indices_or_sections)]
    else:
        ends = [int(n) for n in indices_or_sections]
    before = (_FULL,) * axis
    return tuple(
        xp.getitem(input, (*before, slice(a, b), Ellipsis)) for a, b in zip([0, *ends], [*ends, size], strict=True)
    )


def hsplit(input: Tensor, indices_or_sections: Any) -> tuple[Tensor, ...]:
    """The reverse of `hstack`.  Views."""
    return tensor_split(input, indices_or_sections, 0 if input.ndim == 1 else 1)


def vsplit(input: Tensor, indices_or_sections: Any) -> tuple[Tensor, ...]:
    """The reverse of `vstack`.  Views."""
    return tensor_split(input, indices_or_sections, 0)


def dsplit(input: Tensor, indices_or_sections: Any) -> tuple[Tensor, ...]:
    """The reverse of `dstack`.  Views."""
    return tensor_split(input, indices_or_sections, 2)


@numpy_spelling
def unbind(input: Tensor, dim: int = 0) -> tuple[Tensor, ...]:
    """The slices along ``dim``, without it.  Views."""
    if not input.ndim:
        raise IndexError("a 0-d tensor has no dimension to unbind")
    axis = normal_axis(dim, input.ndim)
    before = (_FULL,) * axis
    return _views(input, xp.unstack(input, axis=axis), [(*before, i, Ellipsis) for i in range(input.shape[axis])])


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
