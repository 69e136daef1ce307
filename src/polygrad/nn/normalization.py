"""Normalization layers."""

from __future__ import annotations

from typing import Any

from .. import _dtypes
from .._core.errors import ShapeError
from .._core.tensor import Tensor
from .._core.typing import BackendLike, DeviceLike, DTypeLike
from .._core.warn import warn
from .._functions.common import sizes
from .._functions.creation import ones, zeros
from ..autograd.grad_mode import no_grad
from . import functional as F
from . import init
from .docstrings import sections_of
from .layer import Layer
from .parameter import Parameter, new_parameter

__all__ = [
    "BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "GroupNorm", "InstanceNorm1d", "InstanceNorm2d",
    "InstanceNorm3d", "LayerNorm", "LocalResponseNorm", "RMSNorm",
]  # fmt: skip


class _Statistics(Layer):
    """Running statistics of every channel, weight and bias, of batch and instance normalization."""

    #: The numbers of dimensions that an input can have.
    dimensions: tuple[int, ...]

    #: States of version 1 have no ``num_batches_tracked``.
    _version = 2

    num_features: int
    eps: float
    momentum: float | None
    affine: bool
    track_running_stats: bool
    weight: Parameter | None
    bias: Parameter | None
    running_mean: Tensor | None
    running_var: Tensor | None
    num_batches_tracked: Tensor | None

    def __init__(
        self, num_features: int, eps: float, momentum: float | None, affine: bool, track_running_stats: bool, bias: bool,
        place: dict[str, Any],
    ) -> None:  # fmt: skip
        super().__init__()
        self.num_features, self.eps, self.momentum = num_features, eps, momentum
        self.affine, self.track_running_stats = affine, track_running_stats
        self.register_parameter("weight", new_parameter(num_features, **place) if affine else None)
        self.register_parameter("bias", new_parameter(num_features, **place) if affine and bias else None)
        count: dict[str, Any] = {**place, "dtype": _dtypes.int64}
        self.register_buffer("running_mean", zeros(num_features, **place) if track_running_stats else None)
        self.register_buffer("running_var", ones(num_features, **place) if track_running_stats else None)
        self.register_buffer("num_batches_tracked", zeros((), **count) if track_running_stats else None)
        self.reset_parameters()

    def reset_running_stats(self) -> None:
        """Reset the running statistics: means 0, variances 1."""
        if self.track_running_stats:
            self.running_mean.zero_()  # type: ignore[union-attr]  # there where statistics are tracked
            self.running_var.fill_(1)  # type: ignore[union-attr]  # there where statistics are tracked
            self.num_batches_tracked.zero_()  # type: ignore[union-attr]  # there where statistics are tracked

    def reset_parameters(self) -> None:
        """Reset the running statistics, set weights to 1 and biases to 0."""
        self.reset_running_stats()
        if self.weight is not None:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)

    def _load_from_state_dict(
        self, state_dict: Any, prefix: str, local_metadata: dict[str, Any], strict: bool, missing_keys: list[str],
        unexpected_keys: list[str], error_msgs: list[str],
    ) -> None:  # fmt: skip
        key = f"{prefix}num_batches_tracked"
        if self.num_batches_tracked is not None and local_metadata.get("version", 1) < 2 and key not in state_dict:
            state_dict[key] = self.num_batches_tracked  # keep the present count
        super()._load_from_state_dict(
            state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs
        )

    def _fits(self, shape: tuple[int, ...]) -> bool:
        return len(shape) in self.dimensions and shape[1] == self.num_features

    def _expects(self) -> str:
        lengths = {2: "", 3: ", length", 4: ", height, width", 5: ", depth, height, width"}
        return " or ".join(f"(batch, {self.num_features}{lengths[n]})" for n in self.dimensions)

    def _check(self, input: Tensor) -> None:
        if not self._fits(tuple(input.shape)):
            raise ShapeError(f"{self!r}: expected an input of shape {self._expects()}, got {tuple(input.shape)}")

    def extra_repr(self) -> str:
        """Return the settings that `repr` shows."""
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, affine={self.affine}, "
            f"bias={self.bias is not None}, track_running_stats={self.track_running_stats}"
        )


