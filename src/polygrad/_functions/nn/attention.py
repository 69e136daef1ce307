"""Attention: of queries, keys and values, and with several heads and their projections."""

from __future__ import annotations

import math
from typing import Any

from ..._core.errors import ShapeError
from ..._core.same_dtype import check_same_dtype
from ..._core.tensor import Tensor
from ..._core.warn import warn
from ..._dtypes import float32
from ..._ops.attention import REMEMBERED
from ..common import check_tensor, place_of, xp
from ..creation import zeros
from ..joining import cat
from ..slicing import chunk
from .dropout import dropout
from .linear import linear


def attend(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    mask: Tensor | None,
    causal: bool,
    scale: float,
    dropout_p: float,
    weights: bool = False,
) -> tuple[Tensor, Tensor | None]:
    """Compute attention, and, if ``weights``, the weights as they were applied, after dropout."""
    # Keeping the weights for the gradient saves a product; those of long sequences need too much memory.
    keep = weights or bool(dropout_p) or key.shape[-2] <= REMEMBERED
    if mask is None:
        result, second = xp.attention(query, key, value, scale, causal, keep)
    else:
        result, second = xp.masked_attention(query, key, value, mask, scale, keep)
    if dropout_p:
        second = dropout(second, dropout_p)
        result = xp.matmul(second, value)
    return result, second if weights else None


def scaled_dot_product_attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Tensor:
    """Attend to values by the similarity of queries and keys: ``softmax(query @ key.mT * scale + attn_mask) @ value``.

    Vaswani et al., "Attention is all you need", 2017, arXiv:1706.03762.

    Args:
        query: a tensor ``(*, L, E)``: ``L`` positions of ``E`` features; dimension -3 is that of the heads, if there are any.
        key: a tensor ``(*, S, E)``.
        value: a tensor ``(*, S, Ev)``.
        attn_mask: a tensor that broadcasts to ``(*, L, S)``: bool, True where attention is paid, or floating, which is added to
            the scores.  A row that pays attention to nothing gives zeros.
        dropout_p: the probability that a weight is dropped, in training and evaluation alike.
        is_causal: let a position attend only to itself and earlier ones; excludes ``attn_mask``.
        scale: the factor of the scores; None is ``1 / sqrt(E)``.
        enable_gqa: grouped queries: the heads of ``key`` and ``value``, which divide those of ``query``, serve several each
            (Ainslie et al., 2023, arXiv:2305.13245).

    Returns:
        A tensor ``(*, L, Ev)``.

    Raises:
        ShapeError: the shapes do not match.  It is a ValueError and a RuntimeError.
        RuntimeError: ``attn_mask`` is given with ``is_causal``, or is of an integer type.
        ValueError: ``dropout_p`` is not from 0 to 1.

    Example::

        >>> x = polygrad.ones(2, 4, 8, 16)  # batch, heads, positions, features
        >>> F.scaled_dot_product_attention(x, x, x, is_causal=True).shape
        polygrad.Size([2, 4, 8, 16])
    """
    for x, argument in ((query, "query"), (key, "key"), (value, "value")):
        check_tensor(x, "scaled_dot_product_attention", argument)
    shapes = f"query {tuple(query.shape)}, key {tuple(key.shape)}, value {tuple(value.shape)}"
    if min(query.ndim, key.ndim, value.ndim) < 2:
        raise ShapeError(f"scaled_dot_product_attention: tensors need at least 2 dimensions, but got {shapes}")
    if query.shape[-1] != key.shape[-1] or key.shape[-2] != value.shape[-2]:
        raise ShapeError(f"scaled_dot_product_attention: shapes do not match: {shapes}")
    check_same_dtype("scaled_dot_product_attention", {"query": query, "key": key, "value": value})
    if is_causal and attn_mask is not None:
        raise RuntimeError("scaled_dot_product_attention: attn_mask must not be set when is_causal=True")
    if attn_mask is not None:
        _check_kind("scaled_dot_product_attention", "attn_mask", attn_mask)
        if attn_mask.dtype.kind != "bool" and attn_mask.dtype is not float32:
            check_same_dtype("scaled_dot_product_attention", {"query": query, "attn_mask": attn_mask})
        if attn_mask.dtype.kind != "bool":
            attn_mask = xp.astype(attn_mask, query.dtype)
    if not 0 <= dropout_p <= 1:
        raise ValueError(f"scaled_dot_product_attention: dropout_p must be from 0 to 1, not {dropout_p}")
    scale = 1 / math.sqrt(max(query.shape[-1], 1)) if scale is None else float(scale)
    heads = query.shape[-3] if enable_gqa and query.ndim > 2 else None
    if heads is not None and (key.ndim < 3 or key.shape[-3] != heads or value.shape[-3] != heads):
        return _attend_grouped(query, key, value, attn_mask, is_causal, scale, dropout_p, shapes)
    return attend(query, key, value, attn_mask, is_causal, scale, dropout_p)[0]


