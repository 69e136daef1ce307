"""Layers that resize images, rearrange pixels and channels, and extract windows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .._core.tensor import Tensor
from . import functional as F
from .layer import Layer

__all__ = [
    "ChannelShuffle", "Fold", "PixelShuffle", "PixelUnshuffle", "Unfold", "Upsample", "UpsamplingBilinear2d",
    "UpsamplingNearest2d",
]  # fmt: skip


class Upsample(Layer):
    """Resize the spatial dimensions of sequences, images or volumes, as `polygrad.nn.functional.interpolate`.

    Args:
        size: the new spatial lengths, or one int for all of them.
        scale_factor: the ratio of new to old length, or one ratio per dimension; given instead of ``size``.
        mode: "nearest", "nearest-exact", "area", "linear", "bilinear", "bicubic" or "trilinear".
        align_corners: for the last four modes: whether the centres of the corner elements are aligned, or their outer edges.
        recompute_scale_factor: interpolate with the ratio of the integer lengths, not with ``scale_factor``.

    Shapes:
        input: ``(N, C, *)`` with one to three spatial dimensions.
        output: ``(N, C, *size)``.

    Raises:
        ValueError: in ``forward``, where both or neither of ``size`` and ``scale_factor`` are given.
        NotImplementedError: in ``forward``, where ``mode`` does not suit the number of dimensions.

    Example::

        >>> nn.Upsample(scale_factor=2, mode="bilinear")(polygrad.ones(1, 3, 4, 4)).shape
        polygrad.Size([1, 3, 8, 8])
    """

    scale_factor: float | tuple[float, ...] | None
    size: int | Sequence[int] | None
    mode: str
    align_corners: bool | None

    def __init__(
        self, size: Any = None, scale_factor: Any = None, mode: str = "nearest", align_corners: bool | None = None,
        recompute_scale_factor: bool | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        several = isinstance(scale_factor, tuple)
        self.scale_factor = (
            tuple(map(float, scale_factor)) if several else float(scale_factor) if scale_factor else None
        )
        self.size, self.mode, self.align_corners = size, mode, align_corners
        self.recompute_scale_factor = recompute_scale_factor

    def forward(self, input: Tensor) -> Tensor:
        """Resize ``input``."""
        return F.interpolate(
            input, self.size, self.scale_factor, self.mode, self.align_corners, self.recompute_scale_factor
        )

    def extra_repr(self) -> str:
        """Return the settings that `repr` shows."""
        which = f"size={self.size!r}" if self.scale_factor is None else f"scale_factor={self.scale_factor!r}"
        return f"{which}, mode={self.mode!r}"


class UpsamplingNearest2d(Upsample):
    """Resize images by the nearest element.

    Args:
        size: the new height and width, or one int for both.
        scale_factor: the ratio of new to old length, or a pair of ratios; given instead of ``size``.

    Shapes:
        input: ``(N, C, H, W)``.
        output: ``(N, C, *size)``.

    Example::

        >>> nn.UpsamplingNearest2d(scale_factor=2)(polygrad.tensor([[[[1.0, 2.0]]]]))
        tensor([[[[1., 1., 2., 2.],
                  [1., 1., 2., 2.]]]])
    """

    def __init__(self, size: Any = None, scale_factor: Any = None) -> None:
        super().__init__(size, scale_factor, "nearest")


class UpsamplingBilinear2d(Upsample):
    """Resize images by bilinear interpolation, with the corners' centres aligned.

    Args:
        size: the new height and width, or one int for both.
        scale_factor: the ratio of new to old length, or a pair of ratios; given instead of ``size``.

    Shapes:
        input: ``(N, C, H, W)``.
        output: ``(N, C, *size)``.

    Example::

        >>> nn.UpsamplingBilinear2d(size=(1, 3))(polygrad.tensor([[[[1.0, 2.0]]]]))
        tensor([[[[1.0000, 1.5000, 2.0000]]]])
    """

    def __init__(self, size: Any = None, scale_factor: Any = None) -> None:
        super().__init__(size, scale_factor, "bilinear", align_corners=True)


class PixelShuffle(Layer):
    """Rearrange channels into pixels.

    Shi et al., "Real-time single image and video super-resolution", 2016, arXiv:1609.05158.

    Args:
        upscale_factor: ``r``, by which height and width grow.

    Shapes:
        input: ``(*, C * r * r, H, W)``.
        output: ``(*, C, H * r, W * r)``.

    Raises:
        ShapeError: the channels of an input are not divisible by ``r * r``.

    Example::

        >>> nn.PixelShuffle(2)(polygrad.ones(1, 12, 4, 4)).shape
        polygrad.Size([1, 3, 8, 8])
    """

    def __init__(self, upscale_factor: int) -> None:
        super().__init__()
        self.upscale_factor = upscale_factor

    def forward(self, input: Tensor) -> Tensor:
        """Rearrange ``input``."""
        return F.pixel_shuffle(input, self.upscale_factor)

    def extra_repr(self) -> str:
        """Return the settings that `repr` shows."""
        return f"upscale_factor={self.upscale_factor}"


class PixelUnshuffle(Layer):
    """Rearrange pixels into channels, the inverse of `PixelShuffle`.

    Args:
        downscale_factor: ``r``, by which height and width shrink.

    Shapes:
        input: ``(*, C, H * r, W * r)``.
        output: ``(*, C * r * r, H, W)``.

    Raises:
        ShapeError: height or width of an input is not divisible by ``r``.

    Example::

        >>> nn.PixelUnshuffle(2)(polygrad.ones(1, 3, 8, 8)).shape
        polygrad.Size([1, 12, 4, 4])
    """

    def __init__(self, downscale_factor: int) -> None:
        super().__init__()
        self.downscale_factor = downscale_factor

    def forward(self, input: Tensor) -> Tensor:
        """Rearrange ``input``."""
        return F.pixel_unshuffle(input, self.downscale_factor)

    def extra_repr(self) -> str:
        """Return the settings that `repr` shows."""
        return f"downscale_factor={self.downscale_factor}"


class ChannelShuffle(Layer):
    """Interleave the channels of groups: channel ``i`` of group ``g`` moves to ``i * groups + g``.

    Zhang et al., "ShuffleNet", 2017, arXiv:1707.01083.

    Args:
        groups: how many groups of neighbouring channels there are.

    Shapes:
        input, output: ``(N, C, *)``.

    Raises:
        ShapeError: the channels of an input are not divisible by ``groups``.

    Example::

        >>> nn.ChannelShuffle(2)(polygrad.arange(4).reshape(1, 4, 1)).flatten()
        tensor([0, 2, 1, 3])
    """

    def __init__(self, groups: int) -> None:
        super().__init__()
        self.groups = groups

    def forward(self, input: Tensor) -> Tensor:
        """Rearrange ``input``."""
        return F.channel_shuffle(input, self.groups)

    def extra_repr(self) -> str:
        """Return the settings that `repr` shows."""
        return f"groups={self.groups}"


class Unfold(Layer):
    """Extract the windows of images as columns (im2col).

    Args:
        kernel_size: the size of a window: an int, or a pair ``(height, width)``.
        dilation: the step from element to element of a window, an int or a pair.
        padding: how many zeros to add at each edge, an int or a pair.
        stride: the step from window to window, an int or a pair.

    Shapes:
        input: ``(N, C, H, W)`` or ``(C, H, W)``.
        output: ``(N, C * kernel height * kernel width, windows)``, without ``N`` if the input has none.

    Raises:
        ShapeError: no window fits.

    Example::

        >>> nn.Unfold(2)(polygrad.ones(5, 3, 4, 4)).shape
        polygrad.Size([5, 12, 9])
    """

    kernel_size: int | Sequence[int]
    dilation: int | Sequence[int]
    padding: int | Sequence[int]
    stride: int | Sequence[int]

    def __init__(self, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> None:
        super().__init__()
        self.kernel_size, self.dilation, self.padding, self.stride = kernel_size, dilation, padding, stride

    def forward(self, input: Tensor) -> Tensor:
        """Extract the windows of ``input``."""
        return F.unfold(input, self.kernel_size, self.dilation, self.padding, self.stride)

    def extra_repr(self) -> str:
        """Return the settings that `repr` shows."""
        return f"kernel_size={self.kernel_size}, dilation={self.dilation}, padding={self.padding}, stride={self.stride}"


class Fold(Unfold):
    """Add columns up where their windows lie in images: the adjoint of `Unfold`.

    Args:
        output_size: height and width of the images: an int, or a pair.
        kernel_size: the size of a window, an int or a pair.
        dilation: the step from element to element of a window, an int or a pair.
        padding: how many elements of each edge are left out of the images, an int or a pair.
        stride: the step from window to window, an int or a pair.

    Shapes:
        input: ``(N, C * kernel height * kernel width, windows)``, or the same without ``N``.
        output: ``(N, C, *output_size)``, without ``N`` if the input has none.

    Raises:
        ShapeError: an input does not have the windows that images of this size have.

    Example::

        >>> nn.Fold(output_size=4, kernel_size=2)(polygrad.ones(5, 12, 9)).shape
        polygrad.Size([5, 3, 4, 4])
    """

    def __init__(
        self, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1
    ) -> None:
        super().__init__(kernel_size, dilation, padding, stride)
        self.output_size = output_size

    def forward(self, input: Tensor) -> Tensor:
        """Add the columns of ``input`` up."""
        return F.fold(input, self.output_size, self.kernel_size, self.dilation, self.padding, self.stride)

    def extra_repr(self) -> str:
        """Return the settings that `repr` shows."""
        return f"output_size={self.output_size}, {super().extra_repr()}"
