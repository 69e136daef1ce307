"""Layers that learn the number of their inputs from the first input."""

from __future__ import annotations

from typing import Any, ClassVar

from .. import _dtypes
from .._core.errors import ShapeError
from .._core.tensor import Tensor
from .._core.typing import BackendLike, DeviceLike, DTypeLike
from .._functions.creation import zeros
from .convolution import (
    Conv1d,
    Conv2d,
    Conv3d,
    ConvTranspose1d,
    ConvTranspose2d,
    ConvTranspose3d,
)
from .docstrings import AXES, sections_of
from .hooks import RemovableHandle
from .linear import Linear
from .module import Module
from .normalization import BatchNorm1d, BatchNorm2d, BatchNorm3d, InstanceNorm1d, InstanceNorm2d, InstanceNorm3d
from .parameter import UninitializedBuffer, UninitializedParameter, is_lazy

__all__ = [
    "LazyBatchNorm1d",
    "LazyBatchNorm2d",
    "LazyBatchNorm3d",
    "LazyConv1d",
    "LazyConv2d",
    "LazyConv3d",
    "LazyConvTranspose1d",
    "LazyConvTranspose2d",
    "LazyConvTranspose3d",
    "LazyInstanceNorm1d",
    "LazyInstanceNorm2d",
    "LazyInstanceNorm3d",
    "LazyLinear",
    "LazyModuleMixin",
]


