"""Grad mode and recording: the two pieces of state that every operation looks at.

Both live in a ContextVar, so threads and asyncio tasks do not see each other's.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from ._forking import in_children

grad_mode: ContextVar[bool] = ContextVar("polygrad_grad_mode", default=True)
inference_mode: ContextVar[bool] = ContextVar("polygrad_inference_mode", default=False)

#: The name of the transform, such as ``"grad"``, that records the function that runs; None outside.
differentiating: ContextVar[str | None] = ContextVar("polygrad_differentiating", default=None)

#: The hot path's test: does this operation belong to a graph?
grad_enabled = grad_mode.get


#: How often an attribute of a `Versioned` object was bound: while the number is the same, none of them has changed.
VERSION_COUNTER = [0]


class Versioned:
    """An object that adds to `VERSION_COUNTER` after each change of what recorders guard of it."""

    __slots__ = ()


class Recorder(ABC):
    """What watches cells while it is active: `polygrad.compile` discovers a function's state with one.

    Every recorder is a subclass, so that one that lacks a member can neither be made nor passes the type checker.
    """

    #: The backend that a program is captured for; None where there is no program.
    backend: Any = None
    #: The recorder around this one.
    outer: Recorder | None = None

    @abstractmethod
    def read(self, cell: Any) -> None:
        """The array of ``cell`` is about to be read."""

    @abstractmethod
    def write(self, cell: Any) -> None:
        """``cell`` is about to be bound to another array."""

    @abstractmethod
    def count_write(self, cell: Any) -> bool:
        """The memory of ``cell`` is changed in place.  Returns whether the recorder counts it, in each run."""

    @abstractmethod
    def read_grad(self, leaf: Any) -> None:
        """The gradient that ``leaf`` holds is about to be read."""

    @abstractmethod
    def write_grad(self, leaf: Any) -> None:
        """``leaf`` is about to get another gradient."""

    @abstractmethod
    def on_create(self, owner: Any) -> None:
        """``owner`` was made just now: nothing that is recorded depends on what it was before."""

    @abstractmethod
    def guard(self, owner: Any, name: str, value: Any) -> Any:
        """What is recorded holds only while ``owner.name`` is ``value``; returns ``value``."""

    @abstractmethod
    def read_hyperparameter(self, get: Callable[[], float]) -> Any:
        """A Python number that ``get()`` reads, and that may be another one the next time."""

    @abstractmethod
    def python_side_effect(self, effect: Callable[[], None], remember: Callable[[], Callable[[], None]]) -> None:
        """A change of Python state, ``effect()``, that belongs to every run; ``remember()`` returns what undoes it."""

    @abstractmethod
    def rollback_on_abort(self, undo: Callable[[], None]) -> None:
        """Call ``undo()``, which takes a change of Python state back, if the recording fails or is not run."""

    @abstractmethod
    def only_at_first(self, what: str) -> None:
        """What follows is another computation in the first run than in the later ones, since ``what`` begins there."""

    @abstractmethod
    def assign(self, owner: Any, name: str, value: Any) -> None:
        """Set the attribute ``owner.name``, at every run."""

    @abstractmethod
    def abandon(self) -> None:
        """Put back what the recording has changed: the thread that records is gone, after a fork."""

    @abstractmethod
    def resolve_backend(self, backend: Any) -> Any:
        """The backend that makes a new tensor where ``backend`` would do it otherwise."""


class Passive(Recorder):
    """The recorder that does what happens where there is none: a base of those that watch only some of it."""

    def read(self, cell: Any) -> None:
        pass

    def write(self, cell: Any) -> None:
        pass

    def count_write(self, cell: Any) -> bool:
        return False

    def read_grad(self, leaf: Any) -> None:
        pass

    def write_grad(self, leaf: Any) -> None:
        pass

    def on_create(self, owner: Any) -> None:
        pass

    def guard(self, owner: Any, name: str, value: Any) -> Any:
        return value

    def read_hyperparameter(self, get: Callable[[], float]) -> Any:
        return get()

    def python_side_effect(self, effect: Callable[[], None], remember: Callable[[], Callable[[], None]]) -> None:
        effect()

    def rollback_on_abort(self, undo: Callable[[], None]) -> None:
        pass

    def only_at_first(self, what: str) -> None:
        pass

    def assign(self, owner: Any, name: str, value: Any) -> None:
        setattr(owner, name, value)

    def abandon(self) -> None:
        pass

    def resolve_backend(self, backend: Any) -> Any:
        return backend


class Around(Recorder):
    """A recorder inside of another one, ``outer``, to which it passes on what it does not see to itself."""

    outer: Recorder
    backend: Any

    def __init__(self, outer: Recorder | None):
        self.outer = Passive() if outer is None else outer
        self.backend = self.outer.backend

    def read(self, cell: Any) -> None:
        self.outer.read(cell)

    def write(self, cell: Any) -> None:
        self.outer.write(cell)

    def count_write(self, cell: Any) -> bool:
        return self.outer.count_write(cell)

    def read_grad(self, leaf: Any) -> None:
        self.outer.read_grad(leaf)

    def write_grad(self, leaf: Any) -> None:
        self.outer.write_grad(leaf)

    def on_create(self, owner: Any) -> None:
        self.outer.on_create(owner)

    def guard(self, owner: Any, name: str, value: Any) -> Any:
        return self.outer.guard(owner, name, value)

    def read_hyperparameter(self, get: Callable[[], float]) -> Any:
        return self.outer.read_hyperparameter(get)

    def python_side_effect(self, effect: Callable[[], None], remember: Callable[[], Callable[[], None]]) -> None:
        self.outer.python_side_effect(effect, remember)

    def rollback_on_abort(self, undo: Callable[[], None]) -> None:
        self.outer.rollback_on_abort(undo)

    def only_at_first(self, what: str) -> None:
        self.outer.only_at_first(what)

    def assign(self, owner: Any, name: str, value: Any) -> None:
        self.outer.assign(owner, name, value)

    def abandon(self) -> None:
        pass

    def resolve_backend(self, backend: Any) -> Any:
        return self.outer.resolve_backend(backend)


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


@in_children
def _only_this_thread() -> None:
    """What other threads were recording is given up, the innermost first."""
    own = [_recorder.get()]
    while (last := own[-1]) is not None:
        own.append(last.outer)
    others = [active for active in RECORDERS if all(active is not mine for mine in own)]
    for active in reversed(others):
        RECORDERS.remove(active)
        active.abandon()


class not_recording:
    """Context manager: what happens in it is Python's business, at the time of recording and at no other."""

    def __enter__(self) -> None:
        self._token = _recorder.set(None)

    def __exit__(self, *exc) -> None:
        _recorder.reset(self._token)


def read_hyperparameter(get: Callable[[], float]) -> Any:
    """``get()``, a hyper-parameter such as a learning rate: under a recorder it stays changeable."""
    active = _recorder.get() if RECORDERS else None
    return get() if active is None else active.read_hyperparameter(get)


def python_side_effect(effect: Callable[[], None], remember: Callable[[], Callable[[], None]]) -> None:
    """Run ``effect``, a change of Python state that a recorder must repeat, such as a scheduler's step.

    ``remember()`` keeps the state that ``effect`` changes, and returns the function that puts it back.
    """
    active = _recorder.get() if RECORDERS else None
    if active is None:
        effect()
    else:
        active.python_side_effect(effect, remember)


def note_read(cell) -> None:
    """Tell this thread's recorder, if any, that ``cell`` is read.  Call it only where `RECORDERS` is not empty."""
    active = _recorder.get()
    if active is not None:
        active.read(cell)
