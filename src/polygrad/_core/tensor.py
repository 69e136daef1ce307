"""The Tensor: a mutable cell that holds an immutable array value, and the edge by which it joins the graph.

In-place operations compute a new value and rebind the cell.  A view knows its base and how a write reaches it (``_base``);
a base knows its live views weakly (``_views``).  The memory of an array is really overwritten only where nobody else can
see it, which its reference count tells.

``_data`` is read here and in generated dispatchers only.  Everybody else reads a raw array through `Tensor._read`, which
an active recorder sees.
"""

from __future__ import annotations

import sys
import weakref
from collections.abc import Callable
from typing import Any

from .. import _dtypes
from .._dtypes import DType
from .._state import RECORDERS, grad_enabled, grad_mode, note_read, recorder
from ..backends.registry import BY_TYPE
from .graph import Edge, Leaf, Node, RemovableHandle, entry, hooks_of
from .primitive import OPERATIONS

_new = object.__new__


class Size(tuple):
    """A shape: a tuple that also counts its elements."""

    __slots__ = ()

    def numel(self) -> int:
        """The number of elements of a tensor of this shape."""
        count = 1
        for length in self:
            count *= length
        return count


class ElementCount(int):
    """``x.size``: an int, as the Array API has it, that can also be called as PyTorch's ``x.size()`` and ``x.size(dim)``."""

    shape: Size

    def __call__(self, dim: int | None = None) -> Any:
        return self.shape if dim is None else self.shape[dim]


