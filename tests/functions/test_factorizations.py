"""Factorizations, functions of matrices and Householder reflections: that they multiply to what they are of, and their errors."""

from __future__ import annotations

import numpy as np
import pytest

import polygrad
from polygrad import linalg
from polygrad.autograd import gradcheck, gradgradcheck

SHAPES = [(3, 3), (2, 4, 4), (4, 2), (2, 2, 4), (0, 3, 3), (3, 0), (70, 70), (90, 66)]
KINDS = [np.float64, np.complex128]


def matrices(shape, kind, seed=0):
    random = np.random.default_rng(seed)
    values = random.standard_normal(shape)
    return polygrad.tensor(values + 1j * random.standard_normal(shape) if kind is np.complex128 else values)


def assert_close(found, expected, tolerance=1e-10):
    np.testing.assert_allclose(found.numpy(), expected.numpy(), rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", SHAPES)
def test_the_factors_of_lu_multiply_to_the_matrix(shape, kind, backend):
    A = matrices(shape, kind)
    P, L, U = linalg.lu(A)
    assert_close((P @ L @ U).cpu(), A.cpu())
    assert L.shape[-2:] == (A.shape[-2], min(A.shape[-2:])) and U.shape[-2:] == (min(A.shape[-2:]), A.shape[-1])
    assert bool((L.abs() < 1 + 1e-9).all() if kind is np.float64 else (L.abs() < 2).all())
    packed, pivots, info = linalg.lu_factor_ex(A)
    assert pivots.dtype is polygrad.int32 and not bool(info.any())
    for found, expected in zip(polygrad.lu_unpack(packed, pivots), (P, L, U), strict=True):
        assert_close(found.cpu(), expected.cpu())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("left", "adjoint"), [(True, False), (True, True), (False, False), (False, True)])
def test_lu_solve_solves(kind, left, adjoint, backend):
    A = matrices((2, 4, 4), kind)
    B = matrices((4, 3) if left else (3, 4), kind, 1)
    X = linalg.lu_solve(*linalg.lu_factor(A), B, left=left, adjoint=adjoint)
    M = A.mH if adjoint else A
    assert_close((M @ X if left else X @ M).cpu(), B.expand(2, *B.shape).cpu())
    if left and not adjoint:
        assert_close(polygrad.lu_solve(B, *linalg.lu_factor(A)).cpu(), X.cpu())


@pytest.mark.parametrize("kind", KINDS)
def test_gradients_through_factors(kind):
    for shape in ((3, 3), (2, 4, 2), (2, 4)):
        A = matrices(shape, kind).requires_grad_()
        assert gradcheck(lambda A: linalg.lu(A)[1:], (A,), check_forward_ad=True, check_batched_grad=True)
        assert gradgradcheck(lambda A: linalg.lu(A)[1:], (A,))
    A, B = matrices((3, 3), kind).requires_grad_(), matrices((3, 2), kind, 1).requires_grad_()
    assert gradcheck(lambda A, B: linalg.lu_solve(*linalg.lu_factor(A), B, adjoint=True), (A, B))
    V, tau = matrices((2, 4, 3), kind).requires_grad_(), matrices((2, 3), kind, 1).requires_grad_()
    C = matrices((2, 4, 2), kind, 2).requires_grad_()
    assert gradcheck(linalg.householder_product, (V, tau)) and gradgradcheck(linalg.householder_product, (V, tau))
    assert gradcheck(lambda *x: polygrad.ormqr(*x, transpose=True), (V, tau, C))


def test_singular_matrices():
    zero = polygrad.zeros(2, 3, 3)
    with pytest.raises(linalg.LinAlgError, match=r"lu_factor: U\[1,1\] is zero"):
        linalg.lu_factor(zero)
    with pytest.raises(linalg.LinAlgError, match="lu_factor_ex"):
        linalg.lu_factor_ex(zero, check_errors=True)
    found = linalg.lu_factor_ex(polygrad.diag(polygrad.tensor([1.0, 0.0, 2.0])))
    assert found.info.item() == 2 and found.info.dtype is polygrad.int32
    with pytest.warns(UserWarning, match="older form"):
        assert len(polygrad.lu(zero, get_infos=True)) == 3


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", [(3, 3), (2, 4, 2), (2, 2, 4), (5, 0)])
def test_reflections_give_the_factors_of_qr(shape, kind, backend):
    A = matrices(shape, kind)
    a, tau = polygrad.geqrf(A)
    count = min(shape[-2:])
    Q = linalg.householder_product(a[..., :count], tau)
    for older in (polygrad.orgqr(a[..., :count], tau), a[..., :count].orgqr(tau)):
        np.testing.assert_array_equal(older.cpu().numpy(), Q.cpu().numpy())
    assert_close((Q @ polygrad.triu(a[..., :count, :])).cpu(), A.cpu())
    C = matrices((*shape[:-2], shape[-2], 2), kind, 1)
    back = polygrad.ormqr(a[..., :count], tau, polygrad.ormqr(a[..., :count], tau, C), transpose=True)
    assert_close(back.cpu(), C.cpu())
    right = polygrad.ormqr(a[..., :count], tau, C.mT, left=False)
    assert_close(right[..., :count].cpu(), (C.mT @ Q).cpu())


def series(x):
    """The exponential by its series, after many halvings."""
    small, term, total = x / 2**20, np.eye(x.shape[-1]), np.eye(x.shape[-1])
    for n in range(1, 8):
        term = term @ small / n
        total = total + term
    for _ in range(20):
        total = total @ total
    return total


