"""Singular points, and the rows that most tests of gradients run.

The rows themselves are in `polygrad.testing`: those of primitives, where the authors of plugins find them too, and those of
functions that are composed of them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

import polygrad
import polygrad.linalg
import polygrad.nn.functional as F
from polygrad.testing.operations import ROWS as PRIMITIVE_ROWS
from polygrad.testing.public_operations import COMPOSITE_ROWS, assigned
from polygrad.testing.table import Row

inf, nan = math.inf, math.nan


# -- singular points -----------------------------------------------------------------------------------------------------


class Point(NamedTuple):
    """A point where a function has no derivative, or a formula for it breaks down, and the gradients promised there.

    ``second`` holds the diagonal of the second derivative of the sum, where that is promised too.
    """

    name: str
    function: Callable
    operands: tuple[Any, ...]
    gradients: tuple[Any, ...]
    second: tuple[Any, ...] | None = None


def _masked(function: Callable) -> Callable:
    return lambda x: polygrad.where(x > 0, function(x), 0.0)


def _of_symmetric(function: Callable) -> Callable:
    return lambda x: function((x + x.mT) / 2)


def _projector(x: Any) -> Any:
    vectors = polygrad.linalg.eigh(x).eigenvectors
    return vectors @ vectors.mT


#: The identity matrix: all eigenvalues coincide.
IDENTITY = [[1.0, 0.0], [0.0, 1.0]]

SINGULAR_POINTS = [
    # A mask keeps infinite derivatives out.
    Point("where(x > 0, sqrt(x), 0)", _masked(polygrad.sqrt), ([0.0, 4.0, -1.0],), ([0.0, 0.25, 0.0],), ([0, -1 / 32, 0],)),
    Point("where(x > 0, log(x), 0)", _masked(polygrad.log), ([0.0, 4.0, -1.0],), ([0.0, 0.25, 0.0],), ([0, -1 / 16, 0],)),
    Point("where(x > 0, 1 / x, 0)", _masked(lambda x: 1 / x), ([0.0, 2.0],), ([0.0, -0.25],), ([0.0, 0.25],)),
    Point("where(x > 0, x ** 0.5, 0)", _masked(lambda x: x**0.5), ([0.0, 4.0],), ([0.0, 0.25],), ([0, -1 / 32],)),
    Point("where(x > 0, x ** -1.5, 0)", _masked(lambda x: x**-1.5), ([0.0, 1.0],), ([0.0, -1.5],), ([0, 3.75],)),
    Point("where(x > 0, asin(1 - x), 0)", _masked(lambda x: polygrad.asin(1 - x)), ([0.0, 1.0],), ([0.0, -1.0],)),
    Point("where(x > 0, rsqrt(x), 0)", _masked(polygrad.rsqrt), ([0.0, 1.0],), ([0.0, -0.5],)),
    Point("where(x > 0, x / x, 0)", _masked(lambda x: x / x), ([0.0, 2.0],), ([0.0, 0.0],)),
    Point("where(x > 0, atan2(x, x), 0)", _masked(lambda x: polygrad.atan2(x, x)), ([0.0, 2.0],), ([0.0, 0.0],)),
    # Infinite derivatives.
    Point("sqrt at 0", polygrad.sqrt, (0.0,), (inf,)),
    Point("log at 0", polygrad.log, (0.0,), (inf,)),
    Point("reciprocal at 0", polygrad.reciprocal, (0.0,), (-inf,)),
    # Kinks: a subgradient, PyTorch's.
    Point("abs at 0", abs, ([0.0, -2.0, 3.0],), ([0.0, -1.0, 1.0],), ([0.0, 0.0, 0.0],)),
    Point("relu at 0", F.relu, ([0.0, -1.0, 1.0],), ([0.0, 0.0, 1.0],)),
    Point("sign at 0", polygrad.sign, ([0.0, 1.0],), ([0.0, 0.0],)),
    Point("clamp at its bounds", lambda x: polygrad.clamp(x, -1.0, 1.0), ([-1.0, 0.0, 1.0, 2.0],), ([1.0, 1.0, 1.0, 0.0],)),
    Point("hardtanh at its bounds", F.hardtanh, ([-1.0, 0.0, 1.0, 2.0],), ([0.0, 1.0, 0.0, 0.0],)),
    Point("maximum of equals", polygrad.maximum, ([1.0, 2.0], [1.0, 3.0]), ([0.5, 0.0], [0.5, 1.0])),
    Point("minimum of equals", polygrad.minimum, ([1.0, 2.0], [1.0, 3.0]), ([0.5, 1.0], [0.5, 0.0])),
    Point("amax of equals", lambda x: polygrad.amax(x, 1), ([[2.0, 2.0, 1.0], [3.0, 3.0, 3.0]],), ([[0.5, 0.5, 0.0], [1 / 3] * 3],)),
    Point("amin of equals", polygrad.amin, ([1.0, 1.0, 2.0],), ([0.5, 0.5, 0.0],)),
    Point("max along a dimension takes the first", lambda x: polygrad.max(x, 0).values, ([2.0, 2.0, 1.0],), ([1.0, 0.0, 0.0],)),
    Point("max of all of equals", polygrad.max, ([2.0, 2.0, 1.0],), ([0.5, 0.5, 0.0],)),
    Point("max pooling of equals", lambda x: F.max_pool2d(x, 2), ([[[[1.0, 1.0], [1.0, 0.0]]]],), ([[[[1.0, 0.0], [0.0, 0.0]]]],)),
    # Powers.
    Point("x ** 0 at 0", lambda x: x**0, ([0.0, 2.0],), ([0.0, 0.0],)),
    Point("x ** 1 at 0", lambda x: x**1, ([0.0, 2.0],), ([1.0, 1.0],)),
    Point("x ** 2 at 0", lambda x: x**2, ([0.0, -2.0],), ([0.0, -4.0],), ([2.0, 2.0],)),
    Point("x ** 3 at 0", lambda x: x**3, ([0.0, -2.0],), ([0.0, 12.0],), ([0.0, -12.0],)),
    Point("x ** y at x = 0", lambda x, y: x**y, ([0.0, 0.0, 0.0], [0.0, 1.0, 2.0]), ([0.0, 1.0, 0.0], [0.0, 0.0, 0.0])),
    Point("x ** y of negative x", lambda x, y: x**y, ([-2.0], [2.0]), ([-4.0], [nan])),
    Point("2 ** x", lambda x: 2**x, ([0.0],), ([math.log(2)],)),
    Point("0 ** x", lambda x: 0**x, ([2.0, 0.0],), ([0.0, 0.0],)),
    # Products with zeros.
    Point("prod with one zero", polygrad.prod, ([2.0, 0.0, 3.0],), ([0.0, 6.0, 0.0],)),
    Point("prod with two zeros", polygrad.prod, ([0.0, 0.0, 3.0],), ([0.0, 0.0, 0.0],)),
    # Norms.
    Point("norm of 0", polygrad.norm, ([0.0, 0.0],), ([0.0, 0.0],)),
    Point("norm of 0 in rows", lambda x: polygrad.norm(x, dim=1), ([[0.0, 0.0], [3.0, 4.0]],), ([[0.0, 0.0], [0.6, 0.8]],)),
    Point("norm of order 1 at 0", lambda x: polygrad.norm(x, p=1), ([0.0, -2.0],), ([0.0, -1.0],)),
    Point("norm of order 3 at 0", lambda x: polygrad.norm(x, p=3), ([0.0, 0.0],), ([0.0, 0.0],)),
    Point("infinite norm of equals", lambda x: polygrad.norm(x, p=inf), ([2.0, -2.0, 1.0],), ([0.5, -0.5, 0.0],)),
    Point("hypot at 0", polygrad.hypot, ([0.0], [0.0]), ([0.0], [0.0])),
    Point("atan2 at 0", polygrad.atan2, ([0.0], [0.0]), ([0.0], [0.0])),
    # Sums of exponentials.
    Point("logsumexp beside -inf", lambda x: polygrad.logsumexp(x, 0), ([0.0, -inf],), ([1.0, 0.0],)),
    Point("logsumexp of -inf alone", lambda x: polygrad.logsumexp(x, 0), ([-inf, -inf],), ([0.0, 0.0],)),
    Point("logsumexp beside inf", lambda x: polygrad.logsumexp(x, 0), ([inf, 200.0, -inf],), ([1.0, 0.0, 0.0],)),
    Point("logsumexp of large numbers", lambda x: polygrad.logsumexp(x, 0), ([1000.0, 1000.0],), ([0.5, 0.5],)),
    Point("softmax beside -inf", lambda x: F.softmax(x, 0)[0], ([0.0, 0.0, -inf],), ([0.25, -0.25, 0.0],)),
    Point("log_softmax of large numbers", lambda x: F.log_softmax(x, 0)[0], ([1e4, 0.0],), ([0.0, 0.0],)),
    Point("logaddexp beside -inf", polygrad.logaddexp, ([-inf], [1.0]), ([0.0], [1.0])),
    # Saturation: no overflow on the way.
    Point("sigmoid far out", polygrad.sigmoid, ([-1000.0, 1000.0],), ([0.0, 0.0],)),
    Point("tanh far out", polygrad.tanh, ([-1000.0, 1000.0],), ([0.0, 0.0],)),
    Point("softplus far out", F.softplus, ([-1000.0, 1000.0],), ([0.0, 1.0],)),
    Point("logsigmoid far out", F.logsigmoid, ([-1000.0, 1000.0],), ([1.0, 0.0],)),
    Point("silu far out", F.silu, ([-1000.0, 1000.0],), ([0.0, 1.0],)),
    Point("gelu far out", F.gelu, ([-100.0, 100.0],), ([0.0, 1.0],)),
    Point("elu far out", F.elu, ([-1000.0, 1000.0],), ([0.0, 1.0],)),
    Point("erf far out", polygrad.erf, ([-30.0, 30.0],), ([0.0, 0.0],)),
    # Degenerate matrices.
    Point("det of a singular matrix", polygrad.linalg.det, ([[1.0, 2.0], [2.0, 4.0]],), ([[4.0, -2.0], [-2.0, 1.0]],)),
    Point("det of rank 1", polygrad.linalg.det, ([[1.0, 0, 0], [0, 0, 0], [0, 0, 0]],), ([[0.0] * 3] * 3,)),
    Point("sum of equal eigenvalues", _of_symmetric(lambda a: polygrad.linalg.eigh(a).eigenvalues), (IDENTITY,), (IDENTITY,)),
    Point("projector on equal eigenvalues", _of_symmetric(_projector),
          (IDENTITY,), ([[nan, nan], [nan, nan]],)),
    Point("sum of equal singular values", lambda a: polygrad.linalg.svdvals(a), (IDENTITY,), (IDENTITY,)),
    Point("singular values of a matrix of rank 1", lambda a: polygrad.linalg.svdvals(a)[0], ([[3.0, 0], [0, 0]],), ([[1.0, 0], [0, 0]],)),
    # Choices that are not derivatives.
    Point("embedding's padding row", lambda w: F.embedding(polygrad.tensor([0, 1, 1], backend=w.backend), w, padding_idx=0),
          ([[1.0], [2.0]],), ([[0.0], [2.0]],)),
    Point("assignment to equal indices: the last one wins", lambda x, v: assigned(x, v, key=lambda: [0, 0]), ([1.0, 2.0], [3.0, 4.0]),
          ([0.0, 1.0], [0.0, 1.0])),
    Point("variance of one element without correction", lambda x: polygrad.var(x, correction=0), ([3.0],), ([0.0],)),
    Point("floor", polygrad.floor, ([1.0, 1.5],), ([0.0, 0.0],)),
]  # fmt: skip

ALL_ROWS = [*PRIMITIVE_ROWS, *COMPOSITE_ROWS]


# -- operands of a row, as arrays ----------------------------------------------------------------------------------------


def sample_operands(row: Row, number: int, precision: str, example: int = 0) -> list[np.ndarray]:
    """The operands of one example, as NumPy arrays."""
    return row.sample(number, precision, example)


def is_inexact(x) -> bool:
    """Whether an array can have a gradient: real or complex floating point."""
    return x.dtype.kind in "fc"
