"""Padding layers, for one, two or three spatial dimensions."""

from __future__ import annotations

from typing import Any

from .._core.tensor import Tensor
from . import functional as F
from .convolution import per_axis
from .docstrings import sections_of
from .layer import Layer

__all__ = [
    "CircularPad1d", "CircularPad2d", "CircularPad3d", "ConstantPad1d", "ConstantPad2d", "ConstantPad3d", "ReflectionPad1d",
    "ReflectionPad2d", "ReflectionPad3d", "ReplicationPad1d", "ReplicationPad2d", "ReplicationPad3d", "ZeroPad1d", "ZeroPad2d",
    "ZeroPad3d",
]  # fmt: skip

#: By the number of axes, the order in which the edges are given.
_EDGES = {1: "``(left, right)``", 2: "``(left, right, top, bottom)``", 3: "``(left, right, top, bottom, front, back)``"}


class _Pad(Layer):
    """Padding layers of a certain number of axes."""

    axes: int
    mode: str

    padding: tuple[int, ...]

    def __init__(self, padding: Any) -> None:
        super().__init__()
        self.padding = per_axis(padding, 2 * self.axes)

    def forward(self, input: Tensor) -> Tensor:
        """Pad ``input``."""
        return F.pad(input, self.padding, self.mode)

    def extra_repr(self) -> str:
        """Return the settings that `repr` shows."""
        return f"{self.padding}"

    def _fits(self, shape: tuple[int, ...]) -> bool:
        return len(shape) in (self.axes + 1, self.axes + 2)

    def _expects(self) -> str:
        lengths = ", ".join(("depth", "height", "width")[3 - self.axes :])
        return f"(batch, channels, {lengths}) or (channels, {lengths})"


class _ConstantPad(_Pad):
    """Padding with one value.

    Args:
        padding: how many elements to add at each edge: an int, or {edges};
            negative numbers take elements away.
        value: the value of the added elements.

    Raises:
        ShapeError: an input is not larger than what is taken away.
    """

    def __init__(self, padding: Any, value: float) -> None:
        super().__init__(padding)
        self.value = value

    def forward(self, input: Tensor) -> Tensor:
        """Pad ``input``."""
        return F.pad(input, self.padding, "constant", self.value)

    def extra_repr(self) -> str:
        """Return the settings that `repr` shows."""
        return f"padding={self.padding}, value={self.value}"

    def _fits(self, shape: tuple[int, ...]) -> bool:
        return len(shape) >= self.axes


class _ZeroPad(_ConstantPad):
    """Padding with zeros.

    Args:
        padding: how many elements to add at each edge: an int, or {edges};
            negative numbers take elements away.

    Raises:
        ShapeError: an input is not larger than what is taken away.
    """

    def __init__(self, padding: Any) -> None:
        super().__init__(padding, 0.0)

    def extra_repr(self) -> str:
        """Return the settings that `repr` shows."""
        return f"{self.padding}"


class _ReflectionPad(_Pad):
    """Padding with the mirror image.

    Args:
        padding: how many elements to add at each edge: an int, or {edges};
            less than the input's length.

    Raises:
        ShapeError: an input is too short.
    """

    mode = "reflect"


class _ReplicationPad(_Pad):
    """Padding with the edge.

    Args:
        padding: how many elements to add at each edge: an int, or {edges}.

    Raises:
        ShapeError: an input is empty.
    """

    mode = "replicate"


class _CircularPad(_Pad):
    """Padding with the other end.

    Args:
        padding: how many elements to add at each edge: an int, or {edges};
            at most the input's length.

    Raises:
        ShapeError: an input is too short.
    """

    mode = "circular"


@sections_of(_ConstantPad, edges=_EDGES[1])
class ConstantPad1d(_ConstantPad):
    """Pad sequences at their edges with ``value``.

    Shapes:
        input: ``(*, L)``.
        output: ``(*, L + left + right)``.

    Example::

        >>> nn.ConstantPad1d((1, 2), value=9.0)(polygrad.tensor([[1.0, 2.0, 3.0]]))
        tensor([[9., 1., 2., 3., 9., 9.]])
    """

    axes = 1


