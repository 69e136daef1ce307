"""`polygrad.func`: nested transforms, against loops, PyTorch and JAX; outer tensors, state, randomness and errors."""

from __future__ import annotations

import functools
import itertools
import math
import sys
from collections import namedtuple

import numpy as np
import pytest

import polygrad
from polygrad import func
from polygrad._core.primitive import PRIMITIVES, primitive
from polygrad._interpreters.batching import fallback
from polygrad.backends import available
from polygrad.backends.namespace import GENERIC

BACKENDS = [name for name in ("numpy", "strict", "jax") if name in available()]
random = np.random.default_rng(0)
MATRIX, BATCH = random.standard_normal((4, 4)), random.standard_normal((3, 4))


def numbers(x) -> np.ndarray:
    return np.asarray(x.detach().numpy())


def t(*values) -> polygrad.Tensor:
    return polygrad.tensor(values[0] if len(values) == 1 else values, dtype=polygrad.float64)


# -- every order -----------------------------------------------------------------------------------------------------------

#: A computation by the transforms ``of`` with the function ``f`` of a vector, a batch of vectors, and a direction.
ORDERS = {
    "vmap": lambda of, f, xs, v: of.vmap(f)(xs),
    "vmap of grad": lambda of, f, xs, v: of.vmap(of.grad(f))(xs),
    "grad of vmap": lambda of, f, xs, v: of.grad(lambda b: (of.vmap(f)(b) ** 2).sum())(xs),
    "vmap of vmap": lambda of, f, xs, v: of.vmap(of.vmap(lambda a, b: f(a * b), (None, 0)), (0, None))(xs, xs),
    "vmap of vmap of grad": lambda of, f, xs, v: of.vmap(of.vmap(lambda a, b: of.grad(f)(a * b), (None, 0)), (0, None))(
        xs, xs
    ),
    "grad of grad": lambda of, f, xs, v: of.grad(lambda x: (of.grad(f)(x) ** 2).sum())(xs[0]),
    "jvp": lambda of, f, xs, v: of.jvp(f, (xs[0],), (v,))[1],
    "jvp of jvp": lambda of, f, xs, v: of.jvp(lambda x: of.jvp(f, (x,), (v,))[1], (xs[0],), (xs[1],))[1],
    "jvp of grad": lambda of, f, xs, v: of.jvp(of.grad(f), (xs[0],), (v,))[1],
    "grad of jvp": lambda of, f, xs, v: of.grad(lambda x: of.jvp(f, (x,), (v,))[1])(xs[0]),
    "grad of jvp by the tangent": lambda of, f, xs, v: of.grad(lambda w: of.jvp(f, (xs[0],), (w,))[1])(v),
    "jvp of vjp": lambda of, f, xs, v: of.jvp(lambda x: of.vjp(of.grad(f), x)[1](v)[0], (xs[0],), (v,))[1],
    "vjp of jvp": lambda of, f, xs, v: of.vjp(lambda x: of.jvp(of.grad(f), (x,), (v,))[1], xs[0])[1](v)[0],
    "vjp of vjp": lambda of, f, xs, v: of.vjp(lambda x: of.vjp(of.grad(f), x)[1](v)[0], xs[0])[1](v)[0],
    "vmap of jvp": lambda of, f, xs, v: of.vmap(lambda x: of.jvp(f, (x,), (v,))[1])(xs),
    "jvp of vmap": lambda of, f, xs, v: of.jvp(of.vmap(f), (xs,), (xs,))[1],
    "jacrev of vmap": lambda of, f, xs, v: of.jacrev(of.vmap(f))(xs),
    "jacfwd of vmap": lambda of, f, xs, v: of.jacfwd(of.vmap(f))(xs),
    "vmap of jacrev": lambda of, f, xs, v: of.vmap(of.jacrev(of.grad(f)))(xs),
    "vmap of jacfwd": lambda of, f, xs, v: of.vmap(of.jacfwd(of.grad(f)))(xs),
    "hessian": lambda of, f, xs, v: of.hessian(f)(xs[0]),
    "jacfwd of jacrev": lambda of, f, xs, v: of.jacfwd(of.jacrev(f))(xs[0]),
    "jacrev of jacfwd": lambda of, f, xs, v: of.jacrev(of.jacfwd(f))(xs[0]),
    "jacrev of jacrev": lambda of, f, xs, v: of.jacrev(of.jacrev(f))(xs[0]),
    "jacfwd of jacfwd": lambda of, f, xs, v: of.jacfwd(of.jacfwd(f))(xs[0]),
    "vmap of hessian": lambda of, f, xs, v: of.vmap(of.hessian(f))(xs),
    "grad of hessian": lambda of, f, xs, v: of.grad(lambda x: (of.hessian(f)(x) ** 2).sum())(xs[0]),
    "jacrev of hessian": lambda of, f, xs, v: of.jacrev(of.hessian(f))(xs[0]),
    "jacfwd of hessian": lambda of, f, xs, v: of.jacfwd(of.hessian(f))(xs[0]),
    "grad of vmap of jvp of grad": lambda of, f, xs, v: of.grad(
        lambda b: (of.vmap(lambda x: of.jvp(of.grad(f), (x,), (v,))[1])(b) ** 2).sum()
    )(xs),
    "jvp of vmap of grad of vmap": lambda of, f, xs, v: of.jvp(
        of.vmap(lambda x: of.grad(lambda y: of.vmap(lambda z: f(z * y))(xs).sum())(x)), (xs,), (xs,)
    )[1],
}


