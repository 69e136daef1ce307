"""Optimizers: the same numbers as PyTorch's for every option, on every way to run a step; state, errors, aliasing."""

from __future__ import annotations

import copy
import gc
import pickle
import threading

import numpy as np
import pytest

import polygrad as pg
from polygrad import nn, optim

SHAPES = [(3, 4), (4,), (), (2, 1, 3)]

OPTIONS = {
    "SGD": [
        {}, {"momentum": 0.9}, {"momentum": 0.9, "dampening": 0.3}, {"momentum": 0.8, "nesterov": True},
        {"weight_decay": 0.1}, {"momentum": 0.9, "weight_decay": 0.1}, {"maximize": True},
        {"momentum": 0.9, "weight_decay": 0.1, "maximize": True}, {"weight_decay": 0.1, "maximize": True},
        {"momentum": 0.9, "weight_decay": 0.1, "nesterov": True, "maximize": True},
    ],
    "Adam": [
        {}, {"betas": (0.5, 0.9)}, {"betas": (0.0, 0.9)}, {"eps": 1e-2}, {"weight_decay": 0.1}, {"amsgrad": True},
        {"maximize": True}, {"weight_decay": 0.1, "maximize": True, "amsgrad": True},
        {"weight_decay": 0.1, "decoupled_weight_decay": True},
    ],
    "AdamW": [{}, {"weight_decay": 0.3}, {"amsgrad": True}, {"maximize": True}],
    "RMSprop": [
        {}, {"alpha": 0.5}, {"momentum": 0.9}, {"centered": True}, {"weight_decay": 0.1}, {"maximize": True},
        {"momentum": 0.9, "centered": True, "weight_decay": 0.1, "maximize": True},
    ],
    "Adagrad": [{}, {"lr_decay": 0.1}, {"initial_accumulator_value": 0.5}, {"weight_decay": 0.1, "maximize": True}],
}  # fmt: skip
CASES = [(name, options) for name, several in OPTIONS.items() for options in several]
NAMES = [f"{name}-{'-'.join(options) or 'plain'}" for name, options in CASES]


@pytest.fixture(params=["kernel", "rule", "strict", "jax"])
def way(request, monkeypatch):
    """The ways to run a step: NumPy's kernels, rules one by one on NumPy and elsewhere, rules compiled together."""
    if request.param in ("strict", "jax"):
        pytest.importorskip(f"polygrad_{request.param}")
        with pg.use_backend(request.param):
            yield request.param
        return
    if request.param == "rule":
        for name in ("sgd_step", "adam_step"):
            monkeypatch.delitem(pg.get_backend("numpy").kernels, name)
    yield request.param


def losses(parameters, sin):
    """Something whose gradient differs in every element and from step to step."""
    return sum((sin(p * 3 + i) * (p + 0.5) ** 2).sum() for i, p in enumerate(parameters))


@pytest.mark.parametrize(("name", "options"), CASES, ids=NAMES)
def test_twenty_steps_as_pytorch(name, options, way):
    torch = pytest.importorskip("torch")
    generator = np.random.default_rng(0)
    values = [generator.normal(size=shape) for shape in SHAPES]
    ours = [pg.tensor(v, dtype=pg.float64, requires_grad=True) for v in values]
    theirs = [torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in values]
    one = getattr(optim, name)(ours, lr=0.05, **options)
    two = getattr(torch.optim, name)(theirs, lr=0.05, **options)
    for step in range(20):
        for optimizer, parameters, sin in ((one, ours, pg.sin), (two, theirs, torch.sin)):
            optimizer.zero_grad()
            losses(parameters[: 3 if step == 5 else None], sin).backward()  # once the last one has no gradient
            optimizer.step()
            for group in optimizer.param_groups:
                group["lr"] *= 0.95
        for a, b in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(a.detach().numpy(), b.detach().numpy(), rtol=1e-9, atol=1e-11, err_msg=f"step {step}")
    mine, other = one.state_dict(), two.state_dict()
    assert mine["param_groups"][0].keys() == other["param_groups"][0].keys()
    assert mine["state"].keys() == other["state"].keys()
    for number, state in other["state"].items():
        assert mine["state"][number].keys() == state.keys()
        for key, value in state.items():
            np.testing.assert_allclose(mine["state"][number][key].numpy(), value.numpy(), rtol=1e-9, atol=1e-11)
