"""Sparse tensors: values against dense tensors, gradients against finite differences, and errors where they are not supported."""

from __future__ import annotations

import copy
import inspect
import io
import pickle

import numpy as np
import pytest

import polygrad as pg
from polygrad._functions.public import FUNCTIONS, METHODS
from polygrad.autograd import gradcheck, gradgradcheck
from polygrad.backends import available, use_backend
from polygrad.sparse import SparseTensor
from polygrad.testing import assert_close

F = pg.nn.functional
INDICES = [[0, 1, 1, 0, 3], [2, 0, 2, 2, 1]]  # (0, 2) twice; row 2 is empty
SHAPE = (4, 3)


def coo(values, indices=INDICES, shape=SHAPE):
    return pg.sparse_coo_tensor(indices, values, shape)


def csr(values):
    return pg.sparse_csr_tensor([0, 2, 4, 4, 5], [0, 2, 0, 2, 1], values, SHAPE)


def dense(x):
    return x.to_dense() if isinstance(x, SparseTensor) else x


#: Name → a function of a sparse matrix, a dense matrix of its shape and one to multiply it with; whether it can be compiled, since
#: the number of stored elements of its result is known, for coordinates and for rows; and whether rows are supported.
CASES = {
    "sparse @ dense": (lambda s, d, e: s @ e, True, True),
    "sparse @ vector": (lambda s, d, e: s @ e[:, 0], True, True),
    "dense @ sparse": (lambda s, d, e: d.mT @ s, True, True),
    "vector @ sparse": (lambda s, d, e: d[:, 0] @ s, True, True),
    "addmm": (lambda s, d, e: pg.addmm(d[:, :2], s, e, beta=2, alpha=3), True, True),
    "mm and mv": (
        lambda s, d, e: pg.spmm(s, e) + pg.mv(s, e[:, 0])[:, None] + s.mm(e) + s.mv(e[:, 1])[:, None],
        True,
        True,
    ),
    "dense + sparse": (lambda s, d, e: d + s - 2 * s.to_dense() + d.sub(s), True, True),
    "linear": (lambda s, d, e: dense(-s * 2.5 + (s / 3) + s * pg.tensor(0.5, dtype=s.dtype)), True, True),
    "sparse * dense": (lambda s, d, e: dense(s * d), True, True),
    "dense * sparse": (lambda s, d, e: dense(d.mul(s)), True, True),
    "sparse * row": (lambda s, d, e: dense(s * d[0]), True, True),
    "sparse * column": (lambda s, d, e: dense(s * d[:, :1]), True, True),
    "sparse * sparse": (lambda s, d, e: dense(s * (s * 2.0)), False, True),
    "other * sparse": (lambda s, d, e: dense(s * d.to_sparse()), False, True),
    "sparse + sparse": (lambda s, d, e: dense(s + s * 3.0), True, True),
    "other + sparse": (lambda s, d, e: dense(s - d.to_sparse()), False, True),
    "sum": (lambda s, d, e: s.sum(), True, True),
    "sum of rows": (lambda s, d, e: dense(s.sum(1)), False, False),
    "sum of columns": (lambda s, d, e: dense(pg.sum(s, 0)), False, False),
    "transposed": (lambda s, d, e: dense(s.t()) @ d[:, :2] + s.T @ d[:, :2], True, False),
    "sparse @ sparse": (lambda s, d, e: dense(s @ e.to_sparse()), False, True),
    "sine": (lambda s, d, e: dense(s.sin()), False, True),
    "power": (lambda s, d, e: dense(s**3 + s.square()), False, True),
    "tanh": (lambda s, d, e: dense(pg.tanh(s)), False, True),
}
LAYOUTS = {"coo": coo, "csr": csr}
#: What is run on every backend; the rest is composed in the same way.
CORE = [("sparse @ dense", "coo"), ("dense @ sparse", "csr"), ("linear", "coo"), ("sparse * dense", "coo")]
#: Case, layout, and backend.
RUNS = [
    (name, layout, backend)
    for backend in available()
    if backend != "cupy"
    for name in CASES
    for layout in LAYOUTS
    if (name, layout) in CORE or (backend == "numpy" and (layout == "coo" or CASES[name][2]))
]


