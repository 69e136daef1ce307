"""Dropout: of elements, of channels, and for self-normalizing networks."""

from __future__ import annotations

import math

from ..._core.errors import ShapeError
from ..._core.tensor import Tensor
from ..common import check_tensor, warn, xp
from ..random import bernoulli_mask


def _dropped(name: str, input: Tensor, p: float, training: bool, inplace: bool, mask_shape: tuple[int, ...]) -> Tensor:
    check_tensor(input, name)
    if not 0 <= p <= 1:
        raise ValueError(f"{name}: the dropout probability has to be between 0 and 1, but it is {p}")
    if not training or p == 0:
        return input
    if p == 1:
        return input._in_place(xp.multiply, 0) if inplace else input * 0
    mask = xp.astype(bernoulli_mask(mask_shape, 1 - p, input), input.dtype) * (1 / (1 - p))
    return input._in_place(xp.multiply, mask) if inplace else input * mask


def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Each element 0 with probability ``p``, else times ``1 / (1 - p)``; in evaluation the input as it is.

    Hinton et al., arXiv:1207.0580.  Raises ValueError for a ``p`` that is not between 0 and 1.
    """
    return _dropped("dropout", input, p, training, inplace, tuple(input.shape))


def _channel_dropout(
    name: str, input: Tensor, p: float, training: bool, inplace: bool, lead: int, usual: tuple[int, int]
) -> Tensor:
    """`dropout` of all that one index into the first ``lead`` dimensions means; ``usual`` numbers of dimensions do not warn."""
    if check_tensor(input, name).ndim < lead:
        raise ShapeError(f"{name}: the input must have {usual[0]} dimensions, but its shape is {tuple(input.shape)}")
    if input.ndim not in usual:
        kept = "batch and channels" if lead == 2 else "channels"
        warn(
            f"{name}: an input of {input.ndim} dimensions is deprecated; it should have {usual[0]}, and the first are taken "
            f"for {kept}"
        )
    return _dropped(name, input, p, training, inplace, (*input.shape[:lead], *(1,) * (input.ndim - lead)))


def dropout1d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """`dropout` of whole channels of ``(N, C, L)`` or ``(C, L)``."""
    if check_tensor(input, "dropout1d").ndim not in (2, 3):
        raise ShapeError(f"dropout1d: the input must have 2 or 3 dimensions, but its shape is {tuple(input.shape)}")
    return _channel_dropout("dropout1d", input, p, training, inplace, input.ndim - 1, (3, 2))


def dropout2d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """`dropout` of whole channels of ``(N, C, H, W)``.

    The first two dimensions are batch and channels in any case; PyTorch's warning is given where there are not 4.
    """
    return _channel_dropout("dropout2d", input, p, training, inplace, 2, (4, 4))


def dropout3d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """`dropout` of whole channels of ``(N, C, D, H, W)`` or ``(C, D, H, W)``."""
    lead = 2 if check_tensor(input, "dropout3d").ndim == 5 else 1
    return _channel_dropout("dropout3d", input, p, training, inplace, lead, (5, 4))


def alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """`dropout` that keeps mean and variance of activations after `selu` (Klambauer et al., arXiv:1706.02515)."""
    if not 0 <= p <= 1:
        raise ValueError(f"alpha_dropout: the dropout probability has to be between 0 and 1, but it is {p}")
    if not training or p == 0:
        return input
    lowest = -1.7580993408473766
    a = 0.0 if p == 1 else 1 / math.sqrt((1 - p) * (1 + p * lowest * lowest))
    kept = bernoulli_mask(tuple(input.shape), 1 - p, input)
    result = lambda x: xp.where(kept, x, lowest) * a - lowest * p * a  # noqa: E731
    return input._in_place(result) if inplace else result(input)