class Tensor:
    """An array that can record how it was computed.

    Made by `polygrad.tensor`, `polygrad.zeros` and the other constructors, and by every operation on tensors.  Calling
    the class itself is PyTorch's old constructor: ``Tensor([1, 2])`` holds those numbers in the default floating type,
    ``Tensor(2, 3)`` has that shape.
    """

    __slots__ = ("__weakref__", "_base", "_data", "_edge", "_views")

    # NumPy leaves ``array * tensor`` to the tensor.
    __array_ufunc__ = None
    __array_priority__ = 1000

    def __new__(cls, *data: Any) -> Tensor:
        return OPERATIONS.legacy_tensor(*data)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        TENSOR_TYPES.add(cls)

    # -- the value ---------------------------------------------------------------------------------------------------

    def _read(self) -> Any:
        """The raw array: the one way to it, seen by a recorder."""
        if RECORDERS:
            note_read(self)
        return self._data

    @property
    def array(self) -> Any:
        """The native array (a ``numpy.ndarray``, a ``jax.Array``, …).  Treat it as read-only."""
        data = self._read()
        return BY_TYPE[data.__class__].native(data)

    @property
    def backend(self) -> Any:
        """The backend that this tensor lives on."""
        return BY_TYPE[self._data.__class__]

    @property
    def shape(self) -> Size:
        """The shape, a tuple of ints."""
        return Size(self._data.shape)

    @property
    def dtype(self) -> DType:
        """The data type."""
        data = self._data
        return BY_TYPE[data.__class__].from_dtype(data.dtype)

    @property
    def device(self) -> Any:
        """The device, as the backend names it."""
        data = self._data
        return BY_TYPE[data.__class__].device(data)

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return len(self._data.shape)

    @property
    def size(self) -> ElementCount:
        """The number of elements; called, as in ``x.size()`` or ``x.size(0)``, the shape or one length of it."""
        shape = self.shape
        count = ElementCount(shape.numel())
        count.shape = shape
        return count

    # -- autograd ----------------------------------------------------------------------------------------------------

    @property
    def requires_grad(self) -> bool:
        """Whether operations on this tensor are recorded."""
        return self._edge is not None

    @requires_grad.setter
    def requires_grad(self, value: bool) -> None:
        if self._edge.__class__ is Node:
            if not value:
                raise RuntimeError(
                    "you can only change requires_grad of leaf tensors; to use a computed tensor in a computation that "
                    "needs no gradient, write x.detach()"
                )
        elif not value:
            self._edge = None
        elif self._edge is None:
            if not self.dtype.is_differentiable:
                raise RuntimeError(
                    f"only tensors of floating-point or complex type can require gradients, and this one is "
                    f"{self.dtype.name}; convert it first, as in x.to(polygrad.float32)"
                )
            self._edge = Leaf(self, tuple(self._data.shape))

    def requires_grad_(self, requires_grad: bool = True) -> Tensor:
        """Set ``requires_grad`` and return the tensor.

        Raises RuntimeError for an integer or boolean tensor, and for False on a tensor that was computed.
        """
        self.requires_grad = requires_grad
        return self

    @property
    def is_leaf(self) -> bool:
        """Whether the graph ends here: True for what the user made, False for what an operation recorded."""
        return self._edge.__class__ is not Node

    @property
    def grad_fn(self) -> Node | None:
        """The node of the operation that computed this tensor, or None for a leaf."""
        edge = self._edge
        return entry(edge)[0] if edge.__class__ is Node else None

    @property
    def output_nr(self) -> int:
        """Which output of ``grad_fn`` this tensor is."""
        return 0 if self._edge is None else entry(self._edge)[1]

    @property
    def grad(self) -> Tensor | None:
        """The gradient that `backward` added up here, or None."""
        edge = self._edge
        if edge.__class__ is Leaf:
            if RECORDERS and (active := recorder()) is not None:
                active.read_grad(edge)
            return edge.grad
        return None if edge is None or edge.hooks is None else edge.hooks.grad

    @grad.setter
    def grad(self, value: Tensor | None) -> None:
        edge = self._edge
        if value is not None:
            self._check_grad(value)
        if edge is None:
            if value is None:
                return
            raise RuntimeError("this tensor does not require grad, so it has no .grad; call x.requires_grad_() first")
        if edge.__class__ is Leaf:
            if RECORDERS and (active := recorder()) is not None:
                active.write_grad(edge)
            edge.grad = value
        else:
            hooks_of(edge).grad = value

    @grad.deleter
    def grad(self) -> None:
        self.grad = None

    def _check_grad(self, value: Any) -> None:
        if not isinstance(value, Tensor):
            raise TypeError(f"a gradient is a Tensor or None, not {type(value).__name__}")
        for what in ("shape", "dtype", "backend"):
            mine, theirs = getattr(self, what), getattr(value, what)
            if mine != theirs:
                raise RuntimeError(f"a gradient has its tensor's {what}: that is {mine!r}, but the gradient's is {theirs!r}")

    @property
    def retains_grad(self) -> bool:
        """Whether `retain_grad` was called on this computed tensor."""
        edge = self._edge
        return edge.__class__ is Node and edge.hooks is not None and edge.hooks.retains_grad

    def retain_grad(self) -> None:
        """Keep this computed tensor's gradient in ``.grad``, as a leaf does.

        Raises RuntimeError where the tensor does not require grad.
        """
        if self._edge is None:
            raise RuntimeError("retain_grad() needs a tensor that requires grad")
        if self._edge.__class__ is Node:
            hooks_of(self._edge).retains_grad = True

    def register_hook(self, hook: Callable[[Tensor], Tensor | None]) -> RemovableHandle:
        """Call ``hook(grad)`` when this tensor's gradient is computed; a tensor that it returns replaces the gradient.

        Raises RuntimeError where the tensor does not require grad.
        """
        if self._edge is None:
            raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
        return RemovableHandle(hooks_of(self._edge).callbacks, hook)

    def register_post_accumulate_grad_hook(self, hook: Callable[[Tensor], None]) -> RemovableHandle:
        """Call ``hook(tensor)`` after a gradient was added into this leaf's ``.grad``."""
        if self._edge.__class__ is not Leaf:
            raise RuntimeError("post accumulate grad hooks can only be registered on leaf tensors that require grad")
        return RemovableHandle(hooks_of(self._edge).after_accumulation, hook)

    def backward(
        self,
        gradient: Tensor | None = None,
        retain_graph: bool | None = None,
        create_graph: bool = False,
        inputs: Any = None,
    ) -> None:
        """Add the gradient of this tensor with respect to every leaf it depends on into the leaves' ``.grad``.

        Args:
            gradient: the cotangent to start from, of this tensor's shape; a scalar needs none.
            retain_graph: keep what the graph saved, so that it can be gone through again (default: ``create_graph``).
            create_graph: record the backward pass itself, so that its results can be differentiated.
            inputs: add into these leaves only.

        Raises RuntimeError for a tensor that does not require grad, a missing or misshapen ``gradient``, and a graph
        whose saved values are gone.

        Example::

            x = polygrad.tensor([1.0, 2.0], requires_grad=True)
            (x * x).sum().backward()
            x.grad  # tensor([2., 4.])
        """
        from .engine import backward

        backward((self,), (gradient,), retain_graph, create_graph, inputs)

    def detach(self) -> Tensor:
        """The same value outside the graph.  It shares memory: a write to either reaches the other."""
        return alias(self)

    @property
    def data(self) -> Tensor:
        """A detached tensor that shares this one's cell; assigning replaces the value and leaves the graph alone."""
        return alias(self)

    @data.setter
    def data(self, value: Tensor) -> None:
        if not isinstance(value, Tensor):
            raise TypeError(f".data takes a Tensor, not {type(value).__name__}")
        self._rebind(value._read(), self._edge)
        if self._edge.__class__ is Leaf:
            self._edge.shape = tuple(self._data.shape)

    # -- in place ----------------------------------------------------------------------------------------------------

    def _check_in_place(self) -> None:
        """Raise RuntimeError where an in-place operation would overwrite a leaf of the graph."""
        if not grad_enabled():
            return
        if self._edge.__class__ is Leaf:
            raise RuntimeError(
                "a leaf tensor that requires grad is being used in an in-place operation; write x = x + 1 instead of "
                "x += 1, or change it under polygrad.no_grad()"
            )
        cell = self
        while cell._base is not None:
            cell = _parent(cell)
            if cell is None:
                return
            if cell._edge.__class__ is Leaf and self._edge is not None:
                raise RuntimeError(
                    "a view of a leaf tensor that requires grad is being used in an in-place operation; clone the leaf "
                    "first, or change it under polygrad.no_grad()"
                )

    def _records(self, *operands: Any) -> bool:
        """Whether an in-place operation with these operands belongs to the graph."""
        if not grad_enabled():
            return False
        cell: Tensor | None = self
        while cell is not None:
            if cell._edge is not None:
                return True
            cell = _parent(cell)
        return any(isinstance(x, Tensor) and x._edge is not None for x in operands)

    def _in_place(self, operation: Callable, *operands: Any) -> Tensor:
        """Replace this tensor's value by ``operation(self, *operands)``, recorded like any operation."""
        self._check_in_place()
        kernel = self._overwriting_kernel(operation, operands)
        if kernel is not None and kernel(self._data, *[_value(x, self) for x in operands]):
            self._refresh_copies()
            return self
        return self._assign(operation(self, *operands))

    def _overwriting_kernel(self, operation: Callable, operands: tuple) -> Callable | None:
        declared = getattr(operation, "primitive", None)
        if declared is None or self._records(*operands):
            return None
        kernel = self.backend.kernels.get(declared.name + "_")
        return kernel if kernel is not None and self._is_exclusive() else None

    def _assign(self, result: Tensor) -> Tensor:
        """Take over ``result``: its value, cast to this type, and its place in the graph."""
        if result._data.shape != self._data.shape:
            raise RuntimeError(
                f"an in-place operation cannot change the shape: the tensor has {self.shape}, the result {result.shape}"
            )
        mine, theirs = self.dtype, result.dtype
        if mine is not theirs:
            if _dtypes._KIND_RANK[theirs.kind] > _dtypes._KIND_RANK[mine.kind]:
                raise RuntimeError(
                    f"result type {theirs.name} can't be cast to the tensor's type {mine.name} in place; write "
                    f"x = x.to(polygrad.{theirs.name}) first"
                )
            result = OPERATIONS.astype(result, mine)
        return self._rebind(result._read(), result._edge if grad_enabled() else self._edge)

    def _rebind(self, data: Any, edge: Edge | None) -> Tensor:
        """Bind this cell to another value and edge, and let its base and its views see it."""
        parent = _parent(self)
        if parent is None:
            self._bind(data, edge)
            return self
        _, primitive, settings = self._base
        if primitive is None:
            parent._rebind(data, parent._edge)
            return self
        self._bind_edge(edge)
        if edge is None and not parent._records():
            with _no_grad():
                parent._rebind(primitive.view(parent, cell(data), **settings)._data, parent._edge)
        else:
            written = primitive.view(parent, cell(data, edge), **settings)
            parent._rebind(written._data, written._edge if grad_enabled() else parent._edge)
        return self

    def _bind(self, data: Any, edge: Edge | None) -> None:
        if RECORDERS and (active := recorder()) is not None:
            active.write(self)
        self._data = data
        self._bind_edge(edge)
        if self._views is not None:
            self._refresh_views()

    def _bind_edge(self, edge: Edge | None) -> None:
        old = self._edge
        self._edge = edge
        if old.__class__ is Node and old is not edge and edge.__class__ is Node and self.retains_grad is False:
            if old.hooks is not None and old.hooks.retains_grad:
                old.hooks.retains_grad = False
                hooks_of(edge).retains_grad = True

    def _live_views(self) -> list[Tensor]:
        return [view for reference in self._views or () if (view := reference()) is not None]

    def _refresh_views(self) -> None:
        """Compute the live views again from this cell's new value."""
        views = self._live_views()
        for view in views:
            _, primitive, settings = view._base
            if primitive is None:
                view._bind(self._data, view._edge)
                continue
            with _grad_mode(grad_enabled() or view._edge is not None):
                again = primitive.op(self, **settings)
            view._bind(again._data, again._edge)
        self._views = [weakref.ref(view) for view in views]  # without those that were made just now

    # -- overwriting memory --------------------------------------------------------------------------------------------

    def _family(self) -> list[Tensor]:
        root = self
        while (parent := _parent(root)) is not None:
            root = parent
        cells = [root]
        for member in cells:
            cells.extend(member._live_views())
        return cells

    def _is_exclusive(self) -> bool:
        """Whether this cell's memory is seen by its own base and views only, so that it may be overwritten."""
        backend = BY_TYPE[self._data.__class__]
        if UNIQUE is None or RECORDERS or "mutable" not in backend.capabilities:
            return False
        if self._base is None and self._views is None:
            return references(self) == UNIQUE and backend.is_writable(self._data)
        cells = self._family()
        root = cells[0]
        if self._data is not root._data and backend.base_of(self._data) is not root._data:
            return False
        distinct = {id(member._data): member for member in cells}
        for member in distinct.values():
            holders = sum(other._data is member._data for other in cells)
            holders += sum(backend.base_of(other._data) is member._data for other in distinct.values())
            if references(member) != UNIQUE + holders - 1:
                return False
        return backend.is_writable(root._data)

    def _refresh_copies(self) -> None:
        """After memory was overwritten: views whose array is a copy, not a window, are computed again."""
        if self._base is None and self._views is None:
            return
        root = self._family()[0]
        root._refresh_windows(root)

    def _refresh_windows(self, root: Tensor) -> None:
        base_of = BY_TYPE[root._data.__class__].base_of
        for view in self._live_views():
            _, primitive, settings = view._base
            if view._data is not root._data and base_of(view._data) is not root._data:
                with _no_grad():
                    view._data = primitive.op(self, **settings)._data
            view._refresh_windows(root)

    def _new_scalar(self, value: Any, dtype: DType) -> Tensor:
        """A 0-d tensor of ``dtype`` beside this one: same backend, same device."""
        data = self._data
        backend = BY_TYPE[data.__class__]
        return cell(backend.scalar(value, backend.to_dtype(dtype), data))


