"""The first NaN or infinity, and which lines hold the memory that a graph has saved."""

from __future__ import annotations

import numpy
import pytest

import polygrad
from polygrad import autograd, nn
from polygrad._core import dispatch, engine, graph, watching


@pytest.fixture(autouse=True)
def nothing_watches_afterwards():
    counter = graph.next_sequence
    with numpy.errstate(all="ignore"):
        yield
    assert graph.next_sequence is counter and not watching.WATCHERS and not engine.sweep_contexts
    assert all(scope["kernels"] is scope["primitive"].kernels for scope in dispatch._scopes)


def the_culprit(x):
    return x.log()


#: What makes NaN or an infinity first, the operation that is named, what it gives, and the line.
FAULTS = {
    "infinity": (lambda x: the_culprit(x), "log gives an infinity in 1 of 2 elements", "return x.log()"),
    "nan": (lambda x: (x - x) / (x - x), "div gives nan in 2 of 2 elements", "(x - x) / (x - x)"),
    "nan from infinities": (lambda x: polygrad.full_like(x, float("inf")) * 0.0, "mul gives nan", "* 0.0"),
    "in vmap": (lambda x: polygrad.vmap(the_culprit)(x), "log gives an infinity in 1 of 2", "return x.log()"),
    "compiled": (lambda x: polygrad.compile(the_culprit)(x), "log gives an infinity in 1 of 2", "return x.log()"),
    "gradient": (lambda x: x.sqrt().sum().backward(), "the gradient rule of sqrt gives an infinity", "x.sqrt().sum()"),
    "second gradient": (
        lambda x: autograd.grad((x**1.5).sum(), x, create_graph=True)[0].sum().backward(),
        "gives an infinity in 1 of 2 elements of a gradient", "x**1.5",
    ),
    "given": (
        lambda x: (x * 3).sum().backward(polygrad.tensor(float("nan"))),
        "the gradient rule of sum gets nan in 1 of 1", "(x * 3).sum()",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_the_first_nan_or_infinity_raises(name, backend):
    function, message, line = FAULTS[name]
    x = polygrad.tensor([1.0, 0.0], requires_grad=True)
    with autograd.debug_nans(), pytest.raises(autograd.NonFiniteError) as caught:
        function(x)
    text = str(caught.value)
    assert message in text and line in text and __file__ in text and "float32 of shape" in text
    assert isinstance(caught.value, FloatingPointError) and isinstance(caught.value, RuntimeError)


def test_what_is_infinite_already_is_no_fault(backend):
    x = polygrad.tensor([1.0, 2.0], requires_grad=True)
    with polygrad.debug_nans():
        masked = polygrad.where(x > 1, x, float("-inf"))
        loss = (masked.softmax(0) * x).sum()
        loss.backward()
        (masked + 1).detach()
    assert numpy.allclose(x.grad.numpy(), [0.0, 1.0])


def test_infinities_can_be_left_out():
    x = polygrad.tensor([1.0, 0.0])
    with polygrad.debug_nans(infinities=False):
        assert x.log()[1] == float("-inf")
        with pytest.raises(autograd.NonFiniteError, match="sub gives nan"):
            x.log() - x.log()
        with polygrad.debug_nans(), pytest.raises(autograd.NonFiniteError, match="infinity"):
            x.log()
        x.log()


def test_it_says_so_inside_a_compiled_function():
    @polygrad.compile
    def inside(x):
        with polygrad.debug_nans():
            return x.log()

    with pytest.raises(RuntimeError, match="around the call of the compiled function"):
        inside(polygrad.ones(2))


def test_with_anomaly_mode_and_hooks():
    x = polygrad.tensor([1.0, 0.0], requires_grad=True)
    keep = autograd.graph.saved_tensors_hooks(lambda x: x, lambda x: x)
    with polygrad.debug_nans(), autograd.detect_anomaly(), keep:
        loss = x.sqrt().sum()
        with pytest.raises(autograd.NonFiniteError, match="the gradient rule of sqrt"):
            loss.backward()
    assert type(loss.grad_fn.plan).__name__ in ("Plan", "_PackedPlan")


class Logarithm(nn.Module):
    def forward(self, x):
        return x.log()


def test_it_names_the_module():
    with polygrad.debug_nans(), pytest.raises(autograd.NonFiniteError, match=r"in module Sequential\.Logarithm"):
        nn.Sequential(nn.Tanh(), Logarithm())(polygrad.zeros(2))


def test_saved_memory_is_listed_by_line(backend):
    weight = polygrad.ones(100, requires_grad=True)
    with autograd.set_record_lines(True):
        x = weight + weight
        y = x.exp()
        z = (y * y).sin()
    found = autograd.saved_memory(z.sum())
    rows = {row.code: row for row in found.rows}
    assert found.total == 800
    assert rows["y = x.exp()"].bytes == 400 and rows["y = x.exp()"].operations == ("exp",)
    assert rows["z = (y * y).sin()"].operations == ("sin",)  # y counts once
    assert all(row.line.startswith(__file__) for row in found.rows)
    text = str(found)
    assert "y = x.exp()" in text and text.endswith("800 bytes in total")
    z.sum().backward()
    assert autograd.saved_memory(z).total == 0


def test_saved_memory_names_modules():
    model = nn.Sequential(nn.Linear(3, 4), nn.Tanh())
    with autograd.set_record_lines(True):
        loss = model(polygrad.ones(5, 3)).sum()
    assert {row.modules for row in autograd.saved_memory(loss).rows} == {"Sequential.Linear", "Sequential.Tanh"}


def test_without_recording_lines_are_unknown():
    x = polygrad.ones(10, requires_grad=True)
    (row,) = autograd.saved_memory(x.exp()).rows
    assert isinstance(autograd.saved_memory(x.exp()), autograd.SavedMemory)
    assert (row.line, row.code, row.modules, row.bytes) == ("unknown", "", "", 40)
    assert type(x.exp().grad_fn.sequence) is int
    with pytest.raises(TypeError, match="saved_memory takes tensors"):
        autograd.saved_memory(3)


def test_recording_of_lines_is_switched_at_once():
    autograd.set_record_lines(True)
    try:
        with autograd.set_record_lines(True):
            pass
        y = polygrad.ones(1, requires_grad=True).exp()
    finally:
        autograd.set_record_lines(False)
    assert y.grad_fn.sequence.lines[-1].line == "y = polygrad.ones(1, requires_grad=True).exp()"
