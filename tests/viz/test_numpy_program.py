"""A graph as a NumPy program: what is written computes the gradients of backward()."""

import numpy as np
import pytest

import polygrad
import polygrad.nn.functional as F
from polygrad import tensor, viz


def numbers(*shape, seed=0, low=None):
    random = np.random.default_rng([*shape, seed])
    return random.standard_normal(shape) if low is None else random.uniform(low, low + 2, shape)


def leaf(*shape, seed=0, low=None):
    return tensor(numbers(*shape, seed=seed, low=low), requires_grad=True)


def mlp():
    x, y = tensor(numbers(4, 3)), tensor(numbers(4, 2, seed=1))
    w1, b1, w2, b2 = leaf(5, 3), leaf(5), leaf(2, 5), leaf(2)
    hidden = F.linear(x, w1, b1).relu()
    return F.mse_loss(F.linear(hidden, w2, b2), y), (w1, b1, w2, b2)


def attention():
    x, w, gain, shift = leaf(2, 4, 6), leaf(18, 6), leaf(6), leaf(6)
    normal = F.layer_norm(x, (6,), gain, shift)
    q, k, v = F.linear(normal, w).chunk(3, dim=-1)
    weights = F.softmax(q @ k.mT / 6**0.5, dim=-1)
    return (weights @ v + x).square().mean(), (x, w, gain, shift)


def fused_attention():
    q, k, v = leaf(2, 3, 4), leaf(2, 5, 4), leaf(2, 5, 4, seed=1)
    return F.scaled_dot_product_attention(q, k, v).sin().sum(), (q, k, v)


def convolutions():
    x, w1, b1, w2 = leaf(2, 2, 7, 6), leaf(4, 2, 3, 2), leaf(4), leaf(4, 2, 2, 2)
    y = F.max_pool2d(F.conv2d(x, w1, b1, stride=(2, 1), padding=1).tanh(), 2, ceil_mode=True)
    y = F.conv2d(F.avg_pool2d(y, 2, 1), w2, groups=2, dilation=(1, 2), padding=1)
    return F.cross_entropy(y.flatten(1), tensor([1, 3])), (x, w1, b1, w2)


def transposed_convolution():
    x, w = leaf(1, 4, 3, 3), leaf(4, 2, 2, 3)
    return F.conv_transpose2d(x, w, stride=2, padding=1).square().sum(), (x, w)


def logsumexps():
    x = leaf(3, 4)
    return x.logsumexp(1).sum() + F.log_softmax(x, dim=0).square().sum() + x.logsumexp((0, 1)), (x,)


def indexing():
    x, rows = leaf(5, 3), tensor([0, 4, 4, 2])
    where = tensor([[0, 2], [1, 1], [2, 0], [0, 1], [1, 2]])
    return x[rows].sin().sum() + x.gather(1, where).exp().sum() + x[1:4:2, -1].square().sum(), (x,)


def scattering():
    x, y = leaf(4, 3), leaf(2, 3)
    index = tensor([[0, 1, 0], [3, 1, 2]])
    return (x.scatter_add(0, index, y).cos() * x.scatter(0, tensor([[0, 1, 3]]), y)).sum(), (x, y)


def masks():
    x, y = leaf(3, 4), leaf(4)
    chosen = polygrad.where(x > 0, x.exp(), y * 2)
    return (chosen.masked_fill(y > 0.5, 0.25) ** 3).mean() + x.clamp(-0.5, 0.5).sum(), (x, y)


def linear_algebra():
    a, b = leaf(3, 3), leaf(3, 2)
    positive = a @ a.mT + polygrad.eye(3, dtype=polygrad.float64) * 3
    root = polygrad.linalg.cholesky(positive)
    return (
        polygrad.linalg.solve(positive, b).sum() + root.sin().sum() + polygrad.linalg.inv(positive).square().sum()
        + polygrad.linalg.slogdet(positive)[1] + polygrad.linalg.eigvalsh(positive).log().sum()
        + polygrad.linalg.svd(a)[1].sum() + polygrad.linalg.qr(a)[1].abs().sum(), (a, b)
    )  # fmt: skip


def einsums():
    x, y, z, w = leaf(2, 3, 4), leaf(2, 4, 5), leaf(5), leaf(2, 3, 3)
    return polygrad.einsum("bij,bjk,k->bi", x, y, z).tanh().sum() + polygrad.einsum("bii->b", w).sum(), (x, y, z, w)


