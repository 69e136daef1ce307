"""polygrad on JAX.  This module is light: the library is imported when the backend is made."""

from __future__ import annotations

from polygrad.backends import Backend, BackendRecord, hookimpl

__all__ = ["polygrad_backends"]


def _make() -> Backend:
    from ._backend import JaxBackend

    return JaxBackend()


@hookimpl
def polygrad_backends() -> list[BackendRecord]:
    """The backend ``"jax"``."""
    return [BackendRecord("jax", "jax", _make, api_version=1)]
