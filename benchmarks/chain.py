"""A chain of tiny operations: what an engine costs when there is hardly anything to compute."""

from __future__ import annotations

import numpy as np

from .harness import Step, Unavailable, Workload

LENGTH = 999
START = np.linspace(0.01, 0.08, 8, dtype=np.float32)
FACTOR = np.linspace(1.0, 1.0007, 8, dtype=np.float32)
OFFSET = np.linspace(0.0, 7e-5, 8, dtype=np.float32)


def _tensors(library, tanh) -> Step:
    x = library.tensor(START, requires_grad=True)
    factor, offset = library.tensor(FACTOR), library.tensor(OFFSET)

    def step() -> float:
        x.grad = None
        y = x
        for _ in range(LENGTH // 3):
            y = tanh(y * factor + offset)
        y.sum().backward()
        return x.grad.sum()

    return step


def polygrad() -> Step:
    import polygrad

    return _tensors(polygrad, polygrad.tanh)


def torch() -> Step:
    try:
        import torch
    except ImportError as error:
        raise Unavailable("PyTorch is not installed") from error
    return _tensors(torch, torch.tanh)


def autograd() -> Step:
    try:
        import autograd.numpy as anp
        from autograd import grad
    except ImportError as error:
        raise Unavailable("HIPS autograd is not installed") from error

    def chain(x):
        for _ in range(LENGTH // 3):
            x = anp.tanh(x * FACTOR + OFFSET)
        return anp.sum(x)

    gradient = grad(chain)
    return lambda: gradient(START).sum()


def numpy() -> Step:
    """Forward and backward written by hand, with nothing kept but what the backward needs."""

    def step() -> float:
        y, saved = START, []
        for _ in range(LENGTH // 3):
            y = np.tanh(y * FACTOR + OFFSET)
            saved.append(y)
        g = np.ones_like(y)
        for y in reversed(saved):
            derivative = np.multiply(y, y)
            np.subtract(np.float32(1), derivative, derivative)
            np.multiply(g, derivative, derivative)
            g = np.multiply(derivative, FACTOR)
        return g.sum()

    return step


WORKLOAD = Workload(
    name="chain",
    title="1,000 tiny operations (multiply, add, tanh on 8 elements), forward and backward",
    prepare={"polygrad": polygrad, "torch": torch, "autograd": autograd, "numpy": numpy},
    repeats=10,
)