def operands(requires_grad=False):
    r = np.random.default_rng(0)
    v, d, e = (pg.tensor(r.uniform(0.5, 1.5, shape)) for shape in ((5,), SHAPE, (3, 2)))
    return [x.requires_grad_(requires_grad) for x in (v, d, e)]


@pytest.fixture
def on_backend(backend):
    """Tensors are made on the backend that the test is parametrized with."""
    with use_backend(backend):
        yield backend


@pytest.mark.parametrize(("name", "layout", "backend"), RUNS)
def test_values_are_those_of_dense_tensors(name, layout, on_backend):
    v, d, e = operands()
    s = LAYOUTS[layout](v)
    function = CASES[name][0]
    expected = function(s.to_dense(), d, e)
    assert_close(function(s, d, e), dense(expected))
    assert_close(function(s.coalesce() if layout == "coo" else s, d, e), dense(expected))


@pytest.mark.parametrize(("name", "layout"), [run[:2] for run in RUNS if run[2] == "numpy"])
def test_gradients(name, layout):
    function, make = CASES[name][0], LAYOUTS[layout]
    assert gradcheck(lambda v, d, e: function(make(v), d, e), operands(True), check_forward_ad=True)


@pytest.mark.parametrize(
    "name", ["sparse @ dense", "dense @ sparse", "sparse * dense", "sparse * sparse", "sine", "sparse @ sparse"]
)
def test_second_order(name):
    function = CASES[name][0]
    assert gradgradcheck(lambda v, d, e: function(coo(v), d, e), operands(True))


@pytest.mark.parametrize(("name", "layout", "backend"), [run for run in RUNS if CASES[run[0]][1]])
def test_compiled(name, layout, on_backend):
    function = CASES[name][0]
    v, d, e = operands(True)
    make = LAYOUTS[layout]
    s = make(v)

    def loss_and_gradients(run):
        for x in (v, d, e):
            x.grad = None
        loss = run()
        (loss * loss).sum().backward()
        return [loss.detach(), *[None if x.grad is None else x.grad.clone() for x in (v, d, e)]]

    expected = loss_and_gradients(lambda: function(s, d, e))
    inside = pg.compile(lambda v, d, e: function(make(v), d, e))
    as_argument = pg.compile(function)
    for run in (lambda: inside(v, d, e), lambda: as_argument(s, d, e), lambda: as_argument(s, d, e)):
        for one, other in zip(loss_and_gradients(run), expected, strict=True):
            assert (one is None) == (other is None)
            if one is not None:
                assert_close(one, other)


def test_a_compiled_function_takes_and_returns_sparse_tensors(backend):
    double = pg.compile(lambda s, x: (s * 2.0 + s, s @ x))
    v, _, e = operands(True)
    for scale in (1.0, 2.0):
        tripled, product = double(coo(v * scale), e)
        assert isinstance(tripled, SparseTensor)
        assert_close(tripled.to_dense(), 3 * scale * coo(v).to_dense())
        assert_close(product, scale * coo(v).to_dense() @ e)
    tripled.to_dense().sum().backward()
    assert_close(v.grad, pg.full((5,), 6.0, dtype=pg.float64))


def test_a_compiled_function_sees_changes_of_an_enclosed_sparse_tensor():
    v, _, e = operands()
    s = coo(v)
    product = pg.compile(lambda e: s @ e)
    first = product(e).clone()
    v.mul_(2.0)
    assert_close(product(e), 2 * first)


def test_what_depends_on_values_cannot_be_compiled():
    with pytest.raises(Exception, match="value"):
        pg.compile(lambda s: s.coalesce().values())(coo(operands()[0]))


