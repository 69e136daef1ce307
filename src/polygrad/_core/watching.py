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

from .dispatch import count_nodes_by
from .generated import PREFIX
from .graph import Node, next_sequence

_PACKAGE = str(Path(__file__).parent.parent)


class WatchedNumber(int):
    """The number of a node that was recorded while something watched."""

    #: The stack of the operation that recorded it, without polygrad's own frames, where a watcher notes it.
    lines: traceback.StackSummary


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
    number.lines = users_stack(frame)


def lines_of(node: Any) -> traceback.StackSummary | None:
    """The user's stack where ``node`` was recorded; None if nothing noted it."""
    return getattr(node.sequence, "lines", None)
