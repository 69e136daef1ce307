"""Distances between rows."""

from __future__ import annotations

from .._core.errors import ShapeError
from .._core.precision import in_single_precision
from .._core.primitive import OPERATIONS as xp
from .._core.same_dtype import require_same_dtype
from .._core.tensor import Tensor
from .common import check_tensor
from .public import public_function


@public_function(method=True)
@require_same_dtype("x1", "x2")
@in_single_precision
def cdist(x1: Tensor, x2: Tensor, p: float = 2.0, compute_mode: str | None = None) -> Tensor:
    """Return the distances between all rows of two batches of matrices.

    ``out[i, j] = norm(x1[i] - x2[j], p)``; the gradient at a distance of 0 is 0.

    Args:
        x1: a tensor of shape ``(*, n, m)``.
        x2: a tensor of the same data type and of shape ``(*, k, m)``; the batch dimensions broadcast.
        p: the order of the norm, 0 or larger.
        compute_mode: accepted for compatibility with PyTorch.  The distances are always computed from the differences.

    Returns:
        A tensor of shape ``(*, n, k)``.

    Raises:
        RuntimeError: the rows have different lengths, a tensor has fewer than two dimensions, the data types differ, or
            ``p`` is negative.

    Example::

        >>> polygrad.cdist(polygrad.tensor([[0.0, 0.0]]), polygrad.tensor([[3.0, 4.0], [0.0, 1.0]]))
        tensor([[5., 1.]])
    """
    for x in (x1, x2):
        if check_tensor(x, "cdist", "x1 and x2").ndim < 2:
            raise ShapeError(f"cdist(): x1 and x2 must have at least two dimensions, but a shape is {tuple(x.shape)}")
    if p < 0:
        raise ShapeError(f"cdist(): p must not be negative, but it is {p}")
    if x1.shape[-1] != x2.shape[-1]:
        raise RuntimeError(
            f"cdist(): the last dimensions of x1 and x2 must be equal, but the shapes are {tuple(x1.shape)} and {tuple(x2.shape)}"
        )
    one = xp.reshape(x1, (*x1.shape[:-1], 1, x1.shape[-1]))
    other = xp.reshape(x2, (*x2.shape[:-2], 1, *x2.shape[-2:]))
    return (one - other).norm(p, -1)
