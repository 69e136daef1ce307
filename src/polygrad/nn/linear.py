"""Linear and bilinear layers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from .._core.tensor import Tensor
from .._core.typing import BackendLike, DeviceLike, DTypeLike
from . import functional as F
from . import init
from .layer import Layer
from .module import Module
from .parameter import Parameter, new_parameter

__all__ = ["Bilinear", "Linear"]


class Linear(Layer):
    """Affine map of the last dimension: ``x @ weight.mT + bias``.

    Weight and bias start uniform in ``(-b, b)`` with ``b = 1 / sqrt(in_features)``.

    Args:
        in_features: the length of the last dimension of the input.
        out_features: the length of the last dimension of the output.
        bias: whether there is a bias.
        device, dtype, backend: those of the parameters; the defaults where None.

    Shapes:
        input: ``(*, in_features)``.
        output: ``(*, out_features)``.
        weight: ``(out_features, in_features)``.
        bias: ``(out_features,)``.

    Raises:
        ShapeError: an input does not end in ``in_features``.

    Example::

        >>> nn.Linear(3, 2)(polygrad.ones(5, 3)).shape
        polygrad.Size([5, 2])
    """

    in_features: int
    out_features: int
    weight: Parameter
    bias: Parameter | None

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        device: DeviceLike | None = None,
        dtype: DTypeLike | None = None,
        *,
        backend: BackendLike | None = None,
    ) -> None:
        super().__init__()
        place: dict[str, Any] = {"device": device, "dtype": dtype, "backend": backend}
        self.in_features, self.out_features = in_features, out_features
        self.weight = new_parameter(out_features, in_features, **place)
        self.register_parameter("bias", new_parameter(out_features, **place) if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw weight and bias again."""
        # He et al., "Delving deep into rectifiers" (2015), with a = sqrt(5): the bound is 1 / sqrt(in_features).
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            bound = 1 / math.sqrt(self.in_features) if self.in_features > 0 else 0
            init.uniform_(self.bias, -bound, bound)

    def forward(self, input: Tensor) -> Tensor:
        """Map ``input``."""
        return F.linear(input, self.weight, self.bias)

    def _fits(self, shape: tuple[int, ...]) -> bool:
        return bool(shape) and shape[-1] == self.in_features

    def _expects(self) -> str:
        return f"(*, {self.in_features})"

    def extra_repr(self) -> str:
        """Return the settings that `repr` shows."""
        return f"in_features={self.in_features}, out_features={self.out_features}, bias={self.bias is not None}"


class Bilinear(Module):
    """Bilinear map of the last dimensions: ``x1 @ weight[k] @ x2 + bias[k]`` for every output feature ``k``.

    Weight and bias start uniform in ``(-b, b)`` with ``b = 1 / sqrt(in1_features)``.

    Args:
        in1_features: the length of the last dimension of the first input.
        in2_features: the length of the last dimension of the second input.
        out_features: the length of the last dimension of the output.
        bias: whether there is a bias.
        device, dtype, backend: those of the parameters; the defaults where None.

    Shapes:
        input1, input2: ``(*, in1_features)`` and ``(*, in2_features)``.
        output: ``(*, out_features)``.
        weight: ``(out_features, in1_features, in2_features)``.
        bias: ``(out_features,)``.

    Raises:
        ValueError: ``in1_features`` is not positive.
        ShapeError: the shapes of inputs do not match.

    Example::

        >>> nn.Bilinear(2, 3, 4)(polygrad.ones(5, 2), polygrad.ones(5, 3)).shape
        polygrad.Size([5, 4])
    """

    in1_features: int
    in2_features: int
    out_features: int
    weight: Parameter
    bias: Parameter | None

    def __init__(
        self,
        in1_features: int,
        in2_features: int,
        out_features: int,
        bias: bool = True,
        device: DeviceLike | None = None,
        dtype: DTypeLike | None = None,
        *,
        backend: BackendLike | None = None,
    ) -> None:
        super().__init__()
        place: dict[str, Any] = {"device": device, "dtype": dtype, "backend": backend}
        if in1_features <= 0:
            raise ValueError(f"in1_features must be > 0, but got {in1_features}")
        self.in1_features, self.in2_features, self.out_features = in1_features, in2_features, out_features
        self.weight = new_parameter(out_features, in1_features, in2_features, **place)
        self.register_parameter("bias", new_parameter(out_features, **place) if bias else None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw weight and bias again."""
        bound = 1 / math.sqrt(self.in1_features)
        init.uniform_(self.weight, -bound, bound)
        if self.bias is not None:
            init.uniform_(self.bias, -bound, bound)

    def forward(self, input1: Tensor, input2: Tensor) -> Tensor:
        """Map ``input1`` and ``input2``."""
        return F.bilinear(input1, input2, self.weight, self.bias)

    if TYPE_CHECKING:

        def __call__(self, input1: Tensor, input2: Tensor) -> Tensor: ...  # noqa: D102

    def _fits(self, shape: tuple[int, ...]) -> bool:
        return bool(shape) and shape[-1] == self.in1_features

    def _expects(self) -> str:
        return f"(*, {self.in1_features})"

    def extra_repr(self) -> str:
        """Return the settings that `repr` shows."""
        return (
            f"in1_features={self.in1_features}, in2_features={self.in2_features}, out_features={self.out_features}, "
            f"bias={self.bias is not None}"
        )