def _check_kind(function: str, argument: str, mask: Tensor) -> None:
    check_tensor(mask, function, argument)
    if mask.dtype.kind not in ("bool", "float"):
        raise RuntimeError(
            f"{function}: {argument} is {mask.dtype.name}; it must be bool, or floating-point, which is added to the scores"
        )


def _attend_grouped(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    mask: Tensor | None,
    causal: bool,
    scale: float,
    dropout_p: float,
    shapes: str,
) -> Tensor:
    """Attend with grouped heads: each head of ``key`` and ``value`` serves several of ``query``, which get a separate axis."""
    heads = query.shape[-3]
    if min(key.ndim, value.ndim) < 3 or key.shape[-3] != value.shape[-3] or heads % key.shape[-3]:
        raise ShapeError(
            f"scaled_dot_product_attention: with enable_gqa the heads (dimension -3) of key and value must divide those of "
            f"query; got {shapes}"
        )
    own = key.shape[-3]

    def split(x: Tensor, groups: int, each: int) -> Tensor:
        return xp.reshape(x, (*x.shape[:-3], groups, each, *x.shape[-2:]))

    if mask is not None and mask.ndim > 2:
        mask = split(mask, 1, 1) if mask.shape[-3] == 1 else split(mask, own, heads // own)
    result, _ = attend(
        split(query, own, heads // own), split(key, own, 1), split(value, own, 1), mask, causal, scale, dropout_p
    )
    return xp.reshape(result, (*result.shape[:-4], heads, *result.shape[-2:]))


# -- several heads -----------------------------------------------------------------------------------------------------


def multi_head_attention_forward(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    embed_dim_to_check: int,
    num_heads: int,
    in_proj_weight: Tensor | None,
    in_proj_bias: Tensor | None,
    bias_k: Tensor | None,
    bias_v: Tensor | None,
    add_zero_attn: bool,
    dropout_p: float,
    out_proj_weight: Tensor,
    out_proj_bias: Tensor | None,
    training: bool = True,
    key_padding_mask: Tensor | None = None,
    need_weights: bool = True,
    attn_mask: Tensor | None = None,
    use_separate_proj_weight: bool = False,
    q_proj_weight: Tensor | None = None,
    k_proj_weight: Tensor | None = None,
    v_proj_weight: Tensor | None = None,
    static_k: Tensor | None = None,
    static_v: Tensor | None = None,
    average_attn_weights: bool = True,
    is_causal: bool = False,
) -> tuple[Tensor, Tensor | None]:
    """Compute what `MultiheadAttention` computes, from parameters that are given.

    Shapes: ``L`` positions of queries, ``S`` of keys, batch ``N``, ``E`` features; query, key and value all have a batch, or none.

    Args:
        query: a tensor ``(L, N, E)`` or ``(L, E)``.
        key: a tensor ``(S, N, E)`` or ``(S, E)``; another number of features needs ``use_separate_proj_weight``.
        value: a tensor ``(S, N, E)`` or ``(S, E)``, as ``key``.
        embed_dim_to_check: ``E``.
        num_heads: the number of heads, which divides ``E``.
        in_proj_weight: the weights of query, key and value on each other, ``(3 * E, E)``.
        in_proj_bias: their biases ``(3 * E,)``, or None.
        bias_k: a key to append to the keys, ``(1, 1, E)``, or None.
        bias_v: a value to append to the values, ``(1, 1, E)``, or None.
        add_zero_attn: append a key and a value of zeros.
        dropout_p: the probability that a weight is dropped in training.
        out_proj_weight: the weight of the output, ``(E, E)``.
        out_proj_bias: its bias ``(E,)``, or None.
        training: whether to apply dropout.
        key_padding_mask: ``(N, S)``: True, or ``-inf``, at keys that are left out.
        need_weights: return the weights as well.
        attn_mask: ``(L, S)`` or ``(N * num_heads, L, S)``: True where no attention is paid, or numbers that are added to the
            scores.
        use_separate_proj_weight: use the next three instead of ``in_proj_weight``.
        q_proj_weight: the weight of the queries, ``(E, E)``.
        k_proj_weight: the weight of the keys, ``(E, features of key)``.
        v_proj_weight: the weight of the values, ``(E, features of value)``.
        static_k: keys ``(N * num_heads, S, E / num_heads)`` in place of the projected ones.
        static_v: values in place of the projected ones.
        average_attn_weights: average the returned weights over the heads.
        is_causal: a hint that ``attn_mask`` is the causal mask.

    Returns:
        The output ``(L, N, E)``, and the weights ``(N, L, S)``, ``(N, num_heads, L, S)`` if not averaged, or None; without ``N``
        if ``query`` has none.

    Raises:
        ShapeError: the shapes do not match.
        RuntimeError: ``is_causal`` is set without ``attn_mask``.

    Example::

        >>> x, weight = polygrad.ones(5, 3, 8), polygrad.ones(24, 8)
        >>> output, weights = F.multi_head_attention_forward(
        ...     x, x, x, 8, 2, weight, None, None, None, False, 0.0, polygrad.ones(8, 8), None
        ... )
        >>> output.shape, weights.shape
        (polygrad.Size([5, 3, 8]), polygrad.Size([3, 5, 5]))
    """
    batched = query.ndim == 3
    if {query.ndim, key.ndim, value.ndim} not in ({2}, {3}):
        raise ShapeError(
            "multi_head_attention: query, key and value must all have 3 dimensions, or 2 without a batch, but their shapes are "
            f"{tuple(query.shape)}, {tuple(key.shape)} and {tuple(value.shape)}"
        )
    if not batched:
        query, key, value = (x.unsqueeze(1) for x in (query, key, value))
        key_padding_mask = None if key_padding_mask is None else key_padding_mask.unsqueeze(0)
    length, batch, width = query.shape
    shapes = f"query {tuple(query.shape)}, key {tuple(key.shape)}, value {tuple(value.shape)}"
    if width != embed_dim_to_check or key.shape[:2] != value.shape[:2] or key.shape[1] != batch:
        raise ShapeError(f"multi_head_attention: embed_dim is {embed_dim_to_check}; shapes do not match: {shapes}")
    if width % num_heads:
        raise ShapeError(f"multi_head_attention: embed_dim {width} is not divisible by num_heads {num_heads}")
    if is_causal and attn_mask is None:
        raise RuntimeError("multi_head_attention: is_causal=True describes attn_mask, so pass attn_mask as well")
    q, k, v = _project(
        query, key, value, in_proj_bias, [in_proj_weight] if not use_separate_proj_weight
        else [q_proj_weight, k_proj_weight, v_proj_weight],
    )  # fmt: skip
    if bias_k is not None and bias_v is not None:
        spread = (1, batch, width)
        k, v = cat([k, xp.broadcast_to(bias_k, spread)]), cat([v, xp.broadcast_to(bias_v, spread)])
    q, k, v = (xp.permute_dims(_split_heads(x, num_heads), (1, 2, 0, 3)) for x in (q, k, v))  # (N, heads, L, features)
    k = k if static_k is None else xp.reshape(static_k, (batch, num_heads, *static_k.shape[1:]))
    v = v if static_v is None else xp.reshape(static_v, (batch, num_heads, *static_v.shape[1:]))
    if add_zero_attn:
        k, v = (cat([x, xp.zeros_like(xp.getitem(x, (Ellipsis, slice(0, 1), slice(None))))], 2) for x in (k, v))
    # A causal mask need not be read, if no other mask, key or result depends on it.
    causal = is_causal and key_padding_mask is None and not need_weights and k.shape[2] == key.shape[0] == length
    attn_mask = None if causal else attn_mask
    mask = _merge_masks(attn_mask, key_padding_mask, q, (batch, num_heads, length, key.shape[0]), k.shape[2])
    result, weights = attend(
        q, k, v, mask, causal, 1 / math.sqrt(q.shape[-1]), dropout_p if training else 0.0, need_weights
    )
    result = xp.reshape(xp.permute_dims(result, (2, 0, 1, 3)), (length, batch, width))
    result = linear(result, out_proj_weight, out_proj_bias)
    if weights is not None and average_attn_weights:
        weights = xp.mean(weights, 1)
    if not batched:
        result, weights = result.squeeze(1), None if weights is None else weights.squeeze(0)
    return result, weights


def _project(query: Tensor, key: Tensor, value: Tensor, bias: Tensor | None, weights: list[Any]) -> list[Tensor]:
    """Map query, key and value linearly; one product does for those that are the same tensor."""
    if len(weights) == 1 and query is key and key is value:
        return list(chunk(linear(query, weights[0], bias), 3, -1))
    parts = list(chunk(weights[0], 3)) if len(weights) == 1 else weights
    biases = [None] * 3 if bias is None else list(chunk(bias, 3))
    return [linear(x, w, b) for x, w, b in zip((query, key, value), parts, biases, strict=True)]


def _split_heads(x: Tensor, heads: int) -> Tensor:
    return xp.reshape(x, (*x.shape[:2], heads, x.shape[2] // heads))


def _merge_masks(
    attn_mask: Tensor | None, padding: Tensor | None, query: Tensor, shape: tuple[int, ...], columns: int
) -> Tensor | None:
    """Merge two masks, in which True leaves a position out, into one in which True keeps it, or into one that is added to scores.

    ``shape`` is that of the scores without the positions appended to the keys; ``columns`` is their number with them.
    """
    batch, heads, _, length = shape
    masks = []
    if attn_mask is not None:
        _check_mask("attn_mask", attn_mask, "(L, S) or (N * heads, L, S)", shape[2:], (batch * heads, *shape[2:]))
        masks.append(attn_mask if attn_mask.ndim == 2 else xp.reshape(attn_mask, shape))
    if padding is not None:
        _check_mask("key_padding_mask", padding, "(N, S)", (batch, length))
        masks.append(xp.reshape(padding, (batch, 1, 1, length)))
    if not masks:
        return None
    if len({mask.dtype for mask in masks}) > 1:
        warn("Support for mismatched key_padding_mask and attn_mask is deprecated. Use the same type for both.")
    if columns > length:
        masks = [_widen_mask(mask, columns - length) for mask in masks]
    if all(mask.dtype.kind == "bool" for mask in masks):
        together = masks[0] if len(masks) == 1 else xp.logical_or(*masks)
        return xp.logical_not(together)
    total = None
    for mask in masks:
        if mask.dtype.kind == "bool":
            part = xp.where(mask, -math.inf, xp.zeros_like(xp.astype(mask, query.dtype)))
        else:
            part = xp.astype(mask, query.dtype)
        total = part if total is None else total + part
    return total


def _check_mask(name: str, mask: Tensor, meaning: str, *shapes: tuple[int, ...]) -> None:
    _check_kind("multi_head_attention", name, mask)
    if tuple(mask.shape) not in shapes:
        raise ShapeError(
            f"multi_head_attention: {name} has shape {tuple(mask.shape)}, but must have {meaning}, here "
            f"{' or '.join(map(str, shapes))}"
        )


def _widen_mask(mask: Tensor, count: int) -> Tensor:
    """Append ``count`` columns to a mask, which leave nothing out."""
    return cat([mask, zeros((*mask.shape[:-1], count), dtype=mask.dtype, **place_of(mask))], -1)
