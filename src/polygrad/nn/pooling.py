"""Pooling layers."""

from __future__ import annotations

from typing import Any

from .._core.tensor import Tensor
from . import functional as F
from .convolution import per_axis
from .module import Module

__all__ = [
    "AdaptiveAvgPool1d",
    "AdaptiveAvgPool2d",
    "AdaptiveMaxPool1d",
    "AdaptiveMaxPool2d",
    "AvgPool1d",
    "AvgPool2d",
    "LPPool1d",
    "LPPool2d",
    "MaxPool1d",
    "MaxPool2d",
]


class _Pool(Module):
    """What the pooling layers share: an input has its axes, channels, and perhaps a batch axis."""

    axes: int

    def _fits(self, shape: tuple[int, ...]) -> bool:
        return len(shape) in (self.axes + 1, self.axes + 2)

    def _expects(self) -> str:
        lengths = ", ".join(("length",) if self.axes == 1 else ("height", "width"))
        return f"(batch, channels, {lengths}) or (channels, {lengths})"


class _MaxPool(_Pool):
    def __init__(
        self, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, return_indices: bool = False,
        ceil_mode: bool = False,
    ) -> None:  # fmt: skip
        super().__init__()
        self.kernel_size, self.stride = kernel_size, kernel_size if stride is None else stride
        self.padding, self.dilation = padding, dilation
        self.return_indices, self.ceil_mode = return_indices, ceil_mode

    def extra_repr(self) -> str:
        return (
            f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}, dilation={self.dilation}, "
            f"ceil_mode={self.ceil_mode}"
        )

    def forward(self, input: Tensor) -> Any:
        pool = (F.max_pool1d, F.max_pool2d)[self.axes - 1]
        return pool(
            input, self.kernel_size, self.stride, self.padding, self.dilation, self.ceil_mode, self.return_indices
        )


class MaxPool1d(_MaxPool):
    """The maximum of every window along the last axis; the windows' ``stride`` is ``kernel_size`` unless given."""

    axes = 1


class MaxPool2d(_MaxPool):
    """The maximum of every window of an image; the windows' ``stride`` is ``kernel_size`` unless given.

    Shapes: input ``(batch, channels, height, width)``, output ``(batch, channels, height', width')`` with ``height' =
    (height + 2 padding - dilation (kernel_size - 1) - 1) // stride + 1``.  The gradient goes to the first maximum.

    Example::

        nn.MaxPool2d(2)(polygrad.ones(5, 3, 8, 8)).shape  # (5, 3, 4, 4)
    """

    axes = 2


class AvgPool1d(_Pool):
    """The mean of every window along the last axis."""

    axes = 1

    def __init__(
        self,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
    ) -> None:
        super().__init__()
        self.kernel_size = per_axis(kernel_size, 1)
        self.stride = self.kernel_size if stride is None else per_axis(stride, 1)
        self.padding, self.ceil_mode, self.count_include_pad = per_axis(padding, 1), ceil_mode, count_include_pad

    def forward(self, input: Tensor) -> Tensor:
        return F.avg_pool1d(input, self.kernel_size, self.stride, self.padding, self.ceil_mode, self.count_include_pad)

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class AvgPool2d(_Pool):
    """The mean of every window of an image; padding counts unless ``count_include_pad`` is False."""

    axes = 2

    def __init__(
        self, kernel_size: Any, stride: Any = None, padding: Any = 0, ceil_mode: bool = False,
        count_include_pad: bool = True, divisor_override: int | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        self.kernel_size, self.stride = kernel_size, kernel_size if stride is None else stride
        self.padding, self.ceil_mode, self.count_include_pad = padding, ceil_mode, count_include_pad
        self.divisor_override = divisor_override

    def forward(self, input: Tensor) -> Tensor:
        return F.avg_pool2d(
            input, self.kernel_size, self.stride, self.padding, self.ceil_mode, self.count_include_pad,
            self.divisor_override,
        )  # fmt: skip

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class _Adaptive(_Pool):
    def __init__(self, output_size: Any) -> None:
        super().__init__()
        self.output_size = output_size

    def extra_repr(self) -> str:
        return f"output_size={self.output_size}"


class AdaptiveAvgPool1d(_Adaptive):
    """The means of so many windows that the last axis has ``output_size`` elements."""

    axes = 1

    def forward(self, input: Tensor) -> Tensor:
        return F.adaptive_avg_pool1d(input, self.output_size)


class AdaptiveAvgPool2d(_Adaptive):
    """The means of so many windows that the image has ``output_size``; None keeps a length."""

    axes = 2

    def forward(self, input: Tensor) -> Tensor:
        return F.adaptive_avg_pool2d(input, self.output_size)


class _AdaptiveMax(_Adaptive):
    def __init__(self, output_size: Any, return_indices: bool = False) -> None:
        super().__init__(output_size)
        self.return_indices = return_indices

    def forward(self, input: Tensor) -> Any:
        pool = (F.adaptive_max_pool1d, F.adaptive_max_pool2d)[self.axes - 1]
        return pool(input, self.output_size, self.return_indices)


class AdaptiveMaxPool1d(_AdaptiveMax):
    """The maxima of so many windows that the last axis has ``output_size`` elements.

    With ``return_indices`` also where they are.
    """

    axes = 1


class AdaptiveMaxPool2d(_AdaptiveMax):
    """The maxima of so many windows that the image has ``output_size``; None keeps a length.

    With ``return_indices`` also where they are.
    """

    axes = 2


class _LPPool(_Pool):
    def __init__(self, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> None:
        super().__init__()
        self.norm_type, self.kernel_size, self.stride, self.ceil_mode = norm_type, kernel_size, stride, ceil_mode

    def forward(self, input: Tensor) -> Tensor:
        pool = (F.lp_pool1d, F.lp_pool2d)[self.axes - 1]
        return pool(input, float(self.norm_type), self.kernel_size, self.stride, self.ceil_mode)

    def extra_repr(self) -> str:
        return f"norm_type={self.norm_type}, kernel_size={self.kernel_size}, stride={self.stride}, ceil_mode={self.ceil_mode}"


class LPPool1d(_LPPool):
    """The ``norm_type``-th root of the sum of powers in every window along the last axis."""

    axes = 1


class LPPool2d(_LPPool):
    """The ``norm_type``-th root of the sum of powers in every window of an image."""

    axes = 2