def test_vmap_over_dense_operands_and_values(backend):
    v, _, _ = operands()
    s = coo(v)
    several = pg.tensor(np.random.default_rng(1).random((6, 3, 2)))
    expected = pg.stack([s.to_dense() @ x for x in several])
    assert_close(pg.vmap(lambda x: s @ x)(several), expected)
    assert_close(pg.vmap(lambda s, x: s @ x, in_dims=(None, 0))(s, several), expected)
    values = pg.tensor(np.random.default_rng(2).random((6, 5)))
    assert_close(
        pg.vmap(lambda v, x: coo(v) @ x)(values, several),
        pg.stack([coo(v).to_dense() @ x for v, x in zip(values, several, strict=True)]),
    )
    assert_close(pg.vmap(lambda v: coo(v).to_dense())(values)[2], coo(values[2]).to_dense())
    with pytest.raises(ValueError, match="SparseTensor"):
        pg.vmap(lambda s, x: s @ x)(s, several)
    with pytest.raises(ValueError, match="SparseTensor"):
        pg.vmap(lambda x: s * x[0, 0])(several)


def test_transforms_of_functions():
    v, _, e = operands()
    s = coo(v)
    assert_close(pg.func.grad(lambda e, s: (s @ e).sum())(e, s), s.to_dense().sum(0)[:, None].expand(3, 2))
    _, tangent = pg.func.jvp(lambda v: coo(v) @ e, (v,), (pg.ones_like(v),))
    assert_close(tangent, coo(pg.ones_like(v)).to_dense() @ e)


# -- layouts -----------------------------------------------------------------------------------------------------------


def test_round_trips():
    x = pg.tensor([[0.0, 1.0, 0.0], [0.0, 0.0, 0.0], [2.0, 0.0, -3.0]])
    for s in (x.to_sparse(), x.to_sparse_csr(), x.to_sparse(layout=pg.sparse_csr), x.to_sparse().to_sparse_csr(),
              x.to_sparse_csr().to_sparse_coo(), x.to_sparse_coo()):  # fmt: skip
        assert_close(s.to_dense(), x)
        assert s._nnz() == 3 and s.shape == (3, 3) and s.size(0) == 3 and s.numel() == 9 and s.dim() == 2
        assert (s.sparse_dim(), s.dense_dim()) == (2, 0) and s.backend is x.backend
    hybrid = x.to_sparse(1)
    assert (hybrid.sparse_dim(), hybrid.dense_dim(), hybrid._nnz()) == (1, 1, 2)
    assert_close(hybrid.to_dense(), x)
    assert x.layout is pg.strided and not x.is_sparse and not x.is_sparse_csr and x.to_dense() is x
    s, r = x.to_sparse(), x.to_sparse_csr()
    assert s.layout is pg.sparse_coo and s.is_sparse and not s.is_sparse_csr and s.is_coalesced()
    assert r.layout is pg.sparse_csr and not r.is_sparse and r.is_sparse_csr
    assert r.crow_indices().tolist() == [0, 1, 1, 3] and r.col_indices().tolist() == [1, 0, 2]
    assert s.indices().tolist() == [[0, 2, 2], [1, 0, 2]] and s.values().tolist() == [1.0, 2.0, -3.0]


@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0), (2, 0, 3)])
@pytest.mark.parametrize("sparse_dim", [None, 1])
def test_tensors_without_elements_are_sparse_without_elements(shape, sparse_dim):
    made = pg.zeros(shape).to_sparse(sparse_dim)
    assert made._nnz() == 0 and made.shape == shape and made.is_coalesced()
    assert made.to_dense().shape == shape


