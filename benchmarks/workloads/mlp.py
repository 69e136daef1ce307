"""Training steps of two multilayer perceptrons: a small one, where the engine counts, and one for digits."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

from ..harness import Build, Step, Workload, library, with_torchs_names
from .common import load, train, train_on_jax, uniform

SMALL, SMALL_BATCH = (64, 64, 64, 1), 32
LARGE, LARGE_BATCH = (784, 512, 256, 10), 64


def numbers(sizes: tuple[int, ...], batch: int) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Parameters by the names that they have in a `Sequential`, and an input."""
    pairs = list(enumerate(itertools.pairwise(sizes)))
    shapes = {f"{2 * i}.{kind}": (n, m)[: 1 + (kind == "weight")] for i, (m, n) in pairs for kind in ("weight", "bias")}
    return uniform(shapes), np.random.default_rng(1).standard_normal((batch, sizes[0])).astype(np.float32)


def model(build: Build, sizes: tuple[int, ...], parameters: dict[str, np.ndarray], activation: str) -> Any:
    nn = build.library.nn
    layers: list[Any] = []
    for m, n in itertools.pairwise(sizes):
        layers += [nn.Linear(m, n), getattr(nn, activation)()]
    return load(build, nn.Sequential(*layers[:-1]), parameters)


def small_target(x: np.ndarray) -> np.ndarray:
    return np.sin(x.sum(1, keepdims=True))


def small(build: Build) -> Step:
    parameters, x = numbers(SMALL, SMALL_BATCH)
    net = model(build, SMALL, parameters, "Tanh")
    mse = build.library.nn.functional.mse_loss
    optimizer = build.library.optim.SGD(net.parameters(), lr=0.01)
    return train(build, net, lambda net, x, y: mse(net(x), y), optimizer, x, small_target(x))


def large(build: Build) -> Step:
    parameters, x = numbers(LARGE, LARGE_BATCH)
    net = model(build, LARGE, parameters, "ReLU")
    cross_entropy = build.library.nn.functional.cross_entropy
    optimizer = build.library.optim.Adam(net.parameters(), lr=1e-3)
    return train(build, net, lambda net, x, y: cross_entropy(net(x), y), optimizer, x, np.arange(LARGE_BATCH) % 10)


def forward(
    parameters: dict[str, Any], x: Any, activation: Callable[[Any], Any], dot: Callable[[Any, Any], Any]
) -> Any:
    count = len(parameters) // 2
    for layer in range(count):
        x = dot(x, parameters[f"{2 * layer}.weight"].T) + parameters[f"{2 * layer}.bias"]
        x = activation(x) if layer < count - 1 else x
    return x


def small_on_jax(jit: bool) -> Step:
    jnp = library("jax").numpy
    parameters, x = numbers(SMALL, SMALL_BATCH)
    return train_on_jax(
        parameters, lambda p, x, y: jnp.mean((forward(p, x, jnp.tanh, jnp.dot) - y) ** 2), lambda optax: optax.sgd(0.01),
        x, small_target(x), jit=jit,
    )  # fmt: skip


def large_on_jax(jit: bool) -> Step:
    jax, optax = library("jax"), library("optax")
    parameters, x = numbers(LARGE, LARGE_BATCH)

    def loss(p: Any, x: Any, y: Any) -> Any:
        logits = forward(p, x, jax.nn.relu, jax.numpy.dot)
        return optax.softmax_cross_entropy_with_integer_labels(logits, y).mean()

    return train_on_jax(
        parameters, loss, lambda optax: optax.adam(1e-3), x, np.arange(LARGE_BATCH, dtype=np.int32) % 10, jit=jit
    )


# -- HIPS autograd, and NumPy by hand --------------------------------------------------------------------------------------


def sgd(values: dict[str, np.ndarray], gradients: dict[str, np.ndarray], state: Any, count: int) -> None:
    for name, value in values.items():
        gradients[name] *= np.float32(0.01)
        value -= gradients[name]


def adam(values: dict[str, np.ndarray], gradients: dict[str, np.ndarray], state: Any, count: int) -> None:
    """In blocks that fit the cache, with one block of scratch memory."""
    rate = np.float32(1e-3 / (1 - 0.9**count))
    root = np.float32(1 / np.sqrt(1 - 0.999**count))
    for name, value in values.items():
        first, second = state.setdefault(name, (np.zeros(value.size, np.float32), np.zeros(value.size, np.float32)))
        flat, gradient = value.reshape(-1), gradients[name].reshape(-1)
        for start in range(0, value.size, 32_768):
            part = slice(start, start + 32_768)
            g, m, v = gradient[part], first[part], second[part]
            scratch = np.multiply(g, np.float32(0.1))
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
            flat[part] -= scratch


