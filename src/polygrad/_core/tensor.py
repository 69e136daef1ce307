"""The Tensor: a mutable cell that holds an immutable array, and its edge in the graph.

Only this package and generated dispatchers read ``_data``.  All other code calls `Tensor._read`, which notes the read in an
active recorder.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Self, SupportsIndex, overload

from .._devices import Device, device_of
from .._dtypes import DType
from .._state import RECORDERS, note_read, recorder
from ..backends.base import Backend
from ..backends.registry import BY_TYPE
from .aliasing import Aliasing
from .graph import Edge, Leaf, Node, RemovableHandle, hooks_of, node_and_output
from .hooks import HOOKS
from .lending import LENT_TYPES, reclaim_or_copy
from .scalars import PYTHON_SCALARS, UNCONVERTED_TYPES, UnknownOperandError, to_python

if TYPE_CHECKING:  # with the methods that `_functions` attaches, from the stub that tools/stubs.py writes
    from .tensor_methods import TensorMethods as _Methods
else:
    _Methods = Aliasing

_new = object.__new__
_size, _item = tuple.__new__, tuple.__getitem__


class Size(tuple[int, ...]):
    """A shape: a tuple of ints that also counts its elements.  Parts and sums of shapes are shapes.

    Args:
        lengths: the lengths, ints.

    Raises:
        TypeError: a length is not an int.

    Example::

        >>> polygrad.Size([2, 3]).numel()
        6
    """

    __slots__ = ()

    def __new__(cls, lengths: Iterable[Any] = ()) -> Size:
        if isinstance(lengths, Size):
            return lengths
        several = tuple(lengths)
        try:
            return _size(cls, [length.__index__() for length in several])
        except (AttributeError, TypeError):
            kinds = ", ".join(type(length).__name__ for length in several[:8])
            raise TypeError(f"the lengths of a Size must be ints, not {kinds}") from None

    @overload
    def __getitem__(self, key: SupportsIndex) -> int: ...
    @overload
    def __getitem__(self, key: slice) -> Size: ...
    def __getitem__(self, key: Any) -> Any:
        found = _item(self, key)
        return found if key.__class__ is int or found.__class__ is not tuple else _size(Size, found)

    def __add__(self, other: tuple[int, ...]) -> Size:  # type: ignore[override]  # sums of shapes are shapes
        return Size(tuple.__add__(self, other)) if isinstance(other, tuple) else NotImplemented

    def __radd__(self, other: tuple[int, ...]) -> Size:
        return Size(tuple.__add__(other, self)) if isinstance(other, tuple) else NotImplemented

    def __mul__(self, count: SupportsIndex) -> Size:
        return _size(Size, tuple.__mul__(self, count))

    def __rmul__(self, count: SupportsIndex) -> Size:
        return self * count

    def __repr__(self) -> str:
        return f"polygrad.Size({list(self)})"

    def numel(self) -> int:
        """Return the number of elements of a tensor of this shape."""
        count = 1
        for length in self:
            count *= length
        return count


class ElementCount(int):
    """``x.size``: an int, as in the Array API standard, that can be called as in PyTorch: ``x.size(dim)``."""

    shape: Size

    @overload
    def __call__(self, dim: None = None) -> Size: ...
    @overload
    def __call__(self, dim: int) -> int: ...
    def __call__(self, dim: int | None = None) -> Any:
        return self.shape if dim is None else self.shape[dim]


class Tensor(_Methods):
    """An array that can record how it was computed.

    Tensors are made by `polygrad.tensor`, `polygrad.zeros` and other constructors, and by every operation on tensors.
    Calling the class is PyTorch's older constructor, with the default floating-point type.

    Args:
        *data: lengths, as in ``Tensor(2, 3)``; or data, as in ``Tensor([1, 2])``.

    Example::

        >>> x = polygrad.tensor([1.0, 2.0], requires_grad=True)
        >>> (x * x).sum().backward()
        >>> x.grad
        tensor([2., 4.])
    """

    #: Two are set where they are needed only: ``_former`` after ``requires_grad = False``, the former leaf, with its ``.grad`` and
    #: hooks; and ``_writes``, how often the memory was changed in place, at the tensor that owns it.
    __slots__ = ("__weakref__", "_base", "_data", "_edge", "_former", "_views", "_writes")

    # NumPy leaves ``array * tensor`` to the tensor: `_functions.foreign` replaces this by NumPy's protocol.
    __array_ufunc__ = None
    __array_priority__ = 1000

    def __new__(cls, *data: Any) -> Tensor:
        return HOOKS.legacy_constructor(*data)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        TENSOR_TYPES.add(cls)
        UNCONVERTED_TYPES.add(cls)

    # -- the value ---------------------------------------------------------------------------------------------------

    def _read(self) -> Any:
        """Return the raw array.  All reads pass through here, so that a recorder sees them."""
        if RECORDERS:
            note_read(self)
        data = self._data
        return data if data.__class__ not in LENT_TYPES else reclaim_or_copy(self)

    @property
    def array(self) -> Any:
        """The library's own array (a ``numpy.ndarray``, a ``jax.Array``, …).  It must not be written to."""
        data = self._read()
        return BY_TYPE[data.__class__].native(data)

    @property
    def backend(self) -> Backend:
        """The backend whose array this tensor holds."""
        return BY_TYPE[self._data.__class__]

    @property
    def shape(self) -> Size:
        """The shape, a `Size`: a tuple of ints."""
        return _size(Size, self._data.shape)

    @property
    def dtype(self) -> DType:
        """The data type of the elements."""
        data = self._data
        return BY_TYPE[data.__class__].from_dtype(data.dtype)

    @property
    def device(self) -> Device:
        """The device: a name with ``type`` and ``index``, and the library's own device as ``native``."""
        data = self._data
        return device_of(BY_TYPE[data.__class__], data)

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return len(self._data.shape)

    @property
    def size(self) -> ElementCount:
        """The number of elements, an int.  Called, the shape ``x.size()`` or one length ``x.size(dim)``."""
        shape = self.shape
        count = ElementCount(shape.numel())
        count.shape = shape
        return count

    # -- autograd ----------------------------------------------------------------------------------------------------

    @property
    def requires_grad(self) -> bool:
        """Whether operations on this tensor are recorded.  It can be set on a leaf of a floating-point or complex type."""
        return self._edge is not None

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        if value is not True and value is not False:
            raise TypeError(f"requires_grad must be a bool, not {type(value).__name__}")
        if self._edge.__class__ is Node:
            if not value:
                raise RuntimeError(
                    "you can only change requires_grad of leaf tensors; to use a computed tensor in a computation that "
                    "needs no gradient, write x.detach()"
                )
            return
        if RECORDERS:
            note_read(self)  # the recorder keeps the former value
        if not value:
            if self._edge is not None:
                self._former, self._edge = self._edge, None
        elif self._edge is None:
            if not self.dtype.is_differentiable:
                raise RuntimeError(
                    f"only tensors of floating-point or complex type can require gradients, and this one is "
                    f"{self.dtype.name}; convert it first, as in x.to(polygrad.float32)"
                )
            self._edge = getattr(self, "_former", None) or Leaf(self, ())
            self._edge.shape = tuple(self._data.shape)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Set whether operations on this tensor are recorded.

        Args:
            requires_grad: True or False.

        Returns:
            This tensor.

        Raises:
            RuntimeError: True for an integer or boolean tensor, or False for a tensor that an operation recorded.

        Example::

            >>> polygrad.ones(2).requires_grad_()
            tensor([1., 1.], requires_grad=True)
        """
        self.requires_grad = requires_grad
        return self

    @property
    def is_leaf(self) -> bool:
        """Whether this tensor was made by the user.  False for the result of a recorded operation."""
        return self._edge.__class__ is not Node

    @property
    def grad_fn(self) -> Node | None:
        """The graph node of the operation that computed this tensor; None for a leaf."""
        edge: Any = self._edge
        return node_and_output(edge)[0] if edge.__class__ is Node else None

    @property
    def output_nr(self) -> int:
        """Which output of ``grad_fn`` this tensor is."""
        return 0 if self._edge is None else node_and_output(self._edge)[1]

    @property
    def grad(self) -> Tensor | None:
        """The gradient that `backward` accumulated, or None.  Results of operations keep theirs only after `retain_grad`."""
        edge = self._edge
        if edge is None:
            edge = getattr(self, "_former", None)
        if edge.__class__ is Leaf:
            if RECORDERS and (active := recorder()) is not None:
                active.read_grad(edge)
            return edge.grad
        if edge is None:
            return None
        kept = None if edge.hooks is None else edge.hooks.grad
        if kept is None and not self.retains_grad:
            warnings.warn(
                "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its .grad attribute won't be "
                "populated during backward(). If you indeed want it to be, call .retain_grad() on the tensor. If a leaf was "
                "lost, as in w = w - lr * w.grad, update it in place: with polygrad.no_grad(): w -= lr * w.grad",
                UserWarning,
                stacklevel=2,
            )
        return kept

    @grad.setter
    def grad(self, value: Tensor | None) -> None:
        edge = self._edge
        if value is not None:
            self._check_grad(value)
        if edge is None:
            edge = getattr(self, "_former", None)
            if edge is None:
                if value is None:
                    return
                edge = self._former = Leaf(self, tuple(self._data.shape))
        if edge.__class__ is Leaf:
            if RECORDERS and (active := recorder()) is not None:
                active.write_grad(edge)
            edge.grad = value
        else:
            hooks_of(edge).grad = value

    @grad.deleter
    def grad(self) -> None:
        self.grad = None

    _grad = grad  # PyTorch has this alias, and programs use it

    def _check_grad(self, value: Any) -> None:
        if not isinstance(value, Tensor):
            raise TypeError(f"a gradient must be a Tensor or None, not {type(value).__name__}")
        if value is self:
            raise RuntimeError("a tensor cannot be its own gradient; assign a copy, as in x.grad = x.detach().clone()")
        if RECORDERS:
            note_read(self)
            note_read(value)
        facts = ("shape", tuple(self.shape), tuple(value.shape)), ("dtype", self.dtype, value.dtype)
        for what, mine, theirs in (*facts, ("backend", self.backend, value.backend)):
            if mine != theirs:
                raise RuntimeError(f"a gradient must have its tensor's {what}, {mine!r}, but this one has {theirs!r}")

    @property
    def retains_grad(self) -> bool:
        """Whether `retain_grad` was called on this result of an operation."""
        edge = self._edge
        return edge.__class__ is Node and edge.hooks is not None and edge.hooks.retains_grad

    def retain_grad(self) -> None:
        """Keep the gradient of this result of an operation in ``.grad``, as a leaf does.

        Raises:
            RuntimeError: the tensor does not require grad.

        Example::

            >>> x = polygrad.tensor(3.0, requires_grad=True)
            >>> y = x * x
            >>> y.retain_grad()
            >>> (2 * y).backward()
            >>> y.grad
            tensor(2.)
        """
        if self._edge is None:
            raise RuntimeError("retain_grad() needs a tensor that requires grad")
        if self._edge.__class__ is Node:
            hooks_of(self._edge).retains_grad = True

    def register_hook(self, hook: Callable[[Tensor], Tensor | None]) -> RemovableHandle:
        """Call a function with the gradient of this tensor, each time it is computed.

        Args:
            hook: a function of the gradient.  A tensor that it returns replaces the gradient.

        Returns:
            A handle, whose ``remove()`` removes the hook.

        Raises:
            RuntimeError: the tensor does not require grad.

        Example::

            >>> x = polygrad.tensor(3.0, requires_grad=True)
            >>> handle = x.register_hook(lambda grad: grad * 10)
            >>> x.backward()
            >>> x.grad
            tensor(10.)
        """
        if self._edge is None:
            raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
        return RemovableHandle(hooks_of(self._edge).callbacks, hook)

    def register_post_accumulate_grad_hook(self, hook: Callable[[Tensor], None]) -> RemovableHandle:
        """Call a function after a gradient was accumulated into the ``.grad`` of this leaf.

        Operations in the hook are not recorded, unless the backward pass is (``create_graph=True``), so that it may
        update the leaf in place.

        Args:
            hook: a function of this tensor.  It returns None, or the tensor itself.

        Returns:
            A handle, whose ``remove()`` removes the hook.

        Raises:
            RuntimeError: the tensor is not a leaf that requires grad.

        Example::

            >>> v = polygrad.zeros(3, requires_grad=True)
            >>> handle = v.register_post_accumulate_grad_hook(lambda p: p.sub_(p.grad, alpha=0.01))
            >>> v.sum().backward()
            >>> v
            tensor([-0.0100, -0.0100, -0.0100], requires_grad=True)
        """
        if self._edge.__class__ is not Leaf:
            raise RuntimeError("post accumulate grad hooks can only be registered on leaf tensors that require grad")
        return RemovableHandle(hooks_of(self._edge).after_accumulation, hook)

    def detach(self) -> Tensor:
        """Return the same value outside the graph.  Memory is shared: a write to one tensor reaches the other.

        Returns:
            A tensor that does not require grad.

        Example::

            >>> x = polygrad.ones(2, requires_grad=True)
            >>> (x * 2).detach()
            tensor([2., 2.])
        """
        return self._detached_alias()

    @property
    def data(self) -> Tensor:
        """The same value outside the graph, with shared memory.  Assigning replaces the value and keeps the graph."""
        return self._detached_alias()

    @data.setter
    def data(self, value: Tensor) -> None:
        if not isinstance(value, Tensor):
            raise TypeError(f".data takes a Tensor, not {type(value).__name__}")
        if self._edge is not None and not value.dtype.is_differentiable:
            raise RuntimeError(
                f"the data of a tensor that requires grad must be of floating-point or complex type, not "
                f"{value.dtype.name}"
            )
        self._share_storage(value)
        if self._edge.__class__ is Leaf:
            self._edge.shape = tuple(self._data.shape)

    def _new_scalar(self, value: Any, dtype: DType) -> Tensor:
        """Return a 0-d tensor of ``dtype`` on the backend and device of this one.

        Raises RuntimeError for a number that ``dtype`` cannot represent.
        """
        if hasattr(type(value), "__polygrad_tensor__"):  # a symbolic number, which a program reads at every call
            return value.__polygrad_tensor__(dtype)
        dtype.check(value)
        data = self._data
        backend = BY_TYPE[data.__class__]
        return cell(backend.scalar(value, backend.to_dtype(dtype), data))


Tensor.__module__ = Size.__module__ = "polygrad"  # the path that users write, and that pickles contain
TENSOR_TYPES: set[type[Tensor]] = {Tensor}
UNCONVERTED_TYPES.add(Tensor)
HOOKS.tensor_class = Tensor


def cell(array: Any, edge: Edge | None = None) -> Tensor:
    """A new Tensor around a raw array."""
    made = _new(Tensor)
    made._data, made._edge, made._base, made._views = array, edge, None, None
    return made


Tensor._cell = staticmethod(cell)


def make_leaf(tensor: Tensor, array: Any, requires_grad: bool) -> Tensor:
    """Fill the empty cell ``tensor`` (of any Tensor class) with ``array``."""
    tensor._data, tensor._edge, tensor._base, tensor._views = array, None, None, None
    if requires_grad:
        tensor.requires_grad = True
    return tensor


def as_operand(value: Any, reference: Tensor, label: str) -> Any:
    """Return a scalar or raw array as an operand that meets ``reference``: scalars are weak, raw arrays constants.

    Raises UnknownOperandError, a TypeError, for anything else.
    """
    value = to_python(value)
    if value.__class__ in PYTHON_SCALARS:
        return value
    try:
        backend = BY_TYPE[type(value)]
    except TypeError:
        raise UnknownOperandError(
            f"{label} must be a Tensor or a number, not {type(value).__name__} (polygrad.tensor(...) makes a tensor)"
        ) from None
    if backend.level:
        return cell(value)
    return HOOKS.constant_of(value, backend)
