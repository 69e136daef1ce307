"""Windows and transforms of pieces of a signal: closed forms, inverses, gradients and errors."""

from __future__ import annotations

import math

import numpy as np
import pytest

import polygrad
from polygrad.autograd import gradcheck, gradgradcheck
from polygrad.signal import windows

X = np.linspace(0, 2 * math.pi, 6)
CENTRED = np.arange(6) - 2.5
#: The window of six values, symmetric.
EXPECTED = {
    "bartlett": ({}, 1 - np.abs(CENTRED) / 2.5),
    "blackman": ({}, 0.42 - 0.5 * np.cos(X) + 0.08 * np.cos(2 * X)),
    "cosine": ({}, np.sin(math.pi * (np.arange(6) + 0.5) / 6)),
    "exponential": ({"tau": 2.0}, np.exp(-np.abs(CENTRED) / 2)),
    "gaussian": ({"std": 1.5}, np.exp(-((CENTRED / 1.5) ** 2) / 2)),
    "general_cosine": ({"a": [0.4, 0.3, 0.2]}, 0.4 - 0.3 * np.cos(X) + 0.2 * np.cos(2 * X)),
    "general_hamming": ({"alpha": 0.6}, 0.6 - 0.4 * np.cos(X)),
    "hamming": ({}, 0.54 - 0.46 * np.cos(X)),
    "hann": ({}, 0.5 - 0.5 * np.cos(X)),
    "kaiser": ({"beta": 3.0}, np.kaiser(6, 3.0)),
    "nuttall": ({}, 0.3635819 - 0.4891775 * np.cos(X) + 0.1365995 * np.cos(2 * X) - 0.0106411 * np.cos(3 * X)),
}
OLDER = [
    (polygrad.bartlett_window, windows.bartlett), (polygrad.blackman_window, windows.blackman),
    (polygrad.hann_window, windows.hann), (polygrad.hamming_window, windows.hamming),
    (polygrad.kaiser_window, windows.kaiser),
]  # fmt: skip


@pytest.mark.parametrize("name", EXPECTED)
def test_windows(name, backend):
    settings, expected = EXPECTED[name]
    function = getattr(windows, name)
    symmetric = function(6, dtype=polygrad.float64, **settings)
    np.testing.assert_allclose(symmetric.cpu().numpy(), expected, atol=1e-15)
    periodic = function(5, sym=False, dtype=polygrad.float64, **settings)
    np.testing.assert_allclose(periodic.cpu().numpy(), expected[:-1], atol=1e-15)
    assert function(0, **settings).shape == (0,) and function(1, **settings).tolist() == [1.0]
    assert function(3, requires_grad=True, **settings).requires_grad
    for wrong in (lambda: function(-1, **settings), lambda: function(3, dtype=polygrad.int64, **settings)):
        with pytest.raises(ValueError, match="negative|dtype must be"):
            wrong()


def test_a_window_off_the_centre():
    found = windows.exponential(4, center=1.0, sym=False, dtype=polygrad.float64)
    np.testing.assert_allclose(found.numpy(), np.exp(-np.abs(np.arange(4) - 1.0)))


@pytest.mark.parametrize(("function", "newer"), OLDER, ids=[newer.__name__ for _, newer in OLDER])
def test_windows_by_their_older_names(function, newer):
    assert function(5).tolist() == newer(5, sym=False).tolist() and function(5, False).tolist() == newer(5).tolist()
    assert function(5, dtype=polygrad.float16).dtype is polygrad.float16
    for wrong in (lambda: function(-1), lambda: function(3, dtype=polygrad.int64)):
        with pytest.raises(RuntimeError, match="negative|dtype must be"):
            wrong()
    assert polygrad.hamming_window(5, False, 0.6, 0.4).tolist() == windows.general_hamming(5, alpha=0.6).tolist()


SIGNAL = polygrad.tensor(np.random.default_rng(0).standard_normal((2, 20)))


def by_definition(signal, n, hop, window, onesided):
    """The transform without centring, sum by sum."""
    starts = range(0, signal.shape[-1] - n + 1, hop)
    pieces = np.stack([signal[..., s : s + n] * window for s in starts], axis=-1)
    count = n // 2 + 1 if onesided else n
    kernel = np.exp(-2j * math.pi * np.outer(np.arange(count), np.arange(n)) / n)
    return np.einsum("kn,...nt->...kt", kernel, pieces)


