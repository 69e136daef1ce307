"""What a plugin may provide: three pluggy hooks, all of them optional."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pluggy

hookspec: pluggy.HookspecMarker = pluggy.HookspecMarker("polygrad")
#: The mark of a plugin's hook implementations.
hookimpl: pluggy.HookimplMarker = pluggy.HookimplMarker("polygrad")


@dataclass(frozen=True)
class BackendRecord:
    """One backend that a plugin provides, described without importing its array library.

    Args:
        name: the name that users write.
        library: the import name of the array library.
        factory: makes the `Backend`; it is the first to import the library.
        api_version: the `PLUGIN_API_VERSION` that the plugin was written for.

    Example::

        >>> version = polygrad.backends.PLUGIN_API_VERSION
        >>> record = polygrad.backends.BackendRecord("mine", "my_library", lambda: None, version)
        >>> record.name
        'mine'
    """

    name: str
    library: str
    factory: Callable[[], Any]
    api_version: int


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
