"""Shapes: reshaping, permuting, joining, splitting, and picking along a dimension."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import _dtypes
from .._core.dispatch import attach_view
from .._core.errors import DTypeError, ShapeError
from .._core.primitive import OPERATIONS as xp
from .._core.scalars import index, whole
from .._core.tensor import Tensor
from .._ops.indexing import getitem
from .._ops.manipulation import normal_axis
from .common import check_tensor, dims_of, keyword_or_positional, numpy_spelling, sizes, warn
from .strides import is_contiguous, reshaped_strides, separate, strides_of

_FULL = slice(None)


def _complete(shape: tuple[int, ...], count: int) -> tuple[int, ...]:
    """``shape`` with its one -1, if any, computed.  Raises RuntimeError where ``count`` elements do not fit."""
    known = 1
    for n in shape:
        known *= n if n != -1 else 1
    unknown = shape.count(-1)
    if unknown > 1:
        raise RuntimeError("only one dimension can be inferred")
    if any(n < -1 for n in shape):
        raise RuntimeError(f"invalid shape dimension in {list(shape)}")
    if unknown and known and count % known == 0:
        return tuple(count // known if n == -1 else n for n in shape)
    if unknown or known != count:
        raise RuntimeError(f"shape '{list(shape)}' is invalid for input of size {count}")
    return shape


def reshape(input: Tensor, *shape: Any) -> Tensor:
    """The same elements in another shape; one length may be -1.

    A view wherever PyTorch makes one; otherwise, as for a transpose that is flattened, a copy.
    """
    return _reshaped(input, _complete(sizes(shape), input.shape.numel()))


def _reshaped(input: Tensor, shape: tuple[int, ...]) -> Tensor:
    made = xp.reshape(input, shape)
    if input._base is None or reshaped_strides(tuple(input.shape), strides_of(input), shape) is not None:
        return made
    return separate(made)


def view(input: Tensor, *shape: Any) -> Tensor:
    """The same elements in another shape, always as a view.

    Raises RuntimeError where the elements lie so that PyTorch would have to copy: use `reshape` there.
    """
    if len(shape) == 1 and isinstance(shape[0], _dtypes.DType):
        raise TypeError(
            "view(dtype) is not offered, since not every array library can; use x.to(dtype) to convert values"
        )
    wanted = _complete(sizes(shape), input.shape.numel())
    if input._base is not None and reshaped_strides(tuple(input.shape), strides_of(input), wanted) is None:
        raise RuntimeError(
            f"view size {wanted} is not compatible with the input tensor's size {tuple(input.shape)} and stride "
            f"{strides_of(input)}: at least one dimension spans across two contiguous subspaces; use "
            "reshape(...) instead"
        )
    return xp.reshape(input, wanted)


def view_as(input: Tensor, other: Tensor) -> Tensor:
    """``input`` as a view of the shape of ``other``."""
    return view(input, tuple(other.shape))


def reshape_as(input: Tensor, other: Tensor) -> Tensor:
    """``input`` in the shape of ``other``."""
    return reshape(input, tuple(other.shape))


def ravel(input: Tensor) -> Tensor:
    """All elements as a vector that lies in one piece: a view where the elements do, and a copy otherwise."""
    return reshape(contiguous(check_tensor(input, "ravel")), -1)


def permute(input: Tensor, *dims: Any, **named: Any) -> Tensor:
    """``input`` with its dimensions in the order ``dims``.  A view."""
    dims = keyword_or_positional("permute", "dims", dims, named)
    order = tuple(normal_axis(d, input.ndim) for d in sizes(dims))
    if sorted(order) != list(range(input.ndim)):
        raise RuntimeError(
            f"permute(): the dims {tuple(sizes(dims))} are not a permutation of the {input.ndim} dimensions of the "
            "tensor"
        )
    return xp.permute_dims(input, order)


def transpose(input: Tensor, dim0: int, dim1: int) -> Tensor:
    """``input`` with two dimensions swapped.  A view."""
    order = list(range(input.ndim))
    a, b = normal_axis(dim0, input.ndim), normal_axis(dim1, input.ndim)
    if order:
        order[a], order[b] = b, a
    return xp.permute_dims(input, tuple(order))


def t(input: Tensor) -> Tensor:
    """The transpose of a matrix; vectors are left as they are.  A view."""
    if input.ndim > 2:
        raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {input.ndim}D")
    return _reversed(input)


def matrix_transpose(input: Tensor, name: str = "mT") -> Tensor:
    """The transpose of the last two dimensions: ``x.mT``.  A view.  Raises RuntimeError for a vector, and warns of a number."""
    if not input.ndim:
        return of_number(input, name)
    if input.ndim < 2:
        raise ShapeError(
            f"tensor.{name} is only supported on matrices or batches of matrices. Got {input.ndim}-D tensor."
        )
    return xp.matrix_transpose(input)


def numpy_transpose(input: Tensor) -> Tensor:
    """All dimensions in reverse order: ``x.T``.  A view.  Warns of what is no matrix."""
    if input.ndim == 2:
        return xp.permute_dims(input, (1, 0))
    if not input.ndim:
        return of_number(input, "T")
    warn(
        "The use of `x.T` on tensors of dimension other than 2 to reverse their shape is deprecated and it will throw an error in "
        f"a future release; this one has {input.ndim}. Consider `x.mT` to transpose batches of matrices, or `x.permute(...)` to "
        "reverse the dimensions of a tensor."
    )
    return _reversed(input)


def of_number(input: Tensor, name: str) -> Tensor:
    """A tensor without dimensions as ``x.T`` and its like leave it.  Warns, as PyTorch does."""
    warn(f"Tensor.{name} is deprecated on 0-D tensors, which it leaves as they are.")
    return _reversed(input)


def _reversed(input: Tensor) -> Tensor:
    return xp.permute_dims(input, tuple(reversed(range(input.ndim))))


swapaxes = swapdims = transpose


def movedim(input: Tensor, source: int | Sequence[int], destination: int | Sequence[int]) -> Tensor:
    """``input`` with dimensions ``source`` moved to ``destination``."""
    sources = [normal_axis(d, input.ndim) for d in ((source,) if isinstance(source, int) else source)]
    targets = [normal_axis(d, input.ndim) for d in ((destination,) if isinstance(destination, int) else destination)]
    if len(sources) != len(targets):
        raise RuntimeError(f"movedim: {len(sources)} source dimensions, but {len(targets)} destinations")
    if len({*sources}) < len(sources) or len({*targets}) < len(targets):
        raise RuntimeError(f"movedim: a dimension stands twice in source {source} or in destination {destination}")
    order = [d for d in range(input.ndim) if d not in sources]
    if not input.ndim:
        return xp.permute_dims(input, ())
    for target, origin in sorted(zip(targets, sources, strict=True)):
        order.insert(target, origin)
    return xp.permute_dims(input, tuple(order))


moveaxis = movedim


@numpy_spelling
def unsqueeze(input: Tensor, dim: int) -> Tensor:
    """A new dimension of length 1 at ``dim``.  A view."""
    axis = normal_axis(dim, input.ndim + 1)
    return xp.reshape(input, (*input.shape[:axis], 1, *input.shape[axis:]))


@numpy_spelling
def squeeze(input: Tensor, dim: Any = None) -> Tensor:
    """Without dimensions of length 1: all of them, or those among ``dim``.  A view."""
    shape = input.shape
    dims = (
        range(input.ndim)
        if dim is None
        else [normal_axis(d, input.ndim) for d in ((dim,) if hasattr(dim, "__index__") else dim)]
    )
    return xp.reshape(input, tuple(n for i, n in enumerate(shape) if n != 1 or i not in dims))


def flatten(input: Tensor, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    """The dimensions from ``start_dim`` to ``end_dim``, both included, as one."""
    shape = input.shape
    if not shape:
        return xp.reshape(input, (1,))
    first, last = normal_axis(start_dim, input.ndim), normal_axis(end_dim, input.ndim)
    if first > last:
        raise RuntimeError("flatten() has invalid args: start_dim cannot come after end_dim")
    length = 1
    for n in shape[first : last + 1]:
        length *= n
    return _reshaped(input, (*shape[:first], length, *shape[last + 1 :]))


def unflatten(input: Tensor, dim: int, sizes: Sequence[int]) -> Tensor:
    """One dimension split into several, of which one may be -1."""
    axis = normal_axis(dim, input.ndim)
    return xp.reshape(
        input, (*input.shape[:axis], *_complete(tuple(sizes), input.shape[axis]), *input.shape[axis + 1 :])
    )


def broadcast_shapes(*shapes: Any) -> tuple[int, ...]:
    """The shape that tensors of ``shapes`` have together.  Raises RuntimeError where they do not fit."""
    shapes = tuple([(s,) if isinstance(s, int) else s for s in shapes])
    for shape in shapes:
        if not isinstance(shape, (tuple, list)) or not all(hasattr(n, "__index__") for n in shape):
            raise DTypeError(f"broadcast_shapes() takes ints, tuples and lists of ints, not {shape!r}")
        if min(shape, default=0) < 0:
            raise ShapeError(f"broadcast_shapes(): a tensor cannot have a negative length: {tuple(shape)}")
    rank = max((len(s) for s in shapes), default=0)
    result = []
    for axis in range(-rank, 0):
        lengths = {s[axis] for s in shapes if len(s) >= -axis}
        lengths.discard(1)
        if len(lengths) > 1:
            raise RuntimeError(f"shapes {', '.join(str(tuple(s)) for s in shapes)} cannot be broadcast together")
        result.append(lengths.pop() if lengths else 1)
    return tuple(result)


def broadcast_to(input: Tensor, size: Sequence[int]) -> Tensor:
    """``input`` repeated to ``size``: a view, which can be read only."""
    shape = tuple(size)
    if broadcast_shapes(input.shape, shape) != shape:
        raise RuntimeError(f"a tensor of shape {tuple(input.shape)} cannot be broadcast to {shape}")
    return xp.broadcast_to(input, shape)


def expand(input: Tensor, *size: Any) -> Tensor:
    """``input`` with dimensions of length 1 repeated to ``size``; -1 leaves a length.  A view, to be read only."""
    wanted = sizes(size)
    offset = len(wanted) - input.ndim
    if offset < 0:
        raise RuntimeError(
            f"expand({wanted}): the number of sizes provided ({len(wanted)}) must be greater or equal to the number of "
            f"dimensions in the tensor ({input.ndim})"
        )
    if -1 in wanted[:offset]:
        raise RuntimeError(f"expand({wanted}): -1 is not allowed in a leading, non-existing dimension")
    return broadcast_to(input, tuple(input.shape[i - offset] if n == -1 else n for i, n in enumerate(wanted)))


def expand_as(input: Tensor, other: Tensor) -> Tensor:
    """``input`` expanded to the shape of ``other``."""
    return broadcast_to(input, other.shape)


def broadcast_tensors(*tensors: Tensor) -> tuple[Tensor, ...]:
    """All tensors broadcast to one shape."""
    shape = broadcast_shapes(*[x.shape for x in tensors])
    return tuple(broadcast_to(x, shape) for x in tensors)


def flip(input: Tensor, *dims: Any, **named: Any) -> Tensor:
    """``input`` with the order of elements reversed along ``dims``."""
    if not (dims or named):
        raise TypeError("flip() takes dims, the dimensions to reverse, as in flip(x, 0) or flip(x, (0, 1))")
    chosen = sizes(keyword_or_positional("flip", "dims", dims, named))
    axes = tuple(normal_axis(d, input.ndim) for d in chosen)
    if len(set(axes)) < len(axes):
        raise RuntimeError(f"flip(): a dimension appears twice in dims {chosen}")
    return xp.flip(input, axes) if axes and input.ndim else clone(input)


def _axis_of(input: Tensor, dim: int, name: str, at_least: int = 1) -> int:
    """``dim`` counted from the front.  Raises ShapeError for a tensor of fewer than ``at_least`` dimensions."""
    if check_tensor(input, name).ndim < at_least:
        raise ShapeError(
            f"{name}() takes a tensor of at least {at_least} dimension{'s' * (at_least > 1)}, not of shape "
            f"{tuple(input.shape)}"
        )
    return normal_axis(dim, input.ndim)


def fliplr(input: Tensor) -> Tensor:
    """``input`` with the order of its columns reversed."""
    return xp.flip(input, (_axis_of(input, 1, "fliplr", 2),))


def flipud(input: Tensor) -> Tensor:
    """``input`` with the order of its rows reversed."""
    return xp.flip(input, (_axis_of(input, 0, "flipud"),))


@numpy_spelling
def roll(input: Tensor, shifts: int | Sequence[int], dim: Any = None, *, dims: Any = None) -> Tensor:
    """``input`` shifted along ``dims``, what leaves at one end coming in at the other."""
    dim = dims if dim is None else dim
    shifts = whole(shifts)
    shift = shifts if isinstance(shifts, int) else tuple(shifts)
    if shift == ():
        raise RuntimeError("roll: shifts is empty")
    if dim is None:
        return xp.roll(input, shift)
    axes = dims_of(dim)
    shift, axes = (shift,) if isinstance(shift, int) else shift, (axes,) if isinstance(axes, int) else axes
    if len(shift) != len(axes):
        raise RuntimeError(f"shifts and dimensions must align: {len(shift)} shifts, {len(axes)} dims")
    return xp.roll(input, shift, tuple(normal_axis(a, input.ndim) for a in axes))


@numpy_spelling
def cat(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """Tensors joined along an existing dimension.

    Raises RuntimeError, with all the shapes, where they differ elsewhere.
    """
    tensors = _sequence(tensors, "cat")
    vectors = [x for x in tensors if tuple(x.shape) == (0,)]  # they fit anywhere, as in PyTorch
    if len(vectors) == len(tensors):
        return xp.concat(tensors, axis=0)
    if vectors:
        dtype = _dtypes.promote(*[x.dtype for x in tensors])
        tensors = [xp.astype(x, dtype) for x in tensors if tuple(x.shape) != (0,)]
    axis = normal_axis(dim, tensors[0].ndim)
    shapes = [tuple(x.shape) for x in tensors]
    if not tensors[0].ndim:
        raise RuntimeError("zero-dimensional tensors cannot be concatenated; use stack")
    if any(
        len(s) != len(shapes[0]) or s[:axis] + s[axis + 1 :] != shapes[0][:axis] + shapes[0][axis + 1 :] for s in shapes
    ):
        raise RuntimeError(f"cat: sizes of tensors must match except in dimension {axis}, but the shapes are {shapes}")
    return xp.concat(tensors, axis=axis)


@numpy_spelling
def stack(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """Tensors of one shape joined along a new dimension.  Raises RuntimeError where the shapes differ."""
    tensors = _sequence(tensors, "stack")
    shapes = [tuple(x.shape) for x in tensors]
    if len(set(shapes)) > 1:
        raise RuntimeError(f"stack expects each tensor to be equal size, but the shapes are {shapes}")
    return xp.stack(tensors, axis=normal_axis(dim, tensors[0].ndim + 1))


def _sequence(tensors: Any, name: str) -> list[Tensor]:
    if isinstance(tensors, Tensor):
        raise TypeError(f"{name}() takes a sequence of tensors, not one tensor")
    tensors = list(tensors)
    if not tensors:
        raise RuntimeError(f"{name} expects a non-empty list of tensors")
    for number, x in enumerate(tensors):
        if not isinstance(x, Tensor):
            raise TypeError(f"{name}(): element {number} is a {type(x).__name__}, not a Tensor")
    return tensors


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


def diagonal(input: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    """The diagonal of the matrices in ``dim1`` and ``dim2``, as the last dimension.  A view."""
    first, second = normal_axis(dim1, input.ndim), normal_axis(dim2, input.ndim)
    if first == second:
        raise RuntimeError(f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    rows, columns = input.shape[first], input.shape[second]
    rest = tuple(d for d in range(input.ndim) if d not in (first, second))
    if input.ndim > 2 or first:
        input = xp.permute_dims(input, (*rest, first, second))
    length = max(0, min(rows, columns - offset) if offset >= 0 else min(rows + offset, columns))
    start = 0 if not length else offset if offset >= 0 else -offset * columns
    lines = xp.reshape(input, (*input.shape[:-2], rows * columns))
    stop = start + (length - 1) * (columns + 1) + 1 if length else start
    return xp.getitem(lines, (Ellipsis, slice(start, stop, columns + 1)))


@numpy_spelling
def split(tensor: Tensor, split_size_or_sections: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """Pieces of a given length (the last may be shorter), or of the given lengths, along ``dim``.  Views."""
    axis = _axis_of(tensor, dim, "split")
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
    length = input.shape[_axis_of(input, dim, "chunk")]
    if not length:  # as many pieces as asked for, all empty
        return split(input, [0] * chunks, dim)
    return split(input, -(-length // chunks), dim)


def tensor_split(input: Tensor, indices_or_sections: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """``input`` cut along ``dim`` into that many pieces, the first ones longer by one, or at positions.  Views."""
    axis = _axis_of(input, dim, "tensor_split")
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


@numpy_spelling
def unbind(input: Tensor, dim: int = 0) -> tuple[Tensor, ...]:
    """The slices along ``dim``, without it.  Views."""
    if not input.ndim:
        raise IndexError("a 0-d tensor has no dimension to unbind")
    axis = normal_axis(dim, input.ndim)
    before = (_FULL,) * axis
    return _views(input, xp.unstack(input, axis=axis), [(*before, i, Ellipsis) for i in range(input.shape[axis])])


def repeat(input: Tensor, *repeats: Any) -> Tensor:
    """``input`` laid ``repeats`` times along each dimension, new ones in front."""
    times = sizes(repeats)
    offset = len(times) - input.ndim
    if offset < 0:
        raise RuntimeError("number of dimensions of repeat dims can not be smaller than number of dimensions of tensor")
    shape = (1,) * offset + tuple(input.shape)
    spread = [n for pair in zip((1,) * len(shape), shape, strict=True) for n in pair]
    wanted = [n for pair in zip(times, shape, strict=True) for n in pair]
    repeated = xp.broadcast_to(xp.reshape(input, tuple(spread)), tuple(wanted))
    return separate(xp.reshape(repeated, tuple(a * b for a, b in zip(times, shape, strict=True))))


def tile(input: Tensor, *dims: Any) -> Tensor:
    """As `repeat`, where ``dims`` may be shorter than the shape of ``input``."""
    times = sizes(dims)
    return repeat(input, *(1,) * (input.ndim - len(times)), *times)


def tril(input: Tensor, diagonal: int = 0) -> Tensor:
    """The lower triangle, zeros above ``diagonal``.  Raises ShapeError for what is no matrix, or batch of matrices."""
    return xp.tril(_matrix("tril", input), diagonal)


def triu(input: Tensor, diagonal: int = 0) -> Tensor:
    """The upper triangle, zeros below ``diagonal``.  Raises as `tril`."""
    return xp.triu(_matrix("triu", input), diagonal)


def _matrix(name: str, input: Tensor) -> Tensor:
    if check_tensor(input, name).ndim < 2:
        raise ShapeError(f"{name}: input must have at least 2 dimensions, but its shape is {tuple(input.shape)}")
    return input


def clone(input: Tensor, *, memory_format: Any = None) -> Tensor:
    """A copy, which the gradient passes through."""
    return xp.clone(input)


def contiguous(input: Tensor, memory_format: Any = None) -> Tensor:
    """``input`` itself if its elements lie one after the other, as `is_contiguous` says, and a copy otherwise."""
    return input if is_contiguous(input) else xp.clone(input)


xp.broadcast = lambda tensors: broadcast_tensors(*tensors)
