"""Discrete Fourier transforms: of complex arrays, of real arrays, and back to real arrays.

The matrix of the transform is symmetric, so that the transform of complex arrays is its own transpose.  The other two keep the
half of the spectrum that determines the rest; their rules weigh the frequencies that stand for two by 2 or 1/2.
"""

from __future__ import annotations

from .._core.primitive import primitive
from .batching import along_axis, shift_axis


@primitive(linear=("x",))
def fft_c2c(xp, x, /, axes, norm, inverse):
    """The transform of a complex array along ``axes``; normalized as NumPy's ``norm`` says."""
    return (xp.ifftn if inverse else xp.fftn)(x, axes=axes, norm=norm)


fft_c2c.defvjp(x=lambda xp, g, axes, norm, inverse: xp.fft_c2c(g, axes=axes, norm=norm, inverse=inverse))
fft_c2c.defbatch(
    lambda batch, x, axes, norm, inverse: batch.op(x, axes=shift_axis(axes, x.ndim - 1), norm=norm, inverse=inverse)
)


@primitive(linear=("x",))
def fft_r2c(xp, x, /, axis, norm):
    """The transform of a real array along ``axis``: the frequencies from 0 to half of the length."""
    return xp.rfft(x, axis=axis, norm=norm)


@primitive(linear=("x",))
def fft_c2r(xp, x, /, n, axis, norm):
    """The real array of length ``n`` along ``axis`` whose `fft_r2c` is ``x``, but for the imaginary parts that it cannot have."""
    return xp.irfft(x, n=n, axis=axis, norm=norm)


#: The norms of a transform and of its inverse, as NumPy names them.
OPPOSITE_NORM = {"backward": "forward", "ortho": "ortho", "forward": "backward"}


def _pairs(xp, x, n, axis):
    """The part of a half spectrum of ``n`` values that represents two frequencies each, ``k`` and ``-k``; 0 elsewhere."""
    axis %= x.ndim
    last = (
        n + 1
    ) // 2  # half of the sampling rate, which even lengths have, represents itself only, as frequency 0 does
    key = tuple([slice(1, last) if a == axis else slice(None) for a in range(x.ndim)])
    widths = [(0, 0)] * x.ndim
    widths[axis] = (min(1, n // 2), n // 2 + 1 - last) if last > 1 else (n // 2 + 1, 0)
    return xp.pad(x[key], widths)


def _r2c_vjp(xp, g, x_shape, axis, norm):
    n = x_shape[axis]
    halved = xp.conj(g - _pairs(xp, g, n, axis) * 0.5)
    return xp.fft_c2r(halved, n=n, axis=axis, norm=OPPOSITE_NORM[norm])


def _c2r_vjp(xp, g, n, axis, norm):
    spectrum = xp.fft_r2c(g, axis=axis, norm=OPPOSITE_NORM[norm])
    return xp.conj(spectrum + _pairs(xp, spectrum, n, axis))


fft_r2c.defvjp(x=_r2c_vjp)
fft_c2r.defvjp(x=_c2r_vjp)
fft_r2c.defbatch(along_axis)
fft_c2r.defbatch(along_axis)
