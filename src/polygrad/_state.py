"""Grad mode and recording: the two pieces of state that every operation looks at.

Both live in a ContextVar, so threads and asyncio tasks do not see each other's.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, Protocol

grad_mode: ContextVar[bool] = ContextVar("polygrad_grad_mode", default=True)
inference_mode: ContextVar[bool] = ContextVar("polygrad_inference_mode", default=False)

#: The hot path's test: does this operation belong to a graph?
grad_enabled = grad_mode.get


#: How often an attribute of a `Counted` object was bound: while the number is the same, none of them has changed.
CHANGES = [0]


class Counted:
    """An object that adds to `CHANGES` after each change of what recorders guard of it."""

    __slots__ = ()


class Recorder(Protocol):
    """What watches cells while it is active: `polygrad.compile` discovers a function's state with one."""

    def read(self, cell) -> None:
        """The array of ``cell`` is about to be read."""

    def write(self, cell) -> None:
        """``cell`` is about to be bound to another array."""

    def read_grad(self, leaf) -> None:
        """The gradient that ``leaf`` holds is about to be read."""

    def write_grad(self, leaf) -> None:
        """``leaf`` is about to get another gradient."""

    def made(self, owner) -> None:
        """``owner`` was made just now: nothing that is recorded depends on what it was before."""

    def guard(self, owner, name: str, value):
        """What is recorded holds only while ``owner.name`` is ``value``; returns ``value``."""

    def host_value(self, get):
        """A Python number that ``get()`` reads, and that may be another one the next time."""

    def host_effect(self, effect, remember) -> None:
        """A change of Python state, ``effect()``, that belongs to every run; ``remember()`` returns what undoes it."""

    def only_if_recorded(self, undo) -> None:
        """Call ``undo()``, which takes a change of Python state back, if the recording fails or is not run."""

    def assign(self, owner, name: str, value) -> None:
        """Set the attribute ``owner.name``, at every run."""

    def home(self, backend):
        """The backend that makes a new tensor where ``backend`` would do it otherwise."""


_recorder: ContextVar[Recorder | None] = ContextVar("polygrad_recorder", default=None)

#: One entry for every active recorder of any thread.  Empty almost always, so the hot path pays one truth test.
RECORDERS: list[Recorder] = []


def recorder() -> Recorder | None:
    """The recorder of this thread or task, if one is active."""
    return _recorder.get()


class recording:
    """Context manager: let ``recorder`` see every read and write of a cell in this thread or task."""

    def __init__(self, recorder: Recorder):
        self.recorder = recorder

    def __enter__(self) -> Recorder:
        RECORDERS.append(self.recorder)
        self._token = _recorder.set(self.recorder)
        return self.recorder

    def __exit__(self, *exc) -> None:
        _recorder.reset(self._token)
        RECORDERS.remove(self.recorder)


class not_recording:
    """Context manager: what happens in it is Python's business, at the time of recording and at no other."""

    def __enter__(self) -> None:
        self._token = _recorder.set(None)

    def __exit__(self, *exc) -> None:
        _recorder.reset(self._token)


def host_value(get: Callable[[], float]) -> Any:
    """``get()``, a hyper-parameter such as a learning rate: under a recorder it stays changeable."""
    active = _recorder.get() if RECORDERS else None
    return get() if active is None else active.host_value(get)


def host_effect(effect: Callable[[], None], remember: Callable[[], Callable[[], None]]) -> None:
    """Run ``effect``, a change of Python state that a recorder must repeat, such as a scheduler's step.

    ``remember()`` keeps the state that ``effect`` changes, and returns the function that puts it back.
    """
    active = _recorder.get() if RECORDERS else None
    if active is None:
        effect()
    else:
        active.host_effect(effect, remember)


def note_read(cell) -> None:
    """Tell this thread's recorder, if any, that ``cell`` is read.  Call it only where `RECORDERS` is not empty."""
    active = _recorder.get()
    if active is not None:
        active.read(cell)
