"""Loaders: batches of a data set, made by the process that asks for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from multiprocessing import get_all_start_methods
from multiprocessing.context import BaseContext
from typing import Any, Generic, TypeVar

import numpy as np

from ..._core.tensor import Tensor
from ..._dtypes import float64
from ..._functions.creation import as_tensor, tensor
from ..._functions.generator import Generator
from ..._functions.joining import stack
from .datasets import Dataset, IterableDataset, Subset, TensorDataset, fetch
from .samplers import BatchSampler, RandomSampler, SequentialSampler

T = TypeVar("T", covariant=True)

__all__ = ["DataLoader", "default_collate", "default_convert", "get_worker_info"]


def default_convert(data: Any) -> Any:
    """Convert NumPy arrays and scalars to tensors, also inside lists, tuples and dicts; other values stay unchanged.

    Args:
        data: an example.

    Returns:
        The example with tensors.

    Example::

        >>> polygrad.utils.data.default_convert({"x": np.ones(2), "name": "first"})
        {'x': tensor([1., 1.], dtype=polygrad.float64), 'name': 'first'}
    """
    if isinstance(data, (np.ndarray, np.generic)):
        return data if data.dtype.kind in "SaUO" else as_tensor(data)
    if isinstance(data, Mapping):
        return {key: default_convert(value) for key, value in data.items()}
    if isinstance(data, tuple) and hasattr(data, "_fields"):
        return type(data)(*[default_convert(value) for value in data])
    if isinstance(data, Sequence) and not isinstance(data, (str, bytes)):
        return [default_convert(value) for value in data]
    return data


def default_collate(batch: Sequence[Any]) -> Any:
    """Make a batch of examples of one type: stack tensors, arrays and numbers; strings stay a list.

    Lists, tuples and dicts of these are collated element by element.

    Args:
        batch: a list of examples.

    Returns:
        The batch, with the structure of an example.  Its tensors have a new first dimension of ``len(batch)``.

    Raises:
        TypeError: the examples are of another type.
        RuntimeError: sequences differ in length.

    Example::

        >>> polygrad.utils.data.default_collate([(polygrad.ones(2), 0), (polygrad.ones(2), 1)])
        [tensor([[1., 1.],
                [1., 1.]]), tensor([0, 1])]
    """
    first = batch[0]
    if isinstance(first, Tensor):
        return stack(list(batch))
    if isinstance(first, (np.ndarray, np.generic)) and first.dtype.kind not in "SaUO":
        return as_tensor(np.stack([np.asarray(x) for x in batch]))
    if isinstance(first, float):
        return tensor(batch, dtype=float64)
    if isinstance(first, int):
        return tensor(batch)
    if isinstance(first, (str, bytes)):
        return batch
    if isinstance(first, Mapping):
        return {key: default_collate([example[key] for example in batch]) for key in first}
    if isinstance(first, tuple) and hasattr(first, "_fields"):
        return type(first)(*[default_collate(parts) for parts in zip(*batch, strict=True)])
    if isinstance(first, Sequence):
        if any(len(example) != len(first) for example in batch):
            raise RuntimeError("each element in list of batch should be of equal size")
        return [default_collate(parts) for parts in zip(*batch, strict=True)]
    raise TypeError(
        f"default_collate: a batch must contain tensors, numpy arrays, numbers, dicts or lists; found {type(first).__name__}; "
        "pass a collate_fn"
    )


def get_worker_info() -> None:
    """None: the process itself always loads the examples.

    Returns:
        None, as PyTorch returns in the main process.

    Example::

        >>> polygrad.utils.data.get_worker_info() is None
        True
    """
    return None


class DataLoader(Generic[T]):
    """Batches of a data set: an iterable that can be iterated over repeatedly.

    The process itself loads: the arguments about worker processes are checked, and have no effect.

    Args:
        dataset: a data set with examples by index, or an `IterableDataset`.
        batch_size: the number of examples in a batch; None for single examples.
        shuffle: whether to take the examples in a new random order every time.
        sampler: an iterable of indices, instead of ``shuffle``.
        batch_sampler: an iterable of lists of indices, instead of ``batch_size``, ``shuffle``, ``sampler``,
            ``drop_last``.
        num_workers: accepted for compatibility with PyTorch, without effect.
        collate_fn: makes a batch of a list of examples; by default `default_collate`.
        pin_memory: accepted for compatibility with PyTorch, without effect.
        drop_last: whether to drop a last batch that is not full.
        timeout: accepted for compatibility with PyTorch, without effect.
        worker_init_fn: accepted for compatibility with PyTorch, without effect.
        multiprocessing_context: accepted for compatibility with PyTorch, without effect.
        generator: the generator of the random order; by default polygrad's.
        prefetch_factor: accepted for compatibility with PyTorch, without effect.
        persistent_workers: accepted for compatibility with PyTorch, without effect.
        pin_memory_device: accepted for compatibility with PyTorch, without effect.
        in_order: accepted for compatibility with PyTorch, without effect.

    Raises:
        ValueError: arguments exclude each other; or what it loads is replaced after it was made.
        TypeError: ``multiprocessing_context`` is neither a context nor a name.

    An error in the data set or in ``collate_fn`` is raised by ``next``, after which iteration continues with the next
    batch.

    Example::

        >>> dataset = polygrad.utils.data.TensorDataset(polygrad.ones(10, 3), polygrad.arange(10))
        >>> loader = polygrad.utils.data.DataLoader(dataset, batch_size=4)
        >>> [tuple(x.shape) for x, y in loader]
        [(4, 3), (4, 3), (2, 3)]
    """

    _is_made = False

    dataset: Any
    num_workers: int
    drop_last: bool
    generator: Generator | None
    batch_size: int | None

    def __init__(
        self,
        dataset: Dataset[T] | Sequence[T],
        batch_size: int | None = 1,
        shuffle: bool | None = None,
        sampler: Iterable[Any] | None = None,
        batch_sampler: Iterable[Any] | None = None,
        num_workers: int = 0,
        collate_fn: Callable[..., Any] | None = None,
        pin_memory: bool = False,
        drop_last: bool = False,
        timeout: float = 0,
        worker_init_fn: Callable[..., Any] | None = None,
        multiprocessing_context: Any = None,
        generator: Generator | None = None,
        *,
        prefetch_factor: int | None = None,
        persistent_workers: bool = False,
        pin_memory_device: str = "",
        in_order: bool = True,
    ) -> None:
        _check_workers(num_workers, timeout, multiprocessing_context, prefetch_factor, persistent_workers)
        iterable = isinstance(dataset, IterableDataset)
        if iterable and (shuffle or sampler is not None or batch_sampler is not None):
            raise ValueError(
                "DataLoader: an IterableDataset sets its own order; leave out shuffle, sampler and batch_sampler"
            )
        if sampler is not None and shuffle:
            raise ValueError("sampler option is mutually exclusive with shuffle")
        if batch_sampler is not None and (batch_size != 1 or shuffle or sampler is not None or drop_last):
            raise ValueError(
                "batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last"
            )
        if batch_size is None and drop_last:
            raise ValueError("batch_size=None gives single examples: there is no last batch to drop")
        self.dataset, self.num_workers, self.drop_last, self.generator = dataset, num_workers, drop_last, generator
        self.batch_size = None if batch_sampler is not None else batch_size
        self.sampler: Any = sampler
        self.batch_sampler: Any = batch_sampler
        if not iterable:
            if sampler is None and batch_sampler is None:
                self.sampler = RandomSampler(dataset, generator=generator) if shuffle else SequentialSampler(dataset)
            if batch_sampler is None and batch_size is not None:
                self.batch_sampler = BatchSampler(self.sampler, batch_size, drop_last)
        elif batch_size is not None and batch_size <= 0:
            raise ValueError(f"batch_size should be a positive integer value, but got batch_size={batch_size}")
        if collate_fn is None:
            collate_fn = default_convert if self.batch_size is None and batch_sampler is None else default_collate
        self.collate_fn = collate_fn
        self._is_made = True

    def __setattr__(self, name: str, value: Any) -> None:
        if self._is_made and name in ("batch_sampler", "batch_size", "dataset", "drop_last", "sampler"):
            raise ValueError(f"{name} of a DataLoader cannot be changed, since it has been used; make another loader")
        super().__setattr__(name, value)

    def __iter__(self) -> Iterator[Any]:  # of what `collate_fn` makes
        return _Batches(self)

    def _next_batch(self, examples: Iterator[Any]) -> Any:
        """The next batch of ``examples``, an iterator."""
        if self.batch_size is None:
            return self.collate_fn(next(examples))
        batch = []
        for _ in range(self.batch_size):
            try:
                batch.append(next(examples))
            except StopIteration:
                break
        if not batch or (self.drop_last and len(batch) < self.batch_size):
            raise StopIteration
        return self.collate_fn(batch)

    def _example(self, numbers: Iterator[Any]) -> Any:
        return self.collate_fn(self.dataset[next(numbers)])

    def _batch(self, batches: Iterator[Sequence[int]]) -> Any:
        numbers = next(batches)
        if self.collate_fn is default_collate and _is_of_tensors(self.dataset):
            return list(self.dataset[list(numbers)])  # indexing all at once equals stacking single examples
        return self.collate_fn(fetch(self.dataset, numbers))

    def __len__(self) -> int:
        if isinstance(self.dataset, IterableDataset):
            count = len(self.dataset)  # type: ignore[arg-type]  # as `len`, it raises where there is none
            if self.batch_size is None:
                return count
            return count // self.batch_size if self.drop_last else -(-count // self.batch_size)
        return len(self.sampler if self.batch_sampler is None else self.batch_sampler)


def _check_workers(workers: int, timeout: float, context: Any, prefetch_factor: int | None, persistent: bool) -> None:
    """Raise ValueError or TypeError where PyTorch refuses an argument about worker processes."""
    for name, value in (("num_workers", workers), ("timeout", timeout)):
        if value < 0:
            raise ValueError(f"{name} cannot be negative, but it is {value}")
    for name, given in (
        ("multiprocessing_context", context is not None),
        ("prefetch_factor", prefetch_factor is not None),
        ("persistent_workers", persistent),
    ):
        if given and workers == 0:
            raise ValueError(f"{name} is about worker processes, and num_workers=0 asks for none")
    if isinstance(context, str):
        if context not in get_all_start_methods():
            raise ValueError(f"multiprocessing_context must be one of {get_all_start_methods()}, not {context!r}")
    elif context is not None and not isinstance(context, BaseContext):
        raise TypeError(
            f"multiprocessing_context must be a context or the name of a start method, not {type(context).__name__}"
        )


class _Batches(Iterator[Any]):
    """One iteration over the batches of a loader.

    It is not a generator, which would end with the first error: a program may want to skip the batch that raised it.
    """

    def __init__(self, loader: DataLoader[Any]):
        self._loader = loader
        self._make: Callable[[Iterator[Any]], Any]
        if isinstance(loader.dataset, IterableDataset):
            source, self._make = loader.dataset, loader._next_batch
        elif loader.batch_sampler is None:
            source, self._make = loader.sampler, loader._example
        else:
            source, self._make = loader.batch_sampler, loader._batch
        self._source = iter(source)

    def __next__(self) -> Any:
        return self._make(self._source)

    def __len__(self) -> int:
        return len(self._loader)


def _is_of_tensors(dataset: Any) -> bool:
    """Whether several examples can be taken at once: the data set is a `TensorDataset`, or a subset of one."""
    while type(dataset) is Subset:
        dataset = dataset.dataset
    return type(dataset) is TensorDataset
