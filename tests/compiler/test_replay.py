"""Replay, programs without a compiler: optimizations of the recorded graph, equal results, and cost."""

from __future__ import annotations

import contextlib
import inspect
import threading
import tracemalloc

import numpy as np
import pytest

import polygrad
from polygrad import nn, optim
from polygrad.compiler import CompileError
from polygrad.compiler.replay import program as replay
from polygrad.compiler.replay.facts import ReplayFacts, UnknownFacts, facts_of
from polygrad.nn import functional as F
from polygrad.utils.checkpoint import checkpoint
from tests.cases.operations import ALL_ROWS, is_inexact, sample_operands

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


def text(function, *arguments) -> str:
    return polygrad.compile(function).lower(*arguments).as_text()


def classifier(make=lambda p: optim.Adam(p, lr=0.1)):
    polygrad.manual_seed(0)
    model = nn.Sequential(nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 3))
    optimizer = make(model.parameters())

    def step(x, y):
        loss = F.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss

    return model, step


X = np.random.default_rng(0).standard_normal((6, 4)).astype(np.float32)
Y = np.arange(6) % 3


def _values_and_gradients(row, operands):
    outputs = [y for y in row.call(0, operands) if isinstance(y, polygrad.Tensor)]
    varying = [y for y in outputs if y.requires_grad]
    inputs = [x for x in operands if x.requires_grad]
    found = []
    if varying and inputs:
        cotangents = [polygrad.ones_like(y) for y in varying]
        found = polygrad.autograd.grad(varying, inputs, cotangents, allow_unused=True)
    return [y.detach() for y in outputs] + [g for g in found if g is not None]


@pytest.mark.parametrize("row", ALL_ROWS, ids=lambda row: row.name)
def test_every_operation_and_its_gradient_as_in_eager_code(row):
    arrays = sample_operands(row, 0, row.kinds[0])

    def values_and_gradients(*operands):
        return _values_and_gradients(row, operands)

    def operands():
        return [polygrad.tensor(a, requires_grad=is_inexact(a) and row.name != "nextafter") for a in arrays]

    expected = values_and_gradients(*operands())
    compiled = polygrad.compile(values_and_gradients)
    if row.name == "x[mask]":
        with pytest.raises(CompileError, match="where"):
            compiled(*operands())
        return
    first = compiled(*operands())
    kept = [y.array.copy() for y in first]
    second = compiled(*operands())
    for a, b, c, d in zip(expected, first, second, kept, strict=True):
        assert (a.dtype, a.shape) == (b.dtype, b.shape)
        np.testing.assert_allclose(b.array, a.array, rtol=1e-12, atol=1e-13)
        np.testing.assert_array_equal(b.array, c.array)
        np.testing.assert_array_equal(b.array, d)  # the second call did not write into the first one's results


# -- what may be overwritten -------------------------------------------------------------------------------------------


def _two_heads(x, w):
    one, two = polygrad.tanh(x @ w), polygrad.tanh(x @ w)
    return (one * 3).sum(), two[:, :1] * 5


def _rolled(x, w):
    one, two = polygrad.roll(x, 1, -1), polygrad.roll(x, 1, -1)
    return one * 0.5, polygrad.cos(two.narrow(-1, 0, 1) * 0.6), two.T * 2


def _window_of_a_window(x, w):
    one, two = x * 2, x * 2
    window = two.T[1:].reshape(-1)
    return one * 3, window[1:] + window[:-1]


def _copied_while_recorded(x, w):
    y = polygrad.sin(x)
    return y.T.reshape(-1), polygrad.cos(y)


def _product_into_an_array_of_another_order(x, w):
    y = polygrad.sin(x * 2)
    return F.linear(w, w) * 2 + y.sum(), F.linear(x, w)


def _a_gradient_twice(x, w):
    w = w.detach().clone().requires_grad_()
    loss = (polygrad.exp(w) * x).sum() + (polygrad.exp(w).T[0] * 3).sum()
    return polygrad.autograd.grad(loss, [w])[0]


def _written_through_a_view(x, w):
    one, two = x + 1, x + 1
    row = two[0]
    row.mul_(2)
    one.add_(3)
    return one * 2, two * 3, row * 4


#: Each merges what is equal, or copies what lies otherwise in another call, and overwrites one of the arrays.
MERGED = [
    _two_heads, _rolled, _window_of_a_window, _copied_while_recorded, _product_into_an_array_of_another_order,
    _a_gradient_twice, _written_through_a_view,
]  # fmt: skip


