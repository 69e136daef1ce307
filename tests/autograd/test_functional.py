"""autograd.functional: products with Jacobians and Hessians, against exact matrices."""

import numpy
import pytest

import polygrad
from polygrad import autograd, tensor
from polygrad.autograd.functional import hessian, hvp, jacobian, jvp, vhp, vjp

A = numpy.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
X, Y = numpy.array([0.3, -0.7]), numpy.array([0.5, 2.0])


def double(values):
    return tensor(values, dtype=polygrad.float64)


def curve(x, y):
    """From two inputs to two outputs."""
    return polygrad.sin(double(A) @ x), (x * y).sum()


def bowl(x, y):
    """From two inputs to a number."""
    return (x**3 * y).sum() + x.sum() * y[0]


CURVE = ((numpy.cos(A @ X)[:, None] * A, numpy.zeros((3, 2))), (Y, X))
BOWL_XX = numpy.diag(6 * X * Y)
BOWL_XY = numpy.diag(3 * X**2) + [[1, 0], [1, 0]]
BOWL = ((BOWL_XX, BOWL_XY), (BOWL_XY.T, numpy.zeros((2, 2))))


def close(found, exact):
    if isinstance(found, tuple):
        assert len(found) == len(exact)
        for one, other in zip(found, exact, strict=True):
            close(one, other)
    else:
        assert found.numpy() == pytest.approx(numpy.asarray(exact))


INPUTS = double(X), double(Y)


def test_jacobian_has_outputs_by_inputs():
    close(jacobian(curve, INPUTS), CURVE)
    one = jacobian(lambda x: curve(x, INPUTS[1])[0], INPUTS[0])
    close(one, CURVE[0][0])
    close(jacobian(lambda x: curve(x, INPUTS[1]), INPUTS[0]), (CURVE[0][0], CURVE[1][0]))
    close(jacobian(lambda x, y: curve(x, y)[1], INPUTS), CURVE[1])


def test_jacobian_of_matrices_and_of_nothing():
    x = double([[1.0, 2.0], [3.0, 4.0]])
    found = jacobian(lambda x: x.T @ x, x)
    assert tuple(found.shape) == (2, 2, 2, 2)
    assert found[0, 1].tolist() == [[2.0, 1.0], [4.0, 3.0]]
    assert tuple(jacobian(lambda x: x[:, :0], x).shape) == (2, 0, 2, 2)


def test_vjp():
    v = numpy.array([1.0, -2.0, 0.5]), numpy.array(3.0)
    outputs, products = vjp(curve, INPUTS, tuple(double(one) for one in v))
    close(outputs, (numpy.sin(A @ X), X @ Y))
    close(products, (v[0] @ CURVE[0][0] + v[1] * Y, v[1] * X))


def test_jvp():
    v = numpy.array([1.0, -2.0]), numpy.array([0.5, 3.0])
    outputs, products = jvp(curve, INPUTS, tuple(double(one) for one in v))
    close(outputs, (numpy.sin(A @ X), X @ Y))
    close(products, (CURVE[0][0] @ v[0], Y @ v[0] + X @ v[1]))


def test_hessian():
    close(hessian(bowl, INPUTS), BOWL)
    close(hessian(lambda x: bowl(x, INPUTS[1]), INPUTS[0]), BOWL_XX)
    close(hessian(lambda x: (3 * x).sum(), INPUTS[0]), numpy.zeros((2, 2)))


@pytest.mark.parametrize("product", [hvp, vhp])
def test_products_with_the_hessian(product):
    v = numpy.array([1.0, -2.0]), numpy.array([0.5, 3.0])
    value, products = product(bowl, INPUTS, tuple(double(one) for one in v))
    assert value.item() == pytest.approx((X**3 * Y).sum() + X.sum() * Y[0])
    close(products, (BOWL_XX @ v[0] + BOWL_XY @ v[1], BOWL_XY.T @ v[0]))
    _, zero = product(lambda x: (3 * x).sum(), INPUTS[0], INPUTS[0])
    assert zero.tolist() == [0.0, 0.0]


def test_v_may_be_left_out_of_a_single_element():
    assert vjp(lambda x: (x * x).sum(), double([3.0, 4.0]))[1].tolist() == [6.0, 8.0]
    assert jvp(lambda x: x * double([1.0, 2.0]), double(3.0))[1].tolist() == [1.0, 2.0]
    assert hvp(lambda x: x**3, double(3.0))[1].item() == 18.0


