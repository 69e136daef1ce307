"""Leak check: tensors that were made during a trace and outlive it, and what holds them."""

from __future__ import annotations

import contextlib
import gc
import weakref
from collections.abc import Callable, Iterator
from threading import get_ident
from types import FrameType, ModuleType
from typing import Any

from .._core.tensor import TENSOR_TYPES, Tensor
from .._forking import in_children
from .errors import CompileError

#: The thread that has paused garbage collection.
_waiting: int | None = None


@contextlib.contextmanager
def young_objects() -> Iterator[Callable[[], list[Any]]]:
    """Context that yields a function that lists the objects made since its start."""
    global _waiting
    collecting = gc.isenabled()
    gc.collect(0)
    if collecting:
        _waiting = get_ident()
        gc.disable()  # a collection would move them to an older generation
    try:
        yield lambda: gc.get_objects(generation=0)
    finally:
        if collecting:
            _waiting = None
            gc.enable()


@in_children
def _collect_again() -> None:
    if _waiting not in (None, get_ident()):
        gc.enable()


def check_leaks(objects: list[Any], backend: Any) -> None:
    """Raise CompileError if one of ``objects`` is a tensor that was made while tracing and is still referenced."""
    suspects = [weakref.ref(x) for x in objects if type(x) in TENSOR_TYPES and backend.is_traced(x._data)]
    if not suspects:
        return
    objects.clear()
    gc.collect()  # a tensor that only a cycle holds is no leak
    leaked = [x for x in (reference() for reference in suspects) if x is not None]
    if not leaked:
        return
    holders = {name for x in leaked for name in _holders(x, leaked)}
    raise CompileError(
        f"compile: {len(leaked)} tensor{'s' * (len(leaked) > 1)} made inside the function outlive it, held by "
        f"{', '.join(sorted(holders)) or 'something'}; such a tensor has no value.  Return it, alone or in a list, tuple or "
        "dict, or write it into a tensor that was there before, as in state.copy_(value)"
    )


def _holders(leaked: Tensor, leaks: list[Tensor]) -> list[str]:
    found = []
    for holder in gc.get_referrers(leaked):
        if holder is leaks:
            continue
        if isinstance(holder, dict):
            for key, value in holder.items():  # no comprehension, which would hold it as well
                if value is leaked:
                    found.append(_owner(holder) or repr(key))
        elif isinstance(holder, list):
            found.append(f"a list of {len(holder)}")
        elif not isinstance(holder, FrameType):
            found.append(f"an instance of {type(holder).__name__}")
    return found


def _owner(attributes: dict[Any, Any]) -> str:
    """A description of the object whose attributes these are."""
    for holder in gc.get_referrers(attributes):
        if getattr(holder, "__dict__", None) is attributes and not isinstance(holder, ModuleType):
            return f"an instance of {type(holder).__name__}"
    return ""
