"""Tensors that share memory behave as in PyTorch, on every backend, and arrays that others refer to never change.

``tests/cases/aliasing_expected.json`` has PyTorch 2.13's results for every program of the table, so that the comparison needs
no PyTorch; ``python -m tests.core.test_aliasing`` writes it anew.
"""

from __future__ import annotations

import gc
import json
import warnings
import weakref
from pathlib import Path

import numpy as np
import pytest

import polygrad
from tests.cases.aliasing_programs import PROGRAMS, WRITES_TO_EXPANDED, observed, raised

EXPECTED = Path(__file__).parents[1] / "cases" / "aliasing_expected.json"
RECORDED = json.loads(EXPECTED.read_text()) if EXPECTED.exists() else {}


@pytest.fixture(params=polygrad.backends.available())
def backend(request):
    with polygrad.use_backend(request.param) as chosen:
        yield chosen


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_gives_what_pytorch_gives(name, backend):
    assert observed(PROGRAMS[name](polygrad), polygrad) == RECORDED[name]


@pytest.mark.parity
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", PROGRAMS)
def test_the_recording_is_what_the_installed_pytorch_gives(name):
    torch = pytest.importorskip("torch")
    assert observed(PROGRAMS[name](torch), torch) == RECORDED[name]


@pytest.mark.parametrize("name", [name for name in WRITES_TO_EXPANDED if name not in ("the data", "the detached")])
def test_gradients_of_writes_to_an_expanded_tensor_are_those_of_the_values(name, backend):
    def loss(first, second, number):
        base = polygrad.stack([first, second]).reshape(2, 1)
        x = base.expand(2, 3)
        raised(lambda: WRITES_TO_EXPANDED[name](polygrad, x, number))
        return (x * polygrad.arange(6.0).reshape(2, 3)).sum() + (base * base).sum() + 0 * number

    point = (1.0, 2.0, 7.0)
    leaves = [polygrad.tensor(value, requires_grad=True) for value in point]
    loss(*leaves).backward()
    for i, leaf in enumerate(leaves):  # a quadratic function: the central difference is the derivative
        above, below = ([value + step * (k == i) for k, value in enumerate(point)] for step in (1, -1))
        numeric = [loss(*map(polygrad.tensor, values)).item() for values in (above, below)]
        assert leaf.grad.item() == (numeric[0] - numeric[1]) / 2


# -- arrays that others refer to never change, apart from those of `numpy()`: see test_numpy_memory------------------------

WRITES = {
    "add_": lambda x: x.add_(1),
    "operator": lambda x: x.__imul__(2),
    "sub_ of an array": lambda x: x.sub_(x.clone()),
    "divide": lambda x: x.div_(3),
    "zero_": lambda x: x.zero_(),
    "fill_": lambda x: x.fill_(7),
    "copy_": lambda x: x.copy_(polygrad.zeros_like(x)),
    "slice": lambda x: x.__setitem__(slice(0, 1), 9),
    "row view": lambda x: x[0].mul_(-1),
    "transposed view": lambda x: x.T.add_(5),
    "mask": lambda x: x.__setitem__(x > 0, -1),
    "mask with a tensor": lambda x: x.__setitem__(x > -100, polygrad.zeros(6, backend=x.backend)),
    "index": lambda x: x.__setitem__(polygrad.tensor([1], backend=x.backend), 9),
    "masked_fill_": lambda x: x.masked_fill_(x > 0, -1),
    "data": lambda x: x.data.add_(1),
    "exp_": lambda x: x.exp_(),
}


def fresh():
    return polygrad.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])


@pytest.mark.parametrize("write", WRITES)
def test_a_write_changes_the_tensor(write, backend):
    x = fresh()
    before = x.tolist()
    WRITES[write](x)
    assert x.tolist() != before


HOLDERS = {
    "the native array": lambda x: x.array,
    "NumPy's array": lambda x: np.array(x),
    "a copy": lambda x: x.clone().numpy(),
    "another type": lambda x: x.to(polygrad.float64).numpy(),
    "a result": lambda x: (x + 0).numpy(),
    "a tensor made of it": lambda x: polygrad.tensor(x).numpy(),
    "a list of it": lambda x: x.tolist(),
}


