"""Bounds of random numbers that cannot be kept are refused, as in PyTorch, and before anything changes."""

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
    "random_": [("int8", -128, 128), ("uint8", 256), ("bool", 0, 2), ("float16", 0, 10000), ("int32", 2**31 - 1, 2**31), ("int8",)],
    "uniform_": [("float32", 1, 1), ("float16", 0, 6e4), ("float32", -1e38, 1e38)],
    "normal_": [("float32", 3, 0)],
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