class LazyModuleMixin(Module):
    """The part of a lazy module that makes its parameters at the first call, by `initialize_parameters`.

    After that it is a module of the class `cls_to_become`.  A subclass comes before that class among the bases of the module,
    and makes `UninitializedParameter` objects in its ``__init__``.

    Args:
        *args: the arguments of the class behind it.
        **kwargs: likewise.

    Example::

        >>> layer = nn.LazyLinear(2)
        >>> layer(polygrad.ones(5, 3)).shape, type(layer).__name__
        (polygrad.Size([5, 2]), 'Linear')
    """

    cls_to_become: ClassVar[type[Module] | None] = None
    _initialize_hook: RemovableHandle

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._initialize_hook = self.register_forward_pre_hook(self._infer_parameters, with_kwargs=True)

    def initialize_parameters(self, *args: Any, **kwargs: Any) -> None:
        """Make the parameters for an input: the arguments of the call."""
        raise NotImplementedError(f"initialize_parameters is not implemented for {type(self).__name__}")

    def has_uninitialized_params(self) -> bool:
        """Return whether a parameter or buffer has no shape yet."""
        return any(is_lazy(x) for x in (*self._parameters.values(), *self._buffers.values()))

    def _infer_parameters(self, module: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        module.initialize_parameters(*args, **kwargs)
        if module.has_uninitialized_params():
            raise RuntimeError(f"module {type(module).__name__} has not been fully initialized")
        module._initialize_hook.remove()
        del module._initialize_hook
        if module.cls_to_become is not None:
            module.__class__ = module.cls_to_become


def _match(layer: Module, what: str, found: int, known: int) -> None:
    """Raise ShapeError if an input does not fit the parameters, which a state dictionary brought."""
    if found != known:
        raise ShapeError(f"{layer!r}: the input has {what} {found}, but the parameters are for {known}")


class LazyLinear(LazyModuleMixin, Linear):
    """`Linear` that takes ``in_features`` from its first input.

    Its parameters are drawn at the first call; after that it is a `Linear`.  Optimizers should be made after it.

    Args:
        out_features: the length of the last dimension of the output.
        bias: whether there is a bias.
        device, dtype, backend: those of the parameters; the defaults where None.

    Shapes:
        input: ``(*, in_features)``.
        output: ``(*, out_features)``.

    Raises:
        ShapeError: the first input does not fit parameters that `load_state_dict` brought.

    Example::

        >>> layer = nn.LazyLinear(2)
        >>> layer(polygrad.ones(5, 3)).shape
        polygrad.Size([5, 2])
        >>> layer
        Linear(in_features=3, out_features=2, bias=True)
    """

    cls_to_become: ClassVar[type[Module] | None] = Linear

    def __init__(
        self,
        out_features: int,
        bias: bool = True,
        device: DeviceLike | None = None,
        dtype: DTypeLike | None = None,
        *,
        backend: BackendLike | None = None,
    ) -> None:
        super().__init__(0, 0, False)
        self.weight = UninitializedParameter(device=device, dtype=dtype, backend=backend)
        self.out_features = out_features
        if bias:
            self.bias = UninitializedParameter(device=device, dtype=dtype, backend=backend)

    def reset_parameters(self) -> None:
        """Draw weight and bias again, if they are there."""
        if not self.has_uninitialized_params() and self.in_features:
            super().reset_parameters()

    def initialize_parameters(self, input: Tensor) -> None:
        """Make weight and bias for ``input``."""
        features = input.shape[-1] if input.ndim else 0
        if self.has_uninitialized_params():
            self.in_features = features
            self.weight.materialize((self.out_features, features))  # type: ignore[attr-defined]  # it is lazy
            if self.bias is not None:
                self.bias.materialize((self.out_features,))  # type: ignore[attr-defined]  # it is lazy
            self.reset_parameters()
        elif not self.in_features:
            _match(self, "in_features", features, self.weight.shape[-1])
            self.in_features = features


# -- convolution -------------------------------------------------------------------------------------------------------


class _LazyConvolution(LazyModuleMixin):
    axes: int
    transposed: bool
    in_channels: int
    out_channels: int
    groups: int
    kernel_size: tuple[int, ...]
    weight: Any
    bias: Any

    def _make_lazy(self, out_channels: int, bias: bool, place: dict[str, Any]) -> None:
        if self.groups > 0 and out_channels % self.groups:
            raise ValueError(f"out_channels must be divisible by groups; {out_channels} is not by {self.groups}")
        self.out_channels, self.weight = out_channels, UninitializedParameter(**place)
        if bias:
            self.bias = UninitializedParameter(**place)

    def reset_parameters(self) -> None:
        """Draw weights and biases again, if they are there."""
        if not self.has_uninitialized_params() and self.in_channels:
            super().reset_parameters()  # type: ignore[misc]  # the layer behind this one has it

    def initialize_parameters(self, input: Tensor) -> None:
        """Make weight and bias for ``input``."""
        if input.ndim not in (self.axes + 1, self.axes + 2):
            raise ShapeError(
                f"expected {self.axes + 1}D (unbatched) or {self.axes + 2}D (batched) input to {type(self).__name__}, but got "
                f"input of size: {tuple(input.shape)}"
            )
        channels = input.shape[-self.axes - 1]
        if not self.has_uninitialized_params():
            known = self.weight.shape[0] if self.transposed else self.weight.shape[1] * self.groups
            _match(self, "in_channels", channels, known)
            self.in_channels = channels
            return
        if channels % self.groups:
            raise ValueError(f"in_channels must be divisible by groups; {channels} is not by {self.groups}")
        self.in_channels = channels
        first, second = (channels, self.out_channels) if self.transposed else (self.out_channels, channels)
        self.weight.materialize((first, second // self.groups, *self.kernel_size))
        if self.bias is not None:
            self.bias.materialize((self.out_channels,))
        self.reset_parameters()


class _LazyForward(_LazyConvolution):
    """Convolution that takes ``in_channels`` from its first input.

    Its parameters are drawn at the first call; after that it is a layer of the plain class.

    Args:
        out_channels: the number of channels of the output.
        kernel_size: the size of a kernel: {ints}.
        stride: the step from window to window: {ints}.
        padding: how many elements to add at each edge: {ints};
            "valid" for none, "same" for as many as keep the size.
        dilation: the step from element to element of a window: {ints}.
        groups: how many groups of channels are convolved separately; it divides both numbers of channels.
        bias: whether there is a bias.
        padding_mode: "zeros", "reflect", "replicate" or "circular".
        device, dtype, backend: those of the parameters; the defaults where None.

    Raises:
        ValueError: ``groups`` does not divide the channels.
        ShapeError: the first input has another number of dimensions.
    """

    def __init__(
        self,
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
        super().__init__(0, 0, kernel_size, stride, padding, dilation, groups, False, padding_mode)
        self._make_lazy(out_channels, bias, {"device": device, "dtype": dtype, "backend": backend})


class _LazyTransposed(_LazyConvolution):
    """Transposed convolution that takes ``in_channels`` from its first input.

    Its parameters are drawn at the first call; after that it is a layer of the plain class.

    Args:
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

    Raises:
        ValueError: ``groups`` does not divide the channels.
        ShapeError: the first input has another number of dimensions.
    """

    def __init__(
        self,
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
        super().__init__(0, 0, kernel_size, stride, padding, output_padding, groups, False, dilation, padding_mode)
        self._make_lazy(out_channels, bias, {"device": device, "dtype": dtype, "backend": backend})

    def initialize_parameters(self, input: Tensor, output_size: Any = None) -> None:
        """Make weight and bias for ``input``."""
        super().initialize_parameters(input)


@sections_of(_LazyForward, **AXES[1])
class LazyConv1d(_LazyForward, Conv1d):
    """`Conv1d` that takes ``in_channels`` from its first input.

    Its parameters are drawn at the first call; after that it is a `Conv1d`.

    Shapes:
        input: ``(N, in_channels, L)`` or ``(in_channels, L)``.
        output: as that of `Conv1d`.

    Example::

        >>> nn.LazyConv1d(8, kernel_size=3, stride=2)(polygrad.ones(5, 4, 15)).shape
        polygrad.Size([5, 8, 7])
    """

    cls_to_become: ClassVar[type[Module] | None] = Conv1d


@sections_of(_LazyForward, **AXES[2])
class LazyConv2d(_LazyForward, Conv2d):
    """`Conv2d` that takes ``in_channels`` from its first input.

    Its parameters are drawn at the first call; after that it is a `Conv2d`.

    Shapes:
        input: ``(N, in_channels, H, W)`` or ``(in_channels, H, W)``.
        output: as that of `Conv2d`.

    Example::

        >>> nn.LazyConv2d(8, kernel_size=3, stride=2)(polygrad.ones(5, 4, 15, 15)).shape
        polygrad.Size([5, 8, 7, 7])
    """

    cls_to_become: ClassVar[type[Module] | None] = Conv2d


@sections_of(_LazyForward, **AXES[3])
class LazyConv3d(_LazyForward, Conv3d):
    """`Conv3d` that takes ``in_channels`` from its first input.

    Its parameters are drawn at the first call; after that it is a `Conv3d`.

    Shapes:
        input: ``(N, in_channels, D, H, W)`` or ``(in_channels, D, H, W)``.
        output: as that of `Conv3d`.

    Example::

        >>> nn.LazyConv3d(8, kernel_size=3, stride=2)(polygrad.ones(5, 4, 15, 15, 15)).shape
        polygrad.Size([5, 8, 7, 7, 7])
    """

    cls_to_become: ClassVar[type[Module] | None] = Conv3d


@sections_of(_LazyTransposed, **AXES[1])
class LazyConvTranspose1d(_LazyTransposed, ConvTranspose1d):
    """`ConvTranspose1d` that takes ``in_channels`` from its first input.

    Its parameters are drawn at the first call; after that it is a `ConvTranspose1d`.

    Shapes:
        input: ``(N, in_channels, L)`` or ``(in_channels, L)``.
        output: as that of `ConvTranspose1d`.

    Example::

        >>> nn.LazyConvTranspose1d(8, kernel_size=2, stride=2)(polygrad.ones(5, 4, 15)).shape
        polygrad.Size([5, 8, 30])
    """

    cls_to_become: ClassVar[type[Module] | None] = ConvTranspose1d


@sections_of(_LazyTransposed, **AXES[2])
class LazyConvTranspose2d(_LazyTransposed, ConvTranspose2d):
    """`ConvTranspose2d` that takes ``in_channels`` from its first input.

    Its parameters are drawn at the first call; after that it is a `ConvTranspose2d`.

    Shapes:
        input: ``(N, in_channels, H, W)`` or ``(in_channels, H, W)``.
        output: as that of `ConvTranspose2d`.

    Example::

        >>> nn.LazyConvTranspose2d(8, kernel_size=2, stride=2)(polygrad.ones(5, 4, 15, 15)).shape
        polygrad.Size([5, 8, 30, 30])
    """

    cls_to_become: ClassVar[type[Module] | None] = ConvTranspose2d


@sections_of(_LazyTransposed, **AXES[3])
class LazyConvTranspose3d(_LazyTransposed, ConvTranspose3d):
    """`ConvTranspose3d` that takes ``in_channels`` from its first input.

    Its parameters are drawn at the first call; after that it is a `ConvTranspose3d`.

    Shapes:
        input: ``(N, in_channels, D, H, W)`` or ``(in_channels, D, H, W)``.
        output: as that of `ConvTranspose3d`.

    Example::

        >>> nn.LazyConvTranspose3d(8, kernel_size=2, stride=2)(polygrad.ones(5, 4, 15, 15, 15)).shape
        polygrad.Size([5, 8, 30, 30, 30])
    """

    cls_to_become: ClassVar[type[Module] | None] = ConvTranspose3d


# -- normalization -----------------------------------------------------------------------------------------------------


class _LazyNorm(LazyModuleMixin):
    """Normalization that takes ``num_features`` from its first input.

    Its parameters and statistics are made at the first call; after that it is a layer of the plain class.

    Args:
        eps: a number added to the variance.
        momentum: the part of a batch in the running statistics.
        affine: whether there are ``weight`` and ``bias``.
        track_running_stats: whether there are running statistics.
        bias: whether there is a ``bias``, if ``affine``.
        device, dtype, backend: those of the parameters and statistics; the defaults where None.

    Raises:
        ShapeError: the first input has another number of dimensions.
    """

    dimensions: tuple[int, ...]
    #: Whether an input may have no batch; its channels come first then.
    unbatched = False
    num_features: int
    affine: bool
    track_running_stats: bool
    weight: Any
    bias: Any
    running_mean: Any
    running_var: Any
    num_batches_tracked: Any

    def __init__(
        self,
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
        super().__init__(0, eps, momentum, False, False, device, dtype, bias=False, backend=backend)
        place: dict[str, Any] = {"device": device, "dtype": dtype, "backend": backend}
        self.affine, self.track_running_stats = affine, track_running_stats
        if affine:
            self.weight = UninitializedParameter(**place)
            if bias:
                self.bias = UninitializedParameter(**place)
        if track_running_stats:
            self.running_mean, self.running_var = UninitializedBuffer(**place), UninitializedBuffer(**place)
            self.num_batches_tracked = zeros((), **{**place, "dtype": _dtypes.int64})

    def reset_parameters(self) -> None:
        """Reset the running statistics, set weights to 1 and biases to 0, if they are there."""
        if not self.has_uninitialized_params() and self.num_features:
            super().reset_parameters()  # type: ignore[misc]  # the layer behind this one has it

    def initialize_parameters(self, input: Tensor) -> None:
        """Make parameters and statistics for ``input``."""
        fits = input.ndim in self.dimensions or (self.unbatched and input.ndim + 1 in self.dimensions)
        if not fits:
            raise ShapeError(
                f"{type(self).__name__}: the input has {input.ndim} dimensions, shape {tuple(input.shape)}"
            )
        features = input.shape[1 if input.ndim in self.dimensions else 0]
        states = [x for x in (self.weight, self.bias, self.running_mean, self.running_var) if x is not None]
        if not self.has_uninitialized_params():
            for state in states:
                _match(self, "num_features", features, state.shape[0])
            self.num_features = features
            return
        self.num_features = features
        for state in states:
            state.materialize((features,))
        self.reset_parameters()


@sections_of(_LazyNorm)
class LazyBatchNorm1d(_LazyNorm, BatchNorm1d):
    """`BatchNorm1d` that takes ``num_features`` from its first input.

    Its parameters and statistics are made at the first call; after that it is a `BatchNorm1d`.

    Shapes:
        input, output: ``(N, C)`` or ``(N, C, L)``.

    Example::

        >>> nn.LazyBatchNorm1d()(polygrad.ones(5, 3, 8)).shape
        polygrad.Size([5, 3, 8])
    """

    cls_to_become: ClassVar[type[Module] | None] = BatchNorm1d


@sections_of(_LazyNorm)
class LazyBatchNorm2d(_LazyNorm, BatchNorm2d):
    """`BatchNorm2d` that takes ``num_features`` from its first input.

    Its parameters and statistics are made at the first call; after that it is a `BatchNorm2d`.

    Shapes:
        input, output: ``(N, C, H, W)``.

    Example::

        >>> nn.LazyBatchNorm2d()(polygrad.ones(5, 3, 8, 8)).shape
        polygrad.Size([5, 3, 8, 8])
    """

    cls_to_become: ClassVar[type[Module] | None] = BatchNorm2d


@sections_of(_LazyNorm)
class LazyBatchNorm3d(_LazyNorm, BatchNorm3d):
    """`BatchNorm3d` that takes ``num_features`` from its first input.

    Its parameters and statistics are made at the first call; after that it is a `BatchNorm3d`.

    Shapes:
        input, output: ``(N, C, D, H, W)``.

    Example::

        >>> nn.LazyBatchNorm3d()(polygrad.ones(5, 3, 2, 8, 8)).shape
        polygrad.Size([5, 3, 2, 8, 8])
    """

    cls_to_become: ClassVar[type[Module] | None] = BatchNorm3d


@sections_of(_LazyNorm)
class LazyInstanceNorm1d(_LazyNorm, InstanceNorm1d):
    """`InstanceNorm1d` that takes ``num_features`` from its first input.

    Its parameters and statistics are made at the first call; after that it is a `InstanceNorm1d`.

    Shapes:
        input, output: ``(N, C, L)`` or ``(C, L)``.

    Example::

        >>> nn.LazyInstanceNorm1d()(polygrad.ones(5, 3, 8)).shape
        polygrad.Size([5, 3, 8])
    """

    cls_to_become: ClassVar[type[Module] | None] = InstanceNorm1d
    unbatched = True


@sections_of(_LazyNorm)
class LazyInstanceNorm2d(_LazyNorm, InstanceNorm2d):
    """`InstanceNorm2d` that takes ``num_features`` from its first input.

    Its parameters and statistics are made at the first call; after that it is a `InstanceNorm2d`.

    Shapes:
        input, output: ``(N, C, H, W)`` or ``(C, H, W)``.

    Example::

        >>> nn.LazyInstanceNorm2d()(polygrad.ones(5, 3, 8, 8)).shape
        polygrad.Size([5, 3, 8, 8])
    """

    cls_to_become: ClassVar[type[Module] | None] = InstanceNorm2d
    unbatched = True


@sections_of(_LazyNorm)
class LazyInstanceNorm3d(_LazyNorm, InstanceNorm3d):
    """`InstanceNorm3d` that takes ``num_features`` from its first input.

    Its parameters and statistics are made at the first call; after that it is a `InstanceNorm3d`.

    Shapes:
        input, output: ``(N, C, D, H, W)`` or ``(C, D, H, W)``.

    Example::

        >>> nn.LazyInstanceNorm3d()(polygrad.ones(5, 3, 2, 8, 8)).shape
        polygrad.Size([5, 3, 2, 8, 8])
    """

    cls_to_become: ClassVar[type[Module] | None] = InstanceNorm3d
    unbatched = True
