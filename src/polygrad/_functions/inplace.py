# ruff: noqa: D417  # the methods' self
"""Methods that change a tensor: ``x.add_(y)``, ``x += y``, ``x.copy_(y)`` and the others.

Each computes the operation without the underscore, and the tensor takes over the result; where no other tensor shares
the memory, a kernel of the backend overwrites it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from .. import _dtypes
from .._core.expansion import find_expanded, positions_like
from .._core.generated import define
from .._core.generated import fill as fill_template
from .._core.precision import is_half
from .._core.primitive import OPERATIONS as xp
from .._core.primitive import Primitive
from .._core.scalars import UnknownOperandError, to_python
from .._core.tensor import Tensor
from .._core.wrong_calls import tell_of
from . import complex, elementwise, manipulation, scatter_gather, strides
from .broadcasting import broadcast_shapes
from .common import second_names
from .docstrings import in_place_docstring
from .indexing import masked_put, scalar_for
from .public import public_function, public_method
from .transfer import transfer

_WHOLE = (Ellipsis,)


_OF_ONE = """
def in_place(self):
    return self._in_place(operation)
"""

_OF_TWO = """
def in_place(self, other):
    return self._in_place(operation, other)
"""


def method(name: str, declared: Any) -> Callable:
    """The method ``name_``: the tensor takes over the result of ``declared``, a primitive or a function."""
    if isinstance(declared, Primitive):
        template = _OF_ONE if len(declared.operands) == 1 else _OF_TWO
        scope = {"__name__": __name__, "operation": declared.op}
        in_place = define("in_place", fill_template(template), scope, f"method {name}_")
    else:
        in_place = _of_function(declared)
    in_place.__name__, in_place.__qualname__, in_place.__module__ = f"{name}_", f"Tensor.{name}_", Tensor.__module__
    in_place.__doc__ = in_place_docstring(name, declared.__doc__)
    return in_place


def _of_function(function: Callable) -> Callable:
    def in_place(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        try:
            if kwargs:
                return self._in_place(lambda x, *operands: function(x, *operands, **kwargs), *args)
            return self._in_place(function, *args)
        except TypeError as error:
            tell_of(error, in_place.__qualname__)
            raise

    first, *others = inspect.signature(function).parameters.values()
    in_place.__signature__ = inspect.Signature([first.replace(name="self"), *others])  # type: ignore[attr-defined]  # it takes it
    return in_place


def operator(primitive: Primitive) -> Callable:
    """Return the operator ``x += y`` and its like; it returns NotImplemented for a `y` of an unknown type."""

    def in_place(self: Tensor, other: Any) -> Tensor:
        try:
            return self._in_place(primitive.op, other)
        except UnknownOperandError:
            return NotImplemented

    return in_place


def power_operator(self: Tensor, other: Any) -> Tensor:
    """The operator ``x **= y``."""
    try:
        return self._in_place(elementwise.pow, other)
    except UnknownOperandError:
        return NotImplemented


@public_method()
def add_(self: Tensor, other: Any, *, alpha: Any = 1) -> Tensor:
    """Add ``alpha * other`` in place.

    Args:
        other: a tensor whose shape broadcasts to that of this one, or a number.
        alpha: the factor of ``other``, a number.

    Returns:
        This tensor.

    Raises:
        RuntimeError: this tensor is a leaf that requires grad, in grad mode.

    Example::

        >>> polygrad.tensor([1.0, 2.0]).add_(10)
        tensor([11., 12.])
    """
    if type(alpha) is int and alpha == 1:  # the usual call
        return self._in_place(xp.add, other)
    if is_half(self):
        return self._in_place(lambda x, y: elementwise.add(x, y, alpha=alpha), other)
    if type(alpha) is not int:
        elementwise.check_alpha("add_", alpha, self, other)
    return self._in_place(xp.add, elementwise.scaled(other, alpha))


@public_method("sub_ subtract_")
def sub_(self: Tensor, other: Any, *, alpha: Any = 1) -> Tensor:
    """Subtract ``alpha * other`` in place.

    Args:
        other: a tensor whose shape broadcasts to that of this one, or a number.
        alpha: the factor of ``other``, a number.

    Returns:
        This tensor.

    Raises:
        RuntimeError: this tensor is a leaf that requires grad, in grad mode.

    Example::

        >>> polygrad.tensor([1.0, 2.0]).sub_(1)
        tensor([0., 1.])
    """
    if type(alpha) is int and alpha == 1:  # the usual call
        return self._in_place(xp.subtract, other)
    if is_half(self):
        return self._in_place(lambda x, y: elementwise.sub(x, y, alpha=alpha), other)
    if type(alpha) is not int:
        elementwise.check_alpha("sub_", alpha, self, other)
    return self._in_place(xp.subtract, elementwise.scaled(other, alpha))


@public_method("div_ divide_ true_divide_")
def div_(self: Tensor, other: Any, *, rounding_mode: str | None = None) -> Tensor:
    """Divide by ``other`` in place.

    Args:
        other: a tensor whose shape broadcasts to that of this one, or a number.
        rounding_mode: None, ``"floor"`` or ``"trunc"``, as of `div`.

    Returns:
        This tensor.

    Raises:
        RuntimeError: this tensor is a leaf that requires grad, in grad mode; or an integer tensor, and
            ``rounding_mode`` is None.

    Example::

        >>> polygrad.tensor([1.0, 2.0]).div_(4)
        tensor([0.2500, 0.5000])
    """
    if rounding_mode is None:
        return self._in_place(xp.divide, other)
    return self._in_place(lambda x, y: elementwise.div(x, y, rounding_mode=rounding_mode), other)


@public_method()
def copy_(self: Tensor, src: Tensor, non_blocking: bool = False) -> Tensor:
    """Copy the values of another tensor, broadcast and converted to this one.  The gradient flows back to ``src``.

    Args:
        src: a tensor whose shape broadcasts to that of this one.
        non_blocking: accepted for compatibility with PyTorch.

    Returns:
        This tensor.

    Raises:
        RuntimeError: the shape does not broadcast, or this tensor is a leaf that requires grad, in grad mode.

    Example::

        >>> polygrad.zeros(2).copy_(polygrad.tensor([1, 2]))
        tensor([1., 2.])
    """
    if not isinstance(src, Tensor):
        raise TypeError(f"copy_() takes a Tensor, not {type(src).__name__}")
    if src is self:
        self._check_in_place()
        return self
    if broadcast_shapes(self.shape, src.shape) != tuple(self.shape):
        raise RuntimeError(f"copy_(): a tensor of shape {tuple(src.shape)} cannot be broadcast to {tuple(self.shape)}")
    self._check_in_place()
    value = transfer(src, self.backend, None if self.backend.level else self.device, self.dtype)
    return self._in_place(xp.slice_put, value, _WHOLE)


@public_method()
def fill_(self: Tensor, value: Any) -> Tensor:
    """Fill with one value.

    Args:
        value: a number, or a tensor without dimensions, to which the gradient flows back.

    Returns:
        This tensor.

    Raises:
        RuntimeError: this tensor is a leaf that requires grad, in grad mode.

    Example::

        >>> polygrad.zeros(2).fill_(7)
        tensor([7., 7.])
    """
    if not isinstance(value, Tensor):
        number = scalar_for(self, to_python(value))
        if self._base is not None and find_expanded(self) is not None:  # elements that are one get one number
            masked_put(self, self._new_scalar(True, _dtypes.bool), number)
            return self
        return self._in_place(xp.slice_put, number, _WHOLE)
    if value.ndim:
        raise RuntimeError(f"fill_ only supports 0-dimension value tensor but got tensor with {value.ndim} dimensions")
    return copy_(self, value)


@public_method()
def zero_(self: Tensor) -> Tensor:
    """Fill with zeros.

    Returns:
        This tensor.

    Raises:
        RuntimeError: this tensor is a leaf that requires grad, in grad mode.

    Example::

        >>> polygrad.ones(2).zero_()
        tensor([0., 0.])
    """
    return fill_(self, 0)


@public_method()
def masked_fill_(self: Tensor, mask: Tensor, value: Any) -> Tensor:
    """Write a value where a mask is True.

    Args:
        mask: a boolean tensor whose shape broadcasts to that of this tensor.
        value: a number, or a tensor without dimensions.

    Returns:
        This tensor.

    Raises:
        RuntimeError: ``mask`` is not boolean, ``value`` has dimensions, or this tensor is a leaf that requires grad, in
            grad mode.

    Example::

        >>> x = polygrad.tensor([1.0, -2.0])
        >>> x.masked_fill_(x < 0, 0.0)
        tensor([1., 0.])
    """
    scatter_gather.check_mask(self, mask, value)
    masked_put(
        self, mask, xp.astype(value, self.dtype) if isinstance(value, Tensor) else scalar_for(self, to_python(value))
    )
    return self


@public_method()
def detach_(self: Tensor) -> Tensor:
    """Take this tensor out of the graph: it becomes a leaf that does not require grad.

    Returns:
        This tensor.

    Raises:
        RuntimeError: this tensor is a view, whose base stays in the graph; use `detach`.

    Example::

        >>> x = polygrad.ones(2, requires_grad=True) * 3
        >>> x.detach_()
        tensor([3., 3.])
    """
    if self._edge is not None:
        if self._base is not None and self._base[1] is not None:
            raise RuntimeError("Can't detach views in-place; use detach() instead")
        self._bind(self._read(), None)
    return self


@public_method()
def unsqueeze_(self: Tensor, dim: int) -> Tensor:
    """Insert a dimension of length 1 in place.

    Args:
        dim: the position of the new dimension.

    Returns:
        This tensor.

    Raises:
        RuntimeError: this tensor is a leaf that requires grad, in grad mode.

    Example::

        >>> polygrad.ones(3).unsqueeze_(0).shape
        polygrad.Size([1, 3])
    """
    return _reshape_in_place(self, manipulation.unsqueeze(self, dim))


@public_method()
def squeeze_(self: Tensor, dim: Any = None) -> Tensor:
    """Remove dimensions of length 1 in place.

    Args:
        dim: the dimension to remove, or a tuple of dimensions.  None, the default, removes all of length 1.

    Returns:
        This tensor.

    Raises:
        RuntimeError: this tensor is a leaf that requires grad, in grad mode.

    Example::

        >>> polygrad.ones(1, 3).squeeze_().shape
        polygrad.Size([3])
    """
    return _reshape_in_place(self, manipulation.squeeze(self, dim))


@public_method()
def t_(self: Tensor) -> Tensor:
    """Transpose a matrix in place.

    Returns:
        This tensor.

    Raises:
        RuntimeError: this tensor is a leaf that requires grad, in grad mode.

    Example::

        >>> polygrad.ones(2, 3).t_().shape
        polygrad.Size([3, 2])
    """
    return _reshape_in_place(self, manipulation.t(self))


@public_method("transpose_ swapdims_")
def transpose_(self: Tensor, dim0: int, dim1: int) -> Tensor:
    """Swap two dimensions in place.

    Args:
        dim0: one dimension.
        dim1: the other dimension.

    Returns:
        This tensor.

    Raises:
        RuntimeError: this tensor is a leaf that requires grad, in grad mode.

    Example::

        >>> polygrad.ones(2, 3).transpose_(0, 1).shape
        polygrad.Size([3, 2])
    """
    return _reshape_in_place(self, manipulation.transpose(self, dim0, dim1))


@public_method()
def swapaxes_(self: Tensor, axis0: int, axis1: int) -> Tensor:
    """Swap two dimensions in place: `transpose_` with NumPy's names of the arguments.

    Args:
        axis0: one dimension.
        axis1: the other dimension.

    Returns:
        This tensor.

    Raises:
        RuntimeError: this tensor is a leaf that requires grad, in grad mode.

    Example::

        >>> polygrad.ones(2, 3).swapaxes_(0, 1).shape
        polygrad.Size([3, 2])
    """
    return transpose_(self, axis0, axis1)


@public_method()
def as_strided_(self: Tensor, size: Any, stride: Any, storage_offset: int | None = None) -> Tensor:
    """Choose another shape and other strides of the memory in place, as `as_strided` does.

    Args:
        size: the new shape.
        stride: how many elements of the memory lie between neighbours along each dimension.
        storage_offset: how many elements lie before the first one.  None, the default, keeps the number.

    Returns:
        This tensor.

    Raises:
        RuntimeError: the memory is too small, or this tensor is a leaf that requires grad, in grad mode.

    Example::

        >>> polygrad.arange(4).as_strided_((2,), (2,))
        tensor([0, 2])
    """
    return _reshape_in_place(self, strides.as_strided(self, size, stride, storage_offset))


@public_method()
def fill_diagonal_(self: Tensor, fill_value: Any, wrap: bool = False) -> Tensor:
    """Write a number into the main diagonal.

    Args:
        fill_value: the number.
        wrap: whether the diagonal of a matrix with more rows than columns starts again, after a row without it.

    Returns:
        This tensor.

    Raises:
        RuntimeError: this tensor is a vector, or has more than two dimensions of different lengths; or it is a leaf that
            requires grad, in grad mode.

    Example::

        >>> polygrad.zeros(2, 3).fill_diagonal_(5)
        tensor([[5., 0., 0.],
                [0., 5., 0.]])
    """
    if isinstance(fill_value, Tensor):
        raise TypeError("fill_diagonal_(): fill_value must be a number, not a tensor")
    if self.ndim < 2:
        raise RuntimeError(
            f"fill_diagonal_(): two dimensions or more have a diagonal; the shape is {tuple(self.shape)}"
        )
    if self.ndim > 2 and len(set(self.shape)) > 1:
        raise RuntimeError(
            f"fill_diagonal_(): all dimensions must have equal lengths, but the shape is {tuple(self.shape)}"
        )
    places = np.zeros(tuple(self.shape), bool)
    np.fill_diagonal(places, True, wrap)
    masked_put(self, positions_like(self, places), scalar_for(self, to_python(fill_value)))
    return self


def _reshape_in_place(self: Tensor, view: Tensor) -> Tensor:
    self._check_in_place()
    self._take_over(view, view._edge if self._should_record() else self._edge)
    return self


@public_method()
def index_add_(self: Tensor, dim: int, index: Tensor, source: Tensor, *, alpha: Any = 1) -> Tensor:
    """Add slices at positions of a dimension in place; slices at equal positions add up.

    Args:
        dim: the dimension.
        index: an integer vector of positions, none negative, one for each slice of ``source``.
        source: the slices, a tensor of the same data type whose shape differs along ``dim`` only.
        alpha: the factor of ``source``, a number.

    Returns:
        This tensor.

    Raises:
        IndexError: a position is out of range.
        RuntimeError: this tensor is a leaf that requires grad, in grad mode.

    Example::

        >>> polygrad.zeros(3).index_add_(0, polygrad.tensor([2, 2]), polygrad.tensor([1.0, 5.0]))
        tensor([0., 0., 6.])
    """
    return self._in_place(lambda x: scatter_gather.index_add(x, dim, index, source, alpha=alpha))


@public_method()
def index_fill_(self: Tensor, dim: int, index: Tensor, value: Any) -> Tensor:
    """Write a value into the slices at positions of a dimension.

    Args:
        dim: the dimension.
        index: an integer vector of positions.
        value: a number, or a tensor without dimensions.

    Returns:
        This tensor.

    Raises:
        IndexError: a position is out of range.
        RuntimeError: this tensor is a leaf that requires grad, in grad mode.

    Example::

        >>> polygrad.zeros(3).index_fill_(0, polygrad.tensor([0, 2]), 7.0)
        tensor([7., 0., 7.])
    """
    vector = self if self.ndim else manipulation.flatten(self)
    vector[scatter_gather.key_along(vector, dim, index, "index_fill_")] = value
    return self


@public_method()
@second_names(tensor="source")
def index_copy_(self: Tensor, dim: int, index: Tensor, source: Tensor) -> Tensor:
    """Write slices at positions of a dimension.

    Args:
        dim: the dimension.
        index: an integer vector of positions, none negative, one for each slice of ``source``.
        source: the slices, a tensor of the same data type whose shape differs along ``dim`` only.

    Returns:
        This tensor.

    Raises:
        IndexError: a position is out of range.
        RuntimeError: this tensor is a leaf that requires grad, in grad mode.

    Example::

        >>> polygrad.zeros(3).index_copy_(0, polygrad.tensor([2, 0]), polygrad.tensor([1.0, 5.0]))
        tensor([5., 0., 1.])
    """
    scatter_gather.check_along(self, dim, index, "index_copy_")
    if not self.ndim:
        index, source = manipulation.flatten(index), manipulation.flatten(source)
    vector = self if self.ndim else manipulation.flatten(self)
    vector[scatter_gather.key_along(vector, dim, index, "index_copy_")] = source
    return self


@public_method()
def index_put_(self: Tensor, indices: Any, values: Tensor, accumulate: bool = False) -> Tensor:
    """Write values at the elements that index tensors select: ``x[indices] = values``.

    Args:
        indices: a tuple of index tensors or masks.
        values: what is written, a tensor whose shape broadcasts to that of ``x[indices]``.
        accumulate: whether values are added to the elements instead; values at equal positions add up.

    Returns:
        This tensor.

    Raises:
        IndexError: a position is out of range.
        RuntimeError: this tensor is a leaf that requires grad, in grad mode.

    Example::

        >>> rows, columns = polygrad.tensor([0, 1]), polygrad.tensor([1, 0])
        >>> polygrad.zeros(2, 2).index_put_((rows, columns), polygrad.tensor([1.0, 5.0]))
        tensor([[0., 1.],
                [5., 0.]])
    """
    if accumulate:
        return self._in_place(lambda x: scatter_gather.index_put(x, indices, values, True))
    self[tuple(indices)] = values
    return self


@public_method()
def masked_scatter_(self: Tensor, mask: Tensor, source: Tensor) -> Tensor:
    """Write the first elements of another tensor, in order, where a mask is True.

    Args:
        mask: a boolean tensor whose shape broadcasts to that of this tensor.
        source: a tensor of the same data type with at least as many elements as ``mask`` has True ones.

    Returns:
        This tensor.

    Raises:
        RuntimeError: ``source`` has too few elements, or this tensor is a leaf that requires grad, in grad mode.

    Example::

        >>> mask = polygrad.tensor([True, False, True])
        >>> polygrad.zeros(3).masked_scatter_(mask, polygrad.tensor([1.0, 5.0]))
        tensor([1., 0., 5.])
    """
    return self._in_place(lambda x: scatter_gather.masked_scatter(x, mask, source))


@public_method()
def clamp_min_(self: Tensor, min: Any) -> Tensor:
    """Clamp each element to at least ``min`` in place.

    Args:
        min: the lower bound: a number, or a tensor whose shape broadcasts to that of this one.

    Returns:
        This tensor.

    Raises:
        RuntimeError: this tensor is a leaf that requires grad, in grad mode.

    Example::

        >>> polygrad.tensor([-1.0, 2.0]).clamp_min_(0)
        tensor([0., 2.])
    """
    return self._in_place(lambda x: elementwise.clamp(x, min))


@public_method()
def clamp_max_(self: Tensor, max: Any) -> Tensor:
    """Clamp each element to at most ``max`` in place.

    Args:
        max: the upper bound: a number, or a tensor whose shape broadcasts to that of this one.

    Returns:
        This tensor.

    Raises:
        RuntimeError: this tensor is a leaf that requires grad, in grad mode.

    Example::

        >>> polygrad.tensor([-1.0, 2.0]).clamp_max_(0)
        tensor([-1.,  0.])
    """
    return self._in_place(lambda x: elementwise.clamp(x, None, max))


def set_real(self: Tensor, value: Any) -> None:
    """Write into the real part: ``x.real = value``."""
    _set_part(self, complex.real, value)


def set_imag(self: Tensor, value: Any) -> None:
    """Write into the imaginary part: ``x.imag = value``."""
    _set_part(self, complex.imag, value)


def _set_part(self: Tensor, part: Callable, value: Any) -> None:
    if isinstance(value, Tensor) and value._base is not None and value._base[0] is self:
        return  # ``x.real += 1`` assigns the view that it already changed
    written = part(self)
    if isinstance(value, Tensor):
        copy_(written, value)
    else:
        fill_(written, value)


@public_function()
def fill(input: Tensor, value: Any) -> Tensor:
    """Return a tensor like another one that is filled with one value.

    Args:
        input: a tensor of any shape.
        value: a number, or a tensor without dimensions, to which the gradient flows back.

    Returns:
        A tensor of the shape and data type of ``input``.

    Raises:
        RuntimeError: ``value`` is a tensor with dimensions.

    Example::

        >>> polygrad.fill(polygrad.zeros(2), 7)
        tensor([7., 7.])
    """
    return fill_(xp.clone(input), value)


@public_method()
def apply_(self: Tensor, callable: Callable[[Any], Any]) -> Tensor:
    """Replace each element by what a Python function returns for it.  It is slow, and has no derivative.

    Args:
        callable: a function of a number.

    Returns:
        This tensor.

    Raises:
        RuntimeError: this tensor requires grad.

    Example::

        >>> polygrad.tensor([1.0, 4.0]).apply_(lambda v: v + 1)
        tensor([2., 5.])
    """
    if self.requires_grad:
        raise RuntimeError(
            "apply_(): the tensor requires grad, and a Python function has no derivative; use x.detach().apply_()"
        )
    values = self.numpy()
    numbers = [callable(number) for number in values.reshape(-1).tolist()]
    return self._assign(
        xp.astype(positions_like(self, np.array(numbers, values.dtype).reshape(values.shape)), self.dtype)
    )
