"""Memory that a tensor shares with NumPy after ``Tensor.numpy()``.

Both may write to it, and no version counter notices NumPy's writes.  So memory is lent only if nothing but the tensor and its
views refers to it; if a graph does, NumPy gets a copy.  While memory is lent, the cells hold a `LentArray` instead of the array.
It has no kernels: operations compute on a copy of its current values, and a graph saves that copy.  So NumPy's writes never
change what is recorded.  The loan ends when NumPy's arrays are dead.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .._state import RECORDERS, grad_mode
from ..backends.registry import BY_TYPE
from .refcount import UNSHARED, reference_count

#: The subclasses of `LentArray`, one for each backend; empty until the first call of ``numpy()``.
LENT_TYPES: set[Any] = set()
#: Backend → the type of its lent arrays.
_types: dict[Any, type[LentArray]] = {}


class MemoryIsLent(Exception):
    """An operation got a lent array; the dispatcher runs it again on a copy."""


class LentArray:
    """The value of a cell whose memory is shared with NumPy.

    Views of it are lent as well.  If the library makes a copy instead of a view, as for the diagonal of a transposed matrix,
    ``recompute`` recomputes it from the current values.
    """

    # The attribute has a cell's name, so that `reference_count` counts for both.
    __slots__ = ("_data", "recompute")

    backend: Any

    def __init__(self, array: Any, recompute: Callable[[], Any] | None = None):
        self._data, self.recompute = array, recompute

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape."""
        return self._data.shape

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return self._data.ndim

    @property
    def dtype(self) -> Any:
        """The library's data type."""
        return self._data.dtype

    @property
    def device(self) -> Any:
        """The library's device."""
        return self._data.device

    @property
    def value(self) -> Any:
        """The array of the current values."""
        return self._data if self.recompute is None else self.recompute()

    def copy(self) -> Any:
        """A copy of the current values."""
        return self.backend.asarray(self.value, copy=True)

    def write(self, values: Any) -> None:
        """Overwrite the memory.  Only the owner writes; its views see the new values."""
        if self.recompute is None and self.backend.base_of(self._data) is None:
            self._data[...] = values

    def accepts(self, array: Any) -> bool:
        """Whether ``array`` has this one's backend, shape and data type, so that its values can be written here."""
        same_place = BY_TYPE[array.__class__] is self.backend and array.__class__ not in LENT_TYPES
        return same_place and (array.shape, array.dtype) == (self.shape, self.dtype)

    def shares_memory(self, array: Any) -> bool:
        """Whether ``array`` shares memory with this one."""
        if self.recompute is not None or BY_TYPE[array.__class__] is not self.backend:
            return False
        own, base_of = self._data, self.backend.base_of
        owner = base_of(own)
        memory = own if owner is None else owner
        return array is memory or base_of(array) is memory


def _wrap(array: Any) -> LentArray:
    """Wrap ``array`` while it is lent."""
    backend = BY_TYPE[array.__class__]
    lent_class = _types.get(backend)
    if lent_class is None:
        lent_class = _types[backend] = type("LentArray", (LentArray,), {"__slots__": (), "backend": backend})
        BY_TYPE[lent_class] = backend
        LENT_TYPES.add(lent_class)
    return lent_class(array)


def lent_kernel(primitive: Any, lent_class: Any) -> Callable[..., Any]:
    """The kernel of ``primitive`` for a lent array: views are made of it, anything else raises MemoryIsLent."""
    if primitive.view is None:

        def refuse(*operands: Any, **settings: Any) -> Any:
            raise MemoryIsLent

        return refuse
    kernel = lent_class.backend.kernel(primitive)
    parts = primitive.name == "getitem"

    def view(x: LentArray, *settings: Any, **named: Any) -> Any:
        if parts and Ellipsis not in settings[0]:  # so that NumPy gives a 0-d view, not a scalar
            settings = ((*settings[0], Ellipsis),)
        made = kernel(x.value, *settings, **named)
        return lent_class(made, None if x.shares_memory(made) else lambda: kernel(x.value, *settings, **named))

    return view


def lend(tensor: Any) -> Any:
    """The raw array of ``tensor``, for NumPy to share; None if NumPy must get a copy."""
    if not BY_TYPE[tensor._data.__class__].shares_with_numpy or RECORDERS:
        return None
    if tensor._data.__class__ not in LENT_TYPES:
        if tensor._view_chain()[-1]._own_storage() is None:
            return None
        owner, *views = tensor._all_aliases()
        owner._data = _wrap(owner._data)
        token = grad_mode.set(False)
        try:
            for view in views:
                base, primitive, settings = view._base
                source = tensor._cell(base._data)
                view._data = source._data if primitive is None else primitive.op(source, **settings)._data
        finally:
            grad_mode.reset(token)
    return tensor._data._data if tensor._data.recompute is None else None


def join_loan(view: Any) -> None:
    """Let ``view``, which an operation has computed from a copy, see the lent memory of its base."""
    base, primitive, settings = view._base
    lent = base._data
    if lent.__class__ in LENT_TYPES and view._data.__class__ not in LENT_TYPES:
        view._data = primitive.kernels[lent.__class__](lent, *settings.values())


def end_loan(tensor: Any) -> bool:
    """End the loan if NumPy no longer refers to the memory.  Returns whether it has ended."""
    cells = [x for x in tensor._all_aliases() if x._data.__class__ in LENT_TYPES]
    distinct = {id(x._data): x._data for x in cells if x._data.recompute is None}
    # Each of them refers to the memory once: it is the owner or a view.
    if UNSHARED is None or reference_count(cells[0]._data) != UNSHARED + len(distinct) - 1:
        return False
    for x in cells:
        x._data = x._data.value
    return True


def reclaim_or_copy(tensor: Any) -> Any:
    """The values of ``tensor``, whose memory is lent, as an array that NumPy cannot write to."""
    return tensor._data if end_loan(tensor) else tensor._data.copy()
