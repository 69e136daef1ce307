"""Errors say what happened, why, and what to write instead; and the failed call has changed nothing."""

import contextlib

import numpy
import pytest

import polygrad
import polygrad.nn as nn
from polygrad import optim, tensor

ALLOWED = (TypeError, ValueError, IndexError, RuntimeError)


def snapshot(x):
    grad = x.grad.tolist() if x.is_leaf and x.grad is not None else None
    return x.tolist(), grad, x.requires_grad, x.grad_fn, x.dtype, tuple(x.shape)


@contextlib.contextmanager
def raises(error, *texts, unchanged=()):
    """Assert that the block raises ``error`` with all ``texts`` in the message, and changes no tensor."""
    before = [snapshot(x) for x in unchanged]
    with pytest.raises(ALLOWED) as caught:
        yield
    assert isinstance(caught.value, error)
    for text in texts:
        assert text in str(caught.value)
    assert [snapshot(x) for x in unchanged] == before
    assert polygrad.is_grad_enabled()


@pytest.fixture
def x():
    """A leaf that has a gradient already."""
    x = tensor([1.0, 2.0], requires_grad=True)
    (x * 3).sum().backward()
    return x


def still_works(x, added=3.0):
    """The leaf can be used and differentiated afterwards."""
    before = x.grad.numpy().copy()
    (x * added).sum().backward()
    assert x.grad.numpy() == pytest.approx(before + added)


class TestBackward:
    def test_of_a_non_scalar_without_a_gradient(self, x):
        y = x * x
        texts = (
            "grad can be implicitly created only for scalar outputs",
            "this one has shape (2,)",
            "loss.sum().backward()",
            "loss.backward(polygrad.ones_like(loss))",
        )
        with raises(RuntimeError, *texts, unchanged=[x, y]):
            y.backward()
        y.backward(polygrad.ones_like(y))
        assert x.grad.tolist() == [5.0, 7.0]

    def test_twice(self, x):
        y = x * x
        y.sum().backward()
        texts = (
            "a second time",
            "<MultiplyBackward>",
            "the result of multiply, of shape (2,)",
            "retain_graph=True",
            "compute the result again",
            "x.detach()",
        )
        with raises(RuntimeError, *texts, unchanged=[x, y]):
            y.sum().backward()
        still_works(x)

    def test_twice_through_a_tensor_kept_from_the_last_step(self, x):
        state = tensor([0.0, 0.0])
        with raises(RuntimeError, "the result of tanh, of shape (2,)", "kept from an earlier step, use x.detach()"):
            for _ in range(2):
                state = (state + x).tanh()
                state.sum().backward()
        still_works(x)

    def test_of_a_tensor_that_needs_no_grad(self, x):
        texts = ("does not require grad and has no grad_fn", "shape ()", "no_grad()")
        with raises(RuntimeError, *texts):
            tensor(1.0).backward()
        with polygrad.no_grad():
            loss = (x * x).sum()
        with raises(RuntimeError, *texts, unchanged=[x]):
            loss.backward()

    def test_with_a_gradient_of_the_wrong_shape(self, x):
        y = x * x
        with raises(RuntimeError, "the gradient has shape (3,)", "has (2,)", unchanged=[x, y]):
            y.backward(polygrad.ones(3))
        with raises(RuntimeError, "the gradient has shape (1,)", unchanged=[x, y]):
            polygrad.autograd.grad(y, x, polygrad.ones(1))
        y.sum().backward()
        assert x.grad.tolist() == [5.0, 7.0]

    def test_with_a_gradient_that_is_no_tensor(self, x):
        y = x * x
        with raises(TypeError, "gradient is a Tensor or None, not ndarray", unchanged=[x, y]):
            y.backward(numpy.ones(2))
        with raises(TypeError, "not float", unchanged=[x, y]):
            y.sum().backward(1.0)

    def test_with_a_complex_gradient_of_a_real_tensor(self, x):
        with raises(RuntimeError, "the gradient is complex64", "is float32", unchanged=[x]):
            (x * x).backward(tensor([1j, 1j]))

    def test_with_inputs_that_do_not_fit(self, x):
        y = (x * x).sum()
        with raises(RuntimeError, "inputs argument to backward() cannot be empty", unchanged=[x]):
            y.backward(inputs=[])
        with raises(RuntimeError, "does not require grad", "input 0, of shape (3,)", "requires_grad_()", unchanged=[x]):
            y.backward(inputs=[polygrad.ones(3)])
        with raises(TypeError, "inputs are tensors, but number 1 is a int", unchanged=[x]):
            y.backward(inputs=[x, 3])
        y.backward()

    def test_grad_of_an_unused_input(self, x):
        y = tensor(1.0, requires_grad=True)
        with raises(
            RuntimeError, "input 0, of shape ()", "allow_unused=True", "materialize_grads=True", unchanged=[x, y]
        ):
            polygrad.autograd.grad((x * x).sum(), y)

    def test_grad_with_too_few_grad_outputs(self, x):
        with raises(RuntimeError, "there are 2 outputs but 1 grad_outputs", unchanged=[x]):
            polygrad.autograd.grad((x, x * 2), x, polygrad.ones(2))

    def test_grad_of_no_tensors(self, x):
        with raises(TypeError, "outputs must be a Tensor or a sequence of tensors, not int"):
            polygrad.autograd.grad(3, x)
        with raises(ValueError, "grad requires non-empty inputs", unchanged=[x]):
            polygrad.autograd.grad(x * x, [])


