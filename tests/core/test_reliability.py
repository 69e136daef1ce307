"""Long graphs, long trainings, many threads and interrupts: no recursion, no leak, no half-done update."""

from __future__ import annotations

import _thread
import gc
import itertools
import signal
import threading
import time
import tracemalloc
import warnings
import weakref

import numpy as np
import pytest

import polygrad
from polygrad._core.graph import Leaf, Node

LENGTH = 300_000


@pytest.fixture
def collector_off():
    gc.collect()
    gc.disable()
    yield
    gc.enable()


KINDS = (polygrad.Tensor, Node, Leaf)


def ours():
    """How many of the engine's objects the garbage collector knows."""
    return sum(issubclass(type(thing), KINDS) for thing in gc.get_objects())


def in_cycles():
    """The engine's objects that only the garbage collector could free."""
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        gc.collect()
        return [thing for thing in gc.garbage if issubclass(type(thing), KINDS)]
    finally:
        gc.set_debug(0)
        gc.garbage.clear()


# -- length ------------------------------------------------------------------------------------------------------------


def test_a_chain_of_300_000_operations_goes_forward_backward_and_away(collector_off):
    x = polygrad.tensor([1.0, 2.0], requires_grad=True)
    y = x
    for _ in range(LENGTH):
        y = y + 1.0
    first, last = y.grad_fn.next_functions[0][0], weakref.ref(y.grad_fn)
    y.sum().backward(retain_graph=True)
    assert x.grad.tolist() == [1.0, 1.0]
    del y
    assert last() is None  # its only other holder was the tensor
    dead = weakref.ref(first)
    del first
    assert dead() is None
    assert not in_cycles()


def test_a_chain_of_300_000_operations_goes_away_without_a_backward(collector_off):
    x = polygrad.tensor([1.0, 2.0], requires_grad=True)
    y = x
    for _ in range(LENGTH):
        y = y * 1.0
    last = weakref.ref(y.grad_fn)
    y = None
    assert last() is None


def test_a_long_chain_in_place_on_a_view(collector_off):
    x = polygrad.tensor([1.0, 2.0], requires_grad=True)
    y = x * 1
    view = y[:1]
    for _ in range(3000):
        view += 1.0
    y.sum().backward()
    assert y.tolist() == [3001.0, 2.0] and x.grad.tolist() == [1.0, 1.0]


def test_a_wide_sum_of_many_branches():
    x = polygrad.tensor(1.0, dtype=polygrad.float64, requires_grad=True)
    polygrad.stack([x * number for number in range(20_000)]).sum().backward()
    assert x.grad.item() == sum(range(20_000))


def test_a_graph_that_doubles_at_every_step_is_gone_through_once():
    x = polygrad.tensor(1.0, dtype=polygrad.float64, requires_grad=True)
    y = x
    for _ in range(900):
        y = y + y
    y.backward()
    assert x.grad.item() == 2.0**900


def test_a_recurrence_can_be_differentiated_twice():
    x = polygrad.tensor(1.0, dtype=polygrad.float64, requires_grad=True)
    y = x
    for _ in range(1000):
        y = y * 1.001
    (slope,) = polygrad.autograd.grad(y * y, x, create_graph=True)
    (curvature,) = polygrad.autograd.grad(slope, x)
    assert curvature.item() == pytest.approx(2 * 1.001**2000)


# -- memory ------------------------------------------------------------------------------------------------------------


class Net:
    """8-16-1 with tanh, written by hand, so that only the engine is tested."""

    def __init__(self, seed: int = 0):
        numbers = itertools.count(seed)

        def draw(*shape):
            return polygrad.sin(polygrad.arange(polygrad.Size(shape).numel()) * 1.7 + next(numbers)).reshape(*shape)

        self.weights = [draw(8, 16).requires_grad_(), draw(16).requires_grad_(), draw(16, 1).requires_grad_()]
        self.inputs, self.targets = draw(32, 8), draw(32, 1)

    def step(self) -> float:
        w1, b, w2 = self.weights
        loss = ((polygrad.tanh(self.inputs @ w1 + b) @ w2 - self.targets) ** 2).mean()
        loss.backward()
        with polygrad.no_grad():
            for w in self.weights:
                w -= 0.01 * w.grad
                w.grad = None
        return loss.item()