@pytest.mark.filterwarnings("ignore:To copy construct")
@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("holder", HOLDERS)
def test_a_write_changes_nothing_that_was_handed_out(write, holder, backend):
    x = fresh()
    held = HOLDERS[holder](x)
    to_list = lambda value: value if isinstance(value, list) else backend.to_numpy(value).tolist()  # noqa: E731
    before = to_list(held) if holder == "the native array" else np.asarray(held).tolist()
    WRITES[write](x)
    assert (to_list(held) if holder == "the native array" else np.asarray(held).tolist()) == before


def receivers():
    """What other libraries make of a tensor."""
    yield np.asarray
    yield np.array
    yield np.from_dlpack
    yield lambda x: np.from_dlpack(x, copy=True)
    yield lambda x: x.numpy()
    yield lambda x: np.ma.asarray(x)
    try:
        import torch
    except ImportError:
        return
    yield from (torch.tensor, torch.as_tensor, torch.asarray, torch.from_dlpack)


@pytest.mark.filterwarnings("ignore")
def test_what_others_write_changes_no_value_that_the_graph_saved(backend):
    written = 0
    for receive in receivers():
        w, x = polygrad.ones(3, requires_grad=True), polygrad.tensor([1.0, 2.0, 3.0])
        y = (w * x).sum()
        theirs = receive(x)
        z = (w * x).sum()
        try:
            theirs[:] = 7
            written += 1
        except (ValueError, TypeError):  # read-only
            pass
        (y + z).backward()
        assert w.grad.tolist() == [2.0, 4.0, 6.0], receive
        assert x.tolist() in ([1.0, 2.0, 3.0], [7.0, 7.0, 7.0])  # NumPy's arrays share memory, on NumPy
    assert written  # functions that return new memory, or share it


@pytest.mark.parametrize("write", WRITES)
def test_a_write_changes_no_value_that_the_graph_saved(write, backend):
    w = polygrad.tensor([[2.0, 2.0, 2.0], [3.0, 3.0, 3.0]], requires_grad=True)
    x = fresh()
    before = x.tolist()
    y = (w * x).sum()  # saves x
    WRITES[write](x)
    y.backward()
    assert w.grad.tolist() == before


@pytest.mark.parametrize("write", WRITES)
def test_a_write_under_no_grad_changes_no_saved_result(write, backend):
    w = polygrad.tensor([[0.0, 0.0, 0.0], [1.0, 1.0, 1.0]], requires_grad=True)
    y = w.exp()  # saves its own result
    with polygrad.no_grad():
        before = y.tolist()
        WRITES[write](y)
    y.sum().backward()
    assert w.grad.tolist() == before


def test_a_write_to_a_saved_tensor_gives_the_gradient_of_what_was_computed(backend):
    """PyTorch raises here (its memory is overwritten); polygrad's saved value is still there."""
    x = polygrad.tensor([1.0, 2.0], requires_grad=True)
    y = x * 3
    z = (y * y).sum()
    y.add_(100)
    z.backward()
    assert x.grad.tolist() == [18.0, 36.0]


def test_an_operand_that_overlaps_what_is_written_counts_as_copied_first(backend):
    """PyTorch raises for the first of these."""
    x = polygrad.tensor([[1.0, 2.0], [3.0, 4.0]])
    x.add_(x.T)
    assert x.tolist() == [[2.0, 5.0], [5.0, 8.0]]
    y = polygrad.arange(5)
    y[1:] = y[:-1]
    assert y.tolist() == [0, 0, 1, 2, 3]
    y[:-1] = y[1:]
    assert y.tolist() == [0, 1, 2, 3, 3]
    y[y] = polygrad.tensor([4, 3, 2, 1, 0])
    assert y.tolist() == [4, 3, 2, 0, 3]
    z = polygrad.tensor([[False, True], [False, False]])
    z[z.T] = True
    assert z.tolist() == [[False, True], [True, False]]


def test_pieces_that_requires_grad_may_be_written_to(backend):
    """PyTorch forbids it for what unbind, split and chunk return."""
    x = polygrad.tensor([1.0, 2.0, 3.0, 4.0], requires_grad=True)
    y = x * 1
    first, second = y.chunk(2)
    first.mul_(10)
    (y * y).sum().backward()
    assert x.grad.tolist() == [200.0, 400.0, 6.0, 8.0] and second.tolist() == [3.0, 4.0]