TENSOR_TYPES: set[type] = {Tensor}
OPERATIONS.array_type = Tensor


def cell(array: Any, edge: Edge | None = None) -> Tensor:
    """A new Tensor around a raw array."""
    made = _new(Tensor)
    made._data, made._edge, made._base, made._views = array, edge, None, None
    return made


def make_leaf(tensor: Tensor, array: Any, requires_grad: bool) -> Tensor:
    """Fill the empty cell ``tensor`` (of any Tensor class) with ``array``."""
    tensor._data, tensor._edge, tensor._base, tensor._views = array, None, None, None
    if requires_grad:
        tensor.requires_grad = True
    return tensor


def alias(tensor: Tensor) -> Tensor:
    """A detached tensor on the same cell.  It holds the other weakly: it must not keep a graph alive."""
    made = cell(tensor._read())
    made._base = (weakref.ref(tensor), None, None)
    if tensor._views is None:
        tensor._views = []
    tensor._views.append(weakref.ref(made))
    if not len(tensor._views) & 63:
        tensor._views[:] = [reference for reference in tensor._views if reference() is not None]
    return made


def _parent(tensor: Tensor) -> Tensor | None:
    """What ``tensor`` is a view of, or None.  An alias whose tensor is gone stands alone from then on."""
    base = tensor._base
    if base is None:
        return None
    parent, primitive, _ = base
    if primitive is None:
        parent = parent()
        if parent is None:
            tensor._base = None
    return parent


