"""Transforms of functions: second derivatives of Rosenbrock's function, and the gradient of every sample of a batch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..harness import Build, Step, Workload, lacking, library, with_jaxs_functions, with_torchs_names
from .common import on_tinygrad
from .mlp import SMALL, forward, model, numbers, small_target
from .with_numpy import Functions, differentiate_with_numpys_names

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


def _of_each_sample(build: Build, loop: bool = False) -> Step:
    pg, func = build.library, build.library.func
    values, x_values = numbers(SMALL, SAMPLES)
    net = model(build, SMALL, values, "Tanh")
    parameters = {name: p.detach() for name, p in net.named_parameters()}
    targets, x = pg.tensor(small_target(x_values)), pg.tensor(x_values)

    def loss(parameters: Any, x: Any, y: Any) -> Any:
        return pg.nn.functional.mse_loss(func.functional_call(net, parameters, (x,)), y)

    gradient = func.grad(loss)
    batched = build.step(build.forward(func.vmap(gradient, in_dims=(None, 0, 0))))

    def step() -> Any:
        if not loop:
            found = batched(parameters, x, targets)
        else:
            each = [gradient(parameters, x[i], targets[i]) for i in range(SAMPLES)]
            found = {name: pg.stack([one[name] for one in each]) for name in parameters}
        return found["0.weight"][-1].sum()

    return step


def _of_each_sample_on_jax(compiled: Callable[[Any], Any]) -> Step:
    jax = library("jax")
    parameters, x = jax.tree.map(jax.numpy.asarray, numbers(SMALL, SAMPLES))
    targets = jax.numpy.asarray(small_target(x))

    def loss(p: Any, x: Any, y: Any) -> Any:
        return ((forward(p, x, jax.numpy.tanh, jax.numpy.dot) - y) ** 2).mean()

    batched = compiled(jax.vmap(jax.grad(loss), in_axes=(None, 0, 0)))
    return lambda: batched(parameters, x, targets)["0.weight"][-1].sum()


def _copies() -> list[np.ndarray]:
    """Weights and biases seen as if each sample had its own, whose gradients are then those of the samples."""
    return [
        np.broadcast_to(p if p.ndim == 2 else p[:, None], (SAMPLES, len(p), p.shape[1] if p.ndim == 2 else 1))
        for p in numbers(SMALL, SAMPLES)[0].values()
    ]


def _of_copies(matmul: Any, tanh: Any, x: Any, targets: Any, *copies: Any) -> Any:
    x = x.reshape(SAMPLES, -1, 1)
    for weight, bias in zip(copies[::2], copies[1::2], strict=True):
        x = matmul(weight, x) + bias
        x = tanh(x) if weight.shape[1] > 1 else x
    return ((x - targets.reshape(SAMPLES, 1, 1)) ** 2).sum()


def _of_each_sample_with(functions: Functions) -> Callable[..., Any]:
    x = numbers(SMALL, SAMPLES)[1]
    lib, targets = functions.numpy, small_target(x)
    return lambda *copies: _of_copies(lib.matmul, lib.tanh, x, targets, *copies)


def _of_each_sample_on_tinygrad() -> Step:
    x = numbers(SMALL, SAMPLES)[1]

    def step(x: Any, targets: Any, *parameters: Any) -> list[Any]:
        copies = [p.expand(SAMPLES, *p.shape[1:]) for p in parameters]
        found = _of_copies(lambda x, y: x @ y, lambda x: x.tanh(), x, targets, *copies).gradient(*copies)
        return [found[0][-1].sum(), *found]

    return on_tinygrad(step, x, small_target(x), *[copies[:1] for copies in _copies()])


def _of_each_sample_by_hand() -> Step:
    values, x = numbers(SMALL, SAMPLES)
    w1, b1, w2, b2, w3, b3 = values.values()
    targets = small_target(x)
    found = [np.empty((SAMPLES, *value.shape), np.float32) for value in values.values()]
    inputs, hidden = (x, *(np.empty((SAMPLES, 64), np.float32) for _ in range(2))), np.empty((SAMPLES, 64), np.float32)

    def step() -> float:
        first, second = inputs[1:]
        np.matmul(x, w1.T, first)
        first += b1
        np.tanh(first, first)
        np.matmul(first, w2.T, second)
        second += b2
        np.tanh(second, second)
        np.matmul(second, w3.T, found[5])
        found[5] += b3 - targets
        found[5] *= np.float32(2)
        for layer, weight, y in ((2, w3, second), (1, w2, first)):
            g = found[2 * layer - 1]
            np.matmul(found[2 * layer + 1], weight, g)
            np.multiply(y, y, hidden)
            np.subtract(np.float32(1), hidden, hidden)
            np.multiply(g, hidden, g)
        for layer, y in enumerate(inputs):
            np.einsum("bi,bj->bij", found[2 * layer + 1], y, out=found[2 * layer])
        return found[0][-1].sum()

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

SAMPLES_WORKLOAD = Workload(
    name="samples",
    title="256 gradients, one for each sample, of an MLP 64-64-64-1",
    prepare={
        **with_torchs_names(_of_each_sample),
        **differentiate_with_numpys_names(_copies, _of_each_sample_with, lambda _, gradients: gradients[0][-1].sum()),
        "numpy": _of_each_sample_by_hand, "tinygrad": _of_each_sample_on_tinygrad,
        **with_jaxs_functions(_of_each_sample_on_jax),
        "loop": lambda: _of_each_sample(Build(library("polygrad")), loop=True),
    },
    repeats=10,
)  # fmt: skip
