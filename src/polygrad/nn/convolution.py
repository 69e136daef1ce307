"""Convolution layers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .._core.tensor import Tensor
from .._core.typing import BackendLike, DeviceLike, DTypeLike
from . import functional as F
from . import init
from .docstrings import AXES, sections_of
from .layer import Layer
from .parameter import Parameter, new_parameter

__all__ = ["Conv1d", "Conv2d", "Conv3d", "ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d"]


def per_axis(value: Any, axes: int) -> tuple[int, ...]:
    """Return a tuple with a value for every axis: ``value`` itself, or one int repeated."""
    if isinstance(value, Sequence):
        if len(value) != axes:
            raise ValueError(f"expected one number or {axes}, got {tuple(value)}")
        return tuple(value)
    return (value,) * axes


class _Convolution(Layer):
    """Settings, parameters and text of all convolution layers."""

    axes: int
    transposed = False
    output_padding: tuple[int, ...]

    in_channels: int
    out_channels: int
    groups: int
    kernel_size: tuple[int, ...]
    stride: tuple[int, ...]
    padding: str | tuple[int, ...]
    dilation: tuple[int, ...]
    padding_mode: str
    weight: Parameter
    bias: Parameter | None

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: Any, stride: Any, padding: Any, dilation: Any, groups: int,
        bias: bool, padding_mode: str, output_padding: Any, place: dict[str, Any],
    ) -> None:  # fmt: skip
        super().__init__()
        if groups <= 0:
            raise ValueError("groups must be a positive integer")
        for name, channels in (("in_channels", in_channels), ("out_channels", out_channels)):
            if channels % groups:
                raise ValueError(f"{name} must be divisible by groups, and {channels} is not divisible by {groups}")
        if isinstance(padding, str) and padding not in ("valid", "same"):
            raise ValueError(f"padding is a number, a tuple of numbers, 'valid' or 'same', not {padding!r}")
        if padding == "same" and any(s != 1 for s in per_axis(stride, self.axes)):
            raise ValueError("padding='same' is not supported for strided convolutions")
        modes = ("zeros",) if self.transposed else ("zeros", "reflect", "replicate", "circular")
        if padding_mode not in modes:
            raise ValueError(f"padding_mode must be one of {', '.join(modes)}, but got {padding_mode!r}")
        self.in_channels, self.out_channels, self.groups = in_channels, out_channels, groups
        self.kernel_size, self.stride = per_axis(kernel_size, self.axes), per_axis(stride, self.axes)
        self.padding = padding if isinstance(padding, str) else per_axis(padding, self.axes)
        self.dilation, self.padding_mode = per_axis(dilation, self.axes), padding_mode
        self.output_padding = per_axis(output_padding, self.axes)
        first, second = (in_channels, out_channels) if self.transposed else (out_channels, in_channels)
        self.weight = new_parameter(first, second // groups, *self.kernel_size, **place)
        self.register_parameter("bias", new_parameter(out_channels, **place) if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw weights and biases again."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            fan_in = math.prod(self.weight.shape[1:])
            if fan_in:
                init.uniform_(self.bias, -1 / math.sqrt(fan_in), 1 / math.sqrt(fan_in))

    def _pad(self, input: Tensor) -> tuple[Tensor, Any]:
        """Return the input, padded unless with zeros, and the padding that is left for the convolution."""
        if self.padding_mode == "zeros":
            return input, self.padding
        if not isinstance(self.padding, str):
            widths = [n for n in reversed(self.padding) for _ in range(2)]
        elif self.padding == "valid":
            widths = [0, 0] * self.axes
        else:
            totals = [d * (k - 1) for d, k in zip(self.dilation, self.kernel_size, strict=True)]
            widths = [n for total in reversed(totals) for n in (total // 2, total - total // 2)]
        return F.pad(input, widths, mode=self.padding_mode), 0

    def _fits(self, shape: tuple[int, ...]) -> bool:
        return len(shape) in (self.axes + 1, self.axes + 2) and shape[-self.axes - 1] == self.in_channels

    def _expects(self) -> str:
        lengths = ", ".join(("length",) if self.axes == 1 else ("depth", "height", "width")[-self.axes :])
        return f"(batch, {self.in_channels}, {lengths}) or ({self.in_channels}, {lengths})"

    def extra_repr(self) -> str:
        """Return the settings that `repr` shows."""
        text = f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"
        if self.padding != (0,) * self.axes:
            text += f", padding={self.padding}"
        if self.dilation != (1,) * self.axes:
            text += f", dilation={self.dilation}"
        if self.output_padding != (0,) * self.axes:
            text += f", output_padding={self.output_padding}"
        if self.groups != 1:
            text += f", groups={self.groups}"
        if self.bias is None:
            text += ", bias=False"
        if self.padding_mode != "zeros":
            text += f", padding_mode={self.padding_mode}"
        return text


class _Forward(_Convolution):
    """Convolution with learned kernels.

    Args:
        in_channels: the number of channels of the input.
        out_channels: the number of channels of the output.
        kernel_size: the size of a kernel: {ints}.
        stride: the step from window to window: {ints}.
        padding: how many elements to add at each edge: {ints};
            "valid" for none, "same" for as many as keep the size.
        dilation: the step from element to element of a window: {ints}.
        groups: how many groups of channels are convolved separately; it divides both numbers of channels.
        bias: whether there is a bias.
        padding_mode: what is added at the edges: "zeros", "reflect", "replicate" or "circular", as in `polygrad.nn.functional.pad`.
        device, dtype, backend: those of the parameters; the defaults where None.

    The weights start uniform in ``(-b, b)`` with ``b = 1 / sqrt(in_channels / groups * elements of a kernel)``, and so does the
    bias.

    Raises:
        ValueError: ``groups`` does not divide the channels, or ``padding`` or ``padding_mode`` is unknown; ``padding="same"``
            with a stride.
        ShapeError: an input does not have these channels, or no window fits.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: DeviceLike | None = None,
        dtype: DTypeLike | None = None,
        *,
        backend: BackendLike | None = None,
    ) -> None:
        super().__init__(
            in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias, padding_mode, 0,
            {"device": device, "dtype": dtype, "backend": backend},
        )  # fmt: skip