@sections_of(_ConstantPad, edges=_EDGES[2])
class ConstantPad2d(_ConstantPad):
    """Pad images at their edges with ``value``.

    Shapes:
        input: ``(*, H, W)``.
        output: ``(*, H + top + bottom, W + left + right)``.

    Example::

        >>> nn.ConstantPad2d((1, 1, 0, 1), value=9.0)(polygrad.tensor([[[1.0, 2.0], [3.0, 4.0]]]))
        tensor([[[9., 1., 2., 9.],
                 [9., 3., 4., 9.],
                 [9., 9., 9., 9.]]])
    """

    axes = 2


@sections_of(_ConstantPad, edges=_EDGES[3])
class ConstantPad3d(_ConstantPad):
    """Pad volumes at their edges with ``value``.

    Shapes:
        input: ``(*, D, H, W)``.
        output: ``(*, D + front + back, H + top + bottom, W + left + right)``.

    Example::

        >>> nn.ConstantPad3d(1, value=9.0)(polygrad.ones(1, 3, 4, 5)).shape
        polygrad.Size([1, 5, 6, 7])
    """

    axes = 3


@sections_of(_ZeroPad, edges=_EDGES[1])
class ZeroPad1d(_ZeroPad):
    """Pad sequences at their edges with zeros.

    Shapes:
        input: ``(*, L)``.
        output: ``(*, L + left + right)``.

    Example::

        >>> nn.ZeroPad1d((1, 2))(polygrad.tensor([[1.0, 2.0, 3.0]]))
        tensor([[0., 1., 2., 3., 0., 0.]])
    """

    axes = 1


@sections_of(_ZeroPad, edges=_EDGES[2])
class ZeroPad2d(_ZeroPad):
    """Pad images at their edges with zeros.

    Shapes:
        input: ``(*, H, W)``.
        output: ``(*, H + top + bottom, W + left + right)``.

    Example::

        >>> nn.ZeroPad2d((1, 1, 0, 1))(polygrad.tensor([[[1.0, 2.0], [3.0, 4.0]]]))
        tensor([[[0., 1., 2., 0.],
                 [0., 3., 4., 0.],
                 [0., 0., 0., 0.]]])
    """

    axes = 2


@sections_of(_ZeroPad, edges=_EDGES[3])
class ZeroPad3d(_ZeroPad):
    """Pad volumes at their edges with zeros.

    Shapes:
        input: ``(*, D, H, W)``.
        output: ``(*, D + front + back, H + top + bottom, W + left + right)``.

    Example::

        >>> nn.ZeroPad3d(1)(polygrad.ones(1, 3, 4, 5)).shape
        polygrad.Size([1, 5, 6, 7])
    """

    axes = 3


@sections_of(_ReflectionPad, edges=_EDGES[1])
class ReflectionPad1d(_ReflectionPad):
    """Pad sequences at their edges with their mirror image, without the edge.

    Shapes:
        input: ``(N, C, L)`` or ``(C, L)``.
        output: ``(N, C, L + left + right)``, without ``N`` if the input has none.

    Example::

        >>> nn.ReflectionPad1d((1, 2))(polygrad.tensor([[1.0, 2.0, 3.0]]))
        tensor([[2., 1., 2., 3., 2., 1.]])
    """

    axes = 1


@sections_of(_ReflectionPad, edges=_EDGES[2])
class ReflectionPad2d(_ReflectionPad):
    """Pad images at their edges with their mirror image, without the edge.

    Shapes:
        input: ``(N, C, H, W)`` or ``(C, H, W)``.
        output: ``(N, C, H + top + bottom, W + left + right)``, without ``N`` if the input has none.

    Example::

        >>> nn.ReflectionPad2d((1, 1, 0, 1))(polygrad.tensor([[[1.0, 2.0], [3.0, 4.0]]]))
        tensor([[[2., 1., 2., 1.],
                 [4., 3., 4., 3.],
                 [2., 1., 2., 1.]]])
    """

    axes = 2


