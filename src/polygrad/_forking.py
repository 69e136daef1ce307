"""Fork: a child process has one thread, and what the others held and were changing must not be left as it was."""

from __future__ import annotations

import os
from collections.abc import Callable
from threading import RLock


def in_children(renew: Callable[[], None]) -> Callable[[], None]:
    """``renew``, which every forked child calls before anything else, in the thread that forked.  A decorator."""
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=renew)
    return renew


def lock() -> RLock:
    """A re-entrant lock, for a module: in a child it is free, unless the thread that forked holds it."""
    made = RLock()

    @in_children
    def renew() -> None:
        if not made._is_owned():  # type: ignore[attr-defined]  # what the standard library itself calls after a fork
            made._at_fork_reinit()  # type: ignore[attr-defined]  # what the standard library itself calls after a fork

    return made
