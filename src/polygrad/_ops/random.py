"""Random numbers from a counter: Philox 4x64-10, and what its bits are made into.

Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", 2011.  Every block of four 64-bit words is
a function of the key and the block's number, so any part of a stream can be had at once, on any library and in any
order. The words are those of NumPy's ``numpy.random.Philox``.
"""

from __future__ import annotations

import math

from .._core.primitive import primitive
from ..backends.namespace import GENERIC

_WORD = 2**64 - 1
_HALF = 2**32 - 1
_MULTIPLIERS = (0xD2E7470EE14C6C93, 0xCA5A826395121157)
_KEY_STEPS = (0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B)
_ROUNDS = 10


def _words(xp, value, count, device):
    """``value``, a Python int or a 0-d array of uint64, as ``count`` words, the lowest first, in arrays of length 1."""
    if isinstance(value, int):
        return [xp.asarray([value >> 64 * i & _WORD], dtype=xp.uint64, device=device) for i in range(count)]
    first = xp.reshape(value, (1,))
    return [first, *[xp.zeros_like(first)] * (count - 1)]


def _product(multiplier, x):
    """The high and the low word of a product of two words, computed from their halves."""
    high, low = multiplier >> 32, multiplier & _HALF
    x_high, x_low = x >> 32, x & _HALF
    bottom, first, second = x_low * low, x_low * high, x_high * low
    middle = (bottom >> 32) + (first & _HALF) + (second & _HALF)
    return x_high * high + (first >> 32) + (second >> 32) + (middle >> 32), (middle << 32) | (bottom & _HALF)


def philox(xp, key, counter, blocks, device=None):
    """``4 * blocks`` random words of the stream ``key``, from block ``counter`` on.

    ``key`` and ``counter`` are Python ints below ``2**128`` and ``2**256``, or 0-d arrays of uint64.
    """
    keys = _words(xp, key, 2, device)
    steps = [_words(xp, step, 1, device)[0] for step in _KEY_STEPS]
    start = _words(xp, counter, 4, device)
    carry = xp.arange(blocks, dtype=xp.uint64, device=device)
    x = []
    for word in start:
        total = word + carry
        carry = xp.astype(total < carry, xp.uint64)
        x.append(total)
    for number in range(_ROUNDS):
        if number:
            keys = [k + step for k, step in zip(keys, steps, strict=True)]
        high_0, low_0 = _product(_MULTIPLIERS[0], x[0])
        high_1, low_1 = _product(_MULTIPLIERS[1], x[2])
        x = [high_1 ^ x[1] ^ keys[0], low_1, high_0 ^ x[3] ^ keys[1], low_0]
    return xp.reshape(xp.stack(x, axis=1), (4 * blocks,))


GENERIC["philox"] = philox


def halves(xp, bits, count):
    """The first ``count`` 32-bit halves of the words, the lower half of each first, as uint64."""
    return xp.reshape(xp.stack([bits & _HALF, bits >> 32], axis=1), (-1,))[:count]


@primitive(differentiable=False)
def uniform_from_bits(xp, bits, /, count, digits, dtype):
    """``count`` numbers from 0 to 1, 1 excluded, of ``digits`` binary digits: half a word for each, or all of it."""
    if digits > 32:
        return xp.astype(bits[:count] >> (64 - digits), dtype) * 2.0**-digits
    return xp.astype(halves(xp, bits, count) >> (32 - digits), dtype) * 2.0**-digits


