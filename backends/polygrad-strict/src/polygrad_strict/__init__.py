"""polygrad on array-api-strict.  This module is light: the library is imported when the backend is made."""

from __future__ import annotations

from polygrad.backends import Backend, BackendRecord, hookimpl

__all__ = ["polygrad_backends"]


def _make() -> Backend:
    from ._backend import StrictBackend

    return StrictBackend()


@hookimpl
def polygrad_backends() -> list[BackendRecord]:
    """The backend ``"strict"``."""
    return [BackendRecord("strict", "array_api_strict", _make, api_version=1)]