@sections_of(_ReflectionPad, edges=_EDGES[3])
class ReflectionPad3d(_ReflectionPad):
    """Pad volumes at their edges with their mirror image, without the edge.

    Shapes:
        input: ``(N, C, D, H, W)`` or ``(C, D, H, W)``.
        output: ``(N, C, D + front + back, H + top + bottom, W + left + right)``, without ``N`` if the input has none.

    Example::

        >>> nn.ReflectionPad3d(1)(polygrad.ones(1, 3, 4, 5)).shape
        polygrad.Size([1, 5, 6, 7])
    """

    axes = 3


@sections_of(_ReplicationPad, edges=_EDGES[1])
class ReplicationPad1d(_ReplicationPad):
    """Pad sequences at their edges with the elements at the edge.

    Shapes:
        input: ``(N, C, L)`` or ``(C, L)``.
        output: ``(N, C, L + left + right)``, without ``N`` if the input has none.

    Example::

        >>> nn.ReplicationPad1d((1, 2))(polygrad.tensor([[1.0, 2.0, 3.0]]))
        tensor([[1., 1., 2., 3., 3., 3.]])
    """

    axes = 1


@sections_of(_ReplicationPad, edges=_EDGES[2])
class ReplicationPad2d(_ReplicationPad):
    """Pad images at their edges with the elements at the edge.

    Shapes:
        input: ``(N, C, H, W)`` or ``(C, H, W)``.
        output: ``(N, C, H + top + bottom, W + left + right)``, without ``N`` if the input has none.

    Example::

        >>> nn.ReplicationPad2d((1, 1, 0, 1))(polygrad.tensor([[[1.0, 2.0], [3.0, 4.0]]]))
        tensor([[[1., 1., 2., 2.],
                 [3., 3., 4., 4.],
                 [3., 3., 4., 4.]]])
    """

    axes = 2


@sections_of(_ReplicationPad, edges=_EDGES[3])
class ReplicationPad3d(_ReplicationPad):
    """Pad volumes at their edges with the elements at the edge.

    Shapes:
        input: ``(N, C, D, H, W)`` or ``(C, D, H, W)``.
        output: ``(N, C, D + front + back, H + top + bottom, W + left + right)``, without ``N`` if the input has none.

    Example::

        >>> nn.ReplicationPad3d(1)(polygrad.ones(1, 3, 4, 5)).shape
        polygrad.Size([1, 5, 6, 7])
    """

    axes = 3


@sections_of(_CircularPad, edges=_EDGES[1])
class CircularPad1d(_CircularPad):
    """Pad sequences at their edges with the elements at the other end.

    Shapes:
        input: ``(N, C, L)`` or ``(C, L)``.
        output: ``(N, C, L + left + right)``, without ``N`` if the input has none.

    Example::

        >>> nn.CircularPad1d((1, 2))(polygrad.tensor([[1.0, 2.0, 3.0]]))
        tensor([[3., 1., 2., 3., 1., 2.]])
    """

    axes = 1


@sections_of(_CircularPad, edges=_EDGES[2])
class CircularPad2d(_CircularPad):
    """Pad images at their edges with the elements at the other end.

    Shapes:
        input: ``(N, C, H, W)`` or ``(C, H, W)``.
        output: ``(N, C, H + top + bottom, W + left + right)``, without ``N`` if the input has none.

    Example::

        >>> nn.CircularPad2d((1, 1, 0, 1))(polygrad.tensor([[[1.0, 2.0], [3.0, 4.0]]]))
        tensor([[[2., 1., 2., 1.],
                 [4., 3., 4., 3.],
                 [2., 1., 2., 1.]]])
    """

    axes = 2


@sections_of(_CircularPad, edges=_EDGES[3])
class CircularPad3d(_CircularPad):
    """Pad volumes at their edges with the elements at the other end.

    Shapes:
        input: ``(N, C, D, H, W)`` or ``(C, D, H, W)``.
        output: ``(N, C, D + front + back, H + top + bottom, W + left + right)``, without ``N`` if the input has none.

    Example::

        >>> nn.CircularPad3d(1)(polygrad.ones(1, 3, 4, 5)).shape
        polygrad.Size([1, 5, 6, 7])
    """

    axes = 3
