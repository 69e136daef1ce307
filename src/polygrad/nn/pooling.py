"""Layers that pool over windows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .._core.tensor import Tensor
from . import functional as F
from .convolution import per_axis
from .docstrings import AXES, sections_of
from .module import Module

__all__ = [
    "AvgPool1d",
    "AvgPool2d",
    "AvgPool3d",
    "LPPool1d",
    "LPPool2d",
    "LPPool3d",
    "MaxPool1d",
    "MaxPool2d",
    "MaxPool3d",
]


class Pool(Module):
    """Pooling layers: an input has channels, spatial axes, and perhaps a batch."""

    axes: int

    def _fits(self, shape: tuple[int, ...]) -> bool:
        return len(shape) in (self.axes + 1, self.axes + 2)

    def _expects(self) -> str:
        lengths = ", ".join(("length",) if self.axes == 1 else ("depth", "height", "width")[-self.axes :])
        return f"(batch, channels, {lengths}) or (channels, {lengths})"


class _MaxPool(Pool):
    """Maximum pooling.

    Args:
        kernel_size: the size of a window: {ints}.
        stride: the step from window to window: {ints}; None is ``kernel_size``.
        padding: how many elements to add at each edge, at most half of ``kernel_size``; none of them is a maximum.
        dilation: the step from element to element of a window: {ints}.
        return_indices: also return where the maxima are in {where}, as int64.
        ceil_mode: keep a last window that reaches beyond the edge.

    Raises:
        ShapeError: no window fits, or a setting is out of range.
    """

    kernel_size: int | Sequence[int]
    stride: int | Sequence[int]
    padding: int | Sequence[int]
    dilation: int | Sequence[int]
    return_indices: bool
    ceil_mode: bool

    def __init__(
        self, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, return_indices: bool = False,
        ceil_mode: bool = False,
    ) -> None:  # fmt: skip
        super().__init__()
        self.kernel_size, self.stride = kernel_size, kernel_size if stride is None else stride
        self.padding, self.dilation = padding, dilation
        self.return_indices, self.ceil_mode = return_indices, ceil_mode

    def extra_repr(self) -> str:
        """Return the settings that `repr` shows."""
        return (
            f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}, dilation={self.dilation}, "
            f"ceil_mode={self.ceil_mode}"
        )

    def forward(self, input: Tensor) -> Any:
        """Pool ``input``."""
        pool = (F.max_pool1d, F.max_pool2d, F.max_pool3d)[self.axes - 1]
        return pool(
            input, self.kernel_size, self.stride, self.padding, self.dilation, self.ceil_mode, self.return_indices
        )


@sections_of(_MaxPool, **AXES[1], where="the sequence")
class MaxPool1d(_MaxPool):
    """Take the maximum of each window of sequences; of equal elements the first gets the gradient.

    Shapes:
        input: ``(N, C, L)`` or ``(C, L)``.
        output: ``(N, C, L')`` with ``L' = (L + 2 * padding - dilation * (kernel_size - 1) - 1) // stride + 1``, without ``N`` if
            the input has none.

    Example::

        >>> nn.MaxPool1d(2)(polygrad.tensor([[1.0, 3.0, 2.0, 0.0]]))
        tensor([[3., 2.]])
    """

    axes = 1


@sections_of(_MaxPool, **AXES[2], where="the image, ``row * W + column``")
class MaxPool2d(_MaxPool):
    """Take the maximum of each window of images; of equal elements the first gets the gradient.

    Shapes:
        input: ``(N, C, H, W)`` or ``(C, H, W)``.
        output: ``(N, C, H', W')`` with ``H' = (H + 2 * padding - dilation * (kernel height - 1) - 1) // stride + 1`` and ``W'``
            likewise, without ``N`` if the input has none.

    Example::

        >>> nn.MaxPool2d(2)(polygrad.arange(16.0).reshape(1, 4, 4))
        tensor([[[ 5.,  7.],
                 [13., 15.]]])
    """

    axes = 2


@sections_of(_MaxPool, **AXES[3], where="the volume, ``(depth * H + row) * W + column``")
class MaxPool3d(_MaxPool):
    """Take the maximum of each window of volumes; of equal elements the first gets the gradient.

    Shapes:
        input: ``(N, C, D, H, W)`` or ``(C, D, H, W)``.
        output: ``(N, C, D', H', W')`` with ``D' = (D + 2 * padding - dilation * (kernel depth - 1) - 1) // stride + 1`` and the
            others likewise, without ``N`` if the input has none.

    Example::

        >>> nn.MaxPool3d(2)(polygrad.arange(8.0).reshape(1, 2, 2, 2))
        tensor([[[[7.]]]])
    """

    axes = 3


class AvgPool1d(Pool):
    """Take the mean of each window of sequences.

    Args:
        kernel_size: the length of a window.
        stride: the step from window to window; None is ``kernel_size``.
        padding: how many zeros to add at each end, at most half of ``kernel_size``.
        ceil_mode: keep a last window that reaches beyond the end.
        count_include_pad: count the zeros of the padding as elements.

    Shapes:
        input: ``(N, C, L)`` or ``(C, L)``.
        output: ``(N, C, L')`` with ``L' = (L + 2 * padding - kernel_size) // stride + 1``, without ``N`` if the input has none.

    Raises:
        ShapeError: no window fits, or a setting is out of range.

    Example::

        >>> nn.AvgPool1d(2)(polygrad.tensor([[1.0, 3.0, 2.0, 0.0]]))
        tensor([[2., 1.]])
    """

    axes = 1

    kernel_size: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[int, ...]
    ceil_mode: bool
    count_include_pad: bool

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
        """Pool ``input``."""
        return F.avg_pool1d(input, self.kernel_size, self.stride, self.padding, self.ceil_mode, self.count_include_pad)

    if TYPE_CHECKING:

        def __call__(self, input: Tensor) -> Tensor: ...  # noqa: D102

    def extra_repr(self) -> str:
        """Return the settings that `repr` shows."""
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class _AvgPool(Pool):
    """Average pooling.

    Args:
        kernel_size: the size of a window: {ints}.
        stride: the step from window to window: {ints}; None is ``kernel_size``.
        padding: how many zeros to add at each edge: {ints}; at most half of ``kernel_size``.
        ceil_mode: keep a last window that reaches beyond the edge.
        count_include_pad: count the zeros of the padding as elements.
        divisor_override: divide the sums by this number instead.

    Raises:
        ShapeError: no window fits, or a setting is out of range.
    """

    kernel_size: int | Sequence[int]
    stride: int | Sequence[int]
    padding: int | Sequence[int]
    ceil_mode: bool
    count_include_pad: bool

    def __init__(
        self, kernel_size: Any, stride: Any = None, padding: Any = 0, ceil_mode: bool = False,
        count_include_pad: bool = True, divisor_override: int | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        self.kernel_size, self.stride = kernel_size, kernel_size if stride is None else stride
        self.padding, self.ceil_mode, self.count_include_pad = padding, ceil_mode, count_include_pad
        self.divisor_override = divisor_override

    def forward(self, input: Tensor) -> Tensor:
        """Pool ``input``."""
        pool = F.avg_pool2d if self.axes == 2 else F.avg_pool3d
        return pool(
            input, self.kernel_size, self.stride, self.padding, self.ceil_mode, self.count_include_pad,
            self.divisor_override,
        )  # fmt: skip

    if TYPE_CHECKING:

        def __call__(self, input: Tensor) -> Tensor: ...

    def extra_repr(self) -> str:
        """Return the settings that `repr` shows."""
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


@sections_of(_AvgPool, **AXES[2])
class AvgPool2d(_AvgPool):
    """Take the mean of each window of images.

    Shapes:
        input: ``(N, C, H, W)`` or ``(C, H, W)``.
        output: ``(N, C, H', W')`` with ``H' = (H + 2 * padding - kernel height) // stride + 1`` and ``W'`` likewise, without ``N``
            if the input has none.

    Example::

        >>> nn.AvgPool2d(2)(polygrad.arange(16.0).reshape(1, 4, 4))
        tensor([[[ 2.5000,  4.5000],
                 [10.5000, 12.5000]]])
    """

    axes = 2


@sections_of(_AvgPool, **AXES[3])
class AvgPool3d(_AvgPool):
    """Take the mean of each window of volumes.

    Shapes:
        input: ``(N, C, D, H, W)`` or ``(C, D, H, W)``.
        output: ``(N, C, D', H', W')`` with ``D' = (D + 2 * padding - kernel depth) // stride + 1`` and the others likewise,
            without ``N`` if the input has none.

    Example::

        >>> nn.AvgPool3d(2)(polygrad.arange(8.0).reshape(1, 2, 2, 2))
        tensor([[[[3.5000]]]])
    """

    axes = 3


class _LPPool(Pool):
    """Power pooling.

    Args:
        norm_type: the exponent.
        kernel_size: the size of a window: {ints}.
        stride: the step from window to window: {ints}; None is ``kernel_size``.
        ceil_mode: keep a last window that reaches beyond the edge; it is scaled as if it were full.

    Raises:
        ShapeError: no window fits.
    """

    norm_type: float
    kernel_size: int | Sequence[int]
    stride: int | Sequence[int]
    ceil_mode: bool

    def __init__(self, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> None:
        super().__init__()
        self.norm_type, self.kernel_size, self.stride, self.ceil_mode = norm_type, kernel_size, stride, ceil_mode

    def forward(self, input: Tensor) -> Tensor:
        """Pool ``input``."""
        pool = (F.lp_pool1d, F.lp_pool2d, F.lp_pool3d)[self.axes - 1]
        return pool(input, float(self.norm_type), self.kernel_size, self.stride, self.ceil_mode)

    if TYPE_CHECKING:

        def __call__(self, input: Tensor) -> Tensor: ...

    def extra_repr(self) -> str:
        """Return the settings that `repr` shows."""
        return f"norm_type={self.norm_type}, kernel_size={self.kernel_size}, stride={self.stride}, ceil_mode={self.ceil_mode}"


@sections_of(_LPPool, **AXES[1])
class LPPool1d(_LPPool):
    """Take the norm of order ``norm_type`` of each window of sequences: ``sum(x ** norm_type) ** (1 / norm_type)``.

    Shapes:
        input: ``(N, C, L)`` or ``(C, L)``.
        output: ``(N, C, L')`` with ``L' = (L - kernel_size) // stride + 1``, without ``N`` if the input has none.

    Example::

        >>> nn.LPPool1d(2, kernel_size=2)(polygrad.tensor([[3.0, 4.0, 0.0, 2.0]]))
        tensor([[5., 2.]])
    """

    axes = 1


@sections_of(_LPPool, **AXES[2])
class LPPool2d(_LPPool):
    """Take the norm of order ``norm_type`` of each window of images: ``sum(x ** norm_type) ** (1 / norm_type)``.

    Shapes:
        input: ``(N, C, H, W)`` or ``(C, H, W)``.
        output: ``(N, C, H', W')`` with ``H' = (H - kernel height) // stride + 1`` and ``W'`` likewise, without ``N`` if the input
            has none.

    Example::

        >>> nn.LPPool2d(2, kernel_size=2)(polygrad.tensor([[[3.0, 0.0], [0.0, 4.0]]]))
        tensor([[[5.]]])
    """

    axes = 2


@sections_of(_LPPool, **AXES[3])
class LPPool3d(_LPPool):
    """Take the norm of order ``norm_type`` of each window of volumes: ``sum(x ** norm_type) ** (1 / norm_type)``.

    Shapes:
        input: ``(N, C, D, H, W)`` or ``(C, D, H, W)``.
        output: ``(N, C, D', H', W')`` with ``D' = (D - kernel depth) // stride + 1`` and the others likewise, without ``N`` if the
            input has none.

    Example::

        >>> nn.LPPool3d(2, kernel_size=(1, 2, 2))(polygrad.tensor([[[[3.0, 0.0], [0.0, 4.0]]]]))
        tensor([[[[5.]]]])
    """

    axes = 3
