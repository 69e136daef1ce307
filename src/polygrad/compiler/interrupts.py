"""Signals wait while a step changes state, so that Ctrl-C leaves everything that the step changes changed, or nothing.

Python runs the handler of a signal between any two instructions of the main thread.  So a KeyboardInterrupt could come when
some parameters are new and others old, or when memory that a program was given is gone and its results are not stored yet.
Not only SIGINT waits: a handler of SIGTERM or SIGUSR1 that saves a checkpoint finds parameters and moments of one step.
"""

from __future__ import annotations

import signal as signals
import sys
from _signal import getsignal, signal  # type: ignore[import-not-found]  # without the enumerations, which take microseconds
from threading import get_ident, main_thread
from types import FrameType
from typing import Any

from .._forking import in_children

#: What waits: signals that seldom have a handler, and at last Ctrl-C, which nearly always has one.
SIGNALS = tuple(int(getattr(signals, x)) for x in ("SIGTERM", "SIGALRM", "SIGUSR1", "SIGINT") if hasattr(signals, x))

#: The thread that handlers run in.
_main: int | None = main_thread().ident
#: Which signals wait, and the handlers that they have.
_held: list[tuple[int, Any]] = []
#: Those that have arrived.
_arrived: list[int] = []


def _wait(number: int, frame: FrameType | None) -> None:
    _arrived.append(number)


def hold() -> None:
    """Let signals wait until `release` is called, which must be sure: by a ``finally`` around this call."""
    global _main
    if _held or get_ident() != _main:
        return
    for number in SIGNALS:
        handler = getsignal(number)
        if handler and callable(handler):
            _held.append((number, handler))
            try:
                signal(number, _wait)
            except ValueError:  # an interpreter without signals, inside of another program
                _main = None
                _held.clear()
                return


def release() -> None:
    """Let signals wait no longer, and call the handlers of those that have arrived, which may raise anything."""
    if _held and get_ident() == _main:
        try:
            _put_back()
        except BaseException:  # by a handler that was called as soon as it was there again
            _put_back()
            raise
        finally:
            if _arrived:
                _deliver()


def _put_back() -> None:
    for number, handler in _held:
        signal(number, handler)
    _held.clear()


def _deliver() -> None:
    try:
        while _arrived:
            number = _arrived.pop(0)
            handler = getsignal(number)
            if callable(handler):
                handler(number, sys._getframe(2))
    finally:
        if _arrived:
            _deliver()


@in_children
def _of_the_thread_that_forked() -> None:
    global _main
    if get_ident() != _main:
        _main = get_ident()
        _put_back()
        _arrived.clear()
