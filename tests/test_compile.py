"""`polygrad.compile`: every program gives the results of the same program run eagerly, over many steps."""

from __future__ import annotations

import dataclasses
import threading
from collections import OrderedDict, defaultdict
from typing import NamedTuple

import numpy as np
import pytest

import polygrad
from polygrad import nn, optim
from polygrad.compiler.pytree import flatten, map_tensors
from polygrad.nn import functional as F

STEPS = 20


@pytest.fixture(params=["jax", "numpy", "strict"])
def backend(request):
    if request.param not in polygrad.backends.available():
        pytest.skip(f"the backend {request.param!r} is not installed")
    with polygrad.use_backend(request.param):
        yield request.param


def data(rows=16, columns=6, classes=3):
    generator = np.random.default_rng(0)
    x = generator.standard_normal((rows, columns)).astype(np.float32)
    return polygrad.tensor(x), polygrad.tensor(generator.integers(0, classes, rows))


def close(a, b, tolerance=2e-5):
    for x, y in zip(a, b, strict=True):
        np.testing.assert_allclose(
            np.asarray(x, dtype=float), np.asarray(y, dtype=float), rtol=tolerance, atol=tolerance
        )


def trained(make, compiled: bool, steps: int = STEPS):
    """Losses and final state of the program that ``make()`` returns: a step, and the tensors to look at afterwards."""
    polygrad.manual_seed(0)
    step, state = make()
    if compiled:
        step = polygrad.compile(step)
    x, y = data()
    losses = [float(step(x, y)) for _ in range(steps)]
    return losses, [t.tolist() for t in state()]


def agree(make, steps: int = STEPS, tolerance=2e-5):
    eager, compiled = trained(make, False, steps), trained(make, True, steps)
    close(compiled[0], eager[0], tolerance)
    for a, b in zip(compiled[1], eager[1], strict=True):
        close([a], [b], tolerance)


def number_of_programs(compiled) -> int:
    return sum(len(programs) for programs in compiled._programs.values())


def small(*extra):
    return nn.Sequential(nn.Linear(6, 8), nn.Tanh(), *extra, nn.Linear(8, 3))


