"""Inspection of compiled programs: reasons for retracing, cost, and memory."""

from __future__ import annotations

import copy
import gc
import logging
import os
import subprocess
import sys
import warnings
import weakref

import pytest

import polygrad
from polygrad import nn, optim
from polygrad.nn import functional as F
from tests.cases.training_programs import number_of_programs

pytestmark = pytest.mark.backend("jax")


@pytest.fixture(autouse=True)
def on_jax():
    with polygrad.use_backend("jax"):
        yield


@pytest.fixture
def told(caplog):
    """What ``POLYGRAD_LOG=recompiles`` would print."""
    caplog.set_level(logging.INFO, logger="polygrad.compile")
    return lambda: [record.getMessage() for record in caplog.records]


def training(momentum: float = 0.0):
    model = nn.Sequential(nn.Linear(6, 8), nn.Dropout(0.1), nn.Linear(8, 1))
    optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=momentum)

    @polygrad.compile
    def step(x, target, mean=True):
        loss = F.mse_loss(model(x), target["y"], reduction="mean" if mean else "sum")
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss

    def call(rows: int = 4, **settings):
        return step(polygrad.ones(rows, 6), {"y": polygrad.zeros(rows, 1)}, **settings)

    return model, optimizer, step, call


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda model, optimizer: {"rows": 3}, "x: a jax tensor float32[3, 6], was a jax tensor float32[4, 6]"),
        (lambda model, optimizer: {"rows": 3}, "target['y']: a jax tensor float32[3, 1], was"),
        (lambda model, optimizer: {"mean": False}, "mean: False, was True"),
        (lambda model, optimizer: model.eval() and {}, "Dropout.training: False, was True"),
        (lambda model, optimizer: model[0].register_buffer("b", None) or {}, "Linear.bindings: 3, was 2"),
        (
            lambda model, optimizer: model[0].weight.requires_grad_(False) is None or {},
            "the graph of a parameter of shape (8, 6): it requires no grad, was it is a leaf",
        ),
        (
            lambda model, optimizer: optimizer.param_groups[0].update(momentum=0.9) or {},
            "OptimizerStep.settings: momentum='any number', was momentum=None",
        ),
        (
            lambda model, optimizer: optimizer.param_groups[0].update(maximize=True) or {},
            "OptimizerStep.settings: maximize=True, was maximize=False",
        ),
    ],
)
def test_why_there_is_another_program(told, change, words):
    model, optimizer, step, call = training()
    call()
    call()
    assert number_of_programs(step) == 1
    assert told() == []
    call(**change(model, optimizer))
    (message,) = told()
    assert "step is traced again at test_programs.py, line" in message
    assert "return step(polygrad.ones(rows, 6)" in message
    assert words in message
    assert number_of_programs(step) == 2


def test_a_gradient_that_is_added_to(told):
    weight = polygrad.ones(3, requires_grad=True)
    accumulate = polygrad.compile(lambda x: (weight * x).sum().backward())
    accumulate(polygrad.ones(3))
    accumulate(polygrad.ones(3))
    accumulate(polygrad.ones(3))
    assert weight.grad.tolist() == [3, 3, 3]
    (message,) = told()
    assert "whether a tensor of shape (3,) has no gradient: False, was True" in message


def test_hyper_parameters_and_schedulers_need_no_other_program(told):
    _, optimizer, step, call = training(momentum=0.9)
    scheduler = optim.lr_scheduler.StepLR(optimizer, 1, gamma=0.5)
    for _ in range(4):
        call()
        scheduler.step()
    optimizer.param_groups[0]["momentum"] = 0.5
    call()
    assert number_of_programs(step) == 1


@pytest.mark.parametrize(("value", "expected"), [("recompiles", "polygrad: <lambda> is traced again at"), ("", "")])
def test_the_environment_variable(value, expected):
    program = """
import polygrad
polygrad.set_backend("jax")
f = polygrad.compile(lambda x: x * 2)
f(polygrad.ones(2)); f(polygrad.ones(3))
    """
    environment = os.environ | {"POLYGRAD_LOG": value}
    run = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert run.stderr.startswith(expected)
    assert ("traced" in run.stderr) == bool(expected)


@pytest.fixture
def advice():
    """The advice that was given so far; on NumPy, where it is the same and programs are made faster."""
    with polygrad.use_backend("numpy"), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield lambda: [text for text in (str(warning.message) for warning in caught) if text.startswith("compile:")]


def test_one_shape_after_the_other_is_advised_against_once(advice):
    model, *_, call = training()
    for rows in range(1, 8):
        call(rows)
        call(rows)
    assert advice() == []
    call(8)
    (message,) = advice()
    assert message == (
        "compile: step has been traced for 8 kinds of x (float32[1, 6], float32[2, 6], …, float32[8, 6]) and 8 kinds of "
        "target['y'] (float32[1, 1], float32[2, 1], …, float32[8, 1]), and each new shape needs a compilation.  Let all "
        "batches have one size, as DataLoader(..., drop_last=True) does, or pad them to a few sizes and leave the padding out of "
        "the loss with a mask.  POLYGRAD_LOG=recompiles tells of every new trace"
    )
    model.eval()
    for rows in range(1, 20):
        call(rows)
    assert len(advice()) == 1


