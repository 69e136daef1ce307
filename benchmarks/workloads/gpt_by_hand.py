"""The transformer by hand: what its backward needs is written once, into memory made beforehand.

Attention goes from text to text, and the activation from block to block, so that they stay in the cache.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..harness import Step
from .by_hand import BLOCK, adamw, cross_entropy, normal, stepping

#: Rows of a product at a time.
ROWS = 256


class Norm:
    """A layer norm of rows."""

    def __init__(self, rows: int, width: int):
        self.standard, self.result = np.empty((2, rows, width), np.float32)
        self.scale = np.empty((rows, 1), np.float32)

    def forward(self, x: np.ndarray, weight: np.ndarray, bias: np.ndarray) -> np.ndarray:
        standard, scale = self.standard, self.scale
        np.mean(x, 1, keepdims=True, out=scale)
        np.subtract(x, scale, standard)
        np.einsum("ij,ij->i", standard, standard, out=scale[:, 0])
        scale *= np.float32(1 / x.shape[1])
        scale += np.float32(1e-5)
        np.sqrt(scale, scale)
        np.reciprocal(scale, scale)
        standard *= scale
        np.multiply(standard, weight, self.result)
        self.result += bias
        return self.result

    def backward(self, g: np.ndarray, weight: np.ndarray, g_weight: np.ndarray, g_bias: np.ndarray) -> np.ndarray:
        """The gradient for what was normalised, in the memory of ``g``."""
        standard = self.standard
        np.einsum("ij,ij->j", g, standard, out=g_weight)
        np.add.reduce(g, 0, out=g_bias)
        g *= weight
        standard *= np.einsum("ij,ij->i", g, standard)[:, None] * np.float32(1 / g.shape[1])
        g -= g.mean(1, keepdims=True)
        g -= standard
        g *= self.scale
        return g


class Attention:
    """Causal attention of the queries, keys and values that stand side by side in each row."""

    def __init__(self, texts: int, length: int, heads: int, width: int):
        self.mixed, self.g_mixed = np.empty((2, texts * length, 3 * width), np.float32)
        self.result = np.empty((texts * length, width), np.float32)
        self._shape = texts, length, heads, width // heads
        self._weights = np.empty((texts, heads, length, length), np.float32)
        self._scores = np.empty((heads, length, length), np.float32)
        # Small products are faster where the second matrix lies as it is read, and with ones faster than sums.
        self._turned = np.empty((heads, width // heads, length), np.float32)
        self._ones = np.ones((length, 1), np.float32)
        self._mask = np.triu(np.full((length, length), -np.inf, np.float32), 1)
        self._scale = np.float32(1 / np.sqrt(width // heads))

    def _of_heads(self, rows: np.ndarray, parts: int) -> np.ndarray:
        """``parts`` of each text, as (text, part, head, place, feature)."""
        texts, length, heads, size = self._shape
        return rows.reshape(texts, length, parts, heads, size).transpose(0, 2, 3, 1, 4)

    def forward(self) -> np.ndarray:
        results = self._of_heads(self.result, 1)
        for (q, k, v), weights, (result,) in zip(self._of_heads(self.mixed, 3), self._weights, results, strict=True):
            np.multiply(k.transpose(0, 2, 1), self._scale, self._turned)
            np.matmul(q, self._turned, weights)
            weights += self._mask
            weights -= weights.max(2, keepdims=True)
            np.exp(weights, weights)
            weights *= 1 / np.matmul(weights, self._ones)
            np.matmul(weights, v, result)
        return self.result

    def backward(self, g: np.ndarray) -> np.ndarray:
        scores = self._scores
        inputs, outputs = self._of_heads(self.mixed, 3), self._of_heads(self.g_mixed, 3)
        pairs = zip(self._of_heads(g, 1), self._of_heads(self.result, 1), strict=True)
        for (q, k, v), (g_q, g_k, g_v), weights, ((g,), (result,)) in zip(
            inputs, outputs, self._weights, pairs, strict=True
        ):
            np.matmul(weights.transpose(0, 2, 1), g, g_v)
            self._turned[:] = v.transpose(0, 2, 1)
            np.matmul(g, self._turned, scores)
            scores -= np.einsum("htd,htd->ht", g, result)[:, :, None]
            scores *= weights
            scores *= self._scale
            np.matmul(scores, k, g_q)
            np.matmul(scores.transpose(0, 2, 1), q, g_k)
        return self.g_mixed


class Gelu:
    """x Φ(x), and with it its derivative Φ(x) + x φ(x)."""

    def __init__(self, rows: int, width: int):
        self.x, self.result, self._slopes = np.empty((3, rows, width), np.float32)
        self._scratch = np.empty((2, BLOCK), np.float32)

    def _blocks(self, *arrays: np.ndarray) -> Iterator[tuple[np.ndarray, ...]]:
        flat = [array.reshape(-1) for array in arrays]
        for start in range(0, flat[0].size, BLOCK):
            yield tuple(array[start : start + BLOCK] for array in flat)

    def forward(self) -> np.ndarray:
        for x, result, slopes in self._blocks(self.x, self.result, self._slopes):
            density, scratch = self._scratch[:, : x.size]
            normal(x, slopes, density, scratch)
            np.multiply(x, slopes, result)
            density *= x
            slopes += density
        return self.result

    def backward(self, g: np.ndarray) -> np.ndarray:
        g *= self._slopes
        return g


def by_hand(
    parameters: dict[str, np.ndarray], tokens: np.ndarray, targets: np.ndarray, layers: int, heads: int
) -> Step:
    """A training step."""
    values, gradients = parameters, {name: np.empty_like(value) for name, value in parameters.items()}
    (texts, length), (vocabulary, width) = tokens.shape, values["tokens.weight"].shape
    rows = texts * length
    tokens, targets, each = tokens.reshape(-1), targets.reshape(-1), np.arange(rows)
    norms = [[Norm(rows, width), Norm(rows, width)] for _ in range(layers)]
    attentions = [Attention(texts, length, heads, width) for _ in range(layers)]
    activations = [Gelu(rows, 4 * width) for _ in range(layers)]
    last = Norm(rows, width)
    stream, change, g, g_change = np.empty((4, rows, width), np.float32)
    g_wide = np.empty((rows, 4 * width), np.float32)
    logits, g_logits, chosen = np.empty((3, rows, vocabulary), np.float32)

    def affine(x: np.ndarray, name: str, out: np.ndarray) -> None:
        for start in range(0, rows, ROWS):
            part = out[start : start + ROWS]
            np.matmul(x[start : start + ROWS], values[f"{name}.weight"].T, part)
            part += values[f"{name}.bias"]

    def affine_backward(g: np.ndarray, x: np.ndarray, name: str, g_x: np.ndarray) -> np.ndarray:
        np.matmul(g.T, x, gradients[f"{name}.weight"])
        np.add.reduce(g, 0, out=gradients[f"{name}.bias"])
        np.matmul(g, values[f"{name}.weight"], g_x)
        return g_x

    def norm(layer: Norm, name: str) -> np.ndarray:
        return layer.forward(stream, values[f"{name}.weight"], values[f"{name}.bias"])

    def norm_backward(layer: Norm, g: np.ndarray, name: str) -> np.ndarray:
        return layer.backward(g, values[f"{name}.weight"], gradients[f"{name}.weight"], gradients[f"{name}.bias"])

    def forward() -> np.ndarray:
        np.take(values["tokens.weight"], tokens, 0, stream)
        stream.reshape(texts, length, width).__iadd__(values["places.weight"])
        for i, ((norm1, norm2), attention, gelu) in enumerate(zip(norms, attentions, activations, strict=True)):
            affine(norm(norm1, f"blocks.{i}.norm1"), f"blocks.{i}.mixed", attention.mixed)
            affine(attention.forward(), f"blocks.{i}.out", change)
            np.add(stream, change, stream)
            affine(norm(norm2, f"blocks.{i}.norm2"), f"blocks.{i}.up", gelu.x)
            affine(gelu.forward(), f"blocks.{i}.down", change)
            np.add(stream, change, stream)
        return np.matmul(norm(last, "norm"), values["head.weight"].T, logits)

    def backward() -> None:
        np.matmul(g_logits.T, last.result, gradients["head.weight"])
        np.matmul(g_logits, values["head.weight"], g)
        norm_backward(last, g, "norm")
        for i in reversed(range(layers)):
            (norm1, norm2), attention, gelu = norms[i], attentions[i], activations[i]
            gelu.backward(affine_backward(g, gelu.result, f"blocks.{i}.down", g_wide))
            affine_backward(g_wide, norm2.result, f"blocks.{i}.up", g_change)
            np.add(g, norm_backward(norm2, g_change, f"blocks.{i}.norm2"), g)
            g_mixed = attention.backward(affine_backward(g, attention.result, f"blocks.{i}.out", g_change))
            affine_backward(g_mixed, norm1.result, f"blocks.{i}.mixed", g_change)
            np.add(g, norm_backward(norm1, g_change, f"blocks.{i}.norm1"), g)
        np.add.reduce(g.reshape(texts, length, width), 0, out=gradients["places.weight"])
        # A sum over the places of a token is a product with ones where it stands.
        chosen.fill(0)
        chosen[each, tokens] = 1
        np.matmul(chosen.T, g, gradients["tokens.weight"])

    def differentiate(_: dict[str, np.ndarray]) -> tuple[Any, dict[str, np.ndarray]]:
        loss = cross_entropy(forward(), targets, g_logits)
        backward()
        return loss, gradients

    return stepping(values, differentiate, adamw)
