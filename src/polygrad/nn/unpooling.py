"""Layers that undo maximum pooling, or pool over windows at random places."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .._core.tensor import Tensor
from . import functional as F
from .convolution import per_axis
from .docstrings import AXES, sections_of
from .pooling import Pool

__all__ = ["FractionalMaxPool2d", "FractionalMaxPool3d", "MaxUnpool1d", "MaxUnpool2d", "MaxUnpool3d"]


class _MaxUnpool(Pool):
    """Inverse of maximum pooling.

    Called as ``layer(input, indices, output_size=None)``: ``output_size`` decides where several sizes give that of ``input``.

    Args:
        kernel_size: the size of a window: {ints}.
        stride: the step from window to window: {ints}; None is ``kernel_size``.
        padding: how many elements were added at each edge: {ints}.

    Raises:
        ShapeError: input and indices have different shapes, or the output would be empty.
        ValueError: ``output_size`` cannot have been the size before pooling.
        RuntimeError: an index lies outside of the output.
    """

    kernel_size: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[int, ...]

    def __init__(self, kernel_size: Any, stride: Any = None, padding: Any = 0) -> None:
        super().__init__()
        self.kernel_size = per_axis(kernel_size, self.axes)
        self.stride = self.kernel_size if stride is None else per_axis(stride, self.axes)
        self.padding = per_axis(padding, self.axes)

    def forward(self, input: Tensor, indices: Tensor, output_size: Sequence[int] | None = None) -> Tensor:
        """Put the maxima ``input`` back where they were."""
        unpool = (F.max_unpool1d, F.max_unpool2d, F.max_unpool3d)[self.axes - 1]
        return unpool(input, indices, self.kernel_size, self.stride, self.padding, output_size)

    if TYPE_CHECKING:

        def __call__(self, input: Tensor, indices: Tensor, output_size: Sequence[int] | None = None) -> Tensor: ...

    def extra_repr(self) -> str:
        """Return the settings that `repr` shows."""
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


@sections_of(_MaxUnpool, **AXES[1])
class MaxUnpool1d(_MaxUnpool):
    """Put the maxima that `MaxPool1d` found back where they were; everything else is 0.

    Shapes:
        input: ``(N, C, L)`` or ``(C, L)``.
        indices: of the shape of ``input``, int64.
        output: ``(N, C, L')`` with ``L' = (L - 1) * stride + kernel_size - 2 * padding``,
            or of ``output_size``, without ``N`` if the input has none.

    Example::

        >>> x, indices = nn.MaxPool1d(2, return_indices=True)(polygrad.tensor([[1.0, 3.0, 2.0, 0.0]]))
        >>> nn.MaxUnpool1d(2)(x, indices)
        tensor([[0., 3., 2., 0.]])
    """

    axes = 1


@sections_of(_MaxUnpool, **AXES[2])
class MaxUnpool2d(_MaxUnpool):
    """Put the maxima that `MaxPool2d` found back where they were; everything else is 0.

    Shapes:
        input: ``(N, C, H, W)`` or ``(C, H, W)``.
        indices: of the shape of ``input``, int64.
        output: ``(N, C, H', W')`` with ``H' = (H - 1) * stride + kernel height - 2 * padding`` and ``W'`` likewise,
            or of ``output_size``, without ``N`` if the input has none.

    Example::

        >>> x, indices = nn.MaxPool2d(2, return_indices=True)(polygrad.arange(4.0).reshape(1, 2, 2))
        >>> nn.MaxUnpool2d(2)(x, indices)
        tensor([[[0., 0.],
                 [0., 3.]]])
    """

    axes = 2


@sections_of(_MaxUnpool, **AXES[3])
class MaxUnpool3d(_MaxUnpool):
    """Put the maxima that `MaxPool3d` found back where they were; everything else is 0.

    Shapes:
        input: ``(N, C, D, H, W)`` or ``(C, D, H, W)``.
        indices: of the shape of ``input``, int64.
        output: ``(N, C, D', H', W')`` with ``D' = (D - 1) * stride + kernel depth - 2 * padding`` and the others likewise,
            or of ``output_size``, without ``N`` if the input has none.

    Example::

        >>> x, indices = nn.MaxPool3d((1, 2, 2), return_indices=True)(polygrad.arange(4.0).reshape(1, 1, 2, 2))
        >>> nn.MaxUnpool3d((1, 2, 2))(x, indices)
        tensor([[[[0., 0.],
                  [0., 3.]]]])
    """

    axes = 3


class _FractionalMaxPool(Pool):
    """Maximum pooling over windows at random places.

    Args:
        kernel_size: the size of a window: {ints}.
        output_size: the size of the output: {ints}.
        output_ratio: the ratio of the sizes of output and input, between 0 and 1: one number or {count}; given instead of
            ``output_size``.
        return_indices: also return where the maxima are in {where}, as int64.
        _random_samples: numbers from 0 to 1 that decide the places, ``(N, C, {count})``; None draws them for each input.

    Raises:
        ValueError: neither or both of ``output_size`` and ``output_ratio`` are given, or a ratio is not between 0 and 1.
        ShapeError: the windows do not fit into an input.
    """

    kernel_size: tuple[int, ...]
    output_size: tuple[int, ...] | None
    output_ratio: tuple[float, ...] | None
    return_indices: bool

    def __init__(
        self, kernel_size: Any, output_size: Any = None, output_ratio: Any = None, return_indices: bool = False,
        _random_samples: Tensor | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        name = type(self).__name__
        if output_size is None and output_ratio is None:
            raise ValueError(f"{name} requires specifying either an output size, or a pooling ratio")
        if output_size is not None and output_ratio is not None:
            raise ValueError(f"only one of output_size and output_ratio may be specified for {name}")
        self.kernel_size, self.return_indices = per_axis(kernel_size, self.axes), return_indices
        self.register_buffer("_random_samples", _random_samples)
        self.output_size = None if output_size is None else per_axis(output_size, self.axes)
        self.output_ratio = None if output_ratio is None else per_axis(output_ratio, self.axes)
        if self.output_ratio is not None and not all(0 < ratio < 1 for ratio in self.output_ratio):
            raise ValueError(f"output_ratio must be between 0 and 1 (got {output_ratio})")

    def forward(self, input: Tensor) -> Any:
        """Pool ``input``."""
        pool = F.fractional_max_pool2d if self.axes == 2 else F.fractional_max_pool3d
        return pool(
            input, self.kernel_size, self.output_size, self.output_ratio, self.return_indices, self._random_samples
        )


@sections_of(_FractionalMaxPool, **AXES[2], count="2", where="the image, ``row * W + column``")
class FractionalMaxPool2d(_FractionalMaxPool):
    """Take the maximum of windows at random places of images: as many as the output has elements.

    Graham, "Fractional max-pooling", 2014, arXiv:1412.6071.

    Shapes:
        input: ``(N, C, H, W)`` or ``(C, H, W)``.
        output: ``(N, C, *output_size)``, without ``N`` if the input has none.

    Example::

        >>> nn.FractionalMaxPool2d(2, output_ratio=0.5)(polygrad.ones(1, 3, 9, 9)).shape
        polygrad.Size([1, 3, 4, 4])
    """

    axes = 2


@sections_of(_FractionalMaxPool, **AXES[3], count="3", where="the volume, ``(depth * H + row) * W + column``")
class FractionalMaxPool3d(_FractionalMaxPool):
    """Take the maximum of windows at random places of volumes: as many as the output has elements.

    Graham, "Fractional max-pooling", 2014, arXiv:1412.6071.

    Shapes:
        input: ``(N, C, D, H, W)`` or ``(C, D, H, W)``.
        output: ``(N, C, *output_size)``, without ``N`` if the input has none.

    Example::

        >>> nn.FractionalMaxPool3d(2, output_ratio=0.5)(polygrad.ones(1, 3, 9, 9, 9)).shape
        polygrad.Size([1, 3, 4, 4, 4])
    """

    axes = 3
