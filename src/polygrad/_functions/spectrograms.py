"""Fourier transforms of a signal piece by piece: `stft`, and `istft`, which puts it together again.

J. B. Allen and L. R. Rabiner, "A unified approach to short-time Fourier analysis and synthesis" (1977); the inverse is D. W.
Griffin and J. S. Lim's, "Signal estimation from modified short-time Fourier transform" (1984): the signal of least squares.
"""

from __future__ import annotations

from typing import Any

from .._core.errors import ShapeError
from .._core.primitive import OPERATIONS as xp
from .._core.scalars import as_int
from .._core.tensor import Tensor
from .._core.warn import warn
from .common import assume, check_tensor, place_of, values_for_checks
from .creation import arange, ones
from .nn.padding import pad
from .public import public_function


def _sizes(name: str, n_fft: Any, hop_length: Any, win_length: Any) -> tuple[int, int, int]:
    """The lengths of a transform, of a step and of the window.  Raises RuntimeError where they do not fit."""
    size = as_int(n_fft)
    hop = size // 4 if hop_length is None else as_int(hop_length)
    length = size if win_length is None else as_int(win_length)
    if size < 1 or hop < 1 or not 0 < length <= size:
        raise RuntimeError(
            f"{name}(): n_fft and hop_length must be positive and win_length from 1 to n_fft, but they are "
            f"{size}, {hop} and {length}"
        )
    return size, hop, length


def _window(name: str, window: Tensor | None, length: int, size: int, input: Tensor) -> Tensor:
    """The window of ``length`` values in the middle of ``size`` values."""
    if window is None:
        warn(f"{name}(): without a window all values have the same weight, and every frequency leaks; give a window such as "
             f"polygrad.hann_window({length})")  # fmt: skip
        real = input.dtype.to_real() if input.dtype.is_complex else input.dtype
        window = ones(length, dtype=real, **place_of(input))
    check_tensor(window, name, "window")
    if tuple(window.shape) != (length,):
        raise ShapeError(
            f"{name}(): window must have the shape {(length,)}, that of win_length, not {tuple(window.shape)}"
        )
    left = (size - length) // 2
    return xp.pad(window, ((left, size - length - left),)) if length < size else window


def _positions(frames: int, size: int, hop: int, like: Tensor) -> Tensor:
    """The places in the signal of the values of all frames, one after the other."""
    starts = arange(0, frames * hop, hop, **place_of(like))
    return xp.reshape(xp.expand_dims(starts, axis=-1) + arange(size, **place_of(like)), (frames * size,))


@public_function(method=True)
def stft(
    input: Tensor,
    n_fft: int,
    hop_length: int | None = None,
    win_length: int | None = None,
    window: Tensor | None = None,
    center: bool = True,
    pad_mode: str = "reflect",
    normalized: bool = False,
    onesided: bool | None = None,
    return_complex: bool | None = None,
    align_to_window: bool | None = None,
) -> Tensor:
    """Return the short-time Fourier transform: the spectra of pieces of a signal, each multiplied by a window.

    Args:
        input: a real or complex tensor of shape ``(length,)`` or ``(batch, length)``.
        n_fft: the length of a piece.
        hop_length: from the start of one piece to that of the next; by default ``n_fft // 4``.
        win_length: the length of the window, which lies in the middle of a piece; by default ``n_fft``.
        window: of shape ``(win_length,)``.  Without one, all values have the same weight, with a warning.
        center: whether pieces are centred at multiples of ``hop_length``, for which the signal is continued at both ends.
        pad_mode: how it is continued, as in `nn.functional.pad`.
        normalized: whether the spectra are divided by ``sqrt(n_fft)``.
        onesided: whether only frequencies that are not negative are returned; by default if input and window are real.
        return_complex: True returns complex numbers, False pairs of real ones.  It must be given for a real signal.
        align_to_window: not implemented; leave it out.

    Returns:
        A tensor of shape ``(*, frequencies, pieces)``, and ``(*, frequencies, pieces, 2)`` where ``return_complex`` is False.

    Raises:
        RuntimeError: lengths or shapes do not fit, or ``return_complex`` is missing.

    Example::

        >>> polygrad.stft(polygrad.ones(8), 4, window=polygrad.ones(4), return_complex=True).shape
        polygrad.Size([3, 9])
    """
    check_tensor(input, "stft")
    size, hop, length = _sizes("stft", n_fft, hop_length, win_length)
    if not input.dtype.is_differentiable:
        raise RuntimeError(f"stft(): input must be floating-point or complex, not {input.dtype.name}")
    if input.ndim not in (1, 2):
        raise ShapeError(f"stft(): input must have the shape (length,) or (batch, length), not {tuple(input.shape)}")
    if align_to_window is not None:
        if center:
            raise RuntimeError("stft(): align_to_window should only be set when center=False")
        if align_to_window:
            raise NotImplementedError("stft(): align_to_window=True is not implemented; leave it out")
    weights = _window("stft", window, length, size, input)
    is_complex = input.dtype.is_complex or weights.dtype.is_complex
    if return_complex is None:
        if not is_complex:
            raise RuntimeError("stft(): return_complex must be given for a real signal; write return_complex=True")
        return_complex = True
    if onesided is None:
        onesided = not is_complex
    if onesided and is_complex:
        raise RuntimeError("stft(): a complex input or window has no onesided spectrum; leave onesided=True out")
    signal = input if input.ndim == 2 else xp.expand_dims(input, axis=0)
    if center:
        half = size // 2
        signal = pad(xp.expand_dims(signal, axis=0), (half, half), mode=pad_mode)[0]
    if not size <= signal.shape[1]:
        raise RuntimeError(f"stft(): n_fft must be at most the length of the signal, {signal.shape[1]}, not {size}")
    frames = 1 + (signal.shape[1] - size) // hop
    pieces = xp.take_rows(xp.matrix_transpose(signal), _positions(frames, size, hop, signal))
    pieces = xp.reshape(xp.matrix_transpose(pieces), (signal.shape[0], frames, size)) * weights
    norm = "ortho" if normalized else "backward"
    if onesided:
        spectra = xp.fft_r2c(pieces, -1, norm)
    else:
        if not pieces.dtype.is_complex:
            pieces = xp.astype(pieces, pieces.dtype.to_complex())
        spectra = xp.fft_c2c(pieces, (-1,), norm, False)
    result = xp.matrix_transpose(spectra if input.ndim == 2 else spectra[0])
    return result if return_complex else xp.view_as_real(result)


