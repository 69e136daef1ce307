"""DLPack: exchange of arrays with other libraries.  Both ways copy, so a write to one array never changes the other."""

from __future__ import annotations

from typing import Any

from .._core.tensor import Tensor
from .._functions.foreign import from_dlpack

__all__ = ["from_dlpack", "to_dlpack"]


def to_dlpack(tensor: Tensor) -> Any:
    """A DLPack capsule with a copy of the values of ``tensor``, for another library's ``from_dlpack``.

    Args:
        tensor: a tensor of any backend.

    Returns:
        A capsule, which can be consumed once.

    Raises:
        BufferError: ``tensor`` requires grad; take ``tensor.detach()``.

    Example::

        >>> capsule = polygrad.utils.dlpack.to_dlpack(polygrad.ones(3))
        >>> polygrad.utils.dlpack.from_dlpack(capsule)
        tensor([1., 1., 1.])
    """
    return tensor.__dlpack__()
