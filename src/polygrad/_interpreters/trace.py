"""Traces: one for every call of a transform, with a level of its own.

While a transform runs its function, its trace is *active* and lies on a stack.  Arrays that belong to a trace wrap arrays
of lower levels; where arrays meet, the trace of the highest level runs the operation and hands what is left to the next.

An array of a level has a layer for every trace that was active around it, down to the plain array: a constant of a trace
is wrapped all the same.  So the type of an array tells which traces it belongs to, and the dispatchers, which look at
types only, notice where arrays of different traces meet.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from contextvars import ContextVar, Token
from typing import Any

from .._core.tensor import cell
from .._forking import lock
from ..backends.registry import BY_TYPE, register_backend

#: The active traces of this thread or task, the outermost first.
stack: ContextVar[tuple[Trace, ...]] = ContextVar("polygrad_traces", default=())

_lock = lock()
#: Level → the last trace on it, if something still refers to it: a graph may outlive the call that it was recorded in.
_last: dict[int, weakref.ref[Trace]] = {}
#: (class, level, plain backend) → the array type, which is made and registered once.
_types: dict[tuple[type, int, Any], type] = {}


class Trace:
    """One call of a transform.  As a context manager it is active inside the block."""

    #: The class of this transform's arrays; and of the backend that runs them.
    array_class: type
    backend_class: type
    #: The transform's name, and what is the matter with its arrays, for messages.
    name: str
    varying: str
    #: What random numbers do inside of it: "same", or, in a batch, "different" or "error".
    randomness = "same"

    def __init__(self) -> None:
        self.active = False
        self.level = 0
        #: The traces that were active around this one.
        self.below: tuple[Trace, ...] = ()
        self._chosen: dict[type, type] = {}
        self._written: list[tuple[weakref.ref, Any, Any]] = []
        self._token: Token | None = None

    def __enter__(self) -> Any:
        map_inside = stack.get()
        with _lock:
            # Above the traces around it, and apart from every other trace that has arrays.
            # (Level 1 is that of arrays that are recorded.)
            level = map_inside[-1].level + 1 if map_inside else 2
            while (last := _last.get(level)) is not None and last() is not None:
                level += 1
            self.level, _last[level] = level, weakref.ref(self)
        self.below, self.active = map_inside, True
        self._token = stack.set((*map_inside, self))
        return self

    def __exit__(self, kind: Any, *exc: Any) -> None:
        self.active = False
        stack.reset(self._token)  # type: ignore[arg-type]  # set on entry
        if kind is not None:
            self._undo()

    # -- tensors from outside that are written to inside -------------------------------------------------------------------

    def note_write(self, tensor: Any) -> None:
        """``tensor``, which was not of this trace, is about to become so.  Raises RuntimeError where the trace is over."""
        if not self.active:
            raise RuntimeError(
                f"a tensor of shape {tuple(tensor.shape)} gets a value that belongs to a call of {self.name} which has ended; something outside "  # noqa: E501
                "of the function has kept a tensor from inside: return it from the function instead"
            )
        self._written.append((weakref.ref(tensor), tensor._data, tensor._edge))

    def check_written(self) -> None:
        """Raise RuntimeError where the function wrote to tensors from outside, which get back what they held.

        They take what does not vary in this trace.  It is called after the function, and after what it returned is gone: a
        tensor that it wrote to and that is still there came from outside.
        """
        if not self._written:
            return
        varying, lower_unvarying = [], []
        for reference, _, edge in self._written:
            tensor = reference()
            if tensor is not None:
                value = None if tensor._edge is not None or edge is not None else self.lower_unvarying(tensor._data)
                if value is None:
                    varying.append(str(tuple(tensor.shape)))
                else:
                    lower_unvarying.append((tensor, value))
        self._undo()
        if varying:
            raise RuntimeError(
                f"{self.name}: the function writes in place to a tensor from outside, of shape {', '.join(dict.fromkeys(varying))}, and what it "  # noqa: E501
                f"writes {self.varying}; the tensor has its value back.  Return the new value from the function instead.  (Batch normalization "  # noqa: E501
                "in training writes its running statistics: call eval(), or make it with track_running_stats=False.)"
            )
        for tensor, value in lower_unvarying:
            tensor.copy_(cell(value))

    def _undo(self) -> None:
        """Put back what tensors of this trace held before."""
        for reference, array, edge in reversed(self._written):
            tensor = reference()
            if tensor is not None:
                tensor._data, tensor._edge = array, edge
        self._written.clear()

    def lower_unvarying(self, array: Any) -> Any:
        """What ``array`` is one level below, if it is of this trace and does not vary in it; else None."""
        return None

    def constant(self, array: Any) -> Any:
        """``array``, which does not vary in this trace, as an array of it."""
        raise NotImplementedError

    def lower_gradient(self, array: Any, axis: int) -> Any:
        """What an array of this trace gives, as a gradient, to a constant of it.  ``axis`` of the result is the trace's."""
        raise NotImplementedError

    def map_inside(self, array: Any, function: Callable[[Any, int], Any]) -> Any:
        """``function`` of what ``array``, of this trace, wraps, wrapped again.

        Its second argument is how many axes of its own the trace has there.
        """
        raise NotImplementedError

    def build(self, parts: list[Any], mapped: bool) -> Any:
        """An array of this trace from what it consists of, one level below: see `forms.Form`."""
        raise NotImplementedError

    def type_over(self, array: Any) -> type:
        """The type of this trace's arrays that wrap arrays like ``array``."""
        lower = array.__class__
        chosen = self._chosen.get(lower)
        if chosen is None:
            chosen = self._chosen[lower] = _array_type(self, plain_backend(lower))
        return chosen


def plain_backend(array_type: type) -> Any:
    """The backend of the plain arrays in, or of, ``array_type``."""
    backend: Any = BY_TYPE[array_type]  # above level 0 it has a `base`: see `delegating.DelegatingBackend`
    return backend.base if backend.level > 1 else backend  # recorded arrays are plain ones to a transform


def _array_type(trace: Trace, base: Any) -> type:
    key = (trace.array_class, trace.level, base)
    with _lock:
        made: Any = _types.get(key)
        if made is None:
            made = type(trace.array_class.__name__, (trace.array_class,), {"__slots__": (), "level": trace.level})
            made.backend = register_backend(trace.backend_class(made, trace.level, base))
            _types[key] = made
    return made
