"""Defer signals while a program changes state, so that Ctrl-C finds all of a step's changes made, or none.

Python runs a signal's handler between any two instructions of the main thread.  Without this, a KeyboardInterrupt could come
when some parameters are new and others old, or when a program has used up its inputs' memory and its results are not stored
yet.  SIGTERM and SIGUSR1 are deferred too: a handler that saves a checkpoint finds parameters and moments of one step.
"""

from __future__ import annotations

import signal as signals
import sys
from _signal import getsignal, signal  # type: ignore[import-not-found]  # without the enumerations, which take microseconds
from threading import get_ident, main_thread
from types import FrameType
from typing import Any

from .._forking import in_children

#: The deferred signals.  SIGINT, which nearly always has a handler, comes last.
SIGNALS = tuple(int(getattr(signals, x)) for x in ("SIGTERM", "SIGALRM", "SIGUSR1", "SIGINT") if hasattr(signals, x))

#: The thread that handlers run in.
_main: int | None = main_thread().ident
#: The signals that are deferred now, with their handlers.
_held: list[tuple[int, Any]] = []
#: The deferred signals that have arrived.
_arrived: list[int] = []


def _wait(number: int, frame: FrameType | None) -> None:
    _arrived.append(number)


def hold() -> None:
    """Defer signals until `release`, which a ``finally`` around this call must guarantee."""
    global _main
    if _held or get_ident() != _main:
        return
    for number in SIGNALS:
        handler = getsignal(number)
        if handler and callable(handler):
            _held.append((number, handler))
            try:
                signal(number, _wait)
            except ValueError:  # a sub-interpreter, which has no signals
                _main = None
                _held.clear()
                return


def release() -> None:
    """Stop deferring, and call the handlers of the signals that have arrived.  They may raise anything."""
    if _held and get_ident() == _main:
        try:
            _put_back()
        except BaseException:  # raised by a handler as soon as it was restored
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
def _reset_after_fork() -> None:
    global _main
    if get_ident() != _main:
        _main = get_ident()
        _put_back()
        _arrived.clear()
