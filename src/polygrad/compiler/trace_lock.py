"""Reader-writer lock: compiled programs run concurrently; tracing is exclusive, because tensors hold tracers meanwhile."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import get_ident

from .._forking import in_children, lock

_traces = lock()
#: The thread that traces, or waits for running programs to finish.
tracing: int | None = None
#: The threads that look for a program or run one.  A thread appends itself first, then calls `wait_for_trace` if a thread is
#: `tracing`, and removes itself afterwards.  `list.append` and `list.remove` are atomic under the GIL.
running: list[int] = []


@in_children
def _only_this_thread() -> None:
    global tracing
    running[:] = [thread for thread in running if thread == get_ident()]
    if tracing != get_ident():
        tracing = None


def wait_for_trace() -> None:
    """Wait while another thread traces."""
    while tracing is not None and tracing != get_ident():
        running.remove(get_ident())
        try:
            with _traces:
                pass
        finally:
            running.append(get_ident())


@contextmanager
def exclusive() -> Iterator[None]:
    """Context in which this thread may trace: no other thread traces or runs a program."""
    global tracing
    with _traces:
        before, tracing = tracing, get_ident()
        try:
            while any(thread != tracing for thread in running):
                time.sleep(1e-4)
            yield
        finally:
            tracing = before
