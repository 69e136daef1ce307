"""Sequences of different lengths, padded or packed."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

from ... import _dtypes
from ..._core.primitive import OPERATIONS
from ..._core.scalars import to_python
from ..._core.tensor import Tensor
from ..._functions.common import check_tensor, place_of, tensors_of
from ..._functions.creation import full, tensor
from ..._functions.indexing import scalar_for
from ..._functions.joining import cat, stack
from ..._functions.strides import separate
from ..._state import recorder

__all__ = [
    "PackedSequence", "pack_padded_sequence", "pack_sequence", "pad_packed_sequence", "pad_sequence", "unpack_sequence",
    "unpad_sequence",
]  # fmt: skip


class _Packed(NamedTuple):
    data: Tensor
    batch_sizes: Tensor
    sorted_indices: Tensor | None
    unsorted_indices: Tensor | None


class PackedSequence(_Packed):
    """Sequences of different lengths without padding: all first steps, then all second steps, and so on.

    Within a step the longest sequence comes first.  `pack_padded_sequence` and `pack_sequence` make one.

    Args:
        data: the steps, ``(sum of all lengths, *)``.
        batch_sizes: how many sequences have each step, int64, descending.
        sorted_indices: the order of the sequences, or None if they were sorted.
        unsorted_indices: the inverse of ``sorted_indices``; computed if it is None.

    Example::

        >>> nn.utils.rnn.pack_sequence([polygrad.tensor([1.0, 2.0]), polygrad.tensor([3.0])]).data
        tensor([1., 3., 2.])
    """

    def __new__(
        cls, data: Tensor, batch_sizes: Any = None, sorted_indices: Any = None, unsorted_indices: Any = None
    ) -> PackedSequence:
        """Make a tuple; ``unsorted_indices`` follow from ``sorted_indices``."""
        if unsorted_indices is None and sorted_indices is not None:
            unsorted_indices = invert_permutation(sorted_indices)
        return super().__new__(cls, data, batch_sizes, sorted_indices, unsorted_indices)

    @property
    def sizes(self) -> tuple[int, ...]:
        """``batch_sizes`` as a tuple of ints."""
        known = _SIZES.get(id(self.batch_sizes))
        return _remember(self.batch_sizes, tuple(self.batch_sizes.tolist())) if known is None else known

    @property
    def _constants(self) -> tuple[int, ...] | None:
        """``sizes`` if they are known or can be read: what a compiled program depends on."""
        return self.sizes if recorder() is None else _SIZES.get(id(self.batch_sizes))

    def to(self, *args: Any, **kwargs: Any) -> PackedSequence:
        """Return the same sequences with ``data`` moved or converted as by `Tensor.to`."""
        return pack_like(self, self.data.to(*args, **kwargs))


#: id of a tensor of batch sizes → its values, which cannot be read while a function is traced.
_SIZES: dict[int, tuple[int, ...]] = {}


def _remember(batch_sizes: Tensor, sizes: tuple[int, ...]) -> tuple[int, ...]:
    """Remember ``sizes`` as long as ``batch_sizes`` lives."""
    _SIZES[id(batch_sizes)] = sizes
    weakref.finalize(batch_sizes, _SIZES.pop, id(batch_sizes))
    return sizes


def _make(data: Tensor, sizes: Sequence[int], order: Sequence[int] | None) -> PackedSequence:
    indices = [None, None] if order is None else [_index_tensor(data, order), _index_tensor(data, _inverse(order))]
    made = PackedSequence(data, _index_tensor(data, sizes), *indices)
    _remember(made.batch_sizes, tuple(sizes))
    return made


def pack_like(packed: PackedSequence, data: Tensor) -> PackedSequence:
    """Pack ``data`` in the order of ``packed``."""
    return PackedSequence(data, *packed[1:])


def _index_tensor(reference: Tensor, numbers: Sequence[int]) -> Tensor:
    return tensor(list(numbers), dtype=_dtypes.int64, **place_of(reference))


def _inverse(order: Sequence[int]) -> list[int]:
    return sorted(range(len(order)), key=order.__getitem__)


def invert_permutation(permutation: Tensor | None) -> Tensor | None:
    """Return the inverse of a permutation, or None for None."""
    return None if permutation is None else permutation.argsort()


class PaddedRows:
    """Converts packed sequences to a padded array ``(steps, batch, features)`` and back."""

    steps: int
    batch: int
    lengths: list[int]

    def __init__(self, packed: PackedSequence):
        sizes = packed.sizes
        offsets = [0, *accumulate(sizes)]
        self.steps, self.batch = len(sizes), sizes[0]
        self.lengths = [sum(size > b for size in sizes) for b in range(self.batch)]
        places = [(t, b) for t, size in enumerate(sizes) for b in range(size)]
        last, batch = self.lengths, self.batch
        grid = [(t, b) for t in range(self.steps) for b in range(batch)]
        #: The packed row for every place of the padded array (row 0 for padding); and the same for reversed sequences.
        self._into = [
            _index_tensor(packed.data, [offsets[t] + b if t < last[b] else 0 for t, b in grid]),
            _index_tensor(packed.data, [offsets[last[b] - 1 - t] + b if t < last[b] else 0 for t, b in grid]),
        ]
        self._back = [
            _index_tensor(packed.data, [t * batch + b for t, b in places]),
            _index_tensor(packed.data, [(last[b] - 1 - t) * batch + b for t, b in places]),
        ]
        self._ends = _index_tensor(packed.data, [(last[b] - 1) * batch + b for b in range(batch)])

    def pad(self, data: Tensor, reverse: bool = False) -> Tensor:
        """Pad packed ``data``; reverse each sequence if ``reverse``."""
        rows = OPERATIONS.take_rows(data, self._into[reverse])
        return OPERATIONS.reshape(rows, (self.steps, self.batch, *data.shape[1:]))

    def _rows(self, padded: Tensor, indices: Tensor) -> Tensor:
        rows = OPERATIONS.reshape(padded, (self.steps * self.batch, *padded.shape[2:]))
        return OPERATIONS.take_rows(rows, indices)

    def pack(self, padded: Tensor, reverse: bool = False) -> Tensor:
        """Undo `pad`."""
        return self._rows(padded, self._back[reverse])

    def last(self, padded: Tensor) -> Tensor:
        """Return the last element of each sequence, ``(batch, features)``."""
        return self._rows(padded, self._ends)


def pack_padded_sequence(
    input: Tensor, lengths: Any, batch_first: bool = False, enforce_sorted: bool = True
) -> PackedSequence:
    """Pack padded sequences, so that recurrent layers skip the padding.

    Args:
        input: a tensor ``(L, N, *)``, or ``(N, L, *)`` with ``batch_first``.
        lengths: the length of each sequence, positive: a tensor or list ``(N,)``.
        batch_first: whether the batch comes before the steps.
        enforce_sorted: require descending lengths; otherwise the sequences are sorted.

    Returns:
        A `PackedSequence`.

    Raises:
        RuntimeError: lengths are not positive, not descending with ``enforce_sorted``, or do not match ``input``.

    Example::

        >>> nn.utils.rnn.pack_padded_sequence(polygrad.ones(3, 2, 4), [3, 1]).batch_sizes
        tensor([2, 1, 1])
    """
    check_tensor(input, "pack_padded_sequence")
    counts = [int(n) for n in (lengths.tolist() if isinstance(lengths, Tensor) else lengths)]
    x = input.transpose(0, 1) if batch_first else input
    order = None
    if not enforce_sorted:
        order = sorted(range(len(counts)), key=lambda b: -counts[b])
        counts = [counts[b] for b in order]
        x = x.index_select(1, _index_tensor(input, order))
    elif any(a < b for a, b in pairwise(counts)):
        raise RuntimeError(
            f"lengths must be sorted in decreasing order when enforce_sorted is True, but got {counts}; pass "
            "enforce_sorted=False, if the order need not stay the same in the packed data"
        )
    if len(counts) != x.shape[1]:
        raise RuntimeError(f"expected lengths for all {x.shape[1]} sequences of the batch, but got {len(counts)}")
    if not counts or counts[-1] <= 0:
        raise RuntimeError(f"the length of every sequence has to be greater than 0, but got {counts}")
    if counts[0] > x.shape[0]:
        raise RuntimeError(f"expected lengths of at most {x.shape[0]}, the number of steps, but got {counts[0]}")
    sizes = [sum(n > t for n in counts) for t in range(counts[0])]
    rows = OPERATIONS.reshape(x, (x.shape[0] * x.shape[1], *x.shape[2:]))
    places = [t * x.shape[1] + b for t, size in enumerate(sizes) for b in range(size)]
    return _make(OPERATIONS.take_rows(rows, _index_tensor(input, places)), sizes, order)


def pad_packed_sequence(
    sequence: PackedSequence, batch_first: bool = False, padding_value: float = 0.0, total_length: int | None = None
) -> tuple[Tensor, Tensor]:
    """Pad packed sequences: the reverse of `pack_padded_sequence`.

    Args:
        sequence: a `PackedSequence`.
        batch_first: whether the batch comes before the steps in the result.
        padding_value: the value of the padding.
        total_length: the number of steps of the result; None is the length of the longest sequence.

    Returns:
        A tensor ``(L, N, *)``, or ``(N, L, *)`` with ``batch_first``, in the order before packing; and the lengths, int64
        ``(N,)``.

    Raises:
        ValueError: ``total_length`` is less than the longest sequence.

    Example::

        >>> packed = nn.utils.rnn.pack_sequence([polygrad.tensor([1.0, 2.0]), polygrad.tensor([3.0])])
        >>> nn.utils.rnn.pad_packed_sequence(packed, batch_first=True)
        (tensor([[1., 2.],
                [3., 0.]]), tensor([2, 1]))
    """
    rows = PaddedRows(sequence)
    x, steps = rows.pad(sequence.data), rows.steps
    trailing = (1,) * (x.ndim - 2)
    inside = [[t < n for n in rows.lengths] for t in range(steps)]
    mask = tensor(inside, **place_of(x)).reshape(steps, rows.batch, *trailing)
    x = OPERATIONS.where(mask, x, scalar_for(x, to_python(padding_value)))
    if total_length is not None:
        if total_length < steps:
            raise ValueError(
                f"expected total_length to be at least {steps}, the length of the longest sequence, but got {total_length}"
            )
        if total_length > steps:
            shape = (total_length - steps, *x.shape[1:])
            x = cat([x, full(shape, padding_value, dtype=x.dtype, **place_of(x))])
    counts = rows.lengths
    if sequence.unsorted_indices is not None:
        x = x.index_select(1, sequence.unsorted_indices)
        lengths = _index_tensor(x, counts).index_select(0, sequence.unsorted_indices)
    else:
        lengths = _index_tensor(x, counts)
    return x.transpose(0, 1) if batch_first else x, lengths


def _sequences(value: Any, function: str) -> list[Tensor]:
    """Return a list of sequences: those given, or the rows of one tensor, as in PyTorch."""
    return list(value.unbind()) if isinstance(value, Tensor) else tensors_of(value, function, "sequences")


def pad_sequence(
    sequences: Any, batch_first: bool = False, padding_value: float = 0.0, padding_side: str = "right"
) -> Tensor:
    """Stack sequences of different lengths, padded to the longest.

    Args:
        sequences: tensors ``(length, *)``.
        batch_first: whether the batch comes before the steps in the result.
        padding_value: the value of the padding.
        padding_side: "right" to pad at the end, "left" to pad at the beginning.

    Returns:
        A tensor ``(L, N, *)``, or ``(N, L, *)`` with ``batch_first``.

    Raises:
        ValueError: ``padding_side`` is unknown.
        RuntimeError: there are no sequences.

    Example::

        >>> nn.utils.rnn.pad_sequence([polygrad.ones(3), polygrad.ones(1)], batch_first=True)
        tensor([[1., 1., 1.],
                [1., 0., 0.]])
    """
    if padding_side not in ("left", "right"):
        raise ValueError(f"padding_side is 'left' or 'right', not {padding_side!r}")
    if not hasattr(sequences, "__iter__"):
        raise RuntimeError(f"pad_sequence: expected some sequences, not {type(sequences).__name__}")
    sequences = _sequences(sequences, "pad_sequence")
    if not sequences:
        raise RuntimeError("pad_sequence: there are no sequences")
    longest = max(x.shape[0] for x in sequences)
    padded = []
    for x in sequences:
        missing = longest - x.shape[0]
        if missing:
            block = full((missing, *x.shape[1:]), padding_value, dtype=x.dtype, **place_of(x))
            x = cat([x, block] if padding_side == "right" else [block, x])
        padded.append(x)
    return stack(padded, 0 if batch_first else 1)


def pack_sequence(sequences: Sequence[Tensor], enforce_sorted: bool = True) -> PackedSequence:
    """Pack a list of sequences of different lengths.

    Args:
        sequences: tensors ``(length, *)``.
        enforce_sorted: require descending lengths; otherwise the sequences are sorted.

    Returns:
        A `PackedSequence`.

    Raises:
        RuntimeError: lengths are not descending with ``enforce_sorted``, or a sequence is empty.

    Example::

        >>> nn.utils.rnn.pack_sequence([polygrad.ones(3), polygrad.ones(1)]).batch_sizes
        tensor([2, 1, 1])
    """
    sequences = _sequences(sequences, "pack_sequence")
    return pack_padded_sequence(pad_sequence(sequences), [x.shape[0] for x in sequences], False, enforce_sorted)


def unpad_sequence(padded_sequences: Tensor, lengths: Any, batch_first: bool = False) -> list[Tensor]:
    """Take padded sequences apart: the reverse of `pad_sequence`.

    Args:
        padded_sequences: a tensor ``(L, N, *)``, or ``(N, L, *)`` with ``batch_first``.
        lengths: the length of each sequence: a tensor or list ``(N,)``.
        batch_first: whether the batch comes before the steps.

    Returns:
        A list of tensors ``(length, *)``.

    Example::

        >>> nn.utils.rnn.unpad_sequence(polygrad.ones(2, 3), [3, 1], batch_first=True)
        [tensor([1., 1., 1.]), tensor([1.])]
    """
    x = padded_sequences if batch_first else padded_sequences.transpose(0, 1)
    counts = lengths.tolist() if isinstance(lengths, Tensor) else lengths
    return [separate(x[b, : int(n)]) for b, n in enumerate(counts)]


def unpack_sequence(packed_sequences: PackedSequence) -> list[Tensor]:
    """Take packed sequences apart: the reverse of `pack_sequence`.

    Args:
        packed_sequences: a `PackedSequence`.

    Returns:
        A list of tensors ``(length, *)``.

    Example::

        >>> packed = nn.utils.rnn.pack_sequence([polygrad.tensor([1.0, 2.0]), polygrad.tensor([3.0])])
        >>> nn.utils.rnn.unpack_sequence(packed)
        [tensor([1., 2.]), tensor([3.])]
    """
    padded, lengths = pad_packed_sequence(packed_sequences, batch_first=True)
    return unpad_sequence(padded, lengths, batch_first=True)
