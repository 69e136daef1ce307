"""Traces: one for every call of a transform, each with its level.

While a transform runs its function, its trace is *active* and lies on a stack.  Tracers of a trace wrap arrays of lower
levels.  Where arrays of several levels meet, the trace of the highest level runs the operation, and passes the operation on
what it wraps to the level below.

A tracer has a layer for every trace that was active when it was made, down to the plain array; constants are wrapped too.
So the type of an array tells which traces it belongs to, and the dispatchers, which look at types only, notice where arrays
of different traces meet.
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
#: Level → the last trace on it, while something refers to it: a graph may outlive the call that it was recorded in.
_last: dict[int, weakref.ref[Trace]] = {}
#: (class, level, plain backend) → the tracer type, which is made and registered once.
_types: dict[tuple[type, int, Any], type] = {}


class Trace:
    """One call of a transform.  As a context manager it is active inside the block."""

    #: The class of this transform's tracers, and of the backend that runs them.
    array_class: type
    backend_class: type
    #: For messages: the transform's name, and how its tracers vary.
    name: str
    varying: str
    #: How random functions behave inside: "same", or, in a batch, "different" or "error".
    randomness = "same"

    def __init__(self) -> None:
        self.active = False
        self.level = 0
        #: The traces that are active around this one, the outermost first.
        self.below: tuple[Trace, ...] = ()
        self._chosen: dict[type, type] = {}
        self._written: list[tuple[weakref.ref, Any, Any]] = []
        self._token: Token | None = None

    def __enter__(self) -> Any:
        outer = stack.get()
        with _lock:
            # Above the traces around it, and on a level that no other trace with living tracers has.  Level 1 belongs to the
            # tracers of replay.
            level = outer[-1].level + 1 if outer else 2
            while (last := _last.get(level)) is not None and last() is not None:
                level += 1
            self.level, _last[level] = level, weakref.ref(self)
        self.below, self.active = outer, True
        self._token = stack.set((*outer, self))
        return self

    def __exit__(self, kind: Any, *exc: Any) -> None:
        self.active = False
        stack.reset(self._token)  # type: ignore[arg-type]  # set on entry
        if kind is not None:
            self._undo()

    # -- tensors from outside that are written to inside -------------------------------------------------------------------

    def note_write(self, tensor: Any) -> None:
        """Remember that ``tensor``, of lower levels, is about to hold an array of this trace.

        Raises RuntimeError where the trace is over.
        """
        if not self.active:
            raise RuntimeError(
                f"a tensor of shape {tuple(tensor.shape)} gets a value that belongs to a call of {self.name} which has ended; something "  # noqa: E501
                "outside the function kept a tensor from inside: return it from the function instead"
            )
        self._written.append((weakref.ref(tensor), tensor._data, tensor._edge))

    def check_written(self) -> None:
        """After the call: raise RuntimeError if an outer tensor still holds a varying tracer, and restore its value.

        A value that does not vary in this trace is stored in the tensor.  The function's results must be gone by now, so that
        a tensor that is still alive came from outside.
        """
        if not self._written:
            return
        varying, unvarying = [], []
        for reference, _, edge in self._written:
            tensor = reference()
            if tensor is not None:
                value = None if tensor._edge is not None or edge is not None else self.lower_unvarying(tensor._data)
                if value is None:
                    varying.append(str(tuple(tensor.shape)))
                else:
                    unvarying.append((tensor, value))
        self._undo()
        if varying:
            raise RuntimeError(
                f"{self.name}: the function writes in place to a tensor from outside, of shape {', '.join(dict.fromkeys(varying))}, and what it "  # noqa: E501
                f"writes {self.varying}; the tensor has its value back.  Return the new value from the function instead.  (Batch normalization "  # noqa: E501
                "in training writes its running statistics: call eval(), or make it with track_running_stats=False.)"
            )
        for tensor, value in unvarying:
            tensor.copy_(cell(value))

    def _undo(self) -> None:
        """Restore what the tensors held before."""
        for reference, array, edge in reversed(self._written):
            tensor = reference()
            if tensor is not None:
                tensor._data, tensor._edge = array, edge
        self._written.clear()

    def lower_unvarying(self, array: Any) -> Any:
        """``array`` one level below, if it is of this trace and does not vary in it; else None."""
        return None

    def constant(self, array: Any) -> Any:
        """``array`` of lower levels as a tracer of this trace that does not vary."""
        raise NotImplementedError

    def lower_gradient(self, array: Any, axis: int) -> Any:
        """The cotangent of a constant: that of its tracer, ``array``, summed over this level, whose axis is ``axis``."""
        raise NotImplementedError

    def map_inside(self, array: Any, function: Callable[[Any, int], Any]) -> Any:
        """Apply ``function(inner, n_batch_axes)`` to the array that ``array`` wraps, and wrap the result.

        ``n_batch_axes`` is the number of axes that this trace adds in front.
        """
        raise NotImplementedError

    def build(self, parts: list[Any], mapped: bool) -> Any:
        """A tracer of this trace from its parts, arrays of the level below; see `flattening.TracerSpec`."""
        raise NotImplementedError

    def type_over(self, array: Any) -> type:
        """The type of this trace's tracers over arrays like ``array``."""
        lower = array.__class__
        chosen = self._chosen.get(lower)
        if chosen is None:
            chosen = self._chosen[lower] = _array_type(self, plain_backend(lower))
        return chosen


def plain_backend(array_type: type) -> Any:
    """The backend of the plain arrays in a tracer of ``array_type``, or of ``array_type`` itself."""
    backend: Any = BY_TYPE[array_type]  # above level 0 it has a `base`: see `delegating.DelegatingBackend`
    return backend.base if backend.level > 1 else backend  # to a transform, the tracers of replay are plain arrays


def _array_type(trace: Trace, base: Any) -> type:
    key = (trace.array_class, trace.level, base)
    with _lock:
        made: Any = _types.get(key)
        if made is None:
            made = type(trace.array_class.__name__, (trace.array_class,), {"__slots__": (), "level": trace.level})
            made.backend = register_backend(trace.backend_class(made, trace.level, base))
            _types[key] = made
    return made
