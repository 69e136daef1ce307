"""polygrad on CuPy.  This module is light: the library is imported when the backend is made."""

from __future__ import annotations

from polygrad.backends import Backend, BackendRecord, hookimpl

__all__ = ["polygrad_backends"]


def _make() -> Backend:
    from ._backend import CupyBackend

    return CupyBackend()


@hookimpl
def polygrad_backends() -> list[BackendRecord]:
    """The backend ``"cupy"``."""
    return [BackendRecord("cupy", "cupy", _make, api_version=1)]
