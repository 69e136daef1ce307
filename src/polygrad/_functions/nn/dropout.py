"""Dropout: of elements, of channels, and for self-normalizing networks."""

from __future__ import annotations

import math

from ..._core.errors import ShapeError
from ..._core.tensor import Tensor
from ..._core.warn import warn
from ..common import check_tensor, xp
from ..public import public_function
from ..random import bernoulli_mask


def _drop(name: str, input: Tensor, p: float, training: bool, inplace: bool, mask_shape: tuple[int, ...]) -> Tensor:
    check_tensor(input, name)
    if not 0 <= p <= 1:
        raise ValueError(f"{name}: the dropout probability has to be between 0 and 1, but it is {p}")
    if not training or p == 0:
        return input
    if p == 1:
        return input._in_place(xp.multiply, 0) if inplace else input * 0
    mask = xp.astype(bernoulli_mask(mask_shape, 1 - p, input), input.dtype) * (1 / (1 - p))
    return input._in_place(xp.multiply, mask) if inplace else input * mask


@public_function()
def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Set each element to 0 with probability ``p`` and divide the others by ``1 - p``, so that the expected value stays the same.

    Hinton et al., "Improving neural networks by preventing co-adaptation of feature detectors", 2012, arXiv:1207.0580.

    Args:
        input: a tensor of any shape.
        p: the probability of a 0, from 0 to 1.
        training: False returns ``input`` unchanged.
        inplace: write the result into ``input`` and return that.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        ValueError: ``p`` is not from 0 to 1.

    Example::

        >>> F.dropout(polygrad.ones(4), p=0.5, training=False)
        tensor([1., 1., 1., 1.])
        >>> set(F.dropout(polygrad.ones(100), p=0.5).tolist()) == {0.0, 2.0}
        True
    """
    return _drop("dropout", input, p, training, inplace, tuple(input.shape))


def _channel_dropout(
    name: str, input: Tensor, p: float, training: bool, inplace: bool, lead: int, usual: tuple[int, int]
) -> Tensor:
    """Apply `dropout` to slices of the first ``lead`` dimensions; warn unless the number of dimensions is in ``usual``."""
    if check_tensor(input, name).ndim < lead:
        raise ShapeError(f"{name}: the input must have {usual[0]} dimensions, but its shape is {tuple(input.shape)}")
    if input.ndim not in usual:
        kept = "batch and channels" if lead == 2 else "channels"
        warn(
            f"{name}: an input of {input.ndim} dimensions is deprecated; it should have {usual[0]}, and the first are taken "
            f"for {kept}"
        )
    return _drop(name, input, p, training, inplace, (*input.shape[:lead], *(1,) * (input.ndim - lead)))


def dropout1d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """`dropout` of whole channels of sequences.

    Args:
        input: a tensor ``(N, C, L)`` or ``(C, L)``.
        p: the probability that a channel is set to 0, from 0 to 1.
        training: False returns ``input`` unchanged.
        inplace: write the result into ``input`` and return that.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        ShapeError: ``input`` has other than 2 or 3 dimensions.
        ValueError: ``p`` is not from 0 to 1.

    Example::

        >>> channels = F.dropout1d(polygrad.ones(2, 3, 8))
        >>> bool((channels.amin(2) == channels.amax(2)).all())
        True
    """
    if check_tensor(input, "dropout1d").ndim not in (2, 3):
        raise ShapeError(f"dropout1d: the input must have 2 or 3 dimensions, but its shape is {tuple(input.shape)}")
    return _channel_dropout("dropout1d", input, p, training, inplace, input.ndim - 1, (3, 2))


def dropout2d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """`dropout` of whole channels of images.

    Tompson et al., "Efficient object localization using convolutional networks", 2014, arXiv:1411.4280.

    Args:
        input: a tensor ``(N, C, H, W)``.  With another number of dimensions it warns; the first two count as batch and channels.
        p: the probability that a channel is set to 0, from 0 to 1.
        training: False returns ``input`` unchanged.
        inplace: write the result into ``input`` and return that.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        ShapeError: ``input`` has fewer than 2 dimensions.
        ValueError: ``p`` is not from 0 to 1.

    Example::

        >>> channels = F.dropout2d(polygrad.ones(2, 3, 8, 8))
        >>> bool((channels.amin((2, 3)) == channels.amax((2, 3))).all())
        True
    """
    return _channel_dropout("dropout2d", input, p, training, inplace, 2, (4, 4))


def dropout3d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """`dropout` of whole channels of volumes.

    Args:
        input: a tensor ``(N, C, D, H, W)`` or ``(C, D, H, W)``.
        p: the probability that a channel is set to 0, from 0 to 1.
        training: False returns ``input`` unchanged.
        inplace: write the result into ``input`` and return that.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        ShapeError: ``input`` has no dimensions.
        ValueError: ``p`` is not from 0 to 1.

    Example::

        >>> channels = F.dropout3d(polygrad.ones(2, 3, 4, 4, 4))
        >>> bool((channels.amin((2, 3, 4)) == channels.amax((2, 3, 4))).all())
        True
    """
    lead = 2 if check_tensor(input, "dropout3d").ndim == 5 else 1
    return _channel_dropout("dropout3d", input, p, training, inplace, lead, (5, 4))


@public_function()
def alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """Dropout that keeps the mean and the variance of activations of `selu`: dropped elements take its negative limit.

    Klambauer et al., "Self-normalizing neural networks", 2017, arXiv:1706.02515.

    Args:
        input: a tensor of any shape.
        p: the probability that an element is dropped, from 0 to 1.
        training: False, which is the default, returns ``input`` unchanged.
        inplace: write the result into ``input`` and return that.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        ValueError: ``p`` is not from 0 to 1.

    Example::

        >>> F.alpha_dropout(polygrad.zeros(2, 3), p=0.5, training=True).shape
        polygrad.Size([2, 3])
    """
    return _alpha_drop("alpha_dropout", input, p, training, inplace, tuple(check_tensor(input, "alpha_dropout").shape))


def _alpha_drop(
    name: str, input: Tensor, p: float, training: bool, inplace: bool, mask_shape: tuple[int, ...]
) -> Tensor:
    if not 0 <= p <= 1:
        raise ValueError(f"{name}: the dropout probability has to be between 0 and 1, but it is {p}")
    if not training or p == 0:
        return input
    lowest = -1.7580993408473766
    a = 0.0 if p == 1 else 1 / math.sqrt((1 - p) * (1 + p * lowest * lowest))
    kept = bernoulli_mask(mask_shape, 1 - p, input)
    result = lambda x: xp.where(kept, x, lowest) * a - lowest * p * a  # noqa: E731
    return input._in_place(result) if inplace else result(input)


def feature_alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """`alpha_dropout` of whole channels.

    Args:
        input: a tensor ``(N, C, *)``.
        p: the probability that a channel is dropped, from 0 to 1.
        training: False, which is the default, returns ``input`` unchanged.
        inplace: write the result into ``input`` and return that.

    Returns:
        A tensor of the shape of ``input``.

    Raises:
        ValueError: ``p`` is not from 0 to 1.
        ShapeError: ``input`` has fewer than 2 dimensions.

    Example::

        >>> channels = F.feature_alpha_dropout(polygrad.zeros(2, 3, 8), training=True)
        >>> bool((channels.amin(2) == channels.amax(2)).all())
        True
    """
    name = "feature_alpha_dropout"
    if training and check_tensor(input, name).ndim < 2:
        raise ShapeError(f"{name}: the input must have at least 2 dimensions, but its shape is {tuple(input.shape)}")
    return _alpha_drop(name, input, p, training, inplace, (*input.shape[:2], *(1,) * (input.ndim - 2)))