class Loops:
    """The same transforms by sweeps backward and loops only: no array computes anything else."""

    @staticmethod
    def vjp(f, x):
        x = x * 1  # a local variable
        if not x.requires_grad:
            x.requires_grad_()
        y = f(x)
        return y, lambda g: (_sweep(y, x, g),)

    @staticmethod
    def grad(f):
        return lambda x: Loops.vjp(f, x)[1](None)[0]

    @staticmethod
    def jvp(f, primals, tangents):
        y, pull = Loops.vjp(f, *primals)
        seed = polygrad.zeros_like(y).requires_grad_()
        return y, _sweep(pull(seed)[0], seed, *tangents)

    @staticmethod
    def vmap(f, in_dims=(0, 0)):
        def run(*batches):
            pairs = list(zip(batches, in_dims, strict=False))
            size = next(x.shape[0] for x, d in pairs if d == 0)
            return polygrad.stack([f(*[x if d is None else x[i] for x, d in pairs]) for i in range(size)])

        return run

    @staticmethod
    def jacrev(f):
        def rows(x):
            y, pull = Loops.vjp(f, x)
            return polygrad.stack([pull(unit)[0] for unit in _units(y)]).reshape(*y.shape, *x.shape)

        return rows

    @staticmethod
    def jacfwd(f):
        def columns(x):
            found = [Loops.jvp(f, (x,), (unit,))[1] for unit in _units(x)]
            return polygrad.stack(found, -1).reshape(*found[0].shape, *x.shape)

        return columns

    @staticmethod
    def hessian(f):
        return Loops.jacrev(Loops.grad(f))


def _sweep(y, x, g=None):
    return polygrad.autograd.grad(y, x, g, create_graph=True, materialize_grads=True)[0]


def _units(x):
    return polygrad.eye(x.numel(), dtype=x.dtype).reshape(-1, *x.shape)


def _function(matrix, tanh, exp):
    return lambda x: (tanh(matrix @ x) * exp(x * 0.3)).sum() + (x**3).sum() / x.shape[0]


def computed(order: str, of=func, compiled: bool = False) -> np.ndarray:
    f = _function(polygrad.tensor(MATRIX), polygrad.tanh, polygrad.exp)
    run = functools.partial(ORDERS[order], of, f)
    return numbers((polygrad.compile(run) if compiled else run)(polygrad.tensor(BATCH), polygrad.tensor(BATCH[2])))


@functools.cache
def expected(order: str) -> np.ndarray:
    with polygrad.use_backend("numpy"):
        return computed(order, Loops)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("order", ORDERS)
