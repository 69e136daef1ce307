"""NumPy kernels for attention: a few heads and a block of rows at a time, so that scores stay in the cache.

NumPy multiplies small matrices twice as fast if the second one lies in memory in reading order: keys and values are copied.
Under a causal mask, the positions after a block's last row are left out.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from .reductions import amax, row_sums
from .table import kernel

#: The most scores of a block.
_BLOCK = 131072
_CAUSAL_ROWS = 64


@lru_cache(maxsize=32)
def _triangle(size, dtype):
    """The causal mask of a square block on the diagonal, to be added to the scores."""
    made = np.triu(np.full((size, size), -np.inf, dtype), 1)
    made.flags.writeable = False
    return made


class _Blocks:
    """The operands with one axis of heads, and the division of the scores into blocks."""

    def __init__(self, query, key, value, mask, causal):
        batches = [x.shape[:-2] for x in (query, key, value, mask) if x is not None]
        self.batch = np.broadcast_shapes(*batches)
        self.heads = math.prod(self.batch)
        self.rows, self.columns, self.causal = query.shape[-2], key.shape[-2], causal
        self.query, self.key, self.value = (self.flat(x) for x in (query, key, value))
        self.mask = mask
        if mask is not None:
            if mask.dtype.kind == "b":
                self.mask = np.where(mask, np.zeros((), query.dtype), np.asarray(-np.inf, query.dtype))
            shape = (self.rows, self.columns)
            plain = math.prod(self.mask.shape[:-2]) == 1
            self.mask = np.broadcast_to(
                self.mask.reshape(self.mask.shape[-2:]) if plain else self.mask, shape if plain else self.batch + shape
            )
        height = min(self.rows, max(_BLOCK // max(self.columns, 1), 32))
        self.height = max(min(height, _CAUSAL_ROWS) if causal else height, 1)
        self.group = max(_BLOCK // max(self.height * self.columns, 1), 1)

    def flat(self, x):
        """``x`` with one axis for all heads."""
        whole = x if x.shape[:-2] == self.batch else np.broadcast_to(x, self.batch + x.shape[-2:])
        return whole.reshape(self.heads, *x.shape[-2:])

    def unflat(self, x):
        """The inverse of `flat`."""
        return x.reshape(*self.batch, *x.shape[1:])

    def groups(self):
        """The groups of heads that are computed together."""
        return [slice(start, min(start + self.group, self.heads)) for start in range(0, self.heads, self.group)]

    def parts(self):
        """Blocks of rows, and how many columns matter for each."""
        for start in range(0, self.rows, self.height):
            stop = min(start + self.height, self.rows)
            yield slice(start, stop), min(stop, self.columns) if self.causal else self.columns

    def scores(self, heads, rows, columns, across):
        """The scores of a block; ``across`` are the heads' keys, scaled and transposed."""
        scores = np.matmul(self.query[heads, rows], across[:, :, :columns])
        if self.causal:
            if columns > rows.start:
                corner = scores[:, :, rows.start :]
                triangle = _triangle(max(self.height, corner.shape[-1]), scores.dtype)
                np.add(corner, triangle[: corner.shape[-2], : corner.shape[-1]], corner)
        elif self.mask is not None:
            if self.mask.ndim == 2:
                np.add(scores, self.mask[rows], scores)
            else:
                places = np.unravel_index(np.arange(heads.start, heads.stop), self.batch)
                np.add(scores, self.mask[(*places, rows)], scores)
        return scores


def _transpose(x, factor=None):
    """A copy of matrices, transposed, times ``factor``."""
    return np.ascontiguousarray(x.mT) if factor is None else np.multiply(x.mT, factor, order="C")


