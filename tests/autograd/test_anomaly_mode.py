"""Anomaly mode: the line that a NaN gradient comes from."""

import threading

import numpy
import pytest

import polygrad
from polygrad import autograd, tensor
from polygrad._core import engine, graph


@pytest.fixture(autouse=True)
def it_is_off_again():
    counter = graph.next_sequence
    with numpy.errstate(all="ignore"):
        yield
    assert not autograd.is_anomaly_enabled()
    assert graph.next_sequence is counter and not engine.sweep_contexts
    assert type((tensor(1.0, requires_grad=True) * 2).grad_fn.sequence) is int


def the_culprit(x):
    return x.exp()  # infinite, and 0 * inf is NaN


def nan_loss():
    x = tensor([1000.0, 0.0], requires_grad=True)
    return (the_culprit(x) * tensor([0.0, 1.0])).sum(), x


def test_without_it_nan_goes_unnoticed():
    loss, x = nan_loss()
    loss.backward()
    assert numpy.isnan(x.grad.numpy()[0])


def test_it_names_the_operation_and_shows_the_line_of_the_forward_pass():
    with autograd.detect_anomaly():
        loss, x = nan_loss()
        with pytest.raises(RuntimeError) as caught:
            loss.backward()
    text = str(caught.value)
    assert "Function 'ExpBackward' returned nan values in its 0th output." in text
    assert "in the_culprit" in text and "return x.exp()" in text and "in nan_loss" in text
    assert "polygrad/_core" not in text and "<polygrad " not in text
    assert x.grad is None


@pytest.mark.parametrize("call", [lambda x: x.softmax(0), lambda x: polygrad.nn.functional.softmax(x, 0)])
def test_no_line_of_the_library_is_shown_where_a_function_checks_its_call(call):
    with autograd.detect_anomaly():
        p = call(tensor([0.0, 1000.0], requires_grad=True))
        with pytest.raises(RuntimeError) as caught:
            (p * p.log()).sum().backward()
    text = str(caught.value)
    assert "p = call(tensor(" in text
    assert "<polygrad " not in text and "/src/polygrad/" not in text


def test_a_forward_pass_outside_is_told():
    loss, _ = nan_loss()
    with autograd.detect_anomaly(), pytest.raises(RuntimeError, match="the forward pass ran outside anomaly mode"):
        loss.backward()


def test_an_error_in_a_rule_gets_the_lines_as_a_note():
    class Broken(autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, grad):
            raise KeyError("lost")

    with autograd.detect_anomaly():
        y = Broken.apply(tensor(1.0, requires_grad=True))
        with pytest.raises(KeyError) as caught:
            y.backward()
    assert "BrokenBackward was recorded here" in caught.value.__notes__[0]
    assert "Broken.apply(tensor(1.0" in caught.value.__notes__[0]


def test_good_gradients_are_what_they_were():
    with autograd.detect_anomaly():
        x = tensor([1.0, 2.0], requires_grad=True)
        variance, mean = polygrad.var_mean(x)
        (g,) = autograd.grad(variance * mean + x.prod(), x, create_graph=True)
        g.sum().backward()
    other = tensor([1.0, 2.0], requires_grad=True)
    variance, mean = polygrad.var_mean(other)
    (h,) = autograd.grad(variance * mean + other.prod(), other, create_graph=True)
    h.sum().backward()
    assert x.grad.tolist() == other.grad.tolist()


def test_the_check_can_be_left_out():
    with autograd.detect_anomaly(check_nan=False):
        loss, x = nan_loss()
        loss.backward()
    assert numpy.isnan(x.grad.numpy()[0])


def test_as_a_switch_and_nested():
    assert not autograd.is_anomaly_enabled()
    autograd.set_detect_anomaly(True)
    try:
        assert autograd.is_anomaly_enabled()
        with autograd.set_detect_anomaly(False):
            assert not autograd.is_anomaly_enabled()
        with autograd.detect_anomaly():
            assert autograd.is_anomaly_enabled()
        assert autograd.is_anomaly_enabled()
    finally:
        autograd.set_detect_anomaly(False)


def test_a_graph_is_usable_after_an_anomaly():
    with autograd.detect_anomaly():
        loss, x = nan_loss()
        with pytest.raises(RuntimeError):
            loss.backward(retain_graph=True)
    loss.backward()
    assert x.grad.numpy()[1] == 1.0


def test_threads_may_sweep_one_graph():
    with autograd.detect_anomaly():
        x = tensor(2.0, requires_grad=True)
        y = x
        for _ in range(50):
            y = y * 1.01
        threads = [threading.Thread(target=lambda: y.backward(retain_graph=True)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    (fresh,) = autograd.grad(y, x)
    assert fresh.item() == pytest.approx(1.01**50, rel=1e-5)


def test_a_compiled_function_runs_eagerly_in_it(backend):
    @polygrad.compile
    def step(x):
        loss = (the_culprit(x) * tensor([0.0, 1.0])).sum()
        loss.backward()
        return loss

    x = tensor([1000.0, 0.0], requires_grad=True)
    step(x)
    assert numpy.isnan(x.grad.tolist()[0])
    with (
        autograd.detect_anomaly(),
        pytest.raises(RuntimeError, match=r"(?s)'ExpBackward' returned nan.*return x.exp\(\)"),
    ):
        step(x)
    with autograd.detect_anomaly(check_nan=False):
        step(x)
    assert x.grad.tolist()[1] == 2.0
    assert step.lower(x).as_text()


def test_backward_from_outside_of_a_compiled_function(backend):
    scaled = polygrad.compile(lambda x: the_culprit(x) * tensor([0.0, 1.0]))
    x = tensor([1000.0, 0.0], requires_grad=True)
    loss = scaled(x).sum()
    with autograd.detect_anomaly(), pytest.raises(RuntimeError, match="'<lambda>Backward' returned nan values"):
        loss.backward()
    with autograd.detect_anomaly(), pytest.raises(RuntimeError, match=r"(?s)ExpBackward.*return x.exp\(\)"):
        scaled(x).sum().backward()


@pytest.mark.parametrize("switch", [autograd.detect_anomaly, lambda: autograd.set_detect_anomaly(True)])
def test_inside_of_a_compiled_function_it_says_where_to_put_it(backend, switch):
    def step(x):
        with switch():
            x.exp().sum().backward()

    with pytest.raises(RuntimeError, match=r"write detect_anomaly\(\) around the call"):
        polygrad.compile(step)(tensor(1.0, requires_grad=True))