def test_a_thousand_training_steps_leave_memory_flat_and_no_cycles(collector_off):
    net = Net()
    for _ in range(20):
        first = net.step()
    tracemalloc.start()
    try:
        before, count = tracemalloc.get_traced_memory()[0], ours()
        for _ in range(1000):
            last = net.step()
        grown = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert last < first
    assert ours() == count
    assert grown < 100_000, f"{grown} bytes more after 1,000 steps"
    assert not in_cycles()


@pytest.mark.parametrize("way", ["views in place", "hooks", "several outputs", "grad of grad", "data", "exception"])
def test_other_steps_leave_no_cycles_either(way, collector_off):
    def step():
        x = polygrad.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
        y = x * 2
        if way == "views in place":
            y[0] *= 3
            y.T[1] += y[1]
            y.view(-1)[2:].exp_()
        elif way == "hooks":
            y.register_hook(lambda g: g * 2)
            y.retain_grad()
            x.register_post_accumulate_grad_hook(lambda p: None)
        elif way == "several outputs":
            values, _ = y.max(1)
            (values.sum() + sum(part.sum() for part in y.unbind())).backward()
            return
        elif way == "grad of grad":
            (g,) = polygrad.autograd.grad((y**3).sum(), x, create_graph=True)
            (g * g).sum().backward()
            return
        elif way == "data":
            x.data = x.data * 2
            x.detach()[0] = 7
        elif way == "exception":
            with pytest.raises(RuntimeError):
                y.backward()
            return
        (y * y).sum().backward()

    step()
    gc.collect()
    count = ours()
    for _ in range(50):
        step()
    assert ours() == count
    assert not in_cycles()


def test_a_gradient_that_refers_to_its_own_graph_is_freed_with_it():
    """``backward(create_graph=True)`` makes a cycle, as in PyTorch: x.grad → its graph → x's leaf, which owns x.grad.

    The garbage collector finds it; setting ``x.grad = None`` breaks it at once; `autograd.grad` makes none.
    """
    gc.collect()
    gc.disable()
    try:
        x = polygrad.tensor([1.0, 2.0], requires_grad=True)
        (x**3).sum().backward(create_graph=True)
        node = weakref.ref(x.grad.grad_fn)
        x.grad = None
        assert node() is None

        (x**3).sum().backward(create_graph=True)
        leaf_and_gradient = weakref.ref(x), weakref.ref(x.grad), weakref.ref(x.grad.grad_fn)
        del x
        gc.collect()
        assert [reference() for reference in leaf_and_gradient] == [None] * 3

        x = polygrad.tensor([1.0, 2.0], requires_grad=True)
        (g,) = polygrad.autograd.grad((x**3).sum(), x, create_graph=True)
        node = weakref.ref(g.grad_fn)
        del g, x
        assert node() is None
    finally:
        gc.enable()


def test_what_backward_saved_is_freed_while_it_goes_through_the_graph():
    x = polygrad.ones(1000, requires_grad=True)
    saved = (x * 2).exp()
    saved_array = weakref.ref(saved.array)
    y = saved.sum()
    node = y.grad_fn
    del saved
    assert saved_array() is not None
    y.backward()
    assert saved_array() is None and node is y.grad_fn


# -- threads -----------------------------------------------------------------------------------------------------------


def in_threads(work, count=8):
    """What ``work(number)`` returns in each of ``count`` threads that start together."""
    results, errors, barrier = [None] * count, [], threading.Barrier(count)

    def run(number):
        try:
            barrier.wait()
            results[number] = work(number)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return results


