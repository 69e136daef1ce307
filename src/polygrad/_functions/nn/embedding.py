"""Embedding and one-hot encoding of integers."""

from __future__ import annotations

from typing import Any

from ... import _dtypes
from ..._core.errors import ShapeError
from ..._core.tensor import Tensor
from ..common import assume, check_tensor, values_for_checks, xp


def embedding(
    input: Tensor,
    weight: Tensor,
    padding_idx: int | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Tensor:
    """Look up rows of a matrix by their indices.

    Args:
        input: integers of any shape, from 0 to ``num_embeddings - 1``.
        weight: a matrix ``(num_embeddings, embedding_dim)``.
        padding_idx: a row that gets no gradient; it may count from the end.
        max_norm: not supported here; `Embedding` supports it.
        norm_type: the order of the norm that ``max_norm`` limits.
        scale_grad_by_freq: not supported here; `Embedding` supports it.
        sparse: not supported: gradients are dense.

    Returns:
        A tensor ``(*input.shape, embedding_dim)``.

    Raises:
        IndexError: an index, or ``padding_idx``, is outside ``weight``.
        TypeError: ``input`` is not of an integer type.
        ShapeError: ``weight`` is not a matrix.
        NotImplementedError: an unsupported argument is given.

    Example::

        >>> F.embedding(polygrad.tensor([2, 0]), polygrad.tensor([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]]))
        tensor([[4., 5.],
                [0., 1.]])
    """
    check_tensor(input, "embedding")
    check_tensor(weight, "embedding", "weight")
    if max_norm is not None or scale_grad_by_freq or sparse:
        raise NotImplementedError(
            "embedding: max_norm, scale_grad_by_freq and sparse are not supported; nn.Embedding supports the first two"
        )
    if input.dtype.kind not in ("int", "uint"):
        raise TypeError(
            f"embedding: the indices must be of an integer type, but they are {input.dtype.name}; write input.long()"
        )
    if weight.ndim != 2:
        raise ShapeError(
            f"embedding: the weight must be (num_embeddings, embedding_dim), but its shape is {tuple(weight.shape)}"
        )
    count = weight.shape[0]
    if padding_idx is not None:
        if not -count <= padding_idx < count:
            raise IndexError(f"embedding: padding_idx {padding_idx} is out of range for {count} rows")
        padding_idx %= count

    def check(values: Any) -> None:
        if values.size and not (values.min() >= 0 and values.max() < count):
            wrong = values[(values < 0) | (values >= count)].flat[0]
            raise IndexError(f"embedding: index {wrong} is out of range; the weight has {count} rows, 0 to {count - 1}")

    assume(input, check)
    return xp.embedding(weight, input, padding_idx)


def one_hot(tensor: Tensor, num_classes: int = -1) -> Tensor:
    """Encode each integer as a vector with a single 1 at that index.

    Args:
        tensor: integers of any shape, at least 0.
        num_classes: the length of the vectors; -1 takes one more than the largest integer.

    Returns:
        An int64 tensor ``(*tensor.shape, num_classes)``.

    Raises:
        RuntimeError: ``tensor`` is not of an integer type, has an element outside the classes, or does not tell their number:
            it is empty, in `vmap`, or in a traced function.

    Example::

        >>> F.one_hot(polygrad.tensor([0, 2]))
        tensor([[1, 0, 0],
                [0, 0, 1]])
    """
    check_tensor(tensor, "one_hot", "tensor")
    if tensor.dtype.kind not in ("int", "uint"):
        raise RuntimeError(f"one_hot is only applicable to index tensors of an integer type, not {tensor.dtype.name}")
    values = values_for_checks(tensor)
    if num_classes == -1:
        if values is None or tensor.backend.level or not tensor.shape.numel():
            raise RuntimeError(
                "one_hot: num_classes must be given for an empty tensor, inside vmap, and while a function is traced"
            )
        num_classes = int(values.max()) + 1
    if values is not None and tensor.shape.numel():
        if values.min() < 0:
            raise RuntimeError(f"one_hot: class values must be non-negative, but the smallest is {values.min()}")
        if values.max() >= num_classes:
            raise RuntimeError(
                f"one_hot: class values must be smaller than num_classes {num_classes}, not {values.max()}"
            )
    mask = xp.class_mask(xp.reshape(tensor, (tensor.shape.numel(),)), num_classes)
    return xp.reshape(xp.astype(mask, _dtypes.int64), (*tensor.shape, num_classes))
