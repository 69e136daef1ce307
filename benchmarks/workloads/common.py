"""What several training steps share: the step itself, with PyTorch's names, with JAX, flax and optax, and with tinygrad."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import Any

import numpy as np

from ..harness import Build, Step, Unavailable, library


def train(build: Build, model: Any, loss_of: Callable[[Any, Any, Any], Any], optimizer: Any, *data: np.ndarray) -> Step:
    """The usual step.  Input and target are arguments of what is compiled, as they are of hand-written programs."""
    x, y = map(build.library.tensor, data)
    call = build.forward(model)

    @build.step
    def step(x: Any, y: Any) -> Any:
        loss = loss_of(call, x, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss

    return lambda: step(x, y)


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


# -- JAX and flax ----------------------------------------------------------------------------------------------------------


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


def train_with_nnx(
    model: Any, loss_of: Callable[[Any, Any, Any], Any], optimizer: Callable[[Any], Any], *data: np.ndarray
) -> Step:
    """As flax's guide to performance writes it: the graph of the objects is gone through once, and their state is donated."""
    nnx, jax, optax = library("flax.nnx"), library("jax"), library("optax")
    x, y = map(jax.numpy.asarray, data)
    rule = nnx.Optimizer(model, optimizer(optax), wrt=nnx.Param)

    def step(model: Any, rule: Any, x: Any, y: Any) -> Any:
        loss, gradients = nnx.value_and_grad(loss_of)(model, x, y)
        rule.update(model, gradients)
        return loss

    run = nnx.cached_partial(nnx.jit(step, donate_argnums=(0, 1)), model, rule)
    return lambda: run(x, y)


def fill(model: Any, parameters: dict[str, np.ndarray]) -> Any:
    """``model`` of flax with parameters that have PyTorch's names and layouts."""
    nnx = library("flax.nnx")
    for path, value in parameters.items():
        *names, kind = path.split(".")
        part = model
        for name in names:
            part = (
                part[int(name)] if isinstance(part, nnx.List) else getattr(part, name, None) or part.layers[int(name)]
            )
        if kind == "weight":
            kind = (
                "embedding" if isinstance(part, nnx.Embed) else "scale" if isinstance(part, nnx.LayerNorm) else "kernel"
            )
        getattr(part, kind)[...] = value.transpose(*range(2, value.ndim), 1, 0) if kind == "kernel" else value
    return model


# -- tinygrad --------------------------------------------------------------------------------------------------------------


def tinygrad() -> Any:
    """The library.  Raises Unavailable without the compiler that its device for processors calls."""
    if not shutil.which("clang"):
        raise Unavailable("tinygrad's CPU device needs clang")
    return library("tinygrad")


def on_tinygrad(function: Callable[..., list[Any]], *arrays: np.ndarray) -> Step:
    """A function under TinyJit; the first of its results is the step's."""
    tiny = tinygrad()
    inputs = [tiny.Tensor(value).realize() for value in arrays]

    @tiny.TinyJit
    def run(*inputs: Any) -> Any:
        first, *others = function(*inputs)
        return first.realize(*others)

    return lambda: run(*inputs)


def train_on_tinygrad(
    parameters: dict[str, np.ndarray], loss_of: Callable[[Any, Any, Any], Any], optimizer: Callable[[Any, Any], Any],
    *data: np.ndarray,
) -> Step:  # fmt: skip
    """A step under TinyJit."""
    tiny = tinygrad()
    values = {name: tiny.Tensor(value).realize() for name, value in parameters.items()}
    x, y = (tiny.Tensor(value).realize() for value in data)
    rule = optimizer(library("tinygrad.nn.optim"), list(values.values()))

    @tiny.TinyJit
    @tiny.Context(TRAINING=1)
    def step(x: Any, y: Any) -> Any:
        rule.zero_grad()
        loss = loss_of(values, x, y).backward()
        return loss.realize(*rule.schedule_step())

    return lambda: step(x, y)
