"""Data sets: examples by index, or one after the other."""

from __future__ import annotations

import bisect
import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import Any, Generic, TypeVar

from ..._core.tensor import Tensor
from ..._core.warn import warn
from ..._functions.generator import Generator
from ..._functions.random import randperm

__all__ = [
    "ChainDataset", "ConcatDataset", "Dataset", "IterableDataset", "StackDataset", "Subset", "TensorDataset", "random_split",
]  # fmt: skip

T = TypeVar("T", covariant=True)


class Dataset(Generic[T]):
    """Base class of data sets with examples by index: a subclass defines ``__getitem__`` and ``__len__``.

    ``dataset + other`` is a `ConcatDataset`.

    Example::

        >>> class Squares(polygrad.utils.data.Dataset):
        ...     def __len__(self):
        ...         return 10
        ...
        ...     def __getitem__(self, i):
        ...         return i, i * i
        >>> Squares()[3]
        (3, 9)
    """

    def __getitem__(self, index: Any) -> T:
        raise NotImplementedError(f"{type(self).__name__} does not define __getitem__()")

    def __add__(self, other: Dataset[Any]) -> ConcatDataset[Any]:
        return ConcatDataset([self, other])


def fetch(dataset: Any, indices: Sequence[int]) -> Any:
    """The examples ``indices`` of ``dataset``, all at once where it has ``__getitems__``."""
    at_once = getattr(dataset, "__getitems__", None)
    return at_once(indices) if callable(at_once) else [dataset[index] for index in indices]


class IterableDataset(Dataset[T]):
    """Base class of data sets whose examples come one after the other: a subclass defines ``__iter__``.

    ``dataset + other`` is a `ChainDataset`.

    Example::

        >>> class Count(polygrad.utils.data.IterableDataset):
        ...     def __iter__(self):
        ...         return iter(range(3))
        >>> list(Count())
        [0, 1, 2]
    """

    def __iter__(self) -> Iterator[T]:
        raise NotImplementedError(f"{type(self).__name__} does not define __iter__()")

    def __add__(self, other: Dataset[Any]) -> ChainDataset[Any]:  # type: ignore[override]  # streams are chained, not concatenated
        return ChainDataset([self, other])


class TensorDataset(Dataset[tuple[Tensor, ...]]):
    """Examples along the first dimension of tensors.

    Args:
        *tensors: tensors of shape ``(N, *)``, with ``N`` examples each.

    Raises:
        ValueError: the tensors differ in length.

    Example::

        >>> dataset = polygrad.utils.data.TensorDataset(polygrad.ones(10, 3), polygrad.arange(10))
        >>> dataset[4]
        (tensor([1., 1., 1.]), tensor(4))
    """

    def __init__(self, *tensors: Tensor) -> None:
        lengths = {len(tensor) for tensor in tensors}
        if len(lengths) > 1:
            raise ValueError(f"TensorDataset: tensors of different lengths: {[len(tensor) for tensor in tensors]}")
        self.tensors = tensors

    def __getitem__(self, index: Any) -> tuple[Tensor, ...]:
        return tuple([tensor[index] for tensor in self.tensors])

    def __len__(self) -> int:
        return len(self.tensors[0]) if self.tensors else 0


