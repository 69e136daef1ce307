"""Tensors as Python numbers and indices: a 0-d index gives a view, and a tensor of several elements is not a number."""

from __future__ import annotations

import numpy as np
import pytest

import polygrad


def counted(m):
    return m.arange(24.0).reshape(2, 3, 4)


KEYS = {
    "first": lambda i: i(1),
    "negative": lambda i: i(-1),
    "with a slice": lambda i: (slice(None), i(2)),
    "of all axes": lambda i: (i(1), i(0), i(-2)),
    "with an ellipsis": lambda i: (Ellipsis, i(3)),
    "with None": lambda i: (None, i(1)),
    "of a small type": lambda i: i(1, "int8"),
    "beside an index": lambda i: (i(1), [0, 2]),
    "beside a boolean": lambda i: (i(1), True),
}


def number(m):
    return lambda value, dtype="int64": m.tensor(value, dtype=getattr(m, dtype))


@pytest.mark.parametrize("name", KEYS)
def test_a_write_through_it_reaches_the_tensor(name, backend):
    x, plain = counted(polygrad), counted(polygrad)
    part, expected = x[KEYS[name](number(polygrad))], plain[KEYS[name](lambda value, dtype=None: value)]
    assert part.tolist() == expected.tolist()
    part.mul_(2)
    expected.mul_(2)
    assert x.tolist() == plain.tolist()
    x[KEYS[name](number(polygrad))] = -1.0
    plain[KEYS[name](lambda value, dtype=None: value)] = -1.0
    assert x.tolist() == plain.tolist()


@pytest.mark.parity
@pytest.mark.parametrize("name", KEYS)
def test_pytorch_does_the_same(name):
    torch = pytest.importorskip("torch")
    results = []
    for m in (polygrad, torch):
        x = counted(m)
        part = x[KEYS[name](number(m))]
        part.mul_(2)
        results.append((x.tolist(), part.tolist()))
    assert results[0] == results[1]


def test_it_has_a_gradient(backend):
    x = polygrad.ones(3, requires_grad=True)
    y = x * 1
    part = y[polygrad.tensor(1)]
    part.mul_(5)
    (y * polygrad.tensor([1.0, 10.0, 100.0])).sum().backward()
    assert x.grad.tolist() == [1.0, 50.0, 100.0]


def test_an_index_out_of_range_is_refused(backend):
    with pytest.raises(IndexError, match="out of bounds"):
        polygrad.ones(3)[polygrad.tensor(3)]


def test_where_numbers_are_not_known_it_is_an_index(backend):
    x = polygrad.arange(3.0)
    assert polygrad.func.vmap(lambda i: x[i])(polygrad.tensor([2, 0])).tolist() == [2.0, 0.0]
    picked = polygrad.compile(lambda x, i: x[i] * 2)
    assert [picked(x, polygrad.tensor(i)).item() for i in (2, 0, 1)] == [4.0, 0.0, 2.0]


@pytest.mark.parametrize("shape", [(2,), (0,), (1, 2)])
def test_tensors_of_several_elements_are_no_numbers(shape, backend):
    part = polygrad.ones(*shape)
    for make in (polygrad.tensor, polygrad.ones(1).new_tensor):
        for data in ([part, part], [part, [1.0, 2.0]], [[part], [1.0]]):
            with pytest.raises(ValueError, match=r"only one element tensors.*stack"):
                make(data)


def test_tensors_of_one_element_are_numbers(backend):
    one = polygrad.ones(1, 1)
    assert polygrad.tensor([one, polygrad.tensor(2)]).tolist() == [1.0, 2.0]
    assert polygrad.tensor([[1, 2], [one, 3]]).tolist() == [[1.0, 2.0], [1.0, 3.0]]


TRAPEZOIDS = {
    "int64": ([1, 2, 4], None, 4.5),
    "int8": ([100, 100, 100], None, 200.0),
    "uint8": ([200, 100, 200], None, 300.0),
    "int16": ([-1, -2, -2], [0, 1, 3], -5.5),
    "int32": ([2**24 + 1, 2**24 + 1], None, float(np.float32(2**24 + 1))),
}


@pytest.mark.parametrize("dtype", TRAPEZOIDS)
def test_trapezoid_of_integers_does_not_overflow(dtype, backend):
    y, x, expected = TRAPEZOIDS[dtype]
    points = None if x is None else polygrad.tensor(x, dtype=getattr(polygrad, dtype))
    assert polygrad.trapezoid(polygrad.tensor(y, dtype=getattr(polygrad, dtype)), points).item() == expected


def test_trapezoid_refuses_what_pytorch_refuses(backend):
    with pytest.raises(RuntimeError, match="bool"):
        polygrad.trapezoid(polygrad.tensor([True, False]))
    with pytest.raises(RuntimeError, match="one `x` value for each"):
        polygrad.trapezoid(polygrad.ones(2, 3), polygrad.ones(2))


def test_of_repeated_indices_the_last_value_is_written_and_has_the_gradient(backend):
    """PyTorch gives every value that was written to a place the gradient of that place, also where another replaced it."""
    places = polygrad.tensor([0, 0, 2])
    writes = {
        "x[i] = v": lambda x, v: x.__setitem__(places, v) or x,
        "index_put": lambda x, v: x.index_put((places,), v),
        "index_copy": lambda x, v: x.index_copy(0, places, v),
        "scatter": lambda x, v: x.scatter(0, places, v),
    }
    for name, write in writes.items():
        x, v = polygrad.zeros(3, requires_grad=True), polygrad.tensor([1.0, 2.0, 3.0], requires_grad=True)
        y = write(x * 1, v)
        (y * polygrad.tensor([1.0, 10.0, 100.0])).sum().backward()
        assert y.tolist() == [2.0, 0.0, 3.0], name
        assert (x.grad.tolist(), v.grad.tolist()) == ([0.0, 10.0, 0.0], [0.0, 1.0, 100.0]), name
