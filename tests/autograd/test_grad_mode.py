"""Grad modes: as contexts and decorators, in generators, threads and asyncio tasks."""

import asyncio
import contextvars
import threading

import pytest

import polygrad
from polygrad import enable_grad, inference_mode, is_grad_enabled, no_grad, set_grad_enabled, tensor


@pytest.fixture(autouse=True)
def recording_is_left_on():
    assert is_grad_enabled()
    yield
    assert is_grad_enabled()


def records():
    return (tensor(2.0, requires_grad=True) * 2).requires_grad


class TestContexts:
    @pytest.mark.parametrize(
        ("mode", "expected"),
        [
            (no_grad, False),
            (enable_grad, True),
            (inference_mode, False),
            (lambda: inference_mode(False), True),
            (lambda: set_grad_enabled(False), False),
            (lambda: set_grad_enabled(True), True),
        ],
    )
    def test_recording_inside(self, mode, expected):
        with mode():
            assert is_grad_enabled() is expected and records() is expected
        assert records()

    def test_nesting(self):
        with no_grad():
            with enable_grad():
                assert records()
                with no_grad():
                    assert not records()
                assert records()
            assert not records()

    def test_one_object_may_be_entered_again_and_again(self):
        mode = no_grad()
        with mode, mode:
            assert not records()
        with mode:
            assert not records()
        assert records()

    def test_an_error_inside_restores_it(self):
        with pytest.raises(ZeroDivisionError), no_grad():
            raise ZeroDivisionError
        assert records()

    def test_leaves_can_be_made_and_changed_inside(self):
        x = tensor(1.0, requires_grad=True)
        with no_grad():
            x += 1
            y = tensor(1.0, requires_grad=True)
        assert x.item() == 2.0 and x.requires_grad and y.requires_grad

    def test_set_grad_enabled_as_a_function(self):
        set_grad_enabled(False)
        try:
            assert not records()
        finally:
            set_grad_enabled(True)
        assert records()

    def test_inference_mode_is_told_apart(self):
        assert not polygrad.is_inference_mode_enabled()
        with inference_mode():
            assert polygrad.is_inference_mode_enabled()
        with no_grad():
            assert not polygrad.is_inference_mode_enabled()

    def test_what_inference_mode_made_can_be_used_in_a_graph(self):
        with inference_mode():
            data = tensor(2.0) * 3
        x = tensor(5.0, requires_grad=True)
        (x * data).backward()
        assert x.grad.item() == 6.0


class TestDecorators:
    @pytest.mark.parametrize(
        "decorate", [no_grad(), no_grad, inference_mode(), inference_mode, lambda f: set_grad_enabled(False)(f)]
    )
    def test_on_a_function(self, decorate):
        @decorate
        def inner(*args, **kwargs):
            """Its text."""
            assert args == (1,) and kwargs == {"k": 2}
            return records()

        assert inner(1, k=2) is False
        assert inner.__name__ == "inner" and inner.__doc__ == "Its text."
        assert records()

    def test_enable_grad_inside_no_grad(self):
        with no_grad():
            assert enable_grad()(records)()

    def test_on_a_recursive_function(self):
        @no_grad()
        def down(n):
            assert not records()
            return 0 if n == 0 else down(n - 1)

        down(5)
        assert records()

    def test_on_a_method(self):
        class Model:
            @no_grad()
            def predict(self):
                return records()

        assert Model().predict() is False

    def test_a_decorated_function_that_is_not_called_changes_nothing(self):
        @set_grad_enabled(False)
        def inner():
            pass

        assert records()