class _BatchNorm(_Statistics):
    """Normalize each channel over the batch.

    ``(x - mean) / sqrt(variance + eps) * weight + bias``.  In training, mean and biased variance are those of the batch, and the
    running ones follow: ``running = (1 - momentum) * running + momentum * statistic``, with the unbiased variance.  In evaluation
    the running ones are used.  Ioffe and Szegedy, "Batch normalization", 2015, arXiv:1502.03167.

    Args:
        num_features: the number of channels ``C``.
        eps: a number added to the variance.
        momentum: the part of a batch in the running statistics; None averages over all batches.
        affine: whether there are ``weight`` and ``bias``.
        track_running_stats: whether there are running statistics; without them evaluation uses the batch's as well.
        bias: whether there is a ``bias``, if ``affine``.
        device, dtype, backend: those of the parameters and statistics; the defaults where None.

    Raises:
        ShapeError: an input does not have this shape.
        ValueError: in training, a channel has only one value.
    """

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: DeviceLike | None = None,
        dtype: DTypeLike | None = None,
        *,
        bias: bool = True,
        backend: BackendLike | None = None,
    ) -> None:
        place: dict[str, Any] = {"device": device, "dtype": dtype, "backend": backend}
        super().__init__(num_features, eps, momentum, affine, track_running_stats, bias, place)

    def forward(self, input: Tensor) -> Tensor:
        """Normalize ``input``; in training, update the running statistics."""
        self._check(input)
        own = self.training or self.running_mean is None
        momentum: Any = 0.0 if self.momentum is None else self.momentum
        if self.training and self.track_running_stats:
            with no_grad():
                self.num_batches_tracked.add_(1)  # type: ignore[union-attr]  # there where statistics are tracked
            if self.momentum is None:
                momentum = 1.0 / self.num_batches_tracked.to(self.running_mean.dtype)  # type: ignore[union-attr]  # there where statistics are tracked
        tracked = not self.training or self.track_running_stats
        return F.batch_norm(
            input, self.running_mean if tracked else None, self.running_var if tracked else None, self.weight, self.bias,
            own, momentum, self.eps,
        )  # fmt: skip


@sections_of(_BatchNorm)
class BatchNorm1d(_BatchNorm):
    """Normalize each channel to mean 0 and variance 1 over a batch of vectors or sequences.

    Shapes:
        input, output: ``(N, C)`` or ``(N, C, L)``.
        weight, bias, running_mean, running_var: ``(C,)``.

    Example::

        >>> nn.BatchNorm1d(1)(polygrad.tensor([[1.0], [3.0]])).detach()
        tensor([[-1.0000],
                [ 1.0000]])
    """

    dimensions: tuple[int, ...] = (2, 3)


@sections_of(_BatchNorm)
class BatchNorm2d(_BatchNorm):
    """Normalize each channel to mean 0 and variance 1 over a batch of images.

    Shapes:
        input, output: ``(N, C, H, W)``.
        weight, bias, running_mean, running_var: ``(C,)``.

    Example::

        >>> nn.BatchNorm2d(3)(polygrad.ones(5, 3, 8, 8)).shape
        polygrad.Size([5, 3, 8, 8])
    """

    dimensions: tuple[int, ...] = (4,)


@sections_of(_BatchNorm)
class BatchNorm3d(_BatchNorm):
    """Normalize each channel to mean 0 and variance 1 over a batch of volumes.

    Shapes:
        input, output: ``(N, C, D, H, W)``.
        weight, bias, running_mean, running_var: ``(C,)``.

    Example::

        >>> nn.BatchNorm3d(3)(polygrad.ones(5, 3, 4, 4, 4)).shape
        polygrad.Size([5, 3, 4, 4, 4])
    """

    dimensions: tuple[int, ...] = (5,)


