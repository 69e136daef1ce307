"""Repeated eigenvalues and singular values: the vectors have no derivative, the values have one."""

from __future__ import annotations

import numpy as np
import pytest

import polygrad as pg
import polygrad.linalg
from polygrad.func import grad, hessian, jvp

I3 = np.eye(3)
TURN = np.linalg.qr(np.arange(9.0).reshape(3, 3) + 5 * I3)[0]
#: Symmetric matrices with equal eigenvalues: exactly, or up to rounding.
SYMMETRIC = {
    "identity": I3, "zero": 0 * I3, "4 I": 4 * I3, "a pair": np.diag([1.0, 1.0, 3.0]), "another pair": np.diag([1.0, 3.0, 3.0]),
    "nearly a pair": np.diag([2.0, np.nextafter(2.0, 3.0), 5.0]), "turned": TURN @ np.diag([2.0, 2.0, 5.0]) @ TURN.T,
}  # fmt: skip
#: Matrices with equal singular values, or with one of 0 that is not the only one or whose matrix is not square.
MATRICES = {
    "identity": I3, "a pair": np.diag([1.0, 1.0, 3.0]), "orthogonal": TURN, "reflection": np.diag([1.0, -1.0, 2.0]),
    "zero": 0 * I3, "tall": np.eye(4)[:, :2], "wide": 2 * np.eye(4)[:2], "tall of low rank": np.outer(np.ones(4), [1.0, 0.0]),
}  # fmt: skip


def _of_vectors(f):
    def function(x):
        w, v = pg.linalg.eigh(x)
        return (v * f(w)) @ v.mT

    return function


def _polar(x):
    u, _, vh = pg.linalg.svd(x, full_matrices=False)
    return u @ vh


def _product(x):
    u, s, vh = pg.linalg.svd(x, full_matrices=False)
    return (u * s) @ vh


#: The last ones have a cotangent of 0 at the identity.
FUNCTIONS = {
    "reconstruction": (_of_vectors(lambda w: w), SYMMETRIC), "exp": (_of_vectors(pg.exp), SYMMETRIC),
    "traceless": (_of_vectors(lambda w: w - w.mean()), SYMMETRIC), "log": (_of_vectors(lambda w: (w + 1e-3).log()), SYMMETRIC),
    "shift": (_of_vectors(lambda w: 1e3 + w), SYMMETRIC),  # of values that are nearly equal it makes equal ones
    "polar factor": (_polar, MATRICES), "product": (_product, MATRICES),
}  # fmt: skip


def _slope(function, matrix, direction, step=1e-5):
    """The directional derivative of the sum of weighted elements, by differences."""
    values = [function(pg.tensor(matrix + sign * step * direction)).numpy() for sign in (1, -1)]
    return (values[0] - values[1]) / (2 * step)


CASES = [(name, at) for name, (_, matrices) in FUNCTIONS.items() for at in matrices]


@pytest.mark.parametrize(("name", "at"), CASES)
def test_a_gradient_through_the_vectors_is_right_or_nan(name, at, backend):
    function, matrices = FUNCTIONS[name]
    matrix = matrices[at]
    symmetric = matrices is SYMMETRIC
    random = np.random.default_rng(0)
    if name == "polar factor" and ("zero" in at or "low rank" in at):
        pytest.skip("the polar factor is not unique there")
    weights = pg.tensor(random.standard_normal(tuple(function(pg.tensor(matrix)).shape)))
    x = pg.tensor(matrix, requires_grad=True)
    (g,) = pg.autograd.grad((function(x) * weights).sum(), x)
    direction = random.standard_normal(matrix.shape)
    direction = direction + direction.T if symmetric else direction
    g = g.numpy()
    if np.isnan(g).any():
        return
    slope = (_slope(function, matrix, direction) * weights.numpy()).sum()
    # Of values that are nearly equal, beyond rounding, digits are lost.
    np.testing.assert_allclose((g * direction).sum(), slope, rtol=5e-2 if at == "turned" else 1e-4, atol=1e-6)


