"""Compiled programs and shared memory: views from before the trace, from after it, and among the arguments.

Each program runs with and without ``wrap``, which is `polygrad.compile`, and must return the same.
"""

from __future__ import annotations

import copy
import gc

import numpy as np
import pytest

import polygrad
from polygrad import nn

PROGRAMS = {}


def program(function):
    PROGRAMS[function.__name__] = function
    return function


@program
def views_that_come_after_the_trace(wrap):
    state = polygrad.zeros(2, 3)
    add = wrap(lambda x: state.add_(x).sum())
    add(polygrad.ones(3))
    detached, row, data, turned, later = state.detach(), state[1], state.data, state.t(), state[:, 1:].reshape(-1)
    for _ in range(2):
        add(polygrad.ones(3))
        yield state, detached, row, data, turned, later, state.detach()
    row.mul_(10)
    yield state, detached, turned
    add(polygrad.ones(3))
    yield state, detached, row, turned
    del detached, row, data, turned
    add(polygrad.ones(3))
    yield state, state.detach()


@program
def views_that_were_there_before(wrap):
    state = polygrad.zeros(2, 3)
    detached, row = state.detach(), state[1]

    def step(x):
        row.add_(x)
        detached.mul_(2)
        return state.sum()

    step = wrap(step)
    for number in range(3):
        yield step(polygrad.ones(3) * number), state, detached, row
    column = state[:, 0]
    step(polygrad.ones(3))
    yield state, detached, row, column
    column.zero_()
    step(polygrad.ones(3))
    yield state, detached, row, column


@program
def arguments_that_are_views(wrap):
    add = wrap(lambda row: row.add_(1).sum())
    table, other = polygrad.zeros(3, 2), polygrad.zeros(2)
    alias = table.detach()
    for place in (0, 1, 1):
        yield add(table[place]), table, alias
    yield add(other), other, table
    yield add(alias[2]), table
    yield add(other.detach()), other


@program
def the_state_of_a_model_is_saved_and_loaded(wrap):
    polygrad.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4))
    optimizer = polygrad.optim.Adam(model.parameters(), lr=0.1)

    @wrap
    def step(x):
        loss = model(x).pow(2).sum() + model[0](x).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss

    x = polygrad.randn(8, 3)
    kept = saved = None
    for number in range(8):
        yield step(x), *model.state_dict().values()
        if number == 2:
            saved, kept = copy.deepcopy(model.state_dict()), model.state_dict()
        if number == 5:
            model.load_state_dict(saved)
        if kept is not None:
            yield *kept.values(), *saved.values()


@program
def gradients_that_are_looked_at_through_views(wrap):
    weight = polygrad.ones(2, 2, requires_grad=True)
    add = wrap(lambda x: (weight * x).sum().backward())
    add(polygrad.ones(2))
    flat = weight.grad.view(-1)
    for number in range(3):
        add(polygrad.ones(2) * number)
        yield weight.grad, flat
    flat.zero_()
    add(polygrad.ones(2))
    yield weight.grad, flat


@program
def what_the_graph_has_saved_stays(wrap):
    table, weight = polygrad.ones(2, 2), polygrad.ones(2, requires_grad=True)
    double = wrap(lambda row: row.mul_(2).sum())
    double(polygrad.ones(2))
    loss = (table * weight).sum()
    double(table[0])
    double(table[0])
    loss.backward()
    yield weight.grad, table


def observed(program, wrap):
    return [[x.tolist() for x in tensors] for tensors in program(wrap)]


@pytest.mark.parametrize("name", PROGRAMS)
def test_compiled_as_eager(name, backend):
    compiled, eager = (observed(PROGRAMS[name], wrap) for wrap in (polygrad.compile, lambda function: function))
    for a, b in zip(compiled, eager, strict=True):
        for x, y in zip(a, b, strict=True):
            np.testing.assert_allclose(x, y, rtol=1e-4, atol=1e-5)


def test_arguments_that_share_memory_are_refused_where_one_is_written(backend):
    table = polygrad.zeros(2, 3)
    add = polygrad.compile(lambda x, y: x.add_(y).sum())
    add(table[0], polygrad.ones(3))
    with pytest.raises(
        polygrad.compiler.CompileError, match=r"shape \(3,\).*shares its memory.*make views of it inside"
    ):
        add(table[0], table[0])
    with pytest.raises(polygrad.compiler.CompileError, match="shares its memory"):
        polygrad.compile(lambda row: row.add_(1).sum() + table.sum())(table[1])
    with pytest.raises(polygrad.compiler.CompileError, match="shares its memory"):
        polygrad.compile(lambda row: table.add_(1).sum() + row.sum())(table[1])
    assert table.tolist() == [[1, 1, 1], [0, 0, 0]]
    assert polygrad.compile(lambda x, y: (x + y).sum())(table[0], table[0]).item() == 6  # nothing is written


def test_state_whose_views_are_gone_is_not_copied():
    state = polygrad.zeros(1000, backend="numpy")
    add = polygrad.compile(lambda x: state.add_(x).sum())
    for _ in range(2):
        add(polygrad.ones(1000, backend="numpy"))
    state.detach()
    gc.collect()
    add(polygrad.ones(1000, backend="numpy"))
    assert state._base is None
    assert state._views is None


def versions(wrap):
    """How often memory was changed in place, after each of some calls."""

    def change(x, n):
        x.add_(1)
        x.mul_(2)
        row = x[0]
        row.add_(1)
        n += 1
        return x.sum()

    step, x, n = wrap(change), polygrad.ones(2, 2), polygrad.zeros(1)
    for _ in range(3):
        step(x, n)
        yield x._version, n._version
    base = polygrad.ones(3, 2, 2)
    view = base[1]
    for _ in range(2):
        step(view, n)
        yield view._version, base._version, n._version
    state = polygrad.zeros(2).add_(1)
    column = state.view(2, 1)

    def outside(x):
        column.add_(x)
        state.add_(1)
        return x * 2

    step = wrap(outside)
    for _ in range(3):
        step(polygrad.ones(2, 1))
        yield state._version, column._version
    model = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2))
    optimizer = polygrad.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)

    def train(x):
        optimizer.zero_grad()
        loss = model(x).square().sum()
        loss.backward()
        optimizer.step()
        return loss

    step = wrap(train)
    for _ in range(4):
        step(polygrad.ones(3, 2))
        yield [x._version for x in (*model.parameters(), *model.buffers())]


def test_programs_count_what_they_change(backend):
    assert list(versions(polygrad.compile)) == list(versions(lambda function: function))