OPTIMIZERS = {
    "SGD": lambda p: optim.SGD(p, lr=0.1),
    "momentum": lambda p: optim.SGD(p, lr=0.05, momentum=0.9, nesterov=True, weight_decay=0.01),
    "Adam": lambda p: optim.Adam(p, lr=0.01),
    "AdamW": lambda p: optim.AdamW(p, lr=0.01, weight_decay=0.1, amsgrad=True),
    "RMSprop": lambda p: optim.RMSprop(p, lr=0.01),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_optimizer_whose_state_is_made_on_the_first_step(backend, name):
    def make():
        model = small()
        optimizer = OPTIMIZERS[name](model.parameters())

        def step(x, y):
            loss = F.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            return loss

        return step, lambda: [*model.parameters(), *(p.grad for p in model.parameters())]

    agree(make)


def test_a_scheduler_changes_the_rate_without_another_program(backend):
    def make():
        model = small()
        optimizer = optim.SGD(model.parameters(), lr=0.2)
        scheduler = optim.lr_scheduler.StepLR(optimizer, 3, 0.5)

        def step(x, y):
            loss = F.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            scheduler.step()
            return loss

        return step, lambda: [*model.parameters(), polygrad.tensor(optimizer.param_groups[0]["lr"])]

    agree(make)


def test_a_hyper_parameter_that_is_set_between_steps(backend):
    model = small()
    optimizer = optim.SGD(model.parameters(), lr=0.0)
    x, y = data()

    @polygrad.compile
    def step(x, y):
        loss = F.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss

    first = [float(step(x, y)) for _ in range(3)]
    assert first[0] == first[1] == first[2]
    optimizer.param_groups[0]["lr"] = 0.5
    assert float(step(x, y)) == first[0]
    assert float(step(x, y)) < first[0]
    assert sum(len(programs) for programs in step._programs.values()) == 1


def test_buffers_and_dropout(backend):
    def make():
        model = nn.Sequential(nn.Linear(6, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.3), nn.Linear(8, 3))
        optimizer = optim.SGD(model.parameters(), lr=0.1)

        def step(x, y):
            loss = F.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            return loss

        return step, lambda: [*model.parameters(), *model.buffers()]

    agree(make)


def test_random_numbers_are_fresh_at_every_call_and_those_of_eager(backend):
    draw = polygrad.compile(lambda: polygrad.rand(4) + polygrad.randn(4))
    polygrad.manual_seed(3)
    compiled = [draw().tolist() for _ in range(3)]
    polygrad.manual_seed(3)
    eager = [(polygrad.rand(4) + polygrad.randn(4)).tolist() for _ in range(3)]
    assert compiled[0] != compiled[1]
    close(compiled, eager, 1e-6)


def test_train_and_eval_are_two_programs(backend):
    model = nn.Sequential(nn.Linear(6, 8), nn.Dropout(0.5))
    compiled = polygrad.compile(lambda x: model(x))
    x, _ = data()
    polygrad.manual_seed(0)
    noisy = compiled(x).tolist()
    model.eval()
    plain = compiled(x)
    close([plain.tolist()], [model(x).tolist()])
    model.train()
    polygrad.manual_seed(0)
    close([compiled(x).tolist()], [noisy])


def test_clipping_accumulation_and_a_moving_average(backend):
    def make():
        model = small()
        average = [p.detach().clone() for p in model.parameters()]
        optimizer = optim.SGD(model.parameters(), lr=0.5)

        def step(x, y):
            optimizer.zero_grad()
            for half in (slice(0, 8), slice(8, 16)):
                F.cross_entropy(model(x[half]), y[half]).backward()
            norm = nn.utils.clip_grad_norm_(model.parameters(), 0.5)
            optimizer.step()
            with polygrad.no_grad():
                for a, p in zip(average, model.parameters(), strict=True):
                    a.mul_(0.9).add_(p, alpha=0.1)
            return norm

        return step, lambda: [*model.parameters(), *average]

    agree(make)


def test_gradients_accumulate_over_calls(backend):
    def run(compiled):
        weight = polygrad.ones(3).requires_grad_()

        def add(x):
            (weight * x).sum().backward()

        add = polygrad.compile(add) if compiled else add
        seen = []
        for k in range(5):
            add(polygrad.tensor([1.0, 2.0, 3.0]) * k)
            seen.append(weight.grad.tolist())
            if k == 2:
                weight.grad = None
        return seen

    close(run(True), run(False))


def test_gradients_of_arguments(backend):
    def run(compiled):
        function = lambda x: (x * x * 3).sum().backward()  # noqa: E731
        function = polygrad.compile(function) if compiled else function
        x = polygrad.tensor([1.0, 2.0], requires_grad=True)
        function(x)
        first = x.grad.tolist()
        function(x)
        return first, x.grad.tolist()

    close(run(True), run(False))


def test_weight_tying_and_frozen_layers(backend):
    def make():
        model = nn.Sequential(nn.Linear(6, 6), nn.Tanh(), nn.Linear(6, 6), nn.Linear(6, 3))
        model[2].weight = model[0].weight
        model[3].requires_grad_(False)
        optimizer = optim.Adam([p for p in model.parameters() if p.requires_grad], lr=0.02)

        def step(x, y):
            loss = F.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            return loss

        return step, lambda: list(model.parameters())

    agree(make)


def test_freezing_a_layer_makes_another_program(backend):
    model = small()
    compiled = polygrad.compile(lambda x: model(x).sum().backward())
    x, _ = data()
    compiled(x)
    assert model[0].weight.grad is not None
    model.zero_grad()
    model[0].requires_grad_(False)
    compiled(x)
    assert model[0].weight.grad is None
    assert model[2].weight.grad is not None


def test_in_place_updates_and_views(backend):
    def make():
        state = polygrad.zeros(4, 6)

        def step(x, y):
            row = state[1]
            row += x[0]
            state[2:, ::2] = x[:2, :3]
            state[0].copy_(row * 2)
            return state.sum()

        return step, lambda: [state]

    agree(make)


def test_backward_from_outside_to_parameters_and_arguments(backend):
    def run(compiled):
        polygrad.manual_seed(0)
        model = small(nn.BatchNorm1d(8))
        call = polygrad.compile(model) if compiled else model
        x, y = data()
        results = []
        for _ in range(3):
            model.zero_grad()
            scale = polygrad.ones(1).requires_grad_()
            loss = F.cross_entropy(call(x * scale), y)
            loss.backward()
            results += [loss.item(), scale.grad.tolist(), *(p.grad.tolist() for p in model.parameters())]
        return results

    for a, b in zip(run(True), run(False), strict=True):
        close([a], [b])


def test_a_second_backward_from_outside_says_what_is_wrong(backend):
    w = polygrad.ones(2).requires_grad_()
    loss = polygrad.compile(lambda x: (polygrad.tanh(w) * x).sum())(polygrad.ones(2))
    loss.backward()
    with pytest.raises(RuntimeError, match="second time"):
        loss.backward()


def test_higher_order_inside(backend):
    def penalty(x):
        y = polygrad.tanh(x).sum()
        (g,) = polygrad.autograd.grad(y, x, create_graph=True)
        return (g * g).sum()

    x = polygrad.tensor([0.1, 0.2, 0.3], requires_grad=True)

    def double(x):
        (g,) = polygrad.autograd.grad(penalty(x), x)
        return g

    close([polygrad.compile(double)(x).tolist()], [double(x).tolist()])


def test_trees_of_arguments_and_static_arguments(backend):
    @polygrad.compile
    def mix(parts, *, factor, mode="add"):
        total = parts["a"] * factor + parts["b"][0] if mode == "add" else parts["a"] - parts["b"][1]
        return {"total": total, "pair": (total * 2, "label")}

    parts = {"a": polygrad.ones(2), "b": [polygrad.ones(2) * 3, polygrad.ones(2) * 5]}
    assert mix(parts, factor=2)["total"].tolist() == [5.0, 5.0]
    assert mix(parts, factor=4)["pair"][0].tolist() == [14.0, 14.0]
    assert mix(parts, factor=4, mode="subtract")["total"].tolist() == [-4.0, -4.0]
    assert mix(parts, factor=4)["pair"][1] == "label"


def test_shapes_and_types_have_their_own_programs(backend):
    compiled = polygrad.compile(lambda x: x * 2 + 1)
    for x in (polygrad.ones(2), polygrad.ones(3, 2), polygrad.arange(4), polygrad.ones(2, dtype=polygrad.float64)):
        result = compiled(x)
        assert (result.dtype, result.tolist()) == (x.dtype, (x * 2 + 1).tolist())


def test_compiled_functions_in_each_other_and_in_eager_code(backend):
    inner = polygrad.compile(lambda x: polygrad.sin(x) * 2)
    outer = polygrad.compile(lambda x: inner(x) + inner(x * 2))
    x = polygrad.tensor([0.1, 0.2])
    eager = polygrad.sin(x) * 2 + polygrad.sin(x * 2) * 2
    close([outer(x).tolist(), (inner(x) + inner(x * 2)).tolist()], [eager.tolist()] * 2)


def test_an_exception_while_tracing_changes_nothing(backend):
    weight = polygrad.ones(2).requires_grad_()
    state = polygrad.zeros(2)

    @polygrad.compile
    def broken(x, fail):
        state.add_(x)
        (weight * x).sum().backward()
        if fail:
            raise KeyError("on purpose")
        return state.clone()

    with pytest.raises(KeyError, match="on purpose"):
        broken(polygrad.ones(2), True)
    assert (state.tolist(), weight.grad) == ([0.0, 0.0], None)
    assert broken(polygrad.ones(2), False).tolist() == [1.0, 1.0]
    assert weight.grad.tolist() == [1.0, 1.0]


def test_what_somebody_holds_is_copied_before_it_is_overwritten(backend):
    state = polygrad.zeros(3)
    compiled = polygrad.compile(lambda x: state.add_(x).sum())
    compiled(polygrad.ones(3))
    held = state.array
    snapshot = state.detach().clone()
    compiled(polygrad.ones(3))
    assert polygrad.get_backend(backend).to_numpy(held).tolist() == [1.0, 1.0, 1.0]
    assert snapshot.tolist() == [1.0, 1.0, 1.0]
    assert state.tolist() == [2.0, 2.0, 2.0]


def test_control_flow_on_values_is_explained(backend):
    def signed(x):
        if x.sum() > 0:
            return x
        return -x

    with pytest.raises(polygrad.compiler.CompileError, match=r"if x.sum\(\) > 0.*polygrad.where"):
        polygrad.compile(signed)(polygrad.ones(2))
    with pytest.raises(polygrad.compiler.CompileError, match=r"\.item\(\).*outside"):
        polygrad.compile(lambda x: x * x.sum().item())(polygrad.ones(2))


def test_a_tensor_that_is_kept_is_named(backend):
    kept = []
    with pytest.raises(polygrad.compiler.CompileError, match="a list of 1.*Return it"):
        polygrad.compile(lambda x: kept.append(x * 2))(polygrad.ones(2))
    assert polygrad.compile(lambda x: x * 2)(polygrad.ones(2)).tolist() == [2.0, 2.0]  # no fault of this function


def test_backward_inside_that_reaches_a_graph_outside_is_an_error(backend):
    weight = polygrad.ones(2).requires_grad_()
    outside = weight * 2
    with pytest.raises(polygrad.compiler.CompileError, match="computed outside"):
        polygrad.compile(lambda: (outside * 3).sum().backward())()
    assert weight.grad is None
    (outside * 3).sum().backward()
    assert weight.grad.tolist() == [6.0, 6.0]


def test_threads_trace_their_own(backend):
    def work(k, results):
        weight = polygrad.ones(3, backend=backend).requires_grad_()
        optimizer = optim.SGD([weight], lr=0.1)

        @polygrad.compile(backend=backend)
        def step(x):
            loss = ((weight * x - k) ** 2).sum()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            return loss

        for _ in range(10):
            step(polygrad.ones(3, backend=backend))
        results[k] = weight.tolist()

    results: dict[int, list[float]] = {}
    threads = [threading.Thread(target=work, args=(k, results)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for k in range(4):
        expected = 1.0
        for _ in range(10):
            expected -= 0.1 * 2 * (expected - k)
        close([results[k]], [[expected] * 3])


def test_two_models_share_a_step(backend):
    def make():
        first, second = small(), small()
        optimizer = optim.Adam([*first.parameters(), *second.parameters()], lr=0.01)

        def step(x, y):
            loss = F.cross_entropy(first(x), y) + F.mse_loss(second(x), first(x).detach())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            return loss

        return step, lambda: [*first.parameters(), *second.parameters()]

    agree(make)


def test_a_buffer_that_a_module_rebinds(backend):
    class Running(nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("mean", polygrad.zeros(6))

        def forward(self, x):
            self.mean = self.mean * 0.9 + x.mean(0).detach() * 0.1
            return x - self.mean

    def make():
        model = nn.Sequential(Running(), nn.Linear(6, 3))

        def step(x, y):
            return F.cross_entropy(model(x), y)

        return step, lambda: list(model.buffers())

    agree(make)


def test_no_grad_regions_and_grad_mode_as_a_part_of_the_key(backend):
    weight = polygrad.ones(2).requires_grad_()
    compiled = polygrad.compile(lambda x: weight * x)
    assert compiled(polygrad.ones(2)).requires_grad
    with polygrad.no_grad():
        assert not compiled(polygrad.ones(2)).requires_grad
    assert compiled(polygrad.ones(2)).requires_grad


def test_methods_and_attributes_of_what_was_compiled():
    model = small()
    compiled = polygrad.compile(model)
    assert len(list(compiled.parameters())) == 4
    assert "compiled" in repr(compiled)

    class Holder:
        scale = 3

        @polygrad.compile
        def times(self, x):
            return x * self.scale

    assert Holder().times(polygrad.ones(2)).tolist() == [3.0, 3.0]


def test_the_device_of_a_traced_tensor_has_a_name(backend):
    def shifted(x):
        assert x.device.type == polygrad.ones(1).device.type
        assert repr(x.device).startswith("device(type='")
        return x.to(x.device) + polygrad.ones(2, device=x.device)

    assert polygrad.compile(shifted)(polygrad.ones(2)).tolist() == [2, 2]
    assert polygrad.compile(polygrad.func.vmap(shifted))(polygrad.ones(1, 2)).tolist() == [[2, 2]]


def test_an_argument_that_cannot_be_a_key(backend):
    with pytest.raises(TypeError, match="closure"):
        polygrad.compile(lambda x, y: x)(polygrad.ones(2), {1, 2})


# -- trees -----------------------------------------------------------------------------------------------------------------


class Pair(NamedTuple):
    left: object
    right: object


TREES = {
    "a named tuple": lambda x, y: Pair(x, y),
    "an OrderedDict": lambda x, y: OrderedDict(b=x, a=y),
    "a defaultdict": lambda x, y: defaultdict(list, b=x, a=y),
    "None in it": lambda x, y: (x, None, {"y": y}),
    "one in the other": lambda x, y: [Pair({"a": x}, OrderedDict(b=(y, None)))],
}


@pytest.mark.parametrize("make", TREES.values(), ids=TREES)
def test_trees_keep_their_types(backend, make):
    @polygrad.compile
    def doubled(tree):
        return map_tensors(lambda x: x * 2, tree)

    for factor in (1, 3):
        result = doubled(make(polygrad.ones(2) * factor, polygrad.ones(1) * factor))
        expected = make([2.0 * factor] * 2, [2.0 * factor])
        assert type(result) is type(expected)
        assert repr(map_tensors(lambda x: x.tolist(), result)) == repr(expected)
        if isinstance(result, defaultdict):
            assert result["missing"] == []
    assert number_of_programs(doubled) == 1


def test_what_is_no_tree_is_named(backend):
    @dataclasses.dataclass
    class Batch:
        x: polygrad.Tensor

    with pytest.raises(TypeError, match="'Batch'.*lists, tuples and dicts"):
        polygrad.compile(lambda batch: batch.x * 2)(Batch(polygrad.ones(2)))
    with pytest.raises(polygrad.compiler.CompileError, match="held by an instance of Batch; .*list, tuple or dict"):
        polygrad.compile(lambda x: Batch(x * 2))(polygrad.ones(2))


def test_numbers_that_are_equal_and_not_the_same(backend):
    signed = polygrad.compile(lambda x, number: polygrad.copysign(x, polygrad.tensor(number)))
    assert [signed(polygrad.ones(1), n).item() for n in (0.0, -0.0, 0, True, 0.0)] == [1, -1, 1, 1, 1]
    for _ in range(2):
        signed(polygrad.ones(1), float("nan"))
    assert number_of_programs(signed) == 5


def test_packed_sequences_as_arguments_and_results(backend):
    sequences = [polygrad.randn(length, 2) for length in (2, 4, 1)]
    lstm, second = nn.LSTM(2, 3), nn.GRU(3, 3, bidirectional=True)

    def through(packed):
        packed, _ = lstm(packed)
        packed = nn.utils.rnn.PackedSequence(packed.data.tanh(), *packed[1:])  # as one does it with dropout
        packed, hidden = second(packed)
        return packed, hidden, nn.utils.rnn.pad_packed_sequence(packed)

    compiled = polygrad.compile(through)
    for lengths in ((2, 4, 1), (2, 4, 1), (3, 3, 1)):
        sequences = [polygrad.randn(length, 2) for length in lengths]
        packed = nn.utils.rnn.pack_sequence(sequences, enforce_sorted=False)
        found, expected = compiled(packed), through(packed)
        assert type(found[0]) is nn.utils.rnn.PackedSequence
        assert found[0].sizes == expected[0].sizes
        for a, b in zip(flatten(found)[0], flatten(expected)[0], strict=True):
            close([a.tolist()], [b.tolist()])
        lstm.zero_grad()
        found[1].sum().backward()
        gradients = [p.grad.tolist() for p in lstm.parameters()]
        lstm.zero_grad()
        expected[1].sum().backward()
        for a, p in zip(gradients, lstm.parameters(), strict=True):
            close([a], [p.grad.tolist()])
    assert number_of_programs(compiled) == 2  # as many rows, in other sequences
    outside = nn.utils.rnn.PackedSequence(*packed)
    close([polygrad.compile(lambda: through(outside)[1])().tolist()], [expected[1].tolist()])
    given = polygrad.compile(
        lambda data, sizes: nn.utils.rnn.pad_packed_sequence(nn.utils.rnn.PackedSequence(data, sizes))
    )
    with pytest.raises(polygrad.compiler.CompileError, match="needs the value"):
        given(packed.data, polygrad.tensor([3, 2, 2]))


def test_tensors_of_two_backends_are_refused_as_in_eager(backend):
    other = "strict" if backend == "numpy" else "numpy"
    if other not in polygrad.backends.available():
        pytest.skip(f"{other} is not installed")
    with polygrad.use_backend(backend):
        model = nn.Linear(3, 1)
        optimizer = polygrad.optim.SGD(model.parameters(), lr=0.1)

    def step(x):
        loss = model(x).sum()
        loss.backward()
        optimizer.step()

    before = model.weight.tolist()
    x, y = polygrad.ones(2, 3, backend=backend), polygrad.ones(2, 3, backend=other)
    for call in (
        lambda: polygrad.compile(step)(y),
        lambda: polygrad.compile(lambda a, b: a + b)(x, y),
        lambda: polygrad.compile(lambda a: a + y)(x),
        lambda: polygrad.compile(lambda a: a * 2, backend=backend)(y.clone().requires_grad_()),
    ):
        with pytest.raises(TypeError, match="backend"):
            call()
    assert model.weight.tolist() == before and model.weight.backend.name == backend and model.weight.grad is None
    assert polygrad.compile(lambda a: a * 2, backend=backend)(y).backend.name == backend  # an argument is data


def test_only_functions_are_compiled():
    with pytest.raises(TypeError, match="compile takes a function or a module, not a Tensor"):
        polygrad.compile(polygrad.ones(2))