def test_coalesce():
    s = coo([3.0, 4.0, 5.0, 6.0, 7.0])
    assert not s.is_coalesced() and s._nnz() == 5
    c = s.coalesce()
    assert c.is_coalesced() and c.coalesce() is c
    assert c.indices().tolist() == [[0, 1, 1, 3], [2, 0, 2, 1]] and c.values().tolist() == [9.0, 4.0, 5.0, 7.0]
    assert s._indices().tolist() == INDICES
    assert coo([True, False, False, True, True]).coalesce().values().tolist() == [True, False, False, True]
    for name in ("indices", "values"):
        with pytest.raises(RuntimeError, match="coalesce"):
            getattr(s, name)()
    assert not c.t().is_coalesced()
    empty = pg.sparse_coo_tensor((2, 3))
    assert empty._nnz() == 0 and empty.coalesce().to_dense().tolist() == [[0.0] * 3] * 2
    assert_close(empty @ pg.ones(3, 2), pg.zeros(2, 2))
    assert_close((empty * empty).to_dense(), pg.zeros(2, 3))
    assert empty.sum(0).to_dense().tolist() == [0.0] * 3
    assert pg.sparse.softmax(empty, 1)._nnz() == 0


def test_masks():
    v, d, _ = operands(True)
    d = d.detach().requires_grad_()
    picked = d.sparse_mask(coo(v))
    assert picked.values is not None and picked._nnz() == 5
    assert_close(picked._values(), pg.stack([d[i, j] for i, j in zip(*INDICES, strict=True)]))
    assert_close(d.sparse_mask(csr(v)).to_dense(), d * (csr(v).to_dense() != 0).to(d.dtype))
    picked._values().sum().backward()
    assert d.grad[0, 2] == 2.0 and d.grad[2, 0] == 0.0
    other = pg.sparse_coo_tensor([[0, 2], [2, 2]], pg.ones(2, dtype=pg.float64), SHAPE)
    assert_close(coo(v).sparse_mask(other)._values(), pg.stack([v[0] + v[3], v[0] * 0]))


@pytest.mark.parametrize("logarithm", [False, True])
@pytest.mark.parametrize("dim", [0, 1])
def test_softmax(dim, logarithm):
    v, _, _ = operands(True)
    function = pg.sparse.log_softmax if logarithm else pg.sparse.softmax
    full = coo(v).to_dense()
    stored = full != 0
    expected = F.softmax(pg.where(stored, full, -pg.inf), dim)
    expected = pg.where(stored, expected.nan_to_num(), 0)
    found = function(coo(v), dim).to_dense()
    assert_close(pg.where(stored, found.exp(), 0) if logarithm else found, expected)
    assert gradcheck(lambda v: function(coo(v), dim)._values(), (v,))
    assert gradgradcheck(lambda v: function(coo(v), dim)._values(), (v,))
    large = pg.sparse.softmax(pg.sparse_coo_tensor([[0, 0], [0, 1]], [1000.0, 1001.0], (1, 2)), 1)
    assert_close(large.values(), pg.softmax(pg.tensor([0.0, 1.0]), 0))


def test_hybrid_tensors():
    values = pg.tensor(np.arange(6.0).reshape(3, 2), requires_grad=True)
    s = pg.sparse_coo_tensor([[0, 2, 0]], values, (3, 2))
    assert_close(s.to_dense(), pg.stack([values[0] + values[2], values[1] * 0, values[1]]))
    assert s.coalesce().values().tolist() == [[4.0, 6.0], [2.0, 3.0]]
    assert_close(s.sum(0), values.sum(0))
    assert_close(s.sum(1).to_dense(), s.to_dense().sum(1))
    assert_close((s * pg.ones(3, 2, dtype=pg.float64)).to_dense(), s.to_dense())
    assert_close((s * pg.tensor([2.0, 3.0], dtype=pg.float64)).to_dense(), s.to_dense() * pg.tensor([2.0, 3.0]))
    with pytest.raises(NotImplementedError, match="to_dense"):
        s @ pg.ones(2, 2, dtype=pg.float64)
    with pytest.raises(NotImplementedError, match="to_dense"):
        s.t()