@pytest.mark.parametrize("size", [0.01, 1.0, 30.0])
def test_the_exponential_of_matrices_of_all_norms(size, backend):
    batch = np.random.default_rng(0).standard_normal((3, 4, 4)) * size
    batch[1] *= 0.01  # of another number of squarings
    for one, found in zip(batch, linalg.matrix_exp(polygrad.tensor(batch)).cpu().numpy(), strict=True):
        expected = series(one)
        assert np.abs(found - expected).max() < 1e-8 * np.abs(expected).max()
    turn = polygrad.matrix_exp(polygrad.tensor([[0.0, -1e4], [1e4, 0.0]], dtype=polygrad.float64))
    assert abs(turn[0, 0].item() - np.cos(1e4)) < 1e-10


@pytest.mark.parametrize("largest", [polygrad.inf, polygrad.nan, 1e30, -1e30])
def test_the_exponential_of_which_no_digit_is_known_is_nan(largest, backend):
    assert linalg.matrix_exp(polygrad.tensor([[largest, 0.0], [0.0, 1.0]])).isnan().any()


def test_factors_of_low_rank():
    polygrad.manual_seed(0)
    for shape in ((8, 5), (2, 5, 8)):
        random = np.random.default_rng(1)
        A = polygrad.tensor(
            random.standard_normal((*shape[:-1], 2)) @ random.standard_normal((*shape[:-2], 2, shape[-1]))
        )
        U, S, V = polygrad.svd_lowrank(A, q=3)
        assert_close((U * S[..., None, :]) @ V.mH, A)
        M = polygrad.tensor(random.standard_normal((*shape[:-2], 1, shape[-1])))
        U, S, V = polygrad.svd_lowrank(A + M, q=2, M=M)
        assert_close((U * S[..., None, :]) @ V.mH, A)
        U, S, V = polygrad.pca_lowrank(A + M, q=2)
        assert_close((U * S[..., None, :]) @ V.mH, A - A.mean(-2, keepdim=True))
    with pytest.raises(ValueError, match="not greater than"):
        polygrad.pca_lowrank(polygrad.ones(2, 3), q=3)


def test_tensors_as_maps():
    A = matrices((2, 3, 6), np.float64)
    inverse = linalg.tensorinv(A)
    assert_close(polygrad.tensordot(inverse, A, 2), polygrad.eye(6, dtype=polygrad.float64))
    B = matrices((2, 3), np.float64, 1)
    assert_close(polygrad.tensordot(A, linalg.tensorsolve(A, B), 1), B)
    turned = A.permute(2, 0, 1)
    assert_close(linalg.tensorsolve(turned, B, dims=(0,)), linalg.tensorsolve(A, B))


def test_integer_divisors(backend):
    a, b = polygrad.tensor([12, -18, 0, 7]), polygrad.tensor([18, 12, 0, 0])
    assert polygrad.gcd(a, b).tolist() == [6, 6, 0, 7] and polygrad.lcm(a, b).tolist() == [36, 36, 0, 0]
    assert a.clone().gcd_(b).tolist() == a.gcd(b).tolist() and a.clone().lcm_(b).tolist() == a.lcm(b).tolist()
    fibonacci = polygrad.tensor([7540113804746346429]), polygrad.tensor([4660046610375530309])
    assert polygrad.gcd(*fibonacci).tolist() == [1]
    with pytest.raises(TypeError):
        polygrad.gcd(polygrad.ones(2), polygrad.ones(2))


def test_wrong_calls():
    x, pivots = polygrad.ones(2, 2), polygrad.tensor([1, 2], dtype=polygrad.int32)
    for call, error, words in (
        (lambda: linalg.lu(x, pivot=False), RuntimeError, "without pivoting"),
        (lambda: linalg.lu(x[0]), RuntimeError, "at least 2 dimensions"),
        (lambda: linalg.lu(x.int()), NotImplementedError, "int32"),
        (lambda: linalg.lu_solve(x, pivots.long(), x), RuntimeError, "must be int32"),
        (lambda: linalg.lu_solve(x, pivots[:1], x), RuntimeError, "one for each column"),
        (lambda: linalg.lu_solve(x, pivots, x[:1]), RuntimeError, "Incompatible shapes"),
        (lambda: linalg.lu_solve(x, pivots, x.double()), RuntimeError, "float64"),
        (lambda: linalg.householder_product(x[:1], x[0]), RuntimeError, "as many rows as columns"),
        (lambda: linalg.householder_product(x, polygrad.ones(3)), RuntimeError, "a column for each"),
        (lambda: linalg.householder_product(x, x), RuntimeError, "batch dimensions"),
        (lambda: polygrad.ormqr(x, x[0], polygrad.ones(3, 2)), RuntimeError, "as many rows"),
        (lambda: linalg.matrix_exp(x.int()), RuntimeError, "int32"),
        (lambda: linalg.matrix_exp(polygrad.ones(2, 3)), RuntimeError, "square"),
        (lambda: linalg.tensorinv(polygrad.ones(2, 3), 1), RuntimeError, "as many elements"),
        (lambda: linalg.tensorinv(x, 0), RuntimeError, "positive"),
        (lambda: linalg.tensorsolve(polygrad.ones(2, 3), x[0]), RuntimeError, "as many elements"),
        (lambda: linalg.vander(x[0], N=1), RuntimeError, "greater than 1"),
        (lambda: linalg.vander(x > 0), RuntimeError, "bool"),
        (lambda: polygrad.vander(x), RuntimeError, "one-dimensional"),
        (lambda: polygrad.svd_lowrank(x, niter=-1), ValueError, "negative"),
    ):
        with pytest.raises(error, match=words):
            call()
