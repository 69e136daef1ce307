"""Operands that must have one data type: a forgotten ``.float()`` is an error, as in PyTorch."""

from __future__ import annotations

import itertools
import re

import pytest

import polygrad

PAIRS = [
    pair
    for other in ("float64", "float16", "int64", "complex64")
    for pair in (("float32", other), (other, "float32"))
]  # fmt: skip


def rnn(name, states, parts):
    """A recurrent layer with its parameters in the type of the first, its input and states in those of the others."""

    def run(m, a, b):
        weights, x, state = (b if part in parts else a for part in ("weights", "input", "state"))
        if not m.tensor([0], dtype=weights).dtype.is_floating_point:
            raise RuntimeError(f"{a} and {b}: modules are floating")
        cell = name.endswith("Cell")
        lead = (1,) if cell else (1, 1)
        h = m.ones(*lead, 2, dtype=state)
        return getattr(m.nn, name)(2, 2).to(weights)(m.ones(*lead, 2, dtype=x), (h, h) if states == 2 else h)

    return run


def at(function, *shapes, odd):
    """``function`` of tensors of ones of ``shapes``, the one with the number ``odd`` of the second type."""

    def run(m, a, b):
        return function(m)(*[m.ones(*shape, dtype=b if n == odd else a) for n, shape in enumerate(shapes)])

    return run


def each(name, function, *shapes):
    """A row for every operand that can be the odd one."""
    return {f"{name}, {n}": at(function, *shapes, odd=n) for n in range(len(shapes))}


def functional(name, **settings):
    return lambda m: lambda *tensors: getattr(m.nn.functional, name)(*tensors, **settings)


def index(m):
    return m.zeros(2, dtype=m.int64)


def written(m):
    def write(x, value):
        x[m.tensor([0, 1])] = value

    return write


def masked(m):
    def write(x, value):
        x[m.ones(2, dtype=m.bool)] = value

    return write


