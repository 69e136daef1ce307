"""`polygrad.compile`: arguments, results, memory and errors.  Training is in test_training.py."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections import OrderedDict, defaultdict
from typing import NamedTuple

import numpy as np
import pytest

import polygrad
from polygrad import nn
from polygrad._pytree import flatten, map_tensors
from polygrad.utils.checkpoint import checkpoint
from tests.cases.training_programs import number_of_programs, small


def close(a, b, tolerance=2e-5):
    for x, y in zip(a, b, strict=True):
        np.testing.assert_allclose(
            np.asarray(x, dtype=float), np.asarray(y, dtype=float), rtol=tolerance, atol=tolerance
        )


def test_a_second_backward_from_outside_says_what_is_wrong(backend):
    w = polygrad.ones(2).requires_grad_()
    loss = polygrad.compile(lambda x: (polygrad.tanh(w) * x).sum())(polygrad.ones(2))
    loss.backward()
    with pytest.raises(RuntimeError, match="second time"):
        loss.backward()


def test_shapes_and_types_have_their_own_programs(backend):
    compiled = polygrad.compile(lambda x: x * 2 + 1)
    for x in (polygrad.ones(2), polygrad.ones(3, 2), polygrad.arange(4), polygrad.ones(2, dtype=polygrad.float64)):
        result = compiled(x)
        assert (result.dtype, result.tolist()) == (x.dtype, (x * 2 + 1).tolist())


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


def test_no_grad_regions_and_grad_mode_as_a_part_of_the_key(backend):
    weight = polygrad.ones(2).requires_grad_()
    compiled = polygrad.compile(lambda x: weight * x)
    assert compiled(polygrad.ones(2)).requires_grad
    with polygrad.no_grad():
        assert not compiled(polygrad.ones(2)).requires_grad
    assert compiled(polygrad.ones(2)).requires_grad


def test_methods_and_attributes_of_what_was_compiled():
    model = small(polygrad)
    compiled = polygrad.compile(model)
    assert len(list(compiled.parameters())) == 4
    assert repr(compiled).startswith("CompiledSequential(")
    assert "compiled" in repr(polygrad.compile(lambda x: x))

    class Holder:
        scale = 3

        @polygrad.compile
        def times(self, x):
            return x * self.scale

    assert Holder().times(polygrad.ones(2)).tolist() == [3.0, 3.0]


def test_a_compiled_module_is_a_module(backend):
    model = small(polygrad, nn.Dropout(0.5))
    compiled = polygrad.compile(model)
    assert isinstance(compiled, nn.Sequential)
    assert list(compiled.state_dict()) == list(model.state_dict())
    assert all(a is b for a, b in zip(compiled.parameters(), model.parameters(), strict=True))
    x = polygrad.ones(2, 6)
    compiled.eval()
    assert not model.training
    close([compiled(x).tolist()], [model(x).tolist()])
    model.note = "mine"
    assert compiled.note == "mine"

    class Parent(nn.Module):
        def __init__(self):
            super().__init__()
            self.body, self.head = compiled, nn.Sequential(polygrad.compile(nn.Linear(3, 2)), nn.ReLU())

        def forward(self, x):
            return self.head(self.body(x))

    parent = Parent()
    assert [name for name, _ in parent.named_parameters()] == [
        "body.0.weight", "body.0.bias", "body.3.weight", "body.3.bias", "head.0.weight", "head.0.bias",
    ]  # fmt: skip
    parent(x).sum().backward()
    assert all(p.grad is not None for p in parent.parameters())
    whole = polygrad.compile(parent)
    close([whole(x).tolist()], [parent(x).tolist()])
    assert number_of_programs(compiled._compiled) == 1
    assert whole.lower(x).as_text()


@pytest.mark.parametrize("again", [copy.deepcopy, copy.copy, lambda x: pickle.loads(pickle.dumps(x))])
def test_a_compiled_module_is_copied_and_saved(backend, again):
    compiled = polygrad.compile(small(polygrad), backend=backend)
    x = polygrad.ones(2, 6)
    expected = compiled(x).tolist()
    other = again(compiled)
    assert type(other) is type(compiled)
    assert number_of_programs(other._compiled) == 0
    close([other(x).tolist()], [expected])
    with polygrad.no_grad():
        other[0].weight.mul_(2)
    assert (compiled(x).tolist() == expected) is (again is not copy.copy)


def test_a_result_that_is_returned_twice_is_one_tensor(backend):
    weight = polygrad.ones(2, requires_grad=True)

    @polygrad.compile
    def twice(x):
        y, z = x * 2, weight * x
        return y, [y, z], {"z": z}

    first, (second, third), rest = twice(polygrad.ones(2))
    assert first is second
    assert third is rest["z"]
    third.sum().backward()
    assert weight.grad.tolist() == [1, 1]


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


def test_there_is_no_fallback_to_ask_for():
    assert polygrad.compile(fullgraph=True)(lambda x: x * 2)(polygrad.ones(2)).tolist() == [2, 2]
    with pytest.raises(ValueError, match="fullgraph=False"):
        polygrad.compile(lambda x: x, fullgraph=False)


def test_a_module_that_is_made_inside_is_a_new_one_at_every_call(backend):
    x = polygrad.sin(polygrad.arange(12.0)).reshape(4, 3)

    def run(x):
        model = nn.Sequential(nn.Linear(3, 3), nn.BatchNorm1d(3), nn.Dropout(0.5))
        trained = model(x)
        trained.sum().backward()
        loss = checkpoint(lambda x: nn.Linear(3, 1)(x).sum(), x)
        model.eval()
        steps, _ = polygrad.scan(lambda carry, _: (nn.Softplus()(carry), carry), x, x)
        return trained, model(x), model[1].running_mean, model[0].weight.grad, loss, steps

    polygrad.manual_seed(0)
    expected = [run(x) for _ in range(3)]
    polygrad.manual_seed(0)
    compiled = polygrad.compile(run)
    for results in expected:
        close([y.tolist() for y in compiled(x)], [y.tolist() for y in results])


def test_a_leaf_that_is_made_inside_and_returned_is_a_leaf(backend):
    def function(x):
        leaf = x.detach().clone().requires_grad_()
        (leaf * leaf).sum().backward()
        return leaf, polygrad.sin(leaf), leaf.grad

    compiled = polygrad.compile(function)
    for k in range(3):
        x = polygrad.arange(3.0) + k
        for run in (function, compiled):
            leaf, y, gradient = run(x)
            assert leaf.is_leaf and leaf.requires_grad
            assert leaf.grad is gradient
            assert gradient.tolist() == (2 * x).tolist()
            y.sum().backward()
            assert leaf.grad.tolist() == pytest.approx((2 * x + polygrad.cos(x)).tolist(), rel=1e-6)
    assert number_of_programs(compiled) == 1


def test_repeating_by_a_number_needs_no_value(backend):
    repeat = polygrad.compile(lambda x: x.repeat_interleave(2, 0))
    assert repeat(polygrad.arange(2)).tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize(
    "move",
    [
        lambda p, x: (x * 1.5).copy_(p),
        lambda p, x: p.to(x) * 1,
        lambda p, x: p.to(x.device) * 1,
        lambda p, x: p.cpu() * 1,
    ],
    ids=["copy_", "to a tensor", "to a device", "cpu"],
)
def test_a_gradient_from_outside_reaches_state_that_is_moved_inside(backend, move):
    p = polygrad.tensor([1.0, 2.0], requires_grad=True)
    compiled = polygrad.compile(lambda x: move(p, x) * x)
    for k in (1.0, 2.0):
        p.grad = None
        compiled(polygrad.tensor([k, 3.0])).sum().backward()
        assert p.grad.tolist() == [k, 3.0]


def test_state_is_stacked_with_what_a_program_makes(backend):
    state = polygrad.ones(2)
    compiled = polygrad.compile(lambda x: polygrad.cat([polygrad.stack([state, x * 2]), polygrad.zeros(1, 2)]))
    assert compiled(polygrad.ones(2)).tolist() == [[1, 1], [2, 2], [0, 0]]


def test_state_that_is_copied_from_is_read_at_every_call(backend):
    state = polygrad.ones(2)

    def function(x):
        x.copy_(state)
        state.mul_(2)

    compiled = polygrad.compile(function)
    for expected in (1.0, 2.0, 4.0):
        x = polygrad.zeros(2)
        compiled(x)
        assert x.tolist() == [expected] * 2