class TestInPlace:
    def test_on_a_leaf(self, x):
        texts = ("a leaf tensor that requires grad", "in-place operation", "x = x + 1 instead of x += 1", "no_grad()")
        for change in (
            lambda: x.__iadd__(1),
            lambda: x.mul_(2),
            lambda: x.__setitem__(0, 5.0),
            lambda: x.copy_(polygrad.zeros(2)),
            lambda: x.zero_(),
            lambda: x.fill_(3),
        ):
            with raises(RuntimeError, *texts, unchanged=[x]):
                change()
        still_works(x)

    def test_on_a_view_of_a_leaf(self, x):
        view = x[0]
        with raises(RuntimeError, "a view of a leaf tensor that requires grad", "clone the leaf", unchanged=[x, view]):
            view += 1
        still_works(x)

    def test_that_would_change_the_shape_or_the_type(self):
        y = polygrad.ones(2)
        with raises(RuntimeError, "cannot change the shape", "(2,)", "(3, 2)", unchanged=[y]):
            y += polygrad.ones(3, 2)
        n = tensor([1, 2])
        with raises(RuntimeError, "float32 can't be cast to", "int64", "x = x.to(polygrad.float32)", unchanged=[n]):
            n += 0.5

    def test_assignment_of_a_shape_that_does_not_fit(self):
        y = polygrad.ones(2, 3)
        texts = ("a value of shape (4,) cannot be written to an indexed part of shape (3,)",)
        with raises(RuntimeError, *texts, unchanged=[y]):
            y[0] = polygrad.ones(4)
        with raises(RuntimeError, "(4,)", "(2, 3)", unchanged=[y]):
            y[tensor([0, 1])] = polygrad.ones(4)
        with raises(IndexError, "index 7 is out of bounds for dimension 0 with size 2", unchanged=[y]):
            y[7] = 0.0