@sections_of(_Forward, **AXES[1])
class Conv1d(_Forward):
    """Convolve sequences with learned kernels (cross-correlation: kernels are not flipped).

    Shapes:
        input: ``(N, in_channels, L)`` or ``(in_channels, L)``.
        output: ``(N, out_channels, L')`` with ``L' = (L + 2 * padding - dilation * (kernel_size - 1) - 1) // stride + 1``, without
            ``N`` if the input has none.
        weight: ``(out_channels, in_channels / groups, kernel_size)``.
        bias: ``(out_channels,)``.

    Example::

        >>> nn.Conv1d(4, 8, kernel_size=3, stride=2)(polygrad.ones(5, 4, 15)).shape
        polygrad.Size([5, 8, 7])
    """

    axes = 1

    def forward(self, input: Tensor) -> Tensor:
        """Convolve ``input``."""
        input, padding = self._pad(input)
        return F.conv1d(input, self.weight, self.bias, self.stride, padding, self.dilation, self.groups)


@sections_of(_Forward, **AXES[2])
class Conv2d(_Forward):
    """Convolve images with learned kernels (cross-correlation: kernels are not flipped).

    Shapes:
        input: ``(N, in_channels, H, W)`` or ``(in_channels, H, W)``.
        output: ``(N, out_channels, H', W')`` with ``H' = (H + 2 * padding - dilation * (kernel height - 1) - 1) // stride + 1``
            and ``W'`` likewise, without ``N`` if the input has none.
        weight: ``(out_channels, in_channels / groups, kernel height, kernel width)``.
        bias: ``(out_channels,)``.

    Example::

        >>> nn.Conv2d(1, 8, kernel_size=3, padding="same")(polygrad.ones(5, 1, 28, 28)).shape
        polygrad.Size([5, 8, 28, 28])
    """

    axes = 2

    def forward(self, input: Tensor) -> Tensor:
        """Convolve ``input``."""
        input, padding = self._pad(input)
        return F.conv2d(input, self.weight, self.bias, self.stride, padding, self.dilation, self.groups)