class TestGenerators:
    def test_the_mode_holds_inside_only(self):
        @no_grad()
        def numbers():
            for i in range(3):
                assert not records()
                got = yield i
                assert got in (None, "sent")
                assert not records()

        generator = numbers()
        assert next(generator) == 0 and records()
        assert generator.send("sent") == 1 and records()
        assert list(generator) == [2] and records()

    def test_the_consumer_may_have_a_mode_of_its_own(self):
        @enable_grad()
        def values():
            while True:
                yield records()

        generator = values()
        with no_grad():
            assert next(generator) and not records()
        assert next(generator)
        generator.close()

    def test_a_context_that_is_open_across_a_yield_stays_inside(self):
        @enable_grad()
        def values():
            with no_grad():
                yield records()
                yield records()
            yield records()

        assert [(value, records()) for value in values()] == [(False, True), (False, True), (True, True)]

    def test_errors_and_results_pass_through(self):
        cleaned = []

        @no_grad()
        def careful():
            try:
                yield 1
            except ValueError:
                yield 2
            finally:
                cleaned.append(records())
            return 3

        generator = careful()
        assert next(generator) == 1 and generator.throw(ValueError("x")) == 2
        with pytest.raises(StopIteration) as stop:
            next(generator)
        assert stop.value.value == 3 and cleaned == [False]
        generator = careful()
        next(generator)
        generator.close()
        assert cleaned == [False, False]


class TestIsolation:
    def test_a_thread_has_its_own_mode(self):
        found = []
        with no_grad():
            thread = threading.Thread(target=lambda: found.append(records()))
            thread.start()
            thread.join()
            assert not records()
        assert found == [True]

    def test_threads_that_switch_at_the_same_time(self):
        barrier = threading.Barrier(8)
        wrong = []

        def work(number):
            for _ in range(200):
                with no_grad() if number % 2 else enable_grad():
                    barrier.wait()
                    if records() is bool(number % 2):
                        wrong.append(number)

        threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not wrong

    def test_asyncio_tasks_do_not_see_each_other(self):
        async def quiet(ready, go):
            with no_grad():
                ready.set()
                await go.wait()
                return records()

        async def loud(ready, go):
            await ready.wait()
            found = records()
            go.set()
            return found

        async def both():
            ready, go = asyncio.Event(), asyncio.Event()
            return await asyncio.gather(quiet(ready, go), loud(ready, go))

        assert asyncio.run(both()) == [False, True]

    def test_a_decorated_coroutine(self):
        @no_grad()
        async def inner():
            await asyncio.sleep(0)
            return records()

        async def outer():
            return await inner(), records()

        assert asyncio.run(outer()) == (False, True)

    def test_a_task_starts_in_the_mode_of_its_maker(self):
        async def outer():
            async def inner():
                return records()

            with no_grad():
                task = asyncio.create_task(inner())
            return await task, records()

        assert asyncio.run(outer()) == (False, True)

    def test_a_copied_context_keeps_its_mode(self):
        with no_grad():
            context = contextvars.copy_context()
        assert records() and context.run(records) is False


class TestBackwardAndModes:
    def test_backward_works_under_no_grad(self):
        x = tensor(3.0, requires_grad=True)
        y = x * x
        with no_grad():
            y.backward()
        assert x.grad.item() == 6.0

    def test_create_graph_records_even_under_no_grad(self):
        x = tensor(3.0, requires_grad=True)
        y = x * x
        with no_grad():
            (g,) = polygrad.autograd.grad(y, x, create_graph=True)
            assert g.requires_grad and not is_grad_enabled()

    def test_hooks_run_unrecorded_unless_the_graph_is_created(self):
        x, seen = tensor(3.0, requires_grad=True), []
        x.register_hook(lambda g: seen.append(is_grad_enabled()))
        (x * x).backward()
        (x * x).backward(create_graph=True)
        assert seen == [False, True]


def test_a_class_that_is_decorated_has_its_constructor_decorated():
    with pytest.warns(FutureWarning, match="Decorating classes"):

        @polygrad.no_grad()
        class Made:
            def __init__(self):
                self.inside = polygrad.is_grad_enabled()

            def method(self):
                return polygrad.is_grad_enabled()

    made = Made()
    assert not made.inside and made.method()