@pytest.mark.parametrize("at", ["identity", "4 I", "zero"])
def test_every_mode_is_nan_where_all_eigenvalues_are_equal(at, backend):
    x = pg.tensor(SYMMETRIC[at])
    function = _of_vectors(lambda w: w * w)
    assert np.isnan(grad(lambda x: function(x).sum())(x).numpy()).all()
    assert np.isnan(jvp(function, (x,), (pg.ones_like(x),))[1].numpy()).any()
    assert np.isnan(hessian(lambda x: function(x).sum())(x).numpy()).any()


def test_values_alone_have_their_gradient_everywhere(backend):
    for matrix in SYMMETRIC.values():
        x = pg.tensor(matrix, requires_grad=True)
        (g,) = pg.autograd.grad((pg.linalg.eigvalsh(x) ** 2).sum(), x)  # the squared norm
        np.testing.assert_allclose(g.numpy(), 2 * matrix, atol=1e-9)
        values, _ = pg.linalg.eigh(x)
        (g,) = pg.autograd.grad(values.sum(), x)
        np.testing.assert_allclose(g.numpy(), I3, atol=1e-9)
    for matrix in MATRICES.values():
        x = pg.tensor(matrix, requires_grad=True)
        (g,) = pg.autograd.grad((pg.linalg.svdvals(x) ** 2).sum(), x)
        np.testing.assert_allclose(g.numpy(), 2 * matrix, atol=1e-9)
    x = pg.tensor(I3, requires_grad=True)
    for function, expected in (
        (lambda x: pg.linalg.matrix_norm(x, "nuc"), I3),
        (pg.linalg.inv, None),
        (pg.linalg.pinv, None),
    ):
        (g,) = pg.autograd.grad(function(x).sum(), x)
        assert np.isfinite(g.numpy()).all()
        if expected is not None:
            np.testing.assert_allclose(g.numpy(), expected, atol=1e-9)


def test_the_large_singular_vectors_of_a_matrix_of_low_rank_have_a_gradient(backend):
    """The small values are equal up to rounding, and the loss does not use their vectors."""
    random = np.random.default_rng(1)
    low = random.standard_normal((5, 2)) @ random.standard_normal((2, 5))

    def best(x):
        u, s, vh = pg.linalg.svd(x, full_matrices=False)
        return (u[:, :2] * s[:2]) @ vh[:2]

    x = pg.tensor(low, requires_grad=True)
    weights = random.standard_normal((5, 5))
    (g,) = pg.autograd.grad((best(x) * pg.tensor(weights)).sum(), x)
    direction = random.standard_normal((5, 5))
    slope = (_slope(best, low, direction, 1e-6) * weights).sum()
    np.testing.assert_allclose((g.numpy() * direction).sum(), slope, rtol=1e-5)


def test_an_eigenvector_beside_a_pair(backend):
    """A loss of the vector of a single value, where the pair differs by rounding."""
    matrix = TURN @ np.diag([1.0, 1.0, 4.0]) @ TURN.T
    if len(set(np.linalg.eigvalsh(matrix)[:2])) == 1:
        pytest.skip("this library finds the pair exactly equal")

    def largest(x):
        v = pg.linalg.eigh(x)[1][:, 2:]
        return v @ v.mT

    x = pg.tensor(matrix, requires_grad=True)
    weights = np.arange(9.0).reshape(3, 3)
    (g,) = pg.autograd.grad((largest(x) * pg.tensor(weights)).sum(), x)
    if np.isnan(g.numpy()).any():
        pytest.skip("this library finds the pair exactly equal")
    direction = I3[::-1] + I3
    slope = (_slope(largest, matrix, direction) * weights).sum()
    np.testing.assert_allclose((g.numpy() * direction).sum(), slope, rtol=1e-6)
