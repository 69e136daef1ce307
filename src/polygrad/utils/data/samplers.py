"""Samplers: iterables of the indices of examples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any, Generic, TypeVar

from ..._core.tensor import Tensor
from ..._functions.creation import tensor
from ..._functions.generator import Generator
from ..._functions.random import multinomial, randint, randperm

__all__ = [
    "BatchSampler", "RandomSampler", "Sampler", "SequentialSampler", "SubsetRandomSampler", "WeightedRandomSampler",
]  # fmt: skip

T = TypeVar("T", covariant=True)


class Sampler(Generic[T]):
    """Base class of samplers: a subclass defines ``__iter__``, over indices, and ``__len__`` where it is known.

    Args:
        data_source: accepted for compatibility with PyTorch, without effect.

    Example::

        >>> class Even(polygrad.utils.data.Sampler):
        ...     def __iter__(self):
        ...         return iter(range(0, 6, 2))
        >>> list(Even())
        [0, 2, 4]
    """

    def __init__(self, data_source: Any = None) -> None:
        pass

    def __iter__(self) -> Iterator[Any]:
        raise NotImplementedError(f"{type(self).__name__} does not define __iter__()")


def _count(value: Any, name: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
        raise ValueError(f"{name} should be a positive integer value, but got {name}={value}")
    return value


def _flag(value: Any, name: str, error: type[Exception]) -> None:
    if not isinstance(value, bool):
        raise error(f"{name} should be a boolean value, but got {name}={value}")


class SequentialSampler(Sampler[int]):
    """All examples in order.

    Args:
        data_source: the data set.

    Example::

        >>> list(polygrad.utils.data.SequentialSampler("abc"))
        [0, 1, 2]
    """

    def __init__(self, data_source: Any) -> None:
        self.data_source = data_source

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self.data_source)))

    def __len__(self) -> int:
        return len(self.data_source)


class RandomSampler(Sampler[int]):
    """Examples in random order.

    Args:
        data_source: the data set.
        replacement: whether an example may be drawn again; otherwise each is drawn once before any is drawn again.
        num_samples: the number of draws; by default the length of the data set.
        generator: the generator to draw from; by default polygrad's.

    Raises:
        TypeError: ``replacement`` is not a bool.
        ValueError: ``num_samples`` is not a positive int.

    Example::

        >>> sorted(polygrad.utils.data.RandomSampler("abc"))
        [0, 1, 2]
    """

    data_source: Any
    replacement: bool
    generator: Generator | None

    def __init__(
        self,
        data_source: Any,
        replacement: bool = False,
        num_samples: int | None = None,
        generator: Generator | None = None,
    ) -> None:
        _flag(replacement, "replacement", TypeError)
        self.data_source, self.replacement, self.generator = data_source, replacement, generator
        self._num_samples = None if num_samples is None else _count(num_samples, "num_samples")

    @property
    def num_samples(self) -> int:
        """The number of draws."""
        return len(self.data_source) if self._num_samples is None else self._num_samples

    def __iter__(self) -> Iterator[int]:
        size, left = len(self.data_source), self.num_samples
        if self.replacement:
            yield from randint(0, size, (left,), generator=self.generator).tolist()
            return
        # All rounds are drawn before the first example, so that other draws between two examples change nothing.
        rounds = [randperm(size, generator=self.generator).tolist() for _ in range(-(-left // size) if size else 0)]
        yield from islice(chain.from_iterable(rounds), left)

    def __len__(self) -> int:
        return self.num_samples


class SubsetRandomSampler(Sampler[int]):
    """The given indices in random order, each once.

    Args:
        indices: the indices.
        generator: the generator to draw from; by default polygrad's.

    Example::

        >>> sorted(polygrad.utils.data.SubsetRandomSampler([2, 4, 6]))
        [2, 4, 6]
    """

    indices: Sequence[int]
    generator: Generator | None

    def __init__(self, indices: Sequence[int], generator: Generator | None = None) -> None:
        self.indices, self.generator = indices, generator

    def __iter__(self) -> Iterator[int]:
        for i in randperm(len(self.indices), generator=self.generator).tolist():
            yield self.indices[i]

    def __len__(self) -> int:
        return len(self.indices)


class WeightedRandomSampler(Sampler[int]):
    """Indices drawn with probabilities proportional to weights.

    Args:
        weights: a weight for each index, a sequence of non-negative numbers.
        num_samples: the number of draws.
        replacement: whether an index may be drawn again.
        generator: the generator to draw from; by default polygrad's.

    Raises:
        ValueError: ``weights`` is not one-dimensional, ``num_samples`` not a positive int, ``replacement`` not a bool.

    Example::

        >>> list(polygrad.utils.data.WeightedRandomSampler([0.0, 1.0, 0.0], 4))
        [1, 1, 1, 1]
    """

    weights: Tensor
    num_samples: int
    replacement: bool
    generator: Generator | None

    def __init__(
        self, weights: Any, num_samples: int, replacement: bool = True, generator: Generator | None = None
    ) -> None:
        self.weights = tensor(list(weights))
        if self.weights.ndim != 1:
            raise ValueError(
                f"weights should be a 1d sequence but given weights have shape {tuple(self.weights.shape)}"
            )
        self.num_samples = _count(num_samples, "num_samples")
        _flag(replacement, "replacement", ValueError)
        self.replacement, self.generator = replacement, generator

    def __iter__(self) -> Iterator[int]:
        weights = self.weights if self.weights.dtype.is_differentiable else self.weights.float()
        yield from multinomial(weights, self.num_samples, self.replacement, generator=self.generator).tolist()

    def __len__(self) -> int:
        return self.num_samples


class BatchSampler(Sampler[list[int]]):
    """Lists of the indices that another sampler yields.

    Args:
        sampler: an iterable of indices.
        batch_size: the length of a list.
        drop_last: whether to drop a last list that is shorter.

    Raises:
        ValueError: ``batch_size`` is not a positive int, or ``drop_last`` not a bool.

    Example::

        >>> list(polygrad.utils.data.BatchSampler(range(5), batch_size=2, drop_last=False))
        [[0, 1], [2, 3], [4]]
    """

    batch_size: int
    sampler: Iterable[int]
    drop_last: bool

    def __init__(self, sampler: Iterable[int], batch_size: int, drop_last: bool) -> None:
        self.batch_size = _count(batch_size, "batch_size")
        _flag(drop_last, "drop_last", ValueError)
        self.sampler, self.drop_last = sampler, drop_last

    def __iter__(self) -> Iterator[list[int]]:
        numbers = iter(self.sampler)
        while batch := list(islice(numbers, self.batch_size)):
            if len(batch) == self.batch_size or not self.drop_last:
                yield batch

    def __len__(self) -> int:
        count = len(self.sampler)  # type: ignore[arg-type]  # as `len`, it raises where there is none
        return count // self.batch_size if self.drop_last else -(-count // self.batch_size)
