"""Embedding of integers, one by one and in bags, and one-hot encoding."""

from __future__ import annotations

from typing import Any

from ... import _dtypes
from ..._core.errors import ShapeError
from ..._core.precision import in_single_precision
from ..._core.same_dtype import check_same_dtype
from ..._core.tensor import Tensor
from ..common import assume, check_tensor, place_of, values_for_checks, xp
from ..creation import arange, zeros
from ..cumulative import cumsum
from ..linalg import vector_norm
from ..scatter_gather import gather
from ..scatter_reductions import index_reduce


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
        max_norm: scale rows that are looked up, in place, to a norm of at most this.
        norm_type: the order of that norm.
        scale_grad_by_freq: divide the gradient of a row by how often it was looked up.
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
    _check(input, weight, sparse, "embedding")
    padding_idx = _resolve_padding(padding_idx, weight, "embedding")
    if max_norm is not None:
        _limit_norms(weight, input, max_norm, norm_type)
    rows = xp.embedding(weight, input, padding_idx)
    return _by_frequency(rows, input, weight) if scale_grad_by_freq else rows


def _check(input: Tensor, weight: Tensor, sparse: bool, name: str) -> None:
    check_tensor(input, name)
    check_tensor(weight, name, "weight")
    if sparse:
        raise NotImplementedError(f"{name}: there are no sparse gradients; leave sparse out")
    if input.dtype.kind not in ("int", "uint"):
        raise TypeError(
            f"{name}: the indices must be of an integer type, but they are {input.dtype.name}; write input.long()"
        )
    if weight.ndim != 2:
        raise ShapeError(
            f"{name}: the weight must be (num_embeddings, embedding_dim), but its shape is {tuple(weight.shape)}"
        )
    count = weight.shape[0]

    def check(values: Any) -> None:
        if values.size and not (values.min() >= 0 and values.max() < count):
            wrong = values[(values < 0) | (values >= count)].flat[0]
            raise IndexError(f"{name}: index {wrong} is out of range; the weight has {count} rows, 0 to {count - 1}")

    assume(input, check)


def _resolve_padding(padding_idx: int | None, weight: Tensor, name: str) -> int | None:
    if padding_idx is None:
        return None
    count = weight.shape[0]
    if not -count <= padding_idx < count:
        raise IndexError(f"{name}: padding_idx {padding_idx} is out of range for {count} rows")
    return padding_idx % count


def _frequencies(input: Tensor, weight: Tensor) -> Tensor:
    """Count how often each row is looked up."""
    each = xp.reshape(input, (input.shape.numel(),))
    return xp.index_add(xp.astype(xp.ones_like(each), weight.dtype), each, weight.shape[0])


def _by_frequency(rows: Tensor, input: Tensor, weight: Tensor) -> Tensor:
    """Return ``rows``, whose gradient is divided by how often each was looked up."""
    if not rows.requires_grad:
        return rows
    each = xp.reshape(input, (input.shape.numel(),))
    share = xp.reshape(1 / xp.take_rows(_frequencies(input, weight), each), (*input.shape, 1))
    rows.register_hook(lambda gradient: gradient * share)
    return rows


def _limit_norms(weight: Tensor, input: Tensor, max_norm: float, norm_type: float) -> None:
    """Scale the rows that are looked up, in place, to a norm of at most ``max_norm``."""
    fixed = weight.detach()  # it shares the memory
    norms = vector_norm(fixed, norm_type, dim=1)
    too_long = xp.logical_and(_frequencies(input, weight) > 0, norms > max_norm)
    fixed.mul_(xp.expand_dims(xp.where(too_long, max_norm / (norms + 1e-7), 1.0), -1))


# -- bags --------------------------------------------------------------------------------------------------------------

_MODES = ("sum", "mean", "max")