def broadcasting():
    x, y, z = leaf(3, 1), leaf(1, 4), leaf()
    return ((x * y + z) / (1.5 + y.square())).atan().sum() - (x - z).abs().sum(), (x, y, z)


def reused_leaves():
    x = leaf(3, 3)
    return (x @ x + x.T * x).sin().sum() + x.trace(), (x,)


def writes_and_views():
    x, y = leaf(4, 3), leaf(3)
    z = x * 1.0
    z[1] = y * 2
    z[2:].mul_(3.0)
    z.view(12)[::5] += y.sum()
    return (z.T.reshape(6, 2) ** 2).sum() + z[0].prod(), (x, y)


def reductions():
    x = leaf(3, 4)
    return (
        x.var(1).sum() + x.std(0, keepdim=True).sum() + x.max(1).values.sum() + x.amin(0).sum() + x.prod(1).sum()
        + x.norm() + x.cumsum(1).square().mean() + x.median() + x.sort(1, descending=True).values[:, 1].sum()
        + x.topk(2, dim=0).values.sum(), (x,)
    )  # fmt: skip


def special():
    x = leaf(3, 4, low=0.5)
    y = polygrad.lgamma(x) + F.gelu(x) + polygrad.erf(x) + F.softplus(x) + polygrad.sigmoid(x) + F.silu(x)
    return (y + polygrad.special.i0(x) + F.elu(x) + x.log1p() + x**-1 + x**0.5 + x**2.5 + 2**x + x**x).sum(), (x,)


def joining():
    x, y = leaf(2, 3), leaf(2, 3, seed=1)
    joined = polygrad.cat([x, polygrad.stack([y, x * y], 1).flatten(0, 1), tensor(numbers(1, 3))])
    padded = F.pad(joined.flip(0).roll(1, 1), (1, 2))
    return (padded.tril() * padded.exp()).sum() + polygrad.stack([x[0], tensor(numbers(3))]).square().sum(), (x, y)


def complex_numbers():
    x, y = leaf(3, 2), tensor(numbers(3, 2) + 1j * numbers(3, 2, seed=1), requires_grad=True)
    z = polygrad.complex(x, x.sin()) * y
    return (z * z.conj()).real.sum() + polygrad.fft.fft(z, dim=0).abs().sum() + z.exp().imag.sum(), (x, y)


def recurrent():
    x, w, r, b = leaf(3, 2, 3), leaf(4, 3), leaf(4, 4), leaf(4)
    h = polygrad.zeros(2, 4, dtype=polygrad.float64)
    for step in x:
        h = polygrad.tanh(F.linear(step, w, b) + h @ r)
    return h.square().sum(), (x, w, r, b)


PROGRAMS = [
    mlp, attention, fused_attention, convolutions, transposed_convolution, logsumexps, indexing, scattering, masks,
    linear_algebra, einsums, broadcasting, reused_leaves, writes_and_views, reductions, special, joining, complex_numbers,
    recurrent,
]  # fmt: skip


def run(text, arguments):
    """What the written file computes, in a namespace that has nothing but NumPy."""
    assert [line for line in text.splitlines() if line.startswith(("import", "from"))] == ["import numpy as np"]
    namespace = {}
    exec(compile(text, "written.py", "exec"), namespace)
    with np.errstate(all="ignore"):
        return namespace["forward_and_backward"](**arguments), namespace["gradients"](**arguments)


#: Operands that the graphs of these programs do not save: their gradients do not depend on them.
LOST = {
    "masks": {"const": 0.25},
    "linear_algebra": {"const": 3 * np.eye(3)},
    "broadcasting": {"const": 1.5},
    "joining": {"pad_value": 0.0, "stack_arrays": numbers(3)},
}


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
def test_what_is_written_computes_the_gradients(program, tmp_path):
    loss, leaves = program()
    names = {f"leaf_{number}": x for number, x in enumerate(leaves)}
    text = viz.python(loss, tmp_path / "written.py", params=names)
    assert (tmp_path / "written.py").read_text(encoding="utf-8") == text
    loss.backward()
    (value, gradients), again = run(text, {**text.arguments, **LOST.get(program.__name__, {})})
    np.testing.assert_allclose(value, loss.item(), rtol=1e-12, atol=1e-12)
    for name, x in names.items():
        np.testing.assert_allclose(gradients[name], x.grad.numpy(), rtol=1e-12, atol=1e-12)
        np.testing.assert_array_equal(gradients[name], again[name])