def test_eight_threads_train_eight_models():
    def train(number):
        net = Net(number)
        return [net.step() for _ in range(100)]

    # A library's sums may round differently in memory that is aligned differently, as that of a thread is.
    np.testing.assert_allclose(in_threads(train), [train(number) for number in range(8)], rtol=1e-4)


def test_eight_threads_go_through_one_shared_model():
    net = Net()
    w1, b, w2 = net.weights

    def gradients(number):
        collected = []
        for _ in range(50):
            out = ((polygrad.tanh(net.inputs @ w1 + b) @ w2) * number).sum()
            collected.append([g.tolist() for g in polygrad.autograd.grad(out, net.weights)])
        return collected

    assert in_threads(gradients) == [gradients(number) for number in range(8)]


def test_grad_mode_and_backend_are_each_threads_own():
    inside = threading.Barrier(2)

    def work(number):
        x = polygrad.ones(2, requires_grad=True)
        with polygrad.set_grad_enabled(bool(number)):
            inside.wait()
            recorded = (x * 2).requires_grad
            inside.wait()
        return recorded, (x * 2).requires_grad

    assert in_threads(work, 2) == [(False, True), (True, True)]


LENGTH = 20_000  # enough for NumPy to let other threads run while it adds


@pytest.mark.parametrize("create_graph", [False, True])
def test_threads_lose_no_addition_to_a_leaf(create_graph):
    w = polygrad.zeros(LENGTH, requires_grad=True)
    w.register_hook(lambda g: g * 2)

    def work(number):
        for _ in range(25):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                (w * 1).backward(polygrad.ones(LENGTH), create_graph=create_graph)

    in_threads(work, 4)
    assert bool((w.grad == 200).all())


def test_threads_lose_no_addition_to_a_gradient_that_is_retained():
    w = polygrad.zeros(LENGTH, requires_grad=True)
    y = w * 2
    y.retain_grad()
    in_threads(lambda number: [(y * 1).backward(polygrad.ones(LENGTH), retain_graph=True) for _ in range(25)], 4)
    assert bool((y.grad == 100).all()) and bool((w.grad == 200).all())


def test_a_hook_after_accumulation_sees_each_gradient_once():
    """The step of an optimizer that runs in backward."""
    w = polygrad.zeros(LENGTH, requires_grad=True)

    def step(parameter):
        with polygrad.no_grad():
            parameter -= parameter.grad
        parameter.grad = None

    w.register_post_accumulate_grad_hook(step)
    in_threads(lambda number: [(w * 1).backward(polygrad.ones(LENGTH)) for _ in range(25)], 4)
    assert w.grad is None and bool((w == -100).all())


def test_hooks_of_different_leaves_may_wait_for_each_other():
    """As in training on several devices, a thread each, where the gradients are averaged in a hook."""
    meeting = threading.Barrier(2)

    def meet(parameter):
        meeting.wait(30)

    def work(number):
        w = polygrad.zeros(3, requires_grad=True)
        w.register_post_accumulate_grad_hook(meet)
        (w * 2).sum().backward()

    in_threads(work, 2)


def test_threads_that_write_to_views_of_their_own_parts():
    x = polygrad.zeros(8, 1000)
    rows = x.unbind()

    def work(number):
        for _ in range(200):
            rows[number].detach().clone().add_(number)
        mine = polygrad.zeros(1000)
        for _ in range(200):
            mine[::2] += number
        return mine.sum().item()

    assert in_threads(work) == [500.0 * 200 * number for number in range(8)]
    assert not x.any()


# -- interruptions -----------------------------------------------------------------------------------------------------


def usable(x):
    """Whether grad mode, recording and the tensor are as they were."""
    assert polygrad.is_grad_enabled()
    assert x.requires_grad and x.is_leaf
    x.grad = None
    (x * 3).sum().backward()
    assert x.grad.tolist() == [3.0] * x.shape[0]
    with polygrad.no_grad():
        x += 1
        x[0] -= 1


