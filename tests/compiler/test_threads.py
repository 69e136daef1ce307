"""Threads that call compiled functions, the same one or several: no thread sees the tracers of another."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from functools import partial

import numpy as np
import pytest

import polygrad
from polygrad.backends import available
from tests.cases.training_programs import PROGRAMS, number_of_programs, result_of, small

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
        np.testing.assert_allclose(values, expected, rtol=1e-5, atol=1e-5)  # terms of up to 4 cancel


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


#: A thread traces a training step with a layer inside of `checkpoint` in it, and stops in the middle; then this one forks.
FORK = """
import gc, os, signal, sys, threading
import polygrad as pg
from polygrad import nn, optim
from polygrad.backends.plugins import LOCK
from polygrad.utils.checkpoint import checkpoint

pg.manual_seed(0)
model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Dropout(0.5), nn.Linear(4, 1))
optimizer = optim.Adam(model.parameters(), lr=0.1)
scheduler = optim.lr_scheduler.StepLR(optimizer, 1)
inside, go_on = threading.Event(), threading.Event()
x = pg.rand(5, 3)

def step(stop):
    def forward(x):
        pg.rand(3)
        return model(x)
    optimizer.zero_grad()
    loss = checkpoint(forward, x, use_reentrant=False).square().mean()
    loss.backward()
    optimizer.step()
    scheduler.step()
    model.eval()
    if stop:
        inside.set()
        go_on.wait()
    model.train()
    return loss

def state():
    return [*[t.tolist() for t in (*model.parameters(), *model.buffers(), pg.get_rng_state())], len(optimizer.state),
            optimizer.param_groups[0]["lr"], scheduler.last_epoch, model.training, [p.grad for p in model.parameters()]]

ready = pg.compile(lambda x: x + 1)
ready(x)
traced = pg.compile(step)
before = state()
threads = [threading.Thread(target=traced, args=(True,))]
threads[0].start()
inside.wait()

def hold():
    with LOCK:
        holding.set()
        go_on.wait()

holding = threading.Event()
threads.append(threading.Thread(target=hold))
threads[1].start()
holding.wait()

def child():
    assert state() == before
    assert gc.isenabled() and not pg._state.RECORDERS
    ready(x)
    pg.rand(2)
    for compiled in (pg.compile(step), traced):
        compiled(False)
    assert "numpy" in pg.backends.available() and pg.get_backend("numpy")
    pg.compile(lambda x: x * model[0].weight.sum())(x).sum().backward()
    pg.func.vmap(pg.sin)(x)

for task in sys.argv[1:]:
    pid = os.fork()
    if pid == 0:
        signal.alarm(30)
        try:
            child()
            os._exit(0)
        except BaseException as error:
            import traceback
            traceback.print_exc()
            os._exit(1)
    assert os.waitpid(pid, 0)[1] == 0
go_on.set()
for thread in threads:
    thread.join()
assert state() != before and traced(False).tolist() >= 0
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system does not fork")
def test_a_child_goes_on_although_another_thread_was_tracing():
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", FORK, "once", "again"], capture_output=True, text=True, timeout=120
    )
    assert run.returncode == 0, run.stderr