def test_a_buffer_that_is_reused_changes_no_tensor(backend):
    buffer = np.zeros(3, dtype=np.float32)
    batches = []
    for number in range(3):
        buffer[:] = number
        batches.append((polygrad.from_numpy(buffer), polygrad.tensor(buffer), polygrad.as_tensor(buffer)))
    buffer[:] = -1
    assert all(x.tolist() == [number] * 3 for number, batch in enumerate(batches) for x in batch)


@pytest.mark.filterwarnings("ignore:To copy construct")
def test_a_tensor_of_a_tensor_does_not_share_memory(backend):
    x = fresh()
    y = polygrad.tensor(x)
    y.zero_()
    x[0, 0] = 50
    assert x.tolist()[1] == [4.0, 5.0, 6.0] and not y.any()


def test_a_failed_write_changes_nothing(backend):
    x = fresh()
    view = x[0]
    for write in (
        lambda: x.add_(polygrad.ones(4)), lambda: x.__setitem__(0, polygrad.ones(4)), lambda: x.__setitem__((5, 0), 1),
        lambda: x.copy_(polygrad.ones(3, 3)), lambda: x.__setitem__(polygrad.tensor([7]), 1),
        lambda: view.mul_(fresh()),
        lambda: x.__setitem__(x > 0, polygrad.ones(4)), lambda: x.masked_fill_(polygrad.tensor([True, False]), 1.0),
        lambda: x.fill_(polygrad.ones(2)), lambda: x.add_("1"), lambda: x.__setitem__("a", 1), lambda: x.fill_(1j),
    ):  # fmt: skip
        with pytest.raises((RuntimeError, IndexError, TypeError, ValueError)):
            write()
    assert x.tolist() == [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]] and view.tolist() == [1.0, 2.0, 3.0]


# -- graph and memory --------------------------------------------------------------------------------------------------


def test_a_detached_tensor_keeps_no_graph_alive(backend):
    x = polygrad.ones(3, requires_grad=True)
    y = x * 2
    node = weakref.ref(y.grad_fn)
    detached, data, part = y.detach(), y.data, y[0].detach()
    del y
    gc.collect()
    assert node() is None
    detached[0] = 5
    assert data.tolist() == [5.0, 2.0, 2.0] and part.tolist() == 5.0


def test_views_and_their_bases_make_no_cycles(backend):
    gc.collect()
    gc.disable()
    try:
        x = fresh()
        views = [x[0], x.T, x.view(-1)[2:], x.detach(), x.detach()[1], x.expand(2, 2, 3)]
        x.add_(1)
        views[0].mul_(2)
        dead = [weakref.ref(one) for one in [x, *views]]
        del x, views
        assert all(reference() is None for reference in dead)
    finally:
        gc.enable()


def test_a_long_chain_of_views_can_be_written_to(backend):
    x = polygrad.zeros(2)
    view = x
    for _ in range(3000):
        view = view[:]
    view += 1
    x += 1
    assert x.tolist() == view.tolist() == [2.0, 2.0]


def test_a_tensor_forgets_its_dead_views(backend):
    x = fresh()
    for _ in range(1000):
        x[0], x.T, x.detach()
    assert len(x._views) < 200


# -- overwriting, on a backend that can --------------------------------------------------------------------------------


def memory(x):
    """Where the memory of a NumPy tensor is."""
    return x.array.__array_interface__["data"][0]


