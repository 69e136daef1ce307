"""A backend of einops, and its layers: ``import polygrad.interop.einops`` once, and einops takes tensors.

``rearrange``, ``reduce``, ``repeat``, ``einsum``, ``pack`` and ``unpack`` then work as on PyTorch's tensors, with gradients, under
`vmap`, forward mode and `compile`.  einops has no way to find a backend that is not imported.

Example::

    >>> import einops
    >>> import polygrad.interop.einops
    >>> x = polygrad.ones(2, 3, 4, requires_grad=True)
    >>> einops.reduce(x, "b h w -> b (w h)", "sum").shape
    polygrad.Size([2, 12])
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from einops._backends import AbstractBackend
from einops.layers import RearrangeMixin, ReduceMixin
from einops.layers._einmix import _EinmixMixin

from .. import array_api as xp
from .._core.tensor import Tensor
from .._functions import public
from ..nn import Module, Parameter


class PolygradBackend(AbstractBackend):
    """What einops asks of an array library, for tensors.  einops finds it among the subclasses of ``AbstractBackend``."""

    framework_name = "polygrad"

    def is_appropriate_type(self, tensor: Any) -> bool:
        """Whether this is a tensor."""
        return isinstance(tensor, Tensor)

    def from_numpy(self, x: Any) -> Tensor:
        """A tensor that requires grad, if it is of a floating-point type."""
        return public("tensor")(x, requires_grad=x.dtype.kind in "fc")

    def to_numpy(self, x: Tensor) -> Any:
        """The values."""
        return x.detach().numpy()

    def arange(self, start: int, stop: int) -> Tensor:
        """Integers."""
        return xp.arange(start, stop)

    def transpose(self, x: Tensor, axes: Sequence[int]) -> Tensor:
        """The dimensions in another order."""
        return xp.permute_dims(x, tuple(axes))

    def reduce(self, x: Tensor, operation: str, axes: Sequence[int]) -> Tensor:
        """A sum, mean, product, extremum or truth of elements along ``axes``."""
        return getattr(xp, operation)(x, axis=tuple(axes))

    def stack_on_zeroth_dimension(self, tensors: list[Tensor]) -> Tensor:
        """Tensors joined along a new first dimension."""
        return xp.stack(tensors)

    def add_axis(self, x: Tensor, new_position: int) -> Tensor:
        """A dimension of length 1."""
        return xp.expand_dims(x, axis=new_position)

    def add_axes(self, x: Tensor, n_axes: int, pos2len: dict[int, int]) -> Tensor:
        """Dimensions along which the elements repeat."""
        lengths = [-1] * n_axes
        for position, length in pos2len.items():
            x, lengths[position] = self.add_axis(x, position), length
        return x.expand(lengths)

    def tile(self, x: Tensor, repeats: tuple[int, ...]) -> Tensor:
        """The tensor repeated."""
        return xp.tile(x, repeats)

    def concat(self, tensors: Sequence[Tensor], axis: int) -> Tensor:
        """Tensors joined along a dimension that they have."""
        return xp.concat(tensors, axis=axis)

    def is_float_type(self, x: Tensor) -> bool:
        """Whether the elements are real floating-point numbers."""
        return x.dtype.is_floating_point

    def einsum(self, pattern: str, *x: Tensor) -> Tensor:
        """A sum of products."""
        return public("einsum")(pattern, *x)


class Rearrange(RearrangeMixin, Module):
    """``einops.rearrange`` as a module.

    Args:
        pattern: the pattern of ``einops.rearrange``.
        **axes_lengths: the lengths of axes.
    """

    def forward(self, input: Tensor) -> Tensor:
        """Rearrange a tensor."""
        return self._apply_recipe(input)


class Reduce(ReduceMixin, Module):
    """``einops.reduce`` as a module.

    Args:
        pattern: the pattern of ``einops.reduce``.
        reduction: ``"min"``, ``"max"``, ``"sum"``, ``"mean"`` or ``"prod"``.
        **axes_lengths: the lengths of axes.
    """

    def forward(self, input: Tensor) -> Tensor:
        """Reduce a tensor."""
        return self._apply_recipe(input)


class EinMix(_EinmixMixin, Module):
    """A linear layer in einops' notation: a sum of products of the input with a weight.

    Args:
        pattern: input and output, as in ``"b t (head c) -> b t (head d)"``.
        weight_shape: the axes of the weight, which is uniformly distributed at first.
        bias_shape: those of the bias; by default there is none.
        **axes_lengths: the lengths of axes.
    """

    def _create_parameters(self, weight_shape: Any, weight_bound: float, bias_shape: Any, bias_bound: float) -> None:
        def uniform(shape: Sequence[int], bound: float) -> Parameter:
            return Parameter(public("rand")(tuple(shape)) * (2 * bound) - bound)

        self.weight = uniform(weight_shape, weight_bound)
        self.bias = uniform(bias_shape, bias_bound) if bias_shape else None

    def _create_rearrange_layers(self, before: Any, lengths: Any, after: Any, lengths_after: Any) -> None:
        self.pre_rearrange = None if before is None else Rearrange(before, **lengths)
        self.post_rearrange = None if after is None else Rearrange(after, **lengths_after)

    def forward(self, input: Tensor) -> Tensor:
        """Apply the layer to a tensor."""
        x = input if self.pre_rearrange is None else self.pre_rearrange(input)
        x = public("einsum")(self.einsum_pattern, x, self.weight)
        if self.bias is not None:
            x = x + self.bias
        return x if self.post_rearrange is None else self.post_rearrange(x)
