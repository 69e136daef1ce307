"""Conversion of modules to other devices, backends and data types.

Converting a module replaces the value in each cell and keeps the cells, so an optimizer keeps its parameters.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import _dtypes
from .._core.tensor import Tensor
from .._core.typing import BackendLike, DeviceLike, DTypeLike
from .._dtypes import DType
from .._functions.conversion import destination
from .._functions.creation import check_dtype
from .._functions.transfer import transfer
from ..autograd.grad_mode import no_grad
from ..backends.registry import get_backend
from .parameter import UninitializedTensorMixin

__all__ = ["Placement"]


class Placement:
    """The methods of `Module` that move it and convert its data type."""

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
        self,
        *args: Any,
        dtype: DTypeLike | None = None,
        device: DeviceLike | None = None,
        backend: BackendLike | None = None,
        non_blocking: bool = False,
    ) -> Any:
        """Move all parameters and buffers to a device or backend, and convert the floating-point ones to a data type.

        Tensors are changed in place, so an optimizer keeps them.

        Args:
            *args: a data type, a device, or a tensor whose data type and device are taken, as in `Tensor.to`.
            dtype: a floating-point or complex data type.
            device: a device of the backend.
            backend: a backend, or its name.
            non_blocking: accepted as in PyTorch, without effect.

        Returns:
            This module.

        Raises:
            TypeError: ``dtype`` is not floating-point or complex.
            ValueError: the device is unknown.

        Example::

            >>> nn.Linear(2, 1).to(polygrad.float64).weight.dtype
            polygrad.float64
        """
        dtype, device, backend, _ = destination(args, dtype, device, backend)
        if dtype is not None and not dtype.is_differentiable:
            raise TypeError(f"Module.to() takes floating-point and complex data types, not {dtype.name}")

        def move(tensor: Tensor) -> Tensor:
            target = tensor.backend if backend is None else get_backend(backend)
            return transfer(tensor, target, device, dtype if tensor.dtype.is_differentiable else None)

        return self._apply(move)

    def cpu(self) -> Any:
        """Move all parameters and buffers to the device "cpu"; returns this module."""
        return self.to(device="cpu")

    def cuda(self, device: int | None = None) -> Any:
        """Move all parameters and buffers to a CUDA device of their backend; returns this module."""
        return self.to(device="cuda" if device is None else f"cuda:{device}")

    def type(self, dst_type: DType) -> Any:
        """Convert all parameters and buffers to ``dst_type``; returns this module."""
        check_dtype(dst_type)
        return self._apply(lambda tensor: tensor.to(dst_type))

    def float(self) -> Any:
        """Convert the floating-point parameters and buffers to float32; returns this module."""
        return self._as_floating(_dtypes.float32)

    def double(self) -> Any:
        """Convert the floating-point parameters and buffers to float64; returns this module."""
        return self._as_floating(_dtypes.float64)

    def half(self) -> Any:
        """Convert the floating-point parameters and buffers to float16; returns this module."""
        return self._as_floating(_dtypes.float16)

    def bfloat16(self) -> Any:
        """Convert the floating-point parameters and buffers to bfloat16; returns this module."""
        return self._as_floating(_dtypes.bfloat16)

    def _as_floating(self, dtype: DType) -> Any:
        return self._apply(lambda tensor: tensor.to(dtype) if tensor.dtype.is_floating_point else tensor)


def _replace(tensor: Tensor, fn: Callable[[Tensor], Tensor]) -> None:
    if isinstance(tensor, UninitializedTensorMixin):
        tensor.convert(fn)
        return
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
