"""Training steps of two multilayer perceptrons: a small one, where the engine counts, and one for digits."""

from __future__ import annotations

import itertools

import numpy as np

from .harness import Step, Unavailable, Workload

SMALL = (64, 64, 64, 1)
LARGE = (784, 512, 256, 10)


def _numbers(sizes: tuple[int, ...], batch: int):
    generator = np.random.default_rng(0)
    weights = [(generator.uniform(-1, 1, (n, m)) / np.sqrt(m)).astype(np.float32) for m, n in itertools.pairwise(sizes)]
    biases = [np.zeros(n, dtype=np.float32) for n in sizes[1:]]
    x = generator.standard_normal((batch, sizes[0])).astype(np.float32)
    return weights, biases, x


def _model(library, sizes, weights, biases, activation):
    layers = []
    for i, (m, n) in enumerate(itertools.pairwise(sizes)):
        layers += [library.nn.Linear(m, n)] + ([activation()] if i < len(sizes) - 2 else [])
    model = library.nn.Sequential(*layers)
    with library.no_grad():
        for layer, weight, bias in zip(model[::2], weights, biases, strict=True):
            layer.weight.copy_(library.tensor(weight))
            layer.bias.copy_(library.tensor(bias))
    return model


def _small(library) -> Step:
    weights, biases, x = _numbers(SMALL, 32)
    model = _model(library, SMALL, weights, biases, library.nn.Tanh)
    target = library.tensor(np.sin(x.sum(1, keepdims=True)))
    x = library.tensor(x)
    optimizer = library.optim.SGD(model.parameters(), lr=0.01)

    def step() -> float:
        loss = library.nn.functional.mse_loss(model(x), target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss

    return step


def _large(library) -> Step:
    weights, biases, x = _numbers(LARGE, 64)
    model = _model(library, LARGE, weights, biases, library.nn.ReLU)
    target = library.tensor(np.arange(64) % 10)
    x = library.tensor(x)
    optimizer = library.optim.Adam(model.parameters(), lr=1e-3)

    def step() -> float:
        loss = library.nn.functional.cross_entropy(model(x), target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss

    return step


def _polygrad():
    import polygrad

    return polygrad


def _torch():
    try:
        import torch
    except ImportError as error:
        raise Unavailable("PyTorch is not installed") from error
    return torch


def _autograd(sizes: tuple[int, ...], batch: int, activation: str, loss: str, update) -> Step:
    try:
        import autograd.numpy as anp
        from autograd import value_and_grad
    except ImportError as error:
        raise Unavailable("HIPS autograd is not installed") from error
    weights, biases, x = _numbers(sizes, batch)
    target = np.sin(x.sum(1, keepdims=True)) if loss == "mse" else np.arange(batch) % 10
    parameters = weights + biases

    def objective(parameters):
        y, count = x, len(sizes) - 1
        for i in range(count):
            y = anp.dot(y, parameters[i].T) + parameters[count + i]
            if i < count - 1:
                y = anp.tanh(y) if activation == "tanh" else anp.maximum(y, 0)
        if loss == "mse":
            return anp.mean((y - target) ** 2)
        y = y - anp.max(y, axis=1, keepdims=True)
        return anp.mean(anp.log(anp.sum(anp.exp(y), axis=1)) - y[np.arange(batch), target])

    differentiate = value_and_grad(objective)
    state = [(np.zeros_like(p), np.zeros_like(p)) for p in parameters]
    count = 0

    def step() -> float:
        nonlocal count
        count += 1
        value, gradients = differentiate(parameters)
        update(parameters, gradients, state, count)
        return value

    return step


def _sgd(parameters, gradients, state, count) -> None:
    for p, g in zip(parameters, gradients, strict=True):
        p -= np.float32(0.01) * g


def _adam(parameters, gradients, state, count) -> None:
    for p, g, (m, v) in zip(parameters, gradients, state, strict=True):
        m += np.float32(0.1) * (g - m)
        v += np.float32(0.001) * (g * g - v)
        p -= (
            np.float32(1e-3 / (1 - 0.9**count))
            * m
            / (np.sqrt(v) / np.float32(np.sqrt(1 - 0.999**count)) + np.float32(1e-8))
        )


SMALL_WORKLOAD = Workload(
    name="small",
    title="training step 64-64-64-1, tanh, batch 32, SGD",
    prepare={
        "polygrad": lambda: _small(_polygrad()),
        "torch": lambda: _small(_torch()),
        "autograd": lambda: _autograd(SMALL, 32, "tanh", "mse", _sgd),
    },
    repeats=50,
)

LARGE_WORKLOAD = Workload(
    name="mlp",
    title="training step 784-512-256-10, relu, cross-entropy, batch 64, Adam",
    prepare={
        "polygrad": lambda: _large(_polygrad()),
        "torch": lambda: _large(_torch()),
        "autograd": lambda: _autograd(LARGE, 64, "relu", "cross_entropy", _adam),
    },
    repeats=10,
)


def _polygrad_on_jax() -> Step:
    import polygrad

    if "jax" not in polygrad.backends.available():
        raise Unavailable("polygrad-jax is not installed")
    with polygrad.use_backend("jax"):
        return _small(polygrad)


def _eager_jax() -> Step:
    """`jax.value_and_grad` without jit, and SGD by hand: what eager JAX costs."""
    try:
        import jax
        import jax.numpy as jnp
    except ImportError as error:
        raise Unavailable("JAX is not installed") from error
    weights, biases, x = _numbers(SMALL, 32)
    parameters = [jnp.asarray(p) for p in weights + biases]
    target, x = jnp.asarray(np.sin(x.sum(1, keepdims=True))), jnp.asarray(x)

    def objective(parameters):
        y = x
        for i in range(3):
            y = y @ parameters[i].T + parameters[3 + i]
            y = jnp.tanh(y) if i < 2 else y
        return jnp.mean((y - target) ** 2)

    differentiate = jax.value_and_grad(objective)

    def step() -> float:
        nonlocal parameters
        value, gradients = differentiate(parameters)
        parameters = [p - 0.01 * g for p, g in zip(parameters, gradients, strict=True)]
        return value

    return step


JAX_WORKLOAD = Workload(
    name="jax",
    title="training step 64-64-64-1, tanh, batch 32, SGD, eager on JAX",
    prepare={"polygrad": _polygrad_on_jax, "jax": _eager_jax},
    repeats=10,
    reference="jax",
)