def test_sampled_products():
    v, _, _ = operands(True)
    a, b = pg.rand(4, 2, dtype=pg.float64, requires_grad=True), pg.rand(2, 3, dtype=pg.float64, requires_grad=True)
    found = pg.sparse.sampled_addmm(csr(v), a, b, beta=2.0, alpha=3.0)
    pattern = csr(pg.ones_like(v)).to_dense()
    assert_close(found.to_dense(), 2 * csr(v).to_dense() + 3 * (a @ b) * pattern)
    assert pg.sparse.sampled_addmm(csr(v), a, b, beta=0.0).layout is pg.sparse_csr
    function = lambda v, a, b: pg.sparse.sampled_addmm(csr(v), a, b)._values()  # noqa: E731
    assert gradcheck(function, (v, a, b)) and gradgradcheck(function, (v, a, b))


# -- leaves ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_sparse_leaf_has_a_sparse_gradient(layout, backend):
    _, _, e = operands()
    given = pg.tensor([1.0, 2.0, 3.0, 4.0, 5.0], dtype=pg.float64)
    s = LAYOUTS[layout](given).requires_grad_()
    assert s.requires_grad and s.is_leaf and s.grad is None and not given.requires_grad
    (s @ e).sum().backward()
    (s @ e).sum().backward()
    assert isinstance(s.grad, SparseTensor) and s.grad.layout is s.layout
    columns = INDICES[1] if layout == "coo" else [0, 2, 0, 2, 1]
    assert_close(s.grad._values(), 2 * pg.stack([e[j].sum() for j in columns]))
    s.grad = None
    assert s.grad is None
    made = pg.sparse_coo_tensor(INDICES, given, SHAPE, requires_grad=True)
    assert made.is_leaf and made.requires_grad and not given.requires_grad
    assert not made.detach().requires_grad and made.clone().requires_grad


def test_values_that_require_grad_are_no_leaf_of_the_sparse_tensor():
    v, _, _ = operands(True)
    s = coo(v)
    assert s.requires_grad and not s.is_leaf and s.grad_fn is not None
    s._values().sum().backward()
    assert v.grad is not None
    with pytest.raises(RuntimeError, match="leaf"):
        s.requires_grad_(False)


def test_conversions():
    s = coo(pg.ones(5, requires_grad=True))
    assert s.double().dtype is pg.float64 and s.to(pg.float64).dtype is pg.float64 and s.to(s.dtype) is s
    assert s.to("cpu").device == s.device and s.long().dtype is pg.int64 and s.bool().dtype is pg.bool
    s.double().to_dense().sum().backward()
    for other in (
        copy.copy(s.detach()),
        copy.deepcopy(s.detach()),
        pickle.loads(pickle.dumps(s.detach().to_sparse_csr())),
    ):
        assert_close(other.to_dense(), s.detach().to_dense())
    assert "requires_grad=True" in repr(pickle.loads(pickle.dumps(coo([1.0] * 5).requires_grad_())))


@pytest.mark.parametrize("weights_only", [True, False])
def test_save_and_load(weights_only):
    saved = {"a": coo([1.0, 2.0, 3.0, 4.0, 5.0]), "b": [pg.eye(3).to_sparse_csr()], "c": pg.ones(2)}
    file = io.BytesIO()
    pg.save(saved, file)
    file.seek(0)
    found = pg.load(file, weights_only=weights_only)
    assert_close(found["a"].to_dense(), saved["a"].to_dense())
    assert not found["a"].is_coalesced() and found["b"][0].layout is pg.sparse_csr
    assert_close(found["b"][0].to_dense(), pg.eye(3))


# -- errors ------------------------------------------------------------------------------------------------------------

