"""Sparse tensors against PyTorch's: values, patterns, gradients and text."""

from __future__ import annotations

import numpy as np
import pytest

import polygrad as pg

torch = pytest.importorskip("torch", reason="PyTorch is not installed")
pytestmark = [pytest.mark.parity, pytest.mark.filterwarnings("ignore")]

INDICES = [[0, 1, 1, 0, 3], [2, 0, 2, 2, 1]]
#: Expressions of a sparse matrix ``s``, coalesced ``c`` and by rows ``r``, of the dense ``d`` of its shape, and of ``e``, 3 by 2.
EXPRESSIONS = """
    s | c | r | s.t() | c.T | s.transpose(0, 1) | s @ e | r @ e | d.mT @ s | t.mm(s, e) | t.spmm(s, e) | t.mv(s, e[:, 0])
    t.sparse.mm(s, e) | t.addmm(d[:, :2], s, e) | t.sparse.addmm(d[:, :2], s, e, beta=2, alpha=3) | c + c | r + r | d + s | d - s
    r + d | d + r | s * 2 | 2 * s | s / 2 | c * d | d * c | c * d[0] | r * d | c * c | r * r | -s | abs(c) | c.sin() | c.sqrt() | c ** 2
    t.relu(c) | t.tanh(c) | t.expm1(c) | c.neg() | c.sign() | r.abs() | s.sum() | t.sum(s) | r.sum() | s.sum(0) | t.sparse.sum(s, 1)
    t.sparse.sum(s, [0, 1]) | t.sparse.softmax(s, 1) | t.sparse.softmax(s, 0) | t.sparse.log_softmax(s, 1) | d.sparse_mask(c)
    d.sparse_mask(r) | s.sparse_mask(c) | s.double() | c.to(t.float64) | s.long() | s.clone() | s.detach() | s.coalesce()
    s.to_dense() | r.to_dense() | c.to_sparse_csr() | r.to_sparse_coo() | d.to_sparse() | d.to_sparse(1) | d.to_sparse_csr()
    c @ c.t() | t.sparse.mm(c.t(), c) | t.sparse.sampled_addmm(r, d[:, :2], e.mT, beta=0.5) | s.shape | s._nnz() | s.sparse_dim()
    s.dense_dim() | s.is_coalesced() | c.is_coalesced() | r.crow_indices() | r.col_indices() | r.values() | c.indices() | c.values()
    s._indices() | s._values() | s.layout | r.layout | d.layout | s.is_sparse | r.is_sparse | r.is_sparse_csr | d.is_sparse
    t.sparse_coo_tensor(size=(2, 3)) | t.sparse_coo_tensor([[0, 1]], [1, 2]) | t.sparse_csr_tensor([0, 1], [2], [1.0])
    t.sparse_coo_tensor([[0, 1]], [[1.0, 2.0], [3.0, 4.0]], (3, 2))
"""
EXPRESSIONS = [one.strip() for line in EXPRESSIONS.strip().splitlines() for one in line.split("|")]


def names(t):
    v = t.tensor([3.0, 4.0, 5.0, 6.0, 0.5])
    s = t.sparse_coo_tensor(t.tensor(INDICES), v, (4, 3))
    c = s.coalesce()
    d, e = t.arange(12.0).reshape(4, 3), t.arange(6.0).reshape(3, 2)
    return {"t": t, "s": s, "c": c, "r": c.to_sparse_csr(), "d": d, "e": e}


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_text(expression):
    found, expected = (repr(eval(expression, names(t))).replace("torch.", "polygrad.") for t in (pg, torch))
    assert found == expected


#: Functions of the sparse matrix, as dense matrices.
GRADIENTS = {
    "product": lambda t, s, d, e: s @ e, "left product": lambda t, s, d, e: d.mT @ s, "mm": lambda t, s, d, e: t.sparse.mm(s, e),
    "scaled": lambda t, s, d, e: (s * 3).to_dense(), "sum": lambda t, s, d, e: (s + s).to_dense(), "plus": lambda t, s, d, e: d + s,
    "sparse * dense": lambda t, s, d, e: (s.coalesce() * d).to_dense(), "square": lambda t, s, d, e: (s * s).to_dense(),
    "abs": lambda t, s, d, e: abs(s).to_dense(), "relu": lambda t, s, d, e: t.relu(s).to_dense(),
    "power": lambda t, s, d, e: (s.coalesce() ** 2).to_dense(), "transposed": lambda t, s, d, e: s.t().to_dense(),
    "sum of rows": lambda t, s, d, e: t.sparse.sum(s, 1).to_dense(), "softmax": lambda t, s, d, e: t.sparse.softmax(s, 1).to_dense(),
    "log_softmax": lambda t, s, d, e: t.sparse.log_softmax(s, 1).to_dense(), "s @ s.T": lambda t, s, d, e: t.sparse.mm(s, s.t()).to_dense(),
    "addmm": lambda t, s, d, e: t.sparse.addmm(d[:, :2], s, e), "values": lambda t, s, d, e: s.coalesce().values(),
}  # fmt: skip


@pytest.mark.parametrize("name", GRADIENTS)
def test_gradients(name):
    def gradients(t):
        v, d, e = (
            t.tensor(x, requires_grad=True)
            for x in ([3.0, 4.0, 5.0, -6.0, 0.5], np.ones((4, 3)).tolist(), [[1.0, 2.0]] * 3)
        )
        result = GRADIENTS[name](t, t.sparse_coo_tensor(t.tensor(INDICES), v, (4, 3)), d, e)
        (result * t.arange(float(result.numel())).reshape(result.shape)).sum().backward()
        return [None if x.grad is None else x.grad.to_dense().numpy() for x in (v, d, e)]

    for found, expected in zip(gradients(pg), gradients(torch), strict=True):
        assert (found is None) == (expected is None)
        if found is not None:
            np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)