def _value(operand: Any, like: Tensor) -> Any:
    return operand._read() if isinstance(operand, Tensor) else operand


def as_operand(value: Any, reference: Tensor, label: str) -> Any:
    """A value that is no Tensor, as an operand beside ``reference``: NumPy scalars are weak, raw arrays constants.

    Raises TypeError for what is neither.
    """
    if hasattr(value, "dtype") and hasattr(value, "item") and getattr(value, "shape", None) == ():
        if isinstance(value.item(), (bool, int, float, complex)):
            return value.item()
    try:
        backend = BY_TYPE[type(value)]
    except TypeError:
        raise TypeError(
            f"{label} is a {type(value).__name__}; it must be a Tensor or a number (polygrad.tensor(...) makes a tensor)"
        ) from None
    if backend.level:
        return cell(value)
    return OPERATIONS.as_constant(value, backend)


class _grad_mode:
    """Grad mode as the engine needs it: a context manager without frills."""

    __slots__ = ("enabled", "token")

    def __init__(self, enabled: bool):
        self.enabled = enabled

    def __enter__(self) -> None:
        self.token = grad_mode.set(self.enabled)

    def __exit__(self, *exc: Any) -> None:
        grad_mode.reset(self.token)


def _no_grad() -> _grad_mode:
    return _grad_mode(False)


def references(tensor: Tensor) -> int:
    """How many references to the cell's array the interpreter counts, those of this function included."""
    return sys.getrefcount(tensor._data)


def _calibrate() -> int | None:
    """What `references` says of an array that only its cell holds, or None where the count cannot be trusted."""
    if not hasattr(sys, "getrefcount") or not getattr(sys, "_is_gil_enabled", lambda: True)():
        return None
    probe = cell([0.0])
    alone = references(probe)
    other = probe._data
    shared = references(probe)
    del other
    return alone if shared == alone + 1 and references(probe) == alone else None


UNIQUE = _calibrate()