@public_function(method=True)
def istft(
    input: Tensor,
    n_fft: int,
    hop_length: int | None = None,
    win_length: int | None = None,
    window: Tensor | None = None,
    center: bool = True,
    normalized: bool = False,
    onesided: bool | None = None,
    length: int | None = None,
    return_complex: bool = False,
) -> Tensor:
    """Return the signal of least squares whose short-time Fourier transform is ``input``: the inverse of `stft`.

    Args:
        input: a complex tensor of shape ``(*, frequencies, pieces)``, as `stft` gives it.
        n_fft: the length of a piece, as in `stft`.
        hop_length: from the start of one piece to that of the next, as in `stft`.
        win_length: the length of the window, as in `stft`.
        window: the window, as in `stft`.
        center: whether pieces are centred at multiples of ``hop_length``, as in `stft`.
        normalized: whether the spectra were divided by ``sqrt(n_fft)``.
        onesided: whether ``input`` has only frequencies that are not negative; by default as its shape says.
        length: the length of the result; by default what the pieces cover.
        return_complex: whether the result is complex; False takes it to be real, and reads half of the spectrum.

    Returns:
        A tensor of shape ``(length,)`` or ``(batch, length)``.

    Raises:
        RuntimeError: lengths or shapes do not fit, or the windows leave a value of the signal undetermined.

    Example::

        >>> x, window = polygrad.arange(8.0), polygrad.ones(4)
        >>> spectra = polygrad.stft(x, 4, window=window, return_complex=True)
        >>> polygrad.allclose(polygrad.istft(spectra, 4, window=window), x, atol=1e-5)
        True
    """
    check_tensor(input, "istft")
    if not input.dtype.is_complex:
        raise RuntimeError("istft(): input must be complex, as stft() gives it with return_complex=True")
    if input.ndim not in (2, 3) or 0 in input.shape:
        raise ShapeError(
            f"istft(): input must have the shape (frequencies, pieces) or (batch, frequencies, pieces), none of them 0, not "
            f"{tuple(input.shape)}"
        )
    size, hop, win = _sizes("istft", n_fft, hop_length, win_length)
    if hop > win:
        raise RuntimeError(
            f"istft(): hop_length must be at most win_length, {win}, not {hop}: the pieces would leave gaps"
        )
    if onesided is None:
        onesided = input.shape[-2] != size
    expected = size // 2 + 1 if onesided else size
    if input.shape[-2] != expected:
        raise ShapeError(
            f"istft(): input must have {expected} frequencies for n_fft={size}, but it has {input.shape[-2]}"
        )
    weights = _window("istft", window, win, size, input)
    if weights.dtype.is_complex:
        raise NotImplementedError("istft(): complex windows are not implemented; give a real one")
    if return_complex and onesided:
        raise RuntimeError(
            "istft(): a onesided spectrum gives a real signal; leave return_complex=True out, or onesided=True"
        )
    spectra = xp.matrix_transpose(input if input.ndim == 3 else xp.expand_dims(input, axis=0))
    norm = "ortho" if normalized else "backward"
    if return_complex:
        pieces = xp.fft_c2c(spectra, (-1,), norm, True)
    else:  # of a real signal half of the spectrum determines the rest
        pieces = xp.fft_c2r(spectra[..., : size // 2 + 1], size, -1, norm)
    batch, frames, _ = pieces.shape
    total = size + hop * (frames - 1)
    positions = _positions(frames, size, hop, input)

    def added(values: Tensor, rows: int) -> Tensor:
        lines = xp.matrix_transpose(xp.reshape(values, (rows, frames * size)))
        return xp.matrix_transpose(xp.index_add(lines, positions, size=total))

    signal = added(pieces * (xp.conj(weights) if weights.dtype.is_complex else weights), batch)
    squares = xp.abs(weights) ** 2
    envelope = added(xp.broadcast_to(squares, (1, frames, size)), 1)
    first = size // 2 if center else 0
    last = total - (size // 2 if center else 0) if length is None else min(total, first + as_int(length))
    signal, envelope = signal[:, first:last], envelope[:, first:last]
    _refuse_gaps(envelope)
    signal = signal / envelope
    if length is not None and last - first < length:
        warn(f"istft(): the pieces cover {last - first} values; the signal of length {length} ends with zeros")
        signal = xp.pad(signal, ((0, 0), (0, length - (last - first))))
    return signal if input.ndim == 3 else signal[0]


def _refuse_gaps(envelope: Tensor) -> None:
    """Raise RuntimeError where the windows add up to nothing."""

    def check(values: Any) -> None:
        if values.size and not (abs(values) > 1e-11).all():
            raise RuntimeError(
                "istft(): the windows that cover a value add up to 0, so it cannot be determined; take a window that is not 0 "
                "at its ends, a smaller hop_length, or center=True"
            )

    envelope = envelope.detach()
    values = values_for_checks(envelope)
    if values is None:
        assume(envelope, check)
    else:
        check(values)
