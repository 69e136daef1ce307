"""Data sets, samplers and loaders: PyTorch's behaviour, apart from random orders."""

from __future__ import annotations

from collections import namedtuple

import numpy as np
import pytest

import polygrad as pg
from polygrad.testing import assert_close
from polygrad.utils.data import (
    BatchSampler,
    ChainDataset,
    ConcatDataset,
    DataLoader,
    Dataset,
    IterableDataset,
    RandomSampler,
    StackDataset,
    Subset,
    SubsetRandomSampler,
    TensorDataset,
    WeightedRandomSampler,
    default_collate,
    default_convert,
    get_worker_info,
    random_split,
)


class Squares(Dataset):
    def __init__(self, count=10):
        self.count = count

    def __len__(self):
        return self.count

    def __getitem__(self, i):
        return i, float(i * i)


class Stream(IterableDataset):
    def __init__(self, count):
        self.count = count

    def __iter__(self):
        return iter(range(self.count))


def test_batches_in_order(backend):
    x, y = pg.arange(14.0).reshape(7, 2), pg.arange(7)
    loader = DataLoader(TensorDataset(x, y), batch_size=3)
    batches = list(loader)
    assert len(loader) == len(batches) == 3
    assert_close(batches[1][0], x[3:6])
    assert_close(batches[2][1], y[6:])
    assert len(DataLoader(TensorDataset(x), batch_size=3, drop_last=True)) == 2


def test_tensors_at_once_are_examples_one_by_one():
    data = TensorDataset(pg.arange(14.0).reshape(7, 2), pg.arange(7))
    fast = list(DataLoader(Subset(data, [6, 2, 4]), batch_size=2))
    slow = list(DataLoader(Subset(data, [6, 2, 4]), batch_size=2, collate_fn=lambda batch: default_collate(batch)))
    for a, b in zip(fast, slow, strict=True):
        assert type(a) is type(b) is list
        for one, other in zip(a, b, strict=True):
            assert_close(one, other)


def test_shuffling_takes_every_example_once_in_an_order_of_the_generator():
    def numbers(seed):
        generator = pg.Generator().manual_seed(seed)
        loader = DataLoader(Squares(), batch_size=4, shuffle=True, generator=generator)
        return [[int(i) for batch in loader for i in batch[0]] for _ in range(2)]

    first, second = numbers(0)
    assert sorted(first) == sorted(second) == list(range(10))
    assert first != second
    assert numbers(0) == [first, second]


def test_streams():
    assert [b.tolist() for b in DataLoader(Stream(5), batch_size=2)] == [[0, 1], [2, 3], [4]]
    assert [b.tolist() for b in DataLoader(Stream(5), batch_size=2, drop_last=True)] == [[0, 1], [2, 3]]
    assert list(DataLoader(Stream(3), batch_size=None)) == [0, 1, 2]
    assert list(ChainDataset([Stream(2), Stream(1)])) == [0, 1, 0]
    with pytest.raises(TypeError, match="ConcatDataset"):
        list(ChainDataset([Stream(2), Squares()]))
    assert get_worker_info() is None


def test_combinations():
    assert (Squares(3) + Squares(2))[3] == (0, 0.0)
    assert ConcatDataset([Squares(3), Squares(2)])[-1] == (1, 1.0)
    assert len(StackDataset(Squares(3), Squares(3))) == 3
    assert StackDataset(a=Squares(3), b=Squares(3))[2] == {"a": (2, 4.0), "b": (2, 4.0)}
    with pytest.raises(IndexError, match="out of range"):
        ConcatDataset([Squares(3)])[3]


def test_random_split():
    parts = random_split(Squares(10), [0.55, 0.45], pg.Generator().manual_seed(0))
    assert [len(part) for part in parts] == [6, 4]
    assert sorted(i for part in parts for i, _ in part) == list(range(10))
    with pytest.raises(ValueError, match="do not sum up"):
        random_split(Squares(10), [4, 4])


def test_samplers():
    assert list(BatchSampler(range(5), 2, False)) == [[0, 1], [2, 3], [4]]
    assert sorted(SubsetRandomSampler([3, 5, 7])) == [3, 5, 7]
    assert len(list(RandomSampler(Squares(3), num_samples=7))) == 7
    assert len(list(RandomSampler(Squares(3), replacement=True, num_samples=7))) == 7
    assert set(WeightedRandomSampler([0.0, 1.0, 0.0], 5)) == {1}


