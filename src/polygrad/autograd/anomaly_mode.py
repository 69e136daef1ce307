"""Anomaly mode: nodes remember the line that recorded them, and a gradient that turns NaN raises.

While the mode is off, operations pay nothing for it.  While it is on, a watcher notes the stack of every new node, and in the
context of a backward sweep each node of the graph has a plan that checks what its rule returns.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Any

from .._core import engine
from .._core.graph import Edge, Node
from .._core.tensor import Tensor
from .._core.watching import lines_of, note_lines, unwatch, watch
from .._state import recorder
from ..backends.registry import BY_TYPE
from .checked_plans import CheckedPlan, checking

__all__ = ["detect_anomaly", "is_anomaly_check_nan_enabled", "is_anomaly_enabled", "set_detect_anomaly"]

#: (on, whether to check for NaN).  As in PyTorch, the mode belongs to the whole process.
_state = (False, True)


def _describe_origin(node: Node) -> str:
    lines = lines_of(node)
    if lines is None:
        return (
            f"It is unknown where {node.name()} was recorded: the forward pass ran outside anomaly mode.  Run it "
            "inside detect_anomaly() as well."
        )
    return f"{node.name()} was recorded here (most recent call last):\n{''.join(lines.format()).rstrip()}"


class _CheckedPlan(CheckedPlan):
    """A plan that raises where its rule returns NaN."""

    def run(self, rule: Any, g: Any, saved: tuple) -> Any:
        node = self.node
        try:
            results = rule(g, saved)
        except Exception as error:
            error.add_note(_describe_origin(node))
            raise
        if _state[1]:
            positions = [i for i, needed in enumerate(self.plan.mask) if needed]
            for position, result in zip(positions, results, strict=True):
                if result is not None and _has_nan(result):
                    raise RuntimeError(
                        f"Function '{node.name()}' returned nan values in its {position}th output.\n{_describe_origin(node)}"
                    )
        return results


def _has_nan(result: Any) -> bool:
    array = result._read() if isinstance(result, Tensor) else result
    backend = BY_TYPE[array.__class__]
    if backend.level or backend.is_traced(array) or not backend.from_dtype(array.dtype).is_differentiable:
        return False
    return bool(backend.item(backend.xp.any(backend.xp.isnan(array))))


def _check_nodes(roots: Iterable[Edge], useful: set[Edge] | None) -> AbstractContextManager[None]:
    return checking(roots, _CheckedPlan)


class set_detect_anomaly:
    """Switch anomaly mode on or off: at once when called, until the end of the block as a context manager.

    The mode belongs to the whole process.

    Args:
        mode: whether to switch it on.
        check_nan: whether a NaN among the gradients raises.

    Raises:
        RuntimeError: it is switched on inside a compiled function.

    Example::

        >>> with polygrad.autograd.set_detect_anomaly(True):
        ...     polygrad.autograd.is_anomaly_enabled()
        True
    """

    def __init__(self, mode: bool, check_nan: bool = True):
        self._before = _state
        _switch(bool(mode), check_nan)

    def __enter__(self) -> None:
        pass

    def __exit__(self, *exc: Any) -> None:
        _switch(*self._before)


class detect_anomaly:
    """Find the line that a NaN gradient comes from: a context manager for debugging, around forward and backward.

    In it, a gradient rule that returns NaN raises RuntimeError with the stack trace of the forward call, and any other
    error in a rule gets that stack trace as a note.  Everything is slower, and compiled functions run eagerly.

    Args:
        check_nan: whether a NaN among the gradients raises.

    Raises:
        RuntimeError: a gradient is NaN; or it is entered inside a compiled function.

    Example::

        >>> x = polygrad.tensor(-1.0, requires_grad=True)
        >>> with polygrad.autograd.detect_anomaly():
        ...     loss = x.sqrt()
        ...     try:
        ...         loss.backward()
        ...     except RuntimeError as error:
        ...         print(str(error).splitlines()[0])
        Function 'SqrtBackward' returned nan values in its 0th output.
    """

    def __init__(self, check_nan: bool = True):
        self._check_nan = check_nan
        self._before: list[tuple[bool, bool]] = []

    def __enter__(self) -> None:
        before = _state
        _switch(True, self._check_nan)
        self._before.append(before)

    def __exit__(self, *exc: Any) -> None:
        _switch(*self._before.pop())


def _switch(mode: bool, check_nan: bool) -> None:
    global _state
    if mode and recorder() is not None:
        raise RuntimeError(
            "anomaly mode cannot be switched on inside a compiled function, whose gradients have no values while it is traced; "
            "write detect_anomaly() around the call of the compiled function, which then runs eagerly"
        )
    before, _state = _state[0], (mode, check_nan)
    if mode and not before:
        watch(note_lines)
        engine.sweep_contexts.append(_check_nodes)
    elif before and not mode:
        unwatch(note_lines)
        engine.sweep_contexts.remove(_check_nodes)


def is_anomaly_enabled() -> bool:
    """Whether anomaly mode is on.

    Returns:
        A bool.

    Example::

        >>> polygrad.autograd.is_anomaly_enabled()
        False
    """
    return _state[0]


def is_anomaly_check_nan_enabled() -> bool:
    """Whether anomaly mode checks for NaN.

    Returns:
        A bool.

    Example::

        >>> polygrad.autograd.anomaly_mode.is_anomaly_check_nan_enabled()
        True
    """
    return _state[1]
