"""The cache of a compiled function: how many programs it keeps, and which."""

from __future__ import annotations

import gc
import warnings
import weakref

import pytest

import polygrad
from polygrad import nn
from polygrad.backends import available
from tests.cases.training_programs import number_of_programs

BACKENDS = [name for name in ("numpy", "jax") if name in available()]


@pytest.mark.parametrize("backend", BACKENDS)
def test_programs_that_were_used_longest_ago_are_let_go_of(backend, caplog):
    with polygrad.use_backend(backend), caplog.at_level("INFO", logger="polygrad.compile"):
        traced = []

        @polygrad.compile(max_programs=3)
        def double(x):
            return x * 2

        trace = double._trace
        double._trace = lambda args, *rest: traced.append(args[0].shape[0]) or trace(args, *rest)

        programs = {}

        def call(size):
            assert double(polygrad.ones(size)).tolist() == [2.0] * size
            (programs[size],) = (
                weakref.ref(p.captured) for p in double._order if p.descriptions["x"].endswith(f"[{size}]")
            )

        for size in (1, 2, 3, 1, 4, 1, 3, 5):
            call(size)
        assert traced == [1, 2, 3, 4, 5]
        gc.collect()
        assert {size for size, captured in programs.items() if captured() is not None} == {1, 3, 5}
        assert number_of_programs(double) == 3
        evicted = [r.getMessage() for r in caplog.records if "drops the least" in r.getMessage()]
        assert len(evicted) == 2
        assert f"double has more than max_programs=3 programs, and drops the least recently used one, for x: a {backend} tensor float32[2]" in evicted[0]  # fmt: skip
        call(2)
        assert traced[-1] == 2


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_programs_of_one_kind_of_arguments_are_counted_too(backend):
    with polygrad.use_backend(backend):
        layer = nn.Dropout(0.5)
        call = polygrad.compile(lambda x: layer(x), max_programs=1)
        for mode in (True, False, True, False):
            layer.train(mode)
            call(polygrad.ones(3))
            assert number_of_programs(call) == len(call._order) == 1


def test_there_may_be_no_bound_and_the_usual_one_is_64():
    unbounded, usual = (polygrad.compile(lambda x: x + 1, **given) for given in ({"max_programs": None}, {}))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of many shapes
        for size in range(70):
            unbounded(polygrad.ones(size))
            usual(polygrad.ones(size))
    assert number_of_programs(unbounded) == 70
    assert number_of_programs(usual) == 64
    for wrong in (0, -1, 2.5, "many"):
        with pytest.raises(ValueError, match="max_programs is a number from 1 up"):
            polygrad.compile(lambda x: x, max_programs=wrong)
