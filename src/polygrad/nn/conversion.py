"""Where a module's tensors live and of what type they are.

Moving a module changes the value in each cell and keeps the cells: an optimizer that was given the parameters before still
has the right ones.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import _dtypes
from .._core.tensor import Tensor
from .._dtypes import DType
from .._functions.conversion import destination
from .._functions.creation import check_dtype
from .._functions.transfer import transfer
from ..autograd.grad_mode import no_grad
from ..backends.registry import get_backend

__all__ = ["Placement"]


class Placement:
    """The part of `Module` that moves and converts it."""

    def _apply(self, fn: Callable[[Tensor], Tensor]) -> Any:
        """Replace the value of every parameter, gradient and buffer by ``fn`` of it."""
        seen: set[int] = set()
        with no_grad():
            for owner in self.modules():  # type: ignore[attr-defined]  # Module has it
                for tensor in (*owner._parameters.values(), *owner._buffers.values()):
                    if tensor is not None and id(tensor) not in seen:
                        seen.add(id(tensor))
                        _replace(tensor, fn)
        return self

    def to(
        self, *args: Any, dtype: Any = None, device: Any = None, backend: Any = None, non_blocking: bool = False
    ) -> Any:
        """Move all parameters and buffers to a device or a backend, and convert the floating ones to a data type.

        Takes a data type, a device, or a tensor whose type and place are taken, as in PyTorch, and ``backend``.  The
        module itself is changed and returned, and its parameters stay the same objects.

        Raises TypeError for a data type that is not floating-point or complex, ValueError for an unknown device.

        Example::

            model.to(polygrad.float64)
            model.to(backend="jax")
        """
        dtype, device, backend, _ = destination(args, dtype, device, backend)
        if dtype is not None and not dtype.is_differentiable:
            raise TypeError(f"Module.to() takes floating-point and complex data types, not {dtype.name}")

        def move(tensor: Tensor) -> Tensor:
            target = tensor.backend if backend is None else get_backend(backend)
            return transfer(tensor, target, device, dtype if tensor.dtype.is_differentiable else None)

        return self._apply(move)

    def cpu(self) -> Any:
        """Move to the device "cpu"."""
        return self.to(device="cpu")

    def cuda(self, device: int | None = None) -> Any:
        """Move to a CUDA device of the backend that the module is on."""
        return self.to(device="cuda" if device is None else f"cuda:{device}")

    def type(self, dst_type: DType) -> Any:
        """Convert all parameters and buffers to ``dst_type``."""
        check_dtype(dst_type)
        return self._apply(lambda tensor: tensor.to(dst_type))

    def float(self) -> Any:
        """Convert the floating-point parameters and buffers to float32."""
        return self._as_floating(_dtypes.float32)

    def double(self) -> Any:
        """Convert the floating-point parameters and buffers to float64."""
        return self._as_floating(_dtypes.float64)

    def half(self) -> Any:
        """Convert the floating-point parameters and buffers to float16."""
        return self._as_floating(_dtypes.float16)

    def bfloat16(self) -> Any:
        """Convert the floating-point parameters and buffers to bfloat16."""
        return self._as_floating(_dtypes.bfloat16)

    def _as_floating(self, dtype: DType) -> Any:
        return self._apply(lambda tensor: tensor.to(dtype) if tensor.dtype.is_floating_point else tensor)


def _replace(tensor: Tensor, fn: Callable[[Tensor], Tensor]) -> None:
    new = fn(tensor)
    gradient = tensor.grad
    new_gradient = None if gradient is None else fn(gradient)
    if new is not tensor:
        if gradient is not None:
            tensor.grad = None
        tensor.data = new
    if new_gradient is not None and new_gradient is not gradient:
        tensor.grad = new_gradient
    elif new is not tensor and gradient is not None:
        tensor.grad = gradient
