"""NumPy kernels for random numbers: convert the bits of `numpy.random.Philox`, a block at a time.

The results are those of the generic implementations to the last bit, except for the rounding of NumPy's logarithm and tangent.
"""

from __future__ import annotations

import math

import numpy as np

from .table import kernel

#: The elements of a block: it stays in the cache over several operations.
_BLOCK = 32768


def _halves(bits):
    """The 32-bit halves of words, the lower one first."""
    return bits.astype("<u8", copy=False).view("<u4")


@kernel
def uniform_from_bits(bits, /, count, digits, dtype):
    words = bits[:count] if digits > 32 else _halves(bits)[:count]
    shift = words.dtype.type(8 * words.itemsize - digits)
    out = np.empty(count, dtype)
    for start in range(0, count, _BLOCK):
        part = out[start : start + _BLOCK]
        part[...] = words[start : start + _BLOCK] >> shift
        part *= 2.0**-digits
    return out


@kernel
def normal_from_bits(bits, /, count, wide, dtype):
    pairs = -(-count // 2)
    out = np.empty(2 * pairs, dtype)
    digits = 53 if wide else 32
    for start in range(0, pairs, _BLOCK):
        stop = min(start + _BLOCK, pairs)
        if wide:
            first, second = bits[start:stop] >> np.uint64(11), bits[pairs + start : pairs + stop] >> np.uint64(11)
        else:
            both = _halves(bits[start:stop])
            first, second = both[1::2], both[::2]
        scale = first.astype(np.float64)
        scale += 0.5
        scale *= 2.0**-digits
        np.log(scale, scale)
        scale *= -2.0
        np.sqrt(scale, scale)
        tangent = second.astype(np.float64)
        tangent += 0.5
        tangent *= math.pi * 2.0**-digits
        np.tan(tangent, tangent)
        square = tangent * tangent
        scale /= square + 1.0
        tangent *= scale
        tangent *= 2.0
        np.subtract(1.0, square, square)
        square *= scale
        out[start:stop] = square
        out[pairs + start : pairs + stop] = tangent
    return out[:count]


@kernel
def mask_from_bits(bits, /, count, threshold):
    if threshold > 0xFFFFFFFF:
        return np.ones(count, np.bool_)
    return _halves(bits)[:count] < np.uint32(threshold)
