"""Views of chosen strides and of windows, and other functions that PyTorch has for memory, positions and settings."""

from __future__ import annotations

import numpy as np
import pytest

import polygrad


def test_writes_reach_the_memory_of_a_strided_view(backend):
    x = polygrad.zeros(3, 4)
    x.T.as_strided((2, 2), (5, 2)).add_(1)
    x.unfold(1, 2, 2)[2, 1].fill_(7)
    assert x.tolist() == [[1, 0, 1, 0], [0, 1, 0, 1], [0, 0, 7, 7]]
    view = x[1:].as_strided((3,), (1,), 0)  # before the elements of x[1:]
    x[0, 0] = 9
    assert view.tolist() == [9, 0, 1]
    with pytest.raises(RuntimeError, match="single memory location"):
        x.unfold(0, 2, 1).fill_(1)
    with pytest.raises(RuntimeError, match="single memory location"):
        x.as_strided((2, 2), (1, 1)).fill_(1)
    y = polygrad.arange(6)
    assert y.as_strided_((2, 2), (3, 2)).tolist() == [[0, 2], [3, 5]]


def test_gradients_of_overlapping_elements_add_up(backend):
    x = polygrad.ones(4, requires_grad=True)
    x.unfold(0, 2, 1).sum().backward()
    assert x.grad.tolist() == [1, 2, 2, 1]
    y = x.detach().requires_grad_()
    (polygrad.as_strided(y * 2, (2, 2), (1, 1)) ** 2).sum().backward()
    assert y.grad.tolist() == [8, 16, 8, 0]
    written = polygrad.as_strided_scatter(y, polygrad.zeros(2), (2,), (2,), 1)
    assert polygrad.autograd.grad(written.sum(), y)[0].tolist() == [1, 0, 1, 0]


@pytest.mark.parametrize(
    "view",
    [
        lambda x: x[1:, 2], lambda x: x.T[1], lambda x: x.diagonal(1), lambda x: x.diagonal(-1), lambda x: x[None, ..., -1],
        lambda x: x.unfold(1, 2, 2)[:, 1], lambda x: x.as_strided((2,), (1,), 3)[1:], lambda x: x.expand(2, 3, 4)[1, 2],
    ],
)  # fmt: skip
def test_offsets_are_those_of_pytorch_s_memory(view):
    positions = np.arange(12).reshape(3, 4)
    found = view(polygrad.tensor(positions))
    assert found.storage_offset() == found.reshape(-1)[0].item()
    again = polygrad.tensor(positions).as_strided(found.shape, found.stride(), found.storage_offset())
    assert again.tolist() == found.tolist()


def test_strided_views_are_compiled_and_batched(backend):
    function = lambda x: (x.unfold(0, 2, 1).sin() * x.as_strided((3, 2), (1, 1))).sum()  # noqa: E731
    x = polygrad.tensor([1.0, 2.0, 3.0, 4.0])
    assert polygrad.compile(function)(x).item() == pytest.approx(function(x).item())
    windows = polygrad.vmap(lambda row: row.unfold(0, 2, 2))(polygrad.stack([x, -x]))
    assert windows.tolist() == [[[1, 2], [3, 4]], [[-1, -2], [-3, -4]]]