def test_programs_for_other_reasons_are_no_shapes(advice):
    model, *_, call = training()
    for number in range(10):
        model[0].register_buffer(f"buffer{number}", None)
        call(1 + number % 2)
    assert advice() == []


def test_one_number_after_the_other_is_advised_against(advice):
    scale = polygrad.compile(lambda x, factor, name: x * factor)
    for factor in range(20):
        scale(polygrad.ones(2), 0.5 * factor, "same")
    (message,) = advice()
    assert "8 kinds of factor (0.0, 0.5, …, 3.5)" in message
    assert "as in factor=polygrad.tensor(3.5)" in message
    for factor in range(20):
        scale(polygrad.ones(2), 1.0, f"name {factor}")
    assert len(advice()) == 1


def test_a_program_can_be_looked_at():
    model, _, step, call = training(momentum=0.9)
    before = [p.tolist() for p in model.parameters()]
    polygrad.manual_seed(1)
    lowered = step.lower(polygrad.ones(4, 6), {"y": polygrad.zeros(4, 1)})
    assert "stablehlo.dot_general" in lowered.as_text()
    cost = lowered.cost()
    assert 500 < cost.flops < 5000
    assert cost.bytes > 1000
    assert cost.temporary_bytes >= 0
    # Nothing has changed, and nothing was kept.
    assert [p.tolist() for p in model.parameters()] == before
    assert all(p.grad is None for p in model.parameters())
    assert number_of_programs(step) == 0
    same = copy.deepcopy(model)
    first = call().item()
    polygrad.manual_seed(1)
    assert first == pytest.approx(F.mse_loss(same(polygrad.ones(4, 6)), polygrad.zeros(4, 1)).item())


def test_a_replay_can_be_looked_at():
    with polygrad.use_backend("numpy"):
        lowered = polygrad.compile(lambda x: (x @ x).tanh().sum()).lower(polygrad.ones(8, 8))
    assert lowered.as_text().startswith("def program(a0):")
    assert lowered.cost().flops >= 2 * 8**3
    assert lowered.cost().bytes > 0


def test_a_program_keeps_no_array_of_its_trace():
    """Neither the first state nor the first arguments: they would stay in memory as long as the program."""
    model = training()[0]
    kept = {}

    @polygrad.compile
    def step(x):
        with polygrad.no_grad():
            for parameter in model.parameters():
                parameter.mul_(0.5)
        return (model(x) ** 2).sum()

    x = polygrad.ones(2, 6)
    for name, tensor in {"weight": model[0].weight, "x": x}.items():
        kept[name] = weakref.ref(tensor.array)
    step(x)
    del x, tensor
    gc.collect()
    assert {name: reference() is None for name, reference in kept.items()} == {"weight": True, "x": True}


def test_a_gradient_that_somebody_holds_stays_when_the_next_replaces_it():
    model, _, _, call = training()
    call()
    held = model[0].weight.grad
    values = held.tolist()
    call()
    assert model[0].weight.grad is not held
    assert held.tolist() == values


def test_a_gradient_that_is_returned_is_the_parameters_own():
    weight = polygrad.ones(3, requires_grad=True)

    @polygrad.compile
    def gradient(x):
        weight.grad = None
        (weight * x).sum().backward()
        return weight.grad

    assert gradient(polygrad.ones(3)) is weight.grad
    assert gradient(polygrad.ones(3)) is weight.grad


def test_a_trace_that_fails_puts_modes_and_rates_back():
    model, optimizer, *_ = training()
    scheduler = optim.lr_scheduler.StepLR(optimizer, 1, gamma=0.5)

    @polygrad.compile
    def broken(x):
        model.eval()
        scheduler.step()
        model(x)
        raise KeyError("stop")

    for _ in range(2):
        with pytest.raises(KeyError, match="stop"):
            broken(polygrad.ones(2, 6))
        assert model.training
        assert optimizer.param_groups[0]["lr"] == 0.1
        assert scheduler.last_epoch == 0


def test_modes_that_the_function_sets_are_set_at_every_call():
    model = nn.Sequential(nn.Dropout(0.5))

    @polygrad.compile
    def predict(x):
        model.eval()
        result = model(x)
        model.train()
        return result

    for _ in range(3):
        model.train()
        assert predict(polygrad.ones(4)).tolist() == [1, 1, 1, 1]
        assert model.training
    model.eval()
    predict(polygrad.ones(4))
    assert model.training
    assert number_of_programs(predict) == 1