@sections_of(_Forward, **AXES[3])
class Conv3d(_Forward):
    """Convolve volumes with learned kernels (cross-correlation: kernels are not flipped).

    Shapes:
        input: ``(N, in_channels, D, H, W)`` or ``(in_channels, D, H, W)``.
        output: ``(N, out_channels, D', H', W')`` with ``D' = (D + 2 * padding - dilation * (kernel depth - 1) - 1) // stride + 1``
            and the others likewise, without ``N`` if the input has none.
        weight: ``(out_channels, in_channels / groups, kernel depth, kernel height, kernel width)``.
        bias: ``(out_channels,)``.

    Example::

        >>> nn.Conv3d(1, 8, kernel_size=3, stride=2)(polygrad.ones(5, 1, 9, 9, 9)).shape
        polygrad.Size([5, 8, 4, 4, 4])
    """

    axes = 3

    def forward(self, input: Tensor) -> Tensor:
        """Convolve ``input``."""
        input, padding = self._pad(input)
        return F.conv3d(input, self.weight, self.bias, self.stride, padding, self.dilation, self.groups)


class _Transposed(_Convolution):
    """Transposed convolution with learned kernels.

    Args:
        in_channels: the number of channels of the input.
        out_channels: the number of channels of the output.
        kernel_size: the size of a kernel: {ints}.
        stride: the step of the convolution from window to window: {ints}.
        padding: how many elements to leave out at each edge of the output: {ints}.
        output_padding: how many elements to add at the end: {ints};
            smaller than ``stride`` or ``dilation``.
        groups: how many groups of channels are convolved separately; it divides both numbers of channels.
        bias: whether there is a bias.
        dilation: the step from element to element of a window: {ints}.
        padding_mode: "zeros".
        device, dtype, backend: those of the parameters; the defaults where None.

    The weights start uniform in ``(-b, b)`` with ``b = 1 / sqrt(out_channels / groups * elements of a kernel)``, and so does the
    bias.

    Raises:
        ValueError: ``groups`` does not divide the channels, ``padding`` or ``padding_mode`` is unknown, or ``output_size`` cannot
            be reached.
        ShapeError: an input does not have these channels, or the output would be empty.
    """

    transposed = True

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = 0,
        output_padding: Any = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Any = 1,
        padding_mode: str = "zeros",
        device: DeviceLike | None = None,
        dtype: DTypeLike | None = None,
        *,
        backend: BackendLike | None = None,
    ) -> None:
        super().__init__(
            in_channels, out_channels, kernel_size, stride, padding, dilation, groups, bias, padding_mode, output_padding,
            {"device": device, "dtype": dtype, "backend": backend},
        )  # fmt: skip

    def _output_padding(self, input: Tensor, output_size: Sequence[int] | None) -> tuple[int, ...]:
        """Return the padding at the end with which the output has ``output_size``."""
        if output_size is None:
            return self.output_padding
        wanted = tuple(output_size)[-self.axes :]
        lengths = tuple(input.shape)[-self.axes :]
        extra = tuple(
            want - ((n - 1) * s - 2 * p + d * (k - 1) + 1)
            for want, n, s, p, d, k in zip(
                wanted, lengths, self.stride, self.padding, self.dilation, self.kernel_size, strict=True
            )
        )
        if any(not 0 <= e < max(s, d) for e, s, d in zip(extra, self.stride, self.dilation, strict=True)):
            raise ValueError(f"output_size {wanted} cannot be reached from an input of {lengths} by {self!r}")
        return extra


