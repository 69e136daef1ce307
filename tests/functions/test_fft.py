"""Fourier transforms, against NumPy's; their gradients stand in the table of operations."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import polygrad
from polygrad.autograd import gradcheck, gradgradcheck

REAL = np.random.default_rng(3).normal(size=(3, 4, 5))
COMPLEX = REAL + 1j * np.random.default_rng(4).normal(size=(3, 4, 5))
OF_REAL = ("rfft", "ihfft", "rfftn", "rfft2")


def signal(name):
    return REAL if name in OF_REAL else COMPLEX


@pytest.mark.parametrize("norm", [None, "ortho", "forward"])
@pytest.mark.parametrize("name", ["fft", "ifft", "rfft", "irfft", "hfft", "ihfft"])
def test_along_one_dimension(name, norm):
    for n, dim in itertools.product((None, 1, 3, 7), (-1, 1)):
        found = getattr(polygrad.fft, name)(polygrad.tensor(signal(name)), n, dim, norm)
        np.testing.assert_allclose(found.numpy(), getattr(np.fft, name)(signal(name), n, dim, norm), atol=1e-12)


@pytest.mark.parametrize("norm", [None, "ortho", "forward"])
@pytest.mark.parametrize("name", ["fftn", "ifftn", "rfftn", "irfftn", "fft2", "ifft2", "rfft2", "irfft2"])
def test_along_several_dimensions(name, norm):
    for s, dim in (((3, 6), (0, 2)), ((2, 3), (1, -1)), (None, (0, 1)), (None, (-2, -1))):
        found = getattr(polygrad.fft, name)(polygrad.tensor(signal(name)), s, dim, norm)
        np.testing.assert_allclose(found.numpy(), getattr(np.fft, name)(signal(name), s, dim, norm), atol=1e-12)


@pytest.mark.parametrize("name", ["hfftn", "ihfftn", "hfft2", "ihfft2"])
def test_of_hermitian_signals(name):
    scipy = pytest.importorskip("scipy.fft")
    data = REAL if name.startswith("i") else COMPLEX
    found = getattr(polygrad.fft, name)(polygrad.tensor(data), None, (-2, -1))
    np.testing.assert_allclose(found.numpy(), getattr(scipy, name)(data, None, (-2, -1)), atol=1e-12)


@pytest.mark.parametrize(
    "name", ["fft", "ifft", "rfft", "irfft", "hfft", "ihfft", "fftn", "rfftn", "irfftn", "hfftn", "ihfftn"]
)
def test_gradients_of_both_orders(name):
    data = REAL if name in (*OF_REAL, "ihfftn") else COMPLEX
    for length in (1, 2, 3, 4):
        x = polygrad.tensor(data[0, :2, :length], requires_grad=True)
        sizes = {} if length > 1 else {"s": (2, 3)} if name.endswith("n") else {"n": 3}
        function = lambda x, name=name, sizes=sizes: getattr(polygrad.fft, name)(x, **sizes)  # noqa: E731
        assert gradcheck(function, (x,), check_forward_ad=True, check_batched_grad=True)
        assert gradgradcheck(function, (x,))


def test_frequencies_and_shifts():
    for n in (1, 4, 5):
        np.testing.assert_allclose(polygrad.fft.fftfreq(n, 0.5).numpy(), np.fft.fftfreq(n, 0.5), rtol=1e-6)
        np.testing.assert_allclose(polygrad.fft.rfftfreq(n, 0.5).numpy(), np.fft.rfftfreq(n, 0.5), rtol=1e-6)
    x = polygrad.tensor(REAL)
    for dim in (None, 1, (0, 2)):
        assert np.array_equal(polygrad.fft.fftshift(x, dim).numpy(), np.fft.fftshift(REAL, dim))
        assert np.array_equal(polygrad.fft.ifftshift(polygrad.fft.fftshift(x, dim), dim).numpy(), REAL)


def test_precision_is_kept_and_integers_are_converted():
    fft = polygrad.fft
    assert fft.fft(polygrad.ones(4)).dtype is polygrad.complex64
    assert fft.rfft(polygrad.ones(4, dtype=polygrad.float64)).dtype is polygrad.complex128
    assert fft.irfft(polygrad.ones(4)).dtype is polygrad.float32
    assert fft.fft(polygrad.tensor([1, 2])).dtype is polygrad.complex64


def test_wrong_calls():
    fft, x = polygrad.fft, polygrad.ones(2, 3)
    for call, error, words in (
        (lambda: fft.rfft(x + 0j), RuntimeError, r"fft\(\) transforms complex"),
        (lambda: fft.fft(x, 0), RuntimeError, "at least one value"),
        (lambda: fft.fft(x, norm="orthogonal"), RuntimeError, "norm is one of"),
        (lambda: fft.fft(x, dim=2), IndexError, None),
        (lambda: fft.fft(polygrad.tensor(1.0)), IndexError, "at least one dimension"),
        (lambda: fft.fftn(x, (2, 2, 2)), RuntimeError, "2 dimensions"),
        (lambda: fft.fftn(x, dim=(0, 0)), RuntimeError, "twice"),
        (lambda: fft.fftn(x, (2,), (0, 1)), RuntimeError, "1 lengths for 2"),
        (lambda: fft.fft([1.0]), TypeError, "must be a Tensor"),
        (lambda: fft.irfft(polygrad.ones(1)), RuntimeError, "at least one value"),
    ):
        with pytest.raises(error, match=words):
            call()