X = polygrad.tensor([1.0, 2.0, 3.0])
REFUSED = {
    "as_strided": (lambda: X.as_strided((2,), (3,)), RuntimeError, "beyond the memory of 3"),
    "as_strided, offset": (lambda: X.as_strided((2,), (1,), -1), RuntimeError, "beyond the memory"),
    "as_strided, lengths": (lambda: X.as_strided((2,), (1, 1)), RuntimeError, "equal lengths"),
    "as_strided, negative": (lambda: X.as_strided((2,), (-1,)), RuntimeError, "negative strides"),
    "as_strided_scatter": (lambda: X.as_strided_scatter(X, (2,), (1,)), RuntimeError, "shape of the part"),
    "unfold, size": (lambda: X.unfold(0, 4, 1), RuntimeError, "size is 4"),
    "unfold, step": (lambda: X.unfold(0, 2, 0), RuntimeError, "larger than 0"),
    "fill": (lambda: polygrad.fill(X, X), RuntimeError, "0-dimension"),
    "fill_diagonal_": (lambda: X.clone().fill_diagonal_(1), RuntimeError, "have a diagonal"),
    "fill_diagonal_, lengths": (lambda: polygrad.ones(2, 2, 3).fill_diagonal_(1), RuntimeError, "equal lengths"),
    "sum_to_size": (lambda: X.sum_to_size(2), RuntimeError, "not expandable"),
    "combinations": (lambda: polygrad.combinations(X[None]), RuntimeError, "vector"),
    "unravel_index": (lambda: polygrad.unravel_index(X, (3,)), TypeError, "integer type"),
    "unravel_index, shape": (lambda: polygrad.unravel_index(X.long(), -3), ValueError, "negative"),
    "frombuffer": (lambda: polygrad.frombuffer(b"123", dtype=polygrad.int16), ValueError, "whole number"),
    "frombuffer, offset": (lambda: polygrad.frombuffer(b"12", dtype=polygrad.int8, offset=2), ValueError, "outside"),
    "frombuffer, count": (lambda: polygrad.frombuffer(b"12", dtype=polygrad.int8, count=3), ValueError, "exceed"),
    "frombuffer of a list": (lambda: polygrad.frombuffer([1], dtype=polygrad.int8), ValueError, "buffer protocol"),
    "apply_": (lambda: X.clone().requires_grad_().apply_(abs), RuntimeError, "requires grad"),
    "cauchy_": (lambda: X.clone().cauchy_(0, 0), RuntimeError, "sigma"),
    "geometric_": (lambda: X.clone().geometric_(1), RuntimeError, "less than 1"),
    "log_normal_": (lambda: X.clone().log_normal_(1, 0), RuntimeError, "std"),
    "set_num_threads": (lambda: polygrad.set_num_threads(0), RuntimeError, "positive int"),
    "precision": (lambda: polygrad.set_float32_matmul_precision("low"), ValueError, "highest"),
    "deterministic": (lambda: polygrad.use_deterministic_algorithms(1), TypeError, "bool"),
    "delete": (lambda: X.__delitem__(0), TypeError, "deleting"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_wrong_arguments(name):
    call, error, message = REFUSED[name]
    with pytest.raises(error, match=message):
        call()


def test_choices_and_positions(backend):
    x = polygrad.tensor([1, 2, 3])
    assert polygrad.combinations(x, 2, True).tolist() == [[1, 1], [1, 2], [1, 3], [2, 2], [2, 3], [3, 3]]
    assert polygrad.combinations(x, 0).shape == (0,) and polygrad.combinations(x, 4).shape == (0, 4)
    rows, columns = polygrad.unravel_index(polygrad.tensor([[1, 5]]), (2, 3))
    assert rows.tolist() == [[0, 1]] and columns.tolist() == [[1, 2]]
    wrapped = polygrad.zeros(5, 2).fill_diagonal_(3, wrap=True)
    assert wrapped.tolist() == [[3, 0], [0, 3], [0, 0], [3, 0], [0, 3]]
    value = polygrad.tensor(2.0, requires_grad=True)
    polygrad.fill(polygrad.zeros(3), value).sum().backward()
    assert value.grad.item() == 3
    assert polygrad.ones(2, 3).sum_to_size(3).tolist() == [2, 2, 2]
    assert polygrad.arange(5).narrow_copy(0, 1, 2).tolist() == [1, 2]
    assert polygrad.ones(2, 3).swapaxes_(0, 1).shape == polygrad.ones(2, 3).swapdims_(0, 1).shape == (3, 2)
    assert polygrad.tensor([1.0, 4.0]).apply_(lambda v: v * 2).tolist() == [2, 8]
    with pytest.warns(UserWarning, match="deprecated"):
        assert polygrad.range(1, 2, 0.5).tolist() == [1.0, 1.5, 2.0]


def test_random_numbers_have_their_quantiles():
    polygrad.manual_seed(0)
    x = polygrad.zeros(20_000)
    assert np.quantile(x.cauchy_(1.0, 2.0).numpy(), [0.25, 0.5, 0.75]) == pytest.approx([-1, 1, 3], abs=0.1)
    assert x.log_normal_(0.5, 0.3).log().mean().item() == pytest.approx(0.5, abs=0.02)
    trials = x.geometric_(0.3)
    assert trials.mean().item() == pytest.approx(1 / 0.3, rel=0.03) and trials.min().item() == 1
    assert polygrad.zeros(4, dtype=polygrad.int64).geometric_(0.5).dtype is polygrad.int64


def test_settings():
    assert polygrad.get_num_threads() >= 1
    with pytest.warns(UserWarning, match="OPENBLAS_NUM_THREADS"):
        polygrad.set_num_threads(polygrad.get_num_threads() + 1)
    polygrad.set_float32_matmul_precision("high")
    assert polygrad.get_float32_matmul_precision() == "high"
    polygrad.set_float32_matmul_precision("highest")
    polygrad.use_deterministic_algorithms(True)
    with polygrad.use_backend("numpy"):
        polygrad.set_default_device("cpu")
        assert polygrad.get_default_device() == "cpu" and polygrad.ones(1).get_device() == -1
        polygrad.set_default_device(None)
    assert polygrad.typename(X) == "polygrad.FloatTensor" and polygrad.typename(3) == "int"
    assert polygrad.typename(polygrad.nn.Linear) == polygrad.typename(polygrad.nn.Linear(1, 1))
    assert not polygrad.is_storage(X)
    assert polygrad.detach(X.clone().requires_grad_()).requires_grad is False
