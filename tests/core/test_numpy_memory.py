"""Memory that ``numpy()`` shares: both sides may write to it, and saved values of a graph never change."""

from __future__ import annotations

import gc
import random

import numpy as np
import pytest

import polygrad
from polygrad.utils.checkpoint import checkpoint
from tests.cases.operations import ALL_ROWS, is_inexact, sample_operands
from tests.cases.random_views import assert_close, choose_view, choose_write

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


def spoil(arrays):
    """Write to all arrays what changes every gradient that depends on it."""
    for a in arrays:
        a[...] = ~a if a.dtype == bool else 0 if a.dtype.kind in "iu" else np.nan


class TestOperations:
    """Whatever is written to what any operation has taken or given, its gradients are those of the values it had."""

    @staticmethod
    def derivatives(row, spoils: bool) -> list[np.ndarray]:
        operands = [polygrad.tensor(a) for a in sample_operands(row, 0, row.kinds[0])]
        held = [x.numpy() for x in operands] if spoils else []
        for x in operands:
            x.requires_grad_(is_inexact(x.numpy()) and row.name != "nextafter")
        outputs = [y for y in row.call(0, operands) if isinstance(y, polygrad.Tensor)]
        values = [np.array(y.detach().tolist()) for y in outputs]
        held += [y.detach().numpy() for y in outputs] if spoils else []
        spoil(held)
        varying, inputs = [y for y in outputs if y.requires_grad], [x for x in operands if x.requires_grad]
        if not varying or not inputs:
            return values
        rng = np.random.default_rng(0)
        seeds = [polygrad.tensor(rng.standard_normal(tuple(y.shape)), dtype=y.dtype) for y in varying]
        held = [x.numpy() for x in seeds] if spoils else []
        for x in seeds:
            x.requires_grad_(row.orders > 1)
        first = polygrad.autograd.grad(varying, inputs, seeds, allow_unused=True, create_graph=row.orders > 1)
        first = [g for g in first if g is not None]
        values += [np.array(g.detach().tolist()) for g in first]
        held += [g.detach().numpy() for g in first] if spoils else []
        spoil(held)
        again = [g for g in first if g.requires_grad]
        if again:
            seeds = [polygrad.ones_like(g) for g in again]
            second = polygrad.autograd.grad(again, inputs, seeds, allow_unused=True)
            values += [np.array(g.tolist()) for g in second if g is not None]
        return values

    @pytest.mark.parametrize("row", ALL_ROWS, ids=lambda row: row.name)
    def test_gradients_do_not_see_what_numpy_writes(self, row):
        for one, other in zip(self.derivatives(row, False), self.derivatives(row, True), strict=True):
            np.testing.assert_array_equal(other, one)


class TestRandomPrograms:
    """A write by NumPy is a write in place to a detached tensor."""

    @staticmethod
    def run(seed: int, grad: bool, by_numpy: bool):
        choose = random.Random(seed)
        x = polygrad.arange(12.0, dtype=polygrad.float64).reshape(3, 4).clone().requires_grad_(grad)
        weight = polygrad.tensor(1.5, dtype=polygrad.float64, requires_grad=grad)
        seen, sums, held = [x * 1], [], []
        for _ in range(choose.randrange(4, 16)):
            t, other, kind = choose.choice(seen), choose.choice(seen), choose.random()
            if kind < 0.3:
                seen.append(choose_view(choose, t))
            elif kind < 0.35:
                seen.append(t.detach())
            elif kind < 0.45:
                sums.append((t * t).sum())
            elif kind < 0.5 and len(seen) > 2:
                del seen[choose.randrange(1, len(seen))]
            elif kind < 0.65:
                # Expanded tensors, and diagonals of transposed ones, have no window.
                if np.shares_memory(t.detach().numpy(), t._view_chain()[-1].numpy(force=True)):
                    held.append(t.detach().numpy() if by_numpy else t.detach())
            elif kind < 0.7 and held:
                del held[choose.randrange(len(held))]
            elif kind < 0.85 and held:
                choose.choice(held)[...] = choose.random()
            else:
                choose_write(polygrad, choose, t, other, weight)
        result = [t.tolist() for t in (*seen, *sums, *held)]
        varying = [(t * t).sum() for t in seen if t.requires_grad] + [s for s in sums if s.requires_grad]
        if varying:
            gradients = polygrad.autograd.grad(sum(varying), [x, weight], allow_unused=True)
            result += [None if g is None else g.tolist() for g in gradients]
        return result

    @pytest.mark.parametrize("grad", [False, True])
    def test_values_and_gradients(self, grad):
        compared = 0
        for seed in range(1500):
            try:
                expected = self.run(seed, grad, False)
            except RuntimeError:  # programs with a forbidden write
                continue
            assert_close(self.run(seed, grad, True), expected)
            compared += 1
        assert compared > 1000