@pytest.mark.parametrize(("n", "hop"), [(4, 2), (5, 3)])
def test_the_transform_is_the_sum_that_defines_it(n, hop, backend):
    window = windows.hann(n, dtype=polygrad.float64)
    numbers = SIGNAL.numpy()
    signal = polygrad.tensor(numbers)
    for onesided in (True, False):
        found = polygrad.stft(signal, n, hop, window=window, center=False, onesided=onesided, return_complex=True)
        np.testing.assert_allclose(
            found.cpu().numpy(), by_definition(numbers, n, hop, window.cpu().numpy(), onesided), atol=1e-12
        )
    centred = polygrad.stft(signal, n, hop, window=window, return_complex=True)
    padded = np.pad(numbers, ((0, 0), (n // 2, n // 2)), mode="reflect")
    np.testing.assert_allclose(
        centred.cpu().numpy(), by_definition(padded, n, hop, window.cpu().numpy(), True), atol=1e-12
    )


def test_the_inverse_gives_the_signal_back(backend):
    signal = polygrad.tensor(SIGNAL.numpy())
    for settings in (
        {},
        {"normalized": True},
        {"win_length": 5},
        {"onesided": False},
        {"center": False, "hop_length": 1},
    ):
        length = settings.get("win_length", 8)
        window = polygrad.hamming_window(length, dtype=polygrad.float64)
        spectra = polygrad.stft(signal, 8, window=window, return_complex=True, **settings)
        back = polygrad.istft(spectra, 8, window=window, **settings)
        np.testing.assert_allclose(back.cpu().numpy(), SIGNAL.numpy()[:, : back.shape[1]], atol=1e-12)
    one = polygrad.stft(signal[0] + 1j * signal[1], 8, window=window)
    back = one.istft(8, window=window, return_complex=True, onesided=False, length=20)
    np.testing.assert_allclose(back.cpu().numpy(), SIGNAL.numpy()[0] + 1j * SIGNAL.numpy()[1], atol=1e-12)


def test_gradients():
    x = SIGNAL[:, :12].clone().requires_grad_()
    window = windows.hann(4, sym=False, dtype=polygrad.float64).requires_grad_()
    forward = lambda x, w: x.stft(4, 2, window=w, return_complex=True)  # noqa: E731
    assert gradcheck(forward, (x, window), check_forward_ad=True) and gradgradcheck(forward, (x, window))
    spectra = forward(x, window).detach().requires_grad_()
    window = polygrad.hamming_window(4, dtype=polygrad.float64, requires_grad=True)
    backward = lambda s, w: s.istft(4, 2, window=w)  # noqa: E731
    assert gradcheck(backward, (spectra, window), check_forward_ad=True) and gradgradcheck(backward, (spectra, window))


@pytest.mark.filterwarnings("ignore:i?stft")
def test_wrong_calls():
    x = polygrad.ones(12)
    s = polygrad.ones(3, 9) + 0j
    for call, error, words in (
        (lambda: x.stft(4), RuntimeError, "return_complex must be given"),
        (lambda: x.stft(0, return_complex=True), RuntimeError, "positive"),
        (lambda: x.stft(4, 0, return_complex=True), RuntimeError, "positive"),
        (lambda: x.stft(4, win_length=5, return_complex=True), RuntimeError, "win_length from 1"),
        (lambda: x.stft(4, window=x, return_complex=True), RuntimeError, "window must have the shape"),
        (lambda: x.long().stft(4, return_complex=True), RuntimeError, "int64"),
        (lambda: (x + 0j).stft(4, onesided=True), RuntimeError, "no onesided spectrum"),
        (lambda: x.stft(13, center=False, return_complex=True), RuntimeError, "length of the signal"),
        (lambda: x.reshape(3, 1, 4).stft(4, return_complex=True), RuntimeError, "must have the shape"),
        (lambda: x.stft(4, align_to_window=True, return_complex=True), RuntimeError, "center=False"),
        (
            lambda: x.stft(4, center=False, align_to_window=True, return_complex=True),
            NotImplementedError,
            "leave it out",
        ),
        (lambda: x.istft(4), RuntimeError, "must be complex"),
        (lambda: s.istft(6), RuntimeError, "4 frequencies"),
        (lambda: s.istft(4, 5), RuntimeError, "leave gaps"),
        (lambda: s.istft(4, return_complex=True), RuntimeError, "real signal"),
        (lambda: s.istft(4, window=polygrad.ones(4) + 0j), NotImplementedError, "complex windows"),
        (lambda: s.istft(4, window=polygrad.zeros(4)), RuntimeError, "add up to 0"),
    ):
        with pytest.raises(error, match=words):
            call()
    with pytest.warns(UserWarning, match="same weight"):
        assert x.stft(4, return_complex=False).shape == (3, 13, 2)
    with pytest.warns(UserWarning, match="ends with zeros"):
        assert s.istft(4, window=polygrad.ones(4), length=30).shape == (30,)
