"""Libraries that are written for arrays of any kind, on tensors; a test is skipped where its library is not installed."""

from __future__ import annotations

import numpy as np
import pytest

import polygrad
from polygrad import array_api as xp
from polygrad import func
from tests.cases.training_programs import number_of_programs

RNG = np.random.default_rng(0)
A, B, C = RNG.uniform(0.2, 2.0, (4, 6)), RNG.uniform(0.2, 2.0, (6, 5)), RNG.uniform(0.2, 2.0, (5, 3))


def leaf(data, backend="numpy"):
    return polygrad.tensor(data, requires_grad=True, backend=backend)


def agrees(function, reference, *arrays, backend="numpy"):
    """``function`` has the values of ``reference`` on arrays of NumPy's, and the gradient of finite differences."""
    inputs = [leaf(x, backend) for x in arrays]
    found, expected = function(*inputs), reference(*arrays)
    assert isinstance(found, polygrad.Tensor) and found.requires_grad and found.backend.name == backend
    np.testing.assert_allclose(found.detach().to(backend="numpy").numpy(), expected, rtol=1e-10)
    weights = np.cos(np.arange(expected.size)).reshape(expected.shape)
    xp.sum(found * polygrad.tensor(weights, backend=backend)).backward()
    for k, x in enumerate(inputs):
        place = tuple(n // 2 for n in arrays[k].shape)
        ends = []
        for step in (1e-6, -1e-6):
            moved = [a.copy() for a in arrays]
            moved[k][place] += step
            ends.append(float((reference(*moved) * weights).sum()))
        assert float(x.grad[place]) == pytest.approx((ends[0] - ends[1]) / 2e-6, rel=1e-4, abs=1e-6)


# -- einops --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def einops():
    module = pytest.importorskip("einops")
    import polygrad.interop.einops  # noqa: F401  # registers the backend

    return module


EINOPS = {
    "rearrange": lambda e, x: e.rearrange(x, "a (b c) -> c b a", b=2),
    "rearrange ellipsis": lambda e, x: e.rearrange(x, "... c -> c ..."),
    "rearrange list": lambda e, x: e.rearrange([x, x * 2], "n a b -> a n b"),
    **{
        f"reduce {how}": lambda e, x, how=how: e.reduce(x, "a (b c) -> c a", how, b=2)
        for how in ("sum", "mean", "max", "min", "prod")
    },
    "repeat": lambda e, x: e.repeat(x, "a b -> b a n", n=3),
    "repeat inside": lambda e, x: e.repeat(x, "a b -> (a 2) (2 b)"),
    "einsum": lambda e, x: e.einsum(x, x, "a b, c b -> a c"),
    "pack": lambda e, x: e.pack([x, x[:2]], "* b")[0],
    "unpack": lambda e, x: e.unpack(x, [[2], [2]], "* b")[1],
}


@pytest.mark.parametrize("name", EINOPS)
def test_einops(name, einops, backend):
    agrees(lambda x: EINOPS[name](einops, x), lambda x: EINOPS[name](einops, x), A, backend=backend)


def test_einops_in_transforms(einops):
    x = polygrad.tensor(A)

    def f(v):
        return einops.reduce(v * v, "(a b) -> b", "sum", a=2)

    np.testing.assert_allclose(func.vmap(f)(x).numpy(), (A * A).reshape(4, 2, 3).sum(1), rtol=1e-12)
    assert func.jvp(f, (x[0],), (x[0],))[1].shape == (3,)


def test_einops_in_compiled_functions(einops, backend):
    """einops asks a class for ``__subclasses__``, which its metaclass has."""

    def f(x):
        return einops.rearrange(x, "a b -> (a b)").sum() + einops.reduce(x, "a b -> b", "mean").sum()

    compiled, x = polygrad.compile(f), polygrad.tensor(A)
    for _ in range(10):
        assert compiled(x).item() == pytest.approx(f(x).item())
    assert number_of_programs(compiled) <= 3  # more than one while einops fills its caches


def test_einops_layers(einops):
    from polygrad.interop.einops import EinMix, Rearrange, Reduce

    x = polygrad.tensor(A.astype(np.float32))
    model = polygrad.nn.Sequential(
        Rearrange("a (b c) -> a b c", b=2),
        EinMix("a b c -> a b d", "c d", "d", c=3, d=5),
        Reduce("a b d -> a d", "mean"),
    )
    y = model(x)
    assert y.shape == (4, 5) and len(list(model.parameters())) == 2 and "a b c" in repr(model)
    y.sum().backward()
    assert all(parameter.grad is not None for parameter in model.parameters())


# -- opt_einsum, xarray, array-api-extra, array-api-compat ---------------------------------------------------------------


@pytest.mark.parametrize("equation", ["ij,jk,kl->il", "ij,jk,kl->li", "ij,jk,kl->", "ij,jk,kl->jil"])
@pytest.mark.parametrize("library", ["auto", "numpy"])
def test_opt_einsum(equation, library, backend):
    contract = pytest.importorskip("opt_einsum").contract
    agrees(
        lambda *x: contract(equation, *x, backend=library), lambda *x: np.einsum(equation, *x), A, B, C, backend=backend
    )


XARRAY = {
    "sum": lambda d: d.sum("a"),
    "mean": lambda d: d.mean("b"),
    "std": lambda d: d.std("a"),
    "arithmetic": lambda d: (d - d.mean("b")) * 2 / d,
    "transpose": lambda d: d.T,
    "isel": lambda d: d.isel(a=[0, 2]),
    "sin": lambda d: np.sin(d),
    "max": lambda d: d.max("a"),
}


@pytest.mark.parametrize("name", XARRAY)
def test_xarray(name):
    DataArray = pytest.importorskip("xarray").DataArray
    agrees(
        lambda x: XARRAY[name](DataArray(x, dims=("a", "b"))).data,
        lambda x: XARRAY[name](DataArray(x, dims=("a", "b"))).data,
        A,
    )


def test_array_api_compat(backend):
    compat = pytest.importorskip("array_api_compat")
    x = leaf(A, backend)
    assert compat.array_namespace(x) is xp and compat.is_array_api_obj(x) and not compat.is_numpy_array(x)
    assert compat.size(x) == 24 and compat.device(x) == x.device and compat.to_device(x, x.device).requires_grad


EXTRA = {
    "at set": lambda xpx, x: xpx.at(x)[1].set(3.0, copy=True),
    "at add": lambda xpx, x: xpx.at(x * 1.0)[:, 2].add(x[:, 0]),
    "apply_where": lambda xpx, x: xpx.apply_where(x > 0.5, x, lambda v: v * v, lambda v: -v),
    "cov": lambda xpx, x: xpx.cov(x),
    "kron": lambda xpx, x: xpx.kron(x, x),
    "pad": lambda xpx, x: xpx.pad(x, 1),
    "sinc": lambda xpx, x: xpx.sinc(x),
    "create_diagonal": lambda xpx, x: xpx.create_diagonal(x[0]),
    "atleast_nd": lambda xpx, x: xpx.atleast_nd(x, ndim=3),
}


@pytest.mark.parametrize("name", EXTRA)
def test_array_api_extra(name, backend):
    xpx = pytest.importorskip("array_api_extra")
    agrees(lambda x: EXTRA[name](xpx, x), lambda x: EXTRA[name](xpx, x), A, backend=backend)


def test_lazy_apply_does_not_detach():
    xpx = pytest.importorskip("array_api_extra")
    x = leaf(A)
    assert xpx.lazy_apply(lambda v: v * 2, x, shape=x.shape, dtype=x.dtype).requires_grad
    with pytest.raises(RuntimeError, match="requires grad"):
        xpx.lazy_apply(lambda v: v * 2, x, shape=x.shape, dtype=x.dtype, as_numpy=True)
    found = xpx.lazy_apply(lambda v: v * 2, x.detach(), shape=x.shape, dtype=x.dtype, as_numpy=True)
    assert isinstance(found, polygrad.Tensor)


def test_a_real_tensor_has_no_imaginary_part_by_its_attribute():
    assert not hasattr(leaf(A), "imag")
    with pytest.raises(RuntimeError, match="imag"):
        leaf(A).imag
