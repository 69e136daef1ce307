"""`cond`, `while_loop` and `scan`, eager and compiled, against closed forms: gradients, state and errors."""

from __future__ import annotations

import numpy as np
import pytest

import polygrad
from polygrad import nn, optim
from polygrad.nn import functional as F
from polygrad.utils.checkpoint import checkpoint


@pytest.fixture(params=["numpy", "jax", "compiled", "replayed"])
def run(request):
    """What runs a function: itself, or `polygrad.compile` on a backend that compiles."""
    name = "numpy" if request.param in ("numpy", "replayed") else "jax"
    if name not in polygrad.backends.available():
        pytest.skip(f"the backend {name!r} is not installed")
    with polygrad.use_backend(name):
        yield polygrad.compile if request.param in ("compiled", "replayed") else lambda function: function


@pytest.fixture
def jax():
    if "jax" not in polygrad.backends.available():
        pytest.skip("the backend 'jax' is not installed")
    with polygrad.use_backend("jax"):
        yield


def numbers(*shape, seed=0, grad=True):
    values = np.random.default_rng([seed, *shape]).standard_normal(shape).astype(np.float32)
    return polygrad.tensor(values, requires_grad=grad)


def close(x, y, tolerance=1e-5):
    np.testing.assert_allclose(np.asarray(x.tolist()), np.asarray(y.tolist()), rtol=tolerance, atol=tolerance)


def gradients(function, *tensors):
    """The value of ``function``, and the gradients of ``tensors`` by backward() inside of it."""

    def step():
        loss = function()
        loss.backward()
        return loss

    for x in tensors:
        x.grad = None
    loss = step()
    return [loss, *[x.grad for x in tensors]]


def as_compiled(function, *tensors):
    """As `gradients`, with forward and backward in one program, which runs twice."""

    @polygrad.compile
    def step():
        loss = function()
        loss.backward()
        return loss

    for x in tensors:
        x.grad = None
    step()
    for x in tensors:
        x.grad = None
    loss = step()
    return [loss, *[x.grad for x in tensors]]


def agree(function, *tensors):
    """Eager, compiled as a whole, and compiled with backward() from outside."""
    eager = gradients(function, *tensors)
    for found in (as_compiled(function, *tensors), gradients(polygrad.compile(function), *tensors)):
        for x, y in zip(found, eager, strict=True):
            assert (x is None) == (y is None)
            if x is not None:
                close(x, y)
    return eager


def agree_in_second_order(function, *tensors):
    """The gradients, and those of the sum of their squares, all in one program, and eagerly."""

    def of(y):
        found = polygrad.autograd.grad(y, tensors, create_graph=True, allow_unused=True)
        return [polygrad.zeros_like(x) if g is None else g for x, g in zip(tensors, found, strict=True)]

    def twice():
        first = of(function())
        return [g.detach() for g in (*first, *of(sum([(g.abs() ** 2).sum() for g in first])))]

    eager, compiled = twice(), polygrad.compile(twice, backend="jax")()
    for x, y in zip(compiled, eager, strict=True):
        size = max(y.abs().max().item(), 1)  # float32 loses digits where large numbers cancel
        close(x / size, y / size, 1e-4)


# -- scan --------------------------------------------------------------------------------------------------------------------


def test_scan_is_a_loop(run):
    def add(total, x):
        return total + x, total

    @run
    def function(xs):
        return polygrad.scan(add, polygrad.tensor(0.0), xs), polygrad.scan(add, polygrad.tensor(0.0), xs, reverse=True)

    (total, sums), (other, from_the_end) = function(polygrad.tensor([1.0, 2.0, 3.0]))
    assert total.item() == other.item() == 6
    assert sums.tolist() == [0, 1, 3]
    assert from_the_end.tolist() == [5, 3, 0]


def test_scan_over_trees_and_another_dimension(run):
    def combine(carry, x):
        a, b = x["a"], x["b"][0]
        carry = {"sum": carry["sum"] + a, "count": carry["count"] + 1}
        return carry, (a * b, None, [carry["sum"]])

    init = {"sum": polygrad.zeros(2), "count": polygrad.tensor(0)}
    xs = {"a": numbers(2, 5), "b": (numbers(3, 5, grad=False).sum(0, keepdim=True),)}

    @run
    def function(init, xs):
        return polygrad.scan(combine, init, xs, dim=1)

    carry, (products, nothing, (sums,)) = function(init, xs)
    assert nothing is None
    assert carry["count"].item() == 5
    close(carry["sum"], xs["a"].sum(1))
    close(products, (xs["a"] * xs["b"][0]).T)
    close(sums, xs["a"].cumsum(1).T)


def test_scan_without_anything_to_go_through(run):
    @run
    def powers(x):
        return polygrad.scan(lambda y, _: (y * x, y), polygrad.ones_like(x), None, length=4)

    x = polygrad.tensor(2.0, requires_grad=True)
    last, ys = powers(x)
    assert ys.tolist() == [1, 2, 4, 8]
    (last + ys.sum()).backward()
    assert x.grad.item() == 4 * 8 + 1 + 2 * 2 + 3 * 4


def test_gradients_of_a_scan_by_all_that_it_uses(jax):
    weight, bias, init, xs = numbers(4, 4), numbers(4), numbers(3, 4), numbers(6, 3, 4)

    def function():
        scale = bias.exp()  # computed outside of the loop

        def step(h, x):
            h = polygrad.tanh(h @ weight + x * scale)
            return h, h * scale

        h, ys = polygrad.scan(step, init, xs)
        return (ys**2).sum() + h.sum()

    agree(function, weight, bias, init, xs)
    agree_in_second_order(function, weight, bias, init, xs)