@pytest.mark.parametrize("function", MERGED, ids=lambda function: function.__name__.strip("_"))
@pytest.mark.parametrize("first", ["rows", "columns", "strided"])
def test_what_was_merged_or_copied_is_as_in_eager_code(function, first):
    rng = np.random.default_rng(0)

    def lying(how):
        a = rng.standard_normal((3, 3))
        if how == "columns":
            return polygrad.from_numpy(np.asfortranarray(a))
        return polygrad.from_numpy(a if how == "rows" else np.repeat(a, 2, 1)[:, ::2])

    compiled = polygrad.compile(function)
    for how in (first, "rows", "columns", "strided", "rows"):
        x, w = lying(how), lying(how)
        before = x.tolist(), w.tolist()
        expected, found = function(x, w), compiled(x, w)
        for a, b in zip(*(r if isinstance(r, tuple) else (r,) for r in (expected, found)), strict=True):
            np.testing.assert_allclose(b.array, a.array, rtol=1e-14, atol=1e-14)
        assert (x.tolist(), w.tolist()) == before


def test_scalars_that_happen_to_be_one_object_are_told_apart():
    between = lambda x: ((x > 0) & (x < 1)) | (x > 2)  # noqa: E731
    compiled = polygrad.compile(between)
    for value in (0.5, 1.5, -1.0, 3.0):
        assert compiled(polygrad.tensor(value)).item() == between(polygrad.tensor(value)).item()
    clamp = polygrad.compile(lambda x: polygrad.clamp(x, -1, 1))
    for value, expected in ((0.5, 1), (1.5, 0), (-1.5, 0)):
        x = polygrad.tensor(value, requires_grad=True)
        clamp(x).backward()
        assert x.grad.item() == expected


def test_a_state_without_dimensions_that_has_become_a_scalar_of_numpy():
    state = polygrad.tensor(1.0)
    compiled = polygrad.compile(lambda: state.permute(()).mul_(2).reshape(1).sum())
    assert [compiled().item() for _ in range(3)] == [2, 4, 8]


def test_two_states_of_one_merged_value_are_overwritten_apart():
    def make(transform):
        p, q = (polygrad.zeros(3, requires_grad=True) for _ in range(2))
        optimizer = optim.Adam([p, q], lr=0.5)

        def step(x):
            optimizer.zero_grad()
            with polygrad.no_grad():
                p.copy_(x * 2)
                q.copy_(x * 2)
            (p * x).sum().backward()
            (q * -x).sum().backward()
            optimizer.step()

        return p, q, transform(step)

    (p, q, eager), (r, s, compiled) = make(lambda step: step), make(polygrad.compile)
    for k in range(1, 5):
        eager(polygrad.arange(3.0) + k)
        compiled(polygrad.arange(3.0) + k)
        assert (r.tolist(), s.tolist()) == (p.tolist(), q.tolist())


@pytest.mark.parametrize("row", ALL_ROWS, ids=lambda row: row.name)
def test_what_makes_new_arrays_does_so_however_its_operands_lie(row, monkeypatch):
    recorded, simplified = [], replay._simplify
    monkeypatch.setattr(replay, "_simplify", lambda r: recorded.append(list(r.operations)) or simplified(r))
    arrays = sample_operands(row, 0, row.kinds[0])
    for lying in (np.ascontiguousarray, np.asfortranarray):
        operands = [polygrad.from_numpy(lying(a)) if a.ndim else polygrad.tensor(a) for a in arrays]
        operands = [
            x.requires_grad_(is_inexact(a) and row.name != "nextafter") for a, x in zip(arrays, operands, strict=True)
        ]
        with contextlib.suppress(CompileError):  # a mask as an index
            polygrad.compile(lambda *x: _values_and_gradients(row, x))(*operands)
    facts = polygrad.get_backend("numpy").replay_facts
    for same in zip(*recorded, strict=True):
        if len({frozenset(slot for slot, _ in operation.views) for operation in same}) > 1:
            assert not facts.returns_new_memory(same[0].function)


def test_numpy_answers_what_replay_asks_and_says_no_more_than_the_default_where_nothing_is_known():
    names = {name for name in vars(ReplayFacts) if not name.startswith("_")}
    facts, unknown = facts_of(polygrad.get_backend("numpy")), UnknownFacts(polygrad.get_backend("numpy"))
    for name in names - {"decompositions"}:
        expected = inspect.signature(getattr(ReplayFacts, name)).parameters
        for given in (facts, unknown):
            assert list(inspect.signature(getattr(type(given), name)).parameters) == list(expected)
    assert facts.nbytes(np.zeros((2, 3))) == unknown.nbytes(np.zeros((2, 3))) == 48
    for question in ("is_elementwise", "returns_new_memory", "cannot_raise", "raises_only_for_indices"):
        assert not getattr(facts, question)(print) and not getattr(unknown, question)(np.add)