class TestRequiresGrad:
    def test_of_integers_and_booleans(self):
        texts = ("only tensors of floating-point or complex type can require gradients", "x.to(polygrad.float32)")
        with raises(RuntimeError, *texts, "int64"):
            tensor([1, 2], requires_grad=True)
        n = tensor([True])
        with raises(RuntimeError, *texts, "bool", unchanged=[n]):
            n.requires_grad_()

    def test_of_a_computed_tensor_cannot_be_taken_away(self, x):
        y = x * 2
        with raises(RuntimeError, "only change requires_grad of leaf tensors", "x.detach()", unchanged=[x, y]):
            y.requires_grad = False

    def test_things_that_need_it(self, x):
        data = polygrad.ones(2)
        with raises(RuntimeError, "retain_grad() needs a tensor that requires grad"):
            data.retain_grad()
        with raises(RuntimeError, "cannot register a hook on a tensor that doesn't require gradient"):
            data.register_hook(print)
        with raises(RuntimeError, "only be registered on leaf tensors"):
            (x * 2).register_post_accumulate_grad_hook(print)
        with raises(RuntimeError, "can't call numpy() on a tensor that requires grad", "tensor.detach().numpy()"):
            x.numpy()

    def test_a_grad_that_does_not_fit(self, x):
        with raises(
            RuntimeError, "a gradient must have its tensor's shape, (2,), but this one has (3,)", unchanged=[x]
        ):
            x.grad = polygrad.ones(3)
        with raises(RuntimeError, "a gradient must have its tensor's dtype", unchanged=[x]):
            x.grad = polygrad.ones(2, dtype=polygrad.float64)
        with raises(TypeError, "a gradient must be a Tensor or None, not int", unchanged=[x]):
            x.grad = 3

    def test_an_operation_without_a_gradient_says_so_when_it_is_called(self, x):
        @polygrad.primitive()
        def rounded_up(xp, x, /, step=1.0):
            return xp.ceil(x / step) * step

        with raises(
            RuntimeError, "rounded_up has no gradient with respect to x", "no_grad()", "x.detach()", unchanged=[x]
        ):
            rounded_up(x)
        assert rounded_up(x.detach()).tolist() == [1.0, 2.0]
        with polygrad.no_grad():
            assert rounded_up(x).tolist() == [1.0, 2.0]
        still_works(x)


class TestPlaces:
    @pytest.fixture
    def strict(self):
        pytest.importorskip("array_api_strict")
        if "strict" not in polygrad.backends.available():
            pytest.skip("the plugin polygrad-strict is not installed")
        return polygrad.get_backend("strict")

    def test_mixed_backends(self, strict):
        x = tensor([1.0, 2.0], backend="numpy", requires_grad=True)
        other = tensor([1.0, 2.0], backend="strict", requires_grad=True)
        texts = ("different backends, 'numpy' and 'strict'", "x.to(backend='numpy')")
        for operation in (lambda: x * other, lambda: x @ other, lambda: polygrad.where(x > 0, x, other)):
            with raises(TypeError, *texts, unchanged=[x, other]):
                operation()
        with raises(TypeError, "different backends", unchanged=[x, other]):
            polygrad.stack([x, other])
        with raises(TypeError, "the gradient is on backend 'strict'", "gradient.to(backend='numpy')", unchanged=[x]):
            (x * x).backward(other.detach())
        (x * other.to(backend="numpy")).sum().backward()
        assert other.grad.backend is strict

    def test_mixed_devices(self, strict):
        here = tensor([1.0, 2.0], backend="strict", requires_grad=True)
        devices = [d for d in strict.devices() if here.device != d]
        names = [str(here.device), strict.device_name(devices[0])]
        there = here.detach().to(devices[0])
        with raises(RuntimeError, "add: the operands are on different devices", *names, "x.to(", unchanged=[here]):
            here + there
        (here + there.to(here.device)).sum().backward()
        assert here.grad.tolist() == [1.0, 1.0]

    def test_unknown_backend_and_device(self):
        with raises(ValueError, "nunpy", "numpy"):
            polygrad.ones(2, backend="nunpy")
        with raises(ValueError, "'numpy' has no device 'cuda:7'", "'cpu'"):
            polygrad.ones(2, backend="numpy", device="cuda:7")


