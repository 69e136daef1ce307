"""Checkpoints: the gradients of the plain function, with less memory, on every backend, eager and compiled."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

import polygrad as pg
from polygrad import nn
from polygrad.testing import assert_close
from polygrad.utils.checkpoint import checkpoint, checkpoint_sequential

SOME = [False, True]


def network(dropout=0.0):
    pg.manual_seed(0)
    return nn.Sequential(nn.Linear(3, 5), nn.Tanh(), nn.Dropout(dropout), nn.Linear(5, 3), nn.Tanh())


def gradients(run, *tensors):
    for x in tensors:
        x.grad = None
    run().backward()
    return [x.grad.clone() for x in tensors]


@pytest.mark.parametrize("reentrant", SOME)
@pytest.mark.parametrize("dropout", [0.0, 0.5])
def test_gradients_are_those_of_the_plain_function(dropout, reentrant, backend):
    model = network(dropout)
    x = pg.ones(4, 3, requires_grad=True)

    def run(call):
        pg.manual_seed(1)
        y = call(model, x * 2)
        return (call(model, y) ** 2).sum()

    expected = gradients(lambda: run(lambda f, x: f(x)), x, *model.parameters())
    found = gradients(lambda: run(lambda f, x: checkpoint(f, x, use_reentrant=reentrant)), x, *model.parameters())
    for a, b in zip(found, expected, strict=True):
        assert_close(a, b)


def test_what_the_function_finds_by_itself():
    w = pg.randn(3, requires_grad=True)
    scale = (w * 2).exp()  # not an argument, and not a leaf
    run = lambda x: {"a": (x * scale).sin(), "b": [x * w, 3, "text"]}  # noqa: E731

    def loss(result):
        return (result["a"] * result["b"][0]).sum()

    x = pg.randn(3, requires_grad=True)
    (loss(run(x)) + scale.sum()).backward()
    expected = [x.grad, w.grad]
    x.grad = w.grad = None
    scale = (w * 2).exp()
    result = checkpoint(run, x)
    assert result["b"][1:] == [3, "text"]
    (loss(result) + scale.sum()).backward()
    for a, b in zip((x.grad, w.grad), expected, strict=True):
        assert_close(a, b)


def test_second_order():
    model, x = network().double(), pg.randn(2, 3, dtype=pg.float64, requires_grad=True)

    def second(call):
        (g,) = pg.autograd.grad((call(model, x) ** 2).sum(), x, create_graph=True)
        return pg.autograd.grad((g**2).sum(), [x, *model.parameters()])

    for a, b in zip(second(checkpoint), second(lambda f, x: f(x)), strict=True):
        assert_close(a, b)


def test_nested_and_retained():
    model, x = network(), pg.ones(2, 3, requires_grad=True)
    y = checkpoint(lambda x: checkpoint(model, checkpoint(model, x)) * 2, x).sum()
    y.backward(retain_graph=True)
    first = x.grad.clone()
    y.backward()
    assert_close(x.grad, 2 * first)
    (model(model(pg.ones(2, 3))) * 2).sum()
    with pytest.raises(RuntimeError, match="second time"):
        y.backward()


def test_hooks_are_called_once():
    x, calls = pg.ones(3, requires_grad=True), []
    w = pg.ones(3, requires_grad=True)
    for leaf in (x, w):
        leaf.register_hook(lambda g: calls.append(g))
    checkpoint(lambda x: x * w, x).sum().backward()
    assert len(calls) == 2


def test_the_values_of_the_first_run_count():
    w, x = pg.ones(3, requires_grad=True), pg.full((3,), 2.0, requires_grad=True)
    y = checkpoint(lambda x: w * w * x, x)
    with pg.no_grad():
        w.fill_(10.0)
        x.fill_(10.0)
    y.sum().backward()
    assert_close(w.grad, pg.full((3,), 4.0))
    assert_close(x.grad, pg.ones(3))
    assert_close(w.detach(), pg.full((3,), 10.0))


def test_running_statistics_are_updated_once():
    model = nn.Sequential(nn.Linear(3, 3), nn.BatchNorm1d(3))
    x = pg.randn(8, 3)
    checkpoint(model, x).sum().backward()
    assert model[1].num_batches_tracked.item() == 1


def test_random_numbers_go_on_as_if_nothing_was_computed_again():
    def numbers(call):
        pg.manual_seed(3)
        x = pg.ones(5, requires_grad=True)
        call(lambda x: nn.functional.dropout(x, 0.5), x).sum().backward()
        return pg.rand(3)

    assert_close(numbers(checkpoint), numbers(lambda f, x: f(x)))


def test_in_segments():
    model, x = nn.Sequential(*[nn.Linear(3, 3) for _ in range(7)]), pg.ones(2, 3)
    expected = gradients(lambda: model(x).sum(), *model.parameters())
    found = gradients(lambda: checkpoint_sequential(model, 3, x, use_reentrant=False).sum(), *model.parameters())
    for a, b in zip(found, expected, strict=True):
        assert_close(a, b)


def test_without_gradients_it_is_the_function():
    with pg.no_grad():
        assert not checkpoint(network(), pg.ones(1, 3)).requires_grad
    assert not checkpoint(lambda x: x * 2, pg.ones(2)).requires_grad


def test_in_transforms():
    model, x = network(), pg.randn(4, 3)
    plain = lambda x: model(x).sum()  # noqa: E731
    forgetful = lambda x: checkpoint(model, x).sum()  # noqa: E731
    assert_close(pg.func.grad(forgetful)(x), pg.func.grad(plain)(x))
    assert_close(pg.vmap(pg.func.grad(forgetful))(x), pg.vmap(pg.func.grad(plain))(x))


def test_wrong_arguments():
    with pytest.raises(ValueError, match="use_reentrant"):
        checkpoint(lambda x, y: x, pg.ones(1), use_reentrant=True, y=1)
    with pytest.raises(ValueError, match="unexpected keyword"):
        checkpoint_sequential([], 1, pg.ones(1), other=1)
    for segments in (0, 3):
        with pytest.raises(ValueError, match=f"2 functions do not make {segments} segments"):
            checkpoint_sequential([pg.sin, pg.cos], segments, pg.ones(1))
    sizes = iter([2, 3])
    y = checkpoint(lambda x: x[: next(sizes)] * 2, pg.ones(4, requires_grad=True))
    with pytest.raises(RuntimeError, match="same both times"):
        y.sum().backward()


# -- compiled --------------------------------------------------------------------------------------------------------------


class Deep(nn.Module):
    """Layers with dropout and normalization, in segments that are forgotten or not."""

    def __init__(self, forgetful):
        super().__init__()
        self.forgetful = forgetful
        layer = lambda: nn.Sequential(nn.Linear(6, 6, bias=False), nn.BatchNorm1d(6), nn.Tanh(), nn.Dropout(0.2))  # noqa: E731
        self.layers = nn.ModuleList([layer() for _ in range(3)])

    def forward(self, x):
        for layer in self.layers:
            x = checkpoint(layer, x) if self.forgetful else layer(x)
        return x


def losses(forgetful, compiled):
    pg.manual_seed(0)
    model = Deep(forgetful)
    optimizer = pg.optim.Adam(model.parameters(), lr=0.01)
    x, y = pg.randn(8, 6), pg.randn(8, 6)

    def step(x, y):
        loss = nn.functional.mse_loss(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss

    step = pg.compile(step) if compiled else step
    return [step(x, y).item() for _ in range(20)] + [model.layers[0][1].running_mean.sum().item()]


def test_compiled_training_is_eager_training(backend):
    expected = losses(False, False)
    np.testing.assert_allclose(losses(True, False), expected, rtol=1e-5)
    np.testing.assert_allclose(losses(True, True), expected, rtol=1e-4)


def test_backward_through_a_compiled_model_from_outside(backend):
    model, x = network(), pg.ones(4, 3, requires_grad=True)
    expected = gradients(lambda: model(x).sum(), x, *model.parameters())
    compiled = pg.compile(lambda x: checkpoint(model, x))
    for a, b in zip(gradients(lambda: compiled(x).sum(), x, *model.parameters()), expected, strict=True):
        assert_close(a, b)
    with pg.no_grad():
        for parameter in model.parameters():
            parameter.mul_(0.5)
    expected = gradients(lambda: model(x).sum(), x, *model.parameters())
    for a, b in zip(gradients(lambda: compiled(x).sum(), x, *model.parameters()), expected, strict=True):
        assert_close(a, b)


@pytest.mark.backend("jax")
def test_a_compiled_program_needs_less_memory():
    with pg.use_backend("jax"):
        model, x = nn.Sequential(*[m for _ in range(16) for m in (nn.Linear(16, 16), nn.Tanh())]), pg.randn(512, 16)

        def temporary(run):
            def step(x):
                model.zero_grad()
                loss = (run(x) ** 2).mean()
                loss.backward()
                return loss

            return pg.compile(step).lower(x).cost().temporary_bytes

        assert temporary(lambda x: checkpoint_sequential(model, 4, x)) < 0.6 * temporary(model)


PEAK = """
import polygrad as pg
from polygrad.utils.checkpoint import checkpoint_sequential
from polygrad import nn

model = nn.Sequential(*[m for _ in range(32) for m in (nn.Linear(64, 64), nn.Tanh())])
x = pg.randn(8192, 64)
run = (lambda x: checkpoint_sequential(model, 8, x)) if {} else model
(run(x) ** 2).mean().backward()
for line in open("/proc/self/status"):
    if line.startswith("VmHWM"):
        print(line.split()[1])
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the peak is read from /proc")
def test_an_eager_step_needs_less_memory():
    peaks = [
        int(subprocess.run([sys.executable, "-c", PEAK.format(f)], capture_output=True, text=True, check=True).stdout)
        for f in (False, True)
    ]
    activations = 32 * 8192 * 64 * 4 // 1024  # in kB; a layer saves its input, which is what tanh saves of its result
    assert peaks[1] < peaks[0] - activations // 2
