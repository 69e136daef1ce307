"""Methods that change a tensor: ``x.add_(y)``, ``x += y``, ``x.copy_(y)`` and the others.

Each is the operation without the underscore, whose result the tensor takes over; where nothing else sees the memory, a
backend's kernel overwrites it.  All raise RuntimeError for a leaf that requires grad, or a view of one, in grad mode.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from .. import _dtypes
from .._core.expansion import find_expanded
from .._core.generated import define, fill
from .._core.precision import is_half
from .._core.primitive import OPERATIONS as xp
from .._core.primitive import Primitive
from .._core.scalars import UnknownOperandError, to_python
from .._core.tensor import Tensor
from . import complex, elementwise, manipulation, scatter_gather
from .broadcasting import broadcast_shapes
from .common import second_names
from .docstrings import in_place_docstring
from .indexing import masked_put, scalar_for
from .public import public_method
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
        in_place = define("in_place", fill(template), scope, f"method {name}_")
    else:
        in_place = _of_function(declared)
    in_place.__name__, in_place.__qualname__, in_place.__module__ = f"{name}_", f"Tensor.{name}_", Tensor.__module__
    in_place.__doc__ = in_place_docstring(name, declared.__doc__)
    return in_place


def _of_function(function: Callable) -> Callable:
    def in_place(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        if kwargs:
            return self._in_place(lambda x, *operands: function(x, *operands, **kwargs), *args)
        return self._in_place(function, *args)

    first, *others = inspect.signature(function).parameters.values()
    in_place.__signature__ = inspect.Signature([first.replace(name="self"), *others])  # type: ignore[attr-defined]  # it takes it
    return in_place


def operator(primitive: Primitive) -> Callable:
    """``x += y`` and its like; NotImplemented for a ``y`` of an unknown type."""

    def in_place(self: Tensor, other: Any) -> Tensor:
        try:
            return self._in_place(primitive.op, other)
        except UnknownOperandError:
            return NotImplemented

    return in_place


def power_operator(self: Tensor, other: Any) -> Tensor:
    """``x **= y``."""
    try:
        return self._in_place(elementwise.pow, other)
    except UnknownOperandError:
        return NotImplemented


@public_method()
def add_(self: Tensor, other: Any, *, alpha: Any = 1) -> Tensor:
    """Add ``alpha * other`` in place."""
    if is_half(self):
        return self._in_place(lambda x, y: elementwise.add(x, y, alpha=alpha), other)
    if type(alpha) is not int:
        elementwise.check_alpha("add_", alpha, self, other)
    return self._in_place(xp.add, elementwise.scaled(other, alpha))


@public_method("sub_ subtract_")
def sub_(self: Tensor, other: Any, *, alpha: Any = 1) -> Tensor:
    """Subtract ``alpha * other`` in place."""
    if is_half(self):
        return self._in_place(lambda x, y: elementwise.sub(x, y, alpha=alpha), other)
    if type(alpha) is not int:
        elementwise.check_alpha("sub_", alpha, self, other)
    return self._in_place(xp.subtract, elementwise.scaled(other, alpha))


@public_method("div_ divide_ true_divide_")
def div_(self: Tensor, other: Any, *, rounding_mode: str | None = None) -> Tensor:
    """Divide by ``other`` in place, rounded as `div` is."""
    if rounding_mode is None:
        return self._in_place(xp.divide, other)
    return self._in_place(lambda x, y: elementwise.div(x, y, rounding_mode=rounding_mode), other)


@public_method()
def copy_(self: Tensor, src: Tensor, non_blocking: bool = False) -> Tensor:
    """Take over the values of ``src``, broadcast and cast to this tensor; differentiable with respect to ``src``.

    Raises RuntimeError for a shape that cannot be broadcast to this tensor's.
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
    """Fill this tensor with one number, or the number in a 0-d tensor, which gets a gradient."""
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
    """Fill this tensor with zeros."""
    return fill_(self, 0)


@public_method()
def masked_fill_(self: Tensor, mask: Tensor, value: Any) -> Tensor:
    """Write ``value`` where ``mask``, broadcast, is true."""
    scatter_gather.check_mask(self, mask, value)
    masked_put(
        self, mask, xp.astype(value, self.dtype) if isinstance(value, Tensor) else scalar_for(self, to_python(value))
    )
    return self


