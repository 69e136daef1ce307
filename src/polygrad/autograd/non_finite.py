"""`debug_nans`: the first operation whose result, or whose gradient, is NaN or infinite raises."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any

from .._core import engine
from .._core.graph import Edge
from .._core.primitive import Primitive
from .._core.tensor import Tensor
from .._core.watching import (
    lines_of,
    look_at_results,
    look_away,
    modules_in,
    note_lines,
    unwatch,
    users_stack,
    watch,
)
from .._interpreters.tracer import plain
from .._state import recorder
from ..backends.registry import BY_TYPE
from .checked_plans import CheckedPlan, checking

__all__ = ["NonFiniteError", "debug_nans"]


class NonFiniteError(FloatingPointError, RuntimeError):
    """The result of an operation, or a gradient, is NaN or infinite.  `debug_nans` raises it."""


#: How many blocks are entered, and how many of them look for infinities.
_blocks = [0, 0]


class debug_nans:
    """Raise at the first operation whose result or gradient is NaN or infinite: a context manager for debugging.

    The error has the operation, the shapes and data types of its operands and its result, and the line of the program that called
    it, in the forward pass and in the backward pass.  An infinity that comes from an infinite operand is no error, nor is what
    comes from a NaN.  The mode belongs to the whole process.  Everything is slower, and compiled functions run eagerly.

    Args:
        infinities: whether an infinity raises as well.

    Raises:
        NonFiniteError: an operation makes NaN or an infinity; it is a FloatingPointError and a RuntimeError.
        RuntimeError: it is entered inside a compiled function.

    Example::

        >>> x = polygrad.tensor([1.0, 0.0])
        >>> with polygrad.debug_nans():
        ...     try:
        ...         y = x.log()
        ...     except FloatingPointError as error:
        ...         print(str(error).splitlines()[0])
        debug_nans: log gives an infinity in 1 of 2 elements: float32 of shape (2,), from float32 of shape (2,)
    """

    def __init__(self, infinities: bool = True):
        self._infinities = bool(infinities)

    def __enter__(self) -> None:
        if recorder() is not None:
            raise RuntimeError(
                "debug_nans() cannot be entered inside a compiled function, whose operations have no values while it is traced; "
                "write it around the call of the compiled function, which then runs eagerly"
            )
        if not _blocks[0]:
            look_at_results(_look)
            watch(note_lines)
            engine.sweep_contexts.append(_check_sweep)
        _blocks[0] += 1
        _blocks[1] += self._infinities

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _blocks[0] -= 1
        _blocks[1] -= self._infinities
        if not _blocks[0]:
            look_away(_look)
            unwatch(note_lines)
            engine.sweep_contexts.remove(_check_sweep)


def _faults(value: Any) -> tuple[int, int]:
    """How many elements are NaN, and how many infinite."""
    array = plain(value._read() if isinstance(value, Tensor) else value)
    backend: Any = BY_TYPE.get(array.__class__) if hasattr(array, "shape") else None
    if backend is None or backend.is_traced(array) or not backend.from_dtype(array.dtype).is_differentiable:
        return 0, 0
    xp = backend.xp
    count = lambda mask: int(backend.item(xp.sum(xp.astype(mask, xp.int64))))  # noqa: E731
    if not count(xp.logical_not(xp.isfinite(array))):
        return 0, 0
    return count(xp.isnan(array)), count(xp.isinf(array))


def _parts(values: Iterable[Any]) -> list[Any]:
    """The arrays among ``values``, also those in lists and tuples."""
    found = []
    for value in values:
        if isinstance(value, (list, tuple)):
            found += _parts(value)
        elif hasattr(value, "shape") and hasattr(value, "dtype"):
            found.append(value)
    return found


def _fault(made: Sequence[Any], given: Sequence[Any]) -> tuple[Any, str] | None:
    """The first of ``made`` with NaN or an infinity that does not come from ``given``, and what is wrong with it."""
    for one in made:
        nans, infinities = _faults(one)
        if not nans and not (infinities and _blocks[1]):
            continue
        known = [_faults(x) for x in given]
        if any(before for before, _ in known) or (not nans and any(before for _, before in known)):
            continue
        what, count = ("nan", nans) if nans else ("an infinity", infinities)
        return one, f"{what} in {count} of {_size(one)} elements"
    return None


def _size(x: Any) -> int:
    total = 1
    for length in plain(x._read() if isinstance(x, Tensor) else x).shape:
        total *= length
    return total


def _describe(x: Any) -> str:
    array = x._read() if isinstance(x, Tensor) else x
    return f"{BY_TYPE[array.__class__].from_dtype(array.dtype).name} of shape {tuple(array.shape)}"


def _where(lines: traceback.StackSummary | None, modules: str) -> str:
    inside = f", in module {modules}" if modules else ""
    if not lines:
        return f"  at an unknown line{inside}: the operation ran before debug_nans() was entered"
    frame = lines[-1]
    return f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}{inside}\n    {frame.line or ""}'.rstrip()


def _look(primitive: Primitive, arguments: tuple[Any, ...], result: Any) -> None:
    given = _parts(arguments)
    fault = _fault(_parts([result]), given)
    if fault is None:
        return
    made, what = fault
    frame = sys._getframe(1)
    operands = ", ".join(map(_describe, given)) or "no operands"
    raise NonFiniteError(
        f"debug_nans: {primitive.public_name} gives {what}: {_describe(made)}, from {operands}\n"
        f"{_where(users_stack(frame), modules_in(frame))}"
    )


class _FinitePlan(CheckedPlan):
    """A plan that raises where its rule gets or returns NaN or an infinity."""

    def run(self, rule: Any, g: Any, saved: tuple) -> Any:
        incoming = _parts([g])
        arrives = _fault(incoming, ())
        if arrives is not None and arrives[1].startswith("nan"):
            raise NonFiniteError(self._message(f"gets {arrives[1]} of the gradient of its result", arrives[0]))
        results = rule(g, saved)
        fault = _fault(_parts(results), incoming)
        if fault is not None:
            raise NonFiniteError(self._message(f"gives {fault[1]} of a gradient", fault[0], incoming))
        return results

    def _message(self, what: str, made: Any, given: Sequence[Any] = ()) -> str:
        node = self.node
        source = f", from {', '.join(map(_describe, given))}" if given else ""
        place = _where(lines_of(node), getattr(node.sequence, "modules", ""))
        return f"debug_nans: the gradient rule of {node.plan.operation} {what}: {_describe(made)}{source}; recorded at\n{place}"


def _check_sweep(roots: Iterable[Edge], useful: set[Edge] | None) -> AbstractContextManager[None]:
    return checking(roots, _FinitePlan)
