"""Optimizers against the formulas of their papers, written out in NumPy: every setting, for one block and several."""

from __future__ import annotations

import numpy as np
import pytest

import polygrad
from polygrad import optim

STEPS = 6
#: Large enough that its place in the formula shows.
EPS = 0.1


def sgd(p, g, state, lr, momentum=0.0, dampening=0.0, weight_decay=0.0, nesterov=False, maximize=False):
    """Polyak (1964); Sutskever et al., "On the importance of initialization and momentum in deep learning" (2013)."""
    g = (-g if maximize else g) + weight_decay * p
    if momentum:
        state["velocity"] = momentum * state["velocity"] + (1 - dampening) * g if "velocity" in state else g
        g = g + momentum * state["velocity"] if nesterov else state["velocity"]
    return p - lr * g


def adam(p, g, state, lr, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0, amsgrad=False, maximize=False):
    """Kingma and Ba, "Adam" (2015), algorithm 1; Reddi et al., "On the convergence of Adam and beyond" (2018)."""
    g = (-g if maximize else g) + weight_decay * p
    t = state["t"] = state.get("t", 0) + 1
    m = state["m"] = betas[0] * state.get("m", 0) + (1 - betas[0]) * g
    v = state["v"] = betas[1] * state.get("v", 0) + (1 - betas[1]) * g**2
    if amsgrad:
        v = state["largest"] = np.maximum(state.get("largest", v), v)
    return p - lr * (m / (1 - betas[0] ** t)) / (np.sqrt(v / (1 - betas[1] ** t)) + eps)


def adamw(p, g, state, lr, weight_decay=0.01, **settings):
    """Loshchilov and Hutter, "Decoupled weight decay regularization" (2019)."""
    return adam(p * (1 - lr * weight_decay), g, state, lr, **settings)


def rmsprop(p, g, state, lr, alpha=0.99, eps=1e-8, weight_decay=0.0, momentum=0.0, centered=False, maximize=False):
    """Tieleman and Hinton (2012), lecture 6.5; centred: Graves, "Generating sequences with recurrent networks" (2013)."""
    g = (-g if maximize else g) + weight_decay * p
    v = state["v"] = alpha * state.get("v", 0) + (1 - alpha) * g**2
    if centered:
        mean = state["mean"] = alpha * state.get("mean", 0) + (1 - alpha) * g
        v = v - mean**2
    change = g / (np.sqrt(v) + eps)
    if momentum:
        change = state["velocity"] = momentum * state.get("velocity", 0) + change
    return p - lr * change


def adagrad(p, g, state, lr, lr_decay=0.0, weight_decay=0.0, initial_accumulator_value=0.0, eps=1e-10, maximize=False):
    """Duchi, Hazan and Singer, "Adaptive subgradient methods" (2011)."""
    g = (-g if maximize else g) + weight_decay * p
    t = state["t"] = state.get("t", 0) + 1
    total = state["total"] = state.get("total", initial_accumulator_value) + g**2
    return p - lr / (1 + (t - 1) * lr_decay) * g / (np.sqrt(total) + eps)


FORMULAS = {"SGD": sgd, "Adam": adam, "AdamW": adamw, "RMSprop": rmsprop, "Adagrad": adagrad}
SETTINGS = {
    "SGD": [
        {}, {"weight_decay": 0.1}, {"momentum": 0.9}, {"momentum": 0.9, "dampening": 0.5}, {"maximize": True},
        {"momentum": 0.8, "nesterov": True, "weight_decay": 0.2},
        {"momentum": 0.8, "nesterov": True, "weight_decay": 0.2, "maximize": True},
    ],
    "Adam": [
        {}, {"eps": EPS}, {"eps": EPS, "amsgrad": True}, {"eps": EPS, "betas": (0.5, 0.7)}, {"weight_decay": 0.1},
        {"maximize": True, "weight_decay": 0.1, "amsgrad": True, "betas": (0.3, 0.6)},
    ],
    "AdamW": [{}, {"eps": EPS, "weight_decay": 0.3}, {"maximize": True, "amsgrad": True, "betas": (0.3, 0.6)}],
    "RMSprop": [
        {}, {"eps": EPS, "alpha": 0.7}, {"eps": EPS, "centered": True}, {"eps": EPS, "momentum": 0.5, "maximize": True},
        {"eps": EPS, "centered": True, "momentum": 0.9, "weight_decay": 0.1},
    ],
    "Adagrad": [
        {}, {"eps": EPS}, {"lr_decay": 0.3, "weight_decay": 0.1}, {"initial_accumulator_value": 0.5, "maximize": True},
    ],
}  # fmt: skip
CASES = [(name, settings) for name, several in SETTINGS.items() for settings in several]
IDS = [f"{name}-{'-'.join(settings) or 'plain'}" for name, settings in CASES]
SHAPES = (3, 4), (5,), (), (2, 0), (7, 1)


def drift(p):
    """A gradient that changes sign from element to element and grows with the parameter."""
    return np.cos(np.arange(p.size) * 1.7).reshape(p.shape) + 0.3 * p


def check(name, settings, dtype, tolerance):
    random = np.random.default_rng(0)
    expected = [random.standard_normal(shape) for shape in SHAPES]
    ours = [polygrad.tensor(p, dtype=dtype, requires_grad=True) for p in expected]
    states = [{} for _ in SHAPES]
    optimizer = getattr(optim, name)(ours, lr=0.05, **settings)
    for _ in range(STEPS):
        for p in ours:
            p.grad = polygrad.tensor(drift(np.array(p.tolist()).reshape(tuple(p.shape))), dtype=dtype)
        optimizer.step()
        expected = [
            FORMULAS[name](p, drift(p), state, 0.05, **settings) for p, state in zip(expected, states, strict=True)
        ]
    for p, right in zip(ours, expected, strict=True):
        found = np.array(p.tolist()).reshape(tuple(p.shape))
        np.testing.assert_allclose(found, right, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("way", ["kernels", "kernels in blocks of 1", "kernels in blocks of 3", "rules"])
@pytest.mark.parametrize(("name", "settings"), CASES, ids=IDS)
def test_steps_are_the_formula(name, settings, way, blocks, monkeypatch):
    if way == "rules":
        for kernel in ("sgd_step", "adam_step"):
            monkeypatch.delitem(polygrad.get_backend("numpy").kernels, kernel)
    elif way != "kernels":
        blocks(int(way.rpartition(" ")[2]))
    check(name, settings, polygrad.float64, 1e-12)
    check(name, settings, polygrad.float32, 1e-5)


@pytest.mark.parametrize("backend", ["strict", "jax"])
@pytest.mark.parametrize(("name", "settings"), CASES, ids=IDS)
def test_steps_are_the_formula_on_other_backends(name, settings, backend):
    if backend not in polygrad.backends.available():
        pytest.skip(f"the backend {backend!r} is not installed")
    with polygrad.use_backend(backend):
        check(name, settings, polygrad.float64, 1e-12)
