"""One memory seen through several tensors: views, `detach`, ``.data``, and operations in place.

An in-place operation computes a new value and rebinds the cell.  A view holds ``_base``: its base, the primitive that made
it, and that primitive's settings.  A base holds weak references to its live views, ``_views``.  Tensors that share memory but
not the graph (``x`` and ``x.detach()``) are all views, without a primitive, of one hidden cell that has no edge: each has its
own edge, and none keeps another alive.

An array's memory is overwritten only if nothing but the tensor and its views refers to it, which the reference count shows.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .. import _dtypes
from .._state import RECORDERS, VERSION_COUNTER, grad_enabled, grad_mode, note_read, recorder
from ..backends.registry import BY_TYPE
from .expansion import find_expanded, write_through
from .graph import Edge, Leaf, Node, hooks_of
from .hooks import HOOKS
from .lending import LENT_TYPES
from .primitive import OPERATIONS
from .refcount import UNSHARED, reference_count


class Aliasing:
    """Views and in-place operations of a Tensor.  `Tensor` defines the slots and `_cell`."""

    __slots__ = ()

    if TYPE_CHECKING:
        _data: Any
        _edge: Any
        _base: Any
        _views: list[weakref.ref] | None
        _cell: Callable[..., Any]
        _read: Callable[[], Any]

        @property
        def dtype(self) -> _dtypes.DType: ...

    # -- views ---------------------------------------------------------------------------------------------------------

    def _add_view(self, view: Any) -> None:
        """Register ``view`` as a view of this tensor.  Every 64th call drops the references to dead views."""
        views = self._views
        if views is None:
            self._views = [weakref.ref(view)]  # type: ignore[misc]  # a slot of Tensor
            return
        views.append(weakref.ref(view))
        if not len(views) & 63:
            views[:] = [reference for reference in views if reference() is not None]

    def _live_views(self) -> list[Any]:
        if self._views is None:
            return []
        views = [view for reference in self._views if (view := reference()) is not None]
        alive = [view for view in views if view._base is not None and view._base[0] is self]
        if not alive:
            self._views = None  # type: ignore[misc]  # a slot of Tensor
        return alive

    def _view_chain(self) -> list[Any]:
        """This tensor, its base, the base of that, and so on, up to a base that is not detached from it."""
        chain = [self]
        while (base := chain[-1]._base) is not None and base[1] is not None:
            chain.append(base[0])
        return chain

    def _detached_alias(self) -> Any:
        """A tensor of the same memory outside the graph."""
        if RECORDERS:
            note_read(self)
        if BY_TYPE[self._data.__class__].level > 1 and (value := HOOKS.without_tangent(self._data)) is not self._data:
            memory = self._cell(value)
            made = self._cell(value)
            made._base = (memory, None, None)
            memory._add_view(made)
            return made
        chain = self._view_chain()
        root = chain.pop()
        if root._base is None:
            root._base = (self._cell(root._data), None, None)
            root._base[0]._add_view(root)
            if writes := getattr(root, "_writes", 0):
                root._base[0]._writes, root._writes = writes, 0
        memory = root._base[0]
        if RECORDERS:
            note_read(memory)
        made = self._cell(memory._data)
        made._base = (memory, None, None)
        memory._add_view(made)
        if chain:
            with _grad_mode(False):
                for view in reversed(chain):
                    made = view._base[1].op(made, **view._base[2])
        return made

    def _share_storage(self, other: Any) -> None:
        """Replace this tensor's memory by that of ``other``, outside the graph."""
        self._take_over(other._detached_alias(), self._edge)

    def _take_over(self, view: Any, edge: Edge | None) -> None:
        """Take over the base and the data of ``view``.

        Views of this tensor, of which ``view`` may be one, get a new base that holds the former value.
        """
        former = self._cell(self._data, self._edge)
        for other in self._live_views():
            other._base = (former, *other._base[1:])
        former._base, former._views = self._base, self._views
        if former._base is not None:
            former._base[0]._add_view(former)
            former._base[0]._views[:] = [r for r in former._base[0]._views if r() is not self]
        new, old = view._data, self._data
        if new.__class__ is not old.__class__ or (new.shape, new.dtype) != (old.shape, old.dtype):
            VERSION_COUNTER[0] += 1
        self._base, self._views = view._base, None  # type: ignore[misc]  # a slot of Tensor
        self._base[0]._add_view(self)
        self._bind(view._data, edge, replaces=True)

    # -- in place ------------------------------------------------------------------------------------------------------

    @property
    def _version(self) -> int:
        """How often the memory of this tensor was changed in place."""
        count, owner = getattr(self, "_writes", 0), self._base
        while owner is not None:
            count += getattr(owner[0], "_writes", 0)
            owner = owner[0]._base
        return count

    def _count_write(self, times: int = 1) -> None:
        """Count changes in place, for all tensors that share the memory."""
        if RECORDERS and (active := recorder()) is not None and active.count_write(self):
            return
        owner: Any = self
        while owner._base is not None:
            owner = owner._base[0]
        owner._writes = getattr(owner, "_writes", 0) + times

    def _should_record(self, *operands: Any) -> bool:
        """Whether an in-place operation with these operands belongs to the graph."""
        if not grad_enabled():
            return False
        if self._edge is not None:
            return True
        for x in operands:  # noqa: SIM110 - `any` of a generator takes as long as the rest of the check
            if isinstance(x, Aliasing) and x._edge is not None:
                return True
        return False

    def _check_in_place(self, *operands: Any) -> None:
        """Raise RuntimeError where an in-place operation would overwrite a leaf of the graph."""
        if not grad_enabled():
            return
        if self._edge.__class__ is Leaf:
            raise RuntimeError(
                "a leaf tensor that requires grad is being used in an in-place operation; write x = x + 1 instead of "
                "x += 1, or change it under polygrad.no_grad()"
            )
        if self._base is None or self._base[1] is None:
            return
        for base in self._view_chain()[1:]:
            if base._edge is None:
                continue
            if self._edge is None:
                raise RuntimeError(
                    "a view that was made under no_grad() is being modified in place with grad mode enabled, and its "
                    "base requires grad; make the view and modify it both inside no_grad(), or both outside"
                )
            if base._edge.__class__ is Leaf:
                raise RuntimeError(
                    "a view of a leaf tensor that requires grad is being used in an in-place operation; clone the leaf "
                    "first, or change it under polygrad.no_grad()"
                )

    def _in_place(self, operation: Callable, *operands: Any) -> Any:
        """Replace this tensor's value by ``operation(self, *operands)``, recorded like any operation."""
        self._check_in_place()
        declared = getattr(operation, "primitive", None)
        if declared is not None and self._overwrite(declared.name + "_", *operands):
            return self
        return self._assign(operation(self, *operands))

    def _assign(self, result: Any) -> Any:
        """Take over the value of ``result``, cast to this data type, and its edge."""
        if result._data.shape != self._data.shape:
            raise RuntimeError(
                f"an in-place operation cannot change the shape: the tensor has {tuple(self._data.shape)}, the result "
                f"{tuple(result._data.shape)}"
            )
        mine, theirs = self.dtype, result.dtype
        if mine is not theirs:
            if _dtypes._KIND_RANK[theirs.kind] > _dtypes._KIND_RANK[mine.kind]:
                raise RuntimeError(
                    f"result type {theirs.name} can't be cast to the tensor's type {mine.name} in place; write "
                    f"x = x.to(polygrad.{theirs.name}) first"
                )
            result = OPERATIONS.astype(result, mine)
        self._rebind(result._read(), result._edge)
        return self

    def _resize_to(self, result: Any) -> None:
        """Take over the value of ``result``, of another shape, cast to this data type.  The caller has left grad mode.

        Raises RuntimeError where the tensor shares memory, which has the former shape, or requires grad.
        """
        if self._edge is not None:
            raise RuntimeError("cannot resize a tensor that requires grad")
        if self._drop_dead_views():
            raise RuntimeError(
                f"cannot resize a tensor of shape {tuple(self._data.shape)} to {tuple(result._data.shape)}: it shares memory "
                "with other tensors, as a view or a base; clone() it first, or give a tensor of the result's shape"
            )
        if result.dtype is not self.dtype:
            result = OPERATIONS.astype(result, self.dtype)
        VERSION_COUNTER[0] += 1
        self._bind(result._read(), None, replaces=True)

    def _rebind(self, data: Any, edge: Edge | None) -> None:
        """Bind this cell to another value, and update its base and all views of that.

        In grad mode, if this tensor or the value is in the graph, ``edge`` and the updates of the others are recorded.
        Everything is computed before anything is bound.
        """
        self._count_write()
        self._replace(data, edge)

    def _replace(self, data: Any, edge: Edge | None) -> None:
        """`_rebind` that does not count as a change in place: the values are the same, or were changed before."""
        recorded = grad_enabled() and (edge is not None or self._edge is not None)
        if self._base is None and self._views is None:
            self._bind(data, edge if recorded else self._edge)
            return
        value, root = self._cell(data, edge if recorded else None), self
        with _grad_mode(recorded):
            while root._base is not None and root._base[1] is not None:
                base, primitive, settings = root._base
                if (expanded := find_expanded(root)) is not None:
                    value, root = write_through(expanded, root, value), expanded
                else:
                    value, root = primitive.view(base, value, **settings), base
        changes: list[tuple[Any, Any, Edge | None]] = []
        root._replay_views(value._data, value._edge if recorded else root._edge, recorded, changes)
        if root._base is not None:
            memory = root._base[0]
            for other in memory._live_views():
                if other is not root:
                    other._replay_views(value._data, other._edge, False, changes)
            changes.append((memory, value._data, None))
        for tensor, new_data, new_edge in changes:
            tensor._bind(new_data, new_edge)

    def _replay_views(
        self, data: Any, edge: Edge | None, recorded: bool, changes: list[tuple[Any, Any, Edge | None]]
    ) -> None:
        """Append to ``changes`` the new data and edges of this cell and its views, once it is bound to ``data`` and ``edge``."""
        stack = [(self, data, edge, recorded)]
        while stack:
            tensor, data, edge, recorded = stack.pop()
            changes.append((tensor, data, edge))
            if tensor._views is None:
                continue
            source = self._cell(data, edge)
            for view in tensor._live_views():
                # A view that is a leaf itself, or was made under no_grad, stays outside the graph.
                joins = (
                    recorded and view._edge.__class__ is not Leaf and (view._edge is not None or tensor._edge is None)
                )
                with _grad_mode(joins):
                    again = view._base[1].op(source, **view._base[2])
                stack.append((view, again._data, again._edge if joins else view._edge, joins))

    def _bind(self, data: Any, edge: Edge | None, replaces: bool = False) -> None:
        """Bind this cell alone.  Memory that is shared with NumPy is overwritten, unless other memory ``replaces`` it."""
        if RECORDERS and (active := recorder()) is not None:
            active.write(self)
        if self._data.__class__ in LENT_TYPES and not replaces and self._data.accepts(data):
            self._data.write(data)
            data = self._data
        if data.__class__ is not self._data.__class__ and BY_TYPE[data.__class__].level:
            BY_TYPE[data.__class__].note_write(self, data)  # type: ignore[attr-defined]  # backends of a level have it
        self._data = data
        old: Any = self._edge
        self._edge = edge
        # `retain_grad` asks for the gradient of the tensor, so it moves with the tensor to the new node.
        moves = old.__class__ is Node and edge.__class__ is Node and old is not edge
        if moves and old.hooks is not None and old.hooks.retains_grad:
            old.hooks.retains_grad = False
            hooks_of(edge).retains_grad = True  # type: ignore[arg-type]  # `moves` says that it is a node

    def _drop_dead_views(self) -> bool:
        """Drop dead views, and a hidden base that no other tensor shares.  Returns whether this tensor still shares memory."""
        base = self._base
        if base is not None and base[1] is None and base[0]._base is None and len(base[0]._live_views()) == 1:
            if writes := getattr(base[0], "_writes", 0):
                self._writes = getattr(self, "_writes", 0) + writes  # type: ignore[misc]  # a slot of Tensor
            base = self._base = None
        return base is not None or bool(self._live_views())

    def _propagate(self) -> None:
        """Propagate the value, which was stored in this cell alone, to the base and all views."""
        views = self._live_views()
        if not views or views[0]._base[1] is not None:  # a hidden cell is updated with the tensors that share it
            with _grad_mode(False):
                self._replace(self._data, self._edge)

    # -- overwriting memory --------------------------------------------------------------------------------------------

    def _overwrite(self, kernel_name: str, *operands: Any) -> bool:
        """Run the in-place kernel of that name, if there is one and only this tensor, its base and their views use the memory.

        Returns whether it ran.  The caller has called `_check_in_place`.
        """
        kernel = BY_TYPE[self._data.__class__].kernels.get(kernel_name)
        if kernel is None or self._should_record(*operands) or not self._is_exclusive():
            return False
        if not kernel(self._memory(), *[x._read() if isinstance(x, Aliasing) else x for x in operands]):
            return False
        self._count_write()
        if self._base is not None or self._views is not None:
            self._refresh_copies()
        return True

    def _all_aliases(self) -> list[Any]:
        """All live tensors that share this one's memory; the first is the owner."""
        root = self
        while root._base is not None:
            root = root._base[0]
        cells = [root]
        for member in cells:
            cells.extend(member._live_views())
        return cells

    def _is_exclusive(self) -> bool:
        """Whether only this tensor, its base and their views use the memory, so that it may be overwritten."""
        backend = BY_TYPE[self._data.__class__]
        if UNSHARED is None or RECORDERS or "mutable" not in backend.capabilities:
            return False
        if LENT_TYPES and self._data.__class__ in LENT_TYPES:  # shared with NumPy on purpose, and with nothing else
            return self._data.recompute is None
        if self._base is None and (self._views is None or not self._live_views()):
            return reference_count(self) == UNSHARED and backend.is_writable(self._data)
        cells = self._all_aliases()
        root = cells[0]
        if self._data is not root._data and backend.base_of(self._data) is not root._data:
            return False
        # Count, for every array, the references from these cells and from the arrays that are views of it.
        distinct: dict[int, Any] = {}
        holders: dict[int, int] = {}
        for member in cells:
            number = id(member._data)
            holders[number] = holders.get(number, 0) + 1
            if number not in distinct:
                distinct[number] = member
                owner = id(backend.base_of(member._data))
                holders[owner] = holders.get(owner, 0) + 1
        unexplained = UNSHARED - 1
        if any(reference_count(member) != unexplained + holders[number] for number, member in distinct.items()):
            return False
        return backend.is_writable(root._data)

    def _own_storage(self) -> Any:
        """The raw array for the caller to overwrite: used by this tensor, its base and their views only, if need be a copy.

        None if it stays shared.  If there are views, the caller calls `_refresh_copies` afterwards.
        """
        self._drop_dead_views()
        if LENT_TYPES and self._data.__class__ in LENT_TYPES:
            return self._memory() if self._is_exclusive() else None
        if not self._is_exclusive():
            with _grad_mode(False):
                self._replace(BY_TYPE[self._data.__class__].asarray(self._data, copy=True), None)
            if not self._is_exclusive():
                return None
        return self._data

    def _memory(self) -> Any:
        """The raw array, to be read or written immediately."""
        return self._data.value if self._data.__class__ in LENT_TYPES else self._data

    def _refresh_copies(self) -> None:
        """Recompute the views whose array is a copy, after the memory was overwritten."""
        cells = self._all_aliases()
        memory = cells[0]._data
        base_of = BY_TYPE[memory.__class__].base_of
        for tensor in cells:
            _, primitive, settings = tensor._base or (None, None, {})
            if tensor._data.__class__ in LENT_TYPES:
                continue
            if primitive is not None and tensor._data is not memory and base_of(tensor._data) is not memory:
                with _grad_mode(False):
                    tensor._data = primitive.op(self._cell(tensor._base[0]._data), **settings)._data


class _grad_mode:
    """Sets grad mode in a ``with`` block.  Cheaper than `autograd.set_grad_enabled`, which is also a decorator."""

    __slots__ = ("enabled", "token")

    def __init__(self, enabled: bool):
        self.enabled = enabled

    def __enter__(self) -> None:
        self.token = grad_mode.set(self.enabled)

    def __exit__(self, *exc: object) -> None:
        grad_mode.reset(self.token)
