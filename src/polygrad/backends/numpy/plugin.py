"""The record of the built-in backend, which needs no hooks: it is part of this package."""

from __future__ import annotations

from ..base import PLUGIN_API_VERSION, Backend
from ..record import BackendRecord


def _make() -> Backend:
    from .backend import NumpyBackend

    return NumpyBackend()


RECORD = BackendRecord("numpy", "numpy", _make, PLUGIN_API_VERSION)
