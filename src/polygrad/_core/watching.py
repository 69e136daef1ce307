"""What looks at every node when it is recorded, and at every result that a dispatcher computes.

While nothing watches, operations pay nothing: the first watcher replaces the counter that gives nodes their numbers, or the
tables of kernels, in the globals of all dispatchers, and the last one puts back what was there.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

from .dispatch import compute_by, count_nodes_by, own_kernels
from .generated import PREFIX
from .graph import Node, next_sequence
from .primitive import Primitive

_PACKAGE = str(Path(__file__).parent.parent)


class WatchedNumber(int):
    """The number of a node that was recorded while something watched."""

    #: The stack of the operation that recorded it, without polygrad's own frames, where a watcher notes it.
    lines: traceback.StackSummary
    #: The classes of the modules that were called there, the outermost first, joined by dots.
    modules: str


#: A function of a new node, whose number is a `WatchedNumber`, and of the frame that makes it.
Watcher = Callable[[Node, FrameType], None]

#: The watchers.  While there are any, compiled functions run eagerly: a program records no nodes.
WATCHERS: list[Watcher] = []


def watch(watcher: Watcher) -> None:
    """Call ``watcher`` for every node that is recorded from now on, in all threads, until as many calls of `unwatch`."""
    WATCHERS.append(watcher)
    count_nodes_by(_number_watched)


def unwatch(watcher: Watcher) -> None:
    """End one call of `watch`."""
    WATCHERS.remove(watcher)
    if not WATCHERS:
        count_nodes_by(next_sequence)


def _number_watched() -> WatchedNumber:
    number = WatchedNumber(next_sequence())
    frame = sys._getframe(1)
    node = frame.f_locals.get("node")
    if node.__class__ is Node:  # a leaf or a hook takes a number as well
        node.sequence = number
        for watcher in tuple(dict.fromkeys(WATCHERS)):
            watcher(node, frame)
    return number


def users_stack(frame: FrameType | None) -> traceback.StackSummary:
    """The stack at ``frame`` without polygrad's own frames, the innermost last.  Its lines are read when they are asked for."""
    frames = [
        (one, line)
        for one, line in traceback.walk_stack(frame)
        if not one.f_code.co_filename.startswith((_PACKAGE, PREFIX))
    ]
    return traceback.StackSummary.extract(frames[::-1], lookup_lines=False)


def note_lines(node: Node, frame: FrameType) -> None:
    """A watcher that notes the user's stack at the number of the node."""
    number: Any = node.sequence
    number.lines, number.modules = users_stack(frame), modules_in(frame)


def modules_in(frame: FrameType | None) -> str:
    """The classes of the modules whose ``forward`` runs, the outermost first, as in ``"Model.Sequential.Linear"``."""
    found = []
    for one, _ in traceback.walk_stack(frame):
        if one.f_code.co_name == "forward" and hasattr(module := one.f_locals.get("self"), "named_modules"):
            found.append(type(module).__name__)
    return ".".join(reversed(found))


def lines_of(node: Any) -> traceback.StackSummary | None:
    """The user's stack where ``node`` was recorded; None if nothing noted it."""
    return getattr(node.sequence, "lines", None)


# -- results ---------------------------------------------------------------------------------------------------------------

#: A function of a primitive, of the arrays and settings that its kernel got, and of what that returned.
Look = Callable[[Primitive, tuple[Any, ...], Any], None]
_looks: list[Look] = []


class _Watched:
    """A primitive's table of kernels, each of which shows its results to all who look."""

    def __init__(self, primitive: Primitive):
        self._primitive = primitive

    def __getitem__(self, array_type: type) -> Callable[..., Any]:
        primitive, kernel = self._primitive, self._primitive.kernels[array_type]

        def run(*arguments: Any, **named: Any) -> Any:
            result = kernel(*arguments, **named)
            for look in tuple(_looks):
                look(primitive, arguments, result)
            return result

        return run


def look_at_results(look: Look) -> None:
    """Call ``look`` for every result of a dispatcher from now on, in all threads, until `look_away`."""
    _looks.append(look)
    compute_by(_Watched)


def look_away(look: Look) -> None:
    """End one call of `look_at_results`."""
    _looks.remove(look)
    if not _looks:
        compute_by(own_kernels)
