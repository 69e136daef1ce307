"""Ctrl-C at any point of a compiled training step: the step changes everything or nothing."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Callable

import numpy as np
import pytest

import polygrad
from polygrad import nn, optim
from polygrad.backends import available
from polygrad.compiler import interrupts

BACKENDS = [name for name in ("numpy", "jax") if name in available()]


class Training:
    """A compiled step that changes parameters, gradients, moments, buffers, random state, a mode and a schedule."""

    def __init__(self, schedule_first: bool):
        polygrad.manual_seed(0)
        self.model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Dropout(0.5), nn.Linear(4, 1))
        self.optimizer = optim.Adam(self.model.parameters(), lr=0.1)
        self.scheduler = optim.lr_scheduler.StepLR(self.optimizer, 1, gamma=0.9)
        self.view = self.model[0].weight.data[0]
        x = polygrad.rand(5, 3)

        @polygrad.compile
        def step():
            if schedule_first:
                self.scheduler.step()
            self.optimizer.zero_grad()
            self.model.train()
            loss = self.model(x).square().mean()
            loss.backward()
            self.optimizer.step()
            if not schedule_first:
                self.scheduler.step()
            return loss

        self.step = step

    def state(self) -> list:
        """Everything that the step changes, in Python."""
        tensors = [*self.model.parameters(), *self.model.buffers(), polygrad.get_rng_state(), self.view]
        tensors += [p.grad for p in self.model.parameters() if p.grad is not None]
        tensors += [x for state in self.optimizer.state.values() for x in state.values()]
        return [
            *[x.tolist() for x in tensors], self.scheduler.last_epoch, self.optimizer.param_groups[0]["lr"],
            self.model.training,
        ]  # fmt: skip

    def saved(self) -> list:
        """What `restore` goes back to."""
        cells = [*self.model.parameters(), *self.model.buffers()]
        cells += [x for state in self.optimizer.state.values() for x in state.values()]
        gradients = [p.grad.clone() for p in self.model.parameters()]
        group = dict(self.optimizer.param_groups[0])
        values = [(x, x.detach().clone()) for x in cells]
        return [values, gradients, group, self.scheduler.state_dict(), polygrad.get_rng_state()]

    def restore(self, saved: list) -> None:
        values, gradients, group, schedule, random = saved
        with polygrad.no_grad():
            for x, value in values:
                x.copy_(value)
        for p, gradient in zip(self.model.parameters(), gradients, strict=True):
            p.grad = gradient.clone()
        self.optimizer.param_groups[0].update(group)
        self.scheduler.load_state_dict(schedule)
        polygrad.set_rng_state(random)


def places(count: int) -> list[int]:
    """Instructions to stop at: most of those at the end, where everything is stored, and some of all others."""
    last = max(count - 40, 1)
    return [*np.linspace(1, last, 20).astype(int).tolist(), *range(last + 1, count + 1, 8)]


class AtInstruction:
    """Calls ``act`` before the ``number``-th instruction of a program, and of what holds signals, and counts them."""

    def __init__(self, number: int, act: Callable[[], None]):
        self.number, self.act, self.count = number, act, 0

    def __call__(self, frame, event, arg):
        if not frame.f_code.co_filename.startswith(("<polygrad", interrupts.__file__)):
            return None
        frame.f_trace_opcodes = True
        if event == "opcode":
            self.count += 1
            if self.count == self.number:
                self.act()
        return self


def run(step: Callable[[], object], number: int, act: Callable[[], None]) -> tuple[int, bool]:
    """How many instructions a step has, and whether it was interrupted at that ``number``."""
    tracer = AtInstruction(number, act)
    before = sys.gettrace()
    try:
        sys._getframe().f_trace_opcodes = (
            True  # Python 3.12 looks only while a trace function is set whether any frame asks
        )
        sys.settrace(tracer)
        step()
    except KeyboardInterrupt:
        return tracer.count, True
    finally:
        sys.settrace(before)
    return tracer.count, False


@pytest.fixture
def handlers():
    """The handlers that Python starts with, also where the tests run in the background, without SIGINT."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGALRM)}
    for number in before:
        signal.signal(number, signal.default_int_handler)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.skipif(not hasattr(signal, "SIGALRM"), reason="the system has no SIGALRM")