def test_results_are_outside_of_any_graph():
    x = double(X).requires_grad_()
    for result in (
        jacobian(elementwise, x),
        *vjp(elementwise, x, x),
        *jvp(elementwise, x, x),
        hessian(scalar, x),
        *hvp(scalar, x, x),
    ):
        assert not result.requires_grad
    assert x.grad is None


def elementwise(x):
    return x.exp()


def scalar(x):
    return (x**4).sum()


def test_create_graph_joins_the_inputs_graph():
    x = double(X).requires_grad_()
    hessian(scalar, x, create_graph=True).sum().backward()
    assert x.grad.tolist() == pytest.approx((24 * X).tolist())
    x.grad = None
    jvp(elementwise, x, double([1.0, 1.0]), create_graph=True)[1].sum().backward()
    assert x.grad.tolist() == pytest.approx(numpy.exp(X).tolist())
    (again,) = autograd.grad(vjp(scalar, x, create_graph=True)[1].sum(), x)
    assert again.tolist() == pytest.approx((12 * X**2).tolist())


def test_they_work_under_no_grad():
    with polygrad.no_grad():
        assert jacobian(lambda x: x * x, double([1.0, 2.0])).tolist() == [[2.0, 0.0], [0.0, 4.0]]


def test_jvp_of_a_holomorphic_function():
    z = tensor([1 + 2j], dtype=polygrad.complex128)
    direction = tensor([0.5 - 1j], dtype=polygrad.complex128)
    _, found = jvp(lambda z: z**3, z, direction)
    assert found.numpy() == pytest.approx(3 * (1 + 2j) ** 2 * (0.5 - 1j))


def test_strict_names_what_is_independent():
    with pytest.raises(RuntimeError, match="independent of input 1. This is not allowed in strict mode"):
        jacobian(lambda x, y: x * 2, INPUTS, strict=True)
    with pytest.raises(RuntimeError, match="Output 1 of the user-provided function does not require gradients"):
        vjp(lambda x: (x, double(X)), INPUTS[0], INPUTS, strict=True)


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda: vjp(curve, [1.0]), TypeError, "inputs given to vjp must be either a Tensor or a tuple of Tensors"),
        (lambda: vjp(lambda x: 3, INPUTS[0]), TypeError, "outputs of the user-provided function given to vjp"),
        (
            lambda: vjp(curve, INPUTS),
            RuntimeError,
            "v can only be None if the user-provided function returns|v can only be None",
        ),
        (lambda: vjp(curve, INPUTS, INPUTS[0]), RuntimeError, "v is a tuple of invalid length: should be 2 but got 1"),
        (
            lambda: jvp(curve, INPUTS, (INPUTS[0], double(1.0))),
            RuntimeError,
            r"v\[1\] has invalid size: should be \(2,\) but got \(\)",
        ),
        (lambda: hessian(elementwise, INPUTS[0]), RuntimeError, "given to hessian should contain a single element"),
        (lambda: hvp(lambda x: (x, x), INPUTS[0]), RuntimeError, "given to hvp should return a single Tensor"),
        (lambda: jacobian(lambda x: x * 1j, INPUTS[0]), RuntimeError, "jacobian takes functions with real outputs"),
        (lambda: jacobian(elementwise, INPUTS[0], strategy="sideways"), ValueError, "'reverse-mode' or 'forward-mode'"),
    ],
)
def test_errors(call, error, text):
    with pytest.raises(error, match=text):
        call()


def test_strict_wants_results_that_vary_where_they_are_to_be_differentiated():
    x, v = polygrad.ones(3, requires_grad=True), polygrad.ones(3)
    for call in (lambda **o: vjp(lambda x: x * 2, x, v, **o), lambda **o: jvp(lambda x: x * 2, x, v, **o),
                 lambda **o: jacobian(lambda x: x * 2, x, **o)):  # fmt: skip
        with pytest.raises(RuntimeError, match="jacobian of the user-provided function is independent of input 0"):
            call(create_graph=True, strict=True)
        call(create_graph=True), call(strict=True)
    for function in (jacobian, hessian):
        with pytest.raises(RuntimeError, match="not supported together"):
            function(lambda x: (x**3).sum(), x, strict=True, vectorize=True)


@pytest.mark.parametrize("function", [hessian, hvp, vhp])
def test_outputs_that_are_no_tensors_are_named(function):
    with pytest.raises(TypeError, match="the value at index 1 has type str"):
        function(lambda x: (x.sum(), "text"), polygrad.ones(3))


# -- in batches ------------------------------------------------------------------------------------------------------------