def test_the_names_are_those_of_the_user():
    x, y, w = tensor(numbers(4, 3)), tensor(numbers(4)), leaf(3)
    error = x @ w - y
    loss = (error**2).mean()
    text = viz.python(loss)
    assert "def forward_and_backward(w, x, y):" in text and set(text.arguments) == {"w", "x", "y"}
    assert "error = h - y  # sub: (4,), (4,)" in text and "return loss, {" in text
    loss.backward()
    np.testing.assert_allclose(run(text, text.arguments)[1]["w"], w.grad.numpy(), rtol=1e-12)


def test_the_file_serves_for_other_numbers_of_the_same_shapes():
    x = leaf(3, 3)
    text = viz.python(polygrad.linalg.inv(x).sin().sum())
    other = leaf(3, 3, seed=5)
    polygrad.linalg.inv(other).sin().sum().backward()
    np.testing.assert_allclose(run(text, {"x": other.detach().numpy()})[1]["x"], other.grad.numpy(), rtol=1e-12)
    with pytest.raises(AssertionError):
        run(text, {"x": np.eye(4)})


@pytest.mark.parametrize("backend", ["strict", "jax"])
def test_the_graph_may_be_of_any_backend(backend):
    if backend not in polygrad.backends.available():
        pytest.skip(f"{backend} is not installed")
    w = tensor(numbers(3, 2).astype("f4"), backend=backend, requires_grad=True)
    loss = F.gelu(w @ w.mT).sum()
    text = viz.python(loss)
    loss.backward()
    np.testing.assert_allclose(run(text, text.arguments)[1]["w"], w.grad.to(backend="numpy").numpy(), rtol=2e-5)


def test_a_value_that_was_computed_is_a_parameter_and_a_number_is_not():
    x = leaf(3)
    text = viz.python((x * x.detach().max() * 3 / 2.5).sum())
    assert set(text.arguments) == {"x", "multiply_data"} and "* 3.0" in text and "/ 2.5" in text


def test_a_leaf_that_does_not_exist_any_more_is_a_parameter():
    loss = (leaf(3) + leaf(3, seed=1)).sum()
    text = viz.python(loss)
    assert text.arguments == {}
    found = run(text, {"p": np.ones(3), "p2": np.ones(3)})[1]
    np.testing.assert_array_equal(found["p"], np.ones(3))


class Cube(polygrad.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx, g):
        return 3 * g * ctx.saved_tensors[0] ** 2


def test_what_cannot_be_written_is_refused_by_name():
    x = leaf(3)
    with pytest.raises(NotImplementedError, match="Cube"):
        viz.python(Cube.apply(x).sum())
    y = x * 2
    y.register_hook(lambda g: g * 3)
    with pytest.raises(NotImplementedError, match="hook at the result of multiply"):
        viz.python(y.sum())
    with pytest.raises(NotImplementedError, match="cast"):
        viz.python(x.float().sum())
    with pytest.raises(NotImplementedError, match="viz.python cannot write"):
        polygrad.func.vmap(lambda x: (viz.python((x * x).sum()), x)[1])(leaf(2, 3))


def test_wrong_arguments():
    x = leaf(3)
    with pytest.raises(TypeError, match="not from a float"):
        viz.python(1.0)
    with pytest.raises(RuntimeError, match="does not require grad"):
        viz.python(tensor(1.0))
    with pytest.raises(RuntimeError, match=r"shape \(3,\).*reduce it"):
        viz.python(x * 2)
    loss = (x * x).sum()
    loss.backward()
    with pytest.raises(RuntimeError, match="freed"):
        viz.python(loss)


def test_writing_changes_nothing():
    x = leaf(3)
    loss = (x * x.exp()).sum()
    viz.python(loss)
    assert x.grad is None
    loss.backward()
    np.testing.assert_allclose(x.grad.numpy(), ((1 + x) * x.exp()).detach().numpy())


def test_compiled_programs_are_recorded_beside_it():
    x = leaf(3)
    viz.python((x * 2).sum())
    assert polygrad.compile(lambda x: x * 3)(x).shape == (3,)
    viz.python((x * 2).sum())