@pytest.mark.parametrize(
    ("number", "schedule_first"), [("SIGINT", False), ("SIGALRM", True)],
)  # fmt: skip
@pytest.mark.parametrize("backend", BACKENDS)
def test_a_step_is_done_or_not_wherever_a_signal_comes(backend, schedule_first, number, handlers):
    with polygrad.use_backend(backend):
        training = Training(schedule_first)
        for _ in range(3):
            training.step()
        saved, before = training.saved(), training.state()
        training.restore(saved)
        count, interrupted = run(training.step, 0, lambda: None)
        after = training.state()
        assert not interrupted and count > 100
        found = set()
        for place in places(count):
            training.restore(saved)
            reached, interrupted = run(training.step, place, lambda: signal.raise_signal(getattr(signal, number)))
            assert interrupted or reached < place, f"at instruction {place} of {count}"  # some are for what is new
            now = training.state()
            assert now in (before, after), f"at instruction {place} of {count}"
            found.add(now == after)
            assert signal.getsignal(getattr(signal, number)) is signal.default_int_handler
        assert found == {False, True}
        training.restore(saved)
        training.step()
        assert training.state() == after
        assert not polygrad.compiler.trace_lock.running and not polygrad._state.RECORDERS


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="the system has no timers")
@pytest.mark.parametrize("backend", BACKENDS)
def test_a_step_is_done_or_not_whenever_a_signal_comes(backend, handlers):
    with polygrad.use_backend(backend):
        training = Training(False)
        for _ in range(3):
            training.step()
        saved, before = training.saved(), training.state()
        begin = time.perf_counter()
        training.step()
        duration, after = time.perf_counter() - begin, training.state()
        delays = np.random.default_rng(0).uniform(0, 1.5 * duration, 25)
        for delay in delays:
            training.restore(saved)
            try:
                signal.setitimer(signal.ITIMER_REAL, max(delay, 1e-6))
                training.step()
                time.sleep(2 * duration)
            except KeyboardInterrupt:
                pass
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
            assert training.state() in (before, after)
            assert not polygrad.compiler.trace_lock.running


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_trace_that_is_interrupted_leaves_everything_as_it_was(backend, handlers):
    with polygrad.use_backend(backend):
        training = Training(False)
        x = polygrad.rand(5, 3)
        before = training.state()

        @polygrad.compile
        def step():
            training.optimizer.zero_grad()
            training.model(x).mean().backward()
            training.optimizer.step()
            training.scheduler.step()
            signal.raise_signal(signal.SIGINT)

        with pytest.raises(KeyboardInterrupt):
            step()
        assert training.state() == before
        assert not polygrad.compiler.trace_lock.running and not polygrad._state.RECORDERS


def test_signals_wait_and_are_delivered_in_order(handlers):
    seen: list[object] = []
    signal.signal(signal.SIGTERM, lambda number, frame: seen.append("TERM"))
    try:
        interrupts.hold()
        try:
            signal.raise_signal(signal.SIGTERM)
            signal.raise_signal(signal.SIGINT)
            assert not seen
        finally:
            with pytest.raises(KeyboardInterrupt):
                interrupts.release()
        assert seen == ["TERM"]
        interrupts.release()
        assert seen == ["TERM"]
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def test_signals_that_are_ignored_stay_so_and_other_threads_hold_nothing(handlers):
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    interrupts.hold()
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    interrupts.release()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    thread = threading.Thread(target=lambda: (interrupts.hold(), interrupts.release()))
    thread.start()
    thread.join()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_schedule_is_undone_where_the_step_that_it_began_fails(backend):
    with polygrad.use_backend(backend):
        weight = polygrad.ones(3, requires_grad=True)
        optimizer = optim.SGD([weight], lr=1.0)
        scheduler = optim.lr_scheduler.StepLR(optimizer, 1, gamma=0.5)

        @polygrad.compile
        def step(index):
            scheduler.step()
            optimizer.zero_grad()
            weight[index].sum().backward()
            optimizer.step()

        step(polygrad.tensor([0, 1]))
        step(polygrad.tensor([0, 1]))
        rates = optimizer.param_groups[0]["lr"], scheduler.last_epoch
        np.testing.assert_allclose(weight.tolist(), [0.25, 0.25, 1])
        if backend == "numpy":  # JAX clamps
            with pytest.raises(IndexError):
                step(polygrad.tensor([0, 7]))
            assert (optimizer.param_groups[0]["lr"], scheduler.last_epoch) == rates
            np.testing.assert_allclose(weight.tolist(), [0.25, 0.25, 1])
