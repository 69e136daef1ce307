"""Attention as one operation: ``softmax(query @ key.mT * scale) @ value`` (Vaswani et al., arXiv:1706.03762).

The second result is what the gradient is made of: the weights, or with ``keep`` False only the logarithm of each row's sum
of exponentials, from which the weights are computed again (Rabe and Staats, arXiv:2112.05682; Dao et al.,
arXiv:2205.14135).  That takes another product, and memory that does not grow with the square of the length.
"""

from __future__ import annotations

import math

from .._core.primitive import primitive

#: The weights of rows of at most so many positions are worth their memory.
REMEMBERED = 512


def _scores(xp, query, key, scale):
    return xp.matmul(query * scale, xp.matrix_transpose(key))


def _causal(xp, scores):
    """``scores`` without those of later positions."""
    return xp.where(xp.tril(xp.ones_like(scores)) > 0, scores, xp.zeros_like(scores) - math.inf)


def _apply_mask(xp, scores, mask):
    """``scores`` where a mask of booleans is True, or with the numbers of another mask added."""
    if not xp.isdtype(mask.dtype, "bool"):
        return scores + mask
    return xp.where(mask, scores, xp.zeros_like(scores) - math.inf)


def _attend(xp, scores, value, keep, masked):
    """The result, and the weights or the logarithms.  A row without any position, if ``masked``, gives zeros."""
    if not scores.shape[-1]:  # no keys
        none = xp.sum(scores, axis=-1, keepdims=True)
        return xp.matmul(scores, value), scores if keep else none - math.inf
    top = xp.max(scores, axis=-1, keepdims=True)
    if masked:
        lowest = float(xp.finfo(scores.dtype).min)
        top = xp.where(top < lowest, xp.zeros_like(top) + lowest, top)
    exponentials = xp.exp(scores - top)
    total = xp.sum(exponentials, axis=-1, keepdims=True)
    if masked:
        total = xp.where(total == 0, xp.ones_like(total), total)
    weights = exponentials / total
    return xp.matmul(weights, value), weights if keep else top + xp.log(total)


def _gradients(xp, g, ans, scores, query, key, value, scale, keep, needs):
    """The cotangents of query, key and value, and of the scores.  ``scores()`` computes these again."""
    of_result, of_second = g
    weights = ans[1] if keep else xp.exp(scores() - ans[1])
    of_weights = of_value = None
    if of_result is not None:
        of_weights = xp.matmul(of_result, xp.matrix_transpose(value))
        of_value = xp.matmul(xp.matrix_transpose(weights), of_result) if needs[2] else None
    if of_second is not None and keep:
        of_weights = of_second if of_weights is None else of_weights + of_second
        of_scores = weights * (of_weights - xp.sum(of_weights * weights, axis=-1, keepdims=True))
    else:
        # The sum over a row of the weights times their cotangents, computed from the shorter rows of the result.
        along = None if of_result is None else xp.sum(of_result * ans[0], axis=-1, keepdims=True)
        if of_second is not None:
            along = -of_second if along is None else along - of_second
        of_scores = weights * (-along if of_weights is None else of_weights - along)
    of_query = xp.matmul(of_scores, key) * scale if needs[0] else None
    of_key = xp.matmul(xp.matrix_transpose(of_scores), query) * scale if needs[1] else None
    return of_query, of_key, of_value, of_scores


@primitive(broadcasts=True, promotes="float", outputs=2, accumulates=True, real_only=True)
def attention(xp, query, key, value, /, scale, causal=False, keep=True):
    """Attention of ``query`` ``(..., L, E)`` to ``key`` ``(..., S, E)`` and ``value`` ``(..., S, V)``.

    If ``causal``, to no later position.
    """
    scores = _scores(xp, query, key, scale)
    return _attend(xp, _causal(xp, scores) if causal else scores, value, keep, masked=False)


def _attention(xp, g, ans, query, key, value, scale, causal, keep, needs):
    def scores():
        found = _scores(xp, query, key, scale)
        return _causal(xp, found) if causal else found

    return _gradients(xp, g, ans, scores, query, key, value, scale, keep, needs)[:3]


attention.defvjp(_attention)


@primitive(broadcasts=True, promotes=("query", "key", "value"), outputs=2, accumulates=True, real_only=True)
def masked_attention(xp, query, key, value, mask, /, scale, keep=True):
    """`attention` where ``mask`` ``(..., L, S)`` is True, or with the numbers of ``mask`` added to the scores."""
    return _attend(xp, _apply_mask(xp, _scores(xp, query, key, scale), mask), value, keep, masked=True)


def _masked_attention(xp, g, ans, query, key, value, mask, scale, keep, needs):
    def scores():
        return _apply_mask(xp, _scores(xp, query, key, scale), mask)

    *found, of_scores = _gradients(xp, g, ans, scores, query, key, value, scale, keep, needs)
    return (*found, of_scores if needs[3] else None)


masked_attention.defvjp(_masked_attention)


def _mask_misfit(query, key, value, mask):
    rows, columns = query.shape[-2], key.shape[-2]
    if any(n not in (1, m) for n, m in zip(reversed(mask.shape), (columns, rows), strict=False)):
        return f"attention: a mask of shape {tuple(mask.shape)} does not fit scores of shape (..., {rows}, {columns})"
    return None


masked_attention.shape_error = _mask_misfit