class _InstanceNorm(_Statistics):
    """Normalize each channel of each sample.

    ``(x - mean) / sqrt(variance + eps) * weight + bias``, with mean and variance over the spatial dimensions.  Ulyanov, Vedaldi
    and Lempitsky, "Instance normalization", 2016, arXiv:1607.08022.

    Args:
        num_features: the number of channels ``C``; without parameters and statistics another number only warns.
        eps: a number added to the variance.
        momentum: the part of new statistics in the running ones.
        affine: whether there are ``weight`` and ``bias``.
        track_running_stats: whether there are running statistics, means over the samples, which evaluation uses.
        bias: whether there is a ``bias``, if ``affine``.
        device, dtype, backend: those of the parameters and statistics; the defaults where None.

    Raises:
        ShapeError: an input does not have this shape.
        ValueError: a channel of a sample has only one value.
    """

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float = 0.1,
        affine: bool = False,
        track_running_stats: bool = False,
        device: DeviceLike | None = None,
        dtype: DTypeLike | None = None,
        *,
        bias: bool = True,
        backend: BackendLike | None = None,
    ) -> None:
        place: dict[str, Any] = {"device": device, "dtype": dtype, "backend": backend}
        super().__init__(num_features, eps, momentum, affine, track_running_stats, bias, place)

    def forward(self, input: Tensor) -> Tensor:
        """Normalize ``input``; in training, update the running statistics."""
        self._check(input)
        batch = input[None] if input.ndim + 1 in self.dimensions else input
        own = self.training or not self.track_running_stats
        if batch.shape[1] != self.num_features:
            warn(
                f"input's size at dim=1, {batch.shape[1]}, does not match num_features, {self.num_features}, which is not used "
                "because affine=False"
            )
        result = F.instance_norm(
            batch, self.running_mean, self.running_var, self.weight, self.bias, own, self.momentum or 0.0, self.eps
        )
        return result if batch is input else result[0]

    def _fits(self, shape: tuple[int, ...]) -> bool:
        if len(shape) + 1 in self.dimensions:
            shape = (1, *shape)
        needed = self.affine or self.track_running_stats
        return super()._fits(shape) if needed else len(shape) in self.dimensions

    def _expects(self) -> str:
        return f"{super()._expects()}, with or without the batch"


@sections_of(_InstanceNorm)
class InstanceNorm1d(_InstanceNorm):
    """Normalize each channel of each sequence to mean 0 and variance 1.

    Shapes:
        input, output: ``(N, C, L)`` or ``(C, L)``.
        weight, bias, running_mean, running_var: ``(C,)``.

    Example::

        >>> nn.InstanceNorm1d(2)(polygrad.tensor([[1.0, 3.0], [0.0, 10.0]]))
        tensor([[-1.0000,  1.0000],
                [-1.0000,  1.0000]])
    """

    dimensions: tuple[int, ...] = (3,)


@sections_of(_InstanceNorm)
class InstanceNorm2d(_InstanceNorm):
    """Normalize each channel of each image to mean 0 and variance 1.

    Shapes:
        input, output: ``(N, C, H, W)`` or ``(C, H, W)``.
        weight, bias, running_mean, running_var: ``(C,)``.

    Example::

        >>> nn.InstanceNorm2d(3)(polygrad.ones(5, 3, 8, 8)).shape
        polygrad.Size([5, 3, 8, 8])
    """

    dimensions: tuple[int, ...] = (4,)


@sections_of(_InstanceNorm)
class InstanceNorm3d(_InstanceNorm):
    """Normalize each channel of each volume to mean 0 and variance 1.

    Shapes:
        input, output: ``(N, C, D, H, W)`` or ``(C, D, H, W)``.
        weight, bias, running_mean, running_var: ``(C,)``.

    Example::

        >>> nn.InstanceNorm3d(3)(polygrad.ones(5, 3, 4, 4, 4)).shape
        polygrad.Size([5, 3, 4, 4, 4])
    """

    dimensions: tuple[int, ...] = (5,)


