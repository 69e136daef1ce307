"""What a plugin may provide: three pluggy hooks, all of them optional."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pluggy

from .record import BackendRecord

hookspec: pluggy.HookspecMarker = pluggy.HookspecMarker("polygrad")
#: The mark of a plugin's hook implementations.
hookimpl: pluggy.HookimplMarker = pluggy.HookimplMarker("polygrad")


@hookspec
def polygrad_backends() -> list[BackendRecord]:
    """The backends that this plugin offers."""
    raise AssertionError("a specification is not called")


@hookspec
def polygrad_kernels(backend: str) -> dict[str, Callable[..., Any]]:
    """Kernels for another plugin's backend: primitive name → raw function, which overrides that backend's own."""
    raise AssertionError("a specification is not called")


@hookspec
def polygrad_primitives() -> list[str]:
    """Names of modules that declare further primitives; they are imported when a backend is first used."""
    raise AssertionError("a specification is not called")