@pytest.mark.parametrize("error", [KeyboardInterrupt, ZeroDivisionError, RuntimeError])
@pytest.mark.parametrize("create_graph", [False, True])
def test_an_exception_in_a_hook_changes_no_gradient(error, create_graph):
    x, w = polygrad.ones(2, requires_grad=True), polygrad.ones(2, requires_grad=True)
    (x.sum() + w.sum()).backward()
    y = w * 2
    y.retain_grad()
    z = y * x

    def hook(grad):
        raise error("in a hook")

    handle = x.register_hook(hook)
    with pytest.raises(error, match="in a hook"):
        (z * y).sum().backward(create_graph=create_graph)
    assert x.grad.tolist() == w.grad.tolist() == [1.0, 1.0] and y.grad is None
    handle.remove()
    usable(x)
    usable(w)


def test_an_exception_in_a_rule_changes_no_gradient():
    @polygrad.primitive("reliability_broken")
    def broken(xp, x, /):
        return x * 1

    def rule(xp, g):
        raise ZeroDivisionError("in a rule")

    broken.defvjp(x=rule)
    x, w = polygrad.ones(2, requires_grad=True), polygrad.ones(2, requires_grad=True)
    with pytest.raises(ZeroDivisionError, match="in a rule"):
        (broken(x) * w).sum().backward()
    assert x.grad is None and w.grad is None
    usable(x)


@pytest.fixture
def interrupted(collector_off):
    """A function that repeats ``step`` until an interrupt ends it, which is sent after ``delay`` seconds.

    It has a handler for the signal: a process that was started in the background ignores it, and so does all that it starts.
    The garbage collector is off, since an exception in a callback of it is lost.
    """

    def handle(number, frame):
        raise KeyboardInterrupt

    def run(step, timer: threading.Timer) -> None:
        end = time.monotonic() + 30
        timer.start()
        while time.monotonic() < end:
            step()

    def repeat(step, delay: float) -> None:
        timer = threading.Timer(delay, _thread.interrupt_main)
        try:
            run(step, timer)  # in Python 3.13 an exception at a loop's own jump escapes the `try` around the loop
        except KeyboardInterrupt:
            return
        finally:
            timer.join()
        pytest.fail("no interrupt arrived")

    before = signal.signal(signal.SIGINT, handle)
    yield repeat
    signal.signal(signal.SIGINT, before)


def test_an_interrupt_by_a_signal_in_the_middle_of_backward(interrupted):
    """Ctrl-C at any time: a thread sends the signal while backward runs, again and again."""
    x = polygrad.ones(4, requires_grad=True)

    def step():
        x.grad = None
        y = x
        for _ in range(2_000):
            y = y * 1.0
        y.sum().backward()

    for delay in (0.0, 0.001, 0.003, 0.01):
        x.grad = None  # on a busy machine the signal comes before the first step
        interrupted(step, delay)
        if x.grad is not None:
            assert x.grad.tolist() == [1.0] * 4  # it came after the end
        usable(x)


def test_an_interrupt_in_the_middle_of_forward_and_in_place(interrupted):
    x = polygrad.zeros(4)
    view = x[1:]

    def step():
        x.add_(1.0)
        view.mul_(1.0)

    interrupted(step, 0.05)
    assert polygrad.is_grad_enabled()
    values = x.tolist()
    assert view.tolist() == values[1:] and len(set(values)) == 1


def test_an_exception_in_no_grad_restores_grad_mode():
    with pytest.raises(ZeroDivisionError), polygrad.no_grad():
        raise ZeroDivisionError
    assert polygrad.is_grad_enabled()


def test_a_failed_backward_can_be_repeated_with_retain_graph():
    x = polygrad.ones(2, requires_grad=True)
    y = (x * x).sum()
    handle = x.register_hook(lambda g: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        y.backward(retain_graph=True)
    handle.remove()
    y.backward()
    assert x.grad.tolist() == [2.0, 2.0]
