"""Anomaly mode: every node remembers where the program made it, and a gradient that turns NaN says so.

Nothing of it is on the way of an operation while the mode is off.  Switching it on exchanges two things: what numbers
new nodes, so that a node's number carries the line that recorded it, and the guard of the backward sweep, under which
every node of the graph has a plan that looks at what its rule returns.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .._core import engine
from .._core.dispatch import count_nodes_by
from .._core.generated import PREFIX
from .._core.graph import Edge, Node, next_sequence, reachable
from .._core.tensor import Tensor
from .._state import recorder
from ..backends.registry import BY_TYPE

__all__ = ["detect_anomaly", "is_anomaly_check_nan_enabled", "is_anomaly_enabled", "set_detect_anomaly"]

_PACKAGE = str(Path(__file__).parent.parent)
#: (on, whether NaN is looked for).  Like PyTorch's, the mode is the whole process's.
_state = (False, True)


class _Place(int):
    """The number of a node, which also knows the lines of the program that led to it."""

    lines: traceback.StackSummary


def _place() -> _Place:
    made = _Place(next_sequence())
    frames = [
        (frame, line)
        for frame, line in traceback.walk_stack(sys._getframe(1))
        if not frame.f_code.co_filename.startswith((_PACKAGE, PREFIX))
    ]
    made.lines = traceback.StackSummary.extract(frames[::-1], lookup_lines=False)
    return made


def _where(node: Node) -> str:
    lines = getattr(node.sequence, "lines", None)
    if lines is None:
        return (
            f"It is not known where {node.name()} was recorded: the forward pass ran outside of anomaly mode.  Run it "
            "inside detect_anomaly() too."
        )
    return f"{node.name()} was recorded here (most recent call last):\n{''.join(lines.format()).rstrip()}"


class _Watched:
    """A node's plan while anomaly mode sweeps: the plan itself, but its rule is watched."""

    def __init__(self, node: Node):
        self.plan, self.node = node.plan, node

    def __getattr__(self, name: str) -> Any:
        return getattr(self.plan, name)

    @property
    def backward(self) -> _Watched:
        return self

    def __getitem__(self, array_type: type) -> Any:
        rule, node = self.plan.backward[array_type], self.node

        def watched(g: Any, saved: tuple) -> Any:
            try:
                results = rule(g, saved)
            except Exception as error:
                error.add_note(_where(node))
                raise
            if _state[1]:
                positions = [i for i, needed in enumerate(self.plan.mask) if needed]
                for position, result in zip(positions, results, strict=True):
                    if result is not None and _has_nan(result):
                        raise RuntimeError(
                            f"Function '{node.name()}' returned nan values in its {position}th output.\n{_where(node)}"
                        )
            return results

        return watched


def _has_nan(result: Any) -> bool:
    array = result._read() if isinstance(result, Tensor) else result
    backend = BY_TYPE[array.__class__]
    if backend.level or backend.is_traced(array) or not backend.from_dtype(array.dtype).is_differentiable:
        return False
    return bool(backend.item(backend.xp.any(backend.xp.isnan(array))))


@contextmanager
def _guard(roots: Iterable[Edge]) -> Iterator[None]:
    watched = []
    for edge in reachable(roots):
        if edge.__class__ is Node and edge.plan.__class__ is not _Watched:
            edge.plan = _Watched(edge)
            watched.append(edge)
    try:
        yield
    finally:
        for node in watched:
            plan = node.plan
            while plan.__class__ is _Watched:  # another thread may have come in between
                plan = plan.plan
            node.plan = plan


class set_detect_anomaly:
    """Switch anomaly mode on or off: at once when called, until the end of the block as a context manager.

    Example::

        polygrad.autograd.set_detect_anomaly(True)
    """

    def __init__(self, mode: bool, check_nan: bool = True):
        self._before = _state
        _switch(bool(mode), check_nan)

    def __enter__(self) -> None:
        pass

    def __exit__(self, *exc: Any) -> None:
        _switch(*self._before)


class detect_anomaly:
    """Find the line that a NaN gradient comes from: a context manager for debugging, around forward and backward.

    A gradient rule that returns NaN raises RuntimeError, with the traceback of the forward call; any other error in a
    rule gets that traceback as a note.  It makes everything slower, and compiled functions run eagerly.  Raises RuntimeError
    inside of a compiled function, where gradients have no values yet.

    Example::

        with polygrad.autograd.detect_anomaly():
            loss = model(x).sum()
            loss.backward()
    """

    def __init__(self, check_nan: bool = True):
        self._check_nan = check_nan
        self._before: list[tuple[bool, bool]] = []

    def __enter__(self) -> None:
        before = _state
        _switch(True, self._check_nan)
        self._before.append(before)

    def __exit__(self, *exc: Any) -> None:
        _switch(*self._before.pop())


def _switch(mode: bool, check_nan: bool) -> None:
    global _state
    if mode and recorder() is not None:
        raise RuntimeError(
            "anomaly mode is switched on inside of a compiled function, where gradients have no values that could be looked at; "
            "write detect_anomaly() around the call of the compiled function, which then runs eagerly"
        )
    _state = (mode, check_nan)
    count_nodes_by(_place if mode else next_sequence)
    engine.anomaly_context = _guard if mode else None


def is_anomaly_enabled() -> bool:
    """Whether anomaly mode is on."""
    return _state[0]


def is_anomaly_check_nan_enabled() -> bool:
    """Whether anomaly mode looks for NaN."""
    return _state[1]
