"""Impossible bounds of random numbers raise, as in PyTorch, before anything changes."""

from __future__ import annotations

import pytest

import polygrad

inf, nan = float("inf"), float("nan")
REFUSED = {
    "random_": [
        ("int8", 0, 1000), ("int8", -200, 5), ("uint8", 300), ("uint8", -5, 5), ("bool", 0, 3), ("float16", 0, 100000),
        ("int64", 5, 5), ("int64", 0), ("int32", 0, 2**31 + 1), ("int64", 7, 3),
    ],
    "uniform_": [("float32", 1, 0), ("float16", 0, 1e6), ("float32", 0, inf), ("float32", nan, 1), ("float32", -3e38, 3e38)],
    "normal_": [("float32", 0, -1), ("float32", 0, nan)],
    "exponential_": [("float32", 0), ("float32", -1)],
    "bernoulli_": [("float32", 2), ("float32", -0.1), ("float32", nan), ("int64", 1.5)],
}  # fmt: skip
TAKEN = {
    "random_": [("int8", -128, 128), ("uint8", 256), ("bool", 0, 2), ("float16", 0, 2049), ("int32", 2**31 - 1, 2**31), ("int8",),
                ("int8", -128, None), ("int64", -(2**63), None), ("float32", -5, None), ("bool", 0, None), ("uint8", 7, None)],
    "uniform_": [("float32", 1, 1), ("float16", 0, 6e4), ("float32", -1e38, 1e38), ("complex64", 1, 1)],
    "normal_": [("float32", 3, 0), ("complex64", 3, 0)],
    "exponential_": [("float32", inf)],
    "bernoulli_": [("float32", 0), ("int64", 1)],
}  # fmt: skip


def cases(table):
    return [
        pytest.param(name, *call, id=f"{name}{call}") for name, calls in table.items() for call in [(c,) for c in calls]
    ]


def ones(dtype, backend):
    if dtype == "float16" and backend == "strict":
        pytest.skip("the strict library has no such type")
    return polygrad.ones(3, dtype=getattr(polygrad, dtype))


@pytest.mark.parametrize(("name", "call"), cases(REFUSED))
def test_refused(name, call, backend):
    dtype, *bounds = call
    x = ones(dtype, backend)
    with pytest.raises(RuntimeError):
        getattr(x, name)(*bounds)
    assert x.tolist() == [1, 1, 1]


@pytest.mark.parametrize(("name", "call"), cases(TAKEN))
def test_taken(name, call, backend):
    dtype, *bounds = call
    x = ones(dtype, backend)
    assert getattr(x, name)(*bounds) is x and all(value == value and abs(value) < inf for value in x.tolist())


FUNCTIONS = {
    "normal, number": lambda: polygrad.normal(0.0, -1.0, (2,)),
    "normal, NaN": lambda: polygrad.normal(0.0, nan, (2,)),
    "normal, tensor": lambda: polygrad.normal(polygrad.zeros(2), polygrad.tensor([1.0, -1.0])),
    "normal, tensor alone": lambda: polygrad.normal(0.0, polygrad.tensor([1.0, -1.0])),
    "randint, int8": lambda: polygrad.randint(0, 1000, (3,), dtype=polygrad.int8),
    "randint, uint8": lambda: polygrad.randint(-5, 5, (3,), dtype=polygrad.uint8),
    "randint, bool": lambda: polygrad.randint(0, 3, (3,), dtype=polygrad.bool),
    "randint_like": lambda: polygrad.randint_like(polygrad.zeros(3, dtype=polygrad.int8), 1000),
    "randint, empty": lambda: polygrad.randint(5, 5, (2,)),
    "randperm, uint8": lambda: polygrad.randperm(300, dtype=polygrad.uint8),
    "randperm, negative": lambda: polygrad.randperm(-1),
    "bernoulli": lambda: polygrad.bernoulli(polygrad.tensor([0.5, 2.0])),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_refuse(name, backend):
    with pytest.raises(RuntimeError):
        FUNCTIONS[name]()


@pytest.mark.parametrize("dtype", ["int8", "uint8", "int16", "int32", "int64", "float32", "float64"])
def test_all_integers_of_a_type_are_drawn(dtype, backend):
    kind = getattr(polygrad, dtype)
    if kind.is_floating_point:
        largest = 2**24 if dtype == "float32" else 2**53
        smallest = -largest
    else:
        smallest, largest = polygrad.iinfo(kind).min, polygrad.iinfo(kind).max
    drawn = polygrad.zeros(2000, dtype=kind).random_(smallest, None).tolist()
    tenth = max(1, (largest - smallest) // 10)
    assert smallest <= min(drawn) < smallest + tenth and largest - tenth < max(drawn) <= largest


def test_both_parts_of_complex_numbers_are_drawn(backend):
    x = polygrad.zeros(1000, dtype=polygrad.complex64)
    for part in (polygrad.real, polygrad.imag):
        assert part(x.uniform_(5, 6)).min().item() >= 5 and part(x).max().item() <= 6
        assert abs(part(x.normal_(3, 2)).mean().item() - 3) < 0.3
        assert abs(part(x).std().item() - 2**0.5) < 0.2


def test_integers_that_a_type_rounds_are_warned_of(backend):
    x = polygrad.zeros(3)
    with pytest.warns(UserWarning, match="out of bounds"):
        x.random_(0, 2**24 + 2)
    x.random_(-(2**24), 2**24 + 1)
