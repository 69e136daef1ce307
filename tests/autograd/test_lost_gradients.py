"""Operations that could silently lose a gradient keep it, warn or raise."""

from __future__ import annotations

import warnings

import pytest

import polygrad
from polygrad import func


def leaf(*values):
    return polygrad.tensor(values, dtype=polygrad.float64, requires_grad=True)


@pytest.mark.parametrize("make", [polygrad.as_tensor, polygrad.asarray])
def test_tensors_in_lists_keep_their_gradient(make, backend):
    x, y = leaf(1.0, 2.0), leaf(3.0, 4.0)
    made = make([[x[0], y[1]], (2.5, x[1] * y[0])])
    assert made.tolist() == [[1.0, 4.0], [2.5, 6.0]] and made.dtype is polygrad.float64
    (made * polygrad.tensor([[1.0, 10.0], [100.0, 1000.0]], dtype=made.dtype)).sum().backward()
    assert x.grad.tolist() == [1.0, 3000.0] and y.grad.tolist() == [2000.0, 10.0]
    assert make([x, y]).requires_grad and make([x, y]).shape == (2, 2)
    assert make(x) is x


def test_types_and_places_of_lists_of_tensors():
    x = leaf(1.0, 2.0)
    assert polygrad.as_tensor([x[0], 1], dtype=polygrad.float32).dtype is polygrad.float32
    assert polygrad.as_tensor([polygrad.tensor(1), 2]).dtype is polygrad.int64
    assert polygrad.as_tensor([polygrad.tensor(1), 2.5]).dtype is polygrad.float32
    assert polygrad.as_tensor([polygrad.tensor(1, backend="strict"), 2]).backend.name == "strict"
    assert polygrad.as_tensor([x[0]], backend="strict").backend.name == "strict"
    polygrad.as_tensor([x[0]], backend="strict").sum().backward()
    assert x.grad.tolist() == [1.0, 0.0]
    with pytest.raises(ValueError, match=r"shapes that differ: \(2,\), \(\)"):
        polygrad.as_tensor([x, x[0]])


def test_assigning_a_list_of_tensors_keeps_their_gradient():
    x, y = leaf(1.0, 2.0), polygrad.zeros(2, dtype=polygrad.float64)
    y[:] = [x[1], x[0] * 3]
    y.sum().backward()
    assert y.tolist() == [2.0, 3.0] and x.grad.tolist() == [3.0, 1.0]


FUNCTIONS = {
    "as_tensor": lambda x: (polygrad.as_tensor([x[0], x[1] * x[0]]) ** 2).sum(),
    "stack": lambda x: (polygrad.stack([x[0], x[1] * x[0]]) ** 2).sum(),
}


@pytest.mark.parametrize(
    "transform",
    [
        lambda f, x: func.grad(f)(x),
        lambda f, x: func.jvp(f, (x,), (x,))[1],
        lambda f, x: func.hessian(f)(x),
        lambda f, x: func.vmap(func.grad(f))(polygrad.stack([x, 2 * x])),
        lambda f, x: polygrad.compile(func.grad(f))(x),
    ],
)
def test_lists_of_tensors_inside_of_transforms(transform):
    x = leaf(1.5, -2.0).detach()
    assert transform(FUNCTIONS["as_tensor"], x).tolist() == transform(FUNCTIONS["stack"], x).tolist()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda x: polygrad.tensor(x), "To copy construct from a tensor"),
        (lambda x: polygrad.tensor(x.detach()), "To copy construct from a tensor"),
        (lambda x: x.new_tensor(x), "To copy construct from a tensor"),
        (lambda x: polygrad.tensor([x[0], x[1]]), "Converting a tensor with requires_grad=True to a scalar"),
        (lambda x: polygrad.tensor([(1.0, x[0]), [x[1], 2.0]]), "Converting a tensor with requires_grad=True"),
        (lambda x: polygrad.full((2,), x[0]), "Converting a tensor with requires_grad=True"),
        (lambda x: x.new_full((2,), x[0]), "Converting a tensor with requires_grad=True"),
        (lambda x: polygrad.arange(x[1]), "Converting a tensor with requires_grad=True"),
        (lambda x: polygrad.linspace(0, x[1], 3), "Converting a tensor with requires_grad=True"),
        (lambda x: polygrad.logspace(0, x[1], 3), "Converting a tensor with requires_grad=True"),
    ],
)
def test_tensor_warns_of_a_gradient_that_it_leaves_behind(make, message):
    with pytest.warns(UserWarning, match=message) as caught:
        made = make(leaf(1.0, 2.0))
    assert not made.requires_grad and caught[0].filename == __file__


def test_tensor_of_what_has_no_gradient_does_not_warn():
    x = leaf(1.0, 2.0)
    assert polygrad.tensor([x.detach()[0], 3.0]).tolist() == [1.0, 3.0]
    with polygrad.no_grad():
        assert polygrad.tensor([x[0], x[1]]).tolist() == [1.0, 2.0]


@pytest.mark.parametrize("make", [lambda x: polygrad.tensor([x[0], x[1]]).sum(), lambda x: polygrad.tensor(x).sum()])
@pytest.mark.parametrize(
    "transform",
    [func.grad, func.jacrev, func.jacfwd, func.hessian, lambda f: lambda x: func.vjp(f, x), lambda f: func.vmap(func.grad(f))],
)  # fmt: skip
def test_tensor_inside_of_a_transform_raises(make, transform):
    x = polygrad.tensor([[1.0, 2.0], [3.0, 4.0]])
    with pytest.raises(RuntimeError, match="no derivative goes through|vmap: numpy"):
        transform(make)(x if "vmap" in transform.__code__.co_names else x[0])


@pytest.mark.filterwarnings("ignore:To copy construct")
def test_an_explicit_detach_is_what_was_asked_for():
    assert func.grad(lambda x: (x * polygrad.tensor(x.detach())).sum())(leaf(1.0, 2.0).detach()).tolist() == [1.0, 2.0]


# -- .grad of what is no leaf ----------------------------------------------------------------------------------------------


def test_a_lost_leaf_warns_at_the_line_that_reads_its_gradient():
    w = leaf(1.0)
    (w * w).sum().backward()
    w = w - 0.1 * w.grad
    (w * w).sum().backward()
    with pytest.warns(UserWarning, match=r"not a leaf Tensor.*w -= lr \* w.grad") as caught:
        assert w.grad is None
    assert caught[0].filename == __file__


def test_it_warns_once_for_each_place():
    y = leaf(1.0) * 2
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        for _ in range(3):
            assert y.grad is None
        assert y.grad is None
    assert len(caught) == 2


def test_what_does_not_warn():
    x = leaf(1.0)
    y = x * 2
    y.retain_grad()
    assert y.grad is None
    y.sum().backward()
    assert y.grad.tolist() == [1.0] and x.grad.tolist() == [2.0]
    assert x.detach().grad is None and (x.detach() * 2).grad is None and polygrad.zeros(1).grad is None
    z = x * 2
    z.grad = polygrad.ones(1, dtype=polygrad.float64)
    assert z.grad.tolist() == [1.0]
    z = x * 2
    z.backward(inputs=[z])
    assert z.grad.tolist() == [1.0]
    repr(x * 2), polygrad.nn.utils.parameters_to_vector([x * 2])
