"""Shapes: reshaping, permuting, joining, splitting, and picking along a dimension."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import _dtypes
from .._core.errors import ShapeError
from .._core.primitive import OPERATIONS as xp
from .._core.scalars import whole
from .._core.tensor import Tensor
from .._ops.manipulation import normal_axis
from .broadcasting import as_list
from .common import check_tensor, dims_of, keyword_or_positional, numpy_spelling, sizes, warn
from .complex import conj
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


def axis_of(input: Tensor, dim: int, name: str, at_least: int = 1) -> int:
    """``dim`` counted from the front.  Raises ShapeError for a tensor of fewer than ``at_least`` dimensions."""
    if check_tensor(input, name).ndim < at_least:
        raise ShapeError(
            f"{name}() takes a tensor of at least {at_least} dimension{'s' * (at_least > 1)}, not of shape "
            f"{tuple(input.shape)}"
        )
    return normal_axis(dim, input.ndim)


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
    return tuple(function(x) for x in as_list(tensors))


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


swapaxes = swapdims = transpose


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


def adjoint(input: Tensor) -> Tensor:
    """The conjugate transpose of the last two dimensions.  A view.  Raises RuntimeError for fewer than two."""
    return conj(matrix_transpose(input, "mH"))


def matrix_adjoint(input: Tensor) -> Tensor:
    """The conjugate transpose of a matrix: ``x.H``.  A view.  Raises RuntimeError for what is no matrix."""
    if check_tensor(input, "H").ndim not in (0, 2):
        raise ShapeError(f"tensor.H is only supported on matrices (2-D tensors). Got {input.ndim}-D tensor.")
    return conj(numpy_transpose(input) if input.ndim else of_number(input, "H"))


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


def flip(input: Tensor, *dims: Any, **named: Any) -> Tensor:
    """``input`` with the order of elements reversed along ``dims``."""
    if not (dims or named):
        raise TypeError("flip() takes dims, the dimensions to reverse, as in flip(x, 0) or flip(x, (0, 1))")
    chosen = sizes(keyword_or_positional("flip", "dims", dims, named))
    axes = tuple(normal_axis(d, input.ndim) for d in chosen)
    if len(set(axes)) < len(axes):
        raise RuntimeError(f"flip(): a dimension appears twice in dims {chosen}")
    return xp.flip(input, axes) if axes and input.ndim else clone(input)


def fliplr(input: Tensor) -> Tensor:
    """``input`` with the order of its columns reversed."""
    return xp.flip(input, (axis_of(input, 1, "fliplr", 2),))


def flipud(input: Tensor) -> Tensor:
    """``input`` with the order of its rows reversed."""
    return xp.flip(input, (axis_of(input, 0, "flipud"),))


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


def clone(input: Tensor, *, memory_format: Any = None) -> Tensor:
    """A copy, which the gradient passes through."""
    return xp.clone(input)


def contiguous(input: Tensor, memory_format: Any = None) -> Tensor:
    """``input`` itself if its elements lie one after the other, as `is_contiguous` says, and a copy otherwise."""
    return input if is_contiguous(input) else xp.clone(input)
