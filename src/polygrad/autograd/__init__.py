"""Gradients: `grad`, `backward`, `Function`, grad modes, anomaly mode, hooks, and gradient checks."""

from __future__ import annotations

import importlib as _importlib
from typing import Any as _Any

from .._core.graph import Leaf, Node
from .differentiation import backward, grad
from .grad_mode import enable_grad, inference_mode, is_grad_enabled, no_grad, set_grad_enabled

# Not on first use: importing the submodule of the same name later would replace the function.
from .gradcheck import GradcheckError, gradcheck, gradgradcheck

#: Imported on first use: most programs need none of these.
_HOMES = {
    **dict.fromkeys(("Function", "once_differentiable"), "function"),
    "Variable": "variable",
    **dict.fromkeys(("NonFiniteError", "debug_nans"), "non_finite"),
    **dict.fromkeys(("SavedMemory", "saved_memory", "set_record_lines"), "source_lines"),
    **dict.fromkeys(("detect_anomaly", "is_anomaly_enabled", "set_detect_anomaly"), "anomaly_mode"),
}
_SUBMODULES = frozenset(("anomaly_mode", "forward_ad", "function", "functional", "grad_mode", "graph"))

__all__ = [
    "Function",
    "GradcheckError",
    "Leaf",
    "Node",
    "NonFiniteError",
    "SavedMemory",
    "Variable",
    "backward",
    "debug_nans",
    "detect_anomaly",
    "enable_grad",
    "grad",
    "gradcheck",
    "gradgradcheck",
    "inference_mode",
    "is_anomaly_enabled",
    "is_grad_enabled",
    "no_grad",
    "once_differentiable",
    "saved_memory",
    "set_detect_anomaly",
    "set_grad_enabled",
    "set_record_lines",
]


def __getattr__(name: str) -> _Any:
    if name in _SUBMODULES:
        return _importlib.import_module(f".{name}", __name__)
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(_importlib.import_module(f".{_HOMES[name]}", __name__), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES, *_SUBMODULES})