WRONG = {
    "too few values": (RuntimeError, lambda: pg.sparse_coo_tensor([[0, 1]], [1.0], (2,))),
    "a vector of indices": (RuntimeError, lambda: pg.sparse_coo_tensor([0, 1], [1.0, 2.0], (2,))),
    "out of range": (RuntimeError, lambda: pg.sparse_coo_tensor([[0, 2]], [1.0, 2.0], (2,))),
    "negative": (RuntimeError, lambda: pg.sparse_coo_tensor([[0, -1]], [1.0, 2.0], (2,))),
    "size": (RuntimeError, lambda: pg.sparse_coo_tensor([[0, 1]], [1.0, 2.0], (2, 2))),
    "no integers": (TypeError, lambda: pg.sparse_coo_tensor([[0.5, 1.0]], [1.0, 2.0], (2,))),
    "no values": (TypeError, lambda: pg.sparse_coo_tensor([[0, 1]], size=(2,))),
    "not coalesced": (RuntimeError, lambda: pg.sparse_coo_tensor([[1, 0]], [1.0, 2.0], (2,), is_coalesced=True)),
    "twice": (RuntimeError, lambda: pg.sparse_coo_tensor([[1, 1]], [1.0, 2.0], (2,), is_coalesced=True)),
    "row ends": (RuntimeError, lambda: pg.sparse_csr_tensor([0, 1, 4], [0, 1, 2], [1.0, 2.0, 3.0])),
    "row begins": (RuntimeError, lambda: pg.sparse_csr_tensor([1, 1, 3], [0, 1, 2], [1.0, 2.0, 3.0])),
    "rows decrease": (RuntimeError, lambda: pg.sparse_csr_tensor([0, 2, 1, 3], [0, 1, 2], [1.0, 2.0, 3.0])),
    "columns": (RuntimeError, lambda: pg.sparse_csr_tensor([0, 1, 3], [0, 1, 7], [1.0, 2.0, 3.0], (2, 3))),
    "matrices of CSR": (RuntimeError, lambda: pg.ones(2, 2, 2).to_sparse_csr()),
    "inner lengths": (RuntimeError, lambda: coo([1.0] * 5) @ pg.ones(4, 2)),
    "types": (RuntimeError, lambda: coo([1.0] * 5) @ pg.ones(3, 2, dtype=pg.float64)),
    "no tensor": (TypeError, lambda: coo([1.0] * 5) @ [1.0, 2.0, 3.0]),
    "three dimensions": (NotImplementedError, lambda: coo([1.0] * 5) @ pg.ones(2, 3, 2)),
    "sparse + dense": (RuntimeError, lambda: coo([1.0] * 5) + pg.ones(4, 3)),
    "sparse + number": (RuntimeError, lambda: coo([1.0] * 5) + 1),
    "number - sparse": (RuntimeError, lambda: 1 - coo([1.0] * 5)),
    "shapes of a sum": (RuntimeError, lambda: coo([1.0] * 5) + pg.eye(3).to_sparse()),
    "shapes of a product": (RuntimeError, lambda: coo([1.0] * 5) * pg.ones(2, 3)),
    "dense / sparse": (RuntimeError, lambda: pg.ones(4, 3) / coo([1.0] * 5)),
    "sparse / dense": (RuntimeError, lambda: coo([1.0] * 5) / pg.ones(4, 3)),
    "number / sparse": (RuntimeError, lambda: 2 / coo([1.0] * 5)),
    "power 0": (RuntimeError, lambda: coo([1.0] * 5) ** 0),
    "CSR transposed": (RuntimeError, lambda: csr([1.0] * 5).t()),
    "CSR indices": (RuntimeError, lambda: csr([1.0] * 5).indices()),
    "COO rows": (RuntimeError, lambda: coo([1.0] * 5).crow_indices()),
    "CSR softmax": (NotImplementedError, lambda: pg.sparse.softmax(csr([1.0] * 5), 1)),
    "softmax of dense": (TypeError, lambda: pg.sparse.softmax(pg.ones(2, 2), 1)),
    "sum of dense": (TypeError, lambda: pg.sparse.sum(pg.ones(2, 2))),
    "product of dense": (TypeError, lambda: pg.sparse.mm(pg.ones(2, 2), pg.ones(2, 2))),
    "dimension": (IndexError, lambda: coo([1.0] * 5).sum(2)),
    "mask": (TypeError, lambda: pg.ones(2).sparse_mask(pg.ones(2))),
    "integers that require grad": (RuntimeError, lambda: coo([1] * 5).requires_grad_()),
    "an index": (NotImplementedError, lambda: coo([1.0] * 5)[0]),
    "truth": (NotImplementedError, lambda: bool(coo([1.0] * 5))),
    "iteration": (NotImplementedError, lambda: list(coo([1.0] * 5))),
    "NumPy": (NotImplementedError, lambda: np.asarray(coo([1.0] * 5))),
    "numpy()": (NotImplementedError, lambda: coo([1.0] * 5).numpy()),
    "backward": (NotImplementedError, lambda: coo([1.0] * 5).backward()),
    "in place": (NotImplementedError, lambda: coo([1.0] * 5).add_(coo([1.0] * 5))),
    "a parameter": (TypeError, lambda: pg.nn.Parameter(coo([1.0] * 5))),
    "out": (Exception, lambda: pg.mul(coo([1.0] * 5), 2, out=pg.empty(4, 3))),
    "sparse gradients of an embedding": (TypeError, lambda: pg.nn.Embedding(3, 2, sparse=True)),
    "layout of zeros": (NotImplementedError, lambda: pg.zeros(2, 2, layout=pg.sparse_coo)),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_errors(name):
    error, call = WRONG[name]
    with pytest.raises(error):
        call()


#: Further arguments, of which a function takes those that it can.
OTHERS = [
    (),
    (2,),
    (0,),
    (0, 1),
    (pg.ones(4, 3),),
    (pg.tensor([0, 1]),),
    (0, pg.zeros(4, 3, dtype=pg.int64)),
    (pg.ones(4, 3),) * 2,
]
#: What is about the stored elements.
ABOUT_LAYOUTS = {"is_tensor", "typename", "values", "indices", "clone", "to_sparse_csr", "to_sparse_coo", "to_sparse"}
RANDOM = ("rand", "normal", "dropout", "bernoulli", "seed", "set_", "empty", "poisson")


def functions():
    """Every function and method of polygrad by name, without those that are random or no functions."""
    found = {f"polygrad.{name}": getattr(pg, name) for name in FUNCTIONS}
    found |= {f"F.{name}": getattr(F, name) for name in F.__all__}
    found |= {f"Tensor.{name}": lambda x, *others, name=name: getattr(x, name)(*others) for name in METHODS}
    return {
        name: f
        for name, f in found.items()
        if callable(f) and not inspect.isclass(f) and not any(w in name for w in RANDOM)
    }


def outcome(function, *arguments):
    """What ``function`` returns, or the error that it raises."""
    try:
        return function(*arguments)
    except (NotImplementedError, RuntimeError, TypeError, IndexError, ValueError, AttributeError) as error:
        return error


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("layout", LAYOUTS)
def test_no_function_takes_a_sparse_tensor_for_something_else(layout):
    """With a sparse first argument every function gives what it gives for the dense tensor, or an error."""
    s = LAYOUTS[layout](pg.tensor([0.5, 1.5, -0.5, 0.25, 0.75]))
    full, refused = s.to_dense(), 0
    for name, function in functions().items():
        for others in OTHERS:
            found = outcome(function, s, *others)
            if isinstance(found, Exception):
                refused += isinstance(found, NotImplementedError)
                assert not isinstance(found, AttributeError) or "sparse" not in str(found), (name, others, found)
                continue
            if name.rpartition(".")[2] in ABOUT_LAYOUTS or (
                "div" in name and others is OTHERS[2]
            ):  # 0 / 0 stays 0, as in PyTorch
                continue
            expected = outcome(function, full, *others)
            if isinstance(found, (pg.Tensor, SparseTensor)):
                assert_close(dense(found), dense(expected), equal_nan=True, msg=f"{name}{others}")
            else:
                assert repr(found) == repr(expected), (name, others)
    assert refused > 300