def saved_by_function(x, w):
    class Product(polygrad.autograd.Function):
        @staticmethod
        def forward(ctx, x, w):
            ctx.save_for_backward(x, w)
            return x * w

        @staticmethod
        def backward(ctx, g):
            x, w = ctx.saved_tensors
            return g * w, g * x

    return Product.apply(x, w)


def saved_by_setup(x, w):
    class Product(polygrad.autograd.Function):
        @staticmethod
        def forward(x, w):
            return x * w

        @staticmethod
        def setup_context(ctx, inputs, output):
            ctx.save_for_backward(*inputs)

        @staticmethod
        def backward(ctx, g):
            x, w = ctx.saved_tensors
            return g * w, g * x

    return Product.apply(x, w)


WAYS = {
    "an operation": lambda x, w: x * w,
    "an operation with its result": lambda x, w: (x * w).exp().log(),
    "a view": lambda x, w: x[:] * w,
    "an alias": lambda x, w: x.detach() * w,
    "a parameter": lambda x, w: polygrad.nn.Parameter(x) * w,
    "a Function": saved_by_function,
    "a Function with setup_context": saved_by_setup,
    "checkpoint": lambda x, w: checkpoint(lambda x, w: x * w, x, w, use_reentrant=False),
    "compile": lambda x, w: polygrad.compile(lambda x, w: x * w)(x, w),
    "functional_call": lambda x, w: polygrad.func.vmap(lambda x, w: x * w)(x, w),
    "stack": lambda x, w: polygrad.stack([x, x])[0] * w,
    "to": lambda x, w: x.to(x.dtype) * w,
    "contiguous": lambda x, w: x.contiguous() * w,
    "mul_": lambda x, w: (w * 1).mul_(x),
    "addcmul_": lambda x, w: (w * 0).addcmul_(x, w),
    "einsum": lambda x, w: polygrad.einsum("i,i->i", x, w),
    "scan": lambda x, w: polygrad.scan(lambda carry, w: (carry, carry * w), x.sum() / 2, w)[1],
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("when", ["before", "after"])
def test_no_way_of_recording_sees_what_numpy_writes(backend, way, when):
    x, w = polygrad.tensor([2.0, 4.0]), polygrad.ones(2, requires_grad=True)
    held = [x.numpy()] if when == "before" else []
    y = WAYS[way](x, w)
    held += [x.numpy(), y.detach().numpy()]
    for a in held:
        a += 100
    y.sum().backward()
    expected = [3.0, 3.0] if way == "scan" else [2.0, 4.0]
    assert w.grad.tolist() == pytest.approx(expected)


def test_the_idiom_of_programs(backend):
    array = polygrad.tanh(polygrad.zeros(3)).numpy()
    array += 1
    array[0] = 5
    assert array.tolist() == [5, 1, 1] and array.flags.writeable


@pytest.mark.parametrize(
    "value",
    [
        lambda: polygrad.zeros(3),
        lambda: polygrad.zeros(3).sum(),
        lambda: polygrad.zeros(2, 3)[0],
        lambda: polygrad.zeros(2, 3).t(),
        lambda: polygrad.zeros(3).expand(2, 3),
        lambda: polygrad.zeros(3, requires_grad=True).detach(),
        lambda: (polygrad.zeros(3, requires_grad=True) * 2).detach(),
        lambda: polygrad.zeros(3, dtype=polygrad.complex64).real,
        lambda: polygrad.zeros(0, 3),
        lambda: polygrad.zeros(3, dtype=polygrad.bool),
        lambda: polygrad.from_numpy(np.zeros(3), copy=False),
    ],
)
def test_every_array_can_be_written_to(backend, value):
    x = value()
    array = x.numpy()
    assert array.flags.writeable and type(array) is np.ndarray
    assert array.shape == tuple(x.shape) and array.tolist() == x.tolist()
    array[...] = 1
    assert np.all(array == 1)


class TestSharing:
    """On a backend whose memory NumPy sees."""

    @pytest.fixture
    def x(self):
        return polygrad.zeros(2, 3)

    def test_numpys_writes_reach_the_tensor_its_views_and_its_aliases(self, x):
        row, alias, first = x[0], x.detach(), x[0, 0]
        array = x.numpy()
        array[...] = 5
        assert x.sum() == 30 and row.sum() == 15 and alias.sum() == 30 and first == 5
        assert x[1].tolist() == [5, 5, 5] and x.t()[2].tolist() == [5, 5]

    def test_the_tensors_writes_reach_the_array(self, x):
        array, corner = x.numpy(), x[:1, :1].numpy()
        x.add_(1)
        x[0] *= 3
        x[1].copy_(polygrad.arange(3.0))
        x.masked_fill_(x == 2, 7)
        x[0].sub_(x[1])
        assert array.tolist() == x.tolist() == [[3, 2, -4], [0, 1, 7]] and corner.tolist() == [[3]]

    def test_an_array_of_a_view_is_a_window_of_the_base(self, x):
        x[1].numpy()[...] = 4
        x.t().numpy()[0] = 6
        assert x.tolist() == [[6, 0, 0], [6, 4, 4]]

    def test_a_leaf_is_filled_under_no_grad(self):
        layer = polygrad.nn.Linear(2, 1)
        layer.weight.data.numpy()[...] = [[2.0, 3.0]]
        layer.bias.detach().numpy()[:] = 1
        assert layer(polygrad.ones(1, 2)).item() == 6

    def test_a_recorded_write_reaches_the_array(self, x):
        w, array = polygrad.ones(3, requires_grad=True), x.numpy()
        x[0] = w * 2
        assert array.tolist() == [[2, 2, 2], [0, 0, 0]]
        y = x * x
        array[...] = 9
        y.sum().backward()
        assert w.grad.tolist() == [8, 8, 8] and x.sum() == 54

    def test_an_optimizer_steps_the_array_too(self):
        for make in (polygrad.optim.SGD, polygrad.optim.Adam):
            w = polygrad.ones(3, requires_grad=True)
            array = w.detach().numpy()
            optimizer = make([w], lr=0.5)
            w.sum().backward()
            optimizer.step()
            assert array.tolist() == pytest.approx([0.5] * 3) and w.tolist() == array.tolist()

    def test_gradients_accumulate_into_the_array(self):
        w = polygrad.ones(3, requires_grad=True)
        w.sum().backward()
        array = w.grad.numpy()
        (w * 2).sum().backward()
        assert array.tolist() == [3, 3, 3]
        array[...] = 0
        assert w.grad.tolist() == [0, 0, 0]

    def test_a_gradient_that_two_leaves_have_is_written_for_one(self):
        v, w = polygrad.ones(2, requires_grad=True), polygrad.ones(2, requires_grad=True)
        (v + w).sum().backward()
        v.grad.numpy()[...] = 5
        assert w.grad.tolist() == [1, 1]

    def test_assigning_data_leaves_the_array_behind(self, x):
        array = x.numpy()
        x.data = polygrad.ones(2, 3)
        assert array.sum() == 0 and x.sum() == 6
        array[...] = 3
        assert x.sum() == 6

    def test_a_compiled_function_reads_and_writes_it(self, x):
        state = polygrad.zeros(3)

        @polygrad.compile
        def step(x):
            state.add_(x.sum(0))
            return x * 2

        arrays = x.numpy(), state.numpy()
        for count in range(1, 4):
            arrays[0][...] = count
            assert step(x).tolist() == [[2 * count] * 3] * 2
        assert arrays[1].tolist() == state.tolist() == [12, 12, 12]
        del arrays
        assert step(x).sum() == 36 and state.tolist() == [18, 18, 18]

    def test_a_transform_reads_it_and_restores_it(self, x):
        array = x.numpy()
        array[...] = 2
        assert polygrad.func.grad(lambda w: (w * x).sum())(x).tolist() == x.tolist()
        with pytest.raises(RuntimeError, match="from outside"):
            polygrad.vmap(lambda row: x[0].add_(row))(polygrad.ones(2, 3))
        array[...] = 3
        assert x.sum() == 18

    def test_the_loan_ends_with_the_array(self, x):
        kind = type(x._data)
        array = x.numpy()[0]
        row = x[0]
        assert type(x._data) is not kind
        del array
        gc.collect()
        assert (x + row).sum() == 0 and type(x._data) is type(row._data) is kind

    def test_what_is_printed_copied_and_saved_is_the_present_value(self, x, tmp_path):
        import copy
        import pickle

        array = x.numpy()
        array[...] = 1
        text = "tensor([[1., 1., 1.],\n        [1., 1., 1.]])"
        polygrad.save(x, tmp_path / "x")
        copies = [
            copy.deepcopy(x),
            copy.copy(x),
            pickle.loads(pickle.dumps(x)),
            polygrad.load(tmp_path / "x"),
            x.clone(),
        ]
        assert [repr(one) for one in (x, *copies)] == [text] * 6
        assert (
            x.shape == (2, 3) and x.dtype is polygrad.float32 and x.device.type == "cpu" and x.backend.name == "numpy"
        )


@pytest.mark.backend("strict")
def test_asarray_shares_nothing_with_another_backend():
    for source in (polygrad.ones(2), np.ones(2)):
        with pytest.raises(ValueError, match="asarray"):
            polygrad.asarray(source, backend="strict", copy=False)


@pytest.mark.parametrize("cut", [lambda x: x.split(1)[1], lambda x: x.unbind(0)[1], lambda x: x.chunk(3)[1]])
def test_parts_of_shared_memory_share_it(cut):
    x = polygrad.tensor([[1.0], [2.0], [3.0]])
    window = x.numpy()
    part = cut(x)
    window[1] = 9.0
    assert part.tolist() in ([[9.0]], [9.0])
    other = part.numpy()
    other[...] = 7.0
    assert x.tolist() == [[1.0], [7.0], [3.0]]
    x[1] = 5.0
    assert part.sum().item() == 5.0 and float(other.sum()) == 5.0