SQUARE, VECTOR, BATCH = (2, 2), (2,), (2, 2, 2)
REFUSED = {
    **each("matmul", lambda m: m.matmul, SQUARE, SQUARE),
    **each("@", lambda m: lambda x, y: x @ y, VECTOR, SQUARE),
    **each("mm", lambda m: m.mm, SQUARE, SQUARE),
    **each("bmm", lambda m: m.bmm, BATCH, BATCH),
    **each("mv", lambda m: m.mv, SQUARE, VECTOR),
    **each("dot", lambda m: m.dot, VECTOR, VECTOR),
    **each("vdot", lambda m: m.vdot, VECTOR, VECTOR),
    **each("inner", lambda m: m.inner, VECTOR, VECTOR),
    **each("vecdot", lambda m: m.linalg.vecdot, VECTOR, VECTOR),
    **each("tensordot", lambda m: lambda x, y: m.tensordot(x, y, 1), SQUARE, SQUARE),
    **each("tensordot over nothing", lambda m: lambda x, y: m.tensordot(x, y, 0), SQUARE, SQUARE),
    **each("multi_dot", lambda m: lambda *x: m.linalg.multi_dot(x), SQUARE, SQUARE, SQUARE),
    **each("einsum of matrices", lambda m: lambda x, y: m.einsum("ij,jk->ik", x, y), SQUARE, SQUARE),
    **each("einsum to a number", lambda m: lambda x, y: m.einsum("ij,ij->", x, y), SQUARE, SQUARE),
    **each("cross", lambda m: lambda x, y: m.cross(x, y, dim=0), (3,), (3,)),
    **each("addmm", lambda m: m.addmm, SQUARE, SQUARE, SQUARE),
    **each("addmv", lambda m: m.addmv, VECTOR, SQUARE, VECTOR),
    **each("baddbmm", lambda m: m.baddbmm, BATCH, BATCH, BATCH),
    **each("addbmm", lambda m: m.addbmm, SQUARE, BATCH, BATCH),
    **each("linear", functional("linear"), SQUARE, SQUARE),
    **each("linear with bias", functional("linear"), SQUARE, SQUARE, VECTOR),
    **each("linear of a vector", functional("linear"), SQUARE, VECTOR),
    **each("bilinear", functional("bilinear"), SQUARE, SQUARE, BATCH, VECTOR),
    **each("conv1d", functional("conv1d"), (1, 2, 4), (2, 2, 2), (2,)),
    **each("conv2d", functional("conv2d"), (1, 2, 4, 4), (2, 2, 2, 2), (2,)),
    **each("conv_transpose1d", functional("conv_transpose1d"), (1, 2, 4), (2, 2, 2)),
    **each("conv_transpose2d", functional("conv_transpose2d"), (1, 2, 4, 4), (2, 2, 2, 2)),
    **each("attention", functional("scaled_dot_product_attention"), BATCH, BATCH, BATCH),
    **each("prelu", functional("prelu"), SQUARE, (1,)),
    **each("binary_cross_entropy", functional("binary_cross_entropy"), SQUARE, SQUARE),
    **each("solve", lambda m: lambda A, B: m.linalg.solve(A - A + m.eye(2, dtype=A.dtype), B), SQUARE, SQUARE),
    **each("lstsq", lambda m: m.linalg.lstsq, SQUARE, SQUARE),
    **each("cholesky_solve", lambda m: m.cholesky_solve, SQUARE, SQUARE),
    **each("cdist", lambda m: m.cdist, SQUARE, SQUARE),
    **each("lerp", lambda m: m.lerp, VECTOR, VECTOR, VECTOR),
    **each("polar", lambda m: m.polar, VECTOR, VECTOR),
    **each("isclose", lambda m: m.isclose, VECTOR, VECTOR),
    **each("quantile", lambda m: m.quantile, VECTOR, VECTOR),
    **each("meshgrid", lambda m: lambda x, y: m.meshgrid(x, y, indexing="ij"), VECTOR, VECTOR),
    **each("cartesian_prod", lambda m: m.cartesian_prod, VECTOR, VECTOR),
    **each("scatter", lambda m: lambda x, src: x.scatter(0, index(m), src), VECTOR, VECTOR),
    **each("scatter_add", lambda m: lambda x, src: x.scatter_add(0, index(m), src), VECTOR, VECTOR),
    **each("index_add", lambda m: lambda x, src: x.index_add(0, index(m), src), VECTOR, VECTOR),
    **each("index_copy", lambda m: lambda x, src: x.index_copy(0, index(m), src), VECTOR, VECTOR),
    **each("index_put", lambda m: lambda x, src: x.index_put((index(m),), src), VECTOR, VECTOR),
    **each("masked_scatter", lambda m: lambda x, y: x.masked_scatter(m.ones(2, dtype=m.bool), y), VECTOR, VECTOR),
    **each("x[indices] = value", written, VECTOR, VECTOR),
    **each("x[mask] = value", masked, VECTOR, VECTOR),
    "cross_entropy, weight": lambda m, a, b: m.nn.functional.cross_entropy(
        m.ones(2, 3, dtype=a), index(m), m.ones(3, dtype=b)
    ),
    "nll_loss, weight": lambda m, a, b: m.nn.functional.nll_loss(m.ones(2, 3, dtype=a), index(m), m.ones(3, dtype=b)),
    **{
        f"{name}, {part}": rnn(name, states, (part,))
        for name, states in (("RNN", 1), ("GRU", 1), ("LSTM", 2), ("RNNCell", 1), ("GRUCell", 1))
        for part in ("weights", "input")
    },
    **{f"{name}, state": rnn(name, 1, ("state",)) for name in ("RNN", "GRU", "RNNCell", "GRUCell")},
}
#: Layers that take float32 parameters with an input of half precision, but no other mixture.
NORMALIZED = {
    "layer_norm": lambda m, a, b: m.nn.functional.layer_norm(
        m.ones(2, 3, dtype=a), (3,), m.ones(3, dtype=b), m.ones(3, dtype=b)
    ),
    "group_norm": lambda m, a, b: m.nn.functional.group_norm(
        m.ones(2, 2, 3, dtype=a), 1, m.ones(2, dtype=b), m.ones(2, dtype=b)
    ),
    "instance_norm": lambda m, a, b: m.nn.functional.instance_norm(
        m.ones(2, 2, 3, dtype=a), weight=m.ones(2, dtype=b), bias=m.ones(2, dtype=b)
    ),
    "batch_norm, statistics": lambda m, a, b: m.nn.functional.batch_norm(
        m.ones(2, 3, dtype=a), m.zeros(3, dtype=b), m.ones(3, dtype=b), training=True
    ),
    "batch_norm in evaluation": lambda m, a, b: m.nn.functional.batch_norm(
        m.ones(2, 3, dtype=a), m.zeros(3, dtype=b), m.ones(3, dtype=b), m.ones(3, dtype=b), m.ones(3, dtype=b)
    ),
}
#: What PyTorch promotes.
PROMOTED = {
    **each("outer", lambda m: m.outer, VECTOR, VECTOR),
    **each("kron", lambda m: m.kron, SQUARE, SQUARE),
    **each("addr", lambda m: m.addr, SQUARE, VECTOR, VECTOR),
    **each("addcmul", lambda m: m.addcmul, VECTOR, VECTOR, VECTOR),
    **each("einsum of elements", lambda m: lambda x, y: m.einsum("i,i->i", x, y), VECTOR, VECTOR),
    **each("einsum of rows and columns", lambda m: lambda x, y: m.einsum("i,j->ij", x, y), VECTOR, VECTOR),
    **each("cat", lambda m: lambda x, y: m.cat([x, y]), VECTOR, VECTOR),
    **each("where", lambda m: lambda x, y: m.where(m.ones(2, dtype=m.bool), x, y), VECTOR, VECTOR),
    "x[0] = value": lambda m, a, b: m.zeros(2, dtype=a).__setitem__(0, m.tensor(1, dtype=b).real),
    "x[mask] = number": lambda m, a, b: m.zeros(2, dtype=a).__setitem__(m.ones(2, dtype=m.bool), m.ones(1, dtype=b)),
    "index_fill": lambda m, a, b: m.zeros(2, dtype=a).index_fill(0, index(m), m.tensor(1, dtype=b).real),
}


