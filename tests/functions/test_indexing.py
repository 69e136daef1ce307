"""Random keys of every kind, in reading, in assignment and in ``+=``: the values and gradients of NumPy and PyTorch.

A key is made of ints, slices, None, Ellipsis, booleans, masks and index arrays, each given in the ways that a user may
write it.  The reference computes with positions: which element of the tensor stands where in the part.
"""

from __future__ import annotations

import random
from typing import Any, NamedTuple

import numpy as np
import pytest

import polygrad
from polygrad.func import vmap

SHAPES = [(), (1,), (3,), (0,), (4, 3), (2, 1, 3), (2, 0, 3), (3, 1, 2, 4)]


class Item(NamedTuple):
    """A part of a key: what it is, as NumPy writes it, and how it is given."""

    kind: str
    value: Any
    given: str = "python"


def _whole(r: random.Random, length: int, shape: tuple[int, ...]) -> np.ndarray:
    return np.array([r.randrange(-length, length) for _ in range(int(np.prod(shape)))], np.int64).reshape(shape)


def _item(r: random.Random, left: tuple[int, ...], has_ellipsis: bool) -> tuple[Item, int] | None:
    """A random part of a key and how many axes it takes; None if no part of the drawn type fits."""
    kind = r.choice(["new", "ellipsis", "bool", "int", "int0", "slice", "slice", "indices", "indices", "mask"])
    length = left[0] if left else 0
    if kind == "new":
        return Item(kind, None), 0
    if kind == "bool":
        return Item(kind, r.random() < 0.6, r.choice(["python", "tensor", "array"])), 0
    if kind == "ellipsis" and not has_ellipsis:
        return Item(kind, Ellipsis), r.randint(0, len(left))
    if kind == "slice" and left:
        start, stop = (r.choice([None, r.randint(-length - 1, length + 1)]) for _ in range(2))
        return Item(kind, slice(start, stop, r.choice([None, 1, 2, 3]))), 1
    if kind == "mask" and left:
        axes = r.randint(1, min(2, len(left)))
        mask = np.array([r.random() < 0.5 for _ in range(int(np.prod(left[:axes])))], bool).reshape(left[:axes])
        return Item(kind, mask, r.choice(["tensor", "array"])), axes
    if kind == "int" and length:
        return Item(kind, r.randrange(-length, length)), 1
    if kind == "int0" and length:
        return Item(kind, r.randrange(-length, length), r.choice(["tensor", "array"])), 1
    if kind == "indices" and length:
        shape = r.choice([(2,), (1,), (3, 2), (0,)])
        given = r.choice(["tensor", "array", "python"] if len(shape) == 1 else ["tensor", "array"])
        return Item(kind, _whole(r, length, shape), given), 1
    return None


def key_for(r: random.Random, shape: tuple[int, ...]) -> list[Item]:
    """A random key for a tensor of ``shape``."""
    items: list[Item] = []
    axis = 0
    while len(items) < 6 and r.random() < 0.8:
        made = _item(r, shape[axis:], any(item.kind == "ellipsis" for item in items))
        if made is not None:
            items.append(made[0])
            axis += made[1]
    return items or [Item("new", None)]


def written(items: list[Item], library: Any) -> Any:
    """The key as a user of ``library`` writes it."""

    def one(item: Item) -> Any:
        if item.given == "tensor" or (item.given == "array" and library is not polygrad and item.kind != "int0"):
            return library.tensor(item.value)
        if item.given == "array":
            return np.asarray(item.value)[()]
        return item.value.tolist() if isinstance(item.value, np.ndarray) else item.value

    return one(items[0]) if len(items) == 1 else tuple(one(item) for item in items)


def positions(shape: tuple[int, ...], items: list[Item]) -> np.ndarray | None:
    """Where each element of the part is in the flat tensor; None for a key that does not fit.

    Ints select before arrays are looked at, as in PyTorch; NumPy takes them for arrays where there are some.
    """
    array = np.arange(int(np.prod(shape))).reshape(shape)
    taken = sum(_axes(item) for item in items)
    if taken > len(shape):
        return None
    key: list[Any] = []
    axis = 0
    for item in items:
        if item.kind == "ellipsis":  # expanded: for NumPy, even an ellipsis of no axes separates index arrays
            key += [slice(None)] * (len(shape) - taken)
            axis += len(shape) - taken
        elif item.kind in ("int", "int0"):
            array = np.take(array, item.value, axis)
        else:
            key.append(item.value)
            axis += _axes(item)
    try:
        return array[tuple(key)]
    except IndexError:
        return None