@pytest.mark.parametrize("reverse", [False, True])
def test_gradients_where_only_a_part_is_used(jax, reverse):
    weight, other, init, xs = numbers(3), numbers(3, seed=1), numbers(3, seed=2), numbers(5, 3)

    def function(use):
        def step(carry, x):
            a, b = carry
            a = a * weight + x
            return (a, b + 1), (a.sin(), b * other)

        carry, ys = polygrad.scan(step, (init, polygrad.zeros(3)), xs, reverse=reverse)
        return use(carry, ys)

    agree(lambda: function(lambda carry, ys: carry[0].sum()), weight, other, init, xs)
    agree(lambda: function(lambda carry, ys: ys[0].sum()), weight, other, init, xs)
    agree(lambda: function(lambda carry, ys: ys[1].sum()), weight, other, init, xs)
    agree(lambda: function(lambda carry, ys: (ys[1] * ys[0]).sum() + carry[0].sum()), weight, other, init, xs)
    agree_in_second_order(lambda: function(lambda carry, ys: (ys[1] * ys[0]).sum()), weight, other, init, xs)


def test_scan_in_scan(jax):
    weight, xs = numbers(2, 2), numbers(3, 4, 2)

    def function():
        def inner(h, x):
            h = polygrad.tanh(h @ weight + x)
            return h, h

        def outer(h, row):
            scaled = h * 2
            h, ys = polygrad.scan(lambda c, x: inner(c + scaled.mean(), x), h, row)
            return h, ys.sum(0)

        h, ys = polygrad.scan(outer, polygrad.zeros(2), xs)
        return (ys * ys).sum() + h.sum()

    agree(function, weight, xs)
    agree_in_second_order(function, weight, xs)


def test_gradients_of_complex_numbers(jax):
    values = np.random.default_rng(0).standard_normal((2, 4, 3)).astype(np.float32)
    xs = polygrad.tensor(values[0] + 1j * values[1], requires_grad=True)
    w = polygrad.tensor(0.5 + 0.3j, dtype=polygrad.complex64, requires_grad=True)

    def function():
        h, ys = polygrad.scan(lambda h, x: (h * w + x, h * x), polygrad.zeros(3, dtype=polygrad.complex64), xs)
        return (h * ys.sum(0)).abs().sum()

    agree(function, xs, w)
    agree_in_second_order(function, xs, w)


def test_second_order_of_a_loop_that_runs_eagerly():
    with polygrad.use_backend("numpy"):
        w = polygrad.tensor(1.5, dtype=polygrad.float64, requires_grad=True)

        def power(w):  # w ** 4
            return polygrad.scan(lambda y, _: (y * w, None), polygrad.ones_like(w), None, length=4)[0]

        (first,) = polygrad.autograd.grad(power(w), w, create_graph=True)
        (second,) = polygrad.autograd.grad(first, w, create_graph=True)
        (third,) = polygrad.autograd.grad(second, w)
        np.testing.assert_allclose([first.item(), second.item(), third.item()], [4 * 1.5**3, 12 * 1.5**2, 24 * 1.5])
        assert polygrad.autograd.gradgradcheck(
            lambda w, x: polygrad.scan(lambda c, x: (polygrad.sin(c * w + x), c), x[0], x)[1].sum(),
            (w, numbers(3, 2).detach().double().requires_grad_()),
        )


def test_against_the_scan_of_jax(jax):
    library = pytest.importorskip("jax")
    weight, xs, init = numbers(4, 4), numbers(7, 4), numbers(4, seed=1)

    def ours():
        h, ys = polygrad.scan(lambda h, x: ((h @ weight + x).tanh(), h), init, xs)
        return (ys**3).sum() + h.sum()

    def theirs(weight, xs, init):
        h, ys = library.lax.scan(lambda h, x: (library.numpy.tanh(h @ weight + x), h), init, xs)
        return (ys**3).sum() + h.sum()

    expected = library.grad(theirs, argnums=(0, 1, 2))(weight.array, xs.array, init.array)
    for found, right in zip(as_compiled(ours, weight, xs, init)[1:], expected, strict=True):
        np.testing.assert_allclose(np.asarray(found.array), np.asarray(right), rtol=1e-5, atol=1e-5)


def doubles(*shape, seed=0):
    return numbers(*shape, seed=seed, grad=False).double().requires_grad_()


def test_third_order_against_jax(jax):
    library = pytest.importorskip("jax")
    tensors = doubles(3, 3), doubles(4, 3), doubles(3)

    def ours(weight, xs, init):
        h, ys = polygrad.scan(lambda h, x: ((h @ weight + x).tanh(), h), init, xs)
        return (ys**3).sum() + h.sum()

    def theirs(weight, xs, init):
        h, ys = library.lax.scan(lambda h, x: (library.numpy.tanh(h @ weight + x), h), init, xs)
        return (ys**3).sum() + h.sum()

    def of_ours(function):
        def squares(*tensors):
            found = polygrad.autograd.grad(function(*tensors), tensors, create_graph=True)
            return sum([(g * g).sum() for g in found])

        return squares

    def of_theirs(function):
        return lambda *arrays: sum(
            [(g * g).sum() for g in library.grad(function, argnums=(0, 1, 2))(*arrays)]
        )  # fmt: skip

    third = polygrad.compile(lambda: polygrad.autograd.grad(of_ours(of_ours(ours))(*tensors), tensors))
    expected = library.jit(library.grad(of_theirs(of_theirs(theirs)), argnums=(0, 1, 2)))(*[x.array for x in tensors])
    for found, right in zip(third(), expected, strict=True):
        np.testing.assert_allclose(np.asarray(found.array), np.asarray(right), rtol=1e-9)
    text = third.lower().as_text()
    assert text.count("stablehlo.while") == 8
    assert text.count("stablehlo.tanh") == 1  # nothing is computed again, in no order


