"""Layers that flatten dimensions and unflatten one."""

from __future__ import annotations

from typing import Any

from .._core.scalars import as_int
from .._core.tensor import Tensor
from .._functions.manipulation import flatten, unflatten
from .layer import Layer

__all__ = ["Flatten", "Unflatten"]


class Flatten(Layer):
    """Merge neighbouring dimensions into one.

    Args:
        start_dim: the first of them.
        end_dim: the last of them.

    Shapes:
        input: any shape.
        output: that with one dimension for those from ``start_dim`` to ``end_dim``.

    Raises:
        IndexError: an input does not have these dimensions.

    Example::

        >>> nn.Flatten()(polygrad.ones(5, 3, 8, 8)).shape
        polygrad.Size([5, 192])
    """

    start_dim: int
    end_dim: int

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        super().__init__()
        self.start_dim, self.end_dim = start_dim, end_dim

    def forward(self, input: Tensor) -> Tensor:
        """Merge dimensions of ``input``."""
        return flatten(input, self.start_dim, self.end_dim)

    def extra_repr(self) -> str:
        """Return the settings that `repr` shows."""
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"


class Unflatten(Layer):
    """Split a dimension into several.

    Args:
        dim: the dimension.
        unflattened_size: their lengths, a tuple; one of them can be -1.

    Shapes:
        input: any shape whose length along ``dim`` is the product of ``unflattened_size``.
        output: that with ``unflattened_size`` in place of the dimension.

    Raises:
        TypeError: ``unflattened_size`` is not a tuple or list of ints.

    Example::

        >>> nn.Unflatten(1, (3, 8))(polygrad.ones(5, 24)).shape
        polygrad.Size([5, 3, 8])
    """

    dim: int
    unflattened_size: tuple[int, ...]

    def __init__(self, dim: int, unflattened_size: Any) -> None:
        super().__init__()
        if not isinstance(unflattened_size, (tuple, list)):
            raise TypeError(f"unflattened_size is a tuple of ints, not {type(unflattened_size).__name__}")
        self.dim, self.unflattened_size = as_int(dim), tuple([as_int(length) for length in unflattened_size])

    def forward(self, input: Tensor) -> Tensor:
        """Split a dimension of ``input``."""
        return unflatten(input, self.dim, self.unflattened_size)

    def extra_repr(self) -> str:
        """Return the settings that `repr` shows."""
        return f"dim={self.dim}, unflattened_size={self.unflattened_size}"
