"""Kernels give the results of the generic implementations, for every block size.

The reference is the strict backend: it has no kernels, so that its results are those of the generic implementations.
"""

from __future__ import annotations

import math
import re
import sys

import numpy as np
import pytest

import polygrad
import polygrad.nn.functional as F
from polygrad.autograd import grad
from polygrad.backends import available
from polygrad.testing.table import disagreements, evaluate
from tests.cases.kernel_blocks import block_sizes
from tests.cases.layers import CASES
from tests.cases.operations import ALL_ROWS

pytestmark = pytest.mark.skipif("strict" not in available(), reason="the backend 'strict' is not installed")

SIZES = (1, 3)
TOLERANCES = {"float64": 1e-9, "complex128": 1e-9, "float32": 3e-4, "complex64": 3e-4}
SINGLE = {"float64": "float32", "complex128": "complex64"}
#: Kernels that run when a tensor is overwritten or an optimizer steps; core/test_aliasing.py and optim/ have them.
ELSEWHERE = re.compile(r"(add|subtract|multiply|divide|slice_put|masked_put|index_put)_|(sgd|adam)_step")


def test_the_sizes_of_blocks_are_found():
    names = {module.__name__.rpartition(".")[2] for module, _ in block_sizes()}
    assert {
        "blocking",
        "attention",
        "convolution",
        "optimizers",
        "reductions",
    } <= names


@pytest.mark.parametrize("row", ALL_ROWS, ids=str)
def test_numpy_kernels_in_small_blocks(row, blocks):
    orders = min(row.orders, 1)  # gradients without a graph: those have kernels
    for precision in row.kinds:
        for number, case in enumerate(row.cases):
            expected = evaluate(row, number, precision, "strict", orders=orders)
            for size in SIZES:
                blocks(size)
                for kind in {precision, SINGLE.get(precision, precision)}:
                    tolerance = TOLERANCES[kind] * row.loose
                    found = evaluate(row, number, kind, "numpy", orders=orders)
                    problems = disagreements(found, expected, tolerance, tolerance)
                    assert not problems, f"{row.name}({case}), {kind}, blocks of {size}: {'; '.join(problems)}"


def results_of(name, backend, dtype):
    """Values and gradients of a layer's function."""
    function, *arrays = CASES[name]
    operands = [polygrad.tensor(array, dtype=dtype, backend=backend, requires_grad=True) for array in arrays]
    with polygrad.use_backend(backend):
        results = function(F, *operands)
    results = results if isinstance(results, tuple) else (results,)
    total = 0
    for out in results:
        if out.dtype.is_floating_point:
            weights = np.cos(np.arange(out.numel()) + 1.0).reshape(tuple(out.shape))
            total = total + (out * out * polygrad.tensor(weights, dtype=dtype, backend=backend)).sum()
    gradients = grad(total, operands, allow_unused=True)
    return [None if x is None else x.detach().to(backend="numpy").numpy() for x in (*results, *gradients)]


@pytest.mark.parametrize("name", CASES)
def test_numpy_kernels_of_layers_in_small_blocks(name, blocks):
    expected = results_of(name, "strict", polygrad.float64)
    for size in SIZES:
        blocks(size)
        for dtype, tolerance in ((polygrad.float64, 1e-9), (polygrad.float32, 3e-4)):
            found = results_of(name, "numpy", dtype)
            for one, other in zip(found, expected, strict=True):
                if one is None or other is None:
                    assert not np.any(one if one is not None else other if other is not None else 0)
                else:
                    np.testing.assert_allclose(one, other, rtol=tolerance, atol=tolerance, err_msg=f"blocks of {size}")


#: Functions of a matrix, worked through by elements or by rows.
BY_ROWS = {
    "sigmoid": lambda x: polygrad.sigmoid(x),
    "gelu": lambda x: F.gelu(x),
    "gelu tanh": lambda x: F.gelu(x, approximate="tanh"),
    "silu": lambda x: F.silu(x),
    "softplus": lambda x: F.softplus(x),
    "softmax": lambda x: F.softmax(x, 1),
    "log_softmax": lambda x: F.log_softmax(x, 1),
    "logsumexp": lambda x: x.logsumexp(1),
    "layer_norm": lambda x: F.layer_norm(x, (3,)),
    "layer_norm affine": lambda x: F.layer_norm(x, (3,), x[0].detach(), x[1].detach()),
    "rms_norm": lambda x: F.rms_norm(x, (3,)),
    "cross_entropy": lambda x: F.cross_entropy(x, polygrad.tensor([0, 2, 1, 1, 0], backend=x.backend)),
    "sum": lambda x: x.sum(1),
    "sum of columns": lambda x: x.sum(0),
}


@pytest.mark.parametrize("name", BY_ROWS)
def test_the_last_block_is_shorter_than_the_others(name, blocks):
    """Five rows of three, in blocks of two rows and of six or seven elements."""
    values = np.random.default_rng(0).standard_normal((5, 3))

    def run(backend):
        with polygrad.use_backend(backend):
            x = polygrad.tensor(values, requires_grad=True)
            out = BY_ROWS[name](x)
            (g,) = grad((out * out).sum() + out.sum(), x)
        return [t.detach().to(backend="numpy").numpy() for t in (out, g)]

    expected = run("strict")
    for size in (6, 7):
        blocks(size)
        for found, right in zip(run("numpy"), expected, strict=True):
            np.testing.assert_allclose(found, right, rtol=1e-10, atol=1e-12)


def test_every_kernel_of_numpy_is_in_a_table():
    called = set()
    try:
        sys.setprofile(lambda frame, event, argument: called.add(frame.f_code))
        for row in ALL_ROWS:
            for precision in row.kinds:
                for number in range(len(row.cases)):
                    for kind in {precision, SINGLE.get(precision, precision)}:
                        evaluate(row, number, kind, "numpy", orders=min(row.orders, 1))
        for name in CASES:
            results_of(name, "numpy", polygrad.float32)
    finally:
        sys.setprofile(None)
    kernels = polygrad.get_backend("numpy").kernels.items()
    missing = {name for name, kernel in kernels if getattr(kernel, "__code__", None) not in {None, *called}}
    assert {name for name in missing if not ELSEWHERE.fullmatch(name)} == set()


@pytest.mark.parametrize("width", [3, 9])
def test_an_infinity_reaches_only_the_windows_that_have_it(width):
    x = polygrad.zeros(1, 2, 1, 80, requires_grad=True)
    with polygrad.no_grad():
        x[0, 0, 0, 40] = math.inf
    result = polygrad.nn.functional.conv2d(x, polygrad.ones(2, 1, 1, width), groups=2)
    assert int(result.isinf().sum()) == width and not bool(result.isnan().any())
    gradient = polygrad.zeros_like(result)
    gradient[0, 1, 0, 40] = math.inf
    result.backward(gradient)
    assert int(x.grad.isinf().sum()) == width and not bool(x.grad.isnan().any())
