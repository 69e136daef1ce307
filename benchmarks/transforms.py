"""Transforms of functions: second derivatives of Rosenbrock's function, and the gradient of every sample of a batch."""

from __future__ import annotations

from typing import Any

import numpy as np

from .harness import Step, Unavailable, Workload
from .mlp import SMALL, _model, _numbers, _polygrad, _torch

SAMPLES = 256


def _rosenbrock(x: Any) -> Any:
    return (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()


def _point(size: int) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(0)
    x, direction = generator.standard_normal((2, size)).astype(np.float32)
    return x, direction


def _hessian(library: Any, compiled: bool = False) -> Step:
    x = library.tensor(_point(100)[0])
    hessian = library.func.hessian(_rosenbrock)
    if compiled:
        hessian = library.compile(hessian)
    return lambda: hessian(x).sum()


def _hessian_by_hand() -> Step:
    x = _point(100)[0]
    inner, count = np.arange(99), len(x)

    def step() -> float:
        hessian = np.zeros((count, count), np.float32)
        hessian[inner, inner] = 1200 * x[:-1] ** 2 - 400 * x[1:] + 2
        hessian[inner + 1, inner + 1] += 200
        hessian[inner, inner + 1] = hessian[inner + 1, inner] = -400 * x[:-1]
        return hessian.sum()

    return step


def _product(library: Any, compiled: bool = False) -> Step:
    x, direction = map(library.tensor, _point(10_000))

    def product(x: Any, direction: Any) -> Any:
        return library.func.hvp(_rosenbrock, (x,), (direction,))

    if compiled:
        product = library.compile(product)
    return lambda: product(x, direction).sum()


def _product_of_torch() -> Step:
    torch = _torch()
    x, direction = map(torch.tensor, _point(10_000))
    gradient = torch.func.grad(_rosenbrock)
    return lambda: torch.func.jvp(gradient, (x,), (direction,))[1].sum()


def _product_twice_backward() -> Step:
    """PyTorch without `torch.func`: the gradient of the gradient's product with the direction."""
    torch = _torch()
    x, direction = map(torch.tensor, _point(10_000))
    x.requires_grad_()

    def step() -> Any:
        (gradient,) = torch.autograd.grad(_rosenbrock(x), x, create_graph=True)
        return torch.autograd.grad(gradient, x, direction)[0].sum()

    return step


def _of_each_sample(library: Any, loop: bool = False, compiled: bool = False) -> Step:
    func = library.func
    weights, biases, x = _numbers(SMALL, SAMPLES)
    model = _model(library, SMALL, weights, biases, library.nn.Tanh)
    parameters = {name: p.detach() for name, p in model.named_parameters()}
    targets, x = library.tensor(np.sin(x.sum(1, keepdims=True))), library.tensor(x)

    def loss(parameters: Any, x: Any, y: Any) -> Any:
        return library.nn.functional.mse_loss(func.functional_call(model, parameters, (x,)), y)

    gradient = func.grad(loss)
    batched = func.vmap(gradient, in_dims=(None, 0, 0))
    if compiled:
        batched = library.compile(batched)

    def step() -> Any:
        if not loop:
            found = batched(parameters, x, targets)
        else:
            each = [gradient(parameters, x[i], targets[i]) for i in range(SAMPLES)]
            found = {name: library.stack([one[name] for one in each]) for name in parameters}
        return found["0.weight"][-1].sum()

    return step


def _of_each_sample_by_hand() -> Step:
    (w1, w2, w3), (b1, b2, b3), x = _numbers(SMALL, SAMPLES)
    targets = np.sin(x.sum(1, keepdims=True))

    def products(g: np.ndarray, x: np.ndarray) -> np.ndarray:
        return np.einsum("bi,bj->bij", g, x)

    def step() -> float:
        first = np.tanh(x @ w1.T + b1)
        second = np.tanh(first @ w2.T + b2)
        g3 = 2 * (second @ w3.T + b3 - targets)
        g2 = (g3 @ w3) * (1 - second * second)
        g1 = (g2 @ w2) * (1 - first * first)
        found = [products(g1, x), g1, products(g2, first), g2, products(g3, second), g3]
        return found[0][-1].sum()

    return step


def _torch_with_transforms() -> Any:
    library = _torch()
    if not hasattr(library, "func"):
        raise Unavailable("PyTorch is too old for torch.func")
    return library


HESSIAN_WORKLOAD = Workload(
    name="hessian",
    title="Hessian of Rosenbrock's function of 100 variables",
    prepare={
        "polygrad": lambda: _hessian(_polygrad()),
        "compiled": lambda: _hessian(_polygrad(), compiled=True),
        "torch": lambda: _hessian(_torch_with_transforms()),
        "numpy": _hessian_by_hand,
    },
    repeats=20,
)

PRODUCT_WORKLOAD = Workload(
    name="hvp",
    title="Hessian of Rosenbrock's function of 10,000 variables, times a vector",
    prepare={
        "polygrad": lambda: _product(_polygrad()),
        "compiled": lambda: _product(_polygrad(), compiled=True),
        "torch": _product_of_torch,
        "torch-backward": _product_twice_backward,
    },
    repeats=40,
)

SAMPLES_WORKLOAD = Workload(
    name="samples",
    title="256 gradients, one for each sample, of an MLP 64-64-64-1",
    prepare={
        "polygrad": lambda: _of_each_sample(_polygrad()),
        "compiled": lambda: _of_each_sample(_polygrad(), compiled=True),
        "loop": lambda: _of_each_sample(_polygrad(), loop=True),
        "torch": lambda: _of_each_sample(_torch_with_transforms()),
        "numpy": _of_each_sample_by_hand,
    },
    repeats=10,
)
