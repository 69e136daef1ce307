"""Broadcasting and repetition: `expand`, `repeat`, `meshgrid`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .._core.errors import DTypeError, ShapeError
from .._core.primitive import OPERATIONS as xp
from .._core.same_dtype import check_same_dtype
from .._core.tensor import Tensor
from .._core.warn import warn
from .common import sizes
from .public import public_function, public_method
from .strides import separate


@public_function()
def broadcast_shapes(*shapes: Any) -> tuple[int, ...]:
    """Return the shape that tensors of the given shapes broadcast to.

    Args:
        *shapes: shapes, each a tuple of lengths or one length.

    Returns:
        A tuple of ints.

    Raises:
        RuntimeError: the shapes do not broadcast, or a length is negative.
        TypeError: a shape is not made of ints.

    Example::

        >>> polygrad.broadcast_shapes((3, 1), (4,))
        (3, 4)
    """
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


@public_function(method=True)
def broadcast_to(input: Tensor, size: Sequence[int]) -> Tensor:
    """Broadcast a tensor to a shape.  The elements are not copied, so the result can only be read.

    Args:
        input: a tensor.
        size: the new shape, which ``input`` broadcasts to.

    Returns:
        A view of ``input``.

    Raises:
        RuntimeError: ``input`` does not broadcast to ``size``.

    Example::

        >>> polygrad.broadcast_to(polygrad.tensor([1, 2]), (2, 2))
        tensor([[1, 2],
                [1, 2]])
    """
    shape = tuple(size)
    if broadcast_shapes(input.shape, shape) != shape:
        raise RuntimeError(f"broadcast_to(): the shape {tuple(input.shape)} does not broadcast to {shape}")
    return xp.broadcast_to(input, shape)


@public_function()
def broadcast_tensors(*tensors: Tensor) -> tuple[Tensor, ...]:
    """Broadcast tensors to their common shape.  The elements are not copied, so the results can only be read.

    Args:
        *tensors: tensors whose shapes broadcast.

    Returns:
        A tuple of views.

    Raises:
        RuntimeError: the shapes do not broadcast.

    Example::

        >>> [x.shape for x in polygrad.broadcast_tensors(polygrad.ones(3, 1), polygrad.ones(4))]
        [polygrad.Size([3, 4]), polygrad.Size([3, 4])]
    """
    shape = broadcast_shapes(*[x.shape for x in tensors])
    return tuple(broadcast_to(x, shape) for x in tensors)


@public_method(hot=True)
def expand(input: Tensor, size: Any = (), *others: Any) -> Tensor:
    """Repeat dimensions of length 1.  The elements are not copied, so the result can only be read.

    Args:
        input: a tensor.
        size: the new lengths, as one tuple or one by one; -1 keeps a length.  New dimensions come first.
        *others: the lengths after the first, where they are given one by one.

    Returns:
        A view of ``input``.

    Raises:
        RuntimeError: ``input`` does not broadcast to ``size``.

    Example::

        >>> polygrad.tensor([[1], [2]]).expand(-1, 3)
        tensor([[1, 1, 1],
                [2, 2, 2]])
    """
    wanted = sizes(size, others)
    offset = len(wanted) - input.ndim
    if offset < 0:
        raise RuntimeError(
            f"expand({wanted}): there must be at least one length for each dimension; the tensor has {input.ndim} dimensions"
            f"dimensions in the tensor ({input.ndim})"
        )
    if -1 in wanted[:offset]:
        raise RuntimeError(f"expand({wanted}): -1 is not allowed in a leading, non-existing dimension")
    return broadcast_to(input, tuple(input.shape[i - offset] if n == -1 else n for i, n in enumerate(wanted)))


@public_method()
def expand_as(input: Tensor, other: Tensor) -> Tensor:
    """Broadcast a tensor to the shape of another one.  The elements are not copied, so the result can only be read.

    Args:
        input: a tensor.
        other: a tensor whose shape ``input`` broadcasts to.

    Returns:
        A view of ``input``.

    Raises:
        RuntimeError: ``input`` does not broadcast to the shape of ``other``.

    Example::

        >>> polygrad.tensor([1, 2]).expand_as(polygrad.ones(2, 2))
        tensor([[1, 2],
                [1, 2]])
    """
    return broadcast_to(input, other.shape)


@public_method()
def repeat(input: Tensor, repeats: Any = (), *others: Any) -> Tensor:
    """Repeat the whole tensor along each dimension.

    `repeat_interleave` repeats single elements, `expand` repeats without copying.

    Args:
        input: a tensor.
        repeats: how many times along each dimension, as one tuple or one by one.  New dimensions come first.
        *others: the numbers after the first, where they are given one by one.

    Returns:
        A copy.

    Raises:
        RuntimeError: there are fewer numbers than dimensions.

    Example::

        >>> polygrad.tensor([1, 2]).repeat(2, 2)
        tensor([[1, 2, 1, 2],
                [1, 2, 1, 2]])
    """
    times = sizes(repeats, others)
    offset = len(times) - input.ndim
    if offset < 0:
        raise RuntimeError(
            f"repeat(): there must be a number for each dimension, but the shape is {tuple(input.shape)}, and there are {times}"
        )
    shape = (1,) * offset + tuple(input.shape)
    spread = [n for pair in zip((1,) * len(shape), shape, strict=True) for n in pair]
    wanted = [n for pair in zip(times, shape, strict=True) for n in pair]
    repeated = xp.broadcast_to(xp.reshape(input, tuple(spread)), tuple(wanted))
    return separate(xp.reshape(repeated, tuple(a * b for a, b in zip(times, shape, strict=True))))


@public_function(method=True)
def tile(input: Tensor, dims: Any = (), *others: Any) -> Tensor:
    """Repeat the whole tensor along each dimension; unlike `repeat`, also for fewer numbers than dimensions.

    Args:
        input: a tensor.
        dims: how many times along each of the last dimensions, as one tuple or one by one.
        *others: the numbers after the first, where they are given one by one.

    Returns:
        A copy.

    Example::

        >>> polygrad.tile(polygrad.tensor([[1, 2]]), (2,))
        tensor([[1, 2, 1, 2]])
    """
    times = sizes(dims, others)
    return repeat(input, (1,) * (input.ndim - len(times)) + times)


def as_list(tensors: Any) -> list[Tensor]:
    """Return the tensors in a tuple of arguments, given one by one or as one sequence."""
    if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)):
        tensors = tensors[0]
    return list(tensors)


@public_function()
def meshgrid(*tensors: Any, indexing: str | None = None) -> tuple[Tensor, ...]:
    """Return the coordinates of the grid that vectors span.

    Args:
        *tensors: vectors of one data type, one by one or as one sequence; a tensor without dimensions counts as a
            vector.
        indexing: ``"ij"``: the first vector runs along dimension 0; ``"xy"``: along dimension 1.  The default is
            ``"ij"``, with a warning.

    Returns:
        A tuple with one tensor for each vector, all of the shape of the grid.

    Raises:
        RuntimeError: an argument is not a vector, the data types differ, or ``indexing`` is neither.

    Example::

        >>> x, y = polygrad.meshgrid(polygrad.tensor([1, 2]), polygrad.tensor([3, 4]), indexing="ij")
        >>> x, y
        (tensor([[1, 1],
                [2, 2]]), tensor([[3, 4],
                [3, 4]]))
    """
    vectors = as_list(tensors)
    if indexing not in (None, "ij", "xy"):
        raise ShapeError(f"meshgrid: indexing must be 'xy' or 'ij', not {indexing!r}")
    if not vectors or any(v.ndim > 1 for v in vectors):
        raise ShapeError(f"meshgrid expects vectors, but got tensors of shapes {[tuple(v.shape) for v in vectors]}")
    check_same_dtype("meshgrid", {f"tensors[{number}]": v for number, v in enumerate(vectors)})
    if indexing is None:
        warn("meshgrid: the default of indexing, 'ij', is deprecated; write indexing='ij'")
    if indexing == "xy" and len(vectors) > 1:
        second, first, *rest = meshgrid(vectors[1], vectors[0], *vectors[2:], indexing="ij")
        return (first, second, *rest)
    lengths = tuple(v.shape.numel() for v in vectors)
    places = [tuple(n if a == axis else 1 for a, n in enumerate(lengths)) for axis in range(len(lengths))]
    return tuple(broadcast_to(xp.reshape(v, shape), lengths) for v, shape in zip(vectors, places, strict=True))


@public_method()
def sum_to_size(input: Tensor, *size: Any) -> Tensor:
    """Sum over dimensions so that the result has a shape that broadcasts to that of the tensor.

    Args:
        input: a tensor of any shape.
        *size: the shape, as one sequence or as separate ints.

    Returns:
        A tensor of shape ``size``.

    Raises:
        RuntimeError: ``size`` does not broadcast to the shape of ``input``.

    Example::

        >>> polygrad.ones(2, 3).sum_to_size(1, 3)
        tensor([[2., 2., 2.]])
    """
    target = sizes(size[0], size[1:]) if size else ()
    extra = input.ndim - len(target)
    if extra < 0 or any(n not in (1, m) for n, m in zip(target, input.shape[max(extra, 0) :], strict=True)):
        raise RuntimeError(f"sum_to_size(): size {target} is not expandable to size {tuple(input.shape)}")
    axes = [*range(extra), *(extra + i for i, n in enumerate(target) if n != input.shape[extra + i])]
    return xp.reshape(xp.sum(input, tuple(axes)) if axes else xp.clone(input), target)