@public_method()
def detach_(self: Tensor) -> Tensor:
    """Take this tensor out of the graph: it becomes a leaf that requires no grad.

    Raises RuntimeError for a view, whose base would stay in the graph.
    """
    if self._edge is not None:
        if self._base is not None and self._base[1] is not None:
            raise RuntimeError("Can't detach views in-place; use detach() instead")
        self._bind(self._read(), None)
    return self


@public_method()
def unsqueeze_(self: Tensor, dim: int) -> Tensor:
    """`unsqueeze` in place: the tensor itself changes its shape."""
    return _reshape_in_place(self, manipulation.unsqueeze(self, dim))


@public_method()
def squeeze_(self: Tensor, dim: Any = None) -> Tensor:
    """`squeeze` in place: the tensor itself changes its shape."""
    return _reshape_in_place(self, manipulation.squeeze(self, dim))


@public_method()
def t_(self: Tensor) -> Tensor:
    """`t` in place: the tensor itself is transposed."""
    return _reshape_in_place(self, manipulation.t(self))


@public_method()
def transpose_(self: Tensor, dim0: int, dim1: int) -> Tensor:
    """`transpose` in place: the tensor itself changes its shape."""
    return _reshape_in_place(self, manipulation.transpose(self, dim0, dim1))


def _reshape_in_place(self: Tensor, view: Tensor) -> Tensor:
    self._check_in_place()
    self._take_over(view, view._edge if self._should_record() else self._edge)
    return self


@public_method()
def index_add_(self: Tensor, dim: int, index: Tensor, source: Tensor, *, alpha: Any = 1) -> Tensor:
    """Add ``alpha`` times each slice of ``source`` along ``dim`` at its ``index``; equal indices add up."""
    return self._in_place(lambda x: scatter_gather.index_add(x, dim, index, source, alpha=alpha))


@public_method()
def index_fill_(self: Tensor, dim: int, index: Tensor, value: Any) -> Tensor:
    """Write ``value`` at the positions ``index`` of ``dim``."""
    vector = self if self.ndim else manipulation.flatten(self)
    vector[scatter_gather.key_along(vector, dim, index, "index_fill_")] = value
    return self


@public_method()
@second_names(tensor="source")
def index_copy_(self: Tensor, dim: int, index: Tensor, source: Tensor) -> Tensor:
    """Write the slices of ``source`` at the positions ``index`` of ``dim``."""
    scatter_gather.check_along(self, dim, index, "index_copy_")
    if not self.ndim:
        index, source = manipulation.flatten(index), manipulation.flatten(source)
    vector = self if self.ndim else manipulation.flatten(self)
    vector[scatter_gather.key_along(vector, dim, index, "index_copy_")] = source
    return self


@public_method()
def index_put_(self: Tensor, indices: Any, values: Tensor, accumulate: bool = False) -> Tensor:
    """``self[indices] = values``; with ``accumulate`` the values are added, equal indices adding up."""
    if accumulate:
        return self._in_place(lambda x: scatter_gather.index_put(x, indices, values, True))
    self[tuple(indices)] = values
    return self


@public_method()
def masked_scatter_(self: Tensor, mask: Tensor, source: Tensor) -> Tensor:
    """Write the first elements of ``source``, in order, where ``mask`` is true."""
    return self._in_place(lambda x: scatter_gather.masked_scatter(x, mask, source))


@public_method()
def clamp_min_(self: Tensor, min: Any) -> Tensor:
    """Raise what is below ``min`` to it."""
    return self._in_place(lambda x: elementwise.clamp(x, min))


@public_method()
def clamp_max_(self: Tensor, max: Any) -> Tensor:
    """Lower what is above ``max`` to it."""
    return self._in_place(lambda x: elementwise.clamp(x, None, max))


def set_real(self: Tensor, value: Any) -> None:
    """``x.real = value`` writes into the real part."""
    _set_part(self, complex.real, value)


def set_imag(self: Tensor, value: Any) -> None:
    """``x.imag = value`` writes into the imaginary part."""
    _set_part(self, complex.imag, value)


def _set_part(self: Tensor, part: Callable, value: Any) -> None:
    if isinstance(value, Tensor) and value._base is not None and value._base[0] is self:
        return  # ``x.real += 1`` assigns the view that it already changed
    written = part(self)
    if isinstance(value, Tensor):
        copy_(written, value)
    else:
        fill_(written, value)
