"""Backends: the array libraries that do the arithmetic, and how polygrad finds them.

For users: `available`, `errors`, `get_backend`, `set_backend`, `use_backend`.  For authors of a backend: `Backend`,
`CompilingBackend`, `BackendRecord`, `hookimpl`, `PLUGIN_API_VERSION`, `BackendError`, `register_backend`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .base import PLUGIN_API_VERSION, SUPPORTED_API_VERSIONS, Backend, CompilingBackend
from .exceptions import BackendError, UnknownBackendError
from .record import BackendRecord
from .registry import get_backend, register_backend, set_backend, unregister_backend, use_backend
from .report import BackendInfo, available, describe, errors

if TYPE_CHECKING:
    from .hookspecs import hookimpl

__all__ = [
    "PLUGIN_API_VERSION",
    "SUPPORTED_API_VERSIONS",
    "Backend",
    "BackendError",
    "BackendInfo",
    "BackendRecord",
    "CompilingBackend",
    "UnknownBackendError",
    "available",
    "describe",
    "errors",
    "get_backend",
    "hookimpl",
    "register_backend",
    "set_backend",
    "unregister_backend",
    "use_backend",
]


def __getattr__(name: str) -> Any:
    # hookspecs imports pluggy, which only plugins need: `import polygrad` does not pay for it.
    if name == "hookimpl":
        from .hookspecs import hookimpl

        return hookimpl
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