def test_second_order_against_finite_differences(jax):
    w, xs = doubles(3), doubles(5, 3)

    def function(w):
        def step(h, x):
            h = polygrad.cond(x.sum() > 0, lambda h: (h * w + x).sin(), lambda h: (h * x).exp() * w, (h,))
            return h, h * h * w

        h, ys = polygrad.scan(step, w.cos(), xs)
        return ys.sum() + h.prod()

    slope = polygrad.compile(polygrad.func.grad(function))
    hessian = polygrad.compile(polygrad.func.jacrev(polygrad.func.grad(function)))(w.detach())
    for column in range(3):
        step = polygrad.zeros(3, dtype=polygrad.float64)
        step[column] = 1e-5
        difference = (slope(w.detach() + step) - slope(w.detach() - step)) / 2e-5
        close(hessian[:, column], difference, 1e-6)


def test_a_loop_is_one_operation_of_the_program(jax):
    xs = numbers(50, 4, grad=False)
    weight = numbers(4, 4)

    def function(xs):
        loss = polygrad.scan(lambda h, x: ((h @ weight + x).tanh(), None), polygrad.zeros(4), xs)[0].sum()
        loss.backward()
        return loss

    text = polygrad.compile(function).lower(xs).as_text()
    assert text.count("stablehlo.while") == 2
    assert text.count("stablehlo.tanh") == 1  # going backward, nothing is computed again


def recurrence(h, x, w):
    return (h @ w + x).tanh()


#: Bodies ``(h, x, w, other) -> (h, y)`` in which a special thing happens.
BODIES = {
    "a tensor from outside as the result": lambda h, x, w, other: (recurrence(h, x, w), other),
    "a carry that does not depend on the one before": lambda h, x, w, other: (x * other, h * h),
    "a part that is detached": lambda h, x, w, other: ((h @ w).detach() + x, h * other.detach() + other),
    "another type": lambda h, x, w, other: ((h.double() @ w.double()).float() + x, h.double()),
    "a checkpoint": lambda h, x, w, other: (checkpoint(recurrence, h, x, w, use_reentrant=False), h),
    "a gradient": lambda h, x, w, other: (polygrad.func.grad(lambda h: (h**3 * other).sum())(h) * 0.1 + x, h @ w),
    "a compiled function": polygrad.compile(lambda h, x, w, other: (recurrence(h, x, w), h)),
    "a picked row": lambda h, x, w, other: (recurrence(h, x, w), w[0] + h[1:].sum()),
}


@pytest.mark.parametrize("name", BODIES)
def test_gradients_of_a_scan_whose_body_has(jax, name):
    w, other, xs, init = numbers(3, 3), numbers(3), numbers(5, 3), numbers(3, seed=1)

    def function():
        h, ys = polygrad.scan(lambda h, x: BODIES[name](h, x, w, other), init, xs)
        return h.sum() + (ys * ys).sum().float()

    agree(function, w, other, xs, init)
    if name != "a compiled function":  # which is differentiated once from outside, where it runs eagerly
        agree_in_second_order(function, w, other, xs, init)


def test_a_scan_inside_of_a_checkpoint(jax):
    w, xs = numbers(3, 3), numbers(5, 3)

    def inner(xs):
        return polygrad.scan(lambda h, x: (recurrence(h, x, w), h), polygrad.zeros(3), xs)[1].sum()

    agree(lambda: checkpoint(inner, xs * 2, use_reentrant=False), w, xs)
    agree_in_second_order(lambda: checkpoint(inner, xs * 2, use_reentrant=False), w, xs)


def test_a_checkpoint_inside_of_a_scan_reads_what_was_computed_outside(jax):
    w, xs = numbers(3, 3), numbers(5, 3)

    def function():
        scale, layer = w.exp().sum(0), nn.Dropout(0.5)

        def inner(h, x):
            return layer((h @ w + x) * scale).tanh()

        polygrad.manual_seed(0)
        return polygrad.scan(
            lambda h, x: (checkpoint(inner, h, x, use_reentrant=False), h), polygrad.zeros(3), xs
        )[1].sum()  # fmt: skip

    agree_in_second_order(function, w, xs)


def test_a_hook_sees_the_whole_gradient_once(jax):
    w, xs = numbers(3, 3), numbers(5, 3)
    handle = w.register_hook(lambda g: g * g)
    agree(lambda: polygrad.scan(lambda h, x: (recurrence(h, x, w), h), polygrad.zeros(3), xs)[1].sum(), w, xs)
    handle.remove()


def test_first_derivatives_that_could_be_differentiated_again(jax):
    w, xs = numbers(3, 3), numbers(5, 3)

    def last(w, xs):
        return polygrad.scan(lambda h, x: (recurrence(h, x, w), None), polygrad.zeros(3), xs)[0].sum()

    slope = polygrad.func.grad(last, argnums=(0, 1))  # its arguments require grad, so it keeps the graph
    for found, right in zip(polygrad.compile(slope)(w, xs), slope(w, xs), strict=True):
        close(found, right)


# -- an LSTM -----------------------------------------------------------------------------------------------------------------


