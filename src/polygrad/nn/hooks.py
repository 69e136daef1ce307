"""Hooks of modules: functions called before and after forward and backward."""

from __future__ import annotations

import contextlib
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from .._core.graph import RemovableHandle
from .._core.tensor import Tensor
from .backward_hooks import GradientHooks

__all__ = ["Hooks", "add_hook", "call_with_hooks"]


class Hooks:
    """The hooks of one module, by the event that calls them.  A module has None until the first is registered."""

    __slots__ = (
        "backward", "backward_pre", "forward", "forward_pre", "load_post", "load_pre", "state_dict_post", "state_dict_pre"
    )  # fmt: skip

    forward_pre: OrderedDict[int, Any]
    forward: OrderedDict[int, Any]
    backward_pre: OrderedDict[int, Any]
    backward: OrderedDict[int, Any]
    state_dict_pre: OrderedDict[int, Any]
    state_dict_post: OrderedDict[int, Any]
    load_pre: OrderedDict[int, Any]
    load_post: OrderedDict[int, Any]

    def __init__(self) -> None:
        for name in self.__slots__:
            setattr(self, name, OrderedDict())

    def around_forward(self) -> tuple[int, ...]:
        """Return the numbers of the hooks that are called when the module runs, forward and backward."""
        return (*self.forward_pre, *self.forward, *self.backward_pre, *self.backward)


def add_hook(hooks: OrderedDict[Any, Any], hook: Any, prepend: bool = False) -> RemovableHandle:
    """Add ``hook`` as the last, or the first, of ``hooks``."""
    handle = RemovableHandle(hooks, hook)
    if prepend:
        hooks.move_to_end(handle.id, last=False)
    return handle


def call_with_hooks(module: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call ``module`` with its hooks."""
    hooks: Hooks = module._hooks
    pending = dict(hooks.forward)
    try:
        for hook, with_kwargs in list(hooks.forward_pre.values()):
            args, kwargs = _before(module, hook, with_kwargs, args, kwargs)
        gradients = None
        if hooks.backward or hooks.backward_pre:
            gradients = GradientHooks(module, list(hooks.backward_pre.values()), list(hooks.backward.values()))
            args = gradients.enter(args)
        result = module._run(args, kwargs)
        for number, (hook, with_kwargs, _) in list(pending.items()):
            del pending[number]
            replaced = hook(module, args, kwargs, result) if with_kwargs else hook(module, args, result)
            if replaced is not None:
                result = replaced
        return result if gradients is None else gradients.leave(result)
    except Exception:
        # Hooks with always_call are still called; the first error is raised.
        for hook, with_kwargs, always in pending.values():
            if always:
                with contextlib.suppress(Exception):
                    hook(module, args, kwargs, None) if with_kwargs else hook(module, args, None)
        raise


def _before(module: Any, hook: Callable, with_kwargs: bool, args: tuple, kwargs: dict[str, Any]) -> tuple[tuple, dict]:
    replaced = hook(module, args, kwargs) if with_kwargs else hook(module, args)
    if replaced is None:
        return args, kwargs
    if not with_kwargs:
        return replaced if isinstance(replaced, tuple) else (replaced,), kwargs
    if isinstance(replaced, tuple) and len(replaced) == 2:
        return replaced
    raise RuntimeError(f"a forward pre-hook with kwargs returns None or a pair (args, kwargs), not {replaced!r}")


def tensors_in(value: Any) -> list[Tensor]:
    """Return the tensors in ``value``: itself, or those of a tuple, list or dict."""
    if isinstance(value, Tensor):
        return [value]
    if isinstance(value, dict):
        return [x for item in value.values() for x in tensors_in(item)]
    if isinstance(value, (tuple, list)):
        return [x for item in value for x in tensors_in(item)]
    return []
