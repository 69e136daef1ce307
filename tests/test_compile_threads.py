"""Threads that call compiled functions: each traces its own, all may share one, and nobody sees what another traces."""

from __future__ import annotations

import threading
from functools import partial

import numpy as np
import pytest
from training_programs import PROGRAMS, number_of_programs, result_of, small

import polygrad
from polygrad.backends import available

BACKENDS = [name for name in ("jax", "numpy") if name in available()]


def together(*works):
    """Run functions in threads that begin at once; raises what one of them raised."""
    barrier, raised = threading.Barrier(len(works)), []

    def run(work):
        barrier.wait()
        try:
            work()
        except BaseException as error:
            raised.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if raised:
        raise raised[0]


@pytest.mark.parametrize("backend", BACKENDS)
def test_each_thread_traces_its_own(backend):
    found: dict[int, list] = {}
    # Threads begin with the default backend.
    polygrad.set_backend(backend)
    try:

        def work(number: int) -> None:
            found[number] = result_of(polygrad, PROGRAMS["Adam 0"], True)[0]

        together(*[partial(work, number) for number in range(4)])
        expected = result_of(polygrad, PROGRAMS["Adam 0"], False)[0]
    finally:
        polygrad.set_backend("numpy")
    assert len(found) == 4
    for losses in found.values():
        np.testing.assert_allclose(losses, expected, rtol=3e-5)


@pytest.mark.parametrize("backend", BACKENDS)
def test_threads_share_a_compiled_function(backend):
    with polygrad.use_backend(backend):
        weight = polygrad.linspace(-1, 1, 8)
        function = polygrad.compile(lambda x: ((weight * x).tanh() * x).sum())
        inputs = [polygrad.full((8,), 0.1 * number) for number in range(40)]
        expected = [((weight * x).tanh() * x).sum().item() for x in inputs]
        found: list[list[float]] = [[] for _ in range(4)]

        def work(place: int) -> None:
            for x in inputs:
                found[place].append(function(x).item())

        together(*[partial(work, place) for place in range(4)])
    for values in found:
        np.testing.assert_allclose(values, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_first_call_in_several_threads_at_once_makes_one_program(backend):
    with polygrad.use_backend(backend):
        model, x = small(polygrad), polygrad.ones(4, 6)
        expected = model(x).sum().item()
        for _ in range(3):
            compiled, found = polygrad.compile(lambda x: model(x).sum()), []
            together(*[lambda compiled=compiled, found=found: found.append(compiled(x).item())] * 4)
            np.testing.assert_allclose(found, [expected] * 4, rtol=1e-5)
            assert number_of_programs(compiled) == 1


@pytest.mark.parametrize("backend", BACKENDS)
def test_programs_run_while_another_thread_traces_with_the_same_parameters(backend):
    with polygrad.use_backend(backend):
        model = small(polygrad)
        serve = polygrad.compile(lambda x: model(x).sum())
        inputs = [polygrad.full((2, 6), 0.1 * n) for n in range(3)]
        expected = [serve(x).item() for x in inputs]
        others = [polygrad.ones(rows, 6) for rows in range(3, 9)]
        traced = polygrad.compile(lambda x: model(x).mean())
        ready = []

        def trace():
            try:
                for x in others:
                    serve(x)
                    traced(x)
            finally:
                ready.append(True)

        def run():
            while not ready:
                np.testing.assert_allclose([serve(x).item() for x in inputs], expected, rtol=1e-5)

        together(trace, run, run)
        assert number_of_programs(serve) == 1 + len(others)