class TestShapes:
    @pytest.mark.parametrize(
        ("call", "texts"),
        [
            (lambda: polygrad.ones(2, 3) @ polygrad.ones(4, 5), ("2x3", "4x5")),
            (lambda: polygrad.ones(3) @ polygrad.ones(4), ("3", "4")),
            (lambda: polygrad.ones(7, 2, 3) @ polygrad.ones(7, 4, 5), ("7, 2, 3", "7, 4, 5")),
            (lambda: polygrad.ones(2, 3).reshape(4), ("shape '[4]' is invalid for input of size 6",)),
            (lambda: polygrad.ones(2, 3).reshape(-1, 4), ("'[-1, 4]'", "6")),
            (
                lambda: polygrad.cat([polygrad.ones(2, 3), polygrad.ones(3, 2)]),
                ("cat", "dimension 0", "(2, 3)", "(3, 2)"),
            ),
            (lambda: polygrad.stack([polygrad.ones(2), polygrad.ones(3)]), ("stack", "2", "3")),
            (lambda: polygrad.ones(2, 3) + polygrad.ones(4), ("add", "float32[2, 3], float32[4]")),
            (lambda: polygrad.ones(2).expand(3, 4), ("2", "4")),
            (
                lambda: nn.functional.conv2d(polygrad.ones(1, 2, 8, 8), polygrad.ones(4, 3, 3, 3)),
                ("conv2d", "2 channels", "takes 3", "(1, 2, 8, 8)", "(4, 3, 3, 3)"),
            ),
            (
                lambda: nn.Conv2d(3, 4, 3)(polygrad.ones(1, 2, 8, 8)),
                ("Conv2d(3, 4, kernel_size=(3, 3)", "expected an input of shape", "(1, 2, 8, 8)"),
            ),
            (lambda: nn.Linear(3, 4)(polygrad.ones(5, 2)), ("Linear(in_features=3", "(*, 3)", "(5, 2)")),
        ],
    )
    def test_name_the_operation_and_the_shapes(self, call, texts):
        with raises((ValueError, RuntimeError), *texts):
            call()

    def test_a_layer_inside_a_model_is_named(self):
        model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(7, 2))
        with raises((ValueError, RuntimeError), "Linear(in_features=7", "(1, 8)", unchanged=list(model.parameters())):
            model(polygrad.ones(1, 4))

    def test_an_axis_or_index_out_of_range(self, x):
        with raises(IndexError, "expected to be in range of [-1, 0], but got 3", unchanged=[x]):
            x.sum(3)
        with raises(IndexError, "index 2 is out of bounds for dimension 0 with size 2", unchanged=[x]):
            x[2]
        with raises(IndexError, "too many indices", unchanged=[x]):
            x[0, 0]
        still_works(x)


class TestTypes:
    def test_a_data_type_of_another_library(self):
        with raises(
            TypeError, "dtype must be a polygrad data type, not <class 'numpy.float32'>", "write polygrad.float32"
        ):
            polygrad.ones(2, dtype=numpy.float32)
        with raises(TypeError, "write polygrad.float64"):
            tensor([1.0], dtype="float64")

    def test_data_that_are_no_numbers(self):
        with raises(TypeError, "str"):
            tensor("text")
        with raises(ValueError, "length"):
            tensor([[1.0, 2.0], [3.0]])

    def test_operands_that_are_no_numbers(self, x):
        with raises(TypeError, "unsupported operand type(s) for +: 'Tensor' and 'str'", unchanged=[x]):
            x + "1"
        with raises(TypeError, "add(): argument 'other' must be a Tensor or a number, not str", unchanged=[x]):
            polygrad.add(x, "1")
        with raises(TypeError, "exp(): argument 'input' must be a Tensor, not NoneType", unchanged=[x]):
            polygrad.exp(input=None)
        with raises(TypeError, "must be a Tensor, not float"):
            polygrad.where(1.0, x, x)
        with raises(TypeError, "boolean tensor", "float32", unchanged=[x]):
            polygrad.where(x, x, x)

    def test_an_operation_for_integers_on_floats(self, x):
        with raises(TypeError, "bitwise_and", "float32[2]", unchanged=[x]):
            x & x

    def test_indices_that_are_floats(self):
        with raises(TypeError, "embedding: the indices must be of an integer type, but they are float32"):
            nn.Embedding(3, 2)(polygrad.ones(2))


class TestStateDict:
    def test_everything_that_does_not_fit_is_listed_and_nothing_is_loaded(self):
        model = nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 1))
        state = {
            "0.weight": polygrad.ones(3, 2),
            "0.bias": polygrad.ones(7),
            "1.weight": polygrad.ones(1, 3),
            "extra": polygrad.ones(1),
        }
        texts = ("0.bias", "(7,)", "(3,)", "1.bias", "extra", "Missing", "Unexpected", "size mismatch")
        with raises(RuntimeError, *texts, unchanged=list(model.parameters())):
            model.load_state_dict(state)
        assert model.load_state_dict(dict(model.state_dict().items())).missing_keys == []

    def test_of_an_optimizer(self, x):
        optimizer = optim.SGD([x], lr=0.1, momentum=0.9)
        other = optim.SGD([x, tensor(1.0, requires_grad=True)], lr=0.5)
        with raises(ValueError, "parameter", unchanged=[x]):
            optimizer.load_state_dict(other.state_dict())
        assert optimizer.param_groups[0]["lr"] == 0.1


