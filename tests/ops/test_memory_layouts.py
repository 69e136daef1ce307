"""Values and gradients do not depend on the memory layout of arrays.

Results of NumPy's functions have the layout of their operands; a kernel that needs another order of the axes must ask for it.
"""

from __future__ import annotations

import numpy as np
import pytest

import polygrad
from tests.cases.operations import ALL_ROWS, is_inexact, sample_operands

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")


def _gaps(a):
    return np.repeat(a, 2, -1)[..., ::2] if a.ndim else a


def _reversed(a):
    return np.flip(np.flip(a).copy())


def _second_axis_last(a):
    return np.moveaxis(np.moveaxis(a, 1, -1).copy(), -1, 1) if a.ndim > 2 else a


LAYOUTS = [np.asfortranarray, _gaps, _reversed, _second_axis_last]


def _values_and_gradients(row, lying) -> list[np.ndarray]:
    arrays = sample_operands(row, 0, row.kinds[0])
    operands = [polygrad.from_numpy(lying(a)) if a.ndim else polygrad.tensor(a) for a in arrays]
    for a, x in zip(arrays, operands, strict=True):
        x.requires_grad_(is_inexact(a) and row.name != "nextafter")
    outputs = [y for y in row.call(0, operands) if isinstance(y, polygrad.Tensor)]
    varying, inputs = [y for y in outputs if y.requires_grad], [x for x in operands if x.requires_grad]
    gradients = []
    if varying and inputs:
        rng = np.random.default_rng(0)
        cotangents = [rng.standard_normal(tuple(y.shape)) for y in varying]
        cotangents = [
            polygrad.from_numpy(lying(c)).to(y.dtype) if y.ndim else polygrad.tensor(c, dtype=y.dtype)
            for c, y in zip(cotangents, varying, strict=True)
        ]
        gradients = polygrad.autograd.grad(varying, inputs, cotangents, allow_unused=True)
    return [np.array(y.detach().numpy()) for y in (*outputs, *gradients) if y is not None]


@pytest.mark.parametrize("row", ALL_ROWS, ids=lambda row: row.name)
def test_an_operation_and_its_gradient_in_every_layout(row):
    expected = _values_and_gradients(row, np.ascontiguousarray)
    for lying in LAYOUTS:
        for one, other in zip(expected, _values_and_gradients(row, lying), strict=True):
            np.testing.assert_allclose(other, one, rtol=1e-9, atol=1e-11)
