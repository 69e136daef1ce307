"""Tracing of optimizers that override `step`.

Settings and other Python numbers are constants of the program.  State stays in its tensors, also where the step binds
a name of the state to a new tensor.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from functools import partial
from typing import Any

from .._core.tensor import Tensor
from .._state import RECORDERS, recorder
from ..autograd.grad_mode import no_grad
from ..compiler.errors import CompileError, StateIsMissing


def watch_step(step: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap ``step`` so that a recorder sees the settings it reads and the state it writes."""

    @functools.wraps(step)
    def wrapper(optimizer: Any, *args: Any, **kwargs: Any) -> Any:
        active = recorder() if RECORDERS else None
        if active is None:
            return step(optimizer, *args, **kwargs)
        settings = _Settings(optimizer)
        now = settings.settings
        active.guard(settings, "settings", now)
        before = {key: dict(values) for key, values in optimizer.state.items() if isinstance(values, dict)}
        active.rollback_on_abort(
            partial(_restore, optimizer, before, [dict(group) for group in optimizer.param_groups])
        )
        result = step(optimizer, *args, **kwargs)
        if settings.settings != now:
            raise CompileError(
                f"compile: {type(optimizer).__name__}.step() changes the settings in its param_groups, and a program would not; "
                "change them outside of the compiled function, or keep what changes in a tensor"
            )
        _store_state(optimizer, before)
        return result

    return wrapper


class _Settings:
    """The settings of all groups, as a value that guards compare."""

    def __init__(self, optimizer: Any):
        self._optimizer = optimizer

    @property
    def settings(self) -> tuple[Any, ...]:
        """The names and values of each group, and its parameters."""
        return tuple([
            tuple([(name, _comparable(value)) for name, value in group.items()]) for group in self._optimizer.param_groups
        ])  # fmt: skip


def _comparable(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return tuple([_comparable(part) for part in value])
    return id(value) if isinstance(value, Tensor) else value


def _restore(optimizer: Any, before: dict[Any, dict[str, Any]], groups: list[dict[str, Any]]) -> None:
    for group, settings in zip(optimizer.param_groups, groups, strict=True):
        group.update(settings)
    state = optimizer.state
    for key in list(state):
        if key not in before:
            del state[key]
        else:
            state[key].clear()
            state[key].update(before[key])


def _store_state(optimizer: Any, before: dict[Any, dict[str, Any]]) -> None:
    """Write what the step bound to names of the state into the tensors that those names were bound to before."""
    name_of_optimizer = type(optimizer).__name__
    for key, values in optimizer.state.items():
        for name, value in values.items() if isinstance(values, dict) else ():
            old = before.get(key, {}).get(name)
            if value is old:
                continue
            if isinstance(value, Tensor):
                if not isinstance(old, Tensor) or (old.shape, old.dtype) != (value.shape, value.dtype):
                    raise StateIsMissing(
                        f"compile: {name_of_optimizer} creates the state {name!r} in its step, where a traced tensor has no value; "
                        "call the function once without compile first"
                    )
                with no_grad():
                    old._rebind(value._read(), None)
                values[name] = old
            elif isinstance(value, (int, float)) and value != old:
                raise CompileError(
                    f"compile: {name_of_optimizer} changes the Python number {name!r} of its state, and a program would not; keep "
                    f"it in a tensor, as in state[{name!r}] = polygrad.tensor(0.0), and add to that in place"
                )