class LayerNorm(Layer):
    """Normalize the last dimensions of each sample to mean 0 and variance 1, then scale and shift them.

    ``(x - mean) / sqrt(variance + eps) * weight + bias``.  Ba, Kiros and Hinton, "Layer normalization", 2016, arXiv:1607.06450.

    Args:
        normalized_shape: the lengths of the last dimensions, an int or a tuple.
        eps: a number added to the variance.
        elementwise_affine: whether there are ``weight`` and ``bias``.
        bias: whether there is a ``bias``, if ``elementwise_affine``.
        device, dtype, backend: those of the parameters; the defaults where None.

    Shapes:
        input, output: ``(*, *normalized_shape)``.
        weight, bias: ``normalized_shape``.

    Raises:
        ShapeError: an input does not end in ``normalized_shape``.

    Example::

        >>> nn.LayerNorm(2)(polygrad.tensor([[1.0, 3.0], [0.0, 10.0]])).detach()
        tensor([[-1.0000,  1.0000],
                [-1.0000,  1.0000]])
    """

    normalized_shape: tuple[int, ...]
    eps: float
    elementwise_affine: bool
    weight: Parameter | None
    bias: Parameter | None

    def __init__(
        self,
        normalized_shape: Any,
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
        device: DeviceLike | None = None,
        dtype: DTypeLike | None = None,
        *,
        backend: BackendLike | None = None,
    ) -> None:
        super().__init__()
        place: dict[str, Any] = {"device": device, "dtype": dtype, "backend": backend}
        self.normalized_shape = sizes(normalized_shape)
        self.eps, self.elementwise_affine = eps, elementwise_affine
        shape = self.normalized_shape
        self.register_parameter("weight", new_parameter(*shape, **place) if elementwise_affine else None)
        self.register_parameter("bias", new_parameter(*shape, **place) if elementwise_affine and bias else None)
        self.reset_parameters()

    def reset_parameters(self: LayerNorm | GroupNorm) -> None:
        """Set weights to 1 and biases to 0."""
        if self.weight is not None:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)

    def forward(self, input: Tensor) -> Tensor:
        """Normalize ``input``."""
        return F.layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)

    def _fits(self, shape: tuple[int, ...]) -> bool:
        return shape[len(shape) - len(self.normalized_shape) :] == self.normalized_shape

    def _expects(self) -> str:
        return f"(*, {', '.join(map(str, self.normalized_shape))})"

    def extra_repr(self) -> str:
        """Return the settings that `repr` shows."""
        return (
            f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}, "
            f"bias={self.bias is not None}"
        )


