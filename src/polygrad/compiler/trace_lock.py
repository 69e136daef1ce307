"""Whose turn it is, among threads: programs run side by side, and a trace is alone, since cells hold no values during it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import get_ident

from .._forking import in_children, lock

_traces = lock()
#: The thread that traces, or waits until nobody runs.
tracing: int | None = None
#: Threads that look for a program or run one: before it does, a thread appends itself, and calls `wait_for_trace` if somebody is
#: `tracing`; afterwards it removes itself.  Each of these is a single step, so nobody is missed.
running: list[int] = []


@in_children
def _only_this_thread() -> None:
    global tracing
    running[:] = [thread for thread in running if thread == get_ident()]
    if tracing != get_ident():
        tracing = None


def wait_for_trace() -> None:
    """Let other threads trace first."""
    while tracing is not None and tracing != get_ident():
        running.remove(get_ident())
        try:
            with _traces:
                pass
        finally:
            running.append(get_ident())


@contextmanager
def exclusive() -> Iterator[None]:
    """Context in which this thread may trace: nobody else traces or runs."""
    global tracing
    with _traces:
        before, tracing = tracing, get_ident()
        try:
            while any(thread != tracing for thread in running):
                time.sleep(1e-4)
            yield
        finally:
            tracing = before