@primitive(differentiable=False)
def normal_from_bits(xp, bits, /, count, wide, dtype):
    """``count`` normal numbers: Box and Muller's transform of pairs, in double precision on every library.

    A pair takes one word, or two where the numbers are ``wide``.  "A note on the generation of random normal
    deviates", 1958.
    """
    pairs = -(-count // 2)
    if wide:
        first, second, digits = bits[:pairs] >> 11, bits[pairs : 2 * pairs] >> 11, 53
    else:
        first, second, digits = bits[:pairs] >> 32, bits[:pairs] & _HALF, 32
    # The half keeps the logarithm finite.
    radius = xp.sqrt(xp.log((xp.astype(first, xp.float64) + 0.5) * 2.0**-digits) * -2.0)
    # cos = (1 - t * t) / (1 + t * t) and sin = 2 * t / (1 + t * t), for the tangent t of half the angle.
    tangent = xp.tan((xp.astype(second, xp.float64) + 0.5) * (math.pi * 2.0**-digits))
    square = tangent * tangent
    scale = radius / (square + 1.0)
    return xp.astype(xp.concat([scale * (1.0 - square), scale * tangent * 2.0])[:count], dtype)


@primitive(differentiable=False)
def integers_from_bits(xp, bits, /, count, low, span, dtype):
    """``count`` integers from ``low`` on, of ``span`` different ones, from a word each."""
    numbers = bits[:count]
    if span <= _WORD:
        numbers = numbers % xp.asarray([span], dtype=xp.uint64, device=xp.device(bits))
    return xp.astype(numbers + xp.asarray([low & _WORD], dtype=xp.uint64, device=xp.device(bits)), dtype)


@primitive(differentiable=False)
def mask_from_bits(xp, bits, /, count, threshold):
    """``count`` booleans, of which ``threshold`` in ``2**32`` are true."""
    return halves(xp, bits, count) < xp.asarray([threshold], dtype=xp.uint64, device=xp.device(bits))


@primitive(differentiable=False)
def permutation_from_bits(xp, bits, /, count, dtype):
    """The numbers below ``count`` in random order: random words are sorted with their own number in the lowest bits.

    That is several times as fast as the order of the words.
    """
    width = max(count - 1, 0).bit_length()
    numbers = xp.arange(count, dtype=xp.uint64, device=xp.device(bits))
    ordered = xp.sort(((bits[:count] >> width) << width) | numbers)
    return xp.astype(ordered & ((1 << width) - 1), dtype)


def _batch_permutation(batch, bits, count, dtype):
    words = batch.xp.getitem(bits, (slice(None), slice(0, count)))
    return batch.xp.astype(batch.xp.argsort(words, axis=1, stable=True), dtype)


permutation_from_bits.defbatch(_batch_permutation)


@primitive(differentiable=False, accumulates=True)
def choices_from_uniform(xp, weights, uniform, /, replacement):
    """For each row of ``weights`` as many classes as ``uniform`` has columns, drawn by the weights of the row.

    With ``replacement`` by inversion of the distribution function, and ``uniform`` has one number for each draw.
    Without, by the order of exponential variables divided by the weights, and ``uniform`` has one number for each
    class.
    """
    rows, classes = weights.shape
    if not replacement:
        possible = weights > 0
        race = -xp.log1p(-uniform) / xp.where(possible, weights, xp.ones_like(weights))
        return xp.argsort(xp.where(possible, race, xp.full_like(race, float("inf"))), axis=1, stable=True)
    sums = xp.cumulative_sum(weights, axis=1)
    offsets = xp.reshape(xp.astype(xp.arange(rows, device=xp.device(weights)), weights.dtype), (rows, 1))
    # Row by row the distributions stand above each other, so that one search serves all rows.
    steps = xp.reshape(sums / sums[:, classes - 1 :] + offsets, (-1,))
    found = xp.searchsorted(steps, xp.reshape(uniform + offsets, (-1,)), side="right")
    return xp.reshape(found, uniform.shape) - xp.astype(offsets, found.dtype) * classes


def _batch_choices(batch, weights, uniform, replacement):
    weights, uniform = batch.whole(0, weights), batch.whole(1, uniform)
    rows = weights.shape[0] * weights.shape[1]
    flat = [batch.xp.reshape(x, (rows, x.shape[2])) for x in (weights, uniform)]
    found = batch.op(*flat, replacement=replacement)
    return batch.xp.reshape(found, (*weights.shape[:2], found.shape[1]))


choices_from_uniform.defbatch(_batch_choices)
