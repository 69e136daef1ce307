"""Memory that NumPy may write to: what ``Tensor.numpy()`` hands out.

The array and the tensor share memory, and either may be written to; no version counter sees NumPy's writes.  So only memory
that nothing but the tensor and its views holds is lent, a copy where a graph holds it.  While it is lent, a `Lent` stands
in the cells in place of the array.  It has no kernels: operations compute on a copy of the moment's values, and that is what
a graph saves.  So what is recorded never changes, whenever NumPy writes.  The loan is over when NumPy's arrays are gone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .._state import RECORDERS, grad_mode
from ..backends.registry import BY_TYPE
from .references import UNIQUE, references

#: The types of all backends' lent arrays: there are none until the first ``numpy()``.
LENT: set[Any] = set()
#: Backend → the type of its lent arrays.
_types: dict[Any, type[Lent]] = {}


class MemoryIsLent(Exception):
    """An operation has met a lent array, and is to run on private memory instead."""


class Lent:
    """Stands in a cell for an array whose memory NumPy sees.

    Views of it are lent, too.  Where the library has no window for one, such as for the diagonal of a transposed matrix, it
    has ``again``, which computes it from the present values.
    """

    # The array's name is that of a cell's, so that the same function counts references to it.
    __slots__ = ("_data", "again")

    backend: Any

    def __init__(self, array: Any, again: Callable[[], Any] | None = None):
        self._data, self.again = array, again

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
        """The library's own data type."""
        return self._data.dtype

    @property
    def device(self) -> Any:
        """The library's own device."""
        return self._data.device

    @property
    def present(self) -> Any:
        """The array as NumPy sees it, or as it is computed of that."""
        return self._data if self.again is None else self.again()

    def copy(self) -> Any:
        """The values of this moment."""
        return self.backend.asarray(self.present, copy=True)

    def write(self, values: Any) -> None:
        """Overwrite the memory.  What is a window of it has the new values when its owner has."""
        if self.again is None and self.backend.base_of(self._data) is None:
            self._data[...] = values

    def fits(self, array: Any) -> bool:
        """Whether ``array`` may take this one's place without anybody noticing but by the values."""
        same_place = BY_TYPE[array.__class__] is self.backend and array.__class__ not in LENT
        return same_place and (array.shape, array.dtype) == (self.shape, self.dtype)

    def shares(self, array: Any) -> bool:
        """Whether ``array`` sees the same memory."""
        if self.again is not None or BY_TYPE[array.__class__] is not self.backend:
            return False
        own, base_of = self._data, self.backend.base_of
        owner = base_of(own)
        memory = own if owner is None else owner
        return array is memory or base_of(array) is memory


def _lent(array: Any) -> Lent:
    """What stands for ``array`` while it is lent."""
    backend = BY_TYPE[array.__class__]
    kind = _types.get(backend)
    if kind is None:
        kind = _types[backend] = type("Lent", (Lent,), {"__slots__": (), "backend": backend})
        BY_TYPE[kind] = backend
        LENT.add(kind)
    return kind(array)


def lent_kernel(primitive: Any, kind: Any) -> Callable[..., Any]:
    """What runs ``primitive`` on a lent array: only views of it are made."""
    if primitive.view is None:

        def refuse(*operands: Any, **settings: Any) -> Any:
            raise MemoryIsLent

        return refuse
    kernel = kind.backend.kernel(primitive)
    parts = primitive.name == "getitem"

    def view(x: Lent, *settings: Any, **named: Any) -> Any:
        if parts and Ellipsis not in settings[0]:  # so that NumPy gives a window of a single element, and no number
            settings = ((*settings[0], Ellipsis),)
        made = kernel(x.present, *settings, **named)
        return kind(made, None if x.shares(made) else lambda: kernel(x.present, *settings, **named))

    return view


def lend(tensor: Any) -> Any:
    """The raw array of ``tensor``, for NumPy to read and write as long as it likes; None where it must be a copy."""
    if not BY_TYPE[tensor._data.__class__].shares_with_numpy or RECORDERS:
        return None
    if tensor._data.__class__ not in LENT:
        if tensor._view_chain()[-1]._own_storage() is None:
            return None
        owner, *views = tensor._all_aliases()
        owner._data = _lent(owner._data)
        token = grad_mode.set(False)
        try:
            for view in views:
                base, primitive, settings = view._base
                source = tensor._cell(base._data)
                view._data = source._data if primitive is None else primitive.op(source, **settings)._data
        finally:
            grad_mode.reset(token)
    return tensor._data._data if tensor._data.again is None else None


def end_loan(tensor: Any) -> bool:
    """Give the memory back to the family of ``tensor`` alone, if NumPy has let go of it.  Says whether it has."""
    cells = [x for x in tensor._all_aliases() if x._data.__class__ in LENT]
    distinct = {id(x._data): x._data for x in cells if x._data.again is None}
    # Each of them holds the memory once: it is that, or a window of it.
    if UNIQUE is None or references(cells[0]._data) != UNIQUE + len(distinct) - 1:
        return False
    for x in cells:
        x._data = x._data.present
    return True


def private(tensor: Any) -> Any:
    """The values of ``tensor``, whose memory is lent, as an array that NumPy does not see."""
    return tensor._data if end_loan(tensor) else tensor._data.copy()
