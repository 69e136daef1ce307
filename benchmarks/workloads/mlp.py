"""Training steps of two multilayer perceptrons: a small one, where the engine counts, and one for digits."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

from ..harness import Build, Step, Workload, library, with_torchs_names
from .by_hand import Update, adam, cross_entropy, sgd, stepping
from .common import fill, load, train, train_on_jax, train_on_tinygrad, train_with_nnx, uniform
from .with_numpy import Functions, train_with_numpys_names

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


def small_with_nnx() -> Step:
    parameters, x = numbers(SMALL, SMALL_BATCH)
    net = model_of_nnx(SMALL, parameters, library("jax").numpy.tanh)
    return train_with_nnx(
        net, lambda net, x, y: ((net(x) - y) ** 2).mean(), lambda optax: optax.sgd(0.01), x, small_target(x)
    )


def large_with_nnx() -> Step:
    optax = library("optax")
    parameters, x = numbers(LARGE, LARGE_BATCH)
    net = model_of_nnx(LARGE, parameters, library("jax").nn.relu)

    def loss(net: Any, x: Any, y: Any) -> Any:
        return optax.softmax_cross_entropy_with_integer_labels(net(x), y).mean()

    return train_with_nnx(net, loss, lambda optax: optax.adam(1e-3), x, np.arange(LARGE_BATCH, dtype=np.int32) % 10)


def model_of_nnx(sizes: tuple[int, ...], parameters: dict[str, np.ndarray], activation: Callable[[Any], Any]) -> Any:
    nnx = library("flax.nnx")
    layers: list[Any] = []
    for m, n in itertools.pairwise(sizes):
        layers += [nnx.Linear(m, n, rngs=nnx.Rngs(0)), activation]
    return fill(nnx.Sequential(*layers[:-1]), parameters)


def small_on_tinygrad() -> Step:
    parameters, x = numbers(SMALL, SMALL_BATCH)

    def loss(p: Any, x: Any, y: Any) -> Any:
        return (forward(p, x, lambda x: x.tanh(), lambda x, y: x @ y) - y).square().mean()

    return train_on_tinygrad(parameters, loss, lambda optim, p: optim.SGD(p, lr=0.01), x, small_target(x))


def large_on_tinygrad() -> Step:
    parameters, x = numbers(LARGE, LARGE_BATCH)

    def loss(p: Any, x: Any, y: Any) -> Any:
        return forward(p, x, lambda x: x.relu(), lambda x, y: x @ y).sparse_categorical_crossentropy(y)

    y = np.arange(LARGE_BATCH, dtype=np.int32) % 10
    return train_on_tinygrad(parameters, loss, lambda optim, p: optim.Adam(p, lr=1e-3), x, y)


# -- HIPS autograd, MyGrad, and NumPy by hand ------------------------------------------------------------------------------


def small_loss(functions: Functions) -> Callable[[dict[str, Any]], Any]:
    lib, (_, x) = functions.numpy, numbers(SMALL, SMALL_BATCH)
    target = small_target(x)
    return lambda values: lib.mean((forward(values, x, lib.tanh, lib.matmul) - target) ** 2)


def large_loss(functions: Functions) -> Callable[[dict[str, Any]], Any]:
    lib, (_, x), target = functions.numpy, numbers(LARGE, LARGE_BATCH), np.arange(LARGE_BATCH) % 10
    return lambda values: functions.cross_entropy(forward(values, x, functions.relu, lib.matmul), target)


def by_hand(sizes: tuple[int, ...], batch: int, update: Update) -> Step:
    """Forward and backward by hand, every array of the step made beforehand."""
    values, x = numbers(sizes, batch)
    rows = np.arange(batch)
    target = small_target(x) if sizes is SMALL else rows % 10
    count = len(sizes) - 1
    outputs = [np.empty((batch, n), np.float32) for n in sizes[1:]]
    cotangents = [np.empty((batch, n), np.float32) for n in sizes[1:]]
    masks = [np.empty((batch, n), bool) for n in sizes[1:]]
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
            loss = cross_entropy(y, target, g)
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
                    before *= np.greater(y, 0, masks[layer - 1])
                g = before
        return loss, gradients

    return stepping(values, differentiate, update)


SMALL_WORKLOAD = Workload(
    name="small",
    title="training step 64-64-64-1, tanh, batch 32, SGD",
    prepare={
        **with_torchs_names(small),
        **train_with_numpys_names(lambda: numbers(SMALL, SMALL_BATCH)[0], small_loss, sgd),
        "numpy": lambda: by_hand(SMALL, SMALL_BATCH, sgd), "tinygrad": small_on_tinygrad,
        "jax": lambda: small_on_jax(jit=False), "jax.jit": lambda: small_on_jax(jit=True), "flax.nnx": small_with_nnx,
    },
    repeats=40,
)  # fmt: skip

LARGE_WORKLOAD = Workload(
    name="mlp",
    title="training step 784-512-256-10, relu, cross-entropy, batch 64, Adam",
    prepare={
        **with_torchs_names(large),
        **train_with_numpys_names(lambda: numbers(LARGE, LARGE_BATCH)[0], large_loss, adam),
        "numpy": lambda: by_hand(LARGE, LARGE_BATCH, adam), "tinygrad": large_on_tinygrad,
        "jax": lambda: large_on_jax(jit=False), "jax.jit": lambda: large_on_jax(jit=True), "flax.nnx": large_with_nnx,
    },
    repeats=6,
)  # fmt: skip