# -- the operations of a program ---------------------------------------------------------------------------------------


def test_what_is_not_used_and_what_is_computed_twice_are_left_out():
    def function(x):
        polygrad.exp(x)
        return polygrad.sin(x) + polygrad.sin(x)

    program = polygrad.compile(function)
    lines = program.lower(polygrad.ones(3)).as_text().splitlines()
    assert len([line for line in lines if "=" in line or "(" in line]) <= 6
    assert program.lower(polygrad.ones(3)).cost().flops == 6


def test_results_are_written_into_memory_that_is_free():
    assert text(lambda x: polygrad.tanh(x * 2 + 1), polygrad.ones(3)).count("v") <= 6  # one array, three operations


def test_what_depends_on_no_argument_is_computed_once():
    program = text(lambda x: x + polygrad.arange(3) * 2 + polygrad.zeros(3), polygrad.ones(3))
    assert program.count("+") == 1
    assert "*" not in program


def test_recomputed_values_are_not_kept():
    tracemalloc.start()
    x = polygrad.ones(200_000)

    def function(x):
        y = polygrad.sin(x) * 2  # lives until the end in a program that would take it from here
        total = y.sum()
        for _ in range(3):
            z = x * 3
            total = total + (z * z + polygrad.cos(z)).sum()
        return total + (polygrad.sin(x) * 2).sum()

    assert peak(polygrad.compile(function), x) <= 1.05 * peak(function, x)


def peak(run, *arguments) -> int:
    """The most bytes in use in the fourth call."""
    for _ in range(3):
        run(*arguments)
    tracemalloc.reset_peak()
    run(*arguments)
    return tracemalloc.get_traced_memory()[1]


@pytest.mark.parametrize("rerun", [False, True], ids=["", "checkpoint"])
@pytest.mark.parametrize(("width", "rows"), [(256, 8), (32, 2048)], ids=["parameters", "activations"])
@pytest.mark.parametrize("name", ["SGD", "Adam"])
def test_a_step_takes_no_more_memory_than_eager(name, width, rows, rerun):
    def make():
        polygrad.manual_seed(0)
        blocks = [nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.Linear(width, width)) for _ in range(4)]
        optimizer = getattr(optim, name)([p for block in blocks for p in block.parameters()], lr=0.01)
        x = polygrad.randn(rows, width)

        def step():
            optimizer.zero_grad()
            y = x
            for block in blocks:
                y = checkpoint(block, y, use_reentrant=False) if rerun else block(y)
            loss = (y * y).mean()
            loss.backward()
            optimizer.step()
            return loss

        return step

    def of(transform):
        tracemalloc.start()
        try:
            return peak(transform(make()))
        finally:
            tracemalloc.stop()

    eager = of(lambda step: step)
    assert of(polygrad.compile) <= 1.05 * eager + 2**18  # the program itself


@pytest.fixture(autouse=True)
def _without_tracing_left_over():
    yield
    tracemalloc.stop()


def test_an_optimizer_overwrites_its_state_where_nobody_else_holds_it():
    model, step = classifier()
    compiled = polygrad.compile(step)
    x, y = polygrad.tensor(X), polygrad.tensor(Y)
    compiled(x, y)
    before = [id(p._data) for p in model.parameters()]
    compiled(x, y)
    assert [id(p._data) for p in model.parameters()] == before
    held, values = model[0].weight.array, model[0].weight.tolist()
    compiled(x, y)
    assert held.tolist() == values
    assert model[0].weight.tolist() != values


@pytest.mark.parametrize("view", [lambda w: w, lambda w: w[1], lambda w: w.T])
def test_results_that_share_memory_with_the_state_stay(view):
    model, step = classifier()

    def function(x, y):
        before, seen = view(model[0].weight.detach().clone()), view(model[0].weight.detach())
        step(x, y)
        return before, seen  # what was, and a view of what is

    compiled = polygrad.compile(function)
    x, y = polygrad.tensor(X), polygrad.tensor(Y)
    for _ in range(3):
        expected = view(model[0].weight).tolist()
        before, seen = compiled(x, y)
        assert (before.tolist(), seen.tolist()) == (expected, view(model[0].weight).tolist())