@pytest.mark.parity
def test_collating_is_pytorchs():
    torch = pytest.importorskip("torch")
    Pair = namedtuple("Pair", "x y")

    def batches(library, collate):
        return [
            collate([1, 2]), collate([0.5, 1.5]), collate([True, False]), collate(["a", "b"]),
            collate([{"x": 1, "y": (2.0, "t")}, {"x": 3, "y": (4.0, "u")}]), collate([Pair(1, 2), Pair(3, 4)]),
            collate([np.ones(2, np.float32), np.zeros(2, np.float32)]), collate([np.float64(1), np.float64(2)]),
            collate([library.ones(2), library.zeros(2)]), collate([[1, 2], [3, 4]]),
        ]  # fmt: skip

    def plain(value):
        if isinstance(value, (pg.Tensor, torch.Tensor)):
            return str(value.dtype).split(".")[-1], value.tolist()
        if isinstance(value, dict):
            return {key: plain(part) for key, part in value.items()}
        if isinstance(value, (list, tuple)):
            return type(value).__name__, [plain(part) for part in value]
        return value

    mine = [plain(b) for b in batches(pg, default_collate)]
    theirs = [plain(b) for b in batches(torch, torch.utils.data.default_collate)]
    assert mine == theirs
    assert plain(default_convert([np.ones(2), "t", 3])) == plain(torch.utils.data.default_convert([np.ones(2), "t", 3]))


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (lambda: DataLoader(Squares(), shuffle=True, sampler=[1]), ValueError, "mutually exclusive"),
        (lambda: DataLoader(Squares(), batch_size=2, batch_sampler=[[1]]), ValueError, "mutually exclusive"),
        (lambda: DataLoader(Stream(2), shuffle=True), ValueError, "sets its own order"),
        (lambda: DataLoader(Squares(), batch_size=0), ValueError, "batch_size"),
        (lambda: TensorDataset(pg.ones(2), pg.ones(3)), ValueError, "different lengths"),
        (lambda: default_collate([object()]), TypeError, "collate_fn"),
        (lambda: default_collate([[1], [1, 2]]), RuntimeError, "equal size"),
        (lambda: Dataset()[0], NotImplementedError, "__getitem__"),
    ],
)
def test_wrong_arguments(call, kind, message):
    with pytest.raises(kind, match=message):
        call()


#: What is refused, on PyTorch's or polygrad's module.  `squares` has ten examples.
REFUSED = {
    "negative workers": lambda data, squares: data.DataLoader(squares, num_workers=-1),
    "negative timeout": lambda data, squares: data.DataLoader(squares, timeout=-1),
    "context without workers": lambda data, squares: data.DataLoader(squares, multiprocessing_context="spawn"),
    "unknown context": lambda data, squares: data.DataLoader(squares, num_workers=1, multiprocessing_context="bad"),
    "no context": lambda data, squares: data.DataLoader(squares, num_workers=1, multiprocessing_context=object()),
    "prefetching without workers": lambda data, squares: data.DataLoader(squares, prefetch_factor=2),
    "persistent without workers": lambda data, squares: data.DataLoader(squares, persistent_workers=True),
    **{
        f"changed {name}": lambda data, squares, name=name: setattr(data.DataLoader(squares), name, None)
        for name in ("batch_size", "sampler", "batch_sampler", "drop_last", "dataset")
    },
    "replacement of a random sampler": lambda data, squares: data.RandomSampler(squares, replacement=0),
    "replacement of a weighted sampler": lambda data, squares: data.WeightedRandomSampler([1.0], 1, replacement=0),
    "drop_last of a batch sampler": lambda data, squares: data.BatchSampler(range(3), 2, 1),
    "too few examples": lambda data, squares: data.StackDataset(squares, TooFew()).__getitems__([0, 1]),
    "too many numbers": lambda data, squares: data.StackDataset(list(range(10)), squares).__getitems__([0, 10]),
}


class TooFew(Squares):
    def __getitems__(self, numbers):
        return [self[i] for i in numbers[1:]]


@pytest.mark.parity
@pytest.mark.parametrize("name", REFUSED)
def test_pytorch_refuses_the_same(name):
    data = pytest.importorskip("torch.utils.data")
    with pytest.raises(Exception) as theirs:  # noqa: PT011  # any error
        REFUSED[name](data, Squares())
    with pytest.raises(type(theirs.value)):
        REFUSED[name](pg.utils.data, Squares())


def test_examples_that_are_given_at_once():
    class AtOnce(Squares):
        def __getitems__(self, numbers):
            asked.append(numbers)
            return [self[i] for i in numbers]

    for dataset in (AtOnce(), Subset(AtOnce(), range(10)), StackDataset(AtOnce()), StackDataset(a=AtOnce())):
        asked = []
        assert len(list(DataLoader(dataset, batch_size=4))) == 3
        assert asked == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]


