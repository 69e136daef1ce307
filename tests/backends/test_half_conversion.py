"""Conversion of float16 to float32 by its bits gives NumPy's result for every value, also infinite, NaN and subnormal ones."""

from __future__ import annotations

import numpy as np
import pytest

import polygrad
from polygrad.backends.numpy.kernels import half

EVERY = np.arange(65536, dtype=np.uint16).view(np.float16)
FINITE = EVERY[np.isfinite(EVERY)]


def same(converted, halves):
    expected = halves.astype(np.float32)
    assert converted.dtype == np.float32 and converted.shape == halves.shape
    np.testing.assert_array_equal(converted, expected)
    np.testing.assert_array_equal(np.signbit(converted), np.signbit(expected))


@pytest.mark.parametrize("halves", [EVERY, FINITE, np.concatenate([FINITE, EVERY])], ids=["every", "finite", "both"])
def test_every_number_is_converted_exactly(halves):
    words = np.empty(halves.size, np.int32)
    same(half.convert(halves, words), halves)
    same(half.to_single(halves), halves)


@pytest.mark.parametrize("shape", [(0,), (3,), (200, 300), (40, 50, 60)])
def test_any_layout_is_converted(shape):
    halves = np.resize(FINITE, shape)
    for x in (halves, halves.T, halves[::2], halves[..., ::-1]):
        same(half.to_single(x), x)


def test_each_number_alone_between_ordinary_ones():
    for special in (np.inf, -np.inf, np.nan, 65504, 6e-8, -0.0):
        halves = np.ones(half.BLOCK * 2 + 3, np.float16)
        halves[[5, -1]] = special
        same(half.to_single(halves), halves)


@pytest.mark.parametrize("size", [10, 65536, 65537, 200_001])
def test_sums_are_those_of_single_precision(size):
    halves = np.random.default_rng(0).standard_normal(size).astype(np.float16)
    expected = np.float16(halves.astype(np.float64).sum())
    found = polygrad.tensor(halves).sum().numpy()
    assert found.dtype == np.float16 and abs(found - expected) <= abs(np.spacing(expected))
    assert polygrad.tensor(halves)[None].sum(1).numpy()[0] == found
    halves[3] = np.inf
    assert polygrad.tensor(halves).sum().item() == np.inf
    halves[4] = -np.inf
    assert np.isnan(polygrad.tensor(halves).sum().item())
