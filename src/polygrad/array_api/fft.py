"""The standard's extension ``fft``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .._core.tensor import Tensor
from .._dtypes import DType
from .._functions import fft as _fft
from ._declaration import standard


@standard(_fft.fft)
def fft(x: Tensor, /, *, n: int | None = None, axis: int = -1, norm: str = "backward") -> Tensor:
    """The discrete Fourier transform along an axis."""
    return _fft.fft(x, n, axis, norm)


@standard(_fft.ifft)
def ifft(x: Tensor, /, *, n: int | None = None, axis: int = -1, norm: str = "backward") -> Tensor:
    """The inverse of `fft`."""
    return _fft.ifft(x, n, axis, norm)


@standard(_fft.rfft)
def rfft(x: Tensor, /, *, n: int | None = None, axis: int = -1, norm: str = "backward") -> Tensor:
    """`fft` of a real array: the frequencies that are not negative."""
    return _fft.rfft(x, n, axis, norm)


@standard(_fft.irfft)
def irfft(x: Tensor, /, *, n: int | None = None, axis: int = -1, norm: str = "backward") -> Tensor:
    """The inverse of `rfft`: a real array."""
    return _fft.irfft(x, n, axis, norm)


@standard(_fft.hfft)
def hfft(x: Tensor, /, *, n: int | None = None, axis: int = -1, norm: str = "backward") -> Tensor:
    """`fft` of a signal with Hermitian symmetry, of which ``x`` is the first half: a real array."""
    return _fft.hfft(x, n, axis, norm)


@standard(_fft.ihfft)
def ihfft(x: Tensor, /, *, n: int | None = None, axis: int = -1, norm: str = "backward") -> Tensor:
    """The inverse of `hfft`, of a real array."""
    return _fft.ihfft(x, n, axis, norm)


@standard(_fft.fftn)
def fftn(
    x: Tensor, /, *, s: Sequence[int] | None = None, axes: Sequence[int] | None = None, norm: str = "backward"
) -> Tensor:
    """`fft` along several axes."""
    return _fft.fftn(x, s, axes, norm)


@standard(_fft.ifftn)
def ifftn(
    x: Tensor, /, *, s: Sequence[int] | None = None, axes: Sequence[int] | None = None, norm: str = "backward"
) -> Tensor:
    """The inverse of `fftn`."""
    return _fft.ifftn(x, s, axes, norm)


@standard(_fft.rfftn)
def rfftn(
    x: Tensor, /, *, s: Sequence[int] | None = None, axes: Sequence[int] | None = None, norm: str = "backward"
) -> Tensor:
    """`fftn` of a real array: along the last of the axes the frequencies that are not negative."""
    return _fft.rfftn(x, s, axes, norm)


@standard(_fft.irfftn)
def irfftn(
    x: Tensor, /, *, s: Sequence[int] | None = None, axes: Sequence[int] | None = None, norm: str = "backward"
) -> Tensor:
    """The inverse of `rfftn`: a real array."""
    return _fft.irfftn(x, s, axes, norm)


@standard(_fft.fftfreq)
def fftfreq(n: int, /, *, d: float = 1.0, dtype: DType | None = None, device: Any = None) -> Tensor:
    """The frequencies of `fft`, in cycles per unit of ``d``, the distance of two values."""
    return _fft.fftfreq(n, d, dtype=dtype, device=device)


@standard(_fft.rfftfreq)
def rfftfreq(n: int, /, *, d: float = 1.0, dtype: DType | None = None, device: Any = None) -> Tensor:
    """The frequencies of `rfft`, in cycles per unit of ``d``, the distance of two values."""
    return _fft.rfftfreq(n, d, dtype=dtype, device=device)


@standard(_fft.fftshift)
def fftshift(x: Tensor, /, *, axes: int | Sequence[int] | None = None) -> Tensor:
    """``x`` rolled so that frequency 0 is in the middle."""
    return _fft.fftshift(x, axes)


@standard(_fft.ifftshift)
def ifftshift(x: Tensor, /, *, axes: int | Sequence[int] | None = None) -> Tensor:
    """The inverse of `fftshift`."""
    return _fft.ifftshift(x, axes)


__all__ = [
    "fft", "fftfreq", "fftn", "fftshift", "hfft", "ifft", "ifftn", "ifftshift", "ihfft", "irfft", "irfftn", "rfft",
    "rfftfreq", "rfftn",
]  # fmt: skip
