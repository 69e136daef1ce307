"""Convolutions with tall kernels on NumPy give the results of gathered windows, also for infinite inputs."""

from __future__ import annotations

import numpy as np
import pytest

import polygrad
from polygrad.backends.numpy.kernels import tall_windows


def by_definition(x, weight, padding, groups):
    padded = np.pad(x.astype(np.float64), ((0, 0), (0, 0), (padding, padding), (0, 0)))
    height, each = weight.shape[2], weight.shape[0] // groups
    windows = np.lib.stride_tricks.sliding_window_view(padded, height, axis=2)  # (N, C, H', W, height)
    parts = [
        np.einsum("nchwk,ock->nohw", windows[:, g * weight.shape[1] : (g + 1) * weight.shape[1]], part[..., 0])
        for g, part in enumerate(np.split(weight.astype(np.float64), groups))
    ]
    assert all(part.shape[1] == each for part in parts)
    return np.concatenate(parts, 1)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    ("shape", "weight", "padding", "groups"),
    [
        ((1, 3, 100, 7), (3, 3, 63, 1), 0, 1),
        ((2, 2, 40, 5), (4, 2, 16, 1), 3, 1),
        ((1, 1, 300, 3), (2, 1, 255, 1), 127, 1),
        ((2, 4, 90, 4), (4, 2, 70, 1), 0, 2),
        ((1, 2, 20, 4), (1, 2, 20, 1), 0, 1),
        ((0, 2, 20, 4), (1, 2, 17, 1), 0, 1),
    ],
)
def test_it_is_the_convolution(shape, weight, padding, groups, dtype):
    random = np.random.default_rng(0)
    x, w = random.standard_normal(shape).astype(dtype), random.standard_normal(weight).astype(dtype)
    found = polygrad.nn.functional.conv2d(polygrad.tensor(x), polygrad.tensor(w), padding=(padding, 0), groups=groups)
    expected = by_definition(x, w, padding, groups)
    assert found.shape == expected.shape
    np.testing.assert_allclose(found.numpy(), expected, rtol=0, atol=(1e-4 if dtype is np.float32 else 1e-11))


def test_its_gradients_are_right():
    x = polygrad.randn(1, 2, 40, 3, dtype=polygrad.float64, requires_grad=True)
    w = polygrad.randn(2, 2, 17, 1, dtype=polygrad.float64, requires_grad=True)
    assert polygrad.autograd.gradcheck(lambda x, w: polygrad.nn.functional.conv2d(x, w, padding=(2, 0)), (x, w))


@pytest.mark.parametrize("special", [np.inf, np.nan, 3e38])
def test_what_is_not_finite_stays_in_its_windows(special):
    x = np.ones((1, 1, 80, 2), np.float32)
    x[0, 0, 0, 0] = special
    found = polygrad.nn.functional.conv2d(polygrad.tensor(x), polygrad.ones(1, 1, 20, 1)).numpy()
    expected = by_definition(x, np.ones((1, 1, 20, 1)), 0, 1).astype(np.float32)
    np.testing.assert_array_equal(found, expected)
    assert tall_windows.is_tall(
        np.ones((1, 80, 2, 1), np.float32), np.ones((1, 20), np.float32), (20, 1), (1, 1), (1, 1)
    )
