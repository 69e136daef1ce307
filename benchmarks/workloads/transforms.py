"""Transforms of functions: second derivatives of Rosenbrock's function, and the gradient of every sample of a batch."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..harness import Build, Step, Workload, library, with_torchs_names
from .mlp import SMALL, model, numbers, small_target

SAMPLES = 256


def _rosenbrock(x: Any) -> Any:
    return (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()


def _point(size: int) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(0)
    x, direction = generator.standard_normal((2, size)).astype(np.float32)
    return x, direction


def _hessian(build: Build) -> Step:
    pg = build.library
    x = pg.tensor(_point(100)[0])
    hessian = build.step(pg.func.hessian(_rosenbrock))
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


def _product(build: Build) -> Step:
    func = build.library.func
    x, direction = map(build.library.tensor, _point(10_000))

    @build.step
    def product(x: Any, direction: Any) -> Any:
        return func.jvp(func.grad(_rosenbrock), (x,), (direction,))[1]

    return lambda: product(x, direction).sum()


def _on_jax(of: str, jit: bool) -> Step:
    jax = library("jax")
    x, direction = map(jax.numpy.asarray, _point(100 if of == "hessian" else 10_000))
    if of == "hessian":
        hessian = jax.hessian(_rosenbrock)
        run = jax.jit(hessian) if jit else hessian
        return lambda: run(x).sum()

    def product(x: Any, direction: Any) -> Any:
        return jax.jvp(jax.grad(_rosenbrock), (x,), (direction,))[1]

    run = jax.jit(product) if jit else product
    return lambda: run(x, direction).sum()


def _product_twice_backward() -> Step:
    """PyTorch without `torch.func`: the gradient of the gradient's product with the direction."""
    torch = library("torch")
    x, direction = map(torch.tensor, _point(10_000))
    x.requires_grad_()

    def step() -> Any:
        (gradient,) = torch.autograd.grad(_rosenbrock(x), x, create_graph=True)
        return torch.autograd.grad(gradient, x, direction)[0].sum()

    return step


def _of_each_sample(build: Build, loop: bool = False) -> Step:
    pg, func = build.library, build.library.func
    values, x_values = numbers(SMALL, SAMPLES)
    net = model(build, SMALL, values, "Tanh")
    parameters = {name: p.detach() for name, p in net.named_parameters()}
    targets, x = pg.tensor(small_target(x_values)), pg.tensor(x_values)

    def loss(parameters: Any, x: Any, y: Any) -> Any:
        return pg.nn.functional.mse_loss(func.functional_call(net, parameters, (x,)), y)

    gradient = func.grad(loss)
    batched = build.step(func.vmap(gradient, in_dims=(None, 0, 0)))

    def step() -> Any:
        if not loop:
            found = batched(parameters, x, targets)
        else:
            each = [gradient(parameters, x[i], targets[i]) for i in range(SAMPLES)]
            found = {name: pg.stack([one[name] for one in each]) for name in parameters}
        return found["0.weight"][-1].sum()

    return step


def _of_each_sample_by_hand() -> Step:
    values, x = numbers(SMALL, SAMPLES)
    w1, b1, w2, b2, w3, b3 = values.values()
    targets = small_target(x)

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


HESSIAN_WORKLOAD = Workload(
    name="hessian",
    title="Hessian of Rosenbrock's function of 100 variables",
    prepare={
        **with_torchs_names(_hessian), "numpy": _hessian_by_hand, "jax": lambda: _on_jax("hessian", jit=False),
        "jax.jit": lambda: _on_jax("hessian", jit=True),
    },
    repeats=20,
)  # fmt: skip

PRODUCT_WORKLOAD = Workload(
    name="hvp",
    title="Hessian of Rosenbrock's function of 10,000 variables, times a vector",
    prepare={
        **with_torchs_names(_product), "torch-backward": _product_twice_backward, "jax": lambda: _on_jax("hvp", jit=False),
        "jax.jit": lambda: _on_jax("hvp", jit=True),
    },
    repeats=40,
)  # fmt: skip

SAMPLES_WORKLOAD = Workload(
    name="samples",
    title="256 gradients, one for each sample, of an MLP 64-64-64-1",
    prepare={
        **with_torchs_names(_of_each_sample), "numpy": _of_each_sample_by_hand,
        "loop": lambda: _of_each_sample(Build(library("polygrad")), loop=True),
    },
    repeats=10,
)  # fmt: skip
