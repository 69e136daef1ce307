"""Sums of many float32 lose no digits, in every operation and along every axis, eager and compiled.

The operands are all 0.1: added one after the other, as NumPy adds along every axis but the last in memory, errors go one way.
"""

from __future__ import annotations

import numpy as np
import pytest

import polygrad
import polygrad.nn.functional as F
from polygrad.backends import use_backend

N = 200_000
#: Products of matrices are the BLAS's: those of NumPy 2.1 add 4096 elements one after the other.
TOLERANCE = 1.2e-5 if np.lib.NumpyVersion(np.__version__) >= "2.2.0" else 5e-5


def gradient(function, *shape):
    """The gradient of a sum with respect to 0.1 in ``shape``."""

    def run(x):
        w = polygrad.full(shape, 0.1, dtype=x.dtype, requires_grad=True)
        return polygrad.autograd.grad(function(x, w).sum() * 0.1, w)[0]

    return run


CASES = {
    "sum": lambda x: x.sum(0),
    "sum of the transposed": lambda x: x.mT.contiguous().mT.sum(0),
    "sum of a part": lambda x: x[:, :2].sum(0),
    "sum of all of a part": lambda x: x[:, :2].sum(),
    "sum of planes": lambda x: x.reshape(400, -1, 4).sum((0, 1)),
    "sum in the middle": lambda x: x.reshape(2, -1, 4).sum(1),
    "mean": lambda x: x.mean(0),
    "var": lambda x: (x * polygrad.arange(4).to(x.dtype) + x[:1]).reshape(-1, 2).var(0),
    "logsumexp": lambda x: x.logsumexp(0),
    "norm": lambda x: x.norm(2, 0),
    "cumsum": lambda x: x.cumsum(0)[-1],
    "cumsum of a vector": lambda x: x.reshape(-1).cumsum(0)[-5:],
    "dot": lambda x: x.reshape(-1) @ x.reshape(-1),
    "matmul": lambda x: x.mT @ x,
    "mse_loss": lambda x: F.mse_loss(x, polygrad.zeros_like(x), reduction="sum"),
    "bias": gradient(lambda x, w: x + w, 4),
    "scale": gradient(lambda x, w: x * w, 4),
    "bias of linear": gradient(lambda x, w: F.linear(x, polygrad.ones(3, 4, dtype=x.dtype), w), 3),
    "weight of linear": gradient(lambda x, w: F.linear(x, w), 3, 4),
    "weight of layer_norm": gradient(lambda x, w: F.layer_norm(x + polygrad.arange(4).to(x.dtype), (4,), w), 4),
    "embedding": gradient(lambda x, w: F.embedding((x[:, 0] * 0).long(), w), 100, 2),
    "embedding of many": gradient(lambda x, w: F.embedding((x[:, 0] * 0).long(), w), N, 2),
}


@pytest.mark.backend("numpy")
@pytest.mark.parametrize("way", ["eager", "compiled"])
@pytest.mark.parametrize("name", CASES)
def test_long_sums_keep_their_digits(name: str, way: str) -> None:
    with use_backend("numpy"):
        x = polygrad.full((N, 4), 0.1)
        function = polygrad.compile(CASES[name]) if way == "compiled" else CASES[name]
        want = CASES[name](x.double()).numpy()
        np.testing.assert_allclose(function(x).numpy(), want, rtol=TOLERANCE)