class RMSNorm(Layer):
    """Divide the last dimensions of each sample by the root of their mean square, then scale them.

    ``x / sqrt(mean(x ** 2) + eps) * weight``.  Zhang and Sennrich, "Root mean square layer normalization", 2019,
    arXiv:1910.07467.

    Args:
        normalized_shape: the lengths of the last dimensions, an int or a tuple.
        eps: a number added to the mean square; None is the machine epsilon of the input's data type.
        elementwise_affine: whether there is a ``weight``.
        device, dtype, backend: those of the weight; the defaults where None.

    Shapes:
        input, output: ``(*, *normalized_shape)``.
        weight: ``normalized_shape``.

    Raises:
        ShapeError: an input does not end in ``normalized_shape``.

    Example::

        >>> nn.RMSNorm(2)(polygrad.tensor([3.0, 4.0])).detach()
        tensor([0.8485, 1.1314])
    """

    normalized_shape: tuple[int, ...]
    eps: float | None
    elementwise_affine: bool
    weight: Parameter | None

    def __init__(
        self,
        normalized_shape: Any,
        eps: float | None = None,
        elementwise_affine: bool = True,
        device: DeviceLike | None = None,
        dtype: DTypeLike | None = None,
        *,
        backend: BackendLike | None = None,
    ) -> None:
        super().__init__()
        place: dict[str, Any] = {"device": device, "dtype": dtype, "backend": backend}
        self.normalized_shape = sizes(normalized_shape)
        self.eps, self.elementwise_affine = eps, elementwise_affine
        weight = new_parameter(*self.normalized_shape, **place) if elementwise_affine else None
        self.register_parameter("weight", weight)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Set weights to 1."""
        if self.weight is not None:
            init.ones_(self.weight)

    def forward(self, input: Tensor) -> Tensor:
        """Normalize ``input``."""
        return F.rms_norm(input, self.normalized_shape, self.weight, self.eps)

    _fits, _expects = LayerNorm._fits, LayerNorm._expects

    def extra_repr(self) -> str:
        """Return the settings that `repr` shows."""
        return f"{self.normalized_shape}, eps={self.eps}, elementwise_affine={self.elementwise_affine}"


class LocalResponseNorm(Layer):
    """Divide by a power of the squares in neighbouring channels: ``x / (k + alpha * mean square) ** beta``.

    Krizhevsky, Sutskever and Hinton, "ImageNet classification with deep convolutional neural networks", 2012.

    Args:
        size: over how many channels around each one the mean is taken; channels beyond the ends count as 0.
        alpha: the factor of the mean square.
        beta: the exponent.
        k: the summand.

    Shapes:
        input, output: ``(N, C, *)`` with at least 3 dimensions.

    Example::

        >>> nn.LocalResponseNorm(2, alpha=1.0)(polygrad.ones(1, 3, 1)).flatten()
        tensor([0.7378, 0.5946, 0.5946])
    """

    size: int
    alpha: float
    beta: float
    k: float

    def __init__(self, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> None:
        super().__init__()
        self.size, self.alpha, self.beta, self.k = size, alpha, beta, k

    def forward(self, input: Tensor) -> Tensor:
        """Normalize ``input``."""
        return F.local_response_norm(input, self.size, self.alpha, self.beta, self.k)

    def extra_repr(self) -> str:
        """Return the settings that `repr` shows."""
        return f"{self.size}, alpha={self.alpha}, beta={self.beta}, k={self.k}"


class GroupNorm(Layer):
    """Normalize groups of channels of each sample to mean 0 and variance 1, then scale and shift each channel.

    Wu and He, "Group normalization", 2018, arXiv:1803.08494.

    Args:
        num_groups: how many groups of neighbouring channels there are.
        num_channels: the number of channels ``C``, which ``num_groups`` divides.
        eps: a number added to the variance.
        affine: whether there are ``weight`` and ``bias``.
        bias: whether there is a ``bias``, if ``affine``.
        device, dtype, backend: those of the parameters; the defaults where None.

    Shapes:
        input, output: ``(N, C, *)``.
        weight, bias: ``(C,)``.

    Raises:
        ValueError: ``num_groups`` does not divide ``num_channels``.
        ShapeError: an input does not have these channels.

    Example::

        >>> nn.GroupNorm(2, 4)(polygrad.tensor([[1.0, 3.0, 0.0, 10.0]])).detach()
        tensor([[-1.0000,  1.0000, -1.0000,  1.0000]])
    """

    num_groups: int
    num_channels: int
    eps: float
    affine: bool
    weight: Parameter | None
    bias: Parameter | None

    def __init__(
        self,
        num_groups: int,
        num_channels: int,
        eps: float = 1e-5,
        affine: bool = True,
        device: DeviceLike | None = None,
        dtype: DTypeLike | None = None,
        *,
        bias: bool = True,
        backend: BackendLike | None = None,
    ) -> None:
        super().__init__()
        if num_channels % num_groups:
            raise ValueError(f"num_channels ({num_channels}) must be divisible by num_groups ({num_groups})")
        place: dict[str, Any] = {"device": device, "dtype": dtype, "backend": backend}
        self.num_groups, self.num_channels, self.eps, self.affine = num_groups, num_channels, eps, affine
        self.register_parameter("weight", new_parameter(num_channels, **place) if affine else None)
        self.register_parameter("bias", new_parameter(num_channels, **place) if affine and bias else None)
        self.reset_parameters()

    reset_parameters = LayerNorm.reset_parameters

    def forward(self, input: Tensor) -> Tensor:
        """Normalize ``input``."""
        if not self._fits(tuple(input.shape)):
            raise ShapeError(f"{self!r}: expected an input of shape {self._expects()}, got {tuple(input.shape)}")
        return F.group_norm(input, self.num_groups, self.weight, self.bias, self.eps)

    def _fits(self, shape: tuple[int, ...]) -> bool:
        return len(shape) > 1 and shape[1] == self.num_channels

    def _expects(self) -> str:
        return f"(batch, {self.num_channels}, *)"

    def extra_repr(self) -> str:
        """Return the settings that `repr` shows."""
        return f"{self.num_groups}, {self.num_channels}, eps={self.eps}, affine={self.affine}, bias={self.bias is not None}"