KEPT = {
    "add a number": lambda x: x.add_(1),
    "add": lambda x: x.add_(x.clone()),
    "scaled add": lambda x: x.add_(x.clone(), alpha=0.5),
    "operators": lambda x: x.__iadd__(1).__imul__(2).__isub__(3).__itruediv__(4),
    "row": lambda x: x.__setitem__(500, 1),
    "a row of another tensor": lambda x: x.__setitem__(500, polygrad.ones(1000)),
    "a view's row": lambda x: x.T[3].fill_(2),
    "row += number": lambda x: x[500].add_(1),
    "row *= row": lambda x: x[500].mul_(x[500]),
    "fill_": lambda x: x.fill_(3),
    "zero_": lambda x: x.zero_(),
    "copy_": lambda x: x.copy_(polygrad.ones(1000, 1000)),
    "copy_ of another type": lambda x: x.copy_(polygrad.ones(1000, 1000, dtype=polygrad.int64)),
    "copy_ broadcast": lambda x: x.copy_(polygrad.ones(1000)),
    "mask": lambda x: x.__setitem__(x == 0, 1),
    "masked_fill_": lambda x: x.masked_fill_(x == 0, 1),
    "index": lambda x: x.__setitem__(polygrad.tensor([1, 2]), 5),
    "index tensors": lambda x: x.__setitem__((slice(None), polygrad.tensor([1, 2])), polygrad.ones(1000, 2)),
    "data": lambda x: x.data.add_(1),
    "data row": lambda x: x.data[3].zero_(),
}


@pytest.mark.parametrize("write", KEPT)
@pytest.mark.parametrize("viewed", ["alone", "row", "transpose", "several", "detached"])
def test_writing_does_not_copy_a_buffer_that_only_its_views_see(write, viewed):
    x = polygrad.zeros(1000, 1000)
    views = {
        "alone": list, "row": lambda: [x[3]], "transpose": lambda: [x.T], "detached": lambda: [x.detach(), x.data[1]],
        "several": lambda: [x[0], x[1:][:, 2], x.T[5], x.view(-1), x.expand(2, 1000, 1000)],
    }[viewed]()  # fmt: skip
    where = memory(x)
    KEPT[write](x)
    assert memory(x) == where
    for view in views:
        assert np.shares_memory(view.array, x.array)
    if views:
        assert np.array_equal(
            views[0].numpy(), {"transpose": x.T, "detached": x}.get(viewed, x[3 if viewed == "row" else 0]).numpy()
        )


def test_writing_copies_once_where_somebody_else_holds_the_memory():
    x = polygrad.zeros(1000, 1000)
    held = x.array
    where = memory(x)
    x[0] = 1
    assert memory(x) != where and not held.any()
    where = memory(x)
    x[1] = 1
    assert memory(x) == where


def test_a_view_whose_array_is_a_copy_follows_a_write_to_the_memory():
    x = polygrad.tensor([[1.0, 2.0], [3.0, 4.0]])
    lines = x.T[None].diagonal(0, 1, 2)  # the middle step is a reshape that NumPy can only copy
    where = memory(x)
    x.add_(10)
    assert memory(x) == where and lines.tolist() == [[11.0, 14.0]]
    lines.zero_()
    assert x.tolist() == [[0.0, 12.0], [13.0, 0.0]]


def test_the_in_place_kernels_give_what_the_operations_give():
    numbers = [[1.5, -2.0, 0.0], [4.0, float("inf"), 6.0]]
    for operation in ("add", "sub", "mul", "div"):
        for other in (
            2,
            2.5,
            True,
            polygrad.tensor([1.0, 2.0, 3.0]),
            polygrad.tensor(2),
            np.float64(2.0),
            np.float32(0.5),
        ):
            for dtype in (polygrad.float32, polygrad.float64, polygrad.complex64):
                x = polygrad.tensor(numbers, dtype=dtype)
                expected = getattr(x, operation)(other)
                where = memory(x)
                getattr(x, operation + "_")(other)
                assert x.dtype is dtype and np.array_equal(x.numpy(), expected.to(dtype).numpy(), equal_nan=True)
                assert memory(x) == where or type(other) not in (int, float, bool)


def test_a_python_integer_too_large_for_the_type_says_so_and_changes_nothing():
    x = polygrad.tensor([1, 2], dtype=polygrad.int8)
    with pytest.raises((OverflowError, RuntimeError, ValueError)):
        x += 1000
    assert x.tolist() == [1, 2]


if __name__ == "__main__":
    import torch

    warnings.simplefilter("ignore")
    lines = [f"{json.dumps(name)}: {json.dumps(observed(run(torch), torch))}" for name, run in PROGRAMS.items()]
    EXPECTED.write_text("{\n" + ",\n".join(lines) + "\n}\n")