BATCHED = [{"vectorize": True}, {"vectorize": True, "strategy": "forward-mode"}]


def several(x, y):
    return x.sin()[:, None] * y, (x * x).sum(), polygrad.ones(2, dtype=x.dtype), x.new_zeros(0) * y.sum()


def equal(a, b):
    if isinstance(a, tuple):
        return len(a) == len(b) and all(map(equal, a, b))
    return a.shape == b.shape and a.dtype is b.dtype and polygrad.allclose(a, b)


@pytest.mark.parametrize("settings", BATCHED, ids=str)
def test_a_jacobian_in_one_batch(settings, backend):
    x = polygrad.tensor([1.0, 2.0, 3.0], dtype=polygrad.float64)
    y = polygrad.tensor([[2.0, 5.0]], dtype=polygrad.float64)
    empty = polygrad.zeros(0, dtype=polygrad.float64)
    for inputs in ((x, y), (y[0], y), (empty, y)):
        assert equal(jacobian(several, inputs, **settings), jacobian(several, inputs))
    assert equal(jacobian(lambda x: x**2, x, **settings), jacobian(lambda x: x**2, x))
    assert equal(jacobian(lambda x: (x**2,), (x,), **settings), jacobian(lambda x: (x**2,), (x,)))


@pytest.mark.parametrize("settings", BATCHED, ids=str)
def test_a_hessian_in_one_batch(settings, backend):
    x, y = polygrad.tensor([1.0, 2.0, 3.0], dtype=polygrad.float64), polygrad.tensor(2.0, dtype=polygrad.float64)
    settings = {name.replace("strategy", "outer_jacobian_strategy"): value for name, value in settings.items()}
    f = lambda x, y: (x**3).sum() * x[0] * y**2  # noqa: E731
    assert equal(hessian(f, (x, y), **settings), hessian(f, (x, y)))
    assert equal(hessian(lambda x: f(x, y), x, **settings), hessian(lambda x: f(x, y), x))


@pytest.mark.parametrize("settings", BATCHED, ids=str)
def test_the_function_runs_once_for_a_batch(settings):
    calls = []
    jacobian(lambda x: calls.append(1) or x.cos(), polygrad.ones(5), **settings)
    assert len(calls) == 1


def test_a_jacobian_in_one_batch_is_differentiable(backend):
    x = polygrad.tensor([1.0, 2.0, 3.0], dtype=polygrad.float64, requires_grad=True)
    f = lambda x: x**3 * x.sum()  # noqa: E731
    one, other = (jacobian(f, x, create_graph=True, vectorize=vectorize) for vectorize in (True, False))
    gradients = [polygrad.autograd.grad(j.sin().sum(), x)[0] for j in (one, other)]
    assert equal(one, other) and equal(*gradients)
    batch = polygrad.stack([x.detach(), x.detach() * 2])
    assert equal(polygrad.vmap(lambda x: jacobian(f, x, vectorize=True))(batch)[1], jacobian(f, batch[1]))


def test_forward_mode_needs_a_batch_and_has_no_graph():
    x = polygrad.ones(2)
    for settings in ({}, {"vectorize": True, "create_graph": True}):
        with pytest.raises(NotImplementedError, match="vectorize=True and create_graph=False"):
            jacobian(lambda x: x * 2, x, strategy="forward-mode", **settings)
    with pytest.raises(NotImplementedError, match="real inputs"):
        jacobian(lambda x: x.abs(), x + 1j, strategy="forward-mode", vectorize=True)
    for settings in BATCHED:
        with pytest.raises(RuntimeError, match="complex tensor"):
            jacobian(lambda x: x * 1j, x, **settings)


@pytest.mark.parity
@pytest.mark.filterwarnings("ignore")
def test_pytorch_gives_the_same_in_batches():
    torch = pytest.importorskip("torch")
    x, y = [1.0, 2.0, 3.0], [[2.0, 5.0]]
    f = lambda x, y: (x.sin()[:, None] * y, (x * x).sum())  # noqa: E731
    for settings in BATCHED:
        ours, theirs = (
            m.autograd.functional.jacobian(f, (m.tensor(x, dtype=m.float64), m.tensor(y, dtype=m.float64)), **settings)
            for m in (polygrad, torch)
        )
        for a, b in zip(ours, theirs, strict=True):
            for one, other in zip(a, b, strict=True):
                assert one.shape == other.shape and torch.allclose(torch.tensor(one.tolist(), dtype=other.dtype), other)