def embedding_bag(
    input: Tensor,
    weight: Tensor,
    offsets: Tensor | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    mode: str = "mean",
    sparse: bool = False,
    per_sample_weights: Tensor | None = None,
    include_last_offset: bool = False,
    padding_idx: int | None = None,
) -> Tensor:
    """Look up rows of a matrix, and reduce them bag by bag.  An empty bag gives zeros.

    Args:
        input: integers: bags of equal length, ``(B, N)``, or all bags after each other, ``(N,)``, with ``offsets``.
        weight: a matrix ``(num_embeddings, embedding_dim)``.
        offsets: where each bag begins in a vector ``input``: integers ``(B,)``, increasing from 0.
        max_norm: scale rows that are looked up, in place, to a norm of at most this.
        norm_type: the order of that norm.
        scale_grad_by_freq: divide the gradient of a row by how often it was looked up; not for "max".
        mode: "sum", "mean" or "max"; of equal elements the first gets the gradient.
        sparse: not supported: gradients are dense.
        per_sample_weights: a factor for each row, of the shape of ``input``; only for "sum".
        include_last_offset: whether ``offsets`` also has the end of the last bag.
        padding_idx: a row that is left out of its bag, and gets no gradient; it may count from the end.

    Returns:
        A tensor ``(B, embedding_dim)``.

    Raises:
        ValueError: the dimensions of ``input``, ``offsets`` or ``per_sample_weights`` do not fit, or ``mode`` is unknown.
        IndexError: an index, or ``padding_idx``, is outside ``weight``.
        RuntimeError: ``offsets`` do not begin at 0, decrease, or go beyond ``input``.
        TypeError: ``input`` is not of an integer type.
        NotImplementedError: ``sparse`` is set, or ``per_sample_weights`` are given for another mode.

    Example::

        >>> weight = polygrad.tensor([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]])
        >>> F.embedding_bag(polygrad.tensor([0, 2, 1]), weight, polygrad.tensor([0, 2]), mode="sum")
        tensor([[4., 6.],
                [2., 3.]])
    """
    name = "embedding_bag"
    _check(input, weight, sparse, name)
    if mode not in _MODES:
        raise ValueError(f"{name}: mode has to be one of sum, mean or max, not {mode!r}")
    if mode == "max" and scale_grad_by_freq:
        raise ValueError(f"{name}: max mode does not support scaling the gradient by the frequency")
    if per_sample_weights is not None:
        if mode != "sum":
            raise NotImplementedError(f"{name}: per_sample_weights are only supported for mode='sum', not {mode!r}")
        if check_tensor(per_sample_weights, name, "per_sample_weights").shape != input.shape:
            raise ValueError(
                f"{name}: per_sample_weights must have the shape of the input, {tuple(input.shape)}, not "
                f"{tuple(per_sample_weights.shape)}"
            )
        check_same_dtype(name, {"weight": weight, "per_sample_weights": per_sample_weights})
    padding_idx = _resolve_padding(padding_idx, weight, name)
    bags, count = _bags(input, offsets, include_last_offset, name)
    if max_norm is not None:
        _limit_norms(weight, input, max_norm, norm_type)
    each = xp.reshape(input, (input.shape.numel(),))
    rows = xp.embedding(weight, each, padding_idx)
    if scale_grad_by_freq:
        rows = _by_frequency(rows, each, weight)
    if per_sample_weights is not None:
        per_sample_weights = xp.reshape(per_sample_weights, (*each.shape, 1))
    if padding_idx is not None:  # a bag beyond the others takes what is left out
        bags = xp.where(each == padding_idx, count, bags)
    return _maxima(rows, bags, count) if mode == "max" else _sums(rows, bags, count, mode, per_sample_weights)


@in_single_precision
def _sums(rows: Tensor, bags: Tensor, count: int, mode: str, factors: Tensor | None) -> Tensor:
    """Return the sum or the mean of each bag."""
    total = xp.index_add(rows if factors is None else rows * factors, bags, count + 1)[:count]
    if mode == "sum":
        return total
    sizes = xp.index_add(xp.astype(xp.ones_like(bags), rows.dtype), bags, count + 1)[:count]
    return total / xp.expand_dims(xp.clip(sizes, 1, None), -1)


def _bags(input: Tensor, offsets: Tensor | None, with_end: bool, name: str) -> tuple[Tensor, int]:
    """Return the number of the bag of each element of ``input``, and how many bags there are."""
    if input.ndim == 2:
        if offsets is not None:
            raise ValueError(f"{name}: if the input is 2D, offsets has to be None, as the input is bags of one length")
        count, length = input.shape
        numbers = arange(count, **place_of(input))
        return xp.reshape(xp.broadcast_to(xp.expand_dims(numbers, -1), (count, length)), (count * length,)), count
    if input.ndim != 1:
        raise ValueError(f"{name}: the input has to be 1D or 2D, but it has {input.ndim} dimensions")
    if offsets is None:
        raise ValueError(f"{name}: offsets has to be a 1D tensor for an input of 1 dimension, but it is None")
    if check_tensor(offsets, name, "offsets").ndim != 1:
        raise ValueError(f"{name}: offsets has to be a 1D tensor, but it has {offsets.ndim} dimensions")
    if offsets.dtype.kind not in ("int", "uint"):
        raise TypeError(f"{name}: the offsets must be of an integer type, but they are {offsets.dtype.name}")
    if with_end and not offsets.shape[0]:
        raise ValueError(f"{name}: with include_last_offset, offsets must have at least 1 element")
    length = input.shape[0]

    def check(values: Any) -> None:
        if not values.size:
            return
        if values[0] != 0:
            raise RuntimeError(f"{name}: offsets[0] has to be 0, where the first bag begins, but it is {values[0]}")
        if values[-1] > length:
            raise RuntimeError(f"{name}: offsets[-1] is {values[-1]}, but the input has only {length} elements")
        if (values[1:] < values[:-1]).any():
            raise RuntimeError(f"{name}: the offsets must not decrease")

    assume(offsets, check)
    starts = xp.index_add(xp.astype(xp.ones_like(offsets), _dtypes.int64), offsets, length + 1)
    return cumsum(starts, 0)[:length] - 1, offsets.shape[0] - with_end


def _maxima(rows: Tensor, bags: Tensor, count: int) -> Tensor:
    """Return the maximum of each bag in each column: the first of equal elements, and 0 of an empty bag."""
    length, columns = rows.shape
    if not length or not columns:
        return xp.index_add(rows, bags, count + 1)[:count]
    fixed, plain = rows.detach(), place_of(rows)
    largest = index_reduce(
        zeros(count + 1, columns, dtype=rows.dtype, **plain), 0, bags, fixed, "amax", include_self=False
    )
    found = xp.logical_or(fixed == xp.take_rows(largest, bags), xp.isnan(fixed))
    places = xp.where(found, xp.expand_dims(arange(length, **plain), -1), length)
    none = xp.astype(xp.zeros_like(largest), _dtypes.int64) + length
    first = index_reduce(none, 0, bags, places, "amin")[:count]
    picked = gather(rows, 0, xp.clip(first, 0, length - 1))
    return xp.where(first < length, picked, 0)


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
