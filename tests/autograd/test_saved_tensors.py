"""Hooks on saved tensors and on several gradients, notes at nodes, and the count of changes in place."""

from __future__ import annotations

import gc

import numpy
import pytest

import polygrad
from polygrad import autograd, nn, optim  # noqa: F401  (for `versions`)
from polygrad._core import engine, graph, watching

hooks, off = autograd.graph.saved_tensors_hooks, autograd.graph.disable_saved_tensors_hooks


@pytest.fixture(autouse=True)
def nothing_watches_afterwards():
    counter = graph.next_sequence
    yield
    gc.collect()
    assert graph.next_sequence is counter and not watching.WATCHERS and not engine.sweep_contexts


class Cube(autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y = x * x
        ctx.save_for_backward(x, y)
        return x * y

    @staticmethod
    def backward(ctx, grad):
        x, y = ctx.saved_tensors
        return grad * (x * x * 2 + y)


#: Functions of one tensor, and how many tensors each saves.
FUNCTIONS = {
    "product": (lambda x: x * x, 2),
    "product with a number": (lambda x: x * 2.0, 0),
    "exponential": (lambda x: x.exp(), 1),
    "chain": (lambda x: (x.exp().sin() * x).tanh(), 5),
    "matrix product": (lambda x: x @ x, 2),
    "several operands": (lambda x: polygrad.where(x > 1, x, x * x), 3),
    "a list": (lambda x: polygrad.stack([x, x * x]), 2),
    "several results": (lambda x: polygrad.sort(x * x)[0], 3),
    "softmax": (lambda x: polygrad.softmax(x * x, 0), 3),
    "a Function": (Cube.apply, 2),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_gradients_go_through_what_was_packed(name, backend):
    function, count = FUNCTIONS[name]
    packed = []

    def pack(x):
        packed.append(x)
        return x.numpy(force=True).copy()

    def unpack(x):
        return polygrad.tensor(x)

    def gradients(x, create_graph):
        loss = (function(x) * function(x)).sum() if create_graph else function(x).sum()
        (first,) = autograd.grad(loss, x, create_graph=create_graph)
        return [first, *(autograd.grad(first.sum(), x) if create_graph else ())]

    for create_graph in (False, True):
        x = polygrad.tensor([0.5, 1.5, 2.5], requires_grad=True)
        expected = gradients(x, create_graph)
        with hooks(pack, unpack):
            found = gradients(x, create_graph)
        for a, b in zip(found, expected, strict=True):
            assert numpy.allclose(a.numpy(force=True), b.numpy(force=True), rtol=1e-6)
        if not create_graph and name != "a list":
            assert len(packed) == count or name in ("several operands", "several results", "softmax")
    assert packed or not count


def test_a_saved_tensor_is_freed_where_the_hook_keeps_something_else():
    x = polygrad.ones(3, requires_grad=True)
    with hooks(lambda x: tuple(x.shape), lambda shape: polygrad.full(shape, 7.0)):
        y = (x * x).sum()
    y.backward()
    assert x.grad.tolist() == [14.0] * 3


def test_the_graph_can_be_walked_again_if_it_is_retained():
    calls = []
    x = polygrad.ones(3, requires_grad=True)
    with hooks(lambda x: x, lambda x: calls.append(1) or x):
        y = (x * x).sum()
    y.backward(retain_graph=True)
    y.backward()
    assert len(calls) == 4 and x.grad.tolist() == [4.0] * 3
    with pytest.raises(RuntimeError, match="freed"):
        y.backward()


def test_of_nested_hooks_the_innermost_applies():
    seen = []
    x = polygrad.ones(1, requires_grad=True)
    with hooks(lambda x: seen.append("outer") or x, lambda x: x):
        x.exp()
        with hooks(lambda x: seen.append("inner") or x, lambda x: x):
            x.exp()
        x.exp()
    x.exp()
    assert seen == ["outer", "inner", "outer"]


def test_inside_the_hooks_nothing_is_packed():
    x = polygrad.ones(2, requires_grad=True)

    def pack(x):
        with polygrad.enable_grad():
            return (x * x * x).detach() ** (1 / 3)

    with hooks(pack, lambda x: x * 1):
        y = (x * x).sum()
    y.backward()
    assert numpy.allclose(x.grad.numpy(), [2.0, 2.0])


def test_errors_name_the_hook():
    x = polygrad.ones(2, requires_grad=True)
    with hooks(lambda x: 1, lambda x: x):
        y = x * x
    with pytest.raises(TypeError, match="unpack_hook expected to be a Tensor but got result of type int"):
        y.sum().backward()
    with hooks(lambda x: x.add_(1), lambda x: x), pytest.raises(RuntimeError, match="modifying its input in place"):
        (x * 1.0) * (x * 1.0)


def test_hooks_can_be_disabled():
    with off("none here"), pytest.raises(RuntimeError, match="none here"), hooks(lambda x: x, lambda x: x):
        pass
    with hooks(lambda x: x, lambda x: x), pytest.raises(RuntimeError, match="not these"), off("not these"):
        pass


def test_another_thread_has_its_own():
    from threading import Thread

    packed = []
    x = polygrad.ones(2, requires_grad=True)
    with hooks(lambda x: packed.append(x) or x, lambda x: x):
        thread = Thread(target=lambda: (x * x).sum().backward())
        thread.start()
        thread.join()
    assert not packed and x.grad.tolist() == [2.0, 2.0]


def test_compiled_functions_run_eagerly(backend):
    packed = []
    compiled = polygrad.compile(lambda x: (x.exp() * x).sum())
    x = polygrad.ones(2, requires_grad=True)
    expected = compiled(x)
    with hooks(lambda x: packed.append(x) or x, lambda x: x):
        loss = compiled(x)
    loss.backward()
    assert len(packed) == 3 and float(loss.detach()) == pytest.approx(float(expected.detach()))

    @polygrad.compile
    def inside(x):
        with hooks(lambda x: x, lambda x: x):
            return x * x

    with pytest.raises(RuntimeError, match="around the call of the compiled function"):
        inside(x)


def test_in_transforms(backend):
    x = polygrad.tensor([[1.0, 2.0], [3.0, 4.0]])
    with hooks(lambda x: x, lambda x: x):
        found = polygrad.func.vmap(polygrad.func.grad(lambda x: (x * x.exp()).sum()))(x)
    assert numpy.allclose(found.numpy(), ((1 + x) * x.exp()).numpy(), rtol=1e-6)


def test_save_on_cpu(backend):
    x = polygrad.tensor([1.0, 2.0], requires_grad=True)
    with autograd.graph.save_on_cpu(pin_memory=True):
        y = (x.exp() * x).sum()
    y.backward()
    assert numpy.allclose(x.grad.numpy(), (numpy.array([2.0, 3.0]) * numpy.exp([1.0, 2.0])), rtol=1e-6)


# -- several gradients -----------------------------------------------------------------------------------------------------


def test_a_hook_gets_all_gradients_once():
    a, b = polygrad.ones(2, requires_grad=True), polygrad.ones(2, requires_grad=True)
    c, d = a * b, a * b * 3
    calls = []
    with autograd.graph.register_multi_grad_hook((a, b, c, d), calls.append):
        c.sum().backward(retain_graph=True)
        assert [g is not None for g in calls.pop()] == [True, True, True, False]
        c.sum().backward(inputs=(a,), retain_graph=True)
        assert [g is not None for g in calls.pop()] == [True, False, True, False]
        (c + d).sum().backward(retain_graph=True)
        (found,) = calls
        assert [g.tolist() for g in found] == [[4.0, 4.0], [4.0, 4.0], [1.0, 1.0], [1.0, 1.0]]
    c.sum().backward()
    assert len(calls) == 1


def test_a_hook_gets_the_first_gradient():
    a, b = polygrad.ones(2, requires_grad=True), polygrad.ones(2, requires_grad=True)
    c = a * b
    calls = []
    handle = autograd.graph.register_multi_grad_hook((a, polygrad.ones(1), c), calls.append, mode="any")
    (c * 5).sum().backward(retain_graph=True)
    assert [g.tolist() for g in calls] == [[5.0, 5.0]]
    c.sum().backward(retain_graph=True)
    assert len(calls) == 2
    handle.remove()
    c.sum().backward()
    assert len(calls) == 2


def test_hooks_on_several_gradients_refuse():
    with pytest.raises(ValueError, match="mode"):
        autograd.graph.register_multi_grad_hook((), print, mode="some")
    with pytest.raises(RuntimeError, match="doesn't require gradient"):
        autograd.graph.register_multi_grad_hook((polygrad.ones(1),), print)


def test_a_hook_on_several_gradients_dies_with_its_graph():
    x = polygrad.ones(2, requires_grad=True)
    autograd.graph.register_multi_grad_hook((x * 2, x * 3), print)
    gc.collect()
    assert not engine.sweep_contexts


# -- notes, versions, Variable ---------------------------------------------------------------------------------------------


def test_nodes_and_leaves_have_metadata():
    x = polygrad.ones(2, requires_grad=True)
    y = x * 2
    assert y.grad_fn.metadata == {}
    y.grad_fn.metadata["name"] = "y"
    x._edge.metadata["name"] = "x"
    assert y.grad_fn.metadata == {"name": "y"} and y.grad_fn.next_functions[0][0].metadata == {"name": "x"}
    y.sum().backward()
    assert x.grad.tolist() == [2.0, 2.0]


def versions(lib, increment):
    """The program of `test_versions_are_pytorchs`."""
    x = lib.ones(4)
    found = [x._version]
    x.add_(1)
    view = x[:2]
    found.append(view._version)
    view.mul_(2)
    found.append(x._version)
    other = x.detach()
    other.add_(1)
    found += [x._version, other._version, view._version]
    increment(x)
    found += [x._version, view._version, (x + 1)._version]
    del other
    reshaped = x.view(2, 2)
    reshaped[0] = 1
    found += [x._version, reshaped._version]
    x.zero_()
    x.copy_(lib.ones(4))
    found.append(x._version)
    x.numpy()
    found.append(x._version)
    parameter = lib.nn.Parameter(lib.ones(2))
    parameter.grad = lib.ones(2)
    optimizer = lib.optim.SGD([parameter], lr=0.1)
    for _ in range(3):
        optimizer.step()
    found.append(parameter._version)
    return found


def test_versions_count_changes_in_place():
    assert versions(polygrad, autograd.graph.increment_version) == [0, 1, 2, 3, 3, 3, 4, 4, 0, 5, 5, 7, 7, 3]
    with pytest.raises(AttributeError):
        polygrad.ones(1)._version = 3
    for wrong in (3, [3]):
        with pytest.raises(RuntimeError, match="increment_version"):
            autograd.graph.increment_version(wrong)


@pytest.mark.parity
def test_versions_are_pytorchs():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    expected = versions(torch, torch.autograd.graph.increment_version)
    assert versions(polygrad, autograd.graph.increment_version) == expected


def test_what_was_saved_may_change_in_place():
    x = polygrad.tensor([1.0, 2.0], requires_grad=True)
    with autograd.graph.allow_mutation_on_saved_tensors() as context:
        y = x.clone()
        z = (y * y).sum()
        y.zero_()
        z.backward()
        context.clear()
    assert x.grad.tolist() == [2.0, 4.0]


def test_variable():
    x = polygrad.ones(2, requires_grad=True)
    y = autograd.Variable(x * 2)
    assert isinstance(x, autograd.Variable) and not y.requires_grad and y.tolist() == [2.0, 2.0]
    assert autograd.Variable(x * 2, requires_grad=True).is_leaf
    with pytest.raises(TypeError, match="has to be a tensor, but got list"):
        autograd.Variable([1.0])
