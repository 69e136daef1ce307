"""Layers that pool to a given size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._core.tensor import Tensor
from . import functional as F
from .pooling import Pool

__all__ = [
    "AdaptiveAvgPool1d",
    "AdaptiveAvgPool2d",
    "AdaptiveAvgPool3d",
    "AdaptiveMaxPool1d",
    "AdaptiveMaxPool2d",
    "AdaptiveMaxPool3d",
]


class _Adaptive(Pool):
    def __init__(self, output_size: Any) -> None:
        super().__init__()
        self.output_size = output_size

    def extra_repr(self) -> str:
        """Return the settings that `repr` shows."""
        return f"output_size={self.output_size}"


class AdaptiveAvgPool1d(_Adaptive):
    """Take the means of as many regions of about equal length as the output has elements.

    Args:
        output_size: the length of the output.

    Shapes:
        input: ``(N, C, L)`` or ``(C, L)``.
        output: ``(N, C, output_size)``, without ``N`` if the input has none.

    Raises:
        ShapeError: ``output_size`` is not positive.

    Example::

        >>> nn.AdaptiveAvgPool1d(2)(polygrad.tensor([[1.0, 3.0, 2.0, 0.0]]))
        tensor([[2., 1.]])
    """

    axes = 1

    def forward(self, input: Tensor) -> Tensor:
        """Pool ``input``."""
        return F.adaptive_avg_pool1d(input, self.output_size)

    if TYPE_CHECKING:

        def __call__(self, input: Tensor) -> Tensor: ...  # noqa: D102


class AdaptiveAvgPool2d(_Adaptive):
    """Take the means of as many regions of about equal size as the output has elements.

    Args:
        output_size: the height and width of the output: an int, or a pair in which None keeps the length.

    Shapes:
        input: ``(N, C, H, W)`` or ``(C, H, W)``.
        output: ``(N, C, *output_size)``, without ``N`` if the input has none.

    Raises:
        ShapeError: ``output_size`` is not positive.

    Example::

        >>> nn.AdaptiveAvgPool2d((2, 1))(polygrad.arange(16.0).reshape(1, 4, 4))
        tensor([[[ 3.5000],
                 [11.5000]]])
    """

    axes = 2

    def forward(self, input: Tensor) -> Tensor:
        """Pool ``input``."""
        return F.adaptive_avg_pool2d(input, self.output_size)

    if TYPE_CHECKING:

        def __call__(self, input: Tensor) -> Tensor: ...  # noqa: D102


class AdaptiveAvgPool3d(_Adaptive):
    """Take the means of as many regions of about equal size as the output has elements.

    Args:
        output_size: the depth, height and width of the output: an int, or three in which None keeps the length.

    Shapes:
        input: ``(N, C, D, H, W)`` or ``(C, D, H, W)``.
        output: ``(N, C, *output_size)``, without ``N`` if the input has none.

    Raises:
        ShapeError: ``output_size`` is not positive.

    Example::

        >>> nn.AdaptiveAvgPool3d((2, 1, 1))(polygrad.arange(8.0).reshape(1, 2, 2, 2)).flatten()
        tensor([1.5000, 5.5000])
    """

    axes = 3

    def forward(self, input: Tensor) -> Tensor:
        """Pool ``input``."""
        return F.adaptive_avg_pool3d(input, self.output_size)

    if TYPE_CHECKING:

        def __call__(self, input: Tensor) -> Tensor: ...  # noqa: D102


class _AdaptiveMax(_Adaptive):
    def __init__(self, output_size: Any, return_indices: bool = False) -> None:
        super().__init__(output_size)
        self.return_indices = return_indices

    def forward(self, input: Tensor) -> Any:
        """Pool ``input``."""
        pool = (F.adaptive_max_pool1d, F.adaptive_max_pool2d, F.adaptive_max_pool3d)[self.axes - 1]
        return pool(input, self.output_size, self.return_indices)


class AdaptiveMaxPool1d(_AdaptiveMax):
    """Take the maxima of as many regions of about equal length as the output has elements.

    Args:
        output_size: the length of the output.
        return_indices: also return where the maxima are in the sequence, as int64.

    Shapes:
        input: ``(N, C, L)`` or ``(C, L)``.
        output: ``(N, C, output_size)``, without ``N`` if the input has none.

    Raises:
        ShapeError: ``output_size`` is not positive.

    Example::

        >>> nn.AdaptiveMaxPool1d(2)(polygrad.tensor([[1.0, 3.0, 2.0, 0.0]]))
        tensor([[3., 2.]])
    """

    axes = 1


class AdaptiveMaxPool2d(_AdaptiveMax):
    """Take the maxima of as many regions of about equal size as the output has elements.

    Args:
        output_size: the height and width of the output: an int, or a pair in which None keeps the length.
        return_indices: also return where the maxima are, as ``row * W + column``, as int64.

    Shapes:
        input: ``(N, C, H, W)`` or ``(C, H, W)``.
        output: ``(N, C, *output_size)``, without ``N`` if the input has none.

    Raises:
        ShapeError: ``output_size`` is not positive.

    Example::

        >>> nn.AdaptiveMaxPool2d((2, 1))(polygrad.arange(16.0).reshape(1, 4, 4))
        tensor([[[ 7.],
                 [15.]]])
    """

    axes = 2


class AdaptiveMaxPool3d(_AdaptiveMax):
    """Take the maxima of as many regions of about equal size as the output has elements.

    Args:
        output_size: the depth, height and width of the output: an int, or three in which None keeps the length.
        return_indices: also return where the maxima are, as ``(depth * H + row) * W + column``, as int64.

    Shapes:
        input: ``(N, C, D, H, W)`` or ``(C, D, H, W)``.
        output: ``(N, C, *output_size)``, without ``N`` if the input has none.

    Raises:
        ShapeError: ``output_size`` is not positive.

    Example::

        >>> nn.AdaptiveMaxPool3d((2, 1, 1))(polygrad.arange(8.0).reshape(1, 2, 2, 2)).flatten()
        tensor([3., 7.])
    """

    axes = 3
