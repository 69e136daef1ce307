"""What the implementations by hand share: updates of parameters, and functions whose gradients come with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ..harness import Step

#: Loss and gradients of parameters, by name.
Differentiate = Callable[[dict[str, np.ndarray]], tuple[Any, dict[str, np.ndarray]]]
#: ``update(values, gradients, state, count)`` changes the values; the gradients are its scratch memory.
Update = Callable[[dict[str, np.ndarray], dict[str, np.ndarray], dict[str, Any], int], None]


def sgd(values: dict[str, np.ndarray], gradients: dict[str, np.ndarray], state: Any, count: int) -> None:
    for name, value in values.items():
        gradients[name] *= np.float32(0.01)
        value -= gradients[name]


def momentum(values: dict[str, np.ndarray], gradients: dict[str, np.ndarray], state: Any, count: int) -> None:
    for value, g, (velocity,) in _blocks(values, gradients, state, 1):
        velocity *= np.float32(0.9)
        velocity += g
        np.multiply(velocity, np.float32(0.01), g)
        value -= g


def adam(
    values: dict[str, np.ndarray], gradients: dict[str, np.ndarray], state: Any, count: int, decay: float = 0.0
) -> None:
    """With the decay of AdamW."""
    rate = np.float32(1e-3 / (1 - 0.9**count))
    root = np.float32(1 / np.sqrt(1 - 0.999**count))
    scratch_memory = state.setdefault("", np.empty(BLOCK, np.float32))
    for value, g, (m, v) in _blocks(values, gradients, state, 2):
        scratch = scratch_memory[: len(g)]
        np.multiply(g, np.float32(0.1), scratch)
        m *= np.float32(0.9)
        m += scratch
        np.multiply(g, g, scratch)
        scratch *= np.float32(0.001)
        v *= np.float32(0.999)
        v += scratch
        np.sqrt(v, scratch)
        scratch *= root
        scratch += np.float32(1e-8)
        np.divide(m, scratch, scratch)
        scratch *= rate
        if decay:
            value *= np.float32(1 - 1e-3 * decay)
        value -= scratch


#: Elements that are updated at a time: they fit the cache.
BLOCK = 32_768


def _blocks(values: dict[str, np.ndarray], gradients: dict[str, np.ndarray], state: Any, moments: int) -> Iterator[Any]:
    """Pieces of values, gradients and moments."""
    for name, value in values.items():
        if name not in state:
            state[name] = np.zeros((moments, value.size), np.float32)
        flat, gradient, kept = value.reshape(-1), gradients[name].reshape(-1), state[name]
        for start in range(0, value.size, BLOCK):
            part = slice(start, start + BLOCK)
            yield flat[part], gradient[part], kept[:, part]


def adamw(values: dict[str, np.ndarray], gradients: dict[str, np.ndarray], state: Any, count: int) -> None:
    adam(values, gradients, state, count, decay=0.01)


def cross_entropy(logits: np.ndarray, target: np.ndarray, g: np.ndarray) -> Any:
    """The mean cross-entropy of rows, and its gradient in ``g``."""
    rows = np.arange(len(logits))
    np.subtract(logits, logits.max(1, keepdims=True), g)
    picked = g[rows, target]
    np.exp(g, g)
    sums = g.sum(1, keepdims=True)
    loss = (np.log(sums[:, 0]) - picked).mean()
    g *= np.float32(1 / len(g)) / sums
    g[rows, target] -= np.float32(1 / len(g))
    return loss


def normal(x: np.ndarray, distribution: np.ndarray, density: np.ndarray, scratch: np.ndarray) -> None:
    """Distribution and density of the normal, which share an exponential, to 7.5e-8.

    Abramowitz and Stegun (1964), 26.2.17.
    """
    np.abs(x, scratch)
    scratch *= np.float32(0.2316419)
    scratch += np.float32(1)
    np.reciprocal(scratch, scratch)
    np.multiply(scratch, np.float32(1.330274429), distribution)
    for coefficient in (-1.821255978, 1.781477937, -0.356563782, 0.319381530):
        distribution += np.float32(coefficient)
        distribution *= scratch
    np.multiply(x, x, density)
    density *= np.float32(-0.5)
    np.exp(density, density)
    density *= np.float32(1 / np.sqrt(2 * np.pi))
    distribution *= density
    np.subtract(np.float32(0.5), distribution, distribution)
    np.copysign(distribution, x, distribution)
    distribution += np.float32(0.5)


def stepping(values: dict[str, np.ndarray], differentiate: Differentiate, update: Update) -> Step:
    """A training step of ``values``."""
    state: dict[str, Any] = {}
    count = 0

    def step() -> Any:
        nonlocal count
        count += 1
        loss, gradients = differentiate(values)
        update(values, gradients, state, count)
        return loss

    return step
