"""The plugin of the built-in backend: found, loaded and validated like any other."""

from __future__ import annotations

from ..base import PLUGIN_API_VERSION, Backend
from ..hookspecs import BackendRecord, hookimpl


def _make() -> Backend:
    from .backend import NumpyBackend

    return NumpyBackend()


@hookimpl
def polygrad_backends() -> list[BackendRecord]:
    return [BackendRecord("numpy", "numpy", _make, PLUGIN_API_VERSION)]
