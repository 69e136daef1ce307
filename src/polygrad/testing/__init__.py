"""Comparisons for tests, the checks of gradients, and the conformance test for authors of backends."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .comparison import assert_close
    from .conformance import check_backend
    from .gradient_checks import check_gradients

__all__ = ["assert_close", "check_backend", "check_gradients"]

#: Where each name is: imported when it is first used, since pytest imports this package at its start (see `pytest_plugin`).
_HOMES = {"assert_close": "comparison", "check_backend": "conformance", "check_gradients": "gradient_checks"}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(importlib.import_module(f".{_HOMES[name]}", __name__), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