def types(m, pair):
    return [getattr(m, name) for name in pair]


def pairs_on(backend):
    return [pair for pair in PAIRS if backend != "strict" or "float16" not in pair]  # which it does not have


@pytest.mark.parametrize("name", {**REFUSED, **NORMALIZED})
def test_operands_of_two_types_are_refused_by_name(name, backend):
    for pair in pairs_on(backend):
        if name in NORMALIZED and pair == ("float16", "float32"):
            result = NORMALIZED[name](polygrad, polygrad.float16, polygrad.float32)
            assert result.dtype is polygrad.float16
            continue
        with pytest.raises(RuntimeError) as caught:
            {**REFUSED, **NORMALIZED}[name](polygrad, *types(polygrad, pair))
        text = str(caught.value)
        assert all(one in text for one in pair)
        assert "modules are floating" in text or re.search(r"convert one, as in .*\.to\(\w.*\.dtype\)", text)


@pytest.mark.filterwarnings("ignore:.* encountered in log:RuntimeWarning")
@pytest.mark.parametrize("name", {**REFUSED, **NORMALIZED})
def test_one_type_is_taken(name, backend):
    {**REFUSED, **NORMALIZED}[name](polygrad, *types(polygrad, ("float32", "float32")))


@pytest.mark.parametrize("name", PROMOTED)
def test_other_functions_promote(name, backend):
    for pair in pairs_on(backend):
        if not ("=" in name and pair[1] == "complex64"):
            PROMOTED[name](polygrad, *types(polygrad, pair))


@pytest.mark.parity
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", {**REFUSED, **NORMALIZED, **PROMOTED})
def test_pytorch_refuses_the_same(name):
    torch = pytest.importorskip("torch")
    run = {**REFUSED, **NORMALIZED, **PROMOTED}[name]
    for pair in PAIRS:
        taken = name in PROMOTED or (name in NORMALIZED and pair == ("float16", "float32"))
        if "=" in name and pair[1] == "complex64":
            continue
        try:
            run(torch, *types(torch, pair))
        except (RuntimeError, ValueError):
            assert not taken, pair
        else:
            assert taken, pair


