"""Changes between calls of a compiled function that need another program: hooks, attributes, types of parameters.

Each case runs with and without ``wrap``, which is `polygrad.compile`, and must return the same.
"""

from __future__ import annotations

import copy
import functools
import operator

import numpy as np
import pytest

import polygrad
from polygrad import nn
from tests.cases.training_programs import number_of_programs

CASES = {}


def case(function):
    CASES[function.__name__] = function
    return function


def model_of_ones(*extra):
    model = nn.Sequential(nn.Linear(2, 2), *extra)
    with polygrad.no_grad():
        model[0].weight.fill_(1.0)
        model[0].bias.zero_()
    return model


class Scaled(nn.Module):
    def __init__(self):
        super().__init__()
        self.factor, self.shift, self.activation = 2.0, polygrad.ones(2), polygrad.tanh
        self.unused = 0

    def forward(self, x):
        return self.activation(x * self.factor + self.shift).sum()


@case
def attributes_of_layers(wrap):
    model = model_of_ones(nn.Dropout(0.0), nn.BatchNorm1d(2))
    call, x = wrap(lambda x: model(x)), polygrad.tensor([[1.0, 2.0], [3.0, 4.0]])
    yield call(x), model[2].running_mean
    model[2].momentum = 1.0
    yield call(x), model[2].running_mean
    model[1].p = 1.0
    yield call(x), model[2].running_mean


@case
def attributes_of_modules(wrap):
    model = Scaled()
    call, x = wrap(model), polygrad.ones(2)
    yield call(x)
    for name, value in {"factor": 3.0, "shift": polygrad.zeros(2), "activation": polygrad.sin, "unused": 7}.items():
        setattr(model, name, value)
        yield call(x)


class Moody(nn.Module):
    def forward(self, x):
        return x * 2 if self.training else x


READS_OF_THE_TRAINING_MODE = {
    "of a layer": lambda model, x: model.drop(x),
    "of a layer inside": lambda model, x: model.layers(x),
    "of running statistics": lambda model, x: model.norm(x),
    "of a module": lambda model, x: model.moody(x),
    "from outside": lambda model, x: x * 2 if model.training else x,
    "by name": lambda model, x: x * 2 if getattr(model, "training") else x,  # noqa: B009
    "by a getter": lambda model, x: x * 2 if operator.attrgetter("moody.training")(model) else x,
    "of all modules": lambda model, x: x * sum(module.training for module in model.modules()),
}


@case
def the_training_mode(wrap):
    for read in READS_OF_THE_TRAINING_MODE.values():
        model = nn.Module()
        model.drop, model.norm, model.moody = nn.Dropout(1.0), nn.BatchNorm1d(2), Moody()
        model.layers = nn.Sequential(nn.Identity(), nn.Dropout(1.0))
        call, x = wrap(functools.partial(read, model)), polygrad.tensor([[1.0, 2.0], [3.0, 4.0]])
        yield call(x), model.norm.running_mean
        model.eval()
        yield call(x), model.norm.running_mean
        model.moody.train()
        yield call(x), model.norm.running_mean
        model.train()
        yield call(x), model.norm.running_mean


@case
def hooks_of_modules(wrap):
    model = model_of_ones()
    call, x = wrap(lambda x: model(x)), polygrad.ones(1, 2)
    yield call(x)
    first = model[0].register_forward_hook(lambda module, args, result: result * 10)
    yield call(x)
    second = model.register_forward_pre_hook(lambda module, args: (args[0] + 1,))
    yield call(x)
    first.remove()
    yield call(x)
    second.remove()
    yield call(x)


@case
def hooks_of_tensors_and_optimizers(wrap):
    weight, count = polygrad.ones(2, requires_grad=True), polygrad.zeros(())
    optimizer = polygrad.optim.SGD([weight], lr=0.1)

    def step(x, y):
        optimizer.zero_grad()
        (weight * x * y).sum().backward()
        optimizer.step()

    def count_one(parameter):
        count.add_(1)

    step, x = wrap(step), polygrad.ones(2)
    point, other = (polygrad.ones(2, requires_grad=True) for _ in range(2))
    other.register_hook(lambda g: g * 100)
    for hook in (
        None,
        lambda: weight.register_hook(lambda g: g * 10),
        lambda: weight.register_post_accumulate_grad_hook(count_one),
        lambda: optimizer.register_step_post_hook(lambda *_: count.add_(10)),
    ):
        handle = None if hook is None else hook()
        step(x, point)
        step(x, other)
        yield weight, weight.grad, count, point.grad, other.grad
        if handle is not None:
            handle.remove()
            step(x, point)
            yield weight, weight.grad, count, point.grad, other.grad


@case
def kinds_of_parameters(wrap):
    model = model_of_ones()
    call = wrap(lambda x: model(x).sum())
    yield call(polygrad.ones(1, 2))
    model[0] = nn.Linear(2, 3, bias=False)
    model[0].weight.data = polygrad.ones(3, 2)
    yield call(polygrad.ones(1, 2))
    model[0].weight.data = polygrad.ones(4, 2)
    yield call(polygrad.ones(1, 2))
    model.double()
    yield call(polygrad.ones(1, 2, dtype=polygrad.float64))
    model.float()
    yield call(polygrad.ones(1, 2))


@case
def a_module_that_is_copied_inside(wrap):
    model = model_of_ones()
    call = wrap(lambda x: copy.deepcopy(model)(x).sum())
    yield call(polygrad.ones(1, 2))
    model[0].weight.data.fill_(4.0)
    yield call(polygrad.ones(1, 2))


@pytest.mark.parametrize("name", CASES)
def test_compiled_as_eager(name, backend):
    compiled, eager = (
        [(x.dtype, x.tolist()) for seen in CASES[name](wrap) for x in (seen if isinstance(seen, tuple) else (seen,))]
        for wrap in (polygrad.compile, lambda function: function)
    )
    for (a_type, a), (b_type, b) in zip(compiled, eager, strict=True):
        assert a_type is b_type
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def test_attributes_that_do_not_matter_make_no_program():
    model = Scaled()
    compiled = polygrad.compile(model)
    for number in range(4):
        model.unused = number
        compiled(polygrad.ones(2))
        model.factor = 2.0
    assert number_of_programs(compiled._compiled) == 1
    model.factor = 3.0
    compiled(polygrad.ones(2))
    assert number_of_programs(compiled._compiled) == 2


def test_a_program_is_for_one_shape(backend):
    compiled = polygrad.compile(lambda x: x.sum() * x.shape[0])
    assert [compiled(polygrad.ones(count)).item() for count in (2, 3, 2, 5)] == [4, 9, 4, 25]


class Named:
    """A class that is asked for what its metaclass has."""


@pytest.mark.parametrize("name", [name for name in dir(type) if hasattr(type, name) and name != "__abstractmethods__"])
def test_what_the_metaclass_has_needs_no_other_program(name):
    def f(x):
        return x * 2 if hasattr(Named, name) and getattr(Named, name) is not f else x

    g = polygrad.compile(f)
    for _ in range(4):
        assert g(polygrad.ones(2)).tolist() == [2, 2]
    assert number_of_programs(g) == 1
