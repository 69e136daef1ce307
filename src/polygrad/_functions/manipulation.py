"""Shapes: reshaping, permuting dimensions, reordering elements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import _dtypes
from .._core.errors import ShapeError, unsupported_layout
from .._core.primitive import OPERATIONS as xp
from .._core.scalars import OTHER_TENSORS, to_python_ints
from .._core.tensor import Tensor
from .._core.warn import warn
from .._ops.axes import normal_axis
from .broadcasting import as_list
from .common import check_tensor, dims_of, numpy_spelling, second_names, sizes
from .complex import conj
from .public import public_function, public_method
from .strides import is_contiguous, reshaped_strides, separate, strides_of

_FULL = slice(None)


def _complete_shape(shape: tuple[int, ...], count: int) -> tuple[int, ...]:
    """Return ``shape`` with its -1, if any, replaced.  Raises RuntimeError where ``count`` elements do not fit."""
    known = 1
    for n in shape:
        known *= n if n != -1 else 1
    unknown = shape.count(-1)
    if unknown > 1:
        raise RuntimeError(f"only one length of a shape can be -1: {list(shape)}")
    if any(n < -1 for n in shape):
        raise RuntimeError(f"a length cannot be negative, other than -1: {list(shape)}")
    if unknown and known and count % known == 0:
        return tuple(count // known if n == -1 else n for n in shape)
    if unknown or known != count:
        raise RuntimeError(f"shape '{list(shape)}' is invalid for input of size {count}")
    return shape


def axis_of(input: Tensor, dim: int, name: str, at_least: int = 1) -> int:
    """Return ``dim`` counted from the front.  Raises ShapeError for a tensor of fewer than ``at_least`` dimensions."""
    if check_tensor(input, name).ndim < at_least:
        raise ShapeError(
            f"{name}() takes a tensor of at least {at_least} dimension{'s' * (at_least > 1)}, not of shape "
            f"{tuple(input.shape)}"
        )
    return normal_axis(dim, input.ndim)


@public_function(method=True, hot=True)
def reshape(input: Tensor, shape: Any = (), *others: Any) -> Tensor:
    """Return a tensor of the same elements in another shape.

    The result is a view wherever PyTorch makes one, and a copy otherwise, as of a transpose that is flattened.

    Args:
        input: a tensor of any shape.
        shape: the new lengths, as one tuple or one by one.  One of them may be -1: it follows from the others.
        *others: the lengths after the first, where they are given one by one.

    Returns:
        A view of ``input``, or a copy.

    Raises:
        RuntimeError: the number of elements differs, or several lengths are -1.

    Example::

        >>> polygrad.reshape(polygrad.arange(6), (2, -1))
        tensor([[0, 1, 2],
                [3, 4, 5]])
    """
    return _reshape(input, _complete_shape(sizes(shape, others), input.shape.numel()))


def _reshape(input: Tensor, shape: tuple[int, ...]) -> Tensor:
    made = xp.reshape(input, shape)
    if input._base is None or reshaped_strides(tuple(input.shape), strides_of(input), shape) is not None:
        return made
    return separate(made)


@public_method(hot=True)
def view(input: Tensor, size: Any = (), *others: Any) -> Tensor:
    """Return a view of the same elements in another shape.

    Args:
        input: a tensor of any shape.
        size: the new lengths, as one tuple or one by one.  One of them may be -1: it follows from the others.
        *others: the lengths after the first, where they are given one by one.

    Returns:
        A view of ``input``.

    Raises:
        RuntimeError: the number of elements differs, or PyTorch's memory layout would need a copy: use `reshape`.
        TypeError: a data type is given instead of a shape: use `to`.

    Example::

        >>> polygrad.arange(6).view(2, 3).shape
        polygrad.Size([2, 3])
    """
    if isinstance(size, _dtypes.DType):
        raise TypeError(
            "view(dtype) is not supported, because not every array library has it; use x.to(dtype) to convert values"
        )
    wanted = _complete_shape(sizes(size, others), input.shape.numel())
    if input._base is not None and reshaped_strides(tuple(input.shape), strides_of(input), wanted) is None:
        raise ShapeError(
            f"view size {wanted} is not compatible with the input tensor's size {tuple(input.shape)} and stride "
            f"{strides_of(input)}: at least one dimension spans across two contiguous subspaces; use "
            "reshape(...) instead"
        )
    return xp.reshape(input, wanted)


@public_method()
def view_as(input: Tensor, other: Tensor) -> Tensor:
    """Return a view of this tensor in the shape of another one.

    Args:
        input: a tensor of any shape.
        other: a tensor with as many elements.

    Returns:
        A view of ``input``.

    Raises:
        RuntimeError: the number of elements differs, or PyTorch's memory layout would need a copy.

    Example::

        >>> polygrad.arange(6).view_as(polygrad.ones(2, 3)).shape
        polygrad.Size([2, 3])
    """
    return view(input, tuple(other.shape))


@public_method()
def reshape_as(input: Tensor, other: Tensor) -> Tensor:
    """Return the same elements in the shape of another tensor.

    Args:
        input: a tensor of any shape.
        other: a tensor with as many elements.

    Returns:
        A view of ``input``, or a copy, as `reshape` decides.

    Raises:
        RuntimeError: the number of elements differs.

    Example::

        >>> polygrad.arange(6).reshape_as(polygrad.ones(2, 3)).shape
        polygrad.Size([2, 3])
    """
    return reshape(input, tuple(other.shape))


@public_function(method=True)
def ravel(input: Tensor) -> Tensor:
    """Return all elements as a contiguous vector: a view if ``input`` is contiguous, else a copy.

    Args:
        input: a tensor of any shape.

    Returns:
        A vector.

    Example::

        >>> polygrad.ravel(polygrad.tensor([[1, 2], [3, 4]]))
        tensor([1, 2, 3, 4])
    """
    return reshape(contiguous(check_tensor(input, "ravel")), -1)


@public_function(method=True, hot=True)
def flatten(input: Tensor, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    """Merge consecutive dimensions into one.

    Args:
        input: a tensor of any shape.
        start_dim: the first dimension to merge.
        end_dim: the last dimension to merge.

    Returns:
        A view of ``input``, or a copy, as `reshape` decides.  A tensor without dimensions becomes a vector.

    Raises:
        RuntimeError: ``start_dim`` comes after ``end_dim``.

    Example::

        >>> polygrad.flatten(polygrad.ones(2, 3, 4), start_dim=1).shape
        polygrad.Size([2, 12])
    """
    shape = input.shape
    if not shape:
        return xp.reshape(input, (1,))
    first, last = normal_axis(start_dim, input.ndim), normal_axis(end_dim, input.ndim)
    if first > last:
        raise RuntimeError(f"flatten(): start_dim must not come after end_dim, but they are {start_dim} and {end_dim}")
    length = 1
    for n in shape[first : last + 1]:
        length *= n
    return _reshape(input, (*shape[:first], length, *shape[last + 1 :]))


@public_function(method=True)
def unflatten(input: Tensor, dim: int, sizes: Sequence[int]) -> Tensor:
    """Split one dimension into several.

    Args:
        input: a tensor of at least one dimension.
        dim: the dimension to split.
        sizes: the lengths of the new dimensions.  One of them may be -1: it follows from the others.

    Returns:
        A view of ``input``.

    Raises:
        RuntimeError: the product of ``sizes`` is not the length of the dimension.

    Example::

        >>> polygrad.unflatten(polygrad.ones(2, 6), 1, (3, -1)).shape
        polygrad.Size([2, 3, 2])
    """
    axis = normal_axis(dim, input.ndim)
    return xp.reshape(
        input, (*input.shape[:axis], *_complete_shape(tuple(sizes), input.shape[axis]), *input.shape[axis + 1 :])
    )


@public_function(method=True, hot=True)
@numpy_spelling
def unsqueeze(input: Tensor, dim: int) -> Tensor:
    """Insert a dimension of length 1.

    Args:
        input: a tensor of any shape.
        dim: the position of the new dimension, from ``-input.ndim - 1`` to ``input.ndim``.

    Returns:
        A view of ``input``.

    Raises:
        IndexError: ``dim`` is out of range.

    Example::

        >>> polygrad.unsqueeze(polygrad.ones(3), 0).shape
        polygrad.Size([1, 3])
    """
    axis = normal_axis(dim, input.ndim + 1)
    return xp.reshape(input, (*input.shape[:axis], 1, *input.shape[axis:]))


@public_function(method=True, hot=True)
@numpy_spelling
def squeeze(input: Tensor, dim: Any = None) -> Tensor:
    """Remove dimensions of length 1.

    Args:
        input: a tensor of any shape.
        dim: the dimension to remove, or a tuple of dimensions; those of another length stay.  None, the default,
            removes all of length 1.

    Returns:
        A view of ``input``.

    Raises:
        IndexError: ``dim`` is out of range.

    Example::

        >>> polygrad.squeeze(polygrad.ones(1, 3, 1)).shape
        polygrad.Size([3])
    """
    shape = input.shape
    dims = (
        range(input.ndim)
        if dim is None
        else [normal_axis(d, input.ndim) for d in ((dim,) if hasattr(dim, "__index__") else dim)]
    )
    return xp.reshape(input, tuple(n for i, n in enumerate(shape) if n != 1 or i not in dims))


@public_function()
def atleast_1d(*tensors: Any) -> Any:
    """Return views with at least one dimension.

    Args:
        *tensors: tensors, one by one or as one sequence.

    Returns:
        A tensor for one tensor, a tuple for several.

    Example::

        >>> polygrad.atleast_1d(polygrad.tensor(1.0)).shape
        polygrad.Size([1])
    """
    return _map_tensors(tensors, lambda x: xp.reshape(x, (1,)) if not x.ndim else x)


@public_function()
def atleast_2d(*tensors: Any) -> Any:
    """Return views with at least two dimensions; a vector becomes a row.

    Args:
        *tensors: tensors, one by one or as one sequence.

    Returns:
        A tensor for one tensor, a tuple for several.

    Example::

        >>> polygrad.atleast_2d(polygrad.ones(3)).shape
        polygrad.Size([1, 3])
    """
    return _map_tensors(tensors, lambda x: x if x.ndim >= 2 else xp.reshape(x, (1, x.shape.numel())))


@public_function()
def atleast_3d(*tensors: Any) -> Any:
    """Return views with at least three dimensions: a vector gets shape ``(1, n, 1)``, a matrix ``(n, m, 1)``.

    Args:
        *tensors: tensors, one by one or as one sequence.

    Returns:
        A tensor for one tensor, a tuple for several.

    Example::

        >>> polygrad.atleast_3d(polygrad.ones(3)).shape
        polygrad.Size([1, 3, 1])
    """

    def grown(x: Tensor) -> Tensor:
        if x.ndim >= 3:
            return x
        return xp.reshape(x, (*x.shape, 1) if x.ndim == 2 else (1, x.shape.numel(), 1))

    return _map_tensors(tensors, grown)


def _map_tensors(tensors: Any, function: Any) -> Any:
    if len(tensors) == 1 and isinstance(tensors[0], Tensor):
        return function(tensors[0])
    several = as_list(tensors)
    if any(x.__class__ in OTHER_TENSORS for x in several):
        raise unsupported_layout("atleast_1d")
    return tuple(function(x) for x in several)


@public_function("permute permute_dims", method="permute", hot=True)
def permute(input: Tensor, dims: Any = (), *others: Any) -> Tensor:
    """Reorder the dimensions.

    Args:
        input: a tensor of any shape.
        dims: all dimensions in their new order, as one tuple or one by one.
        *others: the dimensions after the first, where they are given one by one.

    Returns:
        A view of ``input``.

    Raises:
        RuntimeError: ``dims`` is not a permutation of the dimensions.

    Example::

        >>> polygrad.permute(polygrad.ones(2, 3, 4), (2, 0, 1)).shape
        polygrad.Size([4, 2, 3])
    """
    dims = sizes(dims, others)
    order = tuple(normal_axis(d, input.ndim) for d in dims)
    if sorted(order) != list(range(input.ndim)):
        raise RuntimeError(
            f"permute(): the dims {dims} are not a permutation of the {input.ndim} dimensions of the tensor"
        )
    return xp.permute_dims(input, order)


@public_function("transpose swapdims", method=True, hot=True)
def transpose(input: Tensor, dim0: int | Sequence[int], dim1: int | None = None) -> Tensor:
    """Swap two dimensions.

    Args:
        input: a tensor of any shape.
        dim0: one dimension.  Alone, and as NumPy writes it, the order of all dimensions, as in `permute`.
        dim1: the other dimension.

    Returns:
        A view of ``input``.

    Raises:
        IndexError: a dimension is out of range.

    Example::

        >>> polygrad.transpose(polygrad.ones(2, 3, 4), 0, 2).shape
        polygrad.Size([4, 3, 2])
    """
    if dim1 is None:
        if isinstance(dim0, (tuple, list)):
            return permute(input, dim0)
        raise TypeError(
            "transpose() is missing the argument 'dim1'; with one argument it takes the order of all dimensions"
        )
    order = list(range(input.ndim))
    a, b = normal_axis(dim0, input.ndim), normal_axis(dim1, input.ndim)  # type: ignore[arg-type]  # it says what is wrong
    if order:
        order[a], order[b] = b, a
    return xp.permute_dims(input, tuple(order))


@public_function(method=True)
def swapaxes(input: Tensor, axis0: int, axis1: int) -> Tensor:
    """Swap two dimensions: `transpose` with NumPy's names of the arguments.

    Args:
        input: a tensor of any shape.
        axis0: a dimension.
        axis1: the dimension to swap it with.

    Returns:
        A view of ``input``.

    Raises:
        IndexError: there is no such dimension.

    Example::

        >>> polygrad.swapaxes(polygrad.ones(2, 3), 0, 1).shape
        polygrad.Size([3, 2])
    """
    return transpose(input, axis0, axis1)


@public_function(method=True, hot=True)
def t(input: Tensor) -> Tensor:
    """Transpose a matrix; a vector or a number stays the same.

    Args:
        input: a tensor of at most two dimensions.

    Returns:
        A view of ``input``.

    Raises:
        RuntimeError: ``input`` has more than two dimensions.

    Example::

        >>> polygrad.t(polygrad.ones(2, 3)).shape
        polygrad.Size([3, 2])
    """
    if input.ndim > 2:
        raise RuntimeError(
            f"t(): the tensor must have at most 2 dimensions, but its shape is {tuple(input.shape)}; use transpose or x.mT"
        )
    return _reverse_dims(input)


def matrix_transpose(input: Tensor, name: str = "mT") -> Tensor:
    """Return a view with the last two dimensions swapped: ``x.mT``.

    Raises RuntimeError for a vector, and warns of a tensor without dimensions.

    Example::

        >>> polygrad.ones(2, 3, 4).mT.shape
        polygrad.Size([2, 4, 3])
    """
    if not input.ndim:
        return transpose_scalar(input, name)
    if input.ndim < 2:
        raise ShapeError(
            f"tensor.{name} is only supported on matrices or batches of matrices. Got {input.ndim}-D tensor."
        )
    return xp.matrix_transpose(input)


def numpy_transpose(input: Tensor) -> Tensor:
    """Return a view with the dimensions in reverse order: ``x.T``.

    Warns, as PyTorch does, of a tensor that is not a matrix: `t`, `permute` and ``x.mT`` say what is meant.

    Example::

        >>> polygrad.ones(2, 3).T.shape
        polygrad.Size([3, 2])
    """
    if input.ndim == 2:
        return xp.permute_dims(input, (1, 0))
    if not input.ndim:
        return transpose_scalar(input, "T")
    warn(
        "The use of `x.T` on tensors of dimension other than 2 to reverse their shape is deprecated and it will throw an error in "
        f"a future release; this one has {input.ndim}. Consider `x.mT` to transpose batches of matrices, or `x.permute(...)` to "
        "reverse the dimensions of a tensor."
    )
    return _reverse_dims(input)


def transpose_scalar(input: Tensor, name: str) -> Tensor:
    """Return ``x.T`` and its like of a tensor without dimensions: a view of it.  Warns, as PyTorch does."""
    warn(f"Tensor.{name} is deprecated on 0-D tensors, which it returns unchanged.")
    return _reverse_dims(input)


def _reverse_dims(input: Tensor) -> Tensor:
    return xp.permute_dims(input, tuple(reversed(range(input.ndim))))


@public_function(method=True)
def adjoint(input: Tensor) -> Tensor:
    """Return the conjugate transpose of matrices: ``x.mH``.

    Args:
        input: a tensor of shape ``(*, n, m)``.

    Returns:
        A view of shape ``(*, m, n)``.

    Raises:
        RuntimeError: ``input`` is a vector.

    Example::

        >>> polygrad.adjoint(polygrad.tensor([[1 + 1j, 2j]]))
        tensor([[1.-1.j],
                [0.-2.j]])
    """
    return conj(matrix_transpose(input, "mH"))


def matrix_adjoint(input: Tensor) -> Tensor:
    """Return the conjugate transpose of a matrix as a view: ``x.H``.

    Raises RuntimeError for a tensor that is not a matrix, and warns of a tensor without dimensions.

    Example::

        >>> polygrad.tensor([[1 + 1j, 2j]]).H
        tensor([[1.-1.j],
                [0.-2.j]])
    """
    if check_tensor(input, "H").ndim not in (0, 2):
        raise ShapeError(f"tensor.H is only supported on matrices (2-D tensors). Got {input.ndim}-D tensor.")
    return conj(numpy_transpose(input) if input.ndim else transpose_scalar(input, "H"))


@public_function("movedim moveaxis", method=True)
def movedim(input: Tensor, source: int | Sequence[int], destination: int | Sequence[int]) -> Tensor:
    """Move dimensions to other positions; the others keep their order.

    Args:
        input: a tensor of any shape.
        source: the dimension to move, or a tuple of dimensions.
        destination: its position afterwards, or a tuple of positions.

    Returns:
        A view of ``input``.

    Raises:
        RuntimeError: there are more of one than of the other, or a dimension occurs twice.

    Example::

        >>> polygrad.movedim(polygrad.ones(2, 3, 4), 0, -1).shape
        polygrad.Size([3, 4, 2])
    """
    sources = [normal_axis(d, input.ndim) for d in ((source,) if isinstance(source, int) else source)]
    targets = [normal_axis(d, input.ndim) for d in ((destination,) if isinstance(destination, int) else destination)]
    if len(sources) != len(targets):
        raise RuntimeError(f"movedim: {len(sources)} source dimensions, but {len(targets)} destinations")
    if len({*sources}) < len(sources) or len({*targets}) < len(targets):
        raise RuntimeError(f"movedim: a dimension appears twice in source {source} or in destination {destination}")
    order = [d for d in range(input.ndim) if d not in sources]
    if not input.ndim:
        return xp.permute_dims(input, ())
    for target, origin in sorted(zip(targets, sources, strict=True)):
        order.insert(target, origin)
    return xp.permute_dims(input, tuple(order))


moveaxis = movedim


@public_function(method=True)
def flip(input: Tensor, dims: Any = None, *others: Any) -> Tensor:
    """Reverse the order of the elements along dimensions.

    Args:
        input: a tensor of any shape.
        dims: the dimensions, as one tuple or one by one.
        *others: the dimensions after the first, where they are given one by one.

    Returns:
        A copy.

    Raises:
        RuntimeError: a dimension occurs twice.
        TypeError: no dimensions are given.

    Example::

        >>> polygrad.flip(polygrad.tensor([[1, 2], [3, 4]]), (0,))
        tensor([[3, 4],
                [1, 2]])
    """
    if dims is None:
        raise TypeError("flip() takes dims, the dimensions to reverse, as in flip(x, 0) or flip(x, (0, 1))")
    chosen = sizes(dims, others)
    axes = tuple(normal_axis(d, input.ndim) for d in chosen)
    if len(set(axes)) < len(axes):
        raise RuntimeError(f"flip(): a dimension appears twice in dims {chosen}")
    return xp.flip(input, axes) if axes and input.ndim else clone(input)


@public_function(method=True)
def fliplr(input: Tensor) -> Tensor:
    """Reverse the order of the columns, along dimension 1.

    Args:
        input: a tensor of at least two dimensions.

    Returns:
        A copy.

    Raises:
        RuntimeError: ``input`` has fewer than two dimensions.

    Example::

        >>> polygrad.fliplr(polygrad.tensor([[1, 2], [3, 4]]))
        tensor([[2, 1],
                [4, 3]])
    """
    return xp.flip(input, (axis_of(input, 1, "fliplr", 2),))


@public_function(method=True)
def flipud(input: Tensor) -> Tensor:
    """Reverse the order of the rows, along dimension 0.

    Args:
        input: a tensor of at least one dimension.

    Returns:
        A copy.

    Raises:
        RuntimeError: ``input`` has no dimensions.

    Example::

        >>> polygrad.flipud(polygrad.tensor([[1, 2], [3, 4]]))
        tensor([[3, 4],
                [1, 2]])
    """
    return xp.flip(input, (axis_of(input, 0, "flipud"),))


@public_function(method=True)
def rot90(input: Tensor, k: int = 1, dims: Any = (0, 1)) -> Tensor:
    """Rotate by multiples of 90 degrees in the plane of two dimensions.

    Args:
        input: a tensor of at least two dimensions.
        k: how many times, from the first of ``dims`` towards the second; negative for the other direction.
        dims: the two dimensions.

    Returns:
        A copy.

    Raises:
        RuntimeError: ``dims`` is not two different dimensions of ``input``.

    Example::

        >>> polygrad.rot90(polygrad.tensor([[1, 2], [3, 4]]))
        tensor([[2, 4],
                [1, 3]])
    """
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


@public_function(method=True)
@second_names(axis="dims", dim="dims")
def roll(input: Tensor, shifts: int | Sequence[int], dims: Any = None) -> Tensor:
    """Shift elements cyclically along dimensions.

    Args:
        input: a tensor of any shape.
        shifts: by how many elements: a number, or a tuple with one for each dimension.
        dims: the dimension, or a tuple of dimensions.  None, the default, shifts the flattened tensor and restores the
            shape.

    Returns:
        A copy.

    Raises:
        RuntimeError: there are not as many shifts as dimensions.

    Example::

        >>> polygrad.roll(polygrad.tensor([1, 2, 3]), 1)
        tensor([3, 1, 2])
    """
    shifts = to_python_ints(shifts)
    shift = shifts if isinstance(shifts, int) else tuple(shifts)
    if shift == ():
        raise RuntimeError("roll: shifts is empty")
    if dims is None:
        return xp.roll(input, shift)
    axes = dims_of(dims)
    shift, axes = (shift,) if isinstance(shift, int) else shift, (axes,) if isinstance(axes, int) else axes
    if len(shift) != len(axes):
        raise RuntimeError(f"roll: there must be as many shifts as dims, but there are {len(shift)} and {len(axes)}")
    return xp.roll(input, shift, tuple(normal_axis(a, input.ndim) for a in axes))


@public_function(method=True, hot=True)
def clone(input: Tensor, *, memory_format: Any = None) -> Tensor:
    """Return a copy; the gradient passes through it.

    Args:
        input: a tensor of any shape.
        memory_format: accepted for compatibility with PyTorch.

    Returns:
        A tensor in new memory.

    Example::

        >>> x = polygrad.ones(2)
        >>> y = polygrad.clone(x)
        >>> y[0] = 5.0
        >>> x, y
        (tensor([1., 1.]), tensor([5., 1.]))
    """
    return xp.clone(input)


@public_method(hot=True)
def contiguous(input: Tensor, memory_format: Any = None) -> Tensor:
    """Return a tensor whose elements lie one after the other: ``input`` itself if `is_contiguous` says so, else a copy.

    Args:
        input: a tensor of any shape.
        memory_format: accepted for compatibility with PyTorch.

    Returns:
        ``input``, or a copy.

    Example::

        >>> polygrad.ones(2, 3).T.contiguous().is_contiguous()
        True
    """
    return input if is_contiguous(input) else xp.clone(input)
