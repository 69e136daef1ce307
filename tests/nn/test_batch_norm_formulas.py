"""Batch normalization against its formulas, written out in NumPy: results, running statistics, evaluation."""

from __future__ import annotations

import numpy as np
import pytest

import polygrad
from polygrad import nn

#: Large enough that its place in the formula shows.
EPS = 0.5


@pytest.mark.parametrize("momentum", [0.1, 0.7, None])
@pytest.mark.parametrize(
    ("kind", "shape"), [(nn.BatchNorm1d, (5, 3)), (nn.BatchNorm1d, (4, 3, 2)), (nn.BatchNorm2d, (2, 3, 2, 2))]
)
def test_training_and_evaluation(backend, kind, shape, momentum):
    """Ioffe and Szegedy, "Batch normalization" (2015), algorithms 1 and 2."""
    random = np.random.default_rng(0)
    layer = kind(3, eps=EPS, momentum=momentum).double()
    weight, bias = np.array([1.0, -2.0, 0.5]), np.array([0.3, 0.0, -1.0])
    with polygrad.no_grad():
        layer.weight.copy_(polygrad.tensor(weight))
        layer.bias.copy_(polygrad.tensor(bias))
    axes = (0, *range(2, len(shape)))
    along = (1, 3, *[1] * (len(shape) - 2))
    mean, variance = np.zeros(3), np.ones(3)
    for batch in range(1, 4):
        x = random.standard_normal(shape) * 2 + 1
        found = np.array(layer(polygrad.tensor(x)).tolist())
        centred = x - x.mean(axes, keepdims=True)
        expected = centred / np.sqrt(x.var(axes, keepdims=True) + EPS) * weight.reshape(along) + bias.reshape(along)
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)
        share = 1 / batch if momentum is None else momentum
        mean = (1 - share) * mean + share * x.mean(axes)
        variance = (1 - share) * variance + share * x.var(axes, ddof=1)
        np.testing.assert_allclose(layer.running_mean.tolist(), mean, rtol=1e-12)
        np.testing.assert_allclose(layer.running_var.tolist(), variance, rtol=1e-12)
    assert layer.num_batches_tracked.item() == 3
    layer.eval()
    x = random.standard_normal(shape)
    found = np.array(layer(polygrad.tensor(x)).tolist())
    expected = (x - mean.reshape(along)) / np.sqrt(variance.reshape(along) + EPS) * weight.reshape(
        along
    ) + bias.reshape(along)
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(layer.running_mean.tolist(), mean, rtol=1e-12)