def _forward(query, key, value, mask, scale, causal, keep):
    blocks = _Blocks(query, key, value, mask, causal)
    heads, rows, columns, dtype = blocks.heads, blocks.rows, blocks.columns, query.dtype
    factor = np.asarray(scale, dtype)
    result = np.empty((heads, rows, value.shape[-1]), dtype)
    second = np.empty((heads, rows, columns if keep else 1), dtype)
    lowest = np.finfo(dtype).min
    if not columns:  # no keys
        result[...] = 0
        second[...] = -np.inf
        return blocks.unflat(result), blocks.unflat(second)
    for group in blocks.groups():
        across = _transpose(blocks.key[group], factor)
        for part, width in blocks.parts():
            scores = blocks.scores(group, part, width, across)
            top = amax(scores, -1)
            if mask is not None:
                top = np.maximum(top, lowest)
            np.subtract(scores, top, scores)
            np.exp(scores, scores)
            total = row_sums(scores.reshape(-1, width)).reshape(top.shape)
            if mask is not None:
                total[total == 0] = 1
            np.divide(scores, total, scores)
            np.matmul(scores, blocks.value[group, :width], out=result[group, part])
            if keep:
                second[group, part, :width] = scores
                second[group, part, width:] = 0
            else:
                np.add(top, np.log(total), second[group, part])
    return blocks.unflat(result), blocks.unflat(second)


def _backward(g, ans, query, key, value, mask, scale, causal, keep, needs):
    of_result, of_second = g
    blocks = _Blocks(query, key, value, mask, causal)
    dtype, factor = query.dtype, np.asarray(scale, query.dtype)
    second = blocks.flat(ans[1])
    of_second = None if of_second is None else blocks.flat(of_second)
    of_result = np.zeros_like(ans[0]) if of_result is None else of_result
    of_result, result = blocks.flat(of_result), blocks.flat(ans[0])
    of_query, of_key, of_value = (np.zeros(x.shape, dtype) for x in (blocks.query, blocks.key, blocks.value))
    of_mask = np.zeros((blocks.heads, blocks.rows, blocks.columns), dtype) if len(needs) > 3 and needs[3] else None
    delta = np.einsum("nle,nle->nl", of_result, result)[..., None]
    if of_second is not None:
        if keep:
            delta += np.einsum("nle,nle->nl", of_second, second)[..., None]
        else:
            delta -= of_second
    for group in blocks.groups():
        across = None if keep else _transpose(blocks.key[group], factor)
        values, keys = _transpose(blocks.value[group]), blocks.key[group] * factor
        for part, width in blocks.parts():
            if keep:
                weights = second[group, part, :width]
            else:
                weights = blocks.scores(group, part, width, across)
                np.subtract(weights, second[group, part], weights)
                np.exp(weights, weights)
            given = of_result[group, part]
            of_scores = np.matmul(given, values[:, :, :width])
            if keep and of_second is not None:
                np.add(of_scores, of_second[group, part, :width], of_scores)
            np.subtract(of_scores, delta[group, part], of_scores)
            np.multiply(of_scores, weights, of_scores)
            of_value[group, :width] += np.matmul(weights.mT, given)
            np.matmul(of_scores, keys[:, :width], out=of_query[group, part])
            of_key[group, :width] += np.matmul(of_scores.mT, blocks.query[group, part])
            if of_mask is not None:
                of_mask[group, part, :width] = of_scores
    np.multiply(of_key, factor, of_key)
    return [None if x is None else blocks.unflat(x) for x in (of_query, of_key, of_value, of_mask)]


@kernel
def attention(query, key, value, /, scale, causal=False, keep=True):
    return _forward(query, key, value, None, scale, causal, keep)


@kernel
def attention_vjp(g, ans, query, key, value, scale, causal, keep, needs):
    return _backward(g, ans, query, key, value, None, scale, causal, keep, needs)[:3]


@kernel
def masked_attention(query, key, value, mask, /, scale, keep=True):
    return _forward(query, key, value, mask, scale, False, keep)


@kernel
def masked_attention_vjp(g, ans, query, key, value, mask, scale, keep, needs):
    return _backward(g, ans, query, key, value, mask, scale, False, keep, needs)