# -- the state is safe --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [lambda p: optim.Adam(p, lr=0.1), lambda p: optim.SGD(p, lr=0.1, momentum=0.9)])
def test_a_target_out_of_range_raises_as_in_eager_code_and_changes_nothing(make):
    model, step = classifier(make)
    compiled = polygrad.compile(step)
    x, y = polygrad.tensor(X), polygrad.tensor(Y)
    compiled(x, y)
    compiled(x, y)
    before = [p.tolist() for p in model.parameters()], [p.grad.tolist() for p in model.parameters()]
    wrong = polygrad.tensor(np.full(6, 7))
    with pytest.raises(IndexError) as eager:
        step(x, wrong)
    model.zero_grad()
    compiled(x, y)
    before = [p.tolist() for p in model.parameters()], [p.grad.tolist() for p in model.parameters()]
    with pytest.raises(IndexError) as replayed:
        compiled(x, wrong)
    assert str(replayed.value) == str(eager.value)
    assert ([p.tolist() for p in model.parameters()], [p.grad.tolist() for p in model.parameters()]) == before


def test_what_fails_after_the_optimizer_leaves_the_state_as_it_was():
    model, step = classifier()

    def function(x, y, place):
        loss = step(x, y)
        return loss, polygrad.linalg.cholesky(place)

    compiled = polygrad.compile(function)
    x, y = polygrad.tensor(X), polygrad.tensor(Y)
    compiled(x, y, polygrad.eye(2))
    before = [p.tolist() for p in model.parameters()]
    with pytest.raises(ValueError, match="cholesky"):
        compiled(x, y, -polygrad.eye(2))
    assert [p.tolist() for p in model.parameters()] == before
    compiled(x, y, polygrad.eye(2))
    assert [p.tolist() for p in model.parameters()] != before


def test_another_answer_about_values_makes_another_program():
    x, whole, ignored = polygrad.tensor(X), polygrad.tensor(Y % 3), polygrad.tensor([0, -100, 2, 1, -100, 0])
    weight = polygrad.ones(4, 3)
    loss = lambda x, y: F.cross_entropy(x @ weight, y)  # noqa: E731
    compiled = polygrad.compile(loss)
    for target in (whole, ignored, whole, ignored):
        np.testing.assert_allclose(compiled(x, target).array, loss(x, target).array, rtol=1e-6)
    assert sum(map(len, compiled._programs.values())) == 2


def test_indices_out_of_range_are_found_at_every_call():
    compiled = polygrad.compile(lambda x, i: x[i] * 2)
    x = polygrad.arange(4)
    assert compiled(x, polygrad.tensor([0, 3])).tolist() == [0, 6]
    assert compiled(x, polygrad.tensor([-1, 3])).tolist() == [6, 6]
    with pytest.raises(IndexError, match="index 4 is out of bounds"):
        compiled(x, polygrad.tensor([0, 4]))


def test_a_model_of_another_type_makes_another_program():
    model = nn.Linear(4, 2)
    compiled = polygrad.compile(lambda: model.weight.sum() * 2)
    assert compiled().dtype is polygrad.float32
    model.double()
    assert compiled().dtype is polygrad.float64


def test_tensors_made_inside_are_new_at_every_call():
    compiled = polygrad.compile(lambda x: (buffer := polygrad.zeros(3), buffer.add_(x))[1])
    first = compiled(polygrad.ones(3))
    first.add_(5)
    second = compiled(polygrad.ones(3) * 2)
    assert (first.tolist(), second.tolist()) == ([6.0] * 3, [2.0] * 3)
    constant = polygrad.compile(lambda: polygrad.zeros(3))
    constant().add_(1)
    assert constant().tolist() == [0.0] * 3


def test_threads_share_a_program():
    function = lambda x: polygrad.tanh(x * 2 + 1).cumsum(0) * polygrad.sin(x)  # noqa: E731
    compiled = polygrad.compile(function)
    compiled(polygrad.ones(1000))
    wrong = []

    def work(k):
        x = polygrad.full((1000,), float(k))
        expected = function(x).tolist()
        for _ in range(100):
            if compiled(x).tolist() != expected:
                wrong.append(k)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_an_error_names_the_operation_and_the_shapes():
    compiled = polygrad.compile(lambda x: polygrad.linalg.cholesky(x + 0))
    compiled(polygrad.eye(2))
    with pytest.raises(ValueError, match=r"cholesky.*float32\[2, 2\]"):
        compiled(-polygrad.eye(2))
