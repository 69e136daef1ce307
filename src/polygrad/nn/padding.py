"""Padding layers: what stands beyond the edges of the last one, two or three dimensions."""

from __future__ import annotations

from typing import Any

from .._core.tensor import Tensor
from . import functional as F
from .convolution import per_axis
from .module import Module

__all__ = [
    "CircularPad1d", "CircularPad2d", "CircularPad3d", "ConstantPad1d", "ConstantPad2d", "ConstantPad3d", "ReflectionPad1d",
    "ReflectionPad2d", "ReflectionPad3d", "ReplicationPad1d", "ReplicationPad2d", "ReplicationPad3d", "ZeroPad1d", "ZeroPad2d",
    "ZeroPad3d",
]  # fmt: skip


class _Pad(Module):
    """``padding`` is one number for all sides, or one for each: left, right, top, bottom, front, back."""

    axes: int
    mode: str

    def __init__(self, padding: Any) -> None:
        super().__init__()
        self.padding = per_axis(padding, 2 * self.axes)

    def forward(self, input: Tensor) -> Tensor:
        return F.pad(input, self.padding, self.mode)

    def extra_repr(self) -> str:
        return f"{self.padding}"

    def _fits(self, shape: tuple[int, ...]) -> bool:
        return len(shape) in (self.axes + 1, self.axes + 2)

    def _expects(self) -> str:
        lengths = ", ".join(("depth", "height", "width")[3 - self.axes :])
        return f"(batch, channels, {lengths}) or (channels, {lengths})"


class _ConstantPad(_Pad):
    """The number ``value`` beyond the edges."""

    def __init__(self, padding: Any, value: float) -> None:
        super().__init__(padding)
        self.value = value

    def forward(self, input: Tensor) -> Tensor:
        return F.pad(input, self.padding, "constant", self.value)

    def extra_repr(self) -> str:
        return f"padding={self.padding}, value={self.value}"

    def _fits(self, shape: tuple[int, ...]) -> bool:
        return len(shape) >= self.axes


class _ZeroPad(_ConstantPad):
    """Zeros beyond the edges."""

    def __init__(self, padding: Any) -> None:
        super().__init__(padding, 0.0)

    def extra_repr(self) -> str:
        return f"{self.padding}"


class _ReflectionPad(_Pad):
    """The mirror image beyond the edges, which are not repeated."""

    mode = "reflect"


class _ReplicationPad(_Pad):
    """The elements of the edges beyond them."""

    mode = "replicate"


class _CircularPad(_Pad):
    """The other end beyond each edge."""

    mode = "circular"


class ConstantPad1d(_ConstantPad):
    __doc__ = _ConstantPad.__doc__
    axes = 1


class ConstantPad2d(_ConstantPad):
    __doc__ = _ConstantPad.__doc__
    axes = 2


class ConstantPad3d(_ConstantPad):
    __doc__ = _ConstantPad.__doc__
    axes = 3


class ZeroPad1d(_ZeroPad):
    __doc__ = _ZeroPad.__doc__
    axes = 1


class ZeroPad2d(_ZeroPad):
    __doc__ = _ZeroPad.__doc__
    axes = 2


class ZeroPad3d(_ZeroPad):
    __doc__ = _ZeroPad.__doc__
    axes = 3


class ReflectionPad1d(_ReflectionPad):
    __doc__ = _ReflectionPad.__doc__
    axes = 1


class ReflectionPad2d(_ReflectionPad):
    __doc__ = _ReflectionPad.__doc__
    axes = 2


class ReflectionPad3d(_ReflectionPad):
    __doc__ = _ReflectionPad.__doc__
    axes = 3


class ReplicationPad1d(_ReplicationPad):
    __doc__ = _ReplicationPad.__doc__
    axes = 1


class ReplicationPad2d(_ReplicationPad):
    __doc__ = _ReplicationPad.__doc__
    axes = 2


class ReplicationPad3d(_ReplicationPad):
    __doc__ = _ReplicationPad.__doc__
    axes = 3


class CircularPad1d(_CircularPad):
    __doc__ = _CircularPad.__doc__
    axes = 1


class CircularPad2d(_CircularPad):
    __doc__ = _CircularPad.__doc__
    axes = 2


class CircularPad3d(_CircularPad):
    __doc__ = _CircularPad.__doc__
    axes = 3