class StackDataset(Dataset[T]):
    """Several data sets of one length as one: an example is a tuple of theirs, or by name a dict.

    Args:
        *args: data sets, for examples that are tuples.
        **kwargs: data sets by name, for examples that are dicts; not together with ``args``.

    Raises:
        ValueError: there are no data sets, some with and some without name, or they differ in length.

    Example::

        >>> dataset = polygrad.utils.data.StackDataset(x=polygrad.arange(3), y=[10, 20, 30])
        >>> dataset[1]
        {'x': tensor(1), 'y': 20}
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if bool(args) == bool(kwargs):
            raise ValueError("StackDataset: give data sets in order or by name, and at least one")
        parts: list[Any] = list(args or kwargs.values())
        if len({len(part) for part in parts}) > 1:
            raise ValueError(f"StackDataset: data sets of different lengths: {[len(part) for part in parts]}")
        self.datasets: Any = args or kwargs
        self._length = len(parts[0])

    def __getitem__(self, index: Any) -> Any:
        if isinstance(self.datasets, dict):
            return {name: part[index] for name, part in self.datasets.items()}
        return tuple([part[index] for part in self.datasets])

    def __getitems__(self, indices: Sequence[int]) -> list[Any]:
        """The examples ``indices``.  Raises ValueError where a data set returns another number of them."""
        named = isinstance(self.datasets, dict)
        columns = [fetch(part, indices) for part in (self.datasets.values() if named else self.datasets)]
        for column in columns:
            if len(column) != len(indices):
                raise ValueError(f"StackDataset: a data set gave {len(column)} examples for {len(indices)} numbers")
        rows = zip(*columns, strict=True)
        return [dict(zip(self.datasets, row, strict=True)) for row in rows] if named else list(rows)

    def __len__(self) -> int:
        return self._length


class ConcatDataset(Dataset[T]):
    """Several data sets with examples by index, one after the other.

    Args:
        datasets: the data sets.

    Raises:
        ValueError: there are none, or one is an `IterableDataset`.

    Example::

        >>> dataset = polygrad.utils.data.ConcatDataset([range(3), range(10, 13)])
        >>> dataset[4]
        11
    """

    cumulative_sizes: list[int]

    def __init__(self, datasets: Iterable[Dataset[Any]]) -> None:
        self.datasets: list[Any] = list(datasets)
        if not self.datasets:
            raise ValueError("ConcatDataset: there should be at least one data set")
        if any(isinstance(part, IterableDataset) for part in self.datasets):
            raise ValueError("ConcatDataset does not support IterableDataset; use ChainDataset")
        self.cumulative_sizes = list(accumulate(len(part) for part in self.datasets))

    def __len__(self) -> int:
        return self.cumulative_sizes[-1]

    def __getitem__(self, index: int) -> Any:
        if not -len(self) <= index < len(self):
            raise IndexError(f"ConcatDataset: example {index} is out of range; there are {len(self)}")
        index %= len(self)
        number = bisect.bisect_right(self.cumulative_sizes, index)
        return self.datasets[number][index - (self.cumulative_sizes[number - 1] if number else 0)]


class ChainDataset(IterableDataset[T]):
    """Several iterable data sets, one after the other.

    Args:
        datasets: the data sets.

    Raises:
        TypeError: during iteration, one is not an `IterableDataset`.

    Example::

        >>> class Count(polygrad.utils.data.IterableDataset):
        ...     def __iter__(self):
        ...         return iter(range(3))
        >>> list(polygrad.utils.data.ChainDataset([Count(), Count()]))
        [0, 1, 2, 0, 1, 2]
    """

    def __init__(self, datasets: Iterable[Dataset[Any]]) -> None:
        self.datasets: list[Any] = list(datasets)

    def __iter__(self) -> Iterator[Any]:
        for part in self._parts():
            yield from part

    def __len__(self) -> int:
        return sum(len(part) for part in self._parts())

    def _parts(self) -> Iterator[Any]:
        for part in self.datasets:
            if not isinstance(part, IterableDataset):
                raise TypeError(f"ChainDataset takes IterableDatasets, not {type(part).__name__}; use ConcatDataset")
            yield part


class Subset(Dataset[T]):
    """The examples of a data set at given indices.

    Args:
        dataset: a data set with examples by index.
        indices: the indices, in the order of the subset.

    Example::

        >>> subset = polygrad.utils.data.Subset(range(100, 200), [5, 3])
        >>> subset[0], len(subset)
        (105, 2)
    """

    dataset: Any
    indices: Sequence[int]

    def __init__(self, dataset: Dataset[T] | Sequence[T], indices: Sequence[int]) -> None:
        self.dataset, self.indices = dataset, indices

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, list):
            return self.dataset[[self.indices[i] for i in index]]
        return self.dataset[self.indices[index]]

    def __getitems__(self, indices: Sequence[int]) -> Any:
        """The examples ``indices``, all at once where the data set can."""
        return fetch(self.dataset, [self.indices[i] for i in indices])

    def __len__(self) -> int:
        return len(self.indices)


def random_split(
    dataset: Dataset[T] | Sequence[T], lengths: Sequence[float], generator: Generator | None = None
) -> list[Subset[T]]:
    """Split a data set at random into parts without overlap.

    Args:
        dataset: a data set with examples by index.
        lengths: the length of each part, or its fraction of the whole.
        generator: the generator of the random order; by default polygrad's.

    Returns:
        A list of `Subset`, one for each length.

    Raises:
        ValueError: the lengths do not add up to that of the data set, or the fractions to 1.

    Example::

        >>> training, validation = polygrad.utils.data.random_split(range(10), [0.8, 0.2])
        >>> len(training), len(validation)
        (8, 2)
    """
    total, counts = len(dataset), list(lengths)  # type: ignore[arg-type]  # as `len`, it raises where there is none
    if any(isinstance(n, float) for n in counts) and math.isclose(sum(counts), 1):
        if any(not 0 <= n <= 1 for n in counts):
            raise ValueError(f"random_split: fractions are between 0 and 1, but got {counts}")
        counts = [math.floor(total * n) for n in counts]
        for i in range(total - int(sum(counts))):  # the remainder of rounding down
            counts[i % len(counts)] += 1
        for i, count in enumerate(counts):
            if not count:
                warn(f"Length of split at index {i} is 0. This might result in an empty dataset.")
    if sum(counts) != total:
        raise ValueError(f"random_split: lengths {list(lengths)} do not sum up to {total}, the data set's")
    order = randperm(total, generator=generator).tolist()
    stops = list(accumulate(int(n) for n in counts))
    return [Subset(dataset, order[a:b]) for a, b in zip([0, *stops], stops, strict=False)]
