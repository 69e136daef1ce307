"""What replay may know about a library's functions and arrays.

A backend has an attribute ``replay_facts`` where it knows more than `UnknownFacts` says.  Each fact permits an optimization
of the generated program.  The answer that permits nothing is always right.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Protocol, runtime_checkable

from ...backends.base import Backend


class ReplayFacts(Protocol):
    """Facts about the functions that operations call, and about how arrays lie in memory."""

    @property
    def decompositions(self) -> Mapping[str, Callable[..., Any]]:
        """The name of a kernel → the same computation in smaller steps: ``(do, *arguments)``.

        ``do(function, *arrays)`` is a step.  For small arrays a kernel's own Python costs more than its arithmetic, and each
        step can write into memory that is free.
        """

    def nbytes(self, array: Any) -> int:
        """How many bytes the elements of ``array`` take."""

    def is_compact(self, array: Any) -> bool:
        """Whether ``array`` lies in memory in the order of its axes, without gaps."""

    def is_reusable(self, array: Any) -> bool:
        """Whether ``array`` owns its memory, may be written to, and is compact: a result may be written into it."""

    def out_variant(self, function: Callable[..., Any]) -> Callable[..., Any] | None:
        """``function`` with one more argument, ``out``, that it writes its only result into; None where there is none.

        ``out`` may be one of the operands if `is_elementwise`.  Otherwise it shares no memory with them.
        """

    def operator_of(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function of the module `operator` that does the same as ``function``, or ``function`` itself."""

    def is_elementwise(self, function: Callable[..., Any]) -> bool:
        """Whether ``function`` computes each element of its result from one element of each operand."""

    def returns_new_memory(self, function: Callable[..., Any]) -> bool:
        """Whether the result of ``function`` shares memory with no argument, however the arguments lie in memory.

        What follows from the shapes alone is excepted.
        """

    def returns_compact(self, function: Callable[..., Any], ndim: int) -> bool:
        """Whether a result of ``function`` with ``ndim`` axes is compact, however the arguments lie in memory."""

    def cannot_raise(self, function: Callable[..., Any]) -> bool:
        """Whether ``function`` raises nothing for arrays of shapes and types that it has taken before."""

    def raises_only_for_indices(self, function: Callable[..., Any]) -> bool:
        """Whether ``function`` raises only for indices out of range, and not for those that its forward has taken."""

    def prefers_rule(self, name: str, parameters: list[Any]) -> bool:
        """Whether an optimizer's rule, operation by operation, is faster for ``parameters`` than the kernel ``name``."""


@runtime_checkable
class HasReplayFacts(Protocol):
    """A backend that knows facts about its library."""

    @property
    def replay_facts(self) -> ReplayFacts:
        """The facts."""


class UnknownFacts:
    """No optimization is permitted: for libraries of which nothing is known."""

    decompositions: Mapping[str, Callable[..., Any]] = {}

    def __init__(self, backend: Backend):
        self._backend = backend

    def nbytes(self, array: Any) -> int:
        """By the shape and the type."""
        return math.prod(array.shape) * self._backend.from_dtype(array.dtype).itemsize

    def is_compact(self, array: Any) -> bool:
        """Unknown."""
        return False

    def is_reusable(self, array: Any) -> bool:
        """Unknown."""
        return False

    def out_variant(self, function: Callable[..., Any]) -> Callable[..., Any] | None:
        """None is known."""
        return None

    def operator_of(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """None is known."""
        return function

    def is_elementwise(self, function: Callable[..., Any]) -> bool:
        """Unknown."""
        return False

    def returns_new_memory(self, function: Callable[..., Any]) -> bool:
        """Unknown."""
        return False

    def returns_compact(self, function: Callable[..., Any], ndim: int) -> bool:
        """Unknown."""
        return False

    def cannot_raise(self, function: Callable[..., Any]) -> bool:
        """Unknown."""
        return False

    def raises_only_for_indices(self, function: Callable[..., Any]) -> bool:
        """Unknown."""
        return False

    def prefers_rule(self, name: str, parameters: list[Any]) -> bool:
        """Unknown."""
        return False


def facts_of(backend: Backend) -> ReplayFacts:
    """What is known of the library of ``backend``."""
    return backend.replay_facts if isinstance(backend, HasReplayFacts) else UnknownFacts(backend)