@sections_of(_Transposed, **AXES[1])
class ConvTranspose1d(_Transposed):
    """Apply the adjoint of `Conv1d`, which lengthens sequences.

    Called as ``layer(input, output_size=None)``: ``output_size`` replaces ``output_padding`` for this input.

    Shapes:
        input: ``(N, in_channels, L)`` or ``(in_channels, L)``.
        output: ``(N, out_channels, L')`` with ``L' = (L - 1) * stride - 2 * padding + dilation * (kernel_size - 1) +
            output_padding + 1``, without ``N`` if the input has none.
        weight: ``(in_channels, out_channels / groups, kernel_size)``.
        bias: ``(out_channels,)``.

    Example::

        >>> nn.ConvTranspose1d(4, 8, kernel_size=2, stride=2)(polygrad.ones(5, 4, 15)).shape
        polygrad.Size([5, 8, 30])
    """

    axes = 1

    def forward(self, input: Tensor, output_size: Sequence[int] | None = None) -> Tensor:
        """Enlarge ``input``, to ``output_size`` if that is given."""
        extra = self._output_padding(input, output_size)
        return F.conv_transpose1d(
            input, self.weight, self.bias, self.stride, self.padding, extra, self.groups, self.dilation
        )

    if TYPE_CHECKING:

        def __call__(self, input: Tensor, output_size: Sequence[int] | None = None) -> Tensor: ...  # noqa: D102


@sections_of(_Transposed, **AXES[2])
class ConvTranspose2d(_Transposed):
    """Apply the adjoint of `Conv2d`, which enlarges images.

    Called as ``layer(input, output_size=None)``: ``output_size`` replaces ``output_padding`` for this input.

    Shapes:
        input: ``(N, in_channels, H, W)`` or ``(in_channels, H, W)``.
        output: ``(N, out_channels, H', W')`` with ``H' = (H - 1) * stride - 2 * padding + dilation * (kernel height - 1) +
            output_padding + 1`` and ``W'`` likewise, without ``N`` if the input has none.
        weight: ``(in_channels, out_channels / groups, kernel height, kernel width)``.
        bias: ``(out_channels,)``.

    Example::

        >>> up = nn.ConvTranspose2d(8, 4, kernel_size=3, stride=2, padding=1)
        >>> up(polygrad.ones(1, 8, 5, 5), output_size=(10, 10)).shape
        polygrad.Size([1, 4, 10, 10])
    """

    axes = 2

    def forward(self, input: Tensor, output_size: Sequence[int] | None = None) -> Tensor:
        """Enlarge ``input``, to ``output_size`` if that is given."""
        extra = self._output_padding(input, output_size)
        return F.conv_transpose2d(
            input, self.weight, self.bias, self.stride, self.padding, extra, self.groups, self.dilation
        )

    if TYPE_CHECKING:

        def __call__(self, input: Tensor, output_size: Sequence[int] | None = None) -> Tensor: ...  # noqa: D102


@sections_of(_Transposed, **AXES[3])
class ConvTranspose3d(_Transposed):
    """Apply the adjoint of `Conv3d`, which enlarges volumes.

    Called as ``layer(input, output_size=None)``: ``output_size`` replaces ``output_padding`` for this input.

    Shapes:
        input: ``(N, in_channels, D, H, W)`` or ``(in_channels, D, H, W)``.
        output: ``(N, out_channels, D', H', W')`` with ``D' = (D - 1) * stride - 2 * padding + dilation * (kernel depth - 1) +
            output_padding + 1`` and the others likewise, without ``N`` if the input has none.
        weight: ``(in_channels, out_channels / groups, kernel depth, kernel height, kernel width)``.
        bias: ``(out_channels,)``.

    Example::

        >>> nn.ConvTranspose3d(8, 4, kernel_size=2, stride=2)(polygrad.ones(1, 8, 5, 5, 5)).shape
        polygrad.Size([1, 4, 10, 10, 10])
    """

    axes = 3

    def forward(self, input: Tensor, output_size: Sequence[int] | None = None) -> Tensor:
        """Enlarge ``input``, to ``output_size`` if that is given."""
        extra = self._output_padding(input, output_size)
        return F.conv_transpose3d(
            input, self.weight, self.bias, self.stride, self.padding, extra, self.groups, self.dilation
        )

    if TYPE_CHECKING:

        def __call__(self, input: Tensor, output_size: Sequence[int] | None = None) -> Tensor: ...  # noqa: D102