def test_a_failed_step_leaves_parameters_and_gradients_alone(x):
    w = tensor([[1.0, 2.0, 3.0]], requires_grad=True)
    with raises((ValueError, RuntimeError), unchanged=[x, w]):
        ((w @ x) ** 2).sum().backward()
    still_works(x)


@pytest.mark.parametrize(
    ("data", "dtype"),
    [
        (2**63, None), ([2**63, -1], None), (2**70, None), (300, "uint8"), (-256, "uint8"), ([0, -129], "int8"), (2**40, "int32"),
        (float("nan"), "int64"), ([1.0, float("inf")], "int32"), (1e30, "int64"), (float(2**63), "int64"), (1j, "int8"),
        ([1.0, 1j], "float32"),
    ],
)  # fmt: skip
def test_numbers_that_a_type_does_not_have_are_not_wrapped(data, dtype):
    with pytest.raises((RuntimeError, TypeError), match="fit into"):
        polygrad.tensor(data, dtype=None if dtype is None else getattr(polygrad, dtype))


def test_a_tensor_is_not_full_of_a_number_that_its_type_does_not_have():
    for number in (float("nan"), float("inf"), 300):
        with pytest.raises(RuntimeError, match="fit into uint8"):
            polygrad.full((2,), number, dtype=polygrad.uint8)


def test_numbers_at_the_end_of_a_type_are_taken():
    assert polygrad.tensor([2**63 - 1, -(2**63)]).tolist() == [2**63 - 1, -(2**63)]
    assert polygrad.tensor([-128, 127.9], dtype=polygrad.int8).tolist() == [-128, 127]
    assert polygrad.tensor([255, -1], dtype=polygrad.uint8).tolist() == [255, 255]  # as PyTorch, a negative one wraps
    assert polygrad.tensor([], dtype=polygrad.int8).shape == (0,)


@pytest.mark.parametrize("name", ["lt", "le", "gt", "ge", "maximum", "minimum"])
def test_complex_numbers_have_no_order(name, backend):
    x = polygrad.tensor([1 + 2j, 3.0])
    for other in (x, x.real, 1.0, 2):
        with pytest.raises(TypeError):
            getattr(x, name)(other)
        with pytest.raises(TypeError):
            getattr(polygrad, name)(x.real, x)
    assert (x == x).tolist() == [True, True]


@pytest.mark.parametrize(
    "name", "max min amax amin aminmax argmax argmin sort argsort msort median unique relu isposinf isneginf nansum "
    "nanmean floor ceil trunc frac erf signbit bitwise_not".split()
)  # fmt: skip
def test_a_type_that_an_operation_is_not_for_is_pytorchs_error_and_numpys(name, backend):
    x = polygrad.tensor([1 + 2j, 3.0])
    for error in (RuntimeError, TypeError):
        with pytest.raises(error):
            getattr(polygrad, name)(x)


def test_booleans_have_no_difference(backend):
    x = polygrad.tensor([True, False])
    for error in (RuntimeError, TypeError):
        with pytest.raises(error):
            x - x
        with pytest.raises(error):
            1 - x


def test_fractions_of_integers_are_refused(backend):
    x = polygrad.tensor([1, 2])
    for alpha in (1.5, 2.0, 1.0):
        for call in (x.add, x.sub, x.clone().add_, x.clone().sub_):
            with pytest.raises(RuntimeError, match="alpha must be an integer"):
                call(x, alpha=alpha)
    assert x.add(x, alpha=2).tolist() == [3, 6] and x.add(0.5, alpha=2.0).tolist() == [2.0, 3.0]
    assert x.add(polygrad.ones(2), alpha=1.5).tolist() == [2.5, 3.5]
