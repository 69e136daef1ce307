"""Functions that change Python values in every call, or read values that differ in every call, run eagerly.

A program changes tensors only.  If a trace has changed Python values, the program serves for that call alone: the trace did
the Python part, the program does the tensor part, and the next call is traced again.  That is enough for values that the
first call creates.  A value that changes in two successive traces is taken to change in every call, and a value that has had
many values to have more.  Such a function runs without a program, with one warning.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Sequence
from typing import Any

from ..program import Program
from .failures import changed_values
from .sources import ARGUMENT

#: The most values of one place that get a program each.
MANY_VALUES = 8
#: A value that this many traces have changed is taken to change in every call.
MANY_CHANGES = 3


class Effects:
    """The Python side effects of one function."""

    def __init__(self, name: str):
        self._name = name
        self._eager: set[Any] = set()
        #: What the last trace for a key has changed.
        self._changed: dict[Any, frozenset[str]] = {}
        #: What the function changes at every call, whatever its arguments.
        self._known: set[str] = set()
        #: How it changed its arguments, which are in the key, and whether it does so in every call.
        self._arguments: frozenset[str] = frozenset()
        self._changes_arguments = False
        self._told: set[str] = set()
        self._values: Counter[tuple[Any, str]] = Counter()
        self._changes: Counter[tuple[Any, str]] = Counter()

    def runs_eagerly(self, key: Any) -> bool:
        """Whether calls that fit no program run eagerly."""
        return self._changes_arguments or key in self._eager

    def note(self, key: Any, program: Program, former: Sequence[Program]) -> None:
        """Record a new trace, which the ``former`` programs for the same key did not fit."""
        changed = frozenset(program.changed)
        self._changes.update((key, place) for place in changed)
        often = {place for place in changed if self._changes[key, place] >= MANY_CHANGES}
        if again := changed & (self._changed.get(key, frozenset()) | self._known | often):
            self._eager.add(key)
            self._warn_of_changes(sorted(again), program)
        self._changed[key] = changed
        arguments = frozenset(place for place in changed if place.startswith(ARGUMENT))
        if again := arguments & self._arguments:
            self._changes_arguments = True
            self._warn_of_changes(sorted(again), program)
        self._arguments = arguments
        for place, what in program.unwatched.items():
            if place not in self._told:
                self._told.add(place)
                warnings.warn(
                    f"compile: {self._name} reads {place}, {what}, whose contents are not compared in every call: later changes "
                    "inside of it are not seen.  Pass it as a tensor, or bind the name to a new object where it changes",
                    UserWarning,
                    stacklevel=4,
                )
        if former and not changed:
            for place, _, _ in changed_values(former[0]):
                self._values[key, place] += 1
                if self._values[key, place] >= MANY_VALUES:
                    self._eager.add(key)
                    self._warn(
                        f"{place} has had {MANY_VALUES} values, and each makes another program.  More of them run without one, "
                        f"as eager code: pass what changes as a tensor, which is an input of the program"
                    )

    def _warn_of_changes(self, again: list[str], program: Program) -> None:
        if self._known.isdisjoint(again):
            places = ", ".join(f"{place} ({line})" if (line := program.changed[place]) else place for place in again)
            self._warn(
                f"it changes {places} at every call, and a program changes tensors only, so it runs without one, as eager "
                "code.  Keep what changes in a tensor that is changed in place, as in steps.add_(1), take random numbers from "
                "polygrad, or do it outside of the compiled function"
            )
        self._known.update(again)

    def _warn(self, text: str) -> None:
        warnings.warn(f"compile: {self._name} is not compiled: {text}", UserWarning, stacklevel=5)