def with_autograd(sizes: tuple[int, ...], batch: int, update: Callable[..., None]) -> Step:
    anp, value_and_grad = library("autograd.numpy"), library("autograd").value_and_grad
    values, x = numbers(sizes, batch)
    target = small_target(x) if sizes is SMALL else np.arange(batch) % 10

    def objective(values: dict[str, Any]) -> Any:
        if sizes is SMALL:
            return anp.mean((forward(values, x, anp.tanh, anp.dot) - target) ** 2)
        y = forward(values, x, lambda y: anp.maximum(y, 0), anp.dot)
        y = y - anp.max(y, axis=1, keepdims=True)
        return anp.mean(anp.log(anp.sum(anp.exp(y), axis=1)) - y[np.arange(batch), target])

    return _stepping(values, value_and_grad(objective), update)


def by_hand(sizes: tuple[int, ...], batch: int, update: Callable[..., None]) -> Step:
    """Forward and backward by hand, every array of the step made beforehand."""
    values, x = numbers(sizes, batch)
    rows = np.arange(batch)
    target = small_target(x) if sizes is SMALL else rows % 10
    count = len(sizes) - 1
    outputs = [np.empty((batch, n), np.float32) for n in sizes[1:]]
    cotangents = [np.empty((batch, n), np.float32) for n in sizes[1:]]
    gradients = {name: np.empty_like(value) for name, value in values.items()}

    def differentiate(values: dict[str, np.ndarray]) -> tuple[Any, dict[str, np.ndarray]]:
        y = x
        for layer, out in enumerate(outputs):
            np.matmul(y, values[f"{2 * layer}.weight"].T, out)
            out += values[f"{2 * layer}.bias"]
            if layer < count - 1:
                np.tanh(out, out) if sizes is SMALL else np.maximum(out, 0, out=out)
            y = out
        g = cotangents[-1]
        if sizes is SMALL:
            np.subtract(y, target, g)
            loss = np.dot(g.reshape(-1), g.reshape(-1)) / batch
            g *= np.float32(2 / batch)
        else:
            np.subtract(y, y.max(1, keepdims=True), g)
            picked = g[rows, target]
            np.exp(g, g)
            sums = g.sum(1, keepdims=True)
            loss = (np.log(sums[:, 0]) - picked).mean()
            g /= sums
            g[rows, target] -= 1
            g *= np.float32(1 / batch)
        for layer in reversed(range(count)):
            np.matmul(g.T, outputs[layer - 1] if layer else x, gradients[f"{2 * layer}.weight"])
            np.add.reduce(g, 0, out=gradients[f"{2 * layer}.bias"])
            if layer:
                before, y = cotangents[layer - 1], outputs[layer - 1]
                np.matmul(g, values[f"{2 * layer}.weight"], before)
                if sizes is SMALL:
                    np.multiply(y, y, y)
                    np.subtract(np.float32(1), y, y)
                    before *= y
                else:
                    before *= y > 0
                g = before
        return loss, gradients

    return _stepping(values, differentiate, update)


def _stepping(values: dict[str, np.ndarray], differentiate: Callable[..., Any], update: Callable[..., None]) -> Step:
    state: dict[str, Any] = {}
    count = 0

    def step() -> Any:
        nonlocal count
        count += 1
        loss, gradients = differentiate(values)
        update(values, gradients, state, count)
        return loss

    return step


SMALL_WORKLOAD = Workload(
    name="small",
    title="training step 64-64-64-1, tanh, batch 32, SGD",
    prepare={
        **with_torchs_names(small), "autograd": lambda: with_autograd(SMALL, SMALL_BATCH, sgd),
        "numpy": lambda: by_hand(SMALL, SMALL_BATCH, sgd), "jax": lambda: small_on_jax(jit=False),
        "jax.jit": lambda: small_on_jax(jit=True),
    },
    repeats=40,
)  # fmt: skip

LARGE_WORKLOAD = Workload(
    name="mlp",
    title="training step 784-512-256-10, relu, cross-entropy, batch 64, Adam",
    prepare={
        **with_torchs_names(large), "autograd": lambda: with_autograd(LARGE, LARGE_BATCH, adam),
        "numpy": lambda: by_hand(LARGE, LARGE_BATCH, adam), "jax": lambda: large_on_jax(jit=False),
        "jax.jit": lambda: large_on_jax(jit=True),
    },
    repeats=6,
)  # fmt: skip