def _axes(item: Item) -> int:
    if item.kind in ("new", "ellipsis", "bool"):
        return 0
    return item.value.ndim if item.kind == "mask" else 1


class Case(NamedTuple):
    """A key for a shape, and the shape of the value that is assigned."""

    shape: tuple[int, ...]
    items: list[Item]
    at: np.ndarray
    value_shape: tuple[int, ...]


def cases(count: int, seed: int) -> list[Case]:
    """Random keys that fit."""
    r = random.Random(seed)
    found: list[Case] = []
    while len(found) < count:
        shape = r.choice(SHAPES)
        items = key_for(r, shape)
        at = positions(shape, items)
        if at is None:
            continue
        value_shape = tuple(1 if r.random() < 0.3 else n for n in at.shape)
        value_shape = r.choice([value_shape, value_shape[r.randint(0, at.ndim) :], (1, 1, *value_shape), at.shape])
        found.append(Case(shape, items, at, value_shape))
    return found


def _data(case: Case) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The tensor, the value, and a weight for each element of the tensor or of the part."""
    generator = np.random.default_rng(len(case.items))
    shapes = case.shape, case.value_shape, case.shape
    return tuple(np.asarray(generator.standard_normal(shape)) for shape in shapes)  # type: ignore[return-value]  # as many as there are shapes


def _read(library: Any, case: Case, key: Any) -> tuple[np.ndarray, ...]:
    array, _, _ = _data(case)
    x = library.tensor(array, requires_grad=True)
    part = x[key]
    weights = np.linspace(1.0, 2.0, case.at.size).reshape(case.at.shape)
    (part * library.tensor(weights)).sum().backward()
    return part.detach().numpy(), x.grad.numpy()


def _assigned(library: Any, case: Case, key: Any) -> tuple[np.ndarray, ...]:
    array, new, weights = _data(case)
    x, value = library.tensor(array, requires_grad=True), library.tensor(new, requires_grad=True)
    y = x * 1
    y[key] = value
    (y * library.tensor(weights)).sum().backward()
    return y.detach().numpy(), x.grad.numpy(), np.zeros(new.shape) if value.grad is None else value.grad.numpy()


def _expected_assignment(case: Case) -> tuple[np.ndarray, ...]:
    """Of a key that names no element twice."""
    array, new, weights = _data(case)
    y, of_x = array.copy(), weights.copy()
    flat = new.reshape(new.shape[max(new.ndim - case.at.ndim, 0) :])
    y.reshape(-1)[case.at] = flat
    of_x.reshape(-1)[case.at] = 0
    of_value = np.zeros(flat.shape)
    where = np.broadcast_to(np.arange(flat.size).reshape(flat.shape), case.at.shape)
    np.add.at(of_value.reshape(-1), where, weights.reshape(-1)[case.at])
    return y, of_x, of_value.reshape(new.shape)


def _check(found: tuple[np.ndarray, ...], expected: tuple[np.ndarray, ...], case: Case) -> None:
    for a, b in zip(found, expected, strict=True):
        assert a.shape == b.shape, (case, a.shape, b.shape)
        np.testing.assert_allclose(a, b, atol=1e-12, err_msg=str(case))


def _once(case: Case) -> bool:
    return np.unique(case.at).size == case.at.size


def _count(backend: str) -> int:
    return 10 if "jit" in polygrad.get_backend(backend).capabilities else 400


def test_keys_read_and_add_up_their_gradients(backend):
    for case in cases(_count(backend), 0):
        expected = _data(case)[0].reshape(-1)[case.at]
        of_x = np.zeros(case.shape)
        np.add.at(of_x.reshape(-1), case.at, np.linspace(1.0, 2.0, case.at.size).reshape(case.at.shape))
        _check(_read(polygrad, case, written(case.items, polygrad)), (expected, of_x), case)


def test_keys_assign(backend):
    for case in filter(_once, cases(_count(backend), 1)):
        _check(_assigned(polygrad, case, written(case.items, polygrad)), _expected_assignment(case), case)


def test_keys_assign_in_memory_that_is_overwritten(backend):
    for case in filter(_once, cases(_count(backend) // 2, 2)):
        array, new, _ = _data(case)
        x, value = polygrad.tensor(array), polygrad.tensor(new)
        x[written(case.items, polygrad)] = value
        expected = array.copy()
        expected.reshape(-1)[case.at] = new.reshape(new.shape[max(new.ndim - case.at.ndim, 0) :])
        _check((x.numpy(),), (expected,), case)
        x[written(case.items, polygrad)] += 1.0
        expected.reshape(-1)[case.at] += 1.0
        _check((x.numpy(),), (expected,), case)


def test_keys_read_and_assign_compiled(backend):
    def run(x, value, key):
        part = x[key]
        y = x * 1
        y[key] = value
        return part, y

    for case in filter(_once, cases(20, 3)):
        if any(item.kind == "mask" or item == ("bool", item.value, "tensor") for item in case.items):
            continue  # the part's shape would depend on values
        array, new, _ = _data(case)
        key = written(case.items, polygrad)
        found = polygrad.compile(lambda x, value, key=key: run(x, value, key))(
            polygrad.tensor(array), polygrad.tensor(new)
        )
        expected = run(polygrad.tensor(array), polygrad.tensor(new), key)
        _check(tuple(t.numpy() for t in found), tuple(t.numpy() for t in expected), case)


def test_keys_read_and_assign_inside_vmap(backend):
    def run(x, value, key):
        y = x * 1
        y[key] = value
        return x[key], y

    for case in filter(_once, cases(_count(backend) // 4, 4)):
        array, new, _ = _data(case)
        key = written(case.items, polygrad)
        xs, values = (polygrad.tensor(np.stack([a, a + 1])) for a in (array, new))
        found = vmap(lambda x, value, key=key: run(x, value, key))(xs, values)
        each = [run(x, value, key) for x, value in zip(xs.unbind(0), values.unbind(0), strict=True)]
        expected = tuple(np.stack([one[i].numpy() for one in each]) for i in range(2))
        _check(tuple(t.numpy() for t in found), expected, case)


@pytest.mark.parity
@pytest.mark.filterwarnings("ignore")
def test_keys_as_pytorch():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    for case in cases(400, 5):
        found = _read(polygrad, case, written(case.items, polygrad))
        _check(found, _read(torch, case, written(case.items, torch)), case)
        if _once(case):
            found = _assigned(polygrad, case, written(case.items, polygrad))
            _check(found, _assigned(torch, case, written(case.items, torch)), case)


def test_a_mask_of_no_dimensions_that_is_computed_in_a_compiled_function_may_assign(backend):
    @polygrad.compile
    def clear_where_large(x):
        y = x * 1
        y[x.sum() > 1] = 0.0
        return y

    assert clear_where_large(polygrad.tensor([1.0, 2.0])).tolist() == [0.0, 0.0]
    assert clear_where_large(polygrad.tensor([0.0, 0.5])).tolist() == [0.0, 0.5]


def test_a_mask_over_the_first_axes_assigns_inside_vmap(backend):
    def cleared(x, mask):
        y = x * 1
        y[mask] = 0.0
        return y

    xs, masks = polygrad.ones(2, 3, 2), polygrad.tensor([[True, False, True], [False, False, True]])
    assert vmap(cleared)(xs, masks).sum(2).tolist() == [[0.0, 2.0, 0.0], [2.0, 2.0, 0.0]]


# -- lists, bytes, and keys that do not fit ------------------------------------------------------------------------------

#: A list that is the key of several axes, as a tuple.
LISTS: list[tuple[Any, Any]] = [
    ([[0, 1], [1, 0]], ([0, 1], [1, 0])),
    ([[0, 1], [1]], ([0, 1], [1])),
    ([[[0, 1], [1, 0]]], ([[0, 1], [1, 0]],)),
    ([[0, 1], 2], ([0, 1], 2)),
    ([slice(0, 1)], (slice(0, 1),)),
    ([0, slice(0, 2)], (0, slice(0, 2))),
    ([Ellipsis, 0], (Ellipsis, 0)),
    ([0, None], (0, None)),
    ([(0, 1), (1, 2)], ([0, 1], [1, 2])),
    ([range(2), [True, False, True]], ([0, 1], [True, False, True])),
    ([np.array([0, 1]), np.array([1, 2])], ([0, 1], [1, 2])),
    ([[]], ([],)),
    ([0, 1], ([0, 1],)),
    ([True, False], ([True, False],)),
    ([0] * 32, ([0] * 32,)),
    ([[0, 1]] * 32, ([[0, 1]] * 32,)),
]


@pytest.mark.filterwarnings("ignore:Using a non-tuple sequence")
@pytest.mark.parametrize(("listed", "key"), LISTS, ids=lambda value: str(value)[:30].replace("\n", ""))
def test_a_list_is_the_key_that_it_is_in_pytorch(listed, key, backend):
    x = polygrad.reshape(polygrad.arange(24.0), (2, 3, 4))
    assert x[listed].tolist() == x[key].tolist()
    for value in (polygrad.tensor(-1.0), polygrad.tensor(-1.0, requires_grad=True)):
        one, other = x.clone(), x.clone()
        one[listed] = value
        other[key] = value
        assert one.tolist() == other.tolist() and one.requires_grad is value.requires_grad


@pytest.mark.filterwarnings("ignore:Using a non-tuple sequence")
def test_a_list_of_tensors_is_a_key_of_several_axes(backend):
    x = polygrad.reshape(polygrad.arange(6.0), (2, 3))
    assert x[[polygrad.tensor(0), polygrad.tensor(1)]].item() == 1.0
    assert x[[polygrad.tensor([0, 1]), polygrad.tensor([1, 2])]].tolist() == [1.0, 5.0]
    assert x[[polygrad.tensor([True, False])]].tolist() == [[0.0, 1.0, 2.0]]


def _bytes(mask: Any) -> list[Any]:
    return [polygrad.tensor(mask, dtype=polygrad.uint8), np.array(mask, np.uint8)]


@pytest.mark.parametrize("mask", [[True, False], [[True, False, True], [False, True, True]], True, False], ids=str)
def test_bytes_in_a_key_are_a_mask(mask, backend):
    x = polygrad.reshape(polygrad.arange(24.0), (2, 3, 4))
    masks = _bytes(mask)[: 2 if isinstance(mask, list) else 1]
    for byte_mask in masks:
        with pytest.warns(UserWarning, match="uint8 is deprecated"):
            assert x[byte_mask].tolist() == x[polygrad.tensor(mask)].tolist()
        for value in (0.0, polygrad.ones(4), polygrad.ones(1, 1, 4, requires_grad=True)):
            one, other = x.clone(), x.clone()
            with pytest.warns(UserWarning, match="uint8 is deprecated"):
                one[byte_mask] = value
            other[polygrad.tensor(mask)] = value
            assert one.tolist() == other.tolist()


def test_bytes_are_a_condition(backend):
    with pytest.warns(UserWarning, match="uint8 is deprecated"):
        found = polygrad.where(polygrad.tensor([1, 0, 2], dtype=polygrad.uint8), 1.0, polygrad.zeros(3))
    assert found.tolist() == [1.0, 0.0, 1.0]


#: Functions of a tensor of three numbers and of positions in it.
POSITIONS: dict[str, Any] = {
    "index_select": lambda x, i: x.index_select(0, i),
    "gather": lambda x, i: x.gather(0, i),
    "take": lambda x, i: x.take(i),
    "take_along_dim": lambda x, i: x.take_along_dim(i, 0),
    "take_along_dim flat": lambda x, i: x.take_along_dim(i),
    "scatter": lambda x, i: x.scatter(0, i, x),
    "scatter number": lambda x, i: x.scatter(0, i, 1.0),
    "scatter reduce": lambda x, i: x.scatter(0, i, x, reduce="multiply"),
    "scatter_": lambda x, i: x.scatter_(0, i, 1.0),
    "scatter_add": lambda x, i: x.scatter_add(0, i, x),
    "index_add": lambda x, i: x.index_add(0, i, x),
    "index_fill": lambda x, i: x.index_fill(0, i, 1.0),
    "index_copy": lambda x, i: x.index_copy(0, i, x),
    "index_add_": lambda x, i: x.index_add_(0, i, x.clone()),
    "index_fill_": lambda x, i: x.index_fill_(0, i, 1.0),
    "index_copy_": lambda x, i: x.index_copy_(0, i, x.clone()),
    "embedding": lambda x, i: polygrad.nn.functional.embedding(i, x.reshape(3, 1)),
    "one_hot": lambda x, i: polygrad.nn.functional.one_hot(i, 3),
}
MASKS: dict[str, Any] = {
    "masked_fill": lambda x, m: x.masked_fill(m, 1.0),
    "masked_fill_": lambda x, m: x.masked_fill_(m, 1.0),
    "masked_select": lambda x, m: x.masked_select(m),
    "masked_scatter": lambda x, m: x.masked_scatter(m, x),
}


@pytest.mark.parametrize("name", POSITIONS)
def test_a_mask_is_not_taken_for_positions(name, backend):
    x = polygrad.arange(3.0)
    expected = POSITIONS[name](x.clone(), polygrad.tensor([1, 0, 1])).tolist()
    assert POSITIONS[name](x.clone(), polygrad.tensor([1, 0, 1], dtype=polygrad.int32)).tolist() == expected
    refused = [polygrad.bool, polygrad.float32] + [polygrad.uint8] * (name not in ("embedding", "one_hot"))
    for dtype in refused:
        with pytest.raises((RuntimeError, TypeError, IndexError)):
            POSITIONS[name](x.clone(), polygrad.tensor([1, 0, 1]).to(dtype))


@pytest.mark.parametrize("name", MASKS)
def test_positions_are_not_taken_for_a_mask(name, backend):
    MASKS[name](polygrad.arange(3.0), polygrad.tensor([True, False, True]))
    for dtype in (polygrad.uint8, polygrad.int64, polygrad.float32):
        with pytest.raises(RuntimeError, match="bool"):
            MASKS[name](polygrad.arange(3.0), polygrad.tensor([1, 0, 1], dtype=dtype))


@pytest.mark.parametrize(
    "key",
    [
        ([True, True, True, False, False], [True, False, True]),
        ([0, 1], [0, 1, 2]),
        ([0, 1, 2], slice(None), [0, 1]),
        (np.zeros((2, 3), int), np.zeros((2, 2), int)),
        {},
        {0},
        "a",
        b"a",
        1.0,
        1j,
        [0.5],
        [True, False],
    ],
    ids=str,
)
def test_a_key_that_does_not_fit_is_an_index_error(key, backend):
    x = polygrad.zeros(5, 3, 3)
    with pytest.raises(IndexError):
        x[key]
    for value in (1.0, polygrad.ones(1, requires_grad=True)):
        with pytest.raises(IndexError):
            x[key] = value
    assert not x.any()


def test_a_boolean_array_of_no_dimensions_adds_an_axis(backend):
    x = polygrad.ones(2)
    for truth in (True, False):
        for key in (np.array(truth), np.bool_(truth), polygrad.tensor(truth)):
            assert x[key].tolist() == x[truth].tolist()


@pytest.mark.parity
@pytest.mark.filterwarnings("ignore")
def test_lists_and_bytes_as_in_pytorch():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    keys = [listed for listed, _ in LISTS] + [np.array([1, 0], np.uint8), [np.array([1, 0], np.uint8)]]
    for key in keys:
        read, written = [], []
        for library in (torch, polygrad):
            x = library.reshape(library.arange(24.0), (2, 3, 4))
            read.append(x[key].tolist())
            x[key] = library.ones(4)[: x[key].shape[-1]] if x[key].shape else library.tensor(1.0)
            written.append(x.tolist())
        assert read[0] == read[1] and written[0] == written[1], key


SELECTIONS = {
    "one axis": lambda m, a, i: a[i].add_(1),
    "an int beside it": lambda m, a, i: a[0, i].add_(5),
    "a slice beside it": lambda m, a, i: a[:, i].copy_(m.arange(4.0)),
    "two": lambda m, a, i: a[i, i].mul_(3),
    "a view of it": lambda m, a, i: a[i][1:].mul_(2),
    "augmented": lambda m, a, i: a.__setitem__(i, a[i] * 2),
    "a write to the base": lambda m, a, i: (a[i], a.mul_(2))[0].add_(1),
    "two of them": lambda m, a, i: (a[i], a[:, i].mul_(2), a[i].add_(1))[0].mul_(2),
}


@pytest.mark.parametrize("name", SELECTIONS)
def test_an_integer_tensor_without_dimensions_selects_a_view(name, backend):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")

    def program(m, x, i):
        a = x * 1
        part = SELECTIONS[name](m, a, i)
        return (a * a).sum() if part is None else (a * a).sum() + part.sum()

    compiled = polygrad.compile(lambda x, i: program(polygrad, x, i))
    for k in (2, 1, 2, 0):
        found = []
        for m, run in ((torch, program), (polygrad, program), (polygrad, lambda m, x, i: compiled(x, i))):
            x = (m.arange(12.0).reshape(4, 3) + 1).requires_grad_()
            run(m, x, m.tensor(k)).backward()
            found.append(x.grad.tolist())
        assert found[0] == found[1] == found[2]