def test_order(order: str, backend: str):
    if backend == "jax" and order.count("of") > 2:
        pytest.skip("many small programs to compile, and none that the others do not run")
    with polygrad.use_backend(backend):
        found = computed(order)
    np.testing.assert_allclose(found, expected(order), rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize("backend", [name for name in BACKENDS if name != "strict"])
@pytest.mark.parametrize("order", ORDERS)
def test_order_compiled(order: str, backend: str):
    with polygrad.use_backend(backend):
        found = computed(order, compiled=True)
    np.testing.assert_allclose(found, expected(order), rtol=1e-9, atol=1e-10)


@pytest.mark.parity
@pytest.mark.filterwarnings("ignore")  # PyTorch's own
@pytest.mark.parametrize("order", ORDERS)
def test_order_as_torch_has_it(order: str):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    f = _function(torch.tensor(MATRIX), torch.tanh, torch.exp)
    theirs = ORDERS[order](torch.func, f, torch.tensor(BATCH), torch.tensor(BATCH[2]))
    np.testing.assert_allclose(computed(order), theirs.detach().numpy(), rtol=1e-9, atol=1e-10)


@pytest.mark.backend("jax")
@pytest.mark.parametrize("order", ORDERS)
def test_order_as_jax_has_it(order: str):
    jax = pytest.importorskip("jax", reason="JAX is not installed")
    polygrad.get_backend("jax")  # turns on 64-bit types
    jnp = jax.numpy
    theirs = ORDERS[order](
        jax, _function(jnp.asarray(MATRIX), jnp.tanh, jnp.exp), jnp.asarray(BATCH), jnp.asarray(BATCH[2])
    )
    with polygrad.use_backend("numpy"):
        found = computed(order)
    np.testing.assert_allclose(found, np.asarray(theirs), rtol=1e-9, atol=1e-10)


# -- whose variable is whose -------------------------------------------------------------------------------------------------


def test_no_perturbation_confusion():
    """J. M. Siskind and B. A. Pearlmutter, "Nesting forward-mode AD in a functional framework", 2008."""
    one = t(1.0)
    derivative = lambda f: lambda x: func.jvp(f, (x,), (one,))[1]  # noqa: E731
    for outer in (func.grad, derivative):
        for inner in (func.grad, derivative):
            assert outer(lambda x: x * inner(lambda y: x + y)(one))(one).item() == 1  # noqa: B023
            assert outer(lambda x: x * inner(lambda y: x * y)(one))(t(3.0)).item() == 6  # noqa: B023
            assert outer(lambda x: inner(lambda y: x * y * y)(x))(t(3.0)).item() == 12  # noqa: B023


def test_a_gradient_inside_sees_nothing_of_the_graph_outside():
    w = t(2.0).requires_grad_()
    x = t(3.0).requires_grad_()
    y = func.grad(lambda a: w * a * a)(x)
    assert (w.grad, x.grad) == (None, None)
    y.backward()  # 2 w x, differentiable by what is outside
    assert (w.grad.item(), x.grad.item()) == (6, 4)


def test_results_have_a_graph_only_where_something_outside_belongs_to_it():
    x = t(1.0, 2.0)
    gradient, value = func.grad_and_value(lambda a: (a * a).sum())(x)
    assert not gradient.requires_grad and not value.requires_grad
    w = t(1.0, 2.0).requires_grad_()
    gradient, value = func.grad_and_value(lambda a: (w * a * a).sum())(x)
    assert gradient.requires_grad and value.requires_grad
    with polygrad.no_grad():
        gradient, value = func.grad_and_value(lambda a: (w * a * a).sum())(x)
    assert not gradient.requires_grad and gradient.tolist() == [2, 8]
    output, pull = func.vjp(lambda a: a * a, x)
    assert not output.requires_grad
    (again,) = pull(w)  # a cotangent that has a graph
    again.sum().backward()
    assert w.grad.tolist() == [2, 4]


def test_backward_through_vmap_sums_over_the_batch():
    w = polygrad.tensor(MATRIX, requires_grad=True)
    scale = t(2.0).requires_grad_()
    xs = polygrad.tensor(BATCH, requires_grad=True)
    (func.vmap(lambda x: (w @ x).tanh() * scale.exp())(xs) ** 2).sum().backward()
    found = [p.grad for p in (w, scale, xs)]
    for p in (w, scale, xs):
        p.grad = None
    sum((((w @ x).tanh() * scale.exp()) ** 2).sum() for x in xs).backward()
    for a, p in zip(found, (w, scale, xs), strict=True):
        np.testing.assert_allclose(numbers(a), numbers(p.grad), rtol=1e-12)


def test_backward_through_nested_vmap_with_results_that_some_axes_lack():
    a, b, w = (polygrad.tensor(BATCH[i], requires_grad=True) for i in range(3))

    def run(vmapped):
        if vmapped:
            inner = lambda x: func.vmap(lambda y: (x * w).sum() * y.sin() + w[0] * y)(b)  # noqa: E731
            return func.vmap(inner)(a)
        return polygrad.stack([polygrad.stack([(x * w).sum() * y.sin() + w[0] * y for y in b]) for x in a])

    grads = []
    for vmapped in (True, False):
        (run(vmapped) ** 2).sum().backward()
        grads.append([numbers(p.grad) for p in (a, b, w)])
        for p in (a, b, w):
            p.grad = None
    for one, other in zip(*grads, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12)


def test_backward_through_jvp_by_value_tangent_and_constants():
    x, v, w = (polygrad.tensor(BATCH[i], requires_grad=True) for i in range(3))
    y, dy = func.jvp(lambda a: (a * w).sin(), (x,), (v,))
    (y * dy).sum().backward()
    found = [numbers(p.grad) for p in (x, v, w)]
    X, V, W = (polygrad.tensor(BATCH[i], requires_grad=True) for i in range(3))
    ((X * W).sin() * (X * W).cos() * V * W).sum().backward()
    for a, b in zip(found, (X, V, W), strict=True):
        np.testing.assert_allclose(a, numbers(b.grad), rtol=1e-12)


def test_a_sweep_inside_vmap_gives_each_example_its_own_gradient():
    w = t(1.0, 2.0).requires_grad_()
    xs = t([[1.0, 1.0], [2.0, 3.0]])
    each = func.vmap(lambda x: polygrad.autograd.grad((w * w * x).sum(), w)[0])(xs)
    assert each.tolist() == [[2, 4], [4, 12]]
    whole = t([[1.0, 2.0], [3.0, 4.0]]).requires_grad_()
    rows = func.vmap(lambda x: polygrad.autograd.grad((x**2).sum(), whole)[0])(whole)
    assert rows.tolist() == [[[2, 4], [0, 0]], [[0, 0], [6, 8]]]


def test_rows_of_a_jacobian_by_a_batch_of_sweeps():
    x = t(0.5, 1.5).requires_grad_()
    y = (x**2).sum() * x
    rows = func.vmap(lambda g: polygrad.autograd.grad(y, x, g, retain_graph=True)[0])(
        polygrad.eye(2, dtype=polygrad.float64)
    )
    np.testing.assert_allclose(numbers(rows), numbers(func.jacrev(lambda a: (a**2).sum() * a)(x)), rtol=1e-12)


def test_custom_function_under_transforms():
    class Cube(polygrad.autograd.Function):
        @staticmethod
        def forward(ctx, x, w):
            ctx.save_for_backward(x, w)
            return x * x * x * w

        @staticmethod
        def backward(ctx, g):
            x, w = ctx.saved_tensors
            return 3 * x * x * w * g, (x * x * x * g)

    w = t(2.0).requires_grad_()
    xs = t(1.0, 2.0, 3.0)
    plain = lambda x: x * x * x * w  # noqa: E731
    for build in (
        lambda f: func.vmap(func.grad(f))(xs),
        lambda f: func.vmap(func.grad(func.grad(f)))(xs),
        lambda f: func.jvp(func.vmap(f), (xs,), (xs,))[1],
        lambda f: polygrad.autograd.grad(func.vmap(f)(xs).sum(), w)[0],
    ):
        np.testing.assert_allclose(numbers(build(lambda x: Cube.apply(x, w))), numbers(build(plain)), rtol=1e-12)


# -- arguments and results -------------------------------------------------------------------------------------------------

Pair = namedtuple("Pair", "first second")


def test_nested_arguments_and_results():
    tree = {"a": t(1.0, 2.0), "b": [t(3.0), Pair(t(4.0), (t(5.0),))]}
    f = lambda d: d["a"].sum() * d["b"][0] + d["b"][1].first * d["b"][1].second[0] ** 2  # noqa: E731
    g = func.grad(f)(tree)
    assert g["a"].tolist() == [3, 3] and isinstance(g["b"][1], Pair)
    assert (g["b"][0].item(), g["b"][1].first.item(), g["b"][1].second[0].item()) == (3, 25, 40)
    _, tangent = func.jvp(lambda d: {"y": f(d), "z": [d["a"]]}, (tree,), (tree,))
    assert tangent["y"].item() == 18 + 300 and tangent["z"][0].tolist() == [1, 2]
    _, pull = func.vjp(lambda d: {"y": f(d), "z": [d["a"]]}, tree)
    assert pull({"y": t(1.0), "z": [t(1.0, 1.0)]})[0]["a"].tolist() == [4, 4]
    jacobian = func.jacrev(lambda d: {"y": f(d)})(tree)
    forward = func.jacfwd(lambda d: {"y": f(d)})(tree)
    assert jacobian["y"]["a"].tolist() == forward["y"]["a"].tolist() == [3, 3]
    h = func.hessian(lambda p: p[0] * p[1] ** 2)((t(2.0), t(3.0)))
    assert [[x.item() for x in row] for row in h] == [[0, 6], [6, 4]]


def test_argnums():
    f = lambda a, b, scale=1.0: (a * b**2).sum() * scale  # noqa: E731
    a, b = t(1.0, 2.0), t(3.0, 4.0)
    assert func.grad(f, argnums=1)(a, b).tolist() == [6, 16]
    assert [g.tolist() for g in func.grad(f, argnums=(0, -1))(a, b, scale=2.0)] == [[18, 32], [12, 32]]
    one = func.jacrev(f, argnums=(1,))(a, b)
    assert isinstance(one, tuple) and one[0].tolist() == [6, 16]
    both = func.jacfwd(f, argnums=(0, 1))(a, b)
    assert [g.tolist() for g in both] == [[9, 16], [6, 16]]


def test_has_aux():
    f = lambda x: ((x * x).sum(), {"double": x * 2, "name": "f"})  # noqa: E731
    x = t(1.0, 2.0)
    gradient, aux = func.grad(f, has_aux=True)(x)
    assert gradient.tolist() == [2, 4] and aux["double"].tolist() == [2, 4] and aux["name"] == "f"
    assert not aux["double"].requires_grad
    gradient, (value, aux) = func.grad_and_value(f, has_aux=True)(x)
    assert value.item() == 5 and aux["name"] == "f"
    assert func.vjp(f, x, has_aux=True)[2]["double"].tolist() == [2, 4]
    assert func.jvp(f, (x,), (x,), has_aux=True)[2]["double"].tolist() == [2, 4]
    for transform in (func.jacrev, func.jacfwd):
        jacobian, aux = transform(f, has_aux=True)(x)
        assert jacobian.tolist() == [2, 4] and aux["double"].tolist() == [2, 4] and aux["name"] == "f"


def test_what_does_not_depend_on_an_argument_has_gradient_zero():
    x, y = t(1.0, 2.0), t(3.0)
    assert func.grad(lambda x, y: (x * x).sum(), argnums=1)(x, y).item() == 0
    assert func.grad(lambda x: t(1.0))(x).tolist() == [0, 0]
    assert func.jvp(lambda x: t(1.0), (x,), (x,))[1].item() == 0
    assert func.jacrev(lambda x: y)(x).tolist() == func.jacfwd(lambda x: y)(x).tolist() == [0, 0]


def test_integers_and_booleans_have_no_tangent():
    x = t(3.0, 1.0, 2.0)
    (order, *_), (d_order, d_mask, d_values) = func.jvp(lambda x: (x.argsort(), x > 1.5, x * (x > 1.5)), (x,), (x,))
    assert order.tolist() == [1, 2, 0] and d_order.tolist() == [0, 0, 0] and d_order.dtype is polygrad.int64
    assert d_mask.tolist() == [False] * 3 and d_values.tolist() == [3, 0, 2]


def test_in_dims_and_out_dims():
    x = polygrad.tensor(np.arange(24.0).reshape(2, 3, 4))
    loop = lambda dim: polygrad.stack([row.sum(0) for row in x.unbind(dim)])  # noqa: E731
    for dim in (0, 1, 2, -1):
        assert func.vmap(lambda r: r.sum(0), dim)(x).tolist() == loop(dim).tolist()
        assert func.vmap(lambda r: r.sum(0), dim, 1)(x).tolist() == loop(dim).mT.tolist()
    nested = func.vmap(
        lambda d, s: (d["a"] * s, [d["b"] * 2]), in_dims=({"a": 1, "b": None}, None), out_dims=(-1, [None])
    )
    product, (twice,) = nested({"a": x[0], "b": t(1.0)}, t(2.0))
    assert product.tolist() == (x[0] * 2).tolist() and twice.item() == 2
    assert func.vmap(lambda a: t(7.0))(x).tolist() == [7, 7]
    assert func.vmap(lambda a, b: a + b)(t(1.0, 2.0), t([[1.0], [2.0]])).tolist() == [[2], [4]]


def test_chunks():
    x = polygrad.tensor(BATCH)
    sizes = []

    def f(row):
        sizes.append(row._read().trace.size)
        return row * 2, row.sum()

    twice, total = func.vmap(f, out_dims=(1, 0), chunk_size=2)(x)
    assert sizes == [2, 1]
    np.testing.assert_allclose(numbers(twice), 2 * BATCH.T)
    np.testing.assert_allclose(numbers(total), BATCH.sum(1))
    f = lambda v: v**2 * v.sum()  # noqa: E731
    for jacobian in (func.jacrev, func.jacfwd):
        np.testing.assert_allclose(numbers(jacobian(f, chunk_size=3)(x[0])), numbers(jacobian(f)(x[0])))


def test_an_empty_batch():
    empty = polygrad.zeros(0, 3)
    assert func.vmap(lambda x: x.softmax(0) @ polygrad.ones(3, 2))(empty).shape == (0, 2)
    assert func.vmap(func.grad(lambda x: (x**2).sum()))(empty).shape == (0, 3)


def test_linearize_runs_the_function_once():
    calls = []

    def f(x, y):
        calls.append(1)
        return x.sin() * y, y.sum()

    x, y = polygrad.tensor(BATCH[0]), polygrad.tensor(BATCH[1])
    value, push = func.linearize(f, x, y)
    for tangents in ((x, y), (y, x)):
        found, expected = push(*tangents), func.jvp(f, (x, y), tangents)[1]
        for a, b in zip(found, expected, strict=True):
            np.testing.assert_allclose(numbers(a), numbers(b), rtol=1e-12)
    assert len(calls) == 1 + 2  # jvp's own
    np.testing.assert_allclose(numbers(value[0]), np.sin(BATCH[0]) * BATCH[1])


def test_hvp_is_the_hessian_times_a_vector():
    f = lambda x, y: (x**3 * y).sum()  # noqa: E731
    x, y, v, w = (polygrad.tensor(row) for row in random.standard_normal((4, 5)))
    by_x, by_y = func.hvp(f, (x, y), (v, w))
    (xx, xy), (yx, yy) = func.hessian(f, argnums=(0, 1))(x, y)
    np.testing.assert_allclose(numbers(by_x), numbers(xx @ v + xy @ w), rtol=1e-12)
    np.testing.assert_allclose(numbers(by_y), numbers(yx @ v + yy @ w), rtol=1e-12, atol=1e-12)
    assert func.hvp(lambda x: (x**3).sum(), (x,), (v,)).shape == x.shape


@pytest.mark.parity
def test_complex_numbers_follow_pytorch():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    z, d = random.standard_normal((2, 3)) + 1j * random.standard_normal((2, 3))
    holomorphic = lambda lib: lambda x: x * x * x + lib.sin(x) * 2j  # noqa: E731
    real = lambda lib: lambda x: (lib.abs(x) ** 2 + lib.real(x) * lib.imag(x)).sum()  # noqa: E731
    other = lambda lib: lambda x: lib.abs(x) * lib.conj(x) + lib.sgn(x)  # noqa: E731
    for f in (holomorphic, other):
        ours = func.jvp(f(polygrad), (polygrad.tensor(z),), (polygrad.tensor(d),))[1]
        theirs = torch.func.jvp(f(torch), (torch.tensor(z),), (torch.tensor(d),))[1]
        np.testing.assert_allclose(numbers(ours), theirs.resolve_conj().numpy(), rtol=1e-12)
        ours = func.vjp(f(polygrad), polygrad.tensor(z))[1](polygrad.tensor(d))[0]
        theirs = torch.func.vjp(f(torch), torch.tensor(z))[1](torch.tensor(d))[0]
        np.testing.assert_allclose(numbers(ours), theirs.resolve_conj().numpy(), rtol=1e-12)
    ours, theirs = func.grad(real(polygrad))(polygrad.tensor(z)), torch.func.grad(real(torch))(torch.tensor(z))
    np.testing.assert_allclose(numbers(ours), theirs.resolve_conj().numpy(), rtol=1e-12)
    expected = np.diag(3 * z * z + 2j * np.cos(z))
    np.testing.assert_allclose(numbers(func.jacrev(holomorphic(polygrad))(polygrad.tensor(z))), expected, rtol=1e-12)
    np.testing.assert_allclose(numbers(func.jacfwd(holomorphic(polygrad))(polygrad.tensor(z))), expected, rtol=1e-12)


# -- operations without a rule, and errors -----------------------------------------------------------------------------------


def test_a_primitive_without_a_rule_runs_example_by_example_and_says_so_once(monkeypatch):
    monkeypatch.setattr(fallback, "_reported", set())

    @primitive(promotes=True)
    def planted_reversed(xp, x, /):
        return xp.asarray(np.asarray(x)[::-1].copy())  # another library's function: it does not run on a batch

    planted_reversed.defvjp(x=lambda xp, g: xp.planted_reversed(g))
    try:
        xs = polygrad.tensor(BATCH)
        with pytest.warns(func.SlowBatchingWarning, match="planted_reversed has no batching rule") as caught:
            found, _ = [func.vmap(planted_reversed)(xs) for _ in range(2)]
        assert len(caught) == 1 and np.array_equal(numbers(found), BATCH[:, ::-1])
        gradients = func.vmap(func.grad(lambda x: (planted_reversed(x) * xs[0]).sum()))(xs)
        np.testing.assert_array_equal(numbers(gradients), np.stack([BATCH[0, ::-1]] * 3))
        tangent = func.jvp(planted_reversed, (xs[0],), (xs[1],))[1]
        np.testing.assert_array_equal(numbers(tangent), BATCH[1, ::-1])
    finally:
        del PRIMITIVES["planted_reversed"], GENERIC["planted_reversed"]


def test_randomness():
    xs = polygrad.tensor(BATCH)
    draw = lambda x: polygrad.rand(4, dtype=polygrad.float64) + x * 0  # noqa: E731
    with pytest.raises(RuntimeError, match='randomness="different"'):
        func.vmap(draw)(xs)
    polygrad.manual_seed(1)
    same = numbers(func.vmap(draw, randomness="same")(xs))
    polygrad.manual_seed(1)
    assert np.array_equal(same, np.stack([numbers(polygrad.rand(4, dtype=polygrad.float64))] * 3))
    different = numbers(func.vmap(draw, randomness="different")(xs))
    assert len({tuple(row) for row in different}) == 3 and different.min() >= 0 and different.max() < 1
    dropped = numbers(
        func.vmap(lambda x: polygrad.nn.functional.dropout(x * 0 + 1, 0.5), randomness="different")(
            polygrad.ones(50, 20)
        )
    )
    assert set(np.unique(dropped)) == {0, 2} and 0.4 < dropped.mean() / 2 < 0.6 and len(np.unique(dropped, axis=0)) > 40
    masks = numbers(
        func.vmap(func.grad(lambda x: polygrad.nn.functional.dropout(x, 0.5).sum()), randomness="different")(
            polygrad.ones(50, 20)
        )
    )
    assert set(np.unique(masks)) == {0, 2} and len(np.unique(masks, axis=0)) > 40


def _add_outside(x):
    return OUTSIDE.add_(x)


def _backward_inside(x):
    loss = (x * WEIGHT).sum()
    loss.backward()
    return loss


OUTSIDE, WEIGHT = t(1.0, 2.0), t(1.0, 2.0).requires_grad_()
TWO, THREE = t([[1.0, 2.0], [3.0, 4.0]]), t(1.0, 2.0, 3.0)
WRONG = {
    "no argument has a batch": lambda: func.vmap(lambda x: x, None)(TWO),
    "batches have different sizes": lambda: func.vmap(lambda x, y: x)(TWO, THREE),
    "from -2 to 1": lambda: func.vmap(lambda x: x, 2)(TWO),
    "has 2 entries": lambda: func.vmap(lambda x: x, (0, None))(TWO),
    "it returned a float": lambda: func.vmap(lambda x: 1.0)(TWO),
    "out_dims has 3": lambda: func.vmap(lambda x: x, out_dims=3)(TWO),
    "out_dims=None": lambda: func.vmap(lambda x: x, out_dims=None)(TWO),
    "choose with polygrad.where": lambda: func.vmap(lambda x: x if x.sum() > 3 else -x)(TWO),
    "need the values of a tensor": lambda: func.vmap(lambda x: polygrad.tensor(x.numpy() * 2))(TWO),
    "one shape: use a mask": lambda: func.vmap(lambda x: x[x > 1])(TWO),
    "writes in place to a tensor from outside": lambda: func.vmap(_add_outside)(TWO),
    "inside vmap cannot accumulate": lambda: func.vmap(_backward_inside)(TWO),
    "inside jvp cannot accumulate": lambda: func.jvp(_backward_inside, (TWO[0],), (TWO[1],)),
    "no dimensions": lambda: func.grad(lambda x: x)(THREE),
    "a real number": lambda: func.grad(lambda x: (x * 1j).sum())(THREE),
    "is int64": lambda: func.grad(lambda x: x.sum())(polygrad.tensor([1, 2])),
    "argnums=1": lambda: func.grad(lambda x: x.sum(), argnums=1)(THREE),
    "a tangent has shape": lambda: func.jvp(polygrad.sin, (THREE,), (TWO,)),
    "a tangent is float32": lambda: func.jvp(polygrad.sin, (THREE,), (THREE.float(),)),
    "primals is a tuple": lambda: func.jvp(polygrad.sin, THREE, (THREE,)),
    "a cotangent has shape": lambda: func.vjp(polygrad.sin, THREE)[1](TWO),
    "no submodule .layer.": lambda: func.functional_call(polygrad.nn.Linear(1, 1), {"layer.w": THREE}, (TWO,)),
}


@pytest.mark.parametrize("message", WRONG)
def test_wrong_use_says_what_is_wrong_and_changes_nothing(message: str):
    with pytest.raises((TypeError, ValueError, IndexError, RuntimeError, AttributeError), match=message):
        WRONG[message]()
    assert OUTSIDE.tolist() == [1, 2] and WEIGHT.grad is None and TWO.tolist() == [[1, 2], [3, 4]]


def test_backward_inside_to_a_leaf_of_the_inside():
    def slope(x):
        x = x.detach().requires_grad_()
        (x**3).sum().backward()
        return x.grad

    assert func.vmap(slope)(TWO).tolist() == [[3, 12], [27, 48]]


def test_batch_normalization_in_training_is_refused_and_its_statistics_stay():
    layer = polygrad.nn.BatchNorm1d(2).double()
    images = t([[[1.0, 2.0], [3.0, 5.0]], [[2.0, 2.0], [7.0, 5.0]]])
    with pytest.raises(RuntimeError, match="running statistics"):
        func.vmap(layer)(images)
    assert layer.running_mean.tolist() == [0, 0]
    layer.eval()
    np.testing.assert_allclose(numbers(func.vmap(layer)(images)), numbers(images), rtol=1e-4)


#: A transform of a small function, and how many of Python's functions a call of it may run: time goes by this number.
CALLS = {
    "vmap": (func.vmap(lambda row: row * row), 75),
    "jvp": (lambda x: func.jvp(lambda x: x * x, (x,), (x,)), 131),
    "vjp": (lambda x: func.vjp(lambda x: x * x, x)[1](x), 93),
    "grad": (func.grad(lambda x: (x * x).sum()), 136),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_transform_runs_few_functions(name):
    run, most = CALLS[name]
    x = polygrad.ones(2, 3, backend="numpy")
    run(x)  # dispatchers are made, and types of arrays
    called, before = [], sys.getprofile()
    sys.setprofile(lambda frame, event, argument: called.append(frame.f_code.co_name) if event == "call" else None)
    try:
        run(x)
    finally:
        sys.setprofile(before)
    assert len(called) <= most, called


@pytest.mark.parametrize("dims", [dims for dims in itertools.product((None, -1), repeat=5) if any(dims)])
def test_batch_normalization_in_training_by_what_varies(dims):
    """As example by example; refused where one running statistic would have to follow several batches."""
    shapes = [(3, 2), (2,), (2,), (2,), (2,)]
    given = [
        np.linspace(0.5, 2, 6 * 2)[: math.prod(s) * (1 if d is None else 2)] for s, d in zip(shapes, dims, strict=True)
    ]
    given = [x.reshape(s if d is None else (*s, 2)) for x, s, d in zip(given, shapes, dims, strict=True)]
    arguments = [t(x) for x in given]

    def normed(*parts):
        return polygrad.nn.functional.batch_norm(*parts, training=True)

    if dims[0] and not (dims[1] and dims[2]):
        with pytest.raises(RuntimeError, match="running statistics"):
            func.vmap(normed, dims)(*arguments)
        assert [x.tolist() for x in arguments] == [x.tolist() for x in given]
        return
    found = func.vmap(normed, dims)(*arguments)
    for k in range(2):
        parts = [t(x if d is None else x[..., k]) for x, d in zip(given, dims, strict=True)]
        expected = normed(*parts)
        np.testing.assert_allclose(numbers(found[k]), numbers(expected))
        for argument, part, d in zip(arguments, parts, dims, strict=True):
            np.testing.assert_allclose(numbers(argument if d is None else argument[..., k]), numbers(part))


def test_what_is_the_same_for_all_examples_may_be_written_outside():
    outside, part = polygrad.zeros(2).double(), polygrad.ones(2, 2).double()

    def writing(x, y):
        outside.copy_(y)
        part[0].add_(polygrad.zeros_like(x) + 1)
        return x * y

    y = t([3.0, 4.0])
    func.vmap(writing, (0, None))(TWO, y)
    assert outside.tolist() == [3, 4]
    assert part.tolist() == [[2, 2], [1, 1]]
    with pytest.raises(RuntimeError, match="differs from example to example"):
        func.vmap(lambda x: part[0].add_(x))(TWO)
    assert part.tolist() == [[2, 2], [1, 1]]


@pytest.mark.parametrize(
    "function", [polygrad.sigmoid, polygrad.nn.functional.gelu, polygrad.nn.functional.silu, polygrad.erf]
)
def test_a_batch_of_cotangents_alone(function):
    """Only the cotangent has a batch axis: the kernels of gradients get arrays of one shape nevertheless."""
    x = polygrad.randn(2, 3, dtype=polygrad.float64, requires_grad=True)
    y, directions = function(x), polygrad.randn(4, 2, 3, dtype=polygrad.float64)
    together = polygrad.func.vmap(lambda g: polygrad.autograd.grad(y, x, g, retain_graph=True)[0])(directions)
    single = [polygrad.autograd.grad(y, x, g, retain_graph=True)[0] for g in directions]
    assert polygrad.allclose(together, polygrad.stack(single), rtol=1e-12, atol=0)
