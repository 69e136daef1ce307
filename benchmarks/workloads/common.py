"""What several training steps share: the step itself, with PyTorch's names and with JAX and optax."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..harness import Build, Step, library


def train(build: Build, model: Any, loss_of: Callable[[Any, Any, Any], Any], optimizer: Any, *data: np.ndarray) -> Step:
    """The usual step.  Input and target are arguments of what is compiled, as they are of hand-written programs."""
    x, y = map(build.library.tensor, data)
    call = build.module(model)

    @build.step
    def step(x: Any, y: Any) -> Any:
        loss = loss_of(call, x, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss

    return lambda: step(x, y)


def train_on_jax(
    parameters: dict[str, np.ndarray], loss_of: Callable[[Any, Any, Any], Any], optimizer: Callable[[Any], Any], *data: np.ndarray,
    jit: bool,
) -> Step:  # fmt: skip
    """A hand-written step: value and gradient, and optax; compiled as one program, or not at all."""
    jax, optax = library("jax"), library("optax")
    values = {name: jax.numpy.asarray(value) for name, value in parameters.items()}
    x, y = map(jax.numpy.asarray, data)
    rule = optimizer(optax)

    def step(values: Any, state: Any, x: Any, y: Any) -> Any:
        loss, gradients = jax.value_and_grad(loss_of)(values, x, y)
        changes, state = rule.update(gradients, state, values)
        return optax.apply_updates(values, changes), state, loss

    run = jax.jit(step, donate_argnums=(0, 1)) if jit else step
    held = [values, rule.init(values)]

    def once() -> Any:
        held[0], held[1], loss = run(*held, x, y)
        return loss

    return once


def load(build: Build, model: Any, parameters: dict[str, np.ndarray]) -> Any:
    """``model`` with these parameters."""
    model.load_state_dict({name: build.library.tensor(value) for name, value in parameters.items()})
    return model


def uniform(shapes: dict[str, tuple[int, ...]], seed: int = 0) -> dict[str, np.ndarray]:
    """First parameters: uniform within one over the root of the number of inputs; zeros and ones for layer norms."""
    random = np.random.default_rng(seed)
    found = {}
    for name, shape in shapes.items():
        bound = 1 / np.sqrt(np.prod(shape[1:])) if len(shape) > 1 else 0.02
        found[name] = random.uniform(-bound, bound, shape).astype(np.float32)
        if "norm" in name:
            found[name][:] = "weight" in name
    return found