@pytest.mark.parametrize(
    "sampler",
    [
        RandomSampler(range(5)),
        RandomSampler(range(5), num_samples=12),
        RandomSampler(range(5), True),
        WeightedRandomSampler([1.0, 2.0, 3.0], 5),
        SubsetRandomSampler(range(5)),
    ],
)
def test_a_sampler_draws_when_it_is_first_asked_and_then_no_more(sampler):
    one, other = iter(sampler), iter(sampler)
    orders = []
    for numbers in (one, other):
        pg.manual_seed(0)
        first = next(numbers)
        pg.manual_seed(1)
        orders.append([first, *numbers])
    assert orders[0] == orders[1]


def test_arrays_go_through_dlpack_and_back():
    array = np.arange(3.0)
    assert_close(pg.utils.dlpack.from_dlpack(array), pg.tensor(array))
    assert "dltensor" in repr(pg.utils.dlpack.to_dlpack(pg.tensor(array)))


# -- errors, and what follows them -----------------------------------------------------------------------------------------


class Broken(Exception):
    pass


def _programs(data, zeros):
    """Loaders whose data sets, samplers and collating functions raise, on PyTorch's or polygrad's module."""

    class ByNumber(data.Dataset):
        def __len__(self):
            return 7

        def __getitem__(self, number):
            if number in (2, 3):
                raise Broken(number)
            return zeros(2) + number

    class Stream(data.IterableDataset):
        def __iter__(self):
            self.number = 0
            return self

        def __next__(self):
            self.number += 1
            if self.number in (2, 6):
                raise Broken(self.number)
            if self.number > 9:
                raise StopIteration
            return self.number

    class Generator(data.IterableDataset):
        def __iter__(self):
            yield 1
            raise Broken(1)

    def collate(batch):
        if 2 in batch:
            raise Broken(2)
        return batch

    def numbers():
        yield 0
        raise Broken(0)

    for batch_size in (1, 2, 3, None):
        for drop_last in (False, True) if batch_size else (False,):
            options = {"batch_size": batch_size, "drop_last": drop_last}
            yield f"by number {options}", data.DataLoader(ByNumber(), **options)
            yield f"stream {options}", data.DataLoader(Stream(), **options)
            yield f"generator {options}", data.DataLoader(Generator(), **options)
            if batch_size:
                yield f"collate {options}", data.DataLoader(range(7), collate_fn=collate, **options)
    yield "sampler", data.DataLoader(range(7), sampler=numbers())
    yield "batch sampler", data.DataLoader(range(7), batch_sampler=[[0, 1], [2, 9], [3]])


def _seen(loader):
    batches, found = iter(loader), []
    assert iter(batches) is batches
    while len(found) < 20:
        try:
            batch = next(batches)
        except StopIteration:
            return found
        except (Broken, IndexError) as error:
            found.append(type(error).__name__)
        else:
            found.append(batch if isinstance(batch, (int, list)) else batch.tolist())
    raise AssertionError("the loader does not end")


@pytest.mark.parity
def test_a_loader_goes_on_after_an_error_as_pytorchs():
    torch = pytest.importorskip("torch")
    theirs = {name: _seen(loader) for name, loader in _programs(torch.utils.data, torch.zeros)}
    ours = {name: _seen(loader) for name, loader in _programs(pg.utils.data, pg.zeros)}
    assert ours == theirs


def test_a_loader_goes_on_after_an_error():
    found = {name: _seen(loader) for name, loader in _programs(pg.utils.data, pg.zeros)}
    assert found["by number {'batch_size': None, 'drop_last': False}"] == [
        [0, 0], [1, 1], "Broken", "Broken", [4, 4], [5, 5], [6, 6],
    ]  # fmt: skip
    assert found["stream {'batch_size': 2, 'drop_last': True}"] == ["Broken", [3, 4], "Broken", [7, 8]]


def test_the_length_of_an_iterator_and_generic_names():
    loader = pg.utils.data.DataLoader(range(7), batch_size=2)
    assert len(iter(loader)) == len(loader) == 4
    for name in (
        "DataLoader",
        "Dataset",
        "IterableDataset",
        "Subset",
        "ConcatDataset",
        "ChainDataset",
        "StackDataset",
        "Sampler",
    ):
        kind = getattr(pg.utils.data, name)
        assert kind[int].__origin__ is kind
