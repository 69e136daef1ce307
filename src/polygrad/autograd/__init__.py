"""Gradients: `grad`, `backward`, `Function`, grad modes."""

from __future__ import annotations

from .._core.graph import Leaf, Node
from .differentiation import backward, grad
from .grad_mode import enable_grad, inference_mode, is_grad_enabled, no_grad, set_grad_enabled

__all__ = [
    "Leaf",
    "Node",
    "backward",
    "enable_grad",
    "grad",
    "inference_mode",
    "is_grad_enabled",
    "no_grad",
    "set_grad_enabled",
]