def product(x):
    return (x @ polygrad.ones(2, 2)).sum()


MODES = {
    "eager": lambda x: product(x),
    "recorded": lambda x: product(x.requires_grad_()),
    "compiled": lambda x: polygrad.compile(product)(x),
    "grad": lambda x: polygrad.func.grad(product)(x),
    "jvp": lambda x: polygrad.func.jvp(product, (x,), (x,)),
    "vmap": lambda x: polygrad.func.vmap(product)(polygrad.stack([x, x])),
    "jacrev": lambda x: polygrad.func.jacrev(product)(x),
    "checkpoint": lambda x: polygrad.utils.checkpoint.checkpoint(product, x, use_reentrant=False),
}


@pytest.mark.parametrize("mode", MODES)
def test_it_is_refused_in_every_mode(mode, backend):
    with pytest.raises(RuntimeError, match="float64 and other is float32"):
        MODES[mode](polygrad.ones(2, 2, dtype=polygrad.float64))


def test_the_error_names_the_operands_and_what_to_write():
    weight, x = polygrad.ones(2, 2), polygrad.ones(1, 2, dtype=polygrad.float64)
    with pytest.raises(RuntimeError) as caught:
        polygrad.nn.functional.linear(x, weight)
    assert str(caught.value).startswith(
        "linear: input is float64 and weight is float32, but they must have one data type; convert one, as in "
        "input.float() or input.to(weight.dtype)"
    )
    assert "A 0-d float64 tensor" in str(caught.value)
    with pytest.raises(RuntimeError, match=re.escape("input.float() or input.to(other.dtype)")):
        polygrad.ones(2, 2, dtype=polygrad.int64) @ weight
    with pytest.raises(RuntimeError, match=re.escape("convert one, as in input.to(other.dtype)")):
        weight @ polygrad.ones(2, 2, dtype=polygrad.complex64)


@pytest.mark.parametrize("name", ["binary_cross_entropy_with_logits", "kl_div"])
@pytest.mark.filterwarnings("ignore")
def test_a_target_of_probabilities_is_floating(name, backend):
    with pytest.raises(RuntimeError, match=r"target\.float\(\)"):
        getattr(polygrad.nn.functional, name)(polygrad.ones(2), polygrad.ones(2, dtype=polygrad.int64))


def test_numbers_beside_tensors_are_of_no_type(backend):
    for a, b in itertools.product(("float32", "float64"), repeat=2):
        x, weight = polygrad.ones(2, dtype=getattr(polygrad, a)), polygrad.tensor(0.5, dtype=getattr(polygrad, b))
        assert polygrad.lerp(x, x * 3, weight).tolist() == [2.0, 2.0]


def test_a_triangular_system_has_one_data_type(backend):
    """PyTorch does not look, and reads the memory of one type as the other."""
    A = polygrad.eye(2)
    for dtype in (polygrad.float64, polygrad.complex64):
        with pytest.raises(RuntimeError, match="dtype|type"):
            polygrad.linalg.solve_triangular(A, polygrad.ones(2, 1, dtype=dtype), upper=True)


def test_a_product_of_half_precision_in_single_precision():
    h = polygrad.full((1, 4096), 1.001, dtype=polygrad.float16).requires_grad_()
    for function, x in ((polygrad.mm, h), (polygrad.bmm, h[None])):
        product = function(x, x.mT, out_dtype=polygrad.float32)
        assert product.dtype is polygrad.float32
        assert product.item() == pytest.approx((h.detach().double() ** 2).sum().item(), rel=1e-6)
        assert function(x, x.mT).item() != product.item()
        assert function(x, x.mT, polygrad.float16).dtype is polygrad.float16
        (g,) = polygrad.autograd.grad(product.sum(), h)
        assert g.dtype is polygrad.float16 and polygrad.equal(g, 2 * h)
    x = polygrad.ones(2, 2)
    for wrong in (polygrad.float64, polygrad.float16, "float32"):
        with pytest.raises(TypeError, match="out_dtype"):
            polygrad.mm(x, x, out_dtype=wrong)
    assert polygrad.mm(x, x, out_dtype=polygrad.float32).dtype is polygrad.float32