def lstm(steps, compiled):
    polygrad.manual_seed(0)
    cell, head = nn.LSTMCell(3, 8), nn.Linear(8, 2)
    parameters = [*cell.parameters(), *head.parameters()]
    optimizer = optim.Adam(parameters, lr=0.01)
    x, y = numbers(50, 5, 3, grad=False), numbers(50, 5, 2, seed=1, grad=False)

    def step(x, y):
        def one(state, now):
            h, c = cell(now, state)
            return (h, c), head(h)

        _, out = polygrad.scan(one, (polygrad.zeros(5, 8), polygrad.zeros(5, 8)), x)
        loss = F.mse_loss(out, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss

    if compiled:
        step = polygrad.compile(step)
    return [step(x, y).item() for _ in range(steps)], parameters


def test_a_trained_lstm_is_the_same_compiled(jax):
    with polygrad.use_backend("numpy"):  # the same numbers, and faster
        eager = lstm(20, False)
    compiled = lstm(20, True)
    np.testing.assert_allclose(compiled[0], eager[0], rtol=1e-4)
    assert eager[0][-1] < eager[0][0]
    for x, y in zip(compiled[1], eager[1], strict=True):
        close(x, y, 1e-4)


# -- state that the body writes to -------------------------------------------------------------------------------------------


def test_random_numbers_are_fresh_in_every_step_and_those_of_eager_code(jax):
    def function():
        def step(x, _):
            return x + 1, polygrad.rand(2) + polygrad.randn(2)

        return polygrad.scan(step, polygrad.tensor(0.0), None, length=4)[1], polygrad.rand(2)

    polygrad.manual_seed(3)
    eager = [function(), function()]
    polygrad.manual_seed(3)
    compiled = polygrad.compile(function)
    for one in eager:
        for x, y in zip(compiled(), one, strict=True):
            close(x, y)


def test_statistics_and_counters_are_carried(run):
    layer, counter = nn.BatchNorm1d(3), polygrad.zeros(2)
    layer.train()

    @run
    def function(xs):
        def step(total, x):
            with polygrad.no_grad():
                counter[0] += 1
            return total + layer(x).sum(), None

        return polygrad.scan(step, polygrad.tensor(0.0), xs)[0]

    xs = numbers(4, 5, 3, grad=False)
    function(xs)
    function(xs)
    assert counter.tolist() == [8, 0]
    assert layer.num_batches_tracked.item() == 8
    mean = np.zeros(3)
    for x in 2 * list(np.asarray(xs.tolist())):
        mean = 0.9 * mean + 0.1 * x.mean(0)
    np.testing.assert_allclose(layer.running_mean.tolist(), mean, rtol=1e-5, atol=1e-6)


def test_a_view_of_state_and_state_made_in_the_program(run):
    buffer = polygrad.zeros(4, 3)
    row = buffer[1]

    @run
    def function(xs):
        total = xs[0].detach() * 0

        def step(h, x):
            with polygrad.no_grad():
                row.add_(x)
                total.add_(row)
            return h + row * x, None

        return polygrad.scan(step, polygrad.zeros(3), xs)[0], total

    xs = numbers(5, 3)
    h, total = function(xs)
    sums = np.cumsum(np.asarray(xs.tolist()), axis=0)
    np.testing.assert_allclose(buffer.tolist(), [[0] * 3, sums[-1], [0] * 3, [0] * 3], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(row.tolist(), sums[-1], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(total.tolist(), sums.sum(0), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(h.tolist(), (sums * np.asarray(xs.tolist())).sum(0), rtol=1e-5, atol=1e-6)


def test_what_a_function_changes_in_place_is_its_own(run):
    init, xs = polygrad.zeros(2), polygrad.ones(3, 2)

    @run
    def function():
        def step(total, x):
            x *= 2
            total += x
            own = polygrad.tensor([1.0, 2.0])
            own += x
            return total, own

        return polygrad.scan(step, init, xs)

    total, ys = function()
    assert total.tolist() == [6, 6]
    assert ys.tolist() == [[3, 4]] * 3
    assert init.tolist() == [0, 0]
    assert xs.tolist() == [[1, 1]] * 3


# -- cond ------------------------------------------------------------------------------------------------------------------


def test_cond_is_an_if(run):
    @run
    def function(x):
        return polygrad.cond(
            x.sum() > 0, lambda x: {"y": x.sin(), "z": None}, lambda x: {"y": x.cos(), "z": None}, (x,)
        )

    for values in ([1.0, 2.0], [-1.0, -2.0]):
        x = polygrad.tensor(values, requires_grad=True)
        found = function(x)
        assert found["z"] is None
        found["y"].sum().backward()
        positive = values[0] > 0
        close(found["y"], x.sin() if positive else x.cos())
        close(x.grad, x.cos() if positive else -x.sin())


@pytest.mark.parametrize("shift", [-10.0, 10.0])
def test_gradients_of_a_cond_by_all_that_it_uses(jax, shift):
    weight, bias, other, x = numbers(3, 3), numbers(3), numbers(3, seed=1), numbers(2, 3)

    def function():
        scale = bias.exp()

        def one(x, y):
            return (x @ weight * scale).tanh() * y, x * 2

        def two(x, y):
            return (x * other).sin().exp() * scale, y * polygrad.ones(2, 3)

        a, b = polygrad.cond((x.sum() + shift) > 0, one, two, [x, bias])
        return (a * a).sum() + (a * b).sum()

    agree_in_second_order(function, weight, bias, other, x)
    eager = gradients(function, weight, bias, other, x)
    for found in (
        as_compiled(function, weight, bias, other, x),
        gradients(polygrad.compile(function), weight, bias, other, x),
    ):
        for y, right in zip(found, eager, strict=True):  # what only the other branch uses has no gradient, or zero
            close(y, polygrad.zeros_like(y) if right is None else right)


def test_random_numbers_in_a_branch(jax):
    def function(x):
        y = polygrad.cond(x > 0, lambda: polygrad.rand(2), lambda: polygrad.zeros(2))
        return y, polygrad.rand(1)

    inputs = [polygrad.tensor(v) for v in (1.0, -1.0, 1.0)]
    polygrad.manual_seed(1)
    eager = [function(x) for x in inputs]
    polygrad.manual_seed(1)
    compiled = polygrad.compile(function)
    for x, one in zip(inputs, eager, strict=True):
        for y, right in zip(compiled(x), one, strict=True):
            close(y, right)


def test_cond_in_a_scan_in_a_program(jax):
    weight, xs = numbers(3), numbers(8, 3)

    def function():
        def step(h, x):
            h = polygrad.cond(x.sum() > 0, lambda h: (h * weight + x).tanh(), lambda h: h - x, (h,))
            return h, h * 2

        h, ys = polygrad.scan(step, polygrad.zeros(3), xs)
        return (ys**2).sum() + h.sum()

    agree(function, weight, xs)
    agree_in_second_order(function, weight, xs)


def test_a_bool_decides_in_python(run):
    x = polygrad.tensor(1.0)
    traced = run(lambda x: polygrad.cond(True, lambda x: x + 1, lambda x: (x, x), (x,)))
    assert traced(x).item() == 2


def test_cond_under_vmap_chooses_for_every_example(run):
    xs = numbers(6, 3)

    @run
    def function(xs):
        one = lambda x: polygrad.cond(x.sum() > 0, polygrad.sin, polygrad.cos, (x,))  # noqa: E731
        return polygrad.vmap(one)(xs)

    close(function(xs), polygrad.where(xs.sum(1, keepdim=True) > 0, xs.sin(), xs.cos()))


# -- while_loop --------------------------------------------------------------------------------------------------------------


def test_while_loop_is_a_while(run):
    counter = polygrad.tensor(0)

    @run
    def collatz(n):
        def step(n, steps):
            with polygrad.no_grad():
                counter.add_(1)
            return polygrad.where(n % 2 == 0, n // 2, 3 * n + 1), steps + 1

        return polygrad.while_loop(lambda n, steps: n != 1, step, (n, polygrad.tensor(0)))

    assert [x.item() for x in collatz(polygrad.tensor(27))] == [1, 111]
    assert [x.item() for x in collatz(polygrad.tensor(6))] == [1, 8]
    assert counter.item() == 119


def test_gradients_of_a_while_loop():
    with polygrad.use_backend("numpy"):
        x = polygrad.tensor(1.5, requires_grad=True)
        (y,) = polygrad.while_loop(lambda y: y < 10, lambda y: (y * x,), (x,))
        y.backward()
        assert y.item() == pytest.approx(1.5**6)
        assert x.grad.item() == pytest.approx(6 * 1.5**5)


def test_a_while_loop_in_a_program_has_no_gradient(jax):
    x = polygrad.tensor(1.5, requires_grad=True)

    @polygrad.compile
    def function(x):
        (y,) = polygrad.while_loop(lambda y: y < 10, lambda y: (y * 2,), (x,))
        y.backward()

    with pytest.raises(RuntimeError, match=r"no gradient.*polygrad.scan.*polygrad.func.jvp"):
        function(x)
    assert x.grad is None
    newton = polygrad.compile(
        lambda x: polygrad.while_loop(lambda y: (y * y - x).abs() > 1e-5, lambda y: ((y + x / y) / 2,), (x.detach(),))
    )
    assert newton(polygrad.tensor(2.0))[0].item() == pytest.approx(2**0.5, abs=1e-5)


def test_gradients_inside_a_loop(jax):
    @polygrad.compile
    def minimum(x):
        slope = polygrad.func.grad(lambda x: ((x - 3) ** 2).sum())
        return polygrad.while_loop(lambda x: slope(x).abs().max() > 1e-3, lambda x: (x - 0.1 * slope(x),), (x,))

    close(minimum(polygrad.zeros(2))[0], 3 * polygrad.ones(2), 1e-3)


# -- transforms around and inside --------------------------------------------------------------------------------------------


def test_transforms_of_a_scan(run):
    weight, xs = numbers(3, 3, grad=False), numbers(4, 5, 3, grad=False)

    def last(xs, weight):
        return polygrad.scan(lambda h, x: ((h @ weight + x).tanh(), None), polygrad.zeros(3), xs)[0].sum()

    @run
    def function(xs, weight):
        batch = polygrad.vmap(last, (0, None))(xs, weight)
        each = polygrad.vmap(polygrad.func.grad(last, 1), (0, None))(xs, weight)
        value, tangent = polygrad.func.jvp(lambda w: last(xs[0], w), (weight,), (weight,))
        return batch, each, value, tangent

    batch, each, value, tangent = function(xs, weight)
    for number in range(4):
        close(batch[number], last(xs[number], weight))
        close(each[number], polygrad.func.grad(last, 1)(xs[number], weight))
    close(value, batch[0])
    close(tangent, (each[0] * weight).sum())


def last(w, init, xs):
    """A scan that also carries a counter, with results of several types."""

    def step(carry, x):
        h, count = carry
        h = (h @ w + x).tanh()
        return (h, count + 1), (h * 2, count * h[0])

    (h, count), (ys, products) = polygrad.scan(step, (init, polygrad.tensor(0)), xs)
    return (ys**3).sum() + h.sum() * count + products.sum()


def constant(w, init, xs):
    """Steps that forget the carry, whose first is the same for all examples, and one that is never mapped."""
    return polygrad.scan(lambda c, x: ((x * w[0], c[1] * w[1]), c[0] * x + c[1]), (init, init), xs)[1].pow(2).sum()


def branch(w, init, x):
    """A branch for all examples, in which only one of both differs between them."""
    return polygrad.cond(w.sum() > 0, lambda x: (x @ w).sin(), lambda x: init * w[0], (x[0],)).pow(3).sum()


def choice(w, init, x):
    """A branch for each example."""
    return polygrad.cond(x.sum() > 0, lambda x: (x @ w).sin(), lambda x: init * x, (x,)).sum()


def until(w, init, x):
    """A loop whose number of steps differs from example to example."""
    _, y = polygrad.while_loop(
        lambda n, y: y.abs().max() < 9, lambda n, y: (n + 1, y * 2 + (y @ w).tanh()), (init, x[0])
    )
    return y.sum() + _.sum()


def repeated(w, init, x):
    """One whose number of steps is the same for all."""
    return polygrad.while_loop(lambda n, y: n < 4, lambda n, y: (n + 1, (y @ w).tanh()), (polygrad.tensor(0), x[0]))[
        1
    ].sum()


func, vmap = polygrad.func, polygrad.vmap


def batched(function):
    return vmap(function, (None, None, 0))


def total(function):
    return lambda w, init, xs: batched(function)(w, init, xs).pow(2).sum()


def along(function):
    """The derivative in a direction."""
    return lambda w, init, xs: func.jvp(lambda w, init: function(w, init, xs), (w, init), (w.cos(), init))[1]


def each(transform, *arguments):
    """A transform of what one example gives."""
    return lambda function: batched(transform(function, *arguments))


#: name → (transform of ``(w, init, xs)``, what it is tried on, how many loops and branches the program has).
TRANSFORMS = {
    "vmap": (batched, (last, constant, branch, choice, until, repeated), 1),
    "vmap over two": (lambda f: vmap(batched(f), (None, 0, None)), (last, until), 1),
    "jvp": (lambda f: along(lambda w, init, xs: f(w, init, xs[0])), (last, branch, until), 1),
    "vmap of jvp": (lambda f: batched(along(f)), (last, choice, until, repeated), 1),
    "jvp of vmap": (lambda f: along(batched(f)), (last, constant, until), 1),
    "vmap of grad": (each(func.grad, (0, 1)), (last, constant, branch, choice), 2),
    "grad of vmap": (lambda f: func.grad(total(f), (0, 1, 2)), (last, constant, branch, choice), 2),
    "vmap of hessian": (each(func.hessian, 1), (last, branch), 2),
    "hessian of vmap": (lambda f: func.hessian(total(f), 1), (last, constant, branch), 2),
    "jacrev of jacrev of vmap": (lambda f: func.jacrev(func.jacrev(total(f))), (last, constant), 4),
    "grad of jvp of vmap": (
        lambda f: func.grad(lambda *a: along(batched(f))(*a).pow(2).sum(), (0, 1)),
        (last, branch),
        2,
    ),
    "jacfwd of jacfwd": (lambda f: func.jacfwd(func.jacfwd(lambda w, i, xs: f(w, i, xs[0]))), (last, until), 1),
}


@pytest.mark.parametrize(
    ("name", "function"), [(name, function) for name, (_, functions, _) in TRANSFORMS.items() for function in functions]
)  # fmt: skip
def test_a_loop_stays_one_loop_under(jax, name, function):
    transform, _, count = TRANSFORMS[name]
    tensors = [x.detach() for x in (doubles(3, 3), doubles(3), doubles(4, 5, 3))]
    if name == "vmap over two":
        tensors[1] = doubles(2, 3).detach()
    compiled = polygrad.compile(transform(function))
    found = compiled(*tensors)
    with polygrad.use_backend("numpy"):
        expected = transform(function)(*[x.to(backend="numpy") for x in tensors])
    for x, y in zip(*[(t,) if isinstance(t, polygrad.Tensor) else t for t in (found, expected)], strict=True):
        close(x, y, 1e-9)
    text = compiled.lower(*tensors).as_text()
    loops = text.count("stablehlo.while") + text.count("stablehlo.case")
    assert loops == (0 if function is choice else count)


def test_vmap_of_a_while_loop_is_that_of_jax(run):
    library = pytest.importorskip("jax")
    xs = numbers(6, 3, grad=False)

    def ours(x):
        return polygrad.while_loop(
            lambda n, x: x.sum() < 5, lambda n, x: (n + 1, x.abs() + x * x + 0.1), (polygrad.tensor(0), x)
        )

    def theirs(x):
        return library.lax.while_loop(
            lambda c: c[1].sum() < 5, lambda c: (c[0] + 1, abs(c[1]) + c[1] * c[1] + 0.1), (0, x)
        )  # fmt: skip

    found, expected = run(vmap(ours))(xs), library.vmap(theirs)(np.asarray(xs.tolist(), np.float32))
    assert found[0].tolist() == expected[0].tolist()
    assert len(set(found[0].tolist())) > 1
    np.testing.assert_allclose(found[1].tolist(), np.asarray(expected[1]), rtol=1e-5)


def test_state_and_random_numbers_of_a_batch(run):
    counter, layer = polygrad.zeros(2), nn.Dropout(0.5)

    def one(x):
        def step(h, _):
            with polygrad.no_grad():
                counter[0] += 1
            return layer(h), polygrad.rand(())

        return polygrad.scan(step, x, None, length=3)

    function = run(lambda xs: vmap(one, randomness="different")(xs))
    polygrad.manual_seed(5)
    _, ys = function(polygrad.ones(4, 8))
    assert counter.tolist() == [3, 0]
    assert ys.shape == (4, 3)
    assert len(set(ys.flatten().tolist())) == 12

    def writes(x):
        return polygrad.scan(lambda h, _: (counter.add_(x), None), polygrad.zeros(2), None, length=2)[0]

    with pytest.raises(RuntimeError, match="writes in place to a tensor from outside"):
        run(vmap(writes))(polygrad.ones(4, 2))
    assert counter.tolist() == [3, 0]


def test_a_transform_inside_of_the_body(jax):
    weight, xs = numbers(3), numbers(4, 2, 3)

    def function():
        def step(h, x):
            h = h + polygrad.vmap(lambda row: (row * weight).sin().sum())(x)
            return h, h * h

        return polygrad.scan(step, polygrad.zeros(2), xs)[1].sum()

    agree(function, weight, xs)


# -- errors ------------------------------------------------------------------------------------------------------------------


def test_errors_of_a_scan(run):
    x, one = polygrad.ones(3, 2), polygrad.zeros(2)

    def fails(kind, match, function, *arguments, **named):
        with pytest.raises(kind, match=match):
            run(lambda: polygrad.scan(function, *arguments, **named))()

    good = lambda c, x: (c + x, x)  # noqa: E731
    fails(TypeError, "combine_fn must be a function", 3, one, x)
    fails(TypeError, r"init must be made of tensors.*float; write polygrad.tensor\(0.0\)", good, 0.0, x)
    fails(TypeError, "pair", lambda c, x: c, one, x)
    fails(ValueError, r"float32\[1, 2\], but init is float32\[2\]", lambda c, x: ((c + x)[None], x), one, x)
    fails(TypeError, r"int64\[2\], but init is float32\[2\]; .*polygrad.float32", lambda c, x: (c.long(), x), one, x)
    fails(ValueError, r"is \(float32\[2\], float32\[2\]\), but init is float32\[2\]", lambda c, x: ((c, x), x), one, x)
    fails(ValueError, "different lengths along dim 0", good, one, (x, polygrad.ones(4, 2)))
    fails(ValueError, "length=5", good, one, x, length=5)
    fails(ValueError, "length must say", good, one, None)
    fails(ValueError, "no dimension 2", good, one, x, dim=2)
    fails(ValueError, "no step", good, one, polygrad.ones(0, 2))
    fails(TypeError, "the y that combine_fn returns", lambda c, x: (c, 1), one, x)


def test_errors_of_cond_and_while_loop(run):
    x = polygrad.ones(2)

    def fails(kind, match, function, *arguments):
        with pytest.raises(kind, match=match):
            run(lambda: function(*arguments))()

    same = lambda x: x  # noqa: E731
    fails(TypeError, r"pred must be one bool, and it is bool\[2\]", polygrad.cond, x > 0, same, same, (x,))
    fails(TypeError, "pred must be a bool", polygrad.cond, 1, same, same, (x,))
    fails(TypeError, r"write \(x,\)", polygrad.cond, True, same, same, x)
    fails(TypeError, "true_fn must be a function", polygrad.cond, True, 1, same, (x,))
    fails(TypeError, r"write \(x,\)", polygrad.while_loop, same, same, x)
    fails(TypeError, "what cond_fn returns must be one bool", polygrad.while_loop, same, same, (x,))
    fails(ValueError, "has no tensor", polygrad.while_loop, same, same, ())
    fails(
        ValueError, r"body_fn is \(float32\[1\],\)|body_fn is float32\[1\]",
        polygrad.while_loop, lambda x: x.sum() > 0, lambda x: (x[:1],), (x,),
    )  # fmt: skip


def test_errors_inside_of_programs(jax):
    x = polygrad.ones(2)
    with pytest.raises(ValueError, match=r"false_fn is float32\[\], but that of true_fn is float32\[2\]"):
        polygrad.compile(lambda x: polygrad.cond(x.sum() > 0, lambda x: x, lambda x: x.sum(), (x,)))(x)
    outside, weight = polygrad.zeros(2), polygrad.ones(2, requires_grad=True)

    def writes(total, x):
        outside.add_(x * weight)
        return total + x, None

    with pytest.raises(polygrad.compiler.CompileError, match=r"scan: combine_fn changes .* shape \(2,\) from outside"):
        polygrad.compile(lambda: polygrad.scan(writes, polygrad.zeros(2), polygrad.ones(3, 2)))()
    assert outside.tolist() == [0, 0]
    assert not outside.requires_grad

    def trains(total, x):
        (weight * x).sum().backward()
        return total, None

    with pytest.raises(polygrad.compiler.CompileError, match="a gradient in .grad of .* finds no gradient"):
        polygrad.compile(lambda: polygrad.scan(trains, polygrad.zeros(2), polygrad.ones(3, 2)))()
    assert weight.grad is None
    model = nn.Dropout(0.5)

    def switches(total, x):
        model.eval()
        return total, None

    with pytest.raises(polygrad.compiler.CompileError, match="state of a Python object"):
        polygrad.compile(lambda: polygrad.scan(switches, polygrad.zeros(2), polygrad.ones(3, 2)))()
    assert model.training
    with pytest.raises(polygrad.compiler.CompileError, match="cond_fn changes"):
        polygrad.compile(lambda: polygrad.while_loop(lambda x: polygrad.rand(()) > 0.5, lambda x: (x,), (x,)))()
    with pytest.raises(polygrad.compiler.CompileError, match="needs the value of a tensor"):
        polygrad.compile(lambda: polygrad.scan(lambda c, x: (c if x.sum() > 0 else -c, None), x, polygrad.ones(3, 2)))()
    kept = []
    with pytest.raises(polygrad.compiler.CompileError, match="outlive"):
        polygrad.compile(lambda: polygrad.scan(lambda c, x: (c, kept.append(c)), x, polygrad.ones(3, 2)))()


# -- training inside of a loop ---------------------------------------------------------------------------------------------


class Signs(optim.Optimizer):
    """An optimizer that overrides `step`, and keeps the last signs."""

    def __init__(self, params, lr):
        super().__init__(params, {"lr": lr})

    def step(self):
        with polygrad.no_grad():
            for group in self.param_groups:
                for parameter in group["params"]:
                    signs = parameter.grad.sign()
                    self.state[parameter].setdefault("signs", polygrad.zeros_like(parameter)).copy_(signs)
                    parameter -= group["lr"] * signs


OPTIMIZERS = {
    "SGD": lambda p: optim.SGD(p, lr=0.1),
    "momentum": lambda p: optim.SGD(p, lr=0.1, momentum=0.9),
    "dampening": lambda p: optim.SGD(p, lr=0.1, momentum=0.9, dampening=0.5),
    "Adam": lambda p: optim.Adam(p, lr=0.1, amsgrad=True),
    "AdamW": lambda p: optim.AdamW(p, lr=0.1),
    "RMSprop": lambda p: optim.RMSprop(p, lr=0.1, centered=True, momentum=0.5),
    "Adagrad": lambda p: optim.Adagrad(p, lr=0.1),
    "Adadelta": lambda p: optim.Adadelta(p, eps=1e-2),
    "Adamax": lambda p: optim.Adamax(p, lr=0.1),
    "NAdam": lambda p: optim.NAdam(p, lr=0.1),
    "RAdam": lambda p: optim.RAdam(p, lr=0.1, betas=(0.5, 0.9)),
    "Rprop": lambda p: optim.Rprop(p, lr=0.1),
    "ASGD": lambda p: optim.ASGD(p, lr=0.1, t0=1),
    "own step": lambda p: Signs(p, lr=0.1),
}


def trained(optimizer, loop, zeroed, wrap):
    """A weight, its gradient and the losses after three calls in which ``loop`` runs steps of training."""
    weight = polygrad.tensor([1.0, 2.0, 3.0], requires_grad=True)
    optimizer = OPTIMIZERS[optimizer]([weight])
    if zeroed == "to zeros":
        weight.grad = polygrad.zeros(3)

    def train(x):
        if zeroed == "first":
            optimizer.zero_grad()
        loss = ((weight * x).sum() - 1).square()
        loss.backward()
        optimizer.step()
        if zeroed != "first":
            optimizer.zero_grad(set_to_none=zeroed == "last")
        return loss.detach()

    def call(xs):
        if loop == "scan":
            return polygrad.scan(lambda total, x: (total + x, train(x)), polygrad.zeros(3), xs)[1]
        if loop == "cond":
            return polygrad.cond(xs.sum() > 0, lambda x: train(x[1]), lambda x: x.sum(), (xs,))
        return polygrad.while_loop(
            lambda n, _: n < 3, lambda n, _: (n + 1, train(xs[1])), (polygrad.tensor(0), xs[0, 0])
        )

    call = wrap(call)
    losses = [call(xs) for xs in (numbers(4, 3, grad=False).abs(), -numbers(4, 3, grad=False).abs()) for _ in range(2)]
    return [weight.detach(), weight.grad, *(loss[1] if isinstance(loss, tuple) else loss for loss in losses)]


@pytest.mark.parametrize(
    ("optimizer", "loop", "zeroed"),
    [
        *[(optimizer, "scan", "first") for optimizer in OPTIMIZERS],
        *[("Adam", loop, zeroed) for loop in ("scan", "cond", "while_loop") for zeroed in ("last", "to zeros")],
        ("dampening", "cond", "last"),
        ("own step", "while_loop", "last"),
    ],
)
def test_optimizers_step_inside_of_loops_as_eagerly(jax, optimizer, loop, zeroed):
    with polygrad.use_backend("numpy"):
        eager = trained(optimizer, loop, zeroed, lambda function: function)
    for x, y in zip(trained(optimizer, loop, zeroed, polygrad.compile), eager, strict=True):
        assert (x is None) == (y is None)
        if x is not None:
            close(x, y)


@pytest.mark.parametrize("loop", ["cond", "while_loop"])
def test_a_gradient_that_begins_inside_of_what_may_not_run_is_an_error_that_says_what_to_write(jax, loop):
    with pytest.raises(polygrad.compiler.CompileError, match=r"where it finds no gradient.*zeros_like\(x\) before"):
        trained("SGD", loop, "first", polygrad.compile)


def test_a_scheduler_inside_of_a_loop_is_an_error_that_says_so(jax):
    weight = polygrad.ones(3, requires_grad=True)
    optimizer = optim.SGD([weight], lr=0.1)
    scheduler = optim.lr_scheduler.StepLR(optimizer, 1)

    def step(total, x):
        scheduler.step()
        return total + x, None

    with pytest.raises(polygrad.compiler.CompileError, match=r"scheduler.step\(\).*change it before or after"):
        polygrad.compile(lambda xs: polygrad.scan(step, polygrad.zeros(3), xs))(polygrad.ones(2, 3))
    assert optimizer.param_groups[0]["lr"] == 0.1


@pytest.mark.parametrize("loop", ["scan", "cond", "while_loop"])
@pytest.mark.parametrize(
    "make", [lambda: nn.BatchNorm1d(3), lambda: nn.BatchNorm1d(3, momentum=None), lambda: nn.Dropout(0.5)]
)
def test_layers_with_state_inside_of_loops_as_eagerly(jax, make, loop):
    def used(wrap):
        polygrad.manual_seed(0)
        layer = make()

        def call(xs):
            if loop == "scan":
                return polygrad.scan(lambda n, x: (n + 1, layer(x)), polygrad.tensor(0.0), xs)[1]
            if loop == "cond":
                return polygrad.cond(xs.sum() > 0, lambda xs: layer(xs[1]), lambda xs: xs[0], (xs,))
            return polygrad.while_loop(lambda n, x: n < 3, lambda n, x: (n + 1, layer(x)), (polygrad.tensor(0), xs[0]))[
                1
            ]

        call = wrap(call)
        xs = numbers(3, 4, 3, grad=False)
        return [call(xs.abs()), call(-xs.abs()), *layer.buffers()]

    with polygrad.use_backend("numpy"):
        eager = used(lambda function: function)
    for x, y in zip(used(polygrad.compile), eager, strict=True):
        close(x, y)
