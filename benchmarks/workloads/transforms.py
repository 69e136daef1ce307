"""Transforms of functions: second derivatives of Rosenbrock's function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..harness import Build, Step, Workload, lacking, library, with_jaxs_functions, with_torchs_names
from .common import on_tinygrad


def _rosenbrock(x: Any) -> Any:
    return (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()


def _point(size: int) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(0)
    x, direction = generator.standard_normal((2, size)).astype(np.float32)
    return x, direction


def _hessian(build: Build) -> Step:
    pg = build.library
    x = pg.tensor(_point(100)[0])
    hessian = build.step(build.forward(pg.func.hessian(_rosenbrock)))
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
    @build.forward
    def product(x: Any, direction: Any) -> Any:
        return func.jvp(func.grad(_rosenbrock), (x,), (direction,))[1]

    return lambda: product(x, direction).sum()


def _hessian_on_jax(compiled: Callable[[Any], Any]) -> Step:
    jax = library("jax")
    x = jax.numpy.asarray(_point(100)[0])
    hessian = compiled(jax.hessian(_rosenbrock))
    return lambda: hessian(x).sum()


def _product_on_jax(compiled: Callable[[Any], Any]) -> Step:
    jax = library("jax")
    x, direction = map(jax.numpy.asarray, _point(10_000))

    @compiled
    def product(x: Any, direction: Any) -> Any:
        return jax.jvp(jax.grad(_rosenbrock), (x,), (direction,))[1]

    return lambda: product(x, direction).sum()


def _hessian_with_autograd() -> Step:
    x, hessian = _point(100)[0], library("autograd").hessian(_rosenbrock)
    return lambda: hessian(x).sum()


def _product_with_autograd() -> Step:
    (x, direction), product = _point(10_000), library("autograd").hessian_vector_product(_rosenbrock)
    return lambda: product(x, direction).sum()


def _hessian_on_tinygrad() -> Step:
    """It has no `vmap`: a column of copies for each row of the Hessian, which do not know of each other."""

    def hessian(x: Any, eye: Any) -> list[Any]:
        copies = x.reshape(-1, 1).expand(100, 100).contiguous()
        (gradients,) = _rosenbrock(copies).gradient(copies)
        found = (gradients * eye).sum().gradient(copies)[0]
        return [found.sum(), found]

    return on_tinygrad(hessian, _point(100)[0], np.eye(100, dtype=np.float32))


def _product_on_tinygrad() -> Step:
    def product(x: Any, direction: Any) -> list[Any]:
        (gradient,) = _rosenbrock(x).gradient(x)
        found = (gradient * direction).sum().gradient(x)[0]
        return [found.sum(), found]

    return on_tinygrad(product, *_point(10_000))


def _product_by_hand() -> Step:
    """The Hessian is tridiagonal: its diagonals times the direction, in memory made beforehand."""
    x, direction = _point(10_000)
    product, scratch = np.empty_like(x), np.empty_like(x[1:])
    ahead, behind, v_ahead, v_behind = x[1:], x[:-1], direction[1:], direction[:-1]
    head, tail = product[:-1], product[1:]

    def step() -> Any:
        np.multiply(behind, behind, head)
        np.multiply(head, np.float32(1200), head)
        np.multiply(ahead, np.float32(400), scratch)
        np.subtract(head, scratch, head)
        np.add(head, np.float32(2), head)
        np.multiply(head, v_behind, head)
        product[-1] = 0
        np.multiply(v_ahead, np.float32(200), scratch)
        np.add(tail, scratch, tail)
        np.multiply(behind, np.float32(-400), scratch)
        np.multiply(scratch, v_behind, scratch)
        np.add(tail, scratch, tail)
        np.multiply(behind, np.float32(-400), scratch)
        np.multiply(scratch, v_ahead, scratch)
        np.add(head, scratch, head)
        return product.sum()

    return step


def _product_twice_backward() -> Step:
    """PyTorch without `torch.func`: the gradient of the gradient's product with the direction."""
    torch = library("torch")
    x, direction = map(torch.tensor, _point(10_000))
    x.requires_grad_()

    def step() -> Any:
        (gradient,) = torch.autograd.grad(_rosenbrock(x), x, create_graph=True)
        return torch.autograd.grad(gradient, x, direction)[0].sum()

    return step


_MYGRAD = lacking("gradients of gradients")

HESSIAN_WORKLOAD = Workload(
    name="hessian",
    title="Hessian of Rosenbrock's function of 100 variables",
    prepare={
        **with_torchs_names(_hessian), "autograd": _hessian_with_autograd, "mygrad": _MYGRAD, "numpy": _hessian_by_hand,
        "tinygrad": _hessian_on_tinygrad, **with_jaxs_functions(_hessian_on_jax),
    },
    repeats=20,
)  # fmt: skip

PRODUCT_WORKLOAD = Workload(
    name="hvp",
    title="Hessian of Rosenbrock's function of 10,000 variables, times a vector",
    prepare={
        **with_torchs_names(_product), "torch-backward": _product_twice_backward, "autograd": _product_with_autograd,
        "mygrad": _MYGRAD,
        "numpy": _product_by_hand, "tinygrad": _product_on_tinygrad, **with_jaxs_functions(_product_on_jax),
    },
    repeats=40,
)  # fmt: skip
