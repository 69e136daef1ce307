"""The base of layers of one tensor.

It is `Module`.  Type checkers also see how such a layer is called: they cannot derive that from ``forward``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .module import Module

if TYPE_CHECKING:
    from .._core.tensor import Tensor

    class Layer(Module):
        """A module that takes one tensor and returns one."""

        def __call__(self, input: Tensor) -> Tensor: ...  # noqa: D102
else:
    Layer = Module
