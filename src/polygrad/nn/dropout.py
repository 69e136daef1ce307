"""Dropout layers."""

from __future__ import annotations

from .._core.tensor import Tensor
from . import functional as F
from .docstrings import sections_of
from .layer import Layer

__all__ = ["AlphaDropout", "Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "FeatureAlphaDropout"]


class _Dropout(Layer):
    """Dropout with a probability.

    In evaluation mode the layer returns its input.

    Args:
        p: the probability that {what} is dropped, from 0 to 1.
        inplace: write the result into the input.

    Raises:
        ValueError: ``p`` is not from 0 to 1.
    """

    p: float
    inplace: bool

    def __init__(self, p: float = 0.5, inplace: bool = False) -> None:
        super().__init__()
        if not 0 <= p <= 1:
            raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
        self.p, self.inplace = p, inplace

    def extra_repr(self) -> str:
        """Return the settings that `repr` shows."""
        return f"p={self.p}, inplace={self.inplace}"


@sections_of(_Dropout, what="an element")
class Dropout(_Dropout):
    """In training, set each element to 0 with probability ``p`` and divide the others by ``1 - p``.

    Hinton et al., "Improving neural networks by preventing co-adaptation of feature detectors", 2012, arXiv:1207.0580.

    Shapes:
        input, output: any shape, the same for both.

    Example::

        >>> nn.Dropout(0.5).eval()(polygrad.ones(3))
        tensor([1., 1., 1.])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Drop elements of ``input``, in training."""
        return F.dropout(input, self.p, self.training, self.inplace)


@sections_of(_Dropout, what="a channel")
class Dropout1d(_Dropout):
    """In training, set each channel of sequences to 0 with probability ``p`` and divide the others by ``1 - p``.

    Shapes:
        input, output: ``(N, C, L)`` or ``(C, L)``.

    Example::

        >>> nn.Dropout1d(0.5)(polygrad.ones(5, 3, 8)).shape
        polygrad.Size([5, 3, 8])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Drop elements of ``input``, in training."""
        return F.dropout1d(input, self.p, self.training, self.inplace)


@sections_of(_Dropout, what="a channel")
class Dropout2d(_Dropout):
    """In training, set each channel of images to 0 with probability ``p`` and divide the others by ``1 - p``.

    Tompson et al., "Efficient object localization using convolutional networks", 2014, arXiv:1411.4280.

    Shapes:
        input, output: ``(N, C, H, W)``.

    Example::

        >>> nn.Dropout2d(0.5)(polygrad.ones(5, 3, 8, 8)).shape
        polygrad.Size([5, 3, 8, 8])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Drop elements of ``input``, in training."""
        return F.dropout2d(input, self.p, self.training, self.inplace)


@sections_of(_Dropout, what="a channel")
class Dropout3d(_Dropout):
    """In training, set each channel of volumes to 0 with probability ``p`` and divide the others by ``1 - p``.

    Shapes:
        input, output: ``(N, C, D, H, W)`` or ``(C, D, H, W)``.

    Example::

        >>> nn.Dropout3d(0.5)(polygrad.ones(5, 3, 4, 4, 4)).shape
        polygrad.Size([5, 3, 4, 4, 4])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Drop elements of ``input``, in training."""
        return F.dropout3d(input, self.p, self.training, self.inplace)


@sections_of(_Dropout, what="an element")
class AlphaDropout(_Dropout):
    """In training, drop elements so that mean and variance of activations of `SELU` stay: dropped ones take its negative limit.

    Klambauer et al., "Self-normalizing neural networks", 2017, arXiv:1706.02515.

    Shapes:
        input, output: any shape, the same for both.

    Example::

        >>> nn.AlphaDropout(0.1)(polygrad.ones(3)).shape
        polygrad.Size([3])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Drop elements of ``input``, in training."""
        return F.alpha_dropout(input, self.p, self.training)


@sections_of(_Dropout, what="a channel")
class FeatureAlphaDropout(_Dropout):
    """In training, drop whole channels as `AlphaDropout` drops elements.

    Shapes:
        input, output: ``(N, C, *)``, the same for both.

    Example::

        >>> nn.FeatureAlphaDropout(0.1)(polygrad.ones(5, 3, 4)).shape
        polygrad.Size([5, 3, 4])
    """

    def forward(self, input: Tensor) -> Tensor:
        """Drop channels of ``input``, in training."""
        return F.feature_alpha_dropout(input, self.p, self.training)
